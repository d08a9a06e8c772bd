"""Cuts that the geometry library gets wrong come out right: neighbours one unit in the last place off."""

import numpy as np
import pytest
import shapely
from toys import array

from landuse.analysis import pieces as knife
from landuse.analysis.overlap import count_once, disputes
from landuse.analysis.pieces import GRID, overlap_is_real, pieces, union


def neighbours(n=60_000, seed=3):
    """Pairs of triangles on both sides of an edge whose ends differ by at most one unit in the last place."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(-500, 500, (n, 2))
    q = p + rng.uniform(-60, 60, (n, 2))
    across = (q - p)[:, ::-1] * (-1, 1)

    def shaken(xy):
        way = rng.integers(-1, 2, xy.shape)
        return np.where(way == 0, xy, np.nextafter(xy, np.where(way > 0, np.inf, -np.inf)))

    a = np.stack([p, q, (p + q) / 2 + across * rng.uniform(0.1, 1, (n, 1))], axis=1)
    b = np.stack([shaken(p), shaken(q), (p + q) / 2 - across * rng.uniform(0.1, 1, (n, 1))], axis=1)
    return shapely.polygons(a), shapely.polygons(b)


@pytest.fixture(scope="module")
def wrong():
    """Those of them that the plain intersection gets grossly wrong; the land they share is none."""
    a, b = neighbours()
    off = shapely.area(shapely.intersection(a, b)) > 1e-3
    assert off.sum() > 20, "the library has mended itself: these tests show nothing any more"
    return a[off], b[off]


def test_neighbours_share_no_land_and_keep_all_of_theirs(wrong):
    a, b = wrong
    inner, rest = pieces(a, np.arange(len(a)), b, workers=1)
    assert shapely.area(inner).max() <= GRID * shapely.length(a).max()
    assert (np.abs(shapely.area(rest) - shapely.area(a)) <= GRID * shapely.length(a)).all()


def test_neighbours_do_not_dispute_their_land(wrong):
    for a, b in zip(*(side[:40] for side in wrong), strict=True):
        assert len(disputes(array([a, b]))[0]) == 0
        _source, counted, geometry = count_once(array([a, b]))
        assert counted.all()
        assert shapely.area(geometry).sum() == pytest.approx(a.area + b.area, rel=1e-12)


def test_a_union_leaves_no_neighbour_out(wrong):
    for a, b in zip(*(side[:40] for side in wrong), strict=True):
        assert union(array([a, b])).area == pytest.approx(a.area + b.area, abs=GRID * (a.length + b.length))


def test_true_overlaps_stay_what_they_are():
    a, b = array([shapely.box(0, 0, 2, 1)] * 2), array([shapely.box(1, 0, 3, 1), shapely.box(2 - 1e-6, 0, 3, 1)])
    assert overlap_is_real(a, b, 1e-4, workers=1).tolist() == [True, False]
    inner, rest = pieces(a, np.arange(2), b, workers=1)
    assert shapely.area(inner).tolist() == [1.0, pytest.approx(1e-6)]
    assert shapely.area(rest).tolist() == [1.0, pytest.approx(2 - 1e-6)]


@pytest.mark.parametrize("forgets", [shapely.intersection, shapely.difference])
def test_an_engine_that_errs_on_the_first_try_is_corrected(monkeypatch, forgets):
    # the plain engine gives nothing, whatever the question; on the grid it is right
    plain = knife.threaded

    def erring(f, *arrays, **options):
        out = plain(f, *arrays, **options)
        return np.full(len(out), shapely.Polygon()) if f.func is forgets and f.keywords["grid_size"] is None else out

    monkeypatch.setattr(knife, "threaded", erring)
    inner, rest = pieces(array([shapely.box(0, 0, 2, 1)]), np.array([0]), array([shapely.box(1, 0, 3, 1)]), workers=1)
    assert shapely.area([inner[0], rest[0]]).tolist() == [1.0, 1.0]
