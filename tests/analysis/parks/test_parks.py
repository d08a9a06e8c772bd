"""Parks side by side: every metric by mental arithmetic, and what must not change it."""

import datetime as dt
import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from toys import ORIGIN, UNIT, WORKING, array, box, ledger, parcels, parks

from landuse import schema as s
from landuse.analysis.parks.compare import duties, evaluate, land_inside
from landuse.analysis.parks.structure import block_outlines, joining_plots, nearest_gaps, park_structure
from landuse.analysis.parks.yields import figures_inside, intensity, leading, park_industries, park_yield
from landuse.analysis.share.park_uses import park_uses
from landuse.definition import Definition
from landuse.reference.indicators import EvaluationRules, load_evaluation
from landuse.results.candidates import Indicators
from landuse.units import to_mu

PLANAR = Definition(area="planar")
HA = UNIT**2


def blocks(*rows):
    """(park, block, main, shape) rows."""
    return gpd.GeoDataFrame(
        {s.PARK: [r[0] for r in rows], s.BLOCK: [r[1] for r in rows], s.MAIN: [r[2] for r in rows]},
        geometry=array([r[3] for r in rows]),
        crs=WORKING,
    )


#: Three blocks of one park in a row: 4, 1 and 1 hectares, 300 m and 100 m apart; and a park of one square.
THREE = blocks(
    ("A", "1", True, box(0, 0, 2, 2)),
    ("A", "2", False, box(5, 0, 6, 1)),
    ("A", "3", False, box(7, 0, 8, 1)),
    ("B", "1", False, box(0, 9, 2, 11)),
)


class TestStructure:
    def test_a_row_of_blocks(self):
        row = park_structure(THREE).loc["A"]
        assert (row["blocks"], row["parts"], row["main_stated"]) == (3, 3, True)
        assert row["main_share"] == pytest.approx(4 / 6)
        assert row["gap_m"] == pytest.approx(300 + 100)
        assert row["largest_gap_m"] == pytest.approx(300)
        # the hull: a square of 2 and, up to x = 8, what lies under the line from (2, 2) to (8, 1)
        assert row["hull_share"] == pytest.approx(6 / (4 + 6 * 1.5))
        assert row["compactness"] == pytest.approx(4 * math.pi * 6 / 16**2)

    def test_one_square(self):
        row = park_structure(THREE).loc["B"]
        assert row[["blocks", "gap_m", "largest_gap_m", "main_share", "hull_share"]].tolist() == [1, 0, 0, 1, 1]
        assert not row["main_stated"]  # the largest block stands for it
        assert row["compactness"] == pytest.approx(math.pi / 4)

    def test_blocks_that_touch_or_overlap_are_one_piece_of_land_counted_once(self):
        row = park_structure(blocks(("A", "1", True, box(0, 0, 2, 1)), ("A", "2", False, box(1, 0, 3, 1)))).loc["A"]
        assert (row["parts"], row["gap_m"]) == (1, 0)
        assert row["main_share"] == pytest.approx(2 / 3)

    def test_blocks_that_touch_are_nothing_apart_and_carry_the_tree(self):
        row = [("A", str(x), x == 0, box(x, 0, x + 1, 1)) for x in (0, 1, 3)]
        found = park_structure(blocks(*row)).loc["A"]
        assert (found["gap_m"], found["largest_gap_m"]) == (pytest.approx(100), pytest.approx(100))

    def test_distance_to_the_next_block(self):
        assert nearest_gaps(THREE).tolist() == pytest.approx([300, 100, 100, math.nan], nan_ok=True)

    def test_a_block_of_several_polygons_is_one_block(self):
        book = ledger([box(0, 0, 1, 1)], parks([box(0, 0, 1, 1), box(3, 0, 4, 1)], ids=["A", "A"], block=["1", "1"]))
        outlines = block_outlines(book)
        assert len(outlines) == 1
        assert outlines.geometry.iloc[0].area == pytest.approx(2 * HA)

    @given(st.floats(-1e4, 1e4), st.floats(-1e4, 1e4), st.floats(0, 2 * math.pi), st.permutations(range(4)))
    def test_neither_place_nor_turn_nor_order_matters(self, dx, dy, angle, order):
        turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
        moved = THREE.iloc[list(order)].reset_index(drop=True)
        shapes = shapely.transform(moved.geometry.to_numpy(), lambda xy: (xy - ORIGIN) @ turn.T + ORIGIN + [dx, dy])
        other = park_structure(moved.set_geometry(shapes, crs=WORKING))
        pd.testing.assert_frame_equal(park_structure(THREE), other, rtol=1e-6, atol=1e-6)


class TestJoining:
    def plots(self, *shapes):
        return gpd.GeoDataFrame(
            {s.AREA_M2: shapely.area(array(shapes))},
            geometry=array(shapes),
            index=pd.Index([f"p{k}" for k in range(len(shapes))], name=s.PARCEL),
            crs=WORKING,
        )

    def test_a_chain_of_plots_joins_two_blocks(self):
        between = self.plots(box(2.3, 0, 3.5, 1), box(3.8, 0, 4.8, 1), box(2.3, 6, 4.8, 7))
        found = joining_plots(THREE, between, reach_m=50, most_m2=10 * HA)
        row = found.iloc[0]
        assert len(found) == 1  # nothing lies between the second and the third block
        assert (row[s.PARK], {row["block_a"], row["block_b"]}) == ("A", {"1", "2"})
        assert set(row["plots"]) == {"p0", "p1"}
        assert row[s.AREA_M2] == pytest.approx(2.2 * HA)
        assert (row["gap_m"], row["blocks_before"], row["blocks_after"]) == (pytest.approx(300), 3, 2)

    def test_the_chain_of_least_land_is_taken(self):
        wide, slim = box(2.3, 0, 4.8, 1), box(2.3, 1.2, 4.8, 1.3)
        found = joining_plots(THREE, self.plots(wide, slim), reach_m=50, most_m2=10 * HA)
        assert found["plots"].tolist() == [("p1",)]

    def test_no_chain_runs_through_another_park(self):
        apart = blocks(
            ("A", "1", True, box(0, 0, 2, 2)), ("A", "2", False, box(8, 0, 10, 2)), ("B", "1", True, box(3, 0, 7, 2))
        )
        between = self.plots(box(2.3, 0, 2.7, 1), box(7.3, 0, 7.7, 1))
        assert joining_plots(apart, between, reach_m=50, most_m2=10 * HA).empty

    @pytest.mark.parametrize(("reach", "most"), [(20, 10), (50, 1)])
    def test_too_far_or_too_much(self, reach, most):
        between = self.plots(box(2.3, 0, 3.5, 1), box(3.8, 0, 4.8, 1))
        assert joining_plots(THREE, between, reach_m=reach, most_m2=most * HA).empty

    def test_blocks_within_reach_need_nobody(self):
        near = blocks(("A", "1", True, box(0, 0, 1, 1)), ("A", "2", False, box(1.2, 0, 2, 1)))
        assert joining_plots(near, self.plots(box(1.05, 0, 1.15, 1)), reach_m=50, most_m2=HA).empty


@pytest.fixture
def town():
    """Two parks of four hectares that share one; P owns it. Three plots, one of them half outside."""
    land = parcels(
        [box(0, 0, 1, 1), box(1, 0, 2, 1), box(2.5, 0, 4.5, 1)],
        ids=["a", "b", "c"],
        district=["330105", "330114", "330114"],
    )
    return ledger(land, parks([box(0, 0, 2, 2), box(1, 0, 3.5, 2)], ids=["P", "Q"]))


class TestLand:
    def test_plots_by_park_sum_to_the_citys(self, town):
        land = land_inside(town, PLANAR)
        got = land.set_index([s.PARCEL, s.PARK])[["m2", "part"]]
        assert (got["m2"] / HA).to_dict() == pytest.approx({("a", "P"): 1, ("b", "P"): 1, ("c", "Q"): 1})
        assert got["part"].to_dict() == pytest.approx({("a", "P"): 1, ("b", "P"): 1, ("c", "Q"): 0.5})

    def test_who_answers_for_what(self, town):
        rows = duties(land_inside(town, PLANAR)).set_index([s.PARK, s.DISTRICT])
        assert (rows["m2"] / HA).to_dict() == pytest.approx(
            {("P", "330105"): 1, ("P", "330114"): 1, ("Q", "330114"): 1}
        )

    @pytest.mark.parametrize(("ids", "code"), [(["9", "10"], "a"), (["10", "9"], "b")])
    def test_land_that_two_parcels_claim_is_of_the_smaller_id(self, town, ids, code):
        own = np.asarray(town.parks.geometry.to_numpy())[0]
        both = gpd.GeoDataFrame({s.CODE: ["a", "b"]}, index=ids, geometry=array([own, own]), crs=WORKING)
        uses = park_uses(town, both)
        assert set(uses.loc[uses[s.PARK] == town.parks[s.PARK][0], s.CODE]) == {code}

    def test_uses_sum_to_the_land_of_each_park(self, town):
        every = parcels([box(0, 0, 1, 1), box(1, 0, 2, 1), box(2.5, 0, 4.5, 1), box(0, 1, 3, 1.5), box(0, 1, 1, 1.5)])
        every[s.CODE] = ["0601", "0601", "0601", "0101", "0702"]
        uses = park_uses(town, every).set_index([s.PARK, s.CODE])["m2"] / HA
        want = {("P", "0601"): 2, ("P", "0101"): 1, ("P", ""): 1, ("Q", "0601"): 1, ("Q", "0101"): 0.5, ("Q", ""): 1.5}
        assert uses.to_dict() == pytest.approx(want, rel=1e-4)


def measures(**columns):
    index = pd.Index(["a", "b", "c"], name=s.PARCEL)
    blank = [np.nan] * 3
    values = pd.DataFrame({k: columns.get(k, blank) for k in (s.FAR, s.COVERAGE, "green_ratio")}, index=index)
    levels = pd.DataFrame(np.where(values.isna(), "none", "registered"), index=index, columns=values.columns)
    for name in columns.get("remote", ()):
        levels.loc[name, s.FAR] = "remote"
    standards = pd.DataFrame({s.FAR: columns.get("standard", blank), s.COVERAGE: blank}, index=index)
    return Indicators(values, levels, standards, values)


class TestIntensity:
    LAND = pd.DataFrame(
        {s.PARCEL: ["a", "b", "c"], s.PARK: ["P", "P", "Q"], s.BLOCK: ["1", "2", "1"], "m2": [HA, 3 * HA, HA]}
    )

    def test_settled_over_the_whole(self):
        row = intensity(self.LAND, measures(far=[2.0, 0.4, 1.0], standard=[1.0, 1.0, 1.0]), [s.PARK]).loc["P"]
        assert row[s.FAR] == pytest.approx((2 + 1.2) / 4)
        assert row["far_below"] == pytest.approx(3 / 4)
        assert row["far_pooled"] is False
        assert row[["far_p10", "far_p50", "far_p90"]].tolist() == [0.4, 0.4, 2.0]

    def test_what_a_pooled_unit_hides(self):
        row = intensity(self.LAND, measures(far=[4.0, 0.4, 1.0], standard=[1.0, 1.0, 1.0]), [s.PARK]).loc["P"]
        assert row["far_pooled"] is True
        assert row["far_below"] == pytest.approx(3 / 4)

    def test_what_is_unknown_is_no_zero(self):
        found = intensity(self.LAND, measures(far=[2.0, np.nan, np.nan], standard=[1.0] * 3), [s.PARK])
        assert found.loc["P", [s.FAR, "far_known"]].tolist() == [2.0, 0.25]
        assert found.loc["Q", [s.FAR, "far_known", "far_below", "far_pooled"]].isna().tolist() == [
            True,
            False,
            True,
            True,
        ]
        assert found.loc["Q", "far_known"] == 0

    def test_blocks_and_rasters(self):
        found = intensity(self.LAND, measures(far=[2.0, 0.4, 1.0], remote=["b"]), [s.PARK, s.BLOCK])
        assert found["far_remote"].to_dict() == {("P", "1"): 0, ("P", "2"): 1, ("Q", "1"): 0}


def firms(*rows):
    """(firm, parcel, industry, area, tax, output) rows of 2025."""
    columns = [s.FIRM, s.PARCEL, s.INDUSTRY, s.AREA_M2, s.TAX, s.OUTPUT]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(**{s.YEAR: pd.array([2025] * len(rows), dtype="Int64"), s.FIRM_NAME: table[s.FIRM]})


class TestYield:
    def test_both_denominators(self, town):
        land = land_inside(town, PLANAR)
        table = firms(("f", "a", "34", 1, 150.0, 10.0), ("g", "c", "34", 1, 400.0, 20.0))
        built = pd.Series({"P": 3 * HA, "Q": HA})
        got = park_yield(figures_inside(land, table, 2025), built)
        assert got.loc["P", s.TAX] == 150
        assert got.loc["P", f"{s.TAX}_known"] == pytest.approx(0.5)
        assert got.loc["P", f"{s.TAX}_per_mu"] == pytest.approx(150 / to_mu(HA))
        assert got.loc["P", f"{s.TAX}_per_built_mu"] == pytest.approx(150 / to_mu(3 * HA))
        assert got.loc["Q", s.TAX] == pytest.approx(200)  # half of the plot lies inside

    def test_a_park_of_which_nobody_reports_yields_nothing_known(self, town):
        got = park_yield(figures_inside(land_inside(town, PLANAR), firms(("f", "a", "34", 1, 1.0, 1.0)), 2025))
        assert math.isnan(got.loc["Q", s.TAX])
        assert got.loc["Q", f"{s.TAX}_known"] == 0

    def test_another_year_is_not_this_one(self, town):
        got = park_yield(figures_inside(land_inside(town, PLANAR), firms(("f", "a", "34", 1, 1.0, 1.0)), 2024))
        assert got[s.TAX].isna().all()


class TestIndustries:
    def found(self, town):
        table = firms(
            ("f", "a", "C3484", 3000, 1.0, 60.0), ("g", "a", "17", 1000, 1.0, 20.0), ("h", "b", "34", 1, 1.0, 20.0)
        )
        return park_industries(land_inside(town, PLANAR), table, 2025)

    def test_land_is_shared_by_what_firms_use(self, town):
        got = (self.found(town).set_index([s.PARK, "division"])["m2"] / HA).to_dict()
        assert got == pytest.approx({("P", "17"): 0.25, ("P", "34"): 1.75, ("Q", ""): 1})

    def test_the_leading_industry(self, town):
        row = leading(self.found(town), {}).loc["P"]
        assert (row["leading"], row["leading_stated"]) == (("34",), False)
        assert row["leading_land"] == pytest.approx(1.75 / 2)
        assert row["leading_output"] == pytest.approx(0.8)
        assert row["hhi_land"] == pytest.approx((1.75 / 2) ** 2 + (0.25 / 2) ** 2)

    def test_the_one_a_park_states(self, town):
        row = leading(self.found(town), {"P": ("17",)}).loc["P"]
        assert (row["leading"], row["leading_stated"]) == (("17",), True)
        assert row["leading_output"] == pytest.approx(0.2)

    def test_land_nobody_knows_the_industry_of_is_no_share(self, town):
        row = leading(self.found(town), {}).loc["Q"]
        assert (row["leading"], row["land_known"]) == ((), 0)
        assert math.isnan(row["leading_land"])


def rules(*rows):
    """(code, measure, ideal, better, weight) rows."""
    return EvaluationRules.model_validate(
        {
            "name": "toy",
            "source": "toy",
            "date": dt.date(2025, 1, 1),
            "trust": "low",
            "groups": [{"key": "g", "name": {"zh": "g", "en": "g"}}],
            "indicators": [
                {
                    "code": code,
                    "measure": measure,
                    "group": "g",
                    "name": {"zh": code, "en": code},
                    "ideal": ideal,
                    "better": better,
                    "weight": weight,
                    "source": "toy",
                    "trust": "low",
                }
                for code, measure, ideal, better, weight in rows
            ],
        }
    )


class TestScore:
    TWO = rules(("A", s.FAR, 2.0, "more", 0.75), ("B", "inefficient_share", 0.1, "less", 0.25))

    def evaluated(self, level="n", table=None, **columns):
        n = len(next(iter(columns.values())))
        figures = pd.DataFrame(columns, index=pd.Index([f"P{k}" for k in range(n)], name=s.PARK))
        levels = (
            pd.Series(level, index=figures.index, dtype=object)
            if isinstance(level, str)
            else pd.Series(level, index=figures.index)
        )
        return evaluate(figures, levels, table or self.TWO)

    def test_attainment_and_score(self):
        got = self.evaluated(far=[1.0, 3.0], inefficient_share=[0.2, 0.0])
        assert got.attainment.to_numpy().tolist() == [[0.5, 0.5], [1.0, 1.0]]
        assert got.table["score"].tolist() == [50, 100]
        assert got.contributions.loc["P0"].tolist() == [37.5, 12.5]
        assert got.table["rank"].tolist() == [2, 1]

    def test_what_is_missing_is_never_zero(self):
        got = self.evaluated(far=[1.0, 1.0], inefficient_share=[np.nan, 0.1])
        assert got.table["score"].tolist() == [50, 62.5]
        assert got.table["known"].tolist() == [0.75, 1]
        assert math.isnan(got.contributions.loc["P0", "B"])

    def test_too_little_known_is_no_score_and_no_rank(self):
        got = self.evaluated(far=[np.nan, 1.0], inefficient_share=[0.1, 0.1])
        assert got.table["score"].isna().tolist() == [True, False]
        assert got.table["rank"].tolist() == pytest.approx([np.nan, 1], nan_ok=True)
        assert got.table["of"].tolist() == [1, 1]

    def test_parks_are_ranked_within_their_level(self):
        got = self.evaluated(["n", "n", "p"], far=[1.0, 2.0, 0.5], inefficient_share=[0.1] * 3)
        assert got.table["rank"].tolist() == [2, 1, 1]
        assert got.table["of"].tolist() == [2, 2, 1]

    def test_equal_scores_share_the_better_rank(self):
        assert self.evaluated(far=[1.0, 1.0, 0.5], inefficient_share=[0.1] * 3).table["rank"].tolist() == [1, 1, 3]

    def test_ranks_that_weights_decide_are_told(self):
        table = rules(("A", s.FAR, 1.0, "more", 0.5), ("B", s.COVERAGE, 1.0, "more", 0.5))
        got = self.evaluated(table=table, far=[0.9, 0.5, 0.1], coverage=[0.5, 0.91, 0.1]).table
        assert got["rank"].tolist() == [2, 1, 3]
        assert got["best_rank"].tolist() == [1, 1, 3]
        assert got["worst_rank"].tolist() == [2, 2, 3]

    def test_the_order_of_parks_does_not_matter(self):
        one = self.evaluated(far=[1.0, 2.0], inefficient_share=[0.1, 0.3]).table["score"].tolist()
        two = self.evaluated(far=[2.0, 1.0], inefficient_share=[0.3, 0.1]).table["score"].tolist()
        assert one == two[::-1]

    def test_the_shipped_table_weighs_one(self):
        table = load_evaluation("tdt1029-example", Path())
        assert sum(x.weight for x in table.indicators) == pytest.approx(1)
        assert all(x.source for x in table.indicators)
