"""Tables about plots: candidates and plots without data, renewal in parks, thresholds, the score, the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import N_, _
from landuse.report.tables.table import (
    COUNT,
    COUNTS,
    DISTRICT,
    METRES,
    MU,
    MU_EACH,
    MU_SHOWN_EACH,
    NUMBERED,
    PERCENT,
    PLOT_M2,
    PLOT_MU,
    RATIO,
    WAN_EACH,
    WAN_ROUNDED,
    Field,
    Table,
    column,
    index,
    listed_words,
)
from landuse.report.words import labels
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
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from landuse.results.candidates import RuleHit
    from landuse.results.run import RunResult


def hits(said: Callable[[RuleHit], str]) -> Callable[[RunResult, Any], list[str]]:
    """Return what says something of every rule that a plot meets."""

    def of(result: RunResult, frame: Any) -> list[str]:
        judged = computed(result.candidates).judged
        return ["；".join(said(hit) for hit in judged.of(plot)) for plot in frame.index]

    return of


def with_code(words: str, code: str) -> str:
    """Return the words of a rule behind its code."""
    return f"{code} {words}"


def years_text(years: tuple[int, ...]) -> str:
    """Return years as people write them.

    Examples
    --------
    >>> years_text((2023, 2024, 2025)), years_text((2021, 2025)), years_text(())
    ('2023–2025', '2021、2025', '')
    """
    if len(years) > 2 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]}–{years[-1]}"
    return listed_words(years)


def _far(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return ((f'={{position}}{{row}}="{position_word("highly_scattered")}"', "bad"),)


def _nearest_room(result: RunResult, plots: Any) -> list[Any]:
    """Return how far it is to the nearest block that a plot fits and that has room."""
    near = computed(result.relocation).pool["nearest_m"]
    return list(near[~near.index.duplicated()].reindex(plots.index))


def _parks(result: RunResult, plots: Any) -> list[str]:
    names = result.concentration.parks["park_name"]
    return [names.get(p, p) or position_word("adjoining") for p in plots[s.PARK]]


PLOT_ID = Field("parcel_id", labels.PARCEL_ID, of=index, total=labels.TOTAL, meaning=labels.PARCEL_ID)
FIRMS = Field("firms", labels.FIRMS)
CODE = Field(s.CODE, labels.LAND_USE_CODE)
SQUARE_METRES = Field(s.AREA_M2, labels.AREA_M2, PLOT_M2)
AREA = Field("area_mu", labels.AREA_MU, PLOT_MU, column(s.AREA_M2))
TAX = Field(
    "tax_per_mu",
    N_("Tax (10,000 yuan per mu and year)"),
    WAN_EACH,
    heads={"terminal": labels.TAX_WAN_PER_MU},
    meaning=labels.TAX_PER_MU_AND_YEAR_YUAN,
)
REASONS = Field(
    "reasons",
    labels.REASONS,
    of=hits(lambda hit: with_code(reason_words(hit), hit.rule.code)),
    meaning=labels.REASONS,
)
REASON_CODES = Field("reason_codes", labels.REASONS, of=column("reasons"), word=listed_words, sheet=False)
OFF_LIST = Field("off_list", N_("Removed from the list if"), of=hits(change_words))
EVIDENCE = Field("evidence", labels.EVIDENCE, word=evidence_word)
HANDLING = Field("handling", labels.SUGGESTED_HANDLING, word=handling_word)

CANDIDATES = Table(
    (
        NUMBERED,
        PLOT_ID,
        DISTRICT,
        FIRMS,
        CODE,
        SQUARE_METRES,
        AREA,
        Field("position", labels.POSITION, word=position_word, marks=_far),
        Field("place", N_("Development boundary"), word=place_word),
        Field("neighbours", N_("Adjacent land use"), word=neighbours_words),
        Field("park_distance_m", N_("To the nearest park (m)"), METRES),
        Field(
            "room_m",
            N_("To the nearest block with room that it fits (m)"),
            METRES,
            _nearest_room,
            only=lambda r: r.relocation is not None,
        ),
        Field("cluster", labels.CLUSTER, COUNT),
        Field("cluster_m2", N_("Cluster area"), MU_EACH, meaning=N_("Area of the cluster (m2)")),
        TAX,
        Field("years", labels.YEARS, word=years_text),
        REASONS,
        REASON_CODES,
        OFF_LIST,
        EVIDENCE,
        HANDLING,
        Field("score", labels.SCORE_WORST_FIRST, RATIO),
        Field("basis", N_("Basis"), of=hits(lambda hit: with_code(hit.rule.source, hit.rule.code))),
    ),
    report="no:9c parcel_id:32 district:15 firms:34 area_mu:15 position:16 park_distance_m:14 tax_per_mu:16 "
    "reason_codes:15c",
    terminal="parcel_id area_mu position tax_per_mu reason_codes",
)
RENEWAL = Table(
    (
        NUMBERED,
        PLOT_ID,
        Field("park", labels.PARK, of=_parks),
        DISTRICT,
        FIRMS,
        CODE,
        SQUARE_METRES,
        AREA,
        TAX,
        REASONS,
        OFF_LIST,
        EVIDENCE,
        HANDLING,
        Field("renewal_group", N_("Group"), COUNT),
    )
)
#: Groups of plots that could be redeveloped together, and what they would yield.
GROUPS = Table(
    (
        Field("group", N_("Group"), COUNT, index, total=labels.TOTAL),
        Field("plots", labels.PLOTS, COUNTS),
        Field(s.AREA_M2, labels.AREA_MU, MU),
        Field("parks", labels.PARKS),
        Field("tax_yuan", labels.TAX_NOW_WHERE_KNOWN_WAN, WAN_ROUNDED),
        Field("at_mean_yuan", N_("At the district's mean at least (10,000 yuan; an example)"), WAN_ROUNDED),
    )
)


def _gaps(_result: RunResult, table: Any) -> Iterable[str]:
    return [("★ " if own else "") + f"{gap:g}" for gap, own in zip(table["gap_m"], table["own"], strict=True)]


#: How the list of scattered plots changes with its thresholds.
THRESHOLDS = Table(
    (
        Field("gap_m", N_("Gap (m)"), of=_gaps),
        Field("max_cluster_mu", N_("Largest cluster (mu)"), MU_SHOWN_EACH),
        Field("plots", labels.SCATTERED_PLOTS, COUNT),
        Field("clusters", N_("Clusters"), COUNT),
        Field(s.AREA_M2, labels.AREA_MU, MU_EACH),
        Field("candidates", labels.CANDIDATES, COUNT),
    )
)


def _worst(result: RunResult) -> int:
    return computed(computed(result.candidates).score).first


#: What the score weighs: rows are criteria; weight, and `less` and `more`, how many of the worst stay so.
CRITERIA = Table(
    (
        Field("criterion", N_("Criterion"), of=index, word=measure_word),
        Field("weight", labels.WEIGHT, PERCENT),
        Field("less", "", COUNT, heading=lambda r: _("Weight a fifth less: of the worst {n} stay", n=_worst(r))),
        Field("more", "", COUNT, heading=lambda r: _("Weight a fifth more: of the worst {n} stay", n=_worst(r))),
    )
)
#: The rules, with where each comes from; the frame is a list of `Rule`.
RULES = Table(
    (
        Field(s.CODE, labels.CODE, of=lambda _r, rules: [x.code for x in rules]),
        Field(
            "rule", N_("Rule"), of=lambda _r, rules: [rule_words(x)[0] for x in rules], heads={"report": labels.REASON}
        ),
        Field(
            "when",
            N_("Inefficient when"),
            of=lambda _r, rules: [rule_words(x)[1] for x in rules],
            heads={"report": N_("Threshold")},
        ),
        Field("source", labels.SOURCE, of=lambda _r, rules: [x.source for x in rules]),
        Field("date", labels.DATE, of=lambda _r, rules: [x.date.isoformat() for x in rules]),
        Field("trust", labels.TRUST, of=lambda _r, rules: [trust_word(x.trust) for x in rules]),
    ),
    report="code:12 rule:24 when:28 source:58 date:20 trust:14c",
)
