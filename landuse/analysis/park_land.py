"""The industrial land inside each park and block, plot by plot: what every figure of a park is a group-by on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.ledger import NOWHERE

if TYPE_CHECKING:
    from landuse.ledger import Ledger
    from landuse.results import Definition


def land_inside(ledger: Ledger, definition: Definition) -> pd.DataFrame:
    """Which plots lie inside which block, and how much of each?

    Parameters
    ----------
    ledger : Ledger
        Of the definition's boundary kind.
    definition : Definition
        What is counted, and how.

    Returns
    -------
    pandas.DataFrame
        One row a plot and block: parcel_id, park_id, block_id, district, m2, part (m2 over the plot's whole counted
        land, 0-1). The m2 sum to the concentration's inside_m2.
    """
    land = ledger.counted(definition)
    whole = land.groupby("parcel")["m2"].sum()
    inside = land[land["block"] != NOWHERE].groupby(["parcel", "block"], sort=True)["m2"].sum().reset_index()
    parcel, block = inside["parcel"].to_numpy(), inside["block"].to_numpy()
    total = whole.reindex(parcel).to_numpy()
    m2 = inside["m2"].to_numpy()
    return pd.DataFrame(
        {
            s.PARCEL: ledger.parcels[s.PARCEL].to_numpy(dtype=object)[parcel],
            s.PARK: ledger.parks[s.PARK].to_numpy(dtype=object)[block],
            s.BLOCK: ledger.parks[s.BLOCK].to_numpy(dtype=object)[block],
            s.DISTRICT: ledger.parcels[s.DISTRICT].to_numpy(dtype=object)[parcel],
            "m2": m2,
            "part": np.divide(m2, total, out=np.zeros(len(m2)), where=total > 0),
        }
    )


def duties(land: pd.DataFrame) -> pd.DataFrame:
    """Return who answers for what: park_id, district, plots, m2 of industrial land, from the ledger."""
    return land.groupby([s.PARK, s.DISTRICT]).agg(plots=(s.PARCEL, "nunique"), m2=("m2", "sum")).reset_index()
