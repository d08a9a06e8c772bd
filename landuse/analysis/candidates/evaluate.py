"""Which plots are inefficient, by which rule, on what evidence; and what is suggested then?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.candidates.score import score
from landuse.analysis.overlay.clusters import clusters
from landuse.i18n import _
from landuse.quality import Issue
from landuse.results.candidates import Candidates, Indicators, RuleEvaluation
from landuse.spelling import did_you_mean

if TYPE_CHECKING:
    from landuse.geo.arrays import Ints
    from landuse.reference.rule_pack import Rule, RulePack
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
    """Return plots with what is known of their parcels, and what follows."""
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
