"""The arrangement: disjoint faces, their union that of the regions, every claim right."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import array, box, planar

from landuse.analysis.overlay.arrangement import arrange

UNIT2 = 10_000.0


def rectangles(most=8, side=12):
    side_of = st.tuples(st.integers(0, side), st.integers(0, side)).filter(lambda p: p[0] != p[1]).map(sorted)
    return st.lists(
        st.tuples(side_of, side_of).map(lambda s: (s[0][0], s[1][0], s[0][1], s[1][1])), min_size=1, max_size=most
    )


def claims_of(made):
    """Area to its claimants, in units."""
    return sorted(
        (round(float(face.area) / UNIT2, 9), tuple(made.claims[made.claims[:, 0] == k, 1].tolist()))
        for k, face in enumerate(made.faces)
    )


def test_two_overlapping_squares():
    made = arrange(array([box(0, 0, 2, 2), box(1, 1, 3, 3)]))
    assert claims_of(made) == [(1, (0, 1)), (3, (0,)), (3, (1,))]
    assert sorted(made.owner.tolist()) == [0, 0, 1]


def test_nested_duplicate_and_lone_regions():
    made = arrange(array([box(0, 0, 4, 4), box(1, 1, 2, 2), box(0, 0, 4, 4), box(9, 9, 10, 10)]))
    assert claims_of(made) == [(1, (0, 1, 2)), (1, (3,)), (15, (0, 2))]


def test_the_hole_of_a_ring_is_no_face():
    ring = [box(0, 0, 3, 1), box(0, 2, 3, 3), box(0, 1, 1, 2), box(2, 1, 3, 2)]
    made = arrange(array(ring))
    assert planar(made.faces) == 8 * UNIT2
    hole = arrange(array([shapely.difference(box(0, 0, 3, 3), box(1, 1, 2, 2))]))
    assert planar(hole.faces) == 8 * UNIT2
    filled = arrange(array([shapely.difference(box(0, 0, 3, 3), box(1, 1, 2, 2)), box(1, 1, 2, 2)]))
    assert claims_of(filled) == [(1, (1,)), (8, (0,))]


def test_blocks_of_one_region_are_faces_of_their_own():
    made = arrange(array([shapely.MultiPolygon([box(0, 0, 1, 1), box(3, 0, 4, 1)]), box(0, 0, 1, 1)]))
    assert claims_of(made) == [(1, (0,)), (1, (0, 1))]


def test_touching_regions_stay_apart():
    made = arrange(array([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 1, 3, 2)]))
    assert claims_of(made) == [(1, (0,)), (1, (1,)), (1, (2,))]


@given(rectangles())
def test_faces_are_disjoint_fill_the_union_and_know_their_claimants(rects):
    regions = array([box(*r) for r in rects])
    made = arrange(regions)
    assert planar(made.faces) == pytest.approx(shapely.union_all(regions).area, rel=1e-12)
    i, j = shapely.STRtree(made.faces).query(made.faces, predicate="overlaps")
    assert len(i) == len(j) == 0
    inner = shapely.point_on_surface(made.faces)
    truth = [
        (f, r) for f in range(len(made.faces)) for r in range(len(regions)) if shapely.contains(regions[r], inner[f])
    ]
    assert [tuple(c) for c in made.claims.tolist()] == truth
    assert made.owner.tolist() == [min(r for f, r in truth if f == k) for k in range(len(made.faces))]


@given(rectangles(most=5), st.integers(1, 50))
def test_the_order_of_regions_changes_owners_only(rects, seed):
    regions = array([box(*r) for r in rects])
    order = np.random.default_rng(seed).permutation(len(rects))
    back = {new: int(old) for new, old in enumerate(order)}
    shuffled = arrange(regions[order])
    renamed = sorted((a, tuple(sorted(back[r] for r in who))) for a, who in claims_of(shuffled))
    assert renamed == claims_of(arrange(regions))
