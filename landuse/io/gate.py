"""What may be opened: local files that are what their names say.

The library that reads vector files looks at their content, not at their names: a text called parcels.gpkg may tell it
to fetch an address or to read another file. So nothing reaches it before its path and its first bytes have passed.
"""

from __future__ import annotations

import difflib
import os
import re
import stat
import unicodedata
from typing import TYPE_CHECKING

from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.io.source import FORMATS

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.io.source import Place

GIB = 1 << 30
#: A larger file is no layer of a city.
MAX_BYTES = 64 * GIB
#: JSON is held in memory as text while it is read.
MAX_JSON_BYTES = 2 * GIB
#: Bytes that tell what a file is.
HEAD = 4096
#: Endings of archives, and of the compressed files that pass for layers.
ARCHIVES = (".zip", ".kmz", ".gz", ".tgz", ".tar", ".7z", ".rar", ".bz2", ".xz")
JSON_ENDINGS = (".geojson", ".json", ".topojson")

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
    ("<kml", "KML"),
    ("<(gml|wfs|ogr):", "GML"),
    ("<", "XML"),
    (r'\{.*"type":"gdal_streamed_alg"', "GDALG"),
    (r"[{\[]", "JSON"),
)
#: What may stand before a document.
PROLOGUE = re.compile(r"(<\?.*?\?>|<!--.*?-->)+")
#: What a file of each ending must be.
KINDS = {".gpkg": "SQLite", ".shp": "Shapefile", ".fgb": "FlatGeobuf", ".parquet": "Parquet"} | dict.fromkeys(
    JSON_ENDINGS, "JSON"
)


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
        Empty for a regular local file of at most `MAX_BYTES` bytes, or a folder that holds a FileGDB. Links are
        followed: what they lead to must be such a file.

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
        near = difflib.get_close_matches(path.name, _neighbours(path), n=1)
        fix = _("did you mean {name}?", name=near[0]) if near else _("check the path; it starts at the study file")
        return [Problem(_("no such file"), fix, shown)]
    return _file_problems(path, status, shown)


def _file_problems(path: Path, status: os.stat_result, shown: str) -> list[Problem]:
    """Return why something that exists is not what is read: regular files, and folders that hold a FileGDB."""
    if stat.S_ISDIR(status.st_mode):
        if path.suffix.lower() != ".gdb":
            return [Problem(_("a folder, not a file"), _("name the file itself"), shown)]
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
        Naming what the file really is.
    """
    ending, shown = place.ending, place.shown
    problems = path_problems(place.path, shown)
    archive = ending in ARCHIVES
    if archive:
        problems = problems or [Problem(_("an archive, not a layer"), _("unpack it first"), shown)]
    if ending not in FORMATS and not archive:
        what = _("not a vector format this program reads")
        problems = problems or [Problem(what, _("give one of {kinds}", kinds=", ".join(FORMATS)), shown)]
    refuse_if(problems)
    if place.encoding and ending != ".shp":
        what = _("encoding is for shapefiles; this format states its own")
        refuse_if([Problem(what, _("remove encoding"), shown)])
    if ending == ".gdb":
        if not place.path.is_dir():
            refuse_if([Problem(_("a FileGDB is a folder"), _("copy the whole .gdb folder again"), shown)])
        return
    size = place.path.stat().st_size
    if ending in JSON_ENDINGS and size > MAX_JSON_BYTES:
        refuse_if([_too_large(size, MAX_JSON_BYTES, shown)])
    with place.path.open("rb") as file:
        kind = what_is(file.read(HEAD))
    if kind == KINDS[ending]:
        return
    if kind in ("ZIP", "GZIP", "7-Zip", "RAR", "BZIP2", "XZ"):
        refuse_if([Problem(_("an archive, not a layer"), _("unpack it first"), shown)])
    what = _("its content is {kind}, not what its ending says", kind=kind) if kind else _("its content is no layer")
    refuse_if([Problem(what, _("export the layer again"), shown)])


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
