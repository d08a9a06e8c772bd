"""Reading vector layers: one way in for every format, and only the rows that are wanted.

Every format becomes an Arrow table first; filters look at each distinct value once; geometry is decoded for the
survivors only.
"""

from __future__ import annotations

import difflib
import json
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import shapely
from pyproj import CRS

from landuse.crs import datum_problems, label, parse
from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.raw import Raw

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

#: File endings read, and the driver that may read each.
FORMATS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".gdb": "OpenFileGDB",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".topojson": "TopoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
}

#: Language driver ids of a DBF that say nothing: none, and "ANSI", which Chinese programs write over GBK texts.
SILENT_LANGUAGE_IDS = (0x00, 0x57)

#: Decides on one raw value whether its rows are wanted.
Wanted = Callable[[object], bool]


@dataclass(frozen=True)
class Place:
    """Where a layer is, and what the study says about it.

    Attributes
    ----------
    path : Path
        Of the file; a FileGDB is a folder.
    shown : str
        The path as the study writes it, for messages and the manifest.
    layer : str, optional
        Required where the file has several.
    encoding : str, optional
        Of its texts; default: detected.
    crs : str, optional
        Only for a file that states none.
    """

    path: Path
    shown: str
    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None


def read_layer(place: Place, columns: Sequence[str] = (), wanted: Mapping[str, Wanted] | None = None) -> Raw:
    """Read the rows of a layer whose columns hold wanted values.

    Parameters
    ----------
    place : Place
        The file.
    columns : sequence of str
        Foreign columns to keep.
    wanted : mapping, optional
        Foreign column to a decision on its raw values; a row stays when all its values are wanted.

    Returns
    -------
    Raw
        A GeoDataFrame in the layer's own system, indexed by row number from 1.

    Raises
    ------
    InputError
        With every problem: no such file, layer, column or coordinate system.
    """
    wanted = wanted or {}
    refuse_if(_path_problems(place))
    layer = None if place.path.suffix.lower() == ".parquet" else _layer_of(place)
    shown_layer = layer if layer and layer != place.path.stem else ""
    fields, own_crs = _describe(place, layer)
    needed = list(dict.fromkeys([*columns, *wanted]))
    crs, problems = _system(place, own_crs)
    problems += [_missing_column(c, fields) for c in needed if c not in fields]
    refuse_if([p.located(place.shown, shown_layer) for p in problems])
    attributes, geometry, notes = _arrow(place, layer, needed)
    keep = np.ones(attributes.num_rows, dtype=bool)
    for column, decide in wanted.items():
        keep &= _rows(attributes.column(column), decide)
    rows = np.flatnonzero(keep)
    shapes = _decode(geometry(keep), rows, place, shown_layer)
    with _reading(place):
        kept = _exact(attributes.filter(pa.array(keep))).to_pandas()
    frame = gpd.GeoDataFrame(kept.set_index(rows + 1), geometry=shapes, crs=crs)
    return Raw(frame, place.shown, shown_layer, len(keep), notes)


def _path_problems(place: Place) -> list[Problem]:
    kinds = ", ".join(FORMATS)
    if place.path.suffix.lower() not in FORMATS:
        return [
            Problem(
                _("not a vector format this program reads"),
                _("give one of {kinds}", kinds=kinds),
                place.shown,
            )
        ]
    if "!" in str(place.path):
        return [
            Problem(_("a path with ! means something else to the reader"), _("rename the file or folder"), place.shown)
        ]
    if place.encoding and place.path.suffix.lower() != ".shp":
        return [Problem(_("encoding is for shapefiles; this format states its own"), _("remove encoding"), place.shown)]
    if not place.path.exists():
        near = difflib.get_close_matches(place.path.name, _neighbours(place.path), n=1)
        fix = _("did you mean {name}?", name=near[0]) if near else _("check the path; it starts at the study file")
        return [Problem(_("no such file"), fix, place.shown)]
    if place.path.is_dir() != (place.path.suffix.lower() == ".gdb"):
        return [Problem(_("a folder is no layer, and a FileGDB is a folder"), _("name the file itself"), place.shown)]
    return []


def _neighbours(path: Path) -> list[str]:
    return [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []


def _layer_of(place: Place) -> str:
    """Return the layer to read: the one named, or the only one with geometry."""
    with _reading(place):
        listed = pyogrio.list_layers(place.path)
    layers = [name for name, kind in listed if kind is not None]
    if place.layer is not None:
        if place.layer in layers:
            return place.layer
        fix = _("name one of {layers}", layers=", ".join(layers))
        raise InputError(Problem(_("no layer {layer!r}", layer=place.layer), fix, place.shown))
    if len(layers) == 1:
        return str(layers[0])
    if not layers:
        raise InputError(Problem(_("the file holds no layer with geometry"), _("export the layer again"), place.shown))
    fix = _('add layer = "…", one of {layers}', layers=", ".join(layers))
    raise InputError(Problem(_("the file holds {n} layers", n=len(layers)), fix, place.shown))


def _describe(place: Place, layer: str | None) -> tuple[list[str], CRS | None]:
    if layer is None:
        meta, schema = _geoparquet(place)
        stated = meta["columns"][meta["primary_column"]].get("crs", "OGC:CRS84")
        return [
            n for n in schema.names if n != meta["primary_column"]
        ], None if stated is None else CRS.from_user_input(stated)
    with _reading(place):
        info = pyogrio.read_info(place.path, layer=layer, encoding=_encoding(place)[0])
    return list(info["fields"]), CRS.from_user_input(info["crs"]) if info["crs"] else None


@contextmanager
def _reading(place: Place) -> Iterator[list[str]]:
    """Turn what GDAL says about a damaged file into one line, and collect what it only warns of."""
    known = (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.FieldError,
        pa.ArrowException,
        OSError,
        LookupError,
        ValueError,
    )
    said: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield said
        except InputError:
            raise
        except known as error:
            what = _("cannot be read: {error}", error=_one_line(error))
            raise InputError(Problem(what, _("export the layer again"), place.shown)) from None
    said += dict.fromkeys(f"{place.shown}: {_one_line(w.message)}" for w in caught)


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


def _geoparquet(place: Place) -> tuple[dict[str, Any], Any]:
    try:
        schema = pq.read_schema(place.path)
        meta = json.loads(schema.metadata[b"geo"])
        encoding = meta["columns"][meta["primary_column"]]["encoding"]
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError):
        fix = _("write it as GeoParquet (QGIS and geopandas do)")
        raise InputError(Problem(_("not a GeoParquet file"), fix, place.shown)) from None
    if encoding != "WKB":
        what = _("its geometry is encoded as {encoding}", encoding=encoding)
        raise InputError(Problem(what, _("write it with geometry encoded as WKB"), place.shown))
    return meta, schema


def _system(place: Place, own: CRS | None) -> tuple[CRS | None, list[Problem]]:
    """Return the layer's system: its own, or the stated one where it has none."""
    if place.crs is None:
        if own is None:
            fix = _('state it in the study: crs = "EPSG:4549" (or restore the .prj)')
            return None, [Problem(_("the file states no coordinate system"), fix)]
        return own, []
    stated = parse(place.crs)
    if (
        own is None
        or stated == own
        or (stated.is_bound and stated.source_crs is not None and bool(datum_problems(own)))
    ):
        return stated, []
    what = _("the study says {stated}, the file says {own}", stated=label(stated), own=label(own))
    return own, [
        Problem(what, _("remove crs from the study, or mend the file; a stated system never overrides the file's"))
    ]


def _missing_column(column: str, fields: Sequence[str]) -> Problem:
    near = difflib.get_close_matches(column, fields, n=1, cutoff=0.6)
    hint = _("did you mean {name!r}? ", name=near[0]) if near else ""
    return Problem(
        _("no column {column!r}", column=column),
        hint + _("the layer has {fields}", fields=", ".join(map(str, fields))),
    )


def _encoding(place: Place) -> tuple[str | None, str]:
    """Return the encoding of a shapefile's texts and, where it was inferred, how; other formats say it themselves."""
    dbf = _sibling(place.path, ".dbf")
    if place.path.suffix.lower() != ".shp" or place.encoding or dbf is None:
        return place.encoding, ""
    if _sibling(place.path, ".cpg") is not None:
        return None, ""
    raw = dbf.read_bytes()
    if raw[29] not in SILENT_LANGUAGE_IDS:
        return None, ""
    for encoding in ("utf-8", "gb18030"):
        try:
            raw[32:].decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding, _("{file}: no .cpg; its texts decode as {encoding}", file=place.shown, encoding=encoding)
    fix = _("state encoding in the study")
    raise InputError(Problem(_("its texts are neither UTF-8 nor GB18030"), fix, place.shown))


def _sibling(path: Path, suffix: str) -> Path | None:
    return next((p for p in (path.with_suffix(suffix), path.with_suffix(suffix.upper())) if p.exists()), None)


def _arrow(
    place: Place, layer: str | None, columns: list[str]
) -> tuple[pa.Table, Callable[[NDArray[np.bool_]], pa.ChunkedArray], tuple[str, ...]]:
    """Return the attributes of every row, a way to get the geometry of some, and what was assumed."""
    if layer is None:
        name = _geoparquet(place)[0]["primary_column"]
        with _reading(place), pq.ParquetFile(place.path) as file:
            return file.read(columns), lambda keep: _parquet_geometry(place, name, keep), ()
    encoding, note = _encoding(place)
    with _reading(place) as said:
        meta, table = pyogrio.read_arrow(place.path, layer=layer, columns=columns, encoding=encoding)
    shapes = table.column(meta["geometry_name"] or "wkb_geometry")
    return table.select(columns), lambda keep: shapes.filter(pa.array(keep)), tuple(x for x in (note, *said) if x)


def _parquet_geometry(place: Place, name: str, keep: NDArray[np.bool_]) -> pa.ChunkedArray:
    """Read the geometry of some rows, one row group at a time, so that the rest is never held."""
    chunks, start = [], 0
    with _reading(place), pq.ParquetFile(place.path) as file:
        for batch in file.iter_batches(columns=[name], batch_size=65_536):
            some = keep[start : start + batch.num_rows]
            start += batch.num_rows
            chunks.append(batch.column(0).filter(pa.array(some)))
    return pa.chunked_array(chunks, type=file.schema_arrow.field(name).type)


def _exact(table: pa.Table) -> pa.Table:
    """Make whole numbers with blanks among them text: as floats they would lose digits."""
    for k, column in enumerate(table.columns):
        if pa.types.is_integer(column.type) and column.null_count:
            table = table.set_column(k, table.column_names[k], column.cast(pa.string()))
    return table


def _rows(column: pa.ChunkedArray, decide: Wanted) -> NDArray[np.bool_]:
    """Return which rows hold a wanted value; each distinct value is asked once."""
    coded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    answers = np.array([decide(v) for v in coded.dictionary.to_pylist()], dtype=bool)
    return answers[coded.indices.to_numpy(zero_copy_only=False)] if len(answers) else np.zeros(len(column), dtype=bool)


def _decode(column: pa.ChunkedArray, rows: NDArray[np.int64], place: Place, layer: str) -> NDArray[np.object_]:
    raw = column.to_numpy()
    shapes = shapely.from_wkb(raw, on_invalid="ignore")
    lost = shapely.is_missing(shapes) & np.array([x is not None for x in raw], dtype=bool)
    if lost.any():
        bad = tuple(str(r) for r in rows[lost] + 1)
        raise InputError(
            Problem(_("geometry that cannot be decoded"), _("mend these rows in a GIS"), place.shown, layer, bad)
        )
    return np.asarray(shapes, dtype=object)
