"""The city itself: ground, parks, firms, and that truth agrees with an overlay engine."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from pyproj import CRS
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from landuse.errors import InputError
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.sample import write_sample
from landuse.sample.city.lattice import polygons
from landuse.sample.city.parks import LEVELS
from landuse.sample.city.tiles import SHARE, make_city

WORKING = CRS(4549)
LEVEL_ORDER = ("national", "provincial", "platform", "town")


def inside_m2(parcels, geometry):
    """Ellipsoidal area inside, by intersection."""
    whole = np.asarray(parcels.geometry)
    return ellipsoidal_area(shapely.intersection(whole, geometry), WORKING, gaussian_radius2(whole, WORKING))


def test_parcels_cover_the_ground_once(town):
    geometry = np.asarray(town.parcels.geometry)
    assert shapely.is_valid(geometry).all()
    assert not shapely.coverage_is_valid(geometry)  # some neighbours share edges, and not their vertices
    outline = shapely.union_all(geometry)
    assert shapely.get_num_interior_rings(outline) == 0
    assert shapely.area(geometry).sum() == pytest.approx(outline.area, rel=1e-12)


def test_as_many_parcels_as_asked_for_with_unique_ids(town):
    assert len(town.parcels) == town.truth["parcels"] == 2500
    assert town.parcels.BSM.is_unique
    assert (town.parcels.BSM.str.len() == 18).all()
    assert (town.parcels.ZLDWDM.str.len() == 19).all()
    assert (town.parcels.BSM.str[:6] == town.parcels.ZLDWDM.str[:6]).all()
    assert not town.parcels.BSM.is_monotonic_increasing


def test_stated_area_is_the_ellipsoidal_one(town):
    area = ellipsoidal_area(np.asarray(town.parcels.geometry), WORKING)
    assert np.abs(town.parcels.TBDLMJ - area).max() <= 0.005 + 1e-6


def test_districts_are_the_outlines_of_their_parcels(town):
    districts = gpd.read_file(town.files.folder / "districts.gpkg").set_index("XZQDM").geometry
    parts = town.parcels.dissolve(town.parcels.BSM.str[:6]).geometry
    assert set(parts.index) == set(districts.index)
    assert np.allclose(parts.area, districts.loc[parts.index].area, rtol=1e-12)
    assert shapely.coverage_is_valid(np.asarray(districts))


def test_roads_and_river_lie_on_their_parcels(town):
    layers = {name: gpd.read_file(town.files.folder / f"{name}.gpkg") for name in ("roads", "water")}
    land = town.parcels
    for name, kind, codes in (
        ("roads", "公路", ["1003"]),
        ("roads", "城镇道路", ["1004"]),
        ("water", "河流", ["1101"]),
    ):
        shapes = layers[name][layers[name].kind == kind].union_all()
        own = land[land.DLBM.isin(codes)].union_all()
        river_and_crossings = land[land.DLBM.isin(["1003", "1004", "1101"])].union_all()
        assert shapes.difference(river_and_crossings.buffer(0.01)).is_empty
        assert own.difference(shapes.buffer(40)).area < 1
    assert layers["water"].area.sum() == pytest.approx(land[land.DLBM == "1101"].area.sum(), rel=1e-12)


def test_parks_are_valid_and_their_blocks_apart(town):
    assert town.parks.geometry.is_valid.all()
    assert town.parks.block_id.is_unique
    assert (town.parks.groupby("park_id").is_main.sum() == 1).all()
    for _, blocks in town.parks.groupby("park_id"):
        assert not shapely.coverage_invalid_edges(np.asarray(blocks.geometry)).any() or len(blocks) == 1
        assert blocks.geometry.area.sum() == pytest.approx(blocks.union_all().area, rel=1e-12)


@pytest.mark.parametrize("seed", [3, 7, 11])
def test_parks_overlap_as_meant(seed):
    """Overlaps of different and of equal level, and a park within a larger one, in the default city."""
    city = make_city(20_000, 20, np.random.default_rng(seed))
    parks = [shapely.union_all([shapely.Polygon(b.ring()) for b in p.blocks]) for p in city.parks]
    met = [(a, b) for a in range(20) for b in range(a) if shapely.intersection(parks[a], parks[b]).area > 1000]
    levels = [city.parks[a].level == city.parks[b].level for a, b in met]
    assert levels.count(True) == 1
    assert levels.count(False) >= 2
    nested = [(a, b) for a, b in met if parks[a].within(parks[b]) or parks[b].within(parks[a])]
    assert len(nested) == 1
    assert {p.level for p in city.parks} == set(LEVELS)
    assert sum(len(p.blocks) > 1 for p in city.parks) >= 3
    assert max(len(p.blocks[0].ring()) for p in city.parks) >= 4000


def test_truth_agrees_with_an_overlay(town, park_union):
    parcels, city = town.industrial, town.truth["city"]["core"]
    inside = inside_m2(parcels, park_union)
    total = ellipsoidal_area(np.asarray(parcels.geometry), WORKING)
    assert city["ellipsoidal"]["inside_m2"] == pytest.approx(inside.sum(), rel=1e-9)
    assert city["ellipsoidal"]["total_m2"] == pytest.approx(total.sum(), rel=1e-9)
    planar = shapely.area(shapely.intersection(np.asarray(parcels.geometry), park_union)).sum()
    assert city["planar"]["inside_m2"] == pytest.approx(planar, rel=1e-9)
    stated = (parcels.TBDLMJ * inside / total).sum()
    assert city["registered"]["inside_m2"] == pytest.approx(stated, rel=1e-9)
    assert city["ellipsoidal"]["share"] == pytest.approx(inside.sum() / total.sum(), rel=1e-9)


@pytest.mark.parametrize(("classes", "extra"), [("with_storage", "0508"), ("with_mining", "0602")])
def test_other_class_sets_agree_with_an_overlay(town, park_union, classes, extra):
    parcels = town.parcels[town.parcels.DLBM.isin(["0601", "06H1", extra])]
    truth = town.truth["city"][classes]["ellipsoidal"]
    assert truth["inside_m2"] == pytest.approx(inside_m2(parcels, park_union).sum(), rel=1e-9)
    assert truth["total_m2"] == pytest.approx(ellipsoidal_area(np.asarray(parcels.geometry), WORKING).sum(), rel=1e-9)


def test_park_figures_agree_with_successive_differences(town):
    by_id = {p["id"]: p for p in town.truth["parks"]}
    left = town.industrial.copy()
    whole_r2 = gaussian_radius2(np.asarray(left.geometry), WORKING)
    for park in sorted(by_id.values(), key=lambda p: (LEVEL_ORDER.index(p["level"]), p["id"])):
        land = town.parks[town.parks.park_id == park["id"]].union_all()
        mine = shapely.intersection(np.asarray(left.geometry), land)
        own = ellipsoidal_area(mine, WORKING, whole_r2).sum()
        assert park["inside_m2"] == pytest.approx(own, rel=1e-9, abs=1e-6)
        assert park["gross_m2"] == pytest.approx(inside_m2(town.industrial, land).sum(), rel=1e-9)
        left.geometry = shapely.difference(np.asarray(left.geometry), land)


def test_sums_of_parks_and_districts_are_the_city(town):
    core = town.truth["city"]["core"]["ellipsoidal"]
    assert sum(p["inside_m2"] for p in town.truth["parks"]) == pytest.approx(core["inside_m2"], rel=1e-12)
    for key in ("total_m2", "inside_m2"):
        assert sum(d[key] for d in town.truth["districts"]) == pytest.approx(core[key], rel=1e-12)


def test_the_naive_share_is_wrong(town):
    truth = town.truth
    gross = sum(p["gross_m2"] for p in truth["parks"])
    core = truth["city"]["core"]["ellipsoidal"]
    assert truth["naive_share_core_ellipsoidal"] == pytest.approx(gross / core["total_m2"], rel=1e-12)
    assert truth["naive_share_core_ellipsoidal"] - core["share"] > 0.005


@pytest.mark.parametrize("seed", [1, 7, 20])
def test_the_default_city_misses_the_target(seed):
    city = make_city(20_000, 20, np.random.default_rng(seed))
    parks = shapely.union_all([shapely.Polygon(b.ring()) for p in city.parks for b in p.blocks])
    land = polygons(city.lattice.nodes, city.rects[city.industrial])
    shapely.prepare(parks)
    share = shapely.area(shapely.intersection(land, parks)).sum() / shapely.area(land).sum()
    assert share == pytest.approx(SHARE, abs=0.02)


def test_scattered_sites_are_clusters(town, park_union):
    """Plots farther than 50 m from parks, joined at 50 m, are the planted sites; nothing is near a limit."""
    scatter = town.truth["scatter"]
    parcels = town.industrial.reset_index(drop=True)
    geometry = np.asarray(parcels.geometry)
    far = shapely.distance(geometry, park_union) > 0
    assert shapely.distance(geometry[far], park_union).min() > 100
    plots = parcels[far].reset_index(drop=True)
    land = np.asarray(plots.geometry)
    a, b = shapely.STRtree(land).query(land, predicate="dwithin", distance=50.0)
    n, cluster = connected_components(csr_array((np.ones(len(a)), (a, b)), shape=(len(land),) * 2))
    mu = ellipsoidal_area(land, WORKING) * 0.0015
    cluster_mu = np.bincount(cluster, mu)
    scattered = cluster_mu[cluster] <= 200
    assert scatter["clusters"] == (cluster_mu <= 200).sum()
    assert scatter["highly_scattered_clusters"] == (cluster_mu <= 30).sum()
    assert set(scatter["plots"]) == set(plots.BSM[scattered & (mu >= 3)])
    assert set(scatter["small"]) == set(plots.BSM[scattered & (mu < 3)])
    assert set(scatter["large_cluster_plots"]) == set(plots.BSM[~scattered])
    assert min(len(scatter[k]) for k in ("plots", "small", "large_cluster_plots")) >= 1
    assert np.abs(mu / 3 - 1).min() > 0.03
    assert min(np.abs(cluster_mu / limit - 1).min() for limit in (30, 200)) > 0.03
    assert n < len(plots)


def test_adjoining_plots_are_those_that_parks_cut(town, park_union):
    geometry = np.asarray(town.industrial.geometry)
    cut = shapely.intersects(geometry, park_union) & ~shapely.covers(park_union, geometry)
    assert set(town.truth["scatter"]["adjoining"]) == set(town.industrial.BSM[cut])


def test_candidates_follow_from_the_sheet(town):
    """Tax of shared firms apportioned by stated area; three-year mean per 亩 of the plot."""
    firms = town.firms.copy()
    firm_year = firms.groupby(["统一社会信用代码", "年度"])
    assert (firm_year["税收"].max() == firm_year["税收"].min()).all()
    firms["part"] = firms["税收"] * firms["用地面积"] / firm_year["用地面积"].transform("sum")
    tax = firms.groupby(["宗地代码", "年度"])["part"].sum().groupby("宗地代码").mean()
    parcels = town.industrial.set_index("BSM")
    mu = pd.Series(ellipsoidal_area(np.asarray(parcels.geometry), WORKING) * 0.0015, index=parcels.index)
    per_mu = tax / mu.loc[tax.index]
    assert not per_mu.between(14.5, 15.5).any()
    plots = town.truth["scatter"]["plots"]
    assert set(town.truth["candidates"]) == set(per_mu[per_mu.index.isin(plots) & (per_mu < 15)].index)
    without = set(plots) | set(town.truth["scatter"]["small"])
    assert set(town.truth["no_data"]) == without - set(tax.index)
    assert 0 < len(town.truth["candidates"]) < len(plots)


def test_firms_sit_on_industrial_plots_for_three_years(town):
    assert set(town.firms["宗地代码"]) <= set(town.industrial.BSM)
    assert (town.firms.groupby(["统一社会信用代码", "宗地代码"])["年度"].nunique() == 3).all()
    plots = town.firms.groupby("统一社会信用代码")["宗地代码"].nunique()
    assert plots.max() in (2, 3)
    assert town.firms.groupby("宗地代码")["统一社会信用代码"].nunique().max() >= 2
    with_firm = town.firms["宗地代码"].nunique() / len(town.industrial)
    assert 0.85 < with_firm < 0.97


def test_firms_have_roles_dates_and_blanks(town):
    rows = town.firms
    assert set(rows["自有租赁"]) == {"自有", "租赁"}
    assert set(rows["评价等级"].dropna()) == set("ABCD")
    blank = rows[["评价等级", "综合能耗", "工业增加值", "停产时间"]].isna().mean()
    assert (blank > 0).all()
    dates = rows["停产时间"].dropna()
    assert {type(d) for d in dates} > {str}
    told = rows.assign(date=rows["停产时间"].astype(str))
    assert len(told.drop_duplicates(["统一社会信用代码", "date"])) == rows["统一社会信用代码"].nunique()
    assert (rows[["产值", "研发", "排放", "职工"]] >= 0).all().all()


def test_industry_alone_has_registered_figures(town):
    other = town.parcels[~town.parcels.DLBM.isin(["0601", "06H1"])]
    assert other[["RJL", "JZMD"]].isna().all().all()
    assert (other.TDGYZT == "").all()


def test_credit_codes_have_right_check_digits(town):
    charset = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in town.firms["统一社会信用代码"].unique():
        assert len(code) == 18
        total = sum(charset.index(c) * pow(3, k, 31) for k, c in enumerate(code[:17]))
        assert charset[(31 - total) % 31] == code[17]
        org = sum(int(c) * w for c, w in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
        assert "0123456789X"[(11 - org) % 11] == code[16]


@pytest.mark.parametrize(("parcels", "parks"), [(100, 1), (2000, 0), (300, 80)])
def test_impossible_cities_are_refused(tmp_path, parcels, parks):
    with pytest.raises(InputError):
        write_sample(tmp_path / "city", parcels=parcels, parks=parks)
    assert not (tmp_path / "city").exists()
    assert not list(tmp_path.iterdir())
