"""What the system refused: a full disk, a file in use; said as problems that name the file and the remedy."""

from __future__ import annotations

import errno
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: How libraries that keep the system's number to themselves word it.
WORDS = (
    (errno.ENOSPC, ("no space left on device", "disk is full", "disk full")),
    (errno.EFBIG, ("file too large",)),
    (errno.EROFS, ("read-only file system",)),
)
#: Libraries that write files and do not always say what the system refused them.
LIBRARIES = ("pyogrio", "rasterio", "sqlite3")
#: With less than this free, their failure to write is taken for the disk's [bytes].
SCARCE = 1 << 30


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
def refusing(file: str = "", folder: Path | None = None) -> Iterator[None]:
    """Raise what the system refused within the block as an `InputError`.

    Parameters
    ----------
    file : str
        The file that is being written, as people know it.
    folder : Path, optional
        Where it is being written by a library that may not say what the system refused it.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        problem = system_problem(error, file)
        if problem is None and folder is not None:
            problem = _cramped(error, file, folder)
        if problem is None:
            raise
        raise InputError(problem) from error


def _cramped(error: Exception, file: str, folder: Path) -> Problem | None:
    """Return the failure of a library that writes, where there is reason to think that it had no room."""
    free = shutil.disk_usage(folder).free
    if type(error).__module__.partition(".")[0] not in LIBRARIES or (free >= SCARCE and not _limited()):
        return None
    what = _(
        "it could not be written: {words}; {free} MB of the disk are free",
        words=" ".join(str(error).split()),
        free=free >> 20,
    )
    elsewhere = _("choose another folder with --out")
    return Problem(what, _("free some, or {elsewhere}", elsewhere=elsewhere), file)


def _limited() -> bool:
    """Whether this account may not write files of any size."""
    if sys.platform == "win32":
        return False
    import resource  # noqa: PLC0415

    return resource.getrlimit(resource.RLIMIT_FSIZE)[0] != resource.RLIM_INFINITY


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
