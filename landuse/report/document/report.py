"""The report (docx): what was found, by how much it may be off, and what it rests on; from the results alone."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from landuse import schema as s
from landuse.definition import MET, NOT_MET, UNCERTAIN
from landuse.i18n import _
from landuse.report.document.change import change_chapter
from landuse.report.document.gbt9704 import Document
from landuse.report.document.parks import park_chapter
from landuse.report.document.relocation import conclusion, plan_chapter
from landuse.report.document.tables import (
    CANDIDATES,
    MOST,
    candidates_grid,
    day,
    definitions_grid,
    districts_grid,
    meaning_grid,
    pairs_grid,
    parks_grid,
    quality_grid,
    rules_grid,
)
from landuse.report.words import labels
from landuse.report.words import sentences as say
from landuse.report.words.change import change_sentence, violations_sentence
from landuse.report.words.format import points, setting
from landuse.report.words.parks import joins_sentence, parks_sentence
from landuse.report.words.terms import rounding_words, trust_word, verdict_word
from landuse.results.run import computed
from landuse.units import shown_mu

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from landuse.report.figures.write import Plate
    from landuse.results.run import RunResult


def write_document(
    result: RunResult,
    path: Path,
    *,
    figures: Sequence[Plate] = (),
    versions: Mapping[str, str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> None:
    """Write the report of a run.

    Headline, districts, parks, the band of definitions, candidates, plan, changes, parks side by side, data quality,
    method, limits, and an appendix with what identifies the run. Chapters whose stage did not run are left out.

    Parameters
    ----------
    result : RunResult
        Of the run.
    path : Path
        A .docx file.
    figures : sequence of Plate
        From `write_figures`; each stands in its chapter, those of no chapter at the end.
    versions : mapping, optional
        Program to version, for the appendix.
    parameters : mapping, optional
        Sections of the study file; those that say how was judged stand in the appendix.
    """
    report = _Report(result, figures)
    report.headline()
    report.districts()
    report.parks()
    report.definitions()
    if result.candidates is not None:
        report.candidates()
    if result.relocation is not None:
        plan_chapter(result, report.document, report.figure)
    if result.history is not None:
        change_chapter(result, report.document, report.figure)
    if result.parks is not None:
        park_chapter(result, report.document, report.figure)
    report.quality()
    method(result, report.document)
    limits(result, report.document, report.missing)
    report.rest()
    appendix(result, report.document, versions or {}, parameters or {})
    report.document.save(path)


class _Report:
    """The chapters."""

    def __init__(self, result: RunResult, figures: Sequence[Plate]) -> None:
        self.f = result
        self.plates = {plate.key: plate for plate in figures}
        self.missing = frozenset(chain.from_iterable(plate.missing for plate in figures))
        title = _("Report on industrial land in parks")
        mark = f"{_('SYNTHETIC data')} · {result.run_id[:12]}" if result.synthetic else ""
        self.document = Document(f"{result.name} {title}", result.date, f"run_id {result.run_id}", mark)
        self.document.title(result.name, title)
        run = _(labels.RUN, id=result.run_id[:12])
        dated = "" if result.date is None else _(labels.DATA_OF, date=day(result.date))
        self.document.subtitle(" · ".join(filter(None, (dated, run))))

    def figure(self, key: str) -> None:
        """Set a figure once, where there is one."""
        plate = self.plates.pop(key, None)
        if plate is not None:
            self.document.figure(plate.png, plate.caption)

    def headline(self) -> None:
        f, d = self.f, self.document
        c = f.concentration
        share = say.share_sentence(f)
        d.heading(_("Conclusion"))
        d.text(share if f.date is None else _("Data of {date}. {sentence}", date=day(f.date), sentence=share))
        verdict = _(
            "Verdict: target of {target:.6g}% {verdict}.", target=c.target * 100, verdict=verdict_word(c.verdict)
        )
        d.text(say.interval_sentence(f) or verdict, say.gap_sentence(f))
        d.text(say.band_sentence(f), say.flip_sentence(f))
        d.text(say.candidates_sentence(f))
        d.text(conclusion(f))
        d.text(change_sentence(f), violations_sentence(f))
        d.text(parks_sentence(f), joins_sentence(f))
        d.text(_(labels.DEFINITION_OF, definition=f.definition))
        self.figure("map")

    def districts(self) -> None:
        c, d = self.f.concentration, self.document
        table = c.districts
        short = table[table["share"] < c.target]
        d.heading(_(labels.DISTRICT_BY_DISTRICT))
        counts = _(
            "Of {n} districts with industrial land, {met} reach {target:.6g}% and {short} do not.",
            n=int(table["share"].notna().sum()),
            met=int((table["share"] >= c.target).sum()),
            target=c.target * 100,
            short=len(short),
        )
        worst = ""
        if len(short):
            row = short.nlargest(1, "gap_m2").iloc[0]
            worst = _(
                "The largest gap is that of {name}: {share:.2%}, {mu:,.2f} mu to relocate.",
                name=row["name"] or _(labels.IN_NO_DISTRICT),
                share=row["share"],
                mu=shown_mu(row["gap_m2"]),
            )
        d.text(counts, worst)
        self.figure("districts")
        d.table(districts_grid(self.f))
        self._more(len(table))

    def parks(self) -> None:
        c, d = self.f.concentration, self.document
        d.heading(_(labels.PARK_BY_PARK))
        hold = _(
            "{n} parks in {blocks} blocks hold {mu:,.2f} mu of industrial land.",
            n=len(c.parks),
            blocks=int(c.parks["blocks"].sum()),
            mu=shown_mu(c.inside_m2),
        )
        d.text(hold, say.overlap_sentence(self.f))
        d.table(parks_grid(self.f))
        self._more(len(c.parks))

    def _more(self, rows: int) -> None:
        if rows > MOST:
            self.document.text(_(labels.FIRST_PRINTED, n=MOST, all=rows))

    def definitions(self) -> None:
        d, verdicts = self.document, self.f.sensitivity["verdict"]
        d.heading(_("How far the definition matters"))
        counts = _(
            "{met} reach the target of {target:.6g}%, {not_met} do not, {uncertain} are uncertain.",
            **{verdict: int((verdicts == verdict).sum()) for verdict in (MET, NOT_MET, UNCERTAIN)},
            target=self.f.concentration.target * 100,
        )
        d.text(say.band_sentence(self.f), counts)
        d.table(definitions_grid(self.f))
        self.figure("definitions")

    def candidates(self) -> None:
        f, d = self.f, self.document
        lists, scatter = computed(f.candidates), computed(f.scatter)
        listed, unknown, scattered = lists.listed, lists.no_data, scatter.scattered
        d.heading(_(labels.SCATTERED_AND_INEFFICIENT_PLOTS))
        d.subheading(_(labels.OVERVIEW))
        found = _(
            "Outside the parks stand {n} scattered plots in {clusters} clusters, {mu:,.2f} mu.",
            n=len(scattered),
            clusters=scatter.clusters,
            mu=shown_mu(float(scattered[s.AREA_M2].sum())),
        )
        judged = _(
            "{n} of them, {mu:,.2f} mu, meet a reason and are candidates.",
            n=len(listed),
            mu=shown_mu(float(listed[s.AREA_M2].sum())),
        )
        survey = _(
            "The {n} plots without data ({mu:,.2f} mu) are to be surveyed first; none of them is called inefficient.",
            n=len(unknown),
            mu=shown_mu(float(unknown[s.AREA_M2].sum())),
        )
        d.text(found, judged, survey if len(unknown) else "")
        d.text(say.renewal_sentence(f))
        self.figure("candidates")
        d.table(rules_grid(f))
        if len(listed):
            d.subheading(_("List"))
            d.table(candidates_grid(f))
            if len(listed) > CANDIDATES:
                d.text(_(labels.LARGEST_PRINTED, n=CANDIDATES, all=len(listed)))

    def quality(self) -> None:
        f, d = self.f, self.document
        d.heading(_(labels.DATA_QUALITY))
        effects = [x.effect_on_share for x in f.quality if x.effect_on_share is not None]
        found = _(
            "{n} kinds of findings concern {rows:,} rows.", n=len(f.quality), rows=sum(x.count for x in f.quality)
        )
        largest = max(effects, key=abs, default=0.0)
        effect = _("The largest effect on the share is {points} percentage points.", points=points(largest, 4))
        d.text(found, effect if effects else "")
        if f.quality:
            d.table(quality_grid(f))

    def rest(self) -> None:
        """Set the figures that no chapter has."""
        if self.plates:
            self.document.heading(_("Further figures"))
            for key in tuple(self.plates):
                self.figure(key)


#: Sections of the study file that say how was judged; the manifest has all.
RULES = ("target", "scatter", "efficiency")


def method(f: RunResult, d: Document) -> None:
    """Say what the share means and how it was made."""
    parts = f.ledger.parts
    d.heading(_("Method and definition"))
    d.subheading(_(labels.DEFINITION))
    d.table(meaning_grid(f))
    d.subheading(_("Method"))
    d.text(
        _(
            "{parcels:,} parcels are cut at the park boundaries into {parts:,} parts; the parts of a parcel sum to "
            "the parcel.",
            parcels=len(f.ledger.parcels),
            parts=len(parts),
        ),
        _(
            "{n:,} parts that another parcel already holds are not counted again.",
            n=int((~parts[s.COUNTED]).sum()),
        ),
        "" if f.proof is None else _(labels.PROOF_OF, proof=f.proof),
    )
    d.text(rounding_words())


def limits(f: RunResult, d: Document, missing: frozenset[str]) -> None:
    """Say what the numbers take for granted; `missing` are characters that the figures could not draw."""
    c = f.concentration
    d.heading(_("Limits and assumptions"))
    if c.interval:
        d.text(
            _(
                "{n:,} parcels lie within {m:g} m of a boundary and can move the share by {points:.2f} percentage "
                "points.",
                n=len(c.interval.parcels),
                m=c.interval.tolerance_m,
                points=(c.interval.high - c.interval.low) * 100,
            )
        )
    if f.candidates is not None:
        rules = [_("{code} ({trust})", code=code, trust=trust_word(r.trust)) for code, r in f.candidates.rules.items()]
        d.text(_("Trust in the thresholds: {rules}.", rules="、".join(rules)))
    for k, assumption in enumerate(f.assumptions, start=1):
        d.text(_("Assumption {n}: {what}", n=k, what=assumption))
    if not f.assumptions:
        d.text(_("The run rests on {n} assumptions.", n=0))
    if missing:
        # the picture of the figures cannot show them, so their code points are named
        from landuse.report.style.fonts import NO_TYPE, as_points  # noqa: PLC0415, matplotlib only with figures

        d.text(
            _(
                "{n} characters that the figures' typeface lacks are drawn as {mark}: {points}.",
                n=len(missing),
                mark=NO_TYPE,
                points=as_points(set(missing)),
            )
        )
    if f.synthetic:
        d.text(_("SYNTHETIC data: all {n:,} parcels are invented.", n=len(f.ledger.parcels)))


def appendix(f: RunResult, d: Document, versions: Mapping[str, str], parameters: Mapping[str, Any]) -> None:
    """Say what identifies the run."""
    d.heading(_("Appendix: what identifies the run"), numbered=False)
    pairs = [
        (_(labels.STUDY), f.name),
        (_(labels.DATE_OF_THE_DATA), "" if f.date is None else day(f.date)),
        ("run_id", f.run_id),
        *([(_("Versions"), " · ".join(f"{k} {v}" for k, v in versions.items()))] if versions else []),
    ]
    d.table(pairs_grid(_("The run"), pairs, (30, 126)))
    more = {"relocation": f.relocation, "change": f.history, "evaluation": f.parks}
    names = (*RULES, *(name for name, found in more.items() if found is not None))
    rules = [(f"{name}.{key}", setting(value)) for name in names for key, value in parameters.get(name, {}).items()]
    if rules:
        d.table(pairs_grid(_("Rules of the study file"), rules, (60, 96)))
    if f.inputs:
        d.table(pairs_grid(_("Inputs and their sha256"), sorted(f.inputs.items()), (46, 110)))
