"""Which industries belong together, and how much each disturbs its neighbours; a table that a bureau may replace."""

from __future__ import annotations

import datetime as dt  # noqa: TC003, pydantic reads the annotations
import re
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from landuse.i18n import _
from landuse.quality import Issue
from landuse.reference.rule_pack import Name  # noqa: TC001, pydantic reads the annotations
from landuse.reference.toml_model import TomlModel, load_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SHIPPED = "chains-example"
#: An industry as tables write it: the letter of its section or none, then two to four digits.
CODE = re.compile(r"([A-T]?)(\d{2})\d{0,2}")
#: The last division of each section of GB/T 4754-2017; divisions run from 01 to 97 without a gap.
SECTIONS = dict(
    zip(
        "ABCDEFGHIJKLMNOPQRST",
        (5, 12, 43, 46, 50, 52, 60, 62, 65, 69, 70, 72, 75, 79, 82, 83, 85, 90, 96, 97),
        strict=True,
    )
)
#: How an industry and a block that names leading industries get along, the best first; the last two keep a plot out.
FITS = ("leading", "related", "any", "unknown", "none")


class Chain(TomlModel):
    """Divisions of GB/T 4754 that supply each other."""

    key: str
    name: Name
    divisions: Annotated[tuple[str, ...], Field(strict=False, min_length=1)]


class Industries(TomlModel):
    """A table of chains and pollution classes, read and checked."""

    name: str
    source: str
    date: dt.date
    trust: Literal["high", "medium", "low"]
    chains: Annotated[tuple[Chain, ...], Field(strict=False)] = ()
    pollution: dict[Literal["1", "2", "3"], list[str]] = Field(default={})
    land_classes: dict[Literal["1", "2", "3"], list[str]] = Field(default={})

    @model_validator(mode="after")
    def _divisions_exist(self) -> Industries:
        named = [
            d for lists in ([c.divisions for c in self.chains], self.pollution.values()) for ds in lists for d in ds
        ]
        if strange := sorted({d for d in named if division(d) != d}):
            raise ValueError(_("no divisions of GB/T 4754: {divisions}", divisions=", ".join(strange)))
        return self

    @model_validator(mode="after")
    def _a_division_has_one_place(self) -> Industries:
        for lists in ([c.divisions for c in self.chains], self.pollution.values()):
            all_ = [d for divisions in lists for d in divisions]
            if twice := sorted({d for d in all_ if all_.count(d) > 1}):
                raise ValueError(_("each division once: {divisions}", divisions=", ".join(twice)))
        return self

    def chain_of(self, division: str) -> str:
        """Return the key of the chain a division belongs to, "" for none."""
        return next((c.key for c in self.chains if division in c.divisions), "")

    def pollution_of(self, codes: Iterable[str]) -> int | None:
        """Return the highest pollution class of some industries; None when one of them is unknown, or there is none.

        Examples
        --------
        >>> from pathlib import Path
        >>> table = load_industries("chains-example", Path())
        >>> table.pollution_of(["3484"]), table.pollution_of(["3484", "2642"]), table.pollution_of([])
        (1, 3, None)
        """
        classes = {d: int(k) for k, divisions in self.pollution.items() for d in divisions}
        found = [classes.get(division(code)) for code in codes]
        known = [c for c in found if c is not None]
        return max(known) if known and len(known) == len(found) else None

    def pollution_of_land(self, code: str) -> int | None:
        """Return the pollution class that a land-use code states; None where it states none."""
        return next((int(k) for k, codes in self.land_classes.items() if code.startswith(tuple(codes))), None)

    def fit(self, codes: Iterable[str], leading: Iterable[str]) -> str:
        """Return how the industries of a plot fit a block, one of `FITS`.

        Parameters
        ----------
        codes : iterable of str
            Of the firms on the plot; GB/T 4754, two to four digits.
        leading : iterable of str
            Divisions that the block names; none takes every industry.

        Examples
        --------
        >>> from pathlib import Path
        >>> table = load_industries("chains-example", Path())
        >>> [table.fit(codes, ["34", "35"]) for codes in (["3484"], ["3484", "3670"], ["1351"], [])]
        ['leading', 'related', 'none', 'unknown']
        >>> table.fit([], []), table.fit(["1351"], [])
        ('any', 'any')
        """
        wanted = set(leading)
        if not wanted:
            return "any"
        divisions = {division(code) for code in codes}
        if not divisions or "" in divisions:
            return "unknown"
        if divisions <= wanted:
            return "leading"
        chains = {self.chain_of(d) for d in wanted} - {""}
        fits = all(d in wanted or self.chain_of(d) in chains for d in divisions)
        return "related" if fits else "none"


def division(code: str) -> str:
    """Return the two digits of an industry's division, "" for what is no code of GB/T 4754.

    A division is one of 01 to 97; a letter before it is that of its section.

    Examples
    --------
    >>> [division(x) for x in ("C3484", "34", "textiles", "9912", "A3484")]
    ['34', '34', '', '', '']
    """
    match = CODE.fullmatch(code.strip().upper())
    section = "" if match is None else next((x for x, last in SECTIONS.items() if 1 <= int(match[2]) <= last), "")
    return match[2] if match and section and match[1] in ("", section) else ""


def unknown_industries(codes: Iterable[str], rows: Any, plots: Any) -> list[Issue]:
    """Report industries of firms that are no code of GB/T 4754; "" says that a firm has none.

    Parameters
    ----------
    codes : iterable of str
        As written.
    rows, plots : array of str
        Of each code: the row's number, and the plot it speaks of, "" for none.
    """
    codes = np.array(list(codes), dtype=object)
    strange = np.array([code != "" and division(code) == "" for code in codes], dtype=bool)
    if not strange.any():
        return []
    examples = ", ".join(map(repr, list(dict.fromkeys(codes[strange]))[:3]))
    action = _("no code of GB/T 4754: {examples}; the industry is taken as unknown", examples=examples)
    hang = tuple(dict.fromkeys(p for p in np.asarray(plots, dtype=object)[strange] if p))
    return [Issue("unknown_industries", int(strange.sum()), action, rows=tuple(np.asarray(rows)[strange]), plots=hang)]


def load_industries(table: str, folder: Path) -> Industries:
    """Return a table by name (shipped with the package) or by path (from the study's folder).

    Raises
    ------
    InputError
        When there is no such table, with every mistake in it.
    """
    missing = _("no table of industries {table!r}", table=table)
    return load_table(
        Industries,
        table,
        folder,
        "industries",
        SHIPPED,
        missing,
        lambda error: _("not a table of industries: {error}", error=error),
    )
