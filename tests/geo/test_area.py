"""Legal area: check values of the national formula, the geodesic engine, and the identities a ledger rests on."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod, Transformer
from toys import array

from landuse.geo.area import ellipsoidal_area, gaussian_radius2, planar_area
from landuse.geo.crs import unit_factor

GK = CRS(4549)
FOOT = 1200 / 3937


def sheet(lon, lat, width, height, crs, n=2000):
    """A map sheet bounded by meridians and parallels, its outline densified and projected."""
    t = np.linspace(0, 1, n, endpoint=False)
    x = np.concatenate([t, np.ones(n), 1 - t, np.zeros(n)]) * width + lon
    y = np.concatenate([np.zeros(n), t, np.ones(n), 1 - t]) * height + lat
    to_plane = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    return array([shapely.Polygon(np.column_stack(to_plane.transform(x, y)))])


def geodesic(polygon, crs, step_m=10.0):
    """The independent engine: straight plane edges densified, then `pyproj.Geod` polygon by polygon."""
    geod = crs.geodetic_crs.get_geod() or Geod(ellps="GRS80")
    fine = shapely.segmentize(polygon, step_m / unit_factor(crs))
    to_degrees = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
    degrees = shapely.transform(fine, lambda xy: np.column_stack(to_degrees.transform(*xy.T)))
    return abs(geod.geometry_area_perimeter(shapely.normalize(degrees).reverse())[0])


def area(polygon, crs=GK):
    return float(ellipsoidal_area(array([polygon]), crs)[0])


MINUTE = 1 / 60


@pytest.mark.parametrize(
    ("lat", "width", "height", "m2"),
    [
        (29 + 10 * MINUTE, 3.75, 2.5, 28_074_139.31),
        (29 + 30 * MINUTE, 3.75, 2.5, 27_984_295.76),
        (30, 3.75, 2.5, 27_847_757.03),
        (30 + 15 * MINUTE, 3.75, 2.5, 27_778_691.98),
        (30 + 30 * MINUTE, 3.75, 2.5, 27_709_097.94),
        (29 + 30 * MINUTE, 1.875, 1.25, 6_996_779.54),
        (30, 1.875, 1.25, 6_962_655.93),
        (30 + 15 * MINUTE, 1.875, 1.25, 6_945_395.18),
        (30, 15, 10, 445_288_499.51),
        (30 + 15 * MINUTE, 15, 10, 444_181_341.39),
    ],
)
def test_area_of_map_sheets(lat, width, height, m2):
    on_sheet = sheet(120.0, lat, width * MINUTE, height * MINUTE, GK)
    assert ellipsoidal_area(on_sheet, GK)[0] == pytest.approx(m2, rel=2e-9)


@pytest.mark.parametrize(("lat", "m2"), [(30.0, 27_847_783.15), (30.25, 27_778_718.04)])
def test_area_of_map_sheets_on_xian_80(lat, m2):
    crs = CRS(2385)
    assert ellipsoidal_area(sheet(120.0, lat, 3.75 / 60, 2.5 / 60, crs), crs)[0] == pytest.approx(m2, rel=2e-9)


@pytest.mark.parametrize("epsg", [32651, 3405, 4509])
def test_area_of_a_sheet_does_not_depend_on_the_plane(epsg):
    # seen from UTM of the next zone, from Vietnam, from the edge of a 6 degree zone
    crs = CRS(epsg)
    assert ellipsoidal_area(sheet(119.8, 30.25, 3.75 / 60, 2.5 / 60, crs), crs)[0] == pytest.approx(
        27_778_691.98, rel=2e-8
    )


@pytest.mark.parametrize(
    ("east", "north", "m2"),
    [(518_000, 3_350_000, 999_991.55), (545_000, 3_352_000, 999_948.94), (360_000, 3_270_000, 999_520.13)],
)
def test_area_of_a_square_kilometre_of_the_plane(east, north, m2):
    square = shapely.box(east, north, east + 1000, north + 1000)
    assert area(square) == pytest.approx(m2, abs=0.01)
    assert area(square) == pytest.approx(geodesic(square, GK), rel=2e-9)


def star(east, north, radii):
    angle = np.linspace(0, 2 * math.pi, len(radii), endpoint=False)
    return shapely.Polygon(np.column_stack([east + radii * np.cos(angle), north + radii * np.sin(angle)]))


radii = st.lists(st.floats(20, 800), min_size=3, max_size=12).map(np.array)


@given(st.floats(340_000, 660_000), st.floats(3_230_000, 3_383_000), radii)
def test_closed_form_agrees_with_the_geodesic_engine(east, north, r):
    polygon = star(east, north, r)
    assert area(polygon) == pytest.approx(geodesic(polygon, GK), rel=2e-8, abs=0.002)


@given(st.floats(340_000, 660_000), st.floats(3_230_000, 3_383_000), radii)
def test_closed_form_agrees_with_the_equal_area_route(east, north, r):
    polygon = array([star(east, north, r)])
    # the same plane, written with a scale that is no longer exactly one: the general route has to serve it
    almost = CRS("+proj=tmerc +lon_0=120 +k=1.000000000001 +x_0=500000 +ellps=GRS80 +type=crs")
    assert ellipsoidal_area(polygon, GK)[0] == pytest.approx(ellipsoidal_area(polygon, almost)[0], rel=2e-8, abs=0.002)


@pytest.mark.parametrize(
    ("epsg", "x", "y", "size"),
    [
        (32651, 215_000, 3_350_000, 700),  # UTM, scale 0.9996
        (2263, 983_000, 184_000, 2_000),  # New York, feet, Lambert
        (3435, 1_170_000, 1_900_000, 2_000),  # Chicago, feet
        (2154, 650_000, 6_860_000, 900),  # France, Lambert
        (2385, 545_000, 3_352_000, 900),  # Xian 80
        (28992, 120_000, 480_000, 900),  # Netherlands, stereographic, Bessel
    ],
)
def test_other_planes_agree_with_the_geodesic_engine(epsg, x, y, size):
    crs = CRS(epsg)
    polygon = shapely.Polygon(
        [(x, y), (x + size, y + size / 9), (x + size / 2, y + size), (x - size / 5, y + size / 3)],
        [[(x + size / 2, y + size / 3), (x + size / 2, y + size / 2), (x + size / 3, y + size / 3)]],
    )
    assert area(polygon, crs) == pytest.approx(geodesic(polygon, crs), rel=2e-8)


def test_zone_prefix_changes_nothing():
    square = shapely.box(545_000, 3_352_000, 546_000, 3_353_000)
    prefixed = shapely.box(40_545_000, 3_352_000, 40_546_000, 3_353_000)
    assert area(prefixed, CRS(4528)) == pytest.approx(area(square), rel=1e-12)


def test_plane_may_be_compound_or_bound():
    square = shapely.box(545_000, 3_352_000, 546_000, 3_353_000)
    assert area(square, CRS("EPSG:4549+5737")) == area(square)
    bound = CRS("+proj=tmerc +lon_0=120 +x_0=500000 +ellps=GRS80 +towgs84=1,2,3,0,0,0,0 +type=crs")
    assert area(square, bound) == pytest.approx(area(square), rel=1e-12)


@pytest.mark.parametrize("epsg", [4549, 32651])
def test_holes_parts_and_winding(epsg):
    crs = CRS(epsg)
    x, y = (545_000, 3_352_000) if epsg == 4549 else (215_000, 3_350_000)
    outer, hole = shapely.box(x, y, x + 900, y + 900), shapely.box(x + 100, y + 100, x + 300, y + 200)
    far = shapely.box(x + 2000, y, x + 2500, y + 500)
    ring = shapely.difference(outer, hole)
    r2 = gaussian_radius2(array([outer]), crs)
    measured = ellipsoidal_area(array([outer, hole, far]), crs, np.repeat(r2, 3))
    got = ellipsoidal_area(array([ring, shapely.MultiPolygon([ring, far])]), crs, np.repeat(r2, 2))
    assert got == pytest.approx([measured[0] - measured[1], measured[0] - measured[1] + measured[2]], rel=1e-12)
    turned = shapely.Polygon(ring.exterior.coords[::-1], [ring.interiors[0].coords[::-1]])
    mixed = shapely.Polygon(ring.exterior.coords[::-1], [ring.interiors[0].coords])
    assert [area(turned, crs), area(mixed, crs)] == pytest.approx([area(ring, crs)] * 2, rel=1e-14)


@given(st.floats(360_000, 640_000), radii, st.floats(-0.9, 0.9))
def test_parts_with_the_parcels_radius_sum_to_the_parcel(east, r, at):
    parcel = star(east, 3_350_000, r)
    x0, y0, x1, y1 = parcel.bounds
    middle = (x0 + x1) / 2 + at * (x1 - x0) / 2
    parts = array(
        [parcel & shapely.box(x0 - 1, y0 - 1, middle, y1 + 1), parcel & shapely.box(middle, y0 - 1, x1 + 1, y1 + 1)]
    )
    r2 = gaussian_radius2(array([parcel]), GK)
    assert ellipsoidal_area(parts, GK, np.repeat(r2, 2)).sum() == pytest.approx(area(parcel), rel=1e-11, abs=1e-6)


@pytest.mark.parametrize("epsg", [4549, 2263])
def test_nothing_has_no_area(epsg):
    nothing = array([None, shapely.Polygon(), shapely.MultiPolygon()])
    assert ellipsoidal_area(nothing, CRS(epsg)).tolist() == [0, 0, 0]
    assert ellipsoidal_area(array([]), CRS(epsg)).tolist() == []
    assert gaussian_radius2(nothing, CRS(epsg)).shape == (3,)


def test_null_between_polygons_shifts_nobody():
    square, other = (
        shapely.box(518_000, 3_350_000, 519_000, 3_351_000),
        shapely.box(545_000, 3_352_000, 545_100, 3_352_100),
    )
    got = ellipsoidal_area(array([None, square, shapely.Polygon(), other, None]), GK)
    assert got.tolist() == [0, area(square), 0, area(other), 0]


def test_more_polygons_than_one_chunk(monkeypatch):
    squares = array([shapely.box(518_000 + 10 * k, 3_350_000, 518_009 + 10 * k, 3_350_009) for k in range(50)])
    whole = ellipsoidal_area(squares, GK)
    monkeypatch.setattr("landuse.geo.area.CHUNK", 7)
    assert ellipsoidal_area(squares, GK).tolist() == whole.tolist()


def test_planar_area_is_in_square_metres_whatever_the_unit():
    foot = array([shapely.box(0, 0, 1000, 1000)])
    assert planar_area(foot, CRS(2263))[0] == pytest.approx(1e6 * FOOT**2, rel=1e-12)
    assert planar_area(foot, GK)[0] == 1e6
