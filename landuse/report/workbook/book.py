"""The workbook (台账): summary, districts, parks, plots, plan, changes, definitions, quality, ledger, what it means.

Areas are in 亩 at two decimals, those of districts, parks and classes reconciled to their total by the largest
remainder, those of plots each rounded by itself; totals are formulas, and each row is held against the ledger's sheet
by one; identifiers are text. Nothing in a cell is taken for a formula or a link unless it is written here as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse.i18n import _
from landuse.report.tables.candidates import GROUPS, RULES, THRESHOLDS
from landuse.report.tables.share import DEFINITIONS, ISSUES
from landuse.report.words import labels
from landuse.report.workbook.change import change_facts, write_change_sheets
from landuse.report.workbook.columns import plots_unit, sheet_columns
from landuse.report.workbook.ledger import LedgerRows, ledger_columns
from landuse.report.workbook.notes import meaning_columns
from landuse.report.workbook.parks import park_facts, write_park_sheets
from landuse.report.workbook.plots import plot_columns, renewal_columns, score_columns, town_mark_columns
from landuse.report.workbook.relocation import plan_facts, write_plan_sheets
from landuse.report.workbook.share import (
    district_columns,
    park_columns,
    share_chart,
    summary_facts,
    swing_columns,
)
from landuse.report.workbook.sheets import TOP, Sheets

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.results.run import RunResult


def write_workbook(result: RunResult, path: Path) -> None:
    """Write the workbook of a run.

    Parameters
    ----------
    result : RunResult
        Of the run.
    path : Path
        A new .xlsx file.
    """
    f = result
    rows = LedgerRows.of(f)
    sheets, listed = Sheets(f, path), plots_unit(_(labels.UNIT_MU))
    districts = district_columns(f, rows)
    facts = [*summary_facts(f, districts), *plan_facts(f), *change_facts(f), *park_facts(f)]
    front = sheets.facts(_("Summary"), _("Concentration of industrial land"), facts)
    front.insert_chart(TOP + len(facts) + 1, 0, share_chart(sheets.book, f, districts), {"x_offset": 8})
    sheets.table(_(labels.DISTRICTS), _("Concentration of industrial land by district"), districts)
    sheets.table(_(labels.PARKS), _("Industrial land by park"), park_columns(f, rows))
    if f.candidates is not None:
        for name, title, plots in (
            (_(labels.CANDIDATES), _(labels.SCATTERED_LOW_EFFICIENCY_PLOTS), f.candidates.listed),
            (_(labels.NO_DATA), _(labels.TO_BE_SURVEYED), f.candidates.no_data),
        ):
            sheets.table(name, title, plot_columns(f, plots, rows), unit=listed)
        if len(f.candidates.renewed):
            title = _("Low-efficiency plots inside or beside parks: renewal on site; counted apart from the candidates")
            sheets.table(_(labels.IN_PARKS), title, renewal_columns(f, f.candidates.renewed, rows), unit=listed)
            sheets.table(
                _("Groups"),
                _("Plots that could be redeveloped together"),
                sheet_columns(GROUPS, f, f.candidates.groups),
            )
        rules = sheet_columns(RULES, f, list(f.candidates.rules.values()))
        sheets.table(_("Rules"), _("When a plot is inefficient"), rules, unit="")
        if f.candidates.score is not None:
            title = _("The score: what it weighs, and how steady its order is")
            sheets.table(_(labels.SCORE), title, score_columns(f, f.candidates.score), unit="")
    write_plan_sheets(sheets, f)
    write_change_sheets(sheets, f)
    write_park_sheets(sheets, f)
    if f.scatter is not None and f.scatter.sensitivity is not None:
        title = _("The list of scattered plots under other thresholds (★ the study's gap)")
        sheets.table(_("Thresholds"), title, sheet_columns(THRESHOLDS, f, f.scatter.sensitivity))
    if f.scatter is not None and f.scatter.town_marks is not None:
        title = _("The survey's mark of industry that stands alone, against the position")
        sheets.table(_("Survey marks"), title, town_mark_columns(f.scatter.town_marks), unit=_("Unit: plots"))
    if f.concentration.interval is not None:
        title = _("Parcels whose land inside depends on the boundary's tolerance")
        sheets.table(_("Deciding parcels"), title, swing_columns(f, rows), unit=listed)
    sheets.table(
        _(labels.OTHER_DEFINITIONS),
        _(labels.THE_SHARE_UNDER_EVERY_DEFINITION),
        sheet_columns(DEFINITIONS, f, f.sensitivity),
        unit="",
    )
    sheets.table(_(labels.DATA_QUALITY), _(labels.FOUND_AND_DONE), sheet_columns(ISSUES, f, f.quality))
    sheets.table(
        _(labels.LEDGER_PARTS),
        _("Every part of land that is counted"),
        ledger_columns(f, rows),
        unit=_("Unit: m2, not rounded"),
    )
    meaning = meaning_columns(f, rows, sheets.cleaned)
    sheets.table(_(labels.DEFINITION), _("What the numbers mean"), meaning, unit="")
    sheets.close()
