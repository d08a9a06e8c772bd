"""The only place that sequences the analysis: a study file in, results out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from landuse import schema as s
from landuse.analysis.candidates.evaluate import candidates as list_candidates
from landuse.analysis.candidates.evaluate import idle_rules, universal_rules
from landuse.analysis.candidates.indicators import measure
from landuse.analysis.change.compare import Snapshot
from landuse.analysis.checks.alignment import cover_issues, plane_issues
from landuse.analysis.checks.firms import figure_issues, join_issues, join_problems
from landuse.analysis.checks.issues import enclaves, hanging_on, ledger_issues, with_effects
from landuse.analysis.checks.land import block_issues, cost_issues, firm_land_issues, raster_issues, register_issues
from landuse.analysis.checks.layers import bare_issues, coverage_issues, share_issues
from landuse.analysis.plots.firms import tax_per_parcel
from landuse.analysis.plots.multipart import spread_issues
from landuse.analysis.plots.scatter import park_plots, scattered_plots
from landuse.analysis.plots.surroundings import (
    neighbours,
    positions,
    scatter_sensitivity,
    town_marks,
    within_development,
)
from landuse.analysis.relocation.plan import plan_relocation
from landuse.analysis.relocation.tables import park_taxes
from landuse.analysis.share.concentration import definition_matrix, park_concentration
from landuse.analysis.share.interval import boundary_interval
from landuse.config.paths import input_paths, role_problems
from landuse.errors import InputError, Problem, refuse_if
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.geo.crs import label, system, unit_factor
from landuse.i18n import _
from landuse.inputs.enterprises import no_enterprises
from landuse.io.manifest import input_hashes, run_id
from landuse.io.rasters import read_pixels
from landuse.pipeline.build_ledgers import build_dated_ledgers, placement_issues
from landuse.pipeline.compare_dates import admit_earlier, compare
from landuse.pipeline.compare_parks import admit_review, review
from landuse.pipeline.load_inputs import admit, admit_all_classes, admit_codes
from landuse.pipeline.problems import classification_of, codes_of
from landuse.pipeline.progress import Progress
from landuse.pipeline.settings import setting_issues
from landuse.quality import accepted, refuse_unaccepted
from landuse.reference.crosswalk import Translation, load_crosswalk, translate
from landuse.results.relocation import PlanRule
from landuse.results.run import RunResult, computed
from landuse.spelling import respell
from landuse.units import MONEY_YUAN, MU_PER_M2, to_m2, to_yuan

if TYPE_CHECKING:
    from collections.abc import Collection

    from landuse.config.study_file import Study
    from landuse.definition import Definition
    from landuse.inputs.districts import Districts
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.source_table import Checked
    from landuse.pipeline.load_inputs import Inputs
    from landuse.quality import Issue
    from landuse.results.candidates import Candidates, Scatter
    from landuse.results.ledger import Ledger

#: What a run may be asked for, and what else that takes; without a stage it answers everything.
STAGES = {
    "concentration": frozenset[str](),
    "candidates": frozenset({"candidates"}),
    "relocation": frozenset({"candidates", "relocation"}),
    "change": frozenset({"change"}),
    "parks": frozenset({"candidates", "parks"}),
    "check": frozenset({"candidates", "change"}),
}


def run(study: Study, *, stage: str = "", workers: int = 2, clock: Progress | None = None) -> RunResult:
    """Answer a study's questions up to a stage.

    Parameters
    ----------
    study : Study
        From `landuse.config.study_file.load_study`.
    stage : {"", "concentration", "candidates", "relocation", "change", "parks", "check"}
        What to answer; "" for everything. Without an enterprise table every scattered plot is without data; without
        [capacity] there is no plan, without [[snapshots]] nothing to compare with.
    workers : int
        Threads; no influence on any number.
    clock : Progress, optional
        Collects times and announces phases.

    Returns
    -------
    RunResult
        What the reports read.

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    clock = clock or Progress()
    wanted = STAGES[stage] if stage else frozenset().union(*STAGES.values())
    with clock.phase("read", _("Reading and checking the layers")):
        hashes = input_hashes(input_paths(study))
        refuse_if(role_problems(study, hashes))
        inputs = admit(study, enterprises="candidates" in wanted, plan=bool({"relocation", "parks"} & wanted))
        earlier = admit_earlier(study, inputs) if "change" in wanted else None
        beside = admit_review(study, inputs) if "parks" in wanted else None
    stock = build_dated_ledgers(study, inputs, clock, workers=workers)
    ledger, definition = stock.ledger, stock.ledger.as_used(study.headline)
    with clock.phase("interval", _("Moving the boundaries within their tolerance")):
        tolerance = study.definition.boundary_tolerance_m
        interval = boundary_interval(stock.land, ledger, definition, tolerance, workers=workers)
    target, names = study.target.share, _district_names(inputs.districts)
    concentration = park_concentration(ledger, definition, target=target, interval=interval, district_names=names)
    sensitivity = definition_matrix(stock.ledgers, target)
    quality = _quality(study, definition, ledger, inputs, stock.parcels)
    quality += [*placement_issues(study, stock, inputs), *share_issues(concentration, study.parks.path)]
    _stop_at(quality, study, stage)
    scatter = candidates = relocation = taxes = history = parks = None
    if "candidates" in wanted:
        with clock.phase("candidates", _("Finding scattered plots and judging them")):
            scatter, candidates, notes = _judge(study, definition, ledger, inputs)
            quality += notes
    if inputs.plan is not None:
        quality += _plan_issues(study, inputs, ledger)
    _stop_at(quality, study, stage)
    if "relocation" in wanted and inputs.plan is not None:
        with clock.phase("relocation", _("Looking for a relocation plan")):
            known = [*ledger.parcels[s.PARCEL], *computed(scatter).plots.index]
            rule, metre = plan_rule(study, known), 1 / unit_factor(inputs.crs)
            judged = computed(candidates)
            relocation = plan_relocation(ledger, concentration, computed(scatter), judged, inputs.plan, rule, metre)
            taxes = park_taxes(ledger, concentration, judged, relocation.moves)
    quality += setting_issues(study, relocation)
    if beside is not None and scatter is not None and candidates is not None:
        with clock.phase("parks", _("Comparing the parks")):
            quality += beside.issues
            parks = review(study, beside.layer, ledger, concentration, (scatter, candidates), workers)
            quality += bare_issues(parks.uses, classification_of(study), study.parcels.path)
    if earlier is not None:
        history, met = compare(
            study, earlier, Snapshot(earlier.today, stock.land, ledger, concentration), clock, workers
        )
        quality += met
    _stop_at(quality, study, stage)
    quality = hanging_on(quality, candidates, relocation)
    return RunResult(
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
        proof=stock.proof,
        districts=inputs.districts,
        scatter=scatter,
        candidates=candidates,
        relocation=relocation,
        park_taxes=taxes,
        history=history,
        parks=parks,
        background=inputs.background,
        quality=tuple(quality),
        assumptions=(*inputs.assumptions, *stock.on_trust, *accepted(quality)),
    )


def _stop_at(quality: list[Issue], study: Study, stage: str) -> None:
    """Refuse what would stop a careful person, but in a check, which is there to list it."""
    if stage != "check":
        refuse_unaccepted(quality, study.study.accept)


def check(study: Study, *, workers: int = 2, clock: Progress | None = None) -> RunResult:
    """Run a study for its quality report alone, with what is wrong among parcels of all classes.

    Raises
    ------
    InputError
        With every problem of the inputs.
    """
    clock = clock or Progress()
    result = run(study, stage="check", workers=workers, clock=clock)
    with clock.phase("coverage", _("Looking for overlaps, gaps and slivers of all classes")):
        parcels = admit_all_classes(study, system(result.ledger.parcels))
        quality = (*result.quality, *coverage_issues(parcels, workers=workers))
    return replace(result, quality=quality)


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


def refuse_other_class(study: Study, plot: str) -> None:
    """Refuse a plot of which the parcel layer says that it is no land of the definition's classes.

    Raises
    ------
    InputError
        With the class, by code and name; not for a plot that the layer does not have.
    """
    system = classification_of(study)
    classes = [system.use_of(code) for code in codes_of(study, plot)]
    if classes and not {use for _code, use in classes} & set(s.CLASS_SETS[study.definition.classes]):
        code = classes[0][0]
        what = _(
            "plot {plot!r} is not industrial land: its class is {code} {name}",
            plot=plot,
            code=code,
            name=system.name_of(code),
        )
        fix = _("give the id of an industrial parcel of the study")
        raise InputError(Problem(what, fix, study.parcels.path))


def _district_names(districts: Districts | None) -> dict[str, str]:
    """Return the names of the districts by code, where there is a layer that has them."""
    return {} if districts is None else dict(zip(districts[s.DISTRICT], districts[s.NAME], strict=True))


def _quality(study: Study, definition: Definition, ledger: Ledger, inputs: Inputs, parcels: Parcels) -> list[Issue]:
    """Collect what was found on reading and on cutting, with what it does to the share."""
    known = study.districts is not None or study.parcels.columns.district is not None
    wanted = study.parcels.columns.area is not None or study.definition.area == "registered"
    unit = study.parcels.units.area if wanted else None
    found = ledger_issues(ledger, definition, area_unit=unit, districts_are_known=known)
    found += plane_issues(ledger) + (cover_issues(parcels) if inputs.districts is not None else [])
    kind, gap = study.definition.boundary, study.scatter.gap_m
    sites = inputs.parks[kind]
    found += spread_issues(ledger.parcels, ledger.parcels[s.PARCEL].to_numpy(dtype=object), gap, "parcel")
    found += spread_issues(sites, sites[s.PARK].to_numpy(dtype=object), gap, "park")
    found += enclaves(inputs.parcels[s.DISTRICT].str[:6], parcels)
    return with_effects([*inputs.issues, *found], ledger, definition)


def _judge(
    study: Study, definition: Definition, ledger: Ledger, inputs: Inputs
) -> tuple[Scatter, Candidates, tuple[Issue, ...]]:
    """Find the scattered plots and those in parks, measure and judge them."""
    pack = computed(inputs.pack)
    rule, metre = study.scatter, 1 / unit_factor(inputs.crs)
    enterprises = no_enterprises() if inputs.enterprises is None else inputs.enterprises
    scatter = scattered_plots(ledger, definition, rule, metre)
    plots, context = scatter.plots, inputs.context
    place = within_development(plots, context.development)
    beside = neighbours(plots, context.neighbours, rule.gap_m * metre)
    scatter = replace(scatter, plots=plots.assign(place=place, neighbours=beside))
    parcels = ledger.parcels[ledger.parcels[s.USE].isin(s.CLASS_SETS[definition.classes])].reset_index(drop=True)
    notes = tax_per_parcel(enterprises, ledger.parcels)[1]
    path = study.enterprises.path if study.enterprises else ""
    refuse_if([p.located(path) for p in join_problems(enterprises, ledger.parcels)])
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    pixels = {
        name: read_pixels(polygons, inputs.crs, path, study.rasters.paths[name])
        for name, path in inputs.context.rasters.items()
    }
    measures, said = measure(parcels, enterprises, inputs.context, pixels, study.study.date)
    found = list_candidates(scatter, park_plots(ledger, definition), measures, pack, metre)
    by_id = parcels.set_index(s.PARCEL)
    listed = found.judged.reasons.reindex(scatter.plots.index).map(len).to_numpy() > 0
    scatter = replace(
        scatter,
        sensitivity=scatter_sensitivity(scatter, rule, listed, metre),
        town_marks=town_marks(positions(scatter, by_id.index), by_id.get(s.TOWN)),
    )
    joined = join_issues(enterprises, ledger.parcels, study.study.date)
    checked = figure_issues(enterprises, ledger.parcels, path) + firm_land_issues(enterprises, ledger.parcels, path)
    checked += register_issues(parcels, study.parcels.path) + raster_issues(pixels, study.rasters.paths)
    return (
        scatter,
        found,
        (*joined, *checked, *notes, *said, *idle_rules(measures, pack), *universal_rules(found.judged)),
    )


def _plan_issues(study: Study, inputs: Inputs, ledger: Ledger) -> list[Issue]:
    """Hold what a plan is made from against the blocks themselves, and against what anybody pays."""
    costs = cost_issues(study.relocation.cost.model_dump(), study.file.name)
    return costs + block_issues(computed(inputs.plan).blocks, ledger.parks, computed(study.capacity).path)


def plan_rule(study: Study, known: Collection[str]) -> PlanRule:
    """Return what the study wants of a plan, in SI; the last year has the policy's target.

    Raises
    ------
    InputError
        When a plot that is to stay is not there: it would not stay.
    """
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
        exclude=_excluded(study, known),
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


def _excluded(study: Study, known: Collection[str]) -> tuple[str, ...]:
    """Return the plots that are to stay, as the layer spells them."""
    plots = respell(study.relocation.exclude, known)
    if strange := sorted(set(plots) - set(known)):
        what = _("[relocation] exclude names plots that are not in the parcel layer")
        raise InputError(Problem(what, _("give ids of industrial parcels"), study.file.name, rows=tuple(strange)))
    return tuple(plots)
