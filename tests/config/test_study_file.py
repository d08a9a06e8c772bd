"""The study file: every mistake at once, and none falls back to a default."""

import datetime as dt
import re
from pathlib import Path

import pytest

from landuse.config.layers import LayerSection, ParcelColumns, ParkColumns, PlaneSection
from landuse.config.study_file import Study, language_of, load_study
from landuse.definition import Definition
from landuse.errors import InputError
from landuse.reference.toml_model import encoding_of, models_in

pytestmark = pytest.mark.usefixtures("english")
SMALLEST = """
[parcels]
path = "parcels.gpkg"
classification = "third_survey"
columns = { code = "DLBM" }
[parks]
path = "parks.gpkg"
"""


@pytest.fixture
def load(tmp_path):
    def load(text, name="city.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return load_study(path)

    return load


@pytest.fixture
def problems(load):
    def problems(text):
        with pytest.raises(InputError) as caught:
            load(text)
        assert all(p.file == "city.toml" and p.fix for p in caught.value.problems)
        return {p.what: p.fix for p in caught.value.problems}

    return problems


def test_two_sections_are_enough_and_the_defaults_are_those_of_the_contract(load, tmp_path):
    study = load(SMALLEST)
    assert study.headline == Definition("core", "approved", "clip", "registered")
    assert study.target.share == 0.70
    assert study.scatter.model_dump() == {
        "gap_m": 50.0,
        "max_cluster_mu": 200.0,
        "highly_scattered_mu": 30.0,
        "min_plot_mu": 3.0,
    }
    assert study.efficiency.rules == "zhejiang-2023"
    assert study.parks.priority == ("national", "provincial", "platform", "town")
    assert (study.study.lang, study.parcels.units.area, study.stem, study.name) == ("zh", "m2", "city", "city")
    assert study.resolve("a/b.gpkg") == tmp_path / "a/b.gpkg"
    assert study.synthetic is False


@pytest.mark.parametrize(
    ("line", "key", "near"),
    [
        ("[scatter]\ngap = 20.0", "scatter.gap", "gap_m"),
        ("[target]\nshares = 0.7", "target.shares", "share"),
        ("[scater]\ngap_m = 20.0", "scater", "scatter"),
        ("[definition]\nrules = 'clip'", "definition.rules", "rule"),
        ("[parks.columns]\nlvl = 'x'", "parks.columns.lvl", "level"),
        ("[districts]\npath='d.gpkg'\ncolumns={code='a', nam='b'}", "districts.columns.nam", "name"),
    ],
)
def test_an_unknown_key_names_the_nearest(problems, line, key, near):
    told = problems(SMALLEST + line)
    (what,) = told
    assert key in what
    assert near in told[what]


def test_a_key_like_no_other_lists_the_known_ones(problems):
    told = problems(SMALLEST + "[target]\nqqqqqq = 1")
    assert "share, by" in told["unknown key target.qqqqqq"]


def test_every_mistake_at_once(problems):
    told = problems(
        """
        colour = "red"
        [parcels]
        path = 5
        classification = "third-survey"
        columns = { id = "BSM" }
        [definition]
        rule = "centre"
        [target]
        share = 1.2
        [scatter]
        gap_m = -1
        """
    )
    for key in (
        "colour",
        "parcels.path",
        "parcels.classification",
        "parcels.columns.code",
        "parks",
        "definition.rule",
        "target.share",
        "scatter.gap_m",
    ):
        assert any(key in what for what in told), key
    assert len(told) == 8


@pytest.mark.parametrize(
    "line",
    [
        '[target]\nshare = "0.7"',
        "[target]\nshare = true",
        "[target]\nshare = 0",
        "[target]\nshare = nan",
        "[scatter]\nmin_plot_mu = -1",
        "[scatter]\ngap_m = inf",
        '[study]\ndate = "2025-12-31"',
        "[study]\nname = 5",
        '[study]\nlang = "de"',
        '[parks.levels]\n"国家级" = 1',
        "[efficiency]\nrules = ['a']",
        "[enterprises]\npath='e.xlsx'\ncolumns={id='a', parcel='b'}\nunits={tax='dollar'}",
        "[enterprises]\npath='e.xlsx'\ncolumns={id='a'}",
        "[districts]\npath='d.gpkg'",
    ],
)
def test_wrong_types_and_values_are_refused(problems, line):
    assert problems(SMALLEST + line)


def test_codes_in_where_are_text(load, problems):
    text = SMALLEST.replace("[parks]", 'where = { status = ["现状", "PMD*"] }\n[parks]')
    assert load(text).parcels.where == {"status": ["现状", "PMD*"]}
    assert problems(text.replace('"现状"', "601"))
    assert problems(text.replace('["现状", "PMD*"]', '"现状"'))


def test_dates_are_dates(load):
    study = load(SMALLEST + "[study]\ndate = 2025-12-31\n[target]\nby = 2026-01-01\nshare = 1")
    assert study.study.date == dt.date(2025, 12, 31)
    assert study.target.by == dt.date(2026, 1, 1)
    assert study.target.share == 1


def test_industrial_prefixes_go_with_custom_and_only_with_it(load, problems):
    custom = SMALLEST.replace('"third_survey"', '"custom"\nindustrial = ["M1-", "PMD"]')
    assert load(custom).parcels.industrial == ("M1-", "PMD")
    assert problems(custom.replace('"custom"', '"gb50137"'))
    assert problems(SMALLEST.replace('"third_survey"', '"custom"'))
    assert problems(custom.replace('["M1-", "PMD"]', "[]"))


@pytest.mark.parametrize("content", [b"[parcels\n", b"\xff\xfe[", b'path = "C:\\Users\\x"'])
def test_what_is_no_toml_is_refused(tmp_path, content):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a TOML file"):
        load_study(path)


def test_missing_files_folders_and_marks(load, tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(InputError):
            load_study(path)
    assert load("\ufeff" + SMALLEST).parcels.path == "parcels.gpkg"


def test_parameters_hold_what_makes_numbers_and_not_the_language_or_the_folder(load):
    zh, en = load(SMALLEST), load(SMALLEST + '[study]\nlang = "en"', "elsewhere.toml")
    assert zh.parameters() == en.parameters()
    assert zh.parameters() != load(SMALLEST + "[scatter]\ngap_m = 51").parameters()
    assert zh.parameters()["target"] == {"share": 0.7, "by": None, "path": {}}


def test_a_study_cannot_be_changed(load):
    study = load(SMALLEST)
    with pytest.raises(ValueError, match="frozen"):
        study.target.share = 0.1


def test_nesting_without_end_is_refused(tmp_path):
    (tmp_path / "s.toml").write_text(f"x = {'[' * 5000}{']' * 5000}", encoding="utf-8")
    with pytest.raises(InputError):
        load_study(tmp_path / "s.toml")


def keys_of(model, above=()):
    """Every key of a section and of those in it, with the names above it."""
    for name, field in model.model_fields.items():
        yield (*above, name)
        for inner in models_in(field.annotation):
            yield from keys_of(inner, (*above, name))


def documented(text):
    """The words of the manual's table, by section: `[relocation.cost]` and its rows are relocation's."""
    words, section = {}, ""
    for line in text.splitlines():
        cells = line.split("|")
        if len(cells) > 3:
            section = found[1] if (found := re.search(r"`\[+(\w+)", cells[1])) else section
            words.setdefault(section, set()).update(re.findall(r"\w+", line))
    return words


MANUAL = documented((Path(__file__).parents[2] / "docs" / "study-file.md").read_text(encoding="utf-8"))
KEYS = [keys for keys in keys_of(Study) if keys[0] != "file" and len(keys) > 1]


@pytest.mark.parametrize("section", sorted({keys[0] for keys in KEYS}))
def test_the_manual_names_every_key(section):
    layer = {*LayerSection.model_fields, *PlaneSection.model_fields}  # said once, with the parcels
    columns = {*ParcelColumns.model_fields, *ParkColumns.model_fields}  # of another date or outline: as of the main one
    elsewhere = {"parcels": set(), "snapshots": layer | columns, "boundaries": layer | columns}.get(section, layer)
    known = MANUAL.get(section, set()) | elsewhere
    assert [".".join(keys) for keys in KEYS if keys[0] == section and keys[-1] not in known] == []


def test_the_manual_names_no_section_that_there_is_not():
    assert set(MANUAL) - {""} == set(Study.model_fields) - {"file"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('[study]\nlang = "en"\n', "en"),
        ("[study]\n  lang='zh' # en\n", "zh"),
        ('study = { name = "甲", lang = "en" }', "en"),
        ('study.lang = "en"\n[parcels\n', "en"),
        ('[study]\nname = "D:\\q"\nlang = "en"', "en"),
        ('[study]\n# lang = "en"\nlang = "zh"', "zh"),
        ('[study]\nlanguage = "en"', None),
        ('[study]\nlang = "de"', None),
        ("", None),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_the_language_is_found_in_a_file_that_is_no_toml_too(tmp_path, text, language, encoding):
    path = tmp_path / "s.toml"
    path.write_bytes(text.encode(encoding))
    assert language_of(path) == language
    assert language_of(tmp_path / "none.toml") is None


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('[rasters]\nndvi = "a\\tb.tif"', "rasters.ndvi"),
        (
            '[context]\nplan = "a\\nb.gpkg"\nplan_columns = { code = "c" }\nplan_classification = "gb50137"',
            "context.plan",
        ),
        ('[efficiency]\nrules = "C:\\rules.toml"', "efficiency.rules"),
        (
            '[[snapshots]]\ndate = 2020-01-01\nparcels = "\\f.gpkg"\n[study]\ndate = 2021-01-01',
            "snapshots.0.parcels.path",
        ),
        ('[relocation]\ntogether = "D:\\together.csv"', "relocation.together"),
    ],
)
def test_a_path_with_an_escape_in_it_is_told(problems, line, key):
    told = problems(SMALLEST + line)
    assert len(told) == 1
    (what,) = told
    assert what.startswith(key)
    assert "the path in single quotes" in told[what]


@pytest.mark.parametrize("path", ["D:\\data", "\\d", "C:\\Users\\x", "\\u12"])
def test_a_backslash_that_is_no_escape_is_told(load, path):
    with pytest.raises(InputError, match="the path in single quotes") as caught:
        load(SMALLEST + f'[rasters]\nndvi = "{path}"')
    assert caught.value.problems[0].rows == ("9",)


def test_other_mistakes_of_toml_say_nothing_of_escapes(load):
    with pytest.raises(InputError, match="not a TOML file") as caught:
        load(SMALLEST + "[rasters]\nndvi = 'D:\\a.tif")
    assert "escape" not in caught.value.problems[0].fix


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("[区]", "utf-8"),
        ("[\u200b]", "utf-8"),
        ("", "utf-8"),
        (b"\xff\xfe[", ""),
        (b"\x80\x04\x95\x00\x00[", ""),
        (bytes(range(128, 256)), ""),
    ],
)
def test_what_is_no_text_has_no_encoding(raw, encoding):
    assert encoding_of(raw if isinstance(raw, bytes) else raw.encode()) == encoding


FIRMS = "[enterprises]\npath='e.xlsx'\ncolumns={id='a', parcel='b', tax='c'}\n"
PLAN = "[study]\ndate = 2025-12-31\n[relocation]\n"


@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("[scatter]\nhighly_scattered_mu = 300.0", "highly_scattered_mu"),
        ("[scatter]\nmax_cluster_mu = 2.0\nhighly_scattered_mu = 1.0", "min_plot_mu"),
        ("[scatter]\ngap_m = 0.05", "scatter.gap_m"),
        ("[scatter]\ngap_m = 50000.0", "scatter.gap_m"),
        ("[definition]\nboundary_tolerance_m = 5000.0", "boundary_tolerance_m"),
        ("[target]\npath = { 2024 = 0.6, 2025 = 0.5 }", "2024, 2025"),
        ("[target]\npath = { 2024 = 0.75 }", "2024"),
        ("[target]\nby = 2025-12-31\npath = { 2024 = 0.6, 2025 = 0.65 }", "2025"),
        ("[relocation]\ncompaction = 90.0", "relocation.compaction"),
        ("[relocation]\ncompaction = 0.01", "relocation.compaction"),
        ("[relocation]\nquota_mu_per_year = 100.0\ngoal_mu_per_year = 500.0", "quota_mu_per_year"),
        ("[relocation]\nbudget = 100_000_000", "not yuan"),
        ("[relocation]\nbudget = -1.0", "relocation.budget"),
        ("[relocation.cost]\ncompensation_per_mu = 600_000.0", "compensation_per_mu"),
        (PLAN + "first_year = 2016", "first_year"),
        ("[relocation]\nfirst_year = 20270", "first_year"),
        ("[evaluation]\njoin_gap_m = 0.05", "join_gap_m"),
        ("[evaluation]\ntax_wan_per_mu = 400_000.0", "tax_wan_per_mu"),
    ],
)
def test_settings_that_contradict_each_other_or_were_meant_in_another_unit(problems, lines, key):
    assert any(key in what + fix for what, fix in problems(SMALLEST + lines).items())


def test_a_level_has_one_rank(problems):
    (what,) = problems(SMALLEST + "priority = ['national', 'town', 'national']")
    assert "parks" in what


@pytest.mark.parametrize(
    "lines",
    [
        "[scatter]\nhighly_scattered_mu = 200.0\nmin_plot_mu = 200.0",
        PLAN + "[target]\nby = 2025-12-31\npath = { 2024 = 0.6, 2025 = 0.7, 2026 = 0.7 }",
        "[relocation]\nquota_mu_per_year = 500.0\ngoal_mu_per_year = 500.0\nbudget = 5_000_000\ncompaction = 0.8",
        "[relocation]\ngoal_mu_per_year = 500.0",
        PLAN + "first_year = 2025",
        FIRMS + "units={tax='万元'}",
    ],
)
def test_settings_that_agree(load, lines):
    assert load(SMALLEST + lines)
