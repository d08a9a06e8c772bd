"""Everything one run found: what the reports read, and all they read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from landuse.inputs.background import Background

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

    from landuse.definition import Definition
    from landuse.inputs.districts import Districts
    from landuse.quality import Issue
    from landuse.results.candidates import Candidates, Scatter
    from landuse.results.change import History
    from landuse.results.concentration import Concentration, Proof
    from landuse.results.ledger import Ledger
    from landuse.results.parks import ParkReview
    from landuse.results.relocation import Relocation

NO_BACKGROUND = Background()
T = TypeVar("T")


@dataclass(frozen=True)
class RunResult:
    """The results of a run, with what identifies them.

    Attributes
    ----------
    name : str
        Of the study.
    date : datetime.date or None
        Of the data.
    synthetic : bool
        Whether the data is invented; then every output says so.
    crs : str
        Working system, as printed.
    classification : str
        System the codes were read by.
    run_id : str
        sha256 of inputs, parameters and version.
    inputs : dict
        Input file to its sha256, taken before anything was read.
    definition : Definition
        Of the headline number.
    ledger : Ledger
        Of the definition's boundary kind.
    concentration : Concentration
        The share: city, districts, parks.
    sensitivity : pandas.DataFrame
        The share under every other definition: classes, boundary, rule, area, share, verdict.
    proof : Proof or None
        That no land was lost, doubled or put on the wrong side.
    districts : Districts or None
        Their outlines, where the study has them.
    scatter : Scatter or None
        Plots outside the parks; None where the stage did not run.
    candidates : Candidates or None
        Scattered and inefficient; None where the stage did not run.
    relocation : Relocation or None
        Which plots should go where; None where the stage did not run, or the study states no capacity.
    park_taxes : pandas.DataFrame or None
        What the parks collect and what the plan brings them (`landuse.analysis.relocation.tables.park_taxes`); None
        without a plan.
    history : History or None
        What changed since earlier dates; None where the stage did not run, or the study has no earlier layers.
    parks : ParkReview or None
        Parks side by side; None where the stage did not run.
    background : Background
        What the map draws behind the land.
    quality : tuple of Issue
        What was wrong with the data, and what was done.
    assumptions : tuple of str
        What was taken for granted.
    """

    name: str
    date: date | None
    synthetic: bool
    crs: str
    classification: str
    run_id: str
    inputs: dict[str, str]
    definition: Definition
    ledger: Ledger
    concentration: Concentration
    sensitivity: pd.DataFrame
    proof: Proof | None = None
    districts: Districts | None = None
    scatter: Scatter | None = None
    candidates: Candidates | None = None
    relocation: Relocation | None = None
    park_taxes: pd.DataFrame | None = None
    history: History | None = None
    parks: ParkReview | None = None
    background: Background = NO_BACKGROUND
    quality: tuple[Issue, ...] = ()
    assumptions: tuple[str, ...] = field(default=())

    @property
    def band(self) -> tuple[float, float]:
        """The lowest and the highest share of any definition."""
        share = self.sensitivity["share"]
        return float(share.min()), float(share.max())

    @property
    def flips(self) -> bool:
        """Whether the verdict depends on the definition."""
        return len(set(self.sensitivity.dropna()["verdict"])) > 1

    @property
    def verdict(self) -> str:
        """Whether the run rests on assumptions."""
        return "OK_WITH_ASSUMPTIONS" if self.assumptions else "OK"


def computed(stage: T | None) -> T:
    """Return what a stage found.

    Raises
    ------
    LookupError
        When it did not run: whoever shows it has to ask first.
    """
    if stage is None:
        raise LookupError("a stage that did not run has nothing to show")
    return stage
