"""Reading workbooks (.xlsx, .xlsm): values, merged cells, errors, formulas nobody computed, and what is hidden.

The values come from calamine, which reads a million cells in a second but shows an error, an uncomputed formula and a
blank alike, and hidden rows like the others. So the markup of a sheet is looked through once more, only where it
holds any of these.
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from python_calamine import CalamineError, SheetTypeEnum, SheetVisibleEnum, load_workbook

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.strictxml import local, strict_parser
from landuse.io.tables.raw_sheet import Cell, Hidden, Sheet

if TYPE_CHECKING:
    from pathlib import Path

#: What a workbook may unpack to [bytes], and the cells a sheet may span: far above any table of firms.
MAX_UNPACKED, MAX_CELLS = 1_000_000_000, 20_000_000
#: Whole numbers up to here are exact in a spreadsheet.
EXACT = 2**53
MARKED = re.compile(
    rb"<(\w+:)?(f[\s>/]|filterColumn)|\bt\s*=\s*[\"']e[\"']"
    rb"|\bhidden\s*=\s*[\"'](1|true)|\b(ht|width)\s*=\s*[\"']0(\.0*)?[\"']"
)
#: Kinds of conditions of a filter.
CONDITIONS = ("filters", "customFilters", "dynamicFilter", "top10", "colorFilter", "iconFilter")
REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
NEVER_COMPUTED = re.compile(rb"fullCalcOnLoad\s*=\s*[\"'](1|true)[\"']")
#: Bytes that tell whether a part is markup.
HEAD = 4096
OLD_CONTAINER = b"\xd0\xcf\x11\xe0"


def read_workbook(path: Path, shown: str) -> dict[str, Sheet]:
    """Read every worksheet of a workbook.

    Parameters
    ----------
    path : Path
        An .xlsx or .xlsm file; macros are not run.
    shown : str
        For messages.

    Returns
    -------
    dict
        Sheet name to its cells. Whole numbers have no decimal tail; those of more digits than a spreadsheet keeps
        are written with an exponent (9.14403001922038e+17), so that nobody takes them for identifiers.

    Raises
    ------
    InputError
        When it is encrypted, of an old format, damaged, or unpacks to more than `MAX_UNPACKED`.
    """
    with path.open("rb") as file:
        head = file.read(8)
    if head.startswith(OLD_CONTAINER):
        raise InputError(_old_container(path, shown))
    save = _("open it in the spreadsheet program and save it again as .xlsx")
    try:
        marks = _marks(path, shown)
        with load_workbook(path) as book:
            return {
                meta.name: _sheet(
                    book.get_sheet_by_name(meta.name),
                    marks.get(meta.name, Marks()),
                    shows=meta.visible == SheetVisibleEnum.Visible,
                )
                for meta in book.sheets_metadata
                if meta.typ == SheetTypeEnum.WorkSheet
            }
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, CalamineError, OSError, KeyError, EOFError) as error:
        what = _("not a readable workbook ({error})", error=str(error)[:80] or type(error).__name__)
        raise InputError(Problem(what, save, shown)) from None
    except (NotImplementedError, RuntimeError):  # a compression or an encryption the archive library does not know
        raise InputError(Problem(_("not a readable workbook"), save, shown)) from None


@dataclass(frozen=True)
class Marks:
    """Errors, formulas without a result and what is hidden in one sheet."""

    errors: dict[Cell, str] = field(default_factory=dict)
    unsolved: frozenset[Cell] = frozenset()
    hidden: Hidden = field(default_factory=Hidden)


def _old_container(path: Path, shown: str) -> Problem:
    encrypted = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
    if encrypted:
        return Problem(_("the workbook is protected by a password"), _("save it without one"), shown)
    return Problem(_("a workbook of the old .xls format"), _("open it and save it as .xlsx"), shown)


def _marks(path: Path, shown: str) -> dict[str, Marks]:
    """Unpack every part once, so that sizes are true and checks hold, and look for errors and formulas."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        if sum(e.file_size for e in entries) > MAX_UNPACKED:
            what = _("the workbook unpacks to more than {n} MB", n=MAX_UNPACKED // 10**6)
            raise InputError(Problem(what, _("save the sheet of firms alone"), shown))
        parts = {e.filename: archive.read(e) for e in entries if not e.filename.startswith("xl/media/")}
    for name, data in parts.items():
        if _declares_a_type(data):
            raise InputError(Problem(_("{part} declares a document type", part=name), _("save it again"), shown))
    places = _parts_of_sheets(parts)
    never = NEVER_COMPUTED.search(parts.get("xl/workbook.xml", b"")) is not None
    for sheet, part in places.items():
        data = parts[part]
        rows, columns = 0, 0
        for letters, digits in REFERENCE.findall(data):
            rows, columns = max(rows, int(digits)), max(columns, _column(letters.decode()) + 1)
        if rows * columns > MAX_CELLS:
            what = _("its cells span {rows} rows and {columns} columns", rows=rows, columns=columns)
            raise InputError(Problem(what, _("delete the stray cells far from the table"), shown, sheet))
        if MARKED.search(data):
            found[sheet] = _scan(data, never_computed=never)
    return found


def _declares_a_type(data: bytes) -> bool:
    """Whether a part is markup with a document type, which may define entities; wherever in it, in UTF-8 or UTF-16."""
    head = data[:HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xfe\xff \t\r\n")
    text = data.replace(b"\0", b"") if b"\0" in data[:HEAD] else data
    return head.startswith(b"<") and b"<!DOCTYPE" in text


def _parts_of_sheets(parts: dict[str, bytes]) -> dict[str, str]:
    """Return sheet name to the part that holds it."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.endswith("Relationship"):
            targets[attributes["Id"]] = attributes["Target"]

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if local(tag) == "sheet":
            sheets[attributes["name"]] = next(v for k, v in attributes.items() if k.endswith(":id"))

    for part, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        parser = strict_parser()
        parser.StartElementHandler = handler
        parser.Parse(parts[part], True)
    where = {name: targets[key].removeprefix("/") for name, key in sheets.items() if key in targets}
    paths = {name: target if target.startswith("xl/") else f"xl/{target}" for name, target in where.items()}
    if missing := set(paths.values()) - set(parts):
        raise KeyError(*missing)
    return paths


class _Scanner:
    """What a sheet's markup says of each cell."""

    def __init__(self, *, never_computed: bool) -> None:
        self.errors: dict[Cell, str] = {}
        self.unsolved: set[Cell] = set()
        self.rows: set[int] = set()
        self.columns: set[int] = set()
        self.filters = 0
        self.other_views = False
        self.never_computed = never_computed
        self.row, self.column = -1, -1
        self.kind, self.formula, self.value, self.inside = "", False, "", False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        if name == "row":
            self.row, self.column = int(attributes.get("r", self.row + 2)) - 1, -1
            if _is_hidden(attributes, "ht"):
                self.rows.add(self.row)
        elif name == "col" and _is_hidden(attributes, "width"):
            self.columns |= set(range(int(attributes["min"]) - 1, int(attributes["max"])))
        elif name in CONDITIONS:
            self.filters += not self.other_views
        elif name == "customSheetViews":
            self.other_views = True
        elif name == "c":
            self.column += 1
            if match := re.fullmatch(r"([A-Za-z]{1,3})(\d+)", attributes.get("r", "")):
                self.row, self.column = int(match[2]) - 1, _column(match[1])
            self.kind, self.formula, self.value = attributes.get("t", "n"), False, ""
        elif name == "f":
            self.formula = True
        self.inside = name == "v"

    def text(self, data: str) -> None:
        if self.inside:
            self.value += data

    def end(self, tag: str) -> None:
        self.inside = False
        if local(tag) == "customSheetViews":
            self.other_views = False
        if local(tag) != "c":
            return
        nothing = ("", "0") if self.never_computed else ("",)
        if self.kind == "e":
            self.errors[self.row, self.column] = self.value
        elif self.formula and self.kind != "str" and self.value in nothing:
            self.unsolved.add((self.row, self.column))


def _scan(data: bytes, *, never_computed: bool) -> Marks:
    """Find errors, formulas without a result, and what is hidden.

    A formula has none when no value is stored with it; or when that is 0 and the workbook asks to be computed on
    opening, as those do that a program wrote and no spreadsheet ever opened.
    """
    scanner = _Scanner(never_computed=never_computed)
    parser = strict_parser()
    parser.StartElementHandler, parser.EndElementHandler = scanner.start, scanner.end
    parser.CharacterDataHandler = scanner.text
    parser.Parse(data, True)
    hidden = Hidden(frozenset(scanner.rows), frozenset(scanner.columns), scanner.filters)
    return Marks(scanner.errors, frozenset(scanner.unsolved), hidden)


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Whether a row or column is hidden, or has no height or width."""
    return attributes.get("hidden") in ("1", "true") or re.fullmatch(r"0(\.0*)?", attributes.get(size, "1")) is not None


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _sheet(sheet: Any, marks: Marks, *, shows: bool) -> Sheet:
    rows = [[_text(v) for v in row] for row in sheet.to_python(skip_empty_area=False)]
    hidden = replace(marks.hidden, whole=not shows)
    return Sheet(rows, tuple(sheet.merged_cell_ranges or ()), marks.errors, marks.unsolved, hidden)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value)) if abs(value) < EXACT else f"{value:.15g}"
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return str(value.date())
    return str(value).strip()
