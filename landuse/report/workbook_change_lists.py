"""The lists of the workbook about earlier dates: changes by district and part by part, new plots outside, descent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from landuse import change as c
from landuse import schema as s
from landuse.i18n import _
from landuse.report.change_rows import changed_parts, district_rows
from landuse.report.change_words import descent_word, kind_word, period_word, status_word
from landuse.report.values import shown_mus
from landuse.report.words import position_word
from landuse.report.workbook_columns import Column, of_plots
from landuse.report.workbook_moves import district_namer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from landuse.change import History
    from landuse.findings import Findings

#: Width of a column of identifiers without any.
EMPTY = 24


def district_change_columns(f: Findings, h: History) -> list[Column]:
    """Return what each district's figures are made of, a row a step, district and kind."""
    name = district_namer(f)
    frames = [district_rows(step).assign(step=k, period=period_word(step)) for k, step in enumerate(h.steps, start=1)]
    t = pd.concat(frames, ignore_index=True)
    return [
        Column(_("Step"), t["step"].tolist(), "count"),
        Column(_("Period"), t["period"].tolist(), total=_("Total")),
        Column(_("District code"), t[s.DISTRICT].tolist()),
        Column(_("District"), [name(code) for code in t[s.DISTRICT]]),
        Column(_("Kind of change"), [kind_word(kind) for kind in t["kind"]]),
        Column(_("Adds to industrial land"), t["total"].tolist(), "mu", "sum"),
        Column(_("Adds to land inside parks"), t["inside"].tolist(), "mu", "sum"),
        Column(_("Effect on the district's own share (percentage points)"), t["points"].tolist(), "points"),
    ]


def change_columns(f: Findings, h: History) -> list[Column]:
    """Return every part that changed; what was drawn anew comes last."""
    t, district, names = changed_parts(h), district_namer(f), park_names(h)
    steps, kept = t["step"].tolist(), any(step.parts["recorded"].any() for step in h.steps)
    anew = (f'={{kind}}{{row}}="{kind_word(c.REDIGITISED)}"', "guess")
    return [
        Column(_("No."), range(1, len(t) + 1), "count"),
        Column(_("Kind of change"), [kind_word(kind) for kind in t["kind"]], key="kind", marks=(anew,)),
        Column(_("Step"), steps, "count", key="step"),
        Column(_("Start"), _days(t["start"])),
        Column(_("End"), _days(t["end"])),
        Column(_("Plot before"), t["parcel_before"].tolist(), total=_("Total")),
        Column(_("Plot after"), t["parcel_after"].tolist()),
        Column(_("Class before"), t["code_before"].tolist()),
        Column(_("Class after"), t["code_after"].tolist()),
        Column(_("Park before"), _parks(t["park_before"], t["m2_before"], [names[n - 1] for n in steps])),
        Column(_("Park after"), _parks(t["park_after"], t["m2_after"], [names[n] for n in steps])),
        Column(
            _("District"),
            [_passed(district(a), district(b)) for a, b in zip(t["district_before"], t["district_after"], strict=True)],
        ),
        of_plots(_("Area (mu)"), t[s.AREA_M2], key="area"),
        *([Column(_("In the survey's record"), [_("yes") if x else _("no") for x in t["recorded"]])] if kept else []),
    ]


def park_names(h: History) -> list[dict[str, str]]:
    """Return the names of the parks of each date, the first first; a park without a name has none."""
    shares = [h.steps[0].before, *(step.after for step in h.steps)]
    return [{str(k): str(v) for k, v in share.parks["park_name"].items() if v} for share in shares]


def violation_columns(f: Findings, h: History) -> list[Column]:
    """Return the new plots outside the parks, those no document explains first and marked."""
    t, name = h.violations, district_namer(f)
    alert = (f'={{status}}{{row}}="{status_word(c.ALERT)}"', "bad")
    return [
        Column(_("No."), range(1, len(t) + 1), "count"),
        Column(_("Plot"), t["plot"].tolist(), total=_("Total"), marks=(alert,)),
        Column(_("Status"), [status_word(x) for x in t["status"]], key="status", marks=(alert,)),
        Column(_("District"), [name(code) for code in t[s.DISTRICT]]),
        Column(_("Start"), _days(t["start"])),
        Column(_("End"), _days(t["end"])),
        of_plots(_("Area (mu)"), t[s.AREA_M2], marks=(alert,)),
        Column(_("Class before"), [x or _("unknown") for x in t["code_before"]]),
        Column(_("Class after"), t["code_after"].tolist()),
        Column(_("Position"), [position_word(x) for x in t["position"]]),
        Column(_("Approval number"), t[s.APPROVAL].tolist()),
        Column(_("Document that allows it"), t["document"].tolist()),
        Column(_("Still industrial outside"), [_("yes") if x else _("no") for x in t["stands"]]),
    ]


def lineage_columns(h: History) -> list[Column]:
    """Return how parcels descend from each other, of all steps."""
    frames = [step.lineage.assign(step=k, start=step.start, end=step.end) for k, step in enumerate(h.steps, start=1)]
    some = [frame for frame in frames if len(frame)] or frames[:1]
    t = pd.concat(some, ignore_index=True)
    return [
        Column(_("No."), range(1, len(t) + 1), "count"),
        Column(_("Kind of descent"), [descent_word(kind) for kind in t["kind"]]),
        Column(_("Step"), t["step"].tolist(), "count"),
        Column(_("Start"), _days(t["start"])),
        Column(_("End"), _days(t["end"])),
        Column(_("Plot before"), t["before"].tolist(), width=0 if len(t) else EMPTY),
        Column(_("Plot after"), t["after"].tolist(), width=0 if len(t) else EMPTY),
        Column(_("Land both share (mu)"), shown_mus(t["m2"]), "mu"),
    ]


def _parks(parks: Iterable[str], areas_m2: Iterable[float], names: Iterable[dict[str, str]]) -> list[str]:
    """Return where land lies at one date; "" for land that does not count then."""
    return [
        known.get(park, park) or (_("Outside parks") if m2 else "")
        for park, m2, known in zip(parks, areas_m2, names, strict=True)
    ]


def _days(dates: Iterable[object]) -> list[str]:
    return [str(day) for day in dates]


def _passed(before: str, after: str) -> str:
    """Return a district, or both where land passed from one to another."""
    return f"{before} → {after}" if before and after and before != after else after or before
