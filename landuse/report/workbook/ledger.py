"""The ledger's sheet of the workbook, and how the other tables are held against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.workbook.columns import Column, reference
from landuse.report.workbook.sheets import SHEET_ROWS, TOP
from landuse.results.ledger import NOWHERE
from landuse.units import MU_PER_M2, to_mu

if TYPE_CHECKING:
    from landuse.results.run import RunResult

#: Two figures rounded apart from each other may differ from their unrounded sum by this [亩].
ROUNDING_MU = 0.02
#: Columns of the sheet that formulas name.
LETTERS = {"district_no": "C", "park_no": "E", "m2": "G"}


@dataclass(frozen=True)
class LedgerRows:
    """Where the parts that the definition counts stand on the ledger's sheet.

    Attributes
    ----------
    land : pandas.DataFrame
        A row a part, by parcel, what is outside first: parcel, district, block (-1 outside), face, m2; district_no
        and park_no, the numbers of their rows in the tables (0: outside every park).
    parcels : pandas.Index
        Parcel ids, by position.
    """

    land: pd.DataFrame
    parcels: pd.Index[Any]

    @classmethod
    def of(cls, result: RunResult) -> LedgerRows:
        """Return the rows of a run."""
        ledger, found = result.ledger, result.concentration
        land = ledger.counted(result.definition).sort_values(["parcel", s.FACE], kind="stable")
        park = np.append(found.parks.index.get_indexer(pd.Index(ledger.parks[s.PARK])), NOWHERE)
        land["park_no"] = park[land["block"]] + 1
        land["district_no"] = found.districts.index.get_indexer(pd.Index(land[s.DISTRICT])) + 1
        return cls(land.reset_index(drop=True), pd.Index(ledger.parcels[s.PARCEL]))

    @property
    def fit(self) -> bool:
        """Whether a sheet holds them."""
        return len(self.land) <= SHEET_ROWS - TOP - 1

    def column(self, key: str) -> str:
        """Return a column of the sheet, a key of `LETTERS`, as formulas name it."""
        letter = LETTERS[key]
        return reference(_(labels.LEDGER_PARTS), f"${letter}${TOP + 1}:${letter}${TOP + len(self.land)}")

    def links(self, parcels: Any, *, outside: bool = False) -> list[tuple[str, str] | None]:
        """Return, for each parcel, a link to its rows and their numbers; those outside every park only, if asked."""
        land = self.land[self.land[s.FACE] == NOWHERE] if outside else self.land
        rows = pd.Series(land.index, index=land["parcel"]).groupby(level=0).agg(["min", "max"]) + TOP + 1
        known = rows.set_axis(self.parcels[rows.index]).reindex(pd.Index(parcels))
        return [
            None
            if np.isnan(a)
            else (reference(_(labels.LEDGER_PARTS), f"A{a:.0f}"), f"{a:.0f}" if a == b else f"{a:.0f}–{b:.0f}")
            for a, b in zip(known["min"], known["max"], strict=True)
        ]


def rest_columns(rows: LedgerRows, number: str, key: str, shown: list[float]) -> list[Column]:
    """Return the column that holds a table against the ledger's sheet, where that has rows.

    Parameters
    ----------
    rows : LedgerRows
        Of the run.
    number : {"district_no", "park_no"}
        What tells the table's rows apart in the ledger.
    key : str
        The table's column of areas.
    shown : list of float
        Its values [亩].
    """
    if not rows.fit:
        return []
    sums = rows.land.groupby(number)["m2"].sum().reindex(range(1, len(shown) + 1), fill_value=0.0)
    rest = (np.round(to_mu(sums.to_numpy()) - np.asarray(shown), 3) + 0.0).tolist()
    own = f"SUMIFS({rows.column('m2')},{rows.column(number)},{{no}}{{row}})"
    formula = f"=ROUND({own}*{MU_PER_M2}-{{{key}}}{{row}},3)"
    mark = (f"=ABS({{rest}}{{row}})>{ROUNDING_MU}", "bad")
    head = _("Ledger less this row (rounding)")
    return [Column(head, rest, "rest", key="rest", formula=formula, marks=(mark,))]


def ledger_columns(f: RunResult, rows: LedgerRows) -> list[Column]:
    """Return every part that the definition counts; what the other tables' formulas and links mean."""
    land, ledger = rows.land, f.ledger
    park = np.append(ledger.parks[s.PARK].to_numpy(dtype=object), "")
    parcel = land["parcel"].to_numpy()
    return [
        Column(_(labels.PARCEL_ID), list(ledger.parcels[s.PARCEL].to_numpy()[parcel]), total=_(labels.TOTAL)),
        Column(_(labels.LAND_USE_CODE), list(ledger.parcels[s.CODE].to_numpy()[parcel])),
        Column(_("No. of the district"), land["district_no"].tolist(), "count"),
        Column(_(labels.DISTRICT_CODE), land[s.DISTRICT].tolist()),
        Column(_("No. of the park (0: outside)"), land["park_no"].tolist(), "count"),
        Column(_(labels.PARK_ID), list(park[land["block"]])),
        Column(_(labels.AREA_M2), land["m2"].tolist(), "m2", "sum"),
        Column(_("Face"), [None if x == NOWHERE else x for x in land[s.FACE]], "count"),
    ]
