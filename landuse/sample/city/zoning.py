"""The plan and the urban development boundary: quarters of tiles, so that majorities follow from the lattice.

A tile is one superblock and its roads; its quarters are SW, SE, NW, NE. Where a quarter's edge would leave an
industrial plot without a clear majority, or where a park boundary cuts a plot that several quarters share, the whole
tile takes the label of its first quarter.

A footprint is its cell shrunk about the middle of the cell: by c in area when both sides shrink by the root of c. So
the buildings of a plot cover c of it and no more, whatever the shape of its cells, and truth sums corners.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np
import shapely

from landuse.sample.city.lattice import CITY_CRS, TILE, cell_corners, cells_of, cross, polygons, rect_sum

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints, Strings
    from landuse.sample.city.tiles import City
    from landuse.sample.records.register import Register

    Labels = TypeVar("Labels", Strings, Bools)


HALF = TILE // 2
#: Share of a plot that its label covers at least; a plot that parks cut lies in one label wholly.
CLEAR = 0.6
#: The plan's classes (land and sea, 2023): industrial ones, others that industrial land gets, of towns, of the country.
PLAN_NAMES = {
    "1001": "工业用地",
    "100101": "一类工业用地",
    "100102": "二类工业用地",
    "1101": "物流仓储用地",
    "070102": "二类城镇住宅用地",
    "0901": "商业用地",
    "0803": "文化用地",
    "1401": "公园绿地",
    "0101": "水田",
    "0301": "乔木林地",
}
INDUSTRY, OTHERWISE = ("1001", "100101", "100102"), ("1101", "070102", "0901", "1401")
TOWN, COUNTRY = ("070102", "0901", "0803", "1401"), ("0101", "0301")
PLANNED_OTHERWISE, QUARTER_DIFFERS = 0.12, 0.2
#: Tiles at least this urban, give or take, lie within the boundary; so do those with industry near parks.
URBAN, URBAN_SPREAD = 0.3, 0.2
#: The plan's hole reaches beyond its tile by one quarter, or by this share of the city's tiles.
HOLE_SHARE = 0.04


@dataclass(frozen=True, eq=False)
class Zoning:
    """Labels of the quarters, and of the industrial plots.

    Attributes
    ----------
    planned : array of str, shape (tiles, 4)
        Planned class, "" where the plan has its hole.
    urban : array of bool, shape (tiles, 4)
        Within the urban development boundary.
    plot_planned, plot_urban : arrays, shape (plots,)
        The label that covers most of each industrial plot, and of each of its parts in and out of parks.
    """

    planned: Strings
    urban: Bools
    plot_planned: Strings
    plot_urban: Bools


def draw_zoning(city: City, cut: Bools, rng: np.random.Generator) -> Zoning:
    """Draw the plan and the boundary.

    Parameters
    ----------
    city : City
    cut : array of bool, shape (plots,)
        Which industrial parcels have several parts in and out of parks.
    rng : numpy.random.Generator
    """
    plot = np.flatnonzero(city.industrial)
    tile, share = city.tile[plot], quarter_shares(city, plot)
    near = np.zeros(len(city.urban), dtype=bool)
    near[tile[city.site[plot] < 0]] = True
    urban = city.urban[:, None] + URBAN_SPREAD * rng.uniform(-1, 1, (len(near), 4)) > URBAN
    urban, plot_urban = settle(urban | near[:, None], tile, share, cut)
    planned, plot_planned = settle(_plan(city, tile, rng), tile, share, cut)
    return Zoning(planned, urban, plot_planned, plot_urban)


def _plan(city: City, tile: Ints, rng: np.random.Generator) -> Strings:
    """Draw the planned class of every quarter; some scattered site is planned otherwise, and one lies in the hole."""
    n = len(city.urban)
    industry = np.zeros(n, dtype=bool)
    industry[tile] = True
    size = (n, 5)
    kept, otherwise, town, country = (
        np.array(codes)[rng.integers(len(codes), size=size)] for codes in (INDUSTRY, OTHERWISE, TOWN, COUNTRY)
    )
    kept = np.where(rng.random(size) < PLANNED_OTHERWISE, otherwise, kept)
    drawn = np.where(industry[:, None], kept, np.where(city.urban[:, None] > URBAN, town, country))
    planned = np.where(rng.random((n, 4)) < QUARTER_DIFFERS, drawn[:, 1:], drawn[:, :1])
    sites = rng.permutation(np.unique(city.tile[city.site >= 0]))
    planned[sites[1:2]] = OTHERWISE[1]
    rows, cols = city.lattice.tiles
    grid = planned.reshape(rows, cols, 2, 2).transpose(0, 2, 1, 3).reshape(2 * rows, 2 * cols)
    row, col = np.divmod(int(sites[0]) if len(sites) else 0, cols)
    reach = max(1, round(HOLE_SHARE * min(rows, cols)))
    grid[max(0, 2 * row - reach) : 2 * row + 2 + reach, max(0, 2 * col - reach) : 2 * col + 2 + reach] = ""
    return np.asarray(grid.reshape(rows, 2, cols, 2).transpose(0, 2, 1, 3).reshape(n, 4))


def quarters(city: City) -> Ints:
    """Return the rectangle of each quarter of each tile, shape (tiles, 4, 4)."""
    row0, col0, row1, col1 = city.lattice.tile_rects().T
    row, col = row0 + HALF, col0 + HALF
    south_west, south_east = np.stack([row0, col0, row, col], 1), np.stack([row0, col, row, col1], 1)
    north_west, north_east = np.stack([row, col0, row1, col], 1), np.stack([row, col, row1, col1], 1)
    return np.stack([south_west, south_east, north_west, north_east], axis=1)


def quarter_shares(city: City, plot: Ints) -> Floats:
    """Return the share of each plot that lies in each quarter of its tile, shape (plots, 4)."""
    mine, rect = quarters(city)[city.tile[plot]], city.rects[plot][:, None]
    low = np.maximum(mine[..., :2], rect[..., :2])
    high = np.maximum(low, np.minimum(mine[..., 2:], rect[..., 2:]))
    area = rect_sum(city.lattice.area_table, np.concatenate([low, high], axis=-1).reshape(-1, 4)).reshape(-1, 4)
    return np.asarray(area / area.sum(axis=1, keepdims=True))


def settle(labels: Labels, tile: Ints, share: Floats, cut: Bools) -> tuple[Labels, Labels]:
    """Make every plot's label clear.

    Parameters
    ----------
    labels : array, shape (tiles, 4)
    tile : array of int, shape (plots,)
    share : array of float, shape (plots, 4)
    cut : array of bool, shape (plots,)

    Returns
    -------
    labels : array, shape (tiles, 4)
    plot_labels : array, shape (plots,)

    Examples
    --------
    Of two plots on two tiles, the first is half one, half the other; the second has three quarters of one.

    >>> labels = np.array([["a", "b", "b", "b"], ["a", "a", "a", "b"]])
    >>> settle(labels, np.array([0, 1]), np.array([[0.5, 0.5, 0, 0], [0.25] * 4]), np.array([False, False]))[1]
    array(['a', 'a'], dtype='<U1')
    """
    labels = labels.copy()
    _best, most = _majority(labels[tile], share)
    unclear = np.unique(tile[most < np.where(cut, 1 - 1e-9, CLEAR)])
    labels[unclear] = labels[unclear, :1]
    own = labels[tile]
    best, _most = _majority(own, share)
    return labels, own[np.arange(len(own)), best]


def _majority(own: Labels, share: Floats) -> tuple[Ints, Floats]:
    weight = (share[:, None, :] * (own[:, :, None] == own[:, None, :])).sum(axis=2)
    return weight.argmax(axis=1), weight.max(axis=1)


def plan_frame(city: City, zoning: Zoning) -> gpd.GeoDataFrame:
    """Return the plan: a polygon a tile of one class, else a polygon a quarter."""
    one = (zoning.planned == zoning.planned[:, :1]).all(axis=1)
    rects = np.vstack([city.lattice.tile_rects()[one], quarters(city)[~one].reshape(-1, 4)])
    code = np.r_[zoning.planned[one, 0], zoning.planned[~one].ravel()]
    rects, code = rects[code != ""], code[code != ""]
    codes, number = np.unique(code, return_inverse=True)
    names = np.array([PLAN_NAMES[c] for c in codes])[number]
    return gpd.GeoDataFrame(
        {"YDYHFLDM": code, "YDYHFLMC": names}, geometry=polygons(city.lattice.nodes, rects), crs=CITY_CRS
    )


def development_frame(city: City, zoning: Zoning) -> gpd.GeoDataFrame:
    """Return the urban development boundary, a polygon a piece."""
    whole = zoning.urban.all(axis=1)
    rects = np.vstack([city.lattice.tile_rects()[whole], quarters(city)[~whole][zoning.urban[~whole]]])
    pieces = shapely.get_parts(shapely.coverage_union_all(polygons(city.lattice.nodes, rects)))
    number = [f"KFBJ{k:04d}" for k in range(1, len(pieces) + 1)]
    return gpd.GeoDataFrame({"BSM": number, "MC": "城镇开发边界"}, geometry=pieces, crs=CITY_CRS)


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
