"""Nobody reads what a program calls a missing value, in any output of any study."""

import dataclasses
import math
from pathlib import Path

import geopandas as gpd
import pytest
from readings import every_text, terminal_texts, wrong
from toys import WORKING, box

from landuse.config.study_file import load_study
from landuse.i18n import _, language
from landuse.pipeline.run import run
from landuse.report.map.page import study_map
from landuse.report.words.parks import moved_words, place_words, remark_words, rest_sentences

SHIPPED = Path(__file__).parents[2] / "data" / "parcels" / "small" / "study.toml"
LITTLE = """
[study]
name = "little"
[parcels]
path = "parcels.gpkg"
classification = "third_survey"
columns = { id = "BSM", code = "DLBM" }
[parks]
path = "parks.gpkg"
columns = { id = "park_id" }
"""


@pytest.fixture(scope="module")
def shipped():
    """The city that comes with the project: half of the weight is known of each park."""
    study = load_study(SHIPPED)
    return run(study), study


@pytest.fixture(scope="module")
def little(tmp_path_factory):
    """Two plots and a park: no firms, no districts, no names, no levels, no date."""
    folder = tmp_path_factory.mktemp("little")
    ids, shapes = (
        ["a1", "a2", "a3", "b1"],
        [box(0, 0, 1, 1), box(20, 0, 20.5, 1), box(21, 0, 21.3, 0.5), box(30, 0, 31, 1)],
    )
    codes = ["0601", "0601", "0601", "0701"]
    gpd.GeoDataFrame({"BSM": ids, "DLBM": codes}, geometry=shapes, crs=WORKING).to_file(folder / "parcels.gpkg")
    gpd.GeoDataFrame({"park_id": ["K1"]}, geometry=[box(-1, -1, 2, 2)], crs=WORKING).to_file(folder / "parks.gpkg")
    (folder / "study.toml").write_text(LITTLE, encoding="utf-8")
    study = load_study(folder / "study.toml")
    return run(study), study


def test_the_words_looked_for():
    told = (
        "随权重 nan-nan",
        "值为None。",
        "−inf 亩",
        "a=NaT",
        "<NA>",
        "['cost']",
        "{'a': 1}",
        "np.float64(1)",
        "是 True",
    )
    assert [text for _where, text in wrong([("", x) for x in told])] == list(told)
    fine = (
        "financial",
        "He-nan1",
        "Nonesuch 厂",
        "information",
        "INFO",
        "info.gpkg",
        "真True1",
        "[0.1, 0.2]",
        "Trueman",
    )
    assert wrong([("", x) for x in fine]) == []


def test_the_shipped_city(shipped, tmp_path):
    texts = list(every_text(*shipped, tmp_path))
    assert wrong(texts) == []
    # half of the weight is known of its parks, and every output says so where it has a place
    for output in ("map landuse-page.parks.place", "r.docx table", "p.docx", "parks_table", "radars_chart"):
        assert any("50%；名次不稳定" in text for where, text in texts if where.startswith(output)), output
    assert any("名次不稳定" in text for where, text in texts if where == f"workbook {_('Park ranking')}")


def test_a_dirty_city(dirty, tmp_path):
    assert wrong(every_text(dirty.result, dirty.study, tmp_path, drawn=False)) == []


@pytest.mark.parametrize("words", ["zh", "en"])
def test_a_study_with_little_data(little, tmp_path, words):
    with language(words):
        assert wrong(every_text(*little, tmp_path, drawn=words == "zh")) == []


def test_a_figure_nobody_knows_is_a_dash_on_the_terminal_too(little):
    """A candidate by evidence that is no tax: the same dash as in the report."""
    result = little[0]
    found = result.candidates
    plots = found.plots.assign(reasons=[("L7",)] * len(found.plots), evidence="registered", tax_per_mu=math.nan)
    result = dataclasses.replace(result, candidates=dataclasses.replace(found, plots=plots))
    lines = [text for where, text in terminal_texts(result) if where == "candidates_table"]
    assert any("a2" in line and "–" in line for line in lines)
    assert wrong([("", line) for line in lines]) == []


@pytest.mark.usefixtures("english")
def test_a_place_says_what_it_rests_on():
    def said(rank, best, worst, known):
        row = {"rank": rank, "of": 5, "best_rank": best, "worst_rank": worst, "known": known}
        return place_words(row), remark_words(row)

    nan = math.nan
    assert said(2.0, 2.0, 2.0, 1.0) == ("2 of 5", "")
    assert said(2.0, 1.0, 3.0, 0.999999999999) == ("2 of 5 (1-3 by weights)", "")
    assert said(2.0, 1.0, 3.0, 0.8) == ("2 of 5 (1-3 by weights; 80% of the weight known)", "")
    assert said(2.0, nan, nan, 0.5)[0] == "2 of 5 (50% of the weight known; unsteady)"
    assert "unsteady" in said(2.0, nan, nan, 0.5)[1]
    assert said(nan, nan, nan, 0.05)[0] == "no score: 5% of the weight known"
    assert said(nan, nan, nan, 0.0)[0] == "–"
    assert moved_words(nan) == "–"


@pytest.mark.usefixtures("english")
def test_no_weights_are_said_to_decide_what_was_never_found_out(shipped):
    r = shipped[0].parks
    said = " ".join(rest_sentences(r))
    ranked = int(r.evaluation.table["rank"].notna().sum())
    assert r.evaluation.table["best_rank"].isna().all()
    assert f"The place of {ranked} parks" in said
    assert "the weights decide" not in said
    assert "no park changes its place" not in said


def test_no_card_of_the_map_says_it(shipped, browse):
    seen = browse(study_map(shipped[0]))
    page = seen.page
    for tab in range(page.locator(".lu-tabs button").count()):
        page.locator(".lu-tabs button").nth(tab).click()
        rows = page.locator(".lu-list li")
        for row in range(0, rows.count(), 5):
            title = rows.nth(row).inner_text()
            rows.nth(row).click()
            page.wait_for_selector(".lu-popup .lu-card")
            assert wrong([("list", title), ("card", page.locator(".lu-card").first.inner_text())]) == []
    assert seen.clean(), seen
