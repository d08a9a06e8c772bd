"""Firms of the sample city: one row a firm, plot and year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse.sample.records.performance import YEARS, Performance, draw_energy, draw_grades, draw_idle, spread_years
from landuse.units import to_mu

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints, Strings

COLUMNS = (
    "统一社会信用代码", "企业名称", "宗地代码", "年度", "用地面积", "税收",
    "工业增加值", "综合能耗", "职工", "评价等级", "行业代码",
    "产值", "研发", "排放", "自有租赁", "停产时间",
)  # fmt: skip
OWNER, TENANT, TENANT_ALONE = "自有", "租赁", 0.15
#: Every so many-th date of the sheet is text, as typists leave it; the others are dates.
TEXT_DATE_EVERY = 4
#: 万元 a 亩 and year: the limit that no plot's mean may come near, and the medians of firms.
LIMIT, KEEP_CLEAR, MEDIAN_OUTSIDE, MEDIAN_INSIDE, SIGMA = 15.0, 0.6, 15.0, 28.0, 0.8
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
    let : Tenancies
        On the industrial plots.
    reported : Performance
    tax_per_mu : array of float, shape (plots,)
        Mean over the years of the plot's tax [万元/亩], shared firms apportioned; nan without a firm.
    """

    rows: pd.DataFrame
    let: Tenancies
    reported: Performance
    tax_per_mu: Floats

    @property
    def has_firm(self) -> Bools:
        """Which plots have a firm."""
        return self.let.occupied


def make_firms(
    plot_ids: Strings,
    area_m2: Floats,
    scattered: Bools,
    district: Ints,
    rng: np.random.Generator,
    more: np.random.Generator,
) -> Firms:
    """Invent the firms on the industrial plots.

    A firm on several plots states its total on each of them, as evaluation sheets do; it is apportioned to
    the plots by the areas stated. No plot's mean of tax per 亩 comes within `KEEP_CLEAR` of `LIMIT`; the margins
    of the other measures are those of `landuse.sample.records.performance`.

    Parameters
    ----------
    plot_ids : array of str, shape (plots,)
    area_m2 : array of float, shape (plots,)
    scattered : array of bool, shape (plots,)
        Plots that pay the lower median.
    district : array of int, shape (plots,)
        Six-digit codes.
    rng : numpy.random.Generator
        Of the firms, their tax and what goes with it.
    more : numpy.random.Generator
        Of blanks, grades by year, idle firms and further columns.
    """
    let = draw_tenancies(area_m2, rng)
    n, plot_mu = len(let.head), to_mu(area_m2)
    median = np.where(scattered[let.plot[let.head]], MEDIAN_OUTSIDE, MEDIAN_INSIDE)
    intensity = median * np.exp(SIGMA * rng.standard_normal(n))
    trend = rng.uniform(0.9, 1.1, (n, len(YEARS)))
    for _ in range(200):
        tax: Floats = np.round(intensity[:, None] * let.firm_mu[:, None] * trend, 2)
        per_mu = let.to_plots(tax.mean(axis=1, keepdims=True))[:, 0] / plot_mu
        close = np.abs(per_mu - LIMIT) < KEEP_CLEAR
        if not close.any():
            break
        # one firm of several plots may have to move more than once
        intensity[np.unique(let.firm[close[let.plot]])] *= rng.choice([0.9, 1.12])
    else:
        raise ArithmeticError("a plot's tax per 亩 stays too near the limit")
    value_added, energy, staff, grade = _facts(tax, let.firm_mu, intensity, rng)
    names, industry = _names(n, rng), INDUSTRY_CODES[rng.integers(len(INDUSTRY_CODES), size=n)]
    tax = spread_years(tax, let, plot_mu, np.unique(district, return_inverse=True)[1], more)
    reported = Performance(
        tax, *draw_energy(value_added, energy, let, more), staff, draw_grades(grade, let, more), draw_idle(let, more)
    )
    sheet = {
        "统一社会信用代码": credit_codes(district[let.plot[let.head]]),
        "企业名称": np.array(names),
        "行业代码": industry,
        "停产时间": _dates(reported),
        "年度": np.tile(np.array(YEARS), (n, 1)),
        "税收": reported.tax,
        "工业增加值": reported.value_added,
        "综合能耗": reported.energy,
        "职工": staff.astype(int),
        "评价等级": reported.grade,
        **_further(value_added, energy, more),
    }
    return Firms(_rows(sheet, let, plot_ids, more), let, reported, per_mu)


def _facts(
    tax: Floats, firm_mu: Floats, intensity: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats, Ints]:
    """Return added value, energy and staff by firm and year, and each firm's grade (0 is D)."""
    size = tax.shape
    value_added = np.round(tax * rng.uniform(3.5, 6.5, size), 2)
    grade = np.searchsorted([0.06, 0.30, 0.78], intensity.argsort().argsort() / max(1, len(intensity)))
    energy = np.round(value_added * rng.lognormal(-1.6, 0.7, size), 2)
    staff = np.maximum(3, np.round(firm_mu[:, None] * rng.uniform(3, 12, size)))
    return value_added, energy, staff, grade


def _further(value_added: Floats, energy: Floats, rng: np.random.Generator) -> dict[str, Floats]:
    """Return output and research [万元] and emissions [吨] by firm and year."""
    output = np.round(value_added * rng.uniform(3.5, 6.0, value_added.shape), 2)
    return {
        "产值": output,
        "研发": np.round(output * rng.uniform(0.0, 0.05, output.shape), 2),
        "排放": np.round(energy * rng.uniform(0.01, 0.05, energy.shape), 3),
    }


def _dates(reported: Performance) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return since when each firm is idle, as the sheet writes it: a date, text, or None."""
    out = np.array(reported.idle_since.astype("datetime64[s]").tolist(), dtype=object)
    idle = np.flatnonzero(~np.isnat(reported.idle_since))[::TEXT_DATE_EVERY]
    out[idle] = np.datetime_as_string(reported.idle_since[idle], unit="D")
    return out


def _rows(sheet: dict[str, Any], let: Tenancies, plot_ids: Strings, rng: np.random.Generator) -> pd.DataFrame:
    """Write each firm's figures on every plot of it, year by year."""
    years = len(YEARS)
    by_year = {k: v if v.ndim == 2 else np.repeat(v[:, None], years, axis=1) for k, v in sheet.items()}
    columns = {k: v[let.firm].ravel() for k, v in by_year.items()}
    beside = np.bincount(let.plot, minlength=let.plots)[let.plot] > 1
    follows = np.r_[False, let.plot[1:] == let.plot[:-1]][: len(let.plot)]
    tenant = np.where(beside, follows, rng.random(len(let.plot)) < TENANT_ALONE)
    columns["宗地代码"] = np.repeat(plot_ids[let.plot], years)
    columns["用地面积"] = np.repeat(let.mu, years)
    columns["自有租赁"] = np.repeat(np.where(tenant, TENANT, OWNER), years)
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


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
