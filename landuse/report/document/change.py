"""The report's chapter about earlier dates: what changed, who has to explain, and the way to the target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.document.gbt9704 import Grid
from landuse.report.document.tables import MOST, day, report_grid
from landuse.report.tables.change import FLOWS, breakdown, in_city
from landuse.report.tables.changes import VIOLATIONS
from landuse.report.words import change as say
from landuse.report.words import labels
from landuse.report.words.format import NONE, area, area_of, figure, percent, points
from landuse.results.run import computed
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from landuse.report.document.gbt9704 import Document
    from landuse.results.change import ChangeLedger, History
    from landuse.results.run import RunResult

#: Rows printed of the new plots outside, steps taken apart, and dates of the districts' shares; the workbook has all.
PLOTS, STEPS, DATES = 20, 3, 4


def change_chapter(f: RunResult, d: Document, figure: Callable[[str], None]) -> None:
    """Write the chapter: what the share changed by, new plots outside, the way to the target, what is assumed.

    Parameters
    ----------
    f : RunResult
        Of a run with earlier dates.
    d : Document
        Document to append to.
    figure : callable
        Sets a figure by its key, where there is one.
    """
    h = computed(f.history)
    t = h.trajectory
    d.heading(_("Changes between the dates"))
    d.subheading(_("What changed the share"))
    d.text(say.change_sentence(f), say.admitted_sentence(h.last))
    if len(h.steps) > 1:
        d.table(steps_grid(h))
    for step in h.steps[-STEPS:]:
        d.table(step_grid(step))
    if len(h.steps) > STEPS:
        d.text(_("The {n} latest steps are printed; in the workbook: all {all}.", n=STEPS, all=len(h.steps)))
    figure("changes")
    d.subheading(_("New plots outside the parks"))
    d.text(say.violations_sentence(f))
    if len(h.violations):
        d.table(violations_grid(f, h))
        if len(h.violations) > PLOTS:
            more = _("The first {n} plots are printed; in the workbook: all {all}.", n=PLOTS, all=len(h.violations))
            d.text(more)
    d.subheading(_("The way to the target"))
    d.text(say.pace_sentence(f), say.projection_sentence(t))
    d.table(path_grid(h))
    figure("trajectory")
    d.table(district_path_grid(h))
    d.table(counters_grid(h))
    d.subheading(_(labels.WHAT_IS_ASSUMED))
    for k, line in enumerate([*say.assumption_sentences(h), *say.path_sentences(t)], start=1):
        d.text(f"{k}. {line}")


def signed(value: float) -> str:
    """Return a figure at two decimals with its sign, a true minus; nothing added is no sign."""
    return f"{value:+,.2f}".replace("-", "−") if round(value, 2) else area(0.0)


def steps_grid(h: History) -> Grid:
    """Return what each step did to the share, and what of it the boundaries did."""
    rows = [
        (
            say.period_word(step),
            percent(step.before.share),
            percent(step.after.share),
            points(step.after.share - step.before.share),
            percent(step.stayed.share),
            points(step.boundary_effect),
        )
        for step in h.steps
    ]
    heads = (
        _(labels.PERIOD),
        _("Share, earlier date"),
        _("Share, later date"),
        _("Change (points)"),
        _("Had the boundaries stayed"),
        _("Due to redrawing (points)"),
    )
    return Grid(_("The share step by step"), heads, rows, (48, 20, 20, 20, 24, 24), "lrrrrr", (), 9.0)


def step_grid(step: ChangeLedger) -> Grid:
    """Return what a step is made of: from the start, by what happened, to the end; kinds without land are left out."""
    b = breakdown(step)
    sums = b.rows[["total", "inside"]].sum()
    change = step.after.share - step.before.share
    rows = [
        (day(step.start), "", *map(area, b.before), percent(step.before.share), ""),
        *(
            (say.kind_word(str(kind)), area(land), signed(total), signed(inside), "", signed(effect))
            for kind, land, total, inside, effect in b.told.itertuples(name=None)
        ),
        (_(labels.SUM_OF_THE_CHANGES), "", signed(sums["total"]), signed(sums["inside"]), "", points(change)),
        (day(step.end), "", *map(area, b.after), percent(step.after.share), points(change)),
    ]
    stayed = (
        _("Had the boundaries stayed"),
        "",
        *map(area, b.stayed),
        percent(step.stayed.share),
        points(step.stayed.share - step.before.share),
    )
    heads = (
        _(labels.ITEM),
        _(labels.LAND_OF_IT),
        _(labels.INDUSTRIAL_LAND),
        _(labels.INSIDE_PARKS),
        _(labels.SHARE_INSIDE),
        _(labels.EFFECT_POINTS),
    )
    caption = _("What the change is made of, {period} (mu)", period=say.period_word(step))
    return Grid(caption, heads, rows, (46, 22, 25, 25, 18, 20), "lrrrrr", stayed, 9.0)


def violations_grid(f: RunResult, h: History) -> Grid:
    """Return the largest new plots outside the parks, those no document explains first."""
    caption = _("New industrial plots outside the parks, those to be explained first")
    return report_grid(VIOLATIONS, f, h.violations.head(PLOTS), caption, size=8.0)


def path_grid(h: History) -> Grid:
    """Return the city from date to date: stocks, share, target, and what flowed since the date before."""
    t = h.trajectory
    shares = [h.steps[0].before, *(step.after for step in h.steps)]
    flows = [dict[str, float](), *(breakdown(step).flows for step in h.steps)]
    rows = [
        (
            str(row["date"]),
            *map(area, in_city(share)),
            percent(row["share"]),
            percent(row["target"]) + _mark(row),
            points(row["share"] - row["target"]),
            area_of(row["gap_m2"]),
            *(area(flow[x]) if flow else NONE for x in FLOWS),
        )
        for row, share, flow in zip(t.city.to_dict("records"), shares, flows, strict=True)
    ]
    heads = (
        _(labels.DATE),
        _(labels.INDUSTRIAL_LAND),
        _(labels.INSIDE_PARKS),
        _(labels.SHARE_INSIDE),
        _(labels.TARGET),
        _(labels.AGAINST_THE_TARGET_POINTS),
        _(labels.TO_RELOCATE_SURPLUS),
        _("Cleared since"),
        _(labels.NEW_INSIDE_PARKS),
        _(labels.NEW_OUTSIDE_PARKS),
    )
    caption = _("From date to date (mu; * target interpolated)")
    return Grid(caption, heads, rows, (20, 19, 19, 15, 18, 16, 17, 14, 14, 14), "lrrrrrrrrr", (), 8.0)


def _mark(row: Mapping[Any, Any]) -> str:
    return " *" if math.isfinite(row["target"]) and not row["stated"] else ""


def district_path_grid(h: History) -> Grid:
    """Return the share of each district at the latest dates."""
    table = h.trajectory.districts.pivot_table(index=s.DISTRICT, columns="date", values="share", dropna=False)
    names = h.trajectory.districts.drop_duplicates(s.DISTRICT, keep="last").set_index(s.DISTRICT)["name"]
    city = h.trajectory.city.set_index("date")["share"]
    dates = list(city.index)[-DATES:]

    def shares(values: Iterable[float]) -> tuple[str, ...]:
        known = list(values)
        return (*map(percent, known), points(known[-1] - known[0]))

    rows = [
        (str(names[code]) or _(labels.IN_NO_DISTRICT), *shares(table.loc[code, dates].tolist()))
        for code in table.index[:MOST]
    ]
    heads = (_(labels.DISTRICT), *(str(x) for x in dates), _("Change (points)"))
    widths = (30, *[24.0] * len(dates), 24)
    whole = (_(labels.WHOLE_CITY), *shares(city[dates].tolist()))
    caption = _("The share of each district from date to date")
    return Grid(caption, heads, rows, widths, "l" + "r" * (len(heads) - 1), whole, 9.0)


def counters_grid(h: History) -> Grid:
    """Return the policy's counters, period by period."""
    rows = []
    for row in h.trajectory.counters.to_dict("records"):
        value, goal = (_counted(row["counter"], x) for x in (row["value"], row["goal"]))
        reached = NONE
        if math.isfinite(row["value"]) and math.isfinite(row["goal"]):
            reached = _(labels.YES) if row["value"] >= row["goal"] else _(labels.NO)
        period = _(labels.FROM_TO, start=row["start"], end=row["end"])
        rows.append((period, _counter(row["counter"]), value, goal, reached, say.basis_word(row["basis"])))
    heads = (_(labels.PERIOD), _("Counter"), _("Achieved"), _("Goal"), _("Reached"), _(labels.FIGURE_FROM))
    return Grid(_(labels.POLICY_COUNTERS), heads, rows, (55, 42, 25, 25, 14, 24), "llrrcl", (), 9.0)


def _counter(counter: str) -> str:
    """Return a counter's name; floor area names its unit, which is not that of land."""
    return _(labels.FACTORY_FLOOR) if counter == "factory" else say.counter_word(counter)


def _counted(counter: str, value: float) -> str:
    """Return a value of a counter; a dash where nobody counted."""
    if counter == "share":
        return percent(value)
    if counter == "renovated":
        return figure(shown_mu(value), ",.2f", f" {_('mu')}")
    return figure(value, ",.0f")
