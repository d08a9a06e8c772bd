"""Table G, ids: one key for what is compared, pieces of one parcel, parks by name, codes held as numbers."""

import numpy as np
import shapely
from corpus import Refused, Right, Table, city, parcels, parks, square
from d_city import ROLES, ROWS, A, land, near, right, sheet

TABLE = Table()
CODES, NAMES = ["0601"] * 4, ["工业用地"] * 4
WITH_AREA = {"columns": {"id": "BSM", "code": "DLBM", "name": "DLMC", "area": "mj"}}


def firms(plots):
    """Both firms, at plots written in some way; both must be joined: 600 万元, q1 alone inefficient."""
    return [(code, name, plot, *rest) for (code, name, _plot, *rest), plot in zip(ROWS, plots, strict=True)]


BOTH = right()

for what, layer, table in (
    ("letters of one case in the layer, of another in the table", ("q1", "q2"), ("Q1", "q2")),
    ("a soft hyphen within an id of the layer", ("q\u00ad1", "q2"), ("q1", "q2")),
    ("an apostrophe before an id of the layer", ("'q1", "q2"), ("q1", "q2")),
    ("brackets of another width, blanks around", ("示（１）", " 示(2)"), ("示(1)", "示（2）　")),
    ("a decimal tail in the layer's texts", ("3301.0", "3302"), ("3301", "3302.0")),
):

    def _written(folder, layer=layer, table=table):
        return sheet(folder, firms(table), frame=land(BSM=["p1", *layer, "q3"]))

    TABLE("GI1", f"ids: {what}", BOTH, "candidates")(_written)


@TABLE("GI2", "two parcels whose ids differ in letter case only bear one id", Right(issues={"ids_spelled_apart": 2}))
def _(folder):
    frame = parcels(DLBM=["0601", "0602", "0701", "0601"], BSM=["a1", "b", "c", "A1"])
    return city(folder, frames={"parcels.gpkg": frame})


@TABLE("GI3", "several plots in one cell", Refused("one row a plot", "firms.xlsx", ("2",)), "candidates")
def _(folder):
    return sheet(folder, firms(("q1、q2", "q3")))


@TABLE("GI3", "several plots in lines of one cell", Refused("one row a plot", "firms.xlsx", ("3",)), "candidates")
def _(folder):
    return sheet(folder, firms(("q1", "q2\nq3")))


@TABLE("GI3", "an id with a comma is one plot", BOTH, "candidates")
def _(folder):
    return sheet(folder, firms(("q,1", "q2")), frame=land(BSM=["p1", "q,1", "q2", "q3"]))


def filtered(values, where):
    frame = parcels(DLBM=CODES, DLMC=NAMES, zt=values)
    return lambda folder: city(folder, frames={"parcels.gpkg": frame}, parcels={"where": {"zt": where}})


# p1 (whole inside) and p4 (half inside) stay
STAY = Right(0.75, {"rows_filtered": 2})
TABLE("GI4", "a filter on texts with blanks and full width", STAY)(filtered(["ok", "no", None, "ＯＫ　"], ["ok"]))
TABLE("GI4", "a filter on prefixes with zero-width marks", STAY)(filtered(["\u200bM1-1", "R2", "R3", "m1-2"], ["M1*"]))
TABLE("GI4", "a filter on numbers with blanks among them", STAY)(filtered([1.0, 2.0, np.nan, 1.0], ["1"]))


def halves(k):
    west, south, east, north = square(k).bounds
    middle = (west + east) / 2
    return [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]


def pieces(stated, ids=("p1", "p1", "p4"), **columns):
    """The west parcel in two rows, wholly in the park, and p4, half of it in the park."""
    shapes = [*halves(0), square(3)]
    return parcels(shapes, BSM=list(ids), DLBM=CODES[:3], DLMC=NAMES[:3], mj=list(stated), **columns)


def stated_city(folder, frame, **options):
    area = {"area": "registered"}
    return city(folder, frames={"parcels.gpkg": frame}, parcels=WITH_AREA | options, definition=area)


@TABLE("GI5", "two rows of one parcel, each with its whole area", near(0.75, 1e-7, issues={"pieces_joined": 2}))
def _(folder):
    return stated_city(folder, pieces([10_000.0] * 3))


@TABLE(
    "GI5",
    "the ids of the pieces written in two ways",
    near(0.75, 1e-7, issues={"pieces_joined": 2, "ids_spelled_apart": 2}),
)
def _(folder):
    return stated_city(folder, pieces([10_000.0] * 3, ids=("p1", "Ｐ1 ", "p4")))


@TABLE(
    "GI5",
    "pieces in two districts: the area once, a row in each",
    near(0.75, 1e-7, issues={"pieces_joined": 2, "duplicate_id": 1}),
)
def _(folder):
    columns = {**WITH_AREA["columns"], "district": "qx"}
    frame = pieces([10_000.0] * 3, qx=["330106", "330110", "330110"])
    return stated_city(folder, frame, columns=columns)


@TABLE(
    "GI5",
    "rows of one id, each as large as it states, are parcels",
    near(0.75, 1e-7, issues={"duplicate_id": 1}),
)
def _(folder):
    return stated_city(folder, pieces([5_000.0, 5_000.0, 10_000.0]))


@TABLE("GI5", "rows that add up to neither", Refused("registered area", "parcels.gpkg", ("p1",)))
def _(folder):
    return stated_city(folder, pieces([30_000.0, 30_000.0, 10_000.0]))


def numbers(check):
    def demand(outcome):
        assert [(d["code"], round(d["total_m2"])) for d in outcome.answer["districts"]] == check, outcome.answer

    return demand


@TABLE("GI6", "district codes as floats that lost digits", Refused("dropped the last digits", "parcels.gpkg"))
def _(folder):
    frame = parcels(DLBM=CODES, DLMC=NAMES, qx=[3.30106001001e18] * 2 + [3.30110001001e18] * 2)
    columns = {"id": "BSM", "code": "DLBM", "name": "DLMC", "district": "qx"}
    return city(folder, frames={"parcels.gpkg": frame}, parcels={"columns": columns})


@TABLE(
    "GI6",
    "district codes as floats of twelve digits",
    Right(0.375, check=numbers([("330106", 20000), ("330110", 20000)])),
)
def _(folder):
    frame = parcels(DLBM=CODES, DLMC=NAMES, qx=[330106001001.0] * 2 + [330110001001.0] * 2)
    columns = {"id": "BSM", "code": "DLBM", "name": "DLMC", "district": "qx"}
    return city(folder, frames={"parcels.gpkg": frame}, parcels={"columns": columns})


@TABLE("GI6", "park ids as single floats that lost digits", Refused("dropped the last digits", "parks.parquet"))
def _(folder):
    frame = parks(park_id=np.array([33010600.0, 33010601.0], dtype="float32"))
    return city(folder, sites="parks.parquet", frames={"parks.parquet": frame})


def park_count(n):
    def demand(outcome):
        assert len(outcome.answer["parks"]) == n, outcome.answer["parks"]

    return demand


@TABLE(
    "GI7",
    "park ids that differ in blanks, width and letter case",
    Right(issues={"ids_spelled_apart": 2}, check=park_count(1)),
)
def _(folder):
    return city(folder, frames={"parks.gpkg": parks(park_id=["Kz（东）", "kZ (东)"])})


@TABLE("GI7", "park ids that differ in the shape of brackets", Right(issues={"parks_alike": 2}, check=park_count(2)))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks(park_id=["示例〔东〕", "示例（东）"])})


@TABLE("GI7", "two ids of one name", Right(issues={"parks_alike": 2}, check=park_count(2)))
def _(folder):
    sites = {"columns": {"id": "park_id", "name": "mc"}}
    return city(folder, frames={"parks.gpkg": parks(park_id=["1", "2"], mc=["示例园", "示例园"])}, parks=sites)


@TABLE(
    "GI8",
    "no id column: rows of one name are one park",
    Right(assumes="2 rows of 1 names are 1 parks", check=park_count(1)),
)
def _(folder):
    sites = {"columns": {"name": "mc"}}
    return city(folder, frames={"parks.gpkg": parks(mc=["示例园", "示例园 "])}, parks=sites)


@TABLE(
    "GI8",
    "neither id nor name: each row a park, as an assumption",
    Right(assumes="each of the 2 rows", check=park_count(2)),
)
def _(folder):
    return city(folder, parks={"columns": {}})


@TABLE("GI9", "levels in the commonest words", Right(check=park_count(2)))
def _(folder):
    sites = {"columns": {"id": "park_id", "level": "jb"}}
    return city(folder, frames={"parks.gpkg": parks(park_id=["1", "2"], jb=["国家级", "省级 "])}, parks=sites)


@TABLE("GI9", "a level nobody knows", Refused("unknown park level", "parks.gpkg", ("2",)))
def _(folder):
    sites = {"columns": {"id": "park_id", "level": "jb"}}
    return city(folder, frames={"parks.gpkg": parks(park_id=["1", "2"], jb=["国家级", "副厅级"])}, parks=sites)


@TABLE(
    "GI10",
    "one firm's code in two cases: one firm, its total on two plots",
    right(3_000_000.0, plots=2),
    "candidates",
)
def _(folder):
    rows = [(A, "甲", "q1", 2024, 15, 300), (f" {A.lower()}", "甲", "q2", 2024, 15, 300)]
    return sheet(folder, rows, columns=ROLES)
