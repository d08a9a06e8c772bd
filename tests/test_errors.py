"""Problems say where, what and how to mend it, on one line."""

import pytest

from landuse.errors import AccountingError, InputError, LanduseError, Problem, refuse_if


def test_a_problem_is_one_line_with_its_place_and_fix():
    problem = Problem("code 9999 is unknown", "mend it", "a.gpkg", "DLTB", tuple("abcdefg"))
    assert str(problem) == "a.gpkg:DLTB [a, b, c, d, e (+2)]: code 9999 is unknown -> mend it"
    assert str(Problem("no", "yes")) == "no -> yes"
    assert problem.as_dict()["rows"] == list("abcdefg")


def test_a_place_is_filled_in_only_where_there_is_none():
    assert Problem("w", "f").located("a", "l") == Problem("w", "f", "a", "l")
    assert Problem("w", "f", "own").located("a", None) == Problem("w", "f", "own", "")


def test_all_problems_are_raised_at_once_and_none_when_there_are_none():
    refuse_if([])
    with pytest.raises(InputError) as caught:
        refuse_if([Problem("a", "b"), Problem("c", "d")])
    assert str(caught.value).splitlines() == ["a -> b", "c -> d"]


def test_errors_have_builtin_parents():
    assert issubclass(InputError, (ValueError, LanduseError))
    assert issubclass(AccountingError, (ArithmeticError, LanduseError))
