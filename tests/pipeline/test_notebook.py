"""The stages on frames in memory give what files give, and present themselves."""

import datetime as dt
import subprocess
import sys

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

import landuse
from landuse.i18n import language
from landuse.pipeline.answers import TABLES

COLUMNS = {"id": "BSM", "name": "DLMC", "area": "TBDLMJ", "district": "ZLDWDM"}
PARKS = {"id": "park_id", "name": "park_name", "level": "level", "block": "block_id", "main": "is_main"}
LEVELS = {
    "levels": {"国家级": "national", "省级": "provincial", "平台": "platform", "乡镇": "town"},
    "priority": ["national", "provincial", "platform", "town"],
}
DISTRICTS = {"code": "XZQDM", "name": "XZQMC"}


@pytest.fixture(scope="module")
def frames(city):
    """The sample city as an analyst holds it in a notebook."""
    folder = city.files.folder
    return {name: gpd.read_file(folder / f"{name}.gpkg") for name in ("parcels", "parks", "districts")}


@pytest.fixture(scope="module")
def shared(frames):
    """What all stages are told."""
    return {
        "code": "DLBM",
        "columns": COLUMNS,
        "park_columns": PARKS,
        "districts": frames["districts"],
        "district_columns": DISTRICTS,
        "settings": {"parks": LEVELS, "study": {"crs": "EPSG:4549"}},
    }


def squares(*xs, crs="EPSG:4549", **columns):
    boxes = [shapely.box(x, 3_340_000, x + 100, 3_340_100) for x in xs]
    return gpd.GeoDataFrame(columns, geometry=boxes, crs=crs)


def test_the_share_is_that_of_the_files(frames, shared, city):
    answer = landuse.concentration(frames["parcels"], frames["parks"], **shared)
    assert answer.found.share == city.result.concentration.share
    assert answer.found.share == pytest.approx(city.truth["city"]["core"]["registered"]["share"], abs=1e-12)
    table = answer.table()
    assert len(table) == len(city.result.concentration.districts)
    assert list(frames["parcels"].columns)[-1] == "geometry"  # the frames stay as they were


def test_candidates_are_those_of_the_files(frames, shared, city):
    firms = pd.read_excel(city.files.folder / "enterprises.xlsx", dtype=str, engine="openpyxl")
    columns = {"id": "统一社会信用代码", "parcel": "宗地代码", "year": "年度", "area": "用地面积", "tax": "税收"}
    settings = shared["settings"] | {"enterprises": {"units": {"tax": "万元", "area": "亩"}}}
    settings["study"] = settings["study"] | {"date": dt.date(2025, 12, 31)}
    more = {"enterprises": firms, "enterprise_columns": columns}
    answer = landuse.candidates(frames["parcels"], frames["parks"], **shared | {"settings": settings}, **more)
    taxed = answer.found.measures.values["tax_per_mu"]
    pd.testing.assert_series_equal(taxed, city.result.candidates.measures.values["tax_per_mu"])
    assert answer.tables[0] == "candidates"
    assert len(answer.table("renewal")) == len(answer.found.renewed)


@pytest.fixture(scope="module")
def toy():
    parcels = squares(510_000, 510_100, 510_200, DLBM=["0601", "0601", "0701"])
    return landuse.concentration(parcels, squares(510_000), code="DLBM")


def test_an_answer_presents_itself(toy, tmp_path):
    with language("en"):
        assert toy.table("parks")["Park land"].tolist() == [15.0]
        assert set(toy.tables) == {"districts", "parks", "definitions", "issues"}
        assert "<table" in toy._repr_html_()
        assert "50.00%" in str(toy)
        sheet = openpyxl.load_workbook(toy.to_excel(tmp_path / "b.xlsx"))["Parks"]
        assert sheet["A1"].value == "Industrial land by park"
    shown = toy.explore(height=300)
    assert shown._repr_html_().startswith("<iframe srcdoc=")
    assert shown.save(tmp_path / "m.html").read_text(encoding="utf-8") == shown.page


def test_every_table_can_be_had(dated):
    for stage, tables in TABLES.items():
        answer = landuse.Answer(None, dated.result, stage)
        for name in tables:
            found = answer.table(name)
            assert found.columns.is_unique
            assert len(found.columns) == len(tables[name](dated.result)[0].present(dated.result))  # no heading twice
            assert len(found) > 0


def test_dates_are_compared():
    early = squares(510_000, 510_100, DLBM=["0601", "0701"], ID=["a", "b"])
    late = squares(510_000, 510_100, DLBM=["0601", "0601"], ID=["a", "b"])
    parks = squares(510_000)
    dates = {dt.date(2024, 12, 31): (early, parks), dt.date(2025, 12, 31): (late, parks)}
    settings = {"study": {"accept": ["share_of_all_or_none", "frame_park", "dates_alike"]}}
    answer = landuse.change(dates, code="DLBM", columns={"id": "ID"}, settings=settings)
    step = answer.found.last
    assert (step.before.share, round(step.after.share, 6)) == (1.0, 0.5)


def test_what_is_wrong_is_said_with_the_remedy():
    parcels, parks = squares(510_000, DLBM=["0601"]), squares(510_000)
    with language("en"):
        with pytest.raises(landuse.InputError, match=r"parcels has no column DM .* it has DLBM, geometry"):
            landuse.concentration(parcels, parks, code="DM")
        with pytest.raises(landuse.InputError, match="parks has no coordinate system"):
            landuse.concentration(parcels, squares(510_000, crs=None), code="DLBM")
        with pytest.raises(landuse.InputError, match="two dates"):
            landuse.change({}, code="DLBM")
    with pytest.raises(TypeError, match="no such option: colums"):
        landuse.concentration(parcels, parks, code="DLBM", colums={"area": "TBDLMJ"})


def test_public_names_are_there_and_load_nothing_before_they_are_asked_for():
    assert all(getattr(landuse, name) for name in landuse.__all__)
    assert set(landuse.__all__) <= set(dir(landuse))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        landuse.nothing  # noqa: B018
    program = "import sys, landuse; print('geopandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
