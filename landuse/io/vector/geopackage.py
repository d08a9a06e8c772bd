"""GeoPackages before the library opens them: whole, closed, and with layers that are tables.

A GeoPackage is a database: what a program that has it open saved lately lies in a log beside it, and a layer may be a
question that takes for ever to answer. So the file is looked at here first, as it lies on the disk, and never written
to: a log that is worked in is somebody else's file changed.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from pathlib import Path

#: What is beside a database while a program writes to it, or after one was killed.
LOGS = ("-wal", "-journal")
#: Modules that fill a virtual table of a GeoPackage from the file itself; others read whatever file they are told to.
INWARD = ("rtree", "rtree_i32", "fts3", "fts4", "fts5")
_BLANK = r"(?:[\s\ufeff]|/\*.*?\*/|--[^\n]*\n)+"
VIRTUAL = re.compile(rf"create{_BLANK}virtual\b", re.IGNORECASE | re.DOTALL)
#: How the database itself writes it down; what is written otherwise was not written by it.
PLAIN_VIRTUAL = re.compile(
    r"""create virtual table ("(?:[^"]|"")*"|'(?:[^']|'')*'|`[^`]*`|\[[^]]*]|\w+)\s+using\s+"?(\w+)""", re.IGNORECASE
)
#: Triggers that every GeoPackage has: they keep its index of places and its count of rows.
OWN_TRIGGERS = r"rtree_{table}_\w+|trigger_(?:insert|delete)_feature_count_{table}"
LAYERS = """
    select cast(g.table_name as text) from gpkg_geometry_columns g
    join gpkg_contents c on lower(c.table_name) = lower(g.table_name) where c.data_type = 'features' order by c.rowid
"""


def layers_of(path: Path) -> list[str]:
    """Return the layers of a GeoPackage that may be read, those that are views among them.

    Raises
    ------
    InputError
        When the file is cut off or open elsewhere, or the library would fill a table of it from another file.
    """
    _check_logs(path)
    _check_pages(path)
    try:
        schema = _schema(path)
        _check_tables(schema)
        there = {name.lower() for kind, name, *_rest in schema if kind in ("table", "view")}
        with closing(_opened(path)) as db:
            return [name for (name,) in db.execute(LAYERS) if name and name.lower() in there]
    except sqlite3.Error as error:
        what = _("cannot be read: {error}", error=" ".join(str(error).split()))
        raise InputError(Problem(what, _("export the layer again"))) from None


def check_layer(path: Path, layer: str) -> None:
    """Refuse a layer that is no plain table.

    Raises
    ------
    InputError
        When it is a view: nobody knows before it runs what it costs, and a recursive one never ends. When its table has
        triggers of its own: it is part of a program, not a layer handed over.
    """
    fix = _("export it as a plain layer (QGIS: Export > Save Features As…), and give that file")
    schema = _schema(path)
    if ("view", layer.lower()) in {(kind, name.lower()) for kind, name, *_rest in schema}:
        raise InputError(Problem(_("the layer {layer!r} is a view, not a table", layer=layer), fix))
    own = re.compile(OWN_TRIGGERS.format(table=re.escape(layer)), re.IGNORECASE)
    strange = [n for kind, n, of, _text in schema if kind == "trigger" and of.lower() == layer.lower()]
    strange = [n for n in strange if not own.fullmatch(n)]
    if strange:
        what = _("the table of layer {layer!r} has triggers: {names}", layer=layer, names=", ".join(strange))
        raise InputError(Problem(what, fix))


def log_of(path: Path, end: str = LOGS[0]) -> Path:
    """Return where the log of a database lies: beside the file that a link leads to."""
    real = path.resolve()
    return real.with_name(real.name + end)


def unreadable_blobs(path: Path, layer: str, fids: Any) -> list[int]:
    """Return which rows that read as without geometry do hold something in its place."""
    with closing(_opened(path)) as db:
        try:
            sql = "select column_name from gpkg_geometry_columns where lower(table_name) = lower(?)"
            (column,) = db.execute(sql, (layer,)).fetchone()
            key = next(
                (n for _c, n, _t, _n, _d, pk in db.execute(f"pragma table_info({_quoted(layer)})") if pk), "rowid"
            )
            sql = f"select {_quoted(key)} from {_quoted(layer)} where {_quoted(column)} is not null"  # noqa: S608, quoted
            return sorted({int(k) for (k,) in db.execute(sql)} & {int(k) for k in fids})
        except (sqlite3.Error, TypeError):
            return []


def _check_logs(path: Path) -> None:
    """Refuse a file beside which a log holds what the file itself may lack."""
    for end in LOGS:
        log = log_of(path, end)
        if not log.is_file():
            continue
        with log.open("rb") as file:
            if not any(file.read(28)):  # empty, or emptied by its program and kept for the next time
                continue
        what = _("open in another program, or not closed: what was saved last is in {log}", log=log.name)
        fix = _("close the layer in the other program (QGIS: open it, save, close the project) and run again")
        raise InputError(Problem(what, fix))


def _check_pages(path: Path) -> None:
    """Refuse a file that was cut off: its head says how many pages it has."""
    with path.open("rb") as file:
        head = file.read(100)
    size = int.from_bytes(head[16:18], "big")
    pages, change, valid = (int.from_bytes(head[a : a + 4], "big") for a in (28, 24, 92))
    whole = (65_536 if size == 1 else size) * pages
    if len(head) < 100 or (change == valid and path.stat().st_size < whole):
        what = _("the file is cut off: it says it has {n} bytes, and has {m}", n=whole, m=path.stat().st_size)
        raise InputError(Problem(what, _("copy the file again")))


def _check_tables(schema: list[tuple[str, str, str, str]]) -> None:
    """Refuse tables that a module of the library would fill from another file."""
    for _kind, table, _of, text in schema:
        if not VIRTUAL.match(text):
            continue
        plain = PLAIN_VIRTUAL.match(text)
        if plain is None or plain[2].lower() not in INWARD:
            module = plain[2] if plain else "?"
            what = _("the table {table!r} is filled from elsewhere, by {module}", table=table, module=module)
            raise InputError(Problem(what, _("export the layer again")))


def _schema(path: Path) -> list[tuple[str, str, str, str]]:
    """Return kind, name, table and text of everything the database defines."""
    with closing(_opened(path)) as db:
        columns = ", ".join(f"cast({column} as text)" for column in ("type", "name", "tbl_name", "sql"))
        return db.execute(f"select {columns} from sqlite_master where sql > ''").fetchall()  # noqa: S608, ours


def _opened(path: Path) -> sqlite3.Connection:
    """Open the database as it lies on the disk; nothing is locked, and no file appears beside it."""
    db = sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    return db


def _quoted(name: str) -> str:
    """Return a name as SQL takes it."""
    return '"' + name.replace('"', '""') + '"'
