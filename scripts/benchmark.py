"""Time the main job, from file to attributed share, against `geopandas.overlay` in the same run.

    python scripts/benchmark.py [--parcels 100000 1000000] [--parks 90] [--step 2] [--folder DIR]

Both sides start from the same GeoParquet in a fresh process each, imports included, and must agree on the area inside
the parks to 1e-9. The other side is what a careful analyst writes: read the industrial rows only, take from each park
what an earlier one has, explode, overlay. Ours does more: it checks validity, finds overlapping parcels, proves its
cuts, computes the interval and the matrix of definitions. Each city is timed twice: with park boundaries as the sample
city draws them (a vertex every 25 m), and with a vertex every --step metres, as boundaries with curves are digitised.
Ratios are what counts; the seconds beside them belong to one machine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd

from landuse.sample import write_sample

OURS = """
import json, sys
from pathlib import Path
from landuse.study import run
from landuse.studyfile import parse_study
folder = Path(sys.argv[1])
study = parse_study({
    "study": {"crs": "EPSG:4549"},
    "parcels": {"path": "parcels.parquet", "classification": "third_survey", "columns": {"code": "DLBM", "id": "BSM"}},
    "parks": {"path": "parks.parquet", "columns": {"id": "park_id", "block": "block_id"}},
    "definition": {"area": "planar"},
}, folder / "benchmark.toml")
c = run(study, stage="concentration").concentration
print(json.dumps([c.inside_m2, c.total_m2]))
"""

OVERLAY = """
import json, sys
import geopandas as gpd
folder = sys.argv[1]
filters = [("DLBM", "in", ["0601", "06H1"])]
parcels = gpd.read_parquet(folder + "/parcels.parquet", columns=["DLBM", "geometry"], filters=filters)
parks = gpd.read_parquet(folder + "/parks.parquet").dissolve("park_id").reset_index()
taken = None
for k in parks.index:
    own = parks.geometry[k] if taken is None else parks.geometry[k].difference(taken)
    taken = parks.geometry[k] if taken is None else taken.union(parks.geometry[k])
    parks.loc[k, "geometry"] = own
pieces = gpd.overlay(parcels, parks[["park_id", "geometry"]].explode(ignore_index=True), how="intersection")
by_park = pieces.area.groupby(pieces["park_id"]).sum()
print(json.dumps([by_park.sum(), parcels.area.sum()]))
"""


def timed(code: str, folder: Path) -> tuple[float, list[float]]:
    """Return the seconds and the result of a script in a process of its own."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, str(folder)], check=True, capture_output=True, text=True)
    return time.perf_counter() - start, json.loads(done.stdout)


def with_finer_parks(folder: Path, step: float) -> Path:
    """Return a folder with the same parcels, and park boundaries with a vertex every `step` metres."""
    finer = folder.with_name(f"{folder.name}-{step:g}m")
    if not (finer / "parks.parquet").exists():
        finer.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "parcels.parquet", finer / "parcels.parquet")
        parks = gpd.read_parquet(folder / "parks.parquet")
        parks.set_geometry(parks.geometry.segmentize(step)).to_parquet(finer / "parks.parquet")
    return finer


def main() -> None:
    """Print one row a city and boundary."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--parks", type=int, default=90)
    parser.add_argument("--step", type=float, default=2.0)
    parser.add_argument("--folder", type=Path, default=Path("demo/benchmark"))
    args = parser.parse_args()
    print(f"{'parcels':>10} {'boundary':>10} {'landuse':>9} {'overlay':>9} {'ratio':>7}  agreement")
    for n in args.parcels:
        drawn = args.folder / f"{n}x{args.parks}"
        if not (drawn / "study.toml").exists():
            write_sample(drawn, parcels=n, parks=args.parks, fmt="parquet")
        for folder, name in ((drawn, "as drawn"), (with_finer_parks(drawn, args.step), f"{args.step:g} m")):
            ours, mine = timed(OURS, folder)
            theirs, other = timed(OVERLAY, folder)
            off = max(abs(a - b) / b for a, b in zip(mine, other, strict=True))
            print(f"{n:>10,} {name:>10} {ours:>8.2f}s {theirs:>8.2f}s {theirs / ours:>6.1f}x  {off:.1e}", flush=True)
            if off > 1e-9:
                sys.exit(f"the two disagree: {mine} and {other}")


if __name__ == "__main__":
    main()
