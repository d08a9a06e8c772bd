"""The doors: foreign frames become `Parcels`, `Parks` and `Districts` here, or are refused.

Foreign columns are renamed once, values cast, every problem collected, and one error raised that says the fix. Inside,
the columns are those of `landuse.schema`, the index is 0..n-1, and the geometry is valid and in the working system.
Order of work: repair in the layer's own system, transform the vertices, check and repair once more; all counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Generic, NewType, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import cells
from landuse import schema as s
from landuse.classification import OTHER, UNKNOWN, Classification
from landuse.codes import code_findings, code_problems, misnamed
from landuse.errors import Problem, refuse_if
from landuse.finding import Finding
from landuse.geometry_door import polygons
from landuse.i18n import _
from landuse.parcel_ids import join_pieces, named, unique_ids
from landuse.park_ids import main_findings, park_ids, park_levels
from landuse.plausibility import FEW, MOST
from landuse.precedence import in_order
from landuse.row_names import name_findings, total_findings
from landuse.spelling import plain, respell, unify
from landuse.units import AREA_M2, to_m2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyproj import CRS

    from landuse.raw import Raw

Parcels = NewType("Parcels", gpd.GeoDataFrame)
Parks = NewType("Parks", gpd.GeoDataFrame)
Districts = NewType("Districts", gpd.GeoDataFrame)
T = TypeVar("T")
#: The largest city of the country is smaller [m²].
MOST_M2 = 1e11
#: Ratios of the register, and the most that any plot can have.
RATIOS = {s.FAR: 20.0, s.COVERAGE: 1.0}
#: Of the plot's land and floor, what serves offices, canteens and dormitories.
ANCILLARY = {s.ANCILLARY_LAND: 1.0, s.ANCILLARY_FLOOR: 1.0}


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A noun, what was found on the way, and what was taken for granted."""

    layer: T
    findings: tuple[Finding, ...] = ()
    assumptions: tuple[str, ...] = ()


def as_parcels(
    raw: Raw,
    columns: Mapping[str, str],
    classification: Classification,
    crs: CRS,
    *,
    area_unit: str = "m2",
    known: Iterable[str] = (),
) -> Checked[Parcels]:
    """Admit a parcel layer.

    Parameters
    ----------
    raw : Raw
        Rows of the wanted codes, of codes nobody knows, and of others that have the name of a wanted class.
    columns : mapping
        Canonical role (id, code, name, area, district; of the register far, coverage, ancillary_land, ancillary_floor,
        supply_status, town, approval) to foreign column; only code is required.
    classification : Classification
        Decides what a code means.
    crs : pyproj.CRS
        Working system.
    area_unit : str
        Unit of the stated area, a key of `landuse.units.AREA_M2`.
    known : iterable of str
        Ids of a later layer, whose spelling an id of this one takes.

    Returns
    -------
    Checked of Parcels
        Columns parcel_id (unique text), code, use, name, registered_m2 (NaN where none is stated), district (text),
        geometry; and those of the register that have a foreign column: far, coverage, ancillary_land and
        ancillary_floor (ratios, NaN unknown), supply_status, town and approval (text).

    Raises
    ------
    InputError
        With every problem of the layer.
    """
    frame, findings, assumptions = polygons(raw, crs, _texts(raw, columns.get("id")), "parcel")
    problems: list[Problem] = []
    rows = frame.index.astype(str).to_numpy(dtype=object)
    ids, id_findings = rows, list[Finding]()
    if columns.get("id"):
        ids, id_findings = named(cells.identifiers(frame, columns, "id", problems, rows), rows)
        ids = respell(ids, [*known, *ids])
    codes = frame[columns["code"]].astype(object).where(frame[columns["code"]].notna(), None)
    table = {value: classification.use_of(value) for value in codes.unique()}
    use = codes.map(lambda v: table[v][1])
    changed = sum(codes.map(lambda v: table[v][0] != str(v).upper() and table[v][1] != UNKNOWN))  # case means nothing
    findings += id_findings
    if changed:
        action = _("read without blanks, quotes and full-width digits; lost zeros restored")
        findings.append(Finding("codes_normalised", changed, action))
    parcels = gpd.GeoDataFrame(
        {
            s.PARCEL: ids,
            s.CODE: codes.map(lambda v: table[v][0]).astype(object),
            s.USE: use.astype(object),
            s.NAME: cells.text(frame, columns, "name"),
            s.REGISTERED: _area(frame, columns, area_unit, problems, ids),
            s.DISTRICT: [plain(x) for x in cells.identifiers(frame, columns, "district", problems, ids)],
            **_register(frame, columns, ids, problems, findings, raw.file),
        },
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    )
    others = parcels[s.USE] == OTHER
    findings += [replace(f, file=raw.file) for f in misnamed(parcels[others], parcels[~others], classification)]
    parcels, joined, unclear = join_pieces(parcels[~others].reset_index(drop=True))
    parcels[s.PARCEL], shared = unique_ids(parcels[s.PARCEL].to_numpy(dtype=object))
    findings += [*joined, *shared, *total_findings(ids, [ids], raw.file)]
    problems += unclear
    problems += code_problems(parcels, classification, raw.rows)
    findings += code_findings(parcels, classification)
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    parcels = parcels[parcels[s.USE] != UNKNOWN].reset_index(drop=True)
    return Checked(Parcels(parcels), tuple(findings), assumptions)


def as_parks(
    raw: Raw,
    columns: Mapping[str, str],
    crs: CRS,
    *,
    levels: Mapping[str, str] | None = None,
    priority: Sequence[str] = s.LEVELS,
    known: Iterable[str] = (),
) -> Checked[Parks]:
    """Admit a park layer, one row a block.

    Parameters
    ----------
    raw : Raw
        The layer.
    columns : mapping
        Canonical role (id, name, level, block, main) to foreign column; none is required.
    crs : pyproj.CRS
        Working system.
    levels : mapping
        The layer's words for levels to those of `priority`.
    priority : sequence of str
        Levels, the first owning land that two parks claim.
    known : iterable of str
        Ids of another layer of parks, whose spelling an id of this one takes.

    Returns
    -------
    Checked of Parks
        Columns park_id, park_name, level, rank (0 owns first), block_id, is_main, geometry. Sorted by rank and id.
        See `landuse.park_ids` for which rows are one park.

    Raises
    ------
    InputError
        With every problem; an unknown level is one.
    """
    frame, findings, taken = polygons(raw, crs, _texts(raw, columns.get("id") or columns.get("name")), "park")
    assumptions, problems = list(taken), list[Problem]()
    ids, names = park_ids(frame, columns, known, problems, findings, assumptions)
    level = [""] * len(frame)
    if columns.get("level"):
        level = park_levels(cells.text(frame, columns, "level"), ids, levels or {}, priority, problems, findings)
    numbers = frame.index.astype(str)
    blocks = cells.identifiers(frame, columns, "block", problems, ids)
    findings += [*total_findings(ids, [ids, names, blocks], raw.file), *name_findings(ids, names, raw.file)]
    main = [cells.truth(x) for x in cells.text(frame, columns, "main")]
    findings += main_findings(ids, main) if columns.get("main") else []
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    parks = gpd.GeoDataFrame(
        {
            s.PARK: ids,
            s.PARK_NAME: names,
            s.LEVEL: level,
            s.RANK: [priority.index(x) if x else 0 for x in level],
            s.BLOCK: unify(np.where(blocks == "", numbers, blocks).tolist()),
            s.MAIN: main,
        },
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    )
    parks = parks.sort_values(
        [s.RANK, s.PARK, s.BLOCK],
        key=lambda c: c if c.name == s.RANK else in_order(c),
        kind="stable",
        ignore_index=True,
    )
    return Checked(Parks(parks), tuple(findings), tuple(assumptions))


def as_districts(raw: Raw, columns: Mapping[str, str], crs: CRS) -> Checked[Districts]:
    """Admit a district layer; columns `district` (code) and `name`, one row a code."""
    frame, findings, assumptions = polygons(raw, crs, _texts(raw, columns.get("code")), "district")
    problems: list[Problem] = []
    codes = unify([plain(x) for x in cells.identifiers(frame, columns, "code", problems, frame.index.astype(str))])
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    names = cells.text(frame, columns, "name") if columns.get("name") else codes
    findings += [*total_findings(codes, [codes, names], raw.file), *name_findings(codes, names, raw.file)]
    districts = gpd.GeoDataFrame({s.DISTRICT: codes, s.NAME: names}, geometry=frame.geometry.to_numpy(), crs=crs)
    if len(set(codes)) < len(codes):
        districts = districts.dissolve(s.DISTRICT, as_index=False)
    districts = districts.sort_values(s.DISTRICT, key=in_order, kind="stable", ignore_index=True)
    districts = districts[[s.DISTRICT, "geometry", s.NAME]]
    return Checked(Districts(districts), tuple(findings), assumptions)


def _texts(raw: Raw, column: str | None) -> pd.Series[str]:
    values = cells.as_text(raw.frame[column]) if column else raw.frame.index.astype(str)
    return pd.Series(values, index=raw.frame.index)


def _area(frame: Any, columns: Mapping[str, str], unit: str, problems: list[Problem], ids: Any) -> Any:
    area = to_m2(cells.numbers(frame, columns, "area", problems, ids, units=AREA_M2, unit=unit), unit)
    vast = area > MOST_M2
    if vast.any():
        what = _("stated areas that no parcel has: above {km2:,.0f} km2", km2=MOST_M2 / 1e6)
        problems.append(
            Problem(what, _("mend them, or leave them blank: the parcel is measured then"), rows=tuple(ids[vast]))
        )
    return np.where(area > 0, area, np.nan)


def _register(
    frame: Any, columns: Mapping[str, str], ids: Any, problems: list[Problem], findings: list[Finding], file: str
) -> dict[str, Any]:
    """Return what the register says of each parcel, for the columns there are; a ratio no plot can have is unknown."""
    out: dict[str, Any] = {}
    for role, most in (RATIOS | ANCILLARY).items():
        if columns.get(role):
            ratio = cells.numbers(frame, columns, role, problems, ids, units={"": 1.0, "%": 0.01})
            odd = (ratio < 0) | (ratio > most)
            if odd.any():
                action = _(
                    "{column}: below 0 or above {most:g}, which cannot be; taken as unknown",
                    column=columns[role],
                    most=most,
                )
                known = int((~np.isnan(ratio)).sum())
                slip = known >= FEW and odd.sum() > MOST * known
                fix = _("write {column} as a ratio (1.2, or 120%)", column=columns[role]) if slip else ""
                found = Finding("impossible_ratios", int(odd.sum()), action, rows=tuple(ids[odd]))
                findings.append(replace(found, stops=bool(slip), fix=fix, file=file))
            out[role] = np.where(odd, np.nan, ratio)
    for role in (s.STATUS, s.TOWN, s.APPROVAL):
        if columns.get(role):
            out[role] = [plain(x) for x in cells.text(frame, columns, role)]
    return out
