"""From layers to a ledger: land measured, counted once, and cut by the parks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.arrangement import arrange
from landuse.analysis.overlay.cut import count_once, cut
from landuse.errors import AccountingError
from landuse.geo.area import ellipsoidal_area, gaussian_radius2, planar_area
from landuse.geo.crs import system, unit_factor
from landuse.inputs.precedence import in_order
from landuse.reference.classification import USES
from landuse.results.ledger import NOWHERE, Ledger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Floats, Ints
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.parks import Parks

#: Two ways to cut may differ by this along a boundary [m]; the grid of the second engine.
GRID_M = 1e-4


@dataclass(frozen=True)
class Land:
    """Parcels measured, and split into land that is counted once; what every boundary kind cuts.

    Attributes
    ----------
    parcels : Parcels
        Sorted by id, with planar_m2, ellipsoidal_m2, registered_m2 and unstated.
    radius2 : array of float, shape (parcels,)
        R² of each parcel, shared by its parts.
    source : array of int, shape (pieces,)
        Parcel of each piece.
    counted : array of bool, shape (pieces,)
        False for land that an earlier parcel holds.
    pieces : array of polygons, shape (pieces,)
        The pieces of a parcel make it up; most parcels are one piece.
    """

    parcels: Parcels
    radius2: Floats
    source: Ints
    counted: Bools
    pieces: NDArray[np.object_]


def build_ledger(parcels: Parcels, parks: Parks, *, workers: int = 2) -> Ledger:
    """Cut every parcel by the park boundaries, and account for every square metre once.

    Parameters
    ----------
    parcels : Parcels
        Industrial, storage and mining parcels.
    parks : Parks
        In the same projected system, sorted by rank and id.
    workers : int
        Threads for the cuts.

    Returns
    -------
    Ledger
        Its constructor has checked that parts sum to parcels.
    """
    return cut_land(count_land(parcels, workers=workers), parks, workers=workers)


def count_land(parcels: Parcels, *, workers: int = 2) -> Land:
    """Measure every parcel and find the land that two of them claim.

    Disputed land is counted for the industrial parcel, then for the storage parcel, and among equals for the smallest
    id (`landuse.inputs.precedence.in_order`); the other's part stays, uncounted. So the share of core industrial land
    depends on industrial parcels alone.
    """
    crs = system(parcels)
    parcels = parcels.sort_values(s.PARCEL, key=in_order, kind="stable", ignore_index=True)
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    radius2 = gaussian_radius2(polygons, crs)
    parcels[s.PLANAR] = planar_area(polygons, crs)
    parcels[s.ELLIPSOIDAL] = ellipsoidal_area(polygons, crs, radius2)
    parcels["unstated"] = parcels[s.REGISTERED].isna()
    # a parcel without a stated area is measured
    parcels[s.REGISTERED] = parcels[s.REGISTERED].fillna(parcels[s.ELLIPSOIDAL])
    precedence = np.argsort(parcels[s.USE].map(USES.index).to_numpy(), kind="stable")
    source, counted, pieces = count_once(polygons[precedence], workers=workers)
    return Land(parcels, radius2, precedence[source], counted, pieces)


def cut_land(land: Land, parks: Parks, *, workers: int = 2) -> Ledger:
    """Cut land by parks; registered area is apportioned over the whole parcel by ellipsoidal ratio."""
    crs = system(land.parcels)
    whole = {c: land.parcels[c].to_numpy(dtype=float) for c in (s.PLANAR, s.ELLIPSOIDAL, s.REGISTERED)}
    arrangement = arrange(np.asarray(parks.geometry.to_numpy(), dtype=object))
    done = cut(land.pieces, arrangement, workers=workers)
    parcel = land.source[done.source]
    untouched = done.whole & (np.bincount(land.source, minlength=len(land.parcels)) == 1)[parcel]
    part = {column: m2[parcel] for column, m2 in whole.items()}
    some = np.flatnonzero(~untouched)
    cut_up, of = done.geometry[some], parcel[some]
    measured = {s.PLANAR: planar_area(cut_up, crs), s.ELLIPSOIDAL: ellipsoidal_area(cut_up, crs, land.radius2[of])}
    slack = np.asarray(GRID_M * land.parcels.length * unit_factor(crs), dtype=np.float64)
    for column, m2 in measured.items():
        part[column][some] = _settled(m2, of, land.parcels, column, slack)
    all_of_it = whole[s.ELLIPSOIDAL][of]
    part[s.REGISTERED][some] *= np.divide(
        part[s.ELLIPSOIDAL][some], all_of_it, out=np.ones(len(some)), where=all_of_it != 0
    )
    parts = gpd.GeoDataFrame(
        {"parcel": parcel, s.FACE: done.face, s.COUNTED: land.counted[done.source], **part},
        geometry=done.geometry,
        crs=crs,
    )
    centroid_block = np.full(len(land.parcels), NOWHERE, dtype=np.int64)
    centroid_block[parcel[untouched]] = np.append(arrangement.owner, NOWHERE)[done.face[untouched]]
    split = np.unique(parcel[some])
    polygons = np.asarray(land.parcels.geometry.to_numpy(), dtype=object)
    centroid_block[split] = _centroid_block(polygons[split], parks)
    order = ["parcel", s.COUNTED, s.FACE]
    return Ledger(
        parcels=land.parcels,
        parks=parks,
        parts=parts.sort_values(order, ascending=[True, False, True], kind="stable", ignore_index=True),
        faces=gpd.GeoDataFrame(
            {
                "owner": arrangement.owner,
                s.PLANAR: planar_area(arrangement.faces, crs),
                s.ELLIPSOIDAL: ellipsoidal_area(arrangement.faces, crs),
            },
            geometry=arrangement.faces,
            crs=crs,
        ),
        claims=pd.DataFrame(arrangement.claims, columns=["face", "block"]),
        centroid_block=centroid_block,
    )


def _settled(area: Floats, parcel: Ints, parcels: Parcels, column: str, slack: Floats) -> Floats:
    """Put what rounding left over on each parcel's largest part (分割平差); more than rounding is an error.

    Where a boundary runs along an edge within a fraction of a millimetre, intersection and difference leave or double
    slivers. The bound, `slack`, is that of the second engine: 0.1 mm times the parcel's perimeter.
    """
    whole = parcels[column].to_numpy()
    rest = whole - np.bincount(parcel, area, len(whole))
    rest[np.bincount(parcel, minlength=len(whole)) == 0] = 0
    off = np.flatnonzero(np.abs(rest) > slack)
    if len(off):
        first = parcels[s.PARCEL].iloc[off[0]]
        raise AccountingError(f"{column}: the parts of parcel {first} miss {rest[off[0]]!r} m² ({len(off)} parcels)")
    order = np.lexsort((-area, parcel))
    largest = order[np.flatnonzero(np.diff(parcel[order], prepend=-1))]
    out = area.copy()
    out[largest] += rest[parcel[largest]]
    return out


def _centroid_block(polygons: NDArray[np.object_], parks: Parks) -> Ints:
    """Return the block of the first park whose interior holds each centroid, or -1."""
    point = np.asarray(shapely.centroid(polygons), dtype=object)
    astray = ~shapely.intersects(polygons, point)
    point[astray] = shapely.point_on_surface(polygons[astray])
    blocks = np.asarray(parks.geometry.to_numpy(), dtype=object)
    block = np.full(len(polygons), NOWHERE, dtype=np.int64)
    b, i = shapely.STRtree(point).query(blocks, predicate="intersects")
    interior = shapely.contains_properly(blocks[b], point[i])
    order = np.argsort(-b[interior], kind="stable")  # the first block is written last
    block[i[interior][order]] = b[interior][order]
    park = parks[s.PARK].to_numpy()
    for k in np.setdiff1d(i[~interior], i[interior]):  # on a border: perhaps between two blocks of one park
        touched = np.sort(b[i == k])
        for name in dict.fromkeys(park[touched]):
            own = touched[park[touched] == name]
            if block[k] == NOWHERE and shapely.contains_properly(shapely.union_all(blocks[own]), point[k]):
                block[k] = own[0]
    return block
