"""Evidence rasters of the sample city: building heights and greenness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import rasterio
from rasterio.transform import from_origin

from landuse.sample.lattice import CITY_CRS, Lattice, cells_of

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.sample.arrays import Floats, Ints
    from landuse.sample.city import City

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
