"""Judging: an unknown value meets no rule, every list is explained, every counterfactual is true."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import box, firms, land

from landuse import schema as s
from landuse.analysis.candidates.evaluate import candidates, idle_rules, judge
from landuse.analysis.candidates.indicators import measure
from landuse.inputs.context import Context
from landuse.reference.rule_pack import MEASURES, load_pack
from landuse.results.candidates import Scatter
from landuse.units import to_m2

PACK = load_pack("zhejiang-2023", Path())
LIMIT = 150_000.0  # yuan per mu
MU = float(to_m2(1.0, "mu"))
NO_CONTEXT = Context()
NO_PLOTS = gpd.GeoDataFrame(
    {c: [] for c in (s.PARK, s.DISTRICT, s.CODE, s.AREA_M2, "position")},
    geometry=[],
    crs=4549,
    index=pd.Index([], name=s.PARCEL),
)


def scatter(*ids, position="scattered"):
    frame = gpd.GeoDataFrame(
        {
            s.DISTRICT: "d",
            s.CODE: "0601",
            s.AREA_M2: MU,
            "cluster": range(len(ids)),
            "cluster_m2": MU,
            "park_distance_m": 999.0,
            "position": position,
            "place": "",
        },
        geometry=[box(k, 0, k + 1, 1) for k in range(len(ids))],
        crs=4549,
        index=pd.Index(ids, name=s.PARCEL),
    )
    return Scatter(frame)


def measured(table, *ids, mu=1.0, context=NO_CONTEXT, day=None, **register):
    plots = land(*ids, mu=mu).assign(**{s.DISTRICT: "d", **register})
    return measure(plots, table, context, {}, day)[0]


def judged(table, *ids, pack=PACK, position="scattered", **options):
    return candidates(scatter(*ids, position=position), NO_PLOTS, measured(table, *ids, **options), pack)


def years(parcel, tax, *of):
    return [(f"F{parcel}", parcel, year, tax) for year in of or (2023, 2024, 2025)]


class TestLists:
    def test_below_the_threshold_is_a_candidate_at_it_is_not(self):
        found = judged(firms(("F", "a", 2024, LIMIT), ("G", "b", 2024, LIMIT - 0.01)), "a", "b")
        assert found.listed.index.tolist() == ["b"]
        assert found.listed["reasons"].tolist() == [("L2",)]

    def test_a_plot_without_data_is_never_a_candidate(self):
        found = judged(firms(("F", "a", 2024, np.nan)), "a", "b")
        assert found.listed.empty
        assert sorted(found.no_data.index) == ["a", "b"]
        assert found.plots["tax_per_mu"].isna().all()

    def test_zero_tax_is_a_figure(self):
        found = judged(firms(("F", "a", 2024, 0.0)), "a")
        assert found.listed["tax_per_mu"].tolist() == [0]
        assert found.listed["evidence"].tolist() == ["statistical"]

    def test_the_worst_score_comes_first_then_the_others_by_score(self):
        found = judged(firms(*years("c", 10.0), *years("a", 20.0), *years("b", 9e9), *years("d", 8e9)), *"abcd")
        assert found.plots.index.tolist() == ["c", "a", "d", "b"]

    def test_without_a_score_the_lowest_tax_comes_first(self):
        pack = replace_pack(score=None)
        found = judged(firms(*years("c", 30.0), *years("a", 20.0), *years("b", 9e9)), *"abcd", pack=pack)
        assert found.plots.index.tolist() == ["a", "c", "b", "d"]

    def test_only_scattered_plots_are_candidates_adjoining_ones_are_renewed(self):
        table = firms(("F", "a", 2024, 0.0))
        for position in ("small", "clustered"):
            found = judged(table, "a", position=position)
            assert found.plots.empty
            assert found.renewal.empty
        found = judged(table, "a", position="adjoining")
        assert found.plots.empty
        assert found.renewed.index.tolist() == ["a"]
        assert found.renewed["handling"].tolist() == ["upgrade"]
        assert found.area_m2 == (0, MU)

    def test_without_any_figures(self):
        found = judged(firms(), "a", "b")
        assert found.plots["evidence"].tolist() == ["none", "none"]
        assert found.plots["firms"].tolist() == ["", ""]

    def test_plots_near_each_other_form_a_group(self):
        table = firms(("F", "a", 2024, 0.0), ("G", "b", 2024, 30_000.0), ("H", "c", 2024, 9e9))
        found = judged(table, "a", "b", "c", position="adjoining")
        assert found.renewed["renewal_group"].tolist() == [1, 1]
        (group,) = found.groups.to_dict("records")
        assert group["plots"] == 2
        assert group["area_m2"] == pytest.approx(2 * MU)
        assert group["tax_yuan"] == pytest.approx(30_000)
        assert group["at_mean_yuan"] == pytest.approx(2 * (9e9 + 30_000) / 3)


def replace_pack(**changes):
    return PACK.model_copy(update=changes)


class TestMeasures:
    def test_mean_of_the_latest_three_years_with_figures(self):
        rows = [("F", "a", y, t * LIMIT) for y, t in ((2019, 90), (2020, 1), (2021, np.nan), (2022, 2), (2024, 3))]
        found = judged(firms(*rows), "a")
        assert found.plots["tax_per_mu"].tolist() == pytest.approx([2 * LIMIT])
        assert found.plots["years"].tolist() == [(2020, 2022, 2024)]

    def test_tax_is_divided_by_the_registered_area_of_the_parcel(self):
        found = judged(firms(("F", "a", 2024, LIMIT * 3)), "a", mu=4.0)
        assert found.plots["tax_per_mu"].tolist() == pytest.approx([LIMIT * 3 / 4])

    def test_against_the_district_takes_the_best_of_three_years_and_needs_three(self):
        good = [("G", "b", y, 100.0) for y in (2023, 2024, 2025)]
        poor = [("F", "a", 2023, 10.0), ("F", "a", 2024, 20.0), ("F", "a", 2025, 0.0)]
        got = measured(firms(*good, *poor), "a", "b").values["tax_to_district"]
        assert got["a"] == pytest.approx(20 / 60)
        assert got["b"] == pytest.approx(100 / 50)
        assert np.isnan(measured(firms(*good, *poor[:2]), "a", "b").values["tax_to_district"]["a"])

    def test_grade_d_by_land_in_the_latest_year_with_a_grade(self):
        table = firms(
            ("F", "a", 2023, 1.0, 30.0), ("G", "a", 2023, 1.0, 10.0), ("F", "a", 2024, 1.0), ("G", "a", 2024, 1.0)
        )
        got = measured(table.assign(grade=["D", "A", "", ""]), "a").values["grade_d"]
        assert got.tolist() == [0.75]

    def test_idle_only_where_every_firm_is(self):
        table = firms(("F", "a", 2024, 1.0), ("G", "a", 2024, 1.0), ("H", "b", 2024, 1.0), ("I", "c", 2024, 1.0))
        since = np.array(["2020-01-01", "NaT", "2021-12-31", "2030-01-01"], dtype="datetime64[D]")
        got, notes = measure(
            land("a", "b", "c", "d"), table.assign(idle_since=since), Context(), {}, pd.Timestamp("2025-12-31").date()
        )
        assert got.values["idle_years"].fillna(-1).tolist() == pytest.approx([0, 1461 / 365.25, -1, -1])
        assert [n.check for n in notes] == ["idle_in_future"]
        assert notes[0].rows == ("I",)

    def test_energy_needs_added_value_above_zero(self):
        table = firms(("F", "a", 2023, 1.0), ("F", "a", 2024, 1.0), ("G", "b", 2024, 1.0))
        got = measured(table.assign(energy_tce=[10.0, 99.0, 5.0], value_added_yuan=[1e5, np.nan, -1.0]), "a", "b")
        assert got.values["energy_per_added_value"].fillna(-1).tolist() == pytest.approx([1e-4, -1])

    def test_the_register_is_compared_with_the_standard_in_force(self):
        standards = pd.DataFrame(
            {"zone": ["d", "d", "d"], "year": [2018, 2024, 2030], "far": [0.5, 1.2, 9.0], "coverage": np.nan}
        )
        plots = {"far": [1.0, 1.2, np.nan], "coverage": [0.1, 0.9, 0.1]}
        got = judge(
            measured(
                firms(), *"abc", context=Context(standards=standards), day=pd.Timestamp("2025-12-31").date(), **plots
            ),
            PACK,
        )
        assert got.met["L3"].tolist() == [True, False, False]
        assert got.levels["L3"].tolist() == ["registered", "registered", "none"]
        # no standard of coverage is known: nothing is held against anyone
        assert not got.met["L3C"].any()
        assert got.levels["L3C"].tolist() == ["none"] * 3

    def test_planned_otherwise(self):
        plan = gpd.GeoDataFrame(
            {s.CODE: ["0701", "1001"], "industrial": [False, True]},
            geometry=[box(0, 0, 1.4, 1), box(1.4, 0, 2, 1)],
            crs=4549,
        )
        got = measured(firms(), *"abc", context=Context(plan=plan))
        assert got.values["planned_industrial"].fillna(-1).tolist() == pytest.approx([0, 0.6, -1])
        assert got.notes["planned_code"].tolist() == ["0701", "1001", ""]
        found = judge(got, PACK)
        assert found.met["L7"].tolist() == [True, False, False]
        # where a plot lies says nothing of how it does
        assert found.evidence.tolist() == ["registered", "none", "none"]


measures_of = st.fixed_dictionaries(
    {
        "grade_d": st.sampled_from([0.0, 0.5, 0.75, 1.0]),
        "tax_per_mu": st.floats(0, 4e5),
        "tax_to_district": st.floats(0, 2),
        "far": st.floats(0.1, 3),
        "coverage": st.floats(0.05, 0.9),
        "idle_years": st.floats(0, 9),
        "supply_status": st.sampled_from(["", "供而未用", "已建成达产"]),
        "energy_per_added_value": st.floats(0, 1e-4),
        "planned_industrial": st.floats(0, 1),
    }
)


def with_values(values):
    """Measures of one plot, all on statistical evidence, standards of 1.0 and 0.4."""
    one = measured(firms(), "a")
    known = pd.DataFrame([values], index=one.values.index)
    table = one.values.astype(object).assign(**{k: known[k] for k in values})
    floats = {c: float for c in table.columns if c != "supply_status"}
    levels = one.levels.assign(**dict.fromkeys(values, "statistical"))
    if not values["supply_status"]:
        levels["supply_status"] = "none"
    standards = pd.DataFrame({"far": [1.0], "coverage": [0.4]}, index=one.values.index)
    return replace(one, values=table.astype(floats), levels=levels, standards=standards)


@given(measures_of)
def test_each_change_applied_takes_the_plot_off_and_half_of_it_does_not(values):
    before = judge(with_values(values), PACK)
    met = before.of("a")
    changed, half = dict(values), dict(values)
    for reason in met:
        rule = reason.rule
        if rule.any_of:
            changed[rule.measure] = "已建成达产"
            continue
        to = reason.threshold * rule.scale
        if rule.comparison == "at_least":
            to = np.nextafter(to, -np.inf)
        changed[rule.measure] = to
        half[rule.measure] = (values[rule.measure] + to) / 2
    after = judge(with_values(changed), PACK)
    assert after.reasons["a"] == ()
    # half the change leaves it on the list, unless it was within rounding of the threshold to begin with
    wide = [r for r in met if r.rule.any_of or abs(values[r.rule.measure] - r.threshold * r.rule.scale) > 1e-9]
    assert {r.rule.code for r in wide} <= set(judge(with_values(half), PACK).reasons["a"])


@given(measures_of, st.sampled_from(["tax_per_mu", "far", "energy_per_added_value", "grade_d"]))
def test_what_becomes_unknown_never_adds_a_reason(values, lost):
    before = set(judge(with_values(values), PACK).reasons["a"])
    after = set(judge(with_values({**values, lost: np.nan}), PACK).reasons["a"])
    assert after <= before


def test_handling_follows_the_decision_table():
    for reasons, place, way in (
        (("L2", "L6"), "outside", "close"),
        (("L4",), "outside", "reclaim"),
        (("L1", "L2D"), "park", "merge"),
        (("L7",), "park", "reclaim"),
        (("L7",), "outside", "move"),
        (("L3",), "park", "upgrade"),
        ((), "park", ""),
    ):
        assert PACK.handling_for(reasons, place) == way


@pytest.mark.usefixtures("english")
class TestRulesThatNeverFire:
    def found(self, *words):
        ids = [f"p{k}" for k in range(len(words))]
        return idle_rules(measured(firms(), *ids, supply_status=list(words)), PACK)

    def test_a_word_like_one_of_the_rule(self):
        (found,) = self.found("供而末用", "", "已建成")
        assert (found.check, found.plots) == ("rule_never_met", ("p0", "p2"))
        assert "did you mean '供而未用'" in found.action

    def test_many_words_and_none_of_the_rule(self):
        (found,) = self.found(*["done"] * 10, "")
        assert found.count == 10
        assert "done × 10" in found.action

    def test_one_word_of_the_rule_is_enough(self):
        assert self.found(*["done"] * 20, "建而未投") == []

    def test_of_few_words_and_of_none_nothing_can_be_said(self):
        assert self.found(*["done"] * 9) == []
        assert self.found("", "") == []


def test_a_measure_that_nobody_computes_is_an_error_and_not_unknown(monkeypatch):
    monkeypatch.setitem(MEASURES, "water_per_mu", {"": 1.0})
    with pytest.raises(LookupError, match="water_per_mu"):
        measure(land(box(0, 0, 1, 1)), firms(), NO_CONTEXT, {}, None)
