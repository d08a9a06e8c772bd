"""The figures of the sample city, as they were when somebody last looked at them (scripts/regenerate_goldens.py)."""

import importlib.util
import json
from io import StringIO
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("regenerate_goldens", ROOT / "scripts" / "regenerate_goldens.py")
_script = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_script)
NAMES = ("districts.csv", "parks.csv", "sensitivity.csv", "candidates.csv", "summary.json")


@pytest.fixture(scope="module")
def texts(city):
    return _script.golden_texts(city.result)


def golden(name):
    return (ROOT / "tests" / "golden" / name).read_text(encoding="utf-8")


def same(a, b, where=""):
    """Compare nested values, floats to 1e-9."""
    assert type(a) is type(b), where
    if isinstance(a, dict):
        assert list(a) == list(b), where
        for key, value in a.items():
            same(value, b[key], f"{where}.{key}")
    elif isinstance(a, list):
        assert len(a) == len(b), where
        for k, pair in enumerate(zip(a, b, strict=True)):
            same(*pair, f"{where}[{k}]")
    elif isinstance(a, float):
        assert a == pytest.approx(b, rel=1e-9, abs=1e-9), where
    else:
        assert a == b, where


def test_every_golden_file_is_compared(texts):
    assert set(texts) == set(NAMES) == {p.name for p in (ROOT / "tests" / "golden").iterdir()}


@pytest.mark.parametrize("name", [n for n in NAMES if n.endswith(".csv")])
def test_tables(texts, name):
    now, then = (pd.read_csv(StringIO(text), dtype={0: str}) for text in (texts[name], golden(name)))
    pd.testing.assert_frame_equal(now, then, rtol=1e-9, atol=1e-9)


def test_summary(texts):
    same(json.loads(texts["summary.json"]), json.loads(golden("summary.json")))


def test_the_comparison_can_fail():
    same({"share": 0.5}, {"share": 0.5 + 1e-12})
    with pytest.raises(AssertionError, match=r"\.share"):
        same({"share": 0.5}, {"share": 0.5 + 1e-6})
