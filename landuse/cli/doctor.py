"""Is this installation sound?

Several GDAL and PROJ libraries live in one process, and other programs' settings may point them astray.
"""

from __future__ import annotations

import os

import numpy as np
import pyogrio
import pyproj
from pyproj import CRS

from landuse.errors import Problem
from landuse.geo.transform import route
from landuse.i18n import _
from landuse.io.manifest import versions

#: A point of the Hangzhou area: longitude, latitude and its CGCS2000 easting and northing (reference: EPSG:4549).
CHECK_POINT = (120.21, 30.246, 520_212.0, 3_347_402.0)
STRANGERS = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH")


def diagnose() -> tuple[dict[str, str], list[Problem]]:
    """Return versions and data folders, and what is wrong with them."""
    facts = {
        **versions(),
        "proj data": pyproj.datadir.get_data_dir(),
        "gdal data (pyogrio)": str(pyogrio.get_gdal_data_path()),
    }
    problems = [
        Problem(
            _(
                "the variable {name} points to {path}: another program's data may be used",
                name=name,
                path=os.environ[name],
            ),
            _("unset {name} before running landuse", name=name),
        )
        for name in STRANGERS
        if name in os.environ
    ]
    longitude, latitude, east, north = CHECK_POINT
    got = route(CRS(4490), CRS(4549)).apply(np.array([[longitude, latitude]]))[0]
    if not np.allclose(got, (east, north), atol=1):
        problems.append(
            Problem(_("EPSG:4549 of a known point comes out wrong: {got}", got=got), _("install PROJ anew"))
        )
    return facts, problems
