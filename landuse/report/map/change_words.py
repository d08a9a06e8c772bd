"""The words of the map about what changed between dates; only a map that has earlier dates carries them."""

from __future__ import annotations

from landuse.i18n import _
from landuse.report.map.change import CLASSES
from landuse.report.words import labels
from landuse.report.words.change import kind_word
from landuse.report.words.terms import position_word
from landuse.results import change as c


def dated_words() -> dict[str, str]:
    """Return the dictionary of a map with earlier dates; `{fields}` are filled in by the browser."""
    return {
        # dates
        "time": _("Over time"),
        "time_pick": _("Date the map and the headline show"),
        "time_then": _("as it was on {date}"),
        "time_figures": _("{inside} / {total} mu inside"),
        "time_lists": _("Plots, plan and lists are of {date}: not drawn here."),
        "time_parks": _("Park boundaries of {date}"),
        "time_outline": _("Boundary of {date}"),
        "time_share": _(labels.SHARE_ON),
        "time_industry": _("Industrial land on {date}"),
        "time_part": _("as of {date}"),
        # steps
        "step": _("What changed"),
        "step_of": _(labels.FROM_TO),
        "step_all": _("all steps since {start}"),
        "step_points": _("{points} points"),
        "step_decomposed": _("What moved the share"),
        "step_axis": _("Bars start at {share}; points are percentage points."),
        "step_stayed": _("had boundaries stayed"),
        "step_anew": _("Lines drawn anew, no news: {count} parts, {area}; not drawn"),
        "step_classes": _("Changes, {step}"),
        **{f"changes_{k}": _class_word(key) for k, key in enumerate(CLASSES)},
        # list
        "changes": _("Changes"),
        "changes_only": _("only new plots outside the parks"),
        "sort_alerts": _("alerts first"),
        "sort_kind": _("kind of change"),
        "sort_latest": _("latest first"),
        "no_document": _("no document"),
        **_card_words(),
        # columns of the exported table
        "csv_from": _("From date"),
        "csv_until": _("To date"),
        "csv_kind": _("Change"),
        "csv_parcel_before": _(labels.PLOT_BEFORE),
        "csv_class_before": _(labels.CLASS_BEFORE),
        "csv_class_after": _(labels.CLASS_AFTER),
        "csv_park_before": _(labels.PARK_BEFORE),
        "csv_park_after": _(labels.PARK_AFTER),
        "csv_district_before": _("District before"),
        "csv_district_after": _("District after"),
        "csv_status": _(labels.STATUS),
        "csv_approval": _(labels.APPROVAL_NUMBER),
        "csv_document": _("Document"),
        "csv_stands": _("Still outside the parks"),
        "csv_recorded": _("In the record of changes"),
        "csv_admitted_mu": _("Inside by redrawing only (mu)"),
    }


def _class_word(key: str) -> str:
    """Return the wording of a class of changed land."""
    if key == c.ALERT:
        return _("new outside, no document")
    if key == c.EXCEPTED:
        return _("new outside, excepted")
    return kind_word(key)


def _card_words() -> dict[str, str]:
    """Return what the card of a change argues with."""
    return {
        "change_class": _(labels.CLASS),
        "change_park": _(labels.PARK),
        "change_counted": _("Counted"),
        "change_not": _("not industrial"),
        "change_not_counted": _("not counted"),
        "change_before_id": _(labels.PLOT_BEFORE),
        "change_why": _("Why it counts so"),
        "change_of_plot": _("Changes of this plot"),
        "why_new_outside": _(
            "Not industrial on {start}, industrial on {end}, and outside every park of {end}: new outside the parks."
        ),
        "why_new_inside": _("Not industrial on {start}, industrial on {end}, inside {park}: new inside the parks."),
        "why_admitted": _(
            "{area} of it lie inside only because the boundary was redrawn: by that of {start} they would lie outside."
        ),
        "why_cleared_inside": _("Industrial inside {park} on {start}, no longer on {end}: cleared."),
        "why_cleared_outside": _("Industrial outside every park on {start}, no longer on {end}: cleared."),
        "why_reclassified": _("Industrial, storage or mining land at both dates, of another class on {end}."),
        "why_left_set": _("Its class of {end} does not count under this definition: it leaves the total."),
        "why_joined_set": _("Its class of {start} did not count under this definition: it enters the total."),
        "why_redrawn_in": _(
            "Industrial at both dates: the land did not change, the boundary of {park} was redrawn and takes it in."
        ),
        "why_redrawn_out": _(
            "Industrial at both dates: the land did not change, the boundary of {park} was redrawn and leaves it out."
        ),
        "why_transferred": _(
            "Industrial at both dates, in another district on {end}: one district loses it and the other gains it; the "
            "city's total stays."
        ),
        "why_anew": _(
            "The same land under a parcel drawn anew: its side changed with the parcel, not with a boundary."
        ),
        "why_recorded": _("The survey's own record of changes has it."),
        "doc_alert": _("No document of the list of exceptions names this plot: it has to be explained."),
        "doc_approval": _("Approval number {number}: an approval alone explains nothing."),
        "doc_excepted": _("Excepted by {number}."),
        "gone_again": _("By now it is no longer industrial land outside the parks."),
        **{f"position_{x}": position_word(x) for x in ("small", "adjoining", "clustered")},
    }
