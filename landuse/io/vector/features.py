"""Features with properties and coordinates, as GeoJSON has them, turned into columns and shapes a chunk at a time."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import shapely

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.source import Content, Shapes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Floats

#: Features turned into arrays at a time.
CHUNK = 5_000
KINDS = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection")
#: Larger whole numbers do not fit a float.
EXACT = 2**53


class _OddError(ValueError):
    """A shape that is none; what is wrong with it."""


class _TextError(_OddError):
    """Coordinates written as text: a matter for the whole file."""


class Features:
    """The features of a file, by column; turned into arrays a chunk at a time."""

    def __init__(self) -> None:
        self.count = 0
        self.columns: dict[str, list[Any]] = {}
        self._waiting: list[dict[str, Any]] = []
        self._geometry: list[NDArray[np.object_]] = []
        self._odd: dict[int, str] = {}
        self._texts: list[int] = []
        self._infinite: list[int] = []

    def add(self, feature: Any) -> None:
        """Take one feature."""
        self.count += 1
        properties = feature.get("properties") if isinstance(feature, dict) else 0
        if not isinstance(feature, dict) or feature.get("type") != "Feature" or not isinstance(properties, dict | None):
            what = _("not a GeoJSON feature")
            raise InputError(Problem(what, _("export the layer again"), rows=(str(self.count),)))
        self._waiting.append(feature)
        if len(self._waiting) >= CHUNK:
            self._flush()

    def finish(self) -> None:
        """Take what is left, and refuse coordinates that are no numbers."""
        self._flush()
        problems = [
            Problem(what, _("mend or remove these rows"), rows=tuple(map(str, rows)))
            for what, rows in (
                (_("coordinates written as text"), self._texts),
                (_("coordinates that are not numbers"), self._infinite),
            )
            if rows
        ]
        if problems:
            raise InputError(problems)

    def _flush(self) -> None:
        first = self.count - len(self._waiting)
        properties = [f.get("properties") or {} for f in self._waiting]
        for p, feature in zip(properties, self._waiting, strict=True):
            if "id" in feature and "id" not in p:
                p["id"] = feature["id"]
        for key in dict.fromkeys(chain.from_iterable(properties)):
            self.columns.setdefault(key, [None] * first)
        for key, values in self.columns.items():
            values += [p.get(key) for p in properties]
        shapes = [f.get("geometry") for f in self._waiting]
        try:
            built = _polygons(shapes)
        except (_OddError, TypeError, AttributeError):
            built = np.array([self._one(shape, first + k) for k, shape in enumerate(shapes)], dtype=object)
        bounds = shapely.bounds(built)
        wild = ~shapely.is_missing(built) & ~shapely.is_empty(built) & ~np.isfinite(bounds).all(axis=1)
        self._infinite += (np.flatnonzero(wild) + first + 1).tolist()
        self._geometry.append(built)
        self._waiting = []

    def _one(self, shape: Any, position: int) -> Any:
        try:
            return _polygons([shape])[0] if _is_polygon(shape) or shape is None else _other(shape)
        except _TextError:
            self._texts.append(position + 1)
        except _OddError as error:
            self._odd[position] = str(error)
        return None

    def content(self, columns: Sequence[str], notes: tuple[str, ...] = ()) -> Content:
        """Return the rows, with the columns asked for."""
        attributes = pa.table([self.column(c) for c in columns], names=list(columns))
        if not columns:
            attributes = pa.table({"": pa.nulls(self.count)}).select([])
        return Content(attributes, self.shapes, np.arange(1, self.count + 1), notes)

    def shapes(self, keep: Bools) -> Shapes:
        """Return the shapes of some rows."""
        geometry = np.concatenate(self._geometry) if self._geometry else np.array([], dtype=object)
        new = np.cumsum(keep) - 1
        return Shapes(geometry[keep], {int(new[k]): why for k, why in self._odd.items() if keep[k]})

    def column(self, name: str) -> pa.Array:
        """Return a column with one type: whole numbers, numbers, truths or, where they mix, text.

        Raises
        ------
        InputError
            For a number too large, or text that is none.
        """
        values = self.columns[name]
        kinds = {type(v) for v in values} - {type(None)}
        infinite = [k for k, v in enumerate(values) if isinstance(v, float) and v in (float("inf"), float("-inf"))]
        if infinite:
            what = _("{column}: numbers too large to be one", column=name)
            raise InputError(Problem(what, _("mend or remove these rows"), rows=tuple(str(k + 1) for k in infinite)))
        whole = all(abs(v) <= EXACT for v in values if isinstance(v, int))
        if kinds not in ({str}, {bool}, {float}) and not (kinds <= {int, float} and whole):
            values = [v if v is None or isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in values]
        elif kinds == {int, float}:
            values = [None if v is None else float(v) for v in values]
        try:
            return pa.array(values)
        except UnicodeEncodeError:
            what = _("{column}: half characters (\\ud800 …) in its texts", column=name)
            raise InputError(Problem(what, _("export the layer again"))) from None


def _is_polygon(shape: Any) -> bool:
    return isinstance(shape, dict) and shape.get("type") in ("Polygon", "MultiPolygon")


def _polygons(shapes: Sequence[Any]) -> NDArray[np.object_]:
    """Return shapes as polygons, all at once; None for None.

    Raises
    ------
    _OddError
        When one of them is not a polygon in good order.
    """
    there = [s for s in shapes if s is not None]
    if not all(map(_is_polygon, there)):
        raise _OddError(_("not a polygon"))
    single = np.array([s["type"] == "Polygon" for s in there], dtype=bool)
    nested = [[s["coordinates"]] if one else s["coordinates"] for s, one in zip(there, single, strict=True)]
    try:
        parts = list(chain.from_iterable(nested))
        rings = list(chain.from_iterable(parts))
        points = list(chain.from_iterable(rings))
        xy = _numbers(points)
    except (KeyError, TypeError):
        raise _OddError(_("its coordinates are not those of a polygon")) from None
    ends = np.cumsum([0, *map(len, rings)])
    first, last = xy[np.minimum(ends[:-1], len(xy) - 1)], xy[ends[1:] - 1]
    if (np.diff(ends) < 4).any():
        raise _OddError(_("a ring of fewer than four points"))
    if (first != last).any():
        raise _OddError(_("a ring that is not closed"))
    offsets = (ends, np.cumsum([0, *map(len, parts)]), np.cumsum([0, *map(len, nested)]))
    built = np.asarray(shapely.from_ragged_array(shapely.GeometryType.MULTIPOLYGON, xy, offsets), dtype=object)
    if single.any():
        plain = shapely.get_geometry(built[single], 0)
        built[single] = np.where(shapely.is_missing(plain), built[single], plain)
    out = np.full(len(shapes), None, dtype=object)
    out[[s is not None for s in shapes]] = built
    return out


def _numbers(points: list[Any]) -> Floats:
    """Return positions as an array, shape (n, 2); heights are left out."""
    kinds = set(map(type, chain.from_iterable(points)))
    if str in kinds:
        raise _TextError
    if not kinds <= {int, float}:
        raise _OddError(_("its coordinates are not those of a polygon"))
    lengths = set(map(len, points))
    if lengths and min(lengths) < 2:
        raise _OddError(_("a position of fewer than two numbers"))
    try:
        return np.array([p[:2] for p in points] if lengths != {2} else points, dtype=float).reshape(-1, 2)
    except OverflowError:
        return np.full((len(points), 2), np.inf)


def _other(shape: Any) -> Any:
    """Return a point, a line or a collection."""
    if not isinstance(shape, dict) or shape.get("type") not in KINDS:
        raise _OddError(_("its geometry cannot be decoded"))
    if shape["type"] != "GeometryCollection" and '"' in json.dumps(shape.get("coordinates")):
        raise _TextError
    try:
        return shapely.force_2d(shapely.from_geojson(json.dumps(shape)))
    except shapely.errors.GEOSException:
        raise _OddError(_("its geometry cannot be decoded")) from None
