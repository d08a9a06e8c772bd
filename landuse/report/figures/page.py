"""The paper of a figure: title, mark and foot around what is drawn, all placed in millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from landuse.report.style.fonts import Letters
    from landuse.results.run import RunResult

#: As wide as the type area of a report on A4 by GB/T 9704 [mm].
WIDTH_MM = 156.0
HEAD_MM, FOOT_MM = 14.0, 9.0
DPI = 200
INCH_MM = 25.4
#: What stays the same in every file, so that the same result give the same bytes.
METADATA: dict[str, dict[str, Any]] = {"png": {"Software": "landuse"}, "svg": {"Creator": "landuse", "Date": None}}


@dataclass(frozen=True)
class Sheet:
    """A figure being drawn.

    Attributes
    ----------
    key : str
        Names its files.
    caption : str
        What it shows, in the language of the run.
    figure : matplotlib.figure.Figure
        The whole.
    paper : matplotlib.axes.Axes
        The sheet itself, its units millimetres from the lower left corner.
    height_mm : float
        Of the sheet.
    """

    key: str
    caption: str
    figure: Figure
    paper: Axes
    height_mm: float

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Add axes at a place of the sheet [mm], with no lines but the ticks' labels."""
        h = self.height_mm
        axes = self.figure.add_axes((left / WIDTH_MM, bottom / h, width / WIDTH_MM, height / h))
        axes.set_facecolor("none")
        axes.tick_params(length=0, colors=PALETTE["ink"], pad=3)
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def remark(self, words: str) -> None:
        """Say something at the foot, to the right."""
        place: dict[str, Any] = {"size": 6.5, "va": "top", "ha": "right", "gid": "remark"}
        self.paper.text(WIDTH_MM - 0.5, FOOT_MM - 5.8, words, color=PALETTE["grey"], **place)

    def save(self, path: Path) -> None:
        """Write the figure; the suffix of `path` (.png, .svg) says how."""
        form = path.suffix.removeprefix(".")
        self.figure.savefig(path, format=form, dpi=DPI, metadata=METADATA[form])


def new_sheet(result: RunResult, letters: Letters, key: str, caption: str, body_mm: float) -> Sheet:
    """Return a sheet with its title above and what identifies the run below.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.
    key : str
        Names the figure's files.
    caption : str
        The title.
    body_mm : float
        Height left between title and foot.
    """
    height = HEAD_MM + body_mm + FOOT_MM
    figure = Figure(figsize=(WIDTH_MM / INCH_MM, height / INCH_MM), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    paper = figure.add_axes((0, 0, 1, 1), zorder=-1)
    paper.set(xlim=(0, WIDTH_MM), ylim=(0, height))
    paper.set_axis_off()
    sheet = Sheet(key, caption, figure, paper, height)
    paper.text(0.5, height - 2, letters(caption, 36), size=12, va="top", color=PALETTE["ink"])
    paper.text(0.5, height - 9, letters(result.name, 46), size=8, va="top", color=PALETTE["grey"])
    if result.synthetic:
        box = {"boxstyle": "square,pad=0.35", "facecolor": "none", "edgecolor": PALETTE["ink"], "linewidth": 0.8}
        paper.text(
            WIDTH_MM - 1.5, height - 3, letters(_(labels.SYNTHETIC_DATA)), size=8, va="top", ha="right", bbox=box
        )
    paper.plot([0, WIDTH_MM], [FOOT_MM - 1.5] * 2, color=PALETTE["rule"], linewidth=0.6)
    facts = (
        "" if result.date is None else _(labels.DATA_OF, date=result.date.isoformat()),
        result.crs,
        _(labels.RUN, id=result.run_id[:12]),
    )
    foot: dict[str, Any] = {"size": 6.5, "va": "top", "color": PALETTE["grey"]}
    definition = _(labels.DEFINITION_OF, definition=result.definition)
    paper.text(0.5, FOOT_MM - 2.5, letters(definition, 66), **foot)
    paper.text(0.5, FOOT_MM - 5.8, letters(" · ".join(filter(None, facts)), 66), **foot)
    return sheet
