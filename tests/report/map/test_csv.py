"""The lists of the map as CSV: what a spreadsheet keeps, and what is read back."""

import json
import subprocess
from pathlib import Path

import pytest
from readings import NODE, map_csv, page_of
from toy_result import toy

from landuse.i18n import _
from landuse.io.tables.read import read_table
from landuse.report.map.page import study_map

pytestmark = pytest.mark.skipif(NODE is None, reason="node is not installed: functions of the browser stay untested")
IDS = ("990109200100011334", "0601", "1E5", "1-2")


def test_functions_of_the_browser():
    file = Path(__file__).with_name("csv.test.mjs")
    done = subprocess.run([NODE, "--test", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["恒立机械", "=1+1", '1,2"3', "0012", "-2+3"])
def test_ids_and_names_are_read_back(tmp_path, name):
    data = page_of(study_map(toy((name, "园", "区"), IDS))).islands["landuse-page"]
    file = tmp_path / "list.csv"
    file.write_bytes(map_csv(data, "plots").encode("utf-8"))
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    assert file.read_bytes().count(b"\r\n") == len(json.loads(data)["plots"]["id"]) + 1
    table = read_table(file, "list.csv", [_("Plot"), _("Firms")]).frame
    plots = json.loads(data)["plots"]
    assert table[_("Plot")].tolist() == plots["id"]
    assert set(plots["id"]) <= set(IDS)
    assert table[_("Firms")].tolist() == plots["firms"]


def test_codes_of_districts_are_read_back(tmp_path):
    data = json.loads(page_of(study_map(toy())).islands["landuse-page"])
    n = len(data["districts"]["id"])
    data["districts"]["id"] = [f"33010900000000000{k:02}" for k in range(n)]
    file = tmp_path / "list.csv"
    file.write_bytes(map_csv(json.dumps(data), "districts").encode("utf-8"))
    table = read_table(file, "list.csv", [_("District code")]).frame
    assert table[_("District code")].tolist() == data["districts"]["id"]
