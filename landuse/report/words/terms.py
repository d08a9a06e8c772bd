"""Wording that several outputs share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse.definition import MET, NOT_MET, UNCERTAIN
from landuse.i18n import _, current
from landuse.report.words import labels
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from landuse.reference.rule_pack import Rule
    from landuse.results.candidates import RuleHit
    from landuse.results.run import RunResult


def verdict_word(verdict: str) -> str:
    """Return the wording of a verdict."""
    return {MET: _("met"), NOT_MET: _("not met"), UNCERTAIN: _("uncertain")}[verdict]


def position_word(position: str) -> str:
    """Return the wording of a plot's position."""
    return {
        "scattered": _("scattered"),
        "highly_scattered": _("highly scattered"),
        "small": _("too small to list"),
        "adjoining": _("adjoining a park"),
        "clustered": _("in a large cluster"),
        "inside": _("in a park"),
    }[position]


def level_word(level: str) -> str:
    """Return the wording of a park level; a study's own levels stay as they are."""
    known = {
        "national": _("national"),
        "provincial": _("provincial"),
        "platform": _("platform"),
        "town": _("town"),
    }
    return known.get(level, level)


def evidence_word(evidence: str) -> str:
    """Return the wording of a level of evidence."""
    return {
        "registered": _("registered"),
        "statistical": _("statistical"),
        "remote": _("remote proxy"),
        "none": _("no data"),
    }[evidence]


def trust_word(trust: str) -> str:
    """Return the wording of a rule's trust."""
    return {"low": _("low"), "medium": _("medium"), "high": _("high")}.get(trust, trust)


def handling_word(handling: str) -> str:
    """Return the wording of a suggested handling, one of the province's five; "" for none."""
    return {
        "upgrade": _("upgrade on site"),
        "merge": _("merge or restructure"),
        "reclaim": _("reclaim and reuse"),
        "move": _("move into a park"),
        "close": _("close"),
        "": "",
    }[handling]


def neighbours_words(groups: Sequence[str]) -> str:
    """Return what lies beside a plot: farmland, housing, ecological land."""
    words = {"farmland": _("farmland"), "housing": _("housing"), "ecological": _("ecological land")}
    return _(labels.COMMA).join(words[group] for group in groups)


def measure_word(measure: str) -> str:
    """Return the wording of what a criterion or a rule measures."""
    return {
        "grade_d": _("land of firms graded D"),
        "tax_per_mu": _("tax per mu"),
        "tax_to_district": _("tax against the district's"),
        "far": _("floor-area ratio"),
        "coverage": _("building coverage"),
        "idle_years": _("years idle"),
        "supply_status": _("supply status"),
        "energy_per_added_value": _("energy per added value"),
        "planned_industrial": _("share planned for industry"),
        "added_value_per_mu": _("added value per mu"),
        "staff_per_mu": _("staff per mu"),
        "green_ratio": _("green ratio"),
        "night_light": _("night light"),
        "slope": _("slope"),
    }[measure]


def place_word(place: str) -> str:
    """Return where a plot outside the parks lies: within or beyond the urban development boundary; "" unknown."""
    return {"urban": _("within the development boundary"), "beyond": _("beyond the development boundary"), "": ""}[
        place
    ]


def amount(value: float, unit: str) -> str:
    """Return a figure of a rule with its unit: in Chinese as its rule pack states it, in English in yuan.

    Examples
    --------
    >>> from landuse.i18n import language
    >>> with language("en"):
    ...     amount(15.0, "万元/亩"), amount(0.5, ""), amount(1.0, "年")
    ('150,000 yuan per mu', '0.5', '1 years')
    """
    factor, words = unit_words(unit)
    figure = f"{value * factor:,.0f}" if factor != 1 else f"{value:.4g}"
    return f"{figure} {words}".strip()


def unit_words(unit: str) -> tuple[float, str]:
    """Return how a rule's unit is said, and what one of it is then: in English money is in yuan."""
    if current() == "zh":
        return 1.0, unit
    money = MONEY_YUAN.get(unit.removesuffix("/亩"))
    if money is not None and unit.endswith("/亩"):
        return money, _("yuan per mu")
    words = {
        "年": _("years"),
        "吨标煤/万元": _("tce per 10,000 yuan"),
        "度": _("degrees"),
        "人/亩": _("persons per mu"),
    }
    return 1.0, words.get(unit, unit)


def rule_words(rule: Rule) -> tuple[str, str]:
    """Return the name of a rule, and when a plot meets it."""
    if rule.any_of:
        return str(rule.name), _("one of {words}", words="、".join(rule.any_of))
    if rule.limit is None:
        return str(rule.name), _("below the standard of its zone")
    limit = amount(rule.limit, rule.unit)
    when = {
        "below": _("below {amount}", amount=limit),
        "above": _("above {amount}", amount=limit),
        "at_least": _("at least {amount}", amount=limit),
    }
    return str(rule.name), when[rule.comparison]


def reason_words(reason: RuleHit) -> str:
    """Return a reason with its value and its threshold: 亩均税收 9.29 万元/亩 < 15 万元/亩."""
    rule = reason.rule
    if isinstance(reason.value, str) or isinstance(reason.threshold, str):
        return f"{rule.name}: {reason.value}"
    sign = {"below": "<", "above": ">", "at_least": "≥"}[rule.comparison]
    return f"{rule.name} {amount(reason.value, rule.unit)} {sign} {amount(reason.threshold, rule.unit)}"


def change_words(reason: RuleHit) -> str:
    """Return the smallest change by which a reason is no longer met: 亩均税收 9.29 → 15 万元/亩."""
    rule = reason.rule
    if isinstance(reason.value, str) or isinstance(reason.threshold, str):
        return _("{rule}: any other than {words}", rule=rule.name, words="、".join(rule.any_of))
    to = amount(reason.threshold, rule.unit)
    if rule.comparison == "at_least":
        to = _("below {amount}", amount=to)
    return f"{rule.name} {amount(reason.value, rule.unit)} → {to}"


def rounding_words() -> str:
    """Return how areas are rounded."""
    return _(
        "Areas are rounded to 0.01 mu. Those of districts, parks and classes are reconciled to their total by the "
        "largest remainder; a plot's is its own, so that the rows of a list of plots may miss its total by rounding."
    )


def district_namer(result: RunResult) -> Callable[[Any], str]:
    """Return what turns a district's code into its name; no code stays "", a nameless district says so."""
    names = result.concentration.districts["name"]
    return lambda code: (str(names.get(code, code)) or _(labels.IN_NO_DISTRICT)) if code else ""
