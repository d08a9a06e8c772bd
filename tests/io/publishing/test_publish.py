"""What a run states of its files."""

import json

import geopandas as gpd
import pytest
import shapely

from landuse.io.hashes import sha256
from landuse.io.manifest import input_hashes, write_json


@pytest.fixture
def layer(tmp_path):
    """A function that writes a layer in a format, and gives its path."""

    def written(ending):
        path = tmp_path / "in" / f"p.{ending}"
        path.parent.mkdir(exist_ok=True)
        shapes = [shapely.box(k, 0, k + 1, 1) for k in (0, 1)]
        frame = gpd.GeoDataFrame({"code": ["0601", "工"]}, geometry=shapes, crs=4549)
        frame.to_file(path, **{"gdb": {"driver": "OpenFileGDB"}, "shp": {"encoding": "utf-8"}}[ending])
        return path

    return written


def changed(path):
    path.write_bytes(path.read_bytes()[:-1] + b"~" if path.exists() else b"~")


@pytest.mark.parametrize("part", ["shp", "shx", "dbf", "prj", "cpg"])
def test_every_part_of_a_shapefile_is_hashed(layer, part):
    path = layer("shp")
    before = input_hashes({"in/p.shp": path})
    assert set(before) == {f"in/p.{x}" for x in ("shp", "shx", "dbf", "prj", "cpg")}
    changed(path.with_suffix(f".{part}"))
    now = input_hashes({"in/p.shp": path})
    assert {name for name in before if before[name] != now[name]} == {f"in/p.{part}"}


@pytest.mark.parametrize("name", ["p.sbn", "p.qix", "p.shp.xml", "q.dbf", "P.dbf", "p.txt", "p-wal"])
def test_what_lies_beside_a_shapefile_is_not(layer, name):
    path = layer("shp")
    before = input_hashes({"in/p.shp": path})
    changed(path.with_name(name))
    assert input_hashes({"in/p.shp": path}) == before


def test_a_shapefile_of_which_nobody_knows_the_parts_has_its_own_hash(layer):
    path = layer("shp")
    changed(path.with_name("p.PRJ"))
    assert set(input_hashes({"in/p.shp": path})) == {"in/p.shp"}


def test_every_table_of_a_geodatabase_is_hashed_and_no_lock(layer):
    path = layer("gdb")
    before = input_hashes({"p.gdb": path})
    for name in ("_gdb.HOST.1.sr.lock", "a00000004.gdbtable.HOST.lock", "notes.txt", "Thumbs.db"):
        changed(path / name)
    (path / "old").mkdir()
    changed(path / "old" / "a00000001.gdbtable")
    assert input_hashes({"p.gdb": path}) == before
    tables = [f for f in sorted(path.iterdir()) if f.suffix in (".gdbtable", ".gdbtablx")]
    assert len(tables) > 10
    for table in tables:
        changed(table)
        now = input_hashes({"p.gdb": path})
        assert now != before, table
        before = now


def test_the_hash_of_a_folder_knows_names(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a").write_text("1")
    first = sha256(tmp_path / "made")
    (tmp_path / "made" / "a").rename(tmp_path / "made" / "b")
    assert sha256(tmp_path / "made") != first


def test_json_is_for_people_and_refuses_what_is_no_number(tmp_path):
    write_json(tmp_path / "x.json", {"名": 1.5})
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{\n "名": 1.5\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "y.json", {"share": float("nan")})
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"名": 1.5}
