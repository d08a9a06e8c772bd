"""What changed between dates, on the map: the parks and the figures of each date, and the land that changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.reference.classification import load
from landuse.report.map.drawings import Drawing, for_display, outlined
from landuse.report.map.encode import hilbert_order
from landuse.report.style.palette import THEN
from landuse.report.tables.change import ROWS, breakdown, changed_parts
from landuse.report.words.change import boundary_sentence, change_sentence, kind_word, violations_sentence
from landuse.results import change as c

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from landuse.geo.arrays import Ints
    from landuse.results.change import ChangeLedger, History
    from landuse.results.concentration import Concentration
    from landuse.results.run import RunResult

#: Classes of the land that changed, in the order of their styles; new land outside the parks is two of them.
CLASSES = (
    c.ALERT,
    c.EXCEPTED,
    c.NEW_INSIDE,
    c.CLEARED_INSIDE,
    c.CLEARED_OUTSIDE,
    c.RECLASSIFIED,
    c.REDRAWN_IN,
    c.REDRAWN_OUT,
    c.TRANSFERRED,
)
#: Class of land that is drawn as it was and is no news: lines drawn anew under a rule that cuts no parcel.
NO_NEWS = len(CLASSES)
#: Whether land counts at a date, and on which side of the parks.
NOT, INSIDE, OUTSIDE = 0, 1, 2
WHEN = ("before", "after")
#: What the page gets of each piece of changed land.
COLUMNS = (
    "id",
    "step",
    "kind",
    "was",
    "now",
    "area_m2",
    "parts",
    "parcel_before",
    *(f"{side}_{when}" for side in ("code", "district", "park", "m2") for when in WHEN),
    "recorded",
    "admitted_m2",
)
OUTLINE_COLUMNS = (
    "date",
    "id",
    "name",
    "level",
    "blocks",
    "land_m2",
    "industrial_mu",
    "lon",
    "lat",
)
VIOLATION_COLUMNS = ("row", "alert", "code_before", "position", "approval", "document", "stands")


def change_drawings(result: RunResult) -> list[Drawing]:
    """Return the parks of the earlier dates and the land that changed, lowest first; none without earlier dates."""
    history = result.history
    if history is None:
        return []
    changed = _changed(history)
    return [_outlines(history), *([changed] if len(changed) else [])]


def change_data(result: RunResult, by_key: dict[str, Drawing]) -> dict[str, Any]:
    """Return what the page says of changes, as plain values; nothing at all without earlier dates.

    Parameters
    ----------
    result : RunResult
        Of the run.
    by_key : dict
        The drawings: row k of their tables is shape k.
    """
    history = result.history
    if history is None:
        return {}
    table = by_key["changes"].table if "changes" in by_key else _changed(history).table
    outlines = by_key["outlines"].table
    states = [*(step.before for step in history.steps), history.last.after]
    parks, districts = _names(x.parks["park_name"] for x in states), _names(x.districts["name"] for x in states)
    for when in WHEN:
        for side, known in (("park", parks), ("district", districts)):
            places = pd.Index(list(known)).get_indexer(pd.Index(table[f"{side}_{when}"]))
            table = table.assign(**{f"{side}_{when}": places})
    return {
        "change": {
            "dates": [_date(result, x, outlines, k) for k, x in enumerate(states[:-1])],
            "today": history.last.end.isoformat(),
            "steps": [_step(step, table[table["step"] == k]) for k, step in enumerate(history.steps)],
            "kinds": list(ROWS),
            "sentence": change_sentence(result),
            "alerts": violations_sentence(result),
            "then": [style.as_dict() for style in THEN],
            "parks": list(parks.values()),
            "park_ids": list(parks),
            "districts": list(districts.values()),
            "codes": _code_names(result, table),
        },
        "changes": table[list(COLUMNS)],
        "outlines": outlines[list(OUTLINE_COLUMNS)],
        "violations": _violations(history, table),
    }


def _outlines(history: History) -> Drawing:
    """Return the parks of every earlier date."""
    each = [outlined("outlines", history.parks[step.start], step.before) for step in history.steps]
    table = pd.concat([d.table.assign(date=k) for k, d in enumerate(each)], ignore_index=True)
    polygons = np.concatenate([d.polygons for d in each])
    return Drawing("outlines", polygons, np.zeros(len(polygons), dtype=np.uint8), table)


def _changed(history: History) -> Drawing:
    """Return the land that changed, one row a step, plot, kind and side at both dates; the latest step lowest.

    So that what lies on top is how the land was first.
    """
    parts = changed_parts(history)
    for when, name in zip(WHEN, ("was", "now"), strict=True):
        inside = np.where(parts[f"park_{when}"] != "", INSIDE, OUTSIDE)
        parts[name] = np.where(parts[f"m2_{when}"] > 0, inside, NOT)
    there = parts[["was", "now"]] != NOT
    other_side = there.all(axis=1) & (parts["was"] != parts["now"])
    parts = parts[there.any(axis=1) & (other_side | (parts["kind"] != c.REDIGITISED))]
    admitted = parts["m2_after"].where((parts["kind"] == c.NEW_INSIDE) & ~parts["stays_inside"], 0.0)
    parts = parts.assign(step=parts["step"] - 1, parts=1, admitted_m2=admitted).rename(columns={s.PARCEL: "id"})
    keys = ["step", "kind", "id", "was", "now"]
    # the largest part speaks for all
    parts = parts.sort_values([*keys, s.AREA_M2], ascending=[True] * len(keys) + [False], kind="stable")
    group = parts.groupby(keys, sort=True)
    summed = group[[s.AREA_M2, "m2_before", "m2_after", "admitted_m2", "parts"]].sum()
    said = ["parcel_before", *(f"{side}_{when}" for side in ("code", "district", "park") for when in WHEN)]
    table = group[said].first().join(summed).join(group["recorded"].max().astype(int)).reset_index()
    shapes = _together(parts, np.asarray(group.ngroup(), dtype=np.int64))
    same = table["parcel_before"] == table["id"]
    table["parcel_before"] = table["parcel_before"].where(~same, "")
    table["kind"] = _classes(table, history)
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=parts.crs)
    steps = [np.flatnonzero(table["step"] == k) for k in reversed(range(len(history.steps)))]
    order = np.concatenate([rows[hilbert_order(shapes[rows])] for rows in steps])
    frame = frame.iloc[order].reset_index(drop=True)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return Drawing("changes", for_display(frame), table["kind"].to_numpy(dtype=np.uint8), table)


def _together(parts: gpd.GeoDataFrame, owner: Ints) -> NDArray[np.object_]:
    """Return the union of each group's parts; groups follow each other."""
    pieces = np.asarray(parts.geometry.to_numpy(), dtype=object)
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    out, last = pieces[first], np.append(first[1:], len(pieces))
    for k in np.flatnonzero(last - first > 1):
        out[k] = shapely.union_all(pieces[first[k] : last[k]])
    return out


def _classes(table: pd.DataFrame, history: History) -> Ints:
    """Return the class of each row; of new land outside, whether a document explains it."""
    plots = history.violations
    step = plots["end"].map({x.end: k for k, x in enumerate(history.steps)})
    status = pd.Series(plots["status"].to_numpy(), index=pd.MultiIndex.from_arrays([step, plots["plot"]]))
    known = pd.MultiIndex.from_frame(table[["step", "id"]])
    kind = table["kind"].where(table["kind"] != c.NEW_OUTSIDE, status.reindex(known).to_numpy())
    place = {name: k for k, name in enumerate(CLASSES)} | {c.REDIGITISED: NO_NEWS}
    return np.asarray(kind.map(place), dtype=np.int64)


def _violations(history: History, table: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each new plot outside the parks, and the row of it."""
    new = table[table["kind"] <= CLASSES.index(c.EXCEPTED)]
    row = pd.Series(new.index, index=pd.MultiIndex.from_frame(new[["step", "id"]]))
    plots = history.violations
    step = plots["end"].map({x.end: k for k, x in enumerate(history.steps)})
    at = pd.MultiIndex.from_arrays([step, plots["plot"]])
    told = plots.assign(row=row.reindex(at).to_numpy(), alert=(plots["status"] == c.ALERT).astype(int))
    told["stands"] = told["stands"].astype(int)
    return pd.DataFrame(told[list(VIOLATION_COLUMNS)])


def _date(result: RunResult, found: Concentration, outlines: pd.DataFrame, k: int) -> dict[str, Any]:
    """Return the figures of an earlier date: of the headline, the legend and the districts of today."""
    step = result.history.steps[k]  # type: ignore[union-attr]
    share = found.districts["share"].reindex(result.concentration.districts.index)
    here = outlines[outlines["date"] == k]
    return {
        "date": step.start.isoformat(),
        "share": found.share,
        "verdict": found.verdict,
        "interval": None if found.interval is None else [found.interval.low, found.interval.high],
        "total_m2": found.total_m2,
        "inside_m2": found.inside_m2,
        "relocate_m2": found.gap.relocate,
        "clear_m2": found.gap.clear,
        "definitions": 0,
        "land": [found.inside_m2, found.outside_m2],
        "parks": len(here),
        "blocks": int(here["blocks"].sum()),
        "districts": [None if pd.isna(x) else round(float(x), 6) for x in share],
    }


def _step(step: ChangeLedger, table: pd.DataFrame) -> dict[str, Any]:
    """Return the decomposition of a step as every table shows it, and what its legend counts."""
    told, effects = breakdown(step).told, step.components["effect"]
    anew = step.changed[step.changed["kind"] == c.REDIGITISED]
    groups = table.groupby("kind")
    plots, m2 = groups["id"].nunique(), groups[s.AREA_M2].sum()
    return {
        "from": step.start.isoformat(),
        "to": step.end.isoformat(),
        "before": step.before.share,
        "after": step.after.share,
        "stayed": step.stayed.share,
        "boundary": boundary_sentence(step).strip(),
        "effects": [
            {
                "kind": str(kind),
                "name": kind_word(str(kind)),
                "effect": float(effects[str(kind)]),
                "points": float(row["points"]),
                "mu": float(row["land"]),
            }
            for kind, row in told.to_dict("index").items()
        ],
        "legend": [
            {"class": int(k), "count": int(plots[k]), "m2": round(float(m2[k]), 2)} for k in plots.index if k != NO_NEWS
        ],
        "anew": {"count": len(anew), "m2": round(float(step.components["m2"][c.REDIGITISED]), 2)},
    }


def _names(tables: Iterable[pd.Series[str]]) -> dict[str, str]:
    """Return id to name over all dates, the latest name of each; "" where it has none."""
    return {str(code): str(name) for table in tables for code, name in table.items()}


def _code_names(result: RunResult, table: pd.DataFrame) -> dict[str, str]:
    """Return the official names of the classes that occur."""
    history = result.history
    codes = {*table["code_before"], *table["code_after"], *history.violations["code_before"]}  # type: ignore[union-attr]
    names = load(result.classification)
    return {code: name for code in sorted(codes) if (name := names.name_of(code))}
