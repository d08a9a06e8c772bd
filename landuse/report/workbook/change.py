"""The workbook's sheets about earlier dates: what the share changed by, every changed part, new plots, descent."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.tables.change import ROWS, breakdown, changed_parts
from landuse.report.tables.changes import (
    BY_DISTRICT,
    EMPTY,
    LINEAGE,
    PARTS,
    VIOLATIONS,
    district_change_rows,
    lineage_rows,
)
from landuse.report.words import labels
from landuse.report.words.change import admitted_sentence, assumption_sentences, kind_word, period_word, stayed_word
from landuse.report.words.format import reconciled_mu
from landuse.report.workbook.blocks import Block, Cell, block, lines, section
from landuse.report.workbook.columns import Column, Fact, corrected, letters, plots_unit, reference, sheet_columns
from landuse.report.workbook.sheets import SHEET_ROWS, TOP
from landuse.report.workbook.trajectory import write_trajectory
from landuse.results import change as c

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.report.tables.change import Breakdown
    from landuse.report.workbook.sheets import Sheets
    from landuse.results.change import ChangeLedger, History
    from landuse.results.run import RunResult


#: Widths of the sheet of the decomposition, and how its columns are shown.
WIDTHS = (50, 18, 18, 18, 14, 24)
KINDS = ("text", "mu", "added", "added", "percent", "points")
#: Figures that are summed, and their columns.
SUMMED = {"total": "C", "inside": "D"}
#: Most steps that are printed on one page.
ONE_PAGE = 2
#: Rows of one step on that sheet: title, heading, a row each of `ROWS`, start, sum, end, stayed, owed, and a blank one.
STEP_ROWS = len(ROWS) + 8


def write_change_sheets(sheets: Sheets, f: RunResult) -> None:
    """Write the sheets that compare the dates.

    Parameters
    ----------
    sheets : Sheets
        The workbook under way.
    f : RunResult
        Of the run; without earlier dates nothing is written.
    """
    h = f.history
    if h is None:
        return
    changes = sheet_columns(PARTS, f, changed_parts(h))
    _decomposition(sheets, h, changes)
    title = _("What changed the figures of each district")
    sheets.table(
        _("Changes by district"), title, sheet_columns(BY_DISTRICT, f, district_change_rows(h)), unit=_area_unit()
    )
    sheets.table(_("Change ledger"), _("Every part of land that changed"), changes, plots_unit(_area_unit()))
    title = _(labels.NEW_PLOTS_OUTSIDE)
    _listed(sheets, _("New outside"), title, sheet_columns(VIOLATIONS, f, h.violations), plots_unit(_area_unit()))
    lineage = sheet_columns(LINEAGE, f, lineage_rows(h))
    if not len(lineage[0].values):
        lineage = [replace(c, width=EMPTY) if c.key in ("before", "after") else c for c in lineage]
    title = _("Which parcel came from which, where parcels were redrawn")
    _listed(sheets, _("Parcel lineage"), title, lineage, _("Unit: mu (1 ha = 15 mu), in the plane"))
    write_trajectory(sheets, f, h)


def change_facts(f: RunResult) -> list[Fact]:
    """Return what the summary says of the latest step, each figure taken from the sheet it stands on."""
    h = f.history
    if h is None:
        return []
    step, sheet = h.last, _("Decomposition")
    first = _first(len(h.steps) - 1)
    end = first + len(ROWS) + 2
    note, alerts = _(labels.SHEET, sheet=sheet), reconciled_mu([h.alerts[s.AREA_M2].sum()])[0]

    def of(cell: str) -> str:
        return "=" + reference(sheet, cell)

    change = (step.after.share - step.before.share) * 100
    owed = step.boundary_effect * 100
    return [
        Fact(_(labels.SHARE_ON, date=step.start), step.before.share, "percent", of(f"E{first}"), note),
        Fact(_("Change of the share since (percentage points)"), change, "short_points", of(f"F{end}"), note),
        Fact(_("Of it due to redrawn boundaries"), owed, "short_points", of(f"F{end + 2}"), note),
        Fact(
            _("New plots outside, to be explained"),
            len(h.alerts),
            "count",
            note=_("{mu:,.2f} mu: sheet {sheet}", mu=alerts, sheet=_("New outside")),
        ),
    ]


def _area_unit() -> str:
    return _(labels.UNIT_MU)


def _listed(sheets: Sheets, name: str, title: str, columns: list[Column], unit: str) -> None:
    """Write a list, or that there is nothing to list."""
    sheet = sheets.table(name, title, columns, unit)
    if not len(columns[0].values):
        row = TOP + 1
        sheet.merge_range(row, 0, row, len(columns) - 1, None, sheets.said)
        sheets.write(sheet, row, 0, _(labels.THERE_IS_NONE), "text", sheets.said)


def _first(step: int) -> int:
    """Return the number of a step's first row of figures, counted from 1; `step` counts from 0."""
    return TOP - 1 + STEP_ROWS * step + 3


def _decomposition(sheets: Sheets, h: History, changes: list[Column]) -> None:
    title = _("What the change of the share is made of")
    sheet = sheets.page(_("Decomposition"), title, len(WIDTHS), _area_unit())
    sheet.freeze_panes(TOP - 1, 1)
    sheet.repeat_rows(0, TOP - 2)
    sheet.fit_to_pages(1, int(len(h.steps) <= ONE_PAGE))
    for k, width in enumerate(WIDTHS):
        sheet.set_column(k, k, width)
    for k, step in enumerate(h.steps):
        top = TOP - 1 + STEP_ROWS * k
        section(sheets, sheet, top, _("Step {n}: {period}", n=k + 1, period=period_word(step)))
        block(sheets, sheet, top + 1, _step_block(step, breakdown(step), k, changes), WIDTHS)
    row = TOP - 1 + STEP_ROWS * len(h.steps)
    admitted = [x for x in (admitted_sentence(step) for step in h.steps) if x]
    row = section(sheets, sheet, row, _(labels.WHAT_IS_ASSUMED))
    lines(sheets, sheet, row, [*admitted, *assumption_sentences(h)], WIDTHS)


def _step_block(step: ChangeLedger, b: Breakdown, k: int, changes: list[Column]) -> Block:
    """Return the rows of a step: start, what happened, their sum, end, and the end had the boundaries stayed."""
    start = _first(k)
    first, last = start + 1, start + len(ROWS)
    total, end = last + 1, last + 2
    # noise of the last bits is no effect
    effects = [x + 0.0 for x in (step.components["effect"] * 100).round(12)]
    shares = [x.share for x in (step.before, step.after, step.stayed)]
    whole = (shares[1] - shares[0]) * 100
    heads = (
        _(labels.ITEM),
        _(labels.LAND_OF_IT),
        _(labels.INDUSTRIAL_LAND),
        _(labels.INSIDE_PARKS),
        _(labels.SHARE_INSIDE),
        _(labels.EFFECT_ON_THE_SHARE),
    )
    rows: list[list[Any]] = [
        [_("At {date}", date=step.start), None, *_stock(b.before), shares[0], None],
        *(
            [kind_word(kind), _land(kind, land, k, first + n, changes), more, inside, None, effects[n]]
            for n, (kind, land, more, inside, _points) in enumerate(b.rows.itertuples(name=None))
        ),
        [
            _(labels.SUM_OF_THE_CHANGES),
            None,
            *(Cell(round(b.rows[x].sum(), 2), f"=SUM({y}{first}:{y}{last})") for x, y in SUMMED.items()),
            None,
            Cell(whole, f"=SUM(F{first}:F{last})"),
        ],
        [
            _("At {date}", date=step.end),
            None,
            *(Cell(value, f"={x}{start}+{x}{total}", "mu") for x, value in zip(SUMMED.values(), b.after, strict=True)),
            shares[1],
            Cell(whole, f"=(E{end}-E{start})*100"),
        ],
        [
            stayed_word(step),
            None,
            *_stock(b.stayed),
            shares[2],
            Cell((shares[2] - shares[0]) * 100, f"=(E{end + 1}-E{start})*100"),
        ],
        [
            _("Due to redrawing the park boundaries"),
            None,
            None,
            Cell(round(b.after[1] - b.stayed[1], 2), f"=D{end}-D{end + 1}"),
            None,
            Cell(step.boundary_effect * 100, f"=F{end}-F{end + 1}"),
        ],
    ]
    bold = frozenset({0, len(ROWS) + 1, len(ROWS) + 2})
    # the effects lead from share to share, or something is wrong
    wrong = (5, f"=ABS($F${total}-$F${end})>0.00005", "bad")
    return Block(heads, KINDS, rows, bold, (wrong,))


def _stock(figures: Sequence[float]) -> list[Cell]:
    """Return what stands at a date, among what is added and taken away."""
    return [Cell(x, kind="mu") for x in figures]


def _land(kind: str, land: float, step: int, row: int, changes: list[Column]) -> Any:
    """Return the land of a kind, as the sum of its parts where their sheet has them."""
    rows = len(changes[0].values)
    if kind == c.RESTATED or not 0 < rows <= SHEET_ROWS - TOP - 1:
        return land
    letter = letters(changes)
    area, kinds, steps = (
        reference(_("Change ledger"), f"${letter[x]}${TOP + 1}:${letter[x]}${TOP + rows}")
        for x in ("area", "kind", "step")
    )
    values = {column.key: column.values for column in changes}
    own = zip(*(values[x] for x in ("area", "kind", "step")), strict=True)
    listed = math.fsum(mu for mu, *of in own if of == [kind_word(kind), step + 1])
    return Cell(land, corrected(f"=SUMIFS({area},{kinds},$A{row},{steps},{step + 1})", land - listed))
