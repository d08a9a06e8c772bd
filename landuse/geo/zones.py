"""The coordinate systems of practice in China, and which of them coordinates would fit: proposed, never applied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from landuse.geo.crs import CGCS2000, GaussKruger, meridian
from landuse.geo.transform import operations
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely import Polygon

    from landuse.geo.arrays import Points

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
