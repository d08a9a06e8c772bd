"""What may be opened: local files that are what their names say.

The library that reads vector files looks at their content, not at their names: a text called parcels.gpkg may tell it
to fetch an address or to read another file. So nothing reaches it before its path and its first bytes have passed.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from typing import TYPE_CHECKING

from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.io.parts import folder_problems, part_problems, parts_of
from landuse.io.source import FORMATS
from landuse.spelling import did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.io.source import Place

GIB = 1 << 30
#: A larger file is no layer of a city.
MAX_BYTES = 64 * GIB
#: Text is held in memory while it is read.
MAX_TEXT_BYTES = 2 * GIB
#: Bytes that tell what a file is.
HEAD = 4096
#: Endings of archives, and of the compressed files that pass for layers.
ARCHIVES = (".zip", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")
#: Endings of drawings, whose outlines are lines; and of what stands beside a .shp.
DRAWINGS = (".dxf", ".dwg", ".dgn")
BESIDE_SHAPES = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx")
JSON_ENDINGS = tuple(ending for ending, driver in FORMATS.items() if driver in ("GeoJSON", "TopoJSON"))
TEXT_ENDINGS = (*JSON_ENDINGS, ".kml", ".kmz", ".txt")

#: First bytes of what is often found under a layer's name, and what it is then called in a message.
SIGNATURES = (
    (b"SQLite format 3\0", "SQLite"),
    (b"PAR1", "Parquet"),
    (b"fgb\x03fgb", "FlatGeobuf"),
    (b"\x00\x00\x27\x0a", "Shapefile"),
    (b"PK", "ZIP"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7-Zip"),
    (b"Rar!", "RAR"),
    (b"BZh", "BZIP2"),
    (b"\xfd7zXZ", "XZ"),
    (b"%PDF", "PDF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"\xd0\xcf\x11\xe0", "Microsoft Office"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"AC10", "DWG"),
)
#: The same for texts, by how they begin once blanks and what may stand before a document are removed.
TEXTS = (
    ("<OGRVRT", "GDAL VRT"),
    ("<VRTDataset", "GDAL VRT"),
    ("<GDAL_W", "GDAL WMS"),
    ("<(!doctype)?html", "HTML"),
    (r"<(\w+:)?kml", "KML"),
    ("<(gml|wfs|ogr):", "GML"),
    ("<", "XML"),
    (r'\{.*"type":"gdal_streamed_alg"', "GDALG"),
    (r"[{\[]", "JSON"),
)
#: What may stand before a document.
PROLOGUE = re.compile(r"(<\?.*?\?>|<!--.*?-->)+")
#: What a file of each ending must be.
KINDS = {
    ".gpkg": "SQLite",
    ".shp": "Shapefile",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".kml": "KML",
    ".kmz": "ZIP",
    **dict.fromkeys(JSON_ENDINGS, "JSON"),
}


def path_problems(path: Path, shown: str) -> list[Problem]:
    r"""Return why a path may not be opened; nothing of it is read.

    Parameters
    ----------
    path : Path
        As the file system knows it.
    shown : str
        As the study writes it.

    Returns
    -------
    list of Problem
        Empty for a regular local file of at most `MAX_BYTES` bytes, or a folder that holds a FileGDB or Parquet files.
        Links are followed: what they lead to must be such a file.

    Examples
    --------
    >>> from pathlib import Path
    >>> from landuse.i18n import language
    >>> with language("en"):
    ...     for text in ("http://example.org/a.gpkg", "/vsizip/a.zip/a.shp", "GPKG:a.gpkg"):
    ...         print(path_problems(Path(text), text)[0].what)
    an address, not a file
    a path with a meaning of its own to the reader: /vsizip/…
    a path with a meaning of its own to the reader: GPKG:…
    """
    strange = _strange(str(path), shown)
    if strange is not None:
        return [Problem(*strange, "".join(ascii(c)[1:-1] if _odd(c) else c for c in shown))]
    try:
        status = os.stat(path)  # noqa: PTH116, a Path may answer for a link
    except OSError:
        fix = did_you_mean(path.name, _neighbours(path)) or _("check the path; it starts at the study file")
        return [Problem(_("no such file"), fix, shown)]
    return _file_problems(path, status, shown)


def _file_problems(path: Path, status: os.stat_result, shown: str) -> list[Problem]:
    """Return why something that exists is not what is read: regular files, and folders that are one layer."""
    if stat.S_ISDIR(status.st_mode):
        if path.suffix.lower() != ".gdb":
            return folder_problems(path, shown)
        if not any(x.suffix.lower() == ".gdbtable" and x.is_file() for x in path.iterdir()):
            return [Problem(_("the folder holds no FileGDB"), _("copy the whole .gdb folder again"), shown)]
        return []
    if not stat.S_ISREG(status.st_mode):
        return [Problem(_("a device or pipe, not a file"), _("give a regular file"), shown)]
    return [_too_large(status.st_size, MAX_BYTES, shown)] if status.st_size > MAX_BYTES else []


def _strange(path: str, shown: str) -> tuple[str, str] | None:
    """Return what is wrong with the text of a path, and the fix."""
    rename = _("rename the file or folder, and give its path")
    for text in (shown, path):
        if _odd(text):
            return _("the path holds characters that cannot be shown"), rename
        meaning = re.match(r"/vsi\w*/?|[A-Za-z]\w+(?: \w+)*:(?!/{1,2}[^/\\])", text, re.IGNORECASE)
        if meaning:
            return _("a path with a meaning of its own to the reader: {start}…", start=meaning[0]), rename
        if re.search(r"(^|[/\\])[A-Za-z][\w+.-]+:/{1,2}[^/\\]", text):  # a command line may have it below a folder
            return _("an address, not a file"), _("download the file, and give its path")
        if "!" in text:
            return _("a path with ! means something else to the reader"), rename
        if "\\" in text and os.name != "nt":
            return _("a path with \\, which is a folder's mark on Windows only"), _("write it with /")
    return None


def _odd(text: str) -> bool:
    return any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in text)


def _neighbours(path: Path) -> list[str]:
    return [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []


def _too_large(size: int, limit: int, shown: str) -> Problem:
    what = _("{size:.1f} GiB; at most {limit} GiB are read", size=size / GIB, limit=limit // GIB)
    return Problem(what, _("give the layer of one city, without what lies around it"), shown)


def pass_gate(place: Place) -> None:
    """Refuse a layer whose path or first bytes are not those of a local file of its format.

    Raises
    ------
    InputError
        Naming what the file really is, and how it becomes one that is read.
    """
    ending, shown = place.ending, place.shown
    refuse_if(path_problems(place.path, shown))
    if ending not in FORMATS:
        refuse_if([_other_format(ending).located(shown)])
    if place.encoding and ending != ".shp":
        what = _("encoding is for shapefiles; this format states its own")
        refuse_if([Problem(what, _("remove encoding"), shown)])
    if ending == ".gdb":
        if not place.path.is_dir():
            refuse_if([Problem(_("a FileGDB is a folder"), _("copy the whole .gdb folder again"), shown)])
        return
    if ending == ".parquet" and not place.path.is_dir():
        refuse_if(part_problems(place.path, shown))
    if ending in TEXT_ENDINGS and (size := place.path.stat().st_size) > MAX_TEXT_BYTES:
        refuse_if([_too_large(size, MAX_TEXT_BYTES, shown)])
    for part in parts_of(place.path):
        with part.open("rb") as file:
            kind = what_is(file.read(HEAD))
        if kind != KINDS.get(ending, kind):
            refuse_if([_other_content(kind).located(shown, "" if part == place.path else part.name)])


def _other_format(ending: str) -> Problem:
    """Say how a layer of a format that is not read becomes one that is."""
    if ending in ARCHIVES:
        return _other_content("ZIP")
    if ending in DRAWINGS:
        way = _("open it in QGIS, make polygons of its closed lines (Processing, Lines to polygons)")
    else:
        way = ""
    what = _("not a vector format this program reads")
    if ending in BESIDE_SHAPES:
        return Problem(what, _("it stands beside a shapefile: give the .shp"))
    return Problem(what, _("give one of {kinds}; {export}", kinds=", ".join(FORMATS), export=as_geopackage(way)))


def _other_content(kind: str) -> Problem:
    """Say what a file is that its ending does not say, and how it becomes a layer."""
    if kind in ("ZIP", "GZIP", "7-Zip", "RAR", "BZIP2", "XZ"):
        fix = _(
            "unpack it, and give the layer in it: one of {kinds}; if it is of another format, {export}",
            kinds=", ".join(FORMATS),
            export=as_geopackage(),
        )
        return Problem(_("an archive, not a layer"), fix)
    what = _("its content is {kind}, not what its ending says", kind=kind) if kind else _("its content is not a layer")
    return Problem(what, _("export the layer again"))


def as_geopackage(way: str = "") -> str:
    """Say how a layer of any format becomes one that is read; `way` leads up to the layer."""
    way = way or _("open it in QGIS")
    return _("{way}, and export the layer: right click, Export, Save Features As, format GeoPackage", way=way)


def what_is(head: bytes) -> str:
    r"""Return what a file is by its first bytes, "" for what is unknown.

    Examples
    --------
    >>> what_is(b"SQLite format 3\0"), what_is(b" <OGRVRTDataSource>"), what_is(b"<html>"), what_is(b"")
    ('SQLite', 'GDAL VRT', 'HTML', '')
    """
    for signature, name in SIGNATURES:
        if head.startswith(signature):
            return name
    encoding = "utf-16" if head[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = "".join(head.decode(encoding, "ignore").split())
    before = PROLOGUE.match(text)
    text = text[before.end() :] if before else text
    return next((name for pattern, name in TEXTS if re.match(pattern, text, re.IGNORECASE)), "")
