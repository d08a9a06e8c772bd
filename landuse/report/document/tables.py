"""The tables of the report, as text: areas in 亩 at two decimals, reconciled to their total as in the workbook."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.definition import Definition
from landuse.i18n import _
from landuse.report.document.gbt9704 import Grid
from landuse.report.tables.candidates import CANDIDATES as PLOTS
from landuse.report.tables.candidates import RULES
from landuse.report.tables.share import DISTRICTS, ISSUES, PARKS, district_rows, park_rows
from landuse.report.words import labels
from landuse.report.words.format import NONE, percent
from landuse.report.words.terms import verdict_word
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from landuse.report.tables.table import Table
    from landuse.results.run import RunResult

#: Rows printed of districts and parks, and of candidates; the workbook has them all.
MOST, CANDIDATES = 40, 20


def report_grid(
    table: Table,
    result: RunResult,
    frame: Any,
    caption: str,
    *,
    size: float = 9.0,
    most: int | None = None,
    totals: str = "",
    without: Collection[str] = (),
) -> Grid:
    """Return a declared table as the report prints it.

    Parameters
    ----------
    table : Table
        Its declaration, with a layout for the report.
    result : RunResult
        Of the run.
    frame : DataFrame
        Its rows.
    caption : str
        Above it.
    size : float
        Of the letters [pt].
    most : int, optional
        Rows printed; totals are of all.
    totals : str
        What stands before a last row of totals; "" for none.
    without : collection of str
        Keys of columns that are left out.
    """
    layout = table.layout
    found = table.shown(result, frame, [key for key, *_rest in layout])
    layout = [(key, width, side) for key, width, side in layout if key in found and key not in without]
    columns = [found[key] for key, *_rest in layout]
    rows = list(zip(*(each.texts() for each in columns), strict=True))[:most]
    whole = [each.whole() for each in columns] if totals else []
    if whole:
        whole[0] = totals
    heads = [each.field.head(result, "report") for each in columns]
    widths, sides = [width for _key, width, _side in layout], "".join(side for _key, _width, side in layout)
    return Grid(caption, heads, rows, widths, sides, whole, size)


def districts_grid(f: RunResult) -> Grid:
    """Return the share of each district, in the order of their codes."""
    caption = _("Industrial land by district (mu)")
    return report_grid(DISTRICTS, f, district_rows(f), caption, most=MOST, totals=_(labels.WHOLE_CITY))


def parks_grid(f: RunResult) -> Grid:
    """Return the parks, those that own disputed land first, as the workbook lists them."""
    return report_grid(PARKS, f, park_rows(f), _("Industrial land by park (mu)"), most=MOST, totals=_(labels.TOTAL))


def definitions_grid(f: RunResult) -> Grid:
    """Return the share under every definition, the area bases side by side; the headline's is marked."""
    bases = [basis for basis in s.AREA_COLUMN if basis in set(f.sensitivity["area"])]
    rows = []
    for (classes, boundary, rule), same in f.sensitivity.groupby(["classes", "boundary", "rule"], sort=False):
        one = Definition(str(classes), str(boundary), str(rule))
        by_basis = same.set_index("area")
        shares = []
        for basis in bases:
            mark = "★ " if Definition(one.classes, one.boundary, one.rule, basis) == f.definition else ""
            shares.append(mark + percent(by_basis["share"].get(basis, math.nan)))
        verdicts = dict.fromkeys(verdict_word(v) for v in same["verdict"].dropna())
        rows.append((*one.words[:3], *shares, "、".join(verdicts) or NONE))
    heads = (
        _("Land"),
        _("Boundary"),
        _("Parcels on the edge"),
        *(Definition(area=basis).words[3] for basis in bases),
        _(labels.TARGET_REACHED),
    )
    caption = _("The share under every definition (★ the headline's)")
    return Grid(caption, heads, rows, (28, 24, 30, *[19] * len(bases), 17), f"lll{'r' * len(bases)}l", (), 9.0)


def rules_grid(f: RunResult) -> Grid:
    """Return the reasons for calling a plot inefficient, with their provenance."""
    rules = list(computed(f.candidates).rules.values())
    return report_grid(RULES, f, rules, _("Reasons for calling a plot inefficient"))


def candidates_grid(f: RunResult) -> Grid:
    """Return the largest candidates."""
    listed = computed(f.candidates).listed
    listed = listed.sort_values(s.AREA_M2, ascending=False, kind="stable").head(CANDIDATES)
    return report_grid(PLOTS, f, listed, _("The {n} largest candidates", n=len(listed)), size=8.0)


def quality_grid(f: RunResult) -> Grid:
    """Return what was wrong with the data, what was done, and what that does to the share."""
    return report_grid(ISSUES, f, f.quality, _(labels.FOUND_AND_DONE))


def meaning_grid(f: RunResult) -> Grid:
    """Return what the share counts, and how."""
    c = f.concentration
    words = f.definition.words
    pairs = [
        (_("Land"), words[0]),
        (_("Boundary"), words[1]),
        (_("Parcels on the edge"), words[2]),
        (_(labels.AREA), words[3]),
        (_(labels.TARGET), f"{c.target * 100:.6g}%"),
        (_(labels.COORDINATE_SYSTEM), f.crs),
        (_(labels.CLASSIFICATION), classification_word(f.classification)),
        *([(_("Boundary tolerance"), f"{c.interval.tolerance_m:g} m")] if c.interval else []),
    ]
    return pairs_grid(_("What the share means"), pairs)


def pairs_grid(caption: str, pairs: Sequence[tuple[str, str]], widths: tuple[float, float] = (40, 116)) -> Grid:
    """Return items and their content."""
    return Grid(caption, (_(labels.ITEM), _(labels.CONTENT)), pairs, widths, "ll", (), 9.0)


def classification_word(system: str) -> str:
    """Return the name of a classification system."""
    return {
        "third_survey": _("third national land survey"),
        "gbt21010": "GB/T 21010",
        "land_sea_2023": _("land and sea use classification 2023"),
        "gb50137": "GB 50137",
        "custom": _("the study's own"),
    }.get(system, system)


def day(value: date) -> str:
    """Return a date as the language writes it."""
    return _("{y}-{m:02d}-{d:02d}", y=value.year, m=value.month, d=value.day)
