"""Scattered plots: clusters against brute force, thresholds on the boundary."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from toys import EAST, NORTH, array, ledger, parcels, parks

from landuse import schema as s
from landuse.analysis.overlay.clusters import clusters
from landuse.analysis.plots.scatter import park_plots, scattered_plots
from landuse.config.rules import ScatterSection
from landuse.definition import Definition
from landuse.units import to_m2

PLANE = Definition(area="planar")


def metres(x0, y0, x1, y1):
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


FAR = metres(50_000, 50_000, 50_010, 50_010)
#: A plot of exactly so many mu, 20 m wide: one mu is 20 m x 33.33 m.
MU = 10_000 / 15


def plot(x, mu, y=0.0):
    return metres(x, y, x + 20, y + mu * MU / 20)


def positions(shapes, sites=(FAR,), rule=None, **options):
    book = ledger(parcels(shapes), parks(list(sites)), **options)
    found = scattered_plots(book, PLANE, rule or ScatterSection())
    return dict(zip(found.plots.index, found.plots["position"], strict=True)), found


def brute(shapes, gap):
    """Groups by repeated merging over all distances."""
    group = list(range(len(shapes)))
    for i, a in enumerate(shapes):
        for j, b in enumerate(shapes[:i]):
            if a.distance(b) <= gap:
                old, new = group[i], group[j]
                group = [new if g == old else g for g in group]
    return {frozenset(k for k, g in enumerate(group) if g == one) for one in group}


plots = st.lists(st.tuples(*[st.integers(0, 400)] * 2, *[st.integers(1, 40)] * 2), min_size=1, max_size=14)


@given(plots, st.sampled_from([1.0, 10.0, 50.0, 120.0]))
def test_clusters_are_those_of_all_distances(rects, gap):
    shapes = array([metres(x, y, x + w, y + h) for x, y, w, h in rects])
    number = clusters(shapes, gap)
    assert {frozenset(np.flatnonzero(number == k).tolist()) for k in set(number.tolist())} == brute(shapes, gap)
    firsts = [int(np.flatnonzero(number == k)[0]) for k in range(number.max() + 1)]
    assert firsts == sorted(firsts)


def test_a_gap_of_exactly_fifty_metres_joins():
    def joined(metre):
        return clusters(array([metres(0, 0, 10, 10), metres(10 + metre, 0, 90, 10)]), 50.0).tolist()

    assert joined(50.0) == [0, 0]
    assert joined(50.001) == [0, 1]


def test_clusters_chain():
    chain = array([metres(k * 60, 0, k * 60 + 10, 10) for k in range(40)])
    assert set(clusters(chain, 50.0).tolist()) == {0}


def of_mu(mu):
    """The position of one far plot with so many mu on paper."""
    book = ledger(parcels([plot(0, 10)], registered=[to_m2(mu, "mu")]), parks([FAR]))
    return scattered_plots(book, Definition(), ScatterSection()).plots["position"].item()


def test_thresholds_are_inclusive():
    # 30 mu is highly scattered, a hair more is scattered; 200 mu is scattered, a hair more is no scatter
    assert [of_mu(x) for x in (30.0, 30.001)] == ["highly_scattered", "scattered"]
    assert [of_mu(x) for x in (200.0, 200.001)] == ["scattered", "clustered"]
    # 3 mu is a plot, a hair less is small
    assert [of_mu(x) for x in (3.0, 2.999)] == ["highly_scattered", "small"]


def test_the_cluster_decides_not_the_plot():
    where, found = positions([plot(0, 20), plot(60, 20), plot(500, 20)])
    assert where == {"p000": "scattered", "p001": "scattered", "p002": "highly_scattered"}
    assert found.clusters == 2
    assert found.plots["cluster_m2"].to_numpy() == pytest.approx(to_m2(np.array([40.0, 40.0, 20.0]), "mu"))


def test_small_plots_count_in_their_cluster_and_are_listed_apart():
    where, found = positions([plot(0, 29), plot(60, 2)])
    assert where == {"p000": "scattered", "p001": "small"}
    assert found.scattered.index.tolist() == ["p000"]


def test_adjoining_up_to_the_gap_whatever_the_size():
    park = metres(-100, 0, 0, 100)
    for metre, expected in ((0.0, "adjoining"), (50.0, "adjoining"), (50.01, "highly_scattered")):
        assert positions([plot(metre, 10)], [park])[0]["p000"] == expected, metre
    assert positions([plot(10, 1)], [park])[0]["p000"] == "adjoining"


def test_a_parcel_cut_by_a_park_leaves_one_plot_of_its_outside_parts():
    where, found = positions([metres(0, 0, 300, 20)], [metres(100, -10, 200, 100)])
    assert where == {"p000": "adjoining"}
    row = found.plots.loc["p000"]
    assert row[s.AREA_M2] == pytest.approx(4000)
    assert row.geometry.geom_type == "MultiPolygon"
    assert row["park_distance_m"] == 0


def test_parcels_inside_are_no_plots_and_disputed_land_is_no_plot():
    where, found = positions(
        [metres(0, 0, 90, 90), metres(500, 0, 600, 60), metres(500, 0, 600, 60)], [metres(-9, -9, 99, 99)]
    )
    assert set(where) == {"p001"}
    assert found.plots[s.AREA_M2].sum() == pytest.approx(6000)


def test_what_a_cut_rounds_to_is_no_plot():
    """Strips of 0.009 and 0.011 m² that two parks leave of a hectare each; the ledger holds both."""
    shapes = [metres(0, k, 100, k + 100) for k in (0, 1000)]
    sites = [metres(0, k - 9, 100 - width * 1e-4, k + 109) for k, width in ((0, 0.9), (1000, 1.1))]
    where, _found = positions(shapes, sites)
    assert where == {"p001": "adjoining"}
    inside = park_plots(
        ledger(parcels(shapes), parks([metres(-9, -9, 0.9e-4, 109), metres(-9, 990, 1.1e-4, 2000)])), PLANE
    )
    assert inside.index.tolist() == ["p001"]


def test_a_city_wholly_inside_has_no_plots():
    _, found = positions([metres(0, 0, 90, 90)], [metres(-9, -9, 99, 99)])
    assert len(found.plots) == len(found.scattered) == found.clusters == 0


def test_registered_area_decides_where_the_definition_says_so():
    land = parcels([plot(0, 2)], registered=[to_m2(5.0, "mu")])
    book = ledger(land, parks([FAR]))
    assert scattered_plots(book, PLANE, ScatterSection()).plots["position"].tolist() == ["small"]
    assert scattered_plots(book, Definition(), ScatterSection()).plots["position"].tolist() == ["highly_scattered"]


def test_gaps_are_in_metres_in_a_plane_of_feet():
    crs, foot = CRS(2263), 1200 / 3937
    side = 100 / foot  # a hectare
    x, y = 983_000, 184_000

    def city(gap_m):
        shapes = [
            shapely.box(x, y, x + side, y + side),
            shapely.box(x + side + gap_m / foot, y, x + 2 * side + gap_m / foot, y + side),
        ]
        book = ledger(parcels(shapes, crs=crs), parks([shapely.box(x, y + 9000, x + 10, y + 9010)], crs=crs))
        return scattered_plots(book, PLANE, ScatterSection(), 1 / foot)

    assert city(49.99).plots["cluster"].nunique() == 1
    assert city(50.01).plots["cluster"].nunique() == 2
    assert city(49.99).plots["park_distance_m"].iloc[0] == pytest.approx((9000 - side) * foot, rel=1e-9)
    assert city(49.99).plots[s.AREA_M2].tolist() == pytest.approx([10_000, 10_000], rel=1e-9)


@given(plots)
def test_plots_and_accounts(rects):
    shapes = [metres(x, y, x + w, y + h) for x, y, w, h in rects]
    book = ledger(parcels(shapes), parks([metres(100, 100, 200, 200)]))
    found = scattered_plots(book, PLANE, ScatterSection(min_plot_mu=0.1))
    union, park = shapely.union_all(array(shapes)), metres(100, 100, 200, 200)
    assert found.plots[s.AREA_M2].sum() == pytest.approx((union - park).area, rel=1e-9, abs=1e-6)
    assert shapely.area(array(found.plots.geometry)) == pytest.approx(found.plots[s.AREA_M2].to_numpy(), abs=1e-4)
    assert found.plots.index.is_unique
    for row in found.plots.itertuples():
        assert math.isclose(row.park_distance_m, row.geometry.distance(park), abs_tol=1e-6)
