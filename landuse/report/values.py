"""How figures and what is missing are written, the same in every output.

A figure that nobody knows is a dash in text and a blank in a cell: never a zero, never the word of a programming
language. Areas are in 亩 at two decimals: an area of its own is rounded (`landuse.units.shown_mu`), areas of a table
with a total are reconciled to it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse.i18n import _
from landuse.units import MONEY_YUAN, largest_remainder, shown_mu, to_mu

if TYPE_CHECKING:
    from collections.abc import Iterable

#: What stands where a question has no answer.
NONE = "–"


def is_known(value: Any) -> bool:
    """Return whether there is a value: no None, no NaN or NaT, nothing infinite.

    Examples
    --------
    >>> [is_known(x) for x in (0, "", 1.5, None, math.nan, math.inf, pd.NA, pd.NaT)]
    [True, True, True, False, False, False, False, False]
    """
    if isinstance(value, (str, tuple, list, dict)):
        return True
    return not pd.isna(value) and (not isinstance(value, float) or math.isfinite(value))


def or_none(value: Any) -> float | None:
    """Return a figure as JSON and cells have it: None where it is missing."""
    return float(value) if is_known(value) else None


def text(value: Any) -> str:
    """Return a value as text; "" where it is missing.

    Examples
    --------
    >>> text("P1"), text(None), text(math.nan)
    ('P1', '', '')
    """
    return str(value) if is_known(value) else ""


def setting(value: Any) -> str:
    """Return what a study file sets as text: lists and tables without brackets, a dash for nothing.

    Examples
    --------
    >>> setting(["a", "b"]), setting({"x": 1.5, "y": None}), setting([])
    ('a、b', 'x = 1.5; y = –', '–')
    """
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return "; ".join(f"{key} = {setting(each)}" for key, each in value.items()) or NONE
    if isinstance(value, (list, tuple)):
        return "、".join(map(setting, value)) or NONE
    return text(value) or NONE


def figure(value: Any, form: str, suffix: str = "") -> str:
    """Return a figure in a format, with a true minus sign; a dash where it is missing.

    Examples
    --------
    >>> figure(1234.5, ",.2f"), figure(-0.5, "+.1f", "%"), figure(math.nan, ".1f", "%")
    ('1,234.50', '−0.5%', '–')
    """
    return f"{value + 0.0:{form}}{suffix}".replace("-", "−") if is_known(value) else NONE


def area(mu: Any) -> str:
    """Return an area in 亩, already rounded, as text."""
    return figure(mu, ",.2f")


def area_of(area_m2: Any) -> str:
    """Return an area [m²] of its own in 亩, as text.

    Examples
    --------
    >>> area_of(10_000.0), area_of(None)
    ('15.00', '–')
    """
    return area(shown_mu(area_m2))


def percent(share: Any) -> str:
    """Return a share."""
    return figure(share, ".2%")


def points(difference: Any, decimals: int = 2) -> str:
    """Return a signed difference of shares in percentage points."""
    return figure(difference * 100, f"+.{decimals}f") if is_known(difference) else NONE


def wan(yuan: Any) -> float:
    """Return an amount in 万元."""
    return float(yuan) / MONEY_YUAN["万元"]


def shown_mus(areas_m2: Iterable[Any]) -> list[float]:
    """Return areas [m²] in 亩, each rounded by itself: those of plots."""
    return [shown_mu(x) for x in areas_m2]


def reconciled_mu(areas_m2: Iterable[Any], total: float | None = None) -> list[float]:
    """Return areas [m²] in 亩, rounded so that they add up to their total: those of districts, parks, classes.

    `total` [亩] is what the table shows of all of them; default: their sum, rounded.

    Examples
    --------
    >>> shown_mus([3_335.0, 3_335.0]), reconciled_mu([3_335.0, 3_335.0])
    ([5.0, 5.0], [5.01, 5.0])
    """
    values = [float(x) for x in areas_m2]
    whole = shown_mu(math.fsum(values)) if total is None else total
    return largest_remainder([float(to_mu(x)) for x in values], total=whole)


def reconciled_wan(yuan: Iterable[Any]) -> list[float]:
    """Return amounts in 万元, rounded so that they add up."""
    return largest_remainder([wan(x) for x in yuan])
