"""What made a run what it is: hashes, parameters, versions; and the run's identity."""

from __future__ import annotations

import hashlib
import json
import platform
from importlib.metadata import version
from typing import Any

import pyogrio
import pyproj
import shapely

SCHEMA = "landuse-manifest/1"


def run_id(inputs: dict[str, str], parameters: dict[str, Any]) -> str:
    """Return the identity of a run: the sha256 of its inputs' hashes, its parameters and the version.

    Workers, memory and the output folder are no parameters: they change nothing.
    """
    text = json.dumps([inputs, parameters, version("landuse")], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def versions() -> dict[str, str]:
    """Return the versions of this package and of every GDAL, GEOS and PROJ in the process."""
    import rasterio  # noqa: PLC0415, a second GDAL: loaded only where rasters or its version are asked for

    return {
        "landuse": version("landuse"),
        "python": platform.python_version(),
        "platform": platform.system(),
        **{
            name: version(name) for name in ("geopandas", "shapely", "pyogrio", "rasterio", "pyproj", "numpy", "pandas")
        },
        "geos (shapely)": _dotted(shapely.geos_version),
        "gdal (pyogrio)": _dotted(pyogrio.__gdal_version__),
        "gdal (rasterio)": rasterio.__gdal_version__,
        "proj (pyproj)": pyproj.proj_version_str,
    }


def _dotted(version_: tuple[int, ...]) -> str:
    return ".".join(map(str, version_))
