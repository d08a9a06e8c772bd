"""A relocation plan for the city of four plots, by hand: two plots move, one is cleared, one is rebuilt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse.analysis.relocation.tables import park_taxes
from landuse.results.concentration import Concentration
from landuse.results.relocation import (
    FEASIBLE,
    INFEASIBLE,
    NOT_NEEDED,
    OPTIMAL,
    Frontier,
    PlanRule,
    Relocation,
    Shortfall,
    Stage,
)

if TYPE_CHECKING:
    from landuse.results.run import RunResult

#: Where the plots of the toy stand: inside, on the edge, outside, outside.
ACTIONS = ("rebuild", "clear", "move", "move")


def with_relocation(result: RunResult, status: str = OPTIMAL, *, copies: int = 1) -> RunResult:
    """The toy findings with a plan: the third and the fourth plot move into blocks of the first park, the one on the
    edge is cleared, the one inside is rebuilt. `copies` repeats every plot, for layers of many shapes."""
    before = result.concentration
    rule = _rule(before.target)
    moves, blocks = _moves(result, copies), _blocks(result)
    if status in (INFEASIBLE, NOT_NEEDED):
        moves = moves.iloc[:0]
    moved = moves[moves["action"] == "move"]
    used = moved.groupby("place")
    blocks["used_m2"] = blocks["place"].map(used["land_used_m2"].sum()).fillna(0.0).astype(float)
    blocks["spare_m2"] = np.maximum(blocks["spare_m2"], blocks["used_m2"])
    blocks["plots"] = blocks["place"].map(used.size()).fillna(0).astype(int)
    after = _after(before, moves)
    cost, area = float(moves["cost_yuan"].sum()), float(moves["area_m2"].sum())
    has = len(moves) > 0
    columns = ["met", "plots", "area_m2", "cost_yuan", "share"]
    table = {
        "plan": (True, len(moves), area, cost, after.share),
        "greedy": (True, len(moves) + 1, area, cost * 1.25, after.share),
        "nearest": (False, len(moves), area, cost * 1.5, after.share),
    }
    gap = 0.0 if status == OPTIMAL else 0.01
    bound = cost / (1 + gap)
    taxes = park_taxes(result.ledger, before, result.candidates, moves)
    return replace(
        result,
        park_taxes=taxes,
        relocation=Relocation(
            rule=rule,
            status=status,
            stages=(Stage("cost", cost, bound, gap),) if has else (),
            moves=moves,
            blocks=blocks,
            before=before,
            after=after,
            alternatives=pd.DataFrame.from_dict(table if has else {}, orient="index", columns=columns),
            years=_years(moves, before, after, rule),
            flows=_flows(moved),
            pool=_pool(result),
            frontier=_frontier(after, cost, len(moves)) if has else None,
            shortfalls=(Shortfall("land", "330110", 8_000.0), Shortfall("quota", "2027", 2_000.0))
            if status == INFEASIBLE
            else (),
            cut_short=status == FEASIBLE,
        ),
    )


def _rule(target: float) -> PlanRule:
    return PlanRule(
        objectives=("cost",),
        pool="outside",
        actions=("move", "clear", "rebuild"),
        years=range(2026, 2028),
        targets={2027: target},
        by_district=False,
        compaction=0.8,
        cross_district="charged",
        exclude=(),
        firms_together=False,
        quota_m2=0.0,
        goal_m2=0.0,
        budget_yuan=0.0,
        housing_m=0.0,
        gap=0.01,
        compensation=600.0,
        rebuild=900.0,
        charge=75.0,
        haul=3.0,
        tax_years=3.0,
    )


def _moves(result: RunResult, copies: int) -> gpd.GeoDataFrame:
    parcels = result.ledger.parcels
    shapes, ids = parcels.geometry.to_numpy(), parcels["parcel_id"].to_numpy(dtype=object)
    home, place = _homes(result), np.array([-1, -1, 0, 1])
    at = shapely.get_coordinates(shapely.point_on_surface(home))
    move = np.array(ACTIONS) == "move"
    area = parcels["registered_m2"].to_numpy(dtype=float)
    distance = np.where(move, [0.0, 0.0, 780.0, 1_640.0], np.nan)
    table = gpd.GeoDataFrame(
        {
            "district": "330110",
            "area_m2": area,
            "reasons": pd.Series([(), (), ("L2",), ("L2",)], dtype=object).to_numpy(),
            "handling": ["", "", "move", "move"],
            "tax_yuan": [250_000.0, 40_000.0, 930_000.0, 75_000.0],
            "tax_known": [True, True, True, False],
            "industries": pd.Series([(3311,), (), (3484, 3670), ()], dtype=object).to_numpy(),
            "action": ACTIONS,
            "year": [2027, 2026, 2026, 2027],
            "park_id": np.where(move, "A", ""),
            "park_name": np.where(move, str(result.concentration.parks["park_name"]["A"]), ""),
            "block_id": ["", "", *_block_ids(result)],
            "to_district": np.where(move, "330110", ""),
            "land_used_m2": np.where(move, 0.8 * area, 0.0),
            "distance_m": distance,
            "fit": ["", "", "leading", "any"],
            "cost_yuan": [9_000_000.0, 6_120_000.0, 8_400_000.0, 2_900_000.0],
            "x": np.where(move, at[[0, 0, 0, 1], 0], np.nan),
            "y": np.where(move, at[[0, 0, 0, 1], 1], np.nan),
            "place": place,
        },
        geometry=shapes,
        crs=parcels.crs,
        index=pd.Index(ids, name="parcel_id"),
    )
    table = table.iloc[[2, 1, 3, 0]]
    many = [table.rename(index=lambda x, k=k: f"{x}#{k}") for k in range(1, copies)]
    return gpd.GeoDataFrame(pd.concat([table, *many])) if many else table


def _homes(result: RunResult) -> np.ndarray:
    parks = result.ledger.parks
    return np.asarray(parks.geometry.to_numpy()[(parks["park_id"] == "A").to_numpy()], dtype=object)


def _block_ids(result: RunResult) -> list[str]:
    parks = result.ledger.parks
    own = parks[parks["park_id"] == "A"]
    given = own["block_id"].astype(str) if "block_id" in own else pd.Series([""] * len(own))
    return [b or f"A-{k}" for k, b in enumerate(given, 1)]


def _blocks(result: RunResult) -> gpd.GeoDataFrame:
    home = _homes(result)
    at = shapely.get_coordinates(shapely.point_on_surface(home))
    return gpd.GeoDataFrame(
        {
            "place": [0, 1],
            "park_id": "A",
            "park_name": str(result.concentration.parks["park_name"]["A"]),
            "block_id": _block_ids(result),
            "district": "330110",
            "spare_m2": [20_000.0, 6_000.0],
            "stated": [True, False],
            "from_year": [0, 2027],
            "price_yuan_m2": [450.0, 300.0],
            "industries": pd.Series([(34, 35), ()], dtype=object).to_numpy(),
            "pollution": [2, 3],
            "pollution_stated": [True, False],
            "partner": "",
            "credit": 0.0,
            "x": at[:, 0],
            "y": at[:, 1],
        },
        geometry=home,
        crs=result.ledger.parks.crs,
    )


def _after(before: Concentration, moves: gpd.GeoDataFrame) -> Concentration:
    """Land outside leaves, what moves arrives in the first park; of the plot on the edge only what lies outside."""
    came = float(moves["land_used_m2"].sum())
    left = min(before.outside_m2, float(moves.loc[moves["action"] != "rebuild", "area_m2"].sum()))
    districts, parks = before.districts.copy(), before.parks.copy()
    districts.loc["330110", "total_m2"] += came - left
    districts.loc["330110", "inside_m2"] += came
    districts["share"] = districts["inside_m2"] / districts["total_m2"].where(districts["total_m2"] > 0)
    districts["gap_m2"] = before.target * districts["total_m2"] - districts["inside_m2"]
    parks.loc["A", ["industrial_m2", "industrial_gross_m2"]] += came
    return Concentration(
        before.definition, before.target, before.total_m2 + came - left, before.inside_m2 + came, districts, parks
    )


def _years(moves: gpd.GeoDataFrame, before: Concentration, after: Concentration, rule: PlanRule) -> pd.DataFrame:
    rows = []
    for year, share in zip(rule.years, ((before.share + after.share) / 2, after.share), strict=True):
        now = moves[moves["year"] == year]
        sums = (len(now), float(now["area_m2"].sum()), float(now["cost_yuan"].sum()))
        rows.append((year, *sums, share, rule.targets.get(year, np.nan)))
    columns = ["year", "plots", "area_m2", "cost_yuan", "share", "target"]
    return pd.DataFrame(rows, columns=columns).set_index("year")


def _flows(moved: gpd.GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame(
        {
            "origin": moved["district"].to_numpy(),
            "destination": moved["to_district"].to_numpy(),
            "plots": 1,
            "area_m2": moved["area_m2"].to_numpy(),
            "land_used_m2": moved["land_used_m2"].to_numpy(),
            "tax_yuan": moved["tax_yuan"].to_numpy(),
            "credited_m2": 0.0,
        }
    )
    return table.groupby(["origin", "destination"]).sum().reset_index()


def _pool(result: RunResult) -> pd.DataFrame:
    ids = result.ledger.parcels["parcel_id"].to_numpy(dtype=object)
    choices = {
        "choices": [0, 0, 2, 1],
        "nearest_m": 1500.0,
        "why": ["", "", "", ""],
        "on_site": [True, True, False, False],
    }
    return pd.DataFrame(choices, index=pd.Index(ids, name="parcel_id"))


def _frontier(after: Concentration, cost: float, plots: int) -> Frontier:
    share = np.linspace(after.target, after.share, 4)
    costs = np.linspace(cost / 2, cost, 4)
    shares = pd.DataFrame({"share": share, "cost_yuan": costs, "yuan_per_point": np.gradient(costs, share * 100)})
    return Frontier(
        shares, pd.DataFrame({"plots": range(1, plots + 1), "cost_yuan": np.linspace(2 * cost, cost, plots)})
    )
