"""True areas: sums over lattice cells, the cells that park boundaries cut clipped by half-planes.

A chord crosses a convex cell, so the part of a cell inside a park is the cell clipped by one half-plane
(Sutherland-Hodgman), and what a higher park leaves of it is convex again. No overlay library takes part.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.sample.city.lattice import CITY_CRS, cell_corners, cell_count, cells_of, cross, rect_sum
from landuse.sample.city.outline import WHOLE
from landuse.sample.truth.figures import ROUNDING_M2

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Ints
    from landuse.sample.city.parks import Block, Park
    from landuse.sample.city.tiles import City

#: Corners kept for each piece of a cell: four, and one more for each of six boundaries through it.
CORNERS = 10
CHUNK_PARCELS = 50_000


@dataclass(frozen=True, eq=False)
class CellSums:
    """Areas of some parcels and of their parts in parks.

    Attributes
    ----------
    parcel : array of int, shape (n,)
        Positions of the parcels in the city.
    total : array of float, shape (2, n)
        Ellipsoidal and planar area of each parcel [m²].
    part_parcel, part_park : array of int, shape (k,)
        Position in `parcel`, and in the city's parks, of each pair that meets.
    attributed, gross : array of float, shape (2, k)
        Land of the parcel that the park owns after priority, and all that it claims [m²].
    """

    parcel: Ints
    total: Floats
    part_parcel: Ints
    part_park: Ints
    attributed: Floats
    gross: Floats

    @property
    def inside(self) -> Floats:
        """Area of each parcel inside any park, shape (2, n) [m²]."""
        n = len(self.parcel)
        return np.array([np.bincount(self.part_parcel, a, n) for a in self.attributed])


def cell_sums(city: City, parks: tuple[Park, ...], which: Bools, geometry: Geometries) -> CellSums:
    """Sum the true areas of some parcels.

    Parameters
    ----------
    city : City
    parks : tuple of Park
        Those of the city, or of another year.
    which : array of bool, shape (parcels,)
        The parcels to sum.
    geometry : array of polygons, shape (parcels,)
        Their R² is the one that the parts share.
    """
    parcel = np.flatnonzero(which)
    some = [
        _sum_chunk(city, parks, parcel[lo : lo + CHUNK_PARCELS], geometry)
        for lo in range(0, max(1, len(parcel)), CHUNK_PARCELS)
    ]
    start = np.cumsum([0] + [len(s.parcel) for s in some[:-1]])
    return CellSums(
        parcel,
        np.hstack([s.total for s in some]),
        np.concatenate([s.part_parcel + n for s, n in zip(some, start, strict=True)]),
        np.concatenate([s.part_park for s in some]),
        np.hstack([s.attributed for s in some]),
        np.hstack([s.gross for s in some]),
    )


def _sum_chunk(city: City, parks: tuple[Park, ...], parcel: Ints, geometry: Geometries) -> CellSums:
    owner, row, col = cells_of(city.rects[parcel])
    cells = _Cells(
        owner,
        row,
        col,
        cell_corners(city.lattice.nodes, row, col),
        gaussian_radius2(geometry[parcel], CITY_CRS)[owner],
    )
    whole = cells.areas(np.arange(len(owner)), cells.corners)
    state = _State(cells, whole, parks)
    n = len(parcel)
    found: list[tuple[Ints, int, Floats, Floats]] = []
    for k in sorted(range(len(parks)), key=lambda k: parks[k].priority):
        own, gross = np.zeros((2, n)), np.zeros((2, n))
        for block in parks[k].blocks:
            state.claim(block, own, gross)
        pairs = np.flatnonzero(gross[0] > 0)
        found.append((pairs, k, own[:, pairs], gross[:, pairs]))
    return CellSums(
        parcel,
        np.array([np.bincount(owner, a, n) for a in whole]),
        np.concatenate([f[0] for f in found]),
        np.concatenate([np.full(len(f[0]), f[1]) for f in found]),
        np.hstack([f[2] for f in found]),
        np.hstack([f[3] for f in found]),
    )


@dataclass(frozen=True, eq=False)
class _Cells:
    """The cells of a chunk of parcels."""

    owner: Ints
    row: Ints
    col: Ints
    corners: Floats
    radius2: Floats

    def areas(self, cell: Ints, ring: Floats) -> Floats:
        """Return the ellipsoidal and planar area of convex pieces of cells, shape (2, n)."""
        if not len(cell):
            return np.zeros((2, 0))
        fan = ring - ring[:, :1]
        planar = cross(fan[:, 1:-1], fan[:, 2:]).sum(axis=1) / 2
        pieces = np.asarray(shapely.polygons(ring))
        return np.array([ellipsoidal_area(pieces, CITY_CRS, self.radius2[cell]), planar])


class _State:
    """What higher parks have left of each cell."""

    def __init__(self, cells: _Cells, whole: Floats, parks: tuple[Park, ...]) -> None:
        self.cells, self.whole = cells, whole
        self.left = np.ones(len(cells.owner), dtype=bool)
        cut = np.zeros(len(cells.owner), dtype=bool)
        for block in (b for p in parks for b in p.blocks):
            at, corners, _ = _meet(block, cells)
            cut[at[corners < WHOLE]] = True
        where = np.flatnonzero(cut)
        #: Position of a cut cell's remaining piece.
        self.piece = np.full(len(cells.owner), -1)
        self.piece[where] = np.arange(len(where))
        self.ring = _padded(cells.corners[where])

    def claim(self, block: Block, own: Floats, gross: Floats) -> None:
        """Let a block take what is left of the cells it covers; add to the parcels' areas, shape (2, n)."""
        at, corners, chord = _meet(block, self.cells)
        full, cut = at[corners == WHOLE], at[corners < WHOLE]
        line = chord[corners < WHOLE]
        start, end = block.outline.start[line], block.outline.end[line]
        self._add(gross, full, self.whole[:, full])
        pieces = clip(_padded(self.cells.corners[cut]), start, end)
        self._add(gross, cut, self.cells.areas(cut, pieces))

        intact = full[self.left[full] & (self.piece[full] < 0)]
        self._add(own, intact, self.whole[:, intact])
        broken = full[self.left[full] & (self.piece[full] >= 0)]
        self._add(own, broken, self.cells.areas(broken, self.ring[self.piece[broken]]))
        self.left[full] = False

        still = self.left[cut]
        cut, start, end = cut[still], start[still], end[still]
        ring = self.ring[self.piece[cut]]
        self._add(own, cut, self.cells.areas(cut, clip(ring, start, end)))
        self.ring[self.piece[cut]] = clip(ring, end, start)

    def _add(self, to: Floats, cell: Ints, area: Floats) -> None:
        for k in range(2):
            to[k] += np.bincount(self.cells.owner[cell], area[k], to.shape[1])


def _meet(block: Block, cells: _Cells) -> tuple[Ints, Ints, Ints]:
    """Return the cells a block covers or cuts, their corners inside it, and their chords."""
    line = block.outline
    at = line.locate(cells.row, cells.col)
    r, c = cells.row[at] - line.row0, cells.col[at] - line.col0
    corners, chord = line.corners[r, c], line.chord[r, c]
    met = corners > 0
    return at[met], corners[met], chord[met]


def _padded(corners: Floats) -> Floats:
    return np.asarray(np.repeat(corners, [1, 1, 1, CORNERS - 3], axis=1))


def clip(ring: Floats, start: Floats, end: Floats) -> Floats:
    """Clip convex polygons to the left of a line each (Sutherland-Hodgman).

    Parameters
    ----------
    ring : array of float, shape (n, m, 2)
        Corners, counter-clockwise; the last one may be repeated to fill the row.
    start, end : array of float, shape (n, 2)
        Two points of each line.

    Returns
    -------
    array of float, shape (n, m, 2)
        As `ring`; where nothing is left, one point m times.
    """
    n, m, _ = ring.shape
    side = cross((end - start)[:, None], ring - start[:, None])
    following, other = np.roll(ring, -1, axis=1), np.roll(side, -1, axis=1)
    crosses = (side > 0) != (other > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(crosses, side / (side - other), 0.0)[..., None]
    points = np.stack([ring, ring + t * (following - ring)], axis=2).reshape(n, 2 * m, 2)
    new = np.ones((n, m), dtype=bool)
    new[:, 1:] = (ring[:, 1:] != ring[:, :-1]).any(axis=2)
    kept = np.stack([(side > 0) & new, crosses], axis=2).reshape(n, 2 * m)
    count = kept.sum(axis=1)
    if (count > m).any():
        raise ArithmeticError("too many park boundaries cross one cell")
    first = np.argsort(~kept, axis=1, kind="stable")
    slot = np.minimum(np.arange(m), np.maximum(count - 1, 0)[:, None])
    return np.asarray(np.take_along_axis(points, np.take_along_axis(first, slot, axis=1)[..., None], axis=1))


#: Classes that are neither built nor water.
FREE = ("0101", "0103", "0301")
#: Labels of cells that no block touches, and of those that one cuts or several claim.
NONE, SHARED = -1, -2


def block_land(city: City, geometry: Geometries, area_m2: Floats) -> tuple[Floats, Floats]:
    """Sum the ellipsoidal land of each block: all that it owns after priority, and that of `FREE` classes [m²].

    A parcel whose cells all lie in one block alone counts as it is, so that only the others' cells are clipped.

    Parameters
    ----------
    city : City
    geometry : array of polygons, shape (parcels,)
    area_m2 : array of float, shape (parcels,)
        Their ellipsoidal areas.
    """
    label = _labels(city)
    within = _count(label >= 0, city.rects) == cell_count(city.rects)
    touched = _count(label != NONE, city.rects) > 0
    whole = np.flatnonzero(within)
    # each block a park of its own; those of one park never meet
    single = tuple(replace(park, blocks=(block,)) for park in city.parks for block in park.blocks)
    sums = cell_sums(city, single, touched & ~within, geometry)
    block = np.r_[label[tuple(city.rects[whole, :2].T)], sums.part_park]
    land = np.r_[area_m2[whole], sums.attributed[0]]
    free = np.isin(city.code[np.r_[whole, sums.parcel[sums.part_parcel]]], FREE)
    mine = [block == k for k in range(len(single))]
    owned = np.array([math.fsum(land[m]) for m in mine])
    owned[owned < ROUNDING_M2] = 0.0
    return owned, np.array([math.fsum(land[m & free]) for m in mine])


def _labels(city: City) -> Ints:
    """Return which block alone covers each whole cell, else `NONE` or `SHARED`."""
    label = np.full(city.lattice.shape, NONE)
    for k, block in enumerate(b for p in city.parks for b in p.blocks):
        line = block.outline
        h, w = line.corners.shape
        window = label[line.row0 : line.row0 + h, line.col0 : line.col0 + w]
        alone = (line.corners == WHOLE) & (window == NONE)
        window[line.corners > 0] = SHARED
        window[alone] = k
    return label


def _count(which: Bools, rects: Ints) -> Floats:
    """Count the cells of each rectangle that are marked."""
    table = np.zeros((which.shape[0] + 1, which.shape[1] + 1))
    np.cumsum(which, axis=0, out=table[1:, 1:])
    np.cumsum(table, axis=1, out=table)
    return rect_sum(table, rects)
