"""Rule packs: when a plot counts as inefficient, what is suggested then, and what the score weighs; all of it data.

A pack is a TOML file. `landuse/data/rules/zhejiang-2023.toml` is shipped; a bureau copies it, changes the figures and
names its path in the study. Unknown keys are refused with the nearest known one, as in the study file.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003, pydantic reads the annotations
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from landuse.i18n import _, current
from landuse.reference.toml_model import TomlModel, load_table
from landuse.units import MONEY_YUAN

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

#: What a rule may measure, and the units its figures may be given in, with the factor to the unit used inside:
#: yuan, 亩, years, tonnes of coal equivalent. A measure without units holds words.
MEASURES: dict[str, dict[str, float]] = {
    "grade_d": {"": 1.0},
    "tax_per_mu": {f"{money}/亩": factor for money, factor in MONEY_YUAN.items()},
    "tax_to_district": {"": 1.0},
    "far": {"": 1.0},
    "coverage": {"": 1.0},
    "idle_years": {"年": 1.0},
    "supply_status": {},
    "energy_per_added_value": {
        "吨标煤/万元": 1 / MONEY_YUAN["万元"],
        "吨标煤/元": 1.0,
    },
    "planned_industrial": {"": 1.0},
    "added_value_per_mu": {f"{money}/亩": factor for money, factor in MONEY_YUAN.items()},
    "staff_per_mu": {"人/亩": 1.0},
    "green_ratio": {"": 1.0},
    "night_light": {"": 1.0},
    "slope": {"度": 1.0},
}
#: The five ways of handling that the province names.
HANDLINGS = ("upgrade", "merge", "reclaim", "move", "close")


def _known(value: str) -> str:
    if value not in MEASURES:
        raise ValueError(_("give one of {choices}", choices=", ".join(MEASURES)))
    return value


Measure = Annotated[str, AfterValidator(_known)]

#: The pack that comes with the package.
SHIPPED = "zhejiang-2023"


class Name(TomlModel):
    """Wording by language."""

    zh: str
    en: str

    def __str__(self) -> str:
        return str(getattr(self, current()))


class Rule(TomlModel):
    """One reason for calling a plot inefficient.

    Attributes
    ----------
    code : str
        Reason code, e.g. "L2".
    name : Name
        Wording.
    measure : str
        One of `MEASURES`.
    below, above, at_least : float
        The threshold, exactly one of them, in `unit`; below = "standard" takes the entry standard of the plot's zone.
    any_of : tuple of str
        Instead: the words that meet the rule.
    unit, source, date, trust : str
        Provenance, printed with every reason.
    judges : {"performance", "location"}
        A plot of which nobody knows the performance goes to the survey list, even where its location is known.
    """

    code: str
    name: Name
    measure: Measure
    below: float | Literal["standard"] | None = None
    above: float | None = None
    at_least: float | None = None
    any_of: Annotated[tuple[str, ...], Field(strict=False)] = ()
    unit: str = ""
    source: str
    date: dt.date
    trust: Literal["high", "medium", "low"]
    judges: Literal["performance", "location"] = "performance"

    @model_validator(mode="after")
    def _one_comparison_in_a_known_unit(self) -> Rule:
        given = [x for x in (self.below, self.above, self.at_least) if x is not None]
        if len(given) + bool(self.any_of) != 1:
            raise ValueError(_("give exactly one of below, above, at_least, any_of"))
        units = MEASURES[self.measure]
        if bool(self.any_of) == bool(units):
            raise ValueError(_("{measure} takes {what}", measure=self.measure, what="any_of" if not units else "below"))
        if units and self.unit not in units:
            raise ValueError(_("unit: give one of {units}", units=", ".join(map(repr, units))))
        if self.below == "standard" and self.measure not in ("far", "coverage"):
            raise ValueError(_("only far and coverage have a standard"))
        return self

    @property
    def comparison(self) -> Literal["below", "above", "at_least", "any_of"]:
        """Which comparison meets the rule."""
        if self.any_of:
            return "any_of"
        if self.below is not None:
            return "below"
        return "above" if self.above is not None else "at_least"

    @property
    def scale(self) -> float:
        """What one `unit` is in the unit used inside; 1 for words."""
        return MEASURES[self.measure].get(self.unit, 1.0)

    @property
    def limit(self) -> float | None:
        """The threshold in `unit`; None for words, and for standards, which differ by zone."""
        figures = [x for x in (self.below, self.above, self.at_least) if isinstance(x, float)]
        return figures[0] if figures else None


class Handling(TomlModel):
    """One row of the decision table; the first that fits is suggested.

    Attributes
    ----------
    any_of : tuple of str
        Fits when one of these reasons is met; empty: always.
    all_of : tuple of str
        And all of these.
    place : {"outside", "park"}, optional
        And the plot lies there.
    suggest : str
        One of `HANDLINGS`.
    """

    any_of: Annotated[tuple[str, ...], Field(strict=False)] = ()
    all_of: Annotated[tuple[str, ...], Field(strict=False)] = ()
    place: Literal["outside", "park"] | None = None
    suggest: Literal["upgrade", "merge", "reclaim", "move", "close"]


class Criterion(TomlModel):
    """One criterion of the score."""

    measure: Measure
    better: Literal["more", "less"]
    weight: Annotated[float, Field(gt=0)] | None = None


class ScoreSection(TomlModel):
    """How the score weighs its criteria.

    Attributes
    ----------
    weights : {"stated", "entropy", "ahp"}
        Stated with each criterion; by the entropy of the data; or by pairwise comparisons.
    comparisons : matrix
        For "ahp": row over column, Saaty's 1/9 to 9, in the order of the criteria.
    criteria : tuple of Criterion
        At least two.
    """

    weights: Literal["stated", "entropy", "ahp"] = "entropy"
    comparisons: Annotated[tuple[Annotated[tuple[float, ...], Field(strict=False)], ...], Field(strict=False)] = ()
    criteria: Annotated[tuple[Criterion, ...], Field(strict=False, min_length=2)]

    @model_validator(mode="after")
    def _weights_are_there(self) -> ScoreSection:
        n = len(self.criteria)
        if self.weights == "stated" and any(c.weight is None for c in self.criteria):
            raise ValueError(_("give each criterion a weight"))
        if self.weights == "ahp":
            a = self.comparisons
            square = len(a) == n and all(len(row) == n for row in a)
            if not square or any(abs(a[i][j] * a[j][i] - 1) > 1e-2 for i in range(n) for j in range(n)):
                raise ValueError(_("comparisons: {n} rows of {n} figures, each the reciprocal of its mirror", n=n))
        return self


class RulePack(TomlModel):
    """A rule pack, read and checked."""

    name: str
    rules: Annotated[tuple[Rule, ...], Field(strict=False, min_length=1)]
    handling: Annotated[tuple[Handling, ...], Field(strict=False)] = ()
    score: ScoreSection | None = None

    @property
    def by_code(self) -> dict[str, Rule]:
        """Rules by their codes, in the pack's order."""
        return {rule.code: rule for rule in self.rules}

    def handling_for(self, reasons: Sequence[str], place: str) -> str:
        """Return the handling that the decision table suggests for a plot; "" without a reason or a row that fits.

        Parameters
        ----------
        reasons : sequence of str
            Codes met.
        place : {"outside", "park"}
            Where the plot lies.

        Examples
        --------
        >>> from pathlib import Path
        >>> pack = load_pack("zhejiang-2023", Path())
        >>> [pack.handling_for(codes, "outside") for codes in (("L2",), ("L1", "L2"), ("L4",), ())]
        ['move', 'merge', 'reclaim', '']
        """
        met = set(reasons)
        for row in self.handling if met else ():
            if row.place not in (None, place) or not set(row.all_of) <= met:
                continue
            if not row.any_of or met & set(row.any_of):
                return row.suggest
        return ""

    @model_validator(mode="after")
    def _codes_are_distinct_and_known(self) -> RulePack:
        codes = [r.code for r in self.rules]
        if len(set(codes)) < len(codes):
            raise ValueError(_("each code once: {codes}", codes=", ".join(codes)))
        strange = sorted({c for h in self.handling for c in (*h.any_of, *h.all_of)} - set(codes))
        if strange:
            raise ValueError(_("handling names rules that are not there: {codes}", codes=", ".join(strange)))
        return self


def load_pack(pack: str, folder: Path) -> RulePack:
    """Return a pack by name (shipped with the package) or by path (from the study's folder).

    Raises
    ------
    InputError
        When there is no such pack, with every mistake in it.

    Examples
    --------
    >>> from pathlib import Path
    >>> [r.code for r in load_pack("zhejiang-2023", Path()).rules]
    ['L1', 'L2', 'L2D', 'L3', 'L3C', 'L4', 'L5', 'L6', 'L7']
    """
    missing = _("no rule pack {pack!r}", pack=pack)
    return load_table(
        RulePack, pack, folder, "rules", SHIPPED, missing, lambda error: _("not a rule pack: {error}", error=error)
    )
