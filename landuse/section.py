"""TOML that people write, checked: closed to unknown keys, strict about types, every mistake with its remedy."""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable


S = TypeVar("S", bound=BaseModel)


class Section(BaseModel):
    """A table of such a file: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


def load_section(model: type[S], file: Traversable, shown: str, told: Callable[[Exception], Problem]) -> S:
    """Read and check a file that is one section: a rule pack, a table of industries.

    Parameters
    ----------
    model : type
        Of the section.
    file : path
        Own, or shipped with the package.
    shown : str
        What the study calls it.
    told : callable
        From what went wrong on reading to the problem.

    Raises
    ------
    InputError
        When it cannot be read; with every mistake in it.
    """
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(told(error)) from None
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise InputError([as_problem(e, shown, model) for e in error.errors()]) from None


def as_problem(error: Any, file: str, whole: type[BaseModel]) -> Problem:
    """Return one of pydantic's errors as a problem of the file, with what to write instead.

    Parameters
    ----------
    error : dict
        From `ValidationError.errors()`.
    file : str
        For the message.
    whole : type
        The model of the whole file, which knows the keys.
    """
    where = [str(x) for x in error["loc"]]
    key = ".".join(where)
    if error["type"] == "extra_forbidden":
        known = _keys(whole, where[:-1])
        near = difflib.get_close_matches(where[-1], known, n=1, cutoff=0.5)
        fix = _("did you mean {name}?", name=near[0]) if near else _("known here: {keys}", keys=", ".join(known))
        return Problem(_("unknown key {key}", key=key), fix, file)
    if error["type"] == "missing":
        return Problem(_("{key} is missing", key=key), _("add it to the file"), file)
    message = _expectation(error)
    if not key:  # about several sections at once
        return Problem(message, _("mend the file"), file)
    got = repr(error.get("input"))[:60]
    return Problem(_("{key} = {got} is not accepted", key=key, got=got), message, file)


def _expectation(error: Any) -> str:
    """Return what the file should say instead, in the language of the reader."""
    limits = error.get("ctx", {})
    number = {"number": next((limits[k] for k in ("gt", "ge", "lt", "le") if k in limits), "")}
    table = _("give a table, as in the manual")
    return {
        "string_type": _("give text in quotes"),
        "float_type": _("give a number"),
        "finite_number": _("give a finite number"),
        "date_type": _("give a date such as 2025-12-31"),
        "list_type": _("give a list"),
        "tuple_type": _("give a list"),
        "dict_type": table,
        "model_type": table,
        "literal_error": _("give one of {choices}", choices=limits.get("expected", "")),
        "greater_than": _("give more than {number}", **number),
        "greater_than_equal": _("give at least {number}", **number),
        "less_than_equal": _("give at most {number}", **number),
    }.get(error["type"], str(error["msg"]).removeprefix("Value error, "))


def _keys(model: type[BaseModel], where: list[str]) -> list[str]:
    """Return the keys known in a section of the file."""
    for name in where:
        if name.isdigit():  # a row of a list of tables
            continue
        field = model.model_fields.get(name)
        if field is None:
            return []
        model = next(_models(field.annotation))
    return [name for name in model.model_fields if name != "file"]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Find the models an annotation holds, however deep: those of `tuple[Rule, ...]` or `Section | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models(part)
