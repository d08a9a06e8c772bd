"""How much floor stands on each plot, and how much of its ground is built on, by a layer of buildings?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.pieces import shared, threaded

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.geo.arrays import Floats, Geometries, Ints

#: A storey higher than this counts twice (自然资发〔2023〕72号) [m].
TALL_STOREY_M = 8.0
#: Where footprints cover less of a plot than this, they are the edge of the neighbour's, or a gatehouse.
LEAST_COVERAGE = 0.01
#: Where a footprint covers less of a plot than this, it was drawn to end at the boundary.
SPECK = 1e-6


@dataclass(frozen=True)
class BuildingParts:
    """The part of each building on each plot.

    Attributes
    ----------
    plot, building : array of int, shape (k,)
        Positions, ascending by plot.
    part : array of polygons, shape (k,)
        The footprint within the plot.
    """

    plot: Ints
    building: Ints
    part: Geometries


def built_ratios(
    plots: Geometries,
    buildings: gpd.GeoDataFrame,
    *,
    tall_storey_m: float = TALL_STOREY_M,
    least_coverage: float = LEAST_COVERAGE,
    workers: int = 2,
) -> pd.DataFrame:
    r"""How densely is each plot built on?

    With footprints :math:`b`, their counted storeys :math:`n_b` (see `counted_storeys`) and the plot :math:`P`

    .. math:: \mathrm{FAR} = \frac{\sum_b |b \cap P|\, n_b}{|P|}, \qquad
              C = \frac{\left|\bigcup_b b \cap P\right|}{|P|}

    A building across a boundary counts on each plot with the part that stands there. Footprints that overlap (a tower
    on its podium) count once for the ground, each for the floors. Numerator and denominator are areas of the same
    plane: its stretch cancels. A plot that the layer covers for less than `least_coverage` has no building in it: its
    ratios are unknown, never 0. Where a building of unknown storeys stands on a plot, its FAR is unknown: the floors of
    the others are not the whole. (Joining footprints to plots by centroid, as GIS recipes do, gives a hall on two
    plots to one of them.)

    Parameters
    ----------
    plots : array of valid polygons, shape (n,)
        May overlap; each is measured for itself.
    buildings : GeoDataFrame
        From `landuse.inputs.context.as_buildings`, in the plots' system.
    tall_storey_m : float
        Storeys above this height count twice.
    least_coverage : float
        Of a plot on which the layer has a building.
    workers : int
        Threads.

    Returns
    -------
    pandas.DataFrame
        Index 0..n-1; far, coverage; NaN unknown.

    Examples
    --------
    A hectare with a hall of 50 by 100 m, one storey of 10 m, and three storeys on the half of it:

    >>> import geopandas as gpd
    >>> plot = np.array([shapely.box(0, 0, 100, 100)])
    >>> halls = gpd.GeoDataFrame(
    ...     {"storeys": [1.0, 3.0], "height_m": [10.0, np.nan]},
    ...     geometry=[shapely.box(0, 0, 50, 100), shapely.box(0, 0, 50, 50)],
    ... )
    >>> built_ratios(plot, halls).to_dict("records")
    [{'far': 1.75, 'coverage': 0.5}]
    """
    ground, there = shapely.area(plots), standing(plots, buildings, workers=workers)
    floors = _floors(there, counted_storeys(buildings, tall_storey_m), ground)
    coverage = _once(there, len(plots), workers) / ground
    known = coverage >= least_coverage
    far = np.where(known, floors / ground, np.nan)
    return pd.DataFrame({s.FAR: far, s.COVERAGE: np.where(known, coverage, np.nan)})


def floor_area(plots: Geometries, buildings: gpd.GeoDataFrame, *, workers: int = 2) -> Floats:
    """Return the floor area of the buildings on each plot, in square units of the plane.

    NaN where there is none, or one of unknown storeys. Every storey counts once: this is room to live in, no ratio.
    """
    ground, there = shapely.area(plots), standing(plots, buildings, workers=workers)
    floors = _floors(there, buildings[s.STOREYS].to_numpy(dtype=float), ground)
    known = _once(there, len(plots), workers) / ground >= LEAST_COVERAGE
    return np.asarray(np.where(known, floors, np.nan))


def counted_storeys(buildings: gpd.GeoDataFrame, tall_storey_m: float = TALL_STOREY_M) -> Floats:
    """Return each building's storeys, twice where they are higher than `tall_storey_m` in the mean.

    A building of unknown height counts once; one of unknown storeys is unknown (NaN).

    Examples
    --------
    >>> counted_storeys(pd.DataFrame({"storeys": [1.0, 1.0, 2.0, 4.0], "height_m": [8.0, 8.1, 17.0, np.nan]})).tolist()
    [1.0, 2.0, 4.0, 4.0]
    """
    storeys = buildings[s.STOREYS].to_numpy(dtype=float)
    height = buildings[s.HEIGHT].to_numpy(dtype=float)
    return np.asarray(np.where(height / storeys > tall_storey_m, 2 * storeys, storeys))


def standing(plots: Geometries, buildings: gpd.GeoDataFrame, *, workers: int = 2) -> BuildingParts:
    """Which building stands on which plot, and with which part?

    Footprints that lie wholly within a plot, nearly all of them, are not cut.
    """
    shapes = np.asarray(buildings.geometry.to_numpy(), dtype=object)
    plot, building = shapely.STRtree(shapes).query(plots, predicate="intersects")
    shapely.prepare(plots)
    part = shapes[building]
    across = np.flatnonzero(~shapely.covers(plots[plot], part))
    shapely.destroy_prepared(plots)
    part[across] = shared(part[across], plots[plot[across]], workers=workers)
    kept = np.flatnonzero(shapely.area(part) > 0)
    return BuildingParts(plot[kept], building[kept], part[kept])


def _floors(there: BuildingParts, storeys: Floats, ground: Floats) -> Floats:
    """Return the floors on each plot of area `ground`; NaN where storeys of a building on it are unknown."""
    area = shapely.area(there.part)
    floors = area * storeys[there.building]
    floors[np.isnan(floors) & (area < SPECK * ground[there.plot])] = 0.0
    return np.asarray(np.bincount(there.plot, floors, len(ground)))


def _once(there: BuildingParts, n: int, workers: int) -> Floats:
    """Return the ground under the buildings of each of n plots, land under several of them once.

    Parts that meet no other of their plot, most of them, are summed; the others of a plot are united.
    """
    parts, owner = shapely.get_parts(there.part, return_index=True)
    plot = there.plot[owner]
    one, other = shapely.STRtree(parts).query(parts, predicate="intersects")
    met = np.zeros(len(parts), dtype=bool)
    met[one[(one != other) & (plot[one] == plot[other])]] = True
    out = np.bincount(plot[~met], shapely.area(parts[~met]), n).astype(float)  # whole numbers where there are none
    if met.any():
        heap, number = np.unique(plot[met], return_inverse=True)
        many = np.asarray(shapely.multipolygons(parts[met], indices=number), dtype=object)
        out[heap] += shapely.area(threaded(_united, many, workers=workers))
    return out


def _united(many: Geometries) -> Geometries:
    """Return the union of the parts of each of an array of multipolygons, which may overlap."""
    return np.asarray(shapely.union_all(many[:, None], axis=1), dtype=object)
