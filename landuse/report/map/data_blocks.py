"""Data blocks of a page: text a browser keeps and never runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from branca.element import Element

from landuse.report.words.format import text

if TYPE_CHECKING:
    from branca.element import Figure


def json_text(data: Any) -> str:
    r"""Return data as JSON for a page; no `<`, `>` or `&` in it can end the block or start a tag.

    Examples
    --------
    >>> json_text("</script>")
    '"\\u003c/script\\u003e"'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    # lone surrogates have no UTF-8 form
    text = text.encode("utf-8", "replace").decode("utf-8")
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


class Block(Element):
    """An inert `<script>` element; a child of whatever layer reads it.

    Written as it is: branca runs what its macros return through the template engine once more, and a plot called
    `{{ 7*7 }}` would be called 49.

    Parameters
    ----------
    key : str
        Its id in the page.
    text : str
        From `json_text`, or in base 64 or 85.
    kind : str
        A media type no browser runs.
    """

    def __init__(self, key: str, text: str, kind: str = "application/json") -> None:
        super().__init__()
        self.html = f'<script type="{kind}" id="{key}">{text}</script>\n'

    def render(self, **_kwargs: Any) -> str:
        """Put the element into the body of the page, before every script."""
        cast("Figure", self.get_root()).html.add_child(_AsIs(self.html), name=self.get_name())
        return ""


class _AsIs(Element):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html

    def render(self, **_kwargs: Any) -> str:
        return self.html


#: Decimals kept of a figure: more than is shown, fewer than floating point prints.
DECIMALS = {
    "m2": 2,
    "area_m2": 2,
    "cluster_m2": 2,
    "park_distance_m": 1,
    "tax_per_mu": 2,
    "share": 6,
    "main_share": 6,
    "industrial_share": 6,
    "land_used_m2": 2,
    "distance_m": 1,
    "cost_yuan": 0,
    "tax_yuan": 0,
    "spare_m2": 2,
    "used_m2": 2,
    "m2_before": 2,
    "m2_after": 2,
    "admitted_m2": 2,
}
#: What a card says of a part of the land.
LAND_COLUMNS = ["id", "district", "park", "m2"]


def columns(table: pd.DataFrame) -> dict[str, list[Any]]:
    """Return a table column by column, rounded, with None for what is missing."""
    return {str(name): _values(table[name]) for name in table}


def _values(column: pd.Series[Any]) -> list[Any]:
    if pd.api.types.is_float_dtype(column):
        rounded = column.round(DECIMALS.get(str(column.name), 6))
        finite = np.isfinite(rounded.to_numpy(dtype=float, na_value=np.nan))
        return rounded.astype(object).where(finite, None).tolist()
    if pd.api.types.is_integer_dtype(column):
        return column.tolist()
    return [[json_value(x) for x in v] if isinstance(v, tuple) else text(v) for v in column]


def json_value(value: Any) -> int | str:
    """Return a member of a tuple as JSON has it: whole numbers (years) or text (codes)."""
    return int(value) if isinstance(value, (int, np.integer)) else str(value)
