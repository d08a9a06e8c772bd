"""Words that a study names and no row has: told where rows have words the study does not name."""

import geopandas as gpd
import pandas as pd
import pytest
from toys import WORKING, box, raw

from landuse.errors import InputError
from landuse.inputs.context import as_facilities
from landuse.inputs.enterprises import as_enterprises
from landuse.inputs.parks import as_parks
from landuse.inputs.row_names import unmatched_prefixes, unused_words
from landuse.inputs.source_table import SourceTable
from landuse.reference.classification import load

pytestmark = pytest.mark.usefixtures("english")
WHOLE = {"省级": "provincial", "镇": "town"}


def parks(levels, words):
    frame = gpd.GeoDataFrame(
        {"id": [f"K{k}" for k in range(len(words))], "jb": words},
        geometry=[box(2 * k, 0, 2 * k + 1, 1) for k in range(len(words))],
        crs=WORKING,
    )
    return as_parks(raw(frame), {"id": "id", "level": "jb"}, WORKING, levels=levels).issues


def facilities(kinds, words):
    frame = gpd.GeoDataFrame({"k": words}, geometry=[box(k, 0, k + 1, 1) for k in range(len(words))], crs=WORKING)
    return [f for f in as_facilities(raw(frame), "k", kinds, WORKING).issues if f.check == "unused_words"]


def test_levels_that_no_park_has_beside_words_that_the_study_does_not_name():
    (found,) = parks({"国家级开发园": "town", "省级": "provincial"}, ["国家级开发区", "省级"])
    assert found.rows == ("国家级开发园",)
    assert "'国家级开发区'" in found.action


def test_levels_that_no_park_needs_are_no_news():
    assert parks(WHOLE | {"国家级": "national"}, ["省级", "镇", "省级"]) == ()


def test_kinds_of_facilities():
    (found,) = facilities({"学校": "school", "卫生院": "clinic"}, ["学校", "卫生所", "学校"])
    assert found.rows == ("卫生院",)
    assert "did you mean '卫生所'" in found.action
    assert facilities({"学校": "school", "卫生院": "clinic"}, ["学校", "shop"]) == []


def test_words_are_compared_by_their_keys():
    assert unused_words("x", ["Ａ 1"], ["a1", "b"]) == []


@pytest.mark.parametrize(("prefixes", "missing"), [(("M1-", "M9-"), ("M9-",)), (("M",), ()), (("m1", "R"), ())])
def test_prefixes_that_no_code_has(prefixes, missing):
    found = unmatched_prefixes(load("custom", prefixes), {"M1-1", "M2-1", "R3"})
    assert [f.rows for f in found] == ([missing] if missing else [])
    assert unmatched_prefixes(load("third_survey"), {"0101"}) == []


def test_a_common_word_read_as_another_level():
    (found,) = parks({"国家级": "town", "镇": "town"}, ["国家级", "镇"])
    assert found.check == "settings_disagree"
    assert found.action == "[parks] levels reads 国家级 as town: commonly it is national"
    assert parks({"国家级": "national", "经开区": "town"}, ["国家级", "经开区"]) == ()


@pytest.mark.parametrize(
    ("blocks", "main", "told"),
    [
        ("AAB", "是否否", ()),
        ("AAB", "否否否", ("A",)),
        ("AAB", "是是否", ("A",)),
        ("AAB", "甲乙甲", ("A",)),  # words that say neither
        ("ABC", "否是否", ()),  # of one block each
    ],
)
def test_each_park_of_several_blocks_has_one_main_block(blocks, main, told):
    frame = gpd.GeoDataFrame(
        {"id": list(blocks), "main": list(main)},
        geometry=[box(2 * k, 0, 2 * k + 1, 1) for k in range(3)],
        crs=WORKING,
    )
    found = as_parks(raw(frame), {"id": "id", "main": "main"}, WORKING).issues
    assert [f.rows for f in found if f.check == "main_blocks"] == ([told] if told else [])
    assert not any(f.check == "main_blocks" for f in as_parks(raw(frame), {"id": "id"}, WORKING).issues)


def test_blocks_named_as_their_park_are_told():
    frame = gpd.GeoDataFrame(
        {"id": list("AAB"), "block": list("12B")}, geometry=[box(2 * k, 0, 2 * k + 1, 1) for k in range(3)], crs=WORKING
    )
    assert as_parks(raw(frame), {"id": "id", "block": "block"}, WORKING).issues == ()
    (found,) = as_parks(raw(frame), {"id": "id", "block": "id"}, WORKING).issues
    assert (found.check, found.rows, found.stops) == ("blocks_by_park", ("A",), False)


def test_roles_that_are_neither_owner_nor_tenant():
    columns = {"id": "id", "parcel": "plot", "role": "role"}
    words = ["自有", "租赁", "Owner", "tenant", "业主", "-", "", "张三"]
    rows = [(f"F{k}", f"p{k}", word) for k, word in enumerate(words)]
    frame = pd.DataFrame(rows, columns=list(columns.values()), index=range(2, 10), dtype=object)
    (found,) = (f for f in as_enterprises(SourceTable(frame, "e.csv"), columns).issues if f.check == "unknown_roles")
    assert (found.rows, found.stops) == (("9",), False)
    assert "'张三'" in found.action


def test_a_table_of_firms_without_a_row_is_refused():
    columns = {"id": "id", "parcel": "plot"}
    with pytest.raises(InputError, match="no row"):
        as_enterprises(SourceTable(pd.DataFrame(columns=list(columns.values()), dtype=object), "e.csv"), columns)


def test_names_that_are_credit_codes_are_told():
    columns = {"id": "id", "parcel": "plot", "name": "name"}
    rows = [("甲厂", "p", "914403001922038216"), ("乙厂", "q", "乙厂"), ("914403001922038216", "r", "")]
    frame = pd.DataFrame(rows, columns=list(columns.values()), index=range(2, 5), dtype=object)
    found = {f.check: f for f in as_enterprises(SourceTable(frame, "e.csv"), columns).issues}
    assert found["names_are_codes"].rows == ("2",)


def test_one_name_of_several_credit_codes_is_told():
    columns = {"id": "id", "parcel": "plot", "name": "name"}
    rows = [
        ("914403001922038216", "p", "甲 厂"),
        ("91330100799655058B", "q", "甲厂"),
        ("914403001922038216", "r", "甲厂"),
    ]
    frame = pd.DataFrame([*rows, ("", "s", "乙厂")], columns=list(columns.values()), index=range(2, 6), dtype=object)
    found = {f.check: f for f in as_enterprises(SourceTable(frame, "e.csv"), columns).issues}
    assert found["firm_namesakes"].rows == ("2", "3", "4")
    one = frame.iloc[[0, 2, 3]]
    assert not any(f.check == "firm_namesakes" for f in as_enterprises(SourceTable(one, "e.csv"), columns).issues)


def test_money_below_zero_is_told_and_kept():
    columns = {"id": "id", "parcel": "plot", "tax": "tax", "energy": "energy"}
    frame = pd.DataFrame([("F", "p", "-3", "1"), ("G", "q", "5", "-1")], columns=list(columns.values()), index=[2, 3])
    door = as_enterprises(SourceTable(frame.astype(object), "e.csv"), columns, {"tax": "元"})
    assert [(f.check, f.rows) for f in door.issues] == [
        ("figures_below_zero", ("2",)),
        ("impossible_figures", ("3",)),
    ]
    assert door.layer["tax_yuan"].tolist() == [-3, 5]
