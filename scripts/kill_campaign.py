"""Kill publications while their files are being moved, and look at what they leave.

    python scripts/kill_campaign.py [KILLS]

A process publishes a small set over an earlier one. It is killed (SIGKILL) at a random moment between its journal, or
its first move, and its last move. In turn, the publisher alone is killed, and the folder is looked at as it is; and the
publisher with the process that makes its moves, and the folder is looked at when the next run has begun. A folder that
is not one whole set, the earlier or the new one, is damaged; so is one in which anything is left when the next run has
ended. Linux: the processes to kill are found in /proc.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from landuse.io.publishing.moves import JOURNAL
from landuse.io.publishing.staging import LOCK, STAGE, staged

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = "layers/study.gdb"
FILES = (
    *(f"figures/study-{k}.{ending}" for k in range(30) for ending in ("png", "svg")),
    *(f"{FOLDER}/a{k:08}.gdbtable" for k in range(4)),
    *("maps/study.html", "tables/study.xlsx", "reports/study.docx", "layers/study.gpkg"),
    *("study.summary.json", "study.manifest.json"),
)


def publish(out: Path, version: str) -> None:
    """Publish a set whose every file says its version; some files of each are in no other."""
    with staged(out, [FOLDER]) as stage:
        for name in (*FILES, f"layers/{version}/x.shp", f"{FOLDER}/{version}"):
            (stage / name).parent.mkdir(parents=True, exist_ok=True)
            (stage / name).write_text(version, encoding="utf-8")


def version_of(out: Path, earlier: str = "") -> str | None:
    """Return the version of the whole set in a folder, beside the one file that only an earlier one has; else None."""
    files = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if p.is_file()}
    files = {name: p for name, p in files.items() if not name.startswith(".landuse")}
    version = files["study.manifest.json"].read_text(encoding="utf-8")
    if version != earlier:
        files.pop(f"layers/{earlier}/x.shp", None)
    wanted = {*FILES, f"layers/{version}/x.shp", f"{FOLDER}/{version}"}
    whole = files.keys() == wanted and all(p.read_text(encoding="utf-8") == version for p in files.values())
    return version if whole else None


def start(out: Path, version: str) -> tuple[int, int]:
    """Start a publisher; return its process, and a pipe that ends when it and its helpers have."""
    reader, writer = os.pipe()
    if (process := os.fork()) == 0:
        os.close(reader)
        publish(out, version)
        os._exit(0)
    os.close(writer)
    return process, reader


def signs(out: Path, version: str) -> tuple[Callable[[], bool], ...]:
    """Return what shows that the journal is written, that the first move is made, and that the last is."""
    return (
        lambda: any((stage / JOURNAL).exists() for stage in out.glob(f"{STAGE}*")),
        (out / FOLDER / version).exists,
        lambda: (out / FILES[-1]).read_text(encoding="utf-8") == version,
    )


def wait_for(sign: Callable[[], bool], process: int) -> bool:
    """Wait for a sign; False where the process has ended before it was seen."""
    while not sign():
        if os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return sign()
    return True


def helper_of(process: int) -> list[int]:
    """Return the process that makes the moves for a publisher, as soon as there is one."""
    children = Path(f"/proc/{process}/task/{process}/children")
    wait_for(lambda: children.read_text(encoding="ascii") != "", process)
    return [int(each) for each in children.read_text(encoding="ascii").split()]


def kill(processes: list[int]) -> None:
    """Kill processes, in any order."""
    for each in random.sample(processes, len(processes)):
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(each, signal.SIGKILL)


def durations(out: Path) -> list[float]:
    """Return how long it takes to the last move, from the journal and from the first move: medians [s]."""
    publish(out, "v0")
    times: list[list[float]] = [[], []]
    for k in range(1, 20):
        process, pipe = start(out, f"v{k}")
        *begins, end = signs(out, f"v{k}")
        if wait_for(begins[k % 2], process):
            began = time.perf_counter()
            wait_for(end, process)
            times[k % 2].append(time.perf_counter() - began)
        os.read(pipe, 1)
        os.close(pipe)
        os.waitpid(process, 0)
        tidy(out, f"v{k}")
    return [sorted(each)[len(each) // 2] for each in times]


def tidy(out: Path, version: str) -> None:
    """Remove what only earlier sets have."""
    for folder in out.glob("layers/v*"):
        if folder.name != version:
            shutil.rmtree(folder)


def strike(out: Path, process: int, new: str, windows: list[float], *, everything: bool) -> None:
    """Kill a publisher, with all that works for it or alone, once it is at its moves."""
    aim = random.randrange(2)  # noqa: S311, no secret
    *begins, _end = signs(out, new)
    if not wait_for(begins[0], process):
        return
    helpers = helper_of(process) if everything else []
    if wait_for(begins[aim], process):
        until = time.perf_counter() + random.uniform(0, 1.5 * windows[aim])  # noqa: S311, no secret
        while time.perf_counter() < until:
            pass
        kill([process, *helpers])


def attack(out: Path, number: int, windows: list[float]) -> str:
    """Kill one publication; return what was found."""
    before, new, everything = str(version_of(out)), f"v{number}", number % 2 == 0
    process, pipe = start(out, new)
    strike(out, process, new, windows, everything=everything)
    _, status = os.waitpid(process, 0)
    os.read(pipe, 1)
    os.close(pipe)
    who = "all killed" if everything else "run killed"
    found = version_of(out, before)
    if everything and os.WIFSIGNALED(status):
        who += ", whole at once" if found else ", half moved"
        with staged(out):
            found = version_of(out, before)
    tidy(out, (out / FILES[-1]).read_text(encoding="utf-8"))
    if found not in (before, new):
        return f"DAMAGED ({who})"
    return f"{who}: {'earlier' if found == before else 'new'} set" if os.WIFSIGNALED(status) else "missed"


def main(kills: int) -> None:
    """Kill so often, and print the count of what was found."""
    found: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "outputs"
        out.mkdir()
        windows = durations(out)
        print(
            "to the last move from the journal, and from the first move [ms]:", *(round(w * 1000, 2) for w in windows)
        )
        number = 100
        while sum(found.values()) - found["missed"] < kills:
            number += 1
            found[attack(out, number, windows)] += 1
            if number % 10 == 0:
                number += 1
                publish(out, f"v{number}")
                tidy(out, f"v{number}")
                left = [p.name for p in out.iterdir() if p.name.startswith(STAGE) or p.name == LOCK]
                found["DAMAGED (left)"] += bool(left) or version_of(out) != f"v{number}"
    found = Counter({k: n for k, n in found.items() if n})
    print(json.dumps(dict(sorted(found.items())), indent=1))
    damaged = sum(n for what, n in found.items() if what.startswith("DAMAGED"))
    print(f"{sum(found.values()) - found['missed']} kills, {damaged} damaged")
    sys.exit(bool(damaged))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
