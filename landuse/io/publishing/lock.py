"""One run at a time in an output folder; the lock of a run that died is free."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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
