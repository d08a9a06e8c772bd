"""Does an enterprise table fit the parcels: do its rows find their plots?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.analysis.firms import conservation
from landuse.errors import Problem
from landuse.finding import Finding
from landuse.i18n import _
from landuse.units import to_mu

if TYPE_CHECKING:
    from landuse.enterprises import Enterprises
    from landuse.layers import Parcels


def join_findings(enterprises: Enterprises, parcels: Parcels) -> list[Finding]:
    """Say how many rows found their plot, and what tax and land they carry.

    Parameters
    ----------
    enterprises : Enterprises
        One row a firm, plot and year.
    parcels : Parcels
        Those a row may name.

    Returns
    -------
    list of Finding
        enterprises_joined: rows with a plot; tax, land and staff before = joined + left out, in the words, where a
        firm's total that stands on several plots is one; its rows are the plots named that are not in the layer: the
        list to go through.
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
    return [Finding("enterprises_joined", int(found.sum()), action, rows=lost)]


def join_problems(enterprises: Enterprises, parcels: Parcels) -> list[Problem]:
    """Refuse a table none of whose plots is in the layer."""
    named = enterprises[enterprises[s.PARCEL] != ""]
    if len(named) and not named[s.PARCEL].isin(set(parcels[s.PARCEL])).any():
        examples = ", ".join(map(repr, named[s.PARCEL].unique()[:3]))
        what = _("no row names a plot of the parcel layer: {examples}", examples=examples)
        return [Problem(what, _("check [parcels] columns id and [enterprises] columns parcel"))]
    return []
