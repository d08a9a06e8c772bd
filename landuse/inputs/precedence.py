"""Which of two claimants keeps land that both claim: the one with the smaller id, by one order for all layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.spelling import key

if TYPE_CHECKING:
    from collections.abc import Iterable


def in_order(ids: Iterable[Any]) -> Any:
    """Return texts that sort as ids do: the smaller one keeps land that parcels, parks, blocks or districts dispute.

    Ids of digits come first and compare as numbers of any length; all others follow and compare as text, character by
    character, so that K10 comes before K2. Compared is what identifies (width and blanks aside), then the spelling, so
    that 7 comes before 007 and the order of rows decides nothing.

    Parameters
    ----------
    ids : iterable
        Of one column.

    Returns
    -------
    array of str
        In the same order; made to be the `key` of pandas' `sort_values`.

    Examples
    --------
    >>> sorted(["10", "K2", "9", "K10", "１１", "007", "7"], key=lambda x: in_order([x])[0])
    ['7', '007', '9', '10', '１１', 'K10', 'K2']
    """
    return np.array([_sortable(str(x)) for x in ids], dtype=object)


def _sortable(text: str) -> str:
    plain = text.isascii() and text.isdigit()  # most ids are, and need no cleaning
    identity = text if plain else key(text)
    if plain or (identity.isascii() and identity.isdigit()):
        number = identity.lstrip("0")
        return f"0{len(number):06}{number} {len(text):06}{text}"
    return f"1{identity} {text}"
