"""Layers read by GDAL, through pyogrio: with no driver that follows references, and its damages said in one line.

Importing this module takes the drivers named in `FOLLOWERS` away from pyogrio's GDAL for the whole process. The gate
(`landuse.io.gate`) keeps what they would read from ever reaching them; this is the second lock.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.gate import GIB
from landuse.io.source import FORMATS, Content, Shapes, Source
from landuse.io.vector.geopackage import check_layer, layers_of, log_of, unreadable_blobs
from landuse.io.vector.shapes import CHORD_DEG, decode, is_curved, with_chords

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools
    from landuse.io.source import Place

#: Drivers that open what a file refers to, on the network or elsewhere on the disk.
FOLLOWERS = (
    *("OGR_VRT", "GDALG", "HTTP", "WFS", "OAPIF", "OGCAPI", "CSW", "EEDA", "Elasticsearch", "Carto", "AmigoCloud"),
    *("PLSCENES", "NGW", "ADBC"),
)
#: For the length of a read: any address would be asked for at a port where nobody listens.
OFFLINE = {"GDAL_HTTP_PROXY": "http://127.0.0.1:9", "GDAL_HTTPS_PROXY": "http://127.0.0.1:9"}
#: A layer of more rows, or of more bytes in memory, is no layer of a city, nor of a province.
MAX_ROWS, MAX_LAYER_BYTES = 50_000_000, 16 * GIB


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
    layers = _layers(place)
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


def _layers(place: Place) -> list[str]:
    """Return the layers with geometry; those of a GeoPackage without asking the library, which runs its views."""
    if place.ending == ".gpkg":
        return layers_of(place.path)
    with reading(place.shown):
        return [str(name) for name, kind in pyogrio.list_layers(place.path) if kind is not None]


def _at(place: Place) -> tuple[Path | str, dict[str, str]]:
    """Return where the library finds a file and how it opens it: a GeoPackage as it lies on the disk.

    Otherwise it would work a log in, and take an empty one away that the program which has the file open counts on. It
    does so where it sees one, whatever it is asked; as part of a file, from its first byte to its last, the database
    has no log.
    """
    if place.ending != ".gpkg":
        return place.path, {}
    return f"/vsisubfile/0_0,{place.path}" if log_of(place.path).exists() else place.path, {"IMMUTABLE": "YES"}


def describe(place: Place, layer: str, encoding: str | None = None) -> Info:
    """Return what a layer says of itself."""
    with reading(place.shown):
        path, how = _at(place)
        info = pyogrio.read_info(path, layer=layer, encoding=encoding, **how)
        if info["driver"] != FORMATS[place.ending]:
            raise InputError(Problem(_("its content is {kind}, not what its ending says", kind=info["driver"]), ""))
        crs = CRS.from_user_input(info["crs"]) if info["crs"] else None
        return Info(tuple(map(str, info["fields"])), crs, int(info["features"]))


def read(
    place: Place, layer: str, columns: Sequence[str], encoding: str | None = None
) -> tuple[pa.Table, pa.ChunkedArray, list[str]]:
    """Return the attributes of every row, the geometry as the file holds it, and what was warned of.

    Raises
    ------
    InputError
        When the layer cannot be read, or costs more than `MAX_ROWS` or `MAX_LAYER_BYTES`.
    """
    path, how = _at(place)
    asked = {"layer": layer, "columns": list(columns), "encoding": encoding, **how}
    rows = size = 0
    batches = []
    with reading(place.shown) as said, pyogrio.open_arrow(path, use_pyarrow=True, **asked) as (meta, reader):
        for batch in reader:
            rows, size = rows + batch.num_rows, size + batch.nbytes
            if rows > MAX_ROWS or size > MAX_LAYER_BYTES:
                what = _(
                    "the layer has more than {rows:,} rows or {size} GiB", rows=MAX_ROWS, size=MAX_LAYER_BYTES // GIB
                )
                fix = _("give the layer of one city, without what lies around it")
                raise InputError(Problem(what, fix))
            batches.append(batch)
        table = pa.Table.from_batches(batches, reader.schema)
    return table.select(list(columns)), table.column(meta["geometry_name"] or "wkb_geometry"), said


def open_with_gdal(place: Place) -> Source:
    """Open a layer of a GeoPackage, FileGDB, FlatGeobuf or TopoJSON file.

    Raises
    ------
    InputError
        When it cannot be opened, or its layer has to be named.
    """
    layer = layer_of(place)
    if place.ending == ".gpkg":
        check_layer(place.path, layer)
    info = describe(place, layer)

    def content(columns: Sequence[str]) -> Content:
        attributes, shapes, said = read(place, layer, columns)
        # a GeoPackage's row count is metadata and may be stale
        if place.ending != ".gpkg" and 0 <= info.rows != attributes.num_rows:
            what = _("{n} rows, of which {m} can be read", n=info.rows, m=attributes.num_rows)
            raise InputError(Problem(what, _("export the layer again")))
        numbers = np.arange(1, attributes.num_rows + 1)
        return Content(attributes, lambda keep: _shapes(place, layer, shapes, keep), numbers, tuple(said))

    return Source(info.fields, info.crs, content, layer if layer != place.path.stem else "")


def _shapes(place: Place, layer: str, column: pa.ChunkedArray, keep: Bools) -> Shapes:
    """Decode the shapes of some rows; those with curves are asked for again, as chords."""
    raw = column.filter(pa.array(keep))
    found = decode(raw)
    curved = [k for k in found.unreadable if is_curved(raw[k].as_py())]
    lost = np.array([g is None for g in found.geometry]) if place.ending == ".gpkg" else np.zeros(0, dtype=bool)
    if not curved and not lost.any():
        return found
    with reading(place.shown):
        path, how = _at(place)
        meta, table = pyogrio.read_arrow(path, layer=layer, columns=[], read_geometry=False, return_fids=True, **how)
        fids = table.column(meta["fid_column"] or "fid").to_numpy()[keep]
    unreadable = dict(found.unreadable)
    for k in unreadable_blobs(place.path, layer, fids[lost]) if lost.any() else ():
        unreadable.setdefault(int(np.flatnonzero(fids == k)[0]), _("its geometry cannot be decoded"))
    found = Shapes(found.geometry, unreadable, found.notes)
    if not curved:
        return found
    chords = [_as_chords(place, layer, fids[curved], step) for step in (2 * CHORD_DEG, CHORD_DEG)]
    return with_chords(found, curved, place.shown, *chords)


def _as_chords(place: Place, layer: str, fids: Any, step_deg: float) -> NDArray[np.object_]:
    path, how = _at(place)
    asked = {"layer": layer, "columns": [], "fids": fids, "return_fids": True, **how}
    with reading(place.shown), options(OGR_ARC_STEPSIZE=f"{step_deg}"):
        _meta, found, geometry, _fields = pyogrio.raw.read(path, **asked)
        by_fid = dict(zip(found.tolist(), geometry, strict=True))
        return np.asarray(shapely.from_wkb([by_fid[f] for f in fids.tolist()], on_invalid="ignore"), dtype=object)
