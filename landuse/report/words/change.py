"""What is said of changes between dates: their kinds, what they did to the share, and who has to explain."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landuse.i18n import _
from landuse.report.words import labels
from landuse.results import change as c
from landuse.units import shown_mu

if TYPE_CHECKING:
    from landuse.results.change import ChangeLedger, History, Trajectory
    from landuse.results.run import RunResult

#: Land of less than this is not worth a sentence [mu].
NOTHING_MU = 0.01


def kind_word(kind: str) -> str:
    """Return the wording of a kind of change."""
    return {
        c.NEW_INSIDE: _("new, inside parks"),
        c.NEW_OUTSIDE: _("new, outside parks"),
        c.CLEARED_INSIDE: _("cleared, inside parks"),
        c.CLEARED_OUTSIDE: _("cleared, outside parks"),
        c.RECLASSIFIED: _("other industrial class"),
        c.REDRAWN_IN: _("boundary redrawn: taken in"),
        c.REDRAWN_OUT: _("boundary redrawn: left out"),
        c.TRANSFERRED: _("transferred to another district"),
        c.REDIGITISED: _("redigitised, no real change"),
        c.RESTATED: _("same land, other stated area"),
        c.UNCHANGED: _("unchanged"),
    }[kind]


def status_word(status: str) -> str:
    """Return the wording of whether a document explains a new plot."""
    return {c.ALERT: _("to be explained"), c.EXCEPTED: _("excepted by document")}[status]


def descent_word(kind: str) -> str:
    """Return the wording of how parcels descend."""
    return {
        "redrawn": _("outline redrawn"),
        "renumbered": _("same land, other id"),
        "split": _("split"),
        "merged": _("merged"),
        "regrouped": _("regrouped"),
    }[kind]


def counter_word(counter: str) -> str:
    """Return the wording of one of the policy's counters."""
    return {
        "share": _("Share inside parks"),
        "renovated": _(labels.LOW_EFFICIENCY_LAND_TURNED_OVER),
        "factory": _("New standard factory floor area"),
    }[counter]


def basis_word(basis: str) -> str:
    """Return the wording of where a counter's value comes from."""
    return {
        "computed": _("computed from the layers"),
        "reported": _("reported by the bureau"),
        "missing": _("not reported"),
    }[basis]


def target_basis_word(stated: bool) -> str:
    """Return the wording of where a target comes from."""
    return _("as stated") if stated else _("interpolated")


def change_sentence(result: RunResult) -> str:
    """Return what the share did since the date before, and what the boundaries have to do with it; "" without dates."""
    if result.history is None:
        return ""
    step = result.history.last
    said = _(
        "From {start} to {end} the share went from {before:.2%} to {after:.2%} ({points:+.2f} percentage points).",
        start=step.start,
        end=step.end,
        before=step.before.share,
        after=step.after.share,
        points=(step.after.share - step.before.share) * 100,
    )
    return f"{said}{boundary_sentence(step)}"


def untouched(step: ChangeLedger) -> bool:
    """Return whether park boundaries played no part: they passed over no land, nor do they move the share."""
    redrawn = step.parts["kind"].isin((c.REDRAWN_IN, c.REDRAWN_OUT)).any()
    return not redrawn and math.isclose(step.stayed.share, step.after.share, rel_tol=0, abs_tol=5e-7)


def boundary_sentence(step: ChangeLedger) -> str:
    """Return what the share would be had the park boundaries stayed."""
    if untouched(step):
        return _(" Park boundaries played no part.")
    return _(
        " With unchanged park boundaries it would be {stayed:.2%}: {points:+.2f} points are due to redrawing them.",
        stayed=step.stayed.share,
        points=step.boundary_effect * 100,
    )


def violations_sentence(result: RunResult) -> str:
    """Return how many new plots lie outside the parks, over all dates, and how many no document explains."""
    if result.history is None:
        return ""
    found, alerts = result.history.violations, result.history.alerts
    if not len(found):
        return _("No new industrial plots outside the parks since {start}.", start=result.history.steps[0].start)
    return _(
        "New outside the parks since {start}: {count} plots, {mu:,.2f} mu; {alerts} of them, {alert_mu:,.2f} mu, "
        "are explained by no document.",
        start=result.history.steps[0].start,
        count=len(found),
        mu=shown_mu(float(found["area_m2"].sum())),
        alerts=len(alerts),
        alert_mu=shown_mu(float(alerts["area_m2"].sum())),
    )


def pace_sentence(result: RunResult) -> str:
    """Return how fast the share moved, and how fast it would have to."""
    if result.history is None:
        return ""
    t = result.history.trajectory
    said = _(
        "Since {start} the share moved by {pace:+.2f} points a year.",
        start=t.city["date"].iloc[0],
        pace=t.pace * 100,
    )
    if t.needed is None:
        return said
    return said + _(" To be on target in time takes {needed:+.2f} points a year.", needed=t.needed * 100)


def projection_sentence(trajectory: Trajectory) -> str:
    """Return the extrapolation, called by its name; "" where there is none."""
    if not len(trajectory.projection):
        return ""
    row = trajectory.projection.iloc[-1]
    return _(
        "Extrapolation, no forecast: a straight line through {n} dates leads to {share:.1%} by {date} "
        "(90 % interval {low:.1%} to {high:.1%}).",
        n=len(trajectory.city),
        share=row["share"],
        date=row["date"],
        low=row["low"],
        high=row["high"],
    )


def period_word(step: ChangeLedger) -> str:
    """Return the two dates of a step."""
    return _(labels.FROM_TO, start=step.start, end=step.end)


def stayed_word(step: ChangeLedger) -> str:
    """Return what the share at the end is called that the boundaries of the start would have given."""
    return _("At {date}, had the park boundaries stayed", date=step.end)


def admitted_sentence(step: ChangeLedger) -> str:
    """Return how much of the new land inside is inside by a boundary drawn anew; "" where none is."""
    mu = shown_mu(float(step.admitted["m2_after"].sum()))
    if mu < NOTHING_MU:
        return ""
    return _(
        "Of the new land inside, {mu:,.2f} mu lie inside only because a boundary was redrawn since {start}.",
        mu=mu,
        start=step.start,
    )


def assumption_sentences(history: History) -> list[str]:
    """Return what a comparison of dates takes for granted, a sentence each."""
    shift = _("{m:g} m", m=history.rule.shift_m)
    said = [
        _(
            "A difference nowhere wider than {shift} is a line drawn anew, not news: it is listed last, and its effect "
            "stands in a row of its own.",
            shift=shift,
        )
    ]
    if any(step.parts["recorded"].any() for step in history.steps):
        said.append(_("What the survey's own record of changes holds is news, however narrow."))
    said += [
        _("New land is judged by the parks of the later date, cleared land by those of the earlier."),
        _(
            "Redrawn boundaries are counted on land that is industrial at both dates; had they stayed, new land "
            "would be judged by the earlier boundaries too."
        ),
        _(
            "Effect of a row: (what it adds inside - mean share x what it adds to the total) / mean total, with the "
            "means of both dates. The effects add up to the change of the share, in any order."
        ),
    ]
    if len(history.violations):
        said.append(_("An approval number alone explains no new plot; only a document on the list of exceptions does."))
    return said


def path_sentences(trajectory: Trajectory) -> list[str]:
    """Return what the targets and the counters take for granted, a sentence each."""
    t, said = trajectory.stocks, []
    if (~t["stated"].astype(bool) & t["target"].notna()).any():
        said.append(
            _(
                "Targets between stated ones are interpolated on a straight line, before the first of them from the "
                "share of {start}; they are marked so, and nobody has set them.",
                start=t["date"].iloc[0],
            )
        )
    said.append(
        _(
            "Where the bureau reports no low-efficiency land turned over, the land cleared stands for it; what nobody "
            "reports is not taken for zero."
        )
    )
    return said
