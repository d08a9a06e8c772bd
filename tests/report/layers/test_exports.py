"""The layers in other formats: what comes back is what went in, or nothing was written."""

import csv
import json
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from toy_relocation import with_relocation
from toy_result import listing, toy
from typer.testing import CliRunner

from landuse.cli.main import app
from landuse.errors import InputError
from landuse.i18n import _
from landuse.io.hashes import sha256
from landuse.io.publishing.staging import staged
from landuse.io.source import Place
from landuse.io.vector.read import read_layer
from landuse.pipeline.publish import FOLDERS, publish
from landuse.report.layers.exports import FIELD_TABLE, write_geodatabase, write_shapefiles
from landuse.report.layers.fields import meanings, short_names
from landuse.report.layers.geopackage import published_layers

RARE = "𠮷䶮厂"


def candidates(result, **columns):
    """The result with other values in their lists of plots."""
    return listing(result, result.candidates.plots.assign(**columns))


def ours(path, layer=None):
    """A layer as this program reads it."""
    names = pyogrio.read_info(path, layer=layer)["fields"].tolist()
    return read_layer(Place(path, path.name, layer=layer), names).frame


def same(there, here, names, grid=0.0):
    """Compare a layer read back with what was written, column by column; `grid` is that of the coordinates [m]."""
    assert len(there) == len(here)
    assert there.crs == here.crs
    off = np.abs(there.area.to_numpy() - here.area.to_numpy())
    assert (off <= 1e-12 * here.area.to_numpy() + grid * here.length.to_numpy()).all()
    for column, name in names.items():
        if pd.api.types.is_numeric_dtype(here[column]):
            values = there[name].to_numpy(dtype=float), here[column].to_numpy(dtype=float)
            assert values[0] == pytest.approx(values[1], rel=1e-14, abs=1e-14, nan_ok=True), column
        else:
            assert there[name].fillna("").tolist() == here[column].tolist(), column


def attributes(layer):
    return [c for c in layer.columns if not isinstance(layer, gpd.GeoDataFrame) or c != layer.geometry.name]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_shapefiles_come_back_as_they_went(city, tmp_path, encoding):
    folder = tmp_path / "shp"
    write_shapefiles(city.result, folder, encoding)
    for name, layer in published_layers(city.result).items():
        names = short_names(attributes(layer), encoding)
        assert max(len(n.encode(encoding)) for n in names.values()) <= 10
        assert (folder / f"{name}.cpg").read_text() == encoding.upper()
        if isinstance(layer, gpd.GeoDataFrame):
            same(ours(folder / f"{name}.shp"), layer, names)
            same(pyogrio.read_dataframe(folder / f"{name}.shp"), layer, names)
        else:
            bare = pyogrio.read_dataframe(folder / f"{name}.dbf")
            assert len(bare) == len(layer)
            assert bare.columns.tolist() == list(names.values())
    assert pyogrio.read_dataframe(folder / "run.dbf")["run_id"].tolist() == [city.result.run_id]


def test_a_geodatabase_comes_back_as_it_went(city, tmp_path):
    path = tmp_path / "t.gdb"
    write_geodatabase(city.result, path)
    for name, layer in published_layers(city.result).items():
        if isinstance(layer, gpd.GeoDataFrame):
            same(ours(path, name), layer, {c: c for c in attributes(layer)}, 1e-4)
    assert pyogrio.read_dataframe(path, layer="run")["run_id"].tolist() == [city.result.run_id]
    ledger = pyogrio.read_dataframe(path, layer="ledger")
    assert ledger["face"].dtype == np.int32


def test_rare_characters_survive_where_they_can(tmp_path):
    result = toy((RARE, "园", "区"))
    write_geodatabase(result, tmp_path / "t.gdb")
    write_shapefiles(result, tmp_path / "utf8", "utf-8")
    assert ours(tmp_path / "t.gdb", "candidates")["firms"].tolist() == [RARE]
    assert ours(tmp_path / "utf8/candidates.shp")["firms"].tolist() == [RARE]


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (RARE, "gbk", ("𠮷䶮", "UTF-8")),
        ("€", "gbk", ("€", "UTF-8")),
        ("厂" * 130, "gbk", ("254", "GeoPackage")),
        ("厂" * 90, "utf-8", ("254", "GeoPackage")),
    ],
)
def test_a_text_that_does_not_fit_is_refused(tmp_path, text, encoding, said):
    with pytest.raises(InputError) as refused:
        write_shapefiles(toy((text, "园", "区")), tmp_path / "shp", encoding)
    (problem,) = refused.value.problems
    assert (problem.layer, problem.rows) == ("candidates", ("P3",))
    assert all(word in problem.what + problem.fix for word in said)
    assert not (tmp_path / "shp").exists()


def test_the_longest_text_that_fits_is_written(tmp_path):
    write_shapefiles(toy(("厂" * 127, "园", "区")), tmp_path / "shp", "gbk")
    assert ours(tmp_path / "shp/candidates.shp")["firms"].tolist() == ["厂" * 127]


@pytest.mark.parametrize("value", [1e300, -1e21, np.inf])
@pytest.mark.parametrize("write", [write_geodatabase, partial(write_shapefiles, encoding="utf-8")])
def test_a_number_that_does_not_fit_is_refused(tmp_path, value, write):
    result = candidates(toy(), park_distance_m=value)
    with pytest.raises(InputError) as refused:
        write(result, tmp_path / "t.gdb")
    assert {p.layer for p in refused.value.problems} == {"candidates", "no_data"}
    assert list(tmp_path.iterdir()) == []


def test_a_whole_number_of_more_than_32_bits_is_refused(tmp_path):
    with pytest.raises(InputError, match="candidates"):
        write_shapefiles(candidates(toy(), cluster=2**40), tmp_path / "t", "utf-8")


def test_large_numbers_that_fit_keep_their_digits(tmp_path):
    values = [-99_999_999_999_999_999_999.0 / 3, 123_456_789.123_456_78]
    write_shapefiles(candidates(toy(), park_distance_m=values), tmp_path / "t", "gbk")
    back = [ours(tmp_path / f"t/{name}.shp")["park_dis_m"].item() for name in ("candidates", "no_data")]
    assert back == pytest.approx(values, rel=1e-15)


def test_the_table_of_names_says_what_every_field_means(tmp_path):
    result = with_relocation(toy())
    write_shapefiles(result, tmp_path / "shp", "gbk")
    raw = (tmp_path / "shp" / FIELD_TABLE).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    head, *rows = list(csv.reader(raw.decode("utf-8-sig").splitlines()))
    assert head == ["图层", "字段", "GeoPackage 中的字段", "含义"]
    layers = published_layers(result)
    assert [(r[0], r[2]) for r in rows] == [(name, c) for name, x in layers.items() for c in attributes(x)]
    assert ["ledger", "regist_m2", "registered_m2", "登记面积（㎡）"] in rows
    assert all(r[3] for r in rows)
    assert {r[3] for r in rows if r[0] == "moves" and r[2] == "park_id"} == {_("Park it moves to")}
    assert {c for x in layers.values() for c in attributes(x)} == set(meanings())


def test_lines_are_lines_in_every_format(tmp_path):
    result = with_relocation(toy())
    write_geodatabase(result, tmp_path / "t.gdb")
    write_shapefiles(result, tmp_path / "shp", "gbk")
    lines = published_layers(result)["move_lines"]
    for there in (tmp_path / "t.gdb", tmp_path / "shp/move_lines.shp"):
        layer = {"layer": "move_lines"} if there.suffix == ".gdb" else {}
        assert "LineString" in pyogrio.read_info(there, **layer)["geometry_type"]
        back = pyogrio.read_dataframe(there, **layer)
        assert back.length.to_numpy() == pytest.approx(lines.length.to_numpy(), abs=1e-3)


def test_empty_lists_have_their_files(tmp_path):
    whole = with_relocation(toy(), "infeasible")
    none = listing(whole, whole.candidates.plots.iloc[:0])
    write_shapefiles(none, tmp_path / "shp", "gbk")
    write_geodatabase(none, tmp_path / "t.gdb")
    assert pyogrio.read_info(tmp_path / "shp/candidates.shp")["features"] == 0
    assert pyogrio.read_info(tmp_path / "t.gdb", layer="candidates")["features"] == 0
    info = pyogrio.read_info(tmp_path / "shp/move_lines.shp")
    assert (info["geometry_type"], info["features"]) == ("LineString", 0)


def test_the_same_findings_give_the_same_bytes(tmp_path):
    result = toy()
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_geodatabase(result, tmp_path / name / "t.gdb")
        write_shapefiles(result, tmp_path / name / "shp", "gbk")
    assert sha256(tmp_path / "a") == sha256(tmp_path / "b")
    for table in (tmp_path / "a").rglob("*.dbf"):
        assert tuple(table.read_bytes()[1:4]) == (100, 1, 1), table.name  # 2000-01-01, not today


def test_nothing_of_an_earlier_export_stays(tmp_path):
    stale = tmp_path / "layers/study-shp-gbk"
    stale.mkdir(parents=True)
    for name in ("ledger.prj", "ledger.shp", "ledger.sbn", "old.shp"):
        (stale / name).write_text("old")
    with staged(tmp_path, ["layers/study-shp-gbk"]) as stage:
        (stage / "layers/study-shp-gbk").mkdir(parents=True)
        (stage / "layers/study-shp-gbk/ledger.shp").write_text("new")
        (stage / "layers/other.gpkg").write_text("new")
    assert [(p.name, p.read_text()) for p in stale.iterdir()] == [("ledger.shp", "new")]
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["layers", "ledger.shp", "other.gpkg", "study-shp-gbk"]


def test_names_are_cut_between_characters_and_stay_apart():
    names = short_names([f"土地利用现状{k}" for k in range(12)], "utf-8")
    assert len({n.lower() for n in names.values()}) == 12
    assert max(len(n.encode()) for n in names.values()) <= 10
    assert list(names.values())[:3] == ["土地利", "土地利1", "土地利2"]


def test_exports_are_published_and_hashed_with_the_rest(city, tmp_path):
    stale = tmp_path / "layers/study.gdb"
    stale.mkdir(parents=True)
    (stale / "a00000099.gdbtable").write_text("of an earlier run")
    files = publish(city.result, city.study, tmp_path, deliver=("density", *FOLDERS))
    assert {n: files[n].relative_to(tmp_path).as_posix() for n in ("density", *FOLDERS)} == {
        "density": "layers/study-density.tif",
        "gdb": "layers/study.gdb",
        "shp-gbk": "layers/study-shp-gbk",
        "shp-utf8": "layers/study-shp-utf8",
    }
    outputs = json.loads(files["manifest"].read_text(encoding="utf-8"))["outputs"]
    for name in ("density", *FOLDERS):
        assert outputs[files[name].relative_to(tmp_path).as_posix()] == sha256(files[name])
    assert "a00000099.gdbtable" not in {p.name for p in stale.iterdir()}
    cpg = [(files[name] / "ledger.cpg").read_text() for name in ("shp-gbk", "shp-utf8")]
    assert cpg == ["GBK", "UTF-8"]


def test_a_refused_export_leaves_earlier_outputs_alone(city, tmp_path):
    publish(city.result, city.study, tmp_path, deliver=("shp-gbk",))
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    with pytest.raises(InputError, match="UTF-8"):
        publish(candidates(city.result, firms=RARE), city.study, tmp_path, deliver=("layers", "shp-gbk"))
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_the_command_line_takes_formats(city, tmp_path, monkeypatch):
    monkeypatch.setattr("landuse.cli.main.DELIVERABLES", ("layers", "density"))
    line = ["run", str(city.files.study), "--out", str(tmp_path), "--quiet", "--also", "gdb", "--also", "shp-utf8"]
    done = CliRunner().invoke(app, [*line, "--also", "gdb"])
    assert done.exit_code == 0, done.stderr
    assert {p.name for p in (tmp_path / "layers").iterdir()} == {
        "study.gpkg",
        "study-density.tif",
        "study.gdb",
        "study-shp-utf8",
    }
    assert CliRunner().invoke(app, [*line, "--also", "dwg"]).exit_code == 2
