"""Everything that could be done with the plots that may be treated, as numbers: no geometry comes here."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import coo_array, csc_array

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from landuse.geo.arrays import Bools, Floats, Ints

ACTIONS = ("move", "clear", "rebuild")
MOVE, CLEAR, REBUILD = range(3)


@dataclass(frozen=True)
class Plots:
    """The plots that may be treated; arrays have one entry a plot.

    Attributes
    ----------
    area : array
        Counted land outside the parks [m²].
    tax : array
        Paid a year [yuan].
    district : array of int
        Number of the district.
    unit : array of int
        Plots of one unit share their fate; 0, 1, 2, …
    on_site : array of bool
        Plots in or beside parks: they can only be rebuilt, and change no share.
    allowed : array of bool, shape (plots, blocks)
        Where each may go.
    distance : array, shape (plots, blocks)
        Metres.
    cross : array of bool, shape (plots, blocks)
        Whether the block lies in another district (and is not shared with the plot's own).
    needs : mapping
        Supply (power, water, gas) to what each plot needs.
    """

    area: Floats
    tax: Floats
    district: Ints
    unit: Ints
    on_site: Bools
    allowed: Bools
    distance: Floats
    cross: Bools
    needs: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Sites:
    """The blocks that take plots; arrays have one entry a block.

    Attributes
    ----------
    spare : array
        Land it still takes [m²].
    from_year : array of int
        First year it takes any.
    price : array
        Yuan per m².
    district, partner : array of int
        Number of the block's district, and of one that shares it, -1 for none.
    credit : array
        Of land that comes from the partner, the part credited to it.
    supplies : mapping
        Supply to what is left; inf is no limit.
    """

    spare: Floats
    from_year: Ints
    price: Floats
    district: Ints
    partner: Ints
    credit: Floats
    supplies: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True)
class Prices:
    """What treating land costs [yuan per m², per m² and km, years of tax]."""

    compensation: float
    haul: float
    rebuild: float
    cross_district: float
    tax_years: float

    def moving(self, distance_m: Any, crosses: Any, park_price: Any, compaction: float) -> Any:
        """Return what moving costs [yuan per m²]: compensation, haulage, a charge for another district, park land."""
        left = self.compensation + self.haul * distance_m / 1000 + self.cross_district * crosses
        return left + compaction * park_price

    def clearing(self, area: Any, tax: Any) -> Any:
        """Return what clearing land costs [yuan]: compensation, and the tax nobody pays any more."""
        return self.compensation * area + self.tax_years * tax


@dataclass(frozen=True)
class Requirements:
    """What a plan must keep.

    Attributes
    ----------
    total, inside : array, shape (districts,)
        Industrial land, and that inside the parks [m²].
    targets : mapping
        Year to the share wanted by its end; the last year has one.
    years : sequence of int
        In which plots are treated.
    by_district : bool
        Whether every district must reach the last target.
    compaction : float
        Park land used per unit of land moved.
    actions : sequence of str
        Of `ACTIONS`.
    quota, goal : float
        Most and least land treated a year [m²]; 0: none.
    budget : float
        Of all years [yuan]; 0: none.
    """

    total: Floats
    inside: Floats
    targets: Mapping[int, float]
    years: Sequence[int]
    by_district: bool = False
    compaction: float = 1.0
    actions: Sequence[str] = ACTIONS
    quota: float = 0.0
    goal: float = 0.0
    budget: float = 0.0


@dataclass(frozen=True)
class Options:
    """Everything that could be done: one row a unit, action, block and year.

    Attributes
    ----------
    unit, action, block, year : array of int
        Block is -1 unless the action is to move; action is a position in `ACTIONS`.
    cost : array
        Yuan.
    area, plots : array
        Land treated [m²], and plots.
    metres : array
        Distance, weighted by area.
    leave, arrive : csc_array, shape (districts, ways)
        Land that leaves a district's outside, and land that arrives inside its parks (by credit) [m²].
    needs : mapping
        Supply to what the way needs.
    """

    unit: Ints
    action: Ints
    block: Ints
    year: Ints
    cost: Floats
    area: Floats
    plots: Floats
    metres: Floats
    leave: csc_array
    arrive: csc_array
    needs: Mapping[str, Floats]

    @cached_property
    def left(self) -> Floats:
        """Land that leaves, of all districts [m²]."""
        return np.asarray(self.leave.sum(axis=0), dtype=np.float64).ravel()

    @cached_property
    def arrived(self) -> Floats:
        """Land that arrives in parks, of all districts [m²]."""
        return np.asarray(self.arrive.sum(axis=0), dtype=np.float64).ravel()

    def of(self, objective: str) -> Floats:
        """Return what each way adds to an objective: plots, area or cost."""
        return {"plots": self.plots, "area": self.area, "cost": self.cost}[objective]


def ways_of(plots: Plots, sites: Sites, wish: Requirements, prices: Prices) -> Options:
    """Return everything that could be done with every unit.

    A move costs compensation, haulage by distance, the price of the park land used and, to another district, a charge;
    a clearance costs compensation and the tax of some years, which nobody pays any more; a rebuilding its own price.
    """
    order = np.argsort(plots.unit, kind="stable")
    unit = plots.unit[order]
    start = np.flatnonzero(np.r_[True, unit[1:] != unit[:-1]])[: len(unit)]
    area, k = plots.area[order], wish.compaction

    def summed(values: Any) -> Any:
        return np.add.reduceat(values, start, axis=0) if len(start) else values[:0]

    allowed = plots.allowed[order] & ~plots.on_site[order][:, None]
    all_allowed = np.logical_and.reduceat(allowed, start, axis=0) if len(start) else allowed
    off_site = ~np.logical_or.reduceat(plots.on_site[order], start) if len(start) else np.zeros(0, dtype=bool)
    distance, cross = plots.distance[order], plots.cross[order]
    per_m2 = prices.moving(distance, cross, sites.price, k)
    move_cost, metres = summed(area[:, None] * per_m2), summed(area[:, None] * distance)
    whole, number = summed(area), np.diff(np.r_[start, len(unit)]).astype(float)
    tax = summed(plots.tax[order])
    metres = metres / np.maximum(whole, 1e-9)[:, None]
    u, j = np.nonzero(all_allowed) if "move" in wish.actions else (np.zeros(0, dtype=np.int64),) * 2
    clear = np.flatnonzero(off_site) if "clear" in wish.actions else np.zeros(0, dtype=np.int64)
    rebuild = np.arange(len(start)) if "rebuild" in wish.actions and wish.goal > 0 else np.zeros(0, dtype=np.int64)
    nowhere = np.full(len(clear) + len(rebuild), -1)
    once = {
        "unit": np.r_[u, clear, rebuild],
        "action": np.r_[np.full(len(u), MOVE), np.full(len(clear), CLEAR), np.full(len(rebuild), REBUILD)],
        "block": np.r_[j, nowhere],
        "cost": np.r_[
            move_cost[u, j],
            prices.clearing(whole[clear], tax[clear]),
            prices.rebuild * whole[rebuild],
        ],
        "metres": np.r_[metres[u, j], np.zeros(len(nowhere))],
    }
    years = np.asarray(wish.years)
    opens = np.r_[sites.from_year, 0][once["block"]]
    way, year = np.nonzero(opens[:, None] <= years[None, :])
    table = {key: values[way] for key, values in once.items()}
    left = csc_array(
        coo_array(
            (area, (plots.district[order], np.repeat(np.arange(len(start)), number.astype(int)))),
            shape=(len(wish.total), len(start)),
        )
    )
    leave, arrive = _flows(table, left, sites, k)
    return Options(
        **table,
        year=years[year],
        area=whole[table["unit"]],
        plots=number[table["unit"]],
        leave=leave,
        arrive=arrive,
        needs={name: summed(need[order])[table["unit"]] for name, need in plots.needs.items()},
    )


def _flows(table: Mapping[str, Any], left: csc_array, sites: Sites, k: float) -> tuple[csc_array, csc_array]:
    """Return what leaves each district and what arrives inside its parks, by way."""
    gone = np.where(table["action"] == REBUILD, 0.0, 1.0)
    leave = csc_array(left[:, table["unit"]].multiply(gone[None, :]))
    move = np.flatnonzero(table["action"] == MOVE)
    block = table["block"][move]
    from_ = coo_array(leave[:, move])
    origin, way, amount = from_.row, from_.col, k * from_.data
    host, partner = sites.district[block][way], sites.partner[block][way]
    shared = np.where(origin == partner, sites.credit[block][way], 0.0)
    arrive = coo_array(
        (np.r_[amount * (1 - shared), amount * shared], (np.r_[host, np.maximum(partner, 0)], np.r_[way, way])),
        shape=(left.shape[0], len(move)),
    )
    out = csc_array((left.shape[0], len(table["unit"])))
    if len(move):
        place = csc_array((np.ones(len(move)), (np.arange(len(move)), move)), shape=(len(move), len(table["unit"])))
        out = csc_array(csc_array(arrive) @ place)
    return leave, out
