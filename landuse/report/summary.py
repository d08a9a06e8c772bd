"""summary.json: every headline number, unrounded, in m² and shares of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.reference.rule_pack import HANDLINGS
from landuse.report.words.format import or_none
from landuse.results.candidates import EVIDENCE

if TYPE_CHECKING:
    from landuse.results.candidates import Score
    from landuse.results.change import ChangeLedger, History
    from landuse.results.parks import ParkReview
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

SCHEMA = "landuse-summary/1"


def summary(result: RunResult) -> dict[str, Any]:
    """Return the summary as plain JSON; a key is absent where its stage did not run."""
    c = result.concentration
    d = result.definition
    out: dict[str, Any] = {
        "schema": SCHEMA,
        "run_id": result.run_id,
        "study": {
            "name": result.name,
            "date": result.date.isoformat() if result.date else None,
            "synthetic": result.synthetic,
        },
        "definition": {
            "classes": d.classes,
            "boundary": d.boundary,
            "rule": d.rule,
            "area": d.area,
            "crs": result.crs,
            "classification": result.classification,
        },
        "city": {
            "total_m2": c.total_m2,
            "inside_m2": c.inside_m2,
            "outside_m2": c.outside_m2,
            "share": c.share,
            "target": c.target,
            "verdict": c.verdict,
            **({"interval": [c.interval.low, c.interval.high]} if c.interval else {}),
            "gap_m2": {
                "clear": c.gap.clear,
                "relocate": c.gap.relocate,
                "compact": c.gap.compact,
                "new_supply": or_none(c.gap.new_supply),
            },
        },
        "districts": [
            {
                "code": row["district"],
                "name": row["name"],
                "total_m2": row["total_m2"],
                "inside_m2": row["inside_m2"],
                "share": or_none(row["share"]),
                "gap_m2": row["gap_m2"],
            }
            for row in c.districts.reset_index().to_dict("records")
        ],
        "parks": [
            {
                "id": row["park_id"],
                "name": row["park_name"],
                "level": row["level"],
                "industrial_m2": row["industrial_m2"],
                "industrial_gross_m2": row["industrial_gross_m2"],
                "land_m2": row["land_m2"],
                "blocks": int(row["blocks"]),
                "main_share": or_none(row["main_share"]),
            }
            for row in c.parks.reset_index().to_dict("records")
        ],
        "sensitivity": [row | {"share": or_none(row["share"])} for row in result.sensitivity.to_dict("records")],
        "quality": [issue.as_dict() for issue in result.quality],
    }
    if result.scatter is not None:
        plots = result.scatter.scattered
        out["scatter"] = {
            "clusters": result.scatter.clusters,
            "plots": len(plots),
            "area_m2": float(plots[s.AREA_M2].sum()),
            "sensitivity": [] if result.scatter.sensitivity is None else result.scatter.sensitivity.to_dict("records"),
        }
    if result.candidates is not None:
        out["candidates"] = _candidates(result.candidates)
    if result.relocation is not None:
        out["relocation"] = _relocation(result.relocation)
    if result.history is not None:
        out["change"] = _change(result.history)
    if result.parks is not None:
        out["evaluation"] = _evaluation(result.parks)
    return {**out, "verdict": result.verdict, "assumptions": list(result.assumptions)}


def _candidates(candidates: Any) -> dict[str, Any]:
    listed, plots = candidates.listed, candidates.plots
    reasons = listed["reasons"].explode().value_counts()
    evidence = plots["evidence"].value_counts()
    return {
        "count": len(listed),
        "area_m2": float(listed[s.AREA_M2].sum()),
        "by_reason": {code: int(reasons.get(code, 0)) for code in candidates.rules},
        "by_evidence": {level: int(n) for level, n in sorted(evidence.items())},
        "by_handling": {way: int((listed["handling"] == way).sum()) for way in HANDLINGS},
        "renewal": {
            "count": len(candidates.renewed),
            "area_m2": float(candidates.renewed[s.AREA_M2].sum()),
            "groups": int(candidates.renewed["renewal_group"].nunique()),
        },
        "score": None if candidates.score is None else _score(candidates.score),
    }


def _relocation(relocation: Relocation) -> dict[str, Any]:
    """Return the plan: value, bound and gap of the first objective (plots, m² or yuan); all of them in `stages`."""
    r = relocation
    first = r.stages[0] if r.stages else None
    actions = r.moves["action"].value_counts()
    return {
        "status": r.status,
        "objective": first.value if first else None,
        "objective_name": r.rule.objectives[0],
        "bound": first.bound if first else None,
        "gap": first.gap if first else None,
        "stages": [asdict(stage) for stage in r.stages],
        "cut_short": r.cut_short,
        "moved_m2": r.moved_m2,
        "plots": r.plots,
        "by_action": {name: int(actions.get(name, 0)) for name in ("move", "clear", "rebuild")},
        "cost_yuan": r.cost_yuan,
        "share_after": r.after.share,
        "blocking": [asdict(missing) for missing in r.shortfalls],
        "alternatives": {
            str(name): {k: bool(v) if k == "met" else float(v) for k, v in row.items()}
            for name, row in r.alternatives.iterrows()
        },
        "years": [
            {**row, "year": int(row["year"]), "plots": int(row["plots"]), "target": or_none(row["target"])}
            for row in r.years.reset_index().to_dict("records")
        ],
    }


def _evaluation(review: ParkReview) -> dict[str, Any]:
    """Return every figure of every park, null where nobody knows it, and its place among those of its level."""
    e, league = review.evaluation, review.league
    figures = review.figures.drop(columns=[s.LEVEL, "park_name"])
    return {
        "year": review.year,
        "rules": e.rules.name,
        "since": review.period,
        "parks": [
            {
                "id": str(park),
                "name": league.loc[park, "park_name"],
                "level": league.loc[park, s.LEVEL],
                **{
                    k: or_none(league.loc[park, k]) for k in ("score", "known", "rank", "of", "best_rank", "worst_rank")
                },
                "moved": or_none(league.loc[park, "moved"]),
                "indicators": {
                    x.code: {
                        "measure": x.measure,
                        "value": or_none(e.values.loc[park, x.code]),
                        "ideal": x.ideal,
                        "attainment": or_none(e.attainment.loc[park, x.code]),
                        "points": or_none(e.contributions.loc[park, x.code]),
                    }
                    for x in e.rules.indicators
                },
                "figures": {str(k): _plain(v) for k, v in figures.loc[park].items()},
                "living": {} if review.living is None else {k: or_none(v) for k, v in review.living.loc[park].items()},
                "panels": [
                    {"kind": row[s.KIND], "count": int(row["count"]), "goal": or_none(row["goal"])}
                    for row in ([] if review.panels is None else review.panels.to_dict("records"))
                    if row[s.PARK] == park
                ],
            }
            for park in league.index
        ],
        "joins": [
            {k: list(v) if isinstance(v, tuple) else v for k, v in row.items()}
            for row in review.joins.drop(columns=review.joins.geometry.name).to_dict("records")
        ],
        "duties": review.duties.to_dict("records"),
    }


def _plain(value: Any) -> Any:
    """Return a value of a table as JSON has it."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return value if isinstance(value, str | int) else or_none(float(value))


def _change(history: History) -> dict[str, Any]:
    """Return the latest step in full, every step in short, and the trajectory."""
    t = history.trajectory
    return {
        **_step(history.last),
        "violations": len(history.violations[history.violations["end"] == history.last.end]),
        "alerts": len(history.alerts[history.alerts["end"] == history.last.end]),
        "steps": [_step(step) for step in history.steps],
        "trajectory": [
            {
                "date": row["date"].isoformat(),
                **{k: or_none(row[k]) for k in ("total_m2", "inside_m2", "share", "target", "gap_m2", "cleared_m2")},
                "target_stated": bool(row["stated"]),
            }
            for row in t.city.to_dict("records")
        ],
        "pace": {"points_a_year": t.pace * 100, "needed_a_year": None if t.needed is None else t.needed * 100},
        "counters": [
            {
                "counter": row["counter"],
                "from": row["start"].isoformat(),
                "to": row["end"].isoformat(),
                "value": or_none(row["value"]),
                "goal": or_none(row["goal"]),
                "basis": row["basis"],
            }
            for row in t.counters.to_dict("records")
        ],
        "extrapolation": [row | {"date": row["date"].isoformat()} for row in t.projection.to_dict("records")],
    }


def _step(step: ChangeLedger) -> dict[str, Any]:
    """Return one comparison: m² of each kind, what each did to the share, and the share had the boundaries stayed."""
    components = step.components
    return {
        "from": step.start.isoformat(),
        "to": step.end.isoformat(),
        **{str(kind): float(m2) for kind, m2 in components["m2"].items()},
        "share_before": step.before.share,
        "share_after": step.after.share,
        "share_had_boundaries_stayed": step.stayed.share,
        "inside_by_redrawing_only_m2": float(step.admitted["m2_after"].sum()),
        "effects": {str(kind): float(effect) for kind, effect in components["effect"].items()},
    }


def _score(score: Score) -> dict[str, Any]:
    stay = score.stability["stay"]
    return {
        "method": score.method,
        "weights": {str(name): float(weight) for name, weight in score.weights.items()},
        "consistency_ratio": score.consistency,
        "first": score.first,
        "least_that_stay": int(stay.min()) if len(stay) else score.first,
        "evidence_share": {level: float(score.table[level].mean()) for level in EVIDENCE},
    }
