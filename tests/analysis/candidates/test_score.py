"""The score against an independent library, and what it must not do."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from landuse.analysis.candidates.evaluate import ahp, entropy, score, topsis
from landuse.reference.rule_pack import ScoreSection
from landuse.results.candidates import Indicators

matrices = arrays(float, st.tuples(st.integers(3, 12), st.integers(2, 5)), elements=st.integers(1, 1000).map(float))


@pytest.mark.filterwarnings("ignore:Alternatives with indices")  # hypothesis makes such tables on purpose
@given(matrices)
def test_equal_to_pymcdm(values):
    mcdm = pytest.importorskip("pymcdm", reason="pymcdm is not installed")
    if (np.ptp(values, axis=0) == 0).any():
        return
    n = values.shape[1]
    weights = np.arange(1, n + 1) / (n * (n + 1) / 2)
    # more is better throughout: where less is, their vector normalisation is not that of Hwang and Yoon
    theirs = mcdm.methods.TOPSIS(mcdm.normalizations.vector_normalization)(values, weights, np.ones(n))
    assert topsis(values, np.ones(n, dtype=bool), weights)[0] == pytest.approx(1 - theirs, abs=1e-9)
    assert entropy(values) == pytest.approx(mcdm.weights.entropy_weights(values), abs=1e-9)


def test_less_is_better_mirrors_more_is_better():
    values = np.array([[1.0, 4.0], [2.0, 5.0], [4.0, 1.0]])
    less, _parts = topsis(values, np.array([False, False]), np.array([0.3, 0.7]))
    more, _parts = topsis(values, np.array([True, True]), np.array([0.3, 0.7]))
    assert less == pytest.approx(1 - more)


@given(matrices)
def test_worse_in_everything_scores_worse(values):
    more = np.ones(values.shape[1], dtype=bool)
    values = np.vstack([values, values.min(axis=0) - 0.5, values.max(axis=0) + 0.5])
    found, parts = topsis(values, more, np.full(len(more), 1 / len(more)))
    assert found[-2] == 1
    assert found[-1] == 0
    assert parts[:-1].sum(axis=1) == pytest.approx(1)


def test_an_unknown_criterion_makes_a_plot_neither_better_nor_worse():
    values = np.array([[1.0, 5.0], [2.0, np.nan], [3.0, 5.0]])
    found, _parts = topsis(values, np.array([True, True]), np.array([0.5, 0.5]))
    alone, _parts = topsis(values[:, :1], np.array([True]), np.array([0.5]))
    assert found.tolist() == pytest.approx(alone.tolist())
    nothing, _parts = topsis(np.array([[1.0], [np.nan], [2.0]]), np.array([True]), np.array([1.0]))
    assert np.isnan(nothing[1])


def test_saaty_example_is_consistent_enough():
    # weights of a matrix built from weights are those weights; turned-round judgements are not consistent
    weights = np.array([0.5, 0.3, 0.2])
    got, ratio = ahp(weights[:, None] / weights)
    assert got == pytest.approx(weights)
    assert ratio == pytest.approx(0, abs=1e-9)
    assert ahp(np.array([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]]))[1] > 1


def measures(**columns):
    index = pd.Index([f"p{k}" for k in range(len(next(iter(columns.values()))))], name="parcel_id")
    values = pd.DataFrame(columns, index=index)
    levels = values.isna().map(lambda gone: "none" if gone else "statistical")
    return Indicators(values, levels, values, values)


def test_the_share_of_the_weight_on_each_level_is_said():
    section = ScoreSection.model_validate(
        {
            "weights": "stated",
            "criteria": [
                {"measure": "tax_per_mu", "better": "more", "weight": 3.0},
                {"measure": "far", "better": "more", "weight": 1.0},
            ],
        }
    )
    got = score(measures(tax_per_mu=[1.0, 2.0, np.nan], far=[1.0, np.nan, np.nan]), section)
    assert got.weights.tolist() == [0.75, 0.25]
    assert got.table["statistical"].tolist() == [1, 0.75, 0]
    assert got.table["none"].tolist() == [0, 0.25, 1]
    assert got.table["score"].notna().tolist() == [True, True, False]


def test_less_than_half_of_the_weight_is_no_score():
    criteria = [{"measure": m, "better": "more", "weight": 1.0} for m in ("tax_per_mu", "far", "coverage")]
    section = ScoreSection.model_validate({"weights": "stated", "criteria": criteria})
    nan = np.nan
    got = score(measures(tax_per_mu=[1.0, 2.0, nan], far=[1.0, 3.0, 0.1], coverage=[nan, 1.0, nan]), section)
    # the third would be the worst by the one criterion it has
    assert got.table["score"].notna().tolist() == [True, True, False]


def test_stability_counts_who_stays():
    rng = np.random.default_rng(5)
    section = ScoreSection.model_validate(
        {
            "criteria": [{"measure": m, "better": "more"} for m in ("tax_per_mu", "far", "coverage")],
        }
    )
    got = score(measures(**{m: rng.random(400) for m in ("tax_per_mu", "far", "coverage")}), section)
    assert got.first == 100
    assert len(got.stability) == 6
    assert got.stability["stay"].between(60, 100).all()
    assert (got.stability["stay"] < 100).any()
