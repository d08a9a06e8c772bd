"""The sections of the study file on earlier dates: layers, exceptions, and when a difference is news."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from landuse.config.layers import (
    AreaUnits,
    DistrictColumns,
    LayerSection,
    NotNegative,
    ParcelColumns,
    ParkColumns,
    Positive,
    System,
    layer_of,
)
from landuse.reference.toml_model import Columns, FilePath, TomlModel

T = TypeVar("T", bound=LayerSection)


class EarlierParcels(LayerSection):
    """The parcels of an earlier date; what is not said is as in [parcels]."""

    classification: System | None = None
    industrial: tuple[str, ...] | None = Field(default=None, strict=False)
    columns: ParcelColumns | None = None
    units: AreaUnits | None = None


class EarlierParks(LayerSection):
    """The parks of an earlier date; what is not said is as in [parks]."""

    columns: ParkColumns | None = None
    levels: dict[str, str] | None = None


class EarlierDistricts(LayerSection):
    """The districts of an earlier date; what is not said is as in [districts]."""

    columns: DistrictColumns | None = None


class UpdateColumns(Columns):
    """Columns of the survey's layer of changes (DLTBGXGC): class before and after, and moves of the city's border."""

    before: str = "BGQDLBM"
    after: str = "BGHDLBM"
    moved: str | None = "XZQTZLX"


class UpdatesSection(LayerSection):
    """The survey's own record of what changed from this date to the next."""

    columns: UpdateColumns = UpdateColumns()


class SnapshotSection(TomlModel):
    """An earlier date and its layers; parks and districts are the study's unless named."""

    date: dt.date
    parcels: Annotated[EarlierParcels, BeforeValidator(layer_of)]
    parks: Annotated[EarlierParks | None, BeforeValidator(layer_of)] = None
    districts: Annotated[EarlierDistricts | None, BeforeValidator(layer_of)] = None
    updates: Annotated[UpdatesSection | None, BeforeValidator(layer_of)] = None


class ExceptionColumns(Columns):
    """Columns of the table of exceptions."""

    plot: str = "plot"
    document: str = "document"


class ExceptionsSection(TomlModel):
    """New plots outside the parks that a document allows."""

    path: FilePath
    sheet: str | None = None
    columns: ExceptionColumns = ExceptionColumns()


class ChangeSection(TomlModel):
    """When a difference between two layers is news, and what the policy wants a year.

    Attributes
    ----------
    shift_m : float
        A change nowhere wider than this is a boundary drawn anew, not news.
    counters : str or None
        Table of the bureau's own counts.
    renovate_mu_per_year, factory_m2_per_year : float
        Low-efficiency land to turn over, and standard factory floor to build, a year.
    """

    shift_m: NotNegative = 1.0
    counters: FilePath | None = None
    renovate_mu_per_year: Positive = 10_000.0
    factory_m2_per_year: Positive = 4_000_000.0


def inherited(earlier: LayerSection | None, main: T, **always: Any) -> T:
    """Return the section of an earlier layer: what it says itself, else what the study's own layer says."""
    said = {} if earlier is None else {k: v for k, v in earlier if k in earlier.model_fields_set and v is not None}
    return main.model_copy(update={**said, **always})
