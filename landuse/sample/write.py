"""Write the sample city: layers, sheet, rasters, study file and truth."""

from __future__ import annotations

import json
import math
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pyogrio
import xlsxwriter

from landuse.errors import InputError, Problem
from landuse.geo.area import ellipsoidal_area
from landuse.sample.city.lattice import CITY_CRS, polygons
from landuse.sample.city.layers import districts_frame, half_up, parcel_ids, parcels_frame, parks_frame, write_rasters
from landuse.sample.city.snapshots import History, make_history
from landuse.sample.city.tiles import FIRST_DISTRICT, City, make_city, roads_frame, water_frame
from landuse.sample.city.zoning import Buildings, Zoning, development_frame, draw_buildings, draw_zoning, plan_frame
from landuse.sample.defects import TITLE, plant
from landuse.sample.records.capacity import Capacity, ask_for_plan, draw_capacity, relocation_truth
from landuse.sample.records.enterprises import Firms, make_firms
from landuse.sample.records.living import Living, Oversight, draw_living, living_truth
from landuse.sample.records.register import Register, draw_register, standards_frame
from landuse.sample.study_text import LAYER, README, study_toml
from landuse.sample.truth.cells import CellSums, cell_sums
from landuse.sample.truth.figures import (
    SCHEMA,
    Places,
    city_truth,
    district_truth,
    efficiency_truth,
    kept_classes,
    park_truth,
    scatter_truth,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd
    import pandas as pd

    from landuse.geo.arrays import Floats, Geometries, Strings

Format = Literal["gpkg", "parquet", "shp", "gdb"]
DRIVER = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "gdb": "OpenFileGDB"}
YEAR = 2025
#: Written into files that carry a date, so that the same city has the same bytes.
CREATED = datetime(2026, 1, 1)  # noqa: DTZ001, a workbook's date has no zone


@dataclass(frozen=True)
class SampleFiles:
    """What `write_sample` left.

    Attributes
    ----------
    folder : Path
        Where everything is.
    study : Path
        study.toml.
    truth : Path
        truth.json.
    """

    folder: Path
    study: Path
    truth: Path


def write_sample(
    folder: Path,
    *,
    parcels: int = 20_000,
    parks: int = 20,
    seed: int = 7,
    snapshots: bool = False,
    dirty: bool = False,
    fmt: Format = "gpkg",
) -> SampleFiles:
    """Write a synthetic city whose share of industrial land inside parks is known exactly.

    The city is built on a lattice of convex cells; `truth.json` sums cells, those that park boundaries cut
    clipped by half-planes, so that truth owes nothing to an overlay engine. It counts land that two parks
    claim once, for the higher level, then the smaller id.

    Parameters
    ----------
    folder : Path
        Made where it is missing. Files of the sample appear whole, and replace those of an earlier sample.
    parcels : int
        How many parcels, exactly.
    parks : int
        How many parks.
    seed : int
        The same arguments give the same bytes, geodatabases excepted.
    snapshots : bool
        Write the years 2023 and 2024 as well, and record every change.
    dirty : bool
        Plant defects, and record each in truth.json; the sums there stay those of the clean city. Shapefiles
        of the study's year are then GBK without a .cpg.
    fmt : {"gpkg", "parquet", "shp", "gdb"}
        Format of parcels and parks; the other layers are always GeoPackages.

    Returns
    -------
    SampleFiles

    Raises
    ------
    InputError
        For an unknown format, or a city too small for its parks or its defects.
    """
    if fmt not in get_args(Format):
        raise InputError(Problem(f"format {fmt!r}", f"choose one of {', '.join(get_args(Format))}"))
    streams = np.random.default_rng(seed).spawn(11)  # a child more leaves the earlier ones as they were
    city = make_city(parcels, parks, streams[0])
    made = _Made.of(city, streams[1], *streams[6].spawn(3), *streams[7:])
    with _staging(folder) as stage:
        truth: dict[str, Any] = {"schema": SCHEMA, "synthetic": True, "seed": seed, **made.truth()}
        history = make_history(city, made.ids, made.geometry, streams[5]) if snapshots else None
        beside = Oversight.of(history, streams[5]) if history else None
        planted = _write_current(made, stage, fmt, streams[2:4], beside, dirty=dirty)
        if planted is not None:
            truth["planted"] = planted
        write_rasters(city, stage, streams[4])
        if history is not None and beside is not None:
            _write_history(made, history, beside, stage, fmt, streams[2])
            truth |= {"snapshots": history.years, "changes": history.changes, "oversight": beside.truth()}
        (stage / "truth.json").write_text(
            json.dumps(truth, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8"
        )
        core, pools = truth["city"]["core"]["registered"], made.pools(truth)
        buildings = len(made.buildings.plot) > 0
        study = study_toml(fmt, snapshots=snapshots, buildings=buildings, plan=ask_for_plan(core, pools))
        (stage / "study.toml").write_text(study, encoding="utf-8")
        (stage / "README.txt").write_text(README, encoding="utf-8")
    return SampleFiles(folder, folder / "study.toml", folder / "truth.json")


@dataclass(frozen=True, eq=False)
class _Made:
    """The city, and what follows from it for the year of the study."""

    city: City
    geometry: Geometries
    ids: Strings
    registered_m2: Floats
    sums: CellSums
    places: Places
    firms: Firms
    register: Register
    zoning: Zoning
    capacity: Capacity
    buildings: Buildings
    living: Living

    @classmethod
    def of(cls, city: City, *rng: np.random.Generator) -> _Made:
        geometry, ids = polygons(city.lattice.nodes, city.rects), parcel_ids(city)
        area = ellipsoidal_area(geometry, CITY_CRS)
        plot = np.flatnonzero(city.industrial)
        district = FIRST_DISTRICT + city.district[city.tile[plot]]
        firms = make_firms(ids[plot], area[plot], city.site[plot] >= 0, district, *rng[:2])
        sums = cell_sums(city, city.parks, kept_classes(city), geometry)
        places = Places.of(city, sums)
        register = draw_register(city, firms.has_firm, rng[2])
        zoning = draw_zoning(city, places.cut, rng[3])
        capacity = draw_capacity(city, geometry, area, rng[4])
        buildings = draw_buildings(city, register, rng[5])
        found = (sums, places, firms, register, zoning, capacity, buildings, draw_living(city, *rng[6:]))
        return cls(city, geometry, ids, half_up(area), *found)

    def pools(self, truth: dict[str, Any]) -> dict[str, float]:
        """Return the land of the plots a plan may treat [m²], by how many of them it may."""
        area = dict(zip(self.ids.tolist(), self.registered_m2.tolist(), strict=True))
        scatter = truth["scatter"]
        scattered = math.fsum(area[plot] for plot in scatter["plots"])
        return {
            "candidates": math.fsum(area[plot] for plot in truth["efficiency"]["candidates"]),
            "scattered": scattered,
            "outside": scattered + math.fsum(area[plot] for plot in scatter["large_cluster_plots"]),
        }

    def truth(self) -> dict[str, Any]:
        """Return truth.json but for its head, the defects and the changes."""
        park_rows = park_truth(self.city, self.sums)
        figures = city_truth(self.city, self.sums, self.registered_m2)
        judged = efficiency_truth(self.city, self.places, self.ids, self.firms, self.register, self.zoning)
        gross = sum(p["gross_m2"] for p in park_rows)
        return {
            "parcels": len(self.ids),
            "city": figures,
            "districts": district_truth(self.city, self.sums),
            "parks": park_rows,
            "naive_share_core_ellipsoidal": gross / figures["core"]["ellipsoidal"]["total_m2"],
            **scatter_truth(self.places, self.ids, self.firms),
            "efficiency": judged,
            "relocation": relocation_truth(self.capacity, list(judged["candidates"]), self.firms.rows),
            "buildings": self.buildings.truth(self.city, self.ids),
            "living": living_truth(self.city, self.living, self.firms, self.sums, self.geometry, self.registered_m2),
            "panels": self.living.counts(),
        }


def _write_current(
    made: _Made,
    stage: Path,
    fmt: Format,
    rng: list[np.random.Generator],
    beside: Oversight | None,
    *,
    dirty: bool,
) -> list[dict[str, Any]] | None:
    """Write the layers and the sheet of the study's year; return the planted defects."""
    frame = parcels_frame(made.city, made.geometry, made.registered_m2, made.register, YEAR)
    if beside is not None:
        frame.insert(len(frame.columns) - 1, "DZJGH", beside.column(made.ids))
    parks, firms, record = parks_frame(made.city.parks), made.firms.rows, None
    if dirty:
        planted = plant(made.city, frame, parks, firms, rng[1])
        frame, parks, firms, record = planted.parcels, planted.parks, planted.firms, planted.record
    order = rng[0].permutation(len(frame))
    encoding = "GBK" if dirty and fmt == "shp" else None
    write_layer(frame.iloc[order], stage, "parcels", fmt, layer=LAYER, encoding=encoding)
    write_layer(parks, stage, "parks", fmt, encoding=encoding)
    write_layer(districts_frame(made.city), stage, "districts", "gpkg")
    _write_context(made, stage)
    write_firms(firms, stage / "enterprises.xlsx", title=TITLE if dirty else "")
    if encoding and record is not None:
        for stem in ("parcels", "parks"):
            (stage / f"{stem}.cpg").unlink()
        names = ["parcels.shp", "parks.shp"]
        effect = "Chinese text is unreadable unless the encoding is detected or stated"
        record.append({"defect": "no_cpg", "ids": names, "detail": {"encoding": encoding}, "effect": effect})
    return record


def _write_context(made: _Made, stage: Path) -> None:
    """Write the plan, the urban development boundary, roads, water, buildings and facilities; the tables beside."""
    for stem, frame in (
        ("plan", plan_frame(made.city, made.zoning)),
        ("development", development_frame(made.city, made.zoning)),
        ("roads", roads_frame(made.city.lattice)),
        ("water", water_frame(made.city.lattice)),
        ("buildings", made.buildings.frame()),
        ("facilities", made.living.frame()),
    ):
        if len(frame):
            write_layer(frame, stage, stem, "gpkg")
    for stem, table in (
        ("far-standards", standards_frame(made.city, made.register)),
        ("blocks", made.capacity.frame()),
        ("panels", made.living.panels),
    ):
        table.to_csv(stage / f"{stem}.csv", index=False, lineterminator="\n", encoding="utf-8")


def _write_history(
    made: _Made, history: History, beside: Oversight, stage: Path, fmt: Format, rng: np.random.Generator
) -> None:
    """Write the layers of the earlier years, the exceptions and the counts."""
    first = replace(made.city, district=history.districts)
    write_layer(districts_frame(first), stage, f"districts-{min(history.cities)}", "gpkg", layer="districts")
    for stem, table in (("exceptions", beside.exceptions), ("counters", beside.counters)):
        table.to_csv(stage / f"{stem}.csv", index=False, lineterminator="\n", encoding="utf-8")
    for year, city in history.cities.items():
        if year == YEAR:
            continue
        frame = parcels_frame(city, made.geometry, made.registered_m2, made.register, year)
        order = rng.permutation(len(frame))
        write_layer(frame.iloc[order], stage, f"parcels-{year}", fmt, layer=LAYER)
        write_layer(parks_frame(city.parks), stage, f"parks-{year}", fmt, layer="parks")


def write_layer(
    frame: gpd.GeoDataFrame,
    folder: Path,
    stem: str,
    fmt: Format,
    *,
    layer: str = "",
    encoding: str | None = None,
) -> None:
    """Write one layer, with fixed dates."""
    path = folder / f"{stem}.{fmt}"
    if fmt == "parquet":
        frame.reset_index(drop=True).to_parquet(path)
        return
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": CREATED.strftime("%Y-%m-%dT%H:%M:%SZ")})
    try:
        name = (layer or stem) if fmt != "shp" else stem
        pyogrio.write_dataframe(frame, path, layer=name, driver=DRIVER[fmt], encoding=encoding)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_firms(rows: pd.DataFrame, path: Path, *, title: str = "") -> None:
    """Write the sheet of firms; identifiers as text, missing figures as empty cells."""
    options = {"constant_memory": True, "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}
    book = xlsxwriter.Workbook(str(path), options)
    book.set_properties({"created": CREATED, "comments": "SYNTHETIC 合成数据"})
    sheet = book.add_worksheet("企业")
    top = 0
    if title:
        sheet.write_string(0, 0, title)
        top = 1
    sheet.write_row(top, 0, rows.columns)
    values = rows.astype(object).where(rows.notna(), None)
    for n, row in enumerate(values.itertuples(index=False, name=None), top + 1):
        sheet.write_row(n, 0, row)
    book.close()


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Give a folder beside the target, whose entries move into the target once all of them are written."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield stage
        folder.mkdir(exist_ok=True)
        entries = sorted(stage.iterdir())
        for shape in (e for e in entries if e.suffix == ".shp"):
            # the .cpg of an earlier sample would name another encoding
            (folder / shape.name).with_suffix(".cpg").unlink(missing_ok=True)
        for entry in entries:
            target = folder / entry.name
            if target.is_dir():
                shutil.rmtree(target)
            entry.replace(target)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
