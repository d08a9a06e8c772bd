"""Parks side by side: what the review reads beside the rest of a study, and the review itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.analysis.parks.compare import ReviewInputs, review_parks
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs.enterprises import no_enterprises
from landuse.inputs.park_records import LEAGUE, PANELS, League, as_league, as_panels
from landuse.inputs.source_table import Checked
from landuse.io.tables.read import read_table
from landuse.pipeline.load_inputs import admit_all_classes, own_file
from landuse.pipeline.problems import ProblemCollector, classification_of
from landuse.reference.indicators import load_evaluation
from landuse.results.parks import LivingRule, ReviewRule
from landuse.units import MONEY_YUAN, to_m2

if TYPE_CHECKING:
    import pandas as pd

    from landuse.config.study_file import Study
    from landuse.inputs.parks import Parks
    from landuse.pipeline.load_inputs import Inputs
    from landuse.results.candidates import Candidates, Scatter
    from landuse.results.concentration import Concentration
    from landuse.results.ledger import Ledger
    from landuse.results.parks import ParkReview


def admit_review(study: Study, inputs: Inputs) -> Checked[ReviewInputs]:
    """Read what the review of parks looks at beside the rest: land, indicators, the last comparison, counts.

    Raises
    ------
    InputError
        With every problem.
    """
    attempt, section = ProblemCollector(), study.evaluation
    parks = inputs.parks[study.definition.boundary]
    rules = attempt(load_evaluation, own_file(study, section.rules, attempt), study.file.parent)
    parcels = attempt(admit_all_classes, study, inputs.crs)
    league = attempt(_read_league, study, section.earlier, parks)
    panels = attempt(_read_panels, study, section.panels, parks)
    refuse_if([*attempt.problems, *_year_problems(study, inputs)])
    if rules is None or parcels is None:
        raise AssertionError("an input failed without a problem")
    firms = no_enterprises() if inputs.enterprises is None else inputs.enterprises
    review_inputs = ReviewInputs(
        parcels,
        classification_of(study),
        firms,
        rules,
        _stated(inputs, parks),
        League() if league is None else league.layer,
        buildings=inputs.context.buildings,
        facilities=inputs.context.facilities,
        panels=None if panels is None else panels.layer,
    )
    doors: list[Checked[Any]] = [door for door in (league, panels) if door is not None]
    return Checked(review_inputs, tuple(f for door in doors for f in door.issues))


def review(
    study: Study,
    inputs: ReviewInputs,
    ledger: Ledger,
    concentration: Concentration,
    found: tuple[Scatter, Candidates],
    workers: int,
) -> ParkReview:
    """Compare the parks of a study."""
    section = study.evaluation
    rule = ReviewRule(
        year=section.year,
        purity=section.purity,
        join_gap_m=section.join_gap_m,
        join_m2=to_m2(section.join_mu, "mu"),
        tax_target=section.tax_wan_per_mu * MONEY_YUAN["万元"],
        living=LivingRule(walk_m=study.living.walk_m, buffer_m=study.living.buffer_m),
    )
    return review_parks(ledger, concentration, *found, inputs, rule, workers=workers)


def _year_problems(study: Study, inputs: Inputs) -> list[Problem]:
    """Refuse a year to compare of which the enterprise table has no row."""
    year, firms = study.evaluation.year, inputs.enterprises
    if year is None or firms is None or (firms[s.YEAR] == year).any():
        return []
    years = ", ".join(str(y) for y in sorted(firms[s.YEAR].dropna().unique()))
    what = _("[evaluation] year is {year}, of which the enterprise table has no row", year=year)
    fix = _("give one of its years: {years}; or leave year out: the latest counts", years=years or "-")
    return [Problem(what, fix, study.file.name)]


def _stated(inputs: Inputs, parks: Parks) -> dict[str, tuple[str, ...]]:
    """Return the leading industries that the table of blocks states, by park."""
    if inputs.plan is None:
        return {}
    blocks = inputs.plan.blocks
    names = parks[s.PARK].to_numpy(dtype=object)[blocks["place"]]
    out: dict[str, tuple[str, ...]] = {}
    for park, divisions in zip(names, blocks["industries"], strict=True):
        out[str(park)] = tuple(dict.fromkeys((*out.get(str(park), ()), *divisions)))
    return {park: divisions for park, divisions in out.items() if divisions}


def _read_league(study: Study, path: str, parks: Parks) -> Checked[League]:
    return as_league(read_table(study.resolve(path), path, LEAGUE, figures=LEAGUE[2:]), parks, study.study.date)


def _read_panels(study: Study, path: str, parks: Parks) -> Checked[pd.DataFrame]:
    return as_panels(read_table(study.resolve(path), path, PANELS, figures=PANELS[2:]), parks)
