"""The figures as files: both formats, whole letters, the same bytes."""

import dataclasses

import matplotlib as mpl
import pytest
from matplotlib.text import Text
from PIL import Image
from toy_relocation import with_relocation
from toy_result import toy

from landuse import i18n
from landuse.report.figures.charts import districts_chart
from landuse.report.figures.write import FIGURES, write_figures
from landuse.report.style.fonts import _glyphs, lettering

KEYS = ["map", "districts", "definitions", "candidates", "plan", "frontier", "parks"]


def test_every_figure_is_there_in_both_formats(city_figures):
    assert [p.key for p in city_figures] == KEYS
    for plate in city_figures:
        assert (plate.png.name, plate.svg.name) == (f"study-{plate.key}.png", f"study-{plate.key}.svg")
        with Image.open(plate.png) as image:
            assert abs(image.width - 156 / 25.4 * 200) <= 1
            assert round(image.info["dpi"][0]) == 200
        text = plate.svg.read_text(encoding="utf-8")
        assert "<text" not in text  # letters are outlines: no typeface is needed
        assert "http" not in text.split("<defs>")[1].replace("http://www.w3.org", "")


def test_all_letters_have_a_glyph_and_none_is_cut_off(city):
    for draw in FIGURES:
        with lettering() as letters:
            sheet = draw(city.result, letters)
            if sheet is None:  # a figure of what the study has not
                continue
            renderer = sheet.figure.canvas.get_renderer()
            page = sheet.figure.bbox
            for text in sheet.figure.findobj(Text):
                if not text.get_text() or not text.get_visible() or not text.axes or not text.axes.axison:
                    continue
                assert {ord(c) for c in text.get_text() if c != "\n"} <= _glyphs()
                box = text.get_window_extent(renderer)
                assert box.x0 >= -1, text
                assert box.x1 <= page.x1 + 1, text


def test_characters_no_typeface_has_are_reported(tmp_path):
    result = toy(("厂", "\ue001园区", "\ue002区"))
    by_key = {p.key: p.missing for p in write_figures(result, tmp_path, "t")}
    assert by_key["map"] == {"\ue001", "\ue002"}
    assert by_key["districts"] == {"\ue002"}
    assert by_key["definitions"] == frozenset()


def test_a_figure_says_itself_what_its_mark_stands_for(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr("landuse.report.figures.page.Sheet.remark", lambda _self, words: said.append(words))
    write_figures(toy(("厂", "园区", "\ue002区")), tmp_path, "t")
    assert set(said) == {"〓 为字体所缺：U+E002"}


def test_the_same_findings_give_the_same_bytes_whatever_the_users_settings(city, city_figures, tmp_path):
    with mpl.rc_context({"font.size": 20, "savefig.facecolor": "red", "savefig.dpi": 50, "text.usetex": True}):
        again = write_figures(city.result, tmp_path, "study")
    for one, two in zip(city_figures, again, strict=True):
        assert one.png.read_bytes() == two.png.read_bytes(), one.key
        assert one.svg.read_bytes() == two.svg.read_bytes(), one.key


def test_the_language_is_that_of_the_run(city, city_figures, tmp_path, monkeypatch):
    monkeypatch.setattr("landuse.report.figures.write.FIGURES", (districts_chart,))
    with i18n.language("en"):
        (english,) = write_figures(city.result, tmp_path, "study")
    assert english.caption == "Share inside the parks by district"
    assert city_figures[1].caption == "各区县工业用地集聚度"
    assert english.png.read_bytes() != city_figures[1].png.read_bytes()


def test_a_stage_that_did_not_run_has_no_figure(bare, tmp_path):
    bare = dataclasses.replace(bare, date=None)
    assert [p.key for p in write_figures(bare, tmp_path, "t")] == KEYS[:3]
    assert not list(tmp_path.glob("*candidates*"))


@pytest.mark.parametrize("status", ["infeasible", "not_needed"])
def test_without_a_plan_to_follow_there_are_no_figures_of_it(tmp_path, status):
    keys = [p.key for p in write_figures(with_relocation(toy(), status), tmp_path, "t")]
    assert keys == KEYS[:4]
