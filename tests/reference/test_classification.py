"""Classification systems: what counts as industrial, and how dirty codes are read."""

import tomllib
from importlib.resources import files

import pytest

from landuse.reference.classification import OTHER, SYSTEMS, UNKNOWN, USES, clean, load


def use(system, code):
    return load(system).use_of(code)[1]


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        ("third_survey", "0601", "industrial"),
        ("third_survey", "06H1", "industrial"),
        ("third_survey", "0508", "storage"),
        ("third_survey", "0602", "mining"),
        ("third_survey", "1001", OTHER),  # a railway here
        ("third_survey", "0603", OTHER),
        ("land_sea_2023", "1001", "industrial"),  # a factory there
        ("land_sea_2023", "100102", "industrial"),
        ("land_sea_2023", "1101", "storage"),
        ("land_sea_2023", "1002", "mining"),
        ("gb50137", "M1", "industrial"),
        ("gb50137", "M", "industrial"),
        ("gb50137", "W2", "storage"),
        ("gb50137", "R2", OTHER),
    ],
)
def test_codes_count_as_their_system_says(system, code, expected):
    assert use(system, code) == expected


@pytest.mark.parametrize(
    "raw",
    ["0601", " 0601", "0601 ", "601", 601, 601.0, "601.0", "０６０１", "６０１", "06\u200b01", "\ufeff0601", "0601K"],
)
def test_dirty_readings_of_one_code(raw):
    assert use("third_survey", raw) == "industrial"


@pytest.mark.parametrize("raw", [None, float("nan"), "", "  ", "9999", "工业用地", "06O1", "K", "M1"])
def test_what_no_table_holds_is_unknown_and_nothing_raises(raw):
    assert use("third_survey", raw) == UNKNOWN


def test_every_table_names_its_source_and_its_industrial_codes():
    for system in SYSTEMS:
        text = files("landuse").joinpath("data", "classifications", f"{system}.toml").read_text(encoding="utf-8")
        table = tomllib.loads(text)
        assert table["source"]
        assert table["date"]
        assert table["trust"] in {"high", "medium", "low"}
        assert table["use"]["industrial"]
        assert set(table["use"]) <= set(USES)
        for codes in table["use"].values():
            for code in codes:
                assert use(system, code) in USES, (system, code)


def test_every_code_of_every_table_is_known_in_it():
    for system in SYSTEMS:
        table = load(system)
        parents = {c for c in table.names if any(p.startswith(c) and p != c for p, _ in table.use_prefixes)}
        parents |= set(table.mixed)
        assert all((table.use_of(code)[1] == UNKNOWN) == (code in parents) for code in table.names)
        assert all(table.use_of(code)[0] == code for code in table.names)


def test_a_parent_that_may_hold_industry_or_not_is_unknown_not_other():
    assert load("third_survey").use_of("06") == ("06", UNKNOWN)
    assert load("land_sea_2023").use_of("10") == ("10", UNKNOWN)
    assert load("third_survey").use_of("10")[1] == OTHER


def test_custom_prefixes_count_and_everything_else_is_known_and_other():
    chicago = load("custom", ("M1-", "PMD"))
    assert [chicago.use_of(c)[1] for c in ("M1-2", "PMD 11", "pmd13", "M1", "RS-3", None, "")] == [
        "industrial",
        "industrial",
        "industrial",
        OTHER,
        OTHER,
        UNKNOWN,
        UNKNOWN,
    ]


def test_unknown_system_is_an_error():
    with pytest.raises(KeyError):
        load("gb50137-2099")


def test_cleaning_is_stable():
    for raw in ("０６０１　", " m1-1\u200b", 601.0, "06H1", None):
        assert clean(clean(raw)) == clean(raw)
