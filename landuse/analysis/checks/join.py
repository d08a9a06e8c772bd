"""Does an enterprise table fit the parcels: do its rows find their plots, and is it whole?"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from landuse import schema as s
from landuse.analysis.plots.firms import conservation
from landuse.errors import Problem
from landuse.i18n import _
from landuse.quality import Issue
from landuse.units import to_mu

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.parcels import Parcels

#: Of the industrial plots: so many without a firm are told; counties evaluate most of them.
MANY = 0.4


def join_issues(enterprises: Enterprises, parcels: Parcels, day: date | None = None) -> list[Issue]:
    """Say how many rows found their plot, and what tax and land they carry.

    Parameters
    ----------
    enterprises : Enterprises
        One row a firm, plot and year.
    parcels : Parcels
        Those a row may name.
    day : datetime.date, optional
        Of the study.

    Returns
    -------
    list of Issue
        enterprises_joined: rows with a plot; tax, land and staff before = joined + left out, in the words, where a
        firm's total that stands on several plots is one; its rows are the plots named that are not in the layer: the
        list to go through. years_missing: firms without a row of a year between two of theirs; years_behind: no row of
        the last whole year before the study's date; plots_without_firms: industrial plots that no row names, where
        they are more than 40 %.
    """
    if not len(enterprises):
        return []
    found = enterprises[s.PARCEL].isin(set(parcels[s.PARCEL])).to_numpy()
    columns = [c for c in (s.TAX, s.AREA_M2, s.STAFF) if c in enterprises]
    sums = conservation(enterprises, set(parcels[s.PARCEL]), columns)
    action = _(
        "of {n} rows; tax {tax:,.2f} yuan = {tax_in:,.2f} joined + {tax_out:,.2f} not; "
        "stated land {mu:,.2f} mu = {mu_in:,.2f} + {mu_out:,.2f}",
        n=len(enterprises),
        tax=sums[s.TAX][0],
        tax_in=sums[s.TAX][1],
        tax_out=sums[s.TAX][2],
        mu=to_mu(sums[s.AREA_M2][0]),
        mu_in=to_mu(sums[s.AREA_M2][1]),
        mu_out=to_mu(sums[s.AREA_M2][2]),
    )
    if s.STAFF in enterprises:
        n, n_in, n_out = sums[s.STAFF]
        action += _("; staff {n:,.2f} = {n_in:,.2f} joined + {n_out:,.2f} not", n=n, n_in=n_in, n_out=n_out)
    lost = tuple(dict.fromkeys(enterprises[s.PARCEL].to_numpy()[~found]))
    joined = Issue("enterprises_joined", int(found.sum()), action, rows=lost)
    return [joined, *_missing_years(enterprises, day), *_without_firms(enterprises, parcels)]


def _missing_years(enterprises: Enterprises, day: date | None) -> Iterator[Issue]:
    """Tell of firms that lack a year between their first and last, and of a table that ends before its study."""
    rows = enterprises[enterprises[s.YEAR].notna() & (enterprises[s.FIRM] != "")]
    if not len(rows):
        return
    table = np.sort(rows[s.YEAR].astype(int).unique())
    years = rows.assign(y=np.searchsorted(table, rows[s.YEAR].astype(int))).groupby([s.FIRM, s.PARCEL])["y"]
    spans = years.max() - years.min() + 1 - years.nunique()
    if (spans > 0).any():
        firms, plots = (tuple(dict.fromkeys(spans.index[spans > 0].get_level_values(c))) for c in (s.FIRM, s.PARCEL))
        action = _("rows before and after, and none of a year between: unknown in that year")
        yield Issue("years_missing", int((spans > 0).sum()), action, rows=firms, plots=plots)
    if day is not None and table[-1] < (whole := (day + timedelta(days=1)).year - 1):
        action = _("the latest figures are of {last}, the study of {whole}", last=int(table[-1]), whole=whole)
        yield Issue("years_behind", int((rows[s.YEAR] == table[-1]).sum()), action)


def _without_firms(enterprises: Enterprises, parcels: Parcels) -> list[Issue]:
    """Tell of plots that no row names, where they are many: of them nothing is known, and they are no candidates."""
    ids = parcels.loc[parcels[s.USE] == "industrial", s.PARCEL]
    bare = ids[~ids.isin(set(enterprises[s.PARCEL]))]
    if len(bare) <= MANY * len(ids):
        return []
    action = _("{n} of {of} industrial plots have no row: is the table whole?", n=len(bare), of=len(ids))
    return [Issue("plots_without_firms", len(bare), action, rows=tuple(bare), plots=tuple(bare))]


def join_problems(enterprises: Enterprises, parcels: Parcels) -> list[Problem]:
    """Refuse a table none of whose plots is in the layer."""
    named = enterprises[enterprises[s.PARCEL] != ""]
    if len(named) and not named[s.PARCEL].isin(set(parcels[s.PARCEL])).any():
        examples = ", ".join(map(repr, named[s.PARCEL].unique()[:3]))
        what = _("no row names a plot of the parcel layer: {examples}", examples=examples)
        return [Problem(what, _("check [parcels] columns id and [enterprises] columns parcel"))]
    return []
