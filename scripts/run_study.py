"""Run a study and publish its outputs, for those who prefer a script: python scripts/run_study.py STUDY [OUT]."""

from __future__ import annotations

import sys
from pathlib import Path

from landuse import i18n
from landuse.config.study_file import load_study
from landuse.pipeline.publish import publish
from landuse.pipeline.run import run

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    study = load_study(Path(sys.argv[1]))
    i18n.use(study.study.lang)
    result = run(study)
    print(result.concentration)
    for path in publish(result, study, Path(sys.argv[2] if len(sys.argv) > 2 else "outputs")).values():
        print(path)
