"""What the ids and names of a layer's rows say of the rows: a total among them, one id for two things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd

from landuse.i18n import _
from landuse.quality import Issue
from landuse.spelling import is_total, key

if TYPE_CHECKING:
    from collections.abc import Iterable

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
