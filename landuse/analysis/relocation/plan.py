"""The relocation plan of a run: problem, programme, answer, the ledger after, and what more would cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.plots.multipart import parted
from landuse.analysis.relocation.integer_program import Limits
from landuse.analysis.relocation.lp_relaxation import relax
from landuse.analysis.relocation.options import Prices, Requirements, ways_of
from landuse.analysis.relocation.problem import pool_of
from landuse.analysis.relocation.solve import choose, greedy, model_of, nearest, shortfalls
from landuse.analysis.relocation.tables import PlanTables
from landuse.results.relocation import FEASIBLE, INFEASIBLE, NOT_NEEDED, OPTIMAL, PROVED, Frontier, Shortfall

if TYPE_CHECKING:
    from landuse.analysis.relocation.lp_relaxation import Relaxation
    from landuse.analysis.relocation.options import Sites
    from landuse.analysis.relocation.problem import RelocationProblem
    from landuse.analysis.relocation.solve import Model
    from landuse.inputs.capacity import PlanInputs
    from landuse.results.candidates import Candidates, Scatter
    from landuse.results.concentration import Concentration
    from landuse.results.ledger import Ledger
    from landuse.results.relocation import PlanRule, Relocation


def plan_relocation(
    ledger: Ledger,
    before: Concentration,
    scatter: Scatter,
    candidates: Candidates,
    inputs: PlanInputs,
    rule: PlanRule,
    metre: float = 1.0,
) -> Relocation:
    """Which plots should move, be cleared or be rebuilt, and where to, so that the share reaches its target?

    Parameters
    ----------
    ledger : Ledger
        Of the definition's boundary.
    before : Concentration
        The share as it is, of that ledger.
    scatter : Scatter
    candidates : Candidates
    inputs : PlanInputs
    rule : PlanRule
        What is wanted; unknown costs are not guessed here.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    Relocation
        The shares after are computed from a ledger in which the plots have moved, and have to agree with the
        programme's own arithmetic.

    Raises
    ------
    AccountingError
        When they do not.
    """
    ledger = parted(ledger, scatter, before.definition.rule)
    pool = pool_of(ledger, scatter, candidates, inputs, rule, metre)
    wish, prices = _wish(before, pool, rule), _prices(rule)
    ways = ways_of(pool.plots, pool.sites, wish, prices)
    model = model_of(ways, pool.sites, wish)
    limits = Limits(gap=rule.gap)
    book = PlanTables(ledger, before, pool, model, rule, prices)
    nothing = np.zeros(0, dtype=np.int64)
    if not model.programme.excess(np.zeros(len(ways.unit))).any():
        return book.relocation(NOT_NEEDED, nothing)
    choice = choose(model, rule.objectives, limits)
    if choice is None:
        missing = shortfalls(model, limits)
        return book.relocation(INFEASIBLE, nothing, shortfalls=_told(missing, pool))
    status = OPTIMAL if all(stage.gap <= PROVED for stage in choice.stages) else FEASIBLE
    beside = {"greedy": greedy(model), "nearest": nearest(model)}
    curve = frontier(model, pool.sites, wish, int(ways.plots[choice.ways].sum()))
    return book.relocation(
        status, choice.ways, beside, stages=choice.stages, frontier=curve, cut_short=choice.cut_short
    )


def _wish(before: Concentration, pool: RelocationProblem, rule: PlanRule) -> Requirements:
    districts = before.districts.reindex(list(pool.districts))
    return Requirements(
        total=districts["total_m2"].fillna(0.0).to_numpy(dtype=float),
        inside=districts["inside_m2"].fillna(0.0).to_numpy(dtype=float),
        targets=rule.targets,
        years=list(rule.years),
        by_district=rule.by_district,
        compaction=rule.compaction,
        actions=rule.actions,
        quota=rule.quota_m2,
        goal=rule.goal_m2,
        budget=rule.budget_yuan,
    )


def _prices(rule: PlanRule) -> Prices:
    return Prices(rule.compensation, rule.haul, rule.rebuild, rule.charge, rule.tax_years)


def _told(missing: list[tuple[str, int, float]], pool: RelocationProblem) -> tuple[Shortfall, ...]:
    """Sum what is missing by where it is missing: park land by the blocks' district, targets and quotas by year."""
    rows = [
        (
            kind,
            str(key)
            if kind in ("target", "quota", "goal")
            else ""
            if kind == "budget"
            else pool.districts[key]
            if kind == "district"
            else str(pool.blocks[s.DISTRICT].iloc[key]),
            amount,
        )
        for kind, key, amount in missing
    ]
    table = pd.DataFrame(rows, columns=["kind", "where", "amount"])
    summed = table.groupby(["kind", "where"], sort=False)["amount"].sum().reset_index()
    return tuple(Shortfall(*row) for row in summed.itertuples(index=False, name=None))


#: Percentage points beyond the target that are looked at, and points of the curve of plots.
BEYOND, POINTS = 2, 5
POINT = 0.01


def frontier(model: Model, sites: Sites, wish: Requirements, plots: int) -> Frontier:
    """Return the least cost of every share around the target, and of the plan's share with fewer plots.

    Parameters
    ----------
    model : Model
        Of the plan.
    sites : Sites
    wish : Requirements
        Its last target is moved; earlier ones hold where they are below it.
    plots : int
        Those of the plan.
    """
    last = max(wish.targets)
    goal = wish.targets[last]
    now = float(wish.inside.sum() / wish.total.sum())
    whole = (k * POINT for k in range(math.ceil(now / POINT), math.floor(goal / POINT) + BEYOND + 1))
    shares = {share for share in whole if not math.isclose(share, goal)}
    rows = []
    for share in sorted({*shares, goal}):
        earlier = {year: min(t, share) for year, t in wish.targets.items()}
        moved = model_of(model.ways, sites, replace(wish, targets={**earlier, last: share}))
        found = relax(moved.programme, moved.ways.cost) if now < share < 1 else None
        if found is None:
            if share > goal:
                break
            continue
        rows.append((share, found.value, _per_point(moved, found, wish, last)))
    table = pd.DataFrame(rows, columns=["share", "cost_yuan", "yuan_per_point"])
    return Frontier(table, _by_plots(model, plots))


def _per_point(moved: Model, found: Relaxation, wish: Requirements, last: int) -> float:
    """Return what one percentage point more costs there: the price of the target's row times the land it counts.

    The row reads inside + gain >= share x total; its derivative by the share is the total after the plan.
    """
    row = moved.labels.index(("target", last))
    after = float(wish.total.sum() - (moved.ways.left - moved.ways.arrived) @ found.x)
    return float(found.price[row]) * after * POINT


def _by_plots(model: Model, plots: int) -> pd.DataFrame:
    least = relax(model.programme, model.ways.plots)
    rows = []
    if least is not None and plots > 0:
        low = math.ceil(least.value - 1e-6)
        for limit in sorted({int(n) for n in np.linspace(low, max(plots, low) * 1.25 + 1, POINTS)}):
            held = model.with_row(("plots", 0), model.ways.plots, float(limit))
            found = relax(held.programme, model.ways.cost)
            if found is not None:
                rows.append((limit, found.value))
    return pd.DataFrame(rows, columns=["plots", "cost_yuan"])
