"""The sample city's earlier years: every planted change is found, in its class, to 1e-9 of its area."""

import datetime as dt
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
import shapely

from landuse import schema as s
from landuse.analysis.change.compare import Snapshot, change_ledger
from landuse.analysis.overlay.laid import overlay
from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.share.concentration import park_concentration
from landuse.geo.repair import polygonal
from landuse.pipeline.build_ledgers import build_dated_ledgers
from landuse.pipeline.load_inputs import admit
from landuse.pipeline.progress import Progress
from landuse.results.change import UNCHANGED

JITTER_M = 0.3


@pytest.fixture(scope="module")
def shots(dated):
    """Each year of the city, in ellipsoidal area, as truth.json has it."""
    study = dated.study
    study = study.model_copy(update={"definition": study.definition.model_copy(update={"area": "ellipsoidal"})})
    every = [*(study.at(snapshot) for snapshot in study.earlier), study.model_copy(update={"boundaries": ()})]
    out = {}
    for the in every:
        stock = build_dated_ledgers(the, admit(the, enterprises=False), Progress())
        share = park_concentration(stock.ledger, the.headline)
        out[the.study.date.year] = Snapshot(the.study.date, stock.land, stock.ledger, share)
    return out


@pytest.mark.parametrize("years", [(2023, 2024), (2024, 2025)])
def test_every_planted_change_is_found_in_its_class(dated, shots, years):
    planted = defaultdict(float)
    for row in dated.truth["changes"]:
        if (row["from"], row["to"]) == years:
            planted[row["kind"], row["id"]] += row["area_m2"]
    step = change_ledger(shots[years[0]], shots[years[1]])
    parts = step.changed
    plot = np.where(parts["parcel_after"] == "", parts["parcel_before"], parts["parcel_after"])
    land = parts[["m2_before", "m2_after"]].max(axis=1)
    found = land.groupby([parts["kind"], pd.Series(plot, index=parts.index)]).sum()
    found = found[found > 1e-6].to_dict()
    assert found.keys() == planted.keys()
    for key, m2 in planted.items():
        assert found[key] == pytest.approx(m2, rel=1e-9), key
    assert step.components.drop(sorted({kind for kind, _id in planted}))["m2"].max() < 1e-6


def test_the_plants_hold_every_kind(dated):
    kinds = {row["kind"] for row in dated.truth["changes"]}
    assert kinds == {
        "new_inside",
        "new_outside",
        "cleared_inside",
        "cleared_outside",
        "reclassified",
        "redrawn_in",
        "redrawn_out",
        "transferred",
    }


def test_each_years_share(dated, shots):
    for row in dated.truth["snapshots"]:
        share = shots[dt.date.fromisoformat(row["date"]).year].concentration
        assert share.total_m2 == pytest.approx(row["total_m2"], rel=1e-12)
        assert share.share == pytest.approx(row["share"], rel=1e-12)


def test_the_run_says_the_same_in_registered_area(dated):
    """Land whose stated area is the truth to a cent: whole parcels agree with the sum of theirs."""
    stated = dated.result.ledger.parcels.set_index(s.PARCEL)[s.REGISTERED]
    last = dated.result.history.last
    new = [r["id"] for r in dated.truth["changes"] if r["to"] == 2025 and r["kind"] == "new_inside"]
    assert last.components.loc["new_inside", "m2"] == pytest.approx(stated[new].sum(), rel=1e-12)


def shaken(shot, seed):
    """The same parcels drawn anew: every vertex off by up to 0.3 m."""
    rng = np.random.default_rng(seed)
    parcels = shot.land.parcels.drop(columns=[s.PLANAR, s.ELLIPSOIDAL, "unstated"])
    polygons = np.array(parcels.geometry.to_numpy(), dtype=object)
    xy, owner = shapely.get_coordinates(polygons, return_index=True)
    corner, which = np.unique(np.column_stack([owner, xy]), axis=0, return_inverse=True)  # a ring ends where it began
    moves = rng.uniform(-JITTER_M, JITTER_M, (len(corner), 2))
    polygons = polygonal(shapely.make_valid(shapely.set_coordinates(polygons, xy + moves[which])))
    return parcels.set_geometry(polygons, crs=parcels.crs)


def test_an_untouched_city_redrawn_with_jitter_is_no_news(shots):
    now = shots[2025]
    land = count_land(shaken(now, 5))
    ledger = cut_land(land, now.ledger.parks)
    again = Snapshot(dt.date(2026, 12, 31), land, ledger, park_concentration(ledger, now.concentration.definition))
    step = change_ledger(now, again)
    news = step.components.drop("redigitised")
    assert news["m2"].max() < 1e-6
    assert step.components.loc["redigitised", "m2"] > 100
    assert step.changed["kind"].eq("redigitised").all()


def test_a_park_redrawn_with_no_factory_moved_changes_only_that(shots):
    now = shots[2025]
    parks = now.ledger.parks.copy()
    grown = parks.geometry.to_numpy().copy()
    grown[0] = shapely.buffer(grown[0], 150, join_style="mitre")
    parks = parks.set_geometry(grown, crs=parks.crs)
    ledger = cut_land(now.land, parks)
    share = park_concentration(ledger, now.concentration.definition)
    step = change_ledger(now, Snapshot(dt.date(2026, 12, 31), now.land, ledger, share))
    kinds = step.components["m2"]
    assert kinds["redrawn_in"] > 1e4
    assert kinds.drop("redrawn_in").max() < 1e-6
    assert step.stayed.share == pytest.approx(now.concentration.share, rel=1e-12)
    assert step.components.loc["redrawn_in", "effect"] == pytest.approx(share.share - now.concentration.share)


def test_most_parcels_are_recognised_without_a_cut(shots):
    before, after = (shots[year].land.pieces for year in (2024, 2025))
    laid = overlay(before, after)
    assert laid.same.sum() > 0.95 * len(after)
    untouched = laid.geometry[laid.same]
    assert all(a is b for a, b in zip(untouched, before[laid.before[laid.same]], strict=True))


def test_violations_are_the_planted_new_plots_outside(dated):
    history = dated.result.history
    planted = {row["id"]: row for row in dated.truth["changes"] if row["kind"] == "new_outside"}
    found = history.violations.set_index("plot")
    assert set(found.index) == set(planted)
    allowed = dated.truth["oversight"]["exceptions"]
    assert allowed
    assert found["document"][found["document"] != ""].to_dict() == allowed
    assert set(history.alerts["plot"]) == set(planted) - set(allowed)
    approvals = dated.truth["oversight"]["approvals"]
    assert found[s.APPROVAL].to_dict() == {plot: approvals.get(plot, "") for plot in planted}
    assert (found["code_before"] == "0101").all()
    assert found["stands"].all()
    for plot, row in planted.items():
        assert found.loc[plot, "end"].year == row["to"]
        assert found.loc[plot, s.AREA_M2] == pytest.approx(row["area_m2"], abs=0.006)
    positions = dated.result.scatter.plots["position"]
    assert (found["position"] == positions[found.index]).all()


def test_the_trajectory_sums_what_the_steps_found(dated):
    t = dated.result.history.trajectory
    city = t.city.set_index("date")
    steps = dated.result.history.steps
    for step in steps:
        cleared = step.components.loc[["cleared_inside", "cleared_outside"], "m2"].sum()
        assert city.loc[step.end, "cleared_m2"] == pytest.approx(cleared)
    by_district = t.districts.groupby("date")[["total_m2", "inside_m2", "cleared_m2"]].sum()
    columns = ["total_m2", "inside_m2"]
    assert np.allclose(by_district[columns], city[columns], rtol=1e-12)
    assert np.allclose(by_district["cleared_m2"].iloc[1:], city["cleared_m2"].iloc[1:])
    factory = t.counters[t.counters["counter"] == "factory"].set_index("end")["value"]
    for year, want in ((2024, 4), (2025, 4)):
        counted = [r["factory_m2"] for r in dated.truth["oversight"]["counters"] if r["date"][:4] == str(year)]
        assert len(counted) == want
        assert factory[dt.date(year, 12, 31)] == pytest.approx(sum(counted))


def test_unchanged_land_is_in_the_ledger_too(dated):
    step = dated.result.history.last
    stays = step.parts[step.parts["kind"] == UNCHANGED]
    assert len(stays) > 0.9 * len(step.parts)
    assert stays["m2_before"].sum() == pytest.approx(stays["m2_after"].sum())
