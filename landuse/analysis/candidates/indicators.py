"""What is known of every plot: indicators that rules judge and scores weigh, each with its level of evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.overlay.common_area import common_area
from landuse.analysis.plots.buildings import built_ratios
from landuse.analysis.plots.firms import by_year, firms_of, latest, standing
from landuse.i18n import _
from landuse.inputs.context import standards_of
from landuse.quality import Issue
from landuse.reference.rule_pack import MEASURES
from landuse.results.candidates import Indicators
from landuse.units import to_mu

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from landuse.geo.arrays import Floats
    from landuse.inputs.context import Context, Pixels
    from landuse.inputs.enterprises import Enterprises
    from landuse.inputs.parcels import Parcels

#: Years a mean is taken over: the latest so many that hold a figure for the plot.
YEARS = 3
DAYS_A_YEAR = 365.25
#: A plot of whose land the plan says nothing for more than this share is unknown.
PLANNED = 0.5


def measure(
    parcels: Parcels,
    enterprises: Enterprises,
    context: Context,
    pixels: Mapping[str, Pixels],
    day: date | None,
) -> tuple[Indicators, tuple[Issue, ...]]:
    """Measure every parcel; what is not known is NaN, never zero.

    - tax_per_mu, added_value_per_mu: mean of the latest three years with figures, over the registered area.
    - tax_to_district: tax per 亩 over that of all plots of the district with a figure in the same year, the highest of
      the latest three years; unknown with fewer than three.
    - grade_d: share of the land used by firms graded D, of the firms of the plot's latest year, each by its latest
      grade; unknown where none has one.
    - idle_years: since when the last firm of the plot stopped, 0 where one works, at the study's date, by the rows of
      the plot's latest year.
    - energy_per_added_value: latest year with both; added value has to be positive.
    - staff_per_mu: latest year with a figure.
    - far, coverage: from the layer of buildings on a plot where it has any; else of the register; where that is blank,
      from a raster of building heights. A plot without a building in the layer is not empty for that.
    - planned_industrial: planned for industry over all planned land of the plot; unknown where less than half of the
      plot is planned.
    - green_ratio, night_light, slope: from rasters.

    Parameters
    ----------
    parcels : Parcels
        Of the definition's classes, with district and registered_m2 (without NaN).
    enterprises : Enterprises
        Figures of a year in which one of a parcel's firms lacks one are unknown.
    context : Context
        Plan, standards and buildings.
    pixels : mapping
        Raster to its pixels on the parcels.
    day : datetime.date or None
        Of the study; None: the end of the latest year of the table.

    Returns
    -------
    measures : Indicators
        A row a parcel.
    issues : tuple of Issue
        Idle dates after `day`.
    """
    ids = pd.Index(parcels[s.PARCEL], dtype=object, name=s.PARCEL)
    mu = to_mu(parcels[s.REGISTERED].to_numpy(dtype=float))
    firms = _Firms(ids, mu, enterprises)
    tax, years = firms.mean(s.TAX)
    day_ = _end(enterprises) if day is None else np.datetime64(day, "D")
    idle, issues = firms.idle(day_)
    planned, planned_code = _planned(parcels, context)
    unknown = np.full(len(ids), np.nan)
    values: dict[str, Any] = dict.fromkeys(("green_ratio", "night_light", "slope"), unknown)  # where no raster is given
    values |= {
        "tax_per_mu": tax,
        "added_value_per_mu": firms.mean(s.VALUE_ADDED)[0],
        "tax_to_district": firms.against(parcels[s.DISTRICT].to_numpy(dtype=object)),
        "grade_d": firms.graded_d(),
        "idle_years": idle,
        "energy_per_added_value": firms.energy(),
        "staff_per_mu": firms.latest(s.STAFF),
        "planned_industrial": planned,
        "supply_status": parcels.get(s.STATUS, pd.Series("", index=parcels.index)).to_numpy(dtype=object),
    }
    level = dict.fromkeys(values, "statistical")
    level |= dict.fromkeys(("planned_industrial", "supply_status"), "registered")
    level |= dict.fromkeys(("green_ratio", "night_light", "slope"), "remote")
    for name, statistic in (("ndvi", green_ratio), ("night_light", mean), ("slope", mean)):
        if name in pixels:
            values["green_ratio" if name == "ndvi" else name] = statistic(pixels[name])
    levels = {m: np.where(_is_known(v), level[m], "none").astype(object) for m, v in values.items()}
    proxy = built(pixels["building_height"], context.storey_height_m) if "building_height" in pixels else None
    shown = _built(parcels, context)
    for k, role in enumerate((s.FAR, s.COVERAGE)):
        stated = parcels[role].to_numpy(dtype=float) if role in parcels else np.full(len(ids), np.nan)
        own = np.where(np.isnan(shown[role]), stated, shown[role])
        remote = proxy[k] if proxy else np.full(len(ids), np.nan)
        values[role] = np.where(np.isnan(own), remote, own)
        which = [~np.isnan(own), ~np.isnan(remote)]
        levels[role] = np.select(which, ["registered", "remote"], "none").astype(object)
    year = int(str(day_)[:4]) if not np.isnat(day_) else None
    zone = parcels[s.DISTRICT].to_numpy(dtype=object)
    standards = {role: standards_of(zone, context.standards, year, role) for role in (s.FAR, s.COVERAGE)}
    if missing := set(MEASURES) ^ set(values):
        raise LookupError(f"measures that nobody computes, or that no rule may name: {sorted(missing)}")
    measured = Indicators(
        pd.DataFrame(values, index=ids)[list(MEASURES)],
        pd.DataFrame(levels, index=ids)[list(MEASURES)],
        pd.DataFrame(standards, index=ids),
        pd.DataFrame(
            {
                "years": years,
                "firms": firms.names(),
                "planned_code": planned_code,
                s.DISTRICT: parcels[s.DISTRICT].to_numpy(dtype=object),
                "mu": mu,
            },
            index=ids,
        ),
    )
    return measured, issues


def _built(parcels: Parcels, context: Context) -> pd.DataFrame:
    """Return far and coverage by the layer of buildings; NaN on plots it has none on, and without a layer."""
    if context.buildings is None:
        return pd.DataFrame(np.nan, index=range(len(parcels)), columns=[s.FAR, s.COVERAGE])
    return built_ratios(np.array(parcels.geometry.to_numpy(), dtype=object), context.buildings)


def _is_known(values: Any) -> Any:
    return values != "" if values.dtype == object else ~np.isnan(values)


def _end(enterprises: Enterprises) -> np.datetime64:
    last = enterprises[s.YEAR].max()
    return np.datetime64("NaT", "D") if pd.isna(last) else np.datetime64(f"{int(last)}-12-31", "D")


class _Firms:
    """The rows of an enterprise table that name a parcel, brought to the parcels."""

    def __init__(self, ids: pd.Index[str], mu: Floats, table: Enterprises) -> None:
        self.ids, self.mu, self.table = ids, mu, table
        self.here = table[ids.get_indexer(pd.Index(table[s.PARCEL], dtype=object)) >= 0]
        now = standing(table)
        self.now = now[now[s.PARCEL].isin(ids)]

    def _by_year(self, column: str) -> pd.DataFrame:
        if column not in self.table or self.here.empty:
            return pd.DataFrame(index=self.ids)
        return by_year(self.table, column, self.ids)

    def names(self) -> NDArray[np.object_]:
        return firms_of(self.here, _("(tenant)")).reindex(self.ids).fillna("").to_numpy(dtype=object)

    def mean(self, column: str) -> tuple[Floats, NDArray[np.object_]]:
        """Mean of the latest years with figures, per 亩; and those years."""
        table = self._by_year(column)
        figures, which = latest(table, YEARS)
        known = ~np.isnan(figures)
        count = known.sum(axis=1)
        total = np.where(known, figures, 0.0).sum(axis=1)
        out = np.divide(total, count, out=np.full(len(table), np.nan), where=count > 0) / self.mu
        said = np.array(table.columns, dtype=int)
        years = np.empty(len(table), dtype=object)
        years[:] = [tuple(int(y) for y in said[row] if y) for row in which]
        return out, years

    def latest(self, column: str) -> Floats:
        """The latest figure, per 亩."""
        return latest(self._by_year(column), 1)[0][:, 0] / self.mu

    def against(self, district: NDArray[np.object_]) -> Floats:
        """Tax per 亩 against the district's, the highest of the latest three years."""
        tax = self._by_year(s.TAX)
        land = tax.notna().mul(self.mu, axis=0)
        whole = tax.groupby(district).transform("sum") / land.groupby(district).transform("sum")
        ratio = tax.div(self.mu, axis=0) / whole.where(whole > 0)
        figures, _which = latest(ratio, YEARS)
        return np.asarray(figures.max(axis=1))  # NaN where one of them is

    def graded_d(self) -> Floats:
        if s.GRADE not in self.here or self.here.empty:
            return self._unknown()
        plot = self.now[s.PARCEL]
        land = self.now[s.AREA_M2].where(self.now[s.AREA_M2] > 0)
        complete = land.notna().groupby(plot).transform("all")
        land = land.where(complete, 1.0)
        share = land.where(self.now[s.GRADE] == "D", 0.0).groupby(plot).sum() / land.groupby(plot).sum()
        graded = (self.now[s.GRADE] != "").groupby(plot).any()
        return share.where(graded).reindex(self.ids).to_numpy(dtype=float)

    def energy(self) -> Floats:
        energy, added = self._by_year(s.ENERGY), self._by_year(s.VALUE_ADDED)
        return latest(energy / added.where(added > 0), 1)[0][:, 0] if len(energy.columns) else self._unknown()

    def idle(self, day: np.datetime64) -> tuple[Floats, tuple[Issue, ...]]:
        if s.IDLE_SINCE not in self.here or self.here.empty or np.isnat(day):
            return self._unknown(), ()
        since = self.now[s.IDLE_SINCE].to_numpy().astype("datetime64[D]")
        years = np.where(np.isnat(since), 0.0, (day - since).astype(float) / DAYS_A_YEAR)
        later = years < 0
        years[later] = np.nan
        rows = pd.Series(years).groupby(self.now[s.PARCEL].to_numpy())
        least = rows.min().where(rows.count() == rows.size())
        issues: tuple[Issue, ...] = ()
        if later.any():
            firms = tuple(dict.fromkeys(self.now[s.FIRM].to_numpy()[later]))
            action = _("idle since a day after {day}: taken as unknown", day=str(day))
            issues = (Issue("idle_in_future", len(firms), action, rows=firms),)
        return np.asarray(least.reindex(self.ids), dtype=np.float64), issues

    def _unknown(self) -> Floats:
        return np.full(len(self.ids), np.nan)


def _planned(parcels: Parcels, context: Context) -> tuple[Floats, NDArray[np.object_]]:
    """Share of each parcel's planned land that is planned for industry, and the code that covers most of it."""
    n = len(parcels)
    if context.plan is None:
        return np.full(n, np.nan), np.full(n, "", dtype=object)
    land = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    plan = np.asarray(context.plan.geometry.to_numpy(), dtype=object)
    p, k = shapely.STRtree(land).query(plan, predicate="intersects")
    area = common_area(land[k], plan[p])
    total = np.bincount(k, area, n)
    industrial = np.bincount(k, area * context.plan["industrial"].to_numpy()[p], n)
    share = np.divide(industrial, total, out=np.full(n, np.nan), where=total > PLANNED * shapely.area(land))
    pairs = pd.DataFrame({"k": k, "code": context.plan[s.CODE].to_numpy(dtype=object)[p], "m2": area})
    most = pairs.groupby(["k", "code"])["m2"].sum().reset_index().sort_values(["k", "m2", "code"], kind="stable")
    code = most.drop_duplicates("k", keep="last").set_index("k")["code"].reindex(range(n)).fillna("")
    return share, np.where(np.isnan(share), "", code.to_numpy(dtype=object))


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
