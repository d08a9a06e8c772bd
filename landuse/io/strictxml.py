"""Markup read with no entities, so that nothing in it can grow or lead elsewhere."""

from __future__ import annotations

from typing import Any
from xml.parsers import expat

from landuse.i18n import _


def strict_parser(encoding: str | None = None) -> expat.XMLParserType:
    """Return a parser that stops at a document type, whatever encoding it is written in."""

    def stop(*_declared: Any) -> None:
        raise expat.ExpatError(_("it declares a document type"))

    parser = expat.ParserCreate(encoding)
    parser.StartDoctypeDeclHandler = stop
    return parser


def local(tag: str) -> str:
    """Return a tag without its prefix."""
    return tag.rsplit(":", maxsplit=1)[-1]
