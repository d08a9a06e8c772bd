"""Parks side by side on the map: the card, the list and the CSV say what the review says."""

import csv
import dataclasses
from io import StringIO
from pathlib import Path

import pytest

from landuse.i18n import language
from landuse.report.map.page import study_map
from landuse.report.words.parks import place_words


@pytest.fixture(scope="module")
def league(city):
    return city.result.parks.league


def test_card_list_and_csv_say_the_place(city, league, browse):
    with language("en"):
        seen = browse(study_map(city.result))
        park = league.index[0]
        name, place = league.loc[park, "park_name"], place_words(league.loc[park].to_dict())
    page = seen.page
    page.locator('[role="tab"]').nth(1).click()
    page.locator(".lu-list li", has_text=name).first.click()
    page.wait_for_selector(f".lu-card:has-text('{name}')")
    card = page.locator(".lu-card").inner_text()
    assert place in card
    assert f"{league.loc[park, 'score']:.1f}" in card
    assert f"{league.loc[park, 'tax_yuan_per_mu'] / 1e4:.1f}" in card
    with page.expect_download() as download:
        page.get_by_text("CSV", exact=False).first.click()
    rows = list(csv.DictReader(StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    by_park = {row["Park"]: row for row in rows}
    for each in league.index:
        score = league.loc[each, "score"]
        assert float(by_park[each]["Score"] or "nan") == pytest.approx(score, nan_ok=True)
    assert seen.clean(), seen


def test_without_a_review_nothing_of_it_appears(city, browse):
    seen = browse(study_map(dataclasses.replace(city.result, parks=None, history=None)))
    assert seen.page.evaluate("'place' in landuse.data.parks") is False
    assert seen.clean(), seen
