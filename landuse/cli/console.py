"""What the command line says, and on which stream."""

from __future__ import annotations

import json
import os
import sys
import traceback
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from landuse.errors import InputError, LanduseError, Problem
from landuse.i18n import _
from landuse.io.publishing.faults import system_problem
from landuse.io.publishing.interrupts import ignored, raising
from landuse.report.tables.candidates import CANDIDATES
from landuse.report.tables.changes import COMPONENTS, component_rows
from landuse.report.tables.parks import LEAGUE, league_rows
from landuse.report.tables.relocation import MOVES
from landuse.report.tables.share import DISTRICTS, ISSUES, district_rows
from landuse.report.tables.table import Table as Declared
from landuse.report.words import labels
from landuse.report.words.change import change_sentence, pace_sentence, violations_sentence
from landuse.report.words.format import area_of
from landuse.report.words.parks import joins_sentence, parks_sentence
from landuse.report.words.relocation import beside_sentence, plan_sentence, proof_sentence
from landuse.report.words.sentences import (
    band_sentence,
    candidates_sentence,
    flip_sentence,
    gap_sentence,
    interval_sentence,
    overlap_sentence,
    renewal_sentence,
)
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO

    from landuse.reference.crosswalk import Translation
    from landuse.results.run import RunResult

BELOW, BAD_INPUT, NO_PLAN, FAULT, INTERRUPTED = 1, 2, 3, 70, 130
#: Candidates shown on the terminal; the workbook has them all.
SHOWN = 10
#: Land below this is not worth a line [m²].


class Terminal:
    """Says things on the right stream: results on standard output, everything else on standard error."""

    def __init__(self, *, as_json: bool, quiet: bool, verbose: int) -> None:
        self.as_json, self.quiet, self.verbose = as_json, quiet, verbose
        options: dict[str, Any] = {"highlight": False, "soft_wrap": True, "emoji": False, "markup": False}
        self.out, self.err = _Console(**options), _Console(stderr=True, **options)
        self._signals = ExitStack()

    def table(self, made: Callable[[RunResult], Table], result: RunResult) -> None:
        """Print a table of a result, for people only."""
        if not self.as_json:
            self.out.print(made(result))

    def progress(self, words: str) -> None:
        """Announce a phase."""
        if not self.quiet:
            self.err.print(f"… {words}")

    def warn(self, words: str) -> None:
        """Say what whoever passes the outputs on has to know, even when asked to be quiet."""
        self.err.print(words)

    def result(self, words: object, value: Any) -> None:
        """Print a result, as words or as JSON."""
        text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) if self.as_json else ""
        try:
            if self.as_json:
                print(text, flush=True)  # noqa: T201, the one thing that is printed as it is
            else:
                self.out.print(words)
        except BrokenPipeError:
            let_go(sys.stdout)
        except OSError as error:
            raise OSError(error.errno, error.strerror, "<stdout>") from None

    def published(self) -> None:
        """Take note that the outputs are in place: to say now that earlier ones are untouched would be wrong."""
        self._signals.enter_context(ignored())

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn what goes wrong into one line a problem and an exit code; a traceback only with -v, of a fault -vv."""
        try:
            with self._signals:
                self._signals.enter_context(raising())
                yield
        except KeyboardInterrupt:
            self.err.print(_("Interrupted: earlier outputs are untouched."))
            raise typer.Exit(INTERRUPTED) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:  # noqa: BLE001, the last one who can say anything
            code, verdict, problems = _verdict(error)
            if self.verbose >= (2 if code == FAULT else 1):
                traceback.print_exc()
            if self.as_json:
                refusal = {"verdict": verdict, "problems": [p.as_dict() for p in problems], "quality": []}
                with suppress(OSError):  # it may be the very stream that failed
                    self.result("", refusal)
            for problem in problems:
                self.err.print(str(problem))
            raise typer.Exit(code) from None


class _Console(Console):
    """A console whose reader may leave: what is not read is no error, and no reason for another exit code."""

    def on_broken_pipe(self) -> None:
        let_go(self.file)


def let_go(stream: IO[str]) -> None:
    """Lead a stream that cannot be written to nowhere, so that nothing complains of it at the end."""
    with suppress(OSError, ValueError):  # a stream without a file behind it
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _verdict(error: Exception) -> tuple[int, str, tuple[Problem, ...]]:
    """Return the exit code, the verdict and the problems of what stopped a command."""
    if isinstance(error, InputError):
        return BAD_INPUT, "REFUSED", error.problems
    if isinstance(error, LanduseError):
        fix = _("the result is withheld; please report this with the data that shows it")
        return BAD_INPUT, "REFUSED", (Problem(str(error), fix),)
    if (problem := system_problem(error)) is not None:
        return BAD_INPUT, "REFUSED", (problem,)
    return FAULT, "FAULT", (fault_problem(error),)


def fault_problem(error: BaseException) -> Problem:
    """Return what to say of an error that nobody raised on purpose, in one line."""
    kind = type(error).__name__
    if isinstance(error, MemoryError) or "bad_alloc" in str(error):
        what = _("internal error: out of memory ({kind})", kind=kind)
        return Problem(what, _("run with --workers 1, close other programs, or divide the area; 64-bit Python only"))
    what = _("internal error: {kind}: {words}", kind=kind, words=" ".join(str(error).split()) or "–")
    return Problem(what, _("run again with -vv for the traceback, and report it"))


def headline(result: RunResult) -> str:
    """Return what a run says first: the share, its definition, the gap, the candidates, the state of the data."""
    said = (
        str(result.concentration),
        gap_sentence(result),
        interval_sentence(result),
        overlap_sentence(result),
        " ".join(filter(None, (band_sentence(result), flip_sentence(result)))),
        candidates_sentence(result),
        renewal_sentence(result),
        plan_sentence(result),
        proof_sentence(result),
        beside_sentence(result),
        change_sentence(result),
        violations_sentence(result),
        pace_sentence(result),
        parks_sentence(result),
        joins_sentence(result),
    )
    lines = [sentence for sentence in said if sentence]
    lines += [_("Assumed: {what}", what=a) for a in result.assumptions]
    lines += [
        _("Data: {check} × {count} ({action})", check=f.title, count=f.count, action=f.action) for f in result.quality
    ]
    return "\n".join((f"{result.name}  [run {result.run_id[:12]}]", *lines))


def _table(heads: Sequence[str], **options: Any) -> Table:
    """Return a table that folds what is too wide: nothing in it is cut off."""
    return Table(*(Column(head, overflow="fold") for head in heads), **options)


def terminal_table(declared: Declared, result: RunResult, frame: Any, **options: Any) -> Table:
    """Return a declared table as the terminal shows it."""
    keys = declared.terminal.split()
    found = declared.shown(result, frame, keys)
    columns = [found[key] for key in keys if key in found]
    table = _table([each.field.head(result, "terminal") for each in columns], **options)
    for row in zip(*(each.texts() for each in columns), strict=True):
        table.add_row(*row)
    return table


def districts_table(result: RunResult) -> Table:
    """Return the share of each district."""
    return terminal_table(DISTRICTS, result, district_rows(result))


def quality_table(result: RunResult) -> Table:
    """Return what was wrong with the data, what was done, and what that does to the share."""
    return terminal_table(ISSUES, result, result.quality, title=_(labels.DATA_QUALITY))


def crosswalk_table(translation: Translation) -> Table:
    """Return each code's classes in the other system, its land, and what is lost."""
    walk = translation.crosswalk
    title = f"{walk.source.title} → {walk.target.title}"
    heads = (_(labels.CODE), _("Becomes"), _("How"), _(labels.ROWS), _(labels.AREA_MU), _("Lost"))
    words = {
        "exact": _("exactly"),
        "merged": _("merged"),
        "approximate": _("roughly"),
        "split": _("split"),
        "none": _("not at all"),
        "unknown": _("unknown code"),
    }
    caption = _(labels.SOURCE_OF, source=walk.provenance)
    table = _table(heads, title=title, caption=caption)
    for row in translation.classes.to_dict("records"):
        becomes = " / ".join(f"{c} {walk.target.name_of(c)}" for c in row["targets"])
        code = f"{row['code']} {row['name']}"
        table.add_row(code, becomes, words[row["kind"]], str(row["rows"]), area_of(row["area_m2"]), row["lost"])
    return table


def candidates_table(result: RunResult) -> Table:
    """Return the first candidates."""
    return terminal_table(CANDIDATES, result, computed(result.candidates).listed.head(SHOWN))


def moves_table(result: RunResult) -> Table:
    """Return the first moves of the plan."""
    moves = computed(result.relocation).moves.head(SHOWN)
    return terminal_table(MOVES, result, moves, title=_(labels.RELOCATION_PLAN))


def change_table(result: RunResult) -> Table:
    """Return what the latest change of the share is made of."""
    step = computed(result.history).last
    title = _(labels.FROM_TO, start=step.start, end=step.end)
    return terminal_table(COMPONENTS, result, component_rows(step), title=title)


def parks_table(result: RunResult) -> Table:
    """Return the league table of the parks."""
    return terminal_table(LEAGUE, result, league_rows(computed(result.parks)), title=_(labels.PARKS_SIDE_BY_SIDE))
