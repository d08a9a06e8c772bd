"""Why plots are inefficient: truth against the written files, by an overlay engine and a table library."""

from collections import Counter

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from conftest import read

from landuse.reference.classification import load
from landuse.sample import write_sample

STUDY_DATE = pd.Timestamp("2025-12-31")
NOT_AS_SUPPLIED = ("供而未用", "用而未尽", "建而未投", "投而未达标")
CODES = ("L1", "L2", "L2D", "L3", "L3C", "L4", "L5", "L6", "L7")
#: Limit and clearance of every figure.
MARGINS = {"L1": (0.5, 0.03), "L2": (15, 0.6), "L4": (1, 0.045), "L6": (0.52, 0.03)}


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A clean city with many scattered plots."""
    return read(write_sample(tmp_path_factory.mktemp("county") / "clean", parcels=4000, parks=8, seed=3))


@pytest.fixture(scope="module")
def efficiency(county):
    return county.truth["efficiency"]


@pytest.fixture(scope="module")
def plots(county):
    """Industrial parcels by id, with 亩 and district."""
    frame = county.industrial.set_index("BSM").sort_index()
    return frame.assign(mu=frame.TBDLMJ * 0.0015, zone=frame.index.str[:6])


@pytest.fixture(scope="module")
def sheet(county):
    """The sheet with each firm's figures apportioned to its plots by stated land."""
    rows = county.firms.copy()
    firm_year = rows.groupby(["统一社会信用代码", "年度"])
    for column in ("税收", "工业增加值", "综合能耗", "职工"):
        assert len(rows.drop_duplicates(["统一社会信用代码", "年度", column])) == firm_year.ngroups
        rows[column] = rows[column] * rows["用地面积"] / firm_year["用地面积"].transform("sum")
    return rows


def by_plot_year(sheet, column):
    """Sum over the firms of a plot, blank where any is."""
    sums = sheet.groupby(["宗地代码", "年度"])[column].agg(lambda v: v.sum(skipna=False))
    return sums.unstack("年度")  # noqa: PD010, a pivot table drops what is blank


@pytest.fixture(scope="module")
def ratio(sheet, plots):
    tax = by_plot_year(sheet, "税收")
    land = plots.loc[tax.index]
    district = tax.groupby(land.zone).sum().div(land.groupby("zone").mu.sum(), axis=0)
    return tax.div(land.mu, axis=0) / district.loc[land.zone].to_numpy(), district


@pytest.fixture(scope="module")
def standards(county):
    table = pd.read_csv(county.files.folder / "far-standards.csv", dtype={"zone": str}, encoding="utf-8")
    assert (table.groupby("zone").year.nunique() == 2).all()
    return table.sort_values("year")


def covered(plots, layer, column):
    """Share of each plot that each label of a layer covers, by overlay."""
    parts = gpd.overlay(plots[["geometry"]].reset_index(), layer[[column, "geometry"]], keep_geom_type=True)
    area = pd.DataFrame(parts[["BSM", column]]).assign(area=parts.area)
    area = area.pivot_table(values="area", index="BSM", columns=column, aggfunc="sum", fill_value=0.0)
    return area.reindex(plots.index, fill_value=0.0).div(plots.area, axis=0)


@pytest.fixture(scope="module")
def plan_shares(county, plots):
    plan = gpd.read_file(county.files.folder / "plan.gpkg")
    assert shapely.coverage_is_valid(np.asarray(plan.geometry))
    return covered(plots, plan, "YDYHFLDM")


@pytest.fixture(scope="module")
def measures(plots, sheet, ratio, plan_shares):
    """Every measure of every industrial parcel, from the files alone."""
    graded = sheet[sheet["评价等级"].notna()]
    graded = graded[graded["年度"] == graded.groupby("宗地代码")["年度"].transform("max")]
    on_d = graded["用地面积"].where(graded["评价等级"] == "D", 0.0).groupby(graded["宗地代码"]).sum()
    energy = (by_plot_year(sheet, "综合能耗") / by_plot_year(sheet, "工业增加值")).ffill(axis=1)
    since = pd.to_datetime(sheet["停产时间"].astype(str).str[:10].where(sheet["停产时间"].notna()))
    years = ((STUDY_DATE - since).dt.days / 365.25).fillna(0.0)
    planned = plan_shares.idxmax(axis=1).where(plan_shares.max(axis=1) > 0.5)
    out = pd.DataFrame(
        {
            "L1": on_d / graded.groupby("宗地代码")["用地面积"].sum(),
            "L2": by_plot_year(sheet, "税收").mean(axis=1) / plots.mu.reindex(sheet["宗地代码"].unique()),
            "L2D": ratio[0].max(axis=1),
            "L3": plots.RJL,
            "L3C": plots.JZMD,
            "L4": years.groupby(sheet["宗地代码"]).min(),
            "L5": plots.TDGYZT.replace("", None),
            "L6": energy[2025],
            "L7": planned,
        }
    )
    return out.reindex(plots.index)


@pytest.fixture(scope="module")
def met(measures, plots, standards):
    least = standards.groupby("zone").last().loc[plots.zone].set_index(plots.index)
    plan = load("land_sea_2023")
    known = measures.L7.notna()
    return pd.DataFrame(
        {
            "L1": measures.L1 > 0.5,
            "L2": measures.L2 < 15,
            "L2D": measures.L2D < 0.5,
            "L3": least.min_far > measures.L3,
            "L3C": least.min_coverage > measures.L3C,
            "L4": measures.L4 >= 1,
            "L5": measures.L5.isin(NOT_AS_SUPPLIED),
            "L6": measures.L6 > 0.52,
            "L7": known & (measures.L7.map(lambda c: plan.use_of(c)[1]) != "industrial"),
        }
    )


def listed(met):
    return {i: [c for c in CODES if row[c]] for i, row in met.iterrows() if row.any()}


def test_reasons_follow_from_the_files(efficiency, met):
    assert efficiency["reasons"] == listed(met)
    assert set(Counter(c for codes in efficiency["reasons"].values() for c in codes)) == set(CODES)


def test_lists_are_the_reasons_by_position(county, efficiency, met, measures):
    scatter = county.truth["scatter"]
    assert efficiency["candidates"] == listed(met.loc[scatter["plots"]])
    elsewhere = set(scatter["plots"]) | set(scatter["small"]) | set(scatter["large_cluster_plots"])
    near = met[~met.index.isin(elsewhere)]
    assert efficiency["park_list"] == listed(near)
    unknown = measures.drop(columns="L7").isna().all(axis=1) & ~met.any(axis=1)
    assert efficiency["no_data"] == sorted(set(met.index[unknown]) & set(scatter["plots"]))
    assert efficiency["park_no_data"] == sorted(set(met.index[unknown]) & set(near.index))
    assert min(len(efficiency[k]) for k in ("no_data", "park_no_data", "candidates", "park_list")) >= 1
    assert len(efficiency["candidates"]) < len(scatter["plots"])


def test_measures_of_scattered_plots_are_those_of_the_files(county, efficiency, measures):
    assert sorted(efficiency["measures"]) == county.truth["scatter"]["plots"]
    for plot, told in efficiency["measures"].items():
        found = measures.loc[plot].dropna().to_dict()
        assert set(told) == set(found), plot
        for code, value in told.items():
            assert value == (found[code] if isinstance(value, str) else pytest.approx(found[code], rel=1e-5)), code


def test_no_figure_is_near_its_limit(measures, ratio, plots, standards):
    for code, (limit, clear) in MARGINS.items():
        assert (measures[code].astype(float) - limit).abs().min() > clear - 1e-6, code
    assert (ratio[0] - 0.5).abs().min().min() > 0.02 - 1e-6
    least = standards.groupby("zone").last().loc[plots.zone].set_index(plots.index)
    assert (plots.RJL - least.min_far).abs().min() > 0.05 - 1e-6
    assert (plots.JZMD - least.min_coverage).abs().min() > 0.02 - 1e-6


def test_other_readings_of_the_files_find_other_plots(efficiency, plots, sheet, standards):
    """Older standards, earlier grades, first energy figures, any idle firm: each would be seen."""
    older = standards.groupby("zone").first().loc[plots.zone].set_index(plots.index)
    energy = (by_plot_year(sheet, "综合能耗") / by_plot_year(sheet, "工业增加值")).bfill(axis=1)[2023]
    d_ever = sheet[sheet["评价等级"] == "D"]["宗地代码"].unique()
    idle_any = sheet[sheet["停产时间"].notna()]["宗地代码"].unique()
    wrong = {
        "L3": set(plots.index[older.min_far > plots.RJL]),
        "L3C": set(plots.index[older.min_coverage > plots.JZMD]),
        "L6": set(energy.index[energy > 0.52]),
        "L1": set(d_ever),
        "L4": set(idle_any),
    }
    for code, found in wrong.items():
        assert found != {i for i, codes in efficiency["reasons"].items() if code in codes}, code
    assert 0.2 < plots.RJL.isna().mean() < 0.6
    assert (plots.TDGYZT == "").mean() > 0.8


def test_districts_pay_what_is_said(efficiency, ratio):
    told = pd.DataFrame(efficiency["district_tax_per_mu"]).T.rename(columns=int)
    pd.testing.assert_frame_equal(told.sort_index(), ratio[1], check_names=False, rtol=1e-6)


def test_a_plan_with_a_hole_covers_most_of_each_plot_with_one_class(county, plots, plan_shares):
    most, covering = plan_shares.max(axis=1), plan_shares.sum(axis=1)
    unplanned = covering < 0.4
    assert ((most > 0.59) | unplanned).all()
    assert covering.max() < 1 + 1e-6
    assert (unplanned & plots.index.isin(county.truth["scatter"]["plots"])).any()
    adjoining = plots.index.isin(county.truth["scatter"]["adjoining"])
    assert ((most[adjoining] > 1 - 1e-6) | (covering[adjoining] < 1e-6)).all()
    assert most.between(0.59, 1 - 1e-6).any()


def test_sides_of_the_development_boundary(county, efficiency, plots):
    layer = gpd.read_file(county.files.folder / "development.gpkg")
    assert layer.geometry.is_valid.all()
    assert layer.area.sum() == pytest.approx(layer.union_all().area, rel=1e-12)
    share = covered(plots, layer.assign(side="within"), "side")["within"]
    assert not share.between(0.41, 0.59).any()
    parks = shapely.union_all(np.asarray(county.parks.geometry))
    land = plots.geometry.difference(parks)
    outside = land.area > 0.5
    scattered = plots.index.isin(county.truth["scatter"]["plots"])
    for name, side in (("within", share > 0.5), ("beyond", share < 0.5)):
        told = efficiency["development"][name]
        assert told["plots"] == (outside & side).sum()
        assert told["area_m2"] == pytest.approx(land[outside & side].area.sum(), rel=1e-3)  # planar against ellipsoidal
        assert told["scattered"] == sorted(plots.index[side & scattered])
        assert told["scattered"]


def test_park_plots_are_the_parks_a_parcel_has_land_in(county, efficiency, plots):
    assert set(efficiency["park_plots"]) == set(efficiency["park_list"])
    left, rank = plots.geometry.copy(), ["国家级", "省级", "平台", "乡镇"]
    found = {i: [] for i in efficiency["park_list"]}
    parks = county.parks.dissolve("park_id").reset_index()
    for _, park in parks.assign(rank=parks.level.map(rank.index)).sort_values(["rank", "park_id"]).iterrows():
        for i in left.index[left.intersection(park.geometry).area > 0.01]:
            found.get(i, []).append(park.park_id)
        left = left.difference(park.geometry)
    for i in left.index[left.area > 0.5]:
        found.get(i, []).append("adjoining")
    assert efficiency["park_plots"] == {i: sorted(v) for i, v in found.items()}


def test_the_survey_mark_mostly_agrees_with_the_clusters(county, efficiency, plots):
    marks, scatter = efficiency["town_marks"], county.truth["scatter"]
    marked = plots.CZCSXM.str.endswith("A")
    assert set(plots.CZCSXM) <= {f"{k}{a}" for k in (201, 202, 203) for a in ("", "A")}
    assert marks["scattered_unmarked"] == sorted(set(scatter["plots"]) - set(plots.index[marked]))
    assert marks["marked_not_scattered"] == sorted(set(plots.index[marked]) - set(scatter["plots"]))
    assert marks["scattered_unmarked"]
    for row, which in (("marked", marked), ("unmarked", ~marked)):
        assert sum(marks[row].values()) == which.sum()
        for kind, key in (("small", "small"), ("clustered", "large_cluster_plots"), ("adjoining", "adjoining")):
            assert marks[row][kind] == plots.index[which].isin(scatter[key]).sum()
    assert marks["marked"]["scattered"] > 5 * marks["unmarked"]["scattered"]
    assert not county.parcels[~county.parcels.DLBM.isin(["0601", "06H1"])].CZCSXM.str.endswith("A").any()


def test_highly_scattered_plots_lie_in_small_clusters(county, efficiency, plots):
    chosen = plots.loc[county.truth["scatter"]["plots"]]
    tile = plots[plots.index.isin({*county.truth["scatter"]["plots"], *county.truth["scatter"]["small"]})]
    joined = gpd.GeoDataFrame(geometry=[tile.buffer(25).union_all()], crs=tile.crs).explode(ignore_index=True)
    cluster = tile.sjoin(joined, how="left").index_right
    size = tile.mu.groupby(cluster).sum()
    small = size.loc[cluster.loc[chosen.index]].to_numpy() <= 30
    assert efficiency["highly_scattered"] == sorted(chosen.index[small])


def test_sums_are_conserved_to_the_cent(county, efficiency):
    rows = county.firms
    once = rows.drop_duplicates(["统一社会信用代码", "年度"])
    before = {"tax": once["税收"].sum(), "staff": once["职工"].sum(), "area_mu": rows["用地面积"].sum()}
    for name, value in before.items():
        told = efficiency["conservation"][name]
        assert told["before"] == pytest.approx(value, abs=0.005)
        assert told["before"] == told["matched"] + told["unmatched"]
        assert told["unmatched"] == 0
