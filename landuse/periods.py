"""Years and days to come, and years before a study can use them: slips of the hand that no figure shows."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.finding import Finding
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

#: Evaluations of firms by land began later, and none looks back farther from its date: an earlier year is likelier 2015
#: written 1915 or 2005.
FIRST_YEAR, MOST_YEARS = 2000, 15
#: A period as comparisons name it: a year, perhaps its half or quarter, perhaps a month.
PERIOD = re.compile(
    r"(?P<year>\d{4})\D{0,3}?((Q|第)?(?P<quarter>[1-4])(季度)?|(?P<month>0[1-9]|1[0-2])月?)?", re.IGNORECASE
)
#: Years that the spare land of a block may open in.
OPENING = (1990, 2100)
#: Years a message lists.
LISTED = 5


def today() -> dt.date:
    """Return the clock's day; nothing but a warning may rest on it."""
    return dt.datetime.now(tz=dt.UTC).date()


def year_findings(years: NDArray[np.float64], day: dt.date | None, rows: Any, plots: Any) -> list[Finding]:
    """Report years of a table after the study's date (without one: after the clock's year), and those long before it.

    Parameters
    ----------
    years : array of float
        NaN where a row has none.
    day : datetime.date or None
        Of the study.
    rows, plots : array of str
        Of each year: the row's number, and the plot it speaks of, "" for none.

    Returns
    -------
    list of Finding
        years_to_come, which stops, and years_long_past.

    Examples
    --------
    >>> years, rows = np.array([2024, 2042, 1994, np.nan]), np.array(["2", "3", "4", "5"], dtype=object)
    >>> [(f.check, f.rows, f.stops) for f in year_findings(years, dt.date(2024, 12, 31), rows, rows)]
    [('years_to_come', ('3',), True), ('years_long_past', ('4',), False)]
    """
    last = (day or today()).year
    first = max(FIRST_YEAR, day.year - MOST_YEARS) if day else FIRST_YEAR
    out = []
    if (late := years > last).any():
        action = _("after {last}: {years}", last=last, years=_listing(years[late]))
        fix = _("mend the years, or [study] date")
        out.append(_finding("years_to_come", action, late, rows, plots, fix=fix, stops=True))
    if (early := years < first).any():
        action = _("before {first}: {years}; they count", first=first, years=_listing(years[early]))
        out.append(_finding("years_long_past", action, early, rows, plots))
    return out


def _listing(years: NDArray[np.float64]) -> str:
    counts = Counter(int(y) for y in years)
    return ", ".join(f"{year} × {n}" for year, n in sorted(counts.items())[:LISTED])


def _finding(check: str, action: str, which: NDArray[np.bool_], rows: Any, plots: Any, **more: Any) -> Finding:
    hang = tuple(dict.fromkeys(p for p in np.asarray(plots, dtype=object)[which] if p))
    return Finding(check, int(which.sum()), action, rows=tuple(np.asarray(rows)[which]), plots=hang, **more)


def days_to_come(days: Iterable[dt.date | None], day: dt.date | None, rows: Any, what: str) -> list[Finding]:
    """Report rows whose period begins after the study's date; none without a date.

    Parameters
    ----------
    days : iterable of date or None
        The first day of each row's period.
    day : datetime.date or None
        Of the study.
    rows : array of str
        Numbers of the rows.
    what : str
        What the rows are, for the message.
    """
    late = np.array([day is not None and x is not None and x > day for x in days], dtype=bool)
    if not late.any():
        return []
    action = _("{what}: after the study's date, {day}; they count as written", what=what, day=day)
    return [Finding("dates_to_come", int(late.sum()), action, rows=tuple(np.asarray(rows)[late]))]


def begin_of(period: str) -> dt.date | None:
    """Return the first day of a period as a comparison names it; None for a name that holds no year.

    Examples
    --------
    >>> [str(begin_of(x)) for x in ("2025Q3", "2025年第2季度", "2025", "2025-11", "last year")]
    ['2025-07-01', '2025-04-01', '2025-01-01', '2025-11-01', 'None']
    """
    match = PERIOD.fullmatch(period)
    if match is None:
        return None
    month = int(match["month"] or 3 * int(match["quarter"] or 1) - 2)
    return dt.date(int(match["year"]), month, 1)
