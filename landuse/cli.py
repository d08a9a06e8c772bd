"""The command line: arguments in, an exit code out; no science.

Exit codes: 0 done; 1 the share is below --fail-under; 2 bad input or configuration; 130 interrupted.
"""

from __future__ import annotations

import json
import math
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from landuse import i18n
from landuse.doctor import diagnose
from landuse.errors import InputError, LanduseError, Problem
from landuse.findings import Findings
from landuse.i18n import _
from landuse.report.summary import summary
from landuse.report.workbook import position_word
from landuse.sample import write_sample
from landuse.study import Clock, publish, run
from landuse.studyfile import Study, load_study, parse_study
from landuse.units import MONEY_YUAN, to_mu

BELOW, BAD_INPUT, INTERRUPTED = 1, 2, 130
#: Candidates shown on the terminal; the workbook has them all.
SHOWN = 10


class Lang(StrEnum):
    """Languages of the output."""

    zh = "zh"
    en = "en"


class Format(StrEnum):
    """Formats the sample city can be written in."""

    gpkg = "gpkg"
    parquet = "parquet"
    shp = "shp"
    gdb = "gdb"


i18n.use(os.environ.get("LANDUSE_LANG", "zh") if os.environ.get("LANDUSE_LANG") in i18n.LANGUAGES else "zh")
app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=_("What share of a city's industrial land lies inside its parks, and what would bring it to the target?"),
)

StudyFile = Annotated[
    Path | None, typer.Argument(metavar="STUDY", help=_("The study file (study.toml)."), show_default=False)
]
Out = Annotated[Path | None, typer.Option("--out", help=_("Output folder."), show_default=False)]
Workers = Annotated[int, typer.Option("--workers", min=1, help=_("Threads; they change no number."))]
Language = Annotated[
    Lang | None,
    typer.Option("--lang", help=_("Language of the outputs; default: the study's."), show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help=_("Print JSON on standard output, and nothing else there."))]
Quiet = Annotated[bool, typer.Option("--quiet", help=_("No progress on standard error."))]
Verbose = Annotated[bool, typer.Option("-v", help=_("Show where an error arose."))]
ParcelsFile = Annotated[
    Path | None,
    typer.Option("--parcels", help=_("A first look without a study file: the parcel layer."), show_default=False),
]
ParksFile = Annotated[Path | None, typer.Option("--parks", help=_("… the park layer."), show_default=False)]
CodeColumn = Annotated[
    str | None,
    typer.Option("--code-column", help=_("… the column with the class codes."), show_default=False),
]
System = Annotated[
    str | None, typer.Option("--classification", help=_("… the classification system."), show_default=False)
]
ParcelsLayer = Annotated[
    str | None,
    typer.Option("--parcels-layer", help=_("… the layer, where the file has several."), show_default=False),
]
Crs = Annotated[
    str | None,
    typer.Option("--crs", help=_("… the working coordinate system, e.g. EPSG:4549."), show_default=False),
]


class Speaker:
    """Says things on the right stream: results on standard output, everything else on standard error."""

    def __init__(self, *, as_json: bool, quiet: bool, verbose: bool) -> None:
        self.as_json, self.quiet, self.verbose = as_json, quiet, verbose
        self.out = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
        self.err = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False, markup=False)

    def progress(self, words: str) -> None:
        """Announce a phase."""
        if not self.quiet:
            self.err.print(f"… {words}")

    def result(self, words: object, value: Any) -> None:
        """Print a result, as words or as JSON."""
        if self.as_json:
            sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
        else:
            self.out.print(words)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn what goes wrong into one line a problem and an exit code; a traceback only with -v."""
        try:
            yield
        except KeyboardInterrupt:
            self.err.print(_("Interrupted: earlier outputs are untouched."))
            raise typer.Exit(INTERRUPTED) from None
        except (LanduseError, OSError) as error:
            if self.verbose:
                traceback.print_exc()
            problems = error.problems if isinstance(error, InputError) else (_as_problem(error),)
            if self.as_json:
                refusal = {"verdict": "REFUSED", "problems": [p.as_dict() for p in problems], "quality": []}
                self.result("", refusal)
            for problem in problems:
                self.err.print(str(problem))
            raise typer.Exit(BAD_INPUT) from None


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, OSError):
        return Problem(
            error.strerror or str(error), _("check the folder and its permissions"), str(error.filename or "")
        )
    return Problem(str(error), _("the result is withheld; please report this with the data that shows it"))


def _study(file: Path | None, look: dict[str, Any], lang: Lang | None) -> Study:
    """Load the study file, or make a study from the options of a first look."""
    if lang:
        i18n.use(lang.value)
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
            "path": str(parcels.absolute()),
            "classification": system,
            "columns": {"code": code},
            **({"layer": layer} if layer else {}),
        },
        "parks": {"path": str(parks.absolute())},
        "definition": {"area": "ellipsoidal"},
    }
    return parse_study(values, parcels.absolute().with_suffix(".toml"))


def _headline(findings: Findings) -> str:
    lines = [str(findings.concentration)]
    if findings.concentration.verdict == "not_met":
        gap = findings.concentration.gap
        lines.append(
            _(
                "To reach the target: relocate {relocate:,.2f} mu, or clear {clear:,.2f} mu, or supply {supply:,.2f} mu anew inside.",
                relocate=to_mu(gap.relocate),
                clear=to_mu(gap.clear),
                supply=to_mu(gap.new_supply),
            )
        )
    if findings.candidates is not None:
        listed = findings.candidates.listed
        lines.append(
            _(
                "Candidates: {count} scattered low-efficiency plots, {area:,.2f} mu; {unknown} scattered plots are without data.",
                count=len(listed),
                area=to_mu(float(listed["area_m2"].sum())),
                unknown=len(findings.candidates.no_data),
            )
        )
    lines += [f"{_('Assumed')}: {a}" for a in findings.assumptions]
    lines += [f"{_('Data')}: {f.check} × {f.count} — {f.action}" for f in findings.quality]
    return "\n".join((f"{findings.name}  [run {findings.run_id[:12]}]", *lines))


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
    parcels: ParcelsFile = None,
    parks: ParksFile = None,
    code_column: CodeColumn = None,
    classification: System = None,
    parcels_layer: ParcelsLayer = None,
    crs: Crs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Run everything there is."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
    look = {
        "parcels": parcels,
        "parks": parks,
        "code": code_column,
        "system": classification,
        "layer": parcels_layer,
        "crs": crs,
    }
    with say.guard():
        the = _study(study, look, lang)
        clock = Clock(say.progress)
        findings = run(the, stage="candidates" if study else "concentration", workers=workers, clock=clock)
        files = publish(findings, the, out or Path("outputs"), clock=clock)
        listing = "\n".join(f"{name:>10}  {path}" for name, path in files.items())
        say.result(f"{_headline(findings)}\n{listing}", summary(findings))
        if fail_under is not None and findings.concentration.share < fail_under:
            raise typer.Exit(BELOW)


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
    verbose: Verbose = False,
) -> None:
    """Check the inputs."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
    look = {
        "parcels": parcels,
        "parks": parks,
        "code": code_column,
        "system": classification,
        "layer": parcels_layer,
        "crs": crs,
    }
    with say.guard():
        the = _study(study, look, lang)
        findings = run(the, stage="candidates" if study else "concentration", clock=Clock(say.progress))
        value = {
            "verdict": findings.verdict,
            "problems": [],
            "quality": [f.as_dict() for f in findings.quality],
        }
        table = Table(_("Check"), _("Rows"), _("Area (mu)"), _("What was done"), title=_("Data quality"))
        for f in findings.quality:
            table.add_row(f.check, str(f.count), "" if f.area_m2 is None else f"{to_mu(f.area_m2):,.2f}", f.action)
        say.result(
            table if findings.quality else _("Nothing to report: no repairs, overlaps or unknown codes."),
            value,
        )


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
    verbose: Verbose = False,
) -> None:
    """Answer the first question."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
    look = {
        "parcels": parcels,
        "parks": parks,
        "code": code_column,
        "system": classification,
        "layer": parcels_layer,
        "crs": crs,
    }
    with say.guard():
        findings = _one_stage(say, _study(study, look, lang), "concentration", out, workers)
        say.result(_headline(findings), _part(findings, "city", "districts", "parks", "quality"))
        if not as_json:
            say.out.print(_districts_table(findings))


@app.command("candidates", help=_("Scattered low-efficiency plots outside the parks."))
def candidates_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """List the candidates."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        findings = _one_stage(say, _study(study, {}, lang), "candidates", out, workers)
        say.result(_headline(findings), _part(findings, "scatter", "candidates"))
        if not as_json:
            say.out.print(_candidates_table(findings))


@app.command("map", help=_("Draw the map only."))
def map_command(
    study: StudyFile,
    out: Out = None,
    workers: Workers = 2,
    lang: Language = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Publish the map and the summary."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        the = _study(study, {}, lang)
        clock = Clock(say.progress)
        findings = run(the, workers=workers, clock=clock)
        files = publish(findings, the, out or Path("outputs"), deliver=("map",), clock=clock)
        say.result(str(files["map"]), _part(findings, "city", "candidates") | {"map": str(files["map"])})


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
    verbose: Verbose = False,
) -> None:
    """Write the sample city."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
    with say.guard():
        say.progress(_("Drawing a synthetic city of {n:,} parcels", n=parcels))
        made = write_sample(
            folder, parcels=parcels, parks=parks, seed=seed, snapshots=snapshots, dirty=dirty, fmt=fmt.value
        )
        value = {"dir": str(made.folder), "study": str(made.study), "truth": str(made.truth)}
        say.result("\n".join(value.values()), value)


@app.command("doctor", help=_("Versions and data folders of GDAL, GEOS and PROJ; conflicts with a fix."))
def doctor_command(as_json: AsJson = False, quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Examine the installation."""
    say = Speaker(as_json=as_json, quiet=quiet, verbose=verbose)
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


def _one_stage(say: Speaker, study: Study, stage: str, out: Path | None, workers: int) -> Findings:
    """Run up to a stage; its summary and manifest are written only where a folder is given."""
    clock = Clock(say.progress)
    findings = run(study, stage=stage, workers=workers, clock=clock)
    if out is not None:
        publish(findings, study, out, deliver=(), clock=clock)
    return findings


def _part(findings: Findings, *keys: str) -> dict[str, Any]:
    whole = summary(findings)
    return {k: whole[k] for k in ("study", "definition", *keys)}


def _districts_table(findings: Findings) -> Table:
    columns: Sequence[str] = (
        _("District"),
        _("Industrial land (mu)"),
        _("Inside parks (mu)"),
        _("Share inside"),
        _("To relocate (mu)"),
    )
    table = Table(columns[0], *columns[1:])
    for row in findings.concentration.districts.to_dict("records"):
        share = f"{row['share']:.2%}" if math.isfinite(row["share"]) else "–"
        total, inside, gap = (f"{to_mu(row[k]):,.2f}" for k in ("total_m2", "inside_m2", "gap_m2"))
        table.add_row(row["name"], total, inside, share, gap)
    return table


def _candidates_table(findings: Findings) -> Table:
    table = Table(_("Parcel id"), _("Area (mu)"), _("Position"), _("Tax (10,000 yuan per mu)"), _("Reasons"))
    assert findings.candidates is not None  # noqa: S101
    for row in findings.candidates.listed.head(SHOWN).reset_index().to_dict("records"):
        tax = f"{row['tax_per_mu'] / MONEY_YUAN['万元']:.2f}"
        area = f"{to_mu(row['area_m2']):,.2f}"
        table.add_row(row["parcel_id"], area, position_word(row["position"]), tax, " ".join(row["reasons"]))
    return table


def main() -> None:
    """Run the program; a console that cannot show a character shows a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
