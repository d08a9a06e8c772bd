"""Settings of a study that do not fit its data, its dates or each other, though each alone is allowed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from landuse.i18n import _
from landuse.inputs.dates import today
from landuse.pipeline.problems import classification_of
from landuse.quality import Issue
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from landuse.config.study_file import Study
    from landuse.results.relocation import Relocation

#: A budget so many times what the plan costs limits nothing: it was likelier written in yuan, 10 000 times too large.
IDLE_BUDGET = 1000
#: A share below it is a slip of the decimal point; the policy wants 70 %.
LEAST_TARGET = 0.10
#: A line drawn anew moves by the survey's tolerance, 0.6 to 1.5 m, or by some times that on a coarser map [m].
MOST_SHIFT_M = 20.0


def date_issues(study: Study) -> list[Issue]:
    """Report a date at which nobody coded layers in the study's classification; of an earlier date as well."""
    day, system = study.study.date, classification_of(study)
    if day is None or system.date is None or day >= system.date:
        return []
    action = _(
        "the layers are of {day}, and coded in {system}, which there is since {since}; check [study] date "
        "and the date of [[snapshots]]",
        day=day,
        system=system.system,
        since=system.date,
    )
    return [Issue("system_before_its_time", 1, action)]


def setting_issues(study: Study, relocation: Relocation | None) -> list[Issue]:
    """Report settings that would make a careful reader ask; nothing is changed.

    Parameters
    ----------
    study : Study
        Whose settings.
    relocation : Relocation or None
        The plan, where there is one.
    """
    found = [*_of_units(study), *_of_dates(study), *_of_sizes(study), *_of_plan(study, relocation)]
    return [Issue("settings_disagree", 1, action) for action in found]


def _of_units(study: Study) -> Iterator[str]:
    """Name units of figures that no column holds: the column was forgotten, or the unit is another's."""
    for name, section in (("parcels", study.parcels), ("enterprises", study.enterprises)):
        if section is None:
            continue
        loose = [key for key in sorted(section.units.model_fields_set) if getattr(section.columns, key) is None]
        if loose:
            yield _("[{section}] units names {keys}, columns does not", section=name, keys=", ".join(loose))


def _of_dates(study: Study) -> Iterator[str]:
    day, by, years = study.study.date, study.target.by, study.plan_years
    if day is not None and day > today() + dt.timedelta(days=1):
        yield _("[study] date, {day}, is a day to come", day=day)
    if day is not None and by is not None and by < day:
        yield _("[target] by, {by}, is before [study] date, {day}", by=by, day=day)
    if study.capacity is not None and day is not None and by is not None and day < by and by.year < years[-1]:
        yield _("[relocation]: the plan's last year, {year}, is after [target] by, {by}", year=years[-1], by=by)


def _of_sizes(study: Study) -> Iterator[str]:
    if study.target.share < LEAST_TARGET:
        yield _("[target] share is {share:.2%}: no policy aims at less than a tenth", share=study.target.share)
    if study.earlier and study.change.shift_m > MOST_SHIFT_M:
        yield _("[change] shift_m is {m:,.0f} m: no redigitised line moves so far", m=study.change.shift_m)


def _of_plan(study: Study, relocation: Relocation | None) -> Iterator[str]:
    if relocation is None or not study.relocation.budget or not len(relocation.moves):
        return
    cost = float(relocation.moves["cost_yuan"].sum()) / MONEY_YUAN["万元"]
    if 0 < cost < study.relocation.budget / IDLE_BUDGET:
        yield _(
            "[relocation] budget, {budget:,.0f} 万元, is more than {times:,} times what the plan costs, "
            "{cost:,.0f} 万元: was it written in yuan?",
            budget=study.relocation.budget,
            times=IDLE_BUDGET,
            cost=cost,
        )
