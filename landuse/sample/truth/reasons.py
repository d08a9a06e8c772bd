"""Why each industrial plot counts as inefficient: the truth of the rules, from what was drawn.

An unknown measure gives no reason. A plot that is part of a parcel has its parcel's reasons; the plan's label is the
same all over a parcel that parks cut.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landuse.sample.city.tiles import FIRST_DISTRICT, City
from landuse.sample.records.enterprises import LIMIT, Firms
from landuse.sample.records.performance import (
    ENERGY_LIMIT,
    GRADE_LIMIT,
    IDLE_LIMIT,
    RATIO_LIMIT,
    YEARS,
    energy_intensity,
    graded_d,
    idle_years,
    tax_to_district,
)
from landuse.sample.records.register import NOT_AS_SUPPLIED, Register
from landuse.units import to_mu

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Strings
    from landuse.sample.city.zoning import Zoning

#: What the codes of industrial land begin with in the plan's classification.
INDUSTRIAL_PREFIX = "1001"


@dataclass(frozen=True, eq=False)
class PlotReasons:
    """The measures of every industrial plot.

    Attributes
    ----------
    figures : dict of code to array of float, shape (plots,)
        nan is unknown; L2D is the highest of the years' ratios.
    texts : dict of code to array of str, shape (plots,)
        "" is unknown.
    met : dict of code to array of bool, shape (plots,)
        By code in the order of the rules.
    district_per_mu : array of float, shape (districts, years)
        Tax over 亩 of the plots with a firm [万元/亩].
    """

    figures: dict[str, Floats]
    texts: dict[str, Strings]
    met: dict[str, Bools]
    district_per_mu: Floats

    @property
    def listed(self) -> Bools:
        """Which plots have a reason."""
        return np.asarray(np.any(list(self.met.values()), axis=0))

    @property
    def unknown(self) -> Bools:
        """Which plots have neither a reason nor any measure of performance (L7 judges the place, and is none)."""
        known = [~np.isnan(v) for v in self.figures.values()]
        return np.asarray(~self.listed & ~np.any([*known, self.texts["L5"] != ""], axis=0))

    def codes(self, plot: int) -> list[str]:
        """Return the reasons of a plot."""
        return [code for code, met in self.met.items() if met[plot]]

    def measures(self, plot: int) -> dict[str, float | str]:
        """Return the known measures of a plot."""
        figures = {code: v[plot].item() for code, v in self.figures.items() if not np.isnan(v[plot])}
        return figures | {code: str(v[plot]) for code, v in self.texts.items() if v[plot]}


def judge_plots(city: City, area_m2: Floats, firms: Firms, register: Register, zoning: Zoning) -> PlotReasons:
    """Judge every industrial plot by every rule.

    Parameters
    ----------
    city : City
    area_m2 : array of float, shape (plots,)
        Ellipsoidal, of the industrial parcels in the city's order.
    firms : Firms
    register : Register
    zoning : Zoning
    """
    plot = np.flatnonzero(city.industrial)
    district = city.district[city.tile[plot]]
    let, said = firms.let, firms.reported
    ratio, per_mu = tax_to_district(said.tax, let, to_mu(area_m2), district)
    least_far, least_coverage = register.standards[district, -1].T
    grade, tax = graded_d(said.grade, let), let.to_plots(said.tax).mean(axis=1) / to_mu(area_m2)
    far, coverage, status = register.far[plot], register.coverage[plot], register.status[plot]
    idle, energy = idle_years(said.idle_since, let), energy_intensity(said.value_added, said.energy, let)
    highest, planned = ratio.max(axis=1), zoning.plot_planned
    met = {
        "L1": grade > GRADE_LIMIT,
        "L2": tax < LIMIT,
        "L2D": highest < RATIO_LIMIT,
        "L3": far < least_far,
        "L3C": coverage < least_coverage,
        "L4": idle >= IDLE_LIMIT,
        "L5": np.isin(status, NOT_AS_SUPPLIED),
        "L6": energy > ENERGY_LIMIT,
        "L7": (planned != "") & ~np.char.startswith(planned, INDUSTRIAL_PREFIX),
    }
    figures = {"L1": grade, "L2": tax, "L2D": highest, "L3": far, "L3C": coverage, "L4": idle, "L6": energy}
    return PlotReasons(figures, {"L5": status, "L7": planned}, met, per_mu)


def district_figures(judged: PlotReasons) -> dict[str, dict[str, float]]:
    """Return each district's tax per 亩 by year [万元/亩]; only districts with a firm."""
    return {
        str(FIRST_DISTRICT + d): dict(zip(map(str, YEARS), row.tolist(), strict=True))
        for d, row in enumerate(judged.district_per_mu)
        if not np.isnan(row).any()
    }


def conservation(firms: Firms) -> dict[str, dict[str, float]]:
    """Return what the sheet holds: a firm's tax and staff once a year, the stated land once a row.

    All of it is on industrial plots in the clean city.
    """
    sums = {
        "tax": math.fsum(firms.reported.tax.ravel()),
        "staff": math.fsum(firms.reported.staff.ravel()),
        "area_mu": math.fsum(firms.let.mu) * len(YEARS),
    }
    return {name: {"before": round(v, 2), "matched": round(v, 2), "unmatched": 0.0} for name, v in sums.items()}
