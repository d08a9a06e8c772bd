"""The table of industries: what it may say, and how plots and blocks get along."""

from pathlib import Path

import pandas as pd
import pytest

from landuse.config.study_file import load_study
from landuse.errors import InputError
from landuse.inputs.enterprises import as_enterprises
from landuse.inputs.source_table import SourceTable
from landuse.pipeline.load_inputs import admit
from landuse.reference.industries import SHIPPED, division, load_industries

HEAD = 'name = "x"\nsource = "an example"\ndate = 2025-01-01\ntrust = "low"\n'


@pytest.fixture(scope="module")
def table():
    return load_industries(SHIPPED, Path())


def test_the_worst_of_several_firms_counts(table):
    assert table.pollution_of(["3484", "1351"]) == 2
    assert table.pollution_of(["3484", "9999"]) is None  # one of them is unknown


def test_a_land_use_code_states_a_class(table):
    assert [table.pollution_of_land(c) for c in ("100101", "100103", "M2", "0601")] == [1, 3, 2, None]


def test_a_plot_of_two_industries_fits_where_both_do(table):
    assert table.fit(["3484", "2642"], ["34"]) == "none"
    assert table.fit(["3484", "2642"], ["34", "29"]) == "related"
    assert table.fit(["C3484"], ["34"]) == "leading"


def test_an_unknown_industry_fits_only_a_block_that_takes_any(table):
    assert table.fit([], ["34"]) == "unknown"
    assert table.fit(["textiles"], ["34"]) == "unknown"
    assert table.fit([], []) == "any"


@pytest.mark.parametrize(
    ("code", "found"),
    [("0111", "01"), ("97", "97"), ("T9700", "97"), ("c34", "34"), ("S34", ""), ("00", ""), ("98", ""), ("3", "")],
)
def test_divisions_are_those_of_the_standard(code, found):
    assert division(code) == found


@pytest.mark.usefixtures("english")
def test_industries_of_firms_that_nobody_knows():
    columns = {"id": "id", "parcel": "plot", "industry": "code"}
    rows = [("F", "p", "3484"), ("G", "q", "9810"), ("H", "r", "纺织业"), ("I", "s", "A34"), ("J", "t", "-")]
    frame = pd.DataFrame(rows, columns=list(columns.values()), index=range(2, 7), dtype=object)
    (found,) = as_enterprises(SourceTable(frame, "e.csv"), columns).issues
    assert (found.check, found.rows, found.plots) == ("unknown_industries", ("3", "4", "5"), ("q", "r", "s"))
    assert "'纺织业'" in found.action


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[chains]]\nkey = "a"\ndivisions = ["34", "34"]\nname = { zh = "甲", en = "a" }\n', "34"),
        ('[pollution]\n1 = ["34"]\n2 = ["34"]\n', "34"),
        ('[pollution]\n1 = ["98"]\n', "98"),
        ('[[chains]]\nkey = "a"\ndivisions = ["C34"]\nname = { zh = "甲", en = "a" }\n', "C34"),
        ("polution = 3\n", "pollution"),
        ("name = [", "TOML"),
    ],
)
def test_a_bad_table_is_refused(tmp_path, text, said):
    (tmp_path / "own.toml").write_text(text if text.startswith("name") else HEAD + text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_industries("own.toml", tmp_path)
    assert said in str(error.value) or "own.toml" in str(error.value)
    assert "own.toml" in str(error.value)


def test_a_name_that_is_none_is_refused(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        load_industries("nowhere", tmp_path)


def test_a_path_that_is_not_to_be_read_is_refused(city, tmp_path):
    text = (city.files.folder / "study.toml").read_text("utf-8")
    for file in city.files.folder.iterdir():
        if file.is_file() and file.name != "study.toml":
            (tmp_path / file.name).symlink_to(file)
    study = tmp_path / "study.toml"
    study.write_text(text + 'industries = "//server/share/own.toml"\n', "utf-8")
    with pytest.raises(InputError, match="server"):
        admit(load_study(study), plan=True)
