"""The layers behind the numbers, in one GeoPackage: ledger, faces, claims, plots, parks, districts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyogrio

from landuse import schema as s

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from landuse.findings import Findings

#: GeoPackages carry a date of change; a fixed one keeps the bytes a function of the findings.
DATE = "2000-01-01T00:00:00.000Z"


def write_layers(findings: Findings, path: Path) -> None:
    """Write the layers of a run, in the working system, with which the headline can be computed again.

    `run` says which run, study and definition these are. `ledger` has one row a part: parcel_id, code, use, district,
    park_id ("" outside; by the definition's rule), face (-1 outside), counted, planar_m2, ellipsoidal_m2,
    registered_m2, registered_stated_m2 (to the cent). `claims` says which blocks cover which face.

    Parameters
    ----------
    findings : Findings
        Of the run.
    path : Path
        A new .gpkg file.
    """
    ledger = findings.ledger
    blocks = ledger.parks
    claims = ledger.claims.assign(**{c: blocks[c].to_numpy()[ledger.claims["block"]] for c in (s.PARK, s.BLOCK)}).drop(
        columns="block"
    )
    owner = ledger.faces["owner"].to_numpy()
    faces = ledger.faces.drop(columns="owner").assign(
        **{s.FACE: np.arange(len(ledger.faces)), s.PARK: blocks[s.PARK].to_numpy()[owner]}
    )
    layers: dict[str, gpd.GeoDataFrame | pd.DataFrame] = {
        "ledger": ledger.table(findings.definition.rule),
        "faces": faces,
        "claims": claims,
        "parks": blocks,
    }
    if findings.districts is not None:
        layers["districts"] = findings.districts
    if findings.candidates is not None:
        layers["candidates"] = _plots(findings.candidates.listed)
        layers["no_data"] = _plots(findings.candidates.no_data)
    meaning = {"run_id": findings.run_id, "study": findings.name, "definition": str(findings.definition)}
    layers["run"] = pd.DataFrame([meaning])
    options = {"OGR_CURRENT_DATE": DATE}
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        for name, layer in layers.items():
            pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=path.exists(), geometry_name="geom")
    finally:
        pyogrio.set_gdal_config_options(before)


def _plots(plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lists become text: a GeoPackage has no lists."""
    return plots.assign(
        reasons=plots["reasons"].map(" ".join).astype(object),
        years=plots["years"].map(lambda y: " ".join(map(str, y))).astype(object),
    ).reset_index()
