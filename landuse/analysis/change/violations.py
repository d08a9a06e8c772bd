"""New industrial land outside the parks: which plots, what they were, and which document allows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.common_area import common_area
from landuse.analysis.overlay.cut import DISPUTE
from landuse.results import change as c
from landuse.units import LEAST_M2

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from landuse.geo.arrays import Geometries
    from landuse.results.change import ChangeLedger

COLUMNS = (
    "start",
    "end",
    "plot",
    s.DISTRICT,
    s.AREA_M2,
    "code_before",
    "code_after",
    "position",
    s.APPROVAL,
    "document",
    "status",
)


def new_plots_outside(
    step: ChangeLedger,
    positions: pd.Series[str],
    approvals: Mapping[str, str],
    exceptions: Mapping[str, str],
    earlier: Callable[[], gpd.GeoDataFrame],
) -> gpd.GeoDataFrame:
    """Which new industrial plots lie outside the parks, and does a document explain them?

    Parameters
    ----------
    step : ChangeLedger
        Between two dates.
    positions : Series
        Of plots outside at the later date, by id: scattered, highly_scattered, small, clustered, adjoining.
    approvals : mapping
        Plot to its approval number, where one is known.
    exceptions : mapping
        Plot to the number of the document that allows it.
    earlier : callable
        Gives the parcels of every class at the earlier date; called only where something is new.

    Returns
    -------
    GeoDataFrame
        One row a plot of `landuse.units.LEAST_M2` or more, with `COLUMNS` and geometry, largest first; an approval
        number alone explains nothing: 原则上 is decided by the list of exceptions.
    """
    parts = step.parts[step.parts["kind"] == c.NEW_OUTSIDE]
    parts = parts[parts.groupby("parcel_after")["m2_after"].transform("sum") >= LEAST_M2]
    group = parts.groupby("parcel_after", sort=True)
    plots = pd.Index(np.unique(parts["parcel_after"].to_numpy()), dtype=object)
    pieces = pd.Series(np.asarray(parts.geometry.to_numpy(), dtype=object), index=parts["parcel_after"])
    geometry: Geometries = np.empty(len(plots), dtype=object)
    geometry[:] = [shapely.union_all(pieces.loc[[plot]].to_numpy()) for plot in plots]
    document = [exceptions.get(plot, "") for plot in plots]
    table = pd.DataFrame(
        {
            "start": step.start,
            "end": step.end,
            "plot": plots,
            s.DISTRICT: group["district_after"].first().to_numpy(),
            s.AREA_M2: group["m2_after"].sum().to_numpy(),
            "code_before": _class_of_most(geometry, earlier()) if len(plots) else [],
            "code_after": group["code_after"].first().to_numpy(),
            "position": positions.reindex(plots).fillna("adjoining").to_numpy(),
            s.APPROVAL: [approvals.get(plot, "") for plot in plots],
            "document": document,
            "status": [c.EXCEPTED if number else c.ALERT for number in document],
        },
        columns=list(COLUMNS),
    )
    found = gpd.GeoDataFrame(table, geometry=geometry, crs=step.parts.crs)
    return found.sort_values(["status", s.AREA_M2, "plot"], ascending=[True, False, True], ignore_index=True)


def _class_of_most(geometry: Geometries, earlier: gpd.GeoDataFrame) -> list[str]:
    """Return the class that held most of each plot; "" where no parcel did."""
    polygons = np.asarray(earlier.geometry.to_numpy(), dtype=object)
    i, j = shapely.STRtree(polygons).query(geometry, predicate="intersects")
    held = pd.DataFrame(
        {
            "plot": i,
            "code": earlier[s.CODE].to_numpy(dtype=object)[j],
            "m2": common_area(geometry[i], polygons[j]),
        }
    )
    summed = held[held["m2"] > DISPUTE].groupby(["plot", "code"])["m2"].sum().reset_index()
    most = summed.sort_values(["plot", "m2", "code"], ascending=[True, False, True]).drop_duplicates("plot")
    return [str(code) for code in most.set_index("plot")["code"].reindex(range(len(geometry))).fillna("")]
