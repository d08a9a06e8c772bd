"""The layers again, as a FileGDB or shapefiles: nothing is cut, or it is refused; the density as a GeoTIFF."""

from __future__ import annotations

import csv
import math
from typing import TYPE_CHECKING, Any, cast

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.report.layers.fields import layer_word, meanings, short_names
from landuse.report.layers.geopackage import options, published_layers, shapes_of

if TYPE_CHECKING:
    from pathlib import Path

    from pyproj import CRS

    from landuse.results.density import Density
    from landuse.results.run import RunResult

if TYPE_CHECKING:
    from pathlib import Path

    from landuse.results.run import RunResult

    Frame = gpd.GeoDataFrame | pd.DataFrame

#: Encodings a shapefile is written in, by the name of the export.
ENCODINGS = {"shp-gbk": "gbk", "shp-utf8": "utf-8"}
#: Bytes a dBASE text holds.
TEXT_BYTES = 254
#: The table of names that stands beside the shapefiles.
FIELD_TABLE = "字段对照.csv"
#: Beyond this a number loses digits in the 24 places of a dBASE field.
LARGEST = 1e20
#: dBASE files carry a date of change; a fixed one keeps the bytes a function of the result.
DATE = "2000-01-01"


def write_geodatabase(result: RunResult, path: Path) -> None:
    """Write the layers of a run as a FileGDB, for ArcGIS 10 and later.

    A geodatabase keeps coordinates on a grid of a tenth of a millimetre and truth values as 0 and 1; everything else
    is as in the GeoPackage.

    Parameters
    ----------
    result : RunResult
        Of the run.
    path : Path
        A new folder, named *.gdb.

    Raises
    ------
    InputError
        When a number does not fit its field.
    """
    layers = {name: _storable(layer) for name, layer in published_layers(result).items()}
    refuse_if([p for name, layer in layers.items() for p in _numbers(layer, path.name, name)])
    # without this every run would give its tables new identities
    with options(OPENFILEGDB_REPRODUCIBLE_UUID="YES"):
        for name, layer in layers.items():
            pyogrio.write_dataframe(
                layer,
                path,
                layer=name,
                driver="OpenFileGDB",
                append=path.exists(),
                layer_options={"LAYER_ALIAS": layer_word(name)},
                **shapes_of(name, layer),
            )


def write_shapefiles(result: RunResult, folder: Path, encoding: str) -> None:
    """Write the layers of a run as shapefiles, and what their shortened column names mean.

    Layers without shapes are bare .dbf files. Every file says its encoding in a .cpg. A dBASE file knows no empty text:
    it is read back as missing.

    Parameters
    ----------
    result : RunResult
        Of the run.
    folder : Path
        A new folder.
    encoding : {"gbk", "utf-8"}
        Of the texts.

    Raises
    ------
    InputError
        With every text that the encoding does not have or that is longer than 254 bytes, and every number that is
        wider than its field: a shapefile would lose them in silence.
    """
    layers = {name: _storable(layer) for name, layer in published_layers(result).items()}
    problems = []
    for name, layer in layers.items():
        problems += [*_texts(layer, folder.name, name, encoding), *_numbers(layer, folder.name, name)]
    refuse_if(problems)
    folder.mkdir(parents=True)
    table = []
    for name, layer in layers.items():
        known = meanings(name)
        short = short_names(_attributes(layer), encoding)
        table += [(name, short[c], c, known.get(c, "")) for c in short]
        pyogrio.write_dataframe(
            layer.rename(columns=short),
            folder / f"{name}{'.shp' if isinstance(layer, gpd.GeoDataFrame) else '.dbf'}",
            driver="ESRI Shapefile",
            encoding=encoding.upper(),
            layer_options={"DBF_DATE_LAST_UPDATE": DATE, "2GB_LIMIT": "YES"},
            **shapes_of(name, layer),
        )
    with (folder / FIELD_TABLE).open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow([_("Layer"), _("Field"), _("Column of the GeoPackage"), _("Meaning")])
        lines.writerows(table)


def _attributes(layer: Frame) -> list[str]:
    """Return the columns that are not the shapes."""
    shapes = layer.geometry.name if isinstance(layer, gpd.GeoDataFrame) else None
    return [c for c in layer.columns if c != shapes]


def _storable(layer: Frame) -> Frame:
    """Whole numbers of 32 bits, which these formats have, where they fit; truth as 0 and 1."""
    narrow: dict[str, Any] = {}
    for column in _attributes(layer):
        values = layer[column]
        if pd.api.types.is_bool_dtype(values) or (pd.api.types.is_integer_dtype(values) and _fits(values)):
            narrow[column] = np.int32
    return layer.astype(narrow)


def _fits(values: pd.Series[Any]) -> bool:
    return not len(values) or bool(values.abs().max() <= np.iinfo(np.int32).max)


def _numbers(layer: Frame, file: str, name: str) -> list[Problem]:
    """Numbers without a place in the format: 1e300 would come back as 1e23."""
    problems = []
    for column in _attributes(layer):
        values = layer[column]
        if not pd.api.types.is_numeric_dtype(values):
            continue
        figures = values.to_numpy(dtype=float, na_value=np.nan)
        largest = LARGEST if pd.api.types.is_float_dtype(values) else np.iinfo(np.int32).max
        wide = np.abs(figures) > largest
        if wide.any():
            what = _(
                "column {column} holds numbers this format cannot: {example:g}",
                column=column,
                example=figures[wide][0],
            )
            problems.append(Problem(what, _("take the GeoPackage"), file, name, _rows(layer, wide)))
    return problems


def _texts(layer: Frame, file: str, name: str, encoding: str) -> list[Problem]:
    """Texts a shapefile cannot hold."""
    problems = []
    for column in _attributes(layer):
        if pd.api.types.is_numeric_dtype(layer[column]):
            continue
        size = {value: _bytes(value, encoding) for value in layer[column].dropna().unique()}
        sizes = layer[column].map(size).fillna(0).to_numpy()
        strange, long = sizes < 0, sizes > TEXT_BYTES
        if strange.any():
            texts = "".join(layer.loc[strange, column].unique())
            missing = "".join(dict.fromkeys(ch for ch in texts if _bytes(ch, encoding) < 0))
            what = _(
                "column {column} holds characters that {encoding} has not: {missing}",
                column=column,
                encoding=encoding.upper(),
                missing=missing.encode("utf-8", "backslashreplace").decode(),
            )
            fix = _("take the GeoPackage, or the shapefiles in UTF-8")
            problems.append(Problem(what, fix, file, name, _rows(layer, strange)))
        if long.any():
            what = _("column {column} holds texts longer than {n} bytes", column=column, n=TEXT_BYTES)
            problems.append(Problem(what, _("take the GeoPackage"), file, name, _rows(layer, long)))
    return problems


def _bytes(text: str, encoding: str) -> int:
    """Return how many bytes a text takes, or -1 where the encoding does not have it."""
    try:
        return len(text.encode(encoding))
    except UnicodeEncodeError:
        return -1


def _rows(layer: Frame, wrong: Any) -> tuple[str, ...]:
    """Return what names the rows: the first column of every layer does."""
    return tuple(dict.fromkeys(layer.loc[wrong, layer.columns[0]].astype(str)))


NODATA = -9999.0
#: Ways to state a coordinate system in a GeoTIFF: the standard's, and ESRI's for what the standard has no keys for.
KEYS = ("STANDARD", "ESRI_PE")


def write_density(density: Density, result: RunResult, path: Path) -> None:
    """Write the density as a GeoTIFF: one band of 32-bit floats, north up, what the run is in its tags.

    Parameters
    ----------
    density : Density
        What to write.
    result : RunResult
        Of the run.
    path : Path
        A new .tif file.

    Raises
    ------
    InputError
        When the file cannot state the working system.
    """
    import rasterio  # noqa: PLC0415, a second GDAL: loaded only where rasters are asked for
    from rasterio.transform import from_origin  # noqa: PLC0415

    grid = density.grid
    crs = cast("CRS", result.ledger.parts.crs)
    profile = {
        "driver": "GTiff",
        "width": grid.columns,
        "height": grid.rows,
        "count": 1,
        "dtype": "float32",
        "nodata": NODATA,
        "crs": rasterio.crs.CRS.from_wkt(crs.to_wkt()),
        "transform": from_origin(grid.column * grid.cell, (grid.row + grid.rows) * grid.cell, grid.cell, grid.cell),
        "compress": "deflate",
        "predictor": 3,
    }
    tags = {
        "run_id": result.run_id,
        "study": result.name,
        "definition": str(result.definition),
        "synthetic": str(result.synthetic).lower(),
        "cell_m": repr(math.sqrt(density.cell_m2)),
    }
    band = np.where(np.isnan(density.share), NODATA, density.share)[::-1].astype(np.float32)
    for flavour in KEYS:
        # without PAM nothing is put into a second file beside the first
        with (
            rasterio.Env(GDAL_PAM_ENABLED="NO"),
            rasterio.open(path, "w", **profile, GEOTIFF_KEYS_FLAVOR=flavour) as out,
        ):
            out.write(band, 1)
            out.set_band_description(1, _("Share of the cell under industrial land outside the parks"))
            out.update_tags(**tags)
        with rasterio.open(path) as written:
            if written.crs is not None:
                return
    fix = _("work in a system of the EPSG registry: [study] crs")
    raise InputError(Problem(_("a GeoTIFF cannot state the system {crs}", crs=result.crs), fix, path.name))
