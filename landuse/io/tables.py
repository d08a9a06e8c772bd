"""Reading tables: xlsx and csv, every cell as text, the header found by the columns the study names."""

from __future__ import annotations

import csv
import difflib
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import pandas as pd
from python_calamine import CalamineError, load_workbook

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.raw import Raw

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: The first cell of a row of totals.
TOTAL = re.compile(r"(本页|本表|全市|全区|累计)?(合计|总计|小计)[:：]?")
#: The header is looked for in this many rows; titles and units may stand above it.
HEADER_ROWS = 20


def read_table(path: Path, shown: str, columns: Sequence[str], sheet: str | None = None) -> Raw:
    """Read a table whose header holds all of `columns`.

    Parameters
    ----------
    path : Path
        An .xlsx or .csv file.
    shown : str
        The path as the study writes it.
    columns : sequence of str
        Foreign columns to keep; the first row that holds them all is the header.
    sheet : str, optional
        Of a workbook; default: the only sheet whose header fits.

    Returns
    -------
    Raw
        A DataFrame of text ("" where blank), indexed by row number as the file shows it; rows without anything, and
        rows of a total (合计, 总计, 小计), left out.

    Raises
    ------
    InputError
        When there is no such file, sheet or header.
    """
    if not path.is_file():
        raise InputError(Problem(_("no such file"), _("check the path; it starts at the study file"), shown))
    sheets = _workbook(path, shown) if path.suffix.lower() == ".xlsx" else {"": _csv(path, shown)}
    if sheet is not None and sheet not in sheets:
        raise InputError(
            Problem(
                _("no sheet {sheet!r}", sheet=sheet),
                _("name one of {sheets}", sheets=", ".join(sheets)),
                shown,
            )
        )
    searched = {sheet: sheets[sheet]} if sheet is not None else sheets
    fitting = {name: k for name, rows in searched.items() if (k := _header(rows, columns)) is not None}
    if not fitting:
        raise InputError(_no_header(searched, columns, shown))
    if len(fitting) > 1:
        fix = _('add sheet = "…", one of {sheets}', sheets=", ".join(fitting))
        raise InputError(Problem(_("{n} sheets hold these columns", n=len(fitting)), fix, shown))
    ((name, k),) = fitting.items()
    rows = searched[name]
    position = [rows[k].index(c) for c in columns]
    body = {
        n: [row[p] if p < len(row) else "" for p in position]
        for n, row in enumerate(rows[k + 1 :], start=k + 2)
        if any(row) and not _is_total(row)
    }
    frame = pd.DataFrame.from_dict(body, orient="index", columns=list(columns), dtype=object)
    return Raw(frame, shown, name, len(body))


def _is_total(row: list[str]) -> bool:
    first = next(cell for cell in row if cell)
    return TOTAL.fullmatch(first.replace(" ", "").replace("　", "")) is not None


def _header(rows: list[list[str]], columns: Sequence[str]) -> int | None:
    return next((k for k, row in enumerate(islice(rows, HEADER_ROWS)) if set(columns) <= set(row)), None)


def _no_header(sheets: dict[str, list[list[str]]], columns: Sequence[str], shown: str) -> Problem:
    rows = [row for sheet in sheets.values() for row in sheet[:HEADER_ROWS]]
    best = max(rows, key=lambda row: len(set(columns) & set(row)), default=[])
    missing = [c for c in columns if c not in best]
    near = {c: m[0] for c in missing if (m := difflib.get_close_matches(c, [x for x in best if x], n=1))}
    hint = "".join(_("did you mean {name!r}? ", name=v) for v in near.values())
    return Problem(
        _("no column {column!r}", column=", ".join(missing)),
        hint + _("the header has {fields}", fields=", ".join(x for x in best if x)),
        shown,
    )


def _workbook(path: Path, shown: str) -> dict[str, list[list[str]]]:
    try:
        with load_workbook(path) as book:
            return {
                name: [[_text(v) for v in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]
                for name in book.sheet_names
            }
    except (CalamineError, OSError):
        raise InputError(Problem(_("not a readable workbook"), _("save it again as .xlsx"), shown)) from None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _csv(path: Path, shown: str) -> list[list[str]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return [[cell.strip() for cell in row] for row in csv.reader(text.splitlines())]
        except csv.Error as error:
            what = _("cannot be read: {error}", error=error)
            raise InputError(Problem(what, _("save it again as .xlsx"), shown)) from None
    raise InputError(Problem(_("its texts are neither UTF-8 nor GB18030"), _("save it as UTF-8"), shown))
