"""Reading tables: workbooks and delimited text, every cell as text, the header found by the columns the study names."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd

from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.inputs.cells import figure, is_blank
from landuse.inputs.source_table import SourceTable
from landuse.io.gate import path_problems
from landuse.io.tables.header import find_header, no_header
from landuse.io.tables.text_files import read_text
from landuse.io.tables.workbooks import read_workbook
from landuse.quality import Issue
from landuse.spelling import TOTAL, WHOLE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from landuse.io.tables.header import Header
    from landuse.io.tables.raw_sheet import Sheet


WORKBOOKS, TEXTS = (".xlsx", ".xlsm"), (".csv", ".tsv", ".txt")
#: A table of firms is far below this [bytes].
MAX_BYTES = 200_000_000


def read_table(
    path: Path, shown: str, columns: Sequence[str], sheet: str | None = None, *, figures: Collection[str] = ()
) -> SourceTable:
    """Read a table whose header holds all of `columns`.

    Parameters
    ----------
    path : Path
        A workbook (.xlsx, .xlsm) or a delimited text (.csv, .tsv, .txt).
    shown : str
        The path as the study writes it.
    columns : sequence of str
        Foreign columns to keep; see `landuse.io.tables.header.find_header` for how they are found.
    sheet : str, optional
        Of a workbook; default: the only sheet whose header fits.
    figures : collection of str
        Those of the columns that hold figures: merged ones are refused, and totals are checked in them.

    Returns
    -------
    Raw
        A DataFrame of text ("" where blank) with the columns as the study names them, indexed by row number as the
        file shows it; what was met in the rows as issues (see `landuse.io.tables.read.read_body`); the units that the
        header states.

    Raises
    ------
    InputError
        When there is no such file, sheet or header; with every problem of the rows.
    """
    columns = list(dict.fromkeys(columns))
    suffix = path.suffix.lower()
    refuse_if(path_problems(path, shown))
    if path.is_dir():
        raise InputError(Problem(_("a folder, not a file"), _("name the file itself"), shown))
    if suffix not in WORKBOOKS + TEXTS:
        what = _("{suffix} is not a table format that can be read", suffix=suffix or path.name)
        raise InputError(Problem(what, _("save it as .xlsx or .csv"), shown))
    if path.stat().st_size > MAX_BYTES:
        what = _("the file is larger than {n} MB", n=MAX_BYTES // 10**6)
        raise InputError(Problem(what, _("save the sheet of firms alone"), shown))
    if suffix in WORKBOOKS:
        sheets = read_workbook(path, shown)
    else:
        sheets = {"": read_text(path, shown, lambda text: find_header(text, columns) is not None)}
    name = _choose(sheets, columns, sheet, shown)
    header = find_header(sheets[name], columns)
    if header is None:
        raise InputError(no_header({name: sheets[name]}, columns, shown))
    try:
        frame, issues = read_body(sheets[name], header, figures)
    except InputError as error:
        raise InputError([p.located(shown, name) for p in error.problems]) from None
    issues += hidden_issues(sheets[name], header, set(frame.index), ":".join(filter(None, (shown, name))))
    return SourceTable(frame, shown, name, len(frame), issues=issues, units=header.units)


def hidden_issues(sheet: Sheet, header: Header, rows: Collection[int], shown: str) -> tuple[Issue, ...]:
    """Return what was read of a sheet that its reader does not see.

    Parameters
    ----------
    sheet : Sheet
        With what of it is hidden.
    header : Header
        Where the columns are.
    rows : collection of int
        The rows read, from 1.
    shown : str
        File and sheet, for messages.

    Returns
    -------
    tuple of Issue
        hidden_rows, hidden_columns, hidden_sheet, active_filter.
    """
    hidden = sheet.hidden
    unseen = sorted(row for row in rows if row - 1 in hidden.rows)
    columns = [name for name, place in header.position.items() if place in hidden.columns]
    found = (
        (
            "hidden_rows",
            len(unseen),
            _(
                "{file}: rows {rows}: read all the same; delete them if they are not to count",
                file=shown,
                rows=_ranges(unseen),
            ),
        ),
        (
            "hidden_columns",
            len(columns),
            _("{file}: read all the same: {columns}", file=shown, columns=", ".join(columns)),
        ),
        ("hidden_sheet", int(hidden.whole), _("{file}: read all the same", file=shown)),
        (
            "active_filter",
            hidden.filters,
            _("{file}: every row is read, whether the filter shows it or not", file=shown),
        ),
    )
    numbers = tuple(map(str, unseen))
    return tuple(
        Issue(check, count, action, rows=numbers if check == "hidden_rows" else ())
        for check, count, action in found
        if count
    )


def _ranges(rows: Sequence[int]) -> str:
    """Return row numbers as people write them: 3-6, 9."""
    starts = [k for k in range(len(rows)) if k == 0 or rows[k] != rows[k - 1] + 1]
    runs = [rows[a:b] for a, b in pairwise([*starts, len(rows)])]
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs[:20]) + " …" * (
        len(runs) > 20
    )


def _choose(sheets: dict[str, Sheet], columns: Sequence[str], sheet: str | None, shown: str) -> str:
    """Return the sheet asked for, or the only one that holds the columns."""
    if sheet is not None and sheet not in sheets:
        fix = _("name one of {sheets}", sheets=", ".join(sheets))
        raise InputError(Problem(_("no sheet {sheet!r}", sheet=sheet), fix, shown))
    if sheet is not None:
        return sheet
    fitting = [name for name, cells in sheets.items() if find_header(cells, columns) is not None]
    if not fitting:
        raise InputError(no_header(sheets, columns, shown))
    if len(fitting) > 1:
        fix = _('add sheet = "…", one of {sheets}', sheets=", ".join(fitting))
        raise InputError(Problem(_("{n} sheets hold these columns", n=len(fitting)), fix, shown))
    return fitting[0]


#: The first words of a row that says something about the table.
NOTE = re.compile(
    r"(注|备注|附注|说明|数据来源|资料来源|来源|制表|制表人|填表人|审核人|填报人|负责人|填报日期|日期)\d*[:.].*"
)
ERRORS = frozenset(("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "错误值"))


@dataclass
class _Rows:
    """Rows of the sheet (from 0) by what they are."""

    data: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)
    notes: list[int] = field(default_factory=list)
    headers: list[int] = field(default_factory=list)


def read_body(sheet: Sheet, header: Header, figures: Collection[str]) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Return the rows of a table as text, and what was met in them.

    A cell merged over several rows holds for each of them, where it names something; merged figures are refused, for
    nobody knows whether each row has it or all together. Cells merged across columns stay the first column's. A cell
    with an error is blank.

    Parameters
    ----------
    sheet : Sheet
        Cells.
    header : Header
        Where the columns are.
    figures : collection of str
        Columns that hold figures.

    Returns
    -------
    frame : pandas.DataFrame
        The header's columns, indexed by the row as the sheet numbers it (from 1); rows without anything, totals,
        notes and repeated headers left out.
    issues : tuple of Issue
        merged_cells_filled, error_cells, total_rows, note_rows, repeated_header.

    Raises
    ------
    InputError
        With merged figures, formulas without a result, rows that a stray delimiter shifted, columns of no or of
        several headings; all at once.
    """
    problems = [*header.problems, *_unsolved(sheet, header), *_shifted(sheet, header)]
    values = {
        row: {name: sheet.cell(row, k) for name, k in header.position.items()}
        for row in range(header.bottom + 1, len(sheet.rows))
    }
    erroneous = _blank_errors(sheet, header, values)
    rows = _sort(sheet, header, values, figures)
    filled = _fill_merged(sheet, header, values, figures, rows, problems)
    if problems:
        raise InputError(problems)
    issues = []
    for check, found, action in (
        ("merged_cells_filled", filled, _("merged cells: their text holds for each of their rows")),
        ("error_cells", sorted(erroneous & set(rows.data)), _("cells with an error (#N/A, #REF! …): taken as blank")),
        ("note_rows", rows.notes, _("notes below or between the rows: left out")),
        ("repeated_header", rows.headers, _("the header again: left out")),
        ("total_rows", rows.totals, _totals(values, rows, figures)),
    ):
        if found:
            issues.append(Issue(check, len(found), action, rows=_numbers(found)))
    body = {row + 1: list(values[row].values()) for row in rows.data}
    frame = pd.DataFrame.from_dict(body, orient="index", columns=list(header.position), dtype=object)
    return frame, tuple(issues)


def _numbers(rows: Iterable[int]) -> tuple[str, ...]:
    return tuple(str(row + 1) for row in rows)


def _unsolved(sheet: Sheet, header: Header) -> list[Problem]:
    places = set(header.position.values())
    rows = sorted({row for row, column in sheet.unsolved if row > header.bottom and column in places})
    what = _("formulas without a result: this workbook was never calculated")
    fix = _("open it in the spreadsheet program, recalculate, and save it")
    return [Problem(what, fix, rows=_numbers(rows))] if rows else []


def _shifted(sheet: Sheet, header: Header) -> list[Problem]:
    """Rows of a delimited text with filled cells beyond the last heading."""
    if not sheet.delimited:
        return []
    top = sheet.rows[header.bottom]
    width = max(*header.position.values(), *(k for k, cell in enumerate(top) if cell)) + 1 if header.position else 0
    rows = [row for row in range(header.bottom + 1, len(sheet.rows)) if any(sheet.rows[row][width:])]
    what = _("more cells than the header has columns: a delimiter within a cell shifts the rest")
    fix = _("put quotes around such cells, or save the table as .xlsx")
    return [Problem(what, fix, rows=_numbers(rows))] if rows and width else []


def _blank_errors(sheet: Sheet, header: Header, values: dict[int, dict[str, str]]) -> set[int]:
    """Make cells with an error blank; return their rows."""
    at = {k: name for name, k in header.position.items()}
    shown = {cell for cell in sheet.errors if cell[0] in values and cell[1] in at}
    for row, cells in values.items():
        shown |= {(row, header.position[name]) for name, text in cells.items() if text.upper() in ERRORS}
    for row, column in shown:
        values[row][at[column]] = ""
    return {row for row, _column in shown}


def _sort(sheet: Sheet, header: Header, values: dict[int, dict[str, str]], figures: Collection[str]) -> _Rows:
    rows = _Rows()
    merged = {row for first, last in sheet.merged for row in range(first[0], last[0] + 1)}
    for row, cells in values.items():
        whole = [unicodedata.normalize("NFKC", c).replace(" ", "") for c in sheet.rows[row] if c]
        if not whole:
            continue
        words = next((c for c in whole if figure(c) is None), whole[0])
        named = [name for name, text in cells.items() if text]
        names = [name for name in named if name not in figures]
        if TOTAL.fullmatch(words) or (len(names) < 2 and WHOLE.fullmatch(words)):
            rows.totals.append(row)
        elif all(cells[name] == label for name, label in header.labels.items()):
            rows.headers.append(row)
        elif NOTE.fullmatch(words) and not any(cells[name] for name in figures if name in cells):
            rows.notes.append(row)
        elif named or row in merged:
            rows.data.append(row)
    return rows


def _fill_merged(
    sheet: Sheet,
    header: Header,
    values: dict[int, dict[str, str]],
    figures: Collection[str],
    rows: _Rows,
    problems: list[Problem],
) -> list[int]:
    """Fill merged names downwards; return the rows filled, and add merged figures to the problems."""
    at = {k: name for name, k in header.position.items()}
    data, filled = set(rows.data), []
    for first, last in sorted(sheet.merged):
        name = at.get(first[1])
        below = [row for row in range(first[0] + 1, last[0] + 1) if row in data]
        if name is None or first[0] not in data or not below or not values[first[0]][name]:
            continue
        if name in figures:
            what = _("a figure of {column!r} merged over several rows: each row's, or all together?", column=name)
            fix = _("unmerge the cells and write each row's figure")
            problems.append(Problem(what, fix, rows=_numbers([first[0], *below])))
            continue
        for row in below:
            values[row][name] = values[first[0]][name]
        filled += below
    return sorted(set(filled))


def _totals(values: dict[int, dict[str, str]], rows: _Rows, figures: Collection[str]) -> str:
    """Say whether each total is the sum of the rows above or below it, all or those as far as another total."""
    wrong = [
        f"{name} {row + 1}"
        for k, row in enumerate(rows.totals)
        for name in figures
        if name in values[row] and not is_blank(values[row][name])
        if not _adds_up(values, rows.data, _spans(rows.totals, k), name, values[row][name])
    ]
    if wrong:
        return _("left out; not the sum of the rows above or below: {cells}", cells=", ".join(wrong))
    return _("left out; each is the sum of the rows above or below")


def _spans(totals: Sequence[int], k: int) -> list[tuple[float, float]]:
    """Return between which rows those may stand that a total adds up: above it, on top of them, or on both sides."""
    row = totals[k]
    above = [(start, row) for start in (-math.inf, *totals[:k])]
    below = [(row, end) for end in (*totals[k + 1 :], math.inf)]
    return [*above, *below, (-math.inf, math.inf)]


def _adds_up(
    values: dict[int, dict[str, str]], data: Sequence[int], spans: Sequence[tuple[float, float]], name: str, total: str
) -> bool:
    """Whether a total is the sum of the rows of one of some spans."""
    stated = figure(total)
    if stated is None:
        return False
    for start, end in spans:
        texts = [values[r][name] for r in data if start < r < end]
        addends = [x for text in texts if (x := figure(text)) is not None and not math.isnan(x)]
        decimals = max((len(t.partition(".")[2]) for t in texts), default=0)
        # printed figures are rounded each, and so is the sum
        tolerance = 0.5 * 10.0 ** -min(decimals, 6) * (len(addends) + 1) + 1e-9 * abs(stated)
        if texts and abs(math.fsum(addends) - stated) <= tolerance:
            return True
    return False
