"""The ledger as it would be after a plan, so that the share after is computed as the share before was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.relocation.options import ACTIONS, CLEAR, MOVE
from landuse.analysis.share.concentration import park_concentration
from landuse.errors import BALANCE, AccountingError
from landuse.inputs.parcels import Parcels
from landuse.results.ledger import NOWHERE, Ledger
from landuse.results.relocation import Relocation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from landuse.analysis.relocation.options import Prices
    from landuse.analysis.relocation.problem import RelocationProblem
    from landuse.analysis.relocation.solve import Model
    from landuse.geo.arrays import Ints
    from landuse.results.candidates import Candidates
    from landuse.results.concentration import Concentration
    from landuse.results.relocation import PlanRule

AREAS = (s.PLANAR, s.ELLIPSOIDAL, s.REGISTERED)
#: What is put after the id of a plot for the land it takes in its block.
ARRIVED = "→"


def ledger_after(ledger: Ledger, gone: Collection[str], moved: pd.DataFrame, compaction: float) -> Ledger:
    """Return the ledger without the plots that leave, and with the land that those which move take in their blocks.

    Parameters
    ----------
    ledger : Ledger
        As it is.
    gone : collection of str
        Parcels that lie wholly outside the parks and leave: moved or cleared. Land of theirs that another parcel
        claims must not be among it.
    moved : DataFrame
        Index: those of them that move. place (position of the block in the ledger's parks), district (of the block).
    compaction : float
        Park land used per unit of land moved, of every area basis.

    Returns
    -------
    Ledger
        An arrival is a parcel of its own, drawn as a square at a point of its block: nobody knows where in the block
        it will lie. Its parts sum to it, as the ledger checks.
    """
    parcels, parts = ledger.parcels, ledger.parts
    leaves = parcels[s.PARCEL].isin(set(gone)).to_numpy()
    stay = np.flatnonzero(~leaves)
    source = parcels.set_index(s.PARCEL).loc[moved.index]
    place = moved["place"].to_numpy(dtype=np.int64)
    outlines = np.asarray(ledger.parks.geometry.to_numpy(), dtype=object)
    x, y = shapely.get_coordinates(shapely.point_on_surface(outlines[place])).T if len(place) else np.empty((2, 0))
    half = np.sqrt(source[s.PLANAR].to_numpy(dtype=float) * compaction) / 2
    squares = shapely.box(x - half, y - half, x + half, y + half)
    arrivals: gpd.GeoDataFrame = gpd.GeoDataFrame(source.reset_index())
    arrivals[s.PARCEL] = [f"{ARRIVED}{plot}" for plot in moved.index]
    arrivals[s.DISTRICT] = moved[s.DISTRICT].to_numpy()
    for column in AREAS:
        arrivals[column] = source[column].to_numpy(dtype=float) * compaction
    arrivals = gpd.GeoDataFrame(arrivals, geometry=squares, crs=parcels.crs)[list(parcels.columns)]
    both: pd.DataFrame = pd.concat([parcels.iloc[stay], arrivals]) if len(arrivals) else parcels.iloc[stay]
    owner = ledger.faces["owner"].to_numpy()
    first_face = {int(block): int(np.flatnonzero(owner == block)[0]) for block in np.unique(place)}
    new_number = np.full(len(parcels), NOWHERE, dtype=np.int64)
    new_number[stay] = np.arange(len(stay))
    kept = parts[~leaves[parts["parcel"].to_numpy()]]
    kept = kept.assign(parcel=new_number[kept["parcel"].to_numpy()])
    taken = gpd.GeoDataFrame(
        {
            "parcel": len(stay) + np.arange(len(place)),
            s.FACE: [first_face[int(block)] for block in place],
            s.COUNTED: np.ones(len(place), dtype=bool),
            **{column: arrivals[column].to_numpy(dtype=float) for column in AREAS},
        },
        geometry=squares,
        crs=parcels.crs,
    )
    every: pd.DataFrame = pd.concat([kept, taken[list(kept.columns)]]) if len(place) else kept
    return Ledger(
        parcels=Parcels(gpd.GeoDataFrame(both.reset_index(drop=True), crs=parcels.crs)),
        parks=ledger.parks,
        parts=gpd.GeoDataFrame(every.reset_index(drop=True), crs=parcels.crs),
        faces=ledger.faces,
        claims=ledger.claims,
        centroid_block=np.r_[ledger.centroid_block[stay], place],
    )


#: What the costs of plots may differ from those of their ways: rounding.
AGREE = 1e-9


@dataclass(frozen=True)
class PlanTables:
    """Turns ways into the tables of a plan.

    Attributes
    ----------
    ledger : Ledger
        As it is.
    before : Concentration
        Of that ledger.
    pool : RelocationProblem
    model : Model
    rule : PlanRule
    prices : Prices
        Those the ways were priced by.
    """

    ledger: Ledger
    before: Concentration
    pool: RelocationProblem
    model: Model
    rule: PlanRule
    prices: Prices

    def relocation(
        self, status: str, chosen: Ints, beside: Mapping[str, tuple[Ints, bool]] | None = None, **more: Any
    ) -> Relocation:
        """Return the plan of the ways that were chosen, beside the ways of other plans and whether these are valid."""
        moves = self.moves(chosen)
        after = self.after(moves)
        self.agree(after, chosen)
        years = self.years(moves, after)
        return Relocation(
            rule=self.rule,
            status=status,
            moves=moves,
            blocks=self.blocks(moves),
            before=self.before,
            after=after,
            alternatives=self.alternatives(moves, after, beside or {}),
            years=years,
            flows=self.flows(moves),
            pool=self.choices(),
            **more,
        )

    def moves(self, chosen: Ints) -> gpd.GeoDataFrame:
        """Return a row a plot treated: what is done with it, where and when, and what that costs."""
        ways, pool, rule = self.model.ways, self.pool, self.rule
        free = pool.free
        way_of = np.full(int(pool.plots.unit.max(initial=-1)) + 1, -1)
        way_of[ways.unit[chosen]] = chosen
        way = way_of[pool.plots.unit] if len(free) else np.zeros(0, dtype=np.int64)
        row = np.flatnonzero(way >= 0)
        way = way[row]
        action, block = ways.action[way], ways.block[way]
        move = action == MOVE
        plots, sites = pool.plots, pool.blocks
        area, at = plots.area[row], np.where(move, block, 0)
        distance = np.where(move, plots.distance[row, at] if len(sites) else 0.0, 0.0)
        charged = move & (plots.cross[row, at] if len(sites) else False)
        price = np.where(move, self.pool.sites.price[at] if len(sites) else 0.0, 0.0)
        done = [move, action == CLEAR]
        by_action = [
            area * self.prices.moving(distance, charged, price, rule.compaction),
            self.prices.clearing(area, plots.tax[row]),
        ]
        cost = np.select(done, by_action, self.prices.rebuild * area)
        if abs(cost.sum() - ways.cost[chosen].sum()) > AGREE * max(1.0, cost.sum()):
            raise AccountingError(f"the plots cost {cost.sum()!r}, the plan {ways.cost[chosen].sum()!r}")

        def of_block(column: str) -> Any:
            values = sites[column].to_numpy(dtype=object)
            return np.where(move, values[at], "") if len(values) else np.full(len(row), "", dtype=object)

        own = free.iloc[row]
        table = own[[s.DISTRICT, s.AREA_M2, "reasons", "handling", s.TAX, "tax_known", "industries", "geometry"]].copy()
        table["action"] = np.array(ACTIONS, dtype=object)[action]
        table["year"] = ways.year[way].astype(int)
        for column in (s.PARK, s.PARK_NAME, s.BLOCK):
            table[column] = of_block(column)
        table["to_district"] = of_block(s.DISTRICT)
        table["land_used_m2"] = np.where(move, rule.compaction * area, 0.0)
        table["distance_m"] = np.where(move, distance, np.nan)
        table["fit"] = np.where(move, pool.fits[row, at] if len(sites) else "", "").astype(object)
        table["cost_yuan"] = cost
        for axis in ("x", "y"):
            table[axis] = np.where(move, sites[axis].to_numpy(dtype=float)[at] if len(sites) else np.nan, np.nan)
        table["place"] = np.where(move, sites["place"].to_numpy(dtype=int)[at] if len(sites) else -1, -1)
        table["id"] = table.index
        rank = table["action"].map({name: k for k, name in enumerate(ACTIONS)})
        order = table.assign(rank=rank).sort_values(
            ["year", "rank", s.PARK, s.BLOCK, s.AREA_M2, "id"], ascending=[True, True, True, True, False, True]
        )
        return gpd.GeoDataFrame(table.loc[order.index].drop(columns="id"), geometry="geometry", crs=free.crs)

    def after(self, moves: gpd.GeoDataFrame) -> Concentration:
        """Return the share of the ledger in which the plots have moved."""
        if moves.empty:
            return self.before
        gone = moves[moves["action"] != "rebuild"]
        moved = gone[gone["action"] == "move"]
        arrivals = pd.DataFrame({"place": moved["place"], s.DISTRICT: moved["to_district"]})
        book = ledger_after(self.ledger, list(gone.index), arrivals, self.rule.compaction)
        names = dict(zip(self.before.districts.index, self.before.districts["name"], strict=True))
        return park_concentration(book, self.before.definition, target=self.before.target, district_names=names)

    def agree(self, after: Concentration, chosen: Ints) -> None:
        """The ledger and the programme have to tell the same share."""
        ways = self.model.ways
        came, went = float(ways.arrive[:, chosen].sum()), float(ways.leave[:, chosen].sum())
        share = (self.before.inside_m2 + came) / (self.before.total_m2 + came - went)
        if abs(share - after.share) > BALANCE:
            raise AccountingError(f"the plan counts on a share of {share!r}, the ledger has {after.share!r}")

    def blocks(self, moves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return the blocks with what they take."""
        table = self.pool.blocks.copy()
        moved = moves[moves["action"] == "move"].groupby("place")
        table["used_m2"] = table["place"].map(moved["land_used_m2"].sum()).fillna(0.0).astype(float)
        table["plots"] = table["place"].map(moved.size()).fillna(0).astype(int)
        return table

    def years(self, moves: gpd.GeoDataFrame, after: Concentration) -> pd.DataFrame:
        """Return what is done each year, and the share by its end."""
        rows = []
        for year in self.rule.years:
            now, by_then = moves[moves["year"] == year], moves[moves["year"] <= year]
            sums = (len(now), float(now[s.AREA_M2].sum()), float(now["cost_yuan"].sum()))
            share = after.share if len(by_then) == len(moves) else self.after(by_then).share
            rows.append((year, *sums, share, self.rule.targets.get(year, np.nan)))
        columns = ["year", "plots", s.AREA_M2, "cost_yuan", "share", "target"]
        return pd.DataFrame(rows, columns=columns).set_index("year")

    def flows(self, moves: gpd.GeoDataFrame) -> pd.DataFrame:
        """Return what moves from which district to which, and what a shared park credits to where it came from."""
        moved = moves[moves["action"] == "move"]
        blocks = self.pool.blocks.set_index("place")
        shared = moved["place"].map(blocks["partner"]).to_numpy() == moved[s.DISTRICT].to_numpy()
        credit = np.where(shared, moved["place"].map(blocks["credit"]).to_numpy(dtype=float), 0.0)
        table = pd.DataFrame(
            {
                "origin": moved[s.DISTRICT].to_numpy(),
                "destination": moved["to_district"].to_numpy(),
                "plots": 1,
                s.AREA_M2: moved[s.AREA_M2].to_numpy(dtype=float),
                "land_used_m2": moved["land_used_m2"].to_numpy(dtype=float),
                s.TAX: moved[s.TAX].to_numpy(dtype=float),
                "credited_m2": moved["land_used_m2"].to_numpy(dtype=float) * credit,
            }
        )
        return table.groupby(["origin", "destination"]).sum().reset_index()

    def alternatives(
        self, moves: gpd.GeoDataFrame, after: Concentration, beside: Mapping[str, tuple[Ints, bool]]
    ) -> pd.DataFrame:
        """Return the plan, the greedy plan and the nearest-park assignment side by side."""
        rows = {"plan": (True, moves, after.share)} if len(moves) else {}
        for name, (chosen, met) in beside.items():
            theirs = self.moves(chosen)
            rows[name] = (met, theirs, self.after(theirs).share)
        table = {
            name: (met, len(m), float(m[s.AREA_M2].sum()), float(m["cost_yuan"].sum()), share)
            for name, (met, m, share) in rows.items()
        }
        columns = ["met", "plots", s.AREA_M2, "cost_yuan", "share"]
        return pd.DataFrame.from_dict(table, orient="index", columns=columns)

    def choices(self) -> pd.DataFrame:
        """Return how many blocks each plot of the pool may go to, the nearest with room, and why it has to stay."""
        table, numbers = self.pool.table, self.pool.plots
        count = np.zeros(len(table), dtype=int)
        count[(table["why"] == "").to_numpy()] = numbers.allowed.sum(axis=1)
        roomy = numbers.allowed & (self.pool.sites.spare > 0)
        near = np.full(len(table), np.nan)
        reach = np.where(roomy, numbers.distance, np.inf).min(axis=1, initial=np.inf)
        near[(table["why"] == "").to_numpy()] = np.where(np.isfinite(reach), reach, np.nan)
        columns = {"choices": count, "nearest_m": near, "why": table["why"], "on_site": table["on_site"]}
        return pd.DataFrame({key: np.asarray(values) for key, values in columns.items()}, index=table.index)


def park_taxes(ledger: Ledger, before: Concentration, candidates: Candidates, moves: pd.DataFrame) -> pd.DataFrame:
    """Return, by park, what the firms on its plots pay a year as far as it is known, and what moves in.

    A parcel of which only a part lies in the park counts by that part's share of its land.

    Parameters
    ----------
    ledger : Ledger
        Of the definition's boundary.
    before : Concentration
        The share as it is, of that ledger.
    candidates : Candidates
        Of the run.
    moves : DataFrame
        Of the plan, as `Relocation.moves`.

    Returns
    -------
    pandas.DataFrame
        Index: park id. plots (inside), known (those of them whose tax is known), now_yuan, in_yuan.
    """
    plots, measures = candidates.renewal, candidates.measures
    plots = plots[plots[s.PARK] != ""]
    land = ledger.counted(before.definition)
    whole = land.groupby("parcel")["m2"].sum()
    whole.index = pd.Index(ledger.parcels[s.PARCEL].to_numpy(dtype=object)[whole.index])
    part = plots[s.AREA_M2].to_numpy(dtype=float) / whole.reindex(plots.index).to_numpy(dtype=float)
    per_mu = measures.values["tax_per_mu"].reindex(plots.index).to_numpy(dtype=float)
    tax = per_mu * measures.notes["mu"].reindex(plots.index).to_numpy(dtype=float) * part
    rows = pd.DataFrame({"park": plots[s.PARK].to_numpy(), "known": ~np.isnan(tax), "now_yuan": np.nan_to_num(tax)})
    moved = moves[moves["action"] == "move"]
    sums = rows.groupby("park").agg(plots=("known", "size"), known=("known", "sum"), now_yuan=("now_yuan", "sum"))
    sums = sums.reindex(before.parks.index)
    sums["in_yuan"] = moved.groupby(s.PARK)[s.TAX].sum().reindex(sums.index)
    return sums.fillna(0.0)
