"""Admission: every problem of every input at once, and only the rows that are asked for."""

import geopandas as gpd
import pytest
from toys import WORKING, array, box

from landuse import schema as s
from landuse.config.paths import input_paths
from landuse.config.study_file import load_study
from landuse.errors import InputError
from landuse.pipeline.load_inputs import admit
from landuse.pipeline.run import run

pytestmark = pytest.mark.usefixtures("english")
STUDY = """
[parcels]
path = "parcels.gpkg"
classification = "third_survey"
columns = { id = "BSM", code = "DLBM" }
[parks]
path = "parks.gpkg"
"""


@pytest.fixture
def folder(tmp_path):
    codes = ["0601", "0601", "0101", "9999", "0508"]
    land = gpd.GeoDataFrame(
        {"BSM": list("abcde"), "DLBM": codes, "status": ["现状", "规划", "现状", "现状", "现状A"]},
        geometry=array([box(k, 0, k + (0.01 if code == "9999" else 1), 1) for k, code in enumerate(codes)]),
        crs=WORKING,
    )
    land.to_file(tmp_path / "parcels.gpkg")
    gpd.GeoDataFrame(
        {"n": [1, 2], "k": [1.0, 2.0]}, geometry=array([box(0, 0, 1, 1), box(1, 0, 2, 1)]), crs=WORKING
    ).to_file(tmp_path / "parks.gpkg")
    return tmp_path


def study(folder, text=STUDY):
    """The toy's study; that all or none of so small a city lies in its parks is accepted."""
    toy = '"share_of_all_or_none", "parks_astray", "dates_alike"'
    if "accept = [" in text:
        text = text.replace("accept = [", f"accept = [{toy}, ")
    elif "[study]\n" in text:
        text = text.replace("[study]\n", f"[study]\naccept = [{toy}]\n")
    else:
        text += f"\n[study]\naccept = [{toy}]\n"
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return load_study(folder / "study.toml")


def refused(folder, text):
    with pytest.raises(InputError) as caught:
        admit(study(folder, text))
    return caught.value.problems


def test_only_the_wanted_classes_are_kept_and_unknown_ones_reported(folder):
    got = admit(study(folder))
    assert got.parcels[s.PARCEL].tolist() == ["a", "b", "e"]
    assert [f.check for f in got.issues] == ["unknown_codes"]
    assert (got.crs, got.districts, got.enterprises) == (WORKING, None, None)
    assert [a for a in got.assumptions if "[parks]" not in a] == []


def test_where_keeps_listed_values_and_prefixes(folder):
    def ids(values):
        text = STUDY.replace("[parks]", f"where = {{ status = {values} }}\n[parks]")
        return admit(study(folder, text)).parcels[s.PARCEL].tolist()

    assert ids('["现状"]') == ["a"]
    assert ids('["现状*"]') == ["a", "e"]
    assert ids('["现状", "规划"]') == ["a", "b"]


def test_where_on_the_code_column_narrows_the_classes(folder):
    text = STUDY.replace("[parks]", 'where = { DLBM = ["06*", "01*"] }\n[parks]')
    assert admit(study(folder, text)).parcels[s.PARCEL].tolist() == ["a", "b"]


def test_where_on_numbers_reads_them_as_people_write_them(folder):
    for column in ("n", "k"):
        got = admit(study(folder, STUDY + f'where = {{ {column} = ["2"] }}'))
        assert len(got.parks["approved"]) == 1, column


def test_every_problem_of_every_input_at_once(folder):
    problems = refused(
        folder,
        """
        [parcels]
        path = "parcels.gpkg"
        classification = "third_survey"
        columns = { id = "BSM", code = "DLBN" }
        [parks]
        path = "park.gpkg"
        [districts]
        path = "parcels.gpkg"
        columns = { code = "XZQDM", name = "XZQMC" }
        [enterprises]
        path = "firms.xlsx"
        columns = { id = "a", parcel = "b" }
        """,
    )
    said = "\n".join(map(str, problems))
    assert len(problems) == 5
    for text in ("'DLBN'", "did you mean 'DLBM'", "parks.gpkg", "'XZQDM'", "'XZQMC'", "firms.xlsx"):
        assert text in said, text


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857", "EPSG:2437", "EPSG:2385", "EPSG:0"])
def test_a_working_system_that_carries_no_area_is_refused(folder, crs):
    (problem,) = refused(folder, STUDY + f'[study]\ncrs = "{crs}"')
    assert problem.fix


def test_degrees_without_a_working_system_are_refused(folder):
    gpd.read_file(folder / "parcels.gpkg").to_crs(4490).to_file(folder / "parcels.gpkg")
    (problem,) = refused(folder, STUDY)
    assert "degrees" in problem.what
    assert problem.file == "parcels.gpkg"
    assert len(admit(study(folder, STUDY + '[study]\ncrs = "EPSG:4549"')).parcels) == 3


def test_an_earlier_layer_takes_the_spelling_of_the_later_one(folder):
    parks = gpd.read_file(folder / "parks.gpkg").assign(pid=["K(1)", "K(2)"])
    parks.to_file(folder / "parks.gpkg")
    text = STUDY + 'columns = { id = "pid" }\n'
    today = admit(study(folder, text))
    land = gpd.read_file(folder / "parcels.gpkg")
    land.assign(BSM=[" A", "\u200bb", "c", "d", "z"]).to_file(folder / "parcels.gpkg")
    parks.assign(pid=["ｋ（1）", "K (2) "]).to_file(folder / "parks.gpkg")
    before = admit(study(folder, text), later=[today])
    assert before.parcels[s.PARCEL].tolist() == ["a", "b", "z"]
    assert before.parks["approved"][s.PARK].tolist() == ["K(1)", "K(2)"]


def test_layers_come_to_the_working_system_and_what_was_assumed_is_said(folder):
    gpd.read_file(folder / "parks.gpkg").to_crs(4326).to_file(folder / "parks.gpkg")
    got = admit(study(folder))
    assert got.parks["approved"].crs == WORKING
    assert got.parks["approved"].area.sum() == pytest.approx(20_000, rel=1e-6)
    assert len([a for a in got.assumptions if "EPSG:4326" in a]) == 1


@pytest.mark.parametrize(
    ("codes", "said"),
    [(["0101"] * 5, "no industrial land"), (["9999"] * 5, "'9999' × 5"), ([None] * 5, "'' × 5")],
)
def test_a_city_without_industrial_land_is_refused(folder, codes, said):
    frame = gpd.read_file(folder / "parcels.gpkg")
    frame["DLBM"] = codes
    frame.to_file(folder / "parcels.gpkg")
    with pytest.raises(InputError, match=said):
        run(study(folder))


def test_storage_alone_is_no_industrial_land(folder):
    text = STUDY.replace("[parks]", 'where = { DLBM = ["0508"] }\n[parks]')
    with pytest.raises(InputError, match="no industrial land"):
        run(study(folder, text))
    toy = text.replace("[parcels]", '[study]\naccept = ["parks_astray", "share_of_all_or_none"]\n[parcels]', 1)
    assert run(study(folder, toy + '[definition]\nclasses = "with_storage"')).concentration.share == 0


def test_inputs_of_a_run_are_those_that_exist(folder):
    the = study(folder, STUDY + '[efficiency]\nrules = "own.toml"')
    assert set(input_paths(the)) == {"parcels.gpkg", "parks.gpkg"}
    (folder / "own.toml").write_text("")
    assert set(input_paths(the)) == {"parcels.gpkg", "parks.gpkg", "own.toml"}


NAMED = STUDY.replace('code = "DLBM"', 'code = "DLBM", name = "DLMC"')
#: Three hectares of industry, one of fields, storage, and a sliver of a code nobody knows.
NAMES = ["工业用地", "工业用地", "水田", "", "物流仓储用地"]


def renamed(folder, names=NAMES, codes=("0601", "0601", "0101", "9999", "0508")):
    frame = gpd.read_file(folder / "parcels.gpkg").assign(DLMC=names, DLBM=list(codes))
    frame.to_file(folder / "parcels.gpkg")
    return folder


def checks(folder, text):
    return {f.check: f for f in admit(study(folder, text)).issues}


@pytest.mark.parametrize("name", ["工业用地", "采矿用地", " 工业用地　", "物流仓储用地"])
def test_land_of_an_industrial_name_under_another_code_is_missed_and_stops(folder, name):
    renamed(folder, [*NAMES[:2], name, *NAMES[3:]])
    got = admit(study(folder, NAMED))
    (found,) = [f for f in got.issues if f.check == "name_against_code"]
    assert (found.rows, found.stops, found.area_m2) == (("c",), True, pytest.approx(10_000))
    assert "0101" in found.action
    assert got.parcels[s.PARCEL].tolist() == ["a", "b", "e"]
    with pytest.raises(InputError, match="name_against_code"):
        run(study(folder, NAMED))
    text = NAMED + '[study]\naccept = ["name_against_code"]\n'
    assert run(study(folder, text), stage="concentration").concentration.share == 1


def test_a_row_or_two_of_such_names_are_told(folder):
    frame = gpd.read_file(renamed(folder) / "parcels.gpkg")
    few = frame.iloc[[2]].assign(BSM="z", DLMC="工业用地", DLBM="0702", geometry=[box(10, 0, 10.1, 1)])
    gpd.pd.concat([frame, few]).to_file(folder / "parcels.gpkg")
    found = checks(folder, NAMED)["name_against_code"]
    assert (found.rows, found.stops) == (("z",), False)


def test_names_of_other_classes_and_other_systems_are_no_news(folder):
    renamed(folder, ["工业用地", "工业用地", "旱地", "", "物流仓储用地"])
    assert "name_against_code" not in checks(folder, NAMED)
    text = STUDY.replace('"third_survey"', '"custom"\nindustrial = ["06"]').replace("DLBM", 'DLBM", name = "DLMC')
    assert "name_against_code" not in checks(folder, text)


def test_names_alone_make_no_industrial_land(folder):
    renamed(folder, ["工业用地"] * 5, ["0702"] * 5)
    (problem,) = refused(folder, NAMED)
    assert "no industrial land" in problem.what


def test_prefixes_of_ones_own_that_no_code_has(folder):
    text = STUDY.replace('"third_survey"', '"custom"\nindustrial = ["0601", "0651"]')
    assert checks(folder, text)["unmatched_prefixes"].rows == ("0651",)
    assert "unmatched_prefixes" not in checks(folder, text.replace(', "0651"', ""))


def test_a_value_of_a_filter_that_an_earlier_layer_lacks_is_refused(folder):
    text = STUDY.replace("[parks]", 'where = { status = ["现状*", "规划"] }\n[parks]')
    text += '[study]\ndate = 2025-12-31\n[[snapshots]]\ndate = 2024-12-31\nparcels = "old.gpkg"\n'
    gpd.read_file(folder / "parcels.gpkg").replace("规划", "现状").to_file(folder / "old.gpkg")
    with pytest.raises(InputError, match="'规划'") as caught:
        run(study(folder, text), stage="change")
    assert [p.file for p in caught.value.problems] == ["old.gpkg"]
    own = text.replace('"old.gpkg"', '{ path = "old.gpkg", where = { status = ["现状*"] } }')
    assert run(study(folder, own), stage="change")


def test_parcels_and_districts_without_a_code_in_common_stop(folder):
    frame = gpd.read_file(folder / "parcels.gpkg").assign(qx="330102001001")
    frame.to_file(folder / "parcels.gpkg")
    outline = gpd.GeoDataFrame({"dm": ["990102"]}, geometry=array([box(-1, -1, 9, 2)]), crs=WORKING)
    outline.to_file(folder / "districts.gpkg")
    text = STUDY.replace('code = "DLBM"', 'code = "DLBM", district = "qx"')
    text += '[districts]\npath = "districts.gpkg"\ncolumns = { code = "dm" }\n'
    with pytest.raises(InputError, match="330102 against 990102"):
        run(study(folder, text), stage="concentration")
    outline.assign(dm="330102").to_file(folder / "districts.gpkg")
    assert run(study(folder, text), stage="concentration")


def test_prefixes_of_the_plan_that_no_code_has(folder):
    gpd.read_file(folder / "parcels.gpkg").to_file(folder / "plan.gpkg")
    text = (
        STUDY
        + """
    [context]
    plan = "plan.gpkg"
    plan_columns = { code = "DLBM" }
    plan_classification = "custom"
    plan_industrial = ["06", "M1"]
    """
    )
    assert checks(folder, text)["unmatched_prefixes"].rows == ("M1",)


def test_a_run_tells_of_rules_that_cannot_fire_and_of_settings_that_disagree(folder):
    text = STUDY.replace('code = "DLBM"', 'code = "DLBM", supply_status = "status"')
    text += "[study]\ndate = 2025-12-31\n[target]\nby = 2015-12-31\n"
    frame = gpd.read_file(folder / "parcels.gpkg").assign(status="投而末达标")
    frame.to_file(folder / "parcels.gpkg")
    checks = [f.check for f in run(study(folder, text), stage="candidates").quality]
    assert {"rule_never_met", "settings_disagree"} <= set(checks)
    frame.assign(status="投而未达标").to_file(folder / "parcels.gpkg")
    checks = [f.check for f in run(study(folder, text), stage="candidates").quality]
    assert "rule_never_met" not in checks


def test_a_run_tells_of_layers_older_than_their_classification(folder):
    found = checks(folder, STUDY + "[study]\ndate = 2018-12-31\n")
    assert "system_before_its_time" in found
