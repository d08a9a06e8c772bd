"""The figures about earlier dates draw the history's own numbers, with whole letters on the sheet."""

import dataclasses
import datetime as dt
from itertools import pairwise

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.text import Text
from toy_change import with_history
from toy_result import toy

from landuse import i18n
from landuse.i18n import _
from landuse.report.figures import change as change_charts
from landuse.report.figures.change import waterfall_chart
from landuse.report.figures.trajectory import trajectory_chart
from landuse.report.figures.write import FIGURES
from landuse.report.style.fonts import _glyphs, lettering
from landuse.report.style.palette import PALETTE
from landuse.report.tables.change import breakdown
from landuse.report.words.change import boundary_sentence, kind_word
from landuse.report.words.format import points
from landuse.results import change as c


def drawn(chart, result):
    with lettering() as letters:
        sheet = chart(result, letters)
        sheet.figure.canvas.draw()  # a missing glyph is a warning, and a warning fails
        assert not letters.missing
        return sheet


@pytest.fixture(scope="module")
def waterfall(dated):
    return drawn(waterfall_chart, dated.result)


@pytest.fixture(scope="module")
def path(dated):
    return drawn(trajectory_chart, dated.result)


@pytest.fixture(scope="module")
def ahead():
    """A target to come, half stated."""
    return with_history(toy(), path=((2024, 0.4),))


def of(sheet, gid):
    return [a for a in sheet.figure.findobj() if a.get_gid() == gid]


def texts(sheet):
    return [t.get_text() for t in sheet.figure.findobj(Text) if t.get_text()]


def with_target(result, target):
    return dataclasses.replace(
        result, concentration=dataclasses.replace(result.concentration, target=target, interval=None)
    )


class TestWaterfall:
    def test_bars_are_the_effects_and_lead_from_share_to_share(self, dated, waterfall):
        steps = dated.result.history.steps
        for kind in c.KINDS:
            told = [s.components.loc[kind, "effect"] for s in steps if breakdown(s).rows.loc[kind, "points"]]
            assert [b.get_width() for b in of(waterfall, kind)] == pytest.approx([abs(x) for x in told]), kind
        shares = [steps[0].before.share, *(s.after.share for s in steps)]
        bars = of(waterfall, "share")
        assert [b.get_x() + b.get_width() for b in bars] == pytest.approx(shares)
        assert len({b.get_x() for b in bars}) == 1

    def test_effects_follow_each_other(self, waterfall):
        kinds = [b for kind in (*c.KINDS, c.RESTATED) for b in of(waterfall, kind)]
        rows = {round(b.get_y() + b.get_height() / 2): b for b in kinds}
        for at, bar in rows.items():
            if at + 1 in rows:
                ends, next_ends = (
                    {round(x, 9) for x in (b.get_x(), b.get_x() + b.get_width())} for b in (bar, rows[at + 1])
                )
                assert ends & next_ends, at
        assert len(rows) == len(kinds) > 5

    def test_what_is_written_adds_up(self, dated, waterfall):
        said = [t.get_text().replace("−", "-") for t in of(waterfall, "words")]
        effects = [float(t) for t in said if t[0] in "+-"]
        change = sum(round((s.after.share - s.before.share) * 100, 2) for s in dated.result.history.steps)
        assert sum(effects) == pytest.approx(change, abs=1e-9)

    def test_the_share_had_the_boundaries_stayed_is_marked_below_each_date(self, dated, waterfall):
        steps = dated.result.history.steps
        marks = of(waterfall, "stayed")
        assert [m.get_xdata()[0] for m in marks] == pytest.approx([s.stayed.share for s in steps])
        below = [round(b.get_y() + b.get_height() / 2) + 1 for b in of(waterfall, "share")][1:]
        assert [m.get_ydata()[0] for m in marks] == below
        owed = [
            t
            for t in texts(waterfall)
            if points(steps[-1].boundary_effect) in t and f"{steps[-1].stayed.share:.2%}" in t
        ]
        assert len(owed) == 1

    def test_boundaries_that_stayed_played_no_part_and_those_that_cancel_out_did(self, ahead):
        first, last = ahead.history.steps
        assert last.stayed is last.after
        assert first.stayed.share == pytest.approx(first.after.share, abs=1e-12)
        sheet = drawn(waterfall_chart, ahead)
        assert _("{share:.2%} (boundaries played no part)", share=last.stayed.share) in texts(sheet)
        assert _("{share:.2%} ({points} due to redrawing)", share=first.stayed.share, points="+0.00") in texts(sheet)
        assert boundary_sentence(last) == _(" Park boundaries played no part.")
        assert f"{first.stayed.share:.2%}" in boundary_sentence(first)

    def test_a_boundary_has_the_parks_colour_and_a_loss_is_hollow(self):
        sheet = drawn(waterfall_chart, with_history(toy()))
        (taken,), (left,), (new,) = (of(sheet, kind) for kind in (c.REDRAWN_IN, c.REDRAWN_OUT, c.NEW_INSIDE))
        assert to_hex(taken.get_facecolor()).upper() == PALETTE["park"]
        assert (to_hex(left.get_facecolor()), to_hex(left.get_edgecolor()).upper()) == ("#ffffff", PALETTE["park"])
        assert to_hex(new.get_facecolor()).upper() == PALETTE["change"]
        red = {PALETTE["problem"].lower(), PALETTE["problem"]}
        assert not red & {to_hex(b.get_facecolor()) for kind in c.KINDS for b in of(sheet, kind)}

    def test_the_target_is_drawn_in_its_place_or_named_at_the_edge(self, dated, waterfall):
        (line,) = of(waterfall, "target")
        assert list(line.get_xdata()) == [0.7, 0.7]
        (far,) = of(drawn(waterfall_chart, with_target(dated.result, 0.99)), "target")
        assert "99%" in far.get_text()
        assert "→" in far.get_text()

    def test_of_many_steps_the_latest_are_drawn_and_that_is_said(self, dated, monkeypatch):
        monkeypatch.setattr(change_charts, "STEPS", 1)
        sheet = drawn(waterfall_chart, dated.result)
        assert len(of(sheet, "share")) == 2
        assert _("the {n} latest of {all} steps", n=1, all=2) in texts(sheet)

    def test_kinds_that_did_nothing_to_the_share_have_no_row(self, ahead):
        assert ahead.history.steps[0].components.loc[c.TRANSFERRED, "m2"] > 0
        assert kind_word(c.TRANSFERRED) not in texts(drawn(waterfall_chart, ahead))


class TestTrajectory:
    def test_shares_and_targets_stand_at_their_dates(self, dated, path):
        city = dated.result.history.trajectory.city
        (line,) = of(path, "share")
        assert list(line.get_xdata()) == [day.toordinal() for day in city["date"]]
        assert list(line.get_ydata()) == pytest.approx(city["share"].tolist())
        marks = of(path, "target")
        assert [m.get_ydata()[0] for m in marks] == pytest.approx(city["target"].tolist())
        hollow = [to_hex(m.get_markerfacecolor()) == "#ffffff" for m in marks]
        assert hollow == (~city["stated"].astype(bool)).tolist()

    def test_only_between_stated_targets_the_line_is_solid(self):
        stated = drawn(trajectory_chart, with_history(toy(), path=((2023, 0.3), (2024, 0.4))))
        assert [len(of(stated, gid)) for gid in ("stated", "interpolated")] == [1, 1]
        assert not of(stated, "stated")[0].is_dashed()
        assert of(stated, "interpolated")[0].is_dashed()

    def test_the_extrapolation_is_called_so_and_its_interval_stays_on_the_chart(self, dated, path):
        t = dated.result.history.trajectory
        low, high = of(path, "projection")[0].axes.get_ylim()
        for mark, bar, row in zip(
            of(path, "projection"), of(path, "interval"), t.projection.to_dict("records"), strict=True
        ):
            assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (row["date"].toordinal(), pytest.approx(row["share"]))
            assert list(bar.get_ydata()) == pytest.approx([max(row["low"], low), min(row["high"], high)])
            label = next(text for text in texts(path) if text.startswith(str(row["date"])))
            assert all(f"{row[k]:.1%}" in label for k in ("share", "low", "high"))
        assert _("extrapolation, no forecast") in texts(path)
        assert len(t.projection) > 0

    def test_the_target_to_come_and_the_pace_it_takes(self, ahead):
        sheet = drawn(trajectory_chart, ahead)
        (needed,) = of(sheet, "needed")
        t = ahead.history.trajectory
        assert list(needed.get_xdata()) == [dt.date(2025, 12, 31).toordinal(), dt.date(2027, 12, 31).toordinal()]
        assert list(needed.get_ydata()) == pytest.approx([t.city["share"].iloc[-1], 0.7])
        assert any(points(t.needed) in text for text in texts(sheet))

    def test_many_dates_are_drawn_and_those_that_have_room_are_written(self, ahead):
        t = ahead.history.trajectory
        days = [dt.date(2023, 12, 31) + dt.timedelta(days=30 * k) for k in range(24)] + [dt.date(2025, 12, 31)]
        first = t.stocks.iloc[0].to_dict()
        stocks = pd.DataFrame([{**first, "date": day, "share": 0.3 + k / 1000} for k, day in enumerate(days)])
        history = dataclasses.replace(ahead.history, trajectory=dataclasses.replace(t, stocks=stocks))
        sheet = drawn(trajectory_chart, dataclasses.replace(ahead, history=history))
        (line,) = of(sheet, "share")
        assert len(line.get_xdata()) == len(days)
        said = [f"{share:.2%}" for share in stocks["share"] if f"{share:.2%}" in texts(sheet)]
        assert 2 < len(said) < len(days) / 2
        assert said[-1] == f"{stocks['share'].iloc[-1]:.2%}"
        labels = line.axes.get_xticklabels()
        boxes = [label.get_window_extent() for label in labels if label.get_text()]
        assert not any(a.overlaps(b) for a, b in pairwise(sorted(boxes, key=lambda box: box.x0)))

    def test_two_dates_make_no_line(self):
        sheet = drawn(trajectory_chart, with_history(toy(), steps=1))
        assert not of(sheet, "projection")
        assert _("extrapolation, no forecast") not in texts(sheet)
        assert len(of(sheet, "share")[0].get_xdata()) == 2

    def test_a_target_that_begins_later_leaves_the_date_without(self, ahead):
        t = ahead.history.trajectory
        stocks = t.stocks.assign(target=t.stocks["target"].where(t.stocks["date"] > dt.date(2023, 12, 31)))
        history = dataclasses.replace(ahead.history, trajectory=dataclasses.replace(t, stocks=stocks))
        sheet = drawn(trajectory_chart, dataclasses.replace(ahead, history=history))
        assert len(of(sheet, "target")) == 2 + 1  # two dates, and the one to come


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
@pytest.mark.parametrize("chart", [waterfall_chart, trajectory_chart])
def test_all_letters_have_a_glyph_and_none_is_cut_off(dated, chart, lang):
    with i18n.language(lang):
        sheet = drawn(chart, dated.result)
    page = sheet.figure.bbox
    ticks = [
        (tick, axis.get_view_interval())
        for axes in sheet.figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in axis.get_major_ticks()
    ]
    beyond = {tick.label1 for tick, (low, high) in ticks if not min(low, high) <= tick.get_loc() <= max(low, high)}
    for text in sheet.figure.findobj(Text):
        if text.get_text() and text.get_visible() and text not in beyond:
            assert {ord(ch) for ch in text.get_text() if ch != "\n"} <= _glyphs()
            box = text.get_window_extent(sheet.figure.canvas.get_renderer())
            assert box.x0 >= -1, text
            assert box.x1 <= page.x1 + 1, text


def test_without_earlier_dates_there_is_no_figure():
    with lettering() as letters:
        assert waterfall_chart(toy(), letters) is None
        assert trajectory_chart(toy(), letters) is None
    assert {waterfall_chart, trajectory_chart} <= set(FIGURES)
