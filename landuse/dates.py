"""Years and days as people write them into cells; what is none is None, never a guess."""

from __future__ import annotations

import re
from calendar import monthrange

import numpy as np

from landuse import cells, spelling

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
