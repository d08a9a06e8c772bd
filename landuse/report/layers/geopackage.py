"""The layers behind the numbers, in one GeoPackage that opens styled: the ledger and what made it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from landuse import schema as s
from landuse.report.layers.fields import layer_word
from landuse.report.layers.styles import looks, qml
from landuse.report.tables.change import changed_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from landuse.results.change import History
    from landuse.results.relocation import Relocation
    from landuse.results.run import RunResult

    Layers = dict[str, gpd.GeoDataFrame | pd.DataFrame]


#: GeoPackages carry a date of change; a fixed one keeps the bytes a function of the result.
DATE = "2000-01-01T00:00:00.000Z"
GEOMETRY = "geom"
#: Of the format: what QGIS reads without a warning, and has since 2018.
VERSION = "1.2"
#: Layers of lines; the others with shapes have polygons.
LINES = ("move_lines",)
#: What a line of a move says of it.
LINE_COLUMNS = (
    "year",
    s.DISTRICT,
    s.PARK,
    s.BLOCK,
    "to_district",
    s.AREA_M2,
    "land_used_m2",
    "distance_m",
    "fit",
)
#: What is said of a new plot outside the parks, beside its id and status.
PLOT_COLUMNS = (
    "start",
    "end",
    s.DISTRICT,
    s.AREA_M2,
    "code_before",
    "code_after",
    "position",
    s.APPROVAL,
    "document",
    "stands",
)
#: What is said of a block, in this order; supplies without a limit are blank.
BLOCK_COLUMNS = (
    s.PARK,
    s.PARK_NAME,
    s.BLOCK,
    "park_row",
    s.DISTRICT,
    "spare_m2",
    "stated",
    "used_m2",
    "load",
    "plots",
    "from_year",
    "price_yuan_m2",
    "industries",
    "pollution",
    "pollution_stated",
    "power",
    "water",
    "gas",
    "partner",
    "credit",
    "x",
    "y",
)


def published_layers(result: RunResult) -> Layers:
    """Return the layers of a run, in the working system, with which the headline can be computed again.

    `ledger` has one row a part: parcel_id, code, use, district, park_id ("" outside; by the definition's rule), face
    (-1 outside), side, counted, planar_m2, ellipsoidal_m2, registered_m2, registered_stated_m2 (to the cent). `side`
    says what the definition makes of the part: the headline is the area of `inside` over that of `inside` and
    `outside`; `other_class` is not in the definition's classes, and `held` is land that another parcel has. `claims`
    says which blocks cover which face, `run` which run, study and definition these are. Lists are text, words parted
    by a blank.

    Parameters
    ----------
    result : RunResult
        Of the run.

    Returns
    -------
    dict
        Name to frame: ledger, faces, claims, parks, run; districts, candidates, no_data, renewal, moves, move_lines,
        blocks, changes and violations where the run has them.
    """
    ledger = result.ledger
    blocks = ledger.parks
    claims = ledger.claims.assign(**{c: blocks[c].to_numpy()[ledger.claims["block"]] for c in (s.PARK, s.BLOCK)}).drop(
        columns="block"
    )
    owner = ledger.faces["owner"].to_numpy()
    faces = ledger.faces.drop(columns="owner")
    faces.insert(0, s.FACE, np.arange(len(faces)))
    faces.insert(1, s.PARK, blocks[s.PARK].to_numpy()[owner])
    table = ledger.table(result.definition.rule)
    side = np.select(
        [
            ~ledger.of_classes(result.definition.classes),
            ~table[s.COUNTED].to_numpy(dtype=bool),
            (table[s.PARK] == "").to_numpy(),
        ],
        ["other_class", "held", "outside"],
        "inside",
    )
    table.insert(list(table.columns).index(s.COUNTED), s.SIDE, side.astype(object))
    layers: Layers = {"ledger": table, "faces": faces, "claims": claims, "parks": blocks}
    if result.districts is not None:
        layers["districts"] = result.districts
    if result.candidates is not None:
        layers["candidates"] = _plain(result.candidates.listed.reset_index())
        layers["no_data"] = _plain(result.candidates.no_data.reset_index())
        layers["renewal"] = _plain(result.candidates.renewed.reset_index())
    if result.relocation is not None:
        layers |= _plan_layers(result.relocation)
    if result.history is not None:
        layers |= _change_layers(result.history)
    meaning = {
        "run_id": result.run_id,
        "study": result.name,
        "synthetic": result.synthetic,
        "definition": str(result.definition),
    }
    layers["run"] = pd.DataFrame([meaning])
    return layers


def write_layers(result: RunResult, path: Path) -> None:
    """Write the layers of a run, each with the style QGIS opens it in.

    Parameters
    ----------
    result : RunResult
        Of the run.
    path : Path
        A new .gpkg file.
    """
    layers = published_layers(result)
    with options(OGR_CURRENT_DATE=DATE):
        for name, layer in layers.items():
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                dataset_options={} if path.exists() else {"VERSION": VERSION},
                layer_options={"DESCRIPTION": layer_word(name), "GEOMETRY_NAME": GEOMETRY},
                **shapes_of(name, layer),
            )
        pyogrio.write_dataframe(_styles(layers), path, layer="layer_styles", driver="GPKG", append=True, fid="id")


def shapes_of(name: str, layer: gpd.GeoDataFrame | pd.DataFrame) -> dict[str, Any]:
    """Return how pyogrio shall write a layer's shapes: one type for all, known of an empty layer too."""
    if not isinstance(layer, gpd.GeoDataFrame):
        return {}
    if name in LINES:
        return {"geometry_type": "LineString"}
    return {"geometry_type": "MultiPolygon", "promote_to_multi": True}


def _plan_layers(r: Relocation) -> Layers:
    """Return the plots a plan treats, a line from each that moves to its block, and the blocks with their load."""
    moves = _plain(r.moves.reset_index()).rename(columns={"place": "park_row"})
    moved = r.moves[r.moves["action"] == "move"]
    start = shapely.get_coordinates(shapely.point_on_surface(np.asarray(moved.geometry.to_numpy(), dtype=object)))
    ends = np.stack([start, moved[["x", "y"]].to_numpy(dtype=float)], axis=1)
    lines = gpd.GeoDataFrame(
        moved[list(LINE_COLUMNS)].reset_index(),
        geometry=np.asarray(shapely.linestrings(ends), dtype=object),
        crs=r.moves.crs,
    )
    spare = r.blocks["spare_m2"]
    load = (r.blocks["used_m2"] / spare.where(spare > 0)).astype(float)
    table = pd.DataFrame(r.blocks).rename(columns={"place": "park_row"}).assign(load=load)
    blocks = gpd.GeoDataFrame(
        table.reindex(columns=list(BLOCK_COLUMNS)).replace({np.inf: np.nan}),
        geometry=r.blocks.geometry.to_numpy(),
        crs=r.blocks.crs,
    )
    return {"moves": moves, "move_lines": lines, "blocks": _plain(blocks)}


def _change_layers(h: History) -> Layers:
    """Return every part that changed, and the new plots outside the parks; dates are text."""
    plots = h.violations.rename(columns={"plot": s.PARCEL})
    first = [s.PARCEL, "status", *PLOT_COLUMNS]
    return {"changes": _dated(changed_parts(h)), "violations": _dated(plots[[*first, plots.geometry.name]])}


def _dated(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Dates become text, which every format writes alike."""
    return frame.assign(**{c: pd.Series([str(x) for x in frame[c]], frame.index, object) for c in ("start", "end")})


def _styles(layers: Layers) -> pd.DataFrame:
    """Return the table QGIS looks its styles up in, as QGIS writes it; only a default style is loaded by itself."""
    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": name,
            "f_geometry_column": GEOMETRY,
            "styleName": name,
            "styleQML": qml(look, name, [c for c in layers[name].columns if c != layers[name].geometry.name]),
            "styleSLD": "",
            "useAsDefault": True,
            "description": layer_word(name),
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(DATE),
        }
        for name, look in looks().items()
        if name in layers
    ]
    return pd.DataFrame(rows)


def _plain(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lists become text: a layer has no lists."""
    lists = [c for c in frame.columns if frame[c].dtype == object and any(isinstance(v, tuple) for v in frame[c])]
    return frame.assign(**{c: frame[c].map(_words).astype(object) for c in lists})


def _words(value: Any) -> str:
    return " ".join(map(str, value))


@contextmanager
def options(**values: str) -> Iterator[None]:
    """Set configuration options of pyogrio's GDAL, and put the earlier ones back."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in values}
    pyogrio.set_gdal_config_options(values)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
