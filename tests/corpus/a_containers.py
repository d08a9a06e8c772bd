"""Table A: containers and encodings; here the containers, the texts in the module imported."""

import shutil

import a_encodings  # noqa: F401 (adds its cases)
import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from a_files import TABLE, by_wkb, cut, cut_and_lied, drawn, geoparquet, patch, ring, shapefile, wkb
from corpus import CRS, EAST, NORTH, Refused, Right, city, parcels, parks, square, write

__all__ = ["TABLE"]

# A8-A12, A36-A40: what is written


def exported(folder, *formats, **columns):
    """A run of the toy city whose park is named by hand, and the formats asked for."""
    frame = parks(name=[columns.pop("park", "示例园")] * 2, **columns)
    the = city(
        folder, frames={"parks.gpkg": frame}, parks={"columns": {"id": "park_id", "name": "name", "block": "block"}}
    )
    return (the, *(word for form in formats for word in ("--also", form)))


@TABLE("A8", "a character beyond GBK, to a GBK shapefile", Refused("GBK|gbk"), command="run")
def _(folder):
    return exported(folder, "shp-gbk", park="€園☃")


def _every_name_comes_back(outcome):
    files = [*outcome.out.rglob("*.shp")]
    assert files
    for path in files:
        frame = pyogrio.read_dataframe(path)
        assert all(len(c.encode()) <= 10 for c in frame.columns if c != "geometry"), path
    (parks_file,) = [p for p in files if p.stem.startswith("parks")]
    assert "𠮷䶮厂" in set(pyogrio.read_dataframe(parks_file).select_dtypes(exclude="number").to_numpy().ravel())


@TABLE(
    "A8", "characters beyond the basic plane, to a UTF-8 shapefile", Right(check=_every_name_comes_back), command="run"
)
def _(folder):
    return exported(folder, "shp-utf8", park="𠮷䶮厂")


@TABLE("A9", "a text longer than a field of a shapefile", Refused("254|longer"), command="run")
def _(folder):
    return exported(folder, "shp-gbk", park="厂" * 130)


def _no_two_names_alike(outcome):
    for path in outcome.out.rglob("*.shp"):
        fields = list(pyogrio.read_info(path)["fields"])
        assert len({f.lower() for f in fields}) == len(fields), path
        said = [p for p in path.parent.iterdir() if p.suffix in (".csv", ".txt")]
        assert said, "no table of what the fields mean"


for _form in ("shp-gbk", "shp-utf8"):

    @TABLE("A10", f"long names of fields, {_form}", Right(check=_no_two_names_alike), command="run")
    def _(folder, form=_form):
        return exported(folder, form)

    @TABLE("A12", f"two names alike in their first ten bytes, {_form}", Right(check=_no_two_names_alike), command="run")
    def _(folder, form=_form):
        return exported(folder, form)


# A13-A20: a shapefile's parts


for _share in (0.9, 0.6, 0.3):

    @TABLE("A13", f"a .shp cut to {_share:.0%}", Refused("cut off|lies beyond|length|bytes", file="parcels.shp"))
    def _(folder, share=_share):
        path = shapefile(folder)
        cut(path, share)
        return city(folder, land=path.name)


@TABLE("A13", "a .shp cut within a shape, its head lies", Refused("", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut_and_lied(path, 300)
    return city(folder, land=path.name)


@TABLE("A14", "a .shp cut to its head", Refused("", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path, 100)
    return city(folder, land=path.name)


@TABLE("A15", "a .shp of nothing", Refused("", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path, 0)
    return city(folder, land=path.name)


@TABLE("A16", "a .dbf cut within a row", Refused(".dbf is cut off: it says 4 rows", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    cut(path.with_suffix(".dbf"), 0.8)
    return city(folder, land=path.name)


for _size in (20, 0, None):

    @TABLE("A17", f"a .dbf of {_size} bytes", Refused(".dbf is cut off|.dbf is missing", file="parcels.shp"))
    def _(folder, size=_size):
        path = shapefile(folder)
        if size is None:
            path.with_suffix(".dbf").unlink()
        else:
            cut(path.with_suffix(".dbf"), size)
        return city(folder, land=path.name)


def _nothing_restored(outcome):
    assert not (outcome.folder / "parcels.shx").exists()


@TABLE("A18", "no .shx", Refused("the .shx is missing -> copy all files", file="parcels.shp"))
def _(folder):
    path = shapefile(folder)
    path.with_suffix(".shx").unlink()
    return city(folder, land=path.name)


def mixed(folder, rows, shapes):
    """A .shp of so many shapes with the .dbf of another layer."""
    ids = [f"q{k}" for k in range(rows)]
    other = shapefile(folder, parcels([square(k) for k in range(rows)], BSM=ids), name="other")
    path = shapefile(folder, parcels([square(k) for k in range(shapes)]))
    shutil.copy(other.with_suffix(".dbf"), path.with_suffix(".dbf"))
    return city(folder, land=path.name)


@TABLE("A19", "a .dbf of 4 rows, a .shp of 8 shapes", Refused("8 shapes and 4 rows of attributes", file="parcels.shp"))
def _(folder):
    return mixed(folder, 4, 8)


@TABLE("A20", "a .dbf of 8 rows, a .shp of 4 shapes", Refused("4 shapes and 8 rows of attributes", file="parcels.shp"))
def _(folder):
    return mixed(folder, 8, 4)


@TABLE("A21", "a row marked as deleted", Right(share=0.5, findings={"deleted_rows": 1}))
def _(folder):
    # p1 is gone: a quarter hectare of p4's half remains of one hectare
    path = shapefile(folder)
    dbf = path.with_suffix(".dbf")
    patch(dbf, int.from_bytes(dbf.read_bytes()[8:10], "little"), b"*")
    return city(folder, land=path.name)


# A22-A24: other containers


for _ending in ("geojson", "gpkg", "parquet", "fgb"):

    @TABLE("A22", f"a .{_ending} cut to half", Refused("", file=f"parcels.{_ending}"))
    def _(folder, ending=_ending):
        path = write(parcels(), folder / f"parcels.{ending}")
        cut(path, 0.5)
        return city(folder, land=path.name)


@TABLE("A22", "a raster cut to half", Refused("", file="height.tif"), command="candidates")
def _(folder):
    import rasterio  # noqa: PLC0415
    from rasterio.transform import from_origin  # noqa: PLC0415

    options = {"driver": "GTiff", "height": 90, "width": 90, "count": 1, "dtype": "float32", "crs": CRS, "nodata": -9.0}
    with rasterio.open(
        folder / "height.tif", "w", transform=from_origin(EAST - 200, NORTH + 500, 10, 10), **options
    ) as file:
        file.write(np.random.default_rng(1).random((1, 90, 90)).astype("float32"))
    cut(folder / "height.tif", 0.4)
    return city(folder, rasters={"building_height": "height.tif"})


def two_layers(folder):
    for name, frame in (("run1", parcels().iloc[:1]), ("run2", parcels())):
        frame.to_file(folder / "parcels.gpkg", layer=name)


@TABLE("A23", "a GeoPackage of two layers", Refused('the file holds 2 layers -> add layer = "…", one of run1, run2'))
def _(folder):
    two_layers(folder)
    return city(folder)


@TABLE("A23", "a GeoPackage of two layers, one named", Right())
def _(folder):
    two_layers(folder)
    return city(folder, parcels={"layer": "run2"})


@TABLE("A24", "a folder of shapefiles", Refused("a folder, not a file -> name the file itself"))
def _(folder):
    (folder / "layers").mkdir()
    shapefile(folder / "layers")
    return city(folder, parcels={"path": "layers"})


LEFT_OUT = {"unreadable_geometry_parcel": 1}

# A25-A32: GeoParquet and GeoJSON


@TABLE("A25", "GeoParquet without crs, metres", Refused("degrees by its standard", file="parcels.parquet"))
def _(folder):
    geoparquet(folder, lambda geo: geo.pop("crs"))
    return city(folder, land="parcels.parquet")


@TABLE("A25", "GeoParquet without crs, stated", Right(assumes="states no coordinate system; read as EPSG:4549"))
def _(folder):
    geoparquet(folder, lambda geo: geo.pop("crs"))
    return city(folder, land="parcels.parquet", parcels={"crs": CRS})


@TABLE("A26", "Parquet without the geometry's metadata", Refused("", file="parcels.parquet"))
def _(folder):
    import pandas as pd  # noqa: PLC0415

    pd.DataFrame({"DLBM": ["0601"], "x": [1.0]}).to_parquet(folder / "parcels.parquet")
    return city(folder, land="parcels.parquet")


@TABLE("A27", "GeoJSON in metres without crs", Refused("degrees by its standard.*EPSG:4549", file="parcels.geojson"))
def _(folder):
    return drawn(folder, crs=None)


@TABLE("A28", "a property twice", Refused("'DLBM' stands twice", "parcels.geojson", ("1",)))
def _(folder):
    return drawn(folder, lambda _: lambda text: text.replace('"DLBM": "0601"', '"DLBM": "0701", "DLBM": "0601"', 1))


def at(folder, value):
    first = f"[{EAST + 100}, {NORTH}]"
    return drawn(folder, lambda _: lambda text: text.replace(first, f"[{value}, {NORTH}]", 1))


for _value in ("NaN", "-Infinity"):

    @TABLE("A29", f"a position of {_value}", Refused("not JSON|is not a number", "parcels.geojson"))
    def _(folder, value=_value):
        return at(folder, value)


@TABLE("A29", "a position of 1e400", Right(share=0.5, findings=LEFT_OUT))
def _(folder):
    return at(folder, "1e400")


@TABLE("A30", "one ring that is not closed among good parcels", Right(share=0.5, findings=LEFT_OUT))
def _(folder):
    def open_first(whole):
        whole["features"][0]["geometry"]["coordinates"][0].pop()

    return drawn(folder, open_first)


@TABLE("A31", "positions that are texts", Refused("", "parcels.geojson"))
def _(folder):
    def as_text(whole):
        for feature in whole["features"]:
            rings = feature["geometry"]["coordinates"]
            feature["geometry"]["coordinates"] = [[[str(x) for x in xy] for xy in line] for line in rings]

    return drawn(folder, as_text)


for _deep in (2_000, 100_000):

    @TABLE("A32", f"JSON nested {_deep} deep", Refused("", "parcels.geojson"))
    def _(folder, deep=_deep):
        text = '{"type": "FeatureCollection", "features": ' + "[" * deep + "]" * deep + "}"
        (folder / "parcels.geojson").write_text(text, encoding="utf-8")
        return city(folder, land="parcels.geojson")


# A33-A35: shapes of other kinds


CIRCLE = wkb(10, wkb(8, at=[(0, 0), (100, 0), (0, 0)]))
PI_4 = np.pi / 4


def _curve_is_said(outcome):
    # the circle stands for p1's square: 7,854 m² in the park of 10,000, and p4's half
    whole = PI_4 * 1e4
    share = (whole + 5_000) / (whole + 10_000)
    assert abs(outcome.answer["city"]["share"] - share) < 1e-6


@TABLE("A33", "a circle as a curve polygon", Right(share=None, assumes="1 shapes with curves", check=_curve_is_said))
def _(folder):
    middle = wkb(10, wkb(8, at=[(0, 50), (100, 50), (0, 50)]))
    return by_wkb(folder, middle)


@TABLE("A34", "a TIN", Right(share=1 / 2, findings=LEFT_OUT))
def _(folder):
    return by_wkb(folder, wkb(16, wkb(17, ring((0, 0), (100, 0), (0, 100)))), "parcels.parquet")


@TABLE("A35", "heights and measures", Right(assumes="heights and measures"))
def _(folder):
    tall = wkb(3003, ring((0, 0, 5, 1), (100, 0, 5, 2), (100, 100, 5, 3), (0, 100, 5, 4)))
    return by_wkb(folder, tall, "parcels.parquet")


# A36-A40: what a run leaves behind


def _systems_are_stated(outcome):
    for path in outcome.out.rglob("*.shp"):
        assert pyogrio.read_info(path)["crs"] == CRS, path
    for name, kind in pyogrio.list_layers(next(outcome.out.rglob("layers/*.gpkg"))):
        assert kind is None or pyogrio.read_info(next(outcome.out.rglob("layers/*.gpkg")), layer=name)["crs"] == CRS


@TABLE("A36", "shapefiles over older ones in another system", Right(check=_systems_are_stated), command="run")
def _(folder):
    words = exported(folder, "shp-utf8")
    stale = folder / "out" / "layers" / "study-shp-utf8"
    stale.mkdir(parents=True)
    for name in ("ledger", "parks", "faces"):
        gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(stale / f"{name}.shp")
    return words


def _only_this_runs_layers(outcome):
    layers = {name for name, _kind in pyogrio.list_layers(next(outcome.out.rglob("layers/*.gpkg")))}
    assert "stale" not in layers
    assert {"ledger", "parks"} <= layers


@TABLE("A37", "a GeoPackage over an older one with another layer", Right(check=_only_this_runs_layers), command="run")
def _(folder):
    words = exported(folder)
    stale = folder / "out" / "layers"
    stale.mkdir(parents=True)
    gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.Point(0, 0)], crs=4326).to_file(stale / "study.gpkg", layer="stale")
    return words


def _dates_are_text(outcome):
    assert outcome.answer["study"]["date"] == "2025-12-31"
    for path in outcome.out.rglob("*.shp"):
        assert not [t for t in pyogrio.read_info(path)["dtypes"] if "datetime" in str(t)], path


@TABLE("A39", "the date of the study", Right(check=_dates_are_text), command="run")
def _(folder):
    the, *words = exported(folder, "shp-utf8")
    text = the.read_text(encoding="utf-8")
    the.write_text(text.replace("[study]\n", "[study]\ndate = 2025-12-31\n"), encoding="utf-8")
    return (the, *words)


def _numbers_come_back(outcome):
    (ledger,) = [p for p in outcome.out.rglob("*.shp") if p.stem.startswith("ledger")]
    whole = pyogrio.read_dataframe(next(outcome.out.rglob("layers/*.gpkg")), layer="ledger")
    back = pyogrio.read_dataframe(ledger)
    planar = next(c for c in back.columns if c.startswith("planar"))
    assert abs(back[planar].sum() - whole["planar_m2"].sum()) < 1e-6 * whole["planar_m2"].sum()


@TABLE("A40", "areas to shapefiles and back", Right(check=_numbers_come_back), command="run")
def _(folder):
    return exported(folder, "shp-utf8")


@TABLE("A40", "a stated area of 1e300", Refused("unit|area", file="parcels.gpkg"))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=[1e300, 1.0, 1.0, 1e4])},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}},
        definition={"area": "registered"},
    )
