"""The doors for what a relocation plan needs beside the candidates: blocks and their spare land, groups, demands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NewType

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.i18n import _
from landuse.inputs.dates import OPENING
from landuse.inputs.districts import UNKNOWN_DISTRICTS, StudyDistricts, strange_districts
from landuse.inputs.enterprises import Enterprises, no_enterprises
from landuse.inputs.polygons import polygons
from landuse.inputs.table_reader import TableReader
from landuse.quality import Issue
from landuse.reference.industries import Industries, division
from landuse.spelling import key, plain, unify
from landuse.units import MONEY_YUAN, to_m2

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from pyproj import CRS

    from landuse.inputs.districts import Districts
    from landuse.inputs.parks import Parks
    from landuse.inputs.source_table import Checked, SourceTable

Blocks = NewType("Blocks", pd.DataFrame)
#: What a block may be short of beside land; units are the table's own, the same in both tables.
SUPPLIES = ("power", "water", "gas")
#: Highest class of pollution there is.
WORST = 3
PARTS = re.compile(r"[;,，；、\s]+")


@dataclass(frozen=True)
class PlanInputs:
    """What a plan is made from beside the run's own results, as admitted.

    Attributes
    ----------
    blocks : Blocks
        Of the headline's parks.
    industries : Industries
        Which belong together.
    groups : mapping
        Plot to its group: plots of one group share their fate.
    demand : DataFrame
        By plot: power, water, gas; NaN unknown.
    protected : GeoDataFrame or None
        Land that is never spare.
    land : GeoDataFrame or None
        Parcels a park may still build on, where spare land has to be computed.
    enterprises : Enterprises
        Whose latest industry codes say what a plot makes.
    districts : Districts or None
        For the district of a block that states none.
    housing : GeoDataFrame or None
        Land that a factory may disturb: group (of which "housing" counts), geometry.
    """

    blocks: Blocks
    industries: Industries
    groups: Mapping[str, str] = field(default_factory=dict)
    demand: pd.DataFrame = field(default_factory=pd.DataFrame)
    protected: gpd.GeoDataFrame | None = None
    land: gpd.GeoDataFrame | None = None
    enterprises: Enterprises = field(default_factory=no_enterprises)
    districts: Districts | None = None
    housing: gpd.GeoDataFrame | None = None


def as_blocks(
    raw: SourceTable,
    columns: Mapping[str, str],
    parks: Parks,
    *,
    zones: StudyDistricts = UNKNOWN_DISTRICTS,
    last_year: int | None = None,
) -> Checked[Blocks]:
    """Admit the table of blocks that take plots.

    Parameters
    ----------
    raw : SourceTable
        One row a block; a block without a row takes nothing.
    columns : mapping
        Role to foreign column: park, block, spare (亩; blank: computed), from_year (blank: open now), price (万元/亩),
        industries (divisions of GB/T 4754 parted by ";"; blank: any); optionally pollution (highest class taken),
        power, water, gas (what is left to connect), district, partner (a district that shares the block), share (of
        land that comes from there, the part credited to the partner, 0-1).
    parks : Parks
        The outlines that count.
    zones : StudyDistricts
        Of the study; a block of another one, or shared with another, is reported.
    last_year : int, optional
        Of the plan; a block that opens later is reported.

    Returns
    -------
    Checked of Blocks
        Columns place (position in `parks`), spare_m2 (NaN: to be computed), from_year (0: open), price_yuan_m2,
        industries (tuple), pollution (3: takes all), pollution_stated, power, water, gas (inf: no limit), district,
        partner ("" for none), credit.

    Raises
    ------
    InputError
        With every problem: blocks that are not in the layer or named twice, figures below zero, prices that are blank.
    """
    reader = TableReader(raw, columns)
    refuse = reader.refuse

    def figures(role: str, units: Mapping[str, float] | None = None, unit: str = "") -> Any:
        return reader.figures(role, units, unit, positive=_("write what is left, 0 for nothing"))

    texts = [reader.identifiers(role) for role in ("park", "block")]
    keys = [(key(park), key(block)) for park, block in zip(*texts, strict=True)]
    known = {
        (key(park), key(block)): n for n, (park, block) in enumerate(zip(parks[s.PARK], parks[s.BLOCK], strict=True))
    }
    place = np.array([known.get(k, -1) for k in keys], dtype=np.int64)
    refuse(place < 0, _("a block that the park layer does not have"), _("write park and block as the layer does"))
    reader.once(keys, _("one block in several rows"), _("keep one row a block"), unless=place < 0)
    spare = figures("spare", {"亩": 1.0}, "亩")
    price = figures("price", {"万元/亩": 1.0}, "万元/亩")
    refuse(np.isnan(price), _("a block without a price"), _("write 万元 per 亩, 0 where land costs nothing"))
    year = figures("from_year")
    odd_year = (year % 1 > 0) | (year < OPENING[0]) | (year > OPENING[1])
    no_year = _("column {column!r}: no year", column=columns.get("from_year"))
    refuse(odd_year, no_year, _("write the year, 2027; leave the cell blank where the land is open now"))
    leading = [tuple(filter(None, PARTS.split(plain(x)))) for x in reader.texts("industries")]
    divisions = [tuple(division(x) for x in codes) for codes in leading]
    odd = np.array(["" in d for d in divisions], dtype=bool)
    refuse(odd, _("leading industries that are not codes"), _("write divisions of GB/T 4754, 01 to 97: 34;35"))
    worst = figures("pollution")
    refuse(~np.isnan(worst) & ~np.isin(worst, range(1, WORST + 1)), _("no class of pollution"), _("write 1, 2 or 3"))
    credit = np.nan_to_num(figures("share", {"": 1.0, "%": 0.01}))
    partner = np.array([key(x)[:6] for x in reader.identifiers("partner")], dtype=object)
    refuse(credit > 1, _("a share above one"), _("write 0.5 or 50%"))
    refuse((credit > 0) & (partner == ""), _("a shared credit without a partner"), _("name the partner's district"))
    district = [key(x)[:6] for x in reader.identifiers("district")]
    supplies = {role: np.nan_to_num(figures(role), nan=np.inf) for role in SUPPLIES}
    reader.done()
    table = pd.DataFrame(
        {
            "place": place,
            "spare_m2": to_m2(spare, "mu"),
            "from_year": np.nan_to_num(year).astype(np.int64),
            "price_yuan_m2": price * MONEY_YUAN["万元"] / to_m2(1.0, "mu"),
            "industries": pd.Series(divisions, dtype=object),
            "pollution": np.where(np.isnan(worst), WORST, worst).astype(np.int64),
            "pollution_stated": ~np.isnan(worst),
            **supplies,
            s.DISTRICT: district,
            "partner": partner,
            "credit": credit,
        }
    )
    issues: list[Issue] = []
    for role, codes in (("district", district), ("partner", partner)):
        issues += strange_districts(
            codes, zones, reader.rows, _("{file}, column {column}", file=raw.file, column=columns.get(role))
        )
    if last_year is not None and (late := year > last_year).any():
        action = _("open after the plan's last year, {year}: they take no plot", year=last_year)
        if last_year < OPENING[0]:  # counted from 1: the study has no date
            action = _("the plan has no calendar: give [study] date or [relocation] first_year, or these take no plot")
        spare = float(table["spare_m2"].to_numpy()[late].sum())
        known_m2 = None if np.isnan(spare) else spare
        issues.append(Issue("blocks_too_late", int(late.sum()), action, known_m2, rows=tuple(reader.rows[late])))
    table = table.sort_values("place", kind="stable", ignore_index=True)
    return reader.checked(Blocks(table), (*issues, *_unlisted(parks, place)))


def _unlisted(parks: Parks, listed: Any) -> list[Issue]:
    """Report blocks that the table has no row for."""
    missing = np.setdiff1d(np.arange(len(parks)), listed)
    rows = tuple(f"{parks[s.PARK][k]} {parks[s.BLOCK][k]}" for k in missing)
    return [Issue("blocks_unlisted", len(rows), _("no row for them: they take nothing"), rows=rows)] if rows else []


def as_groups(raw: SourceTable, known: Collection[str] = ()) -> Checked[dict[str, str]]:
    """Admit a table of plots that stay together: plot (one of the `known` is spelled as there), group."""
    table = TableReader(raw)
    plots, groups = table.plots("plot", known), unify(table.identifiers("group"))
    blank = np.array([not p or not g for p, g in zip(plots, groups, strict=True)], dtype=bool)
    table.refuse(blank, _("a plot or a group is blank"), _("fill it in"))
    table.once(plots, _("one plot in several rows"), _("keep one row a plot"), unless=blank)
    table.done()
    return table.checked(dict(zip(plots, groups, strict=True)), strange_plots(plots, known, table.rows, raw.file))


def as_demand(raw: SourceTable, known: Collection[str] = ()) -> Checked[pd.DataFrame]:
    """Admit a table of what plots (one of the `known` is spelled as there) need: power, water, gas; blank: unknown."""
    table, fix = TableReader(raw), _("write what the plot needs, or leave it blank")
    values = {role: table.figures(role, positive=fix) for role in SUPPLIES}
    plots = pd.Index(table.plots("plot", known), dtype=object)
    table.once(plots, _("one plot in several rows"), _("keep one row a plot"))
    table.done()
    return table.checked(pd.DataFrame(values, index=plots), strange_plots(plots, known, table.rows, raw.file))


def strange_plots(plots: Iterable[str], known: Collection[str], rows: Any, table: str) -> list[Issue]:
    """Report rows of a table that name a plot which is no industrial parcel; none where nobody knows the parcels."""
    parcels = set(known)
    strange = np.array([plot not in parcels for plot in plots], dtype=bool)
    if not parcels or not strange.any():
        return []
    action = _("{table}: plots that are no industrial parcel; these rows bind nothing", table=table)
    return [Issue("strange_plots", int(strange.sum()), action, rows=tuple(rows[strange]))]


def as_land(raw: SourceTable, crs: CRS) -> gpd.GeoDataFrame:
    """Return the polygons of a layer, repaired; the quality report already covers this layer."""
    numbers = pd.Series(raw.frame.index.astype(str), index=raw.frame.index)
    frame, _issues, _assumptions = polygons(raw, crs, numbers, "parcel")
    return gpd.GeoDataFrame(geometry=frame.geometry.to_numpy(), crs=crs)
