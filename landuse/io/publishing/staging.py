"""Publishing: all files of a run appear together or not at all, and the manifest last."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.publishing.apart import finish_apart
from landuse.io.publishing.faults import refusing
from landuse.io.publishing.interrupts import ignored
from landuse.io.publishing.lock import LOCK, locked
from landuse.io.publishing.moves import NEW, Moves, recover

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
