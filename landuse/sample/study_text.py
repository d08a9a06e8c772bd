"""study.toml of the sample, and its note."""

from __future__ import annotations

STUDY_NAME = "示例市 2025 年度（SYNTHETIC 合成数据）"
LAYER = "DLTB"

#: Whether study.toml puts roads and water behind the land on the map.
BACKGROUND_LAYERS = False

PARCEL_COLUMNS = {"id": "BSM", "code": "DLBM", "name": "DLMC", "area": "TBDLMJ", "district": "ZLDWDM"}
REGISTER_COLUMNS = {"far": "RJL", "coverage": "JZMD", "supply_status": "TDGYZT", "town": "CZCSXM"}
FIRM_COLUMNS = {
    "id": "统一社会信用代码",
    "name": "企业名称",
    "parcel": "宗地代码",
    "year": "年度",
    "area": "用地面积",
    "tax": "税收",
}
REPORTED_COLUMNS = {
    "value_added": "工业增加值",
    "energy": "综合能耗",
    "emissions": "排放",
    "output": "产值",
    "rd": "研发",
    "staff": "职工",
    "grade": "评价等级",
    "industry": "行业代码",
    "role": "自有租赁",
    "idle_since": "停产时间",
}
CONTEXT = """
[context]
development = "development.gpkg"
plan = "plan.gpkg"
plan_columns = { code = "YDYHFLDM" }
plan_classification = "land_sea_2023"
standards = "far-standards.csv"
"""
BUILDINGS = 'buildings = { path = "buildings.gpkg", columns = { storeys = "CS", height = "GD", use = "YT" } }\n'
BACKGROUND = """
[background]
roads = "roads.gpkg"
water = "water.gpkg"
"""
PARKS = """
[evaluation]
panels = "panels.csv"

[living]
facilities = { path = "facilities.gpkg", columns = { kind = "LB" } }
kinds = { "学校" = "school", "卫生院" = "clinic", "商店" = "shop" }
"""

HISTORY = """
[exceptions]
path = "exceptions.csv"

[change]
shift_m = 1.0
counters = "counters.csv"
renovate_mu_per_year = 40
factory_m2_per_year = 400_000

[[snapshots]]
date = 2023-12-31
parcels = "parcels-2023.{fmt}"
parks = "parks-2023.{fmt}"
districts = "districts-2023.gpkg"

[[snapshots]]
date = 2024-12-31
parcels = "parcels-2024.{fmt}"
parks = "parks-2024.{fmt}"
"""

README = """SYNTHETIC 合成数据

示例市 is invented: every parcel, park, firm and figure in this folder was drawn by `landuse sample`
from a random seed. It describes no real place, person or company, and must not be cited as data.

示例市为程序生成的合成数据，地块、园区、企业及全部数字均为虚构，不代表任何真实地区，不得引用。

truth.json holds the exact answers, summed over lattice cells without an overlay engine.
"""


def study_toml(fmt: str, *, snapshots: bool, buildings: bool, plan: tuple[str, int]) -> str:
    """Return the study file for layers in a format.

    Parameters
    ----------
    fmt : str
    snapshots : bool
        Whether earlier years were written.
    buildings : bool
        Whether any were drawn: a small city may have none, and a layer without a row is no layer.
    plan : (str, int)
        Which plots a plan may treat, and how much land a year [亩].
    """
    layer = f'layer = "{LAYER}"\n' if fmt in ("gpkg", "gdb") else ""
    approved = {"approval": "DZJGH"} if snapshots else {}
    parcels, firms = PARCEL_COLUMNS | REGISTER_COLUMNS | approved, FIRM_COLUMNS | REPORTED_COLUMNS
    context = CONTEXT + (BUILDINGS if buildings else "") + PARKS + (BACKGROUND if BACKGROUND_LAYERS else "")
    units = ', value_added = "万元", energy = "吨标煤", emissions = "吨", output = "万元", rd = "万元"'
    text = f"""# SYNTHETIC 合成数据
[study]
name = "{STUDY_NAME}"
date = 2025-12-31
lang = "zh"
crs = "EPSG:4549"

[parcels]
path = "parcels.{fmt}"
{layer}classification = "third_survey"
columns = {{ {_pairs(parcels)} }}

[parks]
path = "parks.{fmt}"
columns = {{ id = "park_id", name = "park_name", level = "level", block = "block_id", main = "is_main" }}
levels = {{ "国家级" = "national", "省级" = "provincial", "平台" = "platform", "乡镇" = "town" }}
priority = ["national", "provincial", "platform", "town"]

[districts]
path = "districts.gpkg"
columns = {{ code = "XZQDM", name = "XZQMC" }}

[enterprises]
path = "enterprises.xlsx"
columns = {{ {_pairs(firms)} }}
units = {{ tax = "万元", area = "亩"{units} }}
{context}
[definition]
classes = "core"
boundary = "approved"
rule = "clip"
area = "registered"

[target]
share = 0.70
by = 2025-12-31

[scatter]
gap_m = 50.0
max_cluster_mu = 200.0
highly_scattered_mu = 30.0
min_plot_mu = 3.0

[efficiency]
rules = "zhejiang-2023"
"""
    text += f"""
[capacity]
path = "blocks.csv"
columns = {{ pollution = "pollution" }}

[relocation]
objective = "cost"
pool = "{plan[0]}"
cross_district = "charged"
years = 3
quota_mu_per_year = {plan[1]}
housing_m = 0
"""
    if snapshots:
        text += HISTORY.format(fmt=fmt)
    return text


def _pairs(columns: dict[str, str]) -> str:
    return ", ".join(f'{key} = "{column}"' for key, column in columns.items())
