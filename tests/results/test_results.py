"""Results check their own accounts and speak for themselves."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from toys import box, ledger, parcels, shares

from landuse.definition import Definition, Gap
from landuse.errors import AccountingError, balance
from landuse.quality import Issue

pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def city():
    return shares(ledger(parcels([box(0, 0, 10, 1)], district="a"), [box(0, 0, 6, 1)]))


def test_gap_by_mental_arithmetic():
    gap = Gap.of(100, 60, 0.75, compaction=0.5)
    assert gap.relocate == 15
    assert gap.clear == 20  # 60 of 80 is 75 %
    assert gap.new_supply == pytest.approx(60)  # 120 of 160 is 75 %
    assert gap.compact == pytest.approx(15 / (0.75 + 0.5 * 0.25))


@given(st.floats(1, 1e9), st.floats(0, 1), st.floats(0.05, 0.95), st.floats(0.2, 3))
def test_each_gap_reaches_the_target_exactly(total, share, target, k):
    inside = share * total
    gap = Gap.of(total, inside, target, k)
    reached = lambda part, whole: part == pytest.approx(target * whole, rel=1e-6, abs=1e-6 * total)  # noqa: E731
    assert reached(inside, total - gap.clear)
    assert reached(inside + gap.relocate, total)
    assert reached(inside + gap.new_supply, total + gap.new_supply)
    assert reached(inside + k * gap.compact, total - gap.compact + k * gap.compact)
    assert Gap.of(total, inside, target, 1.0).compact == pytest.approx(gap.relocate, rel=1e-9, abs=1e-6)


def test_target_of_one_cannot_be_reached_by_supply():
    assert Gap.of(100, 60, 1.0).new_supply == float("inf")
    assert Gap.of(100, 100, 1.0).new_supply == 0


def test_surplus_is_negative():
    gap = Gap.of(100, 80, 0.7)
    assert max(gap.clear, gap.relocate, gap.compact, gap.new_supply) < 0


def test_the_sentence_says_share_distance_and_definition(city):
    text = str(city)
    assert "60.00%" in text
    assert "10.00 percentage points below the target of 70%" in text
    assert "planar area" in text
    assert city.verdict == "not_met"
    assert replace(city, target=0.6).verdict == "met"


@pytest.mark.parametrize("inside", [-1.0, 1e9])
def test_inside_lies_between_nothing_and_everything(city, inside):
    with pytest.raises(AccountingError):
        replace(city, inside_m2=inside)


@pytest.mark.parametrize(
    ("table", "column"), [("districts", "total_m2"), ("districts", "inside_m2"), ("parks", "industrial_m2")]
)
def test_tables_sum_to_the_city(city, table, column):
    off = getattr(city, table).copy()
    off[column] += 1
    with pytest.raises(AccountingError):
        replace(city, **{table: off})


def test_balance_is_relative():
    balance(1e9 + 0.5, 1e9, "land")
    with pytest.raises(AccountingError):
        balance(1e9 + 5, 1e9, "land")


def test_every_definition_has_words():
    texts = {
        str(Definition(c, b, r, a))
        for c in ("core", "with_storage", "with_mining")
        for b in ("approved", "planned", "jurisdiction", "control")
        for r in ("clip", "centroid", "majority")
        for a in ("registered", "ellipsoidal", "planar")
    }
    assert len(texts) == 3 * 4 * 3 * 3


def test_findings_print_without_their_rows():
    issue = Issue("unknown_codes", 2, "left", 5.0, rows=("a", "b"))
    assert set(issue.as_dict()) == {"check", "count", "area_m2", "action", "effect_on_share"}
