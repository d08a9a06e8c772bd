"""What firms report by year, drawn so that no plot's measure lies near the limit it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from landuse.geo.arrays import Floats, Ints, Strings
    from landuse.sample.records.enterprises import Tenancies

YEARS = (2023, 2024, 2025)
STUDY_DATE = np.datetime64("2025-12-31")
DAYS_A_YEAR = 365.25
#: Limits, and how near to each no measure may come: grade D on this share of the plot's land, tax per 亩 against the
#: district's, energy per added value [吨标煤/万元], years idle.
GRADE_LIMIT, GRADE_CLEAR = 0.5, 0.03
RATIO_LIMIT, RATIO_CLEAR = 0.5, 0.02
ENERGY_LIMIT, ENERGY_CLEAR = 0.52, 0.03
IDLE_LIMIT, IDLE_CLEAR = 1.0, 0.05
ROUNDS = 500
GRADES = np.array(list("DCBA"))
#: Groups of firms without the latest grade, and without any; firms that had another one in an earlier year.
UNGRADED_LATEST, UNGRADED, REGRADED = 0.08, 0.04, 0.15
#: Groups without the latest energy, without the latest added value, and without energy in every year.
NO_ENERGY_LATEST, NO_VALUE_LATEST, NO_ENERGY = 0.05, 0.05, 0.04
#: Groups that are idle, and groups of several firms of which one is; days since.
IDLE, IDLE_ONE = 0.04, 0.15
IDLE_DAYS = (40, 2400)


@dataclass(frozen=True, eq=False)
class Performance:
    """Figures of the firms; what a plot lacks in a year, all its firms lack.

    Attributes
    ----------
    tax, value_added, energy, staff : array of float, shape (firms, years)
        万元, 万元, 吨标煤, persons; nan is blank.
    grade : array of str, shape (firms, years)
        "" is blank.
    idle_since : array of datetime64[D], shape (firms,)
        NaT for a firm that works.
    """

    tax: Floats
    value_added: Floats
    energy: Floats
    staff: Floats
    grade: Strings
    idle_since: np.ndarray[tuple[int], np.dtype[np.datetime64]]


def tax_to_district(tax: Floats, let: Tenancies, plot_mu: Floats, district: Ints) -> tuple[Floats, Floats]:
    """Compare each plot's tax per 亩 with its district's, year by year.

    Parameters
    ----------
    tax : array of float, shape (firms, years)
        Without nan.
    let : Tenancies
    plot_mu : array of float, shape (plots,)
    district : array of int, shape (plots,)
        Position of each plot's district.

    Returns
    -------
    ratio : array of float, shape (plots, years)
        nan for plots without a firm.
    district_per_mu : array of float, shape (districts, years)
        Tax over 亩 of the plots with a firm.
    """
    per_plot = let.to_plots(tax)
    some = let.occupied
    land = np.bincount(district[some], plot_mu[some], int(district.max()) + 1)
    sums = np.column_stack([np.bincount(district[some], year, len(land)) for year in per_plot[some].T])
    with np.errstate(invalid="ignore"):
        mean = sums / land[:, None]
    return per_plot / plot_mu[:, None] / mean[district], mean


def spread_years(tax: Floats, let: Tenancies, plot_mu: Floats, district: Ints, rng: np.random.Generator) -> Floats:
    """Move tax between the years of a firm until no plot's ratio to its district is near the limit.

    A firm's sum over the years stays the same to the cent, so that means do not change.

    Raises
    ------
    ArithmeticError
        When a plot stays near the limit.
    """
    tax = tax.copy()
    for _ in range(ROUNDS):
        ratio, _mean = tax_to_district(tax, let, plot_mu, district)
        close = np.any(np.abs(ratio - RATIO_LIMIT) < RATIO_CLEAR, axis=1)
        if not close.any():
            return tax
        moved = np.unique(let.firm[close[let.plot]])
        cents = np.round(tax[moved].sum(axis=1) * 100)
        weight = rng.uniform(0.75, 1.25, (len(moved), len(YEARS)))
        part = np.floor(cents[:, None] * weight / weight.sum(axis=1, keepdims=True))
        part[:, -1] += cents - part.sum(axis=1)
        tax[moved] = part / 100
    raise ArithmeticError("a plot's tax stays too near half its district's")


def latest(figures: Floats) -> Floats:
    """Return the last figure of each row that is not nan; nan where all are.

    Examples
    --------
    >>> latest(np.array([[1.0, 2.0, np.nan], [np.nan] * 3]))
    array([ 2., nan])
    """
    known = ~np.isnan(figures)
    last = figures.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    return np.asarray(figures[np.arange(len(figures)), last])


def draw_grades(base: Ints, let: Tenancies, rng: np.random.Generator) -> Strings:
    """Draw each firm's grade by year about `base` (0 is D), some blank.

    Returns
    -------
    array of str, shape (firms, years)
    """
    shift = rng.choice([-1, 1], (len(base), len(YEARS))) * (rng.random((len(base), len(YEARS))) < REGRADED)
    shift[:, -1] = 0
    grade: Strings = GRADES[np.clip(base[:, None] + shift, 0, len(GRADES) - 1)]
    lacking = rng.random(let.plots)[let.group]
    grade[lacking < UNGRADED] = ""
    grade[(lacking >= UNGRADED) & (lacking < UNGRADED + UNGRADED_LATEST), -1] = ""
    close = np.abs(graded_d(grade, let) - GRADE_LIMIT) < GRADE_CLEAR
    firms = np.unique(let.firm[close[let.plot]])
    grade[firms] = np.where(grade[firms] == "D", "C", grade[firms])
    return grade


def graded_d(grade: Strings, let: Tenancies) -> Floats:
    """Return the share of each plot's land that firms graded D use, in the latest year with a grade."""
    land = np.bincount(let.plot, let.mu, let.plots)
    with np.errstate(invalid="ignore"):
        by_year = [np.bincount(let.plot, let.mu * (g == "D")[let.firm], let.plots) / land for g in grade.T]
    known = np.column_stack([np.bincount(let.plot, (g != "")[let.firm], let.plots) > 0 for g in grade.T])
    return latest(np.where(known, np.column_stack(by_year), np.nan))


def draw_energy(value_added: Floats, energy: Floats, let: Tenancies, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Blank some figures, and lower the energy of firms whose plot is near the limit.

    Returns
    -------
    value_added, energy : array of float, shape (firms, years)
    """
    value_added, energy = value_added.copy(), energy.copy()
    lacking = rng.random(let.plots)[let.group]
    kind = np.searchsorted(np.cumsum([NO_ENERGY, NO_ENERGY_LATEST, NO_VALUE_LATEST]), lacking, side="right")
    energy[kind == 0] = np.nan
    energy[kind == 1, -1] = np.nan
    value_added[kind == 2, -1] = np.nan
    for _ in range(ROUNDS):
        close = np.abs(energy_intensity(value_added, energy, let) - ENERGY_LIMIT) < ENERGY_CLEAR
        if not close.any():
            return value_added, energy
        firms = np.unique(let.firm[close[let.plot]])
        energy[firms] = np.round(energy[firms] * 0.8, 2)
    raise ArithmeticError("a plot's energy per added value stays too near the limit")


def energy_intensity(value_added: Floats, energy: Floats, let: Tenancies) -> Floats:
    """Return each plot's energy over its added value, in the latest year with both [吨标煤/万元]."""
    return latest(let.to_plots(energy) / let.to_plots(value_added))


def draw_idle(let: Tenancies, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.datetime64]]:
    """Draw since when firms stand idle: all of a plot, or one of several; firms that work have NaT."""
    n = len(let.head)
    whole = rng.random(let.plots)[let.group] < IDLE
    first = np.r_[True, let.group[1:] != let.group[:-1]][:n]
    several = np.bincount(let.group, minlength=let.plots)[let.group] > 1
    one = first & several & (rng.random(n) < IDLE_ONE)
    days = rng.integers(*IDLE_DAYS, n)
    near = np.abs(days / DAYS_A_YEAR - IDLE_LIMIT) < IDLE_CLEAR
    days[near] += round(3 * IDLE_CLEAR * DAYS_A_YEAR)
    since = STUDY_DATE - days.astype("timedelta64[D]")
    return np.asarray(np.where(whole | one, since, np.datetime64("NaT")))


def idle_years(since: np.ndarray[tuple[int], np.dtype[np.datetime64]], let: Tenancies) -> Floats:
    """Return for how long every firm of a plot has been idle; 0 where one works, nan without a firm [years]."""
    days = (STUDY_DATE - since).astype(float)
    years = np.where(np.isnat(since), 0.0, days / DAYS_A_YEAR)
    out = np.full(let.plots, np.inf)
    np.minimum.at(out, let.plot, years[let.firm])
    return np.where(let.occupied, out, np.nan)
