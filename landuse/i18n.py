"""Text for people: English in the code, Chinese and English through the gettext catalogues.

The catalogues (`landuse/locale/<lang>/LC_MESSAGES/landuse.po`) are read as text, so that no compiled file has
to be built or shipped. The language is that of the current context: `with language("en"): ...`.
"""

from __future__ import annotations

import gettext as _gettext
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

if TYPE_CHECKING:
    from collections.abc import Iterator

LANGUAGES = ("zh", "en")
_language: ContextVar[str] = ContextVar("language", default="zh")


@cache
def _catalogue(lang: str) -> _gettext.NullTranslations:
    if lang == "en":
        return _gettext.NullTranslations()
    po = files("landuse").joinpath("locale", lang, "LC_MESSAGES", "landuse.po")
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(po.read_bytes()), locale=lang))
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def use(lang: str) -> None:
    """Set the language of the current context."""
    if lang not in LANGUAGES:
        raise ValueError(f"language {lang!r} is not one of {LANGUAGES}")
    _language.set(lang)


def current() -> str:
    """Return the language of the current context."""
    return _language.get()


@contextmanager
def language(lang: str) -> Iterator[None]:
    """Speak `lang` inside the block."""
    before = _language.get()
    use(lang)
    try:
        yield
    finally:
        _language.set(before)


def _(message: str, /, **values: object) -> str:
    """Return `message` in the current language, its `{fields}` filled in."""
    text = _catalogue(_language.get()).gettext(message)
    return text.format(**values) if values else text


def N_(message: str) -> str:  # noqa: N802, the name by which catalogues know it
    """Return `message` as it is, for a table that is declared once and read in any language: `_` translates it."""
    return message
