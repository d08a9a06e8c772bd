"""The known name that somebody who wrote another one most likely meant."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from landuse.errors import Problem
from landuse.i18n import _
from landuse.spelling import key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: Names less alike than this are not proposed.
ALIKE = 0.6


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest known name is meant, "" where none is near."""
    near = nearest(name, known)
    return _("did you mean {name!r}?", name=near) if near else ""


def missing_column(column: str, fields: Sequence[str]) -> Problem:
    """Return the problem of a column that a layer or table lacks: the nearest it has, and all it has."""
    there = _("the columns there are: {fields}", fields=", ".join(fields))
    return Problem(
        _("no column {column!r}", column=column), " ".join(filter(None, (did_you_mean(column, fields), there)))
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name most like one that is not known.

    Names that differ in letter case, width and blanks alone are the same. Others are as alike as the letters they
    share in order, or as the few slips of the hand between them (a letter too many, too few, wrong, or two exchanged),
    whichever says more; one that holds the other is like it.

    Parameters
    ----------
    name : str
        As written.
    known : iterable of str
        What it could have been.

    Returns
    -------
    str
        The first of the most alike; "" where none is alike.

    Examples
    --------
    >>> [nearest(x, ["BSM", "DLBM", "dlmc"]) for x in ("DLMB", "ｄｌｂｍ", "DLMC", "BMS", "area")]
    ['DLBM', 'DLBM', 'dlmc', 'BSM', '']
    >>> nearest("面积", ["企业名称", "用地面积（亩）"])
    '用地面积（亩）'
    """
    wanted, best, found = key(name), ALIKE, ""
    matcher = SequenceMatcher(None, "", wanted, autojunk=False)
    for candidate in known:
        plain = key(candidate)
        matcher.set_seq1(plain)
        if wanted in plain or plain in wanted:
            like = 2.0 if plain == wanted else ALIKE if min(len(plain), len(wanted)) > 1 else 0.0
        elif matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:  # no measure is above these
            continue
        else:
            like = 0.0
        like = max(like, matcher.ratio(), 1 - _slips(plain, wanted) / max(len(plain), len(wanted), 1))
        if like > best or (like == best and not found):
            best, found = like, candidate
    return found


def _slips(a: str, b: str) -> int:
    """Return how many letters were added, left out, changed, or exchanged with their neighbour to make b of a."""
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row, older = row, [i], before
        for j, y in enumerate(b, 1):
            slips = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                slips = min(slips, older[j - 2] + 1)
            row.append(slips)
        before = last
    return row[-1]
