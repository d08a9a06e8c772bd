"""Which rows of a sheet are its header, where each column the study names stands, and in which unit it is."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from landuse.errors import Problem
from landuse.i18n import _
from landuse.spelling import missing_column
from landuse.units import AREA_M2, ENERGY_TCE, MONEY_YUAN, PEOPLE, TONNES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from landuse.io.tables.raw_sheet import Sheet

#: The header is looked for in this many rows, titles and units may stand above it; it is at most so many rows high.
HEADER_ROWS, HEIGHT = 20, 3
#: Other ways to write units that `landuse.units` knows.
SPELLINGS = {
    "平米": "平方米",
    "平方": "平方米",
    "万平米": "万平方米",
    "m^2": "m2",
    "万m2": "万平方米",
    "km^2": "km2",
    "hm2": "公顷",
    **{f"人民币{unit}": unit for unit in MONEY_YUAN if unit.endswith("元")},
}
UNITS = {**{unit: unit for unit in (*AREA_M2, *MONEY_YUAN, *ENERGY_TCE, *TONNES, *PEOPLE)}, **SPELLINGS}
#: What may stand in a row of units beside those.
OTHER_UNITS = frozenset(("户", "千瓦时", "万千瓦时", "度", "%", "‰", "—", "-", "/"))
#: A text that speaks of money or land: a unit, though perhaps none we know.
UNITISH = re.compile(r"元|币|usd|rmb|cny|eur|亩|顷|平方|㎡|m2|km|ha\b|acre", re.IGNORECASE)
SUFFIX = re.compile(r"(.+?)(?:\((?:单位:)?([^()]+)\)|\[(?:单位:)?([^\[\]]+)\]|【([^】]+)】|[/_:,]([^/_:,]+))")
IN_TITLE = re.compile(r"(?<![报制管主报责编])单位:([^\s:]+)")


@dataclass(frozen=True)
class Header:
    """Where the columns are.

    Attributes
    ----------
    bottom : int
        The last row of the header, from 0; the table begins below.
    position : mapping
        Column, as the study names it, to its place.
    labels : mapping
        Column to the text of the header's last row there, which tells the header again when it is repeated.
    units : mapping
        Column to the units its own heading states, else those of a title row (`单位：万元`); keys of the tables of
        `landuse.units`, or an unknown one as written.
    problems : tuple of Problem
        Columns that several headings could be.
    """

    bottom: int
    position: Mapping[str, int]
    labels: Mapping[str, str]
    units: Mapping[str, tuple[str, ...]]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class _Heading:
    """A heading: its whole text, the text without units, and the unit ("" where none, or one nobody knows)."""

    whole: str
    bare: str
    unit: str


def find_header(sheet: Sheet, columns: Sequence[str]) -> Header | None:
    """Find the header that holds all of `columns`.

    It is the first row that holds them all; where none does, the first two rows, then three, that do together. A
    heading over several columns is written before each of theirs: 税收 over 2024 and 2025 gives `税收 2024` and
    `税收 2025`. The row below a header belongs to it when it is filled only under such a heading, or holds nothing
    but units, or but the numbers of the columns.

    A heading is a column's when their texts agree, blanks and full-width forms aside; or when they agree but for a
    unit the heading ends in: `税收（万元）` is the column 税收.

    Parameters
    ----------
    sheet : Sheet
        The cells.
    columns : sequence of str
        As the study names them.

    Returns
    -------
    Header or None
        None when no rows hold the columns.
    """
    rows = sheet.rows[:HEADER_ROWS]
    for height in range(1, HEIGHT + 1):
        for top in range(len(rows) - height + 1):
            block = range(top, top + height)
            found = _match(_headings(sheet, block), columns)
            if all(found.values()):
                return _finish(sheet, block, columns)
    return None


def no_header(sheets: Mapping[str, Sheet], columns: Sequence[str], shown: str) -> list[Problem]:
    """Say which columns the best row lacks, and what stands there instead."""
    missing, there = list(columns), list[str]()
    for sheet in sheets.values():
        for row in range(min(len(sheet.rows), HEADER_ROWS)):
            found = _match(_headings(sheet, range(row, row + 1)), columns)
            lacking, filled = [c for c in columns if not found[c]], [x for x in sheet.rows[row] if x]
            if (len(lacking), -len(filled)) < (len(missing), -len(there)):
                missing, there = lacking, filled
    if not there:
        return [Problem(_("the table is empty"), _("export it again"), shown)]
    return [missing_column(c, there).located(shown) for c in missing]


def split_unit(heading: str) -> tuple[str, str]:
    """Return a heading without the unit it ends in, and the unit; a unit nobody knows stays in the heading.

    Examples
    --------
    >>> [split_unit(x) for x in ("税收（万元）", "用地面积/亩", "税收(万元/亩)", "税收（不含关税）")]
    [('税收', '万元'), ('用地面积', '亩'), ('税收(万元/亩)', ''), ('税收(不含关税)', '')]
    """
    plain = _plain(heading)
    match = SUFFIX.fullmatch(plain)
    if match is None:
        return plain, ""
    unit = next(x for x in match.groups()[1:] if x).lower()
    return (match[1], UNITS[unit]) if unit in UNITS else (plain, "")


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def _headings(sheet: Sheet, block: range) -> list[_Heading]:
    """Return the heading of every column, those that span several written before each of theirs."""
    width = max((len(sheet.rows[r]) for r in block), default=0)
    levels = [_spread(sheet, r, width) if r < block[-1] else _padded(sheet, r, width) for r in block]
    out = []
    for column in range(width):
        texts = [level[column] for level in levels if level[column]]
        parts = [split_unit(text) for text in texts]
        # a unit stands last where several levels state one
        unit = next((unit for _text, unit in reversed(parts) if unit), "")
        out.append(_Heading(_plain("".join(texts)), "".join(bare for bare, _unit in parts), unit))
    return out


def _padded(sheet: Sheet, row: int, width: int) -> list[str]:
    return [sheet.cell(row, column) for column in range(width)]


def _spans(sheet: Sheet, row: int, width: int) -> list[range]:
    """Return the columns under each heading of a row: as merged; in files without merged cells, up to the next."""
    merged = {first: last for first, last in sheet.merged if first[0] <= row <= last[0] and last[1] > first[1]}
    filled = [column for column in range(width) if sheet.cell(row, column)]
    if not sheet.merged:
        return [range(a, b) for a, b in pairwise([*filled, width])]
    ends = {first[1]: last[1] + 1 for first, last in merged.items() if first[0] == row}
    return [range(column, ends.get(column, column + 1)) for column in filled]


def _spread(sheet: Sheet, row: int, width: int) -> list[str]:
    texts = [""] * width
    for span in _spans(sheet, row, width):
        for column in span:
            texts[column] = sheet.cell(row, span[0])
    return texts


def _match(headings: Sequence[_Heading], columns: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of the headings that each column could be."""
    out = {}
    for name in columns:
        wanted = _plain(name)
        whole = [k for k, h in enumerate(headings) if h.whole == wanted]
        out[name] = whole or [k for k, h in enumerate(headings) if h.bare == wanted and h.unit]
    return out


def _finish(sheet: Sheet, block: range, columns: Sequence[str]) -> Header:
    """Take the rows below that belong to the header, and say where each column is, or why nobody knows."""
    bottom = block[-1]
    while len(block) < HEIGHT and _continues(sheet, bottom):
        bottom += 1
        block = range(block[0], bottom + 1)
    headings = _headings(sheet, block)
    found = _match(headings, columns)
    position, problems = {}, []
    for name in columns:
        if len(found[name]) == 1:
            position[name] = found[name][0]
        else:
            problems.append(_several(sheet, block, name, found[name]))
    below = bottom
    row_units: dict[int, str] = {}
    while below + 1 < len(sheet.rows) and _is_units_or_numbers(row := sheet.rows[below + 1]):
        below += 1
        row_units |= {k: UNITS[u] for k, x in enumerate(row) if (u := _plain(x).strip("()[]").lower()) in UNITS}
    titles = _title_units(sheet, block[0])
    units = {}
    for name, k in position.items():
        own = headings[k].unit or row_units.get(k, "") or _unknown_unit(headings[k].whole)
        units[name] = (own,) if own else titles
    labels = {name: sheet.cell(bottom, k) for name, k in position.items()}
    return Header(below, position, labels, units, tuple(problems))


def _several(sheet: Sheet, block: range, name: str, places: Sequence[int]) -> Problem:
    """Name the headings that a column could be, with those above where they tell them apart."""
    headings = _headings(sheet, block if len(block) > 1 else range(max(block[0] - 1, 0), block[-1] + 1))
    which = places or [k for k, heading in enumerate(headings) if _plain(name) in heading.whole]
    options = list(dict.fromkeys(headings[k].whole for k in which))
    what = _("several columns are headed {column!r}", column=name)
    if len(options) > 1:
        return Problem(what, _("name one of {fields} in the study", fields=", ".join(options)))
    return Problem(what, _("rename all but one of them in the table"))


def _continues(sheet: Sheet, bottom: int) -> bool:
    """Whether the row below parts the headings that span several columns, and does nothing else."""
    if bottom + 1 >= len(sheet.rows):
        return False
    width = max(len(sheet.rows[bottom]), len(sheet.rows[bottom + 1]))
    filled = {column for column in range(width) if sheet.cell(bottom + 1, column)}
    spans = [set(span) for span in _spans(sheet, bottom, width) if len(span) > 1]
    return bool(filled) and filled <= set().union(*spans) and any(len(span & filled) > 1 for span in spans)


def _is_units_or_numbers(row: Sequence[str]) -> bool:
    """Whether a row holds nothing but units, or but the numbers of the columns (甲, 乙, 1, 2, 3 …)."""
    texts = [x for x in (_plain(cell).strip("()[]").lower() for cell in row) if x]
    if texts and all(x in UNITS or x in OTHER_UNITS for x in texts) and any(x in UNITS for x in texts):
        return True
    stems = [x for x in texts if x not in set("甲乙丙丁戊己")]
    return len(texts) > 2 and len(stems) > 1 and stems == [str(k + 1) for k in range(len(stems))]


def _title_units(sheet: Sheet, top: int) -> tuple[str, ...]:
    """Return the units that the rows above the header state: 单位：万元、亩."""
    found = []
    for row in sheet.rows[:top]:
        for cell in row:
            text = unicodedata.normalize("NFKC", cell)
            for stated in IN_TITLE.findall(re.sub(r"单\s*位\s*:\s*", "单位:", text)):
                found += [UNITS[x] for x in re.split(r"[、,，;/()和及]", stated.lower()) if x in UNITS]
    return tuple(dict.fromkeys(found))


def _unknown_unit(heading: str) -> str:
    """Return what a heading ends in when it is a unit nobody knows: 万美元, 万元/亩."""
    match = SUFFIX.fullmatch(heading)
    last = next((x for x in match.groups()[1:] if x), "") if match else ""
    return last if UNITISH.search(last) else ""
