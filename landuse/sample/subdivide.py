"""Guillotine subdivision of rectangles of cells, all rectangles of a round at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from landuse.sample.lattice import cell_count

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Ints

#: A cut falls within this share of the longer side.
CUT = (0.3, 0.7)
#: Spread of the sizes: the limit of each rectangle is multiplied by exp(σ·normal).
SIGMA = 0.45


def splittable(rects: Ints) -> Bools:
    """Say which rectangles can be cut into two pieces of at least two cells each."""
    return np.asarray(cell_count(rects) >= 4)


def halve(rects: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut every rectangle across its longer side; return the southern or western pieces and the rest."""
    height, width = rects[:, 2] - rects[:, 0], rects[:, 3] - rects[:, 1]
    tie = rng.random(len(rects)) < 0.5
    across_rows = (height > width) | ((height == width) & tie)
    length, breadth = np.where(across_rows, height, width), np.where(across_rows, width, height)
    least = np.where(breadth == 1, 2, 1)
    cut = np.clip(np.round(length * rng.uniform(*CUT, len(rects))).astype(np.int64), least, length - least)
    first, second = rects.copy(), rects.copy()
    k = np.arange(len(rects))
    low = np.where(across_rows, 0, 1)
    at = rects[k, low] + cut
    first[k, low + 2] = at
    second[k, low] = at
    return first, second


def split(rects: Ints, limit: Floats, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut rectangles until each holds no more cells than its own draw of the limit.

    Parameters
    ----------
    rects : array of int, shape (n, 4)
    limit : array of float, shape (n,)
        Median of the limits drawn for a rectangle and its descendants [cells].
    rng : numpy.random.Generator

    Returns
    -------
    rects : array of int, shape (m, 4)
    source : array of int, shape (m,)
        Position of the rectangle that each piece comes from.
    """
    source = np.arange(len(rects))
    done = [(rects[:0], source[:0])]
    while len(rects):
        drawn = limit[source] * np.exp(SIGMA * rng.standard_normal(len(rects)))
        cut = splittable(rects) & (cell_count(rects) > drawn)
        done.append((rects[~cut], source[~cut]))
        first, second = halve(rects[cut], rng)
        rects, source = np.vstack([first, second]), np.tile(source[cut], 2)
    return np.vstack([d[0] for d in done]), np.concatenate([d[1] for d in done])


def split_to(rects: Ints, count: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Cut rectangles into exactly `count` pieces of log-normal-like sizes, or as near as cells allow.

    Returns
    -------
    rects, source
        As `split`.
    """
    limit = 1.55 * cell_count(rects).sum() / max(count, 1)
    pieces, source = rects.copy(), np.arange(len(rects))
    while True:
        trial, trial_source = split(rects, np.full(len(rects), limit), rng)
        if len(trial) <= count:
            pieces, source = trial, trial_source
            break
        limit *= 1.05
        if limit > cell_count(rects).max() * 10:
            break
    while len(pieces) < count and splittable(pieces).any():
        weight = cell_count(pieces) * np.exp(SIGMA * rng.standard_normal(len(pieces))) * splittable(pieces)
        n = min(count - len(pieces), max(1, len(pieces) // 10), int(splittable(pieces).sum()))
        chosen = np.argsort(-weight, kind="stable")[:n]
        first, second = halve(pieces[chosen], rng)
        pieces[chosen] = first
        pieces, source = np.vstack([pieces, second]), np.r_[source, source[chosen]]
    return pieces, source
