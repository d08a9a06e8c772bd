"""What changed between two dates: the land of both laid over each other, cut by the parks of both, and named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from landuse import schema as s
from landuse.analysis.change.lineage import lineage, records_of
from landuse.analysis.overlay.arrangement import arrange
from landuse.analysis.overlay.cut import cut
from landuse.analysis.overlay.laid import NONE, overlay, wide_regions
from landuse.analysis.share.build import GRID_M, cut_land
from landuse.analysis.share.concentration import park_concentration
from landuse.config.history import ChangeSection
from landuse.errors import AccountingError
from landuse.geo.area import ellipsoidal_area, planar_area
from landuse.geo.crs import system, unit_factor
from landuse.results import change as c
from landuse.results.change import ChangeLedger
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from landuse.analysis.overlay.arrangement import Arrangement
    from landuse.analysis.share.build import Land
    from landuse.geo.arrays import Bools, Floats, Geometries, Positions
    from landuse.inputs.parks import Parks
    from landuse.results.concentration import Concentration
    from landuse.results.ledger import Ledger

#: Kinds of land before it is known on which side of the parks it lies.
NEITHER, NEW, CLEARED = "", "new", "cleared"


@dataclass(frozen=True)
class Snapshot:
    """One date: its land, its ledger, and the share under the study's definition."""

    date: date
    land: Land
    ledger: Ledger
    concentration: Concentration


def change_ledger(
    before: Snapshot,
    after: Snapshot,
    rule: ChangeSection | None = None,
    *,
    updates: gpd.GeoDataFrame | None = None,
    workers: int = 2,
) -> ChangeLedger:
    """What changed between two dates, and who moved the line?

    Each part of the land that is industrial at either date is, by the first that applies:

    - *redrawn in* or *out*: industrial at both, its side changed, and it would not have changed had the park
      boundaries of the earlier date stayed;
    - *transferred*: industrial at both, in another district;
    - *reclassified*: another industrial class, or counted at one date only because its class left or entered the
      definition's set;
    - *new* or *cleared*, *inside* or *outside*: industrial at one date only, by the parks of that date;
    - *redigitised*: any of these, but nowhere wider than the rule's shift; or its side changed though no boundary moved
      (under a rule that gives whole parcels to a side, when parcels are split or drawn anew).

    Width is looked at where land of one kind lies together, whatever parcels it is cut into: a connected
    piece that is wider than the shift somewhere is news as a whole.

    Parameters
    ----------
    before, after : Snapshot
        Under one definition, in one plane.
    rule : ChangeSection, optional
        What is news.
    updates : GeoDataFrame, optional
        The survey's own record of what changed between the two (`landuse.inputs.history.as_updates`). It comes before
        the comparison of lines: what it holds is news, however narrow, and *transferred* where it says that a
        border moved; what it lacks is news only where it is wide.
    workers : int
        Threads for the cuts.

    Returns
    -------
    ChangeLedger
        Its constructor has checked that the parts sum to both dates.

    Raises
    ------
    AccountingError
        When the parts of a parcel do not make it up.
    """
    rule = rule or ChangeSection()
    definition, crs = after.concentration.definition, system(after.ledger.parcels)
    width = rule.shift_m / unit_factor(crs)
    both = (before, after)
    moved = not _same_parks(before.ledger.parks, after.ledger.parks)
    stayed = cut_land(after.land, before.ledger.parks, workers=workers) if moved else after.ledger
    own = [np.flatnonzero(shot.land.counted) for shot in both]
    laid = overlay(*(shot.land.pieces[k] for shot, k in zip(both, own, strict=True)), workers=workers)
    parcel = (
        np.append(before.land.source[own[0]], NONE)[laid.before],
        np.append(after.land.source[own[1]], NONE)[laid.after],
    )
    kind = _land_kinds(*(_Labels.of(shot, at) for shot, at in zip(both, parcel, strict=True)))
    geometry, source, kind, recorded = _weighed(kind, laid.geometry, updates, width, workers)
    faces = _Faces.of(before.ledger.parks, after.ledger.parks if moved else None, width)
    done = cut(geometry, faces.arrangement, workers=workers)
    kind, recorded, piece = kind[done.source], recorded[done.source], source[done.source]
    was, now = (_Labels.of(shot, at[piece]) for shot, at in zip(both, parcel, strict=True))
    here = _blocks(before.ledger, definition.rule, was.at, faces.before[done.face])
    stays = _blocks(stayed, definition.rule, now.at, faces.before[done.face])
    there = _blocks(after.ledger, definition.rule, now.at, faces.after[done.face])
    known = faces.wide[done.face] | (definition.rule != "clip")
    kind = _named(kind, was.counted & now.counted & known, here != NOWHERE, stays != NOWHERE, there != NOWHERE)
    columns = {
        "kind": kind,
        **_side("before", before, was, here, done.geometry),
        **_side("after", after, now, there, done.geometry),
        "recorded": recorded,
        "stays_inside": now.counted & (stays != NOWHERE),
    }
    names = {str(code): str(name) for code, name in after.concentration.districts["name"].items()}
    target = after.concentration.target
    held = park_concentration(stayed, definition, target=target, district_names=names) if moved else after.concentration
    return ChangeLedger(
        start=before.date,
        end=after.date,
        before=before.concentration,
        after=after.concentration,
        stayed=held,
        parts=gpd.GeoDataFrame(columns, geometry=done.geometry, crs=crs),
        lineage=lineage(before.land.parcels, after.land.parcels, parcel, laid, width),
    )


@dataclass(frozen=True)
class _Labels:
    """What one date says of each piece: position of the parcel or -1, its id, code, district; which land counts.

    `held` is land of any class the ledger keeps, `counted` that of the definition's.
    """

    at: Positions
    parcel: NDArray[np.object_]
    code: NDArray[np.object_]
    district: NDArray[np.object_]
    held: Bools
    counted: Bools

    @classmethod
    def of(cls, shot: Snapshot, at: Positions) -> _Labels:
        parcels, held = shot.land.parcels, at != NONE
        ids, codes, districts = (
            np.append(parcels[column].to_numpy(dtype=object), "")[at] for column in (s.PARCEL, s.CODE, s.DISTRICT)
        )
        kept = parcels[s.USE].isin(s.CLASS_SETS[shot.concentration.definition.classes]).to_numpy()
        return cls(at, ids, codes, districts, held, np.append(kept, False)[at])


def _land_kinds(was: _Labels, now: _Labels) -> NDArray[np.object_]:
    """Classify the change of land use of each piece, ignoring park boundaries."""
    kept = was.counted & now.counted
    return np.select(
        [
            ~(was.counted | now.counted),
            kept & (was.district != now.district),
            (kept & (was.code != now.code)) | (~kept & was.held & now.held),
            kept,
            now.counted,
        ],
        [NEITHER, c.TRANSFERRED, c.RECLASSIFIED, c.UNCHANGED, NEW],
        CLEARED,
    ).astype(object)


def _weighed(
    kind: NDArray[np.object_], geometry: Geometries, updates: gpd.GeoDataFrame | None, width: float, workers: int
) -> tuple[Geometries, Positions, NDArray[np.object_], Bools]:
    """Tell news from lines drawn anew.

    Returns the pieces that count at either date, cut by the records where there are any; which piece of the overlay
    each is of; its kind; and whether a record has it.
    """
    changed = np.isin(kind, (c.TRANSFERRED, c.RECLASSIFIED, NEW, CLEARED))
    source = np.concatenate([np.flatnonzero(kind == c.UNCHANGED), np.flatnonzero(changed)])
    pieces, record = geometry[source], np.full(len(source), NONE)
    if updates is not None and len(updates):
        stay = int((~changed[source]).sum())
        parts, of, found = records_of(pieces[stay:], updates, workers=workers)
        pieces, source = np.concatenate([pieces[:stay], parts]), np.concatenate([source[:stay], source[stay:][of]])
        record = np.concatenate([record[:stay], found])
    out, recorded = kind[source], record != NONE
    if updates is not None:
        out[recorded & np.append(updates["moved"].to_numpy(dtype=bool), False)[record]] = c.TRANSFERRED
    for name in (c.TRANSFERRED, c.RECLASSIFIED, NEW, CLEARED):
        k = np.flatnonzero((out == name) & ~recorded)
        out[k[~wide_regions(pieces[k], width, workers=workers)]] = c.REDIGITISED
    return pieces, source, out, recorded


def _named(kind: NDArray[np.object_], known: Bools, was: Bools, stays: Bools, now: Bools) -> NDArray[np.object_]:
    """Put the parks' part into the kinds: sides of what is new or cleared, and boundaries that passed over land."""
    redrawn = known & (was != now) & (stays != now)
    kind = np.where((kind == c.UNCHANGED) & (was != now), c.REDIGITISED, kind)
    kind = np.where(redrawn, np.where(now, c.REDRAWN_IN, c.REDRAWN_OUT), kind)
    kind = np.where(kind == NEW, np.where(now, c.NEW_INSIDE, c.NEW_OUTSIDE), kind)
    return np.where(kind == CLEARED, np.where(was, c.CLEARED_INSIDE, c.CLEARED_OUTSIDE), kind)


@dataclass(frozen=True)
class _Faces:
    """The arrangement of the parks of both dates; the owner of each face at each date, -1 for none.

    The arrays have one more element than there are faces, for land outside of them all. `wide` tells whether a face
    whose side changed lies in a piece of land that is wider than the shift.
    """

    arrangement: Arrangement
    before: Positions
    after: Positions
    wide: Bools

    @classmethod
    def of(cls, before: Parks, after: Parks | None, width: float) -> _Faces:
        own = np.asarray(before.geometry.to_numpy(), dtype=object)
        if after is None:
            one = arrange(own)
            owner = np.append(one.owner, NOWHERE)
            return cls(one, owner, owner, np.zeros(len(owner), dtype=bool))
        joint = arrange(np.concatenate([own, np.asarray(after.geometry.to_numpy(), dtype=object)]))
        n = len(joint.faces)
        face, region = joint.claims.T
        owner = np.full((2, n + 1), NOWHERE, dtype=np.int64)
        for k, some in enumerate((region < len(own), region >= len(own))):
            holder, first = np.unique(face[some], return_index=True)  # claims are sorted: the first owns
            owner[k, holder] = region[some][first] - k * len(own)
        flipped = np.flatnonzero((owner[0] != NOWHERE) != (owner[1] != NOWHERE))
        spread = np.zeros(n + 1, dtype=bool)
        spread[flipped] = wide_regions(joint.faces[flipped], width)
        return cls(joint, owner[0], owner[1], spread)


def _same_parks(a: Parks, b: Parks) -> bool:
    """Whether two layers are the same parks with the same outlines."""
    columns = [s.PARK, s.RANK, s.BLOCK]
    return a[columns].equals(b[columns]) and bool(
        (shapely.to_wkb(a.geometry.to_numpy()) == shapely.to_wkb(b.geometry.to_numpy())).all()
    )


def _blocks(ledger: Ledger, rule: str, at: Positions, owner: Positions) -> Positions:
    """Return the block of each piece: its face's owner, or its whole parcel's under a rule that cuts none."""
    if rule == "clip":
        return np.where(at == NONE, NOWHERE, owner)
    block = np.full(len(ledger.parcels) + 1, NOWHERE, dtype=np.int64)
    block[ledger.parts["parcel"]] = ledger.blocks(rule)
    return np.asarray(block[at])


def _side(
    when: str, shot: Snapshot, label: _Labels, block: Positions, geometry: Geometries
) -> dict[str, NDArray[np.generic]]:
    """Return the columns of one date."""
    park = np.append(shot.ledger.parks[s.PARK].to_numpy(dtype=object), "")[block]
    return {
        f"parcel_{when}": label.parcel,
        f"code_{when}": label.code,
        f"district_{when}": np.where(label.counted, label.district, ""),
        f"park_{when}": np.where(label.counted, park, ""),
        f"m2_{when}": _measured(shot, label, block != NOWHERE, geometry),
    }


def _measured(shot: Snapshot, label: _Labels, inside: Bools, geometry: Geometries) -> Floats:
    """Measure each piece as a part of its parcel; rounding goes to the largest on the same side (分割平差)."""
    ledger, definition = shot.ledger, shot.concentration.definition
    k = np.flatnonzero(label.counted)
    at, crs = label.at[k], system(ledger.parcels)
    if definition.area == "planar":
        m2 = planar_area(geometry[k], crs)
    else:
        m2 = ellipsoidal_area(geometry[k], crs, shot.land.radius2[at])
    if definition.area == "registered":
        # m² of the piece x registered m² of the parcel / measured m² of the parcel
        m2 = m2 * (ledger.parcels[s.REGISTERED] / ledger.parcels[s.ELLIPSOIDAL]).to_numpy()[at]
    land, keys = ledger.counted(definition), 2 * len(ledger.parcels)
    whole = np.bincount(2 * land["parcel"] + (land["block"] != NOWHERE), land["m2"], keys)
    key = 2 * at + inside[k]
    rest = whole - np.bincount(key, m2, keys)
    rest[np.bincount(key, minlength=keys) == 0] = 0  # a sliver of one side that the other cut did not leave
    slack = 2 * GRID_M * ledger.parcels.length.to_numpy() * unit_factor(crs)
    if (off := np.flatnonzero(np.abs(rest) > np.repeat(slack, 2))).size:
        first = ledger.parcels[s.PARCEL].iloc[off[0] // 2]
        raise AccountingError(f"the parts of parcel {first} on {shot.date} miss {rest[off[0]]!r} m² ({off.size} sides)")
    order = np.lexsort((-m2, key))
    largest = order[np.flatnonzero(np.diff(key[order], prepend=-1))]
    m2[largest] += rest[key[largest]]
    out = np.zeros(len(geometry))
    out[k] = np.maximum(m2, 0)
    return out
