"""How parks are compared: indicators with ideals and weights, all of it data, and what an evaluation found.

A table is a TOML file; `landuse/data/evaluations/tdt1029-example.toml` is shipped. A bureau copies it, changes the
figures and names its path in the study.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003, pydantic reads the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.dates import begin_of, days_to_come
from landuse.inputs.source_table import Checked
from landuse.spelling import plain, respell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.inputs.parks import Parks
    from landuse.inputs.source_table import SourceTable

#: Columns of the table of earlier comparisons.
LEAGUE = ("period", "park", "score")
#: Columns of the table of counts that the bureau brings.
PANELS = ("park", "kind", "count", "goal")


@dataclass(frozen=True)
class League:
    """The last comparison of parks: its name, and the score of each park."""

    period: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


def as_league(raw: SourceTable, parks: Parks, day: dt.date | None = None) -> Checked[League]:
    """Admit the table of earlier comparisons: period, park, score; the last period by its name counts.

    Parameters
    ----------
    raw : SourceTable
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
    return Checked(League(last, scores), (*raw.issues, *late), raw.assumptions)


def as_panels(raw: SourceTable, parks: Parks) -> Checked[pd.DataFrame]:
    """Admit the table of counts that the bureau brings: park, kind (platforms, incubators, …), count, goal.

    They are shown as they come; nothing is computed from them, and they are no part of a score.

    Parameters
    ----------
    raw : SourceTable
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
    return Checked(table.astype({"count": int}), raw.issues, raw.assumptions)


def _parks(frame: Any, problems: list[Problem], rows: Any, parks: Parks) -> Any:
    """Return the parks of a table, as the layer spells those it has."""
    return respell(cells.identifiers(frame, {"park": "park"}, "park", problems, rows), parks[s.PARK])
