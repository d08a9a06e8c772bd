"""Codes of districts: those of another city, those the study does not have, and layers without one in common."""

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
from toys import WORKING, box, parcels, parks

from landuse import schema as s
from landuse.inputs.capacity import as_blocks
from landuse.inputs.context import as_standards
from landuse.inputs.districts import StudyDistricts, district_issues, districts_of, other_cities
from landuse.inputs.source_table import SourceTable

pytestmark = pytest.mark.usefixtures("english")
KNOWN = StudyDistricts(frozenset({"330102", "330105"}), layer=True)
STATED = StudyDistricts(frozenset({"330102"}))


def layer(*codes):
    shapes = [box(k, 0, k + 1, 1) for k in range(len(codes))]
    return gpd.GeoDataFrame({s.DISTRICT: codes, s.NAME: codes}, geometry=shapes, crs=WORKING)


def land(*codes):
    return parcels([box(k, 0, k + 1, 1) for k in range(len(codes))], district=list(codes))


def found(stated, districts=None):
    return [(f.check, f.rows, f.stops) for f in district_issues(land(*stated), districts, "p.gpkg")]


@pytest.mark.parametrize(
    ("codes", "odd"),
    [
        (["330102", "330105", "330106", "330208"], ["330208"]),
        (["330102", "330105", "330106", "33010"], ["33010"]),
        (["330102", "330105", "330106", ""], []),
        (["330102", "330105", "330206", "330208"], []),  # a study of two cities
        ([], []),
    ],
)
def test_codes_unlike_the_others(codes, odd):
    assert other_cities(codes) == odd


class TestLayers:
    def test_a_code_of_another_city_in_the_layer(self):
        assert found(["330102"], layer("330102", "330105", "330106", "330208")) == [
            ("odd_districts", ("330208",), False)
        ]

    def test_parcels_of_another_city_where_there_is_no_layer(self):
        codes = ["330102001", "330102002", "330105001", "330106001", "310102001"]
        assert found(codes) == [("odd_districts", ("p004",), False)]
        assert found(["330102", "330105", ""]) == []

    @pytest.mark.parametrize("codes", [("990102", "990105"), ("12", "15"), ("萧山", "余杭")])
    def test_no_code_in_common_stops(self, codes):
        (check,) = [x for x in found(["330102001", "330105", ""], layer(*codes)) if x[2]]
        assert check == ("districts_apart", ("p000", "p001"), True)

    @pytest.mark.parametrize("codes", [("330102", "990105"), ("330102001", "330102002"), ("3301",)])
    def test_one_in_common_of_whatever_depth_is_enough(self, codes):
        assert not any(stops for _check, _rows, stops in found(["330102001", "330105"], layer(*codes)))

    def test_parcels_that_state_none(self):
        assert found(["", ""], layer("330102", "330105")) == []

    def test_the_districts_of_a_study(self):
        assert districts_of(land("330102001", ""), None) == STATED
        assert districts_of(land("330102001"), layer("330102", "330105")) == KNOWN


def standards(*rows, zones=KNOWN, day=dt.date(2025, 12, 31)):
    columns = ("zone", "year", "min_far", "min_coverage")
    frame = pd.DataFrame(rows, columns=columns, index=range(2, len(rows) + 2), dtype=object)
    return [(f.check, f.rows) for f in as_standards(SourceTable(frame, "s.csv"), zones, day).issues]


class TestStandards:
    def test_zones_the_study_does_not_have(self):
        rows = [("330102", "2024", "1", ""), ("330199", "2024", "1", ""), ("330105", "2024", "1", "")]
        assert standards(*rows) == [("strange_districts", ("3",))]

    def test_districts_without_a_standard_in_force(self):
        rows = [("330102", "2024", "1", ""), ("330105", "2026", "1", "0.3")]
        assert standards(*rows) == [("no_standard", ("330105",))]
        assert standards(*rows, day=None) == []

    def test_standards_that_nobody_asks_for(self):
        rows = [("330102", "2024", "1.2", "0.3"), ("330105", "2024", "0.12", "0.3"), ("330105", "2023", "1", "0.03")]
        assert standards(*rows) == [("odd_standards", ("3", "4"))]
        assert standards(("330102", "2024", "12", ""), ("330105", "2024", "5", "0.1")) == [("odd_standards", ("2",))]

    def test_without_a_layer_another_district_of_the_city_may_be_one(self):
        rows = [("330102", "2024", "1", ""), ("330199", "2024", "1", ""), ("310105", "2024", "1", "")]
        assert standards(*rows, zones=STATED) == [("strange_districts", ("4",))]


def test_blocks_of_districts_the_study_does_not_have():
    columns = {x: x for x in ("park", "block", "spare", "price", "district", "partner")}
    rows = [("A", "1", "9", "9", "330102", "330199"), ("B", "1", "9", "9", "3301O5", "")]
    frame = pd.DataFrame(rows, columns=list(columns), index=[2, 3], dtype=object)
    sites = parks([box(0, 0, 1, 1), box(2, 0, 3, 1)], ids=["A", "B"], block=["1", "1"])
    got = as_blocks(SourceTable(frame, "b.csv"), columns, sites, zones=KNOWN).issues
    assert [(f.check, f.rows) for f in got] == [("strange_districts", ("3",)), ("strange_districts", ("2",))]
    assert "did you mean '330105'" in got[0].action
    assert as_blocks(SourceTable(frame, "b.csv"), columns, sites).issues == ()
