"""The sections of the study file on the comparison of parks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from landuse.section import Columns, FilePath, Section
from landuse.sections import LayerSection, NotNegative, Positive, Share, layer_of


class EvaluationSection(Section):
    """How parks are compared: indicators, thresholds, the last comparison, and counts the bureau brings."""

    rules: FilePath = "tdt1029-example"
    year: Annotated[int, Field(ge=1949, le=2100)] | None = None
    purity: Share = 0.60
    join_gap_m: Annotated[float, Field(ge=1, le=2000)] = 50.0
    join_mu: NotNegative = 200.0
    tax_wan_per_mu: Annotated[float, Field(gt=0, le=10_000)] = 40.0
    earlier: FilePath | None = None
    panels: FilePath | None = None


class FacilityColumns(Columns):
    """Foreign names of the columns of facilities."""

    kind: str = "kind"


class FacilitiesSection(LayerSection):
    """Schools, clinics and shops, as points or polygons."""

    columns: FacilityColumns = FacilityColumns()


class LivingSection(Section):
    """Living with industry: what is near, and how near; distances are as the crow flies."""

    facilities: Annotated[FacilitiesSection | None, BeforeValidator(layer_of)] = None
    kinds: dict[str, Literal["school", "clinic", "shop"]] = Field(default={})
    walk_m: Positive = 1000.0
    buffer_m: Positive = 1000.0
