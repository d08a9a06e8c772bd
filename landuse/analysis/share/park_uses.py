"""What lies inside each park: land of every class, each square metre once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.overlay.arrangement import Arrangement
from landuse.analysis.overlay.cut import count_once, cut
from landuse.analysis.overlay.tiles import OUTSIDE, Tiles
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.geo.crs import system
from landuse.inputs.precedence import in_order

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.results.ledger import Ledger

#: The row of land inside a park that no parcel covers.
UNCOVERED = ""


def park_uses(ledger: Ledger, parcels: gpd.GeoDataFrame, *, workers: int = 2) -> pd.DataFrame:
    """How much land of each class lies inside each park and block?

    Parameters
    ----------
    ledger : Ledger
        Its faces and their owners.
    parcels : GeoDataFrame
        Of every class, with code, in the ledger's system, indexed by id. Land that two of them claim counts for the one
        with the smaller id.
    workers : int
        Threads for the cuts.

    Returns
    -------
    pandas.DataFrame
        park_id, block_id, code, m2 (ellipsoidal). Land inside that no parcel covers has the code "". The rows of a park
        sum to the land it owns.
    """
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    faces = np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)
    owner = ledger.faces["owner"].to_numpy()
    blocks = pd.DataFrame(ledger.parks[[s.PARK, s.BLOCK]])
    if not len(faces):
        return pd.DataFrame(columns=[s.PARK, s.BLOCK, s.CODE, "m2"])
    near = np.flatnonzero(Tiles(faces).classify(parcels.bounds.to_numpy()) != OUTSIDE)
    near = near[np.argsort(in_order(parcels.index[near]), kind="stable")]
    source, counted, pieces = count_once(polygons[near], workers=workers)
    claims = np.column_stack([np.arange(len(faces)), owner])
    done = cut(pieces[counted], Arrangement(faces, claims), workers=workers)
    inside = np.flatnonzero(done.face != OUTSIDE)
    parcel = near[source[counted][done.source[inside]]]
    crs = system(ledger.parcels)
    area = ellipsoidal_area(done.geometry[inside], crs, gaussian_radius2(polygons[parcel], crs))
    held = pd.DataFrame(
        {
            "block": owner[done.face[inside]],
            s.CODE: parcels[s.CODE].to_numpy(dtype=object)[parcel],
            "m2": area,
        }
    )
    whole = pd.Series(ledger.faces[s.ELLIPSOIDAL].to_numpy()).groupby(owner).sum()
    rest = whole - held.groupby("block")["m2"].sum().reindex(whole.index, fill_value=0.0)
    bare = pd.DataFrame({"block": rest.index, s.CODE: UNCOVERED, "m2": rest.clip(lower=0.0).to_numpy()})
    rows = pd.concat([held, bare[bare["m2"] > 0]])
    rows[s.PARK], rows[s.BLOCK] = (blocks[c].to_numpy(dtype=object)[rows["block"]] for c in (s.PARK, s.BLOCK))
    return rows.groupby([s.PARK, s.BLOCK, s.CODE])["m2"].sum().reset_index()
