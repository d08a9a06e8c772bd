"""What parks still take: the table of blocks against truth, an overlay engine and the example table of industries."""

import csv
import json
import tomllib
from importlib.resources import files as package_files

import geopandas as gpd
import numpy as np
import pytest
import shapely
from conftest import read
from pyproj import CRS

from landuse.geo.area import ellipsoidal_area, gaussian_radius2
from landuse.sample import write_sample
from landuse.sample.city.parks import INDUSTRIES, LEVELS
from landuse.sample.records.capacity import DIVISIONS, LEADING, PRICE, ask_for_plan, fit
from landuse.sample.records.enterprises import INDUSTRY_CODES

WORKING = CRS(4549)
MU = 10_000 / 15
FREE = ("0101", "0103", "0301")


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The clean city of default size."""
    return read(write_sample(tmp_path_factory.mktemp("default") / "clean"))


@pytest.fixture(scope="module", params=["town", "city"])
def either(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def relocation(either):
    return either.truth["relocation"]


@pytest.fixture
def table(either):
    with (either.files.folder / "blocks.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def owned(either):
    """What each block has after the parks of higher priority, by successive differences."""
    out, taken = {}, shapely.Polygon()
    rank = either.parks.level.map(list(LEVELS).index)
    for _, park in either.parks.assign(rank=rank).groupby(["rank", "park_id"]):
        for _, row in park.iterrows():
            out[row.block_id] = shapely.difference(row.geometry, taken)
        taken = shapely.union(taken, park.geometry.union_all())
    return out


def area_within(parcels, geometry):
    """Ellipsoidal area of the parcels in a geometry, by intersection."""
    land = np.asarray(parcels.geometry)
    land = land[shapely.intersects(land, geometry)]
    parts = shapely.intersection(land, geometry)
    return ellipsoidal_area(parts, WORKING, gaussian_radius2(land, WORKING)).sum()


def test_the_table_has_a_row_for_every_block_in_order(either, table):
    assert list(table[0]) == ["park", "block", "spare_mu", "from_year", "price", "industries", "pollution"]
    assert [r["block"] for r in table] == either.parks.block_id.tolist()
    assert [r["block"] for r in table] == sorted(r["block"] for r in table)
    assert all(r["block"].startswith(r["park"] + "-") for r in table)


def test_the_table_agrees_with_truth(table, relocation):
    for row, told in zip(table, relocation["blocks"], strict=True):
        assert (row["park"], row["block"]) == (told["park"], told["block"])
        assert told["stated"] == (row["spare_mu"] != "")
        if told["stated"]:
            assert told["spare_m2"] == pytest.approx(float(row["spare_mu"]) * MU, rel=1e-12)
        assert row["from_year"] == ("" if told["from_year"] is None else str(told["from_year"]))
        assert float(row["price"]) == told["price"]
        assert row["industries"] == ";".join(told["industries"])
        assert row["pollution"] == ("" if told["pollution"] is None else str(told["pollution"]))
    assert relocation["spare_m2"] == pytest.approx(sum(b["spare_m2"] for b in relocation["blocks"]), rel=1e-12)


def test_what_a_block_owns_agrees_with_an_overlay(either, relocation, owned):
    for block in relocation["blocks"]:
        land = owned[block["block"]]
        assert block["owned_m2"] == pytest.approx(area_within(either.parcels, land), rel=1e-9, abs=1e-6)
    gross = either.parks.set_index("block_id").area
    assert any(b["owned_m2"] < 0.99 * gross[b["block"]] for b in relocation["blocks"])


def test_computed_spare_land_agrees_with_an_overlay(either, relocation, owned):
    free = either.parcels[either.parcels.DLBM.isin(FREE)]
    computed = [b for b in relocation["blocks"] if not b["stated"]]
    assert computed
    for block in computed:
        land = area_within(free, owned[block["block"]])
        assert block["spare_m2"] == pytest.approx(land, rel=1e-9, abs=1e-6)
        assert block["owned_m2"] > 0
    assert any(b["spare_m2"] > 0 for b in computed)


def test_stated_spare_land_is_a_part_of_the_block(relocation):
    stated = [b for b in relocation["blocks"] if b["stated"]]
    for block in stated:
        if block["owned_m2"]:
            assert 0.05 < block["spare_m2"] / block["owned_m2"] < 0.15
        else:
            assert block["spare_m2"] == 0
    assert len(stated) / len(relocation["blocks"]) == pytest.approx(0.75, abs=0.07)


def test_a_nested_block_owns_nothing_and_states_it(city):
    nothing = [b for b in city.truth["relocation"]["blocks"] if b["owned_m2"] == 0]
    assert nothing
    assert all(b["stated"] and b["spare_m2"] == 0 for b in nothing)


def test_spare_land_holds_what_has_to_move_in_two_years(city):
    core, relocation = city.truth["city"]["core"]["registered"], city.truth["relocation"]
    to_move = 0.7 * core["total_m2"] - core["inside_m2"]
    assert relocation["spare_m2"] > to_move > 0
    assert sum(b["spare_m2"] for b in relocation["blocks"] if b["from_year"] is None) > to_move
    pool, quota = ask_for_plan(core, {"candidates": 2 * to_move})
    assert (pool, quota % 10) == ("candidates", 0)
    assert quota * MU < to_move <= 2 * quota * MU  # no single year suffices, two do
    assert ask_for_plan({"total_m2": 100.0, "inside_m2": 90.0}, {"candidates": 0.0}) == ("candidates", 10)
    land = {"candidates": to_move, "scattered": 1.6 * to_move, "outside": 2 * to_move}
    assert ask_for_plan(core, land)[0] == "scattered"  # the candidates, all cleared, would not reach the target


def test_prices_and_admission_of_the_default_city(city):
    blocks = city.truth["relocation"]["blocks"]
    parks = city.parks.drop_duplicates("park_id").set_index("park_id")
    by_park = {}
    for block in blocks:
        low, high = PRICE[parks.level[block["park"]]]
        assert 20 <= low <= block["price"] <= high <= 75
        by_park.setdefault(block["park"], set()).add((tuple(block["industries"]), block["pollution"]))
        if block["industries"]:
            assert block["industries"] == list(LEADING[parks.industry[block["park"]]])
    assert PRICE["国家级"][0] > PRICE["乡镇"][1]
    assert all(len(said) == 1 for said in by_park.values())
    said = [next(iter(v)) for v in by_park.values()]
    takes_any = [limit for names, limit in said if not names]
    assert len(takes_any) == 3
    assert None in takes_any
    assert set(takes_any) > {None}
    assert sum(limit is None for _, limit in said) == 10
    assert {b["from_year"] for b in blocks} == {None, 2027}
    assert sum(b["from_year"] == 2027 for b in blocks) == round(len(blocks) / 6)


def test_the_district_is_the_one_at_a_point_of_the_block(either, relocation):
    districts = gpd.read_file(either.files.folder / "districts.gpkg")
    points = either.parks.set_index("block_id")
    points = points.set_geometry(shapely.point_on_surface(np.asarray(points.geometry)), crs=points.crs)
    found = points.sjoin(districts, predicate="within").XZQDM.to_dict()
    assert {b["block"]: b["district"] for b in relocation["blocks"]} == found


def test_industries_are_those_of_the_sheet(either, relocation):
    latest = either.firms[either.firms["年度"] == either.firms["年度"].max()]
    told = relocation["industry"]
    assert set(told) == set(either.truth["efficiency"]["candidates"])
    codes = latest.groupby("宗地代码")["行业代码"].agg(lambda c: sorted(set(c)))
    for plot, found in told.items():
        assert found == codes.get(plot, [])
    assert [] in told.values()


def test_fits_follow_from_the_example_table(relocation):
    example = package_files("landuse") / "data" / "industries" / "chains-example.toml"
    rules = tomllib.loads(example.read_text(encoding="utf-8"))
    chain = {d: c["key"] for c in rules["chains"] for d in c["divisions"]}
    level = {d: int(k) for k, divisions in rules["pollution"].items() for d in divisions}
    assert {d: (chain[d], level[d]) for d in DIVISIONS} == DIVISIONS

    def expected(divisions, block):
        if block["pollution"] and not (divisions and max(level[d] for d in divisions) <= block["pollution"]):
            return None
        if not block["industries"]:
            return "any"
        near = {chain[d] for d in block["industries"]}
        kinds = {"leading" if d in block["industries"] else "related" if chain[d] in near else "" for d in divisions}
        return None if not kinds or "" in kinds else max(kinds)

    assert set(relocation["fits"]) == set(relocation["industry"])
    for plot, told in relocation["fits"].items():
        divisions = [c[:2] for c in relocation["industry"][plot]]
        found = {b["block"]: expected(divisions, b) for b in relocation["blocks"]}
        assert told == {block: how for block, how in found.items() if how}, plot


def test_some_plots_fit_many_blocks_and_some_few(city):
    fits, industry = (city.truth["relocation"][k] for k in ("fits", "industry"))
    number = [len(v) for v in fits.values()]
    assert max(number) >= 8
    assert 1 <= min(number) <= 3
    assert {how for blocks in fits.values() for how in blocks.values()} == {"leading", "related", "any"}
    without = [fits[plot] for plot, codes in industry.items() if not codes]
    assert without
    assert all(set(f.values()) == {"any"} for f in without)


@pytest.mark.parametrize(
    ("codes", "industries", "limit", "how"),
    [
        (["3484"], ("34", "35"), 0, "leading"),
        (["3484", "3340"], ("34", "35"), 0, "related"),
        (["3340"], ("34", "35"), 2, "related"),
        (["3340"], ("34", "35"), 1, ""),
        (["3484", "1351"], ("34", "35"), 0, ""),
        (["2642"], (), 2, ""),
        (["2642"], (), 3, "any"),
        ([], (), 0, "any"),
        ([], (), 3, ""),
        ([], ("34",), 0, ""),
    ],
)
def test_fit(codes, industries, limit, how):
    assert fit(codes, industries, limit) == how


def test_the_tables_name_all_there_is():
    assert set(LEADING) == set(INDUSTRIES)
    assert {c[:2] for c in INDUSTRY_CODES} | {d for v in LEADING.values() for d in v} == set(DIVISIONS)
    assert set(PRICE) == set(LEVELS)


def test_the_study_file_asks_for_a_plan(tmp_path):
    small = {"parcels": 1500, "parks": 6, "seed": 5}
    files = write_sample(tmp_path / "city", **small, snapshots=True)
    text = files.study.read_text("utf-8")
    study, truth = tomllib.loads(text), json.loads(files.truth.read_text("utf-8"))
    assert text.index("[efficiency]") < text.index("[capacity]") < text.index("[relocation]")
    assert study["capacity"] == {"path": "blocks.csv", "columns": {"pollution": "pollution"}}
    assert study["relocation"] == {
        "objective": "cost",
        "cross_district": "charged",
        "housing_m": 0,
        "years": 3,
        "pool": study["relocation"]["pool"],
        "quota_mu_per_year": ask_for_plan(truth["city"]["core"]["registered"], {"": 0.0})[1],
    }
    assert len(study["snapshots"]) == 2


@pytest.mark.parametrize("parks", [1, 2, 3, 4])
def test_cities_of_few_parks_have_their_table(tmp_path, parks):
    files = write_sample(tmp_path / "city", parcels=1500, parks=parks, seed=2)
    blocks = json.loads(files.truth.read_text("utf-8"))["relocation"]["blocks"]
    assert any(not b["stated"] for b in blocks)
    assert len((files.folder / "blocks.csv").read_text("utf-8").splitlines()) == len(blocks) + 1


def test_dirty_cities_have_the_same_table(tmp_path):
    small = {"parcels": 1500, "parks": 6, "seed": 5}
    a, b = (write_sample(tmp_path / str(d), **small, dirty=d).folder / "blocks.csv" for d in (True, False))
    c = write_sample(tmp_path / "again", **small).folder / "blocks.csv"
    assert a.read_bytes() == b.read_bytes() == c.read_bytes()
