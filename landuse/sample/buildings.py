"""The invented buildings: podiums and towers, one pair a lattice cell, that reproduce what the register says.

A footprint is its cell shrunk about the middle of the cell: by c in area when both sides shrink by the root of c. So
the buildings of a plot cover c of it and no more, whatever the shape of its cells, and truth sums corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from landuse.sample.lattice import CITY_CRS, cell_corners, cells_of, cross

if TYPE_CHECKING:
    from landuse.sample.arrays import Floats, Ints, Strings
    from landuse.sample.city import City
    from landuse.sample.register import Register

#: Share of the plots with both ratios in the register that the layer has buildings of.
DRAWN = 0.6
#: Least share of its cell under a tower, so that no tower is a chimney.
LEAST_TOWER = 0.02
#: Storeys of usual height, and halls whose storeys count twice [m].
STOREY_M, HALL_M, TALL_M = 4.2, 9.5, 8.0
#: Chance that a podium of an even number of storeys is a hall of half as many, and that nobody wrote the height down.
HALL_SHARE, NO_HEIGHT_SHARE = 0.5, 0.2


@dataclass(frozen=True, eq=False)
class Buildings:
    """Arrays have one entry a building.

    Attributes
    ----------
    plot : array of int
        Parcel of the city.
    corners : array of float, shape (buildings, 4, 2)
    storeys : array of int
    height_m : array of float
        nan is blank.
    tower : array of bool
        Whether it stands on a podium.
    """

    plot: Ints
    corners: Floats
    storeys: Ints
    height_m: Floats
    tower: np.ndarray

    def frame(self) -> gpd.GeoDataFrame:
        """Return the layer."""
        return gpd.GeoDataFrame(
            {
                "FWBH": np.arange(1, len(self.plot) + 1).astype(str),
                "CS": self.storeys.astype(np.int32),
                "GD": self.height_m,
                "YT": "厂房",
            },
            geometry=shapely.polygons(self.corners),
            crs=CITY_CRS,
        )

    def truth(self, city: City, ids: Strings) -> dict[str, dict[str, float]]:
        """Return the ratios of every plot with buildings, from the corners of its cells and of its buildings."""
        area = _quad_area(self.corners)
        twice = np.where(self.height_m / self.storeys > TALL_M, 2, 1)
        out = {}
        for plot in np.unique(self.plot):
            mine = self.plot == plot
            _owner, row, col = cells_of(city.rects[plot : plot + 1])
            land = math.fsum(_quad_area(cell_corners(city.lattice.nodes, row, col)))
            out[str(ids[plot])] = {
                "far": math.fsum((area * self.storeys * twice)[mine]) / land,
                "coverage": math.fsum(area[mine & ~self.tower]) / land,  # a tower stands on its podium
            }
        return out


def draw_buildings(city: City, register: Register, rng: np.random.Generator) -> Buildings:
    """Draw the buildings of some plots whose floor-area ratio and coverage are registered.

    With ratio R and coverage C, every cell of the plot has a podium of floor(R / C) storeys on the share C, and on it a
    tower of one storey more on the share R - C floor(R / C): that makes R.

    Parameters
    ----------
    city : City
    register : Register
        Plots of which a tower would be too thin, or whose floors would be fewer than one, have no buildings.
    rng : numpy.random.Generator
        Its own: nothing else of the city changes.
    """
    chosen = rng.random(len(city.code)) < DRAWN
    far, cover = register.far, register.coverage
    with np.errstate(invalid="ignore"):
        podium = np.floor(far / cover)
        tower = far - podium * cover
        plots = np.flatnonzero(chosen & (podium >= 1) & (tower >= LEAST_TOWER))
    owner, row, col = cells_of(city.rects[plots])
    cells = cell_corners(city.lattice.nodes, row, col)
    plot = plots[owner]
    storeys = podium[plot].astype(np.int64)
    hall = (storeys % 2 == 0) & (rng.random(len(plot)) < HALL_SHARE)
    storeys = np.where(hall, storeys // 2, storeys)
    unknown = ~hall & (rng.random(len(plot)) < NO_HEIGHT_SHARE)
    height = np.where(unknown, np.nan, np.where(hall, HALL_M, STOREY_M) * storeys)
    ones = np.ones(len(plot), dtype=np.int64)
    return Buildings(
        np.r_[plot, plot],
        np.concatenate([_shrunk(cells, cover[plot]), _shrunk(cells, tower[plot])]),
        np.r_[storeys, ones],
        np.r_[height, np.full(len(plot), STOREY_M)],
        np.r_[ones == 0, ones == 1],
    )


def _shrunk(cells: Floats, share: Floats) -> Floats:
    """Return each cell shrunk about its middle to a share of its area."""
    middle = cells.mean(axis=1, keepdims=True)
    return np.asarray(middle + np.sqrt(share)[:, None, None] * (cells - middle))


def _quad_area(corners: Floats) -> Floats:
    """Return the areas of quadrilaterals: half the cross product of the diagonals."""
    return np.abs(cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])) / 2
