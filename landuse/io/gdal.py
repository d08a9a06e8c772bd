"""Layers read by GDAL, through pyogrio: with no driver that follows references, and its damages said in one line.

Importing this module takes the drivers named in `FOLLOWERS` away from pyogrio's GDAL for the whole process. The gate
(`landuse.io.gate`) keeps what they would read from ever reaching them; this is the second lock.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import tempfile
import warnings
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.io.gate import path_problems
from landuse.io.shapes import CHORD_DEG, decode, is_curved, with_chords
from landuse.io.source import FORMATS, Content, Shapes, Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from landuse.io.source import Place

#: Drivers that open what a file refers to, on the network or elsewhere on the disk.
FOLLOWERS = (
    *("OGR_VRT", "GDALG", "HTTP", "WFS", "OAPIF", "OGCAPI", "CSW", "EEDA", "Elasticsearch", "Carto", "AmigoCloud"),
    *("PLSCENES", "NGW", "ADBC"),
)
#: For the length of a read: any address would be asked for at a port where nobody listens.
OFFLINE = {"GDAL_HTTP_PROXY": "http://127.0.0.1:9", "GDAL_HTTPS_PROXY": "http://127.0.0.1:9"}

#: Modules that fill a virtual table of a GeoPackage from the file itself; others read whatever file they are told to.
INWARD = ("rtree", "rtree_i32", "fts3", "fts4", "fts5")
_BLANK = r"(?:[\s\ufeff]|/\*.*?\*/|--[^\n]*\n)+"
VIRTUAL = re.compile(rf"create{_BLANK}virtual\b", re.IGNORECASE | re.DOTALL)
#: How the database itself writes it down; what is written otherwise was not written by it.
PLAIN_VIRTUAL = re.compile(
    r"""create virtual table ("(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^]]*]|\w+)\s+using\s+"?(\w+)""", re.IGNORECASE
)


def _disarm() -> None:
    there = [name for name in FOLLOWERS if name in pyogrio.list_drivers()]
    already = pyogrio.get_gdal_config_option("OGR_SKIP")
    pyogrio.set_gdal_config_options({"OGR_SKIP": ",".join((*([already] if already else []), *there))})
    # registering anew is where the library looks at this option; what is registered and to be skipped goes
    pyogrio.core._register_drivers()  # noqa: SLF001


_disarm()


@contextmanager
def options(**values: str) -> Iterator[None]:
    """Set configuration options of pyogrio's GDAL, and put the earlier ones back."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in values}
    pyogrio.set_gdal_config_options(values)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


@contextmanager
def reading(shown: str) -> Iterator[list[str]]:
    """Turn what a library says about a damaged file into one line, and collect what it only warns of."""
    known = (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.FieldError,
        pyogrio.errors.GeometryError,
        pyogrio.errors.CRSError,
        CRSError,
        pa.ArrowException,
        OSError,
        LookupError,
        ValueError,
    )
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught, options(**OFFLINE):
        warnings.simplefilter("always")
        try:
            yield said
        except InputError:
            raise
        except known as error:
            what = _("cannot be read: {error}", error=_one_line(error))
            raise InputError(Problem(what, _("export the layer again"), shown)) from None
    said += dict.fromkeys(f"{shown}: {_one_line(w.message)}" for w in caught)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


@dataclass(frozen=True)
class Info:
    """What a layer says of itself: fields, coordinate system, number of rows (-1 where it does not say)."""

    fields: tuple[str, ...]
    crs: CRS | None
    rows: int


def layer_of(place: Place) -> str:
    """Return the layer to read: the one named, or the only one with geometry.

    Raises
    ------
    InputError
        When it has to be named, or is not there.
    """
    with reading(place.shown):
        listed = pyogrio.list_layers(place.path)
    layers = [name for name, kind in listed if kind is not None]
    if place.layer is not None:
        if place.layer in layers:
            return place.layer
        fix = _("name one of {layers}", layers=", ".join(layers))
        raise InputError(Problem(_("no layer {layer!r}", layer=place.layer), fix))
    if len(layers) == 1:
        return str(layers[0])
    if not layers and place.ending == ".fgb":  # it holds one by its format
        raise InputError(Problem(_("the {part} is damaged", part=place.ending), _("copy the file again")))
    if not layers:
        raise InputError(Problem(_("the file holds no layer with geometry"), _("export the layer again")))
    fix = _('add layer = "…", one of {layers}', layers=", ".join(layers))
    raise InputError(Problem(_("the file holds {n} layers", n=len(layers)), fix))


def describe(place: Place, layer: str, encoding: str | None = None) -> Info:
    """Return what a layer says of itself."""
    with reading(place.shown):
        info = pyogrio.read_info(place.path, layer=layer, encoding=encoding)
        if info["driver"] != FORMATS[place.ending]:
            raise InputError(Problem(_("its content is {kind}, not what its ending says", kind=info["driver"]), ""))
        crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
        return Info(tuple(map(str, info["fields"])), crs, int(info["features"]))


def read(
    place: Place, layer: str, columns: Sequence[str], encoding: str | None = None
) -> tuple[pa.Table, pa.ChunkedArray, list[str]]:
    """Return the attributes of every row, the geometry as the file holds it, and what was warned of."""
    with reading(place.shown) as said:
        meta, table = pyogrio.read_arrow(place.path, layer=layer, columns=list(columns), encoding=encoding)
    return table.select(list(columns)), table.column(meta["geometry_name"] or "wkb_geometry"), said


def open_with_gdal(place: Place) -> Source:
    """Open a layer of a GeoPackage, FileGDB, FlatGeobuf or TopoJSON file.

    Raises
    ------
    InputError
        When it cannot be opened, or its layer has to be named.
    """
    if place.ending == ".gpkg":
        _check_pages(place.path)
        _check_tables(place.path)
    layer = layer_of(place)
    info = describe(place, layer)

    def content(columns: Sequence[str]) -> Content:
        attributes, shapes, said = read(place, layer, columns)
        if place.ending != ".gpkg" and 0 <= info.rows != attributes.num_rows:  # a GeoPackage counts by hearsay
            what = _("{n} rows, of which {m} can be read", n=info.rows, m=attributes.num_rows)
            raise InputError(Problem(what, _("export the layer again")))
        numbers = np.arange(1, attributes.num_rows + 1)
        return Content(attributes, lambda keep: _shapes(place, layer, shapes, keep), numbers, tuple(said))

    return Source(info.fields, info.crs, content, layer if layer != place.path.stem else "")


def _shapes(place: Place, layer: str, column: pa.ChunkedArray, keep: NDArray[np.bool_]) -> Shapes:
    """Decode the shapes of some rows; those with curves are asked for again, as chords."""
    raw = column.filter(pa.array(keep))
    found = decode(raw)
    curved = [k for k in found.unreadable if is_curved(raw[k].as_py())]
    lost = np.array([g is None for g in found.geometry]) if place.ending == ".gpkg" else np.zeros(0, dtype=bool)
    if not curved and not lost.any():
        return found
    with reading(place.shown):
        meta, table = pyogrio.read_arrow(place.path, layer=layer, columns=[], read_geometry=False, return_fids=True)
        fids = table.column(meta["fid_column"] or "fid").to_numpy()[keep]
    unreadable = dict(found.unreadable)
    for k in _unreadable_blobs(place.path, layer, fids[lost]) if lost.any() else ():
        unreadable.setdefault(int(np.flatnonzero(fids == k)[0]), _("its geometry cannot be decoded"))
    found = Shapes(found.geometry, unreadable, found.notes)
    if not curved:
        return found
    chords = [_as_chords(place, layer, fids[curved], step) for step in (2 * CHORD_DEG, CHORD_DEG)]
    return with_chords(found, curved, place.shown, *chords)


def _as_chords(place: Place, layer: str, fids: Any, step_deg: float) -> NDArray[np.object_]:
    with reading(place.shown), options(OGR_ARC_STEPSIZE=f"{step_deg}"):
        _meta, found, geometry, _fields = pyogrio.raw.read(
            place.path, layer=layer, columns=[], fids=fids, return_fids=True
        )
        by_fid = dict(zip(found.tolist(), geometry, strict=True))
        return np.asarray(shapely.from_wkb([by_fid[f] for f in fids.tolist()], on_invalid="ignore"), dtype=object)


def _check_pages(path: Path) -> None:
    """Refuse a GeoPackage that was cut off: its head says how many pages it has."""
    with path.open("rb") as file:
        head = file.read(100)
    size = int.from_bytes(head[16:18], "big")
    pages, change, valid = (int.from_bytes(head[a : a + 4], "big") for a in (28, 24, 92))
    whole = (65_536 if size == 1 else size) * pages
    if len(head) < 100 or (change == valid and path.stat().st_size < whole):
        what = _("the file is cut off: it says it has {n} bytes, and has {m}", n=whole, m=path.stat().st_size)
        raise InputError(Problem(what, _("copy the file again")))


def _check_tables(path: Path) -> None:
    """Refuse a GeoPackage with tables that a module of the library would fill from another file."""
    try:
        schema = _schema(path)
    except sqlite3.Error as error:
        what = _("cannot be read: {error}", error=_one_line(error))
        raise InputError(Problem(what, _("export the layer again"))) from None
    for table, text in schema:
        if not VIRTUAL.match(text):
            continue
        plain = PLAIN_VIRTUAL.match(text)
        if plain is None or plain[2].lower() not in INWARD:
            module = plain[2] if plain else "?"
            what = _("the table {table!r} is filled from elsewhere, by {module}", table=table, module=module)
            raise InputError(Problem(what, _("export the layer again")))


def _schema(path: Path) -> list[tuple[str, str]]:
    """Return the name and text of everything a database defines, once what its journals hold is worked in.

    Nothing is written beside it: a database with journals is looked at as a copy.
    """
    beside = [file for end in ("-wal", "-journal") if (file := path.with_name(path.name + end)).exists()]
    refuse_if([p for file in beside for p in path_problems(file, file.name)])
    with tempfile.TemporaryDirectory() as folder:
        for file in (path, *beside) if beside else ():
            shutil.copyfile(file, Path(folder) / file.name)
        uri = (Path(folder) / path.name if beside else path).absolute().as_uri()
        with closing(sqlite3.connect(uri if beside else f"{uri}?immutable=1", uri=True)) as db:
            db.text_factory = lambda raw: raw.decode("utf-8", "replace")
            return db.execute(
                "select cast(name as text), cast(sql as text) from sqlite_master where sql > ''"
            ).fetchall()


def _unreadable_blobs(path: Path, layer: str, fids: Any) -> list[int]:
    """Return which rows of a GeoPackage that read as without geometry do hold something in its place."""
    uri = f"{path.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True)) as db:
        try:
            sql = "select column_name from gpkg_geometry_columns where lower(table_name) = lower(?)"
            (column,) = db.execute(sql, (layer,)).fetchone()
            key = next(
                (n for _c, n, _t, _n, _d, pk in db.execute(f"pragma table_info({_quoted(layer)})") if pk), "rowid"
            )
            sql = f"select {_quoted(key)} from {_quoted(layer)} where {_quoted(column)} is not null"  # noqa: S608, quoted
            return sorted({int(k) for (k,) in db.execute(sql)} & {int(k) for k in fids})
        except (sqlite3.Error, TypeError):
            return []


def _quoted(name: str) -> str:
    """Return a name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'
