"""Names that people mean when they write others."""

import pytest

from landuse.spelling import missing_column, nearest

pytestmark = pytest.mark.usefixtures("english")


@pytest.mark.parametrize(
    ("written", "known", "meant"),
    [
        ("TBMJ", ["TBBH", "TBDLMJ", "ZLDWDM"], "TBDLMJ"),
        ("BMS", ["DLBM", "BSM"], "BSM"),
        ("bsm ", ["DLBM", "BSM"], "BSM"),
        ("ＢＳＭ", ["bsm"], "bsm"),
        ("税收", ["名称", "税收（万元）"], "税收（万元）"),
        ("统一社会信用代码", ["信用代码", "名称"], "信用代码"),
        ("企业名成", ["企业名称", "企业代码"], "企业名称"),
        ("boundry", ["boundary", "rule"], "boundary"),
        ("id", ["ID", "Id"], "ID"),
        ("x", ["y", "z"], ""),
        ("FID", ["面积"], ""),
        ("", ["a"], ""),
        ("a", [], ""),
    ],
)
def test_the_nearest_name(written, known, meant):
    assert nearest(written, known) == meant


def test_a_name_of_the_same_letters_comes_before_one_that_is_like_it():
    assert nearest("dlbm", ["DLBM1", "dlbn", "DLBM"]) == "DLBM"


def test_a_missing_column_lists_what_there_is():
    problem = missing_column("DLMB", ["BSM", "DLBM"])
    assert problem.what == "no column 'DLMB'"
    assert problem.fix == "did you mean 'DLBM'? the columns there are: BSM, DLBM"
    assert missing_column("x", ["BSM"]).fix == "the columns there are: BSM"
