"""The workbook: text identifiers, formulas only for totals, tables that add up, the same bytes twice."""

import dataclasses
import math
import re
import shutil
import subprocess
import zipfile

import openpyxl
import pandas as pd
import pytest
from toy_findings import listing, toy

from landuse.report import workbook_ledger, workbook_sheets
from landuse.report.workbook import write_workbook
from landuse.units import to_mu

SHEETS = [
    "汇总",
    "区县",
    "园区",
    "候选地块",
    "无数据地块",
    "判定规则",
    "口径矩阵",
    "数据质量",
    "分块明细",
    "口径",
]
HOSTILE = '=HYPERLINK("http://x","y")'
OFFICE = shutil.which("soffice")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode"><value>0</value></prop>
</item>
</oor:items>"""


@pytest.fixture
def book(tmp_path):
    def of(findings, *, values=False):
        write_workbook(findings, tmp_path / "b.xlsx")
        return openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=values)

    return of


def column(sheet, head):
    heads = [c.value for c in sheet[3]]
    return [row[heads.index(head)] for row in sheet.iter_rows(min_row=4)]


def facts(sheet, column=2):
    return {row[0].value: row[column - 1].value for row in sheet.iter_rows(min_row=4)}


def rows_of(link):
    """First and last row of a link, or the only one."""
    return [int(x) for x in link.value.split("–")]


def cells(book):
    return [c for sheet in book for row in sheet.iter_rows() for c in row]


def test_sheets_and_what_identifies_the_run(book):
    findings = toy()
    got = book(findings)
    assert got.sheetnames == SHEETS
    meaning = facts(got["口径"])
    assert meaning["run_id"] == findings.run_id
    assert meaning["口径"] == str(findings.definition)
    assert "planar_m2" in meaning["在 GeoPackage 中复核"]
    assert all("SYNTHETIC" in sheet["A1"].value for sheet in got)


def test_totals_are_formulas_and_agree_with_what_they_show(book):
    findings = toy()
    formula, shown = book(findings), book(findings, values=True)
    *rows, total = column(formula["区县"], "工业用地")
    assert total.value == f"=SUM(D4:D{3 + len(rows)})"
    assert column(shown["区县"], "工业用地")[-1].value == pytest.approx(sum(c.value for c in rows))
    assert column(shown["区县"], "工业用地")[-1].value == round(to_mu(findings.concentration.total_m2), 2)
    assert column(shown["区县"], "集聚度")[-1].value == pytest.approx(findings.concentration.share)
    headline = facts(shown["汇总"])
    assert headline["集聚度"] == pytest.approx(findings.concentration.share)
    assert headline["工业用地（亩）"] == round(to_mu(findings.concentration.total_m2), 2)


def test_every_area_is_held_against_the_ledger(book, city):
    shown = book(city.findings, values=True)
    for sheet in ("区县", "园区"):
        rest = [c.value for c in column(shown[sheet], "明细减本行（取整差）")][:-1]
        assert max(map(abs, rest)) <= workbook_ledger.ROUNDING_MU
    total = column(shown["分块明细"], "面积(㎡)")[-1].value
    assert total == pytest.approx(city.findings.concentration.total_m2, abs=0.006)


def test_each_plot_links_to_its_parts(book, city):
    got = book(city.findings)
    ids, areas = (column(got["分块明细"], head) for head in ("图斑编号", "面积(㎡)"))
    found = city.findings.candidates
    seen = 0
    for sheet, plots in (("候选地块", found.listed), ("无数据地块", found.no_data)):
        links = column(got[sheet], "明细行号")[: len(plots)]
        for link, (parcel, m2) in zip(links, plots["area_m2"].items(), strict=True):
            assert link.hyperlink.location == f"'分块明细'!A{rows_of(link)[0]}"
            here = slice(rows_of(link)[0] - 4, rows_of(link)[-1] - 3)
            assert {c.value for c in ids[here]} == {parcel}
            assert sum(c.value for c in areas[here]) == pytest.approx(m2, rel=1e-12)
            seen += 1
    assert seen == len(found.listed) + len(found.no_data) > 0
    deciding = column(got["关键图斑"], "明细行号")[:-1]
    assert max(len(rows_of(link)) for link in deciding) == 2  # cut by a boundary: several rows
    assert {c.data_type for c in ids} == {"s"}


def test_parts_of_a_parcel_stand_together_whatever_their_order_in_the_ledger():
    findings = toy()
    parts = findings.ledger.parts
    mixed = parts.iloc[[4, 1, 5, 0, 3, 2]].reset_index(drop=True)
    other = dataclasses.replace(findings, ledger=dataclasses.replace(findings.ledger, parts=mixed))
    one, two = (workbook_ledger.LedgerRows.of(f) for f in (findings, other))
    pd.testing.assert_frame_equal(one.land, two.land)
    assert one.links(["P2"]) == two.links(["P2"]) == [("'分块明细'!A6", "6–7")]
    assert one.links(["P2", "?"], outside=True) == [("'分块明细'!A6", "6"), None]


def test_no_text_of_the_data_is_a_formula(book):
    got = book(toy((HOSTILE, HOSTILE, HOSTILE), (HOSTILE, "+1", "-1", "@x")))
    texts = [c for c in cells(got) if c.value == HOSTILE]
    assert texts
    assert {c.data_type for c in texts} == {"s"}
    assert not [c for c in texts if c.hyperlink]
    formulas = [c.value for c in cells(got) if c.data_type == "f"]
    known = r"=(SUM\(\w+\d+:\w+\d+\)|SUMIFS\(.*|ROUND\(SUMIFS\(.*|\(G\d+-H\d+\)\*100|0\.7|'\w+'!\w+\d+)"
    assert [f for f in formulas if not re.fullmatch(known, f)] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x0bb\x00", "a�b�"),
        ("厂\uffff\x7f", "厂��"),
        ("<r><t>x</t></r>", "<r><t>x</t></r> "),
        ("<r>&</r>", "<r>&</r> "),
    ],
)
def test_what_no_cell_holds_is_shown_and_counted(book, text, shown):
    got = book(toy((text, "园", "区")))
    assert [c.value for c in cells(got) if c.value == shown] == [shown]
    assert facts(got["口径"])["单元格无法容纳的字符"] == "有 1 个单元格以 � 代替"


def test_half_a_surrogate_pair_in_the_name_of_the_study(book):
    got = book(dataclasses.replace(toy(), name="示例\ud800市"))
    assert facts(got["口径"])["研究"] == "示例�市"
    assert got.properties.title == "示例�市"
    assert "示例�市" in got["区县"].oddFooter.left.text


@pytest.mark.parametrize("text", ["_x0041_", "  厂 ", "𠮷䶮厂", "两\n行", "0601", "330110200012345678", "A&B<C>"])
def test_other_texts_stay_as_they_are(book, text):
    got = book(toy((text, "园", "区")))
    kept = column(got["候选地块"], "企业")[0]
    # openpyxl leaves the escape of an escape as it stands in the file; a spreadsheet program resolves it
    assert kept.value.replace("_x005F_", "_") == text
    assert kept.data_type == "s"
    assert facts(got["口径"])["单元格无法容纳的字符"] == "有 0 个单元格以 � 代替"


def test_a_text_longer_than_a_cell_is_continued_on_a_sheet_of_its_own(book):
    text = "".join(f"{k:05}" for k in range(9000))
    got = book(toy((text, "园", "区")))
    assert got.sheetnames == [*SHEETS, "长文本"]
    assert all(len(c.value) <= 32_767 for c in cells(got) if isinstance(c.value, str))
    parts = [[c.value for c in row] for row in got["长文本"].iter_rows(min_row=4)]
    assert "".join(p[3] for p in parts) == text
    assert {(p[0], p[1]) for p in parts} == {("候选地块", "D4")}
    assert column(got["候选地块"], "企业")[0].value.endswith("（全文见末表）")


def test_more_rows_than_a_sheet_holds_are_a_sentence(book, monkeypatch):
    monkeypatch.setattr(workbook_sheets, "SHEET_ROWS", 6)
    monkeypatch.setattr(workbook_ledger, "SHEET_ROWS", 6)
    got = book(toy())  # six parts; a sheet of six rows has room for two
    assert got["分块明细"]["A4"].value.startswith("共 6 行")
    assert got["分块明细"].max_row == 4
    assert [c.value for c in got["候选地块"][3]][-1] == "依据"
    assert not [c.value for c in cells(got) if c.data_type == "f" and "分块明细" in c.value]
    assert column(got["区县"], "集聚度")[-1].value == "=E6/D6"


def test_how_a_figure_is_found_again_where_the_ledger_does_not_fit(book, monkeypatch):
    assert "分块明细" in facts(book(toy())["口径"])["在工作簿中复核"]
    monkeypatch.setattr(workbook_ledger, "SHEET_ROWS", 6)
    assert facts(book(toy())["口径"])["在工作簿中复核"].startswith("分块共 6 行")


def test_plots_without_data_have_blank_figures_not_zeros(book):
    sheet = book(toy())["无数据地块"]
    assert column(sheet, "亩均税收（万元/亩·年）")[0].value is None
    assert column(sheet, "证据")[0].value == "无数据"
    assert all(not (isinstance(c.value, float) and math.isnan(c.value)) for row in sheet.iter_rows() for c in row)


def test_a_run_without_plots_has_sheets_without_rows(book, bare):
    assert book(bare).sheetnames == ["汇总", "区县", "园区", "口径矩阵", "数据质量", "分块明细", "口径"]
    whole = toy()
    none = listing(whole, whole.candidates.plots.iloc[:0])
    got = book(none, values=True)
    assert facts(got["汇总"])["候选地块面积（亩）"] == 0
    assert column(got["候选地块"], "面积（亩）")[0].value == 0


def test_laid_out_for_reading_and_printing(book):
    got = book(dataclasses.replace(toy(), name="A & B"))
    for sheet in got:
        setup = sheet.page_setup
        assert (setup.orientation, int(setup.paperSize), setup.fitToHeight) == ("landscape", 9, 0)
        assert sheet.print_title_rows == "$1:$3"
        assert sheet.freeze_panes == "C4"
        assert "&P" in sheet.oddFooter.center.text
        assert "0123456789ab" in sheet.oddFooter.right.text
        assert "A && B" in sheet.oddFooter.left.text
    assert got["区县"].auto_filter.ref == "A3:M5"
    assert len(got["汇总"]._charts) == 1
    marks = got["区县"].conditional_formatting
    assert {str(m.sqref) for m in marks} == {"G4:G6", "M4:M6"}


def test_the_same_findings_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_workbook(toy(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    with zipfile.ZipFile(tmp_path / "a") as book:
        assert b"2000-01-01T00:00:00Z</dcterms:created>" in book.read("docProps/core.xml")


def spoilt(source, target):
    """A copy whose formulas show nonsense, so that only a program that calculates can put it right."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.startswith("xl/worksheets/"):
                data = re.sub(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>-99\2", data)
            new.writestr(name, data)


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
def test_libreoffice_calculates_the_same_values(city, tmp_path):
    write_workbook(city.findings, tmp_path / "ours.xlsx")
    spoilt(tmp_path / "ours.xlsx", tmp_path / "book.xlsx")
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE, encoding="utf-8")
    subprocess.run(
        [
            OFFICE,
            "--headless",
            f"-env:UserInstallation={profile.parent.as_uri()}",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            tmp_path / "theirs",
            tmp_path / "book.xlsx",
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    formulas = openpyxl.load_workbook(tmp_path / "ours.xlsx")
    ours, theirs = (
        openpyxl.load_workbook(p, data_only=True) for p in (tmp_path / "ours.xlsx", tmp_path / "theirs/book.xlsx")
    )
    calculated = 0
    for sheet in ours:
        other = theirs[sheet.title]
        for row in sheet.iter_rows():
            for cell in row:
                again = other[cell.coordinate].value
                if isinstance(cell.value, float | int):
                    assert again == pytest.approx(cell.value, rel=1e-9, abs=1e-9), (sheet.title, cell.coordinate)
                elif cell.value is not None and cell.value != "":
                    assert again == cell.value, (sheet.title, cell.coordinate)
                calculated += formulas[sheet.title][cell.coordinate].data_type == "f"
    assert calculated > 50
    listed = pd.Series([c.value for c in column(theirs["候选地块"], "图斑编号")][:-1])
    assert listed.tolist() == city.findings.candidates.listed.index.tolist()
    assert listed.str.len().max() == 18
