from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import shapely
from toy_result import HOSTILE, rule_like, with_rules

from landuse.i18n import language
from landuse.reference.rule_pack import Name
from landuse.report.map.colourings import COLOURINGS, Colouring, colour, colourings_of, legend
from landuse.report.map.drawings import Drawing, land_drawing, plots_drawing
from landuse.report.style.palette import CATEGORIES, MISSING, OFFICIAL, OTHERS, SEQUENCE

BY_KEY = {c.key: c for c in COLOURINGS}
# what the three kinds of colour-blind see of linear RGB: Machado, Oliveira and Fernandes (2009), severity 1
BLIND = {
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def lab(colour: str, seen: np.ndarray) -> np.ndarray:
    rgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.clip(seen @ np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4), 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ linear
    f = np.cbrt(np.maximum(xyz / [0.9505, 1, 1.089], 0.008856))
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("kind", ["none", *BLIND])
@pytest.mark.parametrize(
    "colours", [SEQUENCE, (*CATEGORIES, "#D9DCDD"), (*OFFICIAL.values(),)], ids=["low-high", "kinds", "uses"]
)
def test_colours_differ_to_the_colour_blind(colours, kind):
    seen = np.array(BLIND.get(kind, np.eye(3)))
    differences = [np.linalg.norm(lab(a, seen) - lab(b, seen)) for a, b in combinations(colours, 2)]
    assert min(differences) > 9


def test_low_to_high_is_dark_to_light():
    lightness = [lab(c, np.eye(3))[0] for c in (*SEQUENCE, MISSING.fill)]
    assert (np.diff(lightness) > 3).all()


def plots(**columns: list[object]) -> Drawing:
    n = len(next(iter(columns.values())))
    table = pd.DataFrame({"id": [f"P{k}" for k in range(n)], "area_m2": 100.0, "m2": 100.0, **columns})
    shapes = np.array([shapely.box(k, 0, k + 1, 1) for k in range(n)], dtype=object)
    return Drawing("plots", shapes, np.arange(n, dtype=np.uint8) % 2, table)


def test_counts_areas_and_shares_are_those_of_the_issues(result):
    drawings = [land_drawing(result), plots_drawing(result)]
    offered = colourings_of(drawings, result)
    assert [c.colouring.key for c in offered] == ["reason", "tax", "handling", "position"]
    total = result.concentration.total_m2
    for each in offered:
        rows = legend(each, drawings[1], "area_m2", total)["classes"]
        assert sum(r["count"] for r in rows) == 2
        assert sum(r["m2"] for r in rows) == pytest.approx(13_600)
        assert sum(r["share"] for r in rows) == pytest.approx(13_600 / total)


def test_no_data_is_a_class_of_its_own(result):
    with language("en"):
        tax = colour(BY_KEY["tax"], plots(tax_per_mu=[0.0, np.nan, 5e4, 14.99e4, 1e9]), result)
    assert tax.names == ("< 1", "1 – 5", "5 – 10", "10 – 15", "15 – 30", "≥ 30", "no data")
    assert tax.classes.tolist() == [0, 6, 2, 3, 5]  # a value on a break belongs above it
    assert tax.styles[6] == MISSING


def test_outlines_stay_what_they_were(result):
    tax = colour(BY_KEY["tax"], plots(tax_per_mu=[0.0, 0.0, np.nan]), result)
    candidate, other, unknown = (tax.styles[code] for code in tax.codes)
    assert candidate.stroke == "#C8102E" != other.stroke
    assert candidate.fill == other.fill != unknown.fill
    land = Drawing("land", *[getattr(plots(use=["mining", "industrial"]), f) for f in ("polygons", "classes", "table")])
    uses = colour(BY_KEY["use"], land, result)
    assert [uses.styles[code].hatch for code in uses.codes] == [False, True]


def test_a_value_keeps_its_colour_whichever_occur(result):
    uses = colour(BY_KEY["use"], plots(use=["mining", "industrial", "mining"]), result)
    assert uses.fills == (OFFICIAL["industrial"], OFFICIAL["mining"])
    assert uses.classes.tolist() == [1, 0, 1]


def test_what_tells_nothing_apart_is_not_offered(result):
    assert colour(BY_KEY["use"], plots(use=["industrial", "industrial"]), result) is None
    assert colour(BY_KEY["use"], plots(other=["a", "b"]), result) is None


def test_categories_beyond_the_colours_are_one_class(result):
    ways = Colouring("x", "plots", "x", "category", lambda: "x", ("#000000", "#FFFFFF"), values=("b",))
    found = colour(ways, plots(x=["a", "b", "c", "d", ""]), result)
    assert found.fills == ("#000000", "#FFFFFF", OTHERS)
    assert found.classes.tolist() == [1, 0, 2, 2, 3]
    assert len(found.names) == 4


def test_names_of_reasons_are_those_of_the_rules(result):
    named = with_rules(result, rule_like(result, name=Name(zh=HOSTILE[0], en=HOSTILE[0])))
    assert colour(BY_KEY["reason"], plots_drawing(named), named).names[0] == HOSTILE[0]
