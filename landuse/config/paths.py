"""Which files a study names; and does it give one of them in two roles?

A park layer that is the parcel layer, or last year's parcels that are this year's, are read without complaint and give
a plausible number. Several layers or sheets of one file, and rows of one layer told apart by `where`, are no slip.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, get_args

from landuse.errors import Problem
from landuse.i18n import _
from landuse.reference.toml_model import IS_FILE, FilePath, TomlModel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pydantic.fields import FieldInfo

    from landuse.config.study_file import Study

#: Endings of workbooks, of which each reader takes the sheet that has its columns.
WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et")
#: What makes up a shapefile's content; the other files describe it.
SHAPEFILE = (".shp", ".dbf")


@dataclass(frozen=True)
class _Role:
    """A part of the study and what it reads.

    `kind` is what the layer is of: layers of one kind may stay the same from date to date, unless they are parcels.
    `column` is that of the class codes, where it has them.
    """

    name: str
    kind: str
    path: str
    part: str | None = None
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    column: str | None = None


def role_problems(study: Study, hashes: Mapping[str, str]) -> list[Problem]:
    """Return the pairs of roles that read the same rows, by path or by content.

    Parameters
    ----------
    study : Study
        What each role reads.
    hashes : mapping
        Of every input, see `landuse.io.manifest.input_hashes`.
    """
    content = {role: _content(role.path, hashes) for role in _roles(study)}
    problems = []
    for one, other in combinations(content, 2):
        if content[one] and content[one] == content[other] and not _distinct(one, other):
            words = {"one": one.name, "other": other.name, "path": other.path, "same": one.path}
            what = _("{one} and {other} read the same rows", **words)
            if one.path != other.path:
                what = _("{one} and {other} read the same rows: {path} has the content of {same}", **words)
            fix = _("give each its own file; where one file holds both, name the layer, the sheet or the rows (where)")
            problems.append(Problem(what, fix, other.path))
    return problems


def _distinct(one: _Role, other: _Role) -> bool:
    """Whether two roles that read one content may do so; the first stands first in the study."""
    if one.kind == other.kind and one.kind in ("parks of a date", "districts"):
        return True
    if one.part and other.part and one.part != other.part:
        return True
    if one.path.lower().endswith(WORKBOOKS) and not (one.part and other.part):
        return True
    if one.column and other.column and one.column != other.column:
        return True
    return bool(other.where) and one.where != other.where


def _content(path: str, hashes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the hashes that make up a file's content; none for one that is not there."""
    if not path.lower().endswith(".shp"):
        return (hashes[path],) if path in hashes else ()
    stem = path[: -len(".shp")]
    found = {name.lower(): value for name, value in hashes.items()}
    return tuple(found[name] for end in SHAPEFILE if (name := f"{stem}{end}".lower()) in found)


def _layer(name: str, kind: str, section: Any, column: str | None = None) -> _Role:
    where = tuple(sorted((key, tuple(sorted(values))) for key, values in section.where.items()))
    return _Role(name, kind, section.path, section.layer, where, column)


def _roles(study: Study) -> Iterator[_Role]:
    """Return every role a study gives a file; what lies behind a map changes no number and is left out."""
    yield _layer("[parcels]", "parcels", study.parcels, study.parcels.columns.code)
    yield _layer("[parks]", "parks of a date", study.parks)
    for further in study.boundaries:
        yield _layer(f"[[boundaries]] {further.boundary}", f"parks, {further.boundary}", further)
    if study.districts:
        yield _layer("[districts]", "districts", study.districts)
    context = study.context
    if context.plan:
        column = context.plan_columns.code if context.plan_columns else None
        yield _layer("[context] plan", "plan", context.plan, column)
    for name, section in (
        ("[context] development", context.development),
        ("[context] buildings", context.buildings),
        ("[living] facilities", study.living.facilities),
        ("[capacity] protected", study.capacity and study.capacity.protected),
    ):
        if section:
            yield _layer(name, name, section)
    for snapshot in study.earlier:
        name, then = f"[[snapshots]] {snapshot.date}", study.at(snapshot)
        yield _layer(f"{name} parcels", "parcels", then.parcels, then.parcels.columns.code)
        if snapshot.parks:
            yield _layer(f"{name} parks", "parks of a date", then.parks)
        if snapshot.districts and then.districts:
            yield _layer(f"{name} districts", "districts", then.districts)
        if snapshot.updates:
            yield _layer(f"{name} updates", f"updates of {snapshot.date}", snapshot.updates)
    yield from _tables(study)


def _tables(study: Study) -> Iterator[_Role]:
    for name, section in (
        ("[enterprises]", study.enterprises),
        ("[capacity]", study.capacity),
        ("[exceptions]", study.exceptions),
    ):
        if section:
            yield _Role(name, name, section.path, section.sheet)
    paths = {
        "[relocation] together": study.relocation.together,
        "[relocation] demand": study.relocation.demand,
        "[change] counters": study.change.counters,
        "[evaluation] earlier": study.evaluation.earlier,
        "[evaluation] panels": study.evaluation.panels,
        "[context] standards": study.context.standards,
        **{f"[rasters] {name}": path for name, path in study.rasters.paths.items()},
    }
    yield from (_Role(name, name, path) for name, path in paths.items() if path)


def input_paths(study: Study) -> dict[str, Path]:
    """Return the input files of a study that exist, by the names it gives them: every field that is a `FilePath`."""
    return {name: path for name in _named(study) if (path := study.resolve(name)).exists()}


def _named(model: TomlModel) -> Iterator[str]:
    """Return the paths that a section and those within it name; a table may be shipped, then its name is no path."""
    for key, field in type(model).model_fields.items():
        value = getattr(model, key)
        if names_a_file(field):
            shipped = isinstance(field.default, str)
            yield from (x for x in _each(value) if not shipped or x.endswith(".toml"))
        else:
            for each in _each(value):
                if isinstance(each, TomlModel):
                    yield from _named(each)


def _each(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, tuple) else () if value is None else (value,)


def names_a_file(field: FieldInfo) -> bool:
    """Return whether a field of a section is declared as a `FilePath`, optional or not."""

    def holds(annotation: Any) -> bool:
        return annotation == FilePath or any(holds(part) for part in get_args(annotation))

    return IS_FILE in field.metadata or holds(field.annotation)
