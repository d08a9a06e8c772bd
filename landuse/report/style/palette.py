"""Colours and drawing styles, each in one place: a colour means one thing everywhere.

Industry keeps the official brown (市级国土空间总体规划制图规范 附录B, RGB 187,150,116) inside and outside; outside it
is hatched. Red asks for a decision, green-blue is a park's boundary and the target, yellow is the selection, violet is
what a plan would do, blue is what changed between two dates, its kinds told apart by dashes and signs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

PALETTE = {
    "industry": "#BB9674",
    "industry-line": "#8A6444",
    "problem": "#C8102E",
    "park": "#0B6E69",
    "selection": "#FFD166",
    "land": "#F4F2EE",
    "beyond": "#E8E5DF",
    "ink": "#22313A",
    "grey": "#64757D",
    "rule": "#DDE2E4",
    "water": "#CFE3EE",
    "water-line": "#9FC6DC",
    "road": "#C9C2B4",
    "plan": "#4B3FA0",
    "change": "#0A76C2",
}


#: Colours of uses, by the same appendix.
OFFICIAL = {"industrial": PALETTE["industry"], "storage": "#8761D3", "mining": "#9E6C54"}
#: Low to high, by lightness alone, so that no kind of colour blindness and no printer loses the order.
SEQUENCE = ("#0A2A52", "#1B4F8A", "#3A7DBB", "#74AAD8", "#AFCFEA", "#E4EFF8")
#: Categories told apart by the colour-blind (Okabe and Ito 2008), without its yellow, which is the selection's.
CATEGORIES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00")
#: Categories beyond those.
OTHERS = "#8C979C"


@dataclass(frozen=True)
class Style:
    """How a class of shapes is drawn, on the map and in the legend.

    Attributes
    ----------
    fill : str
        Colour, or "" for none.
    hatch : bool
        Whether the fill is hatched.
    stroke : str
        Colour of the outline, or "" for none.
    width : float
        Of the outline [px].
    dash : str
        SVG dash array, or "".
    mark : bool
        Whether a shape too small to be seen is drawn as a mark.
    opacity : float
        Of the fill.
    line : bool
        Whether the shapes are lines, which are not closed.
    sign : {"", "move", "clear", "rebuild", "load", "room", or a kind of change}
        What stands for the class in the legend, and at a line's start; of a kind of change also where there is room.
    """

    fill: str = ""
    hatch: bool = False
    stroke: str = ""
    width: float = 0.0
    dash: str = ""
    mark: bool = False
    opacity: float = 1.0
    line: bool = False
    sign: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return the style as the browser reads it."""
        return asdict(self)


#: Layer to the styles of its classes, in the order of their numbers.
STYLES: dict[str, tuple[Style, ...]] = {
    "districts": (Style(fill=PALETTE["land"], stroke="#9AA5AA", width=1.0),),
    "water": (
        Style(fill=PALETTE["water"]),
        Style(stroke=PALETTE["water-line"], width=2.4, line=True),
    ),
    "roads": (
        Style(fill="#E3DED3"),
        Style(stroke=PALETTE["road"], width=1.8, line=True),
    ),
    "land": (
        Style(fill=PALETTE["industry"], stroke="#FFFFFF", width=0.7),
        Style(fill=PALETTE["industry"], hatch=True, stroke=PALETTE["industry-line"], width=0.8),
    ),
    "parks": (Style(fill=PALETTE["park"], stroke=PALETTE["park"], width=2.6, opacity=0.05),),
    "plots": (
        Style(stroke=PALETTE["problem"], width=2.4, mark=True),
        Style(stroke=PALETTE["ink"], width=1.5, dash="3 3"),
        Style(stroke=PALETTE["industry-line"], width=1.8),
    ),
    "blocks": (
        Style(fill=PALETTE["plan"], opacity=0.16, sign="load"),
        Style(sign="room"),
        Style(sign="room"),
    ),
    "treated": (
        Style(fill=PALETTE["plan"], opacity=0.45, mark=True, sign="move"),
        Style(fill=PALETTE["ink"], opacity=0.45, mark=True, sign="clear"),
        Style(fill="#FFFFFF", opacity=0.35, stroke=PALETTE["plan"], width=1.6, dash="4 2", mark=True, sign="rebuild"),
    ),
    # lines are translucent, so that many of them stay readable; the others are marks without a length
    "moves": (
        Style(stroke=PALETTE["plan"] + "99", width=1.3, line=True),
        Style(stroke=PALETTE["ink"], line=True, mark=True),
        Style(stroke=PALETTE["plan"], line=True, mark=True),
    ),
    # parks of earlier dates: of the one shown, of the others
    "outlines": (
        Style(fill=PALETTE["park"], stroke=PALETTE["park"], width=2.4, dash="7 4", opacity=0.05),
        Style(),
    ),
    # in the order of `landuse.report.map.change.CLASSES`; what has no outline is not of the step shown
    "changes": (
        Style(stroke=PALETTE["problem"], width=3.0, mark=True, sign="alert"),
        Style(stroke=PALETTE["change"], width=2.4, dash="7 3", sign="excepted"),
        Style(stroke=PALETTE["change"], width=2.4, sign="new_inside"),
        Style(stroke=PALETTE["change"], width=2.2, dash="2 2", sign="cleared_inside"),
        Style(stroke=PALETTE["change"], width=2.2, dash="2 5", sign="cleared_outside"),
        Style(stroke=PALETTE["change"], width=2.2, dash="9 3 2 3", sign="reclassified"),
        Style(stroke=PALETTE["change"], width=2.2, dash="14 3", sign="redrawn_in"),
        Style(stroke=PALETTE["change"], width=2.2, dash="14 7", sign="redrawn_out"),
        Style(stroke=PALETTE["change"], width=2.2, dash="5 2 1 2 1 2", sign="transferred"),
        Style(),
    ),
}
#: Land that a plan leaves: moved away or cleared.
LEFT = Style(fill=PALETTE["beyond"], hatch=True, stroke="#9AA5AA", width=1.0, dash="2 3", mark=True)
#: Land as it was, over the land of today: industry inside and outside the parks of then, and none yet.
THEN = (*STYLES["land"], Style(fill=PALETTE["land"], stroke=PALETTE["land"], width=2.0))
#: What nobody has figures for, in every colouring.
MISSING = Style(fill="#FFFFFF", stroke=PALETTE["ink"], width=1.2, dash="3 3", mark=True)
