"""How densely is each park built on: plot by plot, block, park and accounting unit, and what the mean hides?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.judgement import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from landuse.judgement import Measures

    Floats = NDArray[np.float64]

#: Shares of the land at which the spread of plots inside a unit is told.
SPREAD = (0.1, 0.5, 0.9)
MEASURED = (s.FAR, s.COVERAGE, "green_ratio")


def intensity(land: pd.DataFrame, measures: Measures, units: Sequence[str]) -> pd.DataFrame:
    r"""Floor-area ratio, building coverage and green ratio of units of land, settled over the whole of each.

    With plots i of land a_i inside the unit and known ratios r_i

    .. math:: R = \frac{\sum_i r_i a_i}{\sum_i a_i}

    over the plots whose ratio is known; the share of land they are is printed beside it.

    Parameters
    ----------
    land : DataFrame
        From `landuse.analysis.park_land.land_inside`.
    measures : Measures
        Of the plots; a ratio counts storeys above 8 m twice where it comes from registered buildings.
    units : sequence of str
        Columns of `land` that make a unit: park_id; park_id and block_id; or an accounting unit's.

    Returns
    -------
    pandas.DataFrame
        Index: the units. plots, m2; for each of far, coverage and green_ratio: the ratio (NaN where nothing is known),
        _known (share of land), _remote (share of the known land whose ratio comes from a raster); for far and coverage:
        _standard (entry standards, weighed like the ratios; NaN without), _below (land of plots below theirs, over
        the land whose ratio and standard are known), _pooled (whether the unit as a whole keeps the standard; NaN
        unknown); for far: far_p10, far_p50, far_p90: so much of the land has less (what a pooled unit hides).

    Examples
    --------
    A hectare of 2.0 and three of 0.4 make 0.8; three quarters of the land stay below a standard of 0.7:

    >>> from landuse.judgement import Measures
    >>> plots = pd.Index(["a", "b"], name="parcel_id")
    >>> far = pd.DataFrame({"far": [2.0, 0.4], "coverage": np.nan, "green_ratio": np.nan}, index=plots)
    >>> levels = pd.DataFrame("registered", index=plots, columns=far.columns)
    >>> standards = pd.DataFrame({"far": 0.7, "coverage": np.nan}, index=plots)
    >>> land = pd.DataFrame({"parcel_id": plots, "park_id": "P", "m2": [1e4, 3e4]})
    >>> row = intensity(land, Measures(far, levels, standards, far), ["park_id"]).loc["P"]
    >>> round(float(row["far"]), 3), float(row["far_below"]), bool(row["far_pooled"])
    (0.8, 0.75, True)
    """
    rows = land.reset_index(drop=True)
    at = measures.values.index.get_indexer(pd.Index(rows[s.PARCEL], dtype=object))
    group = rows.groupby(list(units) if len(units) > 1 else units[0], sort=True)
    m2 = rows["m2"]
    out = pd.DataFrame({"plots": group[s.PARCEL].nunique(), "m2": group["m2"].sum()})

    def per_unit(values: pd.Series[float]) -> pd.Series[float]:
        return values.groupby(group.ngroup()).sum().set_axis(out.index)

    for name in MEASURED:
        ratio = pd.Series(measures.values[name].to_numpy(dtype=float)[at])
        known = ratio.notna()
        level = pd.Series(measures.levels[name].to_numpy(dtype=object)[at])
        land_known = per_unit(m2.where(known, 0.0))
        out[name] = per_unit((ratio * m2).fillna(0.0)) / land_known.where(land_known > 0)
        out[f"{name}_known"] = land_known / out["m2"]
        remote = per_unit(m2.where(known & (level == EVIDENCE[2]), 0.0))
        out[f"{name}_remote"] = remote / land_known.where(land_known > 0)
        if name in measures.standards:
            standard = pd.Series(measures.standards[name].to_numpy(dtype=float)[at])
            held = m2.where(known & standard.notna(), 0.0)
            base = per_unit(held).where(lambda x: x > 0)
            out[f"{name}_standard"] = per_unit((standard * held).fillna(0.0)) / base
            out[f"{name}_below"] = per_unit(held.where(ratio < standard, 0.0)) / base
            pooled = per_unit((ratio * held).fillna(0.0)) / base >= out[f"{name}_standard"] - 1e-12
            out[f"{name}_pooled"] = pooled.astype(object).where(base.notna(), np.nan)
    far = measures.values[s.FAR].to_numpy(dtype=float)[at]
    spread = {key: _spread(far[k], m2.to_numpy()[k]) for key, k in group.indices.items()}
    for position, share in enumerate(SPREAD):
        out[f"far_p{share * 100:.0f}"] = [spread[key][position] for key in out.index]
    return out


def _spread(values: Floats, weights: Floats) -> list[float]:
    """Return the values below which stated shares of the weight lie; NaN where nothing is known."""
    known = ~np.isnan(values)
    if not known.any():
        return [float("nan")] * len(SPREAD)
    order = np.argsort(values[known], kind="stable")
    heaped = np.cumsum(weights[known][order])
    at = np.searchsorted(heaped, np.array(SPREAD) * heaped[-1])
    return [float(x) for x in values[known][order][np.minimum(at, len(order) - 1)]]
