"""Table C: geometry.

p1 lies whole inside the park, p4 by half, a hectare each; a case draws one of them otherwise or adds p5, p6 ..., so
that the right share is mental arithmetic. A p1 of A m² inside the park makes it (A + 5000) / (A + 10000).
"""

import numpy as np
import pyclipper
import pytest
import rasterio
import shapely
from corpus import CODES, EAST, NORTH, SHARE, Refused, Right, Table, city, parcels, parks, square, write
from pyproj import CRS
from rasterio.transform import from_origin

from landuse.config.study_file import load_study
from landuse.pipeline.run import run

TABLE = Table()


@TABLE("C24", "the toy city itself", Right())
def _(folder):
    return city(folder)


def metres(x0, y0, x1, y1):
    """A rectangle in metres from the toy's origin."""
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def drawn(shell, *holes, x=0):
    """A polygon in metres from the toy's origin, or from x metres east of it."""

    def ring(points):
        return [(EAST + x + px, NORTH + py) for px, py in points]

    return shapely.Polygon(ring(shell), [ring(h) for h in holes])


def land(shapes, codes=None):
    """Parcels of any shapes: those of the toy, then industrial ones."""
    codes = codes or [*CODES, *["0601"] * len(shapes)][: len(shapes)]
    return parcels(shapes, DLBM=codes, DLMC=[""] * len(shapes))


def first(folder, shape, **sections):
    """The toy with another p1."""
    return city(folder, frames={"parcels.gpkg": land([shape, *(square(k) for k in (1, 2, 3))])}, **sections)


def more(folder, *shapes, codes=(), sites=None):
    """The toy with further parcels, industrial unless said otherwise, and perhaps other parks."""
    frame = land([*(square(k) for k in range(4)), *shapes], [*CODES, *(codes or ["0601"] * len(shapes))])
    return city(folder, frames={"parcels.gpkg": frame, "parks.gpkg": parks() if sites is None else sites})


def share_with_p1_of(square_metres):
    return (square_metres + 5000) / (square_metres + 10_000)


def no_issue(outcome):
    """Nothing was found but what the case accepts."""
    assert [q for q in outcome.answer["quality"] if not q.get("stops")] == []


# ------------------------------------------------------------------------------------------------ C1-C11: invalid rings
BOWTIE = [(0, 0), (100, 100), (100, 0), (0, 100)]  # two triangles of 2500 m², of zero area as drawn
HECTARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
SPOILT = {"invalid_geometry_parcel": 1, "doubtful_repair_parcel": 1}
NO_LAND = {"no_polygon_parcel": 1}


@TABLE("C1", "a bow-tie among the parcels", Right(share_with_p1_of(5000), SPOILT))
def _(folder):
    return first(folder, drawn(BOWTIE))


@TABLE("C1", "a bow-tie among the parks", Right(0.5, {"invalid_geometry_park": 1, "doubtful_repair_park": 1}))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([drawn(BOWTIE), metres(300, 0, 350, 100)])})


@TABLE("C1", "a bow-tie in check", Right(None, SPOILT), command="check")
def _(folder):
    return first(folder, drawn(BOWTIE))


@TABLE("C2", "a bow-tie across the park's border", Right(12_500 / 15_000, SPOILT))
def _(folder):
    return city(folder, frames={"parcels.gpkg": land([*(square(k) for k in range(3)), drawn(BOWTIE, x=300)])})


@TABLE("C2", "a bow-tie that overlaps a neighbour", Right(15_000 / 20_625, {"overlapping_parcels": 1}))
def _(folder):
    # its left triangle, 625 m², is p4's; the right one is new land
    tie = drawn([(0, 0), (50, 50), (50, 0), (0, 50)], x=375)
    return more(folder, shapely.transform(tie, lambda xy: np.add(xy, (0, 25))))


@TABLE("C3", "a small bow-tie", Right(share_with_p1_of(600), SPOILT))
def _(folder):
    return first(folder, drawn([(0, 0), (40, 30), (40, 0), (0, 30)]))


@TABLE("C3", "a lopsided bow-tie", Right(share_with_p1_of(500), SPOILT))
def _(folder):
    return first(folder, drawn([(0, 0), (30, 40), (30, 0), (0, 20)]))  # triangles of 100 and 400 m²


OUTSIDE = [(20, 120), (70, 120), (70, 170), (20, 170)]


@TABLE("C4", "a hole outside its shell is land", Right(15_000 / 22_500, {"ring_order_parcel": 1}))
def _(folder):
    return first(folder, drawn(HECTARE, OUTSIDE))


@TABLE("C4", "a hole outside a park's shell", Right(SHARE, {"ring_order_park": 1}))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([drawn(HECTARE, OUTSIDE), metres(300, 0, 350, 100)])})


@TABLE("C4", "a hole half outside its shell", Right(share_with_p1_of(7500), {"doubtful_repair_parcel": 1}))
def _(folder):
    return first(folder, drawn(HECTARE, [(50, 50), (150, 50), (150, 100 - 1e-9), (50, 100 - 1e-9)]))


@TABLE("C5", "a hole in a hole", Right(share_with_p1_of(6400), SPOILT))
def _(folder):
    wide, narrow = [(20, 20), (80, 20), (80, 80), (20, 80)], [(40, 40), (60, 40), (60, 60), (40, 60)]
    return first(folder, drawn(HECTARE, wide, narrow))


@TABLE("C5", "two holes that overlap", Right(share_with_p1_of(10_000 - 3000), SPOILT))
def _(folder):
    west, east = [(20, 20), (60, 20), (60, 70), (20, 70)], [(40, 20), (80, 20), (80, 70), (40, 70)]
    return first(folder, drawn(HECTARE, west, east))


@TABLE("C6", "a hole equal to its shell", Right(0.5, NO_LAND))
def _(folder):
    return first(folder, drawn(HECTARE, HECTARE))


@TABLE("C6", "all parcels with such holes", Refused("polygon", file="parcels.gpkg"))
def _(folder):
    shapes = [drawn(HECTARE, HECTARE, x=100 * k) for k in range(4)]
    return city(folder, frames={"parcels.gpkg": land(shapes)})


@TABLE("C7", "a ring that touches itself inside out", Right(SHARE, SPOILT))
def _(folder):
    return first(folder, drawn([*HECTARE[:3], (50, 100), (30, 70), (70, 70), (50, 100), (0, 100)]))


@TABLE("C8", "overlapping parts of one parcel", Right(SHARE, SPOILT))
def _(folder):
    return first(folder, shapely.MultiPolygon([metres(0, 0, 60, 100), metres(40, 0, 100, 100)]))


@TABLE("C8", "the same part twice", Right(SHARE, SPOILT))
def _(folder):
    return first(folder, shapely.MultiPolygon([square(0), square(0)]))


@TABLE("C8", "overlapping parts of one park", Right(SHARE, {"invalid_geometry_park": 1}))
def _(folder):
    shape = shapely.MultiPolygon([metres(0, 0, 60, 100), metres(40, 0, 100, 100), metres(300, 0, 350, 100)])
    return city(folder, frames={"parks.gpkg": parks([shape])})


@TABLE("C9", "a spike", Right(SHARE, {"invalid_geometry_parcel": 1}))
def _(folder):
    return first(folder, drawn([*HECTARE[:3], (50, 100), (50, 200), (50, 100), (0, 100)]))


@TABLE("C10", "vertices given twice", Right(SHARE, check=no_issue))
def _(folder):
    return first(folder, drawn([p for p in HECTARE for _again in range(3)]))


@TABLE("C10", "a vertex in the middle of an edge", Right(SHARE, check=no_issue))
def _(folder):
    return first(folder, drawn([(0, 0), (50, 0), (100, 0), (100, 100), (50, 100), (0, 100)]))


@TABLE("C11", "a polygon of no width", Right(0.5, NO_LAND))
def _(folder):
    return first(folder, drawn([(0, 0), (100, 0), (50, 0)]))


@TABLE("C11", "a polygon of one point", Right(0.5, NO_LAND))
def _(folder):
    return first(folder, drawn([(5, 5)] * 4))


# ------------------------------------------------------------------------------------------------ C12-C18: no geometry
@TABLE("C12", "a parcel without geometry", Right(0.5, NO_LAND))
def _(folder):
    return first(folder, None)


@TABLE("C12", "a park without geometry", Right(0.25, {"no_polygon_park": 1}))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([None, metres(300, 0, 350, 100)])})


@TABLE("C13", "most parcels without geometry", Refused("3 of 4 rows have no polygon", rows=("p1", "p5", "p6")))
def _(folder):
    frame = land([None, None, None, *(square(k) for k in (3, 4, 5))], ["0601", "0602", "0602", "0601", "0101", "0101"])
    frame["BSM"] = ["p1", "p5", "p6", "p4", "p7", "p8"]
    return city(folder, frames={"parcels.gpkg": frame})


@TABLE("C13", "no parcel has geometry", Refused("polygon", file="parcels.parquet"))
def _(folder):
    return city(folder, land="parcels.parquet", frames={"parcels.parquet": land([None] * 4)})


@TABLE("C14", "an empty polygon", Right(0.5, NO_LAND))
def _(folder):
    return first(folder, shapely.Polygon())


@TABLE("C14", "an empty multipolygon in GeoParquet", Right(0.5, NO_LAND))
def _(folder):
    frame = land([shapely.MultiPolygon(), *(square(k) for k in (1, 2, 3))])
    return city(folder, land="parcels.parquet", frames={"parcels.parquet": frame})


@TABLE("C15", "a parcel layer without rows", Refused("no industrial land", file="parcels.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels().iloc[:0]})


@TABLE("C15", "a park layer without rows", Refused("no rows", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks().iloc[:0]})


@TABLE("C15", "no industrial row", Refused("none of 4 rows", file="parcels.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": land([square(k) for k in range(4)], ["0101"] * 4)})


@TABLE("C16", "a shapefile without rows", Refused("no industrial land|no row", file="parcels.shp"))
def _(folder):
    write(parcels().iloc[:0], folder / "parcels.shp", geometry_type="Polygon", encoding="utf-8")
    return city(folder, land="parcels.shp", frames={"parcels.shp": parcels()})


@TABLE("C17", "lines among the parcels", Right(SHARE, NO_LAND))
def _(folder):
    return more(folder, shapely.LineString([(EAST, NORTH + 500), (EAST + 90, NORTH + 500)]))


@TABLE("C17", "points among the parks", Right(SHARE, {"no_polygon_park": 1}))
def _(folder):
    sites = parks([square(0), metres(300, 0, 350, 100), shapely.Point(EAST, NORTH)])
    return city(folder, frames={"parks.gpkg": sites})


@TABLE("C17", "a layer of lines", Refused("no polygons", file="parcels.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": land([shapely.LineString(HECTARE)] * 4)})


@TABLE("C18", "a collection of a polygon, a line and a point", Right(SHARE, {"mixed_geometry_parcel": 1}))
def _(folder):
    line = shapely.LineString([(EAST, NORTH), (EAST + 900, NORTH)])
    return first(folder, shapely.GeometryCollection([square(0), line, shapely.Point(EAST, NORTH)]))


@TABLE(
    "C18", "a collection that holds a bow-tie", Right(share_with_p1_of(5000), {**SPOILT, "mixed_geometry_parcel": 1})
)
def _(folder):
    return first(folder, shapely.GeometryCollection([drawn(BOWTIE), shapely.Point(EAST, NORTH)]))


@TABLE("C18", "a collection without a polygon", Right(0.5, NO_LAND))
def _(folder):
    return first(folder, shapely.GeometryCollection([shapely.Point(EAST, NORTH)]))


# ------------------------------------------------------------------------------------------------ C19-C23: coordinates
def slip(value, x=0):
    """A hectare with a fifth vertex whose northing is a value."""
    with np.errstate(invalid="ignore"):
        return shapely.Polygon([*drawn(HECTARE, x=x).exterior.coords[:4], (EAST + x - 10, value)])


SLIPS = {"C19": np.nan, "C20": np.inf, "C21": 1e300, "C22": 1e17}
for _row, _value in SLIPS.items():

    @TABLE(_row, f"one vertex at {_value}", Right(0.5, {"unreadable_geometry_parcel": 1}))
    def _(folder, value=_value):
        return first(folder, slip(value))

    @TABLE(_row, f"one vertex at {_value}, GeoParquet", Right(0.5, {"unreadable_geometry_parcel": 1}))
    def _(folder, value=_value):
        frame = land([slip(value), *(square(k) for k in (1, 2, 3))])
        return city(folder, land="parcels.parquet", frames={"parcels.parquet": frame})

    @TABLE(_row, f"every parcel with a vertex at {_value}", Refused("not numbers|no place", file="parcels.gpkg"))
    def _(folder, value=_value):
        return city(folder, frames={"parcels.gpkg": land([slip(value, x=100 * k) for k in range(4)])})


@TABLE("C22", "all coordinates at 1e17", Refused("no place", file="parcels.gpkg"))
def _(folder):
    far = [shapely.box(1e17, 1e17, 1e17 + 160 * (k + 1), 1e17 + 160) for k in range(4)]
    return city(folder, frames={"parcels.gpkg": land(far)})


@TABLE("C23", "heights", Right())
def _(folder):
    return first(folder, shapely.force_3d(square(0), 7.5))


@TABLE("C23", "heights that are no numbers", Right())
def _(folder):
    ring = [(x, y, np.nan) for x, y in square(0).exterior.coords]
    return first(folder, shapely.Polygon(ring))


@TABLE("C23", "heights and measures", Right())
def _(folder):
    ring = ", ".join(f"{x} {y} 3 4" for x, y in square(0).exterior.coords)
    tall = shapely.from_wkt(f"POLYGON ZM (({ring}))")
    return city(folder, land="p.parquet", frames={"p.parquet": land([tall, *(square(k) for k in (1, 2, 3))])})


# ---------------------------------------------------------------------------------------------- C24-C30: twice, beside
@TABLE("C24", "a parcel twice", Right(SHARE, {"overlapping_parcels": 1}))
def _(folder):
    return more(folder, square(0))


@TABLE("C24", "a parcel three times, its ring turned", Right(SHARE, {"overlapping_parcels": 2}))
def _(folder):
    ring = list(square(3).exterior.coords)[:4]
    return more(folder, shapely.Polygon(ring[2:] + ring[:2]), shapely.Polygon(ring[::-1]))


@TABLE("C24", "the same rows twice", Right(SHARE, {"overlapping_parcels": 3, "duplicate_id": 3}))
def _(folder):
    frame = land([square(k % 4) for k in range(8)], [*CODES, *CODES])
    frame["BSM"] = [f"p{k % 4 + 1}" for k in range(8)]
    return city(folder, frames={"parcels.gpkg": frame})


@TABLE("C24", "a parcel twice, as factory and as mine", Right(SHARE, {"overlapping_parcels": 1}))
def _(folder):
    return more(folder, square(0), codes=["0602"])


@TABLE("C24", "duplicates of any class", Right(None, {"duplicates_all_classes": 1}), command="check")
def _(folder):
    return more(folder, square(2), codes=["0101"])


@TABLE("C25", "a parcel over p1 and the mine beside it", Right(1.5 / 2.5, {"overlapping_parcels": 2}))
def _(folder):
    return more(folder, metres(50, 0, 150, 100))  # half of it is p1's; the mine yields the other half


@TABLE("C25", "three parcels over one place", Right(1.5 / 3, {"overlapping_parcels": 2}))
def _(folder):
    return more(folder, *[metres(500, 0, 600, 100)] * 3)


@TABLE("C25", "a parcel inside another", Right(SHARE, {"overlapping_parcels": 1}))
def _(folder):
    return more(folder, metres(20, 20, 30, 30))


def parks_count_once(outcome):
    answer = outcome.answer
    assert sum(p["industrial_m2"] for p in answer["parks"]) == answer["city"]["inside_m2"] == 15_000
    assert sum(p["industrial_gross_m2"] for p in answer["parks"]) == 25_000


@TABLE("C26", "a park over a park", Right(SHARE, check=parks_count_once))
def _(folder):
    shapes = [square(0), metres(300, 0, 350, 100), metres(-50, -50, 120, 120)]
    return city(folder, frames={"parks.gpkg": parks(shapes, park_id=["K1", "K1", "K2"])})


def twice(folder, **sections):
    half = metres(300, 0, 350, 100)
    sites = parks([square(0), half] * 2, park_id=["K1", "K1", "K2", "K2"])
    return city(folder, frames={"parks.gpkg": sites}, **sections)


@TABLE("C26", "a park twice", Refused("several ids: K1 . K2.*keep one row", "parks.gpkg"))
def _(folder):
    return twice(folder)


@TABLE("C26", "a park twice, accepted", Right(assumes="K1 . K2"))
def _(folder):
    return twice(folder, study={"accept": ["parks_twice"]})


def shaken(size, n=20):
    """A sheet of n × n hectares, each vertex of each off by up to a size [m]; and a park over its western half."""
    rng = np.random.default_rng(int(size * 1000))
    corner = np.array([(EAST + 100 * i, NORTH + 100 * j) for i in range(n) for j in range(n)])
    ring = np.array(HECTARE)[None] + corner[:, None] + rng.uniform(-size, size, (n * n, 4, 2))
    return shapely.polygons(ring), metres(-50, -50, 100 * n / 2, 100 * n + 50)


def clipped(shapes, park):
    """Total and inside of a layer that counts all land once, by an engine that is not the program's, on 0.1 mm."""

    def cells(polygon):
        xy = shapely.get_coordinates(polygon)[:-1] - (EAST, NORTH)
        return np.rint(xy * 1e4).astype(np.int64).tolist()

    def area(operation, clip):
        engine = pyclipper.Pyclipper()
        engine.AddPaths([cells(p) for p in shapes], pyclipper.PT_SUBJECT, True)
        if clip is not None:
            engine.AddPath(cells(clip), pyclipper.PT_CLIP, True)
        rings = engine.Execute(operation, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)
        return sum(map(pyclipper.Area, rings)) * 1e-8

    return area(pyclipper.CT_UNION, None), area(pyclipper.CT_INTERSECTION, park)


def counts_as_clipper_does(size):
    def check(outcome):
        shapes, park = shaken(size)
        total, inside = clipped(shapes, park)
        got = outcome.answer["city"]
        assert shapely.area(shapes).sum() - total > 1.5e4 * size  # counted twice by who only adds
        assert abs(got["total_m2"] - total) < 1, got["total_m2"] - total
        assert abs(got["inside_m2"] - inside) < 1, got["inside_m2"] - inside
        assert any(q["check"] == "overlapping_parcels" and q["count"] > 300 for q in outcome.answer["quality"])

    return check


for _size in (0.001, 0.01, 0.1):

    @TABLE("C27", f"a sheet shaken by {_size} m", Right(None, check=counts_as_clipper_does(_size)))
    def _(folder, size=_size):
        shapes, park = shaken(size)
        frames = {"parcels.gpkg": land(list(shapes), ["0601"] * len(shapes)), "parks.gpkg": parks([park])}
        return city(folder, frames=frames)


def lists_gaps_and_overlaps(outcome):
    counts = {q["check"]: q["count"] for q in outcome.answer["quality"]}
    assert counts["gaps"] > 100
    assert counts["overlaps_all_classes"] > 300


@TABLE("C27", "its gaps and overlaps in check", Right(None, check=lists_gaps_and_overlaps), command="check")
def _(folder):
    shapes, park = shaken(0.1)
    frames = {"parcels.gpkg": land(list(shapes), ["0601"] * len(shapes)), "parks.gpkg": parks([park])}
    return city(folder, frames=frames)


@TABLE("C28", "a sliver of a centimetre inside", Right(10_001 / 20_000))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([square(0), metres(300, 0, 300.01, 100)])})


@TABLE("C28", "a sliver of a centimetre outside", Right(19_999 / 20_000))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([square(0), metres(300, 0, 399.99, 100)])})


@TABLE("C28", "a sliver for a parcel", Right(15_000 / 20_001))
def _(folder):
    return more(folder, metres(500, 0, 500.01, 100))


@TABLE("C29", "a parcel that touches the park", Right(0.5))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([square(0), square(4)])})


@TABLE("C29", "a parcel that touches the park in a point", Right(0.5))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([square(0), square(4, 1)])})


@TABLE("C30", "a park through the middle of a parcel", Right(13_000 / 20_000))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([square(0), metres(330, -20, 360, 120)])})


@TABLE("C30", "a park smaller than the parcel", Right(10_100 / 20_000))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks([square(0), metres(340, 40, 350, 50)])})


@TABLE("C30", "the same by the larger part", Right(0.5))
def _(folder):
    sites = parks([square(0), metres(300, 0, 349, 100)])
    return city(folder, frames={"parks.gpkg": sites}, definition={"rule": "majority"})


# ------------------------------------------------------------------------------------------------ C31-C34: the engine
def local_system():
    """A city's own plane, as its survey office writes it: small coordinates round a hill of the old town."""
    plane = CRS(4549).to_json_dict()
    del plane["id"]
    plane["name"] = "City plane (example)"
    values = {"Latitude of natural origin": 30.2, "False easting": 0, "Longitude of natural origin": 120.2}
    for parameter in plane["conversion"]["parameters"]:
        parameter["value"] = values.get(parameter["name"], parameter["value"])
    return CRS.from_json_dict(plane)


def total_inside(corners, inside):
    """Total and inside [m²] of triangles, given one after another, and of what lies inside."""

    def check(outcome):
        triangles = [shapely.Polygon(corners[k : k + 3]) for k in range(0, len(corners), 3)]
        got, total = outcome.answer["city"], shapely.area(triangles).sum() + inside
        assert abs(got["total_m2"] - total) < 1e-2, got["total_m2"] - total
        assert abs(got["inside_m2"] - inside) < 1e-2, got["inside_m2"] - inside
        no_issue(outcome)

    return check


def local(folder, shapes, sites):
    """A city of industrial parcels in its own plane; its parks are a few square metres, or hold nothing."""
    plane = local_system()
    frames = {
        "parcels.gpkg": land(shapes, ["0601"] * len(shapes)).set_crs(plane, allow_override=True),
        "parks.gpkg": parks(sites).set_crs(plane, allow_override=True),
    }
    toy = ("tiny_parks", "parks_astray", "share_of_all_or_none")
    return city(folder, frames=frames, study={"accept": toy})


# neighbours whose common corners are one unit in the last place off, from reports against the geometry library
QUAD_A = shapely.Polygon(
    [
        (-295.25030351249666, 4.236074061427525),
        (-295.08711234218333, -2.301948231163383),
        (-314.64218025800653, -2.7900491087570383),
        (-314.80537142831986, 3.7479731838338695),
    ]
)
QUAD_B = shapely.Polygon(
    [
        (-275.69523559667346, 4.7241749390211805),
        (-275.53204442636013, -1.8138473535697273),
        (-295.08711234218333, -2.3019482311633825),
        (-295.25030351249666, 4.236074061427525),
    ]
)
TRIANGLE = shapely.Polygon([(446, -207), (315, -75.99999999999999), (557, -76)])
DIAMOND = shapely.Polygon([(184, -207), (315, -76), (446, -207), (315, -338)])


@TABLE("C31", "a quadrangle beside a park, one ulp off", Right(4 / (4 + QUAD_A.area)))
def _(folder):
    return local(folder, [QUAD_A, shapely.box(-290, 0, -288, 2)], [QUAD_B])


@TABLE("C31", "a triangle beside a park, one ulp off", Right(4 / (4 + TRIANGLE.area)))
def _(folder):
    return local(folder, [TRIANGLE, shapely.box(300, -200, 302, -198)], [DIAMOND])


@TABLE("C31", "two neighbours, one ulp off", Right(QUAD_B.area / (QUAD_A.area + QUAD_B.area), check=no_issue))
def _(folder):
    return local(folder, [QUAD_A, QUAD_B], [QUAD_B])


@TABLE("C31", "a triangle and a diamond, one ulp off", Right(DIAMOND.area / (TRIANGLE.area + DIAMOND.area)))
def _(folder):
    return local(folder, [TRIANGLE, DIAMOND], [shapely.box(100, -400, 446, -76).intersection(DIAMOND)])


# random ones: without a witness of each cut the last gives a wrong share, the others a wrong total or none
ULP_PAIRS = [
    (
        [
            (-5.991391171655266, 83.26770062928188),
            (27.94979436141992, 29.565357222440433),
            (44.90307922484933, 77.85724364322606),
        ],
        [
            (-5.991391171655266, 83.26770062928188),
            (27.94979436141992, 29.565357222440436),
            (-2.615358871233374, 47.824436481674454),
        ],
    ),
    (
        [
            (25.466178935378025, -486.34902932571623),
            (0.00244769619826, -437.46515678260386),
            (-22.912050540164046, -480.4753729726844),
        ],
        [
            (25.466178935378025, -486.34902932571623),
            (0.00244769619826, -437.46515678260386),
            (37.0767981348279, -449.22703194445205),
        ],
    ),
    (
        [
            (-28.734647365274952, -18.194315843091488),
            (-68.05652754842012, -51.50954047879161),
            (-36.739589496989794, -48.609474754259864),
        ],
        [
            (-28.734647365274952, -18.194315843091484),
            (-68.05652754842012, -51.50954047879161),
            (-75.25223128884116, -3.153095497168785),
        ],
    ),
]
for _k, (_plot, _site) in enumerate(ULP_PAIRS):

    @TABLE("C31", f"random triangles {_k + 1}, a parcel and a park", Right(None, check=total_inside(_plot, 1.0)))
    def _(folder, plot=_plot, site=_site):
        park = shapely.Polygon(site)
        inner = park.representative_point().buffer(0.5, cap_style="square")
        return local(folder, [shapely.Polygon(plot), inner], [park])

    @TABLE("C31", f"random triangles {_k + 1}, two parcels", Right(None, check=total_inside(_plot + _site, 0.0)))
    def _(folder, plot=_plot, site=_site):
        return local(folder, [shapely.Polygon(plot), shapely.Polygon(site)], [shapely.box(400, 0, 500, 100)])


@TABLE("C32", "a needle of 90 km and a millimetre", Right(15_000 / 20_045))
def _(folder):
    return more(folder, drawn([(0, 1000), (90_000, 1000), (90_000, 1000.001)]))


@TABLE("C32", "a needle across a park", Right(15_000.05 / 20_002.35))
def _(folder):
    sites = parks([square(0), metres(300, 0, 350, 300)])
    return more(folder, metres(-1000, 200, 1350, 200.001), sites=sites)


@TABLE("C33", "a park block that is nowhere", Right(SHARE, {"unreadable_geometry_park": 1}))
def _(folder):
    sites = parks([square(0), metres(300, 0, 350, 100), slip(np.nan, x=900)])
    return city(folder, frames={"parks.gpkg": sites})


@TABLE("C33", "a parcel that is nowhere", Right(SHARE, {"unreadable_geometry_parcel": 1}))
def _(folder):
    return more(folder, slip(np.nan, x=500))


@TABLE("C34", "a parcel that enters a park and follows its border", Right(10_400 / 15_400))
def _(folder):
    # 10 × 40 m inside; along 60 m more the two only share a line
    bent = drawn([(40, 0), (100, 0), (100, 100), (50, 100), (50, 40), (40, 40)], x=300)
    return city(folder, frames={"parcels.gpkg": land([*(square(k) for k in range(3)), bent])})


# C35-C37: rasters as evidence


def heights(folder, values, nodata=-9999.0, east=0.0, size=10.0):
    """The toy city, whose p1 and p4 are industrial, with a raster of building heights from its lower left corner."""
    values = np.asarray(values, dtype="float32")
    options = {"driver": "GTiff", "count": 1, "dtype": "float32", "crs": "EPSG:4549", "nodata": nodata}
    options |= {"height": values.shape[0], "width": values.shape[1]}
    corner = from_origin(EAST + east, NORTH + size * values.shape[0], size, size)
    with rasterio.open(folder / "height.tif", "w", transform=corner, **options) as file:
        file.write(values, 1)
    (folder / "standards.csv").write_text("zone,year,min_far,min_coverage\n,2020,1.5,0.5\n", encoding="utf-8")
    return city(folder, rasters={"building_height": "height.tif"}, context={"standards": "standards.csv"})


def far_of(folder, plot):
    """The floor-area ratio that a run takes a plot to have."""
    found = run(load_study(folder / "study.toml"))
    return found.candidates.measures.values["far"][plot]


def holds(plot, far):
    return Right(share=None, check=lambda outcome: _same(far_of(outcome.folder, plot), far))


def _same(got, far):
    assert got == pytest.approx(far, nan_ok=True), got


#: 40 by 10 pixels of 9 m, two storeys; the right half of p1 is without data.
TWO_STOREYS = np.full((10, 40), 9.0)
HALF_KNOWN = np.where(np.arange(40) < 5, 9.0, -9999.0) * np.ones((10, 1))


@TABLE("C35", "pixels without data are left out", holds("p1", 2.0), command="candidates")
def _(folder):
    return heights(folder, HALF_KNOWN)


@TABLE("C35", "a plot without any known pixel is unknown", holds("p4", np.nan), command="candidates")
def _(folder):
    return heights(folder, HALF_KNOWN)


@TABLE("C35", "a raster that does not say what no data is", Refused("no data", "height.tif"), command="candidates")
def _(folder):
    return heights(folder, TWO_STOREYS, nodata=None)


@TABLE("C36", "a parcel smaller than a pixel", holds("p1", 2.0), command="candidates")
def _(folder):
    return heights(folder, [[9.0, 9.0]], size=400.0)


@TABLE("C37", "a raster elsewhere", Refused("no value on any parcel", "height.tif"), command="candidates")
def _(folder):
    return heights(folder, TWO_STOREYS, east=50_000.0)
