"""Firms on plots: every figure is conserved to the cent, a blank is never zero, a zero is a figure."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import firms, land

from landuse import schema as s
from landuse.analysis.plots.firms import apportioned, by_year, conservation, firms_of, latest, tax_per_parcel


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


@given(st.lists(row, max_size=25))
def test_what_is_conserved_adds_up(rows):
    table = firms(*[(f, p, y, np.nan if t is None else t / 100, a) for f, p, y, t, a in rows])
    for before, matched, left_out in conservation(table, {"a", "b", "c"}, [s.TAX, s.AREA_M2]).values():
        assert math.isclose(before, matched + left_out, abs_tol=0.005)
    tax, _ = tax_per_parcel(table, land("a", "b", "c"))
    assert math.isclose(conservation(table, {"a", "b", "c"}, [s.TAX])[s.TAX][1], tax[s.TAX].sum(), abs_tol=0.005)


class TestByYear:
    def test_one_firm_without_a_figure_makes_the_year_unknown(self):
        table = firms(("F", "a", 2023, 5.0), ("G", "a", 2023, np.nan), ("F", "a", 2024, 1.0), ("G", "a", 2024, 2.0))
        got = by_year(table, s.TAX, pd.Index(["a"]))
        assert got.columns.tolist() == [2023, 2024]
        assert got.loc["a"].tolist() == [pytest.approx(np.nan, nan_ok=True), 3.0]

    def test_rows_without_a_year_are_a_column_of_their_own(self):
        assert by_year(firms(("F", "a", None, 5.0)), s.TAX, pd.Index(["a"])).to_dict() == {0: {"a": 5.0}}

    def test_the_latest_figures_are_those_known(self):
        figures, which = latest(pd.DataFrame([[9.0, 1.0, np.nan, 2.0, 3.0]]), 3)
        assert figures.tolist() == [[1.0, 2.0, 3.0]]
        assert which.tolist() == [[False, True, False, True, True]]


def test_apportioned_figures_keep_their_rows():
    table = firms(("F", "a", 2024, 100.0, 30.0), ("F", "b", 2024, 100.0, 10.0), ("G", "b", 2024, np.nan))
    part, total = apportioned(table, s.TAX)
    assert part.tolist()[:2] == [75, 25]
    assert np.isnan(part[2])
    assert total.tolist() == [True, True, False]


def test_firms_are_named_once_and_tenants_marked():
    table = firms(("G", "a", 2024, 1.0), ("F", "a", 2024, 1.0), ("F", "a", 2023, 1.0)).assign(
        tenant=[True, False, False]
    )
    assert firms_of(table, " (t)").to_dict() == {"a": "F、G (t)"}
