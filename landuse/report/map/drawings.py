"""From a result to what is drawn: shapes in degrees with a class each, and the columns that stand behind them.

Row k of a table is shape k of its drawing, so that a row of the list finds its shape and a click its row. All are
sorted along a Hilbert curve, which keeps neighbours together on the wire and in the index.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse import schema as s
from landuse.geo.crs import WGS84, unit_factor
from landuse.geo.gcj02 import to_gcj02
from landuse.geo.transform import route
from landuse.report.map.encode import FEATURES_AT_ONCE, hilbert_order
from landuse.report.words.format import park_areas
from landuse.results.ledger import NOWHERE

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.geo.arrays import Floats, Ints
    from landuse.inputs.parks import Parks
    from landuse.results.concentration import Concentration
    from landuse.results.run import RunResult

#: Vertices nearer than this to the line without them are not drawn [m]; figures never see the simplified shapes.
DISPLAY_TOLERANCE_M = 0.2
INSIDE, OUTSIDE = 0, 1
AREAS, LINES = 0, 1
#: Keys of the drawings that no figure belongs to.
BEHIND = ("water", "roads")
CANDIDATE, NO_DATA, SCATTERED = 0, 1, 2
#: In place of a reason's code: none, and more than one.
NONE_MET, SEVERAL = "-", "+"


@dataclass(frozen=True)
class Drawing:
    """One layer of the map.

    Attributes
    ----------
    key : {"districts", "water", "roads", "blocks", "land", "parks", "outlines", "treated", "plots", "changes", "moves"}
        Names its styles.
    polygons : array of polygons, of roads, water and moves also lines, shape (n,)
        In degrees (WGS 84), longitude first, simplified for display.
    classes : array of uint8, shape (n,)
        Index of each shape's style.
    table : pandas.DataFrame
        One row a shape.
    """

    key: str
    polygons: NDArray[np.object_]
    classes: NDArray[np.uint8]
    table: pd.DataFrame

    def __len__(self) -> int:
        return len(self.polygons)

    def sums(self, area: str) -> list[tuple[int, float]]:
        """Return count and area of every class that may occur."""
        m2 = self.table[area].to_numpy(dtype=float)
        most = int(self.classes.max(initial=0)) + 1
        return list(
            zip(
                np.bincount(self.classes, minlength=most).tolist(),
                np.bincount(self.classes, m2, most).tolist(),
                strict=True,
            )
        )


def for_display(frame: gpd.GeoDataFrame | gpd.GeoSeries) -> NDArray[np.object_]:
    """Return a layer's polygons in degrees, simplified for display."""
    crs = cast("CRS", frame.crs)
    to_degrees = route(crs, WGS84).apply
    polygons = np.asarray(frame.geometry.to_numpy(), dtype=object)
    out = np.empty(len(polygons), dtype=object)
    for k in range(0, len(polygons), FEATURES_AT_ONCE):
        some = polygons[k : k + FEATURES_AT_ONCE]
        # three times as fast as the careful way; a sliver that would vanish stays as it is
        thin = shapely.simplify(some, DISPLAY_TOLERANCE_M / unit_factor(crs), preserve_topology=False)
        thin = np.where(shapely.is_empty(thin), some, thin)
        out[k : k + FEATURES_AT_ONCE] = shapely.transform(thin, to_degrees)
    return out


def _drawing(key: str, frame: gpd.GeoDataFrame, classes: NDArray[Any] | None = None) -> Drawing:
    polygons = np.asarray(frame.geometry.to_numpy(), dtype=object)
    order = hilbert_order(polygons)
    frame = frame.iloc[order]
    classes = np.zeros(len(frame)) if classes is None else classes[order]
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).reset_index(drop=True)
    return Drawing(key, for_display(frame), classes.astype(np.uint8), table)


def land_drawing(result: RunResult) -> Drawing:
    """Return the industrial land the definition counts, part by part, inside or outside the parks."""
    ledger = result.ledger
    land = ledger.counted(result.definition)
    park = _code_of(ledger.parks[s.PARK], result.concentration.parks.index)
    frame = gpd.GeoDataFrame(
        {
            "id": ledger.parcels[s.PARCEL].to_numpy()[land["parcel"]],
            "district": _code_of(land[s.DISTRICT], result.concentration.districts.index),
            "park": np.append(park, NOWHERE)[land["block"]],
            "use": ledger.parcels[s.USE].to_numpy()[land["parcel"]],
            "m2": land["m2"].to_numpy(),
        },
        geometry=ledger.parts.geometry.to_numpy()[land.index],
        crs=ledger.parts.crs,
    )
    outside = (land["block"] == NOWHERE).to_numpy()
    return _drawing("land", frame, np.where(outside, OUTSIDE, INSIDE))


def parks_drawing(result: RunResult) -> Drawing:
    """Return the parks, each the union of its blocks, with the place of its label."""
    return outlined("parks", result.ledger.parks, result.concentration)


def outlined(key: str, blocks: Parks, found: Concentration) -> Drawing:
    """Return the parks of one date and their figures, each the union of its blocks, with the place of its label."""
    shape = blocks[[s.PARK, blocks.geometry.name]].dissolve(s.PARK, sort=False)
    table = found.parks.assign(industrial_mu=park_areas(found.parks)["industrial"])
    frame = gpd.GeoDataFrame(table, geometry=shape.geometry.reindex(found.parks.index), crs=blocks.crs)
    return _labelled(_drawing(key, frame.rename_axis("id").reset_index().rename(columns={"park_name": "name"})))


def districts_drawing(result: RunResult) -> Drawing | None:
    """Return the districts, or None without their outlines."""
    if result.districts is None:
        return None
    table = result.concentration.districts
    outlined = result.districts[result.districts[s.DISTRICT].isin(table.index)]
    rows = table.loc[outlined[s.DISTRICT]]
    frame = gpd.GeoDataFrame(rows, geometry=outlined.geometry.to_numpy(), crs=outlined.crs)
    return _labelled(_drawing("districts", frame.rename_axis("id").reset_index()))


def plots_drawing(result: RunResult) -> Drawing | None:
    """Return the scattered plots: candidates, those without data, the others; None where the stage did not run."""
    judged, scatter = result.candidates, result.scatter
    if judged is None and scatter is None:
        return None
    plots = judged.plots if judged is not None else scatter.scattered  # type: ignore[union-attr]
    classes = np.full(len(plots), SCATTERED)
    if judged is not None:
        classes[(plots["evidence"] == "none").to_numpy()] = NO_DATA
        classes[plots.index.isin(judged.listed.index)] = CANDIDATE
        far = judged.measures.values[s.FAR].reindex(plots.index).to_numpy()
        reason = [_one_reason(*x) for x in zip(plots["reasons"], plots["evidence"], strict=True)]
        told = plots["handling"].where(plots["handling"] != "", np.where(plots["evidence"] == "none", "", NONE_MET))
        plots = plots.assign(reason=reason, far=far, handling_or_none=told)
    frame = plots.rename_axis("id").reset_index()
    frame["rank"] = np.arange(1, len(frame) + 1)
    frame["district"] = _code_of(frame["district"], result.concentration.districts.index)
    return _drawing("plots", frame, classes)


def background_drawings(result: RunResult) -> list[Drawing]:
    """Return water and roads, where the study has them."""
    behind = result.background
    return [
        _drawing(key, layer, np.where(shapely.get_dimensions(layer.geometry.to_numpy()) == 1, LINES, AREAS))
        for key, layer in zip(BEHIND, (behind.water, behind.roads), strict=True)
        if layer is not None
    ]


def _one_reason(reasons: tuple[str, ...], evidence: str) -> str:
    if not reasons:
        return "" if evidence == "none" else NONE_MET
    return reasons[0] if len(reasons) == 1 else SEVERAL


def _code_of(values: Any, known: pd.Index[Any]) -> Ints:
    """Position of each value in `known`, or -1."""
    return np.asarray(known.get_indexer(pd.Index(values)), dtype=np.int64)


def _labelled(drawing: Drawing) -> Drawing:
    """Add where the name goes: the middle of the largest circle within the largest part."""
    parts, owner = shapely.get_parts(drawing.polygons, return_index=True)
    order = np.lexsort([-shapely.area(parts), owner])
    first = order[np.flatnonzero(np.diff(owner[order], prepend=-1))]
    # the circle is sought on a coarse outline: a label needs no more
    coarse = shapely.simplify(parts[first], 2e-4)
    circle = shapely.maximum_inscribed_circle(np.where(shapely.is_empty(coarse), parts[first], coarse), 2e-4)
    place = shapely.get_coordinates(shapely.get_point(circle, 0))
    at = np.full((len(drawing), 2), np.nan)
    at[owner[first]] = np.round(place, 6)
    return Drawing(drawing.key, drawing.polygons, drawing.classes, drawing.table.assign(lon=at[:, 0], lat=at[:, 1]))


def bounds(drawings: list[Drawing]) -> list[list[float]]:
    """Return the south-west and north-east corner of all drawings but the background's, latitude first."""
    boxes = np.array([shapely.total_bounds(d.polygons) for d in drawings if len(d) and d.key not in (*BEHIND, "moves")])
    west, south = boxes[:, :2].min(axis=0)
    east, north = boxes[:, 2:].max(axis=0)
    return [[round(float(south), 6), round(float(west), 6)], [round(float(north), 6), round(float(east), 6)]]


def shifted(drawing: Drawing) -> Drawing:
    """Return a drawing as it lies on tiles in GCJ-02; for display alone."""

    def shift(degrees: Floats) -> Floats:
        return np.column_stack(to_gcj02(degrees[:, 0], degrees[:, 1]))

    table = drawing.table
    if "lon" in table:
        at = shift(table[["lon", "lat"]].to_numpy(dtype=float))
        table = table.assign(lon=np.round(at[:, 0], 6), lat=np.round(at[:, 1], 6))
    return replace(drawing, polygons=shapely.transform(drawing.polygons, shift), table=table)
