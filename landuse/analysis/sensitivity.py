"""What would the share be under every other definition?"""

from __future__ import annotations

from dataclasses import astuple
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.ledger import NOWHERE
from landuse.results import MET, NOT_MET, RULES, Definition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.ledger import Ledger


def definition_matrix(ledgers: Mapping[str, Ledger], target: float) -> pd.DataFrame:
    """Compute the share under every definition: class set × boundary kind × partial-parcel rule × area basis.

    Parameters
    ----------
    ledgers : mapping
        Boundary kind to its ledger; all of the same parcels.
    target : float
        0-1.

    Returns
    -------
    pandas.DataFrame
        One row a definition: classes, boundary, rule, area, share (NaN where the class set holds no land), verdict.
        For each boundary kind 27, less those by registered area of class sets in which no parcel states one.

    Notes
    -----
    Each row is a group-by on a ledger; nothing is cut again.
    """
    rows = []
    for boundary, ledger in ledgers.items():
        parts = ledger.parts
        counted = parts[s.COUNTED].to_numpy()
        inside = {rule: ledger.blocks(rule) != NOWHERE for rule in RULES}
        kept = {classes: counted & ledger.of_classes(classes) for classes in s.CLASS_SETS}
        for classes, rule, area in product(s.CLASS_SETS, RULES, s.AREA_COLUMN):
            definition = Definition(classes, boundary, rule, area)
            if ledger.as_used(definition) != definition:
                continue
            keep = kept[classes]
            m2 = parts[s.AREA_COLUMN[area]].to_numpy()
            total = m2[keep].sum()
            share = m2[keep & inside[rule]].sum() / total if total > 0 else np.nan
            rows.append((*astuple(definition), share, MET if share >= target else NOT_MET))
    return pd.DataFrame(rows, columns=["classes", "boundary", "rule", "area", "share", "verdict"])
