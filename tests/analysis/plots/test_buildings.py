"""Buildings on plots: ratios by mental arithmetic, by counting unit cells, and which source counts."""

import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import WORKING, array, box, cells, firms, land, raw

from landuse import schema as s
from landuse.analysis.candidates.indicators import measure
from landuse.analysis.plots.buildings import built_ratios, floor_area
from landuse.config.paths import input_paths
from landuse.config.study_file import load_study, parse_study
from landuse.errors import InputError
from landuse.inputs.context import Context, Pixels, as_buildings
from landuse.pipeline.load_inputs import admit

HA = 10_000.0


def buildings(*rows):
    """(shape, storeys, height?) rows, as the door leaves them."""
    rows = [(*r, np.nan)[:3] for r in rows]
    return gpd.GeoDataFrame(
        {s.STOREYS: [float(r[1]) for r in rows], s.HEIGHT: [float(r[2]) for r in rows], s.PURPOSE: ""},
        geometry=array([r[0] for r in rows]),
        crs=WORKING,
    )


def ratios(plots, *rows):
    return built_ratios(array(plots), buildings(*rows)).to_numpy().tolist()


PLOT = [box(0, 0, 1, 1)]


class TestRatios:
    def test_three_storeys_on_half_the_plot(self):
        assert ratios(PLOT, (box(0, 0, 0.5, 1), 3)) == [[1.5, 0.5]]

    @pytest.mark.parametrize(("height", "far"), [(8.0, 0.5), (8.01, 1.0), (np.nan, 0.5)])
    def test_a_storey_above_eight_metres_counts_twice(self, height, far):
        assert ratios(PLOT, (box(0, 0, 0.5, 1), 1, height)) == [[far, 0.5]]

    def test_height_is_per_storey(self):
        assert ratios(PLOT, (box(0, 0, 0.5, 1), 2, 16.0)) == [[1.0, 0.5]]
        assert ratios(PLOT, (box(0, 0, 0.5, 1), 2, 17.0)) == [[2.0, 0.5]]

    def test_a_tower_on_its_podium_is_ground_once_and_floor_twice(self):
        got = ratios(PLOT, (box(0, 0, 0.5, 1), 2), (box(0, 0, 0.5, 0.5), 4))
        assert got == [[pytest.approx(2.0), pytest.approx(0.5)]]

    def test_beside_a_podium_with_its_tower_a_hall_alone(self):
        rows = [(box(0, 0, 0.4, 1), 2), (box(0, 0, 0.2, 1), 3), (box(0.6, 0, 0.9, 1), 1)]
        assert ratios(PLOT, *rows) == [[pytest.approx(0.8 + 0.6 + 0.3), pytest.approx(0.7)]]

    def test_a_hall_on_two_plots_counts_where_it_stands(self):
        got = ratios([box(0, 0, 1, 1), box(1, 0, 2, 1)], (box(0.5, 0, 1.25, 1), 2))
        assert got == [[pytest.approx(1.0), pytest.approx(0.5)], [pytest.approx(0.5), pytest.approx(0.25)]]

    def test_a_plot_without_a_building_is_unknown_and_no_zero(self):
        got = built_ratios(array([box(0, 0, 1, 1), box(5, 5, 6, 6)]), buildings((box(0, 0, 1, 1), 1)))
        assert got.isna().to_numpy().tolist() == [[False, False], [True, True]]

    def test_the_edge_of_a_neighbours_wall_is_no_building(self):
        got = ratios([box(0, 0, 1, 1), box(1, 0, 2, 1)], (box(0, 0, 1.005, 1), 1))
        assert np.isnan(got[1]).all()
        assert got[0] == [pytest.approx(1.0), pytest.approx(1.0)]

    def test_plots_that_overlap_are_each_measured_for_themselves(self):
        assert ratios([*PLOT, *PLOT], (box(0, 0, 0.5, 1), 1)) == [[0.5, 0.5]] * 2

    def test_courtyards_are_not_built_on(self):
        ring = box(0, 0, 1, 1) - box(0.25, 0.25, 0.75, 0.75)
        assert ratios(PLOT, (ring, 2)) == [[1.5, 0.75]]

    def test_floors_of_unknown_storeys_are_no_zero(self):
        plots = [box(0, 0, 1, 1), box(2, 0, 3, 1)]
        rows = [(box(0, 0, 0.5, 1), 2), (box(0.5, 0, 0.75, 1), np.nan), (box(2, 0, 2.5, 1), 3)]
        assert ratios(plots, *rows) == [[pytest.approx(np.nan, nan_ok=True), 0.75], [1.5, 0.5]]
        got = floor_area(array(plots), buildings(*rows))
        assert got.tolist() == pytest.approx([np.nan, 1.5 * HA], nan_ok=True)

    def test_a_height_does_not_stand_in_for_storeys(self):
        assert np.isnan(ratios(PLOT, (box(0, 0, 0.5, 1), np.nan, 20.0))[0][0])

    def test_a_building_drawn_to_end_at_the_boundary_is_the_neighbours(self):
        rows = [(box(0, 0, 0.5, 1), 2), (box(1 - 1e-9, 0, 2, 1), np.nan)]
        assert ratios([box(0, 0, 1, 1), box(1, 0, 2, 1)], *rows)[0] == [pytest.approx(1.0), pytest.approx(0.5)]

    def test_room_to_live_in_counts_each_storey_once(self):
        got = floor_area(array([*PLOT, box(5, 5, 6, 6)]), buildings((box(0, 0, 0.5, 1), 2, 20.0)))
        assert got.tolist() == pytest.approx([HA, np.nan], nan_ok=True)


def rectangles(most):
    side = st.integers(0, most - 1).flatmap(lambda a: st.tuples(st.just(a), st.integers(a + 1, most)))
    return st.tuples(side, side).map(lambda t: (t[0][0], t[1][0], t[0][1], t[1][1]))


PLOTS = st.lists(rectangles(6), min_size=1, max_size=4)
HALLS = st.lists(st.tuples(rectangles(6), st.integers(1, 9), st.sampled_from([np.nan, 5.0, 60.0, 100.0])), max_size=6)


class TestProperties:
    @given(PLOTS, HALLS)
    def test_counting_unit_cells(self, plots, halls):
        got = built_ratios(array([box(*p) for p in plots]), buildings(*((box(*r), n, h) for r, n, h in halls)))
        for plot, (far, coverage) in zip(plots, got.to_numpy(), strict=True):
            ground = cells(plot)
            shares = [(cells(r) & ground, n * (2 if h / n > 8 else 1)) for r, n, h in halls]
            built = set().union(*(c for c, _n in shares)) if shares else set()
            if not built:
                assert np.isnan([far, coverage]).all()
                continue
            assert coverage == pytest.approx(len(built) / len(ground))
            assert far == pytest.approx(sum(len(c) * n for c, n in shares) / len(ground))

    @given(PLOTS, HALLS, st.integers(1, 5), st.booleans())
    def test_splitting_a_building_changes_nothing(self, plots, halls, at, across):
        half = [(0, 0, at, 6), (at, 0, 6, 6)] if across else [(0, 0, 6, at), (0, at, 6, 6)]
        whole = [(box(*r), n, h) for r, n, h in halls]
        split = [(piece, n, h) for r, n, h in whole for x in half if (piece := r & box(*x)).area > 0]
        a, b = (built_ratios(array([box(*p) for p in plots]), buildings(*rows)) for rows in (whole, split))
        pd.testing.assert_frame_equal(a, b, rtol=1e-9)


def measured(context, height=None, **register):
    plots = land("a", "b").assign(**register)
    pixels = {}
    if height is not None:
        one = np.ones(2)
        pixels["building_height"] = Pixels(np.arange(2), np.full(2, height), one, one)
    return measure(plots, firms(), context, pixels, None)[0]


HALL = Context(buildings=buildings((box(0, 0, 0.5, 1), 3)))


class TestPrecedence:
    def test_buildings_come_before_the_register(self):
        got = measured(HALL, far=[0.2, 0.4], coverage=[0.1, 0.3])
        assert got.values[[s.FAR, s.COVERAGE]].to_numpy().tolist() == [[1.5, 0.5], [0.4, 0.3]]
        assert (got.levels[[s.FAR, s.COVERAGE]] == "registered").all(axis=None)

    def test_and_before_a_raster_which_stays_where_they_are_not(self):
        got = measured(HALL, height=9.0)
        assert got.values[s.FAR].tolist() == [1.5, pytest.approx(2.0)]
        assert got.levels[s.FAR].tolist() == ["registered", "remote"]

    def test_a_plot_without_a_building_stays_unknown(self):
        got = measured(HALL)
        assert got.values[s.FAR].tolist() == pytest.approx([1.5, np.nan], nan_ok=True)
        assert got.levels[s.FAR].tolist() == ["registered", "none"]

    def test_without_the_layer_nothing_changes(self):
        assert measured(Context(), far=[0.2, np.nan]).values[s.FAR].tolist() == pytest.approx(
            [0.2, np.nan], nan_ok=True
        )


COLUMNS = {"storeys": "CS", "height": "GD", "use": "YT"}


def layer(storeys, height, shapes=None):
    shapes = shapes or [box(k, 0, k + 1, 1) for k in range(len(storeys))]
    frame = gpd.GeoDataFrame({"CS": storeys, "GD": height, "YT": "厂房"}, geometry=array(shapes), crs=WORKING)
    return raw(frame, "buildings.gpkg")


@pytest.mark.usefixtures("english")
class TestDoor:
    def test_texts_are_read_and_blanks_of_height_stay_unknown(self):
        got = as_buildings(layer(["3层", "２"], ["12.5米", ""]), COLUMNS, WORKING).layer
        assert got[s.STOREYS].tolist() == [3, 2]
        assert got[s.HEIGHT].tolist() == pytest.approx([12.5, np.nan], nan_ok=True)
        assert got[s.PURPOSE].tolist() == ["厂房", "厂房"]

    def test_storeys_alone_will_do(self):
        got = as_buildings(layer([3.0], [9.0]), {"storeys": "CS"}, WORKING).layer
        assert got[[s.HEIGHT]].isna().all(axis=None)

    def test_every_problem_at_once_with_its_rows(self):
        bad = layer(["", "0", "201", "many", "2", "2"], ["", "", "", "", "0", "1001"])
        with pytest.raises(InputError) as caught:
            as_buildings(bad, COLUMNS, WORKING)
        said = {p.what: p.rows for p in caught.value.problems}
        assert said == {
            "column 'CS' contains non-numeric values: 'many'": ("4",),
            "storeys below 1 or above 200": ("2", "3"),
            "heights of 0 m or less, or above 1000 m": ("5", "6"),
        }
        assert all(p.fix and p.file == "buildings.gpkg" for p in caught.value.problems)

    def test_a_building_without_storeys_is_kept_and_counted(self):
        got = as_buildings(layer(["", "—", "2"], ["9", "", ""]), COLUMNS, WORKING)
        assert got.layer[s.STOREYS].tolist() == pytest.approx([np.nan, np.nan, 2], nan_ok=True)
        assert [(f.check, f.count, f.rows) for f in got.issues] == [("unknown_storeys", 2, ("1", "2"))]
        assert got.issues[0].title

    def test_the_same_unknown_building_again_is_one(self):
        one = box(0, 0, 1, 1)
        got = as_buildings(layer(["", "", "2"], ["", "", ""], [one, one, one]), COLUMNS, WORKING)
        assert {f.check: f.rows for f in got.issues} == {"repeated_buildings": ("2",), "unknown_storeys": ("1",)}

    def test_the_same_building_again_is_left_out_and_said(self):
        one = box(0, 0, 1, 1)
        got = as_buildings(layer([2.0, 2.0, 3.0], [8.0] * 3, [one, one, one]), COLUMNS, WORKING)
        assert got.layer[s.STOREYS].tolist() == [2, 3]
        assert [(f.check, f.count, f.rows) for f in got.issues] == [("repeated_buildings", 1, ("2",))]
        assert got.issues[0].title

    def test_bow_ties_are_counted(self):
        (x0, y0, x1, y1), good = box(0, 0, 1, 1).bounds, box(2, 0, 3, 1)
        tie = shapely.Polygon([(x0, y0), (x1, y1), (x1, y0), (x0, y1)])
        found = as_buildings(layer([2.0, 2.0], [8.0, 8.0], [tie, good]), COLUMNS, WORKING).issues
        assert [f.check for f in found] == ["invalid_geometry_building", "doubtful_repair_building"]
        assert all(f.title for f in found)


class TestSampleCity:
    def test_the_layer_is_read_and_its_ratios_are_the_truth(self, city):
        study = load_study(city.files.study)
        truth = json.loads(city.files.truth.read_text(encoding="utf-8"))["buildings"]
        inputs = admit(study)
        got = built_ratios(np.asarray(inputs.parcels.geometry.to_numpy()), inputs.context.buildings)
        got = got.set_axis(inputs.parcels[s.PARCEL]).dropna()
        assert set(got.index) == set(truth)
        assert len(truth) > 10
        want = pd.DataFrame(truth).T.reindex(got.index)
        np.testing.assert_allclose(got[["far", "coverage"]], want[["far", "coverage"]], rtol=1e-8)
        assert "buildings.gpkg" in input_paths(study)

    def test_without_the_register_the_buildings_alone_say_it(self, city):
        inputs = admit(load_study(city.files.study))
        truth = json.loads(city.files.truth.read_text(encoding="utf-8"))["buildings"]
        bare = inputs.parcels.drop(columns=[s.FAR, s.COVERAGE]).assign(**{s.REGISTERED: 1.0})
        values = measure(bare, firms(), Context(buildings=inputs.context.buildings), {}, None)[0].values[s.FAR]
        known = values.dropna()
        assert known.to_dict() == pytest.approx({k: v["far"] for k, v in truth.items()}, rel=1e-8)


STUDY = {
    "parcels": {"path": "p.gpkg", "classification": "third_survey", "columns": {"code": "DLBM"}},
    "parks": {"path": "k.gpkg"},
}


@pytest.mark.usefixtures("english")
class TestStudyFile:
    def section(self, buildings):
        return parse_study(STUDY | {"context": {"buildings": buildings}}, Path("study.toml")).context.buildings

    def test_a_path_will_do(self):
        got = self.section("b.gpkg")
        assert (got.path, got.columns.storeys, got.columns.height) == ("b.gpkg", "storeys", None)

    def test_or_a_table(self):
        got = self.section({"path": "b.gpkg", "layer": "x", "columns": {"storeys": "CS", "height": "GD"}})
        assert (got.layer, got.columns.storeys, got.columns.height, got.columns.use) == ("x", "CS", "GD", None)

    def test_misspelt_columns_are_refused(self):
        with pytest.raises(InputError, match=r"did you mean .storeys."):
            self.section({"path": "b.gpkg", "columns": {"storys": "CS"}})
