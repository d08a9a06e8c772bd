"""Reading vector layers: one way in for every format, and only the rows that are wanted.

Every format becomes an Arrow table first; filters look at each distinct value once; geometry is decoded for the
survivors only. What may be opened at all is decided in `landuse.io.gate`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from landuse.errors import InputError, Problem, refuse_if
from landuse.geo.crs import label, parse
from landuse.geo.plausibility import candidates
from landuse.geo.transform import reconcile
from landuse.i18n import _
from landuse.inputs.source_table import SourceTable
from landuse.io.gate import pass_gate
from landuse.io.source import FORMATS, Place
from landuse.io.vector.boundary_points import open_boundary_points
from landuse.io.vector.gdal import open_with_gdal, reading
from landuse.io.vector.geojson import open_geojson, text_of, walk
from landuse.io.vector.geoparquet import open_geoparquet
from landuse.io.vector.kml import open_kml
from landuse.io.vector.selection import Selection, left_out, selection_problems
from landuse.io.vector.shapefile import open_shapefile
from landuse.io.vector.shapes import flat
from landuse.spelling import missing_column

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.geo.arrays import Bools, Floats
    from landuse.io.source import Source
    from landuse.quality import Issue

__all__ = ["FORMATS", "Place", "Wanted", "read_layer"]

#: Decides on one raw value whether its rows are wanted.
Wanted = Callable[[object], bool]
#: Formats that say by the winding of a ring whether it is a hole.
BY_WINDING = (".shp", ".gdb")
#: The largest longitude and latitude that any layer in degrees can hold.
DEGREES = (360.0, 90.0)


def read_layer(
    place: Place,
    columns: Sequence[str] = (),
    wanted: Mapping[str, Wanted] | None = None,
    where: Mapping[str, Selection] | None = None,
    also: Mapping[str, Wanted] | None = None,
) -> SourceTable:
    """Read the rows of a layer whose columns hold wanted values.

    Parameters
    ----------
    place : Place
        The file.
    columns : sequence of str
        Foreign columns to keep.
    wanted : mapping, optional
        Foreign column to a decision on its raw values; a row stays when all its values are wanted.
    where : mapping, optional
        The same, as the study asks for it: the rows that each leaves out are counted as a finding, and a value that no
        row of the layer has is a problem.
    also : mapping, optional
        Like `wanted`: of the rows of `where`, those with one of these values stay as well.

    Returns
    -------
    Raw
        A GeoDataFrame in the layer's own system, in two dimensions, indexed by row number from 1. A row whose geometry
        cannot be read is there without it, and named in `quarantined`.

    Raises
    ------
    InputError
        With every problem: a path or file that may not be opened, no such layer, column or coordinate system, parts
        that do not agree, texts in no clear encoding, no geometry that can be read.
    """
    pass_gate(place)
    layer = ""
    try:
        source = _open(place)
        layer = source.layer
        return _read(place, source, columns, wanted or {}, where or {}, also or {})
    except InputError as error:
        raise InputError([p.located(place.shown, layer) for p in error.problems]) from None


def _open(place: Place) -> Source:
    """Open a layer with the reader of its format."""
    match place.ending:
        case ".parquet":
            return open_geoparquet(place)
        case ".kml" | ".kmz":
            return open_kml(place)
        case ".txt":
            return open_boundary_points(place)
        case ".shp":
            return open_shapefile(place)
        case ".topojson":
            for _member in walk(text_of(place.path), "arcs"):
                pass  # strictly JSON, or refused
    return open_geojson(place) if FORMATS[place.ending] == "GeoJSON" else open_with_gdal(place)


def _read(
    place: Place,
    source: Source,
    columns: Sequence[str],
    wanted: Mapping[str, Wanted],
    where: Mapping[str, Selection],
    also: Mapping[str, Wanted],
) -> SourceTable:
    needed = list(dict.fromkeys([*columns, *wanted, *where, *also]))
    crs, problems, notes = _system(place, source)
    problems += [p for c in needed for p in _column_problems(c, source.fields)]
    refuse_if(problems)
    content = source.read(needed)
    keep, filtered = _kept(content.attributes, wanted, where, also)
    issues = [*content.issues, *filtered]
    rows = content.numbers[keep]
    found = content.shapes(keep)
    shapes, had_heights = flat(found.geometry)
    if had_heights:
        notes += (_("{file}: heights and measures (Z, M) left out: areas are those of the plane", file=place.shown),)
    quarantined = {int(rows[k]): why for k, why in sorted(found.unreadable.items())}
    _refuse_unreadable(shapes, quarantined)
    if source.by_default and place.crs is None:
        _refuse_metres(shapes, source.by_default)
    with reading(place.shown):
        kept = _exact(content.attributes.filter(pa.array(keep))).to_pandas()
    return SourceTable(
        gpd.GeoDataFrame(kept.set_index(rows), geometry=shapes, crs=crs),
        place.shown,
        source.layer,
        len(keep),
        tuple(dict.fromkeys((*notes, *content.notes, *found.notes))),
        tuple(issues),
        quarantined,
        place.ending not in BY_WINDING,
    )


def _kept(
    attributes: pa.Table, wanted: Mapping[str, Wanted], where: Mapping[str, Selection], also: Mapping[str, Wanted]
) -> tuple[Bools, list[Issue]]:
    """Return which rows stay, and what filters of the study left out; their values that no row has are refused."""
    asked, stay = np.ones((2, attributes.num_rows), dtype=bool)
    beside = np.zeros(attributes.num_rows, dtype=bool)
    issues: list[Issue] = []
    refuse_if([p for c, chosen in where.items() for p in selection_problems(c, chosen, attributes.column(c))])
    for column, chosen in where.items():
        values = attributes.column(column)
        asked &= (passed := _rows(values, chosen))
        issues += left_out(column, values.filter(pa.array(~passed)), len(values))
    for column, decide in wanted.items():
        stay &= _rows(attributes.column(column), decide)
    for column, decide in also.items():
        beside |= _rows(attributes.column(column), decide)
    return asked & (stay | beside), issues


def _system(place: Place, source: Source) -> tuple[CRS | None, list[Problem], tuple[str, ...]]:
    """Return the layer's system, its own or the stated one where it has none; problems; what was taken for granted."""
    own = source.crs
    if place.crs is None:
        if own is None:
            fix = _('state it in the study: crs = "EPSG:4549" (or restore the .prj)')
            return None, [Problem(_("the file states no coordinate system"), fix + _proposal(_box(source)))], ()
        return own, [], ()
    stated = parse(place.crs)
    if own is None or (source.by_default and stated != own):
        ends = {"file": place.shown, "crs": label(stated)}
        return stated, [], (_("{file}: states no coordinate system; read as {crs}, as the study says", **ends),)
    if crs := reconcile(stated, own):
        return crs, [], ()
    what = _("the study says {stated}, the file says {own}", stated=label(stated), own=label(own) if own else "")
    fix = _("remove crs from the study, or mend the file; a stated system never overrides the file's")
    return own, [Problem(what, fix)], ()


def _box(source: Source) -> Floats:
    """Return the box of a layer's coordinates as they are; NaN where nobody knows."""
    with contextlib.suppress(InputError):
        content = source.read([])
        shapes = content.shapes(np.ones(content.attributes.num_rows, dtype=bool)).geometry
        if len(shapes):  # the library has no box for no shape at all
            return shapely.total_bounds(shapes)
    return np.full(4, np.nan)


def _proposal(box: Floats) -> str:
    """Say which systems coordinates fit; none is ever applied."""
    systems = candidates(tuple(box))
    if not systems:
        return ""
    return "; " + _(
        "its coordinates fit {systems}, and the same zones of Xian 80 and Beijing 54: ask who made it", systems=systems
    )


def _column_problems(column: str, fields: Sequence[str]) -> list[Problem]:
    times = fields.count(column)
    if times == 1:
        return []
    if times:
        what = _("{n} columns are called {column!r}", n=times, column=column)
        return [Problem(what, _("rename one of them in a GIS, and export the layer again"))]
    return [missing_column(column, fields)]


def _refuse_unreadable(shapes: NDArray[np.object_], quarantined: Mapping[int, str]) -> None:
    """Refuse a layer of which no shape is left."""
    if quarantined and shapely.is_missing(shapes).all():
        what = _("no shape can be read: {reasons}", reasons="; ".join(dict.fromkeys(quarantined.values())))
        rows = tuple(map(str, quarantined))
        raise InputError(Problem(what, _("export the layer again as polygons"), rows=rows))


def _refuse_metres(shapes: NDArray[np.object_], form: str) -> None:
    """Refuse coordinates that are no degrees in a file whose silence means degrees."""
    if len(shapes) and (np.abs(shapely.total_bounds(shapes)).reshape(2, 2).max(axis=0) > DEGREES).any():
        what = _(
            "{form} that states no coordinate system is in WGS 84 degrees by its standard, and these are no degrees",
            form=form,
        )
        fix = _('state its system in the study, crs = "EPSG:4549", or export it again with its system or in degrees')
        raise InputError(Problem(what, fix + _proposal(shapely.total_bounds(shapes))))


def _exact(table: pa.Table) -> pa.Table:
    """Make whole numbers with blanks among them text: as floats they would lose digits."""
    for k, column in enumerate(table.columns):
        if pa.types.is_integer(column.type) and column.null_count:
            table = table.set_column(k, table.column_names[k], column.cast(pa.string()))
    return table


def _rows(column: pa.ChunkedArray, decide: Wanted) -> Bools:
    """Return which rows hold a wanted value; each distinct value is asked once."""
    coded = pc.dictionary_encode(column.combine_chunks(), null_encoding="encode")
    answers = np.array([decide(v) for v in coded.dictionary.to_pylist()], dtype=bool)
    return answers[coded.indices.to_numpy(zero_copy_only=False)] if len(answers) else np.zeros(len(column), dtype=bool)
