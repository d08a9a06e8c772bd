"""A grid city as the files an office would hand over: layers, tables, and the study that names them."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from grid_city import CELL_MU, DISTRICTS, HEIGHT, NAMES, Cell, GridCity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

CRS = "EPSG:4549"
EAST, NORTH, CELL = 505_000, 3_345_000, 100
#: Columns of the table of firms, by the study's roles.
FIRM_COLUMNS = {
    "id": "统一社会信用代码",
    "name": "企业名称",
    "parcel": "宗地代码",
    "year": "年度",
    "area": "用地面积",
    "tax": "税收",
    "value_added": "工业增加值",
    "energy": "综合能耗",
    "emissions": "排放",
    "output": "产值",
    "rd": "研发",
    "staff": "职工",
    "grade": "评价等级",
    "industry": "行业代码",
    "role": "自有租赁",
    "idle_since": "停产时间",
}
PARCEL_COLUMNS = {
    "id": "BSM",
    "code": "DLBM",
    "name": "DLMC",
    "area": "TBDLMJ",
    "district": "ZLDWDM",
    "far": "RJL",
    "coverage": "JZXS",
    "supply_status": "GDZT",
}
#: Where each table is written.
PATHS = {
    "parcels": "parcels.gpkg",
    "parks": "parks.gpkg",
    "districts": "districts.gpkg",
    "firms": "firms.xlsx",
    "blocks": "blocks.csv",
    "standards": "standards.csv",
    "panels": "panels.csv",
    "exceptions": "exceptions.xlsx",
    "earlier_parcels": "parcels-2024.gpkg",
    "earlier_parks": "parks-2024.gpkg",
}


@dataclass
class Office:
    """The tables of a city before they are written; an error is planted in them, in the study, or in the files."""

    city: GridCity
    tables: dict[str, Any]
    study: dict[str, Any]
    paths: dict[str, str] = field(default_factory=lambda: dict(PATHS))
    #: What is done to the folder once all is written.
    after: list[Callable[[Path], None]] = field(default_factory=list)

    def column(self, table: str, role: str) -> str:
        """Return the foreign name of a role."""
        return {"firms": FIRM_COLUMNS, "parcels": PARCEL_COLUMNS, "earlier_parcels": PARCEL_COLUMNS}.get(table, {}).get(
            role, role
        )

    def write(self, folder: Path) -> Path:
        """Write every table and the study; return the study file."""
        for name, table in self.tables.items():
            _write(table, folder / self.paths[name])
        path = folder / "study.toml"
        path.write_text(_toml_of(self.study), encoding="utf-8")
        for step in self.after:
            step(folder)
        return path


def polygon(cells: Iterable[Cell]) -> shapely.Geometry:
    """The land of cells."""
    corners = np.array(sorted(cells), dtype=float) * CELL + (EAST, NORTH)
    return shapely.union_all(shapely.box(*corners.T, *(corners + CELL).T))


def office(city: GridCity, basis: str, target: float) -> Office:
    """Draw up the tables of a city."""
    tables = {
        "parcels": _parcels(city.plots),
        "parks": _parks(city.blocks),
        "districts": gpd.GeoDataFrame(
            {"XZQDM": [d[0] for d in DISTRICTS], "XZQMC": [d[1] for d in DISTRICTS]},
            geometry=[polygon({(x, y) for x in columns for y in range(HEIGHT)}) for _c, _n, columns in DISTRICTS],
            crs=CRS,
        ),
        "firms": _firms(city),
        "blocks": _capacity(city),
        "standards": pd.DataFrame(
            [
                (zone, year, far / 100, cover / 100)
                for zone, s in city.standards.items()
                for year, (far, cover) in s.items()
            ],
            columns=["zone", "year", "min_far", "min_coverage"],
        ),
        "panels": pd.DataFrame(
            [
                (park, kind, n + k, 9)
                for k, park in enumerate(("K1", "K2", "K3"))
                for n, kind in ((4, "平台"), (2, "孵化器"))
            ],
            columns=["park", "kind", "count", "goal"],
        ),
        "exceptions": pd.DataFrame({"plot": list(city.exceptions), "document": list(city.exceptions.values())}),
        "earlier_parcels": _parcels(city.earlier_plots),
        "earlier_parks": _parks(city.earlier_blocks),
    }
    return Office(city, tables, _study(basis, target))


def _parcels(plots):
    return gpd.GeoDataFrame(
        {
            "BSM": [p.id for p in plots],
            "DLBM": [p.code for p in plots],
            "DLMC": [NAMES[p.code] for p in plots],
            "TBDLMJ": [float(p.stated_m2) for p in plots],
            "ZLDWDM": [f"{p.district}001000" for p in plots],
            "RJL": [p.far / 100 if p.code == "0601" else None for p in plots],
            "JZXS": [p.coverage / 100 if p.code == "0601" else None for p in plots],
            "GDZT": [p.status for p in plots],
        },
        geometry=[polygon(p.cells) for p in plots],
        crs=CRS,
    )


def _parks(blocks):
    return gpd.GeoDataFrame(
        {
            "park_id": [b.park for b in blocks],
            "park_name": [b.name for b in blocks],
            "level": [b.level for b in blocks],
            "block_id": [b.block for b in blocks],
            "is_main": ["是" if b.block.endswith("-1") else "否" for b in blocks],
        },
        geometry=[polygon(b.cells) for b in blocks],
        crs=CRS,
    )


def _firms(city):
    names = {"id": "firm", "parcel": "plot", "area": "mu"}
    roles = {
        column: [getattr(row, names.get(role, role)) for row in city.rows] for role, column in FIRM_COLUMNS.items()
    }
    frame = pd.DataFrame(roles)
    figures = [FIRM_COLUMNS[r] for r in ("tax", "value_added", "energy", "emissions", "output", "rd", "staff")]
    return frame.astype(dict.fromkeys(figures, "Int64"))


def _capacity(city):
    """Spare land of every block: what no factory stands on, less a cell."""
    factories = frozenset().union(*(p.cells for p in city.plots if p.code == "0601"))
    spare = [max(len(b.cells - factories) - 1, 1) * CELL_MU for b in city.blocks]
    return pd.DataFrame(
        {
            "park": [b.park for b in city.blocks],
            "block": [b.block for b in city.blocks],
            "spare_mu": spare,
            "from_year": [2026] * len(spare),
            "price": [40 + 5 * k for k in range(len(spare))],
            "industries": ["", "34;35", "", "26;39"][: len(spare)],
        }
    )


def _study(basis, target):
    earlier = {"date": "2024-12-31", "parcels": PATHS["earlier_parcels"], "parks": PATHS["earlier_parks"]}
    park_columns = {"id": "park_id", "name": "park_name", "level": "level", "block": "block_id", "main": "is_main"}
    return {
        "study": {"name": "grid SYNTHETIC", "date": "2025-12-31", "lang": "en", "crs": CRS},
        "parcels": {"path": PATHS["parcels"], "classification": "third_survey", "columns": dict(PARCEL_COLUMNS)},
        "parks": {"path": PATHS["parks"], "columns": park_columns},
        "districts": {"path": PATHS["districts"], "columns": {"code": "XZQDM", "name": "XZQMC"}},
        "enterprises": {
            "path": PATHS["firms"],
            "columns": dict(FIRM_COLUMNS),
            "units": {
                "tax": "万元",
                "area": "亩",
                "value_added": "万元",
                "output": "万元",
                "rd": "万元",
                "energy": "吨标煤",
            },
        },
        "context": {"standards": PATHS["standards"]},
        "definition": {"area": basis},
        "target": {"share": target, "by": "2026-12-31"},
        "capacity": {"path": PATHS["blocks"]},
        "relocation": {"objective": "cost", "cross_district": "allowed", "pool": "outside"},
        "evaluation": {"panels": PATHS["panels"]},
        "exceptions": {"path": PATHS["exceptions"]},
        "snapshots": [earlier],
    }


def _write(table, path):
    if path.suffix == ".xlsx":
        table.to_excel(path, index=False)
    elif path.suffix == ".csv":
        table.to_csv(path, index=False)
    else:
        with warnings.catch_warnings():  # a layer that states no system is an error planted, not a slip
            warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)
            table.to_file(path)


def _toml_of(study):
    """Spell a study; dates stand bare."""
    lines = []
    for name, keys in study.items():
        for part in keys if isinstance(keys, list) else [keys]:
            lines += [f"[[{name}]]" if isinstance(keys, list) else f"[{name}]"]
            lines += [f"{k} = {v if k in ('date', 'by') else _value(v)}" for k, v in part.items()]
    return "\n".join(lines) + "\n"


def _value(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {_value(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
