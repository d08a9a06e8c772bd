"""Units at the edge of the program; inside it everything is SI.

1 亩 = 10000/15 m², 1 ha = 15 亩 = 10000 m².

Examples
--------
>>> round(MU_PER_M2 * 10_000, 12)
15.0
>>> to_m2(3.0, "mu")
2000.0
>>> to_yuan(12.5, "万元")
125000.0
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
from typing import Any

T = TypeVar("T")

#: 亩 in one square metre: area [m²] × 0.0015 [亩/m²] = area [亩].
MU_PER_M2 = 0.0015

#: Below this [m²] nothing is a plot, a change or an alert: it is the rounding of a cut. It stays in every sum.
LEAST_M2 = 0.01

AREA_M2 = {
    "m2": 1.0,
    "㎡": 1.0,
    "平方米": 1.0,
    "mu": 10_000 / 15,
    "亩": 10_000 / 15,
    "ha": 10_000.0,
    "公顷": 10_000.0,
    "万平方米": 10_000.0,
    "km2": 1e6,
    "km²": 1e6,
    "平方公里": 1e6,
    "平方千米": 1e6,
    "万亩": 1e8 / 15,
}
MONEY_YUAN = {
    "元": 1.0,
    "yuan": 1.0,
    "千元": 1000.0,
    "万元": 10_000.0,
    "百万元": 1e6,
    "千万元": 1e7,
    "亿元": 1e8,
}
#: Tonnes of coal equivalent.
ENERGY_TCE = {
    "千克标准煤": 0.001,
    "千克标煤": 0.001,
    "吨标煤": 1.0,
    "吨标准煤": 1.0,
    "tce": 1.0,
    "万吨标煤": 10_000.0,
    "万吨标准煤": 10_000.0,
}
TONNES = {"千克": 0.001, "公斤": 0.001, "kg": 0.001, "吨": 1.0, "万吨": 10_000.0}
PEOPLE = {"人": 1.0, "万人": 10_000.0}


def to_m2(value: Any, unit: str) -> Any:
    """Return an area, a number or a column of them, in square metres; `unit` is a key of `AREA_M2`."""
    return value * AREA_M2[unit]


def to_mu(area_m2: Any) -> Any:
    """Return an area in 亩."""
    return area_m2 * MU_PER_M2


def shown_mu(area_m2: Any) -> float:
    """Return an area as people are shown it: in 亩 at two decimals, halves up; NaN where it is not known.

    An area is taken to the hundredth of a square metre first, so that whoever has it at two decimals (the page of the
    map, a column in m²) comes to the same figure: one place alone rounds 亩.

    Examples
    --------
    >>> shown_mu(10.0), shown_mu(30.0), shown_mu(29.999), shown_mu(-10.0), shown_mu(None)
    (0.02, 0.05, 0.05, -0.02, nan)
    """
    if area_m2 is None or not math.isfinite(area_m2):
        return math.nan
    hundredths = round(abs(area_m2) * 100)
    return math.copysign((hundredths * 15 + 5_000) // 10_000 / 100, area_m2) + 0.0


def to_yuan(value: Any, unit: str) -> Any:
    """Return an amount in yuan; `unit` is a key of `MONEY_YUAN`."""
    return value * MONEY_YUAN[unit]


def largest_remainder(values: Sequence[float], decimals: int = 2, total: float | None = None) -> list[float]:
    """Round figures so that they add up to their rounded total.

    Every value is rounded down in the last place kept, and the units still missing go to the largest remainders
    (the earlier of equals); one too many is taken from the smallest. Negative values count like any other.

    Parameters
    ----------
    values : sequence of float
        What the table shows.
    decimals : int
        Places kept.
    total : float, optional
        What they shall add up to, where it is shown elsewhere; default: their sum, rounded.

    Returns
    -------
    list of float
        In the same order; each differs from its value by less than one unit of the last place.

    Examples
    --------
    >>> largest_remainder([33.333, 33.333, 33.334], 2), largest_remainder([0.005, 0.005], 2)
    ([33.33, 33.33, 33.34], [0.01, 0.0])
    """
    unit = 10**decimals
    scaled = [v * unit for v in values]
    floors = [math.floor(v) for v in scaled]
    missing = round(math.fsum(scaled) if total is None else total * unit) - sum(floors)
    order = sorted(range(len(scaled)), key=lambda k: (floors[k] - scaled[k], k))
    for k in order[:missing] if missing >= 0 else order[missing:]:
        floors[k] += 1 if missing >= 0 else -1
    return [f / unit for f in floors]
