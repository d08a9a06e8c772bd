"""Table D: what goes wrong when layers are laid over each other."""

import openpyxl
import shapely
import xlsxwriter
from corpus import Refused, Right, city, parcels, parks, square
from d_city import HEAD, ROWS, TABLE, case, drawn, near, right, sheet, study

from landuse.config.study_file import load_study
from landuse.pipeline.run import run
from landuse.report.workbook.book import write_workbook
from landuse.report.workbook.sheets import TOP

# ---- what goes wrong when layers are laid over each other ----


@TABLE("D30", "a stated area on a parcel cut in half is apportioned", near(0.75, 1e-7))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(mj=[10_000.0] * 4)},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}},
        definition={"area": "registered"},
    )


@TABLE("D31", "a parcel in two parks counts once", Right())
def _(folder):
    blocks = [square(0), shapely.box(*square(3).bounds[:2], square(3).bounds[0] + 50, square(3).bounds[3]), square(0)]
    return city(folder, frames={"parks.gpkg": parks(blocks, park_id=["K1", "K1", "K2"])})


@case("D31", "tax of a parcel cut by the park stays whole", right(plots=1))
def _(folder):
    half = shapely.box(*square(10).bounds[:2], square(10).bounds[0] + 50, square(10).bounds[3])
    sites = parks([half, half], park_id=["K1", "K2"])
    return sheet(folder, ROWS, sites=sites, study={"accept": ["parks_twice"]})


@TABLE("D32", "a parcel touching two parks is in neither", Right(share=0.5))
def _(folder):
    frame = parcels([square(0), square(1)], DLBM=["0601"] * 2, DLMC=["工业用地"] * 2)
    return city(
        folder,
        frames={"parcels.gpkg": frame, "parks.gpkg": parks([square(0), square(2)], park_id=["K1", "K2"])},
        definition={"rule": "majority"},
    )


@TABLE("D32", "a parcel half in each of two parks goes to one, whole", Right(share=1.0))
def _(folder):
    halves = [shapely.box(*square(0).bounds[:2], square(0).bounds[0] + w, square(0).bounds[3]) for w in (50, 100)]
    frame = parcels([square(0)], DLBM=["0601"], DLMC=["工业用地"])
    sites = parks([halves[0], halves[1].difference(halves[0])], park_id=["K2", "K1"])

    sections = {"definition": {"rule": "majority"}, "study": {"accept": ["share_of_all_or_none", "frame_park"]}}
    return city(folder, frames={"parcels.gpkg": frame, "parks.gpkg": sites}, **sections)


def _districts(expected):
    def check(outcome):
        got = {d["code"]: round(d["total_m2"], 3) for d in outcome.answer["districts"]}
        assert got == expected, got
        assert sum(got.values()) == outcome.answer["city"]["total_m2"]

    return check


@TABLE(
    "D33",
    "a parcel without a district keeps a row of its own",
    Right(check=_districts({"330110": 10_000.0, "": 10_000.0})),
)
def _(folder):
    frame = parcels(ZLDWDM=["330110001", "330110001", "330110001", None])
    return city(
        folder,
        frames={"parcels.gpkg": frame},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "name": "DLMC", "district": "ZLDWDM"}},
    )


# The next four are slips of programs that join by row labels; rows in another order, or filtered, would show them.


@TABLE("D34", "parcels in another order than the parks", Right())
def _(folder):
    frame = parcels().iloc[[3, 1, 0, 2]]
    return city(folder, frames={"parcels.gpkg": frame, "parks.gpkg": parks().iloc[::-1]})


@TABLE("D35", "rows filtered out before and between", Right())
def _(folder):
    shapes = [square(9), square(0), square(8), square(1), square(2), square(3)]
    frame = parcels(
        shapes,
        BSM=list("xpyqrs"),
        DLBM=["0601", "0601", "0601", "0602", "0701", "0601"],
        DLMC=[""] * 6,
        status=["规划", "现状", "规划", "现状", "现状", "现状"],
    )
    return city(folder, frames={"parcels.gpkg": frame}, parcels={"where": {"status": ["现状"]}})


@TABLE("D36", "every parcel has the same id", Right(issues={"duplicate_id": 2}))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels(BSM=["p"] * 4)})


@TABLE("D37", "values changed on a filtered part reach the whole: a lost zero, a stated area of 0", near(0.75, 1e-5))
def _(folder):
    return city(
        folder,
        frames={"parcels.gpkg": parcels(DLBM=["0601", "0602", "0701", "601"], mj=[10_000.0, 1.0, 1.0, 0.0])},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "area": "mj"}},
        definition={"area": "registered"},
    )


def _tables_add_up(outcome):
    the = load_study(outcome.folder / "study.toml")
    write_workbook(run(the, stage="concentration"), outcome.folder / "book.xlsx")
    page = openpyxl.load_workbook(outcome.folder / "book.xlsx")["Districts"]
    rows = [[page.cell(r, c).value for c in (4, 5, 6)] for r in range(TOP + 1, TOP + 4)]
    assert sorted(row[0] for row in rows) == [3.33, 3.33, 3.34], rows
    assert all(round(total - inside - outside, 9) == 0 for total, inside, outside in rows), rows
    assert page.cell(TOP + 4, 4).value == f"=SUM(D{TOP + 1}:D{TOP + 3})"


@TABLE("D38", "three thirds of ten 亩: the printed parts add up to the total", Right(share=1 / 3, check=_tables_add_up))
def _(folder):
    shapes = [square(2 * k, size=(20_000 / 9) ** 0.5) for k in range(3)]
    frame = parcels(shapes, DLBM=["0601"] * 3, DLMC=["工业用地"] * 3, ZLDWDM=["330101", "330102", "330103"])
    return city(
        folder,
        frames={"parcels.gpkg": frame, "parks.gpkg": parks([shapes[0]])},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "name": "DLMC", "district": "ZLDWDM"}},
    )


@case("D39", "a sheet of explanations first", right())
def _(folder):
    def draw(book, page):
        page.write_row(0, 0, ("说明",))
        page.write_row(1, 0, ("本表统计口径：税收为全口径", "年度", "税收"))
        second = book.add_worksheet("数据")
        for k, row in enumerate((HEAD, *ROWS)):
            second.write_row(k, 0, row)

    return drawn(folder, draw)


@case("D39", "two sheets that fit", Refused("2 sheets hold these columns.*甲, 乙", "firms.xlsx"))
def _(folder):
    book = xlsxwriter.Workbook(str(folder / "firms.xlsx"))
    for name in "甲乙":
        page = book.add_worksheet(name)
        for k, row in enumerate((HEAD, *ROWS)):
            page.write_row(k, 0, row)
    book.close()
    return study(folder)


@case("D39", "no sheet fits", Refused("no column '宗地'", "firms.xlsx"))
def _(folder):
    return sheet(folder, [row[:2] + row[3:] for row in ROWS], HEAD[:2] + HEAD[3:])
