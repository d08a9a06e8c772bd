"""truth.json: the numbers a correct product must find."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.sample.city.outline import CLUSTER_LIMITS_M2, PLOT_LIMIT_M2
from landuse.sample.city.parks import LEVELS
from landuse.sample.city.tiles import DISTRICTS, FIRST_DISTRICT, INDUSTRIAL, MINING, STORAGE, City
from landuse.sample.records.enterprises import LIMIT, Firms
from landuse.sample.truth.reasons import conservation, district_figures, judge_plots

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Ints, Strings
    from landuse.sample.city.zoning import Zoning
    from landuse.sample.records.register import Register
    from landuse.sample.truth.cells import CellSums

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


@dataclass(frozen=True, eq=False)
class Places:
    """Where the industrial plots lie; arrays have one entry an industrial parcel, in the city's order.

    Attributes
    ----------
    parcel : array of int
        Position in the city.
    total, inside : array of float
        Ellipsoidal area, and that inside parks [m²].
    site : array of int
        Scattered site, -1 for all others.
    cluster_m2 : array of float, shape (sites,)
    parks : tuple of arrays
        Position in these arrays, and park, of every part in a park.
    """

    parcel: Ints
    total: Floats
    inside: Floats
    site: Ints
    cluster_m2: Floats
    parks: tuple[Ints, Ints]

    @classmethod
    def of(cls, city: City, sums: CellSums) -> Places:
        """Return the places of a city's plots; the sums hold its industrial parcels at least."""
        core = np.flatnonzero(city.industrial[sums.parcel])
        parcel, total, inside = sums.parcel[core], sums.total[0][core], sums.inside[0][core]
        site = city.site[parcel]
        some = site >= 0
        cluster_m2: Floats = np.bincount(site[some], total[some], int(site.max(initial=-1)) + 1).astype(float)
        mine = np.isin(sums.part_parcel, core) & (sums.attributed[0] > ROUNDING_M2)
        parks = np.searchsorted(core, sums.part_parcel[mine]), sums.part_park[mine]
        return cls(parcel, total, inside, site, cluster_m2, parks)

    def _clusters_up_to(self, limit_m2: float) -> Bools:
        out: Bools = self.site >= 0
        out[out] = (self.cluster_m2 <= limit_m2)[self.site[out]]
        return out

    @property
    def position(self) -> Strings:
        """Where each parcel lies: scattered, small, clustered, adjoining (cut by a boundary) or inside."""
        outside = np.where(self._clusters_up_to(CLUSTER_LIMITS_M2[1]), "scattered", "clustered")
        outside = np.where((outside == "scattered") & (self.total < PLOT_LIMIT_M2), "small", outside)
        near = np.where(self.outside, "adjoining", "inside")
        return np.asarray(np.where(self.site >= 0, outside, near))

    @property
    def highly_scattered(self) -> Bools:
        """Which scattered plots' cluster is small."""
        return np.asarray(self._clusters_up_to(CLUSTER_LIMITS_M2[0]) & (self.position == "scattered"))

    @property
    def outside(self) -> Bools:
        """Which parcels have land outside the parks."""
        return np.asarray(self.total - self.inside > ROUNDING_M2)

    @property
    def cut(self) -> Bools:
        """Which parcels have several parts in and out of parks."""
        return np.asarray(np.bincount(self.parks[0], minlength=len(self.parcel)) + self.outside > 1)


def scatter_truth(places: Places, ids: Strings, firms: Firms) -> dict[str, Any]:
    """Return the scattered plots, the adjoining ones and those of little tax.

    Parameters
    ----------
    places : Places
    ids : array of str
        BSM of every parcel of the city.
    firms : Firms
        On the industrial parcels, in their order.
    """
    position, site = places.position, places.site
    small, plot = position == "small", position == "scattered"
    scattered = small | plot
    few = np.where(firms.has_firm, firms.tax_per_mu, np.inf) < LIMIT

    def named(which: Bools) -> list[str]:
        return _named(ids, places, which)

    return {
        "scatter": {
            "clusters": len(np.unique(site[scattered])),
            "clusters_of_small_plots_only": len(np.setdiff1d(site[small], site[plot])),
            "highly_scattered_clusters": int((places.cluster_m2 <= CLUSTER_LIMITS_M2[0]).sum()),
            "area_m2": math.fsum(places.total[plot]),
            "plots": named(plot),
            "small": named(small),
            "large_cluster_plots": named(position == "clustered"),
            "adjoining": named(position == "adjoining"),
        },
        "candidates": named(plot & few),
        "no_data": named(scattered & ~firms.has_firm),
    }


def efficiency_truth(
    city: City, places: Places, ids: Strings, firms: Firms, register: Register, zoning: Zoning
) -> dict[str, Any]:
    """Return what the whole set of rules finds: reasons, lists, marks, the boundary's side, and sums conserved.

    Parameters
    ----------
    city : City
    places : Places
    ids : array of str
        BSM of every parcel of the city.
    firms : Firms
    register : Register
    zoning : Zoning
    """
    judged = judge_plots(city, places.total, firms, register, zoning)
    position = places.position
    scattered, in_park = position == "scattered", np.isin(position, ("adjoining", "inside"))

    def reasons(which: Bools) -> dict[str, list[str]]:
        return {str(ids[places.parcel[k]]): judged.codes(k) for k in _where(which & judged.listed)}

    return {
        "reasons": reasons(np.ones(len(position), dtype=bool)),
        "candidates": reasons(scattered),
        "park_list": reasons(in_park),
        "park_plots": _park_plots(city, places, ids, in_park & judged.listed),
        "no_data": _named(ids, places, scattered & judged.unknown),
        "park_no_data": _named(ids, places, in_park & judged.unknown),
        "highly_scattered": _named(ids, places, places.highly_scattered),
        "measures": {str(ids[places.parcel[k]]): judged.measures(k) for k in _where(scattered)},
        "district_tax_per_mu": district_figures(judged),
        "development": _development(places, ids, zoning),
        "town_marks": _town_marks(places, ids, register),
        "conservation": conservation(firms),
    }


def _where(which: Bools) -> list[int]:
    return [int(k) for k in np.flatnonzero(which)]


def _named(ids: Strings, places: Places, which: Bools) -> list[str]:
    found: Ints = places.parcel[which]
    return sorted(ids[found].tolist())


def _park_plots(city: City, places: Places, ids: Strings, which: Bools) -> dict[str, list[str]]:
    """Return the parks each parcel has a part in, and "adjoining" where it has one outside as well."""
    out: dict[str, list[str]] = {str(ids[places.parcel[k]]): [] for k in _where(which)}
    mine = which[places.parks[0]]
    for k, park in zip(places.parks[0][mine], places.parks[1][mine], strict=True):
        out[str(ids[places.parcel[k]])].append(city.parks[park].park_id)
    for k in _where(which & places.outside):
        out[str(ids[places.parcel[k]])].append("adjoining")
    return {parcel: sorted(parts) for parcel, parts in out.items()}


def _development(places: Places, ids: Strings, zoning: Zoning) -> dict[str, Any]:
    """Return the plots outside the parks on either side of the urban development boundary."""
    land = places.total - places.inside
    out: dict[str, Any] = {}
    for name, side in (("within", zoning.plot_urban), ("beyond", ~zoning.plot_urban)):
        which = places.outside & side
        out[name] = {
            "plots": int(which.sum()),
            "area_m2": math.fsum(land[which]),
            "scattered": _named(ids, places, which & (places.position == "scattered")),
        }
    return out


def _town_marks(places: Places, ids: Strings, register: Register) -> dict[str, Any]:
    """Return the survey's mark of industry that stands alone against the position, and where they disagree."""
    marked, position = register.marked[places.parcel], places.position
    kinds = ("scattered", "small", "clustered", "adjoining", "inside")
    return {
        "marked": {kind: int((marked & (position == kind)).sum()) for kind in kinds},
        "unmarked": {kind: int((~marked & (position == kind)).sum()) for kind in kinds},
        "scattered_unmarked": _named(ids, places, (position == "scattered") & ~marked),
        "marked_not_scattered": _named(ids, places, (position != "scattered") & marked),
    }
