"""The synthetic city: tiles, parcels and what stands on each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from scipy.ndimage import gaussian_filter

from landuse.errors import InputError, Problem
from landuse.sample.city.lattice import (
    CITY_CRS,
    RIVER_ROWS,
    SUPERBLOCK,
    TILE,
    Lattice,
    make_lattice,
    polygons,
    rect_sum,
    split,
    split_to,
)
from landuse.sample.city.outline import Sites, draw_sites, frames
from landuse.sample.city.parks import Park, coverage, make_parks

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints, Strings

DISTRICTS = (
    "东江区", "西岭区", "北塘区", "南浦区", "中汀区", "云岫区", "青墩区",
    "鹭洲区", "梧桥区", "柏原区", "临溪县", "岚山县", "淳川县",
)  # fmt: skip
FIRST_DISTRICT = 990_101
#: Share of industrial land inside parks that the city is built to have.
SHARE = 0.66
#: Cells between a scattered site's superblock and any park.
PARK_CLEARANCE = 5
#: Largest parcels near parks [cells, the median limit]; chance that one mostly in or mostly out is industry.
PARK_LIMIT_CELLS, MOSTLY_IN, MOSTLY_OUT = 58.0, 0.80, 0.22
#: Share of the industrial land outside parks that may belong to parcels which parks cut.
ADJOINING_SHARE = 0.4
FEWEST_PARCELS = 300


@dataclass(frozen=True, eq=False)
class City:
    """All there is to know of the city; areas follow from the lattice.

    Attributes
    ----------
    lattice : Lattice
    parks : tuple of Park
    rects : array of int, shape (n, 4)
        The rectangle of cells of each parcel.
    tile : array of int, shape (n,)
        Tile of each parcel.
    code : array of str, shape (n,)
        Land class.
    site : array of int, shape (n,)
        Scattered site of each parcel, -1 for all others.
    district : array of int, shape (tiles,)
        District of each tile, a position in `DISTRICTS`.
    urban : array of float, shape (tiles,)
        0 in the country, 1 in town.
    """

    lattice: Lattice
    parks: tuple[Park, ...]
    rects: Ints
    tile: Ints
    code: Strings
    site: Ints
    district: Ints
    urban: Floats

    @property
    def industrial(self) -> Bools:
        """Which parcels are industrial land."""
        return np.isin(self.code, INDUSTRIAL)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Parcels of one origin while the city is put together."""

    rects: Ints
    tile: Ints
    code: Strings
    site: Ints


def make_city(parcels: int, parks: int, rng: np.random.Generator) -> City:
    """Build the city.

    Parks come first; superblocks near them are cut into large parcels, of which most of those in a park
    become industry. Then as many superblocks far from parks get a scattered site as bring the share to
    `SHARE`. What is left is cut into as many parcels as were asked for.

    Raises
    ------
    InputError
        For fewer than `FEWEST_PARCELS` parcels, no park, or more parks than there is room for.
    """
    if parcels < FEWEST_PARCELS or parks < 1:
        raise InputError(
            Problem(
                f"a sample of {parcels} parcels and {parks} parks",
                f"at least {FEWEST_PARCELS} parcels and 1 park",
            )
        )
    lattice = make_lattice(parcels, rng)
    placed = make_parks(lattice, parks, rng)
    cover = coverage(lattice, placed)
    near = _near_parks(lattice, cover)
    urban, district = _urbanity(lattice, rng), _districts(lattice, rng)

    streets = _streets(lattice)
    industry, plain, plain_tile, outside_m2 = _park_land(lattice, cover, near, rng)
    sites = draw_sites(lattice, np.flatnonzero(~near), outside_m2, rng)
    scattered = _Pieces(sites.plots, sites.superblock[sites.owner], draw_industrial(len(sites.plots), rng), sites.owner)
    rest, tile = _remaining(lattice, near, sites)
    rest, tile = np.vstack([plain, rest]), np.r_[plain_tile, tile]
    fixed = len(streets.rects) + len(industry.rects) + len(scattered.rects)
    pieces, source = split_to(rest, parcels - fixed, rng)
    code = draw_other(urban[tile[source]], np.zeros(len(pieces), dtype=bool), rng)
    other = _Pieces(pieces, tile[source], code, np.full(len(pieces), -1))
    return _join(lattice, placed, [streets, industry, scattered, other], district, urban)


def _join(lattice: Lattice, parks: tuple[Park, ...], pieces: list[_Pieces], district: Ints, urban: Floats) -> City:
    """Put the parcels together, from south to north, and check that they fill the lattice once."""
    rects = np.vstack([p.rects for p in pieces])
    order = np.lexsort((rects[:, 1], rects[:, 0]))
    rects = rects[order]
    corners = np.zeros((lattice.shape[0] + 1, lattice.shape[1] + 1), dtype=np.int64)
    for row, col, sign in ((0, 1, 1), (2, 3, 1), (0, 3, -1), (2, 1, -1)):
        np.add.at(corners, (rects[:, row], rects[:, col]), sign)
    if (corners.cumsum(axis=0).cumsum(axis=1)[:-1, :-1] != 1).any():
        raise ArithmeticError("the parcels do not fill the lattice exactly once")
    tile, code, site = (np.concatenate([getattr(p, name) for p in pieces])[order] for name in ("tile", "code", "site"))
    return City(lattice, parks, rects, tile, code, site, district, urban)


def _near_parks(lattice: Lattice, cover: Floats) -> Bools:
    """Say which tiles have a park in them or within the clearance."""
    table = np.zeros((cover.shape[0] + 1, cover.shape[1] + 1))
    table[1:, 1:] = (cover > 0).cumsum(axis=0).cumsum(axis=1)
    wide = lattice.superblocks() + np.array([-1, -1, 1, 1]) * PARK_CLEARANCE
    limits = np.array(lattice.shape * 2)
    return np.asarray(rect_sum(table, np.clip(wide, 0, limits)) > 0)


def _park_land(
    lattice: Lattice, cover: Floats, near: Bools, rng: np.random.Generator
) -> tuple[_Pieces, Ints, Ints, float]:
    """Cut the superblocks near parks.

    Returns
    -------
    pieces : _Pieces
        The parcels that parks touch, with their classes.
    plain, plain_tile : arrays of int
        Rectangles that no park touches, still to be cut.
    outside_m2 : float
        Industrial land that must go to scattered sites, for the city's share.
    """
    tiles = np.flatnonzero(near)
    rects, source = split(lattice.superblocks()[tiles], np.full(len(tiles), PARK_LIMIT_CELLS), rng)
    cell_area = np.diff(np.diff(lattice.area_table, axis=0), axis=1)
    table = np.zeros_like(lattice.area_table)
    table[1:, 1:] = (cover * cell_area).cumsum(axis=0).cumsum(axis=1)
    inside, total = rect_sum(table, rects), rect_sum(lattice.area_table, rects)
    table[1:, 1:] = (cover > 0).cumsum(axis=0).cumsum(axis=1)
    touched = rect_sum(table, rects) > 0.5
    mostly_in = touched & (inside > 0.5 * total)
    rest = total - inside
    room = ADJOINING_SHARE * MOSTLY_IN * inside[mostly_in].sum() * (1 - SHARE) / SHARE
    room -= MOSTLY_IN * rest[mostly_in].sum()
    mostly_out = np.clip(room / max(1.0, rest[touched & ~mostly_in].sum()), 0.0, MOSTLY_OUT)
    industry = touched & (rng.random(len(rects)) < np.where(mostly_in, MOSTLY_IN, mostly_out))
    outside = inside[industry].sum() * (1 - SHARE) / SHARE - rest[industry].sum()
    code = draw_other(np.ones(len(rects)), np.ones(len(rects), dtype=bool), rng)
    code[industry] = draw_industrial(int(industry.sum()), rng)
    tile = tiles[source]
    pieces = _Pieces(rects[touched], tile[touched], code[touched], np.full(int(touched.sum()), -1))
    return pieces, rects[~touched], tile[~touched], float(outside)


def _remaining(lattice: Lattice, near: Bools, sites: Sites) -> tuple[Ints, Ints]:
    """Return the rectangles far from parks that are no site, and their tiles."""
    blocks = lattice.superblocks()
    whole = np.setdiff1d(np.flatnonzero(~near), sites.superblock)
    around = frames(blocks[sites.superblock], sites.bounds)
    return np.vstack([blocks[whole], around]), np.r_[whole, np.tile(sites.superblock, 4)]


def _streets(lattice: Lattice) -> _Pieces:
    """Return the roads, two pieces north and one east of each superblock, and the river in pieces."""
    start, tile = lattice.tile_rects()[:, :2], np.arange(lattice.tiles[0] * lattice.tiles[1])

    def strips(row0: int, col0: int, row1: int, col1: int) -> Ints:
        return np.hstack([start + np.array([row0, col0]), start + np.array([row1, col1])])

    half = TILE // 2
    roads = np.vstack(
        [
            strips(SUPERBLOCK, 0, TILE, half),
            strips(SUPERBLOCK, half, TILE, TILE),
            strips(0, SUPERBLOCK, SUPERBLOCK, TILE),
        ]
    )
    row, col = np.divmod(tile, lattice.tiles[1])
    highway = np.concatenate([is_highway(row), is_highway(row), is_highway(col)])
    by_river = row == lattice.river_tile_row
    river = strips(TILE, 0, TILE + RIVER_ROWS, TILE)[by_river]
    rects = np.vstack([roads, river])
    code = np.r_[np.where(highway, "1003", "1004"), np.full(len(river), "1101")]
    return _Pieces(rects, np.r_[np.tile(tile, 3), tile[by_river]], code, np.full(len(rects), -1))


def _urbanity(lattice: Lattice, rng: np.random.Generator) -> Floats:
    """Draw towns: smooth noise over the tiles, ranked and steepened to 0-1."""
    noise = gaussian_filter(rng.standard_normal(lattice.tiles), 2.0).ravel()
    rank = noise.argsort().argsort() / max(1, len(noise) - 1)
    return np.asarray(1 / (1 + np.exp(-12 * (rank - 0.62))))


def _districts(lattice: Lattice, rng: np.random.Generator) -> Ints:
    """Assign each tile to the nearest of 13 seeds (fewer in a city of fewer tiles)."""
    row, col = (a.ravel() for a in np.indices(lattice.tiles))
    seeds = np.sort(rng.permutation(len(row))[: len(DISTRICTS)])
    distance = np.hypot(row[:, None] - row[seeds], col[:, None] - col[seeds])
    return np.asarray(distance.argmin(axis=1))


NAMES = {
    "0101": "水田",
    "0103": "旱地",
    "0301": "乔木林地",
    "05H1": "商业服务业设施用地",
    "0508": "物流仓储用地",
    "0601": "工业用地",
    "0602": "采矿用地",
    "06H1": "工业仓储用地",
    "0701": "城镇住宅用地",
    "0702": "农村宅基地",
    "0809": "公用设施用地",
    "0810": "公园与绿地",
    "08H1": "机关团体新闻出版用地",
    "08H2": "科教文卫用地",
    "1003": "公路用地",
    "1004": "城镇村道路用地",
    "1101": "河流水面",
    "1104": "坑塘水面",
}
INDUSTRIAL = ("0601", "06H1")
STORAGE, MINING = "0508", "0602"
BUILT = ("05H1", "0508", "0601", "06H1", "0701", "0702", "0809", "08H1", "08H2", "0810", "1004")

#: Weights of the classes a parcel may have that is not industry: in town, in the country, within parks.
WEIGHTS = {
    "0101": (0.06, 0.34, 0.04),
    "0103": (0.04, 0.16, 0.02),
    "0301": (0.06, 0.29, 0.05),
    "05H1": (0.13, 0.004, 0.13),
    "0508": (0.015, 0.004, 0.13),
    "0602": (0.0, 0.002, 0.0),
    "0701": (0.32, 0.0, 0.22),
    "0702": (0.06, 0.11, 0.0),
    "0809": (0.03, 0.004, 0.08),
    "0810": (0.12, 0.01, 0.16),
    "08H1": (0.06, 0.006, 0.06),
    "08H2": (0.10, 0.01, 0.10),
    "1104": (0.02, 0.06, 0.01),
}


def draw_other(urban: Floats, in_park: Bools, rng: np.random.Generator) -> Strings:
    """Draw the class of parcels that are neither industry, road nor river.

    Parameters
    ----------
    urban : array of float, shape (n,)
        0 in the country, 1 in town.
    in_park : array of bool, shape (n,)
    rng : numpy.random.Generator
    """
    town, country, park = (np.array(w) / sum(w) for w in zip(*WEIGHTS.values(), strict=True))
    drawn = rng.random(len(urban))
    choice = np.zeros(len(urban), dtype=np.int64)
    bound = np.zeros(len(urban))
    for k in range(len(WEIGHTS) - 1):
        bound += np.where(in_park, park[k], urban * town[k] + (1 - urban) * country[k])
        choice += drawn > bound
    return np.array(list(WEIGHTS))[choice]


def draw_industrial(n: int, rng: np.random.Generator) -> Strings:
    """Draw industrial classes: nearly all plain, a few with the survey's merged code."""
    return np.where(rng.random(n) < 0.03, INDUSTRIAL[1], INDUSTRIAL[0])


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
