"""Earlier dates: what a snapshot takes from the study's own layers, and what is refused."""

import datetime as dt
import json

import geopandas as gpd
import pytest

from landuse.config.paths import input_paths
from landuse.config.study_file import load_study
from landuse.errors import InputError
from landuse.pipeline.run import run
from landuse.reference import classification
from landuse.report.summary import summary

pytestmark = pytest.mark.usefixtures("english")
STUDY = """
[study]
date = 2025-12-31
[parcels]
path = "parcels.gpkg"
layer = "DLTB"
classification = "third_survey"
columns = { code = "DLBM", id = "BSM", far = "RJL" }
[parks]
path = "parks.gpkg"
columns = { id = "park_id" }
[[boundaries]]
boundary = "planned"
path = "planned.gpkg"
[definition]
boundary = "planned"
"""


@pytest.fixture
def load(tmp_path):
    def load(more):
        path = tmp_path / "city.toml"
        path.write_text(STUDY + more, encoding="utf-8")
        return load_study(path)

    return load


def test_what_a_snapshot_does_not_say_is_as_in_the_study(load):
    study = load("""
[[snapshots]]
date = 2024-12-31
parcels = "old.gpkg"
[[snapshots]]
date = 2023-12-31
parcels = { path = "older.gpkg", layer = "T", columns = { code = "DM" } }
parks = { path = "parks-2023.gpkg", crs = "EPSG:4549" }
""")
    older, old = (study.at(snapshot) for snapshot in study.earlier)
    assert [x.study.date.year for x in (older, old)] == [2023, 2024]
    assert (old.parcels.path, old.parcels.layer, old.parcels.columns.code) == ("old.gpkg", "DLTB", "DLBM")
    assert old.parcels.columns.far is None  # a register that an earlier layer need not have
    assert (older.parcels.layer, older.parcels.columns.code, older.parcels.columns.id) == ("T", "DM", None)
    assert old.parks.path == "planned.gpkg"
    assert (older.parks.path, older.parks.crs, older.parks.columns.id) == ("parks-2023.gpkg", "EPSG:4549", "park_id")
    assert older.headline == study.headline
    assert old.boundaries == ()


@pytest.mark.parametrize(
    ("dates", "what"),
    [
        (("2024-12-31", "2024-12-31"), "each date once"),
        (("2025-12-31",), "not before the study's date"),
        (("2026-01-01",), "not before the study's date"),
    ],
)
def test_dates_that_cannot_be(load, dates, what):
    with pytest.raises(InputError) as caught:
        load("".join(f'\n[[snapshots]]\ndate = {day}\nparcels = "x.gpkg"\n' for day in dates))
    assert what in str(caught.value)


def test_a_study_without_a_date_has_no_earlier_ones(tmp_path):
    path = tmp_path / "city.toml"
    path.write_text(STUDY.replace("date = 2025-12-31", "") + '[[snapshots]]\ndate = 2024-12-31\nparcels = "x.gpkg"\n')
    with pytest.raises(InputError, match="have no date"):
        load_study(path)


def edited(dated, folder, *pairs):
    """The dated city's study, changed, in another folder."""
    text = dated.files.study.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    here = dated.files.folder.as_posix()
    for key in ("path", "parcels", "parks", "districts", "development", "plan", "standards", "counters"):
        text = text.replace(f'\n{key} = "', f'\n{key} = "{here}/')
    text = text.replace(f"{here}//", "/")
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.toml")


def test_every_file_of_every_date_is_hashed(dated):
    names = {"parcels-2023.gpkg", "parks-2024.gpkg", "districts-2023.gpkg", "exceptions.csv", "counters.csv"}
    assert names <= set(input_paths(dated.study))
    assert names <= set(dated.result.inputs)


def test_the_summary_has_the_last_step_and_all_of_them(dated):
    said = json.loads(json.dumps(summary(dated.result), allow_nan=False))["change"]
    last = dated.result.history.last
    assert (said["from"], said["to"]) == ("2024-12-31", "2025-12-31")
    assert said["new_outside"] == last.components.loc["new_outside", "m2"]
    assert [step["from"] for step in said["steps"]] == ["2023-12-31", "2024-12-31"]
    assert said["violations"] == len(
        {r["id"] for r in dated.truth["changes"] if (r["to"], r["kind"]) == (2025, "new_outside")}
    )
    for step in said["steps"]:
        assert sum(step["effects"].values()) == pytest.approx(step["share_after"] - step["share_before"], abs=1e-12)
    assert said["trajectory"][-1]["share"] == summary(dated.result)["city"]["share"]


def test_the_change_alone_takes_no_enterprises(dated):
    part = run(dated.study, stage="change")
    assert part.scatter is None
    assert part.candidates is None
    assert summary(part)["change"] == summary(dated.result)["change"]
    assert run(dated.study, stage="candidates").history is None


def test_problems_of_every_date_at_once(dated, tmp_path):
    study = edited(
        dated,
        tmp_path,
        ('parcels = "parcels-2023.gpkg"', 'parcels = "/nowhere-2023.gpkg"'),
        ('parks = "parks-2024.gpkg"', 'parks = "/nowhere-2024.gpkg"'),
        ('path = "exceptions.csv"', 'path = "/nowhere.csv"'),
    )
    with pytest.raises(InputError) as caught:
        run(study, stage="change")
    assert {p.file for p in caught.value.problems} == {"/nowhere-2023.gpkg", "/nowhere-2024.gpkg", "/nowhere.csv"}


def test_an_exception_for_a_plot_that_is_not_there_is_told(dated, tmp_path):
    table = tmp_path / "allowed.csv"
    table.write_text("plot,document\nnowhere,x1\n", encoding="utf-8")
    study = edited(dated, tmp_path, ('path = "exceptions.csv"', f'path = "{table.as_posix()}"'))
    issues = run(study, stage="change")
    note = next(f for f in issues.quality if f.check == "strange_exceptions")
    assert note.rows == ("nowhere",)
    assert len(issues.history.alerts) == len(issues.history.violations)


def test_what_is_wrong_in_an_earlier_layer_is_told_with_its_date(dated, tmp_path):
    layer = gpd.read_file(dated.files.folder / "parcels-2024.gpkg")
    industrial = layer.index[layer.DLBM == "0601"][0]
    layer.loc[industrial, "BSM"] = layer.loc[layer.index[layer.DLBM == "0601"][1], "BSM"]
    layer.to_file(tmp_path / "old.gpkg", layer="DLTB")
    study = edited(
        dated, tmp_path, ('parcels = "parcels-2024.gpkg"', f'parcels = "{(tmp_path / "old.gpkg").as_posix()}"')
    )
    notes = [f for f in run(study, stage="change").quality if f.check == "duplicate_id"]
    assert [f.action.startswith("2024-12-31: ") for f in notes] == [True]


def test_an_earlier_layer_without_registered_areas_is_told_with_its_date(dated, tmp_path):
    layer = gpd.read_file(dated.files.folder / "parcels-2024.gpkg")
    layer.assign(TBDLMJ=None).to_file(tmp_path / "old.gpkg", layer="DLTB")
    study = edited(
        dated, tmp_path, ('parcels = "parcels-2024.gpkg"', f'parcels = "{(tmp_path / "old.gpkg").as_posix()}"')
    )
    issues = run(study, stage="change")
    assert issues.definition.area == "registered"
    (note,) = [f for f in issues.quality if f.check == "unstated_area"]
    assert note.action.startswith("2024-12-31: ")
    use_of = classification.load("third_survey").use_of
    assert note.count == sum(use_of(code)[1] in classification.USES for code in layer["DLBM"])


def test_the_surveys_record_is_read(dated, tmp_path):
    now = gpd.read_file(dated.files.folder / "parcels.gpkg").set_index("BSM")
    old = gpd.read_file(dated.files.folder / "parcels-2024.gpkg").set_index("BSM").loc[now.index]
    changed = now[now.DLBM != old.DLBM]
    record = gpd.GeoDataFrame(
        {"BGQDLBM": old.DLBM[changed.index].to_numpy(), "BGHDLBM": changed.DLBM.to_numpy(), "XZQTZLX": "0"},
        geometry=changed.geometry.to_numpy(),
        crs=now.crs,
    )
    record.to_file(tmp_path / "DLTBGXGC.gpkg", layer="DLTBGXGC")
    updates = f'parcels = "parcels-2024.gpkg"\nupdates = "{(tmp_path / "DLTBGXGC.gpkg").as_posix()}"'
    study = edited(dated, tmp_path, ('parcels = "parcels-2024.gpkg"', updates))
    issues = run(study, stage="change")
    step, plain = issues.history.last, dated.result.history.last
    assert step.components["m2"].to_dict() == pytest.approx(plain.components["m2"].to_dict(), abs=1e-3)
    news = step.changed[~step.changed["kind"].isin(["redrawn_in", "redrawn_out"])]
    assert news["recorded"].all()
    assert not [f for f in issues.quality if f.check in ("changes_unrecorded", "records_unseen")]
    assert step.end == dt.date(2025, 12, 31)


def test_an_earlier_layer_in_degrees_is_the_same_land(dated, tmp_path):
    for name in ("parcels-2024", "parks-2024"):
        gpd.read_file(dated.files.folder / f"{name}.gpkg").to_crs(4490).to_file(
            tmp_path / f"{name}.gpkg", layer="DLTB" if name.startswith("parcels") else "parks"
        )
    here = tmp_path.as_posix()
    study = edited(
        dated,
        tmp_path,
        ('parcels = "parcels-2024.gpkg"', f'parcels = "{here}/parcels-2024.gpkg"'),
        ('parks = "parks-2024.gpkg"', f'parks = "{here}/parks-2024.gpkg"'),
    )
    step, plain = run(study, stage="change").history.last, dated.result.history.last
    assert step.components["m2"].to_dict() == pytest.approx(plain.components["m2"].to_dict(), abs=0.01)
    assert len(step.lineage) == len(plain.lineage) == 0
