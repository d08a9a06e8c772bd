"""What registers say of industrial plots, many of them blank, and what new projects must reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse.sample.city.tiles import DISTRICTS, FIRST_DISTRICT, City

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Strings

#: Years of the entry standards; the study's year follows the last one.
STANDARD_YEARS = (2018, 2024)
#: Standards of the districts now, and how much lower the older ones are.
MIN_FAR, MIN_COVERAGE, OLDER = (1.0, 1.2, 1.5, 1.8, 2.0), (0.30, 0.35, 0.40), (0.3, 0.05)
#: How near to its standard no figure may come.
FAR_CLEAR, COVERAGE_CLEAR = 0.05, 0.02
#: Chance that a floor-area ratio is registered: with a firm on the plot, and without; likewise the coverage.
KNOWN_FAR, KNOWN_COVERAGE = (0.65, 0.3), (0.6, 0.25)
NOT_AS_SUPPLIED = ("供而未用", "用而未尽", "建而未投", "投而未达标")
AS_SUPPLIED = "已建成达产"
STATUS_SHARE, AS_SUPPLIED_SHARE = 0.05, 0.06
#: Chance that the survey leaves out the mark of industry that stands alone, and that it sets it elsewhere.
MARK_MISSED, MARK_WRONG = 0.08, 0.02


@dataclass(frozen=True, eq=False)
class Register:
    """Registered figures of every parcel of the city; blank but for industrial land.

    Attributes
    ----------
    far, coverage : array of float, shape (parcels,)
        Floor-area ratio and share of the ground built on; nan is blank.
    status : array of str, shape (parcels,)
        Supply status, "" is blank.
    marked : array of bool, shape (parcels,)
        Whether the survey marks the parcel as industry that stands alone (CZCSXM 20xA).
    standards : array of float, shape (districts, standard years, 2)
        Least floor-area ratio and coverage.
    """

    far: Floats
    coverage: Floats
    status: Strings
    marked: Bools
    standards: Floats


def draw_register(city: City, has_firm: Bools, rng: np.random.Generator) -> Register:
    """Draw what is registered.

    Parameters
    ----------
    city : City
    has_firm : array of bool, shape (plots,)
        Of the industrial parcels, in the city's order.
    rng : numpy.random.Generator
    """
    plot = np.flatnonzero(city.industrial)
    n = len(plot)
    now = np.column_stack([rng.choice(MIN_FAR, len(DISTRICTS)), rng.choice(MIN_COVERAGE, len(DISTRICTS))])
    standards = np.round(np.stack([now - np.array(OLDER), now], axis=1), 2)
    least_far, least_coverage = now[city.district[city.tile[plot]]].T

    far = np.round(np.clip(least_far * np.exp(rng.normal(0.35, 0.35, n)), 0.1, 5.0), 2)
    far = _keep_clear(far, least_far, FAR_CLEAR)
    coverage = np.round(np.clip(least_coverage + rng.normal(0.09, 0.09, n), 0.05, 0.75), 2)
    coverage = _keep_clear(coverage, least_coverage, COVERAGE_CLEAR)
    far[rng.random(n) >= np.where(has_firm, *KNOWN_FAR)] = np.nan
    coverage[rng.random(n) >= np.where(has_firm, *KNOWN_COVERAGE)] = np.nan

    drawn, which = rng.random(n), rng.integers(len(NOT_AS_SUPPLIED), size=n)
    status = np.where(drawn < STATUS_SHARE, np.array(NOT_AS_SUPPLIED)[which], "")
    status = np.where(drawn > 1 - AS_SUPPLIED_SHARE, AS_SUPPLIED, status)
    alone = city.site[plot] >= 0
    marked = alone ^ (rng.random(n) < np.where(alone, MARK_MISSED, MARK_WRONG))
    return Register(
        _spread(far, city, np.nan), _spread(coverage, city, np.nan), _spread(status, city, ""),
        _spread(marked, city, False), standards,
    )  # fmt: skip


def _keep_clear(figure: Floats, limit: Floats, clear: float) -> Floats:
    """Move figures near their limit away from it, on the side they are on."""
    away = np.where(figure < limit, -1.5, 1.5) * clear
    return np.where(np.abs(figure - limit) < clear, np.round(limit + away, 3), figure)


def _spread(values: np.ndarray, city: City, blank: object) -> np.ndarray:
    out = np.full(len(city.code), blank, dtype=values.dtype)
    out[city.industrial] = values
    return out


def standards_frame(city: City, register: Register) -> pd.DataFrame:
    """Return the table of entry standards, one row a district and year."""
    rows = [
        {
            "zone": str(FIRST_DISTRICT + d),
            "year": year,
            "min_far": float(register.standards[d, k, 0]),
            "min_coverage": float(register.standards[d, k, 1]),
        }
        for d in np.unique(city.district)
        for k, year in enumerate(STANDARD_YEARS)
    ]
    return pd.DataFrame(rows)
