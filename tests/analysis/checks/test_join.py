"""Is a table of firms whole: years between, the study's own year, and plots that no row names."""

import datetime as dt

import pandas as pd
import pytest
from toys import firms, land

from landuse.analysis.candidates.evaluate import universal_rules
from landuse.analysis.checks.firms import join_issues

pytestmark = pytest.mark.usefixtures("english")
PLOTS = ("p1", "p2", "p3", "p4", "p5")


def found(*rows, day=None):
    """Issues beside the sums of the day, by check."""
    got = join_issues(firms(*rows), land(*PLOTS), day)
    return {f.check: f for f in got if f.check != "enterprises_joined"}


def every(*years):
    return [(f"f{k}", plot, year, 10.0) for k, plot in enumerate(PLOTS) for year in years]


def test_a_whole_table_says_nothing():
    assert found(*every(2023, 2024, 2025), day=dt.date(2025, 12, 31)) == {}


def test_a_firm_that_came_or_left_lacks_no_year():
    assert found(*every(2023, 2025)[:8], ("n", "p5", 2025, 1.0), ("o", "p5", 2023, 1.0)) == {}


def test_a_year_between_two_of_a_firm():
    rows = [r for r in every(2023, 2024, 2025) if (r[1], r[2]) != ("p3", 2024)]
    one = found(*rows)["years_missing"]
    assert (one.count, one.rows, one.plots, one.stops) == (1, ("f2",), ("p3",), False)


@pytest.mark.parametrize(
    ("day", "behind"),
    [("2025-12-31", False), ("2026-06-30", False), ("2026-12-31", True), ("2027-01-01", True)],
)
def test_a_table_that_ends_before_the_last_whole_year(day, behind):
    assert set(found(*every(2024, 2025), day=dt.date.fromisoformat(day))) == ({"years_behind"} if behind else set())


@pytest.mark.parametrize(("named", "told"), [(5, ()), (3, ()), (2, ("p3", "p4", "p5"))])
def test_plots_that_no_row_names_are_told_where_they_are_many(named, told):
    one = found(*every(2025)[:named]).get("plots_without_firms")
    assert (one.rows if one else ()) == told


class Held:
    """Rules held against parcels, as `universal_rules` reads them."""

    def __init__(self, met, levels):
        ids = [f"p{k}" for k in range(len(met))]
        self.met, self.levels = pd.DataFrame({"L4": met}, index=ids), pd.DataFrame({"L4": levels}, index=ids)


def test_a_rule_that_every_parcel_meets():
    assert universal_rules(Held([True] * 9, ["statistical"] * 9)) == []  # too few to say
    assert universal_rules(Held([True] * 10 + [False], ["statistical"] * 11)) == []
    (one,) = universal_rules(Held([True] * 10 + [False], ["statistical"] * 10 + ["none"]))
    assert (one.check, one.count, len(one.plots), one.stops) == ("rule_always_met", 10, 10, False)
