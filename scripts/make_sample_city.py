"""Write the synthetic sample city, for those who prefer a script: python scripts/make_sample_city.py DIR [PARCELS]."""

from __future__ import annotations

import sys
from pathlib import Path

from landuse.sample import write_sample

if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(write_sample(Path(sys.argv[1]), parcels=int(sys.argv[2]) if len(sys.argv) > 2 else 20_000).study)
