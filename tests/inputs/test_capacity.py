"""The doors of what a plan needs: blocks, groups, demands; every mistake at once."""

import numpy as np
import pandas as pd
import pytest

from landuse.errors import InputError
from landuse.inputs.capacity import as_blocks, as_demand, as_groups
from landuse.inputs.source_table import SourceTable
from tests.toys import box, parks

COLUMNS = {
    "park": "park", "block": "block", "spare": "spare_mu", "from_year": "from_year", "price": "price",
    "industries": "industries", "pollution": "pollution", "power": "power", "partner": "partner", "share": "share",
}  # fmt: skip
SITES = parks([box(0, 0, 4, 4), box(6, 0, 9, 4)], ids=["A", "B"], block=["1", "1"])


def raw(*rows):
    columns = tuple(COLUMNS.values())
    table = [dict.fromkeys(columns, "") | row for row in rows]
    return SourceTable(pd.DataFrame(table, index=range(2, len(table) + 2), columns=list(columns)), "blocks.csv")


def good(**more):
    return {"park": "A", "block": "1", "spare_mu": "30", "price": "20"} | more


def refused(*rows):
    with pytest.raises(InputError) as error:
        as_blocks(raw(*rows), COLUMNS, SITES)
    return error.value.problems


def test_units_blanks_and_defaults():
    table = as_blocks(raw(good(), good(park="B", spare_mu="", industries="C34；35")), COLUMNS, SITES).layer
    assert table["spare_m2"].iloc[0] == pytest.approx(20_000)  # 30 亩
    assert np.isnan(table["spare_m2"].iloc[1])  # to be computed
    assert table["price_yuan_m2"].iloc[0] == pytest.approx(300)  # 20 万元 / 亩
    assert table["industries"].tolist() == [(), ("34", "35")]
    assert table["from_year"].tolist() == [0, 0]
    assert table["pollution"].tolist() == [3, 3]
    assert np.isinf(table["power"]).all()


def test_blocks_without_a_row_are_told():
    (one,) = as_blocks(raw(good()), COLUMNS, SITES).issues
    assert (one.check, one.count, one.rows) == ("blocks_unlisted", 1, ("B 1",))
    assert as_blocks(raw(good(), good(park="B")), COLUMNS, SITES).issues == ()


def test_a_block_finds_its_place_whatever_the_order():
    table = as_blocks(raw(good(park="B"), good()), COLUMNS, SITES).layer
    assert table["place"].tolist() == [0, 1]


@pytest.mark.parametrize(
    "row",
    [
        good(park="C"),
        good(block="9"),
        good(spare_mu="-1"),
        good(price=""),
        good(price="-3"),
        good(price="cheap"),
        good(from_year="2027.5"),
        good(industries="机械"),
        good(pollution="4"),
        good(share="150%", partner="330110"),
        good(share="50%"),
        good(power="-1"),
    ],
)
def test_what_cannot_be_is_refused_with_its_row(row):
    (problem, *_more) = refused(row)
    assert problem.file == "blocks.csv"
    assert problem.rows == ("2",)
    assert problem.fix


def test_one_block_in_two_rows_is_refused():
    assert refused(good(), good())[0].rows == ("2", "3")


def test_every_mistake_at_once():
    assert len(refused(good(park="C"), good(park="B", price=""), good(spare_mu="-2"))) == 3


def test_shared_parks():
    table = as_blocks(raw(good(partner="330110", share="40%")), COLUMNS, SITES).layer
    assert (table["partner"].iloc[0], table["credit"].iloc[0]) == ("330110", pytest.approx(0.4))


def small(columns, *rows):
    return SourceTable(pd.DataFrame(list(rows), columns=list(columns), index=range(2, len(rows) + 2)), "small.csv")


def test_groups():
    groups = as_groups(small(("plot", "group"), ("p1", "g"), ("p2", "g"))).layer
    assert groups == {"p1": "g", "p2": "g"}
    for rows in ([("p1", "")], [("p1", "g"), ("p1", "h")]):
        with pytest.raises(InputError):
            as_groups(small(("plot", "group"), *rows))


def test_demands_are_unknown_where_blank():
    columns = ("plot", "power", "water", "gas")
    table = as_demand(small(columns, ("p1", "5", "", "1"))).layer
    assert table.loc["p1", "power"] == 5
    assert np.isnan(table.loc["p1", "water"])
    for rows in ([("p1", "-5", "", "")], [("p1", "x", "", "")], [("p1", "", "", ""), ("p1", "", "", "")]):
        with pytest.raises(InputError):
            as_demand(small(columns, *rows))


def test_plots_that_are_no_parcel_are_told():
    got = as_groups(small(("plot", "group"), ("p1", "g"), ("p9", "g")), ["p1", "p2"]).issues
    assert [(f.check, f.rows) for f in got] == [("strange_plots", ("3",))]
    got = as_demand(small(("plot", "power", "water", "gas"), ("x", "5", "", "1")), ["p1"]).issues
    assert [(f.check, f.rows) for f in got] == [("strange_plots", ("2",))]


def test_leading_industries_are_divisions_there_are():
    (problem,) = refused(good(industries="34;98"))
    assert problem.rows == ("2",)
