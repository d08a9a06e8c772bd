"""The ledger: every industrial parcel cut by the arrangement, one row a part.

Every published number is a group-by on it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import BALANCE, AccountingError

if TYPE_CHECKING:
    import geopandas as gpd

    from landuse.definition import Definition
    from landuse.geo.arrays import Bools, Floats, Positions
    from landuse.inputs.parcels import Parcels
    from landuse.inputs.parks import Parks

#: Outside every park, where a position of a face or a block is expected.
NOWHERE = -1


@dataclass(frozen=True)
class Ledger:
    """Parcels, parks, and the parts their boundaries make.

    Attributes
    ----------
    parcels : Parcels
        Whole parcels, sorted by id, with planar_m2, ellipsoidal_m2, registered_m2 (no NaN) and
        unstated (no registered area was given) beside the door's columns.
    parks : Parks
        One row a block, sorted by who owns disputed land.
    parts : geopandas.GeoDataFrame
        One row a part: parcel (position in `parcels`), face (position in `faces`, or -1 outside), counted (False for
        land that another parcel already holds), planar_m2, ellipsoidal_m2, registered_m2, geometry.
    faces : geopandas.GeoDataFrame
        owner (position in `parks`), ellipsoidal_m2, planar_m2, geometry.
    claims : pandas.DataFrame
        face, block (position in `parks`): every block that covers a face.
    centroid_block : array of int, shape (parcels,)
        The block (position in `parks`) that owns the land at each parcel's centroid, or -1.

    Raises
    ------
    AccountingError
        When the parts of a parcel do not sum to the parcel.
    """

    parcels: Parcels
    parks: Parks
    parts: gpd.GeoDataFrame
    faces: gpd.GeoDataFrame
    claims: pd.DataFrame
    centroid_block: Positions

    def __post_init__(self) -> None:
        bound = np.abs(self.parcels.total_bounds).max()
        # the ulp term: a needle's area is known no better than its perimeter times the coordinates' last place
        slack = 8 * np.spacing(bound) * self.parcels.length.to_numpy()
        for column in (s.PLANAR, s.ELLIPSOIDAL, s.REGISTERED):
            whole = self.parcels[column].to_numpy()
            parts = np.bincount(self.parts["parcel"], self.parts[column], len(whole))
            scale = whole / np.maximum(self.parcels[s.PLANAR].to_numpy(), 1e-12)
            off = np.flatnonzero(np.abs(parts - whole) > BALANCE * whole + slack * np.maximum(scale, 1))
            if len(off):
                k = off[0]
                raise AccountingError(
                    f"{column}: the parts of parcel {self.parcels[s.PARCEL].iloc[k]} sum to {parts[k]!r}, "
                    f"the parcel has {whole[k]!r} ({len(off)} parcels in all)"
                )

    def blocks(self, rule: str) -> Positions:
        """Return the block (position in `parks`) each part is attributed to under a partial-parcel rule, or -1.

        Parameters
        ----------
        rule : {"clip", "centroid", "majority"}
            Clip: the owner of the part's face. Centroid: the first park whose interior holds the parcel's centroid
            (its representative point where the centroid falls outside the parcel). Majority: the park with the largest
            attributed part when more than half of the parcel is inside (ties: rank, then id).
        """
        owner = np.append(self.faces["owner"].to_numpy(), NOWHERE)
        if rule == "clip":
            return np.asarray(owner[self.parts["face"]])
        if rule == "centroid":
            return np.asarray(self.centroid_block[self.parts["parcel"]])
        return np.asarray(self._majority(owner)[self.parts["parcel"].to_numpy()])

    def _majority(self, owner: Positions) -> Positions:
        part = pd.DataFrame(
            {
                "parcel": self.parts["parcel"],
                "block": owner[self.parts["face"]],
                "m2": self.parts[s.ELLIPSOIDAL],
            }
        )
        summed = part[part["block"] != NOWHERE].groupby(["parcel", "block"])["m2"].sum()
        inside = summed.reset_index()
        # parks numbered in the order in which they own disputed land
        inside["park"] = pd.factorize(self.parks[s.PARK])[0][inside["block"]]
        inside["park_m2"] = inside.groupby(["parcel", "park"])["m2"].transform("sum")
        inside["inside_m2"] = inside.groupby("parcel")["m2"].transform("sum")
        half = self.parcels[s.ELLIPSOIDAL].to_numpy()[inside["parcel"]] / 2
        inside = inside[inside["inside_m2"] > half]
        order = {"parcel": True, "park_m2": False, "park": True, "m2": False}
        best = inside.sort_values([*order], ascending=[*order.values()], kind="stable").drop_duplicates("parcel")
        out = np.full(len(self.parcels), NOWHERE, dtype=np.int64)
        out[best["parcel"]] = best["block"]
        return out

    def as_used(self, definition: Definition) -> Definition:
        """Return a definition with the area basis that its figures rest on.

        Without a registered area on any parcel of its classes, registered figures are measured ones: ellipsoidal.
        """
        if definition.area != "registered":
            return definition
        stated = ~self.parcels["unstated"] & self.parcels[s.USE].isin(s.CLASS_SETS[definition.classes])
        return definition if stated.any() else replace(definition, area="ellipsoidal")

    def of_classes(self, classes: str) -> Bools:
        """Return which parts are of a class set, a key of `landuse.schema.CLASS_SETS`."""
        kept = self.parcels[s.USE].isin(s.CLASS_SETS[classes]).to_numpy()
        return np.asarray(kept[self.parts["parcel"]])

    def counted(self, definition: Definition) -> pd.DataFrame:
        """Return the land a definition counts: a row a part, with parcel, district, block (-1 outside), face and m2."""
        part = self.parts
        keep = part[s.COUNTED].to_numpy() & self.of_classes(definition.classes)
        return pd.DataFrame(
            {
                "parcel": part["parcel"],
                s.DISTRICT: self.parcels[s.DISTRICT].to_numpy()[part["parcel"]],
                "block": self.blocks(definition.rule),
                s.FACE: part["face"],
                "m2": part[s.AREA_COLUMN[definition.area]],
            }
        )[keep]

    def table(self, rule: str = "clip") -> gpd.GeoDataFrame:
        """Return the ledger as it is published: identifiers instead of positions, parks by a partial-parcel rule.

        Areas are unrounded; registered_stated_m2 is the registered area to 0.01 m², parts summing to parcels there too.
        """
        take = self.parts["parcel"].to_numpy()
        park = np.append(self.parks[s.PARK].to_numpy(dtype=object), "")[self.blocks(rule)]
        out = self.parts.drop(columns="parcel")
        for k, column in enumerate((s.PARCEL, s.CODE, s.USE, s.DISTRICT)):
            out.insert(k, column, self.parcels[column].to_numpy()[take])
        out.insert(4, s.PARK, park)
        out.insert(len(out.columns) - 1, "registered_stated_m2", self._stated())
        return out

    def _stated(self) -> Floats:
        """Registered area of each part as a table states it: to 0.01 m², the remainder on the parcel's largest part."""
        parcel = self.parts["parcel"].to_numpy()
        cents = np.floor(self.parts[s.REGISTERED].to_numpy() * 100 + 0.5)
        whole = np.floor(self.parcels[s.REGISTERED].to_numpy() * 100 + 0.5)
        rest = whole - np.bincount(parcel, cents, len(whole))
        order = np.lexsort((-cents, parcel))
        largest = order[np.flatnonzero(np.diff(parcel[order], prepend=-1))]
        cents[largest] += rest[parcel[largest]]
        return np.asarray(cents / 100)
