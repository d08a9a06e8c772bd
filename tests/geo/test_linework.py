"""Outlines drawn as lines: what closes is a polygon, what does not is told."""

import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import array

from landuse.geo.rings import outlines

BOX = shapely.box(0, 0, 10, 10)
XY = [tuple(p) for p in shapely.get_coordinates(BOX)]


def one(shape):
    found = outlines(array([shape]))
    return found.geometry[0], len(found.closed), len(found.left)


def test_closed_lines_enclose_and_open_ones_do_not():
    for shape in (BOX.exterior, shapely.LineString(XY), shapely.LineString([*XY[:-1], (XY[0][0] + 1e-6, XY[0][1])])):
        land, closed, left = one(shape)
        assert (land.area, closed, left) == (100, 1, 0)
    for shape in (shapely.LineString(XY[:4]), shapely.LineString([*XY[:-1], (XY[0][0] + 0.01, XY[0][1])])):
        same, closed, left = one(shape)
        assert (same, closed, left) == (shape, 0, 1)


def test_there_and_back_encloses_nothing():
    assert one(shapely.LineString([(0, 0), (5, 5), (0, 0)]))[1:] == (0, 1)
    assert one(shapely.LineString([(0, 0), (5, 5), (9, 9), (0, 0)]))[0].area == 0


@given(st.permutations(range(4)), st.lists(st.booleans(), min_size=4, max_size=4))
def test_pieces_that_meet_end_to_end_close_in_any_order_and_direction(order, turned):
    edges = [XY[k : k + 2][:: -1 if turned[k] else 1] for k in range(4)]
    land, closed, left = one(shapely.MultiLineString([edges[k] for k in order]))
    assert (land.area, closed, left) == (100, 1, 0)


def test_a_border_drawn_once_parts_nothing():
    shared = shapely.MultiLineString([XY, [XY[0], XY[2]]])
    assert one(shapely.line_merge(shapely.union_all([shared])))[0].area == 100


def test_what_does_not_close_stays_beside_what_does():
    stub = [(20, 0), (30, 0)]
    land, closed, left = one(shapely.MultiLineString([XY, stub]))
    assert (land.geom_type, land.area, closed, left) == ("GeometryCollection", 100, 1, 1)


def test_other_rows_are_left_alone():
    shapes = array(
        [BOX, None, shapely.Point(0, 0), shapely.GeometryCollection([BOX, BOX.exterior]), shapely.LineString()]
    )
    found = outlines(shapes)
    assert all(a is b for a, b in zip(found.geometry, shapes, strict=True))
    assert not len(found.closed)
    assert not len(found.left)
