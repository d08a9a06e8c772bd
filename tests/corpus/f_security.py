"""Table F: inputs that ask for what is not theirs. No connection is made, no byte of another file shows up."""

import csv
import io
import json
import pickle
import re
import shutil
import socket
import sqlite3
import struct
import subprocess
import tarfile
import threading
import zipfile
import zlib
from contextlib import closing
from importlib.resources import files

import geopandas as gpd
import numpy as np
import openpyxl
import pyarrow.parquet as pq
import rasterio
from corpus import Refused, Right, Table, city, parcels, parks, square, write
from d_city import HEAD, ROWS, drawn, study
from docx import Document
from honeypot import CANARY, plant, pot
from rasterio.transform import from_origin

from landuse.report.map.offline import loads

#: What is looked for: the planted text in one byte a character or two, and as libraries mend names.
PLANTED = re.compile(
    b".{1,3}?".join(rb"\0?".join(bytes([b]) for b in word) for word in (b"CANARY", b"7f3a")), re.IGNORECASE | re.DOTALL
)


class Knocks:
    """A port that counts whoever connects, whatever language they speak, and hangs up."""

    def __init__(self):
        self.callers = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            connection, caller = self.server.accept()
            self.callers.append(caller)
            connection.close()

    def taken(self):
        """Return who called so far, and forget them; our own call, last in the queue, says that all are counted."""
        with socket.create_connection(self.server.getsockname()) as own:
            own.recv(1)
            me = own.getsockname()
        found, self.callers = [c for c in self.callers if c != me], []
        return found


KNOCKS = Knocks()


def written(outcome):
    """Everything that left the program, by name: the terminal, the files, and what is packed in them."""
    yield "the terminal", (outcome.text + outcome.below).encode()
    for path in sorted(p for p in outcome.out.rglob("*") if p.is_file()):
        yield path.name, path.read_bytes()
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                yield from ((f"{path.name}: {name}", archive.read(name)) for name in archive.namelist())


def nothing_taken(outcome):
    """Nobody was called, no planted text turned up, and no file but the outputs was made or changed."""
    assert not (callers := KNOCKS.taken()), f"connections: {callers}"
    assert not (found := [name for name, data in written(outcome) if PLANTED.search(data)]), f"planted text in {found}"
    assert not outcome.strays, f"touched {outcome.strays}"


TABLE = Table(guarded=True, after=nothing_taken)

VECTORS = ("gpkg", "shp", "geojson", "json", "geojsonl", "topojson", "fgb", "parquet", "kml", "kmz", "gdb")
#: Endings that are not a vector format of ours, though the library would read a VRT by them.
OTHERS = ("vrt", "gml", "dbf", "csv", "xlsx", "tab", "gpx", "xml")
FORMULA = '=HYPERLINK("http://127.0.0.1:9/x","工业")'


def vrt(source, layer="x"):
    inside = f"<OGRVRTLayer name='{layer}'><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>"
    return f"<OGRVRTDataSource>{inside}</OGRVRTDataSource>"


def disguised(folder, ending, text, **sections):
    """Parcels in a file of an ending that holds a text."""
    path = folder / f"parcels.{ending}"
    path.write_text(text, encoding="utf-8")
    if ending == "shp":
        for other in ("shx", "dbf"):
            (folder / f"parcels.{other}").write_bytes(b"")
    return city(folder, land=path.name, **sections)


# F1, F2: VRT


for _ending in (*VECTORS, *OTHERS):
    _says = "is a folder" if _ending == "gdb" else "GDAL VRT" if _ending in VECTORS else "not a vector format"

    @TABLE("F1", f"a VRT that leads to an address, called .{_ending}", Refused(_says, file=f"parcels.{_ending}"))
    def _(folder, ending=_ending):
        return disguised(folder, ending, vrt(f"{pot().address}/a.geojson"))

    @TABLE("F2", f"a VRT that leads to another file, called .{_ending}", Refused(_says, file=f"parcels.{_ending}"))
    def _(folder, ending=_ending):
        return disguised(folder, ending, vrt(f"CSV:{plant(folder)}", "planted"))


@TABLE("F1", "a VRT of parks", Refused("GDAL VRT", file="parks.gpkg"))
def _(folder):
    (folder / "parks.gpkg").write_text(vrt(f"{pot().address}/a.geojson"), encoding="utf-8")
    return city(folder)


@TABLE("F1", "a VRT of districts", Refused("GDAL VRT", file="districts.gpkg"))
def _(folder):
    (folder / "districts.gpkg").write_text(vrt(f"{pot().address}/a.geojson"), encoding="utf-8")
    return city(folder, districts={"path": "districts.gpkg", "columns": {"code": "code"}})


for _ending, _says in {"csv": "no column", "txt": "no column", "xlsx": "not a readable workbook"}.items():

    @TABLE("F1", f"a VRT of firms, called .{_ending}", Refused(_says, file=f"firms.{_ending}"), command="candidates")
    def _(folder, ending=_ending):
        (folder / f"firms.{ending}").write_text(vrt(f"{pot().address}/a.csv"), encoding="utf-8")
        return study(folder, f"firms.{ending}")


@TABLE("F1", "a VRT behind a byte order mark, blanks and a comment", Refused("GDAL VRT"))
def _(folder):
    return disguised(folder, "geojson", "\ufeff \n<?xml version='1.0'?><!-- x -->" + vrt(f"{pot().address}/a"))


@TABLE("F1", "a VRT in UTF-16", Refused("GDAL VRT"))
def _(folder):
    (folder / "parcels.gpkg").write_bytes(vrt(f"{pot().address}/a").encode("utf-16"))
    return city(folder)


@TABLE("F2", "a link to another file, called .geojson", Refused("its content is|no layer", file="parcels.geojson"))
def _(folder):
    (folder / "parcels.geojson").symlink_to(plant(folder))
    return city(folder, land="parcels.geojson")


for _ending, _must in {
    ".prj": Refused("states no coordinate system", file="parcels.shp"),
    ".dbf": Refused("the .dbf is damaged", file="parcels.shp"),
    ".shx": Refused("the .shx is damaged", file="parcels.shp"),
    ".cpg": Right(),
}.items():

    @TABLE("F2", f"the {_ending} of a shapefile, a link to another file", _must)
    def _(folder, ending=_ending):
        write(parcels(), folder / "parcels.shp")
        (folder / f"parcels{ending}").unlink()
        (folder / f"parcels{ending}").symlink_to(plant(folder))
        return city(folder, land="parcels.shp")


def with_layer(folder, name, *schema):
    """Parcels in a GeoPackage whose schema is written by hand (kind, name, text); one of its objects is a layer."""
    with closing(sqlite3.connect(write(parcels(), folder / "parcels.gpkg"))) as db, db:
        sql = "SELECT column_name, geometry_type_name, srs_id, z, m FROM gpkg_geometry_columns"
        column = db.execute(sql).fetchone()
        db.execute("PRAGMA writable_schema = on")
        for kind, what, text in schema:
            db.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, 0, ?)", (kind, what, what, text))
        sql = "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, ?)"
        db.execute(sql, (name, name, column[2]))
        db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, ?, ?, ?, ?, ?)", (name, *column))
    return city(folder, parcels={"layer": name})


#: A view that gives the toy's parcels, but an id from elsewhere.
VIEW = "CREATE VIEW v AS SELECT p.fid, p.geom, {id} AS BSM, p.DLBM, p.DLMC FROM parcels p{more}"
#: What a library that SQLite loads, or GDAL, would read into a table.
VIRTUAL = {
    "a table of text": "CREATE VIRTUAL TABLE w USING VirtualText('{path}', 'UTF-8', 0, COMMA)",
    "the same spelt otherwise": "create/* USING rtree( */virtual\ttable[w]using\nvirtualtext('{path}',utf8,0,COMMA)",
    "an address": "CREATE VIRTUAL TABLE w USING VirtualOGR('{at}/a.geojson')",
    "a file by its drivers": "CREATE VIRTUAL TABLE w USING VirtualOGR('CSV:{path}')",
    "a GeoJSON file": "CREATE VIRTUAL TABLE w USING VirtualGeoJSON('{path}', 4549)",
    "a shapefile": "CREATE VIRTUAL TABLE w USING VirtualShape('{path}', utf8, 4549)",
}

for _what, _text in VIRTUAL.items():
    for _command in ("concentration", "run"):

        @TABLE(
            "F2",
            f"a GeoPackage that reads {_what}, {_command}",
            Refused("filled from elsewhere", file="parcels.gpkg"),
            command=_command,
        )
        def _(folder, text=_text):
            table = ("table", "w", text.format(path=plant(folder), at=pot().address))
            return with_layer(folder, "v", table, ("view", "v", VIEW.format(id="w.COL001 || p.fid", more=", w")))


@TABLE("F2", "a GeoPackage that reads a table of text, whose columns a message would name", Refused("from elsewhere"))
def _(folder):
    path = plant(folder)
    path.write_text(f"{CANARY},x\n1,1\n", encoding="utf-8")
    table = ("table", "w", f"CREATE VIRTUAL TABLE w USING VirtualText('{path}', 'UTF-8', 1, COMMA)")
    return with_layer(folder, "v", table, ("view", "v", "CREATE VIEW v AS SELECT p.fid, p.geom, w.* FROM parcels p, w"))


@TABLE("F2", "the same under a name that misleads", Refused("filled from elsewhere, by VirtualText"))
def _(folder):
    name = "w using rtree(x"
    text = f"CREATE VIRTUAL TABLE \"{name}\" USING VirtualText('{plant(folder)}', 'UTF-8', 0, COMMA)"
    return with_layer(folder, name, ("table", name, text))


@TABLE("F2", "the same by what a write-ahead log adds to the file", Refused("open in another program"))
def _(folder):
    the = city(folder)
    text = f"CREATE VIRTUAL TABLE w USING VirtualText('{plant(folder)}', 'UTF-8', 0, COMMA)"
    with closing(sqlite3.connect(folder / "parcels.gpkg", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = wal")
        db.execute("PRAGMA writable_schema = on")
        db.execute("INSERT INTO sqlite_master VALUES ('table', 'w', 'w', 0, ?)", (text,))
        for ending in ("", "-wal"):  # as they lie on the disk before the log is worked in
            shutil.copy(folder / f"parcels.gpkg{ending}", folder / f"copy.gpkg{ending}")
    for ending in ("", "-wal"):
        (folder / f"copy.gpkg{ending}").replace(folder / f"parcels.gpkg{ending}")
    return the


# F3, F4: GDALG


def gdalg(command):
    return json.dumps(
        {"type": "gdal_streamed_alg", "command_line": command, "relative_paths_relative_to_this_file": False}
    )


for _ending in ("geojson", "json", "topojson", "gpkg", "fgb"):

    @TABLE("F3", f"GDALG that reads an address, called .{_ending}", Refused("GDALG"))
    def _(folder, ending=_ending):
        return disguised(folder, ending, gdalg(f"gdal vector pipeline ! read {pot().address}/a.geojson"))


for _ending, _says in {"geojson": "its type is gdal_streamed_alg", "topojson": "cannot be read"}.items():

    @TABLE("F3", f"GDALG whose kind comes last, called .{_ending}", Refused(_says))
    def _(folder, ending=_ending):
        text = json.dumps({"command_line": f"gdal vector pipeline ! read {pot().address}/a.geojson", "x": "y" * 5000})
        return disguised(folder, ending, text[:-1] + ', "type": "gdal_streamed_alg"}')


@TABLE("F4", "GDALG that writes", Refused("GDALG"))
def _(folder):
    command = f"gdal vector pipeline ! read {plant(folder)} ! write {folder / 'written.gpkg'}"
    return disguised(folder, "geojson", gdalg(command))


# F5: a coordinate system by address


for _what, _crs in (
    ("a link", {"type": "link", "properties": {"href": "{at}/crs", "type": "ogcwkt"}}),
    ("a link of no type", {"type": "link", "properties": {"href": "{at}/crs"}}),
    ("a name that is an address", {"type": "name", "properties": {"name": "{at}/crs"}}),
    ("a name of the library's network path", {"type": "name", "properties": {"name": "/vsicurl/{at}/crs"}}),
):

    @TABLE("F5", f"the coordinate system by {_what}", Refused("a link to somewhere else|system cannot be understood"))
    def _(folder, crs=_crs):
        write(parcels(), folder / "parcels.geojson")
        whole = json.loads((folder / "parcels.geojson").read_text(encoding="utf-8"))
        whole["crs"] = json.loads(json.dumps(crs).replace("{at}", pot().address))
        (folder / "parcels.geojson").write_text(json.dumps(whole), encoding="utf-8")
        return city(folder, land="parcels.geojson")


for _text in ("{at}/crs", "/vsicurl/{at}/crs", "{path}"):

    @TABLE("F5", f"the .prj of a shapefile: {_text}", Refused("states no coordinate system", file="parcels.shp"))
    def _(folder, text=_text):
        write(parcels(), folder / "parcels.shp")
        (folder / "parcels.prj").write_text(text.format(at=pot().address, path=plant(folder)), encoding="utf-8")
        return city(folder, land="parcels.shp")

    @TABLE("F5", f"the system of a GeoPackage: {_text}", Refused("states no coordinate system", file="parcels.gpkg"))
    def _(folder, text=_text):
        stated = text.format(at=pot().address, path=plant(folder))
        with closing(sqlite3.connect(write(parcels(), folder / "parcels.gpkg"))) as db, db:
            db.execute("UPDATE gpkg_spatial_ref_sys SET definition = ?, organization = 'x'", (stated,))
        return city(folder)

    @TABLE("F5", f"the system of a GeoParquet file: {_text}", Refused("cannot be understood", file="parcels.parquet"))
    def _(folder, text=_text):
        whole = pq.read_table(write(parcels(), folder / "parcels.parquet"))
        geo = json.loads(whole.schema.metadata[b"geo"])
        geo["columns"]["geometry"]["crs"] = text.format(at=pot().address, path=plant(folder))
        spoilt = whole.replace_schema_metadata({b"geo": json.dumps(geo).encode()})
        pq.write_table(spoilt, folder / "parcels.parquet")
        return city(folder, land="parcels.parquet")

    @TABLE("F5", f"the system of a TopoJSON file: {_text}", Refused("states no coordinate system"))
    def _(folder, text=_text):
        shape = {"type": "Polygon", "arcs": [[0]], "properties": {"BSM": "p", "DLBM": "0601", "DLMC": "x"}}
        stated = text.format(at=pot().address, path=plant(folder))
        whole = {
            "type": "Topology",
            "crs": {"type": "link", "properties": {"href": stated, "name": stated}},
            "objects": {"parcels": {"type": "GeometryCollection", "geometries": [shape]}},
            "arcs": [[[120.2, 30.2], [120.3, 30.2], [120.3, 30.3], [120.2, 30.2]]],
        }
        return disguised(folder, "topojson", json.dumps(whole))

    @TABLE("F5", f"the system of the study: {_text}", Refused("unknown coordinate system"))
    def _(folder, text=_text):
        return city(folder, study={"crs": text.format(at=pot().address, path=plant(folder))})


@TABLE("F5", "a system whose grid lies at an address", Refused("PROJ knows no way"))
def _(folder):
    grid = f"+proj=tmerc +lon_0=120 +x_0=500000 +ellps=GRS80 +nadgrids={pot().address}/a.gsb +units=m +type=crs"
    return city(folder, frames={"parks.gpkg": parks().to_crs(4490)}, study={"crs": grid})


# F6-F8: rasters


def raster(folder, text, **keys):
    (folder / "height.tif").write_text(text, encoding="utf-8")
    return city(folder, rasters={"building_height": "height.tif", **keys})


RAW_BAND = (
    "<VRTDataset rasterXSize='4' rasterYSize='4'><SRS>EPSG:4549</SRS><VRTRasterBand dataType='Byte' band='1' "
    "subClass='VRTRawRasterBand'><SourceFilename relativetoVRT='0'>{path}</SourceFilename></VRTRasterBand></VRTDataset>"
)
WMS = "<GDAL_WMS><Service name='TMS'><ServerUrl>{at}/${{z}}/${{x}}/${{y}}.png</ServerUrl></Service></GDAL_WMS>"
FUNCTION = (
    "<VRTDataset rasterXSize='1' rasterYSize='1'>"
    "<VRTRasterBand dataType='Byte' band='1' subClass='VRTDerivedRasterBand'>"
    "<PixelFunctionLanguage>Python</PixelFunctionLanguage><PixelFunctionType>f</PixelFunctionType><PixelFunctionCode>"
    "open('{path}','w')</PixelFunctionCode></VRTRasterBand></VRTDataset>"
)


@TABLE(
    "F6", "a raster that reads another file's bytes", Refused("cannot be read", file="height.tif"), command="candidates"
)
def _(folder):
    return raster(folder, RAW_BAND.format(path=plant(folder)))


@TABLE("F6", "the same as the map's background", Refused("cannot be read", file="height.tif"))
def _(folder):
    (folder / "height.tif").write_text(RAW_BAND.format(path=plant(folder)), encoding="utf-8")
    return city(folder, background={"image": "height.tif"})


@TABLE("F7", "a tile service called .tif", Refused("cannot be read", file="height.tif"), command="candidates")
def _(folder):
    return raster(folder, WMS.format(at=pot().address))


@TABLE("F7", "the same as the map's background", Refused("cannot be read", file="height.tif"))
def _(folder):
    (folder / "height.tif").write_text(WMS.format(at=pot().address), encoding="utf-8")
    return city(folder, background={"image": "height.tif"})


def _far_is_known(outcome):
    assert outcome.answer["candidates"]["count"] == 0


@TABLE(
    "F7",
    "overviews beside a raster that lead elsewhere are not looked for",
    Right(share=None, check=_far_is_known),
    command="candidates",
)
def _(folder):
    values = {
        "driver": "GTiff",
        "height": 60,
        "width": 60,
        "count": 1,
        "dtype": "float32",
        "crs": "EPSG:4549",
        "nodata": -9.0,
    }
    with rasterio.open(folder / "height.tif", "w", transform=from_origin(519_900, 3_345_200, 10, 10), **values) as file:
        file.write(np.full((1, 60, 60), 9.0, dtype="float32"))
    (folder / "height.tif.ovr").write_text(WMS.format(at=pot().address), encoding="utf-8")
    (folder / "height.tif.aux.xml").write_text(RAW_BAND.format(path=plant(folder)), encoding="utf-8")
    return city(folder, rasters={"building_height": "height.tif"})


@TABLE("F8", "a raster that holds a program", Refused("cannot be read", file="height.tif"), command="candidates")
def _(folder):
    return raster(folder, FUNCTION.format(path=folder / "ran"))


# F9: paths that are none


PATHS = {
    "an address": ("{at}/parcels.gpkg", "an address"),
    "an address of a workbook": ("{at}/firms.xlsx", "an address"),
    "a file address": ("file:///etc/passwd", "meaning of its own"),
    "an address in capitals": ("HTTP://127.0.0.1:{port}/parcels.gpkg", "an address"),
    "an address that asks for encryption": ("https://127.0.0.1:{port}/parcels.gpkg", "an address"),
    "an address with one slash": ("http:/127.0.0.1:{port}/parcels.gpkg", "an address"),
    "an address below a folder": ("./x/../http://127.0.0.1:{port}/parcels.gpkg", "an address"),
    "an address of another kind": ("ftp://127.0.0.1:{port}/parcels.gpkg", "an address"),
    "a bucket": ("s3://bucket/parcels.parquet", "an address"),
    "a share": ("//127.0.0.1:{port}/parcels.gpkg", "no such file"),
    "the library's network path": ("/vsicurl/{at}/parcels.gpkg", "meaning of its own"),
    "the library's path into an archive on the network": ("/vsizip//vsicurl/{at}/a.zip/a.shp", "meaning of its own"),
    "the library's path to a stream": ("/vsicurl_streaming/{at}/parcels.gpkg", "meaning of its own"),
    "the library's path into a part": ("/vsisubfile/0_10,parcels.gpkg", "meaning of its own"),
    "the library's standard input": ("/vsistdin/", "meaning of its own"),
    "the library's path in capitals": ("/VSICURL/{at}/parcels.gpkg", "meaning of its own"),
    "a driver before the path": ("GPKG:parcels.gpkg", "meaning of its own"),
    "a driver that takes connections": ("PG:host=127.0.0.1 port={port} dbname=x", "meaning of its own"),
    "another that does": ("MySQL:x,host=127.0.0.1,port={port}", "meaning of its own"),
    "a driver of a service": ("WFS:{at}/parcels", "meaning of its own"),
    "a document instead of a path": ("<OGRVRTDataSource/>", "no such file"),
    "an archive and what is in it": ("a.zip!a.shp", "!"),
    "a device": ("/dev/zero", "a device or pipe"),
    "a table of accounts": ("/etc/passwd", "not a vector format"),
    "a folder": (".", "a folder, not a file"),
    "control characters": ("par\tcels.gpkg", "path in single quotes"),
}
for _what, (_path, _says) in PATHS.items():

    @TABLE("F9", f"parcels by {_what}", Refused(_says))
    def _(folder, path=_path):
        return city(folder, parcels={"path": path.format(at=pot().address, port=KNOCKS.port)})

    @TABLE("F9", f"parks by {_what}", Refused(_says))
    def _(folder, path=_path):
        return city(folder, parks={"path": path.format(at=pot().address, port=KNOCKS.port)})


for _section, _keys in {
    "districts": {"columns": {"code": "BSM"}},
    "enterprises": {"columns": {"id": "企业代码", "parcel": "宗地代码"}},
}.items():
    for _path, _says in (
        ("{at}/x.xlsx", "an address"),
        ("/vsicurl/{at}/x.xlsx", "meaning of its own"),
        ("CSV:x.csv", "meaning of its own"),
        ("x.zip!x.xlsx", "a path with !"),
    ):

        @TABLE("F9", f"[{_section}] by {_path}", Refused(_says), command="candidates")
        def _(folder, section=_section, keys=_keys, path=_path):
            return city(folder, **{section: {"path": path.format(at=pot().address), **keys}})


PLAN = {"plan_columns": {"code": "YDDM"}, "plan_classification": "land_sea_2023"}
for _section, _key, _name, _more in (
    ("background", "image", "x.tif", {}),
    ("background", "roads", "x.gpkg", {}),
    ("background", "water", "x.gpkg", {}),
    ("rasters", "building_height", "x.tif", {}),
    ("rasters", "ndvi", "x.tif", {}),
    ("rasters", "night_light", "x.tif", {}),
    ("rasters", "slope", "x.tif", {}),
    ("efficiency", "rules", "x.toml", {}),
    ("context", "standards", "x.csv", {}),
    ("context", "development", "x.gpkg", {}),
    ("context", "plan", "x.gpkg", PLAN),
):
    for _start, _says in (("{at}/", "an address"), ("/vsicurl/{at}/", "meaning of its own"), ("x.zip!", "path with !")):

        @TABLE("F9", f"{_key} of [{_section}] by {_start}", Refused(_says), command="candidates")
        def _(folder, section=_section, key=_key, path=_start + _name, more=_more):
            return city(folder, **{section: {key: path.format(at=pot().address), **more}})


@TABLE("F9", "[[boundaries]] by an address", Refused("an address"))
def _(folder):
    the = city(folder)
    further = f'[[boundaries]]\nboundary = "planned"\npath = "{pot().address}/x.gpkg"\n'
    the.write_text(the.read_text(encoding="utf-8") + further, encoding="utf-8")
    return the


@TABLE("F9", "tiles, which the map may name, are not fetched by the program", Right(), command="map")
def _(folder):
    return city(folder, background={"tiles": f"{pot().address}/{{z}}/{{x}}/{{y}}.png"})


@TABLE("F9", "a first look at an address", Refused("an address"))
def _(folder):
    city(folder)
    return (
        "--parcels",
        f"{pot().address}/p.gpkg",
        "--parks",
        folder / "parks.gpkg",
        "--code-column",
        "DLBM",
        "--classification",
        "third_survey",
    )


# F10-F13: XML and archives


ENTITY = "<!DOCTYPE x [<!ENTITY e SYSTEM 'file://{path}'><!ENTITY h SYSTEM '{at}/e'>]>"
BOMB = "<!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
    f"<!ENTITY {b} '{10 * f'&{a};'}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


for _ending, _says in {"gml": "not a vector format", "kml": "its content is XML"}.items():

    @TABLE("F10", f"an entity in a file called .{_ending}", Refused(_says))
    def _(folder, ending=_ending):
        text = f"<?xml version='1.0'?>{ENTITY.format(path=plant(folder), at=pot().address)}<gml:x>&e;&h;</gml:x>"
        return disguised(folder, ending, text)

    @TABLE("F11", f"entities of entities in a file called .{_ending}", Refused(_says))
    def _(folder, ending=_ending):
        return disguised(folder, ending, f"{BOMB}]><gml:x>&i;</gml:x>")


@TABLE("F10", "an entity in what is called .geojson", Refused("its content is XML"))
def _(folder):
    return disguised(folder, "geojson", f"{ENTITY.format(path=plant(folder), at=pot().address)}<gml:x>&e;</gml:x>")


#: What stands before a part's document: the declaration alone, or behind more than anybody's first look.
BEFORE = {"at its beginning": "", "behind a comment": f"<!--{'x' * 5000}-->"}


def plain(_book, page):
    """Draw the toy's firms."""
    for k, row in enumerate((HEAD, *ROWS)):
        page.write_row(k, 0, row)


def spoilt(folder, part, change):
    """The toy's firms in a workbook one part of which is changed."""
    the = drawn(folder, plain)
    (folder / "firms.xlsx").rename(folder / "plain.xlsx")
    with zipfile.ZipFile(folder / "plain.xlsx") as before, zipfile.ZipFile(folder / "firms.xlsx", "w") as after:
        whole = {name: before.read(name) for name in before.namelist()}
        whole[part], was = change(whole[part]), whole[part]
        assert whole[part] != was
        for name, data in whole.items():
            after.writestr(name, data)
    return the


def with_entity(folder, prologue, cell, part, encoding):
    """The same: the part begins with a prologue, and its first text or figure with an entity."""

    def change(data):
        text = re.sub(r"<\?xml.*?\?>", "", data.decode())
        text = text.replace("<v>", f"<f>1+1</f><v>{cell}", 1).replace("<t>", f"<t>{cell}", 1)
        # a page of letters begins after a declaration that everybody can read
        first = "ascii" if encoding == "cp037" else encoding
        said = f"<?xml version='1.0' encoding='{encoding}'?>".encode(first)
        return said + f"{prologue}{text}".encode(encoding, "xmlcharrefreplace")

    return spoilt(folder, part, change)


PARTS = ("worksheets/sheet1.xml", "workbook.xml", "_rels/workbook.xml.rels", "sharedStrings.xml", "styles.xml")
for _part in PARTS:
    for _where, _before in BEFORE.items():
        for _encoding in ("utf-8", "utf-16"):
            _what = f"in {_part} of a workbook, {_where}, {_encoding}"
            _must = Refused("declares a document type", file="firms.xlsx")

            @TABLE("F10", f"an entity {_what}", _must, command="candidates")
            def _(folder, before=_before, part=f"xl/{_part}", encoding=_encoding):
                entity = ENTITY.format(path=plant(folder), at=pot().address)
                return with_entity(folder, before + entity, "&e;&h;", part, encoding)

            @TABLE("F11", f"entities of entities {_what}", _must, command="candidates")
            def _(folder, before=_before, part=f"xl/{_part}", encoding=_encoding):
                return with_entity(folder, f"{before}{BOMB}]>", "&i;", part, encoding)


for _part in PARTS[:3]:  # the others are read by a program that knows no entities

    @TABLE("F11", f"entities of entities in {_part}, EBCDIC", Refused("not a readable workbook"), command="candidates")
    def _(folder, part=f"xl/{_part}"):
        return with_entity(folder, f"{BOMB}]>", "&i;", part, "cp037")


def retargeted(folder, target):
    """The toy's firms in a workbook that says its sheet is elsewhere."""
    sheet = b"worksheets/sheet1.xml"
    return spoilt(folder, "xl/_rels/workbook.xml.rels", lambda data: data.replace(sheet, target.encode()))


@TABLE("F10", "a workbook whose sheet is another file", Refused("not a readable workbook"), command="candidates")
def _(folder):
    return retargeted(folder, f"../../../../../../../../..{plant(folder)}")


@TABLE("F10", "a workbook whose sheet is an address", Refused("not a readable workbook"), command="candidates")
def _(folder):
    return retargeted(folder, f"{pot().address}/sheet1.xml")


@TABLE("F10", "a workbook whose formula would ask an address", Right(share=None), command="candidates")
def _(folder):
    def draw(book, page):
        plain(book, page)
        page.write_formula(1, 1, f'=WEBSERVICE("{pot().address}/x")', None, ROWS[0][1])

    return drawn(folder, draw)


NESTED = "[" * 100_000 + "]" * 100_000
for _ending, _text in {
    "geojson": f'{{"type": "FeatureCollection", "x": {NESTED}, "features": []}}',
    "json": f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "properties": {{"a": {NESTED}}}}}]}}',
    "topojson": f'{{"type": "Topology", "objects": {{"x": {NESTED}}}, "arcs": []}}',
}.items():

    @TABLE("F11", f"a hundred thousand brackets, called .{_ending}", Refused("nested too deeply"))
    def _(folder, ending=_ending, text=_text):
        return disguised(folder, ending, text)


@TABLE("F11", "a hundred thousand brackets in a GeoParquet file", Refused("not a GeoParquet file"))
def _(folder):
    whole = pq.read_table(write(parcels(), folder / "parcels.parquet"))
    pq.write_table(whole.replace_schema_metadata({b"geo": NESTED.encode()}), folder / "parcels.parquet")
    return city(folder, land="parcels.parquet")


@TABLE("F11", "a table with one huge cell", Refused("field limit", file="firms.csv"), command="candidates")
def _(folder):
    (folder / "firms.csv").write_text(f'{",".join(HEAD)}\n"{"x" * 200_000}",a,b,c,d,e\n', encoding="utf-8")
    return study(folder, "firms.csv")


@TABLE(
    "F11",
    "a workbook that unpacks to gigabytes",
    Refused("unpacks to more than", file="firms.xlsx"),
    command="candidates",
)
def _(folder):
    the = study(folder)
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    some = block.compress(b" " * (1 << 20)) + block.flush(zlib.Z_FULL_FLUSH)  # stands for itself: it may be repeated
    zeros = some * 1200 + block.flush()
    _zip_of(folder / "firms.xlsx", b"xl/worksheets/sheet1.xml", zeros, 1200 << 20)
    return the


def _zip_of(path, name, packed, size):
    """A zip of one entry, given packed."""
    head = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(packed), size, len(name), 0)
    local = b"PK\3\4" + head + name + packed
    central = b"PK\1\2" + struct.pack("<H", 20) + head + struct.pack("<HHHII", 0, 0, 0, 0, 0) + name
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    path.write_bytes(local + central + end)


@TABLE("F12", "a schema by address in GML: no format of ours", Refused("not a vector format"))
def _(folder):
    return disguised(folder, "gml", f"<gml:x xsi:schemaLocation='x {pot().address}/x.xsd'/>")


@TABLE("F10", "an entity in KML, behind a long comment", Refused("content is XML, not what its ending says"))
def _(folder):
    entity = ENTITY.format(path=plant(folder), at=pot().address).replace("DOCTYPE x", "DOCTYPE kml")
    return disguised(folder, "kml", f"<?xml version='1.0'?><!-- <kml {' ' * 5000}-->{entity}<kml>&e;&h;</kml>")


@TABLE("F12", "a link in KML", Refused("links to other files"))
def _(folder):
    return disguised(folder, "kml", f"<kml><NetworkLink><href>{pot().address}/x.kml</href></NetworkLink></kml>")


@TABLE(
    "F13", "an archive that unpacks outside", Refused("an archive, not a layer -> unpack it, and give the layer in it")
)
def _(folder):
    with zipfile.ZipFile(folder / "parcels.zip", "w") as archive:
        archive.writestr("../slipped.txt", "x")
        archive.write(write(parcels(), folder / "p.gpkg"), "p.gpkg")
    return city(folder, land="parcels.zip", frames={"parcels.zip": None})


@TABLE("F13", "an archive called .gpkg", Refused("an archive, not a layer"))
def _(folder):
    with tarfile.open(folder / "parcels.gpkg", "w:gz") as archive:
        info = tarfile.TarInfo("../slipped.txt")
        archive.addfile(info, io.BytesIO(b""))
    return city(folder)


@TABLE("F13", "a workbook that unpacks outside", Right(share=None), command="candidates")
def _(folder):
    the = drawn(folder, plain)
    with zipfile.ZipFile(folder / "firms.xlsx", "a") as archive:
        archive.writestr("../slipped.txt", "x")
    return the


# F14-F16: what a database would run


for _text in (
    "' OR 1=1 --",
    "现状' OR '1'='1",
    "x'; DROP TABLE parcels; --",
    "x' UNION SELECT name FROM sqlite_master --",
):

    @TABLE(
        "F14",
        f"a filter that would end its own quotes: {_text}",
        Refused("no row has .* in column status"),
    )
    def _(folder, text=_text):
        frame = parcels(status=["现状"] * 4)
        return city(folder, frames={"parcels.gpkg": frame}, parcels={"where": {"status": [text]}})


@TABLE("F14", "a filter on a column that would end its own quotes", Refused("no column"))
def _(folder):
    return city(folder, parcels={"where": {"x' OR 1=1 --": ["1"]}})


@TABLE(
    "F14",
    "a filter of parks that would end its own quotes",
    Refused("no row has .* in column park_id", file="parks.gpkg"),
)
def _(folder):
    return city(folder, parks={"where": {"park_id": ["K1' OR '1'='1"]}})


@TABLE("F14", "values that hold quotes are values", Right())
def _(folder):
    frame = parcels(status=["it's", "it's", "it's", "it's"])
    return city(folder, frames={"parcels.gpkg": frame}, parcels={"where": {"status": ["it's"]}})


@TABLE("F15", "a layer that would be a statement", Refused("no layer"))
def _(folder):
    return city(folder, parcels={"layer": "x; DROP TABLE parcels"})


def _still_there(outcome):
    assert len(gpd.read_file(outcome.folder / "parcels.gpkg", layer="parcels")) == 4


for _text in (
    "load_extension('{path}')",
    "readfile('{path}')",
    "writefile('{path}', 'x')",
    "ogr_geocode('x', 'name', 'QUERY_TEMPLATE={at}/%s')",
    "gdal_get_pixel_value('{path}', 1, 'pixel', 0, 0)",
    "gdal_get_pixel_value('/vsicurl/{at}/x.tif', 1, 'pixel', 0, 0)",
):

    @TABLE("F15", f"a view that calls {_text}", Refused("the layer 'v' is a view", file="parcels.gpkg"))
    def _(folder, text=_text):
        call = text.format(path=plant(folder), at=pot().address)
        return with_layer(folder, "v", ("view", "v", VIEW.format(id=call, more="")))


@TABLE("F15", "a trigger that deletes", Right(check=_still_there))
def _(folder):
    the = city(folder)
    with closing(sqlite3.connect(folder / "parcels.gpkg")) as db, db:
        db.execute("CREATE TRIGGER t AFTER UPDATE ON gpkg_contents BEGIN DELETE FROM parcels; END")
    return the


@TABLE("F16", "a layer that climbs out", Refused("no layer"))
def _(folder):
    return city(folder, parcels={"layer": "../escape"})


def _whole(outcome):
    assert len(list(outcome.out.glob("*/*"))) > 5


@TABLE("F16", "names that climb out, in every output", Right(check=_whole), command="run")
def _(folder):
    frames = {
        "parcels.gpkg": parcels(BSM=[f"../../p{k}" for k in range(4)]),
        "parks.gpkg": parks(park_id=["../../../escape"] * 2),
    }
    return (city(folder, frames=frames, study={"name": "../../../escape SYNTHETIC"}), "--also", "shp-utf8")


# F17: pickles


class Runs:
    """A pickle that runs a command when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


def pickled(folder, name):
    """Write a pickle that makes a file when it is read."""
    (folder / name).write_bytes(pickle.dumps(Runs(folder / "ran")))
    return folder / name


for _ending, _says in {
    "xlsx": "not a readable workbook",
    "csv": "zero bytes",
    "txt": "zero bytes",
    "parquet": "not a table format",
    "pkl": "not a table format",
}.items():

    @TABLE("F17", f"a pickle called firms.{_ending}", Refused(_says, file=f"firms.{_ending}"), command="candidates")
    def _(folder, ending=_ending):
        return study(folder, pickled(folder, f"firms.{ending}").name)


for _ending in ("parquet", "gpkg", "geojson", "pkl"):

    @TABLE("F17", f"a pickle called parcels.{_ending}", Refused("its content is not a layer|not a vector format"))
    def _(folder, ending=_ending):
        return city(folder, land=pickled(folder, f"parcels.{ending}").name, frames={f"parcels.{ending}": None})


@TABLE("F17", "a pickle called rules.toml", Refused("not a rule pack", file="rules.toml"), command="candidates")
def _(folder):
    return city(folder, efficiency={"rules": pickled(folder, "rules.toml").name})


@TABLE("F17", "a pickle called height.tif", Refused("cannot be read", file="height.tif"), command="candidates")
def _(folder):
    return city(folder, rasters={"building_height": pickled(folder, "height.tif").name})


@TABLE("F17", "a pickle called study.toml", Refused("not a TOML file", file="study.toml"))
def _(folder):
    return pickled(folder, "study.toml")


# F18-F21: what outputs hold


HOSTILE = (FORMULA, "+1+1", "-1+1", "@SUM(A1)", "{=1+1}", "=cmd|' /C calc'!A0", "=D1")
MARKUP = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "${alert(1)}`+alert(1)+`",
    r"C:\Users\new\u厂",
)


def named(folder, names):
    """The four hectares of table D; their city, district, park, firms and plots bear hostile names."""
    around = parks([square(8).buffer(3000)]).drop(columns=["park_id", "block"])
    write(around.assign(code=["330114"], name=[names[0]]), folder / "districts.gpkg")
    ids = [f"{names[k]} {k}" for k in range(4)]
    firms = [(code, names[k], ids[k + 1], *rest) for k, (code, _name, _plot, *rest) in enumerate(ROWS)]

    def draw(_book, page):
        for r, row in enumerate((HEAD, *firms)):
            for c, value in enumerate(row):
                (page.write_string if isinstance(value, str) else page.write_number)(r, c, value)

    land = parcels([square(5 * k) for k in range(4)], BSM=ids, DLBM=["0601"] * 4, DLMC=["工业用地"] * 4)
    return drawn(
        folder,
        draw,
        frame=land,
        sites=parks([square(0)], park_id=[names[1]], name=[names[2]]),
        parks={"columns": {"id": "park_id", "name": "name", "block": "block"}},
        districts={"path": "districts.gpkg", "columns": {"code": "code", "name": "name"}},
        study={"name": f"{names[0]} SYNTHETIC"},
    )


#: All that a formula of ours may hold: cells of our own sheets, figures, six functions, and one word of ours.
OURS = re.compile(
    r"""=(?:'[\w ]+'!|\$?[A-Z]{1,2}\$?\d+|(?:SUM|SUMIFS|ROUND|IF|MAX|MIN)\(|">=?0"|"more"|\d+(?:\.\d+)?|[-+*/,:()=])+"""
)


def _only_our_formulas(names):
    def check(outcome):
        book = openpyxl.load_workbook(next(outcome.out.glob("tables/*.xlsx")))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
        formulas = [getattr(cell.value, "text", cell.value) for cell in cells if cell.data_type == "f"]
        assert formulas
        assert not (strange := [f for f in formulas if not OURS.fullmatch(f) or f in names]), strange
        said = {cell.value for cell in cells if cell.data_type == "s"}
        wanted = {*names[:3], f"{names[0]} SYNTHETIC", f"{names[3]} 3"}
        assert wanted <= said, wanted - said
        assert not [cell.hyperlink.target for cell in cells if cell.hyperlink and cell.hyperlink.target]

    return check


for _k in (0, 4):
    _names = HOSTILE[_k:] + HOSTILE[:_k]

    @TABLE(
        "F18",
        f"names that are formulas, in the workbook, {_names[0]} first",
        Right(share=0.25, check=_only_our_formulas(_names)),
        command="run",
        deliver=("workbook",),
    )
    def _(folder, names=_names):
        return named(folder, names)


#: The map's lists as CSV, by the page's own function; tests/report/test_map.py has a browser write them.
LISTS = """
globalThis.landuse = {word: (w) => w, mu: (x) => x, districtName: (x) => x};
(0, eval)(require('fs').readFileSync(0, 'utf8'));
const names = JSON.parse(process.argv[1]), all = names.map((_, k) => k), lists = names.map((n) => [n]);
const table = (known) => new Proxy(known, {get: (t, key) => t[key] || names.map(() => null)});
const named = {id: names, name: names, level: names, district: names, firms: names, position: names, evidence: names};
const plots = table({...named, years: lists, reasons: lists}), others = table(named);
const data = {judged: true, words: {}, plots, parks: others, districts: others};
for (const key of ['plots', 'parks', 'districts']) process.stdout.write(landuse.csv(key, all, data));
"""


def _cells(text):
    """The cells of a table of text; none may be taken for a formula."""
    rows = list(csv.reader(io.StringIO(text.replace("\ufeff", ""), newline="")))
    cells = [cell for row in rows for cell in row]
    assert len(rows) > 1
    assert not (bad := [c for c in cells if re.match(r"[=+@\t\r]|-(?![\d.]+$)", c)]), bad
    return cells


def _no_formula_in_csv(outcome):
    tables = list(outcome.out.rglob("*.csv"))
    assert tables
    for path in tables:
        _cells(path.read_text(encoding="utf-8-sig"))
    if node := shutil.which("node"):
        page = files("landuse.report.map").joinpath("assets", "csv.js").read_text(encoding="utf-8")
        names = (*HOSTILE, "\t=1+1", "\r=1+1")
        words = [node, "-e", LISTS, json.dumps(names)]
        done = subprocess.run(words, input=page.encode(), capture_output=True, check=True)
        assert {f"'{name}" for name in names if name[0] != "{"} <= set(_cells(done.stdout.decode()))


@TABLE(
    "F19",
    "names that are formulas, in tables of text",
    Right(share=0.25, check=_no_formula_in_csv),
    command="run",
    deliver=("layers",),
)
def _(folder):
    return (named(folder, HOSTILE), "--also", "shp-utf8")


#: Fields that a report may compute; none reads a file or starts a program.
FIELDS = (b"PAGE", b"NUMPAGES", b"TOC", b"SEQ", b"REF", b"STYLEREF")


def _plain_text(outcome):
    report = next(outcome.out.glob("reports/*.docx"))
    cells = {cell.text for table in Document(report).tables for row in table.rows for cell in row.cells}
    assert MARKUP[2] in cells
    with zipfile.ZipFile(report) as archive:
        whole = {name: archive.read(name) for name in archive.namelist()}
    assert not [name for name, data in whole.items() if b"<script" in data or b"<img" in data]
    assert not [name for name, data in whole.items() if b'TargetMode="External"' in data]
    fields = re.findall(rb"<w:instrText[^>]*>\s*(\w*)", b"".join(whole.values()))
    assert set(fields) <= set(FIELDS), fields


@TABLE(
    "F20",
    "names that are markup, in the report",
    Right(share=0.25, check=_plain_text),
    command="run",
    deliver=("report",),
)
def _(folder):
    return named(folder, MARKUP)


def _nothing_but_data(outcome):
    """Hostile names stand in blocks of data only; tests/report/test_map.py opens such a map, and its cards."""
    page = next(outcome.out.glob("maps/*.html")).read_text(encoding="utf-8")
    assert loads(page) == []
    assert 'http-equiv="Content-Security-Policy"' in page
    data = r'<script type="application/json"[^>]*>(.*?)</script>'
    blocks = "".join(re.findall(data, page, re.DOTALL))
    assert blocks.count("alert(1)") >= len(MARKUP)
    assert "<" not in blocks
    rest = re.sub(data, "", page, flags=re.DOTALL)
    assert not re.search(r"<script>alert|<img src=x|`\+alert", rest)
    assert not [x for x in re.findall(r"<[^>]*", rest) if "alert(1)" in x]


@TABLE(
    "F21",
    "names that are markup, in the map",
    Right(share=0.25, check=_nothing_but_data),
    command="run",
    deliver=("map",),
)
def _(folder):
    return named(folder, MARKUP)
