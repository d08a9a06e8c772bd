"""Repairing polygons once, at the door, so that every number downstream is measured on the same geometry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.geo.plausibility import ABSURD
from landuse.geo.rings import by_containment, wound_oddly

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Ints

POLYGONAL = (3, 6)
COLLECTION = 7
#: Ways to repair a polygon whose areas differ by more than this share call for a human.
SPREAD = 1e-3


@dataclass(frozen=True)
class Repair:
    """Polygons made valid.

    Attributes
    ----------
    geometry : array of polygons and multipolygons
        Valid and two-dimensional; None where nothing polygonal was left.
    repaired : array of int
        Positions that were invalid.
    area_before, area_after, area_by_lines : array of float
        Planar areas of the repaired ones as drawn, as repaired, and as another method would repair them (every line
        a boundary, land and hole in turn), in the layer's own square unit.
    mixed : array of int
        Positions whose polygons came with points or lines, which are left.
    reordered : array of int
        Positions whose shells and holes were told apart by containment, against what they were given as or wound.
    """

    geometry: Geometries
    repaired: Ints
    area_before: Floats
    area_after: Floats
    area_by_lines: Floats
    mixed: Ints
    reordered: Ints

    @property
    def doubtful(self) -> Bools:
        """Which of the repaired ones another method would make larger or smaller by more than `SPREAD`."""
        ways = np.stack([self.area_before, self.area_after, self.area_by_lines])
        return np.asarray(np.ptp(ways, axis=0) > SPREAD * self.area_after)


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


def wild(geometry: Geometries) -> Bools:
    """Return which geometries have a vertex that is no number, or of no place on earth.

    Examples
    --------
    >>> import warnings
    >>> with warnings.catch_warnings(action="ignore"):
    ...     slip = shapely.Polygon([(0, 0), (1, 0), (float("nan"), 1), (0, 1)])
    >>> wild(np.array([slip, shapely.box(0, 0, 1, 1), shapely.box(0, 0, 1e300, 1), None])).tolist()
    [True, False, True, False]
    """
    # every vertex is looked at: a bounding box leaves out those that are no numbers
    xy, owner = shapely.get_coordinates(geometry, return_index=True)
    with np.errstate(invalid="ignore"):
        off = ~(np.abs(xy) <= ABSURD).all(axis=1)
    return np.bincount(owner[off], minlength=len(geometry)).astype(bool)


def ring_edges(polygons: Geometries) -> tuple[Floats, Floats]:
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


def repair(geometry: Geometries, *, roles_known: bool = True) -> Repair:
    """Make every polygon valid by its structure (shells minus holes), and count what was done.

    Rings that contradict what they are given as are decided by containment first (`landuse.geo.rings`): a hole outside
    its shell is land, a part within another part a hole. Then a bow-tie becomes its two triangles, a spike goes,
    overlapping parts of one multipolygon are united, and a hole that crosses its shell adds no land. Only polygons are
    kept. Nothing is dropped silently: an empty result is None, and the caller counts it.

    Parameters
    ----------
    geometry : array of geometries, shape (n,)
        Nulls and empties allowed.
    roles_known : bool
        Whether the format says which ring is a hole otherwise than by the winding.

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
    mixed = np.flatnonzero(shapely.get_type_id(out) == COLLECTION)
    bad = np.flatnonzero(~shapely.is_valid(out) & ~shapely.is_missing(out))
    out = _without_empty_rings(polygonal(out))
    drawn = out[bad]
    out[bad], decided = by_containment(drawn, roles_known=roles_known)
    left = ~decided | ~shapely.is_valid(out[bad])
    odd = np.zeros(len(out), dtype=bool) if roles_known else wound_oddly(out)
    odd[bad] |= decided
    drawn, bad = np.where(decided, out[bad], drawn)[left], bad[left]
    before, lines = shapely.area(drawn), shapely.area(polygonal(shapely.make_valid(drawn)))
    out[bad] = [_by_structure(polygon) for polygon in out[bad]]
    after = shapely.area(out[bad])
    out[shapely.is_empty(out)] = None
    return Repair(out, bad, before, after, lines, mixed[~shapely.is_missing(out[mixed])], np.flatnonzero(odd))


def _without_empty_rings(polygons: Geometries) -> Geometries:
    """Return polygons without holes and parts that have no vertex: valid, and yet a predicate on them may crash."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    bare = shapely.is_empty(parts)
    holed = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    rings, which = shapely.get_rings(parts[holed], return_index=True)
    bare[holed[which[shapely.is_empty(rings)]]] = True
    out = polygons.copy()
    for k in np.unique(owner[bare]):
        kept = [_filled(part) for part in parts[owner == k] if not part.is_empty]
        out[k] = kept[0] if len(kept) == 1 else shapely.MultiPolygon(kept)
    return out


def _filled(polygon: Any) -> Any:
    """Return a polygon with those of its holes that have vertices."""
    return shapely.Polygon(polygon.exterior, [hole for hole in polygon.interiors if not hole.is_empty])


def _by_structure(polygon: Any) -> Any:
    """Return a polygon as its shells less its holes."""
    whole = shapely.make_valid(polygon, method="structure", keep_collapsed=False)
    parts = shapely.get_parts(polygon)
    if shapely.get_num_interior_rings(parts).any():  # the library takes a hole outside its shell for land
        shells = shapely.make_valid(shapely.polygons(shapely.get_exterior_ring(parts)), method="structure")
        whole = shapely.intersection(whole, shapely.union_all(shells))
    return polygonal(np.array([whole], dtype=object))[0]
