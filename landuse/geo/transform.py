"""From one coordinate system to another: a city's own plane and its parameters, and the operation that was chosen.

Every step that is inferred is either refused or recorded; PROJ's silent "ballpark" transformations are never used
between datums that differ by more than a few metres.

Parameters of a bureau are controlled: they come from the study file, are never guessed, and a check point proves that
they are meant as this program takes them.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation
from pyproj.transformer import TransformerGroup

from landuse.errors import InputError, Problem, refuse_if
from landuse.geo import gcj02
from landuse.geo.crs import (
    CGCS2000,
    EXAMPLE,
    WEB_SYSTEMS,
    WGS84,
    datum_problems,
    is_modern,
    label,
    parse,
    place_problems,
    plain,
    projection,
    unit_factor,
)
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pyproj import Transformer

    from landuse.geo.arrays import Floats, Points

#: A datum shift has three numbers, or seven.
SHIFT_PARAMETERS = (3, 7)
#: The check point of a plane may miss by this much [m]: parameters are rounded.
CHECK_M = 0.1
_METHOD = "Similarity transformation"
_EAST, _NORTH, _SCALE, _TURN = (
    "Ordinate 1 of evaluation point in target CRS",
    "Ordinate 2 of evaluation point in target CRS",
    "Scale factor for source CRS axes",
    "Rotation angle of source CRS axes",
)
_SECOND = np.pi / 180 / 3600


@dataclass(frozen=True)
class Plane:
    """A city's independent plane, and the four parameters (四参数) that lead to a national one.

    E = east_m + k (e cos r + n sin r), N = north_m + k (n cos r - e sin r), with e, n in the city's plane, E, N in
    the base system, k = 1 + scale_ppm / 1e6 and r = rotation_s. (The similarity transformation of EPSG 9621.)

    Attributes
    ----------
    base : pyproj.CRS
        The national system, projected, in metres.
    east_m, north_m : float
        Where the city's origin lies in the base system [m].
    rotation_s : float
        Angle r [arc-seconds].
    scale_ppm : float
        Deviation of the scale from 1 [parts per million].
    """

    base: CRS
    east_m: float
    north_m: float
    rotation_s: float = 0.0
    scale_ppm: float = 0.0

    def to_base(self, xy: Floats) -> Floats:
        """Return coordinates, shape (n, 2), east first, in the base system.

        Examples
        --------
        >>> Plane(CRS(4549), 400_000.0, 3_300_000.0).to_base(np.array([[120_212.0, 47_402.0]])).tolist()
        [[520212.0, 3347402.0]]
        """
        scale, turn = 1 + self.scale_ppm * 1e-6, self.rotation_s * _SECOND
        a, b = scale * np.cos(turn), scale * np.sin(turn)
        e, n = xy.T
        return np.column_stack([self.east_m + a * e + b * n, self.north_m + a * n - b * e])

    def problems(self, check: Sequence[float]) -> list[Problem]:
        """Return a refusal when the parameters miss a known point (e, n, E, N): conventions of sign differ."""
        got = self.to_base(np.array([check[:2]]))[0]
        miss = float(np.hypot(*(got - check[2:])))
        if miss <= CHECK_M:
            return []
        turned = Plane(self.base, self.east_m, self.north_m, -self.rotation_s, self.scale_ppm)
        other = float(np.hypot(*(turned.to_base(np.array([check[:2]]))[0] - check[2:])))
        fix = (
            _("turn the sign of rotation_s: with the other one the point fits")
            if other <= CHECK_M
            else _("check the parameters: they lead from the city's plane to {base}", base=label(self.base))
        )
        return [Problem(_("the parameters of the plane miss the check point by {metres:.3g} m", metres=miss), fix)]

    @property
    def crs(self) -> CRS:
        """The plane as a coordinate system that carries its parameters (a derived projected system of WKT 2)."""
        base = self.base.to_json_dict()
        parameters = {
            _EAST: (self.east_m, "metre"),
            _NORTH: (self.north_m, "metre"),
            _SCALE: (1 + self.scale_ppm * 1e-6, "unity"),
            _TURN: (self.rotation_s, {"type": "AngularUnit", "name": "arc-second", "conversion_factor": _SECOND}),
        }
        return CRS.from_json_dict(
            {
                "type": "DerivedProjectedCRS",
                "name": f"local plane ({label(self.base)})",
                "base_crs": base,
                "conversion": {
                    "name": "four parameters, from the plane to its base",
                    "method": {"name": _METHOD},
                    "parameters": [{"name": k, "value": v, "unit": u} for k, (v, u) in parameters.items()],
                },
                "coordinate_system": {
                    "subtype": "Cartesian",
                    "axis": [
                        {"name": "Easting", "abbreviation": "E", "direction": "east", "unit": "metre"},
                        {"name": "Northing", "abbreviation": "N", "direction": "north", "unit": "metre"},
                    ],
                },
            }
        )

    @staticmethod
    def of(crs: CRS) -> Plane | None:
        """Return the plane that a system carries, or None when it carries none."""
        if crs.source_crs is None or _method(crs) != _METHOD:
            return None
        p = projection(crs)
        return Plane(crs.source_crs, p[_EAST], p[_NORTH], p[_TURN] / _SECOND, (p[_SCALE] - 1) * 1e6)


def bind(crs: CRS, towgs84: Sequence[float]) -> CRS:
    """Bind the user's datum shift to a system.

    Parameters
    ----------
    crs : pyproj.CRS
        On Beijing 54, Xian 80 or another regional datum.
    towgs84 : sequence of float
        Shift dx, dy, dz [m], or those and rx, ry, rz [arc-seconds], s [ppm] (position vector rotation, as in PROJ),
        from the system's datum to WGS 84 or CGCS2000.

    Examples
    --------
    >>> bind(CRS(2385), (100.0, 50.0, 20.0)).is_bound
    True
    """
    numbers = [*towgs84, *[0.0] * (max(SHIFT_PARAMETERS) - len(towgs84))]
    geodetic = plain(crs).geodetic_crs
    if geodetic is None:
        raise InputError(
            Problem(_("{crs} has no datum to shift", crs=label(crs)), _("give towgs84 with a projected system"))
        )
    return BoundCRS(plain(crs), WGS84, ToWGS84Transformation(geodetic, *numbers))


def reconcile(stated: CRS, own: CRS | None) -> CRS | None:
    """Return the system of a layer of which the study states one and the file another (or none); None: they disagree.

    The file's own always holds, but for what a file cannot say: a datum shift for the same plane, that coordinates
    declared as longitude and latitude are those of a web map, and where a purely local system lies.

    Examples
    --------
    >>> reconcile(CRS(4549), None) == reconcile(CRS(4549), CRS(4549)) == CRS(4549)
    True
    >>> reconcile(CRS(4549), CRS(4548)) is None
    True
    >>> reconcile(WEB_SYSTEMS["GCJ-02"], WGS84).name
    'GCJ-02'
    """
    if own is None or own.is_engineering or stated == own:
        return stated
    if stated.name in WEB_SYSTEMS:
        return stated if plain(own).is_geographic and is_modern(own) else None
    if datum_problems(own):
        return stated if _same_plane(plain(stated), plain(own)) else None
    return own if _same_plane(plain(stated), plain(own)) and not stated.is_bound else None


def _same_plane(a: CRS, b: CRS) -> bool:
    """Whether two systems are the same projection of the same ellipsoid, whatever they are called."""
    if a.ellipsoid is None or b.ellipsoid is None or a.is_projected != b.is_projected:
        return False
    if not np.isclose(a.ellipsoid.semi_major_metre, b.ellipsoid.semi_major_metre, rtol=0, atol=0.1):
        return False
    if not a.is_projected:
        return bool(a.is_geographic and b.is_geographic and label(a) == label(b))
    p, q = projection(a), projection(b)
    near = p.keys() == q.keys() and all(np.isclose(p[k], q[k], rtol=0, atol=1e-9) for k in p)
    return _method(a) == _method(b) and near and unit_factor(a) == unit_factor(b)


def _method(crs: CRS) -> str:
    return crs.coordinate_operation.method_name if crs.coordinate_operation else ""


@dataclass(frozen=True)
class Leg:
    """One step of a route: coordinates in, coordinates out, what it is called and what it takes for granted."""

    move: Callable[[Points], Points]
    description: str
    assumption: str = ""


@dataclass(frozen=True)
class Route:
    """How coordinates get from one system to another.

    Attributes
    ----------
    source, target : pyproj.CRS
        The two systems.
    legs : tuple of Leg
        The steps; none when there is nothing to do.
    note : str
        What is left out on the way (heights); empty when nothing is.
    """

    source: CRS
    target: CRS
    legs: tuple[Leg, ...] = ()
    note: str = ""

    @property
    def description(self) -> str:
        """PROJ's names of the operations; empty when there is nothing to do."""
        return " + ".join(leg.description for leg in self.legs)

    @property
    def assumption(self) -> str:
        """What was taken for granted (a null shift between modern datums); empty when nothing was."""
        return "; ".join(x for x in (*(leg.assumption for leg in self.legs), self.note) if x)

    def apply(self, xy: Points) -> Points:
        """Return coordinates, shape (n, 2), east or longitude first, in the target system."""
        for leg in self.legs:
            xy = leg.move(xy)
        return xy


def route(source: CRS, target: CRS) -> Route:
    """Return the way from `source` to `target`; vertices only, one operation for the whole layer.

    Coordinates of GCJ-02 and BD-09, and those of a city's own plane (`landuse.geo.transform.Plane`), go to the system
    they are defined upon first. Heights are left out.

    Raises
    ------
    InputError
        When the only way is a datum shift of nothing between datums that truly differ, or one of the systems does not
        say where it is.

    Examples
    --------
    >>> route(CGCS2000, parse("EPSG:4549")).assumption
    ''
    >>> route(WGS84, parse("EPSG:4549")).assumption != ""
    True
    """
    refuse_if(place_problems(source) + place_problems(target))
    note = _("heights of {crs} are left out", crs=source.name) if source.is_compound else ""
    first, start = _unwrap(_flat(source))
    target = _flat(target)
    if target.name in WEB_SYSTEMS or Plane.of(target) is not None:
        fix = _("name a working system in [study] crs, e.g. {example}", example=EXAMPLE)
        raise InputError(Problem(_("no layer is brought to {crs}", crs=label(target)), fix))
    if start == target:
        return Route(source, target, first, note)
    refuse_if(datum_problems(start) + datum_problems(target))
    through_wgs84 = (start.is_bound or target.is_bound) and WGS84 not in (start, target)
    stops = (start, WGS84, target) if through_wgs84 else (start, target)
    return Route(source, target, (*first, *(_leg(*ends) for ends in pairwise(stops))), note)


def _flat(crs: CRS) -> CRS:
    """Return the horizontal part of a system, with the parameters bound to it."""
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    return crs if crs.is_bound else plain(crs)


def _unwrap(crs: CRS) -> tuple[tuple[Leg, ...], CRS]:
    """Return the step from a system PROJ does not know to the one it is defined upon, and that one."""
    if crs.name in WEB_SYSTEMS:
        assumption = _(
            "{crs} to {base} by the public formula, inverted: good to about {metres:g} m; such a layer is no survey",
            crs=crs.name,
            base=label(CGCS2000),
            metres=gcj02.ACCURACY_M,
        )
        return (Leg(partial(unshift, crs.name), crs.name, assumption),), CGCS2000
    plane = Plane.of(crs)
    if plane is None:
        return (), crs
    assumption = _("{crs}: by the four parameters given with it, proven at their check point", crs=label(crs))
    return (Leg(plane.to_base, crs.name, assumption),), parse(label(plane.base))


def unshift(web: str, xy: Points) -> Points:
    """Return the true longitude and latitude of coordinates of a web system, shape (n, 2).

    Examples
    --------
    >>> unshift("GCJ-02", np.array([[121.531541859, 31.175303984]])).round(6).tolist()
    [[121.527211, 31.177428]]
    """
    x, y = xy.T
    if web == "BD-09":
        x, y = gcj02.bd09_to_gcj02(x, y)
    return np.column_stack(gcj02.from_gcj02(x, y))


@lru_cache(maxsize=512)
def operations(source: CRS, target: CRS) -> list[Transformer]:
    """Return PROJ's operations from one system to another, the best first; east or longitude first."""
    with warnings.catch_warnings():
        # pyproj: a grid for a better datum shift is not installed. Which operation is used instead is recorded.
        warnings.filterwarnings("ignore", "Best transformation is not available", UserWarning)
        return TransformerGroup(source, target, always_xy=True).transformers


def _leg(source: CRS, target: CRS) -> Leg:
    """Return PROJ's operation between two systems, and what it takes for granted."""
    ends = {"source": label(source), "target": label(target)}
    found = operations(source, target)
    if not found:
        what = _("PROJ knows no way from {source} to {target}", **ends)
        raise InputError(Problem(what, _("transform the layer with the bureau's parameters first")))
    best = found[0]
    move = partial(_transform, best)
    if source.is_bound or target.is_bound:
        return Leg(move, best.description, _("{source} to {target}: by the parameters given with it", **ends))
    if "Ballpark" not in best.description and best.accuracy is not None and best.accuracy >= 0:
        if best.accuracy == 0:
            return Leg(move, best.description)
        assumption = _(
            "{source} to {target}: {operation}, accurate to {metres:g} m",
            **ends,
            operation=best.description,
            metres=best.accuracy,
        )
        return Leg(move, best.description, assumption)
    if is_modern(source) and is_modern(target):
        equal = _(
            "{source} to {target}: the two datums are taken as equal (they differ by a metre or two at most)", **ends
        )
        return Leg(move, best.description, equal)
    what = _("PROJ knows no datum shift from {source} to {target}", **ends)
    raise InputError(Problem(what, _("transform the layer with the bureau's parameters first")))


def _transform(operation: Transformer, xy: Points) -> Points:
    return np.column_stack(operation.transform(xy[:, 0], xy[:, 1]))
