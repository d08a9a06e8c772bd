"""TOML that people write, checked: closed to unknown keys, strict about types, every mistake with its remedy."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from contextlib import suppress
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.spelling import did_you_mean, key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

S = TypeVar("S", bound=BaseModel)
#: Where the parser met a mistake, as its message says.
AT_LINE = re.compile(r"at line (\d+)")
#: Roles that one column may play together: a table without codes names its firms and parks by their names, the code of
#: a district may be the head of an id, a park may be one block.
MAY_BE_ONE = {
    frozenset(pair)
    for pair in (
        ("id", "name"),
        ("id", "district"),
        ("code", "name"),
        ("id", "block"),
        ("name", "block"),
        ("park", "block"),
        ("park", "district"),
    )
}
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


def _as_written(path: str) -> str:
    """Refuse a path that holds what escapes of TOML stand for; no name of a file does."""
    if any(unicodedata.category(c) == "Cc" for c in path):
        raise ValueError(_single_quotes())
    return path


def _single_quotes() -> str:
    return _(
        "in double quotes a backslash begins an escape: write the path in single quotes, 'D:\\data\\a.gpkg', or with /"
    )


IS_FILE = AfterValidator(_as_written)
#: The path of a file, as the study writes it; whatever is declared so is hashed into the run's identity.
FilePath = Annotated[str, IS_FILE]


class TomlModel(BaseModel):
    """A table of such a file: frozen, strict about types, closed to unknown keys."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", allow_inf_nan=False)


class Columns(TomlModel):
    """Foreign names of columns; a column plays one role, but for those of `MAY_BE_ONE`."""

    @model_validator(mode="after")
    def _a_column_plays_one_role(self) -> Columns:
        roles: dict[str, list[str]] = {}
        for role in type(self).model_fields:
            if (name := getattr(self, role)) is not None:
                roles.setdefault(key(name), []).append(role)
        for name, several in roles.items():
            pairs = {frozenset(pair) for pair in combinations(several, 2)}
            if pairs - MAY_BE_ONE:
                what = _("column {column!r} is named for several roles", column=name)
                raise ValueError(what + ": " + ", ".join(sorted(several)))
        return self


def load_toml(model: type[S], file: Traversable, shown: str, told: Callable[[Exception], Problem]) -> S:
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
        raw = file.read_bytes()
    except OSError as error:
        raise InputError(told(error)) from None
    try:
        return model.model_validate(toml_of(raw, shown, told))
    except ValidationError as error:
        raise InputError([as_problem(e, shown, model) for e in error.errors()]) from None


def load_table(
    model: type[S],
    table: str,
    folder: Path,
    shelf: str,
    shipped: str,
    missing: str,
    damaged: Callable[[Exception], str],
) -> S:
    """Return a table by name (shipped with the package) or by path (from the study's folder).

    Parameters
    ----------
    model : type
        Of the table.
    table : str
        Its name, or the path of a .toml file.
    folder : Path
        Of the study.
    shelf : str
        Where the shipped ones are, below `landuse/data`.
    shipped : str
        The one to copy.
    missing : str
        What is wrong where there is no such table.
    damaged : callable
        From what went wrong on reading to what is wrong.

    Raises
    ------
    InputError
        When there is no such table, with every mistake in it.
    """
    own, there = folder / table, files("landuse").joinpath("data", shelf, f"{table}.toml")
    plain = table.replace("-", "").isalnum()  # a path without its ending is no name
    if own.suffix != ".toml" and not (plain and there.is_file()):
        raise InputError(Problem(missing, _("give {name}, or the path of a .toml file", name=shipped), table))
    fix = _("copy landuse/data/{shelf}/{name}.toml and change it", shelf=shelf, name=shipped)
    file = own if own.suffix == ".toml" else there
    return load_toml(model, file, table, lambda error: Problem(damaged(error), fix, table))


def toml_of(raw: bytes, shown: str, told: Callable[[Exception], Problem]) -> dict[str, Any]:
    """Return what a file in TOML says.

    Parameters
    ----------
    raw : bytes
        Of the file.
    shown : str
        For messages.
    told : callable
        From a mistake of another kind than those named below to the problem.

    Raises
    ------
    InputError
        When it is no TOML; a text in another encoding than UTF-8, and a backslash in double quotes, are named as such.
    """
    encoding = encoding_of(raw)
    if not encoding:
        raise InputError(told(ValueError(_("no text in UTF-8"))))
    if encoding not in ("utf-8", "utf-8-sig"):
        name = "ANSI (GBK)" if encoding == "gb18030" else "UTF-16"
        fix = _("save it as UTF-8 (Notepad: Save As, Encoding: UTF-8)")
        what = _("not a TOML file in UTF-8: it is saved as {encoding}", encoding=name)
        raise InputError(Problem(what, fix, shown))
    text = raw.decode(encoding)
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = AT_LINE.search(str(error))
        line = text.split("\n")[int(place[1]) - 1] if place else ""
        if re.search(r"\"[^\"]*\\", line):
            what = _("not a TOML file: {error}", error=f"{error}: {line.strip()[:80]}")
            raise InputError(Problem(what, _single_quotes(), shown, rows=(place[1],) if place else ())) from None
        raise InputError(told(error)) from None


def _strange(character: str) -> bool:
    """Whether a character stands in no text that people wrote: then the bytes are not what they were taken for."""
    return character not in "\t\r\n" and unicodedata.category(character).startswith("C")


def encoding_of(raw: bytes) -> str:
    """Return the encoding of a text that people saved, as the codec for it; "" for what is no text.

    Examples
    --------
    >>> [encoding_of("名 = 1".encode(e)) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gbk")]
    ['utf-8', 'utf-8-sig', 'utf-16', 'utf-16-le', 'gb18030']
    """
    marked = next((encoding for mark, encoding in MARKS.items() if raw.startswith(mark)), "")
    little = raw[1::2].count(0) > raw[::2].count(0)  # plain letters have their zero second
    wide = ("utf-16-le" if little else "utf-16-be") if b"\0" in raw else "gb18030"
    for encoding in [marked] if marked else [wide, "utf-8"] if b"\0" in raw else ["utf-8", wide]:
        with suppress(UnicodeDecodeError):
            text = raw.decode(encoding)
            if encoding != wide or ("=" in text and not any(map(_strange, set(text)))):
                return encoding
    return ""


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
        fix = did_you_mean(where[-1], known) or _("known here: {keys}", keys=", ".join(known))
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
        model = next(models_in(field.annotation))
    return [name for name in model.model_fields if name != "file"]


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Find the models an annotation holds, however deep: those of `tuple[Rule, ...]` or `TomlModel | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)
