"""The workbook's sheets about parks show the review's figures, add up, and keep what is missing missing."""

import dataclasses
import math
import re

import openpyxl
import pandas as pd
import pytest
from toy_parks import joined, lacking, named
from toy_result import HOSTILE, toy

from landuse.i18n import _
from landuse.report.words.parks import factor
from landuse.report.workbook.book import write_workbook
from landuse.report.workbook.parks import write_park_sheets
from landuse.report.workbook.sheets import Sheets
from landuse.units import to_mu

SHEETS = (
    "Park ranking",
    "Park indicators",
    "Park layout",
    "Land use of parks",
    "Integration",
    "Industries of parks",
    "Park duties",
)
#: A figure and its two decimals, after a hundredth was moved.
MU = 0.0101


class PlanTables:
    """A workbook read back, with its formulas and with what they show."""

    def __init__(self, result, path, *, alone=False):
        if alone:
            sheets = Sheets(result, path)
            write_park_sheets(sheets, result)
            sheets.close()
        else:
            write_workbook(result, path)
        self.result, self.review = result, result.parks
        self.formulas, self.shown = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)

    def table(self, name, book="shown", top=3):
        """A table from its heading on, to the first blank row; its total, if any, apart."""
        rows = [[c.value for c in row] for row in getattr(self, book)[_(name)].iter_rows(min_row=top)]
        heads, *rows = rows
        heads = [h for h in heads if h]
        end = next((k for k, row in enumerate(rows) if not any(x is not None for x in row[:2])), len(rows))
        body = [row[: len(heads)] for row in rows[:end] if row[0] is not None]
        total = next((row[: len(heads)] for row in rows[: end + 1] if row[0] is None and row[1] == _("Total")), None)
        return pd.DataFrame(body, columns=heads, dtype=object if book == "formulas" else None), total


@pytest.fixture(scope="module")
def parks(city):
    """Park ids: one of several blocks, and another one with a score."""
    figures = city.result.parks.figures
    many = figures.index[(figures["blocks"] > 1) & (figures["industrial_m2"] > 0)][0]
    return many, figures.index[(figures.index != many) & (figures["industrial_m2"] > 0)][0]


@pytest.fixture(scope="module")
def book(city, parks, tmp_path_factory):
    many, other = parks
    result = lacking(joined(city.result, many), other, "far", "tax_yuan_per_mu", "leading_output")
    return PlanTables(result, tmp_path_factory.mktemp("book") / "b.xlsx")


def same(column, truth, abs_=1e-9):
    shown = [math.nan if x is None else x for x in column]
    assert shown == pytest.approx([math.nan if x is None else x for x in truth], abs=abs_, nan_ok=True)


def test_the_sheets_are_there_with_a_review_only(book, tmp_path):
    names = [_(name) for name in SHEETS]
    got = book.shown.sheetnames
    at = got.index(names[0])
    assert got[at : at + len(names)] == names
    bare = dataclasses.replace(toy(), parks=None)
    assert not set(names) & set(PlanTables(bare, tmp_path / "bare.xlsx").shown.sheetnames)


def test_the_league_is_the_reviews(book):
    t, _total = book.table("Park ranking")
    league, figures = book.review.league, book.review.figures
    assert t[_("Park id")].tolist() == league.index.tolist()
    for head, truth in (
        ("Place", league["rank"]),
        ("out of", league["of"]),
        ("Best place under other weights", league["best_rank"]),
        ("Worst place under other weights", league["worst_rank"]),
        ("Score (0-100)", league["score"]),
        ("Weight known", league["known"]),
        ("Tax per mu of industrial land", league["tax_yuan_per_mu"] / 1e4),
        ("Against the policy's target", league["to_target"] / 1e4),
        ("Tax per mu of built land", figures["tax_yuan_per_built_mu"].reindex(league.index) / 1e4),
        ("Floor-area ratio", figures["far"].reindex(league.index)),
        ("Main block's share", figures["main_share"].reindex(league.index)),
        ("Energy flags (plots)", figures["energy_flags"].reindex(league.index)),
    ):
        same(t[_(head)], truth)
    assert t[_("Score (0-100)")].isna().sum() == league["score"].isna().sum()


def test_points_sum_to_the_score_by_formula(book):
    ranking, _none = book.table("Park ranking", "formulas")
    shown, _none = book.table("Park ranking")
    points, _none = book.table("Park indicators")
    scores = 0
    for formula, no, score in zip(ranking[_("Score (0-100)")], shown[_("No.")], shown[_("Score (0-100)")], strict=True):
        if score is None or math.isnan(score):
            assert formula is None
            continue
        pattern = r"=SUMIFS\('(.+?)'!(.+?),'(.+?)'!(.+?),A(\d+)\)"
        *ranges, row = re.fullmatch(pattern, formula.replace("$", "")).groups()
        cells = [book.shown[sheet][where] for sheet, where in zip(ranges[::2], ranges[1::2], strict=True)]
        assert book.shown[_("Park ranking")][f"A{row}"].value == no
        held = [a[0].value for a, b in zip(*cells, strict=True) if b[0].value == no]
        assert len(held) == len(book.review.evaluation.rules.indicators)
        assert math.fsum(x for x in held if x is not None) == pytest.approx(score)
        scores += 1
    assert scores == book.review.evaluation.table["score"].notna().sum() > 1
    assert points[_("Points")].notna().any()


def test_indicators_are_the_evaluations_and_missing_stays_missing(book, parks):
    e = book.review.evaluation
    t, _none = book.table("Park indicators")
    assert len(t) == len(e.values) * len(e.rules.indicators)
    by = {x.code: x for x in e.rules.indicators}
    keys = list(zip(t[_("Park id")], t[_("Code")], strict=True))
    same(t[_("Value of the indicator")], [e.values[c][p] * factor(by[c].measure) for p, c in keys])
    same(t[_("Ideal")], [by[c].ideal * factor(by[c].measure) for _p, c in keys])
    same(t[_("Attainment")], [e.attainment[c][p] for p, c in keys])
    scored = e.table["score"].notna()
    same(t[_("Points")], [e.contributions[c][p] if scored[p] else None for p, c in keys])
    unknown = t[_("Value of the indicator")].isna()
    assert t.loc[unknown, _("State")].unique().tolist() == [_("missing")]
    assert t.loc[~unknown, _("State")].unique().tolist() == [_("known")]
    assert t.loc[unknown, [_("Attainment"), _("Points")]].isna().all(axis=None)
    gone = {c for p, c in keys if p == parks[1]} & {
        c for (p, c), x in zip(keys, unknown, strict=True) if x and p == parks[1]
    }
    assert gone == {"A2", "B1", "B3"}


def test_attainment_follows_from_value_and_ideal(book):
    shown, _none = book.table("Park indicators")
    formulas, _none = book.table("Park indicators", "formulas")
    checked = set()
    for k, formula in enumerate(formulas[_("Attainment")]):
        if formula is None:
            continue
        row = shown.iloc[k]
        value, ideal = row[_("Value of the indicator")], row[_("Ideal")]
        more = row[_("Better")] == _("more")
        v, x = f"H{k + 4}", f"M{k + 4}"
        either = f"MAX(0,MIN(1,{v}/{x})),IF({v}=0,1,MAX(0,MIN(1,{x}/{v})))"
        assert formula == f'=IF(L{k + 4}="{_("more")}",{either})'
        attained = min(1, value / ideal) if more else 1 if value == 0 else min(1, ideal / value)
        assert row[_("Attainment")] == pytest.approx(max(0, attained))
        checked.add(more)
    assert checked == {True, False}


def test_the_land_of_blocks_and_of_classes_sums_to_the_parks(book):
    r = book.review
    layout, total = book.table("Park layout", top=4)
    n = len(r.figures)
    assert layout[_("Park")].tolist() == r.league["park_name"].tolist()
    land = dict(zip(layout[_("No.")], layout[_("Park land (mu)")], strict=True))
    assert sum(land.values()) == pytest.approx(to_mu(r.figures["land_m2"].sum()), abs=0.006)
    assert total[3] == pytest.approx(sum(land.values()))
    blocks, _total = book.table("Park layout", top=4 + n + 4)
    assert len(blocks) == len(r.blocks)
    assert blocks.groupby(_("No. of the park"))[_("Block land (mu)")].sum().to_dict() == pytest.approx(land, abs=1e-6)
    uses, total = book.table("Land use of parks")
    classes = uses.columns[3:-1]
    assert uses[classes].sum(axis=1).tolist() == pytest.approx([land[k] for k in uses[_("No.")]], abs=1e-6)
    assert uses[_("Park land (mu)")].tolist() == [land[k] for k in uses[_("No.")]]
    formulas, _total = book.table("Land use of parks", "formulas")
    last = openpyxl.utils.get_column_letter(3 + len(classes))
    assert formulas[_("Park land (mu)")].tolist() == [f"=SUM(D{k}:{last}{k})" for k in range(4, 4 + n)]
    assert not (uses[classes] == 0).any(axis=None)  # none of a class is a blank
    by_class = r.uses.groupby("code")["m2"].sum()
    for head, value in zip(classes, total[3:-1], strict=True):
        code = "" if head == _("under no parcel") else head.split(" ")[0]
        assert value == pytest.approx(to_mu(by_class[code]), abs=0.01 * n)


def test_suggestions_industries_and_duties_are_the_reviews(book, parks):
    r = book.review
    joins, total = book.table("Integration")
    assert joins[_("Plots to take in")].tolist() == ["=J1、J2"]
    assert (joins[_("Plots")][0], joins[_("Land to take in (mu)")][0], total[6]) == (2, 5.0, 5.0)
    industries, total = book.table("Industries of parks")
    assert len(industries) == len(r.industries)
    assert total[4] == pytest.approx(to_mu(r.inside_m2), abs=0.006)
    known = industries[industries[_("Division")] != _("unknown")]
    shares = known.groupby(_("No. of the park"))[_("Of the land whose industry is known")].sum()
    assert shares.tolist() == pytest.approx([1.0] * len(shares))
    unknown = industries[industries[_("Division")] == _("unknown")]
    assert len(unknown)
    assert unknown[_("Of the land whose industry is known")].isna().all()
    leads = industries[industries[_("Leads the park")] == _("yes")]
    names = dict(zip(r.figures.index, r.figures["park_name"], strict=True))
    assert set(leads[_("Division")][leads[_("Park")] == names[parks[0]]]) <= set(r.figures["leading"][parks[0]])
    duties, total = book.table("Park duties")
    assert len(duties) == len(r.duties)
    assert total[5] == pytest.approx(to_mu(r.inside_m2), abs=0.006)
    own = duties.groupby(_("No. of the park"))[_("Of the park's")].sum()
    assert own.tolist() == pytest.approx([1.0] * len(own))


def test_nothing_to_join_is_said(city, tmp_path):
    r = city.result.parks
    none = dataclasses.replace(city.result, parks=dataclasses.replace(r, joins=r.joins.iloc[:0]))
    sheet = PlanTables(none, tmp_path / "b.xlsx", alone=True).shown[_("Integration")]
    assert _("There is none.") in {c.value for row in sheet.iter_rows() for c in row}


def test_names_are_never_formulas(city, tmp_path):
    ids = city.result.parks.figures.index
    result = named(city.result, dict(zip(ids, HOSTILE, strict=False)))
    got = PlanTables(result, tmp_path / "b.xlsx", alone=True).formulas
    seen = {
        c.value: c.data_type for name in SHEETS for row in got[_(name)].iter_rows() for c in row if c.value in HOSTILE
    }
    assert set(seen.values()) == {"s"}
    assert HOSTILE[-1] in seen
