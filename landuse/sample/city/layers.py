"""The city as layers: parcels in the third survey's fields, parks, districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.transform import from_origin

from landuse.sample.city.lattice import CITY_CRS, Lattice, cells_of, polygons, with_markers
from landuse.sample.city.parks import Park, polygons_of
from landuse.sample.city.tiles import BUILT, DISTRICTS, FIRST_DISTRICT, INDUSTRIAL, MINING, NAMES, City

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.geo.arrays import Bools, Floats, Geometries, Ints, Strings
    from landuse.sample.city.tiles import City
    from landuse.sample.records.register import Register

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


NODATA = -9999.0
FINEST_M, FINE_PARCELS = 10.0, 50_000
#: Rows of pixels that are looked up at once.
BAND = 32
#: Building height [m] from and to, share of the ground built on, and mean NDVI, by class; others by `OTHER`.
LOOKS = {
    "0601": (6.0, 24.0, 0.5, 0.18),
    "06H1": (6.0, 18.0, 0.5, 0.18),
    "0508": (8.0, 15.0, 0.45, 0.15),
    "0701": (15.0, 80.0, 0.3, 0.30),
    "0702": (5.0, 12.0, 0.3, 0.40),
    "05H1": (10.0, 60.0, 0.4, 0.20),
    "08H1": (9.0, 40.0, 0.3, 0.30),
    "08H2": (9.0, 30.0, 0.3, 0.35),
    "0809": (4.0, 10.0, 0.2, 0.30),
    "0301": (0.0, 0.0, 0.0, 0.75),
    "1003": (0.0, 0.0, 0.0, 0.08),
    "1004": (0.0, 0.0, 0.0, 0.12),
    "1101": (0.0, 0.0, 0.0, -0.25),
    "1104": (0.0, 0.0, 0.0, -0.15),
}
OTHER = (0.0, 0.0, 0.0, 0.55)


def write_rasters(city: City, folder: Path, rng: np.random.Generator) -> None:
    """Write height.tif and ndvi.tif, 10 m pixels, coarser for large cities.

    A pixel belongs to the parcel that its centre lies in, give or take the jitter of the lattice (3 m).
    """
    pixel = FINEST_M * max(1, round((len(city.code) / FINE_PARCELS) ** 0.5))
    parcel, west, north = _parcel_of_pixel(city, pixel)
    codes, number = np.unique(city.code, return_inverse=True)
    low, high, built, green = np.array([LOOKS.get(c, OTHER) for c in codes])[number].T
    stands = low + (high - low) * rng.random(len(low))
    within = parcel >= 0
    height = np.where(rng.random(parcel.shape) < built[parcel], stands[parcel], 0.0)
    ndvi = green[parcel] + 0.06 * rng.standard_normal(parcel.shape)
    transform = from_origin(west, north, pixel, pixel)
    for name, values in (
        ("height.tif", np.round(height, 1)),
        ("ndvi.tif", np.round(np.clip(ndvi, -1, 1), 3)),
    ):
        with rasterio.open(
            folder / name,
            "w",
            driver="GTiff",
            height=parcel.shape[0],
            width=parcel.shape[1],
            count=1,
            dtype="float32",
            crs=rasterio.CRS.from_epsg(CITY_CRS.to_epsg()),
            transform=transform,
            nodata=NODATA,
            compress="deflate",
            predictor=3,
        ) as raster:
            raster.write(np.where(within, values, NODATA).astype("float32"), 1)


def _parcel_of_pixel(city: City, pixel: float) -> tuple[Ints, float, float]:
    """Return the parcel of each pixel (-1 beyond the city), and the north-west corner."""
    lattice = city.lattice
    grid = np.full(lattice.shape, -1)
    owner, row, col = cells_of(city.rects)
    grid[row, col] = owner
    west, south = np.floor(lattice.nodes.min(axis=(0, 1)) / pixel) * pixel
    east, north = np.ceil(lattice.nodes.max(axis=(0, 1)) / pixel) * pixel
    easting = np.arange(west + pixel / 2, east, pixel)
    northing = np.arange(north - pixel / 2, south, -pixel)
    bands = np.split(northing, range(BAND, len(northing), BAND))
    found = np.concatenate([_band_of_pixels(lattice, grid, *np.meshgrid(easting, band)) for band in bands])
    return found, float(west), float(north)


def _band_of_pixels(lattice: Lattice, grid: Ints, easting: Floats, northing: Floats) -> Ints:
    row, col = lattice.index_of(easting, northing)
    within = (row >= 0) & (col >= 0) & (row < grid.shape[0]) & (col < grid.shape[1])
    return np.where(within, grid[np.where(within, row, 0), np.where(within, col, 0)], -1)
