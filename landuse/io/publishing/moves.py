"""The moves that put a staged set of files in the place of the published one: all of them, or none.

The stage is a folder within the output folder: what is new in `new/`, what it replaces in `old/`, each under its path
in the output folder, and a journal of the moves. The journal is written before the first move and removed after the
last: while it is there, what was moved can be moved back. That is done at once where a move fails, and by the next run
where the process died (`recover`).
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landuse.io.hashes import sha256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

NEW, OLD, JOURNAL = "new", "old", "journal.json"


@dataclass(frozen=True)
class Move:
    """One file, or one folder that is a deliverable as a whole, on its way from the stage to its place.

    Attributes
    ----------
    path : str
        Within the output folder.
    replaces : bool
        Something was in its place.
    folder : bool
        It is a folder.
    sha256 : str
        Of a folder that replaces one: they change places in one step, and nothing else says which is which then.
    """

    path: str
    replaces: bool
    folder: bool
    sha256: str = ""

    def places(self, stage: Path) -> tuple[str, str, str]:
        """Return where the new one waits, where the old one is kept, and where both belong."""
        return f"{stage}/{NEW}/{self.path}", f"{stage}/{OLD}/{self.path}", f"{stage.parent}/{self.path}"

    def make(self, stage: Path) -> None:
        """Put the new one in its place; whoever looks finds the old or the new there."""
        new, old, target = self.places(stage)
        if self.folder and self.replaces:
            if _swap(new, target):
                return
            os.rename(target, old)  # noqa: PTH104, here alone it is away for a moment: this system cannot swap
        os.replace(new, target)  # noqa: PTH105, text is enough, and quick

    def made(self, stage: Path) -> bool:
        """Whether the new one is in its place: gone from the stage, or the old one is there instead."""
        new = Path(self.places(stage)[0])
        return not os.path.lexists(new) or (self.sha256 != "" and sha256(new) != self.sha256)

    def undo(self, stage: Path) -> None:
        """Put the old one back; harmless where nothing was moved, or all is back already."""
        new, old, target = map(Path, self.places(stage))
        moved = not os.path.lexists(new)
        if self.folder and self.replaces:
            if os.path.lexists(old):
                if moved:
                    target.rename(new)
                old.rename(target)
            elif self.made(stage) and not _swap(new, target):
                raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
        elif self.replaces and moved and os.path.lexists(old):
            old.replace(target)
        elif not self.replaces and moved and os.path.lexists(target):
            target.rename(new)


@dataclass(frozen=True)
class Moves:
    """Every move of a stage, in order.

    Attributes
    ----------
    stage : Path
        Its parent is the output folder, whose lock is held.
    moves : tuple of Move
        The manifest's last.
    made_folders : tuple of str
        Folders of the output folder that were made for what is new; they go again with it.
    """

    stage: Path
    moves: tuple[Move, ...]
    made_folders: tuple[str, ...] = ()

    @classmethod
    def planned(cls, stage: Path, whole: Iterable[str]) -> Moves:
        """Return the moves of what is in `stage/new`, of which the folders of `whole` move as one."""
        root = stage / NEW
        folders = [root / name for name in whole if (root / name).is_dir()]
        files = [p for p in root.rglob("*") if p.is_file() and not any(p.is_relative_to(f) for f in folders)]
        moves, missing = [], set()
        for path in (*folders, *sorted(files, key=lambda p: (p.name.endswith(".manifest.json"), p))):
            name = path.relative_to(root)
            missing |= {p.as_posix() for p in name.parents if not (stage.parent / p).is_dir()}
            replaces, folder = os.path.lexists(stage.parent / name), path.is_dir()
            moves.append(Move(name.as_posix(), replaces, folder, sha256(path) if replaces and folder else ""))
        return cls(stage, tuple(moves), tuple(sorted(missing)))

    @classmethod
    def journalled(cls, stage: Path) -> Moves:
        """Return the moves of a stage that another process left."""
        journal = json.loads((stage / JOURNAL).read_text(encoding="utf-8"))
        return cls(stage, tuple(Move(**m) for m in journal["moves"]), tuple(journal["made_folders"]))

    def prepare(self) -> None:
        """Do all that takes time, and write the journal: every byte it speaks of is on the disk then."""
        for file in sorted(p for p in (self.stage / NEW).rglob("*") if p.is_file()):
            with _named(file.relative_to(self.stage / NEW).as_posix()), file.open("rb+") as f:
                os.fsync(f.fileno())
        for folder in self.made_folders:
            with _named(folder):
                (self.stage.parent / folder).mkdir()
        for move in self.moves:
            _new, old, target = move.places(self.stage)
            Path(old).parent.mkdir(parents=True, exist_ok=True)
            if move.replaces and not move.folder:
                with _named(move.path):
                    _keep(target, old)
        text = json.dumps({"moves": [asdict(m) for m in self.moves], "made_folders": self.made_folders})
        draft = self.stage / f"{JOURNAL}.draft"
        with draft.open("w", encoding="utf-8") as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        for place in (self.stage, *self.stage.rglob("*"), self.stage.parent):
            _flush(place)
        draft.rename(self.stage / JOURNAL)
        _flush(self.stage)
        _renameat2()  # found now, not between the moves

    def make(self) -> None:
        """Make all moves; where one fails, undo those before it and raise an OSError that names its file."""
        try:
            for move in self.moves:
                with _named(move.path):
                    move.make(self.stage)
        except BaseException:
            self.undo()
            raise
        self.close()

    def made(self) -> bool:
        """Whether all moves were made."""
        return all(m.made(self.stage) for m in self.moves)

    def undo(self) -> None:
        """Undo all moves that were made."""
        for move in reversed(self.moves):
            with _named(move.path):
                move.undo(self.stage)
        for folder in reversed(self.made_folders):
            with suppress(OSError):  # someone else's file is in it
                (self.stage.parent / folder).rmdir()
        self.close()

    def close(self) -> None:
        """Remove the journal: the set that is in place now is to stay."""
        for place in {Path(m.places(self.stage)[2]).parent for m in self.moves}:
            _flush(place)
        (self.stage / JOURNAL).unlink()
        _flush(self.stage)
        shutil.rmtree(self.stage, ignore_errors=True)


def recover(stage: Path) -> None:
    """Leave one whole set in the folder around a stage that nobody works on, and remove the stage.

    The new set stays where all its moves were made; else the set before it is put back.
    """
    if (stage / JOURNAL).exists():
        moves = Moves.journalled(stage)
        if moves.made():
            moves.close()
        else:
            moves.undo()
    shutil.rmtree(stage, ignore_errors=True)


def _keep(target: str, old: str) -> None:
    """Keep a file by a second name: it stays in its place."""
    try:
        os.link(target, old, follow_symlinks=False)
    except (OSError, NotImplementedError):  # a file system that has no second names, or not for this account
        shutil.copy2(target, old, follow_symlinks=False)


@contextmanager
def _named(path: str) -> Iterator[None]:
    """Give an error the name of the file in the output folder."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno or errno.EIO, error.strerror or str(error), path) from error


def _flush(path: Path) -> None:
    """Have what a folder lists on the disk, where the system can be asked for it (not on Windows)."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@cache
def _renameat2() -> Callable[..., int] | None:
    """Return the system call that lets two names change places; None where there is none."""
    if sys.platform != "linux":
        return None
    import ctypes  # noqa: PLC0415

    function: Any = getattr(ctypes.CDLL(None), "renameat2", None)
    return function  # type: ignore[no-any-return]


def _swap(one: str | Path, other: str | Path) -> bool:
    """Let two files or folders change places in one step; False where this cannot be done."""
    here, exchange = -100, 2  # AT_FDCWD, RENAME_EXCHANGE
    call = _renameat2()
    return call is not None and call(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0
