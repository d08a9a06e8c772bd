"""Which coordinate systems may carry an area, and how a layer gets from its own to the working one."""

import numpy as np
import pytest
from pyproj import CRS

from landuse.errors import InputError
from landuse.geo.crs import GaussKruger, datum_problems, label, parse, plain, unit_factor, working_problems
from landuse.geo.transform import route

pytestmark = pytest.mark.usefixtures("english")
FIXTURE = (120.210, 30.246, 520_212, 3_347_402)
XIAN_80 = "+proj=tmerc +lon_0=120 +x_0=500000 +a=6378140 +rf=298.257 +units=m +type=crs"
BOUND = "+proj=tmerc +lon_0=120 +x_0=500000 +a=6378140 +rf=298.257 +towgs84=100,50,20,0,0,0,0 +units=m +type=crs"


@pytest.mark.parametrize("epsg", [4549, 4528, 32651, 2263, 3435, 27700])
def test_projected_systems_may_carry_an_area(epsg):
    assert working_problems(CRS(epsg)) == []


@pytest.mark.parametrize(
    ("crs", "word"),
    [
        ("EPSG:4326", "degrees"),
        ("EPSG:4490", "degrees"),
        ("EPSG:3857", "Web Mercator"),
        ("EPSG:2437", "Beijing 54"),
        ("EPSG:2416", "Beijing 54"),
        ("EPSG:2385", "Xian 80"),
        ("EPSG:2364", "Xian 80"),
        (XIAN_80, "Xian 80"),
    ],
)
def test_systems_that_cannot_carry_an_area_are_refused_with_a_fix(crs, word):
    (problem,) = working_problems(CRS(crs))
    assert word in problem.what
    assert "EPSG:4549" in problem.fix or "towgs84" in problem.fix


def test_regional_datum_with_the_bureaus_parameters_is_welcome():
    assert working_problems(CRS(BOUND)) == []
    way = route(CRS(BOUND), CRS(4549))
    lam, phi = np.radians((120.2, 30.24))
    moved = way.apply(np.array([[520_000.0, 3_347_000.0]]))[0] - [520_000, 3_347_000]
    east, north = (
        -100 * np.sin(lam) + 50 * np.cos(lam),
        20 * np.cos(phi) - np.sin(phi) * (100 * np.cos(lam) + 50 * np.sin(lam)),
    )
    assert moved == pytest.approx((east, north), abs=3)  # the other ellipsoid adds a metre or two


def test_regional_datum_without_parameters_goes_nowhere():
    for pair in ((2385, 4549), (4549, 2437)):
        with pytest.raises(InputError, match="by nothing"):
            route(CRS(pair[0]), CRS(pair[1]))


def test_point_of_the_reference_lies_where_it_should():
    lon, lat, east, north = FIXTURE
    way = route(CRS(4490), CRS(4549))
    assert way.apply(np.array([[lon, lat]]))[0] == pytest.approx((east, north), abs=1)
    assert way.assumption == ""
    assert way.description != ""


def test_back_and_forth_is_the_same_point():
    lon, lat = FIXTURE[:2]
    there = route(CRS(4490), CRS(4528)).apply(np.array([[lon, lat]]))
    assert there[0, 0] == pytest.approx(40_000_000 + FIXTURE[2], abs=1)
    assert route(CRS(4528), CRS(4490)).apply(there)[0] == pytest.approx((lon, lat), abs=1e-10)


def test_same_system_needs_no_route():
    xy = np.array([[1.0, 2.0]])
    way = route(CRS(4549), CRS(4549))
    assert way.apply(xy) is xy
    assert (way.description, way.assumption) == ("", "")


@pytest.mark.parametrize("pair", [(4326, 4549), (4326, 4490), (32651, 4549)])
def test_modern_datums_are_taken_as_equal_and_the_run_says_so(pair):
    assert "taken as equal" in route(CRS(pair[0]), CRS(pair[1])).assumption


def test_true_datum_shift_names_its_operation_and_accuracy():
    # OSGB 36 to WGS 84: a published seven-parameter shift
    assumption = route(CRS(27700), CRS(32630)).assumption
    assert "accurate to" in assumption
    assert "EPSG:27700" in assumption


def test_unknown_datums_are_refused():
    local = CRS("+proj=tmerc +lon_0=120 +x_0=500000 +a=6370000 +rf=300 +units=m +type=crs")
    with pytest.raises(InputError, match="no datum shift"):
        route(local, CRS(4549))


def test_unknown_text_is_refused():
    with pytest.raises(InputError, match="EPSG:999999"):
        parse("EPSG:999999")
    with pytest.raises(InputError, match="give an EPSG code"):
        parse("北京54")


def test_gauss_kruger_planes_are_recognised():
    gk = GaussKruger.of(CRS(4528))
    assert gk is not None
    assert (gk.false_easting, gk.a) == (40_500_000, 6_378_137)
    # a footpoint latitude: the equator, and a tenth of a turn of the meridian
    assert gk.latitude(np.array([0.0]))[0] == 0
    assert np.degrees(gk.latitude(np.array([3_347_402.0]))[0]) == pytest.approx(30.246, abs=1e-3)
    for other in (32651, 2263, 3857, 2154, 27700):
        assert GaussKruger.of(CRS(other)) is None


def test_labels_units_and_plain_systems():
    assert label(CRS("EPSG:4549+5737")) == "EPSG:4549"
    assert label(CRS(4549)) == "EPSG:4549"
    assert "+proj" not in label(CRS(XIAN_80))
    assert plain(CRS("EPSG:4549+5737")) == CRS(4549)
    assert unit_factor(CRS(2263)) == pytest.approx(1200 / 3937, rel=1e-12)
    assert datum_problems(CRS(4549)) == []
