"""What is said of parks side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.park_rows import MONEY, SHARES, factor
from landuse.units import MONEY_YUAN, to_mu

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from landuse.evaluation import EvaluationRules, Indicator
    from landuse.findings import Findings
    from landuse.park_review import ParkReview


def missing(value: float, form: str, suffix: str = "") -> str:
    """Return a figure, or the mark of one that nobody knows."""
    return f"{value:{form}}{suffix}" if math.isfinite(value) else "–"


def wan_per_mu(yuan: float) -> str:
    """Return yuan per 亩 in 万元 per 亩, or the mark of a figure that nobody knows."""
    return missing(yuan / MONEY_YUAN["万元"], ".1f")


def place_words(row: Mapping[Any, Any]) -> str:
    """Return a park's place among those of its level: 2 of 5, and between which places it may lie."""
    if not math.isfinite(row["rank"]):
        return _("no score: too little is known")
    place = _("{rank:.0f} of {of:.0f}", rank=row["rank"], of=row["of"])
    if row["best_rank"] == row["worst_rank"]:
        return place
    return place + _(" ({best:.0f}-{worst:.0f} by weights)", best=row["best_rank"], worst=row["worst_rank"])


def moved_words(moved: float) -> str:
    """Return the places won or lost since the last comparison."""
    if not math.isfinite(moved):
        return "–"
    return "=" if moved == 0 else f"{'▲' if moved > 0 else '▼'}{abs(moved):.0f}"


def unit_word(measure: str) -> str:
    """Return the unit a measure is shown in; "" for a ratio."""
    if measure in SHARES:
        return "%"
    if measure in MONEY:
        return _("10k yuan/mu")
    return {
        f"{s.ENERGY}_per_mu": _("tce per mu"),
        f"{s.EMISSIONS}_per_mu": _("t per mu"),
        f"{s.STAFF}_per_mu": _("persons per mu"),
        "energy_per_added_value": _("tce per 10,000 yuan"),
    }.get(measure, "")


def measured(measure: str, value: float, *, unit: bool = True) -> str:
    """Return a value of a measure in the unit it is shown in, or the mark of one that nobody knows."""
    word = unit_word(measure) if unit else ""
    suffix = word if word in {"%", ""} else f" {word}"
    return missing(value * factor(measure), ".1f" if measure in SHARES | MONEY else ".2f", suffix)


def indicator_word(x: Indicator) -> str:
    """Return an indicator's code and name."""
    return f"{x.code} {x.name}"


def ideal_words(x: Indicator) -> str:
    """Return an ideal: at least, or at most where less is better."""
    return ("≥ " if x.better == "more" else "≤ ") + measured(x.measure, x.ideal)


def lacking_words(rules: EvaluationRules, codes: Iterable[str]) -> str:
    """Return indicators that are not known, by name; "" for none."""
    names = {x.code: indicator_word(x) for x in rules.indicators}
    lacking = "、".join(names[code] for code in codes)
    return _("missing: {indicators}", indicators=lacking) if lacking else ""


def leading_words(row: Mapping[Any, Any]) -> str:
    """Return a park's leading industries by code; a mark where none is known."""
    codes = row["leading"]
    return "、".join(codes) if isinstance(codes, tuple) and codes else "–"


def parks_sentence(findings: Findings) -> str:
    """Return how many parks reach the policy's tax per 亩, by both denominators; "" where the stage did not run."""
    r = findings.parks
    if r is None or not len(r.figures):
        return ""
    known = r.figures["tax_yuan_per_mu"].notna()
    if not known.any():
        return _("{parks} parks compared; nobody reports their tax.", parks=len(r.figures))
    by_industry, by_built = _reach(r)
    return _(
        "{parks} parks compared ({year}): {industry} reach {target:.0f} x 10,000 yuan of tax per mu of industrial "
        "land, {built} per mu of built land; {unknown} without figures.",
        parks=len(r.figures),
        year=r.year,
        industry=by_industry,
        built=by_built,
        target=r.rule.tax_target / MONEY_YUAN["万元"],
        unknown=int((~known).sum()),
    )


def joins_sentence(findings: Findings) -> str:
    """Return how many blocks could be joined by taking plots in; "" where there are none."""
    r = findings.parks
    if r is None or not len(r.joins):
        return ""
    return _(
        "Integration: {count} pairs of blocks would join by taking in plots that lie between them, {mu:,.2f} mu.",
        count=len(r.joins),
        mu=to_mu(float(r.joins["area_m2"].sum())),
    )


def rest_sentences(r: ParkReview) -> list[str]:
    """Return what the comparison rests on: weights, denominators, places that weights decide, what is missing."""
    rules, table = r.evaluation.rules, r.evaluation.table
    steady = table["best_rank"] == table["worst_rank"]
    decided, unscored = table["rank"].notna() & ~steady, table["rank"].isna()
    names = r.figures["park_name"]
    return [
        _(
            "Indicators, ideals and weights are those of {name} ({source}; trust: {trust}). Attainment is the value "
            "over its ideal, at most 1; the score is their weighted mean over the indicators that are known.",
            name=rules.name,
            source=rules.source,
            trust={"low": _("low"), "medium": _("medium"), "high": _("high")}[rules.trust],
        ),
        _(
            "Tax per mu stands by two denominators, for the policy does not say which: industrial land whose tax is "
            "known, and all built land of the park."
        ),
        _("There are no figures of firms.")
        if r.year is None
        else _("Figures of firms are those of {year}.", year=r.year),
        _(
            "Every weight is changed by a fifth either way, and all are made equal: the weights decide the place of "
            "{n} parks ({parks}), not their figures.",
            n=int(decided.sum()),
            parks="、".join(map(str, names[decided])),
        )
        if decided.any()
        else _("Every weight is changed by a fifth either way, and all are made equal: no park changes its place."),
        _(
            "{n} parks have no score and no place, for less than half the weight is known of them: {parks}.",
            n=int(unscored.sum()),
            parks="、".join(map(str, names[unscored])),
        )
        if unscored.any()
        else "",
        _("What is not known is shown as missing: it is no zero and costs no points."),
        _("Parks are ranked within their level, not across."),
    ]


def _reach(r: ParkReview) -> tuple[int, int]:
    columns = (r.figures["tax_yuan_per_mu"], r.figures["tax_yuan_per_built_mu"])
    return tuple(int((column >= r.rule.tax_target).sum()) for column in columns)  # type: ignore[return-value]
