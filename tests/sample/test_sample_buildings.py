"""The invented buildings: inside their plots, as the register says, and the truth by an overlay engine."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely


@pytest.fixture(scope="module")
def layer(town):
    return gpd.read_file(town.files.folder / "buildings.gpkg")


@pytest.fixture(scope="module")
def by_plot(town, layer):
    plots = town.parcels[["BSM", "geometry"]]
    parts = gpd.overlay(layer.assign(footprint=layer.area), plots, keep_geom_type=True)
    floors = parts.area * parts.CS * np.where(parts.GD / parts.CS > 8, 2, 1)
    ground = parts.dissolve("BSM").area
    land = plots.set_index("BSM").area.reindex(ground.index)
    return pd.DataFrame({"far": floors.groupby(parts.BSM).sum() / land, "coverage": ground / land}), parts


def test_truth_is_what_an_overlay_engine_finds(town, by_plot):
    truth = pd.DataFrame(town.truth["buildings"]).T.sort_index()
    assert truth.index.tolist() == sorted(by_plot[0].index)
    np.testing.assert_allclose(by_plot[0].sort_index()[["far", "coverage"]], truth[["far", "coverage"]], rtol=1e-7)


def test_no_building_leaves_its_plot(layer, by_plot):
    assert by_plot[1].area.sum() == pytest.approx(layer.area.sum(), rel=1e-9)


def test_the_register_says_the_same(town):
    register = town.parcels.set_index("BSM")
    for plot, told in town.truth["buildings"].items():
        assert told["far"] == pytest.approx(register.RJL[plot], rel=1e-9)
        assert told["coverage"] == pytest.approx(register.JZMD[plot], rel=1e-9)


def test_there_is_something_to_get_wrong(town, layer):
    """Halls that count twice, towers on podiums, heights nobody wrote down, and plots without buildings."""
    assert (layer.GD / layer.CS > 8).any()
    assert layer.GD.isna().any()
    assert layer.area.sum() > 1.05 * shapely.union_all(np.asarray(layer.geometry)).area
    assert 10 < len(town.truth["buildings"]) < town.industrial.RJL.notna().sum()
