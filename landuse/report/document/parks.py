"""The report's chapter about parks side by side: places, attainment, integration, who answers, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.document.gbt9704 import Grid
from landuse.report.document.tables import MOST
from landuse.report.tables.parks import league_rows
from landuse.report.words.format import NONE, area, figure, percent, reconciled_mu
from landuse.report.words.parks import (
    ideal_words,
    indicator_word,
    joins_sentence,
    leading_words,
    moved_words,
    parks_sentence,
    place_words,
    rest_sentences,
    wan_per_mu,
)
from landuse.report.words.terms import level_word, trust_word
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.report.document.gbt9704 import Document
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult

#: Plots named of a suggestion; the workbook has all.
PLOTS = 6


def park_chapter(f: RunResult, d: Document, figure: Callable[[str], None]) -> None:
    """Write the chapter.

    Parameters
    ----------
    f : RunResult
        Of a run that compared the parks.
    d : Document
        That grows.
    figure : callable
        Sets a figure by its key, where there is one.
    """
    r = f.parks
    assert r is not None  # noqa: S101
    d.heading(_("Parks side by side"))
    d.subheading(_("Places within each level"))
    d.text(parks_sentence(f))
    d.table(league_grid(r))
    _more(d, len(r.figures))
    d.subheading(_("Attainment of the ideals"))
    d.table(ideals_grid(r))
    figure("parks")
    d.subheading(_("Integration of blocks"))
    if len(r.joins):
        d.text(joins_sentence(f), _("The suggestions look at distance and area only, not at who owns the plots."))
        d.table(joins_grid(r))
        _more(d, len(r.joins))
    else:
        d.text(
            _(
                "No chain of industrial plots with steps of at most {gap:g} m and at most {mu:,.0f} mu joins two "
                "blocks of a park.",
                gap=r.rule.join_gap_m,
                mu=shown_mu(r.rule.join_m2),
            )
        )
    d.subheading(_("Who answers for what"))
    d.table(duties_grid(f, r))
    _more(d, len(r.duties))
    d.subheading(_("What the comparison rests on"))
    for k, line in enumerate(filter(None, rest_sentences(r)), start=1):
        d.text(f"{k}. {line}")


def _more(d: Document, rows: int) -> None:
    if rows > MOST:
        d.text(_("The first {n} are printed; in the workbook: all {all}.", n=MOST, all=rows))


def league_grid(r: ParkReview) -> Grid:
    """Return the league table: level by level, the best first."""
    t = league_rows(r)
    rows = [
        (
            level_word(row[s.LEVEL]) or NONE,
            str(row["park_name"]),
            place_words(row),
            moved_words(row["moved"]),
            figure(row["score"], ".1f"),
            wan_per_mu(row[f"{s.TAX}_per_mu"]),
            wan_per_mu(row[f"{s.TAX}_per_built_mu"]),
            figure(row[s.FAR], ".2f"),
            figure(row[s.COVERAGE], ".0%"),
            figure(row["industrial_share"], ".0%"),
            figure(row["main_share"], ".0%"),
            leading_words(row),
            figure(row["leading_output"], ".0%"),
        )
        for row in t.head(MOST).to_dict("records")
    ]
    heads = (
        _("Level"),
        _("Park"),
        _("Place"),
        _("Since"),
        _("Points of 100"),
        _("Tax, industrial land"),
        _("Tax, built land"),
        _("Floor-area ratio"),
        _("Building coverage"),
        _("Industrial share"),
        _("Main block"),
        _("Leading divisions"),
        _("of the output"),
    )
    caption = _("Places of the parks within each level (tax: 10,000 yuan per mu)")
    widths = (16, 27, 17, 9, 12, 13, 13, 11, 11, 11, 11, 15, 11)
    return Grid(caption, heads, rows, widths, "lllcrrrrrrrlr", (), 7.5)


def ideals_grid(r: ParkReview) -> Grid:
    """Return the indicators: ideal, weight, how many parks attain it, of how many it is known."""
    attained = r.evaluation.attainment
    rows = [
        (
            indicator_word(x),
            ideal_words(x),
            f"{x.weight:.0%}",
            str(int((attained[x.code] >= 1).sum())),
            str(int(attained[x.code].notna().sum())),
            figure(float(attained[x.code].mean()), ".2f"),
            x.source,
            trust_word(x.trust),
        )
        for x in r.evaluation.rules.indicators
    ]
    heads = (
        _("Indicator"),
        _("Ideal"),
        _("Weight"),
        _("Parks that attain it"),
        _("Parks it is known of"),
        _("Mean attainment"),
        _("Source of the ideal"),
        _("Trust"),
    )
    caption = _("Indicators, ideals and weights")
    return Grid(caption, heads, rows, (38, 26, 12, 13, 13, 13, 50, 10), "llrrrrlc", (), 8.0)


def joins_grid(r: ParkReview) -> Grid:
    """Return the suggestions for integration, the least land first."""
    j = r.joins
    land = reconciled_mu(j[s.AREA_M2])
    names = r.figures["park_name"]
    rows = [
        (
            str(k),
            str(names.get(row[s.PARK], row[s.PARK])),
            f"{row['block_a']} – {row['block_b']}",
            figure(row["gap_m"], ",.0f"),
            str(len(row["plots"])),
            area(land[k - 1]),
            _plots(row["plots"]),
        )
        for k, row in enumerate(j.head(MOST).drop(columns=j.geometry.name).to_dict("records"), start=1)
    ]
    heads = (
        _("No."),
        _("Park"),
        _("Blocks joined"),
        _("Gap now (m)"),
        _("Plots"),
        _("Land to take in (mu)"),
        _("Plots to take in"),
    )
    total = (_("Total"), "", "", "", str(sum(len(x) for x in j["plots"])), area(sum(land)), "")
    return Grid(_("Suggestions for integration"), heads, rows, (9, 32, 30, 14, 11, 19, 41), "cllrrrl", total, 8.5)


def duties_grid(f: RunResult, r: ParkReview) -> Grid:
    """Return the industrial land of each park by district, in the order of the league."""
    t, names = league_rows(r), f.concentration.districts["name"]
    d = r.duties.assign(no=r.duties[s.PARK].map(t["no"]), mu=reconciled_mu(r.duties["m2"]))
    d = d.sort_values(["no", s.DISTRICT], kind="stable")
    own = d["m2"] / d.groupby(s.PARK)["m2"].transform("sum")
    rows = [
        (
            str(t["park_name"][park]),
            str(names.get(district, district)) or _("(in no district)"),
            str(plots),
            area(land),
            percent(share),
        )
        for park, district, plots, land, share in zip(d[s.PARK], d[s.DISTRICT], d["plots"], d["mu"], own, strict=True)
    ]
    heads = (_("Park"), _("District"), _("Plots"), _("Industrial land (mu)"), _("Of the park's"))
    total = (_("Total"), "", str(int(d["plots"].sum())), area(sum(d["mu"])), "")
    caption = _("Industrial land of each park by district")
    return Grid(caption, heads, rows[:MOST], (46, 36, 20, 30, 24), "llrrr", total, 9.0)


def _plots(plots: tuple[object, ...]) -> str:
    shown = "、".join(map(str, plots[:PLOTS]))
    return shown if len(plots) <= PLOTS else _("{plots} and {n} more", plots=shown, n=len(plots) - PLOTS)
