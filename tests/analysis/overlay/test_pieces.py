"""Cuts that the geometry library gets wrong come out right: neighbours one unit in the last place off."""

import exact
import numpy as np
import pytest
import shapely
from toys import array

from landuse.analysis.overlay import cut
from landuse.analysis.overlay import pieces as knife
from landuse.analysis.overlay.cut import count_once, disputes
from landuse.analysis.overlay.pieces import GRID, pieces
from landuse.errors import AccountingError


def neighbours(n=60_000, seed=3):
    """Pairs of triangles on both sides of an edge whose ends differ by at most one unit in the last place."""
    rng = np.random.default_rng(seed)
    p = rng.uniform(-500, 500, (n, 2))
    q = p + rng.uniform(-60, 60, (n, 2))
    across = (q - p)[:, ::-1] * (-1, 1)

    a = np.stack([p, q, (p + q) / 2 + across * rng.uniform(0.1, 1, (n, 1))], axis=1)
    b = np.stack(
        [exact.shaken(rng, p), exact.shaken(rng, q), (p + q) / 2 - across * rng.uniform(0.1, 1, (n, 1))], axis=1
    )
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


def test_true_overlaps_stay_what_they_are():
    a, b = array([shapely.box(0, 0, 2, 1)] * 2), array([shapely.box(1, 0, 3, 1), shapely.box(2 - 1e-6, 0, 3, 1)])
    assert [len(disputes(array(pair))[0]) for pair in zip(a, b, strict=True)] == [1, 0]
    inner, rest = pieces(a, np.arange(2), b, workers=1)
    assert shapely.area(inner).tolist() == [1.0, pytest.approx(1e-6)]
    assert shapely.area(rest).tolist() == [1.0, pytest.approx(2 - 1e-6)]


@pytest.fixture
def broken(monkeypatch):
    """Put an engine that errs in the place of one that the library offers, plain or on every grid."""
    true = knife._careful

    def put(wrong, answer, *, on_grids=False):
        def erring(f, *arrays):
            ask = answer if f.func is wrong and (on_grids or f.keywords["grid_size"] is None) else f
            return true(ask, *arrays)

        monkeypatch.setattr(knife, "_careful", erring)

    return put


def nothing(a, *_):
    return np.full(len(a), shapely.Polygon())


def everything(a, *_):
    return a


def gives_up(*_):
    raise shapely.GEOSException


ANSWERS = (nothing, everything, gives_up)
HALF = (array([shapely.box(0, 0, 2, 1)]), np.array([0]), array([shapely.box(1, 0, 3, 1)]))


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("wrong", [shapely.intersection, shapely.difference])
def test_an_engine_that_errs_on_the_first_try_is_corrected(broken, wrong, answer):
    broken(wrong, answer)
    inner, rest = pieces(*HALF, workers=1)
    assert shapely.area([inner[0], rest[0]]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("wrong", [shapely.intersection, shapely.difference])
def test_an_engine_that_errs_always_stops_the_run(broken, wrong, answer):
    broken(wrong, answer, on_grids=True)
    with pytest.raises(AccountingError, match="two engines"):
        pieces(*HALF, workers=1)


def test_a_wrong_union_of_those_who_keep_land_is_found(monkeypatch):
    # three squares in a row, the last overlaps both others; a union that forgets the second
    monkeypatch.setattr(cut, "union", lambda polygons, grid: polygons[0] if grid is None else knife.union(polygons))
    land = array([shapely.box(0, 0, 2, 1), shapely.box(2, 0, 4, 1), shapely.box(1, 0, 4, 1)])
    _source, counted, geometry = count_once(land)
    assert shapely.area(geometry[counted]).sum() == 4
    monkeypatch.setattr(cut, "union", lambda polygons, _grid: polygons[0])
    with pytest.raises(AccountingError, match="two engines"):
        count_once(land)


def test_triangles_within_triangles_come_out_right():
    """Pairs that share a corner to the last place, both as a park in a parcel and as two parcels."""
    rng = np.random.default_rng(8)
    a = rng.integers(-500, 500, (900, 3, 2)).astype(float)
    b = np.round(np.einsum("nij,njk->nik", rng.dirichlet((1, 1, 1), (900, 3)), a))
    b[:, 0] = a[:, 0]
    a[:, 0] = exact.shaken(rng, a[:, 0])
    a, b = shapely.polygons(a), shapely.polygons(b)
    sound = shapely.is_valid(a) & shapely.is_valid(b) & (shapely.area(b) > 1)
    a, b = a[sound], b[sound]
    true = np.array([exact.common(p, q) for p, q in zip(a, b, strict=True)])
    inner, rest = pieces(a, np.arange(len(a)), b)
    assert (np.abs(shapely.area(inner) - true) <= GRID * shapely.length(a)).all()
    assert (np.abs(shapely.area(rest) - shapely.area(a) + true) <= GRID * shapely.length(a)).all()
    for k in np.flatnonzero(np.abs(shapely.area(shapely.intersection(a, b)) - true) > 1)[:20]:
        _source, counted, geometry = count_once(array([b[k], a[k]]))
        once = a[k].area + b[k].area - true[k]
        assert shapely.area(geometry[counted]).sum() == pytest.approx(once, abs=GRID * (a[k].length + b[k].length))
