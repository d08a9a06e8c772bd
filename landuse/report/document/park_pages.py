"""A sheet for each park, one A4 page: where it stands, its map and radar, its figures, the plots to act on."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from landuse import schema as s
from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.report.document.gbt9704 import PADDING, SIDES, WIDTH_MM, Document
from landuse.report.figures.page import DPI, METADATA
from landuse.report.figures.park_picture import Ground, park_picture
from landuse.report.style.fonts import lettering, width
from landuse.report.style.palette import PALETTE
from landuse.report.tables.parks import league_rows
from landuse.report.words import labels
from landuse.report.words.format import NONE, area, area_of, figure, one_line
from landuse.report.words.parks import ideal_words, indicator_word, leading_words, measured, place_words, wan_per_mu
from landuse.report.words.terms import handling_word, level_word, reason_words
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from landuse.results.candidates import RuleHit
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult

#: Plots and indicators printed; the workbook has all.
PLOTS, INDICATORS = 8, 10
#: Height of a row of figures, and of one of plots, which holds two lines [mm].
ROW_MM, PLOT_MM = 4.4, 6.2
#: Figures beside each other, and the widths of an item and its figure [mm].
ACROSS, PAIR_MM = 2, (34.0, 44.0)
INDICATOR_MM = (41.0, 30.0, 33.0, 15.0, 14.0, 11.0, 12.0)
PLOTS_MM = (7.0, 29.0, 34.0, 13.0, 57.0, 16.0)
#: Letters of the tables [pt], and lines of a row of plots.
SIZE, LINES = 7.0, 2


def write_park_sheets(result: RunResult, path: Path) -> None:
    """Write the sheets of all parks, in the order of the league.

    Parameters
    ----------
    result : RunResult
        Of a run that compared the parks.
    path : Path
        A .docx file.

    Raises
    ------
    InputError
        When the parks were not compared.
    """
    r = result.parks
    if r is None:
        what = _("park sheets were asked for, but the parks were not compared")
        raise InputError(Problem(what, _("run the whole study, or landuse parks"), path.name))
    words = _("Park sheets")
    said = (_(labels.SYNTHETIC_DATA) if result.synthetic else "", result.name, _(labels.RUN, id=result.run_id[:12]))
    mark = shortened(" · ".join(filter(None, said)), 46)
    document = Document(f"{result.name} {words}", result.date, f"run_id {result.run_id}", mark)
    lay_out(document)
    ground, rows = Ground.of(result), league_rows(r)
    renewed = computed(result.candidates).renewed
    for k, (park, row) in enumerate(zip(rows.index, rows.to_dict("records"), strict=True)):
        _sheet(document, ground, str(park), row, renewed[renewed[s.PARK] == park], first=not k)
    document.save(path)


def _sheet(
    d: Document, ground: Ground, park: str, row: Mapping[Any, Any], plots: gpd.GeoDataFrame, *, first: bool
) -> None:
    """Write the page of one park."""
    r = ground.review
    place = place_words(row)
    if math.isfinite(row["rank"]):
        place = _(labels.PLACE_AND_SCORE, place=place, score=figure(row["score"], ".1f"))
    year = "" if r.year is None else _("figures of {year}", year=r.year)
    line(d, shortened(row["park_name"] or park, 26), "Heading 1", 16, 8, new_page=not first)
    level = level_word(row[s.LEVEL]) or _("without a level")
    whose = "" if row["land_m2"] > 0 else _("all its land is counted with other parks")
    line(d, shortened(" · ".join(filter(None, (level, place, year, whose))), 42), "Table Text", 10, 6)
    with lettering() as letters:
        sheet = park_picture(ground, letters, park, plots, PLOTS)
        png = io.BytesIO()
        sheet.figure.savefig(png, format="png", dpi=DPI, metadata=METADATA["png"])
    png.seek(0)
    picture(d, png, _("Map and radar of {park}", park=row["park_name"]), WIDTH_MM)
    table(d, _figures(r, park, row))
    indicators = r.evaluation.rules.indicators
    more = len(indicators) - INDICATORS
    said = _("{n} more indicators: in the workbook", n=more) if more > 0 else ""
    line(d, _(labels.SEMICOLON).join(filter(None, (_(labels.ATTAINMENT_OF_THE_IDEALS), said))), "Table Text", 9, 6)
    table(d, _indicators(r, park, ground))
    _acts(d, ground, plots)


def _figures(r: ParkReview, park: str, row: Mapping[Any, Any]) -> Rows:
    """Return what is known of a park, each figure with the share of the land it is known of."""
    joins = r.joins[r.joins[s.PARK] == park]
    stated = _(labels.STATED) if row["main_stated"] else _(labels.COMPUTED)
    sized = _known(measured("leading_output", row["leading_output"]), row["land_known"])
    flags = figure(row["energy_flags"], ".0f")
    pairs = [
        (_(labels.PARK_LAND), _(labels.IN_MU, value=area(row["land_mu"]))),
        (_(labels.INDUSTRIAL_LAND), _(labels.IN_MU, value=area(row["industrial_mu"]))),
        (_(labels.TAX_INDUSTRIAL_LAND), _known(_wan(row[f"{s.TAX}_per_mu"]), row[f"{s.TAX}_known"])),
        (_(labels.TAX_BUILT_LAND), _wan(row[f"{s.TAX}_per_built_mu"])),
        (_("Against the target"), _signed(row["to_target"])),
        (_(labels.INDUSTRIAL_SHARE), measured("industrial_share", row["industrial_share"])),
        (_(labels.FLOOR_AREA_RATIO), _known(measured(s.FAR, row[s.FAR]), row[f"{s.FAR}_known"])),
        (_(labels.BUILDING_COVERAGE), _known(measured(s.COVERAGE, row[s.COVERAGE]), row[f"{s.COVERAGE}_known"])),
        (_(labels.BLOCKS), str(int(row["blocks"]))),
        (
            _(labels.MAIN_BLOCK_SHARE),
            _("{value} ({source})", value=measured("main_share", row["main_share"]), source=stated),
        ),
        (_("Gaps"), _(labels.IN_M, value=figure(row["gap_m"], ",.0f")) if row["blocks"] > 1 else NONE),
        (_(labels.INTEGRATION), _("{n} suggestions", n=len(joins)) if len(joins) else _("none")),
        (_(labels.LEADING_DIVISIONS), leading_words(row)),
        (_("of the output"), sized),
        (_(labels.LOW_EFFICIENCY_SHARE), measured("inefficient_share", row["inefficient_share"])),
        (_(labels.ENERGY_FLAGS_PLOTS), flags),
    ]
    rows = [[x for pair in pairs[k : k + ACROSS] for x in pair] for k in range(0, len(pairs), ACROSS)]
    named = frozenset(range(0, 2 * ACROSS, 2))
    return Rows(rows, PAIR_MM * ACROSS, "lr" * ACROSS, ROW_MM, named=named)


def _indicators(r: ParkReview, park: str, ground: Ground) -> Rows:
    """Return a park's indicators: value, ideal, attainment, the mean of its level, weight, points."""
    e = r.evaluation
    scored = math.isfinite(e.table["score"][park])
    level = str(r.figures[s.LEVEL][park])
    means = ground.means.loc[level].to_dict()
    rows = [
        (
            indicator_word(x),
            measured(x.measure, e.values[x.code][park]) if math.isfinite(e.values[x.code][park]) else _(labels.MISSING),
            ideal_words(x),
            figure(e.attainment[x.code][park], ".2f"),
            figure(float(means[x.code]), ".2f"),
            f"{x.weight:.0%}",
            figure(e.contributions[x.code][park], ".1f") if scored else NONE,
        )
        for x in e.rules.indicators[:INDICATORS]
    ]
    heads = (
        _(labels.INDICATOR),
        _(labels.VALUE_OF_THE_INDICATOR),
        _(labels.IDEAL),
        _(labels.ATTAINMENT),
        _("Level's mean"),
        _(labels.WEIGHT),
        _(labels.POINTS),
    )
    return Rows(rows, INDICATOR_MM, "lrrrrrr", ROW_MM, heads)


def _acts(d: Document, ground: Ground, plots: gpd.GeoDataFrame) -> None:
    """Write the plots to act on, and how many more there are."""
    title = _(labels.TO_BE_DECIDED, n=len(plots))
    more = len(plots) - PLOTS
    said = _("{n} more: in the workbook, sheet {sheet}", n=more, sheet=_(labels.IN_PARKS)) if more > 0 else ""
    line(d, _(labels.SEMICOLON).join(filter(None, (title, said))), "Table Text", 9, 6)
    found = ground.result.candidates
    if len(plots) and found is not None:
        shown, judged = plots.head(PLOTS), found.judged
        rows = [
            (
                str(k),
                str(parcel),
                str(firms),
                area_of(m2),
                _reasons(judged.of(str(parcel))),
                handling_word(handling),
            )
            for k, (parcel, firms, m2, handling) in enumerate(
                zip(shown.index, shown["firms"], shown[s.AREA_M2], shown["handling"], strict=True), start=1
            )
        ]
        heads = (
            _(labels.NUMBER),
            _(labels.PARCEL_ID),
            _(labels.FIRMS),
            _(labels.AREA_MU),
            _(labels.REASONS),
            _(labels.SUGGESTED_HANDLING),
        )
        table(d, Rows(rows, PLOTS_MM, "cllrll", PLOT_MM, heads, size=SIZE, lines=LINES))
    note = _(
        "– not known, no zero; (…%): share of the industrial land it is known of. Weights: {name}.",
        name=ground.review.evaluation.rules.name,
    )
    line(d, shortened(note, 60), "Table Text", 7.5, 5)


def _reasons(met: Sequence[RuleHit]) -> str:
    """Return as many whole reasons as two lines hold, and how many there are in all where that is fewer."""
    said = [f"{x.rule.code} {reason_words(x)}" for x in met]
    room = room_ems(PLOTS_MM[4], SIZE, LINES)
    for n in range(len(said), 0, -1):
        words = _(labels.SEMICOLON).join([*said[:n], *([_("{n} in all", n=len(said))] if n < len(said) else [])])
        if width(words) <= room:
            return words
    return said[0] if said else NONE


def _known(value: str, share: float) -> str:
    """Return a figure and the share of the land it is known of."""
    return _("{value} ({share:.0%})", value=value, share=share) if math.isfinite(share) and share > 0 else value


def _wan(yuan: float) -> str:
    value = wan_per_mu(yuan)
    return value if value == NONE else _("{value} 10k yuan/mu", value=value)


def _signed(yuan: float) -> str:
    if not math.isfinite(yuan):
        return NONE
    sign = "−" if yuan < 0 else "+"
    return _("{value} 10k yuan/mu", value=sign + wan_per_mu(abs(yuan)))


#: Above and below the page's content, and from the edge to head and foot [mm].
MARGINS_MM = (16.0, 12.0)
EDGE_MM = (9.0, 5.0)
POINT_MM = 25.4 / 72
#: Height of the heads of a table [mm].
HEAD_MM = 6.2
#: Left and right padding of a cell together [mm], and how full one line, and each of several, may become.
PAD_MM, FULL, WRAPPED = 2.0, 0.92, 0.84


@dataclass(frozen=True)
class Rows:
    """A table of rows of one height.

    Attributes
    ----------
    rows : sequence of sequences of str
        Cut to what fits.
    widths : sequence of float
        Of the columns [mm].
    sides : str
        Alignment of each column: "l", "r" or "c".
    height : float
        Of a row [mm].
    heads : sequence of str
        Of the columns, in two lines if need be; empty for none.
    named : frozenset of int
        Columns set apart like heads.
    size : float
        Of the letters [pt].
    lines : int
        Of text that a row holds.
    """

    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    sides: str
    height: float
    heads: Sequence[str] = ()
    named: frozenset[int] = frozenset()
    size: float = 7.0
    lines: int = 1


def shortened(text: str, ems: float) -> str:
    """Return one line of text, cut to a width in Chinese characters, an ellipsis at its end where it was cut.

    Examples
    --------
    >>> shortened("亩均税收", 4.0), shortened("亩均税收 9.3 万元/亩", 5.0)
    ('亩均税收', '亩均税收…')
    """
    line = one_line(text)
    if width(line) <= ems:
        return line
    while line and width(line) > ems - 1:
        line = line[:-1]
    return line.rstrip() + "…"


def room_ems(width_mm: float, size: float, lines: int) -> float:
    """Return how much text a cell holds, in widths of a Chinese character: its width, letters [pt], lines."""
    return lines * (width_mm - PAD_MM) / (size * POINT_MM) * (FULL if lines == 1 else WRAPPED)


def lay_out(document: Document) -> None:
    """Give a document narrow margins above and below."""
    section = document.doc.sections[0]
    section.top_margin, section.bottom_margin = map(Mm, MARGINS_MM)
    section.header_distance, section.footer_distance = map(Mm, EDGE_MM)


def line(document: Document, text: str, style: str, size: float, height: float, *, new_page: bool = False) -> None:
    """Write one line of a height [mm], not indented; on a page of its own if asked."""
    paragraph = document.doc.add_paragraph(one_line(text), style)
    form = paragraph.paragraph_format
    form.page_break_before = new_page
    form.space_before = form.space_after = Pt(0)
    form.line_spacing, form.line_spacing_rule = Mm(height), WD_LINE_SPACING.EXACTLY
    paragraph._p.get_or_add_pPr().get_or_add_ind().set(qn("w:firstLineChars"), "0")  # noqa: SLF001, no other way
    form.first_line_indent = Pt(0)
    for run in paragraph.runs:
        run.font.size = Pt(size)


def picture(document: Document, file: IO[bytes], words: str, width_mm: float) -> None:
    """Set a picture as wide as the text; `words` are for a screen reader."""
    inline = document.doc.add_paragraph(style="Picture").add_run().add_picture(file, width=Mm(width_mm))
    document.figures += 1
    inline._inline.docPr.set("descr", one_line(words))  # noqa: SLF001, python-docx has no other way
    inline._inline.docPr.set("name", f"figure {document.figures}")  # noqa: SLF001
    for side in "TBLR":  # some programs take a missing distance for 3 mm
        inline._inline.set(f"dist{side}", "0")  # noqa: SLF001


def table(document: Document, of: Rows) -> None:
    """Set a table: every row has exactly its height, whatever its text."""
    rows = [*([of.heads] if of.heads else []), *of.rows]
    grid = document.doc.add_table(len(rows), len(of.widths), "Table Grid")
    grid.alignment, grid.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    grid._tbl.tblPr.find(qn("w:tblLook")).addprevious(parse_xml(PADDING))  # noqa: SLF001
    for column, across in zip(grid.columns, of.widths, strict=True):
        column.width = Mm(across)
    for k, (row, values) in enumerate(zip(grid.rows, rows, strict=True)):
        head = bool(of.heads) and not k
        high, lines = (HEAD_MM, 2) if head else (of.height, of.lines)
        row.height, row.height_rule = Mm(high), WD_ROW_HEIGHT_RULE.EXACTLY
        for n, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
            cell.width, cell.vertical_alignment = Mm(of.widths[n]), WD_CELL_VERTICAL_ALIGNMENT.CENTER
            paragraph = cell.paragraphs[0]
            paragraph.style = "Table Text"
            paragraph.alignment = SIDES["c" if head else of.sides[n]]
            form = paragraph.paragraph_format
            form.space_before = form.space_after = Pt(0)
            form.line_spacing, form.line_spacing_rule = Pt(of.size * 1.15), WD_LINE_SPACING.EXACTLY
            run = paragraph.add_run(shortened(value, room_ems(of.widths[n], of.size, lines)))
            run.font.size, run.bold = Pt(of.size), head or n in of.named
            if head or n in of.named:
                fill = PALETTE["land"].removeprefix("#")
                shade = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'
                cell._tc.get_or_add_tcPr().append(parse_xml(shade))  # noqa: SLF001
