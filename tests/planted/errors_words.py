"""Errors in words, ids, dates, settings and sheets: what a study or a table says that cannot be, or is spelled apart."""

from __future__ import annotations

from functools import partial

import openpyxl
import pandas as pd
from errors_figures import fill
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
firms("grades all D", lambda f, r: f.assign(**{GRADE: "D"}))
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
firms("idle since 1923", column(IDLE, lambda x: "1923-05-15"))
firms("a tenth idle since 1900-01-00", some(IDLE, "1900-01-00"))
firms("idle since the founding: all", lambda f, r: f.assign(**{IDLE: "2001-03-01"}))
firms("years to come", lambda f, r: f.assign(**{YEAR: f[YEAR] + 10}))
firms("one year to come", some(YEAR, 2052, 40))
firms("years a century old", lambda f, r: f.assign(**{YEAR: f[YEAR] - 100}))
firms("one year a century old", some(YEAR, 1925, 40))
firms("years of two digits", lambda f, r: f.assign(**{YEAR: f[YEAR] - 2000}))
firms("all years the same", lambda f, r: f.assign(**{YEAR: 2025}))
firms("years as dates", lambda f, r: f.assign(**{YEAR: [f"{y}-12-31" for y in f[YEAR]]}), must=RIGHT)
firms("years with a word", lambda f, r: f.assign(**{YEAR: [f"{y}年度" for y in f[YEAR]]}), must=RIGHT)
firms("a tenth of the years blank", some(YEAR, None), must=REFUSED)
firms("the last year left out", lambda f, r: f[f[YEAR] < 2025])
firms("last year's rows under this year", lambda f, r: f.assign(**{YEAR: f[YEAR].replace(2024, 2025)}), must=REFUSED)
firms(
    "plots in full-width digits",
    column(PLOT, lambda x: x.translate({48 + k: 0xFF10 + k for k in range(10)})),
    must=RIGHT,
)
firms("plots with blanks", column(PLOT, lambda x: f" {x[:6]} {x[6:]} "), must=RIGHT)
firms("plots with an apostrophe", column(PLOT, lambda x: f"'{x}"), must=RIGHT)
firms("plots as numbers", lambda f, r: f.assign(**{PLOT: f[PLOT].astype("int64")}), must=RIGHT)
firms("plots with an exponent", column(PLOT, lambda x: f"{float(x):.4E}"))
firms("plots without their district", column(PLOT, lambda x: x[6:]))
firms("a tenth of the plots of another city", some(PLOT, "3205110001"))
firms(
    "a tenth of the plots shifted by a row", lambda f, r: f.assign(**{PLOT: f[PLOT].shift(3).fillna(f[PLOT].iloc[0])})
)
firms(
    "two plots in a cell",
    lambda f, r: f.assign(**{PLOT: [f"{x}、{f[PLOT].iloc[-1]}" if k < 3 else x for k, x in enumerate(f[PLOT])]}),
)
firms("ids in small letters", column(ID, str.lower), must=RIGHT)
firms("ids with blanks", column(ID, lambda x: f"{x[:8]} {x[8:]}"), must=RIGHT)
firms("ids that lost their last digits", column(ID, lambda x: "91330100" + f"{sum(map(ord, x)) % 9973:07}" + "000"))
firms("one id for all", lambda f, r: f.assign(**{ID: f[ID].iloc[0]}))
firms(
    "one id with two names",
    lambda f, r: f.assign(**{NAME: [f"{n}一厂" if k % 2 else n for k, n in enumerate(f[NAME])]}),
)
firms("one name for all", lambda f, r: f.assign(**{NAME: f[NAME].iloc[0]}))
firms(
    "ids mistyped by one character",
    lambda f, r: f.assign(
        **{ID: [x[:-1] + ("0" if x[-1] != "0" else "1") if k % 9 == 0 else x for k, x in enumerate(f[ID])]}
    ),
)
firms("no ids", lambda f, r: f.assign(**{ID: ""}))
firms("a row a firm twice", lambda f, r: pd.concat([f, f.iloc[::7]]), must=RIGHT)
firms("a row twice with another figure", lambda f, r: pd.concat([f, f.iloc[[4]].assign(税收=99)]), must=REFUSED)
firms("a tenth of the rows missing", lambda f, r: f.drop(index=r.sample(list(f.index), len(f) // 10)))
firms("the table cut off in its middle", lambda f, r: f.iloc[: len(f) // 2])
firms("none of the rows", lambda f, r: f.iloc[:0])
firms("a total row", lambda f, r: pd.concat([f, total(f)], ignore_index=True), must=RIGHT)
firms(
    "a total row named as a firm",
    lambda f, r: pd.concat([f, total(f).assign(**{ID: "91330100MA27XXXX01", NAME: "全县企业", PLOT: f[PLOT].iloc[0]})]),
)
firms("a total row a district", lambda f, r: pd.concat([f, total(f).assign(**{NAME: "余杭区小计"})], ignore_index=True))
firms("a firm doubled on its plot under another id", lambda f, r: doubled(f))
firms("a firm's total on each of its plots", lambda f, r: totals(f), must="seen")
firms(
    "stated land ten times the plot",
    lambda f, r: f.assign(用地面积=[m * 10 if k % 11 == 0 else m for k, m in enumerate(f["用地面积"])]),
)
firms(
    "each of two firms states the whole plot",
    lambda f, r: f.assign(用地面积=f.groupby([PLOT, YEAR])["用地面积"].transform("sum")),
)
firms(
    "idle since only in the latest row", lambda f, r: f.assign(**{IDLE: f[IDLE].where(f[YEAR] == 2025, "")}), must=RIGHT
)
firms(
    "a grade only in the latest row",
    lambda f, r: f.assign(**{GRADE: f[GRADE].where((f[YEAR] == 2025) | (f[IDLE] != ""), "")}),
    must=RIGHT,
)
firms("names only in the first row", lambda f, r: f.assign(**{NAME: f[NAME].where(f[YEAR] == 2023, "")}), must=RIGHT)
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


def table(name, table, role, value, every=1, **options):
    """A kind: other values in a column of a table, in each row or in every so many."""

    def plant(office, _rng):
        frame = office.tables[table].copy()
        head = office.column(table, role)
        frame[head] = frame[head].astype(object)
        frame.loc[frame.index[::every], head] = value
        office.tables[table] = frame

    KINDS.add(f"{table}: {name}", plant, **options)


table("status words misspelt", "parcels", "supply_status", "供而末用")
table("status words of another list", "parcels", "supply_status", "在建")
table("district codes of another city", "parcels", "district", "320110001000", stage="concentration")
table("years to come", "standards", "year", 2124)
table("years of two digits", "standards", "year", 24)
table("zones of another city", "standards", "zone", "320110")
table("zones by name", "standards", "zone", "余杭区")
table("opened to come", "blocks", "from_year", 2206, stage="relocation")
table("opened a century ago", "blocks", "from_year", 1926, stage="relocation")
table("industries that are names", "blocks", "industries", "机械", must=REFUSED, stage="relocation")
table("industries that are none", "blocks", "industries", "99;98", stage="relocation")
table("park in full-width letters", "blocks", "park", "Ｋ１", 4, must=RIGHT, stage="relocation")
table("park by name", "blocks", "park", "东部产业园", 4, must=REFUSED, stage="relocation")
table("spare above the block", "blocks", "spare_mu", 5000, 4, stage="relocation")
table("park of another city", "panels", "park", "Z1", 4, must=REFUSED, stage="parks")
table("a count with a fraction", "panels", "count", 4.5, 4, must=REFUSED, stage="parks")
table("plots of another city", "exceptions", "plot", "3205110001", stage="change")
table("documents that are a dash", "exceptions", "document", "-", stage="change")


def rows(name, table, change, **options):
    """A kind: rows of a table added or left out."""

    def plant(office, _rng):
        office.tables[table] = change(office.tables[table])

    KINDS.add(f"{table}: {name}", plant, **options)


TOTAL = {"park": "合计", "block": "合计", "spare_mu": 500, "from_year": 2026, "price": 0, "industries": ""}
rows("a total row", "blocks", lambda f: pd.concat([f, pd.DataFrame([TOTAL])]), stage="relocation")
rows(
    "a total row for a park's block",
    "blocks",
    lambda f: pd.concat([f, pd.DataFrame([TOTAL | {"park": "K1"}])]),
    stage="relocation",
)
rows("a block twice", "blocks", lambda f: pd.concat([f, f.iloc[:1]]), must=REFUSED, stage="relocation")
rows("a block missing", "blocks", lambda f: f.iloc[1:], stage="relocation")
rows(
    "a total row",
    "panels",
    lambda f: pd.concat([f, pd.DataFrame([{"park": "合计", "kind": "平台", "count": 15, "goal": 27}])]),
    stage="parks",
)
rows("a zone missing", "standards", lambda f: f[f["zone"] != "330110"])
rows("a zone and year twice", "standards", lambda f: pd.concat([f, f.iloc[:1].assign(min_far=9)]), must=REFUSED)
rows("a plot twice", "exceptions", lambda f: pd.concat([f, f]), stage="change")


def setting(name, section, stage="candidates", must="seen", **keys):
    """A kind: keys of a section of the study."""

    def plant(office, _rng):
        part = office.study.setdefault(section, {})
        for key, value in keys.items():
            if isinstance(value, dict) and isinstance(part.get(key), dict):
                part[key] |= value
            elif value is None:
                del part[key]
            else:
                part[key] = value

    KINDS.add(f"[{section}] {name}", plant, stage=stage, must=must)


setting("where with a value misspelt", "parcels", where={"DLMC": ["工业用第"]})
setting("where with one of two values misspelt", "parcels", where={"DLMC": ["工业用地", "采矿用第"]})
setting("where with a column that is not there", "parcels", where={"状态": ["现状"]}, must=REFUSED)
setting("where with a level misspelt", "parks", where={"level": ["国家及"]}, stage="concentration")
setting("where with one of two levels misspelt", "parks", where={"level": ["国家级", "省及"]}, stage="concentration")
setting("another classification", "parcels", classification="gbt21010", stage="concentration")
setting("a classification of cities", "parcels", classification="gb50137", stage="concentration")
setting("a classification of 2023", "parcels", classification="land_sea_2023", stage="concentration")
setting("a column that is not there", "parcels", columns={"area": "MJ"}, must=REFUSED)
setting("areas in mu", "parcels", units={"area": "mu"}, stage="concentration")
setting("areas in ha", "parcels", units={"area": "ha"}, stage="concentration")
setting("tax in yuan", "enterprises", units={"tax": "元"})
setting("tax in thousands", "enterprises", units={"tax": "千元"})
setting("tax in millions", "enterprises", units={"tax": "百万元"})
setting("land in ha", "enterprises", units={"area": "公顷"})
setting("value added in yuan", "enterprises", units={"value_added": "元"})
setting("output in thousands", "enterprises", units={"output": "千元"}, stage="parks")
setting("energy in 10,000 tonnes", "enterprises", units={"energy": "万吨标煤"})
setting("a level given another rank", "parks", levels={"国家级": "town"}, stage="concentration")
setting("priority without a level", "parks", priority=["national", "provincial"], must=REFUSED, stage="concentration")
setting("planned boundaries that are not there", "definition", boundary="planned", must=REFUSED)
setting("a tolerance of 5 km", "definition", boundary_tolerance_m=5000, stage="concentration")
setting("a target of 7 %", "target", share=0.07, stage="relocation")
setting("a target of 0.45 %", "target", share=0.0045, stage="relocation")
setting("a target in per cent", "target", share=70, must=REFUSED)
setting("a target before the study's date", "target", by="2015-12-31", stage="change")
setting("a target a century on", "target", by="2126-12-31", stage="change")
setting("a path above the target", "target", path={"2026": 0.99}, stage="relocation")
setting("a gap of 5 km", "scatter", gap_m=5000)
setting("a gap in km", "scatter", gap_m=0.05)
setting("highly scattered above the cluster", "scatter", highly_scattered_mu=300, max_cluster_mu=200)
setting("smallest plot above the cluster", "scatter", min_plot_mu=500)
setting("a largest cluster in hectares", "scatter", max_cluster_mu=13.3)
setting("a shift of a kilometre", "change", shift_m=1000, stage="change")
setting("a first year that is past", "relocation", first_year=2016, stage="relocation")
setting("a budget in yuan", "relocation", budget=1, stage="relocation")
setting("a quota of half a mu", "relocation", quota_mu_per_year=0.5, stage="relocation")
setting("compaction of 1000", "relocation", compaction=1000, stage="relocation")
setting("an exempt plot that is not there", "relocation", exclude=["3205110001"], must=REFUSED, stage="relocation")
setting("a year without figures", "evaluation", year=2019, stage="parks")
setting("purity in per cent", "evaluation", purity=60, must=REFUSED, stage="parks")
setting("a date ten years back", "study", date="2015-12-31")
setting("a date to come", "study", date="2055-12-31")
setting("no date", "study", date=None)
setting("a working system of the neighbour's zone", "study", crs="EPSG:4548", stage="concentration")
setting("a working system in degrees", "study", crs="EPSG:4490", must=REFUSED, stage="concentration")
setting("the parks' file for the standards", "context", standards=PATHS["blocks"], must=REFUSED)
setting("the panels' file for the blocks", "capacity", path=PATHS["panels"], must=REFUSED, stage="relocation")
setting("the exceptions' file for the firms", "enterprises", path=PATHS["exceptions"], must=REFUSED)


def snapshot(name, **keys):
    """A kind: the earlier date's own keys."""
    KINDS.add(f"[[snapshots]] {name}", lambda o, _r: o.study["snapshots"][0].update(keys), stage="change")


snapshot("after the study's date", date="2026-12-31")
snapshot("on the study's date", date="2025-12-31")
snapshot("a century ago", date="1924-12-31")
snapshot("in the second survey's years", date="2012-12-31")
snapshot("areas in mu", parcels={"path": PATHS["earlier_parcels"], "units": {"area": "mu"}})
snapshot(
    "the names for the codes", parcels={"path": PATHS["earlier_parcels"], "columns": {"id": "BSM", "code": "DLMC"}}
)


@KINDS("[[snapshots]] the two dates exchanged", stage="change")
def _exchanged(office, _rng):
    office.study["parcels"]["path"] = PATHS["earlier_parcels"]
    office.study["snapshots"][0]["parcels"] = PATHS["parcels"]


@KINDS("[[snapshots]] one date twice", must=REFUSED, stage="change")
def _one_date_twice(office, _rng):
    office.study["snapshots"].append(dict(office.study["snapshots"][0]))


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
KINDS.add(
    "parks: levels all the same", partial(fill, table="parks", role="level", value="国家级"), stage="concentration"
)
