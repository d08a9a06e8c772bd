"""Toy cities: small enough for mental arithmetic, at coordinates where real cities lie."""

import struct
from fractions import Fraction

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from landuse import schema as s
from landuse.analysis.share.build import build_ledger
from landuse.analysis.share.concentration import park_concentration
from landuse.definition import Definition
from landuse.inputs.source_table import SourceTable
from landuse.units import to_m2

WORKING = CRS(4549)
EAST, NORTH = 520_000, 3_345_000
ORIGIN = np.array([EAST, NORTH], dtype=float)
#: Metres in one unit of a toy: a few tiles wide.
UNIT = 100


def box(x0, y0, x1, y1):
    """A rectangle in units of 100 m from the toy's origin."""
    return shapely.box(EAST + UNIT * x0, NORTH + UNIT * y0, EAST + UNIT * x1, NORTH + UNIT * y1)


def array(shapes):
    out = np.empty(len(shapes), dtype=object)
    out[:] = list(shapes)
    return out


def each(value, n):
    return list(value) if isinstance(value, (list, tuple)) else [value] * n


def parcels(shapes, *, ids=None, use="industrial", registered=np.nan, district="330114", crs=WORKING):
    """Parcels as the door leaves them."""
    n = len(shapes)
    return gpd.GeoDataFrame(
        {
            s.PARCEL: list(ids) if ids is not None else [f"p{k:03}" for k in range(n)],
            s.CODE: ["0601"] * n,
            s.USE: each(use, n),
            s.NAME: [""] * n,
            s.REGISTERED: np.array(each(registered, n), dtype=float),
            s.DISTRICT: each(district, n),
        },
        geometry=array(shapes),
        crs=crs,
    )


def parks(shapes, *, ids=None, rank=0, block=None, main=False, crs=WORKING):
    """Parks as the door leaves them: sorted by rank, id and block."""
    n = len(shapes)
    names = list(ids) if ids is not None else [f"K{k:02}" for k in range(n)]
    ranks = each(rank, n)
    frame = gpd.GeoDataFrame(
        {
            s.PARK: names,
            s.PARK_NAME: names,
            s.LEVEL: [s.LEVELS[r] for r in ranks],
            s.RANK: ranks,
            s.BLOCK: list(block) if block is not None else [str(k) for k in range(n)],
            s.MAIN: each(main, n),
        },
        geometry=array(shapes),
        crs=crs,
    )
    return frame.sort_values([s.RANK, s.PARK, s.BLOCK], kind="stable", ignore_index=True)


def ledger(land, sites, **options):
    """A ledger of frames, or of bare shapes."""
    land = land if isinstance(land, gpd.GeoDataFrame) else parcels(land)
    sites = sites if isinstance(sites, gpd.GeoDataFrame) else parks(sites)
    return build_ledger(land, sites, workers=1, **options)


def shares(book, rule="clip", area="planar", classes="core"):
    """The concentration of a ledger."""
    return park_concentration(book, Definition(classes=classes, rule=rule, area=area))


def planar(shapes):
    return float(shapely.area(array(shapes)).sum())


def cells(rectangle):
    """The unit cells of an integer rectangle (x0, y0, x1, y1)."""
    x0, y0, x1, y1 = rectangle
    return {(x, y) for x in range(x0, x1) for y in range(y0, y1)}


def exact_share(land, sites):
    """Inside over total of integer rectangles, every cell once: an oracle without geometry."""
    ground = set().union(*map(cells, land))
    claimed = set().union(*map(cells, sites)) if sites else set()
    return Fraction(len(ground & claimed), len(ground))


def raw(frame, file="layer.gpkg", rows=None):
    """A layer as `read_layer` hands it over: indexed by row number from 1."""
    frame = frame.set_axis(pd.RangeIndex(1, len(frame) + 1))
    return SourceTable(frame, file, "", rows or len(frame))


def firms(*rows):
    """(firm, parcel, year, tax, area?) rows."""
    rows = [(*r, np.nan)[:5] for r in rows]
    frame = pd.DataFrame(rows, columns=[s.FIRM, s.PARCEL, s.YEAR, s.TAX, s.AREA_M2])
    frame = frame.astype({s.FIRM: object, s.PARCEL: object, s.TAX: float, s.AREA_M2: float})
    frame[s.YEAR] = frame[s.YEAR].astype("Int64")
    frame[s.FIRM_NAME] = frame[s.FIRM]
    return frame


def land(*ids, mu=1.0):
    frame = parcels([box(k, 0, k + 1, 1) for k in range(len(ids))], ids=ids)
    return frame.assign(**{s.REGISTERED: mu * to_m2(1.0, "mu")})


def write_rings(path, records):
    """Write the shapes of a shapefile anew, ring by ring as given: a list of rings of points for each row."""
    shapes, index, boxes, at = b"", b"", [], 50
    for number, rings in enumerate(records, start=1):
        points = np.array([p for ring in rings for p in ring], dtype="<f8")
        starts = np.cumsum([0, *map(len, rings)])[:-1].astype("<i4")
        boxes.append([*points.min(axis=0), *points.max(axis=0)])
        shape = struct.pack("<i4d2i", 5, *boxes[-1], len(rings), len(points)) + starts.tobytes() + points.tobytes()
        shapes += struct.pack(">2i", number, len(shape) // 2) + shape
        index += struct.pack(">2i", at, len(shape) // 2)
        at += 4 + len(shape) // 2
    low, high = np.array(boxes)[:, :2].min(axis=0), np.array(boxes)[:, 2:].max(axis=0)
    for ending, body in ((".shp", shapes), (".shx", index)):
        head = struct.pack(">7i", 9994, 0, 0, 0, 0, 0, 50 + len(body) // 2) + struct.pack("<2i", 1000, 5)
        path.with_suffix(ending).write_bytes(head + struct.pack("<8d", *low, *high, 0, 0, 0, 0) + body)
