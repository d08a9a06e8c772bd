"""Density outside the parks: exact in every cell, and in their sum."""

import dataclasses

import numpy as np
import pytest
import rasterio
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from toy_result import EAST, NORTH, toy

from landuse.analysis.density import covered, outside_density
from landuse.errors import InputError
from landuse.report.layers.exports import NODATA, write_density
from landuse.results.density import Grid

#: Where a real city lies: coordinates have ten digits there.
CELL = 250.0
COLUMN, ROW = 2080, 13_380


def array(*shapes):
    out = np.empty(len(shapes), dtype=object)
    out[:] = shapes
    return out


def by_cutting(polygons, grid):
    """The same areas, by cutting every polygon with every cell."""
    out = np.zeros((grid.rows, grid.columns))
    for r in range(grid.rows):
        for c in range(grid.columns):
            x, y = (grid.column + c) * grid.cell, (grid.row + r) * grid.cell
            out[r, c] = shapely.area(
                shapely.intersection(polygons, shapely.box(x, y, x + grid.cell, y + grid.cell))
            ).sum()
    return out


def test_three_by_three_by_hand():
    """A square over four cells with a hole in the middle cell, and a triangle that halves a cell."""
    square = shapely.Polygon([(5, 5), (25, 5), (25, 25), (5, 25)], [[(12, 12), (18, 12), (18, 17), (12, 17)]])
    triangle = shapely.Polygon([(20, 0), (30, 0), (30, 10)])
    got = covered(array(square, triangle), Grid(10.0, 0, 0, 3, 3))
    # from the south: the square has quarters at the corners and halves at the sides; the hole is 6 x 5
    assert got.tolist() == [[25, 50, 25 + 50], [50, 100 - 30, 50], [25, 50, 25]]


def test_edges_and_corners_on_the_lines_of_the_grid():
    shapes = array(shapely.box(0, 0, 10, 10), shapely.box(10, 10, 30, 20), shapely.Point(15, 25).buffer(5, 1))
    got = covered(shapes, Grid(10.0, 0, 0, 4, 4))
    assert got.tolist() == [[100, 0, 0, 0], [0, 100, 100, 0], [0, 50, 0, 0], [0, 0, 0, 0]]


def test_a_rounding_beyond_the_grid_goes_to_the_cell_beside_it():
    off = 1e-9
    around = shapely.box(-off, -off, 20 + off, 20 + off)
    assert covered(array(around), Grid(10.0, 0, 0, 2, 2)) == pytest.approx(np.full((2, 2), 100.0))


@pytest.mark.parametrize("clockwise", [True, False])
def test_winding_does_not_matter(clockwise):
    ring = shapely.orient_polygons(shapely.box(3, 3, 17, 17), exterior_cw=clockwise)
    assert covered(array(ring), Grid(10.0, 0, 0, 2, 2)).tolist() == [[49, 49], [49, 49]]


points = st.tuples(st.floats(0, 1000, allow_subnormal=False), st.floats(0, 1000, allow_subnormal=False))
stars = st.tuples(points, st.lists(st.floats(20, 400), min_size=5, max_size=12))


def star(at, radii):
    """A simple polygon, not convex."""
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    x = COLUMN * CELL + at[0] + np.array(radii) * np.cos(angle)
    y = ROW * CELL + at[1] + np.array(radii) * np.sin(angle)
    return shapely.Polygon(np.column_stack([x, y]))


@given(st.lists(stars, min_size=1, max_size=4))
def test_cells_are_those_of_cutting_and_sum_to_the_polygons(drawn):
    polygons = array(*(star(*one) for one in drawn))
    grid = Grid.over(shapely.total_bounds(polygons), CELL)
    got = covered(polygons, grid)
    assert got.sum() == pytest.approx(shapely.area(polygons).sum(), rel=1e-9)
    assert got == pytest.approx(by_cutting(polygons, grid), rel=1e-6, abs=1e-4)
    empty = shapely.STRtree(polygons)
    for r, c in np.argwhere(np.abs(got) < 1e-9):
        x, y = (grid.column + c) * CELL, (grid.row + r) * CELL
        assert len(empty.query(shapely.box(x + 1, y + 1, x + CELL - 1, y + CELL - 1), predicate="contains")) == 0


@pytest.mark.parametrize("cell_m", [40.0, 250.0, 1000.0])
def test_the_cells_of_a_city_sum_to_its_land_outside(city, cell_m):
    book = city.result.ledger
    for rule in ("clip", "centroid"):
        definition = dataclasses.replace(city.result.definition, rule=rule)
        density = outside_density(dataclasses.replace(city.result, definition=definition), cell_m=cell_m)
        land = book.counted(dataclasses.replace(definition, area="planar"))
        outside = land.loc[land["block"] == -1, "m2"].sum()
        assert outside > 0
        assert np.nansum(density.share) * density.cell_m2 == pytest.approx(outside, rel=1e-9)
        assert np.nanmin(density.share) >= 0
        assert np.nanmax(density.share) <= 1 + 1e-9


def test_land_outside_the_parks_only():
    result = toy()
    density = outside_density(result, cell_m=100.0)
    grid = density.grid
    column, row = int(EAST // 100) - grid.column, int(NORTH // 100) - grid.row
    # P2 reaches 50 m out of the park, P3 is a whole cell, P4 60 m x 60 m, P1 lies inside
    assert density.share[row, column + 4] == 0.5
    assert density.share[row, column + 10] == 1.0
    assert density.share[row, column + 15] == 0.36
    assert np.nansum(density.share) == pytest.approx(1.86)
    assert density.share[row, column] == 0.0


def test_beyond_the_districts_is_no_data_and_without_districts_none(bare):
    result = toy()
    outlines = result.districts.iloc[:1].set_geometry([shapely.box(EAST + 900, NORTH - 100, EAST + 1200, NORTH + 200)])
    some = outside_density(dataclasses.replace(result, districts=outlines), cell_m=100.0).share
    assert np.isnan(some).any()
    assert np.nansum(some) == pytest.approx(1.86)  # land outside every district counts still
    assert not np.isnan(outside_density(bare, cell_m=100.0).share).any()


def test_the_file(tmp_path):
    result = toy()
    write_density(outside_density(result, cell_m=100.0), result, tmp_path / "d.tif")
    density = outside_density(result, cell_m=100.0)
    with rasterio.open(tmp_path / "d.tif") as file:
        assert CRS.from_user_input(file.crs) == result.ledger.parts.crs
        assert (file.nodata, file.dtypes, file.count) == (NODATA, ("float32",), 1)
        assert file.tags()["run_id"] == result.run_id
        assert file.tags()["synthetic"] == "true"
        assert file.tags()["definition"] == str(result.definition)
        assert file.descriptions == ("网格中园区外工业用地占比",)
        band = file.read(1, masked=True)
        assert band.filled(np.nan)[::-1] == pytest.approx(density.share.astype("float32"), nan_ok=True)
        # P3 by its coordinates
        assert next(file.sample([(EAST + 1050, NORTH + 50)])).item() == 1.0
    assert [p.name for p in tmp_path.iterdir()] == ["d.tif"]


def elsewhere(crs):
    """The toy's coordinates in another system."""
    whole = toy()
    layers = {
        name: getattr(whole.ledger, name).set_crs(crs, allow_override=True)
        for name in ("parcels", "parks", "parts", "faces")
    }
    return dataclasses.replace(whole, ledger=dataclasses.replace(whole.ledger, **layers), districts=None)


@pytest.mark.parametrize("crs", ["ESRI:54035", "EPSG:2263", "+proj=omerc +lat_0=30 +lonc=120 +alpha=30 +gamma=10"])
def test_a_system_that_geotiff_has_no_keys_for_is_stated_too(tmp_path, crs):
    write_density(outside_density(elsewhere(CRS(crs))), elsewhere(CRS(crs)), tmp_path / "d.tif")
    with rasterio.open(tmp_path / "d.tif") as file:
        assert CRS.from_user_input(file.crs) == CRS(crs)
    assert [p.name for p in tmp_path.iterdir()] == ["d.tif"]


def test_a_raster_without_a_system_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("landuse.report.layers.exports.KEYS", ("STANDARD",))
    with pytest.raises(InputError, match="GeoTIFF"):
        write_density(outside_density(elsewhere(CRS("ESRI:54035"))), elsewhere(CRS("ESRI:54035")), tmp_path / "d.tif")


def test_a_plane_in_feet():
    density = outside_density(elsewhere(CRS(2263)), cell_m=100.0)  # New York Long Island, US survey feet
    foot = 1200 / 3937
    assert density.grid.cell == pytest.approx(100 / foot)
    assert density.share.sum() * density.cell_m2 == pytest.approx(18_600 * foot**2, rel=1e-9)


def test_the_same_findings_give_the_same_bytes(tmp_path):
    for name in ("a.tif", "b.tif"):
        write_density(outside_density(toy()), toy(), tmp_path / name)
    assert (tmp_path / "a.tif").read_bytes() == (tmp_path / "b.tif").read_bytes()
