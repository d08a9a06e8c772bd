"""The map of a relocation plan on paper: which plots move, where to, and which are cleared or rebuilt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection

from landuse import schema as s
from landuse.i18n import _
from landuse.ledger import NOWHERE
from landuse.report.map_furniture import ROW_MM
from landuse.report.map_names import place_names
from landuse.report.palette import PALETTE
from landuse.report.sheet import FOOT_MM
from landuse.report.static_map import LEGEND_MM, blank_map, draw_parks, fill, outlined_row, wanted_names
from landuse.units import shown_mu

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.findings import Findings
    from landuse.plan import Relocation
    from landuse.report.fonts import Letters
    from landuse.report.sheet import Sheet

#: Marks of what is done with a plot: shape, filled or not, and colour.
MARKS = {"move": ("o", True, "plan"), "clear": ("X", True, "ink"), "rebuild": ("s", False, "plan")}
#: Industry that the plan leaves alone, and blocks that take plots.
PALE, TAKES = "#E6DACD", "#CBC6E6"


def plan_map(findings: Findings, letters: Letters) -> Sheet | None:
    """Draw the plots a plan treats, lines from those that move to their blocks, and the blocks that take them.

    Parameters
    ----------
    findings : Findings
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None without a plan to follow. Lines with gid "moves", marks with gid "move", "clear" and "rebuild".
    """
    r = findings.relocation
    if r is None or not r.exists or not len(r.moves):
        return None
    page = blank_map(findings, letters, "plan", _("The relocation plan: which plots go where"))
    axes, tolerance = page.axes, page.tolerance
    land = findings.ledger.counted(findings.definition)
    shapes = findings.ledger.parts.geometry.to_numpy()[land.index]
    inside = (land["block"] != NOWHERE).to_numpy()
    taking = r.blocks[r.blocks["plots"] > 0]
    fill(axes, "blocks", taking.geometry.to_numpy(), tolerance, facecolor=TAKES, linewidth=0.0)
    for which in (inside, ~inside):
        fill(axes, "land", shapes[which], tolerance, facecolor=PALE, edgecolor="white", linewidth=0.1)
    levels = draw_parks(axes, findings, tolerance)
    start = _points(r)
    end = r.moves[["x", "y"]].to_numpy(dtype=float)
    moved = (r.moves["action"] == "move").to_numpy()
    lines = np.stack([start, end], axis=1)[moved]
    thin: dict[str, Any] = {"linewidths": float(np.clip(8 / np.sqrt(max(len(lines), 1)), 0.25, 0.9)), "gid": "moves"}
    axes.add_collection(
        LineCollection(list(lines), colors=PALETTE["plan"], alpha=0.7, zorder=2.5, **thin), autolim=False
    )
    done = {action: here for action in MARKS if (here := (r.moves["action"] == action).to_numpy()).any()}
    size = float(np.clip(240 / np.sqrt(len(r.moves)), 3.0, 24.0))
    for action, here in done.items():
        axes.scatter(start[here, 0], start[here, 1], s=size, gid=action, zorder=3, **_look(action))
    place_names(axes, wanted_names(findings), letters, page.units_per_mm)
    nothing: dict[str, Any] = {"facecolor": "none", "edgecolor": "none"}
    takes = _("{what}: {count}", what=_("Blocks that take plots"), count=len(taking))
    rows = [
        *((_words(r, action, here), nothing) for action, here in done.items()),
        (takes, nothing | {"facecolor": TAKES}),
        (_("Industry left as it is"), nothing | {"facecolor": PALE}),
        *levels,
        *([(_("District boundaries"), outlined_row("#9AA5AA", 0.8))] if findings.districts is not None else []),
    ]
    page.finish(letters, rows)
    for k, action in enumerate(done):  # in the first column of the legend
        place = (3.5, FOOT_MM + LEGEND_MM - 3 - ROW_MM * k - 1.4)
        page.sheet.paper.scatter(*place, s=18, **_look(action))
    return page.sheet


def _points(r: Relocation) -> NDArray[np.float64]:
    plots = np.asarray(r.moves.geometry.to_numpy(), dtype=object)
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(plots)), dtype=float)


def _look(action: str) -> dict[str, Any]:
    """Return the mark of an action."""
    shape, filled, colour = MARKS[action]
    own = PALETTE[colour]
    if filled:
        return {"marker": shape, "facecolors": own, "edgecolors": "white", "linewidths": 0.3}
    return {"marker": shape, "facecolors": "white", "edgecolors": own, "linewidths": 0.8}


def _words(r: Relocation, action: str, here: NDArray[np.bool_]) -> str:
    names = {"move": _("Plots that move"), "clear": _("Plots cleared"), "rebuild": _("Plots rebuilt on site")}
    area = shown_mu(float(r.moves.loc[here, s.AREA_M2].sum()))
    return _("{what}: {count} plots, {area:,.2f} mu", what=names[action], count=int(here.sum()), area=area)
