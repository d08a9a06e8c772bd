"""Comparisons of parks to show: fewer parks, figures that nobody knows, plots that would join blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from landuse.analysis.parks.score import evaluate
from landuse.analysis.parks.structure import JOIN_COLUMNS

if TYPE_CHECKING:
    from landuse.reference.indicators import EvaluationRules
    from landuse.results.run import Findings


def judged(findings: Findings, figures: object, rules: EvaluationRules | None = None, **changes: object) -> Findings:
    """The findings with other figures of parks, compared anew."""
    r = findings.parks
    evaluation = evaluate(figures, figures["level"], rules or r.evaluation.rules)
    return replace(findings, parks=replace(r, figures=figures, evaluation=evaluation, **changes))


def few(findings: Findings, parks: list[str]) -> Findings:
    """The findings with some of the parks only."""
    r = findings.parks
    own = {
        name: t[t["park_id"].isin(parks)]
        for name in ("blocks", "uses", "joins", "industries", "duties")
        if (t := getattr(r, name)) is not None
    }
    figures = r.figures[r.figures.index.isin(parks)]
    return judged(findings, figures, inside_m2=float(figures["industrial_m2"].sum()), **own)


def lacking(findings: Findings, park: str, *columns: str) -> Findings:
    """The findings in which some figures of a park are not known."""
    figures = findings.parks.figures.copy()
    for column in columns:
        figures[column] = figures[column].astype(float)
        figures.loc[park, column] = np.nan
    return judged(findings, figures)


def named(findings: Findings, names: dict[str, str]) -> Findings:
    """The findings with other names of parks."""
    figures = findings.parks.figures.copy()
    figures["park_name"] = [names.get(park, name) for park, name in figures["park_name"].items()]
    return judged(findings, figures)


def joined(findings: Findings, park: str, plots: tuple[str, ...] = ("=J1", "J2")) -> Findings:
    """The findings with a suggestion: two plots of 1,000 and 2,333 m² would join the park's first two blocks."""
    blocks = findings.parks.blocks[findings.parks.blocks["park_id"] == park]
    shape = blocks.geometry.iloc[0].centroid.buffer(30)
    values = (park, *blocks["block_id"].iloc[[0, -1]], 120.0, plots, 3333.0, 2, 1)
    row = {column: [value] for column, value in zip(JOIN_COLUMNS, values, strict=True)}
    joins = gpd.GeoDataFrame(row, geometry=[shape], crs=blocks.crs)
    return replace(findings, parks=replace(findings.parks, joins=joins))
