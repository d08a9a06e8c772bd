"""The change ledger: every kind by mental arithmetic, against cells counted without geometry, and its identities."""

import datetime as dt
from collections import Counter
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from toys import UNIT, WORKING, array, box, cells, parcels, parks, raw

from landuse import schema as s
from landuse.analysis.change.compare import Snapshot, change_ledger
from landuse.analysis.change.lineage import update_issues
from landuse.analysis.change.violations import new_plots_outside
from landuse.analysis.overlay.laid import overlay
from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.share.concentration import park_concentration
from landuse.config.history import ChangeSection
from landuse.definition import Definition
from landuse.errors import AccountingError
from landuse.inputs.history import as_updates
from landuse.reference.classification import load
from landuse.results import change as c

YEARS = [dt.date(2023, 12, 31), dt.date(2024, 12, 31), dt.date(2025, 12, 31)]
PLANAR = Definition(area="planar")
HA = UNIT**2
PARK = [box(0, 0, 4, 4)]


def shot(land, sites=PARK, definition=PLANAR, when=0):
    """A date of a toy: frames, or bare shapes."""
    land = parcels(land) if isinstance(land, list) else land
    sites = parks(sites) if isinstance(sites, list) else sites
    counted = count_land(land, workers=1)
    book = cut_land(counted, sites, workers=1)
    return Snapshot(YEARS[when], counted, book, park_concentration(book, definition))


def compared(before, after, shift=1.0, **options):
    return change_ledger(before, after, ChangeSection(shift_m=shift), workers=1, **options)


def hectares(step):
    """Kinds that have land, in squares of the toy."""
    m2 = step.components["m2"] / HA
    return {kind: round(value, 6) for kind, value in m2.items() if value > 1e-9}


def adds_up(step, exact=1e-9):
    sums = step.components[["total_m2", "inside_m2", "effect"]].sum()
    assert sums["total_m2"] == pytest.approx(step.after.total_m2 - step.before.total_m2, abs=exact)
    assert sums["inside_m2"] == pytest.approx(step.after.inside_m2 - step.before.inside_m2, abs=exact)
    assert sums["effect"] == pytest.approx(step.after.share - step.before.share, abs=1e-12)


class TestKinds:
    """One plot of two squares stays in the park, so that there is always a share; one thing happens beside it."""

    STAYS = box(0, 0, 2, 1)

    def step(self, before, after, sites=(PARK, PARK), **options):
        step = compared(shot(self.land(before), sites[0]), shot(self.land(after), sites[1], when=1), **options)
        adds_up(step)
        return step

    def land(self, more):
        rows = [("stays", self.STAYS, {})] + [(*row, {})[:3] for row in more]
        frame = parcels([shape for _id, shape, _options in rows], ids=[name for name, *_rest in rows])
        for k, (_id, _shape, options) in enumerate(rows):
            for column, value in options.items():
                frame.loc[k, column] = value
        return frame

    def test_nothing(self):
        step = self.step([("a", box(6, 0, 7, 1))], [("a", box(6, 0, 7, 1))])
        assert hectares(step) == {}
        assert step.changed.empty
        assert step.stayed is step.after

    def test_new_and_cleared_by_side(self):
        step = self.step([], [("in", box(2, 2, 3, 3)), ("out", box(6, 0, 9, 1))])
        assert hectares(step) == {"new_inside": 1, "new_outside": 3}
        back = self.step([("in", box(2, 2, 3, 3)), ("out", box(6, 0, 9, 1))], [])
        assert hectares(back) == {"cleared_inside": 1, "cleared_outside": 3}

    def test_a_new_plot_across_the_boundary_is_two_kinds(self):
        assert hectares(self.step([], [("on", box(3, 0, 6, 1))])) == {"new_inside": 1, "new_outside": 2}

    def test_a_plot_that_grows_is_new_where_it_grew(self):
        step = self.step([("a", box(6, 0, 7, 1))], [("a", box(6, 0, 9, 1))])
        assert hectares(step) == {"new_outside": 2}
        assert step.lineage.to_dict("records") == [
            {"before": "a", "after": "a", "m2": pytest.approx(HA), "kind": "redrawn"}
        ]

    def test_another_industrial_class(self):
        step = self.step([("a", box(6, 0, 8, 1))], [("a", box(6, 0, 8, 1), {s.CODE: "06H1"})])
        assert hectares(step) == {"reclassified": 2}
        assert step.after.share == step.before.share

    def test_a_class_the_definition_does_not_count(self):
        storage = {s.CODE: "0508", s.USE: "storage"}
        step = self.step([("a", box(6, 0, 8, 1))], [("a", box(6, 0, 8, 1), storage)])
        assert hectares(step) == {"reclassified": 2}
        assert step.components.loc["reclassified", "total_m2"] == pytest.approx(-2 * HA)
        assert step.after.share == 1

    def test_another_district(self):
        step = self.step([("a", box(6, 0, 8, 1))], [("a", box(6, 0, 8, 1), {s.DISTRICT: "330105"})])
        assert hectares(step) == {"transferred": 2}
        by = step.districts.set_index(s.DISTRICT)["total_m2"] / HA
        assert by.round(6).to_dict() == {"330105": 2, "330114": -2}

    def test_a_boundary_redrawn_around_a_factory_that_stays(self):
        land = [("a", box(5, 0, 8, 1))]
        wider = [box(0, 0, 6, 4)]
        step = self.step(land, land, (PARK, wider))
        assert hectares(step) == {"redrawn_in": 1}
        assert step.before.share == pytest.approx(2 / 5)
        assert step.after.share == pytest.approx(3 / 5)
        assert step.stayed.share == pytest.approx(2 / 5)
        assert step.boundary_effect == pytest.approx(1 / 5)
        assert hectares(self.step(land, land, (wider, PARK))) == {"redrawn_out": 1}

    def test_new_land_that_only_a_redrawn_boundary_holds_is_told_apart(self):
        step = self.step([], [("a", box(5, 0, 6, 1)), ("b", box(2, 2, 3, 3))], (PARK, [box(0, 0, 6, 4)]))
        assert hectares(step) == {"new_inside": 2}
        assert step.admitted["parcel_after"].tolist() == ["a"]
        assert step.stayed.share == pytest.approx(3 / 4)

    def test_a_line_drawn_anew_is_no_news(self):
        step = self.step([("a", box(6, 0, 7, 1))], [("a", box(6.003, 0.002, 7.003, 1.002))])
        assert set(hectares(step)) == {"redigitised"}
        assert self.step([("a", box(6, 0, 7, 1))], [("a", box(6, 0, 7.02, 1))], shift=1.0).components.loc[
            "new_outside", "m2"
        ] == pytest.approx(0.02 * HA)

    def test_a_park_drawn_anew_is_no_news(self):
        land = [("a", box(3, 2, 6, 3))]
        step = self.step(land, land, (PARK, [box(0, 0, 4.004, 4)]))
        assert hectares(step) == {"redigitised": 0.004}
        assert step.components.loc["redigitised", "inside_m2"] == pytest.approx(0.004 * HA)

    def test_the_width_of_a_redrawn_strip_counts_and_not_that_of_the_plots_in_it(self):
        thin = [("a", box(4.5, 0, 4.505, 1))]
        assert hectares(self.step(thin, thin, (PARK, [box(0, 0, 6, 4)]))) == {"redrawn_in": 0.005}

    def test_a_new_plot_is_news_however_thinly_it_is_parcelled(self):
        whole = self.step([], [("a", box(6, 0, 7, 1))])
        strips = [(f"a{k}", box(6 + k / 200, 0, 6 + (k + 1) / 200, 1)) for k in range(200)]
        assert hectares(self.step([], strips)) == hectares(whole) == {"new_outside": 1}

    def test_the_same_land_stated_anew(self):
        registered = Definition(area="registered")
        before, after = (
            shot(parcels([self.STAYS, box(6, 0, 7, 1)], registered=[2 * HA, area]), definition=registered, when=k)
            for k, area in enumerate((HA, HA - 100))
        )
        step = compared(before, after)
        adds_up(step)
        assert hectares(step) == {"restated": 0.01}
        assert step.components.loc["restated", "total_m2"] == pytest.approx(-100)
        assert step.changed.empty

    def test_land_redrawn_and_stated_anew_is_redrawn_by_the_measure_it_had_outside(self):
        registered = Definition(area="registered")
        before, after = (
            shot(parcels([self.STAYS, box(5, 0, 6, 1)], registered=[2 * HA, area]), [park], registered, k)
            for k, (area, park) in enumerate(((HA, PARK[0]), (HA - 100, box(0, 0, 6, 4))))
        )
        there, back = compared(before, after), compared(after, before)
        for step in (there, back):
            adds_up(step)
        assert hectares(there) == {"redrawn_in": 1, "restated": 0.01}
        assert hectares(back) == {"redrawn_out": 1, "restated": 0.01}
        assert there.components.loc["redrawn_in", "inside_m2"] == pytest.approx(HA)
        assert back.components.loc["redrawn_out", "inside_m2"] == pytest.approx(-HA)
        assert back.components.loc["redrawn_out", "total_m2"] == 0


def test_whole_parcels_change_sides_only_where_a_boundary_moved():
    """Under the majority rule a split plot gives one half to the park: nothing was redrawn but the parcels."""
    majority = Definition(area="planar", rule="majority")
    one = shot([box(0, 0, 1, 1), box(3, 0, 6, 1)], definition=majority)
    two = shot([box(0, 0, 1, 1), box(3, 0, 4, 1), box(4, 0, 6, 1)], definition=majority, when=1)
    step = compared(one, two)
    adds_up(step)
    assert hectares(step) == {"redigitised": 1}
    moved = shot([box(0, 0, 1, 1), box(3, 0, 6, 1)], [box(0, 0, 6, 4)], majority, 1)
    step = compared(one, moved)
    adds_up(step)
    assert hectares(step) == {"redrawn_in": 3}


def test_descent_of_parcels():
    before = parcels(
        [box(0, 0, 4, 1), box(5, 0, 6, 1), box(6, 0, 7, 1), box(8, 0, 10, 1), box(0, 2, 1, 3), box(2, 2, 3, 3)],
        ids=["one", "left", "right", "grows", "named", "stays"],
    )
    after = parcels(
        [box(0, 0, 1, 1), box(1, 0, 4, 1), box(5, 0, 7, 1), box(8, 0, 11, 1), box(0, 2, 1, 3), box(2, 2, 3, 3)],
        ids=["a", "b", "both", "grows", "renamed", "stays"],
    )
    step = compared(shot(before), shot(after, when=1))
    got = {(row.before, row.after): row.kind for row in step.lineage.itertuples()}
    assert got == {
        ("one", "a"): "split",
        ("one", "b"): "split",
        ("left", "both"): "merged",
        ("right", "both"): "merged",
        ("grows", "grows"): "redrawn",
        ("named", "renamed"): "renumbered",
    }


@pytest.mark.parametrize(
    ("column", "other", "what"),
    [
        ("m2_after", lambda x: x * 1.001, "industrial land after the change"),
        ("park_before", lambda x: x.map(lambda _park: ""), "inside parks before the change"),
        ("district_after", lambda x: x.replace("330114", "330105"), "of district 330114 after the change"),
    ],
)
def test_parts_that_do_not_make_up_a_date_are_refused(column, other, what):
    step = compared(shot([box(0, 0, 1, 1)]), shot([box(0, 0, 2, 1)], when=1))
    parts = step.parts.assign(**{column: other(step.parts[column])})
    with pytest.raises(AccountingError, match=what):
        c.ChangeLedger(step.start, step.end, step.before, step.after, step.stayed, parts, step.lineage)


def test_a_cut_that_loses_land_is_refused(monkeypatch):
    def losing(*layers, **options):
        laid = overlay(*layers, **options)
        return replace(laid, geometry=array([shapely.buffer(laid.geometry[0], -1), *laid.geometry[1:]]))

    monkeypatch.setattr("landuse.analysis.change.compare.overlay", losing)
    with pytest.raises(AccountingError, match="parcel p000 on 2023-12-31 miss"):
        compared(shot([box(0, 0, 1, 1)]), shot([box(0, 0, 1, 1)], when=1))


corner = st.integers(0, 7)
rectangle = st.tuples(corner, corner, st.integers(1, 4), st.integers(1, 4)).map(
    lambda r: (r[0], r[1], r[0] + r[2], r[1] + r[3])
)
layer = st.lists(rectangle, min_size=1, max_size=5)
sites = st.lists(rectangle, min_size=1, max_size=3)


def toy(land, site, definition=PLANAR, when=0):
    return shot([box(*r) for r in land], [box(*r) for r in site], definition, when)


@given(layer, sites, layer, sites)
def test_every_kind_is_as_large_as_its_cells(land0, park0, land1, park1):
    """Against sets of unit cells: no geometry, no tolerance."""
    before, after = (set().union(*map(cells, land)) for land in (land0, land1))
    was, now = (set().union(*map(cells, site)) for site in (park0, park1))
    want = Counter()
    for cell in before | after:
        if cell in before and cell in after and (cell in was) != (cell in now):
            want["redrawn_in" if cell in now else "redrawn_out"] += 1
        elif cell not in before:
            want["new_inside" if cell in now else "new_outside"] += 1
        elif cell not in after:
            want["cleared_inside" if cell in was else "cleared_outside"] += 1
    step = compared(toy(land0, park0), toy(land1, park1, when=1))
    adds_up(step)
    assert hectares(step) == want
    assert step.stayed.inside_m2 / HA == pytest.approx(len(after & was))


@given(layer, sites, layer, sites, st.sampled_from(["clip", "centroid", "majority"]))
def test_the_components_add_up_under_every_rule(land0, park0, land1, park1, rule):
    definition = Definition(area="ellipsoidal", rule=rule)
    adds_up(compared(toy(land0, park0, definition), toy(land1, park1, definition, when=1)))


#: Tests that compare several pairs of dates an example.
few = settings(max_examples=max(6, settings.default.max_examples * 2 // 5))
MIRROR = {
    "new_inside": "cleared_inside",
    "new_outside": "cleared_outside",
    "redrawn_in": "redrawn_out",
}
MIRROR |= {v: k for k, v in MIRROR.items()}


@few
@given(layer, sites, layer, sites)
def test_back_is_there_in_the_mirror(land0, park0, land1, park1):
    there = compared(toy(land0, park0), toy(land1, park1, when=1)).components
    back = compared(toy(land1, park1), toy(land0, park0, when=1)).components
    for kind, row in there.iterrows():
        other = back.loc[MIRROR.get(kind, kind)]
        assert other["m2"] == pytest.approx(row["m2"], abs=1e-4)
        assert other["effect"] == pytest.approx(-row["effect"], abs=1e-12)


@given(layer, sites)
def test_a_date_against_itself_is_empty(land, site):
    step = compared(toy(land, site), toy(land, site, when=1))
    assert step.changed.empty
    assert (step.components == 0).all(axis=None)
    assert step.lineage.empty


@few
@given(layer, sites, layer, sites, st.integers(1, 9))
def test_splitting_a_parcel_changes_nothing(land0, park0, land1, park1, where):
    before, after = toy(land0, park0), [box(*r) for r in land1]
    x = after[0].bounds[0] + where / 10 * (after[0].bounds[2] - after[0].bounds[0])
    halves = [shapely.intersection(after[0], shapely.box(*side)) for side in _halves(x, after[0].bounds)]
    whole = compared(before, shot(after, [box(*r) for r in park1], when=1)).components
    split = compared(before, shot([*halves, *after[1:]], [box(*r) for r in park1], when=1)).components
    assert np.allclose(whole, split, rtol=0, atol=1e-4)


def _halves(x, bounds):
    return (bounds[0], bounds[1], x, bounds[3]), (x, bounds[1], bounds[2], bounds[3])


@given(layer, sites, st.lists(st.floats(-0.3, 0.3), min_size=40, max_size=40))
def test_jitter_of_every_corner_is_no_news(land, site, offsets):
    """Every parcel alone, each corner off by up to 0.3 m: slivers, and nothing that asks for a word."""
    apart = [box(12 * k, 20, 12 * k + r[2] - r[0], 20 + r[3] - r[1]) for k, r in enumerate(land)]
    moves = np.array(offsets).reshape(5, 4, 2)
    drawn = [shapely.Polygon(np.array(shape.exterior.coords)[:4] + moves[k]) for k, shape in enumerate(apart)]
    where = [box(*r) for r in site] + [box(1, 21, 40, 22)]
    step = compared(shot(apart, where), shot(drawn, where, when=1))
    adds_up(step)
    assert set(hectares(step)) <= {"redigitised"}


@few
@given(layer, sites, layer, sites, layer, sites)
def test_two_steps_add_up_to_one_for_stock_but_not_for_flows(land0, park0, land1, park1, land2, park2):
    """Totals and shares telescope. New and cleared do not: land built in the first step and cleared in the second was
    never there between the ends; land cleared and built again is cleared and new in the steps and unchanged, redrawn
    or reclassified between the ends. The difference of new and cleared does telescope, where no boundary moves.
    """
    a, b, d = toy(land0, park0), toy(land1, park1, when=1), toy(land2, park2, when=2)
    ab, bd, ad = compared(a, b).components, compared(b, d).components, compared(a, d).components
    for column in ("total_m2", "inside_m2", "effect"):
        scale = 1e-12 if column == "effect" else 1e-4
        assert ab[column].sum() + bd[column].sum() == pytest.approx(ad[column].sum(), abs=scale)
    lasting = [set().union(*map(cells, land)) for land in (land0, land1, land2)]
    passing = len(lasting[1] - lasting[0] - lasting[2])  # built and cleared again
    lost_and_found = len((lasting[0] & lasting[2]) - lasting[1])
    new, cleared = (
        (ab["m2"] + bd["m2"] - ad["m2"])[[f"{way}_inside", f"{way}_outside"]].sum() / HA for way in ("new", "cleared")
    )
    assert new == pytest.approx(passing + lost_and_found)
    assert cleared == pytest.approx(passing + lost_and_found)


def test_nearly_the_same_boundary_is_no_trouble():
    """Two layers of one boundary, off by less than a millimetre, as re-projecting leaves them."""
    rng = np.random.default_rng(3)
    ring = [box(0, 0, 4, 4), box(4, 0, 8, 4)]
    shaken = [
        shapely.Polygon(np.array(shapely.segmentize(p, 37).exterior.coords)[:-1] + rng.normal(0, 1e-7, (1, 2)))
        for p in ring
    ]
    land = [box(3, 1, 5, 2), box(7, 0, 9, 1), box(0, 3, 1, 4)]
    step = compared(shot(land, ring), shot(land, shaken, when=1))
    adds_up(step)
    assert set(hectares(step)) <= {"redigitised"}


def test_recorded_changes_come_before_lines():

    rows = gpd.GeoDataFrame(
        {
            "BGQDLBM": ["0101", "0601", "0601"],
            "BGHDLBM": ["0601", "0601", "0701"],
            "XZQTZLX": ["0", "2", "0"],
        },
        geometry=array([box(6, 0, 6.005, 1), box(10, 0, 12, 1), box(0, 10, 1, 11)]),
        crs=WORKING,
    )
    columns = {"before": "BGQDLBM", "after": "BGHDLBM", "moved": "XZQTZLX"}
    updates = as_updates(raw(rows), columns, load("third_survey", ()), WORKING).layer
    before = shot(parcels([box(0, 0, 2, 1), box(10, 0, 12, 1)], ids=["a", "gone"]))
    after = shot(
        parcels([box(0, 0, 2, 1), box(6, 0, 6.005, 1), box(8, 0, 8.005, 1), box(8, 4, 9, 5)], ids=list("anoz")), when=1
    )
    step = compared(before, after, updates=updates)
    adds_up(step)
    assert hectares(step) == {
        "new_outside": 1.005,  # the recorded strip, and the wide plot nobody recorded
        "transferred": 2,
        "redigitised": 0.005,
    }

    loose, unseen = update_issues(step, updates, {"0601"})
    assert (loose.check, loose.count, loose.rows) == ("changes_unrecorded", 1, ("z",))
    assert loose.area_m2 == pytest.approx(HA)
    assert (unseen.check, unseen.area_m2) == ("records_unseen", pytest.approx(HA))


def test_below_a_hundredth_of_a_square_metre_nothing_is_a_change_or_an_alert_and_the_sums_hold_it():
    """New plots of a hectare cut off by the park at 0.009 and 0.011 m² outside it, in units of 100 m."""
    new = [box(3, k, 4 + width * 1e-6, k + 1) for k, width in enumerate((0.9, 1.1))]
    step = compared(shot([box(0, 0, 1, 1)]), shot(parcels([box(0, 0, 1, 1), *new]), when=1))
    adds_up(step)
    assert step.components["m2"]["new_outside"] == pytest.approx(0.02, rel=1e-3)
    outside = step.changed[step.changed["kind"] == c.NEW_OUTSIDE]
    assert outside["parcel_after"].tolist() == ["p002"]
    known = pd.Series({"p001": "adjoining", "p002": "adjoining"})
    alerts = new_plots_outside(step, known, {}, {}, lambda: parcels([box(0, 0, 1, 1)]))
    assert alerts["plot"].tolist() == ["p002"]
