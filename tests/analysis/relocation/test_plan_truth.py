"""The plan of the sample city: spare land, fits and districts against the truth; the share after, cut again."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shapely

from landuse import schema as s
from landuse.analysis.relocation.problem import pool_of
from landuse.analysis.share.build import build_ledger
from landuse.analysis.share.concentration import assign_districts, park_concentration
from landuse.pipeline.load_inputs import admit
from landuse.pipeline.run import plan_rule
from landuse.units import to_mu


@pytest.fixture(scope="module")
def pool(city):
    f, study = city.result, city.study
    inputs = admit(study, plan=True).plan
    rule = replace(plan_rule(study, f.ledger.parcels[s.PARCEL]), pool="candidates")
    return pool_of(f.ledger, f.scatter, f.candidates, inputs, rule)


@pytest.fixture(scope="module")
def truth(city):
    return city.truth["relocation"]


def test_blocks_are_those_of_the_truth(pool, truth):
    found = pool.blocks.set_index([s.PARK, s.BLOCK])
    assert len(found) == len(truth["blocks"])
    for block in truth["blocks"]:
        row = found.loc[(block["park"], block["block"])]
        assert row["spare_m2"] == pytest.approx(block["spare_m2"], rel=1e-9, abs=1e-6)
        assert row["stated"] == block["stated"]
        assert row["from_year"] == (block["from_year"] or 0)
        assert row["price_yuan_m2"] == pytest.approx(block["price"] * 15)
        assert list(row["industries"]) == block["industries"]
        assert row["pollution"] == (block["pollution"] or 3)
        assert row[s.DISTRICT] == block["district"]
    assert any(not b["stated"] for b in truth["blocks"])


def test_every_fit_of_every_candidate(pool, truth):
    blocks = list(pool.blocks[s.BLOCK])
    assert sorted(pool.free.index) == sorted(truth["fits"])
    for plot, fits in zip(pool.free.index, pool.fits, strict=True):
        found = {b: fit for b, fit in zip(blocks, fits, strict=True) if fit in ("leading", "related", "any")}
        assert found == truth["fits"][plot], plot
        assert list(pool.free["industries"][plot]) == truth["industry"][plot]


def test_the_plan_reaches_the_target_and_keeps_every_condition(city):
    r = city.result.relocation
    assert r.exists
    assert r.after.share >= 0.70
    assert all(stage.gap <= r.rule.gap for stage in r.stages)
    assert (r.blocks["used_m2"] <= r.blocks["spare_m2"] + 1e-6).all()
    by_year = r.moves.groupby("year")["area_m2"].sum()
    assert (by_year <= r.rule.quota_m2 + 1e-6).all()
    opens = dict(zip(zip(r.blocks[s.PARK], r.blocks[s.BLOCK], strict=True), r.blocks["from_year"], strict=True))
    moved = r.moves[r.moves["action"] == "move"]
    assert all(
        year >= opens[park, block]
        for year, park, block in zip(moved["year"], moved[s.PARK], moved[s.BLOCK], strict=True)
    )
    fits = city.truth["relocation"]["fits"]
    told = [(p, b, f) for p, b, f in zip(moved.index, moved[s.BLOCK], moved["fit"], strict=True) if p in fits]
    assert told
    assert all(fits[p][b] == f for p, b, f in told)


def test_no_alternative_is_cheaper(city):
    table = city.result.relocation.alternatives
    for name in ("greedy", "nearest"):
        assert not table.loc[name, "met"] or table.loc[name, "cost_yuan"] >= table.loc["plan", "cost_yuan"] * (1 - 3e-3)
    assert table.loc["plan", "met"]


def test_the_share_after_is_that_of_a_city_drawn_anew(city):
    """Each plot that moves becomes a square in its block, and the whole city is cut again."""
    f, study = city.result, city.study
    r = f.relocation
    inputs = admit(study)
    parcels = assign_districts(inputs.parcels, inputs.districts)
    gone = r.moves[r.moves["action"] != "rebuild"]
    moved = gone[gone["action"] == "move"]
    stay = parcels[~parcels[s.PARCEL].isin(gone.index)]
    came = parcels.set_index(s.PARCEL).loc[moved.index].reset_index()
    point = shapely.points(moved["x"].to_numpy(), moved["y"].to_numpy())
    # small enough to lie in one face; where it lies changes no registered area
    came = came.set_geometry(shapely.buffer(point, 0.5 + 1e-3 * np.arange(len(came)), cap_style="square"))
    came[s.PARCEL] = [f"~{plot}" for plot in moved.index]
    came[s.DISTRICT] = moved["to_district"].to_numpy()
    anew = pd.concat([stay, came.set_crs(stay.crs)], ignore_index=True)
    # squares at one point lie on each other and on what is there: only the register's areas are asked for, uncontested
    ledger = build_ledger(anew, inputs.parks["approved"], workers=1)
    parts = ledger.parts.assign(counted=True)
    share = park_concentration(type(ledger)(**{**vars(ledger), "parts": parts}), study.headline).share
    assert share == pytest.approx(r.after.share, abs=1e-12)
    assert r.before.share == pytest.approx(city.result.concentration.share, abs=0)


def test_years_add_up_to_the_plan(city):
    r = city.result.relocation
    assert r.years["plots"].sum() == r.plots
    assert r.years["cost_yuan"].sum() == pytest.approx(r.cost_yuan)
    assert r.years["share"].iloc[-1] == pytest.approx(r.after.share)
    assert r.years["share"].is_monotonic_increasing
    assert r.flows["area_m2"].sum() == pytest.approx(r.moved_m2)
    assert to_mu(r.moved_m2) > 0
