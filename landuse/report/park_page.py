"""A page that has to hold: tables whose rows have a height, and texts cut to what fits into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt

from landuse.report.fonts import width
from landuse.report.gongwen import PADDING, SIDES
from landuse.report.palette import PALETTE
from landuse.report.words import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.report.gongwen import Document

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
