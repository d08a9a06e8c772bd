"""Repair: every polygon valid, nothing dropped in silence."""

import shapely
from toys import array

from landuse.geo.repair import polygonal, repair

BOWTIE = shapely.Polygon([(0, 0), (10, 10), (10, 0), (0, 10)])
SPIKE = shapely.Polygon([(0, 0), (10, 0), (10, 5), (20, 5), (10, 5), (10, 10), (0, 10)])
TWICE = shapely.MultiPolygon([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2)])
LINE = shapely.LineString([(0, 0), (1, 1)])


def test_each_defect_by_its_structure():
    fixed = repair(array([BOWTIE, SPIKE, TWICE, shapely.box(0, 0, 1, 1)]))
    assert shapely.is_valid(fixed.geometry).all()
    assert shapely.area(fixed.geometry).tolist() == [50, 100, 6, 1]
    assert fixed.repaired.tolist() == [0, 1, 2]
    assert fixed.area_after.tolist() == [50, 100, 6]


def test_what_holds_no_land_is_none_and_stays_in_its_row():
    flat = shapely.Polygon([(0, 0), (5, 0), (9, 0)])
    fixed = repair(array([None, shapely.Polygon(), flat, LINE, shapely.Point(1, 1), shapely.box(0, 0, 1, 1)]))
    assert shapely.is_missing(fixed.geometry).tolist() == [True] * 5 + [False]


def test_lines_beside_polygons_go_polygons_stay():
    nested = shapely.GeometryCollection([LINE, TWICE.geoms[0], shapely.MultiPolygon([shapely.box(5, 5, 6, 6)])])
    kept = polygonal(array([nested, LINE, None]))
    assert shapely.area(kept[:2]).tolist() == [5, 0]
    assert kept[2] is None
    assert repair(array([nested])).geometry[0].area == 5


def test_holes_and_parts_without_a_vertex_go():
    for text, area in (
        ("POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0), EMPTY)", 4),
        ("POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 2 1, 2 2, 1 2, 1 1), EMPTY)", 15),
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0), EMPTY), ((5 5, 6 5, 6 6, 5 6, 5 5)))", 5),
        ("MULTIPOLYGON (((0 0, 2 0, 2 2, 0 2, 0 0)), EMPTY)", 4),
    ):
        fixed = repair(array([shapely.from_wkt(text)])).geometry
        assert not shapely.is_empty(shapely.get_rings(shapely.get_parts(fixed))).any()
        assert fixed[0].area == area
    assert repair(array([shapely.from_wkt("MULTIPOLYGON (EMPTY, EMPTY)")])).geometry[0] is None


def test_heights_and_measures_are_dropped():
    tall = shapely.from_wkt("POLYGON ZM ((0 0 9 1, 1 0 9 1, 1 1 9 1, 0 0 9 1))")
    fixed = repair(array([tall])).geometry[0]
    assert not shapely.has_z(fixed)
    assert not shapely.has_m(fixed)
    assert fixed.area == 0.5


def test_the_argument_is_not_touched():
    given = array([BOWTIE, None])
    repair(given)
    assert given[0] is BOWTIE
    assert given[1] is None
