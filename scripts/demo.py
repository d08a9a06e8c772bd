"""The main job on the synthetic sample city: draw it, run the study, say where everything is."""

from __future__ import annotations

import sys
from pathlib import Path

from landuse.cli.main import app
from landuse.i18n import _

CITY = Path("demo") / "city"


def main() -> None:
    """Write the city to demo/city and its outputs to outputs/."""
    app(["sample", str(CITY), "--snapshots"], standalone_mode=False)
    app(["run", str(CITY / "study.toml")], standalone_mode=False)
    page = (Path("outputs") / "maps" / "study.html").resolve()
    sys.stdout.write(_("Open the map in any browser, no network needed: {page}", page=page.as_uri()) + "\n")


if __name__ == "__main__":
    main()
