"""What the report's numbers rest on: method, limits, and what identifies the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.document.tables import day, meaning_grid, pairs_grid
from landuse.report.words import labels
from landuse.report.words.format import setting
from landuse.report.words.terms import rounding_words, trust_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.report.document.gbt9704 import Document
    from landuse.results.run import RunResult

#: Sections of the study file that say how was judged; the manifest has all.
RULES = ("target", "scatter", "efficiency")


def method(f: RunResult, d: Document) -> None:
    """Say what the share means and how it was made."""
    parts = f.ledger.parts
    d.heading(_("Method and definition"))
    d.subheading(_(labels.DEFINITION))
    d.table(meaning_grid(f))
    d.subheading(_("Method"))
    d.text(
        _(
            "{parcels:,} parcels are cut at the park boundaries into {parts:,} parts; the parts of a parcel sum to "
            "the parcel.",
            parcels=len(f.ledger.parcels),
            parts=len(parts),
        ),
        _(
            "{n:,} parts that another parcel already holds are not counted again.",
            n=int((~parts[s.COUNTED]).sum()),
        ),
        "" if f.proof is None else _(labels.PROOF_OF, proof=f.proof),
    )
    d.text(rounding_words())


def limits(f: RunResult, d: Document, missing: frozenset[str]) -> None:
    """Say what the numbers take for granted; `missing` are characters that the figures could not draw."""
    c = f.concentration
    d.heading(_("Limits and assumptions"))
    if c.interval:
        d.text(
            _(
                "{n:,} parcels lie within {m:g} m of a boundary and can move the share by {points:.2f} percentage "
                "points.",
                n=len(c.interval.parcels),
                m=c.interval.tolerance_m,
                points=(c.interval.high - c.interval.low) * 100,
            )
        )
    if f.candidates is not None:
        rules = [_("{code} ({trust})", code=code, trust=trust_word(r.trust)) for code, r in f.candidates.rules.items()]
        d.text(_("Trust in the thresholds: {rules}.", rules="、".join(rules)))
    for k, assumption in enumerate(f.assumptions, start=1):
        d.text(_("Assumption {n}: {what}", n=k, what=assumption))
    if not f.assumptions:
        d.text(_("The run rests on {n} assumptions.", n=0))
    if missing:
        # the picture of the figures cannot show them, so their code points are named
        from landuse.report.style.fonts import NO_TYPE, as_points  # noqa: PLC0415, matplotlib only with figures

        d.text(
            _(
                "{n} characters that the figures' typeface lacks are drawn as {mark}: {points}.",
                n=len(missing),
                mark=NO_TYPE,
                points=as_points(set(missing)),
            )
        )
    if f.synthetic:
        d.text(_("SYNTHETIC data: all {n:,} parcels are invented.", n=len(f.ledger.parcels)))


def appendix(f: RunResult, d: Document, versions: Mapping[str, str], parameters: Mapping[str, Any]) -> None:
    """Say what identifies the run."""
    d.heading(_("Appendix: what identifies the run"), numbered=False)
    pairs = [
        (_(labels.STUDY), f.name),
        (_(labels.DATE_OF_THE_DATA), "" if f.date is None else day(f.date)),
        ("run_id", f.run_id),
        *([(_("Versions"), " · ".join(f"{k} {v}" for k, v in versions.items()))] if versions else []),
    ]
    d.table(pairs_grid(_("The run"), pairs, (30, 126)))
    more = {"relocation": f.relocation, "change": f.history, "evaluation": f.parks}
    names = (*RULES, *(name for name, found in more.items() if found is not None))
    rules = [(f"{name}.{key}", setting(value)) for name in names for key, value in parameters.get(name, {}).items()]
    if rules:
        d.table(pairs_grid(_("Rules of the study file"), rules, (60, 96)))
    if f.inputs:
        d.table(pairs_grid(_("Inputs and their sha256"), sorted(f.inputs.items()), (46, 110)))
