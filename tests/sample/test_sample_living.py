"""Facilities and counts of the sample: where they stand, and the truth by an overlay engine."""

import geopandas as gpd
import pandas as pd
import pytest


@pytest.fixture(scope="module")
def facilities(town):
    return gpd.read_file(town.files.folder / "facilities.gpkg")


def test_facilities_stand_on_land_of_their_class(town, facilities):
    on = facilities.sjoin(town.parcels[["DLBM", "geometry"]], predicate="within")
    assert len(on) == len(facilities)
    assert on.groupby("LB").DLBM.agg(set).to_dict() == {"学校": {"08H2"}, "卫生院": {"08H1"}, "商店": {"05H1"}}


def test_jobs_near_are_those_of_the_files(town, facilities):
    rows = town.firms[town.firms["年度"] == 2025]
    share = rows["用地面积"] / rows.groupby("统一社会信用代码")["用地面积"].transform("sum")
    staff = (rows["职工"] * share).groupby(rows["宗地代码"]).sum()
    plots = town.industrial.set_index("BSM")[["geometry"]]
    left, rank = plots.copy(), ["国家级", "省级", "平台", "乡镇"]
    truth = {row["park"]: row for row in town.truth["living"]}
    parks = town.parks.dissolve("park_id").reset_index()
    for _, park in parks.assign(rank=parks.level.map(rank.index)).sort_values(["rank", "park_id"]).iterrows():
        part = left.intersection(park.geometry).area / plots.area
        left["geometry"] = left.difference(park.geometry)
        jobs = (staff.reindex(plots.index) * part)[part > 1e-9]
        told = truth[park.park_id]
        assert (told["jobs"] or 0) == pytest.approx(jobs.sum(), rel=1e-5), park.park_id
        for word, kind in (("学校", "school"), ("卫生院", "clinic"), ("商店", "shop")):
            those = facilities[word == facilities.LB].union_all()
            near = plots.loc[jobs.index].distance(those) <= 1000
            if jobs.sum():
                assert told[f"{kind}_share"] == pytest.approx(jobs[near].sum() / jobs.sum(), rel=1e-5, abs=1e-9)
            else:
                assert told[f"{kind}_share"] is None


def test_counts_are_the_tables(town):
    table = pd.read_csv(town.files.folder / "panels.csv", encoding="utf-8")
    assert table.park.drop_duplicates().tolist() == sorted(set(town.parks.park_id))
    rows = [{**r, "goal": None if pd.isna(r["goal"]) else int(r["goal"])} for r in table.to_dict("records")]
    assert rows == town.truth["panels"]
