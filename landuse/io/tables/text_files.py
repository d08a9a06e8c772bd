"""Reading text tables (.csv, .tsv, .txt): the encoding and the delimiter found, a damaged file refused."""

from __future__ import annotations

import codecs
import csv
import io
import re
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.tables.raw_sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DELIMITERS = (",", "\t", ";", "|")
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
CHINESE = re.compile("[\u3400-\u9fff]")
#: Of the sequences of a UTF-8 file, so many may be broken and it still is one: a file of another encoding breaks most.
BROKEN_SHARE = 0.2


def read_text(path: Path, shown: str, fits: Callable[[Sheet], bool]) -> Sheet:
    """Read a delimited text.

    A byte order mark says the encoding; without one it is UTF-8 where every byte agrees, else GB18030. The delimiter
    is the one a first line `sep=;` states, else the first of comma, tab, semicolon and bar by which the sheet fits.

    Parameters
    ----------
    path : Path
        The file.
    shown : str
        For messages.
    fits : callable
        Whether a sheet holds the columns asked for.

    Returns
    -------
    Sheet
        Every record, so that the first has row 0; with the comma where no delimiter fits.

    Raises
    ------
    InputError
        For bytes of no encoding, text that was decoded wrongly before it was saved, an unclosed quote, and a file
        that ends in the middle of a record.
    """
    text = decode_text(path.read_bytes(), shown)
    declared = re.match(r"sep=(.)\r?\n", text)
    delimiters = (declared[1],) if declared else DELIMITERS
    first: Sheet | InputError | None = None
    for delimiter in delimiters:
        try:
            sheet = _parse(text, delimiter, shown)
        except InputError as error:
            first = first or error
            continue
        if fits(sheet):
            return sheet
        first = first or sheet
    if isinstance(first, InputError):
        raise first
    if first is None:
        raise AssertionError("no delimiter was tried")
    return first


def decode_text(raw: bytes, shown: str) -> str:
    """Return a text that people saved: in the encoding a byte order mark says, else in UTF-8 or GB18030.

    Raises
    ------
    InputError
        For bytes of no encoding, and for a text that was decoded wrongly before it was saved.
    """
    encodings = [encoding for mark, encoding in MARKS.items() if raw.startswith(mark)] or ["utf-8", "gb18030"]
    if b"\0" in raw and "utf-16" not in encodings:
        what, fix = _("zero bytes: no text, or UTF-16 without its mark"), _("save it as UTF-8")
        raise InputError(Problem(what, fix, shown))
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding.startswith("utf-8") and _mostly_utf8(raw):
                line = str(raw[: error.start].count(b"\n") + 1)
                fix = _("save it again as UTF-8 from the program it comes from")
                raise InputError(Problem(_("UTF-8 with broken characters"), fix, shown, rows=(line,))) from None
            continue
        if _mostly_utf8(text.encode("gb18030", errors="ignore")):
            what = _("the texts were UTF-8 once read as GBK and saved so")
            raise InputError(Problem(what, _("go back to the file it was made from"), shown))
        return text
    raise InputError(Problem(_("its texts are neither UTF-8 nor GB18030"), _("save it as UTF-8"), shown))


def _mostly_utf8(raw: bytes) -> bool:
    """Whether bytes are Chinese in UTF-8 but for a few characters; in another encoding nearly each is broken."""
    text = raw.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    whole = len(CHINESE.findall(text))
    return whole > 1 and broken <= BROKEN_SHARE * whole


def _parse(text: str, delimiter: str, shown: str) -> Sheet:
    records: list[list[str]] = []
    lines = io.StringIO(text, newline="")
    try:
        records.extend([_cell(cell) for cell in row] for row in csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        what = _("cannot be read: {error}", error=error)
        fix = _("close the quotes of this row, or save the table as .xlsx")
        raise InputError(Problem(what, fix, shown, rows=(str(len(records) + 1),))) from None
    width = max(map(len, records), default=0)
    if len(records) > 1 and 1 < len(records[-1]) < min(width, len(records[-2])) and not text.endswith(("\n", "\r")):
        what, fix = _("the file ends in the middle of a row"), _("copy the whole file again")
        raise InputError(Problem(what, fix, shown, rows=(str(len(records)),)))
    return Sheet(records, delimited=True)


def _cell(cell: str) -> str:
    """Return a cell without what keeps a spreadsheet from taking it for a number: ="0601", '0601."""
    plain = cell.strip()
    wrapped = re.fullmatch(r'="(.*)"', plain)
    return wrapped[1] if wrapped else plain.removeprefix("'")
