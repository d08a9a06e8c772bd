"""The sheets of the workbook about the share: summary, districts, parks, deciding parcels, definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.definition import Definition, Gap
from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.tables.candidates import CANDIDATES
from landuse.report.words.format import city_areas, district_areas, park_areas, reconciled_mu
from landuse.report.words.terms import level_word, verdict_word
from landuse.report.workbook.columns import Column, Fact, letters, of_plots, reference, sheet_columns
from landuse.report.workbook.ledger import rest_columns
from landuse.report.workbook.sheets import TOP
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.report.workbook.ledger import LedgerRows
    from landuse.results.run import RunResult


def district_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of the districts."""
    c = f.concentration
    d = c.districts
    gaps = [Gap.of(t, i, c.target) for t, i in zip(d["total_m2"], d["inside_m2"], strict=True)]
    areas = {name: column.tolist() for name, column in district_areas(d).items()}
    clear, supply = (reconciled_mu(getattr(g, x) for g in gaps) for x in ("clear", "new_supply"))
    # the ledger's own areas, not rounded ones
    whole = "={inside}{row}/{total}{row}"
    if rows.fit:
        whole = f'=SUMIFS({rows.column("m2")},{rows.column("park_no")},">0")/SUM({rows.column("m2")})'
    marks = (
        ("=AND(ISNUMBER({share}{row}),{share}{row}<{target}{row})", "bad"),
        ("=AND(ISNUMBER({share}{row}),{share}{row}>={target}{row})", "good"),
    )
    points = "=({share}{row}-{target}{row})*100"
    return [
        Column(_("No."), range(1, len(d) + 1), "count", key="no"),
        Column(_("District code"), list(d.index)),
        Column(_("District"), [n or _("(in no district)") for n in d["name"]], total=_("Total"), key="name"),
        Column(_("Industrial land"), areas["total"], "mu", "sum", key="total"),
        Column(_("Inside parks"), areas["inside"], "mu", "sum", key="inside"),
        Column(_("Outside parks"), areas["outside"], "mu", "sum", key="outside"),
        Column(_("Share inside"), list(d["share"]), "percent", whole, c.share, key="share", marks=marks),
        Column(_("Target"), [c.target] * len(d), "percent", f"={c.target!r}", c.target, key="target"),
        Column(
            _("Above (+) or below (-) target (percentage points)"),
            ((d["share"] - c.target) * 100).tolist(),
            "short_points",
            points,
            (c.share - c.target) * 100,
            formula=points,
        ),
        Column(_("To relocate for the target (surplus negative)"), areas["gap"], "mu", "sum", key="relocate"),
        Column(_("Or to clear"), clear, "mu", "sum", key="clear"),
        # no supply of land inside brings a share to 100 % while there is land outside
        *(
            [
                Column(
                    _("Or to supply anew inside"),
                    supply,
                    "mu",
                    "sum",
                    key="supply",
                )
            ]
            if c.target < 1
            else []
        ),
        *rest_columns(rows, "district_no", "total", areas["total"]),
    ]


def park_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of the parks."""
    p = f.concentration.parks
    areas = {name: column.tolist() for name, column in park_areas(p).items()}
    return [
        Column(_("No."), range(1, len(p) + 1), "count", key="no"),
        Column(_("Park id"), list(p.index)),
        Column(_("Park"), list(p["park_name"]), total=_("Total")),
        Column(_("Level"), [level_word(x) for x in p["level"]]),
        Column(_("Blocks"), list(p["blocks"]), "count", "sum"),
        Column(_("Main block's share"), list(p["main_share"]), "percent"),
        Column(_("Industrial land (attributed)"), areas["industrial"], "mu", "sum", key="own"),
        # no totals here: land that two parks claim stands in both
        Column(_("Industrial land (gross)"), areas["gross"], "mu"),
        Column(_("Park land"), areas["land"], "mu"),
        Column(_("Industrial share of the park"), list(p["industrial_share"]), "percent"),
        *rest_columns(rows, "park_no", "own", areas["industrial"]),
    ]


def swing_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of the parcels that decide the interval."""
    assert f.concentration.interval is not None  # noqa: S101
    p = f.concentration.interval.parcels
    names = f.concentration.districts["name"]
    return [
        Column(_("No."), range(1, len(p) + 1), "count"),
        Column(_("Parcel id"), list(p[s.PARCEL]), total=_("Total")),
        Column(_("District"), [names.get(d, d) for d in p[s.DISTRICT]]),
        of_plots(_("Inside, boundaries moved in"), p["low_m2"]),
        of_plots(_("Inside, boundaries moved out"), p["high_m2"]),
        of_plots(_("Difference"), p["swing_m2"]),
        *([Column(_("Rows of the ledger"), rows.links(p[s.PARCEL]), "link")] if rows.fit else []),
    ]


def definition_columns(f: RunResult) -> list[Column]:
    """Return the table of the shares under every definition."""
    m = f.sensitivity
    words = [Definition(*row) for row in m[["classes", "boundary", "rule", "area"]].itertuples(index=False)]
    target = f.concentration.target
    marks = (
        (f"=AND(ISNUMBER({{share}}{{row}}),{{share}}{{row}}<{target!r})", "bad"),
        (f"=AND(ISNUMBER({{share}}{{row}}),{{share}}{{row}}>={target!r})", "good"),
    )
    return [
        Column(_("No."), range(1, len(m) + 1), "count"),
        Column(_("Definition"), [("★ " if d == f.definition else "") + str(d) for d in words]),
        Column(_("Share inside"), list(m["share"]), "percent", key="share", marks=marks),
        Column(_("Target reached"), [verdict_word(v) for v in m["verdict"]]),
    ]


def interval_text(f: RunResult) -> str:
    """Return the interval of the share in words, or ""."""
    i = f.concentration.interval
    if i is None:
        return ""
    return _("{low:.2%} to {high:.2%} with boundaries {m:g} m off either way", low=i.low, high=i.high, m=i.tolerance_m)


def summary_facts(f: RunResult, districts: Sequence[Column]) -> list[Fact]:
    """Return the headline, each figure taken from the sheet it stands on."""
    c, gap = f.concentration, f.concentration.gap
    sheet, row = _("Districts"), TOP + len(c.districts) + 1
    letter = letters(districts)
    whole, surplus = _("Sheet {sheet}, total", sheet=sheet), _("a surplus is negative")

    def total(name: str, value: float, key: str, note: str = whole, kind: str = "mu") -> Fact:
        return Fact(name, value, kind, "=" + reference(sheet, f"{letter[key]}{row}"), note)

    low, high = f.band
    whole_mu, inside_mu = city_areas(c.total_m2, c.inside_m2)
    elsewhere = _("Sheet {sheet}", sheet=_("Other definitions"))
    facts = [
        Fact(_("Date of the data"), f.date.isoformat() if f.date else ""),
        Fact(_("Definition"), str(f.definition)),
        total(_("Industrial land (mu)"), whole_mu, "total"),
        total(_("Inside parks (mu)"), inside_mu, "inside"),
        total(_("Outside parks (mu)"), round(whole_mu - inside_mu, 2), "outside"),
        total(_("Share inside"), c.share, "share", kind="percent"),
        total(_("Target"), c.target, "target", kind="percent"),
        Fact(_("Target reached"), verdict_word(c.verdict), note=interval_text(f)),
        Fact(_("Share under every definition"), f"{low:.2%} – {high:.2%}", note=elsewhere),
        total(_("To relocate for the target (mu)"), shown_mu(gap.relocate), "relocate", surplus),
        total(_("Or to clear (mu)"), shown_mu(gap.clear), "clear", surplus),
    ]
    if c.target < 1:
        facts.append(total(_("Or to supply anew inside (mu)"), shown_mu(gap.new_supply), "supply", surplus))
    return [*facts, *_plot_facts(f)]


def _plot_facts(f: RunResult) -> list[Fact]:
    if f.candidates is None:
        return []
    facts = []
    for name, plots in ((_("Candidates"), f.candidates.listed), (_("No data"), f.candidates.no_data)):
        letter = letters(sheet_columns(CANDIDATES, f, plots))["area_mu"]
        cell = "=" + reference(name, f"{letter}{TOP + len(plots) + 1}")
        note = _("{n:,} plots: sheet {sheet}", n=len(plots), sheet=name)
        facts.append(Fact(_("{name}: area (mu)", name=name), shown_mu(plots[s.AREA_M2].sum()), "mu", cell, note))
    return facts


def share_chart(book: Any, f: RunResult, districts: Sequence[Column]) -> Any:
    """Return the chart of the districts' shares against the target."""
    sheet, letter = _("Districts"), letters(districts)
    last = TOP + len(f.concentration.districts)

    def cells(key: str) -> str:
        return "=" + reference(sheet, f"${letter[key]}${TOP + 1}:${letter[key]}${last}")

    small = {"size": 8, "color": PALETTE["ink"]}
    bars = book.add_chart({"type": "column"})
    bars.add_series(
        {
            "name": _("Share inside"),
            "categories": cells("name"),
            "values": cells("share"),
            "fill": {"color": PALETTE["industry"]},
            "gap": 60,
            "data_labels": {"value": True, "num_format": "0%", "font": small},
        }
    )
    line = book.add_chart({"type": "line"})
    line.add_series(
        {
            "name": _("Target"),
            "categories": cells("name"),
            "values": cells("target"),
            "line": {"color": PALETTE["park"], "width": 2.25},
        }
    )
    bars.combine(line)
    grid = {"visible": True, "line": {"color": PALETTE["rule"]}}
    bars.set_title({"name": _("Share inside the parks by district, against the target"), "name_font": {"size": 12}})
    bars.set_y_axis({"min": 0, "max": 1, "num_format": "0%", "major_gridlines": grid})
    bars.set_x_axis({"num_font": {"size": 9}})
    bars.set_legend({"position": "bottom"})
    bars.set_size({"width": 930, "height": 330})
    return bars
