"""The doors: foreign frames become `Parcels`, `Parks`, `Districts` and `Enterprises` here, or are refused.

Foreign columns are renamed once, values cast, every problem collected, and one error raised that says the fix. Inside,
the columns are those of `landuse.schema`, the index is 0..n-1, and the geometry is valid and in the working system.
Order of work: repair in the layer's own system, transform the vertices, check and repair once more; all counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, NewType, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.classification import UNKNOWN, Classification
from landuse.crs import label, route, system, unit_factor, within_area_of_use
from landuse.errors import InputError, Problem, refuse_if
from landuse.geometry import POLYGONAL, repair
from landuse.i18n import _
from landuse.results import Finding
from landuse.units import to_m2, to_yuan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproj import CRS

Parcels = NewType("Parcels", gpd.GeoDataFrame)
Parks = NewType("Parks", gpd.GeoDataFrame)
Districts = NewType("Districts", gpd.GeoDataFrame)
Enterprises = NewType("Enterprises", pd.DataFrame)
T = TypeVar("T")
#: Years an enterprise table may speak of.
YEARS = (1949, 2100)
#: A layer may lie this far outside the area its coordinate system is made for [degrees].
MARGIN_DEG = 3.0


@dataclass(frozen=True)
class Raw:
    """A layer or table as a file holds it.

    Attributes
    ----------
    frame : GeoDataFrame or DataFrame
        Foreign columns; the index is the row's number in the file, from 1.
    file, layer : str
        For messages.
    rows : int
        Rows in the file, before any filter.
    assumptions : tuple of str
        What reading took for granted.
    """

    frame: Any
    file: str
    layer: str = ""
    rows: int = 0
    assumptions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked(Generic[T]):
    """A noun, what was found on the way, and what was taken for granted."""

    layer: T
    findings: tuple[Finding, ...] = ()
    assumptions: tuple[str, ...] = ()


def as_parcels(
    raw: Raw, columns: Mapping[str, str], classification: Classification, crs: CRS, *, area_unit: str = "m2"
) -> Checked[Parcels]:
    """Admit a parcel layer.

    Parameters
    ----------
    raw : Raw
        Rows of the wanted codes, and of codes nobody knows.
    columns : mapping
        Canonical role (id, code, name, area, district) to foreign column; only code is required.
    classification : Classification
        Decides what a code means.
    crs : pyproj.CRS
        Working system.
    area_unit : str
        Unit of the stated area, a key of `landuse.units.AREA_M2`.

    Returns
    -------
    Checked of Parcels
        Columns parcel_id (unique text), code, use, name, registered_m2 (NaN where none is stated), district (text),
        geometry.

    Raises
    ------
    InputError
        With every problem of the layer.
    """
    frame, findings, assumptions = _geometry_door(raw, crs, _texts(raw, columns.get("id")), "parcel")
    problems: list[Problem] = []
    ids, id_findings = _unique_ids(frame, columns.get("id"))
    codes = frame[columns["code"]]
    table = {value: classification.use_of(value) for value in codes.unique()}
    use = codes.map(lambda v: table[v][1])
    changed = sum(codes.map(lambda v: table[v][0] != str(v) and table[v][1] != UNKNOWN))
    findings += id_findings
    if changed:
        findings.append(Finding("codes_normalised", changed, _("read without blanks, full-width digits or lost zeros")))
    parcels = gpd.GeoDataFrame(
        {
            s.PARCEL: ids,
            s.CODE: codes.map(lambda v: table[v][0]).astype(object),
            s.USE: use.astype(object),
            s.NAME: _as_text(_column(frame, columns, "name"), len(frame)),
            s.REGISTERED: _area(_column(frame, columns, "area"), area_unit, problems, ids, len(frame)),
            s.DISTRICT: _as_text(_column(frame, columns, "district"), len(frame)),
        },
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    ).reset_index(drop=True)
    elsewhere = _names_of_other_codes(parcels, classification)
    if elsewhere.any():
        action = _("the class name belongs to another code: the code counts")
        rows = tuple(parcels.loc[elsewhere, s.PARCEL])
        area = float(parcels[elsewhere].area.sum() * unit_factor(crs) ** 2)
        findings.append(Finding("code_against_name", len(rows), action, area, rows=rows))
    unknown = parcels[parcels[s.USE] == UNKNOWN]
    if len(unknown):
        listed = ", ".join(sorted({repr(c) for c in unknown[s.CODE]})[:8])
        area = float(unknown.area.sum() * unit_factor(crs) ** 2)
        findings.append(
            Finding(
                "unknown_codes",
                len(unknown),
                _("not counted as industrial: {codes}", codes=listed),
                area,
                rows=tuple(unknown[s.PARCEL]),
            )
        )
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

    Returns
    -------
    Checked of Parks
        Columns park_id, park_name, level, rank (0 owns first), block_id, is_main, geometry. Sorted by rank and id.

    Raises
    ------
    InputError
        With every problem; an unknown level is one.
    """
    frame, findings, assumptions = _geometry_door(raw, crs, _texts(raw, columns.get("id")), "park")
    numbers = pd.Series(frame.index.astype(str), index=frame.index)
    ids = pd.Series(_as_text(_column(frame, columns, "id"), len(frame)) if columns.get("id") else numbers.to_numpy())
    problems = []
    if blank := [str(n) for n in frame.index[ids == ""]]:
        problems.append(
            Problem(_("park without an id"), _("fill column {column}", column=columns["id"]), rows=tuple(blank))
        )
    level = pd.Series(_as_text(_column(frame, columns, "level"), len(frame)))
    known = {**{x: x for x in priority}, **(levels or {})}
    if columns.get("level"):
        strange = sorted(set(level) - set(known))
        problems += [
            Problem(
                _("unknown park level {level!r}", level=x),
                _("add it to [parks] levels, as one of {levels}", levels=", ".join(priority)),
                rows=tuple(ids[level == x]),
            )
            for x in strange
        ]
        problems += [
            Problem(_("level {level!r} is not in [parks] priority", level=x), _("add it there"))
            for x in sorted({known[x] for x in set(level) & set(known)} - set(priority))
        ]
    ranks = pd.Series(level.to_numpy()).groupby(ids.to_numpy()).nunique()
    problems += [
        Problem(_("park {park!r} has blocks of several levels", park=p), _("give all blocks of a park one level"))
        for p in ranks.index[ranks > 1]
    ]
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    level = level.map(known) if columns.get("level") else pd.Series([""] * len(frame))
    names = _as_text(_column(frame, columns, "name"), len(frame))
    blocks = _as_text(_column(frame, columns, "block"), len(frame))
    parks = gpd.GeoDataFrame(
        {
            s.PARK: ids.to_numpy(),
            s.PARK_NAME: np.where(names == "", ids, names).astype(object),
            s.LEVEL: level.to_numpy(dtype=object),
            s.RANK: level.map({x: k for k, x in enumerate(priority)}).fillna(0).astype(int).to_numpy(),
            s.BLOCK: np.where(blocks == "", numbers, blocks).astype(object),
            s.MAIN: [_truth(x) for x in _as_text(_column(frame, columns, "main"), len(frame))],
        },
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    )
    parks = parks.sort_values([s.RANK, s.PARK, s.BLOCK], kind="stable", ignore_index=True)
    return Checked(Parks(parks), tuple(findings), assumptions)


def as_districts(raw: Raw, columns: Mapping[str, str], crs: CRS) -> Checked[Districts]:
    """Admit a district layer; columns `district` (code) and `name`, one row a code."""
    frame, findings, assumptions = _geometry_door(raw, crs, _texts(raw, columns.get("code")), "district")
    codes = _as_text(frame[columns["code"]], len(frame))
    names = _as_text(frame[columns["name"]], len(frame)) if columns.get("name") else codes
    districts = gpd.GeoDataFrame({s.DISTRICT: codes, s.NAME: names}, geometry=frame.geometry.to_numpy(), crs=crs)
    districts = districts.dissolve(
        s.DISTRICT, as_index=False, method="coverage" if len(set(codes)) == len(codes) else "unary"
    )
    return Checked(Districts(districts), tuple(findings), assumptions)


def as_enterprises(raw: Raw, columns: Mapping[str, str], units: Mapping[str, str]) -> Checked[Enterprises]:
    """Admit an enterprise table: one row a firm, plot and year.

    Returns
    -------
    Checked of Enterprises
        Columns firm_id, firm_name, parcel_id (text), year (Int64, null where none), area_m2, tax_yuan (NaN: unknown).

    Raises
    ------
    InputError
        With every figure that is none.
    """
    frame = raw.frame
    problems: list[Problem] = []
    n = len(frame)
    rows = np.array([str(k) for k in frame.index], dtype=object)
    table = pd.DataFrame(
        {
            s.FIRM: _as_text(_column(frame, columns, "id"), n),
            s.FIRM_NAME: _as_text(_column(frame, columns, "name"), n),
            s.PARCEL: _as_text(_column(frame, columns, "parcel"), n),
            s.YEAR: _numbers(_column(frame, columns, "year"), problems, rows, n),
            s.AREA_M2: to_m2(_numbers(_column(frame, columns, "area"), problems, rows, n), units.get("area", "m2")),
            s.TAX: to_yuan(_numbers(_column(frame, columns, "tax"), problems, rows, n), units.get("tax", "元")),
        }
    )
    odd = ((table[s.YEAR] % 1 != 0) | ~table[s.YEAR].between(*YEARS)) & table[s.YEAR].notna()
    if odd.any():
        fix = _("write the year as 2025 in these rows")
        problems.append(Problem(_("years that are none"), fix, rows=tuple(rows[odd])))
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    table[s.YEAR] = table[s.YEAR].astype("Int64")
    table[s.FIRM] = table[s.FIRM].where(table[s.FIRM] != "", table[s.FIRM_NAME])
    again = table.duplicated() & (table[s.FIRM] != "")
    findings = []
    if again.any():
        findings.append(
            Finding("repeated_rows", int(again.sum()), _("the same row again: left out"), rows=tuple(rows[again]))
        )
    return Checked(Enterprises(table[~again].reset_index(drop=True)), tuple(findings), raw.assumptions)


def _geometry_door(
    raw: Raw, crs: CRS, ids: pd.Series[str], what: str
) -> tuple[gpd.GeoDataFrame, list[Finding], tuple[str, ...]]:
    """Repair, transform, repair again; rows without a polygon leave, counted."""
    frame: gpd.GeoDataFrame = raw.frame
    if not len(frame):
        raise InputError(
            Problem(
                _("the layer holds no rows to use"),
                _("check the file, the layer and the filters"),
                raw.file,
                raw.layer,
            )
        )
    geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    kinds = shapely.get_type_id(geometry)
    if not np.isin(kinds[~missing], (*POLYGONAL, 7)).any():
        raise InputError(Problem(_("the layer holds no polygons"), _("give the polygon layer"), raw.file, raw.layer))
    wild = ~missing & ~np.isfinite(shapely.bounds(geometry)).all(axis=1)
    if wild.any():
        raise InputError(
            Problem(
                _("coordinates that are not numbers"),
                _("mend or remove these rows"),
                raw.file,
                raw.layer,
                tuple(ids[wild]),
            )
        )
    own = system(frame)
    way = route(own, crs)
    first = repair(geometry)
    moved = first.geometry if not way.description else shapely.transform(first.geometry, way.apply)
    _plausible(moved, ids, own, crs, raw)
    second = repair(moved) if way.description else first
    findings = []
    scale = unit_factor(crs) ** 2
    if len(first.repaired) or (way.description and len(second.repaired)):
        bad = np.union1d(first.repaired, second.repaired)
        area = float(np.nansum(shapely.area(second.geometry[bad])) * scale)
        findings.append(
            Finding(
                f"invalid_geometry_{what}",
                len(bad),
                _("made valid by structure (shells less holes)"),
                area,
                rows=tuple(ids.iloc[bad]),
            )
        )
    gone = shapely.is_missing(second.geometry)
    if gone.any():
        findings.append(
            Finding(
                f"no_polygon_{what}",
                int(gone.sum()),
                _("left out: no geometry, an empty one, or no polygon in it"),
                0.0,
                rows=tuple(ids[gone]),
            )
        )
    if gone.all():
        raise InputError(Problem(_("no row has a polygon"), _("give the polygon layer"), raw.file, raw.layer))
    kept = frame[~gone].set_geometry(second.geometry[~gone], crs=crs)
    return kept, findings, tuple(x for x in (*raw.assumptions, way.assumption) if x)


def _plausible(geometry: Any, ids: pd.Series[str], own: CRS, crs: CRS, raw: Raw) -> None:
    """Refuse coordinates that have no place in the working system, or lie far from where that system is made for."""
    what = _("coordinates do not fit {own}: they have no place in {crs}", own=label(own), crs=label(crs))
    fix = _("check the layer's coordinate system (degrees or metres, zone prefix, axis order)")
    missing = shapely.is_missing(geometry)
    bounds = shapely.bounds(geometry)
    wild = ~np.isfinite(bounds).all(axis=1) & ~missing
    if not wild.any():
        corners = np.vstack([bounds[~missing][:, :2], bounds[~missing][:, 2:]])
        far = ~within_area_of_use(corners, crs, MARGIN_DEG).reshape(2, -1).all(axis=0)
        wild[~missing] = far
    if wild.any():
        raise InputError(Problem(what, fix, raw.file, raw.layer, tuple(ids[wild])))


def _column(frame: Any, columns: Mapping[str, str], role: str) -> Any:
    """Return the foreign column that plays a role, or None."""
    return frame[columns[role]] if columns.get(role) else None


def _texts(raw: Raw, column: str | None) -> pd.Series[str]:
    values = _as_text(raw.frame[column], len(raw.frame)) if column else raw.frame.index.astype(str)
    return pd.Series(values, index=raw.frame.index)


def _as_text(column: Any, n: int) -> Any:
    """Text of a column; whole numbers without a decimal tail, nulls as ""."""
    if column is None:
        return np.full(n, "", dtype=object)
    if pd.api.types.is_float_dtype(column):
        whole = column.notna() & (column % 1 == 0) & (column.abs() < 2**53)
        text = column.astype(object).where(~whole, column.where(whole, 0).astype("int64").astype(object))
    else:
        text = column.astype(object)
    return text.where(column.notna(), "").astype(str).str.strip().to_numpy(dtype=object)


def _truth(text: str) -> bool:
    return text.lower() in {"1", "true", "t", "yes", "y", "是", "主园", "主"}


def _names_of_other_codes(parcels: gpd.GeoDataFrame, classification: Classification) -> Any:
    """Which parcels carry a name that the table gives to another code: 0601 called 铁路用地."""
    codes: dict[str, set[str]] = {}
    for code, name in classification.names.items():
        codes.setdefault(name, set()).add(code)
    pairs = parcels[[s.CODE, s.NAME]].drop_duplicates()
    odd = [
        (code, name)
        for code, name in zip(pairs[s.CODE], pairs[s.NAME], strict=True)
        if name in codes and not any(code.startswith(c) or c.startswith(code) for c in codes[name])
    ]
    return pd.MultiIndex.from_frame(parcels[[s.CODE, s.NAME]]).isin(odd)


def _unique_ids(frame: gpd.GeoDataFrame, column: str | None) -> tuple[Any, list[Finding]]:
    """Parcel ids, later bearers of a taken one marked #2, #3 ...; row numbers where there is no column or no value."""
    rows = frame.index.astype(str).to_numpy(dtype=object)
    if not column:
        return rows, []
    ids = pd.Series(_as_text(frame[column], len(frame)))
    findings = []
    blank = ids == ""
    if blank.any():
        ids = ids.where(~blank, "row " + pd.Series(rows))
        findings.append(Finding("missing_id", int(blank.sum()), _("named by the row's number")))
    later = np.flatnonzero(ids.duplicated())
    taken = set(ids)
    names = ids.to_numpy(dtype=object).copy()
    for k in later:
        names[k] = next(name for n in count(2) if (name := f"{names[k]}#{n}") not in taken)
        taken.add(names[k])
    if len(later):
        rows_ = tuple(names[later])
        findings.append(
            Finding("duplicate_id", len(later), _("later bearers of an id are marked #2, #3 …"), rows=rows_)
        )
    return names, findings


def _area(column: Any, unit: str, problems: list[Problem], ids: Any, n: int) -> Any:
    area = to_m2(_numbers(column, problems, ids, n), unit)
    return np.where(area > 0, area, np.nan)


#: A figure as people write it; commas part groups of three.
FIGURE = r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d*)?([eE][+-]?\d+)?|[+-]?\.\d+"


def _numbers(column: Any, problems: list[Problem], rows: Any, n: int) -> Any:
    """Floats of a column; blanks are NaN, and what is no number is a problem, never a zero."""
    if column is None:
        return np.full(n, np.nan)
    if pd.api.types.is_numeric_dtype(column):
        text = column.astype(str)
        numbers = column.to_numpy(dtype=float, na_value=np.nan)
        odd = np.isinf(numbers)
    else:
        text = column.astype(object).where(column.notna(), "").astype(str).str.normalize("NFKC").str.strip()
        figure = text.str.fullmatch(FIGURE).to_numpy(dtype=bool)
        numbers = pd.to_numeric(text.where(figure, "").str.replace(",", ""), errors="coerce").to_numpy(dtype=float)
        odd = (~figure & (text != "").to_numpy()) | np.isinf(numbers)
    if odd.any():
        examples = ", ".join(map(repr, list(dict.fromkeys(text[odd]))[:3]))
        problems.append(
            Problem(
                _("column {column!r} holds what is no number: {examples}", column=str(column.name), examples=examples),
                _("write plain figures in these rows, or leave them blank"),
                rows=tuple(np.asarray(rows)[odd]),
            )
        )
    return numbers
