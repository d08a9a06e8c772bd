"""Write docs/data-dictionary.md: every declared table with its columns, in both languages, from the declarations.

python scripts/describe_tables.py
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from landuse.i18n import _, language
from landuse.report.tables.table import Table

PAGE = Path("docs/data-dictionary.md")
#: Where tables are declared, and what their chapter is about.
MODULES = {
    "share": "The share, its parks and districts, definitions and issues of the data",
    "candidates": "Plots: candidates, renewal in parks, rules and score",
    "relocation": "The relocation plan",
    "changes": "Earlier dates",
    "parks": "Parks side by side",
    "park_lists": "Layout, blocks, industries and duties of parks",
}
HEAD = """# Data dictionary

Every table that people read, as `landuse/report/tables` declares it: the workbook shows all columns; those marked R
stand in the report, T on the terminal, M on the cards and lists of the map besides what these lay out themselves. A
column whose heading depends on the run shows none here. This page is written by `scripts/describe_tables.py`.
"""


def described() -> str:
    """Return the page."""
    out = [HEAD]
    for module, about in MODULES.items():
        out.append(f"## {about}\n")
        found = vars(import_module(f"landuse.report.tables.{module}"))
        for name, table in found.items():
            if isinstance(table, Table) and name.isupper():
                out += [f"### {name}\n", *_rows(table), ""]
    return "\n".join(out)


def _rows(table: Table) -> list[str]:
    report, terminal = {key for key, *_rest in table.layout}, set(table.terminal.split())
    rows = ["| key | heading | 列名 | shown as | where |", "| --- | --- | --- | --- | --- |"]
    for x in table.fields:
        with language("en"):
            english = _(x.label) if x.label else ""
        with language("zh"):
            chinese = _(x.label) if x.label else ""
        where = (
            ("R" * (x.key in report)) + ("T" * (x.key in terminal)) + ("M" * x.mapped) + ("" if x.sheet else " only")
        )
        rows.append(f"| {x.key} | {english} | {chinese} | {x.unit.kind} | {where.strip()} |")
    return rows


def main() -> None:
    """Write the page."""
    PAGE.write_text(described(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
