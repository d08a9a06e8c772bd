"""Which pieces of land are nowhere wider than a line drawn twice?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse.analysis.pieces import threaded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Bools = NDArray[np.bool_]
    Geometries = NDArray[np.object_]


def wide(polygons: Geometries, width: float, *, workers: int = 2) -> Bools:
    """Which polygons hold a circle whose diameter is `width`?

    Parameters
    ----------
    polygons : array of valid polygons, shape (n,)
    width : float
        In units of the plane.
    workers : int
        Threads.

    Returns
    -------
    array of bool, shape (n,)

    Examples
    --------
    >>> wide(np.array([shapely.box(0, 0, 100, 0.9), shapely.box(0, 0, 100, 1.1)]), 1.0).tolist()
    [False, True]
    """
    # an inscribed circle of radius r leaves no more area than r times the perimeter (Bonnesen)
    out = np.asarray(shapely.area(polygons) > width / 2 * shapely.length(polygons))
    doubt = np.flatnonzero(~out)
    shrunk = threaded(lambda some: shapely.buffer(some, -width / 2, quad_segs=1), polygons[doubt], workers=workers)
    out[doubt] = ~shapely.is_empty(shrunk)
    return out


def wide_regions(polygons: Geometries, width: float, *, workers: int = 2) -> Bools:
    """Which polygons lie in a connected piece of land that is somewhere wider than `width`?

    Polygons that touch along a line are one piece of land, however they are cut.

    Parameters
    ----------
    polygons : array of valid polygons or multipolygons, shape (n,)
        One kind of land.
    width : float
        In units of the plane.
    workers : int
        Threads.

    Returns
    -------
    array of bool, shape (n,)
        A multipolygon is wide where one of its parts is.

    Examples
    --------
    >>> strips = np.array([shapely.box(0, y, 100, y + 0.6) for y in (0, 0.6, 5)])
    >>> wide_regions(strips, 1.0).tolist()
    [True, True, False]
    """
    part, owner = shapely.get_parts(polygons, return_index=True)
    found = wide(part, width, workers=workers)
    narrow = np.flatnonzero(~found)
    tree = shapely.STRtree(part)
    i, j = tree.query(part[narrow], predicate="intersects")
    beside = narrow[np.unique(i[narrow[i] != j])]
    if len(beside):  # only a narrow part that touches another may belong to something wide
        region = shapely.get_parts(shapely.union_all(part[_joined(part, beside, tree)]))
        region = region[wide(region, width, workers=workers)]
        held, _ = shapely.STRtree(region).query(shapely.point_on_surface(part[beside]), predicate="intersects")
        found[beside[held]] = True
    return np.bincount(owner, found, len(polygons)) > 0


def _joined(part: Geometries, some: NDArray[np.int64], tree: shapely.STRtree) -> NDArray[np.int64]:
    """Return the positions of all parts connected with some, step by step."""
    reached = np.zeros(len(part), dtype=bool)
    edge = some
    while len(edge):
        reached[edge] = True
        _, j = tree.query(part[edge], predicate="intersects")
        edge = np.unique(j[~reached[j]])
    return np.flatnonzero(reached)
