"""The ground of the synthetic city: a lattice of convex cells, in tiles of one superblock and its roads.

Everything in the city is built of these cells: parcels are rectangles of cells in index space, and a park
boundary crosses a cell on one straight chord. So every true area is a sum over cells, and no overlay engine
is needed to know it.

A rectangle of cells is a row `(row0, col0, row1, col1)` of an integer array, half open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Ints

#: CGCS2000 / 3-degree Gauss-Kruger CM 120E.
CITY_CRS = CRS(4549)
CENTRE_M = (520_000.0, 3_345_000.0)
SPACING_M = 25.0
#: Cells along a side of a superblock, and of its tile, which has a road one cell wide on its north and east.
SUPERBLOCK, TILE = 24, 25
RIVER_ROWS = 8
#: Mean size of a parcel [cells]; a cell is about 625 m².
CELLS_PER_PARCEL = 16
#: A node strays at most this share of the spacing; 0.25 would be the limit for convex cells without the warp.
JITTER = 0.12
#: Wavelengths of the warp [cells] and the slope of each wave; their sum bounds how much a cell is squeezed.
WAVELENGTHS = np.array([90.0, 140.0, 260.0, 600.0])
SLOPE = 0.045


@dataclass(frozen=True, eq=False)
class Lattice:
    """Nodes of the lattice and how tiles lie on it.

    Attributes
    ----------
    nodes : array of float, shape (rows + 1, cols + 1, 2)
        Easting and northing of every node [m].
    area_table : array of float, shape (rows + 1, cols + 1)
        Summed-area table of the planar cell areas [m²]; for choices, not for truth.
    row_start, col_start : array of int
        First cell of each tile row and column, and the end.
    river_tile_row : int
        Tile row that has the river along its northern side.
    waves : array of float, shape (2, waves, 4)
        Per axis: amplitude [m], waves per row, waves per column, phase.
    """

    nodes: Floats
    area_table: Floats
    row_start: Ints
    col_start: Ints
    river_tile_row: int
    waves: Floats

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of cells."""
        return self.nodes.shape[0] - 1, self.nodes.shape[1] - 1

    @property
    def tiles(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        return len(self.row_start) - 1, len(self.col_start) - 1

    def tile_rects(self) -> Ints:
        """Return the rectangle of every tile, row by row; a tile's number is its position here."""
        i, j = (a.ravel() for a in np.indices(self.tiles))
        return np.column_stack([self.row_start[i], self.col_start[j], self.row_start[i + 1], self.col_start[j + 1]])

    def superblocks(self) -> Ints:
        """Return the rectangle of every superblock, in the order of the tiles."""
        start = self.tile_rects()[:, :2]
        return np.hstack([start, start + SUPERBLOCK])

    def index_of(self, easting: Floats, northing: Floats) -> tuple[Ints, Ints]:
        """Return the cell (row, col) at each point, the jitter of the nodes left out (at most 3 m off).

        Points beyond the city get indices beyond the lattice.
        """
        rows, cols = self.shape
        col0 = (easting - CENTRE_M[0]) / SPACING_M + cols / 2
        row0 = (northing - CENTRE_M[1]) / SPACING_M + rows / 2
        row, col = row0, col0
        for _ in range(10):  # the warp contracts by about 0.2 a step
            de, dn = warp(self.waves, row, col)
            row, col = row0 - dn / SPACING_M, col0 - de / SPACING_M
        return np.floor(row).astype(np.int64), np.floor(col).astype(np.int64)


def make_lattice(parcels: int, rng: np.random.Generator) -> Lattice:
    """Lay out a lattice large enough for about `parcels` parcels.

    Raises
    ------
    ArithmeticError
        When a cell is not strictly convex: truth would no longer be exact.
    """
    tiles = parcels * CELLS_PER_PARCEL / TILE**2
    tile_rows = max(2, round(tiles**0.5))
    tile_cols = max(2, round(tiles / tile_rows))
    river_tile_row = tile_rows // 3
    height = np.full(tile_rows, TILE)
    height[river_tile_row] += RIVER_ROWS
    row_start = np.r_[0, np.cumsum(height)]
    col_start = np.arange(tile_cols + 1) * TILE
    waves = _draw_waves(rng)
    nodes = _place_nodes(int(row_start[-1]), int(col_start[-1]), waves, rng)
    return Lattice(nodes, _area_table(nodes), row_start, col_start, river_tile_row, waves)


def _draw_waves(rng: np.random.Generator) -> Floats:
    heading = rng.uniform(0, 2 * np.pi, (2, len(WAVELENGTHS)))
    amplitude = np.broadcast_to(SLOPE * SPACING_M * WAVELENGTHS / (2 * np.pi), heading.shape)
    phase = rng.uniform(0, 2 * np.pi, heading.shape)
    return np.stack([amplitude, np.sin(heading) / WAVELENGTHS, np.cos(heading) / WAVELENGTHS, phase], axis=-1)


def warp(waves: Floats, row: Floats, col: Floats) -> tuple[Floats, Floats]:
    """Return the displacement east and north [m] at lattice indices."""
    shift = [sum(a * np.sin(2 * np.pi * (p * row + q * col) + phase) for a, p, q, phase in axis) for axis in waves]
    return np.asarray(shift[0]), np.asarray(shift[1])


def _place_nodes(rows: int, cols: int, waves: Floats, rng: np.random.Generator) -> Floats:
    row, col = np.arange(rows + 1.0)[:, None], np.arange(cols + 1.0)[None, :]
    nodes = rng.uniform(-JITTER * SPACING_M, JITTER * SPACING_M, (rows + 1, cols + 1, 2))
    east, north = warp(waves, row, col)
    nodes[..., 0] += CENTRE_M[0] + (col - cols / 2) * SPACING_M + east
    nodes[..., 1] += CENTRE_M[1] + (row - rows / 2) * SPACING_M + north
    # coordinates on a grid of 0.1 mm, as surveys deliver them
    return np.asarray(np.round(nodes, 4))


def _area_table(nodes: Floats) -> Floats:
    """Check that every cell is strictly convex, and sum the cell areas from the south-west corner."""
    table = np.zeros(nodes.shape[:2])
    south_west, south_east = nodes[:-1, :-1], nodes[:-1, 1:]
    north_east, north_west = nodes[1:, 1:], nodes[1:, :-1]
    ring = [south_west, south_east, north_east, north_west]
    for k in range(4):
        before, here, after = ring[k - 1], ring[k], ring[(k + 1) % 4]
        turn = cross(here - before, after - here)
        if turn.min() <= 0:
            raise ArithmeticError("a lattice cell is not strictly convex")
    area = cross(north_east - south_west, north_west - south_east) / 2
    table[1:, 1:] = area.cumsum(axis=0).cumsum(axis=1)
    return table


def cross(a: Floats, b: Floats) -> Floats:
    """Return the z component of a × b along the last axis."""
    return np.asarray(a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0])


def rect_sum(table: Floats, rects: Ints) -> Floats:
    """Return the sum of a summed-area table over each rectangle."""
    row0, col0, row1, col1 = rects.T
    return np.asarray(table[row1, col1] - table[row0, col1] - table[row1, col0] + table[row0, col0])


def cell_count(rects: Ints) -> Ints:
    """Return how many cells each rectangle holds."""
    return np.asarray((rects[:, 2] - rects[:, 0]) * (rects[:, 3] - rects[:, 1]))


def cells_of(rects: Ints) -> tuple[Ints, Ints, Ints]:
    """Return (rectangle, row, col) of every cell of every rectangle."""
    count = cell_count(rects)
    owner = np.repeat(np.arange(len(rects)), count)
    k = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    width = (rects[:, 3] - rects[:, 1])[owner]
    return owner, rects[owner, 0] + k // width, rects[owner, 1] + k % width


def cell_corners(nodes: Floats, row: Ints, col: Ints) -> Floats:
    """Return the corners of cells, counter-clockwise from the south-west, shape (n, 4, 2)."""
    return np.stack([nodes[row, col], nodes[row, col + 1], nodes[row + 1, col + 1], nodes[row + 1, col]], axis=1)


def polygons(nodes: Floats, rects: Ints) -> Geometries:
    """Return a polygon a rectangle, through every node on its edge, so that neighbours share vertices."""
    row0, col0, row1, col1 = rects.T
    height, width = row1 - row0, col1 - col0
    count = 2 * (height + width) + 1
    owner = np.repeat(np.arange(len(rects)), count)
    k = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    height, width = height[owner], width[owner]
    # the south side eastward, the east side northward, the north side westward, the west side southward
    col = col0[owner] + np.clip(k, 0, width) - np.clip(k - width - height, 0, width)
    row = row0[owner] + np.clip(k - width, 0, height) - np.clip(k - 2 * width - height, 0, height)
    return np.asarray(shapely.polygons(shapely.linearrings(nodes[row, col], indices=owner)))


def with_markers(shapes: Geometries) -> Geometries:
    """Return polygons with a vertex in the middle of their first edge, where one lies there exactly.

    So layers are drawn where a boundary marker was surveyed for one of two neighbours: they share the edge and not its
    vertices. The middle of about a quarter of the edges is a floating-point number, so that the vertex lies on the line
    between its ends without rounding, and no land changes hands.

    Examples
    --------
    >>> half, none = shapely.Polygon([(0, 0), (2, 1), (0, 2)]), shapely.Polygon([(0.1, 0), (0.7, 0), (0, 1)])
    >>> with_markers(np.array([half, none]))
    array([<POLYGON ((0 0, 1 0.5, 2 1, 0 2, 0 0))>,
           <POLYGON ((0.1 0, 0.7 0, 0 1, 0.1 0))>], dtype=object)
    """
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    first = np.searchsorted(owner, np.arange(len(shapes)))
    start, end = xy[first], xy[first + 1]
    middle = start + (end - start) / 2
    exact = (middle - start == end - middle).all(axis=1)
    at = first[exact] + 1
    rings = shapely.linearrings(np.insert(xy, at, middle[exact], axis=0), indices=np.insert(owner, at, owner[at]))
    return np.asarray(shapely.polygons(rings))


#: A cut falls within this share of the longer side.
CUT = (0.3, 0.7)
#: Spread of the sizes: the limit of each rectangle is multiplied by exp(σ·normal).
SIGMA = 0.45


def splittable(rects: Ints) -> Bools:
    """Say which rectangles can be cut into two pieces of at least two cells each."""
    return np.asarray(cell_count(rects) >= 4)


def halve(rects: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut every rectangle across its longer side; return the southern or western pieces and the rest."""
    height, width = rects[:, 2] - rects[:, 0], rects[:, 3] - rects[:, 1]
    tie = rng.random(len(rects)) < 0.5
    across_rows = (height > width) | ((height == width) & tie)
    length, breadth = np.where(across_rows, height, width), np.where(across_rows, width, height)
    least = np.where(breadth == 1, 2, 1)
    cut = np.clip(np.round(length * rng.uniform(*CUT, len(rects))).astype(np.int64), least, length - least)
    first, second = rects.copy(), rects.copy()
    k = np.arange(len(rects))
    low = np.where(across_rows, 0, 1)
    at = rects[k, low] + cut
    first[k, low + 2] = at
    second[k, low] = at
    return first, second


def split(rects: Ints, limit: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut rectangles until each holds no more cells than its own draw of the limit.

    Parameters
    ----------
    rects : array of int, shape (n, 4)
    limit : array of float, shape (n,)
        Median of the limits drawn for a rectangle and its descendants [cells].
    rng : numpy.random.Generator

    Returns
    -------
    rects : array of int, shape (m, 4)
    source : array of int, shape (m,)
        Position of the rectangle that each piece comes from.
    """
    source = np.arange(len(rects))
    done = [(rects[:0], source[:0])]
    while len(rects):
        drawn = limit[source] * np.exp(SIGMA * rng.standard_normal(len(rects)))
        cut = splittable(rects) & (cell_count(rects) > drawn)
        done.append((rects[~cut], source[~cut]))
        first, second = halve(rects[cut], rng)
        rects, source = np.vstack([first, second]), np.tile(source[cut], 2)
    return np.vstack([d[0] for d in done]), np.concatenate([d[1] for d in done])


def split_to(rects: Ints, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut rectangles into exactly `count` pieces of log-normal-like sizes, or as near as cells allow.

    Returns
    -------
    rects, source
        As `split`.
    """
    limit = 1.55 * cell_count(rects).sum() / max(count, 1)
    pieces, source = rects.copy(), np.arange(len(rects))
    while True:
        trial, trial_source = split(rects, np.full(len(rects), limit), rng)
        if len(trial) <= count:
            pieces, source = trial, trial_source
            break
        limit *= 1.05
        if limit > cell_count(rects).max() * 10:
            break
    while len(pieces) < count and splittable(pieces).any():
        weight = cell_count(pieces) * np.exp(SIGMA * rng.standard_normal(len(pieces))) * splittable(pieces)
        n = min(count - len(pieces), max(1, len(pieces) // 10), int(splittable(pieces).sum()))
        chosen = np.argsort(-weight, kind="stable")[:n]
        first, second = halve(pieces[chosen], rng)
        pieces[chosen] = first
        pieces, source = np.vstack([pieces, second]), np.r_[source, source[chosen]]
    return pieces, source
