"""How parks are compared: indicators with ideals and weights, all of it data, and what an evaluation found.

A table is a TOML file; `landuse/data/evaluations/tdt1029-example.toml` is shipped. A bureau copies it, changes the
figures and names its path in the study.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003, pydantic reads the annotations
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from landuse import cells
from landuse import schema as s
from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.layers import Checked
from landuse.periods import begin_of, days_to_come
from landuse.rulepack import Name  # noqa: TC001, pydantic reads the annotations
from landuse.section import Section, load_section
from landuse.spelling import plain, respell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from landuse.layers import Parks
    from landuse.raw import Raw

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
#: Columns of the table of earlier comparisons.
LEAGUE = ("period", "park", "score")
#: Columns of the table of counts that the bureau brings.
PANELS = ("park", "kind", "count", "goal")
#: A park of which indicators of less than this weight are known has no score.
LEAST_WEIGHT = 0.5


class Group(Section):
    """A group of indicators, a spoke's family in the radar."""

    key: str
    name: Name


class Indicator(Section):
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


class EvaluationRules(Section):
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
            what = _("measures nobody knows: {measures}", measures=", ".join(strange))
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
    own = folder / table
    if own.suffix != ".toml" and table != SHIPPED:
        fix = _("give {name}, or the path of a .toml file", name=SHIPPED)
        raise InputError(Problem(_("no table of indicators {table!r}", table=table), fix, table))
    fix = _("copy landuse/data/evaluations/{name}.toml and change it", name=SHIPPED)
    shipped = files("landuse").joinpath("data", "evaluations", f"{SHIPPED}.toml")

    def told(error: Exception) -> Problem:
        return Problem(_("not a table of indicators: {error}", error=error), fix, table)

    return load_section(EvaluationRules, own if own.suffix == ".toml" else shipped, table, told)


@dataclass(frozen=True)
class League:
    """The last comparison of parks: its name, and the score of each park."""

    period: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


def as_league(raw: Raw, parks: Parks, day: dt.date | None = None) -> Checked[League]:
    """Admit the table of earlier comparisons: period, park, score; the last period by its name counts.

    Parameters
    ----------
    raw : Raw
        The table. Periods sort by their text: 2025Q1, 2025Q2.
    parks : Parks
        A park the layer does not have is a problem.
    day : datetime.date, optional
        Of the study; a period that begins after it is reported.
    """
    frame, problems = raw.frame, list[Problem]()
    rows = np.array([str(k) for k in frame.index], dtype=object)
    period = [plain(x) for x in cells.text(frame, {"period": "period"}, "period")]
    park = _parks(frame, problems, rows, parks)
    score = cells.numbers(frame, {"score": "score"}, "score", problems, rows)
    known = set(parks[s.PARK])
    strange = np.array([p not in known for p in park], dtype=bool)
    blank = np.array([not x for x in period], dtype=bool)
    twice = pd.Series(list(zip(period, park, strict=True)), dtype=object).duplicated(keep=False).to_numpy()
    for which, what, fix in (
        (strange, _("a park that the layer does not have"), _("write its id as the park layer does")),
        (blank, _("a score without a period"), _("write the period: 2025Q3")),
        (twice & ~blank & ~strange, _("one park twice in a period"), _("keep one row a park and period")),
    ):
        if which.any():
            problems.append(Problem(what, fix, rows=tuple(rows[which])))
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    last = max(period, default="")
    scores = {p: float(x) for q, p, x in zip(period, park, score, strict=True) if q == last and not np.isnan(x)}
    late = days_to_come(map(begin_of, period), day, rows, _("periods of the last comparison"))
    return Checked(League(last, scores), (*raw.findings, *late), raw.assumptions)


def as_panels(raw: Raw, parks: Parks) -> Checked[pd.DataFrame]:
    """Admit the table of counts that the bureau brings: park, kind (platforms, incubators, …), count, goal.

    They are shown as they come; nothing is computed from them, and they are no part of a score.

    Parameters
    ----------
    raw : Raw
        The table. A blank goal is none; a blank count is a problem: write 0 for none, and leave out what nobody knows.
    parks : Parks
        A park the layer does not have is a problem.

    Returns
    -------
    Checked of DataFrame
        Columns park_id, kind, count, goal (NaN: none), in the order of the parks, then of the table.

    Raises
    ------
    InputError
        With every problem.
    """
    frame, problems = raw.frame, list[Problem]()
    rows = np.array([str(k) for k in frame.index], dtype=object)
    park, kind = _parks(frame, problems, rows, parks), [plain(x) for x in cells.text(frame, {"kind": "kind"}, "kind")]
    count, goal = (cells.numbers(frame, {c: c}, c, problems, rows) for c in PANELS[2:])
    order = {p: k for k, p in enumerate(dict.fromkeys(parks[s.PARK]))}
    strange = np.array([p not in order for p in park], dtype=bool)
    nameless = np.array([not x for x in kind], dtype=bool)
    twice = pd.Series(list(zip(park, kind, strict=True)), dtype=object).duplicated(keep=False).to_numpy()
    unread = np.isin(rows, [row for p in problems for row in p.rows])
    wrong = [(x < 0) | (x % 1 > 0) for x in (count, goal)]
    for which, what, fix in (
        (strange, _("a park that the layer does not have"), _("write its id as the park layer does")),
        (nameless, _("a count without a kind"), _("write what is counted")),
        (np.isnan(count) & ~unread, _("a kind without a count"), _("write the count, 0 for none, or remove the row")),
        (wrong[0], _("column {column!r}: no count", column="count"), _("write whole numbers from 0")),
        (wrong[1], _("column {column!r}: no count", column="goal"), _("write whole numbers from 0, or leave it blank")),
        (twice & ~nameless & ~strange, _("one kind twice for a park"), _("keep one row a park and kind")),
    ):
        if which.any():
            problems.append(Problem(what, fix, rows=tuple(rows[which])))
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    table = pd.DataFrame({s.PARK: park, s.KIND: kind, "count": count, "goal": goal})
    table = table.sort_values(s.PARK, key=lambda ids: ids.map(order), kind="stable", ignore_index=True)
    return Checked(table.astype({"count": int}), raw.findings, raw.assumptions)


def _parks(frame: Any, problems: list[Problem], rows: Any, parks: Parks) -> Any:
    """Return the parks of a table, as the layer spells those it has."""
    return respell(cells.identifiers(frame, {"park": "park"}, "park", problems, rows), parks[s.PARK])


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
