"""Does an enterprise table fit the parcels: do its rows find their plots, and can its tax be in its unit?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.analysis.firms import conservation
from landuse.errors import Problem
from landuse.finding import Finding
from landuse.i18n import _
from landuse.units import MONEY_YUAN, to_mu

if TYPE_CHECKING:
    import pandas as pd

    from landuse.enterprises import Enterprises
    from landuse.layers import Parcels

#: Between these lies the median tax of a plot in any city [yuan per 亩 and year]. County means are 11.6 万元 (small
#: firms) to 24.1 万元 (large firms) per 亩 in Huangyan (2022 data), the province's target of 2023 is 37 万元 (浙政发
#: 〔2018〕5号 and the province's campaign of 2021-2023). The band leaves a factor of 200 below and 27 above those, and
#: is wide enough that yuan read as 万元, or the reverse, leave it for every median from 0.1 to 500 万元 per 亩.
PLAUSIBLE_YUAN_PER_MU = (500.0, 1e7)
#: A low median of fewer plots than this may be those few idle plots.
FEW = 5
#: A firm's tax in one year over that in another, from which on a slip of units is likelier than business.
JUMP = 3_000.0


def join_findings(enterprises: Enterprises, parcels: Parcels) -> list[Finding]:
    """Say how many rows found their plot, what tax and land they carry, and which figures look like another unit.

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
        list to go through. tax_jumps: firms one of whose years is `JUMP` times another on the same plot.
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
    out = [Finding("enterprises_joined", int(found.sum()), action, rows=lost)]
    paid = enterprises[enterprises[s.TAX] > 0]
    years = paid.groupby([s.FIRM, s.PARCEL])[s.TAX].agg(["min", "max"])
    wild = years[years["max"] > JUMP * years["min"]]
    if len(wild):
        action = _("one year is thousands of times another: perhaps in another unit; kept")
        out.append(Finding("tax_jumps", len(wild), action, rows=tuple(wild.index.get_level_values(s.FIRM))))
    return out


def join_problems(enterprises: Enterprises, tax: pd.DataFrame, parcels: Parcels) -> list[Problem]:
    """Refuse a table none of whose plots is in the layer, or whose tax per 亩 no city has.

    Tax per 亩 = mean over the years of a parcel's tax / its registered area; the median is over the parcels that pay.
    A factor of ten (千元) cannot be told this way.

    Parameters
    ----------
    enterprises : Enterprises
        One row a firm, plot and year.
    tax : pandas.DataFrame
        What firms pay on parcels, from `landuse.analysis.firms.tax_per_parcel`.
    parcels : Parcels
        With registered_m2.
    """
    named = enterprises[enterprises[s.PARCEL] != ""]
    if len(named) and not named[s.PARCEL].isin(set(parcels[s.PARCEL])).any():
        examples = ", ".join(map(repr, named[s.PARCEL].unique()[:3]))
        what = _("no row names a plot of the parcel layer: {examples}", examples=examples)
        return [Problem(what, _("check [parcels] columns id and [enterprises] columns parcel"))]
    paid = tax[tax[s.TAX] > 0]
    mean = paid.groupby([s.PARCEL, s.YEAR], dropna=False)[s.TAX].sum().groupby(level=0).mean()
    per_mu = (mean / to_mu(parcels.set_index(s.PARCEL)[s.REGISTERED])).dropna()
    if per_mu.empty:
        return []
    low, high = PLAUSIBLE_YUAN_PER_MU
    median = float(per_mu.median())
    if median > high or (median < low and len(per_mu) >= FEW):
        ten_thousand = MONEY_YUAN["万元"]
        likely = _("a unit ten thousand times smaller (元 for 万元)")
        if median < low:
            likely = _("a unit ten thousand times larger (万元 for 元)")
        what = _(
            "tax cannot be in the unit it is read in: the median plot would pay {median:,.4g} 万元 per 亩",
            median=median / ten_thousand,
        )
        fix = _("state [enterprises] units tax; it looks like {likely}", likely=likely)
        return [Problem(what, fix)]
    return []
