"""Errors in columns of figures: another unit, one cell or all; columns swapped, constant, zero, or in two roles."""

from __future__ import annotations

from functools import partial

from grid_files import FIRM_COLUMNS
from planting import REFUSED, RIGHT, Kinds

KINDS = Kinds()
#: Figures of firms, and the stage whose figures rest on them.
FIRMS = {
    "tax": "candidates",
    "area": "candidates",
    "value_added": "candidates",
    "energy": "candidates",
    "emissions": "parks",
    "output": "parks",
    "rd": "parks",
    "staff": "parks",
}
SLIPS = {"× 10": 10, "÷ 10": 0.1, "× 1000": 1000, "× 10000": 10_000}


def scale(office, _rng, table, role, factor):
    """A whole column in another unit."""
    column = office.column(table, role)
    office.tables[table][column] = office.tables[table][column].astype("Float64") * factor


def scale_one(office, rng, table, role, factor):
    """One figure in another unit: of an industrial plot, its latest year."""
    column, frame = office.column(table, role), office.tables[table]
    frame[column] = frame[column].astype("Float64")
    there = frame.index[frame[column].notna() & (frame[column] > 0)]
    if table == "firms":
        there = [i for i in there if frame.at[i, FIRM_COLUMNS["year"]] == 2025 and frame.at[i, "停产时间"] == ""]
    if table == "parcels":
        there = [i for i in there if frame.at[i, "DLBM"] == "0601"]
    row = rng.choice(list(there))
    frame.loc[row, column] = frame.loc[row, column] * factor


def swap(office, _rng, table, a, b):
    """Two columns under each other's heads."""
    a, b = office.column(table, a), office.column(table, b)
    frame = office.tables[table]
    office.tables[table] = frame.assign(**{a: frame[b], b: frame[a]})


def fill(office, _rng, table, role, value):
    """A column that holds one value all the way down."""
    office.tables[table][office.column(table, role)] = value


def repeat_first(office, _rng, table, role):
    """The first figure copied down the column."""
    column = office.tables[table][office.column(table, role)]
    fill(office, _rng, table, role, column[column.notna()].iloc[0])


def shuffle(office, _rng, table, role):
    """A column sorted without its table."""
    column = office.column(table, role)
    office.tables[table][column] = office.tables[table][column].sort_values(na_position="last").to_numpy()


def two_roles(office, _rng, section, a, b):
    """One column named for two roles."""
    columns = office.study[section].setdefault("columns", {})
    columns[a] = columns.get(b, b)


for _role, _stage in FIRMS.items():
    for _word, _factor in SLIPS.items():
        if _role == "emissions" and _factor in (10, 0.1):  # of any pollutant: nobody could see it
            continue
        KINDS.add(f"firms: {_role} {_word}", partial(scale, table="firms", role=_role, factor=_factor), stage=_stage)
        if _factor > 10 or (_factor == 10 and _role in ("tax", "value_added")):  # else it may be true of a firm
            _one = partial(scale_one, table="firms", role=_role, factor=_factor)
            KINDS.add(f"firms: one {_role} {_word}", _one, stage=_stage)

for _table, _role, _stage, _factors in (
    ("parcels", "area", "concentration", {"in mu": 0.0015, "in ha": 1e-4, "× 10": 10}),
    ("parcels", "far", "candidates", {"× 10": 10, "in %": 100, "÷ 10": 0.1}),
    ("parcels", "coverage", "candidates", {"in %": 100, "÷ 10": 0.1}),
    ("blocks", "spare_mu", "relocation", {"× 10": 10, "in m2": 10_000 / 15}),
    ("blocks", "price", "relocation", {"in yuan": 10_000, "× 10": 10}),
    ("standards", "min_far", "candidates", {"× 10": 10, "in %": 100, "÷ 10": 0.1}),
    ("standards", "min_coverage", "candidates", {"in %": 100, "÷ 10": 0.1}),
):
    for _word, _factor in _factors.items():
        _all = partial(scale, table=_table, role=_role, factor=_factor)
        _one = partial(scale_one, table=_table, role=_role, factor=_factor)
        KINDS.add(f"{_table}: {_role} {_word}", _all, stage=_stage)
        if _word != "÷ 10" and (_role, _word) != ("price", "× 10"):  # it may be true of one plot or block
            KINDS.add(f"{_table}: one {_role} {_word}", _one, stage=_stage)
KINDS.add(
    "earlier parcels: area in mu", partial(scale, table="earlier_parcels", role="area", factor=0.0015), stage="change"
)

for _table, _a, _b, _stage in (
    ("firms", "tax", "value_added", "candidates"),
    ("firms", "tax", "output", "candidates"),
    ("firms", "value_added", "output", "candidates"),
    ("firms", "energy", "value_added", "candidates"),
    ("firms", "energy", "staff", "candidates"),
    ("firms", "area", "staff", "candidates"),
    ("firms", "id", "parcel", "candidates"),
    ("firms", "id", "name", "candidates"),
    ("firms", "year", "area", "candidates"),
    ("firms", "grade", "role", "candidates"),
    ("firms", "grade", "industry", "candidates"),
    ("parcels", "far", "coverage", "candidates"),
    ("parcels", "area", "far", "concentration"),
    ("parcels", "code", "name", "concentration"),
    ("parcels", "id", "code", "concentration"),
    ("parcels", "id", "district", "concentration"),
    ("blocks", "park", "block", "relocation"),
    ("blocks", "price", "from_year", "relocation"),
    ("standards", "min_far", "min_coverage", "candidates"),
    ("panels", "park", "kind", "parks"),
    ("parks", "park_id", "block_id", "concentration"),
    ("parks", "park_name", "level", "concentration"),
    ("districts", "XZQDM", "XZQMC", "concentration"),
):
    KINDS.add(f"{_table}: {_a} and {_b} swapped", partial(swap, table=_table, a=_a, b=_b), stage=_stage)

for _role, _stage in FIRMS.items():
    KINDS.add(f"firms: {_role} zero", partial(fill, table="firms", role=_role, value=0), stage=_stage)
    KINDS.add(f"firms: {_role} the same in every row", partial(repeat_first, table="firms", role=_role), stage=_stage)
for _role in ("area", "far", "coverage"):
    KINDS.add(f"parcels: {_role} zero", partial(fill, table="parcels", role=_role, value=0.0))
    KINDS.add(f"parcels: {_role} the same in every row", partial(repeat_first, table="parcels", role=_role))
KINDS.add("parcels: area sorted apart", partial(shuffle, table="parcels", role="area"))
for _role in ("spare_mu", "price"):
    KINDS.add(f"blocks: {_role} zero", partial(fill, table="blocks", role=_role, value=0), stage="relocation")

for _section, _a, _b, _stage in (
    ("enterprises", "value_added", "tax", "candidates"),
    ("enterprises", "energy", "value_added", "candidates"),
    ("enterprises", "tax", "output", "candidates"),
    ("enterprises", "emissions", "energy", "parks"),
    ("enterprises", "staff", "area", "parks"),
    ("enterprises", "name", "id", "candidates"),
    ("enterprises", "year", "area", "candidates"),
    ("parcels", "far", "coverage", "candidates"),
    ("parcels", "area", "far", "concentration"),
    ("parcels", "id", "district", "concentration"),
    ("parks", "block", "id", "concentration"),
    ("capacity", "price", "spare_mu", "relocation"),
):
    KINDS.add(
        f"[{_section}] {_a} names the column of {_b}", partial(two_roles, section=_section, a=_a, b=_b), stage=_stage
    )


@KINDS("firms: header says yuan, study 10,000 yuan", must=REFUSED)
def _header(office, _rng):
    office.tables["firms"] = office.tables["firms"].rename(columns={"税收": "税收(元)"})
    office.study["enterprises"]["columns"]["tax"] = "税收(元)"


def spell(office, role, how):
    """A column of figures written in another way; a blank stays one."""
    column = FIRM_COLUMNS[role]
    values = office.tables["firms"][column]
    office.tables["firms"][column] = [
        "" if blank else how(int(v)) for v, blank in zip(values, values.isna(), strict=True)
    ]


@KINDS("firms: figures as text with commas", must=RIGHT)
def _commas(office, _rng):
    for role in ("output", "staff", "value_added"):
        spell(office, role, "{:,}".format)


@KINDS("firms: figures in full-width digits", must=RIGHT)
def _wide(office, _rng):
    spell(office, "tax", lambda v: str(v).translate({48 + k: 0xFF10 + k for k in range(10)}))


@KINDS("firms: a figure with a word", must=REFUSED)
def _word(office, rng):
    values = office.tables["firms"]["税收"].astype(object)
    values.iloc[rng.randrange(len(values))] = "约三百"
    office.tables["firms"]["税收"] = values


@KINDS("firms: a tenth of the taxes below zero")
def _below(office, _rng):
    frame = office.tables["firms"]
    frame.loc[frame.index[::10], "税收"] = -frame.loc[frame.index[::10], "税收"]


@KINDS("firms: energy below zero")
def _energy_below(office, _rng):
    office.tables["firms"]["综合能耗"] = -office.tables["firms"]["综合能耗"]


@KINDS("firms: a year of taxes in yuan")
def _one_year(office, _rng):
    frame = office.tables["firms"]
    own = frame["年度"] == 2024
    frame.loc[own, "税收"] = frame.loc[own, "税收"] * 10_000


@KINDS("firms: a tenth of the firms in yuan")
def _some_firms(office, rng):
    frame = office.tables["firms"]
    ids = sorted(set(frame["统一社会信用代码"]))
    own = frame["统一社会信用代码"].isin(rng.sample(ids, max(1, len(ids) // 10)))
    frame.loc[own, "税收"] = frame.loc[own, "税收"] * 10_000
