"""The only place that sequences: a study file in, findings out, outputs published."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from landuse import schema as s
from landuse.admission import admit, admit_all_classes, admit_codes, input_paths
from landuse.analysis.bookkeeping import count_land, cut_land
from landuse.analysis.concentration import assign_districts, park_concentration
from landuse.analysis.coverage import coverage_findings
from landuse.analysis.efficiency import candidates as list_candidates
from landuse.analysis.firms import tax_per_parcel
from landuse.analysis.interval import boundary_interval
from landuse.analysis.joining import join_findings, join_problems
from landuse.analysis.measures import measure
from landuse.analysis.placement import cover_findings, placement_problems, plane_findings
from landuse.analysis.proof import prove
from landuse.analysis.quality import area_unit, enclaves, ledger_findings, with_effects
from landuse.analysis.registration import ask_registration
from landuse.analysis.scatter import ScatterRule, park_plots, scattered_plots
from landuse.analysis.sensitivity import definition_matrix
from landuse.analysis.surroundings import neighbours, positions, scatter_sensitivity, town_marks, within_development
from landuse.area import ellipsoidal_area, gaussian_radius2
from landuse.crosswalk import Translation, load_crosswalk, translate
from landuse.crs import label, system, unit_factor
from landuse.enterprises import nobody
from landuse.errors import InputError, Problem, refuse_if
from landuse.findings import Findings
from landuse.i18n import _
from landuse.io.manifest import SCHEMA, run_id, versions
from landuse.io.publish import input_hashes, sha256, staged, write_json
from landuse.io.rasters import read_pixels
from landuse.report.summary import summary
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from landuse.admission import Inputs
    from landuse.judgement import Candidates
    from landuse.layers import Checked, Parcels
    from landuse.ledger import Ledger
    from landuse.results import Finding, Scatter
    from landuse.studyfile import Study

#: What a run publishes beside the summary and the manifest, and what it does on request.
DELIVERABLES = ("map", "workbook", "report", "layers", "density")
FOLDERS = ("gdb", "shp-gbk", "shp-utf8")
ALSO = (*FOLDERS, "plain-map")
#: How far a run goes; each stage needs those before it.
STAGES = ("concentration", "candidates")


@dataclass
class Clock:
    """Announces each phase to whoever watches, and keeps its seconds for the manifest."""

    tell: Callable[[str], None] = lambda _words: None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, key: str, words: str) -> Iterator[None]:
        """Time a block."""
        self.tell(words)
        start = time.perf_counter()
        yield
        self.seconds[key] = round(time.perf_counter() - start, 3)


def run(study: Study, *, stage: str = STAGES[-1], workers: int = 2, clock: Clock | None = None) -> Findings:
    """Answer a study's questions up to a stage.

    Parameters
    ----------
    study : Study
        From `landuse.studyfile.load_study`.
    stage : {"concentration", "candidates"}
        How far to go. Without an enterprise table every scattered plot is without data.
    workers : int
        Threads; no influence on any number.
    clock : Clock, optional
        Collects times and announces phases.

    Returns
    -------
    Findings
        What the reports read.

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    clock = clock or Clock()
    with clock.phase("read", _("Reading and checking the layers")):
        hashes = input_hashes(input_paths(study))
        inputs = admit(study, enterprises=stage == "candidates")
    with clock.phase("ledger", _("Cutting parcels by park boundaries")):
        parcels = assign_districts(inputs.parcels, inputs.districts)
        refuse_if(placement_problems(parcels, inputs.parks, inputs.districts, inputs.origins))
        problems, on_trust = ask_registration(inputs.parcels, inputs.parks, inputs.districts, inputs.origins)
        refuse_if(problems)
        land = count_land(parcels, workers=workers)
        ledgers = {kind: cut_land(land, parks, workers=workers) for kind, parks in inputs.parks.items()}
    definition = study.headline
    ledger = ledgers[definition.boundary]
    _refuse_wrong_unit(study, ledger)
    with clock.phase("proof", _("Proving the cuts")):
        proof = {kind: prove(book) for kind, book in ledgers.items()}[definition.boundary]
    if not ledger.counted(definition)["m2"].sum() > 0:
        fix = _("check the classification, the code column and the filters")
        raise InputError(Problem(_("no industrial land: a share of nothing is no number"), fix, study.parcels.path))
    d = inputs.districts
    names = {} if d is None else dict(zip(d[s.DISTRICT], d[s.NAME], strict=True))
    with clock.phase("interval", _("Moving the boundaries within their tolerance")):
        tolerance = study.definition.boundary_tolerance_m
        interval = boundary_interval(land, ledger, definition, tolerance, workers=workers)
    concentration = park_concentration(
        ledger, definition, target=study.target.share, interval=interval, district_names=names
    )
    sensitivity = definition_matrix(ledgers, study.target.share)
    known = study.districts is not None or study.parcels.columns.district is not None
    stated = study.parcels.columns.area is not None
    found = ledger_findings(ledger, area_is_stated=stated, districts_are_known=known)
    found += plane_findings(ledger) + (cover_findings(parcels) if inputs.districts is not None else [])
    found += enclaves(inputs.parcels[s.DISTRICT].str[:6], parcels)
    quality = with_effects([*inputs.findings, *found], ledger, definition)
    scatter = candidates = None
    if stage == "candidates":
        with clock.phase("candidates", _("Finding scattered plots and judging them")):
            scatter, candidates, notes = _judge(study, ledger, inputs)
            quality += notes
    return Findings(
        name=study.name,
        date=study.study.date,
        synthetic=study.synthetic,
        crs=label(inputs.crs),
        classification=study.parcels.classification,
        run_id=run_id(hashes, study.parameters()),
        inputs=hashes,
        definition=definition,
        ledger=ledger,
        concentration=concentration,
        sensitivity=sensitivity,
        proof=proof,
        districts=inputs.districts,
        scatter=scatter,
        candidates=candidates,
        background=inputs.background,
        quality=tuple(quality),
        assumptions=(*inputs.assumptions, *on_trust),
    )


def check(study: Study, *, workers: int = 2, clock: Clock | None = None) -> Findings:
    """Run a study for its quality report alone, with what is wrong among parcels of all classes.

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    clock = clock or Clock()
    findings = run(study, workers=workers, clock=clock)
    with clock.phase("coverage", _("Looking for overlaps, gaps and slivers of all classes")):
        parcels = admit_all_classes(study, system(findings.ledger.parcels))
        quality = (*findings.quality, *coverage_findings(parcels, workers=workers))
    return replace(findings, quality=quality)


def crosswalk(study: Study, to: str) -> tuple[Translation, Checked[Parcels]]:
    """Which classes of another system do the parcels belong to, and what is lost on the way?

    Parameters
    ----------
    study : Study
        Its parcels of every class are read; parks play no part.
    to : str
        The other system.

    Returns
    -------
    tuple
        The translation, by ellipsoidal area as the layer draws it (land that two parcels claim is in both), and the
        parcels with what was found on reading them.

    Raises
    ------
    InputError
        Without a table from the study's system to the other; with every problem of the layer.
    """
    walk = load_crosswalk(study.parcels.classification, to)
    parcels = admit_codes(study)
    polygons = np.asarray(parcels.layer.geometry.to_numpy(), dtype=object)
    crs = system(parcels.layer)
    area = ellipsoidal_area(polygons, crs, gaussian_radius2(polygons, crs))
    return translate(parcels.layer[s.CODE], area, walk), parcels


def publish(
    findings: Findings,
    study: Study,
    out: Path,
    *,
    deliver: tuple[str, ...] = DELIVERABLES,
    clock: Clock | None = None,
) -> dict[str, Path]:
    """Write the outputs of a run; each file appears whole or not at all.

    Parameters
    ----------
    findings : Findings
        From `run`.
    study : Study
        The same.
    out : Path
        Output folder.
    deliver : tuple of str
        Of `DELIVERABLES` and `ALSO`, beside the summary and the manifest, which are always written.
    clock : Clock, optional
        Collects times and announces phases.

    Returns
    -------
    dict
        Deliverable to its path.

    Raises
    ------
    InputError
        When an input changed since it was read, or a format asked for cannot hold what the layers hold.
    """
    # drawing takes libraries that a share alone does not need
    from landuse.report.density import write_density  # noqa: PLC0415
    from landuse.report.exports import ENCODINGS, write_geodatabase, write_shapefiles  # noqa: PLC0415
    from landuse.report.geopackage import write_layers  # noqa: PLC0415
    from landuse.report.map import study_map  # noqa: PLC0415
    from landuse.report.workbook import write_workbook  # noqa: PLC0415

    clock = clock or Clock()
    _refuse_changed_inputs(findings, study)
    files = {
        "map": f"maps/{study.stem}.html",
        "plain-map": f"maps/{study.stem}-plain.html",
        "workbook": f"tables/{study.stem}.xlsx",
        "report": f"reports/{study.stem}.docx",
        "layers": f"layers/{study.stem}.gpkg",
        "density": f"layers/{study.stem}-density.tif",
        "gdb": f"layers/{study.stem}.gdb",
        **{name: f"layers/{study.stem}-{name}" for name in ENCODINGS},
        "summary": f"{study.stem}.summary.json",
        "manifest": f"{study.stem}.manifest.json",
    }
    written = [*deliver, "summary"]
    with staged(out, [files[name] for name in deliver if name in FOLDERS]) as stage:
        for name in written:
            (stage / files[name]).parent.mkdir(parents=True, exist_ok=True)
        if "map" in deliver:
            with clock.phase("map", _("Drawing the map")):
                (stage / files["map"]).write_text(study_map(findings), encoding="utf-8", newline="\n")
        if "workbook" in deliver:
            with clock.phase("workbook", _("Writing the workbook")):
                write_workbook(findings, stage / files["workbook"])
        if "report" in deliver:
            from landuse.report.document import write_document  # noqa: PLC0415
            from landuse.report.figures import write_figures  # noqa: PLC0415

            with clock.phase("report", _("Writing the report and its figures")):
                plates = write_figures(findings, stage / "figures", study.stem)
                appendix = {"versions": versions(), "parameters": study.parameters()}
                write_document(findings, stage / files["report"], figures=plates, **appendix)
            drawn = {f"{p.key}{f.suffix}": f"figures/{f.name}" for p in plates for f in (p.png, p.svg)}
            files |= drawn
            written += drawn
        if "layers" in deliver:
            with clock.phase("layers", _("Writing the layers")):
                write_layers(findings, stage / files["layers"])
        if "density" in deliver:
            with clock.phase("density", _("Measuring the density outside the parks")):
                write_density(findings, stage / files["density"])
        if "plain-map" in deliver:
            with clock.phase("plain-map", _("Drawing the map for browsers that cannot unpack it")):
                text = study_map(findings, compress=False)
                (stage / files["plain-map"]).write_text(text, encoding="utf-8", newline="\n")
        for name in (n for n in deliver if n in FOLDERS):
            with clock.phase(name, _("Writing the layers as {format}", format=name)):
                if name == "gdb":
                    write_geodatabase(findings, stage / files[name])
                else:
                    write_shapefiles(findings, stage / files[name], ENCODINGS[name])
        write_json(stage / files["summary"], summary(findings))
        write_json(
            stage / files["manifest"],
            {
                "schema": SCHEMA,
                "run_id": findings.run_id,
                "verdict": findings.verdict,
                "assumptions": list(findings.assumptions),
                "inputs": findings.inputs,
                "parameters": study.parameters(),
                "versions": versions(),
                "proof": None if findings.proof is None else asdict(findings.proof),
                "repairs": [f.as_dict() | {"rows": list(f.rows)} for f in findings.quality],
                "outputs": {files[name]: sha256(stage / files[name]) for name in written},
                "timings_s": clock.seconds,
            },
        )
    return {name: out / files[name] for name in (*written, "manifest")}


def _judge(study: Study, ledger: Ledger, inputs: Inputs) -> tuple[Scatter, Candidates, tuple[Finding, ...]]:
    """Find the scattered plots and those in parks, measure and judge them."""
    assert inputs.pack is not None  # noqa: S101, admitted with the enterprises
    rule, metre = ScatterRule(**study.scatter.model_dump()), 1 / unit_factor(inputs.crs)
    enterprises = nobody() if inputs.enterprises is None else inputs.enterprises
    scatter = scattered_plots(ledger, study.headline, rule, metre)
    scatter.plots["place"] = within_development(scatter.plots, inputs.context.development)
    scatter.plots["neighbours"] = neighbours(scatter.plots, inputs.context.neighbours, rule.gap_m * metre)
    parcels = ledger.parcels[ledger.parcels[s.USE].isin(s.CLASS_SETS[study.headline.classes])].reset_index(drop=True)
    tax, notes = tax_per_parcel(enterprises, ledger.parcels)
    path = study.enterprises.path if study.enterprises else ""
    refuse_if([p.located(path) for p in join_problems(enterprises, tax, ledger.parcels)])
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    pixels = {
        name: read_pixels(polygons, inputs.crs, path, study.rasters.paths[name])
        for name, path in inputs.context.rasters.items()
    }
    measures, said = measure(parcels, enterprises, inputs.context, pixels, study.study.date)
    found = list_candidates(scatter, park_plots(ledger, study.headline), measures, inputs.pack, metre)
    by_id = parcels.set_index(s.PARCEL)
    listed = found.judged.reasons.reindex(scatter.plots.index).map(len).to_numpy() > 0
    scatter = replace(
        scatter,
        sensitivity=scatter_sensitivity(scatter, rule, listed, metre),
        town_marks=town_marks(positions(scatter, by_id.index), by_id.get(s.TOWN)),
    )
    return scatter, found, (*join_findings(enterprises, ledger.parcels), *notes, *said)


def _refuse_changed_inputs(findings: Findings, study: Study) -> None:
    """A file that changed since it was read would make the manifest a lie."""
    now = input_hashes(input_paths(study))
    fix = _("run again when nobody writes to it")
    changed = sorted(k for k in {*now, *findings.inputs} if now.get(k) != findings.inputs.get(k))
    refuse_if([Problem(_("changed while the study ran"), fix, name) for name in changed])


def _refuse_wrong_unit(study: Study, ledger: Ledger) -> None:
    """Registered areas in another unit than the study says would pass every sum."""
    stated = study.parcels.units.area
    unit = area_unit(ledger, stated)
    if AREA_M2[unit] != AREA_M2[stated]:
        what = _("the registered areas look like {unit}, read as {stated}", unit=unit, stated=stated)
        fix = _('state [parcels] units = {{ area = "{unit}" }}', unit=unit)
        raise InputError(Problem(what, fix, study.parcels.path))
