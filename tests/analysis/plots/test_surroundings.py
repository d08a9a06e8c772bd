"""What lies around plots, and how the lists change with their thresholds."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from toys import WORKING, box

from landuse import schema as s
from landuse.analysis.plots.surroundings import neighbours, scatter_sensitivity, town_marks, within_development
from landuse.config.rules import ScatterSection
from landuse.reference.classification import load
from landuse.results.candidates import Scatter
from landuse.units import to_m2


def plots(*shapes):
    return gpd.GeoDataFrame({"x": range(len(shapes))}, geometry=list(shapes), crs=WORKING)


def test_most_of_a_plot_decides_on_which_side_of_the_boundary_it_lies():
    land = plots(box(0, 0, 1, 1), box(1.4, 0, 2.4, 1), box(1.6, 2, 2.6, 3), box(8, 8, 9, 9))
    boundary = plots(box(0, 0, 2, 9), box(1, 0, 2, 9))  # overlapping pieces count once
    assert within_development(land, boundary).tolist() == ["urban", "urban", "beyond", "beyond"]
    assert within_development(land, None).tolist() == [""] * 4


def test_neighbours_within_reach_once_each():
    land = plots(box(0, 0, 1, 1), box(5, 0, 6, 1), box(20, 0, 21, 1))
    around = plots(box(1, 0, 2, 1), box(1.5, 0, 2, 1), box(0, 1.4, 1, 2), box(6.6, 0, 7, 1))
    around["group"] = ["farmland", "farmland", "housing", "ecological"]
    assert neighbours(land, around, 50.0).tolist() == [("farmland", "housing"), (), ()]
    assert neighbours(land, around, 60.0).tolist() == [("farmland", "housing"), ("ecological",), ()]
    assert neighbours(land, None, 60.0).tolist() == [(), (), ()]


@pytest.mark.parametrize(
    ("system", "codes", "groups"),
    [
        (
            "third_survey",
            ("0103", "0701", "1101", "0303", "0601", "9999"),
            ("farmland", "housing", "ecological", "ecological", "", ""),
        ),
        ("gb50137", ("R2", "E1", "E2", "M1"), ("housing", "ecological", "farmland", "")),
        ("land_sea_2023", ("0101", "070102", "0301", "1001"), ("farmland", "housing", "ecological", "")),
        ("gbt21010", ("0101", "0701", "0301", "0601"), ("farmland", "housing", "ecological", "")),
    ],
)
def test_classes_as_neighbours(system, codes, groups):
    assert tuple(load(system).neighbour_of(code) for code in codes) == groups


def test_the_surveys_mark_against_the_position():
    position = pd.Series(["scattered", "scattered", "inside", "adjoining"], index=list("abcd"))
    table = town_marks(position, pd.Series({"a": "202A", "b": "203", "c": "201a", "e": "201A"}))
    assert table.loc["marked", ["scattered", "inside", "adjoining"]].tolist() == [1, 1, 0]
    assert table.loc["unmarked", ["scattered", "inside", "adjoining"]].tolist() == [1, 0, 1]
    assert town_marks(position, None) is None


def test_other_thresholds_cluster_anew():
    """Three plots of 15 mu in a row, 40 m apart; one of 1 mu beside: by mental arithmetic."""
    shapes = [box(0, 0, 1, 1), box(1.4, 0, 2.4, 1), box(2.8, 0, 3.8, 1), box(9, 9, 9.25, 9.25)]
    frame = plots(*shapes).assign(
        **{s.AREA_M2: [1e4, 1e4, 1e4, 625.0], "cluster": [0, 0, 0, 1], "park_distance_m": [999.0, 999.0, 30.0, 999.0]}
    )
    rule = ScatterSection(gap_m=50.0, max_cluster_mu=200.0, min_plot_mu=3.0)
    table = scatter_sensitivity(Scatter(frame), rule, np.array([True, False, True, True]))
    rows = {(r["gap_m"], r["max_cluster_mu"]): r for r in table.to_dict("records")}
    assert len(rows) == 9
    # at 20 m each stands alone, and the third no longer adjoins; at 50 m the row is one cluster of 45 mu
    assert (rows[20, 50]["plots"], rows[20, 50]["clusters"], rows[20, 50]["candidates"]) == (3, 3, 2)
    assert (rows[50, 50]["plots"], rows[50, 50]["clusters"], rows[50, 50]["candidates"]) == (2, 1, 1)
    assert rows[100, 200]["area_m2"] == 2e4
    assert [r["own"] for r in rows.values()].count(True) == 1
    assert to_m2(45, "mu") == pytest.approx(3e4)
