"""What the analysis answers: frozen results in SI units that check their own accounting and present themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from landuse.errors import AccountingError
from landuse.i18n import _
from landuse.units import shown_mu

if TYPE_CHECKING:
    import geopandas as gpd

MET, NOT_MET, UNCERTAIN = "met", "not_met", "uncertain"
#: What may happen to a parcel on the edge.
RULES = ("clip", "centroid", "majority")
#: Sums of areas agree to this, relative to the total.
BALANCE = 1e-9


def balance(parts: float, total: float, what: str) -> None:
    """Raise unless `parts` equals `total` to rounding."""
    if not math.isclose(parts, total, rel_tol=BALANCE, abs_tol=1e-3):
        raise AccountingError(f"{what}: the parts sum to {parts!r}, the total is {total!r}")


@dataclass(frozen=True)
class Definition:
    """What exactly a share means; printed with every number.

    Attributes
    ----------
    classes : {"core", "with_storage", "with_mining"}
        Which land counts as industrial.
    boundary : {"approved", "planned", "jurisdiction", "control"}
        Which outline of the parks.
    rule : {"clip", "centroid", "majority"}
        What happens to a parcel on the edge.
    area : {"registered", "ellipsoidal", "planar"}
        How land is measured.
    """

    classes: str = "core"
    boundary: str = "approved"
    rule: str = "clip"
    area: str = "registered"

    @property
    def words(self) -> tuple[str, str, str, str]:
        """Classes, boundary, rule and area in words."""
        return (
            {
                "core": _("core industrial land"),
                "with_storage": _("industrial and storage land"),
                "with_mining": _("industrial and mining land"),
            }[self.classes],
            {
                "approved": _("approved boundary"),
                "planned": _("planned boundary"),
                "jurisdiction": _("jurisdiction boundary"),
                "control": _("control-line boundary"),
            }[self.boundary],
            {
                "clip": _("parcels cut at the boundary"),
                "centroid": _("parcels by their centroid"),
                "majority": _("parcels by their larger part"),
            }[self.rule],
            {
                "registered": _("registered area"),
                "ellipsoidal": _("ellipsoidal area"),
                "planar": _("planar area"),
            }[self.area],
        )

    def __str__(self) -> str:
        return " · ".join(self.words)


@dataclass(frozen=True)
class Gap:
    r"""How far a share is from its target, in four currencies; negative means surplus.

    With T total, I inside, t target and k the park land used per unit of land moved:

    .. math:: clear = T - I/t, \quad relocate = tT - I, \quad compact = \frac{tT - I}{t + k(1 - t)}, \quad
              supply = \frac{tT - I}{1 - t}

    Attributes
    ----------
    clear : float
        Land outside to clear away [m²].
    relocate : float
        Land to move inside one to one [m²].
    compact : float
        Land to move when one unit needs k units in a park [m²]; equals `relocate` at k = 1.
    new_supply : float
        Land to supply anew inside [m²].
    """

    clear: float
    relocate: float
    compact: float
    new_supply: float

    @classmethod
    def of(cls, total: float, inside: float, target: float, compaction: float = 1.0) -> Gap:
        """Return the gap of a region with `total` and `inside` m² against `target` (0-1).

        Examples
        --------
        100 ha of industry, 60 ha of it inside, 70 % wanted:

        >>> gap = Gap.of(100.0, 60.0, 0.7)
        >>> round(gap.clear, 3), round(gap.relocate, 3), round(gap.new_supply, 3)
        (14.286, 10.0, 33.333)
        """
        short = target * total - inside
        supply = short / (1 - target) if target < 1 else math.copysign(math.inf, short) if short else 0.0
        return cls(
            clear=total - inside / target,
            relocate=short,
            compact=short / (target + compaction * (1 - target)),
            new_supply=supply,
        )


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
class Scatter:
    """Which industrial plots outside the parks are scattered?

    Attributes
    ----------
    plots : geopandas.GeoDataFrame
        Index: plot id. One row per parcel with land outside every park, or per group of its parts where they lie
        farther apart than the gap. Columns: district, code, area_m2, cluster,
        cluster_m2, park_distance_m, position ("scattered" | "highly_scattered" | "small" | "adjoining" | "clustered"),
        place ("urban" | "beyond" the urban development boundary, "" where there is none), neighbours (tuple of
        farmland, housing, ecological: what lies within the gap), geometry (its parts outside, together).
    sensitivity : pandas.DataFrame or None
        How the list changes with the gap and the largest cluster.
    town_marks : pandas.DataFrame or None
        The survey's mark of industry that stands alone against the position.
    pieces : pandas.Series
        Of plots that are one of several of a parcel, the parcel's id, by plot id.
    """

    plots: gpd.GeoDataFrame
    sensitivity: pd.DataFrame | None = None
    town_marks: pd.DataFrame | None = None
    pieces: pd.Series[str] = field(default_factory=lambda: pd.Series(dtype=object))

    @property
    def scattered(self) -> gpd.GeoDataFrame:
        """The scattered plots, the highly scattered among them, without those too small to list."""
        return self.plots[self.plots["position"].isin(["scattered", "highly_scattered"])]

    def parcel_of(self, plots: pd.Index[str]) -> pd.Index[str]:
        """Return the parcel of each plot."""
        return pd.Index([self.pieces.get(plot, plot) for plot in plots], dtype=object) if len(self.pieces) else plots

    @property
    def positions(self) -> pd.Series[str]:
        """The position of each parcel with land outside every park: that of its largest plot."""
        table = self.plots[["area_m2", "position"]].set_axis(self.parcel_of(self.plots.index), axis=0)
        if table.index.is_unique:
            return table["position"]
        table = table.sort_values("area_m2", ascending=False, kind="stable")
        return table[~table.index.duplicated()].sort_index()["position"]

    @property
    def clusters(self) -> int:
        """How many clusters the scattered plots form."""
        return int(self.scattered["cluster"].nunique())


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
