"""Tables: text cells, a header found by its columns, totals left out, problems with a fix."""

import openpyxl
import pytest

from landuse.errors import InputError
from landuse.io.tables.read import read_table

pytestmark = pytest.mark.usefixtures("english")
COLUMNS = ["代码", "宗地", "税收"]
ID = "330114200100000123"


def workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    book.close()
    return path


def refused(path, columns=COLUMNS, **options):
    with pytest.raises(InputError) as caught:
        read_table(path, path.name, columns, **options)
    (problem,) = caught.value.problems
    assert problem.file == path.name
    assert problem.fix
    return problem


def test_header_below_titles_and_totals_left_out(tmp_path):
    rows = [
        ["2024 年亩均效益评价表"],
        ["单位：万元"],
        ["宗地", "备注", "代码", "税收"],
        [ID, "x", "91A", 12.5],
        [None, None, None, None],
        ["合计", None, None, 99],
        [ID, None, "91B", 0],
        ["小 计"],
        ["总计", None, None, 111.5],
    ]
    raw = read_table(workbook(tmp_path / "t.xlsx", 企业=rows), "t.xlsx", COLUMNS)
    assert raw.frame.to_numpy().tolist() == [["91A", ID, "12.5"], ["91B", ID, "0"]]
    assert raw.frame.index.tolist() == [4, 7]  # as the sheet numbers its rows
    assert (raw.layer, raw.rows) == ("企业", 2)


def test_cells_are_text_and_blanks_are_empty(tmp_path):
    rows = [COLUMNS, [91.0, " p ", None], ["0123", 7, 1.25]]
    frame = read_table(workbook(tmp_path / "t.xlsx", a=rows), "t.xlsx", COLUMNS).frame
    assert frame.to_numpy().tolist() == [["91", "p", ""], ["0123", "7", "1.25"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_csv_in_the_encodings_people_send(tmp_path, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes(f'企业表,,\n代码,宗地,税收\n91A,{ID},"1,250"\n合计,,5\n'.encode(encoding))
    assert read_table(path, "t.csv", COLUMNS).frame.to_numpy().tolist() == [["91A", ID, "1,250"]]


def test_short_rows_and_quoted_line_ends(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('代码,宗地,税收\n91A\n"甲\n乙",p,3\n', encoding="utf-8")
    frame = read_table(path, "t.csv", COLUMNS).frame
    assert frame["宗地"].tolist() == ["", "p"]
    assert frame["税收"].tolist() == ["", "3"]


def test_a_sheet_is_chosen_by_its_header_or_by_name(tmp_path):
    good, other = [COLUMNS, ["91A", ID, 1]], [["目录"], ["说明"]]
    one = workbook(tmp_path / "one.xlsx", 说明=other, 数据=good)
    assert read_table(one, "one.xlsx", COLUMNS).layer == "数据"
    two = workbook(tmp_path / "two.xlsx", 甲=good, 乙=good)
    assert "甲, 乙" in refused(two).fix
    assert read_table(two, "two.xlsx", COLUMNS, sheet="乙").layer == "乙"
    assert "甲, 乙" in refused(two, sheet="丙").fix


def test_missing_columns_name_the_nearest(tmp_path):
    path = workbook(tmp_path / "t.xlsx", a=[["题"], ["代码", "宗地代码", "税收额"], ["1", "2", "3"]])
    with pytest.raises(InputError) as caught:
        read_table(path, "t.xlsx", COLUMNS)
    told = {p.what: p.fix for p in caught.value.problems}
    assert list(told) == ["no column '宗地'", "no column '税收'"]
    assert told["no column '宗地'"].startswith("did you mean '宗地代码'?")
    assert told["no column '税收'"].startswith("did you mean '税收额'?")


def test_a_column_with_its_unit_is_not_missing(tmp_path):
    path = workbook(tmp_path / "t.xlsx", a=[["代码", "税收（万元）"], ["1", "2"]])
    assert refused(path).what == "no column '宗地'"


def test_what_is_no_table_is_refused(tmp_path):
    (tmp_path / "t.xlsx").write_bytes(b"<html>not found</html>")
    (tmp_path / "t.csv").write_bytes(b"\xff\xfe\x00\x01")
    (tmp_path / "e.csv").write_bytes(b"")
    for name in ("t.xlsx", "e.csv", "none.xlsx"):
        refused(tmp_path / name)
    with pytest.raises(InputError):
        read_table(tmp_path / "t.csv", "t.csv", COLUMNS)
    (tmp_path / "folder.xlsx").mkdir()
    refused(tmp_path / "folder.xlsx")


def test_a_cell_too_long_for_csv_is_a_problem_not_a_crash(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("代码,宗地,税收\n" + "x" * 200_000 + ",p,1\n", encoding="utf-8")
    assert "cannot be read" in refused(path).what or len(read_table(path, "t.csv", COLUMNS).frame) == 1


def test_only_a_header_is_an_empty_table(tmp_path):
    raw = read_table(workbook(tmp_path / "t.xlsx", a=[COLUMNS]), "t.xlsx", COLUMNS)
    assert raw.frame.empty
    assert list(raw.frame.columns) == COLUMNS


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("税收（千元）", "千元"),
        ("税收(人民币百万元)", "百万元"),
        ("税收【千万元】", "千万元"),
        ("税收_KM²", "km2"),
        ("税收/平方公里", "平方公里"),
        ("税收(万㎡)", "万平方米"),
        ("税收(千克标准煤)", "千克标准煤"),
        ("税收（万人）", "万人"),
    ],
)
def test_units_of_headings(tmp_path, heading, unit):
    path = workbook(tmp_path / "t.xlsx", a=[["代码", "宗地", heading], ["91A", ID, 1]])
    assert read_table(path, "t.xlsx", COLUMNS).units["税收"] == (unit,)


def test_row_numbers_of_hidden_rows_are_written_as_ranges(tmp_path):
    path = workbook(tmp_path / "t.xlsx", a=[COLUMNS, *([f"91{k}", ID, k] for k in range(9))])
    book = openpyxl.load_workbook(path)
    for row in (1, 3, 4, 5, 8, 99):
        book["a"].row_dimensions[row].hidden = True
    book["a"].column_dimensions.group("B", "C", hidden=True)
    book.save(path)
    found = {f.check: f for f in read_table(path, "t.xlsx", COLUMNS).issues}
    assert found.keys() == {"hidden_rows", "hidden_columns"}
    assert "rows 3-5, 8:" in found["hidden_rows"].action
    assert (found["hidden_rows"].rows, found["hidden_rows"].count) == (("3", "4", "5", "8"), 4)
    assert found["hidden_columns"].count == 2
