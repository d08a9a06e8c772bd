"""What the analysis answers: frozen results in SI units that check their own accounting and present themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landuse.definition import MET, NOT_MET, UNCERTAIN, Definition, Gap
from landuse.errors import BALANCE, AccountingError, balance
from landuse.i18n import _
from landuse.units import shown_mu

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Interval:
    """Between which shares the truth lies when boundaries may be off by a tolerance.

    Attributes
    ----------
    tolerance_m : float
        How far boundaries were moved, outward and inward.
    low, high : float
        Shares, 0-1.
    parcels : pandas.DataFrame
        The parcels that decide it, largest first: parcel_id, district, low_m2, high_m2, swing_m2.
    """

    tolerance_m: float
    low: float
    high: float
    parcels: pd.DataFrame


@dataclass(frozen=True)
class Concentration:
    """What share of the industrial land lies inside the parks?

    Attributes
    ----------
    definition : Definition
        What was counted, and how.
    target : float
        The policy's share, 0-1.
    total_m2, inside_m2 : float
        Of the city; land that several parcels or parks claim is counted once.
    districts : pandas.DataFrame
        Index: district code. Columns: name, total_m2, inside_m2, share (NaN without industrial land), gap_m2
        (relocate).
    interval : Interval or None
        Of the share, where boundaries were moved.
    parks : pandas.DataFrame
        Index: park id. Columns: park_name, level, industrial_m2 (attributed to one park each; sums to `inside_m2`),
        industrial_gross_m2 (all the park claims, cut at its boundary), land_m2, industrial_share (of the
        park's land, both ellipsoidal), blocks, main_share.
    """

    definition: Definition
    target: float
    total_m2: float
    inside_m2: float
    districts: pd.DataFrame
    parks: pd.DataFrame
    interval: Interval | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.inside_m2 <= self.total_m2 * (1 + BALANCE):
            raise AccountingError(f"inside {self.inside_m2!r} is not within 0 and the total {self.total_m2!r}")
        balance(self.districts["total_m2"].sum(), self.total_m2, "districts' industrial land")
        balance(self.districts["inside_m2"].sum(), self.inside_m2, "districts' industrial land inside parks")
        balance(self.parks["industrial_m2"].sum(), self.inside_m2, "parks' attributed industrial land")

    @property
    def outside_m2(self) -> float:
        """Industrial land outside every park."""
        return self.total_m2 - self.inside_m2

    @property
    def claimed_again_m2(self) -> float:
        """What the parks' gross figures hold beyond the land there is: counted once in the share."""
        return float(self.parks["industrial_gross_m2"].sum() - self.parks["industrial_m2"].sum())

    @property
    def share(self) -> float:
        """Inside over total, 0-1, unrounded."""
        return self.inside_m2 / self.total_m2

    @property
    def verdict(self) -> str:
        """Met when the low end of the interval reaches the target, not met when the high end stays below it."""
        low, high = (self.interval.low, self.interval.high) if self.interval else (self.share, self.share)
        if low >= self.target:
            return MET
        return NOT_MET if high < self.target else UNCERTAIN

    @property
    def gap(self) -> Gap:
        """The distance to the target."""
        return Gap.of(self.total_m2, self.inside_m2, self.target)

    def __str__(self) -> str:
        sentence = _(
            "Of {total:,.2f} mu of industrial land, {inside:,.2f} mu lie inside the parks: a share of {share:.2%}, "
            "{points:.2f} percentage points {side} the target of {target:.6g}%.",
            total=shown_mu(self.total_m2),
            inside=shown_mu(self.inside_m2),
            share=self.share,
            points=abs(self.share - self.target) * 100,
            side=_("above") if self.share >= self.target else _("below"),
            target=self.target * 100,
        )
        return sentence + "\n" + _("Definition: {definition}", definition=self.definition)


@dataclass(frozen=True)
class Proof:
    """What was checked, and how close it came.

    Attributes
    ----------
    inside, outside : int
        Witnesses of pieces inside and outside the parks; all of them held.
    pairs : int
        Pairs of a straddling parcel and a face measured by both engines.
    worst : float
        Largest disagreement of the engines, as a share of its bound (grid × perimeter of the parcel); at most 1.
    """

    inside: int
    outside: int
    pairs: int
    worst: float

    def __str__(self) -> str:
        return _(
            "{witnesses} witnesses held; {pairs} cuts agree with a second engine, at worst {worst:.0%} of the bound",
            witnesses=self.inside + self.outside,
            pairs=self.pairs,
            worst=self.worst,
        )
