"""The sheets of the workbook about plots: candidates, plots without data, and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _, current
from landuse.report.words import amount, evidence_word, position_word
from landuse.report.workbook_ledger import in_mu
from landuse.report.workbook_sheets import Column
from landuse.units import MONEY_YUAN, largest_remainder, to_mu

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.findings import Findings
    from landuse.report.workbook_ledger import LedgerRows
    from landuse.results import Rule

#: The column of the plots' area in 亩.
PLOT_MU = "G"


def _rule_name(rule: Rule) -> str:
    return rule.name.get(current()) or next(iter(rule.name.values()), rule.code)


def plot_columns(f: Findings, plots: gpd.GeoDataFrame, rows: LedgerRows) -> list[Column]:
    """Return the table of candidates, or of plots without data."""
    assert f.candidates is not None  # noqa: S101
    rules = f.candidates.rules
    names = f.concentration.districts["name"]
    said = [
        "；".join(f"{c} {_rule_name(rules[c])} < {amount(rules[c].threshold, rules[c].unit)}" for c in codes)
        for codes in plots["reasons"]
    ]
    cluster = {c: k for k, c in enumerate(dict.fromkeys(plots["cluster"]), start=1)}
    far = f'={{position}}{{row}}="{position_word("highly_scattered")}"'
    return [
        Column(_("No."), range(1, len(plots) + 1), "count"),
        Column(_("Parcel id"), list(plots.index), total=_("Total")),
        Column(_("District"), [names.get(d, d) for d in plots[s.DISTRICT]]),
        Column(_("Firms"), list(plots["firms"])),
        Column(_("Land-use code"), list(plots[s.CODE])),
        Column(_("Area (m2)"), largest_remainder(plots[s.AREA_M2].tolist()), "m2", "sum"),
        Column(_("Area (mu)"), in_mu(plots[s.AREA_M2]), "mu", "sum"),
        Column(
            _("Position"),
            [position_word(x) for x in plots["position"]],
            key="position",
            marks=((far, "bad"),),
        ),
        Column(_("To the nearest park (m)"), list(plots["park_distance_m"]), "metres"),
        Column(_("Cluster"), [cluster[c] for c in plots["cluster"]], "count"),
        Column(_("Cluster area"), [round(to_mu(x), 2) for x in plots["cluster_m2"]], "mu"),
        Column(_("Tax (10,000 yuan per mu and year)"), (plots["tax_per_mu"] / MONEY_YUAN["万元"]).tolist(), "mu"),
        Column(_("Years"), [years_text(y) for y in plots["years"]]),
        Column(_("Reasons"), said),
        Column(_("Evidence"), [evidence_word(e) for e in plots["evidence"]]),
        *([Column(_("Rows of the ledger"), rows.links(plots.index, outside=True), "link")] if rows.fit else []),
    ]


def years_text(years: tuple[int, ...]) -> str:
    """Return years as people write them.

    Examples
    --------
    >>> years_text((2023, 2024, 2025)), years_text((2021, 2025)), years_text(())
    ('2023–2025', '2021、2025', '')
    """
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}–{years[-1]}"
    return "、".join(map(str, years))


def rule_columns(rules: dict[str, Rule]) -> list[Column]:
    """Return the rules, with where each comes from."""
    found = list(rules.values())
    return [
        Column(_("Code"), [r.code for r in found]),
        Column(_("Rule"), [_rule_name(r) for r in found]),
        Column(_("Inefficient below"), [amount(r.threshold, r.unit) for r in found]),
        Column(_("Source"), [r.source for r in found]),
        Column(_("Date"), [r.date for r in found]),
        Column(_("Trust"), [_trust(r.trust) for r in found]),
    ]


def _trust(level: str) -> str:
    return {"low": _("low"), "medium": _("medium"), "high": _("high")}.get(level, level)
