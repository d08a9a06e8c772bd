"""Repairing polygons once, at the door, so that every number downstream is measured on the same geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]

POLYGONAL = (3, 6)
COLLECTION = 7


@dataclass(frozen=True)
class Repair:
    """Polygons made valid.

    Attributes
    ----------
    geometry : array of polygons and multipolygons
        Valid and two-dimensional; None where nothing polygonal was left.
    repaired : array of int
        Positions that were invalid.
    area_before, area_after : array of float
        Planar areas of the repaired ones, in the layer's own square unit.
    """

    geometry: Geometries
    repaired: NDArray[np.int64]
    area_before: NDArray[np.float64]
    area_after: NDArray[np.float64]


def polygonal(geometry: Geometries) -> Geometries:
    """Return the polygons of each geometry, without the points and lines an overlay may leave beside them.

    Examples
    --------
    >>> mixed = shapely.GeometryCollection([shapely.box(0, 0, 1, 1), shapely.Point(5, 5)])
    >>> polygonal(np.array([mixed, shapely.box(0, 0, 2, 2)]))
    array([<MULTIPOLYGON (((1 0, 1 1, 0 1, 0 0, 1 0)))>,
           <POLYGON ((2 0, 2 2, 0 2, 0 0, 2 0))>], dtype=object)
    """
    out = geometry.copy()
    for k in np.flatnonzero(shapely.get_type_id(geometry) == COLLECTION):
        parts = shapely.get_parts(shapely.get_parts(geometry[k]))
        out[k] = shapely.multipolygons(parts[shapely.get_type_id(parts) == POLYGONAL[0]])
    lines = ~np.isin(shapely.get_type_id(out), (-1, *POLYGONAL))
    out[lines] = shapely.from_wkt("POLYGON EMPTY")
    return out


def ring_edges(polygons: Geometries) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the two ends, each of shape (e, 2), of every straight edge of the polygons' rings.

    Examples
    --------
    >>> start, end = ring_edges(np.array([shapely.box(0, 0, 1, 1)]))
    >>> len(start), bool((start[1:] == end[:-1]).all())
    (4, True)
    """
    xy, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(polygons)), return_index=True)
    same = ring[1:] == ring[:-1]
    return xy[:-1][same], xy[1:][same]


def repair(geometry: Geometries) -> Repair:
    """Make every polygon valid by its structure (shells minus holes), and count what was done.

    A bow-tie becomes its two triangles, a spike goes, overlapping parts of one multipolygon are united. Only polygons
    are kept. Nothing is dropped silently: an empty result is None, and the caller counts it.

    Parameters
    ----------
    geometry : array of geometries, shape (n,)
        Nulls and empties allowed.

    Returns
    -------
    Repair
        In the same order.

    Examples
    --------
    >>> bowtie = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
    >>> fixed = repair(np.array([bowtie]))
    >>> fixed.area_before.tolist(), fixed.area_after.tolist()
    ([0.0], [50.0])
    """
    out = shapely.force_2d(geometry) if shapely.has_z(geometry).any() else geometry.copy()
    bad = np.flatnonzero(~shapely.is_valid(out) & ~shapely.is_missing(out))
    before = shapely.area(out[bad])
    out[bad] = shapely.make_valid(out[bad], method="structure", keep_collapsed=False)
    out = polygonal(out)
    after = shapely.area(out[bad])
    out[shapely.is_empty(out)] = None
    return Repair(out, bad, before, after)
