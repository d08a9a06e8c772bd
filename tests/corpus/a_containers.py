"""Table A: containers and encodings; here the containers, the other cases in the modules imported."""

import a_encodings  # noqa: F401 (adds its cases)
import a_shapefiles  # noqa: F401 (adds its cases)
import a_writing  # noqa: F401 (adds its cases)
import numpy as np
import pyarrow.parquet as pq
import pyogrio
from a_files import LEFT_OUT, TABLE, by_wkb, cut, drawn, geojson, geoparquet, ring, shapefile, wkb
from corpus import CRS, EAST, NORTH, Refused, Right, city, parcels, write

__all__ = ["TABLE"]

# A22-A24: cut off, several, none


SHORTER = {
    "geojson": "not JSON: .* -> export the layer again",
    "gpkg": "the file is cut off: it says it has .* bytes, and has .* -> copy the file again",
    "parquet": "the .parquet is damaged -> copy the file again",
    "fgb": "the .fgb is damaged -> copy the file again|4 rows, of which 0 can be read|Unexpected I/O failure",
}
for _ending, _says in SHORTER.items():
    for _part in (0.9, 0.5, 0.1):

        @TABLE("A22", f"a .{_ending} cut to {_part:.0%}", Refused(_says, file=f"parcels.{_ending}"))
        def _(folder, ending=_ending, part=_part):
            path = write(parcels(), folder / f"parcels.{ending}")
            cut(path, part)
            return city(folder, land=path.name)


@TABLE("A22", "a raster cut to half", Refused("cannot be read.*copy or export it", "height.tif"), command="candidates")
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


TWO_LAYERS = 'the file holds 2 layers -> add layer = "…", one of run1, run2'


@TABLE("A23", "a GeoPackage of two layers", Refused(TWO_LAYERS, file="parcels.gpkg"))
def _(folder):
    two_layers(folder)
    return city(folder)


@TABLE("A23", "a GeoPackage of two layers, one named", Right())
def _(folder):
    two_layers(folder)
    return city(folder, parcels={"layer": "run2"})


@TABLE("A23", "a GeoPackage of two layers, a third named", Refused("no layer 'run3' -> name one of run1, run2"))
def _(folder):
    two_layers(folder)
    return city(folder, parcels={"layer": "run3"})


@TABLE("A23", "a FileGDB of two layers", Refused(TWO_LAYERS, file="parcels.gdb"))
def _(folder):
    path = folder / "parcels.gdb"
    for name in ("run1", "run2"):
        pyogrio.write_dataframe(parcels(), path, layer=name, driver="OpenFileGDB", append=path.exists())
    return city(folder, land=path.name)


FOLDERS = {
    "layers": "a folder, not a file -> name the file itself",
    "parcels.shp": "a folder, not a file -> name the file itself",
    "parcels.gdb": "the folder holds no FileGDB -> copy the whole .gdb folder again",
}
for _name, _says in FOLDERS.items():

    @TABLE("A24", f"a folder of shapefiles called {_name}", Refused(_says, file=_name))
    def _(folder, name=_name):
        (folder / name).mkdir()
        shapefile(folder / name)
        return city(folder, land=name)


# A25-A32: GeoParquet and GeoJSON


@TABLE("A25", "GeoParquet without crs, metres", Refused("degrees by its standard", file="parcels.parquet"))
def _(folder):
    geoparquet(folder, lambda geo: geo.pop("crs"))
    return city(folder, land="parcels.parquet")


@TABLE("A25", "GeoParquet without crs, stated", Right(assumes="states no coordinate system; read as EPSG:4549"))
def _(folder):
    geoparquet(folder, lambda geo: geo.pop("crs"))
    return city(folder, land="parcels.parquet", parcels={"crs": CRS})


@TABLE("A25", "GeoParquet without crs, degrees", Right(assumes="OGC:CRS84 to EPSG:4549"))
def _(folder):
    geoparquet(folder, lambda geo: geo.pop("crs"), parcels().to_crs("OGC:CRS84"))
    return city(folder, land="parcels.parquet", study={"crs": CRS})


@TABLE("A25", "GeoParquet whose crs is null", Refused("states no coordinate system -> .*EPSG:4549", "parcels.parquet"))
def _(folder):
    geoparquet(folder, lambda geo: geo.update(crs=None))
    return city(folder, land="parcels.parquet")


NO_GEOPARQUET = Refused("not a GeoParquet file -> write it as GeoParquet", file="parcels.parquet")


@TABLE("A26", "GeoParquet without the geometry's metadata", NO_GEOPARQUET)
def _(folder):
    path = write(parcels(), folder / "parcels.parquet")
    pq.write_table(pq.read_table(path).replace_schema_metadata({}), path)
    return city(folder, land="parcels.parquet")


@TABLE("A26", "Parquet without geometry", NO_GEOPARQUET)
def _(folder):
    parcels().drop(columns="geometry").to_parquet(folder / "parcels.parquet")
    return city(folder, land="parcels.parquet")


@TABLE("A27", "GeoJSON in metres without crs", Refused("degrees by its standard.*EPSG:4549", file="parcels.geojson"))
def _(folder):
    return drawn(folder, crs=None)


@TABLE("A27", "GeoJSON in metres without crs, stated", Right(assumes="no coordinate system; read as EPSG:4549"))
def _(folder):
    return city(folder, land=geojson(folder, crs=None).name, parcels={"crs": CRS})


@TABLE("A27", "GeoJSON in degrees without crs", Right(assumes="EPSG:4326 to EPSG:4549"))
def _(folder):
    return city(folder, land=geojson(folder, crs=None, frame=parcels().to_crs(4326)).name, study={"crs": CRS})


@TABLE("A28", "a property twice", Refused("'DLBM' stands twice", "parcels.geojson", ("1",)))
def _(folder):
    return drawn(folder, lambda _: lambda text: text.replace('"DLBM": "0601"', '"DLBM": "0701", "DLBM": "0601"', 1))


@TABLE("A28", "a geometry's key twice", Refused("'type' stands twice", "parcels.geojson", ("1",)))
def _(folder):
    twice = '"type": "Point", "type": "Polygon"'
    return drawn(folder, lambda _: lambda text: text.replace('"type": "Polygon"', twice, 1))


@TABLE("A28", "the list of features twice", Refused("'features' stands twice in one object", "parcels.geojson"))
def _(folder):
    return drawn(folder, lambda _: lambda text: text.removesuffix("}") + ', "features": []}')


def at(folder, value):
    first = f"[{EAST + 100}, {NORTH}]"
    return drawn(folder, lambda _: lambda text: text.replace(first, f"[{value}, {NORTH}]", 1))


for _value in ("NaN", "-Infinity"):

    @TABLE("A29", f"a position of {_value}", Refused(f"{_value} is not a number", "parcels.geojson", ("1",)))
    def _(folder, value=_value):
        return at(folder, value)


@TABLE("A29", "a position of 1e400", Right(share=0.5, issues=LEFT_OUT))
def _(folder):
    return at(folder, "1e400")


def with_area(folder, value):
    """The first parcel states an area."""
    path = geojson(folder, lambda _: lambda text: text.replace('"BSM"', f'"mj": {value}, "BSM"', 1))
    return city(folder, land=path.name, parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}})


@TABLE("A29", "a stated area of NaN", Refused("NaN is not a number", "parcels.geojson", ("1",)))
def _(folder):
    return with_area(folder, "NaN")


@TABLE("A29", "a stated area of 1e400", Refused("mj: numbers too large to be one", "parcels.geojson", ("1",)))
def _(folder):
    return with_area(folder, "1e400")


@TABLE("A30", "one ring that is not closed among good parcels", Right(share=0.5, issues=LEFT_OUT))
def _(folder):
    def open_first(whole):
        whole["features"][0]["geometry"]["coordinates"][0].pop()

    return drawn(folder, open_first)


@TABLE("A30", "no ring is closed", Refused("no shape can be read: a ring that is not closed", "parcels.geojson"))
def _(folder):
    def open_all(whole):
        for feature in whole["features"]:
            feature["geometry"]["coordinates"][0].pop()

    return drawn(folder, open_all)


@TABLE("A31", "positions that are texts", Refused("written as text", "parcels.geojson", ("1", "2", "3", "4")))
def _(folder):
    def as_text(whole):
        for feature in whole["features"]:
            rings = feature["geometry"]["coordinates"]
            feature["geometry"]["coordinates"] = [[[str(x) for x in xy] for xy in line] for line in rings]

    return drawn(folder, as_text)


@TABLE("A31", "one position that is texts", Refused("coordinates written as text", "parcels.geojson", ("2",)))
def _(folder):
    def as_text(whole):
        line = whole["features"][1]["geometry"]["coordinates"][0]
        line[1] = [str(x) for x in line[1]]

    return drawn(folder, as_text)


for _deep in (2_000, 100_000):

    @TABLE("A32", f"JSON nested {_deep} deep", Refused("nested too deeply", "parcels.geojson", ("1",)))
    def _(folder, deep=_deep):
        text = '{"type": "FeatureCollection", "features": ' + "[" * deep + "]" * deep + "}"
        (folder / "parcels.geojson").write_text(text, encoding="utf-8")
        return city(folder, land="parcels.geojson")

    @TABLE("A32", f"a property nested {_deep} deep", Refused("nested too deeply", "parcels.geojson", ("1",)))
    def _(folder, deep=_deep):
        value = "[" * deep + "]" * deep
        return drawn(folder, lambda _: lambda text: text.replace('"BSM"', f'"note": {value}, "BSM"', 1))


# A33-A35: shapes of other kinds


PI_4 = np.pi / 4


def _curve_is_said(outcome):
    # the circle stands for p1's square: 7,854 m² in the park of 10,000, and p4's half
    whole = PI_4 * 1e4
    share = (whole + 5_000) / (whole + 10_000)
    assert abs(outcome.answer["city"]["share"] - share) < 1e-6


for _ending in ("gpkg", "fgb"):

    @TABLE("A33", f"a circle, .{_ending}", Right(None, assumes="1 shapes with curves.*chords", check=_curve_is_said))
    def _(folder, ending=_ending):
        return by_wkb(folder, wkb(10, wkb(8, at=[(0, 50), (100, 50), (0, 50)])), f"parcels.{ending}")


def _says_what(kind):
    def check(outcome):
        (found,) = [q for q in outcome.answer["quality"] if q["check"] == "unreadable_geometry_parcel"]
        assert f"a {kind}, which has no area on the plane" in found["action"], found

    return Right(share=0.5, issues=LEFT_OUT, check=check)


SURFACES = {
    "TIN": wkb(16, wkb(17, ring((0, 0), (100, 0), (0, 100)))),
    "PolyhedralSurface": wkb(15, wkb(3, ring((0, 0), (100, 0), (100, 100), (0, 100)))),
    "Triangle": wkb(17, ring((0, 0), (100, 0), (0, 100))),
}
for _kind, _shape in SURFACES.items():
    for _ending in ("gpkg", "fgb", "parquet"):

        @TABLE("A34", f"a {_kind}, .{_ending}", _says_what(_kind))
        def _(folder, shape=_shape, ending=_ending):
            return by_wkb(folder, shape, f"parcels.{ending}")


for _ending in ("gpkg", "parquet"):

    @TABLE("A35", f"heights and measures, .{_ending}", Right(assumes="heights and measures .Z, M. left out"))
    def _(folder, ending=_ending):
        tall = wkb(3003, ring((0, 0, 5, 1), (100, 0, 5, 2), (100, 100, 5, 3), (0, 100, 5, 4)))
        return by_wkb(folder, tall, f"parcels.{ending}")
