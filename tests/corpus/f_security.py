"""Table F: inputs that ask for what is not theirs. No connection is made, no byte of another file shows up."""

import io
import json
import pickle
import struct
import tarfile
import zipfile
import zlib

import geopandas as gpd
import numpy as np
import openpyxl
import rasterio
from corpus import Refused, Right, Table, city, parcels, parks, write
from d_city import HEAD, ROWS, study
from docx import Document
from honeypot import plant, pot
from rasterio.transform import from_origin

TABLE = Table(guarded=True)

VECTORS = ("gpkg", "shp", "geojson", "json", "topojson", "fgb", "parquet")
#: Endings that are not a vector format of ours, though the library would read a VRT by them.
OTHERS = ("vrt", "kml", "gml", "dbf", "csv", "xlsx")
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

    @TABLE("F1", f"a VRT that leads to an address, called .{_ending}", Refused("GDAL VRT|not a vector format|part|dbf"))
    def _(folder, ending=_ending):
        return disguised(folder, ending, vrt(f"{pot().address}/a.geojson"))

    @TABLE(
        "F2", f"a VRT that leads to another file, called .{_ending}", Refused("GDAL VRT|not a vector format|part|dbf")
    )
    def _(folder, ending=_ending):
        return disguised(folder, ending, vrt(f"CSV:{plant(folder)}", "planted"))


@TABLE("F1", "a VRT of parks", Refused("GDAL VRT", file="parks.gpkg"))
def _(folder):
    (folder / "parks.gpkg").write_text(vrt(f"{pot().address}/a.geojson"), encoding="utf-8")
    return city(folder)


@TABLE("F1", "a VRT behind a byte order mark, blanks and a comment", Refused("GDAL VRT"))
def _(folder):
    return disguised(folder, "geojson", "\ufeff \n<?xml version='1.0'?><!-- x -->" + vrt(f"{pot().address}/a"))


@TABLE("F1", "a VRT in UTF-16", Refused("GDAL VRT|XML"))
def _(folder):
    (folder / "parcels.gpkg").write_bytes(vrt(f"{pot().address}/a").encode("utf-16"))
    return city(folder)


@TABLE("F2", "a link to another file, called .geojson", Refused("its content is|no layer", file="parcels.geojson"))
def _(folder):
    (folder / "parcels.geojson").symlink_to(plant(folder))
    return city(folder, land="parcels.geojson")


# F3, F4: GDALG


def gdalg(command):
    return json.dumps(
        {"type": "gdal_streamed_alg", "command_line": command, "relative_paths_relative_to_this_file": False}
    )


for _ending in ("geojson", "json", "gpkg"):

    @TABLE("F3", f"GDALG that reads an address, called .{_ending}", Refused("GDALG"))
    def _(folder, ending=_ending):
        return disguised(folder, ending, gdalg(f"gdal vector pipeline ! read {pot().address}/a.geojson"))


@TABLE("F3", "GDALG whose kind comes last", Refused("GDALG|not of|type"))
def _(folder):
    text = json.dumps({"command_line": f"gdal vector pipeline ! read {pot().address}/a.geojson", "x": "y" * 5000})
    return disguised(folder, "geojson", text[:-1] + ', "type": "gdal_streamed_alg"}')


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

    @TABLE("F5", f"the coordinate system by {_what}", Refused("coordinate system|link"))
    def _(folder, crs=_crs):
        write(parcels(), folder / "parcels.geojson")
        whole = json.loads((folder / "parcels.geojson").read_text(encoding="utf-8"))
        whole["crs"] = json.loads(json.dumps(crs).replace("{at}", pot().address))
        (folder / "parcels.geojson").write_text(json.dumps(whole), encoding="utf-8")
        return city(folder, land="parcels.geojson")


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


def _nothing_ran(outcome):
    assert not (outcome.folder / "ran").exists()


@TABLE("F8", "a raster that holds a program", Refused("cannot be read", file="height.tif"), command="candidates")
def _(folder):
    return raster(folder, FUNCTION.format(path=folder / "ran"))


# F9: paths that are none


PATHS = {
    "an address": ("{at}/parcels.gpkg", "an address"),
    "an address of a workbook": ("{at}/firms.xlsx", "an address"),
    "a file address": ("file:///etc/passwd", "an address|meaning of its own|not a vector format"),
    "the library's network path": ("/vsicurl/{at}/parcels.gpkg", "meaning of its own"),
    "the library's path into an archive on the network": ("/vsizip//vsicurl/{at}/a.zip/a.shp", "meaning of its own"),
    "the library's path in capitals": ("/VSICURL/{at}/parcels.gpkg", "meaning of its own"),
    "a driver before the path": ("GPKG:parcels.gpkg", "meaning of its own"),
    "a driver that takes connections": ("PG:host=127.0.0.1 dbname=x", "meaning of its own"),
    "an archive and what is in it": ("a.zip!a.shp", "!"),
    "a device": ("/dev/zero", "not a|no vector"),
    "a table of accounts": ("/etc/passwd", "not a vector format|not"),
    "a folder": (".", "a folder|no vector"),
    "control characters": ("par\tcels.gpkg", "cannot be shown"),
}
for _what, (_path, _says) in PATHS.items():

    @TABLE("F9", f"parcels by {_what}", Refused(_says))
    def _(folder, path=_path):
        return city(folder, parcels={"path": path.format(at=pot().address)})

    @TABLE("F9", f"parks by {_what}", Refused(_says))
    def _(folder, path=_path):
        return city(folder, parks={"path": path.format(at=pot().address)})


for _section, _keys in {
    "districts": {"columns": {"code": "BSM"}},
    "enterprises": {"columns": {"id": "企业代码", "parcel": "宗地代码"}},
}.items():

    @TABLE("F9", f"[{_section}] by an address", Refused("an address"), command="candidates")
    def _(folder, section=_section, keys=_keys):
        return city(folder, **{section: {"path": f"{pot().address}/x.xlsx", **keys}})


for _section, _keys in {
    "background": {"image": "{at}/x.tif"},
    "rasters": {"ndvi": "/vsicurl/{at}/x.tif"},
    "efficiency": {"rules": "{at}/x.toml"},
    "context": {"standards": "{at}/x.csv"},
}.items():

    @TABLE("F9", f"[{_section}] by an address", Refused("an address|meaning of its own"), command="candidates")
    def _(folder, section=_section, keys=_keys):
        return city(folder, **{section: {k: v.format(at=pot().address) for k, v in keys.items()}})


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


@TABLE("F10", "an entity in GML: no format of ours", Refused("not a vector format"))
def _(folder):
    text = f"<?xml version='1.0'?>{ENTITY.format(path=plant(folder), at=pot().address)}<gml:x>&e;&h;</gml:x>"
    return disguised(folder, "gml", text)


def workbook_with(folder, prologue, cell):
    """The toy's firms, whose sheet begins with a prologue and names a firm by an entity."""
    the = study(folder)
    book = openpyxl.Workbook()
    for row in (HEAD, *ROWS):
        book.active.append(list(row))
    book.save(folder / "plain.xlsx")
    with zipfile.ZipFile(folder / "plain.xlsx") as plain, zipfile.ZipFile(folder / "firms.xlsx", "w") as spoilt:
        for name in plain.namelist():
            data = plain.read(name)
            if name.endswith("sheet1.xml"):
                head, tail = data.split(b"<worksheet", 1)
                data = head + prologue.encode() + b"<worksheet" + tail.replace(b"<v>", f"<v>{cell}".encode(), 1)
            spoilt.writestr(name, data)
    return the


@TABLE("F10", "an entity in a workbook", Refused("declares a document type", file="firms.xlsx"), command="candidates")
def _(folder):
    return workbook_with(folder, ENTITY.format(path=plant(folder), at=pot().address), "&e;&h;")


@TABLE(
    "F11",
    "entities of entities in a workbook",
    Refused("declares a document type", file="firms.xlsx"),
    command="candidates",
)
def _(folder):
    return workbook_with(folder, BOMB + "]>", "&i;")


@TABLE(
    "F11",
    "a workbook that unpacks to gigabytes",
    Refused("unpack|not a readable", file="firms.xlsx"),
    command="candidates",
)
def _(folder):
    the = study(folder)
    block = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = b"".join(block.compress(b" " * (1 << 20)) for _ in range(1200)) + block.flush()
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


@TABLE("F12", "a link in KML: no format of ours", Refused("not a vector format"))
def _(folder):
    return disguised(folder, "kml", f"<kml><NetworkLink><href>{pot().address}/x.kml</href></NetworkLink></kml>")


def _kept_inside(outcome):
    assert not (outcome.folder.parent / "slipped.txt").exists()


@TABLE("F13", "an archive that unpacks outside", Refused("an archive, not a layer -> unpack it first"))
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
        Refused("no industrial land: none of 4 rows"),
    )
    def _(folder, text=_text):
        frame = parcels(status=["现状"] * 4)
        return city(folder, frames={"parcels.gpkg": frame}, parcels={"where": {"status": [text]}})


@TABLE("F14", "a filter on a column that would end its own quotes", Refused("no column"))
def _(folder):
    return city(folder, parcels={"where": {"x' OR 1=1 --": ["1"]}})


@TABLE("F14", "values that hold quotes are values", Right())
def _(folder):
    frame = parcels(status=["it's", "it's", "it's", "it's"])
    return city(folder, frames={"parcels.gpkg": frame}, parcels={"where": {"status": ["it's"]}})


@TABLE("F15", "a layer that would be a statement", Refused("no layer"))
def _(folder):
    return city(folder, parcels={"layer": "x; DROP TABLE parcels"})


def _still_there(outcome):
    assert len(gpd.read_file(outcome.folder / "parcels.gpkg")) == 4


@TABLE("F15", "a view over a table, called as a layer", Right(check=_still_there))
def _(folder):
    return city(folder)


@TABLE("F16", "a layer that climbs out", Refused("no layer"))
def _(folder):
    return city(folder, parcels={"layer": "../escape"})


# F17: pickles


class Runs:
    """A pickle that runs a command when it is read."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


for _ending in ("xlsx", "csv", "txt"):

    @TABLE("F17", f"a pickle called firms.{_ending}", Refused("", file=f"firms.{_ending}"), command="candidates")
    def _(folder, ending=_ending):
        the = study(folder)
        (folder / f"firms.{ending}").write_bytes(pickle.dumps(Runs(folder / "out" / "ran")))
        text = the.read_text(encoding="utf-8")
        the.write_text(text.replace("firms.xlsx", f"firms.{ending}"), encoding="utf-8")
        return the


for _ending in ("parquet", "gpkg", "geojson", "pkl"):

    @TABLE("F17", f"a pickle called parcels.{_ending}", Refused("no layer|not a vector format"))
    def _(folder, ending=_ending):
        (folder / f"parcels.{ending}").write_bytes(pickle.dumps(Runs(folder / "out" / "ran")))
        return city(folder, land=f"parcels.{ending}", frames={f"parcels.{ending}": None})


# F18-F20: what outputs hold


HOSTILE = (FORMULA, "+1+1", "-1+1", "@SUM(A1)", "{=1+1}", "=cmd|' /C calc'!A0")


def hostile(folder):
    """Parcels and parks named to be taken for formulas."""
    frame = parks(park_id=[FORMULA, HOSTILE[5]], name=[HOSTILE[1], HOSTILE[4]])
    land = parcels(BSM=list(HOSTILE[:4]))
    return city(
        folder,
        frames={"parcels.gpkg": land, "parks.gpkg": frame},
        parks={"columns": {"id": "park_id", "name": "name", "block": "block"}},
    )


def _only_our_formulas(outcome):
    book = openpyxl.load_workbook(next(outcome.out.glob("tables/*.xlsx")))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    texts = {cell.value for cell in cells if cell.data_type == "s"}
    assert {FORMULA, HOSTILE[5]} <= texts
    ours = (
        "=SUM(",
        "=SUMIFS(",
        '=HYPERLINK("#',
        "=IF(",
        "=(",
        "=0",
        "=[",
        "='",
        "=ROUND(",
        "=D",
        "=E",
        "=F",
        "=G",
        "=H",
        "=J",
    )
    formulas = {cell.value for cell in cells if cell.data_type == "f"}
    assert not [f for f in formulas if not f.startswith(ours)]
    assert not [f for f in formulas if "127.0.0.1" in f or "cmd" in f]
    assert all(cell.hyperlink is None or not (cell.hyperlink.target or "").startswith("http") for cell in cells)


@TABLE("F18", "names that are formulas, in the workbook", Right(share=0.75, check=_only_our_formulas), command="run")
def _(folder):
    return hostile(folder)


def _no_csv(outcome):
    assert not [p for p in outcome.out.rglob("*.csv") if p.read_text("utf-8-sig").startswith(("=", "+", "-", "@"))]
    for path in outcome.out.rglob("*.csv"):
        for line in path.read_text(encoding="utf-8-sig").splitlines():
            assert not [cell for cell in line.split(",") if cell.strip('"').startswith(("=", "+", "@"))]


@TABLE("F19", "names that are formulas, in tables of text", Right(share=0.75, check=_no_csv), command="run")
def _(folder):
    return (hostile(folder), "--also", "shp-utf8")


def _plain_text(outcome):
    document = Document(next(outcome.out.glob("reports/*.docx")))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert "<script>alert(1)</script>" in cells
    with zipfile.ZipFile(next(outcome.out.glob("reports/*.docx"))) as archive:
        assert not any(b"<script>" in archive.read(name) for name in archive.namelist())


@TABLE("F20", "a script for a park's name, in the report", Right(share=0.75, check=_plain_text), command="run")
def _(folder):
    frame = parks(name=["<script>alert(1)</script>"] * 2)
    return city(
        folder,
        frames={"parks.gpkg": frame},
        parks={"columns": {"id": "park_id", "name": "name", "block": "block"}},
    )
