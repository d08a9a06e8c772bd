"""GeoJSON, read strictly and in parts: a third faster than GDAL, and nothing guessed.

A key that stands twice, a number that is none, coordinates written as text: refused, with the row. A ring that is not
closed, or a shape that is none: that row only is left without geometry, with the reason. One feature a line is read
too; a file that says that it holds only a part of the layer is not.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.features import KINDS, Features
from landuse.io.gate import as_geopackage
from landuse.io.pages import check_whole
from landuse.io.source import Source
from landuse.io.strictjson import is_sequence, text_of, values, walk

if TYPE_CHECKING:
    from landuse.io.source import Place

WGS84 = "EPSG:4326"
#: Names of coordinate systems that are taken from a file; never an address to ask at.
NAMED = re.compile(r"(urn:ogc:def:crs:[\w.:/-]+|[A-Za-z]{3,6}:[\w.]+|https?://www\.opengis\.net/def/crs/[\w/.]+)")
#: Members by which the JSON of an ArcGIS service is known.
ARCGIS = {"geometryType", "rings", "attributes", "spatialReference"}


def open_geojson(place: Place) -> Source:
    """Open a GeoJSON file: a FeatureCollection, one Feature, one shape, or one Feature after the other.

    Raises
    ------
    InputError
        When it is not strictly JSON, not GeoJSON, names a coordinate system elsewhere, or says that it is cut short.
    """
    features = Features()
    rest: dict[str, Any] = {}
    text = text_of(place.path)
    if is_sequence(text):
        rest["type"] = "FeatureCollection"
        for value in values(text):
            _add(features, value)
    else:
        for key, value in walk(text, "features"):
            if key == "features":
                _add(features, value)
            else:
                rest[key] = value
    kind = rest.get("type")
    if kind == "Feature":
        features.add(rest)
    elif kind in KINDS:
        features.add({"type": "Feature", "properties": {}, "geometry": rest})
    elif kind != "FeatureCollection":
        raise InputError(_not_geojson(rest))
    features.finish()
    notes = check_whole(rest, features.count, place.shown) if kind == "FeatureCollection" else ()
    by_default = "" if "crs" in rest and rest["crs"] is not None else "GeoJSON"
    read = partial(features.content, notes=notes)
    return Source(tuple(features.columns), _system(rest.get("crs")), read, by_default=by_default)


def _add(features: Features, value: Any) -> None:
    if isinstance(value, dict) and "type" not in value and value.keys() & ARCGIS:
        raise InputError(_not_geojson(value))
    features.add(value)


def _not_geojson(members: dict[str, Any]) -> Problem:
    """Say what JSON of another kind is, and how it becomes a layer."""
    if "type" not in members and members.keys() & ARCGIS:
        fix = _("ask the service for it with f=geojson; or {export}", export=as_geopackage())
        return Problem(_("ArcGIS JSON (attributes and rings), not GeoJSON"), fix)
    what = _("not GeoJSON: its type is {kind}", kind=str(members.get("type"))[:40])
    return Problem(what, _("export the layer as a GeoJSON FeatureCollection"))


def _system(crs: Any) -> CRS:
    """Return the system a file names, WGS 84 where it names none."""
    if crs is None:
        return CRS(WGS84)
    stated = crs.get("properties") if isinstance(crs, dict) else None
    name = stated.get("name", "") if isinstance(stated, dict) else ""
    if isinstance(stated, dict) and crs.get("type") == "EPSG":
        name = f"EPSG:{stated.get('code')}"
    if isinstance(crs, dict) and crs.get("type") == "link":
        what = _("its coordinate system is a link to somewhere else, which is not followed")
    elif not isinstance(name, str) or not NAMED.fullmatch(name):
        what = _("its coordinate system cannot be understood")
    else:
        try:
            return CRS.from_user_input(name)
        except CRSError:
            what = _("unknown coordinate system {text!r}", text=name)
    fix = _("export the layer again with its coordinate system by name, or in WGS 84 without one")
    raise InputError(Problem(what, fix))
