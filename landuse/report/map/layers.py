"""Layers of the map as folium has them; many polygons in one file are a binary block drawn on canvas tiles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.template import Template

from landuse.report.map.data_blocks import LAND_COLUMNS, Block, columns, json_text
from landuse.report.map.encode import packed, shapes
from landuse.report.style.palette import STYLES

if TYPE_CHECKING:
    from landuse.report.map.drawings import Drawing

#: Zoom of the whole pixels many shapes are given in: a quarter of a metre, the map's deepest zoom.
ZOOM = 19


class ParcelLayer(JSCSSMixin, Layer):
    """Polygons by the hundred thousand, in the format of `landuse.report.map.encode`.

    The browser unpacks the shapes once into typed arrays, finds them by a two-level index of boxes, draws tiles on
    canvas, and decodes the columns only when a plot is first asked for.

    Parameters
    ----------
    drawing : Drawing
        Shapes sorted along a Hilbert curve, classes and table.
    compress : bool
        False for browsers before Chromium 80, which cannot unpack gzip; the page is then two to three times as large.
    """

    default_js: list[tuple[str, str]] = [  # noqa: RUF012, folium declares it so
        ("landuse_dom", "landuse/dom.js"),
        ("landuse_shapes", "landuse/shapes.js"),
        ("landuse_layers", "landuse/layers.js"),
        ("landuse_parcel_layer", "landuse/parcel_layer.js"),
    ]
    _template = Template(
        """
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = new landuse.ParcelLayer(
                {{ this.key|tojson }}, {{ this.styles|tojson }}, {{ this.compress|tojson }}
            );
        {% endmacro %}
        """
    )

    def __init__(self, drawing: Drawing, *, compress: bool = True) -> None:
        super().__init__(name=drawing.key, overlay=True)
        self._name = "ParcelLayer"
        self.key = drawing.key
        self.compress = compress
        self.styles = [style.as_dict() for style in STYLES[drawing.key]]
        self._carry("", shapes(drawing.polygons, drawing.classes, ZOOM).as_bytes())
        if drawing.key == "land":
            self._carry("-columns", json_text(columns(drawing.table[LAND_COLUMNS])).encode())

    def _carry(self, suffix: str, data: bytes) -> None:
        self.add_child(Block(f"landuse-{self.key}{suffix}", packed(data, compress=self.compress), "text/plain"))


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
