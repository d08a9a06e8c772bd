"""Reading rasters where plots lie: the pixels of each plot, with the share of each that the plot covers."""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from exactextract import exact_extract
from pyproj import CRS
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning, RasterioError
from rasterio.io import MemoryFile
from rasterio.vrt import WarpedVRT
from rasterio.warp import calculate_default_transform

from landuse.errors import InputError, Problem, refuse_if
from landuse.geo.transform import route
from landuse.i18n import _
from landuse.inputs.background import Picture
from landuse.inputs.context import Pixels
from landuse.io.gate import path_problems

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Floats


#: Plots asked about at once, so that neither they nor their pixels are all in memory.
CHUNK = 20_000


def read_pixels(polygons: NDArray[np.object_], crs: CRS, path: Path, shown: str) -> Pixels:
    """Return the pixels of plots, coverage-exact.

    Parameters
    ----------
    polygons : array of polygons, shape (n,)
        In `crs`; brought to the raster's system by their vertices.
    crs : pyproj.CRS
        Of the polygons.
    path : Path
        A GeoTIFF of one band; read window by window, so that it may be larger than memory.
    shown : str
        The path as the study writes it.

    Returns
    -------
    Pixels
        Without those that hold no data.

    Raises
    ------
    InputError
        When the file is no GeoTIFF, does not say where it lies or which value means "no data", or lies elsewhere.
    """
    refuse_if(path_problems(path, shown))
    found: list[tuple[Any, ...]] = []
    known = np.zeros(len(polygons))
    # files beside it may be of any format and lead anywhere: they are not looked for
    with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), _open(path, shown) as raster:
        way = route(crs, CRS.from_wkt(raster.crs.to_wkt()))
        moved = np.asarray(shapely.transform(polygons, way.apply), dtype=object)
        size = abs(raster.transform.a * raster.transform.e - raster.transform.b * raster.transform.d)
        for start in range(0, len(moved), CHUNK):
            some = gpd.GeoDataFrame(geometry=moved[start : start + CHUNK], crs=raster.crs.to_wkt())
            got = _extracted(raster, some, shown)
            plot = start + np.repeat(np.arange(len(some)), got["values"].map(len).to_numpy())
            value = _joined(got["values"])
            there = np.isfinite(value) & (value != raster.nodata)
            weight = _joined(got["coverage"])[there]
            found.append((plot[there], value[there], weight))
            area = some.area.to_numpy() / size
            held = np.bincount(plot[there] - start, weight, len(some))
            known[start : start + CHUNK] = np.divide(held, area, out=np.zeros(len(some)), where=area > 0)
    if len(polygons) and not known.any():
        what, fix = (
            _("the raster holds no value on any parcel"),
            _("give the raster of this city, and check its system"),
        )
        raise InputError(Problem(what, fix, shown))
    plots, values, weights = (np.concatenate(x) for x in zip(*found, strict=True)) if found else (np.empty(0),) * 3
    return Pixels(plots.astype(np.int64), values, weights, known)


def _extracted(raster: Any, plots: gpd.GeoDataFrame, shown: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two spellings of one system: both are the raster's own
        try:
            return exact_extract(raster, plots, ["values", "coverage"], output="pandas")
        except (rasterio.errors.RasterioError, RuntimeError) as error:
            what = _("cannot be read: {error}", error=" ".join(str(error).split()))
            raise InputError(Problem(what, _("copy or export it again"), shown)) from None


def _joined(arrays: Any) -> Floats:
    return np.concatenate([np.ma.filled(np.ma.asarray(x, dtype=float), np.nan) for x in arrays] or [np.empty(0)])


def _open(path: Path, shown: str) -> Any:
    fix = _("export it as a GeoTIFF with its coordinate system")
    try:
        raster = rasterio.open(path, driver="GTiff")
    except rasterio.errors.RasterioError as error:
        what = _("cannot be read: {error}", error=" ".join(str(error).split()))
        raise InputError(Problem(what, fix, shown)) from None
    problems = []
    if raster.crs is None:
        problems.append(Problem(_("the raster does not say where it lies"), fix, shown))
    if raster.nodata is None:
        fix = _("export it with a nodata value that no pixel has by right, e.g. -9999")
        problems.append(Problem(_("the raster does not say which value means no data"), fix, shown))
    if raster.count != 1:
        what = _("{n} bands: one is needed", n=raster.count)
        problems.append(Problem(what, _("export the band of the figures alone"), shown))
    if problems:
        raster.close()
    refuse_if(problems)
    return raster


#: Longest side of the picture [px]: about a megabyte.
LONGEST = 2048
#: Quality of the WebP picture, of 100.
QUALITY = 80
WEB_MERCATOR = "EPSG:3857"
RADIUS = 6_378_137.0


def read_picture(path: Path, shown: str) -> Picture:
    """Read a GeoTIFF as a picture in Web Mercator.

    Parameters
    ----------
    path : Path
        With one band (grey, or with a colour table) or at least three (red, green, blue). Bands of more than 8 bits are
        stretched between their 2nd and 98th percentile. Where the file has no data the picture is transparent.
    shown : str
        The path as the study writes it.

    Returns
    -------
    Picture
        WebP, its longer side at most 2048 pixels.

    Raises
    ------
    InputError
        When the file is missing, is no raster, or does not say where it lies.
    """
    refuse_if(path_problems(path, shown))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            # files beside it, such as overviews, may be of any format and lead anywhere: they are not looked for
            with rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"), rasterio.open(path, driver="GTiff") as source:
                if source.crs is None:
                    fix = _("export it as a GeoTIFF with its coordinate system")
                    raise InputError(Problem(_("the picture does not say where it lies"), fix, shown))
                return _warped(source)
    except RasterioError as error:
        what = _("cannot be read: {error}", error=" ".join(str(error).split()))
        raise InputError(Problem(what, _("export it as a GeoTIFF with its coordinate system"), shown)) from None


def _warped(source: Any) -> Picture:
    transform, width, height = calculate_default_transform(
        source.crs, WEB_MERCATOR, source.width, source.height, *source.bounds
    )
    smaller = max(1.0, max(width, height) / LONGEST)
    width, height = max(1, round(width / smaller)), max(1, round(height / smaller))
    transform *= transform.scale(smaller, smaller)
    coded = source.colorinterp[0] == ColorInterp.palette
    with WarpedVRT(
        source,
        crs=WEB_MERCATOR,
        transform=transform,
        width=width,
        height=height,
        resampling=Resampling.nearest if coded else Resampling.average,
        add_alpha=ColorInterp.alpha not in source.colorinterp,
        nodata=None,
        src_nodata=source.nodata,
    ) as warped:
        bands, transparency = warped.read(), warped.colorinterp.index(ColorInterp.alpha)
    alpha = (bands[transparency] > 0).astype(np.uint8) * 255
    if coded:
        table = np.zeros((256, 3), dtype=np.uint8)
        for value, colour in source.colormap(1).items():
            table[value] = colour[:3]
        colours = table[bands[0]].transpose(2, 0, 1)
    else:
        first = bands[:3] if source.count >= 3 else np.repeat(bands[:1], 3, axis=0)
        colours = np.stack([_eight_bits(band, alpha > 0) for band in first])
    west, north = transform * (0, 0)
    east, south = transform * (width, height)
    data = _webp(np.concatenate([colours, alpha[None]]))
    return Picture(data, "image/webp", *_degrees(west, south), *_degrees(east, north))


def _eight_bits(band: NDArray[Any], seen: Bools) -> NDArray[np.uint8]:
    if band.dtype == np.uint8 or not seen.any():
        return band.astype(np.uint8)
    low, high = np.nanpercentile(band[seen].astype(float), [2, 98])
    stretched = (np.nan_to_num(band.astype(float), nan=low) - low) / max(high - low, 1e-12) * 255
    return np.asarray(np.clip(np.rint(stretched), 0, 255), dtype=np.uint8)


def _webp(rgba: NDArray[np.uint8]) -> bytes:
    with MemoryFile() as memory:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with memory.open(
                driver="WEBP", width=rgba.shape[2], height=rgba.shape[1], count=4, dtype="uint8", QUALITY=QUALITY
            ) as out:
                out.write(rgba)
        return bytes(memory.read())


def _degrees(x: float, y: float) -> tuple[float, float]:
    return math.degrees(x / RADIUS), math.degrees(math.atan(math.sinh(y / RADIUS)))
