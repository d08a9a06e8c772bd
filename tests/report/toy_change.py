"""Two steps of a toy in which everything happens once, with names that have broken workbooks and maps somewhere."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd
from toys import box, parcels, parks

from landuse import schema as s
from landuse.analysis.change.compare import Snapshot, change_ledger
from landuse.analysis.change.trajectory import Goals, trajectory
from landuse.analysis.change.violations import new_plots_outside
from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.share.concentration import park_concentration
from landuse.config.history import ChangeSection
from landuse.definition import Definition
from landuse.results.change import History

if TYPE_CHECKING:
    from landuse.results.run import RunResult

DATES = (dt.date(2023, 12, 31), dt.date(2024, 12, 31), dt.date(2025, 12, 31))
HERE, THERE = "330110", "330109"
FORMULA, MARKUP = '=HYPERLINK("http://x","y")', "<r><t>x</t></r>"
HA = 10_000.0
#: Plot to its outline and what is not usual of it, at the first date and at the second.
BEFORE: dict[str, tuple[Any, dict[str, Any]]] = {
    "stays": (box(0, 0, 2, 1), {}),
    "cleared in": (box(3, 3, 4, 4), {}),
    "cleared out": (box(8, 3, 9, 4), {}),
    "class": (box(12, 0, 13, 1), {}),
    "passes": (box(12, 3, 13, 4), {}),
    "taken in": (box(5, 0, 6, 1), {}),
    "left out": (box(24, 0, 25, 1), {}),
    "line": (box(14, 0, 15, 1), {}),
    FORMULA: (box(14, 3, 16, 4), {}),
    "stated": (box(17, 0, 18, 1), {}),
}
AFTER: dict[str, tuple[Any, dict[str, Any]]] = {
    "stays": BEFORE["stays"],
    "new in": (box(2, 2, 3, 3), {}),
    "+1": (box(8, 0, 11, 1), {}),
    "@x": (box(8, 6, 9, 7), {}),
    "class": (BEFORE["class"][0], {s.CODE: "06H1"}),
    "passes": (BEFORE["passes"][0], {s.DISTRICT: THERE}),
    "taken in": BEFORE["taken in"],
    "left out": BEFORE["left out"],
    "line": (box(14.003, 0, 15.003, 1), {}),
    "-1": (box(14, 3, 15, 4), {}),
    "0601": (box(15, 3, 16, 4), {}),
    "stated": (BEFORE["stated"][0], {s.REGISTERED: HA - 100}),
}
#: At the third date one new plot is gone again.
LAST = {plot: row for plot, row in AFTER.items() if plot != "@x"}
PARKS = ((box(0, 0, 4, 4), box(20, 0, 26, 4)), (box(0, 0, 6, 4), box(20, 0, 24, 4)))


def _shot(when: int, land: dict[str, tuple[Any, dict[str, Any]]], names: dict[str, str]) -> Snapshot:
    shapes = [shape for shape, _other in land.values()]
    frame = parcels(shapes, ids=list(land), registered=[x.area for x in shapes], district=HERE)
    for k, (_shape, other) in enumerate(land.values()):
        for column, value in other.items():
            frame.loc[k, column] = value
    sites = parks(PARKS[min(when, 1)], ids=[MARKUP, "B"])
    counted = count_land(frame, workers=1)
    book = cut_land(counted, sites, workers=1)
    return Snapshot(DATES[when], counted, book, park_concentration(book, Definition(), district_names=names))


@cache
def history(steps: int = 2, path: tuple[tuple[int, float], ...] = ()) -> History:
    """The toy's earlier dates; the first, larger new plot is explained by nothing. `path`: targets by year."""
    names = {HERE: "余杭区", THERE: FORMULA}
    shots = [_shot(k, land, names) for k, land in enumerate((BEFORE, AFTER, LAST))][: steps + 1]
    found = tuple(change_ledger(a, b, workers=1) for a, b in pairwise(shots))
    plots = [
        new_plots_outside(
            step,
            pd.Series({"+1": "scattered", "@x": "clustered"}),
            {"+1": "'SYN 1"},
            {"@x": FORMULA},
            lambda: shots[0].land.parcels.assign(**{s.CODE: "0101"}),
        )
        for step in found
    ]
    table = pd.concat(plots, ignore_index=True)
    table["stands"] = table["plot"].isin(list(LAST) if steps > 1 else list(AFTER))
    wanted = Goals(0.7, dt.date(2027, 12, 31), dict(path), renovated_m2=HA, factory_m2=1000.0)
    earlier = {shot.date: shot.ledger.parks for shot in shots[:-1]}
    return History(found, table, trajectory(found, wanted), earlier, ChangeSection())


def with_history(result: RunResult, steps: int = 2, path: tuple[tuple[int, float], ...] = ()) -> RunResult:
    """The result with the toy's earlier dates."""
    return replace(result, history=history(steps, path))


def quiet(result: RunResult) -> RunResult:
    """The same, without new plots outside."""
    found = history()
    return replace(result, history=replace(found, violations=found.violations.iloc[:0]))
