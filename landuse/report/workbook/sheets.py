"""How a sheet of the workbook is laid out: title, unit, heading, rows, total, print."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels
from landuse.report.workbook.columns import (
    CELL_CHARACTERS,
    LINE_HEIGHT,
    Column,
    Fact,
    blank,
    corrected,
    fit,
    height,
    letters,
    width_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from landuse.results.run import RunResult

#: Fixed, so that the same result give the same bytes.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
#: Rows of a sheet.
SHEET_ROWS = 1_048_576
#: The first row of data, counted from 0; above it title, unit and heading.
TOP = 3
#: Widest column of a table with few columns and of one with many; longer texts are wrapped.
WIDEST = {False: 56, True: 34}
MANY = 10
A4 = 9
FORMATS = {
    "text": "@",
    "link": "@",
    "mu": "#,##0.00",
    "added": "+#,##0.00;-#,##0.00;0.00",
    "m2": "#,##0.00",
    "percent": "0.00%",
    "metres": "#,##0",
    "count": "0",
    "points": "+0.0000;-0.0000;0",
    "short_points": "+0.00;-0.00;0.00",
    "rest": "0.000",
}


@dataclass
class Sheets:
    """A workbook under way.

    Attributes
    ----------
    result : RunResult
        Whose identity stands on every sheet.
    path : Path
        Of the file.
    cleaned : int
        Cells whose text was changed because no cell can hold it.
    long : list of (str, str, str)
        Texts too long for a cell: sheet, cell, text.
    """

    result: RunResult
    path: Path
    cleaned: int = 0
    long: list[tuple[str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        f = self.result
        self.book = xlsxwriter.Workbook(
            str(self.path),
            {"constant_memory": True},  # one row at a time: a city's ledger has hundreds of thousands
        )
        self.book.set_properties({"created": CREATED, "title": fit(f.name)[0], "comments": f"run_id {f.run_id}"})
        self.mark = _(labels.SYNTHETIC_DATA) + " · " if f.synthetic else ""
        line = {"border": 1, "border_color": PALETTE["rule"], "valign": "vcenter"}
        head = {"bold": True, "bg_color": PALETTE["land"], "text_wrap": True, "align": "center"}
        self.title = self.book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
        self.unit = self.book.add_format({"align": "right", "font_color": PALETTE["grey"]})
        self.head = self.book.add_format({**line, **head})
        self.said = self.book.add_format({"text_wrap": True, "valign": "top", "font_color": PALETTE["grey"]})
        self.section = self.book.add_format({"bold": True, "font_size": 12})
        kinds = {k: {**line, "num_format": v} for k, v in FORMATS.items()}
        kinds["text"] |= {"indent": 1, "text_wrap": True}
        kinds["link"] |= {"font_color": PALETTE["park"], "underline": 1, "align": "center"}
        total = {"bold": True, "top": 2}
        self.cell = {k: self.book.add_format(form) for k, form in kinds.items()}
        self.sum = {k: self.book.add_format({**form, **total}) for k, form in kinds.items()}
        self.marks = {
            "good": self.book.add_format({"font_color": PALETTE["park"], "bold": True}),
            "bad": self.book.add_format({"font_color": PALETTE["problem"], "bold": True}),
            "guess": self.book.add_format({"font_color": PALETTE["grey"], "italic": True}),
        }

    def table(self, name: str, title: str, columns: Sequence[Column], unit: str | None = None) -> Any:
        """Write a sheet of rows, and return it; one that has more rows than a sheet says so instead."""
        rows = len(columns[0].values)
        sheet = self.page(name, title, len(columns), _(labels.UNIT_MU) if unit is None else unit)
        widths = [c.width or width_of(c.head, c.values, c.kind, WIDEST[len(columns) > MANY]) for c in columns]
        for k, width in enumerate(widths):
            sheet.set_column(k, k, width)
        if rows > SHEET_ROWS - TOP - 1:
            self._heads(sheet, TOP - 1, columns)
            said = _("{n:,} rows are more than a sheet holds: see the layers of this run (GeoPackage).", n=rows)
            self.write(sheet, TOP, 0, said, "text", self.said)
            return sheet
        self.rows(sheet, TOP - 1, columns, widths)
        if rows:
            sheet.autofilter(TOP - 1, 0, TOP - 1 + rows, len(columns) - 1)
        return sheet

    def rows(self, sheet: Any, head: int, columns: Sequence[Column], widths: Sequence[int]) -> int:
        """Write headings into a row, counted from 0, the rows below and their total; return the row after."""
        first, rows = head + 1, len(columns[0].values)
        letter = letters(columns)
        self._heads(sheet, head, columns)
        texts = [(c.values, w) for c, w in zip(columns, widths, strict=True) if c.kind == "text"]
        for r in range(rows):
            sheet.set_row(first + r, height((values[r], width) for values, width in texts))
            for k, column in enumerate(columns):
                value = column.values[r]
                if column.formula and not blank(value):
                    formula = column.formula.format(row=first + r + 1, **letter)
                    sheet.write_formula(first + r, k, formula, self.cell[column.kind], value)
                else:
                    self.write(sheet, first + r, k, value, column.kind, self.cell[column.kind])
        totals = any(c.total for c in columns)
        for k, column in enumerate(columns):
            if totals:
                self._total(sheet, first, rows, k, column, letter)
            for condition, mark in column.marks if rows else ():
                rule = {"type": "formula", "criteria": condition.format(row=first + 1, **letter)}
                # the total is marked like the rows
                sheet.conditional_format(first, k, first + rows, k, rule | {"format": self.marks[mark]})
        return first + rows + totals

    def facts(self, name: str, title: str, facts: Sequence[Fact]) -> Any:
        """Write a sheet of facts, one a row, and return it."""
        sheet = self.page(name, title, 3, "")
        widths = (26, 44, 56)
        for k, head in enumerate((_(labels.ITEM), _(labels.CONTENT), _("Note"))):
            sheet.set_column(k, k, widths[k])
            self.write(sheet, TOP - 1, k, head, "text", self.head)
        for r, fact in enumerate(facts, start=TOP):
            sheet.set_row(r, height(zip((fact.name, fact.value, fact.note), widths, strict=True)))
            self.write(sheet, r, 0, fact.name, "text", self.cell["text"])
            if fact.formula:
                sheet.write_formula(r, 1, fact.formula, self.cell[fact.kind], fact.value)
            else:
                self.write(sheet, r, 1, fact.value, fact.kind, self.cell[fact.kind])
            self.write(sheet, r, 2, fact.note, "text", self.cell["text"])
        return sheet

    def write(self, sheet: Any, row: int, column: int, value: Any, kind: str, form: Any) -> None:
        """Write one cell; a text is never taken for a formula, a number or a link."""
        if blank(value):
            sheet.write_blank(row, column, None, form)
        elif kind == "link":
            target, words = value
            sheet.write_url(row, column, f"internal:{target}", form, words)
        elif kind == "text":
            text, changed = fit(str(value))
            self.cleaned += changed
            if len(text) > CELL_CHARACTERS:
                self.long.append((sheet.get_name(), f"{xl_col_to_name(column)}{row + 1}", text))
                text = text[:CELL_CHARACTERS] + _(" … (whole text: last sheet)")
            sheet.write_string(row, column, text, form)
        else:
            sheet.write_number(row, column, float(value), form)

    def close(self) -> None:
        """Write the texts that did not fit into a cell, if any, and the file."""
        if self.long:
            pieces = [
                (sheet, cell, n, text[start : start + CELL_CHARACTERS])
                for sheet, cell, text in self.long
                for n, start in enumerate(range(0, len(text), CELL_CHARACTERS), start=1)
            ]
            heads = (_("Sheet"), _("Cell"), _("Part"), _(labels.CONTENT))
            kinds = ("text", "text", "count", "text")
            columns = [Column(h, [p[k] for p in pieces], kinds[k]) for k, h in enumerate(heads)]
            self.long = []
            self.table(_("Long texts"), _("Texts longer than a cell, in parts"), columns, unit="")
        self.book.close()

    def page(self, name: str, title: str, columns: int, unit: str) -> Any:
        """Return a new sheet with its title and unit, laid out for print."""
        sheet = self.book.add_worksheet(name)
        last = columns - 1
        sheet.set_row(0, 28)
        sheet.set_row(TOP - 1, 2 * LINE_HEIGHT)
        sheet.merge_range(0, 0, 0, max(last, 1), self.mark + title, self.title)
        sheet.write_string(1, last, unit, self.unit)
        sheet.freeze_panes(TOP, 2)
        sheet.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # identifiers are meant to be text
        sheet.set_paper(A4)
        sheet.set_landscape()
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, TOP - 1)
        # & begins a code in a footer
        who = (self.mark + fit(self.result.name)[0]).replace("&", "&&")[:120]
        pages = _("Page {page} of {pages}", page="&P", pages="&N")
        sheet.set_footer(f"&L&8 {who}&C&8 {pages}&R&8 run {self.result.run_id[:12]}")
        return sheet

    def _heads(self, sheet: Any, row: int, columns: Sequence[Column]) -> None:
        sheet.set_row(row, 2 * LINE_HEIGHT)
        for k, column in enumerate(columns):
            self.write(sheet, row, k, column.head, "text", self.head)

    def _total(self, sheet: Any, first: int, rows: int, k: int, column: Column, letter: dict[str, str]) -> None:
        row, form = first + rows, self.sum[column.kind]
        if column.total == "sum":
            here = xl_col_to_name(k)
            value = math.fsum(v for v in column.values if not blank(v))
            exact = value if column.shown is None else column.shown
            formula = f"=SUM({here}{first + 1}:{here}{row})" if rows else "=0"
            sheet.write_formula(row, k, corrected(formula, exact - value), form, round(exact, 2))
        elif column.total.startswith("="):
            sheet.write_formula(row, k, column.total.format(row=row + 1, **letter), form, column.shown)
        else:
            self.write(sheet, row, k, column.total or None, "text", self.sum["text"])
