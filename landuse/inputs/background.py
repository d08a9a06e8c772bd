"""What lies behind the land on the map: roads, water, a picture, tiles of a server. No number depends on it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from landuse.errors import InputError, Problem, located
from landuse.geo.transform import route
from landuse.geo.web_tiles import TIANDITU, origin
from landuse.i18n import _

if TYPE_CHECKING:
    from pyproj import CRS

    from landuse.inputs.source_table import SourceTable

#: Environment variable with the key of the national map service; never part of a study file.
TIANDITU_KEY = "TIANDITU_KEY"
_TIANDITU = (
    "https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
#: Lines, rings and polygons; what else a layer holds is neither road nor water.
_DRAWN = (1, 2, 3)


@dataclass(frozen=True)
class Picture:
    """A georeferenced picture, ready for a page.

    Attributes
    ----------
    data : bytes
        The picture, an image file in Web Mercator.
    kind : str
        Its media type.
    west, south, east, north : float
        Its edges, in degrees.
    """

    data: bytes
    kind: str
    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Tiles:
    """Map tiles that the reader's browser fetches: the one thing that opens a map to a network.

    Attributes
    ----------
    addresses : tuple of str
        Templates with {z}, {x} and {y}, lowest first.
    gcj02 : bool
        Whether the server's plane is the shifted GCJ-02; then a copy of the data is shifted for display.
    keyed : bool
        Whether the addresses hold a personal key.
    """

    addresses: tuple[str, ...]
    gcj02: bool = False
    keyed: bool = False

    @property
    def origin(self) -> str:
        """Scheme, host and port that the page may fetch pictures from: this and no other."""
        return origin(self.addresses[0])

    @property
    def notices(self) -> tuple[str, ...]:
        """What whoever passes the map on has to know."""
        opened = _(
            "The map fetches its background from {origin}: that server learns which places a reader looks at.",
            origin=self.origin,
        )
        keyed = _("The key of the tile service is inside the map's file: whoever has the file has the key.")
        shifted = _("The tiles are in GCJ-02: the map shows a shifted copy of the data; figures and layers are not.")
        return (opened, *([keyed] if self.keyed else []), *([shifted] if self.gcj02 else []))


@dataclass(frozen=True)
class Background:
    """Everything behind the land; each is optional.

    Attributes
    ----------
    roads, water : GeoDataFrame or None
        Lines and polygons, in the working system.
    picture : Picture or None
        From a local GeoTIFF.
    tiles : Tiles or None
        From a server.
    """

    roads: gpd.GeoDataFrame | None = None
    water: gpd.GeoDataFrame | None = None
    picture: Picture | None = None
    tiles: Tiles | None = None


def as_background(raw: SourceTable, crs: CRS) -> gpd.GeoDataFrame:
    """Return the lines and polygons of a layer, part by part, in the working system.

    Raises
    ------
    InputError
        When there are none.
    """
    parts = shapely.get_parts(shapely.get_parts(raw.frame.geometry.to_numpy()))
    parts = shapely.force_2d(parts[np.isin(shapely.get_type_id(parts), _DRAWN) & ~shapely.is_empty(parts)])
    if not len(parts):
        what = _("neither lines nor polygons: nothing to draw behind the land")
        raise InputError(Problem(what, _("name a layer of roads or water, and check its filters"), raw.file, raw.layer))
    with located(raw.file, raw.layer):
        way = route(raw.frame.crs, crs)
    return gpd.GeoDataFrame(geometry=shapely.transform(parts, way.apply), crs=crs)


def as_tiles(address: str, file: str, *, gcj02: bool = False) -> Tiles:
    """Return the tiles a study asks for; the key of the national map service comes from the environment.

    Parameters
    ----------
    address : str
        "tianditu", or a template of the bureau's own service.
    file : str
        The study file, for messages.
    gcj02 : bool
        Whether the service shifts its plane.

    Raises
    ------
    InputError
        When the key is missing.
    """
    if address != TIANDITU:
        return Tiles((address,), gcj02)
    key = os.environ.get(TIANDITU_KEY, "")
    if not (key.isascii() and key.isalnum()):
        what = _('tiles = "tianditu", but {variable} holds no key', variable=TIANDITU_KEY)
        raise InputError(Problem(what, _("set the environment variable to your key, or remove tiles"), file))
    return Tiles(tuple(_TIANDITU.format(layer=layer, key=key) for layer in ("vec", "cva")), gcj02, keyed=True)
