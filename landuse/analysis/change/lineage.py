"""Which parcel of the later layer came from which of the earlier?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.arrangement import arrange
from landuse.analysis.overlay.cut import cut
from landuse.analysis.overlay.laid import NONE, wide
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.quality import Issue
from landuse.results import change as c

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from landuse.analysis.overlay.laid import Overlay
    from landuse.geo.arrays import Geometries, Positions
    from landuse.inputs.parcels import Parcels
    from landuse.results.change import ChangeLedger


def lineage(
    before: Parcels, after: Parcels, parcel: tuple[Positions, Positions], laid: Overlay, width: float
) -> pd.DataFrame:
    """Which parcels share land that is wider than a line drawn twice, and how do they descend?

    Parameters
    ----------
    before, after : Parcels
        With planar areas.
    parcel : tuple of array of int
        For each piece of the overlay, the parcel before and after, or -1.
    laid : Overlay
        Of their land.
    width : float
        In units of the plane.

    Returns
    -------
    pandas.DataFrame
        before, after (parcel ids), m2 (common land, planar, of the plane's unit), kind. Split: one parcel became
        several; merged: several became one; regrouped: both; redrawn: one became one, with another outline;
        renumbered: the same land has another id. Parcels that stayed as they were have no row.
    """
    ids = [frame[s.PARCEL].to_numpy() for frame in (before, after)]
    shared = (parcel[0] != NONE) & (parcel[1] != NONE)
    shared[shared] = laid.same[shared] | wide(laid.geometry[shared], width)
    links = pd.DataFrame(
        {
            "before": ids[0][parcel[0][shared]],
            "after": ids[1][parcel[1][shared]],
            "m2": shapely.area(laid.geometry[shared]),
            "same": laid.same[shared],
        }
    )
    links = links.groupby(["before", "after"], as_index=False, sort=True).agg({"m2": "sum", "same": "all"})
    children = links.groupby("before")["after"].transform("size")
    parents = links.groupby("after")["before"].transform("size")
    alone = (children == 1) & (parents == 1)
    links["kind"] = np.select(
        [
            alone & links["same"] & (links["before"] != links["after"]),
            alone & ~links["same"],
            (children > 1) & (parents > 1),
            children > 1,
            parents > 1,
        ],
        ["renumbered", "redrawn", "regrouped", "split", "merged"],
        "",
    )
    links = links[links["kind"] != ""]
    return links[["before", "after", "m2", "kind"]].reset_index(drop=True)


#: Records and layers may differ by this much land before it is worth a line [m²].
NOTICED_M2 = 1.0


def records_of(
    geometry: Geometries, updates: gpd.GeoDataFrame, *, workers: int = 2
) -> tuple[Geometries, Positions, Positions]:
    """Cut pieces of land by the records that cover them.

    Parameters
    ----------
    geometry : array of polygons, shape (n,)
        Land that changed.
    updates : GeoDataFrame
        From `landuse.inputs.history.as_updates`; where two overlap, the first counts.
    workers : int
        Threads.

    Returns
    -------
    geometry : array of polygons, shape (m,)
        Pieces of the pieces.
    source : array of int, shape (m,)
        Which piece each is of.
    record : array of int, shape (m,)
        Position of its record, or -1.
    """
    faces = arrange(np.asarray(updates.geometry.to_numpy(), dtype=object))
    done = cut(geometry, faces, workers=workers)
    return done.geometry, done.source, np.append(faces.owner, -1)[done.face]


def update_issues(step: ChangeLedger, updates: gpd.GeoDataFrame, industrial: Collection[str]) -> list[Issue]:
    """Report where the survey's record and its layers disagree.

    Parameters
    ----------
    step : ChangeLedger
        Made with the record.
    updates : GeoDataFrame
        The record.
    industrial : collection of str
        Codes that the definition counts.

    Returns
    -------
    list of Issue
        Land that changed without a record, and recorded changes that the layers do not show, in m² of the definition
        and of the plane.
    """
    parts = step.changed
    loose = parts[~parts["recorded"] & parts["kind"].isin(c.KINDS[:5])]
    area = float(np.maximum(loose["m2_before"], loose["m2_after"]).sum())
    before, after = (updates[f"code_{when}"].isin(industrial).to_numpy() for when in ("before", "after"))
    changes = (before != after) | (updates["moved"].to_numpy(dtype=bool) & (before | after))
    said = shapely.union_all(np.asarray(updates.geometry.to_numpy(), dtype=object)[changes])
    shown = shapely.union_all(np.asarray(parts.geometry.to_numpy(), dtype=object)[parts["recorded"].to_numpy()])
    unseen = shapely.area(shapely.difference(said, shown)) * unit_factor(system(updates)) ** 2
    dates = {"start": step.start, "end": step.end}
    found = [
        Issue(
            "changes_unrecorded",
            len(loose),
            _("{start} to {end}: counted as changed though the record of changes does not have it", **dates),
            area,
            rows=tuple(
                dict.fromkeys(np.where(loose["parcel_after"] == "", loose["parcel_before"], loose["parcel_after"]))
            ),
        ),
        Issue(
            "records_unseen",
            int(unseen > NOTICED_M2),
            _("{start} to {end}: recorded as changed though the layers of the two dates do not show it", **dates),
            float(unseen),
        ),
    ]
    return [f for f in found if f.count and (f.area_m2 or 0) > NOTICED_M2]
