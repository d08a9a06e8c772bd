"""The sheets of the workbook about plots: candidates, plots without data, renewal, and the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse.i18n import _
from landuse.report.tables.candidates import CANDIDATES, CRITERIA, RENEWAL
from landuse.report.words import labels
from landuse.report.words.terms import position_word
from landuse.report.workbook.columns import Column, sheet_columns

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from landuse.report.workbook.ledger import LedgerRows
    from landuse.results.candidates import Score
    from landuse.results.run import RunResult


def plot_columns(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows) -> list[Column]:
    """Return the table of candidates, or of plots without data, each with the way to its rows of the ledger."""
    return [*sheet_columns(CANDIDATES, f, plots), *_links(f, plots, rows, outside=True)]


def renewal_columns(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows) -> list[Column]:
    """Return the table of plots inside or adjoining parks that meet a reason: renewal on site."""
    return [*sheet_columns(RENEWAL, f, plots), *_links(f, plots, rows, outside=False)]


def _links(f: RunResult, plots: gpd.GeoDataFrame, rows: LedgerRows, *, outside: bool) -> list[Column]:
    if not rows.fit:
        return []
    # the ledger knows parcels only
    parcels: Any = plots.index if f.scatter is None else f.scatter.parcel_of(plots.index)
    return [Column(_(labels.ROWS_OF_THE_LEDGER), rows.links(parcels, outside=outside), "link")]


def score_columns(f: RunResult, score: Score) -> list[Column]:
    """Return what the score weighs, and how many of the worst plots stay so when a weight changes by a fifth."""
    stay = score.stability.pivot_table(index="criterion", columns="change", values="stay").loc[score.weights.index]
    less, more = (stay.iloc[:, k].astype(int) for k in (0, 1))
    return sheet_columns(CRITERIA, f, score.weights.to_frame("weight").assign(less=less, more=more))


def town_mark_columns(table: pd.DataFrame) -> list[Column]:
    """Return the survey's mark of industry that stands alone against the position."""
    return [
        Column(_("Survey (CZCSXM)"), [_("marked 201A to 203A"), _("not marked")]),
        *(Column(position_word(p), list(table[p]), "count") for p in table.columns),
    ]
