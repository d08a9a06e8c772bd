r"""Which plots should move, be cleared or be rebuilt, and where to; and what a plan is held against. Numbers only.

The share after a plan is the land inside the parks over all industrial land. With T the total, I the land inside, t the
target and k the park land that one unit of moved land uses, moving :math:`a` adds :math:`ka` inside and changes the
total by :math:`(k-1)a`; clearing :math:`a` takes it from the total. So the share reaches t when

.. math:: \sum_{moved} (k + t(1 - k)) a + \sum_{cleared} t a \ge tT - I

which is linear in the choices; `docs/method/relocation.md` has the whole model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse import csc_array, hstack, vstack

from landuse.analysis.relocation.integer_program import Answer, Limits, solve
from landuse.analysis.relocation.lp_relaxation import AMOUNT, Programme, ranked, relax
from landuse.analysis.relocation.options import MOVE
from landuse.errors import SearchError
from landuse.i18n import _
from landuse.results.relocation import PROVED, Stage

if TYPE_CHECKING:
    from landuse.geo.arrays import Ints

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from landuse.analysis.relocation.options import Options, Requirements, Sites
    from landuse.geo.arrays import Floats, Ints

    Row = tuple[str, int, Floats, float]

#: What one m² that the target or a yearly goal lacks weighs against one m² of missing park land: it is granted last.
LAST = 10.0
#: Up to so many ways plots and land are sought as they are.
UNTILTED = 1_000
#: Of an earlier objective's value: what rounding may add when a later one is sought.
SLACK = 1e-9


@dataclass(frozen=True)
class Model:
    """The programme of a plan, and what each of its rows is about.

    Attributes
    ----------
    ways : Options
    programme : Programme
    labels : tuple of (kind, key)
        ("land", block), ("target", year), ("district", district), ("quota", year), ("goal", year), ("budget", 0), or
        a supply and a block.
    """

    ways: Options
    programme: Programme
    labels: tuple[tuple[str, int], ...]

    def with_row(self, label: tuple[str, int], row: Any, limit: float) -> Model:
        """Return the model with one more row."""
        rows = csc_array(vstack([self.programme.rows, csc_array(np.asarray(row, dtype=float)[None, :])]))
        programme = replace(self.programme, rows=rows, limit=np.r_[self.programme.limit, limit])
        return replace(self, programme=programme, labels=(*self.labels, label))


def model_of(ways: Options, sites: Sites, wish: Requirements) -> Model:
    """Return the programme: land, supplies, targets, quotas, goals and budget over the ways."""
    parts = [
        *_of_blocks(ways, sites),
        *_of_shares(ways, wish),
        *_of_years(ways, wish),
        *([("budget", 0, ways.cost, wish.budget)] if wish.budget > 0 else []),
    ]
    rows = [csc_array(np.asarray(row, dtype=float)[None, :]) for _kind, _key, row, _limit in parts]
    matrix = csc_array(vstack(rows)) if rows else csc_array((0, len(ways.unit)))
    limit = np.array([limit for *_what, limit in parts], dtype=float)
    return Model(ways, Programme(ways.unit, matrix, limit), tuple((kind, key) for kind, key, *_rest in parts))


def _of_blocks(ways: Options, sites: Sites) -> Iterator[Row]:
    """No block takes more than it has: land, and what else is limited."""
    supplies = [(name, ways.needs[name], left) for name, left in sites.supplies.items() if name in ways.needs]
    for kind, amount, left in (("land", ways.arrived, sites.spare), *supplies):
        for block in map(int, np.flatnonzero(np.isfinite(left))):
            yield kind, block, np.where(ways.block == block, amount, 0.0), float(left[block])


def _of_shares(ways: Options, wish: Requirements) -> Iterator[Row]:
    """The share of the city by the end of a year, and of each district by the end of the last."""
    for year, share in sorted(wish.targets.items()):
        gain = np.where(ways.year <= year, share * ways.left + (1 - share) * ways.arrived, 0.0)
        yield "target", year, -gain, float(wish.inside.sum() - share * wish.total.sum())
    share = wish.targets[max(wish.targets)]
    for district in map(int, np.flatnonzero(wish.total > 0)) if wish.by_district else ():
        gain = (share * ways.leave[[district], :] + (1 - share) * ways.arrive[[district], :]).toarray().ravel()
        yield "district", district, -gain, float(wish.inside[district] - share * wish.total[district])


def _of_years(ways: Options, wish: Requirements) -> Iterator[Row]:
    """At most the quota and at least the goal is treated in a year."""
    for year in wish.years:
        now = np.where(ways.year == year, ways.area, 0.0)
        if wish.quota > 0:
            yield "quota", year, now, wish.quota
        if wish.goal > 0:
            yield "goal", year, -now, -wish.goal


@dataclass(frozen=True)
class Choice:
    """What to do.

    Attributes
    ----------
    ways : array of int
        Positions of the ways taken.
    stages : tuple of Stage
        In the order of the objectives.
    cut_short : bool
        The safety net ended a search.
    """

    ways: Ints
    stages: tuple[Stage, ...]
    cut_short: bool


def choose(model: Model, objectives: Sequence[str], limits: Limits | None = None) -> Choice | None:
    """Find the best plan by several objectives in their order; ties are broken by cost.

    Parameters
    ----------
    model : Model
    objectives : sequence of {"plots", "area", "cost"}
        A later one is sought among the plans that are as good by the earlier ones.
    limits : Limits, optional

    Returns
    -------
    Choice or None
        None when no plan keeps all rows, which is proved.

    Raises
    ------
    SearchError
        When the search ended without a plan and without that proof.
    """
    limits = limits or Limits()
    stages: list[Stage] = []
    x, cut_short = _greedily(model, "cost"), False
    for objective in dict.fromkeys((*objectives, "cost")):
        worth = model.ways.of(objective)
        answer = _sought(model, objective, limits, x)
        if answer.infeasible:
            return None
        if answer.x is None:
            raise SearchError(_("no relocation plan was found in time, nor the proof that there is none"))
        x, cut_short = answer.x, cut_short or answer.cut_short
        if objective == "plots":  # nobody moves a part of one
            answer = replace(answer, bound=float(np.ceil(answer.bound - PROVED)))
        if objective in objectives:
            stages.append(Stage(objective, answer.value, min(answer.bound, answer.value), answer.gap))
        model = model.with_row((objective, 0), worth, answer.value * (1 + SLACK) + SLACK)
    assert x is not None  # noqa: S101, there is at least one objective
    return Choice(np.flatnonzero(x > 0.5), tuple(stages), cut_short)


def _greedily(model: Model, objective: str) -> Floats | None:
    """Return the greedy plan as a choice; None where it does not keep all rows."""
    taken, met = greedy(model, objective)
    return np.isin(np.arange(len(model.ways.unit)), taken).astype(float) if met else None


def _sought(model: Model, objective: str, limits: Limits, known: Floats | None) -> Answer:
    """Search by one objective.

    All ways of a unit count the same plots and the same land, and ties by the thousand keep a large search from
    finding anything. So it looks for the least plots, or land, and a little cost; the bound is that of the objective.
    """
    p, worth, cost = model.programme, model.ways.of(objective), model.ways.cost
    if objective == "cost" or len(worth) <= UNTILTED or not cost.any():
        return solve(p, worth, limits, known)
    relaxed = relax(p, worth)
    if relaxed is None:
        return Answer(None, math.inf, math.inf, infeasible=True)
    cheap = solve(p, cost, limits, known)
    if cheap.x is None:
        return cheap
    plain = _greedily(model, objective)
    start = min((cheap.x, cheap.x if plain is None else plain), key=lambda x: float(worth @ x))
    tilt = limits.gap * max(relaxed.value, 1e-9) / max(float(cost @ cheap.x), 1e-9)
    found = solve(p, worth + tilt * cost, limits, start)
    best = min((start, found.x), key=lambda x: math.inf if x is None else float(worth @ x))
    assert best is not None  # noqa: S101, the cheap plan is one
    return Answer(best, float(worth @ best), relaxed.value, cut_short=cheap.cut_short or found.cut_short)


def shortfalls(model: Model, limits: Limits | None = None) -> list[tuple[str, int, float]]:
    """Return the smallest sum of shortfalls that would make a plan possible: what is missing, of which row.

    Every row may be exceeded by an amount. Park land, quotas, supplies and money weigh by what they are worth in land;
    a target or a goal that stays out of reach is the last to be given up. With the amounts granted a plan exists.

    Returns
    -------
    list of (kind, key, amount)
        In the row's unit: m², yuan, or that of a supply.
    """
    p, n = model.programme, len(model.labels)
    per_m2 = float(np.median(model.ways.cost / np.maximum(model.ways.area, 1e-9))) if len(model.ways.area) else 1.0
    weight = np.ones(n)
    for k, (kind, _key) in enumerate(model.labels):
        if kind in ("target", "district", "goal"):
            weight[k] = LAST
        elif kind == "budget":
            weight[k] = 1 / per_m2 if per_m2 > 0 else 1.0
        elif kind in model.ways.needs and (need := float(model.ways.needs[kind].sum())) > 0:
            weight[k] = model.ways.area.sum() / need
    rows = csc_array(hstack([p.rows, -csc_array(np.eye(n))]))
    elastic = Programme(np.r_[p.unit, np.full(n, AMOUNT)], rows, p.limit)
    worth = np.r_[np.zeros(len(p.unit)), weight]
    nothing_done = np.r_[np.zeros(len(p.unit)), np.maximum(-p.limit, 0.0)]
    answer = solve(elastic, worth, limits, nothing_done)
    assert answer.x is not None  # noqa: S101, doing nothing and granting everything is a choice
    amounts = np.maximum((p.rows @ answer.x[: len(p.unit)]) - p.limit, 0.0)
    over = np.flatnonzero(p.excess(answer.x[: len(p.unit)]) > 0)
    return [(*model.labels[k], float(amounts[k])) for k in over]


#: Ways of each unit that are tried, the best first.
TRIED = 30
#: Of a row's largest coefficient: what counts as kept.
KEPT = 1e-9


def greedy(model: Model, objective: str = "cost") -> tuple[Ints, bool]:
    """Take the way that is best per unit of the share it brings, and again, until the targets are reached.

    Parameters
    ----------
    model : Model
    objective : {"plots", "area", "cost"}
        Of which least is best; ties by cost.

    Returns
    -------
    tuple
        Positions of the ways taken, and whether all rows are kept in the end.
    """
    ways = model.ways
    gain = ways.left + ways.arrived
    per_gain = [worth / np.maximum(gain, 1e-9) for worth in (ways.cost, ways.of(objective))]
    return _one_by_one(model, np.lexsort((np.arange(len(gain)), *per_gain)))


def nearest(model: Model) -> tuple[Ints, bool]:
    """Move one plot after the other, in the order of the list, to the nearest block that takes it.

    Returns
    -------
    tuple
        As `greedy`.
    """
    ways = model.ways
    move = np.flatnonzero(ways.action == MOVE)
    return _one_by_one(model, move[np.lexsort((ways.year[move], ways.metres[move], ways.unit[move]))])


def _one_by_one(model: Model, order: Ints) -> tuple[Ints, bool]:
    p = model.programme
    by_unit, rank = ranked(p.unit[order], np.arange(len(order)))
    few = order[np.sort(by_unit[rank < TRIED])]
    state, slack = np.zeros(len(p.limit)), KEPT * p.scale
    done, taken = np.zeros(p.units, dtype=bool), []
    rows, start, entry = p.rows.indices, p.rows.indptr, p.rows.data
    for way in few:
        if (state <= p.limit + slack).all():
            break
        if done[p.unit[way]]:
            continue
        where = slice(start[way], start[way + 1])
        then = state[rows[where]] + entry[where]
        if ((then > (p.limit + slack)[rows[where]]) & (entry[where] > 0)).any():
            continue
        state[rows[where]] = then
        done[p.unit[way]] = True
        taken.append(int(way))
    return np.array(sorted(taken), dtype=np.int64), bool((state <= p.limit + slack).all())
