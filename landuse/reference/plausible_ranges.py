"""Between which values figures lie in any city: one table of bands and proportions, and what a figure outside suggests.

A band is for the middle figure of a column, which no single firm moves: where the median leaves it, the column is in
another unit than it is read in. Bands are wide on purpose, so that no city is refused for being rich, poor or small;
a slip that stays within its band is found by the proportions between columns, which vary far less than the figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.i18n import _
from landuse.quality import Issue
from landuse.units import MONEY_YUAN, MU_PER_M2

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.geo.arrays import Floats

#: A factor by which a figure is too large when it is stated in the first unit and read in the second.
MONEY_SLIPS = {10.0: ("千元", "万元"), 1e3: ("元", "千元"), 1e4: ("元", "万元"), 1e8: ("元", "亿元")}
#: A kilowatt hour is 0.1229 kg of coal equivalent (GB/T 2589).
ENERGY_SLIPS = {1e3: ("千克标煤", "吨标煤"), 1e3 / 0.1229: ("千瓦时", "吨标煤"), 1e4: ("吨标煤", "万吨标煤")}
#: Units that a figure may be stated in, but that none is read in.
NEVER_READ = {"千瓦时", "克"}
TONNE_SLIPS = {1e3: ("千克", "吨"), 1e6: ("克", "吨")}
PEOPLE_SLIPS = {1e4: ("人", "万人")}
LAND_SLIPS = {15.0: ("亩", "公顷"), 1 / MU_PER_M2: ("平方米", "亩"), 1e4: ("平方米", "公顷")}
PRICE_SLIPS = {15.0: ("元/平方米", "万元/亩"), 1e4: ("元/亩", "万元/亩")}
#: Fewer plots or blocks than this with low figures may be those few idle ones; a high median needs this many.
FEW_LOW, FEW_HIGH = 5, 2
#: Fewer figures than this have no middle.
FEW = 3
#: A column is wrong, not a row of it, when more than this share of its figures is.
MOST = 0.5
#: So many times the middle figure of its column, a single one is likelier a slip than a firm: slips are of a thousand
#: or ten thousand, and may strike a firm that lies a few times below the middle.
APART = 200.0
WAN = MONEY_YUAN["万元"]
#: Two units that lie nearer than this cannot be told apart by a median.
NEAR = 2.0


@dataclass(frozen=True)
class Band:
    """Where the median of a figure lies in any city.

    Attributes
    ----------
    low, high : float
        Of the median, SI.
    usual : float
        A common one, by which the unit of a figure outside is guessed.
    slips : mapping
        Factor to the unit a figure is stated in and the one it is read in, where it is so many times too large.
    apart, jumps : float
        From how many times the median on a single figure is told, and from how many times another year of its firm.
    """

    low: float
    usual: float
    high: float
    slips: Mapping[float, tuple[str, str]]
    apart: float = APART
    jumps: float = APART

    def wrong(self, values: Floats) -> float | None:
        """Return the median of the figures above zero where it leaves the band, else None."""
        known = values[values > 0]
        median = float(np.median(known)) if len(known) >= FEW_HIGH else math.nan
        return median if median > self.high or (median < self.low and len(known) >= FEW_LOW) else None

    def likely(self, figure: float) -> str:
        """Return in words the unit that would bring a figure nearest to the usual one."""
        factor = figure / self.usual
        larger = factor < 1
        known = [f for f, (stated, _read) in self.slips.items() if not (larger and stated in NEVER_READ)]
        nearest = min(known, key=lambda f: abs(abs(math.log(factor)) - math.log(f)))
        near = [f for f in known if nearest / NEAR <= f <= nearest * NEAR]
        pairs = (self.slips[f][::-1] if larger else self.slips[f] for f in near)
        units = " / ".join(_("{stated} for {read}", stated=stated, read=read) for stated, read in pairs)
        if larger:
            return _("a unit {times:,.0f} times larger ({units})", times=nearest, units=units)
        return _("a unit {times:,.0f} times smaller ({units})", times=nearest, units=units)


@dataclass(frozen=True)
class Proportion:
    """Where the median of one column over another lies in any city.

    Attributes
    ----------
    over, under : str
        The columns.
    low, high : float
        Of the median, SI; 1 where the first is a part of the second.
    usual : tuple of float
        Where the median of most cities lies: outside, one of the columns may be in a unit ten times off, which no band
        of a single figure can tell.
    """

    over: str
    under: str
    low: float
    high: float
    usual: tuple[float, float]


#: Of the firms of a plot, a year and 亩. Tax: county means are 11.6 万元 (small firms) to 24.1 万元 (large firms) in
#: Huangyan (2022 data), the province's target of 2023 is 37 万元 (浙政发〔2018〕5号 and the province's campaign of
#: 2021-2023); the band leaves a factor of 200 below and 27 above, and yuan read as 万元, or the reverse, leave it for
#: every median from 0.1 to 500 万元. Added value is some five, output some twenty times the tax, research some
#: hundredths of output; energy is 0.3 to 0.5 tce per 万元 of added value in the province's statistics, ten times that
#: in steel or cement; emissions may be of a pollutant or of carbon; staff are a few.
FIRMS = {
    s.TAX: Band(500.0, 15 * WAN, 1e7, MONEY_SLIPS),
    s.VALUE_ADDED: Band(2_500.0, 75 * WAN, 5e7, MONEY_SLIPS),
    s.OUTPUT: Band(10_000.0, 300 * WAN, 2e8, MONEY_SLIPS),
    s.RD: Band(50.0, 6 * WAN, 2e7, MONEY_SLIPS, jumps=1e4),  # a firm begins and ends it
    s.ENERGY: Band(0.02, 20.0, 5_000.0, ENERGY_SLIPS),
    s.EMISSIONS: Band(1e-7, 1.0, 20_000.0, TONNE_SLIPS),
    s.STAFF: Band(0.01, 5.0, 500.0, PEOPLE_SLIPS),
}
#: Between the figures of one row. Tax is a part of added value, added value and research are parts of output; energy in
#: tce and tonnes emitted: coal gives 2.7 t of carbon dioxide per tce, its processes at most some times that. Usual: a
#: fifth of output is added value, a tenth to a quarter of that is tax; 0.3 to 0.5 tce, and 20 to 50 万元 a head, of
#: added value (the province's industry, as above).
PROPORTIONS = (
    Proportion(s.TAX, s.VALUE_ADDED, 1e-3, 1.0, (0.03, 0.8)),
    Proportion(s.TAX, s.OUTPUT, 1e-4, 1.0, (0.005, 0.2)),
    Proportion(s.VALUE_ADDED, s.OUTPUT, 5e-3, 1.0, (0.05, 0.8)),
    Proportion(s.RD, s.OUTPUT, 1e-6, 1.0, (0.005, 0.2)),
    Proportion(s.ENERGY, s.VALUE_ADDED, 5e-4 / WAN, 50 / WAN, (0.05 / WAN, 2 / WAN)),
    Proportion(s.EMISSIONS, s.ENERGY, 1e-9, 20.0, (0.0, 20.0)),
    Proportion(s.VALUE_ADDED, s.STAFF, 2_000.0, 5e7, (5 * WAN, 150 * WAN)),
)
#: Floor-area ratio and coverage of industrial plots: most stand between 0.3 and 2.5, and 0.2 and 0.7 (国土资发〔2008〕
#: 24号 asks for 0.5 to 1.0 and 0.3).
PERCENT_SLIPS = {100.0: ("%", "1")}
REGISTER = {s.FAR: Band(0.05, 1.0, 8.0, PERCENT_SLIPS), s.COVERAGE: Band(0.02, 0.4, 1.0, PERCENT_SLIPS)}
#: Yuan per m² of industrial land: the least that may be asked is 60 to 840 (国土资发〔2006〕307号), the dearest cities
#: ask some thousands. Prices of one city lie near each other.
PRICE = Band(15.0, 600.0, 6_000.0, PRICE_SLIPS, apart=10.0)
#: What a study may state for the cost of a plan [万元 per 亩 unless said]: nobody pays more.
COSTS = {
    "compensation_per_mu": 5_000.0,
    "rebuild_per_mu": 5_000.0,
    "cross_district_per_mu": 5_000.0,
    "haul_per_mu_km": 100.0,
    "tax_years": 50.0,
}
#: Lowest and highest storey of a building [m]; halls have one, of up to some tens of metres.
STOREY_M = (1.5, 60.0)
#: Values a pixel may have: a vegetation index, metres, degrees, light.
RASTERS = {
    "ndvi": (-1.0, 1.0),
    "building_height": (0.0, 700.0),
    "slope": (0.0, 90.0),
    "night_light": (0.0, math.inf),
}


def name_of(column: str) -> str:
    """Return a figure in words."""
    return {
        s.TAX: _("tax"),
        s.VALUE_ADDED: _("added value"),
        s.OUTPUT: _("output"),
        s.RD: _("research"),
        s.ENERGY: _("energy"),
        s.EMISSIONS: _("emissions"),
        s.STAFF: _("staff"),
        s.AREA_M2: _("stated land"),
        s.FAR: _("floor-area ratio"),
        s.COVERAGE: _("coverage"),
        "price_yuan_m2": _("price"),
    }[column]


def storey_issues(storeys: Any, height: Any, rows: Any, file: str = "") -> list[Issue]:
    """Hold heights against storeys: most of them out of proportion stop the run, single ones are told."""
    each = height / storeys
    least, most = STOREY_M
    odd = (each < least) | (each > most)
    if not odd.any():
        return []
    known = int((~np.isnan(each)).sum())
    action = _("a storey would be below {least:g} or above {most:g} m high", least=least, most=most)
    found = Issue("heights_and_storeys", int(odd.sum()), action, rows=tuple(rows[odd]))
    if known < FEW or odd.sum() <= MOST * known:
        return [found]
    fix = _("name the columns of storeys and height in [context] buildings, heights in metres")
    return [replace(found, stops=True, fix=fix, file=file)]
