"""Names on the printed map, each only where it covers no other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patheffects import withStroke

from landuse.report.fonts import width
from landuse.report.sheet import INCH_MM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from landuse.report.fonts import Letters

#: Longest name, in widths of a Chinese character.
EMS = 12.0


@dataclass(frozen=True)
class Name:
    """A name that looks for its place.

    Attributes
    ----------
    text : str
        The name.
    shape : shapely geometry
        What is called so.
    size : float
        Of the letters [pt].
    colour : str
        Of the letters.
    within : bool
        Whether the middle is the best place, and not above.
    """

    text: str
    shape: Any
    size: float
    colour: str
    within: bool


def place_names(axes: Axes, wanted: Iterable[Name], letters: Letters, units_per_mm: float) -> None:
    """Write names in the middle of the largest part of what they name, above or below it; the first come first.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        The map; its limits are final.
    wanted : iterable of Name
        The most important first; those that find no free place are left out.
    letters : Letters
        Of the block that draws.
    units_per_mm : float
        Units of the plane in a millimetre of paper.
    """
    sheet = shapely.box(axes.get_xlim()[0], axes.get_ylim()[0], axes.get_xlim()[1], axes.get_ylim()[1])
    halo = [withStroke(linewidth=1.8, foreground="white", alpha=0.85)]
    taken: list[Any] = []
    for name in wanted:
        text = letters(name.text, EMS)
        em = name.size / 72 * INCH_MM * units_per_mm
        across, high = (width(text) + 0.4) * em / 2, 0.65 * em
        main = max(shapely.get_parts(name.shape), key=shapely.area)
        x, y = _middle(main)
        _west, low, _east, up = shapely.bounds(main)
        above = (up + high, low - high)
        for at in (y, *above) if name.within else (*above, y):
            box = shapely.box(x - across, at - high, x + across, at + high)
            if text and shapely.covers(sheet, box) and not shapely.intersects(taken, box).any():
                taken.append(box)
                style: dict[str, Any] = {"size": name.size, "color": name.colour, "path_effects": halo, "zorder": 5}
                axes.text(x, at, text, ha="center", va="center", gid="name", **style)
                break


def _middle(polygon: Any) -> tuple[float, float]:
    """Return the middle of the largest circle within a polygon, to a fiftieth of its size."""
    circle = shapely.maximum_inscribed_circle(polygon, float(np.sqrt(shapely.area(polygon))) / 50)
    x, y = shapely.get_coordinates(circle)[0]
    return float(x), float(y)
