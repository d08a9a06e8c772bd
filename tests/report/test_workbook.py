"""The workbook: text identifiers, formulas only for totals, tables that add up, the same bytes twice."""

import math

import openpyxl
import pytest
from toy_findings import toy

from landuse.report.workbook import write_workbook
from landuse.units import to_mu

SHEETS = ["区县", "园区", "候选地块", "无数据地块", "口径矩阵", "数据质量", "口径"]
HOSTILE = '=HYPERLINK("http://x","y")'


@pytest.fixture
def book(tmp_path):
    def of(findings, *, values=False):
        write_workbook(findings, tmp_path / "b.xlsx")
        return openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=values)

    return of


def column(sheet, head):
    heads = [c.value for c in sheet[3]]
    return [row[heads.index(head)] for row in sheet.iter_rows(min_row=4)]


def test_sheets_and_what_identifies_the_run(book):
    findings = toy()
    got = book(findings)
    assert got.sheetnames == SHEETS
    meaning = {row[0].value: row[1].value for row in got["口径"].iter_rows(min_row=4)}
    assert meaning["run_id"] == findings.run_id
    assert meaning["口径"] == str(findings.definition)
    assert all("SYNTHETIC" in sheet["A1"].value for sheet in got)


def test_totals_are_formulas_and_agree_with_what_they_show(book):
    findings = toy()
    formula, shown = book(findings), book(findings, values=True)
    *rows, total = column(formula["区县"], "工业用地")
    assert total.value == f"=SUM(C4:C{3 + len(rows)})"
    assert column(shown["区县"], "工业用地")[-1].value == pytest.approx(sum(c.value for c in rows))
    assert column(shown["区县"], "工业用地")[-1].value == round(to_mu(findings.concentration.total_m2), 2)
    assert column(shown["区县"], "集聚度")[-1].value == pytest.approx(findings.concentration.share)


def test_no_text_of_the_data_is_a_formula(book):
    got = book(toy((HOSTILE, HOSTILE, HOSTILE), (HOSTILE, "+1", "-1", "@x")))
    texts = [c for sheet in got for row in sheet.iter_rows() for c in row if c.value == HOSTILE]
    assert texts
    assert {c.data_type for c in texts} == {"s"}
    formulas = [c.value for sheet in got for row in sheet.iter_rows() for c in row if c.data_type == "f"]
    assert all(f.startswith(("=SUM(", "=D", "=F", "=0")) for f in formulas), formulas


def test_plots_without_data_have_blank_figures_not_zeros(book):
    sheet = book(toy())["无数据地块"]
    assert column(sheet, "亩均税收（万元/亩·年）")[0].value is None
    assert column(sheet, "证据")[0].value == "无数据"
    assert all(not (isinstance(c.value, float) and math.isnan(c.value)) for row in sheet.iter_rows() for c in row)


def test_the_same_findings_give_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        write_workbook(toy(), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
