"""Errors in the layers of parks and districts: what is no park, what is drawn twice, what does not hold the city."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from grid_city import HEIGHT, WIDTH
from grid_files import EAST, NORTH, polygon
from planting import REFUSED, RIGHT, Kinds
from shapely.affinity import translate

KINDS = Kinds()
CITY = {(x, y) for x in range(WIDTH) for y in range(HEIGHT)}
WEST = {(x, y) for x in range(WIDTH // 2) for y in range(HEIGHT)}


def append(frame, like, **values):
    """A layer with one more row, which says what another says but for some values."""
    row = frame.loc[[like]].assign(**{k: [v] for k, v in values.items()})
    return pd.concat([frame, row], ignore_index=True)


def reshape(office, table, rows, shape):
    """Draw rows of a layer anew."""
    frame = office.tables[table]
    shapes = np.array(frame.geometry.to_numpy(), dtype=object)
    for row in rows:
        shapes[row] = shape(shapes[row])
    office.tables[table] = frame.set_geometry(gpd.GeoSeries(shapes, crs=frame.crs))


def _park(name, shape, must="seen", rows=(0,)):
    KINDS.add(f"parks: {name}", lambda o, _r: reshape(o, "parks", rows, shape), must=must, stage="concentration")


_park("a block drawn as a dot", lambda g: g.centroid.buffer(1))
_park("a block drawn as a true point", lambda g: g.centroid)
_park("a block drawn as a frame", lambda g: g.difference(g.buffer(-2, join_style="mitre")))
_park("a block drawn as a line", lambda g: shapely.LineString(g.exterior.coords[:3]))
_park("a block drawn as the city", lambda _g: polygon(CITY))
_park("a block drawn as a district", lambda _g: polygon(WEST))
_park("a block drawn as the frame of the sheet", lambda _g: shapely.box(*polygon(CITY).buffer(500).bounds))
_park("every block drawn as the city", lambda _g: polygon(CITY), rows=range(4))
_park("every block a dot", lambda g: g.centroid.buffer(1), rows=range(4))
_park("every block empty", lambda _g: shapely.Polygon(), must=REFUSED, rows=range(4))
_park("a block empty", lambda _g: shapely.Polygon())
_park("all moved 3 km north", lambda g: translate(g, 0, 3_000), rows=range(4))
_park("all moved 300 km north", lambda g: translate(g, 0, 300_000), rows=range(4))
_park("a block moved 30 km east", lambda g: translate(g, 30_000, 0))
_park("x and y exchanged", lambda g: shapely.transform(g, lambda c: c[:, ::-1]), rows=range(4))
_park("coordinates in km", lambda g: shapely.transform(g, lambda c: c / 1000), rows=range(4))
_park("rings wound the other way", shapely.reverse, must=RIGHT, rows=range(4))
_park(
    "a block with its corners out of order",
    lambda g: shapely.Polygon(np.array(g.envelope.exterior.coords)[[0, 2, 1, 3]]),
)
_park(
    "a block with a closing point too many",
    lambda g: shapely.Polygon([*g.exterior.coords, g.exterior.coords[0]]),
    RIGHT,
)


def add_park(name, shape, like=0, must="seen", stage="concentration", **values):
    """A kind: a row too many in the layer of parks."""

    def plant(office, _rng):
        frame = office.tables["parks"]
        drawn = shape(np.array(frame.geometry.to_numpy(), dtype=object))
        office.tables["parks"] = append(frame, like, geometry=drawn, **values)

    KINDS.add(f"parks: {name}", plant, must=must, stage=stage)


add_park("a total row with the union", shapely.union_all, park_id="合计", park_name="合计", block_id="合计")
add_park("a total row without land", lambda _g: None, park_id="合计", park_name="合计", block_id="合计")
add_park("the union as one more park", shapely.union_all, park_id="K9", park_name="全市园区", block_id="K9-1")
add_park("a block twice", lambda g: g[0])
add_park("a block twice under another number", lambda g: g[0], block_id="K1-9")
add_park("a park twice under another id", lambda g: g[2], 2, park_id="K8", block_id="K8-1")
add_park("a park twice under another id and name", lambda g: g[2], 2, park_id="K8", park_name="新园", block_id="K8-1")
add_park(
    "a park twice under another id, name and level",
    lambda g: g[2],
    2,
    park_id="K8",
    park_name="新园",
    level="乡镇",
    block_id="K8-1",
)
add_park("two blocks that overlap by half", lambda g: translate(g[0], 200), block_id="K1-9")
add_park(
    "two parks that overlap by most of them",
    lambda g: translate(g[0], 100),
    park_id="K8",
    park_name="新园",
    block_id="K8-1",
)
add_park("one name for two ids", lambda _g: polygon({(0, 0), (1, 0)}), park_id="K8", block_id="K8-1")
add_park(
    "the city's border as one more park", lambda _g: polygon(CITY), park_id="K9", park_name="市域", block_id="K9-1"
)


def put(office, _rng, table, column, values):
    """Other values in the first rows of a column."""
    frame = office.tables[table].copy()
    frame[column] = list(values) + list(frame[column][len(values) :])
    office.tables[table] = frame


for _name, _column, _values, _must in (
    ("one id with two names", "park_name", ["西湖产业园"], "seen"),
    ("a level misspelt", "level", ["国家及"], REFUSED),
    ("a level blank", "level", [""], "seen"),
    ("a level of another block's", "level", ["省级"], REFUSED),
    ("an id in full-width letters", "park_id", ["Ｋ１"], RIGHT),
    ("an id with a blank at its end", "park_id", ["K1 "], RIGHT),
    ("an id blank", "park_id", [""], "seen"),
    ("an id of another park's", "park_id", ["K2"], "seen"),
    ("ids all the same", "park_id", ["K1"] * 4, "seen"),
    ("every block the main one", "is_main", ["是"] * 4, "seen"),
    ("no block the main one", "is_main", ["否"] * 4, "seen"),
    ("words for the main block that are none", "is_main", ["甲", "乙", "甲", "甲"], "seen"),
):
    KINDS.add(
        f"parks: {_name}",
        partial(put, table="parks", column=_column, values=_values),
        must=_must,
        stage="concentration",
    )


@KINDS("parks: a block missing that the capacity table has", must=REFUSED, stage="relocation")
def _missing_block(office, _rng):
    office.tables["parks"] = office.tables["parks"].iloc[1:].reset_index(drop=True)


for _name, _shape, _rows in (
    (
        "one drawn over the other's half",
        lambda g: g.union(polygon({(x, y) for x in range(14) for y in range(HEIGHT)})),
        (0,),
    ),
    ("both drawn as the city", lambda _g: polygon(CITY), (0, 1)),
    ("both a dot", lambda g: g.centroid.buffer(1), (0, 1)),
    ("one a dot", lambda g: g.centroid.buffer(1), (0,)),
    ("all moved 30 km", lambda g: translate(g, 30_000, 0), (0, 1)),
    ("all moved by three cells", lambda g: translate(g, 300, 0), (0, 1)),
):
    KINDS.add(
        f"districts: {_name}", lambda o, _r, s=_shape, r=_rows: reshape(o, "districts", r, s), stage="concentration"
    )
for _name, _column, _values in (
    ("codes of another city", "XZQDM", ["320110", "320114"]),
    ("codes exchanged", "XZQDM", ["330114", "330110"]),
    ("one code twice", "XZQDM", ["330110", "330110"]),
    ("codes of five digits", "XZQDM", ["33011", "33014"]),
    ("a code blank", "XZQDM", [""]),
    ("codes with blanks", "XZQDM", [" 330110", "330114 "]),
    ("codes with a tail", "XZQDM", ["330110.0", "330114.0"]),
    ("one name twice", "XZQMC", ["余杭区", "余杭区"]),
):
    _must = RIGHT if _name in ("codes with blanks", "codes with a tail") else "seen"
    KINDS.add(
        f"districts: {_name}",
        partial(put, table="districts", column=_column, values=_values),
        stage="concentration",
        must=_must,
    )


@KINDS("districts: one missing", stage="concentration")
def _district_missing(office, _rng):
    office.tables["districts"] = office.tables["districts"].iloc[[0]]


@KINDS("districts: the city as one more", stage="concentration")
def _district_of_all(office, _rng):
    office.tables["districts"] = append(
        office.tables["districts"], 0, XZQDM="330100", XZQMC="杭州市", geometry=polygon(CITY)
    )


@KINDS("districts: one twice under another code", stage="concentration")
def _district_twice(office, _rng):
    office.tables["districts"] = append(office.tables["districts"], 0, XZQDM="330112", XZQMC="临安区")


@KINDS("share one: the parks hold every factory", stage="concentration")
def _share_one(office, _rng):
    reshape(office, "parks", range(4), lambda _g: polygon(CITY))


@KINDS("share zero: the parks lie beside the city", stage="concentration")
def _share_zero(office, _rng):
    beside = shapely.box(EAST - 900, NORTH, EAST - 100, NORTH + 400)
    reshape(office, "parks", range(4), lambda _g: beside)
