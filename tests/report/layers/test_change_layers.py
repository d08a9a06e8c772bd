"""The layers of changes and new plots: the history's land, named, styled, in every format."""

import sqlite3
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest
from toy_change import AFTER, FORMULA, MARKUP, quiet, with_history
from toy_result import toy

from landuse.report.layers.exports import write_geodatabase, write_shapefiles
from landuse.report.layers.fields import layer_word, meanings, short_names
from landuse.report.layers.geopackage import published_layers, write_layers
from landuse.report.layers.styles import looks
from landuse.report.style.palette import PALETTE
from landuse.report.words.change import kind_word, status_word
from landuse.results import change as c

LAYERS = ("changes", "violations")


@pytest.fixture(scope="module")
def package(dated, tmp_path_factory):
    path = tmp_path_factory.mktemp("layers") / "t.gpkg"
    write_layers(dated.result, path)
    return path


@pytest.fixture(scope="module")
def layers(package):
    return {name: pyogrio.read_dataframe(package, layer=name) for name in LAYERS}


def test_changes_hold_the_land_of_every_kind(dated, layers):
    table, history = layers["changes"], dated.result.history
    for n, step in enumerate(history.steps, start=1):
        some = table[table["step"] == n]
        assert set(some["start"]) | set(some["end"]) == {str(step.start), str(step.end)}
        sums = some.groupby("kind")["area_m2"].sum()
        truth = step.components["m2"].drop(c.RESTATED)
        assert sums.reindex(truth.index, fill_value=0.0).tolist() == pytest.approx(truth.tolist(), rel=1e-12)
        for side in ("before", "after"):
            assert some[f"m2_{side}"].sum() == pytest.approx(step.changed[f"m2_{side}"].sum(), rel=1e-12)
        assert some.geometry.area.sum() == pytest.approx(step.changed.geometry.area.sum(), rel=1e-12)
    assert table.crs == history.steps[0].parts.crs


def test_what_was_drawn_anew_is_there_and_last(tmp_path):
    write_layers(with_history(toy()), tmp_path / "t.gpkg")
    table = pyogrio.read_dataframe(tmp_path / "t.gpkg", layer="changes")
    assert set(table["kind"]) == set(c.KINDS)
    anew = (table["kind"] == c.REDIGITISED).tolist()
    assert anew == sorted(anew)
    by = table.set_index("kind")
    assert by.loc[c.CLEARED_INSIDE, "parcel_id"] == "cleared in"  # the earlier parcel's, where there is no later
    assert (by.loc[c.REDRAWN_IN, "park_before"], by.loc[c.REDRAWN_IN, "park_after"]) == ("", MARKUP)
    assert not by.loc[c.REDRAWN_IN, "stays_inside"]
    assert set(table["parcel_after"]) - {""} == set(AFTER) - {"stays", "stated", "-1", "0601"}


def test_violations_hold_the_new_plots(dated, layers):
    table, truth = layers["violations"], dated.result.history.violations
    assert table["parcel_id"].tolist() == truth["plot"].tolist()
    for column in ("status", "area_m2", "code_before", "code_after", "position", "document", "stands"):
        assert table[column].tolist() == truth[column].tolist(), column
    assert table.geometry.area.tolist() == pytest.approx(truth.geometry.area.tolist(), rel=1e-12)
    assert c.ALERT in set(table["status"])


def test_they_open_styled_and_every_column_is_named(package):
    with sqlite3.connect(package) as db:
        styles = dict(db.execute("select f_table_name, styleQML from layer_styles where useAsDefault"))
        said = dict(db.execute("select table_name, description from gpkg_contents"))
    known = {"changes": (c.KINDS, "kind", kind_word), "violations": ((c.ALERT, c.EXCEPTED), "status", status_word)}
    for name, (values, column, word) in known.items():
        style = ET.fromstring(styles[name])  # noqa: S314, our own
        renderer = style.find("renderer-v2")
        assert renderer.get("attr") == column
        labels = {x.get("value"): x.get("label") for x in style.iter("category")}
        assert {value: label.lower() for value, label in labels.items()} == {v: word(v).lower() for v in values}
        aliases = {a.get("field"): a.get("name") for a in style.iter("alias")}
        assert list(aliases) == pyogrio.read_info(package, layer=name)["fields"].tolist()
        assert all(aliases.values())
        assert said[name] == layer_word(name) != name


def test_red_asks_for_a_decision_only():
    problem = {k: style.stroke for k, _words, style in looks()["violations"].classes}
    assert problem[c.ALERT] == PALETTE["problem"] != problem[c.EXCEPTED]
    kinds = {k: style for k, _words, style in looks()["changes"].classes}
    assert not {PALETTE["problem"]} & {x for style in kinds.values() for x in (style.fill, style.stroke)}
    assert {kinds[k].stroke for k in (c.REDRAWN_IN, c.REDRAWN_OUT)} == {PALETTE["park"]}
    assert len({(s.fill, s.stroke, s.hatch, bool(s.dash), s.opacity, s.width) for s in kinds.values()}) == len(c.KINDS)


def test_every_format_has_them(tmp_path):
    result = with_history(toy())
    write_geodatabase(result, tmp_path / "t.gdb")
    write_shapefiles(result, tmp_path / "shp", "gbk")
    for name in LAYERS:
        layer = published_layers(result)[name]
        names = short_names([x for x in layer.columns if x != layer.geometry.name], "gbk")
        known = meanings(name)
        assert all(known.get(column) for column in names)
        for there, short in (
            (pyogrio.read_dataframe(tmp_path / "t.gdb", layer=name), {x: x for x in names}),
            (pyogrio.read_dataframe(tmp_path / f"shp/{name}.shp"), names),
        ):
            assert there[short["area_m2"]].tolist() == pytest.approx(layer["area_m2"].tolist(), rel=1e-12)
            assert there[short["parcel_id"]].tolist() == layer["parcel_id"].tolist()
            assert there[short["start"]].tolist() == layer["start"].tolist()
            assert there.geometry.area.sum() == pytest.approx(layer.geometry.area.sum(), rel=1e-6)
    assert FORMULA in set(published_layers(result)["violations"]["document"])


def test_a_list_without_plots_is_a_layer_of_polygons_too(tmp_path):
    write_layers(quiet(toy()), tmp_path / "t.gpkg")
    info = pyogrio.read_info(tmp_path / "t.gpkg", layer="violations")
    assert (info["geometry_type"], info["features"]) == ("MultiPolygon", 0)


def test_without_earlier_dates_there_are_none():
    layers = published_layers(toy())
    assert not set(LAYERS) & set(layers)
    assert isinstance(published_layers(with_history(toy()))["changes"], gpd.GeoDataFrame)
