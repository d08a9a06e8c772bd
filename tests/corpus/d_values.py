"""Table D: codes, figures, identifiers and joins."""

import pandas as pd
import shapely
import xlsxwriter
from corpus import CRS, Refused, Right, city, parcels, parks, square
from d_city import DIGITS, HEAD, ROLES, ROWS, TABLE, A, B, case, csv, land, near, right, sheet, study, text

# ---- codes of land ----


@TABLE("D1", "codes 601 and 701 that lost their zero in a number column", Right(issues={"codes_normalised": 3}))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=[601, 602, 701, 601])})


def many(codes):
    """Forty industrial hectares, thirty of them in the park, and one more of another code."""
    n = 40 + len(codes)
    frame = parcels(
        [square(k) for k in range(n)],
        BSM=[f"p{k}" for k in range(n)],
        DLBM=[*["0601"] * 40, *codes],
        DLMC=[*["工业用地"] * 40, *[""] * len(codes)],
    )
    return {"parcels.gpkg": frame, "parks.gpkg": parks([shapely.box(*square(0).bounds[:2], *square(29).bounds[2:])])}


@TABLE("D1", "codes as 601.0 beside a blank", Refused("1 of 4 rows carry codes", "parcels.gpkg", ("p3",)))
def _(folder):
    codes = [601.0, 602.0, float("nan"), 601.0]
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=codes, DLMC=["工业用地", "采矿用地", "", "工业用地"])})


@TABLE("D1", "codes as 601.0 beside one blank of many", Right(issues={"unknown_codes": 1, "codes_normalised": 40}))
def _(folder):
    frames = many([""])
    frames["parcels.gpkg"]["DLBM"] = [601.0] * 40 + [float("nan")]
    return city(folder, frames=frames)


@case("D1", "plots in a csv keep their leading zeros", right())
def _(folder):
    rows = [(A, "甲", "0601", 2024, 15, 150), (B, "乙", "0602", 2024, 15, 450)]
    return text(folder, csv(rows), frame=land(BSM=["0600", "0601", "0602", "0603"]))


@TABLE("D2", "a code column saved as a whole number", Right(issues={"codes_normalised": 3}))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=pd.array([601, 602, 701, 601], dtype="Int32"))})


@case(
    "D2",
    "plots shown as 0601 by a number format are 601 in the file: told as unmatched",
    Refused("no row names a plot"),
)
def _(folder):
    book = xlsxwriter.Workbook(str(folder / "firms.xlsx"))
    page, zeros = book.add_worksheet(), book.add_format({"num_format": "0000"})
    page.write_row(0, 0, HEAD)
    page.write_row(1, 0, ROWS[0])
    page.write_number(1, 2, 601, zeros)
    book.close()
    return study(folder, frame=land(BSM=["0600", "0601", "0602", "0603"]))


@TABLE("D3", "codes as numbers in GeoJSON, one of them a fraction", Right(issues={"codes_normalised": 3}))
def _(folder):
    frame = parcels().to_crs(4490)
    written = frame.to_json(drop_id=True).replace('"0601"', "601").replace('"0602"', "602.0").replace('"0701"', "701")
    (folder / "parcels.geojson").write_text(written, encoding="utf-8")
    return city(folder, "parcels.geojson", study={"crs": CRS})


@TABLE(
    "D4",
    "blanks, full-width forms, zero-width characters and a mark of byte order around codes",
    Right(issues={"codes_normalised": 3}),
)
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=["　０６０１\u200b", "\ufeff0602", " 0701 ", "０６01"])})


@TABLE("D4", "the letter O for a zero in one of four", Refused("'O601'.*0601", "parcels.gpkg", ("p4",)))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=["0601", "0602", "0701", "O601"])})


@TABLE("D4", "the letter O for a zero in one of many: told, not counted", Right(issues={"unknown_codes": 1}))
def _(folder):
    return city(folder, frames=many(["O601"]))


@TABLE("D5", "codes that hold 06 elsewhere than in front", Right(share=0.75))
def _(folder):
    shapes = [square(k) for k in range(6)]
    return city(
        folder,
        frames={"parcels.gpkg": parcels(shapes, DLBM=["0601", "1206", "0306", "0601", "1206", "0306"], DLMC=[""] * 6)},
    )


@TABLE("D6", "a missing code among four", Refused("1 of 4 rows carry codes", "parcels.gpkg", ("p3",)))
def _(folder):
    codes, names = ["0601", "0602", None, "0601"], ["工业用地", "采矿用地", None, "工业用地"]
    return city(folder, frames={"parcels.gpkg": parcels(DLBM=codes, DLMC=names)})


@TABLE("D6", "a missing code among many: told, not counted", Right(issues={"unknown_codes": 1}))
def _(folder):
    return city(folder, frames=many([None]))


# ---- figures ----

for what, cell, yuan in (
    ("a thousands separator", "1,234.5", 12_345_000.0),
    ("full-width digits", "１５０", 1_500_000.0),
    ("a full-width separator", "3，０００", 30_000_000.0),
    ("a unit of its own", "150万元", 1_500_000.0),
    ("another unit of its own", "1500000元", 1_500_000.0),
    ("a refund in brackets", "(300)", -3_000_000.0),
    ("a refund in full-width brackets", "（300）", -3_000_000.0),
    ("a power of ten", "1.5e2", 1_500_000.0),
    ("a number with blanks around", "　150 ", 1_500_000.0),
):

    @case("D7", f"{what}: {cell}", right(4_500_000 + yuan, plots=int(yuan < 2_250_000)))
    def _(folder, cell=cell):
        return sheet(folder, [(*ROWS[0][:5], cell), ROWS[1]])


for cell in ("12.3万", "约150", "150-200", "12%", "1,23", "1.234,56", "150 000", "一百五十", "150*", "¿", "1e999", "½"):

    @case("D7", f"a figure nobody can be sure of: {cell}", Refused("non-numeric", "firms.xlsx", ("2",)))
    def _(folder, cell=cell):
        return sheet(folder, [(*ROWS[0][:5], cell), ROWS[1]])


@case("D7", "12.3万 where the column is in yuan", right(123_000.0 + 4_500_000.0))
def _(folder):
    return sheet(folder, [(*ROWS[0][:5], "12.3万"), (*ROWS[1][:5], 4_500_000)], units={"tax": "元", "area": "亩"})


@case(
    "D7",
    "dashes and words for no figure: missing, never zero",
    right(4_500_000.0, plots=0, issues={"blank_words": 6}),
)
def _(folder):
    words = ["-", "/", "无", "——", "N/A", "暂无"]
    return sheet(folder, [*((A, "甲", "q1", 2019 + k, 15, word) for k, word in enumerate(words)), ROWS[1]])


@case("D8", "figures stored as text add up as figures", right())
def _(folder):
    return sheet(folder, [tuple(map(str, row)) for row in ROWS])


@case("D9", "yuan in a table stated as 万元", Refused("smaller .元 for 万元.", "firms.xlsx"))
def _(folder):
    return sheet(folder, [(*row[:5], row[5] * 10_000) for row in ROWS])


@case("D9", "万元 in a table stated as yuan", Refused("larger .万元 for 元.", "firms.xlsx"))
def _(folder):
    frame = parcels([square(5 * k) for k in range(7)], BSM=list("pabcdef"), DLBM=["0601"] * 7, DLMC=["工业用地"] * 7)
    rows = [(A, "甲", plot, 2024, 15, 100 + k) for k, plot in enumerate("abcdef")]
    return sheet(folder, rows, units={"tax": "元", "area": "亩"}, frame=frame)


@case("D9", "one year of a firm in yuan", right(1.5012e10, plots=0, issues={"tax_jumps": 1}))
def _(folder):
    return sheet(folder, [ROWS[0], (*ROWS[0][:3], 2023, 15, 1_500_000), ROWS[1], ("X1", "丙", "q3", 2024, 15, 600)])


def four(columns, figures):
    """A row of its own firm for each of the four plots, with further columns."""
    plots = ("p1", "q1", "q2", "q3")
    return [(f"X{k}", f"厂{k}", p, 2024, *row) for k, (p, row) in enumerate(zip(plots, figures, strict=True))], (
        *HEAD[:4],
        *columns,
    )


@case("D9", "stated land in square metres, read as 亩", Refused('units area = "平方米"', "firms.xlsx"))
def _(folder):
    return sheet(folder, *four(HEAD[4:], [(10_000, 150 + k) for k in range(4)]))


@case("D9", "tax and added value swapped", Refused("tax is above added value in 4 of 4 rows", "firms.xlsx"))
def _(folder):
    rows, head = four((*HEAD[4:], "增加值"), [(15, 700 + 90 * k, 150 + 7 * k) for k in range(4)])
    return sheet(folder, rows, head, columns={**ROLES, "value_added": "增加值"})


@case("D9", "one column for tax and added value", Refused("several roles", "study.toml"))
def _(folder):
    return sheet(folder, ROWS, columns={**ROLES, "value_added": ROLES["tax"]})


@case("D9", "the unit in the header", right(assumes="税收 is in 元, as the table's header says"))
def _(folder):
    rows = [(*row[:5], row[5] * 10_000) for row in ROWS]
    return sheet(folder, rows, (*HEAD[:5], "税收（元）"), units={"area": "亩"})


@case("D9", "the unit in a title row", right(assumes="面积 is in 平方米.*税收 is in 元, as"))
def _(folder):
    rows = [("效益评价表",), ("", "单位：元、平方米"), HEAD, *((*r[:4], 10_000, r[5] * 10_000) for r in ROWS)]
    return sheet(folder, rows, None, units=None)


@case("D9", "a row of units below the header", right(assumes="税收 is in 元"))
def _(folder):
    rows = [("", "", "", "", "(亩)", "(元)"), *((*r[:5], r[5] * 10_000) for r in ROWS)]
    return sheet(folder, rows, units=None)


@case("D9", "header and study differ", Refused("header gives '税收' in 元, the study in 万元", "firms.xlsx"))
def _(folder):
    return sheet(folder, ROWS, (*HEAD[:5], "税收（元）"))


@case("D9", "no unit anywhere: 万元 and 亩, said", right(assumes="税收 is in 万元: neither"))
def _(folder):
    return sheet(folder, ROWS, units=None)


@case("D9", "tax per 亩 is no tax", Refused("no column '税收'", "firms.xlsx"))
def _(folder):
    return sheet(folder, ROWS, (*HEAD[:5], "税收（万元/亩）"))


@case("D9", "tax per 亩 named as tax", Refused("is in 万元/亩", "firms.xlsx"))
def _(folder):
    return sheet(folder, ROWS, (*HEAD[:5], "税收(万元/亩)"), columns={**ROLES, "tax": "税收(万元/亩)"})


@case("D9", "dollars", Refused("is in 万美元", "firms.xlsx"))
def _(folder):
    return sheet(folder, ROWS, (*HEAD[:5], "税收(万美元)"), columns={**ROLES, "tax": "税收(万美元)"}, units=None)


@TABLE("D10", "stated areas in 亩 read as m²", Refused("look like mu", "parcels.gpkg"))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=[15.0] * 4)},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}},
        definition={"area": "registered"},
    )


@TABLE("D10", "stated areas in hectares read as m²", Refused("look like ha", "parcels.gpkg"))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=[1.0] * 4)},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}},
        definition={"area": "registered"},
    )


@TABLE("D10", "stated areas in 亩, said so", near(0.75, 1e-7))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=["15.00", "15亩", "１５", "15"])},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}, "units": {"area": "mu"}},
        definition={"area": "registered"},
    )


# ---- identifiers ----


def two(first, second):
    """A's and B's rows under other codes."""
    return [(first, *ROWS[0][1:]), (second, *ROWS[1][1:])]


@case("D11", "codes of eighteen digits typed as numbers", Refused("dropped the last digits", "firms.xlsx", ("2", "3")))
def _(folder):
    return sheet(folder, two(*(float(c) for c in DIGITS)))


@case("D11", "codes whose last three digits became zeros", Refused("dropped the last digits", "firms.xlsx", ("2", "3")))
def _(folder):
    return sheet(folder, two(*(c[:15] + "000" for c in DIGITS)))


@case("D11", "one damaged text code for two firms", Refused("stands for several firms", "firms.xlsx", ("2", "3")))
def _(folder):
    return sheet(folder, two("914403001922038272", "914403001922038272"))


@case("D11", "codes of digits kept as text", right())
def _(folder):
    return sheet(folder, two(*DIGITS))


@case("D11", "a code that fails its check is told and kept", right(issues={"credit_code_check": 1}))
def _(folder):
    return sheet(folder, two(A, B[:-1] + ("0" if B[-1] != "0" else "1")))


@case("D11", "a registration number of 15 digits and a foreign one", right(issues={"other_identifiers": 2}))
def _(folder):
    return sheet(folder, [*two("330100000012345", "HRB 12345"), (A, "丙", "", 2024, "", "")])


@case("D11", "small letters, blanks and full-width forms in a code", right())
def _(folder):
    full = "".join(chr(ord(c) + 0xFEE0) for c in A)
    rows = [(f" {A[:8].lower()} {A[8:].lower()}", *ROWS[0][1:]), (full, *ROWS[0][1:]), ROWS[1]]
    return sheet(folder, rows)


@TABLE("D12", "ids of parcels as floating numbers", Refused("dropped the last digits", "parcels.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(BSM=[float(c) for c in (*DIGITS, DIGITS[0], DIGITS[1])])})


@TABLE("D12", "ids of parcels as whole numbers", Right())
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(BSM=[int(c) + k for k in range(2) for c in DIGITS])})


@case("D13", "plots of nineteen digits typed as numbers", Refused("dropped the last digits", "firms.xlsx", ("2",)))
def _(folder):
    return sheet(folder, [(A, "甲", 3301142001000001231, 2024, 15, 150), ROWS[1]])


@case("D14", "an exponent from a spreadsheet in a csv", Refused("dropped the last digits", "firms.csv", ("2",)))
def _(folder):
    return text(folder, csv([("9.1990101E+17", *ROWS[0][1:]), ROWS[1]]))


@case("D14", "a code that only looks like an exponent stays text", right())
def _(folder):
    rows = [(A, "甲", "9144E10", 2024, 15, 150), ROWS[1]]
    return text(folder, csv(rows), frame=land(BSM=["p1", "9144E10", "q2", "q3"]))


@case("D15", "firms named NA, null, None and 无 are four firms", right(8_000_000.0, plots=3))
def _(folder):
    # one firm of several names on one plot and year would be refused; a firm without a name would be none
    rows = [("", name, f"q{1 + k % 3}", 2024 + k // 3, 15, 200) for k, name in enumerate(("NA", "null", "None", "无"))]
    return sheet(folder, rows)


# ---- joins ----


@case("D16", "the same rows twice", right(issues={"repeated_rows": 2}))
def _(folder):
    return sheet(folder, [*ROWS, *ROWS])


@case("D16", "one firm, plot and year with two figures", Refused("several rows", "firms.xlsx", ("2", "4")))
def _(folder):
    return sheet(folder, [*ROWS, (*ROWS[0][:5], 155)])


@case("D16", "parcels of one id: the second is renamed, tax joins once", right(issues={"duplicate_id": 1}))
def _(folder):
    return sheet(folder, ROWS, frame=land(BSM=["p1", "q1", "q2", "q2"]))


#: Firm B's total, stated on two plots: taken once, it is 14.67 a 亩 on each; taken twice, 29.33.
SHARED = (*ROWS[1][:5], 440)


@case("D16", "one total on two plots counts once", right(5_900_000.0, plots=3, issues={"firms_apportioned": 1}))
def _(folder):
    return sheet(folder, [SHARED, (*SHARED[:2], "q3", *SHARED[3:]), ROWS[0]])


@case(
    "D17",
    "rows without a plot and without a firm",
    right(6_000_000.0, 770_000.0, issues={"no_plot": 2, "no_firm": 2}),
)
def _(folder):
    return sheet(folder, [*ROWS, ("", "", "", 2024, "", 7), ("", "", "", 2024, "", 70)])


@case(
    "D17",
    "parcels without ids do not take rows without plots",
    right(6_000_000.0, 700_000.0, issues={"missing_id": 2}),
)
def _(folder):
    return sheet(folder, [*ROWS, ("X", "丙", None, 2024, "", 70)], frame=land(BSM=[None, "q1", "q2", None]))


@case("D18", "plots as numbers here and text there", right())
def _(folder):
    rows = [(A, "甲", 601, 2024, 15, 150), (B, "乙", "602", 2024, 15, 450)]
    return sheet(folder, rows, frame=land(BSM=[600, 601, 602, 603]))


@case("D18", "plots as 601.0 from another program", right())
def _(folder):
    rows = [(A, "甲", "601.0", 2024, 15, 150), (B, "乙", "602.0", 2024, 15, 450)]
    return text(folder, csv(rows), frame=land(BSM=[600, 601, 602, 603]))


@case("D19", "one company in brackets of two widths", right(5_900_000.0, plots=3, issues={"firms_apportioned": 1}))
def _(folder):
    rows = [("", "示例（杭州）厂", *SHARED[2:]), ("", "示例(杭州) 厂", "q3", *SHARED[3:]), ROWS[0]]
    return sheet(folder, rows)


@case(
    "D19",
    "a firm known by its name alone in one row",
    right(5_900_000.0, plots=3, issues={"firm_by_name": 1, "firms_apportioned": 1}),
)
def _(folder):
    name = SHARED[1].replace("（", "(").replace("）", ")")
    return sheet(folder, [SHARED, ("", name, "q3", *SHARED[3:]), ROWS[0]])


@case("D19", "plots that match nothing", Refused("no row names a plot of the parcel layer: 'Q-1'", "firms.xlsx"))
def _(folder):
    return sheet(folder, [(A, "甲", "Q-1", 2024, 15, 150)])


@case("D19", "plots that match in part", right(1_500_000.0, 4_500_000.0, issues={"enterprises_unmatched": 1}))
def _(folder):
    return sheet(folder, [ROWS[0], (*ROWS[1][:2], "q9", *ROWS[1][3:])])
