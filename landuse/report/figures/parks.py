"""The chart of the parks: a radar of each, by level, against the mean of its level and the ideals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, Polygon

from landuse import schema as s
from landuse.i18n import _
from landuse.report.figures.page import FOOT_MM, INCH_MM, WIDTH_MM, new_sheet
from landuse.report.style.palette import PALETTE
from landuse.report.tables.parks import league_rows, level_means
from landuse.report.words import labels as headings
from landuse.report.words.format import figure
from landuse.report.words.parks import indicator_word, rank_words, steadiness_words
from landuse.report.words.terms import level_word

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.axes import Axes

    from landuse.geo.arrays import Bools, Floats
    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult

#: Fewest and most radars beside each other, and the height a figure may have on a page of the report [mm].
COLUMNS = (4, 6)
TALLEST_MM = 186.0
#: Height of a level's heading, of a park's name, place and what that rests on, and of a line of the key [mm].
HEADING_MM, NAME_MM, LINE_MM = 5.4, 9.8, 4.0
#: Room around a radar for the codes, in radii.
ROOM = 1.55
#: Letters at the spokes [pt].
SIZE = 5.5
#: Height of a radar over its width.
SHAPE = 0.86
#: Indicators explained in a line of the key.
KEY_COLUMNS = 3


def radars_chart(result: RunResult, letters: Letters) -> Sheet | None:
    """Draw a radar for each park, those of a level together, in the order of the league.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None where the parks were not compared. Parts with gid "park", "mean", "target", "missing", "label". Of so many
        parks that a page cannot hold them, the last are left out, and the figure says so.
    """
    r = result.parks
    if r is None or not len(r.figures):
        return None
    rows = league_rows(r)
    indicators = r.evaluation.rules.indicators
    key = -(-len(indicators) // KEY_COLUMNS) * LINE_MM + 10
    grid = _grid(len(rows), TALLEST_MM - key)
    sheet = new_sheet(result, letters, "parks", _("Parks side by side: attainment of each ideal"), grid.height + key)
    means, width = level_means(r), WIDTH_MM / grid.columns
    shown = rows.head(grid.shown)
    for k, (park, row) in enumerate(zip(shown.index, shown.to_dict("records"), strict=True)):
        left, top = width * (k % grid.columns), FOOT_MM + key + grid.height - grid.panel * (k // grid.columns)
        first = not k % grid.columns or row[s.LEVEL] != shown[s.LEVEL].iloc[k - 1]
        _heading(sheet, letters, row, (left, top, width), first=first)
        high = grid.panel - HEADING_MM - NAME_MM
        axes = sheet.axes(left, top - grid.panel, width, high)
        em = SIZE / 72 * INCH_MM / (high / 2 / ROOM)
        draw_radar(axes, letters, park_spokes(r, str(park), means, em), ROOM * width / high, ROOM)
    _key(sheet, letters, r, FOOT_MM + key - 4)
    if grid.shown < len(rows):
        words = _("the first {n} of {all} parks", n=grid.shown, all=len(rows))
        sheet.paper.text(WIDTH_MM - 1, FOOT_MM + 0.5, letters(words), ha="right", size=6.5, color=PALETTE["grey"])
    return sheet


def _heading(
    sheet: Sheet, letters: Letters, row: Mapping[Any, Any], at: tuple[float, float, float], *, first: bool
) -> None:
    """Write a park's level, where it is the first of it in its row, its name and its place: left, top, width [mm]."""
    left, top, width = at
    green, grey = PALETTE["park"], PALETTE["grey"]
    rule = [left + (1.0 if first else 0.0), left + width]
    sheet.paper.plot(rule, [top - 1.0] * 2, color=green, linewidth=0.8, solid_capstyle="butt")
    if first:
        words = letters(level_word(row[s.LEVEL]) or _("without a level"), (width - 2) / 2.6)
        sheet.paper.text(left + 1, top - 3.6, words, size=7, va="center", color=green, gid="level")
    middle: dict[str, Any] = {"ha": "center", "va": "center"}
    name, place = letters(row["park_name"], (width - 1) / 2.5), rank_words(row)
    if math.isfinite(row["rank"]):
        place = _(headings.PLACE_AND_SCORE, place=place, score=figure(row["score"], ".1f"))
    sheet.paper.text(left + width / 2, top - HEADING_MM - 1.8, name, size=7, color=PALETTE["ink"], **middle)
    for line, words in enumerate((place, steadiness_words(row))):
        shown, y = letters(words, (width - 1) / 2.1), top - HEADING_MM - 5.2 - 2.8 * line
        sheet.paper.text(left + width / 2, y, shown, size=5.5, color=grey, **middle)


def park_spokes(r: ParkReview, park: str, means: pd.DataFrame, em: float, *, named: bool = False) -> Spokes:
    """Return a park's radar; an indicator that is known of one park of the level has no mean.

    Parameters
    ----------
    r : ParkReview
        Of the run.
    park : str
        Its id.
    means : DataFrame
        From `landuse.report.tables.parks.level_means`.
    em : float
        Width of a Chinese character in radii of the target's circle.
    named : bool
        Whether the spokes bear names beside their codes.
    """
    attainment, levels = r.evaluation.attainment, r.figures[s.LEVEL]
    level = str(levels[park])
    several = attainment[levels == level].notna().sum().to_numpy() > 1
    mean = np.where(several, means.loc[level].to_numpy(dtype=float), np.nan)
    labels = [f"{x.code}\n{x.name}" if named else x.code for x in r.evaluation.rules.indicators]
    return Spokes(attainment.loc[park].to_numpy(dtype=float), mean, labels, em)


@dataclass(frozen=True)
class _Grid:
    """How radars are set out: beside each other, height of a panel and of all [mm], and how many are shown."""

    columns: int
    panel: float
    height: float
    shown: int


def _grid(parks: int, tallest: float) -> _Grid:
    """Return the fewest columns, and so the largest radars, with which all parks fit; else the most columns."""
    for columns in range(COLUMNS[0], COLUMNS[1] + 1):
        panel = WIDTH_MM / columns * SHAPE + HEADING_MM + NAME_MM
        rows = min(-(-parks // columns), int(tallest // panel))
        if rows * columns >= parks:
            break
    return _Grid(columns, panel, rows * panel, min(parks, rows * columns))


def _key(sheet: Sheet, letters: Letters, r: ParkReview, top: float) -> None:
    """Say what the codes and lines stand for."""
    width = WIDTH_MM / KEY_COLUMNS
    for k, x in enumerate(r.evaluation.rules.indicators):
        place = (0.5 + width * (k % KEY_COLUMNS), top - LINE_MM * (k // KEY_COLUMNS))
        words = letters(indicator_word(x), width / 2.6)
        sheet.paper.text(*place, words, size=7, va="center", color=PALETTE["ink"], gid="indicator")
    radar_key(sheet, letters, 0.5, FOOT_MM + 2.5)


#: Rings below the target.
RINGS = (0.25, 0.5, 0.75)
#: Height of a line of a label, in widths of a Chinese character.
LINE = 1.15
MEAN: dict[str, Any] = {"colors": PALETTE["ink"], "linewidths": 0.9, "linestyles": [(0, (3, 2))]}
EDGE: dict[str, Any] = {"colors": PALETTE["industry-line"], "linewidths": 1.3}


@dataclass(frozen=True)
class Spokes:
    """What a radar shows.

    Attributes
    ----------
    values : array of float
        The park's attainment of each ideal, 0-1; NaN: not known.
    means : array of float
        Of its level; NaN where it is known of fewer than two parks.
    labels : sequence of str
        At the ends of the spokes; a line break parts lines.
    em : float
        Width of a Chinese character in radii: labels end with the frame.
    size : float
        Of the letters [pt].
    reach : float
        How far the labels above and below stand out, in radii.
    """

    values: Floats
    means: Floats
    labels: Sequence[str]
    em: float
    size: float = 5.5
    reach: float = 1.2


def draw_radar(axes: Axes, letters: Letters, spokes: Spokes, across: float, high: float) -> None:
    """Draw a radar: the first spoke upward, clockwise; a spoke that is not known is a gap, never a zero.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Empty; `across` to `high` in shape.
    letters : Letters
        Of the block that draws.
    spokes : Spokes
        What is shown.
    across, high : float
        Half the width and half the height, in radii of the target's circle.
    """
    n = len(spokes.values)
    turn = np.pi / 2 - 2 * np.pi * np.arange(n) / n
    unit = np.column_stack([np.cos(turn), np.sin(turn)])
    axes.set(xlim=(-across, across), ylim=(-high, high), xticks=[], yticks=[])
    for ring in RINGS:
        axes.add_patch(Circle((0, 0), ring, fill=False, edgecolor=PALETTE["rule"], linewidth=0.5, zorder=1))
    known = np.isfinite(spokes.values)
    for k, (x, y) in enumerate(unit):
        style: dict[str, Any] = {"color": PALETTE["rule"]} if known[k] else {"color": PALETTE["grey"], "dashes": (1, 2)}
        axes.plot([0, x], [0, y], linewidth=0.5, zorder=1, gid="spoke" if known[k] else "missing", **style)
    axes.add_patch(Circle((0, 0), 1.0, fill=False, edgecolor=PALETTE["park"], linewidth=1.0, zorder=3, gid="target"))
    ends = unit * np.nan_to_num(spokes.values)[:, None]
    for a, b in _sides(known):
        axes.add_patch(Polygon([(0, 0), ends[a], ends[b]], facecolor=PALETTE["industry"], alpha=0.35, linewidth=0))
    axes.add_collection(LineCollection([ends[[a, b]] for a, b in _sides(known)], gid="park", zorder=4, **EDGE))
    axes.plot(*ends[known].T, "o", color=PALETTE["industry-line"], markersize=1.6, zorder=4, gid="values")
    held = np.isfinite(spokes.means)
    means = unit * np.nan_to_num(spokes.means)[:, None]
    axes.add_collection(LineCollection([means[[a, b]] for a, b in _sides(held)], gid="mean", zorder=5, **MEAN))
    for k, (x, y) in enumerate(unit):
        side = "center" if abs(x) < 0.3 else "left" if x > 0 else "right"
        far = spokes.reach if side == "center" else 1.14
        room = 2 * (across - abs(x) * far) if side == "center" else across - abs(x) * far
        lines = [letters(line, room / spokes.em) for line in spokes.labels[k].split("\n")]
        lines += [] if known[k] else [letters(_("(n/a)"))]
        style = {"ha": side, "va": "center", "size": spokes.size, "color": PALETTE["ink" if known[k] else "grey"]}
        for n, words in enumerate(lines):  # one by one: a line break has no glyph
            down = (n - (len(lines) - 1) / 2) * LINE * spokes.em
            axes.text(x * far, y * far - down, words, gid="label", **style)


def radar_key(sheet: Sheet, letters: Letters, left: float, top: float, *, down: bool = False) -> None:
    """Explain the lines of a radar, beside or below each other from a place of the sheet [mm]."""
    rows = (
        (_("the park"), PALETTE["industry-line"], "solid", 1.3),
        (_("mean of its level"), PALETTE["ink"], (0, (3, 2)), 0.9),
        (_("ideal (attainment 1)"), PALETTE["park"], "solid", 1.0),
    )
    for k, (words, colour, dashes, width) in enumerate(rows):
        x, y = (left, top - 5.2 * k) if down else (left + 34 * k, top)
        sheet.paper.plot([x, x + 6], [y, y], color=colour, linestyle=dashes, linewidth=width)
        sheet.paper.text(x + 8, y, letters(words), size=7, va="center", color=PALETTE["ink"])
    x, y = (left, top - 5.2 * len(rows)) if down else (left + 34 * len(rows), top)
    words = _("(n/a): not known, no zero")
    sheet.paper.text(x, y, letters(words), size=7, va="center", color=PALETTE["grey"])


def _sides(known: Bools) -> list[tuple[int, int]]:
    """Return the neighbouring spokes that are both known; two spokes have one side."""
    n = len(known)
    pairs = [(k, (k + 1) % n) for k in range(n if n > 2 else n - 1)]
    return [(a, b) for a, b in pairs if known[a] and known[b]]
