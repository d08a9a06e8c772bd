"""Every input of a study read, checked and admitted; every problem of all of them reported at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from landuse import schema as s
from landuse.errors import InputError, Problem, refuse_if
from landuse.geo.crs import label, parse, plain, working_problems
from landuse.geo.plausibility import Origin, misplaced
from landuse.geo.transform import Plane
from landuse.i18n import _
from landuse.inputs.background import Background, as_background, as_tiles
from landuse.inputs.capacity import SUPPLIES, PlanInputs, as_blocks, as_demand, as_groups, as_land
from landuse.inputs.class_codes import no_industry, on_trust
from landuse.inputs.context import (
    STANDARDS,
    Context,
    as_buildings,
    as_development,
    as_facilities,
    as_neighbours,
    as_plan,
    as_standards,
)
from landuse.inputs.districts import StudyDistricts, as_districts, district_issues, districts_of
from landuse.inputs.enterprises import FIGURES, as_enterprises, no_enterprises
from landuse.inputs.parcels import as_parcels
from landuse.inputs.parks import as_parks
from landuse.inputs.row_names import unmatched_prefixes
from landuse.io.gate import path_problems
from landuse.io.rasters import read_picture
from landuse.io.tables.read import read_table
from landuse.pipeline.problems import ProblemCollector, classification_of, names_of, read
from landuse.pipeline.settings import date_issues
from landuse.reference import classification as cl
from landuse.reference.industries import load_industries
from landuse.reference.rule_pack import load_pack

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import geopandas as gpd
    from pyproj import CRS

    from landuse.config.rules import CapacitySection
    from landuse.config.study_file import Study
    from landuse.inputs.districts import Districts
    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.parks import Parks
    from landuse.inputs.source_table import Checked, SourceTable
    from landuse.quality import Issue
    from landuse.reference.rule_pack import RulePack

T = TypeVar("T")


@dataclass(frozen=True)
class Inputs:
    """The layers of a study, admitted, and what was found on the way; parks by boundary kind.

    `pack` holds the rules, where they are asked for; `origins` tells of "parcels", "districts" and each boundary kind
    what the file held.
    """

    parcels: Parcels
    parks: dict[str, Parks]
    districts: Districts | None
    enterprises: Enterprises | None
    crs: CRS
    context: Context
    pack: RulePack | None
    background: Background
    plan: PlanInputs | None
    origins: dict[str, Origin]
    issues: tuple[Issue, ...]
    assumptions: tuple[str, ...]


def admit(
    study: Study,
    *,
    enterprises: bool = True,
    plan: bool = False,
    crs: CRS | None = None,
    later: Sequence[Inputs] = (),
) -> Inputs:
    """Read and check every input of a study; the enterprise table, and what a plan needs, only where a stage does.

    Parameters
    ----------
    study : Study
        Its layers, of one date.
    enterprises, plan : bool
        Whether to read the enterprise table and what rules look at; and what a plan needs.
    crs : pyproj.CRS, optional
        Working system; default: the study's, or the parcels' own.
    later : sequence of Inputs
        Of the later dates, whose spelling of a parcel's or a park's id holds.

    Raises
    ------
    InputError
        With every problem of every input, at once.
    """
    attempt = ProblemCollector()
    e = study.enterprises if enterprises else None
    seen: set[str] = set()  # every code of the layer, of whatever use
    raw_parcels = attempt(_read_parcels, study, seen)
    outlines = study.outlines
    raw_parks = {kind: attempt(read, study, outline) for kind, outline in outlines.items()}
    raw_districts = attempt(read, study, study.districts)
    raw_enterprises = attempt(_read_enterprises, study, e)
    crs = crs or attempt(_working_crs, study, raw_parcels)
    spelled = [text for one in later for text in one.parcels[s.PARCEL]]
    parcels = attempt(_door_parcels, study, raw_parcels, crs, seen, spelled)
    parks: dict[str, Checked[Parks] | None] = {}
    for kind, o in outlines.items():
        known = [p for one in later for outline in one.parks.values() for p in outline[s.PARK]]
        known += [p for door in parks.values() if door is not None for p in door.layer[s.PARK]]
        words = {"levels": o.levels, "priority": o.priority, "known": known}
        parks[kind] = attempt(as_parks, raw_parks[kind], names_of(o.columns), crs, **words)
    districts = attempt(as_districts, raw_districts, study.districts and names_of(study.districts.columns), crs)
    plots: Collection[str] = () if parcels is None else parcels.layer[s.PARCEL]
    outline = districts.layer if districts else None
    zones = StudyDistricts() if parcels is None else districts_of(parcels.layer, outline)
    beside = {"plots": plots, "day": study.study.date}
    firms = attempt(as_enterprises, raw_enterprises, e and names_of(e.columns), e and e.units.model_dump(), **beside)
    context, doors_of_context = _context(study, crs, zones, attempt) if enterprises else (Context(), [])
    wanted = study.capacity if plan else None
    planned, doors_of_plan = admit_plan(study, wanted, crs, parks[study.definition.boundary], plots, zones, attempt)
    behind = {
        key: attempt(as_background, attempt(read, study, part), crs) for key, part in study.background.layers.items()
    }
    image, address = study.background.image, study.background.tiles
    picture = attempt(read_picture, image and study.resolve(image), image)
    tiles = attempt(as_tiles, address, study.file.name, gcj02=study.background.gcj02)
    rules = own_file(study, study.efficiency.rules, attempt)
    pack = attempt(load_pack, rules, study.file.parent) if enterprises else None
    refuse_if(attempt.problems)
    admitted = {kind: door for kind, door in parks.items() if door is not None}
    if parcels is None or crs is None or len(admitted) < len(parks):
        raise AssertionError("a layer failed without a problem")
    doors: list[Checked[Any]] = [
        d for d in (parcels, *admitted.values(), districts, firms, *doors_of_context, *doors_of_plan) if d is not None
    ]
    raws = {"parcels": raw_parcels, "districts": raw_districts, **raw_parks}
    return Inputs(
        parcels=parcels.layer,
        parks={kind: door.layer for kind, door in admitted.items()},
        districts=outline,
        enterprises=firms.layer if firms else None,
        crs=crs,
        context=context,
        pack=pack,
        background=Background(behind.get("roads"), behind.get("water"), picture, tiles),
        plan=planned
        and replace(
            planned,
            enterprises=firms.layer if firms else no_enterprises(),
            districts=outline,
            housing=context.neighbours,
        ),
        origins={k: Origin(r.file, r.frame.crs, tuple(r.frame.total_bounds)) for k, r in raws.items() if r is not None},
        issues=(
            *(f for d in doors for f in d.issues),
            *district_issues(parcels.layer, outline, study.parcels.path),
            *date_issues(study),
        ),
        assumptions=tuple(dict.fromkeys(a for d in doors for a in d.assumptions)),
    )


def admit_all_classes(study: Study, crs: CRS) -> gpd.GeoDataFrame:
    """Read the parcels of every class, repaired and in the working system, indexed by id; for the quality report."""
    return _whole(study, read(study, study.parcels), crs).layer.set_index(s.PARCEL)


def admit_codes(study: Study) -> Checked[Parcels]:
    """Read the parcels of every class with their codes as written, whatever the system; for a crosswalk."""
    raw = read(study, study.parcels)
    return _whole(study, raw, _working_crs(study, raw))


def _whole(study: Study, raw: SourceTable, crs: CRS) -> Checked[Parcels]:
    """Admit every row: each code, none among them, is known and counts."""
    everything = cl.Classification("custom", use_prefixes=(("", "industrial"),))
    blank = raw.frame[study.parcels.columns.code].map(cl.clean) == ""
    codes = raw.frame[study.parcels.columns.code].astype(object).where(~blank, "-")
    whole = replace(raw, frame=raw.frame.assign(**{study.parcels.columns.code: codes}))
    columns = {k: v for k, v in names_of(study.parcels.columns).items() if k in ("id", "code")}
    return as_parcels(whole, columns, everything, crs)


def _context(
    study: Study, crs: CRS | None, zones: StudyDistricts, attempt: ProblemCollector
) -> tuple[Context, list[Checked[Any] | None]]:
    """Read what rules look at beside parcels and firms."""
    c = study.context
    columns = [c.plan_columns.code] if c.plan_columns else []
    raw_plan = attempt(read, study, c.plan, columns=columns) if c.plan else None
    system = attempt(cl.load, c.plan_classification, c.plan_industrial) if c.plan_classification else None
    plan = attempt(as_plan, raw_plan, columns[0] if columns else None, system, crs) if c.plan else None
    development = attempt(as_development, attempt(read, study, c.development), crs)
    raw_standards = attempt(_read_standards, study, c.standards)
    standards = attempt(as_standards, raw_standards, zones=zones, day=study.study.date) if c.standards else None
    for path in study.rasters.paths.values():
        attempt.problems += path_problems(study.resolve(path), path)
    buildings = attempt(
        as_buildings, attempt(read, study, c.buildings), c.buildings and names_of(c.buildings.columns), crs
    )
    near = study.living.facilities
    kind = near and near.columns.kind
    facilities = attempt(as_facilities, attempt(read, study, near), kind, study.living.kinds, crs)
    doors: list[Checked[Any] | None] = [plan, development, standards, buildings, facilities]
    layers: list[Any] = [None if door is None else door.layer for door in doors]
    rasters = {name: study.resolve(path) for name, path in study.rasters.paths.items()}
    beside = attempt(_neighbours, study, crs) if c.neighbours else None
    plan_, development_, standards_, buildings_, facilities_ = layers
    storey_m = study.rasters.storey_height_m
    return Context(plan_, development_, standards_, rasters, storey_m, beside, buildings_, facilities_), doors


def admit_plan(
    study: Study,
    section: CapacitySection | None,
    crs: CRS | None,
    parks: Checked[Parks] | None,
    plots: Collection[str],
    zones: StudyDistricts,
    attempt: ProblemCollector,
) -> tuple[PlanInputs | None, list[Checked[Any] | None]]:
    """Read what a plan needs beside what a run reads; nothing where the study states no capacity."""
    if section is None:
        return None, []
    rule, columns = study.relocation, names_of(section.columns)
    figures = [columns[role] for role in ("spare", "price", *SUPPLIES) if role in columns]
    path = study.resolve(section.path)
    raw = attempt(read_table, path, section.path, list(columns.values()), sheet=section.sheet, figures=figures)
    outlines = parks.layer if parks else None
    blocks = attempt(as_blocks, raw, columns, outlines, zones=zones, last_year=study.plan_years[-1])
    industries = attempt(load_industries, own_file(study, rule.industries, attempt), study.file.parent)
    groups = attempt(as_groups, attempt(_read_small, study, rule.together, ("plot", "group")), plots)
    demand = attempt(as_demand, attempt(_read_small, study, rule.demand, ("plot", *SUPPLIES)), plots)
    protected = attempt(as_land, attempt(read, study, section.protected), crs)
    blank = blocks is not None and bool(blocks.layer["spare_m2"].isna().any())
    land = attempt(_free_land, study, crs) if blank else None
    doors: list[Checked[Any] | None] = [blocks, groups, demand]
    if blocks is None or industries is None:
        return None, doors
    plan = PlanInputs(blocks.layer, industries, protected=protected, land=land)
    plan = plan if groups is None else replace(plan, groups=groups.layer)
    return plan if demand is None else replace(plan, demand=demand.layer), doors


def own_file(study: Study, name: str, attempt: ProblemCollector) -> str | None:
    """Return the name of a pack, or the path of one's own; None, and a problem, for a path that is not to be read."""
    strange = path_problems(study.resolve(name), name) if name.endswith(".toml") else []
    attempt.problems += strange
    return None if strange else name


def _read_small(study: Study, path: str, columns: Sequence[str]) -> SourceTable:
    return read_table(study.resolve(path), path, list(columns))


def _free_land(study: Study, crs: CRS) -> gpd.GeoDataFrame | None:
    """Read the parcels a park may still build on; None where there is none."""
    classification, column = classification_of(study), study.parcels.columns.code
    if not classification.free_prefixes:
        system = classification.system
        what = _("{system} does not say which land is free: spare land cannot be computed", system=system)
        raise InputError(Problem(what, _("fill in the spare land of every block"), study.file.name))
    raw = read(study, study.parcels, {column: classification.is_free})
    return as_land(raw, crs) if len(raw.frame) else None


def _neighbours(study: Study, crs: CRS) -> gpd.GeoDataFrame | None:
    """Read the parcels of classes that may suffer from a factory beside them; None where there is none."""
    classification, column = classification_of(study), study.parcels.columns.code
    if not classification.neighbour_prefixes:
        return None
    raw = read(study, study.parcels, {column: lambda value: classification.neighbour_of(value) != ""})
    return as_neighbours(raw, column, classification, crs) if len(raw.frame) else None


def _read_standards(study: Study, path: str) -> SourceTable:
    return read_table(study.resolve(path), path, STANDARDS, figures=STANDARDS[2:])


def _read_parcels(study: Study, seen: set[str]) -> SourceTable:
    """Read the industrial, storage and mining parcels by code or name, and unknown codes; note every code seen."""
    classification = classification_of(study)
    kept = (*cl.USES, cl.UNKNOWN)

    def wanted(raw: object) -> bool:
        code, use = classification.use_of(raw)
        seen.add(code)
        return use in kept

    columns, names = study.parcels.columns, classification.wanted_names()
    named = {columns.name: lambda raw: cl.clean(raw) in names} if columns.name and names else {}
    raw = read(study, study.parcels, {columns.code: wanted}, also=named)
    note = "" if columns.name else on_trust(seen, classification)
    issues = (*raw.issues, *unmatched_prefixes(classification, seen))
    return replace(raw, issues=issues, assumptions=(*raw.assumptions, *filter(None, [note])))


def _read_enterprises(study: Study, section: Any) -> SourceTable:
    columns = names_of(section.columns)
    figures = [column for role, column in columns.items() if role in FIGURES]
    path = study.resolve(section.path)
    return read_table(path, section.path, list(columns.values()), sheet=section.sheet, figures=figures)


def _working_crs(study: Study, parcels: SourceTable) -> CRS:
    own = parcels.frame.crs
    if study.study.crs is None and plain(own).is_geographic:  # metres that call themselves degrees are no degrees
        numbers = pd.Series(parcels.frame.index.astype(str))
        slips = misplaced(parcels.frame.bounds.to_numpy(), numbers, own, own)
        refuse_if([p.located(parcels.file, parcels.layer) for p in slips])
    plane = Plane.of(own)  # a city's own plane measures nothing: its base does
    crs = parse(study.study.crs) if study.study.crs else own if plane is None else parse(label(plane.base))
    place = study.file.name if study.study.crs else study.parcels.path
    refuse_if([p.located(place) for p in working_problems(crs)])
    return crs


def _door_parcels(study: Study, raw: SourceTable, crs: CRS, seen: set[str], known: Sequence[str]) -> Checked[Parcels]:
    if not len(raw.frame):
        raise InputError(no_industry(raw.rows, classification_of(study), seen).located(raw.file, raw.layer))
    section = study.parcels
    system, unit = classification_of(study), section.units.area
    return as_parcels(raw, names_of(section.columns), system, crs, area_unit=unit, known=known)
