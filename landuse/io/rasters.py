"""Reading rasters where plots lie: the pixels of each plot, with the share of each that the plot covers."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from exactextract import exact_extract
from pyproj import CRS

from landuse.context import Pixels
from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.io.gate import path_problems
from landuse.routes import route

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

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


def _joined(arrays: Any) -> NDArray[np.float64]:
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
