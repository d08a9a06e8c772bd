"""Industrial-land concentration: a defended share, a candidate list and a map.

A study file and the three steps of the command line:

>>> from landuse import load_study, publish, run  # doctest: +SKIP
>>> study = load_study("study.toml")  # doctest: +SKIP
>>> publish(run(study), study, "outputs")  # doctest: +SKIP

Layers that are in memory already: `concentration`, `candidates`, `relocation_plan`, `change`, `park_comparison`, each
with an `Answer` that has `.table()`, `.to_excel()`, `.explore()`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from landuse.config.study_file import Study, load_study
    from landuse.definition import Definition
    from landuse.errors import InputError, LanduseError
    from landuse.pipeline.answers import Answer
    from landuse.pipeline.notebook import candidates, change, concentration, park_comparison, relocation_plan
    from landuse.pipeline.publish import publish
    from landuse.pipeline.run import run
    from landuse.results.run import RunResult

#: Where each public name is at home; a module is loaded when it is asked for, so that the command line starts at once.
_HOMES = {
    "Answer": "landuse.pipeline.answers",
    "Definition": "landuse.definition",
    "InputError": "landuse.errors",
    "LanduseError": "landuse.errors",
    "RunResult": "landuse.results.run",
    "Study": "landuse.config.study_file",
    "candidates": "landuse.pipeline.notebook",
    "change": "landuse.pipeline.notebook",
    "concentration": "landuse.pipeline.notebook",
    "load_study": "landuse.config.study_file",
    "park_comparison": "landuse.pipeline.notebook",
    "publish": "landuse.pipeline.publish",
    "relocation_plan": "landuse.pipeline.notebook",
    "run": "landuse.pipeline.run",
}

__all__ = [
    "Answer",
    "Definition",
    "InputError",
    "LanduseError",
    "RunResult",
    "Study",
    "candidates",
    "change",
    "concentration",
    "load_study",
    "park_comparison",
    "publish",
    "relocation_plan",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'landuse' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
