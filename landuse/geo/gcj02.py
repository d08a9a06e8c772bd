r"""GCJ-02 and BD-09: the shifted coordinates of Chinese web maps, to and from longitude and latitude.

GCJ-02 (AMap, Tencent, DataV) moves a point by 300 to 700 m, a smooth function of its place; BD-09 (Baidu) moves that
again by about a kilometre. Neither is a datum: no system of PROJ names them, and a layer that declares WGS 84 may
well hold them. The forward formula is public knowledge, the true one a secret; they agree to a few metres.

All functions take and return arrays (or numbers) of degrees, longitude first. The inverses iterate the forward
formula to 1e-9 degrees (0.1 mm).

Source: the formula of the *eviltransform* and *ChameleonTransfer* projects (a = 6378245, e² = 0.00669342162296594323),
written anew; check values in the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike

    from landuse.geo.arrays import Bools, Floats

    Shift = Callable[[ArrayLike, ArrayLike], tuple[Floats, Floats]]

#: The ellipsoid of the formula (Krassowsky's), semi-major axis [m] and first eccentricity squared as published.
A_M, E2 = 6_378_245.0, 0.00669342162296594323
#: The box outside which nothing is shifted [degrees], as published.
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
#: What Baidu adds to GCJ-02 [degrees], and the frequency of its ripple.
BAIDU_LON, BAIDU_LAT = 0.0065, 0.006
BAIDU_RIPPLE = np.pi * 3000 / 180
#: How far the public formula is believed to be from the true one [m].
ACCURACY_M = 5.0
#: The inverses stop when a step is shorter than this [degrees].
STEP_DEG = 1e-9
_MAX_STEPS = 50


def in_china(lon: ArrayLike, lat: ArrayLike) -> Bools:
    """Return which points lie in the box where coordinates are shifted; it holds neighbouring countries as well.

    Examples
    --------
    >>> in_china([120.2, -73.98], [30.2, 40.7]).tolist()
    [True, False]
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    return np.asarray((x >= WEST) & (x <= EAST) & (y >= SOUTH) & (y <= NORTH))


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Shift WGS 84 (or CGCS2000) to GCJ-02; points outside China's box stay.

    Examples
    --------
    >>> lon, lat = to_gcj02(121.5272106, 31.1774276)
    >>> round(float(lon), 9), round(float(lat), 9)
    (121.531541859, 31.175303984)
    """
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon - 105, lat - 35
    root = np.sqrt(np.abs(x))
    waves = 20 * (np.sin(6 * np.pi * x) + np.sin(2 * np.pi * x)) * 2 / 3
    north = (
        (-100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root)
        + waves
        + (20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
        + (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    )
    east = (
        (300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root)
        + waves
        + (20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
        + (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    )
    phi = np.radians(lat)
    w2 = 1 - E2 * np.sin(phi) ** 2
    north_deg = np.degrees(north * w2**1.5 / (A_M * (1 - E2)))
    east_deg = np.degrees(east * np.sqrt(w2) / (A_M * np.cos(phi)))
    inside = in_china(lon, lat)
    return np.where(inside, lon + east_deg, lon), np.where(inside, lat + north_deg, lat)


def from_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return the WGS 84 (or CGCS2000) place of GCJ-02 coordinates; points outside China's box stay.

    Examples
    --------
    >>> lon, lat = from_gcj02(*to_gcj02(120.21, 30.246))
    >>> round(float(lon), 8), round(float(lat), 8)
    (120.21, 30.246)
    """
    return _inverse(to_gcj02, lon, lat)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Shift GCJ-02 to BD-09.

    Examples
    --------
    >>> lon, lat = gcj02_to_bd09(116.404, 39.915)
    >>> round(float(lon), 6), round(float(lat), 6)
    (116.410369, 39.921337)
    """
    x, y = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    radius = np.hypot(x, y) + 2e-5 * np.sin(y * BAIDU_RIPPLE)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(x * BAIDU_RIPPLE)
    return radius * np.cos(angle) + BAIDU_LON, radius * np.sin(angle) + BAIDU_LAT


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return the GCJ-02 place of BD-09 coordinates, iterated (the published inverse errs by up to a metre).

    Examples
    --------
    >>> lon, lat = bd09_to_gcj02(*gcj02_to_bd09(120.21, 30.246))
    >>> round(float(lon), 8), round(float(lat), 8)
    (120.21, 30.246)
    """
    return _inverse(gcj02_to_bd09, lon, lat)


def _inverse(forward: Shift, lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Find the point that `forward` shifts to each given one; the shift hardly changes from place to place."""
    lon, lat = np.asarray(lon, dtype=float), np.asarray(lat, dtype=float)
    x, y = lon, lat
    for _step in range(_MAX_STEPS):
        there = forward(x, y)
        east, north = lon - there[0], lat - there[1]
        x, y = x + east, y + north
        if not np.any(np.maximum(np.abs(east), np.abs(north)) > STEP_DEG):
            break
    return x, y
