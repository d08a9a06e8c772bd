"""Time the judging of many plots, and clustering against `buffer().union_all()` in the same run.

    python scripts/benchmark_candidates.py [--plots 300000] [--buffered 60000]

Synthetic squares on a jittered grid, a firm each with three years of figures. The ratio counts; the seconds belong to
one machine. Both ways of clustering must find the same number of clusters.
"""

from __future__ import annotations

import argparse
import sys
import time
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.candidates.evaluate import candidates
from landuse.analysis.candidates.indicators import measure
from landuse.analysis.overlay.clusters import clusters
from landuse.inputs.context import Context
from landuse.inputs.enterprises import Enterprises
from landuse.inputs.parcels import Parcels
from landuse.reference.rule_pack import load_pack
from landuse.results.candidates import Scatter

GAP_M = 50.0


def plots(n: int) -> Parcels:
    """Return n plots of 400 to 4,900 m², some within the gap of each other."""
    rng, k = np.random.default_rng(3), np.arange(n)
    side = int(n**0.5) + 1
    x, y = ((c * 120.0 + rng.uniform(0, 60, n)) for c in (k % side, k // side))
    w = rng.uniform(20, 70, n)
    shapes = shapely.box(400_000 + x, 3_300_000 + y, 400_000 + x + w, 3_300_000 + y + w)
    columns = {
        s.PARCEL: [f"{i:018d}" for i in k],
        s.DISTRICT: [f"9901{i:02d}" for i in k % 13],
        s.CODE: "0601",
        s.REGISTERED: w * w,
        s.FAR: rng.uniform(0.3, 3, n),
        s.COVERAGE: rng.uniform(0.1, 0.8, n),
    }
    return Parcels(gpd.GeoDataFrame(columns, geometry=shapes, crs=4549))


def firms(land: Parcels) -> Enterprises:
    """Return a firm on each plot, with three years of figures."""
    rng, n = np.random.default_rng(4), 3 * len(land)
    ids = np.repeat(land[s.PARCEL].to_numpy(dtype=object), 3)
    figures = {c: rng.lognormal(m, 1, n) for c, m in ((s.TAX, 12), (s.VALUE_ADDED, 13), (s.ENERGY, 2), (s.STAFF, 2))}
    columns = {s.FIRM: ids, s.FIRM_NAME: "SYNTHETIC", s.PARCEL: ids, s.YEAR: np.tile([2023, 2024, 2025], len(land))}
    table = pd.DataFrame({**columns, s.AREA_M2: 1.0, **figures, s.GRADE: rng.choice(list("ABCD"), n)})
    return Enterprises(table.astype({s.YEAR: "Int64"}))


def main() -> None:
    """Print the seconds of each step, and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plots", type=int, default=300_000)
    parser.add_argument("--buffered", type=int, default=60_000)
    args = parser.parse_args()
    land = plots(args.plots)
    table, shapes = firms(land), np.asarray(land.geometry.to_numpy(), dtype=object)
    zones = sorted(set(land[s.DISTRICT]))
    context = Context(standards=pd.DataFrame({"zone": zones, "year": 2020, s.FAR: 1.2, s.COVERAGE: 0.4}))
    start = time.perf_counter()
    cluster = clusters(shapes, GAP_M)
    clustered = time.perf_counter()
    measures, _issues = measure(land, table, context, {}, date(2025, 12, 31))
    measured = time.perf_counter()
    size = np.bincount(cluster, land[s.REGISTERED])[cluster]
    listed = land[[s.PARCEL, s.DISTRICT, s.CODE, "geometry"]].set_index(s.PARCEL)
    listed[s.AREA_M2] = land[s.REGISTERED].to_numpy()
    listed = listed.assign(cluster=cluster, cluster_m2=size, park_distance_m=999.0, position="scattered", place="")
    none = listed.iloc[:0].assign(**{s.PARK: ""})[[s.PARK, s.DISTRICT, s.CODE, s.AREA_M2, "position", "geometry"]]
    found = candidates(Scatter(listed), none, measures, load_pack("zhejiang-2023", Path()))
    judged = time.perf_counter()
    print(
        f"{args.plots:,} plots: clusters {clustered - start:.2f} s, measures {measured - clustered:.2f} s, "
        f"rules, score and list {judged - measured:.2f} s; {len(found.listed):,} listed"
    )
    few = shapes[: args.buffered]
    start = time.perf_counter()
    mine = len(np.unique(clusters(few, GAP_M)))
    ours = time.perf_counter() - start
    # round corners stay within the true distance: a polygon of many sides per quarter circle
    grown = gpd.GeoSeries(few).buffer(GAP_M / 2, quad_segs=16).union_all()
    theirs = time.perf_counter() - start - ours
    print(
        f"{len(few):,} plots clustered: {ours:.2f} s against {theirs:.2f} s of buffer and union: {theirs / ours:.0f}x"
    )
    other = shapely.get_num_geometries(grown)
    if abs(mine - other) > 1e-3 * mine:
        sys.exit(f"they disagree: {mine} and {other} clusters")


if __name__ == "__main__":
    main()
