"""What the ledger shows of the data, and what each finding does to the share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from landuse import schema as s
from landuse.finding import Finding
from landuse.i18n import _
from landuse.ledger import NOWHERE
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    from numpy.typing import NDArray

    from landuse.layers import Parcels
    from landuse.ledger import Ledger
    from landuse.results import Definition

#: A stated area that differs from the measured one by more than both is reported (分割平差 practice).
DIFFERS_M2, DIFFERS_SHARE = 1.0, 1e-3
#: How close the median of stated over measured area must be to a factor between units to tell the unit.
UNIT_TOLERANCE = 0.01


def area_unit(ledger: Ledger, read_as: str) -> str:
    """In which unit do the registered areas seem to be stated?

    Parameters
    ----------
    ledger : Ledger
        Whose registered areas were read in the unit `read_as`.
    read_as : str
        A key of `landuse.units.AREA_M2`.

    Returns
    -------
    str
        "m2", "mu" or "ha", when the median of registered over measured area tells it within 1 %; else `read_as`.
    """
    stated = ledger.parcels[~ledger.parcels["unstated"]]
    ratio = float((stated[s.REGISTERED] / stated[s.ELLIPSOIDAL]).median()) if len(stated) else np.nan
    factors = {unit: AREA_M2[read_as] / AREA_M2[unit] for unit in ("m2", "mu", "ha")}
    return next((u for u, f in factors.items() if abs(ratio / f - 1) < UNIT_TOLERANCE), read_as)


def ledger_findings(ledger: Ledger, *, area_is_stated: bool, districts_are_known: bool) -> list[Finding]:
    """Report what the ledger shows: disputed land, unstated or odd areas, merged classes, parcels in no district.

    Parameters
    ----------
    ledger : Ledger
        Of the headline's boundary kind.
    area_is_stated : bool
        Whether the parcels have a column of registered area.
    districts_are_known : bool
        Whether the study has a district layer or column.

    Returns
    -------
    list of Finding
        Without their effect on the share; see `with_effects`.
    """
    parcels = ledger.parcels
    measured = parcels[s.ELLIPSOIDAL].to_numpy()
    out = []

    def report(check: str, which: NDArray[np.bool_], action: str, area_m2: float | None = None) -> None:
        if which.any():
            area = float(measured[which].sum()) if area_m2 is None else area_m2
            ids = tuple(parcels[s.PARCEL].to_numpy()[which])
            out.append(Finding(check, len(ids), action, area, rows=ids))

    disputed = ledger.parts[~ledger.parts[s.COUNTED]]
    loses = np.isin(np.arange(len(parcels)), disputed["parcel"])
    area = float(disputed[s.ELLIPSOIDAL].sum())
    report(
        "overlapping_parcels",
        loses,
        _("land that two parcels claim: counted once, for the industrial one, then for the smaller id"),
        area,
    )
    if area_is_stated:
        unstated = parcels["unstated"].to_numpy()
        report("unstated_area", unstated, _("no stated area, or none above zero: the measured one is used"))
        off = np.abs(parcels[s.REGISTERED].to_numpy() - measured)
        differs = ~unstated & (off > DIFFERS_M2) & (off > DIFFERS_SHARE * measured)
        report("area_differs", differs, _("stated and measured area differ by more than 0.1 %: the stated one is kept"))
    merged = parcels[s.CODE].str.startswith("06H1").to_numpy()
    report("merged_code", merged, _("06H1 merges industry and storage: counted as industrial"))
    if districts_are_known:
        report("no_district", (parcels[s.DISTRICT] == "").to_numpy(), _("in no district: kept in a row of its own"))
    return out


def enclaves(own: pd.Series[str], parcels: Parcels) -> list[Finding]:
    """Report parcels whose own district code is not that of the district they lie in (飞入地).

    Parameters
    ----------
    own : pandas.Series of str
        The district code each parcel states, "" where none; in the order of `parcels`.
    parcels : Parcels
        With the district of the layer.
    """
    stated, lies = own.to_numpy(), parcels[s.DISTRICT].to_numpy()
    odd = (stated != "") & (lies != "") & (stated != lies)
    ids = tuple(parcels[s.PARCEL].to_numpy()[odd])
    action = _("their own district code is another: counted where they lie")
    return [Finding("enclaves", len(ids), action, rows=ids)] if ids else []


def with_effects(findings: Iterable[Finding], ledger: Ledger, definition: Definition) -> list[Finding]:
    """Return the findings with what each did to the share: the share, less the share without what was done.

    Overlaps: without, disputed land is counted for every parcel that claims it. Odd stated areas, which are kept:
    without, those parcels are measured. Findings about parcels of the ledger: without, those parcels are left out.
    Others (rows that are no parcels of the ledger): None.
    """
    land = ledger.counted(definition)
    inside = (land["block"] != NOWHERE).to_numpy()
    m2 = land["m2"].to_numpy()
    share = m2[inside].sum() / m2.sum()
    parcel = land["parcel"].to_numpy()
    out = []
    for finding in findings:
        effect = None
        if finding.check == "overlapping_parcels":
            effect = float(share - _share_counting_twice(ledger, definition))
        elif finding.check == "area_differs":
            odd = ledger.parcels[s.PARCEL].isin(finding.rows).to_numpy()[parcel]
            measured = np.where(odd, ledger.parts[s.ELLIPSOIDAL].to_numpy()[land.index], m2)
            registered = definition.area == "registered"
            effect = float(share - measured[inside].sum() / measured.sum()) if registered else 0.0
        elif finding.check in PARCEL_CHECKS:
            kept = ~ledger.parcels[s.PARCEL].isin(finding.rows).to_numpy()[parcel]
            effect = float(share - m2[kept & inside].sum() / m2[kept].sum()) if m2[kept].sum() > 0 else None
        out.append(replace(finding, effect_on_share=effect))
    return out


#: Findings whose rows are parcels of the ledger.
PARCEL_CHECKS = (
    "code_against_name",
    "enclaves",
    "invalid_geometry_parcel",
    "ring_order_parcel",
    "closed_lines_parcel",
    "spread_parts_parcel",
    "doubtful_repair_parcel",
    "unstated_area",
    "merged_code",
    "duplicate_id",
)


def _share_counting_twice(ledger: Ledger, definition: Definition) -> float:
    kept = ledger.of_classes(definition.classes)
    m2 = ledger.parts[s.AREA_COLUMN[definition.area]].to_numpy()
    inside = ledger.blocks(definition.rule) != NOWHERE
    return float(m2[kept & inside].sum() / m2[kept].sum())
