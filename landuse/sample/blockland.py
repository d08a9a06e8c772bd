"""Land of single blocks of parks: whole parcels, and the cells of those that boundaries cut or several blocks claim."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from landuse.sample.cellsums import cell_sums
from landuse.sample.lattice import cell_count, rect_sum
from landuse.sample.outline import WHOLE
from landuse.sample.truth import ROUNDING_M2

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Geometries, Ints
    from landuse.sample.city import City

#: Classes that are neither built nor water.
FREE = ("0101", "0103", "0301")
#: Labels of cells that no block touches, and of those that one cuts or several claim.
NONE, SHARED = -1, -2


def block_land(city: City, geometry: Geometries, area_m2: Floats) -> tuple[Floats, Floats]:
    """Sum the ellipsoidal land of each block: all that it owns after priority, and that of `FREE` classes [m²].

    A parcel whose cells all lie in one block alone counts as it is, so that only the others' cells are clipped.

    Parameters
    ----------
    city : City
    geometry : array of polygons, shape (parcels,)
    area_m2 : array of float, shape (parcels,)
        Their ellipsoidal areas.
    """
    label = _labels(city)
    within = _count(label >= 0, city.rects) == cell_count(city.rects)
    touched = _count(label != NONE, city.rects) > 0
    whole = np.flatnonzero(within)
    # each block a park of its own; those of one park never meet
    single = tuple(replace(park, blocks=(block,)) for park in city.parks for block in park.blocks)
    sums = cell_sums(city, single, touched & ~within, geometry)
    block = np.r_[label[tuple(city.rects[whole, :2].T)], sums.part_park]
    land = np.r_[area_m2[whole], sums.attributed[0]]
    free = np.isin(city.code[np.r_[whole, sums.parcel[sums.part_parcel]]], FREE)
    mine = [block == k for k in range(len(single))]
    owned = np.array([math.fsum(land[m]) for m in mine])
    owned[owned < ROUNDING_M2] = 0.0
    return owned, np.array([math.fsum(land[m & free]) for m in mine])


def _labels(city: City) -> Ints:
    """Return which block alone covers each whole cell, else `NONE` or `SHARED`."""
    label = np.full(city.lattice.shape, NONE)
    for k, block in enumerate(b for p in city.parks for b in p.blocks):
        line = block.outline
        h, w = line.corners.shape
        window = label[line.row0 : line.row0 + h, line.col0 : line.col0 + w]
        alone = (line.corners == WHOLE) & (window == NONE)
        window[line.corners > 0] = SHARED
        window[alone] = k
    return label


def _count(which: Bools, rects: Ints) -> Floats:
    """Count the cells of each rectangle that are marked."""
    table = np.zeros((which.shape[0] + 1, which.shape[1] + 1))
    np.cumsum(which, axis=0, out=table[1:, 1:])
    np.cumsum(table, axis=1, out=table)
    return rect_sum(table, rects)
