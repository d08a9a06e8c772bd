"""The workbook's sheets about a relocation plan: what it comes to, how good it is proved, what more would cost."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.tables.relocation import ALTERNATIVES, BLOCKS, FLOWS, MOVES, PARKS, STAGES, YEARS, park_rows
from landuse.report.words import labels
from landuse.report.words.format import reconciled_wan, shown_mus, wan
from landuse.report.words.relocation import action_word, proof_sentence, shortfall_words, status_word, unknown_sentences
from landuse.report.workbook.blocks import lines, section
from landuse.report.workbook.columns import (
    Column,
    Fact,
    corrected,
    height,
    plots_unit,
    reference,
    sheet_columns,
    sheet_letters,
)
from landuse.report.workbook.sheets import TOP
from landuse.units import shown_mu

if TYPE_CHECKING:
    from landuse.report.workbook.sheets import Sheets
    from landuse.results.relocation import Frontier, Relocation
    from landuse.results.run import RunResult

#: Widths of the sheet of the plan, and of the tables on the frontier's.
PLAN_WIDTHS = (27, 17, 17, 17, 17, 17, 17)
FRONTIER_WIDTHS = (18, 24, 28)
#: Columns the title of the frontier's sheet spans, and where its charts begin.
FRONTIER_COLUMNS, CHART_AT, CHART_PX = 11, 4, 448


def write_plan_sheets(sheets: Sheets, f: RunResult) -> None:
    """Write the sheets of the relocation plan; without a plan to follow, what is missing and what there would be.

    Parameters
    ----------
    sheets : Sheets
        The workbook under way.
    f : RunResult
        Of the run; without a relocation nothing is written.
    """
    r = f.relocation
    if r is None:
        return
    _plan_sheet(sheets, f, r)
    areas, money = _(labels.UNIT_MU), _(labels.UNITS_MU_WAN)
    if r.exists:
        title = _("Plots that move, are cleared or are rebuilt")
        sheets.table(_("Moves"), title, sheet_columns(MOVES, f, r.moves), unit=plots_unit(money))
    title = _("Land of the blocks that take plots, and their load")
    sheets.table(_("Block loads"), title, sheet_columns(BLOCKS, f, r.blocks), unit=areas)
    if not r.exists:
        return
    title = _("The parks before and after the plan")
    sheets.table(_("Parks after"), title, sheet_columns(PARKS, f, park_rows(f, r)), unit=money)
    sheets.table(_(labels.YEARS), _(labels.THE_PLAN_YEAR_BY_YEAR), sheet_columns(YEARS, f, r.years), unit=money)
    title = _(labels.MOVES_BETWEEN_DISTRICTS)
    sheets.table(_("Origin-destination"), title, sheet_columns(FLOWS, f, r.flows), unit=money)
    if r.frontier is not None:
        _frontier_sheet(sheets, r, r.frontier)


def plan_facts(f: RunResult) -> list[Fact]:
    """Return what the summary says of the plan."""
    r = f.relocation
    if r is None:
        return []
    elsewhere = _(labels.SHEET, sheet=_(labels.PLAN))
    facts = [Fact(_(labels.RELOCATION_PLAN), status_word(r.status), note=elsewhere)]
    if r.exists:
        facts.append(_total(f, r, _("Cost of the plan (10,000 yuan)"), "cost", round(wan(r.cost_yuan), 2)))
        facts.append(Fact(_(labels.SHARE_AFTER_THE_PLAN), r.after.share, "percent", note=elsewhere))
    return facts


def _facts(f: RunResult, r: Relocation) -> list[Fact]:
    last = max(r.rule.targets)
    facts = [
        Fact(_(labels.STATUS), status_word(r.status), note=proof_sentence(f)),
        Fact(_(labels.TARGET), r.rule.targets[last], "percent", note=_("by the end of {year}", year=last)),
        Fact(_("Share before"), r.before.share, "percent"),
    ]
    if not r.exists:
        return facts
    actions = r.moves["action"].value_counts()
    counts = [f"{action_word(a)} {int(actions.get(a, 0))}" for a in ("move", "clear", "rebuild")]
    letter = sheet_letters(MOVES, f)
    rows = f"{TOP + 1}:${{c}}${TOP + len(r.moves)}"
    area, action = (reference(_("Moves"), f"${c}${rows.format(c=c)}") for c in (letter["area"], letter["action"]))
    own = math.fsum(shown_mus(r.moves[s.AREA_M2][r.moves["action"] == "move"]))
    moved = corrected(f'=SUMIFS({area},{action},"{action_word("move")}")', shown_mu(r.moved_m2) - own)
    return [
        *facts,
        Fact(_(labels.SHARE_AFTER), r.after.share, "percent", note=_("from a ledger in which the plots have moved")),
        Fact(_("Plots treated"), len(r.moves), "count", note="、".join(counts)),
        _total(f, r, _("Land treated (mu)"), "area", shown_mu(float(r.moves[s.AREA_M2].sum()))),
        Fact(_("Of it moved into parks (mu)"), shown_mu(r.moved_m2), "mu", moved, _(labels.SHEET, sheet=_("Moves"))),
        _total(f, r, _(labels.PARK_LAND_USED_MU), "used", shown_mu(float(r.moves["land_used_m2"].sum()))),
        _total(f, r, _(labels.COST_WAN), "cost", round(wan(r.cost_yuan), 2)),
    ]


def _total(f: RunResult, r: Relocation, name: str, key: str, value: float) -> Fact:
    """Return a fact that is a total of the sheet of moves."""
    cell = f"{sheet_letters(MOVES, f)[key]}{TOP + len(r.moves) + 1}"
    note = _(labels.SHEET_TOTAL, sheet=_("Moves"))
    return Fact(name, value, "mu", "=" + reference(_("Moves"), cell), note)


def _plan_sheet(sheets: Sheets, f: RunResult, r: Relocation) -> None:
    sheet = sheets.page(_(labels.PLAN), _(labels.RELOCATION_PLAN), len(PLAN_WIDTHS), "")
    for k, width in enumerate(PLAN_WIDTHS):
        sheet.set_column(k, k, width)
    row = TOP - 1
    for fact in _facts(f, r):
        _fact(sheets, sheet, row, fact)
        row += 1
    if r.stages:
        row = section(sheets, sheet, row + 1, _("What the plan comes to, and the least it could be"))
        row = sheets.rows(sheet, row, sheet_columns(STAGES, f, r.stages), PLAN_WIDTHS[:6])
    if len(r.alternatives):
        row = section(sheets, sheet, row + 1, _(labels.THIS_PLAN_BESIDE_TWO_OTHERS))
        # costs against the first row's
        columns = [
            replace(c, formula=f"={{cost}}{{row}}/{{cost}}${row + 2}") if c.key == "against" else c
            for c in sheet_columns(ALTERNATIVES, f, r.alternatives)
        ]
        row = sheets.rows(sheet, row, columns, PLAN_WIDTHS[: len(columns)])
    missing = [shortfall_words(x, f) for x in r.shortfalls]
    for title, said in (
        (_(labels.MISSING_FOR_A_PLAN), missing),
        (_(labels.WHAT_THE_PLAN_DOES_NOT_KNOW), unknown_sentences(r)),
    ):
        if said:
            row = section(sheets, sheet, row + 1, title)
            row = lines(sheets, sheet, row, said, PLAN_WIDTHS)


def _fact(sheets: Sheets, sheet: Any, row: int, fact: Fact) -> None:
    """Write a fact: its name, its value over two columns, its note over the rest."""
    first, second, *rest = PLAN_WIDTHS
    form, text = sheets.cell[fact.kind], sheets.cell["text"]
    sheet.set_row(row, height([(fact.name, first), (fact.value, 2 * second), (fact.note, sum(rest[1:]))]))
    sheets.write(sheet, row, 0, fact.name, "text", text)
    sheet.merge_range(row, 1, row, 2, None, form)
    if fact.formula:
        sheet.write_formula(row, 1, fact.formula, form, fact.value)
    else:
        sheets.write(sheet, row, 1, fact.value, fact.kind, form)
    sheet.merge_range(row, 3, row, len(PLAN_WIDTHS) - 1, None, text)
    sheets.write(sheet, row, 3, fact.note, "text", text)


def _frontier_sheet(sheets: Sheets, r: Relocation, curve: Frontier) -> None:
    name = _("Frontier")
    sheet = sheets.page(name, _(labels.WHAT_MORE_WOULD_COST), FRONTIER_COLUMNS, _("Unit: 10,000 yuan"))
    for k, width in enumerate(FRONTIER_WIDTHS):
        sheet.set_column(k, k, width)
    points = reconciled_wan(curve.shares["yuan_per_point"])
    least, costs = _("Least cost (10,000 yuan)"), _(labels.COST_WAN)
    tables = (
        (
            Column(_(labels.SHARE), curve.shares["share"].tolist(), "percent"),
            Column(least, reconciled_wan(curve.shares["cost_yuan"]), "mu"),
            Column(_("Per further percentage point (10,000 yuan)"), points, "mu"),
        ),
        (
            Column(_("Plots at most"), curve.plots["plots"].tolist(), "count"),
            Column(least, reconciled_wan(curve.plots["cost_yuan"]), "mu"),
        ),
        (
            Column(_("This plan: share"), [r.after.share], "percent"),
            Column(costs, reconciled_wan([r.cost_yuan]), "mu"),
            Column(_(labels.PLOTS), [len(r.moves)], "count"),
        ),
    )
    row, heads = TOP - 1, []
    for columns in tables:
        heads.append(row)
        row = sheets.rows(sheet, row, columns, FRONTIER_WIDTHS[: len(columns)]) + 1
    said = [
        _("Costs are lower bounds: those of a relaxation in which plots may be split. No plan can be cheaper."),
        _("The points of the second table keep the target of the plan, with no more plots than stated."),
    ]
    lines(sheets, sheet, row, said, FRONTIER_WIDTHS)
    plan = heads[2] + 1
    for k, (title, x_plan, percent) in enumerate(
        ((_("Least cost of a share"), 0, True), (_("Least cost with at most so many plots"), 2, False))
    ):
        size = len(tables[k][0].values)
        if not size:
            continue
        first = heads[k] + 1
        chart = sheets.book.add_chart({"type": "scatter", "subtype": "straight_with_markers"})
        green, violet = PALETTE["park"], PALETTE["plan"]
        chart.add_series(_series(name, _("Lower bound"), (first, 0), (first, 1), size, green, "circle", lined=True))
        chart.add_series(
            _series(name, _(labels.THIS_PLAN), (plan, x_plan), (plan, 1), 1, violet, "diamond", lined=False)
        )
        chart.set_title({"name": title, "name_font": {"size": 11}})
        grid = {"visible": True, "line": {"color": PALETTE["rule"]}}
        words = tables[k][0].head
        font = {"name_font": {"size": 9, "bold": False}, "num_font": {"size": 8}}
        chart.set_x_axis({"name": words, "num_format": "0%" if percent else "0", "major_gridlines": grid, **font})
        chart.set_y_axis({"name": costs, "num_format": "#,##0", "major_gridlines": grid, **font})
        chart.set_legend({"position": "bottom"})
        chart.set_size({"width": CHART_PX, "height": 250})
        sheet.insert_chart(TOP - 1, CHART_AT, chart, {"y_offset": 256 * k})


def _series(
    sheet: str, name: str, x: tuple[int, int], y: tuple[int, int], rows: int, colour: str, mark: str, *, lined: bool
) -> dict[str, Any]:
    """Return a series of a chart; `x` and `y` are the row and the column of its first cells."""
    fill = {"color": colour}
    return {
        "name": name,
        "categories": [sheet, x[0], x[1], x[0] + rows - 1, x[1]],
        "values": [sheet, y[0], y[1], y[0] + rows - 1, y[1]],
        "line": {"color": colour, "width": 1.75} if lined else {"none": True},
        "marker": {"type": mark, "size": 5 if lined else 9, "fill": fill, "border": fill},
    }
