"""The density of the industrial land outside the parks as a GeoTIFF."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

import numpy as np

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from landuse.results.density import Density
    from landuse.results.run import RunResult

NODATA = -9999.0
#: Ways to state a coordinate system in a GeoTIFF: the standard's, and ESRI's for what the standard has no keys for.
KEYS = ("STANDARD", "ESRI_PE")


def write_density(density: Density, result: RunResult, path: Path) -> None:
    """Write the density as a GeoTIFF: one band of 32-bit floats, north up, what the run is in its tags.

    Parameters
    ----------
    density : Density
        What to write.
    result : RunResult
        Of the run.
    path : Path
        A new .tif file.

    Raises
    ------
    InputError
        When the file cannot state the working system.
    """
    import rasterio  # noqa: PLC0415, a second GDAL: loaded only where rasters are asked for
    from rasterio.transform import from_origin  # noqa: PLC0415

    grid = density.grid
    crs = cast("CRS", result.ledger.parts.crs)
    profile = {
        "driver": "GTiff",
        "width": grid.columns,
        "height": grid.rows,
        "count": 1,
        "dtype": "float32",
        "nodata": NODATA,
        "crs": rasterio.crs.CRS.from_wkt(crs.to_wkt()),
        "transform": from_origin(grid.column * grid.cell, (grid.row + grid.rows) * grid.cell, grid.cell, grid.cell),
        "compress": "deflate",
        "predictor": 3,
    }
    tags = {
        "run_id": result.run_id,
        "study": result.name,
        "definition": str(result.definition),
        "synthetic": str(result.synthetic).lower(),
        "cell_m": repr(math.sqrt(density.cell_m2)),
    }
    band = np.where(np.isnan(density.share), NODATA, density.share)[::-1].astype(np.float32)
    for flavour in KEYS:
        # without PAM nothing is put into a second file beside the first
        with (
            rasterio.Env(GDAL_PAM_ENABLED="NO"),
            rasterio.open(path, "w", **profile, GEOTIFF_KEYS_FLAVOR=flavour) as out,
        ):
            out.write(band, 1)
            out.set_band_description(1, _("Share of the cell under industrial land outside the parks"))
            out.update_tags(**tags)
        with rasterio.open(path) as written:
            if written.crs is not None:
                return
    fix = _("work in a system of the EPSG registry: [study] crs")
    raise InputError(Problem(_("a GeoTIFF cannot state the system {crs}", crs=result.crs), fix, path.name))
