"""Recolouring, measuring, positions, keys, paper: in a browser, the network cut."""

from __future__ import annotations

import dataclasses
from io import BytesIO

import folium
import pytest
from matplotlib.image import imread
from pyproj import Geod, Transformer
from toy_result import HOSTILE, rule_like, toy, with_rules

from landuse.i18n import language
from landuse.reference.rule_pack import Name
from landuse.report.map import layers
from landuse.report.map import page as map_page
from landuse.report.map.drawings import land_drawing
from landuse.report.map.layers import ParcelLayer
from landuse.report.map.offline import seal
from landuse.report.map.page import study_map

AT_PLOT = """() => {
    const {map, layers: {plots}} = landuse.app, at = map.latLngToContainerPoint(plots.bounds(%d).getCenter());
    return [at.x, at.y];
}"""


@pytest.mark.parametrize("many", [3000, 0], ids=["elements", "canvas"])
def test_recolouring(result, browse, monkeypatch, many):
    monkeypatch.setattr(layers, "MANY", many)
    monkeypatch.setattr(map_page, "MANY", many)  # the codes are compressed too
    with language("en"):
        seen = browse(study_map(result))
    page = seen.page
    own = page.locator('.lu-entry[data-layer="plots"]').all_inner_texts()
    page.select_option(".lu-legend select", "tax")
    page.wait_for_selector("text=5 – 10")
    rows = page.locator('.lu-entry[data-layer="plots"]')
    assert [x.split("\n")[0] for x in rows.all_inner_texts()] == [
        "< 1", "1 – 5", "5 – 10", "10 – 15", "15 – 30", "≥ 30", "no data"
    ]  # fmt: skip
    assert rows.nth(2).inner_text().split("\n") == ["5 – 10", "1", "15", "29.8%"]
    assert page.locator(".lu-legend").get_by_text("Red outline").count() == 1
    assert page.locator('.lu-entry[data-layer="land"]').count() == 2
    plot = page.evaluate("landuse.data.plots.id.indexOf('P3')")
    x, y = page.evaluate(AT_PLOT % plot)
    assert colour_at(page, x, y) == (0x3A, 0x7D, 0xBB)
    # a click filters the map, and the list with it
    rows.nth(2).click()
    assert page.locator(".lu-list li").count() == 0
    assert (
        page.evaluate("(k) => landuse.app.layers.plots.at(landuse.app.layers.plots.bounds(k).getCenter())", plot) == -1
    )
    assert colour_at(page, x, y) != (0x3A, 0x7D, 0xBB)
    page.select_option(".lu-legend select", "")
    page.wait_for_selector("text=Scattered and inefficient")
    assert page.locator('.lu-entry[data-layer="plots"]').all_inner_texts() == own
    assert page.locator(".lu-list li").count() == 1
    assert seen.clean(), seen


def colour_at(page, x, y):
    page.mouse.move(0, 400)
    shot = page.screenshot(clip={"x": x, "y": y, "width": 1, "height": 1}, type="png")
    return tuple(round(255 * float(band)) for band in imread(BytesIO(shot))[0, 0, :3])


def test_measuring_by_clicks_and_by_keys(result, browse):
    with language("en"):
        seen = browse(study_map(result))
    page = seen.page
    page.click(".lu-tool[aria-label='Measure']")
    corners = [(600, 250), (800, 260), (780, 500)]
    for corner in corners:
        page.mouse.click(*corner)
    places = page.evaluate(
        "(corners) => corners.map((at) => landuse.app.map.containerPointToLatLng(at)).map(({lat, lng}) => [lng, lat])",
        corners,
    )
    geod = Geod(ellps="GRS80")
    lon, lat = zip(*places, strict=True)
    said = page.locator(".lu-measure output").inner_text()
    length = geod.line_length(lon, lat)
    area = abs(geod.polygon_area_perimeter(lon, lat)[0])
    assert f"Length {length / 1000:,.2f} km" in said
    mu = float(said.split("area ")[1].split(" mu")[0].replace(",", ""))
    assert mu == pytest.approx(area * 0.0015, rel=1e-4)
    page.mouse.dblclick(700, 600)
    page.mouse.move(900, 300)
    assert "Length" in page.locator(".lu-measure output").inner_text()
    assert page.locator(".lu-card").count() == 0
    # by keys: the place under the cross
    page.locator(".leaflet-container").focus()
    page.keyboard.press("Enter")
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.wait_for_timeout(600)
    page.keyboard.press("Enter")
    assert "Length" in page.locator(".lu-measure output").inner_text()
    page.keyboard.press("Backspace")
    assert "Click on the map" in page.locator(".lu-measure output").inner_text()
    page.keyboard.press("Escape")
    assert not page.locator(".lu-measure").is_visible()
    assert seen.clean(), seen


def test_positions_in_degrees_and_in_the_working_plane(result, browse):
    with language("en"):
        seen = browse(study_map(result))
    page = seen.page
    page.mouse.move(700, 400)
    page.wait_for_timeout(100)
    lon, lat = page.evaluate("(({lat, lng}) => [lng, lat])(landuse.app.map.containerPointToLatLng([700, 400]))")
    east, north = Transformer.from_crs(4490, 4549, always_xy=True).transform(lon, lat)
    said = page.locator(".lu-position").inner_text()
    assert f"Longitude {lon:.5f}°, latitude {lat:.5f}°" in said
    assert f"N {north:.0f}, E {east:.0f} (EPSG:4549)" in said
    assert seen.clean(), seen


def test_list_and_map_are_one_thing_and_keys_reach_both(result, browse):
    with language("en"):
        seen = browse(study_map(result))
    page = seen.page
    plot = page.evaluate("landuse.data.plots.id.indexOf('P3')")
    page.mouse.move(*page.evaluate(AT_PLOT % plot))
    page.wait_for_selector(".lu-list li.lit")
    assert "P3" in page.locator(".lu-list li.lit").inner_text()
    page.mouse.move(700, 600)
    page.click(".lu-tabs button:nth-child(2)")
    page.locator(".lu-list li").first.focus()
    assert page.locator("path.lu-lit").get_attribute("d") != "M0 0"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lu-card")
    assert "Industrial land, gross" in page.locator(".lu-card").inner_text()
    page.click(".leaflet-popup-close-button")
    page.evaluate("(k) => landuse.app.map.setView(landuse.app.layers.plots.bounds(k).getCenter(), 17)", plot)
    page.locator(".leaflet-container").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".lu-card")
    assert "P3" in page.locator(".lu-card").inner_text()
    # from a district to its candidates
    page.click(".lu-tabs button:nth-child(3)")
    page.click(".lu-list li:has-text('余杭区')")
    page.wait_for_selector(".lu-card >> text=List them")
    assert "1 plots, 15.00 mu" in page.locator(".lu-card").inner_text()
    page.click("text=List them")
    assert page.locator(".lu-tabs button[aria-selected=true]").inner_text().startswith("Candidates")
    assert page.locator(".lu-list li").count() == 1
    assert seen.clean(), seen


def test_full_screen(result, browse):
    with language("en"):
        seen = browse(study_map(result))
    seen.page.click(".lu-tool[aria-label='Full screen']")
    seen.page.wait_for_selector("html:fullscreen")
    assert seen.clean(), seen


@pytest.mark.parametrize(("tab", "heading"), [(2, "Industrial land, gross (mu)"), (3, "To relocate (mu)")])
def test_parks_and_districts_as_csv(browse, tab, heading):
    with language("en"):
        page = browse(study_map(toy(("厂", "=1+1", "-2+3")))).page
    page.click(f".lu-tabs button:nth-child({tab})")
    with page.expect_download() as download:
        page.click(".lu-order button")
    text = download.value.path().read_bytes().decode("utf-8")
    assert heading in text.splitlines()[0]
    assert ('"\'=1+1"' if tab == 2 else '"\'-2+3"') in text
    assert len(text.splitlines()) == 3


def test_paper_has_title_legend_scale_north_and_date(result, browse):
    with language("en"):
        seen = browse(study_map(result))
    page = seen.page
    page.select_option(".lu-legend select", "reason")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    foot = page.locator(".lu-sheet footer").inner_text()
    for words in (
        "SYNTHETIC",
        "Scale about 1:",
        "EPSG:4549",
        "Data of 2025-12-31",
        "Printed on 20",
        "Map review number",
    ):
        assert words in foot
    assert page.locator(".lu-north svg").is_visible()
    assert page.locator(".lu-legend .lu-title").inner_text() == "Reason"
    assert not page.locator(".lu-legend select").is_visible()
    assert page.locator(".leaflet-control-scale").is_visible()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".lu-sheet").count() == 0
    assert page.locator(".lu-legend select").is_visible()
    assert seen.clean(), seen


@pytest.mark.parametrize("bad", [HOSTILE[0], HOSTILE[2], HOSTILE[6]])
def test_hostile_names_in_legend_cards_and_paper_are_text(browse, bad):
    hostile = toy((bad, bad, bad))
    hostile = with_rules(hostile, rule_like(hostile, name=Name(zh=bad, en=bad), source=bad))
    seen = browse(study_map(dataclasses.replace(hostile, crs=bad)))
    page = seen.page
    page.select_option(".lu-legend select", "reason")
    page.wait_for_selector(".lu-legend p")
    assert page.locator('.lu-entry[data-layer="plots"] .name').first.inner_text() == bad
    assert bad in page.locator(".lu-position").inner_text()
    page.click(".lu-list li")
    page.wait_for_selector(".lu-card")
    assert page.locator(".lu-card").inner_text().count(bad) >= 4  # firm, district, rule, source
    page.click(".lu-tabs button:nth-child(3)")
    page.locator(".lu-list li").first.click()
    page.wait_for_selector(".lu-card .lu-link")
    page.click(".lu-card .lu-link")
    assert page.locator(".lu-search input").input_value() == bad
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert bad in page.locator(".lu-sheet").inner_text()
    assert bad in page.locator(".lu-printed").inner_text()
    assert seen.clean(), seen


def test_the_layer_alone_in_an_ordinary_folium_map(result, browse):
    page = folium.Map(location=[30.22, 120.2], zoom_start=14, tiles=None)
    page.default_js, page.default_css = page.default_js[:1], page.default_css[:1]
    ParcelLayer(land_drawing(result)).add_to(page)
    ready = "<script>document.body.classList.add('ready')</script>"
    seen = browse(seal(page.get_root().render()).replace("</html>", f"{ready}</html>"))
    name = seen.page.evaluate("Object.keys(self).find((key) => key.startsWith('parcel_layer'))")
    seen.page.evaluate(f"{name}.ready")
    assert seen.page.evaluate(f"{name}.at({name}.bounds(0).getCenter())") == 0
    assert seen.clean(), seen
