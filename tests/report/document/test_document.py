"""The report, read back: its numbers are the results', its form that of an official document."""

import dataclasses
import re
import shutil
import subprocess
import zipfile
from datetime import datetime

import docx
import pytest
from babel.messages.pofile import read_po
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from PIL import Image
from toy_relocation import with_relocation
from toy_result import HOSTILE, rule_like, toy, with_rules

from landuse import i18n
from landuse.i18n import _
from landuse.quality import Issue
from landuse.report.document import relocation, tables
from landuse.report.document import report as document
from landuse.report.document.report import write_document
from landuse.report.figures.write import Plate
from landuse.report.words.format import one_line
from landuse.report.words.relocation import (
    beside_sentence,
    plan_name,
    plan_sentence,
    proof_sentence,
    shortfall_words,
    unknown_sentences,
)
from landuse.results.concentration import Interval
from landuse.units import to_mu

CJK = re.compile("[\u3400-\u9fff]")


@pytest.fixture
def report(tmp_path):
    def of(result, **options):
        write_document(result, tmp_path / "r.docx", **options)
        return docx.Document(tmp_path / "r.docx")

    return of


@pytest.fixture(scope="module")
def whole(city, tmp_path_factory):
    """The report of the sample city, without figures."""
    path = tmp_path_factory.mktemp("report") / "r.docx"
    write_document(city.result, path)
    return docx.Document(path)


def paragraphs(doc):
    return [p.text for p in doc.paragraphs if p.text]


def cells(doc):
    return [c.text for t in doc.tables for row in t.rows for c in row.cells]


def table(doc, words):
    """Rows of the table whose caption has some words, as lists of text."""
    captions = [p.text for p in doc.paragraphs if p.text.startswith(("表", "Table")) and p.style.name == "Caption"]
    (k,) = (k for k, text in enumerate(captions) if words in text)
    return [[c.text for c in row.cells] for row in doc.tables[k].rows]


def number(text):
    return float(text.replace(",", "").replace("−", "-").replace("%", "").removeprefix("★ "))


def numbers(rows, k):
    return [number(row[k]) for row in rows]


class TestNumbers:
    def test_the_headline_comes_first_and_whole(self, city, whole):
        c = city.result.concentration
        first = paragraphs(whole)[3:6]
        assert first[0] == "一、总体结论"
        assert str(c).splitlines()[0] in first[1]
        assert first[1].startswith("截至2025年12月31日，")
        assert f"{c.interval.low:.2%} 至 {c.interval.high:.2%}" in first[2]

    def test_districts(self, city, whole):
        c = city.result.concentration
        _heads, *rows, whole = table(whole, "分区县")
        assert [row[0] for row in rows] == c.districts["name"].tolist()
        for column, truth in ((1, "total_m2"), (2, "inside_m2"), (6, "gap_m2")):
            assert numbers(rows, column) == pytest.approx(to_mu(c.districts[truth]).tolist(), abs=0.0151), truth
            assert sum(numbers(rows, column)) == pytest.approx(number(whole[column]), abs=1e-6), truth
        assert [row[4] for row in rows] == [f"{x:.2%}" if x == x else "–" for x in c.districts["share"]]  # noqa: PLR0124
        assert whole[1:3] == [f"{to_mu(x):,.2f}" for x in (c.total_m2, c.inside_m2)]
        assert whole[4] == f"{c.share:.2%}"
        assert number(whole[6]) == pytest.approx(to_mu(c.gap.relocate), abs=0.0051)

    def test_parks(self, city, whole):
        parks = city.result.concentration.parks
        _heads, *rows, whole = table(whole, "分园区")
        assert [row[0] for row in rows] == parks["park_name"].tolist()
        truth = {4: parks["industrial_m2"], 5: parks["industrial_gross_m2"], 6: parks["land_m2"]}
        for column, m2 in truth.items():
            assert numbers(rows, column) == pytest.approx(to_mu(m2).tolist(), abs=0.0101)
        assert whole[4] == f"{to_mu(city.result.concentration.inside_m2):,.2f}"
        assert whole[5] == whole[6] == ""  # land that two parks claim stands in both

    def test_definitions(self, city, whole):
        rows = table(whole, "各口径")[1:]
        shown = [row[k] for row in rows for k in (3, 4, 5)]
        assert [x.removeprefix("★ ") for x in shown] == [f"{x:.2%}" for x in city.result.sensitivity["share"]]
        assert [x for x in shown if x.startswith("★")] == [f"★ {city.result.concentration.share:.2%}"]

    def test_a_basis_that_no_row_has_is_no_column(self, city, report):
        f = city.result
        fewer = dataclasses.replace(f, sensitivity=f.sensitivity[f.sensitivity["area"] != "registered"])
        heads, *rows = table(report(fewer), "各口径")
        assert (len(heads), {len(row) for row in rows}) == (6, {6})
        shown = [x for row in rows for x in row[3:5]]
        assert [x.removeprefix("★ ") for x in shown] == [f"{x:.2%}" for x in fewer.sensitivity["share"]]

    def test_candidates_the_largest_first_and_the_rest_counted(self, city, report, monkeypatch):
        listed = city.result.candidates.listed
        assert len(listed) > 1
        for module in (document, tables):
            monkeypatch.setattr(module, "CANDIDATES", 1)
        got = report(city.result)
        (row,) = table(got, "候选地块")[1:]
        largest = listed.sort_values("area_m2", ascending=False).iloc[0]
        assert row[1] == largest.name
        assert number(row[4]) == round(to_mu(largest["area_m2"]), 2)
        assert number(row[7]) == round(largest["tax_per_mu"] / 1e4, 2)
        assert row[8] == "、".join(largest["reasons"])
        text = "\n".join(paragraphs(got))
        assert f"全部 {len(listed)} 块见台账" in text

    def test_plots_without_data_are_to_be_surveyed(self, report):
        assert "无数据的 1 块（5.40 亩）应先行调查，均未认定为低效。" in "".join(paragraphs(report(toy())))

    def test_quality_with_its_effect(self, report):
        found = (
            Issue("gaps", 3, "计入报告", area_m2=2000.0),
            Issue("merged_code", 4, "按工业计", area_m2=1000.0, effect_on_share=-0.0034),
        )
        got = report(dataclasses.replace(toy(), quality=found))
        rows = table(got, "数据问题")[1:]
        assert [row[1:] for row in rows] == [["3", "3.00", "–", "计入报告"], ["4", "1.50", "−0.3400", "按工业计"]]
        assert any("2 类，涉及 7 条" in p and "−0.3400 个百分点" in p for p in paragraphs(got))

    def test_every_sentence_has_a_number(self, whole):
        body = [p.text for p in whole.paragraphs if p.style.name == "Body Text"]
        body = [p for p in body if not re.match(r"\d+\. ", p)]  # a list of what is not known
        sentences = [s for p in body for s in re.split("[。；]", p) if s and not s.startswith("口径：")]
        words_only = [s for s in sentences if not re.search(r"\d", s)]
        others = (plan_name("greedy"), plan_name("nearest"))  # they may keep no condition
        assert [s for s in words_only if not s.startswith(("结论：", "只计一次", "是否达标取决于口径", *others))] == []

    def test_a_study_of_the_first_stage_only(self, bare, report):
        interval = Interval(5.0, 0.4, 0.5, bare.concentration.districts.iloc[:0])
        for c in (bare.concentration, dataclasses.replace(bare.concentration, interval=interval)):
            got = report(dataclasses.replace(bare, concentration=c, date=None))
            assert not any("零星" in p for p in paragraphs(got))
            assert any("未达标" in p for p in paragraphs(got))

    def test_the_plan(self, city, whole):
        r = city.result.relocation
        got, text = whole, paragraphs(whole)
        assert text.count(plan_sentence(city.result)) == 2  # in the conclusion and in its chapter
        assert any(proof_sentence(city.result) in p and beside_sentence(city.result) in p for p in text)
        *rows, whole = table(got, _("The plan year by year"))[1:]
        assert [row[0] for row in rows] == [str(y) for y in r.years.index]
        assert sum(numbers(rows, 3)) == pytest.approx(number(whole[3]), abs=1e-6)
        assert number(whole[3]) == pytest.approx(r.cost_yuan / 1e4, abs=0.0051)
        *flows, whole = table(got, _("What moves from which district to which"))[1:]
        assert len(flows) == len(r.flows)
        assert number(whole[3]) == pytest.approx(to_mu(r.moved_m2), abs=0.0051)
        listed = [p for p in text if re.match(r"\d+\. ", p)]
        unknown = [one_line(x) for x in unknown_sentences(r)]  # before what the parks' chapter lists
        assert [p.split(". ", 1)[1] for p in listed[: len(unknown)]] == unknown

    def test_largest_moves_and_fullest_blocks_come_first(self, report, monkeypatch):
        monkeypatch.setattr(relocation, "BLOCKS", 1)
        monkeypatch.setattr(relocation, "MOVES", 1)
        result = with_relocation(toy())
        r = result.relocation
        got = report(result)
        (row,) = table(got, _("The {n} largest moves", n=1))[1:]
        assert row[1] == r.moves[r.moves["action"] == "move"]["area_m2"].idxmax()
        (row,) = table(got, _("The {n} blocks with the highest load (* spare land computed)", n=1))[1:]
        load = r.blocks["used_m2"] / r.blocks["spare_m2"]
        assert number(row[5]) == pytest.approx(load.max() * 100, abs=0.0051)
        assert _("The {n} largest are printed; in the workbook: all {all}.", n=1, all=2) in paragraphs(got)

    def test_what_is_missing_for_a_plan(self, report):
        result = with_relocation(toy(), "infeasible")
        text = paragraphs(report(result))
        missing = [one_line(shortfall_words(x, result)) for x in result.relocation.shortfalls]
        assert [p.split(". ", 1)[1] for p in text if re.match(r"\d+\. ", p)][: len(missing)] == missing
        assert _("Relocation plan: none is possible; {n} conditions fall short.", n=2) in text
        assert not any(p.startswith(_("The plan year by year")) for p in text)

    def test_a_plan_that_is_not_needed_is_one_sentence(self, report):
        result = with_relocation(toy(), "not_needed")
        doc = report(result)
        after = [p.text for p in doc.paragraphs]
        k = next(k for k, p in enumerate(doc.paragraphs) if p.text.endswith(_("Relocation plan")))
        assert after[k + 1] == plan_sentence(result)
        assert doc.paragraphs[k + 2].style.name == "Heading 1"

    def test_a_tax_nobody_knows_is_a_dash(self, report):
        result = toy()
        plots = result.candidates.plots.assign(tax_per_mu=float("nan"))
        found = dataclasses.replace(result.candidates, plots=plots)
        assert "nan" not in cells(report(dataclasses.replace(result, candidates=found)))

    def test_what_identifies_the_run(self, report):
        result = dataclasses.replace(toy(), inputs={"a.gpkg": "f" * 64}, assumptions=("甲", "乙"))
        got = report(result, versions={"landuse": "0.1"}, parameters={"scatter": {"gap_m": 50.0}, "parcels": {"a": 1}})
        assert [row for row in cells(got) if row.startswith(("scatter.", "parcels."))] == ["scatter.gap_m"]
        assert ["run_id", result.run_id] in table(got, "运行标识")
        assert ["软件版本", "landuse 0.1"] in table(got, "运行标识")
        assert ["a.gpkg", "f" * 64] in table(got, "sha256")
        assert {"假定 1：甲", "假定 2：乙"} <= set(paragraphs(got))


class TestForm:
    def test_page_and_typefaces_are_those_of_the_standard(self, report):
        got = report(toy())
        (section,) = got.sections
        assert (section.page_width.mm, section.page_height.mm) == pytest.approx((210, 297), abs=0.1)
        margins = section.top_margin, section.bottom_margin, section.left_margin, section.right_margin
        assert [m.mm for m in margins] == pytest.approx([37, 35, 28, 26], abs=0.1)
        faces = {"Title": "方正小标宋简体", "Heading 1": "黑体", "Heading 2": "楷体", "Body Text": "仿宋"}
        for name, face in faces.items():
            fonts = got.styles[name].element.rPr.rFonts
            assert fonts.get(qn("w:eastAsia")) == face
            assert not [a for a in fonts.attrib if "Theme" in a]
        body = got.styles["Body Text"]
        assert (body.font.size, body.paragraph_format.line_spacing) == (Pt(16), Pt(28))
        assert body.element.pPr.ind.get(qn("w:firstLineChars")) == "200"
        assert got.styles["Title"].font.size == Pt(22)

    def test_pages_are_numbered_at_the_outer_edge_and_marked(self, report):
        (section,) = report(toy()).sections
        for footer, side in ((section.footer, 2), (section.even_page_footer, 0)):
            (paragraph,) = footer.paragraphs
            assert "".join(t.text for t in paragraph._p.iter(qn("w:t"))) == "— 1 —"
            assert next(paragraph._p.iter(qn("w:fldSimple"))).get(qn("w:instr")) == "PAGE"
            assert paragraph.alignment == side
        for header in (section.header, section.even_page_header):
            assert header.paragraphs[0].text == "SYNTHETIC 合成数据 · 0123456789ab"
        (section,) = report(dataclasses.replace(toy(), synthetic=False)).sections
        assert section.header.paragraphs[0].text == section.even_page_header.paragraphs[0].text == ""

    def test_heads_repeat_rows_stay_whole_and_elements_stand_in_words_order(self, whole):
        for t in whole.tables:
            assert [bool(row._tr.findall(".//" + qn("w:tblHeader"))) for row in t.rows] == [True] + [False] * (
                len(t.rows) - 1
            )
            assert all(row._tr.findall(".//" + qn("w:cantSplit")) for row in t.rows)
            order = [child.tag for child in t._tbl.tblPr]
            assert order.index(qn("w:tblLayout")) < order.index(qn("w:tblCellMar")) < order.index(qn("w:tblLook"))
            for cell in t.rows[0].cells:
                order = [child.tag for child in cell._tc.tcPr]
                assert order.index(qn("w:tcW")) < order.index(qn("w:shd")) < order.index(qn("w:vAlign"))
            assert sum(c.width for c in t.columns) == pytest.approx(Mm(156), rel=0.01)

    def test_figures_stand_in_their_chapters_with_caption_and_alternative_text(
        self, city, city_figures, report, tmp_path
    ):
        Image.new("RGB", (10, 10)).save(tmp_path / "x.png")
        extra = Plate("extra", "前沿", tmp_path / "x.png", tmp_path / "x.svg", frozenset("\ue001"))
        got = report(city.result, figures=[*city_figures, extra])
        captions = [p.text for p in got.paragraphs if p.text.startswith("图") and p.style.name == "Caption"]
        titles = [*(plate.caption for plate in city_figures), "前沿"]
        assert captions == [f"图 {k}  {title}" for k, title in enumerate(titles, start=1)]
        assert len(got.inline_shapes) == len(titles)
        assert [s._inline.docPr.get("descr") for s in got.inline_shapes] == captions
        assert got.inline_shapes[0].width == Mm(156)
        assert any("U+E001" in p for p in paragraphs(got))

    def test_the_same_findings_give_the_same_bytes(self, tmp_path):
        for name in ("a", "b"):
            write_document(with_relocation(toy()), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
        with zipfile.ZipFile(tmp_path / "a") as z:
            assert {entry.date_time for entry in z.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        properties = docx.Document(tmp_path / "a").core_properties
        assert properties.created.replace(tzinfo=None) == datetime(2025, 12, 31)  # noqa: DTZ001
        assert properties.created == properties.modified

    def test_text_of_the_data_is_text(self, report):
        names = [*HOSTILE, "a\x0b\x00\uffffb"]
        for three in zip(names[::3], names[1::3], names[2::3], strict=True):
            result = dataclasses.replace(with_relocation(toy(three)), name=three[0])
            got = report(result)
            assert paragraphs(got)[0] == one_line(three[0])
            assert {one_line(three[1]), one_line(three[2])} <= set(cells(got))


class TestLanguage:
    def test_english_has_no_chinese_but_the_datas(self, report):
        with i18n.language("en"):
            result = dataclasses.replace(toy(("Firm", "Park", "District")), name="Example")
            got = report(with_relocation(with_rules(result, rule_like(result, source="example"))))
        found = {text for text in (*paragraphs(got), *cells(got)) if CJK.search(text)}
        assert found == {"空区"}

    def test_chinese_has_no_message_left_in_english(self, city, report):
        po = i18n.files("landuse").joinpath("locale", "zh", "LC_MESSAGES", "landuse.po").read_bytes()
        english = {m.id for m in read_po(po.decode("utf-8").splitlines(), locale="zh") if m.id}
        got = report(city.result, versions={"landuse": "0.1"})
        said = {*paragraphs(got), *cells(got)}
        assert said & english == set()
        assert [t for t in said if re.search(r"[a-z]{3,} [a-z]{2,}", t)] == []


def test_libreoffice_opens_it(city, city_figures, office, tmp_path):
    write_document(city.result, tmp_path / "r.docx", figures=city_figures)
    pdf = office(tmp_path / "r.docx", "pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    if shutil.which("pdftotext") is None:
        return
    done = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True)
    text = re.sub(r"\s", "", done.stdout.decode())
    assert re.sub(r"\s", "", str(city.result.concentration).splitlines()[0]) in text
    assert "—1—" in text
    assert "—2—" in text
    assert city.result.run_id in text
