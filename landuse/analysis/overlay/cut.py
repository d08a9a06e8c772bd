"""The one place that cuts: parcels by the faces of an arrangement, and parcels by each other.

Positions first, frames last. Prepared geometry stays on one thread (shared by threads it crashes the interpreter);
threads serve the cuts only. Geometry is never moved to a local origin before a cut: near the origin the geometry
library returns wrong areas for polygons that differ by one unit in the last place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.analysis.overlay.common_area import common_area
from landuse.analysis.overlay.pieces import GRID, pieces, threaded, union
from landuse.analysis.overlay.tiles import EDGE, OUTSIDE, Tiles
from landuse.errors import AccountingError
from landuse.geo.repair import ring_edges

if TYPE_CHECKING:
    from landuse.analysis.overlay.arrangement import Arrangement
    from landuse.geo.arrays import Bools, Floats, Geometries, Positions

#: Overlaps of two parcels below this [square units of the plane] are rounding, not a dispute about land.
DISPUTE = 1e-4
#: Straddling parcels share a face clipped to a window of about this size [units of the plane].
WINDOW = 500.0


@dataclass(frozen=True)
class Cut:
    """Pieces of polygons.

    Attributes
    ----------
    source : array of int, shape (n,)
        Position of the polygon each piece belongs to.
    face : array of int, shape (n,)
        Face it lies in, or `OUTSIDE`.
    geometry : array of polygons and multipolygons, shape (n,)
        The pieces of one source are disjoint and make up the source.
    whole : array of bool, shape (n,)
        True for a piece that is its source, uncut.
    """

    source: Positions
    face: Positions
    geometry: Geometries
    whole: Bools


def cut(polygons: Geometries, arrangement: Arrangement, *, workers: int = 2) -> Cut:
    """Cut every polygon by the faces into its inside pieces and its outside piece.

    Parameters
    ----------
    polygons : array of valid polygons, shape (n,)
        They may overlap; each is cut for itself.
    arrangement : Arrangement
        In the same plane.
    workers : int
        Threads for the cuts.

    Returns
    -------
    Cut
        Whole polygons first, then the pieces of those that straddle a boundary. The outside is what successive
        differences leave, never a difference of areas.

    Examples
    --------
    >>> from landuse.analysis.overlay.arrangement import arrange
    >>> plot = np.array([shapely.box(1, 0, 3, 1)])
    >>> pieces = cut(plot, arrange(np.array([shapely.box(0, 0, 2, 2)])))
    >>> pieces.face.tolist(), shapely.area(pieces.geometry).tolist()
    ([0, -1], [1.0, 1.0])
    """
    faces = arrangement.faces
    if not len(faces):
        n = len(polygons)
        return Cut(np.arange(n), np.full(n, OUTSIDE), polygons, np.ones(n, dtype=bool))
    bounds = shapely.bounds(polygons)
    where = Tiles(faces).classify(bounds)
    near = np.flatnonzero(where == EDGE)
    where[near], pair, face = _relate(polygons[near], faces)
    straddlers, row = np.unique(near[pair], return_inverse=True)
    whole = np.ones(len(polygons), dtype=bool)
    whole[straddlers] = False
    inner, rest = _pieces(polygons[straddlers], bounds[straddlers], row, faces, face, workers)
    source = np.concatenate([np.flatnonzero(whole), straddlers[row], straddlers])
    labels = np.concatenate([where[whole], face, np.full(len(straddlers), OUTSIDE)])
    geometry = np.concatenate([polygons[whole], inner, rest])
    uncut = np.arange(len(source)) < np.count_nonzero(whole)
    keep = uncut | (shapely.area(geometry) > 0)
    return Cut(source[keep], labels[keep], geometry[keep], uncut[keep])


def _relate(polygons: Geometries, faces: Geometries) -> tuple[Positions, Positions, Positions]:
    """Return the face that holds each polygon whole (or `OUTSIDE`), and the (polygon, face) pairs still to be cut."""
    i, f = shapely.STRtree(faces).query(polygons)
    shapely.prepare(faces)
    hit = shapely.intersects(faces[f], polygons[i])
    i, f = i[hit], f[hit]
    whole = shapely.covers(faces[f], polygons[i])
    shapely.destroy_prepared(faces)
    label = np.full(len(polygons), OUTSIDE, dtype=np.int64)
    label[i[whole]] = f[whole]
    # a polygon whole in one face may still touch its neighbour: cut there as well, it would lose its inside part
    straddles = ~np.isin(i, i[whole])
    i, f = i[straddles], f[straddles]
    order = np.argsort(i, kind="stable")
    return label, i[order], f[order]


def _pieces(
    polygons: Geometries, bounds: Floats, row: Positions, faces: Geometries, face: Positions, workers: int
) -> tuple[Geometries, Geometries]:
    """Return the inside piece of each (row, face) pair, rows ascending, and the outside piece of each polygon."""
    window, which = _windowed_faces(bounds, row, faces, face)
    return pieces(polygons, row, window[which], workers=workers)


def windows(bounds: Floats) -> tuple[Floats, Positions]:
    """Gather boxes into windows a unit wider than all the boxes in them.

    Parameters
    ----------
    bounds : array of float, shape (n, 4)
        Of parcels.

    Returns
    -------
    boxes : array of float, shape (w, 4)
        The windows.
    window : array of int, shape (n,)
        The window each box lies in.
    """
    middle = np.floor((bounds[:, :2] + bounds[:, 2:]) / 2 / WINDOW).astype(np.int64)
    _, window = np.unique(middle, axis=0, return_inverse=True)
    order = np.argsort(window, kind="stable")
    start = np.flatnonzero(np.diff(window[order], prepend=-1))
    lo = np.minimum.reduceat(bounds[order, :2], start) - 1
    hi = np.maximum.reduceat(bounds[order, 2:], start) + 1
    return np.column_stack([lo, hi]), window


def _windowed_faces(bounds: Floats, row: Positions, faces: Geometries, face: Positions) -> tuple[Geometries, Positions]:
    """Return faces clipped to windows wider than their parcels, so that no cut has a seam; and each pair's."""
    if not len(row):
        return np.empty(0, dtype=object), np.empty(0, dtype=np.int64)
    boxes, window = windows(bounds)
    key, which = np.unique(window[row] * len(faces) + face, return_inverse=True)
    w, f = np.divmod(key, len(faces))
    clipped = [_clipped(polygon, box) for polygon, box in zip(faces[f], boxes[w].tolist(), strict=True)]
    return np.array(clipped, dtype=object), which


def _clipped(polygon: Any, box: Any) -> Any:
    """Return a polygon cut to a box; slivers that the fast way cannot hold go the slow one."""
    try:
        return shapely.clip_by_rect(polygon, *box)
    except shapely.GEOSException:
        return shapely.intersection(polygon, shapely.box(*box))


def edges(polygons: Geometries) -> Geometries:
    """Return every straight edge of the polygons' rings as a line."""
    return np.asarray(shapely.linestrings(np.stack(ring_edges(polygons), axis=1)), dtype=object)


def disputes(polygons: Geometries, *, workers: int = 2) -> tuple[Positions, Positions]:
    """Which pairs of polygons claim the same land?

    Parameters
    ----------
    polygons : array of valid polygons, shape (n,)
        Sorted by precedence: the first of a pair keeps the land.
    workers : int
        Threads.

    Returns
    -------
    tuple of array of int
        Positions (keeper, loser), keeper < loser, of pairs whose common area exceeds `DISPUTE`.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1), shapely.box(3, 0, 4, 1)])
    >>> [x.tolist() for x in disputes(squares)]
    [[0], [1]]
    """
    i, j = shapely.STRtree(polygons).query(polygons)
    i, j = i[i < j], j[i < j]
    # relate, not coverage_invalid_edges: as a filter that one misses duplicates and nested parcels
    common = threaded(lambda a, b: shapely.relate_pattern(a, b, "T********"), polygons[i], polygons[j], workers=workers)
    i, j = i[common], j[common]
    real = common_area(polygons[i], polygons[j]) > DISPUTE
    return i[real], j[real]


def count_once(polygons: Geometries, *, workers: int = 2) -> tuple[Positions, Bools, Geometries]:
    """Split every polygon into the land it keeps and the land an earlier polygon already holds.

    Returns
    -------
    source : array of int, shape (m,)
        Position of the polygon; one row for most, two for those that lose part of their land.
    counted : array of bool, shape (m,)
        False for land that an earlier polygon holds.
    geometry : array of polygons, shape (m,)
        The pieces of a polygon make it up.

    Raises
    ------
    AccountingError
        When a polygon does not lose what the second engine says that earlier ones keep of it.

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)])
    >>> source, counted, geometry = count_once(squares)
    >>> source.tolist(), counted.tolist(), shapely.area(geometry).tolist()
    ([0, 1, 1], [True, True, False], [2.0, 1.0, 1.0])
    """
    keeper, loser = disputes(polygons, workers=workers)
    losers, group = np.unique(loser, return_inverse=True)
    kept, lost = _divided(polygons, keeper, losers, group, workers)
    source = np.concatenate([np.arange(len(polygons)), losers])
    counted = np.concatenate([np.ones(len(polygons), dtype=bool), np.zeros(len(losers), dtype=bool)])
    geometry = np.concatenate([kept, lost])
    if not len(losers):
        return source, counted, geometry
    some = shapely.area(geometry) > 0
    return source[some], counted[some], geometry[some]


def _divided(
    polygons: Geometries, keeper: Positions, losers: Positions, group: Positions, workers: int
) -> tuple[Geometries, Geometries]:
    """Return what every polygon keeps, and what each loser loses.

    What the keepers of a loser keep is disjoint and holds all that any of them claims of it: where two of them overlap
    it, the first is a keeper of both. So what it loses is a sum that the second engine knows.
    """
    kept, lost = polygons.copy(), np.empty(len(losers), dtype=object)
    bound = GRID * shapely.length(polygons[losers])
    wrong = np.arange(len(losers))
    for grid in (None, GRID):
        held = np.array([union(polygons[keeper[group == k]], grid) for k in wrong], dtype=object)
        lost[wrong], kept[losers[wrong]] = pieces(polygons[losers[wrong]], np.arange(len(wrong)), held, workers=workers)
        owed = np.bincount(group, common_area(polygons[losers[group]], kept[keeper]), len(losers))
        wrong = np.flatnonzero(np.abs(shapely.area(lost) - owed) > bound)
        if not len(wrong):
            return kept, lost
    at = shapely.point_on_surface(polygons[losers[wrong[0]]])
    message = f"two engines disagree on the land that polygons claim from the one at {at.x:.1f}, {at.y:.1f}"
    raise AccountingError(message)
