"""What rules look at beside parcels and firms: the plan, the urban development boundary, entry standards, rasters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import cells
from landuse import schema as s
from landuse.classification import UNKNOWN, Classification
from landuse.dates import year_of
from landuse.errors import Problem, refuse_if
from landuse.geometry_door import polygons
from landuse.i18n import _
from landuse.layers import RATIOS, Checked

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.raw import Raw

#: Columns of the table of entry standards.
STANDARDS = ("zone", "year", "min_far", "min_coverage")


@dataclass(frozen=True)
class Context:
    """Each part is optional.

    Attributes
    ----------
    plan : GeoDataFrame or None
        Planned land: code, industrial (bool), geometry in the working system.
    development : GeoDataFrame or None
        The urban development boundary.
    standards : DataFrame or None
        zone (text), year, far, coverage: the least that a new project of that zone must reach from that year on.
    rasters : mapping
        building_height [m], ndvi, night_light or slope [degrees] to a GeoTIFF.
    storey_height_m : float
        Height taken for one storey where a raster stands in for a register.
    neighbours : GeoDataFrame or None
        Land of other classes that may suffer from a factory beside it: group (farmland, housing, ecological), geometry.
    """

    plan: gpd.GeoDataFrame | None = None
    development: gpd.GeoDataFrame | None = None
    standards: pd.DataFrame | None = None
    rasters: Mapping[str, Path] = field(default_factory=dict)
    storey_height_m: float = 4.5
    neighbours: gpd.GeoDataFrame | None = None


@dataclass(frozen=True)
class Pixels:
    """The pixels of n plots that hold a value.

    Attributes
    ----------
    plot : array of int, shape (p,)
        Position of the plot that each pixel belongs to.
    value : array of float, shape (p,)
        The raster's.
    weight : array of float, shape (p,)
        Share of the pixel that the plot covers.
    known : array of float, shape (n,)
        Share of each plot whose pixels hold a value.
    """

    plot: NDArray[np.int64]
    value: NDArray[np.float64]
    weight: NDArray[np.float64]
    known: NDArray[np.float64]


def as_plan(raw: Raw, column: str, classification: Classification, crs: CRS) -> Checked[gpd.GeoDataFrame]:
    """Admit a layer of planned land; a code nobody knows is a problem.

    Parameters
    ----------
    raw : Raw
        The layer.
    column : str
        Of its codes.
    classification : Classification
        Of the plan, which may differ from the parcels'.
    crs : pyproj.CRS
        Working system.
    """
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, findings, assumptions = polygons(raw, crs, numbers, "plan")
    uses = [classification.use_of(code) for code in frame[column]]
    strange = [k for k, (_code, use) in enumerate(uses) if use == UNKNOWN]
    if strange:
        codes = ", ".join(dict.fromkeys(repr(uses[k][0]) for k in strange[:3]))
        what = _("codes that {system} does not know: {codes}", system=classification.system, codes=codes)
        rows = tuple(numbers[frame.index[strange]])
        refuse_if([Problem(what, _("check plan_classification and plan_columns"), raw.file, raw.layer, rows)])
    values = {s.CODE: [code for code, _use in uses], "industrial": [use == "industrial" for _code, use in uses]}
    plan = gpd.GeoDataFrame(values, geometry=frame.geometry.to_numpy(), crs=crs)
    return Checked(plan, tuple(findings), assumptions)


def as_neighbours(raw: Raw, column: str, classification: Classification, crs: CRS) -> gpd.GeoDataFrame:
    """Return land that may suffer from a factory beside it; what is wrong with it is the quality report's affair."""
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, _findings, _assumptions = polygons(raw, crs, numbers, "parcel")
    groups = [classification.neighbour_of(code) for code in frame[column]]
    return gpd.GeoDataFrame({"group": groups}, geometry=frame.geometry.to_numpy(), crs=crs)


def as_development(raw: Raw, crs: CRS) -> Checked[gpd.GeoDataFrame]:
    """Admit the urban development boundary: every polygon of the layer lies within."""
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, findings, assumptions = polygons(raw, crs, numbers, "development")
    return Checked(gpd.GeoDataFrame(geometry=frame.geometry.to_numpy(), crs=crs), tuple(findings), assumptions)


def as_standards(raw: Raw) -> Checked[pd.DataFrame]:
    """Admit the table of entry standards; a zone with two standards of one year is a problem."""
    frame, rows = raw.frame, np.array([str(k) for k in raw.frame.index], dtype=object)
    problems: list[Problem] = []
    years = [year_of(x)[0] for x in cells.text(frame, {"year": "year"}, "year")]
    odd = np.array([y is None or np.isnan(y) for y in years], dtype=bool)
    if odd.any():
        problems.append(Problem(_("a standard without a year"), _("fill in column year"), rows=tuple(rows[odd])))
    ratio = {}
    for role, most in RATIOS.items():
        column = f"min_{role}"
        ratio[role] = cells.numbers(frame, {column: column}, column, problems, rows, units={"": 1.0, "%": 0.01})
        beyond = (ratio[role] <= 0) | (ratio[role] > most)
        if beyond.any():
            what = _("column {column!r}: not between 0 and {most:g}", column=column, most=most)
            problems.append(Problem(what, _("write the ratio, or leave the cell blank"), rows=tuple(rows[beyond])))
    zones = [cells.key(x) for x in cells.text(frame, {"zone": "zone"}, "zone")]
    table = pd.DataFrame({"zone": zones, "year": years, **ratio})
    twice = table.duplicated(["zone", "year"], keep=False)
    if twice.any():
        what = _("one zone and year with two standards")
        problems.append(Problem(what, _("keep one of the rows"), rows=tuple(rows[twice])))
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    return Checked(table, raw.findings, raw.assumptions)


def standards_of(zones: Any, standards: pd.DataFrame | None, year: int | None, role: str) -> Any:
    """Return the standard in force in each zone: of the latest year not after `year`; NaN where there is none.

    Examples
    --------
    >>> table = pd.DataFrame({"zone": ["a", "a", "a"], "year": [2018, 2024, 2030], "far": [1.0, 1.5, 2.0]})
    >>> standards_of(["a", "b"], table, 2025, "far").tolist()
    [1.5, nan]
    """
    if standards is None:
        return np.full(len(zones), np.nan)
    known = standards[standards[role].notna()].sort_values("year")
    if year is not None:
        known = known[known["year"] <= year]
    return pd.Series(list(zones), dtype=object).map(known.groupby("zone")[role].last()).to_numpy(dtype=float)
