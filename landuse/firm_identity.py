"""Who a row of an enterprise table speaks of: credit codes checked, damaged ones refused, firms told apart."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import credit_code as cc
from landuse.errors import Problem
from landuse.finding import Finding
from landuse.i18n import _
from landuse.spelling import key, unify

if TYPE_CHECKING:
    from collections.abc import Mapping


def identifier(text: str) -> str:
    """Return a firm's identifier as it is shown: credit codes without blanks and in capitals, others as written."""
    code = key(text)
    return code if cc.kind(code) in ("passes", "fails") else text


def code_findings(ids: Any, names: Any, rows: Any) -> list[Finding]:
    """Count codes that fail their check and identifiers of other kinds, in a table that holds credit codes."""
    kinds = np.array([cc.kind(x) for x in ids], dtype=object)
    codes = np.isin(kinds, ("passes", "fails"))
    if not codes.any():
        return []
    fails, others = kinds == "fails", kinds == "other"
    several = [code for code, spelled in _names_of(ids[codes], names[codes]).items() if len(spelled) > 1]
    share = fails.sum() / codes.sum()
    renamed = np.isin(ids, several) & codes
    keys = np.array([key(name) for name in names], dtype=object)
    bearers = [name for name, borne in _names_of(keys[codes], ids[codes]).items() if len(borne) > 1]
    namesakes = np.isin(keys, bearers) & codes
    out = []
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
            out.append(Finding(check, int(which.sum()), action, rows=tuple(rows[which])))
    return out


def _names_of(ids: Any, names: Any) -> dict[str, set[str]]:
    out: dict[str, set[str]] = {}
    for code, name in zip(ids, names, strict=True):
        if code and (spelled := key(name)):
            out.setdefault(code, set()).add(spelled)
    return out


def code_problems(ids: Any, names: Any, rows: Any, columns: Mapping[str, str]) -> list[Problem]:
    """Refuse codes that a spreadsheet damaged so that three zeros are left, or that several firms share."""
    damaged = np.array([cc.kind(x) == "damaged" and not cc.EXPONENT.fullmatch(x) for x in ids], dtype=bool)
    if damaged.any():  # then every code that ends so is in doubt: one in 31 passes by chance
        damaged |= np.array([cc.ZEROED.fullmatch(x) is not None for x in ids], dtype=bool)
    firms = _names_of(ids, names)
    shared = [x for x, spelled in firms.items() if len(spelled) > 1 and cc.kind(x) == "fails"]
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


def firms_of_rows(ids: Any, names: Any, rows: Any, findings: list[Finding]) -> Any:
    """Tell firms apart: by code; by the code of the only firm of that name; by name. All rows of one spell it alike."""
    ids, names = unify(ids), unify(names)
    pairs = {(name, code) for name, code in zip(names, ids, strict=True) if name and code}
    bearers = Counter(name for name, _code in pairs)
    code_of = {name: code for name, code in pairs if bearers[name] == 1}
    by_name = (ids == "") & np.isin(names, list(code_of))
    if by_name.any():
        action = _("no code: taken for the firm of the same name that has one")
        findings.append(Finding("firm_by_name", int(by_name.sum()), action, rows=tuple(rows[by_name])))
    return np.array([i or code_of.get(n, n) for i, n in zip(ids, names, strict=True)], dtype=object)
