"""The interactive map: one file, an ordinary folium map, that argues the headline and never calls out."""

from __future__ import annotations

import html
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import folium
from folium.elements import JSCSSMixin
from folium.template import Template

from landuse.i18n import current
from landuse.report.map.background import picture_block
from landuse.report.map.change import change_drawings
from landuse.report.map.colourings import colourings_of
from landuse.report.map.data_blocks import Block, json_text
from landuse.report.map.drawings import (
    background_drawings,
    bounds,
    districts_drawing,
    land_drawing,
    parks_drawing,
    plots_drawing,
    shifted,
)
from landuse.report.map.encode import packed
from landuse.report.map.layers import MANY, layer_of
from landuse.report.map.offline import seal
from landuse.report.map.page_data import page_data
from landuse.report.map.relocation import plan_drawings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from branca.element import Element, Figure, MacroElement

    from landuse.results.run import RunResult

#: Of the page around the map, in the order they are read.
SCRIPTS = (
    "dom",
    "plane",
    "gcj02",
    "cards",
    "plan",
    "plan_card",
    "legend",
    "csv",
    "panel",
    "labels",
    "tools",
    "background",
    "print",
    "page",
)
#: After those, where the study has earlier dates.
DATED = ("change_sign", "waterfall", "change_card", "change_list", "change_legend", "change")


def study_map(result: RunResult, *, compress: bool = True) -> str:
    """Return the map of a run as one HTML text.

    Lowest first it draws districts, water and roads, the industrial land the definition counts (inside and outside the
    parks), park boundaries, the scattered plots, the relocation plan, and the land that changed since earlier dates;
    beside them stand the headline, lists with search, a card for whatever is clicked, a legend whose rows show and hide
    and whose selector recolours, a switch between the city as it is and after the plan, a slider that takes it back to
    the earlier dates, and tools to measure and print.

    Parameters
    ----------
    result : RunResult
        Of the run. Without districts, scatter, candidates, a plan or earlier dates the map does without them.
    compress : bool
        False for browsers that cannot unpack gzip; concerns maps of many plots only.

    Returns
    -------
    str
        In the language of the current context. The same result give the same text. Every value of the data is text to
        the browser, whatever it holds, and nothing is fetched but the tiles the study asks for.

    Raises
    ------
    MissingAssetError
        When something would be fetched from elsewhere.
    """
    drawn = [
        districts_drawing(result),
        *background_drawings(result),
        land_drawing(result),
        parks_drawing(result),
        plots_drawing(result),
        *plan_drawings(result),
        *change_drawings(result),
    ]
    drawings = [d for d in drawn if d is not None]
    behind = result.background
    if behind.tiles is not None and behind.tiles.gcj02:
        drawings = [shifted(d) for d in drawings]
    coloured = colourings_of(drawings, result)
    corners = bounds(drawings)
    page = _empty(corners)
    layers = {d.key: layer_of(d, compress=compress) for d in drawings}
    for layer in layers.values():
        layer.add_to(page)
    data = page_data(result, drawings, coloured) | {"bounds": corners}
    codes = []
    for each, row in zip(coloured, data["colourings"], strict=True):
        # few codes need no compression, which old browsers lack
        row["compressed"] = compress and len(each.codes) > MANY
        text = packed(each.codes.tobytes(), compress=row["compressed"])
        codes.append(Block(f"landuse-colour-{row['key']}", text, "text/plain"))
    around = Page(data, layers).add_to(page)
    for block in codes:
        around.add_child(block)
    if behind.picture is not None:
        around.add_child(picture_block(behind.picture))
    root = cast("Figure", page.get_root())
    root.title = html.escape(result.name)
    _number(root)
    text = root.render().replace("<html>", f'<html lang="{current()}">', 1)
    return seal(text, () if behind.tiles is None else (behind.tiles.origin,))


class Page(JSCSSMixin):
    """Everything around the map: headline, lists, cards, legend and tools.

    Parameters
    ----------
    data : dict
        From `page_data`.
    layers : mapping
        Key to layer.
    """

    default_css: list[tuple[str, str]] = [  # noqa: RUF012, folium declares it so
        ("landuse_map_css", "landuse/map.css"),
        ("landuse_print_css", "landuse/print.css"),
    ]
    default_js: list[tuple[str, str]] = [  # noqa: RUF012, folium declares it so
        (f"landuse_{name}", f"landuse/{name}.js") for name in SCRIPTS
    ]
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            landuse.start({{ this._parent.get_name() }}, {
                {%- for key, layer in this.layers.items() %}
                {{ key }}: {{ layer.get_name() }},
                {%- endfor %}
            });
        {% endmacro %}
        """
    )

    def __init__(self, data: dict[str, Any], layers: Mapping[str, MacroElement]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Page"
        if "change" in data:
            self.default_css = [*self.default_css, ("landuse_change_css", "landuse/change.css")]
            self.default_js = [*self.default_js, *((f"landuse_{name}", f"landuse/{name}.js") for name in DATED)]
        self.layers = layers
        self.add_child(Block("landuse-page", json_text(data)))


def _empty(corners: list[list[float]]) -> folium.Map:
    """Return a folium map without tiles or controls, which needs no script and no sheet but Leaflet's."""
    page = folium.Map(
        location=[sum(side) / 2 for side in zip(*corners, strict=True)],
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        prefer_canvas=False,
        min_zoom=7,
        max_zoom=19,
        fade_animation=False,
        zoom_snap=0.25,
        zoom_delta=0.5,
    )
    page.default_js = [link for link in page.default_js if link[0] == "leaflet"]
    page.default_css = [link for link in page.default_css if link[0] == "leaflet_css"]
    return page


def _number(root: Element) -> None:
    """Name every element by its place in the tree; branca's own names are random."""
    numbers = count()
    waiting: list[Element] = [root]
    while waiting:
        element = waiting.pop()
        element._id = f"{next(numbers):03d}"  # noqa: SLF001
        waiting += reversed(list(element._children.values()))  # noqa: SLF001
