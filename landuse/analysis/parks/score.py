"""How do parks compare: attainment of ideals, a score, ranks within a level, and how steady those are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.reference.indicators import LEAST_WEIGHT
from landuse.results.parks import Evaluation

if TYPE_CHECKING:
    from landuse.geo.arrays import Floats
    from landuse.reference.indicators import EvaluationRules

#: The ranks are held steady when a weight changes by this share.
CHANGE = 0.2


def evaluate(figures: pd.DataFrame, level: pd.Series[str], rules: EvaluationRules) -> Evaluation:
    r"""Compare parks, each with those of its level.

    The attainment of an ideal is min(x / ideal, 1), or min(ideal / x, 1) where less is better (TD/T 1029); with w the
    weights and K the indicators known of a park

    .. math:: F = 100\,\frac{\sum_{k \in K} w_k f_k}{\sum_{k \in K} w_k}

    A missing indicator takes no part: it is shown as missing and never scored zero. A park of which less than half of
    the weight is known has no score and no rank.

    Parameters
    ----------
    figures : DataFrame
        Index: park id; a column a measure of `landuse.reference.indicators.MEASURES`. A column that is not there is
        unknown.
    level : Series
        Level of each park; they are ranked within it, not across.
    rules : EvaluationRules
        Indicators, ideals, weights.

    Returns
    -------
    Evaluation
        Of shapes as documented there. Equal scores share the better rank.
    """
    indicators = rules.indicators
    values = pd.DataFrame(
        {x.code: figures.get(x.measure, np.nan) for x in indicators}, index=figures.index, dtype=float
    )
    more = np.array([x.better == "more" for x in indicators])
    ideal = np.array([x.ideal for x in indicators])
    raw = values.to_numpy()
    # none at all of what should be little is full attainment
    with np.errstate(divide="ignore"):
        attained = np.clip(np.where(more, raw / ideal, ideal / raw), 0, 1)
    weights = np.array([x.weight for x in indicators])
    score, known, points = _scores(attained, weights)
    levels = level.reindex(figures.index)
    rank = _ranks(score, levels)
    every = [rank]
    for k in range(len(indicators)):
        for change in (-CHANGE, CHANGE):
            other = weights.copy()
            other[k] *= 1 + change
            every.append(_ranks(_scores(attained, other)[0], levels))
    every.append(_ranks(_scores(attained, np.ones(len(weights)))[0], levels))
    ranked = pd.Series(~np.isnan(score), index=figures.index).groupby(levels).transform("sum")
    table = pd.DataFrame(
        {
            s.LEVEL: levels,
            "score": score,
            "known": known,
            "rank": rank,
            "of": ranked,
            "best_rank": np.min(every, axis=0),
            "worst_rank": np.max(every, axis=0),
        },
        index=figures.index,
    )
    codes = values.columns
    return Evaluation(
        rules,
        values,
        pd.DataFrame(attained, index=figures.index, columns=codes),
        table,
        pd.DataFrame(points, index=figures.index, columns=codes),
    )


def _scores(attained: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each park's score, the weight that is known of it, and the points of each indicator."""
    known = ~np.isnan(attained)
    held = known @ weights / weights.sum()
    base = (known @ weights)[:, None]
    points = np.divide(100 * np.where(known, attained, 0) * weights, base, out=np.zeros_like(attained), where=base > 0)
    points[~known] = np.nan
    enough = held >= LEAST_WEIGHT - 1e-9
    return np.where(enough, np.nansum(points, axis=1), np.nan), held, points


def _ranks(score: Floats, level: pd.Series[str]) -> Floats:
    """Return the rank of each score within its level, the highest first; equal ones share the better rank."""
    told = pd.Series(np.round(score, 9), index=level.index)
    return np.asarray(told.groupby(level).rank(method="min", ascending=False), dtype=np.float64)
