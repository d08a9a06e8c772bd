"""Proof that no land was lost, doubled or put on the wrong side.

GEOS can return a grossly wrong area for two valid polygons while inside + outside = total holds to the last digit. So
every piece carries a witness, a point that must lie where the piece claims to be, and the land of every parcel that an
edge of a park passes is measured a second time, park by park, by an engine that builds nothing
(`landuse.analysis.overlay.common_area`), whether the cut found any there or not. The witness of the outside matters
where no edge passes: a pair that was never tested passes every pairwise check, and shows there only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse import schema as s
from landuse.analysis.overlay.common_area import common_area
from landuse.analysis.overlay.cut import edges
from landuse.analysis.share.build import GRID_M
from landuse.errors import AccountingError
from landuse.geo.crs import system, unit_factor
from landuse.results.concentration import Proof
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Geometries, Positions
    from landuse.results.ledger import Ledger

#: Pieces below this are too thin to hold a witness [m²]; they stay in every sum.
WITNESSED_M2 = 1e-6


def prove(ledger: Ledger) -> Proof:
    """Check every cut of a ledger by witnesses and by a second engine.

    Parameters
    ----------
    ledger : Ledger
        Whose constructor has checked that parts sum to parcels.

    Returns
    -------
    Proof
        When everything held.

    Raises
    ------
    AccountingError
        Naming the first parcel whose witness or second area does not hold.

    Notes
    -----
    |A - A₂| ≤ grid × perimeter: moving every vertex by half a grid cell moves the area by at most that.
    """
    parts = ledger.parts
    parcel, face = parts["parcel"].to_numpy(), parts[s.FACE].to_numpy()
    geometry = np.asarray(parts.geometry.to_numpy(), dtype=object)
    cut = np.bincount(parcel, minlength=len(ledger.parcels))[parcel] > 1
    fit = parts[s.PLANAR].to_numpy() > WITNESSED_M2
    inside = _inside_witnesses(ledger, geometry, parcel, face, cut & fit & (face != NOWHERE))
    outside = _outside_witnesses(ledger, geometry, parcel, fit & (face == NOWHERE))
    pairs, worst = _second_engine(ledger, parcel, face)
    return Proof(inside, outside, pairs, worst)


def _fail(ledger: Ledger, position: int, what: str) -> AccountingError:
    return AccountingError(f"parcel {ledger.parcels[s.PARCEL].iloc[position]}: {what}")


def _inside_witnesses(ledger: Ledger, geometry: Geometries, parcel: Positions, face: Positions, which: Bools) -> int:
    """Each inside piece's representative point lies in its parcel and in its face."""
    k = np.flatnonzero(which)
    point = shapely.point_on_surface(geometry[k])
    whole = np.asarray(ledger.parcels.geometry.to_numpy(), dtype=object)[parcel[k]]
    faces = np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)
    shapely.prepare(faces)
    held = shapely.intersects(whole, point) & shapely.intersects(faces[face[k]], point)
    shapely.destroy_prepared(faces)
    astray = np.flatnonzero(~held)  # a sliver's point may miss by rounding; by more than the grid it may not
    near = GRID_M / unit_factor(system(ledger.parcels))
    held[astray] = (shapely.distance(whole[astray], point[astray]) <= near) & (
        shapely.distance(faces[face[k[astray]]], point[astray]) <= near
    )
    if not held.all():
        raise _fail(ledger, parcel[k[~held][0]], "a piece inside a park has its witness elsewhere")
    return len(k)


def _outside_witnesses(ledger: Ledger, geometry: Geometries, parcel: Positions, which: Bools) -> int:
    """Every part of every outside piece has its representative point in no face."""
    pieces, owner = shapely.get_parts(geometry[which], return_index=True)
    metre = 1 / unit_factor(system(ledger.parcels))
    fit = shapely.area(pieces) > WITNESSED_M2 * metre**2
    points = shapely.point_on_surface(pieces[fit])
    faces = np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)
    face, inside = shapely.STRtree(points).query(faces, predicate="contains_properly")
    deep = shapely.distance(shapely.boundary(faces[face]), points[inside]) > GRID_M * metre
    inside = inside[deep]
    if len(inside):
        raise _fail(ledger, parcel[which][owner[fit][inside[0]]], "a piece outside the parks has its witness in one")
    return len(points)


def _second_engine(ledger: Ledger, parcel: Positions, face: Positions) -> tuple[int, float]:
    """Measure every (parcel, face) pair that a boundary passes anew; return their number and the worst disagreement."""
    unit = unit_factor(system(ledger.parcels))
    polygons, faces = (np.asarray(x.geometry.to_numpy(), dtype=object) for x in (ledger.parcels, ledger.faces))
    row, of = _passed(polygons, faces)
    if not len(row):
        return 0, 0.0
    n = len(faces) + 1  # land in no face comes last
    key, pair = np.unique(np.concatenate([row * n + of, parcel * n + face % n]), return_inverse=True)
    planar = ledger.parts[s.PLANAR].to_numpy()
    first = np.bincount(pair[len(row) :], planar, len(key))[pair[: len(row)]]
    second = common_area(polygons[row], faces[of]) * unit**2
    ratio = np.abs(first - second) / (GRID_M * shapely.length(polygons)[row] * unit)
    k = int(np.argmax(ratio))
    if ratio[k] > 1:
        what = f"two engines disagree on its part in a park: {first[k]:.9g} and {second[k]:.9g} m²"
        raise _fail(ledger, int(row[k]), what)
    return len(row), float(ratio[k])


def _passed(polygons: Geometries, faces: Geometries) -> tuple[Positions, Positions]:
    """Return every pair (polygon, face) where the box of an edge of the face meets that of the polygon.

    Elsewhere no edge passes the polygon: it lies wholly in the face, or wholly outside it.
    """
    count = shapely.get_num_coordinates(faces) - shapely.get_num_interior_rings(faces) - 1  # each is one polygon
    edge, row = shapely.STRtree(polygons).query(edges(faces))
    pair = np.unique(row * len(faces) + np.repeat(np.arange(len(faces)), count)[edge])
    return np.divmod(pair, len(faces))
