"""The proof: honest ledgers pass; a lost pair, a misplaced piece and a lying engine do not."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import ORIGIN, UNIT, box, ledger

from landuse import schema as s
from landuse.analysis import overlap
from landuse.analysis.proof import prove
from landuse.errors import AccountingError
from landuse.ledger import NOWHERE

UNIT2 = UNIT**2


def test_every_piece_has_a_witness_and_every_cut_a_second_measure():
    proof = prove(ledger([box(0, 0, 6, 1), box(7, 0, 8, 1)], [box(1, -1, 2, 2), box(3, -1, 4, 2), box(6.5, -1, 9, 9)]))
    # two pieces inside; of the first parcel three parts are outside; the second lies whole in its park
    assert (proof.inside, proof.outside, proof.pairs) == (2, 3, 2)
    assert proof.worst <= 1


def hull(rng):
    return shapely.MultiPoint(rng.uniform((0, 0), (6, 6), (5, 2)) * UNIT + ORIGIN).convex_hull


@given(st.integers(0, 10_000))
def test_honest_ledgers_pass(seed):
    rng = np.random.default_rng(seed)
    proof = prove(ledger([hull(rng) for _ in range(6)], [hull(rng) for _ in range(4)]))
    assert proof.worst <= 1


def test_a_pair_that_was_never_tested_shows_in_the_outside(monkeypatch):
    # the engine forgets the inside: everything is outside, accounts balance to the last digit
    monkeypatch.setattr(
        overlap,
        "_relate",
        lambda polygons, _faces: (np.full(len(polygons), NOWHERE), *[np.empty(0, dtype=np.int64)] * 2),
    )
    book = ledger([box(0.5, 0, 3, 1)], [box(0, 0, 2, 2)])
    assert book.parts[s.PLANAR].sum() == 2.5 * UNIT2
    with pytest.raises(AccountingError, match="p000"):
        prove(book)


@pytest.mark.parametrize("inside", [True, False])
def test_a_piece_with_the_wrong_label_is_found(inside):
    book = ledger([box(1, 0, 3, 1)], [box(0, 0, 2, 2), box(8, 8, 9, 9)])
    wrong = book.parts.copy()
    here = int(wrong[s.FACE].max())
    piece = (wrong[s.FACE] == here) == inside
    wrong.loc[piece, s.FACE] = 1 - here if inside else here
    with pytest.raises(AccountingError, match="p000"):
        prove(replace(book, parts=wrong))


def test_an_engine_that_misstates_areas_that_still_balance_is_found():
    book = ledger([box(1, 0, 3, 1)], [box(0, 0, 2, 2)])
    lying = book.parts.copy()
    shift = np.where(lying[s.FACE] == NOWHERE, -1.0, 1.0)  # one square metre from outside to inside
    lying[s.PLANAR] += shift
    with pytest.raises(AccountingError, match="two engines"):
        prove(replace(book, parts=lying))
