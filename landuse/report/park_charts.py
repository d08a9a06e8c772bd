"""The chart of the parks: a radar of each, by level, against the mean of its level and the ideals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.i18n import _
from landuse.report.palette import PALETTE
from landuse.report.park_radar import Spokes, draw_radar, radar_key
from landuse.report.park_rows import league_rows, level_means
from landuse.report.park_words import indicator_word, rank_words, steadiness_words
from landuse.report.sheet import FOOT_MM, INCH_MM, WIDTH_MM, new_sheet
from landuse.report.values import figure
from landuse.report.words import level_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from landuse.findings import Findings
    from landuse.park_review import ParkReview
    from landuse.report.fonts import Letters
    from landuse.report.sheet import Sheet

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


def radars_chart(findings: Findings, letters: Letters) -> Sheet | None:
    """Draw a radar for each park, those of a level together, in the order of the league.

    Parameters
    ----------
    findings : Findings
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None where the parks were not compared. Parts with gid "park", "mean", "target", "missing", "label". Of so many
        parks that a page cannot hold them, the last are left out, and the figure says so.
    """
    r = findings.parks
    if r is None or not len(r.figures):
        return None
    rows = league_rows(r)
    indicators = r.evaluation.rules.indicators
    key = -(-len(indicators) // KEY_COLUMNS) * LINE_MM + 10
    grid = _grid(len(rows), TALLEST_MM - key)
    sheet = new_sheet(findings, letters, "parks", _("Parks side by side: attainment of each ideal"), grid.height + key)
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
        place = _("{place} · {score}", place=place, score=figure(row["score"], ".1f"))
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
        From `landuse.report.park_rows.level_means`.
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
