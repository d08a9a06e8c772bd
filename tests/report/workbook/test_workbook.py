"""The workbook: text identifiers, formulas only for totals, tables that add up, the same bytes twice."""

import dataclasses
import math
import re
import zipfile
from typing import NamedTuple

import openpyxl
import pandas as pd
import pytest
from toy_relocation import with_relocation
from toy_result import listing, toy

from landuse.i18n import _
from landuse.report.words.relocation import shortfall_words, status_word
from landuse.report.workbook import ledger, sheets
from landuse.report.workbook.book import write_workbook
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


@pytest.fixture
def book(tmp_path):
    def of(result, *, values=False):
        write_workbook(result, tmp_path / "b.xlsx")
        return openpyxl.load_workbook(tmp_path / "b.xlsx", data_only=values)

    return of


class PlanTables(NamedTuple):
    """A workbook as it is written, and with what its formulas show."""

    written: openpyxl.Workbook
    shown: openpyxl.Workbook


@pytest.fixture(scope="module")
def whole(city, tmp_path_factory):
    """The workbook of the sample city."""
    path = tmp_path_factory.mktemp("book") / "b.xlsx"
    write_workbook(city.result, path)
    return PlanTables(openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True))


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
    result = toy()
    got = book(result)
    assert got.sheetnames == SHEETS
    meaning = facts(got["口径"])
    assert meaning["run_id"] == result.run_id
    assert meaning["口径"] == str(result.definition)
    assert "planar_m2" in meaning["在 GeoPackage 中复核"]
    assert all("SYNTHETIC" in sheet["A1"].value for sheet in got)


def test_totals_are_formulas_and_agree_with_what_they_show(book):
    result = toy()
    formula, shown = book(result), book(result, values=True)
    *rows, total = column(formula["区县"], "工业用地")
    assert total.value == f"=SUM(D4:D{3 + len(rows)})"
    assert column(shown["区县"], "工业用地")[-1].value == pytest.approx(sum(c.value for c in rows))
    assert column(shown["区县"], "工业用地")[-1].value == round(to_mu(result.concentration.total_m2), 2)
    assert column(shown["区县"], "集聚度")[-1].value == pytest.approx(result.concentration.share)
    headline = facts(shown["汇总"])
    assert headline["集聚度"] == pytest.approx(result.concentration.share)
    assert headline["工业用地（亩）"] == round(to_mu(result.concentration.total_m2), 2)


def test_every_area_is_held_against_the_ledger(whole, city):
    shown = whole.shown
    for sheet in ("区县", "园区"):
        rest = [c.value for c in column(shown[sheet], "明细减本行（取整差）")][:-1]
        assert max(map(abs, rest)) <= ledger.ROUNDING_MU
    total = column(shown["分块明细"], "面积(㎡)")[-1].value
    assert total == pytest.approx(city.result.concentration.total_m2, abs=0.006)


def test_each_plot_links_to_its_parts(whole, city):
    got = whole.written
    ids, areas = (column(got["分块明细"], head) for head in ("图斑编号", "面积(㎡)"))
    found = city.result.candidates
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
    result = toy()
    parts = result.ledger.parts
    mixed = parts.iloc[[4, 1, 5, 0, 3, 2]].reset_index(drop=True)
    other = dataclasses.replace(result, ledger=dataclasses.replace(result.ledger, parts=mixed))
    one, two = (ledger.LedgerRows.of(f) for f in (result, other))
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
    monkeypatch.setattr(sheets, "SHEET_ROWS", 6)
    monkeypatch.setattr(ledger, "SHEET_ROWS", 6)
    got = book(toy())  # six parts; a sheet of six rows has room for two
    assert got["分块明细"]["A4"].value.startswith("共 6 行")
    assert got["分块明细"].max_row == 4
    assert [c.value for c in got["候选地块"][3]][-1] == "依据"
    assert not [c.value for c in cells(got) if c.data_type == "f" and "分块明细" in c.value]
    assert column(got["区县"], "集聚度")[-1].value == "=E6/D6"


def test_how_a_figure_is_found_again_where_the_ledger_does_not_fit(book, monkeypatch):
    assert "分块明细" in facts(book(toy())["口径"])["在工作簿中复核"]
    monkeypatch.setattr(ledger, "SHEET_ROWS", 6)
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


class TestPlan:
    PLAN = ("Plan", "Moves", "Block loads", "Parks after", "Years", "Origin-destination", "Frontier")

    def test_sheets_stand_after_the_candidates(self, book):
        names = book(with_relocation(toy())).sheetnames
        assert names == [*SHEETS[:6], *map(_, self.PLAN), *SHEETS[6:]]
        for status in ("infeasible", "not_needed"):
            assert book(with_relocation(toy(), status)).sheetnames == [
                *SHEETS[:6],
                *map(_, self.PLAN[::2][:2]),
                *SHEETS[6:],
            ]

    def test_moves_add_up_to_the_plan(self, whole, city):
        r = city.result.relocation
        got, shown = whole.written, whole.shown[_("Moves")]
        assert [c.value for c in column(shown, "图斑编号")][:-1] == r.moves.index.tolist()
        truths = {
            _("Area (mu)"): to_mu(r.moves["area_m2"]),
            _("Park land used (mu)"): to_mu(r.moves["land_used_m2"]),
            _("Cost (10,000 yuan)"): r.moves["cost_yuan"] / 1e4,
        }
        for head, truth in truths.items():
            *rows, total = column(shown, head)
            assert [c.value for c in rows] == pytest.approx(truth.tolist(), abs=0.00501), head
            assert total.value == pytest.approx(truth.sum(), abs=0.00501), head
            assert column(got[_("Moves")], head)[-1].value.startswith("=SUM("), head
        facts_ = facts(whole.shown[_("Plan")])
        assert facts_[_("Of it moved into parks (mu)")] == pytest.approx(to_mu(r.moved_m2), abs=0.5)
        assert facts_[_("Share after")] == r.after.share

    def test_a_tax_that_is_the_districts_mean_is_marked(self, book):
        sheet = book(with_relocation(toy()))[_("Moves")]
        assert [c.value for c in column(sheet, _("Tax taken from"))][:-1] == [
            _("its firms") if known else _("district's mean") for known in (True, True, False, True)
        ]
        assert len(sheet.conditional_formatting) == 2

    def test_loads(self, whole, city):
        b = city.result.relocation.blocks
        sheet = whole.shown[_("Block loads")]
        *loads, total = [c.value for c in column(sheet, _("Load"))]
        for load, used, spare in zip(loads, b["used_m2"], b["spare_m2"], strict=True):
            assert (load is None) == (spare == 0)
            assert load is None or load == pytest.approx(used / spare, abs=1e-3)
        # each block's land is rounded to 0.01 mu
        rounded = len(b) * 0.005 / to_mu(b["spare_m2"].sum())
        assert total == pytest.approx(b["used_m2"].sum() / b["spare_m2"].sum(), abs=2 * rounded)
        assert [c.value for c in column(sheet, _("Plots"))][-1] == b["plots"].sum()

    def test_parks_after(self, book, city):
        f = city.result
        r = f.relocation
        sheet = book(f, values=True)[_("Parks after")]
        for head, truth in (("before", r.before), ("after", r.after)):
            words = {"before": _("Industrial land before (mu)"), "after": _("Industrial land after (mu)")}[head]
            values = [c.value for c in column(sheet, words)][:-1]
            assert values == pytest.approx(to_mu(truth.parks["industrial_m2"]).tolist(), abs=0.0201)
        changes = [c.value for c in column(sheet, _("Change (mu)"))][:-1]
        takes = set(r.moves["park_id"]) - {""}
        assert all(x == 0 for x, park in zip(changes, r.before.parks.index, strict=True) if park not in takes)
        moved = r.moves[r.moves["action"] == "move"]["tax_yuan"].sum()
        assert column(sheet, _("Tax that moves in (10,000 yuan)"))[-1].value == pytest.approx(moved / 1e4, abs=0.0051)

    def test_what_parks_pay_is_that_of_the_land_inside(self, city):
        f = city.result
        tax = f.park_taxes
        measures, parcels = f.candidates.measures, f.ledger.parcels["parcel_id"].to_numpy()
        land = f.ledger.counted(f.definition)
        land = land.assign(id=parcels[land["parcel"]])
        whole = land.groupby("id")["m2"].sum()
        inside = land[land["block"] >= 0]
        park = f.ledger.parks["park_id"].to_numpy()[inside["block"]]
        yuan = inside["id"].map(measures.values["tax_per_mu"]) * inside["id"].map(measures.notes["mu"])
        truth = (yuan * inside["m2"] / inside["id"].map(whole)).groupby(park).sum()
        assert tax["now_yuan"].to_numpy() == pytest.approx(truth.reindex(tax.index).fillna(0).to_numpy(), rel=1e-9)

    def test_frontier_has_both_charts(self, book):
        sheet = book(with_relocation(toy()))[_("Frontier")]
        assert len(sheet._charts) == 2

    def test_what_is_missing_stands_on_the_plans_sheet(self, book):
        result = with_relocation(toy(), "infeasible")
        said = [c.value for row in book(result)[_("Plan")].iter_rows() for c in row if c.value]
        missing = [f"{k}. {shortfall_words(x, result)}" for k, x in enumerate(result.relocation.shortfalls, 1)]
        assert [x for x in said if x in missing] == missing
        assert facts(book(result)["汇总"])[_("Relocation plan")] == status_word("infeasible")

    def test_no_text_of_the_data_is_a_formula(self, book):
        got = book(with_relocation(toy((HOSTILE, HOSTILE, HOSTILE), (HOSTILE, "+1", "-1", "@x"))))
        assert {c.data_type for c in cells(got) if c.value == HOSTILE} == {"s"}
        ids = [c for c in column(got[_("Moves")], "图斑编号") if c.value in ("+1", "-1", "@x")]
        assert [c.data_type for c in ids] == ["s"] * 3

    def test_the_same_findings_give_the_same_bytes(self, tmp_path):
        for name in ("a", "b"):
            write_workbook(with_relocation(toy()), tmp_path / name)
        assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


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


def test_libreoffice_calculates_the_same_values(city, office, tmp_path):
    write_workbook(city.result, tmp_path / "ours.xlsx")
    spoilt(tmp_path / "ours.xlsx", tmp_path / "book.xlsx")
    calculated_anew = office(tmp_path / "book.xlsx", "xlsx:Calc MS Excel 2007 XML")
    formulas = openpyxl.load_workbook(tmp_path / "ours.xlsx")
    ours, theirs = (openpyxl.load_workbook(p, data_only=True) for p in (tmp_path / "ours.xlsx", calculated_anew))
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
    assert listed.tolist() == city.result.candidates.listed.index.tolist()
    assert listed.str.len().max() == 18
