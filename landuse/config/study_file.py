"""The study file: what it may say, and every mistake in it at once.

Sections and keys are those users rely on; unknown keys are refused with the nearest known one, so that a misspelt
threshold never falls back to its default in silence.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from landuse.config.history import ChangeSection, ExceptionsSection, SnapshotSection, inherited
from landuse.config.layers import (
    BackgroundSection,
    BoundarySection,
    ContextSection,
    DistrictsSection,
    EnterprisesSection,
    LayerSection,
    ParcelColumns,
    ParcelsSection,
    ParksSection,
    RastersSection,
    StudySection,
)
from landuse.config.rules import (
    CapacitySection,
    DefinitionSection,
    EfficiencySection,
    EvaluationSection,
    LivingSection,
    RelocationSection,
    ScatterSection,
    TargetSection,
)
from landuse.definition import Definition
from landuse.errors import InputError, Problem
from landuse.i18n import LANGUAGES, _
from landuse.reference.toml_model import TomlModel, as_problem, encoding_of, toml_of

#: The line of a study file that says its language.
ASKED_LANGUAGE = re.compile(rf"""^[^#\n]*\blang["']?\s*=\s*["']({"|".join(LANGUAGES)})["']""", re.MULTILINE)


class Study(TomlModel):
    """A study file, read and checked.

    Attributes
    ----------
    file : Path
        The study file; relative paths start at its folder.
    """

    file: Path
    study: StudySection = StudySection()
    parcels: ParcelsSection
    parks: ParksSection
    boundaries: Annotated[tuple[BoundarySection, ...], Field(strict=False)] = ()
    districts: DistrictsSection | None = None
    enterprises: EnterprisesSection | None = None
    context: ContextSection = ContextSection()
    rasters: RastersSection = RastersSection()
    background: BackgroundSection = BackgroundSection()
    definition: DefinitionSection = DefinitionSection()
    target: TargetSection = TargetSection()
    scatter: ScatterSection = ScatterSection()
    efficiency: EfficiencySection = EfficiencySection()
    capacity: CapacitySection | None = None
    relocation: RelocationSection = RelocationSection()
    exceptions: ExceptionsSection | None = None
    snapshots: Annotated[tuple[SnapshotSection, ...], Field(strict=False)] = ()
    change: ChangeSection = ChangeSection()
    evaluation: EvaluationSection = EvaluationSection()
    living: LivingSection = LivingSection()

    @model_validator(mode="after")
    def _boundaries_are_distinct_and_hold_the_definition(self) -> Study:
        kinds = [self.parks.boundary, *(b.boundary for b in self.boundaries)]
        if len(set(kinds)) < len(kinds):
            raise ValueError(_("each boundary kind once: {kinds}", kinds=", ".join(kinds)))
        if self.definition.boundary not in kinds:
            what = _(
                "[definition] boundary is {kind}, but no layer has it: {kinds}",
                kind=self.definition.boundary,
                kinds=", ".join(kinds),
            )
            raise ValueError(what)
        return self

    @model_validator(mode="after")
    def _a_plan_begins_in_time(self) -> Study:
        first, day = self.relocation.first_year, self.study.date
        if first is not None and day is not None and first < day.year:
            what = _(
                "[relocation] first_year, {year}, is before [study] date, {day}: give a year to come",
                year=first,
                day=day,
            )
            raise ValueError(what)
        return self

    @model_validator(mode="after")
    def _a_plan_ends_with_its_path(self) -> Study:
        first, years = self.plan_years[0], len(self.plan_years)
        if late := [year for year in self.target.path if int(year) >= first + years]:
            what = _("[target] path names {years}, after the plan's last year", years=", ".join(sorted(late)))
            raise ValueError(what)
        return self

    @model_validator(mode="after")
    def _snapshots_are_earlier(self) -> Study:
        dates = [x.date for x in self.snapshots]
        if len(set(dates)) < len(dates):
            raise ValueError(_("[[snapshots]]: each date once: {dates}", dates=", ".join(map(str, dates))))
        if dates and self.study.date is None:
            raise ValueError(_("[[snapshots]]: the study's own layers have no date: give [study] date"))
        if late := [str(x) for x in dates if self.study.date is not None and x >= self.study.date]:
            what = _("[[snapshots]]: {dates} not before the study's date, {date}", dates=late, date=self.study.date)
            raise ValueError(what)
        return self

    @property
    def outlines(self) -> dict[str, ParksSection]:
        """The park layers by boundary kind; what a further one does not say is as in [parks]."""
        first = self.parks
        further: dict[str, ParksSection] = {
            b.boundary: ParksSection(
                **b.model_dump(include=set(LayerSection.model_fields)),
                boundary=b.boundary,
                columns=b.columns or first.columns,
                levels=first.levels if b.levels is None else b.levels,
                priority=first.priority,
            )
            for b in self.boundaries
        }
        named: dict[str, ParksSection] = {first.boundary: first}
        return named | further

    @property
    def earlier(self) -> list[SnapshotSection]:
        """The earlier dates, the first first."""
        return sorted(self.snapshots, key=lambda x: x.date)

    def at(self, snapshot: SnapshotSection) -> Study:
        """Return the study of an earlier date: its layers under this study's definition, and nothing else."""
        columns = snapshot.parcels.columns or ParcelColumns(
            **self.parcels.columns.model_dump(include={"code", "id", "name", "area", "district"})
        )
        districts = self.districts and inherited(snapshot.districts, self.districts)
        changes = {
            "study": self.study.model_copy(update={"date": snapshot.date}),
            "parcels": inherited(snapshot.parcels, self.parcels, columns=columns),
            "parks": inherited(snapshot.parks, self.outlines[self.definition.boundary]),
            "boundaries": (),
            "districts": districts,
            "snapshots": (),
        }
        return self.model_copy(update=changes)

    @property
    def plan_years(self) -> range:
        """The years a relocation plan has: from the one after the study's date, unless it says which."""
        first = self.relocation.first_year or (self.study.date.year + 1 if self.study.date else 1)
        return range(first, first + self.relocation.years)

    @property
    def stem(self) -> str:
        """Name of the output files."""
        return self.file.stem

    @property
    def name(self) -> str:
        """Name of the study; default: the file's."""
        return self.study.name or self.stem

    @property
    def synthetic(self) -> bool:
        """Whether the data says of itself that it is invented."""
        return "SYNTHETIC" in self.name

    @property
    def headline(self) -> Definition:
        """The definition of the headline share."""
        return Definition(**self.definition.model_dump(exclude={"boundary_tolerance_m"}))

    def resolve(self, path: str) -> Path:
        """Return a path of the study file as the file system knows it."""
        return self.file.parent / path

    def parameters(self) -> dict[str, Any]:
        """Return everything that makes the numbers what they are, defaults included, as plain JSON."""
        return self.model_dump(mode="json", exclude={"file": True, "study": {"lang"}})


def load_study(file: Path) -> Study:
    """Read and check a study file.

    Raises
    ------
    InputError
        With every mistake of the file.
    """
    shown = str(file)

    def told(error: Exception) -> Problem:
        fix = _("write it as TOML in UTF-8; codes and Windows paths in single quotes")
        return Problem(_("not a TOML file: {error}", error=error), fix, shown)

    try:
        raw = file.read_bytes()
    except FileNotFoundError:
        raise InputError(Problem(_("no such file"), _("check the path of the study file"), shown)) from None
    except OSError as error:
        raise InputError(told(error)) from None
    return parse_study(toml_of(raw, shown, told), file)


def language_of(file: Path) -> str | None:
    """Return the language a study file asks for, also where it is no TOML; None where it does not say.

    Mistakes in the file are told in it, so it is looked for in the text and not among what was read.
    """
    try:
        raw = file.read_bytes()
    except OSError:
        return None
    text = raw.decode(encoding_of(raw) or "latin-1").lstrip("\ufeff")
    asked = ASKED_LANGUAGE.search(text)
    return asked[1] if asked else None


def parse_study(values: dict[str, Any], file: Path) -> Study:
    """Check the contents of a study file; see `load_study`."""
    try:
        return Study.model_validate({**values, "file": file.absolute()})
    except ValidationError as error:
        raise InputError([as_problem(e, file.name, Study) for e in error.errors()]) from None
