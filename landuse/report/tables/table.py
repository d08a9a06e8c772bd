"""A table that people read, declared once: its fields, and which of them each medium shows.

A new column is a `Field` in the table's declaration. The workbook shows every field; report and terminal show those
their layout names; the layers for GIS take a field's label for the meaning of the column of its key, and cards and
lists of the map show it where it is `mapped`. How each medium looks is the medium's affair.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.format import NONE, area, figure, is_known, percent, reconciled_mu, reconciled_wan, wan
from landuse.report.words.format import text as plain_text
from landuse.report.words.terms import district_namer
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from landuse.results.run import RunResult


def _each(shown: Callable[[float], float]) -> Callable[[Iterable[Any]], list[Any]]:
    return lambda values: [shown(float(x)) for x in values]


@dataclass(frozen=True)
class Unit:
    """How a quantity is shown, in every medium.

    Attributes
    ----------
    kind : str
        Format of its cells, a key of `landuse.report.workbook.sheets.FORMATS`.
    shown : callable
        From the values of a column, in SI units, to its figures as cells hold them.
    text : callable
        From such a figure to text.
    total : {"", "sum", "exact"}
        No total; the sum of the figures shown; the total of the unrounded values, for figures that are each rounded
        by itself.
    whole : callable
        For "exact": from the sum of the values to the total shown.
    """

    kind: str = "text"
    shown: Callable[[Iterable[Any]], list[Any]] = list
    text: Callable[[Any], str] = plain_text
    total: str = ""
    whole: Callable[[float], float] = float

    @property
    def side(self) -> str:
        """Alignment of its column in the report: text to the left, figures to the right."""
        return "l" if self.kind == "text" else "r"


def _rounded_wan(yuan: float) -> float:
    return round(wan(yuan), 2)


def _count_text(value: Any) -> str:
    return str(int(value)) if is_known(value) else NONE


TEXT = Unit()
COUNT = Unit("count", text=_count_text)
COUNTS = Unit("count", text=_count_text, total="sum")
#: Areas [m²] of plots: each rounded by itself; the total is of the unrounded ones.
PLOT_MU = Unit("mu", _each(shown_mu), area, "exact", shown_mu)
PLOT_M2 = Unit("m2", _each(lambda m2: round(m2, 2)), area, "exact", lambda m2: round(m2, 2))
#: Yuan of plots, in 万元.
PLOT_WAN = Unit("mu", _each(_rounded_wan), area, "exact", _rounded_wan)
#: Areas [m²] and yuan of districts, parks, years, classes: rounded so that they add up.
MU = Unit("mu", reconciled_mu, area, "sum")
WAN = Unit("mu", reconciled_wan, area, "sum")
#: The same where a total would mean nothing.
MU_EACH = Unit("mu", lambda areas_m2: [shown_mu(x) for x in areas_m2], area)
#: Figures that are 亩 already, rounded and reconciled.
MU_SHOWN = Unit("mu", list, area, "sum")
MU_SHOWN_EACH = Unit("mu", list, area)
WAN_ROUNDED_EACH = Unit("mu", _each(_rounded_wan), area)
WAN_ROUNDED = replace(WAN_ROUNDED_EACH, total="sum")
#: Yuan in 万元, as they are.
WAN_EACH = Unit("mu", _each(wan), area)
RATIO = Unit("mu", list, lambda x: figure(x, ".2f"))
FRACTION = Unit("rest", list, lambda x: figure(x, ".3f"))
PERCENT = Unit("percent", list, percent)
METRES = Unit("metres", list, lambda x: figure(x, ",.0f"))
KILOMETRES = Unit("mu", _each(lambda m: m / 1000), area)
#: Differences of shares in percentage points; and those of which two decimals say enough.
POINTS = Unit("points", lambda shares: [x * 100 if is_known(x) else None for x in shares], lambda x: figure(x, "+.4f"))
SHORT_POINTS = Unit("short_points", POINTS.shown, lambda x: figure(x, "+.2f"))


@dataclass(frozen=True)
class Field:
    """A column of a table.

    Attributes
    ----------
    key : str
        Column of the frame its values are from, and the name by which formulas, layouts and layers know it.
    label : str
        Its heading, marked by `N_`.
    unit : Unit
        How its values are shown.
    of : callable, optional
        From the run and the frame to the values; default: the frame's column of the key.
    word : callable, optional
        From a value to how it is said.
    total : str
        What stands in the total's row, marked by `N_`.
    marks : callable, optional
        From the run to conditions and the marks their cells get, as of `Column`.
    formula : str
        Of every row, as of `Column`.
    whole : callable, optional
        From the run and the figures of all columns, by key, to a total that is no sum of the column.
    total_formula : str
        Of such a total, with {row} for its row and {key}; default: `formula`.
    text : callable, optional
        From a figure to text, where report and terminal show less of it than its unit does.
    heading : callable, optional
        From the run to a heading that depends on it, instead of the label.
    width : int
        Of the workbook's column, in characters; 0 for what the contents need.
    only : callable, optional
        From the run to whether there is such a column.
    heads : mapping
        Medium ("report", "terminal") to another heading, where the caption says a part of it.
    dash : bool
        Whether report and terminal show a dash for an empty text.
    sheet : bool
        Whether the workbook shows it.
    mapped : bool
        Whether the map shows it beside what its cards lay out themselves.
    meaning : str
        What it holds, where the layers for GIS say more than its heading; marked by `N_`.
    """

    key: str
    label: str
    unit: Unit = TEXT
    of: Callable[[RunResult, Any], Iterable[Any]] | None = None
    word: Callable[[Any], Any] | None = None
    total: str = ""
    marks: Callable[[RunResult], tuple[tuple[str, str], ...]] | None = None
    formula: str = ""
    whole: Callable[[RunResult, Mapping[str, Sequence[Any]]], float | None] | None = None
    total_formula: str = ""
    text: Callable[[Any], str] | None = None
    heading: Callable[[RunResult], str] | None = None
    width: int = 0
    only: Callable[[RunResult], bool] | None = None
    heads: Mapping[str, str] = field(default_factory=dict)
    dash: bool = False
    sheet: bool = True
    mapped: bool = False
    meaning: str = ""

    def values(self, result: RunResult, frame: Any) -> list[Any]:
        """Return what its rows hold, in SI units or as words."""
        found = frame[self.key] if self.of is None else self.of(result, frame)
        return list(found) if self.word is None else [self.word(x) for x in found]

    def head(self, result: RunResult, medium: str = "") -> str:
        """Return its heading in a medium."""
        label = self.heads.get(medium, self.label)
        return self.heading(result) if self.heading is not None else _(label)


@dataclass(frozen=True)
class Shown:
    """A field with its rows: figures as cells hold them, and its total.

    Attributes
    ----------
    field : Field
    figures : list
        One a row.
    total : float or None
        None where there is none.
    """

    field: Field
    figures: list[Any]
    total: float | None = None

    def texts(self) -> list[str]:
        """Return the rows as report and terminal show them."""
        out = [self._text(x) for x in self.figures]
        return [x or NONE for x in out] if self.field.dash else out

    def _text(self, value: Any) -> str:
        return (self.field.text or self.field.unit.text)(value)

    def whole(self) -> str:
        """Return the total as text; "" where there is none."""
        if self.field.total:
            return _(self.field.total)
        return "" if self.total is None else self._text(self.total)


@dataclass(frozen=True)
class Table:
    """Fields in their order.

    Attributes
    ----------
    fields : tuple of Field
        All of them, as the workbook has them.
    report : str
        Those of the report, in its order, with their widths: "district:26 plots:14"; a letter behind a width aligns
        the column otherwise ("9c").
    terminal : str
        Those of the terminal: "parcel_id area_m2".
    """

    fields: tuple[Field, ...]
    report: str = ""
    terminal: str = ""

    @property
    def layout(self) -> list[tuple[str, float, str]]:
        """The report's columns: key, width, alignment."""
        units = {x.key: x.unit for x in self.fields}
        found = (re.fullmatch(r"(\w+):([\d.]+)([lrc]?)", column) for column in self.report.split())
        return [(m[1], float(m[2]), m[3] or units[m[1]].side) for m in found if m]

    def present(self, result: RunResult, keys: Iterable[str] | None = None) -> list[Field]:
        """Return the fields there are in a run: those of the workbook, or those asked for."""
        wanted = {x.key for x in self.fields if x.sheet} if keys is None else set(keys)
        return [x for x in self.fields if x.key in wanted and (x.only is None or x.only(result))]

    def shown(self, result: RunResult, frame: Any, keys: Iterable[str] | None = None) -> dict[str, Shown]:
        """Return fields with their rows, by key: those of the workbook, or those asked for."""
        out = {}
        for each in self.present(result, keys):
            values = each.values(result, frame)
            figures = each.unit.shown(values)
            total = None
            if each.unit.total == "exact":
                total = each.unit.whole(math.fsum(float(x) for x in values if is_known(x)))
            elif each.unit.total == "sum":
                total = math.fsum(x for x in figures if is_known(x))
            out[each.key] = Shown(each, figures, total)
        for key, one in out.items():
            if one.field.whole is not None:
                out[key] = replace(one, total=one.field.whole(result, {k: x.figures for k, x in out.items()}))
        return out


def numbered(_result: RunResult, frame: Any) -> range:
    """Return the numbers of the rows."""
    return range(1, len(frame) + 1)


def index(_result: RunResult, frame: Any) -> list[Any]:
    """Return the ids of the rows."""
    return list(frame.index)


def district_names(key: str) -> Callable[[RunResult, Any], list[str]]:
    """Return what turns the codes of a column into names of districts."""
    return lambda result, frame: list(map(district_namer(result), frame[key]))


def column(key: str) -> Callable[[RunResult, Any], list[Any]]:
    """Return what reads another column of the frame than the field's key."""
    return lambda _result, frame: list(frame[key])


#: What many tables begin with, and the district of a plot.
NUMBERED = Field("no", labels.NUMBER, COUNT, numbered)
DISTRICT = Field("district", labels.DISTRICT, of=district_names("district"))


def yes_no(value: Any) -> str:
    """Return yes or no."""
    return _(labels.YES) if value else _(labels.NO)


def stated_word(value: Any) -> str | None:
    """Return whether a figure was stated or computed; None where nobody knows."""
    return (_(labels.STATED) if value else _(labels.COMPUTED)) if is_known(value) else None


def listed_words(codes: Iterable[Any]) -> str:
    """Return codes as a list."""
    return "、".join(map(str, codes))
