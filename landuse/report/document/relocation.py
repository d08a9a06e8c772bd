"""The report's chapter about the relocation plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.document.tables import MOST, report_grid
from landuse.report.tables import relocation as tables
from landuse.report.words import labels
from landuse.report.words.format import reconciled_mu, wan
from landuse.report.words.relocation import (
    beside_sentence,
    plan_sentence,
    proof_sentence,
    shortfall_words,
    unknown_sentences,
)
from landuse.results.relocation import INFEASIBLE, NOT_NEEDED
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from landuse.report.document.gbt9704 import Document, Grid
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

#: Rows printed of the blocks and of the moves; the workbook has them all.
BLOCKS, MOVES = 10, 20


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
        Document to append to.
    figure : callable
        Sets a figure by its key, where there is one.
    """
    r = computed(f.relocation)
    d.heading(_(labels.RELOCATION_PLAN))
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
        d.subheading(_(labels.MISSING_FOR_A_PLAN))
        _list(d, [shortfall_words(x, f) for x in r.shortfalls])
    d.subheading(_(labels.WHAT_THE_PLAN_DOES_NOT_KNOW))
    _list(d, unknown_sentences(r))


def _plan(f: RunResult, d: Document, r: Relocation, figure: Callable[[str], None]) -> None:
    d.subheading(_(labels.OVERVIEW))
    d.text(plan_sentence(f))
    d.text(_(labels.PROOF_OF, proof=proof_sentence(f)), beside_sentence(f))
    d.table(report_grid(tables.YEARS, f, r.years, _(labels.THE_PLAN_YEAR_BY_YEAR), totals=_(labels.TOTAL)))
    d.table(report_grid(tables.ALTERNATIVES, f, r.alternatives, _(labels.THIS_PLAN_BESIDE_TWO_OTHERS)))
    figure("plan")
    d.subheading(_("Where the plots go"))
    moved = r.moves[r.moves["action"] == "move"]
    taking, full = r.blocks[r.blocks["plots"] > 0], int((_loads(r) >= tables.FULL).sum())
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
            d.text(_(labels.LARGEST_PRINTED, n=MOVES, all=len(moved)))
        d.table(flows_grid(f, r))
    if r.frontier is None or not len(r.frontier.shares):
        return
    d.subheading(_(labels.WHAT_MORE_WOULD_COST))
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


def blocks_grid(f: RunResult, r: Relocation) -> Grid:
    """Return the blocks with the highest load."""
    b = r.blocks.assign(load=_loads(r))
    b = b[b["plots"] > 0].sort_values(["load", "used_m2"], ascending=False, kind="stable").head(BLOCKS)
    caption = _("The {n} blocks with the highest load (* spare land computed)", n=len(b))
    return report_grid(tables.BLOCKS, f, b, caption)


def moves_grid(f: RunResult, r: Relocation) -> Grid:
    """Return the largest moves."""
    m = r.moves[r.moves["action"] == "move"].rename_axis("id").reset_index()
    m = m.sort_values([s.AREA_M2, "id"], ascending=[False, True], kind="stable").head(MOVES).set_index("id")
    return report_grid(tables.MOVES, f, m, _("The {n} largest moves", n=len(m)), size=8.0)


def flows_grid(f: RunResult, r: Relocation) -> Grid:
    """Return what moves from which district to which; credits where a park is shared."""
    shared = any(reconciled_mu(r.flows["credited_m2"]))
    return report_grid(
        tables.FLOWS,
        f,
        r.flows,
        _(labels.MOVES_BETWEEN_DISTRICTS),
        most=MOST,
        totals=_(labels.TOTAL),
        without=() if shared else ("credited_m2",),
    )


def _loads(r: Relocation) -> pd.Series[float]:
    """Return what each block's load is; 0 for one without spare land."""
    return (r.blocks["used_m2"] / r.blocks["spare_m2"].where(r.blocks["spare_m2"] > 0)).fillna(0.0)
