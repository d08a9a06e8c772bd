"""The interactive map: one file, an ordinary folium map, that argues the headline and never calls out."""

from __future__ import annotations

import html
from itertools import count
from typing import TYPE_CHECKING, Any, cast

import folium
from folium.elements import JSCSSMixin
from folium.template import Template

from landuse.i18n import current
from landuse.report.blocks import Block, json_text
from landuse.report.drawings import bounds, districts_drawing, land_drawing, parks_drawing, plots_drawing
from landuse.report.map_layers import layer_of
from landuse.report.offline import seal
from landuse.report.tables import page_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from branca.element import Element, Figure, MacroElement

    from landuse.findings import Findings


def study_map(findings: Findings, *, compress: bool = True) -> str:
    """Return the map of a run as one HTML text.

    Lowest first it draws districts, the industrial land the definition counts (inside and outside the parks), park
    boundaries, and the scattered plots; beside them stand the headline, lists with search, a card for whatever is
    clicked, and a legend whose rows show and hide.

    Parameters
    ----------
    findings : Findings
        Of the run. Without districts, scatter or candidates the map does without them.
    compress : bool
        False for browsers that cannot unpack gzip; concerns maps of many plots only.

    Returns
    -------
    str
        In the language of the current context. The same findings give the same text. Every value of the data is text to
        the browser, whatever it holds, and nothing is fetched from any address.

    Raises
    ------
    MissingAssetError
        When something would be.
    """
    drawn = [
        districts_drawing(findings),
        land_drawing(findings),
        parks_drawing(findings),
        plots_drawing(findings),
    ]
    drawings = [d for d in drawn if d is not None]
    corners = bounds(drawings)
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
    # of folium's scripts and sheets the map needs Leaflet's alone
    page.default_js = [link for link in page.default_js if link[0] == "leaflet"]
    page.default_css = [link for link in page.default_css if link[0] == "leaflet_css"]
    layers = {d.key: layer_of(d, compress=compress) for d in drawings}
    for layer in layers.values():
        layer.add_to(page)
    Page(page_data(findings, drawings) | {"bounds": corners}, layers).add_to(page)
    root = cast("Figure", page.get_root())
    root.title = html.escape(findings.name)
    _number(root)
    text = root.render().replace("<html>", f'<html lang="{current()}">', 1)
    return seal(text)


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
        (f"landuse_{name}", f"landuse/{name}.js") for name in ("dom", "cards", "legend", "panel", "labels", "page")
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
        self.layers = layers
        self.add_child(Block("landuse-page", json_text(data)))


def _number(root: Element) -> None:
    """Name every element by its place in the tree; branca's own names are random."""
    numbers = count()
    waiting: list[Element] = [root]
    while waiting:
        element = waiting.pop()
        element._id = f"{next(numbers):03d}"  # noqa: SLF001
        waiting += reversed(list(element._children.values()))  # noqa: SLF001
