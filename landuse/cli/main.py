"""The command line: arguments in, an exit code out; no science.

Exit codes: 0 done; 1 the share is below --fail-under; 2 bad input or configuration; 3 no feasible plan; 70 a fault of
the program; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pyogrio
import pyproj
import typer
from pyproj import CRS

from landuse.cli.commands import Call, app, command, plain_command
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
from landuse.cli.options import Format
from landuse.errors import InputError, Problem
from landuse.geo.transform import route
from landuse.i18n import _
from landuse.io.manifest import versions
from landuse.pipeline.progress import Progress
from landuse.pipeline.publish import ALSO, DELIVERABLES, publish
from landuse.pipeline.run import check, crosswalk, refuse_other_class, run
from landuse.report.explanation import explained, explanation
from landuse.report.summary import summary
from landuse.results.relocation import INFEASIBLE
from landuse.sample import write_sample

if TYPE_CHECKING:
    from landuse.results.run import RunResult

__all__ = ["app", "main"]

#: What can be had besides: layers in other formats, the map for browsers before Chromium 80, a sheet per park.
Also = StrEnum("Also", {name.replace("-", "_"): name for name in ALSO})  # type: ignore[misc]


@command("run", _("Run the whole study and publish the outputs."), look=True)
def run_command(
    call: Call,
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
) -> None:
    """Run everything there is."""
    clock = Progress(call.say.progress)
    result = run(call.study, stage="concentration" if call.looking else "", workers=call.workers, clock=clock)
    _warn_of_tiles(call.say, result)
    deliver = (*DELIVERABLES, *dict.fromkeys(format_.value for format_ in also or ()))
    files = _published(call, result, call.out or Path("outputs"), deliver, clock)
    drawn = (path.parent.name == "figures" for path in files.values())
    lines = [("figures", p.parent) if f else (n, p) for (n, p), f in zip(files.items(), drawn, strict=True)]
    listing = "\n".join(f"{name:>11}  {path}" for name, path in dict.fromkeys(lines))
    call.say.result(f"{headline(result)}\n{listing}", summary(result))
    if fail_under is not None and result.concentration.share < fail_under:
        raise typer.Exit(BELOW)
    _no_plan(result)


@command("check", _("Report on the quality of the data only."), out=False, workers=False, look=True)
def check_command(call: Call) -> None:
    """Check the inputs."""
    result = check(call.study, clock=Progress(call.say.progress))
    value = {"verdict": result.verdict, "problems": [], "quality": [f.as_dict() for f in result.quality]}
    nothing = _("Nothing to report: no repairs, overlaps or unknown codes.")
    call.say.result(quality_table(result) if result.quality else nothing, value)


@command("concentration", _("The share inside the parks: city, districts, parks."), look=True)
def concentration_command(call: Call) -> None:
    """Share of industrial land inside the parks."""
    result = _computed(call, "concentration")
    call.say.result(headline(result), _part(result, "city", "districts", "parks", "sensitivity"))
    call.say.table(districts_table, result)


@command("candidates", _("Scattered low-efficiency plots outside the parks."))
def candidates_command(call: Call) -> None:
    """List the candidates."""
    result = _computed(call, "candidates")
    call.say.result(headline(result), _part(result, "scatter", "candidates"))
    call.say.table(candidates_table, result)


@command("relocate", _("Which plots should move where, so that the target is reached; with a proof."))
def relocate_command(call: Call) -> None:
    """Plan the relocation; what blocks it is an answer, published, with exit code 3."""
    if call.study.capacity is None:
        what, fix = _("no [capacity]: which parks have room is not stated"), _("name a table of blocks: path = …")
        raise InputError(Problem(what, fix, call.study.file.name))
    result = _computed(call, "relocation")
    call.say.result(headline(result), _part(result, "city", "relocation"))
    if result.relocation is not None and result.relocation.plots:
        call.say.table(moves_table, result)
    _no_plan(result)


@command("change", _("What changed since earlier dates, and who moved the line; new plots outside the parks."))
def change_command(call: Call) -> None:
    """Compare with earlier dates."""
    if not call.study.snapshots:
        what = _("no [[snapshots]]: there is nothing to compare with")
        raise InputError(Problem(what, _("name earlier layers: date = …, parcels = …"), call.study.file.name))
    result = _computed(call, "change")
    call.say.result(headline(result), _part(result, "city", "change"))
    call.say.table(change_table, result)


@command("parks", _("Parks side by side: layout, intensity, yield, and their places within each level."))
def parks_command(call: Call) -> None:
    """Compare the parks."""
    result = _computed(call, "parks", ("park-sheets",))
    call.say.result(headline(result), _part(result, "parks", "evaluation"))
    call.say.table(parks_table, result)


@command("explain", _("Why a plot is, or is not, a candidate; and what would change it."), out=False)
def explain_command(
    call: Call, plot: Annotated[str, typer.Argument(metavar="PLOT_ID", help=_("Id of the parcel."))]
) -> None:
    """Explain one plot."""
    result = _computed(call, "candidates")
    refuse_other_class(call.study, plot)
    call.say.result(explained(result, plot), explanation(result, plot))


@command("map", _("Draw the map only."))
def map_command(call: Call) -> None:
    """Publish the map and the summary."""
    clock = Progress(call.say.progress)
    result = run(call.study, workers=call.workers, clock=clock)
    _warn_of_tiles(call.say, result)
    files = _published(call, result, call.out or Path("outputs"), ("map",), clock)
    call.say.result(str(files["map"]), _part(result, "city", "candidates") | {"map": str(files["map"])})


@command(
    "crosswalk",
    _("The parcels' classes in another classification system, and what is lost."),
    out=False,
    workers=False,
)
def crosswalk_command(
    call: Call,
    to: Annotated[str, typer.Option("--to", metavar="SYSTEM", help=_("The other system."), show_default=False)],
) -> None:
    """Translate classes."""
    translation, parcels = crosswalk(call.study, to)
    value = translation.as_dict() | {
        "quality": [f.as_dict() for f in parcels.issues],
        "assumptions": list(parcels.assumptions),
    }
    call.say.result(crosswalk_table(translation), value)


@plain_command("sample", _("Write the synthetic city, its study file and its truth."))
def sample_command(
    say: Terminal,
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    parcels: Annotated[int, typer.Option("--parcels", min=500)] = 20_000,
    parks: Annotated[int, typer.Option("--parks", min=1)] = 20,
    seed: Annotated[int, typer.Option("--seed", min=0)] = 7,
    snapshots: Annotated[bool, typer.Option("--snapshots", help=_("Earlier years too."))] = False,
    dirty: Annotated[
        bool, typer.Option("--dirty", help=_("Plant the defects real data has, and record each."))
    ] = False,
    fmt: Annotated[Format, typer.Option("--format")] = Format.gpkg,
) -> None:
    """Write the sample city."""
    say.progress(_("Drawing a synthetic city of {n:,} parcels", n=parcels))
    made = write_sample(
        folder, parcels=parcels, parks=parks, seed=seed, snapshots=snapshots, dirty=dirty, fmt=fmt.value
    )
    value = {"dir": str(made.folder), "study": str(made.study), "truth": str(made.truth)}
    say.result("\n".join(value.values()), value)


@plain_command("doctor", _("Versions and data folders of GDAL, GEOS and PROJ; conflicts with a fix."))
def doctor_command(say: Terminal) -> None:
    """Examine the installation."""
    facts, problems = diagnose()
    value = {**facts, "problems": [p.as_dict() for p in problems]}
    say.result("\n".join(f"{k}: {v}" for k, v in facts.items()), value)
    for p in problems:
        say.err.print(str(p))
    if problems:
        raise typer.Exit(BAD_INPUT)


def _computed(call: Call, stage: str = "", deliver: tuple[str, ...] = ()) -> RunResult:
    """Run up to a stage; outputs are written only where a folder is given."""
    clock = Progress(call.say.progress)
    result = run(call.study, stage=stage, workers=call.workers, clock=clock)
    if call.out is not None:
        _published(call, result, call.out, deliver, clock)
    return result


def _published(call: Call, result: RunResult, out: Path, deliver: tuple[str, ...], clock: Progress) -> dict[str, Path]:
    """Publish; from then on an interrupt comes too late."""
    files = publish(result, call.study, out, deliver=deliver, clock=clock)
    call.say.published()
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


#: A point of the Hangzhou area: longitude, latitude and its CGCS2000 easting and northing (reference: EPSG:4549).
CHECK_POINT = (120.21, 30.246, 520_212.0, 3_347_402.0)
#: Several GDAL and PROJ libraries live in one process; settings of other programs that may point them astray.
STRANGERS = ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH")


def diagnose() -> tuple[dict[str, str], list[Problem]]:
    """Return versions and data folders, and what is wrong with them."""
    facts = {
        **versions(),
        "proj data": pyproj.datadir.get_data_dir(),
        "gdal data (pyogrio)": str(pyogrio.get_gdal_data_path()),
    }
    problems = [
        Problem(
            _(
                "the variable {name} points to {path}: another program's data may be used",
                name=name,
                path=os.environ[name],
            ),
            _("unset {name} before running landuse", name=name),
        )
        for name in STRANGERS
        if name in os.environ
    ]
    longitude, latitude, east, north = CHECK_POINT
    got = route(CRS(4490), CRS(4549)).apply(np.array([[longitude, latitude]]))[0]
    if not np.allclose(got, (east, north), atol=1):
        problems.append(
            Problem(_("EPSG:4549 of a known point comes out wrong: {got}", got=got), _("install PROJ anew"))
        )
    return facts, problems
