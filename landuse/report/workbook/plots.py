"""The sheets of the workbook about plots: candidates, plots without data, and the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.words.format import reconciled_mu, shown_mus
from landuse.report.words.terms import (
    change_words,
    evidence_word,
    handling_word,
    measure_word,
    neighbours_words,
    place_word,
    position_word,
    reason_words,
    rule_words,
    trust_word,
)
from landuse.report.workbook.columns import Column, of_plots
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from landuse.reference.rule_pack import Rule
    from landuse.report.workbook.ledger import LedgerRows
    from landuse.results.candidates import Score
    from landuse.results.run import RunResult

#: The column of the plots' area in 亩.
PLOT_MU = "G"


def plot_columns(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows) -> list[Column]:
    """Return the table of candidates, or of plots without data."""
    assert f.candidates is not None  # noqa: S101
    judged, names = f.candidates.judged, f.concentration.districts["name"]
    reasons = [judged.of(parcel) for parcel in plots.index]
    said = ["；".join(f"{r.rule.code} {reason_words(r)}" for r in met) for met in reasons]
    changes = ["；".join(change_words(r) for r in met) for met in reasons]
    sources = ["；".join(f"{r.rule.code} {r.rule.source}" for r in met) for met in reasons]
    far = f'={{position}}{{row}}="{position_word("highly_scattered")}"'
    return [
        Column(_("No."), range(1, len(plots) + 1), "count"),
        Column(_("Parcel id"), list(plots.index), total=_("Total")),
        Column(_("District"), [names.get(d, d) for d in plots[s.DISTRICT]]),
        Column(_("Firms"), list(plots["firms"])),
        Column(_("Land-use code"), list(plots[s.CODE])),
        of_plots(_("Area (m2)"), plots[s.AREA_M2], "m2"),
        of_plots(_("Area (mu)"), plots[s.AREA_M2]),
        Column(
            _("Position"),
            [position_word(x) for x in plots["position"]],
            key="position",
            marks=((far, "bad"),),
        ),
        Column(_("Development boundary"), [place_word(p) for p in plots["place"]]),
        Column(_("Beside it"), [neighbours_words(n) for n in plots["neighbours"]]),
        Column(_("To the nearest park (m)"), list(plots["park_distance_m"]), "metres"),
        *_room_columns(f, plots),
        Column(_("Cluster"), plots["cluster"].tolist(), "count"),
        Column(_("Cluster area"), shown_mus(plots["cluster_m2"]), "mu"),
        Column(_("Tax (10,000 yuan per mu and year)"), (plots["tax_per_mu"] / MONEY_YUAN["万元"]).tolist(), "mu"),
        Column(_("Years"), [years_text(y) for y in plots["years"]]),
        Column(_("Reasons"), said),
        Column(_("Off the list when"), changes),
        Column(_("Evidence"), [evidence_word(e) for e in plots["evidence"]]),
        Column(_("Suggested handling"), [handling_word(h) for h in plots["handling"]]),
        Column(_("Score (1: worst)"), list(plots["score"]), "mu"),
        Column(_("Basis"), sources),
        *([Column(_("Rows of the ledger"), rows.links(_parcels(f, plots), outside=True), "link")] if rows.fit else []),
    ]


def _parcels(f: RunResult, plots: gpd.GeoDataFrame) -> Any:
    """Return the parcel of each plot: the ledger knows no others."""
    return plots.index if f.scatter is None else f.scatter.parcel_of(plots.index)


def _room_columns(f: RunResult, plots: gpd.GeoDataFrame) -> list[Column]:
    """Return how far it is to the nearest block that a plot fits and that has room, where a plan looked for it."""
    if f.relocation is None:
        return []
    near = f.relocation.pool["nearest_m"]
    near = near[~near.index.duplicated()].reindex(plots.index)
    return [Column(_("To the nearest block with room that it fits (m)"), list(near), "metres")]


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


def renewal_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return the table of plots inside or adjoining parks that meet a reason: renewal on site."""
    assert f.candidates is not None  # noqa: S101
    plots, judged = f.candidates.renewed, f.candidates.judged
    reasons = [judged.of(parcel) for parcel in plots.index]
    districts, parks = f.concentration.districts["name"], f.concentration.parks["park_name"]
    return [
        Column(_("No."), range(1, len(plots) + 1), "count"),
        Column(_("Parcel id"), list(plots.index), total=_("Total")),
        Column(_("Park"), [parks.get(p, p) or position_word("adjoining") for p in plots[s.PARK]]),
        Column(_("District"), [districts.get(d, d) for d in plots[s.DISTRICT]]),
        Column(_("Firms"), list(plots["firms"])),
        Column(_("Land-use code"), list(plots[s.CODE])),
        of_plots(_("Area (m2)"), plots[s.AREA_M2], "m2"),
        of_plots(_("Area (mu)"), plots[s.AREA_M2]),
        Column(_("Tax (10,000 yuan per mu and year)"), (plots["tax_per_mu"] / MONEY_YUAN["万元"]).tolist(), "mu"),
        Column(_("Reasons"), ["；".join(f"{r.rule.code} {reason_words(r)}" for r in met) for met in reasons]),
        Column(_("Off the list when"), ["；".join(change_words(r) for r in met) for met in reasons]),
        Column(_("Evidence"), [evidence_word(e) for e in plots["evidence"]]),
        Column(_("Suggested handling"), [handling_word(h) for h in plots["handling"]]),
        Column(_("Group"), list(plots["renewal_group"]), "count"),
        *([Column(_("Rows of the ledger"), rows.links(_parcels(f, plots)), "link")] if rows.fit else []),
    ]


def group_columns(groups: pd.DataFrame) -> list[Column]:
    """Return the groups of plots that could be redeveloped together, and what they would yield."""
    ten_thousand = MONEY_YUAN["万元"]
    return [
        Column(_("Group"), list(groups.index), "count", total=_("Total")),
        Column(_("Plots"), list(groups["plots"]), "count", "sum"),
        Column(_("Area (mu)"), reconciled_mu(groups[s.AREA_M2]), "mu", "sum"),
        Column(_("Parks"), list(groups["parks"])),
        Column(
            _("Tax now, where known (10,000 yuan)"), (groups["tax_yuan"] / ten_thousand).round(2).tolist(), "mu", "sum"
        ),
        Column(
            _("At the district's mean at least (10,000 yuan; an example)"),
            (groups["at_mean_yuan"] / ten_thousand).round(2).tolist(),
            "mu",
            "sum",
        ),
    ]


def sensitivity_columns(table: pd.DataFrame) -> list[Column]:
    """Return how the list of scattered plots changes with its thresholds."""
    return [
        Column(
            _("Gap (m)"),
            [("★ " if own else "") + f"{g:g}" for g, own in zip(table["gap_m"], table["own"], strict=True)],
        ),
        Column(_("Largest cluster (mu)"), list(table["max_cluster_mu"]), "mu"),
        Column(_("Scattered plots"), list(table["plots"]), "count"),
        Column(_("Clusters"), list(table["clusters"]), "count"),
        Column(_("Area (mu)"), shown_mus(table[s.AREA_M2]), "mu"),
        Column(_("Candidates"), list(table["candidates"]), "count"),
    ]


def score_columns(score: Score) -> list[Column]:
    """Return what the score weighs, and how many of the worst plots stay so when a weight changes by a fifth."""
    stay = score.stability.pivot_table(index="criterion", columns="change", values="stay")
    names = list(score.weights.index)
    return [
        Column(_("Criterion"), [measure_word(n) for n in names]),
        Column(_("Weight"), list(score.weights), "percent"),
        Column(
            _("Weight a fifth less: of the worst {n} stay", n=score.first),
            [int(stay.loc[n].iloc[0]) for n in names],
            "count",
        ),
        Column(
            _("Weight a fifth more: of the worst {n} stay", n=score.first),
            [int(stay.loc[n].iloc[1]) for n in names],
            "count",
        ),
    ]


def town_mark_columns(table: pd.DataFrame) -> list[Column]:
    """Return the survey's mark of industry that stands alone against the position."""
    return [
        Column(_("Survey (CZCSXM)"), [_("marked 201A to 203A"), _("not marked")]),
        *(Column(position_word(p), list(table[p]), "count") for p in table.columns),
    ]


def rule_columns(rules: dict[str, Rule]) -> list[Column]:
    """Return the rules, with where each comes from."""
    found = list(rules.values())
    words = [rule_words(r) for r in found]
    return [
        Column(_("Code"), [r.code for r in found]),
        Column(_("Rule"), [name for name, _when in words]),
        Column(_("Inefficient when"), [when for _name, when in words]),
        Column(_("Source"), [r.source for r in found]),
        Column(_("Date"), [r.date.isoformat() for r in found]),
        Column(_("Trust"), [trust_word(r.trust) for r in found]),
    ]
