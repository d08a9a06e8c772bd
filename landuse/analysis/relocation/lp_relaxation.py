"""The relaxation of a programme of choices, and a bound that its prices alone prove.

Numbers only: nothing here knows what a unit or a way is. HiGHS (through scipy) solves linear programmes; what is ours
is how a large one becomes small without losing the proof.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csc_array, csr_array, hstack, vstack

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints

#: A column without a unit: an amount from zero up, no choice.
AMOUNT = -1
#: From more columns than this a problem is relaxed step by step, at most so many steps.
WHOLE, STEPS = 60_000, 30
#: In the same unit: at a higher price than this the steps are given up.
AWAY = 1e6
#: Units that guess the prices and that a step opens, and of each of them the ways that enter.
SAMPLE, FIRST = 1_000, 4
#: First penalty of exceeding a row, in largest costs for one largest coefficient; how it grows; and the most.
STEEP, STEEPEST = 10.0, 1e9
#: The value of a step and the bound of its prices agree to this share.
NEAR = 1e-6
#: Of the largest coefficient of a row: what it may be exceeded by.
EXCESS = 1e-7


@dataclass(frozen=True)
class Programme:
    r"""Columns, and the rows they must keep.

    .. math:: \min c x \quad \text{with} \quad A x \le b, \quad \sum_{j \in u} x_j \le 1 \text{ for each unit } u

    Attributes
    ----------
    unit : array of int, shape (columns,)
        The unit a column is a way of (0 or 1), or -1: an amount from 0 up.
    rows : scipy.sparse.csc_array, shape (rows, columns)
        A.
    limit : array, shape (rows,)
        b.
    """

    unit: Ints
    rows: csc_array
    limit: Floats

    @cached_property
    def choice(self) -> Bools:
        """Which columns are ways."""
        return np.asarray(self.unit != AMOUNT)

    @cached_property
    def units(self) -> int:
        """How many units there are."""
        return int(self.unit.max(initial=-1)) + 1

    def excess(self, x: Floats) -> Floats:
        """Return by how much each row is exceeded, beyond what rounding explains; 0 where it is kept."""
        over = self.rows @ x - self.limit
        return np.where(over > EXCESS * self.scale, over, 0.0)

    @cached_property
    def scale(self) -> Floats:
        """The largest coefficient of each row, in size; 1 for an empty one."""
        if not self.rows.shape[1]:
            return np.ones(len(self.limit))
        largest = np.asarray(abs(self.rows).max(axis=1).todense()).ravel()
        return np.where(largest > 0, largest, 1.0)


@dataclass(frozen=True)
class Relaxation:
    """The relaxation of a programme: ways may be taken in part.

    Attributes
    ----------
    x : array, shape (columns,)
    value : float
        The least cost: no choice costs less.
    reduced : array, shape (columns,)
        Reduced cost: by how much at least the cost rises when a column that was left out is taken.
    forgone : array, shape (units,)
        By how much at least the cost rises when a unit takes none of its ways.
    price : array, shape (rows,)
        By how much the cost falls when a row's limit grows by one.
    best : array of bool, shape (columns,)
        The way of each unit that is best at these prices, where it is better than none.
    """

    x: Floats
    value: float
    reduced: Floats
    forgone: Floats
    price: Floats
    best: Bools


def relax(p: Programme, cost: Floats) -> Relaxation | None:
    r"""Solve the relaxation, and prove its value from the prices of its rows alone.

    For any prices :math:`\pi \ge 0` of the rows no choice costs less than

    .. math:: L(\pi) = \sum_u \min(0, \min_{j \in u} (c_j + \pi A_j)) - \pi b

    which one pass over the columns computes: whoever has the prices can check the bound without a solver. A small
    problem is solved as a whole. In a large one most units have one best way by far at about right prices; only the
    others enter a linear programme, whose prices may move within a box, and the units that its prices turn out to
    concern follow, until its value is L.

    Parameters
    ----------
    p : Programme
    cost : array, shape (columns,)

    Returns
    -------
    Relaxation or None
        None when even the relaxation keeps no way to satisfy all rows; that too is proved by prices.
    """
    if len(cost) > WHOLE and (found := _step_by_step(p, cost)) is not None:
        return found if math.isfinite(found.value) else None
    unit_penalty = _largest(cost) / p.scale
    penalty, most = STEEP * unit_penalty, _most(p, cost)
    every = np.ones(len(cost), dtype=bool)
    while True:
        x, _value, price, over = _linear(p, cost, every, ~every, (np.zeros(len(p.limit)), penalty))
        found = _priced(p, cost, price)
        if found.value > most:
            return None
        if not over.any() or (penalty[over] > STEEPEST * unit_penalty[over]).all():
            return replace(found, x=x)
        penalty[over] *= STEEP


def _most(p: Programme, cost: Floats) -> float:
    """Return what no choice can cost more than: a bound above it proves that there is none."""
    if not p.choice.all():
        return math.inf
    dearest = np.zeros(p.units)
    np.maximum.at(dearest, p.unit, cost)
    return math.fsum(dearest) * (1 + NEAR) + NEAR * _largest(cost)


def _step_by_step(p: Programme, cost: Floats) -> Relaxation | None:
    """Relax a large problem; None when the prices run away; of infinite value when they prove that nothing is kept."""
    best = _priced(p, cost, _guess(p, cost))
    known = best.price[best.price > 0]
    unit_penalty = _largest(cost) / p.scale
    reach = np.maximum(best.price, known.mean() if len(known) else unit_penalty) / 3
    opened, most = ~p.choice, _most(p, cost)
    for _step in range(STEPS):
        if (best.price > AWAY * unit_penalty).any():
            return None
        opened = opened | _near(p, best)
        held = best.best & ~np.append(units_of(p, opened), False)[p.unit]
        box = np.maximum(best.price - reach, 0.0), best.price + reach
        x, value, price, over = _linear(p, cost, opened, held, box)
        at = _priced(p, cost, price)
        if at.value > most:
            return replace(at, value=math.inf)
        moved = np.append(units_of(p, at.best != (best.best & ~opened)), False)[p.unit]
        opened = opened | ((at.best | held) & moved)
        done = value - at.value <= NEAR * abs(value)
        if done and not over.any():
            return replace(at, x=x)
        better = at.value > best.value
        best = at if better else best
        reach = reach * np.where(over & better, STEEP, 1.0) if better else reach / 2
    return None


def _largest(cost: Floats) -> float:
    return max(float(np.abs(cost).max(initial=0.0)), 1e-12)


def _guess(p: Programme, cost: Floats) -> Floats:
    """Return prices that are about right: those of a problem of every so many-th unit, its limits in proportion."""
    step = max(1, p.units // SAMPLE)
    some = (p.unit % step == 0) | ~p.choice
    smaller = replace(p, limit=p.limit / step)
    penalty = STEEP**2 * _largest(cost) / p.scale
    return _linear(smaller, cost, some, np.zeros(len(cost), dtype=bool), (np.zeros(len(p.limit)), penalty))[2]


def _priced(p: Programme, cost: Floats, price: Floats) -> Relaxation:
    """Return what prices say of every column and unit, and the bound they prove."""
    reduced = cost + p.rows.T @ price
    order, rank = ranked(p.unit, reduced)
    first = order[rank == 0]
    least = np.zeros(p.units)
    least[p.unit[first]] = np.minimum(reduced[first], 0.0)
    best = np.zeros(len(cost), dtype=bool)
    best[first] = reduced[first] < 0
    amounts_fall = (reduced[~p.choice] < -EXCESS * _largest(cost)).any()
    value = -math.inf if amounts_fall else math.fsum(least) - float(price @ p.limit)
    apart = reduced - np.where(p.choice, np.append(least, 0.0)[p.unit], 0.0)
    return Relaxation(np.zeros(0), value, apart, -least, price, best)


def _near(p: Programme, at: Relaxation) -> Bools:
    """Return the columns to open: those of the units whose decision is least clear, each with its nearest ways."""
    order, rank = ranked(p.unit, at.reduced)
    unit = p.unit[order]
    # a way better than none competes with the next and with none; none, with the best way
    nearest = [np.full(len(at.forgone), np.inf) for _rank in (0, 1)]
    for k in (0, 1):
        nearest[k][unit[rank == k]] = at.reduced[order[rank == k]]
    clear = np.where(at.forgone > 0, np.minimum(nearest[1], at.forgone), nearest[0])
    chosen = np.zeros(len(clear), dtype=bool)
    chosen[np.argsort(clear, kind="stable")[:SAMPLE]] = True
    out = np.zeros(len(p.unit), dtype=bool)
    out[order[chosen[unit] & (rank < FIRST)]] = True
    return out


def ranked(unit: Ints, key: Floats | Ints) -> tuple[Ints, Ints]:
    """Return the ways, unit by unit and within each by a key, and the rank of each within its unit, from 0.

    Examples
    --------
    >>> order, rank = ranked(np.array([1, 0, 1, AMOUNT]), np.array([5.0, 2.0, 3.0, 0.0]))
    >>> order.tolist(), rank.tolist()
    ([1, 2, 0], [0, 0, 1])
    """
    order = np.lexsort((key, unit))
    order = order[unit[order] != AMOUNT]
    first = np.diff(unit[order], prepend=AMOUNT) != 0
    return order, np.arange(len(order)) - np.flatnonzero(first)[np.cumsum(first) - 1]


def units_of(p: Programme, columns: Bools) -> Bools:
    """Mark the units that some columns belong to."""
    out = np.zeros(p.units, dtype=bool)
    out[p.unit[columns & p.choice]] = True
    return out


def _linear(
    p: Programme, cost: Floats, opened: Bools, held: Bools, box: tuple[Floats, Floats]
) -> tuple[Floats, float, Floats, Bools]:
    """Solve the relaxation over the open columns, the held ones taken, the rows' prices within a box.

    A row may be exceeded at the highest price of its box, and used up for nothing at the lowest.

    Returns
    -------
    tuple
        x, the value, the rows' prices, and which of them stand at the edge of the box (0 is no edge).
    """
    columns = np.flatnonzero(opened)
    a, b = with_units(p, columns)
    base = held.astype(float)
    n = len(p.limit)
    b[:n] -= (p.rows @ base) / p.scale
    unit_cost = _largest(cost)
    low, high = box
    some = np.flatnonzero(low > 0)
    over, under = (csr_array((np.ones(len(k)), (k, range(len(k)))), shape=(len(b), len(k))) for k in (range(n), some))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result: Any = linprog(
            np.r_[cost[columns], high * p.scale, -(low * p.scale)[some]] / unit_cost,
            A_ub=hstack([a, -over, under], format="csr"),
            b_ub=b,
            bounds=(0, None),
            method="highs",
        )
    if result.status != 0:
        raise ArithmeticError(f"the relaxation was not solved: {result.message}")
    base[columns] = result.x[: len(columns)]
    price = np.maximum(-np.asarray(result.ineqlin.marginals)[:n] * unit_cost / p.scale, 0.0)
    edge = result.x[len(columns) : len(columns) + n] > EXCESS
    edge[some] |= result.x[len(columns) + n :] > EXCESS
    return base, float(result.fun) * unit_cost + float(cost @ held), price, edge


def with_units(p: Programme, columns: Ints) -> tuple[csr_array, Floats]:
    """Return the rows of some columns, scaled, and below them one row a unit: at most one of its ways."""
    unit = p.unit[columns]
    some = np.flatnonzero(unit != AMOUNT)
    units, row = np.unique(unit[some], return_inverse=True)
    at_most_one = csr_array((np.ones(len(some)), (row, some)), shape=(len(units), len(columns)))
    scale = p.scale
    own = csr_array(p.rows[:, columns].multiply(1 / scale[:, None]))
    return csr_array(vstack([own, at_most_one])), np.r_[p.limit / scale, np.ones(len(units))]
