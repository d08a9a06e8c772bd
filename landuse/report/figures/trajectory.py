"""The chart of the way to the target: the share by date, the targets, and the extrapolation as such."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import MaxNLocator, PercentFormatter

from landuse.i18n import _
from landuse.report.figures.page import FOOT_MM, WIDTH_MM, new_sheet
from landuse.report.style.fonts import width
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels
from landuse.report.words.format import points

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from matplotlib.axes import Axes

    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters
    from landuse.results.change import Trajectory
    from landuse.results.run import RunResult

#: Height of the body, and width of the axes [mm].
BODY_MM, PLOT_MM = 92.0, WIDTH_MM - 16
#: Days in a year, to find the target's date, and how near it is then to the date itself.
YEAR, SAME_DAY = 365.2425, 5
#: Least distance of two dates written below the axis [mm], and the width of a letter of the key.
DATE_MM, EM_MM = 19.0, 2.5
#: Shares nearer than this are not written twice, and axes wider than this are numbered in whole points.
EQUAL, WIDE = 5e-5, 0.05
INK, GREY, RULE, PARK, LINE = (PALETTE[k] for k in ("ink", "grey", "rule", "park", "industry-line"))


def trajectory_chart(result: RunResult, letters: Letters) -> Sheet | None:
    """Draw the share by date, the targets, what is needed from the last date on, and the extrapolation as such.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None without earlier dates. A line with gid "share"; segments with gid "stated" and "interpolated" and marks
        with gid "target"; a line with gid "needed"; marks with gid "projection", their intervals with gid "interval",
        cut at the edges of the chart where they reach beyond.
    """
    h = result.history
    if h is None:
        return None
    t, city = h.trajectory, h.trajectory.city
    caption = _("The share from date to date, and the target")
    sheet = new_sheet(result, letters, "trajectory", caption, BODY_MM)
    axes = sheet.axes(12, FOOT_MM + 22, PLOT_MM, BODY_MM - 26)
    days, shares = [_day(x) for x in city["date"]], city["share"].tolist()
    goal = _goal(t, result.concentration.target, days[-1])
    values = [*shares, *city["target"].dropna(), *t.projection["share"], *([goal[1]] if goal else [])]
    margin = 0.35 * max(max(values) - min(values), 0.01)
    axes.set_ylim(max(0.0, min(values) - margin), min(1.0, max(values) + margin))
    ahead = [_day(x) for x in t.projection["date"]]
    last = max([days[-1], *ahead, *([goal[0]] if goal else [])])
    reach = max(last - days[0], 1.0)
    axes.set_xlim(days[0] - 0.07 * reach, last + 0.08 * reach)
    if ahead:
        axes.axvspan(days[-1] + 0.02 * reach, last + 0.08 * reach, color=PALETTE["land"], zorder=0)
        words = letters(_("extrapolation, no forecast"))
        place: dict[str, Any] = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points"}
        axes.annotate(
            words, (days[-1] + 0.02 * reach, 1.0), xytext=(3, -3), ha="left", va="top", size=7, color=GREY, **place
        )
    _path(axes, days, city["target"].tolist(), city["stated"].tolist())
    if goal:
        axes.plot([days[-1], goal[0]], [shares[-1], goal[1]], color=PARK, linewidth=0.9, dashes=(1, 2), gid="needed")
        axes.plot(*goal, "s", color=PARK, markersize=6, gid="target", zorder=4)
        _said(axes, letters, goal, (-7, 3), _(labels.TARGET_OF, share=f"{goal[1] * 100:.6g}%"), PARK, "right")
    if ahead:
        axes.plot([days[-1], *ahead], [shares[-1], *t.projection["share"]], color=GREY, linewidth=0.8, dashes=(2, 2))
        for x, row in zip(ahead, t.projection.to_dict("records"), strict=True):
            _projection(axes, x, row)
    axes.plot(days, shares, "-o", color=LINE, linewidth=1.8, markersize=5.5, gid="share", zorder=5)
    written = _dates(axes, letters, [*city["date"]], t)
    for x, share, target in zip(days, shares, city["target"], strict=True):
        if x not in written:
            continue
        above = target < share
        _said(axes, letters, (x, share), (0, 7 if above else -13), f"{share:.2%}", INK)
        if abs(target - share) > EQUAL:
            _said(axes, letters, (x, target), (0, -13 if above else 7), f"{target:.2%}", PARK)
    axes.yaxis.set_major_locator(MaxNLocator(6))
    low, high = axes.get_ylim()
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if high - low > WIDE else 1))
    axes.grid(axis="y", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)
    _key(sheet, letters, t)
    return sheet


def _dates(axes: Axes, letters: Letters, dates: list[date], t: Trajectory) -> list[float]:
    """Write the dates below the axis, as many as have room, and under those to come what the line says of them.

    Returns the days written.
    """
    low, high = axes.get_xlim()
    apart = DATE_MM / PLOT_MM * (high - low)
    words = {_day(x): str(x) for x in dates}
    for row in t.projection.to_dict("records"):
        said = (
            str(row["date"]),
            f"{row['share']:.1%}",
            _("({low:.1%} to {high:.1%})", low=row["low"], high=row["high"]),
        )
        words[_day(row["date"])] = "\n".join(said)
    kept = list[float]()
    for x in sorted(words, reverse=True):
        if not kept or kept[-1] - x >= apart:
            kept.append(x)
    axes.set_xticks(kept)
    axes.set_xticklabels(["\n".join(map(letters, words[x].split("\n"))) for x in kept], size=7, linespacing=1.3)
    now = _day(dates[-1])
    for label, x in zip(axes.get_xticklabels(), kept, strict=True):
        label.set_color(INK if x <= now else GREY)
    return kept


def _day(value: date) -> float:
    return float(value.toordinal())


def _goal(t: Trajectory, target: float, last: float) -> tuple[float, float] | None:
    """Return the day of the target and its share, from the pace it asks for; None where it is not to come."""
    share = float(t.city["share"].iloc[-1])
    if not t.needed:
        return None
    day = last + (target - share) / t.needed * YEAR
    near = [_day(x) for x in t.projection["date"] if abs(_day(x) - day) <= SAME_DAY]
    return (near[0] if near else day), target


def _path(axes: Axes, days: Sequence[float], targets: Sequence[float], stated: Sequence[bool]) -> None:
    """Draw the targets: a solid line between stated ones, a broken one to where they are interpolated."""
    known = [(x, y, bool(own)) for x, y, own in zip(days, targets, stated, strict=True) if np.isfinite(y)]
    for (x0, y0, first), (x1, y1, second) in pairwise(known):
        both = first and second
        dash: dict[str, Any] = {} if both else {"dashes": (5, 2.5)}
        gid = "stated" if both else "interpolated"
        axes.plot([x0, x1], [y0, y1], color=PARK, linewidth=1.2, gid=gid, zorder=3, **dash)
    for x, y, own in known:
        axes.plot(x, y, "s", color=PARK, markerfacecolor=PARK if own else "white", markersize=6, gid="target", zorder=4)


def _projection(axes: Axes, x: float, row: dict[Any, Any]) -> None:
    """Draw an extrapolated share with its interval; an arrow where the interval goes on beyond the chart."""
    bottom, top = axes.get_ylim()
    axes.plot([x, x], [max(row["low"], bottom), min(row["high"], top)], color=GREY, linewidth=0.8, gid="interval")
    for end, beyond, mark in (
        (max(row["low"], bottom), row["low"] < bottom, "v"),
        (min(row["high"], top), row["high"] > top, "^"),
    ):
        axes.plot(x, end, mark if beyond else "_", color=GREY, markersize=4 if beyond else 7, clip_on=False)
    axes.plot(x, row["share"], "o", color=GREY, markerfacecolor="white", markersize=5, gid="projection", zorder=4)


def _said(
    axes: Axes,
    letters: Letters,
    at: tuple[float, float],
    off: tuple[float, float],
    words: str,
    colour: str,
    ha: str = "center",
) -> None:
    place: dict[str, Any] = {"xytext": off, "textcoords": "offset points", "ha": ha, "size": 7.5, "zorder": 6}
    axes.annotate(letters(words), at, color=colour, **place)


def _key(sheet: Sheet, letters: Letters, t: Trajectory) -> None:
    """Say what the marks mean, in a line below the chart."""
    entries: list[tuple[str, dict[str, Any], str]] = [
        ("o", {"color": LINE}, _(labels.SHARE_INSIDE)),
        ("s", {"color": PARK}, _("target, stated")),
        ("s", {"color": PARK, "markerfacecolor": "white"}, _("target, interpolated")),
    ]
    if len(t.projection):
        words = _("extrapolation, no forecast, with its 90 % interval")
        entries.append(("o", {"color": GREY, "markerfacecolor": "white"}, words))
    x = 2.0
    for marker, look, words in entries:
        sheet.paper.plot(x, FOOT_MM + 5.5, marker, markersize=5, **look)
        sheet.paper.text(x + 2.5, FOOT_MM + 5.5, letters(words), va="center", size=7, color=GREY)
        x += 8 + EM_MM * width(words)
    pace = _("Moved by {pace} points a year", pace=points(t.pace))
    if t.needed is not None:
        pace = _(labels.SEMICOLON).join((pace, _("dotted: needed {needed} points a year", needed=points(t.needed))))
    sheet.paper.text(0.5, FOOT_MM + 0.5, letters(pace), size=7, color=GREY)
