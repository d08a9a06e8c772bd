"""Which parcel of the later layer came from which of the earlier?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay import NONE
from landuse.analysis.slivers import wide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.analysis.overlay import Overlay
    from landuse.layers import Parcels

    Positions = NDArray[np.int64]


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
