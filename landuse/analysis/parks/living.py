"""Living with industry (clause 十四): jobs and homes, what is within a walk, and land used for anything but making."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.cut import count_once
from landuse.analysis.overlay.pieces import shared
from landuse.analysis.plots.buildings import floor_area
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.geo.crs import system

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.geo.arrays import Geometries
    from landuse.results.parks import LivingRule

#: Segments of a quarter of a circle round a corner: its area is right to 4 in 10,000.
QUARTER = 32
#: A ratio stated as 7% is no more than 0.07.
ROUNDING = 1e-9


def park_jobs(
    inside: pd.DataFrame, plots: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame | None, *, walk: float
) -> pd.DataFrame:
    r"""How many people work in each park, and how many of them near a school, a clinic, a shop?

    With the staff :math:`x_i` of the plots whose staff is known and :math:`d_i` from a plot to the nearest facility of
    a kind, as the crow flies (直线距离; the way on foot is longer)

    .. math:: \frac{\sum_{i: d_i \le w} x_i}{\sum_i x_i}

    Parameters
    ----------
    inside : DataFrame
        From `landuse.analysis.parks.yields.figures_inside`: the staff of half a plot is half its staff.
    plots : GeoDataFrame
        With parcel_id and geometry. The whole plot is near when any part of it is.
    facilities : GeoDataFrame or None
        From `landuse.inputs.context.as_facilities`, in the plots' system. A kind that the layer does not hold is
        unknown, not out of reach.
    walk : float
        In the unit of the plane; a facility at just this distance is near.

    Returns
    -------
    pandas.DataFrame
        Index: park id. jobs (NaN where no staff is known; a lower bound where some is), jobs_known (share of the
        industrial land), school_share, clinic_share, shop_share (of the known jobs).
    """
    staff, parks = inside[s.STAFF].astype(float), inside[s.PARK]
    known = staff.notna()
    land = inside["m2"].where(known, 0.0).groupby(parks).sum()
    jobs = staff.fillna(0.0).groupby(parks).sum().where(land > 0)
    out = pd.DataFrame({"jobs": jobs, "jobs_known": land / inside["m2"].groupby(parks).sum()})
    at = pd.Index(plots[s.PARCEL], dtype=object).get_indexer(pd.Index(inside[s.PARCEL], dtype=object))
    shapes = _shapes(plots)[at]
    for kind in s.FACILITIES:
        mine = None if facilities is None else _shapes(facilities[facilities[s.KIND] == kind])
        if mine is None or not len(mine):
            out[f"{kind}_share"] = np.nan
            continue
        near = np.zeros(len(shapes), dtype=bool)
        near[shapely.STRtree(mine).query(shapes, predicate="dwithin", distance=walk)[0]] = True
        out[f"{kind}_share"] = staff.where(near, 0.0).fillna(0.0).groupby(parks).sum() / jobs.where(jobs > 0)
    return out


def housing_around(
    blocks: gpd.GeoDataFrame,
    housing: gpd.GeoDataFrame | None,
    buildings: gpd.GeoDataFrame | None,
    *,
    buffer: float,
    workers: int = 2,
) -> pd.DataFrame:
    """How much housing lies inside and around each park?

    Parameters
    ----------
    blocks : GeoDataFrame
        From `landuse.analysis.parks.structure.block_outlines`.
    housing : GeoDataFrame or None
        Parcels of housing; None: the layer or its classification knows of none, and nothing is known. Land that two
        parcels claim counts once. Land near two parks counts for each: the rows do not sum to the city's.
    buildings : GeoDataFrame or None
        Where a parcel has buildings, its floor goes with its land: half a parcel near, half its floor.
    buffer : float
        Surroundings of a park, from its outline as drawn, in the unit of the plane.
    workers : int
        Threads.

    Returns
    -------
    pandas.DataFrame
        Index: park id. housing_near_m2 (ellipsoidal, that inside included), housing_floor_m2 (of the parcels with
        buildings; NaN without any), housing_floor_known (their share of the housing land near).
    """
    parks, group = np.unique(blocks[s.PARK].to_numpy(dtype=object), return_inverse=True)
    out = pd.DataFrame(index=pd.Index(parks, name=s.PARK, dtype=object))
    if housing is None:
        return out.assign(housing_near_m2=np.nan, housing_floor_m2=np.nan, housing_floor_known=np.nan)
    wide = shapely.buffer(_shapes(blocks), buffer, quad_segs=QUARTER)
    around = np.array([shapely.union_all(wide[group == k]) for k in range(len(parks))], dtype=object)
    every = _shapes(housing)
    some = every[np.unique(shapely.STRtree(every).query(around, predicate="intersects")[1])]
    source, counted, pieces = count_once(some, workers=workers)
    source, pieces = source[counted], pieces[counted]
    park, piece = shapely.STRtree(pieces).query(around, predicate="intersects")
    part, parcel, crs = pieces[piece], source[piece], system(housing)
    across = np.flatnonzero(~shapely.covers(around[park], part))
    part[across] = shared(part[across], around[park[across]], workers=workers)
    m2 = ellipsoidal_area(part, crs, gaussian_radius2(some[parcel], crs))
    floors = np.full(len(some), np.nan) if buildings is None else floor_area(some, buildings) / shapely.area(some)
    known = ~np.isnan(floors[parcel])
    near = np.bincount(park, m2, len(parks))
    held = np.bincount(park[known], m2[known], len(parks))
    floor = np.bincount(park[known], (m2 * floors[parcel])[known], len(parks))
    return out.assign(
        housing_near_m2=near,
        housing_floor_m2=np.where(held > 0, floor, np.nan),
        housing_floor_known=np.divide(held, near, out=np.full(len(parks), np.nan), where=near > 0),
    )


def ancillary_use(land: pd.DataFrame, parcels: pd.DataFrame, *, limits: dict[str, float]) -> pd.DataFrame:
    """Which plots use more land or floor for offices, canteens and dormitories than the standard allows?

    Parameters
    ----------
    land : DataFrame
        From `landuse.analysis.parks.compare.land_inside`.
    parcels : DataFrame
        With parcel_id, and ancillary_land and ancillary_floor where the register has them (shares of the plot's land
        and floor, NaN unknown).
    limits : dict
        Column to the most that is allowed; at the limit is allowed.

    Returns
    -------
    pandas.DataFrame
        Index: park id. For each column: _plots (above the limit; NaN where nothing is known), _m2 (their land inside),
        _known (share of the industrial land whose ratio is known).

    Examples
    --------
    >>> land = pd.DataFrame({"park_id": "P", "parcel_id": ["a", "b", "c"], "m2": [1e4, 2e4, 1e4]})
    >>> register = pd.DataFrame({"parcel_id": ["a", "b", "c"], "ancillary_land": [0.07, 0.08, float("nan")]})
    >>> ancillary_use(land, register, limits={"ancillary_land": 0.07}).loc["P"].tolist()
    [1.0, 20000.0, 0.75]
    """
    at = pd.Index(parcels[s.PARCEL], dtype=object).get_indexer(pd.Index(land[s.PARCEL], dtype=object))
    parks, m2 = land[s.PARK], land["m2"]
    out = pd.DataFrame(index=m2.groupby(parks).sum().index)
    for role, limit in limits.items():
        own = parcels[role].to_numpy(dtype=float)[at] if role in parcels else np.full(len(land), np.nan)
        known, above = ~np.isnan(own), own > limit + ROUNDING
        held = m2.where(known, 0.0).groupby(parks).sum()
        plots = land[s.PARCEL][above].groupby(parks[above]).nunique().reindex(out.index).fillna(0)
        out[f"{role}_plots"] = plots.astype(float).where(held > 0)
        out[f"{role}_m2"] = m2.where(above, 0.0).groupby(parks).sum().where(held > 0)
        out[f"{role}_known"] = held / m2.groupby(parks).sum()
    return out


def park_living(
    index: pd.Index[str], jobs: pd.DataFrame, housing: pd.DataFrame, ancillary: pd.DataFrame, inside: pd.Series[float]
) -> pd.DataFrame:
    r"""Put together what is known of living with industry, a row a park.

    .. math:: \text{jobs per hectare of housing} = \frac{\text{jobs}}{H / 10^4}, \quad H \text{ the housing land near}

    Parameters
    ----------
    index : Index
        Ids of the parks.
    jobs, housing, ancillary : DataFrame
        From `park_jobs`, `housing_around`, `ancillary_use`.
    inside : Series
        Housing land that each park owns [m²], from the review's table of uses; unknown where `housing` is.

    Returns
    -------
    pandas.DataFrame
        Their columns, housing_inside_m2 and jobs_per_housing_ha (NaN without jobs known or housing near).
    """
    out = jobs.reindex(index).join(housing)
    near = out["housing_near_m2"]
    out.insert(len(jobs.columns), "housing_inside_m2", inside.reindex(index).fillna(0.0).where(near.notna()))
    out["jobs_per_housing_ha"] = out["jobs"] / (near.where(near > 0) / 1e4)
    return out.join(ancillary)


def _shapes(layer: gpd.GeoDataFrame) -> Geometries:
    return np.asarray(layer.geometry.to_numpy(), dtype=object)


def ancillary_limits(rule: LivingRule) -> dict[str, float]:
    """Return the limits by column."""
    return {s.ANCILLARY_LAND: rule.ancillary_land, s.ANCILLARY_FLOOR: rule.ancillary_floor}
