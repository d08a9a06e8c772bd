"""Fixtures of the whole suite: hypothesis profile, languages, the sample city, real data."""

import json
import os
import pickle
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from typer.main import get_command

from landuse import i18n
from landuse.config.study_file import Study, load_study
from landuse.pipeline.run import run
from landuse.results.run import RunResult
from landuse.sample import SampleFiles, write_sample

# "ci": the same examples on every machine; "search": new ones each time, and many
settings.register_profile(
    "ci",
    deadline=None,
    derandomize=True,
    max_examples=10,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", parent=settings.get_profile("ci"), derandomize=False, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@dataclass(frozen=True)
class Ran:
    """A sample city, its study, what a run found, and the truth."""

    files: SampleFiles
    study: Study
    result: RunResult
    truth: dict


def _ran(places: pytest.TempPathFactory, name: str, **options) -> Ran:
    """A city and its run; the worker that needs it first makes it, the others take it from there."""
    base = places.getbasetemp()
    kept = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"{name}.pickle"
    if not kept.exists():
        folder = places.mktemp(name)
        files = write_sample(folder / "city", parcels=2000, parks=10, **options)
        study = load_study(files.study)
        made = files, study, run(study), json.loads(files.truth.read_text(encoding="utf-8"))
        (folder / "made.pickle").write_bytes(pickle.dumps(made))
        (folder / "made.pickle").replace(kept)
    return Ran(*pickle.loads(kept.read_bytes()))  # noqa: S301, ours


@pytest.fixture(scope="session")
def city(tmp_path_factory) -> Ran:
    """The clean sample city of 2,000 parcels."""
    return _ran(tmp_path_factory, "clean")


@pytest.fixture(scope="session")
def dirty(tmp_path_factory) -> Ran:
    """The same city with every defect planted."""
    return _ran(tmp_path_factory, "dirty", dirty=True)


@pytest.fixture(scope="session")
def dated(tmp_path_factory) -> Ran:
    """Another city, with its earlier years: every kind of change is planted in it."""
    return _ran(tmp_path_factory, "dated", seed=1, snapshots=True)


@pytest.fixture(scope="session", autouse=True)
def _command_line_assembled_once():
    """The test runner of the command line would assemble every command anew for each call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command), raising=False)
        yield


@pytest.fixture(autouse=True)
def _language_restored():
    """No test leaves its language to the next."""
    with i18n.language(i18n.current()):
        yield


@pytest.fixture
def english():
    """Messages in the language of the code."""
    with i18n.language("en"):
        yield


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data."""
    folder = os.environ.get("LANDUSE_REAL_DATA")
    if not folder:
        pytest.skip("LANDUSE_REAL_DATA is not set: no real data to read")
    return Path(folder)
