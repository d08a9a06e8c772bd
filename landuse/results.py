"""What the analysis answers: frozen results in SI units that check their own accounting and present themselves."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from landuse.errors import AccountingError
from landuse.i18n import _
from landuse.units import to_mu

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

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
            total=to_mu(self.total_m2),
            inside=to_mu(self.inside_m2),
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
        Index: parcel id. One row per parcel with land outside every park. Columns: district, code, area_m2, cluster,
        cluster_m2, park_distance_m, position ("scattered" | "highly_scattered" | "small" | "adjoining" | "clustered"),
        place ("urban" | "beyond" the urban development boundary, "" where there is none), neighbours (tuple of
        farmland, housing, ecological: what lies within the gap), geometry (its parts outside, together).
    sensitivity : pandas.DataFrame or None
        How the list changes with the gap and the largest cluster.
    town_marks : pandas.DataFrame or None
        The survey's mark of industry that stands alone against the position.
    """

    plots: gpd.GeoDataFrame
    sensitivity: pd.DataFrame | None = None
    town_marks: pd.DataFrame | None = None

    @property
    def scattered(self) -> gpd.GeoDataFrame:
        """The scattered plots, the highly scattered among them, without those too small to list."""
        return self.plots[self.plots["position"].isin(["scattered", "highly_scattered"])]

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


@dataclass(frozen=True)
class Finding:
    """One line of the quality report.

    Attributes
    ----------
    check : str
        What was looked at, as a stable key.
    count : int
        Rows concerned.
    action : str
        What was done about it, in words.
    area_m2 : float or None
        Land concerned.
    effect_on_share : float or None
        Share with what was done, less the share without; None where the question has no answer.
    rows : tuple of str
        Identifiers concerned.
    """

    check: str
    count: int
    action: str
    area_m2: float | None = None
    effect_on_share: float | None = None
    rows: tuple[str, ...] = field(default=(), repr=False)

    @property
    def title(self) -> str:
        """The check in words."""
        return {
            "invalid_geometry_parcel": _("invalid parcel geometry"),
            "invalid_geometry_park": _("invalid park geometry"),
            "invalid_geometry_district": _("invalid district geometry"),
            "doubtful_repair_parcel": _("parcels repaired in doubt"),
            "doubtful_repair_park": _("parks repaired in doubt"),
            "doubtful_repair_district": _("districts repaired in doubt"),
            "mixed_geometry_parcel": _("parcels with points or lines"),
            "mixed_geometry_park": _("parks with points or lines"),
            "mixed_geometry_district": _("districts with points or lines"),
            "no_polygon_parcel": _("parcels without a polygon"),
            "no_polygon_park": _("parks without a polygon"),
            "no_polygon_district": _("districts without a polygon"),
            "unreadable_geometry_parcel": _("parcels whose geometry cannot be read"),
            "unreadable_geometry_park": _("parks whose geometry cannot be read"),
            "unreadable_geometry_district": _("districts whose geometry cannot be read"),
            "invalid_geometry_plan": _("invalid geometry of the plan"),
            "invalid_geometry_development": _("invalid geometry of the development boundary"),
            "doubtful_repair_plan": _("polygons of the plan repaired in doubt"),
            "doubtful_repair_development": _("development boundary repaired in doubt"),
            "mixed_geometry_plan": _("polygons of the plan with points or lines"),
            "mixed_geometry_development": _("development boundary with points or lines"),
            "no_polygon_plan": _("rows of the plan without a polygon"),
            "no_polygon_development": _("rows of the development boundary without a polygon"),
            "unreadable_geometry_plan": _("rows of the plan that cannot be read"),
            "unreadable_geometry_development": _("rows of the development boundary that cannot be read"),
            "deleted_rows": _("rows marked as deleted"),
            "missing_id": _("missing identifiers"),
            "duplicate_id": _("duplicate identifiers"),
            "codes_normalised": _("codes written oddly"),
            "unknown_codes": _("unknown codes"),
            "overlapping_parcels": _("overlapping parcels"),
            "unstated_area": _("parcels without a stated area"),
            "area_differs": _("stated and measured area differ"),
            "overlaps_all_classes": _("overlaps, all classes"),
            "duplicates_all_classes": _("duplicates, all classes"),
            "districts_hold_part": _("districts that hold only part of the land"),
            "plane_scale": _("planar areas stretched by the projection"),
            "gaps": _("gaps, all classes"),
            "slivers": _("slivers, all classes"),
            "enclaves": _("enclaves"),
            "code_against_name": _("code against name"),
            "merged_code": _("merged class 06H1"),
            "no_district": _("parcels in no district"),
            "repeated_rows": _("repeated rows"),
            "merged_cells_filled": _("merged cells"),
            "error_cells": _("cells with an error"),
            "total_rows": _("rows of totals"),
            "note_rows": _("rows of notes"),
            "repeated_header": _("repeated headers"),
            "blank_words": _("words for no figure"),
            "impossible_figures": _("figures below zero"),
            "impossible_ratios": _("ratios out of range"),
            "unknown_grades": _("grades nobody knows"),
            "idle_in_future": _("idle since a day to come"),
            "years_from_dates": _("years from dates"),
            "credit_code_check": _("credit codes that fail their check"),
            "other_identifiers": _("identifiers that are no credit code"),
            "firm_names": _("firms of several names"),
            "firm_by_name": _("firms known by name"),
            "no_firm": _("rows without a firm"),
            "no_plot": _("rows without a plot"),
            "enterprises_joined": _("enterprise rows joined to plots"),
            "tax_jumps": _("tax that jumps between years"),
            "firms_apportioned": _("firms on several plots"),
            "enterprises_unmatched": _("enterprises without a plot"),
        }[self.check]

    def as_dict(self) -> dict[str, object]:
        """Return the finding as the summary prints it."""
        return {
            "check": self.check,
            "count": self.count,
            "area_m2": self.area_m2,
            "action": self.action,
            "effect_on_share": self.effect_on_share,
        }
