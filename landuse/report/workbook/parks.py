"""The workbook's sheets about parks side by side: places, indicators, layout; and the lists of the module beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.tables.change import adding_up
from landuse.report.tables.park_lists import (
    BLOCKS,
    DUTIES,
    INDUSTRIES,
    JOINS,
    LAYOUT,
    block_rows,
    duty_rows,
    industry_rows,
)
from landuse.report.tables.parks import INDICATORS, LEAGUE, indicator_rows, league_rows
from landuse.report.words import labels
from landuse.report.words.parks import parks_sentence, rest_sentences
from landuse.report.workbook.blocks import lines, section
from landuse.report.workbook.columns import Column, Fact, letters, reference, sheet_columns
from landuse.report.workbook.sheets import TOP

if TYPE_CHECKING:
    from landuse.report.workbook.sheets import Sheets
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult

#: Widths of the sheet of the layout, whose tables stand below each other.
LAYOUT_WIDTHS = (9, 26, 14, 14, 14, 12, 14, 13, 12, 14, 13, 14, 12, 12, 14)
#: Width of a column of figures where there are many.
NARROW = 11
#: Paper of the widest sheets, as the format numbers it.
A3 = 8


def write_park_sheets(sheets: Sheets, f: RunResult) -> None:
    """Write the sheets that compare the parks.

    Parameters
    ----------
    sheets : Sheets
        The workbook under way.
    f : RunResult
        Of the run; where the parks were not compared nothing is written.
    """
    r = f.parks
    if r is None:
        return
    areas, blank = _(labels.UNIT_MU), _("blank: not known")
    indicators = indicator_columns(f, r)
    ranking = sheets.table(
        _("Park ranking"),
        _("Parks side by side: places within each level"),
        ranking_columns(f, r, indicators),
        unit=_(labels.SEMICOLON).join((_("Units: tax 10,000 yuan per mu, shares %"), blank)),
    )
    _broad(ranking)
    row = TOP + len(r.figures) + 1
    widths = (NARROW, 24, 12, 12, *[NARROW] * 6)
    lines(sheets, ranking, row, list(filter(None, rest_sentences(r))), widths)
    title = _("Indicators park by park: value, ideal, attainment, points")
    sheets.table(_("Park indicators"), title, indicators, unit=_("Attainment 0-1; blank: not known"))
    _layout(sheets, f, r)
    title = _("Land by class in each park")
    _broad(sheets.table(_("Land use of parks"), title, use_columns(r), unit=areas))
    title = _("Plots that would join blocks of a park; by distance and area only")
    columns = sheet_columns(JOINS, f, r.joins)
    if not len(r.joins):
        columns = [replace(c, total="") for c in columns]
    joins = sheets.table(_(labels.INTEGRATION), title, columns, unit=areas)
    if not len(r.joins):
        joins.merge_range(TOP + 1, 0, TOP + 1, len(columns) - 1, None, sheets.said)
        sheets.write(joins, TOP + 1, 0, _(labels.THERE_IS_NONE), "text", sheets.said)
    title = _("Industries of each park (divisions of GB/T 4754)")
    industries, units = sheet_columns(INDUSTRIES, f, industry_rows(r)), _(labels.UNITS_MU_WAN)
    sheets.table(_("Industries of parks"), title, industries, unit=units)
    title = _("Responsibility: industrial land of each park by district")
    sheets.table(_("Park duties"), title, sheet_columns(DUTIES, f, duty_rows(r)), unit=areas)


def _broad(sheet: Any) -> None:
    """Print a wide table on A3."""
    sheet.set_paper(A3)


def park_facts(f: RunResult) -> list[Fact]:
    """Return what the summary says of the parks."""
    r = f.parks
    if r is None or not len(r.figures):
        return []
    note = _(labels.SHEET, sheet=_("Park ranking"))
    return [Fact(_(labels.PARKS_SIDE_BY_SIDE), parks_sentence(f), note=note)]


def ranking_columns(f: RunResult, r: ParkReview, indicators: list[Column]) -> list[Column]:
    """Return the league table; its scores sum the points of the sheet of indicators."""
    letter, last = letters(indicators), TOP + len(indicators[0].values)
    no, points = (
        reference(_("Park indicators"), f"${letter[x]}${TOP + 1}:${letter[x]}${last}") for x in ("no", "points")
    )
    summed = f"=SUMIFS({points},{no},{{no}}{{row}})"
    columns = [replace(c, formula=summed if c.key == "score" else "") for c in sheet_columns(LEAGUE, f, league_rows(r))]
    # headings take two lines, so that a page holds them all
    return [c if c.kind == "text" else replace(c, width=NARROW) for c in columns]


def indicator_columns(f: RunResult, r: ParkReview) -> list[Column]:
    """Return every indicator of every park; attainment and points are formulas."""
    t = indicator_rows(r)
    last = TOP + len(t)
    attained = (
        f'=IF({{better}}{{row}}="{_("more")}",MAX(0,MIN(1,{{value}}{{row}}/{{ideal}}{{row}})),'
        "IF({value}{row}=0,1,MAX(0,MIN(1,{ideal}{row}/{value}{row}))))"
    )
    held = ",".join(f"{{{x}}}${TOP + 1}:{{{x}}}${last}" for x in ("weight", "no", "attainment"))
    weight, no, known = held.split(",")
    points = f'=100*{{weight}}{{row}}*{{attainment}}{{row}}/SUMIFS({weight},{no},{{no}}{{row}},{known},">=0")'
    formulas = {"attainment": attained, "points": points}
    return [replace(c, formula=formulas.get(c.key, "")) for c in sheet_columns(INDICATORS, f, t)]


def _layout(sheets: Sheets, f: RunResult, r: ParkReview) -> None:
    """Write how the parks hold together, and below it their blocks."""
    title = _("How the parks are laid out")
    unit = _(labels.SEMICOLON).join((_(labels.UNIT_MU), _("blank: not known")))
    sheet = sheets.page(_("Park layout"), title, len(LAYOUT_WIDTHS), unit)
    sheet.freeze_panes(TOP - 1, 2)
    sheet.repeat_rows(0, TOP - 2)
    for k, width in enumerate(LAYOUT_WIDTHS):
        sheet.set_column(k, k, width)
    row = section(sheets, sheet, TOP - 1, _(labels.PARK_BY_PARK))
    row = sheets.rows(sheet, row, sheet_columns(LAYOUT, f, league_rows(r)), LAYOUT_WIDTHS)
    row = section(sheets, sheet, row + 1, _("Block by block"))
    blocks = sheet_columns(BLOCKS, f, block_rows(r))
    row = sheets.rows(sheet, row, blocks, LAYOUT_WIDTHS[: len(blocks)])
    lines(sheets, sheet, row + 1, _layout_notes(r), LAYOUT_WIDTHS)


def use_columns(r: ParkReview) -> list[Column]:
    """Return a row a park and a column a class, the largest first; a row sums to the park's land, by formula."""
    t = league_rows(r)
    wide = r.uses.pivot_table(index=s.PARK, columns=s.CODE, values="m2", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(t.index, fill_value=0.0)
    land = t["land_mu"].tolist()
    rows = [adding_up(m2, mu) for m2, mu in zip(wide.to_numpy(), land, strict=True)]
    names = dict(zip(r.uses[s.CODE], r.uses[s.NAME], strict=True))
    order = wide.sum().sort_values(ascending=False, kind="stable").index
    shown = [(code, mu) for code in order if any(mu := [row[wide.columns.get_loc(code)] for row in rows])]
    # an absent class is a blank, not 0.00: there is none of it
    classes = [
        Column(
            f"{code} {names[code]}" if code else _("under no parcel"),
            [x or None for x in mu],
            "mu",
            "sum",
            key=f"c{k}",
            width=13,
        )
        for k, (code, mu) in enumerate(shown)
    ]
    whole = f"=SUM({{c0}}{{row}}:{{c{len(shown) - 1}}}{{row}})" if shown else ""
    return [
        Column(_(labels.NUMBER), t["no"].tolist(), "count"),
        Column(_(labels.PARK), t["park_name"].tolist(), total=_(labels.TOTAL)),
        Column(_(labels.PARK_ID), t.index.tolist()),
        *classes,
        Column(_(labels.PARK_LAND_MU), land, "mu", "sum", formula=whole),
    ]


def _layout_notes(r: ParkReview) -> list[str]:
    return [
        _(
            "The main block's share is that of the blocks marked as main, else of the largest. Gaps: the shortest "
            "tree that joins the blocks. Hull: land over its convex hull; compactness 4πA/P²."
        ),
        _(
            "A park's industrial land is counted as the share counts it; a block's is measured as drawn, like the "
            "land it is compared with."
        ),
        _("Land that two parks claim belongs to one of them; a park whose land is all another's has 0 mu here."),
    ][: 3 if (r.figures["land_m2"] <= 0).any() else 2]
