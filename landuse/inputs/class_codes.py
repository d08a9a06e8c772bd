"""Are a layer's codes those of the system its study names? What speaks against it stops the run or is counted.

The same digits are a factory in one system and a country road in another, so codes alone convince nobody: they are
held against the names beside them, and against the tables of the other systems. Nothing is read by another system
than the one named; what fits better is only proposed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from landuse import schema as s
from landuse.errors import Problem
from landuse.geo.crs import system, unit_factor
from landuse.i18n import _
from landuse.quality import Issue
from landuse.reference.classification import (
    SECOND_SURVEY,
    SETTLEMENT,
    SYSTEMS,
    UNKNOWN,
    USES,
    Classification,
    clean,
    load,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd
    import pandas as pd

    from landuse.geo.arrays import Bools, Ints

#: Unknown codes on more than this share of the land read: a share of the rest would rest on a guess.
UNKNOWN_SHARE = 0.05
#: Names of wanted classes under other codes on more than this share of the wanted land: no slip of single rows.
MISNAMED_SHARE = 0.05
#: Codes a message lists.
LISTED = 8
#: Letters that hands and scanners put for digits.
LOOKALIKES = str.maketrans("OIL", "011")


def code_problems(parcels: gpd.GeoDataFrame, classification: Classification, rows: int) -> list[Problem]:
    """What says that the layer is coded in another system?

    Parameters
    ----------
    parcels : GeoDataFrame
        Columns parcel_id, code, use, name: the rows of the wanted uses and those of unknown codes.
    classification : Classification
        The one the study names.
    rows : int
        Rows of the whole layer.

    Returns
    -------
    list of Problem
        Unknown codes on more than 5 % of the land of these rows (what wide codes such as 05 stand for is known to be
        no industry, and not counted here); names that, where they are known at all, contradict most codes; no row left.
    """
    problems = [*_too_many_unknown(parcels, classification, rows), *_names_of_another_system(parcels, classification)]
    if not problems and not (parcels[s.USE] != UNKNOWN).any():
        problems.append(no_industry(rows, classification, parcels[s.CODE].unique()))
    return problems


def code_issues(parcels: gpd.GeoDataFrame, classification: Classification) -> list[Issue]:
    """Count the parcels whose name contradicts the code, and those whose code nobody knows."""
    found = []
    odd = contradicted(parcels, classification)
    if odd.any():
        action = _("the class name belongs to another code: the code counts")
        found.append(_issue("code_against_name", parcels[odd], action))
    unknown = parcels[parcels[s.USE] == UNKNOWN]
    if len(unknown):
        action = _("not counted as industrial: {codes}", codes=_listing(unknown[s.CODE], classification))
        found.append(_issue("unknown_codes", unknown, action))
    return found


def misnamed_classes(
    others: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame, classification: Classification
) -> list[Issue]:
    """Report land that carries the name of a wanted class under the code of another: the code counts, so it is missing.

    Parameters
    ----------
    others : GeoDataFrame
        Columns parcel_id, code, name: parcels of other classes.
    parcels : GeoDataFrame
        Column use: those of the wanted uses and of unknown codes.
    classification : Classification
        Whose official names are looked for.

    Returns
    -------
    list of Issue
        name_against_code, which stops where it is on more than 5 % of the wanted land.
    """
    wanted = classification.wanted_names()
    lost = others[[clean(name) in wanted for name in others[s.NAME]]]
    if lost.empty:
        return []
    counts = Counter(zip(lost[s.CODE], lost[s.NAME], strict=True))
    commonest = sorted(counts.items(), key=lambda x: (-x[1], x[0]))[:LISTED]
    pairs = ", ".join(f"{code} {name} × {n}" for (code, name), n in commonest)
    known = parcels[parcels[s.USE] != UNKNOWN]
    action = _("not counted: the code is of another class than the name: {pairs}", pairs=pairs)
    fix = _("name the right code and name columns in [parcels] columns, or mend codes and names that contradict")
    stops = bool(lost.area.sum() > MISNAMED_SHARE * known.area.sum())
    return [replace(_issue("name_against_code", lost, action), stops=stops, fix=fix)]


def no_industry(rows: int, classification: Classification, codes: Collection[str]) -> Problem:
    """Return the problem of a layer without a row of the wanted uses."""
    fix = _("check the classification ({system}), the code column and the filters", system=classification.system)
    what = _("no industrial land: none of {n} rows has an industrial code", n=rows)
    return Problem(what, _joined(fix, proposal(codes, classification)))


def on_trust(codes: Collection[str], classification: Classification) -> str:
    """Return the assumption that a layer without names rests on, "" where its codes fit no other system.

    Examples
    --------
    >>> "land_sea_2023" in on_trust({"0601", "0701"}, load("third_survey"))
    True
    >>> on_trust({"0601", "05H1"}, load("third_survey"))
    ''
    """
    known = {c for c in codes if c}
    mine = _industrial(known, classification)
    others = [t for name in SYSTEMS if (t := load(name)).system != classification.system]
    fit = [t.system for t in others if all(map(t.known, known)) and _industrial(known, t) != mine]
    if not known or not classification.names or not fit:
        return ""
    return _(
        "{system}: taken from the study; without names beside the codes, {others} would fit them as well",
        system=classification.system,
        others=", ".join(fit),
    )


def proposal(codes: Collection[str], classification: Classification) -> str:
    """Return which systems know more of the codes than the one named, the best first; "" for none.

    Examples
    --------
    >>> "land_sea_2023" in proposal({"1402", "100102", "0601"}, load("third_survey"))
    True
    """
    asked = {c for c in codes if c}
    tables = [load(name) for name in (*SYSTEMS, SECOND_SURVEY, SETTLEMENT)]
    counts = {t.system: sum(bool(t.known(c)) for c in asked) for t in tables}
    mine = counts.get(classification.system, len(asked))
    best = max(counts, key=lambda name: counts[name])
    if counts[best] <= mine:
        return ""
    return _(
        "{best} knows {n} of the {total} codes, {named} {mine}",
        best=_("CZCSXM (a mark of the settlement, no class: give DLBM)") if best == SETTLEMENT else best,
        n=counts[best],
        total=len(asked),
        named=classification.system,
        mine=mine,
    )


def contradicted(parcels: gpd.GeoDataFrame, classification: Classification) -> Bools:
    """Which parcels carry a name that means another use than their code: 0601 called 铁路用地."""
    return np.asarray(_verdicts(parcels, classification) == CONTRADICTS)


def hint(code: str, classification: Classification) -> str:
    """Return the code that an unknown one may have meant, "" for none; only ever proposed.

    Examples
    --------
    >>> survey = load("third_survey")
    >>> hint("O601", survey), hint("0601工业用地", survey), hint("9999", survey)
    ('0601', '0601', '')
    """
    first = re.match(r"[0-9A-Z]*", code)
    readings = (code.translate(LOOKALIKES), first[0] if first else "")
    return next((known for r in readings if (known := classification.known(r))), "")


AGREES, CONTRADICTS, SILENT = 1, -1, 0


def _verdicts(parcels: gpd.GeoDataFrame, classification: Classification) -> Ints:
    """Say of each parcel whether its name agrees with its code, contradicts it, or is none of any table."""
    pairs = parcels.groupby([s.CODE, s.NAME], sort=False).ngroup().to_numpy()
    first = np.unique(pairs, return_index=True)[1]
    codes, names = parcels[s.CODE].to_numpy()[first], parcels[s.NAME].to_numpy()[first]
    said = [_verdict(c, clean(n), classification) for c, n in zip(codes, names, strict=True)]
    return np.array(said, dtype=np.int64)[pairs]


def _verdict(code: str, name: str, classification: Classification) -> int:
    use = classification.use_of(code)[1]
    if use not in USES or not name or not classification.names:
        return SILENT
    meant = {classification.use_of(c)[1] for c, n in classification.names.items() if n == name}
    if use in meant:
        return AGREES
    return CONTRADICTS if meant or _readers(code, name, use, classification) else SILENT


def _readers(code: str, name: str, use: str, classification: Classification) -> list[str]:
    """Return the other systems in which the code has the name, and another use."""
    others = [t for system_ in SYSTEMS if (t := load(system_)).system != classification.system]
    return [t.system for t in others if t.name_of(code) == name and t.use_of(code)[1] != use]


def _names_of_another_system(parcels: gpd.GeoDataFrame, classification: Classification) -> list[Problem]:
    verdict = _verdicts(parcels, classification)
    odd, told = verdict == CONTRADICTS, verdict != SILENT
    if 2 * odd.sum() <= told.sum():
        return []
    pairs = parcels.loc[odd, [s.CODE, s.NAME]].value_counts()
    code, name = pairs.index[0]
    use = classification.use_of(code)[1]
    readers = _readers(code, clean(name), use, classification)
    what = _(
        "codes and names disagree in {odd} of {told} rows: {code} is {own} in {system}, but is named {name}",
        odd=int(odd.sum()),
        told=int(told.sum()),
        code=code,
        own=classification.name_of(code),
        system=classification.system,
        name=name,
    )
    fix = _("check the code and name columns")
    if readers:
        fix = _(
            'where the layer is coded in {reader}, state classification = "{reader}"; where not, mend the names',
            reader=readers[0],
        )
    return [Problem(what, fix, rows=tuple(parcels.loc[odd, s.PARCEL]))]


def _too_many_unknown(parcels: gpd.GeoDataFrame, classification: Classification, rows: int) -> list[Problem]:
    if not classification.names:
        return []
    unknown = (parcels[s.USE] == UNKNOWN).to_numpy()
    harmless = {c for c in parcels[s.CODE].unique() if c in classification.names} - {
        c for c in classification.names if USES[0] in classification.holds(c)
    }
    unknown = unknown & ~parcels[s.CODE].isin(harmless).to_numpy()
    area = parcels.area.to_numpy()
    if area[unknown].sum() <= UNKNOWN_SHARE * area.sum():
        return []
    what = _(
        "{n} of {rows} rows carry codes that {system} does not know, or does not tell apart: {codes}",
        n=int(unknown.sum()),
        rows=rows,
        system=classification.system,
        codes=_listing(parcels.loc[unknown, s.CODE], classification),
    )
    fix = _("name the system the layer is coded in, mend these codes, or leave the rows out by where")
    return [
        Problem(
            what,
            _joined(fix, proposal(parcels[s.CODE].unique(), classification)),
            rows=tuple(parcels.loc[unknown, s.PARCEL]),
        )
    ]


def _listing(codes: pd.Series[Any], classification: Classification) -> str:
    """List codes, the most frequent first, each with its rows and what it may have meant."""
    counts = codes.value_counts()
    order = sorted(counts.index, key=lambda c: (-counts[c], c))
    shown = []
    for code in order[:LISTED]:
        meant = hint(code, classification) if classification.names else ""
        shown.append(f"{code!r} × {counts[code]}" + (f" ({meant}?)" if meant and meant != code else ""))
    more = f" (+{len(order) - LISTED})" if len(order) > LISTED else ""
    return ", ".join(shown) + more


def _issue(check: str, rows: gpd.GeoDataFrame, action: str) -> Issue:
    area = float(rows.area.sum() * unit_factor(system(rows)) ** 2)
    return Issue(check, len(rows), action, area, rows=tuple(rows[s.PARCEL]))


def _industrial(codes: Collection[str], classification: Classification) -> set[str]:
    return {c for c in codes if classification.use_of(c)[1] == USES[0]}


def _joined(*sentences: str) -> str:
    return "; ".join(x for x in sentences if x)
