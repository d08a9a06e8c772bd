"""The geometry of a foreign layer: repaired, transformed and repaired again, or refused with the rows it concerns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.crs import label, route, system, unit_factor, within_area_of_use
from landuse.errors import InputError, Problem
from landuse.geometry import POLYGONAL, repair
from landuse.i18n import _
from landuse.results import Finding

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from pyproj import CRS

    from landuse.raw import Raw

#: A layer may lie this far outside the area its coordinate system is made for [degrees].
MARGIN_DEG = 3.0


def polygons(
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
    unread = frame.index.isin(list(raw.quarantined))
    if unread.any():
        reasons = "; ".join(dict.fromkeys(raw.quarantined.values()))
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
