"""Layers that are not what they are given for: one file in two roles, an older date that is today's, a total."""

import datetime as dt
from typing import get_args

import geopandas as gpd
import pytest
import shapely

from landuse.config.paths import input_paths, names_a_file, role_problems
from landuse.config.study_file import Study, parse_study
from landuse.errors import InputError
from landuse.io.manifest import input_hashes
from landuse.pipeline.run import check, run
from landuse.reference.toml_model import TomlModel

pytestmark = pytest.mark.usefixtures("english")
COLUMNS = {"code": "DLBM", "id": "BSM"}


def square(x, y=0.0, width=1.0, height=1.0):
    """A rectangle in hundreds of metres."""
    return shapely.box(
        520_000 + 100 * x, 3_345_000 + 100 * y, 520_000 + 100 * (x + width), 3_345_000 + 100 * (y + height)
    )


def write(folder, file, shapes, **columns):
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4549").to_file(path)


def parcels(folder, name, count=10, codes="0601"):
    ids = [f"p{k}" for k in range(count)]
    write(folder, name, map(square, range(count)), BSM=ids, DLBM=[codes] * count, old=["0602"] * count)


@pytest.fixture
def town(tmp_path):
    """Ten hectares in a row, the first six of them in two parks; return a function that makes a study of it."""
    parcels(tmp_path, "parcels.gpkg")
    write(tmp_path, "parks.gpkg", [square(0, width=4), square(4, width=2)], park_id=["K1", "K2"], name=["甲园", "乙园"])

    def study(**sections):
        values = {
            "study": {"date": dt.date(2025, 12, 31)},
            "parcels": {"path": "parcels.gpkg", "classification": "third_survey", "columns": COLUMNS},
            "parks": {"path": "parks.gpkg", "columns": {"id": "park_id", "name": "name"}},
            "definition": {"area": "planar"},
        }
        for name, section in sections.items():
            values[name] = {**values.get(name, {}), **section} if isinstance(section, dict) else section
        return parse_study(values, tmp_path / "study.toml")

    return study


def earlier(*snapshots):
    return [{"date": dt.date(2022 + k, 12, 31), "parcels": x} for k, x in enumerate(snapshots)]


def problems(study):
    return role_problems(study, input_hashes(input_paths(study)))


@pytest.mark.parametrize(
    ("roles", "sections"),
    [
        (("[parcels]", "[parks]"), {"parks": {"path": "parcels.gpkg"}}),
        (("[parcels]", "[parks]"), {"parks": {"path": "./parcels.gpkg"}}),
        (("[parcels]", "[parks]"), {"parks": {"path": "copy/other.gpkg"}}),
        (("[parks]", "[districts]"), {"districts": {"path": "parks.gpkg", "columns": {"code": "park_id"}}}),
        (("[parks]", "planned"), {"boundaries": [{"boundary": "planned", "path": "parks.gpkg"}]}),
        (
            ("[parcels]", "[context] plan"),
            {
                "context": {
                    "plan": "parcels.gpkg",
                    "plan_columns": {"code": "DLBM"},
                    "plan_classification": "third_survey",
                }
            },
        ),
        (("[parks]", "[context] development"), {"context": {"development": "parks.gpkg"}}),
        (("[parcels]", "2022-12-31 parcels"), {"snapshots": earlier("parcels.gpkg")}),
        (("[parcels]", "2022-12-31 parcels"), {"snapshots": earlier("copy/other.gpkg")}),
        (("2022-12-31 parcels", "2023-12-31 parcels"), {"snapshots": earlier("old.gpkg", "old.gpkg")}),
        (("[parcels]", "2022-12-31 updates"), {"snapshots": [{**earlier("old.gpkg")[0], "updates": "parcels.gpkg"}]}),
        (
            ("[enterprises]", "[capacity]"),
            {
                "enterprises": {"path": "t.csv", "columns": {"id": "a", "parcel": "b"}},
                "capacity": {"path": "t.csv"},
            },
        ),
        (
            ("[change] counters", "[evaluation] panels"),
            {"change": {"counters": "t.csv"}, "evaluation": {"panels": "t.csv"}},
        ),
    ],
)
def test_one_file_in_two_roles(town, tmp_path, roles, sections):
    (tmp_path / "copy").mkdir()
    (tmp_path / "copy" / "other.gpkg").write_bytes((tmp_path / "parcels.gpkg").read_bytes())
    (tmp_path / "t.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    parcels(tmp_path, "old.gpkg", 9)
    (problem,) = problems(town(**sections))
    assert all(role in problem.what for role in roles)


@pytest.mark.parametrize(
    "sections",
    [
        {},
        {"parks": {"path": "parcels.gpkg", "where": {"BSM": ["p1"]}}},
        {"parks": {"path": "parcels.gpkg", "layer": "parks"}, "parcels": {"layer": "parcels"}},
        {
            "parcels": {"where": {"BSM": ["p1"]}},
            "snapshots": earlier({"path": "parcels.gpkg", "where": {"BSM": ["p2"]}}),
        },
        {"snapshots": earlier({"path": "parcels.gpkg", "columns": {"code": "old"}})},
        {"snapshots": [{**earlier("old.gpkg")[0], "parks": "parks.gpkg"}]},
        {
            "enterprises": {"path": "t.xlsx", "sheet": "a", "columns": {"id": "a", "parcel": "b"}},
            "capacity": {"path": "t.xlsx", "sheet": "b"},
        },
        {"parks": {"path": "nowhere.gpkg"}, "districts": {"path": "nowhere.gpkg", "columns": {"code": "a"}}},
        {"background": {"roads": "parks.gpkg"}},
    ],
)
def test_layers_sheets_and_rows_of_one_file(town, tmp_path, sections):
    parcels(tmp_path, "old.gpkg", 9)
    (tmp_path / "t.xlsx").write_bytes(b"")
    assert problems(town(**sections)) == []


def test_a_shapefile_is_its_shapes_and_its_table(town, tmp_path):
    parcels(tmp_path, "a/now.shp")
    parcels(tmp_path, "b/then.shp", codes="0602")  # the same shapes
    parcels(tmp_path, "c/again.shp")
    now = {"path": "a/now.shp"}
    assert problems(town(parcels=now, snapshots=earlier("b/then.shp"))) == []
    assert len(problems(town(parcels=now, snapshots=earlier("b/then.shp", "c/again.shp")))) == 1


def refused(study, stage="concentration"):
    with pytest.raises(InputError) as caught:
        run(study, stage=stage)
    return [(p.what, p.file, p.rows) for p in caught.value.problems]


def test_the_run_is_refused_and_the_check_lists(town, tmp_path):
    assert run(town(), stage="concentration").concentration.share == pytest.approx(0.6)
    assert "read the same rows" in refused(town(parks={"path": "parcels.gpkg", "columns": {"id": "BSM"}}))[0][0]
    sites = [square(0, width=4), square(4, width=2), square(0, width=6)]
    write(tmp_path, "sum.gpkg", sites, park_id=["K1", "K2", "K3"], name=["甲园", "乙园", "全部园区"])
    total = town(parks={"path": "sum.gpkg"})
    said = refused(total)
    assert [rows for _what, _file, rows in said] == [("K3",), ("K3",)]  # by its name, and by its land
    assert {file for _what, file, _rows in said} == {"sum.gpkg"}
    listed = {f.check for f in check(total).quality if f.stops}
    assert listed == {"totals_in_layer", "park_of_parks"}
    accepted = run(town(study={"accept": sorted(listed)}, parks={"path": "sum.gpkg"}), stage="concentration")
    assert accepted.concentration.share == pytest.approx(0.6)
    assert sum("accepted by the study" in a for a in accepted.assumptions) == 2


def test_another_outline_of_the_parks_is_looked_at_as_well(town, tmp_path):
    write(tmp_path, "planned.gpkg", [square(0, width=4), square(4, width=2), square(90)], park_id=["K1", "K2", "K3"])
    said = refused(town(boundaries=[{"boundary": "planned", "path": "planned.gpkg", "columns": {"id": "park_id"}}]))
    assert [(file, rows) for _what, file, rows in said] == [("planned.gpkg", ("K3",))]


def test_districts_with_the_city_among_them(town, tmp_path):
    shapes = [square(0, -1, 5, 3), square(5, -1, 5, 3), square(0, -1, 10, 3)]
    names = ["甲区", "乙区", "全市"]
    write(tmp_path, "districts.gpkg", shapes, code=["330101", "330102", "330100"], name=names)
    said = refused(town(districts={"path": "districts.gpkg", "columns": {"code": "code", "name": "name"}}))
    assert {rows for _what, _file, rows in said} == {("330100",), ("330100", "330101", "330102")}


def test_an_earlier_date_that_is_todays_or_another_citys(town, tmp_path):
    parcels(tmp_path, "saved.geojson")  # another format of the same
    assert ["two dates" in what for what, *_ in refused(town(snapshots=earlier("saved.geojson")), "change")] == [True]
    parcels(tmp_path, "fewer.gpkg", 8)
    found = run(town(snapshots=earlier("fewer.gpkg")), stage="change")
    assert found.history is not None
    assert not [f for f in found.quality if f.stops]
    shapes = [square(k, 500) for k in range(8)]
    write(tmp_path, "away.gpkg", shapes, BSM=[f"p{k}" for k in range(8)], DLBM=["0601"] * 8)
    assert "another city" in refused(town(snapshots=earlier("away.gpkg")), "change")[0][0]


def test_the_parks_of_an_earlier_date_are_looked_at_as_well(town, tmp_path):
    parcels(tmp_path, "fewer.gpkg", 8)
    write(tmp_path, "then.gpkg", [square(0, width=3), square(0, width=3)], park_id=["K1", "K2"], name=["甲园", "乙园"])
    said = refused(town(snapshots=[{**earlier("fewer.gpkg")[0], "parks": "then.gpkg"}]), "change")
    assert [(file, rows) for _what, file, rows in said] == [("then.gpkg", ("K2",))]
    assert "2022-12-31" in said[0][0]


def test_land_of_parks_that_no_parcel_covers(town, tmp_path):
    shapes = [square(k) for k in range(10) if k != 5]
    codes = ["0601"] * 8 + ["0701"]
    write(tmp_path, "holed.gpkg", shapes, BSM=[f"p{k}" for k in range(9)], DLBM=codes, old=codes)
    parks = [square(0, width=4), square(4, width=2), square(9, width=0.5)]
    write(tmp_path, "three.gpkg", parks, park_id=["K1", "K2", "K3"], name=["甲园", "乙园", "丙园"])
    found = run(town(parcels={"path": "holed.gpkg"}, parks={"path": "three.gpkg"}), stage="parks")
    (told,) = [f for f in found.quality if f.check == "parks_bare"]
    assert (told.rows, told.stops) == (("K2",), False)
    assert told.area_m2 == pytest.approx(1e4, rel=1e-3)


def fields(model):
    """Every field of a section and of those within it."""
    for name, field in model.model_fields.items():
        yield model, name, field
        for inner in sections(field.annotation):
            yield from fields(inner)


def sections(annotation):
    if isinstance(annotation, type) and issubclass(annotation, TomlModel):
        return [annotation]
    return [inner for part in get_args(annotation) for inner in sections(part)]


#: Fields whose names speak of a file; whatever else names one has to be declared as one, or it is never hashed.
FILES = {"path", "standards", "together", "demand", "earlier", "panels", "counters", "image", "rules", "industries"}


def test_every_file_of_the_study_is_declared_as_one():
    found = [(f"{model.__name__}.{name}", name, names_a_file(field)) for model, name, field in fields(Study)]
    missing = [where for where, name, declared in found if name in FILES and not declared]
    # [target] path is a way through the years; columns of a table are named, not read
    assert set(missing) <= {"TargetSection.path", "CapacityColumns.industries"}
    assert sum(declared for _where, _name, declared in found) > 20


def test_every_declared_file_is_an_input(tmp_path):
    for name in ("p.gpkg", "k.gpkg", "d.gpkg", "own.toml", "h.tif", "old.gpkg", "x.csv", "roads.gpkg"):
        (tmp_path / name).touch()
    values = {
        "study": {"date": dt.date(2025, 12, 31)},
        "parcels": {"path": "p.gpkg", "classification": "third_survey", "columns": {"code": "c"}},
        "parks": {"path": "k.gpkg"},
        "districts": {"path": "d.gpkg", "columns": {"code": "c"}},
        "efficiency": {"rules": "own.toml"},
        "rasters": {"building_height": "h.tif"},
        "snapshots": [{"date": dt.date(2020, 1, 1), "parcels": "old.gpkg"}],
        "exceptions": {"path": "x.csv"},
        "background": {"roads": "roads.gpkg"},
        "evaluation": {"panels": "not-there.csv"},
    }
    found = input_paths(parse_study(values, tmp_path / "s.toml"))
    assert set(found) == {p.name for p in tmp_path.iterdir()}
    assert list(found)[:2] == ["p.gpkg", "k.gpkg"]
