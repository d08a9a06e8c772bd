"""Proof that no land was lost, doubled or put on the wrong side.

GEOS can return a grossly wrong area for two valid polygons while inside + outside = total holds to the last digit. So
every piece carries a witness, a point that must lie where the piece claims to be, and the pieces of straddling parcels
are measured a second time by an engine that is not GEOS (Clipper, on an integer grid). The witness of the outside
matters most: a pair that was never tested passes every pairwise check, and shows there only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyclipper
import shapely

from landuse import schema as s
from landuse.analysis.bookkeeping import GRID_M
from landuse.analysis.overlap import windows
from landuse.crs import system, unit_factor
from landuse.errors import AccountingError
from landuse.ledger import NOWHERE
from landuse.results import Proof

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.ledger import Ledger

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]
    Positions = NDArray[np.int64]

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
    pairs, worst = _second_engine(ledger, np.flatnonzero(cut & (face != NOWHERE)))
    return Proof(inside, outside, pairs, worst)


def _fail(ledger: Ledger, position: int, what: str) -> AccountingError:
    return AccountingError(f"parcel {ledger.parcels[s.PARCEL].iloc[position]}: {what}")


def _inside_witnesses(
    ledger: Ledger, geometry: Geometries, parcel: Positions, face: Positions, which: NDArray[np.bool_]
) -> int:
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


def _outside_witnesses(ledger: Ledger, geometry: Geometries, parcel: Positions, which: NDArray[np.bool_]) -> int:
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


def _second_engine(ledger: Ledger, part: Positions) -> tuple[int, float]:
    """Measure each straddling (parcel, face) pair anew and return their number and the worst disagreement."""
    unit = unit_factor(system(ledger.parcels))
    grid = GRID_M / unit
    first = ledger.parts.iloc[part].groupby(["parcel", s.FACE])[s.PLANAR].sum().reset_index()
    if first.empty:
        return 0, 0.0
    parcels, row = np.unique(first["parcel"].to_numpy(), return_inverse=True)
    polygons = np.asarray(ledger.parcels.geometry.to_numpy(), dtype=object)[parcels]
    second = _clipper_areas(polygons, row, ledger, first[s.FACE].to_numpy(), grid) * unit**2
    bound = GRID_M * shapely.length(polygons)[row] * unit
    ratio = np.abs(first[s.PLANAR].to_numpy() - second) / bound
    k = int(np.argmax(ratio))
    if ratio[k] > 1:
        what = f"two engines disagree on its part in a park: {first[s.PLANAR].iloc[k]!r} and {second[k]!r} m²"
        raise _fail(ledger, int(parcels[row[k]]), what)
    return len(first), float(ratio[k])


def _clipper_areas(polygons: Geometries, row: Positions, ledger: Ledger, face: Positions, grid: float) -> Floats:
    """Areas of polygon ∩ face by Clipper: windows by numpy, coordinates moved by whole cells (exact for integers)."""
    boxes, window = windows(shapely.bounds(polygons))
    faces = np.asarray(ledger.faces.geometry.to_numpy(), dtype=object)
    rings = {f: _rings(faces[f]) for f in np.unique(face).tolist()}
    origin = np.rint(boxes[:, :2] / grid).astype(np.int64)
    subject = [[_cells(xy, grid, origin[window[k]]) for xy in _rings(p)] for k, p in enumerate(polygons)]
    clips: dict[tuple[int, int], list[Any]] = {}
    out = np.zeros(len(row))
    for j, (k, f) in enumerate(zip(row.tolist(), face.tolist(), strict=True)):
        w = int(window[k])
        if (w, f) not in clips:
            cut = (_clip_to_box(xy, boxes[w]) for xy in rings[f])
            clips[w, f] = [_cells(xy, grid, origin[w]) for xy in cut if len(xy) > 3]
        out[j] = _common_area(subject[k], clips[w, f])
    return out * grid**2


def _common_area(subject: list[Any], clip: list[Any]) -> float:
    """Area of subject ∩ clip in grid cells; rings that collapse on the grid hold no area."""
    subject, clip = ([ring for ring in rings if pyclipper.Area(ring)] for rings in (subject, clip))
    if not subject or not clip:
        return 0.0
    engine = pyclipper.Pyclipper()
    engine.AddPaths(subject, pyclipper.PT_SUBJECT, True)
    engine.AddPaths(clip, pyclipper.PT_CLIP, True)
    rings = engine.Execute(pyclipper.CT_INTERSECTION, pyclipper.PFT_EVENODD, pyclipper.PFT_EVENODD)
    return float(sum(map(pyclipper.Area, rings)))


def _rings(polygon: Any) -> list[Floats]:
    return [shapely.get_coordinates(r) for r in shapely.get_rings(shapely.get_parts(polygon))]


def _cells(xy: Floats, grid: float, origin: Positions) -> list[list[int]]:
    cells: list[list[int]] = (np.rint(xy / grid).astype(np.int64) - origin).tolist()
    return cells


def _clip_to_box(xy: Floats, box: Floats) -> Floats:
    """Cut a closed ring to a box, half-plane by half-plane; doubled edges on the rim enclose nothing."""
    for axis, bound, sign in ((0, box[0], 1), (1, box[1], 1), (0, box[2], -1), (1, box[3], -1)):
        kept = sign * (xy[:, axis] - bound) >= 0
        if kept.all():
            continue
        at = np.flatnonzero(kept[:-1] != kept[1:])
        a, b = xy[at], xy[at + 1]
        crossing = a + (b - a) * ((bound - a[:, axis]) / (b[:, axis] - a[:, axis]))[:, None]
        crossing[:, axis] = bound
        xy = np.insert(xy, at + 1, crossing, axis=0)[np.insert(kept, at + 1, True)]
        if not len(xy):
            break
        xy = np.vstack([xy, xy[:1]])
    return xy
