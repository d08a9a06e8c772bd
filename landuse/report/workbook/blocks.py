"""Sheets of the workbook that hold several tables: titles between them, tables of single cells, sentences below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landuse.report.workbook.columns import LINE_HEIGHT, height

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.report.workbook.sheets import Sheets


@dataclass(frozen=True)
class Cell:
    """A cell with its own formula or format.

    Attributes
    ----------
    shown : object
        Its value; of a formula what it comes to, for readers that do not calculate.
    formula : str
        Where it follows from others.
    kind : str
        How it is shown, where not as the others of its column.
    """

    shown: Any
    formula: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Block:
    """A table whose rows differ in what they are.

    Attributes
    ----------
    heads : sequence of str
        Of the columns.
    kinds : sequence of str
        How each column is shown: keys of `landuse.report.workbook.sheets.FORMATS`.
    rows : sequence of sequences
        Values and `Cell`; None leaves a cell blank.
    bold : frozenset of int
        Rows set apart, counted from 0.
    marks : sequence of (int, str, str)
        Column, condition with {row} for the row's number, and the mark its cells get.
    """

    heads: Sequence[str]
    kinds: Sequence[str]
    rows: Sequence[Sequence[Any]]
    bold: frozenset[int] = frozenset()
    marks: Sequence[tuple[int, str, str]] = ()


def section(sheets: Sheets, sheet: Any, row: int, title: str) -> int:
    """Write a title between tables; return the row after."""
    sheets.write(sheet, row, 0, title, "text", sheets.section)
    return row + 1


def lines(sheets: Sheets, sheet: Any, row: int, said: Sequence[str], widths: Sequence[int]) -> int:
    """Write sentences, one a row, over all columns; return the row after."""
    for k, line in enumerate(said, start=1):
        words = f"{k}. {line}"
        sheet.set_row(row, height([(words, sum(widths))]))
        sheet.merge_range(row, 0, row, len(widths) - 1, None, sheets.said)
        sheets.write(sheet, row, 0, words, "text", sheets.said)
        row += 1
    return row


def block(sheets: Sheets, sheet: Any, row: int, table: Block, widths: Sequence[int]) -> int:
    """Write headings into a row, counted from 0, and the rows below; return the row after."""
    sheet.set_row(row, max(2 * LINE_HEIGHT, height(zip(table.heads, widths, strict=False))))
    for k, head in enumerate(table.heads):
        sheets.write(sheet, row, k, head, "text", sheets.head)
    for n, cells in enumerate(table.rows):
        at = row + 1 + n
        texts = [(x, w) for x, kind, w in zip(cells, table.kinds, widths, strict=False) if kind == "text"]
        sheet.set_row(at, height(texts))
        forms = sheets.sum if n in table.bold else sheets.cell
        for k, (value, usual) in enumerate(zip(cells, table.kinds, strict=True)):
            cell = value if isinstance(value, Cell) else Cell(value)
            kind = cell.kind or usual
            if cell.formula:
                sheet.write_formula(at, k, cell.formula, forms[kind], cell.shown)
            else:
                sheets.write(sheet, at, k, cell.shown, kind, forms[kind])
    for k, condition, mark in table.marks if table.rows else ():
        rule = {"type": "formula", "criteria": condition.format(row=row + 2), "format": sheets.marks[mark]}
        sheet.conditional_format(row + 1, k, row + len(table.rows), k, rule)
    return row + 1 + len(table.rows)
