"""The sections of the study file, in its order: what each may say, in which units, and what goes with what."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from landuse.geo.transform import SHIFT_PARAMETERS
from landuse.geo.web_tiles import TIANDITU, origin
from landuse.i18n import _
from landuse.quality import titles
from landuse.reference.classification import SECOND_SURVEY, SYSTEMS
from landuse.reference.toml_model import Columns, FilePath, TomlModel
from landuse.schema import LEVELS
from landuse.spelling import did_you_mean
from landuse.units import AREA_M2, ENERGY_TCE, MONEY_YUAN, TONNES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def one_of(allowed: Iterable[str]) -> Callable[[str], str]:
    """Return a check that a text is one of those allowed."""
    choices = list(allowed)

    def check(value: str) -> str:
        if value not in choices:
            raise ValueError(_("give one of {choices}", choices=", ".join(choices)))
        return value

    return check


def known_check(value: str) -> str:
    """Return the key of a check that there is."""
    if value not in titles():
        raise ValueError("; ".join(x for x in (_("no such check"), did_you_mean(value, titles())) if x))
    return value


Boundary = Literal["approved", "planned", "jurisdiction", "control"]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(gt=0, le=1)]
AreaUnit = Annotated[str, AfterValidator(one_of(AREA_M2))]
MoneyUnit = Annotated[str, AfterValidator(one_of(MONEY_YUAN))]
TonneUnit = Annotated[str, AfterValidator(one_of(TONNES))]
EnergyUnit = Annotated[str, AfterValidator(one_of(ENERGY_TCE))]
Check = Annotated[str, AfterValidator(known_check)]
System = Annotated[str, AfterValidator(one_of((*SYSTEMS, SECOND_SURVEY, "custom")))]


class StudySection(TomlModel):
    """Name, date, language and working system; issues that would stop a run, accepted by the keys of their checks."""

    name: str = ""
    date: dt.date | None = None
    lang: Literal["zh", "en"] = "zh"
    crs: str | None = None
    accept: Annotated[tuple[Check, ...], Field(strict=False)] = ()


class PlaneSection(TomlModel):
    """Four parameters that lead from a city's own plane to the system `crs` names, and a point known in both."""

    east_m: float
    north_m: float
    rotation_s: float = 0.0
    scale_ppm: float = 0.0
    check: Annotated[tuple[float, float, float, float], Field(strict=False)]


class LayerSection(TomlModel):
    """A vector file."""

    path: FilePath
    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    towgs84: Annotated[tuple[float, ...] | None, Field(strict=False)] = None
    plane: PlaneSection | None = None
    where: dict[str, list[str]] = Field(default={})

    @model_validator(mode="after")
    def _parameters_go_with_a_system(self) -> LayerSection:
        if self.crs is None and (self.towgs84 or self.plane):
            raise ValueError(_("towgs84 and plane go with crs: state the system they belong to"))
        if self.towgs84 is not None and (self.plane is not None or len(self.towgs84) not in SHIFT_PARAMETERS):
            raise ValueError(_("give towgs84 = [dx, dy, dz] or [dx, dy, dz, rx, ry, rz, s], and no plane beside it"))
        return self


def layer_of(value: object) -> object:
    """Take the path of a layer for the layer."""
    return {"path": value} if isinstance(value, str) else value


BackgroundLayer = Annotated[LayerSection | None, BeforeValidator(layer_of)]


class ParcelColumns(Columns):
    """Foreign names of the parcel columns."""

    code: str
    id: str | None = None
    name: str | None = None
    area: str | None = None
    district: str | None = None
    far: str | None = None
    coverage: str | None = None
    supply_status: str | None = None
    town: str | None = None
    approval: str | None = None
    ancillary_land: str | None = None
    ancillary_floor: str | None = None


class AreaUnits(TomlModel):
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


class ParkColumns(Columns):
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
    levels: dict[str, str] = Field(default={})
    priority: tuple[str, ...] = Field(default=LEVELS, strict=False)

    @model_validator(mode="after")
    def _levels_are_ranked_once(self) -> ParksSection:
        if twice := sorted({x for x in self.priority if self.priority.count(x) > 1}):
            raise ValueError(_("priority: each level once: {levels}", levels=", ".join(twice)))
        return self


class BoundarySection(LayerSection):
    """Another outline of the parks, for the matrix; columns, levels and priority are those of [parks] unless given."""

    boundary: Boundary
    columns: ParkColumns | None = None
    levels: dict[str, str] | None = None


class DistrictColumns(Columns):
    """Foreign names of the district columns."""

    code: str
    name: str | None = None


class DistrictsSection(LayerSection):
    """The district layer."""

    columns: DistrictColumns


class EnterpriseColumns(Columns):
    """Foreign names of the enterprise columns."""

    id: str
    parcel: str
    name: str | None = None
    year: str | None = None
    area: str | None = None
    tax: str | None = None
    value_added: str | None = None
    energy: str | None = None
    emissions: str | None = None
    output: str | None = None
    rd: str | None = None
    staff: str | None = None
    grade: str | None = None
    industry: str | None = None
    role: str | None = None
    idle_since: str | None = None


class EnterpriseUnits(TomlModel):
    """Units of the enterprise figures; else the table's header says it, else 万元, 亩, 吨标煤 and 吨 are assumed."""

    tax: MoneyUnit | None = None
    area: AreaUnit | None = None
    value_added: MoneyUnit | None = None
    output: MoneyUnit | None = None
    rd: MoneyUnit | None = None
    energy: EnergyUnit | None = None
    emissions: TonneUnit | None = None


class EnterprisesSection(TomlModel):
    """The enterprise table."""

    path: FilePath
    sheet: str | None = None
    columns: EnterpriseColumns
    units: EnterpriseUnits = EnterpriseUnits()


class PlanColumns(Columns):
    """Foreign names of the plan's columns."""

    code: str


class BuildingColumns(Columns):
    """Foreign names of the columns of buildings: storeys, height [m], what the building is used for."""

    storeys: str = "storeys"
    height: str | None = None
    use: str | None = None


class BuildingsSection(LayerSection):
    """The layer of buildings."""

    columns: BuildingColumns = BuildingColumns()


class ContextSection(TomlModel):
    """Layers and tables that rules use beside the parcels and firms.

    `plan` is read in `plan_classification`, the codes in the column `plan_columns` names. `standards` has the columns
    zone (six digits of the district), year, min_far, min_coverage. `neighbours`: whether the parcels of other classes
    are read once more, to say what lies beside the scattered plots.
    """

    development: BackgroundLayer = None
    plan: BackgroundLayer = None
    plan_columns: PlanColumns | None = None
    plan_classification: System | None = None
    plan_industrial: tuple[str, ...] = Field(default=(), strict=False)
    standards: FilePath | None = None
    buildings: Annotated[BuildingsSection | None, BeforeValidator(layer_of)] = None
    neighbours: bool = True

    @model_validator(mode="after")
    def _a_plan_says_its_classes(self) -> ContextSection:
        if self.plan is not None and (self.plan_columns is None or self.plan_classification is None):
            raise ValueError(_("plan goes with plan_columns (its code) and plan_classification"))
        return self


class RastersSection(TomlModel):
    """Local GeoTIFFs that stand in where no register or table has a figure; what they say is labelled remote."""

    building_height: FilePath | None = None
    ndvi: FilePath | None = None
    night_light: FilePath | None = None
    slope: FilePath | None = None
    storey_height_m: Positive = 4.5

    @property
    def paths(self) -> dict[str, str]:
        """The rasters given, by name."""
        return {k: v for k, v in self.model_dump(exclude={"storey_height_m"}).items() if v is not None}


def _tiles(value: str) -> str:
    """Check an address of tiles."""
    if value != TIANDITU:
        origin(value)
    return value


class BackgroundSection(TomlModel):
    """What lies behind the land on the map; nothing here changes a number."""

    roads: BackgroundLayer = None
    water: BackgroundLayer = None
    image: FilePath | None = None
    tiles: Annotated[str, AfterValidator(_tiles)] | None = None
    gcj02: bool = False

    @model_validator(mode="after")
    def _shift_is_for_tiles(self) -> BackgroundSection:
        if self.gcj02 and self.tiles is None:
            raise ValueError(_("gcj02 says how tiles are shifted: give tiles, or remove it"))
        return self

    @property
    def layers(self) -> dict[str, LayerSection]:
        """The vector layers, by name."""
        return {key: part for key, part in (("roads", self.roads), ("water", self.water)) if part is not None}


class FacilityColumns(Columns):
    """Foreign names of the columns of facilities."""

    kind: str = "kind"


class FacilitiesSection(LayerSection):
    """Schools, clinics and shops, as points or polygons."""

    columns: FacilityColumns = FacilityColumns()
