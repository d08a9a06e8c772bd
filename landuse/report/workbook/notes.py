"""The sheets of the workbook that say what the numbers rest on: data quality, definition, sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.terms import rounding_words
from landuse.report.workbook.columns import Column
from landuse.report.workbook.share import interval_text
from landuse.units import shown_mu

if TYPE_CHECKING:
    from landuse.report.workbook.ledger import LedgerRows
    from landuse.results.run import RunResult


def meaning_columns(f: RunResult, rows: LedgerRows, cleaned: int) -> list[Column]:
    """Return what the numbers mean, how they are found again, and what they were made of."""
    column = s.AREA_COLUMN[f.definition.area]
    lines = {
        _(labels.STUDY): f.name,
        _(labels.DATE_OF_THE_DATA): f.date.isoformat() if f.date else "",
        _(labels.DEFINITION): str(f.definition),
        _("Result"): str(f.concentration).splitlines()[0],
        _(labels.COORDINATE_SYSTEM): f.crs,
        _(labels.CLASSIFICATION): f.classification,
        _("Rounding"): rounding_words(),
        _("Overlaps"): _("Land that several parks or parcels claim is counted once."),
        _("Interval"): interval_text(f),
        _("Claimed by several parks"): _(
            "the parks' gross figures exceed the land inside by {mu:,.2f} mu",
            mu=shown_mu(f.concentration.claimed_again_m2),
        ),
        _(labels.PROOF): "" if f.proof is None else str(f.proof),
        _("Assumptions"): "；".join(f.assumptions),
        _("Found again in the workbook"): _(
            "Every figure sums rows of the sheet {sheet}: a district's those with its number, a park's likewise, a "
            "plot's those its link names.",
            sheet=_(labels.LEDGER_PARTS),
        )
        if rows.fit
        else _("{n:,} parts are more than a sheet holds: the GeoPackage has them.", n=len(rows.land)),
        _("Found again in the GeoPackage"): _(
            "Layer ledger, field {column}: side = 'inside' and district = '…' for a district, park_id = '…' and side = "
            "'inside' for a park, parcel_id = '…' and face = -1 for a plot; parks' gross figures by the layer claims.",
            column=column,
        ),
        _("Characters no cell can hold"): _("shown as \ufffd in {n} cells", n=cleaned),
        "run_id": f.run_id,
        **{_("Input {file}", file=file): f"sha256 {digest}" for file, digest in f.inputs.items()},
    }
    lines = {name: text for name, text in lines.items() if text}
    return [Column(_(labels.ITEM), list(lines)), Column(_(labels.CONTENT), list(lines.values()), width=100)]
