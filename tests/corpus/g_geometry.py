"""Table GG: geometry as strangers' programs leave it: rings in any order, lines for polygons, many plots in one row.

The toy city: p1 lies whole inside the park, p4 by half, a hectare each.
"""

import numpy as np
import shapely
from c_geometry import drawn, first, land, metres, more, share_with_p1_of
from corpus import CRS, EAST, NORTH, SHARE, Refused, Right, Table, city, parcels, parks, square, write
from toys import write_rings

TABLE = Table()


# ------------------------------------------------------------------------------------------------ GG1-GG3: rings
def ring(x0, y0, x1, y1, *, ccw=False, start=0):
    """A closed ring of a rectangle in metres from the toy's origin."""
    points = [(EAST + x0, NORTH + y0), (EAST + x1, NORTH + y0), (EAST + x1, NORTH + y1), (EAST + x0, NORTH + y1)]
    points = points[start:] + points[:start]
    points = points if ccw else points[::-1]
    return [*points, points[0]]


def wound(folder, *p1, ccw=False):
    """The toy as a shapefile, p1 of these rings, the other parcels wound one way."""
    write(parcels(), folder / "parcels.shp", encoding="utf-8")
    write_rings(
        folder / "parcels.shp", [list(p1), *([ring(100 * k, 0, 100 * k + 100, 100, ccw=ccw)] for k in (1, 2, 3))]
    )
    return city(folder, land="parcels.shp")


WHOLE, LAKE, ISLE = (0, 0, 100, 100), (20, 20, 80, 80), (40, 40, 60, 60)
ORDER = {"ring_order_parcel": 1}


def silent(outcome):
    assert outcome.answer["quality"] == []


@TABLE("GG1", "shell and hole wound by the book", Right(share_with_p1_of(6400), check=silent))
def _(folder):
    return wound(folder, ring(*WHOLE), ring(*LAKE, ccw=True))


@TABLE("GG1", "the whole layer wound the other way", Right(share_with_p1_of(6400), ORDER))
def _(folder):
    return wound(folder, ring(*WHOLE, ccw=True), ring(*LAKE), ccw=True)


@TABLE("GG1", "the hole first, wound the other way", Right(share_with_p1_of(6400), ORDER))
def _(folder):
    return wound(folder, ring(*LAKE, start=2), ring(*WHOLE, ccw=True, start=1))


for _ccw in (False, True):

    @TABLE("GG1", f"a hole wound like its shell, counter-clockwise {_ccw}", Right(share_with_p1_of(6400), ORDER))
    def _(folder, ccw=_ccw):
        return wound(folder, ring(*LAKE, ccw=ccw), ring(*WHOLE, ccw=ccw))

    @TABLE("GG2", f"an island in a lake, all wound alike, {_ccw}", Right(share_with_p1_of(6800), ORDER))
    def _(folder, ccw=_ccw):
        return wound(folder, ring(*ISLE, ccw=ccw), ring(*WHOLE, ccw=ccw), ring(*LAKE, ccw=ccw))

    @TABLE("GG2", f"two parts and a hole in one of them, {_ccw}", Right((1.5e4 - 400) / (2e4 - 400), ORDER))
    def _(folder, ccw=_ccw):
        return wound(
            folder, ring(0, 0, 40, 100, ccw=ccw), ring(40, 0, 100, 100, ccw=ccw), ring(60, 40, 80, 60, ccw=ccw)
        )


@TABLE("GG2", "an island whose lake and island are wound as holes", Right(share_with_p1_of(6800), ORDER))
def _(folder):
    return wound(folder, ring(*WHOLE), ring(*LAKE, ccw=True), ring(*ISLE, ccw=True))


@TABLE("GG2", "parts wound as holes outside", Right((1.5e4 - 5000) / (2e4 - 5000), ORDER))
def _(folder):
    return wound(folder, ring(0, 0, 25, 100), ring(75, 0, 100, 100, ccw=True))


@TABLE("GG2", "a hole half out of its shell, all turned", Right(share_with_p1_of(7500), {"invalid_geometry_parcel": 1}))
def _(folder):
    return wound(folder, ring(*WHOLE, ccw=True), ring(50, 50, 150, 100), ccw=True)


@TABLE("GG2", "the same ring twice", Right(SHARE, {"invalid_geometry_parcel": 1}))
def _(folder):
    return wound(folder, ring(*WHOLE), ring(*WHOLE, start=2))


for _file in ("parcels.gpkg", "parcels.geojson", "parcels.parquet", "parcels.fgb"):

    @TABLE("GG3", f"a hole written as a part, {_file}", Right(share_with_p1_of(6400), ORDER))
    def _(folder, file=_file):
        shape = shapely.MultiPolygon([metres(*LAKE), metres(*WHOLE)])
        frame = land([shape, *(square(k) for k in (1, 2, 3))])
        sections = {"study": {"name": "corpus", "lang": "en", "crs": CRS}}
        if file.endswith("geojson"):
            frame.to_file(folder / file, engine="pyogrio", driver="GeoJSON", COORDINATE_PRECISION=3)
        return city(folder, land=file, frames={file: frame}, **sections)


@TABLE("GG3", "a part written as a hole", Right((1.5e4 - 5000) / (2e4 - 5000), ORDER))
def _(folder):
    return first(folder, drawn([(0, 0), (25, 0), (25, 100), (0, 100)], [(75, 0), (100, 0), (100, 100), (75, 100)]))


@TABLE("GG3", "a hole given to the wrong one of two parts", Right(14_550 / 19_550, ORDER))
def _(folder):
    west = [(0, 0), (40, 0), (40, 100), (0, 100)], [(60, 40), (80, 40), (80, 60), (60, 60)]
    return first(folder, shapely.MultiPolygon([drawn(*west), metres(40.5, 0, 100, 100)]))


@TABLE("GG3", "a park with a hole written as a part", Right((1.5e4 - 3600) / 2e4, {"ring_order_park": 1}))
def _(folder):
    shape = shapely.MultiPolygon([square(0), metres(*LAKE)])
    return city(folder, frames={"parks.gpkg": parks([shape, metres(300, 0, 350, 100)])})


# ------------------------------------------------------------------------------------------------ GG4-GG6: lines
HALF = metres(300, 0, 350, 100)


def outlined(folder, second, first=None, **columns):
    """The toy with the outlines of two parks; the second over the half of p4."""
    columns = columns or {"park_id": ["K1", "K2"]}
    return city(folder, frames={"parks.gpkg": parks([first or square(0), second], **columns)})


@TABLE("GG4", "a park as a closed line", Right(SHARE, {"closed_lines_park": 1}, assumes="closed lines"))
def _(folder):
    return outlined(folder, HALF.exterior)


@TABLE("GG4", "all parks as closed lines", Right(SHARE, {"closed_lines_park": 2}))
def _(folder):
    return outlined(folder, shapely.LineString(HALF.exterior), shapely.LineString(square(0).exterior))


@TABLE("GG4", "a park of lines that meet end to end", Right(SHARE, {"closed_lines_park": 1}))
def _(folder):
    xy = shapely.get_coordinates(HALF)
    return outlined(folder, shapely.MultiLineString([xy[:3], xy[:1:-1]]))


@TABLE("GG4", "two blocks with their common border drawn once", Right(SHARE, {"closed_lines_park": 1}))
def _(folder):
    west, east = metres(300, 0, 320, 100), metres(320, 0, 350, 100)
    lines = shapely.line_merge(shapely.union_all([west.boundary, east.boundary]))
    return outlined(folder, lines)


@TABLE("GG4", "a park as two closed lines, one within the other", Right((1.5e4 - 400) / 2e4))
def _(folder):
    return outlined(folder, shapely.MultiLineString([HALF.exterior, metres(310, 40, 330, 60).exterior]))


@TABLE("GG4", "a closed line as a parcel", Right(SHARE, {"closed_lines_parcel": 1}))
def _(folder):
    return first(folder, square(0).exterior)


@TABLE("GG4", "a closed line that crosses itself", Right(share_with_p1_of(5000), {"doubtful_repair_parcel": 1}))
def _(folder):
    return first(folder, drawn([(0, 0), (100, 100), (100, 0), (0, 100)]).exterior)


OPEN = shapely.LineString(shapely.get_coordinates(HALF)[:4])


@TABLE("GG5", "a park as an open line", Refused("open line.*close it", file="parks.gpkg", rows=("K2",)))
def _(folder):
    return outlined(folder, OPEN)


@TABLE("GG5", "all parks as open lines", Refused("open line.*close it", file="parks.gpkg", rows=("K1", "K2")))
def _(folder):
    return outlined(folder, OPEN, OPEN)


@TABLE("GG5", "a park of a closed and an open line", Refused("open line", file="parks.gpkg", rows=("K2",)))
def _(folder):
    return outlined(folder, shapely.MultiLineString([square(4).exterior, OPEN]))


@TABLE("GG5", "an open line among the parcels", Right(0.5, {"no_polygon_parcel": 1}))
def _(folder):
    return first(folder, shapely.LineString(shapely.get_coordinates(square(0))[:4]))


for _what, _shape in (("nothing", None), ("a point", shapely.Point(EAST, NORTH)), ("an empty one", shapely.Polygon())):

    @TABLE("GG6", f"a park whose outline is {_what}", Refused("without an outline", file="parks.gpkg", rows=("K2",)))
    def _(folder, shape=_shape):
        return outlined(folder, shape)


@TABLE("GG6", "one of two blocks of a park without an outline", Right(0.5, {"no_polygon_park": 1}))
def _(folder):
    return outlined(folder, None, park_id=["K1", "K1"])


# ------------------------------------------------------------------------------------------------ GG7: parts far apart
def far(n, step):
    """A row of n hectares, so many metres apart from the origin of one to that of the next, 2 km north of the toy."""
    return shapely.MultiPolygon([metres(step * k, 2000, step * k + 100, 2100) for k in range(n)])


def judged(plots, clusters, spread):
    def check(outcome):
        found = outcome.answer["scatter"]
        assert (found["plots"], found["clusters"]) == (plots, clusters), found
        assert abs(found["area_m2"] - 1e4 * plots) < 1
        said = [q["action"] for q in outcome.answer["quality"] if q["check"] == "spread_parts_parcel"]
        assert [spread in x for x in said] == [True] * bool(spread), said

    return check


@TABLE("GG7", "30 plots in one row", Right(None, check=judged(30, 30, "30 parts up to 17.4 km")), command="candidates")
def _(folder):
    return more(folder, far(30, 600))


@TABLE("GG7", "three parts within the gap", Right(None, check=judged(0, 0, "")), command="candidates")
def _(folder):  # one plot of 45 mu less is scattered; three hectares together are, as one plot
    return more(folder, far(3, 149), codes=["0601"], sites=parks([metres(0, 0, 400, 100), metres(0, 2000, 9, 2100)]))


@TABLE("GG7", "a park in one row, kilometres apart", Right(SHARE, {"spread_parts_park": 1}))
def _(folder):
    shape = shapely.MultiPolygon([square(0), HALF, metres(9000, 0, 9100, 100)])
    return city(folder, frames={"parks.gpkg": parks([shape])})


# ------------------------------------------------------------------------------------------------ GG8, GG9: places
def zoned(folder, crs, **sections):
    """The toy in another plane."""
    frames = {"parcels.gpkg": parcels().to_crs(crs), "parks.gpkg": parks().to_crs(crs)}
    return city(folder, frames=frames, **sections)


for _code in (4545, 4553, 32648):

    @TABLE("GG8", f"EPSG:{_code}, degrees from here", Refused("is right.*EPSG:4549.*study", file="parcels.gpkg"))
    def _(folder, code=_code):
        return zoned(folder, code)

    @TABLE("GG8", f"EPSG:{_code}, and a working system named", Right(SHARE, assumes="far outside its area"))
    def _(folder, code=_code):
        return zoned(folder, code, study={"crs": CRS})


@TABLE(
    "GG8", "so far from its zone that the eastings read as another's", Refused("zone number 37, EPSG:4524 is zone 36")
)
def _(folder):
    return zoned(folder, 4524)


@TABLE("GG8", "the same, and a working system named", Right(SHARE, assumes="far outside its area"))
def _(folder):
    return zoned(folder, 4524, study={"crs": CRS})


@TABLE("GG8", "beyond the plane there is no place that could be right", Refused(r"^(?!.*is right).*far outside"))
def _(folder):
    frame = parcels([shapely.transform(square(k), lambda xy: np.add(xy, (1.1e7, 0))) for k in range(4)])
    return city(folder, frames={"parcels.gpkg": frame})


@TABLE("GG8", "axes swapped, and another working system named", Refused("axes are swapped", file="parcels.gpkg"))
def _(folder):
    frame = parcels([shapely.transform(square(k), lambda xy: xy[:, ::-1]) for k in range(4)])
    return city(folder, frames={"parcels.gpkg": frame}, study={"crs": "EPSG:4548"})


@TABLE("GG8", "a zone number too many, and a working system named", Refused("zone number 40", file="parcels.gpkg"))
def _(folder):
    shapes = [shapely.transform(square(k), lambda xy: np.add(xy, (4e7, 0))) for k in range(4)]
    frame = parcels(shapes).set_crs(4545, allow_override=True)
    return city(folder, frames={"parcels.gpkg": frame}, study={"crs": CRS})


def once(outcome):
    assert len(outcome.answer["problems"]) == 1


AS_DEGREES = Refused("in degrees, but the coordinates are metres.*EPSG:4534 to EPSG:4554", file="parcels.gpkg")
ONE = Table(after=once)


@ONE("GG9", "metres that call themselves degrees", AS_DEGREES)
def _(folder):
    frames = {
        k: f.set_crs(4326, allow_override=True) for k, f in (("parcels.gpkg", parcels()), ("parks.gpkg", parks()))
    }
    return city(folder, frames=frames)


@ONE("GG9", "true degrees without a working system", Refused("areas need a projected system"))
def _(folder):
    return zoned(folder, 4490)


TABLE.cases += ONE.cases


# ------------------------------------------------------------------------------------------------ GG10: least land
def least(outcome):
    assert outcome.answer["scatter"]["plots"] == 1
    assert outcome.answer["candidates"]["renewal"]["count"] == 0


def slivered(folder):
    """Two parcels, a hectare each: one far outside, one inside but for a strip of 0.005 m²."""
    sites = parks([metres(0, 0, 100 - 0.00005, 100), metres(-5000, 0, -4900, 100)])
    frame = land([square(0), square(20)], ["0601"] * 2)
    return city(folder, frames={"parcels.gpkg": frame, "parks.gpkg": sites}, study={"accept": ["parks_astray"]})


TABLE("GG10", "a sliver of 0.005 m² outside is no plot", Right(None, check=least), command="candidates")(slivered)
TABLE("GG10", "it stays in the sum", Right(9999.995 / 20_000))(slivered)


def unstretched(outcome):
    assert not [q for q in outcome.answer["quality"] if q["check"] == "plane_scale"]


@TABLE("GG10", "slivers do not stretch the plane", Right(None, check=unstretched))
def _(folder):
    slivers = [metres(500 + k, 0, 500 + k + 1e-7, 1) for k in range(7)]
    return more(folder, *slivers)


def weighed(outcome):
    (said,) = [q["action"] for q in outcome.answer["quality"] if q["check"] == "plane_scale"]
    assert "are 1.0024 times" in said, said


@TABLE("GG10", "a plane two zones away stretches all land alike", Right(None, check=weighed))
def _(folder):  # 120.207 E, 30.22 N is 309 km from 117 E: 1 + (309 / 6371)²
    return zoned(folder, 4548)
