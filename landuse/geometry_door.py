"""The geometry of a foreign layer: repaired, transformed and repaired again, or refused with the rows it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.crs import label, system, unit_factor
from landuse.errors import InputError, Problem, located, refuse_if
from landuse.finding import Finding
from landuse.geometry import POLYGONAL, Repair, repair, wild
from landuse.i18n import _
from landuse.placing import fits, misplaced
from landuse.routes import Route, route
from landuse.stated import Plane

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.raw import Raw

#: More rows than this without a polygon that can be read are no slips: the layer is damaged.
LEFT_OUT = 0.1


def polygons(
    raw: Raw, crs: CRS, ids: pd.Series[str], what: str
) -> tuple[gpd.GeoDataFrame, list[Finding], tuple[str, ...]]:
    """Repair, transform, repair again; rows without a polygon that can be read leave, counted, but not too many."""
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
    geometry = np.array(frame.geometry.to_numpy(), dtype=object)
    missing = shapely.is_missing(geometry) | shapely.is_empty(geometry)
    kinds = shapely.get_type_id(geometry)
    if not np.isin(kinds[~missing], (*POLYGONAL, 7)).any():
        raise InputError(Problem(_("the layer holds no polygons"), _("give the polygon layer"), raw.file, raw.layer))
    out_of_hand = wild(geometry)
    if _too_many(out_of_hand) and not np.isfinite(shapely.get_coordinates(geometry)).all():
        what_ = _("coordinates that are not numbers")
        raise InputError(Problem(what_, _("mend or remove these rows"), raw.file, raw.layer, tuple(ids[out_of_hand])))
    if _too_many(out_of_hand):  # a wrong system, not a slip: the placing says which
        out_of_hand[:] = False
    geometry[out_of_hand] = None
    own = system(frame)
    with located(raw.file, raw.layer):
        way = route(own, crs)
    first = repair(geometry)
    moved = first.geometry if not way.description else shapely.transform(first.geometry, way.apply)
    _refuse_misplaced(first.geometry, moved, ids, way, raw)
    second = repair(moved) if way.description else first
    findings = list(raw.findings)
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
    findings += _repairs_to_look_at(first, ids, what)
    unread = frame.index.isin(list(raw.quarantined)) | out_of_hand
    if unread.any():
        astray = [_("coordinates that are not numbers, or of no place on earth")] if out_of_hand.any() else []
        reasons = "; ".join(dict.fromkeys([*raw.quarantined.values(), *astray]))
        findings.append(
            Finding(
                f"unreadable_geometry_{what}",
                int(unread.sum()),
                _("left out, not counted anywhere: {reasons}", reasons=reasons),
                0.0,
                rows=tuple(ids[unread]),
            )
        )
    gone = shapely.is_missing(second.geometry) & ~unread
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
    gone |= unread
    if gone.all():
        raise InputError(Problem(_("no row has a polygon"), _("give the polygon layer"), raw.file, raw.layer))
    if _too_many(gone):
        what_ = _("{n} of {rows} rows have no polygon that can be read", n=int(gone.sum()), rows=len(gone))
        fix = _("export the layer again, or mend or remove these rows")
        raise InputError(Problem(what_, fix, raw.file, raw.layer, tuple(ids[gone])))
    kept = frame[~gone].set_geometry(second.geometry[~gone], crs=crs)
    return kept, findings, tuple(x for x in (*raw.assumptions, way.assumption) if x)


def _repairs_to_look_at(done: Repair, ids: pd.Series[str], what: str) -> list[Finding]:
    """Report repairs that another method would do otherwise, and polygons that came with points or lines."""
    found = []
    doubtful = done.doubtful
    if doubtful.any():
        kept = done.area_after[doubtful].sum()
        before, lines = (a[doubtful].sum() / kept if kept else 0.0 for a in (done.area_before, done.area_by_lines))
        action = _(
            "as drawn {before:.1%} of the area kept, repaired line by line {lines:.1%}: look at these",
            before=before,
            lines=lines,
        )
        rows = tuple(ids.iloc[done.repaired[doubtful]])
        found.append(Finding(f"doubtful_repair_{what}", len(rows), action, rows=rows))
    if len(done.mixed):
        action = _("the polygons are taken, the points and lines beside them left")
        found.append(Finding(f"mixed_geometry_{what}", len(done.mixed), action, rows=tuple(ids.iloc[done.mixed])))
    return found


def _too_many(rows: NDArray[np.bool_]) -> bool:
    """Whether what is wrong with these rows is wrong with the layer; one row among others never is."""
    return bool(rows.all() or rows.sum() > max(1, LEFT_OUT * len(rows)))


def _refuse_misplaced(before: Any, after: Any, ids: pd.Series[str], way: Route, raw: Raw) -> None:
    """Refuse coordinates that do not fit the system they claim, or have no place in the working one."""
    problems = [] if Plane.of(way.source) else misplaced(shapely.bounds(before), ids, way.source, way.target)
    if not problems:
        bounds = shapely.bounds(after)
        there = np.flatnonzero(~shapely.is_missing(after))
        corners = np.vstack([bounds[there][:, :2], bounds[there][:, 2:]])
        far = there[~fits(corners, way.target).reshape(2, -1).all(axis=0)]
        if len(far):
            ends = {"own": label(way.source), "crs": label(way.target)}
            what = _("coordinates of {own} have no place in {crs}: the working system is made for elsewhere", **ends)
            fix = _("check the layer's system, or name a working system for this place in [study] crs")
            problems = [Problem(what, fix, rows=tuple(ids.iloc[far]))]
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
