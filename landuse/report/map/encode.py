r"""Shapes as a browser gets them: whole Web Mercator pixels, small differences, few bytes.

A feature is a sequence of rings: shells counterclockwise and holes clockwise, of all its parts; what is inside is
decided by the even-odd rule. A ring is a sequence of vertices without the closing one. A line is kept like a ring, all
its vertices given; the style of its class says that it is not closed. Vertices are pixels of the Web
Mercator plane at `zoom`, 256 · 2^zoom across, x east and y south: 0.26 m at zoom 19 in Hangzhou, 0.03 m at 22. All
features' rings follow each other, and so do all rings' vertices; x and y are kept as the difference from the vertex
before, whatever ring it is in, the first from (x0, y0). Features sorted along a Hilbert curve make these differences
small and boxes of neighbours tight.

Few features travel as JSON::

    {"zoom": 22, "x0": …, "y0": …, "rings": [rings of each feature], "vertices": [vertices of each ring],
     "dx": […], "dy": […], "classes": [class of each feature]}

Many travel as bytes, little-endian, compressed with gzip and written in base 85:

====== ======== ==================================================================
offset type     meaning
====== ======== ==================================================================
0      4 bytes  ``LUS1``
4      uint32   zoom
8      uint32   features
12     uint32   rings
16     uint32   vertices
20     uint32   x0
24     uint32   y0
28     uint32×5 bytes in each of the five blocks that follow
48     block 1  rings of each feature, varint
…      block 2  vertices of each ring, varint
…      block 3  differences in x, zigzag varint
…      block 4  differences in y, zigzag varint
…      block 5  class of each feature, one byte
====== ======== ==================================================================

Varint: seven bits a byte, lowest first, the high bit says that more follow (at most five bytes). Zigzag: 0, -1, 1, -2 …
become 0, 1, 2, 3 …, so that small differences of either sign take one byte.

Base 85: four bytes are a number, highest first; its five digits to the base of 85, highest first, are the signs from
``(`` on, with ``!`` in place of ``<``, so that no text ends its element. The first sign of all says how many bytes at
the end only fill the last number up.
"""

from __future__ import annotations

import gzip
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.geo.arrays import Floats, Ints

MAGIC = b"LUS1"
#: Sign of the digit 0 in base 85.
FIRST_SIGN = ord("(")
#: Rows worked on at a time: whole-array temporaries cost more than they save.
FEATURES_AT_ONCE = 20_000
VALUES_AT_ONCE = 1_000_000


@dataclass(frozen=True)
class Shapes:
    """Polygons in whole pixels.

    Attributes
    ----------
    zoom : int
        Of the pixels.
    rings : array of int, shape (features,)
        Rings of each feature.
    vertices : array of int, shape (rings,)
        Vertices of each ring.
    x, y : array of int, shape (vertices,)
        Pixels.
    classes : array of uint8, shape (features,)
        What each feature is drawn as.
    """

    zoom: int
    rings: Ints
    vertices: Ints
    x: Ints
    y: Ints
    classes: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.rings)

    @property
    def origin(self) -> tuple[int, int]:
        """Where the differences start."""
        return (int(self.x.min()), int(self.y.min())) if len(self.x) else (0, 0)

    def as_json(self) -> dict[str, Any]:
        """Return the shapes as numbers for JSON."""
        x0, y0 = self.origin
        return {
            "zoom": self.zoom,
            "x0": x0,
            "y0": y0,
            "rings": self.rings.tolist(),
            "vertices": self.vertices.tolist(),
            "dx": np.diff(self.x, prepend=x0).tolist(),
            "dy": np.diff(self.y, prepend=y0).tolist(),
            "classes": self.classes.tolist(),
        }

    def as_bytes(self) -> bytes:
        """Return the shapes in the binary format."""
        x0, y0 = self.origin
        blocks = (
            varint(self.rings),
            varint(self.vertices),
            varint(zigzag(np.diff(self.x, prepend=x0))),
            varint(zigzag(np.diff(self.y, prepend=y0))),
            self.classes.tobytes(),
        )
        numbers = (self.zoom, len(self.rings), len(self.vertices), len(self.x), x0, y0, *map(len, blocks))
        return b"".join((MAGIC, struct.pack("<11I", *numbers), *blocks))


def shapes(polygons: NDArray[np.object_], classes: NDArray[np.uint8], zoom: int) -> Shapes:
    """Return polygons, or lines, in whole pixels.

    Parameters
    ----------
    polygons : array of polygons, lines, or several of one kind together, shape (n,)
        In degrees, longitude first. An empty or missing one becomes a feature without rings.
    classes : array of uint8, shape (n,)
        What each is drawn as.
    zoom : int
        0-22.

    Returns
    -------
    Shapes
        In the order of `polygons`.
    """
    chunks = [
        _chunk(polygons[k : k + FEATURES_AT_ONCE], zoom) for k in range(0, max(len(polygons), 1), FEATURES_AT_ONCE)
    ]
    rings, vertices, x, y = (np.concatenate(column) for column in zip(*chunks, strict=True))
    return Shapes(zoom, rings, vertices, x, y, np.asarray(classes, dtype=np.uint8))


def _chunk(polygons: NDArray[np.object_], zoom: int) -> tuple[Ints, Ints, Ints, Ints]:
    parts, feature = shapely.get_parts(polygons, return_index=True)
    line = shapely.get_dimensions(parts) == 1
    # shells one way, holes the other, so that a sum over all rings is the area
    rings, part = shapely.get_rings(shapely.orient_polygons(parts[~line]), return_index=True)
    part = np.concatenate([np.flatnonzero(~line)[part], np.flatnonzero(line)])
    order = np.argsort(part, kind="stable")
    part, rings = part[order], np.concatenate([rings, parts[line]])[order]
    given = shapely.get_num_coordinates(rings).astype(np.int64)
    xy = pixels(shapely.get_coordinates(rings), zoom)
    keep = np.ones(len(xy), dtype=bool)
    closed = ~line[part]
    keep[np.cumsum(given)[closed] - 1] = False
    return np.bincount(feature[part], minlength=len(polygons)), given - closed, xy[keep, 0], xy[keep, 1]


def pixels(degrees: Floats, zoom: int) -> Ints:
    """Return the nearest Web Mercator pixels of longitudes and latitudes, shape (n, 2)."""
    across = 256 * 2.0**zoom
    sine = np.sin(np.radians(degrees[:, 1]))
    x = (degrees[:, 0] / 360 + 0.5) * across
    y = (0.5 - np.arctanh(sine) / (2 * np.pi)) * across
    return np.rint(np.column_stack([x, y])).astype(np.int64)


def hilbert_order(polygons: NDArray[np.object_]) -> Ints:
    """Return the order along a Hilbert curve through the polygons' boxes; ties keep their order."""
    if not len(polygons):
        return np.empty(0, dtype=np.int64)
    distance = gpd.GeoSeries(polygons).hilbert_distance().to_numpy()
    return np.asarray(np.argsort(distance, kind="stable"), dtype=np.int64)


def zigzag(values: Ints) -> Ints:
    """Return signed numbers as unsigned ones, small for small.

    Examples
    --------
    >>> zigzag(np.array([0, -1, 1, -2])).tolist()
    [0, 1, 2, 3]
    """
    return np.asarray((values << 1) ^ (values >> 63), dtype=np.int64)


def varint(values: Ints) -> bytes:
    """Return unsigned numbers below 2^35, seven bits a byte, lowest first.

    Examples
    --------
    >>> varint(np.array([1, 300])).hex(" ")
    '01 ac 02'
    """
    return b"".join(_varint(values[k : k + VALUES_AT_ONCE]) for k in range(0, len(values), VALUES_AT_ONCE))


def _varint(values: Ints) -> bytes:
    shifted = values[:, None] >> np.arange(0, 35, 7)
    used = np.maximum((shifted > 0).sum(axis=1), 1)
    place = np.arange(5)
    more = place < used[:, None] - 1
    octets = (shifted & 0x7F | more << 7).astype(np.uint8)
    return bytes(octets[place < used[:, None]])


def packed(data: bytes, *, compress: bool = True) -> str:
    r"""Return bytes as text for a page: base 85, by default of the gzip-compressed bytes (without a time stamp).

    A quarter more than the bytes, where base64 takes a third more: three megabytes on a map of a million plots.

    Examples
    --------
    >>> packed(b"\x00\x00\x00\x01\xff", compress=False)
    '+(((()yyC+('
    """
    data = gzip.compress(data, 6, mtime=0) if compress else data
    spare = -len(data) % 4
    groups = np.frombuffer(data + bytes(spare), dtype=">u4").astype(np.int64)
    text = np.empty((len(groups), 5), dtype=np.uint8)
    for k in range(4, -1, -1):
        groups, digit = np.divmod(groups, 85)
        text[:, k] = digit + FIRST_SIGN
    text[text == ord("<")] = ord("!")
    return chr(FIRST_SIGN + spare) + text.tobytes().decode("ascii")
