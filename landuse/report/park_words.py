"""What is said of parks side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from landuse.i18n import _
from landuse.units import MONEY_YUAN, to_mu

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.findings import Findings
    from landuse.park_review import ParkReview


def missing(value: float, form: str, suffix: str = "") -> str:
    """Return a figure, or the mark of one that nobody knows."""
    return f"{value:{form}}{suffix}" if math.isfinite(value) else "–"


def wan_per_mu(yuan: float) -> str:
    """Return yuan per 亩 in 万元 per 亩, or the mark of a figure that nobody knows."""
    return missing(yuan / MONEY_YUAN["万元"], ".1f")


def place_words(row: Mapping[Any, Any]) -> str:
    """Return a park's place among those of its level: 2 of 5, and between which places it may lie."""
    if not math.isfinite(row["rank"]):
        return _("no score: too little is known")
    place = _("{rank:.0f} of {of:.0f}", rank=row["rank"], of=row["of"])
    if row["best_rank"] == row["worst_rank"]:
        return place
    return place + _(" (weights decide: {best:.0f} to {worst:.0f})", best=row["best_rank"], worst=row["worst_rank"])


def moved_words(moved: float) -> str:
    """Return the places won or lost since the last comparison."""
    if not math.isfinite(moved):
        return "–"
    return "=" if moved == 0 else f"{'▲' if moved > 0 else '▼'}{abs(moved):.0f}"


def parks_sentence(findings: Findings) -> str:
    """Return how many parks reach the policy's tax per 亩, by both denominators; "" where the stage did not run."""
    r = findings.parks
    if r is None or not len(r.figures):
        return ""
    known = r.figures["tax_yuan_per_mu"].notna()
    if not known.any():
        return _("{parks} parks compared; nobody reports their tax.", parks=len(r.figures))
    by_industry, by_built = _reach(r)
    return _(
        "{parks} parks compared ({year}): {industry} reach {target:.0f} x 10,000 yuan of tax per mu of industrial "
        "land, {built} per mu of built land; {unknown} without figures.",
        parks=len(r.figures),
        year=r.year,
        industry=by_industry,
        built=by_built,
        target=r.rule.tax_target / MONEY_YUAN["万元"],
        unknown=int((~known).sum()),
    )


def joins_sentence(findings: Findings) -> str:
    """Return how many blocks could be joined by taking plots in; "" where there are none."""
    r = findings.parks
    if r is None or not len(r.joins):
        return ""
    return _(
        "Integration: {count} pairs of blocks would join by taking in plots that lie between them, {mu:,.2f} mu.",
        count=len(r.joins),
        mu=to_mu(float(r.joins["area_m2"].sum())),
    )


def _reach(r: ParkReview) -> tuple[int, int]:
    columns = (r.figures["tax_yuan_per_mu"], r.figures["tax_yuan_per_built_mu"])
    return tuple(int((column >= r.rule.tax_target).sum()) for column in columns)  # type: ignore[return-value]
