"""One sheet of a table as its file holds it, every cell as text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Cells are addressed by (row, column), from 0.
Cell = tuple[int, int]


@dataclass(frozen=True)
class Hidden:
    """What of a sheet its reader does not see.

    Attributes
    ----------
    rows, columns : frozenset of int
        Those hidden by hand, by a filter, or by having no height or width.
    filters : int
        Conditions of the filter that is on.
    whole : bool
        Whether the sheet itself is hidden.
    """

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    filters: int = 0
    whole: bool = False


@dataclass(frozen=True)
class Sheet:
    """Rows of text and what a spreadsheet knows about them.

    Attributes
    ----------
    rows : list of list of str
        "" where a cell is blank; rows may differ in length.
    merged : tuple of (first cell, last cell)
        Cells shown as one; only the first holds a value.
    errors : mapping
        Cell to the error it shows (#N/A, #REF! ...); the cell itself is "".
    unsolved : frozenset of cells
        Formulas whose result was never stored.
    hidden : Hidden
        What does not show.
    delimited : bool
        Whether the cells were parted at commas or the like, so that a stray one shifts a row.
    """

    rows: list[list[str]]
    merged: tuple[tuple[Cell, Cell], ...] = ()
    errors: Mapping[Cell, str] = field(default_factory=dict)
    unsolved: frozenset[Cell] = frozenset()
    hidden: Hidden = Hidden()
    delimited: bool = False

    def cell(self, row: int, column: int) -> str:
        """Return a cell, "" beyond the end of its row."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""
