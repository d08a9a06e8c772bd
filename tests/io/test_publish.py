"""What a run states of its files."""

import json

import pytest

from landuse.io.hashes import sha256
from landuse.io.publish import input_hashes, write_json


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
