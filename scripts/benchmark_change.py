"""Time the change between two dates against `geopandas.overlay` of the same two layers, in the same run.

    python scripts/benchmark_change.py [--parcels 100000 1000000] [--overlay 100000] [--redrawn 0.02] [--folder DIR]

The sample city of 2024 and 2025, every parcel of every class, so that n parcels meet n parcels; of the later date a
share is drawn anew, 0.2 m inside its old outline (outward, neighbours would overlap, which the overlay counts twice).
Each way runs in a fresh process and is timed from admitted layers in memory; peak memory is the process's. "change" is
the whole comparison: the overlay, the cut by the parks of both dates, kinds, measures, lineage and accounts; "with
ledgers" adds the two dates' own ledgers. The overlay is `geopandas.overlay(how="union")` alone; it is asked for no more
than --overlay parcels. Both must find the same area whose class differs. The ratio counts; the seconds belong to one
machine.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from landuse.sample import write_sample

LAYERS = """
import json, resource, sys, time
from datetime import date
from pathlib import Path
from landuse.config.study_file import parse_study
from landuse.pipeline.load_inputs import admit
folder = Path(sys.argv[1])

def layers(name, parks):
    return admit(parse_study({
        "study": {"crs": "EPSG:4549"},
        "parcels": {
            "path": name, "columns": {"code": "DLBM", "id": "BSM"}, "classification": "custom", "industrial": [""]
        },
        "parks": {"path": parks, "columns": {"id": "park_id", "block": "block_id"}},
        "definition": {"area": "planar"},
    }, folder / "benchmark.toml"), enterprises=False)

before, after = layers("parcels-2024.parquet", "parks-2024.parquet"), layers("redrawn.parquet", "parks.parquet")
start = time.perf_counter()

def tell(seconds, m2):
    print(json.dumps([seconds, m2, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2]))
"""

CHANGE = (
    LAYERS
    + """
from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.change.compare import Snapshot, change_ledger
from landuse.analysis.share.concentration import park_concentration
from landuse.definition import Definition

def shot(inputs, day):
    land = count_land(inputs.parcels)
    ledger = cut_land(land, inputs.parks["approved"])
    return Snapshot(day, land, ledger, park_concentration(ledger, Definition(area="planar")))

shots = shot(before, date(2024, 12, 31)), shot(after, date(2025, 12, 31))
cut = time.perf_counter()
step = change_ledger(*shots)
end = time.perf_counter()
parts = step.parts
both = (parts["m2_before"] > 0) & (parts["m2_after"] > 0) & (parts["code_before"] != parts["code_after"])
tell([end - cut, end - start], float(parts.loc[both, "m2_after"].sum()))
"""
)

OVERLAY = (
    LAYERS
    + """
import geopandas as gpd
found = gpd.overlay(before.parcels[["code", "geometry"]], after.parcels[["code", "geometry"]], how="union")
end = time.perf_counter()
both = found["code_1"].notna() & found["code_2"].notna() & (found["code_1"] != found["code_2"])
tell([end - start], float(found.loc[both].area.sum()))
"""
)


def main() -> None:
    """Print seconds, memory and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parcels", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--overlay", type=int, default=100_000)
    parser.add_argument("--redrawn", type=float, default=0.02)
    parser.add_argument("--folder", type=Path, default=Path("outputs/benchmark-change"))
    args = parser.parse_args()
    for n in args.parcels:
        folder = args.folder / str(n)
        shutil.rmtree(folder, ignore_errors=True)
        write_sample(folder, parcels=n, parks=90, snapshots=True, fmt="parquet")
        _redraw(folder, args.redrawn)
        (change, whole), ours_m2, ours_gb = _time(CHANGE, folder)
        print(f"{n:,} parcels: change {change:.2f} s, with ledgers {whole:.2f} s, {ours_gb:.1f} GB")
        if n <= args.overlay:
            (overlay,), theirs_m2, theirs_gb = _time(OVERLAY, folder)
            print(f"  overlay {overlay:.2f} s, {theirs_gb:.1f} GB: {overlay / change:.1f}x, {overlay / whole:.1f}x")
            if abs(ours_m2 - theirs_m2) > 1e-6 * theirs_m2:
                sys.exit(f"they disagree: {ours_m2} and {theirs_m2} m²")
        shutil.rmtree(folder)


def _redraw(folder: Path, share: float) -> None:
    """Draw some parcels of the later date anew, a little smaller."""
    rng, frame = np.random.default_rng(5), gpd.read_parquet(folder / "parcels.parquet")
    polygons = np.array(frame.geometry.to_numpy(), dtype=object)
    some = rng.choice(len(polygons), round(share * len(polygons)), replace=False)
    polygons[some] = shapely.buffer(polygons[some], -0.2, join_style="mitre")
    frame.set_geometry(polygons, crs=frame.crs).to_parquet(folder / "redrawn.parquet")


def _time(code: str, folder: Path) -> tuple[list[float], float, float]:
    """Run code in a fresh process; return its seconds, its area and its peak memory [GB]."""
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    seconds, m2, gigabytes = json.loads(done.stdout)
    return seconds, m2, gigabytes


if __name__ == "__main__":
    main()
