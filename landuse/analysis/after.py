"""The ledger as it would be after a plan, so that the share after is computed as the share before was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.layers import Parcels
from landuse.ledger import NOWHERE, Ledger

if TYPE_CHECKING:
    from collections.abc import Collection

AREAS = (s.PLANAR, s.ELLIPSOIDAL, s.REGISTERED)
#: What is put after the id of a plot for the land it takes in its block.
ARRIVED = "→"


def ledger_after(ledger: Ledger, gone: Collection[str], moved: pd.DataFrame, compaction: float) -> Ledger:
    """Return the ledger without the plots that leave, and with the land that those which move take in their blocks.

    Parameters
    ----------
    ledger : Ledger
        As it is.
    gone : collection of str
        Parcels that lie wholly outside the parks and leave: moved or cleared. Land of theirs that another parcel
        claims must not be among it.
    moved : DataFrame
        Index: those of them that move. place (position of the block in the ledger's parks), district (of the block).
    compaction : float
        Park land used per unit of land moved, of every area basis.

    Returns
    -------
    Ledger
        An arrival is a parcel of its own, drawn as a square at a point of its block: nobody knows where in the block
        it will lie. Its parts sum to it, as the ledger checks.
    """
    parcels, parts = ledger.parcels, ledger.parts
    leaves = parcels[s.PARCEL].isin(set(gone)).to_numpy()
    stay = np.flatnonzero(~leaves)
    source = parcels.set_index(s.PARCEL).loc[moved.index]
    place = moved["place"].to_numpy(dtype=np.int64)
    outlines = np.asarray(ledger.parks.geometry.to_numpy(), dtype=object)
    x, y = shapely.get_coordinates(shapely.point_on_surface(outlines[place])).T if len(place) else np.empty((2, 0))
    half = np.sqrt(source[s.PLANAR].to_numpy(dtype=float) * compaction) / 2
    squares = shapely.box(x - half, y - half, x + half, y + half)
    arrivals: gpd.GeoDataFrame = gpd.GeoDataFrame(source.reset_index())
    arrivals[s.PARCEL] = [f"{ARRIVED}{plot}" for plot in moved.index]
    arrivals[s.DISTRICT] = moved[s.DISTRICT].to_numpy()
    for column in AREAS:
        arrivals[column] = source[column].to_numpy(dtype=float) * compaction
    arrivals = gpd.GeoDataFrame(arrivals, geometry=squares, crs=parcels.crs)[list(parcels.columns)]
    both: pd.DataFrame = pd.concat([parcels.iloc[stay], arrivals]) if len(arrivals) else parcels.iloc[stay]
    owner = ledger.faces["owner"].to_numpy()
    first_face = {int(block): int(np.flatnonzero(owner == block)[0]) for block in np.unique(place)}
    new_number = np.full(len(parcels), NOWHERE, dtype=np.int64)
    new_number[stay] = np.arange(len(stay))
    kept = parts[~leaves[parts["parcel"].to_numpy()]]
    kept = kept.assign(parcel=new_number[kept["parcel"].to_numpy()])
    taken = gpd.GeoDataFrame(
        {
            "parcel": len(stay) + np.arange(len(place)),
            s.FACE: [first_face[int(block)] for block in place],
            s.COUNTED: np.ones(len(place), dtype=bool),
            **{column: arrivals[column].to_numpy(dtype=float) for column in AREAS},
        },
        geometry=squares,
        crs=parcels.crs,
    )
    every: pd.DataFrame = pd.concat([kept, taken[list(kept.columns)]]) if len(place) else kept
    return Ledger(
        parcels=Parcels(gpd.GeoDataFrame(both.reset_index(drop=True), crs=parcels.crs)),
        parks=ledger.parks,
        parts=gpd.GeoDataFrame(every.reset_index(drop=True), crs=parcels.crs),
        faces=ledger.faces,
        claims=ledger.claims,
        centroid_block=np.r_[ledger.centroid_block[stay], place],
    )
