"""The chart of what moved the share from date to date."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from matplotlib.ticker import MaxNLocator, PercentFormatter

from landuse.i18n import _
from landuse.report.figures.page import FOOT_MM, WIDTH_MM, new_sheet
from landuse.report.style.fonts import width
from landuse.report.style.palette import PALETTE
from landuse.report.tables.change import breakdown
from landuse.report.words import labels
from landuse.report.words.change import kind_word, untouched
from landuse.report.words.format import points
from landuse.results.change import REDIGITISED, REDRAWN_IN, REDRAWN_OUT, RESTATED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters
    from landuse.results.change import ChangeLedger
    from landuse.results.run import RunResult

#: Steps drawn, the latest; the workbook has them all.
STEPS = 3
#: Height of a row and width of a letter of its name [mm], and the most letters it has.
ROW_MM, EM_MM, LONGEST = 5.6, 2.65, 19
#: The target is drawn in its place where it is at most so many times the bars' span away, else it is named at the edge.
NEAR = 4.0
#: Axes wider than this are numbered in whole points.
WIDE = 0.05
INK, GREY, RULE, PARK, CHANGE = (PALETTE[k] for k in ("ink", "grey", "rule", "park", "change"))
INDUSTRY = PALETTE["industry"]
#: Kinds whose bars have a colour of their own: a park's boundary moved; nothing happened to the land.
COLOURS = {REDRAWN_IN: PARK, REDRAWN_OUT: PARK, REDIGITISED: GREY, RESTATED: GREY}


class Row(NamedTuple):
    """A row of the waterfall: a share ("share", "stayed"), or what moved it (a kind of change)."""

    what: str
    words: str
    start: float
    end: float
    said: str


def waterfall_chart(result: RunResult, letters: Letters) -> Sheet | None:
    """Draw what moved the share from date to date, kind by kind, and where it would be had the boundaries stayed.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None without earlier dates. Bars with gid "share" and of the kinds of change, marks with gid "stayed", a line
        with gid "target". Effects that round to nothing have no row.
    """
    h = result.history
    if h is None:
        return None
    steps = h.steps[-STEPS:]
    rows = [Row("share", str(steps[0].start), 0.0, steps[0].before.share, f"{steps[0].before.share:.2%}")]
    for step in steps:
        rows += _rows(step)
    height = ROW_MM * len(rows) + 20
    sheet = new_sheet(result, letters, "changes", _("What moved the share, in percentage points"), height)
    names = [letters(row.words, LONGEST) for row in rows]
    left = 8 + EM_MM * max(map(width, names))
    axes = sheet.axes(left, FOOT_MM + 13, WIDTH_MM - left - 8, height - 18)
    ends = [x for row in rows for x in (row.start, row.end) if x]
    low, high = min(ends), max(ends)
    span = max(high - low, 0.002)
    target = result.concentration.target
    near = low - NEAR * span <= target <= high + NEAR * span
    bottom = max(0.0, (min(low, target) if near else low) - 0.15 * span)
    top = (max(high, target) if near else high) + 0.18 * span
    axes.set(xlim=(bottom, top), ylim=(len(rows) - 0.4, -0.9), yticks=range(len(rows)))
    axes.set_yticklabels(names)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set_color(INK if row.what == "share" else GREY)
    for k, row in enumerate(rows):
        _bar(axes, letters, k, row, bottom)
    for k, (row, below) in enumerate(pairwise(rows)):
        at = row.start if row.what == "stayed" else row.end
        if (row.what, below.what) != ("share", "stayed") or k + 2 < len(rows):
            axes.plot([at, at], [k, k + 1], color=GREY, linewidth=0.5, zorder=1)
    _target(axes, letters, target, near)
    axes.xaxis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if top - bottom > WIDE else 1))
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    said = _("Filled: raises the share; hollow: lowers it. Green-blue: only a park boundary moved.")
    cut = _("The axis starts at {share:.1%}.", share=bottom)
    sheet.paper.text(0.5, FOOT_MM + 4.0, letters(said, 70), size=6.5, color=GREY)
    sheet.paper.text(0.5, FOOT_MM + 0.5, letters(cut, 70) if bottom else "", size=6.5, color=GREY)
    if len(steps) < len(h.steps):
        words = _("the {n} latest of {all} steps", n=len(steps), all=len(h.steps))
        sheet.paper.text(WIDTH_MM - 1, FOOT_MM + 0.5, letters(words), ha="right", size=6.5, color=GREY)
    return sheet


def _rows(step: ChangeLedger) -> list[Row]:
    """Return the rows of a step after its start."""
    effects, told = step.components["effect"], breakdown(step).rows["points"].to_dict()
    ends = step.before.share + effects.cumsum()
    starts = ends - effects
    rows = [
        Row(kind, kind_word(kind), float(starts[kind]), float(ends[kind]), points(told[kind] / 100))
        for kind in effects.index
        if told[kind]
    ]
    share, stayed = step.after.share, step.stayed.share
    rows.append(Row("share", str(step.end), 0.0, share, f"{share:.2%}"))
    owed = _("{share:.2%} (boundaries played no part)", share=stayed)
    if not untouched(step):
        owed = _("{share:.2%} ({points} due to redrawing)", share=stayed, points=points(step.boundary_effect))
    return [*rows, Row("stayed", _("had the boundaries stayed"), share, stayed, owed)]


def _bar(axes: Axes, letters: Letters, k: int, row: Row, bottom: float) -> None:
    """Draw a row: a share from the edge, a change from where the one before ended, a mark for what would have been."""
    at: dict[str, Any] = {"va": "center", "size": 7.5, "color": INK, "gid": "words", "zorder": 5}
    room = 0.01 * (axes.get_xlim()[1] - bottom)
    if row.what == "stayed":
        axes.plot([row.start, row.end], [k, k], color=PARK, linewidth=1.0, dashes=(3, 2), zorder=2)
        mark: dict[str, Any] = {"markerfacecolor": "white", "markeredgecolor": PARK, "markersize": 6}
        axes.plot(row.end, k, "D", gid="stayed", zorder=3, **mark)
        axes.text(max(row.start, row.end) + 2.5 * room, k, letters(row.said), **at)
        return
    if row.what == "share":
        axes.barh(k, row.end - bottom, left=bottom, height=0.62, color=INDUSTRY, gid="share", zorder=2)
        for cut in (1.0, 1.7) if bottom else ():  # a broken bar: it does not begin at nothing
            x = bottom + cut * room
            axes.plot([x - 0.3 * room, x + 0.3 * room], [k + 0.4, k - 0.4], color="white", linewidth=1.2, zorder=3)
        axes.text(row.end + room, k, letters(row.said), **at)
        return
    colour = COLOURS.get(row.what, CHANGE)
    fill: dict[str, Any] = {"facecolor": colour if row.end > row.start else "white", "edgecolor": colour}
    left = min(row.start, row.end)
    axes.barh(k, abs(row.end - row.start), left=left, height=0.62, gid=row.what, linewidth=1.0, zorder=2, **fill)
    axes.text(max(row.start, row.end) + room, k, letters(row.said), **at)


def _target(axes: Axes, letters: Letters, target: float, near: bool) -> None:
    words = _(labels.TARGET_OF, share=f"{target * 100:.6g}%")
    if near:
        axes.axvline(target, color=PARK, linewidth=1.2, zorder=3, gid="target")
        axes.text(target, -0.9, letters(words), ha="center", va="bottom", size=7.5, color=PARK)
        return
    low, high = axes.get_xlim()
    above = target > high
    axes.text(
        high if above else low,
        -0.9,
        letters(f"{words} →" if above else f"← {words}"),
        ha="right" if above else "left",
        va="bottom",
        size=7.5,
        color=PARK,
        gid="target",
    )
