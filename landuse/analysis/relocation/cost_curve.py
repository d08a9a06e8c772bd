"""What each further percentage point costs, and each plot less; from relaxations, which no plan can beat."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse.analysis.relocation.lp_relaxation import relax
from landuse.analysis.relocation.solve import model_of
from landuse.results.relocation import Frontier

if TYPE_CHECKING:
    from landuse.analysis.relocation.lp_relaxation import Relaxation
    from landuse.analysis.relocation.options import Requirements, Sites
    from landuse.analysis.relocation.solve import Model

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
