"""Compute the headline of a run again, from its GeoPackage alone and with nothing of landuse.

    python scripts/verify_run.py outputs/<study>.summary.json

Reads outputs/layers/<study>.gpkg beside it with sqlite3, sums the ledger, and measures its geometry with shapely.
"""

from __future__ import annotations

import json
import math
import sqlite3
import sys
from pathlib import Path

import shapely

CLASSES = {"core": ("industrial",), "with_storage": ("industrial", "storage"), "with_mining": ("industrial", "mining")}


def polygon(blob: bytes) -> shapely.Geometry:
    """Return the geometry of a GeoPackage blob: a header, an envelope, then WKB."""
    envelope = (0, 32, 48, 48, 64)[(blob[3] >> 1) & 7]
    return shapely.from_wkb(blob[8 + envelope :])


def main(file: Path) -> None:
    """Print the share, and fail when the summary says otherwise."""
    summary = json.loads(file.read_text(encoding="utf-8"))
    stem = file.name.removesuffix(".summary.json")
    definition, city = summary["definition"], summary["city"]
    column = definition["area"] + "_m2"
    with sqlite3.connect(file.parent / "layers" / f"{stem}.gpkg") as db:
        rows = db.execute(f'select use, park_id, counted, planar_m2, "{column}", geom from ledger').fetchall()  # noqa: S608
    kept = [r for r in rows if r[0] in CLASSES[definition["classes"]] and r[2]]
    total = math.fsum(r[4] for r in kept)
    inside = math.fsum(r[4] for r in kept if r[1])
    planar = math.fsum(r[3] for r in rows)
    measured = float(shapely.area([polygon(r[5]) for r in rows]).sum())
    unit = math.sqrt(planar / measured)  # metres in one unit of the plane: one number for the whole layer
    off = max(abs(shapely.area(polygon(r[5])) * unit**2 - r[3]) / planar for r in rows)
    print(f"total {total!r} m2, inside {inside!r} m2, share {inside / total!r}; geometry against areas: {off:.1e}")
    checks = ((total, city["total_m2"]), (inside, city["inside_m2"]), (inside / total, city["share"]))
    if off > 1e-9 or not all(math.isclose(a, b, rel_tol=1e-9) for a, b in checks):
        sys.exit(f"the summary says {city['total_m2']!r}, {city['inside_m2']!r}, {city['share']!r}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
