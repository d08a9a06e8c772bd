"""Does an enterprise table fit the parcels, and can its figures be in the unit they are read in?

A column that is wrong stops a run; a row that may be true of a real firm is told, with the plots that rest on it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.analysis.plots.firms import apportioned, by_year, conservation
from landuse.errors import Problem
from landuse.i18n import _
from landuse.quality import Issue
from landuse.reference.plausible_ranges import FEW, FEW_LOW, FIRMS, MOST, PROPORTIONS, name_of
from landuse.units import to_mu

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.parcels import Parcels
    from landuse.reference.plausible_ranges import Proportion

#: Of the industrial plots: so many without a firm are told; counties evaluate most of them.
MOST_BARE = 0.4


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
    if len(bare) <= MOST_BARE * len(ids):
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


#: So many firms do not state the same figure to the cent.
ENOUGH_FIRMS = 20
#: Two columns are one column when so much of their figures is equal.
ALIKE = 0.95
#: A single figure above the band of medians is told from so many times its end.
BEYOND = 3.0
#: A single figure that is more than this of its column's sum carries it; of so many figures.
CARRIES, OF_FIGURES = 0.5, 10
#: How many rows a finding shows with their figures.
SHOWN = 3
#: A year's figure as small as this part of the middle one may well be that of a firm hardly at work.
SMALL = 0.1


def figure_issues(enterprises: Enterprises, parcels: Parcels, file: str = "") -> list[Issue]:
    """Hold every figure of firms against its band, its neighbours and the figures beside it.

    Parameters
    ----------
    enterprises : Enterprises
        One row a firm, plot and year.
    parcels : Parcels
        With registered_m2, by which figures per 亩 are taken.
    file : str
        Of the table, for messages.

    Returns
    -------
    list of Issue
        Those that stop: figures_unit (the median leaves its band), figures_contradict (for most rows, tax is above
        added value and the like, or the median proportion is that of no city), constant_figures of many firms or of
        nothing but zeros. Others: figures_out_of_order (such rows, where they are few), figures_unusual (the median
        proportion is that of few cities), extreme_figures, tax_jumps and
        figure_jumps (one year of a firm against its others), columns_alike, firms_alike.

    Notes
    -----
    Rows are firms; plots those that rest on the figures.
    """
    if not len(enterprises):
        return []
    figures = [column for column in FIRMS if column in enterprises]
    mu = _land(enterprises, parcels)
    ids = pd.Index(parcels[s.PARCEL], dtype=object)
    out: list[Issue] = []
    for column in figures:
        out += _unit(enterprises, column, ids, parcels, file)
        out += _constant(enterprises, column, file)
        out += _extremes(enterprises, column, mu)
        out += _jumps(enterprises, column, file)
    for proportion in PROPORTIONS:
        if proportion.over in figures and proportion.under in figures:
            out += _proportion(enterprises, proportion, file)
    return [*out, *_columns_alike(enterprises, figures), *_firms_alike(enterprises)]


def _land(enterprises: Enterprises, parcels: Parcels) -> pd.Series[float]:
    """Return the 亩 of each row's plot; where the layer lacks it, those the row states."""
    registered = enterprises[s.PARCEL].map(parcels.set_index(s.PARCEL)[s.REGISTERED])
    land: pd.Series[float] = to_mu(registered.astype(float).fillna(enterprises[s.AREA_M2]))
    return land.where(land > 0)


def _unit(enterprises: Enterprises, column: str, ids: pd.Index[str], parcels: Parcels, file: str) -> list[Issue]:
    """Hold the median plot's figure per 亩 against its band: the mean of its years over its registered area."""
    per_plot = by_year(enterprises, column, ids).mean(axis=1).to_numpy(dtype=float)
    per_mu = per_plot / to_mu(parcels[s.REGISTERED].to_numpy(dtype=float))
    wrong = FIRMS[column].wrong(per_mu)
    if wrong is None:
        return []
    what = _(
        "{figure} cannot be in the unit it is read in: the median plot would have {median} per 亩",
        figure=name_of(column),
        median=_shown(column, wrong),
    )
    return [_stop("figures_unit", int((per_mu > 0).sum()), what, _unit_fix(column, wrong), file)]


def _unit_fix(column: str, figure: float) -> str:
    likely = FIRMS[column].likely(figure)
    if column in (s.EMISSIONS, s.STAFF):
        return _("write the unit into the header of the column; it looks like {likely}", likely=likely)
    role = column.removesuffix("_yuan").removesuffix("_tce")
    return _("state [enterprises] units {role}; it looks like {likely}", role=role, likely=likely)


def _shown(column: str, value: float) -> str:
    """Return a figure with its unit."""
    if column.endswith("_yuan"):
        return _("{value:,.4g} 万元", value=value / 10_000)
    unit = {s.ENERGY: _("tce"), s.EMISSIONS: _("t"), s.STAFF: _("persons")}[column]
    return f"{value:,.4g} {unit}"


def _stop(check: str, count: int, action: str, fix: str, file: str) -> Issue:
    return Issue(check, count, action, stops=True, fix=fix, file=file)


def _told(check: str, table: pd.DataFrame, which: pd.Series[bool], action: str) -> Issue:
    """Return the finding about some rows: their firms, and the plots that rest on them."""
    rows = table[which]
    firms, plots = (tuple(x for x in dict.fromkeys(rows[c]) if x) for c in (s.FIRM, s.PARCEL))
    return Issue(check, len(rows), action, rows=firms, plots=plots)


def _constant(enterprises: Enterprises, column: str, file: str) -> list[Issue]:
    """Tell of one figure for every firm, and of nothing but zeros."""
    known = enterprises[enterprises[column].notna()]
    firms = known.loc[known[s.FIRM] != "", s.FIRM].nunique()
    if firms < FEW_LOW or not _is_constant(known[column]):
        return []
    value = float(known[column].iloc[0])
    action = _("{figure} is {value} in all {n} rows", figure=name_of(column), value=_shown(column, value), n=len(known))
    if firms < ENOUGH_FIRMS and not (value == 0 and column in (s.TAX, s.VALUE_ADDED, s.OUTPUT)):
        return [Issue("constant_figures", len(known), action)]
    fix = _("name the column that holds it in [enterprises] columns; leave blank what is not known: it is no zero")
    return [_stop("constant_figures", len(known), action, fix, file)]


def _extremes(enterprises: Enterprises, column: str, mu: pd.Series[float]) -> list[Issue]:
    """Tell of figures far above the others of their column, per 亩, and of one that is most of the column's sum."""
    value = apportioned(enterprises, column)[0]
    per_mu = (value / mu).where(value > 0)
    known = per_mu.dropna()
    if known.empty:
        return []
    total, band = float(value[value > 0].sum()), FIRMS[column]
    apart = band.apart * float(known.median()) if len(known) >= FEW else np.inf
    carries = (value > CARRIES * total) & (int((value > 0).sum()) >= OF_FIGURES)
    which = (per_mu > min(apart, BEYOND * band.high)) | carries
    if not which.any():
        return []
    action = _(
        "{figure} far above the other rows: {examples}; the largest is {share:.0%} of the column's sum; kept",
        figure=name_of(column),
        examples=_examples(enterprises, column, value.where(which)),
        share=value.max() / total,
    )
    return [_told("extreme_figures", enterprises, which, action)]


def _examples(enterprises: Enterprises, column: str, value: pd.Series[float]) -> str:
    """Return the largest figures with firm and year."""
    largest = value.dropna().nlargest(SHOWN)
    names = enterprises.loc[largest.index, s.FIRM_NAME].where(
        enterprises.loc[largest.index, s.FIRM_NAME] != "", enterprises.loc[largest.index, s.FIRM]
    )
    years = ["" if pd.isna(y) else f" {y}" for y in enterprises.loc[largest.index, s.YEAR]]
    return "; ".join(f"{n}{y}: {_shown(column, v)}" for n, y, v in zip(names, years, largest, strict=True))


def _jumps(enterprises: Enterprises, column: str, file: str) -> list[Issue]:
    """Tell of firms one of whose years is hundreds of times another on the same plot; most of them stop the run."""
    known = enterprises[(enterprises[column] > 0) & (enterprises[s.FIRM] != "")]
    years = known.groupby([s.FIRM, s.PARCEL])[column].agg(["min", "max", "size"])
    years = years[years["size"] > 1]
    wild = (years["max"] > FIRMS[column].jumps * years["min"]) & (years["max"] > SMALL * known[column].median())
    if not wild.any():
        return []
    check = "tax_jumps" if column == s.TAX else "figure_jumps"
    action = _("{figure}: one year is hundreds of times another: perhaps in another unit", figure=name_of(column))
    firms, plots = (tuple(dict.fromkeys(x for x in years.index[wild].get_level_values(c))) for c in (s.FIRM, s.PARCEL))
    if wild.sum() > MOST * len(years) and wild.sum() >= FEW:
        fix = _("bring the years into one unit")
        return [Issue(check, int(wild.sum()), action, rows=firms, plots=plots, stops=True, fix=fix, file=file)]
    action += _("; kept")
    return [Issue(check, int(wild.sum()), action, rows=firms, plots=plots)]


def _proportion(enterprises: Enterprises, proportion: Proportion, file: str) -> list[Issue]:
    """Hold one column against another: most rows out of proportion stop the run, single ones are told."""
    over, under, low, high = proportion.over, proportion.under, proportion.low, proportion.high
    ratio = enterprises[over].where(enterprises[over] > 0) / enterprises[under].where(enterprises[under] > 0)
    known = ratio.dropna()
    if known.empty:
        return []
    names = {"over": name_of(over), "under": name_of(under)}
    median, part = float(known.median()), high == 1.0
    firms = enterprises.loc[known.index, s.FIRM].nunique()
    if firms >= FEW and (median > high or (median < low and firms >= FEW_LOW)):
        if part and median > high:
            action = _("{over} is above {under} in {n} of {of} rows", n=(known > 1).sum(), of=len(known), **names)
        else:
            action = _("{over} and {under} do not go together: as no city has them", **names)
        fix = _(
            "name the right columns of [enterprises], in the right unit: two are swapped, or one is in another unit"
        )
        return [_stop("figures_contradict", len(known), action, fix, file)]
    out = []
    if part and (ratio > high).any():
        action = _("{over} above {under}, of which it is a part; kept", **names)
        out.append(_told("figures_out_of_order", enterprises, ratio > high, action))
    if firms >= FEW_LOW and not proportion.usual[0] <= median <= proportion.usual[1]:
        action = _("{over} and {under} are in a proportion few cities have: one ten times off? kept", **names)
        out.append(Issue("figures_unusual", len(known), action, plots=_plots(enterprises.loc[known.index])))
    return out


def _columns_alike(enterprises: Enterprises, figures: list[str]) -> Iterator[Issue]:
    """Tell of two columns that hold the same figures, or the same numbers in two units."""
    for k, a in enumerate(figures):
        for b in figures[k + 1 :]:
            both = enterprises[(enterprises[a] > 0) & (enterprises[b] > 0)]
            ratio = (both[a] / both[b]).to_numpy(dtype=float)
            money = a.endswith("_yuan") and b.endswith("_yuan")
            power = 0.0 if money or not len(ratio) else np.round(np.log10(np.median(ratio)))
            same = np.isclose(ratio, 10.0**power, rtol=1e-9)
            if len(ratio) >= FEW_LOW and not _is_constant(both[a]) and same.mean() >= ALIKE:
                action = _(
                    "{a} and {b} have the same figure in {n} of {of} rows: one column twice?",
                    a=name_of(a),
                    b=name_of(b),
                    n=int(same.sum()),
                    of=len(ratio),
                )
                yield Issue("columns_alike", int(same.sum()), action, plots=_plots(both))


def _firms_alike(enterprises: Enterprises) -> list[Issue]:
    """Tell of two firms of one plot and year that pay the same to the cent."""
    rows = enterprises[(enterprises[s.TAX] > 0) & (enterprises[s.PARCEL] != "")]
    cents = rows.assign(cents=rows[s.TAX].round(2))
    twice = cents.duplicated([s.PARCEL, s.YEAR, "cents"], keep=False)
    if not twice.any():
        return []
    action = _("firms of one plot pay the same to the cent: one firm twice, or the plot's tax given to each? kept")
    return [_told("firms_alike", rows, twice, action)]


def _is_constant(figures: pd.Series[float]) -> bool:
    return bool((figures == figures.iloc[0]).all())


def _plots(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(x for x in dict.fromkeys(rows[s.PARCEL]) if x)
