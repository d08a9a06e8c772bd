"""A figure in another unit, a column in another's place, a row far from its neighbours: each is seen, nothing else."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from toys import box, firms, land, parks, raw

from landuse import schema as s
from landuse.analysis.candidates.indicators import measure
from landuse.analysis.checks.firms import figure_issues
from landuse.analysis.checks.land import block_issues, cost_issues, firm_land_issues, raster_issues, register_issues
from landuse.analysis.plots.firms import firms_of, standing
from landuse.analysis.relocation.problem import _firm_pairs, _industries
from landuse.config.study_file import load_study, parse_study
from landuse.errors import InputError
from landuse.geo.crs import parse
from landuse.i18n import language
from landuse.inputs.context import Context, Pixels, as_buildings
from landuse.inputs.parcels import as_parcels
from landuse.pipeline.run import run
from landuse.reference import classification
from landuse.units import to_m2

#: Eight plots of ten 亩; the firms' tax in 万元 per 亩 and year.
PLOTS = tuple("abcdefgh")
TAX = np.array([10.0, 30.0, 20.0, 8.0, 15.0, 25.0, 12.0, 18.0])
WAN = 10_000.0


@pytest.fixture(autouse=True)
def _in_english():
    with language("en"):
        yield


def city(years=(2023, 2024), **changes):
    """Firms A to H, one a plot, whose figures grow by a tenth a year; `changes` replace whole columns."""
    rows = [
        (plot.upper(), plot, year, 10 * t * (1 + 0.1 * k) * WAN, to_m2(10.0, "mu"))
        for plot, t in zip(PLOTS, TAX, strict=True)
        for k, year in enumerate(years)
    ]
    table = firms(*rows)
    spread = np.linspace(0.9, 1.1, len(table))
    added = table[s.TAX] * 5 * spread
    table[s.VALUE_ADDED] = added
    table[s.OUTPUT] = added * 4 * spread[::-1]
    table[s.RD] = added * 0.1 * spread**3
    table[s.ENERGY] = added / WAN * 0.3 * spread**2
    table[s.EMISSIONS] = added / WAN * 0.01 * spread**4
    table[s.STAFF] = np.round(added / 2e5)
    return table.assign(**changes)


def found(table, stops=None, ground=None):
    issues = figure_issues(table, land(*PLOTS, mu=10.0) if ground is None else ground, "firms.xlsx")
    return {f.check: f for f in issues if stops is None or f.stops == stops}


def changed(column, rows, factor):
    table = city()
    table.loc[rows, column] = table.loc[rows, column] * factor
    return table


class TestUnits:
    def test_a_plausible_city_raises_nothing(self):
        assert found(city()) == {}

    def test_a_table_without_a_row_or_without_figures_raises_nothing(self):
        assert found(city().iloc[:0]) == {}
        assert found(city(**dict.fromkeys((s.TAX, s.VALUE_ADDED, s.OUTPUT, s.RD, s.ENERGY, s.STAFF), np.nan))) == {}

    @pytest.mark.parametrize(
        ("column", "factor", "likely"),
        [
            (s.TAX, 1e4, "10,000 times smaller (元 for 万元)"),
            (s.TAX, 1e-4, "10,000 times larger (万元 for 元)"),
            (s.VALUE_ADDED, 1e4, "(元 for 万元)"),
            (s.VALUE_ADDED, 1e-4, "(万元 for 元)"),
            (s.OUTPUT, 1e4, "(元 for 万元)"),
            (s.RD, 1e4, "(元 for 万元)"),
            (s.ENERGY, 1e3, "(千克标煤 for 吨标煤)"),
            (s.ENERGY, 1e4 / 1.229, "千瓦时 for 吨标煤"),
            (s.ENERGY, 1e-4, "(万吨标煤 for 吨标煤)"),
            (s.STAFF, 1e4, "(人 for 万人)"),
        ],
    )
    def test_a_column_in_another_unit_stops_and_names_it(self, column, factor, likely):
        got = found(changed(column, slice(None), factor), stops=True)
        assert likely in got["figures_unit"].fix
        assert got["figures_unit"].file == "firms.xlsx"

    @pytest.mark.parametrize("column", [s.TAX, s.VALUE_ADDED])
    def test_a_thousand_that_stays_in_its_band_breaks_a_proportion(self, column):
        # tax of 10 to 30 万元 per 亩 may be 1,000 times larger in no city, but 10 times in some
        assert "figures_contradict" in found(changed(column, slice(None), 10.0), stops=True)

    def test_emissions_in_kilograms_are_more_than_the_energy_gives(self):
        assert "figures_contradict" in found(changed(s.EMISSIONS, slice(None), 1e3), stops=True)

    def test_a_few_idle_plots_are_no_other_unit(self):
        assert found(city().iloc[:6].assign(**{s.TAX: 1.0}), stops=True) == {}


class TestProportions:
    @pytest.mark.parametrize(
        ("over", "under"), [(s.TAX, s.VALUE_ADDED), (s.VALUE_ADDED, s.OUTPUT), (s.TAX, s.OUTPUT), (s.RD, s.OUTPUT)]
    )
    def test_two_columns_swapped_stop(self, over, under):
        table = city()
        got = found(table.assign(**{over: table[under], under: table[over]}), stops=True)
        assert "16 of 16 rows" in got["figures_contradict"].action

    @pytest.mark.parametrize(
        ("column", "factor"),
        [(s.TAX, 0.1), (s.OUTPUT, 10), (s.RD, 0.01), (s.ENERGY, 10), (s.STAFF, 10), (s.STAFF, 0.1)],
    )
    def test_a_column_ten_times_off_is_told(self, column, factor):
        got = found(changed(column, slice(None), factor))
        assert set(got) == {"figures_unusual"}
        assert (got["figures_unusual"].stops, got["figures_unusual"].plots) == (False, PLOTS)

    @pytest.mark.parametrize("row", [0, 7])
    def test_one_firm_whose_tax_is_above_its_added_value_is_told(self, row):
        table = city()
        table.loc[row, s.TAX] = table.loc[row, s.VALUE_ADDED] * 1.01
        told = found(table)["figures_out_of_order"]
        assert (told.count, told.stops, told.plots) == (1, False, (PLOTS[row // 2],))

    def test_losses_and_blanks_are_no_contradiction(self):
        table = changed(s.VALUE_ADDED, [0, 1, 2], -1.0)
        table.loc[3, s.VALUE_ADDED] = np.nan
        assert found(table) == {}


class TestRows:
    @pytest.mark.parametrize("column", [s.TAX, s.VALUE_ADDED, s.OUTPUT, s.ENERGY, s.EMISSIONS, s.STAFF])
    @pytest.mark.parametrize("factor", [1e3, 1e4])
    def test_a_row_a_thousand_times_its_neighbours_is_told_with_its_plot(self, column, factor):
        got = found(changed(column, [3], factor))
        told = got["extreme_figures"]
        assert (told.rows, told.plots, told.stops) == (("B",), ("b",), False)
        assert "B 2024" in told.action
        assert ("tax_jumps" if column == s.TAX else "figure_jumps") in got

    def test_of_few_figures_one_apart_from_them(self):
        table = city(years=(2024,))
        table.loc[3, s.ENERGY] *= 1e3
        assert found(table)["extreme_figures"].plots == ("d",)

    def test_its_share_of_the_total_is_told(self):
        # sums over both years: 138 万元 per 亩 × 10 亩 × 2.1 = 2,898; firm A's 2024 is 110, a thousand times that
        # 110,000 of 112,788
        told = found(changed(s.TAX, [1], 1e3))["extreme_figures"]
        assert "the largest is 98% of the column's sum" in told.action

    def test_one_figure_that_is_most_of_the_column_is_told(self):
        assert found(changed(s.ENERGY, [4], 60.0))["extreme_figures"].plots == ("c",)

    def test_one_year_a_thousandth_of_the_other(self):
        told = found(changed(s.OUTPUT, [6], 1e-3))
        assert told["figure_jumps"].plots == ("d",)
        assert not told["figure_jumps"].stops

    def test_a_year_in_another_unit_stops(self):
        assert found(changed(s.TAX, slice(1, None, 2), 1e-3), stops=True)["tax_jumps"].count == 8

    def test_a_firm_hardly_at_work_is_no_jump(self):
        table = city()
        table.loc[[0, 1], s.TAX] = [1.0, 5_000.0]
        assert found(table) == {}

    def test_a_firm_ten_times_its_neighbours_is_a_firm(self):
        assert found(changed([s.TAX, s.VALUE_ADDED, s.OUTPUT, s.RD, s.ENERGY, s.EMISSIONS, s.STAFF], [2, 3], 5.0)) == {}

    def test_a_total_stated_on_two_plots_is_one_figure(self):
        table = firms(*[("A", p, 2024, 3e6, to_m2(10.0, "mu")) for p in "ab"], ("B", "c", 2024, 1e6))
        assert found(table) == {}


class TestColumns:
    @pytest.mark.parametrize("column", [s.TAX, s.VALUE_ADDED, s.OUTPUT])
    def test_nothing_but_zeros_stops(self, column):
        assert "is 0 万元 in all 16 rows" in found(city(**{column: 0.0}), stops=True)["constant_figures"].action

    @pytest.mark.parametrize(("column", "value"), [(s.RD, 0.0), (s.ENERGY, 60.0), (s.STAFF, 12.0)])
    def test_one_value_for_eight_firms_is_told(self, column, value):
        assert not found(city(**{column: value}))["constant_figures"].stops

    def test_one_value_for_twenty_firms_stops(self):
        table = firms(*[(f"F{k}", "a", 2024, 1e6) for k in range(20)])
        assert "constant_figures" in found(table, stops=True)

    def test_four_firms_may_pay_alike(self):
        table = firms(*[(f"F{k}", p, 2024, 1e6) for k, p in enumerate("abcd")])
        assert found(table) == {}

    @pytest.mark.parametrize(
        ("column", "of", "factor"), [(s.RD, s.TAX, 1.0), (s.OUTPUT, s.VALUE_ADDED, 1.0), (s.ENERGY, s.TAX, 1e-4)]
    )
    def test_two_columns_of_one_number_are_told(self, column, of, factor):
        assert found(city(**{column: city()[of] * factor}))["columns_alike"].count == 16

    def test_equal_figures_in_half_of_the_rows_are_chance(self):
        table = city()
        table.loc[:7, s.RD] = table.loc[:7, s.TAX]
        assert "columns_alike" not in found(table)

    def test_two_firms_of_one_plot_that_pay_alike(self):
        table = firms(("F", "a", 2024, 1e6), ("G", "a", 2024, 1e6), ("H", "b", 2024, 1e6), ("I", "b", 2023, 1e6))
        told = found(table)["firms_alike"]
        assert (told.rows, told.plots) == (("F", "G"), ("a",))


def land_of(*rows, ids="abcd", mu=10.0):
    """Issues of (firm, plot, 亩) rows."""
    table = firms(*[(f, p, 2024, 1e6, to_m2(m, "mu")) for f, p, m in rows])
    return {f.check: f for f in firm_land_issues(table, land(*ids, mu=mu), "firms.xlsx")}


class TestFirmLand:
    def test_firms_that_share_a_plot(self):
        assert land_of(("F", "a", 6.0), ("G", "a", 4.0), ("H", "b", 10.3), ("I", "c", 5.0)) == {}

    def test_firms_together_above_their_plot(self):
        told = land_of(("F", "a", 6.0), ("G", "a", 5.0), ("H", "b", 10.0))["firm_land"]
        assert (told.plots, told.stops) == (("a",), False)

    @pytest.mark.parametrize("mu", [25.0, 100.0, 4.9, 0.1])
    def test_one_firm_beyond_twice_or_half(self, mu):
        told = land_of(("F", "a", mu), ("G", "b", 10.0), ("H", "c", 9.0), ("I", "d", 10.0))["firm_land"]
        assert told.plots == ("a",)

    @pytest.mark.parametrize(
        ("factor", "unit"), [(1 / 0.0015, "平方米"), (1 / 15, "公顷"), (15.0, "亩"), (0.0015, "亩"), (1e-4, "公顷")]
    )
    def test_all_in_another_unit(self, factor, unit):
        told = land_of(*[(p, p, m * factor) for p, m in zip("abcd", (10.0, 9.0, 8.0, 10.0), strict=True)])
        assert told["firm_land_unit"].stops
        assert f'units area = "{unit}"' in told["firm_land_unit"].fix

    def test_a_blank_area_says_nothing(self):
        assert land_of(("F", "a", np.nan), ("G", "b", np.nan)) == {}


def blocks(spare_mu, price_wan):
    """Issues of blocks of a hectare (15 亩) each; prices in 万元 per 亩."""
    n = len(spare_mu)
    sites = parks([box(2 * k, 0, 2 * k + 1, 1) for k in range(n)])
    table = pd.DataFrame(
        {
            "place": range(n),
            "spare_m2": to_m2(np.array(spare_mu, dtype=float), "mu"),
            "price_yuan_m2": np.array(price_wan, dtype=float) * WAN * 0.0015,
        }
    )
    return {f.check: f for f in block_issues(table, sites, "blocks.csv")}


PRICES = (50.0, 30.0, 45.0, 60.0, 0.0)


class TestBlocks:
    def test_blocks_without_any_spare_land_are_told(self):
        assert set(blocks([0.0] * 5, PRICES)) == {"constant_figures"}

    def test_plausible_blocks(self):
        assert blocks([1.0, 2.0, 15.0, 0.0, np.nan], PRICES) == {}

    @pytest.mark.parametrize("spare", [[16.0, 2.0, 1.0, 3.0, 1.0], [1.0, 2.0, 3.0, 4.0, 1500.0]])
    def test_more_spare_land_than_the_block_has(self, spare):
        told = blocks(spare, PRICES)["spare_land"]
        assert (told.count, told.stops, told.file) == (1, True, "blocks.csv")

    def test_all_in_square_metres(self):
        # 1 to 5 亩 of 15, read 667 times too large; the middle one 3 / 15 × 667 = 133 times its block
        told = blocks([667.0 * k for k in range(1, 6)], PRICES)["spare_land"]
        assert told.count == 5
        assert "133.4 times" in told.action

    def test_all_in_hectares(self):
        assert "spare_small" in blocks([0.05, 0.08, 0.1, 0.12, 0.06], PRICES)

    @pytest.mark.parametrize(
        ("factor", "likely"), [(15.0, "元/平方米 for 万元/亩"), (1e4, "元/亩 for 万元/亩"), (1e-4, "larger")]
    )
    def test_prices_in_another_unit(self, factor, likely):
        told = blocks([1.0] * 6, [p * factor for p in (50.0, 30.0, 45.0, 60.0, 40.0, 35.0)])["price_unit"]
        assert told.stops
        assert likely in told.fix

    @pytest.mark.parametrize("price", [520.0, 3.0, 45_000.0])
    def test_one_price_far_from_the_others(self, price):
        told = blocks([1.0] * 5, [50.0, 45.0, price, 60.0, 40.0])["extreme_prices"]
        assert told.rows == ("K02 2",)

    def test_costs(self):
        usual = {"compensation_per_mu": 60.0, "haul_per_mu_km": 0.5, "tax_years": 5.0}
        assert cost_issues({**usual, "rebuild_per_mu": 0.0, "cross_district_per_mu": 10.0}) == []
        whole = {**usual, "rebuild_per_mu": 400_000.0, "cross_district_per_mu": 10.0, "tax_years": 2025.0}
        (told,) = cost_issues(whole, "study.toml")
        assert (told.rows, told.stops) == (("rebuild_per_mu", "tax_years"), True)


class TestRegister:
    @staticmethod
    def of(**ratios):
        return register_issues(land(*"abcdef").assign(**ratios), "parcels.gpkg")

    def test_plausible_ratios(self):
        far = [1.2, 0.8, 0.3, 2.0, np.nan, 1.0]
        assert self.of(far=far, coverage=[0.4, 0.5, 0.35, 0.3, 0.2, np.nan]) == []
        assert self.of() == []

    @pytest.mark.parametrize("factor", [0.01, 10.0])
    def test_floor_area_in_another_unit(self, factor):
        (told,) = self.of(far=[x * factor for x in (1.2, 0.8, 0.9, 2.0, 1.1, 1.0)])
        assert (told.check, told.stops) == ("register_unit", True)

    @pytest.mark.parametrize(("far", "coverage", "odd"), [(0.5, 0.9, 0), (0.1, 0.4, 1), (4.8, 0.4, 0), (12.0, 0.4, 1)])
    def test_one_plot_of_half_a_storey_or_of_many(self, far, coverage, odd):
        told = self.of(far=[1.2, 0.8, 1.5, far, 2.0, 1.0], coverage=[0.4, 0.5, 0.4, coverage, 0.3, 0.4])
        assert [(f.check, f.rows, f.stops) for f in told] == [("odd_ratios", ("d",), False)] * odd

    def test_the_two_swapped(self):
        (told,) = self.of(far=[0.4, 0.3, 0.5, 0.4, 0.4, 0.2], coverage=[0.9, 0.8, 0.8, 0.9, 1.0, 0.1])
        assert (told.count, told.stops) == (5, True)

    def test_one_value_on_every_plot(self):
        (told,) = self.of(far=1.0)
        assert (told.check, told.stops) == ("constant_ratios", False)

    @pytest.mark.parametrize(("column", "percent"), [("far", [120, 80, 95, 150]), ("coverage", [40, 35, 55, 30])])
    def test_a_column_in_per_cent_stops_at_the_door(self, column, percent):
        found_ = self.admitted(column, percent)
        assert found_.stops
        assert "120%" in found_.fix

    def test_one_in_per_cent_is_unknown(self):
        assert not self.admitted("far", [120, 0.8, 0.95, 1.5]).stops

    @staticmethod
    def admitted(column, values):
        frame = gpd.GeoDataFrame(
            {"DLBM": ["0601"] * 4, "x": [float(v) for v in values]},
            geometry=[box(k, 0, k + 1, 1) for k in range(4)],
            crs=4549,
        )
        door = as_parcels(raw(frame), {"code": "DLBM", column: "x"}, classification.load("third_survey"), parse("4549"))
        return next(f for f in door.issues if f.check == "impossible_ratios")


class TestHeights:
    @staticmethod
    def of(storeys, heights):
        shapes = [shapely.box(520_000 + 9 * k, 3_345_000, 520_005 + 9 * k, 3_345_005) for k in range(len(storeys))]
        frame = gpd.GeoDataFrame({"n": storeys, "h": heights}, geometry=shapes, crs=4549)
        door = as_buildings(raw(frame), {"storeys": "n", "height": "h"}, parse("4549"))
        return [f for f in door.issues if f.check == "heights_and_storeys"]

    def test_plausible_buildings(self):
        assert self.of([1.0, 3.0, 6.0, 1.0], [12.0, 11.0, 20.0, np.nan]) == []

    def test_one_building_out_of_proportion(self):
        (told,) = self.of([1.0, 24.0, 6.0, 1.0], [12.0, 24.0, 20.0, 9.0])
        assert (told.rows, told.stops) == (("2",), False)

    def test_columns_swapped(self):
        (told,) = self.of([12.0, 11.0, 20.0, 9.0], [1.0, 3.0, 6.0, 1.0])
        assert (told.count, told.stops) == (4, True)


class TestRasters:
    @pytest.mark.parametrize(
        ("name", "values", "count", "stops"),
        [
            ("ndvi", [0.2, -0.1, 0.7], 0, False),
            ("ndvi", [2000.0, 7000.0, 0.0], 2, True),
            ("ndvi", [0.2, 0.3, -9999.0], 1, False),
            ("building_height", [0.0, 12.0, 90.0], 0, False),
            ("building_height", [0.0, 1200.0, 900.0], 2, True),
            ("slope", [12.0, 3.0, 120.0], 1, False),
            ("night_light", [0.0, 60.0, 1e5], 0, False),
        ],
    )
    def test_values_a_pixel_can_have(self, name, values, count, stops):
        pixels = Pixels(np.zeros(3, dtype=int), np.array(values), np.ones(3), np.ones(1))
        got = raster_issues({name: pixels}, {name: "a.tif"})
        assert [(f.count, f.stops) for f in got] == ([(count, stops)] if count else [])


ROLES = {"id": "代码", "parcel": "宗地", "tax": "税收"}


@pytest.mark.parametrize(
    ("section", "columns"),
    [
        ("enterprises", {**ROLES, "value_added": "税收"}),
        ("enterprises", {**ROLES, "area": "税收", "output": "产值"}),
        ("enterprises", {**ROLES, "year": "宗地"}),
        ("enterprises", {**ROLES, "output": "税　收"}),
        ("parcels", {"code": "DLBM", "far": "RJL", "coverage": "RJL"}),
        ("parcels", {"code": "DLBM", "id": "DLBM"}),
        ("capacity", {"spare": "price"}),
    ],
)
def test_a_column_in_two_roles_is_refused(section, columns):
    with pytest.raises(InputError, match="several roles"):
        parse_study(written(section, columns), Path("study.toml"))


@pytest.mark.parametrize(
    ("section", "columns"),
    [
        ("enterprises", {**ROLES, "id": "企业名称", "name": "企业名称"}),
        ("parks", {"id": "name", "name": "name", "block": "name"}),
        ("parcels", {"code": "DLBM", "id": "BSM", "district": "BSM"}),
    ],
)
def test_names_and_heads_of_ids_may_stand_for_them(section, columns):
    assert parse_study(written(section, columns), Path("study.toml"))


def written(section, columns):
    study = {
        "parcels": {"path": "p.gpkg", "classification": "third_survey", "columns": {"code": "DLBM"}},
        "parks": {"path": "k.gpkg"},
    }
    return {**study, section: {"path": "t.csv", **study.get(section, {}), "columns": columns}}


def states(*rows, **columns):
    return firms(*rows).assign(**columns)


def idle(*days):
    return pd.Series(np.array(days, dtype="datetime64[s]"))


class TestLatest:
    """Firm F on plot a in 2023 and 2024: what it is, is what 2024 says."""

    TWO = (("F", "a", 2023, 1.0), ("F", "a", 2024, 1.0))

    @staticmethod
    def measured(table, day="2025-12-31"):
        return measure(land("a", "b").assign(district="d"), table, Context(), {}, np.datetime64(day))[0].values.loc["a"]

    @pytest.mark.parametrize("order", [(0, 1), (1, 0)])
    def test_idle_by_the_latest_row_alone(self, order):
        rows = [self.TWO[k] for k in order]
        since = idle(*[["NaT", "2024-12-31"][k] for k in order])
        assert self.measured(states(*rows, idle_since=since))["idle_years"] == pytest.approx(1.0, abs=0.01)

    def test_idle_in_an_older_row_is_over(self):
        since = idle("2023-01-01", "NaT")
        assert self.measured(states(*self.TWO, idle_since=since))["idle_years"] == 0.0

    def test_where_one_of_two_firms_works_the_plot_is_not_idle(self):
        rows = (*self.TWO, ("G", "a", 2024, 1.0))
        since = idle("NaT", "2023-12-31", "NaT")
        assert self.measured(states(*rows, idle_since=since))["idle_years"] == 0.0

    @pytest.mark.parametrize(
        ("grades", "share"), [(("A", "D"), 1.0), (("D", "A"), 0.0), (("D", ""), 1.0), (("", "B"), 0.0)]
    )
    def test_the_latest_grade(self, grades, share):
        assert self.measured(states(*self.TWO, grade=list(grades)))["grade_d"] == share

    def test_no_grade_is_no_figure(self):
        assert np.isnan(self.measured(states(*self.TWO, grade=["", ""]))["grade_d"])

    def test_each_firm_by_its_own_latest_grade(self):
        # F was last graded in 2023, G in 2024: 30 亩 of D, 10 of A
        rows = (("F", "a", 2023, 1.0, 30.0), ("F", "a", 2024, 1.0, 30.0), ("G", "a", 2024, 1.0, 10.0))
        assert self.measured(states(*rows, grade=["D", "", "A"]))["grade_d"] == 0.75

    def test_a_grade_on_another_plot_is_the_firms(self):
        rows = (("F", "a", 2023, 1.0), ("F", "b", 2024, 1.0))
        assert self.measured(states(*rows, grade=["D", "A"]))["grade_d"] == 0.0

    def test_a_firm_that_left_is_not_there(self):
        rows = (("F", "a", 2023, 1.0), ("G", "a", 2024, 1.0))
        assert self.measured(states(*rows, grade=["D", "B"]))["grade_d"] == 0.0
        assert standing(states(*rows))[s.FIRM].tolist() == ["G"]

    @pytest.mark.parametrize(
        ("codes", "made"), [(("3360", "2614"), ("2614",)), (("3360", ""), ("3360",)), (("", ""), ())]
    )
    def test_the_latest_industry(self, codes, made):
        assert _industries(states(*self.TWO, industry=list(codes)), pd.Index(["a"])) == [made]

    def test_the_latest_name_is_shown(self):
        for rows, names in ((self.TWO, ["Old", "New"]), (self.TWO[::-1], ["New", "Old"])):
            assert firms_of(states(*rows, firm_name=names), "").to_dict() == {"a": "New"}

    @pytest.mark.parametrize(("roles", "shown"), [((True, False), "F"), ((False, True), "F*")])
    def test_a_tenant_is_who_is_one_now(self, roles, shown):
        assert firms_of(states(*self.TWO, tenant=list(roles)), "*").to_dict() == {"a": shown}

    def test_plots_of_a_firm_that_reported_last_in_2023_stay_together(self):
        rows = (("F", "a", 2023, 1.0), ("F", "b", 2023, 1.0), ("G", "c", 2024, 1.0), ("G", "d", 2023, 1.0))
        assert _firm_pairs(states(*rows)) == [("a", "F"), ("b", "F"), ("c", "G")]

    def test_rows_of_nobody_are_not_one_firm(self):
        table = states(("", "a", 2024, 1.0), ("", "b", 2024, 1.0), grade=["D", "A"])
        assert standing(table)["grade"].tolist() == ["D", "A"]


def test_the_clean_city_raises_nothing_that_stops(city):
    assert [f.check for f in city.result.quality if f.stops] == []
    told = {"extreme_figures", "figure_jumps", "tax_jumps", "figures_out_of_order", "firm_land", "firms_alike"}
    assert [f.check for f in city.result.quality if f.check in told] == []


def test_a_run_is_refused_with_everything_that_is_wrong_before_a_plan_is_made(city, tmp_path):
    shutil.copytree(city.files.folder, tmp_path / "city")
    blocks = pd.read_csv(tmp_path / "city" / "blocks.csv", dtype=str)
    blocks["spare_mu"] = blocks["spare_mu"].astype(float) / 0.0015
    blocks["price"] = blocks["price"].astype(float) * 10_000
    blocks.to_csv(tmp_path / "city" / "blocks.csv", index=False)
    study = tmp_path / "city" / "study.toml"
    text = study.read_text(encoding="utf-8") + "\n[relocation.cost]\ncompensation_per_mu = 9_000\n"
    study.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        run(load_study(study), stage="relocation")
    said = "\n".join(map(str, refused.value.problems))
    for check in ("spare_land", "price_unit", "cost_settings"):
        assert f'accept = ["{check}"]' in said


def test_a_check_lists_what_the_register_and_the_rasters_show(city, tmp_path):
    shutil.copytree(city.files.folder, tmp_path / "city")
    layer = tmp_path / "city" / "parcels.gpkg"
    parcels = gpd.read_file(layer)
    layer.unlink()
    parcels.assign(RJL=1.0).to_file(layer, layer="DLTB")
    study = tmp_path / "city" / "study.toml"
    study.write_text(study.read_text(encoding="utf-8") + '\n[rasters]\nndvi = "height.tif"\n', encoding="utf-8")
    checks = {f.check for f in run(load_study(study), stage="check").quality}
    assert {"constant_ratios", "raster_values"} <= checks
