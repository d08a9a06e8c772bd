from __future__ import annotations

import gzip
import struct

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from landuse.report.map.encode import hilbert_order, packed, pixels, shapes, varint, zigzag


def read_varints(block: bytes) -> list[int]:
    out, value, shift = [], 0, 0
    for octet in block:
        value |= (octet & 127) << shift
        shift += 7
        if octet < 128:
            out.append(value)
            value = shift = 0
    return out


def read(block: bytes) -> tuple[int, list[list[list[tuple[int, int]]]], list[int]]:
    """A decoder written from the format's description alone: zoom, rings of each feature, classes."""
    assert block[:4] == b"LUS1"
    zoom, features, rings, vertices, x0, y0, *sizes = struct.unpack_from("<11I", block, 4)
    parts, at = [], 48
    for size in sizes:
        parts.append(block[at : at + size])
        at += size
    assert at == len(block)
    counts, lengths, dx, dy = map(read_varints, parts[:4])
    assert (len(counts), len(lengths), len(dx), len(dy)) == (features, rings, vertices, vertices)
    sign = lambda z: -(z + 1) // 2 if z % 2 else z // 2  # noqa: E731
    xs, ys = np.cumsum([x0, *map(sign, dx)])[1:], np.cumsum([y0, *map(sign, dy)])[1:]
    points = iter(zip(xs.tolist(), ys.tolist(), strict=True))
    lengths_left = iter(lengths)
    out = [[[next(points) for _ in range(next(lengths_left))] for _ in range(n)] for n in counts]
    return zoom, out, list(parts[4])


def expected(polygons: np.ndarray, zoom: int) -> list[list[list[tuple[int, int]]]]:
    def ring(line: shapely.LinearRing) -> list[tuple[int, int]]:
        return list(map(tuple, pixels(shapely.get_coordinates(line)[:-1], zoom).tolist()))

    return [
        [ring(r) for r in shapely.get_rings(shapely.orient_polygons(shapely.get_parts(p)))] if p is not None else []
        for p in polygons
    ]


place = st.tuples(st.floats(-179, 178), st.floats(-80, 80))
size = st.floats(1e-6, 1.0)


@st.composite
def polygon(draw: st.DrawFn) -> shapely.Geometry | None:
    kind = draw(st.sampled_from(["box", "hole", "two", "empty", "none"]))
    (x, y), w = draw(place), draw(size)
    box = shapely.box(x, y, x + w, y + w)
    if kind == "hole":
        return box.difference(shapely.box(x + w / 4, y + w / 4, x + w / 2, y + w / 2))
    if kind == "two":
        return shapely.MultiPolygon([box, shapely.box(x + 2 * w, y, x + 3 * w, y + w)])
    return {"box": box, "empty": shapely.Polygon(), "none": None}[kind]


@given(st.lists(st.tuples(polygon(), st.integers(0, 255)), max_size=12), st.sampled_from([0, 10, 19, 22]))
@settings(deadline=None)
def test_bytes_round_trip(rows, zoom):
    polygons = np.array([p for p, _ in rows] + [None], dtype=object)[:-1]
    encoded = shapes(polygons, np.array([c for _, c in rows], dtype=np.uint8), zoom)
    assert read(encoded.as_bytes()) == (zoom, expected(polygons, zoom), [c for _, c in rows])


@given(st.lists(st.tuples(polygon(), st.integers(0, 255)), max_size=8))
@settings(deadline=None)
def test_json_says_the_same_as_bytes(rows):
    polygons = np.array([p for p, _ in rows] + [None], dtype=object)[:-1]
    encoded = shapes(polygons, np.array([c for _, c in rows], dtype=np.uint8), 19)
    data = encoded.as_json()
    assert np.cumsum([data["x0"], *data["dx"]])[1:].tolist() == encoded.x.tolist()
    assert np.cumsum([data["y0"], *data["dy"]])[1:].tolist() == encoded.y.tolist()
    assert [len(f) for f in read(encoded.as_bytes())[1]] == data["rings"]


@given(st.lists(st.integers(-(2**33), 2**33)))
def test_varints_of_zigzags_round_trip(values):
    block = varint(zigzag(np.array(values, dtype=np.int64)))
    assert [-(z + 1) // 2 if z % 2 else z // 2 for z in read_varints(block)] == values


def test_chunks_join_without_a_seam(monkeypatch):
    polygons = np.array([shapely.box(120 + k / 100, 30, 120 + k / 100 + 0.005, 30.01) for k in range(23)], dtype=object)
    classes = np.arange(23, dtype=np.uint8)
    whole = shapes(polygons, classes, 19).as_bytes()
    monkeypatch.setattr("landuse.report.map.encode.FEATURES_AT_ONCE", 5)
    monkeypatch.setattr("landuse.report.map.encode.VALUES_AT_ONCE", 7)
    assert shapes(polygons, classes, 19).as_bytes() == whole


def test_pixels_are_where_leaflet_puts_them():
    # Leaflet 1.9.3: L.CRS.EPSG3857.latLngToPoint([30.25, 120.16], 19), rounded
    assert pixels(np.array([[120.16, 30.25], [0.0, 0.0]]), 19).tolist() == [[111907759, 55267146], [67108864, 67108864]]


def test_hilbert_order_is_a_permutation_that_keeps_neighbours_together():
    polygons = np.array([shapely.box(x, y, x + 0.5, y + 0.5) for x in range(16) for y in range(16)], dtype=object)
    order = hilbert_order(polygons)
    assert sorted(order) == list(range(256))
    steps = shapely.distance(shapely.centroid(polygons[order][1:]), shapely.centroid(polygons[order][:-1]))
    assert steps.max() < 4
    assert hilbert_order(polygons[:0]).tolist() == []


def unpacked(text: str) -> bytes:
    """A decoder written from the format's description alone."""
    digits = [(ord("<") if sign == "!" else ord(sign)) - ord("(") for sign in text]
    groups = [digits[k : k + 5] for k in range(1, len(digits), 5)]
    numbers = [sum(d * 85 ** (4 - j) for j, d in enumerate(group)) for group in groups]
    return b"".join(n.to_bytes(4, "big") for n in numbers)[: len(numbers) * 4 - digits[0]]


@given(st.binary())
def test_packed_round_trip(data):
    assert unpacked(packed(data, compress=False)) == data
    assert gzip.decompress(unpacked(packed(data))) == data


def test_packed_carries_no_time_and_cannot_end_its_element():
    assert packed(b"land" * 99) == packed(b"land" * 99)
    every = packed(np.arange(2**16, dtype=">u2").tobytes(), compress=False)
    assert "<" not in every
    assert "!" in every


def lines() -> np.ndarray:
    return np.array(
        [
            shapely.LineString([(120, 30), (120.1, 30), (120.1, 30.1)]),
            shapely.box(120, 30, 120.2, 30.2),
            shapely.MultiLineString([[(120, 30), (120.3, 30.3)], [(121, 31), (121.1, 31.1), (121, 31)]]),
        ],
        dtype=object,
    )


def test_lines_keep_every_vertex_and_their_place_among_polygons():
    encoded = shapes(lines(), np.array([1, 0, 1], dtype=np.uint8), 19)
    _, found, _ = read(encoded.as_bytes())
    assert [[len(ring) for ring in feature] for feature in found] == [[3], [4], [2, 3]]
    first = pixels(np.array([(120, 30), (120.1, 30), (120.1, 30.1)]), 19)
    assert found[0][0] == list(map(tuple, first.tolist()))
