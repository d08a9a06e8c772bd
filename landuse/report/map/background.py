"""What lies behind the land, as the page needs it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from landuse.geo.gcj02 import to_gcj02
from landuse.report.map.data_blocks import Block

if TYPE_CHECKING:
    from landuse.inputs.background import Background, Picture


def behind_data(background: Background) -> dict[str, Any]:
    """Return where picture and tiles are, and what the tiles open up.

    Returns
    -------
    dict
        picture: corners (south-west, north-east, latitude first) and media type, or None; tiles: addresses, origin and
        notices, or None; gcj02: whether everything on the map is shifted.
    """
    picture, tiles = background.picture, background.tiles
    shift = tiles is not None and tiles.gcj02
    return {
        "picture": None if picture is None else {"kind": picture.kind, "corners": _corners(picture, shift=shift)},
        "tiles": None
        if tiles is None
        else {"addresses": list(tiles.addresses), "origin": tiles.origin, "notices": list(tiles.notices)},
        "gcj02": shift,
    }


def _corners(picture: Picture, *, shift: bool) -> list[list[float]]:
    corners = [(picture.west, picture.south), (picture.east, picture.north)]
    if shift:
        corners = [tuple(map(float, to_gcj02(*at))) for at in corners]  # type: ignore[misc]
    return [[round(lat, 7), round(lon, 7)] for lon, lat in corners]


def picture_block(picture: Picture) -> Block:
    """Return the picture as a block of the page."""
    return Block("landuse-picture", base64.b64encode(picture.data).decode(), "text/plain")
