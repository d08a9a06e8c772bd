"""What changed between two dates, and who moved the line: the change ledger, and what is read from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import balance
from landuse.units import LEAST_M2

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd

    from landuse.config.history import ChangeSection
    from landuse.inputs.parks import Parks
    from landuse.results.concentration import Concentration

NEW_INSIDE, NEW_OUTSIDE = "new_inside", "new_outside"
CLEARED_INSIDE, CLEARED_OUTSIDE = "cleared_inside", "cleared_outside"
RECLASSIFIED, TRANSFERRED = "reclassified", "transferred"
REDRAWN_IN, REDRAWN_OUT = "redrawn_in", "redrawn_out"
REDIGITISED = "redigitised"
#: What may have happened to a part that changed; exactly one of these.
KINDS = (
    NEW_INSIDE,
    NEW_OUTSIDE,
    CLEARED_INSIDE,
    CLEARED_OUTSIDE,
    RECLASSIFIED,
    REDRAWN_IN,
    REDRAWN_OUT,
    TRANSFERRED,
    REDIGITISED,
)
UNCHANGED = "unchanged"
ALERT, EXCEPTED = "alert", "excepted"
#: The row of a decomposition for land that is the same and is stated to be more or less: no part is of this kind.
RESTATED = "restated"


@dataclass(frozen=True)
class ChangeLedger:
    """The land of two dates laid over each other, one row a part; every square metre of either is in one part.

    Attributes
    ----------
    start, end : datetime.date
        The two dates.
    before, after : Concentration
        The shares at the two dates.
    stayed : Concentration
        The share at the end had the park boundaries of the start stayed.
    parts : geopandas.GeoDataFrame
        kind (of `KINDS`, or "unchanged"); for each of before and after: parcel_, code_, district_, park_ ("" for none)
        and m2_ (0 where the land is not counted at that date); recorded (whether the survey's record of changes has
        it), stays_inside (inside the parks of the start, as the land is at the end), geometry.
    lineage : pandas.DataFrame
        One row a pair of parcels that share land, of those drawn anew: before, after, m2, kind ("redrawn" |
        "renumbered" | "split" | "merged" | "regrouped").

    Raises
    ------
    AccountingError
        When the parts do not sum to the totals of the two dates, city or district.
    """

    start: date
    end: date
    before: Concentration
    after: Concentration
    stayed: Concentration
    parts: gpd.GeoDataFrame = field(repr=False)
    lineage: pd.DataFrame = field(repr=False)

    def __post_init__(self) -> None:
        for when, whole in (("before", self.before), ("after", self.after)):
            m2, inside = self.parts[f"m2_{when}"], self.parts[f"park_{when}"] != ""
            balance(m2.sum(), whole.total_m2, f"industrial land {when} the change")
            balance(m2[inside].sum(), whole.inside_m2, f"industrial land inside parks {when} the change")
            by = m2.groupby(self.parts[f"district_{when}"]).sum()
            for code, total in whole.districts["total_m2"].items():
                balance(float(by.get(code, 0.0)), total, f"industrial land of district {code} {when} the change")

    @property
    def changed(self) -> gpd.GeoDataFrame:
        """The parts that changed, without those too small to be a change."""
        return self.parts[(self.parts["kind"] != UNCHANGED) & (land_of(self.parts) >= LEAST_M2)]

    @cached_property
    def components(self) -> pd.DataFrame:
        r"""What the change of the share is made of.

        With T total, I inside, s = I/T, and bars for the means of the two dates, the product rule of differences

        .. math:: \Delta s = (\Delta I - \bar s\,\Delta T) / \bar T

        is exact and linear, so the effects of the rows add up to the change of the share, in no particular order.

        Returns
        -------
        pandas.DataFrame
            Index: `KINDS` and "restated". m2 (the land of it), total_m2 and inside_m2 (what it adds to T and I),
            effect (on the share).
        """
        sums = self._entries.groupby("kind")[["total_m2", "inside_m2"]].sum()
        out = sums.reindex([*KINDS, RESTATED], fill_value=0.0)
        out.insert(0, "m2", land_of(self.parts).groupby(self.parts["kind"]).sum().reindex(out.index, fill_value=0.0))
        out.loc[RESTATED, "m2"] = np.abs(self.parts["m2_after"] - self.parts["m2_before"])[_both(self.parts)].sum()
        share = (self.before.share + self.after.share) / 2
        total = (self.before.total_m2 + self.after.total_m2) / 2
        out["effect"] = effect(out["inside_m2"], out["total_m2"], share, total)
        return out

    @cached_property
    def districts(self) -> pd.DataFrame:
        """The components of each district: district, kind, total_m2, inside_m2; they add up to its two dates.

        Land that passes from one district to another is lost to the first and gained by the second.
        """
        sums = self._entries.groupby([s.DISTRICT, "kind"], as_index=False)[["total_m2", "inside_m2"]].sum()
        return sums[(sums["total_m2"] != 0) | (sums["inside_m2"] != 0)].reset_index(drop=True)

    @cached_property
    def _entries(self) -> pd.DataFrame:
        """What each part adds to total and inside: district, kind, total_m2, inside_m2; several rows a part.

        Land counted at both dates leaves its old place and enters its new one by one measure, that of the date when it
        lies outside (else the earlier); the rest of a changed measure is a restatement where it was made.
        """
        part, both = self.parts, _both(self.parts)
        before, after = part["m2_before"], part["m2_after"]
        measure = after.where(part["kind"] == REDRAWN_OUT, before)
        lost, gained = before.where(~both, measure), after.where(~both, measure)
        moved = part["kind"] != UNCHANGED
        restated = pd.Series(RESTATED, index=part.index)
        sides = [
            ("before", -lost, part["kind"], moved),
            ("after", gained, part["kind"], moved),
            ("before", lost - before, restated, lost != before),
            ("after", after - gained, restated, after != gained),
        ]
        rows = [
            pd.DataFrame(
                {
                    s.DISTRICT: part[f"district_{when}"],
                    "kind": kind,
                    "total_m2": m2,
                    "inside_m2": m2.where(part[f"park_{when}"] != "", 0.0),
                }
            )[some]
            for when, m2, kind, some in sides
        ]
        return pd.concat(rows, ignore_index=True)

    @property
    def admitted(self) -> gpd.GeoDataFrame:
        """New land inside the parks that lies inside only because a boundary was redrawn since the start."""
        return self.parts[(self.parts["kind"] == NEW_INSIDE) & ~self.parts["stays_inside"]]

    @property
    def boundary_effect(self) -> float:
        """How much of the share at the end is owed to park boundaries drawn anew: share less that of `stayed`."""
        return self.after.share - self.stayed.share


def land_of(parts: pd.DataFrame) -> pd.Series[float]:
    """Return the land of each part [m²]: the larger measure, or of land that changed side that of its outside date."""
    most = parts[["m2_before", "m2_after"]].max(axis=1)
    most = most.where(parts["kind"] != REDRAWN_IN, parts["m2_before"])
    return most.where(parts["kind"] != REDRAWN_OUT, parts["m2_after"])


def effect(inside_m2: Any, total_m2: Any, share: Any, total: Any) -> Any:
    """Return what added land does to a share, by the means of share and total of both dates."""
    return (inside_m2 - share * total_m2) / total


def _both(parts: pd.DataFrame) -> pd.Series[bool]:
    """Return which parts are counted at both dates."""
    return (parts["m2_before"] > 0) & (parts["m2_after"] > 0)


@dataclass(frozen=True)
class Trajectory:
    """How the share went, where it should be, and what that asks for.

    Attributes
    ----------
    stocks : pandas.DataFrame
        One row a date and region: date, of ("city" | "district"), district (code; "" for the city, and for land in no
        district), name, total_m2, inside_m2, share, target (NaN before the path begins), stated (whether that target is
        the study's own, not interpolated), gap_m2 (to relocate), and since the date before (NaN at the first):
        cleared_m2, new_inside_m2, new_outside_m2.
    counters : pandas.DataFrame
        One row a period and counter: counter ("share" | "renovated" | "factory"), start, end, value (NaN where nobody
        counted), goal, basis ("computed" | "reported" | "missing").
    needed : float or None
        Points of share a year (0-1) from the last date to the target's; None without a date to come.
    pace : float
        Points of share a year (0-1) from the first date to the last.
    projection : pandas.DataFrame
        An extrapolation, no claim: the straight line through the city's shares and a 90 % prediction interval; date,
        share, low, high. Empty with fewer than three dates.
    """

    stocks: pd.DataFrame
    counters: pd.DataFrame
    needed: float | None
    pace: float
    projection: pd.DataFrame

    @property
    def city(self) -> pd.DataFrame:
        """The rows of the city."""
        return self.stocks[self.stocks["of"] == "city"]

    @property
    def districts(self) -> pd.DataFrame:
        """The rows of the districts."""
        return self.stocks[self.stocks["of"] == "district"]


@dataclass(frozen=True)
class History:
    """Everything a comparison with earlier dates found.

    Attributes
    ----------
    steps : tuple of ChangeLedger
        From each date to the next.
    violations : geopandas.GeoDataFrame
        New industrial land outside the parks, one row a plot and step: start, end, plot, district, area_m2, code_before
        (class of most of the land before; "" unknown), code_after, position (as in
        `landuse.results.candidates.Scatter`), approval, document ("" for none), status ("alert" | "excepted"), stands
        (whether it is still industrial outside the parks), geometry. Largest first, alerts before exceptions.
    trajectory : Trajectory
        Over all dates.
    parks : mapping
        Each earlier date to the parks of that date.
    rule : ChangeSection
        When a difference was news.
    """

    steps: tuple[ChangeLedger, ...]
    violations: gpd.GeoDataFrame
    trajectory: Trajectory
    parks: Mapping[date, Parks]
    rule: ChangeSection

    @property
    def last(self) -> ChangeLedger:
        """The latest step: to the study's own date."""
        return self.steps[-1]

    @property
    def alerts(self) -> gpd.GeoDataFrame:
        """The violations no document explains."""
        return self.violations[self.violations["status"] == ALERT]
