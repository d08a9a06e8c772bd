"""Table D: attributes, tables and joins; here the shapes of tables, the other cases in the modules imported."""

import zipfile

import d_layers  # noqa: F401 (adds its cases)
import d_values  # noqa: F401 (adds its cases)
import openpyxl
import pandas as pd
from corpus import Refused, Right
from d_city import (
    HEAD,
    ROLES,
    ROWS,
    TABLE,
    A,
    B,
    case,
    csv,
    drawn,
    joined,
    right,
    sheet,
    study,
    text,
)

__all__ = ["TABLE"]


@case("D23", "the clean table of these cases", right())
def _(folder):
    return sheet(folder, ROWS)


# ---- shapes of tables ----


@case("D20", "merged header cells over blanks", right())
def _(folder):
    def draw(_book, page):
        for k, name in enumerate(HEAD):
            page.merge_range(0, 2 * k, 1, 2 * k + 1, name)
        for r, row in enumerate(ROWS):
            for k, value in enumerate(row):
                page.write(r + 2, 2 * k, value)

    return drawn(folder, draw)


def two_rows(_book, page):
    for k, name in enumerate(HEAD[:3]):
        page.merge_range(0, k, 1, k, name)
    page.merge_range(0, 3, 0, 4, "税收（万元）")
    page.merge_range(0, 5, 0, 6, "产值（万元）")
    page.write_row(1, 3, [2023, 2024, 2023, 2024])
    for r, row in enumerate(ROWS):
        page.write_row(r + 2, 0, [*row[:3], 1, row[5], 9_999, 99_999])


SHORT = {k: ROLES[k] for k in ("id", "name", "parcel")}


@case("D21", "税收 over 2023 and 2024", right())
def _(folder):
    return drawn(folder, two_rows, columns={**SHORT, "tax": "税收 2024"})


@case(
    "D21",
    "税收 over 2023 and 2024, the year not named",
    Refused("several columns.*税收.万元.2023, 税收.万元.2024", "firms.xlsx"),
)
def _(folder):
    return drawn(folder, two_rows, columns={**SHORT, "tax": "税收"})


@case("D21", "years above 税收 and 产值, in a csv", right())
def _(folder):
    head = ",,,2023,,2024,\n代码,名称,宗地,税收,产值,税收,产值\n"
    body = "".join(f"{r[0]},{r[1]},{r[2]},1,9999,{r[5]},99999\n" for r in ROWS)
    return text(folder, head + body, columns={**SHORT, "tax": "2024 税收"})


@case("D21", "years above, the year not named", Refused("several columns.*2023税收, 2024税收", "firms.csv"))
def _(folder):
    head = ",,,2023,,2024,\n代码,名称,宗地,税收,产值,税收,产值\n"
    return text(folder, head + f"{A},甲,q1,1,2,3,4\n", columns={**SHORT, "tax": "税收"})


@case("D21", "税收 over years in a csv is no data", Refused("several columns", "firms.csv"))
def _(folder):
    return text(folder, f"代码,名称,宗地,税收,\n,,,2023,2024\n{A},甲,q1,1,2\n", columns={**SHORT, "tax": "税收"})


@case("D21", "two columns of one name", Refused("several columns are headed '税收'", "firms.xlsx"))
def _(folder):
    return sheet(folder, [(*r, 9) for r in ROWS], (*HEAD, "税收"))


@case("D21", "the numbers of the columns below the header", right())
def _(folder):
    return sheet(folder, [("甲", "乙", "1", "2", "3", "4"), *ROWS])


@case("D22", "a code and a name merged over the years of a firm", right(8_000_000.0, issues={"merged_cells_filled": 1}))
def _(folder):
    def draw(_book, page):
        page.write_row(0, 0, HEAD)
        for k in range(3):
            page.merge_range(1, k, 2, k, ROWS[0][k])
        page.write_row(1, 3, [2023, 15, 200])
        page.write_row(2, 3, [2024, 15, 150])
        page.write_row(3, 0, ROWS[1])

    return drawn(folder, draw)


@case("D22", "a figure merged over rows", Refused("merged over several rows", "firms.xlsx", ("2", "3")))
def _(folder):
    def draw(_book, page):
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ROWS[0][:5])
        page.write_row(2, 0, ROWS[1][:5])
        page.merge_range(1, 5, 2, 5, 600)

    return drawn(folder, draw)


for label in ("合计", "总 计", "小计", "全市合计：", "临平区小计（2家）", "Total", "共计2户"):

    @case("D23", f"a row of totals: {label}", right(issues={"total_rows": 1}))
    def _(folder, label=label):
        return sheet(folder, [*ROWS, (label, "", "", "", 30, 600)])


@case("D23", "totals after a running number", right(issues={"total_rows": 1}))
def _(folder):
    rows = [*((k, *row) for k, row in enumerate(ROWS, 1)), (3, "合计", "", "", "", 30, 600)]
    return sheet(folder, rows, ("序号", *HEAD))


def _told(word):
    def check(outcome):
        joined(6_000_000.0)(outcome)
        action = next(q["action"] for q in outcome.answer["quality"] if q["check"] == "total_rows")
        assert word in action, action

    return Right(share=None, check=check, issues={"total_rows": 2})


@case("D23", "subtotals and a total that add up", _told("each is the sum"))
def _(folder):
    return sheet(folder, [*ROWS, ("小计", "", "", "", 30, 600), ("合计", "", "", "", 30, 600)])


@case("D23", "a total that does not add up is told", _told("税收 5"))
def _(folder):
    return sheet(folder, [*ROWS, ("小计", "", "", "", 30, 600), ("合计", "", "", "", 30, 650)])


@case("D23", "notes below the table", right(issues={"note_rows": 2}))
def _(folder):
    return sheet(folder, [*ROWS, ("注：本表为示例",), ("制表人：某某   审核人：某某",)])


@case("D23", "a firm that only sounds like a total", right())
def _(folder):
    return sheet(folder, [(A, "总计科技（示例）有限公司", *ROWS[0][2:]), ROWS[1]])


@case("D23", "the header again on each page", right(issues={"repeated_header": 1}))
def _(folder):
    return sheet(folder, [ROWS[0], HEAD, ROWS[1]])


@case("D24", "titles above the header", right())
def _(folder):
    return sheet(
        folder, [("2024 年亩均效益评价表", "", ""), ("填报单位：示例局", "", "", "单位：万元"), HEAD, *ROWS], None
    )


@case("D24", "headings with line ends, blanks and full-width letters", right())
def _(folder):
    return sheet(folder, ROWS, ("代 码", "名称", " 宗地", "年\n度", "面积\n（亩）", "税收（ 万元 ）"))


@case("D25", "formulas nobody computed", Refused("recalculate", "firms.xlsx", ("2", "3")))
def _(folder):
    book = openpyxl.Workbook()
    book.active.append(HEAD)
    for row in ROWS:
        book.active.append((*row[:5], f"={row[5]}"))
    book.save(folder / "firms.xlsx")
    return study(folder)


@case(
    "D25", "formulas with a placeholder of 0 that no spreadsheet computed", Refused("recalculate", "firms.xlsx", ("2",))
)
def _(folder):
    def draw(_book, page):
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ROWS[0][:5])
        page.write_formula(1, 5, "=100+50")
        page.write_row(2, 0, ROWS[1])

    return drawn(folder, draw)


@case("D25", "formulas with their result", right())
def _(folder):
    def draw(_book, page):
        page.write_row(0, 0, HEAD)
        for k, row in enumerate(ROWS, 1):
            page.write_row(k, 0, row[:5])
            page.write_formula(k, 5, "=SUM(1,2)", None, row[5])

    return drawn(folder, draw)


@case("D26", "errors for figures: missing, counted", right(4_500_000.0, plots=0, issues={"error_cells": 3}))
def _(folder):
    def draw(_book, page):
        page.write_row(0, 0, HEAD)
        for k, error in enumerate(("#N/A", "#REF!", "#DIV/0!"), 1):
            page.write_row(k, 0, (*ROWS[0][:3], 2020 + k, 15))
            page.write_formula(k, 5, "=1/0", None, error)
        page.write_row(4, 0, ROWS[1])

    return drawn(folder, draw)


@case("D26", "errors as text in a csv", right(4_500_000.0, plots=0, issues={"error_cells": 1}))
def _(folder):
    return text(folder, csv([(*ROWS[0][:5], "#DIV/0!"), ROWS[1]]))


# ---- workbooks ----


def parted(folder, change):
    """The clean workbook with its parts changed: name to bytes, None to leave one out."""
    path = sheet(folder, ROWS)
    with zipfile.ZipFile(folder / "firms.xlsx") as book:
        whole = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(folder / "firms.xlsx", "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in {**whole, **change(whole)}.items():
            if data is not None:
                book.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"


@case("D28", "a workbook that unpacks to more than a gigabyte", Refused("unpacks to more", "firms.xlsx"))
def _(folder):
    path = sheet(folder, ROWS)
    with zipfile.ZipFile(folder / "firms.xlsx", "a", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/big.bin", b"")
    raw = bytearray((folder / "firms.xlsx").read_bytes())
    at = raw.rindex(b"PK\x01\x02")  # the size its directory states
    raw[at + 24 : at + 28] = (1_000_000_001).to_bytes(4, "little")
    (folder / "firms.xlsx").write_bytes(raw)
    return path


@case("D28", "a stray cell in the last row and column of the sheet", Refused("stray cells", "firms.xlsx"))
def _(folder):
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return parted(folder, lambda whole: {SHEET: whole[SHEET].replace(b"</sheetData>", last)})


@case("D28", "a document type in a sheet", Refused("document type", "firms.xlsx"))
def _(folder):
    bomb = b'?>\n<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    return parted(folder, lambda whole: {SHEET: whole[SHEET].replace(b"?>", bomb, 1)})


for part in (SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):

    @case("D28", f"a workbook without {part}", Refused("not a readable workbook", "firms.xlsx"))
    def _(folder, part=part):
        return parted(folder, lambda _whole: {part: None})

    @case("D28", f"a workbook whose {part} breaks off", Refused("not a readable workbook", "firms.xlsx"))
    def _(folder, part=part):
        return parted(folder, lambda whole: {part: whole[part][: len(whole[part]) // 2]})


for what, data, says in (
    ("a page of HTML", b"<html>not found</html>", "not a readable workbook"),
    ("nothing", b"", "not a readable workbook"),
    ("the old format", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old .xls format"),
    ("an encrypted workbook", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
):

    @case("D28", f"{what} under the name of a workbook", Refused(says, "firms.xlsx"))
    def _(folder, data=data):
        (folder / "firms.xlsx").write_bytes(data)
        return study(folder)


@case("D28", "half of a workbook", Refused("not a readable workbook", "firms.xlsx"))
def _(folder):
    path = sheet(folder, ROWS)
    whole = (folder / "firms.xlsx").read_bytes()
    (folder / "firms.xlsx").write_bytes(whole[: len(whole) // 2])
    return path


for name in ("firms.xls", "firms.ods", "firms"):

    @case("D28", f"a table called {name}", Refused("not a table format", name))
    def _(folder, name=name):
        (folder / name).write_bytes(csv().encode())
        return study(folder, name)


@case("D28", "a workbook called .csv", Refused("zero bytes", "firms.csv"))
def _(folder):
    sheet(folder, ROWS)
    (folder / "firms.xlsx").rename(folder / "firms.csv")
    return study(folder, "firms.csv")


# ---- text tables ----


@case("D27", "commas at the ends of rows", right())
def _(folder):
    return text(folder, csv([(*row, "", "") for row in ROWS]))


@case("D27", "a thousands separator without quotes", Refused("more cells", "firms.csv", ("2",)))
def _(folder):
    return text(folder, csv([(*ROWS[0][:5], "1,500"), ROWS[1]]))


@case("D28", "an unclosed quote", Refused("cannot be read", "firms.csv"))
def _(folder):
    return text(folder, csv().replace("示例乙", '"示例乙'))


@case("D28", "a quote closed in the next row", Refused("cannot be read", "firms.csv"))
def _(folder):
    return text(folder, csv([(A, '"甲', *ROWS[0][2:]), (B, '"乙', *ROWS[1][2:])]).replace(",q2", '",q2'))


@case("D28", "the file ends in the middle of a row", Refused("ends in the middle", "firms.csv", ("3",)))
def _(folder):
    return text(folder, csv()[:-9])


@case("D28", "zero bytes", Refused("zero bytes", "firms.csv"))
def _(folder):
    return text(folder, csv().replace("q1", "q\x001"))


@case("D28", "a cell of 200 kB", Refused("cannot be read", "firms.csv"))
def _(folder):
    return text(folder, csv([(A, "甲" * 200_000, *ROWS[0][2:]), ROWS[1]]))


for what, delimiter, first in (("tabs", "\t", ""), ("semicolons", ";", ""), ("sep=;", ";", "sep=;\r\n")):

    @case("D28", f"cells parted by {what}", right())
    def _(folder, delimiter=delimiter, first=first):
        return text(folder, first + csv(delimiter=delimiter))


@case("D28", "codes wrapped against spreadsheets", right())
def _(folder):
    return text(folder, csv([(f'="{ROWS[0][0]}"', *ROWS[0][1:]), ("'" + B, *ROWS[1][1:])]))


@case(
    "D29",
    "years as dates, serial numbers and words",
    right(7_500_000.0 + 3_000_000.0, plots=1, issues={"years_from_dates": 4}),
)
def _(folder):
    def draw(book, page):
        page.write_row(0, 0, HEAD)
        for k, year in enumerate(("2020年度", 44_561, "2022年1月1日", "31/12/2023"), 1):
            page.write_row(k, 0, (*ROWS[0][:3], year, 15, 150))
        page.write_row(5, 0, ROWS[1])
        page.write_datetime(5, 3, pd.Timestamp(2024, 12, 31), book.add_format({"num_format": "yyyy-mm-dd"}))

    return drawn(folder, draw)


@case("D29", "2024 shown as a date of 1905", Refused("values that are not years", "firms.xlsx", ("2",)))
def _(folder):
    def draw(book, page):
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, ROWS[0])
        page.write_number(1, 3, 2024, book.add_format({"num_format": "yyyy-mm-dd"}))

    return drawn(folder, draw)


@case("D29", "a year missing beside others", Refused("without a year", "firms.xlsx", ("3",)))
def _(folder):
    return sheet(folder, [ROWS[0], (*ROWS[1][:3], "", *ROWS[1][4:])])


@case("D29", "a date for a figure", Refused("non-numeric", "firms.xlsx", ("2",)))
def _(folder):
    return sheet(folder, [(*ROWS[0][:5], "2024-01-01"), ROWS[1]])


# ---- encodings of text tables ----

for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):

    @case("A6", f"a csv in {encoding}", right())
    def _(folder, encoding=encoding):
        return text(folder, csv(), encoding)


@case("A6", "UTF-8 once read as GBK and saved so", Refused("once read as GBK", "firms.csv"))
def _(folder):
    body = csv([(r[0], "示例企业", *r[2:]) for r in ROWS]).replace("代码", "代码甲").encode()
    return text(folder, body.decode("gb18030", errors="replace").replace("\ufffd", "").encode())


@case("A6", "UTF-8 with one broken character", Refused("broken characters", "firms.csv", ("3",)))
def _(folder):
    body = csv().encode()
    at = body.index("乙".encode())
    return text(folder, body[:at] + body[at + 1 :])


@case("A6", "UTF-16 without its mark", Refused("zero bytes", "firms.csv"))
def _(folder):
    return text(folder, csv(), "utf-16-le")


@case("A6", "bytes of no encoding", Refused("neither UTF-8 nor GB18030", "firms.csv"))
def _(folder):
    return text(folder, csv().encode("gb18030") + b"\xff\xff")
