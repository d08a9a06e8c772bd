"""Which rows of a park layer are one park, and at which level it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NewType

import geopandas as gpd
import numpy as np
import pandas as pd

from landuse import schema as s
from landuse.errors import Problem, refuse_if
from landuse.i18n import _
from landuse.inputs import cells
from landuse.inputs.polygons import polygons
from landuse.inputs.precedence import in_order
from landuse.inputs.row_names import name_issues, total_issues, unused_words
from landuse.inputs.source_table import Checked, column_texts
from landuse.quality import Issue
from landuse.schema import LEVEL_WORDS
from landuse.spelling import key, near, respell, spelled_apart, unify

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pyproj import CRS

    from landuse.geo.arrays import Texts
    from landuse.inputs.source_table import SourceTable


def park_ids(
    frame: Any,
    columns: Mapping[str, str],
    known: Iterable[str],
    problems: list[Problem],
    issues: list[Issue],
    assumptions: list[str],
) -> tuple[Texts, Texts]:
    """Return the id and the name of each row's park.

    The id is that of the id column; where there is none, the name: rows of one name are one park; where there is
    neither, the row's number: each row is a park. The latter two are assumptions. Rows whose ids have one key are of
    one park, which is called as a known one, else as the first of them. Parks that look alike stay apart, and are
    reported.

    Parameters
    ----------
    frame : DataFrame
        The layer, indexed by row number.
    columns : mapping
        Of the roles id and name to foreign columns; none is required.
    known : iterable of str
        Ids of another layer, whose spelling an id of this one takes.
    problems, issues, assumptions : list
        To add to; a row without an id, in a layer that has a column of them, is a problem.
    """
    rows = frame.index.astype(str).to_numpy(dtype=object)
    names = cells.text(frame, columns, "name")
    named = np.array([key(x) != "" for x in names], dtype=bool)
    if columns.get("id"):
        ids = cells.identifiers(frame, columns, "id", problems, rows)
        if (blank := ids == "").any():
            fix = _("fill column {column}", column=columns["id"])
            problems.append(Problem(_("park without an id"), fix, rows=tuple(rows[blank])))
    elif named.any():
        ids = np.where(named, names, [f"row {row}" for row in rows]).astype(object)
        n = len(set(unify(ids)))
        assumptions += (
            []
            if len(ids) == 1
            else [_("[parks] columns names no id: {rows} rows of {n} names are {n} parks", rows=len(ids), n=n)]
        )
    else:
        ids = rows
        words = _("[parks] columns names neither id nor name: each of the {n} rows is taken for a park", n=len(ids))
        assumptions += [] if len(ids) == 1 else [words]
    if (apart := spelled_apart(ids)).any():
        action = _("park ids that differ in width, blanks, signs that do not show or letter case only: one park")
        issues.append(Issue("ids_spelled_apart", int(apart.sum()), action, rows=tuple(dict.fromkeys(ids[apart]))))
    ids = respell(ids, [*known, *ids])
    names = np.where(named, names, ids).astype(object)
    if alike := _alike(ids, names):
        action = _("parks of nearly one id, or of one name, kept apart: give them one id where they are one park")
        issues.append(Issue("parks_alike", len(alike), action, rows=alike))
    return ids, names


def park_levels(
    texts: Texts,
    ids: Texts,
    levels: Mapping[str, str],
    priority: Sequence[str],
    problems: list[Problem],
    issues: list[Issue],
) -> list[str]:
    """Return the level of each row as `priority` has it; add to the problems what is no level, or two for one park.

    Parameters
    ----------
    texts : array of str
        The layer's words.
    ids : array of str
        Of the parks.
    levels : mapping
        The study's words to levels; it comes before the common words, and those before the names of `priority`.
    priority : sequence of str
        Levels that are ranked.
    problems, issues : list
        To add to; words of `levels` that no row has are a finding.
    """
    common = {word: level for word, level in LEVEL_WORDS.items() if level in priority}
    known = {key(word): level for words in ({x: x for x in priority}, common, levels) for word, level in words.items()}
    keys = np.array([key(x) for x in texts], dtype=object)
    for word in sorted({x for x in keys if x not in known}):
        which = keys == word
        what = _("unknown park level {level!r}", level=texts[which][0])
        fix = _("add it to [parks] levels, as one of {levels}", levels=", ".join(priority))
        problems.append(Problem(what, fix, rows=tuple(ids[which])))
    out = [known.get(x, "") for x in keys]
    problems += [
        Problem(_("level {level!r} is not in [parks] priority", level=x), _("add it there"))
        for x in sorted(set(out) - {""} - set(priority))
    ]
    issues += unused_words("[parks] levels", levels, texts)
    usual = {key(word): level for word, level in LEVEL_WORDS.items()}
    for word, level in levels.items():
        if (common_level := usual.get(key(word), level)) != level:
            says = {"word": word, "level": level, "usual": common_level}
            action = _("[parks] levels reads {word} as {level}: commonly it is {usual}", **says)
            issues.append(Issue("settings_disagree", 1, action))
    several = pd.Series(out, dtype=object).groupby(ids).nunique()
    problems += [
        Problem(_("park {park!r} has blocks of several levels", park=p), _("give all blocks of a park one level"))
        for p in several.index[several > 1]
    ]
    return out


def block_issues(ids: Texts, blocks: Texts) -> list[Issue]:
    """Report parks of several rows whose blocks are all named as the park: they are one block then."""
    rows = pd.Series(ids == blocks).groupby(ids)
    odd = tuple(rows.size().index[rows.all() & (rows.size() > 1)])
    if not odd:
        return []
    return [Issue("blocks_by_park", len(odd), _("their rows are blocks of one name, the park's: one block"), rows=odd)]


def main_issues(ids: Texts, main: Sequence[bool]) -> list[Issue]:
    """Report parks of several blocks none of which, or more than one, is said to be the main one."""
    blocks = pd.Series(list(main), dtype=bool).groupby(ids)
    odd = blocks.sum().index[(blocks.size() > 1) & (blocks.sum() != 1)]
    if not len(odd):
        return []
    action = _("of their several blocks none, or more than one, is the main one; kept as it is")
    return [Issue("main_blocks", len(odd), action, rows=tuple(odd))]


def _alike(ids: Texts, names: Texts) -> tuple[str, ...]:
    """Return the ids of parks that another resembles."""
    of: dict[str, set[str]] = {}
    for park, name in zip(ids, names, strict=True):
        for word in {near(park), near(name)}:
            of.setdefault(word, set()).add(park)
    return tuple(sorted({park for parks in of.values() if len(parks) > 1 for park in parks}))


Parks = NewType("Parks", gpd.GeoDataFrame)


def as_parks(
    raw: SourceTable,
    columns: Mapping[str, str],
    crs: CRS,
    *,
    levels: Mapping[str, str] | None = None,
    priority: Sequence[str] = s.LEVELS,
    known: Iterable[str] = (),
) -> Checked[Parks]:
    """Admit a park layer, one row a block.

    Parameters
    ----------
    raw : SourceTable
        The layer.
    columns : mapping
        Canonical role (id, name, level, block, main) to foreign column; none is required.
    crs : pyproj.CRS
        Working system.
    levels : mapping
        The layer's words for levels to those of `priority`.
    priority : sequence of str
        Levels, the first owning land that two parks claim.
    known : iterable of str
        Ids of another layer of parks, whose spelling an id of this one takes.

    Returns
    -------
    Checked of Parks
        Columns park_id, park_name, level, rank (0 owns first), block_id, is_main, geometry. Sorted by rank and id.
        See `landuse.inputs.parks` for which rows are one park.

    Raises
    ------
    InputError
        With every problem; an unknown level is one.
    """
    frame, issues, taken = polygons(raw, crs, column_texts(raw, columns.get("id") or columns.get("name")), "park")
    assumptions, problems = list(taken), list[Problem]()
    ids, names = park_ids(frame, columns, known, problems, issues, assumptions)
    level = [""] * len(frame)
    if columns.get("level"):
        level = park_levels(cells.text(frame, columns, "level"), ids, levels or {}, priority, problems, issues)
    numbers = frame.index.astype(str)
    blocks = cells.identifiers(frame, columns, "block", problems, ids)
    issues += [*total_issues(ids, [ids, names, blocks], raw.file), *name_issues(ids, names, raw.file)]
    main = [cells.truth(x) for x in cells.text(frame, columns, "main")]
    issues += main_issues(ids, main) if columns.get("main") else []
    issues += block_issues(ids, blocks)
    refuse_if([p.located(raw.file, raw.layer) for p in problems])
    parks = gpd.GeoDataFrame(
        {
            s.PARK: ids,
            s.PARK_NAME: names,
            s.LEVEL: level,
            s.RANK: [priority.index(x) if x else 0 for x in level],
            s.BLOCK: unify(np.where(blocks == "", numbers, blocks).tolist()),
            s.MAIN: main,
        },
        geometry=frame.geometry.to_numpy(),
        crs=crs,
    )
    parks = parks.sort_values(
        [s.RANK, s.PARK, s.BLOCK],
        key=lambda c: c if c.name == s.RANK else in_order(c),
        kind="stable",
        ignore_index=True,
    )
    return Checked(Parks(parks), tuple(issues), tuple(assumptions))
