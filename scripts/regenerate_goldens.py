"""Write tests/golden: the tables and the summary of a sample city of 2,000 parcels.

    python scripts/regenerate_goldens.py

Run it after a change of method, and read the difference before committing it: every changed figure needs a decision
record. `tests/test_golden.py` compares the figures to 1e-9.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from landuse import i18n
from landuse.config.study_file import load_study
from landuse.pipeline.run import run
from landuse.report.summary import summary
from landuse.sample import write_sample

if TYPE_CHECKING:
    from landuse.results.run import RunResult

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"


def golden_texts(result: RunResult) -> dict[str, str]:
    """Return the contents of each golden file; what depends on the machine's libraries is left out."""
    c, candidates = result.concentration, result.candidates
    if candidates is None:
        raise ValueError("the candidates stage did not run")
    plots = candidates.plots.drop(columns="geometry").assign(reasons=candidates.plots["reasons"].map(" ".join))
    with i18n.language("en"):
        # of plans within the same gap a solver may find another elsewhere
        left_out = ("run_id", "quality", "assumptions", "relocation")
        whole = {k: v for k, v in summary(result).items() if k not in left_out}
    return {
        "districts.csv": c.districts.to_csv(lineterminator="\n"),
        "parks.csv": c.parks.to_csv(lineterminator="\n"),
        "sensitivity.csv": result.sensitivity.to_csv(index=False, lineterminator="\n"),
        "candidates.csv": plots.to_csv(lineterminator="\n"),
        "summary.json": json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n",
    }


def main() -> None:
    """Write every golden file."""
    with tempfile.TemporaryDirectory() as folder:
        files = write_sample(Path(folder) / "city", parcels=2000, parks=10)
        texts = golden_texts(run(load_study(files.study)))
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (GOLDEN / name).write_text(text, encoding="utf-8", newline="\n")
        print(GOLDEN / name)


if __name__ == "__main__":
    main()
