"""Parks side by side on the map: place, score and yield of each, for its card, the list and the CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse.i18n import _
from landuse.report.words import labels
from landuse.report.words.parks import moved_words, place_words
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from landuse.results.run import RunResult


def league_columns(result: RunResult, ids: pd.Series[str]) -> pd.DataFrame:
    """Return what the review says of the parks the map shows, row by row; no column where there is no review.

    place (words, with places won or lost), score, tax and tax_built (万元 per 亩 of industrial and of built land), far,
    far_known, leading (divisions). NaN is what nobody knows.
    """
    r = result.parks
    if r is None:
        return pd.DataFrame(index=ids.index)
    league, figures = r.league.reindex(ids), r.figures.reindex(ids)
    return pd.DataFrame(
        {
            "place": [_place(row) for row in league.to_dict("records")],
            "score": league["score"].to_numpy(),
            "tax": figures["tax_yuan_per_mu"].to_numpy() / MONEY_YUAN["万元"],
            "tax_built": figures["tax_yuan_per_built_mu"].to_numpy() / MONEY_YUAN["万元"],
            "far": figures["far"].to_numpy(),
            "far_known": figures["far_known"].to_numpy(),
            "leading": ["、".join(x) if isinstance(x, tuple) else "" for x in figures["leading"]],
        },
        index=ids.index,
    )


def _place(row: dict[Any, Any]) -> str:
    return " ".join(filter(None, (place_words(row), moved_words(row["moved"]).strip("–="))))


def league_words() -> dict[str, str]:
    """Return the wording of the review on the map."""
    return {
        "league_place": _("Place in its level"),
        "league_score": _(labels.SCORE),
        "league_tax": _("Tax, 10,000 yuan per mu"),
        "league_tax_built": _("{value} per mu of built land"),
        "league_far": _(labels.FLOOR_AREA_RATIO),
        "league_far_known": _("known of {share} of the land"),
        "league_leading": _("Leading industry"),
        "sort_score": _("score"),
        "csv_score": _(labels.SCORE),
        "csv_place": _("Place in its level"),
        "csv_tax_mu": _("Tax per mu of industrial land (10,000 yuan)"),
        "csv_tax_built_mu": _("Tax per mu of built land (10,000 yuan)"),
    }
