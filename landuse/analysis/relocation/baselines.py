"""What a plan is held against: the cheapest next step, and the nearest park with room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landuse.analysis.relocation.lp_relaxation import ranked
from landuse.analysis.relocation.options import MOVE

if TYPE_CHECKING:
    from landuse.analysis.relocation.solve import Model
    from landuse.geo.arrays import Ints

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
