"""What parks still take: spare land, price and admission of every block, and which plots fit where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landuse.sample.city.lattice import Lattice, cell_corners, cross
from landuse.sample.city.parks import polygons_of
from landuse.sample.city.tiles import FIRST_DISTRICT, City
from landuse.sample.truth.cells import block_land
from landuse.units import to_m2, to_mu

if TYPE_CHECKING:
    from collections.abc import Iterable

    from landuse.geo.arrays import Floats, Geometries, Ints, Strings
    from landuse.sample.city.parks import Park

#: Share of blocks whose spare land has to be computed; how much of its land a stated block has to spare.
COMPUTED_SHARE, STATED_SHARE = 1 / 4, (0.06, 0.14)
LATER, LATER_SHARE = 2027, 1 / 6
#: 万元 per 亩 of park land, least and most.
PRICE = {"国家级": (52.0, 75.0), "省级": (42.0, 60.0), "平台": (30.0, 46.0), "乡镇": (20.0, 34.0)}
#: Share of parks that take any industry, and of those that state no limit of pollution.
ANY_SHARE, NO_LIMIT_SHARE = 1 / 8, 1 / 2
#: Divisions of GB/T 4754 that a park's text stands for.
LEADING = {
    "装备制造": ("34", "35", "36"),
    "电子信息": ("39",),
    "生物医药": ("27",),
    "新材料": ("26", "29"),
    "汽车零部件": ("36",),
    "食品饮料": ("13", "14", "15"),
    "纺织服装": ("17", "18"),
    "数字经济": ("39", "40"),
}
#: Chain and pollution class of every division that occurs in the city.
DIVISIONS = {
    "13": ("food", 2), "14": ("food", 2), "15": ("food", 2),
    "17": ("textiles", 2), "18": ("textiles", 1),
    "26": ("materials", 3), "29": ("materials", 2),
    "27": ("biomedicine", 2), "38": ("energy", 2),
    "33": ("equipment", 2), "34": ("equipment", 1), "35": ("equipment", 1), "36": ("equipment", 1),
    "39": ("iot", 1), "40": ("iot", 1),
}  # fmt: skip
#: Share of industrial land inside parks that the study wants; a year's quota is a multiple of so many 亩.
TARGET_SHARE, QUOTA_STEP_MU = 0.70, 10
#: Of the land that must move: what a year may treat; and how much more than enough land a pool must have.
QUOTA_SHARE, MARGIN = 0.6, 1.1


@dataclass(frozen=True, eq=False)
class Capacity:
    """What every block of the parks still takes; arrays have one entry a block.

    Attributes
    ----------
    park, block : array of str
    owned_m2 : array of float
        Ellipsoidal land after priority [m²].
    spare_m2 : array of float
        As stated, or the owned land on parcels that are neither built nor water [m²].
    stated_mu : array of float
        nan is blank.
    from_year : array of int
        0 is open now.
    price : array of float
        万元 per 亩.
    industries : tuple of tuple of str
        Leading divisions; () takes any industry.
    pollution : array of int
        Highest class taken, 0 is no limit.
    district : array of int
        Six-digit code at a point of the block.
    """

    park: Strings
    block: Strings
    owned_m2: Floats
    spare_m2: Floats
    stated_mu: Floats
    from_year: Ints
    price: Floats
    industries: tuple[tuple[str, ...], ...]
    pollution: Ints
    district: Ints

    def frame(self) -> pd.DataFrame:
        """Return the table of blocks as text, blank where nothing is said."""
        return pd.DataFrame(
            {
                "park": self.park,
                "block": self.block,
                "spare_mu": ["" if math.isnan(v) else f"{v:.2f}" for v in self.stated_mu],
                "from_year": [str(v or "") for v in self.from_year],
                "price": [f"{v:.1f}" for v in self.price],
                "industries": [";".join(v) for v in self.industries],
                "pollution": [str(v or "") for v in self.pollution],
            }
        )

    def rows(self) -> list[dict[str, Any]]:
        """Return the blocks for truth.json."""
        return [
            {
                "park": str(self.park[k]),
                "block": str(self.block[k]),
                "owned_m2": float(self.owned_m2[k]),
                "spare_m2": float(self.spare_m2[k]),
                "stated": not math.isnan(self.stated_mu[k]),
                "from_year": int(self.from_year[k]) or None,
                "price": float(self.price[k]),
                "industries": list(self.industries[k]),
                "pollution": int(self.pollution[k]) or None,
                "district": str(self.district[k]),
            }
            for k in range(len(self.block))
        ]

    def fits(self, codes: Iterable[str]) -> dict[str, str]:
        """Return how the firms of a plot fit each block, those left out that they do not."""
        found = (fit(codes, names, limit) for names, limit in zip(self.industries, self.pollution, strict=True))
        return {str(block): how for block, how in zip(self.block, found, strict=True) if how}


def draw_capacity(city: City, geometry: Geometries, area_m2: Floats, rng: np.random.Generator) -> Capacity:
    """Draw what every block takes, and sum the land of those that do not state how much.

    Parameters
    ----------
    city : City
    geometry : array of polygons, shape (parcels,)
    area_m2 : array of float, shape (parcels,)
        Their ellipsoidal areas.
    rng : numpy.random.Generator
    """
    owner = np.repeat(np.arange(len(city.parks)), [len(p.blocks) for p in city.parks])
    owned, free = block_land(city, geometry, area_m2)
    n, some = len(owner), owned > 0
    order = rng.permutation(n)
    computed = np.zeros(n, dtype=bool)
    computed[order[some[order]][: max(1, round(COMPUTED_SHARE * n))]] = True
    stated_mu = np.round(to_mu(owned) * rng.uniform(*STATED_SHARE, n), 2)
    stated_mu[computed] = np.nan
    later = np.zeros(n, dtype=bool)
    later[rng.permutation(n)[: round(LATER_SHARE * n)]] = True
    least, most = np.array([PRICE[city.parks[k].level] for k in owner]).T
    price = np.round(rng.uniform(least, most), 1)
    industries, pollution = _admission(city.parks, rng)
    return Capacity(
        np.array([city.parks[k].park_id for k in owner]),
        np.array([f"{p.park_id}-{b.number}" for p in city.parks for b in p.blocks]),
        owned,
        np.where(computed, free, to_m2(stated_mu, "亩")),
        stated_mu,
        np.where(later, LATER, 0),
        price,
        tuple(industries[k] for k in owner),
        pollution[owner],
        FIRST_DISTRICT + city.district[_tile_at(city.lattice, polygons_of(city.parks))],
    )


def _admission(parks: tuple[Park, ...], rng: np.random.Generator) -> tuple[list[tuple[str, ...]], Ints]:
    """Draw the leading divisions of each park, and the pollution class that at least one of them keeps to.

    Of the parks that take any industry the first has no limit, so that plots without a firm fit somewhere, and the
    second has one.
    """
    n = len(parks)
    order = rng.permutation(n)
    drawn = rng.integers(1, 4, n)
    takes_any = math.floor(ANY_SHARE * n + 0.5)
    industries = [LEADING[p.industry] for p in parks]
    for k in order[:takes_any]:
        industries[k] = ()
    least = np.array([min((DIVISIONS[d][1] for d in names), default=1) for names in industries])
    pollution: Ints = np.maximum(drawn, least)
    pollution[order[np.arange(n) != 1][: max(takes_any, round(NO_LIMIT_SHARE * n))]] = 0
    return industries, pollution


def _tile_at(lattice: Lattice, outlines: Geometries) -> Ints:
    """Return the tile at a point of each polygon."""
    point = shapely.get_coordinates(shapely.point_on_surface(outlines))
    near = np.indices((3, 3)).reshape(2, 9) - 1
    # the jitter of the nodes may put the point into a neighbour of the cell that the warp alone gives
    guess = lattice.index_of(point[:, 0], point[:, 1])
    row, col = (np.clip(g[:, None] + d, 0, m - 1) for g, d, m in zip(guess, near, lattice.shape, strict=True))
    corners = cell_corners(lattice.nodes, row.ravel(), col.ravel()).reshape(len(point), 9, 4, 2)
    side = cross(np.roll(corners, -1, axis=2) - corners, point[:, None, None] - corners)
    within = np.asarray((side >= 0).all(axis=2))
    if not within.any(axis=1).all():
        raise ArithmeticError("a point of a park lies in no cell near it")
    k = np.arange(len(point)), within.argmax(axis=1)
    tile_row = np.searchsorted(lattice.row_start, row[k], side="right") - 1
    tile_col = np.searchsorted(lattice.col_start, col[k], side="right") - 1
    return np.asarray(tile_row * lattice.tiles[1] + tile_col)


def fit(codes: Iterable[str], industries: tuple[str, ...], limit: int) -> str:
    """How do the firms of a plot fit a block?

    Parameters
    ----------
    codes : iterable of str
        Industry codes of the firms; none for a plot without a firm.
    industries : tuple of str
        Leading divisions of the block; () takes any.
    limit : int
        Highest pollution class, 0 is none.

    Returns
    -------
    str
        "leading", "related" (of the same chain, or some of each), "any", or "" where they do not.

    Examples
    --------
    >>> fit(["3484", "3340"], ("34", "35"), 2), fit(["3484", "3340"], ("34", "35"), 1), fit([], (), 0)
    ('related', '', 'any')
    """
    divisions = {code[:2] for code in codes}
    if limit and (not divisions or max(DIVISIONS[d][1] for d in divisions) > limit):
        return ""
    if not industries:
        return "any"
    if divisions and divisions <= set(industries):
        return "leading"
    chains = {DIVISIONS[d][0] for d in industries}
    return "related" if divisions and {DIVISIONS[d][0] for d in divisions} <= chains else ""


def relocation_truth(capacity: Capacity, candidates: list[str], firms: pd.DataFrame) -> dict[str, Any]:
    """Return the blocks, what their spare land comes to, and which of them each candidate fits.

    Parameters
    ----------
    capacity : Capacity
    candidates : list of str
        Parcel ids.
    firms : pandas.DataFrame
        The sheet.
    """
    latest = firms[(firms["年度"] == firms["年度"].max()) & firms["宗地代码"].isin(candidates)]
    by_plot = latest.groupby("宗地代码")["行业代码"].agg(lambda codes: tuple(sorted(set(codes)))).to_dict()
    industry: dict[str, tuple[str, ...]] = {plot: by_plot.get(plot, ()) for plot in candidates}
    fits = {codes: capacity.fits(codes) for codes in set(industry.values())}
    return {
        "blocks": capacity.rows(),
        "spare_m2": math.fsum(capacity.spare_m2),
        "industry": {plot: list(codes) for plot, codes in industry.items()},
        "fits": {plot: fits[codes] for plot, codes in industry.items()},
    }


def ask_for_plan(core: dict[str, float], land_m2: dict[str, float]) -> tuple[str, int]:
    """Return which plots a plan may treat, and how much land a year [亩], so that a plan exists.

    Parameters
    ----------
    core : dict
        Total and inside of the city [m²].
    land_m2 : dict
        Pool to its land, the narrowest first. Clearing alone has to reach the target, with a margin: then a plan exists
        whatever fits where. The quota is such that no single year suffices.
    """
    needed = TARGET_SHARE * core["total_m2"] - core["inside_m2"]
    enough = [pool for pool, m2 in land_m2.items() if TARGET_SHARE * m2 > MARGIN * needed]
    quota = QUOTA_STEP_MU * max(1, math.ceil(QUOTA_SHARE * float(to_mu(needed)) / QUOTA_STEP_MU))
    return (enough or list(land_m2)[-1:])[0], quota
