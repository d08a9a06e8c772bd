"""What the ledger shows of the data, and what each finding did to the share."""

import geopandas as gpd
import numpy as np
import pytest
from toys import WORKING, array, box, ledger, parcels, raw, shares

from landuse.analysis.checks.issues import area_unit, ledger_issues, with_effects
from landuse.definition import Definition
from landuse.inputs.parcels import as_parcels
from landuse.quality import Issue
from landuse.reference.classification import load
from landuse.units import to_m2

PLANE = Definition(area="planar")


def told(book, definition=Definition(), **options):  # noqa: B008, frozen
    found = ledger_issues(book, definition, **{"area_unit": "m2", "districts_are_known": True, **options})
    return {f.check: f for f in found}


def test_each_kind_of_issue():
    shapes = [box(0, 0, 2, 1), box(1, 0, 3, 1), box(5, 0, 6, 1), box(7, 0, 8, 1)]
    land = parcels(shapes, registered=[20_000.0, 20_000.0, np.nan, 12_000.0], district=["a", "a", "a", ""])
    land.loc[2, "code"] = "06H1"
    found = told(ledger(land, [box(0, 0, 1, 1)]))
    assert {k: f.rows for k, f in found.items()} == {
        "overlapping_parcels": ("p001",),
        "unstated_area": ("p002",),
        "area_differs": ("p003",),
        "merged_code": ("p002",),
        "no_district": ("p003",),
    }
    assert found["overlapping_parcels"].area_m2 == pytest.approx(10_000, rel=1e-4)


def test_nothing_to_say_of_clean_land_or_of_columns_that_are_not_there():
    book = ledger(parcels([box(0, 0, 1, 1)], district=""), [box(0, 0, 1, 1)])
    assert told(book, area_unit=None, districts_are_known=False) == {}


@pytest.mark.parametrize(("unit", "read_as"), [("mu", "m2"), ("ha", "m2"), ("m2", "mu"), ("m2", "m2"), ("ha", "ha")])
def test_a_wrong_unit_is_seen(unit, read_as):
    figures = [x / to_m2(1.0, unit) for x in (10_000.0, 20_000.0, 30_100.0)]  # as the layer states them
    land = parcels([box(0, 0, k, 1) for k in (1, 2, 3)], registered=[to_m2(f, read_as) for f in figures])
    assert area_unit(ledger(land, [box(9, 9, 10, 10)]), read_as) == unit


@pytest.mark.parametrize(("unit", "figures"), [("ha", [1.2, 2.4, 2.6]), ("km2", [0.01, 0.02, 0.04])])
def test_rounded_figures_and_a_slip_among_them_still_tell_the_unit(unit, figures):
    land = parcels([box(0, 0, k, 1) for k in (1, 2, 3)], registered=figures)
    assert area_unit(ledger(land, [box(9, 9, 10, 10)]), "m2") == unit
    land.loc[0, "registered_m2"] = 77.7
    assert area_unit(ledger(land, [box(9, 9, 10, 10)]), "m2") == unit


def test_half_of_the_figures_are_not_most_of_them():
    land = parcels([box(0, 0, 1, 1), box(2, 0, 3, 1)], registered=[15.0, 70.0])
    assert area_unit(ledger(land, [box(9, 9, 10, 10)]), "m2") == "m2"


ODD = parcels([box(k, 0, k + 1, 1) for k in (0, 2, 4, 6, 8)], registered=[10_000.0, 10_020.0, 20_100.0, 15.0, 4_900.0])


@pytest.mark.usefixtures("english")
class TestStatedAgainstMeasured:
    @pytest.mark.parametrize("basis", ["registered", "ellipsoidal", "planar"])
    def test_beyond_twice_is_listed_apart_with_ids(self, basis):
        found = told(ledger(ODD, [box(0, 0, 1, 1)]), Definition(area=basis))
        assert found["area_differs"].rows == ("p001",)
        assert found["area_contradicts"].rows == ("p002", "p003", "p004")
        assert found["area_contradicts"].area_m2 == pytest.approx(30_000, rel=1e-4)
        for f in (found["area_differs"], found["area_contradicts"]):
            assert ("kept" in f.action, "measured one is used" in f.action) == (
                basis == "registered",
                basis != "registered",
            )
        assert "read as m2, it looks stated in mu × 1" in found["area_contradicts"].action

    def test_effects_are_those_of_keeping_them(self):
        # inside 1 of 5 hectares; kept, the stated areas make it 1 of 4.5035
        book = ledger(ODD, [box(0, 0, 1, 1)])
        for basis, effects in (("registered", True), ("planar", False)):
            definition = Definition(area=basis)
            found = with_effects(told(book, definition).values(), book, definition)
            by_check = {f.check: f.effect_on_share for f in found}
            kept = 10_000 / 45_035
            without = {"area_differs": 10_000 / 45_015, "area_contradicts": 10_000 / 50_020}
            for check, share in without.items():
                assert by_check[check] == (pytest.approx(kept - share, abs=1e-5) if effects else 0.0)


def test_nothing_stated_has_no_effect_where_land_is_measured():
    book = ledger(parcels([box(0, 0, 1, 1), box(2, 0, 3, 1)]), [box(0, 0, 1, 1)])
    (issue,) = with_effects(told(book).values(), book, book.as_used(Definition()))
    assert (issue.check, issue.count, issue.effect_on_share) == ("unstated_area", 2, 0.0)
    assert issue.area_m2 == pytest.approx(20_000, rel=1e-4)


def test_a_merged_code_that_is_not_counted_as_industrial_is_not_said_to_be():
    land = parcels([box(0, 0, 1, 1), box(2, 0, 3, 1)], use=["storage", "industrial"])
    land["code"] = "06H1"
    assert told(ledger(land, [box(0, 0, 1, 1)]))["merged_code"].rows == ("p001",)


def test_figures_that_fit_no_unit_change_nothing():
    land = parcels([box(0, 0, 1, 1)], registered=[12_345.0])
    assert area_unit(ledger(land, [box(9, 9, 10, 10)]), "mu") == "mu"
    assert area_unit(ledger([box(0, 0, 1, 1)], [box(9, 9, 10, 10)]), "ha") == "ha"


def test_effects_by_mental_arithmetic():
    # 3 units, 2 of them inside; counted twice the disputed unit makes it 3 of 4
    book = ledger([box(0, 0, 2, 1), box(1, 0, 3, 1)], [box(1, 0, 3, 1)])
    overlap = Issue("overlapping_parcels", 1, "")
    gone = Issue("merged_code", 1, "", rows=("p001",))  # without it: half of two units
    foreign = Issue("enterprises_unmatched", 1, "", rows=("p001",))
    effects = [f.effect_on_share for f in with_effects([overlap, gone, foreign], book, PLANE)]
    assert effects == [pytest.approx(2 / 3 - 3 / 4), pytest.approx(2 / 3 - 1 / 2), None]


def test_the_effect_of_a_repeated_id_is_that_of_its_later_bearers():
    # the first bearer is inside, the later one outside: without the later one everything is inside
    frame = gpd.GeoDataFrame(
        {"id": ["a", "a"], "c": ["0601"] * 2}, geometry=array([box(0, 0, 1, 1), box(5, 0, 6, 1)]), crs=WORKING
    )
    door = as_parcels(raw(frame), {"id": "id", "code": "c"}, load("third_survey"), WORKING)
    book = ledger(door.layer, [box(0, 0, 1, 1)])
    assert shares(book).share == 0.5
    (issue,) = [f for f in with_effects(door.issues, book, PLANE) if f.check == "duplicate_id"]
    assert issue.effect_on_share == pytest.approx(0.5 - 1)
