"""What rasters say of plots: every pixel weighed by the share of it that the plot covers; proxies, labelled remote."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from landuse.geo.arrays import Floats
    from landuse.inputs.context import Pixels

#: Below this height [m] a pixel holds no building; a single storey above the other counts twice (层高超过 8 米加倍).
BUILT_M, DOUBLE_M = 2.0, 8.0
#: NDVI from which on a pixel is green.
GREEN_NDVI = 0.3
#: A plot of which the raster knows less than this share is unknown.
KNOWN = 0.5


def mean(pixels: Pixels) -> Floats:
    """Return the mean of a raster over each plot; NaN where less than half of the plot is known.

    Examples
    --------
    >>> from landuse.inputs.context import Pixels
    >>> two = Pixels(np.array([0, 0, 1]), np.array([4.0, 8.0, 1.0]), np.array([1.0, 1.0, 1.0]), np.array([1.0, 0.2]))
    >>> mean(two)
    array([ 6., nan])
    """
    return _ratio(pixels, pixels.value)


def green_ratio(pixels: Pixels) -> Floats:
    """Return the share of each plot whose NDVI is at least `GREEN_NDVI`."""
    return _ratio(pixels, (pixels.value >= GREEN_NDVI).astype(float))


def built(pixels: Pixels, storey_m: float) -> tuple[Floats, Floats]:
    """Return floor-area ratio and building coverage of each plot as building heights [m] suggest them.

    A pixel of at least `BUILT_M` is built on; it holds height / `storey_m` storeys, rounded, at least one; a single
    storey above `DOUBLE_M` counts twice. A pixel partly built on counts whole.
    """
    stands = (pixels.value >= BUILT_M).astype(float)
    storeys = np.maximum(1.0, np.round(pixels.value / storey_m))
    storeys[(storeys == 1) & (pixels.value > DOUBLE_M)] = 2.0
    return _ratio(pixels, stands * storeys), _ratio(pixels, stands)


def _ratio(pixels: Pixels, figure: Floats) -> Floats:
    n = len(pixels.known)
    whole = np.bincount(pixels.plot, pixels.weight, n)
    part = np.bincount(pixels.plot, figure * pixels.weight, n)
    out = np.divide(part, whole, out=np.full(n, np.nan), where=whole > 0)
    return np.asarray(np.where(pixels.known >= KNOWN, out, np.nan))
