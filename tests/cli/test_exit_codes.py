"""How a command ends when something goes wrong: one line, and a code that says whose fault it was."""

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import landuse
from landuse.cli import main
from landuse.cli.main import app
from landuse.errors import AccountingError
from landuse.io.publishing.interrupts import ignored, raising

#: A program whose study stops at a line of a test's own, in place of the computation.
PROGRAM = """
import sys, time
from landuse.cli import main
def run(*args, **options):
    {line}
main.run = run
sys.argv = ["landuse", *sys.argv[1:]]
main.main()
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text(
        '[study]\nlang = "en"\n[parcels]\npath = "p.gpkg"\nclassification = "third_survey"\n'
        'columns = { code = "c" }\n[parks]\npath = "k.gpkg"\n'
    )
    return path


def failing(monkeypatch, error):
    def run(*_args, **_options):
        raise error

    monkeypatch.setattr(main, "run", run)


def call(*args):
    return CliRunner().invoke(app, [str(a) for a in args])


FAULTS = [ZeroDivisionError("division by zero"), KeyError("park_id"), RuntimeError("two\nlines"), RecursionError()]


class TestAFaultOfTheProgram:
    @pytest.mark.parametrize("error", FAULTS, ids=lambda e: type(e).__name__)
    @pytest.mark.parametrize("command", ["run", "concentration", "map", "candidates"])
    def test_is_70_and_one_line(self, study, monkeypatch, error, command):
        failing(monkeypatch, error)
        done = call(command, study, "--quiet")
        assert done.exit_code == 70
        assert done.stdout == ""
        (line,) = done.stderr.splitlines()
        assert type(error).__name__ in line
        assert "-vv" in line

    @pytest.mark.parametrize(("option", "shown"), [("-v", False), ("-vv", True)])
    def test_shows_where_it_arose_when_asked_twice(self, study, monkeypatch, option, shown):
        failing(monkeypatch, ZeroDivisionError())
        assert ("Traceback" in call("run", study, option).stderr) == shown

    def test_as_json(self, study, monkeypatch):
        failing(monkeypatch, ZeroDivisionError())
        value = json.loads(call("run", study, "--json").stdout)
        assert set(value) == {"verdict", "problems", "quality"}
        assert value["verdict"] == "FAULT"
        assert [set(p) for p in value["problems"]] == [{"file", "layer", "rows", "what", "fix"}]

    def test_out_of_memory_says_what_would_help(self, study, monkeypatch):
        failing(monkeypatch, MemoryError())
        done = call("run", study, "--quiet")
        assert done.exit_code == 70
        assert "out of memory" in done.stderr
        assert "--workers 1" in done.stderr

    def test_what_arose_beside_an_error_of_the_system_is_still_one(self, study, monkeypatch):
        error = KeyError("x")
        error.__context__ = FileNotFoundError(errno.ENOENT, "no such file")
        failing(monkeypatch, error)
        assert call("run", study, "--quiet").exit_code == 70


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EACCES, errno.ENAMETOOLONG])
@pytest.mark.parametrize("wrapped", [False, True])
def test_what_the_system_refuses_is_2_and_names_the_file(study, monkeypatch, number, wrapped):
    error = OSError(number, os.strerror(number), "tables/s.xlsx")
    if wrapped:
        outer = RuntimeError("the library could not")
        outer.__cause__ = error
        failing(monkeypatch, outer)
    else:
        failing(monkeypatch, error)
    done = call("run", study, "--quiet")
    assert done.exit_code == 2
    (line,) = done.stderr.splitlines()
    assert line.startswith("tables/s.xlsx: ")
    assert " -> " in line
    assert "check the folder" not in line  # a remedy of its own


def test_an_identity_that_fails_is_a_refusal_with_its_own_words(study, monkeypatch):
    failing(monkeypatch, AccountingError("the parts sum to 1, the total is 2"))
    done = call("run", study, "--quiet")
    assert done.exit_code == 2
    assert "the parts sum to 1" in done.stderr


def test_a_wrong_option_is_2(study):
    assert call("run", study, "--nonsense").exit_code == 2


def started(line, *args):
    env = {**os.environ, "PYTHONPATH": str(Path(landuse.__file__).parents[1])}
    command = [sys.executable, "-c", PROGRAM.format(line=line), *map(str, args)]
    return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal ends a process there")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_asked_to_stop_is_130_and_leaves_everything(study, tmp_path, name):
    with started("print('begun', flush=True); time.sleep(60)", "run", study, "--quiet", "--out", tmp_path / "o") as run:
        assert run.stdout.readline() == "begun\n"
        run.send_signal(getattr(signal, name))
        _out, err = run.communicate()
        assert run.returncode == 130
    assert err == "Interrupted: earlier outputs are untouched.\n"
    assert not (tmp_path / "o").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="pipes break otherwise there")
@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_reader_that_leaves_is_no_error(options):
    with started("pass", "doctor", "--quiet", *options) as run:
        run.stdout.close()
        err = run.stderr.read()
        assert run.wait() in (0, 2)  # what the doctor found, not that nobody listened
    assert "Traceback" not in err
    assert "Broken" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a file that is always full")
def test_a_full_disk_under_the_answer(tmp_path):
    env = {**os.environ, "PYTHONPATH": str(Path(landuse.__file__).parents[1])}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "landuse", "doctor", "--json"],
            env=env, stdout=full, stderr=subprocess.PIPE, text=True, check=False, cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 2
    assert "<stdout>" in done.stderr
    assert "Traceback" not in done.stderr


class TestInterrupts:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_raise_within_and_are_as_before_after(self, number):
        before = signal.getsignal(number)
        with pytest.raises(KeyboardInterrupt), raising():
            signal.raise_signal(number)
        assert signal.getsignal(number) is before

    def test_come_too_late(self):
        with raising(), ignored():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGTERM)

    def test_what_was_ignored_stays_so(self):
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            with raising():
                signal.raise_signal(signal.SIGTERM)
        finally:
            signal.signal(signal.SIGTERM, before)

    def test_after_publishing_there_is_nothing_to_stop(self, study, city, monkeypatch, tmp_path):
        """The outputs are in place: 130 would say that the earlier ones are."""

        def publish(*_args, **_options):
            return {"summary": tmp_path / "s.summary.json"}

        def headline(_issues):
            signal.raise_signal(signal.SIGTERM)
            return "the share"

        monkeypatch.setattr(main, "run", lambda *_args, **_options: city.result)
        monkeypatch.setattr(main, "publish", publish)
        monkeypatch.setattr(main, "headline", headline)
        done = call("run", study, "--quiet")
        assert done.exit_code == 0
        assert "the share" in done.stdout
