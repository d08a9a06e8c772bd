"""A city of four plots, by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from landuse.analysis.candidates.evaluate import candidates
from landuse.analysis.candidates.indicators import measure
from landuse.analysis.plots.scatter import park_plots
from landuse.analysis.share.build import build_ledger
from landuse.analysis.share.concentration import definition_matrix, park_concentration
from landuse.definition import Definition
from landuse.inputs.context import Context
from landuse.inputs.districts import as_districts
from landuse.inputs.enterprises import Enterprises
from landuse.inputs.parcels import as_parcels
from landuse.inputs.parks import as_parks
from landuse.inputs.source_table import SourceTable
from landuse.reference.classification import load
from landuse.reference.rule_pack import Rule, load_pack
from landuse.results.candidates import RuleEvaluation, Scatter
from landuse.results.run import RunResult
from landuse.units import to_mu

WORKING = CRS(4549)
EAST, NORTH = 520_000.0, 3_345_000.0

#: Names that have run code or killed a map somewhere.
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "</script><script>alert(1)</script>",
    "`+alert(1)+`",
    r"C:\Users\new\u厂",
    "\"quoted\" & 'single'",
    "{{ 7*7 }}{% raw %}",
    "=cmd|' /C calc'!A0",
)


def square(x: float, y: float, side: float = 100.0) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


def toy(
    names: tuple[str, ...] = ("恒立机械", "示例园区", "余杭区"), parcels: tuple[str, ...] = ("P1", "P2", "P3", "P4")
) -> RunResult:
    """One park of two blocks and a smaller one over it; a parcel inside, one on the edge, two outside."""
    firm, park, district = names
    land = gpd.GeoDataFrame(
        {"id": parcels, "code": "0601"},
        geometry=[square(0, 0), square(350, 0), square(1000, 0), square(1500, 0, 60)],
        crs=WORKING,
        index=range(1, 5),
    )
    blocks = gpd.GeoDataFrame(
        {"id": ["A", "A", "B"], "name": [park, park, ""], "level": ["national", "national", "town"]},
        geometry=[square(-50, -50, 450), square(-50, 600, 100), square(-20, -20, 60)],
        crs=WORKING,
        index=range(1, 4),
    )
    outlines = gpd.GeoDataFrame(
        {"code": ["330110", "330109"], "name": [district, "空区"]},
        geometry=[square(-500, -1000, 3000), square(2500, -1000, 3000)],
        crs=WORKING,
        index=range(1, 3),
    )
    districts = as_districts(SourceTable(outlines, "districts.gpkg"), {"code": "code", "name": "name"}, WORKING).layer
    admitted = as_parcels(SourceTable(land, "land.gpkg"), {"id": "id", "code": "code"}, load("third_survey"), WORKING)
    checked = as_parks(SourceTable(blocks, "parks.gpkg"), {"id": "id", "name": "name", "level": "level"}, WORKING)
    ledger = build_ledger(type(admitted.layer)(admitted.layer.assign(district="330110")), checked.layer)
    codes = dict(zip(districts["district"], districts["name"], strict=True))
    definition = Definition(area="planar")
    plots = gpd.GeoDataFrame(
        {
            "district": "330110",
            "code": "0601",
            "area_m2": [10_000.0, 3_600.0],
            "cluster": [0, 1],
            "cluster_m2": [10_000.0, 3_600.0],
            "park_distance_m": [600.0, 1100.0],
            "position": ["scattered", "highly_scattered"],
            "place": "",
            "neighbours": pd.Series([("farmland", "housing"), ()], dtype=object).to_numpy(),
        },
        geometry=[square(1000, 0), square(1500, 0, 60)],
        crs=WORKING,
        index=pd.Index(parcels[2:], name="parcel_id"),
    )
    mu = to_mu(float(ledger.parcels.set_index("parcel_id")["registered_m2"][parcels[2]]))
    table = pd.DataFrame({"year": [2023, 2024, 2025], "firm_id": "F", "firm_name": firm, "parcel_id": parcels[2]})
    table = table.assign(tax_yuan=62_000.0 * mu, area_m2=10_000.0).astype({"year": "Int64"})
    measures, _notes = measure(ledger.parcels, Enterprises(table), Context(), {}, date(2025, 12, 31))
    shipped = load_pack("zhejiang-2023", Path())
    pack = shipped.model_copy(update={"rules": (shipped.by_code["L2"],), "score": None})
    scatter = Scatter(plots)
    return RunResult(
        name="示例市 2025",
        date=date(2025, 12, 31),
        synthetic=True,
        crs="EPSG:4549",
        classification="third_survey",
        run_id="0123456789abcdef" * 4,
        inputs={},
        definition=definition,
        ledger=ledger,
        concentration=park_concentration(ledger, definition, district_names=codes),
        sensitivity=definition_matrix({"approved": ledger}, 0.70),
        districts=districts,
        scatter=scatter,
        candidates=candidates(scatter, park_plots(ledger, definition), measures, pack),
    )


def listing(result: RunResult, plots: gpd.GeoDataFrame) -> RunResult:
    """The result with another list of scattered plots."""
    return replace(result, candidates=replace(result.candidates, plots=plots))


def with_rules(result: RunResult, *rules: Rule) -> RunResult:
    """The result with other rules in their pack; what is judged stays."""
    found = result.candidates
    pack = found.judged.pack.model_copy(update={"rules": rules})
    columns = [rule.code for rule in rules]
    tables = (found.judged.values, found.judged.limits, found.judged.levels)
    judged = RuleEvaluation(pack, *(pd.DataFrame(dict.fromkeys(columns, t["L2"])) for t in tables))
    return replace(result, candidates=replace(found, judged=judged))


def rule_like(result: RunResult, **changes: object) -> Rule:
    """The toy's one rule, changed."""
    return result.candidates.rules["L2"].model_copy(update=changes)
