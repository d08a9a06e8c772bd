"""The blocks that take plots: their spare land, district, centre, and how much disturbance they bear."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.spare import spare_land
from landuse.capacity import WORST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.capacity import PlanInputs
    from landuse.layers import Districts
    from landuse.ledger import Ledger


def sites_of(ledger: Ledger, inputs: PlanInputs, housing_m: float, metre: float = 1.0) -> gpd.GeoDataFrame:
    """Return the blocks that take plots, as a frame.

    Parameters
    ----------
    ledger : Ledger
        Its parks and faces.
    inputs : PlanInputs
        Blank spare land is measured (see `landuse.analysis.spare`); a block all of whose land belongs to another park
        has none, whatever the table says.
    housing_m : float
        A block with housing this near takes no industry of the worst class, unless it states a limit itself; 0: not
        looked at.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    GeoDataFrame
        place, park_id, park_name, block_id, the columns of `Blocks`, stated (whether the spare land is), x, y (a point
        of the block), geometry.
    """
    blocks = inputs.blocks
    place = blocks["place"].to_numpy(dtype=np.int64)
    parks = ledger.parks.iloc[place].reset_index(drop=True)
    table = gpd.GeoDataFrame(
        pd.concat([parks[[s.PARK, s.PARK_NAME, s.BLOCK]], blocks], axis=1), geometry=parks.geometry, crs=parks.crs
    )
    table["stated"] = table["spare_m2"].notna()
    blank = np.flatnonzero(~table["stated"])
    spare = table["spare_m2"].to_numpy(dtype=float).copy()
    spare[blank] = spare_land(ledger, inputs.land, inputs.protected, place[blank])
    # a block whose land is all another park's has nothing to give
    spare[~np.isin(place, ledger.faces["owner"].to_numpy())] = 0.0
    table["spare_m2"] = spare
    outlines = np.asarray(table.geometry.to_numpy(), dtype=object)
    points = shapely.point_on_surface(outlines)
    table["x"], table["y"] = shapely.get_x(points), shapely.get_y(points)
    found = _districts_at(points, place, ledger, inputs.districts)
    table[s.DISTRICT] = np.where(table[s.DISTRICT] == "", found, table[s.DISTRICT])
    housing = inputs.housing
    if housing is not None and housing_m > 0 and len(table):
        homes = np.asarray(housing.geometry.to_numpy()[housing["group"] == "housing"], dtype=object)
        beside, _home = shapely.STRtree(homes).query(outlines, predicate="dwithin", distance=housing_m * metre)
        kept = np.isin(np.arange(len(table)), beside) & ~table["pollution_stated"].to_numpy(dtype=bool)
        table["pollution"] = np.where(kept, WORST - 1, table["pollution"])
    return table


def _districts_at(
    points: NDArray[np.object_], place: NDArray[np.int64], ledger: Ledger, districts: Districts | None
) -> NDArray[np.object_]:
    """Return the district of each block: the one that holds its point, else the one of most of its industry."""
    out = np.full(len(points), "", dtype=object)
    if districts is not None:
        outlines = np.asarray(districts.geometry.to_numpy(), dtype=object)
        d, k = shapely.STRtree(points).query(outlines, predicate="intersects")
        out[k[::-1]] = districts[s.DISTRICT].to_numpy()[d[::-1]]
        return out
    owner = np.append(ledger.faces["owner"].to_numpy(), -1)[ledger.parts[s.FACE]]
    land = pd.DataFrame(
        {
            "block": owner,
            "code": ledger.parcels[s.DISTRICT].to_numpy()[ledger.parts["parcel"]],
            "m2": ledger.parts[s.PLANAR].to_numpy(),
        }
    )
    most = land.groupby(["block", "code"])["m2"].sum().reset_index().sort_values(["m2", "code"], kind="stable")
    by_block = most.drop_duplicates("block", keep="last").set_index("block")["code"]
    return by_block.reindex(place).fillna("").to_numpy(dtype=object)
