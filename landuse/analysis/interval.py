"""How sure is a share, when park boundaries are known to a few metres only?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.bookkeeping import cut_land
from landuse.crs import system, unit_factor
from landuse.layers import Parks
from landuse.ledger import NOWHERE
from landuse.results import Interval

if TYPE_CHECKING:
    from landuse.analysis.bookkeeping import Land
    from landuse.ledger import Ledger
    from landuse.results import Definition


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
    inner, outer = (_inside(land, ledger, definition, sign * tolerance_m, workers=workers) for sign in (-1, 1))
    total = ledger.counted(definition)["m2"].sum()
    swing = pd.DataFrame(
        {
            s.PARCEL: land.parcels[s.PARCEL],
            s.DISTRICT: land.parcels[s.DISTRICT],
            "low_m2": inner,
            "high_m2": outer,
        }
    )
    swing["swing_m2"] = swing["high_m2"] - swing["low_m2"]
    swing = swing[swing["swing_m2"].abs() >= 1].sort_values(["swing_m2", s.PARCEL], ascending=[False, True])
    # a rule that moves whole parcels may swing back: both ends are ordered
    low, high = sorted((float(inner.sum() / total), float(outer.sum() / total)))
    return Interval(tolerance_m, low, high, swing.reset_index(drop=True))


def _inside(land: Land, ledger: Ledger, definition: Definition, shift_m: float, *, workers: int) -> np.ndarray:
    """Land inside of each parcel with the parks' union moved by a distance."""
    crs = system(land.parcels)
    union = shapely.get_parts(shapely.coverage_union_all(np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)))
    moved = shapely.buffer(union, shift_m / unit_factor(crs), join_style="mitre") if shift_m else union
    moved = moved[~shapely.is_empty(moved)]
    n = len(land.parcels)
    if not len(moved):
        return np.zeros(n)
    text = np.full(len(moved), "", dtype=object)
    columns = dict.fromkeys((s.PARK, s.PARK_NAME, s.LEVEL, s.BLOCK), text)
    parks = Parks(gpd.GeoDataFrame({**columns, s.RANK: 0, s.MAIN: False}, geometry=moved, crs=crs))
    counted = cut_land(land, parks, workers=workers).counted(definition)
    inside = counted[counted["block"] != NOWHERE]
    return np.bincount(inside["parcel"], inside["m2"], n)
