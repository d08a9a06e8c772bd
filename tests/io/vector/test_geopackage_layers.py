"""GeoPackages: read as they lie on the disk, or refused; nothing beside them is made, changed or taken away."""

import sqlite3
from contextlib import closing

import geopandas as gpd
import pytest
import shapely

from landuse.errors import InputError
from landuse.io.source import Place
from landuse.io.vector import gdal
from landuse.io.vector.read import read_layer

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def package(tmp_path):
    """A layer of two squares in write-ahead mode, under a name that no address takes as it is."""
    path = tmp_path / "100% 地块, #1 ?x=1.gpkg"
    shapes = [shapely.box(k, 0, k + 1, 1) for k in (0, 1)]
    gpd.GeoDataFrame({"code": ["0601", "工"]}, geometry=shapes, crs=4549).to_file(path, layer="land")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA journal_mode = wal")
    return path


def listed(folder):
    return {f.name: (f.stat().st_size, f.stat().st_mtime_ns) for f in folder.iterdir()}


def codes(path, **options):
    return read_layer(Place(path, path.name, **options), ["code"]).frame["code"].tolist()


@pytest.mark.parametrize("log", [None, b"", bytes(64)])
def test_what_lies_beside_stays(package, log):
    beside = package.with_name(package.name + "-wal")
    if log is not None:
        beside.write_bytes(log)
    before = listed(package.parent), package.parent.stat().st_mtime_ns
    assert codes(package) == ["0601", "工"]
    assert (listed(package.parent), package.parent.stat().st_mtime_ns) == before


def test_what_another_program_has_not_put_into_the_file_is_asked_for(package):
    with closing(sqlite3.connect(package, isolation_level=None)) as db:
        db.execute("CREATE TABLE note (text)")
        before = listed(package.parent)
        with pytest.raises(InputError, match=r"open in another program.*-wal.*close the layer"):
            codes(package)
        assert listed(package.parent) == before
    assert codes(package) == ["0601", "工"]  # the program closed it: the log is worked in, and gone


def test_the_log_lies_beside_the_file_that_a_link_leads_to(package, tmp_path):
    (tmp_path / "in").mkdir()
    link = tmp_path / "in" / "link.gpkg"
    link.symlink_to(package)
    with closing(sqlite3.connect(package, isolation_level=None)) as db:
        db.execute("CREATE TABLE note (text)")
        with pytest.raises(InputError, match="open in another program"):
            codes(link)


def test_views_are_named_and_not_run(package):
    never = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
    with closing(sqlite3.connect(package)) as db, db:
        db.execute(f"CREATE VIEW w AS {never} SELECT land.* FROM land, c WHERE x < 0")  # noqa: S608, ours
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id)"
            " SELECT 'W', 'features', 'w', srs_id FROM gpkg_geometry_columns"
        )
        (srs,) = db.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()
        db.execute("INSERT INTO gpkg_geometry_columns VALUES ('W', 'geom', 'POLYGON', ?, 0, 0)", (srs,))
    assert codes(package, layer="land") == ["0601", "工"]
    with pytest.raises(InputError, match=r"the layer 'W' is a view.*QGIS"):
        codes(package, layer="W")
    with pytest.raises(InputError, match=r"2 layers.*land, W"):
        codes(package)


def test_triggers_that_the_format_makes_are_no_trouble_and_others_are(package):
    with closing(sqlite3.connect(package)) as db:
        own = db.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'land'").fetchone()
        assert own[0] >= 7
        assert codes(package) == ["0601", "工"]
        db.execute("CREATE TRIGGER rtree_other_x AFTER UPDATE ON land BEGIN DELETE FROM land; END")
    with pytest.raises(InputError, match="'land' has triggers: rtree_other_x"):
        codes(package)


@pytest.mark.parametrize(("name", "most"), [("MAX_ROWS", 1), ("MAX_LAYER_BYTES", 100)])
@pytest.mark.parametrize("ending", ["gpkg", "fgb", "shp"])
def test_a_layer_has_its_price(package, monkeypatch, tmp_path, name, most, ending):
    path = package if ending == "gpkg" else tmp_path / f"p.{ending}"
    if ending != "gpkg":
        gpd.read_file(package).to_file(path, encoding="utf-8")
    assert len(codes(path)) == 2
    monkeypatch.setattr(gdal, name, most)
    with pytest.raises(InputError, match=r"the layer has more than.*one city"):
        codes(path)
