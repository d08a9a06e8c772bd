"""The rows and the figures of a comparison between dates, as workbook, report, charts and layers all give them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from landuse import schema as s
from landuse.report.words.format import city_areas
from landuse.results import change as c
from landuse.units import largest_remainder, shown_mu, to_mu

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd

    from landuse.results.change import ChangeLedger, History
    from landuse.results.concentration import Concentration

#: Rows of a decomposition, in this order; what stays the same and is stated anew has no part.
ROWS = (*c.KINDS, c.RESTATED)
#: Those that may be off by a hundredth, so that the others show the same figure wherever they add it.
INNER = (c.NEW_INSIDE, c.CLEARED_INSIDE)
OUTER = (c.NEW_OUTSIDE, c.CLEARED_OUTSIDE, c.RECLASSIFIED)
#: What flows from one date to the next, and the kinds that make it up.
FLOWS = {
    "cleared_m2": (c.CLEARED_INSIDE, c.CLEARED_OUTSIDE),
    "new_inside_m2": (c.NEW_INSIDE,),
    "new_outside_m2": (c.NEW_OUTSIDE,),
}
#: Columns of a changed part that say where it lies and what it was; each for both dates.
SIDES = ("parcel", "code", s.DISTRICT, "park", "m2")


@dataclass(frozen=True)
class Breakdown:
    """One step in figures that add up as they are shown: areas in 亩, effects in percentage points.

    Attributes
    ----------
    before, after, stayed : (float, float)
        Industrial land and that inside the parks: at both dates as every other table shows them, and at the later one
        had the park boundaries stayed.
    rows : pandas.DataFrame
        Index: `ROWS`. land, total, inside (what is added to the two figures), points.
    """

    before: tuple[float, float]
    after: tuple[float, float]
    stayed: tuple[float, float]
    rows: pd.DataFrame

    @property
    def flows(self) -> dict[str, float]:
        """The flows of the step [亩], by the keys of `FLOWS`."""
        land = self.rows["land"].to_dict()
        return {flow: round(sum(land[kind] for kind in kinds), 2) for flow, kinds in FLOWS.items()}

    @property
    def told(self) -> pd.DataFrame:
        """The rows that have land or an effect; the others have nothing to tell."""
        return self.rows[(self.rows != 0).any(axis=1)]


def breakdown(step: ChangeLedger) -> Breakdown:
    """Return the components of a step, rounded so that they lead from one date to the other."""
    before, after = in_city(step.before), in_city(step.after)
    parts = step.components
    inside, outside = (
        adding_up(m2, round(whole, 2), [kind in takes for kind in parts.index])
        for m2, whole, takes in (
            (parts["inside_m2"], after[1] - before[1], INNER),
            (parts["total_m2"] - parts["inside_m2"], after[0] - after[1] - before[0] + before[1], OUTER),
        )
    )
    total = [round(i + o, 2) for i, o in zip(inside, outside, strict=True)]
    exact = zip(*(parts[x].tolist() for x in ("m2", "total_m2", "inside_m2")), strict=True)
    table = {
        "land": [_land(m2, (t, i), shown) for (m2, t, i), *shown in zip(exact, total, inside, strict=True)],
        "total": total,
        "inside": inside,
        "points": [x + 0.0 for x in largest_remainder((parts["effect"] * 100).round(9).tolist())],
    }
    return Breakdown(before, after, in_city(step.stayed), pd.DataFrame(table, index=parts.index))


def in_city(share: Concentration) -> tuple[float, float]:
    """Return industrial land and that inside the parks [亩]."""
    return city_areas(share.total_m2, share.inside_m2)


def adding_up(
    areas_m2: Iterable[float], whole: float | None = None, takes: Sequence[bool] | None = None
) -> list[float]:
    """Return areas in 亩 at two decimals that sum to `whole`, or else to their own rounded total.

    Every area is rounded, a loss like a gain; the hundredths that are missing go to those that rounding moved
    farthest, one each, of those that may take them (`takes`; else of all that are not nothing).

    Examples
    --------
    >>> adding_up([10_003.0, 20_002.0]), adding_up([-10_003.0, -20_002.0]), adding_up([10_003.0, 20_002.0], 45.0)
    ([15.01, 30.0], [-15.01, -30.0], [15.0, 30.0])
    >>> adding_up([10_003.0, 20_002.0], 45.01, [False, True])
    [15.0, 30.01]
    """
    mu = [float(to_mu(m2)) for m2 in areas_m2]
    out = [round(x, 2) for x in mu]
    missing = round(((math.fsum(mu) if whole is None else whole) - math.fsum(out)) * 100)
    some = [k for k, x in enumerate(out) if x and (takes is None or takes[k])] or list(range(len(out)))
    some.sort(key=lambda k: math.copysign(1, missing) * (out[k] - mu[k]))
    for n in range(abs(missing)):
        k = some[n % len(some)]
        out[k] = round(out[k] + math.copysign(0.01, missing), 2)
    return [x + 0.0 for x in out]


def _land(m2: float, added_m2: Sequence[float], shown: Sequence[float]) -> float:
    """Return the land of a kind [亩], by the figure of what is added or taken away where that is all of it."""
    for exact, figure in zip(added_m2, shown, strict=True):
        if math.isclose(m2, abs(exact), rel_tol=1e-9, abs_tol=1e-3):
            return abs(figure)
    return shown_mu(m2)


def district_rows(step: ChangeLedger) -> pd.DataFrame:
    """Return what each district's figures are made of, rounded so that a kind's rows sum to its row.

    Returns
    -------
    pandas.DataFrame
        district, kind, total, inside [亩], points (of the district's own share, unrounded; NaN where it has no
        industrial land at one of the dates); by district, then by kind.
    """
    whole, found = breakdown(step).rows.to_dict("index"), step.districts
    out = found.assign(total=0.0, inside=0.0)
    for kind, some in found.groupby("kind"):
        figures = whole[kind]
        inside = adding_up(some["inside_m2"], figures["inside"])
        outside = adding_up(some["total_m2"] - some["inside_m2"], round(figures["total"] - figures["inside"], 2))
        out.loc[some.index, "inside"] = inside
        out.loc[some.index, "total"] = [round(i + o, 2) for i, o in zip(inside, outside, strict=True)]
    was, now = (x.districts.reindex(found[s.DISTRICT]).reset_index(drop=True) for x in (step.before, step.after))
    # by the district's own land
    share, total = (was["share"] + now["share"]) / 2, (was["total_m2"] + now["total_m2"]) / 2
    out["points"] = c.effect(found["inside_m2"], found["total_m2"], share, total) * 100
    out["order"] = out["kind"].map({kind: k for k, kind in enumerate(ROWS)}).astype(int)
    out = out[(out[["total", "inside"]] != 0).any(axis=1)].sort_values([s.DISTRICT, "order"])
    return out[[s.DISTRICT, "kind", "total", "inside", "points"]].reset_index(drop=True)


def changed_parts(history: History) -> gpd.GeoDataFrame:
    """Return every part that changed, of all steps.

    Returns
    -------
    GeoDataFrame
        parcel_id (the later parcel's, else the earlier one's), step (from 1), start, end, kind, `SIDES` before and
        after, area_m2, recorded, stays_inside, geometry. By step, kind and size; what was drawn anew comes last.
    """
    frames = []
    for n, step in enumerate(history.steps, start=1):
        parts = step.changed
        later = parts["parcel_after"]
        parts = parts.assign(step=n, start=step.start, end=step.end)
        parts[s.PARCEL] = later.where(later != "", parts["parcel_before"])
        parts[s.AREA_M2] = c.land_of(parts)
        frames.append(parts)
    found = pd.concat(frames, ignore_index=True)
    order = found["kind"].map({kind: k for k, kind in enumerate(c.KINDS)}).astype(int)
    found = found.assign(no_news=found["kind"] == c.REDIGITISED, order=order)
    found = found.sort_values(
        ["no_news", "step", "order", s.AREA_M2, s.PARCEL], ascending=[True, True, True, False, True], ignore_index=True
    )
    sides = [f"{side}_{when}" for side in SIDES for when in ("before", "after")]
    columns = [s.PARCEL, "step", "start", "end", "kind", *sides, s.AREA_M2, "recorded", "stays_inside"]
    return found[[*columns, found.geometry.name]]
