"""Publishing: every file appears whole or not at all, and the manifest last."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landuse.errors import InputError
from landuse.io.gate import path_problems
from landuse.io.shapefile import READ, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: How the endings of the files begin that make a FileGDB.
GDB_FILES = (".gdbtabl", ".gdbindexes", ".atx", ".spx", ".cdf")


@contextmanager
def staged(out: Path, whole: Iterable[str] = ()) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well, its files move to `out`, each in one step.

    Parameters
    ----------
    out : Path
        Made if missing. On an error, or an interrupt, nothing in it changes.
    whole : iterable of str
        Folders within it that are one deliverable each: they move as a whole, and nothing an earlier run left in them
        stays (the .prj of a shapefile would be the new shapes' system).

    Yields
    ------
    Path
        An empty folder on the same disk. A file named *.manifest.json moves last.
    """
    out.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=".stage-", dir=out))
    try:
        yield stage
        files = sorted(
            (p for p in stage.rglob("*") if p.is_file()), key=lambda p: (p.name.endswith(".manifest.json"), p)
        )
        for file in files:
            with file.open("rb+") as f:
                os.fsync(f.fileno())
        for k, name in enumerate(whole):
            if (out / name).exists():
                (out / name).replace(stage / f".replaced-{k}")
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).replace(out / name)
        for file in (f for f in files if f.exists()):
            target = out / file.relative_to(stage)
            target.parent.mkdir(parents=True, exist_ok=True)
            file.replace(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def sha256(path: Path) -> str:
    """Return the hash of a file, or of the files of a folder with their names: of a layer's, those that are read."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else _members(path):
        if path.is_dir():
            digest.update(file.relative_to(path).as_posix().encode())
        with file.open("rb") as f:
            for block in iter(lambda: f.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()


def _members(folder: Path) -> list[Path]:
    """Return the files of a folder; of a FileGDB its tables and their indexes, no locks and no strangers."""
    if folder.suffix.lower() == ".gdb":
        return sorted(p for p in folder.iterdir() if p.suffix.lower().startswith(GDB_FILES) and p.is_file())
    return sorted(p for p in folder.rglob("*") if p.is_file())


def input_hashes(paths: dict[str, Path]) -> dict[str, str]:
    """Return the hash of every input and its sidecars, by the name the study gives it; of what may be opened at all.

    What is hashed is what is read: the index for searches beside a shapefile is not, nor a file of another stem. A
    GeoPackage with a log beside it is not read at all.
    """
    out = {}
    for shown, path in sorted(paths.items()):
        if path_problems(path, shown):
            continue  # the reader says what is wrong with it
        out[shown] = sha256(path)
        for side in _sides(path) if path.suffix.lower() == ".shp" else ():
            if not path_problems(side, side.name):
                out[f"{shown.removesuffix(path.name)}{side.name}"] = sha256(side)
    return out


def _sides(path: Path) -> list[Path]:
    """Return the files that are read beside a .shp; none where it is not clear which are its own: it is refused."""
    try:
        return [side for ending, side in sorted(parts(path).items()) if ending in READ and side != path]
    except InputError:
        return []


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people and programs: UTF-8, indented, keys in the order given; NaN is refused."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
