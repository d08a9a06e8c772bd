"""The sections of the study file that are rules: what the share means, what is scattered, wanted, compared."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from landuse.config.layers import BackgroundLayer, Boundary, FacilitiesSection, NotNegative, Positive, Share, layer_of
from landuse.i18n import _
from landuse.reference.toml_model import Columns, FilePath, TomlModel


class EvaluationSection(TomlModel):
    """How parks are compared: indicators, thresholds, the last comparison, and counts the bureau brings."""

    rules: FilePath = "tdt1029-example"
    year: Annotated[int, Field(ge=1949, le=2100)] | None = None
    purity: Share = 0.60
    join_gap_m: Annotated[float, Field(ge=1, le=2000)] = 50.0
    join_mu: NotNegative = 200.0
    tax_wan_per_mu: Annotated[float, Field(gt=0, le=10_000)] = 40.0
    earlier: FilePath | None = None
    panels: FilePath | None = None


class LivingSection(TomlModel):
    """Living with industry: what is near, and how near; distances are as the crow flies."""

    facilities: Annotated[FacilitiesSection | None, BeforeValidator(layer_of)] = None
    kinds: dict[str, Literal["school", "clinic", "shop"]] = Field(default={})
    walk_m: Positive = 1000.0
    buffer_m: Positive = 1000.0


#: Money per 亩 in 万元: no land costs more than 10 000, which is what one written in yuan comes to.
WanPerMu = Annotated[float, Field(ge=0, le=10_000)]


class DefinitionSection(TomlModel):
    """What the headline share means."""

    classes: Literal["core", "with_storage", "with_mining"] = "core"
    boundary: Boundary = "approved"
    rule: Literal["clip", "centroid", "majority"] = "clip"
    area: Literal["registered", "ellipsoidal", "planar"] = "registered"
    boundary_tolerance_m: Annotated[float, Field(ge=0, le=100)] = 5.0


class TargetSection(TomlModel):
    """The policy's share."""

    share: Share = 0.70
    by: dt.date | None = None
    path: dict[Annotated[str, Field(pattern=r"^\d{4}$")], Share] = Field(default={})

    @model_validator(mode="after")
    def _path_leads_to_the_share(self) -> TargetSection:
        years = sorted(self.path)
        if falling := [f"{a}, {b}" for a, b in pairwise(years) if self.path[b] < self.path[a]]:
            raise ValueError(
                _("path falls: {years}; each year's share is at least the last one's", years="; ".join(falling))
            )
        if above := [year for year in years if self.path[year] > self.share]:
            what = _(
                "path is above share = {share:g} in {years}: lower it, or raise share",
                share=self.share,
                years=", ".join(above),
            )
            raise ValueError(what)
        last = str(self.by.year) if self.by else ""
        if last and (below := [year for year in years if year >= last and self.path[year] < self.share]):
            what = _(
                "path is below share = {share:g} in {years}, when by = {by} has come",
                share=self.share,
                years=", ".join(below),
                by=self.by,
            )
            raise ValueError(what)
        return self


class ScatterSection(TomlModel):
    """When a plot outside the parks is scattered; none of the thresholds is official.

    Attributes
    ----------
    gap_m : float
        Plots at most this far apart belong to one cluster; a plot this near a park adjoins it.
    max_cluster_mu : float
        A cluster above this is no scatter.
    highly_scattered_mu : float
        At or below this a cluster is highly scattered.
    min_plot_mu : float
        Plots below this go to a separate list.
    """

    gap_m: Annotated[float, Field(ge=1, le=2000)] = 50.0
    max_cluster_mu: Positive = 200.0
    highly_scattered_mu: Positive = 30.0
    min_plot_mu: Annotated[float, Field(ge=0)] = 3.0

    @model_validator(mode="after")
    def _the_largest_is_the_largest(self) -> ScatterSection:
        for key in ("highly_scattered_mu", "min_plot_mu"):
            if getattr(self, key) > self.max_cluster_mu:
                largest = self.max_cluster_mu
                raise ValueError(_("{key} is above max_cluster_mu = {largest:g}: lower it", key=key, largest=largest))
        return self


class EfficiencySection(TomlModel):
    """Which rule pack says what is inefficient: a name, or a path to one."""

    rules: FilePath = "zhejiang-2023"


class CapacityColumns(Columns):
    """Foreign names of the columns of the table of blocks; those without a default need not be there."""

    park: str = "park"
    block: str = "block"
    spare: str = "spare_mu"
    from_year: str = "from_year"
    price: str = "price"
    industries: str = "industries"
    pollution: str | None = None
    power: str | None = None
    water: str | None = None
    gas: str | None = None
    district: str | None = None
    partner: str | None = None
    share: str | None = None


class CapacitySection(TomlModel):
    """What the parks still take."""

    path: FilePath
    sheet: str | None = None
    columns: CapacityColumns = CapacityColumns()
    protected: BackgroundLayer = None


class CostSection(TomlModel):
    """What a plan costs; every default is an example, to be replaced by the bureau's own figures [万元]."""

    compensation_per_mu: WanPerMu = 60.0
    haul_per_mu_km: WanPerMu = 0.5
    rebuild_per_mu: WanPerMu = 40.0
    cross_district_per_mu: WanPerMu = 10.0
    tax_years: NotNegative = 5.0


#: The largest budget [万元]: more than the yearly revenue of any city. What is above it was meant in yuan.
MOST_BUDGET = 1e7


def in_wan(budget: float) -> float:
    """Return a budget in 万元 that a city may have."""
    if not 0 <= budget <= MOST_BUDGET:
        raise ValueError(_("give 万元, not yuan: from 0 (none) to {most:,.0f}", most=MOST_BUDGET))
    return budget


Objective = Literal["plots", "area", "cost"]


def _listed(value: object) -> object:
    """Accept a single objective as a one-element list."""
    return (value,) if isinstance(value, str) else value


class RelocationSection(TomlModel):
    """Which plots may go, where to, and what is wanted."""

    objective: Annotated[
        tuple[Objective, ...], BeforeValidator(_listed), Field(strict=False, min_length=1, max_length=3)
    ] = ("cost",)
    pool: Literal["candidates", "scattered", "outside"] = "candidates"
    actions: Annotated[tuple[Literal["move", "clear", "rebuild"], ...], Field(strict=False, min_length=1)] = (
        "move",
        "clear",
        "rebuild",
    )
    compaction: Annotated[float, Field(ge=0.1, le=3)] = 1.0
    cross_district: Literal["allowed", "charged", "forbidden"] = "forbidden"
    by_district: bool = False
    exclude: Annotated[tuple[str, ...], Field(strict=False)] = ()
    together: FilePath | None = None
    firms_together: bool = False
    demand: FilePath | None = None
    budget: Annotated[float, AfterValidator(in_wan)] = 0.0
    quota_mu_per_year: NotNegative = 0.0
    goal_mu_per_year: NotNegative = 0.0
    first_year: Annotated[int, Field(ge=1990, le=2100)] | None = None
    years: Annotated[int, Field(ge=1, le=15)] = 1
    industries: FilePath = "chains-example"
    housing_m: NotNegative = 100.0
    gap: Annotated[float, Field(ge=0, lt=1)] = 0.003
    cost: CostSection = CostSection()

    @model_validator(mode="after")
    def _objectives_are_distinct(self) -> RelocationSection:
        if len(set(self.objective)) < len(self.objective):
            raise ValueError(_("each objective once: {objectives}", objectives=", ".join(self.objective)))
        return self

    @model_validator(mode="after")
    def _the_quota_leaves_room_for_the_goal(self) -> RelocationSection:
        quota, goal = self.quota_mu_per_year, self.goal_mu_per_year
        if 0 < quota < goal:
            what = _(
                "a year's quota, {quota:g} 亩, is below its goal, {goal:g} 亩: raise quota_mu_per_year, or 0 for none",
                quota=quota,
                goal=goal,
            )
            raise ValueError(what)
        return self
