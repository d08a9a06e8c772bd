"""Errors in what a table of firms says beside its figures, and in the workbook or file that holds it."""

from __future__ import annotations

from functools import partial

import openpyxl
import pandas as pd
from grid_files import FIRM_COLUMNS, PATHS
from planting import REFUSED, RIGHT, Kinds

KINDS = Kinds()
ID, NAME, PLOT, YEAR = (FIRM_COLUMNS[r] for r in ("id", "name", "parcel", "year"))
GRADE, INDUSTRY, ROLE, IDLE = (FIRM_COLUMNS[r] for r in ("grade", "industry", "role", "idle_since"))


def firms(name, change, **options):
    """A kind: the table of firms changed."""

    def plant(office, rng):
        office.tables["firms"] = change(office.tables["firms"].copy(), rng)

    KINDS.add(f"firms: {name}", plant, **options)


def column(role, change):
    """A change of every text of a column."""
    return lambda f, _r: f.assign(**{role: f[role].map(change)})


def some(role, value, every=10):
    """A change of every tenth cell of a column."""

    def change(frame, _rng):
        frame[role] = frame[role].astype(object)
        frame.loc[frame.index[::every], role] = value
        return frame

    return change


firms("grades as 丁 for D", column(GRADE, lambda x: {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}.get(x, x)))
firms("grades as numbers", column(GRADE, lambda x: str("ABCD".find(x) + 1) if x else x))
firms("grades E", column(GRADE, lambda x: "E" if x == "D" else x))
firms("grades all D", lambda f, _r: f.assign(**{GRADE: "D"}))
firms("grades with a word", column(GRADE, lambda x: x + "类企业" if x else x), must=RIGHT)
firms("grades in small letters", column(GRADE, str.lower), must=RIGHT)
firms("industries as names", column(INDUSTRY, lambda _x: "机械制造"), stage="parks")
firms("industries that are none", column(INDUSTRY, lambda _x: "9999"), stage="parks")
firms("industries of five digits", column(INDUSTRY, lambda x: "0" + x), stage="parks")
firms("industries with the letter of their section", column(INDUSTRY, lambda x: "C" + x), stage="parks", must=RIGHT)
firms("industries without their last digits", column(INDUSTRY, lambda x: x[:1]), stage="parks")
firms("roles that are no words of it", column(ROLE, lambda _x: "张三"))
firms("idle since a word", some(IDLE, "停产"), must=REFUSED)
firms("idle since a day to come", column(IDLE, lambda x: "2030" + x[4:] if x else "2030-01-01"))
firms("idle since 1923", column(IDLE, lambda _x: "1923-05-15"))
firms("a tenth idle since 1900-01-00", some(IDLE, "1900-01-00"))
firms("idle since the founding: all", lambda f, _r: f.assign(**{IDLE: "2001-03-01"}))
firms("years to come", lambda f, _r: f.assign(**{YEAR: f[YEAR] + 10}))
firms("one year to come", some(YEAR, 2052, 40))
firms("years a century old", lambda f, _r: f.assign(**{YEAR: f[YEAR] - 100}))
firms("one year a century old", some(YEAR, 1925, 40))
firms("years of two digits", lambda f, _r: f.assign(**{YEAR: f[YEAR] - 2000}))
firms("all years the same", lambda f, _r: f.assign(**{YEAR: 2025}))
firms("years as dates", lambda f, _r: f.assign(**{YEAR: [f"{y}-12-31" for y in f[YEAR]]}), must=RIGHT)
firms("years with a word", lambda f, _r: f.assign(**{YEAR: [f"{y}年度" for y in f[YEAR]]}), must=RIGHT)
firms("a tenth of the years blank", some(YEAR, None), must=REFUSED)
firms("the last year left out", lambda f, _r: f[f[YEAR] < 2025])
firms("last year's rows under this year", lambda f, _r: f.assign(**{YEAR: f[YEAR].replace(2024, 2025)}), must=REFUSED)
firms(
    "plots in full-width digits",
    column(PLOT, lambda x: x.translate({48 + k: 0xFF10 + k for k in range(10)})),
    must=RIGHT,
)
firms("plots with blanks", column(PLOT, lambda x: f" {x[:6]} {x[6:]} "), must=RIGHT)
firms("plots with an apostrophe", column(PLOT, lambda x: f"'{x}"), must=RIGHT)
firms("plots as numbers", lambda f, _r: f.assign(**{PLOT: f[PLOT].astype("int64")}), must=RIGHT)
firms("plots with an exponent", column(PLOT, lambda x: f"{float(x):.4E}"))
firms("plots without their district", column(PLOT, lambda x: x[6:]))
firms("a tenth of the plots of another city", some(PLOT, "3205110001"))
firms(
    "a tenth of the plots shifted by a row", lambda f, _r: f.assign(**{PLOT: f[PLOT].shift(3).fillna(f[PLOT].iloc[0])})
)
firms(
    "two plots in a cell",
    lambda f, _r: f.assign(**{PLOT: [f"{x}、{f[PLOT].iloc[-1]}" if k < 3 else x for k, x in enumerate(f[PLOT])]}),
)
firms("ids in small letters", column(ID, str.lower), must=RIGHT)
firms("ids with blanks", column(ID, lambda x: f"{x[:8]} {x[8:]}"), must=RIGHT)
firms("ids that lost their last digits", column(ID, lambda x: "91330100" + f"{sum(map(ord, x)) % 9973:07}" + "000"))
firms("one id for all", lambda f, _r: f.assign(**{ID: f[ID].iloc[0]}))
firms(
    "one id with two names",
    lambda f, _r: f.assign(**{NAME: [f"{n}一厂" if k % 2 else n for k, n in enumerate(f[NAME])]}),
)
firms("one name for all", lambda f, _r: f.assign(**{NAME: f[NAME].iloc[0]}))
firms(
    "ids mistyped by one character",
    lambda f, _r: f.assign(
        **{ID: [x[:-1] + ("0" if x[-1] != "0" else "1") if k % 9 == 0 else x for k, x in enumerate(f[ID])]}
    ),
)
firms("no ids", lambda f, _r: f.assign(**{ID: ""}))
firms("a row a firm twice", lambda f, _r: pd.concat([f, f.iloc[::7]]), must=RIGHT)
firms("a row twice with another figure", lambda f, _r: pd.concat([f, f.iloc[[4]].assign(税收=99)]), must=REFUSED)
firms("a tenth of the rows missing", lambda f, rng: f.drop(index=rng.sample(list(f.index), len(f) // 10)))
firms("the table cut off in its middle", lambda f, _r: f.iloc[: len(f) // 2])
firms("none of the rows", lambda f, _r: f.iloc[:0])
firms("a total row", lambda f, _r: pd.concat([f, total(f)], ignore_index=True), must=RIGHT)
firms(
    "a total row named as a firm",
    lambda f, _r: pd.concat(
        [f, total(f).assign(**{ID: "91330100MA27XXXX01", NAME: "全县企业", PLOT: f[PLOT].iloc[0]})]
    ),
)
firms(
    "a total row a district", lambda f, _r: pd.concat([f, total(f).assign(**{NAME: "余杭区小计"})], ignore_index=True)
)
firms("a firm doubled on its plot under another id", lambda f, _r: doubled(f))
firms("a firm's total on each of its plots", lambda f, _r: totals(f), must="seen")
firms(
    "stated land ten times the plot",
    lambda f, _r: f.assign(用地面积=[m * 10 if k % 11 == 0 else m for k, m in enumerate(f["用地面积"])]),
)
firms(
    "each of two firms states the whole plot",
    lambda f, _r: f.assign(用地面积=f.groupby([PLOT, YEAR])["用地面积"].transform("sum")),
)
firms(
    "idle since only in the latest row",
    lambda f, _r: f.assign(**{IDLE: f[IDLE].where(f[YEAR] == 2025, "")}),
    must=RIGHT,
)
firms(
    "a grade only in the latest row",
    lambda f, _r: f.assign(**{GRADE: f[GRADE].where((f[YEAR] == 2025) | (f[IDLE] != ""), "")}),
    must=RIGHT,
)
firms("names only in the first row", lambda f, _r: f.assign(**{NAME: f[NAME].where(f[YEAR] == 2023, "")}), must=RIGHT)
firms("words for no tax", some("税收", "无"))
firms("an error in a cell", some("税收", "#DIV/0!", 30))


def total(frame):
    """A row of sums."""
    figures = [c for c in frame.columns if frame[c].dtype.kind in "iuf" and c != YEAR]
    row = dict.fromkeys(frame.columns, "") | {NAME: "合计", YEAR: 2025} | {c: frame[c].sum() for c in figures}
    return pd.DataFrame([row])


def doubled(frame):
    """The first firm once more, with its own figures, under an id of its own."""
    first = frame[frame[ID] == frame[ID].iloc[0]]
    return pd.concat([frame, first.assign(**{ID: "330100000012345", NAME: first[NAME] + "（新）"})])


def totals(frame):
    """What a firm pays in a year, on each of its plots."""
    sums = frame.groupby([ID, YEAR])["税收"].transform("sum", min_count=1)
    return frame.assign(税收=sums)


def sheet(name, change, **options):
    """A kind: the workbook of firms as somebody left it."""

    def plant(office, _rng):
        def edit(folder):
            book = openpyxl.load_workbook(folder / PATHS["firms"])
            change(book, book.active)
            book.save(folder / PATHS["firms"])

        office.after.append(edit)

    KINDS.add(f"workbook: {name}", plant, **options)


def _hide(_book, page):
    for row in range(2, 6):
        page.row_dimensions[row].hidden = True


def _second_sheet(book, page):
    old = book.copy_worksheet(page)
    old.title = "2024年"
    for row in old.iter_rows(min_row=2):
        row[5].value = 1


def _merge(_book, page):
    page.merge_cells("A2:A4")


def _title(_book, page):
    page.insert_rows(1)
    page["A1"] = "2025年度企业用地情况表"


def _no_header(_book, page):
    page.delete_rows(1)


def _text_years(_book, page):
    for row in page.iter_rows(min_row=2):
        row[3].value = f"'{row[3].value}"


sheet("hidden rows", _hide)
sheet("two sheets with one header", _second_sheet)
sheet("ids merged over a firm's rows", _merge)
sheet("a title above the header", _title, must=RIGHT)
sheet("no header", _no_header, must=REFUSED)
sheet("years with an apostrophe", _text_years)
sheet("a filter left on", lambda _b, p: setattr(p.auto_filter, "ref", p.dimensions))
sheet("a column inserted", lambda _b, p: p.insert_cols(4), must=RIGHT)


def files(name, table, suffix, change, **options):
    """A kind: a table in another file, then changed as bytes."""

    def plant(office, _rng):
        path = PATHS[table].replace(PATHS[table][PATHS[table].rindex(".") :], suffix)
        office.paths[table] = path
        office.study[{"firms": "enterprises"}.get(table, table)]["path"] = path
        office.after.append(lambda folder: change(folder / path))

    KINDS.add(f"file: {name}", plant, **options)


def recode(path, encoding):
    path.write_bytes(path.read_text(encoding="utf-8").encode(encoding))


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def codepage(path):
    path.with_suffix(".cpg").write_text("GB18030")


files("firms as CSV in GB 18030", "firms", ".csv", partial(recode, encoding="gb18030"), must=RIGHT)
files("firms as CSV in UTF-16", "firms", ".csv", partial(recode, encoding="utf-16"), must=RIGHT)
files(
    "firms as CSV parted by semicolons",
    "firms",
    ".csv",
    lambda p: p.write_text(p.read_text("utf-8").replace(",", ";"), "utf-8"),
    must=RIGHT,
)
files("firms as CSV cut short", "firms", ".csv", cut_short)
files("parcels as a shapefile", "parcels", ".shp", lambda _p: None, must=RIGHT)
files("parcels as a shapefile of another code page", "parcels", ".shp", codepage)
files("parcels as a shapefile without its index", "parcels", ".shp", lambda p: p.with_suffix(".shx").unlink())
files("parcels as a shapefile cut short", "parcels", ".shp", cut_short)
files("parcels as a shapefile without its system", "parcels", ".shp", lambda p: p.with_suffix(".prj").unlink())
