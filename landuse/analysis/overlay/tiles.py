"""A tile grid that decides for most parcels, without one geometry call, in which face they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy import ndimage

from landuse.geo.repair import ring_edges

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Floats, Geometries, Positions

#: `Tiles.classify`: in no face; or to be looked at, because a boundary passes nearby.
OUTSIDE, EDGE = -1, -2
#: A tile counts as passed when a boundary comes this near [units of the plane]; far above any rounding.
MARGIN = 1e-3


class Tiles:
    """A grid marked where any face boundary passes; unmarked tiles between boundaries share one label.

    A parcel whose bounding box meets no marked tile lies wholly in one face, or in none.

    Parameters
    ----------
    faces : array of polygons, shape (f,)
        Disjoint interiors, not empty.
    smallest : float
        Lower bound of the tile size [units of the plane].
    max_tiles : int
        Memory bound.
    """

    def __init__(self, faces: Geometries, smallest: float = 16.0, max_tiles: int = 8_000_000) -> None:
        x0, y0, x1, y1 = shapely.total_bounds(faces)
        self.size = max(smallest, float(np.sqrt((x1 - x0) * (y1 - y0) / max_tiles)))
        self.origin = np.array([x0, y0]) - 2 * self.size
        self.shape = (int((x1 - x0) / self.size) + 5, int((y1 - y0) / self.size) + 5)
        edge = self._passed(faces)
        component, n = ndimage.label(~edge)
        self.label = self._owners(component, n, faces)[component]
        self.passed = np.zeros((self.shape[0] + 1, self.shape[1] + 1), np.int32)  # summed-area table
        np.cumsum(np.cumsum(edge, 0, dtype=np.int32), 1, out=self.passed[1:, 1:])

    def classify(self, bounds: Floats) -> Positions:
        """Return the face of each box, `OUTSIDE` or `EDGE`; `bounds` has shape (n, 4)."""
        top = np.array(self.shape) - 1
        lo = np.clip(np.floor((bounds[:, :2] - self.origin) / self.size), 0, top).astype(np.int64)
        hi = np.clip(np.floor((bounds[:, 2:] - self.origin) / self.size), 0, top).astype(np.int64) + 1
        t = self.passed
        hits = t[hi[:, 0], hi[:, 1]] - t[lo[:, 0], hi[:, 1]] - t[hi[:, 0], lo[:, 1]] + t[lo[:, 0], lo[:, 1]]
        return np.where(hits == 0, self.label[lo[:, 0], lo[:, 1]], EDGE).astype(np.int64)

    def _passed(self, faces: Geometries) -> Bools:
        """Mark the tiles that the boundaries pass: steps of at most one tile, all corners of each step's box."""
        a, b = ring_edges(faces)
        steps = np.maximum(np.ceil(np.abs(b - a).max(axis=1) / self.size).astype(np.int64), 1)
        edge = np.repeat(np.arange(len(a)), steps)
        k = np.arange(len(edge)) - np.repeat(np.cumsum(steps) - steps, steps)
        d = (b - a)[edge]
        p = a[edge] + d * (k / steps[edge])[:, None]
        q = a[edge] + d * ((k + 1) / steps[edge])[:, None]
        lo = np.floor((np.minimum(p, q) - MARGIN - self.origin) / self.size).astype(np.int64)
        hi = np.floor((np.maximum(p, q) + MARGIN - self.origin) / self.size).astype(np.int64)
        out = np.zeros(self.shape, dtype=bool)
        for x in (lo[:, 0], hi[:, 0]):
            for y in (lo[:, 1], hi[:, 1]):
                out[x, y] = True
        return out

    def _owners(self, component: NDArray[Any], n: int, faces: Geometries) -> NDArray[np.int32]:
        """Return the face of each component of unmarked tiles, by one point in it."""
        flat = component.ravel()
        first = np.zeros(n + 1, dtype=np.int64)
        first[flat[::-1]] = np.arange(flat.size - 1, -1, -1)
        seed = np.column_stack(np.unravel_index(first[1:], self.shape)) * self.size + self.origin + self.size / 2
        owner = np.full(n + 1, OUTSIDE, dtype=np.int32)
        point, face = shapely.STRtree(faces).query(shapely.points(seed), predicate="within")
        owner[point + 1] = face
        owner[0] = EDGE
        return owner
