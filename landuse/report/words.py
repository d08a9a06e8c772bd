"""Wording that several outputs share, and the words of the map: the browser has none of its own."""

from __future__ import annotations

from landuse.i18n import _
from landuse.results import MET, NOT_MET, UNCERTAIN


def verdict_word(verdict: str) -> str:
    """Return the wording of a verdict."""
    return {MET: _("met"), NOT_MET: _("not met"), UNCERTAIN: _("uncertain")}[verdict]


def position_word(position: str) -> str:
    """Return the wording of a plot's position."""
    return {
        "scattered": _("scattered"),
        "highly_scattered": _("highly scattered"),
        "small": _("too small to list"),
        "adjoining": _("adjoining a park"),
        "clustered": _("in a large cluster"),
    }[position]


def level_word(level: str) -> str:
    """Return the wording of a park level; a study's own levels stay as they are."""
    known = {
        "national": _("national"),
        "provincial": _("provincial"),
        "platform": _("platform"),
        "town": _("town"),
    }
    return known.get(level, level)


def words() -> dict[str, str]:
    """Return the dictionary of the map in the current language; `{fields}` are filled in by the browser."""
    return {
        # panel
        "candidates": _("Candidates"),
        "scattered": _("Scattered plots"),
        "parks": _("Parks"),
        "districts": _("Districts"),
        "search": _("Search plot id, firm, district"),
        "find_plot": _("Find plot {id} on the map"),
        "not_found": _("Nothing found"),
        "none_listed": _("Nothing to list"),
        "sort": _("Sort by"),
        "sort_rank": _("list order"),
        "sort_area": _("area"),
        "sort_tax": _("tax per mu"),
        "sort_distance": _("distance to park"),
        "sort_cluster": _("cluster size"),
        "sort_name": _("name"),
        "sort_share": _("share"),
        "sort_industry": _("industrial land"),
        "sort_gap": _("gap"),
        "with_unlisted": _("with plots not listed"),
        "export": _("Export CSV"),
        "fold": _("Fold or open the panel"),
        # figures
        "mu_value": _("{value} mu"),
        "parks_count": _("{count} parks · {blocks} blocks"),
        "km": _("{value} km"),
        "m": _("{value} m"),
        "no_data": _("no data"),
        "no_firm": _("no firm on record"),
        "no_district": _("no district"),
        # headline
        "as_of": _("Data of {date}"),
        "share_title": _("Share inside the parks"),
        "target": _("Target {share}"),
        "met": _("Target met"),
        "not_met": _("Target not met"),
        "uncertain": _("Target uncertain"),
        "band": _("{count} definitions: {low} to {high}"),
        "relocate": _("to relocate one to one"),
        "clear": _("or {value} mu to clear away"),
        "surplus": _("above what the target asks"),
        "synthetic": _("SYNTHETIC"),
        "assumptions": _("rests on {count} assumptions"),
        "run": _("Run {id}"),
        # cards
        "close": _("Close"),
        "area": _("Area"),
        "district": _("District"),
        "position": _("Position"),
        "nearest_park": _("Nearest park"),
        "cluster": _("Cluster"),
        "evidence": _("Evidence"),
        "firms": _("Firms"),
        "years": _("mean of {years}"),
        "position_scattered": position_word("scattered"),
        "position_highly_scattered": position_word("highly_scattered"),
        "evidence_none": _("no figures"),
        "evidence_statistical": _("statistics"),
        "threshold": _("at least {value}"),
        "source": _("Source"),
        "trust": _("trust: {level}"),
        "trust_low": _("low"),
        "trust_medium": _("medium"),
        "trust_high": _("high"),
        "off_list": _("Off the list when:"),
        "off_list_rule": _("{rule} rises from {value} to at least {threshold}"),
        "survey_first": _("No figures for this plot: survey it before judging it."),
        "not_listed": _("Scattered, but no rule is met: not a candidate."),
        "inside_park": _("Inside {park}"),
        "outside_parks": _("Outside every park"),
        "part_of": _("Part of plot"),
        "level": _("Level"),
        "level_national": level_word("national"),
        "level_provincial": level_word("provincial"),
        "level_platform": level_word("platform"),
        "level_town": level_word("town"),
        "industry_attributed": _("Industrial land, attributed"),
        "industry_gross": _("Industrial land, gross"),
        "park_land": _("Park land"),
        "industry_rate": _("Industrial share of the park"),
        "blocks": _("Blocks"),
        "main_share": _("Main block's share"),
        "total": _("Industrial land"),
        "inside": _("Inside parks"),
        "outside": _("Outside parks"),
        "gap": _("To relocate to the target"),
        "gap_surplus": _("Above the target"),
        "share": _("Share"),
        "attributed_note": _("Land two parks claim is attributed to one; gross counts all a park claims."),
        # legend and tools
        "legend": _("Legend"),
        "legend_area": _("Area (mu)"),
        "land_0": _("Industry inside parks"),
        "land_1": _("Industry outside parks"),
        "plots_0": _("Scattered and inefficient"),
        "plots_1": _("Scattered, no data"),
        "plots_2": _("Scattered, others"),
        "parks_0": _("Park boundaries"),
        "districts_0": _("District boundaries"),
        "toggle": _("Show or hide"),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "whole": _("Whole city"),
        "print": _("Print"),
        "old_browser": _(
            "This browser cannot unpack the land layer: use a newer one, or ask for the map uncompressed."
        ),
        # columns of the exported table
        "csv_rank": _("No."),
        "csv_id": _("Plot"),
        "csv_area_m2": _("Area (m2)"),
        "csv_area_mu": _("Area (mu)"),
        "csv_distance": _("Distance to the nearest park (m)"),
        "csv_tax": _("Tax per mu and year (yuan)"),
        "csv_years": _("Years"),
        "csv_reasons": _("Reasons"),
        "csv_listed": _("Candidate"),
        "csv_cluster_mu": _("Cluster (mu)"),
        "yes": _("yes"),
        "no": _("no"),
    }
