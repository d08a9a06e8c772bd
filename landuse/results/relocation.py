"""The relocation plan: which plots move, are cleared or rebuilt, where to and when; and what proves that it is good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landuse.errors import BALANCE, AccountingError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from landuse.results.concentration import Concentration

OPTIMAL, FEASIBLE, INFEASIBLE, NOT_NEEDED = "optimal", "feasible", "infeasible", "not_needed"
#: Relative gap from which a plan is called optimal: rounding.
PROVED = 1e-6


@dataclass(frozen=True)
class PlanRule:
    """What is wanted of a plan, in SI.

    Attributes
    ----------
    objectives : sequence of {"plots", "area", "cost"}
        In their order.
    pool : {"candidates", "scattered", "outside"}
        Which plots may be treated: the candidates; all scattered plots; all plots outside that adjoin no park and are
        not too small.
    actions : sequence of {"move", "clear", "rebuild"}
        What may be done with them.
    years : range
        In which.
    targets : mapping
        Year to the share to reach by its end.
    by_district : bool
        Whether every district must reach the last target.
    compaction : float
        Park land used per unit of land moved.
    cross_district : {"allowed", "charged", "forbidden"}
        Moves to another district.
    exclude : tuple of str
        Plots that stay.
    firms_together : bool
        Whether the plots of one firm share their fate.
    quota_m2, goal_m2 : float
        Most and least land treated a year; 0: none.
    budget_yuan : float
        Of all years; 0: none.
    housing_m : float
        Blocks with housing this near take no industry of the worst pollution class, unless they state a limit.
    gap : float
        Relative distance from the bound at which the search stops.
    compensation, rebuild, charge : float
        Yuan per m² of land left, rebuilt, moved to another district.
    haul : float
        Yuan per m² and km.
    tax_years : float
        Years of tax lost with a firm that is cleared.
    """

    objectives: Sequence[str]
    pool: str
    actions: Sequence[str]
    years: range
    targets: Mapping[int, float]
    by_district: bool
    compaction: float
    cross_district: str
    exclude: tuple[str, ...]
    firms_together: bool
    quota_m2: float
    goal_m2: float
    budget_yuan: float
    housing_m: float
    gap: float
    compensation: float
    rebuild: float
    charge: float
    haul: float
    tax_years: float


@dataclass(frozen=True)
class Stage:
    """One objective of a plan: what it came to, the least it can be, and how far these are apart, relative."""

    objective: str
    value: float
    bound: float
    gap: float


@dataclass(frozen=True)
class Shortfall:
    """What is missing for a plan.

    Attributes
    ----------
    kind : str
        "land" (park land), "target", "district" (its target), "quota", "goal", "budget", "power", "water" or "gas".
    where : str
        District code, year, or "" for the city.
    amount : float
        m², yuan, or the supply's unit.
    """

    kind: str
    where: str
    amount: float


@dataclass(frozen=True)
class Frontier:
    """What more would cost: the relaxation's values, which no plan can beat.

    Attributes
    ----------
    shares : pandas.DataFrame
        share, cost_yuan, yuan_per_point (of the next percentage point there).
    plots : pandas.DataFrame
        plots, cost_yuan: the least cost with at most so many plots.
    """

    shares: pd.DataFrame
    plots: pd.DataFrame


@dataclass(frozen=True)
class Relocation:
    """Which plots should move, be cleared or be rebuilt, and where to?

    Attributes
    ----------
    rule : PlanRule
        What was wanted.
    status : {"optimal", "feasible", "infeasible", "not_needed"}
        Optimal: proved; feasible: within the stated gap of the bound.
    moves : geopandas.GeoDataFrame
        One row a plot treated. Index: parcel id. action ("move" | "clear" | "rebuild"), year, district, area_m2,
        park_id, block_id, to_district ("" unless moved), land_used_m2, distance_m, fit, cost_yuan, tax_yuan (a year),
        tax_known, reasons, handling, x, y (of the block); geometry: the plot.
    blocks : geopandas.GeoDataFrame
        One row a block that takes plots: park_id, park_name, block_id, district, spare_m2, stated, from_year,
        price_yuan_m2, industries, pollution, used_m2, plots, geometry.
    before, after : Concentration
        The share, both from a ledger.
    alternatives : pandas.DataFrame
        Index: plan, greedy, nearest. met, plots, area_m2, cost_yuan, share.
    years : pandas.DataFrame
        Index: year. plots, area_m2, cost_yuan, share (by its end, from a ledger), target (NaN for none).
    flows : pandas.DataFrame
        origin, destination (district codes), plots, area_m2, land_used_m2, tax_yuan, credited_m2 (park land credited
        to the origin by a shared park).
    stages : tuple of Stage
        One an objective, in their order; empty without a plan.
    frontier : Frontier or None
        None without a plan.
    shortfalls : tuple of Shortfall
        What blocks a plan; empty otherwise.
    pool : pandas.DataFrame
        One row a plot that may be treated: choices (blocks it may go to), nearest_m (to the nearest
        of them with spare land; NaN for none), why ("" | "excluded" | "contested" | "whole" | "together"), on_site.
    cut_short : bool
        Whether a time limit ended the search.
    """

    rule: PlanRule
    status: str
    moves: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    before: Concentration
    after: Concentration
    alternatives: pd.DataFrame
    years: pd.DataFrame
    flows: pd.DataFrame
    pool: pd.DataFrame
    stages: tuple[Stage, ...] = ()
    frontier: Frontier | None = None
    shortfalls: tuple[Shortfall, ...] = ()
    cut_short: bool = False

    def __post_init__(self) -> None:
        if (self.status == INFEASIBLE) != bool(self.shortfalls):
            raise AccountingError("a plan is impossible exactly when something is missing")
        used = self.moves.groupby(["park_id", "block_id"])["land_used_m2"].sum()
        over = self.blocks.set_index(["park_id", "block_id"])
        late = over["used_m2"] > over["spare_m2"] * (1 + BALANCE) + 1.0
        if late.any() or abs(used.sum() - over["used_m2"].sum()) > 1.0:
            raise AccountingError("a block takes more land than it has, or other land than the moves bring")
        last = self.rule.targets[max(self.rule.targets)]
        if self.status in (OPTIMAL, FEASIBLE) and self.after.share < last - BALANCE:
            raise AccountingError(f"the plan ends at a share of {self.after.share!r}, not {last!r}")

    @property
    def plots(self) -> int:
        """How many plots are treated."""
        return len(self.moves)

    @property
    def moved_m2(self) -> float:
        """Land that moves into parks."""
        return float(self.moves.loc[self.moves["action"] == "move", "area_m2"].sum())

    @property
    def cost_yuan(self) -> float:
        """Cost of all that is done."""
        return float(self.moves["cost_yuan"].sum())

    @property
    def exists(self) -> bool:
        """Whether there is a plan to follow."""
        return self.status in (OPTIMAL, FEASIBLE)
