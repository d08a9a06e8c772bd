"""The ledger: its accounts balance or it does not come into being."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely
from toys import UNIT, array, box, ledger, parcels, parks

from landuse import schema as s
from landuse.definition import Definition
from landuse.errors import AccountingError
from landuse.results.ledger import NOWHERE

UNIT2 = UNIT**2


@pytest.fixture
def book():
    land = parcels([box(0, 0, 2, 1), box(1, 0, 3, 1), box(5, 5, 6, 6)], ids=["b", "a", "c"])
    return ledger(land, parks([box(0, 0, 1.5, 9), box(1, 0, 2, 9)], ids=["P", "Q"]))


def test_parcels_are_sorted_and_the_argument_is_not_touched():
    land = parcels([box(0, 0, 2, 1), box(1, 0, 3, 1)], ids=["b", "a"])
    before = land.copy()
    made = ledger(land, [box(0, 0, 1, 1)])
    assert made.parcels[s.PARCEL].tolist() == ["a", "b"]
    assert land.equals(before)
    assert list(land.columns) == list(before.columns)


def test_ids_of_digits_compare_as_numbers():
    made = ledger(parcels([box(0, 0, 2, 1), box(1, 0, 3, 1)], ids=["10", "9"]), [box(0, 0, 1, 1)])
    assert made.parcels[s.PARCEL].tolist() == ["9", "10"]
    assert made.counted(Definition(area="planar")).groupby("parcel")["m2"].sum().tolist() == [2 * UNIT2, UNIT2]


def test_a_parcel_half_in_each_of_two_parks_goes_to_the_one_that_owns_first():
    land, sites = parcels([box(0, 0, 1, 1)]), [box(0, 0.5, 1, 2), box(0, -1, 1, 0.5)]
    for first in (0, 1):
        book = ledger(land, parks(sites, ids=["K10", "K9"], rank=[first, 1 - first]))
        assert book.parks[s.PARK][book.blocks("majority")].unique().tolist() == [["K10", "K9"][first]]


def test_rows_of_the_ledger(book):
    rows = [
        (book.parcels[s.PARCEL][p], f >= 0, counted, round(m2 / UNIT2, 9))
        for p, f, counted, m2 in zip(*(book.parts[c] for c in ("parcel", s.FACE, s.COUNTED, s.PLANAR)), strict=True)
    ]
    assert sorted(rows) == [
        ("a", False, True, 1.0),
        ("a", True, True, 0.5),
        ("a", True, True, 0.5),
        ("b", True, False, 0.5),
        ("b", True, False, 0.5),
        ("b", True, True, 1.0),
        ("c", False, True, 1.0),
    ]


@pytest.mark.parametrize("column", [s.PLANAR, s.ELLIPSOIDAL, s.REGISTERED])
def test_a_lost_part_is_not_accepted(book, column):
    assert replace(book) is not book  # untouched, it is
    for k in range(len(book.parts)):
        with pytest.raises(AccountingError, match="sum to"):
            replace(book, parts=book.parts.drop(index=k))
    off = book.parts.copy()
    off.loc[0, column] += 1e-3
    with pytest.raises(AccountingError, match=column):
        replace(book, parts=off)


def test_a_part_held_twice_is_not_accepted(book):
    with pytest.raises(AccountingError):
        replace(book, parts=pd.concat([book.parts, book.parts.iloc[[3]]], ignore_index=True))


def test_no_slack_for_honest_land_but_needles_pass():
    # a needle of 1 km x 0.1 mm at real coordinates: its area is known to a few per cent only
    needle = shapely.box(520_000, 3_345_000, 521_000, 3_345_000.0001)
    made = ledger([needle], [shapely.box(520_300, 3_344_000, 520_600, 3_346_000)])
    assert made.parts[s.PLANAR].sum() == pytest.approx(0.1, rel=0.05)


def test_counted_keeps_classes_and_leaves_disputed_land(book):
    land = book.counted(Definition(area="planar"))
    assert land["m2"].sum() == pytest.approx(4 * UNIT2)
    assert set(land.columns) == {"parcel", s.DISTRICT, "block", s.FACE, "m2"}
    assert book.counted(Definition(classes="core", area="planar")).index.isin(book.parts.index).all()


def test_blocks_of_every_rule_have_one_row_a_part(book):
    for rule in ("clip", "centroid", "majority"):
        blocks = book.blocks(rule)
        assert blocks.shape == (len(book.parts),)
        assert set(blocks.tolist()) <= {NOWHERE, 0, 1}
    # under whole-parcel rules every part of a parcel has one answer
    for rule in ("centroid", "majority"):
        pairs = set(zip(book.parts["parcel"].tolist(), book.blocks(rule).tolist(), strict=True))
        assert len(pairs) == len(book.parcels)


def test_published_table_has_names_instead_of_positions(book):
    table = book.table()
    assert list(table.columns[:5]) == [s.PARCEL, s.CODE, s.USE, s.DISTRICT, s.PARK]
    assert len(table) == len(book.parts)
    outside = table[s.FACE] == NOWHERE
    assert (table.loc[outside, s.PARK] == "").all()
    assert set(table.loc[~outside, s.PARK]) == {"P", "Q"}
    at = dict(zip(table[s.PARK], table.geometry.representative_point(), strict=True))
    assert box(0, 0, 1.5, 9).contains(at["P"])


def test_every_face_knows_its_owner_and_claims(book):
    assert book.faces["owner"].tolist() == [book.claims[book.claims["face"] == k]["block"].min() for k in range(3)]
    assert book.faces[s.PLANAR].sum() == pytest.approx(18 * UNIT2)
    assert np.isfinite(book.faces[s.ELLIPSOIDAL]).all()
    assert array(book.faces.geometry).shape == (3,)


def test_stated_areas_are_cents_that_sum_to_the_parcel():
    book = ledger(
        parcels([box(0, 0, 3, 1), box(0, 1, 3, 2)], registered=[100.0, 77.77]), [box(-1, -1, 1, 3), box(1, -1, 2, 3)]
    )
    table = book.table()
    stated = table["registered_stated_m2"]
    assert (stated * 100 - (stated * 100).round()).abs().max() < 1e-9
    assert stated.groupby(table["parcel_id"]).sum().tolist() == pytest.approx([100.0, 77.77], abs=1e-12)
    assert sorted(stated[table["parcel_id"] == "p000"]) == pytest.approx([33.33, 33.33, 33.34])
