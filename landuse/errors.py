"""What can go wrong, said so that the reader can mend it: file, rows, what is wrong, what to do."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


#: Identifiers quoted in one message; the rest is a count.
ROWS_SHOWN = 5


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an input, and its remedy.

    Attributes
    ----------
    what : str
        What is wrong, with the offending value.
    fix : str
        What the user should do.
    file : str
        File it concerns, as the study names it.
    layer : str
        Layer or sheet within the file.
    rows : tuple of str
        Identifiers of the rows concerned, all of them.
    """

    what: str
    fix: str
    file: str = ""
    layer: str = ""
    rows: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = ":".join(x for x in (self.file, self.layer) if x)
        shown = ", ".join(self.rows[:ROWS_SHOWN])
        more = f" (+{len(self.rows) - ROWS_SHOWN})" if len(self.rows) > ROWS_SHOWN else ""
        rows = f" [{shown}{more}]" if shown else ""
        return f"{where}{rows}: {self.what} -> {self.fix}" if where or rows else f"{self.what} -> {self.fix}"

    def located(self, file: str, layer: str | None = None) -> Problem:
        """Return the same problem with its place filled in where it had none."""
        return replace(self, file=self.file or file, layer=self.layer or layer or "")

    def as_dict(self) -> dict[str, object]:
        """Return the problem as CONTRACT prints it."""
        return {
            "file": self.file,
            "layer": self.layer,
            "rows": list(self.rows),
            "what": self.what,
            "fix": self.fix,
        }


class LanduseError(Exception):
    """Parent of every error this package raises on purpose."""


class InputError(ValueError, LanduseError):
    """Inputs or configuration that cannot give a trustworthy number.

    Parameters
    ----------
    problems : iterable of Problem
        Everything found, not just the first.
    """

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class AccountingError(ArithmeticError, LanduseError):
    """An identity that must hold to rounding does not: the result is withheld."""


class SearchError(ArithmeticError, LanduseError):
    """A search ended without an answer and without the proof that there is none."""


@contextmanager
def located(file: str, layer: str = "") -> Iterator[None]:
    """Name the file in every problem raised within that has no place of its own."""
    try:
        yield
    except InputError as error:
        raise InputError([p.located(file, layer) for p in error.problems]) from None


def refuse_if(problems: Sequence[Problem]) -> None:
    """Raise one `InputError` for all problems, if there are any."""
    if problems:
        raise InputError(problems)


#: Sums of areas agree to this, relative to the total.
BALANCE = 1e-9


def balance(parts: float, total: float, what: str) -> None:
    """Raise unless `parts` equals `total` to rounding."""
    if not math.isclose(parts, total, rel_tol=BALANCE, abs_tol=1e-3):
        raise AccountingError(f"{what}: the parts sum to {parts!r}, the total is {total!r}")
