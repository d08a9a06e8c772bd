"""Settings that do not fit their dates or the plan: told, never refused."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd
import pytest

from landuse.config.study_file import load_study
from landuse.pipeline import settings
from landuse.pipeline.settings import date_issues, setting_issues

pytestmark = pytest.mark.usefixtures("english")
STUDY = """
[parcels]
path = "parcels.gpkg"
classification = "{system}"
columns = {{ code = "DLBM" }}
[parks]
path = "parks.gpkg"
[study]
date = {day}
"""
BLOCKS = "[capacity]\npath = 'blocks.csv'\n"


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "today", lambda: dt.date(2026, 1, 10))

    def load(more="", day="2025-12-31", system="third_survey"):
        path = tmp_path / "city.toml"
        path.write_text(STUDY.format(day=day, system=system) + more, encoding="utf-8")
        return load_study(path)

    return load


def actions(study, plan=None):
    return [f.action for f in setting_issues(study, plan)]


@pytest.mark.parametrize(
    ("system", "day", "early"),
    [
        ("third_survey", "2019-12-31", 0),
        ("third_survey", "2018-12-31", 1),
        ("land_sea_2023", "2023-12-31", 0),
        ("land_sea_2023", "2022-12-31", 1),
        ("gb50137", "2010-12-31", 1),
    ],
)
def test_a_classification_that_was_not_there_yet(load, system, day, early):
    assert len(date_issues(load(day=day, system=system))) == early


def test_an_earlier_date_before_the_classification(load):
    study = load("[[snapshots]]\ndate = 2015-12-31\nparcels = 'old.gpkg'\n")
    assert date_issues(study) == []
    assert [f.check for f in date_issues(study.at(study.earlier[0]))] == ["system_before_its_time"]


@pytest.mark.parametrize(("day", "n"), [("2026-01-11", 0), ("2026-01-12", 1), ("2052-12-31", 1)])
def test_a_day_to_come(load, day, n):
    assert len(actions(load(day=day))) == n


def test_a_target_before_the_date(load):
    (action,) = actions(load("[target]\nby = 2015-12-31"))
    assert "2015-12-31" in action
    assert actions(load("[target]\nby = 2025-12-31")) == []


def test_a_plan_that_ends_after_the_target(load):
    plan = "[target]\nby = 2027-12-31\n[relocation]\nyears = {n}\n"
    assert actions(load(BLOCKS + plan.format(n=2))) == []
    assert len(actions(load(BLOCKS + plan.format(n=3)))) == 1
    assert actions(load(plan.format(n=3))) == []  # no plan is asked for
    assert actions(load(BLOCKS + plan.format(n=3).replace("2027", "2025"))) == []  # its day has come


@pytest.mark.parametrize(("budget", "n"), [("0", 0), ("900_000", 0), ("2_000_000", 1)])
def test_a_budget_that_limits_nothing(load, budget, n):
    plan = SimpleNamespace(moves=pd.DataFrame({"cost_yuan": [6e6, 4e6]}))  # 1000 万元
    assert len(actions(load(f"[relocation]\nbudget = {budget}"), plan)) == n
    assert actions(load(f"[relocation]\nbudget = {budget}")) == []


def test_a_unit_of_figures_that_no_column_holds_is_told(load):
    firms = "[enterprises]\npath = 'f.xlsx'\ncolumns = { id = 'a', parcel = 'b', tax = 'c' }\n"
    assert actions(load(firms + "units = { tax = '万元' }\n")) == []
    told = actions(load(firms + "units = { tax = '万元', energy = '吨标煤', area = '亩' }\n"))
    assert told == ["[enterprises] units names area, energy, columns does not"]


@pytest.mark.parametrize(("share", "n"), [("0.7", 0), ("0.1", 0), ("0.07", 1), ("0.0045", 1)])
def test_a_target_with_its_decimal_point_astray(load, share, n):
    assert len(actions(load(f"[target]\nshare = {share}"))) == n


@pytest.mark.parametrize(("metres", "n"), [("1", 0), ("20", 0), ("50", 1), ("1000", 1)])
def test_a_shift_that_no_line_has(load, metres, n):
    earlier = "[[snapshots]]\ndate = 2024-12-31\nparcels = 'old.gpkg'\n"
    assert len(actions(load(f"[change]\nshift_m = {metres}\n{earlier}"))) == n
    assert actions(load(f"[change]\nshift_m = {metres}\n")) == []  # nothing is compared
