"""What a run states of its files: the hashes of its inputs, and JSON for people and programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from landuse.errors import InputError
from landuse.io.gate import path_problems
from landuse.io.hashes import sha256
from landuse.io.shapefile import READ, parts

if TYPE_CHECKING:
    from pathlib import Path


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
