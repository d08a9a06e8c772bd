"""The charts show the result' own numbers."""

import dataclasses

import numpy as np
import pytest
from matplotlib.lines import Line2D
from matplotlib.text import Text
from toy_relocation import with_relocation
from toy_result import HOSTILE, listing, rule_like, toy, with_rules

from landuse.definition import Definition
from landuse.report.figures import charts
from landuse.report.figures.charts import candidates_chart, definitions_chart, districts_chart
from landuse.report.figures.relocation import frontier_chart, plan_map
from landuse.report.style.fonts import lettering
from landuse.units import to_mu


def drawn(chart, result):
    with lettering() as letters:
        return chart(result, letters)


def of(sheet, gid):
    """Artists of a kind, in the order they were drawn."""
    return [a for a in sheet.figure.findobj() if a.get_gid() == gid]


def texts(sheet):
    return [t.get_text() for t in sheet.figure.findobj(Text) if t.get_text()]


class TestDistricts:
    def test_bars_are_the_shares_with_the_city_first(self, city):
        c = city.result.concentration
        bars = of(drawn(districts_chart, city.result), "share")
        known = c.districts["share"].dropna().sort_values(ascending=False)
        assert [b.get_width() for b in bars] == [c.share, *known]
        assert [round(b.get_y() + b.get_height() / 2) for b in bars] == list(range(len(known) + 1))

    def test_target_interval_and_gaps(self, city):
        c = city.result.concentration
        sheet = drawn(districts_chart, city.result)
        (target,) = of(sheet, "target")
        assert list(target.get_xdata()) == [c.target, c.target]
        (interval,) = of(sheet, "interval")
        assert list(interval.get_xdata()) == [c.interval.low, c.interval.high]
        whole, *gaps = (float(t.get_text().replace(",", "").replace("−", "-")) for t in of(sheet, "gap"))
        assert whole == pytest.approx(to_mu(c.gap.relocate), abs=0.005)
        assert sum(gaps) == pytest.approx(whole, abs=0.0051)

    def test_a_district_without_industry_has_words_instead_of_a_bar(self):
        sheet = drawn(districts_chart, toy())
        assert len(of(sheet, "share")) == 2  # the city and the district that has some
        assert len(of(sheet, "gap")) == 2
        assert "无工业用地" in texts(sheet)

    def test_of_many_districts_the_largest_are_drawn_and_that_is_said(self, city, monkeypatch):
        monkeypatch.setattr(charts, "MOST", 3)
        sheet = drawn(districts_chart, city.result)
        largest = city.result.concentration.districts.nlargest(3, "total_m2")["share"]
        assert sorted(b.get_width() for b in of(sheet, "share")[1:]) == sorted(largest)
        n = len(city.result.concentration.districts)
        assert any(f"{n} 个区县中工业用地最多的 3 个" in t for t in texts(sheet))


class TestDefinitions:
    def test_every_definition_is_a_mark(self, city):
        table = city.result.sensitivity
        sheet = drawn(definitions_chart, city.result)
        for basis in ("registered", "ellipsoidal", "planar"):
            marks = [x for line in of(sheet, basis) for x in line.get_xdata()]
            assert marks == table.loc[table["area"] == basis, "share"].tolist()

    def test_headline_interval_band_and_target(self, city):
        c = city.result.concentration
        sheet = drawn(definitions_chart, city.result)
        dot, words = of(sheet, "headline")
        (interval,) = of(sheet, "interval")
        assert (list(dot.get_xdata()), list(interval.get_xdata())) == ([c.share], [c.interval.low, c.interval.high])
        assert dot.get_ydata()[0] == interval.get_ydata()[0]
        # on the row of its own definition
        on_its_row = [x.get_xdata()[0] for x in of(sheet, "registered") if x.get_ydata()[0] == dot.get_ydata()[0]]
        assert on_its_row == [pytest.approx(c.share)]
        assert f"{c.share:.2%}" in words.get_text()
        (band,) = of(sheet, "band")
        assert (band.get_x(), band.get_x() + band.get_width()) == pytest.approx(city.result.band)

    @pytest.mark.parametrize(("share", "ha"), [(0.05, "left"), (0.4, "center"), (0.69, "right")])
    def test_words_beside_the_edge_run_inward(self, share, ha):
        result = toy()
        total = result.concentration.total_m2
        parts = {"inside_m2": share * total, "interval": None}
        districts = result.concentration.districts.assign(inside_m2=[0.0, share * total])
        parks = result.concentration.parks.assign(industrial_m2=[share * total, 0.0])
        c = dataclasses.replace(result.concentration, **parts, districts=districts, parks=parks)
        low = result.sensitivity.assign(share=np.linspace(0.05, 0.69, len(result.sensitivity)))
        sheet = drawn(definitions_chart, dataclasses.replace(result, concentration=c, sensitivity=low))
        assert of(sheet, "headline")[1].get_ha() == ha

    def test_a_basis_that_no_row_has_is_not_in_the_legend(self, city):
        f = city.result
        fewer = dataclasses.replace(f, sensitivity=f.sensitivity[f.sensitivity["area"] != "registered"])
        words = [Definition(area=basis).words[3] for basis in ("registered", "ellipsoidal", "planar")]
        assert [w in texts(drawn(definitions_chart, fewer)) for w in words] == [False, True, True]
        assert [w in texts(drawn(definitions_chart, f)) for w in words] == [True, True, True]

    def test_definitions_without_land_leave_a_gap(self):
        result = toy()
        table = result.sensitivity.copy()
        table.loc[table["classes"] == "with_mining", ["share", "verdict"]] = [np.nan, None]
        drawn(definitions_chart, dataclasses.replace(result, sensitivity=table)).figure.canvas.draw()


class TestCandidates:
    def test_bars_are_counts_and_areas(self, city):
        found = city.result.candidates
        sheet = drawn(candidates_chart, city.result)
        met = [found.listed["reasons"].map(lambda codes, c=code: c in codes) for code in found.rules]
        areas = [to_mu(found.listed.loc[which, "area_m2"].sum()) for which in met]
        assert [bar.get_width() for bar in of(sheet, "reason")] == pytest.approx(areas)
        districts = [b.get_width() for b in of(sheet, "district")]
        by_district = found.listed.groupby("district")["area_m2"].sum().sort_values(ascending=False)
        assert districts == pytest.approx(to_mu(by_district).tolist())
        counts = {gid: sum(b.get_width() for b in of(sheet, gid)) for gid in ("candidate", "kept", "unknown")}
        assert counts == {
            "candidate": len(found.listed),
            "kept": len(found.plots) - len(found.listed) - len(found.no_data),
            "unknown": len(found.no_data),
        }

    def test_a_plot_of_several_reasons_counts_for_each(self):
        result = toy()
        several = with_rules(result, rule_like(result), rule_like(result, code="L9"))
        several = listing(several, result.candidates.plots.assign(reasons=[("L2", "L9"), ()]))
        bars = of(drawn(candidates_chart, several), "reason")
        assert [b.get_width() for b in bars] == pytest.approx([15.0, 15.0])

    def test_without_candidates_there_is_an_empty_list_and_without_the_stage_no_chart(self, bare):
        result = toy()
        plots = result.candidates.plots.assign(reasons=[(), ()])
        none = dataclasses.replace(result, candidates=dataclasses.replace(result.candidates, plots=plots))
        sheet = drawn(candidates_chart, none)
        sheet.figure.canvas.draw()
        assert [b.get_width() for b in of(sheet, "reason")] == [0.0]
        assert "按区县（块数 · 面积）" not in texts(sheet)
        assert drawn(candidates_chart, bare) is None


class TestFrontier:
    def test_curves_are_the_bounds_and_marks_the_plan(self, city):
        r = city.result.relocation
        sheet = drawn(frontier_chart, city.result)
        for gid, table, x in (("shares", r.frontier.shares, "share"), ("plots", r.frontier.plots, "plots")):
            (curve,) = of(sheet, gid)
            assert list(curve.get_xdata()) == table[x].tolist()
            assert list(curve.get_ydata()) == pytest.approx((table["cost_yuan"] / 1e8).tolist())
        marks = [(a.get_xdata()[0], a.get_ydata()[0]) for a in of(sheet, "plan") if isinstance(a, Line2D)]
        assert marks == [(r.after.share, r.cost_yuan / 1e8), (r.plots, r.cost_yuan / 1e8)]
        (target,) = of(sheet, "target")
        assert set(target.get_xdata()) == {r.rule.targets[max(r.rule.targets)]}

    def test_without_a_plan_there_is_none(self):
        for status in ("infeasible", "not_needed"):
            assert drawn(frontier_chart, with_relocation(toy(), status)) is None
        assert drawn(frontier_chart, toy()) is None

    def test_a_curve_of_one_point_and_no_curve_of_plots(self):
        result = with_relocation(toy())
        one = result.relocation.frontier
        short = dataclasses.replace(one, shares=one.shares.iloc[:1], plots=one.plots.iloc[:0])
        r = dataclasses.replace(result.relocation, frontier=short)
        sheet = drawn(frontier_chart, dataclasses.replace(result, relocation=r))
        sheet.figure.canvas.draw()
        assert not of(sheet, "plots")


class TestPlanMap:
    def test_every_plot_has_a_mark_and_every_move_a_line(self, city):
        r = city.result.relocation
        sheet = drawn(plan_map, city.result)
        (lines,) = of(sheet, "moves")
        moved = r.moves[r.moves["action"] == "move"]
        assert [tuple(x[-1]) for x in lines.get_segments()] == list(zip(moved["x"], moved["y"], strict=True))
        for action, n in r.moves["action"].value_counts().items():
            (marks,) = of(sheet, action)
            assert len(marks.get_offsets()) == n

    def test_all_actions(self):
        sheet = drawn(plan_map, with_relocation(toy()))
        sheet.figure.canvas.draw()
        assert [len(of(sheet, a)) for a in ("move", "clear", "rebuild")] == [1, 1, 1]

    def test_without_a_plan_there_is_none(self):
        assert drawn(plan_map, toy()) is None
        assert drawn(plan_map, with_relocation(toy(), "infeasible")) is None


@pytest.mark.parametrize("chart", [districts_chart, definitions_chart, candidates_chart, frontier_chart, plan_map])
def test_names_of_any_kind_are_drawn_as_they_are(chart):
    names = [*HOSTILE, r"$\frac{$", "甲" * 60, "a\nb\x00", ""]
    for three in zip(names[::3], names[1::3], names[2::3], strict=True):
        result = dataclasses.replace(with_relocation(toy(three)), name=three[0])
        drawn(chart, result).figure.canvas.draw()  # a warning is an error here


def test_the_mark_stands_on_invented_data_only(city):
    assert "SYNTHETIC 合成数据" in texts(drawn(districts_chart, city.result))
    real = dataclasses.replace(city.result, synthetic=False)
    assert "SYNTHETIC 合成数据" not in texts(drawn(districts_chart, real))
