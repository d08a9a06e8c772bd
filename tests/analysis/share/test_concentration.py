"""The share: toy cities by mental arithmetic, invariants, and two independent oracles."""

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from toys import (
    EAST,
    NORTH,
    ORIGIN,
    UNIT,
    WORKING,
    array,
    box,
    exact_share,
    ledger,
    parcels,
    parks,
    planar,
    raw,
    shares,
)

from landuse import schema as s
from landuse.analysis.share.build import build_ledger
from landuse.analysis.share.concentration import assign_districts, park_concentration
from landuse.definition import Definition
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.inputs.parks import as_parks

UNIT2 = UNIT**2
FOUR = [box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 1, 2), box(1, 1, 2, 2)]
A, B = box(0, 0, 1.5, 1), box(1, 0, 2, 1.25)  # 1.5 and 1.25 units, half a unit in common


def city_of(land, sites, **options):
    return shares(ledger(land, sites), **options)


class TestByMentalArithmetic:
    def test_four_parcels_and_two_overlapping_parks(self):
        c = city_of(FOUR, [A, B])
        assert c.share == 0.5625
        assert (c.total_m2, c.inside_m2, c.outside_m2) == (4 * UNIT2, 2.25 * UNIT2, 1.75 * UNIT2)
        naive = sum(planar(shapely.intersection(array(FOUR), park)) for park in (A, B)) / planar(FOUR)
        assert naive == 0.6875  # what summing pairwise intersections gives
        assert c.parks["industrial_m2"].tolist() == [1.5 * UNIT2, 0.75 * UNIT2]
        assert c.parks["industrial_gross_m2"].tolist() == [1.5 * UNIT2, 1.25 * UNIT2]

    def test_the_higher_level_owns_disputed_land(self):
        c = shares(ledger(FOUR, parks([A, B], ids=["A", "B"], rank=[1, 0])))
        assert c.parks["industrial_m2"].to_dict() == {"B": 1.25 * UNIT2, "A": UNIT2}
        assert c.share == 0.5625

    def test_the_smaller_id_as_text_owns_disputed_land_of_one_level(self):
        c = shares(ledger(FOUR, parks([A, B], ids=["9", "10"])))
        assert c.parks["industrial_m2"].to_dict() == {"10": 1.25 * UNIT2, "9": UNIT2}

    def test_duplicated_park(self):
        c = city_of(FOUR, [A, A])
        assert c.share == 0.375
        assert c.parks["industrial_m2"].tolist() == [1.5 * UNIT2, 0]
        assert c.parks["industrial_gross_m2"].tolist() == [1.5 * UNIT2] * 2

    def test_nested_park(self):
        c = shares(ledger(FOUR, parks([box(0, 0, 2, 2), box(0, 0, 1, 1)], rank=[1, 0])))
        assert c.share == 1
        assert c.parks["industrial_m2"].to_dict() == {"K01": UNIT2, "K00": 3 * UNIT2}

    def test_park_with_a_hole(self):
        ring = shapely.difference(box(0, 0, 2, 2), box(0.5, 0.5, 1.5, 1.5))
        assert city_of(FOUR, [ring]).share == 0.75

    def test_park_of_several_blocks(self):
        sites = parks(
            [box(0, 0, 1, 1), box(1, 1, 2, 2), box(1, 1, 2, 2)],
            ids=["A", "A", "A"],
            block=["1", "2", "3"],
            main=[True, False, False],
        )
        c = shares(ledger(FOUR, sites))
        assert c.share == 0.5
        row = c.parks.loc["A"]
        # the third block repeats the second: a park claims land once
        assert (row["industrial_m2"], row["industrial_gross_m2"], row["blocks"]) == (2 * UNIT2, 2 * UNIT2, 3)
        assert row["land_m2"] == pytest.approx(2 * UNIT2, rel=1e-4)
        assert row["main_share"] == pytest.approx(0.5, rel=1e-6)

    def test_overlapping_blocks_belong_to_the_smaller_id(self):
        sites = parks([box(0, 0, 2, 1), box(1, 0, 3, 1)], ids=["A", "A"], block=["1", "2"], main=[False, True])
        row = shares(ledger(FOUR, sites)).parks.loc["A"]
        assert row["land_m2"] == pytest.approx(3 * UNIT2, rel=1e-4)
        assert row["main_share"] == pytest.approx(1 / 3, rel=1e-4)  # the main block keeps what the first leaves

    def test_multipolygon_park_and_multipolygon_parcel(self):
        split = shapely.MultiPolygon([box(0, 0, 1, 1), box(5, 5, 6, 6)])
        assert city_of([split], [shapely.MultiPolygon([box(0, 0, 1, 1), box(9, 9, 10, 10)])]).share == 0.5

    def test_touching_but_not_overlapping(self):
        assert city_of(FOUR, [box(2, 0, 3, 2), box(-1, -1, 0, 3)]).share == 0

    def test_parcel_equal_to_the_park(self):
        c = city_of(FOUR, [FOUR[2]])
        assert c.share == 0.25

    def test_parcels_covered_by_their_own_park_and_touching_the_others(self):
        assert city_of(FOUR, FOUR).share == 1

    def test_three_parks_on_one_parcel(self):
        c = city_of([box(0, 0, 6, 1)], [box(0, 0, 1, 1), box(2, 0, 3, 1), box(2.5, 0, 5, 2)])
        assert c.share == pytest.approx(4 / 6, rel=1e-12)
        assert c.parks["industrial_m2"].tolist() == [UNIT2, UNIT2, 2 * UNIT2]

    def test_sliver_of_a_millimetre(self):
        park = shapely.box(EAST, NORTH, EAST + 0.001, NORTH + 100)
        assert city_of(FOUR[:1], [park]).inside_m2 == pytest.approx(0.1, rel=1e-6)

    def test_overlapping_parcels_count_once_for_the_smaller_id(self):
        c = city_of([box(0, 0, 2, 1), box(1, 0, 3, 1)], [box(1, 0, 3, 1)])
        assert (c.total_m2, c.inside_m2) == (3 * UNIT2, 2 * UNIT2)
        assert c.share == pytest.approx(2 / 3)

    def test_classes(self):
        land = parcels(FOUR, use=["industrial", "industrial", "storage", "mining"])
        book = ledger(land, [box(0, 0, 1, 2)])  # holds one industrial parcel and the storage
        assert shares(book).share == 1 / 2
        assert shares(book, classes="with_storage").share == pytest.approx(2 / 3)
        assert shares(book, classes="with_mining").share == pytest.approx(1 / 3)

    def test_one_definition_does_not_disturb_the_next(self):
        book = ledger(FOUR, [A, B])
        first = shares(book)
        for rule in ("centroid", "majority", "clip"):
            shares(book, rule=rule, area="ellipsoidal")
        assert shares(book).parks.equals(first.parks)


class TestAreaBases:
    def test_registered_area_is_apportioned_and_a_missing_one_measured(self):
        # stated 30000 where the plane has 20000, half inside; the second states nothing
        land = parcels([box(0, 0, 2, 1), box(5, 0, 6, 1)], registered=[30_000, np.nan])
        book = ledger(land, [box(1, 0, 4, 1)])
        c = shares(book, area="registered")
        assert c.inside_m2 == pytest.approx(15_000, rel=1e-6)
        assert c.total_m2 == pytest.approx(30_000 + UNIT2, abs=1)
        assert c.total_m2 == pytest.approx(30_000 + book.parcels[s.ELLIPSOIDAL][1], rel=1e-12)
        assert book.parcels["unstated"].tolist() == [False, True]

    def test_registered_area_of_disputed_land_is_not_counted(self):
        land = parcels([box(0, 0, 2, 1), box(1, 0, 3, 1)], registered=[40_000, 60_000])
        c = shares(ledger(land, [box(9, 9, 10, 10)]), area="registered")
        # 60000 is spread over the whole of the second parcel first; then its disputed half falls away
        assert c.total_m2 == pytest.approx(40_000 + 30_000, rel=1e-6)

    def test_feet(self):
        crs = CRS(2263)
        foot2 = (1200 / 3937) ** 2
        land = parcels([shapely.box(983_000, 184_000, 984_000, 185_000)], crs=crs)
        c = shares(ledger(land, parks([shapely.box(983_000, 184_000, 983_250, 190_000)], crs=crs)))
        assert c.total_m2 == pytest.approx(1e6 * foot2, rel=1e-12)
        assert c.share == pytest.approx(0.25, rel=1e-12)

    def test_parts_share_the_parcels_radius_and_sum_to_it(self):
        book = ledger(
            [shapely.box(360_000, 3_270_000, 361_000, 3_271_000)], [shapely.box(360_100, 3_270_300, 360_400, 3_280_000)]
        )
        assert book.parts[s.ELLIPSOIDAL].sum() == pytest.approx(999_520.13, abs=0.005)
        assert book.parts[s.ELLIPSOIDAL].sum() == pytest.approx(book.parcels[s.ELLIPSOIDAL][0], rel=1e-13)


class TestRules:
    def test_majority_is_more_than_half(self):
        for top, expected in ((1.0, 0), (1.0001, 1), (0.9999, 0)):
            assert city_of([box(0, 0, 1, 2)], [box(-1, -1, 2, top)], rule="majority").share == expected

    def test_majority_counts_all_parks_together_and_goes_to_the_largest(self):
        c = city_of([box(0, 0, 10, 1)], [box(0, 0, 3, 1), box(3, 0, 7, 1)], rule="majority")
        assert c.share == 1
        assert c.parks["industrial_m2"].tolist() == [0, 10 * UNIT2]

    def test_majority_adds_the_blocks_of_one_park(self):
        sites = parks([box(0, 0, 3, 1), box(7, 0, 10, 1), box(3, 0, 7, 1)], ids=["B", "B", "A"])
        c = shares(ledger([box(0, 0, 10, 1)], sites), rule="majority")
        assert c.parks["industrial_m2"].to_dict() == {"A": 0, "B": 10 * UNIT2}

    def test_ties_go_to_the_level_then_to_the_id(self):
        halves = [box(0, 0, 1, 1), box(0, 1, 1, 2)]  # same eastings: the same area to the last bit
        land = [box(0, 0, 1, 2)]
        by_id = shares(ledger(land, parks(halves, ids=["Q", "P"])), rule="majority")
        assert by_id.parks["industrial_m2"].to_dict() == {"P": 2 * UNIT2, "Q": 0}
        by_level = shares(ledger(land, parks(halves, ids=["Q", "P"], rank=[0, 1])), rule="majority")
        assert by_level.parks["industrial_m2"].to_dict() == {"Q": 2 * UNIT2, "P": 0}

    def test_centroid(self):
        for right, expected in ((1.0, 0), (1.5, 1), (0.5, 0)):  # on the border is not inside
            assert city_of([box(0, 0, 2, 1)], [box(-1, -1, right, 2)], rule="centroid").share == expected

    def test_centroid_outside_its_parcel_gives_way_to_a_point_inside(self):
        horseshoe = shapely.difference(box(0, 0, 3, 3), box(1, 1, 2, 3))
        book = ledger([horseshoe], [box(1, 1, 2, 3.5)])  # a park in the opening holds the centroid, but no land
        assert shares(book, rule="centroid").share == 0

    def test_centroid_in_a_park_on_the_border_of_another_is_inside(self):
        # the border of the nested park passes through the centroid, which lies in the interior of the large one
        plain = city_of([box(1, 0, 3, 1)], [box(0, -1, 2.5, 4)], rule="centroid")
        nested = city_of([box(1, 0, 3, 1)], [box(0, -1, 2.5, 4), box(0, -1, 2, 4)], rule="centroid")
        assert (plain.share, nested.share) == (1, 1)

    def test_the_district_keeps_a_parcel_whatever_the_rule(self):
        land = parcels(FOUR, district=["a", "a", "b", "b"])
        for rule in ("clip", "centroid", "majority"):
            c = shares(ledger(land, [A, B]), rule=rule)
            assert c.districts["total_m2"].to_dict() == {"a": 2 * UNIT2, "b": 2 * UNIT2}


rect = st.tuples(*[st.integers(0, 11)] * 2, *[st.integers(1, 6)] * 2).map(
    lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3])
)
land_of = st.lists(rect, min_size=1, max_size=8)
sites_of = st.lists(rect, min_size=1, max_size=5)


def boxes(rects):
    return [box(*r) for r in rects]


@given(land_of, sites_of)
def test_exact_oracle_on_integer_rectangles(land, sites):
    c = city_of(boxes(land), boxes(sites))
    exact = exact_share(land, sites)
    assert Fraction(c.inside_m2 / UNIT2).limit_denominator(1000) == exact * Fraction(
        c.total_m2 / UNIT2
    ).limit_denominator(1000)
    assert c.share == pytest.approx(float(exact), rel=1e-12)
    assert c.total_m2 == pytest.approx(shapely.union_all(array(boxes(land))).area, rel=1e-12)


def crooked(seed, n=6, cell=70.0):
    """A jittered coverage, and parks that follow its borders, cross it, overlap and nest."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.arange(n + 1.0), np.arange(n + 1.0), indexing="ij")
    node = (np.stack([x, y], axis=-1) + rng.uniform(-0.3, 0.3, (n + 1, n + 1, 2))) * cell + ORIGIN
    land = array(
        [
            shapely.Polygon([node[i, j], node[i + 1, j], node[i + 1, j + 1], node[i, j + 1]])
            for i in range(n)
            for j in range(n)
        ]
    )
    hulls = [shapely.MultiPoint(rng.uniform(0, n * cell, (6, 2)) + ORIGIN).convex_hull for _ in range(3)]
    return land, [shapely.union_all(land[rng.random(n * n) < 0.25]), *hulls]


@given(st.integers(0, 10_000))
def test_engine_oracle_on_crooked_parcels(seed):
    land, sites = crooked(seed)
    book = ledger(list(land), sites)
    inside = shapely.intersection(land, shapely.union_all(array(sites)))
    assert shares(book).inside_m2 == pytest.approx(planar(inside), rel=1e-9, abs=1e-3)
    legal = ellipsoidal_area(inside, WORKING, gaussian_radius2(land, WORKING))
    assert shares(book, area="ellipsoidal").inside_m2 == pytest.approx(legal.sum(), rel=1e-9, abs=1e-3)


RULES, BASES = ("clip", "centroid", "majority"), ("registered", "ellipsoidal", "planar")


@given(land_of, sites_of, st.integers(0, 99))
def test_accounts_balance_under_every_definition(land, sites, seed):
    rng = np.random.default_rng(seed)
    stated = np.where(rng.random(len(land)) < 0.7, rng.uniform(100, 90_000, len(land)), np.nan)
    frame = parcels(boxes(land), registered=stated.tolist(), district=rng.choice(["a", "b"], len(land)).tolist())
    book = ledger(frame, boxes(sites))
    for basis in BASES:
        column = s.AREA_COLUMN[basis]
        of_parcel = np.bincount(book.parts["parcel"], book.parts[column], len(land))
        assert of_parcel == pytest.approx(book.parcels[column].to_numpy(), rel=1e-9)
        for rule in RULES:
            c = shares(book, rule=rule, area=basis)
            assert 0 <= c.share <= 1
            assert c.parks["industrial_m2"].sum() == pytest.approx(c.inside_m2, rel=1e-9, abs=1e-6)
            assert c.districts["inside_m2"].sum() == pytest.approx(c.inside_m2, rel=1e-9, abs=1e-6)
            if rule == "clip":
                assert (c.parks["industrial_gross_m2"] >= c.parks["industrial_m2"] - 1e-6).all()
                assert c.parks["industrial_gross_m2"].sum() >= c.inside_m2 - 1e-6


def through_the_door(shapes, ids):
    frame = parks(shapes)[["geometry"]]
    frame["id"] = list(ids)
    return as_parks(raw(frame), {"id": "id"}, WORKING).layer


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_order_of_rows_and_labels_of_the_index_change_nothing(seed, random):
    land, sites = crooked(seed)
    plots, names = parcels(list(land)), [f"K{k}" for k in range(len(sites))]
    plots = pd.concat([plots, plots.iloc[[0]].assign(**{s.PARCEL: "z"})], ignore_index=True)  # an overlap as well
    order, turn = list(range(len(plots))), list(range(len(sites)))
    random.shuffle(order)
    random.shuffle(turn)
    shuffled = plots.iloc[order].set_axis([f"label {k % 7}" for k in order])
    doors = through_the_door(sites, names), through_the_door([sites[k] for k in turn], [names[k] for k in turn])
    relabelled = doors[1].set_axis(pd.Index(range(90, 90 + len(sites))))
    before, after = (shares(build_ledger(p, k, workers=1)) for p, k in ((plots, doors[0]), (shuffled, relabelled)))
    assert after.inside_m2 == pytest.approx(before.inside_m2, rel=1e-12)
    assert after.total_m2 == pytest.approx(before.total_m2, rel=1e-14)
    columns = ["industrial_m2", "industrial_gross_m2", "land_m2"]
    assert after.parks.index.tolist() == before.parks.index.tolist()
    assert after.parks[columns].to_numpy() == pytest.approx(before.parks[columns].to_numpy(), rel=1e-9, abs=1e-6)


@pytest.mark.parametrize("rule", RULES)
@given(land=land_of, sites=sites_of, k=st.integers(0, 4))
def test_repeating_or_nesting_a_park_changes_nothing_in_the_city(rule, land, sites, k):
    k %= len(sites)
    x0, y0, x1, y1 = sites[k]
    nested = (x0, y0, x0 + max((x1 - x0) // 2, 1), y1)
    before = city_of(boxes(land), boxes(sites), rule=rule)
    for more in (sites[k], nested):
        after = city_of(boxes(land), boxes([*sites, more]), rule=rule)
        assert after.inside_m2 == pytest.approx(before.inside_m2, rel=1e-12)
        assert after.total_m2 == before.total_m2


@given(st.integers(0, 10_000), st.floats(0.1, 0.9))
def test_splitting_a_parcel_changes_nothing(seed, at):
    land, sites = crooked(seed)
    whole = shares(ledger(list(land), sites), area="ellipsoidal")
    x0, y0, x1, y1 = land[7].bounds
    middle = x0 + at * (x1 - x0)
    halves = [shapely.intersection(land[7], shapely.box(*b)) for b in ((x0, y0, middle, y1), (middle, y0, x1, y1))]
    split = shares(ledger([*land[:7], *land[8:], *halves], sites), area="ellipsoidal")
    assert split.total_m2 == pytest.approx(whole.total_m2, rel=1e-9)
    assert split.inside_m2 == pytest.approx(whole.inside_m2, rel=1e-9, abs=1e-3)


@given(st.integers(0, 10_000), st.floats(1, 60))
def test_growing_a_park_never_lowers_the_share(seed, metres):
    land, sites = crooked(seed)
    before = city_of(list(land), sites).inside_m2
    grown = [sites[0], shapely.buffer(sites[1], metres, join_style="mitre"), *sites[2:]]
    assert city_of(list(land), grown).inside_m2 >= before - 1e-6


@given(st.integers(0, 10_000), st.integers(-9000, 9000), st.integers(-9000, 9000))
def test_moving_everything_by_whole_metres_changes_nothing_in_the_plane(seed, dx, dy):
    land, sites = crooked(seed)
    move = lambda shapes: list(shapely.transform(array(shapes), lambda xy: xy + np.array([dx, dy])))  # noqa: E731
    here, there = city_of(list(land), sites), city_of(move(land), move(sites))
    assert there.inside_m2 == pytest.approx(here.inside_m2, rel=1e-8)
    assert there.total_m2 == pytest.approx(here.total_m2, rel=1e-8)


class TestDistricts:
    def test_first_six_digits_of_the_parcels_own_text(self):
        land = assign_districts(parcels(FOUR, district=["330114001", "330114", "3301", ""]), None)
        assert land[s.DISTRICT].tolist() == ["330114", "330114", "3301", ""]

    def test_the_layer_decides_by_a_point_of_the_parcel(self):
        layer = parks([box(0, 0, 1.2, 9), box(1.2, 0, 2, 1)]).rename(columns={s.PARK: s.DISTRICT})
        land = assign_districts(parcels(FOUR, district="x").set_axis(list("abcd")), layer)
        assert land[s.DISTRICT].tolist() == ["K00", "K01", "K00", ""]

    def test_on_a_shared_border_the_first_district_wins(self):
        layer = parks([box(0, 0, 0.5, 9), box(0.5, 0, 2, 9)]).rename(columns={s.PARK: s.DISTRICT})
        assert assign_districts(parcels(FOUR[:1]), layer)[s.DISTRICT].tolist() == ["K00"]

    def test_districts_without_industrial_land_keep_a_row_without_a_share(self):
        book = ledger(parcels(FOUR, district="a"), [A])
        c = park_concentration(book, Definition(area="planar"), district_names={"a": "East", "b": "West"})
        assert c.districts["name"].to_dict() == {"a": "East", "b": "West"}
        assert c.districts["share"]["a"] == 0.375
        assert np.isnan(c.districts["share"]["b"])
        assert c.districts["gap_m2"].to_dict() == pytest.approx({"a": (0.7 * 4 - 1.5) * UNIT2, "b": 0})
