"""The working plane as a browser needs it, to say where the pointer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse.crs import GaussKruger, plain

if TYPE_CHECKING:
    from pyproj import CRS

#: Semi-major axis of the ellipsoids whose datums agree with the map's to a metre or two [m].
MODERN = 6_378_137.0


def plane(crs: CRS) -> dict[str, float] | None:
    """Return the parameters of a Gauss-Krüger plane, or None where the map can only say degrees.

    Parameters
    ----------
    crs : pyproj.CRS
        The working system.

    Returns
    -------
    dict or None
        a [m], e2, false_easting and false_northing [m], lon0 (central meridian, degrees). None for another projection,
        and for an older datum, whose shift a browser does not know.

    Examples
    --------
    >>> from pyproj import CRS
    >>> plane(CRS(4549))["lon0"], plane(CRS(4549))["false_easting"]
    (120.0, 500000.0)
    >>> plane(CRS(2263)) is None
    True
    """
    found = GaussKruger.of(crs)
    operation = plain(crs).coordinate_operation
    if found is None or operation is None or crs.is_bound or found.a != MODERN:
        return None
    meridian = next(p.value for p in operation.params if p.name == "Longitude of natural origin")
    return {
        "a": found.a,
        "e2": found.e2,
        "lon0": float(meridian),
        "false_easting": found.false_easting,
        "false_northing": found.false_northing,
    }
