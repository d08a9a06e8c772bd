"""Do coordinates fit the system a layer claims; if not, which system of practice would they fit: never applied.

A wrong system mostly gives a plausible number. What is wrong is said by its name (degrees for metres, a zone number too
many, swapped axes ...), and systems that the coordinates would fit are computed and proposed; none is ever applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import shapely
from pyproj import CRS

from landuse.errors import Problem
from landuse.geo import gcj02
from landuse.geo.crs import CGCS2000, WEB_SYSTEMS, GaussKruger, authority, label, meridian, parse, plain, unit_factor
from landuse.geo.transform import operations, route
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from shapely import Polygon

    from landuse.geo.arrays import Bools, Points

#: Nothing on earth has coordinates beyond this, in any unit.
ABSURD = 1e9
#: The box of China [degrees], wide: west, south, east, north.
CHINA = (73.0, 16.0, 136.0, 54.0)
#: Zone numbers that eastings in China carry: 13 to 23 (6 degrees), 25 to 45 (3 degrees).
ZONES = range(13, 46)
ZONE_M = 1_000_000
#: How far from its central meridian a layer is looked for [degrees], in zones of 3 and of 6 degrees: half a zone, and
#: what a city that straddles the edge needs.
ZONE3_DEG, ZONE6_DEG = 2.2, 4.4
#: EPSG codes of CGCS2000 in 3-degree zones without number, and the meridian of the first.
ZONE3_CODES, ZONE3_FIRST = range(4534, 4555), 75
#: How far from the other layers of a study one may lie [degrees].
NEAR_DEG = 0.3
#: Proposals in one message.
SHOWN = 3


@dataclass(frozen=True)
class Family:
    """Systems alike but for their zone: EPSG codes, what it is called, how far from its meridian each reaches."""

    codes: range
    name: Callable[[], str]
    reach_deg: float = 360.0

    def text(self, hits: Sequence[int], *, swapped: bool) -> str:
        """Return how these members of the family are proposed."""
        said = f"EPSG:{hits[0]} ({self.name()})"
        if len(hits) > 1:
            said = _(
                "EPSG:{first} to EPSG:{last} ({name}, one for each central meridian)",
                first=hits[0],
                last=hits[-1],
                name=self.name(),
            )
        return _("{system} with swapped axes", system=said) if swapped else said


FAMILIES = (
    Family(range(4490, 4491), lambda: _("CGCS2000, degrees")),
    Family(range(4513, 4534), lambda: _("CGCS2000, 3-degree zones with zone number"), ZONE3_DEG),
    Family(ZONE3_CODES, lambda: _("CGCS2000, 3-degree zones without number"), ZONE3_DEG),
    Family(range(4491, 4502), lambda: _("CGCS2000, 6-degree zones with zone number"), ZONE6_DEG),
    Family(range(4502, 4513), lambda: _("CGCS2000, 6-degree zones without number"), ZONE6_DEG),
    Family(range(32643, 32654), lambda: _("WGS 84, UTM"), ZONE6_DEG),
    Family(range(3857, 3858), lambda: _("Web Mercator")),
)


def candidates(bounds: tuple[float, ...], near: Polygon | None = None) -> str:
    """Return the systems of practice in China that a box of coordinates would fit, as text; "" when none.

    Parameters
    ----------
    bounds : tuple of float
        West, south, east, north as the file has them.
    near : shapely.Polygon, optional
        Where other layers lie [degrees]: only systems that bring the box there count.

    Examples
    --------
    >>> from landuse.i18n import language
    >>> with language("en"):
    ...     candidates((40_520_000, 3_345_000, 40_521_000, 3_346_000))
    'EPSG:4528 (CGCS2000, 3-degree zones with zone number)'
    """
    x0, y0, x1, y1 = bounds
    if not np.isfinite(bounds).all() or max(map(abs, bounds)) > ABSURD:
        return ""
    box = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1], [(x0 + x1) / 2, (y0 + y1) / 2]])
    said = []
    for swapped in (False, True):
        xy = box[:, ::-1] if swapped else box
        for family in FAMILIES:
            if hits := [code for code in family.codes if _would_fit(xy, CRS(code), family.reach_deg, near)]:
                said += [family.text(hits, swapped=swapped)]
        if said:  # swapped axes are proposed only where the order as it is fits nothing
            break
    return _(" or ").join(said[:SHOWN])


def _would_fit(xy: Points, crs: CRS, reach_deg: float, near: Polygon | None) -> bool:
    if crs.is_geographic:
        lonlat = xy
    else:
        plane = GaussKruger.of(crs)
        if plane is not None and abs(xy[-1, 0] - plane.false_easting) > ZONE_M / 2:
            return False  # another zone number: no need to ask PROJ
        lonlat = np.column_stack(operations(crs, CGCS2000)[0].transform(*xy.T))
    if not np.isfinite(lonlat).all():
        return False
    own, (lon, lat) = meridian(crs), lonlat[-1]
    at_home = own is None or abs(lon - own) <= reach_deg
    if near is not None:
        return bool(at_home and shapely.distance(shapely.MultiPoint(lonlat).envelope, near) <= NEAR_DEG)
    west, south, east, north = CHINA
    return bool(at_home and west <= lon <= east and south <= lat <= north)


def zone_at(lon: float) -> str:
    """Return the CGCS2000 3-degree zone of a longitude, as proposed.

    Examples
    --------
    >>> zone_at(114.43), zone_at(10.0)
    ('EPSG:4547 (CGCS2000, 114E)', '')
    """
    east = 3 * round(lon / 3)
    k = (east - ZONE3_FIRST) // 3
    return f"EPSG:{ZONE3_CODES[k]} (CGCS2000, {east}E)" if 0 <= k < len(ZONE3_CODES) else ""


#: A layer may lie this far outside the area its coordinate system is made for [degrees].
MARGIN_DEG = 3.0
#: A transverse Mercator plane without a stated area is made for this far from its meridian [degrees].
ZONE_DEG = 3.0
#: Nobody uses a plane this far outside its area and means it [degrees].
AFAR_DEG = 30.0
#: Half the width of the strip along a meridian in which a layer is looked for first [degrees].
STRIP_DEG = 1.5


@dataclass(frozen=True)
class Origin:
    """A layer as its file holds it: where to find it, the system it claims, and its box in that system."""

    file: str
    crs: CRS
    bounds: tuple[float, float, float, float]


def fits(xy: Points, crs: CRS, margin_deg: float = MARGIN_DEG) -> Bools:
    """Return which points lie in the area a system is made for, give or take a margin.

    A system that states no area is taken for the world, a transverse Mercator plane for three degrees either side of
    its meridian, GCJ-02 and BD-09 for China.

    Parameters
    ----------
    xy : array of float, shape (n, 2)
        In `crs`, east first.
    crs : pyproj.CRS
        Projected or geographic.
    margin_deg : float
        In degrees.

    Examples
    --------
    The eastings of zone 40 carry a prefix that EPSG:4549 does not know:

    >>> from pyproj import CRS
    >>> points = np.array([[520_212.0, 3_347_402.0], [40_520_212.0, 3_347_402.0], [3_347_402.0, 520_212.0]])
    >>> fits(points, CRS(4549)).tolist()
    [True, False, False]
    """
    horizontal = plain(crs)
    geodetic = horizontal.geodetic_crs
    if geodetic is None:
        return np.ones(len(xy), dtype=bool)
    west, south, east, north = _area(horizontal)
    with np.errstate(invalid="ignore", over="ignore"):
        operation = operations(horizontal, geodetic)[0] if horizontal.is_projected else None
        lon, lat = operation.transform(xy[:, 0], xy[:, 1]) if operation else xy.T
        inside = (west - margin_deg <= lon) & (lon <= east + margin_deg)
        inside &= (south - margin_deg <= lat) & (lat <= north + margin_deg)
        if operation:  # a projection folds what lies far away back into its area: only the way there and back tells
            again = np.column_stack(operations(geodetic, horizontal)[0].transform(lon, lat))
            inside &= np.isfinite(again).all(axis=1) & (np.abs(again - xy).max(axis=1) < 1 / unit_factor(crs))
    return np.asarray(inside)


def _area(crs: CRS) -> tuple[float, float, float, float]:
    if crs.name in WEB_SYSTEMS:
        return gcj02.WEST, gcj02.SOUTH, gcj02.EAST, gcj02.NORTH
    area = crs.area_of_use
    if area is None and authority(crs):
        area = parse(label(crs)).area_of_use
    if area is not None and area.west <= area.east:
        return area.west, area.south, area.east, area.north
    east = meridian(crs)
    return (-180.0, -90.0, 180.0, 90.0) if east is None else (east - ZONE_DEG, -90.0, east + ZONE_DEG, 90.0)


def misplaced(bounds: Points, ids: pd.Series[str], crs: CRS, working: CRS) -> list[Problem]:
    """Return what is wrong with the coordinates of a layer, by its name, and what they would fit.

    Parameters
    ----------
    bounds : array of float, shape (n, 4)
        The box of every geometry, in `crs`; NaN where there is none.
    ids : pandas.Series of str
        Identifiers of the rows.
    crs, working : pyproj.CRS
        The system the layer claims, and the working one: their meridians say where the layer is looked for.
    """
    off = _off(bounds, crs)
    if not off.any():
        return []
    low, high = np.median(bounds[off][:, :2], axis=0), np.median(bounds[off][:, 2:], axis=0)
    x, y = (float(v) for v in (low + high) / 2)
    what = misfit(x, y, crs)
    if (~off & np.isfinite(bounds).all(axis=1)).any():
        return [Problem(what, _("mend or remove these rows"), rows=tuple(ids[off]))]
    fix = _("check the layer's coordinate system (degrees or metres, zone number, axis order)")
    meridians = [m for m in (meridian(plain(c)) for c in (crs, working)) if m is not None]
    strip = [shapely.box(m - STRIP_DEG, CHINA[1], m + STRIP_DEG, CHINA[3]) for m in meridians]
    if proposed := next(filter(None, (candidates((*low, *high), near) for near in (*strip, None))), ""):
        fix = _(
            "the coordinates fit {systems}: define the right one for the file without transforming it, "
            "or state it as crs in the study where the file states none",
            systems=proposed,
        )
    if not _slip(x, y, crs) and is_afar(bounds, crs):
        fix += "; " + _if_right(x, y, crs)
    return [Problem(what, fix)]


def _if_right(x: float, y: float, crs: CRS) -> str:
    """Return how to go on with a point that lies far beyond its plane's zone, should the plane be right."""
    lon, lat = _lonlat(np.array([[x, y]]), crs)[0]
    return _(
        "if {crs} is right, the layer lies at {lon:.2f} E {lat:.2f} N: reproject it to {zone}, or name that as crs "
        "under [study]",
        crs=label(crs),
        lon=lon,
        lat=lat,
        zone=zone_at(lon) or _("a plane made for that place"),
    )


def _off(bounds: Points, crs: CRS) -> Bools:
    """Return which boxes do not lie in the area a system is made for."""
    off = np.asarray(np.isfinite(bounds).all(axis=1))
    off[off] = ~fits(bounds[off].reshape(-1, 2), crs).reshape(-1, 2).all(axis=1)
    return off


def is_afar(bounds: Points, crs: CRS) -> bool:
    """Whether boxes that do not fit their plane lie somewhere on earth all the same: degrees beyond its zone."""
    off = bounds[_off(bounds, crs)].reshape(-1, 2)
    return bool(len(off) and plain(crs).is_projected and fits(off, crs, AFAR_DEG).all())


def _lonlat(xy: Points, crs: CRS) -> Points:
    """Return longitude and latitude, on its own datum, of points of a plane."""
    horizontal = plain(crs)
    return np.column_stack(operations(horizontal, horizontal.geodetic_crs)[0].transform(*xy.T))


def misfit(x: float, y: float, crs: CRS) -> str:
    """Return what is wrong with a point that does not fit its system.

    Examples
    --------
    >>> from landuse.geo.crs import WGS84
    >>> from landuse.i18n import language
    >>> with language("en"):
    ...     misfit(532_189.0, 2_545_681.0, WGS84)
    'EPSG:4326 is in degrees, but the coordinates are metres (532189, 2545681)'
    """
    far = _("the coordinates ({x}, {y}) lie far outside the area that {crs} is made for", **_point(x, y, crs))
    return _slip(x, y, crs) or far


def _point(x: float, y: float, crs: CRS) -> dict[str, str]:
    return {"crs": label(crs), "x": f"{x:.10g}", "y": f"{y:.10g}"}


def _slip(x: float, y: float, crs: CRS) -> str:
    """Return the slip by which a point does not fit its system; "" when it is none of the known ones."""
    said = _point(x, y, crs)
    horizontal, plane = plain(crs), GaussKruger.of(crs)
    degrees = max(abs(x), abs(y)) <= 180 and min(abs(x), abs(y)) <= 90
    zone = -1 if plane is None else int(plane.false_easting // ZONE_M)
    number = int(max(x, y) // ZONE_M) if ZONES[0] * ZONE_M <= max(x, y) <= ABSURD else 0
    names = (
        (max(abs(x), abs(y)) > ABSURD, _("no place on earth has the coordinates ({x}, {y})", **said)),
        (
            horizontal.is_geographic and not degrees,
            _("{crs} is in degrees, but the coordinates are metres ({x}, {y})", **said),
        ),
        (
            horizontal.is_projected and degrees,
            _("{crs} is a plane in metres, but the coordinates are degrees ({x}, {y})", **said),
        ),
        (
            fits(np.array([[y, x]]), crs).all(),
            _("the axes are swapped: {crs} is read east (longitude) first, the file has ({x}, {y})", **said),
        ),
        (
            zone == 0 and number in ZONES,
            _("the eastings carry the zone number {zone}, which {crs} does not have ({x}, {y})", zone=number, **said),
        ),
        (
            zone > 0 and number == 0,
            _("the eastings lack the zone number {zone} of {crs} ({x}, {y})", zone=zone, **said),
        ),
        (
            zone > 0 and number != zone and number in ZONES,
            _("the eastings carry the zone number {number}, {crs} is zone {zone}", number=number, zone=zone, **said),
        ),
    )
    return next((text for holds, text in names if holds), "")


def ground(bounds: tuple[float, ...], crs: CRS) -> Polygon:
    """Return the box in longitude and latitude that a box of the working system covers."""
    x0, y0, x1, y1 = bounds
    lonlat = route(crs, CGCS2000).apply(np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=float))
    return cast("Polygon", shapely.box(*lonlat.min(axis=0), *lonlat.max(axis=0)))
