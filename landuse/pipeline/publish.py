"""Results out: all files a run publishes, together or not at all, and the manifest that vouches for them."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from landuse.config.paths import input_paths
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.io.hashes import sha256
from landuse.io.manifest import SCHEMA, input_hashes, versions, write_json
from landuse.io.publishing.faults import refusing
from landuse.io.publishing.staging import staged
from landuse.pipeline.progress import Progress
from landuse.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from landuse.config.study_file import Study
    from landuse.results.run import RunResult

#: What a run publishes beside the summary and the manifest, and what it does on request.
DELIVERABLES = ("map", "workbook", "report", "layers", "density")
FOLDERS = ("gdb", "shp-gbk", "shp-utf8")
ALSO = (*FOLDERS, "plain-map", "park-sheets")


def publish(
    result: RunResult,
    study: Study,
    out: Path,
    *,
    deliver: tuple[str, ...] = DELIVERABLES,
    clock: Progress | None = None,
) -> dict[str, Path]:
    """Write the outputs of a run; they appear together or not at all.

    Parameters
    ----------
    result : RunResult
        From `landuse.pipeline.run.run`.
    study : Study
        The same.
    out : Path
        Output folder.
    deliver : tuple of str
        Of `DELIVERABLES` and `ALSO`, beside the summary and the manifest, which are always written.
    clock : Progress, optional
        Collects times and announces phases.

    Returns
    -------
    dict
        Deliverable to its path.

    Raises
    ------
    InputError
        When an input changed since it was read, a format asked for cannot hold what the layers hold, a file cannot be
        written or replaced, or another run keeps the folder. Earlier outputs are whole then.
    """
    clock = clock or Progress()
    _refuse_changed_inputs(result, study)
    parts = _parts(study)
    files = {name: parts[name].file for name in deliver} | {"summary": f"{study.stem}.summary.json"}
    manifest = f"{study.stem}.manifest.json"
    with staged(out, [files[name] for name in deliver if name in FOLDERS], clock.tell) as stage:
        for name in _in_order(parts, deliver):
            path = stage / files[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            with clock.phase(name, parts[name].words), refusing(files[name], stage):
                files |= parts[name].write(result, path) or {}
        with refusing(files["summary"]):
            write_json(stage / files["summary"], summary(result))
        outputs = {file: sha256(stage / file) for file in files.values()}
        with refusing(manifest):
            write_json(stage / manifest, _manifest(result, study, outputs, clock.seconds))
    return {name: out / file for name, file in (files | {"manifest": manifest}).items()}


class _Part(NamedTuple):
    """A deliverable: its file in the output folder, what is announced, and what writes it.

    A writer returns the files it wrote beside its own, by name, if any.
    """

    file: str
    words: str
    write: Callable[[RunResult, Path], dict[str, str] | None]


def _parts(study: Study) -> dict[str, _Part]:
    """Return what can be delivered, in the order in which it is written."""
    stem = study.stem
    plain = partial(_write_map, compress=False)
    words = {name: _("Writing the layers as {format}", format=name) for name in FOLDERS}
    return {
        "map": _Part(f"maps/{stem}.html", _("Drawing the map"), _write_map),
        "workbook": _Part(f"tables/{stem}.xlsx", _("Writing the workbook"), _write_workbook),
        "report": _Part(
            f"reports/{stem}.docx", _("Writing the report and its figures"), partial(_write_report, study=study)
        ),
        "layers": _Part(f"layers/{stem}.gpkg", _("Writing the layers"), _write_layers),
        "density": _Part(f"layers/{stem}-density.tif", _("Measuring the density outside the parks"), _write_density),
        "plain-map": _Part(f"maps/{stem}-plain.html", _("Drawing the map for browsers that cannot unpack it"), plain),
        "park-sheets": _Part(f"reports/{stem}-parks.docx", _("Writing a sheet per park"), _write_park_sheets),
        "gdb": _Part(f"layers/{stem}.gdb", words["gdb"], _write_geodatabase),
        "shp-gbk": _Part(f"layers/{stem}-shp-gbk", words["shp-gbk"], partial(_write_shapefiles, name="shp-gbk")),
        "shp-utf8": _Part(f"layers/{stem}-shp-utf8", words["shp-utf8"], partial(_write_shapefiles, name="shp-utf8")),
    }


def _in_order(parts: dict[str, _Part], deliver: tuple[str, ...]) -> list[str]:
    """Return what is to be delivered: files as the table has them, then folders as they were asked for."""
    return [*(n for n in parts if n in deliver and n not in FOLDERS), *(n for n in deliver if n in FOLDERS)]


# Each writer imports its own module: drawing takes libraries that a share alone does not need.


def _write_map(result: RunResult, path: Path, *, compress: bool = True) -> None:
    from landuse.report.map.page import study_map  # noqa: PLC0415

    path.write_text(study_map(result, compress=compress), encoding="utf-8", newline="\n")


def _write_workbook(result: RunResult, path: Path) -> None:
    from landuse.report.workbook.book import write_workbook  # noqa: PLC0415

    write_workbook(result, path)


def _write_report(result: RunResult, path: Path, *, study: Study) -> dict[str, str]:
    """Write the report and the figures it shows, which are files of their own too."""
    from landuse.report.document.report import write_document  # noqa: PLC0415
    from landuse.report.figures.write import write_figures  # noqa: PLC0415

    folder = path.parents[1] / "figures"
    plates = write_figures(result, folder, study.stem)
    write_document(result, path, figures=plates, versions=versions(), parameters=study.parameters())
    return {f"{p.key}{f.suffix}": f"{folder.name}/{f.name}" for p in plates for f in (p.png, p.svg)}


def _write_park_sheets(result: RunResult, path: Path) -> None:
    from landuse.report.document.park_pages import write_park_sheets  # noqa: PLC0415

    write_park_sheets(result, path)


def _write_layers(result: RunResult, path: Path) -> None:
    from landuse.report.layers.geopackage import write_layers  # noqa: PLC0415

    write_layers(result, path)


def _write_density(result: RunResult, path: Path) -> None:
    from landuse.analysis.density import outside_density  # noqa: PLC0415
    from landuse.report.layers.exports import write_density  # noqa: PLC0415

    write_density(outside_density(result), result, path)


def _write_geodatabase(result: RunResult, path: Path) -> None:
    from landuse.report.layers.exports import write_geodatabase  # noqa: PLC0415

    write_geodatabase(result, path)


def _write_shapefiles(result: RunResult, path: Path, *, name: str) -> None:
    from landuse.report.layers.exports import ENCODINGS, write_shapefiles  # noqa: PLC0415

    write_shapefiles(result, path, ENCODINGS[name])


def _manifest(result: RunResult, study: Study, outputs: dict[str, str], seconds: dict[str, float]) -> dict[str, Any]:
    """Return what was run on what, and the hash of everything that came out."""
    return {
        "schema": SCHEMA,
        "run_id": result.run_id,
        "verdict": result.verdict,
        "assumptions": list(result.assumptions),
        "inputs": result.inputs,
        "definition": asdict(result.definition),
        "parameters": study.parameters(),
        "versions": versions(),
        "proof": None if result.proof is None else asdict(result.proof),
        "repairs": [f.as_dict() | {"rows": list(f.rows)} for f in result.quality],
        "outputs": outputs,
        "timings_s": seconds,
    }


def _refuse_changed_inputs(result: RunResult, study: Study) -> None:
    """A file that changed since it was read would make the manifest a lie."""
    now = input_hashes(input_paths(study))
    fix = _("run again when no other program writes to it")
    changed = sorted(k for k in {*now, *result.inputs} if now.get(k) != result.inputs.get(k))
    refuse_if([Problem(_("changed while the study ran"), fix, name) for name in changed])
