"""Which rings are shells and which are holes: by what lies within what, whatever the winding or the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    from landuse.geo.arrays import Bools, Geometries, Ints


@dataclass(frozen=True)
class Rings:
    """The rings of some polygons, and how those of one polygon lie to each other.

    Attributes
    ----------
    line : array of linear rings, shape (r,)
        As drawn.
    faces : array of polygons, shape (r,)
        What each ring encloses, valid.
    row, part : array of int, shape (r,)
        The polygon and the part of it that each ring belongs to.
    hole : array of bool, shape (r,)
        Which are given as holes.
    inner, outer : array of int, shape (p,)
        Every pair of rings of one polygon of which the first lies within the second.
    edge : array of bool, shape (p,)
        Which of these pairs share a line: an inner ring that is no hole, but an overlap.
    crossing : array of bool, shape (r,)
        Rings that cross another, or equal it.
    """

    line: Geometries
    faces: Geometries
    row: Ints
    part: Ints
    hole: Bools
    inner: Ints
    outer: Ints
    edge: Bools
    crossing: Bools

    @classmethod
    def of(cls, polygons: Geometries) -> Rings:
        """Return the rings of polygons; those that enclose nothing are left out."""
        parts, owner = shapely.get_parts(polygons, return_index=True)
        line, part = shapely.get_rings(parts, return_index=True)
        faces = np.asarray(shapely.polygons(line), dtype=object)
        bad = ~shapely.is_valid(faces)
        faces[bad] = shapely.make_valid(faces[bad], method="structure", keep_collapsed=False)
        hole = np.diff(part, prepend=-1) == 0
        some = shapely.area(faces) > 0
        line, faces, part, hole = line[some], faces[some], part[some], hole[some]
        row = owner[part]
        a, b = _pairs(faces, row)
        how = np.array(shapely.relate(faces[a], faces[b]), dtype="U9").reshape(-1, 1).view("U1").reshape(-1, 9)
        meet = how[:, 0] == "2"
        a, b, how = a[meet], b[meet], how[meet]
        a_in_b, b_in_a, edge = how[:, 2] == "F", how[:, 6] == "F", how[:, 4] == "1"
        crossing = np.zeros(len(faces), dtype=bool)
        odd = a_in_b == b_in_a
        crossing[a[odd]] = crossing[b[odd]] = True
        first, second = a_in_b & ~odd, b_in_a & ~odd
        inner, outer = np.r_[a[first], b[second]], np.r_[b[first], a[second]]
        return cls(line, faces, row, part, hole, inner, outer, np.r_[edge[first], edge[second]], crossing)

    def own(self, row: int) -> Rings:
        """Return the rings of one polygon alone."""
        a, b = np.searchsorted(self.row, [row, row + 1])
        some = (self.inner >= a) & (self.inner < b)
        return Rings(
            self.line[a:b],
            self.faces[a:b],
            self.row[a:b],
            self.part[a:b],
            self.hole[a:b],
            self.inner[some] - a,
            self.outer[some] - a,
            self.edge[some],
            self.crossing[a:b],
        )

    @property
    def depth(self) -> Ints:
        """How many rings each lies within."""
        return np.bincount(self.inner, minlength=len(self.faces))

    @property
    def astray(self) -> Bools:
        """Which rings are holes not within their own shell, or shells within an odd number of rings."""
        own = self.hole[self.inner] & ~self.hole[self.outer] & (self.part[self.inner] == self.part[self.outer])
        held = np.bincount(self.inner[own], minlength=len(self.faces)) > 0
        return np.where(self.hole, ~held, self.depth % 2 == 1)


def _pairs(faces: Geometries, row: Ints) -> tuple[Ints, Ints]:
    """Return every pair of one row whose boxes meet; the rows are set side by side, for they may overlap."""
    x0, y0, x1, y1 = shapely.bounds(faces).T
    aside = row * (np.ptp([x0, x1]) + 1) if len(row) else x0
    boxes = shapely.box(x0 + aside, y0, x1 + aside, y1)
    a, b = shapely.STRtree(boxes).query(boxes)
    pair = (a < b) & (row[a] == row[b])
    return a[pair], b[pair]


def by_containment(polygons: Geometries, *, roles_known: bool = True) -> tuple[Geometries, Bools]:
    """Decide anew what is shell and what is hole in polygons whose rings contradict what they are given as.

    A ring within an even number of the others is a shell, within an odd number a hole: land with a lake with an island
    in it, in whatever order and winding the rings come.

    Parameters
    ----------
    polygons : array of polygons and multipolygons, shape (n,)
        Those in doubt: invalid ones.
    roles_known : bool
        Whether the format says which ring is a hole. Then only what cannot be meant is decided anew: a hole outside its
        shell, a part within another part; a hole within a hole is left to repair. Where the format says it by the
        winding alone (shapefile, FileGDB), every ring is decided by containment.

    Returns
    -------
    polygons : array of polygons, shape (n,)
        Rings that cross or equal each other are left to repair; where only the winding says what these are, those wound
        like the largest add land and the others take it away.
    decided : array of bool, shape (n,)
        Which were decided by containment alone.

    Examples
    --------
    Two rings wound alike, the small one within the large one, read as two parts:

    >>> nested = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), shapely.box(2, 2, 8, 8)])
    >>> again, decided = by_containment(np.array([nested]))
    >>> again[0].area, decided.tolist()
    (64.0, [True])
    """
    out = polygons.copy()
    rings = Rings.of(polygons)

    def has(flags: Bools, rows: Ints = rings.row) -> Bools:
        return np.bincount(rows[flags], minlength=len(polygons)) > 0

    doubt, unclear = has(rings.astray), has(rings.crossing)
    if roles_known:
        unclear |= has(rings.edge, rings.row[rings.inner])
    else:
        doubt |= has((rings.depth % 2 == 1) != rings.hole)
        for k in np.flatnonzero(unclear).tolist():
            out[k] = _by_winding(rings.own(k))
    decided = doubt & ~unclear
    for k in np.flatnonzero(decided).tolist():
        out[k] = _nested(rings.own(k))
    return out, decided


def wound_oddly(polygons: Geometries) -> Bools:
    """Return which polygons of several rings have shells wound counter-clockwise, or holes clockwise: not by the book.

    The book is that of shapefiles and FileGDB, in which the winding alone says what a ring is.
    """
    out = np.zeros(len(polygons), dtype=bool)
    parts, owner = shapely.get_parts(polygons, return_index=True)
    several = (shapely.get_num_interior_rings(parts) > 0) | (np.bincount(owner, minlength=len(out))[owner] > 1)
    rings, part = shapely.get_rings(parts[several], return_index=True)
    hole = np.diff(part, prepend=-1) == 0
    out[owner[several][part[shapely.is_ccw(rings) != hole]]] = True
    return out


def _nested(rings: Rings) -> shapely.Geometry:
    """Return the polygon whose rings are these: each hole is of the innermost shell around it."""
    depth = rings.depth
    holes: list[list[shapely.LinearRing]] = [[] for _ring in rings.line]
    direct = depth[rings.outer] == depth[rings.inner] - 1
    for inner, outer in zip(rings.inner[direct].tolist(), rings.outer[direct].tolist(), strict=True):
        holes[outer].append(rings.line[inner])
    parts = [shapely.Polygon(rings.line[k], holes[k]) for k in np.flatnonzero(depth % 2 == 0).tolist()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _by_winding(rings: Rings) -> shapely.Geometry:
    """Return the land that more rings add than take away: those that cross by their winding, the others by depth."""
    turn = shapely.is_ccw(rings.line)
    like = turn == turn[np.argmax(shapely.area(rings.faces))]
    adds = np.where(rings.crossing, like, rings.depth % 2 == 0)
    cells = shapely.get_parts(shapely.polygonize([shapely.union_all(rings.line)]))
    point = shapely.point_on_surface(cells)
    within = shapely.contains_xy(rings.faces[:, None], shapely.get_x(point), shapely.get_y(point))
    return shapely.union_all(cells[np.where(adds[:, None], within, -1 * within).sum(axis=0) > 0])


LINES = (1, 2, 5)
#: A line closes when its ends lie this near each other, as a share of its length: a millimetre in a kilometre.
CLOSED = 1e-6


@dataclass(frozen=True)
class Outlines:
    """Rows of lines, read as what they enclose.

    Attributes
    ----------
    geometry : array of geometries, shape (n,)
        Rows of lines that close are multipolygons, a part a line; whether one within another is a hole is left to
        `landuse.geo.rings`. Lines that enclose nothing stay beside them, or alone.
    closed, left : array of int
        Positions of rows with lines that close, and with lines that do not.
    """

    geometry: Geometries
    closed: Ints
    left: Ints


def outlines(geometry: Geometries) -> Outlines:
    """Return what lines enclose, row by row: closed lines, and lines that together form closed ones.

    Parameters
    ----------
    geometry : array of geometries, shape (n,)
        Rows that hold anything but lines are left alone.

    Examples
    --------
    >>> ring = shapely.LineString([(0, 0), (4, 0), (4, 4), (0, 4), (0, 0)])
    >>> halves = shapely.MultiLineString([[(0, 0), (4, 0), (4, 4)], [(0, 0), (0, 4), (4, 4)]])
    >>> way = shapely.LineString([(0, 0), (9, 9)])
    >>> found = outlines(np.array([ring, halves, way]))
    >>> shapely.area(found.geometry).tolist(), found.closed.tolist(), found.left.tolist()
    ([16.0, 16.0, 0.0], [0, 1], [2])
    """
    out, closed, left = geometry.copy(), [], []
    drawn = np.isin(shapely.get_type_id(geometry), LINES) & ~shapely.is_empty(geometry)
    for k in np.flatnonzero(drawn).tolist():
        polygons, rest = _enclosed(shapely.force_2d(geometry[k]))
        if polygons:
            closed.append(k)
            whole = shapely.MultiPolygon(polygons)
            out[k] = shapely.GeometryCollection([whole, *rest]) if rest else whole
        if rest:
            left.append(k)
    return Outlines(out, np.array(closed, dtype=np.int64), np.array(left, dtype=np.int64))


def _enclosed(lines: shapely.Geometry) -> tuple[list[shapely.Polygon], list[shapely.Geometry]]:
    """Return what lines enclose, a polygon a ring, and the lines that enclose nothing."""
    polygons, rest = _rings(shapely.get_parts(lines))
    joined, rest = _rings(shapely.get_parts(shapely.line_merge(shapely.MultiLineString(rest)))) if rest else ([], [])
    polygons += joined
    if not rest:
        return polygons, []
    faces, *others = shapely.polygonize_full(rest)  # borders that several outlines share
    polygons += shapely.get_parts(shapely.union_all(shapely.get_parts(faces))).tolist()
    return polygons, [line for kind in others for line in shapely.get_parts(kind)]


def _rings(lines: Iterable[shapely.LineString]) -> tuple[list[shapely.Polygon], list[shapely.LineString]]:
    """Return the polygons of the lines that close, and the others."""
    polygons, rest = [], []
    for line in lines:
        xy = shapely.get_coordinates(line)
        if len(xy) > 3 and np.hypot(*(xy[0] - xy[-1])) <= CLOSED * line.length:
            polygons.append(shapely.Polygon([*xy[:-1], xy[0]]))
        else:
            rest.append(line)
    return polygons, rest
