"""Table B: coordinate systems. (A1, A25 and A27, systems that a container does not state, are in table A.)"""

import json

import numpy as np
import pyproj
import shapely
from corpus import CRS, EAST, NORTH, Refused, Right, Table, city, parcels, parks, square, write
from pyproj.crs import CompoundCRS

from landuse.geo.gcj02 import gcj02_to_bd09, to_gcj02
from landuse.geo.transform import Plane

TABLE = Table()
#: A plain system of the sixties, as programs write it into a .prj: no authority, no parameters.
ESRI = (
    'PROJCS["{name}_3_Degree_GK_CM_120E",GEOGCS["GCS_{name}",DATUM["D_{name}",SPHEROID["{ball}",{a},{rf}]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],'
    'PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",120.0],'
    'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
BEIJING_54 = ESRI.format(name="Beijing_1954", ball="Krasovsky_1940", a=6378245.0, rf=298.3)
XIAN_80 = ESRI.format(name="Xian_1980", ball="Xian_1980", a=6378140.0, rf=298.257)
#: A city's plane: the national one less a constant, turned and stretched.
PLANE = {"east_m": 480_000.0, "north_m": 3_300_000.0, "rotation_s": 25.0, "scale_ppm": 12.0}
#: Longitude and latitude of the toy city, for layers that are far too coarse to register.
PLACE = {"study": {"name": "corpus SYNTHETIC", "lang": "en", "crs": CRS}}


def moved(frame, move, crs):
    """A frame whose coordinates went through `move` (arrays of shape (n, 2)) and claim `crs`."""
    shapes = shapely.transform(np.asarray(frame.geometry), move)
    return frame.set_geometry(shapes).set_crs(crs, allow_override=True)


def shifted(frame, dx=0.0, dy=0.0, crs=CRS):
    return moved(frame, lambda xy: np.add(xy, (dx, dy)), crs)


def swapped(frame, crs):
    return moved(frame, lambda xy: xy[:, ::-1], crs)


def web(frame, crs=4326, *, baidu=False):
    """A frame drawn on a web map: GCJ-02 or BD-09 coordinates that claim WGS 84."""

    def shift(xy):
        x, y = to_gcj02(*xy.T)
        return np.column_stack(gcj02_to_bd09(x, y) if baidu else (x, y))

    return moved(frame.to_crs(4490), shift, crs)


def both(folder, change, **sections):
    """The toy city with both layers changed alike."""
    return city(folder, frames={"parcels.gpkg": change(parcels()), "parks.gpkg": change(parks())}, **sections)


def outline(margin=500.0, **columns):
    """One district around the toy city, or beside it."""
    frame = parks([square(2, 0).buffer(margin)]).drop(columns=["park_id", "block"])
    return frame.assign(code=["330114"], **columns)


def framed(folder, change=lambda frame: frame, districts=None, **sections):
    """The toy city with its district; `change` is done to parcels and parks."""
    frames = {
        "parcels.gpkg": change(parcels()),
        "parks.gpkg": change(parks()),
        "districts.gpkg": outline() if districts is None else districts,
    }
    write(frames["districts.gpkg"], folder / "districts.gpkg")
    return city(folder, frames=frames, districts={"path": "districts.gpkg", "columns": {"code": "code"}}, **sections)


# B1, B2: one layer in degrees


@TABLE("B1", "parks in degrees, parcels in metres", Right(assumes="taken as equal"))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks().to_crs(4326)})


@TABLE("B1", "parks in CGCS2000 degrees, parcels in a zone with number", Right())
def _(folder):
    frames = {"parcels.gpkg": parcels().to_crs(4528), "parks.gpkg": parks().to_crs(4490)}
    return city(folder, frames=frames, study={"crs": CRS})


@TABLE("B1", "parks that meet no parcel by a wrong zone", Refused("km from all parcels.*EPSG:4549", file="parks"))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks().set_crs(4548, allow_override=True)})


@TABLE("B2", "an area in degrees", Refused("EPSG:4490 is in degrees: areas need a projected system"))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(4490))


@TABLE("B2", "degrees, and a working system named", Right())
def _(folder):
    return both(folder, lambda frame: frame.to_crs(4490), **PLACE)


# B3, B4: planes that are none


@TABLE("B3", "parcels in Web Mercator", Refused("Web Mercator", file="parcels.gpkg"))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(3857))


@TABLE("B3", "Web Mercator as the working system", Refused("Web Mercator", file="study.toml"))
def _(folder):
    return city(folder, study={"crs": "EPSG:3857"})


@TABLE("B3", "Web Mercator as a PROJ string", Refused("Web Mercator|Popular Visualisation"))
def _(folder):
    text = "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +no_defs"
    return city(folder, study={"crs": text})


@TABLE("B3", "Web Mercator layers, a lawful working system", Right(assumes="taken as equal"))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(3857), **PLACE)


@TABLE("B4", "degrees times 111 km", Refused("does not have.*Web Mercator"))
def _(folder):
    return both(folder, lambda frame: moved(frame.to_crs(4490), lambda xy: xy * 111_000, CRS))


# B5, B6: zone numbers


@TABLE("B5", "eastings of zone 40 labelled 4549", Refused("zone number 40.*EPSG:4528", file="parcels.gpkg"))
def _(folder):
    return both(folder, lambda frame: shifted(frame, 40_000_000))


@TABLE("B5", "eastings of zone 40 in a layer that states none", Refused("zone number 40.*EPSG:4528", file="parcels"))
def _(folder):
    frames = {"parcels.gpkg": shifted(parcels(), 40_000_000, crs=None)}
    return city(folder, frames=frames, parcels={"crs": CRS})


@TABLE("B5", "the zone number in the parks alone", Refused("zone number 40.*EPSG:4528", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parks.gpkg": shifted(parks(), 40_000_000)})


@TABLE("B5", "a zone number of 6-degree zones", Refused("zone number 20.*EPSG:4498", file="parcels.gpkg"))
def _(folder):
    return both(folder, lambda frame: shifted(frame, 20_000_000))


@TABLE("B5", "one parcel with the zone number", Refused("zone number 40", file="parcels.gpkg", rows=("p4",)))
def _(folder):
    shapes = [square(0), square(1), square(2), square(400_003)]
    return city(folder, frames={"parcels.gpkg": parcels(shapes)})


@TABLE("B5", "zone number and system agree", Right())
def _(folder):
    return both(folder, lambda frame: shifted(frame, 40_000_000, crs=4528))


@TABLE("B6", "eastings without number labelled zone 40", Refused("lack the zone number 40.*EPSG:4549"))
def _(folder):
    return both(folder, lambda frame: frame.set_crs(4528, allow_override=True))


@TABLE("B6", "eastings of zone 39 labelled zone 40", Refused("zone number 39, EPSG:4528 is zone 40.*EPSG:4527"))
def _(folder):
    return both(folder, lambda frame: shifted(frame, 39_000_000, crs=4528))


# B7: the next zone, which no coordinate tells


@TABLE("B7", "3 degrees off, against the districts", Refused(r"0% .* apart.*EPSG:4549", file="parcels.gpkg"))
def _(folder):
    return framed(folder, lambda frame: frame.set_crs(4548, allow_override=True))


@TABLE("B7", "12 degrees off, against the districts", Refused("EPSG:4549 have no place in EPSG:4545", file="districts"))
def _(folder):
    return framed(folder, lambda frame: frame.set_crs(4545, allow_override=True))


@TABLE("B7", "3 degrees off, the parks right", Refused("km from all parcels.*EPSG:4549"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": parcels().set_crs(4548, allow_override=True)})


@TABLE("B7", "3 degrees off, the districts in degrees", Refused("0% .* apart.*EPSG:4549"))
def _(folder):
    return framed(folder, lambda frame: frame.set_crs(4550, allow_override=True), outline().to_crs(4490))


@TABLE("B7", "the districts themselves in the wrong zone", Refused("districts.gpkg says EPSG:4548.*EPSG:4549"))
def _(folder):
    return framed(folder, districts=outline().set_crs(4548, allow_override=True))


@TABLE("B7", "districts around the city", Right())
def _(folder):
    return framed(folder)


@TABLE("B7", "districts that hold a part of the city", Right(issues={"districts_hold_part": 1, "no_district": 1}))
def _(folder):
    return framed(folder, districts=outline().set_geometry([shapely.box(EAST - 9, NORTH - 9, EAST + 290, NORTH + 190)]))


# B8, B9: axes


@TABLE("B8", "northing before easting", Refused("axes are swapped.*swapped axes", file="parcels.gpkg"))
def _(folder):
    return both(folder, lambda frame: swapped(frame, CRS))


@TABLE("B8", "northing before easting, with zone number", Refused("axes are swapped", file="parcels.gpkg"))
def _(folder):
    return both(folder, lambda frame: swapped(frame.to_crs(4528), 4528))


@TABLE("B8", "northing first in the parks alone", Refused("axes are swapped", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parks.gpkg": swapped(parks(), CRS)})


@TABLE("B9", "latitude before longitude", Refused("axes are swapped", file="parcels.gpkg"))
def _(folder):
    return both(folder, lambda frame: swapped(frame.to_crs(4326), 4326), **PLACE)


@TABLE("B9", "latitude first, in CGCS2000", Refused("axes are swapped", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parks.gpkg": swapped(parks().to_crs(4490), 4490)})


@TABLE("B9", "latitude first in the far west, where both orders are places", Refused("km from all parcels|no place in"))
def _(folder):  # 44 N 87 E written the other way round lies in the Arctic
    def west(frame):
        return moved(frame.to_crs(4490), lambda xy: xy - [33.2, -13.8], 4326)

    frames = {"parcels.gpkg": west(parcels()).to_crs(4538), "parks.gpkg": swapped(west(parks()), 4326)}
    return city(folder, frames=frames)


@TABLE("B9", "metres declared as degrees", Refused("in degrees, but the coordinates are metres.*EPSG:4549"))
def _(folder):
    return both(folder, lambda frame: frame.set_crs(4326, allow_override=True), **PLACE)


@TABLE("B9", "degrees declared as metres", Refused("plane in metres, but the coordinates are degrees.*EPSG:4490"))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(4490).set_crs(CRS, allow_override=True))


@TABLE("B9", "a coordinate of 1e300", Right(1.0, {"unreadable_geometry_parcel": 1}))
def _(folder):
    far = shapely.Polygon([(EAST + 300, NORTH), (1e300, NORTH), (EAST + 400, NORTH + 100)])
    return city(folder, frames={"parcels.gpkg": parcels([square(0), square(1), square(2), far])})


@TABLE("B9", "every coordinate a thousandfold (millimetres)", Refused("no place on earth|far outside"))
def _(folder):
    return both(folder, lambda frame: moved(frame, lambda xy: xy * 1000, CRS))


# B10: regional datums

for _text in ("EPSG:2437", "EPSG:2416", "EPSG:21420", "EPSG:2385", "EPSG:2364", "EPSG:2334", BEIJING_54, XIAN_80):

    @TABLE("B10", f"a regional datum: {_text[:24]}", Refused("by nothing.*towgs84", file="parcels.gpkg"))
    def _(folder, crs=_text):
        metres = 0 if "PROJ" in crs else pyproj.CRS(crs).coordinate_operation.params[3].value - 500_000
        return both(folder, lambda frame: shifted(frame, metres, crs=crs))


for _code in (4214, 4610, 4555):

    @TABLE("B10", f"parks in degrees of a regional datum, EPSG:{_code}", Refused("by nothing", file="parks.gpkg"))
    def _(folder, code=_code):
        return city(folder, frames={"parks.gpkg": parks().to_crs(4490).set_crs(code, allow_override=True)})


@TABLE("B10", "Xian 80 with seven zeros for parameters", Refused("by nothing"))
def _(folder):
    frames = {"parks.gpkg": parks().set_crs(2385, allow_override=True)}
    return city(folder, frames=frames, parks={"crs": "EPSG:2385", "towgs84": [0.0] * 7})


@TABLE("B10", "Xian 80 without a word in the file, stated in the study", Refused("by nothing", file="parks.gpkg"))
def _(folder):
    frames = {"parks.gpkg": parks().set_crs(None, allow_override=True)}
    return city(folder, frames=frames, parks={"crs": "EPSG:2385"})


def bound(numbers, code=2385):
    """Parcels and parks as a bureau on a regional datum has them: the inverse of its own parameters."""
    text = f"+proj=tmerc +lon_0=120 +x_0=500000 +a=6378140 +rf=298.257 +towgs84={','.join(map(str, numbers))}"
    back = pyproj.Transformer.from_crs("EPSG:4326", text + " +units=m +type=crs", always_xy=True)
    to_wgs84 = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)
    return lambda frame: moved(frame, lambda xy: np.column_stack(back.transform(*to_wgs84.transform(*xy.T))), code)


for _numbers in ([100.0, 50.0, 20.0], [-16.2, 145.6, 62.1, 1.1, -0.4, 2.3, -4.2]):

    @TABLE("B10", f"Xian 80 with {len(_numbers)} parameters", Right(assumes="by the parameters given"))
    def _(folder, numbers=_numbers):
        stated = {"crs": "EPSG:2385", "towgs84": numbers}
        return both(folder, bound(numbers), parcels=stated, parks=stated, study={"crs": CRS})


@TABLE(
    "B10", "parameters for another zone than the file's", Refused("the study says EPSG:2384, the file says EPSG:2385")
)
def _(folder):
    frames = {"parks.gpkg": parks().set_crs(2385, allow_override=True)}
    return city(folder, frames=frames, parks={"crs": "EPSG:2384", "towgs84": [100.0, 50.0, 20.0]})


@TABLE("B10", "five parameters", Refused(r"give towgs84 = \[dx, dy, dz\]"))
def _(folder):
    return city(folder, parks={"crs": "EPSG:2385", "towgs84": [1.0, 2.0, 3.0, 4.0, 5.0]})


# B11: web maps


def follows(n=60, size=100.0):
    """A town of n x n hectare parcels that leave a street every fifth; parks are whole blocks of it, shapes uneven."""
    rng = np.random.default_rng(11)
    row, col = (k.ravel() for k in np.meshgrid(np.arange(n), np.arange(n)))
    edges = np.cumsum(rng.uniform(0.5, 1.5, n + 1)) * size
    x, y = EAST + edges, NORTH + np.cumsum(rng.uniform(0.5, 1.5, n + 1)) * size
    streets = (row % 5 == 0) | (col % 5 == 0)
    boxes = shapely.box(x[col], y[row], x[col + 1], y[row + 1])
    inside = (row // 10 + col // 10) % 3 == 0
    land = parcels(boxes[~streets], DLBM=["0601"] * int((~streets).sum()))
    blocks = shapely.union_all(shapely.box(x[col], y[row], x[col + 1], y[row + 1])[inside & ~streets])
    share = float(shapely.area(boxes[inside & ~streets]).sum() / shapely.area(boxes[~streets]).sum())
    return land, parks(shapely.get_parts(blocks)), share


LAND, SITES, FOLLOWED = follows()


@TABLE("B11", "parks of GCJ-02 that claim WGS 84", Refused('GCJ-02.*state crs = "GCJ-02"', file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": LAND, "parks.gpkg": web(SITES)})


@TABLE("B11", "parks of BD-09 that claim CGCS2000", Refused('state crs = "BD-09"', file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": LAND, "parks.gpkg": web(SITES, 4490, baidu=True)})


@TABLE("B11", "true WGS 84, as it says", Right(share=None))
def _(folder):
    return city(folder, frames={"parcels.gpkg": LAND, "parks.gpkg": SITES.to_crs(4326)})


@TABLE("B11", "true WGS 84, stated as GCJ-02", Refused("remove crs from this layer", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parcels.gpkg": LAND, "parks.gpkg": SITES.to_crs(4326)}, parks={"crs": "GCJ-02"})


@TABLE("B11", "GCJ-02 and stated", Right(share=None, assumes="GCJ-02 to EPSG:4490.*5 m", check=lambda o: near(o)))
def _(folder):
    return city(folder, frames={"parcels.gpkg": LAND, "parks.gpkg": web(SITES)}, parks={"crs": "GCJ-02"})


@TABLE("B11", "BD-09 and stated, GeoJSON", Right(share=None, assumes="BD-09", check=lambda o: near(o)))
def _(folder):
    frames = {"parcels.gpkg": LAND, "parks.geojson": web(SITES, baidu=True)}
    return city(folder, sites="parks.geojson", frames=frames, parks={"crs": "bd09"})


@TABLE("B11", "too coarse to tell", Right(share=None, assumes="do not tell"))
def _(folder):
    return city(folder, frames={"parks.gpkg": web(parks())})


@TABLE("B11", "GCJ-02 stated for a plane", Refused("the study says GCJ-02, the file says EPSG:4549", file="parks.gpkg"))
def _(folder):
    return city(folder, parks={"crs": "GCJ-02"})


@TABLE("B11", "districts of GCJ-02 against the codes of the parcels", Refused('state crs = "GCJ-02"', file="districts"))
def _(folder):
    land, sites, _share = follows()
    west = shapely.get_x(shapely.centroid(np.asarray(land.geometry))) < EAST + 3000
    land = land.assign(DIST=np.where(west, "330114", "330109"))
    halves = [
        shapely.box(EAST - 900, NORTH - 900, EAST + 3000, NORTH + 9000),
        shapely.box(EAST + 3000, NORTH - 900, EAST + 9000, NORTH + 9000),
    ]
    layer = web(parks(halves)).drop(columns=["park_id", "block"]).assign(code=["330114", "330109"])
    write(layer, folder / "districts.gpkg")
    return city(
        folder,
        frames={"parcels.gpkg": land, "parks.gpkg": sites},
        parcels={"columns": {"id": "BSM", "code": "DLBM", "district": "DIST"}},
        districts={"path": "districts.gpkg", "columns": {"code": "code"}},
    )


def near(outcome):
    """The iterated inverse brings the parks back to a millimetre."""
    assert abs(outcome.answer["city"]["share"] - FOLLOWED) < 1e-6


# B12: the scale of the plane


@TABLE("B12", "2.6 degrees from the meridian", Right(None, {"plane_scale": 3}, check=lambda o: stretched(o, 4550)))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(4550))


@TABLE("B12", "UTM shrinks areas by 0.08 %", Right(None, {"plane_scale": 3}))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(4549).pipe(shifted, -40_000).to_crs(32651))


@TABLE("B12", "in its own zone", Right(check=lambda o: unstretched(o)))
def _(folder):
    return city(folder)


@TABLE("B12", "the legal area does not depend on the meridian", Right(share=None, check=lambda o: legal(o)))
def _(folder):
    return both(folder, lambda frame: frame.to_crs(4550), definition={"area": "ellipsoidal"})


def stretched(outcome, code):
    (found,) = (q for q in outcome.answer["quality"] if q["check"] == "plane_scale")
    assert f"EPSG:{code}" in found["action"]
    assert "1.001" in found["action"]


def unstretched(outcome):
    assert all(q["check"] != "plane_scale" for q in outcome.answer["quality"])


def legal(outcome):
    assert abs(outcome.answer["city"]["total_m2"] / 20_000 - 1) < 2e-5


# B13: a city's own system


def local(folder, **stated):
    plane = Plane(pyproj.CRS(CRS), **PLANE)
    a = np.array([plane.to_base(np.array([[0.0, 0], [1, 0], [0, 1]]))])[0]
    turn = np.linalg.inv((a[1:] - a[0]).T)
    frames = {
        name: moved(frame, lambda xy: (xy - a[0]) @ turn.T, None)
        for name, frame in {"parcels.gpkg": parcels(), "parks.gpkg": parks()}.items()
    }
    return city(folder, frames=frames, parcels=stated, parks=stated)


#: The toy's corner in both systems.
KNOWN = [40_000.0, 45_000.0, *Plane(pyproj.CRS(CRS), **PLANE).to_base(np.array([[40_000.0, 45_000.0]]))[0].tolist()]


@TABLE("B13", "a city's plane with four parameters", Right(assumes="four parameters", check=lambda o: working(o)))
def _(folder):
    return local(folder, crs=CRS, plane={**PLANE, "check": KNOWN})


@TABLE("B13", "four parameters with the angle's sign turned", Refused("miss the check point.*sign of rotation_s"))
def _(folder):
    return local(folder, crs=CRS, plane={**PLANE, "rotation_s": -25.0, "check": KNOWN})


@TABLE("B13", "four parameters of another plane", Refused("miss the check point.*check the parameters"))
def _(folder):
    return local(folder, crs=CRS, plane={**PLANE, "east_m": 430_000.0, "check": KNOWN})


@TABLE("B13", "four parameters without a check point", Refused("add it", file="study.toml"))
def _(folder):
    return local(folder, crs=CRS, plane=PLANE)


@TABLE("B13", "four parameters beside a file that states a system", Refused("the study says local plane"))
def _(folder):
    return city(folder, parks={"crs": CRS, "plane": {**PLANE, "check": KNOWN}})


@TABLE("B13", "a city's plane that nothing ties to the earth", Refused("nothing ties to the earth|states no coord"))
def _(folder):
    text = 'LOCAL_CS["city",UNIT["metre",1],AXIS["Easting",EAST],AXIS["Northing",NORTH]]'
    frame = parks().set_crs(None, allow_override=True)
    write(frame, folder / "parks.shp")
    (folder / "parks.prj").write_text(text)
    return city(folder, sites="parks.shp")


@TABLE("B13", "a city's own meridian as WKT", Right(share=None))
def _(folder):
    wkt = pyproj.CRS("+proj=tmerc +lon_0=120.1666667 +x_0=50000 +y_0=-3300000 +ellps=GRS80 +units=m +type=crs")
    return both(folder, lambda frame: frame.to_crs(wkt), study={"crs": CRS})


@TABLE("B13", "an unknown ball", Refused("no datum shift", file="parks.gpkg"))
def _(folder):
    text = "+proj=tmerc +lon_0=120 +x_0=500000 +a=6370000 +rf=300 +units=m +type=crs"
    return city(folder, frames={"parks.gpkg": parks().set_crs(text, allow_override=True)})


def working(outcome):
    assert outcome.answer["definition"]["crs"] == CRS


# B14, B15: layers of several systems, and of none


@TABLE("B14", "parcels and parks of two zones", Right(share=None, check=lambda o: joined(o)))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks().to_crs(4548)})


def joined(outcome):
    assert abs(outcome.answer["city"]["share"] - 0.75) < 1e-7


@TABLE("B15", "parks without a system beside parcels with one", Refused("states no.*EPSG:4534", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parks.gpkg": parks().set_crs(None, allow_override=True)})


@TABLE("B15", "both layers without a system", Refused("states no coordinate system", file="parks.gpkg"))
def _(folder):
    return both(folder, lambda frame: frame.set_crs(None, allow_override=True))


@TABLE("B15", "a zone number tells the system of a file without one", Refused("EPSG:4528", file="parks.gpkg"))
def _(folder):
    return city(folder, frames={"parks.gpkg": shifted(parks(), 40_000_000, crs=None)})


@TABLE("B15", "a system stated for a file that has none", Right())
def _(folder):
    frames = {"parks.gpkg": parks().set_crs(None, allow_override=True)}
    return city(folder, frames=frames, parks={"crs": CRS})


@TABLE("B15", "a system stated against the file's", Refused("the study says EPSG:4548, the file says EPSG:4549"))
def _(folder):
    return city(folder, parks={"crs": "EPSG:4548"})


@TABLE("B15", "a system stated by code for the same one without a code", Right())
def _(folder):
    text = ESRI.format(name="China_2000", ball="CGCS2000", a=6378137.0, rf=298.257222101)
    write(parks().set_crs(None, allow_override=True), folder / "parks.shp")
    (folder / "parks.prj").write_text(text)
    return city(folder, sites="parks.shp", parks={"crs": CRS})


# B16, B17: a box in another system; a frame that lost its own. The program filters by values only, never by a box, and
# joins no foreign frame: what such a slip would do is shown by layers whose systems differ and whose rows are shuffled.


@TABLE("B16", "no row is lost between degrees and metres", Right(share=None, check=lambda o: whole(o)))
def _(folder):
    frames = {"parcels.gpkg": parcels().to_crs(4490), "parks.gpkg": parks().to_crs(4528)}
    return city(folder, frames=frames, study={"crs": CRS})


@TABLE("B17", "rows in another order, in three systems", Right(share=None, check=lambda o: whole(o)))
def _(folder):
    frames = {"parcels.gpkg": parcels().iloc[::-1].to_crs(4490), "parks.gpkg": parks().iloc[::-1].to_crs(32651)}
    return city(folder, frames=frames, study={"crs": CRS})


def whole(outcome):
    assert abs(outcome.answer["city"]["total_m2"] - 20_000) < 0.01
    assert abs(outcome.answer["city"]["share"] - 0.75) < 1e-7


# B18, B19


@TABLE(
    "B18",
    "every PROJ and GDAL of the process is on record",
    Right(check=lambda o: versions(o)),
    command="run",
    deliver=(),
)
def _(folder):
    return city(folder, frames={"parks.gpkg": parks().to_crs(4490)})


def versions(outcome):
    manifest = json.loads((outcome.out / "study.manifest.json").read_text(encoding="utf-8"))
    known = manifest["versions"]
    for name in ("proj (pyproj)", "proj (pyogrio)", "proj (rasterio)", "gdal (pyogrio)", "gdal (rasterio)"):
        assert known[name], name


@TABLE("B19", "GeoJSON of CGCS2000 degrees", Right(share=None, check=lambda o: whole(o)))
def _(folder):
    frames = {"parcels.geojson": parcels().to_crs(4490), "parks.geojson": parks().to_crs(4490)}
    return city(folder, "parcels.geojson", "parks.geojson", frames, **PLACE)


# kinds of systems that are no plane at all


@TABLE("B13", "heights for a system", Refused("system of heights"))
def _(folder):
    return city(folder, study={"crs": "EPSG:5737"})


@TABLE("B13", "geocentric coordinates", Refused("geocentric"))
def _(folder):
    return city(folder, study={"crs": "EPSG:4479"})


@TABLE("B13", "a plane of no known unit", Refused("what its unit is"))
def _(folder):
    return city(folder, study={"crs": XIAN_80.replace('UNIT["Meter",1.0]', 'UNIT["unknown",0.0]')})


@TABLE("B13", "a plane with heights", Right(assumes="heights of .* are left out"))
def _(folder):
    both_ = CompoundCRS("CGCS2000 and heights", [pyproj.CRS(CRS), pyproj.CRS(5737)])
    return both(folder, lambda frame: frame.set_crs(both_, allow_override=True))
