"""Judgements: what is known of plots, which rules they meet, and the lists that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse.errors import AccountingError
from landuse.units import to_mu

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.reference.rule_pack import Rule, RulePack

#: Evidence, the strongest first.
EVIDENCE = ("registered", "statistical", "remote", "none")


@dataclass(frozen=True)
class Indicators:
    """What is known of every parcel, and of each plot of a parcel that has several; the index of each table is the id.

    Attributes
    ----------
    values : pandas.DataFrame
        A column a measure of `landuse.reference.rule_pack.MEASURES`, in SI; NaN or "" is unknown.
    levels : pandas.DataFrame
        The same columns: "registered", "statistical", "remote", or "none" where unknown.
    standards : pandas.DataFrame
        far and coverage: the entry standard of the parcel's zone; NaN where there is none.
    notes : pandas.DataFrame
        years (tuple: those the mean tax rests on), firms (their names), planned_code, district, mu (registered area;
        NaN for a plot of a parcel that has several: its land is counted with the parcel).
    """

    values: pd.DataFrame
    levels: pd.DataFrame
    standards: pd.DataFrame
    notes: pd.DataFrame


@dataclass(frozen=True)
class RuleHit:
    """One rule met by one plot: the value against the threshold, both in the rule's unit, on which evidence.

    What takes the plot off is the threshold itself: a rule is met below (or above) it, not at it; "at least" a figure
    is left as soon as the value is smaller, and words by any other word.
    """

    rule: Rule
    value: float | str
    threshold: float | str
    evidence: str


@dataclass(frozen=True)
class RuleEvaluation:
    """Every rule held against every parcel.

    Attributes
    ----------
    pack : RulePack
        The rules.
    values : pandas.DataFrame
        Index: parcel id; a column a rule: the measured value in the rule's unit, NaN or "" where unknown, and where
        no standard is known to hold it against.
    limits : pandas.DataFrame
        The same shape: the threshold in the rule's unit; NaN for words.
    levels : pandas.DataFrame
        The same shape: the evidence of each value.
    """

    pack: RulePack
    values: pd.DataFrame
    limits: pd.DataFrame
    levels: pd.DataFrame

    @cached_property
    def met(self) -> pd.DataFrame:
        """Which parcel meets which rule; an unknown value meets none."""
        return pd.DataFrame(
            {rule.code: meets(rule, self.values[rule.code], self.limits[rule.code]) for rule in self.pack.rules},
            index=self.values.index,
        )

    @cached_property
    def reasons(self) -> pd.Series[Any]:
        """The codes each parcel meets, as tuples in the order of the pack."""
        codes = np.array([rule.code for rule in self.pack.rules], dtype=object)
        out = np.empty(len(self.met), dtype=object)
        out[:] = [tuple(codes[row]) for row in self.met.to_numpy()]
        return pd.Series(out, index=self.met.index)

    @cached_property
    def evidence(self) -> pd.Series[str]:
        """The evidence of each parcel: of its reasons the strongest; without a reason, of what is known of it.

        "none" where no reason is met and nothing is known of its performance: where a plot lies says nothing of how
        it does.
        """
        rank = self.levels.apply(lambda column: column.map(EVIDENCE.index)).to_numpy(dtype=int)
        none = len(EVIDENCE) - 1
        performance = np.array([rule.judges == "performance" for rule in self.pack.rules])
        met = self.met.to_numpy()
        of_reasons = np.where(met, rank, none).min(axis=1)
        known = np.where(performance, rank, none).min(axis=1)
        best = np.where(met.any(axis=1), of_reasons, known)
        return pd.Series(np.array(EVIDENCE, dtype=object)[best], index=self.met.index)

    def of(self, parcel: str) -> list[RuleHit]:
        """Return the rules a parcel meets, in the order of the pack."""
        out = []
        for rule in self.pack.rules:
            if self.met.loc[parcel, rule.code]:
                value: Any = self.values.loc[parcel, rule.code]
                limit: Any = self.limits.loc[parcel, rule.code]
                level = str(self.levels.loc[parcel, rule.code])
                if rule.any_of:
                    out.append(RuleHit(rule, str(value), "、".join(rule.any_of), level))
                else:
                    out.append(RuleHit(rule, float(value), float(limit), level))
        return out


def meets(rule: Rule, values: Any, limits: Any) -> Any:
    """Which values meet a rule; NaN and "" meet none.

    Parameters
    ----------
    rule : Rule
        Decides the comparison.
    values, limits : array or Series
        In the rule's unit.
    """
    if rule.comparison == "any_of":
        return np.isin(np.asarray(values, dtype=object).astype(str), rule.any_of)
    value, limit = np.asarray(values, dtype=float), np.asarray(limits, dtype=float)
    if rule.comparison == "below":
        return value < limit
    return value > limit if rule.comparison == "above" else value >= limit


@dataclass(frozen=True)
class Score:
    """A composite score: how far each plot is from the best that is seen, by TOPSIS; it orders, it lists nobody.

    Attributes
    ----------
    table : pandas.DataFrame
        Index: parcel id. score (0 best, 1 worst of what is seen; NaN without a criterion), and of the weight the share
        that rests on each level of evidence: registered, statistical, remote, none.
    weights : pandas.Series
        Criterion to its weight; they sum to 1.
    method : str
        "stated", "entropy" or "ahp".
    consistency : float or None
        Consistency ratio of the comparisons (ahp); above 0.1 they contradict each other.
    contributions : pandas.DataFrame
        Criterion to its part of each plot's squared distance from the best; a row sums to 1.
    stability : pandas.DataFrame
        criterion, change (-0.2, +0.2), stay: how many of the first `first` plots stay among them when the criterion's
        weight changes by that share.
    first : int
        How many plots that is: 100, or the first half when there are fewer than 200.
    """

    table: pd.DataFrame
    weights: pd.Series[float]
    method: str
    consistency: float | None
    contributions: pd.DataFrame
    stability: pd.DataFrame
    first: int


@dataclass(frozen=True)
class Candidates:
    """Which plots are inefficient, on what evidence, and what would change it?

    Attributes
    ----------
    plots : geopandas.GeoDataFrame
        The scattered plots of `Scatter`, in the order of the list, with tax_per_mu (yuan per 亩 and year; NaN without
        data), years, firms, reasons (tuple of codes), evidence, handling (what the decision table suggests), score.
    renewal : geopandas.GeoDataFrame
        Plots inside or adjoining parks (园区内低效), a row a plot, with the same columns, park_id ("" for an adjoining
        one) and renewal_group: plots near each other that could be redeveloped together.
    judged : Judged
        Every rule held against every parcel, on the list or not.
    measures : Indicators
        What is known of them.
    score : Score or None
        None where the pack has none.
    """

    plots: gpd.GeoDataFrame
    renewal: gpd.GeoDataFrame
    judged: RuleEvaluation
    measures: Indicators = field(repr=False)
    score: Score | None = None

    def __post_init__(self) -> None:
        for list_ in (self.plots, self.renewal):
            without = list_["evidence"] == "none"
            if any(list_.loc[without, "reasons"].map(len)):
                raise AccountingError("a plot without data carries a reason")

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules by code."""
        return self.judged.pack.by_code

    @property
    def listed(self) -> gpd.GeoDataFrame:
        """The candidates: scattered, and at least one reason met on evidence better than none."""
        return self.plots[self.plots["reasons"].map(len) > 0]

    @property
    def no_data(self) -> gpd.GeoDataFrame:
        """Scattered plots nobody has figures for: to be surveyed, never called inefficient."""
        return self.plots[self.plots["evidence"] == "none"]

    @property
    def renewed(self) -> gpd.GeoDataFrame:
        """Plots inside or adjoining parks that meet a reason: renewal on site."""
        return self.renewal[self.renewal["reasons"].map(len) > 0]

    @property
    def area_m2(self) -> tuple[float, float]:
        """Land of the two lists, apart: the yearly goal counts both."""
        return float(self.listed["area_m2"].sum()), float(self.renewed["area_m2"].sum())

    @cached_property
    def groups(self) -> pd.DataFrame:
        """The groups of `renewed` plots that could be redeveloped together, and what they would yield; largest first.

        Index: renewal_group. Columns plots, area_m2, parks (ids), tax_yuan (now, of the plots whose tax is known) and
        at_mean_yuan: their tax if each of them paid at least its district's mean per 亩; an arithmetic example, no
        forecast.
        """
        plots, notes = self.renewed, self.measures.notes
        tax = self.measures.values["tax_per_mu"]
        mu = notes["mu"].where(tax.notna())
        mean = (tax * mu).groupby(notes["district"]).sum() / mu.groupby(notes["district"]).sum()
        own = plots["tax_per_mu"].to_numpy(dtype=float)
        land = to_mu(plots["area_m2"].to_numpy(dtype=float))
        raised = np.fmax(own, plots["district"].map(mean).to_numpy(dtype=float))
        rows = pd.DataFrame(
            {
                "renewal_group": plots["renewal_group"].to_numpy(),
                "area_m2": plots["area_m2"].to_numpy(dtype=float),
                "tax_yuan": own * land,
                "at_mean_yuan": np.where(np.isnan(own), np.nan, raised * land),
                "parks": plots["park_id"].to_numpy(dtype=object),
            }
        )
        groups = rows.groupby("renewal_group")
        out = groups[["area_m2", "tax_yuan", "at_mean_yuan"]].sum()
        out.insert(0, "plots", groups.size())
        out["parks"] = groups["parks"].agg(lambda ids: "、".join(sorted(set(ids) - {""})))
        return out.sort_values("area_m2", ascending=False, kind="stable")


@dataclass(frozen=True)
class Scatter:
    """Which industrial plots outside the parks are scattered?

    Attributes
    ----------
    plots : geopandas.GeoDataFrame
        Index: plot id. One row per parcel with land outside every park, or per group of its parts where they lie
        farther apart than the gap. Columns: district, code, area_m2, cluster,
        cluster_m2, park_distance_m, position ("scattered" | "highly_scattered" | "small" | "adjoining" | "clustered"),
        place ("urban" | "beyond" the urban development boundary, "" where there is none), neighbours (tuple of
        farmland, housing, ecological: what lies within the gap), geometry (its parts outside, together).
    sensitivity : pandas.DataFrame or None
        How the list changes with the gap and the largest cluster.
    town_marks : pandas.DataFrame or None
        The survey's mark of industry that stands alone against the position.
    pieces : pandas.Series
        Of plots that are one of several of a parcel, the parcel's id, by plot id.
    """

    plots: gpd.GeoDataFrame
    sensitivity: pd.DataFrame | None = None
    town_marks: pd.DataFrame | None = None
    pieces: pd.Series[str] = field(default_factory=lambda: pd.Series(dtype=object))

    @property
    def scattered(self) -> gpd.GeoDataFrame:
        """The scattered plots, the highly scattered among them, without those too small to list."""
        return self.plots[self.plots["position"].isin(["scattered", "highly_scattered"])]

    def parcel_of(self, plots: pd.Index[str]) -> pd.Index[str]:
        """Return the parcel of each plot."""
        return pd.Index([self.pieces.get(plot, plot) for plot in plots], dtype=object) if len(self.pieces) else plots

    @property
    def positions(self) -> pd.Series[str]:
        """The position of each parcel with land outside every park: that of its largest plot."""
        table = self.plots[["area_m2", "position"]].set_axis(self.parcel_of(self.plots.index), axis=0)
        if table.index.is_unique:
            return table["position"]
        table = table.sort_values("area_m2", ascending=False, kind="stable")
        return table[~table.index.duplicated()].sort_index()["position"]

    @property
    def clusters(self) -> int:
        """How many clusters the scattered plots form."""
        return int(self.scattered["cluster"].nunique())
