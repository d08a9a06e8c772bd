"""What a stage found, presenting itself: as a table, a workbook, a map, and in a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import pandas as pd

from landuse.report.map.page import study_map
from landuse.report.tables import candidates as plots
from landuse.report.tables import changes, relocation, share
from landuse.report.tables import parks as league
from landuse.report.tables.change import changed_parts
from landuse.report.workbook.book import write_workbook
from landuse.results.run import computed

if TYPE_CHECKING:
    from collections.abc import Callable

    from landuse.report.tables.table import Table
    from landuse.results.run import RunResult

T = TypeVar("T")
#: The tables of each stage, the one that answers its question first.
TABLES: dict[str, dict[str, Callable[[RunResult], tuple[Table, Any]]]] = {
    "concentration": {
        "districts": lambda r: (share.DISTRICTS, share.district_rows(r)),
        "parks": lambda r: (share.PARKS, share.park_rows(r)),
        "definitions": lambda r: (share.DEFINITIONS, r.sensitivity),
        "issues": lambda r: (share.ISSUES, r.quality),
    },
    "candidates": {
        "candidates": lambda r: (plots.CANDIDATES, computed(r.candidates).listed),
        "no_data": lambda r: (plots.CANDIDATES, computed(r.candidates).no_data),
        "renewal": lambda r: (plots.RENEWAL, computed(r.candidates).renewed),
        "rules": lambda r: (plots.RULES, list(computed(r.candidates).rules.values())),
    },
    "relocation": {
        "moves": lambda r: (relocation.MOVES, computed(r.relocation).moves),
        "blocks": lambda r: (relocation.BLOCKS, computed(r.relocation).blocks),
        "years": lambda r: (relocation.YEARS, computed(r.relocation).years),
        "flows": lambda r: (relocation.FLOWS, computed(r.relocation).flows),
    },
    "change": {
        "parts": lambda r: (changes.PARTS, changed_parts(computed(r.history))),
        "districts": lambda r: (changes.BY_DISTRICT, changes.district_change_rows(computed(r.history))),
        "violations": lambda r: (changes.VIOLATIONS, computed(r.history).violations),
    },
    "parks": {
        "league": lambda r: (league.LEAGUE, league.league_rows(computed(r.parks))),
        "indicators": lambda r: (league.INDICATORS, league.indicator_rows(computed(r.parks))),
    },
}


@dataclass(frozen=True)
class Answer(Generic[T]):
    """What a stage found; it presents itself in the language of the current context (`landuse.i18n.use`).

    Attributes
    ----------
    found : object
        The stage's own result, frozen, in SI units.
    result : RunResult
        The whole run: ledger, definition, proof, issues of the data.
    stage : str
        Which stage it was.
    """

    found: T
    result: RunResult
    stage: str

    @property
    def tables(self) -> tuple[str, ...]:
        """The names of its tables, the one that answers the question first."""
        return tuple(TABLES[self.stage])

    def table(self, name: str = "") -> pd.DataFrame:
        """Return a table as people read it: headings, areas in 亩 at two decimals, money in 万元.

        Parameters
        ----------
        name : str
            One of `tables`; default: the first.
        """
        declared, frame = TABLES[self.stage][name or self.tables[0]](self.result)
        shown = declared.shown(self.result, frame)
        return pd.DataFrame({each.field.head(self.result): each.figures for each in shown.values()})

    def to_excel(self, path: str | Path) -> Path:
        """Write the workbook (台账) of the run, and return where."""
        file = Path(path)
        write_workbook(self.result, file)
        return file

    def explore(self, height: int = 600) -> Map:
        """Return the interactive map; a notebook shows it in place."""
        return Map(study_map(self.result), height)

    def __str__(self) -> str:
        return str(self.result.concentration)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(str(self))}</pre>{self.table().to_html(index=False, na_rep='–')}"


@dataclass(frozen=True)
class Map:
    """The map as one page that never calls out.

    Attributes
    ----------
    page : str
        HTML.
    height : int
        In a notebook [pixels].
    """

    page: str
    height: int = 600

    def save(self, path: str | Path) -> Path:
        """Write the page, and return where."""
        file = Path(path)
        file.write_text(self.page, encoding="utf-8")
        return file

    def _repr_html_(self) -> str:
        style = f"width:100%;height:{self.height}px;border:0"
        return f'<iframe srcdoc="{escape(self.page)}" style="{style}"></iframe>'
