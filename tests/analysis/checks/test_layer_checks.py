"""What no park, no district, no share of a city and no layer of another date is."""

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from toys import WORKING, array, box, ledger, parcels, parks, shares

from landuse import schema as s
from landuse.analysis.change.compare import Snapshot
from landuse.analysis.change.dates import city_problem, date_issues
from landuse.analysis.checks.layers import bare_issues, district_issues, share_issues
from landuse.analysis.checks.parks import park_issues
from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.share.concentration import park_concentration
from landuse.definition import Definition
from landuse.inputs.row_names import name_issues, total_issues
from landuse.reference.classification import load

pytestmark = pytest.mark.usefixtures("english")
PLANAR = Definition(area="planar")
#: A city of a hundred hectares, each a parcel.
CITY = [box(x, y, x + 1, y + 1) for y in range(10) for x in range(10)]
A, B, C = box(0, 0, 2, 2), box(4, 0, 6, 2), box(8, 0, 10, 2)


def districts(*shapes):
    codes = [f"33010{k + 1}" for k in range(len(shapes))]
    return gpd.GeoDataFrame({s.DISTRICT: codes, s.NAME: codes}, geometry=array(shapes), crs=WORKING)


def found(sites, frame=None, land=CITY, **columns):
    """Issues about some parks, by check."""
    sites = parks(sites, **columns) if isinstance(sites, list) else sites
    return {f.check: f for f in park_issues(ledger(parcels(land), sites), PLANAR, frame, "parks.gpkg")}


WEST, EAST = box(0, 0, 5, 10), box(5, 0, 10, 10)


def test_parks_that_are_places_of_their_own():
    ring = shapely.difference(box(3, 3, 7, 7), box(4, 4, 6, 6))
    assert found([A, B, C], districts(WEST, EAST)) == {}
    assert found([A, box(2, 0, 4, 2), ring], districts(WEST, EAST)) == {}
    assert found([box(0, 0, 5, 9)]) == {}
    assert found([A, box(1, 0, 4, 2)]) == {}  # half of the smaller one, and not more


@pytest.mark.parametrize("dot", [box(9, 9, 9.3, 9.3), box(2.5, 2.5, 2.501, 2.501)])
def test_a_dot_is_no_park(dot):
    one = found([A, B, dot])
    assert set(one) == {"tiny_parks"}
    assert (one["tiny_parks"].rows, one["tiny_parks"].stops, one["tiny_parks"].file) == (("K02",), True, "parks.gpkg")


def test_blocks_may_be_small_where_their_park_is_not():
    assert found([A, box(5, 5, 5.2, 5.2)], ids=["K", "K"]) == {}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (box(5, 5, 7, 5.2), False),  # a strip of 18 m in the mean
        (box(5, 5, 7, 5.09), True),  # of 9 m
        (box(5, 5, 7, 7).difference(box(5.02, 5.02, 6.98, 6.98)), True),  # the outline of a block, 2 m wide
        (shapely.Point(box(5, 5, 7, 7).centroid).buffer(2), True),
    ],
)
def test_rows_that_are_dots_or_outlines_are_told(row, told):
    one = found([A, row], ids=["K", "K"])
    assert set(one) == ({"thin_blocks"} if told else set())
    assert not any(f.stops for f in one.values())


@pytest.mark.parametrize(
    "whole",
    [
        shapely.union_all([A, B, C]),  # the sum of the rest
        box(0, 0, 10, 2),  # a frame around them
        shapely.union_all([A, B]),  # a subtotal
    ],
)
def test_a_park_that_is_others_together(whole):
    one = found([A, B, C, whole])
    assert set(one) == {"park_of_parks"}
    assert one["park_of_parks"].rows == ("K03",)
    assert one["park_of_parks"].stops
    # of 100 ha, what the row alone holds: nothing of a sum, 8 ha of the frame
    assert one["park_of_parks"].effect_on_share == pytest.approx(0.08 if whole.equals(box(0, 0, 10, 2)) else 0)


@pytest.mark.parametrize("frame", [box(0, 0, 10, 10), box(-3, -3, 12, 12), box(0, 0, 10, 9.7)])
def test_a_frame_is_no_park(frame):
    one = found([A, frame])
    assert one["frame_park"].rows == ("K01",)
    assert one["frame_park"].stops


@pytest.mark.parametrize("site", [EAST, box(5, 0, 10, 9.95), box(4, 0, 10, 10), shapely.union_all([A, EAST])])
def test_a_district_is_no_park(site):
    one = found([box(0, 5, 2, 7), site], districts(WEST, EAST))
    assert one["district_as_park"].rows == ("K01",)
    assert "330102" in one["district_as_park"].action
    assert "district_as_park" not in found([box(0, 5, 2, 7), site])


@pytest.mark.parametrize("site", [box(4, 0, 6, 2), box(4, 0, 6, 1.95)])
def test_one_park_twice(site):
    one = found([A, B, site])
    assert set(one) == {"parks_twice"}
    assert one["parks_twice"].stops
    assert "K01 + K02" in one["parks_twice"].action


@pytest.mark.parametrize(("site", "common"), [(box(1, 1, 2, 2), 1.0), (box(0.5, 0, 2.5, 2), 3.0)])
def test_parks_that_overlap_by_more_than_half_are_told(site, common):
    one = found([A, B, site])
    assert set(one) == {"parks_overlap"}
    assert not one["parks_overlap"].stops
    assert one["parks_overlap"].area_m2 == pytest.approx(common * 1e4, rel=1e-3)


def test_a_park_within_one_of_another_level_is_no_question():
    assert found([A, box(1, 1, 2, 2)], rank=[0, 1]) == {}


def test_a_hole_drawn_as_a_row():
    one = found([box(0, 0, 4, 4), box(1, 1, 2, 3)], ids=["K", "K"])
    assert set(one) == {"block_in_block"}
    assert one["block_in_block"].effect_on_share == pytest.approx(0.02)
    assert one["block_in_block"].area_m2 == pytest.approx(2e4, rel=1e-3)
    assert len(one["block_in_block"].plots) == 2


@pytest.mark.parametrize(("block", "common"), [(box(1, 0, 5, 2), 2.0), (box(0, 0, 2, 2), 4.0)])
def test_blocks_that_overlap(block, common):
    one = found([A, block], ids=["K", "K"])
    assert set(one) == {"blocks_overlap"}
    assert one["blocks_overlap"].area_m2 == pytest.approx(common * 1e4, rel=1e-3)


@pytest.mark.parametrize("site", [box(40, 0, 42, 2), box(-29, -29, -27, -27)])
def test_a_park_away_from_all_parcels(site):
    one = found([A, site])
    assert set(one) == {"parks_astray"}
    assert one["parks_astray"].rows == ("K01",)
    one = found([A, B, site], ids=["K0", "K1", "K1"])  # one block of two
    assert one["parks_astray"].rows == ("K1",)


def test_a_park_without_industry_may_lie_beside_all_of_it():
    beside = box(13, 0, 15, 2)  # the parcels reach to 10
    assert set(found([A, beside])) == {"parks_empty"}
    assert set(found([A, beside], districts(box(0, 0, 20, 10)))) == {"parks_empty"}
    far = box(40, 0, 42, 2)  # a district says that the city is there
    assert set(found([A, far], districts(box(0, 0, 50, 10)))) == {"parks_empty"}


def test_a_park_in_no_district_and_one_partly_in_none():
    frame = districts(box(0, 0, 5, 10))
    one = found([A, box(7, 7, 9, 9), box(4, 4, 6, 6)], frame)
    assert (one["parks_astray"].rows, one["parks_astray"].stops) == (("K01",), True)
    assert (one["parks_beyond"].rows, one["parks_beyond"].stops) == (("K02",), False)
    assert one["parks_beyond"].area_m2 == pytest.approx(2e4)


def test_a_park_without_industrial_land_is_told():
    one = found([A, box(2, 2, 4, 4)], land=[box(0, 0, 1, 1), box(9, 9, 10, 10)])
    assert (one["parks_empty"].rows, one["parks_empty"].stops) == (("K01",), False)


@pytest.mark.parametrize(
    ("shapes", "stops"),
    [
        ([WEST, box(4.9, 0, 10, 10)], False),  # 10 of 500 ha
        ([WEST, box(4.996, 0, 10, 10)], None),
        ([WEST, box(3, 0, 10, 10)], True),
        ([WEST, EAST, box(0, 0, 10, 10)], True),
    ],
)
def test_districts_that_overlap(shapes, stops):
    assert [f.stops for f in district_issues(districts(*shapes), "d.gpkg")] == ([] if stops is None else [stops])


@pytest.mark.parametrize(("sites", "asked"), [([A], False), ([box(0, 0, 10, 10)], True), ([box(20, 0, 21, 1)], True)])
def test_a_share_of_none_or_all(sites, asked):
    told = share_issues(shares(ledger(parcels(CITY), sites)), "parks.gpkg")
    assert [f.stops for f in told] == [True] * asked


def test_districts_of_one_name():
    frame = districts(WEST, EAST)
    assert district_issues(frame, "d.gpkg") == []
    (one,) = district_issues(frame.assign(**{s.NAME: "甲区"}), "d.gpkg")
    assert (one.check, one.rows, one.stops) == ("districts_of_one_name", ("330101", "330102"), False)
    assert district_issues(frame.assign(**{s.NAME: ""}), "d.gpkg") == []


def uses(*rows):
    return pd.DataFrame(rows, columns=[s.PARK, s.BLOCK, s.CODE, "m2"])


def test_parks_that_parcels_do_not_cover():
    system = load("third_survey", ())
    some = uses(("K0", "1", "0601", 90.0), ("K0", "1", "", 10.0), ("K1", "1", "0701", 96.0), ("K1", "1", "", 4.0))
    (told,) = bare_issues(some, system, "parcels.gpkg")
    assert (told.rows, told.stops, told.area_m2) == (("K0",), False, 10.0)
    (told,) = bare_issues(pd.concat([some, uses(("K2", "1", "", 50.0))]).drop(1), system, "parcels.gpkg")
    assert (told.rows, told.stops) == (("K2",), True)
    # of a layer of industrial land alone nobody knows what lies between
    assert bare_issues(uses(("K0", "1", "0601", 50.0), ("K0", "1", "", 50.0)), system, "parcels.gpkg") == []


@pytest.mark.parametrize("word", ["合计", "全市合计", "全部园区", "总计", "Total", "ALL PARKS", " 小 计 ", "全市"])
def test_rows_of_totals(word):
    (told,) = total_issues(["K1", "K2"], [["甲园", word]], "parks.gpkg")
    assert (told.rows, told.stops) == (("K2",), True)


@pytest.mark.parametrize("word", ["全椒园区", "总部园", "Totalis", "合计划园区", "市辖区", "All Saints Park", "汇总街"])
def test_names_that_are_no_totals(word):
    assert total_issues(["K1"], [[word]], "parks.gpkg") == []


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (["甲园", "乙园"], True),
        (["经济开发区", "高新区"], True),
        (["Ａ 园", "a园"], False),
        (["甲园(东区块)", "甲园西区块"], False),
        (["甲园一期", "甲园"], False),
        (["甲园", ""], False),
        (["甲园", "K1"], False),
    ],
)
def test_one_id_of_two_names(names, asked):
    told = name_issues(["K1", "K1", "K2"], [*names, "丙园"], "parks.gpkg")
    assert [f.rows for f in told] == [("K1",)] * asked


def shot(year, shapes, district="330101", sites=(A,)):
    land = count_land(parcels(shapes, district=district), workers=1)
    book = cut_land(land, parks(list(sites)), workers=1)
    return Snapshot(date(year, 12, 31), land, book, park_concentration(book, PLANAR))


def dates(*shots):
    return {f.check: f for f in date_issues(shots, [f"{x.date.year}.gpkg" for x in shots])}


def test_dates_that_differ():
    assert dates(shot(2023, CITY[:90]), shot(2024, CITY[:95]), shot(2025, CITY)) == {}
    other = parcels(CITY)
    other.loc[7, s.CODE] = "0602"
    changed = count_land(other, workers=1)
    book = cut_land(changed, parks([A]), workers=1)
    assert dates(Snapshot(date(2024, 12, 31), changed, book, park_concentration(book, PLANAR)), shot(2025, CITY)) == {}


@pytest.mark.parametrize("order", [1, -1])
def test_a_date_that_is_another_again(order):
    moved = [shapely.affinity.translate(x, 1e-6) for x in CITY][::order]
    told = dates(shot(2023, CITY[:90]), shot(2024, moved), shot(2025, CITY))["dates_alike"]
    assert (told.stops, told.file) == (True, "2024.gpkg")
    told = dates(shot(2023, CITY[:90]), shot(2024, CITY[:90][::order]), shot(2025, CITY))["dates_alike"]
    assert told.file == "2023.gpkg"


@pytest.mark.parametrize(("east", "north", "asked"), [(0, 0, False), (4, 0, False), (30, 40, True), (0, -900, True)])
def test_a_layer_displaced_as_one(east, north, asked):
    moved = [shapely.affinity.translate(x, east, north) for x in CITY[:60]]
    told = dates(shot(2024, moved), shot(2025, CITY))
    assert set(told) == ({"layer_displaced"} if asked else set())
    if asked:
        assert (told["layer_displaced"].stops, told["layer_displaced"].file) == (True, "2024.gpkg")
        assert f"{(east**2 + north**2) ** 0.5:,.0f} m" in told["layer_displaced"].action


def test_parcels_that_changed_their_numbers_are_not_displaced():
    assert dates(shot(2024, CITY[59::-1]), shot(2025, CITY)) == {}


def test_parks_of_one_date_are_told():
    one = dates(shot(2024, CITY[:90], sites=(A,)), shot(2025, CITY, sites=(A, B)))["parks_of_one_date"]
    assert (one.rows, one.stops) == (("K01",), False)


def test_a_date_that_lacks_a_district():
    codes = ["330101"] * 50 + ["330102"] * 50
    told = dates(shot(2024, CITY[:50], codes[:50]), shot(2025, CITY, codes))
    assert (told["district_missing"].rows, told["district_missing"].stops) == (("330102",), True)
    assert told["district_missing"].area_m2 == pytest.approx(50e4, rel=1e-3)
    # another code for the same land is no lack, nor is a district that grew from little
    assert dates(shot(2024, CITY[:-1], "330110"), shot(2025, CITY, codes)) == {}
    assert "district_missing" not in dates(shot(2024, CITY[:51], codes[:51]), shot(2025, CITY, codes))
    # one plot of a hundred and one is too little to ask
    assert dates(shot(2024, CITY), shot(2025, [*CITY, box(20, 0, 21, 1)], ["330101"] * 100 + ["330102"])) == {}


@pytest.mark.parametrize(("before", "now"), [(49, 100), (100, 49)])
def test_land_that_halves_or_doubles(before, now):
    told = dates(shot(2024, CITY[:before]), shot(2025, CITY[:now]))
    assert set(told) == {"land_halved"}
    assert not told["land_halved"].stops
    assert told["land_halved"].area_m2 == pytest.approx(51e4, rel=1e-3)


def test_another_citys_layer():
    today = parcels(CITY)
    away = parcels([shapely.affinity.translate(x, 20_000) for x in CITY])
    assert "other.gpkg" in str(city_problem(away, today, "other.gpkg"))
    assert city_problem(parcels(CITY[:5]), today, "old.gpkg") is None
