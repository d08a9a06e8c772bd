"""Every input of a study read, checked and admitted; every problem of all of them reported at once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from landuse import classification as cl
from landuse import schema as s
from landuse.crs import parse, working_problems
from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.io.tables import read_table
from landuse.io.vector import Place, Wanted, read_layer
from landuse.layers import Checked, as_districts, as_enterprises, as_parcels, as_parks
from landuse.studyfile import LayerSection, ParksSection

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import geopandas as gpd
    from pydantic import BaseModel
    from pyproj import CRS

    from landuse.layers import Districts, Enterprises, Parcels, Parks
    from landuse.raw import Raw
    from landuse.results import Finding
    from landuse.studyfile import Study

T = TypeVar("T")


@dataclass(frozen=True)
class Inputs:
    """The layers of a study, admitted, and what was found on the way; parks by boundary kind."""

    parcels: Parcels
    parks: dict[str, Parks]
    districts: Districts | None
    enterprises: Enterprises | None
    crs: CRS
    findings: tuple[Finding, ...]
    assumptions: tuple[str, ...]


class Attempts:
    """Call steps one after another and keep every problem; a step whose input is missing is skipped."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __call__(self, step: Callable[..., T], *args: Any, **options: Any) -> T | None:
        """Return the step's result, or None when it, or what it needs, failed or is absent."""
        if any(a is None for a in args):
            return None
        with contextlib.suppress(InputError):
            try:
                return step(*args, **options)
            except InputError as error:
                self.problems += error.problems
                raise
        return None


def admit(study: Study, *, enterprises: bool = True) -> Inputs:
    """Read and check every input of a study; the enterprise table only where a stage needs it.

    Raises
    ------
    InputError
        With every problem of every input, at once.
    """
    attempt = Attempts()
    e = study.enterprises if enterprises else None
    raw_parcels = attempt(_read_parcels, study)
    outlines = _outlines(study)
    raw_parks = {kind: attempt(_read, study, outline) for kind, outline in outlines.items()}
    raw_districts = attempt(_read, study, study.districts)
    raw_enterprises = attempt(_read_enterprises, study, e)
    crs = attempt(_working_crs, study, raw_parcels)
    parcels = attempt(_door_parcels, study, raw_parcels, crs)
    parks = {
        kind: attempt(as_parks, raw_parks[kind], _names(o.columns), crs, levels=o.levels, priority=o.priority)
        for kind, o in outlines.items()
    }
    districts = attempt(as_districts, raw_districts, study.districts and _names(study.districts.columns), crs)
    firms = attempt(as_enterprises, raw_enterprises, e and _names(e.columns), e and e.units.model_dump())
    refuse_if(attempt.problems)
    admitted = {kind: outline for kind, outline in parks.items() if outline is not None}
    if parcels is None or crs is None or len(admitted) < len(parks):
        raise AssertionError("a layer failed without a problem")
    doors: list[Checked[Any]] = [d for d in (parcels, *admitted.values(), districts, firms) if d is not None]
    return Inputs(
        parcels=parcels.layer,
        parks={kind: outline.layer for kind, outline in admitted.items()},
        districts=districts.layer if districts else None,
        enterprises=firms.layer if firms else None,
        crs=crs,
        findings=tuple(f for d in doors for f in d.findings),
        assumptions=tuple(dict.fromkeys(a for d in doors for a in d.assumptions)),
    )


def admit_all_classes(study: Study, crs: CRS) -> gpd.GeoDataFrame:
    """Read the parcels of every class, repaired and in the working system, indexed by id; for the quality report."""
    raw = _read(study, study.parcels)
    everything = cl.Classification("custom", use_prefixes=(("", "industrial"),))
    blank = raw.frame[study.parcels.columns.code].map(cl.clean) == ""
    codes = raw.frame[study.parcels.columns.code].astype(object).where(~blank, "-")
    whole = replace(raw, frame=raw.frame.assign(**{study.parcels.columns.code: codes}))
    columns = {k: v for k, v in _names(study.parcels.columns).items() if k in ("id", "code")}
    return as_parcels(whole, columns, everything, crs).layer.set_index(s.PARCEL)


def input_paths(study: Study) -> dict[str, Path]:
    """Return the input files of a study, by the names it gives them."""
    sections = (study.parcels, study.parks, *study.boundaries, study.districts, study.enterprises)
    shown = [x.path for x in sections if x is not None]
    if study.efficiency.rules.endswith(".toml"):
        shown.append(study.efficiency.rules)
    return {name: path for name in shown if (path := study.resolve(name)).exists()}


def _outlines(study: Study) -> dict[str, ParksSection]:
    """Return the park layers by boundary kind; what a further one does not say is as in [parks]."""
    first = study.parks
    further: dict[str, ParksSection] = {
        b.boundary: ParksSection(
            **b.model_dump(include=set(LayerSection.model_fields)),
            columns=b.columns or first.columns,
            levels=first.levels if b.levels is None else b.levels,
            priority=first.priority,
        )
        for b in study.boundaries
    }
    return {first.boundary: first, **further}


def _names(columns: BaseModel) -> dict[str, str]:
    return columns.model_dump(exclude_none=True)


def _read(study: Study, section: LayerSection, wanted: dict[str, Wanted] | None = None) -> Raw:
    """Read the rows of a layer that its `where` and `wanted` ask for."""
    place = Place(study.resolve(section.path), section.path, section.layer, section.encoding, section.crs)
    conditions = {column: _one_of(values) for column, values in section.where.items()}
    for column, decide in (wanted or {}).items():
        also = conditions.get(column)
        conditions[column] = _both(decide, also) if also else decide
    columns = _names(section.columns)  # type: ignore[attr-defined]
    return read_layer(place, list(columns.values()), conditions)


def _one_of(values: Sequence[str]) -> Wanted:
    """Decide by a list of values; one that ends in * is a prefix."""
    prefixes = tuple(v[:-1] for v in values if v.endswith("*"))
    whole = {v for v in values if not v.endswith("*")}

    def decide(raw: object) -> bool:
        # a whole number reads as people write it: 2, not 2.0
        text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() else str(raw)
        return raw is not None and (text in whole or (bool(prefixes) and text.startswith(prefixes)))

    return decide


def _both(a: Wanted, b: Wanted) -> Wanted:
    return lambda raw: a(raw) and b(raw)


def _classification(study: Study) -> cl.Classification:
    return cl.load(study.parcels.classification, study.parcels.industrial)


def _read_parcels(study: Study) -> Raw:
    """Read the industrial, storage and mining parcels, and those whose code nobody knows."""
    use_of = _classification(study).use_of
    kept = (*cl.USES, cl.UNKNOWN)
    return _read(study, study.parcels, {study.parcels.columns.code: lambda raw: use_of(raw)[1] in kept})


def _read_enterprises(study: Study, section: Any) -> Raw:
    columns = list(_names(section.columns).values())
    return read_table(study.resolve(section.path), section.path, columns, section.sheet)


def _working_crs(study: Study, parcels: Raw) -> CRS:
    crs = parse(study.study.crs) if study.study.crs else parcels.frame.crs
    place = study.file.name if study.study.crs else study.parcels.path
    refuse_if([p.located(place) for p in working_problems(crs)])
    return crs


def _door_parcels(study: Study, raw: Raw, crs: CRS) -> Checked[Parcels]:
    if not len(raw.frame):
        what = _("no industrial land: none of {n} rows has an industrial code", n=raw.rows)
        fix = _(
            "check the classification ({system}), the code column and the filters",
            system=study.parcels.classification,
        )
        raise InputError(Problem(what, fix, raw.file, raw.layer))
    section = study.parcels
    return as_parcels(raw, _names(section.columns), _classification(study), crs, area_unit=section.units.area)
