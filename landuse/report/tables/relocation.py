"""Tables about a relocation plan: moves, blocks, parks after it, years, districts, and what stands beside it."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse import schema as s
from landuse.i18n import N_, _
from landuse.report.tables import table as tables
from landuse.report.tables.candidates import AREA, HANDLING, PLOT_ID, REASONS
from landuse.report.tables.table import (
    COUNT,
    COUNTS,
    KILOMETRES,
    MU,
    MU_EACH,
    MU_SHOWN,
    NUMBERED,
    PERCENT,
    PLOT_MU,
    PLOT_WAN,
    RATIO,
    WAN,
    WAN_ROUNDED_EACH,
    Field,
    Table,
    column,
    district_names,
    index,
    listed_words,
    stated_word,
    yes_no,
)
from landuse.report.words import labels
from landuse.report.words.format import area_of, park_areas, reconciled_mu, reconciled_wan, wan
from landuse.report.words.relocation import action_word, fit_word, objective_word, plan_name
from landuse.results.relocation import PROVED
from landuse.results.run import computed
from landuse.units import MONEY_YUAN, MU_PER_M2, shown_mu

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from landuse.results.relocation import Relocation, Stage
    from landuse.results.run import RunResult

#: Load from which a block counts as full.
FULL = 0.95
#: Yuan per m² of a price of 1 万元 per 亩.
WAN_PER_MU = MONEY_YUAN["万元"] * MU_PER_M2


def tax_source(known: Any) -> str:
    """Return where a plot's tax is from."""
    return _("its firms") if known else _("district's mean")


def industries_words(codes: Any) -> str:
    """Return leading industries; none stated: any."""
    return listed_words(codes) or _("any")


def _guessed(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{source}}{{row}}="{tax_source(known=False)}"', "guess"),)


def _to_block(_result: RunResult, moves: Any) -> list[str]:
    return [f"{park} {block}" if block else "" for park, block in zip(moves[s.PARK_NAME], moves[s.BLOCK], strict=True)]


DISTRICT = replace(tables.DISTRICT, dash=True)
YEAR = Field("year", labels.YEAR, COUNT)
COST = Field("cost", labels.COST_WAN, PLOT_WAN, column("cost_yuan"))
FIT = Field("fit", N_("Fit of the industry"), word=fit_word, heads={"terminal": labels.FIT})

#: The plots treated, one a row.
MOVES = Table(
    (
        NUMBERED,
        PLOT_ID,
        DISTRICT,
        Field("action", labels.ACTION, word=action_word, heads={"terminal": N_("What")}),
        YEAR,
        Field("area", AREA.label, PLOT_MU, column(s.AREA_M2)),
        Field(s.PARK_NAME, N_("To park")),
        Field(s.BLOCK, N_("To block")),
        Field("to", N_("To park and block"), of=_to_block, sheet=False, heads={"terminal": labels.TO}),
        Field("to_district", labels.TO_DISTRICT, of=district_names("to_district")),
        Field("used", labels.PARK_LAND_USED_MU, PLOT_MU, column("land_used_m2")),
        Field("distance_m", N_("Distance (km)"), KILOMETRES, heads={"terminal": N_("Km")}),
        FIT,
        REASONS,
        HANDLING,
        Field("tax", N_("Tax (10,000 yuan a year)"), PLOT_WAN, column(s.TAX), marks=_guessed),
        Field("source", N_("Tax taken from"), of=column("tax_known"), word=tax_source, marks=_guessed),
        COST,
    ),
    report="no:9c parcel_id:32 district:15 area:16 to:38 distance_m:15 fit:17 year:12c cost:19",
    terminal="parcel_id action year area to distance_m fit cost",
)


def _loads(_result: RunResult, blocks: Any) -> list[float | None]:
    """Return what the plan uses of each block's spare land, as both are shown."""
    figures = zip(map(shown_mu, blocks["used_m2"]), map(shown_mu, blocks["spare_m2"]), strict=True)
    return [used / spare if spare else None for used, spare in figures]


def _whole_load(result: RunResult, _shown: Mapping[str, Sequence[Any]]) -> float | None:
    blocks = computed(result.relocation).blocks
    used, spare = (shown_mu(math.fsum(blocks[x])) for x in ("used_m2", "spare_m2"))
    return used / spare if spare else None


def _full(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f"=AND(ISNUMBER({{load}}{{row}}),{{load}}{{row}}>={FULL})", "bad"),)


def _spare_marked(_result: RunResult, blocks: Any) -> list[str]:
    figures = zip(blocks["spare_m2"], blocks["stated"], strict=True)
    return [area_of(m2) + ("" if stated else " *") for m2, stated in figures]


#: The blocks, with what the plan brings them.
BLOCKS = Table(
    (
        NUMBERED,
        Field(s.PARK_NAME, labels.PARK, total=labels.TOTAL),
        Field(s.BLOCK, labels.BLOCK),
        DISTRICT,
        Field("spare", N_("Spare land (mu)"), PLOT_MU, column("spare_m2")),
        Field("spare_marked", N_("Spare land (mu)"), of=_spare_marked, sheet=False),
        Field("stated", N_("Spare land is"), word=stated_word, width=13),
        Field("from_year", N_("Open from"), word=lambda y: str(y) if y else _("now")),
        Field(
            "price_yuan_m2",
            N_("Price (10,000 yuan per mu)"),
            RATIO,
            lambda _r, b: [round(float(x) / WAN_PER_MU, 2) for x in b["price_yuan_m2"]],
        ),
        Field("industries", N_("Leading industries"), word=industries_words),
        Field("pollution", labels.WORST_POLLUTION_CLASS_TAKEN, COUNT),
        Field("used", N_("Used by the plan (mu)"), PLOT_MU, column("used_m2")),
        Field(
            "load",
            N_("Load"),
            PERCENT,
            _loads,
            marks=_full,
            formula='=IF({spare}{row}>0,{used}{row}/{spare}{row},"")',
            whole=_whole_load,
        ),
        Field("plots", labels.PLOTS, COUNTS),
    ),
    report="park_name:38 block_id:17 district:17 spare_marked:21r used:20 load:17 plots:11 industries:19",
)


def park_rows(result: RunResult, plan: Relocation) -> pd.DataFrame:
    """Return the parks before and after the plan: their industrial land [亩], and the tax that is known [万元].

    Returns
    -------
    pandas.DataFrame
        Index: park. park_name, before, change, after, plots, known, now, comes, then.
    """
    before, tax = plan.before.parks, computed(result.park_taxes)
    m2 = plan.after.parks["industrial_m2"].reindex(before.index) - before["industrial_m2"]
    # the change is reconciled, not what it ends at: a park that takes nothing changes by nothing
    land, change = park_areas(before)["industrial"].tolist(), reconciled_mu(m2.round(6))
    now, comes = reconciled_wan(tax["now_yuan"]), reconciled_wan(tax["in_yuan"])
    return pd.DataFrame(
        {
            "park_name": before["park_name"],
            "before": land,
            "change": change,
            "after": [round(a + b, 2) for a, b in zip(land, change, strict=True)],
            "plots": tax["plots"].astype(int),
            "known": tax["known"].astype(int),
            "now": now,
            "comes": comes,
            "then": [round(a + b, 2) for a, b in zip(now, comes, strict=True)],
        },
        index=before.index,
    )


def _sum_of(key: str) -> Callable[[RunResult, Mapping[str, Sequence[Any]]], float]:
    return lambda _result, shown: round(sum(shown[key]), 2)


PARKS = Table(
    (
        NUMBERED,
        Field("park_id", labels.PARK_ID, of=index),
        Field("park_name", labels.PARK, total=labels.TOTAL),
        Field("before", N_("Industrial land before (mu)"), MU_SHOWN, width=16),
        Field("change", N_("Change (mu)"), MU_SHOWN),
        Field(
            "after",
            N_("Industrial land after (mu)"),
            MU_SHOWN,
            formula="={before}{row}+{change}{row}",
            whole=_sum_of("after"),
            width=16,
        ),
        Field("plots", labels.PLOTS, COUNTS),
        Field("known", N_("Plots with known tax"), COUNTS, width=14),
        Field("now", labels.TAX_NOW_WHERE_KNOWN_WAN, MU_SHOWN, width=20),
        Field("comes", N_("Tax that moves in (10,000 yuan)"), MU_SHOWN),
        Field(
            "then", N_("Tax after (10,000 yuan)"), MU_SHOWN, formula="={now}{row}+{comes}{row}", whole=_sum_of("then")
        ),
    )
)


def _on_target(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return (
        ("=AND(ISNUMBER({target}{row}),{share}{row}>={target}{row})", "good"),
        ("=AND(ISNUMBER({target}{row}),{share}{row}<{target}{row})", "bad"),
    )


#: What is done each year, and the share by its end.
YEARS = Table(
    (
        Field("year", labels.YEAR, of=index, word=str, total=labels.TOTAL),
        Field("plots", labels.PLOTS, COUNTS),
        Field(s.AREA_M2, labels.AREA_MU, MU),
        Field("cost_yuan", labels.COST_WAN, WAN),
        Field("share", N_("Share at its end"), PERCENT, marks=_on_target),
        Field("target", labels.TARGET, PERCENT),
    ),
    report="year:22 plots:20 area_m2:28 cost_yuan:36 share:26 target:24",
)
#: What moves from which district to which.
FLOWS = Table(
    (
        NUMBERED,
        Field("origin", N_("From district"), of=district_names("origin"), total=labels.TOTAL, dash=True),
        Field("destination", labels.TO_DISTRICT, of=district_names("destination"), dash=True),
        Field("plots", labels.PLOTS, COUNTS),
        Field(s.AREA_M2, labels.AREA_MU, MU),
        Field("land_used_m2", labels.PARK_LAND_USED_MU, MU),
        Field(s.TAX, N_("Tax (10,000 yuan a year)"), WAN),
        Field("credited_m2", N_("Credited to the origin (mu)"), MU),
    ),
    report="origin:26 destination:26 plots:14 area_m2:26 land_used_m2:28 tax_yuan:30 credited_m2:26",
)


def _against_plan(_result: RunResult, alternatives: Any) -> list[float | None]:
    costs = [round(wan(x), 2) for x in alternatives["cost_yuan"]]
    return [cost / costs[0] if costs[0] else None for cost in costs]


def _unkept(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{met}}{{row}}="{_(labels.NO)}"', "bad"),)


#: The plan and what stands beside it.
ALTERNATIVES = Table(
    (
        Field("plan", labels.PLAN, of=index, word=lambda name: plan_name(str(name))),
        Field("met", N_("Keeps all conditions"), word=yes_no, marks=_unkept),
        Field("plots", labels.PLOTS, COUNT),
        Field(s.AREA_M2, labels.AREA_MU, MU_EACH),
        Field("cost", labels.COST_WAN, WAN_ROUNDED_EACH, column("cost_yuan")),
        Field("share", labels.SHARE_AFTER, PERCENT),
        Field("against", N_("Cost against this plan"), RATIO, _against_plan),
    ),
    report="plan:40 met:20c plots:14 area_m2:22 cost:26 share:18 against:18",
)


def _scaled(value: Callable[[Stage], float]) -> Callable[[RunResult, Any], Iterable[float]]:
    scale: dict[str, Callable[[float], float]] = {"plots": float, "area": shown_mu, "cost": wan}
    return lambda _result, stages: [scale[x.objective](value(x)) for x in stages]


def _stage_units(_result: RunResult, stages: Any) -> list[str]:
    unit = {"plots": _("plots"), "area": _(labels.MU), "cost": _("10,000 yuan")}
    return [unit[x.objective] for x in stages]


def _proofs(_result: RunResult, stages: Any) -> list[str]:
    return [_("proved optimal") if x.gap <= PROVED else _("within the gap") for x in stages]


#: What the plan comes to, objective by objective, and the least it could be; the frame is the tuple of stages.
STAGES = Table(
    (
        Field("objective", N_("Objective"), of=lambda _r, stages: [objective_word(x.objective) for x in stages]),
        Field("unit", labels.UNIT, of=_stage_units),
        Field("value", N_("Value"), RATIO, _scaled(lambda x: x.value)),
        Field("bound", N_("At least (bound)"), RATIO, _scaled(lambda x: x.bound)),
        Field("gap", N_("Gap to the bound"), PERCENT, lambda _r, stages: [x.gap for x in stages]),
        Field("proof", labels.PROOF, of=_proofs),
    )
)
