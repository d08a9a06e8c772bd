"""What people write into cells, read as text, truth and figures; what is none is a problem, never a zero."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse.errors import Problem
from landuse.i18n import _
from landuse.inputs.firm_identity import EXPONENT
from landuse.spelling import plain, respell, several

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

#: A figure as people write it; commas part groups of three. What follows it may be a unit.
PLAIN = r"(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d+)?|\.\d+"
FIGURE = re.compile(rf"(?P<sign>[+-]?)(?P<plain>{PLAIN})\s*(?P<unit>[^\d\s.,][^\d\s.,]*2?)?")
IN_BRACKETS = re.compile(rf"\((?P<plain>{PLAIN})\)")
#: Words that say that there is no figure.
BLANK_WORDS = frozenset(
    (
        "",
        "-",
        "--",
        "—",
        "——",
        "–",
        "―",
        "/",
        "\\",
        "无",
        "无数据",
        "暂无",
        "空",
        "缺",
        "N/A",
        "NA",
        "NULL",
        "NONE",
        "NAN",
    )
)
#: Chinese counts of ten thousand and a hundred million.
MYRIADS = {"万": 1e4, "亿": 1e8}
MYRIAD = re.compile(r".*[\d.][万亿]")


def text(frame: Any, columns: Mapping[str, str], role: str) -> Any:
    """Return the texts of the column that plays a role; "" throughout where none does."""
    return as_text(frame[columns[role]]) if columns.get(role) else np.full(len(frame), "", dtype=object)


def as_text(column: Any) -> Any:
    """Return a column as text: whole numbers without a decimal tail, nulls as "", no blanks around.

    A whole number of more digits than the column's numbers keep is written with an exponent, so that nobody takes it
    for an identifier.

    Examples
    --------
    >>> as_text(pd.Series([3301.0, 3.3e18, None])).tolist(), as_text(pd.Series([33010601], dtype="float32")).tolist()
    (['3301', '3.300000e+18', ''], ['3.301060e+07'])
    """
    if pd.api.types.is_float_dtype(column):
        digits = 2.0 ** (np.finfo(column.to_numpy().dtype).nmant + 1)
        number = column.notna() & (column % 1 == 0)
        whole, beyond = number & (column.abs() < digits), number & (column.abs() >= digits)
        values = column.astype(object).where(~whole, column.where(whole, 0).astype("int64").astype(object))
        values = values.where(~beyond, column.where(beyond, 0).map("{:e}".format))
    else:
        values = column.astype(object)
    return values.where(column.notna(), "").astype(str).str.strip().to_numpy(dtype=object)


def identifiers(frame: Any, columns: Mapping[str, str], role: str, problems: list[Problem], rows: Any) -> Any:
    """Return the ids or codes of the column that plays a role, as written; "" where the cell says that there is none.

    An id that is a number with an exponent has lost its last digits, and is a problem.
    """
    texts = text(frame, columns, role)
    if (lost := lost_digits(texts)).any():
        what = _(
            "a program that kept codes as numbers dropped the last digits, column {column!r}", column=columns[role]
        )
        fix = _("make it a column of text and fill it again from the source: the digits are gone")
        problems.append(Problem(what, fix, rows=tuple(np.asarray(rows)[lost])))
    return np.array(["" if is_blank(x) else x for x in texts], dtype=object)


def plots(
    frame: Any,
    columns: Mapping[str, str],
    role: str,
    problems: list[Problem],
    rows: Any,
    known: Collection[str],
) -> Any:
    """Return the plots that a column names, as the layer spells those it knows; a cell of several is a problem."""
    texts = identifiers(frame, columns, role, problems, rows)
    if (many := several(texts, known)).any():
        what = _("several plots in one cell: {examples}", examples=", ".join(map(repr, texts[many][:3])))
        fix = _("write one row a plot, each with its own figures")
        problems.append(Problem(what, fix, rows=tuple(np.asarray(rows)[many])))
    return respell(texts, [*known, *texts])


def lost_digits(texts: Any) -> Any:
    """Which texts are numbers written with an exponent: identifiers whose last digits a program dropped?"""
    return np.array([EXPONENT.fullmatch(plain(x)) is not None for x in texts], dtype=bool)


def truth(text: str) -> bool:
    """Whether a text says yes."""
    return text.lower() in {"1", "true", "t", "yes", "y", "是", "主园", "主"}


def is_blank(text: str) -> bool:
    """Whether a cell says that it holds no figure: nothing, a dash, a stroke, 无, N/A."""
    return plain(text).upper() in BLANK_WORDS


def figure(text: str, units: Mapping[str, float] | None = None, unit: str = "") -> float | None:
    """Return the figure in a cell, in `unit`; NaN when the cell is blank, None when it holds no figure.

    Full-width digits and thousands separators are read, brackets make a figure negative. A unit after the figure is
    converted. 万 and 亿 alone count only where the column's unit is the base of `units`: "12.3万" in a column of yuan
    is 123,000; in a column of 万元 nobody knows whether it is that or ten thousand times as much.

    Parameters
    ----------
    text : str
        The cell.
    units : mapping, optional
        Unit to its size in the base unit; without it no unit is accepted.
    unit : str
        Of the column.

    Examples
    --------
    >>> [figure(x) for x in ("1,234.5", "１２３", "3，０００", "(300)", "-")]
    [1234.5, 123.0, 3000.0, -300.0, nan]
    >>> money = {"元": 1.0, "万元": 10_000.0}
    >>> figure("12.3万", money, "元"), figure("12.3万元", money, "万元"), figure("12.3万元", money, "元")
    (123000.0, 12.3, 123000.0)
    >>> [figure(x, money, "万元") for x in ("12.3万", "12%", "about 5", "1,23")]
    [None, None, None, None]
    """
    if is_blank(text):
        return math.nan
    written = plain(text)
    if match := IN_BRACKETS.fullmatch(written):
        return _finite(-float(match["plain"].replace(",", "")))
    match = FIGURE.fullmatch(written)
    if match is None:
        return None
    factor = _factor(match["unit"] or "", units or {}, unit)
    if factor is None:
        return None
    return _finite(float(match["sign"] + match["plain"].replace(",", "")) * factor)


def numbers(
    frame: Any,
    columns: Mapping[str, str],
    role: str,
    problems: list[Problem],
    rows: Any,
    *,
    units: Mapping[str, float] | None = None,
    unit: str = "",
) -> Any:
    """Return the figures of the column that plays a role, NaN throughout where none does.

    A blank is NaN; what is no number is a problem, never a zero. `units` and `unit` are those of `figure`.
    """
    if not columns.get(role):
        return np.full(len(frame), np.nan)
    column = frame[columns[role]]
    if pd.api.types.is_numeric_dtype(column):
        figures = column.to_numpy(dtype=float, na_value=np.nan)
        odd = np.isinf(figures)
        written = np.array([str(x) for x in column], dtype=object)
    else:
        written = column.astype(object).where(column.notna(), "").astype(str).to_numpy(dtype=object)
        read = {cell: figure(cell, units, unit) for cell in set(written)}
        odd = np.array([read[cell] is None for cell in written], dtype=bool)
        figures = np.array([np.nan if (x := read[cell]) is None else x for cell in written], dtype=float)
    counted = odd & np.array([bool(units) and MYRIAD.fullmatch(plain(x)) is not None for x in written], dtype=bool)
    for which, fix in (
        (odd & ~counted, _("write plain figures in these rows, or leave them blank")),
        (counted, _("the column is in {unit} already: write the figures out, or with their whole unit", unit=unit)),
    ):
        if which.any():
            examples = ", ".join(map(repr, list(dict.fromkeys(map(str, written[which])))[:3]))
            what = _(
                "column {column!r} contains non-numeric values: {examples}", column=str(column.name), examples=examples
            )
            problems.append(Problem(what, fix, rows=tuple(np.asarray(rows)[which])))
    return figures


def _factor(written: str, units: Mapping[str, float], unit: str) -> float | None:
    """Return what one of the unit written after a figure is in the column's unit; None when nobody knows."""
    if not written:
        return 1.0
    if written in units:
        return units[written] / units[unit]
    count, rest = MYRIADS.get(written[0]), written[1:]
    if count is None:
        return None
    if rest:
        return count * units[rest] / units[unit] if rest in units else None
    return count if units.get(unit) == 1 else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
