"""GeoParquet, in one file or in parts: the columns asked for, and the geometry of the rows that stay, bit by bit."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.parts import parts_of, values_of
from landuse.io.source import Content, Source
from landuse.io.vector.gdal import reading
from landuse.io.vector.shapes import decode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from landuse.geo.arrays import Bools
    from landuse.io.source import Place

#: What a file without a coordinate system means by the standard: longitude and latitude on WGS 84.
DEFAULT = "OGC:CRS84"
#: Last bytes of every whole file.
END = b"PAR1"
#: Rows decoded at a time.
BATCH = 65_536
#: Texts that name a system; a file may hold nothing that PROJ would look for elsewhere.
NAMED = re.compile(r"[A-Za-z]{3,6}:[\w.]+|[A-Z]{3,}\w*\[.*", re.DOTALL)


@dataclass(frozen=True)
class _Part:
    """A file of the layer: what it says of its columns and geometry, and what its folders say of its rows."""

    path: Path
    shown: str
    schema: pa.Schema
    geometry: str
    meta: dict[str, Any]
    values: Mapping[str, str | None]


def open_geoparquet(place: Place) -> Source:
    """Open a GeoParquet file, or a folder of them that are one layer, their rows numbered through.

    Raises
    ------
    InputError
        When it is none or cut off, its geometry is not well-known binary, its coordinate system is not understood, or
        its parts differ in columns or system.
    """
    parts = [_part(path, place) for path in parts_of(place.path)]
    first = parts[0]
    _refuse_unlike(parts)
    if first.meta["encoding"] != "WKB":
        what = _("its geometry is encoded as {encoding}", encoding=first.meta["encoding"])
        raise InputError(Problem(what, _("write it with geometry encoded as WKB")))
    further = [key for key in first.values if key not in first.schema.names]

    def content(columns: Sequence[str]) -> Content:
        with reading(place.shown):
            tables = [_attributes(part, columns) for part in parts]
            attributes = pa.concat_tables(tables, promote_options="default")
        rows = sum(table.num_rows for table in tables)
        if not columns:  # joined, tables without columns have no rows
            attributes = pa.table({"": pa.nulls(rows)}).select([])
        numbers = np.arange(1, rows + 1)
        return Content(attributes, lambda keep: decode(_kept(place, parts, keep)), numbers)

    fields = (*(n for n in first.schema.names if n != first.geometry), *further)
    by_default = "" if "crs" in first.meta else "GeoParquet"
    return Source(fields, _system(first.meta), content, by_default=by_default)


def _part(path: Path, place: Place) -> _Part:
    shown = "" if path == place.path else path.relative_to(place.path).as_posix()
    with path.open("rb") as file:
        file.seek(-len(END), os.SEEK_END)
        if file.read() != END:
            raise InputError(
                Problem(_("the {part} is damaged", part=place.ending), _("copy the file again"), layer=shown)
            )
    try:
        schema = pq.read_schema(path)
        meta = json.loads(schema.metadata[b"geo"])
        name = meta["primary_column"]
        column = meta["columns"][name]
        column["encoding"], schema.field(name)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, RecursionError):
        fix = _("write it as GeoParquet (QGIS and geopandas do)")
        raise InputError(Problem(_("not a GeoParquet file"), fix, layer=shown)) from None
    return _Part(path, shown, schema, name, column, values_of(path, place.path) if shown else {})


def _refuse_unlike(parts: Sequence[_Part]) -> None:
    """Refuse parts that are not of one layer."""
    first = parts[0]
    for part in parts[1:]:
        same = part.geometry == first.geometry and all(
            part.meta.get(key) == first.meta.get(key) for key in ("encoding", "crs", "edges")
        )
        try:
            pa.unify_schemas([first.schema, part.schema])
        except pa.ArrowException:
            same = False
        if not same or {*part.schema.names} != {*first.schema.names} or part.values.keys() != first.values.keys():
            what = _("its columns or coordinate system differ from those of {other}", other=first.shown)
            fix = _("write all parts in one form, or the layer as one .parquet file")
            raise InputError(Problem(what, fix, layer=part.shown))


def _attributes(part: _Part, columns: Sequence[str]) -> pa.Table:
    """Return the columns asked for, those that the folders' names give among them."""
    with pq.ParquetFile(part.path) as file:
        own = [c for c in columns if c in part.schema.names]
        table = file.read(own)
        for key in columns:
            if key not in own:
                value = pa.scalar(part.values[key], pa.string())
                table = table.append_column(key, pa.repeat(value, file.metadata.num_rows))
    return table.select(list(columns))


def _system(column: dict[str, Any]) -> CRS | None:
    stated = column.get("crs", DEFAULT)
    if stated is None:
        return None
    try:
        if isinstance(stated, dict) or (isinstance(stated, str) and NAMED.fullmatch(stated)):
            return CRS.from_user_input(stated)
    except CRSError:
        pass
    fix = _("write it again with its coordinate system as PROJJSON")
    raise InputError(Problem(_("its coordinate system cannot be understood"), fix))


def _kept(place: Place, parts: Sequence[_Part], keep: Bools) -> pa.ChunkedArray:
    """Read the geometry of some rows, so that the rest is never held."""
    chunks, start = [], 0
    for part in parts:
        with reading(place.shown), pq.ParquetFile(part.path) as file:
            for batch in file.iter_batches(columns=[part.geometry], batch_size=BATCH):
                some = keep[start : start + batch.num_rows]
                start += batch.num_rows
                chunks.append(batch.column(0).filter(pa.array(some)))
    return pa.chunked_array(chunks, type=parts[0].schema.field(parts[0].geometry).type)
