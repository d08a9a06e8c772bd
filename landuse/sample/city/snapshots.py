"""Earlier years of the city, with every change between them recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse.sample.city.parks import Park, redraw
from landuse.sample.truth.cells import CellSums, cell_sums
from landuse.sample.truth.figures import ROUNDING_M2, shares

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Ints, Strings
    from landuse.sample.city.tiles import City

YEARS = (2025, 2024, 2023)
#: How the redrawn park's radius looked the year before, and what that makes of the land between.
REDRAWN = ((0.85, "redrawn_in"), (1.15, "redrawn_out"))
#: Kind of change, class of the parcel now, class before, and where it lies.
CHANGES = (
    ("new_inside", ("0601", "06H1"), "0101", "inside"),
    ("new_outside", ("0601", "06H1"), "0101", "outside"),
    ("cleared_inside", ("0701",), "0601", "inside"),
    ("cleared_outside", ("0701", "0702"), "0601", "outside"),
    ("reclassified", ("0508",), "0601", "either"),
)
CHANGED_SHARE, FEWEST = 0.006, 2


@dataclass(frozen=True, eq=False)
class History:
    """Earlier states of the city by year, the changes, and each year's share (core, ellipsoidal).

    `districts` holds the district of each tile in the first year: one tile has passed to a neighbour since.
    """

    cities: dict[int, City]
    changes: list[dict[str, Any]]
    years: list[dict[str, Any]]
    districts: Ints


def make_history(city: City, ids: Strings, geometry: Geometries, rng: np.random.Generator) -> History:
    """Undo changes year by year.

    A changed parcel lies wholly in or wholly out of the parks of both years, so that one kind describes it;
    where a redrawn boundary passes over land that is industrial in both years, the land is recorded parcel by
    parcel. Between the first two years a tile without any other change passes from one district to another.
    """
    involved = np.isin(city.code, sorted({"0508", "0601", "06H1", "0701", "0702"}))
    cities, changes = {YEARS[0]: city}, list[dict[str, Any]]()
    now = cell_sums(city, city.parks, involved, geometry)
    years = [_year(city, now, YEARS[0])]
    used, districts = np.zeros(len(now.parcel), dtype=bool), city.district
    for to, earlier, (factor, kind) in zip(YEARS[:-1], YEARS[1:], REDRAWN, strict=True):
        later = cities[to]
        parks, redrawn = _redraw_one(later, factor, rng)
        before = cell_sums(later, parks, involved, geometry)
        code = later.code.copy()
        moved = _undo(code, now, before, used, rng)
        cities[earlier] = replace(later, parks=parks, code=code)
        step = {"from": earlier, "to": to}
        changes += [
            {**step, "kind": k, "id": str(ids[now.parcel[n]]), "area_m2": float(now.total[0][n])} for k, n in moved
        ]
        stays = later.industrial[now.parcel] & cities[earlier].industrial[now.parcel]
        gain = np.abs(now.inside[0] - before.inside[0])
        changes += [
            {**step, "kind": kind, "id": str(ids[now.parcel[n]]), "area_m2": float(gain[n]), "park": redrawn}
            for n in np.flatnonzero(stays & (gain > ROUNDING_M2))
        ]
        if earlier == YEARS[-1]:
            quiet = ~used & (gain < ROUNDING_M2)
            tile, districts = _transfer_one(later, city.lattice.tiles, now.parcel, stays, quiet, rng)
            changes += [
                {**step, "kind": "transferred", "id": str(ids[now.parcel[n]]), "area_m2": float(now.total[0][n])}
                for n in np.flatnonzero(stays & (city.tile[now.parcel] == tile))
            ]
        now = before
        years.append(_year(cities[earlier], now, earlier))
    return History(cities, changes, years, districts)


def _year(city: City, sums: CellSums, year: int) -> dict[str, Any]:
    core = city.industrial[sums.parcel]
    return {"date": f"{year}-12-31", **shares(sums.total[0][core], sums.inside[0][core])}


def _redraw_one(city: City, factor: float, rng: np.random.Generator) -> tuple[tuple[Park, ...], str]:
    """Redraw the first park, in random order, whose changed outline can be traced."""
    for k in rng.permutation(len(city.parks)):
        if len(city.parks[k].blocks) > 1 or city.parks[k].blocks[0].radius < 4:
            continue
        try:
            changed = redraw(city.lattice, city.parks[k], factor)
        except ArithmeticError:
            continue
        return (*city.parks[:k], changed, *city.parks[k + 1 :]), changed.park_id
    return city.parks, ""


def _transfer_one(
    city: City, shape: tuple[int, int], parcel: Ints, stays: Bools, quiet: Bools, rng: np.random.Generator
) -> tuple[int, Ints]:
    """Give a tile on a border, where some industry stays and nothing else changes, the district beside it."""
    tile = city.tile[parcel]
    fits = np.setdiff1d(np.unique(tile[stays]), np.unique(tile[~quiet]))
    for t in rng.permutation(fits):
        row, col = divmod(int(t), shape[1])
        beside = [(row, col + 1), (row, col - 1), (row + 1, col), (row - 1, col)]
        near = [r * shape[1] + c for r, c in beside if 0 <= r < shape[0] and 0 <= c < shape[1]]
        others = [k for k in near if city.district[k] != city.district[t]]
        if others and np.count_nonzero(city.district == city.district[t]) > 1:
            districts = city.district.copy()
            districts[t] = city.district[others[0]]
            return int(t), districts
    return -1, city.district


def _undo(
    code: Strings, now: CellSums, before: CellSums, used: Bools, rng: np.random.Generator
) -> list[tuple[str, int]]:
    """Give some parcels the class they had a year before; return (kind, position in the sums)."""
    total = now.total[0]
    place: dict[str, Bools] = {
        "inside": _all(now.inside[0], total) & _all(before.inside[0], total),
        "outside": (now.inside[0] < ROUNDING_M2) & (before.inside[0] < ROUNDING_M2),
    }
    place["either"] = place["inside"] | place["outside"]
    current = code[now.parcel]
    number = max(FEWEST, round(CHANGED_SHARE * int(np.isin(current, ("0601", "06H1")).sum())))
    moved: list[tuple[str, int]] = []
    for kind, after, earlier, where in CHANGES:
        fits: Ints = np.flatnonzero(np.isin(current, after) & place[where] & ~used)
        chosen = rng.permutation(fits)[:number]
        used[chosen] = True
        code[now.parcel[chosen]] = earlier
        moved += [(kind, int(n)) for n in chosen]
    return moved


def _all(inside: Floats, total: Floats) -> Bools:
    return np.asarray(total - inside < ROUNDING_M2)
