"""Every bad input, tried: right or refused, never silently wrong, never a traceback."""

import os
import pickle
import socket
import urllib.request
import zipfile
from dataclasses import replace

import a_containers
import b_coordinates
import c_geometry
import d_tables
import f_security
import g_cuts
import g_files
import g_geometry
import g_identity
import g_registered
import numpy as np
import pytest
from corpus import Case, NotShown, Right, city, judge, run_case
from honeypot import CANARY, pot

TABLES = {
    "A": (a_containers, 40),
    "B": (b_coordinates, 19),
    "C": (c_geometry, 37),
    "D": (d_tables, 39),
    "F": (f_security, 20),
    "G": (g_files, 9),
    "GI": (g_identity, 10),
    "GR": (g_registered, 8),
    "GC": (g_cuts, 4),
    "GG": (g_geometry, 10),
}
CASES = [case for module, _rows in TABLES.values() for case in module.TABLE.cases]
#: Cases of a row that every run of the suite tries; `make corpus` tries all of them.
EVERYDAY = 4


def short(cases):
    """The first and the last cases of each row, and some between."""
    rows = {}
    for case in cases:
        rows.setdefault(case.row, []).append(case)
    picked = [np.unique(np.linspace(0, len(own) - 1, EVERYDAY).round().astype(int)) for own in rows.values()]
    return [own[k] for own, some in zip(rows.values(), picked, strict=True) for k in some]


TRIED = CASES if os.environ.get("LANDUSE_CORPUS") == "all" else short(CASES)


@pytest.mark.parametrize("case", TRIED, ids=[case.id for case in TRIED])
def test_bad_input(case, tmp_path, record_property):
    record_property("corpus_row", case.row)
    if isinstance(case.must, NotShown):
        record_property("corpus_kind", "not shown")
        record_property("corpus_why", case.must.why)
        return
    kind, why = judge(case, run_case(case, tmp_path))
    record_property("corpus_kind", kind)
    assert not why, f"{kind}: {why}"


def test_the_short_form_has_every_row():
    assert {case.row for case in short(CASES)} == {case.row for case in CASES}
    assert len(short(CASES)) < len(CASES)


@pytest.mark.parametrize("table", TABLES)
def test_every_row_has_a_case(table):
    module, rows = TABLES[table]
    assert {case.row for case in module.TABLE.cases} >= {f"{table}{k}" for k in range(1, rows + 1)}


def test_the_judge_can_find_guilty(tmp_path):
    """A wrong expectation of each kind fails: the table above could not be green by accident."""
    case = next(case for case in CASES if case.id == "C24 the toy city itself")
    outcome = run_case(case, tmp_path)
    from corpus import Refused  # noqa: PLC0415

    for must in (Refused("anything"), Right(share=0.5), Right(issues={"nothing": 1}), Right(assumes="nothing")):
        kind, why = judge(Case("X1", "", case.build, must), outcome)
        assert kind == "silent wrong"
        assert why


def test_the_honeypot_and_the_planted_text_are_found(tmp_path):
    """What must never happen would be seen: a call is counted, a repeated text is found."""
    case = Case("X2", "", lambda folder: city(folder), Right(), guarded=True)
    outcome = run_case(case, tmp_path)
    assert judge(case, outcome) == ("right", "")
    with urllib.request.urlopen(f"{pot().address}/x", timeout=5) as answer:  # noqa: S310, the loopback
        assert answer.status == 200
    assert judge(case, outcome)[0] == "silent wrong"
    assert judge(case, outcome) == ("right", "")
    outcome.out.mkdir()
    (outcome.out / "a.txt").write_text(f"x {CANARY}", encoding="utf-8")
    assert "a.txt" in judge(case, outcome)[1]


def test_what_leaves_nothing_behind_is_found_too(tmp_path):
    """A caller of any language, a text inside a packed file, and a file beside the outputs are each seen once."""
    case = Case("X3", "", lambda folder: city(folder), Right(), guarded=True, after=f_security.nothing_taken)
    outcome = run_case(case, tmp_path)
    assert judge(case, outcome) == ("right", "")
    with socket.create_connection(("127.0.0.1", f_security.KNOCKS.port)):
        assert "connections" in judge(case, outcome)[1]
    assert judge(case, outcome) == ("right", "")
    outcome.out.mkdir()
    for text in (CANARY, CANARY.replace("-", "_")):
        with zipfile.ZipFile(outcome.out / "a.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("b.xml", (f"x {text}" * 50).encode("utf-16"))
        assert "a.xlsx: b.xml" in judge(case, outcome)[1]
    (outcome.out / "a.xlsx").unlink()
    assert judge(case, replace(outcome, below=f"ERROR 1: {CANARY}"))[0] == "silent wrong"
    assert judge(case, replace(outcome, strays=("x/ran",)))[0] == "silent wrong"


def test_strays_and_what_libraries_say_are_seen(tmp_path, monkeypatch):
    """What a command does beside its outputs, and writes past Python, is in the outcome."""
    case = Case("X4", "", lambda folder: city(folder), Right())

    def read(*_):
        pickle.loads(pickle.dumps(f_security.Runs(tmp_path / "ran"))).close()  # noqa: S301, ours
        os.write(2, b"said below")

    monkeypatch.setattr("landuse.cli.commands.load_study", read)
    outcome = run_case(case, tmp_path)
    assert outcome.strays == ("ran",)
    assert "said below" in outcome.below
