"""How sure is a share, when park boundaries are known to a few metres only?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.cut import edges
from landuse.analysis.overlay.pieces import threaded
from landuse.analysis.share.build import Land, cut_land
from landuse.geo.crs import system, unit_factor
from landuse.inputs.parcels import Parcels
from landuse.inputs.parks import Parks
from landuse.results.concentration import Interval
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.definition import Definition
    from landuse.geo.arrays import Floats, Ints
    from landuse.results.ledger import Ledger

#: A mitred corner moves at most this many times the tolerance.
MITRE = 5.0


def boundary_interval(
    land: Land, ledger: Ledger, definition: Definition, tolerance_m: float, *, workers: int = 2
) -> Interval:
    """Move the union of the parks outward and inward by the tolerance, and compute the share anew.

    The total stays, and so do the definition's classes, rule and area basis; the boundary moves with mitred corners.

    Parameters
    ----------
    land : Land
        What `ledger` was cut from.
    ledger : Ledger
        With the boundaries as drawn.
    definition : Definition
        Of the share.
    tolerance_m : float
        How far a boundary may truly lie from where it is drawn [m]; 0 gives the share itself.
    workers : int
        Threads for the cuts.

    Returns
    -------
    Interval
        Low and high share, and the parcels whose land inside depends on it, the largest swing first.
    """
    base = _inside(ledger, definition)
    faces = np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)
    union = shapely.get_parts(shapely.union_all(faces))
    near = _near(ledger, tolerance_m)
    some = _only(land, near)
    ends = []
    for sign in (-1, 1):
        moved = _moved(union, system(land.parcels), sign * tolerance_m, workers=workers)
        inside = base.copy()
        inside[near] = _inside(cut_land(some, moved, workers=workers), definition) if len(moved) else 0.0
        ends.append(inside)
    inner, outer = ends
    total = ledger.counted(definition)["m2"].sum()
    swing = pd.DataFrame(
        {
            s.PARCEL: land.parcels[s.PARCEL],
            s.DISTRICT: land.parcels[s.DISTRICT],
            "low_m2": inner,
            "high_m2": outer,
            "swing_m2": outer - inner,
        }
    )
    swing = swing[swing["swing_m2"].abs() >= 1].sort_values(["swing_m2", s.PARCEL], ascending=[False, True])
    # a rule that moves whole parcels may swing back: both ends are ordered
    low, high = sorted((float(inner.sum() / total), float(outer.sum() / total)))
    return Interval(tolerance_m, low, high, swing.reset_index(drop=True))


def _inside(ledger: Ledger, definition: Definition) -> Floats:
    """Counted land inside of each parcel."""
    counted = ledger.counted(definition)
    inside = counted[counted["block"] != NOWHERE]
    m2: Floats = np.bincount(inside["parcel"], inside["m2"], len(ledger.parcels)).astype(float)
    return m2


def _near(ledger: Ledger, tolerance_m: float) -> Ints:
    """Parcels within the tolerance of a boundary: no other changes sides, whatever the rule."""
    distance = tolerance_m / unit_factor(system(ledger.parcels))
    polygons = np.asarray(ledger.parcels.geometry.to_numpy(), dtype=object)
    tree = shapely.STRtree(edges(np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)))
    return np.unique(tree.query(polygons, predicate="dwithin", distance=MITRE * distance)[0])


def _only(land: Land, parcels: Ints) -> Land:
    """Return the land of some parcels."""
    position = np.full(len(land.parcels), NOWHERE)
    position[parcels] = np.arange(len(parcels))
    kept = position[land.source] != NOWHERE
    return Land(
        Parcels(land.parcels.iloc[parcels].reset_index(drop=True)),
        land.radius2[parcels],
        position[land.source[kept]],
        land.counted[kept],
        land.pieces[kept],
    )


def _moved(union: NDArray[np.object_], crs: CRS, shift_m: float, *, workers: int) -> Parks:
    """Return the parks' union, its boundary moved outward, or inward when negative, with mitred corners."""
    shift = shift_m / unit_factor(crs)
    moved = threaded(lambda g: shapely.buffer(g, shift, join_style="mitre", mitre_limit=MITRE), union, workers=workers)
    moved = moved[~shapely.is_empty(moved)]
    text = dict.fromkeys((s.PARK, s.PARK_NAME, s.LEVEL, s.BLOCK), np.full(len(moved), "", dtype=object))
    return Parks(gpd.GeoDataFrame({**text, s.RANK: 0, s.MAIN: False}, geometry=moved, crs=crs))
