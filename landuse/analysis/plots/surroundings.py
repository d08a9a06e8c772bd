"""Where plots lie: within or beyond the urban development boundary, and how the survey's own mark fits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.arrangement import arrange
from landuse.analysis.overlay.clusters import clusters
from landuse.analysis.overlay.cut import cut
from landuse.units import to_m2

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from landuse.config.rules import ScatterSection
    from landuse.geo.arrays import Bools
    from landuse.results.candidates import Scatter

#: CZCSXM of industry that stands alone: of a city (201A), a town (202A), a village (203A).
ALONE = re.compile("20[123]A", re.IGNORECASE)
#: Gaps [m] and largest clusters [亩] that the list is tried with.
GAPS_M, SIZES_MU = (20.0, 50.0, 100.0), (50.0, 100.0, 200.0)
POSITIONS = ("scattered", "highly_scattered", "small", "clustered", "adjoining", "inside")


def within_development(plots: gpd.GeoDataFrame, development: gpd.GeoDataFrame | None) -> NDArray[np.object_]:
    """Return "urban" for plots that lie for the most part within the boundary, else "beyond"; "" without one."""
    if development is None or plots.empty:
        return np.full(len(plots), "", dtype=object)
    polygons = np.asarray(plots.geometry.to_numpy(), dtype=object)
    outlines = np.asarray(development.geometry.to_numpy(), dtype=object)
    done = cut(polygons, arrange(outlines))
    inside = done.face >= 0
    area = np.bincount(done.source[inside], shapely.area(done.geometry[inside]), len(polygons))
    return np.where(area > shapely.area(polygons) / 2, "urban", "beyond").astype(object)


def neighbours(plots: gpd.GeoDataFrame, land: gpd.GeoDataFrame | None, reach: float) -> NDArray[np.object_]:
    """Return the groups of land within `reach` of each plot, as tuples in alphabetical order.

    Parameters
    ----------
    plots : GeoDataFrame
        In a projected system.
    land : GeoDataFrame or None
        Columns group and geometry; None: nothing is known, and every tuple is empty.
    reach : float
        In the unit of the plane.
    """
    out = np.empty(len(plots), dtype=object)
    out[:] = [()] * len(plots)
    if land is None or plots.empty:
        return out
    polygons, others = (np.asarray(x.geometry.to_numpy(), dtype=object) for x in (plots, land))
    low, high = np.array([-reach, -reach, 0, 0]), np.array([0, 0, reach, reach])
    k, other = shapely.STRtree(others).query(shapely.box(*(shapely.bounds(polygons) + low + high).T))
    near = shapely.dwithin(polygons[k], others[other], reach)
    found: dict[int, set[str]] = {}
    for number, group in zip(k[near].tolist(), land["group"].to_numpy(dtype=object)[other[near]], strict=True):
        found.setdefault(number, set()).add(group)
    for number, groups in found.items():
        out[number] = tuple(sorted(groups))
    return out


def town_marks(position: pd.Series[str], town: pd.Series[str] | None) -> pd.DataFrame | None:
    """Cross-tabulate the survey's mark of industry that stands alone (CZCSXM 20xA) with our position.

    Parameters
    ----------
    position : Series
        Index: parcel id. Of plots outside the parks, and "inside" for parcels without one.
    town : Series or None
        CZCSXM by parcel id; None where the layer has none.

    Returns
    -------
    DataFrame or None
        Counts: rows marked and unmarked, a column a position.
    """
    if town is None:
        return None
    marked = town.reindex(position.index).fillna("").map(lambda x: ALONE.fullmatch(x) is not None)
    table = pd.crosstab(marked.map({True: "marked", False: "unmarked"}), position)
    return table.reindex(index=["marked", "unmarked"], columns=list(POSITIONS), fill_value=0)


def scatter_sensitivity(scatter: Scatter, rule: ScatterSection, listed: Bools, metre: float = 1.0) -> pd.DataFrame:
    """How do the lists change with the gap and with the largest cluster?

    Parameters
    ----------
    scatter : Scatter
        Of the study's own rule.
    rule : ScatterSection
        Its least plot holds for all.
    listed : array of bool, shape (plots,)
        Whether a reason is met by each of `scatter.plots`.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    DataFrame
        gap_m, max_cluster_mu; plots, clusters and area_m2 that are scattered then; candidates among them; own (whether
        these are the study's own thresholds).
    """
    plots, rows = scatter.plots, []
    polygons = np.asarray(plots.geometry.to_numpy(), dtype=object)
    area = plots[s.AREA_M2].to_numpy(dtype=float)
    large = area >= to_m2(rule.min_plot_mu, "mu")
    for gap in sorted({*GAPS_M, rule.gap_m}):
        own = gap == rule.gap_m
        cluster = plots["cluster"].to_numpy() if own or plots.empty else clusters(polygons, gap * metre)
        size = np.bincount(cluster, area)[cluster] if len(plots) else area
        apart = large & (plots["park_distance_m"].to_numpy(dtype=float) > gap)
        for most in sorted({*SIZES_MU, rule.max_cluster_mu}):
            which = apart & (size <= to_m2(most, "mu"))
            rows.append(
                {
                    "gap_m": gap,
                    "max_cluster_mu": most,
                    "plots": int(which.sum()),
                    "clusters": len(np.unique(cluster[which])),
                    s.AREA_M2: float(area[which].sum()),
                    "candidates": int((which & listed).sum()),
                    "own": own and most == rule.max_cluster_mu,
                }
            )
    return pd.DataFrame(rows)


def positions(scatter: Scatter, ids: pd.Index[str]) -> pd.Series[str]:
    """Return the position of every parcel: of its largest plot outside the parks, or "inside" where it has none."""
    return scatter.positions.reindex(ids).fillna("inside")
