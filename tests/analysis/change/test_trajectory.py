"""The trajectory: target paths, paces, counters and the extrapolation, by mental arithmetic."""

import datetime as dt
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from test_compare import PLANAR, compared, shot
from toys import box, parcels

from landuse import schema as s
from landuse.analysis.change.trajectory import Goals, target_at, trajectory, years_between
from landuse.analysis.share.concentration import park_concentration

END = dt.date(2025, 12, 31)


def grown(*insides):
    """Cities of ten plots; so many of them lie inside at each date, 2023 and on."""
    rows = [[box(x, 0, x + 1, 1) for x in range(n)] + [box(6 + x, 0, 7 + x, 1) for x in range(10 - n)] for n in insides]
    shots = [shot(land, [box(0, 0, 6, 1)], when=k) for k, land in enumerate(rows)]
    return [compared(a, b) for a, b in pairwise(shots)]


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [("2024-12-31", "2025-12-31", 1), ("2024-02-29", "2025-02-28", 1), ("2025-03-31", "2025-06-30", 0.25)],
)
def test_ends_of_months_are_whole_months_apart(start, end, years):
    assert years_between(dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == years


def test_other_days_are_counted():
    assert years_between(dt.date(2025, 1, 1), dt.date(2025, 1, 31)) == pytest.approx(30 / 365.2425)


class TestTarget:
    def test_without_a_date_it_holds_always(self):
        assert target_at(END, Goals(0.7), (dt.date(2023, 12, 31), 0.5)) == (0.7, True)

    def test_a_line_from_the_first_share(self):
        goals = Goals(0.7, END)
        assert target_at(dt.date(2024, 12, 31), goals, (dt.date(2023, 12, 31), 0.6)) == (pytest.approx(0.65), False)

    def test_a_share_above_the_target_makes_no_path_downwards(self):
        goals = Goals(0.7, END)
        assert target_at(dt.date(2024, 12, 31), goals, (dt.date(2023, 12, 31), 0.8)) == (pytest.approx(0.7), False)

    def test_nothing_is_wanted_before_the_first_date(self):
        assert math.isnan(target_at(dt.date(2020, 1, 1), Goals(0.7, END), (dt.date(2023, 12, 31), 0.6))[0])


class TestStocks:
    def test_city_and_district(self):
        t = trajectory(grown(3, 5), Goals(0.7, dt.date(2026, 12, 31)))
        city, district = t.city, t.districts
        assert set(district[s.DISTRICT]) == {"330114"}
        assert city["share"].tolist() == pytest.approx([0.3, 0.5])
        assert np.allclose(city[["total_m2", "inside_m2"]], district[["total_m2", "inside_m2"]])
        assert city["gap_m2"].iloc[1] == pytest.approx((0.3 + 0.4 * 1 / 3) * 1e5 - 0.5e5)
        assert city["new_inside_m2"].iloc[1] == pytest.approx(2e4)
        assert city["cleared_m2"].iloc[1] == pytest.approx(2e4)
        assert city["cleared_m2"].isna().tolist() == [True, False]

    def test_land_in_no_district_is_not_the_city(self):
        """A plot in a district, one in none: the one in none is built; the city's flow is not its own twice."""
        rows = [
            parcels(shapes, district=codes)
            for shapes, codes in (
                ([box(0, 0, 1, 1), box(8, 0, 9, 1)], ["330114", ""]),
                ([box(0, 0, 1, 1), box(2, 0, 3, 1), box(8, 0, 9, 1)], ["330114", "330114", ""]),
            )
        ]
        shots = [shot(land, [box(0, 0, 6, 1)], when=k) for k, land in enumerate(rows)]
        t = trajectory([compared(*shots)], Goals(0.7))
        flow = t.districts.set_index(["date", s.DISTRICT])["new_inside_m2"]
        assert flow[shots[1].date].to_dict() == pytest.approx({"": 0, "330114": 1e4})
        assert t.city["new_inside_m2"].iloc[1] == pytest.approx(1e4)
        assert len(t.city) == 2

    def test_pace_and_what_is_needed(self):
        t = trajectory(grown(3, 5), Goals(0.7, dt.date(2026, 12, 31)))
        assert t.pace == pytest.approx(0.2)
        assert t.needed == pytest.approx(0.1)

    def test_a_date_that_is_past_asks_for_no_pace(self):
        assert trajectory(grown(3, 5), Goals(0.7, dt.date(2024, 12, 31))).needed is None
        assert trajectory(grown(3, 5), Goals(0.7)).needed is None


class TestCounters:
    def rows(self, counters=None):
        goals = Goals(0.7, END, {}, renovated_m2=1e5, factory_m2=4e6, counters=counters)
        return trajectory(grown(3, 5), goals).counters.set_index("counter")

    def test_what_nobody_counted_is_missing_and_not_zero(self):
        rows = self.rows()
        assert rows["basis"].to_dict() == {"share": "computed", "renovated": "computed", "factory": "missing"}
        assert rows.loc["renovated", "value"] == pytest.approx(2e4)
        assert math.isnan(rows.loc["factory", "value"])
        assert rows["goal"].to_dict() == pytest.approx({"share": 0.5, "renovated": 1e5, "factory": 4e6})

    def test_the_bureaus_count_comes_first_and_only_of_its_period(self):
        days = [dt.date(2023, 12, 31), dt.date(2024, 6, 30), dt.date(2024, 12, 31), dt.date(2025, 3, 31)]
        counted = pd.DataFrame({"date": days, "renovated_m2": [1, 10, 100, 1000], "factory_m2": [9, np.nan, 5, 7]})
        rows = self.rows(counted)
        assert rows["value"][["renovated", "factory"]].tolist() == [110, 5]
        assert set(rows["basis"][["renovated", "factory"]]) == {"reported"}


class TestExtrapolation:
    def test_two_dates_make_no_line(self):
        assert trajectory(grown(3, 5), Goals(0.7)).projection.empty

    def test_a_straight_line_goes_on_without_spread(self):
        got = trajectory(grown(3, 4, 5), Goals(0.7, dt.date(2027, 12, 31))).projection
        assert got["date"].tolist() == [dt.date(2026, 12, 31), dt.date(2027, 12, 31)]
        assert np.allclose(got[["share", "low", "high"]].T, [0.6, 0.7])

    def test_the_interval_is_that_of_a_new_observation(self):
        """Against the textbook for shares 0.2, 0.5, 0.5: slope 0.15, residuals -0.05, 0.1, -0.05, one degree left."""
        row = trajectory(grown(2, 5, 5), Goals(0.7)).projection.iloc[0]
        spread = math.sqrt(0.015) * math.sqrt(1 + 1 / 3 + 4 / 2) * stats.t.ppf(0.95, 1)
        assert row["share"] == pytest.approx(0.7)
        assert (row["low"], row["high"]) == (pytest.approx(max(0, 0.7 - spread)), 1)


def test_a_leap_day_goes_on():
    land = parcels([box(0, 0, 1, 1), box(8, 0, 9, 1)])
    shots = [shot(land, definition=PLANAR)] * 3
    days = [dt.date(2022, 2, 28), dt.date(2023, 2, 28), dt.date(2024, 2, 29)]
    dated = [
        type(x)(day, x.land, x.ledger, park_concentration(x.ledger, PLANAR)) for x, day in zip(shots, days, strict=True)
    ]
    steps = [compared(a, b) for a, b in pairwise(dated)]
    assert trajectory(steps, Goals(0.7)).projection["date"].tolist() == [dt.date(2025, 2, 28)]
