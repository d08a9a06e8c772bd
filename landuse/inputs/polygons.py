"""The geometry of a foreign layer: repaired, transformed and repaired again, or refused with the rows it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.errors import InputError, Problem, located, refuse_if
from landuse.geo.crs import label, system, unit_factor
from landuse.geo.plausibility import fits, is_afar, misplaced
from landuse.geo.repair import COLLECTION, POLYGONAL, Repair, repair, wild
from landuse.geo.rings import outlines
from landuse.geo.transform import Plane, Route, route
from landuse.i18n import _
from landuse.quality import Issue

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from pyproj import CRS

    from landuse.geo.arrays import Bools
    from landuse.inputs.source_table import SourceTable

#: More rows than this without a polygon that can be read are no slips: the layer is damaged.
LEFT_OUT = 0.1


def polygons(
    raw: SourceTable, crs: CRS, ids: pd.Series[str], what: str
) -> tuple[gpd.GeoDataFrame, list[Issue], tuple[str, ...]]:
    """Repair, transform, repair again; rows without a polygon that can be read leave, counted, but not too many.

    Of parks none may leave: the share would fall with it.

    Parameters
    ----------
    raw : SourceTable
        The layer.
    crs : pyproj.CRS
        Working system.
    ids : Series
        What each row is called in messages; of parks, which rows are one park.
    what : str
        The noun, as the keys of issues end.
    """
    frame: gpd.GeoDataFrame = raw.frame
    geometry, astray, read = _read(raw, ids, what)
    own = system(frame)
    with located(raw.file, raw.layer):
        way = route(own, crs)
    first = repair(geometry, roles_known=raw.roles_known)
    moved = first.geometry if not way.description else shapely.transform(first.geometry, way.apply)
    afar = _refuse_misplaced(first.geometry, moved, ids, way, raw)
    second = repair(moved) if way.description else first
    unread = frame.index.isin(list(raw.quarantined)) | astray
    gone = shapely.is_missing(second.geometry)
    scale = unit_factor(crs) ** 2
    issues = [*raw.issues, *read, *_repairs(first, second, scale, ids, what)]
    issues += _left_out(raw, astray, unread, gone, ids, what)
    _refuse_losses(gone, raw, ids, what)
    kept = frame[~gone].set_geometry(second.geometry[~gone], crs=crs)
    drawn = _("{file}: closed lines are taken for the outlines of what they enclose", file=raw.file) if read else ""
    return kept, issues, tuple(x for x in (*raw.assumptions, drawn, afar, way.assumption) if x)


def _read(raw: SourceTable, ids: pd.Series[str], what: str) -> tuple[Any, Bools, list[Issue]]:
    """Return the geometry, with closed lines as polygons, which rows' vertices are no place, and what was read so."""
    if not len(raw.frame):
        fix = _("check the file, the layer and the filters")
        raise InputError(Problem(_("the layer holds no rows to use"), fix, raw.file, raw.layer))
    geometry = np.array(raw.frame.geometry.to_numpy(), dtype=object)
    kinds = shapely.get_type_id(geometry)[~shapely.is_empty(geometry)]
    astray = wild(geometry)
    if _too_many(astray) and not np.isfinite(shapely.get_coordinates(geometry)).all():
        what_ = _("coordinates that are not numbers")
        raise InputError(Problem(what_, _("mend or remove these rows"), raw.file, raw.layer, tuple(ids[astray])))
    if _too_many(astray):  # a wrong system, not a slip: the placing says which
        astray[:] = False
    geometry[astray] = None
    lines = outlines(geometry)
    if what == "park" and len(lines.left):
        what_ = _("an outline of a park is an open line: it encloses nothing")
        fix = _(
            "close it in the program it was drawn in (its last point is its first; pieces meet end to end), or make it "
            "a polygon in a GIS, and export the layer again"
        )
        raise InputError(Problem(what_, fix, raw.file, raw.layer, tuple(ids.iloc[lines.left])))
    if not len(lines.closed) and not np.isin(kinds, (*POLYGONAL, COLLECTION)).any():
        raise InputError(Problem(_("the layer holds no polygons"), _("give the polygon layer"), raw.file, raw.layer))
    if not len(lines.closed):
        return geometry, astray, []
    action = _("closed lines: read as the polygons they enclose")
    found = Issue(f"closed_lines_{what}", len(lines.closed), action, rows=tuple(ids.iloc[lines.closed]))
    return lines.geometry, astray, [found]


def _repairs(first: Repair, second: Repair, scale: float, ids: pd.Series[str], what: str) -> list[Issue]:
    """Report what was made valid or told apart, repairs another method would do otherwise, and what was left beside."""
    found = []

    def add(check: str, rows: Any, action: str, area: float | None = None) -> None:
        if len(rows):
            found.append(Issue(f"{check}_{what}", len(rows), action, area, rows=tuple(ids.iloc[rows])))

    def land(rows: Any) -> float:
        return float(np.nansum(shapely.area(second.geometry[rows])) * scale)

    bad = np.union1d(first.repaired, second.repaired)
    add("invalid_geometry", bad, _("made valid by structure (shells less holes)"), land(bad))
    apart = first.reordered
    action = _("shells and holes told apart by which ring lies within which, against what the file makes of them")
    add("ring_order", apart, action, land(apart))
    doubtful = first.doubtful
    kept, before, lines = (a[doubtful].sum() for a in (first.area_after, first.area_before, first.area_by_lines))
    action = _("by their structure (shells less holes) they hold no land, by other ways they would: look at these")
    if kept > 0:
        action = _(
            "as drawn {before:.1%} of the area kept, repaired line by line {lines:.1%}: look at these",
            before=before / kept,
            lines=lines / kept,
        )
    add("doubtful_repair", first.repaired[doubtful], action)
    add("mixed_geometry", first.mixed, _("the polygons are taken, the points and lines beside them left"))
    return found


def _left_out(
    raw: SourceTable, astray: Bools, unread: Bools, gone: Bools, ids: pd.Series[str], what: str
) -> list[Issue]:
    """Report rows without a polygon, and why."""
    found = []
    if unread.any():
        places = [_("coordinates that are not numbers, or of no place on earth")] if astray.any() else []
        reasons = "; ".join(dict.fromkeys([*raw.quarantined.values(), *places]))
        action = _("left out, not counted anywhere: {reasons}", reasons=reasons)
        found.append(Issue(f"unreadable_geometry_{what}", int(unread.sum()), action, 0.0, rows=tuple(ids[unread])))
    without = gone & ~unread
    if without.any():
        action = _("left out: no geometry, an empty one, or no polygon in it")
        found.append(Issue(f"no_polygon_{what}", int(without.sum()), action, 0.0, rows=tuple(ids[without])))
    return found


def _refuse_losses(gone: Bools, raw: SourceTable, ids: pd.Series[str], what: str) -> None:
    """Refuse a layer that is damaged, and one that would lose a park whole."""
    if gone.all():
        raise InputError(Problem(_("no row has a polygon"), _("give the polygon layer"), raw.file, raw.layer))
    if _too_many(gone):
        what_ = _("{n} of {rows} rows have no polygon that can be read", n=int(gone.sum()), rows=len(gone))
        fix = _("export the layer again, or mend or remove these rows")
        raise InputError(Problem(what_, fix, raw.file, raw.layer, tuple(ids[gone])))
    lost = gone & (ids != "").to_numpy() & ~ids.isin(set(ids[~gone])).to_numpy()
    if what == "park" and lost.any():
        what_ = _("parks without an outline: none of their rows has a polygon, and their land would count as outside")
        fix = _("draw or restore their polygons, or remove their rows where they are no parks")
        raise InputError(Problem(what_, fix, raw.file, raw.layer, tuple(dict.fromkeys(ids[lost]))))


def _too_many(rows: Bools) -> bool:
    """Whether what is wrong with these rows is wrong with the layer; one row among others never is."""
    return bool(rows.all() or rows.sum() > max(1, LEFT_OUT * len(rows)))


def _refuse_misplaced(before: Any, after: Any, ids: pd.Series[str], way: Route, raw: SourceTable) -> str:
    """Refuse coordinates that do not fit the system they claim, or have no place in the working one.

    A system used far outside its area is taken as right where it brings the layer into a working system that was named:
    the assumption is returned, "" where none was made.
    """
    bounds = shapely.bounds(before)
    problems = [] if Plane.of(way.source) else misplaced(bounds, ids, way.source, way.target)
    there = np.flatnonzero(~shapely.is_missing(after))
    corners = shapely.bounds(after)[there].reshape(-1, 2)
    at_home = fits(corners, way.target).reshape(-1, 2).all(axis=1)
    ends = {"file": raw.file, "own": label(way.source), "crs": label(way.target)}
    if problems and way.description and at_home.all() and is_afar(bounds, way.source):
        return _("{file}: {own}, far outside its area, is taken as right: it brings the layer into {crs}", **ends)
    if not problems and not at_home.all():
        what = _("coordinates of {own} have no place in {crs}: the working system is made for elsewhere", **ends)
        fix = _("check the layer's system, or name a working system for this place in [study] crs")
        problems = [Problem(what, fix, rows=tuple(ids.iloc[there[~at_home]]))]
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    return ""
