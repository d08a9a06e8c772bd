"""The blocks that take plots: their spare land, district, centre, and how much disturbance they bear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.pieces import pieces, shared
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.geo.crs import system
from landuse.inputs.capacity import WORST

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.geo.arrays import Floats, Ints
    from landuse.inputs.capacity import PlanInputs
    from landuse.inputs.districts import Districts
    from landuse.results.ledger import Ledger


def sites_of(ledger: Ledger, inputs: PlanInputs, housing_m: float, metre: float = 1.0) -> gpd.GeoDataFrame:
    """Return the blocks that take plots, as a frame.

    Parameters
    ----------
    ledger : Ledger
        Its parks and faces.
    inputs : PlanInputs
        Blank spare land is measured (see `landuse.analysis.relocation.blocks`); a block all of whose land belongs to
        another park has none, whatever the table says.
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
    points: NDArray[np.object_], place: Ints, ledger: Ledger, districts: Districts | None
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


#: Of two pieces' area: what they may share before they count as overlapping.
SHARED = 1e-9


def spare_land(
    ledger: Ledger, land: gpd.GeoDataFrame | None, protected: gpd.GeoDataFrame | None, places: Ints
) -> Floats:
    """Measure the land of blocks that is neither built on, nor under water, nor protected [ellipsoidal m²].

    Parameters
    ----------
    ledger : Ledger
        Its faces say which land a block owns; land that two parks claim is its owner's.
    land : GeoDataFrame or None
        Parcels of the classes that a park may build on. Land that several of them claim counts once; land under no
        parcel is not spare: nobody knows what it is.
    protected : GeoDataFrame or None
        Polygons to be left out: basic farmland, ecological red lines.
    places : array of int, shape (n,)
        Positions of blocks in the ledger's parks.

    Returns
    -------
    array, shape (n,)
        Square metres.
    """
    out = np.zeros(len(places))
    if land is None or not len(places):
        return out
    crs, owner = system(ledger.parks), ledger.faces["owner"].to_numpy()
    faces = np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)
    free = np.asarray(land.geometry.to_numpy(), dtype=object)
    tree = shapely.STRtree(free)
    kept_out = None if protected is None else shapely.union_all(np.asarray(protected.geometry.to_numpy(), dtype=object))
    for k, place in enumerate(places):
        own = faces[owner == place]
        f, p = tree.query(own, predicate="intersects")
        usable = shared(own[f], free[p])
        if kept_out is not None:
            _, usable = pieces(usable, np.arange(len(f)), np.full(len(f), kept_out, dtype=object))
        out[k] = _once(usable, gaussian_radius2(free[p], crs), crs)
    return out


def _once(pieces: NDArray[np.object_], radius2: Any, crs: Any) -> float:
    """Area of pieces, what they share counted once."""
    pieces = np.array([shapely.MultiPolygon(_polygons(g)) for g in pieces], dtype=object)
    planar = float(shapely.area(pieces).sum())
    if not planar > 0:
        return 0.0
    whole = shapely.union_all(pieces)
    if planar - shapely.area(whole) > SHARED * planar:
        parts = np.array(_polygons(whole), dtype=object)
        return float(ellipsoidal_area(parts, crs, gaussian_radius2(parts, crs)).sum())
    return float(ellipsoidal_area(pieces, crs, radius2).sum())


def _polygons(geometry: Any) -> list[Any]:
    """Return the polygons of a geometry: a cut may leave lines and points too."""
    return [g for g in shapely.get_parts(geometry, return_index=False) if shapely.get_type_id(g) == 3]
