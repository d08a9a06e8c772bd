"""GeoParquet: the columns asked for, and the geometry of the rows that stay, one group of rows at a time."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS
from pyproj.exceptions import CRSError

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.gdal import reading
from landuse.io.shapes import decode
from landuse.io.source import Content, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from landuse.io.source import Place

#: What a file without a coordinate system means by the standard: longitude and latitude on WGS 84.
DEFAULT = "OGC:CRS84"
#: Last bytes of every whole file.
END = b"PAR1"
#: Rows decoded at a time.
BATCH = 65_536
#: Texts that name a system; a file may hold nothing that PROJ would look for elsewhere.
NAMED = re.compile(r"[A-Za-z]{3,6}:[\w.]+|[A-Z]{3,}\w*\[.*", re.DOTALL)


def open_geoparquet(place: Place) -> Source:
    """Open a GeoParquet file.

    Raises
    ------
    InputError
        When it is none or cut off, its geometry is not well-known binary, or its coordinate system is not understood.
    """
    with place.path.open("rb") as file:
        file.seek(-len(END), os.SEEK_END)
        if file.read() != END:
            raise InputError(Problem(_("the {part} is damaged", part=place.ending), _("copy the file again")))
    name, column, schema = _geometry_column(place)
    if column["encoding"] != "WKB":
        what = _("its geometry is encoded as {encoding}", encoding=column["encoding"])
        raise InputError(Problem(what, _("write it with geometry encoded as WKB")))

    def content(columns: Sequence[str]) -> Content:
        with reading(place.shown), pq.ParquetFile(place.path) as file:
            attributes = file.read(list(columns))
        numbers = np.arange(1, attributes.num_rows + 1)
        return Content(attributes, lambda keep: decode(_kept(place, name, keep)), numbers)

    fields = tuple(n for n in schema.names if n != name)
    return Source(fields, _system(column), content, by_default="" if "crs" in column else "GeoParquet")


def _geometry_column(place: Place) -> tuple[str, dict[str, Any], Any]:
    try:
        schema = pq.read_schema(place.path)
        meta = json.loads(schema.metadata[b"geo"])
        name = meta["primary_column"]
        column = meta["columns"][name]
        column["encoding"], schema.field(name)
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError, RecursionError):
        fix = _("write it as GeoParquet (QGIS and geopandas do)")
        raise InputError(Problem(_("not a GeoParquet file"), fix)) from None
    return name, column, schema


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


def _kept(place: Place, name: str, keep: NDArray[np.bool_]) -> pa.ChunkedArray:
    """Read the geometry of some rows, so that the rest is never held."""
    chunks, start = [], 0
    with reading(place.shown), pq.ParquetFile(place.path) as file:
        for batch in file.iter_batches(columns=[name], batch_size=BATCH):
            some = keep[start : start + batch.num_rows]
            start += batch.num_rows
            chunks.append(batch.column(0).filter(pa.array(some)))
    return pa.chunked_array(chunks, type=file.schema_arrow.field(name).type)
