"""Bad inputs, each with what must happen: the exact number, or a refusal that says what to do.

A case builds files in an empty folder; the program is then run on them as a user would run it, and what it did is
one of: right, refused, silent wrong, untyped traceback. Rows are named after the list of bad inputs this corpus shows.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import tempfile
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import geopandas as gpd
import numpy as np
import shapely
from honeypot import leaks, pot
from typer.testing import CliRunner

from landuse import i18n
from landuse.cli.main import app
from landuse.pipeline.publish import DELIVERABLES

if TYPE_CHECKING:
    from collections.abc import Callable

CRS = "EPSG:4549"
EAST, NORTH = 520_000.0, 3_345_000.0
#: Hectare squares p1..p4 from west to east; a park holds p1 whole and the western half of p4. Industrial: p1 and p4.
CODES = ("0601", "0602", "0701", "0601")
NAMES = ("工业用地", "采矿用地", "城镇住宅用地", "工业用地")
#: The share of the toy city, by mental arithmetic: 1.5 of 2 hectares.
SHARE = 0.75


@dataclass(frozen=True)
class Right:
    """The program must answer, and rightly.

    Attributes
    ----------
    share : float, optional
        The city's share, to 1e-9.
    issues : dict
        Quality checks that must be reported, to their counts.
    assumes : str
        What an assumption must say (a regular expression).
    check : callable, optional
        Further demands on the outcome; raises AssertionError.
    """

    share: float | None = SHARE
    issues: dict[str, int] = field(default_factory=dict)
    assumes: str = ""
    check: Callable[[Outcome], None] | None = None


@dataclass(frozen=True)
class Refused:
    """The program must refuse: the problem and its fix match `says` (a regular expression), `file` is named."""

    says: str
    file: str = ""
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class NotShown:
    """A row this corpus cannot show, and why."""

    why: str


@dataclass(frozen=True)
class Case:
    """One way to be wrong; `after` makes further demands on whatever came of it, an answer or a refusal.

    `deliver` is what a run publishes, where a case looks at a part of it only.
    """

    row: str
    what: str
    build: Callable[[Path], Path | tuple[Any, ...]] | None
    must: Right | Refused | NotShown
    command: str = "concentration"
    guarded: bool = False
    after: Callable[[Outcome], None] | None = None
    deliver: tuple[str, ...] = DELIVERABLES

    @property
    def id(self) -> str:
        return f"{self.row} {self.what}"


@dataclass(frozen=True)
class Outcome:
    """What the program did.

    `text` is what it said, `below` what libraries wrote to the terminal past it; `strays` are the files that it made,
    changed or removed outside its output folder.
    """

    code: int
    answer: dict[str, Any]
    text: str
    error: BaseException | None
    folder: Path
    out: Path
    below: str = ""
    strays: tuple[str, ...] = ()

    @property
    def problems(self) -> list[dict[str, Any]]:
        return self.answer.get("problems", [])


class Table:
    """The cases of one table, collected by a decorator on the functions that build them.

    After a case of a guarded table nobody may have called the honeypot, and no planted text may have turned up;
    `after` holds after every case.
    """

    def __init__(self, *, guarded: bool = False, after: Callable[[Outcome], None] | None = None) -> None:
        self.cases: list[Case] = []
        self.guarded = guarded
        self.after = after

    def __call__(
        self,
        row: str,
        what: str,
        must: Right | Refused,
        command: str = "concentration",
        deliver: tuple[str, ...] = DELIVERABLES,
    ):
        def collect(build):
            self.cases.append(Case(row, what, build, must, command, self.guarded, self.after, deliver))
            return build

        return collect

    def not_shown(self, row: str, what: str, why: str) -> None:
        self.cases.append(Case(row, what, None, NotShown(why)))


def square(x, y=0.0, size=100.0):
    """A square by its lower left corner, in hundreds of metres from the toy's origin."""
    return shapely.box(EAST + 100 * x, NORTH + 100 * y, EAST + 100 * x + size, NORTH + 100 * y + size)


def parcels(shapes=None, **columns):
    """The four parcels, or others; columns replace or join those of the toy."""
    shapes = [square(k) for k in range(4)] if shapes is None else list(shapes)
    n = len(shapes)
    base = {"BSM": [f"p{k + 1}" for k in range(n)], "DLBM": (CODES * n)[:n], "DLMC": (NAMES * n)[:n]}
    array = np.empty(n, dtype=object)
    array[:] = shapes
    return gpd.GeoDataFrame({**base, **columns}, geometry=array, crs=CRS)


def parks(shapes=None, **columns):
    """The one park, as two blocks that do not touch; or others."""
    shapes = [square(0), shapely.box(EAST + 300, NORTH, EAST + 350, NORTH + 100)] if shapes is None else list(shapes)
    n = len(shapes)
    array = np.empty(n, dtype=object)
    array[:] = shapes
    base = {"park_id": ["K1"] * n, "block": [f"B{k + 1}" for k in range(n)]}
    return gpd.GeoDataFrame({**base, **columns}, geometry=array, crs=CRS)


def city(folder, land="parcels.gpkg", sites="parks.gpkg", frames=None, **sections):
    """Write what is not yet there of the toy city and its study; return the study file.

    `land` and `sites` name the files; `frames` gives frames for them (default: the toy's); `sections` replace keys of
    the study's sections: `parcels={"crs": ...}`; a key set to None is removed.
    """
    frames = {land: parcels(), sites: parks(), **(frames or {})}
    for name, frame in frames.items():
        if frame is not None and not (folder / name).exists():
            write(frame, folder / name)
    study = {
        "study": {"name": "corpus SYNTHETIC", "lang": "en"},
        "parcels": {
            "path": land,
            "classification": "third_survey",
            "columns": {"id": "BSM", "code": "DLBM", "name": "DLMC"},
        },
        "parks": {"path": sites, "columns": {"id": "park_id", "block": "block"}},
        "definition": {"area": "planar"},
    }
    for name, keys in sections.items():
        merged = {**study.get(name, {}), **keys}
        study[name] = {k: v for k, v in merged.items() if v is not None}
    path = folder / "study.toml"
    path.write_text("\n".join(f"[{name}]\n" + _lines(keys) for name, keys in study.items()), encoding="utf-8")
    return path


def write(frame, path, **options):
    """Write a frame by the ending of its file's name; what many cases write alike is written once."""
    if path.suffix == ".parquet":
        frame.to_parquet(path)
    elif path.suffix == ".gpkg" and not options:
        path.write_bytes(_geopackage(path.name, pickle.dumps(frame)))
    else:
        _to_file(frame, path, **options)
    return path


def _to_file(frame, path, **options):
    with warnings.catch_warnings():  # a layer that states no system is a case, not a slip
        warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)
        frame.to_file(path, **options)


@lru_cache(maxsize=64)
def _geopackage(name, pickled):
    """Return the bytes of a GeoPackage of that name."""
    with tempfile.TemporaryDirectory() as folder, np.errstate(invalid="ignore"):  # coordinates that are not numbers
        path = Path(folder) / name
        _to_file(pickle.loads(pickled), path)  # noqa: S301, ours
        return path.read_bytes()


def run_case(case, folder):
    """Run the program on what a case builds."""
    home = Path(tempfile.mkdtemp(dir=folder))
    built = case.build(home)
    words = [built] if isinstance(built, Path) else list(built)
    out = home / "out"
    words += ["--out", out] if case.command in ("run", "map") else []
    before = _files(folder)
    published = patch("landuse.cli.main.DELIVERABLES", case.deliver)
    with i18n.language("en"), _terminal() as below, published:  # said before a study is read: in the process's language
        done = CliRunner().invoke(app, [case.command, *map(str, words), "--json", "--quiet"])
    now = _files(folder)
    changed = sorted(p for p in before.keys() | now.keys() if before.get(p) != now.get(p) and out not in p.parents)
    try:
        answer = json.loads(done.stdout) if done.stdout.strip() else {}
    except json.JSONDecodeError:
        answer = {}
    raised = None if done.exception is None or isinstance(done.exception, SystemExit) else done.exception
    strays = tuple(str(p.relative_to(folder)) for p in changed)
    return Outcome(done.exit_code, answer, done.output, raised, home, out, "".join(below), strays)


@contextmanager
def _terminal():
    """Collect what libraries write to the terminal by themselves; given when the block ends."""
    said = []
    kept = {number: os.dup(number) for number in (1, 2)}
    with tempfile.TemporaryFile() as file:
        try:
            for number in kept:
                os.dup2(file.fileno(), number)
            yield said
        finally:
            for number, was in kept.items():
                os.dup2(was, number)
                os.close(was)
            file.seek(0)
            said.append(file.read().decode("utf-8", "replace"))


def _files(folder):
    """Return every file below a folder, with what changes when it is written to."""
    found = {p: p.lstat() for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()}
    return {p: (status.st_size, status.st_mtime_ns) for p, status in found.items()}


def judge(case, outcome):
    """Return what happened, and why it is not what must happen ("" when it is)."""
    if case.guarded and (touched := [*pot().calls, *leaks(outcome)]):
        pot().calls.clear()
        return "silent wrong", f"touched what is not its own: {touched}"
    try:
        if case.after:
            case.after(outcome)
    except AssertionError as error:
        return "silent wrong", str(error) or "a demand of the table is not met"
    return _judged(case.must, outcome)


def _judged(must, outcome):
    if outcome.error is not None or "Traceback" in outcome.text or outcome.code not in (0, 1, 2, 3):
        return "untyped traceback", repr(outcome.error)
    if outcome.code == 2:
        if isinstance(must, Right):
            return "false refusal", outcome.text
        said = [p for p in outcome.problems if re.search(must.says, f"{p['what']} -> {p['fix']}")]
        fits = [p for p in said if must.file in p["file"] and set(must.rows) <= set(p["rows"]) and p["fix"]]
        whole = outcome.problems and all(p["what"] and p["fix"] for p in outcome.problems)
        nothing_written = not outcome.out.exists() or not any(outcome.out.iterdir())
        return "refused", "" if fits and whole and nothing_written else f"says instead: {outcome.text}"
    if isinstance(must, Refused):
        return "silent wrong", f"answered {outcome.answer.get('city')}"
    try:
        _demand(must, outcome)
    except AssertionError as error:
        return "silent wrong", str(error) or "a demand of the case is not met"
    return "right", ""


def _demand(must, outcome):
    if must.share is not None:
        share = outcome.answer["city"]["share"]
        assert abs(share - must.share) <= 1e-9, f"share {share}, not {must.share}"
    counts = {q["check"]: q["count"] for q in outcome.answer.get("quality", [])}
    for check, count in must.issues.items():
        assert counts.get(check) == count, f"{check}: {counts.get(check)} reported, not {count}; reported: {counts}"
    said = " | ".join(outcome.answer.get("assumptions", []))
    assert re.search(must.assumes, said), f"assumptions: {said}"
    if must.check:
        with i18n.language("en"):
            must.check(outcome)


def _lines(keys):
    return "".join(f"{k} = {_toml(v)}\n" for k, v in keys.items())


def _toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k, ensure_ascii=False)} = {_toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
