"""One order of ids decides who keeps land that two claim."""

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from landuse.inputs.precedence import in_order

ID = st.one_of(st.text("0123456789", min_size=1, max_size=30), st.text("0129AZaz０９ -#中", max_size=6))


def ranked(ids):
    return pd.Series(list(ids), dtype=object).sort_values(key=in_order, kind="stable").tolist()


def test_numbers_before_texts_numbers_by_value():
    assert ranked(["K10", "10", "9", "K9", "100", "甲", "1A"]) == ["9", "10", "100", "1A", "K10", "K9", "甲"]


def test_width_and_blanks_around_do_not_matter():
    assert ranked(["１０", " 9", "11", "８"]) == ["８", " 9", "１０", "11"]


def test_one_number_written_twice_is_ranked_by_its_spelling():
    assert ranked(["007", "7", "８", "8"]) == ranked(["8", "８", "7", "007"]) == ["7", "007", "8", "８"]
    assert ranked(["Ｋ1", "K1"]) == ranked(["K1", "Ｋ1"]) == ["K1", "Ｋ1"]


@given(st.lists(st.text("0123456789", min_size=1, max_size=30)))
def test_digits_compare_as_numbers_of_any_length(ids):
    assert [int(x) for x in ranked(ids)] == sorted(map(int, ids))


@given(st.lists(ID, unique=True).flatmap(lambda ids: st.tuples(st.just(ids), st.permutations(ids))))
def test_the_order_of_rows_decides_nothing(lists):
    one, other = lists
    assert ranked(one) == ranked(other)
