"""A radar of attainment: how far one park attains each ideal, beside its like and the target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.patches import Circle, Polygon

from landuse.i18n import _
from landuse.report.palette import PALETTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from landuse.report.fonts import Letters
    from landuse.report.sheet import Sheet

    Floats = NDArray[np.float64]

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


def _sides(known: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the neighbouring spokes that are both known; two spokes have one side."""
    n = len(known)
    pairs = [(k, (k + 1) % n) for k in range(n if n > 2 else n - 1)]
    return [(a, b) for a, b in pairs if known[a] and known[b]]
