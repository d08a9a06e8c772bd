"""From a ledger to shares: city, districts, parks."""

from __future__ import annotations

from dataclasses import astuple
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.definition import MET, NOT_MET, RULES, Definition, Gap
from landuse.results.concentration import Concentration
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.geo.arrays import Floats, Ints
    from landuse.inputs.districts import Districts
    from landuse.inputs.parcels import Parcels
    from landuse.results.concentration import Interval
    from landuse.results.ledger import Ledger


def assign_districts(parcels: Parcels, districts: Districts | None) -> Parcels:
    """Return the parcels with their district's code.

    With a district layer: the district that holds the parcel's representative point, "" where none does. Without:
    the first six characters of the parcel's own district text.

    Parameters
    ----------
    parcels : Parcels
        From the door.
    districts : Districts, optional
        In the same system.

    Returns
    -------
    Parcels
        A copy.
    """
    if districts is None:
        return parcels.assign(**{s.DISTRICT: parcels[s.DISTRICT].str[:6]})
    code = np.full(len(parcels), "", dtype=object)
    points = shapely.point_on_surface(np.asarray(parcels.geometry.to_numpy(), dtype=object))
    # the tree holds the points, so that each district is prepared once
    outlines = np.asarray(districts.geometry.to_numpy(), dtype=object)
    d, i = shapely.STRtree(points).query(outlines, predicate="intersects")
    order = np.argsort(-d, kind="stable")  # on a shared border the first district wins: it is written last
    code[i[order]] = districts[s.DISTRICT].to_numpy()[d[order]]
    return parcels.assign(**{s.DISTRICT: code})


def park_concentration(
    ledger: Ledger,
    definition: Definition,
    *,
    target: float = 0.70,
    interval: Interval | None = None,
    district_names: Mapping[str, str] | None = None,
) -> Concentration:
    """What share of the industrial land lies inside the parks: city, districts, parks?

    Land that several parks claim counts once in the city's and the districts' figures and is attributed to the park
    that owns it (level, then id); each park's gross figure, all it claims, stands beside it.

    Parameters
    ----------
    ledger : Ledger
        Of the definition's boundary kind.
    definition : Definition
        What is counted, and how.
    target : float
        0-1.
    interval : Interval, optional
        Of the share, from `landuse.analysis.share.interval`; it makes the verdict one of three.
    district_names : mapping, optional
        District code to name.

    Returns
    -------
    Concentration
        In m², unrounded.

    Notes
    -----
    Other tools sum the intersection with every park (land in two parks counts twice), or join whole parcels.
    """
    land = ledger.counted(definition)
    land["inside_m2"] = land["m2"].where(land["block"] != NOWHERE, 0.0)
    by_district = land.groupby(s.DISTRICT)[["m2", "inside_m2"]].sum().rename(columns={"m2": "total_m2"})
    names = dict(district_names or {})
    by_district = by_district.reindex(sorted({*by_district.index, *names}), fill_value=0.0)
    by_district.insert(0, "name", [names.get(code, code) for code in by_district.index])
    by_district["share"] = (by_district["inside_m2"] / by_district["total_m2"]).where(by_district["total_m2"] > 0)
    by_district["gap_m2"] = [
        Gap.of(t, i, target).relocate for t, i in zip(by_district["total_m2"], by_district["inside_m2"], strict=True)
    ]
    return Concentration(
        definition=definition,
        target=target,
        total_m2=float(land["m2"].sum()),
        inside_m2=float(land["inside_m2"].sum()),
        districts=by_district,
        parks=_parks_table(ledger, land),
        interval=interval,
    )


def _parks_table(ledger: Ledger, land: pd.DataFrame) -> pd.DataFrame:
    parks, face_m2 = ledger.parks, ledger.faces[s.ELLIPSOIDAL].to_numpy()
    number, names = pd.factorize(parks[s.PARK])  # parks by their order, blocks and faces by their position
    distinct = parks[[s.PARK, s.BLOCK]].drop_duplicates()[s.PARK].value_counts()
    table = parks.drop_duplicates(s.PARK).set_index(s.PARK)[[s.PARK_NAME, s.LEVEL]]
    table["blocks"] = distinct.reindex(names).to_numpy()

    def by_park(values: Floats, park: Ints) -> Floats:
        return _sums(values, park, len(names))

    inside = land[land["block"] != NOWHERE]
    face, block = ledger.claims["face"].to_numpy(), ledger.claims["block"].to_numpy()
    # a park claims a face once, however many of its blocks overlap there
    once = np.sort(np.unique(face * len(names) + number[block], return_index=True)[1])
    face, block = face[once], block[once]
    part = land[land[s.FACE] != NOWHERE]
    ellipsoidal = ledger.parts[s.ELLIPSOIDAL].to_numpy()[part.index]
    gross, industrial = (_sums(m2, part[s.FACE].to_numpy(), len(face_m2)) for m2 in (part["m2"], ellipsoidal))
    land_m2 = by_park(face_m2[face], number[block])
    with np.errstate(invalid="ignore", divide="ignore"):
        industrial_share = by_park(industrial[face], number[block]) / land_m2
        # claims are sorted by block: the first of a park holds the face
        main = parks[s.MAIN].to_numpy(dtype=bool)[block]
        main_share = by_park(face_m2[face[main]], number[block[main]]) / land_m2
    table["industrial_m2"] = np.nan_to_num(by_park(inside["m2"].to_numpy(), number[inside["block"]]))
    table["industrial_gross_m2"] = np.nan_to_num(by_park(gross[face], number[block]))
    table["land_m2"] = np.nan_to_num(land_m2)
    table["industrial_share"] = np.nan_to_num(industrial_share)
    table["main_share"] = np.where(table["blocks"] == 1, 1.0, main_share)
    columns = ["industrial_m2", "industrial_gross_m2", "land_m2", "industrial_share", "blocks", "main_share"]
    return table[[s.PARK_NAME, s.LEVEL, *columns]]


def _sums(values: Any, position: Ints, length: int) -> Floats:
    """Return the sum of the values at each position; NaN, which later sums leave out, where there is none."""
    sums = pd.Series(np.asarray(values)).groupby(position).sum(min_count=1)
    return np.asarray(sums.reindex(range(length)), dtype=float)


def definition_matrix(ledgers: Mapping[str, Ledger], target: float) -> pd.DataFrame:
    """Compute the share under every definition: class set × boundary kind × partial-parcel rule × area basis.

    Parameters
    ----------
    ledgers : mapping
        Boundary kind to its ledger; all of the same parcels.
    target : float
        0-1.

    Returns
    -------
    pandas.DataFrame
        One row a definition: classes, boundary, rule, area, share (NaN where the class set holds no land), verdict.
        For each boundary kind 27, less those by registered area of class sets in which no parcel states one.

    Notes
    -----
    Each row is a group-by on a ledger; nothing is cut again.
    """
    rows = []
    for boundary, ledger in ledgers.items():
        parts = ledger.parts
        counted = parts[s.COUNTED].to_numpy()
        inside = {rule: ledger.blocks(rule) != NOWHERE for rule in RULES}
        kept = {classes: counted & ledger.of_classes(classes) for classes in s.CLASS_SETS}
        for classes, rule, area in product(s.CLASS_SETS, RULES, s.AREA_COLUMN):
            definition = Definition(classes, boundary, rule, area)
            if ledger.as_used(definition) != definition:
                continue
            keep = kept[classes]
            m2 = parts[s.AREA_COLUMN[area]].to_numpy()
            total = m2[keep].sum()
            share = m2[keep & inside[rule]].sum() / total if total > 0 else np.nan
            rows.append((*astuple(definition), share, MET if share >= target else NOT_MET))
    return pd.DataFrame(rows, columns=["classes", "boundary", "rule", "area", "share", "verdict"])
