"""What the ledger shows of the data, and what each finding does to the share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from landuse import schema as s
from landuse.i18n import _
from landuse.quality import Issue
from landuse.results.ledger import NOWHERE
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from landuse.definition import Definition
    from landuse.geo.arrays import Bools
    from landuse.inputs.parcels import Parcels
    from landuse.results.candidates import Candidates
    from landuse.results.ledger import Ledger
    from landuse.results.relocation import Relocation

#: A stated area that differs from the measured one by more than both is reported (分割平差 practice).
DIFFERS_M2, DIFFERS_SHARE = 1.0, 1e-3
#: Beyond so many times the measured area, or below one such part of it, a stated one is likelier a slip of the unit.
CONTRADICTS = 2.0
#: Units in which registers state areas.
UNITS = ("m2", "mu", "ha", "km2")
#: Issues about registered areas alone: they do nothing to a share by another basis.
OF_REGISTERED = ("unstated_area", "area_differs", "area_contradicts")


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
        The unit, `read_as` before others, in which more than half of the stated areas are at most twice, and at least
        half, the measured ones: units lie farther apart. `read_as` where there is none.
    """
    fits = _fits(ledger, read_as)
    few = (~ledger.parcels["unstated"]).sum() / 2
    return next((unit for unit in (read_as, *UNITS) if fits[unit].sum() > few), read_as)


def _fits(ledger: Ledger, read_as: str) -> dict[str, Bools]:
    """Return for each unit which parcels' stated area, if stated in it, does not contradict the measured one."""
    parcels = ledger.parcels
    ratio = (parcels[s.REGISTERED] / parcels[s.ELLIPSOIDAL]).where(~parcels["unstated"]).to_numpy()
    stated = {unit: ratio * AREA_M2[unit] / AREA_M2[read_as] for unit in (read_as, *UNITS)}
    return {unit: (r <= CONTRADICTS) & (r >= 1 / CONTRADICTS) for unit, r in stated.items()}


def ledger_issues(
    ledger: Ledger, definition: Definition, *, area_unit: str | None, districts_are_known: bool
) -> list[Issue]:
    """Report what the ledger shows: disputed land, unstated or odd areas, merged classes, parcels in no district.

    Parameters
    ----------
    ledger : Ledger
        Of the headline's boundary kind.
    definition : Definition
        Of the headline, as used: what was done about odd areas depends on its basis.
    area_unit : str or None
        In which registered areas were read; None where nobody asked for them, and their lack is no finding.
    districts_are_known : bool
        Whether the study has a district layer or column.

    Returns
    -------
    list of Issue
        Without their effect on the share; see `with_effects`.
    """
    parcels = ledger.parcels
    disputed = ledger.parts[~ledger.parts[s.COUNTED]]
    loses = np.isin(np.arange(len(parcels)), disputed["parcel"])
    action = _("land that two parcels claim: counted once, for the industrial one, then for the smaller id")
    out = _of("overlapping_parcels", loses, action, ledger, float(disputed[s.ELLIPSOIDAL].sum()))
    if area_unit is not None:
        out += unstated_areas(ledger) + _odd_areas(ledger, definition, area_unit)
    merged = parcels[s.CODE].str.startswith("06H1").to_numpy() & (parcels[s.USE] == "industrial").to_numpy()
    out += _of("merged_code", merged, _("06H1 merges industry and storage: counted as industrial"), ledger)
    if districts_are_known:
        nowhere = (parcels[s.DISTRICT] == "").to_numpy()
        out += _of("no_district", nowhere, _("in no district: kept in a row of its own"), ledger)
    return out


def unstated_areas(ledger: Ledger) -> list[Issue]:
    """Report parcels without a registered area: whatever the basis, they are measured."""
    action = _("no stated area, or none above zero: the measured one is used")
    return _of("unstated_area", ledger.parcels["unstated"].to_numpy(), action, ledger)


def _odd_areas(ledger: Ledger, definition: Definition, read_as: str) -> list[Issue]:
    """Report stated areas that differ from the measured ones, and apart from them those that contradict them."""
    parcels = ledger.parcels
    measured, fits = parcels[s.ELLIPSOIDAL].to_numpy(), _fits(ledger, read_as)
    off = np.abs(parcels[s.REGISTERED].to_numpy() - measured)
    differs = ~parcels["unstated"].to_numpy() & (off > DIFFERS_M2) & (off > DIFFERS_SHARE * measured)
    slips = differs & ~fits[read_as]
    used = _("the stated one is kept") if definition.area == "registered" else _("the measured one is used")
    like = {unit: int((slips & fits[unit]).sum()) for unit in UNITS if AREA_M2[unit] != AREA_M2[read_as]}
    likely = ", ".join(f"{unit} × {n}" for unit, n in like.items() if n)
    action = _("stated and measured area differ by more than 0.1 %: {used}", used=used)
    slip = _("the stated area is more than twice, or less than half, the measured one: {used}; check it", used=used)
    slip += "; " + _("read as {unit}, it looks stated in {likely}", unit=read_as, likely=likely) if likely else ""
    return _of("area_differs", differs & ~slips, action, ledger) + _of("area_contradicts", slips, slip, ledger)


def _of(check: str, which: Bools, action: str, ledger: Ledger, area_m2: float | None = None) -> list[Issue]:
    """Return the finding about some of the parcels, none without any; its land is theirs unless given."""
    ids = tuple(ledger.parcels[s.PARCEL].to_numpy()[which])
    area = float(ledger.parcels[s.ELLIPSOIDAL].to_numpy()[which].sum()) if area_m2 is None else area_m2
    return [Issue(check, len(ids), action, area, rows=ids)] if ids else []


def enclaves(own: pd.Series[str], parcels: Parcels) -> list[Issue]:
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
    return [Issue("enclaves", len(ids), action, rows=ids)] if ids else []


def with_effects(issues: Iterable[Issue], ledger: Ledger, definition: Definition) -> list[Issue]:
    """Return the issues with what each did to the share: the share, less the share without what was done.

    Overlaps: without, disputed land is counted for every parcel that claims it. Odd stated areas, which are kept:
    without, those parcels are measured. Issues about parcels of the ledger: without, those parcels are left out.
    Issues about registered areas are without effect on a share by another basis. Others (rows that are no parcels of
    the ledger): None.
    """
    land = ledger.counted(definition)
    inside = (land["block"] != NOWHERE).to_numpy()
    m2 = land["m2"].to_numpy()
    share = m2[inside].sum() / m2.sum()
    parcel = land["parcel"].to_numpy()
    out = []
    for issue in issues:
        effect = issue.effect_on_share
        if issue.check == "overlapping_parcels":
            effect = float(share - _share_counting_twice(ledger, definition))
        elif issue.check in OF_REGISTERED and definition.area != "registered":
            effect = 0.0
        elif issue.check in ("area_differs", "area_contradicts"):
            odd = ledger.parcels[s.PARCEL].isin(issue.rows).to_numpy()[parcel]
            measured = np.where(odd, ledger.parts[s.ELLIPSOIDAL].to_numpy()[land.index], m2)
            effect = float(share - measured[inside].sum() / measured.sum())
        elif issue.check in PARCEL_CHECKS:
            kept = ~ledger.parcels[s.PARCEL].isin(issue.rows).to_numpy()[parcel]
            effect = float(share - m2[kept & inside].sum() / m2[kept].sum()) if m2[kept].sum() > 0 else None
        out.append(replace(issue, effect_on_share=effect))
    return out


def hanging_on(issues: Iterable[Issue], candidates: Candidates | None, relocation: Relocation | None) -> list[Issue]:
    """Return the issues with what hangs on the parcels they concern: plots on the lists, and land the plan treats."""
    out = []
    for issue in issues:
        parcels = issue.plots or (issue.rows if issue.check in PARCEL_CHECKS else ())
        listed, moved = None, None
        if parcels and candidates is not None:
            listed = int(candidates.listed.index.isin(parcels).sum() + candidates.renewal.index.isin(parcels).sum())
        if parcels and relocation is not None:
            moved = float(relocation.moves.loc[relocation.moves.index.isin(parcels), s.AREA_M2].sum())
        out.append(replace(issue, candidates=listed, moved_m2=moved))
    return out


#: Issues whose rows are parcels of the ledger.
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
