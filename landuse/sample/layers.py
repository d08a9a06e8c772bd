"""The city as layers: parcels in the third survey's fields, parks, districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from landuse.sample.city import DISTRICTS, FIRST_DISTRICT, City
from landuse.sample.classes import BUILT, INDUSTRIAL, MINING, NAMES
from landuse.sample.lattice import CITY_CRS, polygons, with_markers
from landuse.sample.parks import Park, polygons_of

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Geometries, Ints, Strings
    from landuse.sample.register import Register

LAYER_CODE = 2001
URBAN_CITY, URBAN_TOWN = 0.6, 0.25


def parcel_ids(city: City) -> Strings:
    """Return the BSM of every parcel: district 6 + layer 4 + serial 8 digits."""
    district = FIRST_DISTRICT + city.district[city.tile]
    return np.asarray((district * 10**12 + LAYER_CODE * 10**8 + np.arange(1, len(district) + 1)).astype(str))


def half_up(area_m2: Floats) -> Floats:
    """Round areas to two decimals, halves up, as the survey states them."""
    return np.asarray(np.floor(area_m2 * 100 + 0.5) / 100)


def parcels_frame(
    city: City, geometry: Geometries, registered_m2: Floats, register: Register, year: int
) -> gpd.GeoDataFrame:
    """Return layer DLTB, one row a parcel.

    Parameters
    ----------
    city : City
    geometry : array of polygons, shape (n,)
    registered_m2 : array of float, shape (n,)
        TBMJ; nothing is deducted, so TBDLMJ is the same.
    register : Register
        RJL, JZMD, TDGYZT, and the mark of CZCSXM.
    year : int
        SJNF.
    """
    district = city.district[city.tile]
    village = city.tile % 1000 + 1
    land_unit = (FIRST_DISTRICT + district).astype(np.uint64) * np.uint64(10**13) + village.astype(
        np.uint64
    ) * np.uint64(10**7)
    tiles = len(city.district)
    village_name = np.array([f"{DISTRICTS[city.district[t]]}第{t + 1}村" for t in range(tiles)])
    built = np.isin(city.code, BUILT)
    codes, number = np.unique(city.code, return_inverse=True)
    columns = {
        "BSM": parcel_ids(city),
        "YSDM": "2001010100",
        "TBBH": (np.arange(len(district)) + 1).astype(str),
        "DLBM": city.code,
        "DLMC": np.array([NAMES[c] for c in codes])[number],
        "QSXZ": np.where(built & (city.urban[city.tile] > URBAN_TOWN), "20", "30"),
        "ZLDWDM": land_unit.astype(str),
        "ZLDWMC": village_name[city.tile],
        "TBMJ": registered_m2,
        "KCMJ": 0.0,
        "TBDLMJ": registered_m2,
        "CZCSXM": _settlement(city, built, register.marked),
        "SJNF": np.full(len(district), year, dtype=np.int32),
        "RJL": register.far,
        "JZMD": register.coverage,
        "TDGYZT": register.status,
    }
    return gpd.GeoDataFrame(columns, geometry=with_markers(geometry), crs=CITY_CRS)


def _settlement(city: City, built: Bools, marked: Bools) -> Strings:
    """Return CZCSXM: city, town or village; with an A for industry that the survey says stands alone."""
    urban = city.urban[city.tile]
    kind = np.where(urban > URBAN_CITY, "201", np.where(urban > URBAN_TOWN, "202", "203"))
    alone = marked & np.isin(city.code, INDUSTRIAL)
    text = np.where(alone, np.char.add(kind, "A"), np.where(built, kind, ""))
    return np.where(city.code == MINING, "204", text)


def parks_frame(parks: tuple[Park, ...]) -> gpd.GeoDataFrame:
    """Return the parks, one row a block."""
    rows = [
        {
            "park_id": park.park_id,
            "park_name": park.name,
            "level": park.level,
            "block_id": f"{park.park_id}-{block.number}",
            "is_main": int(block.number == 1),
            "industry": park.industry,
        }
        for park in parks
        for block in park.blocks
    ]
    frame = gpd.GeoDataFrame(rows, geometry=polygons_of(parks), crs=CITY_CRS)
    # geodatabases hold no 64-bit integers
    return frame.astype({"is_main": np.int32})


def districts_frame(city: City) -> gpd.GeoDataFrame:
    """Return the districts, the exact outlines of their tiles."""
    tiles = polygons(city.lattice.nodes, city.lattice.tile_rects())
    present: Ints = np.unique(city.district)
    outline = [shapely.coverage_union_all(tiles[city.district == d]) for d in present]
    return gpd.GeoDataFrame(
        {"XZQDM": (FIRST_DISTRICT + present).astype(str), "XZQMC": [DISTRICTS[d] for d in present]},
        geometry=outline,
        crs=CITY_CRS,
    )
