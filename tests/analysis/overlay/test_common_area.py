"""The second engine against exact arithmetic: near coincidence of every kind makes no difference to it."""

import exact
import numpy as np
import pytest
import shapely
from toys import EAST, NORTH, array, box

from landuse.analysis.overlay import common_area as engine
from landuse.analysis.overlay.common_area import common_area

#: Triangles of some sizes [m], whole metres or not, near the origin or where a city lies.
PLACES = [(500, True, (0, 0)), (500, True, (EAST, NORTH)), (60, False, (EAST, NORTH)), (2, False, (EAST, NORTH))]


def measured(a, b):
    """The common area of two shapes."""
    return common_area(array([a]), array([b]))[0]


def triangles(n, seed, size, whole, origin):
    """Pairs of triangles with a near-coincidence each: shared corners, edges, one within the other."""
    rng = np.random.default_rng(seed)

    def draw():
        xy = rng.uniform(-size, size, (n, 3, 2))
        return (np.round(xy) if whole else xy) + origin

    def beside(a):
        for shared in (1, 2, 3):  # corners, each coordinate at most one unit in the last place off
            b = draw()
            b[:, :shared] = exact.shaken(rng, a[:, :shared])
            yield b
        b = draw()  # a corner on an edge, to rounding, and one in common
        b[:, 0] = a[:, 0] + (a[:, 1] - a[:, 0]) * rng.uniform(0, 1, (n, 1))
        b[:, 1] = exact.shaken(rng, a[:, 0])
        yield b
        b = np.einsum("nij,njk->nik", rng.dirichlet((1, 1, 1), (n, 3)), a)  # within, with a corner in common
        b[:, 0] = exact.shaken(rng, a[:, 0])
        yield b
        b = draw()  # an edge along an edge
        b[:, :2] = a[:, :1] + (a[:, 1:2] - a[:, :1]) * rng.uniform(-0.5, 1.5, (n, 2, 1))
        yield b

    a = draw()
    kinds = list(beside(a))
    a, b = shapely.polygons(np.concatenate([a] * len(kinds))), shapely.polygons(np.concatenate(kinds))
    sound = shapely.is_valid(a) & shapely.is_valid(b) & (shapely.area(a) > 0.01) & (shapely.area(b) > 0.01)
    return a[sound], b[sound]


@pytest.mark.parametrize(("size", "whole", "origin"), PLACES)
def test_near_coincidence_makes_no_difference(size, whole, origin):
    a, b = triangles(60, 5, size, whole, origin)
    true = [exact.common(p, q) for p, q in zip(a, b, strict=True)]
    np.testing.assert_allclose(common_area(a, b), true, rtol=0, atol=1e-8)
    np.testing.assert_allclose(common_area(b, a), true, rtol=0, atol=1e-8)


def test_what_the_library_does_not_see():
    a = shapely.Polygon([(-397, -257), (353, 482), (107, 32)])
    b = shapely.Polygon([(-397, -257), (352.99999999999994, 481.99999999999994), (476, -249)])
    assert shapely.intersection(a, b).area == 0
    assert measured(a, b) == pytest.approx(77_853, abs=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "units"),
    [
        (box(0, 0, 2, 2), box(1, 1, 3, 3), 1),
        (box(0, 0, 2, 2), box(2, 0, 3, 2), 0),  # neighbours
        (box(0, 0, 2, 2), box(2, 2, 3, 3), 0),  # a corner
        (box(0, 0, 2, 2), box(5, 5, 6, 6), 0),
        (box(0, 0, 2, 2), box(0, 5, 2, 6), 0),  # above one another
        (box(0, 0, 2, 2), box(0, 0, 2, 2), 4),
        (box(0, 0, 3, 3).difference(box(1, 1, 2, 2)), box(1, 1, 2, 2), 0),  # in a hole
        (box(0, 0, 3, 3).difference(box(1, 1, 2, 2)), box(0, 0, 3, 2), 5),
        (shapely.MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), box(0, 0, 3, 1), 2),
        (shapely.MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), shapely.MultiPolygon([box(2, 0, 4, 2)]), 1),
        (box(0, 0, 1, 1), shapely.Polygon(), 0),
    ],
)
def test_by_mental_arithmetic(a, b, units):
    for p, q in ((a, b), (b, a), (a.reverse(), b), (a, b.reverse())):  # whichever way rings wind
        assert measured(p, q) == pytest.approx(units * 10_000, abs=1e-7)


def test_batches_change_nothing(monkeypatch):
    rng = np.random.default_rng(2)
    a = np.array([shapely.Point(*rng.uniform(0, 500, 2)).buffer(60, quad_segs=7) for _ in range(60)])
    b = np.array([shapely.Point(*rng.uniform(0, 500, 2)).buffer(200, quad_segs=30) for _ in range(5)])
    i, j = np.divmod(np.arange(300), 5)
    whole = common_area(a[i], b[j])
    np.testing.assert_allclose(whole, shapely.area(shapely.intersection(a[i], b[j])), atol=1e-8)
    monkeypatch.setattr(engine, "BATCH", 50)
    np.testing.assert_allclose(common_area(a[i], b[j]), whole, rtol=1e-12, atol=1e-9)
    assert common_area(a[:0], b[:0]).tolist() == []
