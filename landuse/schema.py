"""Canonical column names: the one place that knows them.

Foreign columns are renamed to these once, at the door (`landuse.inputs.parcels`).
"""

from __future__ import annotations

# parcels
PARCEL = "parcel_id"
CODE = "code"
NAME = "name"
# of the parcels' register; each may be absent
FAR = "far"
COVERAGE = "coverage"
STATUS = "supply_status"
TOWN = "town"
APPROVAL = "approval"
ANCILLARY_LAND = "ancillary_land"
ANCILLARY_FLOOR = "ancillary_floor"
USE = "use"
REGISTERED = "registered_m2"
DISTRICT = "district"

# buildings: one row a footprint
STOREYS = "storeys"
HEIGHT = "height_m"
PURPOSE = "purpose"

# facilities
KIND = "kind"
#: What those who work in a park need nearby.
FACILITIES = ("school", "clinic", "shop")

# parks: one row a block
PARK = "park_id"
PARK_NAME = "park_name"
LEVEL = "level"
RANK = "rank"
BLOCK = "block_id"
MAIN = "is_main"

# ledger
FACE = "face"
COUNTED = "counted"
SIDE = "side"
PLANAR = "planar_m2"
ELLIPSOIDAL = "ellipsoidal_m2"

#: Area bases of a definition and the ledger column that carries each.
AREA_COLUMN = {"registered": REGISTERED, "ellipsoidal": ELLIPSOIDAL, "planar": PLANAR}

# enterprises: one row a firm, plot and year
FIRM = "firm_id"
FIRM_NAME = "firm_name"
YEAR = "year"
AREA_M2 = "area_m2"
TAX = "tax_yuan"
# each of these may be absent
VALUE_ADDED = "value_added_yuan"
ENERGY = "energy_tce"
EMISSIONS = "emissions_t"
OUTPUT = "output_yuan"
RD = "rd_yuan"
STAFF = "staff"
GRADE = "grade"
INDUSTRY = "industry"
TENANT = "tenant"
IDLE_SINCE = "idle_since"

#: Classes of land the ledger keeps, and the class sets a definition may name.
CLASS_SETS = {
    "core": ("industrial",),
    "with_storage": ("industrial", "storage"),
    "with_mining": ("industrial", "mining"),
}
LEVELS = ("national", "provincial", "platform", "town")
#: The commonest words for them; a study may name its own.
LEVEL_WORDS = {
    **dict.fromkeys(("国家级", "国家", "国家级开发区", "国家级园区"), "national"),
    **dict.fromkeys(("省级", "省", "省级开发区", "省级园区"), "provincial"),
    **dict.fromkeys(("产业平台", "平台", "平台级", "重点产业平台", "特色产业平台"), "platform"),
    **dict.fromkeys(("乡镇", "镇级", "乡镇级", "街道", "镇街", "乡镇街道", "小微园区"), "town"),
}
