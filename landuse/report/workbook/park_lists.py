"""The rows of the workbook's lists about parks: land by class, plots that would join blocks, industries, duties."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.tables.change import adding_up
from landuse.report.tables.parks import league_rows
from landuse.report.words.format import reconciled_mu
from landuse.report.words.parks import WAN
from landuse.report.words.terms import district_namer
from landuse.report.workbook.columns import Column

if TYPE_CHECKING:
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult


def use_columns(r: ParkReview) -> list[Column]:
    """Return a row a park and a column a class, the largest first; a row sums to the park's land, by formula."""
    t = league_rows(r)
    wide = r.uses.pivot_table(index=s.PARK, columns=s.CODE, values="m2", aggfunc="sum", fill_value=0.0)
    wide = wide.reindex(t.index, fill_value=0.0)
    land = t["land_mu"].tolist()
    rows = [adding_up(m2, mu) for m2, mu in zip(wide.to_numpy(), land, strict=True)]
    names = dict(zip(r.uses[s.CODE], r.uses[s.NAME], strict=True))
    order = wide.sum().sort_values(ascending=False, kind="stable").index
    shown = [(code, mu) for code in order if any(mu := [row[wide.columns.get_loc(code)] for row in rows])]
    # an absent class is a blank, not 0.00: there is none of it
    classes = [
        Column(
            f"{code} {names[code]}" if code else _("under no parcel"),
            [x or None for x in mu],
            "mu",
            "sum",
            key=f"c{k}",
            width=13,
        )
        for k, (code, mu) in enumerate(shown)
    ]
    whole = f"=SUM({{c0}}{{row}}:{{c{len(shown) - 1}}}{{row}})" if shown else ""
    return [
        Column(_("No."), t["no"].tolist(), "count"),
        Column(_("Park"), t["park_name"].tolist(), total=_("Total")),
        Column(_("Park id"), t.index.tolist()),
        *classes,
        Column(_("Park land (mu)"), land, "mu", "sum", formula=whole),
    ]


def join_columns(r: ParkReview) -> list[Column]:
    """Return the suggestions: which plots would join which blocks, the least land first."""
    j, names = r.joins, r.figures["park_name"]
    return [
        Column(_("No."), range(1, len(j) + 1), "count"),
        Column(_("Park"), [names.get(x, x) for x in j[s.PARK]], total=_("Total") if len(j) else ""),
        Column(_("Block"), j["block_a"].tolist(), width=16),
        Column(_("and block"), j["block_b"].tolist(), width=16),
        Column(_("Gap now (m)"), j["gap_m"].tolist(), "metres"),
        Column(_("Plots"), [len(x) for x in j["plots"]], "count", "sum" if len(j) else ""),
        Column(_("Land to take in (mu)"), reconciled_mu(j[s.AREA_M2]), "mu", "sum" if len(j) else ""),
        Column(_("Groups of blocks now"), j["blocks_before"].tolist(), "count"),
        Column(_("Groups of blocks then"), j["blocks_after"].tolist(), "count"),
        Column(_("Plots to take in"), ["、".join(map(str, x)) for x in j["plots"]], width=44),
    ]


def industry_columns(r: ParkReview) -> list[Column]:
    """Return the industries of each park, those that lead it marked, the largest first."""
    t = league_rows(r)
    i = r.industries.assign(no=r.industries[s.PARK].map(t["no"]), unknown=r.industries["division"] == "")
    i = i.sort_values(["no", "unknown", "m2"], ascending=[True, True, False], kind="stable").reset_index(drop=True)
    lead = {park: x if isinstance(x, tuple) else () for park, x in t["leading"].items()}
    leads = [d in lead[p] for p, d in zip(i[s.PARK], i["division"], strict=True)]
    known = i[~i["unknown"]].groupby(s.PARK)[["m2", s.OUTPUT]].sum(min_count=1)
    # of what is known: land of an unknown industry has no share
    of_land, of_output = (i[x].where(~i["unknown"]) / i[s.PARK].map(known[x]) for x in ("m2", s.OUTPUT))
    mark = (f'={{leads}}{{row}}="{_("yes")}"', "good")
    return [
        Column(_("No. of the park"), i["no"].tolist(), "count"),
        Column(_("Park"), i[s.PARK].map(t["park_name"]).tolist(), total=_("Total")),
        Column(_("Division"), [x or _("unknown") for x in i["division"]], marks=(mark,)),
        Column(_("Leads the park"), [_("yes") if x else "" for x in leads], key="leads", marks=(mark,)),
        Column(_("Industrial land (mu)"), reconciled_mu(i["m2"]), "mu", "sum"),
        Column(_("Of the land whose industry is known"), of_land.tolist(), "percent"),
        Column(_("Output (10,000 yuan)"), (i[s.OUTPUT] / WAN).round(2).tolist(), "mu", "sum"),
        Column(_("Of the output whose industry is known"), of_output.tolist(), "percent"),
        Column(_("Firms"), i["firms"].tolist(), "count"),
    ]


def duty_columns(f: RunResult, r: ParkReview) -> list[Column]:
    """Return the industrial land of each park by district: who answers for what."""
    t, name = league_rows(r), district_namer(f)
    d = r.duties.assign(no=r.duties[s.PARK].map(t["no"])).sort_values(["no", s.DISTRICT], kind="stable")
    own = d["m2"] / d.groupby(s.PARK)["m2"].transform("sum")
    inside = d["m2"] / d.groupby(s.DISTRICT)["m2"].transform("sum")
    return [
        Column(_("No. of the park"), d["no"].tolist(), "count"),
        Column(_("Park"), d[s.PARK].map(t["park_name"]).tolist(), total=_("Total")),
        Column(_("District code"), d[s.DISTRICT].tolist()),
        Column(_("District"), [name(x) or _("(in no district)") for x in d[s.DISTRICT]]),
        Column(_("Plots"), d["plots"].tolist(), "count", "sum"),
        Column(_("Industrial land (mu)"), reconciled_mu(d["m2"]), "mu", "sum"),
        Column(_("Of the park's"), own.tolist(), "percent"),
        Column(_("Of the district's land in parks"), inside.tolist(), "percent"),
    ]
