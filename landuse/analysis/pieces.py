"""One cut at a time, and each with a witness: what is cut wrong is cut again on a grid.

For two valid polygons whose edges nearly coincide (one unit in the last place) the geometry library may return the
whole of one as their common part, and nothing as its difference: the sums agree, the land is elsewhere. A point of
each piece tells. On a grid of a tenth of a millimetre the same cuts come out right.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.geometry import polygonal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]
    Positions = NDArray[np.int64]

#: Where the plain cut fails, vertices move to this grid [units of the plane]; a witness may miss by as much.
GRID = 1e-4
#: Pieces below this are too thin to hold a witness [square units of the plane].
WITNESSED = 1e-6


def threaded(f: Callable[..., Any], *arrays: NDArray[Any], workers: int = 2) -> Any:
    """Return f over aligned chunks of the arrays, on threads; shapely releases the interpreter lock."""
    if len(arrays[0]) < 2 * workers or workers == 1:
        return f(*arrays)
    chunks = np.array_split(np.arange(len(arrays[0])), workers * 4)
    with ThreadPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(lambda ix: f(*(a[ix] for a in arrays)), chunks)))


def pieces(
    polygons: Geometries, row: Positions, blade: Geometries, *, workers: int = 2
) -> tuple[Geometries, Geometries]:
    """Cut every polygon by its blades.

    Parameters
    ----------
    polygons : array of valid polygons, shape (n,)
        Each is cut for itself.
    row : array of int, shape (k,)
        Position of the polygon that each blade cuts, ascending.
    blade : array of valid polygons, shape (k,)
        The blades of one polygon do not overlap.
    workers : int
        Threads.

    Returns
    -------
    inner : array of polygons, shape (k,)
        What each blade cuts out; empty where it only touches.
    rest : array of polygons, shape (n,)
        What successive differences leave of each polygon.

    Examples
    --------
    Two neighbours whose common corner is one unit in the last place off have no land in common:

    >>> a = shapely.Polygon([(446, -207), (315, -75.99999999999999), (557, -76)])
    >>> b = shapely.Polygon([(184, -207), (315, -76), (446, -207), (315, -338)])
    >>> bool(shapely.intersection(a, b).area > 15_850)
    True
    >>> inner, rest = pieces(np.array([a]), np.array([0]), np.array([b]))
    >>> bool(inner[0].area < 1e-6), round(rest[0].area, 6) == round(a.area, 6)
    (True, True)
    """
    inner, rest = _cut(polygons, row, blade, workers)
    again = np.flatnonzero(_astray(polygons, row, blade, inner, rest))
    if len(again):
        pair = np.isin(row, again)
        anew = np.searchsorted(again, row[pair])
        inner[pair], rest[again] = _cut(polygons[again], anew, blade[pair], workers, grid=GRID)
    return inner, rest


def overlap_is_real(a: Geometries, b: Geometries, least: float, *, workers: int = 2) -> NDArray[np.bool_]:
    """Which pairs, known to share interior points, share more than `least` of area?

    Where the plain common part is negligible, or its witness is not in both, the grid decides; what the grid itself
    may add, it does not count.
    """
    shared = polygonal(threaded(shapely.intersection, a, b, workers=workers))
    real = np.asarray(shapely.area(shared) > least)
    doubt = ~real
    k = np.flatnonzero(real)
    doubt[k] = ~(_near(a[k], point := shapely.point_on_surface(shared[k])) & _near(b[k], point))
    k = np.flatnonzero(doubt)
    again = shapely.area(threaded(partial(shapely.intersection, grid_size=GRID), a[k], b[k], workers=workers))
    real[k] = again > np.maximum(least, GRID * np.minimum(shapely.length(a[k]), shapely.length(b[k])))
    return real


def union(polygons: Geometries) -> Any:
    """Return the union of valid polygons; on the grid where the plain one leaves one of them out."""
    whole = shapely.union_all(polygons)
    if len(polygons) > 1 and not shapely.covers(shapely.buffer(whole, GRID), polygons).all():
        whole = shapely.union_all(polygons, grid_size=GRID)
    return whole


def _cut(
    polygons: Geometries, row: Positions, blade: Geometries, workers: int, grid: float | None = None
) -> tuple[Geometries, Geometries]:
    common, without = (partial(f, grid_size=grid) for f in (shapely.intersection, shapely.difference))
    inner = polygonal(threaded(common, polygons[row], blade, workers=workers))
    rest = polygons.copy()
    turn = np.arange(len(row)) - np.searchsorted(row, row)  # each polygon's first blade, then its second, ...
    for t in range(int(turn.max(initial=-1)) + 1):
        now = turn == t
        rest[row[now]] = threaded(without, rest[row[now]], blade[now], workers=workers)
    return inner, polygonal(rest)


def _astray(
    polygons: Geometries, row: Positions, blade: Geometries, inner: Geometries, rest: Geometries
) -> NDArray[np.bool_]:
    """Which polygons have a piece that is not where it must be, or pieces that do not add up to them?"""
    n = len(polygons)
    missing = shapely.area(polygons) - shapely.area(rest) - np.bincount(row, shapely.area(inner), n)
    out = np.asarray(np.abs(missing) > GRID * shapely.length(polygons))
    shapely.prepare(blade)
    k = np.flatnonzero(shapely.area(inner) > WITNESSED)
    point = shapely.point_on_surface(inner[k])
    out[row[k[~(_near(blade[k], point) & _near(polygons[row[k]], point))]]] = True
    part, owner = shapely.get_parts(rest, return_index=True)
    seen = shapely.area(part) > WITNESSED
    part, owner = part[seen], owner[seen]
    left, right = _blades_of(owner, row, n)
    point = shapely.point_on_surface(part)[left]
    inside = np.flatnonzero(shapely.contains_properly(blade[right], point))
    shapely.destroy_prepared(blade)
    deep = shapely.distance(shapely.boundary(blade[right[inside]]), point[inside]) > GRID
    out[owner[left[inside[deep]]]] = True
    return out


def _blades_of(owner: Positions, row: Positions, n: int) -> tuple[Positions, Positions]:
    """Return every pair (part, blade) of the same polygon, the parts' polygons being `owner`."""
    count = np.bincount(row, minlength=n)[owner]
    left = np.repeat(np.arange(len(owner)), count)
    first = np.searchsorted(row, owner)[left]
    return left, first + np.arange(len(left)) - np.repeat(np.cumsum(count) - count, count)


def _near(polygons: Geometries, points: Geometries) -> NDArray[np.bool_]:
    """Return which points lie in their polygon, or within the grid of it."""
    held = np.asarray(shapely.intersects(polygons, points))
    k = np.flatnonzero(~held)
    held[k] = shapely.distance(polygons[k], points[k]) <= GRID
    return held
