"""Publishing: all files of a run appear together or not at all, the manifest last, by one run at a time."""

from __future__ import annotations

import json
import os
import platform
import sys
import tempfile
import time
import warnings
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.publishing.faults import refusing
from landuse.io.publishing.interrupts import ignored
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


DONE = "done"


def finish_apart(work: Callable[[], None], orphaned: Callable[[], None] = lambda: None) -> bool:
    """Do a short piece of work in a process and a session of its own, and wait for it.

    The process is a fork: it begins at once, holds the locks that this one holds, and no kill of this one reaches it.
    Where the system cannot fork (Windows), or not now, the work is done here.

    Parameters
    ----------
    work : callable
        System calls only: a fork lacks the threads that libraries count on.
    orphaned : callable
        Done after it where this process has died meanwhile.

    Returns
    -------
    bool
        Whether it came to its end; False when that process was killed.

    Raises
    ------
    OSError
        That of `work`.
    """
    asking = os.getpid()
    answer, pipe = os.pipe()
    child = _fork()
    if child == 0:
        _work(work, pipe)
        if os.getppid() != asking:
            with suppress(OSError):
                orphaned()
        os._exit(0)
    os.close(pipe)
    with os.fdopen(answer, encoding="utf-8") as file:
        if child is None:
            work()
            return True
        text = file.read()
    with suppress(ChildProcessError):  # somebody else waits for all children
        os.waitpid(child, 0)
    if text in (DONE, ""):
        return text == DONE
    raise OSError(*json.loads(text))


def _fork() -> int | None:
    """Return 0 in the new process, its id in this one; None where there is none."""
    if sys.platform == "win32":
        return None
    with warnings.catch_warnings(), suppress(OSError):
        warnings.simplefilter("ignore")  # that there are threads: `work` needs none
        return os.fork()
    return None


def _work(work: Callable[[], None], pipe: int) -> None:
    """In the new process: do the work, and write how it ended; nothing may leave this function."""
    try:
        if sys.platform != "win32":
            os.setsid()
        work()
        text = DONE
    except OSError as error:
        text = json.dumps([error.errno, error.strerror, error.filename])
    except BaseException as error:  # noqa: BLE001, what it is, the other process will say
        text = json.dumps([0, repr(error)])
    with suppress(BaseException):
        os.write(pipe, text.encode())


#: Its name in the output folder. The file says who holds the lock; the lock itself is the system's and dies with them.
LOCK = ".landuse-lock"
#: How long to wait for another run before refusing, and how often to look [s].
WAIT_S, LOOK_S = 30.0, 0.05
#: The byte that is locked where a locked byte cannot be read (Windows): beyond the text.
BYTE = 1 << 20


@contextmanager
def locked(folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of an output folder within the block.

    Parameters
    ----------
    folder : Path
        It has to exist.
    tell : callable
        Is told, once, for whom this one waits.

    Raises
    ------
    InputError
        When another run holds it, and still does after `WAIT_S`.
    """
    path = folder / LOCK
    until = time.monotonic() + WAIT_S
    waiting = False
    while (held := _take(path)) is None:
        what = _("another run is publishing into this folder: {holder}", holder=_holder(path))
        if time.monotonic() >= until:
            fix = _("wait until it has ended and run again, or name another folder with --out")
            raise InputError(Problem(what, fix, str(folder)))
        if not waiting:
            tell(_("{what}; waiting for it", what=what))
            waiting = True
        time.sleep(LOOK_S)
    try:
        since = datetime.now().astimezone().isoformat(timespec="seconds")
        os.write(held, json.dumps({"pid": os.getpid(), "host": platform.node(), "since": since}).encode())
        yield
    finally:
        _release(held, path)


def _take(path: Path) -> int | None:
    """Return the open file that holds the lock; None where another process holds it."""
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    except PermissionError:
        if sys.platform == "win32" and path.exists():
            return None  # being removed by who has just released it
        raise
    try:
        held = _lock(file) and os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        held = False  # its last holder removed it after this one opened it
    except BaseException:
        os.close(file)
        raise
    if not held:
        os.close(file)
        return None
    os.ftruncate(file, 0)
    return file


def _holder(path: Path) -> str:
    """Return who holds the lock, as far as the file says."""
    try:
        who = json.loads(path.read_text(encoding="utf-8"))
        return _("process {pid} on {host}, since {since}", **who)
    except (OSError, ValueError, TypeError, KeyError):
        return _("a process that has only just begun")


def _release(file: int, path: Path) -> None:
    """Remove the lock file and let go of it."""
    with suppress(OSError):
        if sys.platform == "win32":
            os.close(file)
            path.unlink()  # fails where the next run has it open already: it is theirs then
        else:
            path.unlink()  # before it is free: nobody may come to hold a file that is about to go
    with suppress(OSError):
        os.close(file)


def _lock(file: int) -> bool:
    """Lock an open file, unless another process has."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415

            os.lseek(file, BYTE, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
            os.lseek(file, 0, os.SEEK_SET)
        else:
            import fcntl  # noqa: PLC0415

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True
