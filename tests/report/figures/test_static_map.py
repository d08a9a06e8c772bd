"""The printed map: the land of the result, true north, a bar of the length it says."""

import dataclasses
import math

import numpy as np
import pytest
import shapely
from matplotlib.path import Path as Outline
from matplotlib.text import Text
from pyproj import CRS, Transformer
from toy_result import toy

from landuse.report.figures import static_map
from landuse.report.figures.page import WIDTH_MM
from landuse.report.figures.static_map import at_centre, city_map, outline
from landuse.report.style.fonts import lettering
from landuse.results.ledger import NOWHERE


def drawn(result):
    with lettering() as letters:
        return city_map(result, letters)


def of(sheet, gid):
    return [a for a in sheet.figure.findobj() if a.get_gid() == gid]


def area(path):
    """Signed area of a path's rings together."""
    rings = np.split(path.vertices, np.flatnonzero(path.codes == Outline.MOVETO)[1:])
    return sum(((x[:-1] * y[1:] - x[1:] * y[:-1]).sum() / 2) for x, y in (r.T for r in rings))


def convergence(lon, lat, middle=120.0):
    """Meridian convergence of a Gauss-Krüger plane [deg], by the series of its textbook."""
    f = 1 / 298.257222101
    e2 = f * (2 - f)
    phi, dl = math.radians(lat), math.radians(lon - middle)
    eta2 = e2 / (1 - e2) * math.cos(phi) ** 2
    series = 1 + (dl * math.cos(phi)) ** 2 * (1 + 3 * eta2 + 2 * eta2**2) / 3
    return math.degrees(dl * math.sin(phi) * series)


class TestOutline:
    def test_holes_are_left_out_whatever_the_winding(self):
        shell, hole = shapely.box(0, 0, 10, 10), shapely.box(4, 4, 6, 6)
        for ccw in (True, False):
            ring = shapely.Polygon(shapely.box(0, 0, 10, 10, ccw=ccw).exterior, [hole.exterior])
            assert area(outline(np.array([ring]), 0.01)) == pytest.approx(96)
        assert area(outline(np.array([shell]), 0.01)) == pytest.approx(100)

    def test_what_simplifying_would_lose_stays(self):
        specks = np.array([shapely.box(0, 0, 0.1, 0.1), shapely.MultiPolygon([shapely.box(5, 5, 6, 6)])])
        assert area(outline(specks, 50.0)) == pytest.approx(1.01)

    def test_nothing_is_no_outline(self):
        assert outline(np.array([], dtype=object), 1.0) is None
        assert outline(np.array([shapely.LineString([(0, 0), (1, 1)])]), 1.0) is None


class TestLand:
    def test_inside_and_outside_are_the_ledgers_parts(self, city):
        result = city.result
        land = result.ledger.counted(result.definition)
        sheet = drawn(result)
        for gid, wanted in (("inside", land["block"] != NOWHERE), ("outside", land["block"] == NOWHERE)):
            (patch,) = of(sheet, gid)
            truth = result.ledger.parts.geometry[land.index[wanted]].area.sum()
            assert area(patch.get_path()) == pytest.approx(truth, rel=1e-3), gid

    def test_industry_has_one_hue_and_the_outside_is_hatched(self, city):
        sheet = drawn(city.result)
        (inside,), (outside,) = of(sheet, "inside"), of(sheet, "outside")
        assert inside.get_facecolor()[:3] == outside.get_edgecolor()[:3]
        assert not inside.get_hatch()
        assert outside.get_hatch()

    def test_every_candidate_has_a_mark_in_its_plot(self, city):
        listed = city.result.candidates.listed
        (marks,) = of(drawn(city.result), "marks")
        points = shapely.points(np.asarray(marks.get_offsets()))
        assert shapely.covers(listed.geometry.to_numpy(), points).all()
        assert len(points) == len(listed) > 0

    def test_everything_lies_on_the_sheet(self, city):
        sheet = drawn(city.result)
        axes = of(sheet, "inside")[0].axes
        west, south, east, north = city.result.ledger.parts.total_bounds
        assert axes.get_xlim()[0] <= west <= east <= axes.get_xlim()[1]
        assert axes.get_ylim()[0] <= south <= north <= axes.get_ylim()[1]

    def test_many_plots_are_pixels_and_keep_no_outline(self, city, monkeypatch, tmp_path):
        monkeypatch.setattr(static_map, "MANY", 10)
        sheet = drawn(city.result)
        (inside,) = of(sheet, "inside")
        assert inside.get_rasterized()
        assert inside.get_linewidth() == 0
        assert not of(sheet, "outlines")
        sheet.save(tmp_path / "m.svg")
        assert "data:image/png" in (tmp_path / "m.svg").read_text(encoding="utf-8")

    def test_names_do_not_cover_each_other(self, city):
        sheet = drawn(city.result)
        names = of(sheet, "name")
        renderer = sheet.figure.canvas.get_renderer()
        boxes = [shapely.box(*t.get_window_extent(renderer).extents) for t in names]
        crossing = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
        assert len(names) > 5
        assert crossing.size == 0

    def test_the_first_stage_alone_can_be_drawn(self, bare):
        sheet = drawn(bare)
        sheet.figure.canvas.draw()
        assert of(sheet, "candidates") == of(sheet, "districts") == []


class TestNorthAndScale:
    @pytest.mark.parametrize("east", [420_000.0, 500_000.0, 520_000.0, 640_000.0])
    def test_convergence_follows_the_series(self, east):
        lon, lat = Transformer.from_crs(4549, 4490, always_xy=True).transform(east, 3_345_000.0)
        scale, angle = at_centre(CRS(4549), np.array([east, 3_345_000.0]))
        assert angle == pytest.approx(convergence(lon, lat), abs=2e-5)
        assert scale == pytest.approx(1 + ((east - 500_000) / 6_371_000) ** 2 / 2, abs=5e-6)

    def test_the_arrow_points_to_true_north_of_the_maps_middle(self, city):
        sheet = drawn(city.result)
        axes = of(sheet, "inside")[0].axes
        x, y = np.mean(axes.get_xlim()), np.mean(axes.get_ylim())
        there = Transformer.from_crs(4549, 4490, always_xy=True)
        back = Transformer.from_crs(4490, 4549, always_xy=True)
        lon, lat = there.transform(x, y)
        ahead = np.subtract(back.transform(lon, lat + 1e-4), (x, y))
        (needle,) = of(sheet, "north")
        tip, _left, tail, _right = needle.get_xy()[:4]
        drawn_angle, true_angle = (math.degrees(math.atan2(v[0], v[1])) for v in (tip - tail, ahead))
        assert drawn_angle == pytest.approx(true_angle, abs=1e-3)
        assert drawn_angle < -0.05  # east of the central meridian true north is left of the grid's

    def test_the_bar_is_as_long_as_it_says(self, city):
        sheet = drawn(city.result)
        axes = of(sheet, "inside")[0].axes
        metres_a_mm = np.diff(axes.get_xlim())[0] / WIDTH_MM
        long = sum(bar.get_width() for bar in of(sheet, "scale")) * metres_a_mm
        (said,) = (t.get_text() for t in sheet.figure.findobj(Text) if "km" in t.get_text())
        assert long == pytest.approx(float(said.split()[0]) * 1000, rel=1e-4)

    def test_feet_are_not_taken_for_metres(self):
        result = toy()
        ledger = result.ledger
        west, south = ledger.parts.total_bounds[:2]
        moved = {
            name: frame.set_geometry(
                frame.translate(990_000 - west, 180_000 - south).set_crs(CRS(2263), allow_override=True)
            )
            for name in ("parcels", "parks", "parts", "faces")
            for frame in [getattr(ledger, name)]
        }
        alone = {"districts": None, "scatter": None, "candidates": None}
        sheet = drawn(dataclasses.replace(result, ledger=dataclasses.replace(ledger, **moved), **alone))
        feet_a_mm = np.diff(of(sheet, "inside")[0].axes.get_xlim())[0] / WIDTH_MM
        long = sum(bar.get_width() for bar in of(sheet, "scale")) * feet_a_mm * 1200 / 3937
        said = [t.get_text() for t in sheet.figure.findobj(Text) if t.get_text().endswith(" m")]
        assert long == pytest.approx(float(said[-1].split()[0]), rel=1e-4)
