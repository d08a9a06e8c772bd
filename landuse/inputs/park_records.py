"""How parks are compared: indicators with ideals and weights, all of it data, and what an evaluation found.

A table is a TOML file; `landuse/data/evaluations/tdt1029-example.toml` is shipped. A bureau copies it, changes the
figures and names its path in the study.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003, pydantic reads the annotations
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import _
from landuse.inputs.dates import begin_of, days_to_come
from landuse.inputs.table_reader import TableReader
from landuse.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.inputs.parks import Parks
    from landuse.inputs.source_table import Checked, SourceTable

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
    table = TableReader(raw)
    period, park = [plain(x) for x in table.texts("period")], table.parks("park", parks)
    score, wrong = table.figures("score"), table.unread
    blank = np.array([not x for x in period], dtype=bool)
    table.refuse(blank, _("a score without a period"), _("write the period: 2025Q3"))
    pairs = zip(period, park, strict=True)
    table.once(pairs, _("duplicate park within a period"), _("keep one row a park and period"), unless=blank | wrong)
    table.done()
    last = max(period, default="")
    scores = {p: float(x) for q, p, x in zip(period, park, score, strict=True) if q == last and not np.isnan(x)}
    late = days_to_come(map(begin_of, period), day, table.rows, _("periods of the last comparison"))
    return table.checked(League(last, scores), late)


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
    table, order = TableReader(raw), {p: k for k, p in enumerate(dict.fromkeys(parks[s.PARK]))}
    count, goal = (table.figures(role) for role in PANELS[2:])
    unread = table.unread
    park, kind = table.parks("park", parks), [plain(x) for x in table.texts("kind")]
    strange, nameless = ~np.isin(park, list(order)), np.array([not x for x in kind], dtype=bool)
    table.refuse(nameless, _("a count without a kind"), _("write what is counted"))
    missing = np.isnan(count) & ~unread
    table.refuse(missing, _("a kind without a count"), _("write the count, 0 for none, or remove the row"))
    for role, x, fix in (
        ("count", count, _("write whole numbers from 0")),
        ("goal", goal, _("write whole numbers from 0, or leave it blank")),
    ):
        table.refuse((x < 0) | (x % 1 > 0), _("column {column!r}: no count", column=role), fix)
    pairs = zip(park, kind, strict=True)
    table.once(pairs, _("one kind twice for a park"), _("keep one row a park and kind"), unless=nameless | strange)
    table.done()
    counts = pd.DataFrame({s.PARK: park, s.KIND: kind, "count": count, "goal": goal})
    counts = counts.sort_values(s.PARK, key=lambda ids: ids.map(order), kind="stable", ignore_index=True)
    return table.checked(counts.astype({"count": int}))
