"""The plan of a toy city: one park, four plots outside; who may move, what the ledger says after, and who stays."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from landuse import schema as s
from landuse.analysis.candidates.evaluate import candidates
from landuse.analysis.plots.multipart import parted
from landuse.analysis.plots.scatter import park_plots, scattered_plots
from landuse.analysis.relocation.blocks import sites_of
from landuse.analysis.relocation.plan import plan_relocation
from landuse.analysis.relocation.problem import pool_of
from landuse.analysis.share.concentration import park_concentration
from landuse.config.rules import ScatterSection
from landuse.definition import Definition
from landuse.errors import AccountingError
from landuse.inputs.capacity import Blocks, PlanInputs
from landuse.inputs.enterprises import Enterprises
from landuse.reference.industries import SHIPPED, load_industries
from landuse.reference.rule_pack import MEASURES, load_pack
from landuse.results.candidates import Indicators
from landuse.results.relocation import PlanRule
from tests.toys import UNIT, WORKING, array, box, ledger, parcels, parks

HECTARE = UNIT**2
PLANAR = Definition(area="planar")
RULE = PlanRule(
    objectives=("cost",), pool="candidates", actions=("move", "clear", "rebuild"), years=range(2026, 2027),
    targets={2026: 0.70}, by_district=False, compaction=1.0, cross_district="forbidden", exclude=(),
    firms_together=False, quota_m2=0.0, goal_m2=0.0, budget_yuan=0.0, housing_m=0.0, gap=0.0, compensation=900.0,
    rebuild=600.0, charge=150.0, haul=7.5, tax_years=5.0,
)  # fmt: skip
#: Six hectares inside, four outside: 60 %; one of the four moved makes 70 %.
INSIDE, OUTSIDE = box(0, 0, 3, 2), [box(20 + 10 * k, 0, 21 + 10 * k, 1) for k in range(4)]


def firms(industry="3484", same=()):
    """One firm a plot outside, of a known industry; plots of `same` share a firm."""
    plots = [f"p{k:03}" for k in range(1, 5)]
    names = ["F" if p in same else p for p in plots]
    table = pd.DataFrame({"firm_id": names, "firm_name": names, "parcel_id": plots, "year": 2025})
    table = table.assign(area_m2=1e4, tax_yuan=1e4, industry=industry).astype({"year": "Int64"})
    return Enterprises(table)


def blocks(spare=5.0, **more):
    row = {
        "place": 0, "spare_m2": spare * HECTARE, "from_year": 0, "price_yuan_m2": 300.0, "industries": ("34",),
        "pollution": 3, "pollution_stated": False, "power": np.inf, "water": np.inf, "gas": np.inf,
        s.DISTRICT: "330114", "partner": "", "credit": 0.0,
    } | more  # fmt: skip
    return Blocks(pd.DataFrame([row]))


def given(rule=RULE, outside=OUTSIDE, tax=1000.0, district="330114", **inputs):
    """Ledger, share, scatter and candidates of the toy: all plots pay so little that they are candidates."""
    shapes = [INSIDE, *outside]
    land = parcels(shapes, district=["330114", *([district] * len(outside))])
    book = ledger(land, parks([box(0, 0, 6, 4)], ids=["A"], block=["1"]))
    ids = pd.Index(book.parcels[s.PARCEL], name=s.PARCEL)
    values = pd.DataFrame(np.nan, index=ids, columns=list(MEASURES)).assign(supply_status="", tax_per_mu=tax)
    levels = pd.DataFrame("none", index=ids, columns=list(MEASURES)).assign(tax_per_mu="statistical")
    notes = pd.DataFrame({"years": [(2025,)] * len(ids), "firms": "", "planned_code": "", "mu": 15.0}, index=ids)
    notes[s.DISTRICT] = book.parcels[s.DISTRICT].to_numpy()
    measures = Indicators(values, levels, pd.DataFrame(np.nan, index=ids, columns=[s.FAR, s.COVERAGE]), notes)
    scatter = scattered_plots(book, PLANAR, ScatterSection())
    scatter.plots["place"], scatter.plots["neighbours"] = "", [()] * len(scatter.plots)
    pack = load_pack("zhejiang-2023", Path())
    pack = pack.model_copy(update={"rules": (pack.by_code["L2"],), "score": None})
    found = candidates(scatter, park_plots(book, PLANAR), measures, pack)
    have = {"blocks": blocks(), "industries": load_industries(SHIPPED, Path())}
    have |= {"enterprises": firms()} | inputs
    return book, park_concentration(book, PLANAR), scatter, found, PlanInputs(**have), rule


def plan(rule=RULE, **more):
    return plan_relocation(*given(rule, **more))


def test_one_plot_of_four_moves_and_the_share_is_seventy():
    r = plan()
    assert (r.status, r.plots) == ("optimal", 1)
    assert r.moves.index.tolist() == ["p001"]  # the nearest
    assert r.after.share == pytest.approx(0.70)
    assert (r.after.total_m2, r.after.inside_m2) == pytest.approx((10 * HECTARE, 7 * HECTARE))
    row = r.moves.iloc[0]
    # 900 to leave, 300 for the land, and haulage by the kilometre
    assert row["cost_yuan"] == pytest.approx(HECTARE * (900 + 300 + 7.5 * row["distance_m"] / 1000))
    assert (row["action"], row["fit"], row["land_used_m2"]) == ("move", "leading", pytest.approx(HECTARE))
    assert r.blocks["used_m2"].tolist() == pytest.approx([HECTARE])
    assert r.after.parks.loc["A", "industrial_m2"] == pytest.approx(7 * HECTARE)


def test_compaction_takes_less_land_and_so_two_must_go():
    r = plan(replace(RULE, compaction=0.5, actions=("move",)))
    # moving one leaves 6.5 of 9.5: 68.4 %; two leave 7 of 9: 77.8 %
    assert (r.plots, r.after.share) == (2, pytest.approx(7 / 9))
    assert r.moves["land_used_m2"].tolist() == pytest.approx([HECTARE / 2] * 2)


def test_a_full_park_leaves_clearing():
    r = plan(blocks=blocks(spare=0.5))
    assert set(r.moves["action"]) == {"clear"}
    assert (r.plots, r.after.share) == (2, pytest.approx(6 / 8))
    assert r.moves["cost_yuan"].tolist() == pytest.approx([HECTARE * 900 + 5 * 1000 * 15] * 2)


def test_what_is_missing_is_said_in_words_of_land():
    r = plan(replace(RULE, actions=("move",)), blocks=blocks(spare=0.5))
    assert (r.status, r.plots) == ("infeasible", 0)
    assert [(x.kind, x.where) for x in r.shortfalls] == [("land", "330114")]
    assert r.shortfalls[0].amount == pytest.approx(0.5 * HECTARE)
    assert r.after.share == r.before.share
    again = plan(replace(RULE, actions=("move",)), blocks=blocks(spare=0.5 + r.shortfalls[0].amount / HECTARE))
    assert again.exists


def test_a_share_that_is_reached_needs_no_plan():
    r = plan(replace(RULE, targets={2026: 0.6}))
    assert (r.status, r.plots, r.stages) == ("not_needed", 0, ())


@pytest.mark.parametrize(
    ("more", "fits"),
    [
        ({}, "leading"),
        ({"enterprises": firms("3670")}, "related"),
        ({"enterprises": firms("1351")}, "none"),
        ({"enterprises": firms("")}, "unknown"),
        ({"enterprises": firms("1351"), "blocks": blocks(industries=())}, "any"),
        ({"enterprises": firms("2642"), "blocks": blocks(industries=("26",))}, "leading"),
        ({"enterprises": firms("2642"), "blocks": blocks(industries=("26",), pollution=2)}, "none"),
    ],
)
def test_which_industry_fits(more, fits):
    book, _share, scatter, found, inputs, rule = given(**more)
    pool = pool_of(book, scatter, found, inputs, rule)
    assert set(pool.fits.ravel()) == {fits}
    assert pool.plots.allowed.all() == (fits in ("leading", "related", "any"))


def test_housing_keeps_the_worst_class_away_unless_the_block_says_otherwise():
    home = gpd.GeoDataFrame({"group": ["housing"]}, geometry=array([box(6.5, 0, 7, 1)]), crs=WORKING)
    book, *_rest, inputs, _rule = given(housing=home)
    assert sites_of(book, inputs, 100.0)["pollution"].tolist() == [2]
    assert sites_of(book, inputs, 40.0)["pollution"].tolist() == [3]
    assert sites_of(book, replace(inputs, blocks=blocks(pollution_stated=True)), 100.0)["pollution"].tolist() == [3]


def test_excluded_contested_and_bound_plots_stay():
    def why(rule=RULE, **more):
        book, _share, scatter, found, inputs, rule = given(rule, **more)
        return pool_of(book, scatter, found, inputs, rule).table["why"].to_dict()

    assert why(replace(RULE, exclude=("p001",)))["p001"] == "excluded"
    overlapping = [*OUTSIDE[:3], shapely.union_all([OUTSIDE[3], box(49.5, 0, 50.5, 1)]), box(50.2, 0, 52, 1)]
    assert {k for k, v in why(outside=overlapping).items() if v == "contested"} == {"p004", "p005"}
    tied = why(replace(RULE, exclude=("p001",)), groups={"p001": "g", "p002": "g"})
    assert (tied["p001"], tied["p002"], tied["p003"]) == ("excluded", "together", "")
    firm = why(replace(RULE, exclude=("p001",), firms_together=True), enterprises=firms(same=("p001", "p003")))
    assert (firm["p003"], firm["p002"]) == ("together", "")


def test_a_group_moves_together():
    r = plan(groups={"p001": "g", "p002": "g"})
    assert sorted(r.moves.index) in (["p003"], ["p001", "p002"])
    r = plan(replace(RULE, exclude=("p003", "p004")), groups={"p001": "g", "p002": "g"})
    assert sorted(r.moves.index) == ["p001", "p002"]


def test_another_district_is_forbidden_charged_or_shared():
    far = {"district": "330113"}
    assert set(plan(**far).moves["action"]) == {"clear"}
    charged = plan(replace(RULE, cross_district="charged"), **far)
    free = plan(replace(RULE, cross_district="allowed"), **far)
    assert charged.cost_yuan - free.cost_yuan == pytest.approx(150 * HECTARE)
    shared = plan(blocks=blocks(partner="330113", credit=0.4), **far)
    assert set(shared.moves["action"]) == {"move"}
    assert shared.flows[["origin", "destination"]].to_numpy().tolist() == [["330113", "330114"]]
    assert shared.flows["credited_m2"].tolist() == pytest.approx([0.4 * HECTARE])


def test_an_unknown_need_of_a_limited_supply_keeps_a_plot_out():
    limited = blocks(power=10.0)
    assert set(plan(blocks=limited).moves["action"]) == {"clear"}
    need = pd.DataFrame({"power": [4.0] * 4, "water": np.nan, "gas": np.nan}, index=[f"p{k:03}" for k in range(1, 5)])
    assert set(plan(blocks=limited, demand=need).moves["action"]) == {"move"}
    assert set(plan(blocks=limited, demand=need * 3).moves["action"]) == {"clear"}


def test_unknown_tax_is_the_districts_mean_and_marked():
    tax = [1000.0, np.nan, 1000.0, 1000.0, 1000.0]
    book, _share, scatter, found, inputs, rule = given(replace(RULE, pool="scattered"), tax=tax)
    table = pool_of(book, scatter, found, inputs, rule).table
    assert table.loc["p001", "tax_known"] == False  # noqa: E712
    assert table.loc["p001", s.TAX] == pytest.approx(1000 * 15)


def test_a_goal_is_met_by_rebuilding_in_the_park_too():
    r = plan(replace(RULE, goal_m2=5 * HECTARE))
    assert "rebuild" in set(r.moves["action"])
    assert r.moves["area_m2"].sum() >= 5 * HECTARE - 1
    assert r.after.share >= 0.70 - 1e-12


def test_the_constructor_refuses_what_does_not_add_up():
    r = plan()
    with pytest.raises(AccountingError, match="takes more land"):
        replace(r, blocks=r.blocks.assign(spare_m2=0.0))
    with pytest.raises(AccountingError, match="share"):
        replace(r, after=r.before)
    with pytest.raises(AccountingError, match="missing"):
        replace(r, status="infeasible")


def apart(**more):
    """The toy with a fifth parcel of three hectares far apart, one of them inside the park."""
    three = shapely.MultiPolygon([box(5, 3, 6, 4), box(70, 0, 71, 1), box(90, 0, 91, 1)])
    return {"outside": [*OUTSIDE, three], **more}


def test_one_plot_of_several_of_a_parcel_moves_alone():
    rule = replace(RULE, exclude=("p001", "p002", "p003", "p004", "p005_2"), targets={2026: 0.60})
    r = plan(rule, **apart(blocks=blocks(industries=()), enterprises=firms("")))
    assert r.moves.index.tolist() == ["p005_1"]
    assert r.moves[s.AREA_M2].tolist() == pytest.approx([HECTARE])
    assert r.after.share == pytest.approx(8 / 13)  # 7 of 13 hectares lie inside, one more moves in


def test_what_names_a_parcel_names_its_plots():
    def table(rule=RULE, **more):
        book, _share, scatter, found, inputs, rule = given(rule, **apart(**more))
        return pool_of(parted(book, scatter, "clip"), scatter, found, inputs, rule)

    assert set(table(replace(RULE, exclude=("p005",))).table.query("why == 'excluded'").index) == {"p005_1", "p005_2"}
    bound = table(groups={"p005": "g"})
    unit = pd.Series(bound.plots.unit, index=bound.free.index)
    assert unit["p005_1"] == unit["p005_2"] != unit["p001"]
    need = pd.DataFrame({"power": [45.0, 3.0]}, index=["p005", "p001"])  # the toy's parcels have 15 mu on paper
    limited = table(demand=need, blocks=blocks(power=100.0))
    assert dict(zip(limited.free.index, limited.plots.needs["power"], strict=True)) == pytest.approx(
        {"p001": 3.0, "p002": 0.0, "p003": 0.0, "p004": 0.0, "p005_1": 45.0, "p005_2": 45.0}
    )


def test_a_plot_of_a_parcel_that_counts_as_a_whole_stays():
    book, _share, scatter, found, inputs, rule = given(**apart())
    assert found.measures.notes["mu"].sum() == 15.0 * 6  # the land of a parcel counts once, whatever its plots
    why = pool_of(parted(book, scatter, "majority"), scatter, found, inputs, rule).table["why"]
    assert {plot for plot in why.index if why[plot] == "whole"} == {"p005_1", "p005_2"}
