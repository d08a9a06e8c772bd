"""Coordinate systems: which may carry an area, and how a layer gets from its own to the working one.

Every step that is inferred is either refused or recorded; PROJ's silent "ballpark" transformations are never used
between datums that differ by more than a few metres.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import Transformer

WGS84 = CRS(4326)
#: Semi-major axes of the ellipsoids of Beijing 54 (Krassowsky) and Xian 80 (IAG 1975). PROJ knows no shift from
#: these datums to CGCS2000 and applies none, without a word; the true shift is tens of metres and more.
REGIONAL_CHINA = {6_378_245.0: "Beijing 54", 6_378_140.0: "Xian 80"}


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
        p: dict[str, Any] = {x.name: x.value for x in operation.params}
        if p["Scale factor at natural origin"] != 1 or p["Latitude of natural origin"] != 0 or unit_factor(crs) != 1:
            return None
        f = 1 / ellipsoid.inverse_flattening
        return GaussKruger(p["False easting"], p["False northing"], ellipsoid.semi_major_metre, f * (2 - f))

    def latitude(self, northing: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the footpoint latitude [rad] of a northing; its error stays below 1e-8."""
        f = 1 - np.sqrt(1 - self.e2)
        n = f / (2 - f)
        rectifying = self.a / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
        mu = (northing - self.false_northing) / rectifying
        return np.asarray(
            mu + (3 / 2 * n - 27 / 32 * n**3) * np.sin(2 * mu) + 21 / 16 * n**2 * np.sin(4 * mu), dtype=float
        )


def parse(text: str) -> CRS:
    """Return the system named by an EPSG code, WKT or PROJ string.

    Raises
    ------
    InputError
        When PROJ does not know it.
    """
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
    """Return the horizontal system itself, without user parameters bound to it."""
    if crs.is_bound and crs.source_crs is not None:
        crs = crs.source_crs
    return crs.sub_crs_list[0] if crs.is_compound else crs


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
    authority = plain(crs).to_authority(min_confidence=100)
    return ":".join(authority) if authority else crs.name


def within_area_of_use(xy: NDArray[np.float64], crs: CRS, margin_deg: float) -> NDArray[np.bool_]:
    """Return which points lie in the area a system is made for, give or take a margin; True where it states none.

    Parameters
    ----------
    xy : array of float, shape (n, 2)
        In `crs`.
    crs : pyproj.CRS
        Projected or geographic.
    margin_deg : float
        In degrees.

    Examples
    --------
    The eastings of zone 40 carry a prefix that EPSG:4549 does not know:

    >>> points = np.array([[520_212.0, 3_347_402.0], [40_520_212.0, 3_347_402.0], [3_347_402.0, 520_212.0]])
    >>> within_area_of_use(points, CRS(4549), 3.0).tolist()
    [True, False, False]
    """
    horizontal = plain(crs)
    area, geodetic = horizontal.area_of_use, horizontal.geodetic_crs
    if area is None or geodetic is None or area.east < area.west:
        return np.ones(len(xy), dtype=bool)
    operation = _operations(horizontal, geodetic)[0] if horizontal.is_projected else None
    lon, lat = operation.transform(xy[:, 0], xy[:, 1]) if operation else xy.T
    inside = (area.west - margin_deg <= lon) & (lon <= area.east + margin_deg)
    back = True
    if operation:  # a projection folds what lies far away back into its area: only the way there and back tells
        again = np.column_stack(_operations(geodetic, horizontal)[0].transform(lon, lat))
        back = np.isfinite(again).all(axis=1) & (np.abs(again - xy).max(axis=1) < 1 / unit_factor(crs))
    return np.asarray(inside & (area.south - margin_deg <= lat) & (lat <= area.north + margin_deg) & back)


def working_problems(crs: CRS) -> list[Problem]:
    """Return why no area may be measured in `crs`; empty when it may."""
    if not plain(crs).is_projected:
        return [
            Problem(
                _("{crs} is in degrees: areas need a projected system", crs=label(crs)),
                _("name a working system in [study] crs, e.g. {example}", example=_suggestion()),
            )
        ]
    operation = plain(crs).coordinate_operation
    if operation is not None and "Pseudo Mercator" in operation.method_name:
        return [
            Problem(
                _("{crs} is Web Mercator: areas in Hangzhou come out 1.35 times too large", crs=label(crs)),
                _("name a working system in [study] crs, e.g. {example}", example=_suggestion()),
            )
        ]
    return datum_problems(crs)


def _suggestion() -> str:
    return "EPSG:4549 (CGCS2000, 120E)"


def datum_problems(crs: CRS) -> list[Problem]:
    """Return a refusal for Beijing 54 and Xian 80 that come without the user's parameters."""
    ellipsoid = crs.ellipsoid
    name = None if ellipsoid is None else REGIONAL_CHINA.get(ellipsoid.semi_major_metre)
    if name is None or crs.is_bound:
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
                'crs = "+proj=tmerc … +towgs84=dx,dy,dz,rx,ry,rz,s"'
            ),
        )
    ]


def _geocentric(crs: CRS) -> bool:
    """Whether the datum is one of the modern ones (WGS 84, CGCS2000, NAD 83, ETRS89 ...), alike to a metre or two."""
    e = plain(crs).ellipsoid
    return e is not None and e.semi_major_metre == 6_378_137.0 and abs(e.inverse_flattening - 298.2572) < 1e-3


@dataclass(frozen=True)
class Route:
    """How coordinates get from one system to another.

    Attributes
    ----------
    source, target : pyproj.CRS
        The two systems.
    description : str
        PROJ's name of the operation; empty when there is nothing to do.
    assumption : str
        What was taken for granted (a null shift between modern datums); empty when nothing was.
    """

    source: CRS
    target: CRS
    description: str = ""
    assumption: str = ""

    def apply(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return coordinates, shape (n, 2), east or longitude first, in the target system."""
        for start, end in _legs(self.source, self.target) if self.description else ():
            xy = np.column_stack(_operations(start, end)[0].transform(xy[:, 0], xy[:, 1]))
        return xy


def _legs(source: CRS, target: CRS) -> list[tuple[CRS, CRS]]:
    """Return the pairs of systems to pass: parameters bound to a system lead to WGS 84, and only there."""
    through_wgs84 = (source.is_bound or target.is_bound) and WGS84 not in (source, target)
    return list(pairwise((source, WGS84, target) if through_wgs84 else (source, target)))


@lru_cache(maxsize=64)
def _operations(source: CRS, target: CRS) -> list[Transformer]:
    with warnings.catch_warnings():
        # pyproj: a grid for a better datum shift is not installed. Which operation is used instead is recorded.
        warnings.filterwarnings("ignore", "Best transformation is not available", UserWarning)
        return TransformerGroup(source, target, always_xy=True).transformers


def route(source: CRS, target: CRS) -> Route:
    """Return the way from `source` to `target`; vertices only, one operation for the whole layer.

    Raises
    ------
    InputError
        When the only way is a datum shift of nothing between datums that truly differ.

    Examples
    --------
    >>> route(CRS(4490), CRS(4549)).assumption
    ''
    >>> route(CRS(4326), CRS(4549)).assumption != ""
    True
    """
    if source == target:
        return Route(source, target)
    problems = datum_problems(source) + datum_problems(target)
    if problems:
        raise InputError(problems)
    legs = [_leg(start, end) for start, end in _legs(source, target)]
    return Route(
        source,
        target,
        " + ".join(description for description, _assumption in legs),
        "; ".join(assumption for _description, assumption in legs if assumption),
    )


def _leg(source: CRS, target: CRS) -> tuple[str, str]:
    """Return PROJ's name of the operation between two systems, and what it takes for granted."""
    ends = {"source": label(source), "target": label(target)}
    operations = _operations(source, target)
    if not operations:
        what = _("PROJ knows no way from {source} to {target}", **ends)
        raise InputError(Problem(what, _("transform the layer with the bureau's parameters first")))
    best = operations[0]
    if source.is_bound or target.is_bound:
        return best.description, _("{source} to {target}: by the parameters given with it", **ends)
    if "Ballpark" not in best.description and best.accuracy is not None and best.accuracy >= 0:
        if best.accuracy == 0:
            return best.description, ""
        return best.description, _(
            "{source} to {target}: {operation}, accurate to {metres:g} m",
            **ends,
            operation=best.description,
            metres=best.accuracy,
        )
    if _geocentric(source) and _geocentric(target):
        return best.description, _(
            "{source} to {target}: the two datums are taken as equal (they differ by a metre or two at most)", **ends
        )
    what = _("PROJ knows no datum shift from {source} to {target}", **ends)
    raise InputError(Problem(what, _("transform the layer with the bureau's parameters first")))
