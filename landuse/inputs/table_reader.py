"""Reading the columns of a foreign table: every problem of all rows is kept until the table is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.source_table import Checked
from landuse.spelling import respell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from landuse.inputs.parks import Parks
    from landuse.inputs.source_table import SourceTable
    from landuse.quality import Issue

T = TypeVar("T")


class TableReader:
    """A table under examination.

    Attributes
    ----------
    rows : array of str
        The names of its rows.
    problems : list of Problem
        What was found so far.
    """

    def __init__(self, raw: SourceTable, columns: Mapping[str, str] | None = None) -> None:
        """Begin with a table, and the roles its columns play; without those a role is its own column."""
        self._raw, self._columns = raw, columns
        self.rows = np.array([str(k) for k in raw.frame.index], dtype=object)
        self.problems: list[Problem] = []

    def column(self, role: str) -> str | None:
        """Return the column that plays a role."""
        return role if self._columns is None else self._columns.get(role)

    def texts(self, role: str) -> Any:
        """Return what the cells of a role say, as text; "" where there is no such column."""
        return cells.text(self._raw.frame, self._roles(role), role)

    def identifiers(self, role: str) -> Any:
        """Return the ids of a role; "" for none; one that lost its last digits is a problem."""
        return cells.identifiers(self._raw.frame, self._roles(role), role, self.problems, self.rows)

    def plots(self, role: str, known: Collection[str]) -> Any:
        """Return plots, spelled as the layer spells those it knows; several in one cell are a problem."""
        return cells.plots(self._raw.frame, self._roles(role), role, self.problems, self.rows, known)

    def parks(self, role: str, parks: Parks) -> Any:
        """Return parks, spelled as the layer spells them; one it does not have is a problem."""
        known = parks[s.PARK]
        found = respell(self.identifiers(role), known)
        strange = ~np.isin(found, list(set(known)))
        self.refuse(strange, _("a park that the layer does not have"), _("write its id as the park layer does"))
        return found

    def figures(
        self, role: str, units: Mapping[str, float] | None = None, unit: str = "", *, positive: str = ""
    ) -> Any:
        """Return the figures of a role, NaN where a cell is blank; with `positive`, the fix of one below zero."""
        read = cells.numbers(self._raw.frame, self._roles(role), role, self.problems, self.rows, units=units, unit=unit)
        if positive:
            self.refuse(read < 0, _("column {column!r}: below zero", column=self.column(role) or role), positive)
        return read

    def refuse(self, which: Any, what: str, fix: str) -> None:
        """Note a problem of some rows."""
        some = np.asarray(which, dtype=bool)
        if some.any():
            self.problems.append(Problem(what, fix, rows=tuple(self.rows[some])))

    def once(self, keys: Iterable[Any], what: str, fix: str, *, unless: Any = False) -> None:
        """Note rows that have the same key, but for those that are wrong anyway."""
        twice = pd.Series(list(keys), dtype=object).duplicated(keep=False).to_numpy()
        self.refuse(twice & ~np.asarray(unless, dtype=bool), what, fix)

    @property
    def unread(self) -> Any:
        """Which rows have a problem already."""
        return np.isin(self.rows, [row for p in self.problems for row in p.rows])

    def done(self) -> None:
        """Refuse the table if anything is wrong.

        Raises
        ------
        InputError
            With every problem, each with file and rows.
        """
        refuse_if([p.located(self._raw.file, self._raw.layer) for p in self.problems])

    def checked(self, layer: T, issues: Iterable[Issue] = ()) -> Checked[T]:
        """Return what was read, with what was found on the way."""
        return Checked(layer, (*self._raw.issues, *issues), self._raw.assumptions)

    def _roles(self, role: str) -> Mapping[str, str]:
        return {role: role} if self._columns is None else self._columns
