"""How figures and what is missing are written, the same in every output.

A figure that nobody knows is a dash in text and a blank in a cell: never a zero, never the word of a programming
language. Areas are in 亩 at two decimals: an area of its own is rounded (`landuse.units.shown_mu`), areas of a table
with a total are reconciled to it.
"""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse.i18n import _
from landuse.report.words import labels
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
        return _(labels.YES) if value else _(labels.NO)
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


def city_areas(total_m2: float, inside_m2: float) -> tuple[float, float]:
    """Return industrial land and that inside parks; what lies outside is the rest."""
    return shown_mu(total_m2), shown_mu(inside_m2)


def district_areas(districts: pd.DataFrame) -> pd.DataFrame:
    """Return the areas of districts: inside and outside sum to their total, and all to the city's.

    Parameters
    ----------
    districts : pandas.DataFrame
        Columns total_m2, inside_m2, gap_m2 (NaN where there is no target), as
        `landuse.results.concentration.Concentration` has them.

    Returns
    -------
    pandas.DataFrame
        Index as given: total, inside, outside, gap.

    Examples
    --------
    >>> table = pd.DataFrame({"total_m2": [10_003.0, 10_003.0], "inside_m2": [10_003.0, 0.0], "gap_m2": [0.0, 0.0]})
    >>> district_areas(table)
       total  inside  outside  gap
    0  15.00    15.0     0.00  0.0
    1  15.01     0.0    15.01  0.0
    """
    total_m2, inside_m2 = districts["total_m2"], districts["inside_m2"]
    whole, within = city_areas(math.fsum(total_m2), math.fsum(inside_m2))
    inside = reconciled_mu(inside_m2)
    outside = reconciled_mu(total_m2 - inside_m2, round(whole - within, 2))
    out = pd.DataFrame({"inside": inside, "outside": outside}, index=districts.index, dtype=float)
    out.insert(0, "total", (out["inside"] + out["outside"]).round(2))
    gaps = districts["gap_m2"]
    return out.assign(gap=[math.nan] * len(gaps) if gaps.isna().any() else reconciled_mu(gaps))


def park_areas(parks: pd.DataFrame) -> pd.DataFrame:
    """Return the areas of parks.

    Industrial land attributed to the parks is reconciled to the city's inside them; gross figures and park land have
    no total, for land that two parks claim stands in both.

    Parameters
    ----------
    parks : pandas.DataFrame
        Columns industrial_m2, industrial_gross_m2, land_m2, as `landuse.results.concentration.Concentration` has them.

    Returns
    -------
    pandas.DataFrame
        Index as given: industrial, gross, land.
    """
    return pd.DataFrame(
        {
            "industrial": reconciled_mu(parks["industrial_m2"]),
            "gross": shown_mus(parks["industrial_gross_m2"]),
            "land": shown_mus(parks["land_m2"]),
        },
        index=parks.index,
        dtype=float,
    )


def one_line(text: object) -> str:
    r"""Return text as one line that any file can hold: what has no shape becomes a blank, private characters stay.

    Examples
    --------
    >>> one_line("a\x0bb\nc\uffff"), one_line("\ue001")
    ('a b c ', '\ue001')
    """
    return "".join(c if c.isprintable() or unicodedata.category(c) == "Co" else " " for c in str(text))
