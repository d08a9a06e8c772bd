"""What lies together: groups of polygons by the distance between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.geo.arrays import Ints


def clusters(polygons: NDArray[np.object_], gap: float) -> Ints:
    """Number the connected groups of polygons whose distance is at most `gap`.

    Parameters
    ----------
    polygons : array of polygons, shape (n,)
        In a projected system.
    gap : float
        In its unit.

    Returns
    -------
    array of int, shape (n,)
        Groups are numbered by their first member.

    Examples
    --------
    >>> row = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 40, 200)])
    >>> clusters(row, 50.0).tolist(), clusters(row, 20.0).tolist()
    ([0, 0, 1], [0, 1, 2])
    """
    n = len(polygons)
    bounds = shapely.bounds(polygons)
    grown = shapely.box(bounds[:, 0] - gap, bounds[:, 1] - gap, bounds[:, 2] + gap, bounds[:, 3] + gap)
    i, j = shapely.STRtree(polygons).query(grown)  # boxes first, distances of each pair once
    i, j = i[i < j], j[i < j]
    near = shapely.dwithin(polygons[i], polygons[j], gap)
    links = coo_array((np.ones(near.sum(), dtype=np.int8), (i[near], j[near])), shape=(n, n))
    return np.asarray(connected_components(links, directed=False)[1], dtype=np.int64)
