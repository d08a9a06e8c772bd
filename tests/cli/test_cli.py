"""The command line: exit codes, streams, and nothing written when refused."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landuse.cli import main
from landuse.cli.main import app
from landuse.sample import write_sample

runner = CliRunner()


def call(*args, **options):
    return runner.invoke(app, [str(a) for a in args], **options)


@pytest.fixture
def study(city):
    return city.files.study


@pytest.fixture(scope="module")
def village(tmp_path_factory):
    """A small sample city, for what a whole run leaves whatever the size."""
    return write_sample(tmp_path_factory.mktemp("village") / "city", parcels=600, parks=3)


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """A working folder of its own: nothing may appear in it unasked."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def brief(monkeypatch):
    """A run publishes its summary and manifest alone: what else there is, is not looked at."""
    monkeypatch.setattr(main, "DELIVERABLES", ())


@pytest.fixture
def bad(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text(
        '[parcels]\npath = "none.gpkg"\nclassification = "third_survey"\ncolumns = { code = "c" }\n'
        '[parks]\npath = "no.gpkg"\n'
    )
    return path


def test_run_publishes_everything(village, outside):
    done = call("run", village.study)
    assert done.exit_code == 0, done.stderr
    truth = json.loads(village.truth.read_text(encoding="utf-8"))
    assert f"{truth['city']['core']['registered']['share']:.2%}" in done.stdout
    manifest = json.loads((outside / "outputs" / "study.manifest.json").read_text(encoding="utf-8"))
    assert manifest["run_id"][:12] in done.stdout
    names = {p.relative_to(outside / "outputs").as_posix() for p in (outside / "outputs").rglob("*") if p.is_file()}
    assert names >= {"maps/study.html", "tables/study.xlsx", "study.summary.json", "study.manifest.json"}
    assert "…" in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize(("limit", "code"), [("0.2", 0), ("0.99", 1)])
def test_fail_under(city, tmp_path, limit, code):
    done = call("run", *first_look(city), "--out", tmp_path, "--fail-under", limit, "--quiet", "--json")
    assert done.exit_code == code
    assert json.loads(done.stdout)["city"]["share"] > 0.5
    assert (tmp_path / "parcels.summary.json").is_file()


@pytest.mark.usefixtures("brief")
def test_run_json_is_the_summary_and_nothing_else(city, tmp_path):
    done = call("run", *first_look(city), "--out", tmp_path, "--json")
    assert json.loads(done.stdout) == json.loads((tmp_path / "parcels.summary.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", ["run", "check", "concentration", "candidates", "map"])
def test_bad_input_is_two_with_one_line_a_problem(command, bad, outside):
    done = call(command, bad, "--quiet", "--lang", "en")
    assert done.exit_code == 2
    assert done.stdout == ""
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 2
    assert all(" -> " in line for line in lines)
    assert {line.split(":")[0] for line in lines} == {"none.gpkg", "no.gpkg"}
    assert list(outside.iterdir()) == []


def test_bad_input_leaves_earlier_outputs(bad, outside):
    earlier = [outside / "outputs" / name for name in (f"maps/{bad.stem}.html", f"{bad.stem}.summary.json")]
    for path in earlier:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("earlier")
    assert call("run", bad, "--quiet").exit_code == 2
    assert {p: p.read_text() for p in outside.rglob("*") if p.is_file()} == dict.fromkeys(earlier, "earlier")


@pytest.mark.parametrize("command", ["run", "check", "concentration"])
def test_refusals_as_json(command, bad):
    done = call(command, bad, "--json", "--quiet")
    value = json.loads(done.stdout)
    assert done.exit_code == 2
    assert set(value) == {"verdict", "problems", "quality"}
    assert [set(p) for p in value["problems"]] == [{"file", "layer", "rows", "what", "fix"}] * 2
    assert value["quality"] == []


def test_a_misspelt_key_is_two(study, tmp_path, outside):
    path = tmp_path / "typo.toml"
    path.write_text(study.read_text(encoding="utf-8").replace("gap_m", "gap_n"), encoding="utf-8")
    done = call("run", path, "--lang", "en")
    assert done.exit_code == 2
    assert "scatter.gap_n" in done.stderr
    assert "gap_m" in done.stderr
    assert list(outside.iterdir()) == []


def test_interrupted_is_130_and_leaves_everything(study, outside, monkeypatch):
    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(main, "run", interrupted)
    done = call("run", study)
    assert done.exit_code == 130
    assert list(outside.iterdir()) == []


def test_interrupted_while_publishing(city, outside, monkeypatch):
    monkeypatch.setattr(main, "DELIVERABLES", ("map", "workbook"))
    assert call("run", *first_look(city), "--quiet").exit_code == 0
    before = {p: p.read_bytes() for p in outside.rglob("*") if p.is_file()}

    def interrupted(*_args, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("landuse.report.workbook.book.write_workbook", interrupted)
    assert call("run", *first_look(city), "--quiet").exit_code == 130
    assert {p: p.read_bytes() for p in outside.rglob("*") if p.is_file()} == before


def test_check_reports_quality_and_writes_nothing(dirty, outside):
    done = call("check", dirty.files.study, "--json")
    value = json.loads(done.stdout)
    assert done.exit_code == 0
    assert value["problems"] == []
    assert {q["check"] for q in value["quality"]} >= {"unknown_codes", "duplicate_id", "overlapping_parcels"}
    assert list(outside.iterdir()) == []
    words = call("check", dirty.files.study, "--lang", "en", env={"COLUMNS": "200"})
    assert "9999" in words.stdout


def test_concentration_and_candidates_print_and_write_only_where_told(study, city, outside, tmp_path):
    done = call("concentration", study, "--json", "--quiet")
    assert set(json.loads(done.stdout)) >= {"study", "definition", "city", "districts", "parks"}
    assert list(outside.iterdir()) == []
    done = call("candidates", study, "--quiet")
    assert done.exit_code == 0
    assert all(plot in done.stdout for plot in city.truth["efficiency"]["candidates"])
    value = json.loads(call("candidates", study, "--json", "--out", tmp_path / "o").stdout)
    assert value["candidates"]["count"] == len(city.truth["efficiency"]["candidates"])
    assert {p.name for p in (tmp_path / "o").iterdir()} == {"study.summary.json", "study.manifest.json"}


def test_map_alone(village, tmp_path):
    done = call("map", village.study, "--out", tmp_path, "--json", "--quiet")
    assert done.exit_code == 0, done.output
    assert Path(json.loads(done.stdout)["map"]) == tmp_path / "maps" / "study.html"
    assert not (tmp_path / "tables").exists()


def first_look(city, *more):
    folder = city.files.folder
    return ("--parcels", folder / "parcels.gpkg", "--parks", folder / "parks.gpkg", "--code-column", "DLBM",
            "--classification", "third_survey", *more)  # fmt: skip


@pytest.mark.usefixtures("brief")
@pytest.mark.parametrize("command", ["run", "check", "concentration"])
def test_a_first_look_without_a_study_file(command, city, outside):
    done = call(command, *first_look(city, "--parcels-layer", "DLTB", "--json", "--quiet"))
    assert done.exit_code == 0, done.stderr
    value = json.loads(done.stdout)
    if command != "check":
        truth = city.truth["city"]["core"]["ellipsoidal"]
        assert value["city"]["share"] == pytest.approx(truth["share"], rel=1e-9)
        assert value["definition"]["area"] == "ellipsoidal"
        assert value["study"]["name"] == "parcels"
    if command == "run":
        assert (outside / "outputs" / "parcels.summary.json").is_file()


def test_a_first_look_has_to_be_complete(city):
    done = call("concentration", "--parcels", city.files.folder / "parcels.gpkg", "--quiet")
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    done = call("concentration", *first_look(city)[:-1], "third-survey", "--quiet")
    assert done.exit_code == 2
    assert "third-survey" in done.stderr
    assert call("concentration", *first_look(city, "--crs", "EPSG:4326", "--quiet")).exit_code == 2


def test_study_file_and_first_look_together_are_not_silently_one_of_them(city, study):
    done = call("concentration", study, *first_look(city), "--json", "--quiet")
    assert done.exit_code == 2


def test_sample(tmp_path):
    done = call("sample", tmp_path / "c", "--parcels", "600", "--parks", "2", "--json", "--quiet")
    value = json.loads(done.stdout)
    assert done.exit_code == 0
    assert set(value) == {"dir", "study", "truth"}
    assert all(Path(p).exists() for p in value.values())
    done = call("sample", tmp_path / "d", "--parcels", "600", "--parks", "200", "--quiet")
    assert done.exit_code == 2
    assert not (tmp_path / "d").exists()


def test_doctor(monkeypatch):
    for name in ("PROJ_LIB", "PROJ_DATA", "GDAL_DATA", "GDAL_DRIVER_PATH"):
        monkeypatch.delenv(name, raising=False)
    done = call("doctor", "--json")
    value = json.loads(done.stdout)
    assert done.exit_code == 0
    assert value["problems"] == []
    assert {"landuse", "proj data", "gdal (pyogrio)", "geos (shapely)"} <= set(value)
    monkeypatch.setenv("PROJ_LIB", "/opt/other/proj")
    done = call("doctor")
    assert done.exit_code == 2
    assert "PROJ_LIB" in done.stderr
    assert "/opt/other/proj" in done.stderr


def test_language_of_the_output(study):
    done = {lang: call("concentration", study, "--quiet", "--lang", lang).stdout for lang in ("zh", "en")}
    assert "percentage points" in done["en"]
    assert "percentage points" not in done["zh"]


def test_verbose_shows_where_it_arose(bad):
    assert "Traceback" in call("run", bad, "-v").stderr
    assert "Traceback" not in call("run", bad).output


def test_every_command_has_help():
    done = call("--help")
    for command in ("sample", "check", "run", "concentration", "candidates", "map", "doctor"):
        assert command in done.stdout
        assert call(command, "--help").exit_code == 0


class TestChange:
    def test_what_changed_is_told(self, dated, tmp_path):
        told = call("change", dated.files.study, "--quiet", "--lang", "en", "--out", tmp_path, env={"COLUMNS": "200"})
        assert told.exit_code == 0, told.stderr
        assert "From 2024-12-31 to 2025-12-31 the share went from" in told.stdout
        assert "new, outside parks" in told.stdout
        said = json.loads(call("change", dated.files.study, "--json", "--quiet").stdout)
        assert set(said) == {"study", "definition", "city", "change", "quality", "verdict", "assumptions"}
        assert said["change"] == json.loads((tmp_path / "study.summary.json").read_text("utf-8"))["change"]

    def test_without_earlier_layers_there_is_nothing_to_compare(self, study):
        refused = call("change", study, "--lang", "en")
        assert refused.exit_code == 2
        assert "[[snapshots]]" in refused.stderr


def test_as_a_program(study, bad, tmp_path):
    """In a process of its own, on a console that knows no Chinese."""
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "PYTHONWARNINGS": "error"}
    program = [sys.executable, "-c", "from landuse.cli.main import main; main()"]
    good = subprocess.run(
        [*program, "concentration", str(study)], capture_output=True, text=True, env=env, cwd=tmp_path, check=False
    )
    assert good.returncode == 0, good.stderr
    assert "%" in good.stdout
    refused = subprocess.run(
        [*program, "run", str(bad)], capture_output=True, text=True, env=env, cwd=tmp_path, check=False
    )
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "outputs").exists()


def plan_study(city, tmp_path, change, blocks=None):
    """The sample city's study, changed, with its files beside it."""
    for file in city.files.folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).symlink_to(file)
    (tmp_path / "study.toml").unlink()
    study = tmp_path / "study.toml"
    study.write_text(change((city.files.folder / "study.toml").read_text("utf-8")), "utf-8")
    if blocks is not None:
        (tmp_path / "blocks.csv").unlink()
        (tmp_path / "blocks.csv").write_text(blocks, "utf-8")
    return study


class TestRelocate:
    def test_the_plan_is_told_and_published(self, city, tmp_path):
        said = runner.invoke(app, ["relocate", str(city.files.study), "--json", "--quiet", "--out", str(tmp_path)])
        assert said.exit_code == 0
        value = json.loads(said.stdout)
        assert set(value) == {"study", "definition", "city", "relocation", "quality", "verdict", "assumptions"}
        assert value["relocation"]["status"] in ("optimal", "feasible")
        assert value["relocation"]["share_after"] >= 0.70 - 1e-12
        assert (tmp_path / "study.summary.json").exists()

    def test_no_plan_is_an_answer_with_a_code_of_its_own(self, city, tmp_path):
        nothing = "park,block,spare_mu,from_year,price,industries\nP01,P01-1,0,,30,\n"
        study = plan_study(
            city, tmp_path, lambda t: t.replace('objective = "cost"', 'objective = "cost"\nactions = ["move"]')
            .replace('columns = { pollution = "pollution" }\n', ""), nothing,
        )  # fmt: skip
        said = runner.invoke(app, ["relocate", str(study), "--out", str(tmp_path / "out"), "--lang", "zh"])
        assert said.exit_code == 3
        assert "缺口" in said.stdout
        summary = json.loads((tmp_path / "out" / "study.summary.json").read_text("utf-8"))
        assert summary["relocation"]["status"] == "infeasible"
        assert summary["relocation"]["blocking"]

    def test_without_a_table_of_blocks_there_is_nothing_to_plan_with(self, city, tmp_path):
        study = plan_study(city, tmp_path, lambda t: t[: t.index("[capacity]")])
        said = runner.invoke(app, ["relocate", str(study)])
        assert said.exit_code == 2
        assert "[capacity]" in said.stderr

    def test_a_plot_that_is_not_there_cannot_stay(self, city, tmp_path):
        study = plan_study(city, tmp_path, lambda t: t + 'exclude = ["nowhere"]\n')
        said = runner.invoke(app, ["relocate", str(study)])
        assert said.exit_code == 2
        assert "nowhere" in said.stderr


MISTAKES = {
    "a wrong key": b'[study]\nlang = "%s"\nnme = "x"\n[parcels]\n',
    "no TOML": b'[study]\nlang = "%s"\n[parcels\n',
    "GBK": '[study]\nlang = "%s"\nname = "区"\n'.encode("gbk"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize(("asked", "option", "spoken"), [("en", None, "en"), ("zh", None, "zh"), ("en", "zh", "zh")])
def test_mistakes_of_a_study_are_told_in_its_language(tmp_path, mistake, asked, option, spoken):
    path = tmp_path / "s.toml"
    path.write_bytes(MISTAKES[mistake] % asked.encode())
    done = call("concentration", path, "--quiet", *(["--lang", option] if option else []))
    assert done.exit_code == 2
    chinese = any("\u4e00" <= c <= "\u9fff" for c in done.stderr.replace("区", ""))
    assert chinese == (spoken == "zh"), done.stderr
