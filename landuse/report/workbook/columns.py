"""What may stand in a cell of the workbook, how much room it takes, and how formulas name it."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name

from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.format import is_known, wan
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from landuse.report.tables.table import Table
    from landuse.results.run import RunResult

#: A cell holds 32,767 UTF-16 units; so many characters fit, whatever they are.
CELL_CHARACTERS = 16_000
LINE_HEIGHT = 15
MOST_LINES = 20
#: What a cell cannot hold: control characters, halves of surrogate pairs, and what Unicode says is no character.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def reference(sheet: str, cells: str) -> str:
    """Return cells of another sheet as formulas name them.

    Examples
    --------
    >>> reference("Owner's", "$A$4:$A$9")
    "'Owner''s'!$A$4:$A$9"
    """
    return "'" + sheet.replace("'", "''") + "'!" + cells


def fit(text: str) -> tuple[str, bool]:
    r"""Return a text as a cell can hold it, and whether it was changed.

    What has no place becomes U+FFFD. A text in <r>…</r> would be taken for markup: a blank behind it prevents that.

    Examples
    --------
    >>> fit("a\x0bb"), fit("<r>x</r>"), fit("A & B")
    (('a�b', True), ('<r>x</r> ', True), ('A & B', False))
    """
    out = _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if out.startswith("<r>") and out.endswith("</r>"):
        out += " "
    return out, out != text


def blank(value: Any) -> bool:
    """Return whether a value leaves its cell empty."""
    return not is_known(value)


def width_of(head: str, values: Any, kind: str, widest: int) -> int:
    """Return the width of a column, in characters, that shows its heading and its first values."""
    # a Chinese character is as wide as two digits
    figures = {"mu": "0" * 11, "m2": "0" * 13, "count": "0000", "link": "0" * 9}.get(kind, "0" * 8)
    heading = "0" * max(4, -(-_wide(head) // 2))  # a heading may take two lines
    texts = [heading, *(map(str, values[:200]) if kind == "text" else [figures])]
    return min(widest, 3 + max(_wide(t) for t in texts))


def height(texts: Iterable[tuple[Any, int]]) -> int:
    """Return the height of a row whose texts are wrapped at the widths of their columns."""
    lines = 1
    for text, width in texts:
        if isinstance(text, str) and 2 * len(text) > width - 2:
            lines = max(lines, sum(-(-_wide(line) // (width - 2)) for line in text[:CELL_CHARACTERS].split("\n")))
    return LINE_HEIGHT * min(lines, MOST_LINES)


def _wide(text: str) -> int:
    return sum(2 if ord(ch) > 0x2E80 else 1 for ch in text)


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    head : str
        Its heading.
    values : sequence
        One a row; NaN and None leave the cell blank. Of a formula: what it comes to. Of a link: first and last row.
    kind : str
        How it is shown, a key of `FORMATS`.
    total : str
        "sum" for a formula that adds the column, "" for none; a formula with {row} for the total's row; or a word.
    shown : float or None
        What the total comes to, for readers that do not calculate; of a "sum" where its rows are rounded apart from
        each other: the total of what they were, which the formula is corrected to.
    key : str
        Name by which formulas of the sheet mean the column's letter.
    formula : str
        Of every row, with {row} for its number and {key} for the letters of columns.
    marks : tuple of (str, str)
        Condition, with {row} and {key}, and the name of the mark its cells get: "good", "bad" or "guess".
    width : int
        In characters; 0 for what the contents need.
    """

    head: str
    values: Any
    kind: str = "text"
    total: str = ""
    shown: float | None = None
    key: str = ""
    formula: str = ""
    marks: tuple[tuple[str, str], ...] = ()
    width: int = 0


@dataclass(frozen=True)
class Fact:
    """One line of a sheet of facts.

    Attributes
    ----------
    name : str
        What it is.
    value : str, float or None
        What it comes to.
    kind : str
        A key of `FORMATS`.
    formula : str
        Where the value follows from other cells.
    note : str
        What to know about it.
    """

    name: str
    value: Any
    kind: str = "text"
    formula: str = ""
    note: str = ""


def sheet_columns(table: Table, result: RunResult, frame: Any) -> list[Column]:
    """Return a declared table as columns of a sheet.

    Parameters
    ----------
    table : Table
        Its declaration.
    result : RunResult
        Of the run.
    frame : DataFrame
        Its rows.
    """
    shown = table.shown(result, frame)
    columns = []
    for key, each in shown.items():
        field, unit = each.field, each.field.unit
        total, whole = ("sum" if unit.total else ""), (each.total if unit.total == "exact" else None)
        if field.total:
            total = _(field.total)
        elif field.whole is not None:
            total, whole = field.total_formula or field.formula, each.total
        marks = () if field.marks is None else field.marks(result)
        head = field.head(result)
        columns.append(Column(head, each.figures, unit.kind, total, whole, key, field.formula, marks, field.width))
    return columns


def of_plots(
    head: str,
    values: Iterable[Any],
    unit: str = "mu",
    *,
    key: str = "",
    marks: tuple[tuple[str, str], ...] = (),
) -> Column:
    """Return a column of plots' areas [m²] or amounts [yuan]: each rounded by itself, as every other output shows it.

    The total is that of the unrounded figures.

    Parameters
    ----------
    head : str
        Its heading.
    values : iterable of float
        In SI units; NaN leaves the cell blank.
    unit : {"mu", "m2", "wan"}
        Shown in.
    key, marks : str, tuple
        As of `Column`.
    """
    kinds: dict[str, Callable[[float], float]] = {
        "mu": shown_mu,
        "m2": lambda m2: round(m2, 2),
        "wan": lambda yuan: round(wan(yuan), 2),
    }
    shown = kinds[unit]
    figures = [float(x) for x in values]
    total = shown(math.fsum(x for x in figures if is_known(x)))
    return Column(head, [shown(x) for x in figures], "m2" if unit == "m2" else "mu", "sum", total, key, "", marks)


def plots_unit(unit: str) -> str:
    """Return what stands above a list of plots: its unit, and why its rows may miss the total."""
    return _(labels.SEMICOLON).join((unit, _("each plot rounded by itself, the total is of the unrounded figures")))


def corrected(formula: str, difference: float) -> str:
    """Return the formula of a sum of rounded figures, with what their rounding takes from the total or adds to it.

    Examples
    --------
    >>> corrected("=SUM(G4:G9)", 0.01), corrected("=SUM(G4:G9)", -1e-9)
    ('=SUM(G4:G9)+0.01', '=SUM(G4:G9)')
    """
    rest = round(difference, 2)
    return f"{formula}{rest:+.2f}" if rest else formula


def sheet_letters(table: Table, result: RunResult) -> dict[str, str]:
    """Return the letter of each column of a declared table; its rows are not needed for that."""
    return {x.key: xl_col_to_name(k) for k, x in enumerate(table.present(result))}


def letters(columns: Sequence[Column]) -> dict[str, str]:
    """Return the letter of each column that has a key."""
    return {c.key: xl_col_to_name(k) for k, c in enumerate(columns) if c.key}
