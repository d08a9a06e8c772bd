"""Errors in layers: systems they are not in, files in two roles, parcels and earlier dates that are not whole."""

from __future__ import annotations

from functools import partial

import geopandas as gpd
import pandas as pd
import shapely
from errors_parks import CITY, append, reshape
from grid_files import CRS, PATHS, polygon
from planting import REFUSED, RIGHT, Kinds
from shapely.affinity import translate

KINDS = Kinds()


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
        row = next(i for i in frame.index if frame.loc[i, "DLBM"] == "0601" and frame.area[i] > 25_000)
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
        joined = frame.loc[[a]].assign(geometry=[whole], TBDLMJ=[frame.loc[a, "TBDLMJ"] + frame.loc[b, "TBDLMJ"]])
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
    reshape(office, "earlier_parcels", every, lambda g: translate(g, 50, 0))


@KINDS("earlier date: parcels with x and y exchanged", stage="change")
def _earlier_exchanged(office, _rng):
    every = range(len(office.tables["earlier_parcels"]))
    reshape(office, "earlier_parcels", every, lambda g: shapely.transform(g, lambda c: c[:, ::-1]))


@KINDS("all layers with x and y exchanged", stage="concentration")
def _exchanged(office, _rng):
    for table in LAYERS:
        every = range(len(office.tables[table]))
        reshape(office, table, every, lambda g: shapely.transform(g, lambda c: c[:, ::-1]))
