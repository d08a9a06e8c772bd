"""Years and days as people write them into cells; what is none is None, never a guess."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import spelling
from landuse.i18n import _
from landuse.inputs import cells
from landuse.quality import Issue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from landuse.geo.arrays import Bools, Floats

#: Years a table may speak of, and the serial days of a spreadsheet that fall into them (25569 is 1970-01-01).
YEARS = (1949, 2100)
SERIALS, EPOCH = (17_899, 73_415), 25_569
DATE = re.compile(r"(?P<y>\d{4})年.*|(?P<iso>\d{4})([-/.])\d{1,2}\3\d{1,2}(\D.*)?|\d{1,2}/\d{1,2}/(?P<us>\d{4})")
DAY = re.compile(r"(?P<y>\d{4})(年|[-/.]|$)((?P<m>\d{1,2})(月|[-/.]|$))?((?P<d>\d{1,2})日?)?([ T].*)?")
MONTH = re.compile(r"(\d{4})[-/](0?[1-9]|1[0-2])")


def day_of(text: str) -> np.datetime64 | None:
    """Return the day in a cell; NaT where blank, None where there is none.

    A year or a month alone is its last day: what is idle is never idle for longer than the cell says.

    Examples
    --------
    >>> [str(day_of(x)) for x in ("2024-02-05 00:00:00", "2024年2月5日", "2024/2", "2023年", "45292", "-", "soon")]
    ['2024-02-05', '2024-02-05', '2024-02-29', '2023-12-31', '2024-01-01', 'NaT', 'None']
    """
    if cells.is_blank(text):
        return np.datetime64("NaT", "D")
    plain = spelling.plain(text)
    if re.fullmatch(r"\d{5}(\.\d+)?", plain) and SERIALS[0] <= float(plain) <= SERIALS[1]:
        return np.datetime64(int(float(plain)) - EPOCH, "D")
    match = DAY.fullmatch(plain)
    if match is None or not YEARS[0] <= int(match["y"]) <= YEARS[1]:
        return None
    year, month, day = match["y"], int(match["m"] or 12), match["d"]
    try:
        if day is None:
            return np.datetime64(f"{year}-{month:02d}-{monthrange(int(year), month)[1]:02d}", "D")
        return np.datetime64(f"{year}-{month:02d}-{int(day):02d}", "D")
    except ValueError:
        return None


def year_of(text: str) -> tuple[float | None, bool]:
    """Return the year in a cell (NaN where blank, None where there is none), and whether it was that of a date.

    Examples
    --------
    >>> [year_of(x)[0] for x in ("2024", "2024年度", "2024-12-31", "45292", "12/31/2024", "2024年1月1日")]
    [2024, 2024, 2024, 2024, 2024, 2024]
    >>> [year_of(x)[0] for x in ("24", "2024.5", "20241231", "1905-07-16", "2023-2024")]
    [None, None, None, None, None]
    """
    if cells.is_blank(text):
        return np.nan, False
    plain = spelling.plain(text)
    if match := re.fullmatch(r"(\d{4})(年度?)?", plain):
        year, dated = int(match[1]), False
    elif match := DATE.fullmatch(plain) or MONTH.fullmatch(plain):
        year, dated = int(next(x for x in match.groups() if x and len(x) == 4)), True
    elif re.fullmatch(r"\d{5}", plain) and SERIALS[0] <= int(plain) <= SERIALS[1]:
        year, dated = int(np.datetime64(int(plain) - EPOCH, "D").astype("datetime64[Y]").astype(int)) + 1970, True
    else:
        return None, False
    return (year if YEARS[0] <= year <= YEARS[1] else None), dated


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


def year_issues(years: Floats, day: dt.date | None, rows: Any, plots: Any) -> list[Issue]:
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
    list of Issue
        years_to_come, which stops, and years_long_past.

    Examples
    --------
    >>> years, rows = np.array([2024, 2042, 1994, np.nan]), np.array(["2", "3", "4", "5"], dtype=object)
    >>> [(f.check, f.rows, f.stops) for f in year_issues(years, dt.date(2024, 12, 31), rows, rows)]
    [('years_to_come', ('3',), True), ('years_long_past', ('4',), False)]
    """
    last = (day or today()).year
    first = max(FIRST_YEAR, day.year - MOST_YEARS) if day else FIRST_YEAR
    out = []
    if (late := years > last).any():
        action = _("after {last}: {years}", last=last, years=_listing(years[late]))
        fix = _("mend the years, or [study] date")
        out.append(_issue("years_to_come", action, late, rows, plots, fix=fix, stops=True))
    if (early := years < first).any():
        action = _("before {first}: {years}; they count", first=first, years=_listing(years[early]))
        out.append(_issue("years_long_past", action, early, rows, plots))
    return out


def _listing(years: Floats) -> str:
    counts = Counter(int(y) for y in years)
    return ", ".join(f"{year} × {n}" for year, n in sorted(counts.items())[:LISTED])


def _issue(check: str, action: str, which: Bools, rows: Any, plots: Any, **more: Any) -> Issue:
    hang = tuple(dict.fromkeys(p for p in np.asarray(plots, dtype=object)[which] if p))
    return Issue(check, int(which.sum()), action, rows=tuple(np.asarray(rows)[which]), plots=hang, **more)


def days_to_come(days: Iterable[dt.date | None], day: dt.date | None, rows: Any, what: str) -> list[Issue]:
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
    return [Issue("dates_to_come", int(late.sum()), action, rows=tuple(np.asarray(rows)[late]))]


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
