"""Two layers laid over each other: what they share, and what only one of them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landuse.analysis.overlay.pieces import GRID, pieces, threaded

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Geometries, Ints, Positions

#: The position of a polygon where there is none.
NONE = -1


@dataclass(frozen=True)
class Overlay:
    """Pieces of two layers.

    Attributes
    ----------
    geometry : array of polygons, shape (n,)
        Disjoint, if the polygons of each layer are.
    before, after : array of int, shape (n,)
        Position of the polygon of the first and of the second layer that holds each piece, or -1.
    same : array of bool, shape (n,)
        True for a polygon that is in both layers, uncut; it is drawn as in the first.
    """

    geometry: Geometries
    before: Positions
    after: Positions
    same: Bools


def overlay(before: Geometries, after: Geometries, *, workers: int = 2) -> Overlay:
    """Lay two layers over each other.

    Polygons that are in both, point by point (to the grid of `landuse.analysis.overlay.pieces`, wherever their rings
    start), are recognised and never cut; only the rest is.

    Parameters
    ----------
    before, after : arrays of valid polygons
        In one plane; those of one layer do not overlap (the pieces of `landuse.analysis.overlay.cut.count_once`).
    workers : int
        Threads for the cuts.

    Returns
    -------
    Overlay
        The pieces of a polygon make it up.

    Examples
    --------
    >>> old = np.array([shapely.box(0, 0, 2, 1), shapely.box(5, 0, 6, 1)])
    >>> new = np.array([shapely.box(1, 0, 3, 1), shapely.box(5, 0, 6, 1)])
    >>> found = overlay(old, new)
    >>> sorted(zip(found.before.tolist(), found.after.tolist(), shapely.area(found.geometry).tolist()))
    [(-1, 0, 1.0), (0, -1, 1.0), (0, 0, 1.0), (1, 1, 1.0)]
    """
    same_before, same_after = _same(before, after)
    a = np.setdiff1d(np.arange(len(before)), same_before)
    b = np.setdiff1d(np.arange(len(after)), same_after)
    i, j = shapely.STRtree(after[b]).query(before[a], predicate="intersects")
    order = np.lexsort((j, i))
    i, j = i[order], j[order]
    common, left = pieces(before[a], i, after[b[j]], workers=workers)
    turned = np.lexsort((i, j))
    _, came = pieces(after[b], j[turned], before[a[i[turned]]], workers=workers)
    geometry = np.concatenate([before[same_before], common, left, came])
    first = np.concatenate([same_before, a[i], a, np.full(len(b), NONE)])
    second = np.concatenate([same_after, b[j], np.full(len(a), NONE), b])
    same = np.arange(len(geometry)) < len(same_before)
    keep = same | (shapely.area(geometry) > 0)
    return Overlay(geometry[keep], first[keep], second[keep], same[keep])


def _same(before: Geometries, after: Geometries) -> tuple[Positions, Positions]:
    """Return the positions of polygons that are in both layers: as written, else to the grid."""
    i, j = _equal(pd.Index(shapely.to_wkb(before)), pd.Index(shapely.to_wkb(after)))
    a = np.setdiff1d(np.arange(len(before)), i)
    b = np.setdiff1d(np.arange(len(after)), j)
    k, m = _equal(_places(before[a]), _places(after[b]))
    near = shapely.equals_exact(shapely.normalize(before[a[k]]), shapely.normalize(after[b[m]]), tolerance=GRID)
    return np.concatenate([i, a[k[near]]]), np.concatenate([j, b[m[near]]])


def _places(polygons: Geometries) -> pd.MultiIndex:
    """Return what polygons that are equal to the grid have in common: box, roughly, and number of corners.

    Layers state coordinates to a tenth of a millimetre or less; the edges of the cells lie between such values, so that
    noise of the last places moves none across.
    """
    boxes = np.floor(shapely.bounds(polygons) / (10 * GRID) + 0.05).astype(np.int64)
    return pd.MultiIndex.from_arrays([*boxes.T, shapely.get_num_coordinates(polygons)])


def _equal(left: pd.Index[Any], right: pd.Index[Any]) -> tuple[Positions, Positions]:
    """Return the positions of equal values; a value that a layer has twice is left to be cut."""
    left_once, right_once = ~left.duplicated(keep=False), ~right.duplicated(keep=False)
    at = right[right_once].get_indexer(left)
    hit = np.flatnonzero((at >= 0) & left_once)
    return hit, np.flatnonzero(right_once)[at[hit]]


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


def _joined(part: Geometries, some: Ints, tree: shapely.STRtree) -> Ints:
    """Return the positions of all parts connected with some, step by step."""
    reached = np.zeros(len(part), dtype=bool)
    edge = some
    while len(edge):
        reached[edge] = True
        _, j = tree.query(part[edge], predicate="intersects")
        edge = np.unique(j[~reached[j]])
    return np.flatnonzero(reached)
