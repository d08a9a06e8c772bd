"""Ways to colour the map by what is known of a plot, and the legend of each.

A colouring names a column of a layer's table and how its values fall into classes. `COLOURINGS` declares them all; the
map offers those whose column the result have and whose classes tell the shapes apart. To offer another one, put the
column into the drawing (`landuse.report.map.drawings`) and a `Colouring` into the tuple.

Colour says the class and nothing else: land outside the parks stays hatched, a candidate keeps its red outline, and
what nobody has figures for is a class of its own, dashed and white, never the lowest one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from landuse.i18n import _
from landuse.reference.rule_pack import HANDLINGS
from landuse.report.map.drawings import CANDIDATE, NONE_MET, OUTSIDE, SEVERAL
from landuse.report.style.palette import CATEGORIES, MISSING, OFFICIAL, OTHERS, PALETTE, SEQUENCE, Style
from landuse.report.words import labels
from landuse.report.words.terms import handling_word, position_word
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from landuse.geo.arrays import Ints
    from landuse.report.map.drawings import Drawing
    from landuse.results.run import RunResult


@dataclass(frozen=True)
class Colouring:
    """One way to colour a layer.

    Attributes
    ----------
    key : str
        Names it in the page.
    layer : {"land", "plots"}
        What is coloured.
    column : str
        Of the layer's table. A blank text or NaN is no data.
    kind : {"category", "number"}
        Category: one class a value. Number: one class between two breaks.
    label : callable
        Its name in the current language, with the unit of the breaks.
    colours : tuple of str
        Of the classes, in their order. Categories beyond the last one are one class together.
    values : tuple of str
        Category: the values in the order of the legend; others follow in alphabetical order.
    name : callable
        Category: the wording of a value.
    breaks : tuple of float
        Number: upper ends of all classes but the last; a value on a break belongs above it.
    unit : float
        Number: what one unit of the breaks is in the column.
    """

    key: str
    layer: Literal["land", "plots"]
    column: str
    kind: Literal["category", "number"]
    label: Callable[[], str]
    colours: tuple[str, ...]
    values: tuple[str, ...] = ()
    name: Callable[[RunResult, str], str] = lambda _issues, value: value
    breaks: tuple[float, ...] = ()
    unit: float = 1.0


@dataclass(frozen=True)
class Coloured:
    """A colouring of the shapes of one map.

    Attributes
    ----------
    colouring : Colouring
        Which.
    codes : array of uint8, shape (n,)
        Class of each shape: its place in `names`, plus their number where the shape's outline is the marked one
        (outside the parks, a candidate).
    names : tuple of str
        Wording of the classes; the last one is no data.
    fills : tuple of str
        Colours of all classes but the last.
    """

    colouring: Colouring
    codes: NDArray[np.uint8]
    names: tuple[str, ...]
    fills: tuple[str, ...]

    @property
    def classes(self) -> Ints:
        """Class of each shape, whatever its outline."""
        return self.codes.astype(np.int64) % len(self.names)

    @property
    def styles(self) -> list[Style]:
        """Styles by code."""
        if self.colouring.layer == "land":
            plain = [Style(fill=c, stroke="#FFFFFF", width=0.7) for c in self.fills] + [replace(MISSING, mark=False)]
            # white lines on white would be no hatch
            outside = [replace(s, fill=PALETTE["beyond"] if s.dash else s.fill) for s in plain]
            return plain + [replace(s, hatch=True, stroke=PALETTE["industry-line"], width=0.8) for s in outside]
        plain = [Style(fill=c, stroke=PALETTE["ink"], width=0.8, mark=True) for c in self.fills] + [MISSING]
        return plain + [replace(s, stroke=PALETTE["problem"], width=1.7, dash="") for s in plain]


def _reason(result: RunResult, value: str) -> str:
    if value == NONE_MET:
        return _("No rule met")
    if value == SEVERAL:
        return _("Several rules met")
    rule = result.candidates.rules[value] if result.candidates else None
    return value if rule is None else str(rule.name)


def _use(_issues: RunResult, value: str) -> str:
    return {"industrial": _("Industrial"), "storage": _("Storage"), "mining": _("Mining")}.get(value, value)


#: Every way to colour the map, in the order of the selector.
COLOURINGS: tuple[Colouring, ...] = (
    Colouring(
        "reason",
        "plots",
        "reason",
        "category",
        lambda: _(labels.REASON),
        ("#D9DCDD", PALETTE["ink"], *CATEGORIES),
        values=(NONE_MET, SEVERAL),
        name=_reason,
    ),
    Colouring(
        "tax",
        "plots",
        "tax_per_mu",
        "number",
        lambda: _("Tax per mu (10,000 yuan)"),
        SEQUENCE,
        breaks=(1, 5, 10, 15, 30),
        unit=MONEY_YUAN["万元"],
    ),
    Colouring(
        "score",
        "plots",
        "score",
        "number",
        lambda: _(labels.SCORE_WORST_FIRST),
        SEQUENCE,
        breaks=(0.2, 0.4, 0.6, 0.8, 0.9),
    ),
    Colouring(
        "handling",
        "plots",
        "handling_or_none",
        "category",
        lambda: _(labels.SUGGESTED_HANDLING),
        ("#D9DCDD", *CATEGORIES),
        values=(NONE_MET, *HANDLINGS),
        name=lambda result, value: _reason(result, value) if value == NONE_MET else handling_word(value),
    ),
    Colouring(
        "far",
        "plots",
        "far",
        "number",
        lambda: _(labels.FLOOR_AREA_RATIO),
        SEQUENCE,
        breaks=(0.5, 0.8, 1.0, 1.5, 2.0),
    ),
    Colouring(
        "position",
        "plots",
        "position",
        "category",
        lambda: _("Degree of scatter"),
        (SEQUENCE[1], SEQUENCE[3]),
        values=("highly_scattered", "scattered"),
        name=lambda _issues, value: position_word(value),
    ),
    Colouring(
        "use",
        "land",
        "use",
        "category",
        lambda: _("Kind of land"),
        tuple(OFFICIAL.values()),
        values=tuple(OFFICIAL),
        name=_use,
    ),
)


def colour(colouring: Colouring, drawing: Drawing, result: RunResult) -> Coloured | None:
    """Return the classes of a drawing's shapes under a colouring, or None where it would tell none apart.

    Parameters
    ----------
    colouring : Colouring
        Of the drawing's layer.
    drawing : Drawing
        With its table.
    result : RunResult
        For the wording of values.

    Returns
    -------
    Coloured or None
        None without the column, or when every shape falls into one class.
    """
    if colouring.column not in drawing.table:
        return None
    column = drawing.table[colouring.column]
    classes, names, fills = (
        _numbers(colouring, column) if colouring.kind == "number" else _categories(colouring, column, result)
    )
    if len(np.unique(classes)) < 2:
        return None
    marked = drawing.classes == (OUTSIDE if colouring.layer == "land" else CANDIDATE)
    names = [*names, _("no data")]
    return Coloured(colouring, (classes + marked * len(names)).astype(np.uint8), tuple(names), tuple(fills))


def _numbers(colouring: Colouring, column: pd.Series[Any]) -> tuple[NDArray[Any], list[str], Sequence[str]]:
    value = column.to_numpy(dtype=float) / colouring.unit
    breaks = [f"{b:g}" for b in colouring.breaks]
    between = [f"{low} – {high}" for low, high in pairwise(breaks)]
    classes = np.where(np.isfinite(value), np.digitize(value, colouring.breaks), len(breaks) + 1)
    return classes, [f"< {breaks[0]}", *between, f"≥ {breaks[-1]}"], colouring.colours


def _categories(
    colouring: Colouring, column: pd.Series[Any], result: RunResult
) -> tuple[NDArray[Any], list[str], Sequence[str]]:
    text = column.astype(object).where(column.notna(), "").astype(str)
    found = set(text) - {""}
    values = [v for v in colouring.values if v in found] + sorted(found - set(colouring.values))
    # a value named above keeps its colour, whichever of them occur
    own = dict(zip(colouring.values, colouring.colours, strict=False))
    free = iter(colouring.colours[len(colouring.values) :])
    fills = [own.get(v) or next(free, OTHERS) for v in values]
    coloured = len(values) - fills.count(OTHERS)
    single, rest = values[:coloured], values[coloured:]
    names = [colouring.name(result, v) for v in single] + ([_("Others")] if rest else [])
    place = dict(zip(single, range(len(single)), strict=True)) | dict.fromkeys(rest, len(single)) | {"": len(names)}
    return text.map(place).to_numpy(dtype=np.int64), names, fills[: len(names)]


def colourings_of(drawings: list[Drawing], result: RunResult) -> list[Coloured]:
    """Return every colouring the result allow, in the order of `COLOURINGS`."""
    by_key = {d.key: d for d in drawings}
    made = [colour(c, by_key[c.layer], result) for c in COLOURINGS if c.layer in by_key]
    return [c for c in made if c is not None]


def legend(coloured: Coloured, drawing: Drawing, area: str, total_m2: float) -> dict[str, Any]:
    """Return what the page needs of a colouring besides the codes: wording, and count, area and share of each class.

    Parameters
    ----------
    coloured : Coloured
        From `colour`.
    drawing : Drawing
        The same.
    area : str
        The area column of its table [m²].
    total_m2 : float
        All industrial land: the whole of the shares.
    """
    m2 = np.bincount(coloured.classes, drawing.table[area].to_numpy(dtype=float), len(coloured.names))
    plots = drawing.table["id"].groupby(coloured.classes).nunique()
    return {
        "key": coloured.colouring.key,
        "layer": coloured.colouring.layer,
        "label": coloured.colouring.label(),
        "styles": [s.as_dict() for s in coloured.styles],
        "classes": [
            {
                "layer": coloured.colouring.layer,
                "label": name,
                "codes": [k, k + len(coloured.names)],
                "count": int(plots.get(k, 0)),
                "m2": round(float(m2[k]), 2),
                "share": float(m2[k]) / total_m2,
            }
            for k, name in enumerate(coloured.names)
        ],
    }
