"""Which scattered plots are inefficient, by which rule, on what evidence?"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.results import Candidates, Finding, Rule, Scatter
from landuse.units import MONEY_YUAN, to_mu

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.enterprises import Enterprises
    from landuse.layers import Parcels

#: Years the mean tax is taken over: the latest so many that hold a figure for the plot.
YEARS = 3


def load_rules(pack: str, folder: Path) -> dict[str, Rule]:
    """Return the rules of a pack, by name (shipped with the package) or by path (from the study's folder).

    Raises
    ------
    InputError
        When there is no such pack, or it is no rule pack.

    Examples
    --------
    >>> from pathlib import Path
    >>> load_rules("zhejiang-2023", Path())["L2"].threshold
    15.0
    """
    shipped = files("landuse").joinpath("data", "rules", f"{pack}.toml")
    own = folder / pack
    if own.suffix != ".toml" and not shipped.is_file():
        fix = _("give zhejiang-2023, or the path of a .toml file")
        raise InputError(Problem(_("no rule pack {pack!r}", pack=pack), fix, pack))
    try:
        text = (own if own.suffix == ".toml" else shipped).read_text(encoding="utf-8")
        return {r["code"]: _rule(r) for r in tomllib.loads(text)["rules"]}
    except (OSError, KeyError, TypeError, ValueError) as error:
        fix = _("copy landuse/data/rules/zhejiang-2023.toml and change its figures")
        raise InputError(Problem(_("not a rule pack: {error}", error=error), fix, pack)) from None


def _rule(row: dict[str, Any]) -> Rule:
    if row["measure"] != "tax_per_mu":
        raise ValueError(f"{row['code']}: measure {row['measure']!r}")
    if row["unit"] not in {f"{money}/亩" for money in MONEY_YUAN}:
        raise ValueError(f"{row['code']}: unit {row['unit']!r}")
    return Rule(
        row["code"],
        row["name"],
        float(row["below"]),
        row["unit"],
        row["source"],
        str(row["date"]),
        row["trust"],
    )


def threshold_yuan(rule: Rule) -> float:
    """Return the threshold of a tax rule in yuan per 亩."""
    return rule.threshold * MONEY_YUAN[rule.unit.removesuffix("/亩")]


def tax_per_parcel(enterprises: Enterprises, parcels: Parcels) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Apportion what firms paid to the parcels they sit on, each yuan once.

    A firm's figure stated on several parcels in one year, the same to the cent, is its total and is apportioned by
    the land it uses on each (equally where no area is given); differing figures are each parcel's own. A parcel with
    several firms gets the sum. A blank figure is unknown, never zero.

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
    findings : tuple of Finding
        Rows whose parcel is not in the layer, and firms apportioned.

    Notes
    -----
    Tax before = tax of the frame + tax of the rows left out; a test holds this to the cent.
    """
    known = enterprises[enterprises[s.TAX].notna()].copy()
    firm_year = [s.FIRM, s.YEAR]
    groups = known.groupby(firm_year, dropna=False)
    cents = known[s.TAX].round(2)
    stated = cents.groupby([known[c] for c in firm_year], dropna=False).transform("nunique")
    rows = groups[s.TAX].transform("size")
    named = known[s.FIRM] != ""  # nothing says that rows without a firm are one firm
    total = named & (stated == 1) & (rows > 1) & (groups[s.PARCEL].transform("nunique") == rows)
    weight = known[s.AREA_M2].where(known[s.AREA_M2] > 0)
    complete = weight.notna().groupby([known[c] for c in firm_year], dropna=False).transform("all")
    weight = weight.where(complete, 1.0)
    share = weight / weight.groupby([known[c] for c in firm_year], dropna=False).transform("sum")
    known[s.TAX] = known[s.TAX].where(~total, known[s.TAX] * share)
    matched = known[s.PARCEL].isin(set(parcels[s.PARCEL]))
    findings = []
    if total.any():
        n = int(known.loc[total, s.FIRM].nunique())
        findings.append(
            Finding("firms_apportioned", n, _("one figure stated on several plots: taken once, by land used"))
        )
    if (~matched).any():
        lost = known[~matched]
        what = _("their plot is not in the parcel layer: {tax:,.2f} yuan left out", tax=lost[s.TAX].sum())
        findings.append(Finding("enterprises_unmatched", len(lost), what, rows=tuple(lost[s.PARCEL].unique())))
    columns = [s.PARCEL, s.YEAR, s.TAX, s.FIRM, s.FIRM_NAME]
    return known.loc[matched, columns].reset_index(drop=True), tuple(findings)


def judge(scatter: Scatter, tax: pd.DataFrame, parcels: Parcels, rules: dict[str, Rule]) -> Candidates:
    """Judge every scattered plot by the rules; a plot without data gets no reason.

    Tax per 亩 = mean over the latest three years with figures of (tax of the parcel / registered area of the parcel);
    a plot that is part of a parcel has its parcel's figure.

    Parameters
    ----------
    scatter : Scatter
        Of which the scattered plots are judged.
    tax : pandas.DataFrame
        From `tax_per_parcel`.
    parcels : Parcels
        With registered_m2 (of the ledger, so without NaN).
    rules : dict
        From `load_rules`.

    Returns
    -------
    Candidates
        Candidates first, lowest tax per 亩 first, then the others by id.
    """
    by_year = tax.groupby([s.PARCEL, s.YEAR], dropna=False)[s.TAX].sum().reset_index().sort_values([s.PARCEL, s.YEAR])
    recent = by_year.groupby(s.PARCEL).tail(YEARS)
    mean = recent.groupby(s.PARCEL)[s.TAX].mean()
    mu = to_mu(parcels.set_index(s.PARCEL)[s.REGISTERED])
    here = tax[tax[s.PARCEL].isin(scatter.scattered.index)]
    firms = here.sort_values(s.FIRM).drop_duplicates([s.PARCEL, s.FIRM]).groupby(s.PARCEL)[s.FIRM_NAME]
    plots = scatter.scattered.copy()
    plots["tax_per_mu"] = (mean / mu).reindex(plots.index)
    plots["years"] = _years(recent, plots.index)
    plots["firms"] = firms.agg("、".join).reindex(plots.index).fillna("")
    plots["evidence"] = np.where(plots["tax_per_mu"].notna(), "statistical", "none")
    met = {code: (plots["tax_per_mu"] < threshold_yuan(rule)).to_numpy() for code, rule in rules.items()}
    plots["reasons"] = pd.Series(
        [tuple(code for code in rules if met[code][k]) for k in range(len(plots))],
        index=plots.index,
        dtype=object,
    )
    order = plots.assign(listed=plots["reasons"].map(len) > 0, id=plots.index)
    order = order.sort_values(["listed", "tax_per_mu", "id"], ascending=[False, True, True], kind="stable")
    return Candidates(plots.loc[order.index], rules)


def _years(rows: pd.DataFrame, index: pd.Index[Any]) -> pd.Series[Any]:
    """Return the years each plot's mean rests on, ascending."""
    years: dict[str, tuple[int, ...]] = {}
    stated = rows[rows[s.YEAR].notna()]
    for parcel, year in zip(stated[s.PARCEL], stated[s.YEAR], strict=True):
        years[parcel] = (*years.get(parcel, ()), int(year))
    return pd.Series([years.get(k, ()) for k in index], index=index, dtype=object)
