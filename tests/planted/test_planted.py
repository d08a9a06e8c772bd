"""Errors that a careful clerk could see, planted one at a time into small cities whose figures are known exactly.

After each the run refuses, or tells of it, or its figures are right all the same: none may change in silence. A sample
of the kinds is in the everyday suite; `make planted` tries all, and three dozen clean cities.
"""

import os

import errors_figures
import errors_firms
import errors_layers
import errors_parks
import errors_study
import pytest
from grid_figures import differences
from planting import answer, drawn_up, judge, read

ALL = os.environ.get("LANDUSE_PLANTED") == "all"
TABLES = (errors_figures, errors_firms, errors_parks, errors_layers, errors_study)
KINDS = [kind for table in TABLES for kind in table.KINDS]
EVERYDAY = 28
CLEAN = range(36 if ALL else 3)
#: Two cities in which every kind finds something to damage; one is measured by planes, one by registered areas.
CITIES = (114, 135)
TRIED = [(kind, CITIES[k % 2]) for k, kind in enumerate(KINDS)]
if not ALL:
    TRIED = [TRIED[k * len(TRIED) // EVERYDAY] for k in range(EVERYDAY)]


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """Where the clean cities of planted errors lie."""
    return tmp_path_factory.mktemp("clean")


@pytest.mark.parametrize("seed", CLEAN)
def test_every_figure_of_a_clean_city_is_exact(seed, tmp_path):
    office, truth = drawn_up(seed)
    found = answer(office.write(tmp_path), "")
    got, issues = read(found)
    assert not differences(got, truth, truth.keys())
    assert not issues
    assert found.relocation.status == "optimal"


@pytest.mark.parametrize(("kind", "seed"), TRIED, ids=[f"{kind.name} {seed}" for kind, seed in TRIED])
def test_a_planted_error_is_never_silent(kind, seed, tmp_path, shared, record_property):
    verdict = judge(kind, seed, tmp_path, shared)
    record_property("verdict", verdict.kind)
    record_property("text", verdict.text)
    assert not verdict.why, f"{verdict.why}: {verdict.text}"


def test_kinds_have_names_of_their_own():
    assert len({kind.name for kind in KINDS}) == len(KINDS)
