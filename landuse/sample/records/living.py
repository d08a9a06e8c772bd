"""What people who work in parks need nearby, and counts a bureau keeps; and what a correct product finds of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from landuse.sample.city.lattice import CITY_CRS, cell_corners
from landuse.sample.truth.cells import CellSums, cell_sums

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Strings
    from landuse.sample.city.snapshots import History
    from landuse.sample.city.tiles import City
    from landuse.sample.records.enterprises import Firms

#: Word of the layer to the kind it stands for, and the class of land that such facilities stand on.
KINDS = {"学校": ("school", "08H2"), "卫生院": ("clinic", "08H1"), "商店": ("shop", "05H1")}
#: Share of the parcels of those classes that have one.
STANDING = 0.3
#: As the study has it [m].
WALK_M = 1000.0
#: No edge of the lattice is longer than twice this [m].
HALF_EDGE_M = 25.0
HOUSING = ("0701", "0702")
#: What a bureau counts, the most of it in a park, and the chance that it states no goal.
COUNTED, NO_GOAL = {"创新平台": 9, "孵化器": 5, "绿色工厂": 14}, 0.3


@dataclass(frozen=True, eq=False)
class Living:
    """Facilities and counts.

    Attributes
    ----------
    words : array of str
        Of each facility.
    places : array of float, shape (facilities, 2)
    panels : pandas.DataFrame
        park, kind, count, goal as text, blank where none is stated.
    """

    words: Strings
    places: Floats
    panels: pd.DataFrame

    def frame(self) -> gpd.GeoDataFrame:
        """Return the layer of facilities."""
        names = [f"示例{word}{k + 1}" for k, word in enumerate(self.words)]
        return gpd.GeoDataFrame({"MC": names, "LB": self.words}, geometry=shapely.points(self.places), crs=CITY_CRS)

    def counts(self) -> list[dict[str, Any]]:
        """Return the counts for truth.json."""
        return [
            {"park": park, "kind": kind, "count": int(count), "goal": int(goal) if goal else None}
            for park, kind, count, goal in self.panels.itertuples(index=False, name=None)
        ]

    def near(self, plots: Geometries, word: str) -> Bools:
        """Say which plots are within a walk of a facility of a kind, by the distance to each of their edges."""
        xy, owner = shapely.get_coordinates(plots, return_index=True)
        same = owner[1:] == owner[:-1]
        start, end, plot = xy[:-1][same], xy[1:][same], owner[1:][same]
        middles = cKDTree((start + end) / 2)
        out = np.zeros(len(plots), dtype=bool)
        for place in self.places[self.words == word]:
            some = np.array(middles.query_ball_point(place, WALK_M + HALF_EDGE_M), dtype=np.int64)
            along = end[some] - start[some]
            t = np.clip(((place - start[some]) * along).sum(axis=1) / (along**2).sum(axis=1), 0.0, 1.0)
            foot = start[some] + t[:, None] * along
            out[plot[some[np.hypot(*(place - foot).T) <= WALK_M]]] = True
        return out


def draw_living(city: City, places: np.random.Generator, counts: np.random.Generator) -> Living:
    """Draw facilities, one at least of each kind, in the middle of a cell of their parcel; and a bureau's counts.

    Parameters
    ----------
    city : City
    places, counts : numpy.random.Generator
        Their own: nothing else of the city changes.
    """
    words, found = [], []
    for word, (_kind, code) in KINDS.items():
        of_class = np.flatnonzero(city.code == code)
        of_class = of_class if len(of_class) else np.flatnonzero(~city.industrial)
        chosen = of_class[places.random(len(of_class)) < STANDING]
        parcel = chosen if len(chosen) else of_class[:1]
        row, col = city.rects[parcel, 0], city.rects[parcel, 1]
        found.append(cell_corners(city.lattice.nodes, row, col).mean(axis=1))
        words += [word] * len(parcel)
    rows = []
    for park in city.parks:
        for kind, most in COUNTED.items():
            count, goal, drawn = int(counts.integers(most + 1)), int(counts.integers(1, most + 3)), counts.random()
            rows.append((park.park_id, kind, str(count), "" if drawn < NO_GOAL else str(goal)))
    panels = pd.DataFrame(rows, columns=["park", "kind", "count", "goal"])
    return Living(np.array(words), np.concatenate(found), panels)


def living_truth(
    city: City, living: Living, firms: Firms, sums: CellSums, geometry: Geometries, registered_m2: Floats
) -> list[dict[str, Any]]:
    """Return the jobs of every park in the last year, those near each kind of facility, and the housing inside.

    Parameters
    ----------
    city : City
    living : Living
    firms : Firms
        On the industrial parcels, in the city's order.
    sums : CellSums
        Of the industrial parcels at least.
    geometry : array of polygons, shape (parcels,)
    registered_m2 : array of float, shape (parcels,)
    """
    plots = np.flatnonzero(city.industrial)
    staff = np.full(len(city.code), np.nan)
    staff[plots] = firms.let.to_plots(firms.reported.staff)[:, -1]
    near = {kind: np.zeros(len(city.code), dtype=bool) for kind, _code in KINDS.values()}
    for word, (kind, _code) in KINDS.items():
        near[kind][plots] = living.near(geometry[plots], word)
    core = city.industrial[sums.parcel][sums.part_parcel]
    parcel = sums.parcel[sums.part_parcel]
    part = sums.attributed[0] / sums.total[0][sums.part_parcel]
    homes = cell_sums(city, city.parks, np.isin(city.code, HOUSING), geometry)
    out = []
    for k, park in enumerate(city.parks):
        mine = core & (sums.part_park == k)
        who, share = parcel[mine], part[mine]
        known = ~np.isnan(staff[who])
        jobs = staff[who] * share
        total, land = math.fsum(jobs[known]), registered_m2[who] * share
        held, whole = math.fsum(land[known]), math.fsum(land)
        out.append(
            {
                "park": park.park_id,
                "jobs": total if held > 0 else None,
                "jobs_known": held / whole if whole > 0 else None,
                **{
                    f"{kind}_share": math.fsum(jobs[known & close[who]]) / total if total > 0 else None
                    for kind, close in near.items()
                },
                "housing_inside_m2": math.fsum(homes.attributed[0][homes.part_park == k]),
            }
        )
    return out


#: Ends of the quarters that are counted.
QUARTERS = [f"{year}-{end}" for year in (2024, 2025) for end in ("03-31", "06-30", "09-30", "12-31")]


@dataclass(frozen=True, eq=False)
class Oversight:
    """Tables of the sample, all invented.

    Attributes
    ----------
    approvals : dict
        Plot to the number of its land supply; every second new plot has one.
    exceptions : pandas.DataFrame
        plot, document: one of the new plots outside the parks.
    counters : pandas.DataFrame
        date, renovated_mu (blank: nobody counted), factory_m2.
    """

    approvals: dict[str, str]
    exceptions: pd.DataFrame
    counters: pd.DataFrame

    @classmethod
    def of(cls, history: History, rng: np.random.Generator) -> Oversight:
        """Draw them for the new plots of a history."""
        new = [x["id"] for x in history.changes if x["kind"] in ("new_inside", "new_outside")]
        outside = [x["id"] for x in history.changes if x["kind"] == "new_outside"]
        excepted = outside[:1]
        exceptions = {"plot": excepted, "document": [f"示例政函〔2025〕{k}号" for k, _plot in enumerate(excepted, 1)]}
        floor = np.round(rng.uniform(8e4, 1.6e5, len(QUARTERS)), -2)
        return cls(
            {plot: f"SYN2025{k:07d}" for k, plot in enumerate(new[::2], 1)},
            pd.DataFrame(exceptions, dtype=object),
            pd.DataFrame({"date": QUARTERS, "renovated_mu": "", "factory_m2": floor}),
        )

    def column(self, ids: Strings) -> list[str]:
        """Return the approval number of each plot; "" for none."""
        return [self.approvals.get(str(plot), "") for plot in ids]

    def truth(self) -> dict[str, Any]:
        """Return what truth.json says of them."""
        return {
            "approvals": self.approvals,
            "exceptions": dict(zip(self.exceptions["plot"], self.exceptions["document"], strict=True)),
            "counters": self.counters.drop(columns="renovated_mu").to_dict("records"),
        }
