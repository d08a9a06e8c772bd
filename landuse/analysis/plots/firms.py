"""What firms report, brought to the plots they sit on: every yuan once, and nothing made up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import _
from landuse.quality import Issue

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from landuse.geo.arrays import Bools, Floats
    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.parcels import Parcels


def apportioned(enterprises: Enterprises, column: str) -> tuple[pd.Series[float], pd.Series[bool]]:
    """Return each row's own part of a figure, and which rows hold a part of their firm's total.

    A firm's figure stated on several parcels in one year, the same to the cent, is its total: it is taken once, by the
    land the firm uses on each (equally where an area is missing). Differing figures are each parcel's own.

    Parameters
    ----------
    enterprises : Enterprises
        One row a firm, parcel and year.
    column : str
        Of figures; NaN is unknown and stays so.

    Returns
    -------
    tuple of Series
        Aligned to the rows.
    """
    out = enterprises[column].astype(float).copy()
    total = pd.Series(data=False, index=enterprises.index)
    known = enterprises[out.notna()]
    if known.empty:
        return out, total
    group = known.groupby([s.FIRM, s.YEAR], dropna=False, sort=False).ngroup().to_numpy()
    rows = np.bincount(group)
    cents = known[column].round(2).to_numpy()
    repeated = known.duplicated([s.FIRM, s.YEAR, s.PARCEL]).to_numpy()
    land = known[s.AREA_M2].to_numpy(dtype=float)
    one_figure = _of_group(np.maximum, cents, group) == _of_group(np.minimum, cents, group)
    apart = np.bincount(group, repeated) == 0
    # nothing says that rows without a firm are one firm
    whole = (one_figure & apart & (rows > 1))[group] & (known[s.FIRM] != "").to_numpy()
    complete = (np.bincount(group, land > 0) == rows)[group]
    weight = np.where(complete, land, 1.0)
    share = weight / np.bincount(group, weight)[group]
    out[known.index] = np.where(whole, known[column] * share, known[column])
    total[known.index] = whole
    return out, total


def _of_group(f: np.ufunc, values: Floats, group: NDArray[Any]) -> Floats:
    """Return f over the values of each group, groups numbered from 0."""
    order = np.argsort(group, kind="stable")
    start = np.flatnonzero(np.diff(group[order], prepend=-1))
    return np.asarray(f.reduceat(values[order], start))


def tax_per_parcel(enterprises: Enterprises, parcels: Parcels) -> tuple[pd.DataFrame, tuple[Issue, ...]]:
    """Apportion what firms paid to the parcels they sit on, each yuan once.

    Parameters
    ----------
    enterprises : Enterprises
        One row a firm, parcel and year.
    parcels : Parcels
        Those a row may name; both columns are text.

    Returns
    -------
    frame : pandas.DataFrame
        Columns parcel_id, year, tax_yuan, firm_id, firm_name: one row a firm, parcel and year with a figure.
    issues : tuple of Issue
        Rows whose parcel is not in the layer, and firms apportioned.

    Notes
    -----
    Tax before = tax of the frame + tax of the rows left out; a test holds this to the cent.
    """
    tax, total = apportioned(enterprises, s.TAX)
    known = enterprises.assign(**{s.TAX: tax})[tax.notna()]
    total = total[tax.notna()]
    matched = known[s.PARCEL].isin(set(parcels[s.PARCEL]))
    issues = []
    if total.any():
        n = int(known.loc[total, s.FIRM].nunique())
        issues.append(Issue("firms_apportioned", n, _("one figure stated on several plots: taken once, by land used")))
    if (~matched).any():
        lost = known[~matched]
        what = _("their plot is not in the parcel layer: {tax:,.2f} yuan left out", tax=lost[s.TAX].sum())
        issues.append(Issue("enterprises_unmatched", len(lost), what, rows=tuple(lost[s.PARCEL].unique())))
    columns = [s.PARCEL, s.YEAR, s.TAX, s.FIRM, s.FIRM_NAME]
    return known.loc[matched, columns].reset_index(drop=True), tuple(issues)


def conservation(
    enterprises: Enterprises, ids: Collection[str], columns: Collection[str]
) -> dict[str, tuple[float, float, float]]:
    """Return, for each column of figures, its sum before, on plots of the layer, and left out; before = the other two.

    The sum counts a firm's total on several plots once; land is counted as each row states it.
    """
    found = enterprises[s.PARCEL].isin(set(ids)).to_numpy()
    out = {}
    for column in columns:
        part = enterprises[column] if column == s.AREA_M2 else apportioned(enterprises, column)[0]
        value = part.to_numpy(dtype=float)
        out[column] = (float(np.nansum(value)), float(np.nansum(value[found])), float(np.nansum(value[~found])))
    return out


def by_year(enterprises: Enterprises, column: str, ids: pd.Index[str]) -> pd.DataFrame:
    """Return a figure of each parcel by year.

    Parameters
    ----------
    enterprises : Enterprises
        Its figures are apportioned (see `apportioned`).
    column : str
        Of figures.
    ids : Index
        Parcels.

    Returns
    -------
    DataFrame, shape (parcels, years)
        By `ids`. Years ascending; rows without a year are in a column of their own, 0. NaN where a firm of the parcel
        lacks the figure: the sum of the others would be too low.
    """
    where = ids.get_indexer(pd.Index(enterprises[s.PARCEL], dtype=object))
    value = apportioned(enterprises, column)[0].to_numpy()
    years = enterprises[s.YEAR].fillna(0).astype(int).to_numpy()
    rows = pd.DataFrame({"parcel": where, s.YEAR: years, "value": value})
    groups = rows[where >= 0].groupby(["parcel", s.YEAR])["value"]
    total = groups.sum().where(groups.count() == groups.size())
    table = total.unstack(s.YEAR).sort_index(axis=1)  # noqa: PD010, a pivot table drops what is blank
    return table.reindex(range(len(ids))).set_axis(ids, axis=0)


def latest(table: pd.DataFrame, years: int) -> tuple[Floats, Bools]:
    """Return the latest `years` figures of each row, the last one last (NaN where there are fewer), and which they are.

    Examples
    --------
    >>> figures, which = latest(pd.DataFrame([[1.0, 2.0, np.nan], [np.nan] * 3], columns=[2022, 2023, 2024]), 2)
    >>> figures.tolist(), which.tolist()
    ([[1.0, 2.0], [nan, nan]], [[True, True, False], [False, False, False]])
    """
    values = table.to_numpy(dtype=float)
    known = ~np.isnan(values)
    from_the_end = np.cumsum(known[:, ::-1], axis=1)[:, ::-1]
    which = known & (from_the_end <= years)
    out = np.full((len(values), years), np.nan)
    row, column = np.nonzero(which)
    out[row, years - from_the_end[row, column]] = values[row, column]
    return out, which


def standing(enterprises: Enterprises) -> pd.DataFrame:
    """Return the rows that say which firms stand on each plot now, and what each of them is.

    They are the rows of the plot's latest year. Grade, industry and name are the latest that the firm states on any of
    its plots, land the latest that it states on this one: a blank says nothing new. A blank day of idleness says that
    the firm works, so that it is as the row has it. What firms *pay* is taken from all years (see `by_year`).

    Parameters
    ----------
    enterprises : Enterprises
        Rows without a year are older than those with one.

    Returns
    -------
    DataFrame
        A part of the rows that name a plot, in their order.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"firm_id": "F", "firm_name": ["Old", "New"], "parcel_id": "a", "year": [2023, 2024], "grade": ["D", ""]}
    ... )
    >>> standing(rows)[["year", "firm_name", "grade"]].values.tolist()
    [[2024, 'New', 'D']]
    """
    year = enterprises[s.YEAR].fillna(0).astype(int)
    there = enterprises[s.PARCEL] != ""
    latest_year = year[there].groupby(enterprises.loc[there, s.PARCEL]).transform("max")
    now = enterprises[there & (year == latest_year.reindex(year.index))].copy()
    for column in (s.GRADE, s.INDUSTRY, s.FIRM_NAME):
        if column in now:
            now[column] = _latest_statement(enterprises, year, column)[now.index]
    if s.AREA_M2 in now:
        stated = enterprises[enterprises[s.AREA_M2] > 0].assign(at=year).sort_values("at", kind="stable")
        land = stated.drop_duplicates([s.FIRM, s.PARCEL], keep="last").set_index([s.FIRM, s.PARCEL])[s.AREA_M2]
        last = land.reindex(pd.MultiIndex.from_frame(now[[s.FIRM, s.PARCEL]])).to_numpy()
        unstated = ~(now[s.AREA_M2] > 0) & (now[s.FIRM] != "")
        now[s.AREA_M2] = now[s.AREA_M2].where(~unstated, last)
    return now


def _latest_statement(enterprises: Enterprises, year: pd.Series[int], column: str) -> pd.Series[str]:
    """Return what the firm of each row states last in a column; its own where it is of that year, or of no firm."""
    own, firm = enterprises[column].astype(object), enterprises[s.FIRM]
    stated = enterprises.assign(at=year)[(own != "") & (firm != "")].sort_values("at", kind="stable")
    last = stated.drop_duplicates(s.FIRM, keep="last").set_index(s.FIRM)
    newest = (own != "") & (year == firm.map(last["at"]))
    return own.where(newest | ~firm.isin(last.index), firm.map(last[column]))


def firms_of(enterprises: Enterprises, tenant: str) -> pd.Series[str]:
    """Return the names of the firms on each parcel over the years, joined, by firm; tenants are marked with `tenant`.

    Name and tenancy are the latest.
    """
    year = enterprises[s.YEAR].fillna(0).astype(int)
    rows = enterprises.assign(**{s.FIRM_NAME: _latest_statement(enterprises, year, s.FIRM_NAME)})
    rows[s.YEAR] = year
    rows = rows.sort_values([s.FIRM, s.YEAR], kind="stable").drop_duplicates([s.PARCEL, s.FIRM], keep="last")
    rows = rows[(rows[s.PARCEL] != "") & (rows[s.FIRM_NAME] != "")]
    marks = np.where(rows[s.TENANT], tenant, "") if s.TENANT in rows else ""
    names = (rows[s.FIRM_NAME].astype(object) + marks).set_axis(pd.Index(rows[s.PARCEL], dtype=object))
    several = names.index.duplicated(keep=False)  # most parcels have one firm: they need no joining
    joined = names[several].groupby(level=0).agg("、".join)
    out: pd.Series[str] = pd.concat([names[~several], joined])
    return out
