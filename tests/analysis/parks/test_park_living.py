"""Living with industry: jobs, homes, what is near, ancillary land; by mental arithmetic and by the sample's truth."""

import math
import shutil
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import EAST, NORTH, UNIT, WORKING, array, box, cells, parcels, raw

from landuse import schema as s
from landuse.analysis.parks.living import ancillary_limits, ancillary_use, housing_around, park_jobs, park_living
from landuse.config.paths import input_paths
from landuse.config.study_file import load_study, parse_study
from landuse.errors import AccountingError, InputError
from landuse.inputs.context import as_facilities
from landuse.inputs.parcels import as_parcels
from landuse.pipeline.load_inputs import admit
from landuse.pipeline.run import run
from landuse.reference.classification import load
from landuse.results.parks import LivingRule

HA = UNIT**2


def at(x, y):
    """A point in units of 100 m."""
    return shapely.Point(EAST + UNIT * x, NORTH + UNIT * y)


def facilities(*rows):
    """(kind, shape) rows."""
    return gpd.GeoDataFrame({s.KIND: [r[0] for r in rows]}, geometry=array([r[1] for r in rows]), crs=WORKING)


#: Plots a and b of park P, a hectare each, ten apart; c of park Q far off.
PLOTS = parcels([box(0, 0, 1, 1), box(10, 0, 11, 1), box(50, 0, 51, 1)], ids=["a", "b", "c"])


def inside(*staff, part=(1.0, 1.0, 1.0)):
    m2 = np.array(part) * HA
    return pd.DataFrame({s.PARCEL: ["a", "b", "c"], s.PARK: ["P", "P", "Q"], "m2": m2, s.STAFF: staff})


class TestJobs:
    def test_share_of_the_jobs_within_a_walk(self):
        got = park_jobs(inside(30.0, 10.0, 5.0), PLOTS, facilities(("school", at(-9, 0.5))), walk=10 * UNIT)
        assert got["jobs"].tolist() == [40, 5]
        assert got["school_share"].tolist() == [0.75, 0]

    @pytest.mark.parametrize(("walk", "share"), [(899.9, 0.0), (900.0, 0.75)])
    def test_distance_is_from_the_edge_of_the_plot_and_just_within_is_near(self, walk, share):
        got = park_jobs(inside(30.0, 10.0, 5.0), PLOTS, facilities(("school", at(-9, 0.5))), walk=walk)
        assert got.loc["P", "school_share"] == share

    def test_two_schools_near_count_a_job_once(self):
        two = facilities(("school", at(0, 2)), ("school", at(1, 2)))
        assert park_jobs(inside(30.0, 10.0, 5.0), PLOTS, two, walk=2 * UNIT).loc["P", "school_share"] == 0.75

    def test_a_kind_the_layer_does_not_hold_is_unknown_and_not_out_of_reach(self):
        got = park_jobs(inside(30.0, 10.0, 5.0), PLOTS, facilities(("school", at(0, 0))), walk=UNIT)
        assert got[["clinic_share", "shop_share"]].isna().all(axis=None)
        assert park_jobs(inside(1.0, 1.0, 1.0), PLOTS, None, walk=UNIT)["school_share"].isna().all()

    def test_unknown_staff_is_no_zero(self):
        got = park_jobs(inside(30.0, np.nan, np.nan), PLOTS, facilities(("shop", at(0, 0))), walk=UNIT)
        assert got.loc["P", ["jobs", "jobs_known", "shop_share"]].tolist() == [30, 0.5, 1]
        assert got.loc["Q", ["jobs", "jobs_known", "shop_share"]].tolist() == pytest.approx(
            [np.nan, 0, np.nan], nan_ok=True
        )

    def test_nobody_working_is_known_and_has_no_share(self):
        got = park_jobs(inside(0.0, 0.0, 1.0), PLOTS, facilities(("shop", at(0, 0))), walk=UNIT).loc["P"]
        assert (got["jobs"], got["jobs_known"]) == (0, 1)
        assert math.isnan(got["shop_share"])

    def test_polygons_of_facilities(self):
        got = park_jobs(inside(30.0, 10.0, 5.0), PLOTS, facilities(("clinic", box(2, 0, 9, 1))), walk=UNIT)
        assert got.loc["P", "clinic_share"] == 1


def blocks(*rows):
    return gpd.GeoDataFrame(
        {s.PARK: [r[0] for r in rows], s.BLOCK: [str(k) for k in range(len(rows))]},
        geometry=array([r[1] for r in rows]),
        crs=WORKING,
    )


def homes(*shapes):
    return parcels(list(shapes))


def around(land, buffer=10, buildings=None):
    return housing_around(blocks(("P", box(0, 0, 1, 1))), land, buildings, buffer=buffer * UNIT, workers=1).loc["P"]


class TestHousing:
    def test_within_the_buffer_the_inside_included(self):
        got = around(homes(box(0, 0, 1, 0.5), box(5, 0, 6, 1), box(10, 0, 12, 1), box(30, 0, 31, 1)))
        assert got["housing_near_m2"] / HA == pytest.approx(0.5 + 1 + 1, rel=1e-4)

    def test_corners_are_round(self):
        got = around(homes(box(1, 1, 99, 99)), buffer=4)
        assert got["housing_near_m2"] / HA == pytest.approx(math.pi * 16 / 4, rel=1e-3)

    def test_land_that_two_parcels_claim_counts_once(self):
        got = around(homes(box(2, 0, 4, 1), box(3, 0, 5, 1)))
        assert got["housing_near_m2"] / HA == pytest.approx(3, rel=1e-4)

    def test_every_block_has_surroundings_land_near_two_of_a_park_counts_once_near_two_parks_for_each(self):
        site = blocks(*(("P", box(x, 0, x + 1, 1)) for x in (0, 2, 20)), ("Q", box(30, 0, 31, 1)))
        got = housing_around(site, homes(box(4, 0, 5, 1), box(22, 0, 23, 1)), None, buffer=10 * UNIT, workers=1)
        assert (got["housing_near_m2"] / HA).to_dict() == pytest.approx({"P": 2, "Q": 1}, rel=1e-4)

    def test_no_housing_near_is_none_but_without_any_nothing_is_known(self):
        assert around(homes(box(30, 0, 31, 1)))["housing_near_m2"] == 0
        assert around(None).isna().all()

    def test_floor_goes_with_the_land_near(self):
        flats = gpd.GeoDataFrame(
            {s.STOREYS: [6.0], s.HEIGHT: [18.0]}, geometry=array([box(10, 0, 12, 0.5)]), crs=WORKING
        )
        got = around(homes(box(10, 0, 12, 1), box(5, 0, 6, 1)), buildings=flats)
        assert got["housing_floor_m2"] / HA == pytest.approx(3, rel=1e-4)  # 6 storeys on half of the hectare near
        assert got["housing_floor_known"] == pytest.approx(0.5)
        assert math.isnan(around(homes(box(5, 0, 6, 1)), buildings=flats)["housing_floor_m2"])

    @given(st.lists(st.tuples(*[st.integers(0, 9)] * 2, *[st.integers(1, 3)] * 2), min_size=1, max_size=5))
    def test_a_wide_buffer_holds_all_of_it_once(self, rows):
        land = [(x, y, x + w, y + h) for x, y, w, h in rows]
        got = around(homes(*(box(*r) for r in land)), buffer=99)
        assert got["housing_near_m2"] / HA == pytest.approx(len(set().union(*map(cells, land))), rel=1e-4)


class TestTogether:
    def test_jobs_per_hectare_and_housing_inside(self):
        index = pd.Index(["P", "Q", "R"], name=s.PARK)
        jobs = park_jobs(inside(30.0, 10.0, 5.0), PLOTS, None, walk=UNIT)
        housing = pd.DataFrame({"housing_near_m2": [2e4, 0.0, 1e4]}, index=index)
        got = park_living(index, jobs, housing, pd.DataFrame(index=index), pd.Series({"P": 5e3}))
        assert got["jobs_per_housing_ha"].tolist() == pytest.approx([20, np.nan, np.nan], nan_ok=True)
        assert got["housing_inside_m2"].tolist() == [5e3, 0, 0]
        assert got.index.equals(index)

    def test_where_housing_is_unknown_none_is_inside(self):
        index = pd.Index(["P", "Q"], name=s.PARK)
        unknown = pd.DataFrame({"housing_near_m2": np.nan}, index=index)
        jobs = park_jobs(inside(30.0, 10.0, 1.0), PLOTS, None, walk=UNIT)
        got = park_living(index, jobs, unknown, pd.DataFrame(index=index), pd.Series(dtype=float))
        assert got[["housing_inside_m2", "jobs_per_housing_ha"]].isna().all(axis=None)


class TestAncillary:
    LAND = pd.DataFrame({s.PARCEL: ["a", "b", "c"], s.PARK: ["P", "P", "Q"], "m2": [HA, 3 * HA, HA]})

    def found(self, **register):
        return ancillary_use(self.LAND, PLOTS.assign(**register), limits=ancillary_limits(LivingRule()))

    def test_above_the_limit_and_not_at_it(self):
        got = self.found(ancillary_land=[np.nextafter(0.07, 1), 0.071, 0.5], ancillary_floor=[0.15, 0.16, 0.151])
        assert got.loc["P", ["ancillary_land_plots", "ancillary_land_m2"]].tolist() == [1, 3 * HA]
        assert got["ancillary_floor_plots"].tolist() == [1, 1]

    def test_what_is_missing_stays_missing(self):
        got = self.found(ancillary_land=[0.2, np.nan, np.nan])
        assert got.loc["P", ["ancillary_land_plots", "ancillary_land_known"]].tolist() == [1, 0.25]
        assert got.loc["Q", ["ancillary_land_plots", "ancillary_land_m2"]].isna().all()
        assert got.loc["Q", "ancillary_land_known"] == 0
        assert got["ancillary_floor_known"].tolist() == [0, 0]

    def test_the_register_is_read_as_ratios_or_per_cent(self):
        frame = gpd.GeoDataFrame(
            {"DLBM": ["0601"] * 4, "PT": ["7%", "0.08", "", "1.2"]},
            geometry=array([box(k, 0, k + 1, 1) for k in range(4)]),
            crs=WORKING,
        )
        got = as_parcels(raw(frame), {"code": "DLBM", "ancillary_land": "PT"}, load("third_survey"), WORKING)
        assert got.layer[s.ANCILLARY_LAND].tolist() == pytest.approx([0.07, 0.08, np.nan, np.nan], nan_ok=True)
        assert [(f.check, f.rows) for f in got.issues] == [("impossible_ratios", ("4",))]
        assert s.ANCILLARY_FLOOR not in got.layer


def layer(words, shapes):
    return raw(gpd.GeoDataFrame({"LB": words}, geometry=array(shapes), crs=WORKING), "facilities.gpkg")


KINDS = {"学校": "school", "店": "shop"}


@pytest.mark.usefixtures("english")
class TestDoor:
    def test_words_become_kinds_and_others_are_counted(self):
        words, shapes = ["学校", " 店 ", "clinic", "公厕", "学校"], [*(at(k, 0) for k in range(4)), box(0, 0, 1, 1)]
        got = as_facilities(layer(words, shapes), "LB", KINDS, WORKING)
        assert got.layer[s.KIND].tolist() == ["school", "shop", "clinic", "school"]
        assert [(f.check, f.rows) for f in got.issues] == [("other_facilities", ("4",))]
        assert "'公厕'" in got.issues[0].action
        assert got.issues[0].title

    def test_lines_and_nothing_have_no_place(self):
        line = shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)])
        got = as_facilities(layer(["学校"] * 4, [at(0, 0), line, None, shapely.Point()]), "LB", KINDS, WORKING)
        assert len(got.layer) == 1
        assert [(f.check, f.rows) for f in got.issues] == [("no_place_facility", ("2", "3", "4"))]
        assert got.issues[0].title

    def test_a_layer_of_other_things_is_refused_with_its_words(self):
        with pytest.raises(InputError, match=r"no facility of a kind that counts.*'公厕'"):
            as_facilities(layer(["公厕"], [at(0, 0)]), "LB", KINDS, WORKING)

    def test_coordinates_of_elsewhere_are_refused(self):
        with pytest.raises(InputError):
            as_facilities(layer(["学校"], [shapely.Point(120.1, 30.2)]), "LB", KINDS, WORKING)

    def test_degrees_come_to_the_working_system(self):
        degrees = gpd.GeoSeries([at(0, 0)], crs=WORKING).to_crs(4490)
        frame = raw(gpd.GeoDataFrame({"LB": ["学校"]}, geometry=degrees))
        assert as_facilities(frame, "LB", KINDS, WORKING).layer.geometry[0].distance(at(0, 0)) < 1e-3


@pytest.mark.usefixtures("english")
class TestStudyFile:
    def section(self, **living):
        parcels_ = {"path": "p.gpkg", "classification": "third_survey", "columns": {"code": "DLBM"}}
        values = {"parcels": parcels_, "parks": {"path": "k.gpkg"}, "living": living}
        return parse_study(values, Path("study.toml")).living

    def test_a_path_will_do_and_thresholds_have_defaults(self):
        got = self.section(facilities="f.gpkg")
        assert (got.facilities.path, got.facilities.columns.kind, got.walk_m, got.buffer_m) == (
            "f.gpkg",
            "kind",
            1000,
            1000,
        )

    @pytest.mark.parametrize("wrong", [{"kinds": {"学校": "scool"}}, {"walk_m": 0}, {"buffer_km": 1}])
    def test_what_is_wrong_is_refused(self, wrong):
        with pytest.raises(InputError):
            self.section(**wrong)


class TestReview:
    def test_a_classification_without_housing_leaves_it_unknown(self, city, tmp_path):
        shutil.copytree(city.files.folder, tmp_path / "city")
        text = city.files.study.read_text(encoding="utf-8")
        custom = text.replace(
            'classification = "third_survey"', 'classification = "custom"\nindustrial = ["0601", "06H1"]'
        )
        custom = custom[: custom.index("[capacity]")]
        (tmp_path / "city" / "study.toml").write_text(custom, encoding="utf-8")
        found = run(load_study(tmp_path / "city" / "study.toml"), stage="parks").parks.living
        assert found[["housing_inside_m2", "housing_near_m2", "jobs_per_housing_ha"]].isna().all(axis=None)
        assert found["jobs"].equals(city.result.parks.living["jobs"])

    def test_walk_and_buffer_are_those_of_the_study(self, city, tmp_path):
        shutil.copytree(city.files.folder, tmp_path / "city")
        text = city.files.study.read_text(encoding="utf-8")
        text = text.replace("[living]\n", "[living]\nwalk_m = 1\nbuffer_m = 1\n")
        (tmp_path / "city" / "study.toml").write_text(text, encoding="utf-8")
        found, usual = run(load_study(tmp_path / "city" / "study.toml"), stage="parks").parks, city.result.parks
        assert (found.living["housing_near_m2"] < usual.living["housing_near_m2"]).all()
        shares = ["school_share", "clinic_share", "shop_share"]
        assert found.living[shares].sum().sum() < 0.5 * usual.living[shares].sum().sum()


class TestSampleCity:
    def test_every_park_against_the_truth(self, city):
        found, truth = city.result.parks.living, pd.DataFrame(city.truth["living"]).set_index("park")
        assert set(found.index) == set(truth.index)
        for column in truth.columns:
            want = truth[column].astype(float).reindex(found.index)
            np.testing.assert_allclose(found[column], want, rtol=1e-6, atol=1e-9, err_msg=column)
        shares = truth[["school_share", "clinic_share", "shop_share"]].astype(float)
        assert ((shares > 0) & (shares < 1)).any().all()  # there is something to get wrong
        assert (found["housing_inside_m2"] > 0).any()

    def test_files_are_inputs_and_kinds_are_read(self, city):
        study = load_study(city.files.study)
        assert {"facilities.gpkg", "panels.csv"} <= set(input_paths(study))
        assert set(admit(study).context.facilities[s.KIND]) == set(s.FACILITIES)

    def test_more_housing_inside_than_around_is_refused(self, city):
        review = city.result.parks
        wrong = review.living.assign(housing_inside_m2=review.living["housing_near_m2"] + 10)
        with pytest.raises(AccountingError, match="housing"):
            replace(review, living=wrong)
