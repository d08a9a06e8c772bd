"""What the map says beside what it draws: headline, list, cards and legend, as plain values for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from landuse.geo.crs import GaussKruger, plain, system
from landuse.i18n import _, current
from landuse.report.map.background import behind_data
from landuse.report.map.change import change_data
from landuse.report.map.colourings import Coloured, legend
from landuse.report.map.data_blocks import columns
from landuse.report.map.drawings import AREAS, BEHIND, LINES
from landuse.report.map.relocation import FULL, plan_data
from landuse.report.map.words import dated_words, words
from landuse.report.style.palette import PALETTE, STYLES
from landuse.report.tables.candidates import CANDIDATES
from landuse.report.words import labels
from landuse.report.words.format import district_areas, text
from landuse.report.words.parks import moved_words, place_words
from landuse.report.words.terms import change_words, rule_words, unit_words
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from pyproj import CRS

    from landuse.reference.rule_pack import Rule
    from landuse.report.map.drawings import Drawing
    from landuse.results.run import RunResult

#: Area column of each drawing that the legend sums.
AREA = {
    "land": "m2",
    "plots": "area_m2",
    "parks": "land_m2",
    "districts": "total_m2",
    "treated": "area_m2",
    "blocks": "spare_m2",
}
#: Order of the legend.
LEGEND = ("land", "plots", "treated", "blocks", "parks", "districts", "water", "roads")
PLOT_COLUMNS = (
    "id",
    "rank",
    "district",
    "area_m2",
    "cluster",
    "cluster_m2",
    "park_distance_m",
    "position",
    "tax_per_mu",
    "years",
    "firms",
    "reasons",
    "evidence",
    "place",
    "handling",
    "score",
)


def page_data(result: RunResult, drawings: list[Drawing], coloured: list[Coloured]) -> dict[str, Any]:
    """Return everything the page needs besides shapes.

    Parameters
    ----------
    result : RunResult
        Of the run.
    drawings : list of Drawing
        The layers of the map, lowest first.
    coloured : list of Coloured
        What the map may be coloured by.

    Returns
    -------
    dict
        Only text, numbers, lists and None.
    """
    by_key = {d.key: d for d in drawings}
    plots = by_key.get("plots")
    total = result.concentration.total_m2
    shown = sorted((d for d in drawings if d.key in LEGEND), key=lambda d: LEGEND.index(d.key))
    more = plan_data(result, by_key) | change_data(result, by_key)
    return {
        "words": words()
        | ({} if result.history is None else dated_words())
        | ({} if result.parks is None else league_words()),
        "language": current(),
        "palette": PALETTE,
        "study": _study(result),
        "legend": [row for d in shown for row in _legend(d, result)],
        "colourings": [legend(c, by_key[c.colouring.layer], AREA[c.colouring.layer], total) for c in coloured],
        "plane": plane(system(result.ledger.parts)),
        "behind": behind_data(result.background),
        "rules": [_rule(rule) for rule in result.candidates.rules.values()] if result.candidates else [],
        "judged": None if plots is None else _judged(result, plots.table),
        **({} if plots is None else _declared(result, plots.table["id"])),
        "plots": None if plots is None else columns(plots.table[[c for c in PLOT_COLUMNS if c in plots.table]]),
        "parks": columns(by_key["parks"].table.join(league_columns(result, by_key["parks"].table["id"]))),
        "districts": _districts(result, by_key.get("districts")),
        "codes": {
            "districts": [text(x) for x in result.concentration.districts["name"]],
            "parks": [text(x) for x in result.concentration.parks["park_name"]],
        },
        **{key: columns(value) if isinstance(value, pd.DataFrame) else value for key, value in more.items()},
    }


def _study(result: RunResult) -> dict[str, Any]:
    found = result.concentration
    gap = found.gap
    low, high = result.band
    return {
        "name": result.name,
        "date": None if result.date is None else result.date.isoformat(),
        "synthetic": result.synthetic,
        "assumptions": [str(x) for x in result.assumptions],
        "definition": str(result.definition),
        "crs": result.crs,
        "plane": system(result.ledger.parts).name,
        "run": result.run_id[:12],
        "share": found.share,
        "target": found.target,
        "verdict": found.verdict,
        "interval": None if found.interval is None else [found.interval.low, found.interval.high],
        "definitions": len(result.sensitivity),
        "band": [low, high],
        "total_m2": found.total_m2,
        "inside_m2": found.inside_m2,
        "relocate_m2": gap.relocate,
        "clear_m2": gap.clear,
    }


def _legend(drawing: Drawing, result: RunResult) -> list[dict[str, Any]]:
    """One row a class that occurs; only shares of the industrial land are given."""
    if drawing.key in BEHIND:
        first = int(drawing.classes.min())
        style = STYLES[drawing.key][first].as_dict()
        return [
            {
                "layer": drawing.key,
                "class": first,
                "codes": [AREAS, LINES],
                "count": None,
                "share": None,
                "style": style,
            }
        ]
    total = result.concentration.total_m2
    ids = drawing.table["id"].to_numpy()
    rows = []
    for k, (count, m2) in enumerate(drawing.sums(AREA[drawing.key])):
        if count:
            rows.append(
                {
                    "layer": drawing.key,
                    "class": k,
                    "codes": [k],
                    "count": len(pd.unique(ids[drawing.classes == k])),
                    "m2": round(m2, 2),
                    "share": m2 / total if drawing.key in {"land", "plots"} else None,
                    "style": STYLES[drawing.key][k].as_dict(),
                }
            )
    if drawing.key == "parks" and rows:
        rows[0]["blocks"] = len(result.ledger.parks)
    if drawing.key == "blocks":
        # what is full anyway has no mark; one row for those that take plots, one for those that would
        used = float(drawing.table["used_m2"].sum())
        rows = [row | {"used_m2": round(used, 2)} for row in rows if row["class"] != FULL]
    return rows


def _rule(rule: Rule) -> dict[str, Any]:
    """One rule, in words."""
    name, when = rule_words(rule)
    factor, unit = unit_words(rule.unit)
    return {
        "code": rule.code,
        "name": name,
        "when": when,
        "comparison": rule.comparison,
        "unit": unit,
        "factor": factor,
        "averaged": rule.measure == "tax_per_mu",
        "source": rule.source,
        "date": rule.date.isoformat(),
        "trust": rule.trust,
    }


def _judged(result: RunResult, table: pd.DataFrame) -> dict[str, Any] | None:
    """What each rule says of each plot: the measured values, the thresholds and the evidence, in each rule's unit."""
    if result.candidates is None:
        return None
    judged, ids = result.candidates.judged, table["id"]
    tables = {"values": judged.values, "limits": judged.limits, "levels": judged.levels}
    out: dict[str, Any] = {name: columns(t.loc[ids].reset_index(drop=True)) for name, t in tables.items()}
    return out | {"changes": [[change_words(reason) for reason in judged.of(parcel)] for parcel in ids]}


def _declared(result: RunResult, ids: pd.Series[str]) -> dict[str, Any]:
    """Return what the table of candidates declares for the map, as cards and lists show it; nothing without such."""
    keys = [x.key for x in CANDIDATES.fields if x.mapped]
    if result.candidates is None or not keys:
        return {}
    shown = CANDIDATES.shown(result, result.candidates.plots.loc[ids.tolist()], keys)
    return {"more": [{"label": each.field.head(result), "texts": each.texts()} for each in shown.values()]}


def _districts(result: RunResult, drawing: Drawing | None) -> dict[str, list[Any]]:
    """All districts of the figures; `shape` is the outline's number, -1 without one."""
    table = result.concentration.districts
    table = table.join(district_areas(table).add_suffix("_mu")).rename_axis("id").reset_index()
    shape = pd.Index([] if drawing is None else drawing.table["id"])
    table["shape"] = shape.get_indexer(pd.Index(table["id"]))
    if drawing is not None:
        table = table.merge(drawing.table[["id", "lon", "lat"]], on="id", how="left")
    return columns(table)


#: Semi-major axis of the ellipsoids whose datums agree with the map's to a metre or two [m].
MODERN = 6_378_137.0


def plane(crs: CRS) -> dict[str, float] | None:
    """Return the parameters of a Gauss-Krüger plane, or None where the map can only say degrees.

    Parameters
    ----------
    crs : pyproj.CRS
        The working system.

    Returns
    -------
    dict or None
        a [m], e2, false_easting and false_northing [m], lon0 (central meridian, degrees). None for another projection,
        and for an older datum, whose shift a browser does not know.

    Examples
    --------
    >>> from pyproj import CRS
    >>> plane(CRS(4549))["lon0"], plane(CRS(4549))["false_easting"]
    (120.0, 500000.0)
    >>> plane(CRS(2263)) is None
    True
    """
    found = GaussKruger.of(crs)
    operation = plain(crs).coordinate_operation
    if found is None or operation is None or crs.is_bound or found.a != MODERN:
        return None
    meridian = next(p.value for p in operation.params if p.name == "Longitude of natural origin")
    return {
        "a": found.a,
        "e2": found.e2,
        "lon0": float(meridian),
        "false_easting": found.false_easting,
        "false_northing": found.false_northing,
    }


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
