"""Land classes of the synthetic city, in the coding of the third national land survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from landuse.sample.arrays import Bools, Floats, Strings

NAMES = {
    "0101": "水田",
    "0103": "旱地",
    "0301": "乔木林地",
    "05H1": "商业服务业设施用地",
    "0508": "物流仓储用地",
    "0601": "工业用地",
    "0602": "采矿用地",
    "06H1": "工业仓储用地",
    "0701": "城镇住宅用地",
    "0702": "农村宅基地",
    "0809": "公用设施用地",
    "0810": "公园与绿地",
    "08H1": "机关团体新闻出版用地",
    "08H2": "科教文卫用地",
    "1003": "公路用地",
    "1004": "城镇村道路用地",
    "1101": "河流水面",
    "1104": "坑塘水面",
}
INDUSTRIAL = ("0601", "06H1")
STORAGE, MINING = "0508", "0602"
BUILT = ("05H1", "0508", "0601", "06H1", "0701", "0702", "0809", "08H1", "08H2", "0810", "1004")

#: Weights of the classes a parcel may have that is not industry: in town, in the country, within parks.
WEIGHTS = {
    "0101": (0.06, 0.34, 0.04),
    "0103": (0.04, 0.16, 0.02),
    "0301": (0.06, 0.29, 0.05),
    "05H1": (0.13, 0.004, 0.13),
    "0508": (0.015, 0.004, 0.13),
    "0602": (0.0, 0.002, 0.0),
    "0701": (0.32, 0.0, 0.22),
    "0702": (0.06, 0.11, 0.0),
    "0809": (0.03, 0.004, 0.08),
    "0810": (0.12, 0.01, 0.16),
    "08H1": (0.06, 0.006, 0.06),
    "08H2": (0.10, 0.01, 0.10),
    "1104": (0.02, 0.06, 0.01),
}


def draw_other(urban: Floats, in_park: Bools, rng: np.random.Generator) -> Strings:
    """Draw the class of parcels that are neither industry, road nor river.

    Parameters
    ----------
    urban : array of float, shape (n,)
        0 in the country, 1 in town.
    in_park : array of bool, shape (n,)
    rng : numpy.random.Generator
    """
    town, country, park = (np.array(w) / sum(w) for w in zip(*WEIGHTS.values(), strict=True))
    drawn = rng.random(len(urban))
    choice = np.zeros(len(urban), dtype=np.int64)
    bound = np.zeros(len(urban))
    for k in range(len(WEIGHTS) - 1):
        bound += np.where(in_park, park[k], urban * town[k] + (1 - urban) * country[k])
        choice += drawn > bound
    return np.array(list(WEIGHTS))[choice]


def draw_industrial(n: int, rng: np.random.Generator) -> Strings:
    """Draw industrial classes: nearly all plain, a few with the survey's merged code."""
    return np.where(rng.random(n) < 0.03, INDUSTRIAL[1], INDUSTRIAL[0])
