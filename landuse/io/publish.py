"""Publishing: all files of a run appear together or not at all, and the manifest last."""

from __future__ import annotations

import hashlib
import json
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.interrupts import ignored
from landuse.io.apart import finish_apart
from landuse.io.faults import refusing
from landuse.io.gate import path_problems
from landuse.io.lock import LOCK, locked
from landuse.io.moves import NEW, Moves, recover
from landuse.io.shapefile import siblings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


#: How stages begin, in the output folder.
STAGE = ".landuse-stage-"


@contextmanager
def staged(out: Path, whole: Iterable[str] = (), tell: Callable[[str], None] = lambda _words: None) -> Iterator[Path]:
    """Give a folder to write into; when the block ends well, all that is in it appears in `out`, in one act.

    What is guaranteed, and what is not, is in docs/decisions/0018-publishing.md. One process at a time is in the block
    for a folder; what a process left that was killed there is completed or undone, and removed, before it begins.

    Parameters
    ----------
    out : Path
        Made if missing. On an error, or an interrupt, nothing in it changes.
    whole : iterable of str
        Folders within it that are one deliverable each: they move as a whole, and nothing an earlier run left in them
        stays (the .prj of a shapefile would be the new shapes' system).
    tell : callable
        Is told what this one waits for.

    Yields
    ------
    Path
        An empty folder on the same disk. A file named *.manifest.json moves last.

    Raises
    ------
    InputError
        When another process is in the block for this folder and stays there, or a file cannot be replaced.
    """
    missing = [folder for folder in (out, *out.parents) if not folder.exists()]
    try:
        with refusing():
            out.mkdir(parents=True, exist_ok=True)
        with locked(out, tell):
            with refusing():
                _recover(out)
                stage = Path(tempfile.mkdtemp(prefix=STAGE, dir=out))
                (stage / NEW).mkdir()
            try:
                yield stage / NEW
                with refusing():
                    _appear(stage, whole)
            finally:
                with refusing():
                    recover(stage)
    except BaseException:
        for folder in missing:
            with suppress(OSError):  # somebody else's file is in it
                folder.rmdir()
        raise


def _appear(stage: Path, whole: Iterable[str]) -> None:
    """Move what is in the stage to its place; an interrupt from the first move on comes too late."""
    moves = Moves.planned(stage, whole)
    moves.prepare()
    with ignored():
        if not finish_apart(moves.make, orphaned=(stage.parent / LOCK).unlink):
            raise InputError(Problem(_("publishing was cut off"), _("run again"), str(stage.parent)))


def _recover(out: Path) -> None:
    """Complete or undo what killed runs left in a folder whose lock is held."""
    for stage in sorted(out.glob(f"{STAGE}*")):
        recover(stage)


def sha256(path: Path) -> str:
    """Return the hash of a file, or of all files of a folder with their names."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
        if path.is_dir():
            digest.update(file.relative_to(path).as_posix().encode())
        with file.open("rb") as f:
            for block in iter(lambda: f.read(1 << 20), b""):
                digest.update(block)
    return digest.hexdigest()


def input_hashes(paths: dict[str, Path]) -> dict[str, str]:
    """Return the hash of every input and its sidecars, by the name the study gives it; of what may be opened at all."""
    out = {}
    for shown, path in sorted(paths.items()):
        if path_problems(path, shown):
            continue  # the reader says what is wrong with it
        out[shown] = sha256(path)
        for side in siblings(path) if path.suffix.lower() == ".shp" else ():
            if not path_problems(side, side.name):
                out[f"{shown.removesuffix(path.name)}{side.name}"] = sha256(side)
    return out


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people and programs: UTF-8, indented, keys in the order given; NaN is refused."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")
