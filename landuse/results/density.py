"""How dense the industrial land outside the parks is: shares of cells on a grid of round coordinates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from landuse.geo.arrays import Floats


@dataclass(frozen=True)
class Grid:
    """Square cells whose corners are multiples of the cell's side, so that the grids of two runs fit each other.

    Attributes
    ----------
    cell : float
        Side [units of the plane].
    column, row : int
        The south-western cell: its corner is (column × cell, row × cell).
    columns, rows : int
        How many, to the east and to the north.
    """

    cell: float
    column: int
    row: int
    columns: int
    rows: int

    @classmethod
    def over(cls, bounds: Floats, cell: float) -> Grid:
        """Return the cells that cover a box (minx, miny, maxx, maxy)."""
        west, south, east, north = np.floor(np.asarray(bounds) / cell).astype(int).tolist()
        return cls(cell, west, south, east - west + 1, north - south + 1)


@dataclass(frozen=True)
class Density:
    """What share of each cell counted industrial land outside the parks covers.

    Attributes
    ----------
    share : array of float, shape (rows, columns)
        0-1; NaN where no district reaches, if the study has districts. The first row is the southern one.
    grid : Grid
        Cells.
    cell_m2 : float
        Area of one [m² of the plane]; the shares times it sum to the land outside, `planar_m2` of the ledger.
    """

    share: Floats
    grid: Grid
    cell_m2: float
