"""The areas of districts and parks as every output shows them [亩]: at two decimals, adding up to their total."""

from __future__ import annotations

import math

import pandas as pd

from landuse.report.values import reconciled_mu, shown_mus
from landuse.units import shown_mu


def city_areas(total_m2: float, inside_m2: float) -> tuple[float, float]:
    """Return industrial land and that inside parks; what lies outside is the rest."""
    return shown_mu(total_m2), shown_mu(inside_m2)


def district_areas(districts: pd.DataFrame) -> pd.DataFrame:
    """Return the areas of districts: inside and outside sum to their total, and all to the city's.

    Parameters
    ----------
    districts : pandas.DataFrame
        Columns total_m2, inside_m2, gap_m2 (NaN where there is no target), as `landuse.results.Concentration` has them.

    Returns
    -------
    pandas.DataFrame
        Index as given: total, inside, outside, gap.

    Examples
    --------
    >>> table = pd.DataFrame({"total_m2": [10_003.0, 10_003.0], "inside_m2": [10_003.0, 0.0], "gap_m2": [0.0, 0.0]})
    >>> district_areas(table)
       total  inside  outside  gap
    0  15.00    15.0     0.00  0.0
    1  15.01     0.0    15.01  0.0
    """
    total_m2, inside_m2 = districts["total_m2"], districts["inside_m2"]
    whole, within = city_areas(math.fsum(total_m2), math.fsum(inside_m2))
    inside = reconciled_mu(inside_m2)
    outside = reconciled_mu(total_m2 - inside_m2, round(whole - within, 2))
    out = pd.DataFrame({"inside": inside, "outside": outside}, index=districts.index, dtype=float)
    out.insert(0, "total", (out["inside"] + out["outside"]).round(2))
    gaps = districts["gap_m2"]
    return out.assign(gap=[math.nan] * len(gaps) if gaps.isna().any() else reconciled_mu(gaps))


def park_areas(parks: pd.DataFrame) -> pd.DataFrame:
    """Return the areas of parks.

    Industrial land attributed to the parks is reconciled to the city's inside them; gross figures and park land have
    no total, for land that two parks claim stands in both.

    Parameters
    ----------
    parks : pandas.DataFrame
        Columns industrial_m2, industrial_gross_m2, land_m2, as `landuse.results.Concentration` has them.

    Returns
    -------
    pandas.DataFrame
        Index as given: industrial, gross, land.
    """
    return pd.DataFrame(
        {
            "industrial": reconciled_mu(parks["industrial_m2"]),
            "gross": shown_mus(parks["industrial_gross_m2"]),
            "land": shown_mus(parks["land_m2"]),
        },
        index=parks.index,
        dtype=float,
    )
