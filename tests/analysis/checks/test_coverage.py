"""Is the layer a coverage? Overlaps, duplicates, gaps and slivers, by mental arithmetic and against the union."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from toys import EAST, NORTH, WORKING, array, box

from landuse.analysis.checks.layers import coverage_issues


def told(shapes):
    frame = gpd.GeoDataFrame(geometry=list(shapes), index=[f"p{k}" for k in range(len(shapes))], crs=WORKING)
    return {f.check: f for f in coverage_issues(frame, workers=1)}


def test_a_coverage_has_nothing_to_say():
    assert told([box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)]) == {}


def test_each_kind_by_mental_arithmetic():
    around = [box(0, 0, 3, 1), box(0, 2, 3, 3), box(0, 1, 1, 2), box(2, 1, 3, 2)]  # a ring about one empty unit
    thin = box(5, 0, 5.01, 1)  # a metre by a hundred
    found = told([*around, box(2.5, 0, 4, 1), box(8, 8, 9, 9), box(8, 8, 9, 9), thin])
    assert {k: (f.count, f.area_m2) for k, f in found.items()} == {
        "overlaps_all_classes": (1, pytest.approx(5_000)),
        "duplicates_all_classes": (1, pytest.approx(10_000)),
        "gaps": (1, pytest.approx(10_000)),
        "slivers": (1, pytest.approx(100)),
    }
    assert found["duplicates_all_classes"].rows == ("p6",)
    assert set(found["overlaps_all_classes"].rows) == {"p0", "p4"}


#: Two parcels that share part of an edge, and none of its vertices.
T = [
    shapely.Polygon([(510740, 3345400), (510800, 3345400), (510800, 3345300), (510740, 3345300)]),
    shapely.Polygon([(510700, 3345500), (510800, 3345500), (510800, 3345400), (510700, 3345400)]),
]


@pytest.mark.parametrize("shapes", [T, T[::-1], [T[0].reverse(), T[1]], [*T, box(90, 0, 91, 1)]])
def test_neighbours_that_do_not_share_vertices_are_neighbours(shapes):
    assert told(shapes) == {}


def wall(missing, degrees=0.0, decimals=None):
    """A wall of 12 x 10 bricks of 10 m by 6 m, each course half a brick on, turned and rounded; some are missing."""
    there = [(c, r) for c in range(12) for r in range(10) if (c, r) not in missing]
    bricks = [shapely.box(10 * c + 5 * (r % 2), 6 * r, 10 * c + 5 * (r % 2) + 10, 6 * r + 6) for c, r in there]
    turned = [affinity.translate(affinity.rotate(b, degrees, origin=(0, 0)), EAST, NORTH) for b in bricks]
    return shapely.transform(array(turned), lambda xy: xy if decimals is None else np.round(xy, decimals))


@pytest.mark.parametrize("degrees", [0.0, 17.0, 33.3, 71.0])
@pytest.mark.parametrize("decimals", [None, 4, 3])
def test_gaps_among_neighbours_that_do_not_share_vertices(degrees, decimals):
    """A brick is missing in one place, two beside each other in another: by rounding alone the union has 20 to 90."""
    assert "gaps" not in told(wall([], degrees, decimals))
    found = told(wall([(3, 2), (7, 6), (8, 6)], degrees, decimals))["gaps"]
    slack = 0 if decimals is None else 10.0**-decimals * 40
    assert (found.count, found.area_m2) == (2, pytest.approx(180, abs=1e-6 + slack))


def test_what_is_narrower_than_a_millimetre_or_hardly_there_is_no_gap():
    apart = [box(0, 0, 1, 3), box(2, 0, 3, 3), box(1, 2, 2, 3)]  # a bay of 100 m by 200 m, closed but for a slit
    assert "gaps" not in told([*apart, box(1, 0, 2, 1.999_993)])  # 0.7 mm by 100 m
    assert told([*apart, box(1, 0, 2, 1.9999)])["gaps"].area_m2 == pytest.approx(1)
    hole = shapely.box(EAST + 10, NORTH + 10, EAST + 10.05, NORTH + 10.05)  # 25 cm²
    assert "gaps" not in told([box(0, 0, 1, 1).difference(hole)])


def test_islands_in_a_gap_are_land():
    ring, island = box(0, 0, 5, 5).difference(box(1, 1, 4, 4)), box(2, 2, 3, 3)
    assert told([ring, island])["gaps"].area_m2 == pytest.approx(80_000)
    assert told([ring, box(1, 1, 4, 4), island])["overlaps_all_classes"].area_m2 == pytest.approx(10_000)
    assert "gaps" not in told([ring, box(1, 1, 4, 4), island])


rect = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))


@given(st.lists(rect, min_size=1, max_size=8))
def test_overlaps_are_there_exactly_when_areas_sum_to_more_than_the_union(rects):
    shapes = [box(x, y, x + w, y + h) for x, y, w, h in rects]
    excess = shapely.area(shapes).sum() - shapely.union_all(shapes).area
    found = told(shapes)
    doubled = sum(found[k].area_m2 for k in ("overlaps_all_classes", "duplicates_all_classes") if k in found)
    rings, part = shapely.get_rings(shapely.get_parts(shapely.union_all(shapes)), return_index=True)
    holes = shapely.area(shapely.polygons(rings[np.diff(part, prepend=-1) == 0])).sum()
    assert (found["gaps"].area_m2 if "gaps" in found else 0) == pytest.approx(holes)
    assert (doubled > 1) == (excess > 1)
    assert doubled >= excess - 1e-3  # land that three claim counts in three pairs
