r"""The second engine: how much land two polygons have in common, measured without building anything.

A polygon's indicator is the signed sum of what lies below its edges: +1 below its upper edges, -1 below its lower
ones. So the common area of two polygons is a signed sum over pairs of their edges,

    |A ∩ B| = Σₑ Σ_f s(e) s(f) ∫ min(e(x), f(x)) dx   over the stretch of x that e and f share,

each integral being that of one straight line, or of two where the edges cross. Nothing is noded, no order of
intersection points is decided, no ring is built: edges that nearly coincide, shared vertices, holes and duplicates are
no special cases, and the error is that of rounding a few products. Heights are taken from the lowest point of the first
polygon, pair by pair: coordinates of a projected system would cost seven digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landuse.geo.arrays import Bools, Floats, Geometries, Positions

#: Edges, or pairs of edges, looked at at a time: what fits into the processor's cache, which halves the time.
BATCH = 60_000


def common_area(a: Geometries, b: Geometries) -> Floats:
    """Measure the land that two polygons have in common, pair by pair.

    Parameters
    ----------
    a, b : arrays of valid polygons or multipolygons, shape (n,)
        The pairs, in one plane. A polygon that stands in many pairs, as one and the same object, is taken apart once.

    Returns
    -------
    array of float, shape (n,)
        Area of a ∩ b [square units of the plane]; rounding may leave 1e-7 of it where nothing is shared.

    Notes
    -----
    Cost: the pairs of edges that stand above one another. It is the geometry library's `intersection` and `area` that
    this checks, so neither is used.

    Examples
    --------
    A park inside a parcel, in one corner a unit in the last place off; the library finds nothing in common:

    >>> park = shapely.Polygon([(-397, -257), (353, 482), (107, 32)])
    >>> plot = shapely.Polygon([(-397, -257), (352.99999999999994, 481.99999999999994), (476, -249)])
    >>> common_area(np.array([park]), np.array([plot])).round(6).tolist()
    [77853.0]
    """
    area = np.zeros(len(a))
    if not len(a):
        return area
    first, i = _distinct(a)
    second, j = _distinct(b)
    upper, lower = _Edges.of(a[first]), _Edges.of(b[second])
    near = np.flatnonzero(lower.count[j] * upper.count[i] > 0)
    reach = upper.count[i[near]] + lower.window(upper.box[i[near]], j[near])[1]
    for some in _batches(reach, BATCH):
        k = near[some]
        area[k] = _pairwise(upper, i[k], lower, j[k])
    return np.maximum(area, 0)


def _pairwise(a: _Edges, i: Positions, b: _Edges, j: Positions) -> Floats:
    """Measure a few pairs: collect the edges of each, match those that share a stretch of x, and sum."""
    pair, e = _spread(a.first[i], a.count[i])
    e, pair = _kept(e, pair, (a.x1[e] > b.box[j[pair], 0]) & (a.x0[e] < b.box[j[pair], 2]))
    start, count = b.window(a.box[i], j)
    other, f = _spread(start, count)
    box = a.box[i[other]]
    beside = (b.x0[f] < box[:, 2]) & (b.x1[f] > box[:, 0]) & (np.maximum(b.y0[f], b.y1[f]) > box[:, 1])
    f, other = _kept(f, other, beside)
    # edges are sorted by their start: those of b that start within an edge of a, and the other way round
    here, there = pair + 1j * a.x0[e], other + 1j * b.x0[f]
    lo, hi = np.searchsorted(there, here), np.searchsorted(there, pair + 1j * a.x1[e])
    m, n = _joined(lo, hi)
    lo, hi = np.searchsorted(here, there, "right"), np.searchsorted(here, other + 1j * b.x1[f])
    q, p = _joined(lo, hi)
    m, n = np.concatenate([m, p]), np.concatenate([n, q])
    out = np.zeros(len(i))
    for c in range(0, len(m), BATCH):
        left, right = e[m[c : c + BATCH]], f[n[c : c + BATCH]]
        owner = pair[m[c : c + BATCH]]
        out += np.bincount(owner, _below_both(a, left, b, right, a.box[i[owner], 1]), len(i))
    return out


def _below_both(a: _Edges, e: Positions, b: _Edges, f: Positions, base: Floats) -> Floats:
    """Return the signed area between the base and the lower of two edges, over the stretch of x that they share."""
    x0, x1 = np.maximum(a.x0[e], b.x0[f]), np.minimum(a.x1[e], b.x1[f])
    a0, a1 = a.heights(e, x0, x1, base)
    b0, b1 = b.heights(f, x0, x1, base)
    d0, d1 = a0 - b0, a1 - b1
    cross = (d0 < 0) != (d1 < 0)
    t = np.divide(d0, d0 - d1, out=np.ones(len(e)), where=cross)
    first, last = np.minimum(a0, b0), np.minimum(a1, b1)
    middle = np.where(cross, a0 + (a1 - a0) * t, last)
    area = (first + middle) * t + (middle + last) * (1 - t)
    return np.asarray(a.sign[e] * b.sign[f] * (x1 - x0) * area / 2)


@dataclass(frozen=True)
class _Edges:
    """Edges of polygons, from left to right, sorted by polygon and start; `sign` is +1 for those land lies below.

    Those of polygon k are `first[k]` to `first[k] + count[k]`; `box` is its box, `widest` its widest edge's extent.
    """

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    sign: Floats
    first: Positions
    count: Positions
    box: Floats
    widest: Floats

    @classmethod
    def of(cls, polygons: Geometries) -> _Edges:
        """Take polygons apart; which side of an edge is land follows from its ring's own sum and place."""
        parts, owner = shapely.get_parts(polygons, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        hole = np.r_[False, part[1:] == part[:-1]][: len(part)]
        xy, ring = shapely.get_coordinates(rings, return_index=True)
        same = np.flatnonzero(ring[1:] == ring[:-1])
        start, end, of = xy[same], xy[same + 1], ring[same]
        origin = xy[np.searchsorted(ring, np.arange(len(rings)))][of]
        u, v = (start - origin).T, (end - origin).T
        twice = np.bincount(of, u[0] * v[1] - v[0] * u[1], len(rings))
        left = start[:, 0] <= end[:, 0]
        sign = np.where(left, -1.0, 1.0) * np.where((twice > 0) != hole, 1.0, -1.0)[of]
        low, high = np.where(left[:, None], start, end), np.where(left[:, None], end, start)
        k = np.flatnonzero(low[:, 0] < high[:, 0])  # nothing lies below an upright edge
        k = k[np.lexsort((low[k, 0], owner[part[of[k]]]))]
        polygon = owner[part[of[k]]]
        count = np.bincount(polygon, minlength=len(polygons))
        widest = np.zeros(len(polygons))
        np.maximum.at(widest, polygon, high[k, 0] - low[k, 0])
        (x0, y0), (x1, y1) = low[k].T, high[k].T
        first, box = np.cumsum(count) - count, shapely.bounds(polygons)
        return cls(x0, y0, x1, y1, sign[k], first, count, box, widest)

    def window(self, box: Floats, j: Positions) -> tuple[Positions, Positions]:
        """Return where the edges of polygons j that may lie beside or above a box begin, and how many they are."""
        key = np.repeat(np.arange(len(self.count)), self.count) + 1j * self.x0
        lo = np.searchsorted(key, j + 1j * (box[:, 0] - self.widest[j]))
        hi = np.searchsorted(key, j + 1j * box[:, 2])
        return lo, np.maximum(hi - lo, 0)

    def heights(self, e: Positions, x0: Floats, x1: Floats, base: Floats) -> tuple[Floats, Floats]:
        """Return the heights of edges above a base at two places."""
        slope = (self.y1[e] - self.y0[e]) / (self.x1[e] - self.x0[e])
        low = self.y0[e] - base
        return low + slope * (x0 - self.x0[e]), low + slope * (x1 - self.x0[e])


def _distinct(polygons: Geometries) -> tuple[Positions, Positions]:
    """Return where each object first stands in an array, and which of them stands at each place."""
    objects = np.fromiter(map(id, polygons), np.int64, len(polygons))
    first, which = np.unique(objects, return_index=True, return_inverse=True)[1:]
    return first, which


def _spread(first: Positions, count: Positions) -> tuple[Positions, Positions]:
    """Return every member of some ranges: the range it is of, and itself."""
    owner = np.repeat(np.arange(len(count)), count)
    return owner, np.arange(len(owner)) + (first - (np.cumsum(count) - count))[owner]


def _joined(lo: Positions, hi: Positions) -> tuple[Positions, Positions]:
    return _spread(lo, np.maximum(hi - lo, 0))


def _kept(values: Positions, owners: Positions, keep: Bools) -> tuple[Positions, Positions]:
    return values[keep], owners[keep]


def _batches(weight: Positions, most: int) -> Iterator[Positions]:
    """Return runs of positions whose weights add up to about `most`."""
    group = (np.cumsum(weight) - weight) // most
    cut = np.flatnonzero(np.diff(group, prepend=-1))
    for lo, hi in pairwise([*cut, len(weight)]):
        yield np.arange(lo, hi)
