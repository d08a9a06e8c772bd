"""Parks side by side: every table of the review, from the ledger and what is known of its plots; and the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.parks.living import ancillary_limits, ancillary_use, housing_around, park_jobs, park_living
from landuse.analysis.parks.structure import block_outlines, joining_plots, nearest_gaps, park_structure
from landuse.analysis.parks.yields import figures_inside, intensity, leading, park_industries, park_yield
from landuse.analysis.share.park_uses import park_uses
from landuse.geo.crs import system, unit_factor
from landuse.reference.indicators import LEAST_WEIGHT
from landuse.results.ledger import NOWHERE
from landuse.results.parks import Evaluation, ParkReview, ReviewRule

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from landuse.definition import Definition
    from landuse.geo.arrays import Floats
    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.park_records import League
    from landuse.reference.classification import Classification
    from landuse.reference.indicators import EvaluationRules
    from landuse.results.candidates import Candidates, Scatter
    from landuse.results.concentration import Concentration
    from landuse.results.ledger import Ledger


@dataclass(frozen=True)
class ReviewInputs:
    """What a review looks at beside the ledger.

    Attributes
    ----------
    parcels : geopandas.GeoDataFrame
        Of every class, with code, repaired and in the ledger's system.
    classification : Classification
        Of their codes.
    enterprises : Enterprises
        Perhaps of nobody.
    rules : EvaluationRules
        Indicators, ideals, weights.
    stated : mapping
        Park to the divisions it calls its leading industries.
    league : League
        The last comparison.
    buildings, facilities : GeoDataFrame or None
        As `landuse.inputs.context.Context` has them.
    panels : pandas.DataFrame or None
        Counts supplied by the bureau.
    """

    parcels: gpd.GeoDataFrame
    classification: Classification
    enterprises: Enterprises
    rules: EvaluationRules
    stated: Mapping[str, tuple[str, ...]]
    league: League
    buildings: gpd.GeoDataFrame | None = None
    facilities: gpd.GeoDataFrame | None = None
    panels: pd.DataFrame | None = None


def review_parks(
    ledger: Ledger,
    concentration: Concentration,
    scatter: Scatter,
    candidates: Candidates,
    inputs: ReviewInputs,
    rule: ReviewRule,
    *,
    workers: int = 2,
) -> ParkReview:
    """How is each park laid out, built on and doing, and where does it stand among its like?

    Parameters
    ----------
    ledger : Ledger
        Of the definition's boundary kind.
    concentration : Concentration
        Of the same; its parks' attributed land is what a park's figures are of.
    scatter, candidates : Scatter, Candidates
        Plots outside, and what is known and judged of every plot.
    inputs : ReviewInputs
        Land of every class, firms, indicators.
    rule : ReviewRule
        Thresholds.
    workers : int
        Threads.

    Returns
    -------
    ParkReview
        Its constructor has checked that the parks' land sums to the city's inside.
    """
    definition, metre = concentration.definition, 1 / unit_factor(system(ledger.parcels))
    land = land_inside(ledger, definition)
    uses = _named(park_uses(ledger, inputs.parcels, workers=workers), inputs.classification)
    lived = uses[uses["housing"]].groupby(s.PARK)["m2"].sum()
    owned = uses.groupby(s.PARK)["m2"].sum()
    built = uses[uses["built"]].groupby(s.PARK)["m2"].sum()
    outlines = block_outlines(ledger)
    table = inputs.enterprises
    latest = table[s.YEAR].dropna()
    year = rule.year or (int(latest.max()) if len(latest) else None)
    inside = figures_inside(land, table, year or 0)
    industries = park_industries(land, table, year or 0)
    before = leading(park_industries(land, table, year - 1), dict(inputs.stated)) if year else None
    figures = concentration.parks[["park_name", s.LEVEL, "industrial_m2"]].copy()
    figures["land_m2"] = owned.reindex(figures.index).fillna(0.0)
    figures["built_m2"] = built.reindex(figures.index).fillna(0.0)
    figures["industrial_share"] = _of_class(uses, definition.classes) / figures["land_m2"]
    dense = intensity(land, candidates.measures, [s.PARK])
    for part in (
        park_structure(outlines, metre),
        dense.drop(columns="m2"),
        park_yield(inside, built),
        leading(industries, dict(inputs.stated)),
    ):
        figures = figures.join(part)
    figures["plots"] = figures["plots"].fillna(0).astype(int)
    figures["leading_output_before"] = np.nan if before is None else before["leading_output"].reindex(figures.index)
    figures = figures.join(_judged(land, candidates))
    return ParkReview(
        rule=rule,
        year=year,
        figures=figures,
        blocks=_blocks(outlines, uses, land, candidates, definition.classes, rule, metre),
        uses=uses[[s.PARK, s.BLOCK, s.CODE, s.NAME, "m2"]],
        joins=joining_plots(outlines, scatter.plots, reach_m=rule.join_gap_m, most_m2=rule.join_m2, metre=metre),
        industries=industries,
        duties=duties(land),
        evaluation=evaluate(figures, figures[s.LEVEL], inputs.rules),
        inside_m2=concentration.inside_m2,
        before=inputs.league.scores,
        period=inputs.league.period,
        living=park_living(
            figures.index,
            park_jobs(inside, ledger.parcels, inputs.facilities, walk=rule.living.walk_m * metre),
            housing_around(
                outlines, _housing(inputs), inputs.buildings, buffer=rule.living.buffer_m * metre, workers=workers
            ),
            ancillary_use(land, ledger.parcels, limits=ancillary_limits(rule.living)),
            lived,
        ),
        panels=inputs.panels,
    )


def _housing(inputs: ReviewInputs) -> gpd.GeoDataFrame | None:
    """Return the parcels of housing; None where the layer or its classification knows of none."""
    codes = {c for c in inputs.parcels[s.CODE].unique() if inputs.classification.neighbour_of(c) == "housing"}
    found = inputs.parcels[inputs.parcels[s.CODE].isin(codes)]
    return found if len(found) else None


def _named(uses: pd.DataFrame, classification: Classification) -> pd.DataFrame:
    """Add each class's name, use, and whether it is built land, and housing."""
    codes = {code: classification.use_of(code) if code else ("", "") for code in uses[s.CODE].unique()}
    out = uses.copy()
    out[s.NAME] = [classification.names.get(codes[code][0], "") for code in uses[s.CODE]]
    out[s.USE] = [codes[code][1] for code in uses[s.CODE]]
    out["housing"] = [classification.neighbour_of(code) == "housing" for code in uses[s.CODE]]
    out["built"] = [classification.is_built(code) for code in uses[s.CODE]]
    return out


def _of_class(uses: pd.DataFrame, classes: str, by: Any = s.PARK) -> pd.Series[float]:
    """Return the land of a class set in each park (or block)."""
    return uses[uses[s.USE].isin(s.CLASS_SETS[classes])].groupby(by)["m2"].sum()


def _judged(land: pd.DataFrame, candidates: Candidates) -> pd.DataFrame:
    """Return, of each park, the industrial land judged inefficient, that of which anything is known, and energy flags.

    A plot of which nothing is known is in neither: missing data is never read as inefficient.
    """
    judged, plot = candidates.judged, pd.Index(land[s.PARCEL], dtype=object)
    known = (judged.evidence.reindex(plot) != "none").to_numpy()
    low = (judged.reasons.reindex(plot).map(len, na_action="ignore").fillna(0) > 0).to_numpy()
    energy = [rule.code for rule in judged.pack.rules if rule.measure == "energy_per_added_value"]
    high = judged.met[energy].any(axis=1).reindex(plot).fillna(False).to_numpy(dtype=bool)
    rows = pd.DataFrame(
        {
            s.PARK: land[s.PARK].to_numpy(),
            "inefficient_m2": land["m2"].where(low & known, 0.0).to_numpy(),
            "judged_m2": land["m2"].where(known, 0.0).to_numpy(),
            "energy_flags": high.astype(int),
        }
    )
    out = rows.groupby(s.PARK).sum()
    out["inefficient_share"] = out["inefficient_m2"] / out["judged_m2"].where(out["judged_m2"] > 0)
    return out


def _blocks(
    outlines: gpd.GeoDataFrame,
    uses: pd.DataFrame,
    land: pd.DataFrame,
    candidates: Candidates,
    classes: str,
    rule: ReviewRule,
    metre: float,
) -> gpd.GeoDataFrame:
    """Return one row a block: its land, purity, distance to the next, and intensity."""
    key = [s.PARK, s.BLOCK]
    at = pd.MultiIndex.from_frame(outlines[key])
    owned = uses.groupby(key)["m2"].sum().reindex(at).fillna(0.0)
    industrial = _of_class(uses, classes, key).reindex(at).fillna(0.0)
    purity = (industrial / owned.where(owned > 0)).to_numpy()
    dense = intensity(land, candidates.measures, key).reindex(at)
    columns = ["far", "far_known", "coverage", "coverage_known"]
    return outlines.assign(
        land_m2=owned.to_numpy(),
        industrial_m2=industrial.to_numpy(),
        purity=purity,
        pure=purity >= rule.purity,
        nearest_m=nearest_gaps(outlines, metre),
        plots=dense["plots"].fillna(0).to_numpy(dtype=int),
        **{column: dense[column].to_numpy() for column in columns},
    )


def land_inside(ledger: Ledger, definition: Definition) -> pd.DataFrame:
    """Which plots lie inside which block, and how much of each?

    Parameters
    ----------
    ledger : Ledger
        Of the definition's boundary kind.
    definition : Definition
        What is counted, and how.

    Returns
    -------
    pandas.DataFrame
        One row a plot and block: parcel_id, park_id, block_id, district, m2, part (m2 over the plot's whole counted
        land, 0-1). The m2 sum to the concentration's inside_m2.
    """
    land = ledger.counted(definition)
    whole = land.groupby("parcel")["m2"].sum()
    inside = land[land["block"] != NOWHERE].groupby(["parcel", "block"], sort=True)["m2"].sum().reset_index()
    parcel, block = inside["parcel"].to_numpy(), inside["block"].to_numpy()
    total = whole.reindex(parcel).to_numpy()
    m2 = inside["m2"].to_numpy()
    return pd.DataFrame(
        {
            s.PARCEL: ledger.parcels[s.PARCEL].to_numpy(dtype=object)[parcel],
            s.PARK: ledger.parks[s.PARK].to_numpy(dtype=object)[block],
            s.BLOCK: ledger.parks[s.BLOCK].to_numpy(dtype=object)[block],
            s.DISTRICT: ledger.parcels[s.DISTRICT].to_numpy(dtype=object)[parcel],
            "m2": m2,
            "part": np.divide(m2, total, out=np.zeros(len(m2)), where=total > 0),
        }
    )


def duties(land: pd.DataFrame) -> pd.DataFrame:
    """Return who answers for what: park_id, district, plots, m2 of industrial land, from the ledger."""
    return land.groupby([s.PARK, s.DISTRICT]).agg(plots=(s.PARCEL, "nunique"), m2=("m2", "sum")).reset_index()


#: The ranks are held steady when a weight changes by this share.
CHANGE = 0.2


def evaluate(figures: pd.DataFrame, level: pd.Series[str], rules: EvaluationRules) -> Evaluation:
    r"""Compare parks, each with those of its level.

    The attainment of an ideal is min(x / ideal, 1), or min(ideal / x, 1) where less is better (TD/T 1029); with w the
    weights and K the indicators known of a park

    .. math:: F = 100\,\frac{\sum_{k \in K} w_k f_k}{\sum_{k \in K} w_k}

    A missing indicator takes no part: it is shown as missing and never scored zero. A park of which less than half of
    the weight is known has no score and no rank.

    Parameters
    ----------
    figures : DataFrame
        Index: park id; a column a measure of `landuse.reference.indicators.MEASURES`. A column that is not there is
        unknown.
    level : Series
        Level of each park; they are ranked within it, not across.
    rules : EvaluationRules
        Indicators, ideals, weights.

    Returns
    -------
    Evaluation
        Of shapes as documented there. Equal scores share the better rank.
    """
    indicators = rules.indicators
    values = pd.DataFrame(
        {x.code: figures.get(x.measure, np.nan) for x in indicators}, index=figures.index, dtype=float
    )
    more = np.array([x.better == "more" for x in indicators])
    ideal = np.array([x.ideal for x in indicators])
    raw = values.to_numpy()
    # none at all of what should be little is full attainment
    with np.errstate(divide="ignore"):
        attained = np.clip(np.where(more, raw / ideal, ideal / raw), 0, 1)
    weights = np.array([x.weight for x in indicators])
    score, known, points = _scores(attained, weights)
    levels = level.reindex(figures.index)
    rank = _ranks(score, levels)
    every = [rank]
    for k in range(len(indicators)):
        for change in (-CHANGE, CHANGE):
            other = weights.copy()
            other[k] *= 1 + change
            every.append(_ranks(_scores(attained, other)[0], levels))
    every.append(_ranks(_scores(attained, np.ones(len(weights)))[0], levels))
    ranked = pd.Series(~np.isnan(score), index=figures.index).groupby(levels).transform("sum")
    table = pd.DataFrame(
        {
            s.LEVEL: levels,
            "score": score,
            "known": known,
            "rank": rank,
            "of": ranked,
            "best_rank": np.min(every, axis=0),
            "worst_rank": np.max(every, axis=0),
        },
        index=figures.index,
    )
    codes = values.columns
    return Evaluation(
        rules,
        values,
        pd.DataFrame(attained, index=figures.index, columns=codes),
        table,
        pd.DataFrame(points, index=figures.index, columns=codes),
    )


def _scores(attained: Floats, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Return each park's score, the weight that is known of it, and the points of each indicator."""
    known = ~np.isnan(attained)
    held = known @ weights / weights.sum()
    base = (known @ weights)[:, None]
    points = np.divide(100 * np.where(known, attained, 0) * weights, base, out=np.zeros_like(attained), where=base > 0)
    points[~known] = np.nan
    enough = held >= LEAST_WEIGHT - 1e-9
    return np.where(enough, np.nansum(points, axis=1), np.nan), held, points


def _ranks(score: Floats, level: pd.Series[str]) -> Floats:
    """Return the rank of each score within its level, the highest first; equal ones share the better rank."""
    told = pd.Series(np.round(score, 9), index=level.index)
    return np.asarray(told.groupby(level).rank(method="min", ascending=False), dtype=np.float64)
