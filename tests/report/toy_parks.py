"""Comparisons of parks to show: fewer parks, figures that nobody knows, plots that would join blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from landuse.analysis.parks.compare import evaluate
from landuse.analysis.parks.structure import JOIN_COLUMNS

if TYPE_CHECKING:
    from landuse.reference.indicators import EvaluationRules
    from landuse.results.run import RunResult


def judged(result: RunResult, figures: object, rules: EvaluationRules | None = None, **changes: object) -> RunResult:
    """The result with other figures of parks, compared anew."""
    r = result.parks
    evaluation = evaluate(figures, figures["level"], rules or r.evaluation.rules)
    return replace(result, parks=replace(r, figures=figures, evaluation=evaluation, **changes))


def few(result: RunResult, parks: list[str]) -> RunResult:
    """The result with some of the parks only."""
    r = result.parks
    own = {
        name: t[t["park_id"].isin(parks)]
        for name in ("blocks", "uses", "joins", "industries", "duties")
        if (t := getattr(r, name)) is not None
    }
    figures = r.figures[r.figures.index.isin(parks)]
    return judged(result, figures, inside_m2=float(figures["industrial_m2"].sum()), **own)


def lacking(result: RunResult, park: str, *columns: str) -> RunResult:
    """The result in which some figures of a park are not known."""
    figures = result.parks.figures.copy()
    for column in columns:
        figures[column] = figures[column].astype(float)
        figures.loc[park, column] = np.nan
    return judged(result, figures)


def named(result: RunResult, names: dict[str, str]) -> RunResult:
    """The result with other names of parks."""
    figures = result.parks.figures.copy()
    figures["park_name"] = [names.get(park, name) for park, name in figures["park_name"].items()]
    return judged(result, figures)


def joined(result: RunResult, park: str, plots: tuple[str, ...] = ("=J1", "J2")) -> RunResult:
    """The result with a suggestion: two plots of 1,000 and 2,333 m² would join the park's first two blocks."""
    blocks = result.parks.blocks[result.parks.blocks["park_id"] == park]
    shape = blocks.geometry.iloc[0].centroid.buffer(30)
    values = (park, *blocks["block_id"].iloc[[0, -1]], 120.0, plots, 3333.0, 2, 1)
    row = {column: [value] for column, value in zip(JOIN_COLUMNS, values, strict=True)}
    joins = gpd.GeoDataFrame(row, geometry=[shape], crs=blocks.crs)
    return replace(result, parks=replace(result.parks, joins=joins))
