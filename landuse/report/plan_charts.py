"""The chart of a relocation plan: what more would cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.ticker import MaxNLocator, PercentFormatter

from landuse.i18n import _
from landuse.report.palette import PALETTE
from landuse.report.sheet import FOOT_MM, new_sheet
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from landuse.findings import Findings
    from landuse.report.fonts import Letters
    from landuse.report.sheet import Sheet

#: Height of the sheet's body, and left edges and width of its panels [mm].
BODY_MM, LEFT_MM, PANEL_MM = 70.0, (14.0, 92.0), 60.0
INK, GREY, RULE, PARK, PLAN = (PALETTE[k] for k in ("ink", "grey", "rule", "park", "plan"))
#: Yuan on the axes' unit.
UNIT = MONEY_YUAN["亿元"]


def frontier_chart(findings: Findings, letters: Letters) -> Sheet | None:
    """Draw the least cost of each share, and of the target with fewer plots; in both the plan.

    Parameters
    ----------
    findings : Findings
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None without a plan to follow. Curves with gid "shares" and "plots", the plan's marks with gid "plan", the
        target's line with gid "target".
    """
    r = findings.relocation
    if r is None or not r.exists or r.frontier is None or not len(r.frontier.shares):
        return None
    caption = _("What more would cost: lower bounds, and the plan")
    sheet = new_sheet(findings, letters, "frontier", caption, BODY_MM)
    target = r.rule.targets[max(r.rule.targets)]
    cost, now = r.cost_yuan / UNIT, float(r.frontier.shares["share"].min())
    shares, plots = r.frontier.shares, r.frontier.plots
    left = sheet.axes(LEFT_MM[0], FOOT_MM + 13, PANEL_MM, BODY_MM - 23)
    _curve(left, shares["share"], shares["cost_yuan"] / UNIT, "shares")
    left.axvline(target, color=PARK, linewidth=1.0, dashes=(4, 2), gid="target", zorder=1)
    words = letters(_("Target {share}", share=f"{target * 100:.6g}%"))
    place: dict[str, Any] = {"xytext": (-3, -4), "textcoords": "offset points", "ha": "right", "va": "top"}
    left.annotate(words, (target, 1.0), xycoords=left.get_xaxis_transform(), size=7.5, color=PARK, **place)
    _plan(left, letters, r.after.share, cost, "left")
    left.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    left.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0 if shares["share"].max() > now + 0.03 else 2))
    _dress(left, letters, _("Share inside the parks"), _("Least cost by share (100 million yuan)"))
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
