"""The study file: what it may say, and every mistake in it at once.

Sections and keys are those users rely on; unknown keys are refused with the nearest known one, so that a misspelt
threshold never falls back to its default in silence.
"""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from landuse.classification import SYSTEMS
from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.results import Definition
from landuse.schema import LEVELS
from landuse.units import AREA_M2, MONEY_YUAN


def one_of(allowed: Iterable[str]) -> Callable[[str], str]:
    """Return a check that a text is one of those allowed."""
    choices = list(allowed)

    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(_("give one of {choices}", choices=", ".join(choices)))
        return value

    return check


Boundary = Literal["approved", "planned", "jurisdiction", "control"]
Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(gt=0, le=1)]
AreaUnit = Annotated[str, AfterValidator(one_of(AREA_M2))]
MoneyUnit = Annotated[str, AfterValidator(one_of(MONEY_YUAN))]
System = Annotated[str, AfterValidator(one_of((*SYSTEMS, "custom")))]


class Section(BaseModel):
    """A table of the study file: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class StudySection(Section):
    """Name, date, language and working system."""

    name: str = ""
    date: dt.date | None = None
    lang: Literal["zh", "en"] = "zh"
    crs: str | None = None


class LayerSection(Section):
    """A vector file."""

    path: str
    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    where: dict[str, list[str]] = {}


class ParcelColumns(Section):
    """Foreign names of the parcel columns."""

    code: str
    id: str | None = None
    name: str | None = None
    area: str | None = None
    district: str | None = None


class AreaUnits(Section):
    """Unit of a stated area."""

    area: AreaUnit = "m2"


class ParcelsSection(LayerSection):
    """The parcel layer."""

    classification: System
    industrial: tuple[str, ...] = Field(default=(), strict=False)
    columns: ParcelColumns
    units: AreaUnits = AreaUnits()

    @model_validator(mode="after")
    def _industrial_is_for_custom(self) -> ParcelsSection:
        if (self.classification == "custom") != bool(self.industrial):
            raise ValueError(_('industrial = [prefixes] goes with classification = "custom", and only with it'))
        return self


class ParkColumns(Section):
    """Foreign names of the park columns."""

    id: str | None = None
    name: str | None = None
    level: str | None = None
    block: str | None = None
    main: str | None = None


class ParksSection(LayerSection):
    """The park layer, and who owns land that two parks claim."""

    boundary: Boundary = "approved"
    columns: ParkColumns = ParkColumns()
    levels: dict[str, str] = {}
    priority: tuple[str, ...] = Field(default=LEVELS, strict=False)


class BoundarySection(LayerSection):
    """Another outline of the parks, for the matrix; columns, levels and priority are those of [parks] unless given."""

    boundary: Boundary
    columns: ParkColumns | None = None
    levels: dict[str, str] | None = None


class DistrictColumns(Section):
    """Foreign names of the district columns."""

    code: str
    name: str | None = None


class DistrictsSection(LayerSection):
    """The district layer."""

    columns: DistrictColumns


class EnterpriseColumns(Section):
    """Foreign names of the enterprise columns."""

    id: str
    parcel: str
    name: str | None = None
    year: str | None = None
    area: str | None = None
    tax: str | None = None


class EnterpriseUnits(Section):
    """Units of the enterprise figures."""

    tax: MoneyUnit = "万元"
    area: AreaUnit = "亩"


class EnterprisesSection(Section):
    """The enterprise table."""

    path: str
    sheet: str | None = None
    columns: EnterpriseColumns
    units: EnterpriseUnits = EnterpriseUnits()


class DefinitionSection(Section):
    """What the headline share means."""

    classes: Literal["core", "with_storage", "with_mining"] = "core"
    boundary: Boundary = "approved"
    rule: Literal["clip", "centroid", "majority"] = "clip"
    area: Literal["registered", "ellipsoidal", "planar"] = "registered"
    boundary_tolerance_m: Annotated[float, Field(ge=0)] = 5.0


class TargetSection(Section):
    """The policy's share."""

    share: Share = 0.70
    by: dt.date | None = None


class ScatterSection(Section):
    """When a plot outside the parks is scattered."""

    gap_m: Positive = 50.0
    max_cluster_mu: Positive = 200.0
    highly_scattered_mu: Positive = 30.0
    min_plot_mu: Annotated[float, Field(ge=0)] = 3.0


class EfficiencySection(Section):
    """Which rule pack says what is inefficient: a name, or a path to one."""

    rules: str = "zhejiang-2023"


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
    definition: DefinitionSection = DefinitionSection()
    target: TargetSection = TargetSection()
    scatter: ScatterSection = ScatterSection()
    efficiency: EfficiencySection = EfficiencySection()

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
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, IsADirectoryError) as error:
        fix = _("write it as TOML in UTF-8; codes and Windows paths in single quotes")
        raise InputError(Problem(_("not a TOML file: {error}", error=error), fix, str(file))) from None
    return parse_study(values, file)


def parse_study(values: dict[str, Any], file: Path) -> Study:
    """Check the contents of a study file; see `load_study`."""
    try:
        return Study.model_validate({**values, "file": file.absolute()})
    except ValidationError as error:
        raise InputError([_as_problem(e, file) for e in error.errors()]) from None


def _as_problem(error: Any, file: Path) -> Problem:
    where = [str(x) for x in error["loc"]]
    key = ".".join(where)
    if error["type"] == "extra_forbidden":
        known = _keys(where[:-1])
        near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.5)
        fix = _("did you mean {name}?", name=near[0]) if near else _("known here: {keys}", keys=", ".join(known))
        return Problem(_("unknown key {key}", key=key), fix, file.name)
    if error["type"] == "missing":
        return Problem(_("{key} is missing", key=key), _("add it to the study file"), file.name)
    message = _expectation(error)
    if not key:  # about several sections at once
        return Problem(message, _("mend the study file"), file.name)
    got = repr(error.get("input"))[:60]
    return Problem(_("{key} = {got} is not accepted", key=key, got=got), message, file.name)


def _expectation(error: Any) -> str:
    """Return what the study file should say instead, in the language of the reader."""
    limits = error.get("ctx", {})
    number = {"number": next((limits[k] for k in ("gt", "ge", "lt", "le") if k in limits), "")}
    table = _("give a table, as in the manual")
    return {
        "string_type": _("give text in quotes"),
        "float_type": _("give a number"),
        "finite_number": _("give a finite number"),
        "date_type": _("give a date such as 2025-12-31"),
        "list_type": _("give a list"),
        "tuple_type": _("give a list"),
        "dict_type": table,
        "model_type": table,
        "literal_error": _("give one of {choices}", choices=limits.get("expected", "")),
        "greater_than": _("give more than {number}", **number),
        "greater_than_equal": _("give at least {number}", **number),
        "less_than_equal": _("give at most {number}", **number),
    }.get(error["type"], str(error["msg"]).removeprefix("Value error, "))


def _keys(where: list[str]) -> list[str]:
    """Return the keys known in a section of the study file."""
    model: type[BaseModel] = Study
    for name in where:
        field = model.model_fields.get(name)
        if field is None:
            return []
        kinds = [field.annotation, *get_args(field.annotation)]
        model = next(k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel))
    return [name for name in model.model_fields if name != "file"]
