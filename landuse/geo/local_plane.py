"""What a study says of a layer's coordinate system: the user's own parameters, and whether the file says the same.

Parameters of a bureau are controlled: they come from the study file, are never guessed, and a check point proves that
they are meant as this program takes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation

from landuse.errors import InputError, Problem
from landuse.geo.crs import WEB_SYSTEMS, WGS84, datum_problems, is_modern, label, plain, projection, unit_factor
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.geo.arrays import Floats

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
