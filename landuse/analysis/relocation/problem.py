"""Which plots may be treated, and which blocks each fits: geometry and tables become the numbers a plan is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from landuse import schema as s
from landuse.analysis.overlay.common_area import common_area
from landuse.analysis.plots.firms import standing
from landuse.analysis.relocation.blocks import sites_of
from landuse.analysis.relocation.options import Plots, Sites
from landuse.inputs.capacity import SUPPLIES, WORST
from landuse.units import LEAST_M2, to_mu

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Floats, Ints
    from landuse.inputs.capacity import PlanInputs
    from landuse.inputs.enterprises import Enterprises
    from landuse.results.candidates import Candidates, Scatter
    from landuse.results.ledger import Ledger
    from landuse.results.relocation import PlanRule


@dataclass(frozen=True)
class RelocationProblem:
    """The plots of a plan and the blocks, as frames and as numbers.

    Attributes
    ----------
    table : geopandas.GeoDataFrame
        A row a plot of the pool: parcel_id, district, area_m2, reasons, handling, tax_yuan, tax_known, pollution,
        industries, why ("" | "excluded" | "contested" | "whole" | "together"), geometry.
    blocks : geopandas.GeoDataFrame
        A row a block that takes plots: place, park_id, park_name, block_id, district, spare_m2, stated, from_year,
        price_yuan_m2, industries, pollution, x, y, geometry.
    fits : array of str, shape (plots, blocks)
        One of `landuse.reference.industries.FITS`.
    plots, sites : Plots, Sites
        Of the rows of `table` without a `why`, and of `blocks`; districts by their position in `districts`.
    districts : tuple of str
        Codes.
    """

    table: gpd.GeoDataFrame
    blocks: gpd.GeoDataFrame
    fits: NDArray[np.object_]
    plots: Plots
    sites: Sites
    districts: tuple[str, ...]

    @property
    def free(self) -> gpd.GeoDataFrame:
        """The plots that may be treated, in the order of the numbers."""
        return self.table[self.table["why"] == ""]


def pool_of(
    ledger: Ledger,
    scatter: Scatter,
    candidates: Candidates,
    inputs: PlanInputs,
    rule: PlanRule,
    metre: float = 1.0,
) -> RelocationProblem:
    """Gather what a plan is made of.

    A plot whose land another parcel claims, or that claims another's, stays: its title has to be settled first. What a
    plot pays without a known tax is taken from its district's mean per 亩, marked. A plot fits a block when its
    industries do (see `landuse.reference.industries.Industries.fit`), when it disturbs no more than the block takes,
    and when what it needs of a limited supply is known.

    Parameters
    ----------
    ledger : Ledger
        In which plots that are one of several of a parcel are parcels (`landuse.analysis.plots.multipart.parted`); one
        that is none stays, for its parcel counts as a whole.
    scatter : Scatter
    candidates : Candidates
        Of the run.
    inputs : PlanInputs
        Blocks, industries, groups, demands.
    rule : PlanRule
    metre : float
        Units of the plane in one metre.
    """
    blocks = sites_of(ledger, inputs, rule.housing_m, metre)
    codes = tuple(sorted({*ledger.parcels[s.DISTRICT], *blocks[s.DISTRICT]}))
    table = _table(ledger, scatter, candidates, inputs, rule, metre)
    owner = scatter.parcel_of(table.index)
    unit = _units(table.index, owner, inputs.groups, _firm_pairs(inputs.enterprises) if rule.firms_together else [])
    kept = np.isin(unit, unit[(table["why"] != "").to_numpy()]) & (table["why"] == "").to_numpy()
    table.loc[kept, "why"] = "together"  # with a plot that stays
    free = table[table["why"] == ""]
    fits = _fits(free, blocks, inputs)
    near, needs = _supplied(free, blocks, _demand(inputs.demand, scatter, candidates))
    position = {code: k for k, code in enumerate(codes)}
    own, host, partner = (
        x.map(lambda c: position.get(c, -1)).to_numpy(dtype=np.int64)
        for x in (free[s.DISTRICT], blocks[s.DISTRICT], blocks["partner"])
    )
    centre = _centres(free)
    points = blocks[["x", "y"]].to_numpy(dtype=float)
    distance = np.hypot(*(centre[:, None, :] - points[None, :, :]).transpose(2, 0, 1)) / metre
    cross = (own[:, None] != host[None, :]) & (own[:, None] != partner[None, :])
    allowed = np.isin(fits, ("leading", "related", "any")) & near
    if rule.cross_district == "forbidden":
        allowed &= ~cross
    charged = cross if rule.cross_district == "charged" else np.zeros_like(cross)
    plots = Plots(
        area=free[s.AREA_M2].to_numpy(dtype=float),
        tax=free[s.TAX].to_numpy(dtype=float),
        district=own,
        unit=np.unique(unit[(table["why"] == "").to_numpy()], return_inverse=True)[1].astype(np.int64),
        on_site=free["on_site"].to_numpy(dtype=bool),
        allowed=allowed,
        distance=distance,
        cross=charged,
        needs=needs,
    )
    sites = Sites(
        spare=blocks["spare_m2"].to_numpy(dtype=float),
        from_year=blocks["from_year"].to_numpy(dtype=np.int64),
        price=blocks["price_yuan_m2"].to_numpy(dtype=float),
        district=host,
        partner=partner,
        credit=blocks["credit"].to_numpy(dtype=float),
        supplies={name: blocks[name].to_numpy(dtype=float) for name in needs},
    )
    return RelocationProblem(table, blocks, fits, plots, sites, codes)


def _table(
    ledger: Ledger,
    scatter: Scatter,
    candidates: Candidates,
    inputs: PlanInputs,
    rule: PlanRule,
    metre: float,
) -> gpd.GeoDataFrame:
    plots = {
        "candidates": candidates.listed,
        "scattered": candidates.plots,
        "outside": scatter.plots[~scatter.plots["position"].isin(["adjoining", "small"])],
    }[rule.pool]
    on_site = candidates.renewed if rule.goal_m2 > 0 and "rebuild" in rule.actions else candidates.renewed.iloc[:0]
    on_site = on_site.assign(**{s.AREA_M2: on_site.groupby(level=0)[s.AREA_M2].transform("sum")})
    on_site = on_site[~on_site.index.duplicated()]
    columns = [s.DISTRICT, s.CODE, s.AREA_M2, "geometry"]
    frames = [plots[columns].assign(on_site=False), on_site[columns].assign(on_site=True)]
    both = pd.concat([f for f in frames if len(f)] or frames[:1])
    table = gpd.GeoDataFrame(both, geometry="geometry", crs=plots.crs)
    table.index.name = s.PARCEL
    reasons, handling = (
        pd.concat([candidates.plots[c], candidates.renewal[c]]).groupby(level=0).first()
        for c in ("reasons", "handling")
    )
    table["reasons"] = pd.Series([reasons.get(p, ()) for p in table.index], index=table.index, dtype=object)
    table["handling"] = [handling.get(p, "") for p in table.index]
    table[s.TAX], table["tax_known"] = _tax(table, candidates)
    parcel = scatter.parcel_of(table.index)
    made = _industries(inputs.enterprises, parcel)
    table["industries"] = pd.Series(made, index=table.index, dtype=object)
    table["pollution"] = [
        inputs.industries.pollution_of(codes) or inputs.industries.pollution_of_land(code)
        for codes, code in zip(made, table[s.CODE], strict=True)
    ]
    excluded = table.index.isin(rule.exclude) | parcel.isin(rule.exclude)
    contested = _contested(table, parcel, ledger, metre) & ~table["on_site"]
    whole = ~table.index.isin(ledger.parcels[s.PARCEL]) & ~table["on_site"]
    table["why"] = np.select([excluded, contested, whole], ["excluded", "contested", "whole"], "").astype(object)
    return table


def _tax(table: gpd.GeoDataFrame, candidates: Candidates) -> tuple[Floats, Bools]:
    """Return what each plot pays a year, unknown figures by their district's mean per 亩, and which are known."""
    per_mu, notes = candidates.measures.values["tax_per_mu"], candidates.measures.notes
    mu = notes["mu"].where(per_mu.notna())
    mean = (per_mu * mu).groupby(notes[s.DISTRICT]).sum() / mu.groupby(notes[s.DISTRICT]).sum()
    whole = float((per_mu * mu).sum() / mu.sum()) if mu.notna().any() else 0.0
    own = per_mu.reindex(table.index).to_numpy(dtype=float)
    stand_in = table[s.DISTRICT].map(mean).fillna(whole).to_numpy(dtype=float)
    known = ~np.isnan(own)
    land = to_mu(table[s.AREA_M2].to_numpy(dtype=float))
    return np.where(known, own, stand_in) * land, known


def _industries(enterprises: Enterprises, plots: pd.Index[Any]) -> list[tuple[str, ...]]:
    """Return the latest industry codes of the firms that stand on each plot; () unless every firm states one."""
    if s.INDUSTRY not in enterprises or enterprises.empty:
        return [()] * len(plots)
    now = standing(enterprises)
    rows = now[now[s.PARCEL].isin(set(plots))]
    stated = {plot: tuple(sorted(set(codes))) for plot, codes in rows.groupby(s.PARCEL)[s.INDUSTRY]}
    found = [stated.get(plot, ()) for plot in plots]
    return [() if "" in codes else codes for codes in found]


def _contested(table: gpd.GeoDataFrame, parcel: pd.Index[Any], ledger: Ledger, metre: float) -> Bools:
    """Mark plots whose land another parcel claims, and plots that claim another's."""
    held = ledger.parts[~ledger.parts[s.COUNTED]]
    losers = set(ledger.parcels[s.PARCEL].to_numpy()[held["parcel"].to_numpy()])
    out = parcel.isin(losers)
    polygons = np.asarray(table.geometry.to_numpy(), dtype=object)
    disputed = np.asarray(held.geometry.to_numpy(), dtype=object)
    k, d = shapely.STRtree(disputed).query(polygons, predicate="intersects")
    out[k[common_area(polygons[k], disputed[d]) > LEAST_M2 * metre**2]] = True
    return np.asarray(out, dtype=bool)


def _fits(free: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, inputs: PlanInputs) -> NDArray[np.object_]:
    """Return how each plot fits each block; plots that make the same are asked once."""
    out = np.empty((len(free), len(blocks)), dtype=object)
    kinds: dict[tuple[tuple[str, ...], Any], list[str]] = {}
    taken = list(zip(blocks["industries"], blocks["pollution"].to_numpy(dtype=int), strict=True))
    for k, (codes, dirt) in enumerate(zip(free["industries"], free["pollution"], strict=True)):
        known = None if dirt is None or dirt != dirt else int(dirt)  # noqa: PLR0124, a NaN
        if (codes, known) not in kinds:
            kinds[codes, known] = [
                inputs.industries.fit(codes, leading) if (WORST if known is None else known) <= most else "none"
                for leading, most in taken
            ]
        out[k] = kinds[codes, known]
    return out


def _demand(demand: pd.DataFrame, scatter: Scatter, candidates: Candidates) -> pd.DataFrame:
    """Return what plots need of supplies; one of several of a parcel needs its share of the parcel's, by area."""
    pieces = scatter.pieces[scatter.pieces.isin(demand.index) & ~scatter.pieces.index.isin(demand.index)]
    if pieces.empty:
        return demand
    land = to_mu(scatter.plots[s.AREA_M2].reindex(pieces.index).to_numpy(dtype=float))
    share = land / candidates.measures.notes["mu"].reindex(pd.Index(pieces)).to_numpy(dtype=float)
    own = demand.select_dtypes("number").loc[pd.Index(pieces)].mul(share, axis=0).set_axis(pieces.index)
    return pd.concat([demand, own])


def _supplied(
    free: gpd.GeoDataFrame, blocks: gpd.GeoDataFrame, demand: pd.DataFrame
) -> tuple[Bools, Mapping[str, Floats]]:
    """Return where what a plot needs is known as far as it is limited, and what it needs of each supply."""
    possible = np.ones((len(free), len(blocks)), dtype=bool)
    needs: dict[str, Floats] = {}
    for name in SUPPLIES:
        limited = np.isfinite(blocks[name].to_numpy(dtype=float))
        if not limited.any():
            continue
        need = demand[name].reindex(free.index) if name in demand else pd.Series(np.nan, index=free.index)
        figures = need.to_numpy(dtype=float)
        possible &= ~(np.isnan(figures)[:, None] & limited[None, :])
        needs[name] = np.nan_to_num(figures)
    return possible, needs


def _centres(plots: gpd.GeoDataFrame) -> Floats:
    points = shapely.point_on_surface(np.asarray(plots.geometry.to_numpy(), dtype=object))
    return np.column_stack([shapely.get_x(points), shapely.get_y(points)]).reshape(-1, 2)


def _firm_pairs(enterprises: Enterprises) -> list[tuple[str, str]]:
    """Return the plots of each firm in its latest year, as pairs of plot and firm."""
    rows = enterprises[(enterprises[s.PARCEL] != "") & (enterprises[s.FIRM] != "")]
    year = rows[s.YEAR].fillna(0).astype(int)
    rows = rows[year == year.groupby(rows[s.FIRM]).transform("max")]
    return list(zip(rows[s.PARCEL], rows[s.FIRM], strict=True))


def _units(
    plots: pd.Index[Any], parcels: pd.Index[Any], groups: Mapping[str, str], firms: Sequence[tuple[str, str]]
) -> Ints:
    """Number the plots by what stays together: groups, and firms where asked; in the order of the list.

    Both may name plots, or parcels and so all plots of them.
    """
    place: dict[str, set[int]] = {}
    for k, ids in enumerate(zip(plots, parcels, strict=True)):
        for one in ids:
            place.setdefault(one, set()).add(k)
    head: dict[tuple[str, str], int] = {}
    links = []
    for kind, pairs in (("group", groups.items()), ("firm", firms)):
        for plot, name in pairs:
            links += [(head.setdefault((kind, name), k), k) for k in sorted(place.get(plot, ()))]
    i, j = np.array(links, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((np.ones(len(i), dtype=np.int8), (i, j)), shape=(len(plots), len(plots)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)
