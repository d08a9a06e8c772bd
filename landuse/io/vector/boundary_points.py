"""Lists of boundary points (勘测定界界址点坐标交换格式, .txt): plots as rings of points, as surveyors hand them in.

A head in [属性描述] states the system; in [地块坐标] each plot has a line of what it is, and its points below: point,
ring, x to the north, y to the east.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

import shapely
from pyproj import CRS

from landuse.errors import InputError, Problem
from landuse.i18n import _
from landuse.io.source import Source
from landuse.io.tables.text_files import decode_text
from landuse.io.vector.features import Features

if TYPE_CHECKING:
    from landuse.io.source import Place

#: What the line of a plot says, in its order, before the mark @ that ends it.
COLUMNS = ("界址点数", "地块面积", "地块编号", "地块名称", "图形属性", "图幅号", "地块用途", "地类编码")
CGCS2000 = re.compile(r"2000|CGCS", re.IGNORECASE)
#: Width of a zone [degrees] to its first zone, and the EPSG codes of that zone: eastings with its number, and without.
ZONES = {3: (25, 4513, 4534, 45), 6: (13, 4491, 4502, 23)}
#: An easting above it begins with the number of its zone.
NUMBERED_M = 1_000_000


def open_boundary_points(place: Place) -> Source:
    """Open a list of boundary points.

    Raises
    ------
    InputError
        When it is none, is in another unit than metres, or a plot has another number of points than it says.
    """
    head, lines = _sections(decode_text(place.path.read_bytes(), place.shown))
    if (unit := head.get("计量单位", "米")) not in ("米", "m", "M"):
        what = _("its coordinates are in {unit}, not in metres", unit=unit)
        raise InputError(Problem(what, _("export it again in metres")))
    features = Features()
    short: dict[str, str] = {}
    eastings: list[float] = []
    for number, (what_it_is, points) in enumerate(_plots(lines), 1):
        properties = dict(zip(COLUMNS, what_it_is, strict=False))
        rings: dict[str, list[list[float]]] = {}
        for ring, north, east in points:
            rings.setdefault(ring, []).append([east, north])
            eastings.append(east)
        if not len(points) - len(rings) <= _count(what_it_is[0]) <= len(points) + len(rings):
            short[str(number)] = f"{what_it_is[0]}, {len(points)}"
        features.add({"type": "Feature", "properties": properties, "geometry": _polygons(list(rings.values()))})
    if short:
        what = _(
            "plots of another number of points than they say: {examples}", examples="; ".join([*short.values()][:3])
        )
        raise InputError(Problem(what, _("copy the whole file again"), rows=tuple(short)))
    features.finish()
    crs = _system(head, numbered=max(eastings, default=0.0) > NUMBERED_M)
    return Source(tuple(features.columns), crs, partial(features.content))


def _sections(text: str) -> tuple[dict[str, str], list[tuple[int, str]]]:
    """Return what the head states, and the lines of points with their numbers."""
    head: dict[str, str] = {}
    lines: list[tuple[int, str]] = []
    section = ""
    for number, line in enumerate(text.splitlines(), 1):
        plain = line.strip()
        if plain.startswith("[") and plain.endswith("]"):
            section = plain[1:-1]
        elif section == "属性描述" and "=" in plain:
            key, _mark, value = plain.partition("=")
            head[key.strip()] = value.strip()
        elif section == "地块坐标" and plain:
            lines.append((number, plain.replace("，", ",")))
    if not lines:
        what = _("no list of boundary points ([属性描述], [地块坐标])")
        raise InputError(Problem(what, _("give a list of boundary points, or the layer as GeoPackage")))
    return head, lines


def _plots(lines: list[tuple[int, str]]) -> list[tuple[list[str], list[tuple[str, float, float]]]]:
    """Return of each plot what its line says, and its points: ring, north, east."""
    plots: list[tuple[list[str], list[tuple[str, float, float]]]] = []
    for number, line in lines:
        cells = [cell.strip() for cell in line.split(",")]
        if cells[-1] == "@":
            plots.append((cells[:-1], []))
            continue
        try:
            _point, ring, north, east = cells[:4]
            plots[-1][1].append((ring, float(north), float(east)))
        except (ValueError, IndexError):
            what = _("line {n} is neither a plot nor a point: {line}", n=number, line=line[:60])
            raise InputError(Problem(what, _("mend the line: point, ring, x (north), y (east)"))) from None
    return plots


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else -1


def _polygons(rings: list[list[list[float]]]) -> dict[str, Any]:
    """Return rings as polygons: one within another is its hole, the others are parts of their own."""
    closed = [ring if ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings]
    areas = [shapely.Polygon(ring) if len(ring) > 3 else shapely.Polygon() for ring in closed]
    if not all(area.is_valid and area.area for area in areas):  # nothing to go by but the standard: the first is outer
        return {"type": "MultiPolygon", "coordinates": [closed]}
    order = sorted(range(len(closed)), key=lambda k: -areas[k].area)
    parts: dict[int, list[Any]] = {}
    for place, k in enumerate(order):
        around = [j for j in order[:place] if areas[j].contains(areas[k].representative_point())]
        if len(around) % 2:
            parts[next(j for j in reversed(around) if j in parts)].append(closed[k])
        else:
            parts[k] = [closed[k]]
    return {"type": "MultiPolygon", "coordinates": list(parts.values())}


def _system(head: dict[str, str], *, numbered: bool) -> CRS | None:
    """Return the system the head states; None where it is another than CGCS2000 in Gauss-Krueger zones."""
    zone = re.search(r"\d+", head.get("带号", ""))
    width = re.search(r"\d+", head.get("几度分带", ""))
    shifted = re.search(r"[1-9]", head.get("转换参数", "")) is not None
    if not (zone and width and CGCS2000.search(head.get("坐标系", ""))) or shifted:
        return None
    first, with_number, without, last = ZONES.get(int(width[0]), (1, 0, 0, 0))
    if not first <= int(zone[0]) <= last:
        return None
    return CRS.from_epsg((with_number if numbered else without) + int(zone[0]) - first)
