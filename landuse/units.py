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

from typing import TypeVar

T = TypeVar("T")

#: 亩 in one square metre: area [m²] × 0.0015 [亩/m²] = area [亩].
MU_PER_M2 = 0.0015

AREA_M2 = {"m2": 1.0, "㎡": 1.0, "平方米": 1.0, "mu": 10_000 / 15, "亩": 10_000 / 15, "ha": 10_000.0, "公顷": 10_000.0}
MONEY_YUAN = {"元": 1.0, "yuan": 1.0, "万元": 10_000.0, "亿元": 1e8}


def to_m2(value: T, unit: str) -> T:
    """Return an area in square metres; `unit` is a key of `AREA_M2`."""
    return value * AREA_M2[unit]  # type: ignore[operator]


def to_mu(area_m2: T) -> T:
    """Return an area in 亩."""
    return area_m2 * MU_PER_M2  # type: ignore[operator]


def to_yuan(value: T, unit: str) -> T:
    """Return an amount in yuan; `unit` is a key of `MONEY_YUAN`."""
    return value * MONEY_YUAN[unit]  # type: ignore[operator]
