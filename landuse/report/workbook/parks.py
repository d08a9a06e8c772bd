"""The workbook's sheets about parks side by side: places, indicators, layout; and the lists of the module beside."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.i18n import _
from landuse.report.tables.change import adding_up
from landuse.report.tables.parks import indicator_rows, league_rows
from landuse.report.words.format import is_known, reconciled_mu
from landuse.report.words.parks import (
    WAN,
    leading_words,
    moved_words,
    parks_sentence,
    remark_words,
    rest_sentences,
    unit_word,
)
from landuse.report.words.terms import level_word, trust_word
from landuse.report.workbook.blocks import lines, section
from landuse.report.workbook.columns import Column, Fact, letters, reference
from landuse.report.workbook.park_lists import duty_columns, industry_columns, join_columns, use_columns
from landuse.report.workbook.sheets import TOP

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

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
    areas, blank = _("Unit: mu (1 ha = 15 mu)"), _("blank: not known")
    indicators = indicator_columns(r)
    ranking = sheets.table(
        _("Park ranking"),
        _("Parks side by side: places within each level"),
        ranking_columns(r, indicators),
        unit=_("; ").join((_("Units: tax 10,000 yuan per mu, shares %"), blank)),
    )
    _broad(ranking)
    row = TOP + len(r.figures) + 1
    widths = (NARROW, 24, 12, 12, *[NARROW] * 6)
    lines(sheets, ranking, row, list(filter(None, rest_sentences(r))), widths)
    title = _("Indicators park by park: value, ideal, attainment, points")
    sheets.table(_("Park indicators"), title, indicators, unit=_("Attainment 0-1; blank: not known"))
    _layout(sheets, r)
    title = _("Land by class in each park")
    _broad(sheets.table(_("Land use of parks"), title, use_columns(r), unit=areas))
    title = _("Plots that would join blocks of a park; by distance and area only")
    joins = sheets.table(_("Integration"), title, join_columns(r), unit=areas)
    if not len(r.joins):
        joins.merge_range(TOP + 1, 0, TOP + 1, len(join_columns(r)) - 1, None, sheets.said)
        sheets.write(joins, TOP + 1, 0, _("There is none."), "text", sheets.said)
    title = _("Industries of each park (divisions of GB/T 4754)")
    sheets.table(_("Industries of parks"), title, industry_columns(r), unit=_("Units: mu (1 ha = 15 mu), 10,000 yuan"))
    title = _("Who answers for what: industrial land of each park by district")
    sheets.table(_("Park duties"), title, duty_columns(f, r), unit=areas)


def _broad(sheet: Any) -> None:
    """Print a wide table on A3."""
    sheet.set_paper(A3)


def park_facts(f: RunResult) -> list[Fact]:
    """Return what the summary says of the parks."""
    r = f.parks
    if r is None or not len(r.figures):
        return []
    note = _("Sheet {sheet}", sheet=_("Park ranking"))
    return [Fact(_("Parks side by side"), parks_sentence(f), note=note)]


def ranking_columns(r: ParkReview, indicators: list[Column]) -> list[Column]:
    """Return the league table; its scores sum the points of the sheet of indicators."""
    t = league_rows(r)
    letter, last = letters(indicators), TOP + len(indicators[0].values)
    no, points = (
        reference(_("Park indicators"), f"${letter[x]}${TOP + 1}:${letter[x]}${last}") for x in ("no", "points")
    )
    short = ("=AND(ISNUMBER({short}{row}),{short}{row}<0)", "bad")
    short_built = ("=AND(ISNUMBER({built}{row}),{built}{row}<0)", "bad")
    decided = (f'={{decided}}{{row}}="{_("yes")}"', "guess")
    said = [remark_words(x) for x in t.to_dict("records")]
    columns = [
        Column(_("No."), t["no"].tolist(), "count", key="no"),
        Column(_("Park"), t["park_name"].tolist()),
        Column(_("Park id"), t.index.tolist()),
        Column(_("Level"), [level_word(x) for x in t[s.LEVEL]]),
        Column(_("Place"), t["rank"].tolist(), "count"),
        Column(_("of so many"), t["of"].tolist(), "count"),
        Column(_("Best place under other weights"), t["best_rank"].tolist(), "count", marks=(decided,)),
        Column(_("Worst place under other weights"), t["worst_rank"].tolist(), "count", marks=(decided,)),
        Column(_("Weights decide"), _yes(t["decided"], t["decided"].notna()), key="decided", marks=(decided,)),
        Column(_since(r), [moved_words(x) for x in t["moved"]]),
        Column(
            _("Score (0-100)"), t["score"].tolist(), "mu", formula=f"=SUMIFS({points},{no},{{no}}{{row}})", key="score"
        ),
        Column(_("Weight known"), t["known"].tolist(), "percent"),
        Column(_("Remark"), said),
        Column(_("Tax per mu of industrial land"), _wan(t[f"{s.TAX}_per_mu"]), "mu"),
        Column(_("Against the policy's target"), _wan(t["to_target"]), "added", key="short", marks=(short,)),
        Column(_("Industrial land whose tax is known"), t[f"{s.TAX}_known"].tolist(), "percent"),
        Column(_("Tax per mu of built land"), _wan(t[f"{s.TAX}_per_built_mu"]), "mu"),
        Column(_("Built land: against the target"), _wan(t["short_built"]), "added", key="built", marks=(short_built,)),
        Column(_("Floor-area ratio"), t[s.FAR].tolist(), "mu"),
        Column(_("Land whose ratio is known"), t[f"{s.FAR}_known"].tolist(), "percent"),
        Column(_("Building coverage"), t[s.COVERAGE].tolist(), "percent"),
        Column(_("Land whose coverage is known"), t[f"{s.COVERAGE}_known"].tolist(), "percent"),
        Column(_("Industrial share of the park"), t["industrial_share"].tolist(), "percent"),
        Column(_("Main block's share"), t["main_share"].tolist(), "percent"),
        Column(_("Leading industry (division)"), [leading_words(x) for x in t.to_dict("records")]),
        Column(_("Leading industry is"), _stated(t["leading_stated"])),
        Column(_("Its share of the land"), t["leading_land"].tolist(), "percent"),
        Column(_("Its share of the output"), t["leading_output"].tolist(), "percent"),
        Column(_("Its share of the output, year before"), t["leading_output_before"].tolist(), "percent"),
        Column(_("Low-efficiency share"), t["inefficient_share"].tolist(), "percent"),
        Column(_("Energy flags (plots)"), t["energy_flags"].tolist(), "count"),
    ]
    # headings take two lines, so that a page holds them all
    return [c if c.kind == "text" else replace(c, width=NARROW) for c in columns]


def indicator_columns(r: ParkReview) -> list[Column]:
    """Return every indicator of every park; attainment and points are formulas."""
    t, rules = indicator_rows(r), r.evaluation.rules
    by_code = {x.code: x for x in rules.indicators}
    of = [by_code[code] for code in t[s.CODE]]
    groups = {g.key: str(g.name) for g in rules.groups}
    names, levels = r.figures["park_name"], r.figures[s.LEVEL]
    last = TOP + len(t)
    more = _("more")
    attained = (
        f'=IF({{better}}{{row}}="{more}",MAX(0,MIN(1,{{value}}{{row}}/{{ideal}}{{row}})),'
        "IF({value}{row}=0,1,MAX(0,MIN(1,{ideal}{row}/{value}{row}))))"
    )
    held = ",".join(f"{{{x}}}${TOP + 1}:{{{x}}}${last}" for x in ("weight", "no", "attained"))
    weight, no, known = held.split(",")
    points = f'=100*{{weight}}{{row}}*{{attained}}{{row}}/SUMIFS({weight},{no},{{no}}{{row}},{known},">=0")'
    lacking = ('={state}{row}="' + _("missing") + '"', "guess")
    return [
        Column(_("No. of the park"), t["no"].tolist(), "count", key="no"),
        Column(_("Park"), [names[x] for x in t[s.PARK]]),
        Column(_("Park id"), t[s.PARK].tolist()),
        Column(_("Level"), [level_word(levels[x]) for x in t[s.PARK]]),
        Column(_("Code"), t[s.CODE].tolist()),
        Column(_("Group of indicators"), [groups[x.group] for x in of]),
        Column(_("Indicator"), [str(x.name) for x in of]),
        Column(_("Value of the indicator"), t["value"].tolist(), "mu", key="value"),
        Column(_("Unit"), [unit_word(x.measure) for x in of]),
        Column(_("State"), _states(t["value"]), key="state", marks=(lacking,)),
        Column(_("Land it is known of"), t["basis"].tolist(), "percent"),
        Column(_("Better"), [more if x.better == "more" else _("less") for x in of], key="better"),
        Column(_("Ideal"), t["ideal"].tolist(), "mu", key="ideal"),
        Column(_("Attainment"), t["attainment"].tolist(), "rest", key="attained", formula=attained),
        Column(_("Weight"), [x.weight for x in of], "rest", key="weight"),
        Column(_("Points"), t["points"].tolist(), "mu", key="points", formula=points),
        Column(_("Source of the ideal"), [x.source for x in of]),
        Column(_("Trust"), [trust_word(x.trust) for x in of]),
    ]


def _layout(sheets: Sheets, r: ParkReview) -> None:
    """Write how the parks hold together, and below it their blocks."""
    title = _("How the parks are laid out")
    unit = _("; ").join((_("Unit: mu (1 ha = 15 mu)"), _("blank: not known")))
    sheet = sheets.page(_("Park layout"), title, len(LAYOUT_WIDTHS), unit)
    sheet.freeze_panes(TOP - 1, 2)
    sheet.repeat_rows(0, TOP - 2)
    for k, width in enumerate(LAYOUT_WIDTHS):
        sheet.set_column(k, k, width)
    row = section(sheets, sheet, TOP - 1, _("Park by park"))
    row = sheets.rows(sheet, row, layout_columns(r), LAYOUT_WIDTHS)
    row = section(sheets, sheet, row + 1, _("Block by block"))
    blocks = block_columns(r)
    row = sheets.rows(sheet, row, blocks, LAYOUT_WIDTHS[: len(blocks)])
    lines(sheets, sheet, row + 1, _layout_notes(r), LAYOUT_WIDTHS)


def layout_columns(r: ParkReview) -> list[Column]:
    """Return a row a park: blocks, main block, parts, gaps, shape."""
    t = league_rows(r)
    return [
        Column(_("No."), t["no"].tolist(), "count"),
        Column(_("Park"), t["park_name"].tolist(), total=_("Total")),
        Column(_("Level"), [level_word(x) for x in t[s.LEVEL]]),
        Column(_("Park land (mu)"), t["land_mu"].tolist(), "mu", "sum"),
        Column(_("Industrial land (attributed)"), t["industrial_mu"].tolist(), "mu", "sum"),
        Column(_("Blocks"), t["blocks"].tolist(), "count", "sum"),
        Column(_("Main block's share"), t["main_share"].tolist(), "percent"),
        Column(_("Main block is"), _stated(t["main_stated"])),
        Column(_("Separate pieces"), t["parts"].tolist(), "count"),
        Column(_("Gaps between blocks (m)"), t["gap_m"].tolist(), "metres"),
        Column(_("Largest gap (m)"), t["largest_gap_m"].tolist(), "metres"),
        Column(_("Share of the hull"), t["hull_share"].tolist(), "percent"),
        Column(_("Compactness"), t["compactness"].tolist(), "rest"),
        Column(_("Floor-area ratio"), t[s.FAR].tolist(), "mu"),
        Column(_("Land below the entry standard"), t[f"{s.FAR}_below"].tolist(), "percent"),
    ]


def block_columns(r: ParkReview) -> list[Column]:
    """Return a row a block, parks in the order of the league; the land of a park's blocks sums to the park's."""
    t = league_rows(r)
    b = r.blocks.drop(columns=r.blocks.geometry.name)
    b = b.assign(no=b[s.PARK].map(t["no"])).sort_values(["no", s.BLOCK], kind="stable").reset_index(drop=True)
    land = land_of_parts(b["land_m2"], b[s.PARK], dict(zip(t.index, t["land_mu"], strict=True)))
    return [
        Column(_("No. of the park"), b["no"].tolist(), "count"),
        Column(_("Park"), b[s.PARK].map(t["park_name"]).tolist(), total=_("Total")),
        Column(_("Block"), b[s.BLOCK].tolist()),
        Column(_("Block land (mu)"), land, "mu", "sum"),
        Column(_("Industrial land, as drawn"), reconciled_mu(b["industrial_m2"]), "mu", "sum"),
        Column(_("Main block?"), _yes(b[s.MAIN])),
        Column(_("Industrial share of the block"), b["purity"].tolist(), "percent"),
        Column(_("From {share:.0%} pure", share=r.rule.purity), _yes(b["pure"], b["purity"].notna())),
        Column(_("Plots"), b["plots"].tolist(), "count", "sum"),
        Column(_("To the next block (m)"), b["nearest_m"].tolist(), "metres"),
        Column(_("Building coverage"), b[s.COVERAGE].tolist(), "percent"),
        Column(_("Land whose coverage is known"), b[f"{s.COVERAGE}_known"].tolist(), "percent"),
        Column(_("Floor-area ratio"), b[s.FAR].tolist(), "mu"),
        Column(_("Land whose ratio is known"), b[f"{s.FAR}_known"].tolist(), "percent"),
    ]


def land_of_parts(m2: pd.Series[float], park: pd.Series[str], whole: dict[Any, float]) -> list[float]:
    """Return the land of parts of parks [亩], so that those of each park sum to what the park is shown with."""
    out = np.zeros(len(m2))
    for name, at in park.groupby(park).indices.items():
        out[at] = adding_up(m2.to_numpy()[at], whole[name])
    return [float(x) for x in out]


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


def _since(r: ParkReview) -> str:
    return _("Places won since {period}", period=r.period) if r.period else _("Places won since the last comparison")


def _wan(yuan: pd.Series[float]) -> list[float]:
    return [float(x) for x in yuan / WAN]


def _yes(flags: Iterable[Any], known: Iterable[Any] | None = None) -> list[str | None]:
    if known is None:
        return [_("yes") if x else _("no") for x in flags]
    return [(_("yes") if x else _("no")) if k else None for x, k in zip(flags, known, strict=True)]


def _stated(flags: Iterable[Any]) -> list[str | None]:
    return [(_("stated") if x else _("computed")) if is_known(x) else None for x in flags]


def _states(values: Iterable[float]) -> list[str]:
    return [_("known") if is_known(x) else _("missing") for x in values]
