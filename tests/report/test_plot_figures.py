"""A plot, a park and a district have one figure each, whatever output they are looked up in."""

import csv
import io
import json
import math
import sqlite3
from contextlib import closing
from fractions import Fraction

import openpyxl
import pytest
from docx import Document
from readings import NODE, layer_texts, map_csv, page_of
from rich.console import Console

from landuse.cli import console
from landuse.i18n import _
from landuse.report.document.report import write_document
from landuse.report.explanation import explained, explanation
from landuse.report.map.page import study_map
from landuse.report.workbook.book import write_workbook
from landuse.units import largest_remainder, shown_mu

AREA, CLUSTER, PLOT = "面积（亩）", "所属集群", "图斑编号"


def printed(m2):
    """Hundredths of a 亩, halves up, from hundredths of a m²; in whole numbers."""
    hundredths = Fraction(round(Fraction(m2) * 100))
    return f"{math.floor(hundredths * 15 / 10_000 + Fraction(1, 2)) / 100:.2f}"


class Outputs:
    def __init__(self, result, folder):
        write_workbook(result, folder / "b.xlsx")
        self.book = openpyxl.load_workbook(folder / "b.xlsx", data_only=True)
        self.formulas = openpyxl.load_workbook(folder / "b.xlsx")
        self.island = page_of(study_map(result)).islands["landuse-page"]
        self.page = json.loads(self.island)
        list(layer_texts(result, folder / "l.gpkg"))
        self.layers = folder / "l.gpkg"
        write_document(result, folder / "r.docx")
        self.report = Document(folder / "r.docx")

    def sheet(self, name):
        """Rows by heading, without the total; and the total."""
        heads, *rows = [list(row) for row in self.book[name].iter_rows(min_row=3, values_only=True)]
        return [dict(zip(heads, row, strict=True)) for row in rows[:-1]], dict(zip(heads, rows[-1], strict=True))

    def layer(self, name):
        with closing(sqlite3.connect(self.layers)) as base:
            rows = base.execute(f"select parcel_id, area_m2, cluster from {name}")  # noqa: S608
            return {parcel: (area, cluster) for parcel, area, cluster in rows}

    def grid(self, first):
        """The table of the report whose first heading begins so."""
        return next(
            [[c.text for c in row.cells] for row in t.rows] for t in self.report.tables if t.cell(0, 0).text == first
        )


@pytest.fixture(scope="module")
def outputs(city, tmp_path_factory):
    return Outputs(city.result, tmp_path_factory.mktemp("identity"))


def test_a_plot_has_one_area_and_one_cluster(city, outputs):
    found, shown = city.result.candidates, {}
    for name, layer in (("候选地块", "candidates"), ("无数据地块", "no_data")):
        rows, _total = outputs.sheet(name)
        in_layer = outputs.layer(layer)
        assert len(rows) == len(in_layer)
        for row in rows:
            area, cluster = in_layer[row[PLOT]]
            assert f"{row[AREA]:.2f}" == printed(area)
            assert f"{row['面积(㎡)']:.2f}" == f"{area:.2f}"
            assert row[CLUSTER] == cluster
            shown[row[PLOT]] = (f"{row[AREA]:.2f}", str(cluster))
    plots = outputs.page["plots"]
    on_map = {
        plot: (printed(area), str(cluster))
        for plot, area, cluster in zip(plots["id"], plots["area_m2"], plots["cluster"], strict=True)
    }
    assert {plot: on_map[plot] for plot in shown} == shown
    assert len(shown) == len(found.listed) + len(found.no_data) > 0
    for plot, (area, cluster) in shown.items():
        said = explanation(city.result, plot)
        assert (printed(said["area_m2"]), str(said["cluster"])) == (area, cluster)
    plot = next(iter(shown))
    assert f"{shown[plot][0]} " in explained(city.result, plot)
    for row in outputs.grid("序号")[1:]:
        assert row[4].replace(",", "") == shown[row[1]][0]


@pytest.mark.skipif(NODE is None, reason="node is not installed")
def test_the_csv_of_the_map_has_the_same_figures(outputs):
    for key, sheet in (("plots", "候选地块"), ("treated", _("Moves"))):
        text = map_csv(outputs.island, key).removeprefix("\ufeff")
        exported = {
            row[_("Plot")].removeprefix('="').removesuffix('"'): row for row in csv.DictReader(io.StringIO(text))
        }
        rows, _total = outputs.sheet(sheet)
        for row in rows:
            assert exported[row[PLOT]][_("Area (mu)")] == f"{row[AREA]:.2f}"
            if CLUSTER in row:
                assert exported[row[PLOT]][_("Cluster")] == str(row[CLUSTER])
                assert float(exported[row[PLOT]][_("Cluster (mu)")]) == row[_("Cluster area")]


def test_the_total_of_a_list_of_plots_is_of_the_unrounded_areas(city, outputs):
    plots = city.result.candidates.listed
    rows, total = outputs.sheet("候选地块")
    assert f"{total[AREA]:.2f}" == printed(math.fsum(plots["area_m2"]))
    formula = outputs.formulas["候选地块"].cell(4 + len(rows), 7).value
    assert formula.startswith(f"=SUM(G4:G{3 + len(rows)})")
    rest = formula.split(")")[1]
    assert math.fsum(row[AREA] for row in rows) + float(rest or 0) == pytest.approx(total[AREA], abs=1e-9)
    assert "单独取整" in str([c.value for c in outputs.book["候选地块"][2]])


def test_a_district_and_a_park_have_one_figure(city, outputs):
    c, page = city.result.concentration, outputs.page
    rows, total = outputs.sheet("区县")
    assert f"{total['工业用地']:.2f}" == printed(c.total_m2)
    for head, column, key in (("工业用地", 1, "total_mu"), ("园区内", 2, "inside_mu"), ("园区外", 3, "outside_mu")):
        shown = [row[head] for row in rows]
        assert page["districts"][key] == shown
        assert [float(row[column].replace(",", "")) for row in outputs.grid("区县")[1:-1]] == shown
    out = io.StringIO()
    Console(file=out, width=300).print(console.districts_table(city.result))
    for row in rows:
        line = next(x for x in out.getvalue().splitlines() if row["区县"] in x)
        assert f"{row['工业用地']:,.2f}" in line
        assert f"{row['园区内']:,.2f}" in line
    rows, _total = outputs.sheet("园区")
    parks = dict(zip(page["parks"]["id"], page["parks"]["industrial_mu"], strict=True))
    own = {row["园区编号"]: row["工业用地（归属）"] for row in rows}
    assert parks == own
    layout, _none = {}, None
    for row in outputs.book[_("Park layout")].iter_rows(min_row=5, values_only=True):
        if row[0] is None:
            break
        layout[row[1]] = row[4]
    names = {row["园区"]: row["工业用地（归属）"] for row in rows}
    assert layout == names


@pytest.mark.parametrize("m2", [10.0, 30.0, 3130.0, 3129.994, 3129.996, 0.0, 1e9 + 3.333, -10.0])
def test_halves_go_up_from_hundredths_of_a_square_metre(m2):
    sign = -1 if m2 < 0 else 1
    assert shown_mu(m2) == pytest.approx(sign * float(printed(abs(m2))), abs=1e-9)


def test_one_unit_too_many_is_taken_from_the_smallest_remainder():
    assert largest_remainder([1.0, 2.25, 3.5], 0, 5.0) == [0.0, 2.0, 3.0]
    assert largest_remainder([1.1, 2.25, 3.5], 0, 8.0) == [1.0, 3.0, 4.0]
