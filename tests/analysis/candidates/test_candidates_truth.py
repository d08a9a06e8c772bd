"""The lists against the truth of the sample city: every reason, every list, every sum."""

import json

import numpy as np
import pytest

from landuse.analysis.plots.firms import conservation
from landuse.config.study_file import load_study
from landuse.pipeline.load_inputs import admit
from landuse.pipeline.run import run
from landuse.sample import write_sample
from landuse.units import to_mu


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A city with many scattered plots: result and truth."""
    files = write_sample(tmp_path_factory.mktemp("county") / "c", parcels=4000, parks=8, seed=3)
    return run(load_study(files.study)), json.loads(files.truth.read_text(encoding="utf-8")), load_study(files.study)


def by_plot(series):
    return {plot: list(codes) for plot, codes in series.items() if codes}


@pytest.mark.parametrize("which", ["city", "county"])
class TestCleanCity:
    @pytest.fixture
    def both(self, which, request):
        ran = request.getfixturevalue(which)
        return (ran.result, ran.truth) if which == "city" else ran[:2]

    def test_every_reason_of_every_plot(self, both):
        issues, truth = both
        assert by_plot(issues.candidates.judged.reasons) == truth["efficiency"]["reasons"]

    def test_candidates_renewal_and_survey_lists(self, both):
        found, truth = both[0].candidates, both[1]["efficiency"]
        assert by_plot(found.listed["reasons"]) == truth["candidates"]
        assert by_plot(found.renewed["reasons"]) == truth["park_list"]
        parts = {}
        for plot, park in zip(found.renewed.index, found.renewed["park_id"], strict=True):
            parts.setdefault(plot, []).append(park or "adjoining")
        assert {plot: sorted(parks) for plot, parks in parts.items()} == truth["park_plots"]
        assert sorted(found.no_data.index) == truth["no_data"]
        assert sorted(set(found.renewal.index[found.renewal["evidence"] == "none"])) == truth["park_no_data"]

    def test_measures_to_rounding(self, both):
        found, truth = both[0].candidates, both[1]["efficiency"]["measures"]
        # in the rules' units; the plan's is its code, looked at below; land is registered to 0.01 m²
        for plot, stated in truth.items():
            for code, value in stated.items():
                if code == "L7":
                    continue
                got = found.judged.values.loc[plot, code]
                same = got == value if isinstance(value, str) else got == pytest.approx(value, rel=2e-5, abs=1e-9)
                assert same, (plot, code)

    def test_the_plan_and_the_development_boundary(self, both):
        issues, truth = both[0], both[1]["efficiency"]
        notes = issues.candidates.measures.notes["planned_code"]
        for plot, stated in truth["measures"].items():
            assert notes[plot] == stated.get("L7", "")
        plots = issues.scatter.plots
        for side, name in (("within", "urban"), ("beyond", "beyond")):
            mine = plots[plots["place"] == name]
            assert len(mine) == truth["development"][side]["plots"]
            scattered = mine.index.intersection(issues.scatter.scattered.index)
            assert sorted(scattered) == truth["development"][side]["scattered"]

    def test_the_surveys_own_mark(self, both):
        table, truth = both[0].scatter.town_marks, both[1]["efficiency"]["town_marks"]
        for kind in ("small", "clustered", "adjoining", "inside"):
            assert table.loc["marked", kind] == truth["marked"][kind]
        for row in ("marked", "unmarked"):
            assert table.loc[row, ["scattered", "highly_scattered"]].sum() == truth[row]["scattered"]
            assert table.loc[row].sum() == sum(truth[row].values())

    def test_own_thresholds_are_in_the_table_of_sensitivity(self, both):
        issues = both[0]
        table = issues.scatter.sensitivity
        (own,) = table[table["own"]].to_dict("records")
        assert own["plots"] == len(issues.scatter.scattered)
        assert own["clusters"] == issues.scatter.clusters
        assert own["candidates"] == len(issues.candidates.listed)
        for _gap, rows in table.groupby("gap_m"):
            assert (np.diff(rows.sort_values("max_cluster_mu")["plots"]) >= 0).all()


def test_tax_staff_and_land_are_conserved_to_the_cent(county):
    _issues, truth, study = county
    inputs = admit(study)
    got = conservation(inputs.enterprises, set(inputs.parcels["parcel_id"]), ["tax_yuan", "staff", "area_m2"])
    stated = truth["efficiency"]["conservation"]
    for column, name, scale in (("tax_yuan", "tax", 1e-4), ("staff", "staff", 1.0), ("area_m2", "area_mu", to_mu(1.0))):
        for value, part in zip(got[column], ("before", "matched", "unmatched"), strict=True):
            assert value * scale == pytest.approx(stated[name][part], abs=0.006)


def test_on_the_dirty_city_every_difference_is_explained_by_its_defect(dirty):
    truth, found = dirty.truth["efficiency"]["reasons"], dirty.result.candidates
    got = by_plot(found.judged.reasons)
    touched = set()
    for planted in dirty.truth["planted"]:
        detail = planted["detail"]
        touched |= {i.split("#")[0] for i in planted["ids"]} | set(detail.get("plots", [])) | {detail.get("plot")}
        touched.add(detail.get("id_before"))
    firms = {i for planted in dirty.truth["planted"] for i in planted["ids"]}
    table = admit(load_study(dirty.files.study)).enterprises
    touched |= set(table.loc[table["firm_id"].isin(firms), "parcel_id"])
    different = {plot for plot in {*got, *truth} if got.get(plot) != truth.get(plot)}
    assert {plot.split("#")[0] for plot in different} <= touched
    # what a defect makes unknown takes reasons away; only a lost year moves a mean, and a renamed plot its reasons
    extra = {plot for plot in different if set(got.get(plot, ())) - set(truth.get(plot, ()))}
    lost = {p for d in dirty.truth["planted"] if d["defect"] == "null_tax" for p in d["detail"]["plots"]}
    assert extra <= lost | {p for p in extra if "#" in p} | {p for d in dirty.truth["planted"] for p in d["ids"]}
