"""The files of table A: the toy city in every container, and ways to spoil one."""

import json
import struct
import warnings

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
import shapely
from corpus import CRS, EAST, NAMES, NORTH, Table, city, parcels, square, write

from landuse.io.source import FORMATS

TABLE = Table()
#: Chinese headings, as a bureau's layer has them, and rows that are there only in Chinese.
HEADINGS = {"id": "编号", "code": "地类", "name": "地名"}
PLANNED = "规划"
#: What is found where one parcel's shape cannot be read.
LEFT_OUT = {"unreadable_geometry_parcel": 1}


def shapefile(folder, frame=None, name="parcels", encoding="UTF-8"):
    """The toy's parcels as a shapefile."""
    with warnings.catch_warnings():  # what the writing library cuts or drops is the case
        warnings.simplefilter("ignore")
        return write(parcels() if frame is None else frame, folder / f"{name}.shp", encoding=encoding)


def bureau(folder, written="GBK", cpg=None, language=0, **parcels_section):
    """A Chinese shapefile with a hectare that is only planned, and its study, which leaves that one out.

    A program that reads the texts wrongly finds no column, or no row, or a share of 0.5 for a planned park.
    """
    shapes = [*(square(k) for k in range(4)), square(9)]
    frame = parcels(shapes, DLBM=["0601", "0602", "0701", "0601", "0601"], DLMC=[*NAMES, "工业用地"])
    frame["现状"] = ["现状"] * 4 + [PLANNED]
    headed = frame.rename(columns=dict(zip(("BSM", "DLBM", "DLMC"), HEADINGS.values(), strict=True)))
    path = shapefile(folder, headed, encoding=written)
    said(path, cpg, language)
    section = {"columns": HEADINGS, "where": {"现状": ["现状"]}, **parcels_section}
    return city(folder, land=path.name, parcels=section)


def said(path, cpg, language=0):
    """Let a shapefile say an encoding in its .cpg (None: no such file) and by its language byte."""
    if cpg is None:
        path.with_suffix(".cpg").unlink()
    else:
        path.with_suffix(".cpg").write_text(cpg)
    patch(path.with_suffix(".dbf"), 29, bytes([language]))


def patch(path, at, data):
    """Put bytes in the place of others."""
    raw = bytearray(path.read_bytes())
    raw[at : at + len(data)] = data
    path.write_bytes(raw)


def cut(path, size):
    """Cut a file to so many bytes, or to a share of them."""
    raw = path.read_bytes()
    path.write_bytes(raw[: size if isinstance(size, int) else int(len(raw) * size)])


def cut_and_lied(path, size):
    """Cut a .shp or .shx to so many bytes, and let its head state the new length."""
    cut(path, size)
    patch(path, 24, struct.pack(">i", path.stat().st_size // 2))


def geojson(folder, edit=None, name="parcels.geojson", crs="urn:ogc:def:crs:EPSG::4549", frame=None):
    """The parcels as GeoJSON; `edit` changes the document, or the text of it."""
    frame = parcels() if frame is None else frame
    features = [
        {"type": "Feature", "properties": row, "geometry": json.loads(shapely.to_geojson(shape))}
        for row, shape in zip(frame.drop(columns="geometry").to_dict("records"), frame.geometry, strict=True)
    ]
    whole = {"type": "FeatureCollection", "features": features}
    if crs:
        whole = {
            "type": "FeatureCollection",
            "crs": {"type": "name", "properties": {"name": crs}},
            "features": features,
        }
    changed = edit(whole) if edit else None
    text = json.dumps(whole, ensure_ascii=False)
    path = folder / name
    path.write_text(changed(text) if callable(changed) else text, encoding="utf-8")
    return path


def drawn(folder, edit=None, **options):
    """The study on such parcels."""
    return city(folder, land=geojson(folder, edit, **options).name)


def geoparquet(folder, edit, frame=None):
    """The parcels as GeoParquet, the metadata of whose geometry `edit` changes."""
    path = write(parcels() if frame is None else frame, folder / "parcels.parquet")
    table = pq.read_table(path)
    said_ = dict(table.schema.metadata)
    geo = json.loads(said_.pop(b"geo"))
    edit(geo["columns"]["geometry"])
    pq.write_table(table.replace_schema_metadata({**said_, b"geo": json.dumps(geo).encode()}), path)
    return path


def by_wkb(folder, first, name="parcels.gpkg"):
    """The parcels with a first shape given in well-known binary, as no Python library draws it."""
    frame = parcels()
    shapes = [first, *(shapely.to_wkb(x) for x in frame.geometry[1:])]
    table = pa.table({**{c: frame[c].tolist() for c in ("BSM", "DLBM", "DLMC")}, "geometry": pa.array(shapes)})
    path = folder / name
    if path.suffix == ".parquet":
        plain = pq.read_table(write(frame, path)).schema.metadata
        geo = json.loads(plain[b"geo"])
        geo["columns"]["geometry"]["geometry_types"] = []
        pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), path)
    else:
        options = {"layer": "parcels", "driver": FORMATS[path.suffix], "geometry_name": "geometry", "crs": CRS}
        with warnings.catch_warnings():  # that a TIN is no shape of the format is the case
            warnings.simplefilter("ignore")
            pyogrio.write_arrow(table, path, geometry_type="Unknown", **options)
    return city(folder, land=name)


def wkb(kind, *parts, at=None):
    """A shape in well-known binary: its kind, and its parts or positions (x, y, ...) in metres from the origin."""
    points = [] if at is None else [(EAST + x, NORTH + y, *more) for x, y, *more in at]
    body = b"".join(parts) + b"".join(struct.pack(f"<{len(p)}d", *p) for p in points)
    return struct.pack("<BII", 1, kind, len(parts) + len(points)) + body


def ring(*at):
    """Positions of a ring, closed, with their number before them: what polygons are made of."""
    points = [(EAST + x, NORTH + y, *more) for x, y, *more in (*at, at[0])]
    return struct.pack("<I", len(points)) + np.asarray(points, dtype="<f8").tobytes()
