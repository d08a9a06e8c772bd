"""A filter names values of its column: each of them is there, or the study is refused with what is."""

import geopandas as gpd
import pytest
from toys import WORKING, array, box

from landuse.errors import InputError
from landuse.io.source import Place
from landuse.io.vector.read import read_layer
from landuse.io.vector.selection import Selection

pytestmark = pytest.mark.usefixtures("english")


def layer(folder, values, name="land.gpkg"):
    frame = gpd.GeoDataFrame(
        {"s": values, "n": range(len(values))},
        geometry=array([box(k, 0, k + 1, 1) for k in range(len(values))]),
        crs=WORKING,
    )
    frame.to_file(folder / name)
    return Place(folder / name, name)


def kept(place, *values, column="s"):
    return read_layer(place, ["s"], where={column: Selection(values)})


@pytest.mark.parametrize(
    ("values", "asked", "meant"),
    [
        (["现状用地", "现状用地", "规划"], ["现壮用地"], "did you mean '现状用地'"),
        (["built", "built", "planned"], ["built", "planed"], "did you mean 'planned'"),
        (["M1-1", "PMD 4", "R2"], ["M1*", "PMB*"], "did you mean 'PMD*'"),
        ([1, 2, 2], ["3"], "2 × 2, 1 × 1"),
        (["a", "a", "b"], [""], "a × 2, b × 1"),
    ],
)
def test_a_value_that_no_row_has_is_refused_with_the_nearest_and_the_commonest(tmp_path, values, asked, meant):
    with pytest.raises(InputError) as caught:
        kept(layer(tmp_path, values), *asked)
    (problem,) = caught.value.problems
    assert repr(asked[-1]) in problem.what
    assert meant in problem.fix
    assert problem.file == "land.gpkg"


def test_every_value_and_column_at_once(tmp_path):
    place = layer(tmp_path, ["a", "b"])
    with pytest.raises(InputError) as caught:
        read_layer(place, [], where={"s": Selection(("x", "a", "y*")), "n": Selection(("7",))})
    assert ["'x'" in p.what or "'y*'" in p.what or "'7'" in p.what for p in caught.value.problems] == [True] * 3


def test_values_written_otherwise_are_there(tmp_path):
    raw = kept(layer(tmp_path, ["ＯＫ　", "m1-2", None, "x"]), "ok", "M1*", "")
    assert raw.frame.index.tolist() == [1, 2, 3]
    assert len(kept(layer(tmp_path, [1.0, 2.0], "n.gpkg"), "1").frame) == 1


def test_a_layer_without_rows_has_no_value_to_miss(tmp_path):
    place = layer(tmp_path, ["a"])
    gpd.read_file(place.path).iloc[:0].to_file(place.path)
    assert kept(place, "a").rows == 0


@pytest.mark.parametrize(("others", "part"), [(19, "95.0%"), (9, "")])
def test_a_filter_that_leaves_out_nearly_all_says_so(tmp_path, others, part):
    (found,) = kept(layer(tmp_path, ["a", *["b"] * others]), "a").issues
    assert (found.check, found.count) == ("rows_filtered", others)
    assert ("of all rows" in found.action) == bool(part)
    assert part in found.action


def test_rows_of_other_values_stay_beside_the_wanted_but_not_against_a_filter(tmp_path):
    place = layer(tmp_path, ["a", "b", "c", "a"])
    wanted, also = {"s": lambda v: v == "a"}, {"n": lambda v: v in (2, 3)}
    assert read_layer(place, [], wanted, also=also).frame.index.tolist() == [1, 3, 4]
    where = {"s": Selection(("a", "b"))}
    assert read_layer(place, [], wanted, where, also).frame.index.tolist() == [1, 4]
