"""Firms of the sample city: one row a firm, plot and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse.units import to_mu

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Ints, Strings

COLUMNS = (
    "统一社会信用代码", "企业名称", "宗地代码", "年度", "用地面积", "税收",
    "工业增加值", "综合能耗", "职工", "评价等级", "行业代码",
)  # fmt: skip
YEARS = (2023, 2024, 2025)
#: 万元 a 亩 and year: the limit that no plot's mean may come near, and the medians of firms.
LIMIT, KEEP_CLEAR, MEDIAN_OUTSIDE, MEDIAN_INSIDE, SIGMA = 15.0, 0.6, 15.0, 28.0, 0.8
WITHOUT_FIRM = 0.08
#: Charset of the 统一社会信用代码 (GB 32100-2015): no I, O, S, V, Z.
CHARSET = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
ORG_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
USCC_WEIGHTS = 3 ** np.arange(17) % 31
NAME_SYLLABLES = (
    "恒瑞宏嘉博创精立达泰远信",
    "达盛通源航锐科铭新汇联腾",
    "机械电子材料食品医药纺织汽配仪器塑业五金包装智能",
)
INDUSTRY_CODES = np.array(["1351", "1751", "2642", "2710", "2929", "3340", "3484", "3670", "3819", "3971", "4011"])


@dataclass(frozen=True, eq=False)
class Firms:
    """The sheet and what follows from it.

    Attributes
    ----------
    rows : pandas.DataFrame
        `COLUMNS`, areas in 亩, money in 万元.
    has_firm : array of bool, shape (plots,)
    tax_per_mu : array of float, shape (plots,)
        Mean over the years of the plot's tax [万元/亩], shared firms apportioned; nan without a firm.
    """

    rows: pd.DataFrame
    has_firm: Bools
    tax_per_mu: Floats


def make_firms(plot_ids: Strings, area_m2: Floats, scattered: Bools, district: Ints, rng: np.random.Generator) -> Firms:
    """Invent the firms on the industrial plots.

    A firm on several plots states its total on each of them, as evaluation sheets do; it is apportioned to
    the plots by the areas stated. No plot's mean of tax per 亩 comes within `KEEP_CLEAR` of `LIMIT`.

    Parameters
    ----------
    plot_ids : array of str, shape (plots,)
    area_m2 : array of float, shape (plots,)
    scattered : array of bool, shape (plots,)
        Plots that pay the lower median.
    district : array of int, shape (plots,)
        Six-digit codes.
    rng : numpy.random.Generator
    """
    plot, firm, pair_mu = _tenancies(area_m2, rng)
    n = int(firm.max()) + 1 if len(firm) else 0
    head = np.unique(firm, return_index=True)[1]
    median = np.where(scattered[plot[head]], MEDIAN_OUTSIDE, MEDIAN_INSIDE)
    intensity = median * np.exp(SIGMA * rng.standard_normal(n))
    firm_mu: Floats = np.bincount(firm, pair_mu, n).astype(float)
    trend = rng.uniform(0.9, 1.1, (n, len(YEARS)))
    plot_mu = to_mu(area_m2)
    for _ in range(200):
        tax: Floats = np.round(intensity[:, None] * firm_mu[:, None] * trend, 2)
        mean_tax = tax.mean(axis=1)[firm] * pair_mu / firm_mu[firm]
        per_mu = np.bincount(plot, mean_tax, len(plot_ids)) / plot_mu
        close = np.abs(per_mu - LIMIT) < KEEP_CLEAR
        if not close.any():
            break
        # one firm of several plots may have to move more than once
        intensity[np.unique(firm[close[plot]])] *= rng.choice([0.9, 1.12])
    else:
        raise ArithmeticError("a plot's tax per 亩 stays too near the limit")
    has_firm = np.bincount(plot, minlength=len(plot_ids)) > 0
    per_mu[~has_firm] = np.nan
    facts = _facts(tax, firm_mu, intensity, rng)
    facts["统一社会信用代码"] = np.repeat(credit_codes(district[plot[head]]), len(YEARS))
    facts["企业名称"] = np.repeat(_names(n, rng), len(YEARS))
    facts["行业代码"] = np.repeat(INDUSTRY_CODES[rng.integers(len(INDUSTRY_CODES), size=n)], len(YEARS))
    at = (firm[:, None] * len(YEARS) + np.arange(len(YEARS))).ravel()
    rows = facts.iloc[at].reset_index(drop=True)
    rows["宗地代码"] = np.repeat(plot_ids[plot], len(YEARS))
    rows["用地面积"] = np.repeat(pair_mu, len(YEARS))
    return Firms(rows[list(COLUMNS)], has_firm, per_mu)


def _tenancies(area_m2: Floats, rng: np.random.Generator) -> tuple[Ints, Ints, Floats]:
    """Return (plot, firm, 亩) of each tenancy: up to three firms a plot, or a firm on up to three plots."""
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
    return plot, firm, np.round(to_mu(area_m2[plot]) * share, 2)


def _facts(tax: Floats, firm_mu: Floats, intensity: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """Return what a firm reports, one row a firm and year."""
    size = tax.shape
    value_added = np.round(tax * rng.uniform(3.5, 6.5, size), 2)
    grade_at = np.searchsorted([0.06, 0.30, 0.78], intensity.argsort().argsort() / max(1, len(intensity)))
    return pd.DataFrame(
        {
            "年度": np.tile(np.array(YEARS), len(tax)),
            "税收": tax.ravel(),
            "工业增加值": value_added.ravel(),
            "综合能耗": np.round(value_added * rng.lognormal(-1.6, 0.7, size), 2).ravel(),
            "职工": np.maximum(3, np.round(firm_mu[:, None] * rng.uniform(3, 12, size))).astype(int).ravel(),
            "评价等级": np.repeat(np.array(list("DCBA"))[grade_at], len(YEARS)),
        }
    )


def _names(n: int, rng: np.random.Generator) -> list[str]:
    first, second, trade = NAME_SYLLABLES
    a, b, c = (rng.integers(k, size=n) for k in (len(first), len(second), len(trade) // 2))
    return [
        f"{first[i]}{second[j]}{trade[2 * k : 2 * k + 2]}（示例{m:06d}）有限公司"
        for m, (i, j, k) in enumerate(zip(a, b, c, strict=True), 1)
    ]


def credit_codes(district: Ints) -> Strings:
    """Return an invented 统一社会信用代码 a firm: 91, district, organisation code and its check, check digit.

    Checks are those of GB 11714 (organisation code, modulo 11) and GB 32100 (modulo 31).

    Examples
    --------
    >>> credit_codes(np.array([990101]))
    array(['9199010170000001X3'], dtype='<U23')
    """
    serial = 70_000_001 + np.arange(len(district))
    head = ((91 * 10**6 + district) * 10**8 + serial).astype(str)
    digits = np.array([list(h) for h in head]).astype(int).reshape(len(head), 16)
    org = (11 - digits[:, 8:] @ ORG_WEIGHTS % 11) % 11
    org = np.where(org == 10, int(np.flatnonzero(CHARSET == "X")[0]), org)
    digits = np.column_stack([digits, org])
    check = (31 - digits @ USCC_WEIGHTS % 31) % 31
    return np.char.add(np.char.add(head, CHARSET[org]), CHARSET[check])
