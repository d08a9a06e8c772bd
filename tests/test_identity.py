"""One study, its ids written in many ways: whatever table names an id, its figures are those of the clean study."""

import csv
import math
from itertools import cycle

import geopandas as gpd
import pytest
from test_spelling import DIRT
from toys import WORKING, array, box

from landuse.config.study_file import load_study
from landuse.pipeline.run import run
from landuse.report.explanation import explanation
from landuse.report.summary import summary as summarise

#: What a table of text can hold.
WRITTEN = [kind for kind in DIRT if kind != "control character"]
PLOTS = ("A(1)-x", "A(2)-x", "A(3)-x")
INSIDE, PARK, BLOCK, ZONE = "P(1)-x", "K(东)-1", "B(1)-x", "330106"
STUDY = """
[study]
date = 2025-12-31
lang = "en"
[parcels]
path = "parcels.gpkg"
classification = "third_survey"
columns = { id = "BSM", code = "DLBM", name = "DLMC", district = "ZLDWDM", far = "far" }
where = { status = ["WHERE"] }
[parks]
path = "parks.gpkg"
columns = { id = "park_id", block = "block" }
[target]
share = 0.5
[enterprises]
path = "firms.csv"
columns = { id = "code", name = "name", parcel = "plot", year = "year", tax = "tax", area = "land" }
units = { tax = "万元", area = "亩" }
[context]
standards = "standards.csv"
[capacity]
path = "blocks.csv"
[relocation]
pool = "scattered"
together = "groups.csv"
demand = "demand.csv"
exclude = ["EXCLUDED"]
[evaluation]
panels = "panels.csv"
earlier = "league.csv"
[exceptions]
path = "exceptions.csv"
[[snapshots]]
date = 2023-12-31
parcels = "parcels-2023.gpkg"
parks = "parks-2023.gpkg"
"""


def parcels(path, ids, shapes, status):
    n = len(ids)
    columns = {"BSM": ids, "DLBM": ["0601"] * n, "DLMC": ["工业用地"] * n, "ZLDWDM": [ZONE] * n, "far": [0.5] * n}
    gpd.GeoDataFrame({**columns, "status": status}, geometry=array(shapes), crs=WORKING).to_file(path)


def table(path, head, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def city(folder, *dirts):
    """The toy: a hectare in the park, three scattered outside, the second of them new; each name dirtied in turn."""
    turn = cycle(dirts)

    def w(text):
        return next(turn)(text)

    squares = [box(10 * k, 0, 10 * k + 1, 1) for k in range(4)]
    parcels(folder / "parcels.gpkg", [w(x) for x in (INSIDE, *PLOTS)], squares, [w("Now") for _ in squares])
    gone = box(60, 0, 61, 1)
    parcels(
        folder / "parcels-2023.gpkg",
        [w(x) for x in (INSIDE, PLOTS[0], PLOTS[2], "G(1)-x")],
        [*squares[:2], squares[3], gone],
        [w("Now") for _ in range(4)],
    )
    halves = [box(-1, -1, 0.5, 2), box(0.5, -1, 2, 2)]
    for name in ("parks.gpkg", "parks-2023.gpkg"):
        blocks = {"park_id": [w(PARK), w(PARK)], "block": [w(BLOCK), "B2"]}
        gpd.GeoDataFrame(blocks, geometry=array(halves), crs=WORKING).to_file(folder / name)
    firms = [(w("F(1)-x"), w("示例甲(SYNTHETIC)"), w(plot), 2024, 100, 15) for plot in PLOTS[:2]]
    firms += [("", w("示例甲(SYNTHETIC)"), w(PLOTS[2]), 2024, 100, 15), (w("F(2)-x"), "乙", w(INSIDE), 2024, 900, 15)]
    table(folder / "firms.csv", ("code", "name", "plot", "year", "tax", "land"), *firms)
    table(folder / "standards.csv", ("zone", "year", "min_far", "min_coverage"), (w(ZONE), 2020, 1.0, ""))
    table(
        folder / "blocks.csv",
        ("park", "block", "spare_mu", "from_year", "price", "industries"),
        (w(PARK), w(BLOCK), 20, "", 10, ""),
    )
    table(folder / "groups.csv", ("plot", "group"), (w(PLOTS[0]), w("G(1)-x")), (w(PLOTS[1]), w("G(1)-x")))
    table(folder / "demand.csv", ("plot", "power", "water", "gas"), (w(PLOTS[0]), 5, "", ""))
    table(folder / "panels.csv", ("park", "kind", "count", "goal"), (w(PARK), "platforms", 3, 4))
    table(folder / "league.csv", ("period", "park", "score"), ("2024Q4", w(PARK), 50))
    table(folder / "exceptions.csv", ("plot", "document"), (w(PLOTS[1]), "示例政函〔2025〕1号"))
    text = STUDY.replace("WHERE", w("Now").replace("\\", "")).replace("EXCLUDED", w(PLOTS[2]))
    (folder / "study.toml").write_bytes(text.replace("\r\n", "").replace("\x00", "").encode())
    return load_study(folder / "study.toml")


def figures(value, path=""):
    """Every number of a summary by its path; texts are shown as somebody wrote them."""
    if isinstance(value, dict):
        items = [(k, v) for k, v in value.items() if k not in ("quality", "assumptions")]
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return {} if isinstance(value, str) else {path: math.nan if value is None else value}
    return {p: n for k, v in items for p, n in figures(v, f"{path}/{k}").items()}


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return run(city(tmp_path_factory.mktemp("clean"), str))


def test_the_clean_study_joins_everything(clean):
    got = summarise(clean)
    assert got["relocation"]["plots"] == 2, "A(1) and A(2) go together, A(3) is to stay"
    assert (got["change"]["violations"], got["change"]["alerts"]) == (1, 0)
    assert clean.concentration.parks.index.tolist() == [PARK]
    assert got["evaluation"]["parks"][0]["panels"], got["evaluation"]
    assert [q.count for q in clean.quality if q.check == "enterprises_joined"] == [4]


@pytest.mark.parametrize("kinds", [WRITTEN[k::3] for k in range(3)], ids=", ".join)
def test_every_spelling_gives_the_figures_of_the_clean_study(clean, kinds, tmp_path):
    got = run(city(tmp_path, *(DIRT[kind] for kind in kinds), str))
    assert figures(summarise(got)) == pytest.approx(figures(summarise(clean)), rel=1e-12, abs=1e-9, nan_ok=True)
    plots = got.ledger.parcels["parcel_id"]
    for plot in PLOTS:
        (own,) = [x for x in plots if explanation(got, plot)["plot"] == x]
        assert explanation(got, own)["reasons"] == explanation(clean, plot)["reasons"]
