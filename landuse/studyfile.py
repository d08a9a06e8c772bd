"""The study file: what it may say, and every mistake in it at once.

Sections and keys are those users rely on; unknown keys are refused with the nearest known one, so that a misspelt
threshold never falls back to its default in silence.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, model_validator

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.results import Definition
from landuse.section import Section, as_problem
from landuse.sections import (
    BackgroundSection,
    BoundarySection,
    CapacitySection,
    ContextSection,
    DefinitionSection,
    DistrictsSection,
    EfficiencySection,
    EnterprisesSection,
    ParcelsSection,
    ParksSection,
    RastersSection,
    RelocationSection,
    ScatterSection,
    StudySection,
    TargetSection,
)


class Study(Section):
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
    def _a_plan_ends_with_its_path(self) -> Study:
        first, years = self.plan_years[0], len(self.plan_years)
        if late := [year for year in self.target.path if int(year) >= first + years]:
            what = _("[target] path names {years}, after the plan's last year", years=", ".join(sorted(late)))
            raise ValueError(what)
        return self

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
    try:
        text = file.read_bytes().decode("utf-8-sig")
        values = tomllib.loads(text)
    except FileNotFoundError:
        raise InputError(Problem(_("no such file"), _("check the path of the study file"), str(file))) from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, IsADirectoryError, RecursionError) as error:
        fix = _("write it as TOML in UTF-8; codes and Windows paths in single quotes")
        raise InputError(Problem(_("not a TOML file: {error}", error=error), fix, str(file))) from None
    return parse_study(values, file)


def parse_study(values: dict[str, Any], file: Path) -> Study:
    """Check the contents of a study file; see `load_study`."""
    try:
        return Study.model_validate({**values, "file": file.absolute()})
    except ValidationError as error:
        raise InputError([as_problem(e, file.name, Study) for e in error.errors()]) from None
