"""One key for every id and name that is compared, and every spelling of one id found by it."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import landuse
from landuse.spelling import key, near, plain, respell, several, spelled_apart, unify

#: What hands, scanners and exports do to an id; each by itself, and any two after one another.
DIRT = {
    "full width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "small letters": str.lower,
    "no-break space around": lambda t: f"\u00a0{t}\u00a0",
    "ideographic space within": lambda t: t[:2] + "\u3000" + t[2:],
    "thin space within": lambda t: t[:3] + "\u2009" + t[3:],
    "line end": lambda t: t + "\r\n",
    "byte order mark": lambda t: "\ufeff" + t,
    "zero width within": lambda t: t[:1] + "\u200b" + t[1:],
    "word joiner": lambda t: t[:1] + "\u2060" + t[1:],
    "mark of direction": lambda t: "\u200e" + t + "\u202c",
    "apostrophe": lambda t: "'" + t,
    "typographic apostrophe": lambda t: "’" + t,
    "full-width apostrophe": lambda t: " ＇" + t,
    "control character": lambda t: t + "\x00",
}


@pytest.mark.parametrize("first", DIRT)
@pytest.mark.parametrize("text", ["3301(2021)A-17", "330106001000001", "示例开发区(东片)"])
def test_any_two_kinds_of_dirt_leave_the_key(first, text):
    for second in DIRT.values():
        assert key(second(DIRT[first](text))) == text


def test_the_tail_of_a_float_is_cut_from_whole_numbers_only():
    assert [key(x) for x in ("3301.0", "'3301.00", "3301.10", "A1.0", "3301.")] == [
        "3301",
        "3301",
        "3301.10",
        "A1.0",
        "3301.",
    ]


@given(st.text(max_size=12))
def test_a_key_is_its_own_key(text):
    once = key(text)
    assert key(once) == once or once.startswith("'") or once != once.upper()  # ß has no single capital


@given(st.lists(st.sampled_from(["A1", "a1", " A1", "Ａ1", "B2", "b2 "]), max_size=6))
def test_unified_texts_are_equal_exactly_when_their_keys_are(texts):
    one = unify(texts)
    assert [[a == b for a in one] for b in one] == [[key(a) == key(b) for a in texts] for b in texts]
    assert set(one) <= set(texts)
    apart = spelled_apart(texts)
    assert [bool(x) for x in apart] == [any(key(a) == key(b) and a != b for b in texts) for a in texts]


def test_what_is_shown_is_the_layers_spelling_and_a_stranger_keeps_its_own():
    assert respell(["ａ1", "c 3", "B2"], ["A1", "B2", "a1"]).tolist() == ["A1", "c 3", "B2"]


def test_digits_and_signs_that_mean_something_stay():
    assert len({key(x) for x in ("A1", "A-1", "A.1", "A/1", "A1#2", "A(1)", "A01")}) == 7


def test_a_cell_of_several_ids_is_told_from_an_id_with_a_comma():
    known = ["3301-1", "3301-2", "甲,乙", "A 1"]
    cells = ["3301-1、3301-2", "3301-1 3301-2", "3301-1\n9", "甲,乙", "A1", "x、y", "3301-1和3301-2", "3301-1;", ""]
    assert several(cells, known).tolist() == [True, True, True, False, False, False, True, False, False]


def test_brackets_and_dashes_raise_a_question_only():
    assert near("〔2021〕1号") == near("(2021)1号")
    assert key("〔2021〕1号") != key("(2021)1号")


def test_plain_keeps_what_people_read():
    assert plain("\ufeff 示例 机械\u3000") == "示例 机械"


#: Roles under which a study names a column of ids or of names of places.
ID_ROLES = {"id", "parcel", "park", "plot", "block", "district", "code", "zone", "group", "partner"}
#: Calls that read the text of a column, and where they may stand.
NORMALISING = {"normalize", "casefold"}


def calls(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


def test_no_door_reads_ids_past_the_one_key():
    """Ids are read by `cells.identifiers` and `cells.plots`, which refuse lost digits; never as bare text."""
    root = Path(landuse.__file__).parent
    past = []
    for path in [p for p in root.rglob("*.py") if p.name != "cells.py"]:
        for call in calls(ast.parse(path.read_text(encoding="utf-8"))):
            name = ast.unparse(call.func)
            roles = {a.value for a in call.args[2:3] if isinstance(a, ast.Constant)}
            if name in ("cells.text", "text") and roles & ID_ROLES:
                past.append(f"{path.relative_to(root)}:{call.lineno} {ast.unparse(call)}")
    assert past == []


def test_nothing_else_folds_texts_to_compare_them():
    """Headers of tables and rows of totals fold words, not ids; all else asks `landuse.spelling`."""
    root = Path(landuse.__file__).parent
    folding = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        for call in calls(ast.parse(path.read_text(encoding="utf-8")))
        if ast.unparse(call.func).rsplit(".", 1)[-1] in NORMALISING and "unicodedata" in ast.unparse(call.func)
    }
    assert folding <= {"spelling.py", "io/tables/header.py", "io/tables/read.py", "io/tables/text_files.py"}
