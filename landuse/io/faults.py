"""What the system refused: a full disk, a file in use; said as problems that name the file and the remedy."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How libraries that keep the system's number to themselves word it.
WORDS = (
    (errno.ENOSPC, ("no space left on device", "disk is full", "disk full")),
    (errno.EFBIG, ("file too large",)),
    (errno.EROFS, ("read-only file system",)),
)


def system_problem(error: BaseException, file: str = "") -> Problem | None:
    """Return what the system refused, as a problem; None for an error that is not the system's.

    Parameters
    ----------
    error : BaseException
        It, or what it was raised from, is an OSError, or its words are the system's.
    file : str
        The file that was being written; else the error names it.
    """
    link: BaseException | None = error
    while link is not None:
        number = (link.errno if isinstance(link, OSError) else None) or _number(str(link))
        if number or isinstance(link, OSError):
            what, fix = _words(number, str(getattr(link, "strerror", None) or link))
            return Problem(what, fix, file or str(getattr(link, "filename", None) or ""))
        link = link.__cause__
    return None


@contextmanager
def refusing(file: str = "") -> Iterator[None]:
    """Raise what the system refused within the block as an `InputError` that names the file."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        problem = system_problem(error, file)
        if problem is None:
            raise
        raise InputError(problem) from error


def _number(words: str) -> int | None:
    return next((number for number, known in WORDS if any(w in words.lower() for w in known)), None)


def _words(number: int | None, otherwise: str) -> tuple[str, str]:
    """Return what is wrong, and what to do."""
    elsewhere = _("choose another folder with --out")
    full = _("no space is left on the disk"), _("free some, or {elsewhere}", elsewhere=elsewhere)
    held = (
        _("it cannot be replaced or written: another program has it open, or writing is not permitted"),
        _(
            "close it in the other program and run again, or ask for the right to write there, or {elsewhere}",
            elsewhere=elsewhere,
        ),
    )
    known = {
        errno.ENOSPC: full,
        errno.EDQUOT: full,
        errno.EACCES: held,
        errno.EPERM: held,
        errno.EBUSY: held,
        errno.EFBIG: (
            _("the file is larger than this disk or this account may hold"),
            _("{elsewhere} on another disk", elsewhere=elsewhere),
        ),
        errno.EROFS: (_("the disk can only be read"), elsewhere),
        errno.EXDEV: (_("it lies on another disk than the output folder"), elsewhere),
        errno.ENAMETOOLONG: (
            _("the name is too long"),
            _("shorten the name of the study file or of the output folder"),
        ),
    }
    return known.get(number or 0, (otherwise, _("check the folder and its permissions")))
