"""Rows of several parts: plots of their own where they lie apart, one parcel in the ledger."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import EAST, NORTH, array, ledger, parcels, parks

from landuse import schema as s
from landuse.analysis.plots.multipart import parted, plot_ids, spread_issues
from landuse.analysis.plots.scatter import scattered_plots
from landuse.config.rules import ScatterSection
from landuse.definition import Definition

PLANE = Definition(area="planar")
RULE = ScatterSection()


def metres(x0, y0, x1, y1):
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def hectares(*at):
    """One row of hectares, by the metres east of their corners."""
    return shapely.MultiPolygon([metres(x, 0, x + 100, 100) for x in at])


def judged(shapes, sites=None, definition=PLANE, **options):
    book = ledger(parcels(shapes, **options), parks(sites or [metres(90_000, 0, 90_010, 10)]))
    return book, scattered_plots(book, definition, RULE)


def test_parts_farther_apart_than_the_gap_are_plots_of_their_own():
    _book, found = judged([hectares(700, 0, 250, 399.99), hectares(-500)])
    assert found.plots.index.tolist() == ["p000_1", "p000_2", "p000_3", "p001"]  # 250 and 399.99 are 49.99 m apart
    assert found.plots[s.AREA_M2].tolist() == pytest.approx([10_000, 20_000, 10_000, 10_000])
    assert found.pieces.to_dict() == {f"p000_{k}": "p000" for k in (1, 2, 3)}
    assert found.plots["cluster"].nunique() == 4


def test_the_order_of_parts_changes_nothing():
    plots = [judged([hectares(*at)])[1].plots for at in ((0, 500, 900), (900, 0, 500))]
    assert plots[0].index.equals(plots[1].index)
    assert shapely.equals(plots[0].geometry.to_numpy(), plots[1].geometry.to_numpy()).all()


def test_each_plot_is_judged_where_it_lies():
    _book, found = judged([hectares(0, 150, 20_000)], [metres(250, 0, 400, 100)])
    assert found.plots["position"].to_dict() == {"p000_1": "adjoining", "p000_2": "highly_scattered"}
    assert found.plots["park_distance_m"].tolist() == [0, pytest.approx(19_600)]
    assert found.positions.to_dict() == {"p000": "adjoining"}  # that of the larger one


def test_a_part_inside_a_park_is_no_plot_and_leaves_the_other_its_name():
    _book, found = judged([hectares(0, 5000)], [metres(-10, -10, 110, 110)])
    assert found.plots["position"].to_dict() == {"p000": "highly_scattered"}
    assert found.pieces.empty


def test_a_park_across_one_polygon_makes_no_plots_of_it():
    _book, found = judged([metres(0, 0, 500, 100)], [metres(100, -10, 400, 110)])
    assert found.plots.index.tolist() == ["p000"]


def test_registered_area_goes_to_the_plots_by_their_share():
    shape = shapely.MultiPolygon([metres(0, 0, 100, 100), metres(1000, 0, 1300, 100)])
    _book, found = judged([shape], definition=Definition(), registered=[8000.0])
    assert found.plots[s.AREA_M2].tolist() == pytest.approx([2000, 6000], rel=1e-6)


def test_no_plot_takes_the_name_of_a_parcel():
    known = np.array(["A", "A_2", "A__1", "B"], dtype=object)
    three = np.array(["A", "A", "A", "B"], dtype=object)
    assert plot_ids(three, np.array([0, 0, 0, 1]), known).tolist() == ["A___1", "A___2", "A___3", "B"]


rows = st.lists(st.lists(st.integers(0, 40), min_size=1, max_size=5, unique=True), min_size=1, max_size=4)


@given(rows, st.integers(0, 40))
def test_plots_sum_to_the_land_outside_and_the_ledger_stays_whole(at, park):
    shapes = [
        shapely.MultiPolygon([metres(60 * x, 100 * k, 60 * x + 10, 100 * k + 10) for x in places])
        for k, places in enumerate(at)
    ]
    site = metres(60 * park, -10, 60 * park + 15, 1000)
    book, found = judged(shapes, [site])
    outside = [shapely.difference(x, site).area for x in shapes]
    sums = found.plots[s.AREA_M2].groupby(found.parcel_of(found.plots.index)).sum()
    assert sums.reindex(book.parcels[s.PARCEL], fill_value=0.0).to_numpy() == pytest.approx(outside, abs=1e-6)
    apart = parted(book, found, "clip")
    assert set(apart.parcels[s.PARCEL]) >= set(found.plots.index)
    for part in (book, apart):
        land = part.counted(PLANE)
        assert land["m2"].sum() == pytest.approx(shapely.area(array(shapes)).sum())
        assert land["m2"][land[s.FACE] == -1].sum() == pytest.approx(sum(outside))


def test_a_rule_for_whole_parcels_leaves_those_on_the_edge_whole():
    book, found = judged([hectares(0, 2000, 5000), hectares(9000, 12_000)], [metres(-10, -10, 110, 110)])
    assert set(parted(book, found, "majority").parcels[s.PARCEL]) == {"p000", "p001_1", "p001_2"}
    assert set(parted(book, found, "clip").parcels[s.PARCEL]) == {"p000", "p000_1", "p000_2", "p001_1", "p001_2"}


def test_rows_of_parts_kilometres_apart_are_named():
    shapes = [hectares(0, 17_000), hectares(0, 900), hectares(*range(0, 2000, 149)), metres(0, 0, 3000, 10)]
    layer = parcels(shapes)
    (found,) = spread_issues(layer, layer[s.PARCEL].to_numpy(dtype=object), 50.0, "parcel")
    assert found.rows == ("p000",)  # the second is near, the third hangs together, the fourth is one
    assert "17.0" in found.action
    assert spread_issues(layer[1:], pd.Index(layer[s.PARCEL])[1:].to_numpy(), 50.0, "park") == []
