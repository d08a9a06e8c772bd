"""Choosing at most one of several ways for each of many units, under side constraints, with a proof of how good it is.

Numbers only: nothing here knows what a unit or a way is. HiGHS (through scipy) searches small integer programmes; what
is ours is which small one to search, and what it proves of the large one.
"""

from __future__ import annotations

import math
import os
import sys
import time
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from landuse.analysis.relocation.lp_relaxation import Programme, Relaxation, relax, units_of, with_units
from landuse.results.relocation import PROVED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landuse.geo.arrays import Bools, Floats

#: Columns that are still open in the first core, and how much the next one grows.
CORE, GROWTH = 400, 2
#: A problem of at most so many columns is searched to the end.
SMALL = 120
#: How often a row that rounding exceeded is tightened.
TIGHTENED = 3


@dataclass(frozen=True)
class Limits:
    """When the search stops. Gap and nodes decide, so that the same problem has the same answer on every machine.

    Attributes
    ----------
    gap : float
        Relative distance of the answer from the bound that is good enough.
    nodes : int
        Of the search tree of each core.
    seconds : float
        A safety net; an answer it cut short says so.
    """

    gap: float = 3e-3
    nodes: int = 2_000
    seconds: float = 120.0


@dataclass(frozen=True)
class Answer:
    """The best choice that was found, and the least any choice can cost.

    Attributes
    ----------
    x : array, shape (columns,), or None
        None: no choice keeps all rows, or none was found.
    value, bound : float
        Cost of `x`, and a proved lower bound of the cost of every choice; inf where nothing is feasible.
    infeasible : bool
        Proved: no choice keeps all rows.
    cut_short : bool
        The safety net ended the search.
    """

    x: Floats | None
    value: float
    bound: float
    infeasible: bool = False
    cut_short: bool = False

    @property
    def gap(self) -> float:
        """How far the answer may be from the best, relative to the answer; 0 for a proved optimum."""
        if self.x is None:
            return math.inf
        return max(0.0, self.value - self.bound) / max(abs(self.value), 1e-12)

    @property
    def optimal(self) -> bool:
        """Whether nothing better exists, to rounding."""
        return self.x is not None and self.gap <= PROVED


def solve(p: Programme, cost: Floats, limits: Limits | None = None, known: Floats | None = None) -> Answer:
    """Find the cheapest choice, with a lower bound on the cost of every choice.

    The relaxation's value R is a bound. A column whose reduced cost exceeds some t can be left out, and a unit that
    would lose more than t without its way can be held to it: any choice that disagrees costs at least R + t. What is
    left, the core, is small; its own search proves a bound B for all choices that agree. So every choice costs at
    least max(R, min(B, R + t)), and t grows until that is near enough to the answer.

    Parameters
    ----------
    p : Programme
    cost : array, shape (columns,)
    limits : Limits, optional
        When to stop.
    known : array, shape (columns,), optional
        A choice that keeps all rows; the answer is no worse.

    Returns
    -------
    Answer

    Examples
    --------
    Two units, one place: the first way of each uses it up, the second of unit 0 is dear.

    >>> from scipy.sparse import csc_array
    >>> rows = csc_array(np.array([[1.0, 0, 1.0], [-1.0, -1.0, -1.0]]))
    >>> p = Programme(np.array([0, 0, 1]), rows, np.array([1.0, -2.0]))
    >>> found = solve(p, np.array([3.0, 5.0, 4.0]))
    >>> found.x.tolist(), round(found.value, 6), found.optimal
    ([0.0, 1.0, 1.0], 9.0, True)
    """
    limits = limits or Limits()
    answer = _search(p, cost, limits, known)
    tight = p
    for _attempt in range(TIGHTENED):
        if answer.x is None or not (over := p.excess(answer.x)).any():
            return answer
        tight = replace(tight, limit=tight.limit - 2 * over)
        answer = replace(_search(tight, cost, limits, None), bound=answer.bound, infeasible=False)
        if known is not None and not answer.value <= float(cost @ known):
            answer = replace(answer, x=known, value=float(cost @ known))
    raise ArithmeticError("rounding a choice to whole ways keeps exceeding a row")


def _search(p: Programme, cost: Floats, limits: Limits, known: Floats | None) -> Answer:
    end = time.monotonic() + limits.seconds
    relaxed = relax(p, cost)
    if relaxed is None:
        return Answer(None, math.inf, math.inf, infeasible=True)
    bound, best = relaxed.value, known
    value = math.inf if known is None else float(cost @ known)
    size = CORE
    while True:
        open_, held, t = _core(p, relaxed, size, known)
        left = end - time.monotonic()
        found = _integer(p, cost, open_, held, replace(limits, seconds=max(left, 1.0)))
        if found.x is not None and found.value < value:
            best, value = found.x, found.value
        bound = max(bound, min(found.bound, relaxed.value + t, value))
        whole = math.isinf(t)
        if whole and found.infeasible and best is None:
            return found
        answer = Answer(best, value, bound, cut_short=left <= 0 or found.cut_short)
        if whole or answer.gap <= limits.gap or answer.cut_short:
            return answer
        size *= GROWTH


def _core(p: Programme, relaxed: Relaxation, size: int, known: Floats | None) -> tuple[Bools, Bools, float]:
    """Return the open columns, those held at 1, and what disagreeing with the rest costs at least.

    A way costs at least its distance from the unit's best one; leaving the best one costs at least the distance of the
    unit's next way, or of none.
    """
    apart = np.where(p.choice, relaxed.reduced, 0.0)
    taken = np.flatnonzero(relaxed.best)
    others = np.full(len(relaxed.forgone), np.inf)
    left = p.choice & ~relaxed.best
    np.minimum.at(others, p.unit[left], apart[left])
    loss = np.minimum(others, relaxed.forgone)[p.unit[taken]]
    apart[taken] = loss
    if len(apart) <= size:
        return np.ones(len(apart), dtype=bool), np.zeros(len(apart), dtype=bool), math.inf
    t = float(np.partition(apart, size)[size])
    held = np.zeros(len(apart), dtype=bool)
    held[taken[loss > t]] = True
    wanted = np.zeros(len(apart), dtype=bool) if known is None else p.choice & (known > 0)
    # what is known stays within the core, so that the core keeps the rows
    freed = np.append(units_of(p, wanted & ~held), False)[p.unit]
    if known is not None:
        freed |= held & ~np.append(units_of(p, wanted), False)[p.unit]
    open_ways = wanted | (freed & held)
    held &= ~freed
    fixed = np.append(units_of(p, held), False)
    open_ = ~p.choice | ((open_ways | (apart <= t)) & ~fixed[p.unit])
    return open_, held, t


@contextmanager
def silent() -> Iterator[None]:
    """Keep a library from writing to standard output, where only results belong: HiGHS prints notes there."""
    sys.stdout.flush()
    try:
        own = os.dup(1)
    except OSError:  # no standard output at all
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(own, 1)
        os.close(own)
        os.close(nowhere)


def _integer(p: Programme, cost: Floats, open_: Bools, held: Bools, limits: Limits) -> Answer:
    """Search the whole choices of the open columns, the held ones taken."""
    columns = np.flatnonzero(open_)
    base = held.astype(float)
    a, b = with_units(p, columns)
    b[: len(p.limit)] -= (p.rows @ base) / p.scale
    start = float(cost @ base)
    if not len(columns):
        kept = not p.excess(base).any()
        return Answer(base, start, start) if kept else Answer(None, math.inf, math.inf, infeasible=True)
    choice = p.choice[columns]
    scale = max(float(np.abs(cost[columns]).max()), 1e-12)
    with warnings.catch_warnings(), silent():
        warnings.simplefilter("ignore")
        result: Any = milp(
            cost[columns] / scale,
            integrality=choice.astype(int),
            bounds=Bounds(0, np.where(choice, 1.0, np.inf)),
            constraints=LinearConstraint(a, -np.inf, b),
            options={"mip_rel_gap": 0.0 if len(cost) <= SMALL else limits.gap, "node_limit": limits.nodes,
                     "time_limit": limits.seconds},
        )  # fmt: skip
    if result.status == 2:
        return Answer(None, math.inf, math.inf, infeasible=True)
    cut_short = result.status == 1 and "ime limit" in str(result.message)
    proved = result.mip_dual_bound if choice.any() else result.fun
    lower = -math.inf if proved is None else float(proved) * scale + start
    if result.x is None:
        return Answer(None, math.inf, lower, cut_short=cut_short)
    x = base
    x[columns] = np.where(choice, np.round(result.x), result.x)
    return Answer(x, float(cost @ x), lower, cut_short=cut_short)
