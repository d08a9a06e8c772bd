"""The tables of the report, as text: areas in 亩 at two decimals, reconciled to their total as in the workbook."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.definition import Definition
from landuse.i18n import _
from landuse.report.document.gbt9704 import Grid
from landuse.report.words.format import NONE, area, area_of, district_areas, figure, park_areas, percent, points, wan
from landuse.report.words.terms import level_word, position_word, rule_words, trust_word, verdict_word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from landuse.results.run import RunResult

#: Rows printed of districts and parks, and of candidates; the workbook has them all.
MOST, CANDIDATES = 40, 20


def districts_grid(f: RunResult) -> Grid:
    """Return the share of each district, in the order of their codes."""
    c = f.concentration
    d = c.districts
    areas = district_areas(d)
    shares = d["share"].to_numpy()
    names = [n or _("(in no district)") for n in d["name"]]
    columns: tuple[Iterable[str], ...] = (
        names,
        map(area, areas["total"]),
        map(area, areas["inside"]),
        map(area, areas["outside"]),
        map(percent, shares),
        map(points, shares - c.target),
        map(area, areas["gap"]),
    )
    whole = (
        _("Whole city"),
        area(math.fsum(areas["total"])),
        area(math.fsum(areas["inside"])),
        area(math.fsum(areas["outside"])),
        percent(c.share),
        points(c.share - c.target),
        area(math.fsum(areas["gap"])),
    )
    return Grid(
        _("Industrial land by district (mu)"),
        (
            _("District"),
            _("Industrial land"),
            _("Inside parks"),
            _("Outside parks"),
            _("Share inside"),
            _("Against the target (points)"),
            _("To relocate (surplus −)"),
        ),
        list(zip(*columns, strict=True))[:MOST],
        (26, 23, 23, 23, 18, 20, 23),
        "lrrrrrr",
        whole,
        9.0,
    )


def parks_grid(f: RunResult) -> Grid:
    """Return the parks, those that own disputed land first, as the workbook lists them."""
    p = f.concentration.parks
    areas = park_areas(p)
    columns: tuple[Iterable[str], ...] = (
        map(str, p["park_name"]),
        (level_word(x) or NONE for x in p["level"]),
        map(str, p["blocks"]),
        map(percent, p["main_share"]),
        map(area, areas["industrial"]),
        map(area, areas["gross"]),
        map(area, areas["land"]),
        map(percent, p["industrial_share"]),
    )
    # no totals of gross figures: land that two parks claim stands in both
    whole = (_("Total"), "", str(p["blocks"].sum()), "", area(math.fsum(areas["industrial"])), "", "", "")
    return Grid(
        _("Industrial land by park (mu)"),
        (
            _("Park"),
            _("Level"),
            _("Blocks"),
            _("Main block's share"),
            _("Industrial land (attributed)"),
            _("Industrial land (gross)"),
            _("Park land"),
            _("Industrial share of the park"),
        ),
        list(zip(*columns, strict=True))[:MOST],
        (38, 24, 11, 17, 19, 19, 19, 17),
        "llrrrrrr",
        whole,
        9.0,
    )


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
        _("Target reached"),
    )
    caption = _("The share under every definition (★ the headline's)")
    return Grid(caption, heads, rows, (28, 24, 30, *[19] * len(bases), 17), f"lll{'r' * len(bases)}l", (), 9.0)


def rules_grid(f: RunResult) -> Grid:
    """Return the reasons for calling a plot inefficient, with their provenance."""
    assert f.candidates is not None  # noqa: S101
    rows = [
        (
            code,
            *rule_words(r),
            r.source,
            r.date.isoformat(),
            trust_word(r.trust),
        )
        for code, r in f.candidates.rules.items()
    ]
    heads = (_("Code"), _("Reason"), _("Threshold"), _("Source"), _("Date"), _("Trust"))
    return Grid(_("Reasons for calling a plot inefficient"), heads, rows, (12, 24, 28, 58, 20, 14), "lllllc", (), 9.0)


def candidates_grid(f: RunResult) -> Grid:
    """Return the largest candidates."""
    assert f.candidates is not None  # noqa: S101
    listed = f.candidates.listed.sort_values(s.AREA_M2, ascending=False, kind="stable").head(CANDIDATES)
    names = f.concentration.districts["name"]
    columns: tuple[Iterable[str], ...] = (
        (str(k) for k in range(1, len(listed) + 1)),
        map(str, listed.index),
        (str(names.get(d, d)) for d in listed[s.DISTRICT]),
        map(str, listed["firms"]),
        map(area_of, listed[s.AREA_M2]),
        map(position_word, listed["position"]),
        (figure(x, ",.0f") for x in listed["park_distance_m"]),
        (figure(wan(x), ",.2f") for x in listed["tax_per_mu"]),
        ("、".join(codes) for codes in listed["reasons"]),
    )
    heads = (
        _("No."),
        _("Parcel id"),
        _("District"),
        _("Firms"),
        _("Area (mu)"),
        _("Position"),
        _("To the nearest park (m)"),
        _("Tax (10,000 yuan per mu and year)"),
        _("Reasons"),
    )
    caption = _("The {n} largest candidates", n=len(listed))
    return Grid(
        caption, heads, list(zip(*columns, strict=True)), (9, 32, 15, 34, 15, 16, 14, 16, 15), "clllrlrrc", (), 8.0
    )


def quality_grid(f: RunResult) -> Grid:
    """Return what was wrong with the data, what was done, and what that does to the share."""
    rows = [
        (
            x.title,
            f"{x.count:,}",
            area_of(x.area_m2),
            points(x.effect_on_share, 4),
            x.action,
        )
        for x in f.quality
    ]
    heads = (_("Check"), _("Rows"), _("Area (mu)"), _("Effect on the share (percentage points)"), _("What was done"))
    return Grid(_("What was found in the data, and what was done"), heads, rows, (34, 14, 22, 26, 60), "lrrrl", (), 9.0)


def meaning_grid(f: RunResult) -> Grid:
    """Return what the share counts, and how."""
    c = f.concentration
    words = f.definition.words
    pairs = [
        (_("Land"), words[0]),
        (_("Boundary"), words[1]),
        (_("Parcels on the edge"), words[2]),
        (_("Area"), words[3]),
        (_("Target"), f"{c.target * 100:.6g}%"),
        (_("Coordinate system"), f.crs),
        (_("Classification"), classification_word(f.classification)),
        *([(_("Boundary tolerance"), f"{c.interval.tolerance_m:g} m")] if c.interval else []),
    ]
    return pairs_grid(_("What the share means"), pairs)


def pairs_grid(caption: str, pairs: Sequence[tuple[str, str]], widths: tuple[float, float] = (40, 116)) -> Grid:
    """Return items and their content."""
    return Grid(caption, (_("Item"), _("Content")), pairs, widths, "ll", (), 9.0)


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
