"""Statistics of rasters: hand-drawn three by three pixels, and exactextract's own."""

import numpy as np
import pytest
import rasterio
import shapely
from exactextract import exact_extract
from pyproj import CRS
from rasterio.transform import from_origin
from toys import EAST, NORTH, WORKING

from landuse.analysis.candidates.indicators import built, green_ratio, mean
from landuse.errors import InputError
from landuse.io.rasters import read_pixels

NINE = np.array([[1, 2, 3], [4, 5, 6], [7, -9999, 9]], dtype="float32")


@pytest.fixture
def raster(tmp_path):
    def write(values=NINE, crs="EPSG:4549", nodata=-9999.0, name="r.tif", size=10.0):
        values = np.asarray(values, dtype="float32")
        options = {
            "height": values.shape[0],
            "width": values.shape[1],
            "count": 1,
            "dtype": "float32",
            "nodata": nodata,
        }
        top = NORTH + size * values.shape[0]
        with rasterio.open(
            tmp_path / name, "w", driver="GTiff", crs=crs, transform=from_origin(EAST, top, size, size), **options
        ) as file:
            file.write(values, 1)
        return tmp_path / name

    return write


def plot(x0, y0, x1, y1):
    """A rectangle in metres from the raster's lower left corner."""
    return shapely.box(EAST + x0, NORTH + y0, EAST + x1, NORTH + y1)


def pixels(path, *plots):
    return read_pixels(np.array(plots, dtype=object), WORKING, path, path.name)


def test_every_pixel_by_the_share_that_is_covered(raster):
    got = mean(pixels(raster(), plot(0, 20, 20, 30), plot(5, 15, 15, 25), plot(2, 22, 4, 24), plot(8, 0, 12, 10)))
    assert got.tolist()[:3] == pytest.approx([1.5, 3, 1])
    # the last lies half on a pixel without data: what is known is half, and that is enough
    assert got[3] == pytest.approx(7)


def test_what_the_raster_hardly_knows_is_unknown(raster):
    got = mean(pixels(raster(), plot(9, 0, 20, 10), plot(500, 0, 510, 10), plot(0, 0, 10, 300)))
    assert np.isnan(got).all()


def test_equal_to_exactextract_on_shapes_of_any_kind(raster):
    rng = np.random.default_rng(1)
    path = raster(rng.random((40, 40)) * 30)
    plots = [plot(*(rng.random(2) * 300), 0, 0).centroid.buffer(3 + 60 * rng.random()) for _ in range(30)]
    plots = [shapely.affinity.translate(p, 60, 60) for p in plots]
    import geopandas as gpd  # noqa: PLC0415

    theirs = exact_extract(path, gpd.GeoDataFrame(geometry=plots, crs=4549), ["mean"], output="pandas")["mean"]
    assert mean(pixels(path, *plots)) == pytest.approx(theirs.to_numpy(), rel=1e-6)


def test_heights_as_storeys(raster):
    heights = [[0.0, 1.9, 3.0], [4.5, 9.0, 13.5], [8.5, 100.0, -9999.0]]
    far, coverage = built(pixels(raster(heights), plot(0, 20, 30, 30), plot(0, 10, 30, 20), plot(0, 0, 20, 10)), 4.5)
    # 3 m: one storey of three pixels; then 1 + 2 + 3; a single storey above 8 m counts twice, 100 m are 22
    assert far.tolist() == pytest.approx([1 / 3, 2, (2 + 22) / 2])
    assert coverage.tolist() == pytest.approx([1 / 3, 1, 1])


def test_green_from_the_threshold_on(raster):
    got = green_ratio(pixels(raster([[0.29, 0.3, 0.9]]), plot(0, 0, 30, 10)))
    assert got.tolist() == pytest.approx([2 / 3])


def test_another_system_is_met_by_the_vertices(raster):
    inside = plot(5, 5, 25, 25)
    moved = shapely.transform(inside, lambda xy: np.add(xy, (40_000_000, 0)))
    got = read_pixels(np.array([moved], dtype=object), CRS(4528), raster(), "r.tif")
    assert mean(got) == pytest.approx(mean(pixels(raster(), inside)), rel=1e-6)


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("options", "says"),
    [({"crs": None}, "where it lies"), ({"nodata": None}, "no data")],
)
def test_a_raster_that_does_not_say_what_it_is_is_refused(raster, options, says):
    with pytest.raises(InputError, match=says):
        pixels(raster(**options), plot(0, 0, 10, 10))


@pytest.mark.usefixtures("english")
def test_what_is_no_raster_is_refused(tmp_path):
    (tmp_path / "r.tif").write_bytes(b"<VRTDataset rasterXSize='1' rasterYSize='1'></VRTDataset>")
    with pytest.raises(InputError, match="cannot be read"):
        pixels(tmp_path / "r.tif", plot(0, 0, 10, 10))
    with pytest.raises(InputError, match="no such file"):
        pixels(tmp_path / "none.tif", plot(0, 0, 10, 10))
