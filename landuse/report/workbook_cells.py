"""What may stand in a cell of the workbook, how much room it takes, and how formulas name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from landuse.report.values import is_known

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A cell holds 32,767 UTF-16 units; so many characters fit, whatever they are.
CELL_CHARACTERS = 16_000
LINE_HEIGHT = 15
MOST_LINES = 20
#: What a cell cannot hold: control characters, halves of surrogate pairs, and what Unicode says is no character.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def reference(sheet: str, cells: str) -> str:
    """Return cells of another sheet as formulas name them.

    Examples
    --------
    >>> reference("Owner's", "$A$4:$A$9")
    "'Owner''s'!$A$4:$A$9"
    """
    return "'" + sheet.replace("'", "''") + "'!" + cells


def fit(text: str) -> tuple[str, bool]:
    r"""Return a text as a cell can hold it, and whether it was changed.

    What has no place becomes U+FFFD. A text in <r>…</r> would be taken for markup: a blank behind it prevents that.

    Examples
    --------
    >>> fit("a\x0bb"), fit("<r>x</r>"), fit("A & B")
    (('a�b', True), ('<r>x</r> ', True), ('A & B', False))
    """
    out = _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    if out.startswith("<r>") and out.endswith("</r>"):
        out += " "
    return out, out != text


def blank(value: Any) -> bool:
    """Return whether a value leaves its cell empty."""
    return not is_known(value)


def width_of(head: str, values: Any, kind: str, widest: int) -> int:
    """Return the width of a column, in characters, that shows its heading and its first values."""
    # a Chinese character is as wide as two digits
    figures = {"mu": "0" * 11, "m2": "0" * 13, "count": "0000", "link": "0" * 9}.get(kind, "0" * 8)
    heading = "0" * max(4, -(-_wide(head) // 2))  # a heading may take two lines
    texts = [heading, *(map(str, values[:200]) if kind == "text" else [figures])]
    return min(widest, 3 + max(_wide(t) for t in texts))


def height(texts: Iterable[tuple[Any, int]]) -> int:
    """Return the height of a row whose texts are wrapped at the widths of their columns."""
    lines = 1
    for text, width in texts:
        if isinstance(text, str) and 2 * len(text) > width - 2:
            lines = max(lines, sum(-(-_wide(line) // (width - 2)) for line in text[:CELL_CHARACTERS].split("\n")))
    return LINE_HEIGHT * min(lines, MOST_LINES)


def _wide(text: str) -> int:
    return sum(2 if ord(ch) > 0x2E80 else 1 for ch in text)
