"""Layers of the map as folium has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from landuse.report.map.canvas_layer import ParcelLayer
from landuse.report.map.data_blocks import Block, json_text
from landuse.report.map.encode import shapes
from landuse.report.map.page_data import LAND_COLUMNS, columns
from landuse.report.style.palette import STYLES

if TYPE_CHECKING:
    from landuse.report.map.drawings import Drawing

#: From this many shapes on a layer is drawn on canvas tiles: more elements of a page than that make it stutter.
MANY = 3000
#: Zoom of the whole pixels few shapes are given in: 3 cm.
FINE_ZOOM = 22


class ShapeLayer(JSCSSMixin, Layer):
    """Few polygons, each an element of the page.

    Parameters
    ----------
    drawing : Drawing
        Shapes, classes and table.
    """

    default_js: list[tuple[str, str]] = [  # noqa: RUF012, folium declares it so
        ("landuse_dom", "landuse/dom.js"),
        ("landuse_shapes", "landuse/shapes.js"),
        ("landuse_layers", "landuse/layers.js"),
    ]
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new landuse.ShapeLayer({{ this.key|tojson }}, {{ this.styles|tojson }});
        {% endmacro %}
        """
    )

    def __init__(self, drawing: Drawing) -> None:
        super().__init__(name=drawing.key, overlay=True)
        self._name = "ShapeLayer"
        self.key = drawing.key
        self.styles = [style.as_dict() for style in STYLES[drawing.key]]
        data = shapes(drawing.polygons, drawing.classes, FINE_ZOOM).as_json()
        if drawing.key == "land":
            data["columns"] = columns(drawing.table[LAND_COLUMNS])
        self.add_child(Block(f"landuse-{drawing.key}", json_text(data)))


def layer_of(drawing: Drawing, *, compress: bool = True) -> ShapeLayer | ParcelLayer:
    """Return the layer fit for the number of shapes."""
    return ShapeLayer(drawing) if len(drawing) <= MANY else ParcelLayer(drawing, compress=compress)
