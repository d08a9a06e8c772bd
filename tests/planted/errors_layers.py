"""Errors in layers: parks, districts, parcels and earlier dates that are drawn, placed or handed over wrongly."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from grid_city import HEIGHT, WIDTH
from grid_files import CRS, EAST, NORTH, PATHS, polygon
from planting import REFUSED, RIGHT, Kinds

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
_park("all moved 3 km north", lambda g: shapely.transform(g, lambda c: c + (0, 3_000)), rows=range(4))
_park("all moved 300 km north", lambda g: shapely.transform(g, lambda c: c + (0, 300_000)), rows=range(4))
_park("a block moved 30 km east", lambda g: shapely.transform(g, lambda c: c + (30_000, 0)))
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
add_park("two blocks that overlap by half", lambda g: shapely.transform(g[0], lambda c: c + (200, 0)), block_id="K1-9")
add_park(
    "two parks that overlap by half",
    lambda g: shapely.transform(g[0], lambda c: c + (200, 0)),
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
    ("all moved 30 km", lambda g: shapely.transform(g, lambda c: c + (30_000, 0)), (0, 1)),
    ("all moved by three cells", lambda g: shapely.transform(g, lambda c: c + (300, 0)), (0, 1)),
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
    ("names exchanged", "XZQMC", ["钱塘区", "余杭区"]),
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


def same_file(office, _rng, section, path, columns):
    """One file in two roles."""
    office.study[section]["path"] = path
    office.study[section]["columns"] = columns


for _section, _path, _columns in (
    ("parks", PATHS["districts"], {"id": "XZQDM", "name": "XZQMC"}),
    ("parks", PATHS["parcels"], {"id": "BSM", "name": "DLMC"}),
    ("districts", PATHS["parks"], {"code": "park_id", "name": "park_name"}),
    ("districts", PATHS["parcels"], {"code": "ZLDWDM", "name": "DLMC"}),
):
    _plant = partial(same_file, section=_section, path=_path, columns=_columns)
    KINDS.add(f"[{_section}] is the file of {_path}", _plant, stage="concentration")


@KINDS("planned boundaries are the approved ones' file", stage="concentration")
def _boundaries(office, _rng):
    office.study["boundaries"] = [{"boundary": "planned", "path": PATHS["parks"]}]


def declared(office, _rng, tables, crs):
    """Layers that state a system their numbers are not in."""
    for table in tables:
        office.tables[table] = office.tables[table].set_crs(crs, allow_override=True)


LAYERS = ("parcels", "parks", "districts", "earlier_parcels", "earlier_parks")
for _name, _tables, _crs in (
    ("parcels in the neighbour's zone", ("parcels",), "EPSG:4548"),
    ("parks in the neighbour's zone", ("parks",), "EPSG:4548"),
    ("districts in the neighbour's zone", ("districts",), "EPSG:4548"),
    ("parcels and parks in the neighbour's zone", ("parcels", "parks"), "EPSG:4548"),
    ("all in the neighbour's zone", LAYERS, "EPSG:4548"),
    ("parks in degrees", ("parks",), "EPSG:4490"),
    ("parks in Xi'an 1980", ("parks",), "EPSG:2385"),
    ("parks in Web Mercator", ("parks",), "EPSG:3857"),
    ("parks without a system", ("parks",), None),
    ("parks in UTM", ("parks",), "EPSG:32651"),
    ("parcels in feet", ("parcels",), "EPSG:2229"),
):
    _stage = "concentration"
    KINDS.add(f"declared: {_name}", partial(declared, tables=_tables, crs=_crs), stage=_stage)
KINDS.add(
    "declared: the earlier date in the neighbour's zone",
    partial(declared, tables=LAYERS[3:], crs="EPSG:4548"),
    stage="change",
)
KINDS.add(
    "declared: the earlier parks in the neighbour's zone",
    partial(declared, tables=LAYERS[4:], crs="EPSG:4548"),
    stage="change",
)


@KINDS("layers written in degrees", must=RIGHT, stage="concentration")
def _degrees(office, _rng):
    office.tables["parks"] = office.tables["parks"].to_crs("EPSG:4490")


def parcels(office, change, table="parcels"):
    """Change a frame of parcels; returns nothing."""
    frame = change(office.tables[table])
    office.tables[table] = gpd.GeoDataFrame(frame.reset_index(drop=True), geometry="geometry", crs=CRS)


@KINDS("parcels: a tenth missing")
def _gaps(office, rng):
    parcels(office, lambda f: f.drop(index=rng.sample(list(f.index), len(f) // 10)))


@KINDS("parcels: a tenth of the factories missing")
def _factories_missing(office, rng):
    factories = list(office.tables["parcels"].query("DLBM == '0601'").index)
    parcels(office, lambda f: f.drop(index=rng.sample(factories, len(factories) // 10 + 1)))


@KINDS("parcels: a district missing")
def _no_second_district(office, _rng):
    parcels(office, lambda f: f[f["ZLDWDM"].str.startswith("330110")])


@KINDS("parcels: a tenth twice")
def _twice(office, _rng):
    parcels(office, lambda f: pd.concat([f, f.iloc[::10]]))


@KINDS("parcels: a tenth twice under other ids")
def _twice_renamed(office, _rng):
    parcels(office, lambda f: pd.concat([f, f[f["DLBM"] == "0601"].iloc[::5].assign(BSM=lambda g: "X" + g["BSM"])]))


@KINDS("parcels: pieces that each state the whole area", must=RIGHT)
def _pieces(office, _rng):
    def cut(frame):
        row = next(i for i in frame.index if frame.at[i, "DLBM"] == "0601" and frame.area[i] > 25_000)
        x0, y0, x1, y1 = frame.geometry[row].bounds
        half = shapely.box(x0, y0, x1, y0 + 50) if y1 - y0 <= x1 - x0 else shapely.box(x0, y0, x0 + 50, y1)
        pieces = [frame.geometry[row].intersection(half), frame.geometry[row].difference(half)]
        return pd.concat([frame.drop(index=row), pd.concat([frame.loc[[row]].assign(geometry=[g]) for g in pieces])])

    parcels(office, cut)


@KINDS("parcels: two far apart in one row")
def _dissolved(office, _rng):
    def join(frame):
        a, b = list(frame.index[frame["DLBM"] == "0601"])[:: (frame["DLBM"] == "0601").sum() - 1][:2]
        whole = frame.geometry[a].union(frame.geometry[b])
        joined = frame.loc[[a]].assign(geometry=[whole], TBDLMJ=[frame.at[a, "TBDLMJ"] + frame.at[b, "TBDLMJ"]])
        return pd.concat([frame.drop(index=[a, b]), joined])

    parcels(office, join)


@KINDS("parcels: rings wound the other way", must=RIGHT)
def _reversed(office, _rng):
    reshape(office, "parcels", range(len(office.tables["parcels"])), shapely.reverse)


@KINDS("parcels: a total row")
def _total(office, _rng):
    def add(frame):
        values = {
            "BSM": "合计",
            "DLBM": "0601",
            "DLMC": "合计",
            "TBDLMJ": frame["TBDLMJ"].sum(),
            "geometry": polygon(CITY),
        }
        return append(frame, 0, **values)

    parcels(office, add)


@KINDS("parcels: a tenth of the names against the codes")
def _names(office, _rng):
    def rename(frame):
        some = frame.index[frame["DLBM"] == "0601"][::5]
        frame.loc[some, "DLMC"] = "旱地"
        return frame

    parcels(office, rename)


@KINDS("parcels: a fifth of the factories coded as fields")
def _codes(office, _rng):
    def recode(frame):
        some = frame.index[frame["DLBM"] == "0601"][::5]
        frame.loc[some, "DLBM"] = "0103"
        return frame

    parcels(office, recode)


@KINDS("parcels: fields coded as factories")
def _recoded(office, _rng):
    def recode(frame):
        some = frame.index[frame["DLBM"] == "0103"][::5]
        frame.loc[some, "DLBM"] = "0601"
        return frame

    parcels(office, recode)


@KINDS("parcels: codes that lost a zero", must=RIGHT)
def _zero(office, _rng):
    parcels(office, lambda f: f.assign(DLBM=f["DLBM"].astype(int)))


@KINDS("parcels: ids as numbers", must=RIGHT)
def _numbers(office, _rng):
    parcels(office, lambda f: f.assign(BSM=f["BSM"].astype("int64")))


@KINDS("parcels: ids all the same")
def _one_id(office, _rng):
    parcels(office, lambda f: f.assign(BSM=f["BSM"].iloc[0]))


@KINDS("parcels: ids rounded to floats")
def _float_ids(office, _rng):
    parcels(office, lambda f: f.assign(BSM=f["BSM"].astype(float) // 100 * 100))


@KINDS("earlier date: today's file", stage="change")
def _todays(office, _rng):
    office.study["snapshots"][0] |= {"parcels": PATHS["parcels"], "parks": PATHS["parks"]}


@KINDS("earlier date: today's parcels", stage="change")
def _todays_parcels(office, _rng):
    office.study["snapshots"][0]["parcels"] = PATHS["parcels"]


@KINDS("earlier date: today's parcels under another name", stage="change")
def _todays_copy(office, _rng):
    office.tables["earlier_parcels"] = office.tables["parcels"].copy()


@KINDS("earlier date: the layer of parks for the parcels", must=REFUSED, stage="change")
def _parks_as_parcels(office, _rng):
    office.study["snapshots"][0]["parcels"] = PATHS["earlier_parks"]


@KINDS("earlier date: lacks a district", stage="change")
def _earlier_lacks(office, _rng):
    parcels(office, lambda f: f[f["ZLDWDM"].str.startswith("330110")], "earlier_parcels")


@KINDS("earlier date: lacks a tenth", stage="change")
def _earlier_gaps(office, rng):
    parcels(office, lambda f: f.drop(index=rng.sample(list(f.index), len(f) // 10)), "earlier_parcels")


@KINDS("earlier date: lacks a park", stage="change")
def _earlier_park(office, _rng):
    parcels(office, lambda f: f[f["park_id"] != "K1"], "earlier_parks")


@KINDS("earlier date: a park drawn as the city", stage="change")
def _earlier_city(office, _rng):
    reshape(office, "earlier_parks", (0,), lambda _g: polygon(CITY))


@KINDS("earlier date: a park drawn as a dot", stage="change")
def _earlier_dot(office, _rng):
    reshape(office, "earlier_parks", (0,), lambda g: g.centroid.buffer(1))


@KINDS("earlier date: parcels moved by half a cell", stage="change")
def _earlier_moved(office, _rng):
    every = range(len(office.tables["earlier_parcels"]))
    reshape(office, "earlier_parcels", every, lambda g: shapely.transform(g, lambda c: c + (50, 0)))


@KINDS("earlier date: parcels with x and y exchanged", stage="change")
def _earlier_exchanged(office, _rng):
    every = range(len(office.tables["earlier_parcels"]))
    reshape(office, "earlier_parcels", every, lambda g: shapely.transform(g, lambda c: c[:, ::-1]))


@KINDS("all layers with x and y exchanged", stage="concentration")
def _exchanged(office, _rng):
    for table in LAYERS:
        every = range(len(office.tables[table]))
        reshape(office, table, every, lambda g: shapely.transform(g, lambda c: c[:, ::-1]))


@KINDS("share one: the parks hold every factory", stage="concentration")
def _share_one(office, _rng):
    reshape(office, "parks", range(4), lambda _g: polygon(CITY))


@KINDS("share zero: the parks lie beside the city", stage="concentration")
def _share_zero(office, _rng):
    beside = shapely.box(EAST - 900, NORTH, EAST - 100, NORTH + 400)
    reshape(office, "parks", range(4), lambda _g: beside)
