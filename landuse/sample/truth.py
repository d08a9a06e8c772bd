"""truth.json: the numbers a correct product must find."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.sample.city import DISTRICTS, FIRST_DISTRICT, City
from landuse.sample.classes import INDUSTRIAL, MINING, STORAGE
from landuse.sample.enterprises import LIMIT, Firms
from landuse.sample.parks import LEVELS
from landuse.sample.sites import CLUSTER_LIMITS_M2, PLOT_LIMIT_M2

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Ints, Strings
    from landuse.sample.cellsums import CellSums

SCHEMA = "landuse-truth/1"
CLASSES = {
    "core": INDUSTRIAL,
    "with_storage": (*INDUSTRIAL, STORAGE),
    "with_mining": (*INDUSTRIAL, MINING),
}
#: Smallest true piece of a cell is near 0.8 m²; anything below this is rounding.
ROUNDING_M2 = 1e-3


def kept_classes(city: City) -> Bools:
    """Say which parcels any class set counts."""
    return np.isin(city.code, sorted({c for codes in CLASSES.values() for c in codes}))


def city_truth(city: City, sums: CellSums, registered_m2: Floats) -> dict[str, dict[str, dict[str, float]]]:
    """Return total, inside and share for every class set and area basis."""
    stated = registered_m2[sums.parcel]
    inside = sums.inside
    basis = {
        "ellipsoidal": (sums.total[0], inside[0]),
        "planar": (sums.total[1], inside[1]),
        "registered": (stated, stated * (inside[0] / sums.total[0])),
    }
    out: dict[str, dict[str, dict[str, float]]] = {}
    for name, codes in CLASSES.items():
        some = np.isin(city.code[sums.parcel], codes)
        out[name] = {b: shares(total[some], part[some]) for b, (total, part) in basis.items()}
    return out


def shares(total: Floats, inside: Floats) -> dict[str, float]:
    """Return the exactly rounded sums and their ratio."""
    t, i = math.fsum(total), math.fsum(inside)
    return {"total_m2": t, "inside_m2": i, "share": i / t}


def district_truth(city: City, sums: CellSums) -> list[dict[str, Any]]:
    """Return core, ellipsoidal figures of every district."""
    core = city.industrial[sums.parcel]
    district = city.district[city.tile[sums.parcel]]
    inside = sums.inside[0]
    return [
        {
            "code": str(FIRST_DISTRICT + d),
            "name": DISTRICTS[d],
            "total_m2": math.fsum(sums.total[0][core & (district == d)]),
            "inside_m2": math.fsum(inside[core & (district == d)]),
        }
        for d in np.unique(city.district)
    ]


def park_truth(city: City, sums: CellSums) -> list[dict[str, Any]]:
    """Return core, ellipsoidal land of every park: what it owns after priority, and all that it claims."""
    core = city.industrial[sums.parcel][sums.part_parcel]
    out = []
    for k, park in enumerate(city.parks):
        mine = core & (sums.part_park == k)
        attributed, gross = math.fsum(sums.attributed[0][mine]), math.fsum(sums.gross[0][mine])
        out.append(
            {
                "id": park.park_id,
                "name": park.name,
                "level": LEVELS[park.level],
                "inside_m2": attributed,
                "gross_m2": gross,
            }
        )
    return out


def scatter_truth(city: City, sums: CellSums, ids: Strings, firms: Firms) -> dict[str, Any]:
    """Return the scattered plots, the adjoining ones and the candidates.

    Parameters
    ----------
    city : City
    sums : CellSums
        Of the industrial parcels at least.
    ids : array of str
        BSM of every parcel of the city.
    firms : Firms
        On the industrial parcels, in their order.
    """
    core = np.flatnonzero(city.industrial[sums.parcel])
    parcel, total, inside = sums.parcel[core], sums.total[0][core], sums.inside[0][core]
    site = city.site[parcel]
    in_site = site >= 0
    cluster_m2 = np.bincount(site[in_site], total[in_site], int(site.max()) + 1 if in_site.any() else 0)
    scattered = in_site.copy()
    scattered[in_site] = (cluster_m2 <= CLUSTER_LIMITS_M2[1])[site[in_site]]
    small = scattered & (total < PLOT_LIMIT_M2)
    plot = scattered & ~small
    few = np.where(firms.has_firm, firms.tax_per_mu, np.inf) < LIMIT

    def named(which: Bools) -> list[str]:
        found: Ints = parcel[which]
        return sorted(ids[found].tolist())

    return {
        "scatter": {
            "clusters": len(np.unique(site[scattered])),
            "clusters_of_small_plots_only": len(np.setdiff1d(site[small], site[plot])),
            "highly_scattered_clusters": int((cluster_m2 <= CLUSTER_LIMITS_M2[0]).sum()),
            "area_m2": math.fsum(total[plot]),
            "plots": named(plot),
            "small": named(small),
            "large_cluster_plots": named(in_site & ~scattered),
            "adjoining": named((inside > ROUNDING_M2) & (total - inside > ROUNDING_M2)),
        },
        "candidates": named(plot & few),
        "no_data": named(scattered & ~firms.has_firm),
    }
