"""The figures of a run, each as PNG (200 dpi) and as SVG."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landuse.i18n import _
from landuse.report.figures.change import waterfall_chart
from landuse.report.figures.charts import candidates_chart, definitions_chart, districts_chart
from landuse.report.figures.parks import radars_chart
from landuse.report.figures.relocation import frontier_chart, plan_map
from landuse.report.figures.static_map import city_map
from landuse.report.figures.trajectory import trajectory_chart
from landuse.report.style.fonts import NO_TYPE, as_points, lettering

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.results.run import RunResult

#: What is drawn, in this order; a figure that has nothing to show returns None.
FIGURES = (
    city_map,
    districts_chart,
    definitions_chart,
    candidates_chart,
    plan_map,
    frontier_chart,
    waterfall_chart,
    trajectory_chart,
    radars_chart,
)


@dataclass(frozen=True)
class Plate:
    """A figure as it was written.

    Attributes
    ----------
    key : str
        Names its files.
    caption : str
        What it shows.
    png, svg : Path
        Its files.
    missing : frozenset of str
        Characters that the typeface lacks, drawn as 〓.
    """

    key: str
    caption: str
    png: Path
    svg: Path
    missing: frozenset[str]


def write_figures(result: RunResult, folder: Path, stem: str) -> tuple[Plate, ...]:
    """Draw every figure a run has something to show in.

    Parameters
    ----------
    result : RunResult
        Of the run.
    folder : Path
        Made if missing; `<stem>-<figure>.png` and `.svg` are written into it.
    stem : str
        Of the file names.

    Returns
    -------
    tuple of Plate
        In the order of `FIGURES`. The same result give the same bytes, in the language of the current context.
        Letters are outlines in the SVG, so that no typeface is needed to see them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plates = []
    for draw in FIGURES:
        with lettering() as letters:
            sheet = draw(result, letters)
            if sheet is None:
                continue
            if letters.missing:
                points = as_points(letters.missing)
                sheet.remark(letters(_("{mark} not in the typeface: {points}", mark=NO_TYPE, points=points), 34))
            png, svg = (folder / f"{stem}-{sheet.key}.{form}" for form in ("png", "svg"))
            sheet.save(png)
            sheet.save(svg)
            plates.append(Plate(sheet.key, sheet.caption, png, svg, frozenset(letters.missing)))
    return tuple(plates)
