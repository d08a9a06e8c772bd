"""Errors planted one at a time, and what came of each: refused, told, harmless, or a figure changed in silence."""

from __future__ import annotations

import copy
import random
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from grid_city import make_city
from grid_figures import differences, figures
from grid_files import Office, office
from grid_truth import truth

from landuse import i18n
from landuse.config.study_file import load_study
from landuse.errors import InputError
from landuse.pipeline.run import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from landuse.results.run import RunResult

#: What must come of an error: anything but silence; the right figures, told or not; a refusal.
SEEN, RIGHT, REFUSED = "seen", "right", "refused"
ALLOWED = {SEEN: ("refused", "told", "harmless"), RIGHT: ("harmless",), REFUSED: ("refused",)}
#: Issues that stand in every report, with the sums of the day.
ALWAYS = ("enterprises_joined",)


@dataclass(frozen=True)
class Kind:
    """One way to be wrong that a careful clerk could see.

    Attributes
    ----------
    name : str
        In words.
    plant : callable
        Damages an office's tables, study or files, by a source of chance.
    must : str
        What must come of it.
    stage : str
        Of the run that would publish the figure.
    check : str
        The finding that must be among those told, where figures are wrong; "" for any.
    """

    name: str
    plant: Callable[[Office, random.Random], None]
    must: str = SEEN
    stage: str = "candidates"
    check: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a run did with an error; `why` is "" where that is allowed."""

    kind: str
    why: str
    text: str


class Kinds(list[Kind]):
    """The table of kinds, filled by a decorator or by `add`."""

    def add(self, name: str, plant: Any, **options: str) -> None:
        self.append(Kind(name, plant, **options))

    def __call__(self, name: str, **options: str) -> Any:
        def collect(plant: Any) -> Any:
            self.add(name, plant, **options)
            return plant

        return collect


def basis_of(seed: int) -> str:
    """Every other city is measured by its registered areas."""
    return ("planar", "registered")[seed % 2]


@cache
def drawn_up(seed: int) -> tuple[Office, dict[Any, Any]]:
    """The clean office of a seed, with a target a little above its share, and its truth."""
    city = make_city(seed)
    known = truth(city, basis_of(seed))
    return office(city, basis_of(seed), round(float(known["share", "planar"]) + 0.04, 2)), known


@cache
def clean(seed: int, stage: str, folder: Path) -> tuple[dict[Any, Any], dict[str, int]]:
    """Figures and issues of the clean city."""
    home = folder / f"clean-{seed}-{stage or 'all'}"
    home.mkdir()
    return read(answer(drawn_up(seed)[0].write(home), stage))


def answer(path: Path, stage: str) -> RunResult:
    """Run a study; an error of its inputs is raised."""
    with i18n.language("en"):
        return run(load_study(path), stage=stage, workers=1)


def read(found: RunResult) -> tuple[dict[Any, Any], dict[str, int]]:
    """Return the figures of a run, and its issues by their counts."""
    return figures(found), {q.check: q.count for q in found.quality if q.check not in ALWAYS}


def judge(kind: Kind, seed: int, folder: Path, shared: Path) -> Verdict:
    """Plant an error in the city of a seed, run the study, and say what came of it."""
    damaged = copy.deepcopy(drawn_up(seed)[0])
    kind.plant(damaged, random.Random(f"{kind.name} {seed}"))
    if not _differs(damaged, drawn_up(seed)[0]):
        return _verdict(kind, "void", "nothing is planted")
    path = damaged.write(folder)
    try:
        found = answer(path, kind.stage)
    except InputError as error:
        return _verdict(kind, "refused", " | ".join(f"{p.file}: {p.what} -> {p.fix}" for p in error.problems))
    got, issues = read(found)
    expected, usual = clean(seed, kind.stage, shared)
    new = {q.check: q.action for q in found.quality if issues.get(q.check, 0) > usual.get(q.check, 0)}
    if found.relocation is not None and found.relocation.shortfalls:
        new["no plan"] = "; ".join(x.kind if hasattr(x, "kind") else str(x) for x in found.relocation.shortfalls)
    wrong = differences(got, expected)
    if not wrong:
        return _verdict(kind, "harmless", f"told: {new}" if new else "")
    examples = "; ".join(f"{k}: {v} not {w}" for k, (v, w) in sorted(wrong.items(), key=str)[:3])
    text = f"{len(wrong)} figures: {examples}; told: {new}"
    return _verdict(kind, "told" if kind.check in {"", *new} and new else "SILENT", text)


def _differs(a: Office, b: Office) -> bool:
    """Whether an error was planted at all."""
    same = (
        [a.tables[name].equals(b.tables[name]) for name in b.tables] if a.tables.keys() == b.tables.keys() else [False]
    )
    systems = [getattr(a.tables[n], "crs", None) == getattr(b.tables[n], "crs", None) for n in b.tables]
    return bool(a.after) or a.study != b.study or not all(same + systems)


def _verdict(kind, what, text):
    return Verdict(what, "" if what in ALLOWED[kind.must] else f"{what}, must be {kind.must}", text)
