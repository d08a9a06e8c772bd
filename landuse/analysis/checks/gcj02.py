"""Is a layer that says WGS 84 really GCJ-02 or BD-09?

A layer drawn from a web map lies 300 to 700 m (GCJ-02) or about a kilometre (BD-09) off, declares WGS 84, and passes
every check of its coordinates alone. But the shift at a place is known, so the question is not "which offset fits
best" but "does this layer fit the parcels much better when read as GCJ-02, and not when moved as far any other way?"

Two witnesses are asked. *Codes*: parcels state the district they belong to; how many lie in another district of the
layer? *Edges*: how much of the layer's boundary runs along edges of parcels? Both are compared with the same layer
moved by the same distance in nine other directions, which is what chance alone gives. Where neither witness can
tell, the run says that it could not.

Measured on 50 sample cities of 2,000 parcels, each clean, shifted to GCJ-02 and shifted to BD-09: no clean layer raised
an alarm (0 of 200 questions); the codes found every shifted district layer, the edges every layer whose boundaries
follow parcels; of parks drawn without regard to parcels 8 % (GCJ-02) and 34 % (BD-09) were found, the rest "unknown",
none mistaken.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse import schema as s
from landuse.errors import Problem
from landuse.geo.crs import CGCS2000, WEB_SYSTEMS, is_modern, label, plain, system, unit_factor
from landuse.geo.gcj02 import gcj02_to_bd09, in_china, to_gcj02
from landuse.geo.transform import route, unshift
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import geopandas as gpd
    from pyproj import CRS

    from landuse.geo.arrays import Points
    from landuse.geo.plausibility import Origin
    from landuse.inputs.districts import Districts
    from landuse.inputs.parks import Parks

    Move = Callable[[Points], Points]

#: Points of the boundary that are looked at, and parcels whose code is.
POINTS, PARCELS = 1_000, 20_000
#: Directions a layer is moved to for comparison [degrees from the shift itself]: none nearer to it than its length.
DECOYS_DEG = tuple(range(60, 301, 30))
#: "Along an edge" is as near as this share of the points comes by chance.
BY_CHANCE = 0.1
#: A reading fits when so much of the boundary runs along edges, and so many times what any other place gives.
FITS, TIMES = 0.25, 2.0
#: Fewer parcels in the wrong district than this tell nothing.
FEW = 10
#: Boundaries shorter than so many shifts tell nothing: too few independent pieces.
SHIFTS_LONG = 10


@dataclass(frozen=True)
class Registration:
    """What the witnesses say.

    Attributes
    ----------
    reading : str
        "as_is", the name of another reading ("GCJ-02", "BD-09", "WGS 84") that fits much better, or "unknown".
    offset_m : float
        How far that reading (or, where unknown, the nearest one) lies from where the layer is now [m].
    fit, fit_as_is : float
        The evidence: share of the boundary along edges, or of the parcels in their own district; NaN where unknown.
    """

    reading: str
    offset_m: float
    fit: float = np.nan
    fit_as_is: float = np.nan


def registration(
    layer: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, claimed: str = "", codes: Districts | None = None
) -> Registration | None:
    """Does a layer lie where it says, seen from the parcels?

    Parameters
    ----------
    layer : GeoDataFrame
        Parks or districts, in the working system.
    parcels : GeoDataFrame
        Polygons, in the same system; with `district` (the code each states) where `codes` is given.
    claimed : str
        "GCJ-02" or "BD-09" when the layer was read as such; then it is asked whether it was plain WGS 84.
    codes : Districts, optional
        The layer itself, when it is the districts' and has their codes.

    Returns
    -------
    Registration or None
        None where there is nothing to suspect: outside China, where no web map is shifted.
    """
    crs = system(layer)
    there, back = route(crs, CGCS2000), route(CGCS2000, crs)
    middle = np.array([np.add(layer.total_bounds[:2], layer.total_bounds[2:]) / 2])
    if not in_china(*there.apply(middle).T).all():
        return None

    def ground(move: Move) -> Move:
        return lambda xy: back.apply(move(there.apply(xy)))

    readings = {name: ground(move) for name, move in _readings(claimed).items()}
    offset = {name: _metres(move(middle) - middle, crs) for name, move in readings.items()}
    verdict = None if codes is None else _by_codes(codes, parcels, readings)
    verdict = verdict or _by_edges(layer, parcels, readings, max(offset.values()) / unit_factor(crs))
    if verdict is None:
        return Registration("unknown", min(offset.values()))
    reading, fit, as_is = verdict
    return Registration(reading, offset.get(reading, 0.0), fit, as_is)


def ask_registration(
    parcels: gpd.GeoDataFrame,
    parks: Mapping[str, Parks],
    districts: Districts | None,
    origins: Mapping[str, Origin],
) -> tuple[list[Problem], list[str]]:
    """Ask every layer that came in degrees of a modern datum whether it is a web map's.

    Parameters
    ----------
    parcels : GeoDataFrame
        With the district each states.
    parks : mapping
        Boundary kind to parks.
    districts : Districts, optional
        Their layer.
    origins : mapping
        "districts" and boundary kinds to what the files held.

    Returns
    -------
    problems, notes
        Refusals of layers that fit another reading, and what had to be taken for granted of those that cannot tell.
    """
    layers: dict[str, gpd.GeoDataFrame] = {**parks, **({} if districts is None else {"districts": districts})}
    problems, notes = [], []
    for name, layer in layers.items():
        origin = origins[name]
        if not (plain(origin.crs).is_geographic and is_modern(origin.crs)):
            continue
        claimed = origin.crs.name if origin.crs.name in WEB_SYSTEMS else ""
        found = registration(layer, parcels, claimed, districts if name == "districts" else None)
        said = {"file": origin.file, "crs": label(origin.crs)}
        if found is None or found.reading == "as_is":
            continue
        if found.reading != "unknown":
            problems.append(_refusal(found, **said))
        elif plain(origin.crs) != CGCS2000:  # no web map calls its coordinates so
            notes.append(
                _(
                    "{file} is taken for {crs}: its boundaries do not tell whether it is, or lies {metres:.0f} m off "
                    "as layers drawn from web maps do",
                    **said,
                    metres=found.offset_m,
                )
            )
    return problems, notes


def _refusal(found: Registration, file: str, crs: str) -> Problem:
    what = _(
        "read as {crs} it fits the parcels by {as_is:.0%}, read as {reading} by {fit:.0%}: it lies {metres:.0f} m off",
        crs=crs,
        as_is=found.fit_as_is,
        reading=found.reading,
        fit=found.fit,
        metres=found.offset_m,
    )
    fix = (
        _('state crs = "{reading}" for this layer in the study', reading=found.reading)
        if found.reading in WEB_SYSTEMS
        else _("remove crs from this layer in the study")
    )
    return Problem(what, fix, file)


def _readings(claimed: str) -> dict[str, Move]:
    """Return other ways to read a layer: where its true longitudes and latitudes would lie, from where they do now."""
    if not claimed:
        return {name: partial(unshift, name) for name in WEB_SYSTEMS}
    return {"WGS 84": partial(_shift, claimed)}


def _shift(web: str, xy: Points) -> Points:
    x, y = to_gcj02(*xy.T)
    return np.column_stack(gcj02_to_bd09(x, y) if web == "BD-09" else (x, y))


def _metres(vector: Points, crs: CRS) -> float:
    return float(np.hypot(*vector[0]) * unit_factor(crs))


def _turns() -> Iterable[Points]:
    for angle in np.radians(DECOYS_DEG):
        yield np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])


def _by_edges(
    layer: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, readings: dict[str, Move], reach: float
) -> tuple[str, float, float] | None:
    """Compare how much of the boundary runs along parcels' edges, as it is, as read otherwise, and by chance."""
    rings = shapely.get_parts(shapely.boundary(np.asarray(layer.geometry.to_numpy())))
    ends = np.cumsum(shapely.length(rings))
    if not len(rings) or ends[-1] < SHIFTS_LONG * reach:
        return None
    at = (np.arange(POINTS) + 0.5) / POINTS * ends[-1]
    ring = np.searchsorted(ends, at)
    here = shapely.get_coordinates(shapely.line_interpolate_point(rings[ring], at - np.r_[0.0, ends][ring]))
    edges = shapely.STRtree(shapely.get_parts(shapely.boundary(np.asarray(parcels.geometry.to_numpy()))))

    def distance(xy: Points) -> Points:
        return np.asarray(edges.query_nearest(shapely.points(xy), return_distance=True, all_matches=False)[1])

    as_is = distance(here)
    for name, move in readings.items():
        step = move(here) - here
        elsewhere = [distance(here + step @ turn) for turn in _turns()]
        near = np.quantile(np.concatenate(elsewhere), BY_CHANCE)
        chance = max(float((d <= near).mean()) for d in elsewhere)
        now, then = float((as_is <= near).mean()), float((distance(here + step) <= near).mean())
        if then >= max(FITS, TIMES * now, TIMES * chance):
            return name, then, now
        if now >= max(FITS, TIMES * then, TIMES * chance):
            return "as_is", now, now
    return None


def _by_codes(
    districts: Districts, parcels: gpd.GeoDataFrame, readings: dict[str, Move]
) -> tuple[str, float, float] | None:
    """Compare how many parcels lie in another district than they state."""
    stated = parcels[s.DISTRICT].str[:6]
    some = np.flatnonzero(stated.isin(districts[s.DISTRICT]).to_numpy())
    some = some[:: max(1, -(-len(some) // PARCELS))]
    if not len(some):
        return None
    box = shapely.bounds(parcels.geometry.to_numpy()[some])
    here = (box[:, :2] + box[:, 2:]) / 2
    own = stated.to_numpy()[some]
    outlines = np.asarray(districts.geometry.to_numpy())
    names = districts[s.DISTRICT].to_numpy()

    def strays(xy: Points) -> int:
        lies = np.full(len(xy), "", dtype=object)
        d, k = shapely.STRtree(np.asarray(shapely.points(xy))).query(outlines, predicate="intersects")
        lies[k] = names[d]
        return int((lies != own).sum())

    now, n = strays(here), len(some)
    for name, move in readings.items():
        step = move(here) - here  # the parcels are moved the other way, the districts stay prepared
        chance = min(strays(here - step @ turn) for turn in _turns())
        then = strays(here - step)
        if now >= FEW and TIMES * then <= min(now, chance):
            return name, 1 - then / n, 1 - now / n
        if min(then, chance) >= FEW and TIMES * now <= min(then, chance):
            return "as_is", 1 - now / n, 1 - now / n
    return None
