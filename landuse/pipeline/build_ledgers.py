"""From admitted layers to ledgers: placed, measured, cut and proved; for the study's date and for earlier ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from landuse.analysis.checks.alignment import placement_problems
from landuse.analysis.checks.gcj02 import ask_registration
from landuse.analysis.checks.issues import area_unit
from landuse.analysis.checks.layers import district_issues
from landuse.analysis.checks.parks import park_issues
from landuse.analysis.share.build import count_land, cut_land
from landuse.analysis.share.concentration import assign_districts
from landuse.analysis.share.proof import prove
from landuse.errors import InputError, Problem, refuse_if
from landuse.i18n import _
from landuse.units import AREA_M2

if TYPE_CHECKING:
    from landuse.analysis.share.build import Land
    from landuse.config.study_file import Study
    from landuse.inputs.parcels import Parcels
    from landuse.pipeline.load_inputs import Inputs
    from landuse.pipeline.progress import Progress
    from landuse.quality import Issue
    from landuse.results.concentration import Proof
    from landuse.results.ledger import Ledger


@dataclass(frozen=True)
class DatedLedgers:
    """The land of one date.

    Attributes
    ----------
    parcels : Parcels
        Each in its district.
    land : Land
        Measured, counted once.
    ledgers : dict
        By boundary kind.
    ledger : Ledger
        Of the definition's boundary kind.
    proof : Proof
        Of that one; the others were proved as well.
    on_trust : list of str
        What was taken for granted of where the layers lie.
    """

    parcels: Parcels
    land: Land
    ledgers: dict[str, Ledger]
    ledger: Ledger
    proof: Proof
    on_trust: list[str]


def build_dated_ledgers(study: Study, inputs: Inputs, clock: Progress, *, workers: int = 2) -> DatedLedgers:
    """Place, measure, cut and prove the land of one date.

    Raises
    ------
    InputError
        When layers do not lie where they should, areas are in another unit than stated, or there is no industrial land.
    """
    with clock.phase("ledger", _("Cutting parcels by park boundaries")):
        parcels = assign_districts(inputs.parcels, inputs.districts)
        refuse_if(placement_problems(parcels, inputs.parks, inputs.districts, inputs.origins))
        problems, on_trust = ask_registration(inputs.parcels, inputs.parks, inputs.districts, inputs.origins)
        refuse_if(problems)
        land = count_land(parcels, workers=workers)
        ledgers = {kind: cut_land(land, parks, workers=workers) for kind, parks in inputs.parks.items()}
    boundary = study.definition.boundary
    _refuse_wrong_unit(study, ledgers[boundary])
    with clock.phase("proof", _("Proving the cuts")):
        proofs = {kind: prove(book) for kind, book in ledgers.items()}
    _refuse_nothing(study, ledgers[boundary])
    return DatedLedgers(parcels, land, ledgers, ledgers[boundary], proofs[boundary], on_trust)


def placement_issues(study: Study, stock: DatedLedgers, inputs: Inputs) -> list[Issue]:
    """Report what is no park and no district among the layers of one date, with what it does to the share."""
    definition, layer = stock.ledger.as_used(study.headline), study.districts
    found = [
        issue
        for kind, outline in study.outlines.items()
        for issue in park_issues(stock.ledgers[kind], definition, inputs.districts, outline.path)
    ]
    return found + (district_issues(inputs.districts, layer.path) if layer and inputs.districts is not None else [])


def _refuse_nothing(study: Study, ledger: Ledger) -> None:
    """Without industrial land there is nothing to take a share of."""
    if not ledger.counted(study.headline)["m2"].sum() > 0:
        fix = _("check the classification, the code column and the filters")
        raise InputError(Problem(_("no industrial land: a share of nothing is no number"), fix, study.parcels.path))


def _refuse_wrong_unit(study: Study, ledger: Ledger) -> None:
    """Registered areas in another unit than the study says would pass every sum."""
    stated = study.parcels.units.area
    unit = area_unit(ledger, stated)
    if AREA_M2[unit] != AREA_M2[stated]:
        what = _("the registered areas look like {unit}, read as {stated}", unit=unit, stated=stated)
        fix = _('state [parcels] units = {{ area = "{unit}" }}', unit=unit)
        raise InputError(Problem(what, fix, study.parcels.path))
