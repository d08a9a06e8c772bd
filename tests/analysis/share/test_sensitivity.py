"""The matrix of definitions: each row is the share that a run with that definition publishes."""

import numpy as np
import pytest
from toys import box, ledger, parcels

from landuse import schema as s
from landuse.analysis.share.concentration import definition_matrix, park_concentration
from landuse.definition import Definition


@pytest.fixture
def book():
    land = [box(0, 0, 2, 1), box(1, 0, 3, 1), box(0, 2, 1, 3), box(4, 0, 5, 1)]
    frame = parcels(land, use=["industrial", "industrial", "storage", "industrial"], registered=[np.nan, 5e4, 1e4, 3e4])
    return ledger(frame, [box(0, 0, 1.5, 9), box(1, 0, 2.7, 9)])


def test_every_row_is_the_share_of_its_definition(book):
    matrix = definition_matrix({"approved": book, "planned": book}, 0.7)
    assert len(matrix) == 2 * len(s.CLASS_SETS) * 3 * len(s.AREA_COLUMN)
    assert not matrix.duplicated(["classes", "boundary", "rule", "area"]).any()
    for row in matrix.to_dict("records"):
        one = park_concentration(
            book, Definition(row["classes"], row["boundary"], row["rule"], row["area"]), target=0.7
        )
        assert row["share"] == pytest.approx(one.share, rel=1e-12)
        assert row["verdict"] == one.verdict
    assert matrix["share"].nunique() > 9


@pytest.mark.parametrize(
    ("registered", "has"),
    [
        ([np.nan] * 3, set()),
        ([np.nan, 1e4, np.nan], {"with_storage"}),
        ([np.nan, np.nan, 1e4], {"with_mining"}),
        ([1e4, np.nan, np.nan], {"core", "with_storage", "with_mining"}),
    ],
)
def test_registered_area_is_a_basis_where_a_parcel_of_the_classes_states_one(registered, has):
    shapes = [box(2 * k, 0, 2 * k + 1, 1) for k in range(3)]
    book = ledger(parcels(shapes, use=["industrial", "storage", "mining"], registered=registered), [box(0, 0, 1, 1)])
    matrix = definition_matrix({"approved": book}, 0.7)
    assert set(matrix.loc[matrix["area"] == "registered", "classes"]) == has
    assert len(matrix) == 18 + 3 * len(has)
    for classes in s.CLASS_SETS:
        used = book.as_used(Definition(classes)).area
        assert used == ("registered" if classes in has else "ellipsoidal")
        assert book.as_used(Definition(classes, area="planar")).area == "planar"


def test_a_class_set_without_land_has_no_share_and_reaches_nothing():
    book = ledger(parcels([box(0, 0, 1, 1)], use="mining"), [box(0, 0, 1, 1)])
    matrix = definition_matrix({"approved": book}, 0.7).set_index(["classes", "rule", "area"])
    assert np.isnan(matrix.loc[("core", "clip", "planar"), "share"])
    assert matrix.loc[("core", "clip", "planar"), "verdict"] == "not_met"
    assert matrix.loc[("with_mining", "clip", "planar"), "share"] == 1
