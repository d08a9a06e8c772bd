"""Unified social credit codes (统一社会信用代码): the check character of GB 32100-2015, and what spreadsheets do.

A spreadsheet keeps fifteen digits of a number. A code of eighteen digits typed or imported as a number loses its last
three, comes back with three zeros or as 9.14403E+17, and two firms become one without a sign. Codes that carry a
letter are safe.

Notes
-----
Check character (GB 32100-2015, 5.3): the characters ``0123456789ABCDEFGHJKLMNPQRTUWXY`` stand for 0 ... 30;
C18 = (31 - (sum of C_i * 3^(i-1), i = 1 ... 17) mod 31) mod 31. A random text passes once in 31 (3.2 %). Codes of the
first years are known that do not pass, so that a code which fails is reported and not refused.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from landuse.errors import Problem
from landuse.i18n import _
from landuse.quality import Issue
from landuse.spelling import key, unify

if TYPE_CHECKING:
    from collections.abc import Mapping

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUE = {character: k for k, character in enumerate(ALPHABET)}
LENGTH = 18
Kind = Literal["passes", "fails", "damaged", "other", "blank"]
#: A number that a spreadsheet wrote with an exponent: 9.14E+17, 9.144030019220383e+17. 9144E10 may be a code.
EXPONENT = re.compile(r"[+-]?\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)
#: What is left of eighteen digits when the last three are lost.
ZEROED = re.compile(r"\d{15}000")


def check_character(stem: str) -> str:
    """Return the eighteenth character of a code, of its first seventeen.

    Raises
    ------
    KeyError
        For a character outside the alphabet (I, O, S, V and Z are in none).

    Examples
    --------
    >>> check_character("91440300192203821")
    '6'
    """
    total = sum(VALUE[character] * pow(3, k, 31) for k, character in enumerate(stem))
    return ALPHABET[-total % 31]


def kind(code: str) -> Kind:
    """Say what an identifier of a firm is.

    "passes" and "fails": eighteen characters of the alphabet, by the check character. "damaged": the marks of a
    spreadsheet: an exponent, or eighteen digits that fail and end in three zeros. "other": anything else, such as a
    registration number of fifteen digits or the number of another country; an opaque text.

    Examples
    --------
    >>> [kind(x) for x in ("914403001922038216", "914403001922038217", "914403001922038000", "9.14403E+17")]
    ['passes', 'fails', 'damaged', 'damaged']
    >>> kind("330100000012345"), kind("HRB 12345"), kind("")
    ('other', 'other', 'blank')
    """
    if not code:
        return "blank"
    if EXPONENT.fullmatch(code):
        return "damaged"
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return "other"
    if check_character(code[:-1]) == code[-1]:
        return "passes"
    return "damaged" if ZEROED.fullmatch(code) else "fails"


def identifier(text: str) -> str:
    """Return a firm's identifier as it is shown: credit codes without blanks and in capitals, others as written."""
    code = key(text)
    return code if kind(code) in ("passes", "fails") else text


def code_issues(ids: Any, names: Any, rows: Any) -> list[Issue]:
    """Count codes that fail their check and identifiers of other kinds, in a table that holds credit codes."""
    kinds = np.array([kind(x) for x in ids], dtype=object)
    codes = np.isin(kinds, ("passes", "fails"))
    out = _coded_names(names, rows)
    if not codes.any():
        return out
    fails, others = kinds == "fails", kinds == "other"
    several = [code for code, spelled in _names_of(ids[codes], names[codes]).items() if len(spelled) > 1]
    share = fails.sum() / codes.sum()
    renamed = np.isin(ids, several) & codes
    keys = np.array([key(name) for name in names], dtype=object)
    bearers = [name for name, borne in _names_of(keys[codes], ids[codes]).items() if len(borne) > 1]
    namesakes = np.isin(keys, bearers) & codes
    for check, which, action in (
        (
            "credit_code_check",
            fails,
            _("{share:.1%} of the codes fail their check digit (GB 32100; of random ones 96.8 %): kept", share=share),
        ),
        ("other_identifiers", others, _("no credit code of 18 characters: kept as text")),
        ("firm_names", renamed, _("one credit code, several names: one firm")),
        ("firm_namesakes", namesakes, _("one name, several credit codes: several firms")),
    ):
        if which.any():
            out.append(Issue(check, int(which.sum()), action, rows=tuple(rows[which])))
    return out


def _coded_names(names: Any, rows: Any) -> list[Issue]:
    """Tell of names that are credit codes: the two columns are likely exchanged, or one stands for both."""
    coded = np.array([kind(identifier(x)) == "passes" for x in names], dtype=bool)
    action = _("credit codes where the names of firms stand: are two columns exchanged?")
    return [Issue("names_are_codes", int(coded.sum()), action, rows=tuple(rows[coded]))] if coded.any() else []


def _names_of(ids: Any, names: Any) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for code, name in zip(ids, names, strict=True):
        if code and (spelled := key(name)):
            out.setdefault(code, set()).add(spelled)
    return out


def code_problems(ids: Any, names: Any, rows: Any, columns: Mapping[str, str]) -> list[Problem]:
    """Refuse codes that a spreadsheet damaged so that three zeros are left, or that several firms share."""
    damaged = np.array([kind(x) == "damaged" and not EXPONENT.fullmatch(x) for x in ids], dtype=bool)
    if damaged.any():  # then every code that ends so is in doubt: one in 31 passes by chance
        damaged |= np.array([ZEROED.fullmatch(x) is not None for x in ids], dtype=bool)
    firms = _names_of(ids, names)
    shared = [x for x, spelled in firms.items() if len(spelled) > 1 and kind(x) == "fails"]
    out = []
    if damaged.any():
        what = _("a spreadsheet dropped the last digits of identifiers in column {column!r}", column=columns["id"])
        fix = _("format the column as text and fill it again from the source: the digits are gone")
        out.append(Problem(what, fix, rows=tuple(rows[damaged])))
    if shared:
        what = _("a credit code that fails its check stands for several firms: {codes}", codes=", ".join(shared[:3]))
        fix = _("write each firm's own code; keep the column as text")
        out.append(Problem(what, fix, rows=tuple(rows[np.isin(ids, shared)])))
    return out


def firms_of_rows(ids: Any, names: Any, rows: Any, issues: list[Issue]) -> Any:
    """Tell firms apart: by code; by the code of the only firm of that name; by name. All rows of one spell it alike."""
    ids, names = unify(ids), unify(names)
    pairs = {(name, code) for name, code in zip(names, ids, strict=True) if name and code}
    bearers = Counter(name for name, _code in pairs)
    code_of = {name: code for name, code in pairs if bearers[name] == 1}
    by_name = (ids == "") & np.isin(names, list(code_of))
    if by_name.any():
        action = _("no code: taken for the firm of the same name that has one")
        issues.append(Issue("firm_by_name", int(by_name.sum()), action, rows=tuple(rows[by_name])))
    return np.array([i or code_of.get(n, n) for i, n in zip(ids, names, strict=True)], dtype=object)
