"""Park outlines: marching squares on the lattice, one straight chord a cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import depth_first_order

from landuse.sample.lattice import cross

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Ints

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
