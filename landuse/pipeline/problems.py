"""Reading the files a study names, and keeping every problem of all of them."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

from landuse.errors import InputError, Problem, refuse_if
from landuse.geo.crs import parse
from landuse.geo.transform import Plane, bind
from landuse.i18n import _
from landuse.io.source import Place
from landuse.io.vector.read import Wanted, read_layer
from landuse.io.vector.selection import Selection
from landuse.reference import classification as cl
from landuse.spelling import key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import BaseModel

    from landuse.config.layers import LayerSection
    from landuse.config.study_file import Study
    from landuse.inputs.source_table import SourceTable

T = TypeVar("T")


class ProblemCollector:
    """Runs validation steps, collecting all problems instead of stopping at the first; skips steps without input."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def __call__(self, step: Callable[..., T], *args: Any, **options: Any) -> T | None:
        """Return the step's result, or None when it, or what it needs, failed or is absent."""
        if any(a is None for a in args):
            return None
        with contextlib.suppress(InputError):
            try:
                return step(*args, **options)
            except InputError as error:
                self.problems += error.problems
                raise
        return None


def names_of(columns: BaseModel) -> dict[str, str]:
    """Return the roles that have a foreign column, and its name."""
    return columns.model_dump(exclude_none=True)


def read(
    study: Study,
    section: LayerSection,
    wanted: dict[str, Wanted] | None = None,
    *,
    columns: Sequence[str] = (),
    also: dict[str, Wanted] | None = None,
) -> SourceTable:
    """Read the rows of a layer that its `where` and `wanted` (or `also`) ask for, and of further `columns`."""
    place = Place(study.resolve(section.path), section.path, section.layer, section.encoding, _stated(section))
    where = {column: Selection(tuple(values)) for column, values in section.where.items()}
    named = getattr(section, "columns", None)
    own = names_of(named) if named else {}
    return read_layer(place, [*own.values(), *columns], wanted, where, also)


def _stated(section: LayerSection) -> str | None:
    """Return the system the study states for a layer, with the user's parameters in it."""
    if section.crs is None or (section.towgs84 is None and section.plane is None):
        return section.crs
    crs = parse(section.crs)
    if section.plane is None:
        return bind(crs, section.towgs84 or ()).to_wkt()
    plane = Plane(crs, **section.plane.model_dump(exclude={"check"}))
    refuse_if([p.located(section.path) for p in plane.problems(section.plane.check)])
    return plane.crs.to_wkt()


def codes_of(study: Study, plot: str) -> list[object]:
    """Return the code, as written, of every parcel that has an id, whatever its class."""
    columns, wanted = study.parcels.columns, key(plot)
    named = {columns.id: lambda raw: key(str(raw)) == wanted} if columns.id else {}
    frame = read(study, study.parcels, named).frame
    return list(frame.loc[slice(None) if named else frame.index.astype(str) == wanted, columns.code])


def classification_of(study: Study) -> cl.Classification:
    """Return the classification the parcels are read by; one without an industrial class is refused."""
    system = study.parcels.classification
    if system == cl.SECOND_SURVEY:
        what = _("the second survey (二调) has no industrial class: a city is one class, 201")
        fix = _("give the third survey or a later layer; landuse crosswalk compares the classes of the two")
        raise InputError(Problem(what, fix, study.file.name))
    return cl.load(system, study.parcels.industrial)
