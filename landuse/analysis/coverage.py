"""Is the parcel layer a coverage: every place in one parcel, and in one only?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from landuse.analysis.common_area import common_area
from landuse.analysis.gaps import gaps
from landuse.analysis.overlap import disputes
from landuse.crs import system, unit_factor
from landuse.finding import Finding
from landuse.i18n import _

if TYPE_CHECKING:
    import geopandas as gpd

#: Of the survey's databases [m]: what two parcels are nearer than this to is one place.
TOLERANCE_M = 1e-3
#: Below this nothing is a gap [m²].
LEAST_M2 = 0.01
#: The smallest plot of built land the third survey draws [m²]; below it a polygon is a sliver.
SLIVER_M2 = 200.0


def coverage_findings(parcels: gpd.GeoDataFrame, *, workers: int = 2) -> list[Finding]:
    """Report overlaps, duplicates, gaps and slivers among parcels of all classes.

    Parameters
    ----------
    parcels : GeoDataFrame
        Valid polygons in a projected system, indexed by parcel id.
    workers : int
        Threads.

    Returns
    -------
    list of Finding
        Overlaps: pairs that claim the same land, and the sum of what they claim. Duplicates: pairs that are the same
        land altogether. Gaps: holes in the union of all parcels, neighbours that do not share vertices being no gap,
        nor what is narrower than a millimetre or below 0.01 m². Slivers: parcels below 200 m². Areas are planar.
    """
    square = unit_factor(system(parcels)) ** 2
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    ids = parcels.index.to_numpy()
    area = shapely.area(polygons)
    i, j = disputes(polygons, workers=workers)
    common = common_area(polygons[i], polygons[j])
    same = common > (1 - 1e-9) * np.maximum(area[i], area[j])
    holes = shapely.area(gaps(polygons, TOLERANCE_M / square**0.5)) * square
    holes = holes[holes >= LEAST_M2]
    thin = area * square < SLIVER_M2
    found = [
        Finding(
            "overlaps_all_classes",
            int((~same).sum()),
            _("pairs of parcels of any class that claim the same land"),
            float(common[~same].sum() * square),
            rows=tuple(dict.fromkeys(np.concatenate([ids[i[~same]], ids[j[~same]]]).tolist())),
        ),
        Finding(
            "duplicates_all_classes",
            int(same.sum()),
            _("pairs of parcels of any class that are the same land"),
            float(common[same].sum() * square),
            rows=tuple(ids[j[same]].tolist()),
        ),
        Finding("gaps", len(holes), _("holes in the union of all parcels"), float(holes.sum())),
        Finding(
            "slivers",
            int(thin.sum()),
            _("parcels below 200 m²: kept in every sum"),
            float(area[thin].sum() * square),
            rows=tuple(ids[thin].tolist()),
        ),
    ]
    return [f for f in found if f.count]
