"""The sheets of the workbook about the share: summary, districts, parks, deciding parcels, definitions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.tables.candidates import CANDIDATES
from landuse.report.tables.share import DECIDING, DISTRICTS, PARKS, district_rows, park_rows
from landuse.report.words import labels
from landuse.report.words.format import city_areas
from landuse.report.words.terms import verdict_word
from landuse.report.workbook.columns import Column, Fact, letters, reference, sheet_columns, sheet_letters
from landuse.report.workbook.ledger import rest_columns
from landuse.report.workbook.sheets import TOP
from landuse.results.run import computed
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.report.workbook.ledger import LedgerRows
    from landuse.results.run import RunResult


def district_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of the districts, each held against the ledger."""
    frame, target = district_rows(f), f.concentration.target
    # the ledger's own areas, not rounded ones
    whole = f'=SUMIFS({rows.column("m2")},{rows.column("park_no")},">0")/SUM({rows.column("m2")})' if rows.fit else ""
    totals = {"share": whole, "target": f"={target!r}"}
    columns = [replace(c, total=totals[c.key]) if totals.get(c.key) else c for c in sheet_columns(DISTRICTS, f, frame)]
    return [*columns, *rest_columns(rows, "district_no", "total", frame["total"].tolist())]


def park_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of the parks, each held against the ledger."""
    frame = park_rows(f)
    return [*sheet_columns(PARKS, f, frame), *rest_columns(rows, "park_no", "own", frame["own"].tolist())]


def swing_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of the parcels that decide the interval."""
    parcels = computed(f.concentration.interval).parcels
    links = [Column(_(labels.ROWS_OF_THE_LEDGER), rows.links(parcels[s.PARCEL]), "link")] if rows.fit else []
    return [*sheet_columns(DECIDING, f, parcels), *links]


def interval_text(f: RunResult) -> str:
    """Return the interval of the share in words, or ""."""
    i = f.concentration.interval
    if i is None:
        return ""
    return _("{low:.2%} to {high:.2%} with boundaries {m:g} m off either way", low=i.low, high=i.high, m=i.tolerance_m)


def summary_facts(f: RunResult, districts: Sequence[Column]) -> list[Fact]:
    """Return the headline, each figure taken from the sheet it stands on."""
    c, gap = f.concentration, f.concentration.gap
    sheet, row = _(labels.DISTRICTS), TOP + len(c.districts) + 1
    letter = letters(districts)
    whole, surplus = _(labels.SHEET_TOTAL, sheet=sheet), _("a surplus is negative")

    def total(name: str, value: float, key: str, note: str = whole, kind: str = "mu") -> Fact:
        return Fact(name, value, kind, "=" + reference(sheet, f"{letter[key]}{row}"), note)

    low, high = f.band
    whole_mu, inside_mu = city_areas(c.total_m2, c.inside_m2)
    elsewhere = _(labels.SHEET, sheet=_(labels.OTHER_DEFINITIONS))
    facts = [
        Fact(_(labels.DATE_OF_THE_DATA), f.date.isoformat() if f.date else ""),
        Fact(_(labels.DEFINITION), str(f.definition)),
        total(_(labels.INDUSTRIAL_LAND_MU), whole_mu, "total"),
        total(_(labels.INSIDE_PARKS_MU), inside_mu, "inside"),
        total(_("Outside parks (mu)"), round(whole_mu - inside_mu, 2), "outside"),
        total(_(labels.SHARE_INSIDE), c.share, "share", kind="percent"),
        total(_(labels.TARGET), c.target, "target", kind="percent"),
        Fact(_(labels.TARGET_REACHED), verdict_word(c.verdict), note=interval_text(f)),
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
    for name, plots in ((_(labels.CANDIDATES), f.candidates.listed), (_(labels.NO_DATA), f.candidates.no_data)):
        letter = sheet_letters(CANDIDATES, f)["area_mu"]
        cell = "=" + reference(name, f"{letter}{TOP + len(plots) + 1}")
        note = _("{n:,} plots: sheet {sheet}", n=len(plots), sheet=name)
        facts.append(Fact(_("{name}: area (mu)", name=name), shown_mu(plots[s.AREA_M2].sum()), "mu", cell, note))
    return facts


def share_chart(book: Any, f: RunResult, districts: Sequence[Column]) -> Any:
    """Return the chart of the districts' shares against the target."""
    sheet, letter = _(labels.DISTRICTS), letters(districts)
    last = TOP + len(f.concentration.districts)

    def cells(key: str) -> str:
        return "=" + reference(sheet, f"${letter[key]}${TOP + 1}:${letter[key]}${last}")

    small = {"size": 8, "color": PALETTE["ink"]}
    bars = book.add_chart({"type": "column"})
    bars.add_series(
        {
            "name": _(labels.SHARE_INSIDE),
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
            "name": _(labels.TARGET),
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
