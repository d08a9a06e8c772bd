"""The report's chapter about parks, read back: its numbers are the review's, and it says what they rest on."""

import dataclasses

import docx
import numpy as np
import pytest
from PIL import Image
from toy_parks import joined, lacking, named
from toy_result import HOSTILE, toy

from landuse.i18n import _
from landuse.report.document.gbt9704 import Document
from landuse.report.document.parks import park_chapter
from landuse.report.document.report import write_document
from landuse.report.figures.write import Plate
from landuse.report.words import parks as say
from landuse.report.words.format import one_line
from landuse.units import to_mu


def chapter(result):
    """The chapter alone, and the figures it asked for."""
    document, asked = Document("t", None, ""), []
    park_chapter(result, document, asked.append)
    return document.doc, asked


def paragraphs(doc):
    return [p.text for p in doc.paragraphs if p.text]


def table(doc, words):
    captions = [p.text for p in doc.paragraphs if p.text.startswith(("表", "Table")) and p.style.name == "Caption"]
    (k,) = (k for k, text in enumerate(captions) if text.endswith(words))
    return [[cell.text for cell in row.cells] for row in doc.tables[k].rows]


def number(text):
    return float(text.replace(",", "").replace("−", "-").replace("%", ""))


@pytest.fixture(scope="module")
def parks(city):
    figures = city.result.parks.figures
    many = figures.index[(figures["blocks"] > 1) & (figures["industrial_m2"] > 0)][0]
    return many, figures.index[(figures.index != many) & (figures["industrial_m2"] > 0)][0]


@pytest.fixture(scope="module")
def result(city, parks):
    return lacking(joined(city.result, parks[0]), parks[1], "far", "tax_yuan_per_mu")


@pytest.fixture(scope="module")
def doc(result):
    return chapter(result)[0]


def test_the_league_is_the_reviews_and_missing_is_a_dash(doc, result, parks):
    head, *rows = table(doc, _("Places of the parks within each level (tax: 10,000 yuan per mu)"))
    league, figures = result.parks.league, result.parks.figures
    assert [row[1] for row in rows] == league["park_name"].tolist()
    for row, (park, true) in zip(rows, league.iterrows(), strict=True):
        assert row[2] == say.place_words(true)
        for text, value in (
            (row[4], true["score"]),
            (row[5], true["tax_yuan_per_mu"] / 1e4),
            (row[6], figures["tax_yuan_per_built_mu"][park] / 1e4),
            (row[7], figures["far"][park]),
        ):
            if np.isnan(value):
                assert text == "–"
            else:
                assert number(text) == pytest.approx(value, abs=0.051)
    lost = rows[league.index.get_loc(parks[1])]
    assert (lost[5], lost[7]) == ("–", "–")
    assert len(head) == len(rows[0])


def test_it_says_every_sentence(doc, result):
    text = paragraphs(doc)
    assert say.parks_sentence(result) in text
    assert any(say.joins_sentence(result) in line for line in text)
    rest = [line for line in say.rest_sentences(result.parks) if line]
    assert text[-len(rest) :] == [f"{k}. {line}" for k, line in enumerate(rest, start=1)]
    assert result.parks.evaluation.rules.name in rest[0]


def test_places_that_weights_decide_are_named(result):
    r = result.parks
    steady = r.evaluation.table.assign(best_rank=r.evaluation.table["rank"], worst_rank=r.evaluation.table["rank"])
    park = steady.index[steady["rank"].notna()][0]
    shaky = steady.copy()
    shaky.loc[park, "worst_rank"] += 1

    def said(table):
        return say.rest_sentences(dataclasses.replace(r, evaluation=dataclasses.replace(r.evaluation, table=table)))

    assert r.figures["park_name"][park] in said(shaky)[3]
    assert said(steady)[3] == _(
        "Every weight is changed by a fifth either way, and all are made equal: no park changes its place."
    )


def test_parks_without_a_score_are_named(result, parks):
    e = result.parks.evaluation
    table = e.table.assign(rank=e.table["rank"].where(e.table.index != parks[1]))
    r = dataclasses.replace(result.parks, evaluation=dataclasses.replace(e, table=table))
    assert r.figures["park_name"][parks[1]] in say.rest_sentences(r)[4]
    full = dataclasses.replace(e, table=e.table.assign(rank=1.0))
    assert say.rest_sentences(dataclasses.replace(r, evaluation=full))[4] == ""


def test_suggestions_and_duties(doc, result, parks):
    _head, row, total = table(doc, _("Suggestions for integration"))
    names = result.parks.figures["park_name"]
    assert (row[1], row[4], row[5], row[6]) == (names[parks[0]], "2", "5.00", "=J1、J2")
    assert (total[4], total[5]) == ("2", "5.00")
    _head, *rows, total = table(doc, _("Industrial land of each park by district"))
    duties = result.parks.duties
    assert len(rows) == min(len(duties), 40)
    assert number(total[3]) == pytest.approx(to_mu(result.parks.inside_m2), abs=0.006)
    land = sorted(number(row[3]) for row in rows)
    assert land == pytest.approx(sorted(to_mu(duties["m2"])), abs=0.0101)


def test_nothing_to_join_is_said(result):
    r = result.parks
    none = dataclasses.replace(result, parks=dataclasses.replace(r, joins=r.joins.iloc[:0]))
    got = chapter(none)[0]
    assert not any(_("Suggestions for integration") in text for text in paragraphs(got))
    assert any(f"{r.rule.join_gap_m:g}" in text for text in paragraphs(got) if "joins" in text or "连通" in text)


def test_indicators_carry_their_source(doc, result):
    rules, attained = result.parks.evaluation.rules, result.parks.evaluation.attainment
    _head, *rows = table(doc, _("Indicators, ideals and weights"))
    assert [row[6] for row in rows] == [x.source for x in rules.indicators]
    assert [int(row[4]) for row in rows] == attained.notna().sum().tolist()
    assert [int(row[3]) for row in rows] == (attained >= 1).sum().tolist()


def test_names_stay_text(city):
    ids = city.result.parks.figures.index
    got = chapter(named(city.result, dict(zip(ids, HOSTILE, strict=False))))[0]
    rows = table(got, _("Places of the parks within each level (tax: 10,000 yuan per mu)"))
    assert {one_line(name) for name in HOSTILE} <= {row[1] for row in rows}


def test_the_chapter_is_in_the_report_of_a_review_only(city, tmp_path):
    png = tmp_path / "p.png"
    Image.new("RGB", (8, 8)).save(png)
    plate = Plate("parks", "figure of parks", png, png, frozenset())
    write_document(city.result, tmp_path / "a.docx", figures=[plate], parameters={"evaluation": {"purity": 0.6}})
    write_document(toy(), tmp_path / "b.docx", parameters={"evaluation": {"purity": 0.6}})
    heads, keys, figures = [], [], []
    for name in "ab":
        got = docx.Document(tmp_path / f"{name}.docx")
        heads.append([p.text for p in got.paragraphs if p.style.name == "Heading 1"])
        keys.append({row.cells[0].text for grid in got.tables for row in grid.rows})
        figures.append([p.text for p in got.paragraphs if "figure of parks" in p.text])
    assert [any(h.endswith(_("Parks side by side")) for h in some) for some in heads] == [True, False]
    assert ["evaluation.purity" in some for some in keys] == [True, False]
    assert not any(_("Further figures") in head for head in heads[0])  # it stands in the chapter
    assert len(figures[0]) == 1
    assert say.parks_sentence(city.result) in [p.text for p in docx.Document(tmp_path / "a.docx").paragraphs][:30]
