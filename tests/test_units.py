"""Units: the factors, and rounding that adds up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landuse.units import AREA_M2, MU_PER_M2, largest_remainder, to_m2, to_mu, to_yuan


def test_factors_are_those_of_the_law():
    assert to_m2(15.0, "mu") == to_m2(1.0, "ha") == to_m2(1.0, "公顷") == 10_000
    assert to_mu(1_000_000.0) == pytest.approx(1500, rel=1e-15)  # one square kilometre
    assert AREA_M2["亩"] * MU_PER_M2 == pytest.approx(1, rel=1e-15)
    assert [to_yuan(40.0, unit) for unit in ("元", "万元", "亿元")] == [40, 400_000, 4_000_000_000]
    assert [to_yuan(2.0, unit) for unit in ("千元", "百万元", "千万元")] == [2_000, 2_000_000, 20_000_000]
    assert to_m2(1.0, "平方公里") == to_m2(1.0, "km²") == to_m2(100.0, "万平方米") == to_m2(100.0, "ha")
    assert to_m2(3.0, "万亩") == to_m2(30_000.0, "亩")


def test_unknown_units_are_an_error():
    with pytest.raises(KeyError):
        to_m2(1.0, "acre")


@given(st.lists(st.floats(-1e6, 1e6), max_size=30), st.integers(0, 3))
def test_rounded_figures_add_up_to_their_rounded_total(values, decimals):
    unit = 10**decimals
    rounded = largest_remainder(values, decimals)
    assert round(math.fsum(rounded) * unit) == round(math.fsum(v * unit for v in values))
    assert all(abs(r - v) < 1 / unit + 1e-9 for r, v in zip(rounded, values, strict=True))
    assert all(round(r * unit, 6) == round(r * unit) for r in rounded)


def test_plain_rounding_would_not_add_up():
    thirds = [100 / 3] * 3
    assert sum(round(v, 2) for v in thirds) != 100
    assert math.fsum(largest_remainder(thirds)) == pytest.approx(100, abs=1e-12)
    assert largest_remainder(thirds) == [33.34, 33.33, 33.33]
