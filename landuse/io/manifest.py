"""What made a run what it is: hashes, parameters, versions; and the run's identity."""

from __future__ import annotations

import hashlib
import json
import platform
import sqlite3
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyogrio
import pyproj
import shapely

from landuse.errors import InputError
from landuse.io.gate import path_problems
from landuse.io.hashes import sha256
from landuse.io.vector.shapefile import READ, parts

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
        "proj (pyproj)": _proj_database(pyproj.datadir.get_data_dir()),
        "proj (pyogrio)": _proj_database(Path(pyogrio.__file__).parent / "proj_data"),
        "proj (rasterio)": _proj_database(Path(rasterio.__file__).parent / "proj_data"),
    }


def _proj_database(folder: str | Path) -> str:
    """Return the versions of a library's own database of coordinate systems; coordinates are moved by pyproj's only."""
    file = Path(folder) / "proj.db"
    if not file.exists():
        return "pyproj's"  # one installation serves all (conda), or the system's
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        known = dict(database.execute("SELECT key, value FROM metadata"))
    return f"{known['PROJ.VERSION']} (EPSG {known['EPSG.VERSION']})"


def _dotted(version_: tuple[int, ...]) -> str:
    return ".".join(map(str, version_))


def input_hashes(paths: dict[str, Path]) -> dict[str, str]:
    """Return the hash of every input and its sidecars, by the name the study gives it; of what may be opened at all.

    What is hashed is what is read: the index for searches beside a shapefile is not, nor a file of another stem. A
    GeoPackage with a log beside it is not read at all.
    """
    out = {}
    for shown, path in sorted(paths.items()):
        if path_problems(path, shown):
            continue  # the reader says what is wrong with it
        out[shown] = sha256(path)
        for side in _sides(path) if path.suffix.lower() == ".shp" else ():
            if not path_problems(side, side.name):
                out[f"{shown.removesuffix(path.name)}{side.name}"] = sha256(side)
    return out


def _sides(path: Path) -> list[Path]:
    """Return the files that are read beside a .shp; none where it is not clear which are its own: it is refused."""
    try:
        return [side for ending, side in sorted(parts(path).items()) if ending in READ and side != path]
    except InputError:
        return []


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people and programs: UTF-8, indented, keys in the order given; NaN is refused."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
