"""Years and days to come, or long past: told where they stand; a year of firms after the study's date stops."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from toys import box, parks

from landuse.errors import InputError
from landuse.inputs import dates
from landuse.inputs.capacity import as_blocks
from landuse.inputs.dates import begin_of, year_issues
from landuse.inputs.enterprises import as_enterprises
from landuse.inputs.history import as_counters
from landuse.inputs.park_records import as_league
from landuse.inputs.source_table import SourceTable

pytestmark = pytest.mark.usefixtures("english")
DAY = dt.date(2025, 12, 31)
BLOCKS = {"park": "park", "block": "block", "spare": "spare", "from_year": "year", "price": "price"}
SITES = parks([box(0, 0, 1, 1), box(2, 0, 3, 1)], ids=["A", "B"], block=["1", "1"])


def table(columns, *rows):
    return SourceTable(pd.DataFrame(rows, columns=list(columns), index=range(2, len(rows) + 2), dtype=object), "t.csv")


def firms(*rows, day=DAY):
    columns = {"id": "id", "parcel": "plot", "year": "year", "tax": "tax", "industry": "code"}
    return as_enterprises(table(columns.values(), *rows), columns, {"tax": "元"}, day=day).issues


def of(issues, *checks):
    return [(f.check, f.rows, f.plots, f.stops) for f in issues if f.check in checks]


class TestYearsOfFirms:
    def test_years_after_the_date_stop(self):
        found = firms(("F", "p", "2025", "1", "34"), ("G", "q", "2026", "1", "34"), ("H", "r", "2052年", "1", "34"))
        assert of(found, "years_to_come") == [("years_to_come", ("3", "4"), ("q", "r"), True)]
        assert found[-1].fix

    def test_years_long_past_are_told(self):
        found = firms(("F", "p", "2010", "1", "34"), ("G", "q", "2009", "1", "34"), ("H", "", "1985", "1", "34"))
        assert of(found, "years_long_past") == [("years_long_past", ("3", "4"), ("q",), False)]

    def test_without_a_date_the_clock_decides_what_is_to_come(self, monkeypatch):
        monkeypatch.setattr(dates, "today", lambda: dt.date(2031, 5, 1))
        rows = [("F", "p", "2031", "1", "34"), ("G", "q", "2032", "1", "34"), ("H", "r", "2000", "1", "34")]
        assert of(firms(*rows, day=None), "years_to_come", "years_long_past") == [
            ("years_to_come", ("3",), ("q",), True)
        ]

    def test_tables_without_years_have_none_to_come(self):
        assert firms(("F", "p", "", "1", "34")) == ()
        assert year_issues(np.array([np.nan]), DAY, np.array(["2"]), np.array(["p"])) == []


class TestDays:
    def test_periods_of_comparisons(self):
        rows = [("2025Q4", "A", "1"), ("2026Q1", "A", "1"), ("2052", "A", "2"), ("the last", "B", "3")]
        raw = table(("period", "park", "score"), *rows)
        assert of(as_league(raw, SITES, DAY).issues, "dates_to_come") == [("dates_to_come", ("3", "4"), (), False)]
        assert as_league(raw, SITES).issues == ()

    def test_counts(self):
        raw = table(("date", "renovated_mu", "factory_m2"), ("2025-12-31", "1", "1"), ("2062-06-30", "1", "1"))
        assert of(as_counters(raw, DAY).issues, "dates_to_come") == [("dates_to_come", ("3",), (), False)]

    @pytest.mark.parametrize(
        ("period", "month"), [("2025Q2", 4), ("2025年3季度", 7), ("2025-11", 11), ("2025年", 1), ("二季度", None)]
    )
    def test_names_of_periods(self, period, month):
        assert begin_of(period) == (None if month is None else dt.date(2025, month, 1))


class TestOpening:
    def blocks(self, *years, **options):
        rows = [(park, "1", "15", year, "20") for park, year in zip("AB", years, strict=True)]
        return as_blocks(table(BLOCKS.values(), *rows), BLOCKS, SITES, **options)

    @pytest.mark.parametrize("year", ["1027", "20270", "1989", "2101", "27"])
    def test_years_that_no_block_opens_in_are_refused(self, year):
        with pytest.raises(InputError, match="no year"):
            self.blocks("2027", year)

    def test_blocks_that_open_after_the_plan_are_told_with_their_land(self):
        (found,) = self.blocks("2028", "2029", last_year=2028).issues
        assert (found.check, found.rows, found.area_m2) == ("blocks_too_late", ("3",), pytest.approx(10_000))
        assert self.blocks("2028", "", last_year=2028).issues == ()

    def test_a_plan_without_a_date_cannot_wait_for_a_block(self):
        (found,) = self.blocks("2028", "", last_year=3).issues
        assert "[study] date" in found.action
