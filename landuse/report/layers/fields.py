"""The columns of the published layers: what each means, and its name where ten bytes must do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landuse import schema as s
from landuse.i18n import _
from landuse.report.tables.candidates import CANDIDATES, RENEWAL
from landuse.report.words import labels

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Bytes a shapefile gives a field's name.
NAME_BYTES = 10
#: Declared columns; a layer of plots has those read from the frame as they are, and those that say what they mean.
FIELDS = (*CANDIDATES.fields, *RENEWAL.fields)
#: Names that cutting alone would make unreadable.
SHORT = {
    "ellipsoidal_m2": "ellips_m2",
    "registered_m2": "regist_m2",
    "registered_stated_m2": "stated_m2",
    "park_distance_m": "park_dis_m",
    "land_used_m2": "used_m2",
    "to_district": "to_dist",
    "district_before": "dist_bef",
    "district_after": "dist_aft",
    "stays_inside": "stays_in",
    "pollution_stated": "poll_state",
    "price_yuan_m2": "price_m2",
}


def layer_word(layer: str) -> str:
    """Return what a published layer holds, in words; a layer nobody described keeps its name."""
    return {
        "ledger": _("Ledger: industrial parcels cut by the park boundaries"),
        "faces": _("Faces: the plane cut by the park boundaries"),
        "claims": _("Claims: which blocks cover which face"),
        "parks": _("Parks, one row a block"),
        "districts": _(labels.DISTRICTS),
        "candidates": _(labels.SCATTERED_LOW_EFFICIENCY_PLOTS),
        "no_data": _(labels.TO_BE_SURVEYED),
        "renewal": _("Low-efficiency plots inside or beside parks"),
        "moves": _("Relocation plan: plots that move, are cleared or are rebuilt"),
        "move_lines": _("Relocation plan: from each plot that moves to its block"),
        "blocks": _("Relocation plan: blocks that take plots, with their load"),
        "changes": _("Changes between the dates: every part of land that changed"),
        "violations": _(labels.NEW_PLOTS_OUTSIDE),
        "run": _("The run these layers belong to"),
    }.get(layer, layer)


def meanings(layer: str = "") -> dict[str, str]:
    """Return what each column of the published layers means, by its name; of a named layer, what it means there."""
    declared = {x.key: _(x.meaning or x.label) for x in FIELDS if x.of is None or x.meaning}
    known = declared | {
        "use": _("Use: industrial, storage or mining"),
        "district": _(labels.DISTRICT_CODE),
        "park_id": _("Park that the land is attributed to; empty outside"),
        "face": _("Face; -1 outside every park"),
        "side": _("inside, outside, other_class (not in the definition) or held (another parcel has it)"),
        "counted": _("Whether the land counts here: not where another parcel holds it"),
        "planar_m2": _("Area in the plane (m2)"),
        "ellipsoidal_m2": _("Ellipsoidal area (m2)"),
        "registered_m2": _("Registered area (m2)"),
        "registered_stated_m2": _("Registered area to 0.01 m2"),
        "block_id": _("Block of the park"),
        "park_name": _(labels.PARK),
        "level": _(labels.LEVEL),
        "rank": _("Rank: the lowest owns land that two parks claim"),
        "is_main": _("Whether it is the main block"),
        "name": _(labels.NAME),
        "planned_code": _("Planned class"),
        "run_id": _("Identity of the run"),
        "study": _(labels.STUDY),
        "synthetic": _("Whether the data is invented"),
        "definition": _(labels.DEFINITION),
        "action": _("Action: move, clear or rebuild"),
        "year": _(labels.YEAR),
        "to_district": _("District it moves to (code)"),
        "land_used_m2": _("Park land used (m2)"),
        "distance_m": _("Distance, a straight line (m)"),
        "fit": _("Fit of the industry: leading, related or any"),
        "cost_yuan": _(labels.COST_YUAN),
        "tax_yuan": _("Tax a year (yuan)"),
        "tax_known": _("Whether its tax is known; else its district's mean"),
        "industries": _("Industry codes"),
        "x": _("Point of the block, east"),
        "y": _("Point of the block, north"),
        "park_row": _("Row of the layer parks, from 0; -1 for none"),
        "spare_m2": _("Spare land (m2)"),
        "stated": _("Whether its spare land is stated; else computed"),
        "used_m2": _("Used by the plan (m2)"),
        "load": _("Load: used over spare land"),
        "plots": _(labels.PLOTS),
        "from_year": _("Open from; 0: now"),
        "price_yuan_m2": _("Price (yuan per m2)"),
        "pollution": _(labels.WORST_POLLUTION_CLASS_TAKEN),
        "pollution_stated": _("Whether that class is stated"),
        "power": _("Electric power left; blank: no limit"),
        "water": _("Water left; blank: no limit"),
        "gas": _("Gas left; blank: no limit"),
        "partner": _("Partner district of a shared park (code)"),
        "credit": _("Share of land credited to the partner"),
    }
    moved = {
        s.PARK: _("Park it moves to"),
        s.PARK_NAME: _("Name of that park"),
        s.BLOCK: _("Block it moves to"),
    }
    changed = {
        "step": _("Step, from 1"),
        "start": _("Earlier date"),
        "end": _("Later date"),
        "code_before": _(labels.CLASS_BEFORE),
        "code_after": _(labels.CLASS_AFTER),
    }
    own = {
        "moves": moved,
        "move_lines": moved,
        "blocks": {s.PARK: _(labels.PARK_ID), "industries": _("Leading industries; blank: any")},
        "changes": changed
        | {
            s.PARCEL: _("Plot: the later one, else the earlier"),
            "kind": _(labels.KIND_OF_CHANGE),
            "parcel_before": _(labels.PLOT_BEFORE),
            "parcel_after": _(labels.PLOT_AFTER),
            "district_before": _("District before (code)"),
            "district_after": _("District after (code)"),
            "park_before": _("Park before; empty outside"),
            "park_after": _("Park after; empty outside"),
            "m2_before": _("Area counted before (m2)"),
            "m2_after": _("Area counted after (m2)"),
            s.AREA_M2: _("Land that changed (m2)"),
            "recorded": _("Whether the survey's record of changes has it"),
            "stays_inside": _("Whether it lies inside the parks of the earlier date"),
        },
        "violations": changed
        | {
            "status": _("alert: to be explained; excepted: by a document"),
            s.APPROVAL: _(labels.APPROVAL_NUMBER),
            "document": _(labels.DOCUMENT_THAT_ALLOWS_IT),
            "stands": _("Whether it is still industrial land outside the parks"),
        },
    }
    return known | own.get(layer, {})


def short_names(columns: Iterable[str], encoding: str) -> dict[str, str]:
    """Return a name of at most ten bytes for each column, no two alike.

    A longer one is cut between characters, never within one; where that makes two alike, whatever their case, the
    later ends in a number. The names GDAL would choose by itself may end within a character, and such a file cannot be
    read again.

    Parameters
    ----------
    columns : iterable of str
        Of one layer.
    encoding : str
        Of the file.

    Returns
    -------
    dict
        Column to short name, in the same order.

    Examples
    --------
    >>> list(short_names(["registered_m2", "土地利用现状", "土地利用现在", "CODE", "code"], "gbk").values())
    ['regist_m2', '土地利用现', '土地利用1', 'CODE', 'code1']
    >>> list(short_names(["industrial_area", "industrial_area_mu"], "utf-8").values())
    ['industrial', 'industria1']
    """
    out: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        wanted = SHORT.get(column, column)
        name, n = _cut(wanted, encoding, ""), 0
        while name.lower() in taken:
            n += 1
            name = _cut(wanted, encoding, str(n))
        taken.add(name.lower())
        out[column] = name
    return out


def _cut(name: str, encoding: str, tail: str) -> str:
    room = NAME_BYTES - len(tail)
    return name.encode(encoding)[:room].decode(encoding, "ignore") + tail
