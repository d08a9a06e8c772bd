"""Time the main job, from file to attributed share, against `geopandas.overlay` in the same run.

    python scripts/benchmark.py [--parcels 100000 1000000] [--parks 90] [--step 2] [--folder DIR]

All start from the same GeoParquet in a fresh process each, imports included, and must agree on the area inside the
parks to 1e-9. "share" is the like of it: read, check, cut, attribute. "run" is the whole stage, with the proof of its
cuts, the interval and the matrix of definitions. "overlay" is what a careful analyst writes: read the rows wanted, take
from each park what an earlier one has, explode, overlay. Three jobs: industrial land with park boundaries as the sample
city draws them (a vertex every 25 m); the same with a vertex every --step metres, as boundaries with curves are
digitised; and all land taken for industrial. Ratios (overlay over share) count; the seconds belong to one machine.
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
import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer

from landuse.geo.area import ellipsoidal_area
from landuse.sample import write_sample

STUDY = """
import json, sys
from pathlib import Path
from landuse.config.study_file import parse_study
folder, all_land = Path(sys.argv[1]), sys.argv[2] == "all land"
kind = {"classification": "custom", "industrial": [""]} if all_land else {"classification": "third_survey"}
study = parse_study({
    "study": {"crs": "EPSG:4549"},
    "parcels": {"path": "parcels.parquet", "columns": {"code": "DLBM", "id": "BSM"}, **kind},
    "parks": {"path": "parks.parquet", "columns": {"id": "park_id", "block": "block_id"}},
    "definition": {"area": "planar"},
}, folder / "benchmark.toml")
"""

SHARE = (
    STUDY
    + """
from landuse.pipeline.load_inputs import admit
from landuse.analysis.share.build import build_ledger
from landuse.analysis.share.concentration import park_concentration
inputs = admit(study, enterprises=False)
c = park_concentration(build_ledger(inputs.parcels, inputs.parks["approved"]), study.headline)
print(json.dumps([c.inside_m2, c.total_m2]))
"""
)

RUN = (
    STUDY
    + """
from landuse.pipeline.run import run
c = run(study, stage="concentration").concentration
print(json.dumps([c.inside_m2, c.total_m2]))
"""
)

OVERLAY = """
import json, sys
import geopandas as gpd
folder, all_land = sys.argv[1], sys.argv[2] == "all land"
filters = None if all_land else [("DLBM", "in", ["0601", "06H1"])]
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


def area_row(folder: Path, n: int = 50_000) -> str:
    """Time the closed-form legal area against `pyproj.Geod` polygon by polygon, on edges of at most 70 m."""
    crs = CRS(4549)
    polygons = np.asarray(gpd.read_parquet(folder / "parcels.parquet").geometry.to_numpy()[:n], dtype=object)
    ellipsoidal_area(polygons[:1], crs)  # both sides know their coordinate system before the clock starts
    start = time.perf_counter()
    ours = ellipsoidal_area(polygons, crs)
    closed = time.perf_counter() - start
    to_geographic, geod = Transformer.from_crs(crs, 4490, always_xy=True), Geod(ellps="GRS80")
    start = time.perf_counter()
    theirs = []
    for polygon in polygons:
        ring = shapely.get_coordinates(shapely.segmentize(polygon, 70))
        theirs.append(abs(geod.polygon_area_perimeter(*to_geographic.transform(*ring.T))[0]))
    geodesic = time.perf_counter() - start
    off = np.abs(ours / np.array(theirs) - 1).max()
    return f"legal area of {n:,} parcels: {geodesic / closed:.0f}x faster than geodesics, equal to {off:.1e}"


def timed(code: str, folder: Path, job: str) -> tuple[float, list[float]]:
    """Return the seconds and the result of a script in a process of its own."""
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code, str(folder), job], check=True, capture_output=True, text=True)
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
    first = args.folder / f"{args.parcels[0]}x{args.parks}"
    if not (first / "study.toml").exists():
        write_sample(first, parcels=args.parcels[0], parks=args.parks, fmt="parquet")
    print(area_row(first))
    print(f"{'parcels':>10} {'job':>10} {'share':>9} {'run':>9} {'overlay':>9} {'ratio':>7}  agreement")
    for n in args.parcels:
        drawn = args.folder / f"{n}x{args.parks}"
        if not (drawn / "study.toml").exists():
            write_sample(drawn, parcels=n, parks=args.parks, fmt="parquet")
        finer = with_finer_parks(drawn, args.step)
        for folder, job in ((drawn, "as drawn"), (finer, f"{args.step:g} m"), (finer, "all land")):
            (share, mine), (whole, full), (overlay, other) = (timed(c, folder, job) for c in (SHARE, RUN, OVERLAY))
            off = max(abs(a - b) / b for found in (mine, full) for a, b in zip(found, other, strict=True))
            seconds = f"{share:>8.2f}s {whole:>8.2f}s {overlay:>8.2f}s"
            print(f"{n:>10,} {job:>10} {seconds} {overlay / share:>6.1f}x  {off:.1e}", flush=True)
            if off > 1e-9:
                sys.exit(f"they disagree: {mine}, {full} and {other}")


if __name__ == "__main__":
    main()
