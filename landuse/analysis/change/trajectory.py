"""How the share went from date to date, where it should be, and what that asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.definition import Gap
from landuse.results import change as c
from landuse.results.change import Trajectory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from landuse.results.change import ChangeLedger
    from landuse.results.concentration import Concentration

#: Fewest dates that say anything about how far a straight line may be off.
FEWEST = 3
#: Width of the prediction interval.
SURE = 0.90
CLEARED = (c.CLEARED_INSIDE, c.CLEARED_OUTSIDE)
NOTHING = pd.DataFrame(columns=["date", "share", "low", "high"])


@dataclass(frozen=True)
class Goals:
    """What the policy wants.

    Attributes
    ----------
    share : float
        By the target's date, 0-1.
    by : datetime.date or None
        That date; None for always.
    path : mapping
        Year to the share at its end, where the study states it.
    renovated_m2, factory_m2 : float
        Land turned over, and floor area of standard factories, a year.
    counters : pandas.DataFrame or None
        The bureau's own counts: date, renovated_m2, factory_m2.
    """

    share: float
    by: date | None = None
    path: Mapping[int, float] = field(default_factory=dict)
    renovated_m2: float = 0.0
    factory_m2: float = 0.0
    counters: pd.DataFrame | None = None


def years_between(start: date, end: date) -> float:
    """How many years lie between two dates? Ends of months are whole months apart.

    Examples
    --------
    >>> years_between(date(2023, 12, 31), date(2024, 12, 31)), years_between(date(2025, 2, 28), date(2025, 5, 31))
    (1.0, 0.25)
    """
    months = (end.year - start.year) * 12 + end.month - start.month
    ends = all((d + timedelta(days=1)).day == 1 for d in (start, end))
    days = 0 if ends else end.day - start.day
    return months / 12 + days / 365.2425


def target_at(day: date, goals: Goals, first: tuple[date, float]) -> tuple[float, bool]:
    """What share is wanted on a day, and does the study say so itself?

    Between two stated dates the path is a straight line; before the first stated one it is a line from the share
    of the first date (or the stated one, if that is lower). After the last it stays.

    Parameters
    ----------
    day : datetime.date
    goals : Goals
    first : (datetime.date, float)
        The first date there is, and its share.

    Returns
    -------
    target : float
        NaN before the first date.
    stated : bool
        False for an interpolation.

    Examples
    --------
    >>> path = Goals(0.7, date(2025, 12, 31), {2023: 0.66})
    >>> start = (date(2021, 12, 31), 0.60)
    >>> wanted = [target_at(date(y, 12, 31), path, start) for y in (2022, 2023, 2024, 2026)]
    >>> [(round(share, 6), stated) for share, stated in wanted]
    [(0.63, False), (0.66, True), (0.68, False), (0.7, True)]
    """
    known = {date(int(year), 12, 31): share for year, share in goals.path.items()}
    known[goals.by or first[0]] = goals.share
    earliest = min(known)
    if day in known:
        return known[day], True
    if day > max(known):
        return known[max(known)], True
    points = (
        dict(sorted(({first[0]: min(first[1], known[earliest])} | known).items())) if first[0] < earliest else known
    )
    if day < min(points):
        return float("nan"), False
    at = sorted(points)
    days = [years_between(at[0], x) for x in at]
    return float(np.interp(years_between(at[0], day), days, [points[x] for x in at])), False


def trajectory(steps: Sequence[ChangeLedger], goals: Goals) -> Trajectory:
    """How did the share go, against the path it should take, and against the policy's three counters?

    Parameters
    ----------
    steps : sequence of ChangeLedger
        From each date to the next; at least one.
    goals : Goals
        What the policy wants.

    Returns
    -------
    Trajectory
        Its projection is an extrapolation of the shares alone, and says so.
    """
    dates = [steps[0].start, *(step.end for step in steps)]
    shares = [steps[0].before, *(step.after for step in steps)]
    first = (dates[0], shares[0].share)
    rows = [
        row
        for day, share, step in zip(dates, shares, (None, *steps), strict=True)
        for row in _rows(day, share, step, goals, first)
    ]
    last = shares[-1]
    left = 0.0 if goals.by is None else years_between(dates[-1], goals.by)
    return Trajectory(
        stocks=pd.DataFrame(rows),
        counters=pd.DataFrame([row for step in steps for row in _counters(step, goals, first)]),
        needed=(goals.share - last.share) / left if left > 0 else None,
        pace=(last.share - shares[0].share) / years_between(dates[0], dates[-1]),
        projection=_projection(dates, [x.share for x in shares], goals),
    )


def _rows(
    day: date, share: Concentration, step: ChangeLedger | None, goals: Goals, first: tuple[date, float]
) -> list[dict[str, object]]:
    """Return the city's row and its districts' of one date."""
    target, stated = target_at(day, goals, first)
    regions: list[tuple[str | None, str, float, float]] = [(None, "", share.total_m2, share.inside_m2)]
    columns = share.districts.reset_index()[[s.DISTRICT, "name", "total_m2", "inside_m2"]]
    regions += columns.itertuples(index=False, name=None)
    out: list[dict[str, object]] = []
    for code, name, total, inside in regions:
        flow = {"cleared_m2": np.nan, "new_inside_m2": np.nan, "new_outside_m2": np.nan}
        if step is not None:
            flow = {"cleared_m2": _land(step, CLEARED, "before", code)}
            flow |= {f"{kind}_m2": _land(step, (kind,), "after", code) for kind in (c.NEW_INSIDE, c.NEW_OUTSIDE)}
        out.append(
            {
                "date": day,
                "of": "city" if code is None else "district",
                s.DISTRICT: code or "",
                "name": name,
                "total_m2": total,
                "inside_m2": inside,
                "share": inside / total if total > 0 else np.nan,
                "target": target,
                "stated": stated,
                "gap_m2": Gap.of(total, inside, target).relocate if target == target else np.nan,  # noqa: PLR0124, NaN
                **flow,
            }
        )
    return out


def _land(step: ChangeLedger, kinds: Sequence[str], when: str, district: str | None = None) -> float:
    """Return the land of some kinds, in the city or in a district."""
    part = step.parts
    some = part["kind"].isin(kinds)
    if district is not None:
        some &= part[f"district_{when}"] == district
    return float(part.loc[some, f"m2_{when}"].sum())


def _counters(step: ChangeLedger, goals: Goals, first: tuple[date, float]) -> list[dict[str, object]]:
    """Return the policy's three counters for one period."""
    years = years_between(step.start, step.end)
    counted = goals.counters
    if counted is not None:
        counted = counted[(counted["date"] > step.start) & (counted["date"] <= step.end)]
    target, _stated = target_at(step.end, goals, first)
    rows = [("share", step.after.share, target, "computed")]
    for name, own in (("renovated", _land(step, CLEARED, "before")), ("factory", float("nan"))):
        said = float("nan") if counted is None else float(counted[f"{name}_m2"].sum(min_count=1))
        basis = "reported" if said == said else "computed" if own == own else "missing"  # noqa: PLR0124, NaN
        value = said if basis == "reported" else own
        rows.append((name, value, getattr(goals, f"{name}_m2") * years, basis))
    period = {"start": step.start, "end": step.end}
    return [{"counter": n, **period, "value": v, "goal": g, "basis": b} for n, v, g, b in rows]


def _projection(dates: Sequence[date], shares: Sequence[float], goals: Goals) -> pd.DataFrame:
    """Return the straight line through the shares, a year on and at the target's date, and where it may be wrong."""
    if len(dates) < FEWEST:
        return NOTHING
    from scipy import stats  # noqa: PLC0415, half a second that every other command would wait for

    x = np.array([years_between(dates[0], day) for day in dates])
    fit = stats.linregress(x, shares)
    last = dates[-1]
    ahead = {last.replace(year=last.year + 1, day=min(last.day, 28) if last.month == 2 else last.day)}
    ahead |= {goals.by} if goals.by is not None and goals.by > last else set()
    at = np.array([years_between(dates[0], day) for day in sorted(ahead)])
    spread = np.sqrt(np.sum((np.asarray(shares) - fit.intercept - fit.slope * x) ** 2) / (len(x) - 2))
    off = spread * np.sqrt(1 + 1 / len(x) + (at - x.mean()) ** 2 / np.sum((x - x.mean()) ** 2))
    off *= stats.t.ppf((1 + SURE) / 2, len(x) - 2)
    line = fit.intercept + fit.slope * at
    return pd.DataFrame(
        {
            "date": sorted(ahead),
            "share": np.clip(line, 0, 1),
            "low": np.clip(line - off, 0, 1),
            "high": np.clip(line + off, 0, 1),
        }
    )
