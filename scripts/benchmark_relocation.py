"""Time the choice of what moves where: the model, its relaxation, and the whole search with the gap it proves.

    python scripts/benchmark_relocation.py [--sizes 2000 20000] [--blocks 60] [--tight]

Synthetic plots in a square of 60 km: a block fits with probability 0.4, the blocks take 80 or 45 % of the land, and
land must go until the share rises from 0.4 to 0.7. With --tight also: blocks that take 20 %, so that much must be
cleared; the fewest plots and the least area; three years with quotas. The gap counts; the seconds belong to one
machine. Beside it: what a greedy and a nearest-park plan cost against ours.
"""

from __future__ import annotations

import argparse
import os
import platform
import time
from dataclasses import dataclass

import numpy as np
import scipy

from landuse.analysis.relocation.lp_relaxation import relax
from landuse.analysis.relocation.options import Plots, Prices, Requirements, Sites, ways_of
from landuse.analysis.relocation.solve import choose, greedy, model_of, nearest
from landuse.units import to_m2

KM = 60.0
FITS, TARGET = 0.4, 0.7
#: Yuan per m² of 10,000 yuan per mu.
RATE = 10_000 / to_m2(1.0, "mu")


@dataclass(frozen=True)
class Case:
    """One problem: its size, what the blocks take of the land, the years, and what is sought."""

    units: int
    blocks: int
    capacity: float = 0.45
    years: int = 1
    objective: str = "cost"
    quota: float = 0.0


def problem(case: Case, seed: int = 5) -> tuple[Plots, Sites, Requirements, Prices]:
    """Return a synthetic city; the target asks for moves of half the land outside, or clearances of more."""
    rng = np.random.default_rng(seed)
    n, m = case.units, case.blocks
    area = to_m2(rng.lognormal(2, 0.8, n), "mu")
    tax = area * RATE * rng.lognormal(2.3, 0.8, n)
    home, block = rng.uniform(0, KM, (n, 2)), rng.uniform(0, KM, (m, 2))
    distance = 1000 * np.hypot(*(home[:, None, :] - block[None, :, :]).transpose(2, 0, 1))
    share = rng.uniform(0.5, 1.5, m)
    nowhere, no_enterprises = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=bool)
    plots = Plots(
        area=area,
        tax=tax,
        district=nowhere,
        unit=np.arange(n),
        on_site=no_enterprises,
        allowed=rng.random((n, m)) < FITS,
        distance=distance,
        cross=np.zeros((n, m), dtype=bool),
    )
    sites = Sites(
        spare=case.capacity * area.sum() * share / share.sum(),
        from_year=np.ones(m, dtype=np.int64),
        price=RATE * rng.uniform(20, 75, m),
        district=np.zeros(m, dtype=np.int64),
        partner=np.full(m, -1),
        credit=np.zeros(m),
    )
    outside = float(area.sum())
    years = range(1, case.years + 1)
    first, reached = 0.4, {}
    for year in years:
        reached[year] = first + (TARGET - first) * year / case.years
    wish = Requirements(
        total=np.array([outside * 5 / 3]),
        inside=np.array([outside * 2 / 3]),
        targets=reached,
        years=tuple(years),
        actions=("move", "clear"),
        quota=case.quota * outside,
    )
    prices = Prices(compensation=60 * RATE, haul=2 * RATE, rebuild=0.0, cross_district=0.0, tax_years=5.0)
    return plots, sites, wish, prices


def measured(case: Case) -> str:
    """Return a row of the table: seconds of each step, and the gap."""
    plots, sites, wish, prices = problem(case)
    start = time.perf_counter()
    model = model_of(ways_of(plots, sites, wish, prices), sites, wish)
    built = time.perf_counter()
    relaxed = relax(model.programme, model.ways.of(case.objective))
    relaxing = time.perf_counter()
    choice = choose(model, [case.objective])
    searched = time.perf_counter()
    beside = ["–", "–"]
    if choice is not None:
        ours = float(model.ways.cost[choice.ways].sum())
        for k, plan in enumerate((greedy, nearest)):
            taken, met = plan(model)
            beside[k] = f"{model.ways.cost[taken].sum() / ours:.3f}" if met else "breaks a row"
    gap = "no plan" if choice is None else f"{choice.stages[0].gap:.1e}" + (" cut short" if choice.cut_short else "")
    name = f"{case.units:,} x {case.blocks}, {case.objective}, blocks take {case.capacity:.0%}"
    if case.years > 1:
        name += f", {case.years} years" + (f", quota {case.quota:.0%}" if case.quota else "")
    value = "none" if relaxed is None else f"{relaxed.value:.6g}"
    cells = (
        name,
        f"{len(model.ways.unit):,}",
        f"{built - start:.2f}",
        f"{relaxing - built:.2f}",
        value,
        f"{searched - relaxing:.2f}",
        gap,
        *beside,
    )
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Print the table, and the machine it belongs to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[2_000, 20_000])
    parser.add_argument("--blocks", type=int, default=60)
    parser.add_argument("--tight", action="store_true")
    args = parser.parse_args()
    cases = [Case(n, args.blocks, capacity=c) for c in (0.8, 0.45) for n in args.sizes]
    if args.tight:
        some = args.sizes[0]
        cases += [Case(n, args.blocks, capacity=0.2) for n in args.sizes]
        cases += [Case(some, args.blocks, capacity=c, objective=o) for o in ("plots", "area") for c in (0.45, 0.2)]
        cases += [Case(some, args.blocks, capacity=c, years=3, quota=0.25) for c in (0.45, 0.2)]
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, python {platform.python_version()}, scipy {scipy.__version__}"
    )
    print()
    heads = ("problem", "ways", "model s", "relaxation s", "bound", "search s", "gap proved", "greedy", "nearest")
    print("| " + " | ".join(heads) + " |")
    print("| --- |" + " --: |" * (len(heads) - 1))
    for case in cases:
        print(measured(case), flush=True)


if __name__ == "__main__":
    main()
