"""Are the layers of several dates of one city, and of several dates?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.errors import Problem
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.quality import Issue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd

    from landuse.analysis.change.compare import Snapshot
    from landuse.geo.arrays import Floats

#: Of an earlier date's parcels, within the box around today's: with less the layer is another city's.
SAME_CITY = 0.5
#: Of today's land: a district with less may be new altogether.
SOME_LAND = 0.01
#: Land of one date, of the next one's or the other way round: no city halves or doubles between two surveys.
HALF = 0.5
#: Of the parcels that two dates have by id: with more moved as one, their areas as they were, a layer was displaced.
DISPLACED = 0.5
#: How far that is [m], and how far what moves as one may part; fewer parcels say nothing.
ELSEWHERE_M, WHOLE_M, FEW = 5.0, 1.0, 5
#: Coordinates and areas are compared in units of this [units of the plane]: a layer saved again is the same.
GRAIN = 0.01


def city_problem(parcels: gpd.GeoDataFrame, today: gpd.GeoDataFrame, file: str) -> Problem | None:
    """Return the problem that the parcels of an earlier date lie elsewhere than today's, both in one system."""
    west, south, east, north = today.total_bounds
    x0, y0, x1, y1 = parcels.bounds.to_numpy().T
    meets = (x0 <= east) & (x1 >= west) & (y0 <= north) & (y1 >= south)
    if meets.mean() >= SAME_CITY:
        return None
    what = _("{share:.0%} of its parcels lie where today's do: the layer is of another city", share=float(meets.mean()))
    return Problem(what, _("give the layer of this city, and check its coordinate system"), file)


def date_issues(shots: Sequence[Snapshot], files: Sequence[str]) -> list[Issue]:
    """Report dates that are another date again, lack a district, or hold half or twice the land.

    Parameters
    ----------
    shots : sequence of Snapshot
        The first first, the study's own date last.
    files : sequence of str
        Of the parcels of each.

    Returns
    -------
    list of Issue
        Stopping: dates_alike (the same parcels and classes), district_missing (no parcel of an earlier date where a
        district has land today: its change would all be new land), layer_displaced (parcels of the same id and area
        lie elsewhere at the next date). Told: land_halved, parks_of_one_date (their land is redrawn).
    """
    out, now, file = [], shots[-1], files[-1]
    layers = [_drawn(shot.ledger.parcels) for shot in shots]
    for k, shot in enumerate(shots[:-1]):
        again = [shots[j].date for j in range(k + 1, len(shots)) if layers[k].equals(layers[j])]
        if again:
            action = _("{date}: every parcel is as on {other}", date=shot.date, other=again[0])
            fix = _("give each date its own layer, or leave the date out")
            m2 = float(shot.concentration.total_m2)
            out.append(Issue("dates_alike", len(layers[k]), action, m2, stops=True, fix=fix, file=files[k]))
        out += _missing(shot.ledger.parcels, now.ledger.parcels, shot.date, files[k])
        out += _displaced(shot, shots[k + 1], files[k])
        out += _parks_of_one_date(shot, shots[k + 1])
        first, second = (x.concentration.total_m2 for x in (shot, shots[k + 1]))
        if not HALF <= first / second <= 1 / HALF:
            words = {"date": shot.date, "other": shots[k + 1].date, "part": first / second}
            action = _("{date}: the industrial land is {part:.0%} of that of {other}: is the layer whole?", **words)
            out.append(Issue("land_halved", 1, action, abs(first - second), file=file))
    return out


def _drawn(parcels: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return where each parcel lies, how large it is and its class, in an order that no file gives."""
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    places: Floats = np.round(np.column_stack([shapely.bounds(polygons), shapely.area(polygons)]) / GRAIN)
    frame = pd.DataFrame(places).assign(code=parcels[s.CODE].to_numpy(dtype=object))
    return frame.sort_values(list(frame.columns), ignore_index=True)


def _displaced(before: Snapshot, after: Snapshot, file: str) -> list[Issue]:
    """Tell of a layer whose parcels are those of the next date by id and area, and lie elsewhere."""
    a, b = (x.ledger.parcels.set_index(s.PARCEL) for x in (before, after))
    a, b = a.loc[a.index.isin(b.index)], b.loc[b.index.isin(a.index)].reindex(a.index[a.index.isin(b.index)])
    if len(a) < FEW:
        return []
    metre = unit_factor(system(before.ledger.parcels))
    step = metre * np.column_stack([b.centroid.x - a.centroid.x, b.centroid.y - a.centroid.y])
    moved = np.median(step, axis=0)
    as_all = np.isclose(a.area.to_numpy(), b.area.to_numpy(), rtol=1e-6) & (np.hypot(*(step - moved).T) < WHOLE_M)
    distance = float(np.hypot(*moved))
    if distance <= ELSEWHERE_M or as_all.mean() <= DISPLACED:
        return []
    n, words = int(as_all.sum()), {"date": before.date, "other": after.date}
    action = _(
        "{date}: {n} parcels have id and area as on {other}, and lie {m:,.0f} m from there", n=n, m=distance, **words
    )
    fix = _("check the coordinates of both layers: land does not move")
    return [Issue("layer_displaced", n, action, stops=True, fix=fix, file=file)]


def _parks_of_one_date(before: Snapshot, after: Snapshot) -> list[Issue]:
    """Tell of parks that only one of two dates has."""
    ids = [set(x.ledger.parks[s.PARK]) for x in (before, after)]
    odd = tuple(sorted(ids[0] ^ ids[1]))
    if not odd:
        return []
    action = _("{date} or {other} lacks them: what lies in them counts as redrawn", date=before.date, other=after.date)
    return [Issue("parks_of_one_date", len(odd), action, rows=odd)]


def _missing(before: gpd.GeoDataFrame, now: gpd.GeoDataFrame, day: date, file: str) -> list[Issue]:
    """Report districts with land today of which an earlier date has no parcel, neither by its code nor by its place."""
    area = now.groupby(s.DISTRICT)[s.ELLIPSOIDAL].sum()
    large = area.index[area > SOME_LAND * area.sum()]
    lost = now[now[s.DISTRICT].isin(set(large) - {"", *before[s.DISTRICT]})]
    points = shapely.point_on_surface(np.asarray(lost.geometry.to_numpy(), dtype=object))
    tree = shapely.STRtree(np.asarray(before.geometry.to_numpy(), dtype=object))
    stood = set(lost[s.DISTRICT].to_numpy()[tree.query(points, predicate="within")[0]])
    lost = lost[~lost[s.DISTRICT].isin(stood)]
    if not len(lost):
        return []
    rows = tuple(str(x) for x in lost[s.DISTRICT].unique())
    action = _("{date}: no parcel where these districts have land today: all of it would be new", date=day)
    fix = _("give the layer of the whole city")
    m2, plots = float(lost[s.ELLIPSOIDAL].sum()), tuple(lost[s.PARCEL])
    return [Issue("district_missing", len(rows), action, m2, rows=rows, plots=plots, stops=True, fix=fix, file=file)]
