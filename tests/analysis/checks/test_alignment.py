"""What the working plane does to areas, as a finding."""

from types import SimpleNamespace

import pytest
from toys import box, parcels

from landuse import schema as s
from landuse.analysis.checks.alignment import plane_issues
from landuse.i18n import language


def found(planar, true):
    """The finding for parcels of so many m² on the plane and on the ellipsoid; None without one."""
    land = parcels([box(k, 0, k + 1, 1) for k in range(len(true))]).assign(**{s.ELLIPSOIDAL: true})
    parts = parcels([box(0, 0, 1, 1)] * len(true)).assign(**{"parcel": range(len(true)), s.PLANAR: planar})
    with language("en"):
        return next(iter(plane_issues(SimpleNamespace(parcels=land, parts=parts))), None)


def test_slivers_say_nothing_of_the_plane():
    assert found([10_000.0, 0.000777, 0.009], [10_000.1, 0.01, 0.0001]) is None


def test_land_weighs_by_its_area():
    one = found([10_100.0, 1000.0, 1.02, 0.0007], [10_000.0, 1000.0, 1.0, 0.01])
    assert (one.count, one.rows, one.area_m2) == (2, ("p000", "p002"), pytest.approx(10_001))
    assert "1.0100 times" in one.action  # (10 100 + 1.02) / 10 001
