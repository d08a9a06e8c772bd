"""Shapefiles: several files that must agree, and texts in an encoding that is decided here."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.io.gate import path_problems
from landuse.io.source import Content, Shapes, Source
from landuse.io.vector import gdal
from landuse.io.vector.encoding import Texts, decide, decode
from landuse.io.vector.shapes import decode as decode_shapes
from landuse.quality import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Ints
    from landuse.io.source import Place

TABLE_HEAD, DESCRIPTOR = 32, 32
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
            head = file.read(TABLE_HEAD)
            fields = (
                file.read(max(0, int.from_bytes(head[8:10], "little") - TABLE_HEAD)) if len(head) == TABLE_HEAD else b""
            )
        again = _("export the layer again, or copy all its files again")
        if len(head) < TABLE_HEAD:
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


#: Files that make a shapefile: required ones first.
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix")
REQUIRED = (".shx", ".dbf")
#: Those that say something; the others are indexes for searches.
READ = (".shp", ".shx", ".dbf", ".prj", ".cpg")
MAGIC = 9994
HEADER, RECORD_HEAD = 100, 8
#: A .prj or .cpg is a line or two.
MAX_NOTE_BYTES = 65_536
#: Texts pass through the library byte by byte; what they are is decided here.
BYTES = "ISO-8859-1"


def siblings(path: Path) -> list[Path]:
    """Return the files beside a .shp that may belong to it, whatever the case of their names."""
    beside = path.parent.iterdir() if path.parent.is_dir() else ()
    return sorted(f for f in beside if f.stem.lower() == path.stem.lower() and f.suffix.lower() in PARTS and f != path)


def parts(path: Path) -> dict[str, Path]:
    """Return the files that make a shapefile, by ending in small letters; a sibling of the very same stem comes first.

    Raises
    ------
    InputError
        When two of them differ in the case of their ending only.
    """
    found: dict[str, Path] = {}
    for file in siblings(path):
        ending = file.suffix.lower()
        if ending in found and file.stem == found[ending].stem == path.stem:
            what = _("two files {a} and {b}: which belongs to it?", a=found[ending].name, b=file.name)
            raise InputError(Problem(what, _("remove one of them")))
        if ending not in found or file.stem == path.stem:
            found[ending] = file
    return {**found, ".shp": path}


def open_shapefile(place: Place) -> Source:
    """Open a shapefile whose parts agree.

    Every shape must be where the index says, there must be as many shapes as rows, and all files must be as long as
    they say: a shapefile that was cut off reads as fewer or empty shapes otherwise. A lost index is not made anew: that
    would write into the input folder. Rows marked as deleted are left out, and counted.

    Raises
    ------
    InputError
        With every problem of its parts.
    """
    files = parts(place.path)
    problems = [p for file in files.values() for p in path_problems(file, file.name)]
    again = _("copy all files of the shapefile again")
    problems += [Problem(_("the {part} is missing", part=x), again) for x in REQUIRED if x not in files]
    refuse_if(problems)
    table = Dbf.open(files[".dbf"])
    kinds = _shape_kinds(files[".shp"], files[".shx"])
    if len(kinds) != table.rows:
        what = _("{n} shapes and {m} rows of attributes", n=len(kinds), m=table.rows)
        raise InputError(Problem(what, again))
    _check_prj(files)
    torn = sum(_is_torn(c.name) for c in table.columns)
    if torn:
        what = _("{n} column names were cut within a character when the layer was written", n=torn)
        fix = _("export it as GeoPackage, or with names of at most three Chinese characters (10 bytes)")
        raise InputError(Problem(what, fix))
    cpg = _note(files[".cpg"]).decode("utf-8", "replace") if ".cpg" in files else None
    encoding, note = decide(table.texts(), place.encoding, cpg, table.language, place.shown)
    names = [decode(c.name, encoding, cut=True) for c in table.columns]
    with _as_the_library_finds_them(files) as path:
        info = gdal.describe(replace(place, path=path), path.stem, encoding=BYTES)
    if len(info.fields) != len(names):
        raise InputError(Problem(_("the {part} is damaged", part=".dbf"), again))
    shapefile = _Shapefile(place, files, table, kinds, encoding, names, info.fields)
    return Source(tuple(names), info.crs, lambda columns: shapefile.read(columns, note))


def _is_torn(name: bytes) -> bool:
    """Whether a column's name is UTF-8 cut within a character and numbered, as a writing library leaves it."""
    stem = re.sub(rb"_\d{1,2}$", b"", name)
    try:
        stem.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return stem != name and decode(stem, "utf-8", cut=True) != ""
        except UnicodeDecodeError:
            return False
    return False


@dataclass(frozen=True)
class _Shapefile:
    """A shapefile whose parts agree.

    `names` are its columns, `fields` the same as the library has them: bytes as characters.
    """

    place: Place
    files: dict[str, Path]
    table: Dbf
    kinds: NDArray[np.int32]
    encoding: str
    names: list[str]
    fields: tuple[str, ...]

    def read(self, columns: Sequence[str], note: str) -> Content:
        """Read the columns asked for."""
        places = [self.names.index(c) for c in columns]
        with _as_the_library_finds_them(self.files) as path:
            asked = [self.fields[k] for k in places]
            attributes, shapes, notes = gdal.read(replace(self.place, path=path), path.stem, asked, encoding=BYTES)
        decoded = [self._decoded(attributes.column(self.fields[k]), self.table.columns[k]) for k in places]
        gone = self.table.deleted()
        numbers = np.flatnonzero(~gone) + 1
        if attributes.num_rows != len(numbers):
            what = _("{n} rows, of which {m} can be read", n=len(numbers), m=attributes.num_rows)
            raise InputError(Problem(what, _("export the layer again")))
        issues: tuple[Issue, ...] = ()
        if gone.any():
            action = _("marked as deleted in the table: left out")
            rows = tuple(str(n) for n in np.flatnonzero(gone) + 1)
            issues = (Issue("deleted_rows", len(rows), action, rows=rows),)

        def some(keep: Bools) -> Shapes:
            read = decode_shapes(shapes.filter(pa.array(keep)))
            null = np.array([g is None for g in read.geometry], dtype=bool) & (self.kinds[~gone][keep] != 0)
            lost = {int(k): _("its shape cannot be read") for k in np.flatnonzero(null)}
            return replace(read, unreadable={**lost, **read.unreadable})

        whole = pa.table(decoded, names=list(columns)) if columns else attributes
        return Content(whole, some, numbers, tuple(x for x in (note, *notes) if x), issues)

    def _decoded(self, column: pa.ChunkedArray, field: Column) -> pa.ChunkedArray:
        """Return a column with its texts decoded, each distinct one once, and every digit of its whole numbers."""
        if field.beyond_numbers and self.table.rows:
            return pa.chunked_array([pa.array(self.table.written(field), pa.string())])
        if not pa.types.is_string(column.type) or pc.all(pc.string_is_ascii(column)).as_py() is not False:
            return column
        coded = pc.dictionary_encode(column.combine_chunks())
        texts = [
            None if t is None else decode(t.encode(BYTES), self.encoding, cut=len(t) == field.width)
            for t in coded.dictionary.to_pylist()
        ]
        return pa.chunked_array([pa.array(texts, pa.string()).take(coded.indices)])


def _shape_kinds(shp: Path, shx: Path) -> NDArray[np.int32]:
    """Return the kind of every shape, 0 for none, when index and shapes agree.

    Raises
    ------
    InputError
        When one of the two is cut off or damaged, or they do not belong together.
    """
    damaged = Problem(_("the .shx and the .shp do not belong together"), _("copy all files of the shapefile again"))
    kind = _head(shp)
    _head(shx)
    index = np.fromfile(shx, ">i4", offset=HEADER).astype(np.int64) * 2
    if not len(index):
        return np.zeros(0, dtype=np.int32)
    if len(index) % 2:
        raise InputError(damaged)
    start, length = index.reshape(-1, 2).T
    if start.min() < HEADER or length.min() < 4 or (start + length + RECORD_HEAD).max() > shp.stat().st_size:
        raise InputError(damaged)
    shapes = np.memmap(shp, np.uint8, "r")
    lengths = _words(shapes, start + 4, ">i4") * 2
    kinds = _words(shapes, start + RECORD_HEAD, "<i4")
    if (lengths != length).any() or len(np.unique(start)) < len(start) or (~np.isin(kinds, (0, kind))).any():
        raise InputError(damaged)
    return kinds


def _head(file: Path) -> int:
    """Return the kind of shape that the head of a .shp or .shx states, when it also states the size of the file."""
    again = _("copy all files of the shapefile again")
    size = file.stat().st_size
    with file.open("rb") as f:
        head = f.read(HEADER)
    if len(head) < HEADER or int.from_bytes(head[:4], "big") != MAGIC:
        raise InputError(Problem(_("the {part} is damaged", part=file.suffix), again))
    said = 2 * int.from_bytes(head[24:28], "big", signed=True)
    if said != size:
        what = _("the {part} says it has {n} bytes, and has {m}", part=file.suffix, n=said, m=size)
        raise InputError(Problem(what, again))
    return int.from_bytes(head[32:36], "little")


def _words(raw: NDArray[np.uint8], start: Ints, kind: str) -> NDArray[np.int32]:
    """Return the four-byte numbers that begin at some bytes."""
    return np.ascontiguousarray(raw[start[:, None] + np.arange(4)]).view(kind)[:, 0].astype(np.int32)


def _note(file: Path) -> bytes:
    with file.open("rb") as f:
        return f.read(MAX_NOTE_BYTES)


def _check_prj(files: dict[str, Path]) -> None:
    text = _note(files[".prj"]).lstrip(b"\xef\xbb\xbf \t\r\n") if ".prj" in files else b""
    if text.startswith((b"<", b"{", b"PK")):
        fix = _('remove it and state crs = "EPSG:…" in the study, or restore it')
        raise InputError(Problem(_("the .prj holds no coordinate system but another file"), fix))


@contextmanager
def _as_the_library_finds_them(files: dict[str, Path]) -> Iterator[Path]:
    """Give the path of the .shp, beside which the library finds the others: by the same stem, in one case."""
    shp = files[".shp"]
    if os.name == "nt" or all(f.stem == shp.stem and f.suffix in (e, e.upper()) for e, f in files.items()):
        yield shp
        return
    with tempfile.TemporaryDirectory() as folder:
        for ending, file in files.items():
            (Path(folder) / f"{shp.stem}{ending}").symlink_to(file.absolute())
        yield Path(folder) / f"{shp.stem}.shp"
