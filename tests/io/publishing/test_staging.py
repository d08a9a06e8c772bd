"""Publishing is one act: all files of a run appear, or none, whatever fails and whatever is killed."""

import errno
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import landuse
from landuse.errors import InputError
from landuse.io.publishing import moves, staging
from landuse.io.publishing import staging as apart
from landuse.io.publishing import staging as lock
from landuse.io.publishing.moves import JOURNAL
from landuse.io.publishing.staging import LOCK, STAGE, finish_apart, locked, staged

pytestmark = pytest.mark.usefixtures("english")
#: A folder in memory, where there is one: a disk would only make the many small files slower.
MEMORY = Path("/dev/shm")  # noqa: S108, used through tempfile
KILLING = Path(__file__).with_name("killing.py")
SHAPES = "layers/s-shp"


def snapshot(folder):
    """Every file and folder, hidden ones too."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() if p.is_file() else None for p in folder.rglob("*")}


def write(stage, files):
    for name, text in files.items():
        path = stage / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def publish(out, files, whole=(SHAPES,), tell=lambda _words: None):
    with staged(out, whole, tell) as stage:
        write(stage, files)


OLD = {"a": "old", "maps/m": "old", f"{SHAPES}/x.shp": "old", f"{SHAPES}/x.prj": "old", "s.manifest.json": "old"}
NEW = {"a": "new", "maps/m": "new", f"{SHAPES}/x.shp": "new", "tables/t": "new", "s.manifest.json": "new"}


@pytest.fixture
def out(tmp_path):
    """A folder with an earlier set in it."""
    publish(tmp_path / "outputs", OLD)
    return tmp_path / "outputs"


@pytest.fixture
def here(monkeypatch):
    """No process of its own: what a test puts in the place of a call is called in the test's process."""
    monkeypatch.setattr(apart, "_fork", lambda: None)


@contextmanager
def unchanged(folder, error, match=None):
    before = snapshot(folder)
    with pytest.raises(error, match=match) as raised:
        yield raised
    assert snapshot(folder) == before


def test_files_arrive_and_replace_and_leave_the_rest(out):
    (out / "mine.txt").write_text("untouched")
    with staged(out, [SHAPES]) as stage:
        write(stage, NEW)
        assert (out / "a").read_text() == "old"
    files = {name: text.decode() for name, text in snapshot(out).items() if text is not None}
    assert files == NEW | {"mine.txt": "untouched"}  # the .prj of the folder's earlier shapes is gone with them


@pytest.mark.parametrize("what", [RuntimeError, KeyboardInterrupt, SystemExit, OSError])
def test_an_error_in_the_block_leaves_everything_as_it_was(out, what):
    with unchanged(out, what), staged(out) as stage:
        write(stage, NEW)
        raise what


def test_a_folder_made_for_nothing_goes_again(tmp_path):
    with pytest.raises(RuntimeError), staged(tmp_path / "made" / "for" / "nothing"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EIO])
def test_an_error_while_flushing_leaves_everything_as_it_was(out, monkeypatch, number):
    monkeypatch.setattr(os, "fsync", lambda _file: (_ for _ in ()).throw(OSError(number, os.strerror(number))))
    with unchanged(out, InputError, "^a: "):
        publish(out, NEW)


@pytest.mark.usefixtures("here")
def test_the_manifest_moves_last(out, monkeypatch):
    moved, replace = [], os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: (moved.append(Path(b).name), replace(a, b))[1])
    publish(out, NEW | {"s.nearly.json": "new", "z": "new"})
    assert moved[-1] == "s.manifest.json"
    assert set(moved) == {"a", "m", "t", "z", "s.nearly.json", "s.manifest.json"}


class TestAFileThatCannotBeReplaced:
    """Another program has it open, say: wherever it comes in the order of the moves, the earlier set is whole."""

    @pytest.mark.parametrize("name", [*sorted({*NEW} - {f"{SHAPES}/x.shp"}), SHAPES])
    @pytest.mark.parametrize("swaps", [True, False])
    @pytest.mark.parametrize("process", ["here", "apart"])
    def test_leaves_the_earlier_set_and_is_named(self, out, monkeypatch, name, swaps, process):
        replace, swap = os.replace, moves._swap

        def held(new, target):
            if str(target) == str(out / name):
                raise PermissionError(errno.EACCES, "the process cannot access the file", str(new), None, str(target))
            replace(new, target)

        monkeypatch.setattr(os, "replace", held)
        monkeypatch.setattr(moves, "_swap", lambda a, b: swaps and str(b) != str(out / name) and swap(a, b))
        if process == "here":
            monkeypatch.setattr(apart, "_fork", lambda: None)
        with unchanged(out, InputError, "close it in the other program") as raised:
            publish(out, NEW)
        assert [p.file for p in raised.value.problems] == [name]

    @pytest.mark.usefixtures("here")
    def test_is_put_back_by_the_next_run_where_that_fails_too(self, out, monkeypatch):
        replace, before = os.replace, snapshot(out)

        def held(new, target):
            if Path(target).name in ("t", "a"):  # t cannot be put in its place, and then a not be put back
                held.calls += 1
                if held.calls > 1:
                    raise PermissionError(errno.EACCES, "in use")
            replace(new, target)

        held.calls = 0
        monkeypatch.setattr(os, "replace", held)
        with pytest.raises(InputError):
            publish(out, NEW)
        assert [p.name for p in out.glob(f"{STAGE}*/{JOURNAL}")] == [JOURNAL]
        monkeypatch.setattr(os, "replace", replace)
        with staged(out):
            assert {n: t for n, t in snapshot(out).items() if not n.startswith(".")} == before
        assert snapshot(out) == before

    def test_is_put_back_by_who_moved_when_the_run_is_dead(self, out, monkeypatch):
        before, replace = snapshot(out), os.replace

        def held(new, target):
            if Path(target).name == "s.manifest.json" and "old" not in Path(new).parts:
                raise PermissionError(errno.EACCES, "in use")
            replace(new, target)

        monkeypatch.setattr(os, "replace", held)
        monkeypatch.setattr(staging, "recover", lambda _stage: None)  # what the run would do
        with pytest.raises(InputError):
            publish(out, NEW)
        assert {n: t for n, t in snapshot(out).items() if not n.startswith(".")} == before

    def test_a_folder_in_the_place_of_a_file(self, out):
        (out / "tables" / "t").mkdir(parents=True)
        with unchanged(out, InputError):
            publish(out, NEW)


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["a", "tables/t", "s.manifest.json"])
def test_an_interrupt_amid_the_moves_comes_too_late(out, monkeypatch, name):
    replace = os.replace

    def interrupted(new, target):
        if str(target) == str(out / name):
            signal.raise_signal(signal.SIGINT)
        replace(new, target)

    monkeypatch.setattr(os, "replace", interrupted)
    try:
        publish(out, NEW)
    except KeyboardInterrupt:
        pytest.fail("half the moves, and an interrupt")
    assert {name: text.decode() for name, text in snapshot(out).items() if text is not None} == NEW


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the moves are made by the run itself there")
class TestAProcessOfItsOwn:
    def test_is_in_a_session_of_its_own(self, tmp_path):
        """What is sent to the run's group, a closed terminal's signal say, does not reach it."""
        assert finish_apart(lambda: (tmp_path / "session").write_text(str(os.getsid(0))))
        assert (tmp_path / "session").read_text() != str(os.getsid(0))

    def test_goes_on_when_the_run_is_killed_and_tidies_up_after_it(self, tmp_path):
        def work():
            parent = os.getppid()
            os.kill(parent, signal.SIGKILL)
            while os.getppid() == parent:
                pass
            (tmp_path / "done").touch()

        ends, inherited = os.pipe()
        if (run := os.fork()) == 0:
            finish_apart(work, orphaned=(tmp_path / "tidied").touch)
            os._exit(0)
        os.close(inherited)
        assert os.WTERMSIG(os.waitpid(run, 0)[1]) == signal.SIGKILL
        os.read(ends, 1)
        os.close(ends)
        assert sorted(p.name for p in tmp_path.iterdir()) == ["done", "tidied"]

    def test_says_what_went_wrong(self, tmp_path):
        with pytest.raises(FileNotFoundError) as raised:
            finish_apart((tmp_path / "nothing").unlink)
        assert raised.value.filename == str(tmp_path / "nothing")


def test_a_mover_that_is_killed_leaves_a_whole_set(out, monkeypatch):
    monkeypatch.setattr(moves.Moves, "make", lambda _self: os._exit(9))
    with unchanged(out, InputError, "cut off"):
        publish(out, NEW)


@pytest.mark.usefixtures("here")
def test_without_second_names_files_are_kept_as_copies(out, monkeypatch):
    def refused(*_args, **_options):
        raise PermissionError(errno.EPERM, "not here")

    replace = os.replace

    def held(new, target):
        refused() if Path(target).name == "s.manifest.json" else replace(new, target)

    monkeypatch.setattr(os, "link", refused)
    monkeypatch.setattr(os, "replace", held)
    with unchanged(out, InputError, "manifest"):
        publish(out, NEW)


class TestTheLock:
    def test_another_run_is_refused_with_who_holds_it(self, out, monkeypatch):
        monkeypatch.setattr(lock, "WAIT_S", 0)
        with staged(out) as stage:
            write(stage, NEW)
            holder = json.loads((out / LOCK).read_text())
            with pytest.raises(InputError, match="wait until it has ended") as refused:
                publish(out, OLD)
            (problem,) = refused.value.problems
            assert holder["pid"] == os.getpid()
            assert all(str(v) in problem.what for v in holder.values())
            assert problem.file == str(out)
        assert (out / "a").read_text() == "new"

    def test_a_run_waits_for_another_that_is_about_to_end(self, out, monkeypatch):
        told = []
        holding = locked(out, told.append)
        holding.__enter__()
        monkeypatch.setattr(lock.time, "sleep", lambda _seconds: holding.__exit__(None, None, None))
        publish(out, NEW, tell=told.append)
        assert (out / "a").read_text() == "new"
        assert len(told) == 1
        assert str(os.getpid()) in told[0]

    def test_the_lock_of_a_dead_run_is_free(self, out, monkeypatch):
        monkeypatch.setattr(lock, "WAIT_S", 0)
        (out / LOCK).write_text('{"pid": 1, "host": "here", "since": "always"}')
        publish(out, NEW)
        assert not (out / LOCK).exists()

    def test_a_lock_removed_while_it_was_opened_is_no_lock(self, out, monkeypatch):
        taken, again = lock._lock, []

        def late(file):
            if not again:
                again.append((out / LOCK).unlink())
            return taken(file)

        monkeypatch.setattr(lock, "_lock", late)
        with locked(out, print):
            assert (out / LOCK).exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the killer forks")
@pytest.mark.parametrize("way", [("apart", "swap", "link"), ("here", "swap", "link"), ("here", "rename", "copy")])
def test_killed_at_every_step(way):
    """SIGKILL before each system call of a publisher; of the next run too, at some of them."""
    env = {**os.environ, "PYTHONPATH": str(Path(landuse.__file__).parents[1])}
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        done = subprocess.run(
            [sys.executable, str(KILLING), folder, *way], env=env, capture_output=True, text=True, check=False
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["damaged"] == []
    assert found["kills"] > 60
    assert found["old"] > 0
    assert found["new"] > 0
