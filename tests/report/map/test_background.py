"""Roads, water, a picture and tiles behind the land: at the door, and in a browser."""

from __future__ import annotations

import dataclasses
import re

import geopandas as gpd
import numpy as np
import pytest
import rasterio
import shapely
from pyproj import Transformer
from rasterio.transform import from_origin
from toy_result import EAST, NORTH, WORKING, square

from landuse.config.paths import input_paths
from landuse.config.study_file import load_study
from landuse.errors import InputError
from landuse.geo.gcj02 import to_gcj02
from landuse.geo.web_tiles import origin
from landuse.i18n import language
from landuse.inputs.background import TIANDITU_KEY, Background, Tiles, as_background, as_tiles
from landuse.inputs.source_table import SourceTable
from landuse.io.rasters import LONGEST, read_picture
from landuse.pipeline.load_inputs import admit
from landuse.report.map.drawings import land_drawing, parks_drawing, shifted
from landuse.report.map.page import study_map

OWN = "http://maps.intranet:8080/wmts/{z}/{y}/{x}.png?layer=a&style=b"


def geotiff(path, bands=3, dtype="uint8", crs=WORKING, size=40, nodata=None, colormap=None):
    """A picture over the toy city; its north-west quarter is brighter, its first row without data."""
    data = np.full((bands, size, size), 60, dtype=dtype)
    data[:, : size // 2, : size // 2] = 200
    if nodata is not None:
        data[:, 0] = nodata
    step = 4000 / size
    transform = from_origin(EAST - 500, NORTH + 3000, step, step)
    profile = {"width": size, "height": size, "count": bands, "dtype": dtype, "crs": crs, "nodata": nodata}
    with rasterio.open(path, "w", driver="GTiff", transform=transform, **profile) as out:
        out.write(data)
        if colormap:
            out.write_colormap(1, colormap)
    return path


def pixels(picture):
    # a picture in a page says nothing of its place
    away = pytest.warns(rasterio.errors.NotGeoreferencedWarning)
    with rasterio.MemoryFile(picture.data) as memory, away, memory.open() as found:
        return found.read()


class TestPicture:
    def test_lies_where_the_file_says(self, tmp_path):
        found = read_picture(geotiff(tmp_path / "a.tif"), "a.tif")
        to_degrees = Transformer.from_crs(WORKING, 4326, always_xy=True)
        west, north = to_degrees.transform(EAST - 500, NORTH + 3000)
        east, south = to_degrees.transform(EAST + 3500, NORTH - 1000)
        assert (found.west, found.east) == pytest.approx((west, east), abs=3e-4)
        assert (found.south, found.north) == pytest.approx((south, north), abs=3e-4)
        rgba = pixels(found)
        quarter = rgba.shape[1] // 4
        assert abs(int(rgba[0, quarter, quarter]) - 200) < 8
        assert abs(int(rgba[0, 3 * quarter, 3 * quarter]) - 60) < 8

    @pytest.mark.parametrize("dtype", ["uint16", "float32"])
    def test_more_bits_are_stretched(self, tmp_path, dtype):
        rgba = pixels(read_picture(geotiff(tmp_path / "a.tif", bands=1, dtype=dtype, nodata=0), "a.tif"))
        quarter = rgba.shape[1] // 4
        assert rgba[0, quarter, quarter] > 240
        assert rgba[0, 3 * quarter, 3 * quarter] < 15
        assert rgba[3, 0].max() == 0  # without data: transparent

    def test_a_colour_table_is_looked_up(self, tmp_path):
        table = {60: (255, 0, 0, 255), 200: (0, 0, 255, 255)}
        rgba = pixels(read_picture(geotiff(tmp_path / "a.tif", bands=1, colormap=table), "a.tif"))
        assert np.abs(rgba[:3, 30, 30].astype(int) - (255, 0, 0)).max() < 30

    def test_a_large_one_is_made_small(self, tmp_path, monkeypatch):
        monkeypatch.setattr("landuse.io.rasters.LONGEST", 25)
        assert max(pixels(read_picture(geotiff(tmp_path / "a.tif"), "a.tif")).shape[1:]) == 25
        assert LONGEST == 2048

    def test_refusals(self, tmp_path):
        (tmp_path / "text.tif").write_text("no picture")
        with pytest.warns(rasterio.errors.NotGeoreferencedWarning):
            rasterio.open(tmp_path / "bare.tif", "w", driver="GTiff", width=1, height=1, count=1, dtype="uint8").close()
        with language("en"):
            for name, what in (("text", "cannot be read"), ("bare", "does not say where"), ("none", "no such file")):
                with pytest.raises(InputError, match=what):
                    read_picture(tmp_path / f"{name}.tif", name)


class TestDoor:
    def test_lines_and_polygons_part_by_part(self):
        line = shapely.LineString([(120, 30), (120.1, 30)])
        mixed = shapely.GeometryCollection([line, shapely.box(120, 30, 120.1, 30.1), shapely.Point(120, 30)])
        frame = gpd.GeoDataFrame(geometry=[mixed, None, shapely.MultiLineString([line, line])], crs=4490)
        found = as_background(SourceTable(frame, "roads.gpkg"), WORKING)
        assert found.geom_type.tolist() == ["LineString", "Polygon", "LineString", "LineString"]
        assert found.crs == WORKING
        assert found.total_bounds[0] == pytest.approx(500_000)

    def test_points_are_no_roads(self):
        frame = gpd.GeoDataFrame(geometry=[shapely.Point(120, 30)], crs=4490)
        with language("en"), pytest.raises(InputError, match="neither lines nor polygons"):
            as_background(SourceTable(frame, "roads.gpkg"), WORKING)

    def test_the_key_comes_from_the_environment(self, monkeypatch):
        monkeypatch.delenv(TIANDITU_KEY, raising=False)
        with language("en"), pytest.raises(InputError, match="holds no key"):
            as_tiles("tianditu", "study.toml")
        monkeypatch.setenv(TIANDITU_KEY, "0f&x=1")
        with pytest.raises(InputError):
            as_tiles("tianditu", "study.toml")
        monkeypatch.setenv(TIANDITU_KEY, "0123456789abcdef")
        tiles = as_tiles("tianditu", "study.toml")
        assert (tiles.origin, tiles.keyed) == ("https://t0.tianditu.gov.cn", True)
        assert len(tiles.addresses) == 2
        assert all(address.endswith("&tk=0123456789abcdef") for address in tiles.addresses)
        assert len(tiles.notices) == 2

    @pytest.mark.parametrize(
        "address",
        [
            "osm", "https://{s}.tile.example/{z}/{x}/{y}.png", "ftp://a/{z}/{x}/{y}", "https://a/{z}/{x}.png",
            "https://a b/{z}/{x}/{y}", 'https://a/{z}/{x}/{y}"><script>', "javascript:alert(1)//{z}{x}{y}",
            "https://user@a/{z}/{x}/{y}", "https://a;script-src */{z}/{x}/{y}", "//a/{z}/{x}/{y}",
        ],
    )  # fmt: skip
    def test_addresses_that_are_refused(self, address):
        with pytest.raises(ValueError, match="tianditu"):
            origin(address)


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    lines = [shapely.LineString([(EAST - 400, NORTH + y), (EAST + 2400, NORTH + y + 300)]) for y in (-600, 1200)]
    return Background(
        roads=gpd.GeoDataFrame(geometry=[lines[0]], crs=WORKING),
        water=gpd.GeoDataFrame(geometry=[square(200, 900, 400), lines[1]], crs=WORKING),
        picture=read_picture(geotiff(tmp_path_factory.mktemp("picture") / "a.tif"), "a.tif"),
    )


@pytest.mark.parametrize("many", [3000, 0], ids=["elements", "canvas"])
def test_roads_water_and_picture(result, browse, behind, monkeypatch, many):
    monkeypatch.setattr("landuse.report.map.layers.MANY", many)
    with language("en"):
        seen = browse(study_map(dataclasses.replace(result, background=behind)))
    page = seen.page
    names = page.locator(".lu-entry .name").all_inner_texts()
    assert names[-3:] == ["Water", "Roads", "Background picture"]
    assert page.evaluate("document.querySelector('.leaflet-image-layer').complete")
    assert page.evaluate("document.querySelector('.leaflet-image-layer').naturalWidth") > 10
    if many:
        assert page.locator("path.lu-roads-1").get_attribute("d").count("L") >= 1
        assert "z" not in page.locator("path.lu-roads-1").get_attribute("d").lower()
        assert page.locator("path.lu-water-0").count() == page.locator("path.lu-water-1").count() == 1
        page.click(".lu-entry:has-text('Water')")
        assert page.locator("path.lu-water-0, path.lu-water-1").count() == 0
    page.click(".lu-entry:has-text('Background picture')")
    assert page.locator(".leaflet-image-layer").count() == 0
    # no card, no list and no bounds for what no figure belongs to
    assert page.evaluate("landuse.data.bounds") == page_bounds(result)
    assert page.locator(".lu-tabs button").count() == 3
    assert seen.clean(), seen


def page_bounds(result):
    text = study_map(result)
    found = re.search(r'"bounds":\[\[([\d.]+),([\d.]+)\],\[([\d.]+),([\d.]+)\]\]', text)
    south, west, north, east = map(float, found.groups())
    return [[south, west], [north, east]]


def test_tiles_open_their_origin_and_nothing_else(result, browse):
    tiled = dataclasses.replace(result, background=Background(tiles=Tiles((OWN,), keyed=True)))
    with language("en"):
        html = study_map(tiled)
        seen = browse(html)
    page = seen.page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1]
    assert "img-src data: blob: http://maps.intranet:8080; " in policy
    assert policy.count("http") == 1
    page.wait_for_function("() => document.querySelectorAll('.leaflet-tile').length > 0")
    assert seen.requests
    assert all(url.startswith("http://maps.intranet:8080/wmts/") for url in seen.requests), seen.requests
    said = page.locator(".lu-opened").inner_text()
    assert "http://maps.intranet:8080" in said
    assert "has the key" in said
    note, legend = (page.locator(x).bounding_box() for x in (".lu-opened", ".lu-legend"))
    assert note["x"] + note["width"] < legend["x"] or note["y"] + note["height"] < legend["y"]
    blocked = page.evaluate(
        """() => new Promise((resolve) => {
            addEventListener('securitypolicyviolation', (event) => resolve(event.blockedURI));
            new Image().src = 'https://elsewhere.example/a.png';
        })"""
    )
    assert blocked.startswith("https://elsewhere.example")
    page.click(".lu-entry:has-text('Tiles of')")
    assert page.locator(".leaflet-tile").count() == 0
    assert not seen.dialogs


def test_gcj02_shifts_what_is_seen_and_never_what_is_said(result, browse):
    tiled = dataclasses.replace(result, background=Background(tiles=Tiles((OWN,), gcj02=True)))
    with language("en"):
        html, plain = study_map(tiled), study_map(result)
    cut = re.compile(r'"plots":\{.*?\}|"share":[\d.]+')
    assert cut.findall(html) == cut.findall(plain)
    drawing = land_drawing(result)
    there, here = shapely.get_coordinates(shifted(drawing).polygons), shapely.get_coordinates(drawing.polygons)
    assert np.column_stack(to_gcj02(here[:, 0], here[:, 1])) == pytest.approx(there, abs=1e-12)
    assert 200 < np.hypot(*((there - here) * [96_000, 111_000]).T).min() < 800
    page = browse(html).page
    at = page.evaluate("landuse.place({lat: landuse.data.parks.lat[0], lng: landuse.data.parks.lon[0]})")
    label = parks_drawing(result).table
    assert at == pytest.approx([label["lon"][0], label["lat"][0]], abs=2e-6)
    assert "GCJ-02" in page.locator(".lu-opened").inner_text()


def test_without_tiles_the_policy_stays_closed(result):
    assert "img-src data: blob:; " in study_map(result)


class TestStudyFile:
    STUDY = """
    [parcels]
    path = "parcels.gpkg"
    classification = "third_survey"
    columns = {{ id = "BSM", code = "DLBM" }}
    [parks]
    path = "parks.gpkg"
    [background]
    {background}
    """

    def study(self, folder, background):
        land = gpd.GeoDataFrame({"BSM": ["a", "b"], "DLBM": ["0601", "1003"]}, geometry=[square(0, 0), square(200, 0)])
        land.set_crs(WORKING).to_file(folder / "parcels.gpkg")
        gpd.GeoDataFrame({"n": [1]}, geometry=[square(0, 0)], crs=WORKING).to_file(folder / "parks.gpkg")
        geotiff(folder / "a.tif")
        (folder / "study.toml").write_text(self.STUDY.format(background=background), encoding="utf-8")
        return load_study(folder / "study.toml")

    def test_layers_and_picture_are_inputs_like_any_other(self, tmp_path):
        roads = 'roads = { path = "parcels.gpkg", where = { DLBM = ["1003"] } }\nwater = "parks.gpkg"\nimage = "a.tif"'
        study = self.study(tmp_path, roads)
        found = admit(study).background
        assert found.roads.total_bounds.tolist() == pytest.approx([EAST + 200, NORTH, EAST + 300, NORTH + 100])
        assert len(found.water) == 1
        assert found.picture.kind == "image/webp"
        assert found.tiles is None
        assert set(input_paths(study)) == {"parcels.gpkg", "parks.gpkg", "a.tif"}

    def test_every_problem_at_once(self, tmp_path, monkeypatch):
        monkeypatch.delenv(TIANDITU_KEY, raising=False)
        study = self.study(tmp_path, 'roads = "r.gpkg"\nwater = "w.gpkg"\nimage = "i.tif"\ntiles = "tianditu"')
        with pytest.raises(InputError) as caught:
            admit(study)
        assert [p.file for p in caught.value.problems] == ["r.gpkg", "w.gpkg", "i.tif", "study.toml"]

    @pytest.mark.parametrize("background", ["gcj02 = true", 'tiles = "osm"', "roads = 3", 'raods = "a.gpkg"'])
    def test_mistakes_are_refused(self, tmp_path, background):
        with pytest.raises(InputError):
            self.study(tmp_path, background)
