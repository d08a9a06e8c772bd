"""A composite score beside the rules: criteria weighed, plots ordered by TOPSIS, and how steady that order is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse.results.candidates import EVIDENCE, Indicators, Score

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats
    from landuse.reference.rule_pack import ScoreSection

#: Saaty's random index by the number of criteria (T. L. Saaty, The Analytic Hierarchy Process, 1980).
RANDOM_INDEX = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
#: The order is held steady for so many plots, when a weight changes by this share.
FIRST, CHANGE = 100, 0.2
#: A plot of which criteria of less than this weight are known has no score.
LEAST_WEIGHT = 0.5


def score(measures: Indicators, section: ScoreSection) -> Score:
    """Score plots: 0 is the best of what is seen in every criterion, 1 the worst.

    Each criterion is divided by its norm over the plots that have it, and weighed. With d⁺ the distance of a plot to
    the best value of every criterion and d⁻ that to the worst, the score is d⁺ / (d⁺ + d⁻) (1 less the closeness of
    Hwang and Yoon's TOPSIS, 1981). A criterion that is unknown for a plot takes no part in its distances: it makes it
    neither better nor worse, and the share of its weight stands under "none". A plot of which criteria of less than
    half the weight are known has no score.

    Parameters
    ----------
    measures : Indicators
        Of the plots to be scored.
    section : ScoreSection
        Criteria and how they are weighed. Entropy: by 1 - entropy of the shares of each criterion (Shannon).

    Returns
    -------
    Score
        Of shapes as documented there.

    Examples
    --------
    >>> plots = np.array([[1.0, 9.0], [2.0, 8.0], [3.0, 7.0]])
    >>> topsis(plots, np.array([True, False]), np.array([0.5, 0.5]))[0].round(6)
    array([1. , 0.5, 0. ])
    """
    names = [c.measure for c in section.criteria]
    more = np.array([c.better == "more" for c in section.criteria])
    values = measures.values[names].to_numpy(dtype=float)
    weights, consistency = _weights(values, section)
    found, parts = topsis(values, more, weights)
    rests_on = (weights * ~np.isnan(values)).sum(axis=1)
    found[rests_on < LEAST_WEIGHT - 1e-9] = np.nan
    levels = measures.levels[names].to_numpy(dtype=object)
    rests = {level: (weights * (levels == level)).sum(axis=1) for level in EVIDENCE}
    table = pd.DataFrame(rests, index=measures.values.index)
    first = max(1, min(FIRST, int(np.isfinite(found).sum()) // 2))  # of a short list, its first half
    return Score(
        table=table.assign(score=found),
        weights=pd.Series(weights, index=pd.Index(names, name="criterion")),
        method=section.weights,
        consistency=consistency,
        contributions=pd.DataFrame(parts, index=measures.values.index, columns=pd.Index(names, name="criterion")),
        stability=_stability(values, more, weights, names, np.isfinite(found), first),
        first=first,
    )


def topsis(values: Floats, more: Bools, weights: Floats) -> tuple[Floats, Floats]:
    """Return each row's score, and the share of each criterion in its squared distance from the best.

    Parameters
    ----------
    values : array, shape (n, criteria)
        NaN is unknown.
    more : array of bool, shape (criteria,)
        Whether more is better.
    weights : array, shape (criteria,)
    """
    known = ~np.isnan(values)
    norm = np.sqrt((np.where(known, values, 0.0) ** 2).sum(axis=0))
    v = weights * np.divide(values, norm, out=np.zeros_like(values), where=known & (norm > 0))
    low = np.where(known, v, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, v, -np.inf).max(axis=0, initial=-np.inf)
    best, worst = np.where(more, high, low), np.where(more, low, high)
    from_best = np.where(known, v - best, 0.0) ** 2
    to_best, to_worst = np.sqrt(from_best.sum(axis=1)), np.sqrt((np.where(known, v - worst, 0.0) ** 2).sum(axis=1))
    both = to_best + to_worst
    out = np.divide(to_best, both, out=np.full(len(values), np.nan), where=known.any(axis=1) & (both > 0))
    parts = np.divide(from_best, to_best[:, None] ** 2, out=np.zeros_like(values), where=to_best[:, None] > 0)
    return out, parts


def _weights(values: Floats, section: ScoreSection) -> tuple[Floats, float | None]:
    if section.weights == "stated":
        stated = np.array([c.weight for c in section.criteria], dtype=float)
        return stated / stated.sum(), None
    if section.weights == "ahp":
        return ahp(np.array(section.comparisons, dtype=float))
    return entropy(values), None


def ahp(comparisons: Floats) -> tuple[Floats, float]:
    """Return the weights of a matrix of pairwise comparisons (its principal eigenvector), and its consistency ratio.

    Examples
    --------
    >>> weights, ratio = ahp(np.array([[1.0, 2.0, 4.0], [0.5, 1.0, 2.0], [0.25, 0.5, 1.0]]))
    >>> weights.round(6).tolist(), abs(ratio) < 1e-9
    ([0.571429, 0.285714, 0.142857], True)
    """
    n = len(comparisons)
    roots, vectors = np.linalg.eig(comparisons)
    k = int(np.argmax(roots.real))
    weights = np.abs(vectors[:, k].real)
    index = (roots[k].real - n) / (n - 1)
    random = RANDOM_INDEX[min(n, len(RANDOM_INDEX) - 1)]
    return weights / weights.sum(), float(index / random) if random else 0.0


def entropy(values: Floats) -> Floats:
    """Return weights by entropy: a criterion that tells plots apart weighs more; equal ones where none does.

    The values of a criterion, moved to start at 0 where some are negative, are taken as shares of their sum; unknown
    ones take no part.
    """
    known = ~np.isnan(values)
    low = np.minimum(np.where(known, values, np.inf).min(axis=0, initial=np.inf), 0.0)
    moved = np.where(known, values - np.where(np.isfinite(low), low, 0.0), 0.0)
    total = moved.sum(axis=0)
    share = np.divide(moved, total, out=np.zeros_like(moved), where=total > 0)
    terms = share * np.log(share, out=np.zeros_like(share), where=share > 0)
    count = np.log(np.maximum(known.sum(axis=0), 2))
    spread = np.where(total > 0, 1.0 + terms.sum(axis=0) / count, 0.0)
    spread = np.maximum(spread, 0.0)
    return spread / spread.sum() if spread.sum() > 0 else np.full(values.shape[1], 1 / values.shape[1])


def _stability(
    values: Floats, more: Bools, weights: Floats, names: list[str], scored: Bools, first: int
) -> pd.DataFrame:
    def worst(w: Floats) -> set[int]:
        found = topsis(values, more, w / w.sum())[0]
        found[~scored] = np.nan
        return set(np.argsort(-np.nan_to_num(found, nan=-1.0), kind="stable")[:first].tolist())

    base, rows = worst(weights), []
    for k, name in enumerate(names):
        for change in (-CHANGE, CHANGE):
            changed = weights.copy()
            changed[k] *= 1 + change
            rows.append({"criterion": name, "change": change, "stay": len(base & worst(changed))})
    return pd.DataFrame(rows)
