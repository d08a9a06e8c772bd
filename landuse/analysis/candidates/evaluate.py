"""Which plots are inefficient, by which rule, on what evidence; what is suggested then; and a score beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.overlay.clusters import clusters
from landuse.i18n import _
from landuse.quality import Issue
from landuse.results.candidates import EVIDENCE, Candidates, Indicators, RuleEvaluation, Score
from landuse.spelling import did_you_mean

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints
    from landuse.reference.rule_pack import Rule, RulePack, ScoreSection
    from landuse.results.candidates import Scatter

#: Inefficient plots in or beside parks at most this far apart [m] could be redeveloped together; an assumption.
TOGETHER_M = 20.0
#: Parcels with a word before the lack of a rule's own words says anything; words a message lists.
ENOUGH_WORDS, LISTED = 10, 5


def judge(measures: Indicators, pack: RulePack) -> RuleEvaluation:
    """Hold every rule against every parcel.

    Parameters
    ----------
    measures : Indicators
        Of the parcels.
    pack : RulePack
        Its thresholds are in each rule's own unit; a rule that asks for the standard is unknown where there is none.

    Returns
    -------
    Judged
        An unknown value meets no rule.
    """
    values, limits, levels = {}, {}, {}
    for rule in pack.rules:
        value, level = measures.values[rule.measure], measures.levels[rule.measure]
        limit = _limit(rule, measures)
        if not rule.any_of:
            held = limit.notna()
            value, level = (value / rule.scale).where(held), level.where(held, "none")
        values[rule.code], limits[rule.code], levels[rule.code] = value, limit, level
    index = measures.values.index
    return RuleEvaluation(pack, *(pd.DataFrame(x, index=index) for x in (values, limits, levels)))


def _limit(rule: Rule, measures: Indicators) -> pd.Series[float]:
    if rule.below == "standard":
        return measures.standards[rule.measure]
    limit = np.nan if rule.limit is None else rule.limit
    return pd.Series(limit, index=measures.values.index, dtype=float)


def idle_rules(measures: Indicators, pack: RulePack) -> list[Issue]:
    """Report rules that ask for words of which no parcel has one, while parcels have others: they can never be met.

    Parameters
    ----------
    measures : Indicators
        Of the parcels; "" where a parcel has no word.
    pack : RulePack
        Whose rules with words are looked at.

    Returns
    -------
    list of Issue
        rule_never_met: where at least ten parcels have words, or one has a word like one asked for; of few other words
        nothing can be said.
    """
    found = []
    for rule in pack.rules:
        words = measures.values[rule.measure] if rule.any_of else pd.Series(dtype=object)
        words = words[words != ""]
        counts = words.value_counts()
        meant = next(filter(None, (did_you_mean(x, rule.any_of) for x in counts.index)), "")
        if words.isin(rule.any_of).any() or not (meant or len(words) >= ENOUGH_WORDS):
            continue
        action = _(
            "rule {code} asks for {words}, which no parcel has in {measure}; there are {others}",
            code=rule.code,
            words=", ".join(rule.any_of),
            measure=rule.measure,
            others=", ".join(f"{word} × {n}" for word, n in counts.head(LISTED).items()),
        )
        plots = tuple(map(str, words.index))
        found.append(Issue("rule_never_met", len(words), "; ".join(filter(None, (action, meant))), plots=plots))
    return found


def universal_rules(judged: RuleEvaluation) -> list[Issue]:
    """Report rules that every parcel meets of which their measure is known, where that is at least ten parcels."""
    found = []
    for code, met in judged.met.items():
        known = judged.levels[code] != "none"
        if known.sum() >= ENOUGH_WORDS and met[known].all():
            action = _("rule {code}: all {n} parcels with a value meet it", code=code, n=int(known.sum()))
            plots = tuple(map(str, known.index[known]))
            found.append(Issue("rule_always_met", int(known.sum()), action, plots=plots))
    return found


def candidates(
    scatter: Scatter, park_plots: gpd.GeoDataFrame, measures: Indicators, pack: RulePack, metre: float = 1.0
) -> Candidates:
    """List the scattered plots that are inefficient, and those in or beside parks; apart.

    A plot that is part of a parcel, or one of several of it, has its parcel's measures.

    Parameters
    ----------
    scatter : Scatter
        Plots outside the parks.
    park_plots : GeoDataFrame
        From `landuse.analysis.plots.scatter.park_plots`.
    measures : Indicators
        Of all parcels.
    pack : RulePack
        Rules, decision table and score.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    Candidates
        Candidates first, the worst score first (where there is none, the lowest tax per 亩), then the others, by id.
    """
    measures = _with_pieces(measures, scatter.pieces)
    judged = judge(measures, pack)
    adjoining = scatter.plots[scatter.plots["position"] == "adjoining"].assign(**{s.PARK: ""})
    columns = [s.PARK, *park_plots.columns.drop([s.PARK, "geometry"]), "geometry"]
    renewal = gpd.GeoDataFrame(pd.concat([park_plots, adjoining[columns]]), geometry="geometry", crs=park_plots.crs)
    plots = _told(scatter.scattered, judged, measures, "outside")
    renewal = _told(renewal, judged, measures, "park")
    scored = score(_of(measures, plots.index), pack.score) if pack.score and len(plots) else None
    plots["score"] = scored.table["score"] if scored else np.nan
    renewal = _ordered(renewal.assign(score=np.nan))
    renewal["renewal_group"] = _groups(renewal, TOGETHER_M * metre)
    return Candidates(_ordered(plots), renewal, judged, measures, scored)


def _with_pieces(measures: Indicators, pieces: pd.Series[str]) -> Indicators:
    """Add a row for each plot that is one of several of its parcel: what is known of the parcel, but its land."""
    if pieces.empty:
        return measures
    more = _of(measures, pd.Index(pieces))
    tables = (more.values, more.levels, more.standards, more.notes.assign(mu=np.nan))
    every = (measures.values, measures.levels, measures.standards, measures.notes)
    return Indicators(
        *(pd.concat([a, b.set_axis(pieces.index)]).rename_axis(s.PARCEL) for a, b in zip(every, tables, strict=True))
    )


def _of(measures: Indicators, ids: pd.Index[Any]) -> Indicators:
    return Indicators(*(t.loc[ids] for t in (measures.values, measures.levels, measures.standards, measures.notes)))


def _told(plots: gpd.GeoDataFrame, judged: RuleEvaluation, measures: Indicators, place: str) -> gpd.GeoDataFrame:
    """Return plots with indicators, rule hits, evidence and suggested handling."""
    plots = plots.copy()
    ids = plots.index
    plots["tax_per_mu"] = measures.values["tax_per_mu"].reindex(ids).to_numpy()
    for column in ("years", "firms", "planned_code"):
        plots[column] = measures.notes[column].reindex(ids).to_numpy()
    plots["reasons"] = pd.Series(judged.reasons.reindex(ids).to_numpy(), index=ids, dtype=object)
    plots["evidence"] = judged.evidence.reindex(ids).to_numpy(dtype=object)
    suggested = {codes: judged.pack.handling_for(codes, place) for codes in set(plots["reasons"])}
    plots["handling"] = plots["reasons"].map(suggested).astype(object)
    return plots


def _ordered(plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    order = pd.DataFrame(
        {
            "listed": plots["reasons"].map(len).to_numpy() > 0,
            "score": -plots["score"].to_numpy(dtype=float),
            "tax": plots["tax_per_mu"].to_numpy(dtype=float),
            "id": plots.index.to_numpy(),
        }
    )
    order = order.sort_values(["listed", "score", "tax", "id"], ascending=[False, True, True, True], kind="stable")
    return plots.iloc[order.index.to_numpy()].copy()


def _groups(renewal: gpd.GeoDataFrame, gap: float) -> Ints:
    """Number the groups of plots with a reason, from 1, by their first in the list; 0 for the others."""
    out = np.zeros(len(renewal), dtype=np.int64)
    some = np.flatnonzero(renewal["reasons"].map(len).to_numpy() > 0)
    if len(some):
        out[some] = clusters(np.asarray(renewal.geometry.to_numpy(), dtype=object)[some], gap) + 1
    return out


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
