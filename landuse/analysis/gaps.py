"""Places that no polygon of a layer holds, though polygons lie all around them; neighbours need not share vertices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from landuse.geometry import ring_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]


def gaps(polygons: Geometries, tolerance: float) -> Geometries:
    """Find the holes in the union of polygons.

    Edges that two neighbours draw alike, one in each direction, have land on both sides and drop out. What is left, the
    borders of the layer and of its gaps and the edges of neighbours that share a line and not its vertices, is noded on
    a grid of the tolerance, so that a vertex on a neighbour's edge lies on it. Each face of these lines is then land,
    or a gap: one point tells. No union is built: the library's union of coverages gives up on neighbours that do not
    share vertices, and the plain one takes hair's breadths between them for gaps, or for ways out of one.

    Parameters
    ----------
    polygons : array of valid polygons, shape (n,)
        They may overlap.
    tolerance : float
        Of the survey [units of the plane]. What is narrower in the mean (twice its area over its perimeter) is a
        rounded vertex on a neighbour's edge, no gap.

    Returns
    -------
    array of polygons, shape (g,)
        With the polygons' own vertices.

    Examples
    --------
    A square stands on two that share its edge and not its vertices; four squares stand around one that is missing:

    >>> on = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0.5, 1, 1.5, 2)])
    >>> len(gaps(on, 1e-3))
    0
    >>> around = [shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 2), shapely.box(1, 2, 3, 3), shapely.box(0, 1, 1, 3)]
    >>> shapely.area(gaps(np.array(around), 1e-3)).tolist()
    [1.0]
    """
    start, end = _unmatched(polygons)
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    noded = shapely.union_all(lines, grid_size=tolerance)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    land = shapely.STRtree(polygons).query(shapely.point_on_surface(faces), predicate="intersects")[0]
    found = np.delete(faces, land)
    if not len(found):
        return found
    corners = cKDTree(start)

    def as_drawn(xy: Floats) -> Floats:
        away, nearest = corners.query(xy, distance_upper_bound=tolerance)
        near = np.isfinite(away)
        return np.where(near[:, None], start[np.where(near, nearest, 0)], xy)

    found = np.atleast_1d(shapely.transform(found, as_drawn))
    return found[2 * shapely.area(found) > tolerance * shapely.length(found)]


def _unmatched(polygons: Geometries) -> tuple[Floats, Floats]:
    """Return the ends of the edges that are not drawn once in each direction, land to the left of all of them."""
    start, end = ring_edges(shapely.orient_polygons(polygons))
    if not len(start):
        return start, end
    points = np.concatenate([start, end]).view(np.complex128)[:, 0]
    place = np.unique(points, return_inverse=True)[1]
    a, b = place[: len(start)], place[len(start) :]
    edge = np.unique(np.minimum(a, b) * len(points) + np.maximum(a, b), return_inverse=True)[1]
    left = np.bincount(edge, np.sign(b - a))[edge] != 0
    return start[left], end[left]
