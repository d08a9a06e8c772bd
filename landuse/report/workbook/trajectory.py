"""The workbook's sheet about the way to the target: stocks by date and district, counters, pace, extrapolation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.tables.change import FLOWS, adding_up, breakdown
from landuse.report.words import labels
from landuse.report.words.change import basis_word, path_sentences, projection_sentence, target_basis_word
from landuse.report.words.format import district_areas, is_known, or_none
from landuse.report.words.terms import district_namer
from landuse.report.workbook.blocks import Block, Cell, block, lines, section
from landuse.report.workbook.sheets import TOP
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from landuse.report.workbook.sheets import Sheets
    from landuse.results.change import History, Trajectory
    from landuse.results.run import RunResult

WIDTHS = (14, 14, 15, 15, 15, 12, 12, 14, 17, 15, 15, 15)
KINDS = ("text", "text", "mu", "mu", "mu", "percent", "percent", "text", "mu", "mu", "mu", "mu")
#: Columns whose cells are held against the target.
SHARE_AT = 5
#: The chart: the column it begins in, its size in pixels, and the rows it takes.
CHART_AT, CHART_PX, CHART_ROWS = 5, (720, 250), 12
COUNTERS = ("share", "renovated", "factory")


def write_trajectory(sheets: Sheets, f: RunResult, h: History) -> None:
    """Write the sheet of the trajectory.

    Parameters
    ----------
    sheets : Sheets
        The workbook under way.
    f : RunResult
        Of the run.
    h : History
        Of its dates.
    """
    t = h.trajectory
    name = _("Trajectory")
    sheet = sheets.page(name, _("The share from date to date"), len(WIDTHS), _(labels.UNIT_MU))
    sheet.freeze_panes(TOP - 1, 2)
    sheet.repeat_rows(0, TOP - 2)
    for k, width in enumerate(WIDTHS):
        sheet.set_column(k, k, width)
    dates, counted = len(t.city), len(t.counters) // len(COUNTERS)
    said = [x for x in (projection_sentence(t), *path_sentences(t)) if x]
    # the districts stand last, and the city sums them: where they begin follows from what stands before
    pace = TOP - 1 + (2 + dates) + 1 + (2 + counted) + 1
    notes = pace + CHART_ROWS + 1
    first = notes + 1 + len(said) + 1 + 2
    regions = _region_rows(f, h)
    row = section(sheets, sheet, TOP - 1, _("The city"))
    row = block(sheets, sheet, row, _block(_city_rows(t, regions, first + 1)), WIDTHS)
    chart_rows = (row - dates, row - 1)
    row = section(sheets, sheet, row + 1, _(labels.POLICY_COUNTERS))
    row = block(sheets, sheet, row, _counter_block(t), WIDTHS)
    row = section(sheets, sheet, row + 1, _("Pace (percentage points a year)"))
    row = block(sheets, sheet, row, _pace_block(t), WIDTHS)
    if len(t.projection):
        row = section(sheets, sheet, row + 1, _("Extrapolation, no forecast (90 % prediction interval)"))
        block(sheets, sheet, row, _projection_block(t), WIDTHS)
    sheet.insert_chart(pace, CHART_AT, _chart(sheets, name, chart_rows), {"x_offset": 8})
    row = section(sheets, sheet, notes, _(labels.WHAT_IS_ASSUMED))
    row = lines(sheets, sheet, row, said, WIDTHS)
    row = section(sheets, sheet, row + 1, _(labels.DISTRICT_BY_DISTRICT))
    block(sheets, sheet, row, _block(regions), WIDTHS)
    if regions:
        sheet.autofilter(row, 0, row + len(regions), len(WIDTHS) - 1)


def _block(rows: Sequence[Sequence[Any]]) -> Block:
    heads = (
        _(labels.DATE),
        _(labels.DISTRICT),
        _(labels.INDUSTRIAL_LAND),
        _(labels.INSIDE_PARKS),
        _(labels.OUTSIDE_PARKS),
        _(labels.SHARE_INSIDE),
        _(labels.TARGET),
        _("Target is"),
        _(labels.TO_RELOCATE),
        _("Cleared since the date before"),
        _(labels.NEW_INSIDE_PARKS),
        _(labels.NEW_OUTSIDE_PARKS),
    )
    return Block(heads, KINDS, rows, marks=_held("F", "G", SHARE_AT))


def _held(value: str, goal: str, column: int) -> tuple[tuple[int, str, str], ...]:
    """Return the marks of a column that is held against another."""
    both = f"ISNUMBER(${value}{{row}}),ISNUMBER(${goal}{{row}})"
    return (
        (column, f"=AND({both},${value}{{row}}<${goal}{{row}})", "bad"),
        (column, f"=AND({both},${value}{{row}}>=${goal}{{row}})", "good"),
    )


def _region_rows(f: RunResult, h: History) -> list[list[Any]]:
    """Return the districts' rows, date by date; areas are rounded as the sheet of the districts rounds them."""
    namer, rows = district_namer(f), list[list[Any]]()
    flows = [dict[str, float](), *(breakdown(step).flows for step in h.steps)]
    for (day, some), whole in zip(h.trajectory.districts.groupby("date", sort=False), flows, strict=True):
        areas = district_areas(some)
        since = [adding_up(some[x], whole[x]) if whole else [None] * len(some) for x in FLOWS]
        named = [namer(code) or _(labels.IN_NO_DISTRICT) for code in some[s.DISTRICT]]
        said = [_target_word(*x) for x in zip(some["target"], some["stated"], strict=True)]
        stocks, gaps = (areas[x] for x in ("total", "inside", "outside")), areas["gap"].map(or_none)
        columns = (named, *stocks, some["share"], some["target"], said, gaps, *since)
        rows += [[str(day), *cells] for cells in zip(*columns, strict=True)]
    return rows


def _city_rows(t: Trajectory, regions: Sequence[Sequence[Any]], first: int) -> list[list[Any]]:
    """Return the city's rows, each the sum of its date's districts; those begin in row `first`, counted from 1."""
    rows = []
    for row in t.city.to_dict("records"):
        own = [k for k, cells in enumerate(regions) if cells[0] == str(row["date"])]

        def added(k: int, own: Sequence[int] = own) -> Cell | None:
            values = [regions[n][k] for n in own]
            if not values or any(v is None for v in values):
                return None
            letter = "ABCDEFGHIJKL"[k]
            return Cell(round(sum(values), 2), f"=SUM({letter}{first + own[0]}:{letter}{first + own[-1]})")

        said = _target_word(row["target"], row["stated"])
        stocks, flows = (added(k) for k in (2, 3, 4)), (added(k) for k in (8, 9, 10, 11))
        rows.append([str(row["date"]), _(labels.WHOLE_CITY), *stocks, row["share"], row["target"], said, *flows])
    return rows


def _target_word(target: float, stated: bool) -> str:
    return target_basis_word(bool(stated)) if is_known(target) else ""


def _counter_block(t: Trajectory) -> Block:
    """Return the three counters, a row a period."""
    by = {(row["start"], row["counter"]): row for row in t.counters.to_dict("records")}
    rows = []
    for start in dict.fromkeys(t.counters["start"]):
        share, land, floor = (by[start, name] for name in COUNTERS)
        rows.append(
            [
                str(start),
                str(share["end"]),
                share["value"],
                share["goal"],
                basis_word(share["basis"]),
                *in_mu_or_blank(land),
                basis_word(land["basis"]),
                floor["value"],
                floor["goal"],
                basis_word(floor["basis"]),
            ]
        )
    heads = (
        _(labels.START),
        _(labels.END),
        _(labels.SHARE_INSIDE),
        _("Its target"),
        _(labels.FIGURE_FROM),
        _(labels.LOW_EFFICIENCY_LAND_TURNED_OVER),
        _("Its goal"),
        _(labels.FIGURE_FROM),
        _(labels.FACTORY_FLOOR),
        _("Its goal (m2)"),
        _(labels.FIGURE_FROM),
    )
    kinds = ("text", "text", "percent", "percent", "text", "mu", "mu", "text", "m2", "m2", "text")
    marks = (*_held("C", "D", 2), *_held("F", "G", 5), *_held("I", "J", 8))
    return Block(heads, kinds, rows, marks=marks)


def in_mu_or_blank(counter: dict[Any, Any]) -> list[float | None]:
    """Return value and goal of a counter of land [亩]; what nobody counted is blank."""
    return [or_none(shown_mu(m2)) for m2 in (counter["value"], counter["goal"])]


def _pace_block(t: Trajectory) -> Block:
    """Return how fast the share moved, and how fast it would have to."""
    city = t.city
    first, last = str(city["date"].iloc[0]), str(city["date"].iloc[-1])
    rows: list[list[Any]] = [[first, last, t.pace * 100]]
    if t.needed is not None:
        rows.append([last, _("to the target"), t.needed * 100])
    return Block((_(labels.START), _(labels.END), _("Points a year")), ("text", "text", "short_points"), rows)


def _projection_block(t: Trajectory) -> Block:
    rows = [[str(x["date"]), x["share"], x["low"], x["high"]] for x in t.projection.to_dict("records")]
    heads = (_(labels.DATE), _("Share on the line"), _("Low end"), _("High end"))
    return Block(heads, ("text", "percent", "percent", "percent"), rows)


def _chart(sheets: Sheets, sheet: str, rows: tuple[int, int]) -> Any:
    """Return the chart of the city's shares against the targets."""
    chart = sheets.book.add_chart({"type": "line"})
    for words, column, colour, dash, side in (
        (_(labels.SHARE_INSIDE), SHARE_AT, PALETTE["industry-line"], "solid", "below"),
        (_(labels.TARGET), SHARE_AT + 1, PALETTE["park"], "dash", "above"),
    ):
        fill = {"color": colour}
        chart.add_series(
            {
                "name": words,
                "categories": [sheet, rows[0], 0, rows[1], 0],
                "values": [sheet, rows[0], column, rows[1], column],
                "line": {"color": colour, "width": 2.25, "dash_type": dash},
                "marker": {"type": "circle", "size": 6, "fill": fill, "border": fill},
                "data_labels": {"value": True, "num_format": "0.00%", "position": side, "font": {"size": 8}},
            }
        )
    grid = {"visible": True, "line": {"color": PALETTE["rule"]}}
    chart.set_title({"name": _("Share inside the parks from date to date"), "name_font": {"size": 11}})
    chart.set_y_axis({"num_format": "0%", "major_gridlines": grid})
    chart.set_x_axis({"num_font": {"size": 9}, "text_axis": True})
    chart.set_legend({"position": "bottom"})
    chart.set_size({"width": CHART_PX[0], "height": CHART_PX[1]})
    return chart
