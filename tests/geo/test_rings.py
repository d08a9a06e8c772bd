"""Rings: which is a shell and which a hole is decided by what lies within what, in any order and winding."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import array, write_rings

from landuse.geo.repair import repair
from landuse.geo.rings import by_containment, wound_oddly
from landuse.io.source import Place
from landuse.io.vector.read import read_layer

SIDE = 32


@st.composite
def nested(draw):
    """Boxes of whole numbers in boxes, none touching another's edge, and which cells of a grid they make land."""
    boxes = []

    def fill(x0, y0, x1, y1, depth):
        for k in range(draw(st.integers(1 if depth == 0 else 0, 2))):
            half = (x1 - x0) // 2
            a, b = x0 + 1 + k * half, x0 + (k + 1) * half - 1
            if b - a >= 1 and y1 - y0 >= 3 and depth < 4:
                boxes.append((a, y0 + 1, b, y1 - 1))
                fill(*boxes[-1], depth + 1)

    fill(0, 0, SIDE, SIDE, 0)
    land = np.zeros((SIDE, SIDE), dtype=bool)
    for x0, y0, x1, y1 in boxes:  # even-odd: each ring turns over what it encloses
        land[x0:x1, y0:y1] ^= True
    return boxes, int(land.sum())


def ring(box, *, ccw, start):
    points = list(shapely.box(*box, ccw=ccw).exterior.coords)[:4]
    points = points[start:] + points[:start]
    return [*points, points[0]]


@st.composite
def wound(draw):
    """Rings of nested boxes in any order, each wound and begun anyhow; the area by counting cells."""
    boxes, area = draw(nested())
    how = [ring(b, ccw=draw(st.booleans()), start=draw(st.integers(0, 3))) for b in boxes]
    return draw(st.permutations(how)), area


@given(wound())
def test_nested_rings_are_land_and_lake_in_turn_whatever_they_were_given_as(case):
    rings, area = case
    parts = shapely.MultiPolygon([shapely.Polygon(r) for r in rings])
    as_holes = shapely.Polygon(rings[0], rings[1:])
    for shape in (parts, as_holes):
        fixed = repair(array([shape]), roles_known=False).geometry
        assert shapely.area(fixed)[0] == area
        assert shapely.is_valid(fixed).all()


@given(st.lists(wound(), min_size=1, max_size=4))
def test_a_shapefile_reads_as_its_rings_lie(tmp_path_factory, cases):
    path = tmp_path_factory.mktemp("rings") / "a.shp"
    gpd.GeoDataFrame({"a": range(len(cases))}, geometry=[shapely.box(0, 0, 1, 1)] * len(cases), crs=4549).to_file(path)
    write_rings(path, [rings for rings, _area in cases])
    raw = read_layer(Place(path, path.name))
    assert not raw.roles_known
    fixed = repair(np.array(raw.frame.geometry), roles_known=raw.roles_known).geometry
    assert shapely.area(fixed).tolist() == [area for _rings, area in cases]


def one(shape, **options):
    out, decided = by_containment(array([shape]), **options)
    return out[0], bool(decided[0])


WHOLE, LAKE, ISLE = shapely.box(0, 0, 10, 10), shapely.box(2, 2, 8, 8), shapely.box(4, 4, 6, 6)
APART = shapely.box(20, 0, 25, 10)


def test_a_format_that_says_which_ring_is_a_hole_is_doubted_where_it_cannot_be_meant():
    for shape, area in (
        (shapely.MultiPolygon([LAKE, WHOLE]), 64),
        (shapely.Polygon(WHOLE.exterior, [APART.exterior]), 150),
        (shapely.MultiPolygon([shapely.Polygon(APART.exterior, [LAKE.exterior]), WHOLE]), 50 + 64),
        (shapely.MultiPolygon([WHOLE, LAKE, ISLE]), 68),
        (shapely.Polygon(LAKE.exterior, [WHOLE.exterior]), 64),
    ):
        fixed, decided = one(shape)
        assert (fixed.area, decided, fixed.is_valid) == (area, True, True), shape


def test_what_may_be_meant_is_left_to_repair():
    for shape in (
        shapely.Polygon(WHOLE.exterior, [LAKE.exterior, ISLE.exterior]),  # a hole in a hole
        shapely.MultiPolygon([WHOLE, WHOLE]),
        shapely.Polygon(WHOLE.exterior, [WHOLE.exterior]),
        shapely.MultiPolygon([WHOLE, shapely.box(5, 5, 15, 15)]),
        shapely.MultiPolygon([WHOLE, shapely.box(0, 0, 5, 10)]),  # along an edge: an overlap
        shapely.Polygon(WHOLE.exterior, [shapely.box(5, 5, 15, 10).exterior]),
    ):
        same, decided = one(shape)
        assert same is shape
        assert not decided


def test_rings_that_cross_go_by_their_winding_where_nothing_else_tells():
    half_out = shapely.box(5, 2, 15, 8)  # 5 x 6 of it within
    for turned in (False, True):
        shell, hole = (list(x.exterior.coords)[:: -1 if turned else 1] for x in (WHOLE, half_out))
        shapes = (shapely.Polygon(shell, [hole[::-1]]), shapely.Polygon(hole[::-1], [shell]))
        for shape in shapes:
            fixed, decided = one(shape, roles_known=False)
            assert (fixed.area, decided) == (70, False)
        alike = shapely.MultiPolygon([shapely.Polygon(shell), shapely.Polygon(hole)])
        assert one(alike, roles_known=False)[0].area == 130


def test_only_what_is_wrong_is_touched():
    good = shapely.MultiPolygon([shapely.Polygon(WHOLE.exterior, [LAKE.exterior]), ISLE, APART])
    for known in (True, False):
        fixed = repair(array([good, WHOLE, None]), roles_known=known)
        assert fixed.geometry[0] is good
        assert fixed.geometry[1] is WHOLE
        assert not len(fixed.repaired)


@pytest.mark.parametrize("hole_ccw", [False, True])
@pytest.mark.parametrize("shell_ccw", [False, True])
def test_windings_against_the_book_are_told(shell_ccw, hole_ccw):
    shell, hole = ring((0, 0, 10, 10), ccw=shell_ccw, start=0), ring((2, 2, 8, 8), ccw=hole_ccw, start=0)
    by_the_book = not shell_ccw and hole_ccw
    assert wound_oddly(array([shapely.Polygon(shell, [hole]), shapely.Polygon(shell)])).tolist() == [
        not by_the_book,
        False,
    ]


def test_rows_over_each_other_do_not_disturb_each_other():
    nest = shapely.MultiPolygon([WHOLE, LAKE])
    out, decided = by_containment(array([nest, WHOLE, nest, shapely.MultiPolygon([LAKE, APART])]))
    assert shapely.area(out).tolist() == [64, 100, 64, 86]
    assert decided.tolist() == [True, False, True, False]
