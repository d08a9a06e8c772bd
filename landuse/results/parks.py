"""Parks side by side: how each is laid out, built on and doing, and where it stands among its like."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from landuse import schema as s
from landuse.errors import AccountingError, balance

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from landuse.reference.indicators import EvaluationRules


@dataclass(frozen=True)
class LivingRule:
    """Thresholds of living with industry (clause 十四), in SI.

    Attributes
    ----------
    walk_m : float
        What is a walk of 15 minutes, as the crow flies (直线距离).
    buffer_m : float
        Surroundings of a park.
    ancillary_land, ancillary_floor : float
        Most land and floor of a plot that may serve offices, canteens and dormitories (自然资发〔2023〕72号).
    """

    walk_m: float = 1000.0
    buffer_m: float = 1000.0
    ancillary_land: float = 0.07
    ancillary_floor: float = 0.15


@dataclass(frozen=True)
class ReviewRule:
    """Thresholds of a review, in SI.

    Attributes
    ----------
    year : int or None
        Of the firms' figures; None: the latest year of the table.
    purity : float
        Industrial share of a block's land from which it counts as pure.
    join_gap_m, join_m2 : float
        Widest step between blocks and plots that would join them, and the most land of such a chain.
    tax_target : float
        Yuan per 亩 that the policy wants.
    living : LivingRule
        Of living with industry.
    """

    year: int | None = None
    purity: float = 0.60
    join_gap_m: float = 50.0
    join_m2: float = 200 * 10_000 / 15
    tax_target: float = 400_000.0
    living: LivingRule = LivingRule()


@dataclass(frozen=True)
class ParkReview:
    """What is known of every park, each figure with what it rests on.

    Attributes
    ----------
    rule : ReviewRule
        Thresholds.
    year : int or None
        Of the firms' figures; None without any.
    figures : pandas.DataFrame
        Index: park id. park_name, level, land_m2 (owned), industrial_m2 (counted, attributed), built_m2,
        industrial_share; the columns of `park_structure`, `intensity`, `park_yield` and `leading` of
        `landuse.analysis`; leading_output_before (of the year before), inefficient_m2, judged_m2 (industrial land of
        which anything is known), inefficient_share, energy_flags (plots that meet an energy rule).
    blocks : geopandas.GeoDataFrame
        One row a block: park_id, block_id, is_main, land_m2, industrial_m2, purity, pure, nearest_m, plots, far,
        far_known, coverage, coverage_known, geometry (as drawn).
    uses : pandas.DataFrame
        park_id, block_id, code, name, m2: all land of each park, once; code "" for land under no parcel.
    joins : geopandas.GeoDataFrame
        Suggestions for integration, as `landuse.analysis.parks.structure.joining_plots` returns them.
    industries : pandas.DataFrame
        park_id, division, m2, output_yuan, firms.
    duties : pandas.DataFrame
        park_id, district, plots, m2: who answers for what.
    evaluation : Evaluation
        Attainment, score, rank within the level.
    inside_m2 : float
        Industrial land inside the parks, as the concentration has it.
    before : Mapping
        Park to its score at the last comparison, where the study has one.
    period : str
        Name of that comparison, "" for none.
    living : pandas.DataFrame or None
        Living with industry, index as `figures`: jobs, jobs_known, school_share, clinic_share, shop_share (of the known
        jobs within a walk), housing_inside_m2, housing_near_m2, housing_floor_m2, housing_floor_known,
        jobs_per_housing_ha, and of ancillary_land and ancillary_floor: _plots, _m2, _known. NaN: not known.
    panels : pandas.DataFrame or None
        Counts supplied by the bureau, passed through unchanged: park_id, kind, count, goal (NaN: none).

    Raises
    ------
    AccountingError
        When the parks' industrial land does not sum to the city's inside, or the uses of the parks to their land; when
        a park has more housing inside than inside and around it.
    """

    rule: ReviewRule
    year: int | None
    figures: pd.DataFrame
    blocks: gpd.GeoDataFrame
    uses: pd.DataFrame
    joins: gpd.GeoDataFrame
    industries: pd.DataFrame
    duties: pd.DataFrame
    evaluation: Evaluation
    inside_m2: float
    before: Mapping[str, float]
    period: str = ""
    living: pd.DataFrame | None = None
    panels: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        balance(float(self.figures["industrial_m2"].sum()), self.inside_m2, "industrial land of the parks")
        balance(float(self.duties["m2"].sum()), self.inside_m2, "industrial land by park and district")
        balance(float(self.industries["m2"].sum()), self.inside_m2, "industrial land by industry")
        balance(float(self.uses["m2"].sum()), float(self.figures["land_m2"].sum()), "land of the parks by class")
        if self.living is not None:
            inside, near = self.living["housing_inside_m2"], self.living["housing_near_m2"]
            if (inside > near * (1 + 1e-6) + 1).any():
                raise AccountingError("more housing inside a park than inside and around it")

    @cached_property
    def league(self) -> pd.DataFrame:
        """The league table: within each level, in the order of priority, the best score first.

        Index: park id. park_name, level, rank, of, score, known, best_rank, worst_rank, moved (places won since the
        last comparison, within the level; NaN where there was none), tax_yuan_per_mu, to_target (less than 0: short
        of the policy's tax per 亩 of industrial land).
        """
        table = self.evaluation.table
        out = self.figures[["park_name"]].join(table)
        earlier = table["score"].index.to_series().map(self.before).astype(float)
        was = earlier.where(table["rank"].notna()).groupby(table[s.LEVEL]).rank(method="min", ascending=False)
        now = table["score"].where(was.notna()).groupby(table[s.LEVEL]).rank(method="min", ascending=False)
        out["moved"] = was - now
        out[f"{s.TAX}_per_mu"] = self.figures[f"{s.TAX}_per_mu"]
        out["to_target"] = out[f"{s.TAX}_per_mu"] - self.rule.tax_target
        order = {level: k for k, level in enumerate(self.figures[s.LEVEL].unique())}  # the first owns disputed land
        return (
            out.assign(order=out[s.LEVEL].map(order)).sort_values(["order", "rank", "park_name"]).drop(columns="order")
        )


@dataclass(frozen=True)
class Evaluation:
    """How far each park attains each ideal, and what that makes of it.

    Attributes
    ----------
    rules : EvaluationRules
        Indicators, ideals, weights.
    values, attainment : pandas.DataFrame
        Index: park id; a column an indicator: its value, and how far it attains the ideal (0-1). NaN: not known.
    table : pandas.DataFrame
        Index: park id. level (parks are ranked within it), score (0-100 over the known indicators; NaN with less than
        half the weight known), known (weight known), rank (1 best; NaN without a score), of (parks ranked in the
        level), best_rank and worst_rank (when each weight changes by a fifth either way, and when all weigh the same).
    contributions : pandas.DataFrame
        Like `attainment`: points of the score that come from each indicator; a row sums to the score.
    """

    rules: EvaluationRules
    values: pd.DataFrame
    attainment: pd.DataFrame
    table: pd.DataFrame
    contributions: pd.DataFrame = field(repr=False)
