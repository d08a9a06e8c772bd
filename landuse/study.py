"""The only place that sequences: a study file in, findings out, outputs published."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd
import shapely

from landuse import schema as s
from landuse.admission import admit, admit_all_classes, input_paths
from landuse.analysis.bookkeeping import count_land, cut_land
from landuse.analysis.concentration import assign_districts, park_concentration
from landuse.analysis.coverage import coverage_findings
from landuse.analysis.efficiency import judge, load_rules, tax_per_parcel
from landuse.analysis.interval import boundary_interval
from landuse.analysis.proof import prove
from landuse.analysis.quality import area_unit, enclaves, ledger_findings, with_effects
from landuse.analysis.scatter import ScatterRule, scattered_plots
from landuse.analysis.sensitivity import definition_matrix
from landuse.crs import label, system, unit_factor
from landuse.errors import InputError, Problem, refuse_if
from landuse.findings import Findings
from landuse.i18n import _
from landuse.io.manifest import SCHEMA, run_id, versions
from landuse.io.publish import input_hashes, sha256, staged, write_json
from landuse.layers import Enterprises
from landuse.report.summary import summary
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from landuse.layers import Parcels, Parks
    from landuse.ledger import Ledger
    from landuse.results import Candidates, Finding, Scatter
    from landuse.studyfile import Study

#: How far a run goes; each stage needs those before it.
STAGES = ("concentration", "candidates")
#: Parks this far from every parcel are another city's, or in another coordinate system [m].
APART_M = 50_000.0


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
    if _apart_m(inputs.parcels, inputs.parks[definition.boundary]) > APART_M:
        fix = _("check the coordinate systems of both layers")
        raise InputError(
            Problem(_("the parks lie apart from all parcels: the share would be 0 %"), fix, study.parks.path)
        )
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
    found += enclaves(inputs.parcels[s.DISTRICT].str[:6], parcels)
    quality = with_effects([*inputs.findings, *found], ledger, definition)
    scatter = candidates = None
    if stage == "candidates":
        with clock.phase("candidates", _("Finding scattered plots and judging them")):
            rule = ScatterRule(**study.scatter.model_dump())
            scatter = scattered_plots(ledger, definition, rule, 1 / unit_factor(inputs.crs))
            candidates, notes = _judge(study, scatter, ledger, inputs.enterprises)
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
        quality=tuple(quality),
        assumptions=inputs.assumptions,
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


def publish(
    findings: Findings,
    study: Study,
    out: Path,
    *,
    deliver: tuple[str, ...] = ("map", "workbook", "layers"),
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
    deliver : tuple of {"map", "workbook", "layers"}
        Beside the summary and the manifest, which are always written.
    clock : Clock, optional
        Collects times and announces phases.

    Returns
    -------
    dict
        Deliverable to its path.

    Raises
    ------
    InputError
        When an input changed since it was read.
    """
    # drawing takes libraries that a share alone does not need
    from landuse.report.geopackage import write_layers  # noqa: PLC0415
    from landuse.report.map import study_map  # noqa: PLC0415
    from landuse.report.workbook import write_workbook  # noqa: PLC0415

    clock = clock or Clock()
    _refuse_changed_inputs(findings, study)
    files = {
        "map": f"maps/{study.stem}.html",
        "workbook": f"tables/{study.stem}.xlsx",
        "layers": f"layers/{study.stem}.gpkg",
        "summary": f"{study.stem}.summary.json",
        "manifest": f"{study.stem}.manifest.json",
    }
    written = [*deliver, "summary"]
    with staged(out) as stage:
        for name in written:
            (stage / files[name]).parent.mkdir(parents=True, exist_ok=True)
        if "map" in deliver:
            with clock.phase("map", _("Drawing the map")):
                (stage / files["map"]).write_text(study_map(findings), encoding="utf-8", newline="\n")
        if "workbook" in deliver:
            with clock.phase("workbook", _("Writing the workbook")):
                write_workbook(findings, stage / files["workbook"])
        if "layers" in deliver:
            with clock.phase("layers", _("Writing the layers")):
                write_layers(findings, stage / files["layers"])
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


def _judge(
    study: Study, scatter: Scatter, ledger: Ledger, enterprises: Enterprises | None
) -> tuple[Candidates, tuple[Finding, ...]]:
    if enterprises is None:
        columns = [s.FIRM, s.FIRM_NAME, s.PARCEL, s.YEAR, s.AREA_M2, s.TAX]
        enterprises = Enterprises(
            pd.DataFrame(columns=columns).astype({s.TAX: float, s.AREA_M2: float, s.YEAR: "Int64"})
        )
    tax, notes = tax_per_parcel(enterprises, ledger.parcels)
    rules = load_rules(study.efficiency.rules, study.file.parent)
    return judge(scatter, tax, ledger.parcels, rules), notes


def _apart_m(parcels: Parcels, parks: Parks) -> float:
    """Distance between the boxes of the two layers [m]."""
    a, b = shapely.box(*parcels.total_bounds), shapely.box(*parks.total_bounds)
    return float(shapely.distance(a, b)) * unit_factor(system(parcels))


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
