"""What a plan is held against, and what more would cost: four plots, two blocks, by mental arithmetic."""

import numpy as np
import pytest

from landuse.analysis.relocation.lp_relaxation import relax
from landuse.analysis.relocation.options import Plots, Prices, Requirements, Sites, ways_of
from landuse.analysis.relocation.plan import frontier
from landuse.analysis.relocation.solve import choose, greedy, model_of, nearest

PRICES = Prices(compensation=1.0, haul=1.0, rebuild=0.0, cross_district=0.0, tax_years=1.0)


def toy(target=0.7, spare=(10.0, 30.0), actions=("move",), price=(5.0, 0.0)):
    """60 inside, four plots of 10 outside; the near block is dear, the far one free."""
    plots = Plots(
        area=np.full(4, 10.0),
        tax=np.full(4, 20.0),
        district=np.zeros(4, dtype=np.int64),
        unit=np.arange(4),
        on_site=np.zeros(4, dtype=bool),
        allowed=np.ones((4, 2), dtype=bool),
        distance=np.array([[1000.0, 2000.0]] * 4),
        cross=np.zeros((4, 2), dtype=bool),
    )
    nowhere = np.full(2, -1)
    zero = np.zeros(2, dtype=np.int64)
    sites = Sites(np.array(spare), zero, np.array(price), zero, nowhere, np.zeros(2))
    wish = Requirements(np.array([100.0]), np.array([60.0]), {2026: target}, [2026], actions=actions)
    return model_of(ways_of(plots, sites, wish, PRICES), sites, wish), sites, wish


def told(model, taken):
    return [(int(model.ways.unit[w]), int(model.ways.block[w])) for w in taken]


def test_greedy_takes_the_cheapest_and_nearest_the_nearest():
    model, *_ = toy()
    # near: 1 + 1 + 5 = 7 a unit; far: 1 + 2 = 3
    assert (told(model, greedy(model)[0]), greedy(model)[1]) == ([(0, 1)], True)
    assert (told(model, nearest(model)[0]), nearest(model)[1]) == ([(0, 0)], True)


def test_a_full_block_sends_the_next_plot_on():
    model, *_ = toy(target=0.8)
    assert told(model, nearest(model)[0]) == [(0, 0), (1, 1)]
    assert told(model, greedy(model)[0]) == [(0, 1), (1, 1)]


def test_what_cannot_be_kept_is_said():
    model, *_ = toy(target=0.9, spare=(10.0, 10.0))
    assert not greedy(model)[1]
    assert not nearest(model)[1]
    assert len(nearest(model)[0]) == 2


def test_clearing_is_open_to_greedy_alone():
    model, *_ = toy(target=0.7, spare=(0.0, 0.0), actions=("move", "clear"))
    taken, met = greedy(model)
    assert met
    assert told(model, taken) == [(0, -1), (1, -1)]  # 60 of 80
    assert nearest(model) == (pytest.approx([]), False)


def test_the_frontier_is_convex_and_bounds_the_plan():
    model, sites, wish = toy(target=0.8)
    plan = choose(model, ["cost"])
    curve = frontier(model, sites, wish, 2)
    assert curve.shares["share"].tolist() == pytest.approx([k / 100 for k in range(61, 83)])
    cost = curve.shares["cost_yuan"].to_numpy()
    # 3 a unit of land, while the free block lasts: a point is one unit
    assert cost == pytest.approx([3.0 * k for k in range(1, 23)])
    assert curve.shares["yuan_per_point"].iloc[0] == pytest.approx(3.0)
    at = float(cost[19])
    assert at == pytest.approx(relax(model.programme, model.ways.cost).value)
    assert at <= plan.stages[0].value + 1e-9
    assert (np.diff(cost, 2) > -1e-9).all()
    assert (np.diff(curve.plots["cost_yuan"].to_numpy()) <= 1e-9).all()
    assert curve.plots["plots"].min() == 2


def test_the_frontier_ends_where_nothing_is_possible():
    model, sites, wish = toy(target=0.8, spare=(10.0, 11.0))
    assert frontier(model, sites, wish, 2).shares["share"].max() == pytest.approx(0.81)
