"""What the outputs tell of parks, row by row: the league with its figures, every indicator of every park."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import N_, _
from landuse.reference.indicators import FIGURES
from landuse.report.tables.candidates import WAN_ROUNDED
from landuse.report.tables.change import adding_up
from landuse.report.tables.table import (
    COUNT,
    COUNTS,
    FRACTION,
    METRES,
    MU,
    MU_SHOWN,
    PERCENT,
    RATIO,
    WAN_EACH,
    Field,
    Table,
    column,
    index,
    listed_words,
    numbered,
    stated_word,
    yes_no,
)
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
from landuse.report.words.terms import district_namer, level_word, trust_word
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


def _of_rows(word: Callable[[dict[Any, Any]], str]) -> Callable[[RunResult, Any], list[str]]:
    """Return what says something of a row by several of its columns."""
    return lambda _result, table: [word(row) for row in table.to_dict("records")]


def _below(key: str) -> Callable[[RunResult], tuple[tuple[str, str], ...]]:
    return lambda _result: ((f"=AND(ISNUMBER({{{key}}}{{row}}),{{{key}}}{{row}}<0)", "bad"),)


def _decided(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{decided}}{{row}}="{_("yes")}"', "guess"),)


def _since(result: RunResult) -> str:
    period = computed(result.parks).period
    return _("Places won since {period}", period=period) if period else _("Places won since the last comparison")


def known_yes(value: Any) -> str | None:
    """Return yes or no; None where nobody knows."""
    return yes_no(value) if is_known(value) else None


NO = Field("no", N_("No."), COUNT)
PARK = Field("park_name", N_("Park"))
LEVEL = Field(s.LEVEL, N_("Level"), word=level_word, dash=True)
#: Against the policy's target, with its sign.
ADDED = replace(WAN_EACH, kind="added")

#: The league: parks within each level, the best first; rows of `league_rows`.
LEAGUE = Table(
    (
        NO,
        PARK,
        Field("park_id", N_("Park id"), of=index),
        LEVEL,
        Field("place", N_("Place"), of=_of_rows(place_words), sheet=False),
        Field("rank", N_("Place"), COUNT),
        Field("of", N_("of so many"), COUNT),
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
            heads={"report": N_("Points of 100"), "terminal": N_("Score")},
        ),
        Field("known", N_("Weight known"), PERCENT),
        Field("remark", N_("Remark"), of=_of_rows(remark_words)),
        _wan_per_mu(
            f"{s.TAX}_per_mu",
            N_("Tax per mu of industrial land"),
            heads={"report": N_("Tax, industrial land"), "terminal": N_("Tax (10,000 yuan per mu)")},
        ),
        Field("to_target", N_("Against the policy's target"), ADDED, marks=_below("to_target")),
        Field(f"{s.TAX}_known", N_("Industrial land whose tax is known"), PERCENT),
        _wan_per_mu(
            f"{s.TAX}_per_built_mu",
            N_("Tax per mu of built land"),
            heads={"report": N_("Tax, built land"), "terminal": N_("of built land")},
        ),
        Field("short_built", N_("Built land: against the target"), ADDED, marks=_below("short_built")),
        Field(s.FAR, N_("Floor-area ratio"), RATIO),
        Field(f"{s.FAR}_known", N_("Land whose ratio is known"), PERCENT),
        _whole_percent(s.COVERAGE, N_("Building coverage")),
        Field(f"{s.COVERAGE}_known", N_("Land whose coverage is known"), PERCENT),
        _whole_percent(
            "industrial_share",
            N_("Industrial share of the park"),
            heads=dict.fromkeys(("report", "terminal"), N_("Industrial share")),
        ),
        _whole_percent(
            "main_share", N_("Main block's share"), heads=dict.fromkeys(("report", "terminal"), N_("Main block"))
        ),
        Field(
            "leading",
            N_("Leading industry (division)"),
            of=_of_rows(leading_words),
            heads={"report": N_("Leading divisions")},
        ),
        Field("leading_stated", N_("Leading industry is"), word=stated_word),
        Field("leading_land", N_("Its share of the land"), PERCENT),
        _whole_percent("leading_output", N_("Its share of the output"), heads={"report": N_("of the output")}),
        Field("leading_output_before", N_("Its share of the output, year before"), PERCENT),
        Field("inefficient_share", N_("Low-efficiency share"), PERCENT),
        Field("energy_flags", N_("Energy flags (plots)"), COUNT),
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
    return (('={state}{row}="' + _("missing") + '"', "guess"),)


#: Every indicator of every park; rows of `indicator_rows`. Attainment and points are formulas of the workbook's own.
INDICATORS = Table(
    (
        Field("no", N_("No. of the park"), COUNT),
        Field("park_name", N_("Park"), of=_figures("park_name")),
        Field(s.PARK, N_("Park id")),
        Field("level", N_("Level"), of=_figures(s.LEVEL), word=level_word),
        Field(s.CODE, N_("Code")),
        Field("group", N_("Group of indicators"), of=_groups),
        Field("indicator", N_("Indicator"), of=_indicators(lambda x: str(x.name))),
        Field("value", N_("Value of the indicator"), RATIO),
        Field("unit", N_("Unit"), of=_indicators(lambda x: unit_word(x.measure))),
        Field(
            "state",
            N_("State"),
            of=lambda _r, t: [_("known") if is_known(x) else _("missing") for x in t["value"]],
            marks=_lacking,
        ),
        Field("basis", N_("Land it is known of"), PERCENT),
        Field("better", N_("Better"), of=_indicators(lambda x: _("more") if x.better == "more" else _("less"))),
        Field("ideal", N_("Ideal"), RATIO),
        Field("attainment", N_("Attainment"), FRACTION),
        Field("weight", N_("Weight"), FRACTION, _indicators(lambda x: x.weight)),
        Field("points", N_("Points"), RATIO),
        Field("source", N_("Source of the ideal"), of=_indicators(lambda x: x.source)),
        Field("trust", N_("Trust"), of=_indicators(lambda x: trust_word(x.trust))),
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
        Field("indicator", N_("Indicator")),
        Field("ideal", N_("Ideal")),
        _whole_percent("weight", N_("Weight")),
        Field("attain", N_("Parks that attain it"), COUNT),
        Field("known", N_("Parks it is known of"), COUNT),
        Field("mean", N_("Mean attainment"), RATIO),
        Field("source", N_("Source of the ideal")),
        Field("trust", N_("Trust")),
    ),
    report="indicator:38 ideal:26l weight:12 attain:13 known:13 mean:13 source:50 trust:10c",
)

#: How the parks are laid out; rows of `league_rows`.
LAYOUT = Table(
    (
        NO,
        Field("park_name", N_("Park"), total=N_("Total")),
        LEVEL,
        Field("land_mu", N_("Park land (mu)"), MU_SHOWN),
        Field("industrial_mu", N_("Industrial land (attributed)"), MU_SHOWN),
        Field("blocks", N_("Blocks"), COUNTS),
        Field("main_share", N_("Main block's share"), PERCENT),
        Field("main_stated", N_("Main block is"), word=stated_word),
        Field("parts", N_("Separate pieces"), COUNT),
        Field("gap_m", N_("Gaps between blocks (m)"), METRES),
        Field("largest_gap_m", N_("Largest gap (m)"), METRES),
        Field("hull_share", N_("Share of the hull"), PERCENT),
        Field("compactness", N_("Compactness"), FRACTION),
        Field(s.FAR, N_("Floor-area ratio"), RATIO),
        Field(f"{s.FAR}_below", N_("Land below the entry standard"), PERCENT),
    )
)


def block_rows(r: ParkReview) -> pd.DataFrame:
    """Return a row a block, parks in the order of the league; the land of a park's blocks sums to the park's [亩].

    Returns
    -------
    pandas.DataFrame
        The columns of `ParkReview.blocks`; no and park_name (of the park in the league), land_mu.
    """
    t = league_rows(r)
    b = r.blocks.drop(columns=r.blocks.geometry.name)
    b = b.assign(no=b[s.PARK].map(t["no"]), park_name=b[s.PARK].map(t["park_name"]))
    b = b.sort_values(["no", s.BLOCK], kind="stable").reset_index(drop=True)
    return b.assign(land_mu=land_of_parts(b["land_m2"], b[s.PARK], dict(zip(t.index, t["land_mu"], strict=True))))


def land_of_parts(m2: pd.Series[float], park: pd.Series[str], whole: dict[Any, float]) -> list[float]:
    """Return the land of parts of parks [亩], so that those of each park sum to what the park is shown with."""
    out = np.zeros(len(m2))
    for name, at in park.groupby(park).indices.items():
        out[at] = adding_up(m2.to_numpy()[at], whole[name])
    return [float(x) for x in out]


BLOCKS = Table(
    (
        Field("no", N_("No. of the park"), COUNT),
        Field("park_name", N_("Park"), total=N_("Total")),
        Field(s.BLOCK, N_("Block")),
        Field("land_mu", N_("Block land (mu)"), MU_SHOWN),
        Field("industrial_m2", N_("Industrial land, as drawn"), MU),
        Field(s.MAIN, N_("Main block?"), word=yes_no),
        Field("purity", N_("Industrial share of the block"), PERCENT),
        Field(
            "pure",
            "",
            of=lambda _r, t: t["pure"].astype(object).where(t["purity"].notna(), None),
            word=known_yes,
            heading=lambda r: _("From {share:.0%} pure", share=computed(r.parks).rule.purity),
        ),
        Field("plots", N_("Plots"), COUNTS),
        Field("nearest_m", N_("To the next block (m)"), METRES),
        Field(s.COVERAGE, N_("Building coverage"), PERCENT),
        Field(f"{s.COVERAGE}_known", N_("Land whose coverage is known"), PERCENT),
        Field(s.FAR, N_("Floor-area ratio"), RATIO),
        Field(f"{s.FAR}_known", N_("Land whose ratio is known"), PERCENT),
    )
)
#: Plots named of a suggestion; the workbook has all.
NAMED = 6


def _some_plots(plots: tuple[object, ...]) -> str:
    shown = listed_words(plots[:NAMED])
    return shown if len(plots) <= NAMED else _("{plots} and {n} more", plots=shown, n=len(plots) - NAMED)


def _join_parks(result: RunResult, joins: Any) -> list[str]:
    names = computed(result.parks).figures["park_name"]
    return [str(names.get(x, x)) for x in joins[s.PARK]]


#: Suggestions: which plots would join which blocks, the least land first.
JOINS = Table(
    (
        Field("no", N_("No."), COUNT, numbered),
        Field("park", N_("Park"), of=_join_parks, total=N_("Total")),
        Field("block_a", N_("Block"), width=16),
        Field("block_b", N_("and block"), width=16),
        Field("joined", N_("Blocks joined"), of=_of_rows(lambda x: f"{x['block_a']} – {x['block_b']}"), sheet=False),
        Field("gap_m", N_("Gap now (m)"), METRES),
        Field("count", N_("Plots"), COUNTS, lambda _r, t: [len(x) for x in t["plots"]]),
        Field(s.AREA_M2, N_("Land to take in (mu)"), MU),
        Field("blocks_before", N_("Groups of blocks now"), COUNT),
        Field("blocks_after", N_("Groups of blocks then"), COUNT),
        Field("plots", N_("Plots to take in"), word=listed_words, width=44),
        Field("some_plots", N_("Plots to take in"), of=column("plots"), word=_some_plots, sheet=False),
    ),
    report="no:9c park:32 joined:30 gap_m:14 count:11 area_m2:19 some_plots:41",
)


def industry_rows(r: ParkReview) -> pd.DataFrame:
    """Return the industries of each park, the largest first, those nobody knows last.

    Returns
    -------
    pandas.DataFrame
        The columns of `ParkReview.industries`; no, park_name, leads, of_land and of_output (of what is known: land of
        an unknown industry has no share).
    """
    t = league_rows(r)
    i = r.industries.assign(no=r.industries[s.PARK].map(t["no"]), unknown=r.industries["division"] == "")
    i = i.sort_values(["no", "unknown", "m2"], ascending=[True, True, False], kind="stable").reset_index(drop=True)
    lead = {park: x if isinstance(x, tuple) else () for park, x in t["leading"].items()}
    known = i[~i["unknown"]].groupby(s.PARK)[["m2", s.OUTPUT]].sum(min_count=1)
    of_land, of_output = (i[x].where(~i["unknown"]) / i[s.PARK].map(known[x]) for x in ("m2", s.OUTPUT))
    leads = [d in lead[p] for p, d in zip(i[s.PARK], i["division"], strict=True)]
    return i.assign(park_name=i[s.PARK].map(t["park_name"]), leads=leads, of_land=of_land, of_output=of_output)


def _leads(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{leads}}{{row}}="{_("yes")}"', "good"),)


INDUSTRIES = Table(
    (
        Field("no", N_("No. of the park"), COUNT),
        Field("park_name", N_("Park"), total=N_("Total")),
        Field("division", N_("Division"), word=lambda x: x or _("unknown"), marks=_leads),
        Field("leads", N_("Leads the park"), word=lambda x: _("yes") if x else "", marks=_leads),
        Field("m2", N_("Industrial land (mu)"), MU),
        Field("of_land", N_("Of the land whose industry is known"), PERCENT),
        Field(s.OUTPUT, N_("Output (10,000 yuan)"), WAN_ROUNDED),
        Field("of_output", N_("Of the output whose industry is known"), PERCENT),
        Field("firms", N_("Firms"), COUNT),
    )
)


def duty_rows(r: ParkReview) -> pd.DataFrame:
    """Return the industrial land of each park by district, in the order of the league.

    Returns
    -------
    pandas.DataFrame
        The columns of `ParkReview.duties`; no, park_name, mu (adding up), own (of the park's), inside (of the
        district's land in parks).
    """
    t = league_rows(r)
    d = r.duties.assign(no=r.duties[s.PARK].map(t["no"]), park_name=r.duties[s.PARK].map(t["park_name"]))
    d = d.sort_values(["no", s.DISTRICT], kind="stable")
    own, inside = (d["m2"] / d.groupby(x)["m2"].transform("sum") for x in (s.PARK, s.DISTRICT))
    return d.assign(own=own, inside=inside)


def _responsible(result: RunResult, duties: Any) -> list[str]:
    name = district_namer(result)
    return [name(x) or _("(in no district)") for x in duties[s.DISTRICT]]


#: Who answers for what: industrial land of each park by district.
DUTIES = Table(
    (
        Field("no", N_("No. of the park"), COUNT),
        Field("park_name", N_("Park"), total=N_("Total")),
        Field(s.DISTRICT, N_("District code")),
        Field("district_name", N_("District"), of=_responsible),
        Field("plots", N_("Plots"), COUNTS),
        Field("m2", N_("Industrial land (mu)"), MU),
        Field("own", N_("Of the park's"), PERCENT),
        Field("inside", N_("Of the district's land in parks"), PERCENT),
    ),
    report="park_name:46 district_name:36 plots:20 m2:30 own:24",
)
