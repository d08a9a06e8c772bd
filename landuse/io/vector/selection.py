"""Which rows of a layer a study keeps by the values of a column; each value it names must be there."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from landuse.errors import Problem
from landuse.i18n import _
from landuse.quality import Issue
from landuse.spelling import did_you_mean, key

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

#: Values that a message lists, and the commonest of a column among which a misspelt one is looked for.
VALUES_SHOWN, VALUES_COMPARED = 5, 2000
#: A filter that leaves out more of the rows than this keeps an exception, or holds a slip.
MOST_ROWS = 0.9


@dataclass(frozen=True)
class Selection:
    """The values of a column whose rows stay.

    Values are compared by their keys; one that ends in * is a prefix. Called with a raw value, it decides.

    Examples
    --------
    >>> kept = Selection(("现状", "PMD*", "1"))
    >>> [kept(x) for x in ("现状 ", "pmd 4", 1.0, "规划", None)]
    [True, True, True, False, False]
    >>> kept.unmatched(["现状", "规划", 1])
    ['PMD*']
    """

    values: tuple[str, ...]

    def __call__(self, raw: object) -> bool:
        """Whether rows with a value stay."""
        text = _text(raw)
        whole, prefixes = self._keys
        return text in whole or (bool(prefixes) and text.startswith(prefixes))

    @cached_property
    def _keys(self) -> tuple[set[str], tuple[str, ...]]:
        return (
            {key(v) for v in self.values if not v.endswith("*")},
            tuple(key(v[:-1]) for v in self.values if v.endswith("*")),
        )

    def unmatched(self, present: Iterable[object]) -> list[str]:
        """Return the values that none of a column's values has."""
        texts = {_text(x) for x in present}
        return [
            v
            for v in self.values
            if not (any(t.startswith(key(v[:-1])) for t in texts) if v.endswith("*") else key(v) in texts)
        ]


def _text(raw: object) -> str:
    """Return a raw value's key; some formats keep no empty text, but null."""
    return "" if raw is None else key(str(raw))


def selection_problems(column: str, selection: Selection, values: pa.ChunkedArray) -> list[Problem]:
    """Refuse the values that no row of a layer has; a layer without rows is another problem.

    Parameters
    ----------
    column : str
        Of the filter.
    selection : Selection
        The values it names.
    values : pyarrow.ChunkedArray
        Of the whole column.
    """
    counts = _counts(values)
    there = [_shown(value) for value, _n in counts[:VALUES_COMPARED]]
    problems = []
    for value in selection.unmatched(v for v, _n in counts) if counts else ():
        n = len(value) - 1
        like = dict.fromkeys(text[:n] + "*" for text in there) if value.endswith("*") else there
        sentences = (
            did_you_mean(value, like),
            _("the column holds {values}", values=_listing(counts)),
            _("write one of these, or take it out (the layer of an earlier date may have its own where)"),
        )
        what = _("where: no row has {value!r} in column {column}", value=value, column=column)
        problems.append(Problem(what, "; ".join(filter(None, sentences))))
    return problems


def left_out(column: str, left: pa.ChunkedArray, rows: int) -> list[Issue]:
    """Report the rows, of so many, that a filter leaves out, and which values they hold."""
    if not len(left):
        return []
    action = _("by where, column {column}: {values}; left out", column=column, values=_listing(_counts(left)))
    if len(left) > MOST_ROWS * rows:
        action += "; " + _("{share:.1%} of all rows: check that these are to go", share=len(left) / rows)
    return [Issue("rows_filtered", len(left), action)]


def _counts(values: pa.ChunkedArray) -> list[tuple[object, int]]:
    """Return each value and its rows, the commonest first."""
    counts: Counter[object] = Counter()
    for x in values.value_counts().to_pylist():
        counts[x["values"]] += x["counts"]
    return sorted(counts.items(), key=lambda x: (-x[1], str(x[0])))


def _listing(counts: list[tuple[object, int]]) -> str:
    shown = [f"{_shown(value)} × {n}" for value, n in counts[:VALUES_SHOWN]]
    return ", ".join(shown) + (" …" if len(counts) > VALUES_SHOWN else "")


def _shown(value: object) -> str:
    return "" if value is None else f"{value!s:.40}"
