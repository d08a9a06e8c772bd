"""Words that a study names and no row has: told where rows have words the study does not name."""

import geopandas as gpd
import pytest
from toys import WORKING, box, raw

from landuse.classification import load
from landuse.context import as_facilities
from landuse.layers import as_parks
from landuse.vocabulary import unmatched_prefixes, unused_words

pytestmark = pytest.mark.usefixtures("english")
WHOLE = {"省级": "provincial", "镇": "town"}


def parks(levels, words):
    frame = gpd.GeoDataFrame(
        {"id": [f"K{k}" for k in range(len(words))], "jb": words},
        geometry=[box(2 * k, 0, 2 * k + 1, 1) for k in range(len(words))],
        crs=WORKING,
    )
    return as_parks(raw(frame), {"id": "id", "level": "jb"}, WORKING, levels=levels).findings


def facilities(kinds, words):
    frame = gpd.GeoDataFrame({"k": words}, geometry=[box(k, 0, k + 1, 1) for k in range(len(words))], crs=WORKING)
    return [f for f in as_facilities(raw(frame), "k", kinds, WORKING).findings if f.check == "unused_words"]


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
