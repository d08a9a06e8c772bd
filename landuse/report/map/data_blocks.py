"""Data blocks of a page: text a browser keeps and never runs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from branca.element import Element

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
