"""From a ledger to shares: city, districts, parks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.ledger import NOWHERE
from landuse.results import Concentration, Definition, Gap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.layers import Districts, Parcels
    from landuse.ledger import Ledger
    from landuse.results import Interval


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
        Of the share, from `landuse.analysis.interval`; it makes the verdict one of three.
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
    parks = ledger.parks
    blocks = parks[[s.PARK, s.PARK_NAME, s.LEVEL, s.RANK, s.BLOCK, s.MAIN]]
    table = blocks.groupby(s.PARK, sort=False).agg(
        park_name=(s.PARK_NAME, "first"), level=(s.LEVEL, "first"), blocks=(s.BLOCK, "nunique")
    )
    inside = land[land["block"] != NOWHERE]
    park_of = parks[s.PARK].to_numpy()
    table["industrial_m2"] = inside.groupby(park_of[inside["block"]])["m2"].sum()
    claims = ledger.claims.assign(park=park_of[ledger.claims["block"]])
    once = claims.drop_duplicates(
        ["face", "park"]
    )  # a park claims a face once, however many of its blocks overlap there
    gross = once.merge(land.groupby(s.FACE)["m2"].sum(), left_on="face", right_index=True)
    table["industrial_gross_m2"] = gross.groupby("park")["m2"].sum()
    face_m2 = ledger.faces[s.ELLIPSOIDAL].to_numpy()
    table["land_m2"] = pd.Series(face_m2[once["face"]]).groupby(once["park"].to_numpy()).sum()
    ellipsoidal = ledger.parts[s.ELLIPSOIDAL].to_numpy()[land.index]
    on_face = pd.Series(ellipsoidal, index=land.index).groupby(land[s.FACE]).sum()
    purity = once.merge(on_face.rename("m2"), left_on="face", right_index=True).groupby("park")["m2"].sum()
    table["industrial_share"] = (purity / table["land_m2"]).fillna(0.0)
    table = table.fillna({"industrial_m2": 0.0, "industrial_gross_m2": 0.0, "land_m2": 0.0})
    # claims are sorted by block: the first of a park holds the face
    main = once[parks[s.MAIN].to_numpy()[once["block"]]]
    main_m2 = pd.Series(face_m2[main["face"]]).groupby(main["park"].to_numpy()).sum()
    table["main_share"] = main_m2 / table["land_m2"]
    table.loc[table["blocks"] == 1, "main_share"] = 1.0
    columns = ["industrial_m2", "industrial_gross_m2", "land_m2", "industrial_share", "blocks", "main_share"]
    return table[["park_name", s.LEVEL, *columns]]
