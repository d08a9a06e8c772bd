"""Is the layer a coverage? Overlaps, duplicates, gaps and slivers, by mental arithmetic and against the union."""

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import WORKING, box

from landuse.analysis.coverage import coverage_findings


def told(shapes):
    frame = gpd.GeoDataFrame(geometry=list(shapes), index=[f"p{k}" for k in range(len(shapes))], crs=WORKING)
    return {f.check: f for f in coverage_findings(frame, workers=1)}


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


rect = st.tuples(st.integers(0, 8), st.integers(0, 8), st.integers(1, 4), st.integers(1, 4))


@given(st.lists(rect, min_size=1, max_size=8))
def test_overlaps_are_there_exactly_when_areas_sum_to_more_than_the_union(rects):
    shapes = [box(x, y, x + w, y + h) for x, y, w, h in rects]
    excess = shapely.area(shapes).sum() - shapely.union_all(shapes).area
    found = told(shapes)
    doubled = sum(found[k].area_m2 for k in ("overlaps_all_classes", "duplicates_all_classes") if k in found)
    assert (doubled > 1) == (excess > 1)
    assert doubled >= excess - 1e-3  # land that three claim counts in three pairs
