"""JSON read strictly, and large files in parts: what other readers guess at or pass over is refused with its place."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLANK = re.compile(r"[ \t\r\n]*")
#: What parts the values of a sequence: blanks, and the mark that some programs write before each.
BETWEEN = re.compile(r"[ \t\r\n\x1e]*")


class _TwiceError(ValueError):
    """A key that stands twice in one object."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [k for k, _value in pairs]
        raise _TwiceError(
            _("the key {key!r} stands twice in one object", key=next(k for k in keys if keys.count(k) > 1))
        )
    return found


def _constant(name: str) -> Any:
    raise ValueError(_("{value} is not a number", value=name))


#: Objects with a key twice, NaN and Infinity are errors.
DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_constant)


def text_of(path: Path) -> str:
    """Return the text of a JSON file, which is in UTF-8.

    Raises
    ------
    InputError
        When it is in another encoding.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = _("its texts are not UTF-8 (byte {n})", n=error.start)
        raise InputError(Problem(what, _("export it as UTF-8, as the format asks"))) from None


def value_at(text: str, at: int, row: int = 0) -> tuple[Any, int]:
    """Return the value that begins at a place, and where it ends.

    Raises
    ------
    InputError
        When it is not strictly JSON; `row` is the row to name.
    """
    try:
        return DECODER.raw_decode(text, _past_blanks(text, at))
    except RecursionError:
        what = _("nested too deeply")
    except json.JSONDecodeError as error:
        what = _not_json(error)
    except ValueError as error:
        what = str(error)
    raise InputError(Problem(what, _("export the layer again"), rows=(str(row),) if row else ()))


def walk(text: str, name: str) -> Iterator[tuple[str, Any]]:
    """Give the members of the one object of a text; those of the array called `name` one at a time.

    Parameters
    ----------
    text : str
        Of the file.
    name : str
        The member that is large.

    Yields
    ------
    tuple of str and object
        Key and value; for the large member, the key and one element each time.

    Raises
    ------
    InputError
        When the text is not strictly JSON, or not one object.

    Examples
    --------
    >>> list(walk('{"type": "F", "features": [1, 2]}', "features"))
    [('type', 'F'), ('features', 1), ('features', 2)]
    """
    seen: set[str] = set()
    at = _past_blanks(text, 0)
    if text[at : at + 1] != "{":
        raise InputError(Problem(_("not a JSON object"), _("export the layer again")))
    at = _past_blanks(text, at + 1)
    more = text[at : at + 1] != "}"
    at += not more
    while more:
        key, at = _key(text, at)
        if key in seen:
            what = _("the key {key!r} stands twice in one object", key=key)
            raise InputError(Problem(what, _("export the layer again")))
        seen.add(key)
        if key == name and text[at : at + 1] == "[":
            row, at, more = 0, _past_blanks(text, at + 1), True
            if text[at : at + 1] == "]":
                at, more = at + 1, False
            while more:
                row += 1
                element, at = value_at(text, at, row)
                yield key, element
                at, more = _next(text, at, "]")
        else:
            value, at = value_at(text, at)
            yield key, value
        at, more = _next(text, at, "}")
    if _past_blanks(text, at) < len(text):
        raise InputError(Problem(_("more follows after the end of the layer"), _("export the layer again")))


def is_sequence(text: str) -> bool:
    r"""Whether a text is values one after the other: a mark stands before the first, or the first line is whole.

    Examples
    --------
    >>> [is_sequence(text) for text in ('{"a": 1}\n{"a": 2}', '\x1e{\n}', '{"a": 1}\n', '{\n"a": 1}')]
    [True, True, False, False]
    """
    if text.startswith("\x1e"):
        return True
    start = _past_blanks(text, 0)
    end = text.find("\n", start)
    if end < 0 or _past_blanks(text, end) == len(text):
        return False
    try:
        _value, at = DECODER.raw_decode(text[start:end])
    except (ValueError, RecursionError):
        return False
    return not text[start + at : end].strip()


def values(text: str) -> Iterator[Any]:
    """Give the values of a text that holds one after the other.

    Raises
    ------
    InputError
        When one of them is not strictly JSON; with its number.
    """
    at, row = _between(text, 0), 0
    while at < len(text):
        row += 1
        value, at = value_at(text, at, row)
        yield value
        at = _between(text, at)


def _between(text: str, at: int) -> int:
    match = BETWEEN.match(text, at)
    return match.end() if match else at


def _past_blanks(text: str, at: int) -> int:
    match = BLANK.match(text, at)
    return match.end() if match else at


def _key(text: str, at: int) -> tuple[str, int]:
    """Return the key that begins at a place, and where its value begins."""
    at = _past_blanks(text, at)
    if text[at : at + 1] != '"':
        raise _broken("Expecting property name", text, at)
    key, at = value_at(text, at)
    at = _past_blanks(text, at)
    if text[at : at + 1] != ":":
        raise _broken("Expecting ':' delimiter", text, at)
    return key, _past_blanks(text, at + 1)


def _next(text: str, at: int, end: str) -> tuple[int, bool]:
    """Return where the next member begins, and whether there is one."""
    at = _past_blanks(text, at)
    mark = text[at : at + 1]
    if mark not in (",", end) or not mark:
        raise _broken("Expecting ',' delimiter", text, at)
    return at + 1, mark == ","


def _broken(message: str, text: str, at: int) -> InputError:
    return InputError(Problem(_not_json(json.JSONDecodeError(message, text, at)), _("export the layer again")))


def _not_json(error: json.JSONDecodeError) -> str:
    return _("not JSON: {error}", error=f"{error.msg} ({error.lineno}:{error.colno})")
