"""The report's chapter about earlier dates, read back: its numbers are the history's."""

import docx
import pytest
from PIL import Image
from toy_change import FORMULA, quiet, with_history
from toy_result import toy

from landuse.i18n import _
from landuse.report.document import change as document_change
from landuse.report.document.report import write_document
from landuse.report.figures.write import Plate
from landuse.report.tables.change import breakdown
from landuse.report.words import change as say
from landuse.results import change as c
from landuse.units import to_mu


@pytest.fixture(scope="module")
def plates(tmp_path_factory):
    png = tmp_path_factory.mktemp("plates") / "p.png"
    Image.new("RGB", (8, 8)).save(png)
    return [Plate(key, f"figure of {key}", png, png, frozenset()) for key in ("changes", "trajectory")]


@pytest.fixture(scope="module")
def city(dated, plates, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "r.docx"
    write_document(dated.result, path, figures=plates, parameters=dated.study.parameters())
    return docx.Document(path)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """The toy's report, one step taken apart and one plot printed."""
    path = tmp_path_factory.mktemp("report") / "r.docx"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(document_change, "STEPS", 1)
        patch.setattr(document_change, "PLOTS", 1)
        write_document(with_history(toy()), path)
    return docx.Document(path)


def paragraphs(doc):
    return [p.text for p in doc.paragraphs if p.text]


def table(doc, words):
    """Rows of the table whose caption ends in some words."""
    captions = [p.text for p in doc.paragraphs if p.text.startswith(("表", "Table")) and p.style.name == "Caption"]
    (k,) = (k for k, text in enumerate(captions) if text.endswith(words))
    return [[cell.text for cell in row.cells] for row in doc.tables[k].rows]


def number(text):
    return float(text.replace(",", "").replace("−", "-").replace("%", "").removesuffix(" *"))


def step_table(doc, step):
    return table(doc, _("What the change is made of, {period} (mu)", period=say.period_word(step)))


def test_the_chapter_says_every_sentence(city, dated):
    f, h = dated.result, dated.result.history
    text = "\n".join(paragraphs(city))
    for sentence in (say.change_sentence(f), say.violations_sentence(f)):
        assert text.count(sentence) == 2, sentence  # among the conclusions too
    for sentence in (say.pace_sentence(f), say.projection_sentence(h.trajectory)):
        assert text.count(sentence) == 1, sentence
    heads = [p.text for p in city.paragraphs if p.style.name == "Heading 1"]
    wanted = (_("Relocation plan"), _("Changes between the dates"), _("Data quality"))
    at = [next(k for k, head in enumerate(heads) if head.endswith(words)) for words in wanted]
    assert at == sorted(at)


def test_what_is_assumed_names_the_studys_shift(city, dated):
    h, text = dated.result.history, "\n".join(paragraphs(city))
    shift = dated.study.change.shift_m
    said = [*say.assumption_sentences(h), *say.path_sentences(h.trajectory)]
    assert all(sentence in text for sentence in said)
    assert _("{m:g} m", m=shift) in said[0]
    rules = [row[0] for grid in city.tables for row in [[cell.text for cell in r.cells] for r in grid.rows]]
    assert "change.shift_m" in rules


def test_a_step_leads_from_date_to_date(city, dated):
    for step in dated.result.history.steps:
        _heads, start, *kinds, whole, end, stayed = step_table(city, step)
        told = breakdown(step).told
        assert [row[0] for row in kinds] == [say.kind_word(kind) for kind in told.index]
        for row, shown in zip(kinds, told.itertuples(index=False), strict=True):
            assert [number(row[k]) for k in (1, 2, 3, 5)] == pytest.approx(list(shown))
        for k in (2, 3):
            assert number(start[k]) + sum(number(row[k]) for row in kinds) == pytest.approx(number(end[k]))
            assert sum(number(row[k]) for row in kinds) == pytest.approx(number(whole[k]))
        change = round((step.after.share - step.before.share) * 100, 2)
        assert number(whole[5]) == number(end[5]) == pytest.approx(change)
        assert sum(number(row[5]) for row in kinds) == pytest.approx(change)
        assert (start[4], end[4], stayed[4]) == tuple(f"{x.share:.2%}" for x in (step.before, step.after, step.stayed))


def test_kinds_with_land_are_printed_whatever_their_effect_and_those_without_are_not(small):
    first, last = with_history(toy()).history.steps
    assert c.TRANSFERRED in breakdown(first).told.index  # land, and no effect
    _heads, _start, *kinds, _whole, _end, _stayed = step_table(small, last)
    assert [row[0] for row in kinds] == [say.kind_word(c.CLEARED_OUTSIDE)]


def test_steps_beside_each_other_and_the_latest_taken_apart(city, dated, small):
    h = dated.result.history
    rows = table(city, _("The share step by step"))[1:]
    assert [row[4] for row in rows] == [f"{step.stayed.share:.2%}" for step in h.steps]
    assert [number(row[5]) for row in rows] == pytest.approx([s.boundary_effect * 100 for s in h.steps], abs=0.0051)
    assert _("The {n} latest steps are printed; in the workbook: all {all}.", n=1, all=2) in paragraphs(small)
    first, last = with_history(toy()).history.steps
    assert step_table(small, last)
    with pytest.raises(ValueError, match="unpack"):
        step_table(small, first)


def test_new_plots_those_to_be_explained_first(city, dated):
    rows = table(city, _("New industrial plots outside the parks, those to be explained first"))[1:]
    truth = dated.result.history.violations
    assert [row[1] for row in rows] == truth["plot"].tolist()
    assert [number(row[4]) for row in rows] == pytest.approx(to_mu(truth["area_m2"]).tolist(), abs=0.0051)
    assert [row[9] for row in rows] == [say.status_word(x) for x in truth["status"]]
    assert rows[0][9] == say.status_word(c.ALERT)
    assert [row[8] for row in rows] == [_("yes") if x else _("no") for x in truth["stands"]]


def test_of_many_new_plots_the_first_are_printed(small):
    rows = table(small, _("New industrial plots outside the parks, those to be explained first"))
    assert len(rows) == 2
    assert _("The first {n} plots are printed; in the workbook: all {all}.", n=1, all=2) in paragraphs(small)


def test_no_new_plots_no_table(tmp_path):
    result = quiet(toy())
    write_document(result, tmp_path / "r.docx")
    text = "\n".join(paragraphs(docx.Document(tmp_path / "r.docx")))
    assert text.count(say.violations_sentence(result)) == 2
    assert _("New industrial plots outside the parks, those to be explained first") not in text


def test_the_way_to_the_target(city, dated):
    truth = dated.result.history.trajectory.city
    rows = table(city, _("From date to date (mu; * target interpolated)"))[1:]
    assert [row[0] for row in rows] == [str(day) for day in truth["date"]]
    assert [row[3] for row in rows] == [f"{x:.2%}" for x in truth["share"]]
    assert [row[4].endswith("*") for row in rows] == (~truth["stated"].astype(bool)).tolist()
    assert [number(row[6]) for row in rows] == pytest.approx(to_mu(truth["gap_m2"]).tolist(), abs=0.0051)
    flows = ("cleared_m2", "new_inside_m2", "new_outside_m2")
    assert rows[0][7:] == ["–"] * 3
    for row, known in zip(rows[1:], truth[list(flows)].iloc[1:].to_numpy(), strict=True):
        assert [number(x) for x in row[7:]] == pytest.approx(to_mu(known).tolist(), abs=0.0101)
    districts = table(city, _("The share of each district from date to date"))
    assert districts[-1][1:-1] == [row[3] for row in rows]
    assert len(districts) == 2 + len(dated.result.concentration.districts)


def test_counters_say_where_they_come_from(city, dated):
    truth = dated.result.history.trajectory.counters
    rows = table(city, _("The policy's three counters"))[1:]
    floor = _("New standard factory floor area (m2)")
    assert [row[1] for row in rows] == [floor if x == "factory" else say.counter_word(x) for x in truth["counter"]]
    assert [number(row[2]) for row in rows if row[1] == floor] == pytest.approx(
        truth.loc[truth["counter"] == "factory", "value"].tolist(), abs=0.5
    )
    assert [row[5] for row in rows] == [say.basis_word(x) for x in truth["basis"]]
    reached = truth["value"] >= truth["goal"]
    assert [row[4] for row in rows] == [_("yes") if x else _("no") for x in reached]


def test_what_nobody_counted_is_a_dash(small):
    rows = table(small, _("The policy's three counters"))[1:]
    factory = [row for row in rows if row[1] == _("New standard factory floor area (m2)")]
    assert [(row[2], row[4], row[5]) for row in factory] == [("–", "–", say.basis_word("missing"))] * 2


def test_the_figures_stand_in_the_chapter(city):
    styles = [(p.style.name, p.text) for p in city.paragraphs]
    chapter = next(k for k, (_s, text) in enumerate(styles) if text.endswith(_("Changes between the dates")))
    after = next(k for k, (_s, text) in enumerate(styles) if text.endswith(_("Data quality")))
    captions = [text for style, text in styles[chapter:after] if style == "Caption"]
    assert [any(f"figure of {key}" in text for text in captions) for key in ("changes", "trajectory")] == [True, True]


def test_names_stay_text(small):
    districts = table(small, _("The share of each district from date to date"))
    assert FORMULA in [row[0] for row in districts]


def test_the_chapter_is_there_with_earlier_dates_only(tmp_path):
    write_document(toy(), tmp_path / "r.docx", parameters={"change": {"shift_m": 1.0}})
    bare = docx.Document(tmp_path / "r.docx")
    assert not any(_("Changes between the dates") in text for text in paragraphs(bare))
    assert not any(cell.text == "change.shift_m" for grid in bare.tables for row in grid.rows for cell in row.cells)
