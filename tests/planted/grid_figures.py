"""Every figure that a run publishes, by name: what the truth of a grid city is held against, and errors change."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.reference.rule_pack import HANDLINGS

if TYPE_CHECKING:
    from landuse.results.run import RunResult

#: Columns of results that hold no figure, or repeat another's.
GEOMETRY = "geometry"
REL = 1e-6


def figures(found: RunResult) -> dict[Any, Any]:
    """Return the figures of a run; a key is a tuple."""
    c = found.concentration
    out: dict[Any, Any] = {("city", k): getattr(c, k) for k in ("total_m2", "inside_m2", "share", "verdict")}
    out |= _table("district", c.districts) | _table("park", c.parks)
    matrix = found.sensitivity[found.sensitivity["rule"] == "clip"]  # whole cells tie under the other rules
    out |= {("sensitivity", *map(str, row[:4])): row[4] for row in matrix.iloc[:, :5].itertuples(index=False)}
    for basis in ("planar", "registered"):
        own = matrix.query("classes == 'core' and boundary == 'approved' and area == @basis")
        out["share", basis] = own["share"].iloc[0] if len(own) else None
    if found.candidates is not None:
        out |= _candidates(found)
    if found.relocation is not None:
        r = found.relocation
        out |= {("plan", k): getattr(r, k) for k in ("status", "moved_m2", "plots", "cost_yuan")}
    if found.history is not None:
        out |= _change(found.history)
    if found.parks is not None:
        out |= _table("review", found.parks.figures) | _table("league", found.parks.league)
        panels = [] if found.parks.panels is None else found.parks.panels.itertuples(index=False)
        out |= {("panel", *row[:2]): tuple(row[2:]) for row in panels}
    return {_spelled(k): v for k, v in out.items()}


def _spelled(name):
    """Ids are shown as written: full-width ones are the same."""
    parts = name if isinstance(name, tuple) else (name,)
    return tuple(unicodedata.normalize("NFKC", p).strip() if isinstance(p, str) else p for p in parts)


def _table(name, frame):
    frame = frame.drop(columns=[c for c in frame.columns if c == GEOMETRY])
    return {(name, row, column): value for column in frame.columns for row, value in frame[column].items()}


def _candidates(found):
    c, plots = found.candidates, found.scatter.plots
    out = {("plot", i, k): row[k] for i, row in plots.iterrows() for k in ("position", "cluster_m2")}
    values = c.judged.values.to_dict("index")
    out |= {("rule", i, code): v for i, own in values.items() for code, v in own.items() if code != "L5"}
    out |= {("reasons", i): tuple(v) for i, v in c.judged.reasons.items()}
    out |= {("firms", i): v for i, v in c.measures.notes["firms"].items()}
    out |= {("handling", way): int((c.listed["handling"] == way).sum()) for way in HANDLINGS}
    out |= {("years", i): v for i, v in c.measures.notes["years"].items()}
    return out | {"listed": sorted(c.listed.index), "renewed": sorted(c.renewed.index)}


def _change(history):
    step = history.last
    out = {("change", str(kind)): m2 for kind, m2 in step.components["m2"].items()}
    out |= {("change", "share_before"): step.before.share, ("change", "share_after"): step.after.share}
    out["change", "pace"] = history.trajectory.pace
    new = history.violations
    return out | {"new_outside": dict(zip(new["plot"], new["document"], strict=True))}


def differs(a: Any, b: Any) -> bool:
    """Whether two figures are not the same, to rounding; unknown is unknown."""
    unknown = [x is None or (isinstance(x, float) and np.isnan(x)) for x in (a, b)]
    if any(unknown):
        return not all(unknown)
    if isinstance(a, str | tuple | list | dict | bool) or isinstance(b, str | tuple | list | dict | bool):
        return a != b
    return abs(float(a) - float(b)) > REL * max(1.0, abs(float(b)))


def differences(a: dict[Any, Any], b: dict[Any, Any], keys: Any = None) -> dict[Any, tuple[Any, Any]]:
    """Return the figures of two runs that differ; of some keys only, where they are given."""
    return {
        k: (a.get(k), b.get(k))
        for k in (keys if keys is not None else a.keys() | b.keys())
        if differs(a.get(k), b.get(k))
    }
