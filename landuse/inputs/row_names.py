"""What ids, names and words of a layer's rows say: a total among them, one id for two things, a word no row has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from landuse.i18n import _
from landuse.quality import Issue
from landuse.spelling import did_you_mean, is_total, key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from landuse.reference.classification import Classification

#: What a name ends in that is a block's and not the whole park's: 东区块, (二期), -B片区, Block 3.
BLOCK = re.compile(
    r"[-(]?([东南西北中老新主副分本甲乙丙丁A-Z0-9一二三四五六七八九十]{0,3}(区块|片区|组团|地块|期)|BLOCK[A-Z0-9]*)\)?$"
)


def total_issues(ids: Iterable[str], texts: Iterable[Iterable[str]], file: str) -> list[Issue]:
    """Report rows that call themselves a total: their land would count beside that of the rows they sum up.

    Parameters
    ----------
    ids : iterable of str
        Of the rows.
    texts : iterable of iterable of str
        Columns of ids and names, each a text a row.
    file : str
        Of the layer.
    """
    columns = [list(column) for column in texts]
    totals = {text for column in columns for text in set(column) if is_total(text)}
    if not totals:
        return []
    rows = [row for row, *words in zip(ids, *columns, strict=True) if totals.intersection(words)]
    action = _("rows that call themselves a total stand among the others: their land would count as one of them")
    fix = _("remove them from the layer")
    return [Issue("totals_in_layer", len(rows), action, rows=tuple(rows), stops=True, fix=fix, file=file)]


def name_issues(ids: Iterable[str], names: Iterable[str], file: str) -> list[Issue]:
    """Report ids under which rows of several names stand; a name that only says which block it is is no other name.

    Parameters
    ----------
    ids, names : iterable of str
        Of each row; a name that is blank or the id itself is none.
    file : str
        Of the layer.
    """
    frame = pd.DataFrame({"id": list(ids), "name": list(names)}, dtype=object)
    frame["key"] = [BLOCK.sub("", key(name)) for name in frame["name"]]
    named = frame[(frame["key"] != "") & (frame["name"] != frame["id"])]
    several = named.groupby("id", sort=False)["key"].nunique()
    rows = tuple(several.index[several > 1])
    if not rows:
        return []
    shown = "; ".join(f"{row}: {', '.join(dict.fromkeys(named.loc[named['id'] == row, 'name']))}" for row in rows[:3])
    action = _("rows of several names have one id and count as one ({shown})", shown=shown)
    fix = _("give each its own id, or one name")
    return [Issue("names_of_one_id", len(rows), action, rows=rows, stops=True, fix=fix, file=file)]


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
