"""The doors of what goes with earlier dates: exceptions, the bureau's own counts, the survey's record of changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.dates import day_of, days_to_come
from landuse.inputs.polygons import polygons
from landuse.inputs.source_table import Checked
from landuse.inputs.table_reader import TableReader
from landuse.reference.classification import UNKNOWN
from landuse.spelling import plain
from landuse.units import AREA_M2, to_m2

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from pyproj import CRS

    from landuse.inputs.source_table import SourceTable
    from landuse.reference.classification import Classification

#: Columns of the table of counts.
COUNTERS = ("date", "renovated_mu", "factory_m2")
#: What XZQTZLX says of land that no adjustment of a border moved.
NOT_MOVED = ("", "0")


@dataclass(frozen=True)
class ChangeInputs:
    """What a comparison may use beside the layers.

    Attributes
    ----------
    exceptions : mapping
        Plot to the number of the document that allows it.
    counters : pandas.DataFrame or None
        date, renovated_m2, factory_m2 (floor area); NaN for a count that was not made.
    """

    exceptions: Mapping[str, str]
    counters: pd.DataFrame | None = None


def as_exceptions(raw: SourceTable, columns: Mapping[str, str], known: Collection[str] = ()) -> Checked[dict[str, str]]:
    """Admit a table of plots that a document allows; a plot without a document is a problem.

    Parameters
    ----------
    raw : SourceTable
        The table.
    columns : mapping
        Of the roles plot and document to the foreign columns.
    known : collection of str
        Ids of the parcels of every date; an exception that names one is spelled as there.
    """
    table = TableReader(raw, columns)
    plots, documents = table.plots("plot", known), table.texts("document").astype(str)
    blank = (plots == "") | np.array([cells.is_blank(x) for x in documents], dtype=bool)
    what = _("an exception without a plot or without a document number")
    table.refuse(blank, what, _("fill it in: only a document makes an exception"))
    table.once(plots, _("one plot in several rows"), _("keep one row a plot"), unless=blank)
    table.done()
    return table.checked(dict(zip(plots.tolist(), documents.tolist(), strict=True)))


def as_counters(raw: SourceTable, day: dt.date | None = None) -> Checked[pd.DataFrame]:
    """Admit the bureau's own counts, one row a period, dated by its last day; a blank is a count not made.

    A period that ends after the study's `day` is reported.
    """
    table = TableReader(raw)
    days = [day_of(x) for x in table.texts("date")]
    odd = np.array([day is None or np.isnat(day) for day in days], dtype=bool)
    table.refuse(odd, _("a count without a date"), _("write the last day of its period: 2025-03-31"))
    table.once(days, _("one date in several rows"), _("keep one row a period"), unless=odd)
    values = {}
    for column, unit in (("renovated_mu", "mu"), ("factory_m2", "m2")):
        read = table.figures(column, AREA_M2, unit, positive=_("write the count, or leave it blank"))
        values[column.split("_")[0] + "_m2"] = to_m2(read, unit)
    table.done()
    counts = pd.DataFrame({"date": [d.item() for d in days if d is not None], **values})
    late = days_to_come(counts["date"], day, table.rows, _("counts"))
    return table.checked(counts.sort_values("date", ignore_index=True), late)


def as_updates(
    raw: SourceTable, columns: Mapping[str, str], classification: Classification, crs: CRS
) -> Checked[gpd.GeoDataFrame]:
    """Admit the survey's record of changes (地类图斑更新过程, DLTBGXGC).

    Parameters
    ----------
    raw : SourceTable
        The layer.
    columns : mapping
        Of the roles before and after (class codes) and moved (XZQTZLX, kind of border adjustment) to foreign columns.
    classification : Classification
        Of the codes; one it does not know is a problem, a blank one says that there was no land of the city.
    crs : pyproj.CRS
        Working system.

    Returns
    -------
    Checked of GeoDataFrame
        code_before, code_after ("" for none), moved (whether a border of administration moved), geometry.
    """
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, issues, assumptions = polygons(raw, crs, numbers, "update")
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for role in ("before", "after"):
        uses = [classification.use_of(code) for code in frame[columns[role]]]
        strange = [k for k, (code, use) in enumerate(uses) if use == UNKNOWN and code]
        if strange:
            codes = ", ".join(dict.fromkeys(repr(uses[k][0]) for k in strange[:3]))
            what = _("codes that {system} does not know: {codes}", system=classification.system, codes=codes)
            fix = _("check the column {column} of the record of changes", column=columns[role])
            problems.append(Problem(what, fix, rows=tuple(numbers[frame.index[strange]])))
        values[f"code_{role}"] = [code for code, _use in uses]
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    values["moved"] = [plain(x) not in NOT_MOVED for x in cells.text(frame, columns, "moved")]
    return Checked(gpd.GeoDataFrame(values, geometry=frame.geometry.to_numpy(), crs=crs), tuple(issues), assumptions)
