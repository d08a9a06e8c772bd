"""The table of a shapefile as its bytes say it is: layout, deleted rows, texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.vector.encoding import Texts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools

HEADER, DESCRIPTOR = 32, 32
DELETED = ord("*")
#: Digits of a whole number of 64 bits.
WHOLE_DIGITS = 18
#: Rows looked at in one step.
ROWS = 65_536


@dataclass(frozen=True)
class Column:
    """A field: name as bytes, kind (C for text, N, F, D, L …), first byte in the row, width in bytes, decimals."""

    name: bytes
    kind: str
    start: int
    width: int
    decimals: int = 0

    @property
    def beyond_numbers(self) -> bool:
        """Whether its whole numbers may have more digits than any number type keeps; they are then read as text."""
        return self.kind in "NF" and self.decimals == 0 and self.width > WHOLE_DIGITS


@dataclass(frozen=True)
class Dbf:
    """A table whose head and size agree.

    Attributes
    ----------
    path : Path
        Of the .dbf.
    rows, start, step : int
        Rows it holds, deleted ones included; where the first begins; bytes of one.
    columns : tuple of Column
        Its fields.
    language : int
        The byte that may tell the code page.
    """

    path: Path
    rows: int
    start: int
    step: int
    columns: tuple[Column, ...]
    language: int

    @classmethod
    def open(cls, path: Path) -> Dbf:
        """Read the head of a table, and hold it against the size of the file.

        Raises
        ------
        InputError
            When rows are missing, left over, or of another length than the fields.
        """
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(HEADER)
            fields = file.read(max(0, int.from_bytes(head[8:10], "little") - HEADER)) if len(head) == HEADER else b""
        again = _("export the layer again, or copy all its files again")
        if len(head) < HEADER:
            raise InputError(Problem(_("the .dbf is cut off: the rows have no attributes"), again))
        rows, start, step = (int.from_bytes(head[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
        columns = tuple(_columns(fields))
        if not columns or sum(c.width for c in columns) + 1 != step:
            raise InputError(Problem(_("the .dbf is damaged: its fields do not make up its rows"), again))
        if size < start + rows * step:
            what = _("the .dbf is cut off: it says {n} rows and holds {m}", n=rows, m=max(0, size - start) // step)
            raise InputError(Problem(what, again))
        if size >= start + (rows + 1) * step:
            what = _("the .dbf says {n} rows and holds {m}", n=rows, m=(size - start) // step)
            raise InputError(Problem(what, again))
        return cls(path, rows, start, step, columns, head[29])

    def deleted(self) -> Bools:
        """Return which rows are marked as deleted."""
        return np.asarray(self._bytes()[:, 0] == DELETED) if self.rows else np.zeros(0, dtype=bool)

    def texts(self) -> Iterator[Texts]:
        """Give every text that is not pure ASCII, names of fields first."""
        names = [c.name for c in self.columns if not c.name.isascii()]
        if names:
            yield Texts(b"", tuple(names))
        if not self.rows:
            return
        table = self._bytes()
        for first in range(0, self.rows, ROWS):
            block = np.asarray(table[first : first + ROWS])
            for column in self.columns:
                if column.kind == "C":
                    cells = block[:, column.start : column.start + column.width]
                    cells = cells[(cells >= 0x80).any(axis=1)]
                    if len(cells):
                        yield _texts(cells)

    def written(self, column: Column) -> list[str | None]:
        """Return a column of numbers as written, None where blank or overflowed, of the rows not marked as deleted."""
        cells = np.ascontiguousarray(self._bytes()[~self.deleted(), column.start : column.start + column.width])
        texts = [raw.decode("ascii", "replace").strip("\0 ") for raw in cells.view(f"S{column.width}")[:, 0].tolist()]
        return [None if not text or "*" in text else text for text in texts]

    def _bytes(self) -> NDArray[np.uint8]:
        """Return the rows as bytes, shape (rows, step), not yet read."""
        return np.memmap(self.path, np.uint8, "r", self.start, (self.rows, self.step))


def _columns(fields: bytes) -> Iterator[Column]:
    start = 1
    for k in range(0, len(fields) - DESCRIPTOR + 1, DESCRIPTOR):
        if fields[k] == 0x0D:
            return
        name, kind, width, decimals = (
            fields[k : k + 11].split(b"\0")[0],
            chr(fields[k + 11]),
            fields[k + 16],
            fields[k + 17],
        )
        yield Column(name.rstrip(b" "), kind, start, width, decimals)
        start += width


def _texts(cells: NDArray[np.uint8]) -> Texts:
    """Return rows of bytes, padded with blanks or zeros, as texts."""
    ended = np.where(np.maximum.accumulate(cells == 0, axis=1), ord(" "), cells).astype(np.uint8)
    full = ended[:, -1] != ord(" ")
    lines = np.column_stack([ended[~full], np.full((~full).sum(), ord("\n"), dtype=np.uint8)])
    return Texts(lines.tobytes(), tuple(row.tobytes() for row in np.unique(ended[full], axis=0)))
