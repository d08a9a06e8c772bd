"""Scattered industrial sites: one group of touching plots a superblock, far from everything industrial.

A site keeps three cells from its superblock's edge, and its superblock keeps five from every park. So plots
of one site touch, different sites and parks are more than 50 m apart, and each site is exactly one cluster.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from landuse.sample.lattice import SUPERBLOCK, Lattice, cell_count, rect_sum
from landuse.sample.subdivide import split
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Ints

MU = AREA_M2["mu"]
#: Limits that no true area may come near, and how near is near.
PLOT_LIMIT_M2, CLUSTER_LIMITS_M2, MARGIN = 3 * MU, (30 * MU, 200 * MU), 0.05
#: Cells between a site and the edge of its superblock.
SETBACK = 3
#: Share of sites that are one tiny plot, and that are too large to count as scattered.
TINY, LARGE = 0.05, 0.04
MEDIAN_SITE_M2, MEDIAN_PLOT_CELLS = 22 * MU, 9.5
MOST_PLOTS = 6
ROOM_FOR_LARGE_M2 = 330 * MU
ROUNDS = 40


@dataclass(frozen=True, eq=False)
class Sites:
    """Sites in the order in which a city takes them until it has enough.

    Attributes
    ----------
    superblock : array of int, shape (n,)
        Superblock of each site.
    bounds : array of int, shape (n, 4)
        The rectangle of cells a site fills.
    plots : array of int, shape (m, 4)
    owner : array of int, shape (m,)
        Position of the site of each plot.
    area : array of float, shape (n,)
        Planar [m²].
    """

    superblock: Ints
    bounds: Ints
    plots: Ints
    owner: Ints
    area: Floats

    def first(self, area_m2: float) -> Sites:
        """Return as many sites as it takes to reach an area."""
        n = int(np.searchsorted(np.cumsum(self.area), area_m2)) + 1 if area_m2 > 0 else 0
        n = max(n, 3) if area_m2 > ROOM_FOR_LARGE_M2 else n
        keep = self.owner < n
        return Sites(self.superblock[:n], self.bounds[:n], self.plots[keep], self.owner[keep], self.area[:n])


def draw_sites(lattice: Lattice, free: Ints, needed_m2: float, rng: np.random.Generator) -> Sites:
    """Draw sites of about `needed_m2` together, one a free superblock, every area clear of the limits.

    Among the first three are a tiny and a large one, where the need is large enough.
    """
    order = rng.permutation(free)
    kind = rng.random(len(order))
    if needed_m2 > ROOM_FOR_LARGE_M2:
        kind[1:3] = np.array([0.0, 1.0])[: max(0, len(kind) - 1)]
    todo = np.arange(len(order))
    bounds = np.zeros((len(order), 4), dtype=np.int64)
    found: list[tuple[Ints, Ints]] = []
    for _ in range(ROUNDS):
        trial = _rectangles(lattice.superblocks()[order[todo]], kind[todo], rng)
        limit = np.where(kind[todo] < TINY, 1e9, np.maximum(1.55 * MEDIAN_PLOT_CELLS, cell_count(trial) / 4.0))
        plots, owner = split(trial, limit, rng)
        good = _unambiguous(lattice, trial, plots, owner, kind[todo])
        bounds[todo[good]] = trial[good]
        found.append((plots[good[owner]], todo[owner[good[owner]]]))
        todo = todo[~good]
        if not len(todo):
            break
    kept = np.setdiff1d(np.arange(len(order)), todo)
    plots, owner = np.vstack([f[0] for f in found]), np.concatenate([f[1] for f in found])
    by_site = np.argsort(owner, kind="stable")
    drawn = Sites(
        order[kept],
        bounds[kept],
        plots[by_site],
        np.searchsorted(kept, owner[by_site]),
        rect_sum(lattice.area_table, bounds[kept]),
    )
    return drawn.first(needed_m2)


def _rectangles(superblocks: Ints, kind: Floats, rng: np.random.Generator) -> Ints:
    """Draw a rectangle within each superblock's setback: tiny, large or log-normal by `kind`."""
    room, cell = SUPERBLOCK - 2 * SETBACK, 625.0
    cells = np.exp(np.log(MEDIAN_SITE_M2) + 0.8 * rng.standard_normal(len(kind))) / cell
    cells = np.where(kind > 1 - LARGE, rng.uniform(220, 300, len(kind)) * MU / cell, np.clip(cells, 4, 195 * MU / cell))
    ratio = np.exp(0.25 * rng.standard_normal(len(kind)))
    height = np.clip(np.round(np.sqrt(cells * ratio)), 1, room).astype(np.int64)
    width = np.clip(np.round(cells / height), 1, room).astype(np.int64)
    tiny = kind < TINY
    height, width = np.where(tiny, 1, height), np.where(tiny, 2, width)
    row = superblocks[:, 0] + SETBACK + rng.integers(0, room - height + 1)
    col = superblocks[:, 1] + SETBACK + rng.integers(0, room - width + 1)
    return np.column_stack([row, col, row + height, col + width])


def _unambiguous(lattice: Lattice, sites: Ints, plots: Ints, owner: Ints, kind: Floats) -> Bools:
    """Say which sites have as many plots as they may, and no area near a limit."""
    total, size = rect_sum(lattice.area_table, sites), rect_sum(lattice.area_table, plots)
    number = np.bincount(owner, minlength=len(sites))
    near = np.bincount(owner, np.abs(size / PLOT_LIMIT_M2 - 1) < MARGIN, len(sites)) > 0
    for limit in CLUSTER_LIMITS_M2:
        near |= np.abs(total / limit - 1) < MARGIN
    large, tiny = kind > 1 - LARGE, kind < TINY
    as_meant = np.where(tiny, total < PLOT_LIMIT_M2, (total > CLUSTER_LIMITS_M2[1]) == large)
    return np.asarray(~near & as_meant & (number <= np.where(large, 3 * MOST_PLOTS, MOST_PLOTS)))


def frames(superblocks: Ints, holes: Ints) -> Ints:
    """Return what is left of each superblock around the rectangle taken out, as up to four rectangles."""
    top, bottom, left, right = superblocks.copy(), superblocks.copy(), superblocks.copy(), superblocks.copy()
    bottom[:, 2] = holes[:, 0]
    top[:, 0] = holes[:, 2]
    left[:, [0, 2, 3]] = holes[:, [0, 2, 1]]
    right[:, [0, 2, 1]] = holes[:, [0, 2, 3]]
    return np.vstack([bottom, top, left, right])
