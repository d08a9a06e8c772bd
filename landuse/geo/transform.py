"""How a layer gets from its own coordinate system to the working one.

Every step that is inferred is either refused or recorded; PROJ's silent "ballpark" transformations are never used
between datums that differ by more than a few metres.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
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
)
from landuse.geo.local_plane import Plane
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyproj import CRS, Transformer

    from landuse.geo.arrays import Points


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

    Coordinates of GCJ-02 and BD-09, and those of a city's own plane (`landuse.geo.local_plane.Plane`), go to the system
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
