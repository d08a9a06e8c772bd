"""The doors of exceptions, counts and the survey's record of changes."""

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from toys import WORKING, array, box, raw

from landuse.errors import InputError
from landuse.inputs.history import as_counters, as_exceptions, as_updates
from landuse.reference.classification import load

pytestmark = pytest.mark.usefixtures("english")
ROLES = {"plot": "plot", "document": "document"}
UPDATES = {"before": "BGQDLBM", "after": "BGHDLBM", "moved": "XZQTZLX"}


def table(columns, *rows):
    return raw(pd.DataFrame(rows, columns=columns, dtype=object))


def refused(door, *arguments):
    with pytest.raises(InputError) as caught:
        door(*arguments)
    assert all(p.file == "layer.gpkg" and p.fix for p in caught.value.problems)
    return [(p.what, p.rows) for p in caught.value.problems]


class TestExceptions:
    def test_plot_to_document(self):
        rows = table(ROLES, (" ３３01 ", " 示例政函〔２０２５〕1号 "), ("b", "x2"))
        got = as_exceptions(rows, ROLES, ["3301", "c"])
        assert got.layer == {"3301": "示例政函〔２０２５〕1号", "b": "x2"}

    def test_foreign_names_in_either_order(self):
        rows = table(("文号", "图斑"), ("x1", "a"))
        assert as_exceptions(rows, {"plot": "图斑", "document": "文号"}).layer == {"a": "x1"}

    def test_only_a_document_makes_an_exception(self):
        what = refused(
            as_exceptions, table(ROLES, ("a", ""), ("", "x"), ("b", "1"), ("b", "2"), ("c", "—"), ("d", "无")), ROLES
        )
        assert what == [
            ("an exception without a plot or without a document number", ("1", "2", "5", "6")),
            ("one plot in several rows", ("3", "4")),
        ]


class TestCounters:
    COLUMNS = ("date", "renovated_mu", "factory_m2")

    def test_units_blanks_and_order(self):
        got = as_counters(table(self.COLUMNS, ("2025-06-30", "15", "1,000"), ("2025年3月", "-", "0.1公顷"))).layer
        assert got["date"].tolist() == [dt.date(2025, 3, 31), dt.date(2025, 6, 30)]
        assert got["renovated_m2"].tolist() == pytest.approx([np.nan, 10_000], nan_ok=True)
        assert got["factory_m2"].tolist() == [1000, 1000]

    def test_every_mistake_at_once(self):
        rows = table(self.COLUMNS, ("soon", "1", "1"), ("2025", "-3", "1"), ("2025-12-31", "1", "much"))
        assert refused(as_counters, rows) == [
            ("a count without a date", ("1",)),
            ("one date in several rows", ("2", "3")),
            ("column 'renovated_mu': below zero", ("2",)),
            ("column 'factory_m2' contains non-numeric values: 'much'", ("3",)),
        ]


class TestUpdates:
    def layer(self, before, after, moved=("0", None)):
        frame = gpd.GeoDataFrame(
            {"BGQDLBM": before, "BGHDLBM": after, "XZQTZLX": list(moved)},
            geometry=array([box(0, 0, 1, 1), box(2, 0, 3, 1)]),
            crs=WORKING,
        )
        return as_updates(raw(frame), UPDATES, load("third_survey", ()), WORKING).layer

    def test_pairs_of_classes(self):
        got = self.layer(["101", "0601"], ["0601", ""])
        assert got["code_before"].tolist() == ["0101", "0601"]
        assert got["code_after"].tolist() == ["0601", ""]
        assert got["moved"].tolist() == [False, False]

    def test_moves_of_a_border(self):
        assert self.layer(["0601"] * 2, ["0601"] * 2, ("2", "4"))["moved"].all()

    def test_codes_nobody_knows(self):
        with pytest.raises(InputError) as caught:
            self.layer(["0601", "ZZ"], ["9999", "0601"])
        what = [(p.what, p.rows) for p in caught.value.problems]
        assert what == [
            ("codes that third_survey does not know: 'ZZ'", ("2",)),
            ("codes that third_survey does not know: '9999'", ("1",)),
        ]
