"""Tiles: what they decide is never wrong; what they cannot decide is EDGE."""

import numpy as np
import pytest
import shapely
import shapely.affinity
from hypothesis import given
from hypothesis import strategies as st
from toys import EAST, NORTH, array

from landuse.analysis.overlay.tiles import EDGE, OUTSIDE, Tiles


def at(x, y):
    return shapely.Point(EAST + x, NORTH + y)


#: Disjoint faces: a blob, a ring, the blob inside the ring, a needle, and one that touches the first.
def faces_of(seed):
    rng = np.random.default_rng(seed)
    ring = at(1500, 0).buffer(600) - at(1500, 0).buffer(300 + 10 * rng.random())
    needle = shapely.box(EAST - 300, NORTH + 1500 + rng.random(), EAST + 3000, NORTH + 1500.5 + rng.random())
    left = shapely.box(EAST - 400, NORTH - 400, EAST, NORTH + 400 * rng.random())
    right = shapely.box(EAST, NORTH - 300, EAST + 300, NORTH + 250)
    return array([left, right, ring, at(1500, 0).buffer(200 + 90 * rng.random()), needle])


def truth(box, faces):
    """The face that covers a box, or OUTSIDE, or EDGE where a boundary passes."""
    covering = np.flatnonzero(shapely.covers(faces, box))
    if len(covering):
        return covering[0]
    apart = shapely.disjoint(faces, box) | shapely.touches(faces, box)
    return OUTSIDE if apart.all() else EDGE


boxes = st.tuples(st.floats(-1500, 4000), st.floats(-1500, 2500), st.floats(0, 300), st.floats(0, 300))


def wrong(tiles, faces, where):
    bounds = np.array([(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h) for x, y, w, h in where])
    got = tiles.classify(bounds)
    return [
        (w, int(g), int(t))
        for w, g, b in zip(where, got, bounds, strict=True)
        if g != EDGE and g != (t := truth(shapely.box(*b), faces))
    ]


@given(st.integers(0, 1000), st.lists(boxes, min_size=20, max_size=60), st.sampled_from([16.0, 5.0, 250.0]))
def test_no_decided_box_is_wrong(seed, where, size):
    faces = faces_of(seed)
    assert wrong(Tiles(faces, smallest=size), faces, where) == []


def test_most_boxes_are_decided_and_the_check_above_can_fail():
    faces = faces_of(1)
    rng = np.random.default_rng(5)
    where = [(*p, 20.0, 20.0) for p in rng.uniform((-1500, -1500), (4000, 2500), (2000, 2))]
    bounds = np.array([(EAST + x, NORTH + y, EAST + x + w, NORTH + y + h) for x, y, w, h in where])
    tiles = Tiles(faces)
    assert (tiles.classify(bounds) != EDGE).mean() > 0.8
    assert {*tiles.classify(bounds).tolist()} >= {EDGE, OUTSIDE, 0, 1, 2, 3}
    tiles.passed[:] = 0  # a grid that forgot its boundaries decides wrongly
    tiles.label = np.where(tiles.label == EDGE, 0, tiles.label)
    assert wrong(tiles, faces, where)


@given(st.integers(0, 1000), st.sampled_from([0.01, 0.2, 3.0]), st.sampled_from([16.0, 7.0, 2.5]))
def test_a_box_around_a_corner_of_a_face_is_never_decided(seed, reach, size):
    faces = faces_of(seed)
    corner = shapely.get_coordinates(faces)
    bounds = np.hstack([corner - reach, corner + reach])
    assert set(Tiles(faces, smallest=size).classify(bounds).tolist()) == {EDGE}


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@given(st.floats(33, 60))
def test_the_tip_of_a_face_marks_its_tile(turn, height):
    roof = shapely.affinity.rotate(shapely.Polygon([(0, 0), (30, 0), (15, height)]), turn, origin=(0, 0))
    tip = shapely.get_coordinates(roof)[2]
    assert Tiles(array([roof])).classify(np.array([[*(tip - 0.01), *(tip + 0.01)]])).tolist() == [EDGE]


def test_memory_is_bounded():
    far = array([shapely.box(0, 0, 1, 1), shapely.box(1e7, 1e7, 1e7 + 1, 1e7 + 1)])
    tiles = Tiles(far, max_tiles=10_000)
    assert tiles.label.size < 20_000
    assert tiles.classify(np.array([[5e6, 5e6, 5e6 + 10, 5e6 + 10]])).tolist() == [OUTSIDE]


@pytest.mark.parametrize("box", [(-1e6, -1e6, -1e6 + 9, -1e6 + 9), (5e6, 5e6, 5e6 + 9, 5e6 + 9)])
def test_far_away_is_outside(box):
    assert Tiles(faces_of(2)).classify(np.array([box])).tolist() == [OUTSIDE]


def test_a_box_that_spans_everything_is_an_edge():
    assert Tiles(faces_of(2)).classify(np.array([[0.0, 0.0, 1e7, 1e7]])).tolist() == [EDGE]
