"""The relocation plan on the map: its data, and in a browser, the network cut."""

from __future__ import annotations

import dataclasses
import json
import re

import numpy as np
import pytest
import shapely
from toy_relocation import with_relocation
from toy_result import HOSTILE, toy

from landuse.i18n import language
from landuse.report.map import layers
from landuse.report.map.page import study_map
from landuse.report.map.relocation import ACTIONS, plan_drawings
from landuse.report.words.relocation import plan_sentence, proof_sentence, shortfall_words
from landuse.results.relocation import FEASIBLE, INFEASIBLE, NOT_NEEDED

SWITCH = ".lu-plan td:nth-child({}) button"
BEFORE, AFTER = SWITCH.format(2), SWITCH.format(3)


@pytest.fixture(scope="module")
def planned():
    return with_relocation(toy(), FEASIBLE)


def block(html: str, key: str) -> dict:
    return json.loads(re.search(rf'<script type="application/json" id="{key}">(.*?)</script>', html)[1])


def english(result, **how) -> str:
    with language("en"):
        return study_map(result, **how)


def test_the_page_has_the_plans_figures(planned):
    data, r = block(english(planned), "landuse-page"), planned.relocation
    for when, found in (("before", r.before), ("after", r.after)):
        assert data["plan"][when]["share"] == found.share
        assert data["plan"][when]["inside_m2"] == found.inside_m2
        assert data["plan"][when]["relocate_m2"] == found.gap.relocate
    assert data["plan"]["before"]["share"] == data["study"]["share"]
    with language("en"):
        assert data["plan"]["sentence"] == plan_sentence(planned)
        assert data["plan"]["proof"] == proof_sentence(planned)
    treated, blocks = data["treated"], data["blocks"]
    assert treated["id"] == list(r.moves.index)
    assert sum(treated["cost_yuan"]) == pytest.approx(r.cost_yuan)
    into = [r.blocks["block_id"].iloc[k] if k >= 0 else "" for k in treated["block"]]
    assert into == list(r.moves["block_id"])
    assert blocks["used_m2"] == pytest.approx(list(r.blocks["used_m2"]), abs=0.01)
    rows = {(row["layer"], row["class"]): row for row in data["legend"] if row["layer"] in ("treated", "blocks")}
    assert [rows["treated", k]["count"] for k in range(3)] == [2, 1, 1]
    assert rows["blocks", 0]["used_m2"] == pytest.approx(r.moves["land_used_m2"].sum(), abs=0.01)
    # what the legend counts by then
    assert data["plan"]["legend"]["land"][0]["share"] == pytest.approx(r.after.share)
    assert sum(row["count"] for row in data["plan"]["legend"]["plots"]) == 0


def test_lines_run_from_the_plot_to_its_block_and_are_in_its_order(planned):
    _blocks, treated, moves = plan_drawings(planned)
    assert [ACTIONS[k] for k in moves.classes] == list(planned.relocation.moves["action"])
    ends = shapely.get_num_coordinates(moves.polygons)
    for k, line in enumerate(moves.polygons):
        start = shapely.points(shapely.get_coordinates(line)[0])
        assert shapely.contains(treated.polygons[k], start)
        length = shapely.length(line)
        assert (length > 0) == (treated.table["action"][k] == "move") == (ends[k] > 2)
    goal = planned.relocation.blocks.to_crs(4326).geometry.to_numpy()
    for k in np.flatnonzero(moves.classes == 0):
        last = shapely.points(shapely.get_coordinates(moves.polygons[k])[-1])
        assert shapely.contains(goal[treated.table["block"][k]], last)


def test_without_a_plan_nothing_is_drawn_or_said(result, browse):
    html = english(result)
    data = block(html, "landuse-page")
    assert (data["plan"], data["treated"], data["blocks"]) == (None, None, None)
    assert plan_drawings(result) == []
    seen = browse(html)
    assert seen.page.locator(".lu-plan").count() == 0
    assert seen.page.locator(".lu-tabs button").count() == 3
    assert seen.page.evaluate("Object.keys(landuse.app.layers)") == ["districts", "land", "parks", "plots"]
    assert seen.page.locator(".lu-marks").count() == 0
    assert seen.clean(), seen


@pytest.mark.parametrize("many", [3000, 0], ids=["elements", "canvas"])
def test_the_switch_changes_headline_land_and_legend(planned, browse, monkeypatch, many):
    monkeypatch.setattr(layers, "MANY", many)
    seen = browse(english(planned))
    page, r = seen.page, planned.relocation
    assert page.locator(".lu-headline output").inner_text() == f"{r.before.share:.2%}"
    assert "not yet real" not in page.locator(".lu-headline").inner_text()
    own = page.locator(".lu-legend").inner_text()
    page.click('.lu-entry[data-layer="treated"][data-class="1"]')  # stays hidden through the switch
    page.click(AFTER)
    page.wait_for_selector(".lu-headline.after")
    head = page.locator(".lu-headline").inner_text()
    assert f"{r.after.share:.2%}" in head
    assert "after the plan (not yet real)" in head
    assert "Target met" in head
    assert f"{r.after.inside_m2 * 0.0015:,.2f}" in page.locator(".lu-plan table").inner_text()
    page.wait_for_selector(".lu-left")
    first = page.locator('.lu-entry[data-layer="land"]').first.inner_text().split("\n")
    assert first[1:] == [f"{r.after.inside_m2 * 0.0015:,.0f}", f"{r.after.share:.1%}"]
    hidden = page.locator('.lu-entry[data-layer="treated"][data-class="1"]')
    assert hidden.get_attribute("aria-pressed") == "false"
    assert page.evaluate("landuse.app.layers.treated.styles[0].hatch")
    # the outline of a candidate that moves is gone; that it is listed is not
    number = page.evaluate("landuse.app.layers.plots.shapes.classes[landuse.data.plots.id.indexOf('P3')]")
    assert page.evaluate("(k) => landuse.app.layers.plots.styles[k].stroke", number) == ""
    page.select_option(".lu-legend select", "tax")
    page.wait_for_selector("text=before the plan")
    page.select_option(".lu-legend select", "")
    page.wait_for_selector("text=Scattered and inefficient")
    page.click(BEFORE)
    page.wait_for_function("!document.querySelector('.lu-headline.after')")
    page.wait_for_function("!document.querySelector('.lu-left')")
    hidden.click()
    assert page.locator(".lu-legend").inner_text() == own
    assert not page.evaluate("landuse.app.layers.treated.styles[0].hatch")
    assert seen.clean(), seen


def test_list_card_and_lines_are_one_thing(planned, browse):
    seen = browse(english(planned))
    page = seen.page
    assert "move in 2026" in page.locator(".lu-list li").first.inner_text()
    page.click(".lu-tabs button:nth-child(4)")
    assert page.locator(".lu-list li").count() == 4
    page.fill(".lu-search input", "P3")
    page.keyboard.press("Enter")
    page.wait_for_selector(".lu-card")
    card = page.locator(".lu-card").inner_text()
    for words in (
        "恒立机械",
        "move in 2026",
        "示例园区 · ",
        "780 m",
        "leading industry",
        "840.0 x 10,000 yuan",
        "93.0 x 10,000",
    ):
        assert words in card
    assert page.locator("path.lu-move.marked").get_attribute("d") != "M0 0"
    assert page.locator(".leaflet-pane.faded").count() == 1
    page.wait_for_function("() => !document.querySelector('.leaflet-pan-anim')")  # the card moves with the map
    page.click("text=All about this plot")
    page.wait_for_selector(".lu-rule")
    assert "move in 2026" in page.locator(".lu-card").inner_text()
    assert page.locator(".lu-list li.selected").count() == 1  # the same plot
    page.click(".leaflet-popup-close-button")
    assert page.locator("path.lu-move.marked").get_attribute("d") == "M0 0"
    assert page.locator(".leaflet-pane.faded").count() == 0
    # a plot of the plan that is on no other list
    page.fill(".lu-search input", "P2")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.lu-card h2').textContent === 'P2'")
    assert "clear in 2026" in page.locator(".lu-card").inner_text()
    assert seen.clean(), seen


def test_a_block_answers_with_its_parks_card(planned, browse):
    seen = browse(english(planned))
    page, r = seen.page, planned.relocation
    x, y = page.evaluate(
        """() => {
            const {map} = landuse.app, {blocks} = landuse.data;
            const at = map.latLngToContainerPoint([blocks.lat[1], blocks.lon[1]]);
            return [at.x, at.y];
        }"""
    )
    page.mouse.move(x, y)
    page.wait_for_function("document.querySelector('path.lu-move.lit').getAttribute('d') !== 'M0 0'")
    page.mouse.click(x, y)
    page.wait_for_selector(".lu-card")
    card = page.locator(".lu-card").inner_text()
    second = r.blocks.iloc[1]
    load = second["used_m2"] / second["spare_m2"]
    for words in (
        "示例园区",
        f"{load:.0%}",
        "from 2027",
        "20.0 x 10,000 yuan per mu",
        "any industry",
        "leading: 34, 35",
        "computed",
    ):
        assert words in card
    assert page.locator(".lu-rule.chosen b").inner_text() == str(second["block_id"])
    page.click(".leaflet-popup-close-button")
    page.click('.lu-entry[data-layer="blocks"][data-class="0"]')
    assert page.locator(".lu-load").count() == 0
    page.click('.lu-entry[data-layer="treated"][data-class="0"]')
    assert page.locator("path.lu-moves-0").count() == 0
    assert page.locator("path.lu-moves-1").count() == 1
    page.click(".lu-tabs button:nth-child(4)")
    assert page.locator(".lu-list li").count() == 2  # what the legend hides is on no list
    assert seen.clean(), seen


def test_the_plan_as_csv(planned, browse):
    page = browse(english(planned)).page
    page.click(".lu-tabs button:nth-child(4)")
    with page.expect_download() as download:
        page.click(".lu-order button")
    lines = download.value.path().read_bytes().decode("utf-8").splitlines()
    assert len(lines) == 5
    assert lines[0].startswith('\ufeff"No.","Plot","Action","Year"')
    assert lines[1].startswith('1,"P3","move",2026,"余杭区"')
    assert ",8400000,930000," in lines[1]


def test_what_is_missing_in_place_of_a_switch(browse):
    impossible = with_relocation(toy(), INFEASIBLE)
    seen = browse(english(impossible))
    box = seen.page.locator(".lu-plan")
    with language("en"):
        for missing in impossible.relocation.shortfalls:
            assert shortfall_words(missing, impossible) in box.inner_text()
    assert box.locator("button").count() == 0
    assert seen.page.locator(".lu-tabs button").count() == 3
    seen.page.click(".lu-tabs button:nth-child(2)")
    seen.page.click(".lu-list li:has-text('示例园区')")
    seen.page.wait_for_selector(".lu-card")
    assert "30.00 mu" in seen.page.locator(".lu-card").inner_text()  # spare land of a block
    assert seen.clean(), seen


def test_no_plan_needed_is_one_line(browse):
    seen = browse(english(with_relocation(toy(), NOT_NEEDED)))
    box = seen.page.locator(".lu-plan")
    assert box.inner_text() == "Relocation plan: none needed, the target is reached."
    assert box.locator("button").count() == 0
    assert seen.clean(), seen


@pytest.mark.parametrize("bad", [HOSTILE[0], HOSTILE[2], HOSTILE[6], HOSTILE[7]])
def test_hostile_names_of_blocks_and_parks_are_text(browse, bad):
    planned = with_relocation(toy((bad, bad, bad), (bad, "P2", "P3", "P4")))
    r = planned.relocation
    moves, blocks = r.moves.copy(), r.blocks.copy()
    for table in (moves, blocks):
        own = table["block_id"] != ""
        table["block_id"] = table["block_id"].where(~own, table["block_id"].astype(str) + bad)
    seen = browse(
        study_map(dataclasses.replace(planned, relocation=dataclasses.replace(r, moves=moves, blocks=blocks)))
    )
    page = seen.page
    page.click(".lu-tabs button:nth-child(4)")
    for row in range(4):
        page.locator(".lu-list li").nth(row).click()
        page.wait_for_selector(".lu-card")
    page.locator(".lu-list li").first.click()
    page.locator(".lu-planned", has_text=bad).wait_for()
    page.click(".lu-tabs button:nth-child(2)")
    page.locator(".lu-list li", has_text=bad).first.click()
    page.wait_for_selector(".lu-bar.load")
    assert bad in page.locator(".lu-rule b").first.inner_text()
    page.click(AFTER)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".lu-headline .then").is_visible()
    assert seen.clean(), seen
