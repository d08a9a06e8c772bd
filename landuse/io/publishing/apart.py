"""Work that goes on when the process that asked for it is killed."""

from __future__ import annotations

import json
import os
import sys
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

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
