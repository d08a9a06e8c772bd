"""What people write into cells, read as text, truth and figures; what is none is a problem, never a zero."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse.errors import Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping


#: A figure as people write it; commas part groups of three.
FIGURE = r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+"


def text(frame: Any, columns: Mapping[str, str], role: str) -> Any:
    """Return the texts of the column that plays a role; "" throughout where none does."""
    return as_text(frame[columns[role]]) if columns.get(role) else np.full(len(frame), "", dtype=object)


def as_text(column: Any) -> Any:
    """Return a column as text: whole numbers without a decimal tail, nulls as "", no blanks around."""
    if pd.api.types.is_float_dtype(column):
        whole = column.notna() & (column % 1 == 0) & (column.abs() < 2**53)
        values = column.astype(object).where(~whole, column.where(whole, 0).astype("int64").astype(object))
    else:
        values = column.astype(object)
    return values.where(column.notna(), "").astype(str).str.strip().to_numpy(dtype=object)


def truth(text: str) -> bool:
    """Whether a text says yes."""
    return text.lower() in {"1", "true", "t", "yes", "y", "是", "主园", "主"}


def numbers(frame: Any, columns: Mapping[str, str], role: str, problems: list[Problem], rows: Any) -> Any:
    """Return the figures of the column that plays a role, NaN throughout where none does.

    A blank is NaN; what is no number is a problem, never a zero.
    """
    if not columns.get(role):
        return np.full(len(frame), np.nan)
    column = frame[columns[role]]
    if pd.api.types.is_numeric_dtype(column):
        written = column.astype(str)
        figures = column.to_numpy(dtype=float, na_value=np.nan)
        odd = np.isinf(figures)
    else:
        written = column.astype(object).where(column.notna(), "").astype(str).str.normalize("NFKC").str.strip()
        figure = written.str.fullmatch(FIGURE).to_numpy(dtype=bool)
        figures = pd.to_numeric(written.where(figure, "").str.replace(",", ""), errors="coerce").to_numpy(dtype=float)
        odd = (~figure & (written != "").to_numpy()) | np.isinf(figures)
    if odd.any():
        examples = ", ".join(map(repr, list(dict.fromkeys(written[odd]))[:3]))
        problems.append(
            Problem(
                _("column {column!r} holds what is no number: {examples}", column=str(column.name), examples=examples),
                _("write plain figures in these rows, or leave them blank"),
                rows=tuple(np.asarray(rows)[odd]),
            )
        )
    return figures
