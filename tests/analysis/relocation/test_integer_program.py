"""Choosing one way a unit: against brute force, the bound at any prices, and large problems in parts."""

import itertools
import math
import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from landuse.analysis.relocation import integer_program, lp_relaxation
from landuse.analysis.relocation.integer_program import Answer, Limits, silent, solve
from landuse.analysis.relocation.lp_relaxation import AMOUNT, Programme, relax

#: The cases are small and many: twice as many examples as elsewhere.
more = settings(max_examples=2 * settings.default.max_examples)
ROWS = 3
EXACT, NEAR = Limits(gap=0.0), Limits(gap=1e-3)


def of(unit, rows, limit):
    return Programme(
        np.asarray(unit, dtype=np.int64), csc_array(np.asarray(rows, dtype=float)), np.asarray(limit) * 1.0
    )


def every_choice(p):
    """All choices, one a row: for each unit none of its ways or one."""
    units = [[None, *np.flatnonzero(p.unit == u)] for u in range(int(p.unit.max(initial=-1)) + 1)]
    out = np.zeros((math.prod(map(len, units)), len(p.unit)))
    for k, taken in enumerate(itertools.product(*units)):
        out[k, [j for j in taken if j is not None]] = 1
    return out


def brute(p, cost):
    """The least cost of all choices that keep the rows; infinite when none does."""
    x = every_choice(p)
    kept = (x @ p.rows.toarray().T <= p.limit + 1e-9).all(axis=1)
    return float((x[kept] @ cost).min(initial=math.inf))


def small(pick):
    """A programme of up to 5 units x 3 ways in whole numbers; `pick(low, high)` draws one."""
    unit = [u for u in range(pick(1, 5)) for _way in range(pick(1, 3))]
    rows, limit = [], []
    for _row in range(ROWS):
        at_least = pick(0, 1)
        row = [pick(0, 9) for _j in unit]
        some = pick(0, 25)
        rows.append([-a for a in row] if at_least else row)
        limit.append(-some if at_least else some)
    return of(unit, rows, limit), np.array([float(pick(-2, 20)) for _j in unit])


def seeded(seed):
    rng = np.random.default_rng(seed)
    return small(lambda low, high: int(rng.integers(low, high + 1)))


@st.composite
def programmes(draw):
    return small(lambda low, high: draw(st.integers(low, high)))


def check(p, cost, found):
    """The answer is the optimum of brute force, kept and proved; or there is none."""
    least = brute(p, cost)
    assert found.infeasible == math.isinf(least)
    assert (found.x is None) == math.isinf(least)
    if found.x is not None:
        assert found.value == pytest.approx(least, abs=1e-6)
        assert found.value == cost @ found.x
        assert found.bound <= least + 1e-6
        assert found.optimal
        proper(p, found.x)


def proper(p, x):
    """Ways are whole, at most one a unit, and no row is exceeded."""
    ways = p.unit != AMOUNT
    assert set(np.unique(x[ways])) <= {0.0, 1.0}
    assert (np.bincount(p.unit[ways], x[ways]) <= 1).all()
    assert not p.excess(x).any()


SEEDS = range(160)


def test_the_optimum_is_that_of_brute_force():
    feasible = 0
    for seed in SEEDS:
        p, cost = seeded(seed)
        found = solve(p, cost)
        check(p, cost, found)
        feasible += found.x is not None
    assert 40 < feasible < len(SEEDS) - 40


@more
@given(programmes())
def test_the_optimum_is_that_of_brute_force_searched(made):
    check(*made, solve(*made))


def test_cores_of_a_few_columns_reach_the_same_optimum(monkeypatch):
    monkeypatch.setattr(integer_program, "CORE", 2)
    for seed in SEEDS:
        p, cost = seeded(seed)
        check(p, cost, solve(p, cost, EXACT))


def stopped_early(gap):
    """Whether each bound that a search with small cores and a wide gap proves is one."""
    for seed in SEEDS:
        p, cost = seeded(seed)
        least = brute(p, cost)
        found = solve(p, cost, Limits(gap=gap))
        yield found.bound <= least + 1e-6 and least <= found.value + 1e-6


def test_a_bound_of_a_small_core_is_one_for_all(monkeypatch):
    monkeypatch.setattr(integer_program, "CORE", 2)
    assert all(stopped_early(0.3))


def test_guard_the_core_alone_proves_nothing(monkeypatch):
    # the bound is min(B, R + t): without R + t the core's own bound would count for all
    core = integer_program._core

    def boastful(*args):
        open_, held, _t = core(*args)
        return open_, held, math.inf

    monkeypatch.setattr(integer_program, "CORE", 2)
    monkeypatch.setattr(integer_program, "_core", boastful)
    assert not all(stopped_early(0.3))


def test_guard_a_distance_too_large_is_seen(monkeypatch):
    core = integer_program._core

    def doubled(*args):
        open_, held, t = core(*args)
        return open_, held, 2 * t + 1

    monkeypatch.setattr(integer_program, "CORE", 2)
    monkeypatch.setattr(integer_program, "_core", doubled)
    assert not all(stopped_early(0.3))


@more
@given(programmes(), st.lists(st.floats(0, 50), min_size=ROWS, max_size=ROWS))
def test_any_prices_prove_a_bound(made, prices):
    p, cost = made
    assert lp_relaxation._priced(p, cost, np.array(prices)).value <= brute(p, cost) + 1e-9


def test_guard_prices_below_zero_prove_nothing():
    made = [seeded(seed) for seed in range(50)]
    assert any(lp_relaxation._priced(*m, np.full(ROWS, -1.0)).value > brute(*m) + 1e-9 for m in made)


@more
@given(programmes())
def test_what_prices_say_of_a_way_holds(made):
    """Taking a way costs at least its reduced cost more than the bound; taking none, what is forgone."""
    p, cost = made
    at = relax(p, cost)
    least = brute(p, cost)
    if at is None:
        assert math.isinf(least)
        return
    assert at.value <= least + 1e-6
    x = every_choice(p)
    x = x[(x @ p.rows.toarray().T <= p.limit + 1e-9).all(axis=1)]
    total = x @ cost
    for j in range(len(cost)):
        assert total[x[:, j] > 0].min(initial=math.inf) >= at.value + at.reduced[j] - 1e-6
    for u, forgone in enumerate(at.forgone):
        assert total[~x[:, p.unit == u].any(axis=1)].min(initial=math.inf) >= at.value + forgone - 1e-6


def test_amounts_from_zero_up():
    # a way for 5 brings 3 of the 4 that are wanted; each missing one is bought for 2
    p = of([0, AMOUNT], [[-3, -1]], [-4])
    found = solve(p, np.array([5.0, 2.0]))
    assert found.x.tolist() == pytest.approx([1, 1])
    assert found.value == pytest.approx(7)
    assert found.optimal
    # for 1 each, all four are bought
    found = solve(p, np.array([5.0, 1.0]))
    assert found.x.tolist() == pytest.approx([0, 4])
    assert found.value == pytest.approx(4)


def test_amounts_only():
    found = solve(of([AMOUNT, AMOUNT], [[-2, -1]], [-5]), np.array([3.0, 1.0]))
    assert found.x.tolist() == pytest.approx([0, 5])
    assert found.optimal


def test_amounts_grant_what_rows_lack():
    """With an amount in each row nothing is infeasible; the least sum is that of brute force."""
    for seed in range(60):
        p, cost = seeded(seed)
        cost = np.abs(cost)
        elastic = of(np.r_[p.unit, [AMOUNT] * ROWS], np.hstack([p.rows.toarray(), -np.eye(ROWS)]), p.limit)
        x = every_choice(p)
        over = np.maximum(x @ p.rows.toarray().T - p.limit, 0).sum(axis=1)
        found = solve(elastic, np.r_[cost, [7.0] * ROWS])
        assert found.value == pytest.approx(float((x @ cost + 7 * over).min()), abs=1e-6)
        assert found.optimal
        proper(elastic, found.x)


def test_nothing_to_choose_from():
    none = Programme(np.zeros(0, dtype=np.int64), csc_array((1, 0)), np.array([1.0]))
    assert solve(none, np.zeros(0)).value == 0
    assert solve(replace(none, limit=np.array([-1.0])), np.zeros(0)).infeasible


def test_a_row_that_only_a_very_small_coefficient_can_keep():
    # the large way is ruled out; the small one keeps the row at a price of so many largest costs
    cost = np.array([1.0, 1.0])
    p = of([0, 1], [[-1e5, -1], [1, 0]], [-1, 0])
    assert solve(p, cost).x.tolist() == [0, 1]
    assert solve(replace(p, limit=np.array([-2.0, 0.0])), cost).infeasible
    # a million is below what the search tells from nothing, but no proof that nothing is feasible
    p = of([0, 1], [[-1e6, -1], [1, 0]], [-1, 0])
    assert relax(p, cost).value == pytest.approx(1)
    assert not solve(p, cost).infeasible


#: A row that the first way exceeds by less than the solver's tolerance, and more than rounding explains.
HAIR = of([0, 1], [[1, 1], [-1, -1]], [1 - 5e-7, 0]), np.array([-1.0, -0.5])


def test_a_row_exceeded_by_a_hair_is_tightened():
    p, cost = HAIR
    found = solve(p, cost)
    assert found.x.tolist() == [0, 0]
    proper(p, found.x)
    # what is taken instead fits
    p, cost = of([0, 0], [[1, 0.5]], [1 - 5e-7]), np.array([-1.0, -0.5])
    assert solve(p, cost).x.tolist() == [0, 1]


def test_guard_without_tightening_the_row_is_exceeded(monkeypatch):
    p, cost = HAIR
    monkeypatch.setattr(integer_program, "TIGHTENED", 0)
    with pytest.raises(ArithmeticError):
        solve(p, cost)
    loose = integer_program._search(p, cost, Limits(), None)
    assert p.excess(loose.x).any()


def test_tightening_claims_no_proof_and_forgets_nothing_known():
    # only the dear way fits, so tightly that a tightened row refuses it too
    p, cost = of([0, 0], [[1, 1 - 9.5e-7], [-1, -1]], [1 - 9e-7, -1]), np.array([1.0, 2.0])
    assert not solve(p, cost).infeasible
    known = np.array([0.0, 1.0])
    assert solve(p, cost, None, known).value <= 2


def test_known_is_never_made_worse(monkeypatch):
    for core in (2, integer_program.CORE):
        monkeypatch.setattr(integer_program, "CORE", core)
        for seed in range(30):
            p, cost = seeded(seed)
            x = every_choice(p)
            for known in x[(x @ p.rows.toarray().T <= p.limit).all(axis=1)][::41]:
                for limits in (EXACT, Limits(gap=0.5), Limits(nodes=0)):
                    found = solve(p, cost, limits, known)
                    assert found.value <= cost @ known + 1e-9
                    assert found.bound <= brute(p, cost) + 1e-6
                    proper(p, found.x)


def test_gap_and_optimal():
    assert Answer(np.ones(1), 10.0, 9.0).gap == pytest.approx(0.1)
    assert not Answer(np.ones(1), 10.0, 9.0).optimal
    assert Answer(np.ones(1), 10.0, 10.0 + 1e-12).gap == 0
    assert Answer(None, math.inf, math.inf).gap == math.inf


def large(units, blocks=60, seed=1):
    """Moves to blocks and clearances in a square of 60 km: the blocks take 45 % of the land, half of it must go."""
    rng = np.random.default_rng(seed)
    area = rng.lognormal(2, 0.8, units)
    home, block = rng.uniform(0, 60, (units, 2)), rng.uniform(0, 60, (blocks, 2))
    price, tax = rng.uniform(20, 75, blocks), rng.lognormal(2.3, 0.8, units)
    u, j = np.nonzero(rng.random((units, blocks)) < 0.4)
    km = np.hypot(*(home[u] - block[j]).T)
    share = rng.uniform(0.5, 1.5, blocks)
    cost = np.r_[area[u] * (60 + price[j] + 2 * km), area * (60 + 5 * tax)]
    row = np.r_[j, np.full(len(u) + units, blocks)]
    column = np.r_[np.arange(len(u)), np.arange(len(u) + units)]
    value = np.r_[area[u], -area[u], -0.7 * area]
    rows = csc_array((value, (row, column)), shape=(blocks + 1, len(u) + units))
    limit = np.r_[0.45 * area.sum() * share / share.sum(), -area.sum() / 2]
    return Programme(np.r_[u, np.arange(units)], rows, limit), cost


@pytest.fixture(scope="module")
def city():
    return large(2_000)


@pytest.fixture(scope="module")
def answer(city):
    return solve(*city, NEAR)


def near_enough(p, cost, found):
    assert found.value == cost @ found.x
    assert found.gap <= 1e-3
    assert not found.cut_short
    proper(p, found.x)
    assert (p.rows @ found.x <= p.limit + 1e-6 * p.scale).all()


def test_two_thousand_units(city, answer):
    near_enough(*city, answer)


def test_twenty_thousand_units():
    made = large(20_000)
    near_enough(*made, solve(*made, NEAR))


def test_the_same_problem_has_the_same_answer():
    p, cost = large(400, blocks=8)
    one, two = solve(p, cost), solve(p, cost)
    assert (one.x == two.x).all()
    assert one.bound == two.bound


def test_a_known_answer_of_a_large_problem_is_not_made_worse(city, answer):
    found = solve(*city, Limits(nodes=1, gap=1e-2), answer.x)
    assert found.value <= answer.value
    assert found.bound <= answer.value


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_relaxed_step_by_step_as_whole(monkeypatch, seed):
    p, cost = large(800, seed=seed)
    monkeypatch.setattr(lp_relaxation, "WHOLE", 10**9)
    whole = relax(p, cost)
    monkeypatch.setattr(lp_relaxation, "WHOLE", 1_000)
    monkeypatch.setattr(lp_relaxation, "SAMPLE", 100)
    steps = lp_relaxation._step_by_step(p, cost)
    assert steps.value == pytest.approx(whole.value, rel=1e-5)
    assert steps.value <= whole.value * (1 + 1e-9)
    assert relax(p, cost).value == steps.value
    assert (p.rows @ steps.x <= p.limit + 1e-6 * p.scale).all()
    assert cost @ steps.x == pytest.approx(whole.value, rel=1e-5)


def test_no_plan_in_parts_either(monkeypatch):
    monkeypatch.setattr(lp_relaxation, "WHOLE", 1_000)
    p, cost = large(300)
    for much in (2.1, 3.0, 100.0):
        limit = p.limit.copy()
        limit[-1] *= much
        assert lp_relaxation._step_by_step(replace(p, limit=limit), cost).value == math.inf
        assert solve(replace(p, limit=limit), cost).infeasible


def test_what_a_solver_prints_stays_off_standard_output(capfd):
    with silent():
        os.write(1, b"a note of the solver")
    os.write(1, b"a result")
    assert capfd.readouterr().out == "a result"
