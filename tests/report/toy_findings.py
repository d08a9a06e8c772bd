"""A city of four plots, by hand."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import shapely
from pyproj import CRS

from landuse.analysis.bookkeeping import build_ledger
from landuse.analysis.concentration import park_concentration
from landuse.analysis.sensitivity import definition_matrix
from landuse.classification import load
from landuse.findings import Findings
from landuse.layers import as_districts, as_parcels, as_parks
from landuse.raw import Raw
from landuse.results import Candidates, Definition, Rule, Scatter

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
) -> Findings:
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
    districts = as_districts(Raw(outlines, "districts.gpkg"), {"code": "code", "name": "name"}, WORKING).layer
    admitted = as_parcels(Raw(land, "land.gpkg"), {"id": "id", "code": "code"}, load("third_survey"), WORKING)
    checked = as_parks(Raw(blocks, "parks.gpkg"), {"id": "id", "name": "name", "level": "level"}, WORKING)
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
        },
        geometry=[square(1000, 0), square(1500, 0, 60)],
        crs=WORKING,
        index=pd.Index(parcels[2:], name="parcel_id"),
    )
    judged = plots.assign(
        tax_per_mu=[62_000.0, float("nan")],
        years=[(2023, 2024, 2025), ()],
        firms=[firm, ""],
        evidence=["statistical", "none"],
        reasons=pd.Series([("L2",), ()], index=plots.index, dtype=object),
    )
    rule = Rule("L2", {"zh": "亩均税收", "en": "Tax per mu"}, 15.0, "万元/亩", "示例", "2023-03-03", "low")
    return Findings(
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
        scatter=Scatter(plots),
        candidates=Candidates(judged, {"L2": rule}),
    )
