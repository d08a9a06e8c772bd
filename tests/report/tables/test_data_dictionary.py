"""The data dictionary says what the declarations say; headings of one table are told apart."""

import runpy
from importlib import import_module
from pathlib import Path

import pytest

from landuse.report.tables.table import Table

ROOT = Path(__file__).parents[3]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "describe_tables.py"))
MODULES = tuple(SCRIPT["MODULES"])
TABLES = {
    f"{module}.{name}": value
    for module in MODULES
    for name, value in vars(import_module(f"landuse.report.tables.{module}")).items()
    if isinstance(value, Table) and name.isupper()
}


def test_the_page_is_that_of_the_declarations():
    assert (ROOT / "docs" / "data-dictionary.md").read_text(encoding="utf-8") == SCRIPT["described"]()


def test_the_page_names_every_module_with_tables():
    folder = ROOT / "landuse" / "report" / "tables"
    declaring = {p.stem for p in folder.glob("*.py") if " = Table(" in p.read_text(encoding="utf-8")}
    assert declaring == set(MODULES)


@pytest.mark.parametrize("name", TABLES)
def test_layouts_name_fields(name):
    table = TABLES[name]
    keys = [x.key for x in table.fields]
    assert len(keys) == len(set(keys))
    assert len(table.layout) == len(table.report.split())
    assert {key for key, *_rest in table.layout} | set(table.terminal.split()) <= set(keys)
    only = {x.key for x in table.fields if not x.sheet}
    assert only <= {key for key, *_rest in table.layout} | set(table.terminal.split())  # else nobody shows it


@pytest.mark.parametrize("name", TABLES)
def test_headings_of_a_sheet_are_told_apart(name):
    labels = [x.label for x in TABLES[name].fields if x.sheet and x.label]
    assert len(labels) == len(set(labels))
