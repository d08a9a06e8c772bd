"""What a printed map needs beside the map: legend, scale bar, north arrow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patches import Polygon, Rectangle
from matplotlib.patheffects import withStroke

from landuse.i18n import _
from landuse.report.figures.page import INCH_MM
from landuse.report.style.fonts import width
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from matplotlib.axes import Axes

    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters


#: Rows of a column of the legend, their height and the columns' width [mm].
ROWS, ROW_MM, COLUMN_MM = 5, 5.2, 66.0
#: Longest scale bar [mm].
BAR_MM = 38.0
#: The arrow, upright, its middle at the origin: left and right half [mm].
NEEDLE = np.array([[0.0, 5.0], [-2.1, -4.0], [0.0, -2.2], [2.1, -4.0]])


def legend(sheet: Sheet, letters: Letters, rows: Sequence[tuple[str, dict[str, Any]]], top: float) -> None:
    """Write legend rows, column by column.

    Parameters
    ----------
    sheet : Sheet
        The paper.
    letters : Letters
        Of the block that draws.
    rows : sequence of (words, style)
        Styles of a patch; "mark" in it is the colour of a dot in the middle.
    top : float
        Upper edge of the first row [mm].
    """
    for k, (words, style) in enumerate(rows):
        x, y = COLUMN_MM * (k // ROWS) + 0.5, top - ROW_MM * (k % ROWS)
        patch = {key: value for key, value in style.items() if key != "mark"}
        sheet.paper.add_patch(Rectangle((x, y - 2.8), 6, 2.8, gid="legend", **patch))
        if mark := style.get("mark"):
            sheet.paper.plot(x + 3, y - 1.4, marker="o", markersize=2.2, color=mark, linewidth=0)
        sheet.paper.text(x + 8, y - 1.4, letters(words, 26), size=7, va="center", gid="legend", color=PALETTE["ink"])


def bar_length_m(longest_m: float) -> float:
    """Return the longest round length (1, 2 or 5 times a power of ten) that is no longer than a given one.

    Examples
    --------
    >>> bar_length_m(3800.0), bar_length_m(999.0), bar_length_m(1000.0)
    (2000.0, 500.0, 1000.0)
    """
    power = 10.0 ** math.floor(math.log10(longest_m) + 1e-9)
    return max(k * power for k in (1, 2, 5) if k * power <= longest_m * (1 + 1e-9))


def scale_bar(sheet: Sheet, letters: Letters, *, ground_m_per_mm: float, left: float, bottom: float) -> None:
    """Draw a bar of a round length on the ground, half of it filled.

    Parameters
    ----------
    sheet : Sheet
        The paper.
    letters : Letters
        Of the block that draws.
    ground_m_per_mm : float
        Metres of ground in a millimetre of paper, at the middle of the map.
    left, bottom : float
        Place of the bar [mm].
    """
    length = bar_length_m(BAR_MM * ground_m_per_mm)
    half = length / ground_m_per_mm / 2
    for k, face in enumerate((PALETTE["ink"], "white")):
        corner = (left + k * half, bottom)
        style: dict[str, Any] = {"facecolor": face, "edgecolor": PALETTE["ink"], "linewidth": 0.6}
        sheet.paper.add_patch(Rectangle(corner, half, 1.3, gid="scale", **style))
    for k, metres in enumerate((0.0, length / 2, length)):
        words = f"{metres:g}" if length < 1000 else f"{metres / 1000:g}"
        if k == 2:
            words = _(labels.IN_M, value=words) if length < 1000 else _(labels.IN_KM, value=words)
        sheet.paper.text(left + k * half, bottom + 2, letters(words), size=6.5, ha="center", color=PALETTE["ink"])


def north_arrow(sheet: Sheet, letters: Letters, convergence: float, centre: tuple[float, float]) -> None:
    """Draw an arrow to true north, turned against the grid by the meridian convergence, and say the angle.

    Parameters
    ----------
    sheet : Sheet
        The paper.
    letters : Letters
        Of the block that draws.
    convergence : float
        Degrees by which grid north lies east of true north: true north is as far to the left of the sheet's up.
    centre : (x, y)
        Of the arrow [mm].
    """
    turn = math.radians(convergence)
    matrix = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
    needle = NEEDLE @ matrix + centre
    ink = PALETTE["ink"]
    sheet.paper.add_patch(Polygon(needle, gid="north", facecolor="white", edgecolor=ink, linewidth=0.7))
    sheet.paper.add_patch(Polygon(needle[:3], facecolor=ink, edgecolor="none"))
    tip = np.array([0.0, 6.6]) @ matrix + centre
    sheet.paper.text(tip[0], tip[1], letters(_("N")), size=8, ha="center", va="center", color=ink, rotation=convergence)
    minutes = round(abs(convergence) * 60)
    angle = f"{'-' if convergence < 0 else '+'}{minutes // 60}°{minutes % 60:02d}′"
    words = _("true north; convergence {angle}", angle=angle)
    sheet.paper.text(centre[0], centre[1] - 7.2, letters(words), size=6.5, ha="center", color=PALETTE["grey"])


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
