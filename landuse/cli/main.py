"""The command line: arguments in, an exit code out; no science.

Exit codes: 0 done; 1 the share is below --fail-under; 2 bad input or configuration; 3 no feasible plan; 70 a fault of
the program; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from landuse import i18n
from landuse.cli.console import (
    BAD_INPUT,
    BELOW,
    NO_PLAN,
    Terminal,
    candidates_table,
    change_table,
    crosswalk_table,
    districts_table,
    headline,
    let_go,
    moves_table,
    parks_table,
    quality_table,
)
from landuse.cli.doctor import diagnose
from landuse.cli.options import (
    Also,
    AsJson,
    CodeColumn,
    Crs,
    Format,
    Lang,
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
from landuse.pipeline.progress import Progress
from landuse.pipeline.publish import DELIVERABLES, publish
from landuse.pipeline.run import check, crosswalk, refuse_other_class, run
from landuse.report.explanation import explained, explanation
from landuse.report.summary import summary
from landuse.results.relocation import INFEASIBLE
from landuse.results.run import RunResult
from landuse.sample import write_sample

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=_("What share of a city's industrial land lies inside its parks, and what would bring it to the target?"),
)


def _look(*values: Path | str | None) -> dict[str, Any]:
    """Return the options of a first look by the names `_first_look` has for them."""
    return dict(zip(("parcels", "parks", "code", "system", "layer", "crs"), values, strict=True))


def _study(file: Path | None, look: dict[str, Any], lang: Lang | None) -> Study:
    """Load the study file, or make a study from the options of a first look."""
    asked = lang.value if lang else file and language_of(file)
    if asked:
        i18n.use(asked)
    given = [f"--{name}" for name, value in look.items() if value is not None]
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
    code: str | None = None,
    system: str | None = None,
    layer: str | None = None,
    crs: str | None = None,
) -> Study:
    if parcels is None or parks is None or code is None or system is None:
        what = _("neither a study file nor all of --parcels, --parks, --code-column and --classification")
        raise InputError(Problem(what, _("give one or the other")))
    values: dict[str, Any] = {
        "study": {"lang": i18n.current(), **({"crs": crs} if crs else {})},
        "parcels": {
            "path": parcels.name,
            "classification": system,
            "columns": {"code": code},
            **({"layer": layer} if layer else {}),
        },
        "parks": {"path": Path(os.path.relpath(parks, parcels.parent)).as_posix()},
        "definition": {"area": "ellipsoidal"},
    }
    return parse_study(values, parcels.absolute().with_suffix(".toml"))


@app.command("run", help=_("Run the whole study and publish the outputs."))
def run_command(
    study: StudyFile = None,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            "--fail-under", min=0, max=1, help=_("Exit with 1 when the share is below this."), show_default=False
        ),
    ] = None,
    also: Annotated[
        list[Also] | None,
        typer.Option(
            "--also",
            help=_(
                "The layers in this format too, an uncompressed map for old browsers, or a sheet for each park; may be "
                "repeated."
            ),
            show_default=False,
        ),
    ] = None,
    parcels: ParcelsFile = None,
    parks: ParksFile = None,
    code_column: CodeColumn = None,
    classification: System = None,
    parcels_layer: ParcelsLayer = None,
    crs: Crs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Run everything there is."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    look = _look(parcels, parks, code_column, classification, parcels_layer, crs)
    with say.guard():
        the = _study(study, look, lang)
        clock = Progress(say.progress)
        result = run(the, stage="" if study else "concentration", workers=workers, clock=clock)
        _warn_of_tiles(say, result)
        deliver = (*DELIVERABLES, *dict.fromkeys(format_.value for format_ in also or ()))
        files = _published(say, result, the, out or Path("outputs"), deliver, clock)
        drawn = (path.parent.name == "figures" for path in files.values())
        lines = [("figures", p.parent) if f else (n, p) for (n, p), f in zip(files.items(), drawn, strict=True)]
        listing = "\n".join(f"{name:>11}  {path}" for name, path in dict.fromkeys(lines))
        say.result(f"{headline(result)}\n{listing}", summary(result))
        if fail_under is not None and result.concentration.share < fail_under:
            raise typer.Exit(BELOW)
        _no_plan(result)


@app.command("check", help=_("Report on the quality of the data only."))
def check_command(
    study: StudyFile = None,
    lang: Language = None,
    parcels: ParcelsFile = None,
    parks: ParksFile = None,
    code_column: CodeColumn = None,
    classification: System = None,
    parcels_layer: ParcelsLayer = None,
    crs: Crs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Check the inputs."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    look = _look(parcels, parks, code_column, classification, parcels_layer, crs)
    with say.guard():
        the = _study(study, look, lang)
        result = check(the, clock=Progress(say.progress))
        value = {
            "verdict": result.verdict,
            "problems": [],
            "quality": [f.as_dict() for f in result.quality],
        }
        nothing = _("Nothing to report: no repairs, overlaps or unknown codes.")
        say.result(quality_table(result) if result.quality else nothing, value)


@app.command("concentration", help=_("The share inside the parks: city, districts, parks."))
def concentration_command(
    study: StudyFile = None,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    parcels: ParcelsFile = None,
    parks: ParksFile = None,
    code_column: CodeColumn = None,
    classification: System = None,
    parcels_layer: ParcelsLayer = None,
    crs: Crs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Answer the first question."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    look = _look(parcels, parks, code_column, classification, parcels_layer, crs)
    with say.guard():
        result = _one_stage(say, _study(study, look, lang), "concentration", out, workers)
        say.result(headline(result), _part(result, "city", "districts", "parks", "sensitivity"))
        if not as_json:
            say.out.print(districts_table(result))


@app.command("candidates", help=_("Scattered low-efficiency plots outside the parks."))
def candidates_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """List the candidates."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        result = _one_stage(say, _study(study, {}, lang), "candidates", out, workers)
        say.result(headline(result), _part(result, "scatter", "candidates"))
        if not as_json:
            say.out.print(candidates_table(result))


@app.command("relocate", help=_("Which plots should move where, so that the target is reached; with a proof."))
def relocate_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Plan the relocation; what blocks it is an answer, published, with exit code 3."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        the = _study(study, {}, lang)
        if the.capacity is None:
            what, fix = _("no [capacity]: nobody knows which parks have room"), _("name a table of blocks: path = …")
            raise InputError(Problem(what, fix, the.file.name))
        result = _one_stage(say, the, "relocation", out, workers)
        say.result(headline(result), _part(result, "city", "relocation"))
        if not as_json and result.relocation is not None and result.relocation.plots:
            say.out.print(moves_table(result))
        _no_plan(result)


@app.command("change", help=_("What changed since earlier dates, and who moved the line; new plots outside the parks."))
def change_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Compare with earlier dates."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        the = _study(study, {}, lang)
        if not the.snapshots:
            what = _("no [[snapshots]]: there is nothing to compare with")
            raise InputError(Problem(what, _("name earlier layers: date = …, parcels = …"), the.file.name))
        result = _one_stage(say, the, "change", out, workers)
        say.result(headline(result), _part(result, "city", "change"))
        if not as_json:
            say.out.print(change_table(result))


@app.command("parks", help=_("Parks side by side: layout, intensity, yield, and their places within each level."))
def parks_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Compare the parks."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        the, clock = _study(study, {}, lang), Progress(say.progress)
        result = run(the, stage="parks", workers=workers, clock=clock)
        if out is not None:
            _published(say, result, the, out, ("park-sheets",), clock)
        say.result(headline(result), _part(result, "parks", "evaluation"))
        if not as_json:
            say.out.print(parks_table(result))


@app.command("explain", help=_("Why a plot is, or is not, a candidate; and what would change it."))
def explain_command(
    study: StudyFile,
    plot: Annotated[str, typer.Argument(metavar="PLOT_ID", help=_("Id of the parcel."))],
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Explain one plot."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        the = _study(study, {}, lang)
        result = run(the, stage="candidates", workers=workers, clock=Progress(say.progress))
        refuse_other_class(the, plot)
        say.result(explained(result, plot), explanation(result, plot))


@app.command("map", help=_("Draw the map only."))
def map_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Publish the map and the summary."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        the = _study(study, {}, lang)
        clock = Progress(say.progress)
        result = run(the, workers=workers, clock=clock)
        _warn_of_tiles(say, result)
        files = _published(say, result, the, out or Path("outputs"), ("map",), clock)
        say.result(str(files["map"]), _part(result, "city", "candidates") | {"map": str(files["map"])})


@app.command("crosswalk", help=_("The parcels' classes in another classification system, and what is lost."))
def crosswalk_command(
    study: StudyFile,
    to: Annotated[str, typer.Option("--to", metavar="SYSTEM", help=_("The other system."), show_default=False)],
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Translate classes."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        translation, parcels = crosswalk(_study(study, {}, lang), to)
        value = translation.as_dict() | {
            "quality": [f.as_dict() for f in parcels.issues],
            "assumptions": list(parcels.assumptions),
        }
        say.result(crosswalk_table(translation), value)


@app.command("sample", help=_("Write the synthetic city, its study file and its truth."))
def sample_command(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    parcels: Annotated[int, typer.Option("--parcels", min=500)] = 20_000,
    parks: Annotated[int, typer.Option("--parks", min=1)] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 7,
    snapshots: Annotated[bool, typer.Option("--snapshots", help=_("Earlier years too."))] = False,
    dirty: Annotated[
        bool, typer.Option("--dirty", help=_("Plant the defects real data has, and record each."))
    ] = False,
    fmt: Annotated[Format, typer.Option("--format")] = Format.gpkg,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
) -> None:
    """Write the sample city."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        say.progress(_("Drawing a synthetic city of {n:,} parcels", n=parcels))
        made = write_sample(
            folder, parcels=parcels, parks=parks, seed=seed, snapshots=snapshots, dirty=dirty, fmt=fmt.value
        )
        value = {"dir": str(made.folder), "study": str(made.study), "truth": str(made.truth)}
        say.result("\n".join(value.values()), value)


@app.command("doctor", help=_("Versions and data folders of GDAL, GEOS and PROJ; conflicts with a fix."))
def doctor_command(as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = 0) -> None:
    """Examine the installation."""
    say = Terminal(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        facts, problems = diagnose()
        say.result(
            "\n".join(f"{k}: {v}" for k, v in facts.items()),
            {**facts, "problems": [p.as_dict() for p in problems]},
        )
        for p in problems:
            say.err.print(str(p))
        if problems:
            raise typer.Exit(BAD_INPUT)


def _one_stage(say: Terminal, study: Study, stage: str, out: Path | None, workers: int) -> RunResult:
    """Run up to a stage; its summary and manifest are written only where a folder is given."""
    clock = Progress(say.progress)
    result = run(study, stage=stage, workers=workers, clock=clock)
    if out is not None:
        _published(say, result, study, out, (), clock)
    return result


def _published(
    say: Terminal, result: RunResult, study: Study, out: Path, deliver: tuple[str, ...], clock: Progress
) -> dict[str, Path]:
    """Publish; from then on an interrupt comes too late."""
    files = publish(result, study, out, deliver=deliver, clock=clock)
    say.published()
    return files


def _no_plan(result: RunResult) -> None:
    """Say by the exit code that no plan is possible."""
    if result.relocation is not None and result.relocation.status == INFEASIBLE:
        raise typer.Exit(NO_PLAN)


def _warn_of_tiles(say: Terminal, result: RunResult) -> None:
    """Say what a map that fetches tiles opens up."""
    for notice in result.background.tiles.notices if result.background.tiles else ():
        say.warn(notice)


def _part(result: RunResult, *keys: str) -> dict[str, Any]:
    whole = summary(result)
    return {k: whole[k] for k in ("study", "definition", *keys, "quality", "verdict", "assumptions")}


def main() -> None:
    """Run the program; a console that cannot show a character shows a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.unraisablehook = lambda _late: None  # a file a library gave up on: what went wrong has been said
    try:
        app()
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                let_go(stream)
