"""What a stranger tried: inputs that once gave a plausible wrong number, a traceback, or a refusal of honest data."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import affinity
from toys import EAST, NORTH, WORKING, box, ledger, parcels, parks, shares

from landuse.analysis.checks.issues import enclaves
from landuse.analysis.share.proof import prove
from landuse.config.study_file import parse_study
from landuse.errors import InputError
from landuse.inputs.enterprises import as_enterprises
from landuse.inputs.parcels import as_parcels
from landuse.inputs.parks import as_parks
from landuse.inputs.source_table import SourceTable
from landuse.pipeline.load_inputs import admit
from landuse.pipeline.run import run
from landuse.reference.classification import load
from landuse.units import to_mu

SURVEY = load("third_survey")
pytestmark = pytest.mark.usefixtures("english")


def door(shapes, crs=WORKING, **columns):
    n = len(shapes)
    frame = gpd.GeoDataFrame({"DLBM": ["0601"] * n, **columns}, geometry=shapes, crs=crs, index=range(1, n + 1))
    known = {"DLBM": "code", "TBDLMJ": "area", "BSM": "id"}
    roles = {role: name for name, role in known.items() if name in frame}
    return as_parcels(SourceTable(frame, "p.gpkg"), roles, SURVEY, WORKING)


class TestEdgesThatNearlyCoincide:
    """Layers edited or reprojected apart differ along shared edges by fractions of a millimetre."""

    @given(st.integers(0, 10_000), st.sampled_from([1e-9, 1e-7, 1e-6, 1e-5, 1e-4]))
    def test_jittered_grids_are_honest_data(self, seed, jitter):
        rng = np.random.default_rng(seed)
        turn = lambda g: affinity.rotate(g, 17, origin=(EAST, NORTH))  # noqa: E731

        def shake(polygon):
            xy = shapely.get_coordinates(polygon)[:-1]
            return shapely.Polygon(xy + rng.uniform(-jitter, jitter, xy.shape))

        land = [shake(turn(box(x, y, x + 1, y + 1))) for x in range(4) for y in range(4)]
        sites = [shake(turn(g)) for g in (box(0, 0, 2, 4), box(2, 0, 3, 2))]
        book = ledger(parcels(land), sites)
        proof = prove(book)
        assert proof.worst <= 1
        assert shares(book).share == pytest.approx(10 / 16, abs=1e-5)

    def test_a_needle_across_a_border(self):
        needle = shapely.box(EAST, NORTH, EAST + 100, NORTH + 1e-5)
        assert prove(ledger(parcels([needle]), [shapely.box(EAST + 40, NORTH - 9, EAST + 60, NORTH + 9)])).pairs == 1


class TestPlacesThatCannotBe:
    """Coordinates that no check of validity notices."""

    @pytest.mark.parametrize(
        ("wrong", "says"),
        [
            (lambda xy: xy + np.array([40_000_000, 0]), "zone number 40.*EPSG:4528"),
            (lambda xy: xy[:, ::-1], "axes are swapped"),
            (lambda xy: xy + np.array([3_000_000, 0]), "far outside the area that EPSG:4549"),
        ],
    )
    def test_are_refused(self, wrong, says):
        with pytest.raises(InputError, match=says):
            door([shapely.transform(box(0, 0, 1, 1), wrong)])

    def test_parks_that_meet_no_parcel_are_refused(self, tmp_path):
        for name, shape in (("p", box(0, 0, 1, 1)), ("k", box(600, 0, 601, 1))):
            gpd.GeoDataFrame({"DLBM": ["0601"]}, geometry=[shape], crs=4549).to_file(tmp_path / f"{name}.gpkg")
        study = {
            "parcels": {"path": "p.gpkg", "classification": "third_survey", "columns": {"code": "DLBM"}},
            "parks": {"path": "k.gpkg"},
        }
        with pytest.raises(InputError, match="60 km from all parcels"):
            run(parse_study(study, tmp_path / "s.toml"))

    def test_a_little_outside_the_zone_is_still_a_city(self):
        chunan = shapely.box(340_000, 3_250_000, 341_000, 3_251_000)
        assert len(door([chunan]).layer) == 1


def test_a_parcel_that_collapses_is_counted_and_has_no_area():
    flat = shapely.Polygon([(EAST, NORTH), (EAST + 5, NORTH + 5), (EAST + 9, NORTH + 9)])
    found = {f.check: f for f in door([flat, box(0, 0, 1, 1)]).issues}
    assert found["no_polygon_parcel"].count == 1
    assert found["invalid_geometry_parcel"].area_m2 == 0


@pytest.mark.parametrize("text", ["inf", "1e999", "10000,5", "1,23", "12 3", "½"])
def test_figures_that_are_none_are_refused(text):
    with pytest.raises(InputError, match="non-numeric"):
        door([box(0, 0, 1, 1)], TBDLMJ=[text])


def test_figures_as_people_write_them():
    got = door([box(k, 0, k + 1, 1) for k in range(3)], TBDLMJ=["10,000.5", "１００００", "1e4"])
    assert got.layer["registered_m2"].tolist() == [10_000.5, 10_000, 10_000]


def test_whole_number_ids_keep_their_digits_beside_a_blank(tmp_path):
    ids = [330110200100000001, 330110200100000002, None]
    frame = gpd.GeoDataFrame(
        {"DLBM": "0601"}, index=range(3), geometry=[box(k, 0, k + 1, 1) for k in range(3)], crs=4549
    )
    frame["BSM"] = gpd.pd.array(ids, dtype="Int64")
    frame.to_file(tmp_path / "p.gpkg")
    gpd.GeoDataFrame(geometry=[box(0, 0, 9, 9)], crs=4549).to_file(tmp_path / "k.gpkg")
    study = {
        "parcels": {"path": "p.gpkg", "classification": "third_survey", "columns": {"code": "DLBM", "id": "BSM"}},
        "parks": {"path": "k.gpkg"},
    }
    got = admit(parse_study(study, tmp_path / "s.toml")).parcels["parcel_id"].tolist()
    assert got == ["330110200100000001", "330110200100000002", "row 3"]


def test_blocks_of_one_park_have_one_level():
    frame = gpd.GeoDataFrame(
        {"id": ["A", "A"], "level": ["national", "town"]}, geometry=[box(0, 0, 1, 1), box(2, 0, 3, 1)], crs=WORKING
    )
    with pytest.raises(InputError, match="several levels"):
        as_parks(SourceTable(frame, "k.gpkg"), {"id": "id", "level": "level"}, WORKING)


class TestEnterpriseRows:
    def table(self, *rows):
        columns = {"id": "id", "parcel": "parcel", "year": "year", "tax": "tax"}
        frame = gpd.pd.DataFrame(rows, columns=list(columns.values()), dtype=object)
        return as_enterprises(SourceTable(frame, "e.xlsx"), columns, {"tax": "元"})

    def test_the_same_row_twice_is_one_fact(self):
        got = self.table(("F", "p", "2024", "100"), ("F", "p", "2024", "100"), ("F", "q", "2024", "100"))
        assert len(got.layer) == 2
        assert got.issues[0].check == "repeated_rows"

    @pytest.mark.parametrize("year", ["24", "20241231", "2024.5"])
    def test_years_that_are_none(self, year):
        with pytest.raises(InputError, match="years"):
            self.table(("F", "p", year, "100"))


@pytest.mark.parametrize("path", ["a!b.gpkg", "x!/p.gpkg"])
def test_a_path_with_an_exclamation_mark_is_refused(path, tmp_path):
    study = {
        "parcels": {"path": path, "classification": "third_survey", "columns": {"code": "DLBM"}},
        "parks": {"path": path},
    }
    with pytest.raises(InputError, match="!"):
        admit(parse_study(study, tmp_path / "s.toml"))


def test_a_parks_industrial_share_is_of_one_basis():
    book = ledger(parcels([box(0, 0, 1, 1)], registered=30_000.0), parks([box(0, 0, 2, 1)]).geometry)
    table = shares(book, area="registered").parks
    assert table["industrial_share"].item() == pytest.approx(0.5)
    assert to_mu(table["industrial_m2"].item()) == pytest.approx(45)


def test_a_name_that_belongs_to_another_code_is_told():
    frame = gpd.GeoDataFrame(
        {"DLBM": ["0601", "0601", "0601"], "DLMC": ["工业用地", "铁路用地", "某厂"]},
        geometry=[box(k, 0, k + 1, 1) for k in range(3)],
        crs=WORKING,
        index=range(1, 4),
    )
    got = as_parcels(SourceTable(frame, "p.gpkg"), {"code": "DLBM", "name": "DLMC"}, SURVEY, WORKING)
    (issue,) = got.issues
    assert (issue.check, issue.rows) == ("code_against_name", ("2",))
    assert len(got.layer) == 3


def test_enclaves_are_told():
    land = parcels([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2, 0, 3, 1)], district=["330110", "330110", ""])
    own = land["district"].copy()
    (issue,) = enclaves(own, land.assign(district=["330110", "330113", "330113"]))
    assert (issue.check, issue.rows) == ("enclaves", ("p001",))
    assert enclaves(own, land) == []
