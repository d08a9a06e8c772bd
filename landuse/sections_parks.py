"""The section of the study file on the comparison of parks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from landuse.section import Section
from landuse.sections import NotNegative, Positive, Share  # noqa: TC001, pydantic reads the annotations


class EvaluationSection(Section):
    """How parks are compared: indicators, thresholds, and the last comparison."""

    rules: str = "tdt1029-example"
    year: Annotated[int, Field(ge=1949, le=2100)] | None = None
    purity: Share = 0.60
    join_gap_m: Positive = 50.0
    join_mu: NotNegative = 200.0
    tax_wan_per_mu: Positive = 40.0
    earlier: str | None = None
