"""Tables about the share: districts, parks, parcels that decide the interval, definitions, issues of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.definition import Definition, Gap
from landuse.i18n import N_, _
from landuse.report.tables.table import (
    COUNT,
    COUNTS,
    DISTRICT,
    MU_EACH,
    MU_SHOWN,
    MU_SHOWN_EACH,
    NUMBERED,
    PERCENT,
    PLOT_MU,
    POINTS,
    SHORT_POINTS,
    Field,
    Table,
    index,
)
from landuse.report.words import labels
from landuse.report.words.format import district_areas, park_areas, reconciled_mu
from landuse.report.words.terms import level_word, verdict_word

if TYPE_CHECKING:
    import pandas as pd

    from landuse.results.run import RunResult


def district_rows(result: RunResult) -> pd.DataFrame:
    """Return the districts with their areas [亩] as every output shows them, and three ways to the target.

    Returns
    -------
    pandas.DataFrame
        Index: district. name, total, inside, outside, share, target, points (share less target), relocate, clear,
        supply.
    """
    share = result.concentration
    d = share.districts
    gaps = [Gap.of(t, i, share.target) for t, i in zip(d["total_m2"], d["inside_m2"], strict=True)]
    clear, supply = (reconciled_mu(getattr(gap, x) for gap in gaps) for x in ("clear", "new_supply"))
    areas = district_areas(d).rename(columns={"gap": "relocate"})
    return areas.assign(
        name=[n or _(labels.IN_NO_DISTRICT) for n in d["name"]],
        share=d["share"],
        target=share.target,
        points=d["share"] - share.target,
        clear=clear,
        supply=supply,
    )


def _against_target(_result: RunResult) -> tuple[tuple[str, str], ...]:
    return (
        ("=AND(ISNUMBER({share}{row}),{share}{row}<{target}{row})", "bad"),
        ("=AND(ISNUMBER({share}{row}),{share}{row}>={target}{row})", "good"),
    )


#: The share of each district; rows of `district_rows`.
DISTRICTS = Table(
    (
        NUMBERED,
        Field("code", labels.DISTRICT_CODE, of=index),
        Field("name", labels.DISTRICT, total=labels.TOTAL),
        Field("total", labels.INDUSTRIAL_LAND, MU_SHOWN, heads={"terminal": labels.INDUSTRIAL_LAND_MU}),
        Field("inside", labels.INSIDE_PARKS, MU_SHOWN, heads={"terminal": labels.INSIDE_PARKS_MU}),
        Field("outside", labels.OUTSIDE_PARKS, MU_SHOWN),
        Field(
            "share",
            labels.SHARE_INSIDE,
            PERCENT,
            whole=lambda r, _shown: r.concentration.share,
            total_formula="={inside}{row}/{total}{row}",
            marks=_against_target,
        ),
        Field(
            "target",
            labels.TARGET,
            PERCENT,
            whole=lambda r, _shown: r.concentration.target,
        ),
        Field(
            "points",
            N_("Above (+) or below (-) target (percentage points)"),
            SHORT_POINTS,
            formula="=({share}{row}-{target}{row})*100",
            whole=lambda r, _shown: (r.concentration.share - r.concentration.target) * 100,
            heads={"report": labels.AGAINST_THE_TARGET_POINTS},
        ),
        Field(
            "relocate",
            labels.TO_RELOCATE,
            MU_SHOWN,
            heads={"report": labels.TO_RELOCATE_SURPLUS, "terminal": labels.TO_RELOCATE_MU},
        ),
        Field("clear", N_("Or to clear"), MU_SHOWN),
        # no supply of land inside brings a share to 100 % while there is land outside
        Field("supply", N_("Or to supply anew inside"), MU_SHOWN, only=lambda r: r.concentration.target < 1),
    ),
    report="name:26 total:23 inside:23 outside:23 share:18 points:20 relocate:23",
    terminal="name total inside share relocate",
)


def park_rows(result: RunResult) -> pd.DataFrame:
    """Return the parks with their areas [亩]: attributed (own), gross and of all land."""
    parks = result.concentration.parks
    areas = park_areas(parks).rename(columns={"industrial": "own"})
    return parks.join(areas)


#: Industrial land by park; rows of `park_rows`.
PARKS = Table(
    (
        NUMBERED,
        Field("park_id", labels.PARK_ID, of=index),
        Field("park_name", labels.PARK, total=labels.TOTAL),
        Field("level", labels.LEVEL, word=level_word, dash=True),
        Field("blocks", labels.BLOCKS, COUNTS),
        Field("main_share", labels.MAIN_BLOCK_SHARE, PERCENT),
        Field("own", labels.INDUSTRIAL_LAND_ATTRIBUTED, MU_SHOWN),
        # no totals here: land that two parks claim stands in both
        Field("gross", N_("Industrial land (gross)"), MU_SHOWN_EACH),
        Field("land", labels.PARK_LAND, MU_SHOWN_EACH),
        Field("industrial_share", labels.INDUSTRIAL_SHARE_OF_THE_PARK, PERCENT),
    ),
    report="park_name:38 level:24 blocks:11 main_share:17 own:19 gross:19 land:19 industrial_share:17",
)
#: Parcels that decide the interval of the share.
DECIDING = Table(
    (
        NUMBERED,
        Field(s.PARCEL, labels.PARCEL_ID, total=labels.TOTAL),
        DISTRICT,
        Field("low_m2", N_("Inside, boundaries moved in"), PLOT_MU),
        Field("high_m2", N_("Inside, boundaries moved out"), PLOT_MU),
        Field("swing_m2", N_("Difference"), PLOT_MU),
    )
)


def _definitions(result: RunResult, matrix: Any) -> list[str]:
    words = [Definition(*row) for row in matrix[["classes", "boundary", "rule", "area"]].itertuples(index=False)]
    return [("★ " if d == result.definition else "") + str(d) for d in words]


def _reached(result: RunResult) -> tuple[tuple[str, str], ...]:
    target = result.concentration.target
    return (
        (f"=AND(ISNUMBER({{share}}{{row}}),{{share}}{{row}}<{target!r})", "bad"),
        (f"=AND(ISNUMBER({{share}}{{row}}),{{share}}{{row}}>={target!r})", "good"),
    )


#: The share under every definition.
DEFINITIONS = Table(
    (
        NUMBERED,
        Field("definition", labels.DEFINITION, of=_definitions),
        Field("share", labels.SHARE_INSIDE, PERCENT, marks=_reached),
        Field("verdict", labels.TARGET_REACHED, word=verdict_word),
    )
)
#: Issues of the data; the frame is the run's tuple of them.
ISSUES = Table(
    (
        Field("check", N_("Check"), of=lambda _r, issues: [x.title for x in issues]),
        Field("rows", labels.ROWS, COUNT, lambda _r, issues: [x.count for x in issues], text=lambda n: f"{n:,}"),
        Field(
            "area",
            labels.AREA,
            MU_EACH,
            lambda _r, issues: [x.area_m2 for x in issues],
            heads=dict.fromkeys(("report", "terminal"), labels.AREA_MU),
        ),
        Field(
            "effect",
            labels.EFFECT_ON_THE_SHARE,
            POINTS,
            lambda _r, issues: [x.effect_on_share for x in issues],
            heads={"terminal": labels.EFFECT_POINTS},
        ),
        Field("action", N_("What was done"), of=lambda _r, issues: [x.action for x in issues]),
        Field("examples", N_("For example"), of=lambda _r, issues: ["、".join(x.rows[:5]) for x in issues]),
    ),
    report="check:34 rows:14 area:22 effect:26 action:60l",
    terminal="check rows area effect action",
)
