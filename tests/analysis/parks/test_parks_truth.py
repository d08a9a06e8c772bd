"""Parks of the sample city against its truth, and what must add up over all of them."""

import numpy as np
import pandas as pd
import pytest

from landuse import schema as s
from landuse.analysis.parks.compare import land_inside
from landuse.analysis.parks.yields import figures_inside
from landuse.pipeline.load_inputs import admit


@pytest.fixture(scope="module")
def review(city):
    return city.result.parks


def test_every_park_has_its_own_land_and_no_other(city, review):
    truth = {row["id"]: row for row in city.truth["parks"]}
    assert set(review.figures.index) == set(truth)
    by_class = review.uses[review.uses[s.CODE].isin(["0601", "06H1"])].groupby(s.PARK)["m2"].sum()
    for park, row in truth.items():
        assert by_class.get(park, 0.0) == pytest.approx(row["inside_m2"], rel=1e-9, abs=1e-6)


def test_what_is_attributed_sums_to_the_citys(city, review):
    c = city.result.concentration
    assert review.figures["industrial_m2"].sum() == pytest.approx(c.inside_m2, rel=1e-12)
    assert review.duties.groupby(s.DISTRICT)["m2"].sum().to_dict() == pytest.approx(
        c.districts.loc[c.districts["inside_m2"] > 0, "inside_m2"].to_dict(), rel=1e-12
    )


def test_uses_make_up_every_park_without_a_gap(review):
    held = review.uses.groupby(s.PARK)["m2"].sum()
    assert held.sum() == pytest.approx(review.figures["land_m2"].sum(), rel=1e-12)
    bare = review.uses[review.uses[s.CODE] == ""]["m2"].sum()
    assert bare < 1e-3  # the sample's parcels cover the ground


def test_tax_is_that_of_the_sheet(city, review):
    """Of plots that lie in one park with all their land, and whose firms sit nowhere else: by hand from the sheet."""
    sheet = pd.read_excel(
        city.files.folder / "enterprises.xlsx", engine="openpyxl", dtype={"宗地代码": str, "统一社会信用代码": str}
    )
    sheet = sheet[sheet["年度"] == review.year]
    alone = ~sheet.duplicated("统一社会信用代码", keep=False)
    tax = sheet[alone].groupby("宗地代码")["税收"].sum(min_count=1) * 1e4
    tax = tax[~tax.index.isin(sheet["宗地代码"][~alone | sheet["税收"].isna()])].dropna()
    land = land_inside(city.result.ledger, city.result.definition)
    whole = land[np.isclose(land["part"], 1) & land[s.PARCEL].isin(tax.index)]
    found = figures_inside(whole, admit(city.study).enterprises, review.year)
    assert len(whole) > 5
    assert found[s.TAX].to_numpy() == pytest.approx(tax[whole[s.PARCEL]].to_numpy())


def test_the_league_is_of_each_level(review):
    league = review.league
    assert set(league.index) == set(review.figures.index)
    for _level, own in league.groupby(s.LEVEL):
        ranked = own.dropna(subset=["rank"])
        assert ranked["rank"].min() == 1 or ranked.empty
        assert (ranked["score"].diff().dropna() <= 0).all()
        assert (ranked["best_rank"] <= ranked["rank"]).all()
        assert (ranked["rank"] <= ranked["worst_rank"]).all()
    points = review.evaluation.contributions.sum(axis=1, min_count=1)
    scored = league["score"].notna()
    assert np.allclose(points[league.index][scored], league["score"][scored])


def test_low_efficiency_land_is_that_of_the_list(city, review):
    listed = city.result.candidates.renewed
    by_park = listed[listed[s.PARK] != ""].groupby(s.PARK)[s.AREA_M2].sum()
    for park, m2 in by_park.items():
        assert review.figures.loc[park, "inefficient_m2"] == pytest.approx(m2, rel=1e-9)
