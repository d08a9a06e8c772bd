"""Park outlines: marching squares on the lattice, one straight chord a cell.

A site keeps three cells from its superblock's edge, and its superblock keeps five from every park. So plots
of one site touch, different sites and parks are more than 50 m apart, and each site is exactly one cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order

from landuse.sample.city.lattice import SUPERBLOCK, Lattice, cell_count, cross, rect_sum, split
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints

#: Crossings keep this share of an edge away from its nodes, so that no piece of a cell degenerates.
EDGE_MARGIN = 0.05
#: Corners of a cell inside the outline when the whole cell is.
WHOLE = 4


@dataclass(frozen=True, eq=False)
class Outline:
    """One closed boundary on a window of the lattice.

    Attributes
    ----------
    row0, col0 : int
        First cell of the window.
    corners : array of int, shape (h, w)
        How many corners of each cell lie inside: 0 outside, 4 inside, else cut.
    chord : array of int, shape (h, w)
        Number of the chord that cuts the cell, -1 where none does.
    start, end : array of float, shape (chords, 2)
        The chords, counter-clockwise: inside is on the left; `end` is the next chord's `start`.
    """

    row0: int
    col0: int
    corners: Ints
    chord: Ints
    start: Floats
    end: Floats

    def locate(self, row: Ints, col: Ints) -> Ints:
        """Return the positions of those cells that lie in the window."""
        height, width = self.corners.shape
        r, c = row - self.row0, col - self.col0
        return np.flatnonzero((r >= 0) & (r < height) & (c >= 0) & (c < width))


def trace(nodes: Floats, level: Floats, row0: int, col0: int) -> Outline | None:
    """Trace the line where `level`, given at the nodes of a window, changes sign.

    Parameters
    ----------
    nodes : array of float, shape (rows + 1, cols + 1, 2)
        The whole lattice.
    level : array of float, shape (h + 1, w + 1)
        Positive inside.
    row0, col0 : int
        First node of the window.

    Returns
    -------
    Outline or None
        None when the line has a saddle cell or is not one single loop.
    """
    h, w = level.shape[0] - 1, level.shape[1] - 1
    window = nodes[row0 : row0 + h + 1, col0 : col0 + w + 1]
    inside = level > 0
    corners = inside[:-1, :-1].astype(np.int64) + inside[:-1, 1:] + inside[1:, :-1] + inside[1:, 1:]
    row, col = np.nonzero((corners > 0) & (corners < WHOLE))
    pair = _crossed_edges(inside, row, col)
    if pair is None:
        return None
    edges, pair = np.unique(pair, return_inverse=True)
    order = _loop(pair.reshape(-1, 2), len(edges))
    if order is None:
        return None
    crossing, cell = order
    start = _crossings(window, level, edges)[crossing]
    if cross(start, np.roll(start, -1, axis=0)).sum() < 0:
        start, cell = start[::-1], np.roll(cell[::-1], -1)
    chord = np.full(corners.shape, -1)
    chord[row[cell], col[cell]] = np.arange(len(cell))
    return Outline(row0, col0, corners, chord, start, np.roll(start, -1, axis=0))


def _crossed_edges(inside: Bools, row: Ints, col: Ints) -> Ints | None:
    """Return the two lattice edges that the line crosses at each cut cell, or None at a saddle.

    East-west edges are numbered by their western node, north-south edges after them by their southern node.
    """
    width = inside.shape[1]
    west_node = row * width + col
    sides = np.column_stack([west_node, west_node + width, inside.size + west_node, inside.size + west_node + 1])
    south_west, south_east = inside[row, col], inside[row, col + 1]
    north_west, north_east = inside[row + 1, col], inside[row + 1, col + 1]
    crossed = np.column_stack(
        [
            south_west != south_east,
            north_west != north_east,
            south_west != north_west,
            south_east != north_east,
        ]
    )
    if not len(row) or (crossed.sum(axis=1) != 2).any():
        return None
    return np.asarray(sides[crossed].reshape(-1, 2))


def _loop(pair: Ints, n: int) -> tuple[Ints, Ints] | None:
    """Order the crossings along the line; return them and the cell after each, or None for several loops."""
    cells = np.arange(len(pair))
    link = csr_array((cells + 1, (pair[:, 0], pair[:, 1])), shape=(n, n))
    link = (link + link.T).tocsr()
    crossing = depth_first_order(link, 0, directed=False, return_predecessors=False).astype(np.int64)
    if len(crossing) != n or len(pair) != n:
        return None
    cell = np.asarray(link[crossing, np.roll(crossing, -1)]).ravel() - 1
    if (cell < 0).any():
        raise ArithmeticError("consecutive crossings of a park boundary share no cell")
    return crossing, cell


def _crossings(window: Floats, level: Floats, edges: Ints) -> Floats:
    """Return the points where the line crosses the given edges, by linear interpolation of the level."""
    size, width = level.size, level.shape[1]
    northward = edges >= size
    a = np.where(northward, edges - size, edges)
    b = a + np.where(northward, width, 1)
    fa, fb = level.ravel()[a], level.ravel()[b]
    t = np.clip(fa / (fa - fb), EDGE_MARGIN, 1 - EDGE_MARGIN)[:, None]
    flat = window.reshape(-1, 2)
    return np.asarray((1 - t) * flat[a] + t * flat[b])


MU = AREA_M2["mu"]
#: Limits that no true area may come near, and how near is near.
PLOT_LIMIT_M2, CLUSTER_LIMITS_M2, MARGIN = 3 * MU, (30 * MU, 200 * MU), 0.05
#: Cells between a site and the edge of its superblock.
SETBACK = 3
#: Share of sites that are one tiny plot, and that are too large to count as scattered.
TINY, LARGE = 0.05, 0.04
MEDIAN_SITE_M2, MEDIAN_PLOT_CELLS = 22 * MU, 9.5
MOST_PLOTS = 6
ROOM_FOR_LARGE_M2 = 330 * MU
ROUNDS = 40


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites in the order in which a city takes them until it has enough.

    Attributes
    ----------
    superblock : array of int, shape (n,)
        Superblock of each site.
    bounds : array of int, shape (n, 4)
        The rectangle of cells a site fills.
    plots : array of int, shape (m, 4)
    owner : array of int, shape (m,)
        Position of the site of each plot.
    area : array of float, shape (n,)
        Planar [m²].
    """

    superblock: Ints
    bounds: Ints
    plots: Ints
    owner: Ints
    area: Floats

    def first(self, area_m2: float) -> Sites:
        """Return as many sites as it takes to reach an area."""
        n = int(np.searchsorted(np.cumsum(self.area), area_m2)) + 1 if area_m2 > 0 else 0
        n = max(n, 3) if area_m2 > ROOM_FOR_LARGE_M2 else n
        keep = self.owner < n
        return Sites(self.superblock[:n], self.bounds[:n], self.plots[keep], self.owner[keep], self.area[:n])


def draw_sites(lattice: Lattice, free: Ints, needed_m2: float, rng: np.random.Generator) -> Sites:
    """Draw sites of about `needed_m2` together, one a free superblock, every area clear of the limits.

    Among the first three are a tiny and a large one, where the need is large enough.
    """
    order = rng.permutation(free)
    kind = rng.random(len(order))
    if needed_m2 > ROOM_FOR_LARGE_M2:
        kind[1:3] = np.array([0.0, 1.0])[: max(0, len(kind) - 1)]
    todo = np.arange(len(order))
    bounds = np.zeros((len(order), 4), dtype=np.int64)
    found: list[tuple[Ints, Ints]] = []
    for _ in range(ROUNDS):
        trial = _rectangles(lattice.superblocks()[order[todo]], kind[todo], rng)
        limit = np.where(kind[todo] < TINY, 1e9, np.maximum(1.55 * MEDIAN_PLOT_CELLS, cell_count(trial) / 4.0))
        plots, owner = split(trial, limit, rng)
        good = _unambiguous(lattice, trial, plots, owner, kind[todo])
        bounds[todo[good]] = trial[good]
        found.append((plots[good[owner]], todo[owner[good[owner]]]))
        todo = todo[~good]
        if not len(todo):
            break
    kept = np.setdiff1d(np.arange(len(order)), todo)
    plots, owner = np.vstack([f[0] for f in found]), np.concatenate([f[1] for f in found])
    by_site = np.argsort(owner, kind="stable")
    drawn = Sites(
        order[kept],
        bounds[kept],
        plots[by_site],
        np.searchsorted(kept, owner[by_site]),
        rect_sum(lattice.area_table, bounds[kept]),
    )
    return drawn.first(needed_m2)


def _rectangles(superblocks: Ints, kind: Floats, rng: np.random.Generator) -> Ints:
    """Draw a rectangle within each superblock's setback: tiny, large or log-normal by `kind`."""
    room, cell = SUPERBLOCK - 2 * SETBACK, 625.0
    cells = np.exp(np.log(MEDIAN_SITE_M2) + 0.8 * rng.standard_normal(len(kind))) / cell
    cells = np.where(kind > 1 - LARGE, rng.uniform(220, 300, len(kind)) * MU / cell, np.clip(cells, 4, 195 * MU / cell))
    ratio = np.exp(0.25 * rng.standard_normal(len(kind)))
    height = np.clip(np.round(np.sqrt(cells * ratio)), 1, room).astype(np.int64)
    width = np.clip(np.round(cells / height), 1, room).astype(np.int64)
    tiny = kind < TINY
    height, width = np.where(tiny, 1, height), np.where(tiny, 2, width)
    row = superblocks[:, 0] + SETBACK + rng.integers(0, room - height + 1)
    col = superblocks[:, 1] + SETBACK + rng.integers(0, room - width + 1)
    return np.column_stack([row, col, row + height, col + width])


def _unambiguous(lattice: Lattice, sites: Ints, plots: Ints, owner: Ints, kind: Floats) -> Bools:
    """Say which sites have as many plots as they may, and no area near a limit."""
    total, size = rect_sum(lattice.area_table, sites), rect_sum(lattice.area_table, plots)
    number = np.bincount(owner, minlength=len(sites))
    near = np.bincount(owner, np.abs(size / PLOT_LIMIT_M2 - 1) < MARGIN, len(sites)) > 0
    for limit in CLUSTER_LIMITS_M2:
        near |= np.abs(total / limit - 1) < MARGIN
    large, tiny = kind > 1 - LARGE, kind < TINY
    as_meant = np.where(tiny, total < PLOT_LIMIT_M2, (total > CLUSTER_LIMITS_M2[1]) == large)
    return np.asarray(~near & as_meant & (number <= np.where(large, 3 * MOST_PLOTS, MOST_PLOTS)))


def frames(superblocks: Ints, holes: Ints) -> Ints:
    """Return what is left of each superblock around the rectangle taken out, as up to four rectangles."""
    top, bottom, left, right = superblocks.copy(), superblocks.copy(), superblocks.copy(), superblocks.copy()
    bottom[:, 2] = holes[:, 0]
    top[:, 0] = holes[:, 2]
    left[:, [0, 2, 3]] = holes[:, [0, 2, 1]]
    right[:, [0, 2, 1]] = holes[:, [0, 2, 3]]
    return np.vstack([bottom, top, left, right])
