"""The radars: attainment as it is, gaps where nothing is known, every letter of every name."""

import warnings

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.text import Text
from toy_parks import few, lacking, named
from toy_result import HOSTILE, toy

from landuse import i18n
from landuse.i18n import _
from landuse.report.figures import parks as park_charts
from landuse.report.figures.page import FOOT_MM, HEAD_MM
from landuse.report.figures.parks import park_spokes, radars_chart
from landuse.report.style.fonts import _glyphs, lettering
from landuse.report.tables.parks import league_rows, level_means


def parts(sheet, gid):
    return sheet.figure.findobj(lambda artist: artist.get_gid() == gid)


def ends(sheet, gid, axes):
    """Ends of the sides of a polygon in some axes."""
    (lines,) = [x for x in parts(sheet, gid) if isinstance(x, LineCollection) and x.axes is axes]
    return [np.asarray(path.vertices) for path in lines.get_paths()]


@pytest.fixture(scope="module")
def lost(city):
    """The city, one figure of its best park not known, and which park that is."""
    league = city.result.parks.league
    park = league.index[league["rank"] == 1][0]
    return lacking(city.result, park, "far"), park


@pytest.fixture(scope="module")
def drawn(lost):
    with lettering() as letters:
        sheet = radars_chart(lost[0], letters)
        panels = [axes for axes in sheet.figure.axes if any(x.get_gid() == "target" for x in axes.patches)]
        return sheet, panels


def unit(n):
    turn = np.pi / 2 - 2 * np.pi * np.arange(n) / n
    return np.column_stack([np.cos(turn), np.sin(turn)])


def test_a_radar_is_the_attainment_of_its_park(drawn, lost):
    sheet, panels = drawn
    r = lost[0].parks
    rows = league_rows(r)
    assert len(panels) == len(rows)
    means = level_means(r)
    for axes, (park, row) in zip(panels, rows.iterrows(), strict=True):
        attained = r.evaluation.attainment.loc[park].to_numpy()
        known = np.isfinite(attained)
        (dots,) = [line for line in axes.lines if line.get_gid() == "values"]
        assert np.column_stack(dots.get_data()) == pytest.approx((unit(len(attained)) * attained[:, None])[known])
        (target,) = [x for x in axes.patches if x.get_gid() == "target"]
        assert target.radius == 1
        drawn_means = {tuple(np.round(point, 9)) for side in ends(sheet, "mean", axes) for point in side}
        at = unit(len(attained)) * means.loc[row["level"]].to_numpy()[:, None]
        assert drawn_means <= {tuple(np.round(point, 9)) for point in at}


def test_what_is_missing_is_a_gap_and_named(drawn, lost):
    sheet, panels = drawn
    result, park = lost
    axes = panels[league_rows(result.parks).index.get_loc(park)]
    codes = [x.code for x in result.parks.evaluation.rules.indicators]
    at = codes.index("A2")
    values = result.parks.evaluation.attainment.loc[park].to_numpy()
    assert np.isnan(values[at])
    sides = ends(sheet, "park", axes)
    n = len(codes)
    assert len(sides) == n - 2  # both sides of the spoke are gone
    spots = unit(n) * np.nan_to_num(values)[:, None]
    expected = [spots[[k, (k + 1) % n]] for k in range(n) if at not in {k, (k + 1) % n}]
    assert np.array(sides) == pytest.approx(np.array(expected))
    labels = [t.get_text() for t in axes.texts if t.get_gid() == "label"]
    assert labels[: at + 2] == [*codes[: at + 1], _("(n/a)")]
    assert labels.count(_("(n/a)")) == np.isnan(values).sum()


def test_an_indicator_known_of_one_park_has_no_mean(city):
    r = few(city.result, [city.result.parks.league.index[0]]).parks
    spokes = park_spokes(r, r.figures.index[0], level_means(r), 0.1)
    assert np.isnan(spokes.means).all()
    assert np.isfinite(spokes.values).any()


def test_names_in_chinese_give_no_warning_and_stay_on_the_page(drawn):
    sheet, _panels = drawn
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sheet.figure.canvas.draw()
    assert [str(w.message) for w in caught] == []
    renderer, page = sheet.figure.canvas.get_renderer(), sheet.figure.bbox
    texts = [
        t for t in sheet.figure.findobj(Text) if t.get_text() and t.get_visible() and (t.axes is None or t.get_gid())
    ]
    assert any("\u4e00" <= c <= "\u9fff" for t in sheet.figure.findobj(Text) for c in t.get_text())
    for text in texts:
        assert {ord(c) for c in text.get_text()} <= _glyphs()
        box = text.get_window_extent(renderer)
        assert box.x0 >= -1, text
        assert box.x1 <= page.x1 + 1, text


def test_a_letter_without_a_glyph_would_warn(city):
    """The warning that the test above counts exists."""
    with lettering() as letters:
        sheet = radars_chart(few(city.result, list(city.result.parks.figures.index[:1])), letters)
        sheet.paper.text(1, 1, "\ue001")
        with pytest.warns(UserWarning, match="Glyph"):
            sheet.figure.canvas.draw()


def test_hostile_names_are_text_and_missing_letters_are_counted(city):
    ids = city.result.parks.figures.index
    names = dict(zip(ids, (*HOSTILE[:3], "\ue001园区"), strict=False))
    with lettering() as letters:
        sheet = radars_chart(named(city.result, names), letters)
        sheet.figure.canvas.draw()
    assert letters.missing == {"\ue001"}
    shown = [t.get_text() for t in sheet.paper.texts]
    assert any(text.startswith("<img") for text in shown)
    assert "〓园区" in shown


def test_a_page_holds_the_figure_or_it_says_what_is_left_out(city, monkeypatch):
    for parks in (1, 5, 16, 40):
        grid = park_charts._grid(parks, 160.0)
        assert grid.height <= 160.0
        assert grid.shown == min(parks, grid.columns * round(grid.height / grid.panel))
    assert park_charts._grid(40, 160.0).shown < 40
    monkeypatch.setattr(park_charts, "TALLEST_MM", 75.0)
    with lettering() as letters:
        sheet = radars_chart(city.result, letters)
    panels = [axes for axes in sheet.figure.axes if any(x.get_gid() == "target" for x in axes.patches)]
    n, whole = len(panels), len(city.result.parks.figures)
    assert 0 < n < whole
    assert _("the first {n} of {all} parks", n=n, all=whole) in [t.get_text() for t in sheet.paper.texts]
    assert sheet.height_mm <= 75.0 + HEAD_MM + FOOT_MM


def test_no_review_no_figure():
    with lettering() as letters:
        assert radars_chart(toy(), letters) is None


def test_the_language_is_that_of_the_run(city):
    with lettering() as letters, i18n.language("en"):
        sheet = radars_chart(few(city.result, list(city.result.parks.figures.index[:2])), letters)
    assert sheet.caption == "Parks side by side: attainment of each ideal"
