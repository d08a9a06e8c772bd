"""How is each park laid out: blocks, the main one, gaps, compactness; and which plots would join its blocks?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree

from landuse import schema as s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landuse.geo.arrays import Floats, Geometries, Positions
    from landuse.results.ledger import Ledger

JOIN_COLUMNS = (s.PARK, "block_a", "block_b", "gap_m", "plots", "area_m2", "blocks_before", "blocks_after")


def block_outlines(ledger: Ledger) -> gpd.GeoDataFrame:
    """Return the blocks of each park as the layer draws them, one row a block: park_id, block_id, is_main, geometry."""
    parks = ledger.parks
    rows = parks[[s.PARK, s.BLOCK]].reset_index(drop=True)
    unique = rows.drop_duplicates().sort_values([s.PARK, s.BLOCK], ignore_index=True)
    code = pd.MultiIndex.from_frame(unique).get_indexer(pd.MultiIndex.from_frame(rows))
    polygons = np.asarray(parks.geometry.to_numpy(), dtype=object)
    outline: Geometries = np.empty(len(unique), dtype=object)
    outline[:] = [shapely.union_all(polygons[code == k]) for k in range(len(unique))]
    main = np.bincount(code, parks[s.MAIN].to_numpy(dtype=float), len(unique)) > 0
    return gpd.GeoDataFrame(unique.assign(**{s.MAIN: main}), geometry=outline, crs=parks.crs)


def park_structure(blocks: gpd.GeoDataFrame, metre: float = 1.0) -> pd.DataFrame:
    r"""How does each park hold together?

    Parameters
    ----------
    blocks : GeoDataFrame
        From `block_outlines`, in a projected system.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    pandas.DataFrame
        Index: park id. blocks; main_stated (whether a block is marked as the main one); main_share (of the park's
        land: the marked blocks, else the largest); parts (separate pieces of land; blocks that touch are one);
        gap_m (length of the shortest tree that joins the blocks, its edges the distances between them); largest_gap_m
        (its longest edge); hull_share (land over convex hull, 1: one convex piece); compactness (4 pi A / P², a circle
        is 1: Polsby and Popper 1991). Planar; land that two blocks of one park claim counts once.

    Examples
    --------
    Two squares of 100 m, 300 m apart:

    >>> squares = gpd.GeoDataFrame(
    ...     {"park_id": ["P", "P"], "block_id": ["a", "b"], "is_main": [True, False]},
    ...     geometry=[shapely.box(0, 0, 100, 100), shapely.box(400, 0, 500, 100)],
    ... )
    >>> row = park_structure(squares).loc["P"]
    >>> int(row["blocks"]), float(row["main_share"]), float(row["gap_m"]), float(row["hull_share"])
    (2, 0.5, 300.0, 0.4)
    """
    rows = {}
    for park, own in blocks.groupby(s.PARK, sort=True):
        polygons = np.asarray(own.geometry.to_numpy(), dtype=object)
        land = shapely.union_all(polygons)
        area, marked = float(land.area), own[s.MAIN].to_numpy(dtype=bool)
        main = shapely.union_all(polygons[marked]).area if marked.any() else shapely.area(polygons).max()
        tree = _tree(polygons)
        rows[park] = {
            "blocks": len(own),
            "main_stated": bool(marked.any()),
            "main_share": main / area,
            "parts": int(shapely.get_num_geometries(land)),
            "gap_m": float(tree.sum()) / metre,
            "largest_gap_m": float(tree.max(initial=0.0)) / metre,
            "hull_share": area / land.convex_hull.area,
            "compactness": 4 * np.pi * area / land.length**2,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(s.PARK)


def nearest_gaps(blocks: gpd.GeoDataFrame, metre: float = 1.0) -> Floats:
    """Return the distance from each block to the next of its park [m]; NaN for a park of one block."""
    out = np.full(len(blocks), np.nan)
    polygons = np.asarray(blocks.geometry.to_numpy(), dtype=object)
    for positions in blocks.groupby(s.PARK, sort=True).indices.values():
        if len(positions) > 1:
            apart = shapely.distance(polygons[positions][:, None], polygons[positions][None, :])
            np.fill_diagonal(apart, np.inf)
            out[positions] = apart.min(axis=1) / metre
    return out


def _tree(polygons: Geometries) -> Floats:
    """Return the lengths of the edges of the shortest tree between polygons; those that touch are 0 apart."""
    apart = shapely.distance(polygons[:, None], polygons[None, :])
    # a sparse matrix holds no zeros: every length is one longer while the tree is sought
    return np.asarray(minimum_spanning_tree(np.triu(apart + 1, 1)).data - 1, dtype=float)


def joining_plots(
    blocks: gpd.GeoDataFrame, plots: gpd.GeoDataFrame, *, reach_m: float, most_m2: float, metre: float = 1.0
) -> gpd.GeoDataFrame:
    """Which plots outside the parks lie between two blocks of a park, so that taking them in would join them?

    A chain of plots joins two blocks when each step from block to plot, plot to plot and plot to block is at most
    `reach_m` (a road). Of all chains the one of least land is suggested, for every edge of the park's shortest tree
    that is longer than the reach, if it takes at most `most_m2`.

    Parameters
    ----------
    blocks : GeoDataFrame
        From `block_outlines`.
    plots : GeoDataFrame
        Plots outside every park, indexed by parcel id, with area_m2.
    reach_m : float
        Widest step.
    most_m2 : float
        Most land of a chain.
    metre : float
        Units of the plane in one metre.

    Returns
    -------
    GeoDataFrame
        One row a suggestion, least land first: park_id, block_a, block_b, gap_m (now), plots (ids, from a to b),
        area_m2, blocks_before, blocks_after (groups of blocks within reach of each other), geometry (the plots).
    """
    ground = np.asarray(plots.geometry.to_numpy(), dtype=object)
    sites = np.asarray(blocks.geometry.to_numpy(), dtype=object)
    every = np.concatenate([sites, ground])
    i, j = shapely.STRtree(every).query(every, predicate="dwithin", distance=reach_m * metre)
    n, area = len(every), plots[s.AREA_M2].to_numpy(dtype=float)
    enters = np.concatenate([np.zeros(len(sites)), area])
    # a block is where a chain ends, never a step of it; a step costs the land it takes
    ahead = (i != j) & (i >= len(sites))
    chains = coo_array((enters[j[ahead]] + 1e-9, (i[ahead], j[ahead])), shape=(n, n)).tocsr()
    starts = {k: j[(i == k) & (j >= len(sites))] for k in range(len(sites))}
    rows, shapes = [], []
    for park, a, b, before in _gaps(blocks, sites, reach_m * metre):
        chain = _chain(chains, starts[a], b, enters, most_m2)
        if chain is None:
            continue
        took = chain - len(sites)
        rows.append(
            {
                s.PARK: park,
                "block_a": blocks[s.BLOCK].iloc[a],
                "block_b": blocks[s.BLOCK].iloc[b],
                "gap_m": float(shapely.distance(sites[a], sites[b])) / metre,
                "plots": tuple(plots.index[took]),
                s.AREA_M2: float(area[took].sum()),
                "blocks_before": before,
                "blocks_after": before - 1,
            }
        )
        shapes.append(shapely.union_all(ground[took]))
    found = gpd.GeoDataFrame(pd.DataFrame(rows, columns=list(JOIN_COLUMNS)), geometry=shapes, crs=blocks.crs)
    return found.sort_values([s.AREA_M2, s.PARK], kind="stable", ignore_index=True)


def _gaps(blocks: gpd.GeoDataFrame, sites: Geometries, reach: float) -> Iterator[tuple[str, int, int, int]]:
    """Return each edge of a park's shortest tree that is longer than the reach, and how many groups the park has."""
    for park, positions in blocks.groupby(s.PARK, sort=True).indices.items():
        apart = shapely.distance(sites[positions][:, None], sites[positions][None, :])
        tree = minimum_spanning_tree(np.triu(apart + 1, 1)).tocoo()
        long = np.flatnonzero(tree.data - 1 > reach)
        for edge in long:
            yield str(park), int(positions[tree.row[edge]]), int(positions[tree.col[edge]]), len(long) + 1


def _chain(chains: Any, starts: Positions, end: int, enters: Floats, most_m2: float) -> Positions | None:
    """Return the plots of the chain of least land from any of the starts to the end; None where there is none."""
    best, found = most_m2, None
    for start in starts:
        cost, before = (
            row[0] for row in dijkstra(chains, indices=np.array([start]), return_predecessors=True, limit=most_m2)
        )
        total = cost[end] + enters[start]
        if total <= best:
            best, step, path = total, int(before[end]), []
            while step != start:
                path.append(step)
                step = int(before[step])
            found = np.array([start, *reversed(path)], dtype=np.int64)
    return found
