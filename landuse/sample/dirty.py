"""Planted defects, one of each kind that real deliveries have; truth stays that of the clean city."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse.area import ellipsoidal_area
from landuse.errors import InputError, Problem
from landuse.sample.lattice import CITY_CRS, polygons

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Geometries, Ints
    from landuse.sample.city import City

#: Raw codes written instead of 0601, and whether the parcel still is industrial when read with care.
CODES = {"601": True, "０６０１": True, " 0601": True, "9999": False}
TITLE = "示例市工业企业亩均效益评价表（SYNTHETIC 合成数据）"


@dataclass
class Planted:
    """Layers with defects, and what was done to them."""

    parcels: gpd.GeoDataFrame
    parks: gpd.GeoDataFrame
    firms: pd.DataFrame
    record: list[dict[str, Any]] = field(default_factory=list)

    def note(self, defect: str, ids: list[str], effect: str, **detail: object) -> None:
        """Record one defect for truth.json."""
        self.record.append({"defect": defect, "ids": ids, "detail": detail, "effect": effect})


def plant(
    city: City,
    parcels: gpd.GeoDataFrame,
    parks: gpd.GeoDataFrame,
    firms: pd.DataFrame,
    rng: np.random.Generator,
) -> Planted:
    """Return the layers with every defect planted, each on parcels of its own.

    Parameters
    ----------
    city : City
    parcels : geopandas.GeoDataFrame
        In the city's order.
    parks, firms : frames
    rng : numpy.random.Generator

    Raises
    ------
    InputError
        When the city is too small to hold them all.
    """
    out = Planted(parcels.copy(), parks.copy(), firms.copy())
    keeper, loser, strip = _neighbours(city)
    pool = np.setdiff1d(np.flatnonzero(city.industrial), [keeper, loser])
    if len(pool) < 12:
        raise InputError(Problem("the sample city is too small for its defects", "ask for more parcels"))
    p = rng.permutation(pool)
    _overlap(out, keeper, loser, strip, polygons(city.lattice.nodes, strip))
    _bow_tie(out, int(p[0]), city.lattice.nodes, city.rects[p[0]])
    _no_geometry(out, int(p[1]))
    _codes(out, p[2:6])
    _stated_areas(out, p[6:8])
    _same_id(out, int(p[8]), int(p[9]))
    _twice(out, int(p[10]))
    _inner_block(out)
    _firms(out)
    return out


def _neighbours(city: City) -> tuple[int, int, Ints]:
    """Find industrial neighbours; return the one to enlarge, the other, and the enlarged rectangle."""
    where = np.flatnonzero(city.industrial)
    rects = city.rects[where]
    west, east = rects[:, None], rects[None, :] if len(rects) < 3000 else rects[None, :3000]
    west = west[:3000]
    fits: Bools = (west[..., 3] == east[..., 1]) & (west[..., 0] >= east[..., 0]) & (west[..., 2] <= east[..., 2])
    fits &= (east[..., 3] - east[..., 1]) >= 3
    pair = np.argwhere(fits)
    if not len(pair):
        raise InputError(Problem("the sample city has no neighbours to overlap", "ask for more parcels"))
    a, b = pair[0]
    return int(where[a]), int(where[b]), rects[[a]] + np.array([0, 0, 0, 1])


def _ids(out: Planted, rows: list[int]) -> list[str]:
    return [str(out.parcels["BSM"].iloc[r]) for r in rows]


def _set_cell(frame: pd.DataFrame, row: int, column: str, value: str | float) -> None:
    frame.iloc[[row], [list(frame.columns).index(column)]] = value


def _set_geometry(out: Planted, row: int, geometry: object) -> None:
    values = out.parcels.geometry.to_numpy().copy()
    values[row] = geometry
    out.parcels = out.parcels.set_geometry(gpd.GeoSeries(values, index=out.parcels.index, crs=CITY_CRS))


def _overlap(out: Planted, keeper: int, loser: int, strip: Ints, enlarged: Geometries) -> None:
    shared = shapely.intersection(enlarged, out.parcels.geometry.to_numpy()[[loser]])
    area = float(ellipsoidal_area(shared, CITY_CRS)[0])
    _set_geometry(out, keeper, enlarged[0])
    out.note(
        "overlapping_parcels",
        _ids(out, [keeper, loser]),
        "the disputed land counts once, for the smaller id",
        overlap_m2=area,
        rows=int(strip[0, 2] - strip[0, 0]),
    )


def _bow_tie(out: Planted, row: int, nodes: Floats, rect: Ints) -> None:
    """Replace the ring by its four corners in an order that crosses itself."""
    before = out.parcels.geometry.iloc[row]
    row0, col0, row1, col1 = rect
    crossed = shapely.Polygon(nodes[[row0, row0, row1, row1], [col0, col1, col0, col1]])
    _set_geometry(out, row, crossed)
    areas = ellipsoidal_area(np.array([before, shapely.make_valid(crossed)], dtype=object), CITY_CRS)
    out.note(
        "bow_tie",
        _ids(out, [row]),
        "two triangles remain after repair: measured areas lose the rest, the stated one does not",
        area_before_m2=float(areas[0]),
        area_after_repair_m2=float(areas[1]),
    )


def _no_geometry(out: Planted, row: int) -> None:
    area = float(out.parcels["TBDLMJ"].iloc[row])
    _set_geometry(out, row, None)
    out.note(
        "null_geometry",
        _ids(out, [row]),
        "cannot be placed; its land is missing from the total",
        stated_m2=area,
    )


def _codes(out: Planted, rows: Ints) -> None:
    out.parcels["DLBM"] = out.parcels["DLBM"].astype(object)
    for row, (code, industrial) in zip(rows, CODES.items(), strict=True):
        _set_cell(out.parcels, int(row), "DLBM", code)
        effect = "industrial when read with care" if industrial else "unknown code; its land is missing from the total"
        area = float(out.parcels["TBDLMJ"].iloc[int(row)])
        out.note(
            "odd_code" if industrial else "unknown_code",
            _ids(out, [int(row)]),
            effect,
            code=code,
            stated_m2=area,
        )


def _stated_areas(out: Planted, rows: Ints) -> None:
    for row, value, name in zip(rows.tolist(), (np.nan, 0.0), ("null_stated_area", "zero_stated_area"), strict=True):
        before = float(out.parcels["TBDLMJ"].iloc[row])
        _set_cell(out.parcels, row, "TBDLMJ", value)
        out.note(name, _ids(out, [row]), "falls back to the ellipsoidal area, counted", stated_before_m2=before)


def _same_id(out: Planted, kept: int, renamed: int) -> None:
    old, new = _ids(out, [renamed, kept])
    _set_cell(out.parcels, renamed, "BSM", new)
    out.note("same_id_two_parcels", [new], "two different parcels answer to one id", id_before=old)


def _twice(out: Planted, row: int) -> None:
    out.parcels = pd.concat([out.parcels, out.parcels.iloc[[row]]], ignore_index=True)
    out.note("duplicated_row", _ids(out, [row]), "the same parcel twice; its land counts once")


def _inner_block(out: Planted) -> None:
    """Give the first park a second block inside its main one: gross figures by block would count it twice."""
    first = out.parks.iloc[[0]].copy()
    main = cast("shapely.Polygon", first.geometry.iloc[0])
    radius = shapely.maximum_inscribed_circle(main, 10.0)
    inner = shapely.Point(radius.coords[0]).buffer(radius.length / 2)
    first = first.set_geometry(gpd.GeoSeries([inner], index=first.index, crs=CITY_CRS))
    first["block_id"], first["is_main"] = f"{first['park_id'].iloc[0]}-9", 0
    out.parks = pd.concat([out.parks, first.astype(out.parks.dtypes)], ignore_index=True)
    out.note(
        "overlapping_blocks",
        [str(first["block_id"].iloc[0])],
        "none on the share: the block lies within its own park",
        park=str(first["park_id"].iloc[0]),
    )


def _firms(out: Planted) -> None:
    """Plant a null tax, a firm on no known parcel, a sum row and a title row (written by `write_firms`)."""
    firms = out.firms
    null_row = len(firms) // 2
    before = float(firms["税收"].iloc[null_row])
    _set_cell(firms, null_row, "税收", np.nan)
    who = str(firms["统一社会信用代码"].iloc[null_row])
    year = int(firms["年度"].iloc[null_row])
    out.note("null_tax", [who], "missing, not zero; that year has no figure", year=year, tax_before=before)
    ghost = firms.iloc[[0]].copy()
    ghost["宗地代码"] = "990199200199999999"
    total = {c: firms[c].sum() for c in ("用地面积", "税收", "工业增加值", "综合能耗", "职工")}
    last = pd.DataFrame([{"统一社会信用代码": "合计", **total}], columns=firms.columns)
    out.firms = pd.concat([firms.astype(object), ghost.astype(object), last.astype(object)], ignore_index=True)
    out.note(
        "unknown_parcel",
        ["990199200199999999"],
        "a firm on a parcel that does not exist; reported, not joined",
    )
    out.note("total_row", ["合计"], "a sum at the end of the sheet, no firm; to be left out, counted")
    out.note("title_row", [TITLE], "a title above the header; the header is the second row")
