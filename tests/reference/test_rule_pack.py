"""Rule packs: data that a bureau writes, refused with every mistake in it."""

from pathlib import Path

import pytest

from landuse.errors import InputError
from landuse.reference.rule_pack import HANDLINGS, MEASURES, load_pack

PACK = """
name = "own"

[[rules]]
code = "X1"
measure = "tax_per_mu"
below = 120000.0
unit = "{unit}"
source = "county order 7"
date = 2024-01-01
trust = "high"
[rules.name]
zh = "税"
en = "Tax"
"""


@pytest.fixture
def pack():
    return load_pack("zhejiang-2023", Path())


def test_shipped_rules_carry_their_provenance(pack):
    assert [r.code for r in pack.rules] == ["L1", "L2", "L2D", "L3", "L3C", "L4", "L5", "L6", "L7"]
    for rule in pack.rules:
        assert all((rule.source, rule.date, rule.trust, rule.name.zh, rule.name.en))
    assert {h.suggest for h in pack.handling} == set(HANDLINGS)
    assert pack.by_code["L2"].limit * pack.by_code["L2"].scale == 150_000


def test_own_pack_by_path_from_the_studys_folder(tmp_path):
    (tmp_path / "own.toml").write_text(PACK.format(unit="元/亩"), encoding="utf-8")
    (rule,) = load_pack("own.toml", tmp_path).rules
    assert (rule.code, rule.limit, rule.scale, rule.comparison) == ("X1", 120_000, 1, "below")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("tax_per_mu", "gut_feeling", "give one of grade_d, tax_per_mu"),
        ("元/亩", "dollars/acre", "unit: give one of '元/亩'"),
        ("below = 120000.0", 'below = "little"', "rules.0.below"),
        ("below = 120000.0", "below = 1.0\nabove = 2.0", "exactly one of below, above"),
        ("below = 120000.0", "", "exactly one of below, above"),
        ("below = 120000.0", 'below = "standard"', "only far and coverage have a standard"),
        ("below = 120000.0", 'any_of = ["a"]', "tax_per_mu takes below"),
        ('trust = "high"', "", "rules.0.trust is missing"),
        ('trust = "high"', 'trust = "very"', "give one of 'high', 'medium' or 'low'"),
        ("below =", "belwo =", "did you mean 'below'"),
        ("[[rules]]", "[rules]", "rules"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(tmp_path, old, new, says):
    text = PACK.format(unit="元/亩").replace(old, new)
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_pack("bad.toml", tmp_path)
    assert says in str(caught.value)


@pytest.mark.usefixtures("english")
def test_handling_and_scores_are_checked_too(tmp_path):
    extra = """
[[handling]]
any_of = ["X9"]
suggest = "move"

[score]
weights = "ahp"
comparisons = [[1.0, 2.0], [2.0, 1.0]]
[[score.criteria]]
measure = "far"
better = "more"
[[score.criteria]]
measure = "coverage"
better = "more"
"""
    (tmp_path / "bad.toml").write_text(PACK.format(unit="元/亩") + extra, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_pack("bad.toml", tmp_path)
    assert "each the reciprocal of its mirror" in str(caught.value)
    handling = extra.split("[score]", maxsplit=1)[0]
    (tmp_path / "bad.toml").write_text(PACK.format(unit="元/亩") + handling, encoding="utf-8")
    with pytest.raises(InputError, match="handling names rules that are not there: X9"):
        load_pack("bad.toml", tmp_path)


def test_a_path_without_its_ending_is_no_name(tmp_path):
    (tmp_path / "own.toml").write_text(PACK.format(unit="元/亩"), encoding="utf-8")
    with pytest.raises(InputError):
        load_pack(str(tmp_path / "own"), tmp_path)


@pytest.mark.parametrize("text", ["rules = 1", "not toml [", "", "rules = [1]", f"rules = {'[' * 5000}{']' * 5000}"])
def test_what_is_no_pack_is_refused(tmp_path, text):
    (tmp_path / "bad.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError):
        load_pack("bad.toml", tmp_path)


def test_bytes_that_are_no_text_are_refused(tmp_path):
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError):
        load_pack("bad.toml", tmp_path)


@pytest.mark.parametrize("name", ["zhejiang-2099", "missing.toml", ""])
def test_no_such_pack_is_refused(tmp_path, name):
    with pytest.raises(InputError):
        load_pack(name, tmp_path)


def test_every_measure_has_a_wording():
    from landuse.report.words.terms import measure_word  # noqa: PLC0415

    assert all(measure_word(m) for m in MEASURES)
