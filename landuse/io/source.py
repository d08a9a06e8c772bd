"""A layer before it is read: where it is, and what each format's reader hands to `landuse.io.vector.read`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray
    from pyproj import CRS

    from landuse.geo.arrays import Bools, Ints
    from landuse.quality import Issue

#: File endings read, and the driver that may read each.
FORMATS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".gdb": "OpenFileGDB",
    ".geojson": "GeoJSON",
    ".json": "GeoJSON",
    ".geojsonl": "GeoJSON",
    ".geojsons": "GeoJSON",
    ".ndjson": "GeoJSON",
    ".jsonl": "GeoJSON",
    ".topojson": "TopoJSON",
    ".fgb": "FlatGeobuf",
    ".parquet": "Parquet",
    ".kml": "KML",
    ".kmz": "KML",
    ".txt": "points",
}


@dataclass(frozen=True)
class Place:
    """Where a layer is, and what the study says about it.

    Attributes
    ----------
    path : Path
        Of the file; a FileGDB is a folder, and so is a layer in several Parquet files.
    shown : str
        The path as the study writes it, for messages and the manifest.
    layer : str, optional
        Required where the file has several.
    encoding : str, optional
        Of its texts; default: detected.
    crs : str, optional
        Only for a file that states none.
    """

    path: Path
    shown: str
    layer: str | None = None
    encoding: str | None = None
    crs: str | None = None

    @property
    def ending(self) -> str:
        """The ending of the file's name, in small letters; that of its parts for a folder of Parquet files."""
        ending = self.path.suffix.lower()
        return ".parquet" if ending != ".gdb" and self.path.is_dir() else ending


@dataclass(frozen=True)
class Shapes:
    """The shapes of some rows.

    Attributes
    ----------
    geometry : array of object, shape (n,)
        None where a row has none, and where it cannot be read.
    unreadable : mapping
        Position among the n rows to the reason.
    notes : tuple of str
        What reading took for granted.
    """

    geometry: NDArray[np.object_]
    unreadable: Mapping[int, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Content:
    """The rows of a layer.

    Attributes
    ----------
    attributes : pyarrow.Table
        The columns asked for, in that order.
    shapes : callable
        From which rows are kept (array of bool) to their `Shapes`; called once, so that only those are decoded.
    numbers : array of int
        The row numbers in the file, from 1.
    notes : tuple of str
        What reading took for granted.
    issues : tuple of Issue
        What reading met and how it dealt with it.
    """

    attributes: pa.Table
    shapes: Callable[[Bools], Shapes]
    numbers: Ints
    notes: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Source:
    """A layer, opened.

    Attributes
    ----------
    fields : tuple of str
        Its columns; one that stands twice names two columns.
    crs : pyproj.CRS or None
        Its own system; None where it states none.
    read : callable
        From the columns asked for to the `Content`.
    layer : str
        For messages; empty where the file's name says it all.
    by_default : str
        Where `crs` is what the format's standard says a silent file means: the name of the format. Then the study may
        state another.
    """

    fields: tuple[str, ...]
    crs: CRS | None
    read: Callable[[Sequence[str]], Content]
    layer: str = ""
    by_default: str = ""
