"""What lies behind the parcels on a map: the middle lines of the roads, and the river."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from landuse.sample.lattice import CITY_CRS, RIVER_ROWS, SUPERBLOCK, TILE, Lattice, polygons

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Ints


def is_highway(tile_row_or_col: Ints) -> Bools:
    """Say which rows or columns of tiles have a highway on their northern or eastern side."""
    return np.asarray(tile_row_or_col % 5 == 2)


def roads_frame(lattice: Lattice) -> gpd.GeoDataFrame:
    """Return the roads, one line a row and a column of tiles."""
    rows, cols = (start[:-1] + SUPERBLOCK for start in (lattice.row_start, lattice.col_start))
    east_west = (lattice.nodes[rows] + lattice.nodes[rows + 1]) / 2
    north_south = ((lattice.nodes[:, cols] + lattice.nodes[:, cols + 1]) / 2).swapaxes(0, 1)
    lines = np.r_[shapely.linestrings(east_west), shapely.linestrings(north_south)]
    highway = np.r_[is_highway(np.arange(len(rows))), is_highway(np.arange(len(cols)))]
    return gpd.GeoDataFrame({"kind": np.where(highway, "公路", "城镇道路")}, geometry=lines, crs=CITY_CRS)


def water_frame(lattice: Lattice) -> gpd.GeoDataFrame:
    """Return the river, one polygon."""
    south = int(lattice.row_start[lattice.river_tile_row]) + TILE
    rect = np.array([[south, 0, south + RIVER_ROWS, lattice.shape[1]]])
    return gpd.GeoDataFrame({"kind": ["河流"]}, geometry=polygons(lattice.nodes, rect), crs=CITY_CRS)
