"""The chart of a relocation plan: what more would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator, PercentFormatter

from landuse import schema as s
from landuse.i18n import _
from landuse.report.figures.furniture import ROW_MM, place_names
from landuse.report.figures.page import FOOT_MM, new_sheet
from landuse.report.figures.static_map import LEGEND_MM, blank_map, draw_parks, fill, outlined_row, wanted_names
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels
from landuse.results.ledger import NOWHERE
from landuse.units import MONEY_YUAN, shown_mu

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from landuse.geo.arrays import Bools, Floats
    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

#: Height of the sheet's body, and left edges and width of its panels [mm].
BODY_MM, LEFT_MM, PANEL_MM = 70.0, (14.0, 92.0), 60.0
INK, GREY, RULE, PARK, PLAN = (PALETTE[k] for k in ("ink", "grey", "rule", "park", "plan"))
#: Yuan on the axes' unit.
UNIT = MONEY_YUAN["亿元"]


def frontier_chart(result: RunResult, letters: Letters) -> Sheet | None:
    """Draw the least cost of each share, and of the target with fewer plots; in both the plan.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None without a plan to follow. Curves with gid "shares" and "plots", the plan's marks with gid "plan", the
        target's line with gid "target".
    """
    r = result.relocation
    if r is None or not r.exists or r.frontier is None or not len(r.frontier.shares):
        return None
    caption = _("What more would cost: lower bounds, and the plan")
    sheet = new_sheet(result, letters, "frontier", caption, BODY_MM)
    target = r.rule.targets[max(r.rule.targets)]
    cost, now = r.cost_yuan / UNIT, float(r.frontier.shares["share"].min())
    shares, plots = r.frontier.shares, r.frontier.plots
    left = sheet.axes(LEFT_MM[0], FOOT_MM + 13, PANEL_MM, BODY_MM - 23)
    _curve(left, shares["share"], shares["cost_yuan"] / UNIT, "shares")
    left.axvline(target, color=PARK, linewidth=1.0, dashes=(4, 2), gid="target", zorder=1)
    words = letters(_(labels.TARGET_OF, share=f"{target * 100:.6g}%"))
    place: dict[str, Any] = {"xytext": (-3, -4), "textcoords": "offset points", "ha": "right", "va": "top"}
    left.annotate(words, (target, 1.0), xycoords=left.get_xaxis_transform(), size=7.5, color=PARK, **place)
    _plan(left, letters, r.after.share, cost, "left")
    left.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    left.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if shares["share"].max() > now + 0.03 else 2))
    _dress(left, letters, _(labels.SHARE_INSIDE_THE_PARKS), _("Least cost by share (100 million yuan)"))
    if len(plots):
        right = sheet.axes(LEFT_MM[1], FOOT_MM + 13, PANEL_MM, BODY_MM - 23)
        _curve(right, plots["plots"], plots["cost_yuan"] / UNIT, "plots")
        _plan(right, letters, float(r.plots), cost, "center")
        right.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        title = _("Least cost by number of plots (100 million yuan)")
        _dress(right, letters, _("Plots treated at most"), title)
    said = _("Curves: lower bounds, from plots that may be split; no plan can lie below them.")
    sheet.paper.text(0.5, FOOT_MM + 0.5, letters(said, 90), size=6.5, color=GREY)
    return sheet


def _curve(axes: Axes, x: Any, y: Any, gid: str) -> None:
    axes.plot(list(x), list(y), "-o", color=INK, linewidth=1.3, markersize=3, gid=gid, zorder=2)


def _plan(axes: Axes, letters: Letters, x: float, y: float, ha: str) -> None:
    """Mark the plan, above the curve in both panels."""
    axes.plot(x, y, "D", color=PLAN, markersize=6, markeredgecolor="white", markeredgewidth=0.6, gid="plan", zorder=4)
    words = letters(_("This plan: {cost:,.2f}", cost=y))
    at: dict[str, Any] = {
        "xytext": (6 if ha == "left" else 0, -11 if ha == "left" else 8),
        "textcoords": "offset points",
    }
    axes.annotate(words, (x, y), size=7.5, color=PLAN, ha=ha, gid="plan", **at)


def _dress(axes: Axes, letters: Letters, below: str, title: str) -> None:
    axes.margins(x=0.09, y=0.16)
    axes.set_title(letters(title, 40), size=8, color=GREY, loc="left", pad=5)
    axes.set_xlabel(letters(below), size=7.5, color=GREY, labelpad=4)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.tick_params(labelsize=7.5)
    axes.grid(color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)


#: Marks of what is done with a plot: shape, filled or not, and colour.
MARKS = {"move": ("o", True, "plan"), "clear": ("X", True, "ink"), "rebuild": ("s", False, "plan")}
#: Industry that the plan leaves alone, and blocks that take plots.
PALE, TAKES = "#E6DACD", "#CBC6E6"


def plan_map(result: RunResult, letters: Letters) -> Sheet | None:
    """Draw the plots a plan treats, lines from those that move to their blocks, and the blocks that take them.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None without a plan to follow. Lines with gid "moves", marks with gid "move", "clear" and "rebuild".
    """
    r = result.relocation
    if r is None or not r.exists or not len(r.moves):
        return None
    page = blank_map(result, letters, "plan", _("The relocation plan: which plots go where"))
    axes, tolerance = page.axes, page.tolerance
    land = result.ledger.counted(result.definition)
    shapes = result.ledger.parts.geometry.to_numpy()[land.index]
    inside = (land["block"] != NOWHERE).to_numpy()
    taking = r.blocks[r.blocks["plots"] > 0]
    fill(axes, "blocks", taking.geometry.to_numpy(), tolerance, facecolor=TAKES, linewidth=0.0)
    for which in (inside, ~inside):
        fill(axes, "land", shapes[which], tolerance, facecolor=PALE, edgecolor="white", linewidth=0.1)
    levels = draw_parks(axes, result, tolerance)
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
    place_names(axes, wanted_names(result), letters, page.units_per_mm)
    nothing: dict[str, Any] = {"facecolor": "none", "edgecolor": "none"}
    takes = _(labels.COUNT_OF, what=_("Blocks that take plots"), count=len(taking))
    rows = [
        *((_words(r, action, here), nothing) for action, here in done.items()),
        (takes, nothing | {"facecolor": TAKES}),
        (_("Industry left as it is"), nothing | {"facecolor": PALE}),
        *levels,
        *([(_(labels.DISTRICT_BOUNDARIES), outlined_row("#9AA5AA", 0.8))] if result.districts is not None else []),
    ]
    page.finish(letters, rows)
    for k, action in enumerate(done):  # in the first column of the legend
        place = (3.5, FOOT_MM + LEGEND_MM - 3 - ROW_MM * k - 1.4)
        page.sheet.paper.scatter(*place, s=18, **_look(action))
    return page.sheet


def _points(r: Relocation) -> Floats:
    plots = np.asarray(r.moves.geometry.to_numpy(), dtype=object)
    return np.asarray(shapely.get_coordinates(shapely.point_on_surface(plots)), dtype=float)


def _look(action: str) -> dict[str, Any]:
    """Return the mark of an action."""
    shape, filled, colour = MARKS[action]
    own = PALETTE[colour]
    if filled:
        return {"marker": shape, "facecolors": own, "edgecolors": "white", "linewidths": 0.3}
    return {"marker": shape, "facecolors": "white", "edgecolors": own, "linewidths": 0.8}


def _words(r: Relocation, action: str, here: Bools) -> str:
    names = {
        "move": _(labels.PLOTS_THAT_MOVE),
        "clear": _(labels.PLOTS_CLEARED),
        "rebuild": _(labels.PLOTS_REBUILT_ON_SITE),
    }
    area = shown_mu(float(r.moves.loc[here, s.AREA_M2].sum()))
    return _(labels.PLOTS_OF, what=names[action], count=int(here.sum()), area=area)
