"""Do the layers of a study lie where they should, seen from each other, and what does the plane do to areas there?

The user's districts are the frame: coordinates alone cannot tell a layer of one zone from the same numbers of the
next, 290 km away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse import schema as s
from landuse.errors import Problem
from landuse.geo.crs import label, system, unit_factor
from landuse.geo.plausibility import candidates, ground
from landuse.i18n import _
from landuse.quality import Issue
from landuse.units import LEAST_M2

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from landuse.geo.plausibility import Origin
    from landuse.inputs.districts import Districts
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.parks import Parks
    from landuse.results.ledger import Ledger

#: Parks this far from every parcel are another city's, or in another coordinate system [m].
APART_M = 50_000.0
#: Industrial land that lies in the districts, as a share: below the first the layers do not belong together (a zone
#: too far is 0); below the second the districts are another year's or only part of the city, and the run says so
#: (95 % is the practice for a layer without a stated system).
BELONGS, COVERED = 0.5, 0.95
#: A plane within its own 3-degree zone never changes an area by more (1.5° from the meridian at the equator: 6.9e-4).
SCALE_OFF = 7e-4


def placement_problems(
    parcels: Parcels, parks: Mapping[str, Parks], districts: Districts | None, origins: Mapping[str, Origin]
) -> list[Problem]:
    """Which layers cannot belong to one city?

    Parameters
    ----------
    parcels : Parcels
        With their district ("" where none holds them), see `assign_districts`.
    parks : mapping
        Boundary kind to parks.
    districts : Districts, optional
        The frame: at least `BELONGS` of the parcels' area must lie in them.
    origins : mapping
        "parcels", "districts" and boundary kinds to what the files held.

    Returns
    -------
    list of Problem
        With the distance, and the systems under which the layer would lie where it should.
    """
    problems = []
    if districts is not None and share_in_districts(parcels) < BELONGS:
        what = _(
            "{share:.0%} of the parcels' area lies in the districts; the two layers are {km:.0f} km apart",
            share=share_in_districts(parcels),
            km=_apart_m(parcels, districts) / 1000,
        )
        problems.append(
            Problem(what, _advice("parcels", parcels, "districts", districts, origins)).located(origins["parcels"].file)
        )
    for kind, outlines in parks.items():
        apart = _apart_m(parcels, outlines)
        if apart > APART_M:
            what = _("the parks lie {km:.0f} km from all parcels: the share would be 0 %", km=apart / 1000)
            problems.append(
                Problem(what, _advice(kind, outlines, "parcels", parcels, origins)).located(origins[kind].file)
            )
    return problems


def share_in_districts(parcels: Parcels) -> float:
    """Return the share of the parcels' area whose parcel lies in a district."""
    area = shapely.area(parcels.geometry.to_numpy())
    return float(area[(parcels[s.DISTRICT] != "").to_numpy()].sum() / area.sum())


def cover_issues(parcels: Parcels) -> list[Issue]:
    """Report that the districts hold only part of the land; those parcels are kept, in a row of their own."""
    share = share_in_districts(parcels)
    if share >= COVERED:
        return []
    outside = parcels[parcels[s.DISTRICT] == ""]
    action = _(
        "the districts hold only {share:.1%} of the parcels' area: is the layer whole, and of this year?", share=share
    )
    area = float(outside.area.sum() * unit_factor(system(parcels)) ** 2)
    return [Issue("districts_hold_part", len(outside), action, area, rows=tuple(outside[s.PARCEL]))]


def plane_issues(ledger: Ledger) -> list[Issue]:
    """Report that the working plane stretches or shrinks areas more than a plane does in its own zone.

    The legal (ellipsoidal) area and registered areas are not touched by it; the planar basis is.
    """
    parcels = ledger.parcels
    planar = np.bincount(ledger.parts["parcel"], ledger.parts[s.PLANAR], len(parcels))
    true = parcels[s.ELLIPSOIDAL].to_numpy()
    off = np.abs(planar - true) > np.maximum(SCALE_OFF * true, LEAST_M2)
    if not off.any():
        return []
    action = _(
        "planar areas in {crs} are {factor:.4f} times the true ones here: a nearer central meridian mends it",
        crs=label(system(parcels)),
        factor=float(planar[off].sum() / true[off].sum()),
    )
    area = float(true[off].sum())
    return [Issue("plane_scale", int(off.sum()), action, area, rows=tuple(parcels[s.PARCEL].to_numpy()[off]))]


def _apart_m(a: gpd.GeoDataFrame, b: gpd.GeoDataFrame) -> float:
    """Distance between the boxes of two layers [m]."""
    return float(shapely.distance(shapely.box(*a.total_bounds), shapely.box(*b.total_bounds))) * unit_factor(system(a))


def _advice(
    name: str, layer: gpd.GeoDataFrame, other_name: str, other: gpd.GeoDataFrame, origins: Mapping[str, Origin]
) -> str:
    """Say under which system one of two layers would lie at the other; nobody knows which of them is wrong."""
    own, others = origins[name], origins[other_name]
    said = [
        _("{file} says {crs}, and would lie there as {systems}", file=o.file, crs=label(o.crs), systems=found)
        for o, there in ((own, other), (others, layer))
        if (found := candidates(o.bounds, ground(tuple(there.total_bounds), system(there))))
    ]
    return "; ".join([_("check the coordinate systems of both layers"), *said])
