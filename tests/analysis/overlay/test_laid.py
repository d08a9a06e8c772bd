"""Two layers laid over each other: what is the same is not cut, and the pieces make both layers up."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import array, box, cells

from landuse.analysis.overlay.cut import count_once
from landuse.analysis.overlay.laid import _same, overlay, wide, wide_regions

corner = st.integers(0, 8)
rectangle = st.tuples(corner, corner, st.integers(1, 5), st.integers(1, 5)).map(
    lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3])
)
layer = st.lists(rectangle, min_size=0, max_size=6)


def counted(land):
    """Rectangles as a layer without overlaps."""
    if not land:
        return np.empty(0, dtype=object)
    _source, kept, pieces = count_once(array([box(*r) for r in land]))
    return pieces[kept]


@given(layer, layer)
def test_the_pieces_make_up_both_layers(land0, land1):
    before, after = counted(land0), counted(land1)
    laid = overlay(before, after, workers=1)
    area = shapely.area(laid.geometry)
    for polygons, at in ((before, laid.before), (after, laid.after)):
        held = np.bincount(at[at >= 0], area[at >= 0], len(polygons))
        assert np.allclose(held, shapely.area(polygons), atol=1e-6)
    common = set().union(*map(cells, land0)) & set().union(*map(cells, land1)) if land0 and land1 else set()
    both = (laid.before >= 0) & (laid.after >= 0)
    assert area[both].sum() / 1e4 == pytest.approx(len(common))


def test_the_same_polygon_is_recognised_wherever_its_ring_starts():
    square = box(0, 0, 2, 2)
    turned = shapely.Polygon(np.roll(np.array(square.exterior.coords)[:-1], 2, axis=0)[::-1])
    laid = overlay(array([square]), array([turned]))
    assert laid.same.tolist() == [True]
    assert laid.geometry[0] is square


def test_the_same_polygon_reprojected_is_recognised():
    """What a trip to degrees and back leaves: the last places differ, the ring starts elsewhere, no more."""
    rng = np.random.default_rng(1)
    ring = np.array(shapely.Point(520_000, 3_345_000).buffer(80, quad_segs=5).exterior.coords)[:-1]
    shaken = np.roll(ring, 3, axis=0) + rng.uniform(-1e-9, 1e-9, ring.shape)
    assert overlay(array([shapely.Polygon(ring)]), array([shapely.Polygon(shaken)])).same.tolist() == [True]
    moved = ring + 0.01
    assert not overlay(array([shapely.Polygon(ring)]), array([shapely.Polygon(moved)])).same.any()


def test_polygons_that_a_layer_has_twice_are_left_to_the_cut():
    once, twice = array([box(0, 0, 1, 1)]), array([box(0, 0, 1, 1), box(0, 0, 1, 1)])
    assert [len(k) for k in _same(once, twice)] == [0, 0]


def test_width_is_that_of_the_largest_circle():
    """A bent strip a metre wide: the circle in its corner touches both outer sides and the inner corner."""
    bent = array([shapely.LineString([(0, 0), (50, 0), (50, 50)]).buffer(0.5, cap_style="flat", join_style="mitre")])
    circle = (
        2 * 2**0.5 / (1 + 2**0.5)
    )  # diameter d: d/2 from both sides, and d/2 = sqrt(2) - sqrt(2) d/2 from the corner
    assert shapely.maximum_inscribed_circle(bent[0], 0.001).length * 2 == pytest.approx(circle, rel=0.01)
    assert wide(bent, circle * 0.99).tolist() == [True]
    assert wide(bent, circle * 1.01).tolist() == [False]


def test_pieces_that_touch_along_a_line_are_one_piece_of_land():
    strips = array([shapely.box(0, 0.4 * k, 10, 0.4 * (k + 1)) for k in range(4)] + [shapely.box(0, 9, 10, 9.4)])
    assert wide_regions(strips, 1.0).tolist() == [True] * 4 + [False]


def test_pieces_that_touch_at_a_point_are_not():
    corners = array([shapely.box(0, 0, 10, 0.6), shapely.box(10, 0.6, 20, 1.2)])
    assert wide_regions(corners, 1.0).tolist() == [False, False]
