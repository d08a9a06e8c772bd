"""How dense is the industrial land outside the parks: a raster for GIS, exact to the area."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import shapely

from landuse.geo.crs import unit_factor
from landuse.geo.repair import ring_edges
from landuse.results.density import Density, Grid
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from pyproj import CRS

    from landuse.geo.arrays import Floats, Geometries, Positions
    from landuse.results.run import RunResult

#: Shares are kept to this many decimals: what is left of a sum that cancels is no land.
DECIMALS = 12
#: Polygons measured at once: bounds the memory.
CHUNK = 50_000


def covered(polygons: Geometries, grid: Grid) -> Floats:
    r"""How much of each cell do polygons cover?

    By Green's theorem, without cutting a polygon: for a counter-clockwise ring the area within a cell is

    .. math:: \oint (\min(\max(x, x_w), x_e) - x_w)\,dy

    over the part of the ring in the cell's row, :math:`x_w` and :math:`x_e` being the cell's sides. Edges are divided
    where they cross the grid; a piece in the cell gives (x̄ - x_w) Δy, one further east the whole width Δy, one further
    west nothing. The pieces of a ring telescope, so the cells sum to the polygons.

    Parameters
    ----------
    polygons : array of polygons, shape (n,)
        Valid, within the grid. Where they overlap, each counts.
    grid : Grid
        Cells.

    Returns
    -------
    array of float, shape (rows, columns)
        Area [square units of the plane]; the first row is the southern one.

    Examples
    --------
    >>> covered(np.array([shapely.box(5, 0, 20, 10)]), Grid(10.0, 0, 0, 3, 1)).tolist()
    [[50.0, 100.0, 0.0]]
    """
    shape = (grid.rows + 1, grid.columns + 1)  # what ends on the last line falls behind it, without any area
    within, passed = np.zeros(shape), np.zeros(shape)
    for start in range(0, len(polygons), CHUNK):
        turned = shapely.orient_polygons(polygons[start : start + CHUNK])
        a, b = ring_edges(turned)
        rising = a[:, 1] != b[:, 1]
        a, b, row, _edge = _divided(a[rising], b[rising], 1, grid.cell)
        a, b, column, piece = _divided(a, b, 0, grid.cell)
        # a cut's point may lie beyond the layer's bounds by a rounding
        column = np.clip(column, grid.column, grid.column + grid.columns)
        row = np.clip(row[piece], grid.row, grid.row + grid.rows)
        flat = np.ravel_multi_index((row - grid.row, column - grid.column), shape)
        dy = b[:, 1] - a[:, 1]
        middle = (a[:, 0] - column * grid.cell + (b[:, 0] - column * grid.cell)) / 2
        within += np.bincount(flat, middle * dy, within.size).reshape(shape)
        passed += np.bincount(flat, dy, passed.size).reshape(shape)
    east = np.cumsum(passed[:, ::-1], axis=1)[:, ::-1] - passed
    return np.asarray((within + east * grid.cell)[: grid.rows, : grid.columns])


def _divided(a: Floats, b: Floats, axis: int, cell: float) -> tuple[Floats, Floats, Positions, Positions]:
    """Divide edges where they cross the grid's lines of one axis.

    Returns the pieces' two ends, the interval each lies in, and the edge it comes from. Two pieces that meet share
    their point to the bit.
    """
    first = np.floor(a[:, axis] / cell).astype(np.int64)
    last = np.floor(b[:, axis] / cell).astype(np.int64)
    step = np.sign(last - first)
    pieces = np.abs(last - first) + 1
    edge = np.repeat(np.arange(len(a)), pieces)
    k = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    interval = first[edge] + k * step[edge]
    # the line a piece begins at lies between its interval and the one before
    line = np.where(step[edge] > 0, interval, interval + 1) * cell
    span = (b - a)[edge]
    length = np.where(span[:, axis] == 0, 1.0, span[:, axis])
    at = a[edge] + span * ((line - a[edge, axis]) / length)[:, None]
    at[:, axis] = line
    begin = np.where((k == 0)[:, None], a[edge], at)
    end = np.where((k == pieces[edge] - 1)[:, None], b[edge], np.roll(begin, -1, axis=0))
    return begin, end, interval, edge


def outside_density(result: RunResult, *, cell_m: float = 250.0) -> Density:
    """What share of each cell does counted industrial land outside the parks cover?

    Parameters
    ----------
    result : RunResult
        Of the run; the classes and the partial-parcel rule are the definition's, areas are those of the plane.
    cell_m : float
        Side of a cell [m].

    Returns
    -------
    Density
        Over the parcels, parks and districts of the study.
    """
    ledger = result.ledger
    metres = unit_factor(cast("CRS", ledger.parts.crs))
    land = ledger.counted(result.definition)
    outside = land.index[land["block"] == NOWHERE]
    layers = [ledger.parcels, ledger.parks, *([] if result.districts is None else [result.districts])]
    boxes = np.array([layer.total_bounds for layer in layers])
    grid = Grid.over(np.hstack([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)]), cell_m / metres)
    plots = np.asarray(ledger.parts.geometry.to_numpy(), dtype=object)[outside]
    share = np.round(covered(plots, grid) / grid.cell**2, DECIMALS)
    if result.districts is not None:
        city = covered(np.asarray(result.districts.geometry.to_numpy(), dtype=object), grid)
        share[(city <= 0) & (share == 0)] = np.nan
    return Density(share, grid, cell_m**2)
