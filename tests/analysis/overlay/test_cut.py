"""The one place that cuts: pieces fill their polygon, lie where they say, and nothing is lost or held twice."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import EAST, NORTH, ORIGIN, array, box, planar

from landuse.analysis.overlay import pieces as knife
from landuse.analysis.overlay.arrangement import arrange
from landuse.analysis.overlay.cut import count_once, cut, disputes
from landuse.errors import AccountingError

UNIT2 = 10_000.0


def pieces(plots, parks):
    """(plot, in a face?, area in units) of every piece."""
    done = cut(array(plots), arrange(array(parks)), workers=1)
    return sorted(
        (int(s), bool(f >= 0), round(float(g.area) / UNIT2, 9))
        for s, f, g in zip(done.source, done.face, done.geometry, strict=True)
    )


def test_inside_outside_and_straddling():
    assert pieces([box(0, 0, 1, 1), box(5, 5, 6, 6), box(1, 0, 3, 1)], [box(0, 0, 2, 2)]) == [
        (0, True, 1),
        (1, False, 1),
        (2, False, 1),
        (2, True, 1),
    ]


def test_parcel_equal_to_the_park():
    assert pieces([box(0, 0, 1, 1)], [box(0, 0, 1, 1)]) == [(0, True, 1)]


def test_touching_is_not_overlapping():
    assert pieces([box(1, 0, 2, 1), box(1, 1, 2, 2)], [box(0, 0, 1, 1)]) == [(0, False, 1), (1, False, 1)]


def test_parcel_covered_by_its_face_and_touching_a_neighbours():
    # cut by the neighbour as well, it would lose its inside part, and every pairwise check would pass
    done = cut(array([box(0, 0, 1, 1)]), arrange(array([box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)])))
    assert done.whole.tolist() == [True]
    assert done.geometry[0].area == UNIT2
    assert shapely.covers(
        arrange(array([box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)])).faces[done.face[0]], done.geometry[0]
    )


def test_park_larger_than_a_window_and_parcel_around_a_hole():
    ring = shapely.difference(box(0, 0, 40, 40), box(10, 10, 11, 11))
    assert pieces([box(9, 9, 12, 12), box(10, 10, 11, 11)], [ring]) == [(0, False, 1), (0, True, 8), (1, False, 1)]


def test_three_faces_on_one_parcel():
    assert pieces([box(0, 0, 6, 1)], [box(0, 0, 1, 1), box(2, 0, 3, 1), box(5, -1, 9, 9)]) == [
        (0, False, 3),
        (0, True, 1),
        (0, True, 1),
        (0, True, 1),
    ]


def test_a_sliver_is_kept():
    sliver = shapely.box(EAST, NORTH, EAST + 200, NORTH + 100.001)
    done = cut(array([sliver]), arrange(array([shapely.box(EAST, NORTH, EAST + 200, NORTH + 100)])))
    assert sorted(shapely.area(done.geometry).tolist()) == pytest.approx([0.2, 20_000], abs=1e-3)


def test_no_parks_and_no_plots():
    nothing = arrange(array([box(0, 0, 1, 1)]))
    assert cut(array([]), nothing).source.tolist() == []
    empty = type(nothing)(array([]), np.empty((0, 2), dtype=np.int64))
    assert cut(array([box(0, 0, 1, 1)]), empty).face.tolist() == [-1]


def coverage(rng, n=7, cell=60.0, jitter=0.3):
    """Neighbouring quadrangles with shared, crooked edges, nothing between them."""
    x, y = np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij")
    node = np.stack([x, y], axis=-1) + rng.uniform(-jitter, jitter, (n + 1, n + 1, 2))
    node = node * cell + ORIGIN
    return array(
        [
            shapely.Polygon([node[i, j], node[i + 1, j], node[i + 1, j + 1], node[i, j + 1]])
            for i in range(n)
            for j in range(n)
        ]
    )


def crooked_parks(rng, plots):
    """Parks that follow parcel borders exactly, cross them, nest, ring and overlap."""
    some = shapely.union_all(plots[rng.random(len(plots)) < 0.3])
    span = 420.0
    hulls = [shapely.MultiPoint(rng.uniform(0, span, (6, 2)) + ORIGIN).convex_hull for _ in range(3)]
    ring = shapely.Point(EAST + span / 2, NORTH + span / 2).buffer(150) - shapely.Point(
        EAST + span / 2, NORTH + span / 2
    ).buffer(90)
    return array([some, *hulls, ring, hulls[0], hulls[1].buffer(-20)])


@given(st.integers(0, 10_000))
def test_pieces_of_a_crooked_coverage(seed):
    rng = np.random.default_rng(seed)
    plots = coverage(rng)
    made = arrange(crooked_parks(rng, plots))
    done = cut(plots, made)
    union = shapely.union_all(made.faces)
    # each piece by an independent engine: inside pieces in the union of the parks, outside pieces out of it
    size = shapely.area(done.geometry)
    inside = np.bincount(done.source[done.face >= 0], size[done.face >= 0], len(plots))
    outside = np.bincount(done.source[done.face < 0], size[done.face < 0], len(plots))
    assert inside == pytest.approx(shapely.area(shapely.intersection(plots, union)), abs=1e-6)
    assert outside == pytest.approx(shapely.area(shapely.difference(plots, union)), abs=1e-6)
    # witnesses: every part of a piece has a point in its parcel, and in its face or in none
    held = size > 1e-6
    parts, piece = shapely.get_parts(done.geometry[held], return_index=True)
    large = shapely.area(parts) > 1e-6
    point, piece = shapely.point_on_surface(parts[large]), np.flatnonzero(held)[piece[large]]
    assert shapely.intersects(plots[done.source[piece]], point).all()
    face = done.face[piece]
    assert shapely.intersects(made.faces[face[face >= 0]], point[face >= 0]).all()
    assert not shapely.contains(union, point[face < 0]).any()


def test_the_outside_is_land_not_a_balance_of_areas(monkeypatch):
    plots, park = array([box(1, 0, 3, 1)]), arrange(array([box(0, 0, 2, 2)]))
    true = cut(plots, park)
    assert true.geometry[true.face < 0][0].equals(box(2, 0, 3, 1))
    # an engine that loses the inside piece must not be papered over by a larger outside
    real = knife._careful

    def losing(f, *arrays):
        out = real(f, *arrays)
        return shapely.buffer(out, -20.0) if f.func is shapely.intersection else out

    monkeypatch.setattr(knife, "_careful", losing)
    with pytest.raises(AccountingError, match="two engines"):
        cut(plots, park)


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_change_nothing(workers):
    rng = np.random.default_rng(3)
    plots = coverage(rng, n=36, cell=30.0)
    made = arrange(array([shapely.Point(EAST + 500, NORTH + 500).buffer(400), box(1, 1, 9, 3)]))
    one, many = cut(plots, made, workers=1), cut(plots, made, workers=workers)
    assert one.face.tolist() == many.face.tolist()
    assert shapely.to_wkb(one.geometry).tolist() == shapely.to_wkb(many.geometry).tolist()


def kept(plots):
    """Area each plot keeps, in units."""
    source, counted, geometry = count_once(array(plots), workers=1)
    size = shapely.area(geometry) / UNIT2
    return np.bincount(source[counted], size[counted], len(plots)).tolist(), float(size[~counted].sum())


def test_the_first_of_two_parcels_keeps_the_land():
    assert kept([box(0, 0, 2, 1), box(1, 0, 3, 1)]) == ([2, 1], 1)


def test_duplicates_nested_and_crossing_parcels():
    assert kept([box(0, 0, 1, 1), box(0, 0, 1, 1)]) == ([1, 0], 1)
    assert kept([box(0, 0, 3, 3), box(1, 1, 2, 2)]) == ([9, 0], 1)
    assert kept([box(1, 1, 2, 2), box(0, 0, 3, 3)]) == ([1, 8], 1)
    assert kept([box(0, 1, 3, 2), box(1, 0, 2, 3)]) == ([3, 2], 1)
    assert kept([box(0, 0, 1, 1)] * 3) == ([1, 0, 0], 2)


def test_neighbours_do_not_dispute():
    plots = coverage(np.random.default_rng(1))
    assert [len(x) for x in disputes(plots)] == [0, 0]
    source, counted, geometry = count_once(plots)
    assert source.tolist() == list(range(len(plots)))
    assert counted.all()
    assert (geometry == plots).all()


@given(st.integers(0, 10_000))
def test_overlapping_parcels_count_as_their_union(seed):
    rng = np.random.default_rng(seed)
    plots = coverage(rng)
    plots = array([*plots, *shapely.buffer(plots[rng.random(len(plots)) < 0.2], 7, join_style="mitre"), plots[3]])
    source, counted, geometry = count_once(plots)
    size = shapely.area(geometry)
    assert size[counted].sum() == pytest.approx(shapely.union_all(plots).area, rel=1e-9)
    assert np.bincount(source, size, len(plots)) == pytest.approx(shapely.area(plots), rel=1e-9)
    assert planar(geometry[counted]) < planar(plots)
