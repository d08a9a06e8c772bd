"""What the commands have in common: how a study is named, where outputs go, what is said on which stream."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import typer

from landuse import i18n
from landuse.cli.console import Terminal
from landuse.cli.options import (
    AsJson,
    CodeColumn,
    Crs,
    Language,
    Out,
    ParcelsFile,
    ParcelsLayer,
    ParksFile,
    Quiet,
    StudyFile,
    System,
    Verbose,
    Workers,
)
from landuse.config.study_file import Study, language_of, load_study, parse_study
from landuse.errors import InputError, Problem
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.cli.options import Lang

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=_("What share of a city's industrial land lies inside its parks, and what would bring it to the target?"),
)

#: Options of every command, those of one that reads a study, of one that also publishes, and of a first look without
#: a study file: name, annotation, default.
SPEAKING = (("as_json", AsJson, False), ("quiet", Quiet, False), ("verbose", Verbose, 0))
STUDY = (("study", StudyFile, inspect.Parameter.empty),)
LANGUAGE = (("lang", Language, None),)
WORKERS = (("workers", Workers, 2),)
OUT = (("out", Out, None), *WORKERS)
LOOK = (
    ("parcels", ParcelsFile, None),
    ("parks", ParksFile, None),
    ("code_column", CodeColumn, None),
    ("classification", System, None),
    ("parcels_layer", ParcelsLayer, None),
    ("crs", Crs, None),
)


@dataclass(frozen=True)
class Call:
    """One call of a command that reads a study.

    Attributes
    ----------
    say : Terminal
        Says things on the right stream.
    study : Study
        That it is about.
    out : Path or None
        Folder for the outputs.
    workers : int
        Threads.
    looking : bool
        Whether it is a first look, without a study file.
    """

    say: Terminal
    study: Study
    out: Path | None = None
    workers: int = 2
    looking: bool = False


def command(
    name: str, about: str, *, out: bool = True, workers: bool = True, look: bool = False
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command of a function of a `Call` and of what only that command asks for.

    Parameters
    ----------
    name : str
        Of the command.
    about : str
        Its help.
    out, workers : bool
        Whether it publishes, and computes.
    look : bool
        Whether it does without a study file, with the options of a first look.
    """
    study = (("study", StudyFile, None),) if look else STUDY
    after = (*(OUT if out else WORKERS if workers else ()), *LANGUAGE)
    last = (*(LOOK if look else ()), *SPEAKING)

    def register(body: Callable[..., None]) -> Callable[..., None]:
        own = tuple(inspect.signature(body).parameters)[1:]

        def called(**given: Any) -> None:
            say = _terminal(given)
            looked = {x: given.pop(x) for x, *_rest in LOOK if x in given}
            with say.guard():
                file, lang = given.pop("study"), given.pop("lang")
                the = _study(file, looked, lang)
                call = Call(say, the, given.pop("out", None), given.pop("workers", 2), looking=file is None)
                body(call, **{x: given[x] for x in own})

        return _registered(name, about, body, called, study, after, last)

    return register


def plain_command(name: str, about: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a command, without a study, of a function of a `Terminal` and of what that command asks for."""

    def register(body: Callable[..., None]) -> Callable[..., None]:
        def called(**given: Any) -> None:
            say = _terminal(given)
            with say.guard():
                body(say, **given)

        return _registered(name, about, body, called, (), (), SPEAKING)

    return register


def _terminal(given: dict[str, Any]) -> Terminal:
    return Terminal(**{x: given.pop(x) for x, *_rest in SPEAKING})


def _registered(
    name: str, about: str, body: Callable[..., None], called: Callable[..., None], *groups: Any
) -> Callable[..., None]:
    """Give the command the options of a body's own between those before and those behind, and register it."""
    hints, own = get_type_hints(body, include_extras=True), list(inspect.signature(body).parameters.values())[1:]
    first, *rest = groups
    mine = [(p.name, hints[p.name], p.default) for p in own]
    options = [*first, *(x for x in mine if x[2] is inspect.Parameter.empty)]
    options += [x for group in rest[:-1] for x in group]
    options += [x for x in mine if x[2] is not inspect.Parameter.empty] + list(rest[-1])
    parameters = [
        inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for option, annotation, default in options
    ]
    called.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {option: annotation for option, annotation, _default in options}
    called.__name__, called.__doc__ = f"{name}_command", body.__doc__
    app.command(name, help=about)(called)
    return body


def _study(file: Path | None, look: dict[str, Any], lang: Lang | None) -> Study:
    """Load the study file, or make a study from the options of a first look."""
    asked = lang.value if lang else file and language_of(file)
    if asked:
        i18n.use(asked)
    given = [f"--{name.replace('_', '-')}" for name, value in look.items() if value is not None]
    if file is not None and given:
        what = _("a study file and {options}: which of them?", options=", ".join(given))
        raise InputError(Problem(what, _("give one or the other"), file.name))
    study = _first_look(**look) if file is None else load_study(file)
    if not lang:
        i18n.use(study.study.lang)
    return study


def _first_look(
    parcels: Path | None = None,
    parks: Path | None = None,
    code_column: str | None = None,
    classification: str | None = None,
    parcels_layer: str | None = None,
    crs: str | None = None,
) -> Study:
    if parcels is None or parks is None or code_column is None or classification is None:
        what = _("neither a study file nor all of --parcels, --parks, --code-column and --classification")
        raise InputError(Problem(what, _("give one or the other")))
    values: dict[str, Any] = {
        "study": {"lang": i18n.current(), **({"crs": crs} if crs else {})},
        "parcels": {
            "path": parcels.name,
            "classification": classification,
            "columns": {"code": code_column},
            **({"layer": parcels_layer} if parcels_layer else {}),
        },
        "parks": {"path": Path(os.path.relpath(parks, parcels.parent)).as_posix()},
        "definition": {"area": "ellipsoidal"},
    }
    return parse_study(values, parcels.absolute().with_suffix(".toml"))
