"""Why one plot is, or is not, on a list; and what would change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse import schema as s
from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.format import area_of
from landuse.report.words.terms import (
    amount,
    change_words,
    evidence_word,
    handling_word,
    measure_word,
    neighbours_words,
    position_word,
    reason_words,
    rule_words,
)
from landuse.results.run import computed
from landuse.spelling import did_you_mean, respell

if TYPE_CHECKING:
    from landuse.results.candidates import Candidates, RuleHit
    from landuse.results.run import RunResult

#: Ids proposed for one that is not there.
NEAREST = 3


def explanation(result: RunResult, plot: str) -> dict[str, Any]:
    """Return why a plot is, or is not, a candidate.

    Parameters
    ----------
    result : RunResult
        Of a run as far as the candidates.
    plot : str
        Id of a parcel, or of one of several plots of a parcel; however it is spelled.

    Returns
    -------
    dict
        plot, candidate, area_m2 (outside every park, as the lists have it; of a plot inside a park its land there),
        cluster and cluster_m2 (as in the layers; None inside), position, plots (of a parcel that has several: each to
        its position and area_m2), neighbours, list ("candidates", "renewal", "no_data" or None), reasons (code, value,
        threshold, unit, source, date, trust, evidence), evidence, changes (words: all of them together take it off),
        handling, score, contributions (criterion to its share in the distance from the best), measures.

    Raises
    ------
    InputError
        When no parcel of the definition's classes has that id.
    """
    found, scatter = computed(result.candidates), computed(result.scatter)
    (plot,) = respell([plot], found.judged.values.index)
    if plot not in found.judged.values.index:
        known = map(str, found.judged.values.index)
        fix = did_you_mean(plot, known) or _(labels.GIVE_AN_ID)
        raise InputError(Problem(_("no plot {plot!r}", plot=plot), fix))
    met = found.judged.of(plot)
    plots = scatter.plots[scatter.parcel_of(scatter.plots.index) == plot]
    names = pd.Index([plot, *plots.index], dtype=object)
    position = str(scatter.plots["position"].get(plot, scatter.positions.get(plot, "inside")))
    scored = None if found.score is None else found.score.table["score"].dropna().get(plot)
    return {
        "plot": plot,
        "candidate": bool(found.listed.index.isin(names).any()),
        **_land(result, names),
        "position": position,
        "plots": plots[["position", s.AREA_M2]].to_dict("index") if len(plots) > 1 else {},
        "neighbours": sorted({x for beside in scatter.plots["neighbours"].reindex(names).dropna() for x in beside}),
        "list": _list(found, names),
        "reasons": [_reason(reason) for reason in met],
        "evidence": found.judged.evidence[plot],
        "changes": [change_words(reason) for reason in met],
        "handling": _handling(found, names),
        "score": None if scored is None else float(scored),
        "contributions": {} if scored is None or found.score is None else dict(found.score.contributions.loc[plot]),
        "measures": _measures(found, plot),
    }


def explained(result: RunResult, plot: str) -> str:
    """Return the same in words, line by line."""
    said, found = explanation(result, plot), computed(result.candidates)
    plot = said["plot"]
    firms = found.measures.notes["firms"][plot]
    lists = {
        "candidates": _("on the list of candidates (scattered, inefficient)"),
        "renewal": _("on the list of renewal in parks (inefficient, inside or beside a park)"),
        "no_data": _("on the survey list: there are no figures for it"),
        None: _("on no list"),
    }
    lines = [
        f"{plot}  {firms}".rstrip() + f"  {area_of(said['area_m2'])} " + _(labels.MU),
        _("Position: {position}", position=position_word(said["position"])) + " · " + lists[said["list"]],
        *(
            [_(labels.CLUSTER_OF, no=said["cluster"], area=_(labels.IN_MU, value=area_of(said["cluster_m2"])))]
            if said["cluster"] is not None
            else []
        ),
        *_plots_words(found, said["plots"]),
        *([_("Adjacent land use: {what}", what=neighbours_words(said["neighbours"]))] if said["neighbours"] else []),
        _("Evidence: {level}", level=evidence_word(said["evidence"])),
    ]
    for reason in found.judged.of(plot):
        rule = reason.rule
        lines.append(f"  {rule.code} {reason_words(reason)}  [{evidence_word(reason.evidence)}]")
        lines.append("     " + _(labels.SOURCE_OF, source=rule.source) + f" ({rule.date.isoformat()})")
    for code, rule in found.rules.items():
        if not found.judged.met.loc[plot, code]:
            level = str(found.judged.levels.loc[plot, code])
            value: Any = found.judged.values.loc[plot, code]
            if level == "none":
                lines.append(f"  - {code} {rule.name}: " + _("no data: not judged"))
                continue
            known = value if rule.any_of else amount(float(value), rule.unit)
            when = _("not met ({when})", when=rule_words(rule)[1])
            lines.append(f"  - {code} {rule.name}: {known}  [{evidence_word(level)}]  {when}")
    if said["changes"]:
        lines.append(_("Removed from the list if: {changes}", changes="；".join(said["changes"])))
    if said["handling"]:
        lines.append(_("Suggested handling: {handling}", handling=handling_word(said["handling"])))
    if said["score"] is not None:
        parts = sorted(said["contributions"].items(), key=lambda item: -item[1])
        words = ", ".join(f"{measure_word(name)} {share:.0%}" for name, share in parts if share >= 0.005)
        lines.append(_("Score {score:.2f} (1: worst): {parts}", score=said["score"], parts=words))
    return "\n".join(lines)


def _land(result: RunResult, names: pd.Index[str]) -> dict[str, Any]:
    """Return the area of a parcel's plots, and the cluster of the first, as every list of plots has them."""
    outside, inside = result.scatter.plots, result.candidates.renewal  # type: ignore[union-attr]
    rows = outside[outside.index.isin(names)]
    if len(rows):
        first = rows.iloc[0]
        return {
            "area_m2": float(rows[s.AREA_M2].sum()),
            "cluster": int(first["cluster"]),
            "cluster_m2": float(first["cluster_m2"]),
        }
    return {"area_m2": float(inside[inside.index.isin(names)][s.AREA_M2].sum()), "cluster": None, "cluster_m2": None}


def _plots_words(found: Candidates, plots: dict[str, Any]) -> list[str]:
    """Return the plots of a parcel whose parts lie far apart, a line each."""
    return [
        f"  {name}  {area_of(x[s.AREA_M2])} {_('mu')}  {position_word(x['position'])}"
        + (" · " + _("on the list of candidates (scattered, inefficient)") if name in found.listed.index else "")
        for name, x in plots.items()
    ]


def _reason(reason: RuleHit) -> dict[str, Any]:
    rule = reason.rule
    return {
        "code": rule.code,
        "value": reason.value,
        "threshold": reason.threshold,
        "unit": rule.unit,
        "source": rule.source,
        "date": rule.date.isoformat(),
        "trust": rule.trust,
        "evidence": reason.evidence,
    }


def _list(found: Candidates, names: pd.Index[str]) -> str | None:
    lists = {"candidates": found.listed, "renewal": found.renewed, "no_data": found.no_data}
    return next((name for name, plots in lists.items() if plots.index.isin(names).any()), None)


def _handling(found: Candidates, names: pd.Index[str]) -> str:
    for plots in (found.plots, found.renewal):
        if (own := plots.index.isin(names)).any():
            return str(plots["handling"][own].iloc[0])
    return ""


def _measures(found: Candidates, plot: str) -> dict[str, dict[str, Any]]:
    values: dict[str, Any] = dict(found.measures.values.loc[plot])
    levels: dict[str, Any] = dict(found.measures.levels.loc[plot])
    return {
        name: {"value": value if isinstance(value, str) else float(value), "evidence": levels[name]}
        for name, value in values.items()
        if levels[name] != "none"
    }
