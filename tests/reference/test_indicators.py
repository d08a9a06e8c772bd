"""The tables of an evaluation: indicators, the last comparison, counts that the bureau brings."""

import tomllib
from importlib.resources import files

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from toys import box, parks

from landuse.errors import InputError
from landuse.inputs.park_records import LEAGUE, PANELS, as_league, as_panels
from landuse.inputs.source_table import SourceTable
from landuse.reference.indicators import SHIPPED, EvaluationRules, load_evaluation
from landuse.report.summary import summary

pytestmark = pytest.mark.usefixtures("english")
SITES = parks([box(0, 0, 1, 1), box(2, 0, 3, 1), box(4, 0, 5, 1)], ids=["B", "A", "A"], rank=[0, 1, 1])


def table(columns, *rows):
    frame = pd.DataFrame(rows, columns=list(columns), index=range(2, len(rows) + 2), dtype=object)
    return SourceTable(frame, "table.csv")


def said(door, raw):
    with pytest.raises(InputError) as caught:
        door(raw, SITES)
    assert all(p.fix and p.file == "table.csv" for p in caught.value.problems)
    return {p.what: p.rows for p in caught.value.problems}


class TestPanels:
    def test_counts_come_as_they_are_in_the_order_of_the_parks(self):
        got = as_panels(
            table(PANELS, ("A", "孵化器", "2", "3"), ("B", "平台", "0", ""), ("A", "平台", "１,000", "-")), SITES
        ).layer
        assert got["park_id"].tolist() == ["B", "A", "A"]
        assert got["kind"].tolist() == ["平台", "孵化器", "平台"]
        assert got["count"].tolist() == [0, 2, 1000]
        assert got["goal"].tolist() == pytest.approx([np.nan, 3, np.nan], nan_ok=True)

    def test_every_problem_at_once(self):
        found = said(
            as_panels,
            table(
                PANELS,
                ("Z", "平台", "1", ""),
                ("A", "平台", "-1", ""),
                ("A", "孵化器", "", "2"),
                ("A", "认证", "1.5", ""),
                ("B", "", "1", ""),
                ("B", "平台", "1", "-2"),
                ("B", "孵化器", "1", ""),
                ("B", "孵化器", "1", ""),
                ("B", "认证", "some", ""),
            ),
        )
        assert found == {
            "column 'count' contains non-numeric values: 'some'": ("10",),
            "a park that the layer does not have": ("2",),
            "a count without a kind": ("6",),
            "a kind without a count": ("4",),
            "column 'count': no count": ("3", "5"),
            "column 'goal': no count": ("7",),
            "one kind twice for a park": ("8", "9"),
        }

    def test_they_are_shown_and_are_no_part_of_the_score(self, city):
        review = city.result.parks
        rows = {(r["park"], r["kind"]): (r["count"], r["goal"]) for r in city.truth["panels"]}
        shown = {
            (park["id"], p["kind"]): (p["count"], p["goal"])
            for park in summary(city.result)["evaluation"]["parks"]
            for p in park["panels"]
        }
        assert shown == rows
        assert len(review.panels) == len(rows)
        assert {g is None for _c, g in rows.values()} == {True, False}
        assert "count" not in review.evaluation.values

    def test_the_summary_tells_of_living_with_null_for_unknown(self, city):
        told = {p["id"]: p["living"] for p in summary(city.result)["evaluation"]["parks"]}
        for row in city.truth["living"]:
            mine = told[row["park"]]
            for key in row.keys() - {"park"}:
                want = row[key]
                assert mine[key] == (None if want is None else pytest.approx(want, rel=1e-6, abs=1e-9)), key
        assert told[city.truth["living"][0]["park"]]["ancillary_land_plots"] is None


class TestLeague:
    def test_the_last_period_by_its_name_counts(self):
        got = as_league(table(LEAGUE, ("2025Q2", "A", "60"), ("2025Q1", "A", "50"), ("2025Q2", "B", "")), SITES).layer
        assert (got.period, dict(got.scores)) == ("2025Q2", {"A": 60.0})

    def test_every_problem_at_once(self):
        rows = [("2025Q1", "Z", "1"), ("", "A", "1"), ("2025Q1", "B", "1"), ("2025Q1", "B", "2"), ("q", "A", "much")]
        assert said(as_league, table(LEAGUE, *rows)) == {
            "column 'score' contains non-numeric values: 'much'": ("6",),
            "a park that the layer does not have": ("2",),
            "a score without a period": ("3",),
            "duplicate park within a period": ("4", "5"),
        }


class TestRules:
    def text(self):
        return files("landuse").joinpath("data", "evaluations", f"{SHIPPED}.toml").read_text(encoding="utf-8")

    def test_a_copy_is_read_from_the_folder_of_the_study(self, tmp_path):
        (tmp_path / "own.toml").write_text(self.text(), encoding="utf-8")
        assert load_evaluation("own.toml", tmp_path) == load_evaluation(SHIPPED, tmp_path)

    def test_a_name_nobody_ships_is_refused(self, tmp_path):
        with pytest.raises(InputError, match="no table of indicators 'tdt'"):
            load_evaluation("tdt", tmp_path)

    @pytest.mark.parametrize(
        ("change", "what"),
        [
            (lambda t: t["indicators"][0].update(weight=0.9), "the weights sum to"),
            (lambda t: t["indicators"][0].update(measure="luck"), "unknown measures: luck"),
            (lambda t: t["indicators"][0].update(group="zz"), "groups that are not listed: zz"),
            (lambda t: t["indicators"][0].update(code=t["indicators"][1]["code"]), "each indicator once"),
        ],
    )
    def test_what_does_not_add_up_is_refused(self, change, what):
        values = tomllib.loads(self.text())
        change(values)
        with pytest.raises(ValidationError, match=what):
            EvaluationRules.model_validate(values)
