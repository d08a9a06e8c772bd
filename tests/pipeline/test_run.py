"""A whole run: the sample city's truth, real cities' figures, the same bytes twice."""

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from toys import WORKING

from landuse.analysis.share.concentration import park_concentration
from landuse.config.study_file import load_study
from landuse.definition import Definition
from landuse.errors import InputError
from landuse.geo.area import ellipsoidal_area
from landuse.inputs.parks import as_parks
from landuse.io.hashes import sha256
from landuse.io.source import Place
from landuse.io.vector.read import read_layer
from landuse.pipeline.progress import Progress
from landuse.pipeline.publish import publish
from landuse.pipeline.run import run
from landuse.report.summary import summary
from landuse.sample import write_sample

STUDIES = Path(__file__).parents[1] / "studies"
EXACT = 1e-9
FOOT2 = (1200 / 3937) ** 2
ACRE = 43_560 * FOOT2
#: What the quality report of a city without defects may say.
CLEAN = {"merged_code", "firms_apportioned", "enterprises_unmatched", "enterprises_joined"}


class TestTruthOfTheSampleCity:
    @pytest.mark.parametrize("classes", ["core", "with_storage", "with_mining"])
    @pytest.mark.parametrize("area", ["registered", "ellipsoidal", "planar"])
    def test_city(self, city, classes, area):
        c = park_concentration(city.result.ledger, Definition(classes=classes, area=area))
        truth = city.truth["city"][classes][area]
        assert (c.total_m2, c.inside_m2, c.share) == pytest.approx(
            (truth["total_m2"], truth["inside_m2"], truth["share"]), rel=EXACT
        )

    def test_parks(self, city):
        table = park_concentration(city.result.ledger, Definition(area="ellipsoidal")).parks
        assert sorted(table.index) == sorted(p["id"] for p in city.truth["parks"])
        for park in city.truth["parks"]:
            row = table.loc[park["id"]]
            assert (row["park_name"], row["level"]) == (park["name"], park["level"])
            assert row["industrial_m2"] == pytest.approx(park["inside_m2"], rel=EXACT, abs=1e-4)
            assert row["industrial_gross_m2"] == pytest.approx(park["gross_m2"], rel=EXACT, abs=1e-4)

    def test_districts(self, city):
        d = city.result.districts
        names = dict(zip(d["district"], d["name"], strict=True))
        table = park_concentration(city.result.ledger, Definition(area="ellipsoidal"), district_names=names).districts
        for district in city.truth["districts"]:
            row = table.loc[district["code"]]
            assert row["name"] == district["name"]
            assert row["total_m2"] == pytest.approx(district["total_m2"], rel=EXACT, abs=1e-4)
            assert row["inside_m2"] == pytest.approx(district["inside_m2"], rel=EXACT, abs=1e-4)

    def test_summing_pairwise_intersections_gives_another_answer(self, city):
        naive = city.truth["naive_share_core_ellipsoidal"]
        parks = city.result.ledger.parks
        parcels = city.result.ledger.parcels
        core = parcels[parcels["use"] == "industrial"]
        pairs = gpd.overlay(core[["geometry"]], parks[["park_id", "geometry"]].dissolve("park_id"), how="intersection")
        assert pairs.area.sum() / core.area.sum() == pytest.approx(naive, rel=1e-5)
        assert abs(naive - city.result.concentration.share) > 0.02

    def test_scattered_plots(self, city):
        truth, found = city.truth["scatter"], city.result.scatter
        position = found.plots["position"]
        assert sorted(found.scattered.index) == truth["plots"]
        assert sorted(position.index[position == "small"]) == truth["small"]
        assert sorted(position.index[position == "clustered"]) == truth["large_cluster_plots"]
        assert sorted(position.index[position == "adjoining"]) == truth["adjoining"]
        assert found.clusters == truth["clusters"] - truth["clusters_of_small_plots_only"]
        assert found.scattered["area_m2"].sum() == pytest.approx(truth["area_m2"], rel=1e-6)  # stated to a cent

    def test_candidates(self, city):
        found = city.result.candidates
        assert sorted(found.listed.index) == sorted(city.truth["efficiency"]["candidates"])
        assert sorted(found.no_data.index) == city.truth["efficiency"]["no_data"]

    def test_the_clean_city_needed_no_repair(self, city):
        assert {f.check for f in city.result.quality} <= CLEAN

    def test_independent_engine(self, city):
        book = city.result.ledger
        core = book.parcels[book.parcels["use"] == "industrial"].geometry.to_numpy()
        union = shapely.union_all(book.parks.geometry.to_numpy())
        c = park_concentration(book, Definition(area="planar"))
        assert c.inside_m2 == pytest.approx(shapely.area(shapely.intersection(core, union)).sum(), rel=EXACT)


class TestDirtyCity:
    def test_every_planted_defect_is_found(self, dirty):
        found = {f.check: f for f in dirty.result.quality}
        planted = {p["defect"]: p for p in dirty.truth["planted"]}
        expected = {
            "bow_tie": "invalid_geometry_parcel",
            "null_geometry": "no_polygon_parcel",
            "odd_code": "codes_normalised",
            "unknown_code": "unknown_codes",
            "null_stated_area": "unstated_area",
            "same_id_two_parcels": "duplicate_id",
            "overlapping_parcels": "overlapping_parcels",
            "unknown_parcel": "enterprises_unmatched",
            "total_row": "total_rows",
        }
        for defect, check in expected.items():
            assert (
                set(planted[defect]["ids"]) & {r.split("#")[0] for r in found[check].rows} or not found[check].rows
            ), defect
        assert found["codes_normalised"].count == 3
        assert found["unstated_area"].count == 2

    def test_figures_are_those_of_the_clean_city_less_what_is_lost(self, dirty):
        by = {p["defect"]: p["detail"] for p in dirty.truth["planted"]}
        lost = by["null_geometry"]["stated_m2"] + by["unknown_code"]["stated_m2"]
        overlap, bow = by["overlapping_parcels"]["overlap_m2"], by["bow_tie"]
        truth, c = dirty.truth["city"]["core"]["registered"], dirty.result.concentration
        assert c.total_m2 == pytest.approx(truth["total_m2"] - lost - overlap, abs=0.1)
        # what defects can move is bounded by the land they touch
        touched = lost + overlap + bow["area_before_m2"]
        assert abs(c.inside_m2 - truth["inside_m2"]) <= touched
        assert abs(c.share - truth["share"]) <= lost / truth["total_m2"]

    def test_a_larger_dirty_city_is_within_a_point_of_the_truth(self, tmp_path):
        files = write_sample(tmp_path / "city", parcels=9000, parks=12, dirty=True)
        truth = json.loads(files.truth.read_text(encoding="utf-8"))["city"]["core"]["registered"]
        got = run(load_study(files.study), stage="concentration").concentration
        assert got.share == pytest.approx(truth["share"], abs=0.01)


def test_the_same_run_twice_leaves_the_same_bytes(dated, tmp_path):
    again = run(dated.study, workers=4)
    assert again.run_id == dated.result.run_id
    deliver = ("map", "workbook", "layers")  # each deliverable has a test of its own bytes; here the run's count
    files = [
        publish(found, dated.study, tmp_path / out, deliver=deliver)
        for found, out in ((dated.result, "one"), (again, "two"))
    ]
    assert set(files[0]) >= {"map", "workbook", "layers", "summary", "manifest"}
    for name in set(files[0]) - {"manifest"}:
        assert sha256(files[0][name]) == sha256(files[1][name]), name
    one, two = (json.loads(f["manifest"].read_text(encoding="utf-8")) for f in files)
    assert {**one, "timings_s": 0} == {**two, "timings_s": 0}
    assert one["outputs"] == {
        str(p.relative_to(tmp_path / "one").as_posix()): sha256(p) for n, p in files[0].items() if n != "manifest"
    }
    assert one["run_id"] == dated.result.run_id
    context = {"plan.gpkg", "development.gpkg", "far-standards.csv", "blocks.csv"}
    context |= {"buildings.gpkg", "facilities.gpkg", "panels.csv"}
    earlier = {f"{layer}-{year}.gpkg" for layer in ("parcels", "parks") for year in (2023, 2024)}
    earlier |= {"districts-2023.gpkg", "exceptions.csv", "counters.csv"}
    assert set(one["inputs"]) == {
        "parcels.gpkg",
        "parks.gpkg",
        "districts.gpkg",
        "enterprises.xlsx",
        *context,
        *earlier,
    }
    assert one["parameters"]["scatter"]["gap_m"] == 50.0
    for name in ("map", "summary"):
        assert dated.result.run_id[:12] in files[0][name].read_text(encoding="utf-8")


def test_the_order_of_rows_in_the_files_changes_no_figure(city, tmp_path):
    context = ("plan.gpkg", "development.gpkg", "far-standards.csv", "blocks.csv")
    of_parks = ("buildings.gpkg", "facilities.gpkg", "panels.csv")
    same = ("districts.gpkg", "enterprises.xlsx", "study.toml", *context, *of_parks)
    for name in same:
        (tmp_path / name).write_bytes((city.files.folder / name).read_bytes())
    gpd.read_file(city.files.folder / "parcels.gpkg").iloc[::-1].to_file(tmp_path / "parcels.gpkg", layer="DLTB")
    gpd.read_file(city.files.folder / "parks.gpkg").iloc[::-1].to_file(tmp_path / "parks.gpkg", layer="parks")
    there = run(load_study(tmp_path / "study.toml"))
    assert there.run_id != city.result.run_id
    one, two = (
        {k: v for k, v in summary(f).items() if k in ("city", "districts", "parks")} for f in (there, city.result)
    )
    assert one["city"]["inside_m2"] == pytest.approx(two["city"]["inside_m2"], rel=1e-12)
    assert [p["id"] for p in one["parks"]] == [p["id"] for p in two["parks"]]
    assert [p["industrial_m2"] for p in one["parks"]] == pytest.approx([p["industrial_m2"] for p in two["parks"]])
    assert sorted(there.candidates.listed.index) == sorted(city.result.candidates.listed.index)
    assert there.relocation.moves["block_id"].to_dict() == city.result.relocation.moves["block_id"].to_dict()


def test_stages_and_their_keys(city, tmp_path):
    part = run(city.study, stage="concentration")
    assert part.scatter is part.candidates is None
    keys = set(summary(part))
    assert {"scatter", "candidates", "relocation"} & keys == set()
    whole = summary(city.result)
    assert set(whole) - keys == {"scatter", "candidates", "relocation", "evaluation"}
    assert "relocation" not in summary(run(city.study, stage="candidates"))
    promised = {"status", "objective", "bound", "gap", "moved_m2", "plots", "share_after", "blocking"}
    assert promised <= set(whole["relocation"])
    assert whole["schema"] == "landuse-summary/1"
    assert whole["study"] == {"name": city.study.name, "date": "2025-12-31", "synthetic": True}
    assert set(whole["city"]) >= {"total_m2", "inside_m2", "outside_m2", "share", "target", "verdict", "gap_m2"}
    assert set(whole["parks"][0]) == {
        "id",
        "name",
        "level",
        "industrial_m2",
        "industrial_gross_m2",
        "land_m2",
        "blocks",
        "main_share",
    }
    assert sum(p["industrial_m2"] for p in whole["parks"]) == pytest.approx(whole["city"]["inside_m2"], rel=1e-9)
    assert sum(d["gap_m2"] for d in whole["districts"]) == pytest.approx(whole["city"]["gap_m2"]["relocate"], rel=1e-9)
    assert len(whole["sensitivity"]) == 27
    headline = {"classes": "core", "boundary": "approved", "rule": "clip", "area": "registered"}
    (row,) = [r for r in whole["sensitivity"] if headline.items() <= r.items()]
    assert row["share"] == pytest.approx(whole["city"]["share"], rel=1e-12)
    json.dumps(whole, allow_nan=False)
    assert set(publish(part, city.study, tmp_path, deliver=())) == {"summary", "manifest"}


def test_a_failing_report_leaves_earlier_outputs_alone(city, tmp_path, monkeypatch):
    deliver = ("layers", "workbook")
    publish(city.result, city.study, tmp_path, deliver=deliver)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}

    def broken(*_args):
        raise RuntimeError("no ink")

    monkeypatch.setattr("landuse.report.workbook.book.write_workbook", broken)
    with pytest.raises(RuntimeError, match="no ink"):
        publish(city.result, city.study, tmp_path, deliver=deliver)
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_phases_are_announced_and_timed(city):
    told = []
    clock = Progress(told.append)
    run(city.study, stage="concentration", clock=clock)
    assert list(clock.seconds)[:2] == ["read", "ledger"]
    assert len(told) == len(clock.seconds)


def test_without_enterprises_nobody_is_inefficient(city, tmp_path):
    text = city.files.study.read_text(encoding="utf-8")
    head, rest = text.split("[enterprises]")
    text = head + "[definition]" + rest.split("[definition]")[1]
    path = tmp_path / "study.toml"
    path.write_text(text.replace('path = "', f'path = "{city.files.folder.as_posix()}/'), encoding="utf-8")
    got = run(load_study(path), stage="candidates")
    assert got.candidates.listed.empty
    assert len(got.candidates.no_data) == len(city.truth["scatter"]["plots"])


# ---- real cities ----


@pytest.fixture(scope="module")
def real(data, tmp_path_factory):
    """Load a study of tests/studies against the real data."""

    def load(name):
        text = (STUDIES / name).read_text(encoding="utf-8").replace("{data}", data.as_posix())
        path = tmp_path_factory.mktemp("studies") / name
        path.write_text(text, encoding="utf-8")
        return load_study(path)

    return load


def test_gowanus(real):
    got = run(real("gowanus.toml"))
    c = got.concentration
    assert c.share == pytest.approx(0.54747, abs=5e-6)
    assert c.total_m2 / FOOT2 == pytest.approx(6_250_359, abs=1)
    assert c.inside_m2 / FOOT2 == pytest.approx(3_421_887, abs=1)
    book = got.ledger
    assert len(book.parcels) == 474
    assert int((book.centroid_block >= 0).sum()) == 168
    assert got.verdict == "OK_WITH_ASSUMPTIONS"


def test_chicago(real):
    got = run(real("chicago.toml"), stage="concentration")
    c = got.concentration
    assert c.share == pytest.approx(0.3552, abs=5e-5)
    assert c.inside_m2 / ACRE == pytest.approx(8_695.88, abs=0.01)
    assert c.total_m2 / ACRE == pytest.approx(24_483.39, abs=0.01)
    book = got.ledger
    assert book.parts.loc[~book.parts["counted"], "planar_m2"].sum() / ACRE == pytest.approx(4.29, abs=0.01)
    repaired = {f.check: f.count for f in got.quality}
    assert repaired["invalid_geometry_parcel"] > 0
    # the other engine, on the repaired layers
    core, pmd = book.parcels.geometry.to_numpy(), shapely.union_all(book.parks.geometry.to_numpy(), grid_size=1e-4)
    land = shapely.union_all(core, grid_size=1e-4)
    assert land.area * FOOT2 == pytest.approx(c.total_m2, rel=1e-7)
    assert shapely.intersection(land, pmd).area * FOOT2 == pytest.approx(c.inside_m2, rel=1e-7)


def test_hangzhou_districts_are_read(data):
    files = sorted((data / "hangzhou").glob("*tianditu*"))
    if not files:
        pytest.skip("no district boundaries in the real data")
    path = next(f for f in files if f.suffix in (".geojson", ".json", ".gpkg", ".shp"))
    raw = read_layer(Place(path, path.name))
    districts = as_parks(raw, {}, WORKING).layer
    assert len(districts) == 13
    area = ellipsoidal_area(districts.geometry.to_numpy(), WORKING).sum()
    # vertices are degrees apart here and edges long: the plane's edges are not the geodesics
    assert area / 1e6 == pytest.approx(16_859.6, rel=1e-3)


def test_an_unreadable_study_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(InputError):
        load_study(tmp_path / "nothing.toml")


class TestBoundaries:
    """Several outlines of the parks: one ledger each, one matrix over all."""

    def study(self, city, folder, headline="approved"):
        parks = gpd.read_file(city.files.folder / "parks.gpkg")
        parks.set_geometry(parks.buffer(50)).to_file(folder / "planned.gpkg")
        text = city.files.study.read_text(encoding="utf-8")
        text = text.replace('path = "', f'path = "{city.files.folder.as_posix()}/')
        text = text.replace('boundary = "approved"', f'boundary = "{headline}"')
        text += '\n[[boundaries]]\nboundary = "planned"\npath = "planned.gpkg"\n'
        (folder / "study.toml").write_text(text, encoding="utf-8")
        return load_study(folder / "study.toml")

    def test_the_matrix_holds_every_kind_and_the_headline_its_own(self, city, tmp_path):
        approved = run(self.study(city, tmp_path), stage="concentration")
        planned = run(self.study(city, tmp_path, "planned"), stage="concentration")
        assert approved.concentration.share == city.result.concentration.share
        assert len(approved.sensitivity) == 54
        assert set(approved.sensitivity["boundary"]) == {"approved", "planned"}
        assert planned.concentration.share > approved.concentration.share
        for found in (approved, planned):
            d = found.definition
            row = found.sensitivity.query(
                f"classes == '{d.classes}' and boundary == '{d.boundary}' and rule == '{d.rule}' and area == '{d.area}'"
            )
            assert row["share"].item() == pytest.approx(found.concentration.share, rel=1e-12)

    def test_a_kind_that_no_layer_has_is_refused(self, city, tmp_path):
        with pytest.raises(InputError, match="control"):
            self.study(city, tmp_path, "control")


def test_an_input_that_changes_while_the_study_runs_is_refused_and_nothing_written(city, tmp_path):
    for file in city.files.folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    study = load_study(tmp_path / "study.toml")
    issues = run(study, stage="concentration")
    with (tmp_path / "parks.gpkg").open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match=r"parks\.gpkg"):
        publish(issues, study, tmp_path / "out")
    assert not (tmp_path / "out").exists()
