"""Shapes out of well-known binary: one that cannot be read never fails the others, and none vanishes."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from landuse.i18n import _
from landuse.io.source import Shapes

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Arcs become chords over this angle: a circle loses angle² / 6 = 5e-7 of its area.
CHORD_DEG = 0.1
CURVES = range(8, 13)
SURFACES = {15: "PolyhedralSurface", 16: "TIN", 17: "Triangle"}


def decode(column: pa.ChunkedArray) -> Shapes:
    """Decode well-known binary; what cannot be decoded is None, with the reason.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of binary
        Null where a row has no geometry.

    Returns
    -------
    Shapes
        With heights and measures, where they have them.
    """
    raw = column.to_numpy()
    try:
        with np.errstate(invalid="ignore"):  # NaN vertices are reported during validation
            shapes = np.asarray(shapely.from_wkb(raw, on_invalid="ignore"), dtype=object)
    except NotImplementedError:  # a curve anywhere fails the whole array
        shapes = np.array([_one(x) for x in raw], dtype=object)
    lost = shapely.is_missing(shapes) & ~np.array([x is None for x in raw], dtype=bool)
    return Shapes(shapes, {int(k): _reason(raw[k]) for k in np.flatnonzero(lost)})


def _one(raw: bytes | None) -> Any:
    try:
        with np.errstate(invalid="ignore"):
            return shapely.from_wkb(raw, on_invalid="ignore")
    except NotImplementedError:
        return None


def kind(raw: bytes) -> int:
    """Return the kind of a shape in well-known binary, whatever its dimensions; 0 for what is none.

    Examples
    --------
    >>> kind(shapely.Point(1, 2, 3).wkb), kind(b"")
    (1, 0)
    """
    if len(raw) < 5 or raw[0] not in (0, 1):
        return 0
    return (int.from_bytes(raw[1:5], "little" if raw[0] else "big") & 0x0FFFFFFF) % 1000


def is_curved(raw: bytes) -> bool:
    """Whether a shape that could not be decoded has curves: its own kind, or a collection's parts."""
    return kind(raw) in (7, *CURVES)


def _reason(raw: bytes) -> str:
    if kind(raw) in SURFACES:
        return _("a {kind}, which has no area on the plane", kind=SURFACES[kind(raw)])
    return _("its geometry cannot be decoded")


def with_chords(
    found: Shapes, curved: list[int], shown: str, coarse: NDArray[np.object_], fine: NDArray[np.object_]
) -> Shapes:
    """Put chords in the place of curves, and state the error.

    Parameters
    ----------
    found : Shapes
        Where the curves are unreadable.
    curved : list of int
        Their positions.
    shown : str
        The file.
    coarse, fine : array of object
        The same shapes as chords over twice `CHORD_DEG`, and over `CHORD_DEG`. The area a chord cuts off grows with the
        square of its angle, so the fine ones err by a third of the difference of the two.

    Returns
    -------
    Shapes
        With a note that says the number of shapes and the error.
    """
    geometry = found.geometry.copy()
    geometry[curved] = fine
    read = [k for k in curved if geometry[k] is not None]
    area = float(np.nansum(shapely.area(fine)))
    error = float(np.nansum(abs(shapely.area(coarse) - shapely.area(fine)))) / 3
    note = _(
        "{file}: {n} shapes with curves, read as chords of {angle} degrees; their area is off by {error:.1e} of itself",
        file=shown,
        n=len(read),
        angle=CHORD_DEG,
        error=error / area if area else math.nan,
    )
    unreadable = {k: why for k, why in found.unreadable.items() if k not in read}
    return replace(found, geometry=geometry, unreadable=unreadable, notes=(*found.notes, note) if read else found.notes)


def flat(geometry: NDArray[np.object_]) -> tuple[NDArray[np.object_], bool]:
    """Return shapes without heights and measures, and whether any had them.

    Examples
    --------
    >>> shapes, had = flat(np.array([shapely.Point(1, 2, 3), None], dtype=object))
    >>> shapes[0].has_z, had
    (False, True)
    """
    had = bool((shapely.get_coordinate_dimension(geometry) > 2).any())
    return (np.asarray(shapely.force_2d(geometry), dtype=object) if had else geometry), had
