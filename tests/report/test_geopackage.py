"""The published layers: enough to compute the headline again with nothing of the project."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pyogrio
import pytest
from toy_findings import toy

from landuse.report.geopackage import write_layers
from landuse.study import publish, run

VERIFY = Path(__file__).parents[2] / "scripts" / "verify_run.py"


def verify(out):
    return subprocess.run(
        [sys.executable, VERIFY, out / "study.summary.json"], check=False, capture_output=True, text=True
    )


@pytest.fixture(scope="module")
def published(city, tmp_path_factory):
    out = tmp_path_factory.mktemp("published")
    publish(city.findings, city.study, out, deliver=("layers",))
    return out


def test_layers_and_the_ledger_in_identifiers(tmp_path):
    write_layers(toy(), tmp_path / "t.gpkg")
    names = {name for name, _ in pyogrio.list_layers(tmp_path / "t.gpkg")}
    assert names == {"ledger", "faces", "claims", "parks", "districts", "candidates", "no_data", "run"}
    run_of = pyogrio.read_dataframe(tmp_path / "t.gpkg", layer="run")
    assert run_of["run_id"].tolist() == [toy().run_id]
    ledger = pyogrio.read_dataframe(tmp_path / "t.gpkg", layer="ledger", read_geometry=False)
    assert ledger["planar_m2"].sum() == pytest.approx(33_600)
    assert set(ledger.loc[ledger["face"] == -1, "park_id"]) == {""}


def test_the_headline_follows_from_the_layers(published):
    done = verify(published)
    assert done.returncode == 0, done.stderr
    share = json.loads((published / "study.summary.json").read_text(encoding="utf-8"))["city"]["share"]
    assert repr(share)[:12] in done.stdout


INSIDE = "fid = (select min(fid) from ledger where counted and use = 'industrial' and park_id <> '')"


@pytest.mark.parametrize(
    "change",
    ["registered_m2 = registered_m2 * 1.01", "park_id = ''", "counted = 0", "planar_m2 = planar_m2 * 2"],
)
def test_a_changed_layer_does_not_verify(published, tmp_path, change):
    (tmp_path / "layers").mkdir()
    for file in ("study.summary.json", "layers/study.gpkg"):
        (tmp_path / file).write_bytes((published / file).read_bytes())
    with sqlite3.connect(tmp_path / "layers/study.gpkg") as db:
        for trigger in [r[0] for r in db.execute("select name from sqlite_master where type = 'trigger'")]:
            db.execute(f'drop trigger "{trigger}"')  # they call functions that only GDAL knows
        db.execute(f"update ledger set {change} where {INSIDE}")  # noqa: S608
    assert verify(tmp_path).returncode != 0


def test_the_other_rules_verify_too(city, tmp_path):
    for rule in ("centroid", "majority"):
        definition = city.study.definition.model_copy(update={"rule": rule, "area": "planar"})
        study = city.study.model_copy(update={"definition": definition})
        publish(run(study, stage="concentration"), study, tmp_path / rule, deliver=("layers",))
        done = verify(tmp_path / rule)
        assert done.returncode == 0, done.stderr
