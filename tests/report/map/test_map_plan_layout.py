"""The relocation plan on the map: many moves, paper, and screens it has to fit."""

from __future__ import annotations

import pytest
from toy_relocation import with_relocation
from toy_result import toy

from landuse.i18n import language
from landuse.report.map import layers
from landuse.report.map.layers import ParcelLayer
from landuse.report.map.page import study_map
from landuse.report.map.relocation import plan_drawings
from landuse.results.relocation import FEASIBLE

BEFORE, AFTER = ".lu-plan td:nth-child(2) button", ".lu-plan td:nth-child(3) button"


@pytest.fixture(scope="module")
def planned():
    return with_relocation(toy(), FEASIBLE)


def english(result) -> str:
    with language("en"):
        return study_map(result)


def test_thousands_of_moves_are_painted_on_canvas(browse):
    many = with_relocation(toy(), copies=1001)
    blocks, treated, moves = plan_drawings(many)
    assert isinstance(layers.layer_of(moves), ParcelLayer)
    assert len(blocks) == 2
    assert len(treated) == 4004
    seen = browse(english(many))
    assert seen.page.locator("path.lu-moves-0").count() == 0
    seen.page.evaluate("landuse.app.hover('blocks', 0)")
    assert seen.page.locator("path.lu-move.lit.many").count() == 1
    seen.page.click(".lu-tabs button:nth-child(4)")
    seen.page.click(".lu-list li:nth-child(2)")
    seen.page.wait_for_selector(".lu-planned")
    assert seen.clean(), seen


def test_paper_shows_the_plan_and_which_city_it_is(planned, browse):
    page = browse(english(planned)).page
    page.click(AFTER)
    page.wait_for_selector(".lu-headline.after")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert not page.locator(".lu-panel").is_visible()
    assert "not yet real" in page.locator(".lu-headline").inner_text()
    assert "Relocation plan: 2 plots move" in page.locator(".lu-printed").inner_text()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".lu-plan").is_visible()


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1366, 768)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_cut_or_covered(planned, browse, lang, width, height):
    with language(lang):
        page = browse(study_map(planned)).page
    page.set_viewport_size({"width": width, "height": height})
    for switch in (AFTER, BEFORE):
        page.click(switch)
        for part in (".lu-plan", ".lu-tabs", ".lu-headline"):
            assert page.evaluate(
                "(x) => { const e = document.querySelector(x); return e.scrollWidth <= e.clientWidth; }", part
            )
        panel, legend = page.locator(".lu-panel").bounding_box(), page.locator(".lu-legend").bounding_box()
        assert panel["y"] + panel["height"] <= height
        assert (
            legend["y"]
            > page.locator(".lu-tools").bounding_box()["y"] + page.locator(".lu-tools").bounding_box()["height"]
        )
        assert page.locator(".lu-list").bounding_box()["height"] > 150
    page.click(".lu-plan details.note summary")
    assert page.locator(".lu-plan li").first.is_visible()
    assert page.locator(".lu-list").bounding_box()["height"] > 100
