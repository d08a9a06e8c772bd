"""The report's chapter about the relocation plan."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.document.gbt9704 import Grid
from landuse.report.document.tables import MOST
from landuse.report.words.format import NONE, area, area_of, percent, reconciled_mu, reconciled_wan, wan
from landuse.report.words.relocation import (
    beside_sentence,
    fit_word,
    plan_name,
    plan_sentence,
    proof_sentence,
    shortfall_words,
    unknown_sentences,
)
from landuse.results.relocation import INFEASIBLE, NOT_NEEDED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from landuse.report.document.gbt9704 import Document
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

#: Rows printed of the blocks and of the moves; the workbook has them all.
BLOCKS, MOVES = 10, 20
#: Load from which a block counts as filled.
FULL = 0.95


def conclusion(f: RunResult) -> str:
    """Return the plan in a sentence; where many things are missing, their number instead of a list."""
    r = f.relocation
    if r is not None and r.status == INFEASIBLE and len(r.shortfalls) > 1:
        return _("Relocation plan: none is possible; {n} conditions fall short.", n=len(r.shortfalls))
    return plan_sentence(f)


def plan_chapter(f: RunResult, d: Document, figure: Callable[[str], None]) -> None:
    """Write the chapter: the plan, its proof and its rivals, years, blocks, moves, districts, and what is not known.

    Parameters
    ----------
    f : RunResult
        Of a run with a relocation.
    d : Document
        That grows.
    figure : callable
        Sets a figure by its key, where there is one.
    """
    r = f.relocation
    assert r is not None  # noqa: S101
    d.heading(_("Relocation plan"))
    if r.status == NOT_NEEDED:
        d.text(plan_sentence(f))
        return
    if r.exists:
        _plan(f, d, r, figure)
    else:
        last = max(r.rule.targets)
        d.text(
            _(
                "No plan reaches {target:.6g}% by the end of {year} with what the study allows.",
                target=r.rule.targets[last] * 100,
                year=last,
            )
        )
        d.subheading(_("Missing for a plan"))
        _list(d, [shortfall_words(x, f) for x in r.shortfalls])
    d.subheading(_("What the plan does not know"))
    _list(d, unknown_sentences(r))


def _plan(f: RunResult, d: Document, r: Relocation, figure: Callable[[str], None]) -> None:
    d.subheading(_("Overview"))
    d.text(plan_sentence(f))
    d.text(_("Proof: {proof}.", proof=proof_sentence(f)), beside_sentence(f))
    d.table(years_grid(r))
    d.table(alternatives_grid(r))
    figure("plan")
    d.subheading(_("Where the plots go"))
    moved = r.moves[r.moves["action"] == "move"]
    taking, full = r.blocks[r.blocks["plots"] > 0], int((_loads(r) >= FULL).sum())
    d.text(
        _(
            "{plots} plots move into {blocks} of {all} blocks; {full} blocks are filled to 95% or more.",
            plots=len(moved),
            blocks=len(taking),
            all=len(r.blocks),
            full=full,
        )
    )
    if len(taking):
        d.table(blocks_grid(f, r))
        d.table(moves_grid(f, r))
        if len(moved) > MOVES:
            d.text(_("The {n} largest are printed; in the workbook: all {all}.", n=MOVES, all=len(moved)))
        d.table(flows_grid(f, r))
    if r.frontier is None or not len(r.frontier.shares):
        return
    d.subheading(_("What more would cost"))
    curve = r.frontier.shares
    at = curve.iloc[(curve["share"] - r.rule.targets[max(r.rule.targets)]).abs().argmin()]
    said = _(
        "At a share of {share:.2%} the next percentage point costs at least {cost:,.0f} x 10,000 yuan.",
        share=float(at["share"]),
        cost=wan(float(at["yuan_per_point"])),
    )
    d.text(said)
    figure("frontier")


def _list(d: Document, lines: Sequence[str]) -> None:
    for k, line in enumerate(lines, start=1):
        d.text(f"{k}. {line}")


def _name(f: RunResult, code: object) -> str:
    names = f.concentration.districts["name"]
    return (str(names.get(code, code)) or _("(in no district)")) if code else NONE


def years_grid(r: Relocation) -> Grid:
    """Return what is done each year."""
    y = r.years
    areas, costs = reconciled_mu(y[s.AREA_M2]), reconciled_wan(y["cost_yuan"])
    rows = list(
        zip(
            map(str, y.index),
            map(str, y["plots"]),
            map(area, areas),
            map(area, costs),
            map(percent, y["share"]),
            map(percent, y["target"]),
            strict=True,
        )
    )
    whole = (_("Total"), str(int(y["plots"].sum())), area(math.fsum(areas)), area(math.fsum(costs)), "", "")
    heads = (
        _("Year"),
        _("Plots"),
        _("Area (mu)"),
        _("Cost (10,000 yuan)"),
        _("Share at its end"),
        _("Target"),
    )
    return Grid(_("The plan year by year"), heads, rows, (22, 20, 28, 36, 26, 24), "lrrrrr", whole, 9.0)


def alternatives_grid(r: Relocation) -> Grid:
    """Return the plan and what stands beside it."""
    a = r.alternatives
    first = float(a["cost_yuan"].iloc[0])
    rows = [
        (
            plan_name(str(name)),
            _("yes") if row["met"] else _("no"),
            f"{row['plots']:.0f}",
            area_of(row[s.AREA_M2]),
            area(wan(float(row["cost_yuan"]))),
            percent(float(row["share"])),
            f"{float(row['cost_yuan']) / first:.2f}" if first else NONE,
        )
        for name, row in a.iterrows()
    ]
    heads = (
        _("Plan"),
        _("Keeps all conditions"),
        _("Plots"),
        _("Area (mu)"),
        _("Cost (10,000 yuan)"),
        _("Share after"),
        _("Cost against this plan"),
    )
    return Grid(_("This plan beside two others"), heads, rows, (40, 20, 14, 22, 26, 18, 18), "lcrrrrr", (), 9.0)


def _loads(r: Relocation) -> pd.Series[float]:
    """Return what each block's load is; 0 for one without spare land."""
    return (r.blocks["used_m2"] / r.blocks["spare_m2"].where(r.blocks["spare_m2"] > 0)).fillna(0.0)


def blocks_grid(f: RunResult, r: Relocation) -> Grid:
    """Return the blocks with the highest load."""
    b = r.blocks.assign(load=_loads(r))
    b = b[b["plots"] > 0].sort_values(["load", "used_m2"], ascending=False, kind="stable").head(BLOCKS)
    rows = [
        (
            str(row[s.PARK_NAME]),
            str(row[s.BLOCK]),
            _name(f, row[s.DISTRICT]),
            area_of(row["spare_m2"]) + ("" if row["stated"] else " *"),
            area_of(row["used_m2"]),
            percent(row["load"]),
            str(row["plots"]),
            "、".join(map(str, row["industries"])) or _("any"),
        )
        for row in b.to_dict("records")
    ]
    heads = (
        _("Park"),
        _("Block"),
        _("District"),
        _("Spare land (mu)"),
        _("Used by the plan (mu)"),
        _("Load"),
        _("Plots"),
        _("Leading industries"),
    )
    caption = _("The {n} blocks with the highest load (* spare land computed)", n=len(rows))
    return Grid(caption, heads, rows, (38, 17, 17, 21, 20, 17, 11, 19), "lllrrrrl", (), 9.0)


def moves_grid(f: RunResult, r: Relocation) -> Grid:
    """Return the largest moves."""
    m = r.moves[r.moves["action"] == "move"].rename_axis("id").reset_index()
    m = m.sort_values([s.AREA_M2, "id"], ascending=[False, True], kind="stable").head(MOVES)
    rows = [
        (
            str(k),
            str(row["id"]),
            _name(f, row[s.DISTRICT]),
            area_of(row[s.AREA_M2]),
            f"{row[s.PARK_NAME]} {row[s.BLOCK]}",
            area(row["distance_m"] / 1000),
            fit_word(row["fit"]),
            str(row["year"]),
            area(wan(row["cost_yuan"])),
        )
        for k, row in enumerate(m.to_dict("records"), start=1)
    ]
    heads = (
        _("No."),
        _("Parcel id"),
        _("District"),
        _("Area (mu)"),
        _("To park and block"),
        _("Distance (km)"),
        _("Fit of the industry"),
        _("Year"),
        _("Cost (10,000 yuan)"),
    )
    caption = _("The {n} largest moves", n=len(rows))
    return Grid(caption, heads, rows, (9, 32, 15, 16, 38, 15, 17, 12, 19), "cllrlrlcr", (), 8.0)


def flows_grid(f: RunResult, r: Relocation) -> Grid:
    """Return what moves from which district to which; credits where a park is shared."""
    w = r.flows
    areas, used, credit = (reconciled_mu(w[x]) for x in (s.AREA_M2, "land_used_m2", "credited_m2"))
    taxes = reconciled_wan(w[s.TAX])
    shared = any(credit)
    columns: list[list[str]] = [
        [_name(f, x) for x in w["origin"]],
        [_name(f, x) for x in w["destination"]],
        [str(n) for n in w["plots"]],
        *([area(x) for x in values] for values in (areas, used, taxes, *([credit] if shared else []))),
    ]
    sums = (areas, used, taxes, *([credit] if shared else []))
    heads = (
        _("From district"),
        _("To district"),
        _("Plots"),
        _("Area (mu)"),
        _("Park land used (mu)"),
        _("Tax (10,000 yuan a year)"),
        *([_("Credited to the origin (mu)")] if shared else []),
    )
    whole = (_("Total"), "", str(int(w["plots"].sum())), *(area(math.fsum(x)) for x in sums))
    widths = (26, 26, 14, 26, 28, 30, 26)[: len(heads)]
    rows = list(zip(*columns, strict=True))[:MOST]
    return Grid(_("What moves from which district to which"), heads, rows, widths, "llrrrrr"[: len(heads)], whole, 9.0)
