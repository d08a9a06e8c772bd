"""The door for enterprise tables: foreign rows become `Enterprises`, or are refused with every row that is wrong.

Firms are told apart by their credit code, else by their name; a spreadsheet that dropped the last digits of codes has
made one firm of several, and is refused. A blank is missing, never zero.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NewType

import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.dates import day_of, year_issues, year_of
from landuse.inputs.firm_identity import code_issues, code_problems, firms_of_rows, identifier
from landuse.inputs.source_table import Checked
from landuse.quality import Issue
from landuse.reference.industries import unknown_industries
from landuse.spelling import plain
from landuse.units import AREA_M2, ENERGY_TCE, MONEY_YUAN, PEOPLE, TONNES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Mapping

    from landuse.inputs.source_table import SourceTable

Enterprises = NewType("Enterprises", pd.DataFrame)
#: Role of a figure to its canonical column (SI), the sizes of its units, and the unit where nothing states one.
FIGURES: dict[str, tuple[str, dict[str, float], str]] = {
    "area": (s.AREA_M2, AREA_M2, "亩"),
    "tax": (s.TAX, MONEY_YUAN, "万元"),
    "value_added": (s.VALUE_ADDED, MONEY_YUAN, "万元"),
    "energy": (s.ENERGY, ENERGY_TCE, "吨标煤"),
    "emissions": (s.EMISSIONS, TONNES, "吨"),
    "output": (s.OUTPUT, MONEY_YUAN, "万元"),
    "rd": (s.RD, MONEY_YUAN, "万元"),
    "staff": (s.STAFF, PEOPLE, "人"),
}
#: Figures that are always there, if only as unknown; the others have a column where the table has one.
ALWAYS = ("area", "tax")
#: Figures that cannot be below zero.
NOT_NEGATIVE = ("area", "energy", "emissions", "output", "rd", "staff")
#: Words of the column that tells owners from tenants, and the grades of a county's evaluation.
OWNERS = re.compile("自|有|业主|产权|权利人|own", re.IGNORECASE)
TENANTS, GRADES = re.compile("租|tenant|lessee", re.IGNORECASE), re.compile("([A-D])([级类等档].*)?")


def as_enterprises(
    raw: SourceTable,
    columns: Mapping[str, str],
    units: Mapping[str, str | None] | None = None,
    *,
    plots: Collection[str] = (),
    day: dt.date | None = None,
) -> Checked[Enterprises]:
    """Admit an enterprise table: one row a firm, plot and year.

    Parameters
    ----------
    raw : SourceTable
        The table, and the units its header states.
    columns : mapping
        Canonical role to foreign column; id and parcel are required, name, year, grade, industry, role, idle_since and
        the roles of `FIGURES` are not.
    units : mapping
        Role to the unit that the study states. Where it states none, the header's holds; where that states none
        either, the unit of `FIGURES` is taken; both are assumptions. A study and a header that differ are refused.
    plots : collection of str
        Ids of the parcels; rows that name one take its spelling.
    day : datetime.date, optional
        Of the study: no year is after it.

    Returns
    -------
    Checked of Enterprises
        Columns firm_id, firm_name (as written), parcel_id (text), year (Int64, null where none), area_m2, tax_yuan
        (NaN: unknown), and those of further roles that have a foreign column. firm_id is the credit code, else the
        code of the only firm of that name, else the name. Ids and names are compared by `landuse.spelling.key`, and
        all rows of one are spelled alike. A row that says exactly what another says is left out, counted. A figure
        below zero that cannot be is unknown, counted.

    Raises
    ------
    InputError
        With every problem: figures and years that are none, years missing beside others, identifiers whose last
        digits a spreadsheet dropped, a failing code shared by several names, several plots in one cell, one firm with
        two figures for a plot and year, units that differ.
    """
    frame = raw.frame
    problems: list[Problem] = []
    rows = np.array([str(k) for k in frame.index], dtype=object)
    issues, assumptions = list(raw.issues), list(raw.assumptions)
    if not len(frame):
        fix = _("check the sheet, and whether its rows are there; without firms, remove [enterprises]")
        problems.append(Problem(_("the table has a header and no row"), fix))
    names = cells.text(frame, columns, "name")
    written = cells.identifiers(frame, columns, "id", problems, rows)
    ids = np.array([identifier(x) for x in written], dtype=object)
    issues += code_issues(ids, names, rows)
    problems += code_problems(ids, names, rows, columns)
    table = pd.DataFrame(
        {
            s.FIRM: firms_of_rows(ids, names, rows, issues),
            s.FIRM_NAME: names,
            s.PARCEL: cells.plots(frame, columns, "parcel", problems, rows, plots),
            s.YEAR: _years(frame, columns, problems, issues, rows),
        }
    )
    for role, (column, sizes, default) in FIGURES.items():
        if role not in ALWAYS and not columns.get(role):
            continue
        stated = (units or {}).get(role)
        unit = _unit(raw, columns.get(role), stated, sizes, default, problems, assumptions)
        figures = cells.numbers(frame, columns, role, problems, rows, units=sizes, unit=unit) * sizes[unit]
        below = (figures < 0) & (role in NOT_NEGATIVE)
        if below.any():
            action = _("{column}: below zero, which cannot be; taken as unknown", column=columns[role])
            issues.append(Issue("impossible_figures", int(below.sum()), action, rows=tuple(rows[below])))
        owed = (figures < 0) & (role not in NOT_NEGATIVE)
        if owed.any():
            action = _("{column}: below zero; kept, as a refund or a loss", column=columns[role])
            issues.append(Issue("figures_below_zero", int(owed.sum()), action, rows=tuple(rows[owed])))
        table[column] = np.where(below, np.nan, figures)
    issues += year_issues(table[s.YEAR].to_numpy(dtype=float), day, rows, table[s.PARCEL])
    _further(table, frame, columns, problems, issues, rows)
    issues += _blanks(frame, columns, rows)
    compared = [c for c in table.columns if c != s.FIRM_NAME]
    repeated = table.duplicated(compared) & (table[s.FIRM] != "")
    problems += _contradictions(table[~repeated], rows[~repeated])
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    table[s.YEAR] = table[s.YEAR].astype("Int64")
    for check, which, action in (
        ("repeated_rows", repeated, _("the same row again: left out")),
        ("no_firm", table[s.FIRM] == "", _("neither code nor name: each row stands for itself")),
        ("no_plot", table[s.PARCEL] == "", _("no plot is named: left out of the figures of plots")),
    ):
        if which.any():
            issues.append(Issue(check, int(which.sum()), action, rows=tuple(rows[which])))
    return Checked(Enterprises(table[~repeated].reset_index(drop=True)), tuple(issues), tuple(assumptions))


def no_enterprises() -> Enterprises:
    """Return an empty enterprise table."""
    columns = [s.FIRM, s.FIRM_NAME, s.PARCEL, s.YEAR, s.AREA_M2, s.TAX]
    return Enterprises(pd.DataFrame(columns=columns).astype({s.TAX: float, s.AREA_M2: float, s.YEAR: "Int64"}))


def _further(
    table: pd.DataFrame,
    frame: Any,
    columns: Mapping[str, str],
    problems: list[Problem],
    issues: list[Issue],
    rows: Any,
) -> None:
    """Add grade, industry, tenancy and the day since when a firm stands idle, where the table has them."""
    if columns.get("grade"):
        texts = [plain(x).upper() for x in cells.text(frame, columns, "grade")]
        found = [GRADES.fullmatch(x) for x in texts]
        strange = np.array([m is None and not cells.is_blank(x) for m, x in zip(found, texts, strict=True)], dtype=bool)
        if strange.any():
            examples = ", ".join(map(repr, list(dict.fromkeys(np.array(texts, dtype=object)[strange]))[:3]))
            action = _("no grade from A to D: {examples}; taken as unknown", examples=examples)
            issues.append(Issue("unknown_grades", int(strange.sum()), action, rows=tuple(rows[strange])))
        table[s.GRADE] = ["" if m is None else m[1] for m in found]
    if columns.get("industry"):
        codes = cells.text(frame, columns, "industry")
        table[s.INDUSTRY] = ["" if cells.is_blank(x) else plain(x) for x in codes]
        issues += unknown_industries(table[s.INDUSTRY], rows, table[s.PARCEL])
    if columns.get("role"):
        words = cells.text(frame, columns, "role")
        table[s.TENANT] = [TENANTS.search(x) is not None for x in words]
        neither = np.array([not cells.is_blank(x) and not TENANTS.search(x) and not OWNERS.search(x) for x in words])
        if neither.any():
            examples = ", ".join(map(repr, list(dict.fromkeys(words[neither]))[:3]))
            action = _("neither owner nor tenant: {examples}; taken as owners", examples=examples)
            issues.append(Issue("unknown_roles", int(neither.sum()), action, rows=tuple(rows[neither])))
    if columns.get("idle_since"):
        texts = cells.text(frame, columns, "idle_since")
        days = {text: day_of(text) for text in set(texts)}
        odd = np.array([days[x] is None for x in texts], dtype=bool)
        if odd.any():
            examples = ", ".join(map(repr, list(dict.fromkeys(texts[odd]))[:3]))
            what = _("dates that are none: {examples}", examples=examples)
            problems.append(Problem(what, _("write the date as 2025-12-31 in these rows"), rows=tuple(rows[odd])))
        nat = np.datetime64("NaT")
        table[s.IDLE_SINCE] = np.array([nat if (d := days[x]) is None else d for x in texts], dtype="datetime64[D]")


def _years(frame: Any, columns: Mapping[str, str], problems: list[Problem], issues: list[Issue], rows: Any) -> Any:
    """Read the years; none, or missing beside others where the row holds a figure, is a problem."""
    texts = cells.text(frame, columns, "year")
    read = {text: year_of(text) for text in set(texts)}
    odd = np.array([read[x][0] is None for x in texts], dtype=bool)
    years = np.array([np.nan if (y := read[x][0]) is None else y for x in texts], dtype=float)
    dated = np.array([read[x][1] for x in texts], dtype=bool) & ~odd
    if odd.any():
        examples = ", ".join(map(repr, list(dict.fromkeys(texts[odd]))[:3]))
        what, fix = (
            _("values that are not years: {examples}", examples=examples),
            _("write the year as 2025 in these rows"),
        )
        problems.append(Problem(what, fix, rows=tuple(rows[odd])))
    figures = [columns[role] for role in FIGURES if columns.get(role)]
    said = np.array([any(not cells.is_blank(str(x)) for x in row) for row in frame[figures].to_numpy()], dtype=bool)
    missing = np.isnan(years) & ~odd & said
    if missing.any() and not np.isnan(years).all():
        what = _("figures without a year, beside rows that have one")
        problems.append(Problem(what, _("fill in the year in these rows"), rows=tuple(rows[missing])))
    if dated.any():
        action = _("a date, or the serial number of one: its year is taken")
        issues.append(Issue("years_from_dates", int(dated.sum()), action, rows=tuple(rows[dated])))
    return years


def _unit(
    raw: SourceTable,
    column: str | None,
    stated: str | None,
    sizes: Mapping[str, float],
    default: str,
    problems: list[Problem],
    assumptions: list[str],
) -> str:
    """Return the unit of a column of figures: what the study states, else the header, else the default."""
    if not column:
        return default
    there = raw.units.get(column, ())
    unknown = [x for x in there if not any(x in known for _c, known, _d in FIGURES.values())]
    if unknown:
        what = _("column {column!r} is in {unit}", column=column, unit=unknown[0])
        problems.append(Problem(what, _("give a column in one of {units}", units=", ".join(sizes))))
        return default
    written = [x for x in there if x in sizes]
    known = {sizes[x] for x in written}
    if (stated and known and sizes[stated] not in known) or (not stated and len(known) > 1):
        what = _(
            "the header gives {column!r} in {written}, the study in {stated}",
            column=column,
            written="、".join(written),
            stated=stated or "-",
        )
        fix = _("state the right unit in [enterprises] units, and mend the header")
        problems.append(Problem(what, fix))
        return default
    if stated:
        return stated
    if written:
        assumptions.append(_("{column} is in {unit}, as the table's header says", column=column, unit=written[0]))
        return written[0]
    if sizes is not PEOPLE and len(set(sizes.values())) > 1:  # heads are counted one by one unless somebody says so
        assumptions.append(_("{column} is in {unit}: neither study nor header says", column=column, unit=default))
    return default


def _blanks(frame: Any, columns: Mapping[str, str], rows: Any) -> list[Issue]:
    """Count cells of figures that say in a word or with a dash that there is none."""
    figures = [columns[role] for role in FIGURES if columns.get(role)]
    said = np.array(
        [[str(x).strip() != "" and cells.is_blank(str(x)) for x in row] for row in frame[figures].to_numpy()]
    )
    if not said.any():
        return []
    action = _("-, /, 无 and the like for a figure: missing, not zero")
    return [Issue("blank_words", int(said.sum()), action, rows=tuple(rows[said.any(axis=1)]))]


def _contradictions(table: pd.DataFrame, rows: Any) -> list[Problem]:
    """Refuse two rows of one firm, plot and year that differ."""
    named = (table[s.FIRM] != "") & (table[s.PARCEL] != "")
    twice = named & table.duplicated([s.FIRM, s.PARCEL, s.YEAR], keep=False)
    what = _("one firm, plot and year in several rows with different figures")
    fix = _("keep one of the rows, or add them up; name the year's column where the rows are of several years")
    return [Problem(what, fix, rows=tuple(rows[twice]))] if twice.any() else []
