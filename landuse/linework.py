"""Outlines drawn as lines, as drawing programs and field apps leave them: what lines that close enclose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

LINES = (1, 2, 5)
#: A line closes when its ends lie this near each other, as a share of its length: a millimetre in a kilometre.
CLOSED = 1e-6


@dataclass(frozen=True)
class Outlines:
    """Rows of lines, read as what they enclose.

    Attributes
    ----------
    geometry : array of geometries, shape (n,)
        Rows of lines that close are multipolygons, a part a line; whether one within another is a hole is left to
        `landuse.rings`. Lines that enclose nothing stay beside them, or alone.
    closed, left : array of int
        Positions of rows with lines that close, and with lines that do not.
    """

    geometry: Geometries
    closed: NDArray[np.int64]
    left: NDArray[np.int64]


def outlines(geometry: Geometries) -> Outlines:
    """Return what lines enclose, row by row: closed lines, and lines that together form closed ones.

    Parameters
    ----------
    geometry : array of geometries, shape (n,)
        Rows that hold anything but lines are left alone.

    Examples
    --------
    >>> ring = shapely.LineString([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)])
    >>> halves = shapely.MultiLineString([[(0, 0), (4, 0), (4, 4)], [(0, 0), (0, 4), (4, 4)]])
    >>> way = shapely.LineString([(0, 0), (9, 9)])
    >>> found = outlines(np.array([ring, halves, way]))
    >>> shapely.area(found.geometry).tolist(), found.closed.tolist(), found.left.tolist()
    ([16.0, 16.0, 0.0], [0, 1], [2])
    """
    out, closed, left = geometry.copy(), [], []
    drawn = np.isin(shapely.get_type_id(geometry), LINES) & ~shapely.is_empty(geometry)
    for k in np.flatnonzero(drawn).tolist():
        polygons, rest = _enclosed(shapely.force_2d(geometry[k]))
        if polygons:
            closed.append(k)
            whole = shapely.MultiPolygon(polygons)
            out[k] = shapely.GeometryCollection([whole, *rest]) if rest else whole
        if rest:
            left.append(k)
    return Outlines(out, np.array(closed, dtype=np.int64), np.array(left, dtype=np.int64))


def _enclosed(lines: shapely.Geometry) -> tuple[list[shapely.Polygon], list[shapely.Geometry]]:
    """Return what lines enclose, a polygon a ring, and the lines that enclose nothing."""
    polygons, rest = _rings(shapely.get_parts(lines))
    joined, rest = _rings(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(rest)))) if rest else ([], [])
    polygons += joined
    if not rest:
        return polygons, []
    faces, *others = shapely.polygonize_full(rest)  # borders that several outlines share
    polygons += shapely.get_parts(shapely.union_all(shapely.get_parts(faces))).tolist()
    return polygons, [line for kind in others for line in shapely.get_parts(kind)]


def _rings(lines: Iterable[shapely.LineString]) -> tuple[list[shapely.Polygon], list[shapely.LineString]]:
    """Return the polygons of the lines that close, and the others."""
    polygons, rest = [], []
    for line in lines:
        xy = shapely.get_coordinates(line)
        if len(xy) > 3 and np.hypot(*(xy[0] - xy[-1])) <= CLOSED * line.length:
            polygons.append(shapely.Polygon([*xy[:-1], xy[0]]))
        else:
            rest.append(line)
    return polygons, rest
