"""Is every row of the park layer a place of its own, where the city is?

No dot, no frame, no whole district, no sum of other parks, no place twice; each lies where the city is. Parks that
overlap are a matter of fact and are told; what only a slip can draw would stop a careful person.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import csr_array

from landuse import schema as s
from landuse.analysis.checks.alignment import COVERED, share_in_districts
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.quality import Issue
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from landuse.definition import Definition
    from landuse.geo.arrays import Bools, Floats, Positions
    from landuse.inputs.districts import Districts
    from landuse.results.ledger import Ledger

#: Below this no park is drawn [m²]: a single small plot is larger. Nor is one so many times smaller than the median.
DOT_M2, DOTS = 1_000.0, 1e-4
#: A row narrower than this in the mean [m] is a dot or an outline, not the land within.
THIN_M = 10.0
#: Of the smaller of two parks, or of a block: common land above it is told.
COMMON = 0.5
#: Two outlines with so much in common, seen from the larger, are one park drawn twice.
SAME = 0.95
#: What is a place wholly, boundaries digitised apart.
WHOLLY = 0.99
#: Of the box around all parcels: no park fills so much of it, a frame drawn around the map does.
FRAME = 0.95
#: Of a park's land, in no district: told above the first (shores and reclaimed land are drawn so); above the second
#: it lies elsewhere.
BEYOND, ELSEWHERE = 0.05, 0.99
#: Pairs in one message.
SHOWN = 3
#: Of the smaller of two rows of a park: common land up to it is a boundary digitised twice.
SLIVER = 1e-3


@dataclass(frozen=True)
class _Layer:
    """The parks of a ledger: which faces each claims, and what stands and falls with some of its rows."""

    ledger: Ledger
    definition: Definition
    file: str

    @cached_property
    def ids(self) -> NDArray[np.object_]:
        return self.ledger.parks[s.PARK].unique().astype(object)

    @cached_property
    def park(self) -> Positions:
        """Position in `ids` of each row."""
        return np.asarray(pd.Index(self.ids).get_indexer(pd.Index(self.ledger.parks[s.PARK])))

    @cached_property
    def face_m2(self) -> Floats:
        return self.ledger.faces[s.ELLIPSOIDAL].to_numpy()

    def claimed(self, column: Positions, n: int) -> csr_array:
        """Return face × column: 1 where a row of the column claims the face."""
        pairs = np.unique(np.column_stack([self.ledger.claims["face"], column[self.ledger.claims["block"]]]), axis=0)
        return csr_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(self.face_m2), n))

    def issue(
        self, check: str, rows: Bools, action: str, *, fix: str = "", area_m2: float | None = None, whole: bool = False
    ) -> Issue:
        """Return the finding about some rows of the layer, with the share less the share without them.

        Land that other rows claim stays; with `whole`, only what other parks claim. One with a fix stops.
        """
        ledger, land = self.ledger, self.ledger.counted(self.definition)
        owner, face = land["block"].to_numpy(), land[s.FACE].to_numpy()
        own = np.append(
            np.isin(np.arange(len(self.face_m2)), ledger.claims["face"][rows[ledger.claims["block"]]]), False
        )
        rest = ~np.isin(self.park, self.park[rows]) if whole else ~rows
        held = np.zeros(len(self.face_m2) + 1, dtype=bool)  # the last is outside, for a part that a park has whole
        held[ledger.claims["face"][rest[ledger.claims["block"]]]] = True
        theirs = (owner != NOWHERE) & np.where(face == NOWHERE, rows[owner], own[face])
        m2 = land["m2"].to_numpy()
        plots = ledger.parcels[s.PARCEL].to_numpy()[np.unique(land["parcel"].to_numpy()[theirs])]
        ids = tuple(dict.fromkeys(ledger.parks[s.PARK].to_numpy()[rows]))
        effect = float(m2[theirs & ~held[face]].sum() / m2.sum())
        return Issue(
            check, len(ids), action, area_m2, effect, ids, bool(fix), fix, self.file if fix else "", tuple(plots)
        )


def park_issues(ledger: Ledger, definition: Definition, districts: Districts | None, file: str) -> list[Issue]:
    """Report parks that are no place of their own, or lie where the city is not.

    Parameters
    ----------
    ledger : Ledger
        Its parks and faces.
    definition : Definition
        What the effect on the share is of: the share, less the share without those parks.
    districts : Districts, optional
        In the same system.
    file : str
        Of the parks.

    Returns
    -------
    list of Issue
        Told: thin_blocks (rows below 10 m wide in the mean), parks_overlap (above half of the smaller one, of one
        level), blocks_overlap, block_in_block (its effect is that of a hole drawn as a row), parks_empty (no industrial
        land), parks_beyond (over 5 % in no district).
        Stopping: parks_astray (in no district; without districts, further from the box around the parcels than that is
        long), tiny_parks (below 0.1 ha, or 10,000 times below the median), parks_twice (95 % of the larger in common),
        park_of_parks (others make it up, or it holds all others), frame_park (95 % of the box around the parcels),
        district_as_park (it holds a whole district).
    """
    layer = _Layer(ledger, definition, file)
    if not len(ledger.parks) or not len(layer.face_m2):
        return []
    return [
        *_astray(layer, districts),
        *_tiny(layer),
        *_pairs(layer),
        *_blocks(layer),
        *_frames(layer, districts),
    ]


def _astray(layer: _Layer, districts: Districts | None) -> list[Issue]:
    """Rows without industrial land, those of them away from all parcels, and those in no district."""
    ledger, parks = layer.ledger, layer.ledger.parks
    held = np.unique(ledger.parts[s.FACE])
    met = np.isin(np.arange(len(parks)), ledger.claims["block"][np.isin(ledger.claims["face"], held)])
    polygons = np.asarray(parks.geometry.to_numpy(), dtype=object)
    west, south, east, north = ledger.parcels.total_bounds
    # a park without industry may lie beside all of it; another city's, or one in another zone, is further away
    away = ~met & (shapely.distance(shapely.box(west, south, east, north), polygons) > max(east - west, north - south))
    out = []
    if districts is not None:
        beyond = _beyond(polygons, districts)
        # where districts lack parcels as well, it is they that are not whole; where they do not, they are the city
        if share_in_districts(ledger.parcels) >= COVERED:
            away = beyond > ELSEWHERE
        some = (beyond > BEYOND) & ~away
        if some.any():
            m2 = float((shapely.area(polygons) * beyond)[some].sum() * unit_factor(system(parks)) ** 2)
            out.append(layer.issue("parks_beyond", some, _("part of their land lies in no district"), area_m2=m2))
    if away.any():
        action = _("they lie where no parcel of the study is, or in no district")
        out.append(layer.issue("parks_astray", away, action, fix=_("check their coordinates, or remove them")))
    empty = ~np.isin(layer.park, layer.park[met]) & ~away
    if empty.any():
        out.append(layer.issue("parks_empty", empty, _("no industrial land lies in them")))
    return out


def _beyond(polygons: NDArray[np.object_], districts: Districts) -> Floats:
    """Return the share of each polygon that lies in no district."""
    frame = np.asarray(districts.geometry.to_numpy(), dtype=object)
    shapely.prepare(frame)
    i, d = shapely.STRtree(frame).query(polygons)
    i, d = np.asarray(i), np.asarray(d)
    whole = shapely.covers(frame[d], polygons[i])
    shapely.destroy_prepared(frame)
    inside = np.isin(np.arange(len(polygons)), i[whole])
    i, d = i[~inside[i]], d[~inside[i]]
    common = np.bincount(i, shapely.area(shapely.intersection(polygons[i], frame[d])), len(polygons))
    return np.where(inside, 0.0, 1 - np.minimum(common / shapely.area(polygons), 1.0))


def _tiny(layer: _Layer) -> list[Issue]:
    """Parks too small to be one, and rows of others that are dots or outlines: narrow by area over half the outline."""
    area, parks = layer.claimed(layer.park, len(layer.ids)).T @ layer.face_m2, layer.ledger.parks
    dots = (area < max(DOT_M2, DOTS * float(np.median(area))))[layer.park]
    width = 2 * parks.area.to_numpy() / parks.length.to_numpy() * unit_factor(system(parks))
    thin = (width < THIN_M) & ~dots
    out = []
    if dots.any():
        action = _("too small to be a park: {m2:,.0f} m²", m2=float(area.min()))
        out.append(layer.issue("tiny_parks", dots, action, fix=_("draw them again, or remove them")))
    if thin.any():
        action = _(
            "{m:.1f} m wide in the mean: dots, or outlines instead of the land within", m=float(width[thin].min())
        )
        out.append(layer.issue("thin_blocks", thin, action))
    return out


def _pairs(layer: _Layer) -> list[Issue]:
    """Parks that have land in common: the same twice, one made up of others or holding all others, others."""
    n = len(layer.ids)
    claimed = layer.claimed(layer.park, n)
    weighed = claimed.multiply(layer.face_m2[:, None]).tocsr()
    common = (claimed.T @ weighed).tocoo()
    area = claimed.T @ layer.face_m2
    i, j, m2 = common.row, common.col, common.data
    i, j, m2 = i[i != j], j[i != j], m2[i != j]
    same = m2 > SAME * np.maximum(area[i], area[j])
    holds = (m2 > WHOLLY * area[j]) & ~same
    sums = np.zeros(n, dtype=bool)
    for park in np.flatnonzero(np.bincount(i[holds], minlength=n) >= 2):
        parts = j[holds & (i == park)]
        of_parts = claimed[:, [park]].multiply(claimed[:, parts].sum(axis=1)[:, None] > 0).toarray().ravel()
        sums[park] = of_parts @ layer.face_m2 > WHOLLY * area[park] or len(parts) == n - 1
    rank = layer.ledger.parks.groupby(s.PARK, sort=False)[s.RANK].first().reindex(layer.ids).to_numpy()
    # a park within one of another level is what levels are for
    partly = (m2 > COMMON * np.minimum(area[i], area[j])) & (rank[i] == rank[j]) & ~same & ~sums[i] & ~sums[j]
    out = []
    for check, pairs, action, fix in (
        ("parks_twice", same & (i < j), _("one park under several ids: {pairs}"), _("keep one row for each park")),
        ("parks_overlap", partly & (i < j), _("more than half of the smaller park lies in the other: {pairs}"), ""),
    ):
        if pairs.any():
            a, b = i[pairs], j[pairs]
            smaller = np.isin(np.arange(n), np.where(area[a] < area[b], a, b))
            shown = ", ".join(f"{layer.ids[x]} + {layer.ids[y]}" for x, y in zip(a[:SHOWN], b[:SHOWN], strict=True))
            words, land = action.format(pairs=shown), float(m2[pairs].sum())
            out.append(layer.issue(check, smaller[layer.park], words, fix=fix, area_m2=land))
    if sums.any():
        action = _("their land is that of other parks together: a total, or a frame")
        fix, land = _("keep one row for each park"), float(area[sums].sum())
        out.append(layer.issue("park_of_parks", sums[layer.park], action, fix=fix, area_m2=land))
    return out


def _blocks(layer: _Layer) -> list[Issue]:
    """Rows of one park that overlap; one that lies wholly in another may be a hole drawn as a row."""
    parks, claims = layer.ledger.parks, layer.ledger.claims
    pairs = claims.merge(claims, on="face")
    pairs = pairs[pairs["block_x"] < pairs["block_y"]]
    pairs = pairs[layer.park[pairs["block_x"]] == layer.park[pairs["block_y"]]]
    common = pairs.assign(m2=layer.face_m2[pairs["face"]]).groupby(["block_x", "block_y"])["m2"].sum()
    if not len(common):
        return []
    a, b = (common.index.get_level_values(k).to_numpy() for k in (0, 1))
    m2, area = common.to_numpy(), parks.area.to_numpy() * unit_factor(system(parks)) ** 2
    within = (m2 > SAME * np.minimum(area[a], area[b])) & (m2 <= SAME * np.maximum(area[a], area[b]))
    partly = (m2 > SLIVER * np.minimum(area[a], area[b])) & ~within
    every, out = np.arange(len(parks)), []
    if within.any():
        inner = np.isin(every, np.where(area[a] < area[b], a, b)[within])
        action = _("a row of a park lies in another of its rows and counts once; a hole drawn as a row would not count")
        out.append(layer.issue("block_in_block", inner, action, area_m2=float(m2[within].sum()), whole=True))
    if partly.any():
        rows = np.isin(every, np.r_[a[partly], b[partly]])
        action = _("rows of one park overlap: their land counts once")
        out.append(layer.issue("blocks_overlap", rows, action, area_m2=float(m2[partly].sum())))
    return out


def _frames(layer: _Layer, districts: Districts | None) -> list[Issue]:
    """Parks that fill the box around the parcels, or hold a whole district."""
    ledger = layer.ledger
    blocks = np.asarray(ledger.parks.geometry.to_numpy(), dtype=object)
    area = np.bincount(layer.park, shapely.area(blocks), len(layer.ids))
    city = shapely.box(*ledger.parcels.total_bounds)

    def holding(place: shapely.Geometry, share: float) -> Bools:
        """Which parks hold so much of a place; only the large ones are cut."""
        large = (area >= share * shapely.area(place))[layer.park]
        common = shapely.area(shapely.intersection(blocks[large], place))
        return np.bincount(layer.park[large], common, len(layer.ids)) >= share * shapely.area(place)

    out = []
    frame = holding(city, FRAME)
    if frame.any():
        action = _("they fill the box around all parcels: a frame, or the outline of the city")
        out.append(layer.issue("frame_park", frame[layer.park], action, fix=_("remove it, or draw the park")))
    if districts is not None:
        of = [holding(district, WHOLLY) for district in districts.geometry]
        whole = np.any(of, axis=0)
        if whole.any():
            words = ", ".join(str(d) for d, held in zip(districts[s.DISTRICT], of, strict=True) if held.any())
            action = _("they hold a whole district ({districts}): a district among the parks?", districts=words)
            out.append(layer.issue("district_as_park", whole[layer.park], action, fix=_("remove it, or draw the park")))
    return out
