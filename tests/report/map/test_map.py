from __future__ import annotations

import dataclasses
import json
import re

import folium
import pytest
from toy_result import HOSTILE, listing, toy

from landuse.i18n import language
from landuse.report.map import layers
from landuse.report.map.drawings import land_drawing, plots_drawing
from landuse.report.map.layers import ParcelLayer, ShapeLayer, layer_of
from landuse.report.map.page import study_map
from landuse.results.candidates import Scatter


def block(html: str, key: str) -> dict:
    return json.loads(re.search(rf'<script type="application/json" id="{key}">(.*?)</script>', html)[1])


def test_same_findings_same_bytes(result):
    assert study_map(result) == study_map(toy())


def test_same_bytes_when_packed(result, monkeypatch):
    monkeypatch.setattr(layers, "MANY", 0)
    assert study_map(result) == study_map(result)


def test_legend_and_headline_agree_with_the_figures(result):
    data = block(study_map(result), "landuse-page")
    found = result.concentration
    land = {(row["layer"], row["class"]): row for row in data["legend"]}
    assert land["land", 0]["m2"] == pytest.approx(found.inside_m2, abs=0.01)
    assert land["land", 1]["m2"] == pytest.approx(found.outside_m2, abs=0.01)
    assert land["land", 0]["share"] == pytest.approx(found.share)
    assert land["plots", 0]["count"] == len(result.candidates.listed)
    assert land["plots", 1]["count"] == len(result.candidates.no_data)
    assert (land["parks", 0]["count"], land["parks", 0]["blocks"]) == (2, 3)
    assert data["study"]["share"] == found.share
    assert data["study"]["run"] == result.run_id[:12]
    assert data["plots"]["tax_per_mu"][data["plots"]["id"].index("P4")] is None


def test_inside_and_outside_follow_the_definition(result):
    land = land_drawing(result)
    m2 = land.table["m2"].groupby(land.classes).sum()
    assert m2[0] == pytest.approx(result.concentration.inside_m2)
    assert m2[1] == pytest.approx(result.concentration.outside_m2)


def test_the_switch_between_elements_and_canvas(result, monkeypatch):
    drawing = plots_drawing(result)
    assert isinstance(layer_of(drawing), ShapeLayer)
    monkeypatch.setattr(layers, "MANY", 1)
    assert isinstance(layer_of(drawing), ParcelLayer)
    assert issubclass(ShapeLayer, folium.map.Layer)
    assert issubclass(ParcelLayer, folium.map.Layer)


def test_words_follow_the_language(result):
    with language("en"):
        english = study_map(result)
    assert block(english, "landuse-page")["words"]["candidates"] == "Candidates"
    assert block(english, "landuse-page")["rules"][0]["name"] == "Tax per mu"
    assert '<html lang="en">' in english
    with language("zh"):
        assert block(study_map(result), "landuse-page")["rules"][0]["name"] == "亩均税收"


def test_data_never_reaches_the_template_engine_or_the_markup():
    hostile = toy((HOSTILE[0], HOSTILE[2], HOSTILE[6]), HOSTILE[4:])
    html = study_map(hostile)
    assert "<img src=x" not in html
    assert html.count("alert(1)</script>") == 0
    assert HOSTILE[6] in block(html, "landuse-page")["districts"]["name"]


# in a browser, the network cut


@pytest.mark.parametrize("many", [3000, 0], ids=["elements", "canvas"])
def test_opens_and_answers(result, browse, monkeypatch, many):
    monkeypatch.setattr(layers, "MANY", many)
    with language("en"):
        seen = browse(study_map(result))
    page = seen.page
    assert page.locator(".lu-headline output").inner_text() == f"{result.concentration.share:.2%}"
    assert page.evaluate("L.version") == "1.9.3"
    assert page.evaluate("Object.keys(landuse.app.layers)") == ["districts", "land", "parks", "plots"]
    assert page.evaluate("Object.values(landuse.app.layers).every((x) => landuse.app.map.hasLayer(x))")
    assert page.locator(".lu-list li").count() == 1
    page.click(".lu-list li")
    card = page.locator(".lu-popup .lu-card")
    for words in (
        "恒立机械",
        "P3",
        "15.00 mu",
        "62,000 yuan per mu",
        "150,000 yuan per mu",
        "600 m",
        "Removed from the list if",
    ):
        assert words in card.inner_text()
    assert page.locator(".lu-list li.selected").count() == 1
    assert seen.clean(), seen


@pytest.mark.parametrize("many", [3000, 0], ids=["elements", "canvas"])
def test_legend_filters(result, browse, monkeypatch, many):
    monkeypatch.setattr(layers, "MANY", many)
    page = browse(study_map(result)).page
    at = "(key) => { const a = landuse.app, l = a.layers.%s; return l.at(l.bounds(%d).getCenter()) }"
    for key, entry in (("land", 1), ("plots", 0)):
        shape = page.evaluate(f"landuse.app.layers.{key}.shapes.classes.indexOf({entry})")
        assert page.evaluate(at % (key, shape)) == shape
        page.click(f'.lu-entry[data-layer="{key}"][data-class="{entry}"]')
        assert page.evaluate(at % (key, shape)) == -1
        page.click(f'.lu-entry[data-layer="{key}"][data-class="{entry}"]')
        assert page.evaluate(at % (key, shape)) == shape


def test_legend_takes_paths_off_the_map(result, browse):
    page = browse(study_map(result)).page
    before = page.locator("path.lu-land-1").count()
    page.click('.lu-entry[data-layer="land"][data-class="1"]')
    assert before >= 3
    assert page.locator("path.lu-land-1").count() == 0
    assert page.locator("path.lu-land-0").count() > 0
    assert page.locator("path.lu-plots-0").count() == 1


def test_a_click_on_the_map_opens_the_card_of_what_is_there(result, browse):
    page = browse(study_map(result)).page
    x, y = page.evaluate(
        """() => {
            const {map, layers: {plots}} = landuse.app, k = landuse.data.plots.id.indexOf('P3');
            const at = map.latLngToContainerPoint(plots.bounds(k).getCenter());
            return [at.x, at.y];
        }"""
    )
    page.mouse.click(x, y)
    page.wait_for_selector(".lu-card")
    assert "P3" in page.locator(".lu-card").inner_text()


def test_search_lists_and_finds_what_is_on_no_list(result, browse):
    with language("en"):
        page = browse(study_map(result)).page
    page.fill(".lu-search input", "恒立")
    assert page.locator(".lu-list li").count() == 1
    page.fill(".lu-search input", "P1")
    assert page.locator(".lu-list li").count() == 0
    page.keyboard.press("Enter")
    page.wait_for_selector(".lu-card")
    assert "Inside" in page.locator(".lu-card").inner_text()
    page.fill(".lu-search input", "nothing of the kind")
    page.keyboard.press("Enter")
    assert "Nothing found" in page.locator(".lu-found").inner_text()


def test_parks_and_districts_have_cards(result, browse):
    with language("en"):
        page = browse(study_map(result)).page
    page.click(".lu-tabs button:nth-child(2)")
    page.click(".lu-list li:first-child")
    assert "Industrial land, gross" in page.locator(".lu-card").inner_text()
    page.click(".lu-tabs button:nth-child(3)")
    page.click(".lu-list li:last-child")
    page.wait_for_function("document.querySelector('.lu-card h2').textContent === '空区'")
    assert "no data" in page.locator(".lu-card").inner_text()


def test_hostile_names_are_text(browse):
    for names, ids in ((HOSTILE[:3], HOSTILE[4:]), ((HOSTILE[7], HOSTILE[6], HOSTILE[5]), HOSTILE[:4])):
        seen = browse(study_map(toy(names, ids)))
        page = seen.page
        for tab in (1, 2, 3):
            page.click(f".lu-tabs button:nth-child({tab})")
            for row in range(page.locator(".lu-list li").count()):
                title = page.evaluate("(k) => document.querySelectorAll('.lu-list li')[k].textContent", row)
                page.locator(".lu-list li").nth(row).click()
                page.wait_for_function("document.querySelectorAll('.lu-popup .lu-card').length === 1")
                name = page.locator(".lu-card h2").inner_text()
                assert name in title
        assert page.evaluate("landuse.data.plots.firms").count(names[0]) == 1
        page.click(".lu-tabs button:nth-child(1)")
        page.fill(".lu-search input", ids[0])
        page.keyboard.press("Enter")
        page.wait_for_function("(id) => document.querySelector('.lu-card h2').textContent === id", arg=ids[0])
        assert seen.clean(), seen


def test_csv_is_no_formula(browse):
    page = browse(study_map(toy(("=1+1", "园", "区"), ("P1", "P2", "@SUM(1)", "P4")))).page
    with page.expect_download() as download:
        page.click(".lu-order button")
    text = download.value.path().read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    assert '"\'@SUM(1)"' in text
    assert '"\'=1+1"' in text
    assert len(text.splitlines()) == 2


def test_without_scatter_and_districts(bare, browse):
    seen = browse(study_map(bare))
    assert seen.page.locator(".lu-tabs button").count() == 2
    seen.page.click(".lu-tabs button:nth-child(2)")
    seen.page.click(".lu-list li")
    seen.page.wait_for_selector(".lu-card")
    assert seen.clean(), seen


def test_uncompressed_opens_in_an_old_browser(result, browse, monkeypatch):
    monkeypatch.setattr(layers, "MANY", 0)
    newer = (
        "self.DecompressionStream",
        "self.structuredClone",
        "Element.prototype.replaceChildren",
        "String.prototype.replaceAll",
        "String.prototype.matchAll",
        "Array.prototype.at",
        "Object.fromEntries",
        "Object.hasOwn",
        "Promise.allSettled",
    )
    without = "<head><script>" + "".join(f"delete {name};" for name in newer) + "</script>"
    with language("en"):
        seen = browse(study_map(result, compress=False).replace("<head>", without, 1))
    page = seen.page
    assert page.evaluate("typeof DecompressionStream + typeof ''.replaceAll") == "undefinedundefined"
    assert page.evaluate("landuse.app.layers.land.shapes.n") == len(land_drawing(result))
    page.select_option(".lu-legend select", "tax")
    page.wait_for_selector("text=5 – 10")
    page.click(".lu-list li")
    page.wait_for_selector(".lu-card")
    page.fill(".lu-search input", "P1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lu-card >> text=Inside")
    assert seen.clean(), seen


def test_print_layout(result, browse):
    page = browse(study_map(result)).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".lu-panel").is_visible()
    assert page.locator(".lu-legend").is_visible()
    assert page.locator(".lu-printed li").count() == 1
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".lu-panel").is_visible()


def test_nothing_scattered(result, browse):
    nothing = listing(result, result.candidates.plots[:0])
    nothing = dataclasses.replace(nothing, scatter=Scatter(result.scatter.plots[:0]))
    with language("en"):
        seen = browse(study_map(nothing))
    assert "Nothing to list" in seen.page.locator(".lu-found").inner_text()
    assert seen.clean(), seen
    with language("en"):
        seen = browse(study_map(dataclasses.replace(result, candidates=None)))
    assert seen.page.locator(".lu-list li").count() == 2
    seen.page.click(".lu-list li:first-child")
    seen.page.wait_for_selector(".lu-card")
    assert "P3" in seen.page.locator(".lu-card").inner_text()
    assert seen.clean(), seen
