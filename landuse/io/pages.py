"""What the answer of a map service says of the rest of the layer: one page of several is not the layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Members that count the features of the whole layer, or of this answer, in small letters.
COUNTS = ("numbermatched", "totalfeatures", "matched", "totalcount", "numberreturned", "returned")
WHOLE = COUNTS[:4]
#: Members and relations of links that lead to another page of the layer.
PAGES = ("next", "prev", "previous")


def check_whole(members: Mapping[str, Any], count: int, shown: str) -> tuple[str, ...]:
    """Refuse an answer that says it is cut short.

    Parameters
    ----------
    members : mapping
        Of the file, but for its features.
    count : int
        Features there are.
    shown : str
        The path as the study writes it.

    Returns
    -------
    tuple of str
        What was taken for granted: more features than the file says it holds are all read.

    Raises
    ------
    InputError
        When it says that the limit of the service was exceeded, that there are more features, or that they go on
        elsewhere; links to other pages count unless the file holds as many features as it says there are.
    """
    said = list(_statements(members))
    stated = {key: int(value) for key, value in said if key.lower() in COUNTS}
    whole = max((n for key, n in stated.items() if key.lower() in WHOLE), default=-1)
    signs = [f"{key}: true" for key, value in said if key == "exceededTransferLimit"]
    signs += [f"{key}: {n}" for key, n in stated.items() if n > count]
    signs += [f"{key}: {value}" for key, value in said if key in PAGES and not 0 <= whole <= count]
    if signs:
        what = _(
            "a part of a layer: it holds {n} features and says of itself {signs}",
            n=count,
            signs=", ".join(dict.fromkeys(signs)),
        )
        fix = _("ask the service for the rest, page by page, and put all into one file without these members")
        raise InputError(Problem(what, fix))
    if stated and max(stated.values()) < count:
        note = _(
            "{file}: says it holds {n} features, and holds {m}: all are read",
            file=shown,
            n=max(stated.values()),
            m=count,
        )
        return (note,)
    return ()


def _statements(members: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Find what a file says of its completeness, however deep: as key and value."""
    waiting: list[Any] = [members]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        if not isinstance(value, dict):
            continue
        waiting += value.values()
        if value.get("rel") in PAGES:
            yield value["rel"], str(value.get("href", ""))[:80]
        for key, inner in value.items():
            number = str(inner).strip()
            if key == "exceededTransferLimit" and str(inner).lower() == "true":
                yield key, True
            elif key.lower() in COUNTS and not isinstance(inner, bool) and number.isascii() and number.isdigit():
                yield key, number
            elif key in PAGES and inner and (isinstance(inner, dict) or (isinstance(inner, str) and "/" in inner)):
                yield key, str(inner.get("href", "") if isinstance(inner, dict) else inner)[:80]
