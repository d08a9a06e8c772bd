"""Table G: neighbours and cuts that make the geometry library fail, and databases that are not what they seem.

p1 lies whole inside the park, p4 by half, a hectare each, as in table C.
"""

import shutil
import sqlite3
from contextlib import closing

import shapely
from c_geometry import land, metres
from corpus import EAST, NORTH, Refused, Right, Table, city, parks, square
from shapely import affinity


def untouched(outcome):
    """Nothing beside the outputs appeared, changed or went."""
    assert not outcome.strays, outcome.strays


TABLE = Table(after=untouched)
#: A plane whose coordinates are small, so that a unit in the last place is one of 1e-14.
PLANE = "+proj=tmerc +lat_0=30 +lon_0=120 +x_0=0 +y_0=0 +ellps=GRS80"


# G1: neighbours that share an edge, or part of one, and not its vertices


def no_trouble(outcome):
    assert not {"gaps", "overlaps_all_classes"} & {q["check"] for q in outcome.answer["quality"]}


def gap_of(square_metres):
    def check(outcome):
        (gaps,) = (q for q in outcome.answer["quality"] if q["check"] == "gaps")
        assert gaps["count"] == 1
        assert abs(gaps["area_m2"] - square_metres) < 1e-3

    return check


for _order in (1, -1):

    @TABLE("GC1", f"a T of two parcels, in order {_order:+}", Right(None, check=no_trouble), command="check")
    def _(folder, order=_order):
        upright, lying = metres(40, -100, 100, 0), metres(0, 0, 100, 100)
        both = [shapely.reverse(g) for g in (upright, lying)][::order]
        return city(folder, frames={"parcels.gpkg": land(both), "parks.gpkg": parks([metres(0, -100, 100, 100)])})


def bricks(degrees, missing):
    """Courses of parcels of 100 m by 50 m, each half a parcel on, turned about the toy's origin."""
    there = [(x, y) for x in range(-4, 4) for y in range(-4, 4) if (x, y) not in missing]
    walls = [metres(100 * x + 50 * (y % 2), 50 * y, 100 * x + 50 * (y % 2) + 100, 50 * y + 50) for x, y in there]
    return [affinity.rotate(g, degrees, origin=(EAST, NORTH)) for g in walls]


for _degrees in (0, 12, 41):
    for _missing, _check in (((), no_trouble), (((0, 0),), gap_of(5000))):

        @TABLE(
            "GC1", f"courses at {_degrees} degrees, {len(_missing)} missing", Right(None, check=_check), command="check"
        )
        def _(folder, degrees=_degrees, missing=_missing):
            shapes = bricks(degrees, missing)
            frames = {"parcels.gpkg": land(shapes, ["0601"] * len(shapes)), "parks.gpkg": parks([square(0)])}
            return city(folder, frames=frames)


@TABLE("GC1", "districts that share edges and not vertices", Right())
def _(folder):
    shapes = [metres(0, 0, 400, 50), metres(0, 50, 130, 100), metres(130, 50, 400, 100)]
    frame = parks(shapes).assign(XZQDM=["330110", "330113", "330114"])
    return city(
        folder, frames={"districts.gpkg": frame}, districts={"path": "districts.gpkg", "columns": {"code": "XZQDM"}}
    )


# G2: a common corner one unit in the last place off

PARK = shapely.Polygon([(-397, -257), (353, 482), (107, 32)])  # 77,853 m² by its corners
PARCEL = shapely.Polygon([(-397, -257), (352.99999999999994, 481.99999999999994), (476, -249)])  # 319,573.5 m²


def in_plane(frame):
    return frame.set_crs(PLANE, allow_override=True)


@TABLE("GC2", "a park within a parcel", Right(77_853 / 319_573.5))
def _(folder):
    return city(folder, frames={"parcels.gpkg": in_plane(land([PARCEL])), "parks.gpkg": in_plane(parks([PARK]))})


def total_of(square_metres):
    def check(outcome):
        assert abs(outcome.answer["city"]["total_m2"] - square_metres) < 1e-3

    return check


for _order in (1, -1):

    @TABLE("GC2", f"the same as two parcels, in order {_order:+}", Right(77_853 / 319_573.5, check=total_of(319_573.5)))
    def _(folder, order=_order):
        both = in_plane(land([PARCEL, PARK][::order], ["0601"] * 2))
        return city(folder, frames={"parcels.gpkg": both, "parks.gpkg": in_plane(parks([PARK]))})


# G3: a GeoPackage that another program has open


def opened_elsewhere(folder, *, saved):
    """The toy as it lies on the disk while another program has its parcels open in write-ahead mode."""
    the = city(folder)
    path, kept = folder / "parcels.gpkg", folder / "kept"
    kept.mkdir()
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = wal")
        if saved:
            db.execute("CREATE TABLE note (text)")
        for file in folder.glob("parcels.gpkg*"):
            shutil.copy(file, kept / file.name)
    for file in kept.iterdir():
        file.replace(folder / file.name)
    kept.rmdir()
    (folder / "parcels.gpkg-wal").touch()
    return the


_HELD = Refused("open in another program, .*parcels.gpkg-wal.* -> close the layer", file="parcels.gpkg")


@TABLE("GC3", "what was saved lies in its log", _HELD)
def _(folder):
    return opened_elsewhere(folder, saved=True)


@TABLE("GC3", "the parks' log", Refused("parks.gpkg-wal", file="parks.gpkg"))
def _(folder):
    the = city(folder)
    (folder / "parks.gpkg-wal").write_bytes(bytes.fromhex("377f0682") + bytes(28))
    return the


@TABLE("GC3", "a transaction that was not finished", Refused("parcels.gpkg-journal", file="parcels.gpkg"))
def _(folder):
    the = city(folder)
    (folder / "parcels.gpkg-journal").write_bytes(bytes.fromhex("d9d505f920a163d7") + bytes(504))
    return the


@TABLE("GC3", "open, and nothing in its log", Right())
def _(folder):
    return opened_elsewhere(folder, saved=False)


@TABLE("GC3", "a journal that was emptied and kept", Right())
def _(folder):
    the = city(folder)
    (folder / "parcels.gpkg-journal").write_bytes(bytes(512))
    return the


# G4: layers that are no tables


def add_layer(folder, name, sql):
    """The toy's parcels file with a further layer, by its definition."""
    the = city(folder)
    with closing(sqlite3.connect(folder / "parcels.gpkg")) as db, db:
        db.execute(sql)
        (srs,) = db.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()
        db.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES (?, 'features', ?, ?)",
            (name, name, srs),
        )
        db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POLYGON', ?, 0, 0)", (name, srs))
    return the


#: Views on the toy's parcels: what they are called, and what they take beside them.
VIEWS = {
    "plain": ("v", "", ""),
    "of another case": ("V", "", ""),
    "one that never ends": ("v", "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)", ", c WHERE x < 0"),
    "one of billions of rows": (
        "v",
        "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 4000000000)",
        ", c",
    ),
}


def view(what):
    name, head, more = VIEWS[what]
    columns = "p.fid AS OGC_FID, p.geom, p.BSM, p.DLBM, p.DLMC"
    return f"CREATE VIEW {name} AS {head} SELECT {columns} FROM parcels p{more}"  # noqa: S608, ours


for _what in VIEWS:

    @TABLE("GC4", f"a view: {_what}", Refused("the layer 'v' is a view.* -> export it as a plain", file="parcels.gpkg"))
    def _(folder, what=_what):
        add_layer(folder, "v", view(what))
        return city(folder, parcels={"layer": "v"})

    @TABLE("GC4", f"beside a view: {_what}", Right())
    def _(folder, what=_what):
        add_layer(folder, "v", view(what))
        return city(folder, parcels={"layer": "parcels"})


@TABLE("GC4", "a view beside the layer, none named", Refused("2 layers.* -> .*parcels, v"))
def _(folder):
    return add_layer(folder, "v", view("one that never ends"))


@TABLE(
    "GC4", "a layer with triggers of its own", Refused("'parcels' has triggers: later.* -> export", file="parcels.gpkg")
)
def _(folder):
    the = city(folder)
    with closing(sqlite3.connect(folder / "parcels.gpkg")) as db, db:
        db.execute("CREATE TRIGGER later AFTER UPDATE ON parcels BEGIN DELETE FROM parcels; END")
    return the


@TABLE("GC4", "names that an address would not take as they are", Right())
def _(folder):
    return city(folder, land="100% 地块 #1?.gpkg")
