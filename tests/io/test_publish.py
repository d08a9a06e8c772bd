"""Publishing: whole or not at all, the manifest last."""

import json
from pathlib import Path

import pytest

from landuse.io import publish
from landuse.io.publish import input_hashes, sha256, staged, write_json


def snapshot(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def write(stage, **files):
    for name, text in files.items():
        path = stage / name.replace("__", "/").replace("_json", ".json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "outputs"
    with staged(folder) as stage:
        write(stage, a="old a", maps__m="old map")
    return folder


def test_files_arrive_and_replace(out):
    (out / "mine.txt").write_text("untouched")
    with staged(out) as stage:
        write(stage, a="new a", tables__t="table")
        assert snapshot(out)["a"] == b"old a"
    assert snapshot(out) == {"a": b"new a", "maps/m": b"old map", "mine.txt": b"untouched", "tables/t": b"table"}


@pytest.mark.parametrize("what", [RuntimeError, KeyboardInterrupt, SystemExit, OSError])
def test_an_error_in_the_block_leaves_everything_as_it_was(out, what):
    before = snapshot(out)

    def block():
        with staged(out) as stage:
            write(stage, a="new", b="new", maps__m="new")
            raise what

    with pytest.raises(what):
        block()
    assert snapshot(out) == before
    assert [p.name for p in out.iterdir() if p.name.startswith(".stage")] == []


def test_an_error_while_flushing_leaves_everything_as_it_was(out, monkeypatch):
    before = snapshot(out)
    monkeypatch.setattr(publish.os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError("disk full")))

    def block():
        with staged(out) as stage:
            write(stage, a="new")

    with pytest.raises(OSError, match="disk full"):
        block()
    assert snapshot(out) == before


def test_the_manifest_moves_last(out, monkeypatch):
    moved = []
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda self, target: (moved.append(Path(target).name), replace(self, target))[1]
    )
    with staged(out) as stage:
        write(stage, **{"a.manifest_json": "{}"}, z="z", maps__z="z", b="b")
    assert moved[-1] == "a.manifest.json"
    assert sorted(moved) == ["a.manifest.json", "b", "z", "z"]


def test_a_failing_move_leaves_the_old_manifest(out, monkeypatch):
    with staged(out) as stage:
        write(stage, **{"s.manifest_json": "old"})
    replace = Path.replace

    def fails(self, target):
        if Path(target).name == "z":
            raise OSError("locked by another program")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fails)

    def block():
        with staged(out) as stage:
            write(stage, a="new", z="new", **{"s.manifest_json": "new"})

    with pytest.raises(OSError, match="locked"):
        block()
    assert (out / "s.manifest.json").read_text() == "old"
    assert not list(out.glob(".stage-*"))


def test_hashes_know_sidecars_and_folders(tmp_path):
    for name in ("p.shp", "p.dbf", "p.PRJ", "p.txt"):
        (tmp_path / name).write_text(name)
    hashes = input_hashes({"in/p.shp": tmp_path / "p.shp"})
    assert set(hashes) == {"in/p.shp", "in/p.dbf", "in/p.PRJ"}
    assert hashes["in/p.dbf"] == sha256(tmp_path / "p.dbf")
    (tmp_path / "p.gdb").mkdir()
    (tmp_path / "p.gdb" / "a").write_text("1")
    first = sha256(tmp_path / "p.gdb")
    (tmp_path / "p.gdb" / "a").rename(tmp_path / "p.gdb" / "b")
    assert sha256(tmp_path / "p.gdb") != first


def test_json_is_for_people_and_refuses_what_is_no_number(tmp_path):
    write_json(tmp_path / "x.json", {"名": 1.5})
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{\n "名": 1.5\n}\n'
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "y.json", {"share": float("nan")})
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"名": 1.5}
