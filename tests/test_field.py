"""Troubles of real files, rebuilt small: each right or loud, as the file beside it says what is right."""

import json
import shlex
import shutil

import pytest
from typer.testing import CliRunner

from landuse import i18n
from landuse.cli.main import app

#: Figures of an expectation, and where the answer has them.
FIGURES = {
    "share": lambda a: a["city"]["share"],
    "total_m2": lambda a: a["city"]["total_m2"],
    "districts": lambda a: [d["code"] for d in a["districts"]],
    "parks": lambda a: len(a["parks"]),
    "rows_joined": lambda a: counts(a)["enterprises_joined"],
    "in_park_low": lambda a: a["candidates"]["renewal"]["count"],
    "status": lambda a: a["relocation"]["status"],
    "plots": lambda a: (a.get("relocation") or a["scatter"])["plots"],
    "violations": lambda a: a["change"]["violations"],
    "alerts": lambda a: a["change"]["alerts"],
}
#: Where a refusal or a finding is as good as the figure: what it must say.
LOUD = {
    "F08": "ids_spelled_apart",
    "F10": "registered area",
    "F12": "digits",
    "F16": "parts",
    "F18": "exceededTransferLimit",
    "F19": "hidden",
    "F20": "closed line",
    "F22": "no column 'Name'",
    "F24": "single quotes",
    "F25": "parts",
    "F26": "ArcGIS",
    "F31": "one row a plot",
    "F33": "did you mean 'dlbm'",
}


def counts(answer):
    return {q["check"]: q["count"] for q in answer["quality"]}


def answer_of(command, folder):
    words = shlex.split(command)[1:]
    words = [str(folder / w) if w.endswith(".toml") else w for w in words]
    with i18n.language("en"):
        done = CliRunner().invoke(app, words)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, json.loads(done.stdout)


def cases(data):
    return sorted(p.parent for p in (data / "field").glob("*/expected.json"))


def is_right(answer, expected):
    """Whether every figure that is expected is there; a finding for each that has one instead."""
    told = json.dumps([answer.get("quality"), answer.get("assumptions")], ensure_ascii=False)
    wrong = {}
    for name in FIGURES.keys() & expected.keys():
        got = FIGURES[name](answer)
        right = expected[name]
        if got != (
            pytest.approx(right, abs=0.05 if name == "total_m2" else 1e-5) if isinstance(right, float | int) else right
        ):
            wrong[name] = got
    return wrong, told


def test_every_trouble_is_right_or_loud(data, tmp_path):
    failed = {}
    for case in cases(data):
        folder = tmp_path / case.name
        shutil.copytree(case, folder)
        asked = json.loads((case / "expected.json").read_text(encoding="utf-8"))
        expected, loud = asked["expected"], LOUD.get(case.name[:3], "")
        code, answer = answer_of(asked["command"], folder)
        if code == 2:
            words = " ".join(f"{p['what']} -> {p['fix']}" for p in answer["problems"])
            if (expected.get("rc") == 0 and "or" not in expected) or not loud or loud not in words:
                failed[case.name] = words
            continue
        wrong, told = is_right(answer, expected)
        silent = wrong and not (loud and "or" in expected and loud in told)
        if (expected.get("rc", 0) != code and not (loud and loud in told)) or silent:
            failed[case.name] = (code, wrong, told)
    assert failed == {}
    assert len(cases(data)) >= 24
