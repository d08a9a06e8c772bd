"""The sheets of parks: one page each whatever they hold, figures of the review, missing left missing."""

import dataclasses
import re
import shutil
import subprocess
import warnings

import docx
import matplotlib as mpl
import numpy as np
import pytest
import shapely
from docx.enum.table import WD_ROW_HEIGHT_RULE
from toy_parks import few, joined, judged, lacking, named
from toy_result import HOSTILE, toy

from landuse.cli.main import Also
from landuse.errors import InputError
from landuse.i18n import _
from landuse.pipeline.publish import ALSO, DELIVERABLES, publish
from landuse.report.document import park_pages
from landuse.report.document.park_pages import (
    INDICATORS,
    PLOTS,
    PLOTS_MM,
    POINT_MM,
    room_ems,
    shortened,
    write_park_sheets,
)
from landuse.report.figures.park_picture import Ground, park_picture
from landuse.report.style.fonts import lettering, width
from landuse.report.words.format import one_line

TEXT = shutil.which("pdftotext")
LONG = "某某经济技术开发区（含高新技术产业园、综合保税区、智能制造小镇与临港装备产业园）扩区后"


def crowded(result):
    """More indicators than a page lists, names that are too long, plots that would join."""
    rules = result.parks.evaluation.rules
    more = tuple(
        x.model_copy(update={"code": f"{x.code}{k}", "weight": x.weight / 2})
        for k in range(2)
        for x in rules.indicators
    )
    long = dict.fromkeys(result.parks.figures.index[:1], LONG)
    got = named(result, long)
    return judged(got, got.parks.figures, rules.model_copy(update={"indicators": more}))


@pytest.fixture(scope="module")
def parks(city):
    """Three parks: that of most low-efficiency plots, one of several blocks, one more."""
    found = city.result.candidates.renewed["park_id"].value_counts()
    busy = found[found.index != ""].index[0]
    figures = city.result.parks.figures
    many = figures.index[(figures["blocks"] > 1) & (figures.index != busy) & (figures["industrial_m2"] > 0)][0]
    rest = [x for x in figures.index if x not in {busy, many} and figures["industrial_m2"][x] > 0]
    return busy, many, rest[0]


@pytest.fixture(scope="module")
def result(city, parks):
    return lacking(
        joined(few(city.result, list(parks)), parks[1]), parks[2], "far", "tax_yuan_per_mu", "leading_output"
    )


@pytest.fixture(scope="module")
def written(result, tmp_path_factory):
    path = tmp_path_factory.mktemp("sheets") / "s.docx"
    with warnings.catch_warnings(record=True) as caught, pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("always")
        patch.setattr(park_pages, "DPI", 40)
        write_park_sheets(result, path)
    assert [str(w.message) for w in caught if "Glyph" in str(w.message)] == []
    return docx.Document(path)


def tables(doc, park, result):
    """The tables of a park's page: its figures, its indicators, its plots if it has any."""
    at, out = 0, {}
    for one in result.parks.league.index:
        count = 3 if (result.candidates.renewed["park_id"] == one).any() else 2
        out[one] = [[[c.text for c in row.cells] for row in t.rows] for t in doc.tables[at : at + count]]
        at += count
    assert at == len(doc.tables)
    return out[park]


def pairs(grid):
    return {row[k]: row[k + 1] for row in grid for k in range(0, len(row), 2)}


def test_it_is_asked_for_and_not_delivered_by_itself():
    assert "park-sheets" in ALSO
    assert "park-sheets" not in DELIVERABLES
    assert {x.value for x in Also} == set(ALSO)


def test_a_page_for_each_park_in_the_order_of_the_league(written, result):
    titles = [p for p in written.paragraphs if p.style.name == "Heading 1"]
    assert [p.text for p in titles] == [shortened(x, 26) for x in result.parks.league["park_name"]]
    assert [bool(p.paragraph_format.page_break_before) for p in titles] == [False, True, True]
    assert len(written.inline_shapes) == len(titles)


def test_figures_are_the_reviews_each_with_what_is_known(written, result, parks):
    for park in parks:
        own = result.parks.figures.loc[park]
        got = pairs(tables(written, park, result)[0])
        assert f"{own['land_m2'] * 0.0015:,.2f}" in got[_("Park land")]
        assert f"{own['coverage_known']:.0%}" in got[_("Building coverage")]
        assert f"{own['main_share']:.1%}" in got[_("Main block's share")]
        assert f"{own['tax_yuan_per_built_mu'] / 1e4:.1f}" in got[_("Tax, built land")]
        assert got[_("Energy flags (plots)")] == f"{own['energy_flags']:.0f}"
    got = pairs(tables(written, parks[1], result)[0])
    assert got[_("Integration")] == _("{n} suggestions", n=1)


def test_missing_stays_missing(written, result, parks):
    figures, indicators, *_plots = tables(written, parks[2], result)
    got = pairs(figures)
    assert got[_("Floor-area ratio")].startswith("–")
    assert got[_("Tax, industrial land")].startswith("–")
    assert got[_("Against the target")] == "–"
    rows = {row[0].split(" ")[0]: row for row in indicators[1:]}
    for code in ("A2", "B1", "B3"):
        assert rows[code][1] == _("missing")
        assert (rows[code][3], rows[code][6]) == ("–", "–")
    for code, points in result.parks.evaluation.contributions.loc[parks[0]].items():
        row = {r[0].split(" ")[0]: r for r in tables(written, parks[0], result)[1][1:]}[code]
        assert row[6] == f"{points:.1f}"


def test_the_first_plots_are_listed_and_the_others_counted(written, result, parks):
    own = result.candidates.renewed[result.candidates.renewed["park_id"] == parks[0]]
    assert len(own) > PLOTS
    grid = tables(written, parks[0], result)[2]
    assert [row[1] for row in grid[1:]] == list(own.index[:PLOTS])
    more = _("{n} more: in the workbook, sheet {sheet}", n=len(own) - PLOTS, sheet=_("In parks"))
    assert sum(more in p.text for p in written.paragraphs) >= 1
    for row, parcel in zip(grid[1:], own.index, strict=False):
        met = result.candidates.judged.of(parcel)
        assert met[0].rule.code in row[4]
        assert all(x.rule.code in row[4] for x in met) or _("{n} in all", n=len(met)) in row[4]


def test_texts_are_cut_to_what_their_cells_hold(written, result, parks):
    room = room_ems(PLOTS_MM[2], park_pages.SIZE, park_pages.LINES)
    firms = [row[2] for park in parks for row in tables(written, park, result)[2:][0:1][0][1:]]
    assert max(map(width, firms)) <= room
    assert width(shortened(LONG, 10)) <= 10
    assert room_ems(12.0, 10 / POINT_MM, 1) == pytest.approx(0.92)


def test_no_row_grows_with_its_text(written):
    assert {row.height_rule for grid in written.tables for row in grid.rows} == {WD_ROW_HEIGHT_RULE.EXACTLY}


def test_the_picture_marks_the_plots_to_act_on(result, parks):
    own = result.candidates.renewed[result.candidates.renewed["park_id"] == parks[0]]
    with lettering() as letters:
        sheet = park_picture(Ground.of(result), letters, parks[0], own, PLOTS)
        axes = next(a for a in sheet.figure.axes if any(x.get_gid() == "blocks" for x in a.patches + a.artists))
        numbers = [t for t in axes.texts if t.get_gid() == "number"]
        assert [t.get_text() for t in numbers] == [str(k + 1) for k in range(PLOTS)]
        for text, shape in zip(numbers, own.geometry, strict=False):
            assert shapely.covers(shape, shapely.Point(text.get_position()))
        (marks,) = [x for x in axes.collections if x.get_gid() == "marks"]
        assert len(marks.get_offsets()) == len(own) - PLOTS
        (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
        blocks = result.parks.blocks[result.parks.blocks["park_id"] == parks[0]]
        assert shapely.box(west, south, east, north).covers(shapely.union_all(blocks.geometry))
        high, wide = axes.get_window_extent().height, axes.get_window_extent().width
        assert (north - south) / (east - west) == pytest.approx(high / wide)  # not stretched
        gids = {x.get_gid() for x in axes.patches + axes.artists}
        assert {"inside", "blocks", "low"} <= gids
        assert "joins" not in gids
        joined_up = park_picture(Ground.of(result), letters, parks[1], own.iloc[:0], PLOTS)
        assert joined_up.figure.findobj(lambda artist: artist.get_gid() == "joins")


def test_no_review_no_sheets(tmp_path):
    with pytest.raises(InputError, match=r"park sheets|园区"):
        write_park_sheets(dataclasses.replace(toy(), parks=None), tmp_path / "s.docx")
    assert not (tmp_path / "s.docx").exists()


def test_hostile_names_are_text_in_what_is_published(city, result, parks, monkeypatch, tmp_path):
    monkeypatch.setattr(park_pages, "DPI", 40)
    names = dict(zip(parks, (HOSTILE[2], HOSTILE[7], "\ue001园区"), strict=True))
    with mpl.rc_context({"font.size": 20}):
        files = publish(named(result, names), city.study, tmp_path, deliver=("park-sheets",))
    assert files["park-sheets"] == tmp_path / "reports" / "study-parks.docx"
    got = docx.Document(files["park-sheets"])
    titles = {p.text for p in got.paragraphs if p.style.name == "Heading 1"}
    assert titles == {shortened(one_line(name), 26) for name in names.values()}


@pytest.mark.skipif(TEXT is None, reason="pdftotext is not installed")
def test_one_page_per_park(result, parks, office, monkeypatch, tmp_path):
    monkeypatch.setattr(park_pages, "DPI", 40)
    full = crowded(result)
    assert len(full.parks.evaluation.rules.indicators) > INDICATORS
    write_park_sheets(full, tmp_path / "s.docx")
    pdf = office(tmp_path / "s.docx", "pdf")
    done = subprocess.run([TEXT, "-layout", pdf, "-"], check=True, capture_output=True)
    pages = [re.sub(r"\s", "", page) for page in done.stdout.decode().split("\f")][:-1]
    assert len(pages) == len(parks)
    note = re.sub(
        r"\s", "", _("{n} more indicators: in the workbook", n=len(full.parks.evaluation.rules.indicators) - 10)
    )
    for page, name in zip(pages, full.parks.league["park_name"], strict=True):
        assert re.sub(r"\s", "", shortened(name, 26)) in page
        assert note in page
        assert full.parks.evaluation.rules.name[:6] in page  # the last line of the page
    assert np.isfinite(full.parks.evaluation.table["score"]).any()
