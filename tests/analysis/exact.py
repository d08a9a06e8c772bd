"""Areas without rounding: convex polygons clipped in fractions, an oracle with no geometry library in it."""

from fractions import Fraction

import numpy as np
import shapely


def corners(polygon):
    """The corners of a convex polygon in exact numbers, counter-clockwise."""
    points = [(Fraction(x), Fraction(y)) for x, y in shapely.get_coordinates(polygon)[:-1].tolist()]
    return points if doubled(points) > 0 else points[::-1]


def doubled(points):
    """Twice the signed area of a ring."""
    turned = zip(points, points[1:] + points[:1], strict=True)
    return sum((a[0] * b[1] - b[0] * a[1] for a, b in turned), Fraction())


def common(a, b):
    """The common area of two convex polygons: one cut by every edge of the other, half-plane by half-plane."""
    points, blade = corners(a), corners(b)
    for p, q in zip(blade, blade[1:] + blade[:1], strict=True):
        side = [(q[0] - p[0]) * (y - p[1]) - (q[1] - p[1]) * (x - p[0]) for x, y in points]
        kept = []
        for k, (here, s) in enumerate(zip(points, side, strict=True)):
            before, r = points[k - 1], side[k - 1]
            if (r < 0) != (s < 0):
                t = r / (r - s)
                kept.append((before[0] + t * (here[0] - before[0]), before[1] + t * (here[1] - before[1])))
            if s >= 0:
                kept.append(here)
        points = kept
        if not points:
            return 0.0
    return float(doubled(points) / 2)


def shaken(rng, xy):
    """Move every coordinate by at most one unit in the last place."""
    way = rng.integers(-1, 2, xy.shape)
    return np.where(way == 0, xy, np.nextafter(xy, np.where(way > 0, np.inf, -np.inf)))
