"""What the outputs tell of parks, row by row: the league with its figures, every indicator of every park."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import N_, _
from landuse.reference.indicators import FIGURES
from landuse.report.tables.table import (
    COUNT,
    FRACTION,
    PERCENT,
    RATIO,
    WAN_EACH,
    Field,
    Table,
    column,
    index,
    stated_word,
    yes_no,
)
from landuse.report.words import labels
from landuse.report.words.format import figure, is_known, reconciled_mu
from landuse.report.words.parks import (
    factor,
    ideal_words,
    indicator_word,
    leading_words,
    moved_words,
    place_words,
    remark_words,
    unit_word,
)
from landuse.report.words.terms import level_word, trust_word
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.reference.indicators import Indicator
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult


def basis(measure: str) -> str:
    """Return the column that says of how much of the land a measure is known; "" where it is of all.

    Examples
    --------
    >>> basis("tax_yuan_per_built_mu"), basis("far"), basis("leading_output"), basis("main_share")
    ('tax_yuan_known', 'far_known', 'land_known', '')
    """
    if measure in {s.FAR, s.COVERAGE, "green_ratio"}:
        return f"{measure}_known"
    if measure in {"leading_land", "leading_output"}:
        return "land_known"
    if measure == "energy_per_added_value":
        return f"{s.ENERGY}_known"
    return next((f"{x}_known" for x in FIGURES if measure in {f"{x}_per_mu", f"{x}_per_built_mu"}), "")


def league_rows(r: ParkReview) -> pd.DataFrame:
    """Return the league table with the parks' figures, in its order.

    Returns
    -------
    pandas.DataFrame
        Index: park id. The columns of `ParkReview.league` and `ParkReview.figures`; no (1, 2, …), short_built (tax per
        亩 of built land less the target), decided (whether the weights decide the place; None where that is not known).
    """
    league = r.league
    areas = {f"{x}_mu": pd.Series(reconciled_mu(r.figures[f"{x}_m2"]), r.figures.index) for x in ("land", "industrial")}
    out = league.join(r.figures.drop(columns=[c for c in r.figures if c in league])).assign(**areas)
    return out.assign(
        no=range(1, len(out) + 1),
        short_built=out[f"{s.TAX}_per_built_mu"] - r.rule.tax_target,
        decided=(out["best_rank"] != out["worst_rank"]).astype(object).where(out["best_rank"].notna(), None),
    )


def indicator_rows(r: ParkReview) -> pd.DataFrame:
    """Return every indicator of every park: parks as the league has them, indicators as their table has them.

    Returns
    -------
    pandas.DataFrame
        park_id, no (of the park in the league), code, value (in the unit shown; NaN: not known), ideal (likewise),
        attainment, points (NaN where the park has no score), basis (share of the land whose figure is known).
    """
    e, parks = r.evaluation, r.league.index
    scored = e.table["score"].notna()
    frames = [
        pd.DataFrame(
            {
                "no": range(1, len(parks) + 1),
                s.CODE: x.code,
                "value": e.values[x.code].reindex(parks) * factor(x.measure),
                "ideal": x.ideal * factor(x.measure),
                "attainment": e.attainment[x.code].reindex(parks),
                "points": e.contributions[x.code].where(scored).reindex(parks),
                "basis": r.figures.get(basis(x.measure), pd.Series(np.nan, index=parks)).reindex(parks),
            },
            index=parks,
        )
        for x in e.rules.indicators
    ]
    return pd.concat(frames).sort_values("no", kind="stable").rename_axis(s.PARK).reset_index()


def level_means(r: ParkReview) -> pd.DataFrame:
    """Return the mean attainment of each level, over its parks of which an indicator is known; index: level."""
    return r.evaluation.attainment.groupby(r.figures[s.LEVEL]).mean()


def _wan_per_mu(key: str, label: str, **more: Any) -> Field:
    """Return a field of yuan per 亩, shown in 万元; report and terminal have a decimal less."""
    return Field(key, label, WAN_EACH, text=lambda wan: figure(wan, ".1f"), **more)


def _whole_percent(key: str, label: str, **more: Any) -> Field:
    return Field(key, label, PERCENT, text=lambda share: figure(share, ".0%"), **more)


def of_rows(word: Callable[[dict[Any, Any]], str]) -> Callable[[RunResult, Any], list[str]]:
    """Return what says something of a row by several of its columns."""
    return lambda _result, table: [word(row) for row in table.to_dict("records")]


def _below(key: str) -> Callable[[RunResult], tuple[tuple[str, str], ...]]:
    return lambda _result: ((f"=AND(ISNUMBER({{{key}}}{{row}}),{{{key}}}{{row}}<0)", "bad"),)


def _decided(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{decided}}{{row}}="{_(labels.YES)}"', "guess"),)


def _since(result: RunResult) -> str:
    period = computed(result.parks).period
    return _("Places won since {period}", period=period) if period else _("Places won since the last comparison")


def known_yes(value: Any) -> str | None:
    """Return yes or no; None where nobody knows."""
    return yes_no(value) if is_known(value) else None


NO = Field("no", labels.NUMBER, COUNT)
PARK = Field("park_name", labels.PARK)
LEVEL = Field(s.LEVEL, labels.LEVEL, word=level_word, dash=True)
#: Against the policy's target, with its sign.
ADDED = replace(WAN_EACH, kind="added")

#: The league: parks within each level, the best first; rows of `league_rows`.
LEAGUE = Table(
    (
        NO,
        PARK,
        Field("park_id", labels.PARK_ID, of=index),
        LEVEL,
        Field("place", N_("Place"), of=of_rows(place_words), sheet=False),
        Field("rank", N_("Place"), COUNT),
        Field("of", N_("out of"), COUNT),
        Field("best_rank", N_("Best place under other weights"), COUNT, marks=_decided),
        Field("worst_rank", N_("Worst place under other weights"), COUNT, marks=_decided),
        Field("decided", N_("Weights decide"), word=known_yes, marks=_decided),
        Field("moved", N_("Since"), word=moved_words, heading=_since),
        Field("won", N_("Since"), of=column("moved"), word=moved_words, sheet=False),
        Field(
            "score",
            N_("Score (0-100)"),
            RATIO,
            text=lambda x: figure(x, ".1f"),
            heads={"report": N_("Points of 100"), "terminal": labels.SCORE},
        ),
        Field("known", N_("Weight known"), PERCENT),
        Field("remark", N_("Remark"), of=of_rows(remark_words)),
        _wan_per_mu(
            f"{s.TAX}_per_mu",
            N_("Tax per mu of industrial land"),
            heads={"report": labels.TAX_INDUSTRIAL_LAND, "terminal": labels.TAX_WAN_PER_MU},
        ),
        Field("to_target", N_("Against the policy's target"), ADDED, marks=_below("to_target")),
        Field(f"{s.TAX}_known", N_("Industrial land whose tax is known"), PERCENT),
        _wan_per_mu(
            f"{s.TAX}_per_built_mu",
            N_("Tax per mu of built land"),
            heads={"report": labels.TAX_BUILT_LAND, "terminal": N_("of built land")},
        ),
        Field("short_built", N_("Built land: against the target"), ADDED, marks=_below("short_built")),
        Field(s.FAR, labels.FLOOR_AREA_RATIO, RATIO),
        Field(f"{s.FAR}_known", labels.LAND_WHOSE_RATIO_IS_KNOWN, PERCENT),
        _whole_percent(s.COVERAGE, labels.BUILDING_COVERAGE),
        Field(f"{s.COVERAGE}_known", labels.LAND_WHOSE_COVERAGE_IS_KNOWN, PERCENT),
        _whole_percent(
            "industrial_share",
            labels.INDUSTRIAL_SHARE_OF_THE_PARK,
            heads=dict.fromkeys(("report", "terminal"), labels.INDUSTRIAL_SHARE),
        ),
        _whole_percent(
            "main_share", labels.MAIN_BLOCK_SHARE, heads=dict.fromkeys(("report", "terminal"), N_("Main block"))
        ),
        Field(
            "leading",
            N_("Leading industry (division)"),
            of=of_rows(leading_words),
            heads={"report": labels.LEADING_DIVISIONS},
        ),
        Field("leading_stated", N_("Leading industry is"), word=stated_word),
        Field("leading_land", N_("Its share of the land"), PERCENT),
        _whole_percent("leading_output", N_("Its share of the output"), heads={"report": N_("of the output")}),
        Field("leading_output_before", N_("Its share of the output, year before"), PERCENT),
        Field("inefficient_share", labels.LOW_EFFICIENCY_SHARE, PERCENT),
        Field("energy_flags", labels.ENERGY_FLAGS_PLOTS, COUNT),
    ),
    report="level:16 park_name:27 place:17 won:9c score:12 tax_yuan_per_mu:13 tax_yuan_per_built_mu:13 far:11 "
    "coverage:11 industrial_share:11 main_share:11 leading:15 leading_output:11",
    terminal="level park_name place won score tax_yuan_per_mu tax_yuan_per_built_mu far main_share industrial_share",
)


def _indicators(word: Callable[[Indicator], Any]) -> Callable[[RunResult, Any], list[Any]]:
    """Return what says something of the indicator of each row."""

    def of(result: RunResult, table: Any) -> list[Any]:
        by_code = {x.code: x for x in computed(result.parks).evaluation.rules.indicators}
        return [word(by_code[code]) for code in table[s.CODE]]

    return of


def _groups(result: RunResult, table: Any) -> list[str]:
    rules = computed(result.parks).evaluation.rules
    names = {g.key: str(g.name) for g in rules.groups}
    return [names[key] for key in _indicators(lambda x: x.group)(result, table)]


def _figures(key: str) -> Callable[[RunResult, Any], list[Any]]:
    return lambda result, table: list(table[s.PARK].map(computed(result.parks).figures[key]))


def _lacking(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return (('={state}{row}="' + _(labels.MISSING) + '"', "guess"),)


#: Every indicator of every park; rows of `indicator_rows`. Attainment and points are formulas of the workbook's own.
INDICATORS = Table(
    (
        Field("no", labels.NO_OF_THE_PARK, COUNT),
        Field("park_name", labels.PARK, of=_figures("park_name")),
        Field(s.PARK, labels.PARK_ID),
        Field("level", labels.LEVEL, of=_figures(s.LEVEL), word=level_word),
        Field(s.CODE, labels.CODE),
        Field("group", N_("Group of indicators"), of=_groups),
        Field("indicator", labels.INDICATOR, of=_indicators(lambda x: str(x.name))),
        Field("value", labels.VALUE_OF_THE_INDICATOR, RATIO),
        Field("unit", labels.UNIT, of=_indicators(lambda x: unit_word(x.measure))),
        Field(
            "state",
            N_("State"),
            of=lambda _r, t: [_("known") if is_known(x) else _(labels.MISSING) for x in t["value"]],
            marks=_lacking,
        ),
        Field("basis", N_("Land it is known of"), PERCENT),
        Field("better", N_("Better"), of=_indicators(lambda x: _("more") if x.better == "more" else _("less"))),
        Field("ideal", labels.IDEAL, RATIO),
        Field("attainment", labels.ATTAINMENT, FRACTION),
        Field("weight", labels.WEIGHT, FRACTION, _indicators(lambda x: x.weight)),
        Field("points", labels.POINTS, RATIO),
        Field("source", N_("Source of the ideal"), of=_indicators(lambda x: x.source)),
        Field("trust", labels.TRUST, of=_indicators(lambda x: trust_word(x.trust))),
    )
)


def ideal_rows(r: ParkReview) -> pd.DataFrame:
    """Return the indicators: ideal, weight, how many parks attain it, of how many it is known, the mean attainment."""
    attained = r.evaluation.attainment
    return pd.DataFrame(
        [
            {
                s.CODE: x.code,
                "indicator": indicator_word(x),
                "ideal": ideal_words(x),
                "weight": x.weight,
                "attain": int((attained[x.code] >= 1).sum()),
                "known": int(attained[x.code].notna().sum()),
                "mean": float(attained[x.code].mean()),
                "source": x.source,
                "trust": trust_word(x.trust),
            }
            for x in r.evaluation.rules.indicators
        ]
    )


IDEALS = Table(
    (
        Field("indicator", labels.INDICATOR),
        Field("ideal", labels.IDEAL),
        _whole_percent("weight", labels.WEIGHT),
        Field("attain", N_("Parks that attain it"), COUNT),
        Field("known", N_("Parks it is known of"), COUNT),
        Field("mean", N_("Mean attainment"), RATIO),
        Field("source", N_("Source of the ideal")),
        Field("trust", labels.TRUST),
    ),
    report="indicator:38 ideal:26l weight:12 attain:13 known:13 mean:13 source:50 trust:10c",
)
