"""The workbook (台账): districts, parks, candidates, survey list, data quality, and what the number means.

Areas are in 亩 at two decimals, reconciled to their total by the largest remainder; totals are formulas; identifiers
are text. Nothing in a cell is taken for a formula or a link unless it is written here as one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from landuse import schema as s
from landuse.i18n import _, current
from landuse.report.words import level_word, position_word, verdict_word
from landuse.results import Definition, Gap
from landuse.units import MONEY_YUAN, largest_remainder, to_mu

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from landuse.findings import Findings

#: Fixed, so that the same findings give the same bytes.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
WIDEST = 48


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    head : str
        Its heading.
    values : sequence
        One a row; NaN and None leave the cell blank.
    kind : {"text", "mu", "percent", "points", "metres", "count"}
        How it is shown.
    total : str
        "sum" for a formula that adds the column, "" for none; or a formula with {row} for the total's row.
    shown : float or None
        What a formula of its own comes to, for readers that do not calculate.
    """

    head: str
    values: Any
    kind: str = "text"
    total: str = ""
    shown: float | None = None


def write_workbook(findings: Findings, path: Path) -> None:
    """Write the workbook of a run to `path`."""
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": CREATED, "title": findings.name, "comments": f"run_id {findings.run_id}"})
    sheets = _Sheets(book, findings)
    sheets.table(_("Districts"), _("Concentration of industrial land by district"), _districts(findings))
    sheets.table(_("Parks"), _("Industrial land by park"), _parks(findings))
    if findings.candidates is not None:
        sheets.table(_("Candidates"), _("Scattered low-efficiency plots"), _plots(findings, findings.candidates.listed))
        sheets.table(
            _("No data"),
            _("Scattered plots without data: to be surveyed"),
            _plots(findings, findings.candidates.no_data),
        )
    if findings.concentration.interval is not None:
        sheets.table(
            _("Deciding parcels"), _("Parcels whose land inside depends on the boundary's tolerance"), _swings(findings)
        )
    sheets.table(_("Other definitions"), _("The share under every definition"), _definitions(findings), unit="")
    sheets.table(_("Data quality"), _("What was found in the data, and what was done"), _quality(findings))
    sheets.table(_("Definition"), _("What the numbers mean"), _meaning(findings), unit="")
    book.close()


class _Sheets:
    """Lays out tables: merged title, unit at the top right, heading, rows, total."""

    def __init__(self, book: Any, findings: Findings) -> None:
        self.book = book
        self.mark = _("SYNTHETIC data") + " · " if findings.synthetic else ""
        line = {"border": 1, "border_color": "#D5DCE0", "valign": "vcenter"}
        self.title = book.add_format({"bold": True, "font_size": 14, "align": "center", "valign": "vcenter"})
        self.unit = book.add_format({"align": "right", "font_color": "#64757D"})
        self.head = book.add_format({**line, "bold": True, "bg_color": "#E7EFEE", "text_wrap": True, "align": "center"})
        shapes = {
            "text": "@",
            "mu": "#,##0.00",
            "percent": "0.00%",
            "metres": "#,##0",
            "count": "0",
            "points": "+0.0000;-0.0000;0",
        }
        total = {"bold": True, "top": 2}
        kinds = {k: {**line, "num_format": v} for k, v in shapes.items()}
        kinds["text"]["indent"] = 1
        self.cell = {k: book.add_format(form) for k, form in kinds.items()}
        self.sum = {k: book.add_format({**form, **total}) for k, form in kinds.items()}

    def table(self, name: str, title: str, columns: list[Column], unit: str | None = None) -> None:
        """Write one sheet."""
        sheet = self.book.add_worksheet(name)
        last = len(columns) - 1
        sheet.merge_range(0, 0, 0, max(last, 1), self.mark + title, self.title)
        sheet.set_row(0, 28)
        sheet.write_string(1, last, _("Unit: mu (1 ha = 15 mu)") if unit is None else unit, self.unit)
        rows = len(columns[0].values)
        for c, column in enumerate(columns):
            sheet.write_string(2, c, column.head, self.head)
            for r, value in enumerate(column.values, start=3):
                _write(sheet, r, c, value, self.cell[column.kind], column.kind)
            self._total(sheet, 3 + rows, c, column)
            sheet.set_column(c, c, _width(column))
        sheet.freeze_panes(3, 1)
        if rows:
            sheet.autofilter(2, 0, 2 + rows, last)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(2)

    def _total(self, sheet: Any, row: int, c: int, column: Column) -> None:
        if column.total == "sum":
            letter = xlsxwriter.utility.xl_col_to_name(c)
            value = math.fsum(v for v in column.values if not _blank(v))
            sheet.write_formula(row, c, f"=SUM({letter}4:{letter}{row})", self.sum[column.kind], round(value, 2))
        elif column.total.startswith("="):
            sheet.write_formula(row, c, column.total.format(row=row + 1), self.sum[column.kind], column.shown)
        elif column.total:
            sheet.write_string(row, c, column.total, self.sum["text"])


def _blank(value: Any) -> bool:
    return value is None or (isinstance(value, float) and not math.isfinite(value))


def _write(sheet: Any, row: int, column: int, value: Any, form: Any, kind: str) -> None:
    if _blank(value):
        sheet.write_blank(row, column, None, form)
    elif kind == "text":
        sheet.write_string(row, column, str(value), form)
    else:
        sheet.write_number(row, column, float(value), form)


def _width(column: Column) -> int:
    # a Chinese character is as wide as two digits
    figures = {"mu": "0" * 11, "count": "0000"}.get(column.kind, "0" * 8)
    texts = [column.head, *(map(str, column.values[:200]) if column.kind == "text" else [figures])]
    return min(WIDEST, 3 + max(sum(2 if ord(ch) > 0x2E80 else 1 for ch in t) for t in texts))


def _mu(values: Any) -> list[float]:
    return largest_remainder([float(to_mu(x)) for x in values])


def _districts(f: Findings) -> list[Column]:
    c = f.concentration
    d = c.districts
    gaps = [Gap.of(t, i, c.target) for t, i in zip(d["total_m2"], d["inside_m2"], strict=True)]
    inside, outside = _mu(d["inside_m2"]), _mu(d["total_m2"] - d["inside_m2"])
    total = [round(i + o, 2) for i, o in zip(inside, outside, strict=True)]
    return [
        Column(_("No."), range(1, len(d) + 1), "count"),
        Column(_("District"), [n or _("(in no district)") for n in d["name"]], total=_("Total")),
        Column(_("Industrial land"), total, "mu", "sum"),
        Column(_("Inside parks"), inside, "mu", "sum"),
        Column(_("Outside parks"), outside, "mu", "sum"),
        Column(_("Share inside"), d["share"], "percent", "=D{row}/C{row}", c.share),
        Column(_("Target"), [c.target] * len(d), "percent", f"={c.target!r}", c.target),
        Column(
            _("Above (+) or below (-) target"),
            d["share"] - c.target,
            "percent",
            "=F{row}-G{row}",
            c.share - c.target,
        ),
        Column(_("To relocate for the target (surplus negative)"), _mu(d["gap_m2"]), "mu", "sum"),
        Column(_("Or to clear"), _mu([g.clear for g in gaps]), "mu", "sum"),
        # no supply of land inside brings a share to 100 % while there is land outside
        *(
            [Column(_("Or to supply anew inside"), _mu([g.new_supply for g in gaps]), "mu", "sum")]
            if c.target < 1
            else []
        ),
    ]


def _parks(f: Findings) -> list[Column]:
    p = f.concentration.parks
    return [
        Column(_("Park id"), list(p.index)),
        Column(_("Park"), p["park_name"], total=_("Total")),
        Column(_("Level"), [level_word(x) for x in p["level"]]),
        Column(_("Blocks"), p["blocks"], "count", "sum"),
        Column(_("Main block's share"), p["main_share"], "percent"),
        Column(_("Industrial land (attributed)"), _mu(p["industrial_m2"]), "mu", "sum"),
        # no totals here: land that two parks claim stands in both
        Column(_("Industrial land (gross)"), _mu(p["industrial_gross_m2"]), "mu"),
        Column(_("Park land"), _mu(p["land_m2"]), "mu"),
        Column(_("Industrial share of the park"), p["industrial_share"], "percent"),
    ]


def _plots(f: Findings, plots: gpd.GeoDataFrame) -> list[Column]:
    assert f.candidates is not None  # noqa: S101
    rules = f.candidates.rules
    names = f.concentration.districts["name"]
    said = [
        "；".join(f"{c} {rules[c].name[current()]} < {rules[c].threshold:g} {rules[c].unit}" for c in codes)
        for codes in plots["reasons"]
    ]
    sources = ["；".join(rules[c].source for c in codes) for codes in plots["reasons"]]
    cluster = {c: k for k, c in enumerate(dict.fromkeys(plots["cluster"]), start=1)}
    return [
        Column(_("No."), range(1, len(plots) + 1), "count"),
        Column(_("Parcel id"), list(plots.index), total=_("Total")),
        Column(_("District"), [names.get(d, d) for d in plots[s.DISTRICT]]),
        Column(_("Firms"), plots["firms"]),
        Column(_("Land-use code"), plots[s.CODE]),
        Column(_("Area"), _mu(plots[s.AREA_M2]), "mu", "sum"),
        Column(_("Position"), [position_word(x) for x in plots["position"]]),
        Column(_("To the nearest park (m)"), plots["park_distance_m"], "metres"),
        Column(_("Cluster"), [cluster[c] for c in plots["cluster"]], "count"),
        Column(_("Cluster area"), [round(to_mu(x), 2) for x in plots["cluster_m2"]], "mu"),
        Column(_("Tax (10,000 yuan per mu and year)"), plots["tax_per_mu"] / MONEY_YUAN["万元"], "mu"),
        Column(_("Years"), ["、".join(map(str, y)) for y in plots["years"]]),
        Column(_("Reasons"), said),
        Column(
            _("Evidence"),
            [_("statistical") if e == "statistical" else _("no data") for e in plots["evidence"]],
        ),
        Column(_("Source of the threshold"), sources),
    ]


def _swings(f: Findings) -> list[Column]:
    assert f.concentration.interval is not None  # noqa: S101
    p = f.concentration.interval.parcels
    names = f.concentration.districts["name"]
    return [
        Column(_("Parcel id"), p[s.PARCEL], total=_("Total")),
        Column(_("District"), [names.get(d, d) for d in p[s.DISTRICT]]),
        Column(_("Inside, boundaries moved in"), _mu(p["low_m2"]), "mu", "sum"),
        Column(_("Inside, boundaries moved out"), _mu(p["high_m2"]), "mu", "sum"),
        Column(_("Difference"), _mu(p["swing_m2"]), "mu", "sum"),
    ]


def _definitions(f: Findings) -> list[Column]:
    m = f.sensitivity
    words = [Definition(*row) for row in m[["classes", "boundary", "rule", "area"]].itertuples(index=False)]
    return [
        Column(_("No."), range(1, len(m) + 1), "count"),
        Column(_("Definition"), [("★ " if d == f.definition else "") + str(d) for d in words]),
        Column(_("Share inside"), m["share"], "percent"),
        Column(_("Target reached"), [verdict_word(v) for v in m["verdict"]]),
    ]


def _points(effect: float | None) -> float | None:
    return None if effect is None else effect * 100


def _quality(f: Findings) -> list[Column]:
    q = f.quality
    return [
        Column(_("Check"), [x.title for x in q]),
        Column(_("Rows"), [x.count for x in q], "count"),
        Column(_("Area"), [None if x.area_m2 is None else round(to_mu(x.area_m2), 2) for x in q], "mu"),
        Column(_("Effect on the share (percentage points)"), [_points(x.effect_on_share) for x in q], "points"),
        Column(_("What was done"), [x.action for x in q]),
        Column(_("For example"), ["、".join(x.rows[:5]) for x in q]),
    ]


def _interval(f: Findings) -> str:
    i = f.concentration.interval
    if i is None:
        return ""
    return _("{low:.2%} to {high:.2%} with boundaries {m:g} m off either way", low=i.low, high=i.high, m=i.tolerance_m)


def _meaning(f: Findings) -> list[Column]:
    lines = {
        _("Study"): f.name,
        _("Date of the data"): f.date.isoformat() if f.date else "",
        _("Definition"): str(f.definition),
        _("Result"): str(f.concentration).splitlines()[0],
        _("Coordinate system"): f.crs,
        _("Classification"): f.classification,
        _("Rounding"): _("Areas are rounded to 0.01 mu and reconciled to their total by the largest remainder."),
        _("Overlaps"): _("Land that several parks or parcels claim is counted once."),
        _("Interval"): _interval(f),
        _("Claimed by several parks"): _(
            "the parks' gross figures exceed the land inside by {mu:,.2f} mu",
            mu=to_mu(f.concentration.claimed_again_m2),
        ),
        _("Proof"): "" if f.proof is None else str(f.proof),
        _("Assumptions"): "；".join(f.assumptions),
        "run_id": f.run_id,
    }
    return [Column(_("Item"), list(lines)), Column(_("Content"), list(lines.values()))]
