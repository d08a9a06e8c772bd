"""The proof: honest ledgers pass; a lost pair, a misplaced piece and a lying engine do not."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import ORIGIN, UNIT, box, ledger, parcels, parks

from landuse import schema as s
from landuse.analysis.overlay import cut
from landuse.analysis.share.proof import prove
from landuse.errors import AccountingError
from landuse.results.ledger import NOWHERE

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
        cut,
        "_relate",
        lambda polygons, _faces: (np.full(len(polygons), NOWHERE), *[np.empty(0, dtype=np.int64)] * 2),
    )
    book = ledger([box(0.5, 0, 3, 1)], [box(0, 0, 2, 2)])
    assert book.parts[s.PLANAR].sum() == 2.5 * UNIT2
    with pytest.raises(AccountingError, match="p000"):
        prove(book)


def test_land_that_a_cut_left_out_is_found_where_no_witness_stands(monkeypatch):
    # a strip of one park of 8 units: the point of the outside lies far from it
    monkeypatch.setattr(
        cut,
        "_relate",
        lambda polygons, _faces: (np.full(len(polygons), NOWHERE), *[np.empty(0, dtype=np.int64)] * 2),
    )
    with pytest.raises(AccountingError, match="p000: two engines disagree on its part in a park: 0 and 10000 m²"):
        prove(ledger([box(1, 0, 9, 1)], [box(0, 0, 2, 2)]))


def test_a_park_that_the_library_does_not_see_inside_a_parcel():
    # the corner they share is one unit in the last place off: by mental arithmetic, half of 155,706
    park = shapely.Polygon([(-397, -257), (353, 482), (107, 32)])
    parcel = shapely.Polygon([(-397, -257), (352.99999999999994, 481.99999999999994), (476, -249)])
    assert park.intersection(parcel).area == 0
    plane = "+proj=tmerc +lat_0=30 +lon_0=120 +x_0=0 +y_0=0 +ellps=GRS80"
    book = ledger(parcels([parcel], crs=plane), parks([park], crs=plane))
    inside = book.parts.loc[book.parts[s.FACE] >= 0, s.PLANAR].sum()
    assert inside == pytest.approx(77_853, abs=1e-6)
    assert prove(book).pairs == 1
    both = ledger(parcels([park, parcel], crs=plane), parks([park], crs=plane))
    assert both.parts.loc[both.parts[s.COUNTED], s.PLANAR].sum() == pytest.approx(319_573.5, abs=1e-6)
    prove(both)


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
