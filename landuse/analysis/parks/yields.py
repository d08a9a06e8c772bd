"""How densely is each park built on: plot by plot, block, park and accounting unit, and what the mean hides?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.plots.firms import apportioned, by_year
from landuse.reference.indicators import FIGURES
from landuse.reference.industries import division
from landuse.results.candidates import EVIDENCE
from landuse.units import to_mu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.geo.arrays import Floats
    from landuse.inputs.enterprises import Enterprises
    from landuse.results.candidates import Indicators


#: Shares of the land at which the spread of plots inside a unit is told.
SPREAD = (0.1, 0.5, 0.9)
MEASURED = (s.FAR, s.COVERAGE, "green_ratio")


def intensity(land: pd.DataFrame, measures: Indicators, units: Sequence[str]) -> pd.DataFrame:
    r"""Floor-area ratio, building coverage and green ratio of units of land, settled over the whole of each.

    With plots i of land a_i inside the unit and known ratios r_i

    .. math:: R = \frac{\sum_i r_i a_i}{\sum_i a_i}

    over the plots whose ratio is known; the share of land they are is printed beside it.

    Parameters
    ----------
    land : DataFrame
        From `landuse.analysis.parks.compare.land_inside`.
    measures : Indicators
        Of the plots; a ratio counts storeys above 8 m twice where it comes from registered buildings.
    units : sequence of str
        Columns of `land` that make a unit: park_id; park_id and block_id; or an accounting unit's.

    Returns
    -------
    pandas.DataFrame
        Index: the units. plots, m2; for each of far, coverage and green_ratio: the ratio (NaN where nothing is known),
        _known (share of land), _remote (share of the known land whose ratio comes from a raster); for far and coverage:
        _standard (entry standards, weighed like the ratios; NaN without), _below (land of plots below theirs, over
        the land whose ratio and standard are known), _pooled (whether the unit as a whole keeps the standard; NaN
        unknown); for far: far_p10, far_p50, far_p90: so much of the land has less (what a pooled unit hides).

    Examples
    --------
    A hectare of 2.0 and three of 0.4 make 0.8; three quarters of the land stay below a standard of 0.7:

    >>> from landuse.results.candidates import Indicators
    >>> plots = pd.Index(["a", "b"], name="parcel_id")
    >>> far = pd.DataFrame({"far": [2.0, 0.4], "coverage": np.nan, "green_ratio": np.nan}, index=plots)
    >>> levels = pd.DataFrame("registered", index=plots, columns=far.columns)
    >>> standards = pd.DataFrame({"far": 0.7, "coverage": np.nan}, index=plots)
    >>> land = pd.DataFrame({"parcel_id": plots, "park_id": "P", "m2": [1e4, 3e4]})
    >>> row = intensity(land, Indicators(far, levels, standards, far), ["park_id"]).loc["P"]
    >>> round(float(row["far"]), 3), float(row["far_below"]), bool(row["far_pooled"])
    (0.8, 0.75, True)
    """
    rows = land.reset_index(drop=True)
    at = measures.values.index.get_indexer(pd.Index(rows[s.PARCEL], dtype=object))
    group = rows.groupby(list(units) if len(units) > 1 else units[0], sort=True)
    m2 = rows["m2"]
    out = pd.DataFrame({"plots": group[s.PARCEL].nunique(), "m2": group["m2"].sum()})

    def per_unit(values: pd.Series[float]) -> pd.Series[float]:
        return values.groupby(group.ngroup()).sum().set_axis(out.index)

    for name in MEASURED:
        ratio = pd.Series(measures.values[name].to_numpy(dtype=float)[at])
        known = ratio.notna()
        level = pd.Series(measures.levels[name].to_numpy(dtype=object)[at])
        land_known = per_unit(m2.where(known, 0.0))
        out[name] = per_unit((ratio * m2).fillna(0.0)) / land_known.where(land_known > 0)
        out[f"{name}_known"] = land_known / out["m2"]
        remote = per_unit(m2.where(known & (level == EVIDENCE[2]), 0.0))
        out[f"{name}_remote"] = remote / land_known.where(land_known > 0)
        if name in measures.standards:
            standard = pd.Series(measures.standards[name].to_numpy(dtype=float)[at])
            held = m2.where(known & standard.notna(), 0.0)
            base = per_unit(held).where(lambda x: x > 0)
            out[f"{name}_standard"] = per_unit((standard * held).fillna(0.0)) / base
            out[f"{name}_below"] = per_unit(held.where(ratio < standard, 0.0)) / base
            pooled = per_unit((ratio * held).fillna(0.0)) / base >= out[f"{name}_standard"] - 1e-12
            out[f"{name}_pooled"] = pooled.astype(object).where(base.notna(), np.nan)
    far = measures.values[s.FAR].to_numpy(dtype=float)[at]
    spread = {key: _spread(far[k], m2.to_numpy()[k]) for key, k in group.indices.items()}
    for position, share in enumerate(SPREAD):
        out[f"far_p{share * 100:.0f}"] = [spread[key][position] for key in out.index]
    return out


def _spread(values: Floats, weights: Floats) -> list[float]:
    """Return the values below which stated shares of the weight lie; NaN where nothing is known."""
    known = ~np.isnan(values)
    if not known.any():
        return [float("nan")] * len(SPREAD)
    order = np.argsort(values[known], kind="stable")
    heaped = np.cumsum(weights[known][order])
    at = np.searchsorted(heaped, np.array(SPREAD) * heaped[-1])
    return [float(x) for x in values[known][order][np.minimum(at, len(order) - 1)]]


def figures_inside(land: pd.DataFrame, enterprises: Enterprises, year: int) -> pd.DataFrame:
    """Return each plot's figures of a year, for its part inside each block.

    Parameters
    ----------
    land : DataFrame
        From `landuse.analysis.parks.compare.land_inside`. A figure goes with the land: half a plot inside, half its
        tax.
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
        From `landuse.analysis.parks.compare.land_inside`.
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
