"""Tables about earlier dates: changes by district and part by part, new plots outside, descent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse import schema as s
from landuse.i18n import N_, _
from landuse.report.tables.candidates import AREA
from landuse.report.tables.change import district_rows
from landuse.report.tables.table import (
    COUNT,
    DISTRICT,
    MU_EACH,
    MU_SHOWN,
    NUMBERED,
    PLOT_MU,
    Field,
    Table,
    Unit,
    column,
    district_names,
    index,
    yes_no,
)
from landuse.report.words import labels
from landuse.report.words.change import descent_word, kind_word, period_word, status_word
from landuse.report.words.format import NONE, points
from landuse.report.words.terms import district_namer, position_word
from landuse.results import change as c
from landuse.results.run import computed
from landuse.units import LEAST_M2

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.results.change import ChangeLedger, History
    from landuse.results.run import RunResult

#: Percentage points that are such already.
POINTS_SHOWN = Unit("points")
#: Width of a column of identifiers without any.
EMPTY = 24


def _anew(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{kind}}{{row}}="{kind_word(c.REDIGITISED)}"', "guess"),)


def _alert(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{status}}{{row}}="{status_word(c.ALERT)}"', "bad"),)


def _park(side: str) -> Callable[[RunResult, Any], list[str]]:
    """Return what says in which park land lay at one date; "" for land that did not count then."""

    def of(result: RunResult, table: Any) -> list[str]:
        names = park_names(computed(result.history))
        dates = [n - 1 if side == "before" else n for n in table["step"]]
        land = zip(table[f"park_{side}"], table[f"m2_{side}"], dates, strict=True)
        return [names[date].get(park, park) or (_(labels.OUTSIDE_PARKS) if m2 else "") for park, m2, date in land]

    return of


def park_names(h: History) -> list[dict[str, str]]:
    """Return the names of the parks of each date, the first first; a park without a name has none."""
    shares = [h.steps[0].before, *(step.after for step in h.steps)]
    return [{str(k): str(v) for k, v in share.parks["park_name"].items() if v} for share in shares]


def _passed(result: RunResult, table: Any) -> list[str]:
    """Return each part's district, or both where land passed from one to another."""
    name = district_namer(result)
    pairs = [(name(a), name(b)) for a, b in zip(table["district_before"], table["district_after"], strict=True)]
    return [f"{a} → {b}" if a and b and a != b else b or a for a, b in pairs]


def _recorded(result: RunResult) -> bool:
    return any(bool(step.parts["recorded"].any()) for step in computed(result.history).steps)


START, END = Field("start", labels.START, word=str), Field("end", labels.END, word=str)
STEP = Field("step", N_("Step"), COUNT)


def district_change_rows(h: History) -> pd.DataFrame:
    """Return what each district's figures are made of, a row a step, district and kind."""
    frames = [district_rows(step).assign(step=k, period=period_word(step)) for k, step in enumerate(h.steps, start=1)]
    return pd.concat(frames, ignore_index=True)


BY_DISTRICT = Table(
    (
        STEP,
        Field("period", labels.PERIOD, total=labels.TOTAL),
        Field(s.DISTRICT, labels.DISTRICT_CODE),
        Field("district_name", labels.DISTRICT, of=district_names(s.DISTRICT)),
        Field("kind", labels.KIND_OF_CHANGE, word=kind_word),
        Field("total", N_("Adds to industrial land"), MU_SHOWN),
        Field("inside", N_("Adds to land inside parks"), MU_SHOWN),
        Field("points", N_("Effect on the district's own share (percentage points)"), POINTS_SHOWN),
    )
)
#: Every part that changed, rows of `changed_parts`; what was drawn anew comes last.
PARTS = Table(
    (
        NUMBERED,
        Field("kind", labels.KIND_OF_CHANGE, word=kind_word, marks=_anew),
        STEP,
        START,
        END,
        Field("parcel_before", labels.PLOT_BEFORE, total=labels.TOTAL),
        Field("parcel_after", labels.PLOT_AFTER),
        Field("code_before", labels.CLASS_BEFORE),
        Field("code_after", labels.CLASS_AFTER),
        Field("park_before", labels.PARK_BEFORE, of=_park("before")),
        Field("park_after", labels.PARK_AFTER, of=_park("after")),
        Field("district", labels.DISTRICT, of=_passed),
        Field("area", AREA.label, PLOT_MU, column(s.AREA_M2)),
        Field("recorded", N_("In the survey's record"), word=yes_no, only=_recorded),
    )
)


def _classes(_result: RunResult, table: Any) -> list[str]:
    pairs = zip(table["code_before"], table["code_after"], strict=True)
    return [f"{before or _('unknown')} → {after}" for before, after in pairs]


def _allowed(_result: RunResult, table: Any) -> list[str]:
    pairs = zip(table[s.APPROVAL], table["document"], strict=True)
    return [_(labels.SEMICOLON).join(filter(None, pair)) or NONE for pair in pairs]


#: New plots outside the parks, those no document explains first and marked.
VIOLATIONS = Table(
    (
        NUMBERED,
        Field("plot", labels.PLOT, total=labels.TOTAL, marks=_alert),
        Field("status", labels.STATUS, word=status_word, marks=_alert),
        DISTRICT,
        START,
        Field("end", labels.END, word=str, heads={"report": N_("New by")}),
        Field("area", AREA.label, PLOT_MU, column(s.AREA_M2), marks=_alert),
        Field("code_before", labels.CLASS_BEFORE, word=lambda code: code or _(labels.UNKNOWN)),
        Field("code_after", labels.CLASS_AFTER),
        Field("classes", labels.CLASS, of=_classes, sheet=False),
        Field("position", labels.POSITION, word=position_word),
        Field(s.APPROVAL, labels.APPROVAL_NUMBER),
        Field("document", labels.DOCUMENT_THAT_ALLOWS_IT),
        Field("allowed", N_("Approval; document"), of=_allowed, sheet=False),
        Field("stands", N_("Still industrial outside"), word=yes_no, heads={"report": N_("Still there")}),
    ),
    report="no:9c plot:37 district:14 end:20c area:14 classes:23c position:17 allowed:26 stands:11c status:20",
)


def lineage_rows(h: History) -> pd.DataFrame:
    """Return how parcels descend from each other, of all steps."""
    frames = [step.lineage.assign(step=k, start=step.start, end=step.end) for k, step in enumerate(h.steps, start=1)]
    some = [frame for frame in frames if len(frame)] or frames[:1]
    return pd.concat(some, ignore_index=True)


LINEAGE = Table(
    (
        NUMBERED,
        Field("kind", N_("Kind of lineage"), word=descent_word),
        STEP,
        START,
        END,
        Field("before", labels.PLOT_BEFORE),
        Field("after", labels.PLOT_AFTER),
        Field("m2", N_("Land both share (mu)"), MU_EACH),
    )
)


def component_rows(step: ChangeLedger) -> pd.DataFrame:
    """Return what a step is made of, without the kinds that have no land; index: kind."""
    return step.components[step.components["m2"] >= LEAST_M2]


#: What a step is made of, as the terminal says it.
COMPONENTS = Table(
    (
        Field("kind", N_("What happened"), of=index, word=lambda kind: kind_word(str(kind))),
        Field("m2", AREA.label, MU_EACH),
        Field("total_m2", N_("Adds to all (mu)"), MU_EACH),
        Field("inside_m2", N_("Adds to inside (mu)"), MU_EACH),
        Field("effect", labels.EFFECT_POINTS, Unit(text=lambda x: points(x, 3))),
    ),
    terminal="kind m2 total_m2 inside_m2 effect",
)
