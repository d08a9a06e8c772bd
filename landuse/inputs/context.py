"""What rules look at beside parcels and firms: the plan, the urban development boundary, entry standards, rasters."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.errors import Problem, located, refuse_if
from landuse.geo.plausibility import misplaced
from landuse.geo.transform import Plane, route
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.dates import year_of
from landuse.inputs.districts import UNKNOWN_DISTRICTS, StudyDistricts, strange_districts, without_standard
from landuse.inputs.parcels import RATIOS
from landuse.inputs.polygons import polygons
from landuse.inputs.row_names import unmatched_prefixes, unused_words
from landuse.inputs.source_table import Checked
from landuse.inputs.table_reader import TableReader
from landuse.quality import Issue
from landuse.reference.classification import UNKNOWN, Classification
from landuse.reference.plausible_ranges import storey_issues
from landuse.spelling import key, plain, unify

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from pyproj import CRS

    from landuse.geo.arrays import Floats, Ints
    from landuse.inputs.source_table import SourceTable

#: Columns of the table of entry standards.
STANDARDS = ("zone", "year", "min_far", "min_coverage")
#: Between which entry standards lie: the country asks for 0.5 to 1.0 and 0.3 (国土资发〔2008〕24号), cities for more.
ENTRY = {s.FAR: (0.3, 5.0), s.COVERAGE: (0.1, 0.8)}
#: Fewest and most storeys of a building, and the greatest height [m].
STOREYS, HIGHEST_M = (1.0, 200.0), 1000.0
#: Types of geometry that a facility may have: points and polygons.
PLACED = (0, 3, 4, 6)


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
    buildings : GeoDataFrame or None
        Footprints: storeys and height_m (NaN unknown), purpose, geometry in the working system.
    facilities : GeoDataFrame or None
        What people need near their work: kind (school, clinic, shop), geometry.
    """

    plan: gpd.GeoDataFrame | None = None
    development: gpd.GeoDataFrame | None = None
    standards: pd.DataFrame | None = None
    rasters: Mapping[str, Path] = field(default_factory=dict)
    storey_height_m: float = 4.5
    neighbours: gpd.GeoDataFrame | None = None
    buildings: gpd.GeoDataFrame | None = None
    facilities: gpd.GeoDataFrame | None = None


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

    plot: Ints
    value: Floats
    weight: Floats
    known: Floats


def as_plan(raw: SourceTable, column: str, classification: Classification, crs: CRS) -> Checked[gpd.GeoDataFrame]:
    """Admit a layer of planned land; a code nobody knows is a problem.

    Parameters
    ----------
    raw : SourceTable
        The layer.
    column : str
        Of its codes.
    classification : Classification
        Of the plan, which may differ from the parcels'.
    crs : pyproj.CRS
        Working system.
    """
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, issues, assumptions = polygons(raw, crs, numbers, "plan")
    uses = [classification.use_of(code) for code in frame[column]]
    strange = [k for k, (_code, use) in enumerate(uses) if use == UNKNOWN]
    if strange:
        codes = ", ".join(dict.fromkeys(repr(uses[k][0]) for k in strange[:3]))
        what = _("codes that {system} does not know: {codes}", system=classification.system, codes=codes)
        rows = tuple(numbers[frame.index[strange]])
        refuse_if([Problem(what, _("check plan_classification and plan_columns"), raw.file, raw.layer, rows)])
    issues += unmatched_prefixes(classification, {code for code, _use in uses})
    values = {s.CODE: [code for code, _use in uses], "industrial": [use == "industrial" for _code, use in uses]}
    plan = gpd.GeoDataFrame(values, geometry=frame.geometry.to_numpy(), crs=crs)
    return Checked(plan, tuple(issues), assumptions)


def as_neighbours(raw: SourceTable, column: str, classification: Classification, crs: CRS) -> gpd.GeoDataFrame:
    """Return land that may suffer from a factory beside it; the quality report already covers this layer."""
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, _issues, _assumptions = polygons(raw, crs, numbers, "parcel")
    groups = [classification.neighbour_of(code) for code in frame[column]]
    return gpd.GeoDataFrame({"group": groups}, geometry=frame.geometry.to_numpy(), crs=crs)


def as_development(raw: SourceTable, crs: CRS) -> Checked[gpd.GeoDataFrame]:
    """Admit the urban development boundary: every polygon of the layer lies within."""
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, issues, assumptions = polygons(raw, crs, numbers, "development")
    return Checked(gpd.GeoDataFrame(geometry=frame.geometry.to_numpy(), crs=crs), tuple(issues), assumptions)


def as_buildings(raw: SourceTable, columns: Mapping[str, str], crs: CRS) -> Checked[gpd.GeoDataFrame]:
    """Admit a layer of building footprints.

    Parameters
    ----------
    raw : SourceTable
        The layer, one row a building; one that stands on another (a tower on its podium) has a row of its own.
    columns : mapping
        Role to foreign column: storeys; optionally height [m] and use.
    crs : pyproj.CRS
        Working system.

    Returns
    -------
    Checked of GeoDataFrame
        Columns storeys, height_m (NaN unknown), purpose (text), geometry. Buildings without storeys are counted: nobody
        knows their floor, nor that of their plot. A row that repeats footprint, storeys and height of another is left
        out, counted: it is the same building.

    Raises
    ------
    InputError
        With every problem: buildings with fewer than 1 storey or more than 200, heights no building has.
    """
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, issues, assumptions = polygons(raw, crs, numbers, "building")
    rows, problems = frame.index.astype(str).to_numpy(dtype=object), list[Problem]()
    storeys = cells.numbers(frame, columns, "storeys", problems, rows, units={"": 1.0, "层": 1.0})
    height = cells.numbers(frame, columns, "height", problems, rows, units={"": 1.0, "m": 1.0, "米": 1.0})
    fewest, most = STOREYS
    for which, what, fix in (
        (
            (storeys < fewest) | (storeys > most),
            _("storeys below {fewest:g} or above {most:g}", fewest=fewest, most=most),
            _("write the storeys above ground; leave out what has none"),
        ),
        (
            (height <= 0) | (height > HIGHEST_M),
            _("heights of 0 m or less, or above {most:g} m", most=HIGHEST_M),
            _("write the height in metres, or leave the cell blank"),
        ),
    ):
        if which.any():
            problems.append(Problem(what, fix, rows=tuple(rows[which])))
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    issues += storey_issues(storeys, height, rows, raw.file)
    table = gpd.GeoDataFrame(
        {s.STOREYS: storeys, s.HEIGHT: height, s.PURPOSE: cells.text(frame, columns, "use")},
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    )
    drawn = shapely.to_wkb(shapely.normalize(table.geometry.to_numpy()))
    again = pd.DataFrame({"shape": drawn, "n": storeys, "h": height}).duplicated().to_numpy()
    if again.any():
        action = _("the same footprint, storeys and height again: left out")
        issues.append(Issue("repeated_buildings", int(again.sum()), action, rows=tuple(rows[again])))
    unknown = np.isnan(storeys) & ~again
    if unknown.any():
        action = _("no storeys: the floor area of the plots they stand on is unknown")
        issues.append(Issue("unknown_storeys", int(unknown.sum()), action, rows=tuple(rows[unknown])))
    return Checked(table[~again].reset_index(drop=True), tuple(issues), assumptions)


def as_facilities(raw: SourceTable, column: str, kinds: Mapping[str, str], crs: CRS) -> Checked[gpd.GeoDataFrame]:
    """Admit a layer of facilities: points, or polygons of their land.

    Parameters
    ----------
    raw : SourceTable
        The layer.
    column : str
        That says of which kind each is.
    kinds : mapping
        The layer's words to school, clinic or shop. A row of any other word counts for nothing, and is counted.
    crs : pyproj.CRS
        Working system.

    Raises
    ------
    InputError
        When no row is left, or coordinates do not fit the system they claim.
    """
    named = {key(k): k for k in s.FACILITIES} | {key(word): kind for word, kind in kinds.items()}
    words = cells.text(raw.frame, {"kind": column}, "kind")
    kind = np.array([named.get(key(word), "") for word in words], dtype=object)
    shapes = np.array(raw.frame.geometry.to_numpy(), dtype=object)
    rows = raw.frame.index.astype(str).to_numpy(dtype=object)
    drawn = np.isin(shapely.get_type_id(shapes), PLACED) & ~shapely.is_empty(shapes)
    issues = list(raw.issues)
    strange = ", ".join(repr(w) for w, k in dict(zip(words, kind, strict=True)).items() if not k)
    for check, which, action in (
        ("other_facilities", kind == "", _("words of no kind that counts: {words}; left out", words=strange)),
        ("no_place_facility", (kind != "") & ~drawn, _("neither point nor polygon: left out")),
    ):
        if which.any():
            issues.append(Issue(check, int(which.sum()), action, rows=tuple(rows[which])))
    kept = (kind != "") & drawn
    if not kept.any():
        fix = _('name the layer\'s words in [living] kinds, as "…" = "school": {words}', words=strange)
        refuse_if([Problem(_("no facility of a kind that counts"), fix, raw.file, raw.layer)])
    with located(raw.file, raw.layer):
        way = route(raw.frame.crs, crs)
    if Plane.of(way.source) is None:
        bounds = shapely.bounds(shapes[kept])
        refuse_if([p.located(raw.file, raw.layer) for p in misplaced(bounds, pd.Series(rows[kept]), way.source, crs)])
    moved = shapely.transform(shapely.force_2d(shapes[kept]), way.apply)
    assumptions = tuple(x for x in (*raw.assumptions, way.assumption) if x)
    issues += unused_words("[living] kinds", kinds, [w for w in words if key(w) not in map(key, s.FACILITIES)])
    return Checked(gpd.GeoDataFrame({s.KIND: kind[kept]}, geometry=moved, crs=crs), tuple(issues), assumptions)


def as_standards(
    raw: SourceTable, zones: StudyDistricts = UNKNOWN_DISTRICTS, day: dt.date | None = None
) -> Checked[pd.DataFrame]:
    """Admit the table of entry standards: one a zone and year; what it lacks of the districts is reported."""
    reader = TableReader(raw)
    years = [year_of(x)[0] for x in reader.texts("year")]
    odd = np.array([y is None or np.isnan(y) for y in years], dtype=bool)
    reader.refuse(odd, _("a standard without a year"), _("fill in column year"))
    ratio = {}
    for role, most in RATIOS.items():
        ratio[role] = reader.figures(f"min_{role}", {"": 1.0, "%": 0.01})
        what = _("column {column!r}: not between 0 and {most:g}", column=f"min_{role}", most=most)
        fix = _("write the ratio, or leave the cell blank")
        reader.refuse((ratio[role] <= 0) | (ratio[role] > most), what, fix)
    named = unify([plain(x) for x in reader.identifiers("zone")])
    table = pd.DataFrame({"zone": named, "year": years, **ratio})
    twice = table.duplicated(["zone", "year"], keep=False)
    reader.refuse(twice, _("one zone and year with two standards"), _("keep one of the rows"))
    reader.done()
    codes, year = sorted(zones.codes), None if day is None else day.year
    bare = np.all([np.isnan(standards_of(codes, table, year, role)) for role in RATIOS], axis=0)
    odd_ones = np.any([(ratio[r] < low) | (ratio[r] > high) for r, (low, high) in ENTRY.items()], axis=0)
    odd_rows = tuple(reader.rows[odd_ones])
    action = _("no entry standard lies so low or so high; kept")
    unusual = [Issue("odd_standards", len(odd_rows), action, rows=odd_rows)] if odd_rows else []
    issues = [
        *unusual,
        *strange_districts(named, zones, reader.rows, raw.file),
        *without_standard(codes, bare),
    ]
    return reader.checked(table, issues)


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
