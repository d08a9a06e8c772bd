"""One line of the quality report: what was wrong with the data, and what was done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from landuse.errors import Problem, refuse_if
from landuse.i18n import _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


@dataclass(frozen=True)
class Issue:
    """One line of the quality report.

    Attributes
    ----------
    check : str
        What was looked at, as a stable key.
    count : int
        Rows concerned.
    action : str
        What was done about it, in words.
    area_m2 : float or None
        Land concerned.
    effect_on_share : float or None
        Share with what was done, less the share without; None where the question has no answer.
    rows : tuple of str
        Identifiers concerned.
    stops : bool
        Whether it would stop a careful person: the run is refused, unless the study accepts the check by its key.
    fix : str
        What to do about it, for one that stops.
    file : str
        Whose finding it is, for one that stops.
    plots : tuple of str
        Parcels whose figures rest on it, where they are not `rows`.
    candidates : int or None
        How many of these are on the list of candidates, or low-efficiency plots in parks; None before there is a list.
    moved_m2 : float or None
        Of the plan's land, what lies on these; None without a plan.
    """

    check: str
    count: int
    action: str
    area_m2: float | None = None
    effect_on_share: float | None = None
    rows: tuple[str, ...] = field(default=(), repr=False)
    stops: bool = False
    fix: str = ""
    file: str = ""
    plots: tuple[str, ...] = field(default=(), repr=False)
    candidates: int | None = None
    moved_m2: float | None = None

    @property
    def title(self) -> str:
        """The check in words."""
        return titles()[self.check]

    @property
    def refusal(self) -> Problem:
        """The problem that a finding is to a study that does not accept it."""
        what = _("{title}: {action}", title=self.title, action=self.action)
        accept = _('or accept it as it is: [study] accept = ["{check}"]', check=self.check)
        return Problem(what, "; ".join(x for x in (self.fix, accept) if x), self.file, rows=self.rows or self.plots)

    def as_dict(self) -> dict[str, object]:
        """Return the finding as the summary prints it; what hangs on it only where that is known."""
        out: dict[str, object] = {
            "check": self.check,
            "count": self.count,
            "area_m2": self.area_m2,
            "action": self.action,
            "effect_on_share": self.effect_on_share,
        }
        known = {"candidates": self.candidates, "moved_m2": self.moved_m2}
        return out | {k: v for k, v in known.items() if v is not None} | ({"stops": True} if self.stops else {})


def titles() -> dict[str, str]:
    """Return every check in words, by its key."""
    return {
        "invalid_geometry_parcel": _("invalid parcel geometry"),
        "invalid_geometry_park": _("invalid park geometry"),
        "invalid_geometry_district": _("invalid district geometry"),
        "doubtful_repair_parcel": _("parcels repaired in doubt"),
        "doubtful_repair_park": _("parks repaired in doubt"),
        "doubtful_repair_district": _("districts repaired in doubt"),
        "mixed_geometry_parcel": _("parcels with points or lines"),
        "mixed_geometry_park": _("parks with points or lines"),
        "mixed_geometry_district": _("districts with points or lines"),
        "no_polygon_parcel": _("parcels without a polygon"),
        "no_polygon_park": _("parks without a polygon"),
        "no_polygon_district": _("districts without a polygon"),
        "unreadable_geometry_parcel": _("parcels whose geometry cannot be read"),
        "unreadable_geometry_park": _("parks whose geometry cannot be read"),
        "unreadable_geometry_district": _("districts whose geometry cannot be read"),
        "invalid_geometry_plan": _("invalid geometry of the plan"),
        "invalid_geometry_development": _("invalid geometry of the development boundary"),
        "doubtful_repair_plan": _("polygons of the plan repaired in doubt"),
        "doubtful_repair_development": _("development boundary repaired in doubt"),
        "mixed_geometry_plan": _("polygons of the plan with points or lines"),
        "mixed_geometry_development": _("development boundary with points or lines"),
        "no_polygon_plan": _("rows of the plan without a polygon"),
        "no_polygon_development": _("rows of the development boundary without a polygon"),
        "unreadable_geometry_plan": _("rows of the plan that cannot be read"),
        "unreadable_geometry_development": _("rows of the development boundary that cannot be read"),
        "invalid_geometry_building": _("invalid geometry of buildings"),
        "doubtful_repair_building": _("buildings repaired in doubt"),
        "mixed_geometry_building": _("buildings with points or lines"),
        "no_polygon_building": _("buildings without a polygon"),
        "unreadable_geometry_building": _("buildings whose geometry cannot be read"),
        "repeated_buildings": _("repeated buildings"),
        "unknown_storeys": _("buildings of unknown storeys"),
        "other_facilities": _("facilities of other kinds"),
        "no_place_facility": _("facilities without a place"),
        "ring_order_parcel": _("parcels whose shells and holes were told apart"),
        "ring_order_park": _("parks whose shells and holes were told apart"),
        "ring_order_district": _("districts whose shells and holes were told apart"),
        "ring_order_plan": _("polygons of the plan whose shells and holes were told apart"),
        "ring_order_development": _("development boundary: rows whose shells and holes were told apart"),
        "ring_order_building": _("buildings whose shells and holes were told apart"),
        "ring_order_update": _("recorded changes whose shells and holes were told apart"),
        "closed_lines_parcel": _("parcels drawn as closed lines"),
        "closed_lines_park": _("parks drawn as closed lines"),
        "closed_lines_district": _("districts drawn as closed lines"),
        "closed_lines_plan": _("polygons of the plan drawn as closed lines"),
        "closed_lines_development": _("development boundary drawn as closed lines"),
        "closed_lines_building": _("buildings drawn as closed lines"),
        "closed_lines_update": _("recorded changes drawn as closed lines"),
        "spread_parts_parcel": _("parcels of parts far apart"),
        "spread_parts_park": _("rows of parks of parts far apart"),
        "deleted_rows": _("rows marked as deleted"),
        "missing_id": _("missing identifiers"),
        "duplicate_id": _("duplicate identifiers"),
        "ids_spelled_apart": _("one id in several spellings"),
        "pieces_joined": _("parcels in several pieces"),
        "parks_alike": _("parks that look alike"),
        "rows_filtered": _("rows left out by a filter"),
        "codes_normalised": _("codes written oddly"),
        "unknown_codes": _("unknown codes"),
        "overlapping_parcels": _("overlapping parcels"),
        "unstated_area": _("parcels without a stated area"),
        "area_differs": _("stated and measured area differ"),
        "area_contradicts": _("stated area far from the measured one"),
        "overlaps_all_classes": _("overlaps, all classes"),
        "duplicates_all_classes": _("duplicates, all classes"),
        "districts_hold_part": _("districts that hold only part of the land"),
        "plane_scale": _("planar areas stretched by the projection"),
        "totals_in_layer": _("rows of totals in a layer"),
        "names_of_one_id": _("one id with several names"),
        "parks_astray": _("parks away from the city"),
        "parks_beyond": _("parks partly in no district"),
        "parks_empty": _("parks without industrial land"),
        "thin_blocks": _("rows of parks that are dots or outlines"),
        "blocks_by_park": _("blocks named as their park"),
        "main_blocks": _("parks without one main block"),
        "districts_of_one_name": _("districts of one name"),
        "blocks_unlisted": _("blocks without a row in the table"),
        "figures_unusual": _("columns of figures in an unusual proportion"),
        "tiny_parks": _("parks too small to be one"),
        "parks_twice": _("one park drawn twice"),
        "park_of_parks": _("a park that is other parks together"),
        "parks_overlap": _("parks that overlap by more than half"),
        "block_in_block": _("a block within a block of its park"),
        "blocks_overlap": _("blocks of one park that overlap"),
        "frame_park": _("a park as large as the city"),
        "district_as_park": _("a park that is a district"),
        "districts_overlap": _("districts that overlap"),
        "share_of_all_or_none": _("all industrial land in parks, or none"),
        "parks_bare": _("parks that parcels do not cover"),
        "layer_displaced": _("a layer displaced against the next date"),
        "parks_of_one_date": _("parks of one date only"),
        "ground_unmapped": _("new plots on land the earlier layer lacks"),
        "dates_alike": _("two dates with the same parcels"),
        "district_missing": _("districts that an earlier date lacks"),
        "land_halved": _("industrial land that halves or doubles"),
        "gaps": _("gaps, all classes"),
        "slivers": _("slivers, all classes"),
        "enclaves": _("enclaves"),
        "code_against_name": _("code against name"),
        "name_against_code": _("name against code"),
        "merged_code": _("merged class 06H1"),
        "no_district": _("parcels in no district"),
        "repeated_rows": _("repeated rows"),
        "merged_cells_filled": _("merged cells"),
        "error_cells": _("cells with an error"),
        "total_rows": _("rows of totals"),
        "note_rows": _("rows of notes"),
        "repeated_header": _("repeated headers"),
        "hidden_rows": _("hidden rows of a sheet"),
        "hidden_columns": _("hidden columns of a sheet"),
        "hidden_sheet": _("hidden sheets"),
        "active_filter": _("filters of a sheet"),
        "blank_words": _("words for no figure"),
        "figures_below_zero": _("money below zero"),
        "impossible_figures": _("figures below zero"),
        "impossible_ratios": _("ratios out of range"),
        "unknown_grades": _("unknown grades"),
        "unknown_industries": _("unknown industries"),
        "years_to_come": _("years to come"),
        "years_long_past": _("years long past"),
        "dates_to_come": _("dates to come"),
        "system_before_its_time": _("classification newer than the layers"),
        "settings_disagree": _("settings that disagree"),
        "unused_words": _("words that no row has"),
        "rule_always_met": _("rules that every parcel meets"),
        "unknown_roles": _("unknown roles"),
        "years_missing": _("firms that lack a year"),
        "years_behind": _("figures older than the study"),
        "plots_without_firms": _("industrial plots without a firm"),
        "rule_never_met": _("rules that no parcel can meet"),
        "odd_districts": _("district codes of another city"),
        "districts_apart": _("parcels and districts without a code in common"),
        "strange_districts": _("districts the study does not have"),
        "no_standard": _("districts without an entry standard"),
        "blocks_too_late": _("blocks that open after the plan"),
        "strange_plots": _("plots the study does not have"),
        "unmatched_prefixes": _("prefixes that no code has"),
        "idle_in_future": _("idle since a day to come"),
        "years_from_dates": _("years from dates"),
        "credit_code_check": _("credit codes that fail their check"),
        "other_identifiers": _("identifiers that are not credit codes"),
        "firm_names": _("firms of several names"),
        "names_are_codes": _("names of firms that are credit codes"),
        "firm_namesakes": _("firms of one name"),
        "firm_by_name": _("firms known by name"),
        "no_firm": _("rows without a firm"),
        "no_plot": _("rows without a plot"),
        "enterprises_joined": _("enterprise rows joined to plots"),
        "tax_jumps": _("tax that jumps between years"),
        "figure_jumps": _("figures that jump between years"),
        "figures_unit": _("figures of firms in another unit"),
        "figures_contradict": _("columns of figures that contradict each other"),
        "figures_out_of_order": _("a part above its whole"),
        "extreme_figures": _("figures that stand out"),
        "constant_figures": _("columns of one value"),
        "columns_alike": _("columns of equal figures"),
        "firms_alike": _("firms of equal tax on one plot"),
        "firm_land": _("land of firms against their plots"),
        "firm_land_unit": _("land of firms in another unit"),
        "register_unit": _("ratios of the register in another unit"),
        "odd_standards": _("implausible entry standards"),
        "odd_ratios": _("floor-area ratio against coverage"),
        "constant_ratios": _("ratios of one value"),
        "raster_values": _("pixels that cannot be"),
        "heights_and_storeys": _("heights against storeys"),
        "spare_land": _("spare land above the block's own"),
        "spare_small": _("hardly any spare land"),
        "price_unit": _("prices in another unit"),
        "extreme_prices": _("prices that stand out"),
        "cost_settings": _("implausible costs"),
        "firms_apportioned": _("firms on several plots"),
        "enterprises_unmatched": _("enterprises without a plot"),
        "changes_unrecorded": _("changes without a record"),
        "records_unseen": _("recorded changes not seen"),
        "strange_exceptions": _("exceptions for unknown plots"),
        "invalid_geometry_update": _("invalid geometry of the record of changes"),
        "doubtful_repair_update": _("record of changes repaired in doubt"),
        "mixed_geometry_update": _("record of changes with points or lines"),
        "no_polygon_update": _("recorded changes without a polygon"),
        "unreadable_geometry_update": _("recorded changes that cannot be read"),
    }


def accepted(issues: Iterable[Issue]) -> tuple[str, ...]:
    """Return what a study accepted that would have stopped it, in words, for the assumptions."""
    return tuple(
        _("accepted by the study: {title} ({action})", title=f.title, action=f.action) for f in issues if f.stops
    )


def refuse_unaccepted(issues: Iterable[Issue], accepted: Collection[str]) -> None:
    """Refuse a study with issues that would stop a careful person and that it does not accept, all at once.

    Raises
    ------
    InputError
        With each finding as a problem that says how to mend it, and how to accept it.
    """
    refuse_if([f.refusal for f in issues if f.stops and f.check not in accepted])
