"""A Word document by the conventions of Chinese official documents (GB/T 9704-2012).

A4 with margins of 37, 35, 28 and 26 mm; title in 小标宋 22 pt, headings in 黑体 and 楷体, text in 仿宋 16 pt on lines
of 28 pt, two characters indented; page numbers "— 1 —" at the outer edge. A reader's Word without these typefaces takes
what the font table names beside them. In English the typeface is Times New Roman, the text 12 pt.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from landuse.i18n import _, current
from landuse.report.words.format import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LATIN = "Times New Roman"
TITLE, HEADING, SUBHEADING, TEXT = "方正小标宋简体", "黑体", "楷体", "仿宋"
#: Typeface to what stands in for it.
INSTEAD = {TITLE: "宋体", HEADING: "SimHei", SUBHEADING: "KaiTi", TEXT: "FangSong"}
NUMERALS = "一二三四五六七八九十"
#: Width of the type area [mm].
WIDTH_MM = 156.0
#: Dates where a study has none; and of every entry of the file, so that the same text gives the same bytes.
UNDATED = date(2000, 1, 1)
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
PAGE = f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
#: Within a cell, left and right, 1 mm instead of 1.9.
PADDING = f'<w:tblCellMar {nsdecls("w")}><w:left w:w="57" w:type="dxa"/><w:right w:w="57" w:type="dxa"/></w:tblCellMar>'
SIDES = {"l": WD_ALIGN_PARAGRAPH.LEFT, "r": WD_ALIGN_PARAGRAPH.RIGHT, "c": WD_ALIGN_PARAGRAPH.CENTER}


@dataclass(frozen=True)
class Grid:
    """A table of a document.

    Attributes
    ----------
    caption : str
        Above it.
    heads : sequence of str
        Of the columns.
    rows : sequence of sequences of str
        As they are shown.
    widths : sequence of float
        Of the columns, in proportion.
    sides : str
        Alignment of each column: "l", "r" or "c".
    total : sequence of str
        A last row set apart; empty for none.
    size : float
        Of the letters [pt].
    """

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    sides: str
    total: Sequence[str] = ()
    size: float = 10.5


class Document:
    """A document that grows from the title down.

    Parameters
    ----------
    title : str
        For the file's properties.
    dated : datetime.date or None
        When its data is from; stands as its date of making, so that making it again changes nothing.
    comments : str
        For the file's properties.
    mark : str
        Printed at the head of every page; empty for none.
    """

    def __init__(self, title: str, dated: date | None, comments: str, mark: str = "") -> None:
        self.doc = docx.Document()
        self.chinese = current() == "zh"
        self.headings = self.subheadings = self.tables = self.figures = 0
        made = datetime.combine(dated or UNDATED, time(), UTC)
        properties = self.doc.core_properties
        properties.title, properties.comments, properties.author = one_line(title), comments, "landuse"
        properties.created = properties.modified = made
        properties.language = "zh-CN" if self.chinese else "en-GB"
        self._styles()
        self._page(mark)
        self._stand_ins()

    def title(self, *lines: str) -> None:
        """Write the title, a line each."""
        for line in lines:
            self.doc.add_paragraph(one_line(line), "Title")

    def subtitle(self, text: str) -> None:
        """Write the line below the title."""
        self.doc.add_paragraph(one_line(text), "Subtitle")

    def heading(self, text: str, *, numbered: bool = True) -> None:
        """Open a chapter: 一、 or 1."""
        number = ""
        if numbered:
            self.headings, self.subheadings = self.headings + 1, 0
            number = f"{_numeral(self.headings)}、" if self.chinese else f"{self.headings}. "
        self.doc.add_paragraph(number + one_line(text), "Heading 1")

    def subheading(self, text: str) -> None:
        """Open a section: （一） or (1)."""
        self.subheadings += 1
        number = f"（{_numeral(self.subheadings)}）" if self.chinese else f"({self.subheadings}) "
        self.doc.add_paragraph(number + one_line(text), "Heading 2")

    def text(self, *sentences: str) -> None:
        """Write a paragraph; empty sentences are left out, and a paragraph of none."""
        said = [one_line(sentence) for sentence in sentences if sentence]
        if said:
            self.doc.add_paragraph(("" if self.chinese else " ").join(said), "Body Text")

    def table(self, grid: Grid) -> None:
        """Set a table: its heads repeat on every page, no row is split."""
        self.tables += 1
        caption = _("Table {n}  {title}", n=self.tables, title=one_line(grid.caption))
        self.doc.add_paragraph(caption, "Caption").paragraph_format.keep_with_next = True
        rows = [grid.heads, *grid.rows, *([grid.total] if grid.total else [])]
        table = self.doc.add_table(len(rows), len(grid.heads), "Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        # python-docx has no other way; the order of elements is Word's
        table._tbl.tblPr.find(qn("w:tblLook")).addprevious(parse_xml(PADDING))  # noqa: SLF001
        unit = WIDTH_MM / sum(grid.widths)
        for column, width in zip(table.columns, grid.widths, strict=True):
            column.width = Mm(width * unit)
        last = len(rows) - 1
        style = self.doc.styles["Table Text"].style_id
        for k, (row, values) in enumerate(zip(table.rows, rows, strict=True)):
            properties = row._tr.get_or_add_trPr()  # noqa: SLF001, python-docx has no other way
            properties.append(OxmlElement("w:cantSplit"))
            if not k:
                properties.append(OxmlElement("w:tblHeader"))
            for cell, value, side, width in zip(row.cells, values, grid.sides, grid.widths, strict=True):
                cell.width = Mm(width * unit)
                if not k:
                    _shade(cell, "E7EFEE")
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                paragraph = cell.paragraphs[0]
                paragraph._p.style = style  # noqa: SLF001, by name it is looked up again for every cell
                paragraph.alignment = SIDES[side if k else "c"]
                run = paragraph.add_run(one_line(value))
                run.font.size = Pt(grid.size)
                run.bold = not k or (bool(grid.total) and k == last)
                # neither the heads nor the total stand alone on a page
                paragraph.paragraph_format.keep_with_next = not k or (bool(grid.total) and last - 3 < k < last)
        self.doc.add_paragraph(style="Table Text")

    def figure(self, picture: Path, caption: str) -> None:
        """Set a picture as wide as the text, its caption below."""
        self.figures += 1
        paragraph = self.doc.add_paragraph(style="Picture")
        inline = paragraph.add_run().add_picture(str(picture), width=Mm(WIDTH_MM))
        words = _("Figure {n}  {title}", n=self.figures, title=one_line(caption))
        inline._inline.docPr.set("descr", words)  # noqa: SLF001, what a screen reader says
        inline._inline.docPr.set("name", f"figure {self.figures}")  # noqa: SLF001
        for side in "TBLR":  # some programs take a missing distance for 3 mm
            inline._inline.set(f"dist{side}", "0")  # noqa: SLF001
        self.doc.add_paragraph(words, "Caption")

    def save(self, path: Path) -> None:
        """Write the file; the same text gives the same bytes."""
        buffer = io.BytesIO()
        self.doc.save(buffer)
        with zipfile.ZipFile(buffer) as made, zipfile.ZipFile(path, "w") as written:
            for entry in made.infolist():
                fixed = zipfile.ZipInfo(entry.filename, ZIP_DATE)
                fixed.compress_type, fixed.create_system = zipfile.ZIP_DEFLATED, 3
                written.writestr(fixed, made.read(entry))

    def _styles(self) -> None:
        styles = self.doc.styles
        for name, base in (("Picture", "Normal"), ("Table Text", "Normal")):
            styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = styles[base]
        text = 16.0 if self.chinese else 12.0
        line = 28.0 if self.chinese else 20.0
        faces = {
            "Normal": (TEXT, text, line),
            "Body Text": (TEXT, text, line),
            "Title": (TITLE, 22.0, 35.0),
            "Subtitle": (SUBHEADING, text, line),
            "Heading 1": (HEADING, text, line),
            "Heading 2": (SUBHEADING, text, line),
            "Caption": (HEADING, 12.0 if self.chinese else 10.5, 24.0),
            "Picture": (TEXT, text, None),
            "Table Text": (TEXT, 10.5, None),
            "Header": (TEXT, 9.0, None),
            "Footer": ("宋体", 14.0, None),
        }
        for name, (face, size, exactly) in faces.items():
            style: Any = styles[name]
            _face(style.element.get_or_add_rPr(), face)
            style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
            style.font.bold = style.font.italic = False
            form = style.paragraph_format
            form.space_before = form.space_after = Pt(0)
            form.line_spacing = Pt(exactly) if exactly else 1.0
            form.line_spacing_rule = WD_LINE_SPACING.EXACTLY if exactly else WD_LINE_SPACING.SINGLE
            for border in style.element.get_or_add_pPr().findall(qn("w:pBdr")):
                border.getparent().remove(border)
        for name in ("Title", "Subtitle", "Caption", "Picture"):
            styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        styles["Table Text"].paragraph_format.space_before = styles["Table Text"].paragraph_format.space_after = Pt(1.5)
        styles["Subtitle"].paragraph_format.space_after = Pt(line)
        styles["Picture"].paragraph_format.keep_with_next = True
        styles["Caption"].paragraph_format.space_after = Pt(4)
        styles["Body Text"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        for name in ("Body Text", "Heading 1", "Heading 2"):
            if self.chinese:
                form = styles[name].element.get_or_add_pPr().get_or_add_ind()
                form.set(qn("w:firstLineChars"), "200")
                form.set(qn("w:firstLine"), str(int(2 * text * 20)))
            else:
                styles[name].paragraph_format.space_after = Pt(6)
                styles[name].font.bold = name != "Body Text"
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")

    def _page(self, mark: str) -> None:
        section = self.doc.sections[0]
        section.orientation = WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.header_distance, section.footer_distance = Mm(25), Mm(24)
        self.doc.settings.odd_and_even_pages_header_footer = True
        outer = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.LEFT
        for footer, side in zip((section.footer, section.even_page_footer), outer, strict=True):
            paragraph = footer.paragraphs[0]
            paragraph.style, paragraph.alignment = "Footer", side
            # one character in from the outer edge
            paragraph.paragraph_format.right_indent = paragraph.paragraph_format.left_indent = Pt(14)
            paragraph.add_run("— ")
            paragraph._p.append(parse_xml(PAGE))  # noqa: SLF001
            paragraph.add_run(" —")
        for header in (section.header, section.even_page_header):
            header.paragraphs[0].style = "Header"
            header.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            header.paragraphs[0].add_run(one_line(mark))

    def _stand_ins(self) -> None:
        """Name what stands in for a typeface that the reader's machine lacks."""
        (part,) = (p for p in self.doc.part.package.iter_parts() if p.partname == "/word/fontTable.xml")
        table = parse_xml(part.blob)
        for face, other in INSTEAD.items():
            table.append(parse_xml(f'<w:font {nsdecls("w")} w:name="{face}"><w:altName w:val="{other}"/></w:font>'))
        part._blob = docx.oxml.xmlchemy.serialize_for_reading(table).encode()  # noqa: SLF001


def _numeral(n: int) -> str:
    """Return a Chinese numeral up to 19."""
    return NUMERALS[n - 1] if n <= 10 else "十" + NUMERALS[n - 11]


def _face(properties: Any, face: str) -> None:
    """Set the typefaces of a style, and take away those of the theme."""
    fonts = properties.get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for script, name in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN), ("eastAsia", face)):
        fonts.set(qn(f"w:{script}"), name)


def _shade(cell: Any, colour: str) -> None:
    shade = parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{colour}"/>')
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001
