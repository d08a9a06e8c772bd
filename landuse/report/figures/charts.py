"""The charts of the report: districts against the target, the band of definitions, candidates by reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.ticker import PercentFormatter

from landuse import schema as s
from landuse.definition import Definition
from landuse.i18n import _, current
from landuse.report.figures.page import FOOT_MM, WIDTH_MM, new_sheet
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels
from landuse.report.words.format import district_areas
from landuse.report.words.terms import evidence_word, rule_words, verdict_word
from landuse.results.candidates import EVIDENCE
from landuse.units import shown_mu, to_mu

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from matplotlib.axes import Axes

    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters
    from landuse.results.run import RunResult

#: Most districts and reasons drawn; the workbook has them all.
MOST = 36
#: Height of a row of bars [mm].
ROW_MM = 6.0
#: Area basis to (marker, size): rings inside each other where the bases agree.
MARKS = {"registered": ("o", 4.0), "ellipsoidal": ("s", 7.0), "planar": ("D", 9.5)}
INK, GREY, RULE = PALETTE["ink"], PALETTE["grey"], PALETTE["rule"]


def districts_chart(result: RunResult, letters: Letters) -> Sheet:
    """Draw each district's share against the target, the city first, and what each has to relocate.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet
        Bars with gid "share"; districts without industrial land are named without a bar.
    """
    c = result.concentration
    gaps = district_areas(c.districts)["gap"]
    shown = c.districts.nlargest(MOST, "total_m2") if len(c.districts) > MOST else c.districts
    shown = shown.sort_values("share", ascending=False, na_position="last", kind="stable")
    rows = len(shown) + 1
    height = ROW_MM * rows + 16
    sheet = new_sheet(result, letters, "districts", _("Share inside the parks by district"), height)
    axes = sheet.axes(30, FOOT_MM + 8, WIDTH_MM - 30 - 32, height - 14)
    names = [_(labels.WHOLE_CITY), *(n or _(labels.IN_NO_DISTRICT) for n in shown["name"])]
    shares = np.array([c.share, *shown["share"]])
    short = [shown_mu(c.gap.relocate), *gaps[shown.index]]
    y = np.arange(rows, dtype=float)
    known = np.isfinite(shares)
    bars = axes.barh(y[known], shares[known], height=0.62, color=PALETTE["industry"])
    for bar in bars:
        bar.set_gid("share")
    bars[0].set(edgecolor=INK, linewidth=0.9)
    if c.interval:
        _interval(axes, c.interval.low, c.interval.high, 0.0)
    for k in range(rows):
        words = f"{shares[k]:.2%}" if known[k] else _("no industrial land")
        beyond = max(shares[k], c.interval.high if c.interval and not k else 0.0) if known[k] else 0.0
        at = max(beyond, c.target) if c.target - 0.14 < beyond < c.target + 0.01 else beyond
        axes.text(at + 0.012, k, letters(words), va="center", size=7.5, color=INK)
        if known[k]:
            axes.text(
                1.3, k, f"{short[k]:+,.2f}".replace("-", "−"), va="center", ha="right", size=7.5, color=INK, gid="gap"
            )
    axes.text(1.3, -0.85, letters(_("To relocate (surplus −), mu")), ha="right", va="bottom", size=7, color=GREY)
    _target(axes, letters, c.target, -0.85)
    axes.set(xlim=(0, 1), ylim=(rows - 0.4, -0.6), yticks=y)
    axes.set_yticklabels([letters(n, 11) for n in names])
    axes.axhline(0.5, color=RULE, linewidth=0.8)
    _percent(axes)
    remarks = []
    if c.interval:
        remarks.append(_("├┤ boundaries {m:g} m off either way", m=c.interval.tolerance_m))
    if len(shown) < len(c.districts):
        remarks.append(_("the {n} largest of {all} districts", n=len(shown), all=len(c.districts)))
    if remarks:
        sheet.paper.text(WIDTH_MM - 1, FOOT_MM + 0.5, letters(" · ".join(remarks)), ha="right", size=6.5, color=GREY)
    return sheet


def definitions_chart(result: RunResult, letters: Letters) -> Sheet:
    """Draw the share under every definition, the headline's with its interval, and the target.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet
        A row for classes, boundary and rule; in it a mark for each area basis, with gid of the basis.
    """
    c, d, table = result.concentration, result.definition, result.sensitivity
    several = len(set(table["boundary"])) > 1
    rows: list[tuple[str, pd.DataFrame | None]] = []
    at = 0
    for _set, same in table.groupby(["classes", "boundary"], sort=False):
        for first, (rule, part) in enumerate(same.groupby("rule", sort=False)):
            one = Definition(*part.iloc[0][["classes", "boundary", "rule"]])
            if not first:
                rows.append((" · ".join(one.words[: 2 if several else 1]), None))
            if (one.classes, one.boundary, rule) == (d.classes, d.boundary, d.rule):
                at = len(rows)
            rows.append((one.words[2], part))
    height = ROW_MM * len(rows) + 24
    sheet = new_sheet(result, letters, "definitions", _(labels.THE_SHARE_UNDER_EVERY_DEFINITION), height)
    left = 56.0
    axes = sheet.axes(left, FOOT_MM + 17, WIDTH_MM - left - 6, height - 22)
    low, high = result.band
    ends = [low, high, c.target, *((c.interval.low, c.interval.high) if c.interval else ())]
    margin = 0.12 * (max(ends) - min(ends)) + 0.005
    axes.axvspan(low, high, color=PALETTE["land"], zorder=0, gid="band")
    open_mark: dict[str, Any] = {
        "markerfacecolor": "none",
        "markeredgecolor": PALETTE["industry-line"],
        "linestyle": "none",
    }
    for k, (words, of_rule) in enumerate(rows):
        colour = INK if of_rule is None else GREY
        axes.text(
            -0.03, k, letters(words, 24), transform=axes.get_yaxis_transform(), ha="right", va="center", color=colour
        )
        if of_rule is None:
            continue
        for basis, (marker, size) in MARKS.items():
            share = of_rule["share"][of_rule["area"] == basis].to_numpy()
            axes.plot(share, np.full(len(share), k), marker, markersize=size, gid=basis, zorder=2, **open_mark)
    if c.interval:
        _interval(axes, c.interval.low, c.interval.high, at)
    axes.plot(c.share, at, "o", markersize=4.5, color=INK, zorder=4, gid="headline")
    # beside the edge of the chart the words run inward
    side = (c.share - min(ends) + margin) / (max(ends) - min(ends) + 2 * margin)
    ha = "left" if side < 0.35 else "right" if side > 0.65 else "center"
    at_mark: dict[str, Any] = {"xytext": (0, 8), "textcoords": "offset points", "gid": "headline"}
    axes.annotate(letters(_headline(result)), (c.share, at), ha=ha, color=INK, **at_mark)
    _target(axes, letters, c.target, -0.85)
    axes.set(xlim=(min(ends) - margin, max(ends) + margin), ylim=(len(rows) - 0.4, -0.7), yticks=[])
    words = _("{n} definitions: {low:.2%} to {high:.2%}", n=len(table), low=low, high=high)
    axes.set_xlabel(letters(words), size=7.5, color=GREY, labelpad=2)
    _percent(axes)
    for k, basis in enumerate(basis for basis in MARKS if (table["area"] == basis).any()):
        (marker, size), x = MARKS[basis], 2 + 32 * k
        sheet.paper.plot(x + 1, FOOT_MM + 2.5, marker, markersize=size, **open_mark)
        sheet.paper.text(x + 4, FOOT_MM + 2.5, letters(Definition(area=basis).words[3]), va="center", color=GREY)
    return sheet


def candidates_chart(result: RunResult, letters: Letters) -> Sheet | None:
    """Draw the candidates by reason and by district, and all scattered plots by what is known of them.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet or None
        None where the stage did not run. Bars with gid "reason", "candidate", "kept", "unknown", "district".
    """
    if result.candidates is None:
        return None
    found = result.candidates
    listed, plots = found.listed, found.plots
    reasons = listed.explode("reasons").groupby("reasons")[s.AREA_M2].agg(["size", "sum"])
    reasons = reasons.reindex(list(found.rules), fill_value=0).iloc[:MOST]
    places = listed.groupby(s.DISTRICT)[s.AREA_M2].agg(["size", "sum"]).sort_values("sum", ascending=False).iloc[:MOST]
    levels = [level for level in EVIDENCE if (plots["evidence"] == level).any()]
    # a rule of words has too many of them for an axis
    rules = [" ".join((code, *rule_words(rule)[: 1 if rule.any_of else 2])) for code, rule in found.rules.items()]
    names = result.concentration.districts["name"]
    where = [names.get(k, k) or _(labels.IN_NO_DISTRICT) for k in places.index]
    by_reason = _("By reason (plots · area; a plot may meet several)")
    by_evidence, by_district = _("Scattered plots by evidence"), _("By district (plots · area)")
    listed_ids = set(listed.index)
    panels: list[tuple[int, Callable[[Axes], None]]] = [
        (len(reasons), lambda axes: _areas(axes, letters, by_reason, rules[:MOST], reasons, "reason")),
        (len(levels), lambda axes: _evidence(axes, letters, by_evidence, plots, levels, listed_ids)),
        (len(places), lambda axes: _areas(axes, letters, by_district, where, places, "district")),
    ]
    heights = [ROW_MM * rows + 9 if rows else 0.0 for rows, _paint in panels]
    height = sum(heights) + 4
    sheet = new_sheet(result, letters, "candidates", _(labels.SCATTERED_AND_INEFFICIENT_PLOTS), height)
    wide = 52 if current() == "zh" else 66
    bottom = FOOT_MM + height
    for (rows, paint), high in zip(panels, heights, strict=True):
        bottom -= high
        if rows:
            paint(sheet.axes(wide, bottom, WIDTH_MM - wide - 56, high - 8))
    return sheet


def _areas(axes: Axes, letters: Letters, title: str, names: list[str], table: pd.DataFrame, gid: str) -> None:
    """Draw bars of area [mu] with count and area beside them."""
    areas = [to_mu(x) for x in table["sum"]]
    for bar in axes.barh(range(len(areas)), areas, height=0.62, color=PALETTE["problem"]):
        bar.set_gid(gid)
    most = max([*areas, 1.0])
    for k, (count, area, m2) in enumerate(zip(table["size"], areas, table["sum"], strict=True)):
        words = _("{count} · {area:,.2f} mu", count=count, area=shown_mu(m2))
        axes.text(area + 0.02 * most, k, letters(words), va="center", size=7.5, color=INK)
    _panel(axes, letters, title, names, most)


def _evidence(axes: Axes, letters: Letters, title: str, plots: Any, levels: list[str], listed: set[Any]) -> None:
    """Draw counts of scattered plots by evidence: candidates, those that meet no rule, those nobody has figures for."""
    looks: dict[str, dict[str, Any]] = {
        "candidate": {"color": PALETTE["problem"]},
        "kept": {"color": PALETTE["industry"]},
        "unknown": {"facecolor": "white", "edgecolor": GREY, "hatch": "////", "linewidth": 0.6},
    }
    is_listed = plots.index.isin(listed)
    for k, level in enumerate(levels):
        of_level = (plots["evidence"] == level).to_numpy()
        counts = {
            "candidate": int((of_level & is_listed).sum()),
            "kept": 0 if level == "none" else int((of_level & ~is_listed).sum()),
            "unknown": int(of_level.sum()) if level == "none" else 0,
        }
        start = 0
        for gid, count in counts.items():
            if count:
                axes.barh(k, count, left=start, height=0.62, gid=gid, **looks[gid])
            start += count
        words = {
            "candidate": _("{n} candidates", n=counts["candidate"]),
            "kept": _("{n} meet no reason", n=counts["kept"]),
            "unknown": _("{n} to be surveyed", n=counts["unknown"]),
        }
        said = " · ".join(words[gid] for gid in words if counts[gid])
        axes.text(start + 0.02 * len(plots), k, letters(said), va="center", size=7.5, color=INK)
    most = max([int((plots["evidence"] == level).sum()) for level in levels], default=1)
    _panel(axes, letters, title, [evidence_word(level) for level in levels], most)


def _panel(axes: Axes, letters: Letters, title: str, names: list[str], most: float) -> None:
    axes.set(xlim=(0, most), ylim=(max(len(names), 1) - 0.4, -0.6), xticks=[], yticks=range(len(names)))
    axes.set_yticklabels([letters(n, 24) for n in names])
    axes.set_title(letters(title), size=8, color=GREY, loc="left", pad=3)
    axes.axvline(0, color=GREY, linewidth=0.8)


def _interval(axes: Axes, low: float, high: float, y: float) -> None:
    axes.plot([low, high], [y, y], color=INK, linewidth=1.4, marker="|", markersize=7, gid="interval", zorder=3)


def _target(axes: Axes, letters: Letters, target: float, y: float) -> None:
    axes.axvline(target, color=PALETTE["park"], linewidth=1.2, zorder=3, gid="target")
    words = _(labels.TARGET_OF, share=f"{target * 100:.6g}%")
    axes.text(target, y, letters(words), ha="center", va="bottom", size=7.5, color=PALETTE["park"])


def _percent(axes: Axes) -> None:
    axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_axisbelow(True)


def _headline(result: RunResult) -> str:
    c = result.concentration
    if c.interval is None:
        return f"{c.share:.2%} {verdict_word(c.verdict)}"
    return _(
        "{share:.2%} ({low:.2%} to {high:.2%}): {verdict}",
        share=c.share,
        low=c.interval.low,
        high=c.interval.high,
        verdict=verdict_word(c.verdict),
    )
