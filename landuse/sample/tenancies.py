"""Who sits where: firms on plots, and how a firm's figures fall to its plots."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from landuse.units import to_mu

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Ints

WITHOUT_FIRM = 0.08


@dataclass(frozen=True, eq=False)
class Tenancies:
    """One entry a firm and plot. A plot with several firms shares none of them with another plot.

    Attributes
    ----------
    plot, firm : array of int, shape (tenancies,)
    mu : array of float, shape (tenancies,)
        Land the firm states for the plot [亩].
    plots : int
        How many plots there are, those without a firm included.
    """

    plot: Ints
    firm: Ints
    mu: Floats
    plots: int

    @cached_property
    def head(self) -> Ints:
        """First tenancy of each firm."""
        return np.asarray(np.unique(self.firm, return_index=True)[1])

    @cached_property
    def group(self) -> Ints:
        """Plot by which firms that share one are told together, one a firm."""
        return self.plot[self.head]

    @cached_property
    def firm_mu(self) -> Floats:
        """Land of each firm [亩]."""
        return np.bincount(self.firm, self.mu, len(self.head)).astype(float)

    @cached_property
    def occupied(self) -> Bools:
        """Which plots have a firm."""
        return np.bincount(self.plot, minlength=self.plots) > 0

    def to_plots(self, figures: Floats) -> Floats:
        """Apportion the firms' totals to their plots by stated land.

        Parameters
        ----------
        figures : array of float, shape (firms, years)
            Unknown where nan, and so is the sum of the plot.

        Returns
        -------
        array of float, shape (plots, years)
            nan for plots without a firm.
        """
        part = figures[self.firm] * (self.mu / self.firm_mu[self.firm])[:, None]
        out = np.column_stack([np.bincount(self.plot, year, self.plots) for year in part.T]).astype(float)
        out[~self.occupied] = np.nan
        return out


def draw_tenancies(area_m2: Floats, rng: np.random.Generator) -> Tenancies:
    """Let most plots: up to three firms a plot, or a firm on up to three plots."""
    let = np.flatnonzero(rng.random(len(area_m2)) >= WITHOUT_FIRM)
    firms = np.searchsorted([0.80, 0.93], rng.random(len(let)), side="right") + 1
    firms[to_mu(area_m2[let]) < 3] = 1
    plot = np.repeat(let, firms)
    alone = np.repeat(firms == 1, firms)
    # every eighth tenancy may be the head of a firm that also holds the next plot, or the next two
    k = np.arange(len(plot))
    draw = np.repeat(rng.random(len(plot) // 8 + 1), 8)[: len(plot)]
    same = ((k % 8 == 1) & (draw < 0.25)) | ((k % 8 == 2) & (draw < 0.08))
    same[1:] &= alone[1:] & alone[:-1]
    same[2:] &= (k[2:] % 8 != 2) | same[1:-1]
    firm = np.cumsum(~same) - 1
    weight = rng.uniform(0.5, 1.5, len(plot))
    share = weight / np.bincount(plot, weight, len(area_m2))[plot]
    return Tenancies(plot, firm, np.round(to_mu(area_m2[plot]) * share, 2), len(area_m2))
