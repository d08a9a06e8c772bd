"""Planted defects, one of each kind that real deliveries have; truth stays that of the clean city."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landuse.errors import InputError, Problem
from landuse.geo.area import ellipsoidal_area
from landuse.sample.city.lattice import CITY_CRS, polygons
from landuse.sample.records.performance import YEARS

if TYPE_CHECKING:
    from landuse.geo.arrays import Bools, Floats, Geometries, Ints
    from landuse.sample.city.tiles import City

#: Raw codes written instead of 0601, and whether the parcel still is industrial when read with care.
CODES = {"601": True, "０６０１": True, " 0601": True, "9999": False}
#: A date after the study's, as text.
FUTURE = "2099-05-01"
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
        raise _too_small()
    p = rng.permutation(pool)
    _overlap(out, keeper, loser, strip, polygons(city.lattice.nodes, strip))
    _bow_tie(out, int(p[0]), city.lattice.nodes, city.rects[p[0]])
    _no_geometry(out, int(p[1]))
    _codes(out, p[2:6])
    _stated_areas(out, p[6:8])
    _same_id(out, int(p[8]), int(p[9]))
    _twice(out, int(p[10]))
    _inner_block(out)
    _register(out, p[11:])
    _firms(out)
    _reported(out)
    return out


def _too_small() -> InputError:
    return InputError(Problem("the sample city is too small for its defects", "ask for more parcels"))


def _first(which: Bools) -> int:
    """Return the first position that fits."""
    if not which.any():
        raise _too_small()
    return int(which.argmax())


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


def _register(out: Planted, rows: Ints) -> None:
    """Write one floor-area ratio as a percentage, so that the column is text, and one coverage in per cent."""
    far, coverage = (out.parcels[c].to_numpy(dtype=float)[rows] for c in ("RJL", "JZMD"))
    one = int(rows[_first(~np.isnan(far))])
    other = int(rows[_first(~np.isnan(coverage) & (rows != one))])
    before = float(out.parcels["RJL"].iloc[one])
    text = [None if np.isnan(v) else f"{v:g}" for v in out.parcels["RJL"]]
    text[one] = f"{100 * before:g}%"
    out.parcels["RJL"] = pd.Series(text, index=out.parcels.index, dtype=object)
    effect = "the column is text; the same ratio when read with care, never a hundred times as much"
    out.note("far_as_percentage", _ids(out, [one]), effect, text=text[one], far_before=before)
    share = float(out.parcels["JZMD"].iloc[other])
    _set_cell(out.parcels, other, "JZMD", 100 * share)
    effect = "no share of the ground exceeds 1; to be reported, and unknown"
    out.note("coverage_above_one", _ids(out, [other]), effect, coverage=100 * share, coverage_before=share)


def _firms(out: Planted) -> None:
    """Plant a null tax, a firm on no known parcel, a sum row and a title row (written by `write_firms`)."""
    firms = out.firms
    null_row = len(firms) // 2
    before = float(firms["税收"].iloc[null_row])
    _set_cell(firms, null_row, "税收", np.nan)
    who = str(firms["统一社会信用代码"].iloc[null_row])
    year = int(firms["年度"].iloc[null_row])
    plots = sorted(set(firms.loc[firms["统一社会信用代码"] == who, "宗地代码"]))
    out.note("null_tax", [who], "missing, not zero; that year has no figure", year=year, tax_before=before, plots=plots)
    ghost = firms.iloc[[0]].copy()
    ghost["宗地代码"] = "990199200199999999"
    first = firms[
        (firms["统一社会信用代码"] == firms["统一社会信用代码"].iloc[0]) & (firms["年度"] == firms["年度"].iloc[0])
    ]
    lost = float(first["用地面积"].iloc[0] / (first["用地面积"].sum() + first["用地面积"].iloc[0]))
    listed = pd.concat([firms.astype(object), ghost.astype(object)], ignore_index=True)
    total = {c: listed[c].astype(float).sum() for c in ("用地面积", "税收", "工业增加值", "综合能耗", "职工")}
    last = pd.DataFrame([{"统一社会信用代码": "合计", **total}], columns=firms.columns)
    out.firms = pd.concat([listed, last.astype(object)], ignore_index=True)
    out.note(
        "unknown_parcel",
        ["990199200199999999"],
        "a firm on a parcel that does not exist; reported, not joined; its share of the firm's figures is unmatched",
        firm=str(ghost["统一社会信用代码"].iloc[0]),
        year=int(ghost["年度"].iloc[0]),
        plots=sorted(first["宗地代码"]),
        unmatched={
            "tax": float(ghost["税收"].iloc[0]) * lost,
            "staff": float(ghost["职工"].iloc[0]) * lost,
            "area_mu": float(ghost["用地面积"].iloc[0]),
        },
    )
    number = str(len(out.firms) + 2)  # below a title and the header
    out.note("total_row", [number], "a sum at the end of the sheet, no firm; to be left out, counted")
    out.note("title_row", [TITLE], "a title above the header; the header is the second row")


def _reported(out: Planted) -> None:
    """Plant an energy below zero and a date of idleness after the study's, each on a firm of one plot."""
    firms = out.firms
    id_, used = (
        firms["统一社会信用代码"],
        {i for note in out.record for i in (*note["ids"], note["detail"].get("firm"))},
    )
    alone = (id_.groupby(id_).transform("size") == len(YEARS)) & (firms["年度"] == YEARS[-1]) & ~id_.isin(used)
    stated = firms["综合能耗"].notna() & firms["工业增加值"].notna()
    row = _first((alone & stated).to_numpy(dtype=bool))
    energy, who, plot = (firms[c].iloc[row] for c in ("综合能耗", "统一社会信用代码", "宗地代码"))
    _set_cell(firms, row, "综合能耗", -float(energy))
    effect = "no energy is below zero; to be reported, and unknown"
    out.note("negative_energy", [str(who)], effect, year=YEARS[-1], plot=str(plot), energy_before=float(energy))
    works = _first((alone & firms["停产时间"].isna() & (id_ != who)).to_numpy(dtype=bool))
    who, plot = (firms[c].iloc[works] for c in ("统一社会信用代码", "宗地代码"))
    for r in np.flatnonzero(id_ == who):
        _set_cell(firms, int(r), "停产时间", FUTURE)
    effect = "nobody has been idle since a day to come; to be reported, and unknown"
    out.note("idle_in_future", [str(who)], effect, plot=str(plot), idle_since=FUTURE)
