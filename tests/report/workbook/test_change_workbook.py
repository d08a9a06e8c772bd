"""The workbook's sheets about earlier dates show the history's figures, add up, and take no text for a formula."""

import re

import openpyxl
import pandas as pd
import pytest
from toy_change import DATES, FORMULA, MARKUP, with_history
from toy_result import toy

from landuse.i18n import _
from landuse.report.style.palette import PALETTE
from landuse.report.tables.change import breakdown, changed_parts, district_rows
from landuse.report.words.change import kind_word, period_word, status_word, stayed_word, target_basis_word
from landuse.report.workbook import change as workbook_change
from landuse.report.workbook.book import write_workbook
from landuse.results import change as c
from landuse.units import to_mu

SHEETS = ("Decomposition", "Changes by district", "Change ledger", "New outside", "Parcel lineage", "Trajectory")
#: A figure and its two decimals, after a hundredth was moved.
MU = 0.0101


class PlanTables:
    """A workbook read back, with its formulas and with what they show."""

    def __init__(self, result, path):
        write_workbook(result, path)
        self.result, self.history = result, result.history
        self.formulas, self.shown = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)

    def rows(self, name):
        """Rows of a sheet, blank ones too, as shown; the first is row 1."""
        return [[cell.value for cell in row] for row in self.shown[_(name)].iter_rows()]

    def table(self, name):
        """The one table of a sheet, without its total."""
        _title, _unit, heads, *rows = self.rows(name)
        frame = pd.DataFrame(rows, columns=heads)
        return frame[frame[heads[0]].notna()]

    def below(self, name, title):
        """A table of a sheet of several, by the title above it, up to a blank row."""
        rows = self.rows(name)
        at = next(k for k, row in enumerate(rows) if row[0] == title) + 1
        end = next((k for k in range(at, len(rows)) if rows[k][0] is None), len(rows))
        heads = [head for head in rows[at] if head]
        return [heads, *(row[: len(heads)] for row in rows[at + 1 : end])]


@pytest.fixture(scope="module")
def city(dated, tmp_path_factory):
    return PlanTables(dated.result, tmp_path_factory.mktemp("book") / "city.xlsx")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    return PlanTables(with_history(toy()), tmp_path_factory.mktemp("book") / "toy.xlsx")


@pytest.fixture(params=["city", "hostile"])
def book(request):
    return request.getfixturevalue(request.param)


def evaluated(book, sheet, formula):
    """What a formula of the kinds this workbook has comes to, from the cells shown."""

    def cell(name, where=sheet):
        return book.shown[where][name.replace("$", "")].value

    def column(cells, where=sheet):
        return [row[0].value for row in book.shown[where][cells.replace("$", "")]]

    def ranged(text):
        where, cells = re.fullmatch(r"'(.+)'!(.+)", text).groups()
        return column(cells, where)

    # a sum of figures that were each rounded by itself says what that takes from the total or adds to it
    text, rest = re.fullmatch(r"=(.+?)([+-]\d\.\d\d)?", formula).groups(default="0")
    if rest != "0":
        return evaluated(book, sheet, f"={text}") + float(rest)
    if m := re.fullmatch(r"SUM\((.+)\)", text):
        return sum(v for v in column(m[1]) if v is not None)
    if m := re.fullmatch(r"SUMIFS\(([^,]+),([^,]+),([^,]+),([^,]+),(\d+)\)", text):
        areas, kinds, steps = (ranged(m[k]) for k in (1, 2, 4))
        wanted = (cell(m[3]), int(m[5]))
        return sum(a for a, *key in zip(areas, kinds, steps, strict=True) if tuple(key) == wanted)
    if m := re.fullmatch(r"'(.+)'!(\w+)", text):
        return cell(m[2], m[1])
    m = re.fullmatch(r"\(?(\w+)([+-])(\w+)\)?(\*100)?", text)
    a, b = cell(m[1]), cell(m[3])
    return (a + b if m[2] == "+" else a - b) * (100 if m[4] else 1)


def test_the_sheets_are_there_with_earlier_dates_only(city, tmp_path):
    names = city.shown.sheetnames
    at = [names.index(_(name)) for name in SHEETS]
    assert at == list(range(at[0], at[0] + len(SHEETS)))
    without = PlanTables(toy(), tmp_path / "b.xlsx").shown
    assert not {_(name) for name in SHEETS} & set(without.sheetnames)
    assert not any("2024-12-31" in str(cell.value) for row in without[_("Summary")].iter_rows() for cell in row)


def test_every_formula_comes_to_what_it_shows(book):
    seen = 0
    for name in (_(name) for name in (*SHEETS, "Summary")):
        for row in book.formulas[name].iter_rows():
            for cell in row:
                if cell.data_type == "f" and (name != _("Summary") or _("Decomposition") in cell.value):
                    shown = book.shown[name][cell.coordinate].value
                    assert evaluated(book, name, cell.value) == pytest.approx(shown, abs=1e-9), (name, cell.coordinate)
                    seen += 1
    assert seen > 40


def steps_of(book):
    rows, size = book.rows("Decomposition"), workbook_change.STEP_ROWS
    for k, step in enumerate(book.history.steps):
        yield k, step, rows[2 + size * k : 2 + size * (k + 1)]


def test_a_step_leads_from_date_to_date(book):
    for k, step, rows in steps_of(book):
        title, _heads, start, *kinds, whole, end, stayed, owed, blank = rows
        assert title[0] == _("Step {n}: {period}", n=k + 1, period=period_word(step))
        assert (start[0], end[0]) == (_("At {date}", date=step.start), _("At {date}", date=step.end))
        assert (start[4], end[4], stayed[4]) == pytest.approx((step.before.share, step.after.share, step.stayed.share))
        for row, share in ((start, step.before), (end, step.after), (stayed, step.stayed)):
            assert row[2] == pytest.approx(to_mu(share.total_m2), abs=MU)
            assert row[3] == pytest.approx(to_mu(share.inside_m2), abs=MU)
        change = (step.after.share - step.before.share) * 100
        assert whole[5] == end[5] == pytest.approx(change)
        assert sum(row[5] for row in kinds) == pytest.approx(change, abs=1e-9)
        assert [round(start[n] + sum(row[n] for row in kinds), 2) for n in (2, 3)] == [end[2], end[3]]
        assert stayed[0] == stayed_word(step)
        assert owed[5] == pytest.approx(step.boundary_effect * 100)
        assert set(blank) == {None}


def test_a_step_is_made_of_its_components(book):
    for _k, step, rows in steps_of(book):
        parts = step.components
        shown = rows[3 : 3 + len(parts)]
        assert [row[0] for row in shown] == [kind_word(kind) for kind in parts.index]
        for row, (_kind, m2, total, inside, effect) in zip(shown, parts.itertuples(name=None), strict=True):
            assert row[1:4] == pytest.approx([to_mu(m2), to_mu(total), to_mu(inside)], abs=MU)
            assert row[5] == pytest.approx(effect * 100, abs=1e-11)
            if abs(m2 - abs(total)) < 1e-6:
                assert row[1] == abs(row[2])  # the same land is not two figures


def test_a_sum_that_misses_the_change_is_marked(city):
    rules = city.formulas[_("Decomposition")].conditional_formatting
    for k, _step, _rows in steps_of(city):
        total = 3 + workbook_change.STEP_ROWS * k + 2 + len(workbook_change.ROWS) + 1
        wrong = f"ABS($F${total}-$F${total + 1})>0.00005"
        assert wrong in {rule.formula[0] for each in rules for rule in each.rules}


def test_districts_add_up_to_the_kinds(book):
    table = book.table("Changes by district")
    for k, step in enumerate(book.history.steps, start=1):
        some, whole = table[table[_("Step")] == k], breakdown(step).rows
        sums = some.groupby(_("Kind of change"))[[_("Adds to industrial land"), _("Adds to land inside parks")]].sum()
        for kind, row in whole.iterrows():
            expected = [row["total"], row["inside"]]
            got = sums.loc[kind_word(kind)].tolist() if kind_word(kind) in sums.index else [0, 0]
            assert got == pytest.approx(expected, abs=1e-9), kind


def test_effects_of_a_district_add_up_to_its_change(dated):
    seen = 0
    for step in dated.result.history.steps:
        rows = district_rows(step).groupby("district")["points"]
        for code, effect in rows.sum(min_count=1).items():
            was, now = (x.districts["share"][code] for x in (step.before, step.after))
            if was == was and now == now:  # noqa: PLR0124, NaN
                assert effect == pytest.approx((now - was) * 100, abs=1e-4)
                seen += abs(effect) > 0.1
    assert seen > 3


def test_every_changed_part_is_listed_and_what_was_drawn_anew_last(book):
    table, parts = book.table("Change ledger"), changed_parts(book.history)
    assert len(table) == len(parts) == sum(len(step.changed) for step in book.history.steps)
    for head, column in (
        ("Plot before", "parcel_before"),
        ("Plot after", "parcel_after"),
        ("Class after", "code_after"),
    ):
        shown = table[_(head)].fillna("").str.replace("</r> ", "</r>").tolist()
        assert shown == parts[column].tolist()
    for n, step in enumerate(book.history.steps, start=1):
        some = table[table[_("Step")] == n]
        sums = some.groupby(_("Kind of change"))[_("Area (mu)")].sum()
        for kind, m2 in step.components["m2"].drop(c.RESTATED).items():
            assert sums.get(kind_word(kind), 0) == pytest.approx(to_mu(m2), abs=MU), kind
    anew = (table[_("Kind of change")] == kind_word(c.REDIGITISED)).tolist()
    assert anew == sorted(anew)
    assert any(anew) == (book.result.name == toy().name)


def test_parks_and_districts_of_a_part_are_named(hostile):
    table = hostile.table("Change ledger").set_index(_("Plot after"))
    taken, passed = (table[table.index == plot].iloc[0] for plot in ("taken in", "passes"))
    assert taken[_("Park before")] == _("Outside parks")
    assert taken[_("Park after")].startswith(MARKUP)
    assert passed[_("District")] == "余杭区 → 空区"
    new = table[table.index == "+1"].iloc[0]
    assert (new[_("Park before")] or "", new[_("Park after")]) == ("", _("Outside parks"))


def test_new_plots_outside(book):
    table, truth = book.table("New outside"), book.history.violations
    status = [status_word(x) for x in truth["status"]]
    assert table[_("Status")].tolist() == status
    assert status == sorted(status, key=lambda word: word != status_word(c.ALERT))
    assert table[_("Plot")].tolist() == truth["plot"].tolist()
    assert table[_("Document that allows it")].fillna("").tolist() == truth["document"].tolist()
    assert table[_("Still industrial outside")].tolist() == [_("yes") if x else _("no") for x in truth["stands"]]
    assert table[_("Area (mu)")].sum() == pytest.approx(to_mu(truth["area_m2"].sum()), abs=MU)


def test_alerts_are_red(city):
    sheet, heads = city.formulas[_("New outside")], city.rows("New outside")[2]
    rules = {str(each.sqref): rule for each in sheet.conditional_formatting for rule in each.rules}
    letter = openpyxl.utils.get_column_letter(heads.index(_("Status")) + 1)
    n = len(city.history.violations)
    rule = rules[f"{letter}4:{letter}{n + 4}"]
    assert rule.formula == [f'{letter}4="{status_word(c.ALERT)}"']
    assert rule.dxf.font.color.rgb[-6:] == PALETTE["problem"][1:]
    assert len(city.history.alerts) > 0


def test_descent(hostile, city):
    table = hostile.table("Parcel lineage")
    truth = hostile.history.steps[0].lineage
    assert table[_("Plot before")].tolist() == truth["before"].tolist()
    assert table[_("Plot after")].tolist() == truth["after"].tolist()
    assert table[_("Land both share (mu)")].tolist() == pytest.approx(to_mu(truth["m2"]).tolist(), abs=MU)
    assert set(table[_("Start")]) == {str(DATES[0])}
    assert not any(len(step.lineage) for step in city.history.steps)
    assert [row[0] for row in city.rows("Parcel lineage")[3:]][-1] == _("There is none.")


def test_trajectory_of_the_city_and_its_districts(book):
    t = book.history.trajectory
    _heads, *rows = book.below("Trajectory", _("The city"))
    truth = t.city
    assert [row[0] for row in rows] == [str(day) for day in truth["date"]]
    assert [row[5] for row in rows] == pytest.approx(truth["share"].tolist())
    assert [row[6] for row in rows] == pytest.approx(truth["target"].tolist())
    assert [row[7] for row in rows] == [target_basis_word(x) for x in truth["stated"]]
    for at, column in ((2, "total_m2"), (3, "inside_m2"), (8, "gap_m2"), (9, "cleared_m2"), (11, "new_outside_m2")):
        shown = [row[at] for row in rows]
        assert [x is None for x in shown] == truth[column].isna().tolist(), column
        known = [x for x in shown if x is not None]
        assert known == pytest.approx(to_mu(truth[column].dropna()).tolist(), abs=2 * MU), column
    _heads, *regions = book.below("Trajectory", _("District by district"))
    districts = t.districts
    assert [row[5] for row in regions if row[5] is not None] == pytest.approx(districts["share"].dropna().tolist())
    assert len(regions) == len(districts)


def test_the_last_date_is_the_sheet_of_the_districts(city):
    _heads, *regions = city.below("Trajectory", _("District by district"))
    last = [row for row in regions if row[0] == str(city.result.date)]
    table = city.table("Districts")
    for at, head in ((2, "Industrial land"), (3, "Inside parks"), (4, "Outside parks")):
        assert [row[at] for row in last] == table[_(head)].tolist()


def test_counters_pace_and_extrapolation(book):
    t = book.history.trajectory
    counters = t.counters.set_index(["start", "counter"])
    _heads, *rows = book.below("Trajectory", _("The policy's three counters"))
    assert len(rows) == len(book.history.steps)
    for row, step in zip(rows, book.history.steps, strict=True):
        land, floor = (counters.loc[(step.start, name)] for name in ("renovated", "factory"))
        assert row[2] == pytest.approx(step.after.share)
        assert row[5] == pytest.approx(to_mu(land["value"]), abs=MU)
        assert (row[8] is None) == (floor["value"] != floor["value"])  # nobody counted: blank, not 0
        assert row[9] == pytest.approx(floor["goal"])
    _heads, *pace = book.below("Trajectory", _("Pace (percentage points a year)"))
    assert [row[2] for row in pace] == pytest.approx([x * 100 for x in (t.pace, t.needed) if x is not None])
    _heads, *line = book.below("Trajectory", _("Extrapolation, no forecast (90 % prediction interval)"))
    assert [row[1:] for row in line] == [pytest.approx(x) for x in t.projection[["share", "low", "high"]].to_numpy()]


def test_two_dates_make_no_line(tmp_path):
    book = PlanTables(with_history(toy(), steps=1), tmp_path / "b.xlsx")
    said = [row[0] for row in book.rows("Trajectory")]
    assert _("Extrapolation, no forecast (90 % prediction interval)") not in said
    assert _("Pace (percentage points a year)") in said


def test_the_summary_names_the_change(city):
    step = city.history.last
    facts = {row[0]: row[1] for row in city.rows("Summary")[3:]}
    assert facts[_("Share on {date}", date=step.start)] == pytest.approx(step.before.share)
    assert facts[_("Change of the share since (percentage points)")] == pytest.approx(
        (step.after.share - step.before.share) * 100
    )
    assert facts[_("Of it due to redrawn boundaries")] == pytest.approx(step.boundary_effect * 100)
    assert facts[_("New plots outside, to be explained")] == len(city.history.alerts)


def test_no_name_is_a_formula_a_number_or_a_link(hostile):
    texts = {FORMULA, "+1", "-1", "@x", "0601", "'SYN 1"}
    seen = set()
    for name in SHEETS:
        for row in hostile.formulas[_(name)].iter_rows():
            for cell in row:
                if cell.value in texts:
                    assert (cell.data_type, cell.hyperlink) == ("s", None), (name, cell.coordinate)
                    seen.add(cell.value)
                assert not (cell.data_type == "f" and "HYPERLINK" in str(cell.value))
    assert seen == texts


def test_identifiers_are_text(city):
    for name, head in (("Change ledger", "Plot after"), ("New outside", "Plot"), ("Change ledger", "Class after")):
        sheet, heads = city.formulas[_(name)], city.rows(name)[2]
        cells = [row[heads.index(_(head))] for row in sheet.iter_rows(min_row=4, max_row=sheet.max_row - 1)]
        assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
        assert {cell.number_format for cell in cells} == {"@"}
