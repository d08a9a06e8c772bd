"""The only place that sequences the analysis: a study file in, findings out."""

from __future__ import annotations

from dataclasses import replace
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
from landuse.analysis.planning import plan_relocation
from landuse.analysis.proof import prove
from landuse.analysis.quality import area_unit, enclaves, ledger_findings, with_effects
from landuse.analysis.registration import ask_registration
from landuse.analysis.scatter import ScatterRule, park_plots, scattered_plots
from landuse.analysis.sensitivity import definition_matrix
from landuse.analysis.surroundings import neighbours, positions, scatter_sensitivity, town_marks, within_development
from landuse.area import ellipsoidal_area, gaussian_radius2
from landuse.clock import Clock
from landuse.crosswalk import Translation, load_crosswalk, translate
from landuse.crs import label, system, unit_factor
from landuse.enterprises import nobody
from landuse.errors import InputError, Problem, refuse_if
from landuse.findings import Findings
from landuse.i18n import _
from landuse.io.manifest import run_id
from landuse.io.publish import input_hashes
from landuse.io.rasters import read_pixels
from landuse.plan import PlanRule
from landuse.units import AREA_M2, MONEY_YUAN, MU_PER_M2, to_m2, to_yuan

if TYPE_CHECKING:
    from landuse.admission import Inputs
    from landuse.finding import Finding
    from landuse.judgement import Candidates
    from landuse.layers import Checked, Districts, Parcels
    from landuse.ledger import Ledger
    from landuse.results import Scatter
    from landuse.studyfile import Study

#: How far a run goes; each stage needs those before it.
STAGES = ("concentration", "candidates", "relocation")


def run(study: Study, *, stage: str = STAGES[-1], workers: int = 2, clock: Clock | None = None) -> Findings:
    """Answer a study's questions up to a stage.

    Parameters
    ----------
    study : Study
        From `landuse.studyfile.load_study`.
    stage : {"concentration", "candidates", "relocation"}
        How far to go. Without an enterprise table every scattered plot is without data; without [capacity] there is no
        plan.
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
        inputs = admit(study, enterprises=stage != STAGES[0], plan=stage == STAGES[-1])
    with clock.phase("ledger", _("Cutting parcels by park boundaries")):
        parcels, on_trust = _placed(inputs)
        land = count_land(parcels, workers=workers)
        ledgers = {kind: cut_land(land, parks, workers=workers) for kind, parks in inputs.parks.items()}
    definition = study.headline
    ledger = ledgers[definition.boundary]
    _refuse_wrong_unit(study, ledger)
    with clock.phase("proof", _("Proving the cuts")):
        proof = {kind: prove(book) for kind, book in ledgers.items()}[definition.boundary]
    _refuse_nothing(study, ledger)
    with clock.phase("interval", _("Moving the boundaries within their tolerance")):
        tolerance = study.definition.boundary_tolerance_m
        interval = boundary_interval(land, ledger, definition, tolerance, workers=workers)
    target, names = study.target.share, _district_names(inputs.districts)
    concentration = park_concentration(ledger, definition, target=target, interval=interval, district_names=names)
    sensitivity = definition_matrix(ledgers, target)
    quality = _quality(study, ledger, inputs, parcels)
    scatter = candidates = relocation = None
    if stage != STAGES[0]:
        with clock.phase("candidates", _("Finding scattered plots and judging them")):
            scatter, candidates, notes = _judge(study, ledger, inputs)
            quality += notes
    if stage == STAGES[-1] and inputs.plan is not None:
        assert scatter is not None  # noqa: S101
        assert candidates is not None  # noqa: S101
        with clock.phase("relocation", _("Looking for a relocation plan")):
            _refuse_strange_plots(study, ledger)
            rule, metre = plan_rule(study), 1 / unit_factor(inputs.crs)
            relocation = plan_relocation(ledger, concentration, scatter, candidates, inputs.plan, rule, metre)
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
        relocation=relocation,
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
    findings = run(study, stage="candidates", workers=workers, clock=clock)
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


def _placed(inputs: Inputs) -> tuple[Parcels, list[str]]:
    """Put every parcel in its district; layers that do not lie where they should are refused, or taken on trust."""
    parcels = assign_districts(inputs.parcels, inputs.districts)
    refuse_if(placement_problems(parcels, inputs.parks, inputs.districts, inputs.origins))
    problems, on_trust = ask_registration(inputs.parcels, inputs.parks, inputs.districts, inputs.origins)
    refuse_if(problems)
    return parcels, on_trust


def _district_names(districts: Districts | None) -> dict[str, str]:
    """Return the names of the districts by code, where there is a layer that has them."""
    return {} if districts is None else dict(zip(districts[s.DISTRICT], districts[s.NAME], strict=True))


def _quality(study: Study, ledger: Ledger, inputs: Inputs, parcels: Parcels) -> list[Finding]:
    """Collect what was found on reading and on cutting, with what it does to the share."""
    known = study.districts is not None or study.parcels.columns.district is not None
    stated = study.parcels.columns.area is not None
    found = ledger_findings(ledger, area_is_stated=stated, districts_are_known=known)
    found += plane_findings(ledger) + (cover_findings(parcels) if inputs.districts is not None else [])
    found += enclaves(inputs.parcels[s.DISTRICT].str[:6], parcels)
    return with_effects([*inputs.findings, *found], ledger, study.headline)


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


def plan_rule(study: Study) -> PlanRule:
    """Return what the study wants of a plan, in SI; the last year has the policy's target."""
    section, cost, years = study.relocation, study.relocation.cost, study.plan_years
    per_m2 = MONEY_YUAN["万元"] * MU_PER_M2
    path = {int(year): share for year, share in study.target.path.items() if int(year) in years}
    return PlanRule(
        objectives=section.objective,
        pool=section.pool,
        actions=section.actions,
        years=years,
        targets={**path, years[-1]: study.target.share},
        by_district=section.by_district,
        compaction=section.compaction,
        cross_district=section.cross_district,
        exclude=section.exclude,
        firms_together=section.firms_together,
        quota_m2=to_m2(section.quota_mu_per_year, "mu"),
        goal_m2=to_m2(section.goal_mu_per_year, "mu"),
        budget_yuan=to_yuan(section.budget, "万元"),
        housing_m=section.housing_m,
        gap=section.gap,
        compensation=cost.compensation_per_mu * per_m2,
        rebuild=cost.rebuild_per_mu * per_m2,
        charge=cost.cross_district_per_mu * per_m2,
        haul=cost.haul_per_mu_km * per_m2,
        tax_years=cost.tax_years,
    )


def _refuse_strange_plots(study: Study, ledger: Ledger) -> None:
    """A plot that is to stay, but is not there, would not stay."""
    known = set(ledger.parcels[s.PARCEL])
    if strange := [plot for plot in study.relocation.exclude if plot not in known]:
        what = _("[relocation] exclude names plots that are not in the parcel layer")
        raise InputError(Problem(what, _("give ids of industrial parcels"), study.file.name, rows=tuple(strange)))


def _refuse_nothing(study: Study, ledger: Ledger) -> None:
    """Without industrial land there is nothing to take a share of."""
    if not ledger.counted(study.headline)["m2"].sum() > 0:
        fix = _("check the classification, the code column and the filters")
        raise InputError(Problem(_("no industrial land: a share of nothing is no number"), fix, study.parcels.path))


def _refuse_wrong_unit(study: Study, ledger: Ledger) -> None:
    """Registered areas in another unit than the study says would pass every sum."""
    stated = study.parcels.units.area
    unit = area_unit(ledger, stated)
    if AREA_M2[unit] != AREA_M2[stated]:
        what = _("the registered areas look like {unit}, read as {stated}", unit=unit, stated=stated)
        fix = _('state [parcels] units = {{ area = "{unit}" }}', unit=unit)
        raise InputError(Problem(what, fix, study.parcels.path))
