"""How much land a park can still build on, where no figure is stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.analysis.pieces import pieces, shared
from landuse.area import ellipsoidal_area, gaussian_radius2
from landuse.crs import system

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from landuse.ledger import Ledger

#: Of two pieces' area: what they may share before they count as overlapping.
SHARED = 1e-9


def spare_land(
    ledger: Ledger, land: gpd.GeoDataFrame | None, protected: gpd.GeoDataFrame | None, places: NDArray[np.int64]
) -> NDArray[np.float64]:
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
