"""Are the districts a division of land, is the share one of a city, and is the parcel layer whole inside the parks?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from landuse import schema as s
from landuse.analysis.overlay.common_area import common_area
from landuse.analysis.overlay.cut import disputes
from landuse.analysis.share.park_uses import UNCOVERED
from landuse.geo.crs import system, unit_factor
from landuse.geo.repair import ring_edges
from landuse.i18n import _
from landuse.quality import Issue
from landuse.reference.classification import USES

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from landuse.geo.arrays import Floats, Geometries
    from landuse.inputs.districts import Districts
    from landuse.reference.classification import Classification
    from landuse.results.concentration import Concentration

#: Of the smaller of two districts: common land up to the first is a boundary digitised twice; no map of administrative
#: areas has more than the second.
SLIVER, NO_MAP = 1e-3, 0.05
#: What a share of none or all may be off by rounding.
ROUNDING = 1e-9
#: Of a park's land, in no parcel: told above the first; above the second the layer is not there.
BARE, ALL_BARE = 0.05, 0.99


def district_issues(districts: Districts, file: str) -> list[Issue]:
    """Report districts that have land in common, where each parcel is counted for the first of them, and namesakes.

    Up to a thousandth of the smaller is a boundary digitised twice; above a twentieth it would stop.
    """
    polygons = np.asarray(districts.geometry.to_numpy(), dtype=object)
    i, j = shapely.STRtree(polygons).query(polygons, predicate="intersects")
    i, j = i[i < j], j[i < j]
    common = shapely.area(shapely.intersection(polygons[i], polygons[j]))
    part = common / np.minimum(shapely.area(polygons[i]), shapely.area(polygons[j]))
    out = []
    for stops, which in ((False, (part > SLIVER) & (part <= NO_MAP)), (True, part > NO_MAP)):
        if which.any():
            rows = tuple(districts[s.DISTRICT].to_numpy()[np.unique(np.r_[i[which], j[which]])])
            action = _("districts overlap, up to {part:.1%} of the smaller one", part=float(part[which].max()))
            m2 = float(common[which].sum() * unit_factor(system(districts)) ** 2)
            fix = _("keep one row for each district, and no row of the city") if stops else ""
            out.append(Issue("districts_overlap", len(rows), action, m2, rows=rows, stops=stops, fix=fix, file=file))
    twice = districts[s.NAME].duplicated(keep=False) & (districts[s.NAME] != "")
    if twice.any():
        rows = tuple(districts.loc[twice, s.DISTRICT])
        action = _("several codes have one name: {names}", names="、".join(districts.loc[twice, s.NAME].unique()))
        out.append(Issue("districts_of_one_name", len(rows), action, rows=rows))
    return out


def share_issues(concentration: Concentration, file: str) -> list[Issue]:
    """Report a share of none or all: a layer that is not what it is said to be, likelier than a city."""
    share = concentration.share
    if ROUNDING < share < 1 - ROUNDING:
        return []
    action = _("{share:.0%} of the industrial land lies in the parks: no city is so", share=share)
    fix = _("check the park layer: is it the parks', of this city, whole, and without a frame?")
    return [Issue("share_of_all_or_none", 1, action, concentration.total_m2, stops=True, fix=fix, file=file)]


def bare_issues(uses: pd.DataFrame, classification: Classification, file: str) -> list[Issue]:
    """Report parks of which more than 5 % is no parcel of any class.

    Parameters
    ----------
    uses : pandas.DataFrame
        As `landuse.analysis.share.park_uses.park_uses` returns them.
    classification : Classification
        Of their codes: a layer of industrial land alone, which no park has another class in, is no question.
    file : str
        Of the parcels.

    Returns
    -------
    list of Issue
        parks_bare; it stops for parks of which nearly all is bare.
    """
    if all(classification.use_of(code)[1] in USES for code in set(uses[s.CODE]) - {UNCOVERED}):
        return []
    whole = uses.groupby(s.PARK)["m2"].sum()
    bare = uses[uses[s.CODE] == UNCOVERED].groupby(s.PARK)["m2"].sum().reindex(whole.index, fill_value=0.0)
    part, out = bare / whole, []
    for stops, which in ((False, (part > BARE) & (part <= ALL_BARE)), (True, part > ALL_BARE)):
        if which.any():
            action = _("up to {part:.0%} of a park is in no parcel of any class", part=float(part[which].max()))
            fix = _("check whether the parcel layer is whole there, or the park drawn elsewhere") if stops else ""
            rows = tuple(part.index[which])
            m2 = float(bare[which].sum())
            out.append(Issue("parks_bare", len(rows), action, m2, rows=rows, stops=stops, fix=fix, file=file))
    return out


#: Of the survey's databases [m]: what two parcels are nearer than this to is one place.
TOLERANCE_M = 1e-3
#: Below this nothing is a gap [m²].
LEAST_M2 = 0.01
#: The smallest plot of built land the third survey draws [m²]; below it a polygon is a sliver.
SLIVER_M2 = 200.0


def coverage_issues(parcels: gpd.GeoDataFrame, *, workers: int = 2) -> list[Issue]:
    """Report overlaps, duplicates, gaps and slivers among parcels of all classes.

    Parameters
    ----------
    parcels : GeoDataFrame
        Valid polygons in a projected system, indexed by parcel id.
    workers : int
        Threads.

    Returns
    -------
    list of Issue
        Overlaps: pairs that claim the same land, and the sum of what they claim. Duplicates: pairs that are the same
        land altogether. Gaps: holes in the union of all parcels, neighbours that do not share vertices being no gap,
        nor what is narrower than a millimetre or below 0.01 m². Slivers: parcels below 200 m². Areas are planar.
    """
    square = unit_factor(system(parcels)) ** 2
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    ids = parcels.index.to_numpy()
    area = shapely.area(polygons)
    i, j = disputes(polygons, workers=workers)
    common = common_area(polygons[i], polygons[j])
    same = common > (1 - 1e-9) * np.maximum(area[i], area[j])
    holes = shapely.area(gaps(polygons, TOLERANCE_M / square**0.5)) * square
    holes = holes[holes >= LEAST_M2]
    thin = area * square < SLIVER_M2
    found = [
        Issue(
            "overlaps_all_classes",
            int((~same).sum()),
            _("pairs of parcels of any class that claim the same land"),
            float(common[~same].sum() * square),
            rows=tuple(dict.fromkeys(np.concatenate([ids[i[~same]], ids[j[~same]]]).tolist())),
        ),
        Issue(
            "duplicates_all_classes",
            int(same.sum()),
            _("pairs of parcels of any class that are the same land"),
            float(common[same].sum() * square),
            rows=tuple(ids[j[same]].tolist()),
        ),
        Issue("gaps", len(holes), _("holes in the union of all parcels"), float(holes.sum())),
        Issue(
            "slivers",
            int(thin.sum()),
            _("parcels below 200 m²: kept in every sum"),
            float(area[thin].sum() * square),
            rows=tuple(ids[thin].tolist()),
        ),
    ]
    return [f for f in found if f.count]


def gaps(polygons: Geometries, tolerance: float) -> Geometries:
    """Find the holes in the union of polygons.

    Edges that two neighbours draw alike, one in each direction, have land on both sides and drop out. What is left, the
    borders of the layer and of its gaps and the edges of neighbours that share a line and not its vertices, is noded on
    a grid of the tolerance, so that a vertex on a neighbour's edge lies on it. Each face of these lines is then land,
    or a gap: one point tells. No union is built: the library's union of coverages gives up on neighbours that do not
    share vertices, and the plain one takes hair's breadths between them for gaps, or for ways out of one.

    Parameters
    ----------
    polygons : array of valid polygons, shape (n,)
        They may overlap.
    tolerance : float
        Of the survey [units of the plane]. What is narrower in the mean (twice its area over its perimeter) is a
        rounded vertex on a neighbour's edge, no gap.

    Returns
    -------
    array of polygons, shape (g,)
        With the polygons' own vertices.

    Examples
    --------
    A square stands on two that share its edge and not its vertices; four squares stand around one that is missing:

    >>> on = np.array([shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1), shapely.box(0.5, 1, 1.5, 2)])
    >>> len(gaps(on, 1e-3))
    0
    >>> around = [shapely.box(0, 0, 2, 1), shapely.box(2, 0, 3, 2), shapely.box(1, 2, 3, 3), shapely.box(0, 1, 1, 3)]
    >>> shapely.area(gaps(np.array(around), 1e-3)).tolist()
    [1.0]
    """
    start, end = _unmatched(polygons)
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    noded = shapely.union_all(lines, grid_size=tolerance)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    land = shapely.STRtree(polygons).query(shapely.point_on_surface(faces), predicate="intersects")[0]
    found = np.delete(faces, land)
    if not len(found):
        return found
    corners = cKDTree(start)

    def as_drawn(xy: Floats) -> Floats:
        away, nearest = corners.query(xy, distance_upper_bound=tolerance)
        near = np.isfinite(away)
        return np.where(near[:, None], start[np.where(near, nearest, 0)], xy)

    found = np.atleast_1d(shapely.transform(found, as_drawn))
    return found[2 * shapely.area(found) > tolerance * shapely.length(found)]


def _unmatched(polygons: Geometries) -> tuple[Floats, Floats]:
    """Return the ends of the edges that are not drawn once in each direction, land to the left of all of them."""
    start, end = ring_edges(shapely.orient_polygons(polygons))
    if not len(start):
        return start, end
    points = np.concatenate([start, end]).view(np.complex128)[:, 0]
    place = np.unique(points, return_inverse=True)[1]
    a, b = place[: len(start)], place[len(start) :]
    edge = np.unique(np.minimum(a, b) * len(points) + np.maximum(a, b), return_inverse=True)[1]
    left = np.bincount(edge, np.sign(b - a))[edge] != 0
    return start[left], end[left]
