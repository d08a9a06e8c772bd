"""The picture of one park: its map, and beside it its radar against the mean of its level and the ideals."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from landuse import schema as s
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.report.figures.furniture import Name, legend, north_arrow, place_names, scale_bar
from landuse.report.figures.page import DPI, INCH_MM, WIDTH_MM, Sheet
from landuse.report.figures.parks import draw_radar, park_spokes, radar_key
from landuse.report.figures.static_map import at_centre, fill, outlined_row
from landuse.report.style.palette import PALETTE
from landuse.report.tables.parks import level_means
from landuse.report.words import labels
from landuse.results.run import computed

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from matplotlib.axes import Axes

    from landuse.geo.arrays import Geometries
    from landuse.report.style.fonts import Letters
    from landuse.results.parks import ParkReview
    from landuse.results.run import RunResult

#: Of the map, and of the strip below it that explains it [mm].
MAP_MM = (86.0, 66.0)
STRIP_MM = 28.0
#: Margin around a park, over the longer side of its box.
MARGIN = 0.07
#: Half the width and half the height of the radar's frame, in radii of its target circle.
RADAR = (2.3, 1.6)
#: Letters of the radar [pt].
SIZE = 6.0
OUTSIDE: dict[str, Any] = {
    "facecolor": PALETTE["land"],
    "hatch": "/" * 6,
    "edgecolor": PALETTE["industry"],
    "linewidth": 0.0,
}
INSIDE: dict[str, Any] = {"facecolor": PALETTE["industry"], "edgecolor": "white", "linewidth": 0.3}
OWN: dict[str, Any] = outlined_row(PALETTE["park"], 1.6)
OTHERS: dict[str, Any] = outlined_row(PALETTE["park"], 0.8, (0, (1.2, 1.2)))
LOW: dict[str, Any] = outlined_row(PALETTE["problem"], 1.1)
JOIN: dict[str, Any] = {"facecolor": "none", "hatch": "." * 4, "edgecolor": PALETTE["plan"], "linewidth": 1.0}


@dataclass(frozen=True)
class Ground:
    """What all pictures of a run draw from.

    Attributes
    ----------
    result : RunResult
        Of the run, its parks compared.
    review : ParkReview
        The same comparison.
    land : array of polygons
        Parts of industrial land that count.
    park : array of str
        The park each lies in, "" outside all.
    means : pandas.DataFrame
        Attainment by level.
    """

    result: RunResult
    review: ParkReview
    land: Geometries
    park: Geometries
    means: pd.DataFrame

    @classmethod
    def of(cls, result: RunResult) -> Ground:
        """Return the ground of a run."""
        review = computed(result.parks)
        ledger = result.ledger
        counted = ledger.counted(result.definition)
        block = counted["block"].to_numpy()
        names = np.append(ledger.parks[s.PARK].to_numpy(dtype=object), "")  # the last, -1, is nowhere
        land = np.asarray(ledger.parts.geometry.to_numpy()[counted.index], dtype=object)
        return cls(result, review, land, names[block], level_means(review))


def park_picture(ground: Ground, letters: Letters, park: str, plots: gpd.GeoDataFrame, numbered: int) -> Sheet:
    """Draw a park: its blocks, the industry in them, plots that ask for a decision, plots that would join blocks.

    Parameters
    ----------
    ground : Ground
        Of the run.
    letters : Letters
        Of the block that draws.
    park : str
        Its id.
    plots : GeoDataFrame
        Low-efficiency plots in it, in the order of the list below the picture.
    numbered : int
        So many of them are in that list: they bear its numbers, the others a dot.

    Returns
    -------
    Sheet
        As wide as the text of a page. Parts of the map with gid "inside", "blocks", "low", "joins", "number".
    """
    height = MAP_MM[1] + STRIP_MM
    figure = Figure(figsize=(WIDTH_MM / INCH_MM, height / INCH_MM), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    paper = figure.add_axes((0, 0, 1, 1), zorder=-1)
    paper.set(xlim=(0, WIDTH_MM), ylim=(0, height))
    paper.set_axis_off()
    sheet = Sheet("park", str(ground.review.figures["park_name"][park]), figure, paper, height)
    rows = _map(ground, letters, sheet, park, plots, numbered)
    legend(sheet, letters, rows, top=STRIP_MM - 2)
    left, wide = MAP_MM[0] + 1, WIDTH_MM - MAP_MM[0] - 1
    high = wide * RADAR[1] / RADAR[0]
    axes = sheet.axes(left, STRIP_MM + (MAP_MM[1] - high) / 2, wide, high)
    em = SIZE / 72 * INCH_MM / (wide / 2 / RADAR[0])
    spokes = park_spokes(ground.review, park, ground.means, em, named=True)
    draw_radar(axes, letters, replace(spokes, size=SIZE, reach=1.24), *RADAR)
    radar_key(sheet, letters, left + 6, STRIP_MM - 1.4, down=True)
    return sheet


def _map(
    ground: Ground, letters: Letters, sheet: Sheet, park: str, plots: gpd.GeoDataFrame, numbered: int
) -> list[tuple[str, dict[str, Any]]]:
    """Draw the map; return its rows of the legend."""
    f, r = ground.result, ground.review
    blocks = r.blocks[r.blocks[s.PARK] == park]
    joins = r.joins[r.joins[s.PARK] == park]
    axes = sheet.axes(0, STRIP_MM, *MAP_MM)
    units = _frame(axes, np.concatenate([blocks.geometry.to_numpy(), joins.geometry.to_numpy()]))
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    view, tolerance = shapely.box(west, south, east, north), units * INCH_MM / DPI / 4
    axes.set(xticks=[], yticks=[], facecolor=PALETTE["beyond"])
    for spine in axes.spines.values():
        spine.set(visible=True, edgecolor=PALETTE["rule"], linewidth=0.6)
    if f.districts is not None:
        districts = shapely.clip_by_rect(f.districts.geometry.to_numpy(), west, south, east, north)
        fill(
            axes, "districts", districts, tolerance, facecolor=PALETTE["land"], edgecolor=PALETTE["grey"], linewidth=0.4
        )
    seen = shapely.intersects(ground.land, view)
    own, nowhere = ground.park == park, ground.park == ""
    fill(axes, "outside", ground.land[seen & nowhere], tolerance, **OUTSIDE)
    fill(axes, "elsewhere", ground.land[seen & ~own & ~nowhere], tolerance, **{**INSIDE, "alpha": 0.4})
    fill(axes, "inside", ground.land[own], tolerance, **INSIDE)
    others = r.blocks[(r.blocks[s.PARK] != park).to_numpy() & shapely.intersects(r.blocks.geometry.to_numpy(), view)]
    fill(axes, "others", others.geometry.to_numpy(), tolerance, **OTHERS)
    fill(axes, "joins", joins.geometry.to_numpy(), tolerance, **JOIN)
    fill(axes, "blocks", blocks.geometry.to_numpy(), tolerance, **OWN)
    fill(axes, "low", plots.geometry.to_numpy(), tolerance, **LOW)
    _numbers(axes, letters, plots, numbered)
    _names(axes, letters, ground, blocks, others, units)
    crs, middle = system(f.ledger.parts), np.array([(west + east) / 2, (south + north) / 2])
    scale, convergence = at_centre(crs, middle)
    scale_bar(sheet, letters, ground_m_per_mm=units * unit_factor(crs) / scale, left=64, bottom=3.5)
    north_arrow(sheet, letters, convergence, centre=(WIDTH_MM - 17.5, 13))
    rows = [
        (_("Blocks of the park: {n}", n=len(blocks)), OWN),
        (_("Industry in the park"), INSIDE),
        (_(labels.TO_BE_DECIDED, n=len(plots)), {**LOW, "mark": PALETTE["problem"]}),
    ]
    if len(joins):
        rows.append((_("Plots that would join blocks"), JOIN))
    return [*rows, (_(labels.INDUSTRY_OUTSIDE_PARKS), OUTSIDE)]


def _frame(axes: Axes, shapes: Geometries) -> float:
    """Set the limits of the map to some shapes and a margin; return the units of the plane in a millimetre."""
    boxes = shapely.bounds(shapes)
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    size = (high - low) + 2 * MARGIN * max(high - low)
    units = float(max(size / MAP_MM))
    middle, half = (low + high) / 2, units * np.array(MAP_MM) / 2
    axes.set(xlim=(middle[0] - half[0], middle[0] + half[0]), ylim=(middle[1] - half[1], middle[1] + half[1]))
    return units


def _numbers(axes: Axes, letters: Letters, plots: gpd.GeoDataFrame, numbered: int) -> None:
    """Write the numbers of the list on its plots, and a dot on the others."""
    if not len(plots):
        return
    points = shapely.get_coordinates(shapely.point_on_surface(plots.geometry.to_numpy()))
    red, halo = PALETTE["problem"], [withStroke(linewidth=1.6, foreground="white")]
    rest = points[numbered:]
    axes.scatter(rest[:, 0], rest[:, 1], s=3, c=red, linewidths=0, gid="marks", zorder=4)
    for k, (x, y) in enumerate(points[:numbered], start=1):
        style: dict[str, Any] = {"size": 6.5, "color": red, "path_effects": halo, "zorder": 6, "gid": "number"}
        axes.text(x, y, letters(k), ha="center", va="center", clip_on=True, **style)


def _names(
    axes: Axes, letters: Letters, ground: Ground, blocks: gpd.GeoDataFrame, others: gpd.GeoDataFrame, units: float
) -> None:
    """Write the ids of the park's blocks, where it has several, and the names of other parks in sight."""
    green, grey, parks = PALETTE["park"], PALETTE["grey"], ground.review.figures["park_name"]
    wanted = [
        Name(_("{block} (main)", block=block) if main else str(block), shape, 6.5, green, within=False)
        for block, main, shape in zip(blocks[s.BLOCK], blocks[s.MAIN], blocks.geometry, strict=True)
        if len(blocks) > 1
    ]
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    clipped = shapely.clip_by_rect(others.geometry.to_numpy(), west, south, east, north)
    wanted += [
        Name(str(parks[park]), shape, 5.5, grey, within=True)
        for park, shape in zip(others[s.PARK], clipped, strict=True)
        if shapely.area(shape) > 0
    ]
    place_names(axes, wanted, letters, units)
