"""A layer in several Parquet files: which files are its parts, and whether one file is a part of more."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from landuse.errors import Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDING = ".parquet"
#: How programs name the files they part a table into: part-00000-….parquet, part.0.parquet, x-00001-of-00004.parquet.
PART = re.compile(r"part[-._]?\d+.*|data[-._]\d+|.*-\d+-of-\d+", re.IGNORECASE)
#: What stands for no value in the name of a folder.
NONE = "__HIVE_DEFAULT_PARTITION__"


def parts_of(path: Path) -> list[Path]:
    """Return the Parquet files of a folder, however deep, in the order of their names; a file is its own part."""
    return _contents(path)[0] if path.is_dir() else [path]


def folder_problems(folder: Path, shown: str) -> list[Problem]:
    """Return why a folder is not a layer in parts.

    Files whose names begin with a mark (_SUCCESS, ._SUCCESS.crc) are notes of the writing program and no part; but a
    folder of that kind (_delta_log, _temporary) says which of the parts count, which is not known here.
    """
    parts, others = _contents(folder)
    if not parts:
        layers = sorted(p.name for p in folder.iterdir() if p.suffix.lower() in (".shp", ".gpkg", ".geojson"))
        one = _("name the file itself: {names}", names=", ".join(layers[:5])) if layers else _("name the file itself")
        return [Problem(_("a folder, not a file"), one, shown)]
    if not others:
        return []
    what = _("a folder of {n} Parquet files, and {others} beside them", n=len(parts), others=", ".join(others[:5]))
    fix = _("write the layer as one .parquet file with the program it is from, and give that file")
    return [Problem(what, fix, shown)]


def part_problems(path: Path, shown: str) -> list[Problem]:
    """Return whether a Parquet file is one of several parts of a layer, which must not pass for the whole."""
    folder, up = path.absolute().parent, 1
    while "=" in folder.name:
        folder, up = folder.parent, up + 1
    named = folder.suffix.lower() == ENDING
    if not (up > 1 or named or PART.fullmatch(path.stem)):
        return []
    beside = parts_of(folder) if up > 1 or named else [p for p in _beside(path) if PART.fullmatch(p.stem)]
    if len(beside) < 2:
        return []
    what = _("one of {n} parts of a layer", n=len(beside))
    if up > 1 or named or len(beside) == len(parts_of(folder)):
        above = PurePosixPath(shown).parents
        whole = str(above[up - 1]) if len(above) >= up and above[up - 1].name else str(folder)
        return [Problem(what, _("give the folder, {folder}: all its parts are read", folder=whole), shown)]
    return [Problem(what, _("put the parts into a folder of their own, and give the folder: all are read"), shown)]


def values_of(part: Path, folder: Path) -> Mapping[str, str | None]:
    """Return what the names of the folders between a part and the layer's own say: district=330102.

    Examples
    --------
    >>> values_of(Path("a.parquet/district=330102/name=%E4%B8%AD/0.parquet"), Path("a.parquet"))
    {'district': '330102', 'name': '中'}
    """
    pairs = [name.partition("=") for name in part.relative_to(folder).parts[:-1] if "=" in name]
    return {key: None if value == NONE else unquote(value) for key, _mark, value in pairs}


def _beside(path: Path) -> list[Path]:
    return sorted(p for p in path.absolute().parent.iterdir() if p.suffix.lower() == ENDING and p.is_file())


def _contents(folder: Path) -> tuple[list[Path], list[str]]:
    """Return the Parquet files, and the names of what else says something about the layer, or could."""
    parts: list[Path] = []
    others: list[str] = []
    for root, folders, files in os.walk(folder):
        below = Path(root)
        others += [x for x in folders if x.startswith(("_", ".")) or (below / x).is_symlink()]
        for name in files:
            if name.lower().endswith(ENDING) and not name.startswith(("_", ".")) and (below / name).is_file():
                parts.append(below / name)
            elif not name.startswith(("_", ".")):
                others.append(name)
    return sorted(parts, key=lambda p: _in_order(p.relative_to(folder).as_posix())), sorted(others)


def _in_order(name: str) -> list[tuple[int, str]]:
    """Return a key by which part.10 comes after part.9."""
    return [(int(x), "") if x.isdigit() else (-1, x) for x in re.split(r"(\d+)", name)]
