"""What the outputs tell of parks, row by row: the league with its figures, every indicator of every park."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.reference.indicators import FIGURES
from landuse.report.words.format import reconciled_mu
from landuse.report.words.parks import factor

if TYPE_CHECKING:
    from landuse.results.parks import ParkReview


def basis(measure: str) -> str:
    """Return the column that says of how much of the land a measure is known; "" where it is of all.

    Examples
    --------
    >>> basis("tax_yuan_per_built_mu"), basis("far"), basis("leading_output"), basis("main_share")
    ('tax_yuan_known', 'far_known', 'land_known', '')
    """
    if measure in {s.FAR, s.COVERAGE, "green_ratio"}:
        return f"{measure}_known"
    if measure in {"leading_land", "leading_output"}:
        return "land_known"
    if measure == "energy_per_added_value":
        return f"{s.ENERGY}_known"
    return next((f"{x}_known" for x in FIGURES if measure in {f"{x}_per_mu", f"{x}_per_built_mu"}), "")


def league_rows(r: ParkReview) -> pd.DataFrame:
    """Return the league table with the parks' figures, in its order.

    Returns
    -------
    pandas.DataFrame
        Index: park id. The columns of `ParkReview.league` and `ParkReview.figures`; no (1, 2, …), short_built (tax per
        亩 of built land less the target), decided (whether the weights decide the place; None where that is not known).
    """
    league = r.league
    areas = {f"{x}_mu": pd.Series(reconciled_mu(r.figures[f"{x}_m2"]), r.figures.index) for x in ("land", "industrial")}
    out = league.join(r.figures.drop(columns=[c for c in r.figures if c in league])).assign(**areas)
    return out.assign(
        no=range(1, len(out) + 1),
        short_built=out[f"{s.TAX}_per_built_mu"] - r.rule.tax_target,
        decided=(out["best_rank"] != out["worst_rank"]).astype(object).where(out["best_rank"].notna(), None),
    )


def indicator_rows(r: ParkReview) -> pd.DataFrame:
    """Return every indicator of every park: parks as the league has them, indicators as their table has them.

    Returns
    -------
    pandas.DataFrame
        park_id, no (of the park in the league), code, value (in the unit shown; NaN: not known), ideal (likewise),
        attainment, points (NaN where the park has no score), basis (share of the land whose figure is known).
    """
    e, parks = r.evaluation, r.league.index
    scored = e.table["score"].notna()
    frames = [
        pd.DataFrame(
            {
                "no": range(1, len(parks) + 1),
                s.CODE: x.code,
                "value": e.values[x.code].reindex(parks) * factor(x.measure),
                "ideal": x.ideal * factor(x.measure),
                "attainment": e.attainment[x.code].reindex(parks),
                "points": e.contributions[x.code].where(scored).reindex(parks),
                "basis": r.figures.get(basis(x.measure), pd.Series(np.nan, index=parks)).reindex(parks),
            },
            index=parks,
        )
        for x in e.rules.indicators
    ]
    return pd.concat(frames).sort_values("no", kind="stable").rename_axis(s.PARK).reset_index()


def level_means(r: ParkReview) -> pd.DataFrame:
    """Return the mean attainment of each level, over its parks of which an indicator is known; index: level."""
    return r.evaluation.attainment.groupby(r.figures[s.LEVEL]).mean()
