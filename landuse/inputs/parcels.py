"""Validation: source tables become `Parcels` (`parks`, `districts` beside it alike), or are refused.

Foreign columns are renamed once, values cast, every problem collected, and one error raised that says the fix. Inside,
the columns are those of `landuse.schema`, the index is 0..n-1, and the geometry is valid and in the working system.
Order of work: repair in the layer's own system, transform the vertices, check and repair once more; all counted.

A layer cut at the edges of its tiles, at a town's line or into single parts holds several rows of one parcel, and each
of them carries the whole parcel's registered area. A second parcel that bears another's id does not.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, NewType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.geo.crs import system
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.class_codes import code_issues, code_problems, misnamed_classes
from landuse.inputs.polygons import polygons
from landuse.inputs.row_names import total_issues
from landuse.inputs.source_table import Checked, column_texts
from landuse.quality import Issue
from landuse.reference.classification import OTHER, UNKNOWN, Classification
from landuse.reference.plausible_ranges import FEW, MOST
from landuse.spelling import key, plain, respell, spelled_apart
from landuse.units import AREA_M2, to_m2

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.inputs.source_table import SourceTable

Parcels = NewType("Parcels", gpd.GeoDataFrame)
#: The largest city of the country is smaller [m²].
MOST_M2 = 1e11
#: Ratios of the register, and the most that any plot can have.
RATIOS = {s.FAR: 20.0, s.COVERAGE: 1.0}
#: Of the plot's land and floor, what serves offices, canteens and dormitories.
ANCILLARY = {s.ANCILLARY_LAND: 1.0, s.ANCILLARY_FLOOR: 1.0}


def as_parcels(
    raw: SourceTable,
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
    raw : SourceTable
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
    frame, issues, assumptions = polygons(raw, crs, column_texts(raw, columns.get("id")), "parcel")
    problems: list[Problem] = []
    rows = frame.index.astype(str).to_numpy(dtype=object)
    ids, id_issues = rows, list[Issue]()
    if columns.get("id"):
        ids, id_issues = named(cells.identifiers(frame, columns, "id", problems, rows), rows)
        ids = respell(ids, [*known, *ids])
    codes = frame[columns["code"]].astype(object).where(frame[columns["code"]].notna(), None)
    table = {value: classification.use_of(value) for value in codes.unique()}
    use = codes.map(lambda v: table[v][1])
    changed = sum(codes.map(lambda v: table[v][0] != str(v).upper() and table[v][1] != UNKNOWN))  # case means nothing
    issues += id_issues
    if changed:
        action = _("read without blanks, quotes and full-width digits; lost zeros restored")
        issues.append(Issue("codes_normalised", changed, action))
    parcels = gpd.GeoDataFrame(
        {
            s.PARCEL: ids,
            s.CODE: codes.map(lambda v: table[v][0]).astype(object),
            s.USE: use.astype(object),
            s.NAME: cells.text(frame, columns, "name"),
            s.REGISTERED: _area(frame, columns, area_unit, problems, ids),
            s.DISTRICT: [plain(x) for x in cells.identifiers(frame, columns, "district", problems, ids)],
            **_register(frame, columns, ids, problems, issues, raw.file),
        },
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    )
    others = parcels[s.USE] == OTHER
    issues += [replace(f, file=raw.file) for f in misnamed_classes(parcels[others], parcels[~others], classification)]
    parcels, joined, unclear = join_pieces(parcels[~others].reset_index(drop=True))
    parcels[s.PARCEL], shared = unique_ids(parcels[s.PARCEL].to_numpy(dtype=object))
    issues += [*joined, *shared, *total_issues(ids, [ids], raw.file)]
    problems += unclear
    problems += code_problems(parcels, classification, raw.rows)
    issues += code_issues(parcels, classification)
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    parcels = parcels[parcels[s.USE] != UNKNOWN].reset_index(drop=True)
    return Checked(Parcels(parcels), tuple(issues), assumptions)


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
    frame: Any, columns: Mapping[str, str], ids: Any, problems: list[Problem], issues: list[Issue], file: str
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
                found = Issue("impossible_ratios", int(odd.sum()), action, rows=tuple(ids[odd]))
                issues.append(replace(found, stops=bool(slip), fix=fix, file=file))
            out[role] = np.where(odd, np.nan, ratio)
    for role in (s.STATUS, s.TOWN, s.APPROVAL):
        if columns.get(role):
            out[role] = [plain(x) for x in cells.text(frame, columns, role)]
    return out


#: Stated and measured area of one parcel agree when they differ by no more than this share of the stated one.
PIECES_AGREE = 0.05


def named(ids: NDArray[np.object_], rows: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[Issue]]:
    """Return ids, those that are blank named by the row's number, and what was found of their spelling."""
    issues, out = [], ids.copy()
    blank = ids == ""
    if blank.any():
        out[blank] = [f"row {row}" for row in rows[blank]]
        issues.append(Issue("missing_id", int(blank.sum()), _("named by the row's number")))
    apart = spelled_apart(out)
    if apart.any():
        action = _("ids that differ in width, blanks, signs that do not show or letter case only: one id")
        issues.append(Issue("ids_spelled_apart", int(apart.sum()), action, rows=tuple(out[apart])))
    return out, issues


def unique_ids(ids: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[Issue]]:
    """Return ids of which no two have one key: later bearers of a taken one are marked #2, #3 ….

    Examples
    --------
    >>> unique_ids(np.array(["a", "A", "b", "a"], dtype=object))[0].tolist()
    ['a', 'A#2', 'b', 'a#3']
    """
    keys = pd.Series([key(x) for x in ids], dtype=object)
    later = np.flatnonzero(keys.duplicated())
    taken, out = set(keys), ids.copy()
    for k in later:
        out[k] = next(name for n in count(2) if key(name := f"{ids[k]}#{n}") not in taken)
        taken.add(key(out[k]))
    if not len(later):
        return out, []
    action = _("later bearers of an id are marked #2, #3 …")
    return out, [Issue("duplicate_id", len(later), action, rows=tuple(out[later]))]


def join_pieces(parcels: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Issue], list[Problem]]:
    """Make one parcel of the rows that are its pieces, and give its registered area once.

    Rows of one id and one stated area are pieces of one parcel when the areas measured of them add up to it, within
    `PIECES_AGREE`; the stated area is apportioned among them as measured. Pieces of one class and district become one
    row. Where each row by itself measures what it states, they are parcels that share an id. Where neither holds,
    nobody knows what the rows are: that is a problem.

    Parameters
    ----------
    parcels : GeoDataFrame
        Columns parcel_id (as written, several rows may have one), code, district, registered_m2 (NaN where none is
        stated); geometry valid, in the working system.

    Returns
    -------
    tuple
        The parcels, indexed 0..n-1; issues (`pieces_joined`: rows that were pieces); problems.
    """
    keys = np.array([key(x) for x in parcels[s.PARCEL]], dtype=object)
    stated = parcels[s.REGISTERED].to_numpy(dtype=float)
    table = pd.DataFrame({"key": keys, "stated": stated})
    rows = np.flatnonzero(table.duplicated(keep=False).to_numpy() & ~np.isnan(stated))
    if not len(rows):
        return parcels.reset_index(drop=True), [], []
    polygons, crs = np.asarray(parcels.geometry.to_numpy(), dtype=object)[rows], system(parcels)
    measured = ellipsoidal_area(polygons, crs, gaussian_radius2(polygons, crs))
    own = np.abs(measured - stated[rows]) <= PIECES_AGREE * stated[rows]
    group = table.iloc[rows].groupby(["key", "stated"], sort=False).ngroup().to_numpy()
    total = np.bincount(group, measured)[group]
    parted = np.abs(total - stated[rows]) <= PIECES_AGREE * stated[rows]
    whole = (np.bincount(group, ~own) == 0)[group]
    problems = _unclear(parcels, rows[~parted & ~whole])
    pieces = rows[parted]
    if not len(pieces):
        return parcels.reset_index(drop=True), [], problems
    out = parcels.copy()
    registered = stated.copy()
    registered[pieces] = stated[pieces] * (measured / total)[parted]
    out[s.REGISTERED] = registered
    out = _merged(out, pieces, keys)
    action = _("rows of one id and one registered area that their areas add up to: one parcel, its area stated once")
    area = float(measured[parted].sum())
    names = tuple(dict.fromkeys(parcels[s.PARCEL].iloc[pieces]))
    return out, [Issue("pieces_joined", len(pieces), action, area, rows=names)], problems


def _merged(parcels: gpd.GeoDataFrame, pieces: NDArray[Any], keys: NDArray[np.object_]) -> gpd.GeoDataFrame:
    """Put pieces of one parcel, class and district into one row, at the place of the first."""
    places = parcels.iloc[pieces]
    same = pd.DataFrame({"key": keys[pieces], "code": places[s.CODE], "district": places[s.DISTRICT].str[:6]})
    group = same.groupby(list(same.columns), sort=False).ngroup().to_numpy()
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object).copy()
    registered = parcels[s.REGISTERED].to_numpy(dtype=float).copy()
    left = np.ones(len(parcels), dtype=bool)
    for k in range(group.max() + 1):
        rows = pieces[group == k]
        polygons[rows[0]] = shapely.union_all(polygons[rows])
        registered[rows[0]] = registered[rows].sum()
        left[rows[1:]] = False
    out = parcels.assign(**{s.REGISTERED: registered}).set_geometry(polygons, crs=parcels.crs)
    return out[left].reset_index(drop=True)


def _unclear(parcels: gpd.GeoDataFrame, rows: NDArray[Any]) -> list[Problem]:
    if not len(rows):
        return []
    what = _("rows of one id state one registered area, which is neither that of each row nor that of all together")
    fix = _("give each row its own registered area, or each parcel its own id; or merge the rows of a parcel")
    return [Problem(what, fix, rows=tuple(dict.fromkeys(parcels[s.PARCEL].iloc[rows])))]
