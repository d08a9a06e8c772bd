"""The report's chapter about parks side by side: places, attainment, integration, who answers, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse.i18n import _
from landuse.report.document.tables import MOST, report_grid
from landuse.report.tables.park_lists import DUTIES, JOINS, duty_rows
from landuse.report.tables.parks import IDEALS, LEAGUE, ideal_rows, league_rows
from landuse.report.words import labels
from landuse.report.words.parks import joins_sentence, parks_sentence, rest_sentences
from landuse.results.run import computed
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.report.document.gbt9704 import Document
    from landuse.results.run import RunResult


def park_chapter(f: RunResult, d: Document, figure: Callable[[str], None]) -> None:
    """Write the chapter.

    Parameters
    ----------
    f : RunResult
        Of a run that compared the parks.
    d : Document
        Document to append to.
    figure : callable
        Sets a figure by its key, where there is one.
    """
    r = computed(f.parks)
    d.heading(_(labels.PARKS_SIDE_BY_SIDE))
    d.subheading(_("Places within each level"))
    d.text(parks_sentence(f))
    caption = _("Places of the parks within each level (tax: 10,000 yuan per mu)")
    d.table(report_grid(LEAGUE, f, league_rows(r).head(MOST), caption, size=7.5))
    _more(d, len(r.figures))
    d.subheading(_(labels.ATTAINMENT_OF_THE_IDEALS))
    d.table(report_grid(IDEALS, f, ideal_rows(r), _("Indicators, ideals and weights"), size=8.0))
    figure("parks")
    d.subheading(_("Integration of blocks"))
    if len(r.joins):
        d.text(joins_sentence(f), _("The suggestions look at distance and area only, not at who owns the plots."))
        caption, total = _("Suggestions for integration"), _(labels.TOTAL)
        d.table(report_grid(JOINS, f, r.joins, caption, size=8.5, most=MOST, totals=total))
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
    d.subheading(_("Responsibility by district"))
    caption = _("Industrial land of each park by district")
    d.table(report_grid(DUTIES, f, duty_rows(r), caption, most=MOST, totals=_(labels.TOTAL)))
    _more(d, len(r.duties))
    d.subheading(_("What the comparison rests on"))
    for k, line in enumerate(filter(None, rest_sentences(r)), start=1):
        d.text(f"{k}. {line}")


def _more(d: Document, rows: int) -> None:
    if rows > MOST:
        d.text(_(labels.FIRST_PRINTED, n=MOST, all=rows))
