"""The door for enterprise tables: foreign rows become `Enterprises`, or are refused with every row that is wrong.

Firms are told apart by their credit code, else by their name; a spreadsheet that dropped the last digits of codes has
made one firm of several, and is refused. A blank is missing, never zero.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, NewType

import numpy as np
import pandas as pd

from landuse import cells
from landuse import credit_code as cc
from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.layers import Checked
from landuse.results import Finding
from landuse.units import AREA_M2, MONEY_YUAN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from landuse.raw import Raw

Enterprises = NewType("Enterprises", pd.DataFrame)
#: Role of a figure to its canonical column (SI), the sizes of its units, and the unit where nothing states one.
FIGURES: dict[str, tuple[str, dict[str, float], str]] = {
    "area": (s.AREA_M2, AREA_M2, "亩"),
    "tax": (s.TAX, MONEY_YUAN, "万元"),
}
#: Years a table may speak of, and the serial days of a spreadsheet that fall into them (25569 is 1970-01-01).
YEARS = (1949, 2100)
SERIALS, EPOCH = (17_899, 73_415), 25_569
DATE = re.compile(r"(?P<y>\d{4})年.*|(?P<iso>\d{4})([-/.])\d{1,2}\3\d{1,2}(\D.*)?|\d{1,2}/\d{1,2}/(?P<us>\d{4})")
MONTH = re.compile(r"(\d{4})[-/](0?[1-9]|1[0-2])")


def as_enterprises(
    raw: Raw, columns: Mapping[str, str], units: Mapping[str, str | None] | None = None
) -> Checked[Enterprises]:
    """Admit an enterprise table: one row a firm, plot and year.

    Parameters
    ----------
    raw : Raw
        The table, and the units its header states.
    columns : mapping
        Canonical role (id, name, parcel, year, area, tax) to foreign column; id and parcel are required.
    units : mapping
        Role to the unit that the study states. Where it states none, the header's holds; where that states none
        either, 万元 and 亩 are taken; both are assumptions. A study and a header that differ are refused.

    Returns
    -------
    Checked of Enterprises
        Columns firm_id, firm_name (as written), parcel_id (text), year (Int64, null where none), area_m2, tax_yuan
        (NaN: unknown). firm_id is the credit code, else the code of the only firm of that name, else the name
        without blanks and full-width forms. A row that says exactly what another says is left out, counted.

    Raises
    ------
    InputError
        With every problem: figures and years that are none, years missing beside others, identifiers whose last
        digits a spreadsheet dropped, a failing code shared by several names, one firm with two figures for a plot
        and year, units that differ.
    """
    frame = raw.frame
    problems: list[Problem] = []
    rows = np.array([str(k) for k in frame.index], dtype=object)
    findings, assumptions = list(raw.findings), list(raw.assumptions)
    names = cells.text(frame, columns, "name")
    ids = np.array([_identifier(x) for x in cells.text(frame, columns, "id")], dtype=object)
    plots = np.array([_or_blank(x) for x in cells.text(frame, columns, "parcel")], dtype=object)
    findings += _code_findings(ids, names, rows)
    problems += [*_code_problems(ids, names, rows, columns), *_lost_digits(plots, rows, columns)]
    table = pd.DataFrame(
        {
            s.FIRM: _firms(ids, names, rows, findings),
            s.FIRM_NAME: names,
            s.PARCEL: plots,
            s.YEAR: _years(frame, columns, problems, findings, rows),
        }
    )
    for role, (column, sizes, default) in FIGURES.items():
        stated = (units or {}).get(role)
        unit = _unit(raw, columns.get(role), stated, sizes, default, problems, assumptions)
        table[column] = cells.numbers(frame, columns, role, problems, rows, units=sizes, unit=unit) * sizes[unit]
    findings += _blanks(frame, columns, rows)
    repeated = table.duplicated([s.FIRM, s.PARCEL, s.YEAR, s.AREA_M2, s.TAX]) & (table[s.FIRM] != "")
    problems += _contradictions(table[~repeated], rows[~repeated])
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    table[s.YEAR] = table[s.YEAR].astype("Int64")
    for check, which, action in (
        ("repeated_rows", repeated, _("the same row again: left out")),
        ("no_firm", table[s.FIRM] == "", _("neither code nor name: each row stands for itself")),
        ("no_plot", table[s.PARCEL] == "", _("no plot is named: left out of the figures of plots")),
    ):
        if which.any():
            findings.append(Finding(check, int(which.sum()), action, rows=tuple(rows[which])))
    return Checked(Enterprises(table[~repeated].reset_index(drop=True)), tuple(findings), tuple(assumptions))


def year_of(text: str) -> tuple[float | None, bool]:
    """Return the year in a cell (NaN where blank, None where there is none), and whether it was that of a date.

    Examples
    --------
    >>> [year_of(x)[0] for x in ("2024", "2024年度", "2024-12-31", "45292", "12/31/2024", "2024年1月1日")]
    [2024, 2024, 2024, 2024, 2024, 2024]
    >>> [year_of(x)[0] for x in ("24", "2024.5", "20241231", "1905-07-16", "2023-2024")]
    [None, None, None, None, None]
    """
    if cells.is_blank(text):
        return np.nan, False
    plain = cells.key(text)
    if match := re.fullmatch(r"(\d{4})(年度?)?", plain):
        year, dated = int(match[1]), False
    elif match := DATE.fullmatch(plain) or MONTH.fullmatch(plain):
        year, dated = int(next(x for x in match.groups() if x and len(x) == 4)), True
    elif re.fullmatch(r"\d{5}", plain) and SERIALS[0] <= int(plain) <= SERIALS[1]:
        year, dated = int(np.datetime64(int(plain) - EPOCH, "D").astype("datetime64[Y]").astype(int)) + 1970, True
    else:
        return None, False
    return (year if YEARS[0] <= year <= YEARS[1] else None), dated


def _or_blank(text: str) -> str:
    return "" if cells.is_blank(text) else cells.key(text)


def _identifier(text: str) -> str:
    """Return a firm's identifier; credit codes without inner blanks and in capitals."""
    code = re.sub(r"\s", "", _or_blank(text)).upper()
    return code if cc.kind(code) in ("passes", "fails") else _or_blank(text)


def _code_findings(ids: Any, names: Any, rows: Any) -> list[Finding]:
    """Count codes that fail their check and identifiers of other kinds, in a table that holds credit codes."""
    kinds = np.array([cc.kind(x) for x in ids], dtype=object)
    codes = np.isin(kinds, ("passes", "fails"))
    if not codes.any():
        return []
    fails, others = kinds == "fails", kinds == "other"
    several = [code for code, spelled in _names_of(ids[codes], names[codes]).items() if len(spelled) > 1]
    share = fails.sum() / codes.sum()
    renamed = np.isin(ids, several) & codes
    out = []
    for check, which, action in (
        (
            "credit_code_check",
            fails,
            _("{share:.1%} of the codes fail their check digit (GB 32100; of random ones 96.8 %): kept", share=share),
        ),
        ("other_identifiers", others, _("no credit code of 18 characters: kept as text")),
        ("firm_names", renamed, _("one credit code, several names: one firm")),
    ):
        if which.any():
            out.append(Finding(check, int(which.sum()), action, rows=tuple(rows[which])))
    return out


def _names_of(ids: Any, names: Any) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for code, name in zip(ids, names, strict=True):
        if code and (spelled := cells.name_key(name)):
            out.setdefault(code, set()).add(spelled)
    return out


def _code_problems(ids: Any, names: Any, rows: Any, columns: Mapping[str, str]) -> list[Problem]:
    """Refuse codes that a spreadsheet damaged: with an exponent, with three zeros, or shared by several firms."""
    damaged = np.array([cc.kind(x) == "damaged" for x in ids], dtype=bool)
    if damaged.any():  # then every code that ends so is in doubt: one in 31 passes by chance
        damaged |= np.array([cc.ZEROED.fullmatch(x) is not None for x in ids], dtype=bool)
    firms = _names_of(ids, names)
    shared = [x for x, spelled in firms.items() if len(spelled) > 1 and cc.kind(x) == "fails"]
    out = [*_lost(damaged, rows, columns["id"])]
    if shared:
        what = _("a credit code that fails its check stands for several firms: {codes}", codes=", ".join(shared[:3]))
        fix = _("write each firm's own code; keep the column as text")
        out.append(Problem(what, fix, rows=tuple(rows[np.isin(ids, shared)])))
    return out


def _lost_digits(plots: Any, rows: Any, columns: Mapping[str, str]) -> list[Problem]:
    return _lost(cells.lost_digits(plots), rows, columns["parcel"])


def _lost(which: Any, rows: Any, column: str) -> list[Problem]:
    what = _("a spreadsheet dropped the last digits of identifiers in column {column!r}", column=column)
    fix = _("format the column as text and fill it again from the source: the digits are gone")
    return [Problem(what, fix, rows=tuple(rows[which]))] if which.any() else []


def _firms(ids: Any, names: Any, rows: Any, findings: list[Finding]) -> Any:
    """Tell firms apart: by code; by the code of the only firm of that name; by name."""
    keys = np.array([cells.name_key(x) for x in names], dtype=object)
    pairs = {(name, code) for name, code in zip(keys, ids, strict=True) if name and code}
    bearers = Counter(name for name, _code in pairs)
    code_of = {name: code for name, code in pairs if bearers[name] == 1}
    blank = ids == ""
    by_name = blank & np.isin(keys, list(code_of))
    if by_name.any():
        action = _("no code: taken for the firm of the same name that has one")
        findings.append(Finding("firm_by_name", int(by_name.sum()), action, rows=tuple(rows[by_name])))
    return np.array([i or code_of.get(k, k) for i, k in zip(ids, keys, strict=True)], dtype=object)


def _years(frame: Any, columns: Mapping[str, str], problems: list[Problem], findings: list[Finding], rows: Any) -> Any:
    """Read the years; none, or missing beside others where the row holds a figure, is a problem."""
    texts = cells.text(frame, columns, "year")
    read = {text: year_of(text) for text in set(texts)}
    odd = np.array([read[x][0] is None for x in texts], dtype=bool)
    years = np.array([np.nan if (y := read[x][0]) is None else y for x in texts], dtype=float)
    dated = np.array([read[x][1] for x in texts], dtype=bool) & ~odd
    if odd.any():
        examples = ", ".join(map(repr, list(dict.fromkeys(texts[odd]))[:3]))
        what, fix = _("years that are none: {examples}", examples=examples), _("write the year as 2025 in these rows")
        problems.append(Problem(what, fix, rows=tuple(rows[odd])))
    figures = [columns[role] for role in FIGURES if columns.get(role)]
    said = np.array([any(not cells.is_blank(str(x)) for x in row) for row in frame[figures].to_numpy()], dtype=bool)
    missing = np.isnan(years) & ~odd & said
    if missing.any() and not np.isnan(years).all():
        what = _("figures without a year, beside rows that have one")
        problems.append(Problem(what, _("fill in the year in these rows"), rows=tuple(rows[missing])))
    if dated.any():
        action = _("a date, or the serial number of one: its year is taken")
        findings.append(Finding("years_from_dates", int(dated.sum()), action, rows=tuple(rows[dated])))
    return years


def _unit(
    raw: Raw,
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
    unknown = [x for x in there if x not in AREA_M2 and x not in MONEY_YUAN]
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
    assumptions.append(_("{column} is in {unit}: neither study nor header says", column=column, unit=default))
    return default


def _blanks(frame: Any, columns: Mapping[str, str], rows: Any) -> list[Finding]:
    """Count cells of figures that say in a word or with a dash that there is none."""
    figures = [columns[role] for role in FIGURES if columns.get(role)]
    said = np.array(
        [[str(x).strip() != "" and cells.is_blank(str(x)) for x in row] for row in frame[figures].to_numpy()]
    )
    if not said.any():
        return []
    action = _("-, /, 无 and the like for a figure: missing, not zero")
    return [Finding("blank_words", int(said.sum()), action, rows=tuple(rows[said.any(axis=1)]))]


def _contradictions(table: pd.DataFrame, rows: Any) -> list[Problem]:
    """Refuse two rows of one firm, plot and year that differ."""
    named = (table[s.FIRM] != "") & (table[s.PARCEL] != "")
    twice = named & table.duplicated([s.FIRM, s.PARCEL, s.YEAR], keep=False)
    what = _("one firm, plot and year in several rows with different figures")
    fix = _("keep one of the rows, or add them up; name the year's column where the rows are of several years")
    return [Problem(what, fix, rows=tuple(rows[twice]))] if twice.any() else []
