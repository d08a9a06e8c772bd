"""How parks are compared: indicators with ideals and weights, all of it data, and what an evaluation found.

A table is a TOML file; `landuse/data/evaluations/tdt1029-example.toml` is shipped. A bureau copies it, changes the
figures and names its path in the study.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003, pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from landuse import schema as s
from landuse.i18n import _
from landuse.reference.rule_pack import Name  # noqa: TC001, pydantic reads the annotations
from landuse.reference.toml_model import TomlModel, load_table

if TYPE_CHECKING:
    from pathlib import Path


SHIPPED = "tdt1029-example"
#: Figures of firms that a park adds up.
FIGURES = (s.TAX, s.VALUE_ADDED, s.OUTPUT, s.ENERGY, s.EMISSIONS, s.RD, s.STAFF)
#: What an indicator may measure of a park; units are those of the review's tables (yuan and tonnes per 亩, shares 0-1).
MEASURES = (
    "industrial_share",
    "main_share",
    "compactness",
    "hull_share",
    s.FAR,
    s.COVERAGE,
    "green_ratio",
    "leading_land",
    "leading_output",
    "inefficient_share",
    *(f"{figure}_per_mu" for figure in FIGURES),
    f"{s.TAX}_per_built_mu",
    "energy_per_added_value",
)
#: A park of which indicators of less than this weight are known has no score.
LEAST_WEIGHT = 0.5


class Group(TomlModel):
    """A group of indicators, a spoke's family in the radar."""

    key: str
    name: Name


class Indicator(TomlModel):
    """One indicator.

    Attributes
    ----------
    code : str
        Stable key.
    measure : str
        One of `MEASURES`.
    group : str
        Key of a group.
    ideal : float
        The value that counts as full attainment, in the measure's unit.
    better : {"more", "less"}
        Which way is good.
    weight : float
        In the score; all of them sum to 1.
    source, trust : str
        Of the ideal, printed with it.
    """

    code: str
    measure: str
    group: str
    name: Name
    ideal: Annotated[float, Field(gt=0)]
    better: Literal["more", "less"] = "more"
    weight: Annotated[float, Field(gt=0)]
    source: str
    trust: Literal["high", "medium", "low"]


class EvaluationRules(TomlModel):
    """A table of indicators, read and checked."""

    name: str
    source: str
    date: dt.date
    trust: Literal["high", "medium", "low"]
    groups: Annotated[tuple[Group, ...], Field(strict=False, min_length=1)]
    indicators: Annotated[tuple[Indicator, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _adds_up(self) -> EvaluationRules:
        codes, keys = [x.code for x in self.indicators], [g.key for g in self.groups]
        if len(set(codes)) < len(codes):
            raise ValueError(_("each indicator once: {codes}", codes=", ".join(codes)))
        if strange := sorted({x.group for x in self.indicators} - set(keys)):
            raise ValueError(_("groups that are not listed: {groups}", groups=", ".join(strange)))
        if strange := sorted({x.measure for x in self.indicators} - set(MEASURES)):
            what = _("unknown measures: {measures}", measures=", ".join(strange))
            raise ValueError(what + "; " + _("give one of {choices}", choices=", ".join(MEASURES)))
        if abs(sum(x.weight for x in self.indicators) - 1) > 1e-6:
            raise ValueError(_("the weights sum to {total:g}, not to 1", total=sum(x.weight for x in self.indicators)))
        return self


def load_evaluation(table: str, folder: Path) -> EvaluationRules:
    """Return a table by name (shipped with the package) or by path (from the study's folder).

    Raises
    ------
    InputError
        When there is no such table, with every mistake in it.
    """
    missing = _("no table of indicators {table!r}", table=table)
    return load_table(
        EvaluationRules,
        table,
        folder,
        "evaluations",
        SHIPPED,
        missing,
        lambda error: _("not a table of indicators: {error}", error=error),
    )
