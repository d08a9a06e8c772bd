"""Coordinate systems: what a text names, which systems may carry an area, and which say nothing of where a layer is.

Nothing is inferred here. How coordinates get from one system to another: `landuse.geo.transform`; whether they fit the
system they claim: `landuse.geo.plausibility`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.geo.arrays import Floats

WGS84 = CRS(4326)
CGCS2000 = CRS(4490)
#: Semi-major axes of the ellipsoids of Beijing 54 (Krassowsky) and Xian 80 (IAG 1975). PROJ knows no shift from
#: these datums to CGCS2000 and applies none, without a word; the true shift is tens of metres and more.
REGIONAL_CHINA = {6_378_245.0: "Beijing 54", 6_378_140.0: "Xian 80"}
#: Datums of other countries on Krassowsky's ellipsoid (how their names begin); PROJ knows shifts from most of them.
KRASSOWSKY_ELSEWHERE = ("Pulkovo", "Hanoi", "Afgooye", "Dealul", "System")


def _web(name: str) -> CRS:
    """Return a geographic system of web maps; it carries its name and nothing PROJ could transform by."""
    return CRS.from_wkt(
        f'GEOGCRS["{name}",DATUM["{name}",ELLIPSOID["WGS 84",6378137,298.257223563,LENGTHUNIT["metre",1]]],'
        'CS[ellipsoidal,2],AXIS["longitude",east],AXIS["latitude",north],ANGLEUNIT["degree",0.0174532925199433]]'
    )


#: The shifted systems of Chinese web maps, by the names a study may write (`landuse.geo.gcj02` converts them).
WEB_SYSTEMS = {"GCJ-02": _web("GCJ-02"), "BD-09": _web("BD-09")}


@dataclass(frozen=True)
class GaussKruger:
    """The parameters of a Gauss-Krüger plane (transverse Mercator, scale 1, metres).

    Attributes
    ----------
    false_easting, false_northing : float
        In metres.
    a, e2 : float
        Semi-major axis [m] and first eccentricity squared of the ellipsoid.
    """

    false_easting: float
    false_northing: float
    a: float
    e2: float

    @staticmethod
    @lru_cache(maxsize=64)
    def of(crs: CRS) -> GaussKruger | None:
        """Return the parameters of `crs`, or None when it is no Gauss-Krüger plane."""
        crs = plain(crs)
        operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
        if operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
            return None
        p = projection(crs)
        if p["Scale factor at natural origin"] != 1 or p["Latitude of natural origin"] != 0 or unit_factor(crs) != 1:
            return None
        f = 1 / ellipsoid.inverse_flattening
        return GaussKruger(p["False easting"], p["False northing"], ellipsoid.semi_major_metre, f * (2 - f))

    def latitude(self, northing: Floats) -> Floats:
        """Return the footpoint latitude [rad] of a northing; its error stays below 1e-8."""
        f = 1 - np.sqrt(1 - self.e2)
        n = f / (2 - f)
        rectifying = self.a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
        mu = (northing - self.false_northing) / rectifying
        return np.asarray(
            mu + (3 / 2 * n - 27 / 32 * n**3) * np.sin(2 * mu) + 21 / 16 * n**2 * np.sin(4 * mu), dtype=float
        )


def parse(text: str) -> CRS:
    """Return the system named by an EPSG code, WKT or PROJ string, or by GCJ-02 or BD-09.

    Raises
    ------
    InputError
        When nobody knows it.

    Examples
    --------
    >>> parse("gcj02").name, parse("EPSG:4549").name
    ('GCJ-02', 'CGCS2000 / 3-degree Gauss-Kruger CM 120E')
    """
    web = {name.replace("-", ""): system_ for name, system_ in WEB_SYSTEMS.items()}
    asked = text.strip().upper().replace("-", "").replace("_", "")
    if asked in web:
        return web[asked]
    try:
        return CRS.from_user_input(text)
    except CRSError:
        raise InputError(
            Problem(
                _("unknown coordinate system {text!r}", text=text),
                _("give an EPSG code such as EPSG:4549, or WKT"),
            )
        ) from None


def system(frame: gpd.GeoDataFrame) -> CRS:
    """Return the coordinate system of a frame that must have one."""
    if frame.crs is None:
        raise ValueError("the frame has no coordinate system")
    return frame.crs


def plain(crs: CRS) -> CRS:
    """Return the horizontal system itself, without heights and without user parameters bound to it."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return crs.to_2d() if crs.is_geographic and len(crs.axis_info) > 2 else crs


def projection(crs: CRS) -> dict[str, float]:
    """Return the parameters of a system's projection by name, in metres, radians and unity; empty without one.

    Examples
    --------
    >>> projection(CRS(4549))["False easting"]
    500000.0
    """
    operation = crs.coordinate_operation
    if operation is None:
        return {}
    return {p.name: float(p.value) * p.unit_conversion_factor for p in operation.params}


def meridian(crs: CRS) -> float | None:
    """Return the central meridian of a transverse Mercator plane [degrees]."""
    operation = crs.coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    return float(np.degrees(projection(crs)["Longitude of natural origin"]))


def unit_factor(crs: CRS) -> float:
    """Return the metres in one unit of the plane.

    Examples
    --------
    >>> unit_factor(CRS(4549)), round(unit_factor(CRS(2263)), 7)
    (1.0, 0.3048006)
    """
    return float(plain(crs).axis_info[0].unit_conversion_factor)


def label(crs: CRS) -> str:
    """Return the short name printed with every number, an EPSG code where there is one.

    Examples
    --------
    >>> label(CRS(4549))
    'EPSG:4549'
    """
    return authority(crs) or crs.name


@lru_cache(maxsize=256)  # PROJ compares the system with all it knows
def authority(crs: CRS) -> str:
    """Return the code that a register has for the horizontal system, such as EPSG:4549; empty when there is none."""
    return ":".join(plain(crs).to_authority(min_confidence=100) or ())


def working_problems(crs: CRS) -> list[Problem]:
    """Return why no area may be measured in `crs`; empty when it may."""
    return kind_problems(crs) or datum_problems(crs)


def kind_problems(crs: CRS) -> list[Problem]:
    """Return why `crs` is no plane that an area could be measured in, whatever its datum; empty when it is one."""
    horizontal = plain(crs)
    name = {"crs": label(crs)}
    working = _("name a working system in [study] crs, e.g. {example}", example=EXAMPLE)
    if nowhere := place_problems(crs):
        return nowhere
    if horizontal.is_geographic:
        return [Problem(_("{crs} is in degrees: areas need a projected system", **name), working)]
    operation = horizontal.coordinate_operation
    if operation is not None and "Pseudo Mercator" in operation.method_name:
        return [Problem(_("{crs} is Web Mercator: areas in Hangzhou come out 1.35 times too large", **name), working)]
    if not horizontal.is_projected:
        return [Problem(_("{crs} is not a projected system: areas need one", **name), working)]
    return []


#: The working system proposed where none can be inferred.
EXAMPLE = "EPSG:4549 (CGCS2000, 120E)"


def place_problems(crs: CRS) -> list[Problem]:
    """Return why `crs` says nothing of where on the ground a layer lies; empty when it does."""
    horizontal = plain(crs)
    name = {"crs": label(crs)}
    if horizontal.is_vertical:
        fix = _("name the horizontal system of the layer")
        return [Problem(_("{crs} is a system of heights and says nothing of the place", **name), fix)]
    if horizontal.is_geocentric:
        fix = _("export the layer in a projected or geographic system")
        return [Problem(_("{crs} is geocentric (X, Y, Z from the middle of the earth)", **name), fix)]
    if horizontal.is_engineering or horizontal.ellipsoid is None:
        fix = _("give the city's parameters: crs and plane (see the manual), or the system as WKT")
        return [Problem(_("{crs} is a local system that nothing ties to the earth", **name), fix)]
    if not all(axis.unit_conversion_factor > 0 for axis in horizontal.axis_info):
        return [Problem(_("{crs} does not say what its unit is", **name), _("define the layer's system anew"))]
    return []


def datum_problems(crs: CRS) -> list[Problem]:
    """Return a refusal for Beijing 54 and Xian 80 that come without the user's parameters, or with none but zeros."""
    ellipsoid, datum = crs.ellipsoid, plain(crs).datum
    name = None if ellipsoid is None else REGIONAL_CHINA.get(ellipsoid.semi_major_metre)
    elsewhere = datum is not None and datum.name.startswith(KRASSOWSKY_ELSEWHERE)
    if name is None or elsewhere or _shifted(crs):
        return []
    return [
        Problem(
            _(
                "{crs} is on the datum {datum}; PROJ would shift it to CGCS2000 by nothing",
                crs=label(crs),
                datum=name,
            ),
            _(
                "transform the layer with the bureau's parameters, or give them: "
                "crs and towgs84 = [dx, dy, dz, rx, ry, rz, s]"
            ),
        )
    ]


def _shifted(crs: CRS) -> bool:
    """Whether parameters are bound to the system that do shift it."""
    bound = crs.sub_crs_list[0] if crs.is_compound else crs
    operation = bound.coordinate_operation if bound.is_bound else None
    return operation is not None and (any(operation.towgs84) or not operation.towgs84)


def is_modern(crs: CRS) -> bool:
    """Whether the datum is one of the modern ones (WGS 84, CGCS2000, NAD 83, ETRS89 ...), alike to a metre or two."""
    e = plain(crs).ellipsoid
    return e is not None and e.semi_major_metre == 6_378_137.0 and abs(e.inverse_flattening - 298.2572) < 1e-3
