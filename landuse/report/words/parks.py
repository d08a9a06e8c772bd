"""What is said of parks side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse import schema as s
from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.format import NONE, figure, is_known, wan
from landuse.report.words.terms import trust_word
from landuse.units import MONEY_YUAN, shown_mu

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from landuse.reference.indicators import EvaluationRules, Indicator
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult

#: Weight from which all of it counts as known: fractions sum to a little less than 1.
ALL_KNOWN = 1 - 1e-9


def wan_per_mu(yuan: float) -> str:
    """Return yuan per 亩 in 万元 per 亩, or the mark of a figure that nobody knows."""
    return figure(wan(yuan), ".1f")


def place_words(row: Mapping[Any, Any]) -> str:
    """Return a park's place among those of its level, and what it rests on; a dash where nothing is known."""
    place, on = rank_words(row), steadiness_words(row)
    return _("{place} ({on})", place=place, on=on) if on else place


def rank_words(row: Mapping[Any, Any]) -> str:
    """Return a park's place among those of its level: 2 of 5; why it has none, or a dash where nothing is known."""
    if is_known(row["rank"]):
        return _("{rank:.0f} of {of:.0f}", rank=row["rank"], of=row["of"])
    return _("no score: {known:.0%} of the weight known", known=row["known"]) if row["known"] > 0 else NONE


def steadiness_words(row: Mapping[Any, Any]) -> str:
    """Return what a park's place rests on; "" for one that rests on all of the weight and keeps under other weights.

    Between which places other weights put it; how much of the weight is known where that is not all of it; and that it
    is unsteady where some weights leave the park without a place.
    """
    if not is_known(row["rank"]):
        return ""
    steady = is_known(row["best_rank"])
    rests = (
        _("{best:.0f}-{worst:.0f} by weights", best=row["best_rank"], worst=row["worst_rank"])
        if steady and row["best_rank"] != row["worst_rank"]
        else "",
        _("{known:.0%} of the weight known", known=row["known"]) if row["known"] < ALL_KNOWN else "",
        "" if steady else _("unsteady"),
    )
    return _(labels.SEMICOLON).join(filter(None, rests))


def remark_words(row: Mapping[Any, Any]) -> str:
    """Return why a park has no place, or that its place is unsteady; "" for a steady one."""
    if is_known(row["rank"]):
        return "" if is_known(row["best_rank"]) else _("unsteady: other weights leave it without a place")
    return _("no score: {known:.0%} of the weight known", known=row["known"])


def moved_words(moved: float) -> str:
    """Return the places won or lost since the last comparison."""
    if not is_known(moved):
        return NONE
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
    return figure(value * factor(measure), ".1f" if measure in SHARES | MONEY else ".2f", suffix)


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
    return "、".join(codes) if isinstance(codes, tuple) and codes else NONE


def parks_sentence(result: RunResult) -> str:
    """Return how many parks reach the policy's tax per 亩, by both denominators; "" where the stage did not run."""
    r = result.parks
    if r is None or not len(r.figures):
        return ""
    known = r.figures["tax_yuan_per_mu"].notna()
    if not known.any():
        return _("{parks} parks compared; their tax is not reported.", parks=len(r.figures))
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


def joins_sentence(result: RunResult) -> str:
    """Return how many blocks could be joined by taking plots in; "" where there are none."""
    r = result.parks
    if r is None or not len(r.joins):
        return ""
    return _(
        "Integration: {count} pairs of blocks would join by taking in plots that lie between them, {mu:,.2f} mu.",
        count=len(r.joins),
        mu=shown_mu(float(r.joins["area_m2"].sum())),
    )


def rest_sentences(r: ParkReview) -> list[str]:
    """Return what the comparison rests on: weights, denominators, how steady the places are, what is missing.

    A sentence that has nothing to tell is "".
    """
    rules = r.evaluation.rules
    return [
        _(
            "Indicators, ideals and weights are those of {name} ({source}; trust: {trust}). Attainment is the value "
            "over its ideal, at most 1; the score is their weighted mean over the indicators that are known.",
            name=rules.name,
            source=rules.source,
            trust=trust_word(rules.trust),
        ),
        _(
            "Tax per mu stands by two denominators, for the policy does not say which: industrial land whose tax is "
            "known, and all built land of the park."
        ),
        _("There are no figures of firms.")
        if r.year is None
        else _("Figures of firms are those of {year}.", year=r.year),
        *_steadiness_sentences(r),
        _("What is not known is shown as missing: it is no zero and costs no points."),
        _("Parks are ranked within their level, not across."),
    ]


def _steadiness_sentences(r: ParkReview) -> tuple[str, ...]:
    """Return whose places the weights decide, who has none, and whose place some weights take away."""
    table, names = r.evaluation.table, r.figures["park_name"]
    ranged, unscored = table["best_rank"].notna(), table["rank"].isna()
    decided, unsteady = ranged & (table["best_rank"] != table["worst_rank"]), ~ranged & ~unscored

    def of(which: pd.Series[bool]) -> dict[str, Any]:
        return {"n": int(which.sum()), "parks": "、".join(map(str, names[which]))}

    return (
        _(
            "Every weight is changed by a fifth either way, and all are made equal: the weights decide the place of "
            "{n} parks ({parks}), not their figures.",
            **of(decided),
        )
        if decided.any()
        else ""
        if unsteady.any() or unscored.all()
        else _("Every weight is changed by a fifth either way, and all are made equal: no park changes its place."),
        _(
            "{n} parks have no score and no place, for less than half the weight is known of them: {parks}.",
            **of(unscored),
        )
        if unscored.any()
        else "",
        _(
            "The place of {n} parks ({parks}) rests on so little of the weight that some other weights leave them "
            "without one: it is unsteady.",
            **of(unsteady),
        )
        if unsteady.any()
        else "",
    )


def _reach(r: ParkReview) -> tuple[int, int]:
    columns = (r.figures["tax_yuan_per_mu"], r.figures["tax_yuan_per_built_mu"])
    return tuple(int((column >= r.rule.tax_target).sum()) for column in columns)  # type: ignore[return-value]


WAN = MONEY_YUAN["万元"]
#: Measures shown in per cent.
SHARES = frozenset(
    {
        "industrial_share",
        "main_share",
        "hull_share",
        s.COVERAGE,
        "green_ratio",
        "leading_land",
        "leading_output",
        "inefficient_share",
    }
)
#: Measures shown in 万元 per 亩; the review has yuan.
MONEY = frozenset(f"{x}_per_mu" for x in (s.TAX, s.VALUE_ADDED, s.OUTPUT, s.RD)) | {f"{s.TAX}_per_built_mu"}


def factor(measure: str) -> float:
    """Return by what a measure is multiplied to be shown: shares in per cent, money in 万元.

    Examples
    --------
    >>> factor("main_share"), factor("tax_yuan_per_mu"), factor("far"), factor("energy_per_added_value")
    (100.0, 0.0001, 1.0, 10000.0)
    """
    if measure in SHARES:
        return 100.0
    return 1 / WAN if measure in MONEY else WAN if measure == "energy_per_added_value" else 1.0
