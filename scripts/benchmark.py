"""Time the main job, from file to attributed share, against `geopandas.overlay` in the same run.

    python scripts/benchmark.py [--parcels 100000 1000000] [--parks 90] [--folder DIR] [--all-land]

Both sides start from the same GeoParquet in a fresh process each, imports included, and must agree on the area inside
the parks to 1e-9. The other side is what a careful analyst writes: read the industrial rows only, dissolve the parks,
explode them, overlay. What is printed are ratios; the seconds beside them belong to one machine. With --all-land every
parcel counts as industrial, the hardest case.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

from landuse.sample import write_sample

OURS = """
import json, sys
from pathlib import Path

from landuse.sample import write_sample
from landuse.study import run
from landuse.studyfile import parse_study
folder, all_land = Path(sys.argv[1]), sys.argv[2] == "True"
kind = {"classification": "custom", "industrial": [""]} if all_land else {"classification": "third_survey"}
study = parse_study({
    "study": {"crs": "EPSG:4549"},
    "parcels": {"path": str(folder / "parcels.parquet"), "columns": {"code": "DLBM", "id": "BSM"}, **kind},
    "parks": {"path": str(folder / "parks.parquet"), "columns": {"id": "park_id", "block": "block_id"}},
    "definition": {"area": "planar"},
}, folder / "benchmark.toml")
c = run(study, stage="concentration").concentration
print(json.dumps([c.inside_m2, c.total_m2]))
"""

OVERLAY = """
import json, sys
import geopandas as gpd
folder, all_land = sys.argv[1], sys.argv[2] == "True"
filters = None if all_land else [("DLBM", "in", ["0601", "06H1"])]
parcels = gpd.read_parquet(folder + "/parcels.parquet", columns=["DLBM", "geometry"], filters=filters)
parks = gpd.read_parquet(folder + "/parks.parquet")
parks = gpd.GeoDataFrame(geometry=[parks.union_all()], crs=parks.crs).explode(ignore_index=True)
inside = gpd.overlay(parcels, parks, how="intersection").area.sum()
print(json.dumps([inside, parcels.area.sum()]))
"""


def timed(code: str, folder: Path, *, all_land: bool) -> tuple[float, list[float]]:
    """Return the seconds and the result of a script in a process of its own."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder), str(all_land)], check=True, capture_output=True, text=True
    )
    return time.perf_counter() - start, json.loads(done.stdout)


def main() -> None:
    """Print one row a city size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--parks", type=int, default=90)
    parser.add_argument("--folder", type=Path, default=Path("demo/benchmark"))
    parser.add_argument("--all-land", action="store_true")
    args = parser.parse_args()
    print(f"{'parcels':>10} {'landuse':>9} {'overlay':>9} {'ratio':>7}  agreement")
    for n in args.parcels:
        folder = args.folder / f"{n}x{args.parks}"
        if not (folder / "study.toml").exists():
            write_sample(folder, parcels=n, parks=args.parks, fmt="parquet")
        ours, mine = timed(OURS, folder, all_land=args.all_land)
        theirs, other = timed(OVERLAY, folder, all_land=args.all_land)
        off = max(abs(a - b) / b for a, b in zip(mine, other, strict=True))
        print(f"{n:>10,} {ours:>8.2f}s {theirs:>8.2f}s {theirs / ours:>6.1f}x  {off:.1e}")
        if off > 1e-9:
            sys.exit(f"the two disagree: {mine} and {other}")


if __name__ == "__main__":
    main()
