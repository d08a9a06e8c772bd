"""The doors: foreign frames become nouns, or are refused with every problem at once."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from toys import WORKING, array, box, raw

from landuse import schema as s
from landuse.errors import InputError
from landuse.inputs.districts import as_districts
from landuse.inputs.parcels import as_parcels
from landuse.inputs.parks import as_parks
from landuse.reference.classification import load

pytestmark = pytest.mark.usefixtures("english")
SURVEY = load("third_survey")
COLUMNS = {"id": "BSM", "code": "DLBM", "name": "DLMC", "area": "TBDLMJ", "district": "ZLDWDM"}


def frame(shapes, crs=WORKING, **columns):
    return gpd.GeoDataFrame(columns, geometry=array(shapes), crs=crs)


def parcels_of(table, columns=None, crs=WORKING, **options):
    columns = columns or {k: v for k, v in COLUMNS.items() if v in table.columns}
    return as_parcels(raw(table), columns, SURVEY, crs, **options)


def found(checked):
    return {f.check: (f.count, f.rows) for f in checked.issues}


def refusal(door, *args, **options):
    with pytest.raises(InputError) as caught:
        door(*args, **options)
    return caught.value.problems


SQUARES = [box(k, 0, k + 1, 1) for k in range(6)]


class TestParcels:
    def test_columns_index_and_values(self):
        table = frame(
            SQUARES[:2], BSM=["x", "y"], DLBM=["0601", "0508"], TBDLMJ=[15.0, 30.0], ZLDWDM=["330114001", None]
        )
        got = parcels_of(table, area_unit="mu").layer
        assert list(got.columns) == [s.PARCEL, s.CODE, s.USE, s.NAME, s.REGISTERED, s.DISTRICT, "geometry"]
        assert got.index.tolist() == [0, 1]
        assert got[s.USE].tolist() == ["industrial", "storage"]
        assert got[s.REGISTERED].tolist() == [10_000, 20_000]
        assert got[s.DISTRICT].tolist() == ["330114001", ""]
        assert got.crs == WORKING

    def test_the_argument_is_not_touched(self):
        table = frame([None, *SQUARES[:2]], BSM=["x", "x", "y"], DLBM=["601", "0101", "0601"])
        before = table.copy()
        parcels_of(table)
        assert table.equals(before)

    def test_geometry_column_of_any_name(self):
        table = frame(SQUARES[:1], DLBM=["0601"]).rename_geometry("SHAPE")
        assert parcels_of(table).layer.geometry.area.tolist() == [10_000]

    def test_without_ids_rows_are_named_by_number(self):
        assert parcels_of(frame(SQUARES[:2], DLBM=["0601"] * 2)).layer[s.PARCEL].tolist() == ["1", "2"]

    def test_duplicate_and_missing_ids_are_counted_and_told_apart(self):
        checked = parcels_of(frame(SQUARES[:5], BSM=["a", "a", None, "a", " "], DLBM=["0601"] * 5))
        assert checked.layer[s.PARCEL].tolist() == ["a", "a#2", "row 3", "a#3", "row 5"]
        assert found(checked)["duplicate_id"] == (2, ("a#2", "a#3"))
        assert found(checked)["missing_id"][0] == 2

    @given(st.lists(st.sampled_from(["a", "a#2", "a#2#2", "row 1", "row 2", "", None, "1"]), min_size=1, max_size=8))
    def test_ids_are_unique_whatever_came_in(self, ids):
        table = frame([box(k, 0, k + 1, 1) for k in range(len(ids))], BSM=np.array(ids, dtype=object), DLBM="0601")
        assert parcels_of(table).layer[s.PARCEL].is_unique

    def test_numeric_ids_have_no_decimal_tail_and_eighteen_digits_stay(self):
        numbers = frame(SQUARES[:3], BSM=[1.0, np.nan, 3.0], DLBM=["0601"] * 3)
        assert parcels_of(numbers).layer[s.PARCEL].tolist() == ["1", "row 2", "3"]
        long = frame(SQUARES[:1], BSM=np.array([330114200100000123]), DLBM=["0601"])
        assert parcels_of(long).layer[s.PARCEL].tolist() == ["330114200100000123"]

    def test_unknown_codes_are_listed_counted_and_leave(self):
        thin = [box(k, 0, k + 0.01, 1) for k in range(1, 5)]
        codes = ["0601", "9999", None, "9999", "O6O1"]
        checked = parcels_of(frame([SQUARES[0], *thin], BSM=list("abcde"), DLBM=codes))
        assert checked.layer[s.PARCEL].tolist() == ["a"]
        (issue,) = [f for f in checked.issues if f.check == "unknown_codes"]
        assert (issue.count, issue.rows) == (4, ("b", "c", "d", "e"))
        assert issue.area_m2 == pytest.approx(400)
        assert "'9999' × 2, '' × 1, 'O6O1' × 1 (0601?)" in issue.action

    def test_dirty_codes_are_read_and_counted(self):
        checked = parcels_of(frame(SQUARES[:4], DLBM=["0601", "601", "０６０１", " 0601"]))
        assert checked.layer[s.CODE].tolist() == ["0601"] * 4
        assert found(checked)["codes_normalised"][0] == 3

    def test_letter_case_of_a_code_is_no_issue(self):
        checked = parcels_of(frame(SQUARES[:4], DLBM=["06h1", "06H1", "0602k", "0601"]))
        assert checked.layer[s.CODE].tolist() == ["06H1", "06H1", "0602K", "0601"]
        assert "codes_normalised" not in found(checked)
        assert found(parcels_of(frame(SQUARES[:2], DLBM=["'06h1", "0601"])))["codes_normalised"][0] == 1

    def test_area_that_is_none_is_missing_and_text_is_refused(self):
        table = frame(SQUARES[:5], DLBM=["0601"] * 5, TBDLMJ=["1,200.5", "０", "", None, "-3"])
        got = parcels_of(table).layer[s.REGISTERED]
        assert got[0] == 1200.5
        assert got[1:].isna().all()
        (problem,) = refusal(parcels_of, frame(SQUARES[:2], BSM=["a", "b"], DLBM=["0601"] * 2, TBDLMJ=["9", "about 5"]))
        assert problem.rows == ("b",)
        assert "about 5" in problem.what

    def test_invalid_empty_null_and_linear_geometry(self):
        bowtie = shapely.Polygon([box(0, 0, 1, 1).exterior.coords[k] for k in (0, 2, 1, 3)])
        shapes = [
            bowtie,
            None,
            shapely.Polygon(),
            shapely.LineString([(520_000, 3_345_000), (520_001, 3_345_000)]),
            *[box(k, 1, k + 1, 2) for k in range(30)],
        ]
        ids = [*"abcd", *map(str, range(30))]
        checked = parcels_of(frame(shapes, BSM=ids, DLBM="0601"))
        assert checked.layer[s.PARCEL].tolist() == ["a", *ids[4:]]
        assert checked.layer.is_valid.all()
        assert found(checked)["invalid_geometry_parcel"] == (1, ("a",))
        assert found(checked)["no_polygon_parcel"] == (3, ("b", "c", "d"))

    @pytest.mark.parametrize("slip", [np.nan, np.inf, -np.inf, 1e300, 1e17])
    def test_a_vertex_out_of_this_world_sets_its_parcel_aside_and_no_other(self, slip):
        with np.errstate(invalid="ignore"):
            wild = shapely.Polygon([*SQUARES[0].exterior.coords[:2], (520_000, slip), *SQUARES[0].exterior.coords[2:4]])
        checked = parcels_of(frame([wild, *SQUARES[1:]], BSM=list("abcdef"), DLBM=["0601"] * 6))
        assert checked.layer[s.PARCEL].tolist() == list("bcdef")
        assert found(checked)["unreadable_geometry_parcel"] == (1, ("a",))
        (problem,) = refusal(parcels_of, frame([wild, wild, *SQUARES[2:]], BSM=list("abcdef"), DLBM=["0601"] * 6))
        assert problem.rows == ("a", "b")

    def test_more_than_a_tenth_without_a_polygon_is_a_damaged_layer(self):
        (problem,) = refusal(parcels_of, frame([None, None, *SQUARES], BSM=list("abcdefgh"), DLBM=["0601"] * 8))
        assert problem.rows == ("a", "b")
        assert "2 of 8" in problem.what
        assert len(parcels_of(frame([None, *SQUARES], DLBM=["0601"] * 7)).layer) == 6

    def test_degrees_are_transformed_and_said_so(self):
        lonlat = frame([shapely.box(120.20, 30.24, 120.21, 30.25)], crs=CRS(4326), DLBM=["0601"])
        checked = parcels_of(lonlat)
        assert checked.layer.total_bounds == pytest.approx((519_249, 3_346_737, 520_212, 3_347_846), abs=2)
        assert any("taken as equal" in a for a in checked.assumptions)
        assert lonlat.crs == CRS(4326)

    def test_metres_declared_as_degrees_are_refused(self):
        (problem,) = refusal(parcels_of, frame(SQUARES[:1], crs=CRS(4326), DLBM=["0601"]))
        assert "is in degrees, but the coordinates are metres" in problem.what
        assert "EPSG:4549" in problem.fix

    @pytest.mark.parametrize("east", [-120.0, -100.0, -60.0, -30.0, 30.0, 60.0])
    def test_the_other_side_of_the_world_is_refused_or_placed_never_a_crash(self, east):
        table = frame(
            [shapely.box(east, -40, east + 3, -35), shapely.box(east, 10, east + 30, 80)], crs=4326, DLBM=["0601"] * 2
        )
        try:
            got = parcels_of(table)
        except InputError:
            return
        assert np.isfinite(got.layer.total_bounds).all()

    def test_a_local_system_without_a_way_is_a_problem_not_a_crash(self):
        local = CRS.from_wkt('LOCAL_CS["site grid",UNIT["metre",1]]')
        (problem,) = refusal(parcels_of, frame(SQUARES[:1], crs=local, DLBM=["0601"]))
        assert "site grid" in problem.what

    @pytest.mark.parametrize(
        ("shapes", "word"),
        [
            ([], "no rows"),
            ([shapely.Point(520_000, 3_345_000)], "no polygons"),
            ([None], "no polygons"),
            ([shapely.box(520_000, 3_345_000, np.inf, 3_345_100)], "not numbers"),
            ([shapely.Polygon([(0, 0), (1, 1), (2, 2)])], "no row has a polygon"),
        ],
    )
    def test_layers_without_land_are_refused(self, shapes, word):
        (problem,) = refusal(parcels_of, frame(shapes, DLBM=["0601"] * len(shapes)), {"code": "DLBM"})
        assert word in problem.what
        assert problem.fix
        assert problem.file == "layer.gpkg"


class TestParks:
    def door(self, table, columns, **options):
        return as_parks(raw(table), columns, WORKING, **options)

    def test_without_any_columns(self):
        got = self.door(frame(SQUARES[:2]), {}).layer
        assert got[s.PARK].tolist() == ["1", "2"]
        assert got[s.PARK_NAME].tolist() == ["1", "2"]
        assert got[s.RANK].tolist() == [0, 0]
        assert got[s.LEVEL].tolist() == ["", ""]

    def test_ids_of_digits_are_sorted_as_numbers(self):
        table = frame(SQUARES[:5], id=["10", "K9", "9", "9", "K10"], blk=["1", "1", "10", "9", "1"])
        got = self.door(table, {"id": "id", "block": "blk"}).layer
        rows = list(zip(got[s.PARK], got[s.BLOCK], strict=True))
        assert rows == [("9", "9"), ("9", "10"), ("10", "1"), ("K10", "1"), ("K9", "1")]

    def test_sorted_by_level_then_id_then_block(self):
        table = frame(
            SQUARES[:4], id=["b", "a", "c", "c"], lv=["国家级", "省级", "国家级", "国家级"], blk=["1", "1", "2", "1"]
        )
        got = self.door(
            table,
            {"id": "id", "level": "lv", "block": "blk"},
            levels={"国家级": "national", "省级": "provincial"},
            priority=("provincial", "national"),
        ).layer
        assert list(zip(got[s.PARK], got[s.BLOCK], got[s.RANK], strict=True)) == [
            ("a", "1", 0),
            ("b", "1", 1),
            ("c", "1", 1),
            ("c", "2", 1),
        ]

    def test_every_unknown_level_and_blank_id_at_once(self):
        table = frame(SQUARES[:4], id=["a", None, "c", "d"], lv=["national", "imperial", "galactic", "imperial"])
        problems = refusal(self.door, table, {"id": "id", "level": "lv"})
        said = "\n".join(p.what for p in problems)
        assert len(problems) == 3
        assert "imperial" in said
        assert "galactic" in said
        assert "without an id" in said
        assert {p.rows for p in problems} == {("2",), ("c",), ("", "d")}
        assert all("national" in p.fix for p in problems if "level" in p.what)

    def test_a_level_mapped_to_none_of_the_priorities_is_refused(self):
        (problem,) = refusal(self.door, frame(SQUARES[:1], lv=["x"]), {"level": "lv"}, levels={"x": "county"})
        assert "county" in problem.what

    def test_blank_level_is_unknown(self):
        refusal(self.door, frame(SQUARES[:2], lv=["national", None]), {"level": "lv"})

    @pytest.mark.parametrize(
        ("text", "truth"), [("是", True), ("1", True), ("True", True), ("否", False), ("0", False), (None, False)]
    )
    def test_main_block(self, text, truth):
        assert self.door(frame(SQUARES[:1], m=[text]), {"main": "m"}).layer[s.MAIN].tolist() == [truth]


def test_districts_of_digits_are_sorted_as_numbers():
    got = as_districts(raw(frame(SQUARES[:3], d=["10", "9", "b"])), {"code": "d"}, WORKING).layer
    assert got[s.DISTRICT].tolist() == ["9", "10", "b"]


def test_districts_are_one_row_a_code():
    table = frame([SQUARES[0], SQUARES[1], SQUARES[3]], XZQDM=["b", "a", "b"], XZQMC=["Bee", "Ay", "Bee"])
    got = as_districts(raw(table), {"code": "XZQDM", "name": "XZQMC"}, WORKING).layer
    assert got[s.DISTRICT].tolist() == ["a", "b"]
    assert got[s.NAME].tolist() == ["Ay", "Bee"]
    assert got.area.tolist() == [10_000, 20_000]
    assert as_districts(raw(table), {"code": "XZQDM"}, WORKING).layer[s.NAME].tolist() == ["a", "b"]
