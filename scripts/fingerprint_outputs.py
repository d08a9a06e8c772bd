"""Every byte that a full run leaves, as hashes: run before and after a change that must change no output.

The sample city with its earlier years, clean and dirty, in Chinese and English, with all that a run can leave besides.

    python scripts/fingerprint_outputs.py before.json
    python scripts/fingerprint_outputs.py after.json --against before.json
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from landuse.cli.main import app

CITIES = {"clean": ("--seed", "7"), "dirty": ("--seed", "11", "--dirty")}
LANGUAGES = ("zh", "en")
ALSO = ("gdb", "shp-gbk", "shp-utf8", "plain-map", "park-sheets")


def fingerprint(folder: Path, parcels: int) -> dict[str, str]:
    """Return output to its sha256, for each city and language; all files are written below `folder`."""
    found: dict[str, str] = {}
    for city, options in CITIES.items():
        home = folder / city
        _call("sample", str(home), "--parcels", str(parcels), "--parks", "10", "--snapshots", *options)
        for lang in LANGUAGES:
            out = folder / f"{city}-{lang}"
            also = [word for name in ALSO for word in ("--also", name)]
            _call("run", str(home / "study.toml"), "--out", str(out), "--lang", lang, *also)
            manifest = json.loads((out / "study.manifest.json").read_text(encoding="utf-8"))
            found |= {f"{city} {lang} {name}": digest for name, digest in manifest["outputs"].items()}
            found[f"{city} {lang} run_id"] = manifest["run_id"]
    return found


def _call(*words: str) -> None:
    code = app([*words, "--quiet"], standalone_mode=False)
    if code:
        raise SystemExit(f"landuse {' '.join(words)}: exit code {code}")


def main() -> None:
    """Write the hashes; with --against, name every output that differs, and fail if any does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where the hashes go")
    parser.add_argument("--against", type=Path, help="hashes to compare with")
    parser.add_argument("--parcels", type=int, default=2000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = fingerprint(Path(folder), asked.parcels)
    asked.file.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    if asked.against is None:
        sys.stdout.write(f"{len(found)} outputs\n")
        return
    before = json.loads(asked.against.read_text(encoding="utf-8"))
    other = sorted(k for k in before.keys() | found.keys() if before.get(k) != found.get(k))
    sys.stdout.write("\n".join([*other, f"{len(other)} of {len(before.keys() | found.keys())} outputs differ"]) + "\n")
    if other:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
