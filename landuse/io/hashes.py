"""What a file or a folder is, in one line."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

#: How the endings of the files begin that make a FileGDB.
GDB_FILES = (".gdbtabl", ".gdbindexes", ".atx", ".spx", ".cdf")


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
