"""What changed between dates on the map: its data, and in a browser, the network cut."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
import re

import numpy as np
import pandas as pd
import pytest
import shapely
from toy_result import HOSTILE

from landuse.geo.crs import WGS84
from landuse.geo.transform import route
from landuse.i18n import language
from landuse.report.map import change, layers
from landuse.report.map.change import CLASSES, NOT, OUTSIDE, change_data, change_drawings
from landuse.report.map.page import DATED, study_map
from landuse.report.summary import summary
from landuse.report.tables.change import breakdown
from landuse.results import change as c

SLIDER = ".lu-change input[type=range]"
CHANGES = ".lu-tabs button:last-child"


def english(result) -> str:
    with language("en"):
        return study_map(result)


def block(html: str, key: str) -> dict:
    return json.loads(re.search(rf'<script type="application/json" id="{key}">(.*?)</script>', html)[1])


def table(data: dict) -> pd.DataFrame:
    return pd.DataFrame(data)


@pytest.fixture(scope="module")
def html(dated) -> str:
    return english(dated.result)


@pytest.fixture(scope="module")
def data(html) -> dict:
    return block(html, "landuse-page")


@pytest.fixture
def page(html, browse):
    """The page as it opens; afterwards it has called nobody and met no error."""
    seen = browse(html)
    yield seen.page
    assert seen.clean(), seen


def at_date(page, k: int) -> None:
    page.evaluate("(k) => landuse.app.change.turn(k)", k)


# data


def test_the_figures_are_those_of_the_summary(dated, data):
    found, told = data["change"], summary(dated.result)["change"]
    for own, step, steps in zip(found["steps"], told["steps"], dated.result.history.steps, strict=True):
        assert (own["from"], own["to"]) == (step["from"], step["to"])
        assert own["before"] == step["share_before"]
        assert own["after"] == step["share_after"]
        assert own["stayed"] == step["share_had_boundaries_stayed"]
        effects = {row["kind"]: row["effect"] for row in own["effects"]}
        assert effects == {kind: step["effects"][kind] for kind in effects}
        assert sum(effects.values()) == pytest.approx(own["after"] - own["before"], abs=1e-9)
        assert {row["kind"]: row["points"] for row in own["effects"]} == breakdown(steps).told["points"].to_dict()
    for own, step in zip(found["dates"], dated.result.history.steps, strict=True):
        b = step.before
        assert (own["share"], own["inside_m2"], own["total_m2"]) == (b.share, b.inside_m2, b.total_m2)
        assert own["land"] == [b.inside_m2, b.outside_m2]


def test_the_rows_are_the_land_that_changed(dated, data):
    rows, history = table(data["changes"]), dated.result.history
    assert ((rows["was"] != NOT) | (rows["now"] != NOT)).all()
    assert rows["step"].is_monotonic_decreasing  # an element lies over those before it
    for k, step in enumerate(history.steps):
        here = rows[rows["step"] == k]
        by_kind = here.groupby("kind")["area_m2"].sum()
        legend = {row["class"]: row for row in data["change"]["steps"][k]["legend"]}
        assert set(legend) == set(by_kind.index)
        for number, m2 in by_kind.items():
            plots = here.loc[here["kind"] == number, "id"]
            assert legend[number]["m2"] == pytest.approx(m2, abs=0.01 * len(plots))
            assert legend[number]["count"] == plots.nunique()
        outside = by_kind.reindex([0, 1]).sum()
        assert outside == pytest.approx(step.components["m2"][c.NEW_OUTSIDE], abs=0.05)
        for number, name in enumerate(CLASSES[2:], start=2):
            assert by_kind.get(number, 0.0) == pytest.approx(step.components["m2"][name], abs=0.1)
        assert here["parts"].sum() == len(step.changed[step.changed["kind"] != c.REDIGITISED])
    alerts = rows.loc[rows["kind"] == 0, "id"]
    assert sorted(alerts) == sorted(history.alerts["plot"])
    told = table(data["violations"])
    assert rows["id"][told["row"]].tolist() == history.violations["plot"].tolist()
    assert told["document"].tolist() == history.violations["document"].tolist()


def test_slivers_are_counted_and_not_drawn(dated):
    result, history = dated.result, dated.result.history
    parts = history.last.parts.copy()
    sliver = parts.index[parts["kind"] == c.CLEARED_OUTSIDE]
    parts.loc[sliver, "kind"] = c.REDIGITISED
    last = dataclasses.replace(history.last, parts=parts)
    result = dataclasses.replace(result, history=dataclasses.replace(history, steps=(*history.steps[:-1], last)))
    drawn = {d.key: d for d in change_drawings(result)}
    found = drawn["changes"].table
    assert not set(parts.loc[sliver, "parcel_before"]) & set(found.loc[found["step"] == 1, "id"])
    with language("en"):
        anew = change_data(result, drawn)["change"]["steps"][1]["anew"]
    assert anew["count"] == len(sliver)
    assert anew["m2"] == pytest.approx(parts.loc[sliver, "m2_before"].sum(), abs=0.01)


def test_land_whose_side_changed_with_its_parcel_is_drawn_as_it_was(dated):
    """Under a rule that cuts no parcel a line drawn anew may move land from one side to the other."""
    history = dated.result.history
    parts = history.last.parts.copy()
    moved = parts["kind"] == c.REDRAWN_IN
    parts.loc[moved, "kind"] = c.REDIGITISED
    last = dataclasses.replace(history.last, parts=parts)
    changed = dataclasses.replace(history, steps=(*history.steps[:-1], last))
    result = dataclasses.replace(dated.result, history=changed)
    table = change_drawings(result)[1].table
    rows = table[table["kind"] == len(CLASSES)]
    assert set(rows["id"]) == set(parts.loc[moved, "parcel_after"])
    assert (rows["was"] == OUTSIDE).all()


def test_without_earlier_dates_nothing_of_it_is_in_the_page(result, browse):
    text = english(result)
    page = block(text, "landuse-page")
    assert not {"change", "changes", "outlines", "violations"} & set(page)
    assert "step" not in page["words"]
    assert change_drawings(result) == []
    seen = browse(text)
    assert seen.page.locator(".lu-change, .lu-sections").count() == 0
    assert seen.page.locator(".lu-tabs button").count() == 3
    assert seen.page.evaluate("[landuse.change, landuse.changeCard, landuse.waterfall].every((x) => x === undefined)")
    assert len(DATED) == 6
    assert seen.clean(), seen


def test_earlier_dates_without_a_change(dated, browse):
    history = dated.result.history
    still = tuple(
        dataclasses.replace(step, parts=step.parts.assign(kind=c.UNCHANGED), after=step.after) for step in history.steps
    )
    quiet = dataclasses.replace(history, steps=still, violations=history.violations.iloc[:0])
    seen = browse(english(dataclasses.replace(dated.result, history=quiet)))
    assert not seen.page.evaluate("'changes' in landuse.app.layers")
    at_date(seen.page, 0)
    assert f"{history.steps[0].before.share:.2%}" in seen.page.locator(".lu-headline").inner_text()
    seen.page.click(CHANGES)
    assert "Nothing to list" in seen.page.locator(".lu-found").inner_text()
    assert seen.clean(), seen


# in a browser


def test_the_slider_takes_headline_parks_and_figures_back(dated, page):
    history = dated.result.history
    page.focus(SLIDER)
    for key, step in (("ArrowLeft", history.steps[1]), ("ArrowLeft", history.steps[0]), ("End", None)):
        page.keyboard.press(key)
        found, day = (step.before, step.start) if step else (history.last.after, history.last.end)
        page.wait_for_function(
            "(day) => document.querySelector('.lu-headline').textContent.includes(day)", arg=str(day)
        )
        head = page.locator(".lu-headline").inner_text()
        assert f"{found.share:.2%}" in head
        assert f"{abs(found.gap.relocate) * 0.0015:,.2f} mu" in head
        assert ("as it was on" in head) == (step is not None)
        figures = page.locator(".lu-change output").inner_text()
        assert figures == f"{found.inside_m2 * 0.0015:,.2f} / {found.total_m2 * 0.0015:,.2f} mu inside"
        assert page.get_attribute(SLIDER, "aria-valuetext") == f"{day}, {found.share:.2%}"
        drawn = len(set(history.parks[day]["park_id"])) if step else 0
        assert page.locator("path.lu-outlines-0").count() == drawn
        assert page.locator(".leaflet-landuse-parks-pane path").first.is_visible() == (step is None)
        land = page.locator('.lu-entry[data-layer="land"]').first.inner_text().split("\n")
        assert land[-2:] == [f"{found.inside_m2 * 0.0015:,.0f}", f"{found.share:.1%}"]
    page.click(".lu-stops button:first-child")
    page.wait_for_selector("body.past")
    page.click('.lu-entry[data-layer="outlines"]')
    assert page.locator("path.lu-outlines-0").count() == 0


def fits(page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for part in (".lu-change", ".lu-plan", ".lu-tabs", ".lu-headline", ".lu-stops", ".lu-change header"):
        assert page.evaluate(
            "(x) => { const e = document.querySelector(x); return e.scrollWidth <= e.clientWidth; }", part
        ), part
    panel, tools = page.locator(".lu-panel").bounding_box(), page.locator(".lu-tools").bounding_box()
    assert panel["y"] + panel["height"] <= height
    assert page.locator(".lu-legend").bounding_box()["y"] > tools["y"] + tools["height"]
    assert page.locator(".lu-list").bounding_box()["height"] > 150


SHOWN = """(places) => {
    const {layers: {land, then}} = landuse.app, blank = then.styles[2].fill;
    return places.map(([lat, lng]) => {
        const place = L.latLng(lat, lng), k = then.at(place), below = land.at(place);
        if (k < 0) return below < 0 ? 0 : 1 + land.shapes.classes[below];
        const {fill, hatch} = then.styles[then.shapes.classes[k]];
        return fill === blank ? 0 : hatch ? 2 : 1;
    });
}"""


def places(spots, step) -> list[list[float]]:
    """Latitude and longitude of points."""
    lon, lat = route(step.parts.crs, WGS84).apply(shapely.get_coordinates(spots)).T
    return np.column_stack([lat, lon]).tolist()


def as_it_was(result, page, but=None) -> int:
    """Compare the land the page shows at each earlier date with the land of that date, point by point."""
    checked = 0
    for k, step in enumerate(result.history.steps):
        at_date(page, k)
        # wherever anything ever changed, and some of the rest
        ever = np.concatenate([np.asarray(s.changed.geometry.to_numpy(), dtype=object) for s in result.history.steps])
        spots = shapely.point_on_surface(np.concatenate([ever, step.parts.geometry.to_numpy()[:20]]))
        spots = spots if but is None else spots[~shapely.intersects(spots, but)]
        tree = shapely.STRtree(step.parts.geometry.to_numpy())
        spot, part = tree.query(spots, predicate="within")
        side = np.where(step.parts["park_before"] != "", 1, 2) * (step.parts["m2_before"] > 0)
        expected = np.zeros(len(spots), dtype=int)
        expected[spot] = side.to_numpy()[part]
        assert page.evaluate(SHOWN, places(spots, step)) == expected.tolist(), step.start
        assert set(expected) == {0, 1, 2}
        checked += len(spots)
    return checked


def test_the_land_is_shown_as_it_was(dated, page):
    assert as_it_was(dated.result, page) > 50
    at_date(page, 2)
    assert page.locator(".leaflet-landuse-then-pane path").count() == 0
    own = page.evaluate("[...landuse.app.layers.land.shapes.classes]")
    at_date(page, 1)
    assert page.evaluate("[...landuse.app.layers.land.shapes.classes]") == own  # the land of today stays what it is
    # what was cleared since answers with what became of it
    step = dated.result.history.last
    gone = step.parts[step.parts["kind"] == c.CLEARED_INSIDE]
    place = places(shapely.point_on_surface(gone.geometry.to_numpy()), step)[0]
    page.select_option(".lu-step select", "0")  # whichever step is shown
    found = page.evaluate(
        "(place) => { const {key, row} = landuse.app.at(L.latLng(place)); return [key, row]; }", place
    )
    assert found[0] == "changes"
    assert page.evaluate("(k) => landuse.data.changes.id[k]", found[1]) == gone["parcel_before"].iloc[0]


def test_the_same_on_canvas_and_in_chinese(dated, browse, monkeypatch):
    """Besides, a place that changed twice: cleared in the first step, new in the second."""
    monkeypatch.setattr(layers, "MANY", 0)
    history, own = dated.result.history, change.changed_parts
    new = history.last.parts[history.last.parts["kind"] == c.NEW_OUTSIDE].iloc[[0]]

    def twice(history):
        parts = own(history)
        row = parts[parts["kind"] == c.CLEARED_OUTSIDE].iloc[[0]].set_geometry(new.geometry.to_numpy(), crs=parts.crs)
        return pd.concat([parts, row.assign(step=1, parcel_id="twice")], ignore_index=True)

    monkeypatch.setattr(change, "changed_parts", twice)
    with language("zh"):
        seen = browse(study_map(dated.result))
    page = seen.page
    assert page.evaluate("landuse.app.layers.then instanceof landuse.ParcelLayer")
    as_it_was(dated.result, page, new.geometry.iloc[0])
    spot = places(shapely.point_on_surface(new.geometry.to_numpy()), history.last)
    for k, state in enumerate((OUTSIDE, NOT, OUTSIDE)):
        at_date(page, k)
        assert page.evaluate(SHOWN, spot) == [state]
    # a canvas paints style by style: the earlier step over the later one
    at_date(page, 0)
    first, then = page.evaluate(
        "[0, 1].map((s) => landuse.app.layers.then.shapes.classes[landuse.data.changes.step.indexOf(s)])"
    )
    assert then < first
    at_date(page, 2)
    page.click(CHANGES)
    fits(page, 1366, 768)
    page.click(".lu-list li")
    page.wait_for_selector(".lu-why")
    assert seen.clean(), seen


def test_plan_colours_and_dates_do_not_contradict_each_other(page):
    after = page.locator(".lu-plan td:nth-child(3) button")
    after.click()
    page.wait_for_selector(".lu-headline.after")
    page.focus(SLIDER)
    page.keyboard.press("ArrowLeft")
    page.wait_for_selector(".lu-headline.past")
    assert after.get_attribute("aria-pressed") == "false"
    assert not page.locator(".leaflet-landuse-moves-pane path").first.is_visible()
    assert page.locator('.lu-entry[data-layer="plots"]').count() == 0
    after.click()
    page.wait_for_selector(".lu-headline.after")
    assert page.input_value(SLIDER) == "2"
    assert page.locator("body.past").count() == 0
    at_date(page, 0)
    page.select_option(".lu-legend select", "tax")
    page.wait_for_function("!document.body.classList.contains('past')")
    at_date(page, 0)
    page.wait_for_function("document.querySelector('.lu-legend select').value === ''")
    page.click(".lu-list li")  # a candidate is one of today
    page.wait_for_selector(".lu-rule")
    assert page.input_value(SLIDER) == "2"


def test_kinds_of_a_step_in_legend_list_and_map(data, page):
    steps = data["change"]["steps"]

    def legend() -> dict[int, list[str]]:
        rows = page.locator('.lu-entry[data-layer="changes"]')
        return {int(e.get_attribute("data-class")): e.inner_text().split("\n")[1:] for e in rows.all()}

    signs = page.locator(".lu-change-at .alert")
    assert signs.count() == next(row["count"] for row in steps[1]["legend"] if row["class"] == 0)
    for k in (1, 0):  # the latest at first
        if k == 0:
            page.select_option(".lu-step select", str(k))
        expected = {r["class"]: [str(r["count"]), f"{r['m2'] * 0.0015:,.0f}"] for r in steps[k]["legend"]}
        assert legend() == expected
        drawn = page.evaluate("landuse.data.changes.step.filter((_, k) => landuse.app.drawn('changes', k))")
        assert set(drawn) == {k}
    page.select_option(".lu-step select", "-1")
    both = {r["class"] for step in steps for r in step["legend"]}
    assert set(legend()) == both
    page.click(CHANGES)
    rows = len(data["changes"]["id"])
    assert page.locator(".lu-list li").count() == rows
    assert page.locator(f"{CHANGES} .note").inner_text() == str(rows)
    some = data["changes"]["kind"].count(2)
    shapes = page.locator("path.lu-changes-2").count()
    assert page.locator(".lu-change-at").count() == page.locator(".lu-list li").count()
    page.click('.lu-entry[data-layer="changes"][data-class="2"]')
    page.click('.lu-entry[data-layer="changes"][data-class="0"]')
    assert signs.count() == 0
    page.click('.lu-entry[data-layer="changes"][data-class="0"]')
    assert page.locator(".lu-list li").count() == rows - some
    assert (shapes, page.locator("path.lu-changes-2").count()) == (some, 0)
    # red asks for an explanation, and nothing else that changed does
    red = page.evaluate("landuse.app.layers.changes.styles.map(({stroke}) => stroke === landuse.data.palette.problem)")
    assert red == [True] + [False] * 9


def test_bars_lead_from_one_share_to_the_other(dated, page):
    step = dated.result.history.last
    page.click(".lu-change summary")
    rows = page.locator(".lu-waterfall tr").all_inner_texts()
    told = breakdown(step).told
    said = [re.split(r"\s{2,}|\t", row.strip()) for row in rows]
    assert said[0] == [str(step.start), f"{step.before.share:.2%}"]
    assert said[-2] == [str(step.end), f"{step.after.share:.2%}"]
    assert said[-1][-1] == f"{step.stayed.share:.2%}"
    points = [float(row[-1].replace("\u2212", "-")) for row in said[1:-2]]
    assert points == told["points"].tolist()
    bars = "[...document.querySelectorAll('.lu-waterfall i')]"
    ends = page.evaluate(f"{bars}.map(({{style}}) => [parseFloat(style.left), parseFloat(style.width)])")
    first, *between, last, _stayed = ends
    at = first[0] + first[1]
    for (left, width), effect in zip(between, points, strict=True):
        # each begins where the one before ended, a loss to the left
        assert at == pytest.approx(left if effect >= 0 else left + width, abs=0.05)
        at = left + width if effect >= 0 else left
    assert at == pytest.approx(last[0] + last[1], abs=0.05)
    page.select_option(".lu-step select", "-1")
    first, last = dated.result.history.steps[0], dated.result.history.last
    whole = page.locator(".lu-change summary span").inner_text()
    assert whole == f"+{(last.after.share - first.before.share) * 100:.2f} points"
    assert page.locator(".lu-change details p").count() == 2


def test_the_list_puts_alerts_first_and_the_card_argues(dated, page):
    found = dated.result.history.violations
    page.select_option(".lu-step select", "-1")
    page.click(CHANGES)
    page.check("text=only new plots outside the parks")
    rows = page.locator(".lu-list li b").all_inner_texts()
    assert rows == found["plot"].tolist()
    first = page.locator(".lu-list li").first
    assert "no document" in first.inner_text()
    assert page.locator(".lu-list li .chip.alert").count() == len(dated.result.history.alerts)
    first.click()
    card = page.locator(".lu-card")
    for words in (rows[0], "0101 水田", "0601 工业用地", "2024-12-31", "Outside every park", "has to be explained"):
        assert words in card.inner_text()
    assert f"{found['area_m2'][0] * 0.0015:,.2f} mu" in card.inner_text()
    page.locator(".lu-list li", has_text=found["plot"].iloc[-1]).click()
    page.wait_for_selector(".lu-document:not(.alert)")
    assert f"Excepted by {found['document'].iloc[-1]}." in card.inner_text()
    page.uncheck("text=only new plots outside the parks")
    assert page.locator(".lu-list li b").all_inner_texts()[: len(rows)] == rows
    page.fill(".lu-search input", "redrawn")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('.lu-why').textContent.includes('takes it in')")
    last = dated.result.history.last
    name = last.after.parks["park_name"][last.parts.loc[last.parts["kind"] == c.REDRAWN_IN, "park_after"].iloc[0]]
    assert f"the boundary of {name} was redrawn" in card.inner_text()
    assert "Outside every park" in card.inner_text()  # then
    assert page.locator(".lu-list li.selected").count() == 1


def test_a_park_and_a_district_know_what_they_were(dated, page):
    at_date(page, 0)
    step = dated.result.history.steps[0]
    page.evaluate("landuse.app.select('outlines', 0)")
    page.wait_for_selector(".lu-card")
    card = page.locator(".lu-card").inner_text()
    park = page.evaluate("landuse.data.outlines.id[0]")
    assert step.before.parks["park_name"][park] in card
    assert f"{step.before.parks['industrial_m2'][park] * 0.0015:,.2f} mu" in card
    page.evaluate("landuse.app.select('districts', 0)")
    code = page.evaluate("landuse.data.districts.id[0]")
    page.wait_for_selector("text=Share on 2023-12-31")
    assert f"{step.before.districts['share'][code]:.2%}" in page.locator(".lu-card").inner_text()


def test_changes_as_csv(dated, page):
    page.click(CHANGES)
    with page.expect_download() as download:
        page.click(".lu-order button")
    text = download.value.path().read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    last = dated.result.history.last
    kinds = last.changed["kind"]
    assert len(rows) == page.locator(".lu-list li").count() > 0
    area = sum(float(row["Area (m2)"]) for row in rows)
    assert area == pytest.approx(last.components["m2"][kinds.unique()].sum(), abs=0.5)
    row = next(row for row in rows if row["Document"])
    plot = row["Plot"].removeprefix('="').removesuffix('"')  # 18 digits stand as a text
    excepted = dated.result.history.violations.set_index("plot").loc[plot]
    assert row["Document"] == excepted["document"]
    assert row["Approval number"] == excepted["approval"]
    assert (row["From date"], row["To date"]) == (str(last.start), str(last.end))
    assert row["Class before"] == "0101 水田"
    assert row["Park after"] == ""


def test_paper_says_which_date_it_shows(page):
    at_date(page, 0)
    page.click(CHANGES)
    page.select_option(".lu-step select", "-1")  # the longest legend
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = page.locator(".lu-printed")
    assert "the share went from" in printed.inner_text()
    assert "Data of 2023-12-31" in page.locator(".lu-sheet footer").inner_text()
    assert "as it was on 2023-12-31" in page.locator(".lu-headline").inner_text()
    list_, legend = printed.bounding_box(), page.locator(".lu-legend").bounding_box()
    assert list_["y"] + list_["height"] <= legend["y"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".lu-change").is_visible()


def test_nothing_is_cut_or_covered(page):
    page.click(CHANGES)
    for width, height in ((1440, 900), (1366, 768)):
        fits(page, width, height)
        page.evaluate("document.querySelectorAll('.lu-change details').forEach((x) => { x.open = true; })")
        assert page.locator(".lu-list").bounding_box()["height"] > 130
        page.evaluate("document.querySelectorAll('.lu-change details').forEach((x) => { x.open = false; })")


def test_hostile_names_are_text(dated, browse):
    result, bad = dated.result, HOSTILE[0] + HOSTILE[2] + HOSTILE[1] + HOSTILE[6]
    history = result.history
    plots = history.violations.assign(plot=history.violations["plot"] + bad, document=bad, approval=bad, position=bad)

    def spoilt(step):
        parts = step.parts.copy()
        for when in ("before", "after"):
            for name in (f"parcel_{when}", f"code_{when}"):
                parts[name] = parts[name].where(parts[name] == "", parts[name] + bad)
        sides = {}
        for when in ("before", "after"):
            found = getattr(step, when)
            sides[when] = dataclasses.replace(
                found, parks=found.parks.assign(park_name=bad, level=bad), districts=found.districts.assign(name=bad)
            )
        return dataclasses.replace(step, parts=parts, **sides)

    steps = tuple(spoilt(step) for step in history.steps)
    spoilt_history = dataclasses.replace(history, steps=steps, violations=plots)
    seen = browse(english(dataclasses.replace(result, history=spoilt_history)))
    page = seen.page
    page.select_option(".lu-step select", "-1")
    page.click(CHANGES)
    for kind in set(page.evaluate("landuse.data.changes.kind")):
        page.evaluate("(kind) => landuse.app.select('changes', landuse.data.changes.kind.indexOf(kind))", kind)
    page.locator(".lu-list li").first.click()
    page.locator(".lu-card h2", has_text=bad).wait_for()
    assert page.locator(".lu-list b").first.inner_text().endswith(bad)
    at_date(page, 0)
    page.evaluate("landuse.app.select('outlines', 0)")
    page.locator(".lu-card", has_text="Boundary of 2023-12-31").wait_for()
    assert page.locator(".lu-card h2").inner_text() == bad
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("img[src=x], script:not([type]):has-text('alert(1)')").count() == 0
    assert seen.clean(), seen
