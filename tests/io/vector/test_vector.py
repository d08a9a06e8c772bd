"""Reading layers: every format the same land, filters that keep what they say, damaged files refused in one line."""

import json
import shutil
import warnings
from functools import partial

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from toys import WORKING, array, box, ledger, shares

from landuse import schema as s
from landuse.errors import InputError
from landuse.inputs.parcels import as_parcels
from landuse.inputs.parks import as_parks
from landuse.io.manifest import input_hashes
from landuse.io.source import FORMATS, Place
from landuse.io.tables.read import read_table
from landuse.io.vector.read import read_layer
from landuse.reference.classification import load

pytestmark = pytest.mark.usefixtures("english")
FIELDS = ["BSM", "DLBM", "TBDLMJ"]
SHAPES = [box(0, 0, 1, 1), box(1, 0, 3, 1), box(0, 1, 1, 3), shapely.MultiPolygon([box(5, 5, 6, 6), box(7, 7, 8, 8)])]


def layer(crs=WORKING):
    return gpd.GeoDataFrame(
        {"BSM": ["甲1", "乙2", "丙3", "丁4"], "DLBM": ["0601", "0601", "0101", "601"], "TBDLMJ": [1e4, 2e4, 2e4, None]},
        geometry=array(SHAPES),
        crs=crs,
    )


def place(path, **options):
    return Place(path, path.name, **options)


def refused(path, columns=(), wanted=None, **options):
    with pytest.raises(InputError) as caught:
        read_layer(place(path, **options), columns, wanted)
    assert all(p.file == path.name and p.fix and "\n" not in str(p) for p in caught.value.problems)
    return caught.value.problems


def topojson(path):
    """Write the layer as TopoJSON, one arc a ring, in degrees: nobody else here can."""
    frame = layer().to_crs(4326)
    arcs, objects = [], []
    for record in frame.to_dict("records"):
        polygons = []
        for polygon in getattr(record["geometry"], "geoms", [record["geometry"]]):
            arcs.append([list(xy) for xy in polygon.exterior.coords])
            polygons.append([[len(arcs) - 1]])
        fields = {k: None if v != v else v for k, v in record.items() if k != "geometry"}  # noqa: PLR0124, a NaN
        objects.append({"type": "MultiPolygon", "arcs": polygons, "properties": fields})
    whole = {
        "type": "Topology",
        "objects": {"parcels": {"type": "GeometryCollection", "geometries": objects}},
        "arcs": arcs,
    }
    path.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def write(folder, kind):
    """Write the toy layer in one format; return its path."""
    path = folder / f"land.{'shp' if kind == 'gbk' else kind}"
    match kind:
        case "parquet":
            layer().to_parquet(path)
        case "topojson":
            topojson(path)
        case "geojson":
            layer().to_crs(4326).to_file(path, driver="GeoJSON", COORDINATE_PRECISION=15)
        case "gbk":
            layer().to_file(path, encoding="GBK")
            path.with_suffix(".cpg").unlink()
        case "shp":
            layer().to_file(path, encoding="UTF-8")
        case _:
            kind = {"geometry_type": "MultiPolygon", "promote_to_multi": True}
            pyogrio.write_dataframe(layer(), path, driver=FORMATS[path.suffix], layer="land", **kind)
    return path


def without_prj(path):
    layer().to_file(path, encoding="UTF-8")
    path.with_suffix(".prj").unlink()
    return path


def admitted(path, **options):
    raw = read_layer(place(path, **options), FIELDS)
    return as_parcels(raw, {"id": "BSM", "code": "DLBM", "area": "TBDLMJ"}, load("third_survey"), WORKING)


@pytest.mark.parametrize("kind", ["gpkg", "shp", "gbk", "gdb", "geojson", "topojson", "parquet", "fgb"])
def test_every_format_gives_the_same_ledger(tmp_path, kind):
    stated = "EPSG:4326" if kind == "topojson" else None  # the format has no place for a system
    checked = admitted(write(tmp_path, kind), crs=stated)
    in_degrees = kind in ("geojson", "topojson")
    parcels = checked.layer[checked.layer[s.USE] == "industrial"].sort_values(s.PARCEL, ignore_index=True)
    assert sorted(parcels[s.PARCEL]) == sorted(["甲1", "乙2", "丁4"])
    parcels.loc[parcels[s.PARCEL] == "丁4", s.REGISTERED] = np.nan  # a shapefile keeps no null figure
    c = shares(ledger(parcels, [box(0, 0, 2, 1), box(7, 0, 9, 9)]), area="planar")
    tolerance = 1e-8 if in_degrees else 1e-15
    assert (c.total_m2, c.inside_m2) == pytest.approx((50_000, 30_000), rel=tolerance)
    assert bool(checked.assumptions) == (in_degrees or kind == "gbk")


def test_gbk_is_detected_and_said_so(tmp_path):
    (note,) = admitted(write(tmp_path, "gbk")).assumptions
    assert "gb18030" in note


def test_utf8_without_a_cpg_is_not_taken_for_gbk(tmp_path):
    path = tmp_path / "u.shp"
    layer().assign(BSM="工业").to_file(path, encoding="UTF-8")  # six bytes that are three characters of GBK, too
    path.with_suffix(".cpg").unlink()
    raw = read_layer(place(path), ["BSM"])
    assert raw.frame["BSM"].tolist() == ["工业"] * 4
    assert "utf-8" in raw.assumptions[0]


@pytest.mark.parametrize("kind", ["gpkg", "shp", "gdb", "parquet", "fgb", "geojson"])
def test_filters_keep_rows_and_their_numbers(tmp_path, kind):
    wanted = {"DLBM": lambda v: v != "0101", "BSM": lambda v: v[0] in "乙丙丁"}
    raw = read_layer(place(write(tmp_path, kind)), ["TBDLMJ"], wanted)
    assert sorted(raw.frame["BSM"]) == ["丁4", "乙2"]
    assert raw.rows == 4
    whole = read_layer(place(tmp_path / f"land.{kind}"), ["BSM"]).frame["BSM"]
    assert all(whole[number] == name for number, name in raw.frame["BSM"].items())
    assert "TBDLMJ" in raw.frame
    assert whole.index.tolist() == [1, 2, 3, 4]


def test_each_distinct_value_is_asked_once(tmp_path):
    asked = []
    path = tmp_path / "many.gpkg"
    gpd.GeoDataFrame({"c": ["a", "b", None] * 500}, geometry=[box(0, 0, 1, 1)] * 1500, crs=WORKING).to_file(path)
    raw = read_layer(place(path), [], {"c": lambda v: asked.append(v) or v == "b"})
    assert len(raw.frame) == 500
    assert sorted(map(str, asked)) == ["None", "a", "b"]


def test_nothing_wanted_and_nothing_there(tmp_path):
    path = write(tmp_path, "gpkg")
    assert len(read_layer(place(path), ["BSM"], {"DLBM": lambda _v: False}).frame) == 0
    layer().iloc[:0].to_file(tmp_path / "empty.gpkg")
    raw = read_layer(place(tmp_path / "empty.gpkg"), ["BSM"], {"DLBM": lambda _v: True})
    assert (len(raw.frame), raw.rows) == (0, 0)
    with pytest.raises(InputError, match="no rows"):
        as_parks(raw, {}, WORKING)


def test_null_geometry_comes_through_to_be_counted(tmp_path):
    for kind in ("gpkg", "shp", "parquet"):
        frame = layer()
        frame.loc[1, "geometry"] = None
        path = tmp_path / f"n.{kind}"
        frame.to_parquet(path) if kind == "parquet" else frame.to_file(path)
        assert read_layer(place(path)).frame.geometry.isna().tolist() == [False, True, False, False]


def test_several_layers_have_to_be_named(tmp_path):
    path = tmp_path / "two.gpkg"
    layer().to_file(path, layer="DLTB")
    layer().to_file(path, layer="XZQ")
    (problem,) = refused(path)
    assert "DLTB, XZQ" in problem.fix
    raw = read_layer(place(path, layer="XZQ"))
    assert (raw.layer, len(raw.frame)) == ("XZQ", 4)
    assert "DLTB, XZQ" in refused(path, layer="DLTC")[0].fix


def test_every_problem_of_a_layer_at_once_with_the_nearest_name(tmp_path):
    path = without_prj(tmp_path / "land.shp")
    problems = refused(path, ["DLBN", "TBMJ_X"])
    assert len(problems) == 3
    assert "'DLBM'" in next(p.fix for p in problems if "'DLBN'" in p.what)
    assert "BSM, DLBM, TBDLMJ" in next(p.fix for p in problems if "TBMJ_X" in p.what)
    assert "EPSG:4549" in next(p.fix for p in problems if "coordinate system" in p.what)


def test_a_missing_system_may_be_stated_and_an_own_one_is_not_overridden(tmp_path):
    bare = without_prj(tmp_path / "bare.shp")
    assert read_layer(place(bare, crs="EPSG:4549")).frame.crs == WORKING
    own = write(tmp_path, "gpkg")
    assert read_layer(place(own, crs="EPSG:4549")).frame.crs == WORKING
    (problem,) = refused(own, crs="EPSG:4528")
    assert "EPSG:4528" in problem.what
    assert "EPSG:4549" in problem.what


def test_the_bureaus_parameters_may_be_stated_for_a_regional_datum(tmp_path):
    path = tmp_path / "xian.gpkg"
    layer(crs=2385).to_file(path)
    bound = "+proj=tmerc +lon_0=120 +x_0=500000 +a=6378140 +rf=298.257 +towgs84=100,50,20,0,0,0,0 +units=m +type=crs"
    assert read_layer(place(path, crs=bound)).frame.crs.is_bound


def test_wrong_paths(tmp_path):
    path = write(tmp_path, "gpkg")
    assert "land.gpkg" in refused(tmp_path / "lands.gpkg")[0].fix
    refused(tmp_path / "nowhere" / "land.gpkg")
    refused(path.rename(tmp_path / "land.dwg"))
    (tmp_path / "folder.shp").mkdir()
    refused(tmp_path / "folder.shp")
    (tmp_path / "file.gdb").write_text("no folder")
    refused(tmp_path / "file.gdb")
    (tmp_path / "empty.gdb").mkdir()
    refused(tmp_path / "empty.gdb")


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.parquet", "a.fgb", "a.shp", "a.topojson", "a.json"])
@pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"{}", b'{"type": "FeatureCollection", "features": [{'])
def test_what_is_no_layer(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    refused(tmp_path / name)


@pytest.mark.parametrize("kind", ["gpkg", "parquet", "fgb", "shp"])
def test_truncated_files_are_refused_or_read_never_crash(tmp_path, kind):
    path = write(tmp_path, kind)
    whole = path.read_bytes()
    for part in (10, len(whole) // 3, len(whole) * 9 // 10):
        path.write_bytes(whole[:part])
        reads_or_refuses(path)


def test_plain_parquet_and_other_encodings_are_refused(tmp_path):
    path = tmp_path / "plain.parquet"
    layer().drop(columns="geometry").to_parquet(path)
    refused(path)
    arrow = tmp_path / "arrow.parquet"
    layer().iloc[:3].to_parquet(arrow, geometry_encoding="geoarrow")
    reads_or_refuses(arrow)


def test_parquet_in_degrees_by_default_and_geometry_of_any_name(tmp_path):
    path = tmp_path / "p.parquet"
    layer().to_crs("OGC:CRS84").rename_geometry("outline").to_parquet(path)
    raw = read_layer(place(path), ["BSM"])
    assert list(raw.frame.columns) == ["BSM", "geometry"]
    assert raw.frame.crs.is_geographic


def test_texts_in_no_known_encoding_need_a_word(tmp_path):
    path = write(tmp_path, "gbk")
    dbf = path.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes().replace("甲1".encode("gbk"), b"\xff\xff1"))
    (problem,) = refused(path)
    assert "encoding" in problem.fix


def test_a_stated_encoding_is_used(tmp_path):
    path = tmp_path / "b.shp"
    frame = layer()
    frame["BSM"] = ["臺北"] * 4
    frame.to_file(path, encoding="BIG5")
    path.with_suffix(".cpg").unlink()
    assert read_layer(place(path, encoding="BIG5"), ["BSM"]).frame["BSM"].tolist() == ["臺北"] * 4


def attempt(step, *args):
    """The step's result, or its problems, each of one line; any other exception fails the test."""
    try:
        return step(*args), ()
    except InputError as error:
        problems = error.problems
    assert all(p.fix and "\n" not in str(p) for p in problems)
    return None, problems


def reads_or_refuses(path, **options):
    """A layer, or its problems."""
    return attempt(read_layer, place(path, **options))


# ---- real files ----


def test_chinese_texts_without_cpg_are_read_by_what_they_are(data):
    utf8 = read_layer(place(data / "traps" / "dongli_china.shp"), ["NAME", "OWNER", "FCNAME"])
    gbk = read_layer(place(data / "traps" / "chinese_poly.shp"), ["NAME"])
    assert "黑龙江省" in gbk.frame["NAME"].tolist()
    text = "".join(map(str, utf8.frame[["NAME", "OWNER", "FCNAME"]].to_numpy().ravel()))
    assert any("\u4e00" <= c <= "\u9fff" for c in text)
    assert not set("锟斤拷ÃÂ�") & set(text)
    assert "utf-8" in utf8.assumptions[0]
    assert "gb18030" in gbk.assumptions[0]


def test_drivers_that_follow_references_are_gone_even_where_the_gate_is_passed(tmp_path):
    gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4549).to_file(tmp_path / "own.gpkg")
    layer = f"<OGRVRTLayer name='own'><SrcDataSource>{tmp_path / 'own.gpkg'}</SrcDataSource></OGRVRTLayer>"
    (tmp_path / "a.gpkg").write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>", encoding="utf-8")
    assert len(pyogrio.read_dataframe(tmp_path / "own.gpkg")) == 1
    with pytest.raises(pyogrio.errors.DataSourceError):
        pyogrio.read_dataframe(tmp_path / "a.gpkg")


def test_degrees_declared_and_metres_held_are_refused(data):
    raw = read_layer(place(data / "traps" / "land.shp"), ["Layer"])
    with pytest.raises(InputError) as caught:
        as_parcels(raw, {"code": "Layer"}, load("gb50137"), WORKING)
    assert "is in degrees, but the coordinates are metres" in str(caught.value)


def test_every_broken_file_is_read_or_refused_in_one_line(data, tmp_path):
    files = sorted(p for p in (data / "broken").rglob("*") if p.suffix.lower() in FORMATS)
    assert len(files) > 50
    read, refusals = 0, 0
    for path in files:
        folder = tmp_path / str(read + refusals)
        folder.mkdir()
        for sibling in path.parent.glob(f"{path.stem}.*"):  # the originals may not be written to, and GDAL may try
            shutil.copy(sibling, folder)
        for crs in (None, "EPSG:4326"):
            raw, problems = reads_or_refuses(folder / path.name, crs=crs)
            if raw is not None or crs:
                break
        read, refusals = read + (raw is not None), refusals + bool(problems)
        if raw is not None and len(raw.frame):
            attempt(as_parks, raw, {}, WORKING)
    assert read > 25
    assert refusals > 3


def test_geodatabase_of_every_kind_of_geometry(data, tmp_path):
    shutil.unpack_archive(data / "traps" / "testopenfilegdb.gdb.zip", tmp_path)
    path = next(tmp_path.glob("*.gdb"))
    assert "layers" in refused(path)[0].what
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # this list is the test's own: measures are not what it asks about
        names = [name for name, kind in pyogrio.list_layers(path) if kind is not None]
    assert len(names) > 20
    for name in names:
        raw, _ = reads_or_refuses(path, layer=name, crs=None)
        if raw is not None and len(raw.frame):
            checked, _ = attempt(as_parks, raw, {}, raw.frame.crs)
            assert checked is None or checked.layer.is_valid.all()


@pytest.mark.parametrize("folder", ["broken", "traps", "jts-overlay"])
def test_whatever_lies_there_is_read_or_refused_by_both_readers(data, tmp_path, folder):
    files = sorted(p for p in (data / folder).rglob("*") if p.is_file())
    assert files
    for number, path in enumerate(files):
        own = tmp_path / str(number)
        own.mkdir()
        for sibling in path.parent.glob(f"{path.stem}.*"):
            if sibling.is_file():
                shutil.copy(sibling, own)
        (own / path.name).exists() or shutil.copy(path, own)
        for reader in (read_layer, partial(read_table, shown=path.name, columns=["x"])):
            layer = reader is read_layer
            attempt(reader, place(own / path.name) if layer else own / path.name)
            if layer:
                attempt(reader, place(own / path.name, crs="EPSG:4326"))


def test_every_part_of_a_folder_is_read_in_order_and_hashed(tmp_path):
    folder = tmp_path / "land.parquet"
    folder.mkdir()
    for k in range(12):  # part.10 comes after part.9
        layer().assign(BSM=[f"{k}-{j}" for j in range(4)]).to_parquet(folder / f"part.{k}.parquet")
    raw = read_layer(place(folder), ["BSM"], {"DLBM": lambda value: value == "0601"})
    kept = [j for j, code in enumerate(layer()["DLBM"]) if code == "0601"]
    assert raw.rows == 48
    assert raw.frame["BSM"].tolist() == [f"{k}-{j}" for k in range(12) for j in kept]
    assert raw.frame.index.tolist() == [4 * k + j + 1 for k in range(12) for j in kept]
    assert raw.frame.geometry.area.tolist() == layer().geometry.area.iloc[kept].tolist() * 12
    before = input_hashes({"land.parquet": folder})
    layer().iloc[:2].to_parquet(folder / "part.11.parquet")
    assert before.keys() == {"land.parquet"}
    assert input_hashes({"land.parquet": folder}) != before


def test_a_column_all_null_in_one_part_takes_the_type_of_the_others(tmp_path):
    folder = tmp_path / "land"
    folder.mkdir()
    layer().assign(x=None).to_parquet(folder / "0.parquet")
    layer().assign(x=["a", "b", None, "d"]).to_parquet(folder / "1.parquet")
    assert read_layer(place(folder), ["x"]).frame["x"].tolist()[4:6] == ["a", "b"]
