"""The map of the city on paper: where industry stands, which parks hold it, which plots ask for a decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from pyproj import Proj

from landuse import schema as s
from landuse.geo.crs import plain, system, unit_factor
from landuse.i18n import _
from landuse.report.figures.furniture import Name, legend, north_arrow, place_names, scale_bar
from landuse.report.figures.page import DPI, FOOT_MM, INCH_MM, WIDTH_MM, new_sheet
from landuse.report.style.palette import PALETTE
from landuse.report.words import labels
from landuse.report.words.format import city_areas
from landuse.report.words.terms import level_word
from landuse.results.ledger import NOWHERE
from landuse.results.run import computed
from landuse.units import shown_mu

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pyproj import CRS

    from landuse.geo.arrays import Floats, Geometries
    from landuse.report.figures.page import Sheet
    from landuse.report.style.fonts import Letters
    from landuse.results.run import RunResult

#: Layers of more polygons are pixels in the SVG too, and their plots have no outline of their own.
MANY = 6000
#: Height of the map frame for the tallest and the flattest city, and of the legend below it [mm].
FRAME_MM = (70.0, 150.0)
LEGEND_MM = 31.0
#: Pale ground between the stripes of industry outside the parks.
STRIPED = "#F3E9DF"
#: Width [pt] and dashes of a park's outline, by the rank of its level.
LEVEL_LINES: tuple[tuple[float, Any], ...] = (
    (1.7, "solid"),
    (1.0, "solid"),
    (1.0, (0, (5, 1.6))),
    (0.9, (0, (1.2, 1.2))),
)
#: … of a park without a level.
UNRANKED: tuple[float, Any] = (1.2, "solid")


def city_map(result: RunResult, letters: Letters) -> Sheet:
    """Draw districts, parks by level, industrial land inside and outside them, and candidates.

    Parameters
    ----------
    result : RunResult
        Of the run. Without districts or candidates the map does without them.
    letters : Letters
        Of the block that draws.

    Returns
    -------
    Sheet
        In the working system; polygons are simplified for display by a quarter of a pixel.
    """
    page = blank_map(result, letters, "map", _("Industrial land and parks of the city"))
    axes, tolerance = page.axes, page.tolerance
    land = result.ledger.counted(result.definition)
    shapes = result.ledger.parts.geometry.to_numpy()[land.index]
    outside = (land["block"] == NOWHERE).to_numpy()
    fill(axes, "inside", shapes[~outside], tolerance, facecolor=PALETTE["industry"], edgecolor="white", linewidth=0.2)
    # stripes have the colour of the edge, so the outlines are drawn apart
    striped = {"facecolor": STRIPED, "hatch": "/" * 8, "edgecolor": PALETTE["industry"], "linewidth": 0.0}
    fill(axes, "outside", shapes[outside], tolerance, **striped)
    if outside.sum() <= MANY:
        fill(axes, "outlines", shapes[outside], tolerance, **outlined_row(PALETTE["industry-line"], 0.3))
    levels = draw_parks(axes, result, tolerance)
    marked = _candidates(axes, result, tolerance)
    place_names(axes, wanted_names(result), letters, page.units_per_mm)
    found = result.concentration
    whole, inside = city_areas(found.total_m2, found.inside_m2)
    rows: list[tuple[str, dict[str, Any]]] = [
        (
            _("{what}: {area:,.2f} mu", what=_(labels.INDUSTRY_INSIDE_PARKS), area=inside),
            {"facecolor": PALETTE["industry"]},
        ),
        (
            _("{what}: {area:,.2f} mu", what=_(labels.INDUSTRY_OUTSIDE_PARKS), area=whole - inside),
            striped,
        ),
        *marked,
        *levels,
        *([(_(labels.DISTRICT_BOUNDARIES), outlined_row("#9AA5AA", 0.8))] if result.districts is not None else []),
    ]
    page.finish(letters, rows)
    return page.sheet


@dataclass(frozen=True)
class Page:
    """A map being drawn: the districts are there, the legend is not.

    Attributes
    ----------
    sheet : Sheet
        The paper.
    axes : matplotlib.axes.Axes
        Of the map, in the working system.
    crs : pyproj.CRS
        That system.
    middle : (x, y)
        Of the map.
    units_per_mm : float
        Of the plane, on paper.
    tolerance : float
        By which polygons may be simplified: a quarter of a pixel.
    """

    sheet: Sheet
    axes: Axes
    crs: CRS
    middle: Floats
    units_per_mm: float
    tolerance: float

    def finish(self, letters: Letters, rows: list[tuple[str, dict[str, Any]]]) -> None:
        """Draw legend, scale bar and north arrow."""
        legend(self.sheet, letters, rows, top=FOOT_MM + LEGEND_MM - 3)
        scale, convergence = at_centre(self.crs, self.middle)
        ground = self.units_per_mm * unit_factor(self.crs) / scale
        scale_bar(self.sheet, letters, ground_m_per_mm=ground, left=112, bottom=FOOT_MM + 5)
        north_arrow(self.sheet, letters, convergence, centre=(131, FOOT_MM + 20))


def blank_map(result: RunResult, letters: Letters, key: str, caption: str) -> Page:
    """Return a sheet with the districts of the city on it, where there are some.

    Parameters
    ----------
    result : RunResult
        Of the run.
    letters : Letters
        Of the block that draws.
    key, caption : str
        Of the figure.
    """
    box = _extent(result)
    frame = float(np.clip(WIDTH_MM * (box[3] - box[1]) / (box[2] - box[0]), *FRAME_MM))
    sheet = new_sheet(result, letters, key, caption, frame + LEGEND_MM)
    axes = sheet.axes(0, FOOT_MM + LEGEND_MM, WIDTH_MM, frame)
    axes.set_axis_off()
    units_per_mm = max((box[2] - box[0]) / WIDTH_MM, (box[3] - box[1]) / frame)
    middle = (box[:2] + box[2:]) / 2
    half = units_per_mm * np.array([WIDTH_MM, frame]) / 2
    axes.set(xlim=(middle[0] - half[0], middle[0] + half[0]), ylim=(middle[1] - half[1], middle[1] + half[1]))
    tolerance = units_per_mm * INCH_MM / DPI / 4
    if result.districts is not None:
        districts = _outlined(result).geometry.to_numpy()
        fill(axes, "districts", districts, tolerance, facecolor=PALETTE["land"], edgecolor="#9AA5AA", linewidth=0.6)
    return Page(sheet, axes, system(result.ledger.parts), middle, units_per_mm, tolerance)


def at_centre(crs: CRS, middle: Floats) -> tuple[float, float]:
    """Return the plane's scale (plane over ground) and the meridian convergence [deg] at a point.

    The convergence is positive where grid north lies east of true north.
    """
    projection = Proj(plain(crs))
    factors = projection.get_factors(*projection(middle[0], middle[1], inverse=True))
    return float(np.sqrt(factors.areal_scale)), float(factors.meridian_convergence)


def _outlined(result: RunResult) -> Any:
    """Return the districts that the figures know."""
    districts = computed(result.districts)
    return districts[districts[s.DISTRICT].isin(result.concentration.districts.index)]


def _extent(result: RunResult) -> Floats:
    """Return the box of everything drawn, with a margin."""
    layers = [result.ledger.parts, result.ledger.parks]
    if result.districts is not None:
        layers.append(_outlined(result))
    boxes = np.array([layer.total_bounds for layer in layers if len(layer)])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    margin = 0.02 * max(high - low)
    return np.concatenate([low - margin, high + margin])


def outline(polygons: Geometries, tolerance: float) -> Outline | None:
    """Return many polygons as one outline, shells counter-clockwise and holes clockwise; None for none.

    Parameters
    ----------
    polygons : array of shapely geometries
        Geometries and multipolygons.
    tolerance : float
        For display, in their unit; what would vanish stays as it is.
    """
    parts = shapely.get_parts(polygons)
    parts = parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON]
    if not len(parts):
        return None
    thin = shapely.simplify(parts, tolerance, preserve_topology=False)
    ok = ~shapely.is_empty(thin) & (shapely.get_type_id(thin) == shapely.GeometryType.POLYGON)
    thin = shapely.orient_polygons(np.where(ok, thin, parts))
    _kind, xy, (rings, _polygons) = shapely.to_ragged_array(thin)
    codes = np.full(len(xy), Outline.LINETO)
    codes[rings[:-1]] = Outline.MOVETO
    codes[rings[1:] - 1] = Outline.CLOSEPOLY
    return Outline(xy, codes)


def fill(axes: Axes, gid: str, polygons: Geometries, tolerance: float, **style: Any) -> None:
    """Draw polygons as one shape; many become pixels."""
    path = outline(polygons, tolerance)
    if path is None:
        return
    many = len(polygons) > MANY
    if many and gid != "districts":
        style["linewidth"] = 0.0
    # as an artist: the limits stand, and adding a patch would walk its every vertex to find them
    axes.add_artist(PathPatch(path, gid=gid, rasterized=many, **style))


def outlined_row(colour: str, width: float, dashes: Any = "solid") -> dict[str, Any]:
    """Return the style of a legend row that is an outline."""
    return {"facecolor": "none", "edgecolor": colour, "linewidth": width, "linestyle": dashes}


def draw_parks(axes: Axes, result: RunResult, tolerance: float) -> list[tuple[str, dict[str, Any]]]:
    """Draw the parks, the highest level on top; return their rows of the legend."""
    blocks = result.ledger.parks
    parks = blocks.dissolve(s.PARK, sort=False)
    rows = []
    order = list(dict.fromkeys(blocks.sort_values(s.RANK, kind="stable")[s.LEVEL]))
    for k, level in reversed(list(enumerate(order))):
        width, dashes = LEVEL_LINES[min(k, len(LEVEL_LINES) - 1)] if level else UNRANKED
        shapes = parks.geometry[parks[s.LEVEL] == level].to_numpy()
        line = outlined_row(PALETTE["park"], width, dashes)
        casing = {"edgecolor": "white", "linewidth": width + 1.0, "linestyle": "solid", "alpha": 0.85}
        fill(axes, "casing", shapes, tolerance, **{**line, **casing})
        fill(axes, f"parks-{level}", shapes, tolerance, **line)
        what = _("Parks, {level}", level=level_word(level)) if level else _(labels.PARKS)
        rows.append((_(labels.COUNT_OF, what=what, count=len(shapes)), line))
    return rows[::-1]


def _candidates(axes: Axes, result: RunResult, tolerance: float) -> list[tuple[str, dict[str, Any]]]:
    """Draw the candidates, each with a mark where it would be too small to see."""
    if result.candidates is None:
        return []
    plots = result.candidates.listed
    shapes = plots.geometry.to_numpy()
    red = PALETTE["problem"]
    fill(axes, "candidates", shapes, tolerance, facecolor="none", edgecolor=red, linewidth=0.6)
    if len(plots):
        x, y = shapely.get_coordinates(shapely.point_on_surface(shapes)).T
        size = float(np.clip(90 / np.sqrt(len(plots)), 0.3, 5.0))
        axes.scatter(x, y, s=size, c=red, linewidths=0, gid="marks", rasterized=len(plots) > MANY, zorder=3)
    words = _(
        labels.PLOTS_OF,
        what=_(labels.CANDIDATES),
        count=len(plots),
        area=shown_mu(float(plots[s.AREA_M2].sum())),
    )
    return [(words, {**outlined_row(red, 0.9), "mark": red})]


def wanted_names(result: RunResult) -> list[Name]:
    """Return the names of districts, then of parks by rank and size."""
    wanted = []
    if result.districts is not None:
        layer = _outlined(result)
        free = shapely.difference(layer.geometry.to_numpy(), shapely.union_all(result.ledger.parks.geometry))
        shapes = np.where(shapely.is_empty(free), layer.geometry.to_numpy(), free)
        grey = PALETTE["grey"]
        wanted += [Name(str(n), g, 7.0, grey, within=True) for n, g in zip(layer[s.NAME], shapes, strict=True)]
    parks = result.ledger.parks.dissolve(s.PARK, sort=False)
    parks["m2"] = result.concentration.parks["industrial_m2"].reindex(parks.index)
    parks = parks.sort_values([s.RANK, "m2"], ascending=[True, False], kind="stable")
    green = PALETTE["park"]
    wanted += [
        Name(str(n), g, 6.0, green, within=False) for n, g in zip(parks[s.PARK_NAME], parks.geometry, strict=True)
    ]
    return wanted
