"""Which industrial plots outside the parks are scattered?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.clusters import clusters
from landuse.analysis.overlay.cut import edges
from landuse.analysis.plots.multipart import areas_apart, plot_ids, plots_apart
from landuse.results.candidates import Scatter
from landuse.results.ledger import NOWHERE
from landuse.units import LEAST_M2, to_m2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.config.rules import ScatterSection
    from landuse.definition import Definition
    from landuse.geo.arrays import Floats
    from landuse.results.ledger import Ledger


def scattered_plots(ledger: Ledger, definition: Definition, rule: ScatterSection, metre: float = 1.0) -> Scatter:
    """Find the plots outside every park, their clusters, and which of them are scattered.

    A plot is the parts of one parcel outside every park, taken together, whatever the partial-parcel rule of the
    share; parts of one row farther apart than the gap are plots of their own, by the parcel's id and a number. It is
    `adjoining` when a park is within the gap, else `small` below the minimum, `clustered` when its cluster exceeds the
    limit, else `highly_scattered` or `scattered`.

    Parameters
    ----------
    ledger : Ledger
        Land that another parcel already holds is no plot.
    definition : Definition
        Its classes and area basis.
    rule : ScatterSection
        Thresholds.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    Scatter
        One row a plot, by parcel id; numbered pieces of one parcel from west to east.
    """
    land = ledger.counted(definition)
    land = land[land[s.FACE] == NOWHERE]
    geometry = np.asarray(ledger.parts.geometry.to_numpy(), dtype=object)[land.index]
    polygons, parcel, area = _plots(geometry, land)
    whole = np.asarray(ledger.parcels.geometry.to_numpy(), dtype=object)[parcel]
    polygons, source = plots_apart(polygons, whole, rule.gap_m * metre)
    area = areas_apart(polygons, source, area, ledger.parcels, parcel, definition.area)
    real = area >= LEAST_M2
    polygons, source, area, parcel = polygons[real], source[real], area[real], parcel[source[real]]
    known = ledger.parcels[s.PARCEL].to_numpy(dtype=object)
    ids = plot_ids(known[parcel], source, known)
    cluster = clusters(polygons, rule.gap_m * metre) if len(polygons) else np.empty(0, dtype=np.int64)
    cluster_m2 = np.bincount(cluster, area)[cluster] if len(polygons) else np.empty(0)
    distance = _distance(polygons, np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)) / metre
    position = np.select(
        [
            distance <= rule.gap_m,
            area < to_m2(rule.min_plot_mu, "mu"),
            cluster_m2 <= to_m2(rule.highly_scattered_mu, "mu"),
            cluster_m2 <= to_m2(rule.max_cluster_mu, "mu"),
        ],
        ["adjoining", "small", "highly_scattered", "scattered"],
        "clustered",
    )
    plots = gpd.GeoDataFrame(
        {
            s.DISTRICT: ledger.parcels[s.DISTRICT].to_numpy()[parcel],
            s.CODE: ledger.parcels[s.CODE].to_numpy()[parcel],
            s.AREA_M2: area,
            "cluster": cluster,
            "cluster_m2": cluster_m2,
            "park_distance_m": distance,
            "position": position.astype(object),
        },
        geometry=polygons,
        crs=ledger.parcels.crs,
        index=pd.Index(ids, name=s.PARCEL),
    )
    piece = ids != known[parcel]
    return Scatter(plots, pieces=pd.Series(known[parcel][piece], index=ids[piece], dtype=object))


def park_plots(ledger: Ledger, definition: Definition) -> gpd.GeoDataFrame:
    """Return the inside plots: the parts of one parcel inside one park, taken together; a row a parcel and park.

    Land that two parks claim is its owner's. Columns as those of `Scatter` that make sense inside, and park_id.
    """
    land = ledger.counted(replace(definition, rule="clip"))
    land = land[land["block"] != NOWHERE]
    park = ledger.parks[s.PARK].to_numpy(dtype=object)[land["block"]]
    codes, number = np.unique(park.astype(str), return_inverse=True)
    geometry = np.asarray(ledger.parts.geometry.to_numpy(), dtype=object)[land.index]
    key = land["parcel"].to_numpy() * max(1, len(codes)) + number
    polygons, key, area = _plots(geometry, land.assign(parcel=key))
    parcel, number = np.divmod(key, max(1, len(codes)))
    return gpd.GeoDataFrame(
        {
            s.PARK: codes[number].astype(object) if len(codes) else np.empty(0, dtype=object),
            s.DISTRICT: ledger.parcels[s.DISTRICT].to_numpy()[parcel],
            s.CODE: ledger.parcels[s.CODE].to_numpy()[parcel],
            s.AREA_M2: area,
            "position": np.full(len(parcel), "inside", dtype=object),
        },
        geometry=polygons,
        crs=ledger.parcels.crs,
        index=pd.Index(ledger.parcels[s.PARCEL].to_numpy()[parcel], name=s.PARCEL),
    )


def _plots(geometry: NDArray[np.object_], land: pd.DataFrame) -> tuple[NDArray[np.object_], NDArray[Any], NDArray[Any]]:
    """Gather the outside parts of each parcel; most have one."""
    parcel, group = np.unique(land["parcel"].to_numpy(), return_inverse=True)
    area = np.bincount(group, land["m2"], len(parcel))
    polygons = np.empty(len(parcel), dtype=object)
    polygons[group] = geometry
    for k in np.flatnonzero(np.bincount(group, minlength=len(parcel)) > 1):
        polygons[k] = shapely.union_all(geometry[group == k])
    real = area >= LEAST_M2
    return polygons[real], parcel[real], area[real]


def _distance(polygons: NDArray[np.object_], faces: NDArray[np.object_]) -> Floats:
    """Distance of each polygon to the nearest park."""
    out = np.full(len(polygons), np.inf)
    if len(polygons) and len(faces):
        # a plot outside every park is as far from a park as from its outline; single edges are near or far at once
        (i, _), distance = shapely.STRtree(edges(faces)).query_nearest(
            polygons, return_distance=True, all_matches=False
        )
        out[i] = distance
    return out
