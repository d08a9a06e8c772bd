"""The interval: boundaries moved by their tolerance, the total fixed."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from pyproj import CRS
from toys import ORIGIN, box, parcels, parks, shares

from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.share.interval import boundary_interval
from landuse.definition import Definition

PLANE = Definition(area="planar")
FOOT = 1200 / 3937


def interval(land, sites, metres, definition=PLANE, crs=4549):
    land, sites = count_land(parcels(land, crs=CRS(crs)), workers=1), parks(sites, crs=CRS(crs))
    book = cut_land(land, sites, workers=1)
    return boundary_interval(land, book, definition, metres, workers=1), shares(book, definition.rule, definition.area)


def test_by_mental_arithmetic():
    # a kilometre of land, half of it inside; ten metres are one per cent
    found, city = interval([box(0, 0, 10, 1)], [box(-1, -1, 5, 2)], 10)
    assert (found.low, city.share, found.high) == pytest.approx((0.49, 0.5, 0.51), rel=1e-9)
    assert found.tolerance_m == 10
    (row,) = found.parcels.to_dict("records")
    assert (row["parcel_id"], row["swing_m2"]) == ("p000", pytest.approx(2000))


def test_no_tolerance_gives_the_share_itself():
    found, city = interval([box(0, 0, 10, 1)], [box(-1, -1, 5, 2)], 0)
    assert (found.low, found.high) == pytest.approx((city.share, city.share), rel=1e-12)
    assert found.parcels.empty


def test_borders_between_parks_do_not_move():
    # two parks side by side are one union: only the outer boundary counts
    found, _ = interval([box(0, 0, 10, 1)], [box(-1, -1, 2, 2), box(2, -1, 5, 2)], 10)
    assert (found.low, found.high) == pytest.approx((0.49, 0.51), rel=1e-9)


def test_a_park_narrower_than_the_tolerance_may_vanish():
    found, _ = interval([box(0, 0, 10, 1)], [box(4, -1, 4.1, 2)], 10)
    assert (found.low, found.high) == pytest.approx((0, 0.03), abs=1e-9)


def test_whole_parcel_rules_swing_by_whole_parcels():
    found, city = interval(
        [box(0, 0, 1, 1), box(5, 0, 6, 1)], [box(-1, -1, 0.52, 2)], 10, Definition(area="planar", rule="centroid")
    )
    assert (found.low, city.share, found.high) == (0, 0.5, 0.5)


def test_the_tolerance_is_in_metres_in_a_plane_of_feet():
    x, y, side = 983_000, 184_000, 1000 / FOOT
    found, _ = interval(
        [shapely.box(x, y, x + side, y + 300)], [shapely.box(x - 900, y - 900, x + side / 2, y + 900)], 10, crs=2263
    )
    assert (found.low, found.high) == pytest.approx((0.49, 0.51), rel=1e-9)


@pytest.mark.parametrize("rule", ["clip", "centroid", "majority"])
def test_the_share_lies_within_and_wider_tolerances_hold_narrower_ones(rule):
    rng = np.random.default_rng(4)
    land = [box(x, y, x + 1, y + 1) for x in range(9) for y in range(9)]
    points = rng.uniform((0, 0), (900, 900), (3, 6, 2)) + ORIGIN
    sites = [shapely.MultiPoint(p).convex_hull for p in points]
    ends = [interval(land, sites, m, Definition(area="planar", rule=rule)) for m in (0, 2, 5, 20)]
    for (narrow, city), (wide, _) in pairwise(ends):
        assert wide.low <= narrow.low + 1e-12
        assert narrow.low <= city.share + 1e-12 <= narrow.high + 2e-12
        assert narrow.high <= wide.high + 1e-12
