"""What the browser computes itself, against PROJ: coordinates, lengths, areas."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from pyproj import CRS, Geod, Transformer

from landuse.geo.gcj02 import to_gcj02
from landuse.report.map.page_data import plane

NODE = shutil.which("node")
PLANES = (4549, 4528, 4509)  # 120 E; 120 E with its zone in the easting; 117 E
POINTS = [(120.16, 30.25), (118.3, 29.6), (121.5, 30.9), (120.0, 0.0), (119.0, 53.5), (123.9, 18.2)]
RINGS = [
    [(120.1, 30.2), (120.12, 30.2), (120.12, 30.22), (120.1, 30.22)],
    [(119.9, 30.0), (120.3, 30.05), (120.25, 30.4), (120.0, 30.3)],
    [(120.16, 30.25), (120.1601, 30.25), (120.1601, 30.2501)],
]


@pytest.fixture(scope="module")
def answers():
    if NODE is None:
        pytest.skip("node is not installed: the browser's pure functions stay untested here")
    lon, lat = (np.array(x) for x in zip(*POINTS, strict=True))
    questions = {
        "planes": [{"parameters": plane(CRS(code)), "points": POINTS} for code in PLANES],
        "rings": RINGS,
        "shifted": np.column_stack(to_gcj02(lon, lat)).tolist(),
    }
    script = Path(__file__).with_name("plane.mjs")
    done = subprocess.run([NODE, str(script)], input=json.dumps(questions), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_coordinates_are_those_of_proj(answers):
    for code, found in zip(PLANES, answers["planes"], strict=True):
        crs = CRS(code)
        expected = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True).transform(*zip(*POINTS, strict=True))
        assert np.abs(np.array(found) - np.column_stack(expected)).max() < 1e-3


def test_lengths_and_areas_are_those_of_the_ellipsoid(answers):
    geod = Geod(a=6378137, rf=298.257222101)
    for ring, (length, area) in zip(RINGS, answers["rings"], strict=True):
        lon, lat = zip(*ring, strict=True)
        dense = [np.linspace(a, b, 400) for a, b in zip(np.array(ring), np.roll(ring, -1, axis=0), strict=True)]
        assert length == pytest.approx(geod.line_length(lon, lat), rel=5e-6)
        # straight on the map, not along the ellipsoid: dense vertices make them one
        assert area == pytest.approx(abs(geod.polygon_area_perimeter(*np.concatenate(dense).T)[0]), rel=2e-4)


def test_the_way_back_from_gcj02(answers):
    assert np.abs(np.array(answers["back"]) - np.array(POINTS)).max() < 1e-9


def test_no_plane_where_the_browser_could_not_compute_it():
    assert plane(CRS(2433)) is None  # its datum shift is unknown
    assert plane(CRS(2263)) is None  # Lambert, feet
    assert plane(CRS(32651)) is None  # UTM: scale 0.9996
    assert plane(CRS("+proj=tmerc +lon_0=120 +x_0=500000 +ellps=krass +towgs84=1,2,3,0,0,0,0 +type=crs")) is None
