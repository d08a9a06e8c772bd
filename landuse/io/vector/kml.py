"""KML, and KMZ, which is a KML packed: placemarks with their texts, in WGS 84 by the standard.

A folder (or document) that holds placemarks is a layer. What the file links to is not fetched: the layer would hold
only a part of what its author sees, so such a file is refused.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from pyproj import CRS

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.gate import MAX_TEXT_BYTES, as_geopackage
from landuse.io.source import Source
from landuse.io.strictxml import local, strict_parser
from landuse.io.vector.features import Features

if TYPE_CHECKING:
    from landuse.io.source import Place

WGS84 = "EPSG:4326"
#: Columns for what a placemark says beside its own data.
NAME, DESCRIPTION = "Name", "description"
CHINESE = re.compile(rb"<\?xml[^>]*encoding=[\"'](gbk|gb2312|gb18030)[\"']", re.IGNORECASE)


def open_kml(place: Place) -> Source:
    """Open a KML or KMZ file.

    Raises
    ------
    InputError
        When it cannot be read, links to other files, or its layer has to be named.
    """
    data = _document(place)
    reader = _Placemarks()
    encoding = None
    if CHINESE.match(data):  # the parser knows no such encoding
        data, encoding = data.decode("gb18030", "replace").encode(), "utf-8"
    parser = strict_parser(encoding)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        what = _("cannot be read: {error}", error=error)
        raise InputError(Problem(what, _("open it in the program it is from, and export the layer again"))) from None
    layer = _layer_of(place, list(reader.layers))
    features = reader.layers[layer]
    features.finish()
    named = layer if len(reader.layers) > 1 else ""
    return Source(tuple(features.columns), CRS(WGS84), partial(features.content), layer=named, by_default="KML")


def _document(place: Place) -> bytes:
    """Return the KML itself, unpacked where it is packed."""
    if place.ending == ".kml":
        return place.path.read_bytes()
    try:
        with zipfile.ZipFile(place.path) as archive:
            inside = [e for e in archive.infolist() if e.filename.lower().endswith(".kml")]
            if len(inside) == 1 and inside[0].file_size <= MAX_TEXT_BYTES:
                return archive.read(inside[0])
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        what = _("cannot be read: {error}", error=str(error)[:80] or type(error).__name__)
        raise InputError(Problem(what, as_geopackage())) from None
    names = ", ".join(e.filename for e in inside[:5])
    what = _("a KMZ of {n} KML files, or of one that is too large: {names}", n=len(inside), names=names)
    raise InputError(Problem(what, _("unpack it, and give the .kml of the layer; or {export}", export=as_geopackage())))


def _layer_of(place: Place, names: list[str]) -> str:
    """Return the layer named, or the only one."""
    if place.layer in names or (place.layer is None and len(names) == 1):
        return place.layer or names[0]
    if not names:
        raise InputError(Problem(_("the file holds no placemark"), as_geopackage()))
    if place.layer is not None:
        fix = _("name one of {layers}", layers=", ".join(names))
        raise InputError(Problem(_("no layer {layer!r}", layer=place.layer), fix))
    fix = _('add layer = "…", one of {layers}', layers=", ".join(names))
    raise InputError(Problem(_("the file holds {n} layers", n=len(names)), fix))


class _Placemarks:
    """The placemarks of a document by layer, collected while it is read."""

    def __init__(self) -> None:
        self.layers: dict[str, Features] = {}
        self._tags: list[str] = []
        self._folders: list[str] = []
        self._properties: dict[str, str] = {}
        self._shapes: list[dict[str, Any]] = []
        self._rings: list[Any] = []
        self._key, self._text = "", ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name = local(tag)
        self._tags.append(name)
        self._text = ""
        if name == "NetworkLink":
            what = _("it links to other files, which is not followed: the layer would be a part of what is meant")
            raise InputError(Problem(what, as_geopackage()))
        if name in ("Document", "Folder"):
            self._folders.append(name)
        elif name == "Placemark":
            self._properties, self._shapes = {}, []
        elif name == "Polygon":
            self._rings = []
        elif name in ("Data", "SimpleData"):
            self._key = attributes.get("name", "")

    def characters(self, data: str) -> None:
        """Take a piece of text."""
        self._text += data

    def end(self, _tag: str) -> None:
        """End an element, and take what it says."""
        name, text = self._tags.pop(), self._text.strip()
        above = self._tags[-1] if self._tags else ""
        if name == "name" and above in ("Document", "Folder"):
            self._folders[-1] = text or self._folders[-1]
        elif above == "Placemark" and name in ("name", "description"):
            self._put(NAME if name == "name" else DESCRIPTION, text)
        elif name == "SimpleData" or (name == "value" and above == "Data"):
            self._put(self._key, text)
        elif name == "coordinates":
            self._coordinates(text, above)
        elif name == "Polygon":
            self._shapes.append({"type": "Polygon", "coordinates": self._rings})
        elif name == "Placemark":
            self._placemark()
        elif name in ("Document", "Folder"):
            self._folders.pop()

    def _layer(self) -> Features:
        return self.layers.setdefault(self._folders[-1] if self._folders else "", Features())

    def _put(self, key: str, text: str) -> None:
        """Take a value; one key with two values is nobody's to choose."""
        if self._properties.setdefault(key, text) != text:
            what = _("the key {key!r} stands twice in one object", key=key)
            rows = (str(self._layer().count + 1),)
            raise InputError(Problem(what, _("rename one of them, and export the layer again"), rows=rows))

    def _coordinates(self, text: str, above: str) -> None:
        """Take positions: of a ring of the polygon that is open, else of a line or point."""
        try:
            points: Any = [[float(x) for x in position.split(",")] for position in text.split()]
        except ValueError:
            points = None  # no shape: the row is left out, with the reason
        if "Polygon" not in self._tags:
            kind = "Point" if above == "Point" else "LineString"
            self._shapes.append({"type": kind, "coordinates": points[0] if points and kind == "Point" else points})
        elif "outerBoundaryIs" in self._tags:
            self._rings.insert(0, points)
        else:
            self._rings.append(points)

    def _placemark(self) -> None:
        """Give what a placemark holds to its layer, as a feature."""
        shapes: Any = self._shapes
        geometry = shapes[0] if shapes else None
        if len(shapes) > 1 and all(x["type"] == "Polygon" for x in shapes):
            geometry = {"type": "MultiPolygon", "coordinates": [x["coordinates"] for x in shapes]}
        elif len(shapes) > 1:
            geometry = {"type": "GeometryCollection", "geometries": shapes}
        self._layer().add({"type": "Feature", "properties": self._properties, "geometry": geometry})
