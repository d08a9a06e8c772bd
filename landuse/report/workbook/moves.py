"""The rows of the workbook's sheets about a relocation plan: moves, blocks, parks after, years, districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import _
from landuse.report.words.format import park_areas, reconciled_mu, reconciled_wan
from landuse.report.words.relocation import action_word, fit_word
from landuse.report.words.terms import handling_word, reason_words
from landuse.report.workbook.columns import Column, of_plots

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

#: Load from which a block is marked as full.
FULL = 0.95
#: Yuan per m² of a price of 1 万元 per 亩.
WAN_PER_MU = 15.0


def district_namer(f: RunResult) -> Callable[[Any], str]:
    """Return what turns a district's code into its name, "" into ""."""
    names = f.concentration.districts["name"]
    return lambda code: (str(names.get(code, code)) or _("(in no district)")) if code else ""


def tax_source(known: Any) -> str:
    """Return where a plot's tax is from."""
    return _("its firms") if known else _("district's mean")


def industries_words(codes: Any) -> str:
    """Return leading industries; none stated: any."""
    return "、".join(map(str, codes)) or _("any")


def move_columns(f: RunResult, r: Relocation) -> list[Column]:
    """Return the table of the plots treated."""
    assert f.candidates is not None  # noqa: S101
    m, name, judged = r.moves, district_namer(f), f.candidates.judged
    met = [judged.of(parcel) for parcel in m.index]
    guessed = (f'={{source}}{{row}}="{tax_source(known=False)}"', "guess")
    return [
        Column(_("No."), range(1, len(m) + 1), "count"),
        Column(_("Parcel id"), list(m.index), total=_("Total")),
        Column(_("District"), [name(d) for d in m[s.DISTRICT]]),
        Column(_("Action"), [action_word(a) for a in m["action"]], key="action"),
        Column(_("Year"), m["year"].tolist(), "count"),
        of_plots(_("Area (mu)"), m[s.AREA_M2], key="area"),
        Column(_("To park"), list(m[s.PARK_NAME])),
        Column(_("To block"), list(m[s.BLOCK])),
        Column(_("To district"), [name(d) for d in m["to_district"]]),
        of_plots(_("Park land used (mu)"), m["land_used_m2"], key="used"),
        Column(_("Distance (km)"), (m["distance_m"] / 1000).tolist(), "mu"),
        Column(_("Fit of the industry"), [fit_word(x) for x in m["fit"]]),
        Column(_("Reasons"), ["；".join(f"{x.rule.code} {reason_words(x)}" for x in those) for those in met]),
        Column(_("Suggested handling"), [handling_word(h) for h in m["handling"]]),
        of_plots(_("Tax (10,000 yuan a year)"), m[s.TAX], "wan", key="tax", marks=(guessed,)),
        Column(_("Tax taken from"), [tax_source(k) for k in m["tax_known"]], key="source", marks=(guessed,)),
        of_plots(_("Cost (10,000 yuan)"), m["cost_yuan"], "wan", key="cost"),
    ]


def load_columns(f: RunResult, r: Relocation) -> list[Column]:
    """Return the table of the blocks, with what the plan brings them."""
    b, name = r.blocks, district_namer(f)
    heads = ((_("Spare land (mu)"), "spare_m2", "spare"), (_("Used by the plan (mu)"), "used_m2", "used"))
    spare, used = (of_plots(h, b[c], key=k) for h, c, k in heads)
    load = [u / x if x else None for u, x in zip(used.values, spare.values, strict=True)]
    formula = '=IF({spare}{row}>0,{used}{row}/{spare}{row},"")'
    whole = used.shown / spare.shown if used.shown is not None and spare.shown else None
    full = (f"=AND(ISNUMBER({{load}}{{row}}),{{load}}{{row}}>={FULL})", "bad")
    prices = [round(float(x) / WAN_PER_MU, 2) for x in b["price_yuan_m2"]]
    return [
        Column(_("No."), range(1, len(b) + 1), "count"),
        Column(_("Park"), list(b[s.PARK_NAME]), total=_("Total")),
        Column(_("Block"), list(b[s.BLOCK])),
        Column(_("District"), [name(d) for d in b[s.DISTRICT]]),
        spare,
        Column(_("Spare land is"), [_("stated") if x else _("computed") for x in b["stated"]], width=13),
        Column(_("Open from"), [str(y) if y else _("now") for y in b["from_year"]]),
        Column(_("Price (10,000 yuan per mu)"), prices, "mu"),
        Column(_("Leading industries"), [industries_words(x) for x in b["industries"]]),
        Column(_("Worst pollution class taken"), b["pollution"].tolist(), "count"),
        used,
        Column(_("Load"), load, "percent", formula, whole, key="load", formula=formula, marks=(full,)),
        Column(_("Plots"), b["plots"].tolist(), "count", "sum"),
    ]


def park_taxes(f: RunResult, r: Relocation) -> pd.DataFrame:
    """Return, by park, what the firms on its plots pay a year as far as it is known, and what moves in.

    A parcel of which only a part lies in the park counts by that part's share of its land.

    Returns
    -------
    pandas.DataFrame
        Index: park id. plots (inside), known (those of them whose tax is known), now_yuan, in_yuan.
    """
    assert f.candidates is not None  # noqa: S101
    plots, measures = f.candidates.renewal, f.candidates.measures
    plots = plots[plots[s.PARK] != ""]
    land = f.ledger.counted(f.definition)
    whole = land.groupby("parcel")["m2"].sum()
    whole.index = pd.Index(f.ledger.parcels[s.PARCEL].to_numpy(dtype=object)[whole.index])
    part = plots[s.AREA_M2].to_numpy(dtype=float) / whole.reindex(plots.index).to_numpy(dtype=float)
    per_mu = measures.values["tax_per_mu"].reindex(plots.index).to_numpy(dtype=float)
    tax = per_mu * measures.notes["mu"].reindex(plots.index).to_numpy(dtype=float) * part
    rows = pd.DataFrame({"park": plots[s.PARK].to_numpy(), "known": ~np.isnan(tax), "now_yuan": np.nan_to_num(tax)})
    moved = r.moves[r.moves["action"] == "move"]
    sums = rows.groupby("park").agg(plots=("known", "size"), known=("known", "sum"), now_yuan=("now_yuan", "sum"))
    sums = sums.reindex(f.concentration.parks.index)
    sums["in_yuan"] = moved.groupby(s.PARK)[s.TAX].sum().reindex(sums.index)
    return sums.fillna(0.0)


def park_after_columns(f: RunResult, r: Relocation) -> list[Column]:
    """Return the parks before and after the plan: their industrial land, and the tax that is known."""
    before, tax = r.before.parks, park_taxes(f, r)
    m2 = r.after.parks["industrial_m2"].reindex(before.index) - before["industrial_m2"]
    # the change is reconciled, not what it ends at: a park that takes nothing changes by nothing
    land, change = park_areas(before)["industrial"].tolist(), reconciled_mu(m2.round(6))
    ends = [round(a + b, 2) for a, b in zip(land, change, strict=True)]
    now, comes = reconciled_wan(tax["now_yuan"]), reconciled_wan(tax["in_yuan"])
    then = [round(a + b, 2) for a, b in zip(now, comes, strict=True)]
    end, both = "={before}{row}+{change}{row}", "={now}{row}+{comes}{row}"
    return [
        Column(_("No."), range(1, len(before) + 1), "count"),
        Column(_("Park id"), list(before.index)),
        Column(_("Park"), list(before["park_name"]), total=_("Total")),
        Column(_("Industrial land before (mu)"), land, "mu", "sum", key="before", width=16),
        Column(_("Change (mu)"), change, "mu", "sum", key="change"),
        Column(_("Industrial land after (mu)"), ends, "mu", end, round(sum(ends), 2), formula=end, width=16),
        Column(_("Plots"), tax["plots"].astype(int).tolist(), "count", "sum"),
        Column(_("Plots with known tax"), tax["known"].astype(int).tolist(), "count", "sum", width=14),
        Column(_("Tax now, where known (10,000 yuan)"), now, "mu", "sum", key="now", width=20),
        Column(_("Tax that moves in (10,000 yuan)"), comes, "mu", "sum", key="comes"),
        Column(_("Tax after (10,000 yuan)"), then, "mu", both, round(sum(then), 2), formula=both),
    ]


def year_columns(r: Relocation) -> list[Column]:
    """Return what is done each year, and the share by its end."""
    y = r.years
    met = ("=AND(ISNUMBER({target}{row}),{share}{row}>={target}{row})", "good")
    missed = ("=AND(ISNUMBER({target}{row}),{share}{row}<{target}{row})", "bad")
    return [
        Column(_("Year"), [str(year) for year in y.index], total=_("Total")),
        Column(_("Plots"), y["plots"].tolist(), "count", "sum"),
        Column(_("Area (mu)"), reconciled_mu(y[s.AREA_M2]), "mu", "sum"),
        Column(_("Cost (10,000 yuan)"), reconciled_wan(y["cost_yuan"]), "mu", "sum"),
        Column(_("Share at its end"), y["share"].tolist(), "percent", key="share", marks=(met, missed)),
        Column(_("Target"), y["target"].tolist(), "percent", key="target"),
    ]


def flow_columns(f: RunResult, r: Relocation) -> list[Column]:
    """Return what moves from which district to which."""
    w, name = r.flows, district_namer(f)
    return [
        Column(_("No."), range(1, len(w) + 1), "count"),
        Column(_("From district"), [name(d) for d in w["origin"]], total=_("Total")),
        Column(_("To district"), [name(d) for d in w["destination"]]),
        Column(_("Plots"), w["plots"].tolist(), "count", "sum"),
        Column(_("Area (mu)"), reconciled_mu(w[s.AREA_M2]), "mu", "sum"),
        Column(_("Park land used (mu)"), reconciled_mu(w["land_used_m2"]), "mu", "sum"),
        Column(_("Tax (10,000 yuan a year)"), reconciled_wan(w[s.TAX]), "mu", "sum"),
        Column(_("Credited to the origin (mu)"), reconciled_mu(w["credited_m2"]), "mu", "sum"),
    ]
