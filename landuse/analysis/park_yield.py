"""What does each park yield: tax, added value, energy and emissions per 亩, and which industries lead it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.firms import apportioned, by_year
from landuse.evaluation import FIGURES
from landuse.industries import division
from landuse.units import to_mu

if TYPE_CHECKING:
    from landuse.enterprises import Enterprises


def figures_inside(land: pd.DataFrame, enterprises: Enterprises, year: int) -> pd.DataFrame:
    """Return each plot's figures of a year, for its part inside each block.

    Parameters
    ----------
    land : DataFrame
        From `landuse.analysis.park_land.land_inside`. A figure goes with the land: half a plot inside, half its tax.
    enterprises : Enterprises
        Their figures are apportioned to plots, each yuan once.
    year : int
        Of the figures.

    Returns
    -------
    pandas.DataFrame
        Rows of `land`, with a column a figure; NaN where one of the plot's firms lacks it, or no firm names the plot.
    """
    ids = pd.Index(np.unique(land[s.PARCEL].to_numpy(dtype=object)), dtype=object)
    at = ids.get_indexer(pd.Index(land[s.PARCEL], dtype=object))
    out = land.reset_index(drop=True)
    for figure in FIGURES:
        table = by_year(enterprises, figure, ids) if figure in enterprises else pd.DataFrame(index=ids)
        own = table[year].to_numpy(dtype=float) if year in table else np.full(len(ids), np.nan)
        out[figure] = own[at] * out["part"].to_numpy()
    return out


def park_yield(inside: pd.DataFrame, built_m2: pd.Series[float] | None = None) -> pd.DataFrame:
    r"""Tax, added value, energy, emissions and staff per 亩 of each park.

    .. math:: \frac{\sum_i x_i}{\sum_{i: x_i\,\text{known}} a_i} \quad\text{(industrial land)}, \qquad
              \frac{\sum_i x_i}{B} \quad\text{(built land)}

    The policy's 400,000 yuan per 亩 does not say of which land: both are given. The first divides by the industrial
    land whose figure is known; the second by all built land of the park, a lower bound where figures are missing.

    Parameters
    ----------
    inside : DataFrame
        From `figures_inside`.
    built_m2 : Series, optional
        Built land of each park, by id.

    Returns
    -------
    pandas.DataFrame
        Index: park id. For each figure: its sum, _per_mu (industrial land), _known (share of the industrial land),
        _per_built_mu; energy_per_added_value (tce per yuan, over plots with both).
    """
    group = inside.groupby(s.PARK, sort=True)
    total = group["m2"].sum()
    out = pd.DataFrame(index=total.index)
    for figure in FIGURES:
        known = inside[figure].notna()
        land = inside["m2"].where(known, 0.0).groupby(inside[s.PARK]).sum()
        value = inside[figure].fillna(0.0).groupby(inside[s.PARK]).sum().where(land > 0)
        out[figure] = value
        out[f"{figure}_per_mu"] = value / to_mu(land)
        out[f"{figure}_known"] = land / total
        built = pd.Series(np.nan, index=out.index) if built_m2 is None else built_m2.reindex(out.index)
        out[f"{figure}_per_built_mu"] = value / to_mu(built.where(built > 0))
    both = inside[inside[s.ENERGY].notna() & (inside[s.VALUE_ADDED] > 0)]
    sums = both.groupby(s.PARK)[[s.ENERGY, s.VALUE_ADDED]].sum()
    out["energy_per_added_value"] = sums[s.ENERGY] / sums[s.VALUE_ADDED]
    return out


def park_industries(land: pd.DataFrame, enterprises: Enterprises, year: int) -> pd.DataFrame:
    """How much land and output has each industry in each park?

    A plot's land is shared among its firms of the year by the land each uses (equally where an area is missing);
    output is apportioned to plots like tax.

    Parameters
    ----------
    land : DataFrame
        From `landuse.analysis.park_land.land_inside`.
    enterprises : Enterprises
        With industry (GB/T 4754); land of firms without one, and of plots without a firm, is of division "".
    year : int
        Of the figures.

    Returns
    -------
    pandas.DataFrame
        park_id, division, m2, output_yuan (NaN where no firm of it states any), firms. The m2 of a park sum to its
        industrial land.
    """
    rows = enterprises[(enterprises[s.YEAR] == year) & enterprises[s.PARCEL].isin(set(land[s.PARCEL]))]
    kinds = [division(str(code)) for code in rows.get(s.INDUSTRY, pd.Series("", index=rows.index))]
    used = rows[s.AREA_M2].where(rows[s.AREA_M2] > 0)
    complete = used.notna().groupby(rows[s.PARCEL]).transform("all")
    weight = used.where(complete, 1.0)
    output = apportioned(enterprises, s.OUTPUT)[0][rows.index] if s.OUTPUT in enterprises else np.nan
    firms = pd.DataFrame(
        {
            s.PARCEL: rows[s.PARCEL],
            "division": pd.Series(kinds, index=rows.index, dtype=object),  # of nobody: still text
            "share": weight / weight.groupby(rows[s.PARCEL]).transform("sum"),
            s.OUTPUT: output,
            s.FIRM: rows[s.FIRM],
        }
    )
    held = land[[s.PARCEL, s.PARK, "m2", "part"]].merge(firms, on=s.PARCEL, how="left")
    held["division"] = held["division"].fillna("")
    held["m2"] *= held["share"].fillna(1.0)
    held[s.OUTPUT] = held[s.OUTPUT].astype(float) * held["part"]
    group = held.groupby([s.PARK, "division"])
    out = group.agg(m2=("m2", "sum"), firms=(s.FIRM, "nunique"))
    out.insert(1, s.OUTPUT, group[s.OUTPUT].sum(min_count=1))
    return out.reset_index()


def leading(industries: pd.DataFrame, stated: dict[str, tuple[str, ...]]) -> pd.DataFrame:
    r"""Which industry leads each park, how much of it is of that industry, and how concentrated is it?

    Parameters
    ----------
    industries : DataFrame
        From `park_industries`.
    stated : dict
        Park to the divisions it calls its leading ones; a park without them has its largest by land.

    Returns
    -------
    pandas.DataFrame
        Index: park id. leading (divisions), leading_stated, leading_land, leading_output (shares of the land and of the
        output whose industry is known; NaN where none is), land_known (share of the land), hhi_land, hhi_output (sum of
        squared shares, 0-1: Herfindahl and Hirschman).
    """
    rows = {}
    for park, own in industries.groupby(s.PARK, sort=True):
        known = own[own["division"] != ""].set_index("division")
        largest = tuple(known["m2"].nlargest(1).index)
        names = stated.get(str(park), ()) or largest
        row = {
            "leading": names,
            "leading_stated": bool(stated.get(str(park))),
            "land_known": known["m2"].sum() / own["m2"].sum(),
        }
        for column, word in (("m2", "land"), (s.OUTPUT, "output")):
            value = known[column].dropna()
            total = value.sum()
            share = value / total if total > 0 else value * np.nan
            row[f"leading_{word}"] = float(share[share.index.isin(names)].sum()) if total > 0 else np.nan
            row[f"hhi_{word}"] = float((share**2).sum()) if total > 0 else np.nan
        rows[park] = row
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(s.PARK)
