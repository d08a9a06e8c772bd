"""What firms report: near no limit, and moved between years only."""

import numpy as np

from landuse.sample.records import performance
from landuse.sample.records.enterprises import draw_tenancies


def test_grades_and_dates_of_many_plots_are_near_no_limit():
    """Grades and dates of many firms, up to three a plot."""
    rng = np.random.default_rng(1)
    let = draw_tenancies(rng.uniform(2000, 30_000, 3000), rng)
    share = performance.graded_d(performance.draw_grades(rng.integers(0, 2, len(let.head)), let, rng), let)
    assert np.nanmin(np.abs(share - 0.5)) >= 0.03
    assert 0.05 < np.isin(share, [0, 1]).mean() < 0.95
    since = performance.draw_idle(let, rng)
    years = (performance.STUDY_DATE - since[~np.isnat(since)]).astype(float) / 365.25
    assert np.abs(years - 1).min() >= 0.05
    assert years.min() < 1 < years.max()
    ended = performance.idle_years(since, let)
    assert {0.0} < set(ended[~np.isnan(ended)])
    assert np.isnan(ended[~let.occupied]).all()


def test_tax_moves_between_years_and_not_between_firms():
    rng = np.random.default_rng(2)
    area = rng.uniform(2000, 30_000, 2000)
    let = draw_tenancies(area, rng)
    before = np.round(let.firm_mu[:, None] * rng.lognormal(3, 0.8, (len(let.head), 3)), 2)
    mu, district = area * 0.0015, rng.integers(0, 13, len(area))
    after = performance.spread_years(before, let, mu, district, rng)
    assert (after != before).any(axis=1).mean() < 0.3
    assert (after >= 0).all()
    assert np.array_equal(np.round(after * 100).sum(axis=1), np.round(before * 100).sum(axis=1))
    ratio, _mean = performance.tax_to_district(after, let, mu, district)
    assert np.nanmin(np.abs(ratio - 0.5)) >= 0.02
