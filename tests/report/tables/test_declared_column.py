"""A column that is declared once reaches every medium: workbook, report, terminal, layers and map."""

from dataclasses import replace

import openpyxl
import pytest
from readings import map_csv, page_of
from toy_result import toy

from landuse.cli import console
from landuse.i18n import language
from landuse.report.document import tables as document
from landuse.report.layers.fields import meanings
from landuse.report.map import page_data
from landuse.report.map.page import study_map
from landuse.report.tables.candidates import CANDIDATES
from landuse.report.tables.table import RATIO, Field, Table
from landuse.report.workbook import book as sheets
from landuse.report.workbook import share
from landuse.report.workbook.book import write_workbook


@pytest.fixture
def declared(monkeypatch):
    """The table of candidates with a column more, and a run whose plots have it."""
    wide = Table(
        (*CANDIDATES.fields, Field("slope_deg", "Steepness", RATIO, mapped=True)),
        f"{CANDIDATES.report} slope_deg:9",
        f"{CANDIDATES.terminal} slope_deg",
    )
    for module, name in (
        (sheets, "CANDIDATES"),
        (share, "CANDIDATES"),
        (document, "PLOTS"),
        (console, "CANDIDATES"),
        (page_data, "CANDIDATES"),
    ):
        monkeypatch.setattr(module, name, wide)
    monkeypatch.setattr("landuse.report.layers.fields.FIELDS", wide.fields)
    result = toy()
    found = result.candidates
    plots = found.plots.assign(slope_deg=[7.25] * len(found.plots))
    return replace(result, candidates=replace(found, plots=plots))


def test_in_the_workbook(declared, tmp_path):
    with language("en"):
        write_workbook(declared, tmp_path / "b.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "b.xlsx")["Candidates"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    assert sheet.cell(4, heads["Steepness"]).value == 7.25


def test_in_the_report_and_on_the_terminal(declared):
    with language("en"):
        grid = document.candidates_grid(declared)
        table = console.candidates_table(declared)
    assert (grid.heads[-1], grid.rows[0][-1], grid.sides[-1]) == ("Steepness", "7.25", "r")
    assert (table.columns[-1].header, next(iter(table.columns[-1].cells))) == ("Steepness", "7.25")


@pytest.mark.usefixtures("declared")
def test_in_the_layers():
    with language("en"):
        assert meanings("candidates")["slope_deg"] == "Steepness"


def test_on_the_map_and_in_its_lists(declared, browse):
    with language("en"):
        page = study_map(declared)
    assert "Steepness" in map_csv(page_of(page).islands["landuse-page"], "plots")
    seen = browse(page)
    seen.page.evaluate("landuse.app.select('plots', 0)")
    card = seen.page.inner_text(".leaflet-popup, .lu-card")
    assert "Steepness" in card
    assert "7.25" in card
