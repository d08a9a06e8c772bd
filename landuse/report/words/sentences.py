"""The sentences of a result, each with its numbers, for whatever speaks of it: terminal, document."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.words.terms import verdict_word
from landuse.units import shown_mu

if TYPE_CHECKING:
    from landuse.results.run import RunResult

#: Areas of less than this are not worth a sentence [mu].
NOTHING_MU = 0.01


def share_sentence(result: RunResult) -> str:
    """Return total, inside, share and distance to the target."""
    return str(result.concentration).splitlines()[0]


def gap_sentence(result: RunResult) -> str:
    """Return what would bring the share to the target; empty where it is reached."""
    c = result.concentration
    if c.share >= c.target:
        return ""
    gap = c.gap
    return _(
        "To reach the target: relocate {relocate:,.2f} mu, or clear {clear:,.2f} mu{supply}.",
        relocate=shown_mu(gap.relocate),
        clear=shown_mu(gap.clear),
        supply=_(", or supply {mu:,.2f} mu anew inside", mu=shown_mu(gap.new_supply))
        if math.isfinite(gap.new_supply)
        else "",
    )


def interval_sentence(result: RunResult) -> str:
    """Return the interval and the verdict; empty where boundaries were not moved."""
    c = result.concentration
    if c.interval is None:
        return ""
    return _(
        "With boundaries {tolerance:g} m off either way: {low:.2%} to {high:.2%}; verdict: {verdict}.",
        tolerance=c.interval.tolerance_m,
        low=c.interval.low,
        high=c.interval.high,
        verdict=verdict_word(c.verdict),
    )


def overlap_sentence(result: RunResult) -> str:
    """Return the land that several parks claim; empty where there is none."""
    again = shown_mu(result.concentration.claimed_again_m2)
    if result.definition.rule != "clip" or again < NOTHING_MU:
        return ""
    return _("Claimed by several parks: {mu:,.2f} mu, counted once.", mu=again)


def band_sentence(result: RunResult) -> str:
    """Return the lowest and highest share of any definition."""
    low, high = result.band
    return _("Under all {n} definitions: {low:.2%} to {high:.2%}.", n=len(result.sensitivity), low=low, high=high)


def flip_sentence(result: RunResult) -> str:
    """Return that the verdict depends on the definition; empty where it does not."""
    return _("The verdict depends on the definition.") if result.flips else ""


def candidates_sentence(result: RunResult) -> str:
    """Return the candidates and the plots without data; empty where the stage did not run."""
    if result.candidates is None:
        return ""
    listed = result.candidates.listed
    return _(
        "Candidates: {count} scattered low-efficiency plots, {area:,.2f} mu; "
        "{unknown} scattered plots are without data.",
        count=len(listed),
        area=shown_mu(float(listed[s.AREA_M2].sum())),
        unknown=len(result.candidates.no_data),
    )


def renewal_sentence(result: RunResult) -> str:
    """Return the inefficient plots in or beside parks, and both lists together; empty where the stage did not run."""
    if result.candidates is None:
        return ""
    outside, inside = result.candidates.area_m2
    return _(
        "In or beside parks: {count} low-efficiency plots, {area:,.2f} mu, for renewal on site; "
        "both lists together {both:,.2f} mu.",
        count=len(result.candidates.renewed),
        area=shown_mu(inside),
        both=shown_mu(outside + inside),
    )
