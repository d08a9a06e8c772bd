"""study.toml of the sample, and its note."""

from __future__ import annotations

STUDY_NAME = "示例市 2025 年度（SYNTHETIC 合成数据）"
LAYER = "DLTB"
#: Whether study.toml lists the earlier years; off until the product reads them.
LIST_SNAPSHOTS = False

FIRM_COLUMNS = ", ".join(
    f'{key} = "{column}"'
    for key, column in {
        "id": "统一社会信用代码",
        "name": "企业名称",
        "parcel": "宗地代码",
        "year": "年度",
        "area": "用地面积",
        "tax": "税收",
    }.items()
)

README = """SYNTHETIC 合成数据

示例市 is invented: every parcel, park, firm and figure in this folder was drawn by `landuse sample`
from a random seed. It describes no real place, person or company, and must not be cited as data.

示例市为程序生成的合成数据，地块、园区、企业及全部数字均为虚构，不代表任何真实地区，不得引用。

truth.json holds the exact answers, summed over lattice cells without an overlay engine.
"""


def study_toml(fmt: str, *, snapshots: bool) -> str:
    """Return the study file for layers in a format; `snapshots` says whether earlier years were written."""
    layer = f'layer = "{LAYER}"\n' if fmt in ("gpkg", "gdb") else ""
    text = f"""# SYNTHETIC 合成数据
[study]
name = "{STUDY_NAME}"
date = 2025-12-31
lang = "zh"
crs = "EPSG:4549"

[parcels]
path = "parcels.{fmt}"
{layer}classification = "third_survey"
columns = {{ id = "BSM", code = "DLBM", name = "DLMC", area = "TBDLMJ", district = "ZLDWDM" }}

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
columns = {{ {FIRM_COLUMNS} }}
units = {{ tax = "万元", area = "亩" }}

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
    if snapshots and LIST_SNAPSHOTS:
        for year in (2023, 2024):
            text += f"""
[[snapshots]]
date = {year}-12-31
parcels = "parcels-{year}.{fmt}"
parks = "parks-{year}.{fmt}"
"""
    return text
