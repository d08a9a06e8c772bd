"""Spare land: a park of 4 x 4 hectares, by mental arithmetic."""

import geopandas as gpd
import numpy as np
import pytest

from landuse.analysis.relocation.blocks import spare_land
from landuse.geo.area import ellipsoidal_area
from tests.toys import UNIT, WORKING, array, box, ledger, parks

#: How much larger or smaller a hectare on the ellipsoid is than in the plane, at most.
SCALE = 2e-3


def land(*shapes):
    return gpd.GeoDataFrame(geometry=array(shapes), crs=WORKING)


@pytest.fixture(scope="module")
def book():
    sites = parks([box(0, 0, 4, 4), box(2, 0, 6, 4)], ids=["A", "B"], rank=[0, 1], block=["1", "1"])
    return ledger([box(0, 0, 1, 1)], sites)


def hectares(book, free, protected=None, places=(0, 1)):
    return spare_land(book, free, protected, np.array(places)) / UNIT**2


def test_free_land_of_a_block_is_what_lies_in_it(book):
    assert hectares(book, land(box(1, 1, 8, 2))) == pytest.approx([3, 2], rel=SCALE)


def test_land_that_two_parks_claim_is_its_owners(book):
    assert hectares(book, land(box(2, 0, 4, 4))) == pytest.approx([8, 0], rel=SCALE)


def test_land_that_two_parcels_claim_counts_once(book):
    assert hectares(book, land(box(0, 1, 2, 2), box(1, 1, 3, 2)))[0] == pytest.approx(3, rel=SCALE)


def test_protected_land_is_not_spare(book):
    assert hectares(book, land(box(0, 1, 4, 2)), land(box(3, 0, 9, 9)))[0] == pytest.approx(3, rel=SCALE)
    assert hectares(book, land(box(0, 1, 4, 2)), land(box(0, 0, 9, 9)))[0] == 0


def test_without_free_land_nothing_is_spare(book):
    assert hectares(book, None).tolist() == [0, 0]
    assert hectares(book, land(box(20, 20, 21, 21))).tolist() == [0, 0]


def test_the_area_is_the_legal_one(book):
    free = land(box(0, 2, 2, 3))
    whole = ellipsoidal_area(np.asarray(free.geometry.to_numpy(), dtype=object), WORKING)[0]
    assert spare_land(book, free, None, np.array([0]))[0] == pytest.approx(whole, rel=1e-12)
