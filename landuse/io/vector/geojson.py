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
from landuse.io.gate import as_geopackage
from landuse.io.source import Source
from landuse.io.vector.features import KINDS, Features
from landuse.io.vector.strictjson import is_sequence, text_of, values, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


#: Members that count the features of the whole layer, or of this answer, in small letters.
COUNTS = ("numbermatched", "totalfeatures", "matched", "totalcount", "numberreturned", "returned")
WHOLE = COUNTS[:4]
#: Members and relations of links that lead to another page of the layer.
PAGES = ("next", "prev", "previous")


def check_whole(members: Mapping[str, Any], count: int, shown: str) -> tuple[str, ...]:
    """Refuse an answer that says it is cut short.

    Parameters
    ----------
    members : mapping
        Of the file, but for its features.
    count : int
        Features there are.
    shown : str
        The path as the study writes it.

    Returns
    -------
    tuple of str
        What was taken for granted: more features than the file says it holds are all read.

    Raises
    ------
    InputError
        When it says that the limit of the service was exceeded, that there are more features, or that they go on
        elsewhere; links to other pages count unless the file holds as many features as it says there are.
    """
    said = list(_statements(members))
    stated = {key: int(value) for key, value in said if key.lower() in COUNTS}
    whole = max((n for key, n in stated.items() if key.lower() in WHOLE), default=-1)
    signs = [f"{key}: true" for key, value in said if key == "exceededTransferLimit"]
    signs += [f"{key}: {n}" for key, n in stated.items() if n > count]
    signs += [f"{key}: {value}" for key, value in said if key in PAGES and not 0 <= whole <= count]
    if signs:
        what = _(
            "a part of a layer: it holds {n} features and says of itself {signs}",
            n=count,
            signs=", ".join(dict.fromkeys(signs)),
        )
        fix = _("ask the service for the rest, page by page, and put all into one file without these members")
        raise InputError(Problem(what, fix))
    if stated and max(stated.values()) < count:
        note = _(
            "{file}: says it holds {n} features, and holds {m}: all are read",
            file=shown,
            n=max(stated.values()),
            m=count,
        )
        return (note,)
    return ()


def _statements(members: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Find what a file says of its completeness, however deep: as key and value."""
    waiting: list[Any] = [members]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        if not isinstance(value, dict):
            continue
        waiting += value.values()
        if value.get("rel") in PAGES:
            yield value["rel"], str(value.get("href", ""))[:80]
        for key, inner in value.items():
            number = str(inner).strip()
            if key == "exceededTransferLimit" and str(inner).lower() == "true":
                yield key, True
            elif key.lower() in COUNTS and not isinstance(inner, bool) and number.isascii() and number.isdigit():
                yield key, number
            elif key in PAGES and inner and (isinstance(inner, dict) or (isinstance(inner, str) and "/" in inner)):
                yield key, str(inner.get("href", "") if isinstance(inner, dict) else inner)[:80]
