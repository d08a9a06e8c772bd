"""A publisher that is killed at every step it takes, and what is found in its folder then; run as a program.

    python killing.py FOLDER apart|here swap|rename link|copy

`apart`: only the publisher dies, and nobody tidies up before the folder is looked at. `here`: everything dies that
would have gone on, and the next run begins; at some steps that one is killed at every step too, and one more begins.
Prints the number of kills, and every folder that was neither the old set nor the new one, whole.
"""

import itertools
import json
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path

from landuse.io.publishing import moves, staging
from landuse.io.publishing import staging as apart
from landuse.io.publishing.moves import recover

WHOLE = ("layers/s.gdb", "layers/s-shp")
OLD = {"a": "old", "maps/m": "old", "layers/s-shp/x.shp": "old", "layers/s-shp/x.prj": "old", "s.manifest.json": "old"}
NEW = {
    **dict.fromkeys(("a", "maps/m", "maps/sub/n", "reports/r", "s.manifest.json"), "new"),
    **dict.fromkeys(("layers/s-shp/x.shp", "layers/s-shp/x.dbf", "layers/s.gdb/t"), "new"),
}
STEPS = ("rename", "replace", "link", "symlink", "mkdir", "rmdir", "unlink", "fsync", "setsid", "fork", "write", "open")
#: Steps of the first run after which the next one is killed at each of its own: before, amid and after the moves.
TWICE = (40, 78, 88)


def publish_set(out, files):
    with staging.staged(out, WHOLE) as stage:
        for name, text in files.items():
            path = stage / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def contents(out):
    files = (p for p in out.rglob("*") if p.is_file() and not p.relative_to(out).parts[0].startswith(".landuse"))
    return {p.relative_to(out).as_posix(): p.read_text() for p in files}


def recover_all(out):
    for stage in out.glob(f"{staging.STAGE}*"):
        recover(stage)


def killed(k, work):
    """Do work in a process that is killed before its k-th step; return whether it was."""
    reader, writer = os.pipe()
    if (pid := os.fork()) == 0:
        mortal, left = os.getpid(), [k]

        def counted(step):
            def call(*args, **options):
                if os.getpid() == mortal:
                    left[0] -= 1
                    if left[0] < 0:
                        os.kill(mortal, signal.SIGKILL)
                return step(*args, **options)

            return call

        for name in STEPS:
            setattr(os, name, counted(getattr(os, name)))
        moves._swap = counted(moves._swap)
        work()
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(pid, 0)
    os.read(reader, 1)  # ends when the last process that inherited the pipe has: nobody is at work any more
    os.close(reader)
    return os.WIFSIGNALED(status)


class Campaign:
    """What was killed, and what was found."""

    def __init__(self, root):
        self.root, self.kills, self.found, self.damaged = root, 0, {"old": 0, "new": 0}, []
        publish_set(root / "template", OLD)

    def run(self, *, apart):
        for k in itertools.count():
            out = self.root / str(k)
            shutil.copytree(self.root / "template", out)
            if not killed(k, partial(publish_set, out, NEW)):
                return
            self.kills += 1
            if apart:
                self.look(out, k)
            elif k in TWICE:
                self.kill_the_next(out, k)
            recover_all(out)
            self.look(out, k, "recovered")
            if k % 5 == 0:
                self.run_again(out, k)

    def run_again(self, out, k):
        publish_set(out, NEW)
        if contents(out) != NEW or [p.name for p in out.iterdir() if p.name.startswith(".")]:
            self.damaged.append([k, "next run", sorted(map(str, out.rglob("*")))])

    def kill_the_next(self, out, k):
        for j in itertools.count():
            again = self.root / f"{k}-{j}"
            shutil.copytree(out, again)
            dead = killed(j, partial(recover_all, again))
            recover_all(again)
            self.look(again, k, j)
            if not dead:
                return
            self.kills += 1

    def look(self, out, *what):
        found = contents(out)
        if found not in (OLD, NEW):
            self.damaged.append([*what, found])
        else:
            self.found["old" if found == OLD else "new"] += 1


def main(root, where, how, keep):
    os.fsync = lambda _file: None  # what it is for, no kill shows
    if where == "here":
        apart._fork = lambda: None
    if how == "rename":
        moves._swap = lambda _one, _other: False
    if keep == "copy":
        os.link = refuse
    campaign = Campaign(root)
    campaign.run(apart=where == "apart")
    sys.stdout.write(json.dumps({"kills": campaign.kills, "damaged": campaign.damaged, **campaign.found}))


def refuse(*_args, **_options):
    raise PermissionError(1, "no second names here")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
