"""From layers to a ledger, and from a ledger to shares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.analysis.arrangement import arrange
from landuse.analysis.overlap import count_once, cut
from landuse.area import ellipsoidal_area, gaussian_radius2, planar_area
from landuse.crs import system
from landuse.ledger import NOWHERE, Ledger
from landuse.results import Concentration, Definition, Gap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from landuse.layers import Districts, Parcels, Parks


def build_ledger(parcels: Parcels, parks: Parks, *, workers: int = 2) -> Ledger:
    """Cut every parcel by the park boundaries, and account for every square metre once.

    Land that several parcels claim is counted for the one with the smallest id; the others' parts stay in the ledger,
    uncounted. Registered area is apportioned over the whole parcel by ellipsoidal ratio first.

    Parameters
    ----------
    parcels : Parcels
        Industrial, storage and mining parcels.
    parks : Parks
        In the same projected system, sorted by rank and id.
    workers : int
        Threads for the cuts.

    Returns
    -------
    Ledger
        Its constructor has checked that parts sum to parcels.
    """
    crs = system(parcels)
    parcels = parcels.sort_values(s.PARCEL, kind="stable", ignore_index=True)
    polygons = np.asarray(parcels.geometry.to_numpy(), dtype=object)
    radius2 = gaussian_radius2(polygons, crs)
    whole = pd.DataFrame(
        {s.PLANAR: planar_area(polygons, crs), s.ELLIPSOIDAL: ellipsoidal_area(polygons, crs, radius2)}
    )
    parcels["unstated"] = parcels[s.REGISTERED].isna()
    # a parcel without a stated area is measured
    whole[s.REGISTERED] = parcels[s.REGISTERED].fillna(whole[s.ELLIPSOIDAL])
    for column in whole:
        parcels[column] = whole[column]

    arrangement = arrange(np.asarray(parks.geometry.to_numpy(), dtype=object))
    source, counted, pieces = count_once(polygons, workers=workers)
    done = cut(pieces, arrangement, workers=workers)
    parcel = source[done.source]
    untouched = done.whole & (np.bincount(source, minlength=len(parcels)) == 1)[parcel]
    part = whole.iloc[parcel].reset_index(drop=True)
    some = np.flatnonzero(~untouched)
    area = ellipsoidal_area(done.geometry[some], crs, radius2[parcel[some]])
    cut_up = pd.DataFrame({s.PLANAR: planar_area(done.geometry[some], crs), s.ELLIPSOIDAL: area}, index=some)
    cut_up[s.REGISTERED] = part[s.REGISTERED].iloc[some] * (area / part[s.ELLIPSOIDAL].iloc[some])
    part.update(cut_up)
    parts = gpd.GeoDataFrame(
        {"parcel": parcel, s.FACE: done.face, s.COUNTED: counted[done.source], **part},
        geometry=done.geometry,
        crs=crs,
    )
    centroid_face = np.full(len(parcels), NOWHERE, dtype=np.int64)
    centroid_face[parcel[untouched]] = done.face[untouched]
    split = np.unique(parcel[some])
    centroid_face[split] = _centroid_face(polygons[split], arrangement.faces)
    return Ledger(
        parcels=parcels,
        parks=parks,
        parts=parts.sort_values(
            ["parcel", s.COUNTED, s.FACE], ascending=[True, False, True], kind="stable", ignore_index=True
        ),
        faces=gpd.GeoDataFrame(
            {
                "owner": arrangement.owner,
                s.PLANAR: planar_area(arrangement.faces, crs),
                s.ELLIPSOIDAL: ellipsoidal_area(arrangement.faces, crs),
            },
            geometry=arrangement.faces,
            crs=crs,
        ),
        claims=pd.DataFrame(arrangement.claims, columns=["face", "block"]),
        centroid_face=centroid_face,
    )


def _centroid_face(polygons: NDArray[np.object_], faces: NDArray[np.object_]) -> NDArray[np.int64]:
    point = shapely.centroid(polygons)
    astray = ~shapely.intersects(polygons, point)
    point[astray] = shapely.point_on_surface(polygons[astray])
    face = np.full(len(polygons), NOWHERE, dtype=np.int64)
    i, f = shapely.STRtree(faces).query(point, predicate="within")
    face[i] = f
    return face


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
    table = table.fillna({"industrial_m2": 0.0, "industrial_gross_m2": 0.0, "land_m2": 0.0})
    first = claims.drop_duplicates(["face", "park"])  # claims are sorted by block: the first of a park holds the face
    main = first[parks[s.MAIN].to_numpy()[first["block"]]]
    main_m2 = pd.Series(face_m2[main["face"]]).groupby(main["park"].to_numpy()).sum()
    table["main_share"] = main_m2 / table["land_m2"]
    table.loc[table["blocks"] == 1, "main_share"] = 1.0
    return table[["park_name", s.LEVEL, "industrial_m2", "industrial_gross_m2", "land_m2", "blocks", "main_share"]]
