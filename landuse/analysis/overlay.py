"""Two layers laid over each other: what they share, and what only one of them has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landuse.analysis.pieces import GRID, pieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Geometries = NDArray[np.object_]
    Positions = NDArray[np.int64]

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
    same: NDArray[np.bool_]


def overlay(before: Geometries, after: Geometries, *, workers: int = 2) -> Overlay:
    """Lay two layers over each other.

    Polygons that are in both, point by point (to the grid of `landuse.analysis.pieces`, wherever their rings start),
    are recognised and never cut; only the rest is.

    Parameters
    ----------
    before, after : arrays of valid polygons
        In one plane; those of one layer do not overlap (the pieces of `landuse.analysis.overlap.count_once`).
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
