"""The relocation plan on the map: plots treated, lines to their blocks, how full those get, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.report.map.drawings import Drawing, for_display
from landuse.report.style.palette import LEFT
from landuse.report.words.relocation import (
    beside_sentence,
    plan_sentence,
    proof_sentence,
    shortfall_words,
    status_word,
    unknown_sentences,
)
from landuse.results.relocation import INFEASIBLE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.results.concentration import Concentration
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

#: Classes of the plots treated, and of the lines and marks that belong to them.
ACTIONS = ("move", "clear", "rebuild")
#: Classes of the blocks: they take plots; they have room that the plan leaves alone; they have none.
TAKES, SPARE, FULL = 0, 1, 2
#: How far the middle of a line stands off the straight one, in lengths of it, and its vertices.
BEND, VERTICES = 0.09, 13
#: Columns of the plots treated, and of the blocks, that the page gets.
TREATED_COLUMNS = (
    "id",
    "action",
    "year",
    "district",
    "area_m2",
    "block",
    "to",
    "land_used_m2",
    "distance_m",
    "fit",
    "cost_yuan",
    "tax_yuan",
    "tax_known",
)
BLOCK_COLUMNS = (
    "park_id",
    "park_name",
    "block_id",
    "district",
    "spare_m2",
    "used_m2",
    "plots",
    "stated",
    "from_year",
    "price_yuan_m2",
    "industries",
    "lat",
    "lon",
)


def plan_drawings(result: RunResult) -> list[Drawing]:
    """Return blocks, plots treated and the lines between them, lowest first; none without a plan to follow.

    Row k of the lines belongs to row k of the plots; a plot that does not move has its middle in place of a line.
    """
    r = result.relocation
    if r is None or not r.exists or not len(r.moves):
        return []
    blocks = _blocks(result, r)
    classes = np.where(blocks["used_m2"] > 0, TAKES, np.where(blocks["spare_m2"] > 0, SPARE, FULL))
    outlines = for_display(r.blocks)
    return [
        *([Drawing("blocks", outlines, classes.astype(np.uint8), blocks)] if len(blocks) else []),
        *_treated(result, r),
    ]


def plan_data(result: RunResult, by_key: dict[str, Drawing]) -> dict[str, Any]:
    """Return what the page says of the plan, as plain values; nothing where no plan was asked for.

    Parameters
    ----------
    result : RunResult
        Of the run.
    by_key : dict
        The drawings, which hold where a block's point is shown.
    """
    r = result.relocation
    if r is None:
        return {"plan": None, "treated": None, "blocks": None}
    treated = by_key.get("treated")
    blocks = by_key["blocks"].table if "blocks" in by_key else _blocks(result, r)
    return {
        "plan": {
            "status": r.status,
            "exists": r.exists and treated is not None,
            "status_word": status_word(r.status),
            "sentence": plan_sentence(result),
            "proof": proof_sentence(result),
            "beside": beside_sentence(result),
            "unknown": unknown_sentences(r) if r.exists else [],
            "missing": [shortfall_words(x, result) for x in r.shortfalls] if r.status == INFEASIBLE else [],
            "target": r.rule.targets[max(r.rule.targets)],
            "year": max(r.rule.targets),
            "before": _figures(r.before),
            "after": _figures(r.after),
            "districts": _districts(result, r.after),
            "legend": _legend(r, by_key) if treated is not None else {},
            "left": LEFT.as_dict(),
        },
        "treated": None if treated is None else treated.table[list(TREATED_COLUMNS)],
        "blocks": blocks[list(BLOCK_COLUMNS)],
    }


def _blocks(result: RunResult, r: Relocation) -> pd.DataFrame:
    """Return the blocks, each with the point its plots are drawn to."""
    table = pd.DataFrame(r.blocks.drop(columns=r.blocks.geometry.name)).reset_index(drop=True)
    table["id"] = table[s.BLOCK]
    table["stated"] = table["stated"].astype(int)
    at = for_display(gpd.GeoSeries(shapely.points(table["x"], table["y"]), crs=r.blocks.crs))
    place = shapely.get_coordinates(at)
    codes = pd.Index(result.concentration.districts.index)
    return table.assign(
        district=codes.get_indexer(pd.Index(table[s.DISTRICT])), lon=place[:, 0].round(6), lat=place[:, 1].round(6)
    )


def _treated(result: RunResult, r: Relocation) -> list[Drawing]:
    frame, codes = r.moves, pd.Index(result.concentration.districts.index)
    at = pd.MultiIndex.from_frame(r.blocks[[s.PARK, s.BLOCK]])
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).rename_axis("id").reset_index()
    table = table.assign(
        district=codes.get_indexer(pd.Index(table[s.DISTRICT])),
        to=codes.get_indexer(pd.Index(table["to_district"])),
        block=at.get_indexer(pd.MultiIndex.from_frame(table[[s.PARK, s.BLOCK]])),
        tax_known=table["tax_known"].astype(int),
    )
    classes = np.asarray(table["action"].map({name: k for k, name in enumerate(ACTIONS)}), dtype=np.uint8)
    lines = gpd.GeoSeries(_lines(frame), crs=frame.crs)
    return [
        Drawing("treated", for_display(frame), classes, table),
        Drawing("moves", for_display(lines), classes, table),
    ]


def _lines(moves: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return a gently bent line from a point of each plot to one of its block; without a block it stays at the plot."""
    start = shapely.get_coordinates(shapely.point_on_surface(np.asarray(moves.geometry.to_numpy(), dtype=object)))
    end = moves[["x", "y"]].to_numpy(dtype=float)
    end = np.where(np.isnan(end), start, end)
    along = end - start
    middle = (start + end) / 2 + BEND * 2 * np.column_stack([-along[:, 1], along[:, 0]])
    t = np.linspace(0, 1, VERTICES)[:, None, None]
    points = (1 - t) ** 2 * start + 2 * t * (1 - t) * middle + t**2 * end
    return np.asarray(shapely.linestrings(points.transpose(1, 0, 2)), dtype=object)


def _figures(found: Concentration) -> dict[str, Any]:
    """Return the headline's figures of one state of the city."""
    return {
        "share": found.share,
        "verdict": found.verdict,
        "interval": None if found.interval is None else [found.interval.low, found.interval.high],
        "total_m2": found.total_m2,
        "inside_m2": found.inside_m2,
        "relocate_m2": found.gap.relocate,
        "clear_m2": found.gap.clear,
    }


def _districts(result: RunResult, after: Concentration) -> list[float | None]:
    """Return each district's share after, in the order of the districts."""
    share = after.districts["share"].reindex(result.concentration.districts.index)
    return [None if pd.isna(x) else round(float(x), 6) for x in share]


def _legend(r: Relocation, by_key: dict[str, Drawing]) -> dict[str, list[dict[str, Any]]]:
    """Return what the legend counts after: land inside and outside, and the scattered plots that stay, by class."""
    after = r.after
    land = [{"count": None, "m2": m2, "share": m2 / after.total_m2} for m2 in (after.inside_m2, after.outside_m2)]
    if "plots" not in by_key:
        return {"land": land}
    plots = by_key["plots"]
    gone = set(r.moves.index[r.moves["action"] != "rebuild"])
    stays = ~plots.table["id"].isin(gone).to_numpy()
    m2 = plots.table[s.AREA_M2].to_numpy(dtype=float)
    rows = []
    for k in range(int(plots.classes.max(initial=0)) + 1):
        here = stays & (plots.classes == k)
        area = float(m2[here].sum())
        rows.append({"count": int(here.sum()), "m2": round(area, 2), "share": area / after.total_m2})
    return {"land": land, "plots": rows}
