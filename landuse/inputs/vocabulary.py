"""Words a study names that no row of its layers has: a rule or a translation that can never apply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse.i18n import _
from landuse.quality import Issue
from landuse.spelling import did_you_mean, key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from landuse.reference.classification import Classification

LISTED = 5


def unused_words(setting: str, named: Iterable[str], present: Iterable[str]) -> list[Issue]:
    """Report words a setting names that no row has, where rows have words that the setting does not name.

    A word more than a layer needs does no harm: as long as every word of the layer is named, nothing is found.

    Parameters
    ----------
    setting : str
        The key of the study file.
    named : iterable of str
        Its words.
    present : iterable of str
        Those of the rows.

    Examples
    --------
    >>> [f.rows for f in unused_words("[living] kinds", ["学校", "医院"], ["学校", "医 院", "卫生院"])]
    []
    >>> [f.rows for f in unused_words("[living] kinds", ["学校", "卫生院"], ["学校", "卫生所"])]
    [('卫生院',)]
    """
    words = {key(x): x for x in present if key(x)}
    keys = {key(x): x for x in named}
    unused = [x for k, x in keys.items() if k not in words]
    others = [x for k, x in words.items() if k not in keys]
    if not unused or not others:
        return []
    meant = [f"{x!r}: {question}" for x in unused if (question := did_you_mean(x, others))]
    action = _(
        "{setting} names {words}, which no row has; the rows also have {others}",
        setting=setting,
        words=", ".join(map(repr, unused[:LISTED])),
        others=", ".join(map(repr, others[:LISTED])),
    )
    return [Issue("unused_words", len(unused), "; ".join((action, *meant[:LISTED])), rows=tuple(unused))]


def unmatched_prefixes(classification: Classification, codes: Collection[str]) -> list[Issue]:
    """Report the prefixes of a custom classification that no code of its layer has.

    Examples
    --------
    >>> from landuse.reference.classification import load
    >>> (found,) = unmatched_prefixes(load("custom", ("M1-", "PMB")), {"M1-2", "PMD 3", "RS-1"})
    >>> found.rows, "'PMD'" in found.action
    (('PMB',), True)
    """
    prefixes = [p for p, _use in classification.use_prefixes] if classification.system == "custom" else []
    unmatched = [p for p in prefixes if not any(code.startswith(p) for code in codes)]
    if not unmatched or not codes:
        return []
    others = sorted(code for code in codes if code and not code.startswith(tuple(prefixes)))
    meant = [
        f"{p!r}: {question}"
        for p in unmatched
        if (question := did_you_mean(p, dict.fromkeys(c[: len(p)] for c in others)))
    ]
    words = ", ".join(map(repr, unmatched[:LISTED]))
    action = _("no code begins with {prefixes}: nothing is counted by them", prefixes=words)
    return [Issue("unmatched_prefixes", len(unmatched), "; ".join((action, *meant)), rows=tuple(unmatched))]
