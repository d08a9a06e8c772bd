"""Reading tables: workbooks and delimited text, every cell as text, the header found by the columns the study names."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.inputs.source_table import SourceTable
from landuse.io.gate import path_problems
from landuse.io.tables.body import read_body
from landuse.io.tables.header import find_header, no_header
from landuse.io.tables.text_files import read_text
from landuse.io.tables.workbooks import read_workbook
from landuse.quality import Issue

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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
        file shows it; what was met in the rows as issues (see `landuse.io.tables.body.read_body`); the units that the
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
        what = _("{suffix} is no format of tables read here", suffix=suffix or path.name)
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
