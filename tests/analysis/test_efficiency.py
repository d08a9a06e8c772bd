"""Inefficiency: tax is conserved to the cent, a blank is never zero, a zero is a figure."""

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import box, parcels

from landuse import schema as s
from landuse.analysis.efficiency import judge, load_rules, tax_per_parcel, threshold_yuan
from landuse.errors import InputError
from landuse.results import Scatter
from landuse.units import to_m2

RULES = load_rules("zhejiang-2023", Path())
LIMIT = 150_000.0  # yuan per mu
MU = float(to_m2(1.0, "mu"))


def firms(*rows):
    """(firm, parcel, year, tax, area?) rows."""
    rows = [(*r, np.nan)[:5] for r in rows]
    frame = pd.DataFrame(rows, columns=[s.FIRM, s.PARCEL, s.YEAR, s.TAX, s.AREA_M2])
    frame = frame.astype({s.FIRM: object, s.PARCEL: object, s.TAX: float, s.AREA_M2: float})
    frame[s.YEAR] = frame[s.YEAR].astype("Int64")
    frame[s.FIRM_NAME] = frame[s.FIRM]
    return frame


def land(*ids, mu=1.0):
    frame = parcels([box(k, 0, k + 1, 1) for k in range(len(ids))], ids=ids)
    return frame.assign(**{s.REGISTERED: mu * MU})


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
        },
        geometry=[box(k, 0, k + 1, 1) for k in range(len(ids))],
        crs=4549,
        index=pd.Index(ids, name=s.PARCEL),
    )
    return Scatter(frame)


def judged(table, *ids, mu=1.0):
    plots = land(*ids, mu=mu)
    tax, notes = tax_per_parcel(table, plots)
    return judge(scatter(*ids), tax, plots, RULES), notes


def per_parcel(table, *ids):
    tax, notes = tax_per_parcel(table, land(*ids))
    return tax.groupby(s.PARCEL)[s.TAX].sum().to_dict(), notes


class TestApportioning:
    def test_a_figure_stated_on_two_parcels_is_taken_once_by_land_used(self):
        got, notes = per_parcel(firms(("F", "a", 2024, 100.0, 30.0), ("F", "b", 2024, 100.0, 10.0)), "a", "b")
        assert got == {"a": 75, "b": 25}
        assert [n.check for n in notes] == ["firms_apportioned"]

    def test_equally_where_an_area_is_missing(self):
        got, _ = per_parcel(firms(("F", "a", 2024, 100.0, 30.0), ("F", "b", 2024, 100.0)), "a", "b")
        assert got == {"a": 50, "b": 50}

    def test_differing_figures_are_each_parcels_own(self):
        got, notes = per_parcel(firms(("F", "a", 2024, 100.0, 30.0), ("F", "b", 2024, 60.0, 10.0)), "a", "b")
        assert got == {"a": 100, "b": 60}
        assert notes == ()

    def test_figures_that_differ_by_less_than_a_cent_are_the_same(self):
        got, _ = per_parcel(firms(("F", "a", 2024, 100.0), ("F", "b", 2024, 100.0000000001)), "a", "b")
        assert got == pytest.approx({"a": 50, "b": 50}, abs=0.01)

    def test_years_are_apart(self):
        got, _ = per_parcel(firms(("F", "a", 2023, 100.0), ("F", "b", 2024, 100.0)), "a", "b")
        assert got == {"a": 100, "b": 100}

    def test_several_firms_on_a_parcel_are_added(self):
        assert per_parcel(firms(("F", "a", 2024, 100.0), ("G", "a", 2024, 1.0)), "a")[0] == {"a": 101}

    def test_unmatched_rows_are_counted_with_their_tax(self):
        got, notes = per_parcel(firms(("F", "a", 2024, 100.0), ("F", "gone", 2024, 100.0), ("G", "", 2024, 7.5)), "a")
        assert got == {"a": 50}
        (_, unmatched) = notes
        assert (unmatched.check, unmatched.count, set(unmatched.rows)) == ("enterprises_unmatched", 2, {"gone", ""})
        assert "57.50" in unmatched.action

    def test_firms_nobody_names_are_not_one_firm(self):
        # two rows without a firm's id or name: nothing says that they are one firm's total
        got, _ = per_parcel(firms(("", "a", 2024, 100.0), ("", "b", 2024, 100.0)), "a", "b")
        assert got == {"a": 100, "b": 100}


cents = st.one_of(st.none(), st.sampled_from([0, 100, 100, 250]), st.integers(-50, 10**9))
row = st.tuples(
    st.sampled_from("FGHI"),
    st.sampled_from(["a", "b", "c", "gone", ""]),
    st.sampled_from([2022, 2023, 2024, None]),
    cents,
    st.sampled_from([np.nan, 0.0, 10.0, 33.0]),
)


@given(st.lists(row, max_size=25))
def test_every_yuan_is_on_a_parcel_or_reported(rows):
    table = firms(*[(f, p, y, np.nan if t is None else t / 100, a) for f, p, y, t, a in rows])
    tax, notes = tax_per_parcel(table, land("a", "b", "c"))
    everywhere, _ = tax_per_parcel(table, land("a", "b", "c", "gone", ""))
    # a firm's total stated n times is one figure; all others count as they stand
    known = table[table[s.TAX].notna()]
    before = 0.0
    for _, g in known.groupby([s.FIRM, s.YEAR], dropna=False):
        once = len(g) > 1 and set(g[s.TAX]) == {g[s.TAX].iloc[0]} and g[s.PARCEL].nunique() == len(g)
        before += g[s.TAX].iloc[0] if once else g[s.TAX].sum()
    lost = everywhere[~everywhere[s.PARCEL].isin(["a", "b", "c"])][s.TAX].sum()
    assert math.isclose(everywhere[s.TAX].sum(), before, abs_tol=0.005)
    assert math.isclose(tax[s.TAX].sum() + lost, before, abs_tol=0.005)
    assert tax[s.TAX].notna().all()
    said = [n.action for n in notes if n.check == "enterprises_unmatched"]
    assert [f"{lost:,.2f}" in text for text in said] in ([], [True])


class TestJudging:
    def test_below_the_threshold_is_a_candidate_at_it_is_not(self):
        found, _ = judged(firms(("F", "a", 2024, LIMIT), ("G", "b", 2024, LIMIT - 0.01)), "a", "b")
        assert found.listed.index.tolist() == ["b"]
        assert found.listed["reasons"].tolist() == [("L2",)]

    def test_a_plot_without_data_is_never_a_candidate(self):
        found, _ = judged(firms(("F", "a", 2024, np.nan)), "a", "b")
        assert found.listed.empty
        assert found.no_data.index.tolist() == ["a", "b"]
        assert found.plots["tax_per_mu"].isna().all()

    def test_zero_tax_is_a_figure(self):
        found, _ = judged(firms(("F", "a", 2024, 0.0)), "a")
        assert found.listed["tax_per_mu"].tolist() == [0]
        assert found.listed["evidence"].tolist() == ["statistical"]

    def test_mean_of_the_latest_three_years_with_figures(self):
        rows = [("F", "a", y, t * LIMIT) for y, t in ((2019, 90), (2020, 1), (2021, np.nan), (2022, 2), (2024, 3))]
        found, _ = judged(firms(*rows), "a")
        assert found.plots["tax_per_mu"].tolist() == [2 * LIMIT]
        assert found.plots["years"].tolist() == [(2020, 2022, 2024)]

    def test_tax_is_divided_by_the_registered_area_of_the_parcel(self):
        found, _ = judged(firms(("F", "a", 2024, LIMIT * 3)), "a", mu=4.0)
        assert found.plots["tax_per_mu"].tolist() == pytest.approx([LIMIT * 3 / 4])

    def test_order_candidates_first_poorest_first(self):
        rows = [("F", "c", 2024, 10.0), ("G", "a", 2024, 20.0), ("H", "b", 2024, 10.0), ("I", "e", 2024, 9e9)]
        found, _ = judged(firms(*rows), *"abcde")
        assert found.plots.index.tolist() == ["b", "c", "a", "e", "d"]

    def test_firms_of_a_plot_are_named_once(self):
        rows = [("G", "a", 2024, 1.0), ("F", "a", 2024, 1.0), ("F", "a", 2023, 1.0)]
        assert judged(firms(*rows), "a")[0].plots["firms"].tolist() == ["F、G"]

    def test_only_scattered_plots_are_judged(self):
        plots = land("a")
        tax, _ = tax_per_parcel(firms(("F", "a", 2024, 0.0)), plots)
        for position in ("adjoining", "small", "clustered"):
            assert judge(scatter("a", position=position), tax, plots, RULES).plots.empty

    def test_without_any_figures(self):
        found, notes = judged(firms(), "a", "b")
        assert notes == ()
        assert found.plots["evidence"].tolist() == ["none", "none"]
        assert found.plots["firms"].tolist() == ["", ""]


PACK = """
[[rules]]
code = "X1"
measure = "tax_per_mu"
below = 120000
unit = "{unit}"
source = "county order 7"
date = 2024-01-01
trust = "high"
[rules.name]
zh = "税"
en = "Tax"
"""


class TestRulePacks:
    def test_shipped_pack_carries_its_provenance(self):
        rule = RULES["L2"]
        assert threshold_yuan(rule) == LIMIT
        assert all((rule.source, rule.date, rule.trust, rule.unit, rule.name["zh"], rule.name["en"]))

    def test_own_pack_by_path_from_the_studys_folder(self, tmp_path):
        (tmp_path / "own.toml").write_text(PACK.format(unit="元/亩"), encoding="utf-8")
        rules = load_rules("own.toml", tmp_path)
        assert list(rules) == ["X1"]
        assert threshold_yuan(rules["X1"]) == 120_000
        assert rules["X1"].date == "2024-01-01"

    @pytest.mark.parametrize(
        "text",
        [
            "rules = 1",
            "not toml [",
            "",
            PACK.format(unit="dollars/acre"),
            PACK.format(unit="元/亩").replace("tax_per_mu", "gut_feeling"),
            PACK.format(unit="元/亩").replace("below = 120000", 'below = "little"'),
            PACK.format(unit="元/亩").replace('trust = "high"', ""),
            "rules = [1]",
        ],
    )
    def test_what_is_no_pack_is_refused(self, tmp_path, text):
        (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
        with pytest.raises(InputError):
            load_rules("bad.toml", tmp_path)

    def test_bytes_that_are_no_text_are_refused(self, tmp_path):
        (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InputError):
            load_rules("bad.toml", tmp_path)

    @pytest.mark.parametrize("name", ["zhejiang-2099", "missing.toml", ""])
    def test_no_such_pack_is_refused(self, tmp_path, name):
        with pytest.raises(InputError):
            load_rules(name, tmp_path)
