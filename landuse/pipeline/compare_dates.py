"""The earlier dates of a study: read, cut like the present one, and compared with it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from landuse import schema as s
from landuse.analysis.change.compare import Snapshot, change_ledger
from landuse.analysis.change.dates import city_problem, date_issues
from landuse.analysis.change.lineage import update_issues
from landuse.analysis.change.trajectory import Goals, trajectory
from landuse.analysis.change.violations import new_plots_outside
from landuse.analysis.checks.issues import unstated_areas
from landuse.analysis.plots.scatter import scattered_plots
from landuse.analysis.share.concentration import park_concentration
from landuse.errors import refuse_if
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.inputs.history import COUNTERS, ChangeInputs, as_counters, as_exceptions, as_updates
from landuse.io.tables.read import read_table
from landuse.pipeline.build_ledgers import build_dated_ledgers, placement_issues
from landuse.pipeline.load_inputs import admit, admit_all_classes
from landuse.pipeline.problems import ProblemCollector, classification_of, names_of, read
from landuse.pipeline.progress import Progress
from landuse.quality import Issue
from landuse.results.change import History
from landuse.results.run import computed
from landuse.units import to_m2

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from pyproj import CRS

    from landuse.config.history import ExceptionsSection, UpdatesSection
    from landuse.config.study_file import Study
    from landuse.inputs.source_table import Checked
    from landuse.pipeline.load_inputs import Inputs
    from landuse.results.change import ChangeLedger


@dataclass(frozen=True)
class Earlier:
    """The layers of the earlier dates, admitted, the first first.

    Attributes
    ----------
    today : datetime.date
        The study's own date.
    studies, inputs : tuple
        One of each a date.
    updates : tuple
        The survey's record of what changed from each date to the next, or None.
    beside : ChangeInputs
        Exceptions and counts.
    issues : tuple of Issue
        What was met in the tables of these.
    """

    today: date
    studies: tuple[Study, ...]
    inputs: tuple[Inputs, ...]
    updates: tuple[gpd.GeoDataFrame | None, ...]
    beside: ChangeInputs
    issues: tuple[Issue, ...] = ()


def admit_earlier(study: Study, today: Inputs) -> Earlier | None:
    """Read and check the layers of the dates before today's; None where there are none.

    An id that differs from a later date's in its spelling alone is that id.

    Raises
    ------
    InputError
        With every problem of every date.
    """
    attempt = ProblemCollector()
    studies = tuple(study.at(snapshot) for snapshot in study.earlier)
    crs, found = today.crs, [today]
    for the in reversed(studies):
        one = attempt(admit, the, enterprises=False, crs=crs, later=found)
        found += [] if one is None else [one]
    updates = [attempt(_read_updates, the, x.updates, crs) for the, x in zip(studies, study.earlier, strict=True)]
    plots = [plot for one in found for plot in one.parcels[s.PARCEL]]
    allowed = attempt(_read_exceptions, study, study.exceptions, plots)
    counters = attempt(_read_counters, study, study.change.counters)
    refuse_if(attempt.problems)
    places = zip(reversed(studies), found[1:], strict=True)
    refuse_if([p for the, x in places if (p := city_problem(x.parcels, today.parcels, the.parcels.path))])
    if study.study.date is None or not studies:
        return None
    beside = ChangeInputs(allowed.layer if allowed else {}, None if counters is None else counters.layer)
    issues = tuple(f for door in (allowed, counters) if door is not None for f in door.issues)
    return Earlier(study.study.date, studies, tuple(found[:0:-1]), tuple(updates), beside, issues)


def compare(
    study: Study, earlier: Earlier, now: Snapshot, clock: Progress, workers: int
) -> tuple[History, list[Issue]]:
    """Compare each date with the next.

    Parameters
    ----------
    study : Study
        The whole study.
    earlier : Earlier
        Its earlier dates.
    now : Snapshot
        Its own date, as the run has it.
    clock : Progress
        Announces phases.
    workers : int
        Threads.

    Returns
    -------
    tuple
        What was found, and what was met in the earlier layers, for the quality report.
    """
    placed: list[Issue] = []
    shots = [*_shots(study, earlier, now, placed, clock, workers), now]
    with clock.phase("change", _("Comparing the dates")):
        rule = study.change
        steps = tuple(
            change_ledger(a, b, rule, updates=updates, workers=workers)
            for a, b, updates in zip(shots, shots[1:], earlier.updates, strict=False)
        )
        positions = [_positions(study, shot) for shot in shots[1:]]
        found = [_outside(earlier, k, step, shots, positions[k]) for k, step in enumerate(steps)]
        plots = pd.concat(found, ignore_index=True)
        plots["stands"] = plots["plot"].isin(positions[-1].index)
        order = plots.sort_values(["status", s.AREA_M2, "plot"], ascending=[True, False, True], ignore_index=True)
        history = History(
            steps,
            gpd.GeoDataFrame(order, crs=now.ledger.parcels.crs),
            trajectory(steps, _goals(study, earlier)),
            {shot.date: shot.ledger.parks for shot in shots[:-1]},
            rule,
        )
    files = [*(the.parcels.path for the in earlier.studies), study.parcels.path]
    return history, [*_notes(earlier, steps, shots), *placed, *_unmapped(plots), *date_issues(shots, files)]


def _unmapped(plots: pd.DataFrame) -> list[Issue]:
    """Tell of new plots outside the parks on land of which the earlier layer has no parcel of any class."""
    bare = plots[plots["code_before"] == ""]
    if not len(bare):
        return []
    action = _("the earlier layer has no parcel of any class there: were they new, or is it not whole?")
    ids = tuple(dict.fromkeys(bare["plot"]))
    return [Issue("ground_unmapped", len(ids), action, float(bare[s.AREA_M2].sum()), rows=ids, plots=ids)]


def _shots(
    study: Study, earlier: Earlier, now: Snapshot, placed: list[Issue], clock: Progress, workers: int
) -> Iterator[Snapshot]:
    """Cut the land of each earlier date; add what is no park or district of layers that are not today's."""
    names = {str(code): str(name) for code, name in now.concentration.districts["name"].items()}
    for the, inputs in zip(earlier.studies, earlier.inputs, strict=True):
        day = computed(the.study.date)
        with clock.phase(f"snapshot {day}", _("Cutting the land of {date}", date=day)):
            stock = build_dated_ledgers(the, inputs, Progress(), workers=workers)
            share = park_concentration(
                stock.ledger, now.concentration.definition, target=study.target.share, district_names=names
            )
        if the.parks != study.outlines[study.definition.boundary] or the.districts != study.districts:
            placed += [_dated(f, day) for f in placement_issues(the, stock, inputs)]
        yield Snapshot(day, stock.land, stock.ledger, share)


def _positions(study: Study, shot: Snapshot) -> pd.Series[str]:
    """Return where the land of each parcel outside the parks lies."""
    rule, metre = study.scatter, 1 / unit_factor(system(shot.ledger.parcels))
    return scattered_plots(shot.ledger, shot.concentration.definition, rule, metre).positions


def _outside(
    earlier: Earlier, k: int, step: ChangeLedger, shots: Sequence[Snapshot], positions: pd.Series[str]
) -> gpd.GeoDataFrame:
    """Return the new plots outside the parks of one step; approvals are those of its date, else of the latest layer."""
    the, crs, after = earlier.studies[k], earlier.inputs[k].crs, shots[k + 1]
    approvals = _approvals(shots[-1]) | _approvals(after)
    return new_plots_outside(step, positions, approvals, earlier.beside.exceptions, lambda: admit_all_classes(the, crs))


def _approvals(shot: Snapshot) -> dict[str, str]:
    """Return the approval number of each plot that has one."""
    parcels = shot.ledger.parcels
    if s.APPROVAL not in parcels:
        return {}
    some = parcels[parcels[s.APPROVAL] != ""]
    return dict(zip(some[s.PARCEL], some[s.APPROVAL], strict=True))


def _goals(study: Study, earlier: Earlier) -> Goals:
    """Return the policy's targets, in SI units."""
    return Goals(
        study.target.share,
        study.target.by,
        {int(year): share for year, share in study.target.path.items()},
        to_m2(study.change.renovate_mu_per_year, "mu"),
        study.change.factory_m2_per_year,
        earlier.beside.counters,
    )


def _notes(earlier: Earlier, steps: Sequence[ChangeLedger], shots: Sequence[Snapshot]) -> list[Issue]:
    """Return what was met in the layers of each date, and where the survey's record differs from them."""
    now = shots[-1]
    definition = now.concentration.definition
    notes = [
        _dated(f, shot.date)
        for shot, inputs in zip(shots[:-1], earlier.inputs, strict=True)
        for f in (*inputs.issues, *(unstated_areas(shot.ledger) if definition.area == "registered" else ()))
    ]
    notes += earlier.issues
    counts = s.CLASS_SETS[definition.classes]
    for step, updates, the in zip(steps, earlier.updates, earlier.studies, strict=True):
        if updates is not None:
            use_of = classification_of(the).use_of
            codes = {*updates["code_before"], *updates["code_after"]}
            notes += update_issues(step, updates, {code for code in codes if use_of(code)[1] in counts})
    known = set(now.ledger.parcels[s.PARCEL])
    known |= {plot for step in steps for plot in step.parts["parcel_after"]}
    if strange := sorted(set(earlier.beside.exceptions) - known):
        action = _("exceptions for plots that are not industrial: they allow nothing")
        notes.append(Issue("strange_exceptions", len(strange), action, rows=tuple(strange)))
    return notes


def _dated(issue: Issue, day: date) -> Issue:
    return replace(issue, action=_("{date}: {action}", date=day, action=issue.action))


def _read_updates(study: Study, section: UpdatesSection, crs: CRS) -> gpd.GeoDataFrame:
    return as_updates(read(study, section), names_of(section.columns), classification_of(study), crs).layer


def _read_exceptions(study: Study, section: ExceptionsSection, plots: Sequence[str]) -> Checked[dict[str, str]]:
    columns = names_of(section.columns)
    raw = read_table(study.resolve(section.path), section.path, list(columns.values()), sheet=section.sheet)
    return as_exceptions(raw, columns, plots)


def _read_counters(study: Study, path: str) -> Checked[pd.DataFrame]:
    return as_counters(read_table(study.resolve(path), path, COUNTERS, figures=COUNTERS[1:]), study.study.date)
