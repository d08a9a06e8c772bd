"""Do the land that firms state, what blocks have to spare, prices and pixels fit the land that is drawn?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.geo.area import ellipsoidal_area
from landuse.geo.crs import system
from landuse.i18n import _
from landuse.quality import Issue
from landuse.reference.plausible_ranges import COSTS, FEW, FEW_LOW, LAND_SLIPS, MOST, PRICE, RASTERS, REGISTER, name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from landuse.geo.arrays import Floats
    from landuse.inputs.capacity import Blocks
    from landuse.inputs.context import Pixels
    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.parks import Parks

#: Land stated in one unit and measured: beyond so many times, or below one such part, it is told.
CONTRADICTS = 2.0
#: Stated figures are rounded, and a lease may reach over the edge.
ROUNDED = 1.05
#: Spare land of the middle block below this part of it may be in a larger unit than it is read in.
LEAST_SPARE = 0.01
#: Floor over built land: yards that count as coverage bring it below one, no factory is so high in the mean.
MEAN_STOREYS = (0.5, 12.0)


def firm_land_issues(enterprises: Enterprises, parcels: Parcels, file: str = "") -> list[Issue]:
    """Hold the land that the firms of a plot state together against the plot's.

    Parameters
    ----------
    enterprises : Enterprises
    parcels : Parcels
        With registered_m2.
    file : str
        Of the table, for messages.

    Returns
    -------
    list of Issue
        firm_land_unit (stops): for most plots another unit fits, and the one it is read in does not. Else firm_land:
        plots whose firms state more land than it has, or less than half of it, in one year; or land of 0.
    """
    rows = enterprises[enterprises[s.AREA_M2].notna() & (enterprises[s.PARCEL] != "")]
    none = tuple(dict.fromkeys(rows.loc[rows[s.AREA_M2] == 0, s.PARCEL]))
    action = _("plots of which firms state 0 of land: leave blank what is not known, for nothing stands on nothing")
    out = [Issue("firm_land", len(none), action, rows=none, plots=none)] if none else []
    stated = rows.groupby([s.PARCEL, s.YEAR], dropna=False)[s.AREA_M2].sum().reset_index()
    registered = stated[s.PARCEL].map(parcels.set_index(s.PARCEL)[s.REGISTERED]).astype(float)
    by_year = stated[s.AREA_M2] / registered
    most: pd.Series[float] = by_year.where(by_year > 0).groupby(stated[s.PARCEL]).max().dropna()
    middle = np.asarray(most, dtype=np.float64)
    if unit := _other_unit(middle):
        action = _("the land that firms state is that of their plots when read as {unit}", unit=unit)
        fix = _('state [enterprises] units area = "{unit}"', unit=unit)
        return [*out, Issue("firm_land_unit", len(most), action, stops=True, fix=fix, file=file)]
    above, below = most > ROUNDED, most < 1 / CONTRADICTS
    odd = tuple(most.index[above | below])
    if not odd:
        return out
    action = _(
        "plots whose firms state more land than it has: {above} (more than twice as much: {far}), less than half of "
        "it: {below}; kept: it decides how figures are shared",
        above=int(above.sum()),
        far=int((most > CONTRADICTS).sum()),
        below=int(below.sum()),
    )
    return [*out, Issue("firm_land", len(odd), action, rows=odd, plots=odd)]


def _other_unit(ratio: Floats) -> str:
    """Return the unit in which most land agrees; "" where it does as it is read, or in none."""

    def fits(r: Floats) -> float:
        return float(np.mean((r <= CONTRADICTS) & (r >= 1 / CONTRADICTS)))

    if len(ratio) < FEW or fits(ratio) > MOST:
        return ""
    for factor, (stated, read) in LAND_SLIPS.items():
        for times, unit in ((factor, stated), (1 / factor, read)):
            if fits(ratio / times) > MOST:
                return unit
    return ""


def block_issues(blocks: Blocks, parks: Parks, file: str = "") -> list[Issue]:
    """Hold the spare land of blocks against their outlines, and prices against each other and any city's.

    Parameters
    ----------
    blocks : Blocks
    parks : Parks
        Whose rows `place` counts.
    file : str
        Of the table of blocks, for messages.

    Returns
    -------
    list of Issue
        spare_land (stops): more than the block's whole outline. spare_small: of most blocks hardly any.
        price_unit (stops): the median leaves its band. extreme_prices: one far from the median.
    """
    place = blocks["place"].to_numpy(dtype=np.int64)
    sites = parks.iloc[place]
    names = (sites[s.PARK].astype(str) + " " + sites[s.BLOCK].astype(str)).to_numpy(dtype=object)
    drawn = ellipsoidal_area(np.asarray(sites.geometry.to_numpy(), dtype=object), system(parks))
    part = blocks["spare_m2"].to_numpy(dtype=float) / drawn
    price = blocks["price_yuan_m2"].to_numpy(dtype=float)
    out = [*_spare(part, names, file), *_prices(price, names, file)]
    if len(part) > 1 and not part.any():
        out.append(Issue("constant_figures", len(part), _("no block has land to spare")))
    if len(price) > 1 and not price.any():
        out.append(Issue("constant_figures", len(price), _("no block's land costs anything")))
    elif len(set(price)) == 1 and len(price) >= FEW_LOW:
        out.append(Issue("constant_figures", len(price), _("all blocks have one price")))
    return out


def _spare(part: Floats, names: NDArray[np.object_], file: str) -> list[Issue]:
    """Tell of spare land by its part of the block."""
    above, stated = part > ROUNDED, part[part > 0]
    if above.any():
        action = _(
            "more spare land than the whole block has: the middle one {times:,.4g} times", times=np.median(stated)
        )
        fix = _("write spare land in 亩, not in square metres or of the whole park")
        rows = tuple(names[above])
        return [Issue("spare_land", len(rows), action, rows=rows, stops=True, fix=fix, file=file)]
    if len(stated) >= FEW_LOW and float(np.median(stated)) < LEAST_SPARE:
        action = _(
            "the middle block has {part:.2%} of its land to spare: in 亩, or in hectares?", part=np.median(stated)
        )
        return [Issue("spare_small", len(stated), action)]
    return []


def _prices(price: Floats, names: NDArray[np.object_], file: str) -> list[Issue]:
    """Tell of prices by the band of medians and by each other; 0 is land that costs nothing."""
    wrong = PRICE.wrong(price)
    if wrong is not None:
        action = _("the middle block would cost {price:,.4g} yuan per m2", price=wrong)
        fix = _("write prices in 万元 per 亩; they look like {likely}", likely=PRICE.likely(wrong))
        return [Issue("price_unit", len(price), action, stops=True, fix=fix, file=file)]
    paid = price[price > 0]
    if len(paid) < FEW:
        return []
    middle = float(np.median(paid))
    odd = (price > PRICE.apart * middle) | ((price > 0) & (price < middle / PRICE.apart))
    if not odd.any():
        return []
    action = _("more than ten times, or less than a tenth of, the middle price: kept")
    return [Issue("extreme_prices", int(odd.sum()), action, rows=tuple(names[odd]))]


def cost_issues(costs: Mapping[str, float], file: str = "") -> list[Issue]:
    """Tell of settings of [relocation.cost] that nobody pays, a slip of the unit (stops)."""
    odd = {key: costs[key] for key, most in COSTS.items() if costs[key] > most}
    if not odd:
        return []
    action = ", ".join(f"{key} = {value:,.10g} (> {COSTS[key]:,g})" for key, value in odd.items())
    fix = _("write [relocation.cost] in 万元 per 亩, tax_years in years")
    return [Issue("cost_settings", len(odd), action, rows=tuple(odd), stops=True, fix=fix, file=file)]


def register_issues(parcels: Parcels, file: str = "") -> list[Issue]:
    """Hold the register's ratios against their bands and each other.

    Parameters
    ----------
    parcels : Parcels
        With far and coverage, where the layer has them.
    file : str
        Of the layer, for messages.

    Returns
    -------
    list of Issue
        register_unit (stops): the median leaves its band, or coverage is above the floor-area ratio on most plots
        (single ones may be: yards count as coverage, not as floor). constant_ratios: one value on every plot.
        odd_ratios: plots whose buildings would have less than half a storey, or more than 12, in the mean.
    """
    out = []
    for column, band in REGISTER.items():
        if column not in parcels:
            continue
        known = parcels[column].to_numpy(dtype=float)
        known = known[~np.isnan(known)]
        wrong, name = band.wrong(known), name_of(column)
        if wrong is not None:
            action = _("{figure}: the median plot would have {median:.4g}", figure=name, median=wrong)
            fix = _("write {figure} as a ratio (1.2, or 120%)", figure=name)
            out.append(Issue("register_unit", len(known), action, stops=True, fix=fix, file=file))
        elif len(known) >= FEW_LOW and len(set(known)) == 1:
            action = _("{figure} is {value:g} on all {n} plots", figure=name, value=known[0], n=len(known))
            out.append(Issue("constant_ratios", len(known), action))
    if s.FAR in parcels and s.COVERAGE in parcels:
        both = parcels[parcels[s.FAR].notna() & parcels[s.COVERAGE].notna()]
        above = (both[s.COVERAGE] > both[s.FAR]).to_numpy()
        if len(both) >= FEW_LOW and above.mean() > MOST:
            action = _("coverage is above the floor-area ratio on {n} of {of} plots", n=int(above.sum()), of=len(both))
            fix = _("name the columns of far and coverage in [parcels] the other way round")
            return [*out, Issue("register_unit", int(above.sum()), action, stops=True, fix=fix, file=file)]
        storeys = both[s.FAR] / both[s.COVERAGE].where(both[s.COVERAGE] > 0)
        low, high = MEAN_STOREYS
        odd = tuple(both.loc[(storeys < low) | (storeys > high), s.PARCEL])
        if odd:
            action = _(
                "floor-area ratio over coverage is below {low:g} or above {high:g} storeys; kept", low=low, high=high
            )
            out.append(Issue("odd_ratios", len(odd), action, rows=odd, plots=odd))
    return out


def raster_issues(pixels: Mapping[str, Pixels], files: Mapping[str, str]) -> list[Issue]:
    """Tell of pixels with values that their raster cannot have; most of them stop the run: another unit, or a scale."""
    out = []
    for name, found in pixels.items():
        low, high = RASTERS[name]
        odd = (found.value < low) | (found.value > high)
        if odd.any():
            action = _(
                "{raster}: {n} of {of} pixels on plots are not between {low:g} and {high:g}",
                raster=name,
                n=int(odd.sum()),
                of=len(odd),
                low=low,
                high=high,
            )
            fix = _("give a raster in its own unit, unscaled, with its value for no data declared")
            stops: dict[str, Any] = {"stops": True, "fix": fix, "file": files[name]} if odd.mean() > MOST else {}
            out.append(Issue("raster_values", int(odd.sum()), action, **stops))
    return out
