"""Parcels of parts far apart: each group of parts is a plot of its own; in the ledger they stay one parcel."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.clusters import clusters
from landuse.geo.area import ellipsoidal_area, gaussian_radius2, planar_area
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.inputs.parcels import Parcels
from landuse.quality import Issue
from landuse.results.ledger import NOWHERE, Ledger

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.geo.arrays import Floats, Geometries, Positions
    from landuse.results.candidates import Scatter

AREAS = (s.PLANAR, s.ELLIPSOIDAL, s.REGISTERED)
#: Between a parcel's id and the number of its plot: it survives a spreadsheet, where 5/2 and 5-2 become a day.
MARK = "_"
#: Parts of one row whose middles lie farther apart than this call for a look [m].
FAR_M = 1_000.0


def part_groups(polygon: shapely.Geometry, gap: float) -> Positions:
    """Number the groups of a polygon's parts that lie at most `gap` from each other, by their first part."""
    return clusters(np.asarray(shapely.get_parts(polygon), dtype=object), gap)


def plots_apart(outside: Geometries, whole: Geometries, gap: float) -> tuple[Geometries, Positions]:
    """Divide what lies outside the parks among the groups of parts of each parcel.

    A parcel of one part is one plot, whatever cuts it; so is one whose parts are all joined within the gap.

    Parameters
    ----------
    outside : array of polygons, shape (n,)
        Land of each parcel outside every park.
    whole : array of polygons, shape (n,)
        The parcels.
    gap : float
        In units of the plane.

    Returns
    -------
    plots : array of polygons, shape (m,)
        Those of one parcel from west to east.
    source : array of int, shape (m,)
        Which of the n each is of; ascending.
    """
    several = np.flatnonzero(shapely.get_num_geometries(whole) > 1)
    found: dict[int, list[shapely.Geometry]] = {}
    for k in several.tolist():
        group = part_groups(whole[k], gap)
        parts = shapely.get_parts(outside[k])
        if not group.any() or len(parts) < 2:
            continue
        own = group[shapely.STRtree(shapely.get_parts(whole[k])).nearest(shapely.point_on_surface(parts))]
        if len(np.unique(own)) > 1:
            found[k] = sorted(
                (_together(parts[own == g]) for g in np.unique(own)), key=lambda plot: tuple(shapely.bounds(plot))
            )
    times = np.ones(len(outside), dtype=np.int64)
    times[list(found)] = [len(plots) for plots in found.values()]
    source = np.repeat(np.arange(len(outside)), times)
    out = outside[source]
    for k, plots in found.items():
        out[source == k] = plots
    return out, source


def _together(parts: Geometries) -> shapely.Geometry:
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts.tolist())


def areas_apart(
    plots: Geometries, source: Positions, area: Floats, parcels: Parcels, parcel: Positions, basis: str
) -> Floats:
    """Return the area of each plot: its share of what its parcel has outside, by area of the plane or the ellipsoid.

    Parameters
    ----------
    plots : array of polygons, shape (m,)
        From `plots_apart`.
    source : array of int, shape (m,)
        Which of the n each is of.
    area : array of float, shape (n,)
        Land outside.
    parcels : Parcels
        Whose they are.
    parcel : array of int, shape (n,)
        Positions in `parcels`.
    basis : {"registered", "ellipsoidal", "planar"}
        Of the areas; registered ones go by the ellipsoidal.
    """
    out = area[source]
    several = np.flatnonzero(np.bincount(source, minlength=len(area))[source] > 1)
    if len(several):
        crs = system(parcels)
        of = source[several]
        held, at = np.unique(of, return_inverse=True)
        radius2 = gaussian_radius2(np.asarray(parcels.geometry.to_numpy(), dtype=object)[parcel[held]], crs)[at]
        m2 = planar_area(plots[several], crs) if basis == "planar" else ellipsoidal_area(plots[several], crs, radius2)
        out[several] *= m2 / np.bincount(at, m2)[at]
    return out


def plot_ids(parcel: NDArray[np.object_], source: Positions, known: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return what plots are called: as their parcel, numbered where it has several.

    Parameters
    ----------
    parcel : array of str, shape (m,)
        Of each plot.
    source : array of int, shape (m,)
        Equal for plots of one parcel, ascending.
    known : array of str
        Ids that are taken.

    Examples
    --------
    >>> ids = np.array(["A", "B", "B"], dtype=object)
    >>> plot_ids(ids, np.array([0, 1, 1]), np.array(["A", "B"])).tolist()
    ['A', 'B_1', 'B_2']
    >>> plot_ids(ids, np.array([0, 1, 1]), np.array(["A", "B", "B_2"])).tolist()
    ['A', 'B__1', 'B__2']
    """
    out, taken = parcel.copy(), set(known)
    start = np.searchsorted(source, source)
    times = np.bincount(source, minlength=1)[source] if len(source) else source
    for k in np.flatnonzero((times > 1) & (start == np.arange(len(source)))).tolist():
        for mark in (MARK * n for n in count(1)):
            names = [f"{parcel[k]}{mark}{n}" for n in range(1, int(times[k]) + 1)]
            if taken.isdisjoint(names):
                break
        out[k : k + len(names)] = names
    return out


def parted(ledger: Ledger, scatter: Scatter, rule: str) -> Ledger:
    """Return the ledger with each plot that is one of several of a parcel as a parcel, so that it may leave alone.

    What the parcel holds beside its plots (land inside parks, land another parcel holds) stays under its own id. Where
    the rule gives whole parcels to a side, parcels with land inside parks are left as they are.

    Parameters
    ----------
    ledger : Ledger
    scatter : Scatter
        Of that ledger.
    rule : {"clip", "centroid", "majority"}
        What happens to a parcel on the edge.
    """
    parcels, parts = ledger.parcels, ledger.parts
    whole = pd.Index(parcels[s.PARCEL]).get_indexer(pd.Index(scatter.pieces))
    alone = ~np.isin(whole, parts["parcel"][parts[s.FACE] != NOWHERE]) | (rule == "clip")
    plots, whole = scatter.plots.loc[scatter.pieces.index[alone]], whole[alone]
    if not len(plots):
        return ledger
    m2 = plots[s.AREA_M2].to_numpy(dtype=float)
    share = m2 / np.bincount(whole, m2)[whole]
    leaves = np.isin(parts["parcel"], whole) & (parts[s.FACE] == NOWHERE).to_numpy() & parts[s.COUNTED].to_numpy()
    gone = parts[leaves]
    stay = np.isin(np.arange(len(parcels)), parts["parcel"][~leaves])
    number = np.cumsum(stay) - 1
    rest, new = parcels.copy(), parcels.iloc[whole].copy()
    for column in AREAS:
        land = np.bincount(gone["parcel"], gone[column], len(parcels))
        rest[column] = parcels[column].to_numpy() - land
        new[column] = share * land[whole]
    new[s.PARCEL] = plots.index.to_numpy()
    new = new.set_geometry(plots.geometry.to_numpy(), crs=parcels.crs)
    first = gone.drop_duplicates("parcel").set_index("parcel").loc[whole].reset_index()
    pieces = first.assign(
        parcel=int(stay.sum()) + np.arange(len(new)), **{column: new[column].to_numpy() for column in AREAS}
    ).set_geometry(plots.geometry.to_numpy(), crs=parts.crs)
    kept = parts[~leaves].assign(parcel=number[parts["parcel"][~leaves]])
    return Ledger(
        parcels=Parcels(gpd.GeoDataFrame(pd.concat([rest[stay], new], ignore_index=True), crs=parcels.crs)),
        parks=ledger.parks,
        parts=gpd.GeoDataFrame(pd.concat([kept, pieces[list(kept.columns)]], ignore_index=True), crs=parts.crs),
        faces=ledger.faces,
        claims=ledger.claims,
        centroid_block=np.r_[ledger.centroid_block[stay], np.full(len(new), NOWHERE)],
    )


def spread_issues(layer: gpd.GeoDataFrame, ids: NDArray[np.object_], gap_m: float, what: str) -> list[Issue]:
    """Report rows whose parts lie far apart: often several plots, or parks, that a program has put into one row.

    Parameters
    ----------
    layer : GeoDataFrame
        In a projected system.
    ids : array of str
        What its rows are called.
    gap_m : float
        Parts this near each other lie together.
    what : {"parcel", "park"}
        The noun, as the key of the finding ends.
    """
    metre = 1 / unit_factor(system(layer))
    polygons = np.asarray(layer.geometry.to_numpy(), dtype=object)
    found: dict[int, tuple[int, float]] = {}
    for k in np.flatnonzero(shapely.get_num_geometries(polygons) > 1).tolist():
        middles = shapely.MultiPoint(shapely.centroid(shapely.get_parts(polygons[k])).tolist())
        apart = float(2 * shapely.minimum_bounding_radius(middles) / metre)
        if apart > FAR_M and part_groups(polygons[k], gap_m * metre).any():
            found[k] = (shapely.get_num_geometries(polygons[k]), apart)
    if not found:
        return []
    k, (parts, apart) = max(found.items(), key=lambda item: (item[1][1], -item[0]))
    said = {"id": ids[k], "n": parts, "km": apart / 1000}
    action = {
        "parcel": _(
            "one row, {id}, has {n} parts up to {km:.1f} km apart: it stays one parcel, and for scatter is as many "
            "plots as lie apart; where they are different parcels, split the row (QGIS: Multipart to singleparts) and "
            "give each its own id",
            **said,
        ),
        "park": _(
            "one row, {id}, has {n} parts up to {km:.1f} km apart: it stays one block; where they are different parks "
            "or blocks, split the row (QGIS: Multipart to singleparts) and give each its own id",
            **said,
        ),
    }[what]
    return [Issue(f"spread_parts_{what}", len(found), action, rows=tuple(ids[list(found)]))]
