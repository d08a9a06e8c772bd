"""The workbook (台账): summary, districts, parks, plots, plan, changes, definitions, quality, ledger, what it means.

Areas are in 亩 at two decimals, those of districts, parks and classes reconciled to their total by the largest
remainder, those of plots each rounded by itself; totals are formulas, and each row is held against the ledger's sheet
by one; identifiers are text. Nothing in a cell is taken for a formula or a link unless it is written here as one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.tables.candidates import CANDIDATES, CRITERIA, GROUPS, RENEWAL, RULES, THRESHOLDS
from landuse.report.tables.share import DEFINITIONS, ISSUES
from landuse.report.words import labels
from landuse.report.words.terms import position_word, rounding_words
from landuse.report.workbook.change import change_facts, write_change_sheets
from landuse.report.workbook.columns import Column, plots_unit, sheet_columns
from landuse.report.workbook.ledger import LedgerRows, ledger_columns
from landuse.report.workbook.parks import park_facts, write_park_sheets
from landuse.report.workbook.relocation import plan_facts, write_plan_sheets
from landuse.report.workbook.share import (
    district_columns,
    interval_text,
    park_columns,
    share_chart,
    summary_facts,
    swing_columns,
)
from landuse.report.workbook.sheets import TOP, Sheets
from landuse.units import shown_mu

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from landuse.results.candidates import Score
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


def meaning_columns(f: RunResult, rows: LedgerRows, cleaned: int) -> list[Column]:
    """Return what the numbers mean, how they are found again, and what they were made of."""
    column = s.AREA_COLUMN[f.definition.area]
    lines = {
        _(labels.STUDY): f.name,
        _(labels.DATE_OF_THE_DATA): f.date.isoformat() if f.date else "",
        _(labels.DEFINITION): str(f.definition),
        _("Result"): str(f.concentration).splitlines()[0],
        _(labels.COORDINATE_SYSTEM): f.crs,
        _(labels.CLASSIFICATION): f.classification,
        _("Rounding"): rounding_words(),
        _("Overlaps"): _("Land that several parks or parcels claim is counted once."),
        _("Interval"): interval_text(f),
        _("Claimed by several parks"): _(
            "the parks' gross figures exceed the land inside by {mu:,.2f} mu",
            mu=shown_mu(f.concentration.claimed_again_m2),
        ),
        _(labels.PROOF): "" if f.proof is None else str(f.proof),
        _("Assumptions"): "；".join(f.assumptions),
        _("Found again in the workbook"): _(
            "Every figure sums rows of the sheet {sheet}: a district's those with its number, a park's likewise, a "
            "plot's those its link names.",
            sheet=_(labels.LEDGER_PARTS),
        )
        if rows.fit
        else _("{n:,} parts are more than a sheet holds: the GeoPackage has them.", n=len(rows.land)),
        _("Found again in the GeoPackage"): _(
            "Layer ledger, field {column}: side = 'inside' and district = '…' for a district, park_id = '…' and side = "
            "'inside' for a park, parcel_id = '…' and face = -1 for a plot; parks' gross figures by the layer claims.",
            column=column,
        ),
        _("Characters no cell can hold"): _("shown as \ufffd in {n} cells", n=cleaned),
        "run_id": f.run_id,
        **{_("Input {file}", file=file): f"sha256 {digest}" for file, digest in f.inputs.items()},
    }
    lines = {name: text for name, text in lines.items() if text}
    return [Column(_(labels.ITEM), list(lines)), Column(_(labels.CONTENT), list(lines.values()), width=100)]


def plot_columns(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows) -> list[Column]:
    """Return the table of candidates, or of plots without data, each with the way to its rows of the ledger."""
    return [*sheet_columns(CANDIDATES, f, plots), *_links(f, plots, rows, outside=True)]


def renewal_columns(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows) -> list[Column]:
    """Return the table of plots inside or adjoining parks that meet a reason: renewal on site."""
    return [*sheet_columns(RENEWAL, f, plots), *_links(f, plots, rows, outside=False)]


def _links(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows, *, outside: bool) -> list[Column]:
    if not rows.fit:
        return []
    # the ledger knows parcels only
    parcels: Any = plots.index if f.scatter is None else f.scatter.parcel_of(plots.index)
    return [Column(_(labels.ROWS_OF_THE_LEDGER), rows.links(parcels, outside=outside), "link")]


def score_columns(f: RunResult, score: Score) -> list[Column]:
    """Return what the score weighs, and how many of the worst plots stay so when a weight changes by a fifth."""
    stay = score.stability.pivot_table(index="criterion", columns="change", values="stay").loc[score.weights.index]
    less, more = (stay.iloc[:, k].astype(int) for k in (0, 1))
    return sheet_columns(CRITERIA, f, score.weights.to_frame("weight").assign(less=less, more=more))


def town_mark_columns(table: pd.DataFrame) -> list[Column]:
    """Return the survey's mark of industry that stands alone against the position."""
    return [
        Column(_("Survey (CZCSXM)"), [_("marked 201A to 203A"), _("not marked")]),
        *(Column(position_word(p), list(table[p]), "count") for p in table.columns),
    ]
