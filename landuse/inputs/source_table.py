"""A layer or table as a file holds it: what the readers give and the doors of `landuse.inputs.parcels` take."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pandas as pd

from landuse.inputs import cells
from landuse.quality import Issue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.quality import Issue


@dataclass(frozen=True)
class SourceTable:
    """A layer or table as a file holds it.

    Attributes
    ----------
    frame : GeoDataFrame or DataFrame
        Foreign columns; the index is the row's number in the file, from 1.
    file, layer : str
        For messages.
    rows : int
        Rows in the file, before any filter.
    assumptions : tuple of str
        What reading took for granted.
    issues : tuple of Issue
        What reading met and how it dealt with it: deleted rows, rows of totals, cells of errors.
    quarantined : mapping
        Row number to the reason its geometry cannot be read; the row is in `frame`, without geometry.
    roles_known : bool
        Whether the format says which ring of a polygon is a hole otherwise than by the winding.
    units : mapping
        Column to the units that a table's header states for it; none where it states none.
    """

    frame: Any
    file: str
    layer: str = ""
    rows: int = 0
    assumptions: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    quarantined: Mapping[int, str] = field(default_factory=dict)
    roles_known: bool = True
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


T = TypeVar("T")


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A noun, what was found on the way, and what was taken for granted."""

    layer: T
    issues: tuple[Issue, ...] = ()
    assumptions: tuple[str, ...] = ()


def column_texts(raw: SourceTable, column: str | None) -> pd.Series[str]:
    """Return a column of a table as text, or the names of its rows where the study names no column."""
    values = cells.as_text(raw.frame[column]) if column else raw.frame.index.astype(str)
    return pd.Series(values, index=raw.frame.index)
