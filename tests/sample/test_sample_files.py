"""What is written: the same bytes twice, every format, the study file, defects and earlier years."""

import json
import tomllib
from collections import Counter
from functools import cache

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import CRS

from landuse.errors import InputError
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.reference.classification import load
from landuse.sample import study_text, write_sample
from landuse.sample.records.performance import STUDY_DATE

SMALL = {"parcels": 1500, "parks": 6, "seed": 5}


def layer(folder, stem, fmt, **options):
    path = folder / f"{stem}.{fmt}"
    if fmt == "parquet":
        return gpd.read_parquet(path)
    name = "DLTB" if stem.startswith("parcels") and fmt in ("gpkg", "gdb") else None
    return pyogrio.read_dataframe(path, layer=name, **options)


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """Small sample cities, each written once; to be read only."""

    @cache
    def of(**options):
        return write_sample(tmp_path_factory.mktemp("sample") / "city", **(SMALL | options))

    return of


def area_within(land, geometry):
    parts = shapely.intersection(land, geometry)
    return ellipsoidal_area(parts, CRS(4549), gaussian_radius2(land, CRS(4549))).sum()


@pytest.mark.parametrize("fmt", ["gpkg", "parquet"])
def test_the_same_arguments_give_the_same_bytes(sample, tmp_path, fmt):
    options = {"fmt": fmt, "dirty": True, "snapshots": True}
    twice = [sample(**options).folder, write_sample(tmp_path / "again", **SMALL, **options).folder]
    names = [sorted(p.name for p in folder.iterdir()) for folder in twice]
    assert names[0] == names[1]
    for name in names[0]:
        assert (twice[0] / name).read_bytes() == (twice[1] / name).read_bytes(), name


def test_another_seed_gives_another_city(sample):
    shares = [json.loads(sample(**o).truth.read_text("utf-8"))["city"] for o in ({"fmt": "gpkg"}, {"seed": 6})]
    assert shares[0] != shares[1]


@pytest.mark.parametrize("fmt", ["gpkg", "parquet", "shp", "gdb"])
def test_every_format_reads_back(sample, fmt):
    files = sample(fmt=fmt)
    parcels, parks = layer(files.folder, "parcels", fmt), layer(files.folder, "parks", fmt)
    assert len(parcels) == SMALL["parcels"]
    assert parcels.crs.to_epsg() == parks.crs.to_epsg() == 4549
    assert parcels.geometry.is_valid.all()
    assert "工业用地" in set(parcels.DLMC)
    assert set(parks.level) == {"国家级", "省级", "平台", "乡镇"}
    study = tomllib.loads(files.study.read_text("utf-8"))
    assert study["parcels"].get("layer") == ("DLTB" if fmt in ("gpkg", "gdb") else None)
    for section in ("parcels", "parks", "districts", "enterprises"):
        assert (files.folder / study[section]["path"]).exists()
    assert set(study["parcels"]["columns"].values()) <= set(parcels.columns)
    assert set(study["parks"]["columns"].values()) <= set(parks.columns)
    assert not [p for p in files.folder.parent.iterdir() if p.name.startswith(".")]


def test_the_study_file_says_what_it_is(town):
    study = tomllib.loads(town.files.study.read_text("utf-8"))
    assert set(study) == {
        "study", "parcels", "parks", "districts", "enterprises",
        "definition", "target", "scatter", "efficiency", "context", "capacity", "relocation", "evaluation", "living",
        *(["background"] if study_text.BACKGROUND_LAYERS else []),
    }  # fmt: skip
    assert "SYNTHETIC" in study["study"]["name"]
    assert town.truth["synthetic"] is True
    assert "SYNTHETIC" in (town.files.folder / "README.txt").read_text("utf-8")
    assert set(study["enterprises"]["columns"].values()) <= set(town.firms.columns)
    assert study["parks"]["levels"].keys() == set(town.parks.level)


def test_the_study_file_names_what_rules_look_at(town):
    study = tomllib.loads(town.files.study.read_text("utf-8"))
    assert np.datetime64(study["study"]["date"]) == STUDY_DATE
    for section, frame in (("parcels", town.parcels), ("enterprises", town.firms)):
        assert set(study[section]["columns"].values()) <= set(frame.columns)
    context = study["context"]
    for key in ("development", "plan", "standards"):
        assert (town.files.folder / context[key]).is_file()
    plan = gpd.read_file(town.files.folder / context["plan"])
    codes = plan[context["plan_columns"]["code"]]
    system = load(context["plan_classification"])
    assert {system.use_of(c)[1] for c in codes} == {"industrial", "storage", "other"}
    assert [system.use_of(c)[0] for c in codes] == list(codes)


def test_formats_unknown_are_refused(tmp_path):
    with pytest.raises(InputError, match="choose one of"):
        write_sample(tmp_path / "city", fmt="mdb")  # type: ignore[arg-type]


def test_a_second_sample_replaces_the_first(tmp_path):
    small = {"parcels": 600, "parks": 3}
    write_sample(tmp_path / "city", **small, fmt="shp")
    write_sample(tmp_path / "city", **small, fmt="shp", dirty=True)
    assert not (tmp_path / "city" / "parcels.cpg").exists()
    write_sample(tmp_path / "city", **small, seed=6, fmt="gdb")
    files = write_sample(tmp_path / "city", **small, fmt="gdb")
    assert len(layer(files.folder, "parcels", "gdb")) == small["parcels"]


def test_rasters_show_buildings_on_industrial_land(town):
    with rasterio.open(town.files.folder / "height.tif") as height:
        assert height.crs.to_epsg() == 4549
        assert height.nodata is not None
        points = shapely.point_on_surface(np.asarray(town.parcels.geometry))
        values = np.array([v[0] for v in height.sample(shapely.get_coordinates(points))])
    industrial = town.parcels.DLBM.isin(["0601", "06H1"]).to_numpy()
    farmland = town.parcels.DLBM.isin(["0101", "0103"]).to_numpy()
    assert values[industrial].mean() > 4
    assert values[farmland].mean() < 1
    with rasterio.open(town.files.folder / "ndvi.tif") as ndvi:
        greenness = np.array([v[0] for v in ndvi.sample(shapely.get_coordinates(points))])
    assert greenness[industrial].mean() < greenness[farmland].mean() - 0.2


@pytest.fixture(scope="module")
def dirty(sample):
    return sample(dirty=True).folder, sample(fmt="gpkg").folder


def test_defects_leave_the_truth_of_the_clean_city(dirty):
    planted, clean = (json.loads((f / "truth.json").read_text("utf-8")) for f in dirty)
    assert len(planted.pop("planted")) == 20
    assert planted == clean


def test_every_defect_is_there(dirty):
    folder, clean_folder = dirty
    records = json.loads((folder / "truth.json").read_text("utf-8"))["planted"]
    by = {r["defect"]: r for r in records}
    parcels, clean = layer(folder, "parcels", "gpkg"), layer(clean_folder, "parcels", "gpkg")
    clean = clean.set_index("BSM")

    def one(defect):
        return parcels[by[defect]["ids"][0] == parcels.BSM]

    assert one("null_geometry").geometry.isna().all()
    assert not one("bow_tie").geometry.is_valid.any()
    assert by["bow_tie"]["detail"]["area_before_m2"] > by["bow_tie"]["detail"]["area_after_repair_m2"] > 0
    assert one("null_stated_area").TBDLMJ.isna().all()
    assert (one("zero_stated_area").TBDLMJ == 0).all()
    twice = one("duplicated_row")
    assert len(twice) == 2
    assert twice.geometry.iloc[0].equals(twice.geometry.iloc[1])
    same = one("same_id_two_parcels")
    assert len(same) == 2
    assert not same.geometry.iloc[0].equals(same.geometry.iloc[1])
    codes = {r["detail"]["code"]: r["ids"][0] for r in records if "code" in r["detail"]}
    assert set(codes) == {"601", "０６０１", " 0601", "9999"}
    for code, parcel in codes.items():
        assert (parcels.DLBM[parcel == parcels.BSM] == code).all()
        assert clean.DLBM[parcel] in ("0601", "06H1")


def test_overlapping_parcels_overlap_by_what_is_said(dirty):
    record = next(
        r
        for r in json.loads((dirty[0] / "truth.json").read_text("utf-8"))["planted"]
        if r["defect"] == "overlapping_parcels"
    )
    parcels = layer(dirty[0], "parcels", "gpkg").set_index("BSM").geometry
    a, b = (parcels[i] for i in record["ids"])
    assert a.is_valid
    area = ellipsoidal_area(np.array([a.intersection(b)]), CRS(4549))[0]
    assert area == pytest.approx(record["detail"]["overlap_m2"], rel=1e-6)
    others = parcels[~parcels.index.isin(record["ids"]) & parcels.notna() & parcels.is_valid]
    assert others.intersection(a).area.sum() < 1e-6


def test_dirty_blocks_and_sheet(dirty):
    parks = layer(dirty[0], "parks", "gpkg").set_index("block_id")
    main = parks[(parks.park_id == "P01") & (parks.is_main == 1)].geometry.iloc[0]
    assert main.contains(parks.geometry["P01-9"])
    sheet = openpyxl.load_workbook(dirty[0] / "enterprises.xlsx")["企业"]
    rows = list(sheet.iter_rows(values_only=True))
    assert "SYNTHETIC" in rows[0][0]
    assert rows[1][0] == "统一社会信用代码"
    assert rows[-1][0] == "合计"
    assert rows[-2][2] == "990199200199999999"
    assert sum(r[5] is None for r in rows[2:]) == 1


def test_dirty_registers_and_reports(dirty):
    records = json.loads((dirty[0] / "truth.json").read_text("utf-8"))["planted"]
    by = {r["defect"]: r for r in records}
    parcels, clean = (layer(f, "parcels", "gpkg").drop_duplicates("BSM").set_index("BSM") for f in dirty)
    far, coverage = by["far_as_percentage"], by["coverage_above_one"]
    assert parcels.RJL[far["ids"][0]] == far["detail"]["text"]
    assert far["detail"]["text"].endswith("%")
    assert float(far["detail"]["text"][:-1]) == pytest.approx(100 * clean.RJL[far["ids"][0]])
    assert parcels.JZMD[coverage["ids"][0]] == coverage["detail"]["coverage"] > 1
    assert clean.JZMD[coverage["ids"][0]] == coverage["detail"]["coverage_before"] < 1
    kept = clean.index.difference(far["ids"]).intersection(parcels.index)
    text = parcels.RJL[kept].to_numpy(dtype=object)
    assert [np.nan if v is None or v != v else float(v) for v in text] == pytest.approx(  # noqa: PLR0124, a NaN
        clean.RJL[kept].tolist(), nan_ok=True
    )

    rows = pd.read_excel(dirty[0] / "enterprises.xlsx", engine="calamine", header=1, dtype={"宗地代码": str})
    before = pd.read_excel(dirty[1] / "enterprises.xlsx", engine="calamine", dtype={"宗地代码": str})
    energy, idle, ghost = by["negative_energy"], by["idle_in_future"], by["unknown_parcel"]
    mine = (rows["统一社会信用代码"] == energy["ids"][0]) & (rows["年度"] == energy["detail"]["year"])
    assert rows["综合能耗"][mine].tolist() == [-energy["detail"]["energy_before"]]
    assert (rows["综合能耗"] < 0).sum() == 1
    assert set(rows["停产时间"][rows["统一社会信用代码"] == idle["ids"][0]]) == {"2099-05-01"}
    assert before["停产时间"][before["统一社会信用代码"] == idle["ids"][0]].isna().all()
    firm = before[before["统一社会信用代码"] == ghost["detail"]["firm"]]
    firm = firm[firm["年度"] == ghost["detail"]["year"]]
    assert sorted(firm["宗地代码"]) == ghost["detail"]["plots"]
    share = ghost["detail"]["unmatched"]["area_mu"] / (firm["用地面积"].sum() + ghost["detail"]["unmatched"]["area_mu"])
    for key, column in (("tax", "税收"), ("staff", "职工")):
        assert ghost["detail"]["unmatched"][key] == pytest.approx(firm[column].iloc[0] * share)


def test_dirty_shapefiles_are_gbk_and_do_not_say_so(sample):
    files = sample(fmt="shp", dirty=True, snapshots=True)
    assert not list(files.folder.glob("parcels.cpg"))
    assert "工业用地" not in set(layer(files.folder, "parcels", "shp").DLMC)
    assert "工业用地" in set(layer(files.folder, "parcels", "shp", encoding="GBK").DLMC)


@pytest.mark.parametrize("fmt", ["gpkg", "parquet", "shp", "gdb"])
def test_every_format_holds_defects_and_earlier_years(sample, fmt):
    files = sample(fmt=fmt, dirty=True, snapshots=True)
    dirty = layer(files.folder, "parcels", fmt)
    assert len(dirty) == SMALL["parcels"] + 1
    assert dirty.geometry.isna().sum() == 1
    assert dirty.TBDLMJ.isna().sum() == 1
    assert "9999" in set(dirty.DLBM)
    for year in (2023, 2024):
        assert set(layer(files.folder, f"parcels-{year}", fmt).SJNF) == {year}
        assert (layer(files.folder, f"parks-{year}", fmt).level == "国家级").any()


def test_earlier_years_differ_by_the_recorded_changes(tmp_path):
    files = write_sample(tmp_path / "city", parcels=3000, parks=12, seed=5, snapshots=True)
    truth = json.loads(files.truth.read_text("utf-8"))
    years = {2025: "", 2024: "-2024", 2023: "-2023"}
    parcels = {y: layer(files.folder, f"parcels{s}", "gpkg").set_index("BSM") for y, s in years.items()}
    parks = {y: layer(files.folder, f"parks{s}", "gpkg").union_all() for y, s in years.items()}
    assert {(c["from"], c["to"]) for c in truth["changes"]} == {(2024, 2025), (2023, 2024)}
    kinds = Counter(c["kind"] for c in truth["changes"])
    expected = {"new_inside", "new_outside", "cleared_inside", "cleared_outside", "reclassified"}
    assert set(kinds) == expected | {"redrawn_in", "redrawn_out", "transferred"}
    for to, earlier in ((2025, 2024), (2024, 2023)):
        after, before = parcels[to], parcels[earlier].loc[parcels[to].index]
        assert (earlier == before.SJNF).all()
        moved = [c for c in truth["changes"] if c["to"] == to]
        reclassified = {c["id"] for c in moved if c["kind"] in expected}
        assert set(after.index[after.DLBM != before.DLBM]) == reclassified
        industrial = after.DLBM.isin(["0601", "06H1"]) & before.DLBM.isin(["0601", "06H1"])
        land = np.asarray(after.geometry[industrial])
        gained = shapely.difference(parks[to], parks[earlier])
        lost = shapely.difference(parks[earlier], parks[to])
        for kind, change in (("redrawn_in", gained), ("redrawn_out", lost)):
            expected_m2 = area_within(land, change)
            recorded = sum(c["area_m2"] for c in moved if c["kind"] == kind)
            assert recorded == pytest.approx(expected_m2, rel=1e-6, abs=1.0)
    now, then = (layer(files.folder, f"districts{s}", "gpkg").set_index("XZQDM").geometry for s in ("", "-2023"))
    core = parcels[2023][parcels[2023].DLBM.isin(["0601", "06H1"])].representative_point()
    home = [{code: set(core.index[core.within(outline)]) for code, outline in each.items()} for each in (then, now)]
    passed = {plot for code in now.index for plot in home[0][code] - home[1][code]}
    stays = set(parcels[2024].index[parcels[2024].DLBM.isin(["0601", "06H1"])])
    assert {c["id"] for c in truth["changes"] if c["kind"] == "transferred"} == passed & stays
    for year in truth["snapshots"]:
        y = int(year["date"][:4])
        land = parcels[y][parcels[y].DLBM.isin(["0601", "06H1"])]
        inside = area_within(np.asarray(land.geometry), parks[y])
        assert year["inside_m2"] == pytest.approx(inside, rel=1e-9)
