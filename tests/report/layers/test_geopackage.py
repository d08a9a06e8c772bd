"""The published layers: enough to compute the headline again with nothing of the project."""

import dataclasses
import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pyogrio
import pytest
import shapely
from toy_relocation import with_relocation
from toy_result import listing, toy

from landuse.analysis.share.concentration import park_concentration
from landuse.pipeline.publish import publish
from landuse.pipeline.run import run
from landuse.report.layers.geopackage import published_layers, write_layers
from landuse.report.layers.styles import looks
from landuse.report.style.palette import PALETTE

SCRIPTS = Path(__file__).parents[3] / "scripts"
VERIFY = SCRIPTS / "verify_run.py"
CHECK_QGIS = SCRIPTS / "check_qgis.py"
#: The Python that QGIS comes with, and what the check exits with where it does not.
SYSTEM_PYTHON = Path("/usr/bin/python3")
NO_QGIS = 3


def verify(out):
    return subprocess.run(
        [sys.executable, VERIFY, out / "study.summary.json"], check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def published(city, tmp_path_factory):
    out = tmp_path_factory.mktemp("published")
    publish(city.result, city.study, out, deliver=("layers",))
    return out


def test_layers_and_the_ledger_in_identifiers(tmp_path):
    write_layers(toy(), tmp_path / "t.gpkg")
    names = {name for name, _ in pyogrio.list_layers(tmp_path / "t.gpkg")}
    layers = {"ledger", "faces", "claims", "parks", "districts", "candidates", "no_data", "renewal", "run"}
    assert names == layers | {"layer_styles"}
    run_of = pyogrio.read_dataframe(tmp_path / "t.gpkg", layer="run")
    assert run_of["run_id"].tolist() == [toy().run_id]
    ledger = pyogrio.read_dataframe(tmp_path / "t.gpkg", layer="ledger", read_geometry=False)
    assert ledger["planar_m2"].sum() == pytest.approx(33_600)
    assert set(ledger.loc[ledger["face"] == -1, "park_id"]) == {""}


def test_sides_of_the_ledger_give_the_headline(city):
    for rule, classes in (("clip", "core"), ("majority", "with_storage")):
        definition = dataclasses.replace(city.result.definition, rule=rule, classes=classes)
        c = park_concentration(city.result.ledger, definition)
        result = dataclasses.replace(city.result, definition=definition, concentration=c)
        table = published_layers(result)["ledger"]
        sums = table.groupby("side")["registered_m2"].sum()
        assert sums["inside"] == pytest.approx(c.inside_m2, rel=1e-12)
        assert sums["outside"] == pytest.approx(c.outside_m2, rel=1e-12)
        assert set(table.loc[table["side"] == "other_class", "use"]) & {"storage", "mining"}


def test_land_that_another_parcel_holds_is_held(dirty):
    table = published_layers(dirty.result)["ledger"]
    assert (~table["counted"]).any()
    assert set(table.loc[~table["counted"], "side"]) <= {"held", "other_class"}
    assert table.loc[table["counted"], "side"].ne("held").all()


class TestPlan:
    def test_layers_hold_the_plan(self, tmp_path):
        result = with_relocation(toy())
        r = result.relocation
        write_layers(result, tmp_path / "t.gpkg")
        moves, lines, blocks = (
            pyogrio.read_dataframe(tmp_path / "t.gpkg", layer=name) for name in ("moves", "move_lines", "blocks")
        )
        assert moves["parcel_id"].tolist() == r.moves.index.tolist()
        columns = {c: "park_row" if c == "place" else c for c in r.moves.columns if c != "geometry"}
        assert set(columns.values()) | {"parcel_id", "geometry"} == set(moves.columns)
        assert moves["cost_yuan"].sum() == r.cost_yuan
        assert moves.geometry.area.to_numpy() == pytest.approx(r.moves.geometry.area.to_numpy())
        moved = r.moves[r.moves["action"] == "move"]
        assert lines["parcel_id"].tolist() == moved.index.tolist()
        assert set(lines.geom_type) == {"LineString"}
        for line, (parcel, row) in zip(lines.geometry, moved.iterrows(), strict=True):
            assert row.geometry.contains(shapely.get_point(line, 0)), parcel
            assert line.coords[-1] == (row["x"], row["y"])
        assert blocks["load"].tolist() == pytest.approx((r.blocks["used_m2"] / r.blocks["spare_m2"]).tolist())
        assert blocks["industries"].tolist() == ["34 35", ""]

    def test_supplies_without_a_limit_are_blank(self, city, tmp_path):
        write_layers(city.result, tmp_path / "t.gpkg")
        blocks = pyogrio.read_dataframe(tmp_path / "t.gpkg", layer="blocks")
        assert blocks[["power", "water", "gas"]].isna().all(axis=None)
        assert blocks.loc[blocks["spare_m2"] == 0, "load"].isna().all()

    def test_without_moves_the_layers_are_empty_and_keep_their_shapes(self, tmp_path):
        write_layers(with_relocation(toy(), "infeasible"), tmp_path / "t.gpkg")
        found = {name: pyogrio.read_info(tmp_path / "t.gpkg", layer=name) for name in ("moves", "move_lines")}
        assert {name: (i["geometry_type"], i["features"]) for name, i in found.items()} == {
            "moves": ("MultiPolygon", 0),
            "move_lines": ("LineString", 0),
        }

    def test_loads_are_graded_without_a_gap(self):
        look = looks()["blocks"]
        assert len(look.graded) == len(look.classes) + 1
        assert list(look.graded) == sorted(look.graded)
        assert (look.graded[0], look.graded[-1] >= 1) == (0.0, True)


def test_each_layer_of_shapes_carries_the_style_it_opens_in(tmp_path):
    write_layers(with_relocation(toy()), tmp_path / "t.gpkg")
    with sqlite3.connect(tmp_path / "t.gpkg") as db:
        kinds = dict(db.execute("select table_name, data_type from gpkg_contents"))
        styles = db.execute(
            "select f_table_name, f_geometry_column, useAsDefault, styleQML from layer_styles "
            "where f_table_schema = '' and f_table_catalog = ''"
        ).fetchall()
        shapes = dict(db.execute("select table_name, column_name from gpkg_geometry_columns"))
        version = db.execute("pragma user_version").fetchone()[0]
    assert kinds["layer_styles"] == kinds["claims"] == kinds["run"] == "attributes"
    assert {name: column for name, column, *_ in styles} == shapes
    assert all(default for *_, default, _ in styles)
    assert version == 10_200
    for name, *_, text in styles:
        style = ET.fromstring(text)  # noqa: S314, our own
        fields = pyogrio.read_info(tmp_path / "t.gpkg", layer=name)["fields"].tolist()
        aliases = {a.get("field"): a.get("name") for a in style.iter("alias")}
        assert list(aliases) == fields
        assert all(aliases.values()), name


def test_an_empty_list_is_a_layer_of_polygons_too(tmp_path):
    whole = toy()
    write_layers(listing(whole, whole.candidates.plots.iloc[:0]), tmp_path / "t.gpkg")
    info = pyogrio.read_info(tmp_path / "t.gpkg", layer="candidates")
    assert (info["geometry_type"], info["features"]) == ("MultiPolygon", 0)


def test_the_same_findings_give_the_same_bytes(tmp_path):
    for name in ("a.gpkg", "b.gpkg"):
        write_layers(with_relocation(toy()), tmp_path / name)
    assert (tmp_path / "a.gpkg").read_bytes() == (tmp_path / "b.gpkg").read_bytes()


def test_qgis_opens_the_layers_styled(city, tmp_path):
    write_layers(city.result, tmp_path / "t.gpkg")
    if not SYSTEM_PYTHON.exists():
        pytest.skip(f"no Python at {SYSTEM_PYTHON}")
    done = subprocess.run(
        [SYSTEM_PYTHON, "-W", "ignore", CHECK_QGIS, tmp_path / "t.gpkg", tmp_path / "map.png"],
        check=False,
        capture_output=True,
        text=True,
        env={"QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    if done.returncode == NO_QGIS:
        pytest.skip("the system's Python has no QGIS")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ledger"]["renderer"] == "categorizedSymbol"
    assert found["ledger"]["by"] == "side"
    drawn = dict(zip(found["ledger"]["classes"], found["ledger"]["symbols"], strict=True))
    assert drawn["inside"] == ["SimpleFill"]
    assert drawn["outside"] == ["SimpleFill", "LinePatternFill"]
    assert found["blocks"]["renderer"] == "graduatedSymbol"
    assert found["moves"]["classes"] == ["move", "clear", "rebuild"]
    assert found["move_lines"]["symbols"] == [["SimpleLine"]]
    assert found["move_lines"]["features"] == (city.result.relocation.moves["action"] == "move").sum()
    assert found["candidates"]["colours"][0][1] == PALETTE["problem"].lower()
    assert found["parks"]["labels"] == "park_name"
    assert found["ledger"]["features"] == len(city.result.ledger.parts)
    assert "图斑编号" in found["ledger"]["aliases"]
    assert (tmp_path / "map.png").stat().st_size > 10_000


def test_the_headline_follows_from_the_layers(published):
    done = verify(published)
    assert done.returncode == 0, done.stderr
    share = json.loads((published / "study.summary.json").read_text(encoding="utf-8"))["city"]["share"]
    assert repr(share)[:12] in done.stdout


INSIDE = "fid = (select min(fid) from ledger where counted and use = 'industrial' and park_id <> '')"


@pytest.mark.parametrize(
    "change",
    ["registered_m2 = registered_m2 * 1.01", "park_id = ''", "counted = 0", "planar_m2 = planar_m2 * 2"],
)
def test_a_changed_layer_does_not_verify(published, tmp_path, change):
    (tmp_path / "layers").mkdir()
    for file in ("study.summary.json", "layers/study.gpkg"):
        (tmp_path / file).write_bytes((published / file).read_bytes())
    with sqlite3.connect(tmp_path / "layers/study.gpkg") as db:
        for trigger in [r[0] for r in db.execute("select name from sqlite_master where type = 'trigger'")]:
            db.execute(f'drop trigger "{trigger}"')  # they call functions that only GDAL knows
        db.execute(f"update ledger set {change} where {INSIDE}")  # noqa: S608
    assert verify(tmp_path).returncode != 0


def test_the_other_rules_verify_too(city, tmp_path):
    for rule in ("centroid", "majority"):
        definition = city.study.definition.model_copy(update={"rule": rule, "area": "planar"})
        study = city.study.model_copy(update={"definition": definition})
        publish(run(study, stage="concentration"), study, tmp_path / rule, deliver=("layers",))
        done = verify(tmp_path / rule)
        assert done.returncode == 0, done.stderr
