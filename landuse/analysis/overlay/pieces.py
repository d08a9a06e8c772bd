"""One cut at a time, and each measured twice: what is cut wrong is cut again on a grid, or the run stops.

For two valid polygons whose edges nearly coincide (one unit in the last place) the geometry library may return the
whole of one as their common part, or nothing at all, and a difference to match: the sums agree, the land is elsewhere.
An engine that builds nothing (`landuse.analysis.overlay.common_area`) tells how much each cut must hold. On a grid of a
tenth of a millimetre the same cuts come out right.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.analysis.overlay.common_area import common_area
from landuse.errors import AccountingError
from landuse.geo.repair import polygonal

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from landuse.geo.arrays import Floats, Geometries, Positions

#: Two ways to cut may differ by this along a boundary [units of the plane].
GRID = 1e-4
#: Where vertices move to, one after another, until the cut is right.
GRIDS = (None, GRID, GRID / 10)


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

    Raises
    ------
    AccountingError
        When a cut does not hold what the second engine measures, plainly cut or on any of `GRIDS`.

    Notes
    -----
    Right is |A - A₂| ≤ grid × perimeter of the polygon, of each inner piece and of the rest.

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
    inner, common = _shared(polygons[row], blade, workers)
    left, bound = shapely.area(polygons) - np.bincount(row, common, len(polygons)), GRID * shapely.length(polygons)
    rest, wrong = np.empty(len(polygons), dtype=object), np.arange(len(polygons))
    for grid in GRIDS:
        k = np.flatnonzero(np.isin(row, wrong))
        rest[wrong] = _without(polygons[wrong], np.searchsorted(wrong, row[k]), blade[k], workers, grid)
        wrong = wrong[np.abs(shapely.area(rest[wrong]) - left[wrong]) > bound[wrong]]
    _stop_at(polygons[wrong])
    return inner, rest


def shared(a: Geometries, b: Geometries, *, workers: int = 2) -> Geometries:
    """Return what two valid polygons have in common, pair by pair: the inner piece of `pieces`, alone.

    Raises
    ------
    AccountingError
        As there.

    Examples
    --------
    >>> shared(np.array([shapely.box(0, 0, 2, 1)]), np.array([shapely.box(1, 0, 3, 1)]))[0].area
    1.0
    """
    return _shared(a, b, workers)[0]


def _shared(a: Geometries, b: Geometries, workers: int) -> tuple[Geometries, Floats]:
    """Return what two polygons have in common, and how much it is by the second engine."""
    common, bound = common_area(a, b), GRID * shapely.length(a)
    out, wrong = np.empty(len(a), dtype=object), np.arange(len(a))
    for grid in GRIDS:
        cut = partial(_careful, partial(shapely.intersection, grid_size=grid))
        out[wrong] = polygonal(threaded(cut, a[wrong], b[wrong], workers=workers))
        wrong = wrong[np.abs(shapely.area(out[wrong]) - common[wrong]) > bound[wrong]]
    _stop_at(a[wrong])
    return out, common


def _stop_at(polygons: Geometries) -> None:
    """Stop the run where polygons are left that no grid has cut rightly."""
    if len(polygons):
        at = shapely.point_on_surface(polygons[0])
        message = f"two engines disagree on the cut of the polygon at {at.x:.1f}, {at.y:.1f} ({len(polygons)} polygons)"
        raise AccountingError(message)


def union(polygons: Geometries, grid: float | None = None) -> Any:
    """Return the union of valid polygons; who needs it to be right measures what it was made for."""
    return polygonal(_careful(partial(shapely.union_all, axis=1, grid_size=grid), polygons[None, :]))[0]


def _without(polygons: Geometries, row: Positions, blade: Geometries, workers: int, grid: float | None) -> Geometries:
    """Return what successive differences leave of each polygon."""
    cut = partial(_careful, partial(shapely.difference, grid_size=grid))
    rest = polygons.copy()
    turn = np.arange(len(row)) - np.searchsorted(row, row)  # each polygon's first blade, then its second, ...
    for t in range(int(turn.max(initial=-1)) + 1):
        now = turn == t
        rest[row[now]] = threaded(cut, rest[row[now]], blade[now], workers=workers)
    return polygonal(rest)


def _careful(f: Callable[..., Any], *arrays: NDArray[Any]) -> Any:
    """Return f of the arrays; where the library gives up, nothing, which the second engine then finds wrong."""
    try:
        return f(*arrays)
    except shapely.GEOSException:
        if len(arrays[0]) == 1:
            return np.array([shapely.Polygon()], dtype=object)
        return np.concatenate([_careful(f, *(a[k : k + 1] for a in arrays)) for k in range(len(arrays[0]))])
