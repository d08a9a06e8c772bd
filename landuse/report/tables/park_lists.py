"""Tables about parks beside the league: layout, blocks, plots that would join them, industries, who answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.i18n import N_, _
from landuse.report.tables.change import adding_up
from landuse.report.tables.parks import LEVEL, NO, known_yes, league_rows, of_rows
from landuse.report.tables.table import (
    COUNT,
    COUNTS,
    FRACTION,
    METRES,
    MU,
    MU_SHOWN,
    NUMBERED,
    PERCENT,
    RATIO,
    WAN_ROUNDED,
    Field,
    Table,
    column,
    listed_words,
    stated_word,
    yes_no,
)
from landuse.report.words import labels
from landuse.report.words.terms import district_namer
from landuse.results.run import computed

if TYPE_CHECKING:
    import pandas as pd

    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult


#: How the parks are laid out; rows of `league_rows`.
LAYOUT = Table(
    (
        NO,
        Field("park_name", labels.PARK, total=labels.TOTAL),
        LEVEL,
        Field("land_mu", labels.PARK_LAND_MU, MU_SHOWN),
        Field("industrial_mu", labels.INDUSTRIAL_LAND_ATTRIBUTED, MU_SHOWN),
        Field("blocks", labels.BLOCKS, COUNTS),
        Field("main_share", labels.MAIN_BLOCK_SHARE, PERCENT),
        Field("main_stated", N_("Main block is"), word=stated_word),
        Field("parts", N_("Separate pieces"), COUNT),
        Field("gap_m", N_("Gaps between blocks (m)"), METRES),
        Field("largest_gap_m", N_("Largest gap (m)"), METRES),
        Field("hull_share", N_("Share of the hull"), PERCENT),
        Field("compactness", N_("Compactness"), FRACTION),
        Field(s.FAR, labels.FLOOR_AREA_RATIO, RATIO),
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
        Field("no", labels.NO_OF_THE_PARK, COUNT),
        Field("park_name", labels.PARK, total=labels.TOTAL),
        Field(s.BLOCK, labels.BLOCK),
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
        Field("plots", labels.PLOTS, COUNTS),
        Field("nearest_m", N_("To the next block (m)"), METRES),
        Field(s.COVERAGE, labels.BUILDING_COVERAGE, PERCENT),
        Field(f"{s.COVERAGE}_known", labels.LAND_WHOSE_COVERAGE_IS_KNOWN, PERCENT),
        Field(s.FAR, labels.FLOOR_AREA_RATIO, RATIO),
        Field(f"{s.FAR}_known", labels.LAND_WHOSE_RATIO_IS_KNOWN, PERCENT),
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
        NUMBERED,
        Field("park", labels.PARK, of=_join_parks, total=labels.TOTAL),
        Field("block_a", labels.BLOCK, width=16),
        Field("block_b", N_("and block"), width=16),
        Field("joined", N_("Blocks joined"), of=of_rows(lambda x: f"{x['block_a']} – {x['block_b']}"), sheet=False),
        Field("gap_m", N_("Gap now (m)"), METRES),
        Field("count", labels.PLOTS, COUNTS, lambda _r, t: [len(x) for x in t["plots"]]),
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
    return ((f'={{leads}}{{row}}="{_(labels.YES)}"', "good"),)


INDUSTRIES = Table(
    (
        Field("no", labels.NO_OF_THE_PARK, COUNT),
        Field("park_name", labels.PARK, total=labels.TOTAL),
        Field("division", N_("Division"), word=lambda x: x or _(labels.UNKNOWN), marks=_leads),
        Field("leads", N_("Leads the park"), word=lambda x: _(labels.YES) if x else "", marks=_leads),
        Field("m2", labels.INDUSTRIAL_LAND_MU, MU),
        Field("of_land", N_("Of the land whose industry is known"), PERCENT),
        Field(s.OUTPUT, N_("Output (10,000 yuan)"), WAN_ROUNDED),
        Field("of_output", N_("Of the output whose industry is known"), PERCENT),
        Field("firms", labels.FIRMS, COUNT),
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
    return [name(x) or _(labels.IN_NO_DISTRICT) for x in duties[s.DISTRICT]]


#: Who answers for what: industrial land of each park by district.
DUTIES = Table(
    (
        Field("no", labels.NO_OF_THE_PARK, COUNT),
        Field("park_name", labels.PARK, total=labels.TOTAL),
        Field(s.DISTRICT, labels.DISTRICT_CODE),
        Field("district_name", labels.DISTRICT, of=_responsible),
        Field("plots", labels.PLOTS, COUNTS),
        Field("m2", labels.INDUSTRIAL_LAND_MU, MU),
        Field("own", N_("Of the park's"), PERCENT),
        Field("inside", N_("Of the district's land in parks"), PERCENT),
    ),
    report="park_name:46 district_name:36 plots:20 m2:30 own:24",
)
