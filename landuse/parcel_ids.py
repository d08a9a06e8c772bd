"""Which rows of a layer are one parcel, and what each parcel is called.

A layer cut at the edges of its tiles, at a town's line or into single parts holds several rows of one parcel, and each
of them carries the whole parcel's registered area. A second parcel that bears another's id does not.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.area import ellipsoidal_area, gaussian_radius2
from landuse.crs import system
from landuse.errors import Problem
from landuse.finding import Finding
from landuse.i18n import _
from landuse.spelling import key, spelled_apart

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

#: Stated and measured area of one parcel agree when they differ by no more than this share of the stated one.
PIECES_AGREE = 0.05


def named(ids: NDArray[np.object_], rows: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[Finding]]:
    """Return ids, those that are blank named by the row's number, and what was found of their spelling."""
    findings, out = [], ids.copy()
    blank = ids == ""
    if blank.any():
        out[blank] = [f"row {row}" for row in rows[blank]]
        findings.append(Finding("missing_id", int(blank.sum()), _("named by the row's number")))
    apart = spelled_apart(out)
    if apart.any():
        action = _("ids that differ in width, blanks, signs that do not show or letter case only: one id")
        findings.append(Finding("ids_spelled_apart", int(apart.sum()), action, rows=tuple(out[apart])))
    return out, findings


def unique_ids(ids: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[Finding]]:
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
    return out, [Finding("duplicate_id", len(later), action, rows=tuple(out[later]))]


def join_pieces(parcels: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Finding], list[Problem]]:
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
        The parcels, indexed 0..n-1; findings (`pieces_joined`: rows that were pieces); problems.
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
    return out, [Finding("pieces_joined", len(pieces), action, area, rows=names)], problems


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
