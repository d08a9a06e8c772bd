"""Wording that several outputs share."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from landuse.i18n import _, current
from landuse.results import MET, NOT_MET, UNCERTAIN
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from landuse.results import Rule


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
    return {"statistical": _("statistical"), "none": _("no data")}[evidence]


def amount(value: float, unit: str) -> str:
    """Return a threshold with its unit: in Chinese as its rule pack states it, in English in yuan.

    Examples
    --------
    >>> from landuse.i18n import language
    >>> with language("en"):
    ...     amount(15.0, "万元/亩")
    '150,000 yuan per mu'
    """
    money = MONEY_YUAN.get(unit.removesuffix("/亩"))
    if current() == "zh" or money is None or not unit.endswith("/亩"):
        return f"{value:g} {unit}"
    return _("{yuan:,.0f} yuan per mu", yuan=value * money)


def rule_words(rule: Rule) -> tuple[str, str]:
    """Return the name of a rule, and when a plot meets it."""
    name = rule.name.get(current()) or next(iter(rule.name.values()), rule.code)
    return name, _("below {amount}", amount=amount(rule.threshold, rule.unit))


def one_line(text: object) -> str:
    r"""Return text as one line that any file can hold: what has no shape becomes a blank, private characters stay.

    Examples
    --------
    >>> one_line("a\x0bb\nc\uffff"), one_line("\ue001")
    ('a b c ', '\ue001')
    """
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Co" else " " for c in str(text))
