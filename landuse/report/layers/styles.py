"""How the published layers look in QGIS: one QML document a layer, in the colours of `landuse.report.style.palette`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, tostring

from landuse.i18n import _
from landuse.report.layers.fields import meanings
from landuse.report.style.palette import PALETTE, STYLES, Style
from landuse.report.words import labels
from landuse.report.words.change import kind_word, status_word
from landuse.report.words.relocation import action_word
from landuse.results import change as c

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Millimetres on paper of one pixel of the map's styles.
MM_PER_PX = 0.2646
#: The first QGIS whose symbol format this is.
VERSION = "3.22.0"
HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
CLEAR = "0,0,0,0"


def _changed(fill: str, stroke: str, *, dash: str = "", hatch: bool = False, opacity: float = 1.0) -> Style:
    return Style(fill=fill, stroke=stroke, width=1.6, dash=dash, hatch=hatch, opacity=opacity)


#: Kind of change to its style: brown for land that came, pale for land that went, green-blue where only a park's
#: boundary passed over it; hatched or broken outside the parks.
KINDS = {
    c.NEW_INSIDE: _changed(PALETTE["industry"], PALETTE["change"]),
    c.NEW_OUTSIDE: _changed(PALETTE["industry"], PALETTE["change"], hatch=True),
    c.CLEARED_INSIDE: _changed(PALETTE["beyond"], PALETTE["change"]),
    c.CLEARED_OUTSIDE: _changed(PALETTE["beyond"], PALETTE["change"], dash="2 3"),
    c.RECLASSIFIED: _changed("", PALETTE["change"], dash="9 3"),
    c.REDRAWN_IN: _changed(PALETTE["park"], PALETTE["park"], opacity=0.35),
    c.REDRAWN_OUT: _changed("", PALETTE["park"], hatch=True),
    c.TRANSFERRED: _changed("", PALETTE["ink"], dash="5 2"),
    c.REDIGITISED: Style(stroke=PALETTE["grey"], width=0.6, dash="2 2"),
}


@dataclass(frozen=True)
class Look:
    """How one layer is drawn.

    Attributes
    ----------
    classes : tuple of (str, str, Style)
        Value of `column`, its words, and its style; one class without a column.
    column : str
        What the classes are told apart by, or "".
    label : str
        Column whose text is written on the shapes, or "".
    graded : tuple of float
        Bounds of the classes, one more than they are, where `column` holds numbers.
    """

    classes: tuple[tuple[str, str, Style], ...]
    column: str = ""
    label: str = ""
    graded: tuple[float, ...] = ()


def looks() -> dict[str, Look]:
    """Return the look of every published layer that has shapes."""
    land, plots, treated = STYLES["land"], STYLES["plots"], STYLES["treated"]
    return {
        "ledger": Look(
            (
                ("inside", _(labels.INDUSTRY_INSIDE_PARKS), land[0]),
                ("outside", _(labels.INDUSTRY_OUTSIDE_PARKS), land[1]),
                ("other_class", _("Not in the definition's classes"), Style(PALETTE["beyond"], stroke=PALETTE["rule"])),
                ("held", _("Counted with another parcel"), Style(stroke=PALETTE["grey"], width=1.0, dash="3 3")),
            ),
            column="side",
        ),
        "faces": Look((("", _("Faces"), Style(stroke=PALETTE["park"], width=1.0, dash="3 3")),)),
        "parks": Look((("", _(labels.PARK_BOUNDARIES), STYLES["parks"][0]),), label="park_name"),
        "districts": Look((("", _(labels.DISTRICT_BOUNDARIES), STYLES["districts"][0]),), label="name"),
        "candidates": Look((("", _(labels.SCATTERED_AND_INEFFICIENT), plots[0]),)),
        "no_data": Look((("", _(labels.SCATTERED_NO_DATA), plots[1]),)),
        "renewal": Look(
            (("", _("In or beside a park, and inefficient"), Style(stroke=PALETTE["problem"], dash="4 2")),)
        ),
        "blocks": Look(
            tuple(
                ("", words, Style(PALETTE["plan"], stroke=PALETTE["plan"], width=1.2, opacity=opacity))
                for words, opacity in (
                    (_("Takes nothing"), 0.0),
                    (_("Load up to 50%"), 0.15),
                    (_("Load up to 95%"), 0.3),
                    (_("Load from 95%"), 0.5),
                )
            ),
            column="load",
            graded=(0.0, 1e-9, 0.5, 0.95, 1.001),
        ),
        "moves": Look(
            tuple(
                (action, action_word(action).capitalize(), style)
                for action, style in zip(("move", "clear", "rebuild"), treated, strict=True)
            ),
            column="action",
        ),
        "changes": Look(tuple((kind, _capital(kind_word(kind)), KINDS[kind]) for kind in c.KINDS), column="kind"),
        "violations": Look(
            (
                (c.ALERT, _capital(status_word(c.ALERT)), Style(stroke=PALETTE["problem"], width=3.0)),
                (c.EXCEPTED, _capital(status_word(c.EXCEPTED)), Style(stroke=PALETTE["change"], width=2.4, dash="7 3")),
            ),
            column="status",
        ),
        "move_lines": Look((("", _("From plot to block"), Style(stroke=PALETTE["plan"], width=1.0, line=True)),)),
    }


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def qml(look: Look, layer: str, columns: Sequence[str]) -> str:
    """Return a layer's style as QGIS reads it: symbols, labels, and the meaning of its columns.

    Parameters
    ----------
    look : Look
        Of the layer.
    layer : str
        Its name.
    columns : sequence of str
        Of the layer, in order; each described one is shown by its meaning.
    """
    root = Element(
        "qgis",
        version=VERSION,
        styleCategories="Symbology|Labeling|Fields",
        labelsEnabled=str(int(bool(look.label))),
    )
    kind = {"type": "singleSymbol"}
    if look.column:
        kind = {"type": "graduatedSymbol" if look.graded else "categorizedSymbol", "attr": look.column}
    renderer = SubElement(root, "renderer-v2", kind, enableorderby="0", forceraster="0", symbollevels="0")
    if look.graded:
        renderer.set("graduatedMethod", "GraduatedColor")
        ranges = SubElement(renderer, "ranges")
        bounds = zip(look.graded, look.graded[1:], look.classes, strict=False)
        for k, (low, high, (_value, words, _style)) in enumerate(bounds):
            ends = {"lower": repr(low), "upper": repr(high)}
            SubElement(ranges, "range", ends, label=words, symbol=str(k), render="true")
    elif look.column:
        categories = SubElement(renderer, "categories")
        for k, (value, words, _style) in enumerate(look.classes):
            SubElement(categories, "category", value=value, label=words, symbol=str(k), render="true", type="string")
    symbols = SubElement(renderer, "symbols")
    for k, (_value, _words, style) in enumerate(look.classes):
        _symbol(symbols, str(k), style)
    if look.label:
        _labels(root, look.label)
    aliases = SubElement(root, "aliases")
    known = meanings(layer)
    for k, column in enumerate(columns):
        SubElement(aliases, "alias", index=str(k), field=column, name=known.get(column, ""))
    SubElement(root, "layerGeometryType").text = "1" if look.classes[0][2].line else "2"
    return HEAD + tostring(root, encoding="unicode")


def _symbol(parent: Element, name: str, style: Style) -> None:
    kind = "line" if style.line else "fill"
    symbol = SubElement(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    if style.line:
        stroke = {"line_color": _rgba(style.stroke), "line_width": _mm(style.width), "line_width_unit": "MM"}
        _layer(symbol, "SimpleLine", stroke | {"line_style": "solid", "capstyle": "round"})
        return
    line = {
        "outline_color": _rgba(style.stroke),
        "outline_style": "no" if not style.stroke else "dash" if style.dash else "solid",
        "outline_width": _mm(style.width),
        "outline_width_unit": "MM",
    }
    fill = {"color": _rgba(style.fill, style.opacity), "style": "solid" if style.fill else "no", "joinstyle": "bevel"}
    _layer(symbol, "SimpleFill", fill | line)
    if style.hatch:
        pattern = {"angle": "45", "distance": "1.5", "distance_unit": "MM", "color": _rgba(style.stroke)}
        hatch = SubElement(
            _layer(symbol, "LinePatternFill", pattern), "symbol", name=f"@{name}@1", type="line", alpha="1"
        )
        stroke = {"line_color": _rgba(style.stroke), "line_width": _mm(style.width), "line_width_unit": "MM"}
        _layer(hatch, "SimpleLine", stroke | {"line_style": "solid"})


def _layer(symbol: Element, kind: str, options: dict[str, str]) -> Element:
    layer = SubElement(symbol, "layer", {"class": kind, "enabled": "1", "locked": "0"})
    table = SubElement(layer, "Option", type="Map")
    for name, value in options.items():
        SubElement(table, "Option", name=name, type="QString", value=value)
    return layer


def _labels(root: Element, column: str) -> None:
    settings = SubElement(SubElement(root, "labeling", type="simple"), "settings", calloutType="simple")
    text = SubElement(
        settings,
        "text-style",
        fieldName=column,
        isExpression="0",
        fontSize="9",
        fontSizeUnit="Point",
        textColor=_rgba(PALETTE["ink"]),
        textOpacity="1",
        useSubstitutions="0",
    )
    SubElement(
        text,
        "text-buffer",
        bufferDraw="1",
        bufferSize="0.8",
        bufferSizeUnits="MM",
        bufferColor=_rgba(PALETTE["land"]),
        bufferOpacity="1",
    )
    SubElement(settings, "placement", placement="1", priority="5")
    SubElement(settings, "rendering", drawLabels="1", obstacle="0")


def _rgba(colour: str, opacity: float = 1.0) -> str:
    """Return a colour as QGIS writes it.

    Examples
    --------
    >>> _rgba("#BB9674", 0.05), _rgba("")
    ('187,150,116,13', '0,0,0,0')
    """
    if not colour:
        return CLEAR
    return ",".join(str(x) for x in (*bytes.fromhex(colour[1:]), round(opacity * 255)))


def _mm(px: float) -> str:
    return f"{px * MM_PER_PX:.2f}"
